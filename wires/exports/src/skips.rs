//! What becomes nothing, told with its reason.

use crate::{Problem, Reason, Skipped, Stop, Take};

/// A file that cannot be read costs itself and nothing else.
pub(crate) fn spare(
    read: Result<(), Problem>,
    file: &str,
    take: &mut dyn Take,
) -> Result<(), Problem> {
    match read {
        Err(Problem::Stopped) => Err(Problem::Stopped),
        Err(problem) => Ok(skip(
            take,
            Reason::Broken,
            file,
            None,
            &problem.to_string(),
        )?),
        Ok(()) => Ok(()),
    }
}

pub(crate) fn skip(
    take: &mut dyn Take,
    reason: Reason,
    file: &str,
    offset: Option<u64>,
    detail: &str,
) -> Result<(), Stop> {
    take.take(crate::Item::Skipped(Skipped {
        reason,
        file: file.to_owned(),
        offset,
        detail: detail.to_owned(),
    }))
}
