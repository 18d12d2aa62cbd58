//! An organisation's own export: who is there in `realm.json`, what they said in `messages-*.json`.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::{raw, said, unresolved};
use crate::json::{Flag, Text};
use crate::records::{self, Found, Held, Record};
use crate::slack::{skip, spare};
use crate::{
    Access, Community, Contribution, File, Item, Problem, Reason, Source, Stop, Take, Thanks,
    Voice, emoji, times,
};

const MOST: usize = 16 << 20;
/// What a recipient is, in the export's numbers.
const TO_PERSON: i64 = 1;
const TO_CHANNEL: i64 = 2;
const MOST_NAMED: usize = 12;

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
    let mut reader = Reader::new(root, take);
    let realm = format!("{root}realm.json");
    reader.each(source, &realm, |reader, record, file| {
        reader.learn(record, file)
    })?;
    reader.name_groups();
    reader.tell_channels()?;
    let mut done = source.size(&realm);
    for file in source.files() {
        if is_messages(file, root) {
            reader.each(source, file, |reader, record, file| match record.key {
                "zerver_message" => reader.message(source, record, file),
                // Who has read what is nobody's business here.
                _ => Ok(()),
            })?;
            done += source.size(file);
            reader.take.at_byte(done);
        } else if file != realm && !reader.stands_with_messages(file) {
            skip(
                reader.take,
                Reason::NoPlace,
                file,
                None,
                "It is no file of messages.",
            )?;
        }
    }
    reader.each(source, &realm, |reader, record, file| match record.key {
        "zerver_reaction" => reader.reaction(record, file),
        _ => Ok(()),
    })
}

struct Person {
    name: String,
    address: Option<String>,
    machine: bool,
    told: bool,
}

#[derive(Clone, Copy)]
struct Recipient {
    kind: i64,
    of: i64,
}

struct Reader<'t> {
    root: String,
    take: &'t mut dyn Take,
    people: HashMap<i64, Person>,
    by_name: HashMap<String, i64>,
    channels: HashMap<i64, Community>,
    recipients: HashMap<i64, Recipient>,
    /// Who is in a group of several people, by its recipient.
    members: HashMap<i64, Vec<i64>>,
    groups: HashMap<i64, String>,
    told_places: HashSet<String>,
    /// The first message of each topic.
    first: HashMap<(i64, String), i64>,
    seen: HashSet<i64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct User<'b> {
    id: i64,
    #[serde(borrow)]
    full_name: Text<'b>,
    #[serde(borrow)]
    email: Text<'b>,
    #[serde(borrow)]
    delivery_email: Text<'b>,
    is_bot: Flag,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Channel<'b> {
    id: i64,
    #[serde(borrow)]
    name: Text<'b>,
    #[serde(borrow)]
    description: Text<'b>,
    invite_only: Flag,
    deactivated: Flag,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct To<'b> {
    id: i64,
    #[serde(borrow, rename = "type")]
    kind: Text<'b>,
    #[serde(borrow)]
    type_id: Text<'b>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Subscription {
    user_profile: i64,
    recipient: i64,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Reaction<'b> {
    user_profile: i64,
    message: i64,
    #[serde(borrow)]
    emoji_name: Text<'b>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Message<'b> {
    #[serde(borrow)]
    id: Text<'b>,
    #[serde(borrow)]
    sender: Text<'b>,
    #[serde(borrow)]
    recipient: Text<'b>,
    #[serde(borrow)]
    subject: Text<'b>,
    #[serde(borrow)]
    content: Text<'b>,
    #[serde(borrow)]
    rendered_content: Text<'b>,
    #[serde(borrow)]
    date_sent: Text<'b>,
    #[serde(borrow)]
    last_edit_time: Text<'b>,
}

impl<'t> Reader<'t> {
    fn new(root: &str, take: &'t mut dyn Take) -> Reader<'t> {
        Reader {
            root: root.to_owned(),
            take,
            people: HashMap::new(),
            by_name: HashMap::new(),
            channels: HashMap::new(),
            recipients: HashMap::new(),
            members: HashMap::new(),
            groups: HashMap::new(),
            told_places: HashSet::new(),
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
                    self.take,
                    Reason::TooLarge,
                    file,
                    Some(at),
                    "The record is larger than 16 MiB.",
                )?),
                Found::CutOff(at) => Ok(skip(
                    self.take,
                    Reason::Broken,
                    file,
                    Some(at),
                    "The file ends within a record.",
                )?),
            })
        });
        spare(read, file, self.take)
    }

    fn learn(&mut self, record: &Record<'_>, file: &str) -> Result<(), Stop> {
        let known = match record.key {
            "zerver_userprofile" | "zerver_userprofile_mirrordummy" => {
                self.person(record.bytes, false)
            }
            "zerver_userprofile_crossrealm" => self.person(record.bytes, true),
            "zerver_stream" => self.channel(record.bytes),
            "zerver_recipient" => self.recipient(record.bytes),
            "zerver_subscription" => self.subscription(record.bytes),
            _ => Some(()),
        };
        match known {
            Some(()) => Ok(()),
            None => skip(
                self.take,
                Reason::Broken,
                file,
                Some(record.offset),
                "A line of a list cannot be read.",
            ),
        }
    }

    fn person(&mut self, bytes: &[u8], program: bool) -> Option<()> {
        let user: User = serde_json::from_slice(bytes).ok()?;
        let mail = user.delivery_email.filled().or(user.email.filled());
        let of_mail = user
            .email
            .split(['@', '+'])
            .next()
            .filter(|name| !name.is_empty());
        let name = user
            .full_name
            .filled()
            .or(of_mail)
            .unwrap_or("deleted")
            .to_owned();
        let machine = program || user.is_bot.0;
        let address = mail.filter(|_| !machine).map(str::to_owned);
        self.by_name.entry(name.clone()).or_insert(user.id);
        self.people.insert(
            user.id,
            Person {
                name,
                address,
                machine,
                told: false,
            },
        );
        Some(())
    }

    fn channel(&mut self, bytes: &[u8]) -> Option<()> {
        let channel: Channel = serde_json::from_slice(bytes).ok()?;
        let id = format!("stream/{}", channel.id);
        self.channels.insert(
            channel.id,
            Community {
                name: channel.name.filled().unwrap_or(&id).to_owned(),
                about: channel.description.trim().to_owned(),
                access: if channel.invite_only.0 {
                    Access::Private
                } else {
                    Access::Open
                },
                ended: channel.deactivated.0,
                id,
            },
        );
        Some(())
    }

    fn recipient(&mut self, bytes: &[u8]) -> Option<()> {
        let to: To = serde_json::from_slice(bytes).ok()?;
        let recipient = Recipient {
            kind: to.kind.number()?,
            of: to.type_id.number()?,
        };
        self.recipients.insert(to.id, recipient);
        Some(())
    }

    /// Lists may stand in any order, so who is in a channel is kept for a moment, too, as far as it would name a group.
    fn subscription(&mut self, bytes: &[u8]) -> Option<()> {
        let Subscription {
            user_profile,
            recipient,
        } = serde_json::from_slice(bytes).ok()?;
        let members = self.members.entry(recipient).or_default();
        if members.len() < MOST_NAMED {
            members.push(user_profile);
        }
        Some(())
    }

    fn name_groups(&mut self) {
        for (recipient, members) in std::mem::take(&mut self.members) {
            let kind = self.recipients.get(&recipient).map(|to| to.kind);
            if kind.is_some_and(|kind| kind != TO_PERSON && kind != TO_CHANNEL) {
                let name = self.names(&members);
                self.groups.insert(recipient, name);
            }
        }
    }

    fn names(&self, members: &[i64]) -> String {
        let names: Vec<&str> = members
            .iter()
            .map(|id| {
                self.people
                    .get(id)
                    .map_or("deleted", |person| person.name.as_str())
            })
            .collect();
        if names.is_empty() {
            "direct".to_owned()
        } else {
            names.join(", ")
        }
    }

    fn tell_channels(&mut self) -> Result<(), Stop> {
        let mut channels: Vec<&Community> = self.channels.values().collect();
        channels.sort_by(|a, b| a.id.len().cmp(&b.id.len()).then(a.id.cmp(&b.id)));
        for channel in channels {
            self.told_places.insert(channel.id.clone());
            self.take.take(Item::Community(channel.clone()))?;
        }
        Ok(())
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
                self.take,
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
                self.take,
                Reason::Broken,
                file,
                offset,
                "The message has no number, no sender, no place or no time.",
            );
        };
        if self.is_system(sender) {
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
        let (topic, resolved) = unresolved(message.subject.trim());
        let (community, in_topics) = self.place(recipient, sender)?;
        self.tell(sender)?;
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
        let toward = self.toward(&said.toward)?;
        let answers = said
            .answers
            .filter(|answered| *answered != id)
            .or((!opens).then_some(first));
        self.take.take(Item::Contribution(Box::new(Contribution {
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
            toward,
            files: uploads
                .iter()
                .map(|path| self.upload(source, path))
                .collect(),
            ..Contribution::default()
        })))
    }

    /// Bots of the program itself tell of what happened to channels and topics.
    fn is_system(&self, sender: i64) -> bool {
        self.people.get(&sender).is_some_and(|person| {
            person.machine
                && matches!(
                    person.name.as_str(),
                    "Notification Bot" | "Welcome Bot" | "notification-bot" | "welcome-bot"
                )
        })
    }

    /// The place and whether it has topics. Words between people have the place of those people.
    fn place(&mut self, recipient: i64, sender: i64) -> Result<(String, bool), Stop> {
        let to = self.recipients.get(&recipient).copied();
        let place = match to {
            Some(Recipient {
                kind: TO_CHANNEL,
                of,
            }) => match self.channels.get(&of) {
                Some(channel) => return Ok((channel.id.clone(), true)),
                None => Community {
                    id: format!("stream/{of}"),
                    name: format!("stream {of}"),
                    about: String::new(),
                    access: Access::Private,
                    ended: true,
                },
            },
            Some(Recipient {
                kind: TO_PERSON,
                of,
            }) => {
                let (one, other) = (sender.min(of), sender.max(of));
                let members = if one == other {
                    vec![one]
                } else {
                    vec![one, other]
                };
                self.direct(format!("direct/{one}-{other}"), self.names(&members))
            }
            _ => {
                let name = self
                    .groups
                    .get(&recipient)
                    .cloned()
                    .unwrap_or_else(|| "direct".to_owned());
                self.direct(format!("direct/group-{recipient}"), name)
            }
        };
        let topics = place.access == Access::Private;
        if self.told_places.insert(place.id.clone()) {
            self.take.take(Item::Community(place.clone()))?;
        }
        Ok((place.id, topics))
    }

    fn direct(&self, id: String, name: String) -> Community {
        Community {
            id,
            name,
            about: String::new(),
            access: Access::Direct,
            ended: false,
        }
    }

    fn toward(&mut self, named: &[(Option<i64>, String)]) -> Result<Vec<String>, Stop> {
        let mut ids = Vec::new();
        for (number, name) in named {
            let known = number.or_else(|| self.by_name.get(name).copied());
            if let Some(id) = known.filter(|id| self.people.contains_key(id)) {
                self.tell(id)?;
                ids.push(format!("user/{id}"));
            }
        }
        Ok(ids)
    }

    /// Tells of a voice once, before the first thing that names it.
    fn tell(&mut self, id: i64) -> Result<(), Stop> {
        let person = self.people.entry(id).or_insert_with(|| Person {
            name: "deleted".to_owned(),
            address: None,
            machine: false,
            told: false,
        });
        if std::mem::replace(&mut person.told, true) {
            return Ok(());
        }
        self.take.take(Item::Voice(Voice {
            id: format!("user/{id}"),
            name: person.name.clone(),
            address: person.address.clone(),
            machine: person.machine,
        }))
    }

    fn upload(&self, source: &Source, path: &str) -> File {
        let inside = format!("{}uploads/{path}", self.root);
        File {
            name: path.rsplit('/').next().unwrap_or(path).to_owned(),
            inside: source.has(&inside).then_some(inside),
            ..File::default()
        }
    }

    fn reaction(&mut self, record: &Record<'_>, file: &str) -> Result<(), Stop> {
        let Ok(reaction) = serde_json::from_slice::<Reaction>(record.bytes) else {
            return skip(
                self.take,
                Reason::Broken,
                file,
                Some(record.offset),
                "The reaction cannot be read.",
            );
        };
        if !emoji::says_thanks(&reaction.emoji_name) || !self.seen.contains(&reaction.message) {
            return skip(
                self.take,
                Reason::NoPlace,
                file,
                Some(record.offset),
                "A reaction that is no thanks.",
            );
        }
        self.tell(reaction.user_profile)?;
        self.take.take(Item::Thanks(Thanks {
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
