//! What a narration may grow into, and who continues a trail. Pure.

use conversation::Kind;
use kernel::Say;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    NoNarration,
    NotIntoThis,
    TrailElsewhere,
    NothingCollected,
}

impl From<Refusal> for Say {
    fn from(r: Refusal) -> Self {
        Say::new(match r {
            Refusal::NoNarration => "Only a narration turns into something else.",
            Refusal::NotIntoThis => "A narration turns into a question, a problem or an insight.",
            Refusal::NothingCollected => "Your tray is empty. Please collect something first: narrations and replies have a button for it.",
            Refusal::TrailElsewhere => "This trail belongs to another community. Please choose that one, or begin a new trail.",
        })
    }
}

impl From<Refusal> for kernel::Error {
    fn from(r: Refusal) -> Self {
        kernel::Error::Refused(r.into())
    }
}

pub fn may_grow(from: Option<Kind>, into: Option<Kind>) -> Result<Kind, Refusal> {
    match (from, into) {
        (Some(Kind::Narration), Some(kind @ (Kind::Question | Kind::Problem | Kind::Insight))) => Ok(kind),
        (Some(Kind::Narration), _) => Err(Refusal::NotIntoThis),
        _ => Err(Refusal::NoNarration),
    }
}

/// A trail is continued where it is.
pub fn may_continue(trail_in: Option<&str>, said_in: Option<&str>) -> Result<(), Refusal> {
    if trail_in == said_in { Ok(()) } else { Err(Refusal::TrailElsewhere) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_narrations_grow_and_only_into_three_kinds() {
        assert_eq!(may_grow(Some(Kind::Narration), Some(Kind::Insight)), Ok(Kind::Insight));
        assert_eq!(may_grow(Some(Kind::Narration), Some(Kind::Story)), Err(Refusal::NotIntoThis));
        assert_eq!(may_grow(Some(Kind::Story), Some(Kind::Question)), Err(Refusal::NoNarration));
        assert_eq!(may_grow(None, None), Err(Refusal::NoNarration));
    }
}
