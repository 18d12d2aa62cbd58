//! Reads a source into a stage, and tells how: what became something and what did not, each with its reason.

use std::collections::BTreeSet;

use exports::{Format, Problem, Reason, Source};
use serde::Serialize;

use crate::stage::{Failed, Stage};

/// Why an archive was not read to its end.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    #[error(transparent)]
    Problem(#[from] Problem),
    #[error(transparent)]
    Failed(#[from] Failed),
}

/// Reads all of it, and puts answers under what they answer.
pub fn read_into(stage: &mut Stage, source: &Source, format: Format) -> Result<(), Unread> {
    match format.read(source, stage) {
        // The stage itself stops a reader when it fails, and says why when it settles.
        Ok(()) | Err(Problem::Stopped) => Ok(stage.settle()?),
        Err(problem) => Err(problem.into()),
    }
}

/// `read` is always `kept` and all `skipped` together.
#[derive(Clone, Debug, Serialize)]
pub struct Read {
    pub seconds: f64,
    pub bytes: u64,
    pub read: u64,
    pub kept: u64,
    pub skipped: Vec<Skip>,
    /// The first of them, with where they stand.
    pub first_skipped: Vec<Skipped>,
    /// Private places that were left out, with how much was said in each.
    pub left_out: Vec<(String, u64)>,
    pub communities: u64,
    pub voices: u64,
    pub thanks: u64,
    pub helped: u64,
    pub files: u64,
}

#[derive(Clone, Debug, Serialize)]
pub struct Skip {
    pub reason: &'static str,
    pub why: &'static str,
    pub count: u64,
}

#[derive(Clone, Debug, Serialize)]
pub struct Skipped {
    pub reason: &'static str,
    pub file: String,
    pub offset: Option<u64>,
    pub detail: String,
}

const SHOWN: usize = 10;

impl Read {
    pub fn of(stage: &Stage, seconds: f64, bytes: u64) -> Read {
        let counts = &stage.counts;
        let mut skipped: Vec<Skip> = counts.skipped.iter().map(|(reason, count)| Skip { reason: word(*reason), why: why(*reason), count: *count }).collect();
        skipped.sort_by_key(|skip| std::cmp::Reverse(skip.count));
        // What cannot be read is told before what a person would leave out, too; and each sentence once, as long as there are others.
        let mut told = BTreeSet::new();
        let (mut first, again): (Vec<_>, Vec<_>) = stage.skipped.iter().partition(|skipped| told.insert((skipped.reason, skipped.detail.as_str())));
        first.extend(again);
        first.sort_by_key(|skipped| !matches!(skipped.reason, Reason::Broken | Reason::TooLarge));
        let shown = |skipped: &exports::Skipped| Skipped {
            reason: word(skipped.reason),
            file: skipped.file.clone(),
            offset: skipped.offset,
            detail: skipped.detail.clone(),
        };
        Read {
            seconds,
            bytes,
            read: counts.read,
            kept: counts.kept,
            skipped,
            first_skipped: first.into_iter().take(SHOWN).map(shown).collect(),
            left_out: stage.left_out.iter().map(|(name, count)| (name.clone(), *count)).collect(),
            communities: counts.communities,
            voices: counts.voices,
            thanks: counts.thanks,
            helped: counts.helped,
            files: counts.files,
        }
    }
}

/// Stable, for programs.
fn word(reason: Reason) -> &'static str {
    match reason {
        Reason::System => "system",
        Reason::Empty => "empty",
        Reason::Joined => "joined",
        Reason::Twice => "twice",
        Reason::Deleted => "deleted",
        Reason::Private => "private",
        Reason::Spam => "spam",
        Reason::Broken => "broken",
        Reason::TooLarge => "too_large",
        Reason::NoPlace => "no_place",
    }
}

fn why(reason: Reason) -> &'static str {
    match reason {
        Reason::System => "said by the program there: joins, topics, closings",
        Reason::Empty => "without words and files",
        Reason::Joined => "stands with what the same person said just before",
        Reason::Twice => "the same again",
        Reason::Deleted => "taken away there",
        Reason::Private => "private, and nobody stated that its people agree",
        Reason::Spam => "looks like advertising that nobody answered",
        Reason::Broken => "cannot be read",
        Reason::TooLarge => "larger than the bounds",
        Reason::NoPlace => "of a kind that Tacit has no place for",
    }
}
