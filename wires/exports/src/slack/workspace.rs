//! Who was in the workspace and where they spoke.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use crate::json::{Flag, List, Maybe, Text};
use crate::records::{self, Found, Held};
use crate::skips::{skip, spare};
use crate::{Access, Community, Problem, Reason, Source, Take};

/// Files of days that are looked into for the workspace's own address.
const LOOKED_INTO: usize = 60;

pub(super) struct Person {
    pub name: String,
    pub address: Option<String>,
    pub machine: bool,
    pub told: bool,
}

pub(super) struct Workspace {
    pub people: HashMap<String, Person>,
    pub places: Vec<Community>,
    /// Names of folders and ids, to numbers in `places`.
    pub folders: HashMap<String, usize>,
    /// Those with a folder under an older name as well.
    pub renamed: HashSet<usize>,
    /// `https://….slack.com`; empty where no file tells it.
    pub address: String,
}

impl Workspace {
    pub fn read(source: &Source, root: &str, take: &mut dyn Take) -> Result<Workspace, Problem> {
        let mut workspace = Workspace {
            people: HashMap::new(),
            places: Vec::new(),
            folders: HashMap::new(),
            renamed: HashSet::new(),
            address: address(source),
        };
        for list in ["users.json", "org_users.json"] {
            each_of(source, root, list, take, |bytes| workspace.person(bytes))?;
        }
        for (list, access) in [
            ("channels.json", Access::Open),
            ("groups.json", Access::Private),
            ("mpims.json", Access::Direct),
            ("dms.json", Access::Direct),
        ] {
            each_of(source, root, list, take, |bytes| {
                workspace.place(bytes, access)
            })?;
        }
        workspace.find_renamed(source, root);
        Ok(workspace)
    }

    fn person(&mut self, bytes: &[u8]) -> Option<()> {
        let user: User = serde_json::from_slice(bytes).ok()?;
        let id = user.id.filled()?.to_owned();
        let profile = &user.profile.0;
        let name = [
            &profile.display_name,
            &profile.real_name,
            &user.real_name,
            &user.name,
        ]
        .into_iter()
        .find_map(|name| name.filled())
        .unwrap_or(if user.deleted.0 { "deleted" } else { &id });
        let person = Person {
            name: name.to_owned(),
            address: profile
                .email
                .filled()
                .or(user.email.filled())
                .map(str::to_owned),
            machine: user.is_bot.0 || id == "USLACKBOT",
            told: false,
        };
        self.people.entry(id).or_insert(person);
        Some(())
    }

    fn place(&mut self, bytes: &[u8], access: Access) -> Option<()> {
        let channel: Channel = serde_json::from_slice(bytes).ok()?;
        let id = channel.id.filled().or(channel.name.filled())?.to_owned();
        let folder = channel.name.filled().unwrap_or(&id).to_owned();
        let name = if access == Access::Direct {
            self.names(&channel.members.0)
        } else {
            folder.clone()
        };
        let access = match access {
            Access::Open if channel.is_private.0 || channel.is_group.0 => Access::Private,
            other => other,
        };
        let about = [&channel.purpose.0.value, &channel.topic.0.value];
        let about: Vec<&str> = about.into_iter().filter_map(|text| text.filled()).collect();
        let place = Community {
            about: about.join("\n\n"),
            ended: channel.is_archived.0,
            name,
            access,
            id: id.clone(),
        };
        let number = self.places.len();
        for key in [folder, id] {
            // Where two lists claim one folder, its words are as private as the more private of them.
            let before = self
                .folders
                .get(&key)
                .and_then(|n| self.places.get(*n))
                .map(|place| place.access);
            if before.is_none_or(|before| before == Access::Open) {
                self.folders.insert(key, number);
            }
        }
        self.places.push(place);
        Some(())
    }

    fn names(&self, members: &[Text<'_>]) -> String {
        let names: Vec<&str> = members
            .iter()
            .take(12)
            .map(|id| {
                self.people
                    .get(&**id)
                    .map_or("deleted", |person| person.name.as_str())
            })
            .collect();
        if names.is_empty() {
            "direct".to_owned()
        } else {
            names.join(", ")
        }
    }

    /// A channel that was renamed may have left a folder under its old name: it says so itself.
    fn find_renamed(&mut self, source: &Source, root: &str) {
        for file in source.files() {
            let Some(folder) =
                super::day(file, root).filter(|folder| !self.folders.contains_key(*folder))
            else {
                continue;
            };
            let mut now = None;
            let _ = source.read(file, |stream| {
                records::each(stream, file, Held::Plain, super::MOST, |found| {
                    if let Found::Record(record) = found
                        && let Ok(Renamed { old_name, name }) = serde_json::from_slice(record.bytes)
                        && &*old_name == folder
                    {
                        now = self.folders.get(&*name).copied();
                    }
                    Ok(())
                })
            });
            if let Some(number) = now {
                self.folders.insert(folder.to_owned(), number);
                self.renamed.insert(number);
            }
        }
    }
}

fn each_of(
    source: &Source,
    root: &str,
    list: &str,
    take: &mut dyn Take,
    mut with: impl FnMut(&[u8]) -> Option<()>,
) -> Result<(), Problem> {
    let file = format!("{root}{list}");
    if !source.has(&file) {
        return Ok(());
    }
    let read = source.read(&file, |stream| {
        records::each(stream, &file, Held::Plain, super::MOST, |found| {
            let broken = match found {
                Found::Record(record) => with(record.bytes).is_none().then_some(record.offset),
                Found::TooLarge(at) | Found::CutOff(at) => Some(at),
            };
            match broken {
                Some(at) => Ok(skip(
                    take,
                    Reason::Broken,
                    &file,
                    Some(at),
                    "A line of the list cannot be read.",
                )?),
                None => Ok(()),
            }
        })
    });
    spare(read, &file, take)
}

/// Links to files in the first days name the workspace's own address.
fn address(source: &Source) -> String {
    let mut counted: HashMap<String, usize> = HashMap::new();
    let days = source.files().filter(|file| file.contains("/20"));
    for file in days
        .step_by((source.files().count() / LOOKED_INTO).max(1))
        .take(LOOKED_INTO)
    {
        let Ok(bytes) = source.whole(file, 2 << 20) else {
            continue;
        };
        for at in memchr::memmem::find_iter(&bytes, ".slack.com") {
            let behind = bytes.get(at + 10..).unwrap_or_default();
            let files = [&b"/files/"[..], b"\\/files\\/"]
                .iter()
                .any(|path| behind.starts_with(path));
            let before = bytes.get(at.saturating_sub(64)..at).unwrap_or_default();
            let host = before
                .rsplit(|b| !b.is_ascii_alphanumeric() && *b != b'-')
                .next()
                .unwrap_or_default();
            if files && !host.is_empty() {
                *counted
                    .entry(String::from_utf8_lossy(host).into_owned())
                    .or_default() += 1;
            }
        }
    }
    let most = counted
        .into_iter()
        .max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
    most.map_or(String::new(), |(host, _)| {
        format!("https://{host}.slack.com")
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct User<'b> {
    #[serde(borrow)]
    id: Text<'b>,
    #[serde(borrow)]
    name: Text<'b>,
    #[serde(borrow)]
    real_name: Text<'b>,
    #[serde(borrow)]
    email: Text<'b>,
    deleted: Flag,
    is_bot: Flag,
    #[serde(borrow)]
    profile: Maybe<Profile<'b>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Profile<'b> {
    #[serde(borrow)]
    pub display_name: Text<'b>,
    #[serde(borrow)]
    pub real_name: Text<'b>,
    #[serde(borrow)]
    pub name: Text<'b>,
    #[serde(borrow)]
    pub email: Text<'b>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Channel<'b> {
    #[serde(borrow)]
    id: Text<'b>,
    #[serde(borrow)]
    name: Text<'b>,
    is_archived: Flag,
    is_private: Flag,
    is_group: Flag,
    #[serde(borrow)]
    members: List<Text<'b>>,
    #[serde(borrow)]
    purpose: Maybe<Said<'b>>,
    #[serde(borrow)]
    topic: Maybe<Said<'b>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Said<'b> {
    #[serde(borrow)]
    value: Text<'b>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Renamed<'b> {
    #[serde(borrow)]
    old_name: Text<'b>,
    #[serde(borrow)]
    name: Text<'b>,
}
