//! Who is in an organisation, and where they speak.

use std::collections::{HashMap, HashSet};

use super::shapes::{Channel, Subscription, To, User};
use crate::records::Record;
use crate::skips::skip;
use crate::{Access, Community, Item, Reason, Stop, Take, Voice};

/// What a recipient is, in the export's numbers.
const TO_PERSON: i64 = 1;
const TO_CHANNEL: i64 = 2;
const MOST_NAMED: usize = 12;

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

pub(super) struct Organisation<'t> {
    pub take: &'t mut dyn Take,
    people: HashMap<i64, Person>,
    by_name: HashMap<String, i64>,
    channels: HashMap<i64, Community>,
    recipients: HashMap<i64, Recipient>,
    /// Who is in a group of several people, by its recipient.
    members: HashMap<i64, Vec<i64>>,
    groups: HashMap<i64, String>,
    told_places: HashSet<String>,
}

impl<'t> Organisation<'t> {
    pub(super) fn new(take: &'t mut dyn Take) -> Organisation<'t> {
        Organisation {
            take,
            people: HashMap::new(),
            by_name: HashMap::new(),
            channels: HashMap::new(),
            recipients: HashMap::new(),
            members: HashMap::new(),
            groups: HashMap::new(),
            told_places: HashSet::new(),
        }
    }

    pub(super) fn learn(&mut self, record: &Record<'_>, file: &str) -> Result<(), Stop> {
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

    pub(super) fn name_groups(&mut self) {
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

    pub(super) fn tell_channels(&mut self) -> Result<(), Stop> {
        let mut channels: Vec<&Community> = self.channels.values().collect();
        channels.sort_by(|a, b| a.id.len().cmp(&b.id.len()).then(a.id.cmp(&b.id)));
        for channel in channels {
            self.told_places.insert(channel.id.clone());
            self.take.take(Item::Community(channel.clone()))?;
        }
        Ok(())
    }

    pub(super) fn channel_of(&self, recipient: i64) -> Option<(i64, &str)> {
        let to = self
            .recipients
            .get(&recipient)
            .filter(|to| to.kind == TO_CHANNEL)?;
        Some((to.of, self.channels.get(&to.of)?.name.as_str()))
    }

    /// The place and whether it has topics. Words between people have the place of those people.
    pub(super) fn place(&mut self, recipient: i64, sender: i64) -> Result<(String, bool), Stop> {
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

    pub(super) fn toward(&mut self, named: &[(Option<i64>, String)]) -> Result<Vec<String>, Stop> {
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
    pub(super) fn tell(&mut self, id: i64) -> Result<(), Stop> {
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

    /// Bots of the program itself tell of what happened to channels and topics.
    pub(super) fn is_system(&self, sender: i64) -> bool {
        self.people.get(&sender).is_some_and(|person| {
            person.machine
                && matches!(
                    person.name.as_str(),
                    "Notification Bot" | "Welcome Bot" | "notification-bot" | "welcome-bot"
                )
        })
    }
}
