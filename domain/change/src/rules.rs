//! Who may tell, share, attest. Pure; deny last.

use community::{Openness, Stage};
use kernel::Say;
use membership::rules::{self as standing, Standing};

use crate::For;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    Standing(standing::Refusal),
    NotYours,
    OwnChange,
    TooManyCauses(usize),
    ClosedDoor,
    StaysYours,
    AlreadyChanged,
    NothingCame,
}

impl From<standing::Refusal> for Refusal {
    fn from(r: standing::Refusal) -> Self {
        Self::Standing(r)
    }
}

impl From<Refusal> for Say {
    fn from(r: Refusal) -> Self {
        Say::new(match r {
            Refusal::Standing(r) => return r.into(),
            Refusal::TooManyCauses(n) => return Say::new("A change names at most {n} causes. Please keep those that mattered most.").with("n", n),
            Refusal::NotYours => "Only who told this change does this.",
            Refusal::OwnChange => "Somebody else attests a change. What you have to say of it stands in its own words.",
            Refusal::ClosedDoor => "This community's door is closed; what is shared in it is for its members.",
            Refusal::StaysYours => "To share a change is to choose its community. To keep it to yourself, take the sharing back.",
            Refusal::AlreadyChanged => "This was changed meanwhile, maybe by you in another tab. Your text is still here; please look at it as it is now.",
            Refusal::NothingCame => "A measure stands beside what came of it. Please say that in words, too.",
        })
    }
}

impl From<Refusal> for kernel::Error {
    fn from(r: Refusal) -> Self {
        kernel::Error::Refused(r.into())
    }
}

type May = Result<(), Refusal>;

/// So many causes: where everything is one, nothing is.
pub const CAUSES: usize = 10;

pub fn may_name(causes: usize) -> May {
    if causes <= CAUSES { Ok(()) } else { Err(Refusal::TooManyCauses(CAUSES)) }
}

/// Edits, turns, shares, takes back.
pub fn may_change(mine: bool) -> May {
    if mine { Ok(()) } else { Err(Refusal::NotYours) }
}

/// Shares with a community that one takes part in, or in the open there.
pub fn may_share(audience: For, stage: Stage, openness: Openness, s: &Standing) -> May {
    standing::may_contribute(stage, s)?;
    match (audience, openness) {
        (For::Me, _) => Err(Refusal::StaysYours),
        (For::Open, Openness::Closed) => Err(Refusal::ClosedDoor),
        _ => Ok(()),
    }
}

/// Attests what they see: another's change. `s`: how they stand to the community in which it is shared.
pub fn may_attest(mine: bool, s: &Standing) -> May {
    match &s.suspended {
        _ if mine => Err(Refusal::OwnChange),
        Some(suspended) => Err(standing::Refusal::Suspended(suspended.clone()).into()),
        None => Ok(()),
    }
}

/// A number alone says nothing.
pub fn may_measure(outcome: &str, measure: &str) -> May {
    if outcome.is_empty() && !measure.is_empty() { Err(Refusal::NothingCame) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member() -> Standing {
        Standing { member: true, ..Standing::default() }
    }

    #[test]
    fn one_shares_where_one_takes_part_and_in_the_open_where_the_door_is() {
        assert_eq!(may_share(For::Open, Stage::Growing, Openness::Open, &member()), Ok(()));
        assert_eq!(may_share(For::Community, Stage::Growing, Openness::Closed, &member()), Ok(()));
        assert_eq!(may_share(For::Open, Stage::Growing, Openness::Closed, &member()), Err(Refusal::ClosedDoor));
        assert_eq!(may_share(For::Me, Stage::Growing, Openness::Open, &member()), Err(Refusal::StaysYours));
        assert!(may_share(For::Community, Stage::Growing, Openness::Open, &Standing::default()).is_err());
    }

    #[test]
    fn nobody_attests_their_own_change() {
        assert_eq!(may_attest(true, &member()), Err(Refusal::OwnChange));
        assert_eq!(may_attest(false, &Standing::default()), Ok(()));
    }

    #[test]
    fn a_measure_stands_beside_words() {
        assert_eq!(may_measure("", "3 nights"), Err(Refusal::NothingCame));
        assert_eq!(may_measure("Quieter.", ""), Ok(()));
        assert_eq!(may_name(11), Err(Refusal::TooManyCauses(10)));
    }
}
