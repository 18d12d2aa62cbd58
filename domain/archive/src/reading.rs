//! Reads a source into a stage.

use exports::{Format, Problem, Source};

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
