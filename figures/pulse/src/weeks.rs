//! The lines of the pulse, week by week, with the flags that they raise and the contributions behind these.

use crate::answers::{Of, UNANSWERED_AFTER_DAYS};
use crate::baseline::{Flag, Unit, flags};
use crate::fact::{Answers, DAY, beginning_of, week_of};
use crate::newcomers::share;
use crate::talk::Talk;
use std::collections::HashSet;
use std::ops::Range;

/// What is measured each week. There is no total of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Line {
    /// How many contributions there were.
    Contributions,
    /// How many people contributed.
    People,
    /// The median of hours to the first reply, as seen at the moment of looking.
    FirstResponse,
    /// How many questions of the week had no reply for 7 days; known from then on.
    Unanswered,
    /// The share of first contributions with a reply within 48 hours; known from then on.
    NewcomersReplied,
    /// The share of newcomers who were back within 30 days; known from then on.
    NewcomersBack,
    /// The fewest people who made half of the week's replies.
    AbsenceFactor,
}

impl Line {
    pub const ALL: [Self; 7] = [
        Self::Contributions,
        Self::People,
        Self::FirstResponse,
        Self::Unanswered,
        Self::NewcomersReplied,
        Self::NewcomersBack,
        Self::AbsenceFactor,
    ];

    pub const fn unit(self) -> Unit {
        match self {
            Self::NewcomersReplied | Self::NewcomersBack => Unit::Share,
            _ => Unit::Count,
        }
    }
}

/// A stretch of whole weeks of a community, each line with one value a week; none where a week has nothing to measure, or is not known yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Weeks {
    /// The number of the first week ([`crate::week_of`]).
    pub first: i64,
    lines: Vec<(Line, Vec<Option<f64>>)>,
}

/// More weeks than this are not laid out: the last ones are kept.
const WEEKS_AT_MOST: i64 = 4_000;

impl Weeks {
    /// Oldest first.
    pub fn line(&self, line: Line) -> &[Option<f64>] {
        self.lines
            .iter()
            .find(|(of, _)| *of == line)
            .map_or(&[], |(_, values)| values)
    }

    /// Which lines were far from usual two weeks running, and when.
    pub fn flags(&self) -> Vec<(Line, Flag)> {
        let of_line = |(line, values): &(Line, Vec<Option<f64>>)| {
            let line = *line;
            flags(values, line.unit())
                .into_iter()
                .map(move |flag| (line, flag))
                .collect::<Vec<_>>()
        };
        self.lines.iter().flat_map(of_line).collect()
    }

    /// The time of a week by its place.
    pub fn time_of(&self, week: usize) -> Range<i64> {
        let number = self
            .first
            .saturating_add(i64::try_from(week).unwrap_or(i64::MAX));
        beginning_of(number)..beginning_of(number.saturating_add(1))
    }
}

impl Talk<'_> {
    /// The lines of all whole weeks that lie in a stretch of time and are over at a moment.
    pub fn weeks(&self, time: &Range<i64>, of: Of, as_of: i64) -> Weeks {
        let last = week_of(time.end.min(as_of));
        let first = week_of(time.start.saturating_sub(1))
            .saturating_add(1)
            .max(last.saturating_sub(WEEKS_AT_MOST));
        let times: Vec<Range<i64>> = (first..last)
            .map(|week| beginning_of(week)..beginning_of(week + 1))
            .collect();
        let values = |line: Line| {
            times
                .iter()
                .map(|week| self.value(line, week, of, as_of))
                .collect()
        };
        Weeks {
            first,
            lines: Line::ALL
                .into_iter()
                .map(|line| (line, values(line)))
                .collect(),
        }
    }

    fn value(&self, line: Line, week: &Range<i64>, of: Of, as_of: i64) -> Option<f64> {
        match line {
            Line::Contributions => Some(self.within(week).count() as f64),
            Line::People => Some(
                self.within(week)
                    .map(|(_, fact)| fact.who)
                    .collect::<HashSet<_>>()
                    .len() as f64,
            ),
            Line::FirstResponse => self.first_response(week, of, as_of).median(),
            Line::Unanswered => self.left_open(week, as_of).map(|open| open.len() as f64),
            Line::NewcomersReplied => {
                let newcomers = self.newcomers(week, as_of);
                (newcomers.replied_judged == newcomers.newcomers)
                    .then(|| newcomers.replied_share())?
            }
            Line::NewcomersBack => {
                let newcomers = self.newcomers(week, as_of);
                (newcomers.back_judged == newcomers.newcomers)
                    .then(|| share(newcomers.back, newcomers.back_judged))?
            }
            Line::AbsenceFactor => {
                Some(self.absence_factor(week) as f64).filter(|factor| *factor > 0.0)
            }
        }
    }

    /// The questions of a week that had no reply for 7 days, so that weeks long past and recent ones compare; none until the last of them is so old.
    fn left_open(&self, week: &Range<i64>, as_of: i64) -> Option<Vec<u32>> {
        let patience = UNANSWERED_AFTER_DAYS * DAY;
        let is_open = |(place, asked_at): &(u32, i64)| {
            self.first_reply_of(*place)
                .is_none_or(|reply| reply > asked_at.saturating_add(patience))
        };
        let asked = self
            .within(week)
            .filter(|(_, fact)| fact.asks)
            .map(|(place, fact)| (place, fact.at));
        (week.end.saturating_add(patience) <= as_of)
            .then(|| asked.filter(is_open).map(|(place, _)| place).collect())
    }

    /// The contributions behind what a line says of a stretch of time ("why?"): those that somebody can still do something about, by time. Never
    /// people who did not do something: for who did not come back and for few contributions there is nothing to list.
    pub fn behind(&self, line: Line, time: &Range<i64>, of: Of, as_of: i64) -> Vec<u32> {
        let is_open = |place: u32| self.first_reply_of(place).is_none_or(|reply| reply > as_of);
        match line {
            Line::Unanswered => self.unanswered(time, as_of).open,
            Line::NewcomersReplied => self.newcomers_without_reply(time, as_of),
            Line::FirstResponse => {
                let measured = self.within(time).filter(|(_, fact)| match of {
                    Of::Beginnings => fact.answers == Answers::Nothing,
                    Of::Asked => fact.asks,
                });
                measured
                    .map(|(place, _)| place)
                    .filter(|place| is_open(*place))
                    .collect()
            }
            Line::Contributions | Line::People | Line::NewcomersBack | Line::AbsenceFactor => {
                Vec::new()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Fact, HOUR, WEEK};
    use proptest::prelude::*;

    /// A question each day, answered after two hours, for twenty weeks; in weeks 16 and 17 nobody answers.
    fn facts() -> Vec<Fact> {
        let monday = beginning_of(1000);
        let mut facts = Vec::new();
        for day in 0..20 * 7 {
            let (at, place) = (monday + day * DAY, facts.len() as u32);
            facts.push(Fact {
                who: (day % 5) as u32,
                at,
                answers: Answers::Nothing,
                asks: true,
            });
            if day / 7 != 16 && day / 7 != 17 {
                facts.push(Fact {
                    who: 9,
                    at: at + 2 * HOUR,
                    answers: Answers::Fact(place),
                    asks: false,
                });
            }
        }
        facts
    }

    #[test]
    fn two_weeks_without_answers_raise_a_flag_with_the_questions_behind_it() {
        let facts = facts();
        let talk = Talk::of(&facts);
        let as_of = beginning_of(1020) + WEEK;
        let weeks = talk.weeks(&talk.span(), Of::Asked, as_of);
        assert_eq!(
            (weeks.first, weeks.line(Line::Contributions).len()),
            (1000, 19),
            "the last week is not over where the facts end"
        );
        assert_eq!(
            weeks.line(Line::Unanswered)[15..18],
            [Some(0.0), Some(7.0), Some(7.0)]
        );
        assert_eq!(
            weeks.line(Line::FirstResponse)[15..18],
            [Some(2.0), None, None]
        );
        let flags = weeks.flags();
        let flag = flags
            .iter()
            .find(|(line, _)| *line == Line::Unanswered)
            .map(|(_, flag)| flag);
        assert_eq!(flag.map(|flag| flag.week), Some(17));
        let behind = talk.behind(Line::Unanswered, &weeks.time_of(17), Of::Asked, as_of);
        assert_eq!(behind.len(), 7);
        assert_eq!(
            talk.behind(Line::FirstResponse, &weeks.time_of(17), Of::Asked, as_of),
            behind
        );
        assert!(
            talk.behind(Line::NewcomersBack, &weeks.time_of(17), Of::Asked, as_of)
                .is_empty()
        );
    }

    #[test]
    fn a_week_that_may_still_be_answered_is_not_judged() {
        let facts = facts();
        let talk = Talk::of(&facts);
        let weeks = talk.weeks(
            &(beginning_of(1000)..beginning_of(1020)),
            Of::Asked,
            beginning_of(1018),
        );
        assert_eq!(weeks.line(Line::Unanswered).len(), 18);
        assert_eq!(weeks.line(Line::Unanswered)[16..], [Some(7.0), None]);
    }

    #[test]
    fn no_time_gives_no_weeks_and_all_of_time_is_bounded() {
        let talk = Talk::of(&[]);
        assert!(
            talk.weeks(&(0..0), Of::Asked, 0)
                .line(Line::People)
                .is_empty()
        );
        let weeks = talk.weeks(&(i64::MIN..i64::MAX), Of::Asked, i64::MAX);
        assert_eq!(weeks.line(Line::People).len() as i64, WEEKS_AT_MOST);
    }

    fn any_facts() -> impl Strategy<Value = Vec<Fact>> {
        let answers = prop_oneof![
            Just(Answers::Nothing),
            any::<u32>().prop_map(Answers::Fact),
            (0_u32..20).prop_map(Answers::Fact)
        ];
        let at = prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), 0..100 * WEEK];
        let fact = (any::<u32>(), at, answers, any::<bool>());
        prop::collection::vec(
            fact.prop_map(|(who, at, answers, asks)| Fact {
                who: who % 7 * 600_000_000,
                at,
                answers,
                asks,
            }),
            0..20,
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn any_facts_are_borne(facts in any_facts(), as_of in prop_oneof![any::<i64>(), 0..100 * WEEK]) {
            let talk = Talk::of(&facts);
            for time in [talk.span(), i64::MIN..i64::MAX, as_of..0] {
                let weeks = talk.weeks(&(time.start..time.end.min(time.start.saturating_add(30 * WEEK))), Of::Asked, as_of);
                weeks.flags();
                talk.newcomers(&time, as_of);
                talk.welcomes(&time);
                talk.absence_factor(&time);
                for line in Line::ALL {
                    talk.behind(line, &time, Of::Beginnings, as_of);
                }
            }
            crate::taking_part(facts.iter().map(|fact| (fact.who, fact.at)), [], 0, as_of);
            crate::Rhythm::of(facts.iter().map(|fact| fact.at), |_| WEEK);
        }
    }
}
