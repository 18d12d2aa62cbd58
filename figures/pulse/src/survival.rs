//! How long something takes when some of it has not happened yet.

/// How long was waited, and whether what was waited for then happened, or the looking ended first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wait {
    /// In whatever unit; hours for answers, days for uses.
    pub time: f64,
    pub happened: bool,
}

/// The share that still waits, over time (Kaplan and Meier 1958, "Nonparametric estimation from incomplete observations").
///
/// Dropping what has not happened yet would make a community look quicker than it is: answers after 1, 2 and 4 hours with two questions
/// still open at 10 hours have a median of 4 hours, not of 2.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Survival {
    /// (time, share that waits longer), at each time at which something happened.
    steps: Vec<(f64, f64)>,
    happened: usize,
    open: usize,
}

/// Products of fractions may miss a half by rounding.
const ROUNDING: f64 = 1e-9;

impl Survival {
    /// From waits in any order. At the same time, what happened comes before where the looking ended. What is no number is left out; a time
    /// below 0 (clocks that disagree) is 0.
    pub fn of(waits: impl IntoIterator<Item = Wait>) -> Self {
        let mut waits: Vec<Wait> = waits
            .into_iter()
            .filter(|wait| !wait.time.is_nan())
            .collect();
        for wait in &mut waits {
            wait.time = wait.time.max(0.0);
        }
        waits.sort_unstable_by(|a, b| a.time.total_cmp(&b.time));
        let happened = waits.iter().filter(|wait| wait.happened).count();
        let mut survival = Self {
            steps: Vec::new(),
            happened,
            open: waits.len() - happened,
        };
        let (mut at_risk, mut share) = (waits.len(), 1.0);
        for same_time in waits.chunk_by(|one, next| one.time == next.time) {
            let events = same_time.iter().filter(|wait| wait.happened).count();
            if let (Some(wait), true) = (same_time.first(), events > 0) {
                share *= (at_risk - events) as f64 / at_risk as f64;
                survival.steps.push((wait.time, share));
            }
            at_risk -= same_time.len();
        }
        survival
    }

    /// When half of it has happened; none where more than half is still open when the looking ends.
    pub fn median(&self) -> Option<f64> {
        self.when(0.5)
    }

    /// The earliest time at which so large a share (0 to 1) has happened.
    pub fn when(&self, share: f64) -> Option<f64> {
        let step = self
            .steps
            .iter()
            .find(|(_, waits)| *waits <= 1.0 - share + ROUNDING);
        step.map(|(time, _)| *time)
    }

    /// The share that waits longer than this.
    pub fn share_after(&self, time: f64) -> f64 {
        let passed = self.steps.partition_point(|(step, _)| *step <= time);
        passed
            .checked_sub(1)
            .and_then(|last| self.steps.get(last))
            .map_or(1.0, |(_, share)| *share)
    }

    /// (time, share that waits longer), for a drawing.
    pub fn steps(&self) -> &[(f64, f64)] {
        &self.steps
    }

    /// How many happened.
    pub fn happened(&self) -> usize {
        self.happened
    }

    /// How many were still open when the looking ended.
    pub fn open(&self) -> usize {
        self.open
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn waits(happened: &[f64], open: &[f64]) -> Survival {
        let wait = |happened| {
            move |time: &f64| Wait {
                time: *time,
                happened,
            }
        };
        Survival::of(
            happened
                .iter()
                .map(wait(true))
                .chain(open.iter().map(wait(false))),
        )
    }

    #[test]
    fn open_questions_count_in_the_median() {
        let survival = waits(&[1.0, 2.0, 4.0], &[10.0, 10.0]);
        assert_eq!(survival.median(), Some(4.0));
        assert_eq!((survival.happened(), survival.open()), (3, 2));
        assert!((survival.share_after(2.0) - 0.6).abs() < 1e-9);
        assert_eq!(survival.share_after(0.5), 1.0);
        assert_eq!(waits(&[1.0, 2.0, 4.0], &[]).median(), Some(2.0));
    }

    #[test]
    fn there_is_no_median_while_most_is_open() {
        assert_eq!(waits(&[1.0], &[5.0, 5.0]).median(), None);
        assert_eq!(waits(&[], &[]).median(), None);
        assert_eq!(waits(&[], &[3.0]).share_after(9.0), 1.0);
    }

    #[test]
    fn what_happens_when_the_looking_ends_has_happened() {
        let survival = waits(&[2.0], &[2.0]);
        assert_eq!(survival.share_after(2.0), 0.5);
        assert_eq!(survival.median(), Some(2.0));
    }

    /// Freireich et al. 1963, weeks of remission under 6-MP: the textbook example (Cox and Oakes 1984; R's `MASS::gehan`).
    #[test]
    fn the_textbook_example_comes_out() {
        let happened = [6.0, 6.0, 6.0, 7.0, 10.0, 13.0, 16.0, 22.0, 23.0];
        let open = [
            6.0, 9.0, 10.0, 11.0, 17.0, 19.0, 20.0, 25.0, 32.0, 32.0, 34.0, 35.0,
        ];
        let survival = waits(&happened, &open);
        for (time, share) in [
            (6.0, 0.8571),
            (7.0, 0.8067),
            (10.0, 0.7529),
            (13.0, 0.6902),
            (16.0, 0.6275),
            (22.0, 0.5378),
            (23.0, 0.4482),
        ] {
            assert!(
                (survival.share_after(time) - share).abs() < 0.0001,
                "{time}"
            );
        }
        assert_eq!(survival.median(), Some(23.0));
    }

    #[test]
    fn odd_times_are_borne() {
        assert_eq!(
            waits(&[f64::NAN, -3.0], &[f64::INFINITY]).median(),
            Some(0.0)
        );
    }

    proptest! {
        #[test]
        fn without_open_ones_it_is_the_plain_share(mut times in prop::collection::vec(0_u8..20, 1..60), at in 0_u8..20) {
            let survival = Survival::of(times.iter().map(|time| Wait { time: f64::from(*time), happened: true }));
            let longer = times.iter().filter(|time| **time > at).count() as f64 / times.len() as f64;
            prop_assert!((survival.share_after(f64::from(at)) - longer).abs() < 1e-9);
            times.sort_unstable();
            let lower_median = f64::from(times[(times.len() - 1) / 2]);
            prop_assert_eq!(survival.median(), Some(lower_median));
        }

        #[test]
        fn the_share_falls_from_one_and_open_ones_only_lengthen(waits in prop::collection::vec((0.0..50.0, any::<bool>()), 0..60)) {
            let waits = || waits.iter().map(|(time, happened)| Wait { time: *time, happened: *happened });
            let survival = Survival::of(waits());
            let mut last = 1.0;
            for (_, share) in survival.steps() {
                prop_assert!(*share <= last && *share >= 0.0);
                last = *share;
            }
            if let (Some(with), Some(without)) = (survival.median(), Survival::of(waits().filter(|wait| wait.happened)).median()) {
                prop_assert!(with >= without);
            }
        }
    }
}
