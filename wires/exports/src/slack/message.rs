//! One message at a time: what a person or a program said, what the system said, what was taken away.

use std::collections::{HashMap, HashSet};

use super::blocks;
use super::said::{Message, no_contribution, own_words};
use super::words::{self, Names};
use super::workspace::{Person, Workspace};
use crate::emoji;
use crate::records::Record;
use crate::skips::skip;
use crate::{
    Access, Community, Contribution, File, Item, Reason, Source, Stop, Take, Thanks, Voice,
};

/// Answers that only their root names, and messages that shared a file, are remembered up to here.
const MOST_REMEMBERED: usize = 200_000;

pub(super) struct Reader<'t> {
    pub take: &'t mut dyn Take,
    people: HashMap<String, Person>,
    places: Vec<Community>,
    folders: HashMap<String, usize>,
    /// Places with more than one folder.
    renamed: HashSet<usize>,
    address: String,
    /// The channel that is read, and what is known of it.
    place: usize,
    folder: String,
    seen: HashMap<usize, HashSet<i64>>,
    roots: HashMap<i64, i64>,
    shared: HashMap<String, i64>,
}

impl Names for Reader<'_> {
    fn person(&self, id: &str) -> Option<&str> {
        self.people.get(id).map(|person| person.name.as_str())
    }

    fn channel(&self, id: &str) -> Option<&str> {
        let place = self.places.get(*self.folders.get(id)?)?;
        // What a private place is called is as private as what is said there.
        Some(if place.access == Access::Open {
            place.name.as_str()
        } else {
            "private"
        })
    }
}

impl<'t> Reader<'t> {
    pub fn new(workspace: Workspace, take: &'t mut dyn Take) -> Reader<'t> {
        Reader {
            take,
            people: workspace.people,
            places: workspace.places,
            folders: workspace.folders,
            renamed: workspace.renamed,
            address: workspace.address,
            place: 0,
            folder: String::new(),
            seen: HashMap::new(),
            roots: HashMap::new(),
            shared: HashMap::new(),
        }
    }

    pub fn skip(
        &mut self,
        reason: Reason,
        file: &str,
        offset: Option<u64>,
        detail: &str,
    ) -> Result<(), Stop> {
        skip(self.take, reason, file, offset, detail)
    }

    pub fn tell_places(&mut self) -> Result<(), Stop> {
        for place in &self.places {
            self.take.take(Item::Community(place.clone()))?;
        }
        Ok(())
    }

    /// A folder that no list names is a place that nobody said was open.
    pub fn enter(&mut self, folder: &str) -> Result<(), Stop> {
        if self.folder == folder && !self.places.is_empty() {
            return Ok(());
        }
        self.folder = folder.to_owned();
        self.roots.clear();
        if !self.renamed.contains(&self.place) {
            self.seen.remove(&self.place);
        }
        if let Some(number) = self.folders.get(folder) {
            self.place = *number;
            return Ok(());
        }
        let direct = folder.starts_with("mpdm-") || (folder.starts_with('D') && folder.len() >= 9);
        let place = Community {
            id: folder.to_owned(),
            name: folder.to_owned(),
            about: String::new(),
            access: if direct {
                Access::Direct
            } else {
                Access::Private
            },
            ended: false,
        };
        self.place = self.places.len();
        self.folders.insert(folder.to_owned(), self.place);
        self.take.take(Item::Community(place.clone()))?;
        self.places.push(place);
        Ok(())
    }

    fn place_id(&self) -> String {
        self.places
            .get(self.place)
            .map_or_else(|| self.folder.clone(), |place| place.id.clone())
    }

    pub fn record(&mut self, source: &Source, file: &str, record: &Record<'_>) -> Result<(), Stop> {
        let Ok(message) = serde_json::from_slice::<Message>(record.bytes) else {
            return self.skip(
                Reason::Broken,
                file,
                Some(record.offset),
                "The message is no JSON that can be read.",
            );
        };
        let Some(at) = micros(&message.ts) else {
            return self.skip(
                Reason::Broken,
                file,
                Some(record.offset),
                "The message has no time.",
            );
        };
        for reply in &message.replies.0 {
            if let Some(reply) = micros(&reply.0.ts).filter(|_| self.roots.len() < MOST_REMEMBERED)
            {
                self.roots.insert(reply, at);
            }
        }
        if let Some((reason, detail)) = no_contribution(&message) {
            return self.skip(reason, file, Some(record.offset), detail);
        }
        if !self.seen.entry(self.place).or_default().insert(at) {
            return self.skip(
                Reason::Twice,
                file,
                Some(record.offset),
                "A message of this channel has the same time.",
            );
        }
        let mut toward = Vec::new();
        let mut contribution = self.contribution(&message, at, record, &mut toward);
        contribution.files = self.files(source, &message);
        if contribution.words.is_empty() && contribution.files.is_empty() {
            let gone = !message.files.0.is_empty();
            let (reason, detail) = if gone {
                (Reason::Deleted, "Its file was taken away there.")
            } else {
                (Reason::Empty, "It has no words.")
            };
            return self.skip(reason, file, Some(record.offset), detail);
        }
        contribution.voice = self.speaker(&message)?;
        for (id, label) in toward {
            self.tell(
                &id,
                Some(label.as_str()).filter(|label| !label.is_empty()),
                false,
            )?;
            contribution.toward.push(id);
        }
        let id = contribution.id.clone();
        self.take.take(Item::Contribution(Box::new(contribution)))?;
        self.thanks(&message, &id)
    }

    fn contribution(
        &mut self,
        message: &Message<'_>,
        at: i64,
        record: &Record<'_>,
        toward: &mut Vec<(String, String)>,
    ) -> Contribution {
        let community = self.place_id();
        let text = own_words(message);
        let mut words = words::to_markdown(&text, self, toward);
        if words.is_empty() {
            let said = blocks::said(record.bytes);
            words = words::to_markdown(&said, self, toward);
        }
        if &*message.subtype == "me_message" && !words.contains(['\n', '*', '_']) {
            words = format!("*{words}*");
        }
        let root = micros(&message.thread_ts)
            .or_else(|| micros(&message.broadcast_thread_ts))
            .or_else(|| self.roots.get(&at).copied())
            .filter(|root| *root < at)
            .or_else(|| self.commented(message));
        Contribution {
            id: id(&community, at),
            answers: root.map(|root| id(&community, root)),
            words,
            at,
            edited_at: micros(&message.edited.0.ts),
            link: (!self.address.is_empty())
                .then(|| format!("{}/archives/{community}/p{at:016}", self.address)),
            community,
            ..Contribution::default()
        }
    }

    /// A comment on a file answers the message that brought the file.
    fn commented(&self, message: &Message<'_>) -> Option<i64> {
        let comments = &*message.subtype == "file_comment";
        comments
            .then(|| self.shared.get(&*message.file.0.id).copied())
            .flatten()
    }

    fn files(&mut self, source: &Source, message: &Message<'_>) -> Vec<File> {
        if &*message.subtype == "file_comment" {
            return Vec::new();
        }
        let all = message.files.0.iter().chain(Some(&message.file));
        let mut files: Vec<File> = Vec::new();
        let mut ids: Vec<&str> = Vec::new();
        for shared in all
            .map(|shared| &shared.0)
            .filter(|shared| shared.is_there())
            .take(100)
        {
            if ids.contains(&&*shared.id) {
                continue;
            }
            ids.push(&shared.id);
            if let (true, Some(at)) = (self.shared.len() < MOST_REMEMBERED, micros(&message.ts)) {
                self.shared.entry(shared.id.to_string()).or_insert(at);
            }
            let name = [&shared.name, &shared.title, &shared.id]
                .into_iter()
                .find_map(|name| name.filled())
                .unwrap_or("file");
            let link = [&shared.external_url, &shared.permalink, &shared.url_private]
                .into_iter()
                .find_map(|link| link.filled());
            files.push(File {
                inside: self.inside(source, &shared.id, name),
                name: name.to_owned(),
                link: link
                    .filter(|link| link.starts_with("http"))
                    .map(str::to_owned),
                alt: shared.alt_txt.to_string(),
            });
        }
        files
    }

    /// Programs that fetch the files put them into the zip in one of these places.
    fn inside(&self, source: &Source, id: &str, name: &str) -> Option<String> {
        let folder = &self.folder;
        [
            format!("__uploads/{id}/{name}"),
            format!("{folder}/attachments/{id}-{name}"),
            format!("attachments/{id}-{name}"),
            format!("{folder}/attachments/{id}/{name}"),
        ]
        .into_iter()
        .find(|path| source.has(path))
    }

    fn speaker(&mut self, message: &Message<'_>) -> Result<String, Stop> {
        let person = [&message.user, &message.comment.0.user, &message.file.0.user]
            .into_iter()
            .find_map(|id| id.filled());
        let profile = if person.is_some() {
            &message.user_profile.0
        } else {
            &message.bot_profile.0
        };
        let shown = [
            &message.username,
            &profile.display_name,
            &profile.real_name,
            &profile.name,
        ];
        let shown = shown
            .into_iter()
            .find_map(|name| name.filled())
            .filter(|name| !name.starts_with("<@"));
        let machine = person.is_none() || &*message.subtype == "bot_message";
        let id = match person.or(message.bot_id.filled()) {
            Some(id) => id.to_owned(),
            None => format!("bot:{}", shown.unwrap_or("unknown")),
        };
        self.tell(&id, shown, machine)?;
        Ok(id)
    }

    /// Tells of a voice once, before the first thing that names it.
    fn tell(&mut self, id: &str, shown: Option<&str>, machine: bool) -> Result<(), Stop> {
        if self.people.get(id).is_some_and(|person| person.told) {
            return Ok(());
        }
        let person = self.people.entry(id.to_owned()).or_insert_with(|| Person {
            name: shown
                .unwrap_or(if machine { "bot" } else { "deleted" })
                .to_owned(),
            address: None,
            machine: machine || id == "USLACKBOT",
            told: false,
        });
        person.told = true;
        self.take.take(Item::Voice(Voice {
            id: id.to_owned(),
            name: person.name.clone(),
            address: person.address.clone(),
            machine: person.machine,
        }))
    }

    fn thanks(&mut self, message: &Message<'_>, contribution: &str) -> Result<(), Stop> {
        for reaction in message
            .reactions
            .0
            .iter()
            .map(|r| &r.0)
            .filter(|r| emoji::says_thanks(&r.name))
        {
            let users: Vec<&str> = reaction
                .users
                .0
                .iter()
                .filter_map(|user| user.filled())
                .collect();
            for user in &users {
                self.tell(user, None, false)?;
                self.take
                    .take(Item::Thanks(thanking(contribution, Some(user), 1)))?;
            }
            let more = reaction
                .count
                .number()
                .unwrap_or(0)
                .saturating_sub(users.len() as i64);
            if let Ok(more @ 1..) = u32::try_from(more) {
                self.take
                    .take(Item::Thanks(thanking(contribution, None, more)))?;
            }
        }
        Ok(())
    }
}

fn thanking(contribution: &str, voice: Option<&str>, count: u32) -> Thanks {
    Thanks {
        contribution: contribution.to_owned(),
        voice: voice.map(str::to_owned),
        at: None,
        count,
    }
}

/// `1433562823.000003`: seconds, and a fraction that tells messages of one second apart.
pub(super) fn micros(ts: &str) -> Option<i64> {
    let (seconds, fraction) = ts.trim().split_once('.').unwrap_or((ts.trim(), ""));
    let seconds: i64 = seconds.parse().ok()?;
    let digits: String = fraction.chars().take(6).collect();
    let fraction: i64 = if digits.is_empty() {
        0
    } else {
        format!("{digits:0<6}").parse().ok()?
    };
    (0..=253_402_300_799)
        .contains(&seconds)
        .then_some(seconds * 1_000_000 + fraction)
}

fn id(community: &str, at: i64) -> String {
    format!("{community}/{}.{:06}", at / 1_000_000, at % 1_000_000)
}
