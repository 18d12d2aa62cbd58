//! Whether those who speak for the first time are answered, and whether they come back.

use crate::fact::{DAY, HOUR};
use crate::talk::{Newcoming, Talk};
use std::ops::Range;

/// A first contribution should have a reply after so many hours.
pub const REPLY_WITHIN_HOURS: i64 = 48;
/// Somebody came back if they contributed again within so many days.
pub const BACK_WITHIN_DAYS: i64 = 30;

/// Those who contributed for the first time in a stretch of time. Only who was looked at long enough is judged, so that the latest newcomers do not
/// seem to be left alone.
///
/// At the beginning of a record everybody seems new; who reads the figures leaves its first weeks out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Newcomers {
    pub newcomers: usize,
    /// Whose first contribution is 48 hours old.
    pub replied_judged: usize,
    /// Of these: had a reply of another person within 48 hours.
    pub replied: usize,
    /// Whose first contribution is 30 days old.
    pub back_judged: usize,
    /// Of these: contributed again within 30 days, in whatever conversation.
    pub back: usize,
    /// Of `back_judged`: had a reply within 48 hours.
    pub back_judged_replied: usize,
    /// Of these: contributed again.
    pub back_replied: usize,
}

impl Newcomers {
    /// The share of first contributions that were replied to within 48 hours.
    pub fn replied_share(&self) -> Option<f64> {
        share(self.replied, self.replied_judged)
    }

    /// The share of newcomers who were back within 30 days.
    pub fn back_share(&self) -> Option<f64> {
        share(self.back, self.back_judged)
    }

    /// The same share of those who were replied to, and of those who were not.
    pub fn back_share_by_reply(&self) -> (Option<f64>, Option<f64>) {
        let without = share(
            self.back - self.back_replied,
            self.back_judged - self.back_judged_replied,
        );
        (share(self.back_replied, self.back_judged_replied), without)
    }
}

impl Talk<'_> {
    /// The newcomers of a stretch of time, as seen at a moment.
    pub fn newcomers(&self, time: &Range<i64>, as_of: i64) -> Newcomers {
        let mut newcomers = Newcomers::default();
        for (coming, at) in self.comings(time, as_of) {
            let (replied, back) = (
                self.was_replied_to(coming, at, as_of),
                came_back(coming, at, as_of),
            );
            newcomers.newcomers += 1;
            if is_past(at, REPLY_WITHIN_HOURS * HOUR, as_of) {
                newcomers.replied_judged += 1;
                newcomers.replied += usize::from(replied);
            }
            if is_past(at, BACK_WITHIN_DAYS * DAY, as_of) {
                newcomers.back_judged += 1;
                newcomers.back += usize::from(back);
                newcomers.back_judged_replied += usize::from(replied);
                newcomers.back_replied += usize::from(replied && back);
            }
        }
        newcomers
    }

    /// The first contributions of a stretch of time that have no reply after 48 hours at a moment: what a steward can still answer.
    pub fn newcomers_without_reply(&self, time: &Range<i64>, as_of: i64) -> Vec<u32> {
        let waiting = self.comings(time, as_of).filter(|(coming, at)| {
            is_past(*at, REPLY_WITHIN_HOURS * HOUR, as_of)
                && self
                    .first_reply_of(coming.fact)
                    .is_none_or(|reply| reply > as_of)
        });
        waiting.map(|(coming, _)| coming.fact).collect()
    }

    /// Who replied to somebody's first contribution within 48 hours, and when: an act of care, as far as a record shows one.
    pub fn welcomes(&self, time: &Range<i64>) -> Vec<(u32, i64)> {
        let first: std::collections::HashSet<u32> = self
            .newcomings(&(i64::MIN..i64::MAX))
            .iter()
            .map(|coming| coming.fact)
            .collect();
        let welcome = |place: u32, at: i64| {
            let crate::fact::Answers::Fact(to) = self.fact(place)?.answers else {
                return None;
            };
            let newcomer = self.answers_whom(place).and_then(|_| self.fact(to))?;
            (first.contains(&to) && at.saturating_sub(newcomer.at) <= REPLY_WITHIN_HOURS * HOUR)
                .then_some(())
        };
        self.within(time)
            .filter(|(place, fact)| welcome(*place, fact.at).is_some())
            .map(|(_, fact)| (fact.who, fact.at))
            .collect()
    }

    fn comings(&self, time: &Range<i64>, as_of: i64) -> impl Iterator<Item = (Newcoming, i64)> {
        let comings = self
            .newcomings(time)
            .iter()
            .filter_map(|coming| Some((*coming, self.fact(coming.fact)?.at)));
        comings.filter(move |(_, at)| *at <= as_of)
    }

    fn was_replied_to(&self, coming: Newcoming, at: i64, as_of: i64) -> bool {
        let until = at.saturating_add(REPLY_WITHIN_HOURS * HOUR).min(as_of);
        self.first_reply_of(coming.fact)
            .is_some_and(|reply| reply <= until)
    }
}

fn came_back(coming: Newcoming, at: i64, as_of: i64) -> bool {
    let until = at.saturating_add(BACK_WITHIN_DAYS * DAY).min(as_of);
    coming.again_at.is_some_and(|again| again <= until)
}

fn is_past(at: i64, long: i64, as_of: i64) -> bool {
    at.saturating_add(long) <= as_of
}

pub(crate) fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Answers, Fact};

    fn said(who: u32, hour: i64, answers: Answers) -> Fact {
        Fact {
            who,
            at: hour * HOUR,
            answers,
            asks: false,
        }
    }

    /// Person 0 is there before everybody. 1 is answered after 47 hours and back after 20 days, 2 after 49 hours and not back, 3 never, and back
    /// after 31 days.
    fn facts() -> Vec<Fact> {
        let start = 1000;
        vec![
            said(0, 0, Answers::Nothing),
            said(1, start, Answers::Nothing),
            said(2, start, Answers::Nothing),
            said(3, start, Answers::Nothing),
            said(0, start + 47, Answers::Fact(1)),
            said(0, start + 49, Answers::Fact(2)),
            said(1, start + 20 * 24, Answers::Nothing),
            said(3, start + 31 * 24, Answers::Nothing),
        ]
    }

    const NEW: Range<i64> = HOUR..i64::MAX;

    #[test]
    fn newcomers_are_answered_within_two_days_and_back_within_thirty() {
        let facts = facts();
        let talk = Talk::of(&facts);
        let newcomers = talk.newcomers(&NEW, 5000 * HOUR);
        assert_eq!(
            (
                newcomers.newcomers,
                newcomers.replied_judged,
                newcomers.replied
            ),
            (3, 3, 1)
        );
        assert_eq!((newcomers.back_judged, newcomers.back), (3, 1));
        assert_eq!(newcomers.back_share_by_reply(), (Some(1.0), Some(0.0)));
        assert_eq!(talk.newcomers_without_reply(&NEW, 5000 * HOUR), [3]);
        assert_eq!(talk.newcomers_without_reply(&NEW, 1048 * HOUR), [2, 3]);
    }

    #[test]
    fn who_just_came_is_not_judged_yet() {
        let facts = facts();
        let early = Talk::of(&facts).newcomers(&NEW, 1047 * HOUR);
        assert_eq!(
            (early.newcomers, early.replied_judged, early.back_judged),
            (3, 0, 0)
        );
        assert_eq!((early.replied_share(), early.back_share()), (None, None));
        assert_eq!(
            Talk::of(&facts).newcomers(&NEW, 999 * HOUR),
            Newcomers::default()
        );
    }

    #[test]
    fn a_welcome_is_a_reply_to_a_first_contribution_in_time() {
        let facts = facts();
        assert_eq!(
            Talk::of(&facts).welcomes(&(i64::MIN..i64::MAX)),
            [(0, 1047 * HOUR)]
        );
    }
}
