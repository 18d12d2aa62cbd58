//! What a reader told, kept for tests, and the real data, which lies in the folder that `TACIT_DATA` names and in no repository.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Handbook, Item, Page, Reason, Shelf, Skipped};

#[derive(Default)]
pub(crate) struct Told {
    pub pages: Vec<Page>,
    pub skipped: Vec<Skipped>,
}

impl Told {
    pub(crate) fn of(handbook: &Handbook) -> Told {
        let mut items: Vec<Item> = Vec::new();
        handbook.read(&mut items).unwrap();
        let mut told = Told::default();
        for item in items {
            match item {
                Item::Page(page) => told.pages.push(*page),
                Item::Skipped(skipped) => told.skipped.push(skipped),
            }
        }
        told.holds_together();
        told
    }

    pub(crate) fn page(&self, id: &str) -> &Page {
        self.pages
            .iter()
            .find(|page| page.id == id)
            .unwrap_or_else(|| {
                panic!(
                    "there is no {id} in {:?}",
                    self.pages.iter().map(|p| &p.id).collect::<Vec<_>>()
                )
            })
    }

    pub(crate) fn skipped(&self, reason: Reason) -> Vec<&str> {
        let of = self
            .skipped
            .iter()
            .filter(|skipped| skipped.reason == reason);
        of.map(|skipped| skipped.file.as_str()).collect()
    }

    /// What every reader owes: each id once, titles that are not empty, parents and links that
    /// are there or were skipped.
    fn holds_together(&self) {
        let mut ids = BTreeSet::new();
        for page in &self.pages {
            assert!(ids.insert(page.id.as_str()), "twice {}", page.id);
            assert!(
                !page.title.trim().is_empty() && !page.id.is_empty(),
                "{page:?}"
            );
        }
        let skipped: BTreeSet<&str> = self.skipped.iter().map(|s| s.file.as_str()).collect();
        for page in &self.pages {
            assert_ne!(page.parent.as_deref(), Some(page.id.as_str()));
            for id in page.links.iter().map(|link| &link.page).chain(&page.parent) {
                let is_told = ids.contains(id.as_str()) || skipped.contains(id.as_str());
                assert!(is_told, "{} leads to {id}", page.id);
            }
        }
    }
}

/// Files that are nowhere but here.
pub(crate) fn memory(files: &[(&str, &str)]) -> Told {
    Told::of(&Handbook::of(shelf(files)).unwrap())
}

pub(crate) fn shelf(files: &[(&str, &str)]) -> Shelf {
    let files = files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
    Shelf::memory("test", files.collect())
}

/// A file of the real data; None, with a word about it, where there is none.
pub(crate) fn real(path: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("TACIT_DATA") else {
        eprintln!("not run: TACIT_DATA is not set");
        return None;
    };
    let path = Path::new(&folder).join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("not run: there is no {}", path.display());
    None
}

/// A packed set, unpacked for one test.
pub(crate) fn unpacked(path: &str) -> Option<tempfile::TempDir> {
    let packed = real(path)?;
    let folder = tempfile::tempdir().unwrap();
    let done = Command::new("tar")
        .arg("--zstd")
        .arg("-xf")
        .arg(packed)
        .arg("-C")
        .arg(folder.path())
        .status();
    if done.is_ok_and(|status| status.success()) {
        return Some(folder);
    }
    eprintln!("not run: tar and zstd are not here");
    None
}
