//! What lies in an archive, before anything is brought in: a report of figures, each true of the archive alone.
//!
//! Nobody is named or counted in it. What is said of people is said of twenty at least, and rounded; where that cannot be, a
//! sentence says why.

mod answering;
mod asked_again;
mod charts;
mod facts;
mod over_time;
mod page;
mod paper;
mod people;
mod pointing;
mod saying;
mod sentences;
mod shape;
mod span;
mod talks;
#[cfg(test)]
mod tests;

use pulse::Talk;
use serde::Serialize;

use crate::reading::Read;
use crate::stage::{Failed, Stage};
pub use answering::{Answering, Open, Step};
pub use asked_again::{Again, Group};
pub use facts::Waits;
pub use over_time::{Bar, Bars, Period, Spot, Volume};
pub use page::{Page, STYLE, page};
pub use paper::paper;
pub use people::{About, Absence, Newcomers, Part};
pub use shape::{Dot, Drawing, Line, Parted};
pub use talks::{Conversation, Practice, Thing};

/// Grows when a name in the report changes its meaning or goes.
pub const VERSION: u32 = 1;

/// What is known of the reading beside what was read.
#[derive(Clone, Debug)]
pub struct Tried {
    /// What the file or folder is called.
    pub name: String,
    pub format: &'static str,
    pub bytes: u64,
    pub seconds: f64,
    /// Microseconds since 1970: what is later cannot be right.
    pub now: i64,
}

/// Something that can be said of this archive, or why it cannot.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Told<T> {
    Is(T),
    Not { not_told: String },
}

impl<T> Told<T> {
    fn not(why: &str) -> Told<T> {
        Told::Not { not_told: why.to_owned() }
    }

    pub fn is(&self) -> Option<&T> {
        match self {
            Told::Is(it) => Some(it),
            Told::Not { .. } => None,
        }
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub version: u32,
    pub name: String,
    pub format: &'static str,
    /// Versions of the formulas of ties, pulse and again.
    pub formulas: [u32; 3],
    pub read: Read,
    pub volume: Volume,
    pub answering: Told<Answering>,
    pub unanswered: Told<Open>,
    pub asked_again: Told<Again>,
    pub absence: Told<Absence>,
    pub taking_part: Told<Part>,
    pub newcomers: Told<Newcomers>,
    pub ties: Told<Drawing>,
    pub longest: Vec<Conversation>,
    pub practices: Told<Vec<Practice>>,
}

/// What the figures are drawn from.
struct Look<'a> {
    stage: &'a Stage,
    facts: &'a facts::Facts,
    talk: &'a Talk<'a>,
    /// The archive's last moment: nothing is known after it.
    as_of: i64,
}

impl Report {
    /// Of a stage that is settled.
    pub fn of(stage: &Stage, tried: &Tried) -> Result<Report, Failed> {
        // What is read once from its beginning to its end needs no cache; the memory is needed for the figures.
        stage.db().execute_batch("pragma cache_size = -4000; pragma shrink_memory")?;
        let mut facts = facts::Facts::of(stage, tried.now)?;
        let pointing = std::mem::take(&mut facts.pointing);
        let talk = Talk::of(&facts.facts);
        let look = Look { stage, facts: &facts, talk: &talk, as_of: facts.span.to };
        Ok(Report {
            version: VERSION,
            name: tried.name.clone(),
            format: tried.format,
            formulas: [ties::FORMULA_VERSION, pulse::FORMULA_VERSION, again::FORMULA_VERSION],
            practices: look.practices(pointing)?,
            volume: look.volume()?,
            answering: look.answering(),
            unanswered: look.unanswered()?,
            asked_again: look.asked_again()?,
            absence: look.absence(),
            taking_part: look.taking_part()?,
            newcomers: look.newcomers(),
            longest: look.longest()?,
            ties: look.drawing()?,
            read: Read::of(stage, tried.seconds, tried.bytes),
        })
    }
}
