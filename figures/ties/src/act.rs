//! What ties people: acts of one person toward another, and what each is worth.

/// Microseconds of a day.
pub const DAY: i64 = 86_400_000_000;
/// Days of a week.
const WEEK: i64 = 7;

/// What somebody did toward somebody (FORMULAS.md, "Ties": the table of weights *w*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Reply,
    Mention,
    Thanks,
    /// Said that a reply helped.
    Helped,
    /// Talked about a moment of a recording.
    Moment,
    /// Adopted a practice that the other wrote.
    Adopted,
    /// Named the other as the source of a change.
    NamedAsSource,
    /// Wrote a practice together: one act for each revision after the other's.
    WroteTogether,
    /// A visit, an open door, pairing.
    Visit,
    /// Was at the same gathering.
    Gathering,
}

impl Kind {
    /// The weight *w* of one act, before it is shared among those it addressed.
    pub const fn weight(self) -> f64 {
        match self {
            Self::Mention => 0.5,
            Self::Reply | Self::Moment | Self::Gathering => 1.0,
            Self::Thanks => 1.5,
            Self::Helped | Self::Adopted | Self::NamedAsSource | Self::WroteTogether => 3.0,
            Self::Visit => 4.0,
        }
    }
}

/// One act of one person toward another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Act {
    pub kind: Kind,
    /// Who acted; a dense number that the caller gave to a person.
    pub from: u32,
    /// Toward whom. An act toward oneself ties nobody.
    pub toward: u32,
    /// Microseconds since 1970, UTC.
    pub at: i64,
    /// *g*: how many people the act addressed: 1 for a reply or thanks, n − 1 for being at a gathering of n. 0 reads as 1.
    pub addressed: u32,
}

impl Act {
    /// What the act adds: `c = w / g`. Larger meetings tie less (Newman 2001, "Scientific collaboration networks II").
    pub fn adds(&self) -> f64 {
        self.kind.weight() / f64::from(self.addressed.max(1))
    }
}

/// The constants of the formula, with the defaults of FORMULAS.md.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// *H*: after so many days an act counts half. Offered: 60, 90, 200.
    pub half_life_days: f64,
    /// One ordered pair adds no more than this in one day (UTC): bursts mislead.
    pub daily_cap: f64,
    /// Strong from this *S* on …
    pub strong: f64,
    /// … if there were acts in so many weeks …
    pub strong_weeks: u32,
    /// … of the last so many (at most 32).
    pub of_weeks: u32,
    /// Weak from this *S* on, dormant below.
    pub weak: f64,
    /// Fading after a silence of more than so many mean gaps …
    pub fading_gaps: f64,
    /// … that lasts so many days at least.
    pub fading_days: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            half_life_days: 60.0,
            daily_cap: 5.0,
            strong: 9.0,
            strong_weeks: 5,
            of_weeks: 26,
            weak: 0.1,
            fading_gaps: 8.0,
            fading_days: 14.0,
        }
    }
}

impl Settings {
    /// What is left of 1 after so many microseconds: `2^(−t / H)`. Time that did not pass yet takes nothing away.
    pub fn left_after(&self, microseconds: i64) -> f64 {
        let days = microseconds.max(0) as f64 / DAY as f64;
        (-days / self.half_life_days.max(f64::MIN_POSITIVE)).exp2()
    }
}

/// The day (UTC) that a moment lies in, counted from 1970.
pub(crate) const fn day_of(at: i64) -> i64 {
    at.div_euclid(DAY)
}

/// The week that a moment lies in, beginning on Mondays (1970 began on a Thursday).
pub(crate) const fn week_of(at: i64) -> i64 {
    (day_of(at) + 3).div_euclid(WEEK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gathering_of_many_ties_two_of_them_less() {
        let act = |addressed| Act {
            kind: Kind::Gathering,
            from: 0,
            toward: 1,
            at: 0,
            addressed,
        };
        assert_eq!(act(1).adds(), 1.0);
        assert_eq!(act(9).adds(), 1.0 / 9.0);
        assert_eq!(act(0).adds(), 1.0);
    }

    #[test]
    fn weeks_begin_on_mondays_before_1970_too() {
        let monday = 4 * DAY; // 5 January 1970
        assert_eq!(week_of(monday), week_of(monday + 7 * DAY - 1));
        assert_eq!(week_of(monday - 1) + 1, week_of(monday));
        assert_eq!(week_of(-3 * DAY), week_of(0));
        assert_eq!(week_of(-3 * DAY - 1), week_of(0) - 1);
    }

    #[test]
    fn half_is_left_after_the_half_life() {
        let settings = Settings::default();
        assert_eq!(settings.left_after(60 * DAY), 0.5);
        assert_eq!(settings.left_after(-DAY), 1.0);
        assert_eq!(
            Settings {
                half_life_days: 0.0,
                ..settings
            }
            .left_after(DAY),
            0.0
        );
    }
}
