//! How figures that are drawn from people are shown (FORMULAS.md, "Privacy of aggregates"): about 20 people at least, rounded to 5, "few" below 5, and
//! nothing that could be found by taking away.

/// Nothing is shown that is drawn from fewer people.
pub const PEOPLE_AT_LEAST: u32 = 20;
/// To what counts and percentages are rounded, and below what a count is few.
const STEP: u32 = 5;

/// A count, or a share in percent, as it may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Rounded to 5.
    About(u32),
    /// Below 5, and perhaps none.
    Few,
    /// Kept back, since with it what is few could be found.
    KeptBack,
    /// Of a share: all, or all but a few.
    NearlyAll,
}

/// A count for itself, which nothing else is added up with.
pub fn rounded(count: u32) -> Shown {
    if count < STEP {
        Shown::Few
    } else {
        Shown::About(count.saturating_add(STEP / 2) / STEP * STEP)
    }
}

/// Counts that make up a known whole. Where one alone is few, the smallest of the others is kept back, or the one would be the whole without them.
pub fn parts(counts: &[u32]) -> Vec<Shown> {
    let mut shown: Vec<Shown> = counts.iter().map(|count| rounded(*count)).collect();
    if shown.iter().filter(|part| **part == Shown::Few).count() == 1 {
        let others = counts
            .iter()
            .zip(&mut shown)
            .filter(|(_, part)| **part != Shown::Few);
        if let Some((_, smallest)) = others.min_by_key(|(count, _)| **count) {
            *smallest = Shown::KeptBack;
        }
    }
    shown
}

/// A part of some people in percent; none of fewer than 20 people.
pub fn share(part: u32, whole: u32) -> Option<Shown> {
    if whole < PEOPLE_AT_LEAST || part > whole {
        return None;
    }
    Some(match (part, whole - part) {
        (0..STEP, _) => Shown::Few,
        (_, 0..STEP) => Shown::NearlyAll,
        _ => Shown::About(percent(part, whole)),
    })
}

/// Parts that make up some people, in percent; none of fewer than 20 people.
pub fn shares(counts: &[u32]) -> Option<Vec<Shown>> {
    let whole = counts
        .iter()
        .fold(0_u32, |sum, count| sum.saturating_add(*count));
    let in_percent = |(count, part): (&u32, Shown)| match part {
        Shown::About(_) => Shown::About(percent(*count, whole)),
        other => other,
    };
    (whole >= PEOPLE_AT_LEAST).then(|| counts.iter().zip(parts(counts)).map(in_percent).collect())
}

/// To the next 5 percent.
fn percent(part: u32, whole: u32) -> u32 {
    let percent = f64::from(part) * 100.0 / f64::from(whole.max(1));
    (percent / f64::from(STEP)).round() as u32 * STEP
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn counts_are_rounded_to_five_and_few_below() {
        assert_eq!(
            [0, 4, 5, 7, 8, 12, 13].map(rounded),
            [
                Shown::Few,
                Shown::Few,
                Shown::About(5),
                Shown::About(5),
                Shown::About(10),
                Shown::About(10),
                Shown::About(15)
            ]
        );
        assert_eq!(rounded(u32::MAX), Shown::About(u32::MAX / 5 * 5));
    }

    #[test]
    fn a_single_few_is_not_found_by_taking_away() {
        assert_eq!(
            parts(&[3, 12, 40]),
            [Shown::Few, Shown::KeptBack, Shown::About(40)]
        );
        assert_eq!(
            parts(&[3, 2, 40]),
            [Shown::Few, Shown::Few, Shown::About(40)]
        );
        assert_eq!(parts(&[3, 30]), [Shown::Few, Shown::KeptBack]);
        assert_eq!(parts(&[3]), [Shown::Few]);
    }

    #[test]
    fn nothing_is_shown_of_fewer_than_twenty_people() {
        assert_eq!(share(10, 19), None);
        assert_eq!(shares(&[10, 9]), None);
        assert_eq!(share(10, 20), Some(Shown::About(50)));
        assert_eq!(share(4, 20), Some(Shown::Few));
        assert_eq!(share(16, 20), Some(Shown::NearlyAll));
        assert_eq!(share(21, 20), None);
        assert_eq!(
            shares(&[12, 18, 70]),
            Some(vec![Shown::About(10), Shown::About(20), Shown::About(70)])
        );
    }

    proptest! {
        #[test]
        fn a_hidden_part_is_never_alone(counts in prop::collection::vec(0_u32..60, 2..6)) {
            let hidden = parts(&counts).iter().filter(|part| matches!(part, Shown::Few | Shown::KeptBack)).count();
            prop_assert_ne!(hidden, 1);
        }

        #[test]
        fn what_is_shown_is_a_multiple_of_five(part in 0_u32..500, more in 0_u32..500) {
            if let Some(Shown::About(percent)) = share(part, part + more) {
                prop_assert_eq!(percent % 5, 0);
            }
        }
    }
}
