//! What several people ask in nearly the same words.

use again::{ALIKE, Questions};
use rusqlite::OptionalExtension;
use serde::Serialize;

use super::facts::{Waits, question_in};
use super::talks::Thing;
use super::{Look, Told};
use crate::stage::Failed;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Again {
    pub waits: Waits,
    /// How many questions there are, and how many were held against each other: the newest.
    pub asked: usize,
    pub compared: usize,
    /// How many of those were asked again.
    pub asked_again: usize,
    /// How many groups of them there are; the largest follow.
    pub groups: usize,
    pub largest: Vec<Group>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    pub times: usize,
    pub people: u32,
    /// The one that the others are most like, and then the newest.
    pub questions: Vec<Thing>,
}

/// More are not compared, so that memory stays within bounds: the newest are.
const COMPARED: usize = 40_000;
/// In a chat a question is one line: a few words in common are not much, so more have to be, and of more words.
const ALIKE_IN_CHAT: f32 = 0.55;
const WORDS_IN_CHAT: usize = 5;
const GROUPS: usize = 6;
const OF_GROUP: usize = 4;

impl Look<'_> {
    pub(super) fn asked_again(&self) -> Result<Told<Again>, Failed> {
        let asked: Vec<(u32, u32)> = self.talk.within(&self.talk.span()).filter(|(_, fact)| fact.asks).map(|(place, fact)| (place, fact.who)).collect();
        let newest = asked.get(asked.len().saturating_sub(COMPARED)..).unwrap_or_default();
        if newest.len() < 2 {
            return Ok(Told::not("There are too few questions to compare."));
        }
        let sql = "select title, substr(words, 1, 4000) from said where n = ?1";
        let mut words = self.stage.db().prepare(sql)?;
        let in_chat = self.facts.waits == Waits::QuestionMarks;
        let mut questions = Questions::default();
        for (place, who) in newest {
            let Some(n) = self.facts.n.get(*place as usize) else { continue };
            let row = words.query_row([n], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?))).optional()?;
            if let Some((title, words)) = row {
                match in_chat.then(|| question_in(&words)) {
                    None => questions.add(*place, *who, &title, &words),
                    Some(Some(question)) if says_enough(question) => questions.add(*place, *who, "", question),
                    Some(_) => {}
                }
            }
        }
        let mut groups = questions.groups(if in_chat { ALIKE_IN_CHAT } else { ALIKE });
        groups.sort_by_key(|group| std::cmp::Reverse((group.people, group.ids.len())));
        if groups.is_empty() {
            return Ok(Told::not("Nothing was asked by two people in nearly the same words."));
        }
        Ok(Told::Is(Again {
            waits: self.facts.waits,
            asked: asked.len(),
            compared: newest.len(),
            asked_again: groups.iter().map(|group| group.ids.len()).sum(),
            groups: groups.len(),
            largest: groups.iter().take(GROUPS).map(|group| self.group(group)).collect::<Result<_, _>>()?,
        }))
    }

    fn group(&self, group: &again::Group) -> Result<Group, Failed> {
        let newest = group.ids.iter().skip(1).rev();
        let shown = group.ids.first().into_iter().chain(newest).take(OF_GROUP);
        Ok(Group { times: group.ids.len(), people: group.people, questions: shown.map(|place| self.thing(*place)).collect::<Result<_, _>>()? })
    }
}

fn says_enough(question: &str) -> bool {
    question.split_whitespace().filter(|word| word.chars().count() > 2).count() >= WORDS_IN_CHAT || question.chars().filter(|c| *c > '\u{2e80}').count() > 12
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_chat_says_enough_or_is_not_compared() {
        assert!(says_enough("anyone going to the scipy conference?"));
        assert!(!says_enough("what's slack?"));
    }
}
