//! An organisation's own export: who is there in `realm.json`, what they said in `messages-*.json`.

use std::collections::{HashMap, HashSet};

use super::organisation::Organisation;
use super::shapes::{Message, Reaction};
use super::{address, raw, said, unresolved};
use crate::records::{self, Found, Held, Record};
use crate::skips::{skip, spare};
use crate::{Contribution, File, Item, Problem, Reason, Source, Stop, Take, Thanks, emoji, times};

const MOST: usize = 16 << 20;
/// The folder that `realm.json` lies in, with its `/`.
pub(super) fn root(source: &Source) -> Option<&str> {
    let realms = source
        .files()
        .filter_map(|file| file.strip_suffix("realm.json"));
    let roots = realms.filter(|root| root.is_empty() || root.ends_with('/'));
    roots
        .min_by_key(|root| root.len())
        .filter(|root| source.files().any(|file| is_messages(file, root)))
}

/// `messages-000001.json`; of a running export, `….json.partial`.
fn is_messages(file: &str, root: &str) -> bool {
    let name = file
        .strip_prefix(root)
        .and_then(|name| name.strip_prefix("messages-"));
    name.and_then(|name| name.strip_suffix(".json"))
        .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

pub(super) fn read(source: &Source, root: &str, take: &mut dyn Take) -> Result<(), Problem> {
    let host = address::host(
        source,
        source.files().filter(|file| is_messages(file, root)),
    );
    let mut reader = Reader::new(root, host, take);
    let realm = format!("{root}realm.json");
    reader.each(source, &realm, |reader, record, file| {
        reader.organisation.learn(record, file)
    })?;
    reader.organisation.name_groups();
    reader.organisation.tell_channels()?;
    let mut done = source.size(&realm);
    for file in source.files() {
        if is_messages(file, root) {
            reader.each(source, file, |reader, record, file| match record.key {
                "zerver_message" => reader.message(source, record, file),
                // Who has read what is nobody's business here.
                _ => Ok(()),
            })?;
            done += source.size(file);
            reader.organisation.take.at_byte(done);
        } else if file != realm && !reader.stands_with_messages(file) {
            skip(
                reader.organisation.take,
                Reason::NoPlace,
                file,
                None,
                "It is no file of messages.",
            )?;
        }
    }
    reader.reactions(source, &realm)
}

struct Reader<'t> {
    root: String,
    host: String,
    organisation: Organisation<'t>,
    /// The first message of each topic.
    first: HashMap<(i64, String), i64>,
    seen: HashSet<i64>,
}

impl<'t> Reader<'t> {
    fn new(root: &str, host: String, take: &'t mut dyn Take) -> Reader<'t> {
        Reader {
            root: root.to_owned(),
            host,
            organisation: Organisation::new(take),
            first: HashMap::new(),
            seen: HashSet::new(),
        }
    }

    fn each(
        &mut self,
        source: &Source,
        file: &str,
        mut with: impl FnMut(&mut Self, &Record<'_>, &str) -> Result<(), Stop>,
    ) -> Result<(), Problem> {
        let read = source.read(file, |stream| {
            records::each(stream, file, Held::UnderKeys, MOST, |found| match found {
                Found::Record(record) => Ok(with(self, &record, file)?),
                Found::TooLarge(at) => Ok(skip(
                    self.organisation.take,
                    Reason::TooLarge,
                    file,
                    Some(at),
                    "The record is larger than 16 MiB.",
                )?),
                Found::CutOff(at) => Ok(skip(
                    self.organisation.take,
                    Reason::Broken,
                    file,
                    Some(at),
                    "The file ends within a record.",
                )?),
            })
        });
        spare(read, file, self.organisation.take)
    }

    fn stands_with_messages(&self, file: &str) -> bool {
        let inside = file.strip_prefix(&self.root).unwrap_or(file);
        [
            "uploads/",
            "avatars/",
            "emoji/",
            "realm_icons/",
            "attachment.json",
        ]
        .iter()
        .any(|start| inside.starts_with(start))
    }

    fn message(&mut self, source: &Source, record: &Record<'_>, file: &str) -> Result<(), Stop> {
        let offset = Some(record.offset);
        let Ok(message) = serde_json::from_slice::<Message>(record.bytes) else {
            return skip(
                self.organisation.take,
                Reason::Broken,
                file,
                offset,
                "The message is no JSON that can be read.",
            );
        };
        let at = times::seconds(&message.date_sent).or_else(|| times::iso(&message.date_sent));
        let numbers = (
            message.id.number(),
            message.sender.number(),
            message.recipient.number(),
        );
        let (Some(at), (Some(id), Some(sender), Some(recipient))) = (at, numbers) else {
            return skip(
                self.organisation.take,
                Reason::Broken,
                file,
                offset,
                "The message has no number, no sender, no place or no time.",
            );
        };
        if self.organisation.is_system(sender) {
            return skip(
                self.organisation.take,
                Reason::System,
                file,
                offset,
                "Zulip said it of the topic.",
            );
        }
        if said::is_deleted(&message.content) {
            return skip(
                self.organisation.take,
                Reason::Deleted,
                file,
                offset,
                "It was taken away there.",
            );
        }
        let rendered = message.rendered_content.filled();
        let said = rendered.map_or_else(|| raw::of_raw(&message.content), said::of_html);
        let mut uploads = said.uploads;
        if rendered.is_some() {
            // Pictures are shown by small copies; the message as typed names the file.
            uploads.extend(
                said::uploads(&message.content)
                    .into_iter()
                    .filter(|path| !said_of(rendered, path)),
            );
        }
        if said.words.is_empty() && uploads.is_empty() {
            return skip(
                self.organisation.take,
                Reason::Empty,
                file,
                offset,
                "It has no words.",
            );
        }
        if !self.seen.insert(id) {
            return skip(
                self.organisation.take,
                Reason::Twice,
                file,
                offset,
                "A message of this number was read before.",
            );
        }
        let (topic, resolved) = unresolved(message.subject.trim());
        let (community, in_topics) = self.organisation.place(recipient, sender)?;
        self.organisation.tell(sender)?;
        let conversation = if in_topics {
            (recipient, topic.to_lowercase())
        } else {
            (recipient, String::new())
        };
        let first = if in_topics {
            *self.first.entry(conversation).or_insert(id)
        } else {
            id
        };
        let opens = first == id;
        let toward = self.organisation.toward(&said.toward)?;
        let answers = said
            .answers
            .filter(|answered| *answered < id)
            .or((!opens).then_some(first));
        self.organisation
            .take
            .take(Item::Contribution(Box::new(Contribution {
                id: format!("message/{id}"),
                community,
                voice: format!("user/{sender}"),
                answers: answers.map(|id| format!("message/{id}")),
                title: if opens && in_topics {
                    topic.to_owned()
                } else {
                    String::new()
                },
                words: said.words,
                at,
                edited_at: times::seconds(&message.last_edit_time)
                    .or_else(|| times::iso(&message.last_edit_time)),
                closed: (opens && resolved).then(|| "resolved".to_owned()),
                link: self
                    .organisation
                    .channel_of(recipient)
                    .and_then(|(channel, name)| {
                        address::link(&self.host, channel, name, message.subject.trim(), id)
                    }),
                toward,
                files: uploads
                    .iter()
                    .map(|path| self.upload(source, path))
                    .collect(),
                ..Contribution::default()
            })))
    }

    fn upload(&self, source: &Source, path: &str) -> File {
        let inside = format!("{}uploads/{path}", self.root);
        File {
            name: path.rsplit('/').next().unwrap_or(path).to_owned(),
            inside: source.has(&inside).then_some(inside),
            ..File::default()
        }
    }

    /// They stand before the messages; what of that file cannot be read was told of then.
    fn reactions(&mut self, source: &Source, realm: &str) -> Result<(), Problem> {
        let read = source.read(realm, |stream| {
            records::each(stream, realm, Held::UnderKeys, MOST, |found| match found {
                Found::Record(record) if record.key == "zerver_reaction" => {
                    Ok(self.reaction(&record, realm)?)
                }
                _ => Ok(()),
            })
        });
        match read {
            Err(Problem::Stopped) => Err(Problem::Stopped),
            _ => Ok(()),
        }
    }

    fn reaction(&mut self, record: &Record<'_>, file: &str) -> Result<(), Stop> {
        let Ok(reaction) = serde_json::from_slice::<Reaction>(record.bytes) else {
            return skip(
                self.organisation.take,
                Reason::Broken,
                file,
                Some(record.offset),
                "The reaction cannot be read.",
            );
        };
        if !emoji::says_thanks(&reaction.emoji_name) || !self.seen.contains(&reaction.message) {
            return skip(
                self.organisation.take,
                Reason::NoPlace,
                file,
                Some(record.offset),
                "A reaction that is no thanks.",
            );
        }
        self.organisation.tell(reaction.user_profile)?;
        self.organisation.take.take(Item::Thanks(Thanks {
            contribution: format!("message/{}", reaction.message),
            voice: Some(format!("user/{}", reaction.user_profile)),
            at: None,
            count: 1,
        }))
    }
}

fn said_of(rendered: Option<&str>, path: &str) -> bool {
    let named = format!("/user_uploads/{path}");
    rendered.is_some_and(|rendered| rendered.contains(&named))
}
