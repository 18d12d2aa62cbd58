//! Conversations that lived longest, and what others keep pointing to: likely practices.

use jiff::civil::Date;
use pulse::{Answers, Pointer, TIMES_AT_LEAST, likely_practices};
use rusqlite::OptionalExtension;
use serde::Serialize;

use super::facts::{Waits, days, question_in};
use super::pointing::Pointing;
use super::saying::{cut, date, line};
use super::{Look, Told};
use crate::stage::Failed;

/// Something that was said, as it is named in a list: without who said it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Thing {
    pub title: String,
    /// It stands in the conversation of this title.
    pub answers: bool,
    pub link: Option<String>,
    pub on: Date,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conversation {
    pub opening: Thing,
    pub until: Date,
    pub days: i64,
    pub contributions: u32,
    pub people: u32,
}

/// Something that others keep pointing to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Practice {
    pub thing: Thing,
    /// Each person and each conversation counted once.
    pub times: u32,
}

const SHOWN: usize = 8;
/// Fewer contributions are no long conversation, however late the last of them came.
const LONG: u32 = 4;
const TITLE: usize = 140;

impl Look<'_> {
    pub(super) fn thing(&self, place: u32) -> Result<Thing, Failed> {
        let (title, words, link) = self.title(place)?;
        let at = self.talk.fact(place).map_or(0, |fact| fact.at);
        let answers = self.talk.fact(place).is_some_and(|fact| fact.answers != Answers::Nothing);
        let opening = match self.talk.beginning_of(place) {
            Some(beginning) if title.is_empty() && beginning != place => self.title(beginning)?.0,
            _ => String::new(),
        };
        // Of what is said in a chat, the line that asks says most.
        let asked = question_in(&words).filter(|_| self.facts.waits == Waits::QuestionMarks).unwrap_or_default();
        let named = [&title, &opening, asked, &words].into_iter().map(line).find(|line| !line.is_empty());
        let title = named.map_or_else(|| "without words".to_owned(), |line| cut(&line, TITLE));
        // Only an address of the web becomes a link.
        let link = link.filter(|link| link.starts_with("https://") || link.starts_with("http://"));
        Ok(Thing { title, answers, link, on: date(at) })
    }

    fn title(&self, place: u32) -> Result<(String, String, Option<String>), Failed> {
        let Some(n) = self.facts.n.get(place as usize) else { return Ok(Default::default()) };
        let sql = "select substr(title, 1, 300), substr(words, 1, 600), link from said where n = ?1";
        let row = self.stage.db().prepare_cached(sql)?.query_row([n], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).optional()?;
        Ok(row.unwrap_or_default())
    }

    pub(super) fn longest(&self) -> Result<Vec<Conversation>, Failed> {
        let mut all = self.talk.conversations();
        all.retain(|talk| talk.contributions >= LONG && talk.people > 1 && days(talk.first, talk.last) > 0);
        all.sort_by_key(|talk| (std::cmp::Reverse(talk.last.saturating_sub(talk.first)), talk.beginning));
        let shown = all.into_iter().take(SHOWN).map(|talk| {
            let (until, days) = (date(talk.last), days(talk.first, talk.last));
            Ok(Conversation { opening: self.thing(talk.beginning)?, until, days, contributions: talk.contributions, people: talk.people })
        });
        shown.collect()
    }

    pub(super) fn practices(&self, pointing: Pointing) -> Result<Told<Vec<Practice>>, Failed> {
        let pointers = pointing.pointers();
        if pointers.is_empty() {
            return Ok(Told::not("Nothing in this archive points to something else in it by its address."));
        }
        let pointer = |(from, to): (u32, u32)| {
            let (from, to) = (self.facts.place(from)?, self.facts.place(to)?);
            let (who, of) = (self.talk.fact(from)?.who, self.talk.fact(to)?.who);
            Some(Pointer { to, of, home: self.talk.beginning_of(to)?, who, thread: self.talk.beginning_of(from)? })
        };
        let pointed = likely_practices(pointers.into_iter().filter_map(pointer), TIMES_AT_LEAST);
        if pointed.is_empty() {
            return Ok(Told::not("Nothing in this archive was pointed to by three people in three other conversations."));
        }
        let shown = pointed.iter().take(SHOWN).map(|pointed| Ok(Practice { thing: self.thing(pointed.to)?, times: pointed.times }));
        Ok(Told::Is(shown.collect::<Result<_, Failed>>()?))
    }
}
