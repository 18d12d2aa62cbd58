//! How many take part how much, and on how few a community rests: of the community, never of a person.

use crate::fact::WEEK;
use crate::privacy::{Shown, shares};
use crate::talk::Talk;
use std::collections::HashMap;
use std::ops::Range;

/// Over so many weeks, back from the moment of looking.
pub const WEEKS: u32 = 13;
/// Core: contributed in so many weeks …
pub const CORE_WEEKS: u32 = 9;
/// … with so many acts of care.
pub const CORE_CARE: u32 = 4;
/// Active: contributed in so many weeks.
pub const ACTIVE_WEEKS: u32 = 4;

/// How members took part, in percent, small numbers kept back. Who is in which part is not known outside of here.
///
/// Wenger's 10 to 15 % core and 15 to 20 % active may stand beside it as a reference (Wenger, McDermott and Snyder 2002), never as a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares {
    pub core: Shown,
    pub active: Shown,
    pub edge: Shown,
}

/// The shares of taking part (FORMULAS.md): core where somebody contributed in 9 of the last 13 weeks with 4 acts of care, active where they contributed in 4,
/// edge everybody else. From (who, when), in any order. `members` counts those who were silent, too; it is raised to those who were not, where it is too
/// small. None of fewer than 20.
pub fn taking_part(
    contributions: impl IntoIterator<Item = (u32, i64)>,
    care: impl IntoIterator<Item = (u32, i64)>,
    members: u32,
    as_of: i64,
) -> Option<Shares> {
    let mut weeks = HashMap::<u32, u32>::new();
    for (who, at) in contributions {
        if let Some(week) = weeks_ago(at, as_of) {
            *weeks.entry(who).or_default() |= 1 << week;
        }
    }
    let mut acts = HashMap::<u32, u32>::new();
    for (who, _) in care
        .into_iter()
        .filter(|(_, at)| weeks_ago(*at, as_of).is_some())
    {
        *acts.entry(who).or_default() += 1;
    }
    let (mut core, mut active) = (0, 0);
    for (who, weeks) in &weeks {
        let (weeks, acts) = (weeks.count_ones(), acts.get(who).copied().unwrap_or(0));
        if weeks >= CORE_WEEKS && acts >= CORE_CARE {
            core += 1;
        } else if weeks >= ACTIVE_WEEKS {
            active += 1;
        }
    }
    let members = members.max(u32::try_from(weeks.len()).unwrap_or(u32::MAX));
    match shares(&[core, active, members - core - active])?.as_slice() {
        [core, active, edge] => Some(Shares {
            core: *core,
            active: *active,
            edge: *edge,
        }),
        _ => None,
    }
}

/// In which of the last 13 weeks a moment lies, counted back from the moment of looking.
fn weeks_ago(at: i64, as_of: i64) -> Option<u32> {
    let ago = as_of.checked_sub(at).filter(|ago| *ago >= 0)?;
    u32::try_from(ago / WEEK).ok().filter(|week| *week < WEEKS)
}

/// The absence factor: the fewest people who make half of the replies (after the "truck factor" of programs). From how many replies each person made;
/// 0 where there are none.
pub fn absence_factor(replies: impl IntoIterator<Item = usize>) -> usize {
    let mut replies: Vec<usize> = replies.into_iter().filter(|count| *count > 0).collect();
    replies.sort_unstable_by(|a, b| b.cmp(a));
    let whole: usize = replies.iter().sum();
    let mut sum = 0;
    let fewer = replies.iter().take_while(|count| {
        let before = sum * 2 < whole;
        sum += **count;
        before
    });
    fewer.count()
}

impl Talk<'_> {
    /// The absence factor of a stretch of time.
    pub fn absence_factor(&self, time: &Range<i64>) -> usize {
        let mut replies = HashMap::<u32, usize>::new();
        for (_, fact) in self.within(time).filter(|(place, _)| self.is_reply(*place)) {
            *replies.entry(fact.who).or_default() += 1;
        }
        absence_factor(replies.into_values())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_person_who_makes_half_of_the_replies_is_enough() {
        assert_eq!(absence_factor([10, 5, 3, 1, 1]), 1);
        assert_eq!(absence_factor([9, 5, 3, 1, 1]), 2);
        assert_eq!(absence_factor([1, 1, 1, 1]), 2);
        assert_eq!(absence_factor([0, 0]), 0);
        assert_eq!(absence_factor([]), 0);
    }

    const NOW: i64 = 1000 * WEEK;

    fn in_weeks(who: u32, weeks: u32) -> Vec<(u32, i64)> {
        (0..weeks)
            .map(|week| (who, NOW - i64::from(week) * WEEK - 5))
            .collect()
    }

    #[test]
    fn core_takes_care_and_active_takes_part() {
        let mut contributions = Vec::new();
        let mut care = Vec::new();
        for who in 0..10 {
            contributions.extend(in_weeks(who, 9));
            care.extend(in_weeks(who, 4));
        }
        for who in 10..30 {
            contributions.extend(in_weeks(who, if who < 20 { 9 } else { 4 }));
        }
        for who in 30..40 {
            contributions.extend(in_weeks(who, 3));
            care.extend(in_weeks(who, 3));
        }
        let shown = taking_part(contributions, care, 100, NOW);
        assert_eq!(
            shown,
            Some(Shares {
                core: Shown::About(10),
                active: Shown::About(20),
                edge: Shown::About(70)
            })
        );
    }

    #[test]
    fn a_small_core_is_few_and_the_active_are_kept_back_with_it() {
        let mut contributions = in_weeks(0, 13);
        contributions.extend((1..9).flat_map(|who| in_weeks(who, 5)));
        let shown = taking_part(contributions.clone(), in_weeks(0, 4), 50, NOW);
        assert_eq!(
            shown,
            Some(Shares {
                core: Shown::Few,
                active: Shown::KeptBack,
                edge: Shown::About(80)
            })
        );
        assert_eq!(taking_part(contributions, [], 19, NOW), None);
    }

    #[test]
    fn only_the_last_thirteen_weeks_count() {
        let old: Vec<_> = (0..20)
            .flat_map(|who| (13..30).map(move |week| (who, NOW - week * WEEK)))
            .chain([(1, NOW + 1), (1, i64::MIN)])
            .collect();
        let shown = taking_part(old, [], 20, NOW);
        assert_eq!(shown.map(|shares| shares.edge), Some(Shown::About(100)));
    }

    proptest! {
        #[test]
        fn that_many_make_half_and_one_fewer_does_not(mut replies in prop::collection::vec(0_usize..50, 1..30)) {
            let factor = absence_factor(replies.clone());
            replies.sort_unstable_by(|a, b| b.cmp(a));
            let whole: usize = replies.iter().sum();
            let of_first = |n: usize| replies.iter().take(n).sum::<usize>();
            prop_assert!(of_first(factor) * 2 >= whole);
            prop_assert!(factor == 0 || of_first(factor - 1) * 2 < whole);
        }
    }
}
