//! Real archives for tests: they lie in the folder that `TACIT_DATA` names, and are in no repository.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Item, Problem, Reason, Source, Take};

/// A file or folder of the real data; None, with a word about it, where there is none.
pub(crate) fn real(path: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("TACIT_DATA") else {
        eprintln!("not run: TACIT_DATA is not set");
        return None;
    };
    let path = Path::new(&folder).join(path);
    if path.exists() {
        Some(path)
    } else {
        eprintln!("not run: there is no {}", path.display());
        None
    }
}

/// A packed set, unpacked for one test.
pub(crate) struct Unpacked(pub PathBuf);

impl Unpacked {
    pub(crate) fn new(path: &str, name: &str) -> Option<Unpacked> {
        let packed = real(path)?;
        let folder = std::env::temp_dir().join(format!("tacit-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let done = if path.ends_with(".tar.zst") {
            Command::new("tar")
                .arg("--zstd")
                .arg("-xf")
                .arg(&packed)
                .arg("-C")
                .arg(&folder)
                .status()
        } else {
            Command::new("zstd")
                .arg("-dqf")
                .arg(&packed)
                .arg("-o")
                .arg(folder.join(name))
                .status()
        };
        let unpacked = Unpacked(folder);
        if done.is_ok_and(|status| status.success()) {
            return Some(unpacked);
        }
        eprintln!("not run: tar and zstd are not here");
        None
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a reader told, counted and kept.
#[derive(Default)]
pub(crate) struct Told {
    pub items: Vec<Item>,
    pub skipped: BTreeMap<Reason, usize>,
}

impl Take for Told {
    fn take(&mut self, item: Item) -> Result<(), crate::Stop> {
        if let Item::Skipped(skipped) = &item {
            *self.skipped.entry(skipped.reason).or_default() += 1;
        }
        self.items.push(item);
        Ok(())
    }
}

macro_rules! kinds {
    ($($name:ident: $kind:ident $what:ty),*) => {
        impl Told {
            $(pub(crate) fn $name(&self) -> Vec<&$what> {
                self.items.iter().filter_map(|item| match item { Item::$kind(it) => Some(it), _ => None }).map(|it| &*it).collect()
            })*
        }
    };
}

kinds!(communities: Community crate::Community, voices: Voice crate::Voice, thanks: Thanks crate::Thanks,
    helped: Helped crate::Helped, skips: Skipped crate::Skipped);

impl Told {
    pub(crate) fn of(
        source: &Source,
        read: fn(&Source, &mut dyn Take) -> Result<(), Problem>,
    ) -> Told {
        let mut told = Told::default();
        read(source, &mut told).unwrap();
        told.holds_together();
        told
    }

    pub(crate) fn contributions(&self) -> Vec<&crate::Contribution> {
        self.items
            .iter()
            .filter_map(|item| match item {
                Item::Contribution(it) => Some(&**it),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn contribution(&self, id: &str) -> &crate::Contribution {
        self.contributions()
            .into_iter()
            .find(|c| c.id == id)
            .unwrap_or_else(|| panic!("there is no {id}"))
    }

    pub(crate) fn skipped(&self, reason: Reason) -> usize {
        self.skipped.get(&reason).copied().unwrap_or(0)
    }

    /// What every reader owes: ids once, places and voices told before what names them, names that are not empty.
    fn holds_together(&self) {
        let mut places = std::collections::HashSet::new();
        let mut voices = std::collections::HashSet::new();
        let mut ids = std::collections::HashSet::new();
        for item in &self.items {
            match item {
                Item::Community(place) => {
                    assert!(!place.name.is_empty() && !place.id.is_empty(), "{place:?}");
                    places.insert(&place.id);
                }
                Item::Voice(voice) => {
                    assert!(
                        !voice.name.trim().is_empty() && !voice.id.is_empty(),
                        "{voice:?}"
                    );
                    voices.insert(&voice.id);
                }
                Item::Contribution(said) => {
                    assert!(ids.insert(&said.id), "twice {}", said.id);
                    assert!(places.contains(&said.community), "place of {said:?}");
                    assert!(voices.contains(&said.voice), "voice of {said:?}");
                    assert!(
                        said.toward.iter().all(|id| voices.contains(id)),
                        "whom {said:?} addresses"
                    );
                    assert!(
                        said.answers.as_ref() != Some(&said.id),
                        "{} answers itself",
                        said.id
                    );
                    assert!(
                        !said.words.is_empty() || !said.files.is_empty() || !said.title.is_empty(),
                        "{said:?}"
                    );
                }
                Item::Thanks(thanks) => {
                    assert!(thanks.count > 0);
                    assert!(
                        thanks
                            .voice
                            .as_ref()
                            .is_none_or(|voice| voices.contains(voice)),
                        "{thanks:?}"
                    );
                }
                _ => {}
            }
        }
    }
}

pub(crate) fn memory(files: &[(&str, &str)]) -> Source {
    Source::memory(
        "test",
        files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
            .collect(),
    )
}

/// Recorded answers of many connectors: nothing in them may make a reader stumble, whatever it takes them for.
#[test]
fn recordings_of_other_programs_are_read_without_a_panic() {
    let Some(set) = Unpacked::new(
        "formats/connectors/perceval-1.6.1-tests-data.tar.zst",
        "connectors",
    ) else {
        return;
    };
    let source = Source::open(&set.0).unwrap();
    for read in [
        crate::slack::read,
        crate::zulip::read,
        crate::discourse::read,
        crate::stackexchange::read,
    ] {
        let _ = read(&source, &mut Told::default());
    }
    for file in source.files() {
        let bytes = source.whole(file, 1 << 20).unwrap();
        for name in [
            "a.json",
            "general/2020-01-01.json",
            "z/5-general/a.20b.json",
            "messages-000001.json",
            "Posts.xml",
        ] {
            let files = vec![
                (name.to_owned(), bytes.clone()),
                ("users.json".to_owned(), b"[]".to_vec()),
                ("realm.json".to_owned(), b"{}".to_vec()),
            ];
            let one = Source::memory("one", files);
            let _ = crate::slack::read(&one, &mut Told::default());
            let _ = crate::zulip::read(&one, &mut Told::default());
            let _ = crate::discourse::read(&one, &mut Told::default());
            let _ = crate::stackexchange::read(&one, &mut Told::default());
        }
        crate::html::to_markdown(&String::from_utf8_lossy(&bytes));
    }
    let topic = source
        .whole("discourse/discourse_topic_1148.json", 1 << 20)
        .unwrap();
    let told = Told::of(
        &Source::memory("topic", vec![("1148.json".into(), topic)]),
        crate::discourse::read,
    );
    assert_eq!(
        (
            told.contributions().len(),
            told.thanks().iter().map(|t| t.count).sum::<u32>()
        ),
        (20, 7)
    );
}
