//! A channel: its lines become contributions with what they answer, its speakers voices.

use std::collections::{HashSet, VecDeque};

use crate::dated::without_date;
use crate::mail::{escape, escape_line};
use crate::{Access, Community, Contribution, Item, Skipped, Stop, Take, Voice};

use super::recovery::{Line, Recovery};
use super::signs::is_program;

/// Lines of one speaker that go on with each other are one contribution, if they come so soon (microseconds) and are so few.
const SOON: i64 = 90_000_000;
const LINES: usize = 8;
/// Answers reach no further back than recovery does.
const REACH: usize = 128;

/// A line that somebody said.
pub struct Spoken<'l> {
    pub id: String,
    pub at: i64,
    pub speaker: &'l str,
    pub words: &'l str,
    /// `/me waves`
    pub deed: bool,
}

pub struct Channel {
    community: Option<Community>,
    id: String,
    recovery: Recovery,
    /// The contributions that the last lines went into.
    ids: VecDeque<(usize, String)>,
    /// The contribution that the next line may go on with.
    open: Option<Open>,
    told: HashSet<String>,
}

struct Open {
    contribution: Box<Contribution>,
    last_at: i64,
    last_place: usize,
    lines: usize,
    deed: bool,
}

impl Channel {
    pub fn new(name: &str, between_two: bool) -> Channel {
        let id = name.to_lowercase();
        Channel {
            community: Some(Community {
                id: id.clone(),
                name: name.to_owned(),
                about: String::new(),
                access: if between_two {
                    Access::Direct
                } else {
                    Access::Open
                },
                ended: false,
            }),
            id,
            recovery: Recovery::default(),
            ids: VecDeque::new(),
            open: None,
            told: HashSet::new(),
        }
    }

    pub fn skip(&mut self, skipped: Skipped, take: &mut dyn Take) -> Result<(), Stop> {
        take.take(Item::Skipped(skipped))
    }

    pub fn hear(
        &mut self,
        spoken: Spoken<'_>,
        joined: &Skipped,
        take: &mut dyn Take,
    ) -> Result<(), Stop> {
        let words = without_colours(spoken.words);
        let line = Line {
            at: Some(spoken.at / 1_000_000),
            speaker: spoken.speaker,
            words: &words,
        };
        let addressee = self.recovery.addressee(&words);
        let place = self.recovery.heard();
        let answered = self.recovery.hear(line);
        let voice = spoken.speaker.to_lowercase();
        let toward: Vec<String> = addressee
            .into_iter()
            .filter(|name| *name != voice)
            .collect();
        if let Some(open) = &mut self.open
            && open.takes(&spoken, &voice, &toward, answered)
        {
            open.contribution.words.push('\n');
            escape_line(words.trim_start(), &mut open.contribution.words);
            open.last_at = spoken.at;
            open.last_place = place;
            open.lines += 1;
            let id = open.contribution.id.clone();
            self.remember(place, id);
            return self.skip(joined.clone(), take);
        }
        self.close(take)?;
        if let Some(community) = self.community.take() {
            take.take(Item::Community(community))?;
        }
        self.tell(&voice, spoken.speaker, take)?;
        let answers = answered.and_then(|place| {
            let (_, id) = self.ids.iter().rev().find(|(there, _)| *there == place)?;
            Some(id.clone())
        });
        self.remember(place, spoken.id.clone());
        self.open = Some(Open {
            contribution: Box::new(Contribution {
                id: spoken.id,
                community: self.id.clone(),
                voice,
                answers,
                words: markdown(spoken.speaker, &words, spoken.deed),
                at: spoken.at,
                toward,
                ..Contribution::default()
            }),
            last_at: spoken.at,
            last_place: place,
            lines: 1,
            deed: spoken.deed,
        });
        Ok(())
    }

    fn remember(&mut self, place: usize, id: String) {
        self.ids.push_back((place, id));
        if self.ids.len() > REACH {
            self.ids.pop_front();
        }
    }

    fn tell(&mut self, voice: &str, name: &str, take: &mut dyn Take) -> Result<(), Stop> {
        if self.told.contains(voice) {
            return Ok(());
        }
        self.told.insert(voice.to_owned());
        take.take(Item::Voice(Voice {
            id: voice.to_owned(),
            name: name.to_owned(),
            address: None,
            machine: is_program(voice),
        }))
    }

    fn close(&mut self, take: &mut dyn Take) -> Result<(), Stop> {
        match self.open.take() {
            Some(open) => take.take(Item::Contribution(open.contribution)),
            None => Ok(()),
        }
    }

    pub fn end(&mut self, take: &mut dyn Take) -> Result<(), Stop> {
        self.close(take)
    }
}

impl Open {
    /// Whether a line goes on with this: the same speaker at once, to nobody else, and recovery sees it so.
    fn takes(
        &self,
        spoken: &Spoken<'_>,
        voice: &str,
        toward: &[String],
        answered: Option<usize>,
    ) -> bool {
        self.contribution.voice == voice
            && !self.deed
            && !spoken.deed
            && self.lines < LINES
            && spoken.at - self.last_at <= SOON
            && answered == Some(self.last_place)
            && (toward.is_empty() || toward == self.contribution.toward)
    }
}

fn markdown(speaker: &str, words: &str, deed: bool) -> String {
    let mut markdown = String::with_capacity(words.len() + 8);
    if deed {
        markdown.push('*');
        escape(speaker, &mut markdown);
        markdown.push(' ');
        escape(words.trim(), &mut markdown);
        markdown.push('*');
    } else {
        escape_line(words.trim_start(), &mut markdown);
    }
    markdown
}

/// Without the signs for colours and bold letters that mIRC began.
fn without_colours(words: &str) -> String {
    let mut clean = String::with_capacity(words.len());
    let mut rest = words.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\u{3}' => {
                for _ in 0..2 {
                    rest.next_if(char::is_ascii_digit);
                }
                let mut ahead = rest.clone();
                if ahead.next() == Some(',') && ahead.next().is_some_and(|c| c.is_ascii_digit()) {
                    rest.next();
                    for _ in 0..2 {
                        rest.next_if(char::is_ascii_digit);
                    }
                }
            }
            c if c.is_control() && c != '\t' => {}
            c => clean.push(c),
        }
    }
    clean
}

/// The channel that a log is of, by its path: `#name` in it, else its name without dates, else its folder's, else the source's.
pub fn channel_of(file: &str, source: &str) -> String {
    let parts = || file.rsplit('/').chain([source]);
    let marked = parts().find_map(|part| {
        let name = part.get(part.find('#')?..)?;
        let end = name
            .char_indices()
            .skip(2)
            .find(|(at, c)| {
                matches!(c, '.' | '_' | '-' | ' ') && ends_here(name.get(at + 1..).unwrap_or(""))
            })
            .map_or(name.len(), |(at, _)| at);
        name.get(..end)
            .filter(|name| name.trim_matches('#').len() > 1)
            .map(str::to_owned)
    });
    let plain = || {
        parts().map(without_date).find(|name| {
            !name.is_empty()
                && !matches!(
                    name.to_lowercase().as_str(),
                    "raw" | "log" | "logs" | "irc" | "irclogs" | "channel"
                )
        })
    };
    marked.or_else(plain).unwrap_or_else(|| "log".to_owned())
}

/// A date or an ending follows.
fn ends_here(rest: &str) -> bool {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    digits >= 4
        || ["log", "txt", "weechatlog", "gz"]
            .iter()
            .any(|end| rest.starts_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_belongs_to_the_channel_that_its_path_names() {
        for (file, channel) in [
            ("#ubuntu.2018-01-01.log", "#ubuntu"),
            ("freenode_#rust-beginners_20180101.log", "#rust-beginners"),
            ("irc.libera.#weechat.weechatlog", "#weechat"),
            ("2018/01/01/#ubuntu-de.txt", "#ubuntu-de"),
            ("user/net/#c++/2018-01-01.log", "#c++"),
            ("ceph/2012-10-17.log", "ceph"),
            ("supybot_2012_10_17.log", "supybot"),
            ("2012-10-17.log", "Archive"),
        ] {
            assert_eq!(channel_of(file, "Archive"), channel, "{file}");
        }
    }

    #[test]
    fn colours_are_no_words() {
        assert_eq!(
            without_colours("\u{3}4,12red\u{3} and \u{2}bold\u{f} 3,4"),
            "red and bold 3,4"
        );
    }
}
