//! What several people ask in nearly the same words.

use again::{ALIKE, Questions};
use rusqlite::OptionalExtension;
use serde::Serialize;

use super::talks::Thing;
use super::{Look, Told};
use crate::stage::Failed;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Again {
    /// How many questions were held against each other.
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
const COMPARED: usize = 100_000;
const GROUPS: usize = 8;
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
        let mut questions = Questions::default();
        for (place, who) in newest {
            let Some(n) = self.facts.n.get(*place as usize) else { continue };
            let row = words.query_row([n], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?))).optional()?;
            if let Some((title, words)) = row {
                questions.add(*place, *who, &title, &words);
            }
        }
        let groups = questions.groups(ALIKE);
        if groups.is_empty() {
            return Ok(Told::not("Nothing was asked by two people in nearly the same words."));
        }
        Ok(Told::Is(Again {
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
