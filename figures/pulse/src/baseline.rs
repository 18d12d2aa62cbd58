//! A week held against the community's own weeks before it, and what is worth a look.

/// Against how many weeks before it a week is held.
pub const BASELINE_WEEKS: usize = 12;
/// With fewer known weeks nothing is said.
pub const HISTORY_WEEKS: usize = 8;
/// So far from the usual, two weeks running, is worth a look.
pub const FLAG_AT: f64 = 2.0;

/// What a line counts: its least step, below which nothing is far from usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Counts and hours: *u* = 1.
    Count,
    /// Shares from 0 to 1: *u* = 0.05.
    Share,
}

impl Unit {
    const fn least(self) -> f64 {
        match self {
            Self::Count => 1.0,
            Self::Share => 0.05,
        }
    }
}

/// How far a week is from what is usual in this community.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distance {
    pub value: f64,
    /// The median of the weeks before.
    pub usual: f64,
    pub z: f64,
}

/// A line that was far from usual two weeks running.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flag {
    /// The place of the second week in the series.
    pub week: usize,
    pub before: Distance,
    pub now: Distance,
}

/// `z = (x − median) / max(1.4826 · MAD, 0.1 · median, u)` over the weeks before (FORMULAS.md, "Pulse"); 1.4826 makes the median absolute deviation
/// comparable with a standard deviation. None with fewer than 8 known weeks.
pub fn distance(value: f64, before: impl IntoIterator<Item = f64>, unit: Unit) -> Option<Distance> {
    let mut before: Vec<f64> = before
        .into_iter()
        .filter(|value| value.is_finite())
        .collect();
    if before.len() < HISTORY_WEEKS || !value.is_finite() {
        return None;
    }
    let usual = median(&mut before)?;
    let mut apart: Vec<f64> = before.iter().map(|value| (value - usual).abs()).collect();
    let deviation = 1.4826 * median(&mut apart)?;
    let z = (value - usual) / deviation.max(0.1 * usual).max(unit.least());
    Some(Distance { value, usual, z })
}

/// A week of a series (oldest first; none where a week has no value) held against the 12 weeks before it.
pub fn distance_in(series: &[Option<f64>], week: usize, unit: Unit) -> Option<Distance> {
    let value = series.get(week).copied().flatten()?;
    let before = series.get(week.saturating_sub(BASELINE_WEEKS)..week)?;
    distance(value, before.iter().flatten().copied(), unit)
}

/// A flag for a week of a series: |z| ≥ 2 in that week and in the one before, each held against its own 12 weeks before.
pub fn flag_in(series: &[Option<f64>], week: usize, unit: Unit) -> Option<Flag> {
    let far = |week| distance_in(series, week, unit).filter(|distance| distance.z.abs() >= FLAG_AT);
    Some(Flag {
        week,
        before: far(week.checked_sub(1)?)?,
        now: far(week)?,
    })
}

/// All flags of a series.
pub fn flags(series: &[Option<f64>], unit: Unit) -> Vec<Flag> {
    (0..series.len())
        .filter_map(|week| flag_in(series, week, unit))
        .collect()
}

/// Whether a series is too short for flags in its last week: then the page shows what a young community needs instead.
pub fn is_young(series: &[Option<f64>]) -> bool {
    let before = series.len().saturating_sub(1);
    series
        .iter()
        .take(before)
        .rev()
        .take(BASELINE_WEEKS)
        .flatten()
        .count()
        < HISTORY_WEEKS
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = values.get(values.len() / 2)?;
    if values.len() % 2 == 1 {
        return Some(*upper);
    }
    values
        .get(values.len() / 2 - 1)
        .map(|lower| f64::midpoint(*lower, *upper))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn series(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().copied().map(Some).collect()
    }

    #[test]
    fn a_week_is_held_against_the_median_of_those_before() {
        let before = [10.0, 12.0, 8.0, 10.0, 11.0, 9.0, 10.0, 14.0];
        let distance = distance(20.0, before, Unit::Count).unwrap();
        assert_eq!(distance.usual, 10.0);
        assert!((distance.z - 10.0 / 1.4826).abs() < 1e-9, "{}", distance.z);
    }

    #[test]
    fn where_nothing_varies_a_tenth_of_the_usual_or_one_step_is_the_measure() {
        assert_eq!(distance(60.0, [50.0; 12], Unit::Count).unwrap().z, 2.0);
        assert_eq!(distance(2.0, [0.0; 12], Unit::Count).unwrap().z, 2.0);
        assert!((distance(0.4, [0.3; 12], Unit::Share).unwrap().z - 2.0).abs() < 1e-9);
    }

    #[test]
    fn a_flag_needs_two_weeks_running() {
        let mut values = vec![10.0; 12];
        values.extend([20.0, 10.0, 20.0, 21.0, 10.0]);
        let flags = flags(&series(&values), Unit::Count);
        assert_eq!(flags.iter().map(|flag| flag.week).collect::<Vec<_>>(), [15]);
        assert_eq!((flags[0].before.value, flags[0].now.value), (20.0, 21.0));
    }

    #[test]
    fn a_young_community_is_not_judged() {
        let mut values = vec![10.0; 7];
        values.extend([90.0, 90.0]);
        assert!(flags(&series(&values), Unit::Count).is_empty());
        assert!(is_young(&series(&values[..8])));
        assert!(!is_young(&series(&values)));
        let mut values = vec![10.0; 8];
        values.extend([90.0, 90.0]);
        assert_eq!(flags(&series(&values), Unit::Count).len(), 1);
    }

    #[test]
    fn a_week_without_a_value_breaks_the_run() {
        let mut values = series(&[10.0; 12]);
        values.extend([Some(90.0), None, Some(90.0)]);
        assert!(flags(&values, Unit::Count).is_empty());
    }

    proptest! {
        #[test]
        fn the_usual_week_is_never_far(before in prop::collection::vec(0.0..100.0, 8..12)) {
            let usual = distance(0.0, before.clone(), Unit::Count).unwrap().usual;
            prop_assert_eq!(distance(usual, before, Unit::Count).unwrap().z, 0.0);
        }

        #[test]
        fn further_away_is_further(before in prop::collection::vec(0.0..100.0, 8..12), a in 0.0..200.0, b in 0.0..200.0) {
            let z = |value: f64| distance(value, before.clone(), Unit::Count).unwrap().z;
            prop_assert_eq!(z(a) <= z(b), a <= b || z(a) == z(b));
        }
    }
}
