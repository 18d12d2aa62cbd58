//! Which line answers which, recovered where a log has no links.
//!
//! Each line chooses among the lines of the recent past and "answers nothing", by the sum of the weights of what can be seen of
//! the two ([`super::signs`]). One pass, a bounded window, the same answer each time. The choice that a line made is part of what
//! later lines see. After the log-linear baseline of Kummerfeld et al., "A Large-Scale Corpus for Conversation Disentanglement",
//! ACL 2019, with signs and weights of our own.

use std::collections::{HashMap, VecDeque};

use super::signs::{self, Heard};
use super::weights::WEIGHTS;

/// How many spoken lines back an answer may reach.
const REACH: usize = 100;
/// How many speakers and words are remembered before those that have long been silent are forgotten.
const SPEAKERS: usize = 20_000;
const WORDS: usize = 200_000;

/// A line as recovery needs it.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Seconds since any fixed moment, where the log has times.
    pub at: Option<i64>,
    pub speaker: &'a str,
    pub words: &'a str,
}

/// What each line answers, by its place in `lines`; none for one that begins something.
pub fn recover<'a>(lines: impl IntoIterator<Item = Line<'a>>) -> Vec<Option<usize>> {
    let mut recovery = Recovery::default();
    lines.into_iter().map(|line| recovery.hear(line)).collect()
}

/// Recovery of a log that is read line by line.
#[derive(Default)]
pub struct Recovery {
    heard: usize,
    recent: VecDeque<Heard>,
    speakers: HashMap<String, Speaker>,
    spoken_in: HashMap<u32, u32>,
    next_speaker: u32,
    next_thread: u32,
}

/// What is remembered of a speaker.
#[derive(Clone, Copy)]
pub(super) struct Speaker {
    pub number: u32,
    /// The place of their last line.
    pub last: usize,
    /// Whom they last spoke with.
    pub partner: Option<u32>,
    /// The thread that their last line belongs to.
    pub thread: u32,
}

impl Recovery {
    /// The place of the line that this one answers. Places count the calls of this function.
    pub fn hear(&mut self, line: Line<'_>) -> Option<usize> {
        let heard = self.look_at(line);
        let chosen = self.choose(&heard, &WEIGHTS);
        self.keep(heard, chosen)
    }

    /// How many lines were heard, which is the place of the next one.
    pub fn heard(&self) -> usize {
        self.heard
    }

    /// Whom a line speaks to by name, lower-cased: the one named at its head, if that one has spoken.
    pub fn addressee(&self, words: &str) -> Option<String> {
        let head = words.split_whitespace().next()?;
        let name = signs::bare_name(head);
        let whole = head.trim_end_matches([':', ',']).to_lowercase();
        [whole, name]
            .into_iter()
            .find(|name| !name.is_empty() && self.speakers.contains_key(name.as_str()))
    }

    #[doc(hidden)]
    pub fn look_at(&mut self, line: Line<'_>) -> Heard {
        self.forget();
        let place = self.heard;
        self.heard += 1;
        let name = line.speaker.to_lowercase();
        let before = self.speakers.get(&name).copied();
        let number = before.map_or_else(
            || {
                self.next_speaker += 1;
                self.next_speaker
            },
            |speaker| speaker.number,
        );
        let addressed = self
            .addressee(line.words)
            .or_else(|| self.nearly_addressed(line.words));
        let toward = addressed
            .and_then(|name| self.speakers.get(&name))
            .map(|speaker| speaker.number)
            .filter(|toward| *toward != number);
        let named = self.named(line.words, number, toward);
        let words = self.weigh(line.words);
        let heard = Heard::new(place, line, number, toward, named, words, before);
        self.speakers.insert(
            name,
            Speaker {
                number,
                last: place,
                partner: before.and_then(|speaker| speaker.partner),
                thread: before.map_or(0, |speaker| speaker.thread),
            },
        );
        heard
    }

    /// Calls with each line that could be answered, latest first.
    #[doc(hidden)]
    pub fn candidates(&self) -> impl Iterator<Item = &Heard> {
        self.recent.iter().rev()
    }

    #[doc(hidden)]
    pub fn choose(&self, now: &Heard, weights: &[f32; signs::COUNT]) -> Option<usize> {
        let weight = |sign: usize| weights.get(sign).copied().unwrap_or(0.0);
        let mut best = 0.0;
        signs::of_none(now, self.recent.back(), &mut |sign, value| {
            best += weight(sign) * value;
        });
        let mut chosen = None;
        let mut look = signs::Look::default();
        for then in self.candidates() {
            let mut score = 0.0;
            look.signs_of(now, then, &mut |sign, value| score += weight(sign) * value);
            if score > best {
                best = score;
                chosen = Some(then.place);
            }
        }
        chosen
    }

    /// Takes the line in, as an answer to `chosen`.
    #[doc(hidden)]
    pub fn keep(&mut self, mut heard: Heard, chosen: Option<usize>) -> Option<usize> {
        let answered = chosen.and_then(|place| {
            let then = self
                .recent
                .iter_mut()
                .rev()
                .find(|then| then.place == place)?;
            then.answers += 1;
            if then.speaker != heard.speaker {
                then.answered_by_others = true;
            }
            Some((then.place, then.thread, then.speaker, then.partner))
        });
        heard.thread = answered.map_or_else(
            || {
                self.next_thread += 1;
                self.next_thread
            },
            |(_, thread, ..)| thread,
        );
        heard.partner = heard
            .toward
            .or_else(|| {
                answered.and_then(|(_, _, speaker, partner)| {
                    if speaker == heard.speaker {
                        partner
                    } else {
                        Some(speaker)
                    }
                })
            })
            .or(heard.partner_before);
        if let Some(speaker) = self.speakers.get_mut(&heard.name) {
            speaker.partner = heard.partner;
            speaker.thread = heard.thread;
        }
        self.recent.push_back(heard);
        if self.recent.len() > REACH {
            self.recent.pop_front();
        }
        answered.map(|(place, ..)| place)
    }

    /// A name that is written with one slip, or cut short, before a colon or comma.
    fn nearly_addressed(&self, words: &str) -> Option<String> {
        let head = words.split_whitespace().next()?;
        if !head.ends_with([':', ',']) {
            return None;
        }
        let name = signs::bare_name(head);
        if name.chars().count() < 3 {
            return None;
        }
        self.recent
            .iter()
            .rev()
            .find(|then| signs::nearly(&then.name, &name))
            .map(|then| then.name.clone())
    }

    /// Whom a line names anywhere but at its head.
    fn named(&self, words: &str, own: u32, toward: Option<u32>) -> Option<u32> {
        words.split_whitespace().take(40).find_map(|word| {
            let name = signs::bare_name(word);
            if name.len() < 3 {
                return None;
            }
            let speaker = self.speakers.get(&name)?;
            // Names that are everyday words mean their bearer only while the bearer is around.
            let near = self.heard - speaker.last <= REACH * 2;
            (near && speaker.number != own && Some(speaker.number) != toward)
                .then_some(speaker.number)
        })
    }

    /// The words of a line as hashes, sorted, each with how rare it is so far in this log.
    fn weigh(&mut self, words: &str) -> Vec<(u32, f32)> {
        let lines = self.heard as f32 + 20.0;
        let mut weighed: Vec<(u32, f32)> = signs::words_of(words).map(|word| (word, 0.0)).collect();
        weighed.sort_unstable_by_key(|(word, _)| *word);
        weighed.dedup_by_key(|(word, _)| *word);
        for (word, weight) in &mut weighed {
            let times = self.spoken_in.get(word).copied().unwrap_or(0);
            *weight = (lines / (times as f32 + 1.0)).ln();
            if times > 0 || self.spoken_in.len() < WORDS {
                *self.spoken_in.entry(*word).or_insert(0) += 1;
            }
        }
        weighed
    }

    fn forget(&mut self) {
        if self.speakers.len() > SPEAKERS {
            let oldest = self.heard.saturating_sub(SPEAKERS / 2);
            self.speakers.retain(|_, speaker| speaker.last >= oldest);
        }
    }
}
