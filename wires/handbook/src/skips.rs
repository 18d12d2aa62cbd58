//! What becomes nothing, told with its reason.

use exports::{Reason, Skipped, Stop};

use crate::{Item, Take};

pub(crate) fn skip(
    take: &mut dyn Take,
    reason: Reason,
    file: &str,
    detail: &str,
) -> Result<(), Stop> {
    take.take(Item::Skipped(Skipped {
        reason,
        file: file.to_owned(),
        offset: None,
        detail: detail.to_owned(),
    }))
}
