//! One site of a dump, and what is known of it before its posts are told: its address, who spoke, what was closed and why.

use std::collections::{HashMap, HashSet};

use super::numbers::Numbers;
use super::{is, rows_of};
use crate::rows::{self, Found, Row};
use crate::{Access, Community, Item, Problem, Source, Stop, Take, Voice};

/// How much of the posts is looked into for the site's own address.
const LOOKED_INTO: u64 = 4 << 20;
/// Why a question was closed is kept for so many.
const MOST_CLOSED: usize = 2_000_000;

pub(super) struct Site<'t> {
    pub take: &'t mut dyn Take,
    folder: String,
    /// Before each id, where several sites are in one source.
    prefix: String,
    /// `https://cooking.stackexchange.com`; empty where nothing tells.
    pub address: String,
    pub name: String,
    pub spoke: Numbers,
    pub told: Numbers,
    told_names: HashSet<String>,
    pub posts: Numbers,
    pub comments: Numbers,
    pub closed: HashMap<i64, &'static str>,
    pub has_votes: bool,
}

impl<'t> Site<'t> {
    pub fn new(source: &Source, folder: &str, several: bool, take: &'t mut dyn Take) -> Site<'t> {
        let address = address(source, folder);
        let of_folder = folder
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .filter(|name| !name.is_empty());
        let host = address.split("://").nth(1).unwrap_or_default();
        let name = if host.is_empty() {
            of_folder.unwrap_or(source.name())
        } else {
            host
        };
        Site {
            take,
            prefix: if several {
                folder.to_owned()
            } else {
                String::new()
            },
            folder: folder.to_owned(),
            name: if name.is_empty() {
                "site".to_owned()
            } else {
                name.to_owned()
            },
            address,
            spoke: Numbers::default(),
            told: Numbers::default(),
            told_names: HashSet::new(),
            posts: Numbers::default(),
            comments: Numbers::default(),
            closed: HashMap::new(),
            has_votes: source.files().any(|file| is(file, folder, "votes.xml")),
        }
    }

    pub fn id(&self, kind: &str, number: i64) -> String {
        format!("{}{kind}/{number}", self.prefix)
    }

    pub fn community(&self) -> String {
        format!("{}{}", self.prefix, self.name)
    }

    pub fn tell_place(&mut self) -> Result<(), Stop> {
        let place = Community {
            id: self.community(),
            name: self.name.clone(),
            about: String::new(),
            access: Access::Open,
            ended: false,
        };
        self.take.take(Item::Community(place))
    }

    /// Once through the lists for what later ones need to know.
    pub fn look_ahead(&mut self, source: &Source) -> Result<(), Problem> {
        self.tell_place()?;
        self.glance(source, "posts.xml", |site, row| {
            let kind = row.number("PostTypeId").unwrap_or(1);
            if let Some(id) = row.number("OwnerUserId").filter(|_| kind == 1 || kind == 2) {
                site.spoke.insert(id);
            }
        })?;
        self.glance(source, "comments.xml", |site, row| {
            if let Some(id) = row.number("UserId") {
                site.spoke.insert(id);
            }
        })?;
        self.glance(source, "postlinks.xml", |site, row| {
            if let (Some(3), Some(id)) = (row.number("LinkTypeId"), row.number("PostId")) {
                site.close(id, "duplicate");
            }
        })?;
        self.glance(source, "posthistory.xml", |site, row| {
            let reason = rows_of::close_reason(&row.text("Comment"));
            if let (Some(10), Some(id), Some(reason)) = (
                row.number("PostHistoryTypeId"),
                row.number("PostId"),
                reason,
            ) {
                site.close(id, reason);
            }
        })
    }

    fn close(&mut self, id: i64, reason: &'static str) {
        if self.closed.len() < MOST_CLOSED {
            self.closed.insert(id, reason);
        }
    }

    fn glance(
        &mut self,
        source: &Source,
        list: &str,
        mut with: impl FnMut(&mut Site<'t>, &Row<'_>),
    ) -> Result<(), Problem> {
        let Some(file) = source.files().find(|file| is(file, &self.folder, list)) else {
            return Ok(());
        };
        let read = source.read(file, |stream| {
            rows::each(stream, file, |found| {
                if let Found::Row(row, _) = found {
                    with(self, row);
                }
                Ok(())
            })
        });
        // What cannot be read is told of when the file is read for good.
        match read {
            Err(Problem::Stopped) => Err(Problem::Stopped),
            _ => Ok(()),
        }
    }

    /// Who wrote a row, told of before it: by number, by the name that is left of them, or nobody.
    pub fn voice(&mut self, row: &Row<'_>, number: &str, name: &str) -> Result<String, Stop> {
        let left = row.text(name);
        let left = left.trim();
        if let Some(id) = row.number(number) {
            let voice = self.id("user", id);
            if self.told.insert(id) {
                self.tell(
                    &voice,
                    if left.is_empty() { "deleted" } else { left },
                    id == -1,
                )?;
            }
            return Ok(voice);
        }
        let (voice, shown) = if left.is_empty() {
            ("deleted".to_owned(), "deleted")
        } else {
            (format!("name/{left}"), left)
        };
        let voice = format!("{}{voice}", self.prefix);
        if !self.told_names.contains(&voice) {
            self.told_names.insert(voice.clone());
            self.tell(&voice, shown, false)?;
        }
        Ok(voice)
    }

    pub fn tell(&mut self, id: &str, name: &str, machine: bool) -> Result<(), Stop> {
        self.take.take(Item::Voice(Voice {
            id: id.to_owned(),
            name: name.to_owned(),
            address: None,
            machine,
        }))
    }
}

/// The site that the folder or file is named after, else the one that its posts link to most.
fn address(source: &Source, folder: &str) -> String {
    let named = folder
        .split('/')
        .rev()
        .chain([source.name()])
        .find_map(host_in);
    if let Some(host) = named {
        return format!("https://{host}");
    }
    let mut counted: HashMap<String, usize> = HashMap::new();
    let posts = source.files().find(|file| is(file, folder, "posts.xml"));
    let head = posts.and_then(|file| {
        let read = source.read(file, |stream| {
            let mut head = Vec::new();
            let _ = std::io::Read::read_to_end(
                &mut std::io::Read::take(stream, LOOKED_INTO),
                &mut head,
            );
            Ok(head)
        });
        read.ok()
    });
    let text = head
        .map(|head| String::from_utf8_lossy(&head).into_owned())
        .unwrap_or_default();
    for (at, _) in text.match_indices("://") {
        let rest = text.get(at + 3..).unwrap_or_default();
        let end = rest
            .bytes()
            .take(80)
            .position(|b| !b.is_ascii_alphanumeric() && b != b'-' && b != b'.')
            .unwrap_or(0);
        let (host, path) = rest.split_at(end);
        let own = ["/q/", "/questions/", "/a/"]
            .iter()
            .any(|start| path.starts_with(start));
        if own && host_in(host) == Some(host) {
            *counted.entry(host.to_owned()).or_default() += 1;
        }
    }
    let most = counted
        .into_iter()
        .filter(|(_, n)| *n >= 3)
        .max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
    most.map_or(String::new(), |(host, _)| format!("https://{host}"))
}

/// A host of the network within a name: `cooking.stackexchange.com-2018.zip`.
fn host_in(name: &str) -> Option<&str> {
    const OF_ITS_OWN: [&str; 7] = [
        "stackoverflow.com",
        "serverfault.com",
        "superuser.com",
        "askubuntu.com",
        "mathoverflow.net",
        "stackapps.com",
        ".stackexchange.com",
    ];
    OF_ITS_OWN.iter().find_map(|end| {
        let at = name.find(end)?;
        let start = name
            .get(..at)?
            .rfind(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-'))
            .map_or(0, |n| n + 1);
        name.get(start..at + end.len())
            .filter(|host| !host.starts_with('.'))
    })
}
