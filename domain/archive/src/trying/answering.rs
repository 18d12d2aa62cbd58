//! How soon somebody is answered, and what never was.

use pulse::Of;
use serde::Serialize;

use super::facts::Waits;
use super::saying::share;
use super::talks::Thing;
use super::{Look, Told};
use crate::stage::Failed;

/// By Kaplan and Meier: what was not answered counts as waiting still when the archive ends.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answering {
    pub waits: Waits,
    pub answered: usize,
    pub open: usize,
    /// None where more than half were not answered.
    pub median_hours: Option<f64>,
    /// Shares from 0 to 1.
    pub within_a_day: f64,
    pub within_a_week: f64,
    /// After 1 and 6 hours, 1 and 3 days, a week, a month.
    pub marks: Vec<Step>,
    pub curve: Vec<Step>,
}

/// The share that had a reply within so many hours.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Step {
    pub hours: f64,
    pub answered: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Open {
    pub waits: Waits,
    /// What asked something, at least a week before the archive ends.
    pub asked: usize,
    pub open: usize,
    /// From 0 to 1.
    pub share: f64,
    /// The newest first.
    pub latest: Vec<Thing>,
}

const LATEST: usize = 10;
const MARKS: [f64; 6] = [1.0, 6.0, 24.0, 72.0, 168.0, 720.0];
/// From ten minutes to a month, evenly on a logarithm.
const CURVE: (f64, f64, u32) = (1.0 / 6.0, 720.0, 60);

const NO_ANSWERS: &str = "This archive does not say what answers what, so nothing can be said of answers.";
const NOTHING_ASKED: &str = "Nothing in this archive asks something.";

impl Look<'_> {
    pub(super) fn answering(&self) -> Told<Answering> {
        if self.facts.without_answers {
            return Told::not(NO_ANSWERS);
        }
        let survival = self.talk.first_response(&self.talk.span(), Of::Asked, self.as_of);
        if survival.happened() + survival.open() == 0 {
            return Told::not(NOTHING_ASKED);
        }
        let within = |hours: f64| 1.0 - survival.share_after(hours);
        let step = |hours: f64| Step { hours, answered: within(hours) };
        let (from, to, steps) = CURVE;
        let hours = |step: u32| from * (to / from).powf(f64::from(step) / f64::from(steps));
        Told::Is(Answering {
            waits: self.facts.waits,
            answered: survival.happened(),
            open: survival.open(),
            median_hours: survival.median(),
            within_a_day: within(24.0),
            within_a_week: within(168.0),
            marks: MARKS.into_iter().map(step).collect(),
            curve: (0..=steps).map(hours).map(step).collect(),
        })
    }

    pub(super) fn unanswered(&self) -> Result<Told<Open>, Failed> {
        if self.facts.without_answers {
            return Ok(Told::not(NO_ANSWERS));
        }
        let unanswered = self.talk.unanswered(&self.talk.span(), self.as_of);
        if unanswered.asked == 0 {
            return Ok(Told::not(NOTHING_ASKED));
        }
        let latest = unanswered.open.iter().rev().take(LATEST).map(|place| self.thing(*place));
        Ok(Told::Is(Open {
            waits: self.facts.waits,
            asked: unanswered.asked,
            open: unanswered.open.len(),
            share: share(unanswered.open.len(), unanswered.asked),
            latest: latest.collect::<Result<_, _>>()?,
        }))
    }
}

impl Waits {
    /// What the figures of answers are about.
    pub(super) fn said(self) -> &'static str {
        match self {
            Waits::Marked => "Measured on what is marked as a question there.",
            Waits::Openings => "The archive marks no questions, so everything that begins a conversation is taken to want an answer, but for what has a date in its title.",
            Waits::QuestionMarks => {
                "The archive marks no questions, so what begins a conversation with a question mark in it is taken to want an answer. \
                 An answer counts where the archive ties it to the question: in a thread, by a name."
            }
        }
    }

    pub(super) fn noun(self, count: usize) -> &'static str {
        match (self, count) {
            (Waits::Openings, 1) => "opening",
            (Waits::Openings, _) => "openings",
            (_, 1) => "question",
            _ => "questions",
        }
    }
}
