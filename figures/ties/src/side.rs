//! One side of a tie: what one person did toward another, kept so that each act costs the same, however many came before.

use crate::act::{Act, Settings, day_of, week_of};

/// The directed strength of one ordered pair, as of its latest act, with what else the standing of a tie asks for.
///
/// Exponential decay makes it incremental: the sum `d(T) = Σ c · 2^(−(T − t) / H)` at any later moment follows from its value at the
/// latest act alone (FORMULAS.md, "Ties"), so nothing is ever scanned again.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Side {
    /// The strength at `last`.
    pub value: f64,
    /// What the day of `last` added so far, for the daily cap.
    pub today: f64,
    /// How many acts.
    pub acts: u32,
    /// Bit *n* is set where there was an act *n* weeks before the week of `last`.
    pub weeks: u32,
    /// The earliest act, in microseconds since 1970.
    pub first: i64,
    /// The latest act.
    pub last: i64,
}

/// An act of a day before the day of the latest one: what it adds under the daily cap is not known any more.
/// The pair is computed anew from its acts ([`crate::Network::of`], or [`Side::of`] for one pair).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Late;

impl Side {
    /// The side that these acts make, whatever their order; all of one ordered pair.
    pub fn of(acts: &mut [Act], settings: &Settings) -> Self {
        acts.sort_by_key(|act| act.at);
        let mut side = Self::default();
        for act in acts {
            side.add_in_order(act.at, act.adds(), settings);
        }
        side
    }

    /// Takes an act in. Acts come by time; within one day their order may differ, which changes the outcome only where the daily
    /// cap cuts, and then by less than what a day fades (1.2 % of the cap with the usual half-life).
    pub fn add(&mut self, act: &Act, settings: &Settings) -> Result<(), Late> {
        if self.acts > 0 && day_of(act.at) < day_of(self.last) {
            return Err(Late);
        }
        self.add_in_order(act.at, act.adds(), settings);
        Ok(())
    }

    pub(crate) fn add_in_order(&mut self, at: i64, adds: f64, settings: &Settings) {
        if self.acts == 0 {
            (self.first, self.last) = (at, at);
        }
        if day_of(at) != day_of(self.last) {
            self.today = 0.0;
        }
        let adds = adds.min(settings.daily_cap - self.today).max(0.0);
        if at >= self.last {
            self.value = self.value * settings.left_after(at.saturating_sub(self.last)) + adds;
        } else {
            self.value += adds * settings.left_after(self.last.saturating_sub(at));
        }
        self.weeks = shifted(self.weeks, week_of(at) - week_of(self.last)) | 1;
        self.today += adds;
        self.acts = self.acts.saturating_add(1);
        self.first = self.first.min(at);
        self.last = self.last.max(at);
    }

    /// *d*: the strength at a moment that is not before the latest act (before it, the strength of the latest act is given).
    pub fn strength(&self, at: i64, settings: &Settings) -> f64 {
        self.value * settings.left_after(at.saturating_sub(self.last))
    }

    /// The weeks with an act, as bits counted back from the week of `at`.
    fn weeks_before(&self, at: i64) -> u32 {
        if self.acts == 0 {
            0
        } else {
            shifted(self.weeks, week_of(at) - week_of(self.last))
        }
    }
}

/// Bits moved so that they count back from a later week.
fn shifted(weeks: u32, by: i64) -> u32 {
    u32::try_from(by.max(0))
        .ok()
        .and_then(|by| weeks.checked_shl(by))
        .unwrap_or(0)
}

/// What two people did together: both sides.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tie {
    pub there: Side,
    pub back: Side,
}

/// How a tie stands; never how a person does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Standing {
    /// So little is left that it is not shown.
    Dormant,
    Weak,
    Strong,
}

impl Tie {
    /// `S = (d_ij + d_ji) / 2 + min(d_ij, d_ji)`: one-way counts half, mutual counts in full.
    pub fn strength(&self, at: i64, settings: &Settings) -> f64 {
        together(
            self.there.strength(at, settings),
            self.back.strength(at, settings),
        )
    }

    /// Strong: `S ≥ 9`, and in the last 26 weeks acts both ways, in at least 5 distinct weeks. Weak: `S ≥ 0.1`.
    pub fn standing(&self, at: i64, settings: &Settings) -> Standing {
        let strength = self.strength(at, settings);
        if strength >= settings.strong && self.is_lived(at, settings) {
            Standing::Strong
        } else if strength >= settings.weak {
            Standing::Weak
        } else {
            Standing::Dormant
        }
    }

    fn is_lived(&self, at: i64, settings: &Settings) -> bool {
        let window = 1_u32
            .checked_shl(settings.of_weeks)
            .map_or(u32::MAX, |bit| bit - 1);
        let there = self.there.weeks_before(at) & window;
        let back = self.back.weeks_before(at) & window;
        there != 0 && back != 0 && (there | back).count_ones() >= settings.strong_weeks
    }

    /// Silent for more than 8 times the mean gap between their acts, and for 14 days at least (after Navarro, Miritello, Canales
    /// and Moro 2017, "Temporal patterns behind the strength of persistent ties"). One act alone has no gap, and does not fade.
    pub fn is_fading(&self, at: i64, settings: &Settings) -> bool {
        let (sides, acts) = (
            [self.there, self.back],
            f64::from(self.there.acts) + f64::from(self.back.acts),
        );
        let lived = || sides.iter().filter(|side| side.acts > 0);
        let (Some(first), Some(last)) = (
            lived().map(|side| side.first).min(),
            lived().map(|side| side.last).max(),
        ) else {
            return false;
        };
        if acts < 2.0 {
            return false;
        }
        let mean_gap = last.saturating_sub(first) as f64 / (acts - 1.0);
        let silence = at.saturating_sub(last) as f64;
        silence > settings.fading_gaps * mean_gap
            && silence >= settings.fading_days * crate::act::DAY as f64
    }
}

/// `S` from both directed strengths.
fn together(there: f64, back: f64) -> f64 {
    f64::midpoint(there, back) + there.min(back)
}

#[cfg(test)]
#[path = "side_tests.rs"]
mod tests;
