//! How soon somebody is answered, and what was never answered.

use crate::fact::{Answers, DAY, HOUR};
use crate::survival::{Survival, Wait};
use crate::talk::Talk;
use std::ops::Range;

/// Without a reply for so many days, what was asked counts as unanswered (FORMULAS.md, "Pulse").
pub const UNANSWERED_AFTER_DAYS: i64 = 7;

/// Of what the first response is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Everything that began a conversation: where a source does not tell questions.
    Beginnings,
    /// What asked something.
    Asked,
}

/// What was asked, and what of it was never answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unanswered {
    /// What asked something and is 7 days old.
    pub asked: usize,
    /// The places of those without a reply of another person, by time.
    pub open: Vec<u32>,
}

impl Talk<'_> {
    /// Hours to the first reply of another person to what was said in a stretch of time, as seen at a moment: what has no reply by then is open.
    pub fn first_response(&self, time: &Range<i64>, of: Of, as_of: i64) -> Survival {
        let chosen = self.within(time).filter(|(_, fact)| {
            fact.at <= as_of
                && match of {
                    Of::Beginnings => fact.answers == Answers::Nothing,
                    Of::Asked => fact.asks,
                }
        });
        Survival::of(chosen.map(|(place, fact)| {
            let reply = self.first_reply_of(place).filter(|reply| *reply <= as_of);
            Wait {
                time: hours(fact.at, reply.unwrap_or(as_of)),
                happened: reply.is_some(),
            }
        }))
    }

    /// What asked something in a stretch of time, is 7 days old at a moment and has no reply by then.
    pub fn unanswered(&self, time: &Range<i64>, as_of: i64) -> Unanswered {
        let old = as_of.saturating_sub(UNANSWERED_AFTER_DAYS * DAY);
        let asked: Vec<u32> = self
            .within(time)
            .filter(|(_, fact)| fact.asks && fact.at <= old)
            .map(|(place, _)| place)
            .collect();
        let is_open = |place: &u32| {
            self.first_reply_of(*place)
                .is_none_or(|reply| reply > as_of)
        };
        Unanswered {
            asked: asked.len(),
            open: asked.into_iter().filter(is_open).collect(),
        }
    }
}

pub(crate) fn hours(from: i64, until: i64) -> f64 {
    until.saturating_sub(from) as f64 / HOUR as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Fact;

    fn asked(who: u32, hour: i64) -> Fact {
        Fact {
            who,
            at: hour * HOUR,
            answers: Answers::Nothing,
            asks: true,
        }
    }

    fn reply(who: u32, hour: i64, to: u32) -> Fact {
        Fact {
            who,
            at: hour * HOUR,
            answers: Answers::Fact(to),
            asks: false,
        }
    }

    const ALWAYS: Range<i64> = i64::MIN..i64::MAX;

    #[test]
    fn two_open_questions_make_the_median_four_hours() {
        let mut facts: Vec<Fact> = (0..5).map(|who| asked(who, 0)).collect();
        facts.extend([reply(9, 1, 0), reply(9, 2, 1), reply(9, 4, 2)]);
        let talk = Talk::of(&facts);
        assert_eq!(
            talk.first_response(&ALWAYS, Of::Asked, 10 * HOUR).median(),
            Some(4.0)
        );
        assert_eq!(
            talk.first_response(&ALWAYS, Of::Beginnings, 3 * HOUR)
                .median(),
            None,
            "what comes later is not known yet"
        );
        assert_eq!(
            talk.first_response(&(HOUR..9 * HOUR), Of::Beginnings, 10 * HOUR),
            Survival::default()
        );
    }

    #[test]
    fn what_is_younger_than_a_week_is_not_unanswered_yet() {
        let facts = [
            asked(1, 0),
            asked(1, 24),
            reply(1, 30, 1),
            asked(2, 0),
            reply(3, 300, 3),
        ];
        let talk = Talk::of(&facts);
        assert_eq!(
            talk.unanswered(&ALWAYS, 7 * DAY),
            Unanswered {
                asked: 2,
                open: vec![0, 3]
            }
        );
        assert_eq!(
            talk.unanswered(&ALWAYS, 8 * DAY),
            Unanswered {
                asked: 3,
                open: vec![0, 3, 1]
            }
        );
        assert_eq!(
            talk.unanswered(&ALWAYS, 300 * HOUR),
            Unanswered {
                asked: 3,
                open: vec![0, 1]
            }
        );
    }
}
