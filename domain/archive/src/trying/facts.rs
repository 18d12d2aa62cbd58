//! What a stage holds as numbers: who said something when, what it answers, whether it waits for an answer. Read once, in
//! one ordered query.

use std::collections::HashMap;

use pulse::{Answers, DAY, Fact};
use rusqlite::Row;
use rusqlite::types::ValueRef;

use super::pointing::Pointing;
use super::span::{Span, span};
use crate::stage::{Failed, Stage};

/// No place, no person.
pub(super) const NONE: u32 = u32::MAX;
/// With fewer answers than one in so many things said, an archive does not say what answers what.
const ANSWERS_ONE_IN: usize = 50;
/// A question in a chat has so many words, or letters where words are not set apart.
const WORDS_OF_QUESTION: usize = 4;
const LETTERS_OF_QUESTION: usize = 20;

/// What is taken to wait for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Waits {
    /// What the source marks as a question.
    Marked,
    /// Everything that begins a conversation, for the source marks no questions; but not the next of a series, with its date.
    Openings,
    /// What begins a conversation with a question mark in it: in a chat, most of what is said wants no answer.
    QuestionMarks,
}

/// Somebody addresses somebody.
pub(super) struct Toward {
    pub place: u32,
    pub who: u32,
    pub addressed: u32,
}

/// In the order of the archive; people and communities are numbers that mean nothing outside of here.
pub(super) struct Facts {
    pub facts: Vec<Fact>,
    /// Where each stands in the stage.
    pub n: Vec<u32>,
    pub communities: Vec<u32>,
    /// The source's ids of communities, with their numbers.
    pub named: HashMap<String, u32>,
    pub people: u32,
    pub waits: Waits,
    /// So little answers anything that the source cannot know of answers.
    pub without_answers: bool,
    pub toward: Vec<Toward>,
    pub pointing: Pointing,
    pub span: Span,
    /// Said by programs, and left out of all figures.
    pub machines: u64,
    places: Vec<u32>,
    voices: HashMap<String, u32>,
}

/// A row before it is known which of them count.
struct Heard {
    who: u32,
    community: u32,
    at: i64,
    parent: u32,
    /// It answers something, be it here or not.
    answers: bool,
    asks: bool,
    question_mark: bool,
    title: bool,
    dated: bool,
}

impl Facts {
    /// `now` tells times that cannot be right.
    pub fn of(stage: &Stage, now: i64) -> Result<Facts, Failed> {
        let mut read = Reading { voices: voices(stage)?, ..Reading::default() };
        // One in so many tells all the hosts that an archive is at.
        let sql = "select link from said where n % 50 = 1 and link is not null";
        let mut links = stage.db().prepare(sql)?;
        let mut rows = links.query([])?;
        while let Some(row) = rows.next()? {
            read.pointing.is_at(text(row, 0)?);
        }
        drop(rows);
        let sql = "select s.voice, s.community, s.at, s.asks, a.parent, s.answers is not null, s.title, s.words, s.link, s.known_as, s.toward
            from said s left join above a on a.n = s.n order by s.n";
        let mut statement = stage.db().prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            read.row(row)?;
        }
        Ok(read.done(now))
    }

    /// The place of what stands at `n` in the stage.
    pub fn place(&self, n: u32) -> Option<u32> {
        self.places.get(n.checked_sub(1)? as usize).copied().filter(|place| *place != NONE)
    }

    pub fn who_is(&self, voice: &str) -> Option<u32> {
        self.voices.get(voice).copied().filter(|who| *who < self.people)
    }
}

/// Programs have no number.
fn voices(stage: &Stage) -> Result<HashMap<String, u32>, Failed> {
    let mut statement = stage.db().prepare("select id from voice where machine")?;
    let machines = statement.query_map([], |r| r.get(0))?.map(|id| Ok((id?, NONE)));
    Ok(machines.collect::<rusqlite::Result<_>>()?)
}

#[derive(Default)]
struct Reading {
    voices: HashMap<String, u32>,
    people: u32,
    communities: HashMap<String, u32>,
    heard: Vec<Heard>,
    /// (n, voices) of what addresses somebody; many of them speak later only.
    toward: Vec<(u32, String)>,
    pointing: Pointing,
}

impl Reading {
    fn row(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
        let n = self.heard.len() as u32 + 1;
        let who = match self.voices.get(text(row, 0)?) {
            Some(who) => *who,
            None => {
                self.voices.insert(text(row, 0)?.to_owned(), self.people);
                self.people += 1;
                self.people - 1
            }
        };
        let known = self.communities.len() as u32;
        let community = match self.communities.get(text(row, 1)?) {
            Some(community) => *community,
            None => *self.communities.entry(text(row, 1)?.to_owned()).or_insert(known),
        };
        let (title, words, toward) = (text(row, 6)?, text(row, 7)?, text(row, 10)?);
        let answers: bool = row.get(5)?;
        self.heard.push(Heard {
            who,
            community,
            at: row.get(2)?,
            parent: row.get::<_, Option<u32>>(4)?.unwrap_or(0),
            answers,
            asks: row.get(3)?,
            question_mark: !answers && (question_in(title).is_some() || question_in(words).is_some()),
            title: !title.is_empty(),
            dated: has_date(title),
        });
        if !toward.is_empty() {
            self.toward.push((n, toward.to_owned()));
        }
        for name in [text(row, 8)?, text(row, 9)?] {
            self.pointing.is_called(n, name);
        }
        self.pointing.says(n, words);
        Ok(())
    }

    fn done(self, now: i64) -> Facts {
        let span = span(self.heard.iter().filter(|h| h.who != NONE).map(|h| h.at), now);
        let counts = |h: &Heard| h.who != NONE && (span.from..=span.to).contains(&h.at);
        let mut places = Vec::with_capacity(self.heard.len());
        let mut next = 0;
        for heard in &self.heard {
            places.push(if counts(heard) { next } else { NONE });
            next += u32::from(counts(heard));
        }
        let waits = waits(self.heard.iter().filter(|h| counts(h) && !h.answers));
        let mut facts = Facts {
            facts: Vec::with_capacity(next as usize),
            n: Vec::with_capacity(next as usize),
            communities: Vec::with_capacity(next as usize),
            named: self.communities,
            people: self.people,
            waits,
            without_answers: false,
            toward: Vec::new(),
            pointing: self.pointing,
            machines: self.heard.iter().filter(|h| h.who == NONE).count() as u64,
            span,
            places,
            voices: self.voices,
        };
        for (n, heard) in (1..).zip(self.heard).filter(|(_, h)| h.who != NONE && (span.from..=span.to).contains(&h.at)) {
            let answers = match facts.place(heard.parent) {
                Some(place) => Answers::Fact(place),
                None if heard.answers => Answers::Elsewhere,
                None => Answers::Nothing,
            };
            let asks = match waits {
                Waits::Marked => heard.asks,
                Waits::Openings => answers == Answers::Nothing && !heard.dated,
                Waits::QuestionMarks => answers == Answers::Nothing && heard.question_mark,
            };
            facts.facts.push(Fact { who: heard.who, at: heard.at, answers, asks });
            facts.communities.push(heard.community);
            facts.n.push(n);
        }
        let answering = facts.facts.iter().filter(|fact| matches!(fact.answers, Answers::Fact(_))).count();
        facts.without_answers = answering * ANSWERS_ONE_IN < facts.facts.len();
        facts.address(self.toward);
        facts
    }
}

impl Facts {
    fn address(&mut self, toward: Vec<(u32, String)>) {
        for (n, voices) in toward {
            let Some(place) = self.place(n) else { continue };
            let known: Vec<u32> = voices.split('\n').filter_map(|voice| self.who_is(voice)).collect();
            let addressed = known.len() as u32;
            self.toward.extend(known.into_iter().map(|who| Toward { place, who, addressed }));
        }
    }
}

/// A source that marks a few questions alone (those that somebody settled) does not say which others were asked.
fn waits<'a>(openings: impl Iterator<Item = &'a Heard>) -> Waits {
    let (mut all, mut marked, mut titled) = (0_usize, 0, 0);
    for opening in openings {
        all += 1;
        marked += usize::from(opening.asks);
        titled += usize::from(opening.title);
    }
    if marked * 2 >= all && marked > 0 {
        Waits::Marked
    } else if titled * 2 >= all {
        Waits::Openings
    } else {
        Waits::QuestionMarks
    }
}

/// The first line with a question mark of any script, outside of an address, that says what it asks: "hm?" does not.
pub(super) fn question_in(text: &str) -> Option<&str> {
    let marks = |word: &str| word.contains(['?', '？', '؟', '՞', '፧']) && !word.contains("://");
    let says = |line: &str| line.split_whitespace().count() >= WORDS_OF_QUESTION || line.chars().count() >= LETTERS_OF_QUESTION;
    text.lines().find(|line| line.split_whitespace().any(marks) && says(line))
}

/// "2019.3.12 Hangout": the next of a series, which asks nothing.
fn has_date(title: &str) -> bool {
    let numbers = || title.split(|c: char| !c.is_ascii_digit());
    let is_year = |part: &str| part.len() == 4 && (part.starts_with("19") || part.starts_with("20"));
    numbers().any(is_year) && numbers().any(|part| matches!(part.len(), 1 | 2))
}

fn text<'r>(row: &'r Row<'_>, column: usize) -> rusqlite::Result<&'r str> {
    match row.get_ref(column)? {
        // What a reader told is text; what is not is none.
        ValueRef::Text(bytes) => Ok(std::str::from_utf8(bytes).unwrap_or_default()),
        _ => Ok(""),
    }
}

/// Whole days from one moment to another.
pub(super) fn days(from: i64, to: i64) -> i64 {
    to.saturating_sub(from) / DAY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_of_a_series_is_no_question() {
        assert!(has_date("2019.3.12 Hangout") && has_date("Meeting on 3 May 2019"));
        assert!(!has_date("Slicer 4.10 and the scans of 12") && !has_date("What changed in 2019?"));
    }

    #[test]
    fn a_question_says_what_it_asks() {
        assert_eq!(question_in("Good morning.\nWho has the keys?"), Some("Who has the keys?"));
        assert_eq!(question_in("夜の引き継ぎはどのようにしていますか、教えてください？"), Some("夜の引き継ぎはどのようにしていますか、教えてください？"));
        assert_eq!(question_in("hm?\nlook at this one: https://example.org/?p=2"), None);
    }
}
