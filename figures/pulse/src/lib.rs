//! The life of a community in figures, each held against its own past. Pure: no database, no clock.
//!
//! [`Talk`] puts facts in order once (who said something when, what it answers, whether it asked) and tells the rest: how soon somebody is answered,
//! what never was, whether newcomers come back, on how few people a community rests. [`privacy`] says how of that is shown what is drawn from people.
//! There is no total, and nothing here ranks anybody.

mod answers;
mod baseline;
mod fact;
mod newcomers;
mod offers;
mod part;
mod pointed;
pub mod privacy;
mod rhythm;
mod survival;
mod talk;
mod weeks;

pub use answers::{Of, UNANSWERED_AFTER_DAYS, Unanswered};
pub use baseline::{
    BASELINE_WEEKS, Distance, FLAG_AT, Flag, HISTORY_WEEKS, Unit, distance, distance_in, flag_in,
    flags, is_young,
};
pub use fact::{Answers, DAY, Fact, HOUR, WEEK, beginning_of, week_of};
pub use newcomers::{BACK_WITHIN_DAYS, Newcomers, REPLY_WITHIN_HOURS};
pub use offers::{MET_HALF_LIFE_DAYS, decayed, letter_score, may_have_met};
pub use part::{ACTIVE_WEEKS, CORE_CARE, CORE_WEEKS, Shares, WEEKS, absence_factor, taking_part};
pub use pointed::{Pointed, Pointer, TIMES_AT_LEAST, likely_practices};
pub use rhythm::Rhythm;
pub use survival::{Survival, Wait};
pub use talk::{Conversation, Talk};
pub use weeks::{Line, Weeks};

/// The version of the formulas of this crate, shown beside every figure: it grows with each change that changes a figure.
pub const FORMULA_VERSION: u32 = 1;
