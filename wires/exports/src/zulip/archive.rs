//! Public archives: `zulip_json/113488-general/some.20topic.json`, each a list of `id, sender_full_name, timestamp, content`.
//! People have names alone there. A channel whose name holds a `/` is a folder within a folder.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;

use super::{address, said, unresolved};
use crate::json::Text;
use crate::records::{self, Found, Held};
use crate::skips::{skip, spare};
use crate::{
    Access, Community, Contribution, File, Item, Problem, Reason, Source, Stop, Take, Voice, times,
};

const MOST: usize = 8 << 20;
/// Who speaks for the program.
const SYSTEM: [&str; 3] = ["Notification Bot", "Welcome Bot", "Zulip Notifications"];

pub(super) struct TopicFile<'f> {
    channel: i64,
    name: &'f str,
    topic: String,
}

/// What a path says: the channel's number and name, and the topic.
pub(super) fn topic_file(file: &str) -> Option<TopicFile<'_>> {
    let (folders, name) = file.rsplit_once('/')?;
    let topic = name
        .strip_suffix(".json")
        .filter(|_| !file.starts_with("__MACOSX"))?;
    let mut start = 0;
    for part in folders.split('/') {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        if let (Ok(channel), true) = (number.parse(), rest.starts_with('-')) {
            let name = folders
                .get(start + digits + 1..)
                .filter(|name| !name.is_empty())?;
            return Some(TopicFile {
                channel,
                name,
                topic: decoded(topic),
            });
        }
        start += part.len() + 1;
    }
    None
}

/// `.20` is a space: percent-encoding with a full stop for the percent sign.
fn decoded(name: &str) -> String {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code = tail
            .get(..2)
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match code.filter(|_| *first == b'.') {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(super) fn read(source: &Source, take: &mut dyn Take) -> Result<(), Problem> {
    let mut reader = Reader {
        names: names(source),
        host: address::host(
            source,
            source.files().filter(|file| topic_file(file).is_some()),
        ),
        take,
        places: HashSet::new(),
        voices: HashSet::new(),
        seen: HashSet::new(),
    };
    // Files of one topic: as it was called before it was resolved, and after.
    let mut topics: BTreeMap<(i64, String), Vec<&str>> = BTreeMap::new();
    for file in source.files() {
        match topic_file(file) {
            Some(at) => topics
                .entry((at.channel, unresolved(&at.topic).0.to_owned()))
                .or_default()
                .push(file),
            None => skip(
                reader.take,
                Reason::NoPlace,
                file,
                None,
                "It is no file of a topic.",
            )?,
        }
    }
    let mut done = 0;
    for ((channel, topic), files) in &topics {
        reader.topic(source, *channel, topic, files)?;
        done += files.iter().map(|file| source.size(file)).sum::<u64>();
        reader.take.at_byte(done);
    }
    Ok(())
}

/// Channels' names as they are, from the index that stands beside: folders have `-` for a space.
fn names(source: &Source) -> HashMap<i64, String> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Index {
        streams: HashMap<String, Listed>,
    }
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Listed {
        id: i64,
    }
    let file = source
        .files()
        .find(|file| file.ends_with("stream_index.json"));
    let bytes = file
        .and_then(|file| source.whole(file, 64 << 20).ok())
        .unwrap_or_default();
    let index: Index = serde_json::from_slice(&bytes).unwrap_or_default();
    index
        .streams
        .into_iter()
        .map(|(name, listed)| (listed.id, name))
        .collect()
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Message<'b> {
    #[serde(borrow)]
    id: Text<'b>,
    #[serde(borrow)]
    sender_full_name: Text<'b>,
    #[serde(borrow)]
    timestamp: Text<'b>,
    #[serde(borrow)]
    content: Text<'b>,
}

struct Reader<'t> {
    names: HashMap<i64, String>,
    host: String,
    take: &'t mut dyn Take,
    places: HashSet<i64>,
    voices: HashSet<String>,
    /// Messages that were moved may stand under two topics.
    seen: HashSet<i64>,
}

/// What is known while a topic is read.
struct Topic<'n> {
    channel: i64,
    /// As its channel's folder is called.
    folder: String,
    community: String,
    name: &'n str,
    resolved: bool,
    first: Option<i64>,
}

impl Reader<'_> {
    fn topic(
        &mut self,
        source: &Source,
        channel: i64,
        name: &str,
        files: &[&str],
    ) -> Result<(), Problem> {
        let community = self.place(channel, files.first().copied().unwrap_or_default())?;
        let resolved = files
            .iter()
            .any(|file| topic_file(file).is_some_and(|at| unresolved(&at.topic).1));
        let mut ordered: Vec<(i64, &str)> = files
            .iter()
            .map(|file| {
                (
                    if files.len() > 1 {
                        smallest(source, file)
                    } else {
                        0
                    },
                    *file,
                )
            })
            .collect();
        ordered.sort_unstable();
        let folder = files
            .first()
            .and_then(|file| topic_file(file))
            .map_or_else(String::new, |at| decoded(at.name));
        let mut topic = Topic {
            channel,
            folder,
            community,
            name,
            resolved,
            first: None,
        };
        for (_, file) in ordered {
            let read = source.read(file, |stream| {
                records::each(stream, file, Held::Plain, MOST, |found| match found {
                    Found::Record(record) => Ok(self.message(&record, file, &mut topic)?),
                    Found::TooLarge(at) => Ok(skip(
                        self.take,
                        Reason::TooLarge,
                        file,
                        Some(at),
                        "The message is larger than 8 MiB.",
                    )?),
                    Found::CutOff(at) => Ok(skip(
                        self.take,
                        Reason::Broken,
                        file,
                        Some(at),
                        "The file ends within a message.",
                    )?),
                })
            });
            spare(read, file, self.take)?;
        }
        Ok(())
    }

    fn place(&mut self, channel: i64, file: &str) -> Result<String, Stop> {
        let id = format!("stream/{channel}");
        if self.places.insert(channel) {
            let folder = topic_file(file).map_or_else(String::new, |at| decoded(at.name));
            let name = self.names.get(&channel).cloned().unwrap_or(folder);
            self.take.take(Item::Community(Community {
                id: id.clone(),
                name: if name.trim().is_empty() {
                    id.clone()
                } else {
                    name
                },
                about: String::new(),
                access: Access::Open,
                ended: false,
            }))?;
        }
        Ok(id)
    }

    fn message(
        &mut self,
        record: &records::Record<'_>,
        file: &str,
        topic: &mut Topic<'_>,
    ) -> Result<(), Stop> {
        let offset = Some(record.offset);
        let Ok(message) = serde_json::from_slice::<Message>(record.bytes) else {
            return skip(
                self.take,
                Reason::Broken,
                file,
                offset,
                "The message is no JSON that can be read.",
            );
        };
        let (Some(id), Some(at)) = (message.id.number(), times::seconds(&message.timestamp)) else {
            return skip(
                self.take,
                Reason::Broken,
                file,
                offset,
                "The message has no number or no time.",
            );
        };
        let sender = message.sender_full_name.filled().unwrap_or("deleted");
        if SYSTEM.contains(&sender) {
            return skip(
                self.take,
                Reason::System,
                file,
                offset,
                "Zulip said it of the topic.",
            );
        }
        if said::is_deleted(&message.content) {
            return skip(
                self.take,
                Reason::Deleted,
                file,
                offset,
                "It was taken away there.",
            );
        }
        let said = said::of_html(&message.content);
        if said.words.is_empty() && said.uploads.is_empty() {
            return skip(self.take, Reason::Empty, file, offset, "It has no words.");
        }
        if !self.seen.insert(id) {
            return skip(
                self.take,
                Reason::Twice,
                file,
                offset,
                "A message of this number was read before.",
            );
        }
        let voice = self.voice(sender)?;
        let mut toward = Vec::new();
        for (_, name) in &said.toward {
            toward.push(self.voice(name)?);
        }
        let opens = topic.first.is_none();
        let answers = said
            .answers
            .filter(|answered| *answered < id)
            .or(topic.first);
        topic.first.get_or_insert(id);
        self.take.take(Item::Contribution(Box::new(Contribution {
            id: format!("message/{id}"),
            community: topic.community.clone(),
            voice,
            answers: answers.map(|id| format!("message/{id}")),
            title: if opens {
                topic.name.to_owned()
            } else {
                String::new()
            },
            words: said.words,
            at,
            closed: (opens && topic.resolved).then(|| "resolved".to_owned()),
            link: address::link(&self.host, topic.channel, &topic.folder, topic.name, id),
            toward,
            files: said.uploads.iter().map(|path| upload(path)).collect(),
            ..Contribution::default()
        })))
    }

    fn voice(&mut self, name: &str) -> Result<String, Stop> {
        let id = format!("name/{name}");
        if !self.voices.contains(&id) {
            self.voices.insert(id.clone());
            let voice = Voice {
                id: id.clone(),
                name: name.to_owned(),
                address: None,
                machine: false,
            };
            self.take.take(Item::Voice(voice))?;
        }
        Ok(id)
    }
}

/// Of an upload only its name is in such an archive.
fn upload(path: &str) -> File {
    File {
        name: path.rsplit('/').next().unwrap_or(path).to_owned(),
        ..File::default()
    }
}

fn smallest(source: &Source, file: &str) -> i64 {
    let mut smallest = i64::MAX;
    let _ = source.read(file, |stream| {
        records::each(stream, file, Held::Plain, MOST, |found| {
            if let Found::Record(record) = found
                && let Ok(message) = serde_json::from_slice::<Message>(record.bytes)
            {
                smallest = smallest.min(message.id.number().unwrap_or(i64::MAX));
            }
            Ok(())
        })
    });
    smallest
}
