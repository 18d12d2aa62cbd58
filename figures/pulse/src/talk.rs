//! Facts put in order once: what answers what, who was first, when the first reply came.

use crate::fact::{Answers, Fact};
use std::collections::HashMap;
use std::ops::Range;

/// No fact.
const NONE: u32 = u32::MAX;

/// Everything that was said in a community, in order. Built in time of `n · log n`; everything else is read off it.
#[derive(Debug, Clone)]
pub struct Talk<'facts> {
    facts: &'facts [Fact],
    /// Places of facts by time, then by place.
    by_time: Vec<u32>,
    /// What each fact answers, among the facts and without circles.
    answered: Vec<u32>,
    /// When the first reply of another person came.
    first_reply: Vec<i64>,
    /// With what its conversation begins.
    beginning: Vec<u32>,
    /// The place of each person's first fact, by time.
    newcomings: Vec<Newcoming>,
}

/// The first contribution of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Newcoming {
    pub fact: u32,
    /// When they contributed for the second time.
    pub again_at: Option<i64>,
}

/// A conversation from its first contribution to its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversation {
    /// The place of the fact that it begins with.
    pub beginning: u32,
    /// Microseconds since 1970.
    pub first: i64,
    pub last: i64,
    pub contributions: u32,
    pub people: u32,
}

impl<'facts> Talk<'facts> {
    /// Facts may come in any order, answer what comes later, nothing that is there, themselves or each other in a circle. Circles are cut: what is in one
    /// counts as answering something elsewhere. More facts than 2³² − 1 are not looked at.
    pub fn of(facts: &'facts [Fact]) -> Self {
        let facts = facts.get(..NONE as usize).unwrap_or(facts);
        let mut by_time: Vec<u32> = (0..facts.len() as u32).collect();
        by_time.sort_unstable_by_key(|place| (at(facts, *place), *place));
        let mut talk = Self {
            facts,
            newcomings: newcomings(facts, &by_time),
            by_time,
            answered: facts.iter().map(|fact| answered(facts, fact)).collect(),
            first_reply: vec![i64::MAX; facts.len()],
            beginning: (0..facts.len() as u32).collect(),
        };
        talk.follow_answers();
        talk
    }

    /// From the last replies down to what they answer: cuts circles, finds first replies; then back up: finds beginnings.
    fn follow_answers(&mut self) {
        let mut waiting = vec![0_u32; self.facts.len()];
        for parent in &self.answered {
            if let Some(waits) = waiting.get_mut(*parent as usize) {
                *waits += 1;
            }
        }
        let mut order: Vec<u32> = (0..)
            .zip(&waiting)
            .filter(|(_, waits)| **waits == 0)
            .map(|(place, _)| place)
            .collect();
        let mut next = 0;
        while let Some(place) = order.get(next).copied() {
            next += 1;
            let parent = self.parent(place);
            self.tell_parent(place, parent);
            if let Some(waits) = waiting.get_mut(parent as usize) {
                *waits -= 1;
                if *waits == 0 {
                    order.push(parent);
                }
            }
        }
        let in_circles = (0..)
            .zip(&waiting)
            .filter(|(_, waits)| **waits > 0)
            .map(|(place, _)| place);
        for place in in_circles {
            if let Some(parent) = self.answered.get_mut(place as usize) {
                *parent = NONE;
            }
        }
        for place in order.into_iter().rev() {
            let beginning = self.beginning.get(self.parent(place) as usize).copied();
            if let (Some(beginning), Some(own)) =
                (beginning, self.beginning.get_mut(place as usize))
            {
                *own = beginning;
            }
        }
    }

    /// A reply of another person is a first reply; what others reply to an author's own addition is one to what they added to.
    fn tell_parent(&mut self, place: u32, parent: u32) {
        let (Some(reply), Some(to)) = (self.fact(place), self.fact(parent)) else {
            return;
        };
        let reply_at = if reply.who == to.who {
            self.first_reply_of(place).unwrap_or(i64::MAX)
        } else {
            reply.at.max(to.at)
        };
        if let Some(first) = self.first_reply.get_mut(parent as usize) {
            *first = (*first).min(reply_at);
        }
    }

    fn parent(&self, place: u32) -> u32 {
        self.answered.get(place as usize).copied().unwrap_or(NONE)
    }

    /// The fact at a place.
    pub fn fact(&self, place: u32) -> Option<&'facts Fact> {
        self.facts.get(place as usize)
    }

    /// Facts with their places, by time, from one moment on until before another.
    pub fn within(&self, time: &Range<i64>) -> impl Iterator<Item = (u32, &'facts Fact)> {
        let bound = |moment: i64| {
            self.by_time
                .partition_point(|place| at(self.facts, *place) < moment)
        };
        let (from, until) = (bound(time.start), bound(time.end));
        let places = self.by_time.get(from..until.max(from)).unwrap_or_default();
        places
            .iter()
            .filter_map(|place| Some((*place, self.fact(*place)?)))
    }

    /// From the first fact until after the last.
    pub fn span(&self) -> Range<i64> {
        let end = |place: Option<&u32>| place.map_or(0, |place| at(self.facts, *place));
        end(self.by_time.first())
            ..end(self.by_time.last()).saturating_add(i64::from(!self.facts.is_empty()))
    }

    /// When another person first replied, whenever that was.
    pub fn first_reply_of(&self, place: u32) -> Option<i64> {
        self.first_reply
            .get(place as usize)
            .copied()
            .filter(|at| *at != i64::MAX)
    }

    /// It answers another person, or something elsewhere.
    pub fn is_reply(&self, place: u32) -> bool {
        let fact = self.fact(place);
        let to = self.fact(self.parent(place));
        fact.is_some_and(|fact| {
            fact.answers != Answers::Nothing && to.is_none_or(|to| to.who != fact.who)
        })
    }

    /// Whom it answers, if that is another person who is known: what ties are made of.
    pub fn answers_whom(&self, place: u32) -> Option<u32> {
        let (fact, to) = (self.fact(place)?, self.fact(self.parent(place))?);
        (fact.who != to.who).then_some(to.who)
    }

    /// The fact that its conversation begins with.
    pub fn beginning_of(&self, place: u32) -> Option<u32> {
        self.beginning.get(place as usize).copied()
    }

    /// First contributions, by time, from one moment on until before another.
    pub(crate) fn newcomings(&self, time: &Range<i64>) -> &[Newcoming] {
        let bound = |moment: i64| {
            self.newcomings
                .partition_point(|coming| at(self.facts, coming.fact) < moment)
        };
        let (from, until) = (bound(time.start), bound(time.end));
        self.newcomings
            .get(from..until.max(from))
            .unwrap_or_default()
    }

    /// All conversations, by the place of their beginnings.
    pub fn conversations(&self) -> Vec<Conversation> {
        let mut parts: Vec<(u32, u32, i64)> = self
            .beginning
            .iter()
            .zip(self.facts)
            .map(|(beginning, fact)| (*beginning, fact.who, fact.at))
            .collect();
        parts.sort_unstable();
        parts
            .chunk_by(|one, next| one.0 == next.0)
            .filter_map(conversation)
            .collect()
    }
}

fn conversation(parts: &[(u32, u32, i64)]) -> Option<Conversation> {
    Some(Conversation {
        beginning: parts.first()?.0,
        first: parts.iter().map(|(_, _, at)| *at).min()?,
        last: parts.iter().map(|(_, _, at)| *at).max()?,
        contributions: u32::try_from(parts.len()).ok()?,
        people: u32::try_from(parts.chunk_by(|one, next| one.1 == next.1).count()).ok()?,
    })
}

fn at(facts: &[Fact], place: u32) -> i64 {
    facts.get(place as usize).map_or(0, |fact| fact.at)
}

fn answered(facts: &[Fact], fact: &Fact) -> u32 {
    match fact.answers {
        Answers::Fact(place) if (place as usize) < facts.len() => place,
        _ => NONE,
    }
}

fn newcomings(facts: &[Fact], by_time: &[u32]) -> Vec<Newcoming> {
    let mut known: HashMap<u32, usize> = HashMap::new();
    let mut comings: Vec<Newcoming> = Vec::new();
    for place in by_time {
        let Some(fact) = facts.get(*place as usize) else {
            continue;
        };
        match known
            .get(&fact.who)
            .and_then(|coming| comings.get_mut(*coming))
        {
            Some(coming) => coming.again_at = coming.again_at.or(Some(fact.at)),
            None => {
                known.insert(fact.who, comings.len());
                comings.push(Newcoming {
                    fact: *place,
                    again_at: None,
                });
            }
        }
    }
    comings
}

#[cfg(test)]
#[path = "talk_tests.rs"]
mod tests;
