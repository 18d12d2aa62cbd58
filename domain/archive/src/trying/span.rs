//! From when to when an archive reaches, without the times that cannot be right.

use std::collections::BTreeMap;

use pulse::DAY;

/// No archive of such talk is older: 1 January 1975. A clock that was never set says 1970.
const EARLIEST: i64 = 1_826 * DAY;
/// A few times before or after so many silent days belong to broken clocks.
const SILENCE: i64 = 3 * 365;
/// So many, or one in so many, are a few.
const FEW: u64 = 2;
const ONE_IN: u64 = 500;

/// Both ends are moments at which something was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub from: i64,
    pub to: i64,
    /// How many times cannot be right.
    pub odd: u64,
}

pub(super) fn span(times: impl Iterator<Item = i64> + Clone, now: i64) -> Span {
    let mut days = BTreeMap::<i64, u64>::new();
    let mut all = 0;
    for at in times.clone().filter(|at| (EARLIEST..=now.saturating_add(DAY)).contains(at)) {
        *days.entry(at.div_euclid(DAY)).or_default() += 1;
        all += 1;
    }
    let few = FEW.max(all / ONE_IN);
    let first = first_of(days.iter().map(|(day, count)| (*day, *count)), few);
    let last = first_of(days.iter().rev().map(|(day, count)| (-*day, *count)), few).map(|day| -day);
    let (Some(first), Some(last)) = (first, last) else {
        return Span { from: 0, to: -1, odd: times.count() as u64 };
    };
    let within = |at: &i64| (first..=last).contains(&at.div_euclid(DAY)) && *at <= now.saturating_add(DAY);
    let mut span = Span { from: i64::MAX, to: i64::MIN, odd: 0 };
    for at in times {
        if within(&at) {
            (span.from, span.to) = (span.from.min(at), span.to.max(at));
        } else {
            span.odd += 1;
        }
    }
    span
}

/// The first day that is not one of a few before a long silence; days in order.
fn first_of(days: impl Iterator<Item = (i64, u64)>, few: u64) -> Option<i64> {
    let (mut first, mut before, mut last) = (None, 0, None);
    for (day, count) in days {
        if last.is_none_or(|last| day - last > SILENCE) && before <= few {
            first = Some(day);
        }
        before += count;
        if before > few {
            break;
        }
        last = Some(day);
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 20_000 * DAY;

    #[test]
    fn times_of_broken_clocks_are_told_apart() {
        let mut times: Vec<i64> = (0..100).map(|day| (15_000 + day) * DAY).collect();
        times.extend([0, 5_000 * DAY, 19_900 * DAY, 24_000 * DAY, i64::MIN, i64::MAX]);
        assert_eq!(span(times.iter().copied(), NOW), Span { from: 15_000 * DAY, to: 15_099 * DAY, odd: 6 });
    }

    #[test]
    fn a_long_silence_within_is_no_broken_clock() {
        let times: Vec<i64> = (0..10).map(|day| (10_000 + day) * DAY).chain((0..10).map(|day| (15_000 + day) * DAY)).collect();
        assert_eq!(span(times.iter().copied(), NOW), Span { from: 10_000 * DAY, to: 15_009 * DAY, odd: 0 });
    }

    #[test]
    fn nothing_has_no_span() {
        assert_eq!(span([].into_iter(), NOW).odd, 0);
        assert!(span([0].into_iter(), NOW).from > span([0].into_iter(), NOW).to);
        assert_eq!(span([15_000 * DAY].into_iter(), NOW), Span { from: 15_000 * DAY, to: 15_000 * DAY, odd: 0 });
    }
}
