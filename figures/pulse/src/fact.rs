//! What the pulse is computed from: who said something when, what it answers, and whether it asked.

/// Microseconds of an hour.
pub const HOUR: i64 = 3_600_000_000;
/// Microseconds of a day.
pub const DAY: i64 = 24 * HOUR;
/// Microseconds of a week.
pub const WEEK: i64 = 7 * DAY;

/// From 1 January 1970, a Thursday, to the first Monday.
const DAYS_TO_MONDAY: i64 = 4;

/// Something that was said. It is known by its place in the slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// A number that the caller gave to a person.
    pub who: u32,
    /// Microseconds since 1970, UTC.
    pub at: i64,
    pub answers: Answers,
    /// It asked something.
    pub asks: bool,
}

/// What a contribution answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Answers {
    /// Nothing: it begins a conversation.
    #[default]
    Nothing,
    /// The fact at this place.
    Fact(u32),
    /// Something that is not among the facts.
    Elsewhere,
}

/// The week that a moment lies in: weeks begin on Mondays at 0:00 UTC and are counted from 5 January 1970.
pub const fn week_of(at: i64) -> i64 {
    (at.div_euclid(DAY) - DAYS_TO_MONDAY).div_euclid(7)
}

/// When a week begins, in microseconds since 1970.
pub fn beginning_of(week: i64) -> i64 {
    let exactly = i128::from(week) * i128::from(WEEK) + i128::from(DAYS_TO_MONDAY * DAY);
    exactly.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_mondays() {
        assert_eq!(week_of(4 * DAY), 0);
        assert_eq!(week_of(4 * DAY - 1), -1);
        assert_eq!(beginning_of(week_of(20_000 * DAY)) / DAY % 7, 4);
        for at in [i64::MIN, -1, 0, i64::MAX] {
            assert!(beginning_of(week_of(at)) <= at);
        }
    }
}
