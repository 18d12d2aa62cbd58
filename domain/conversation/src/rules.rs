//! Who may say, answer, change, widen. Pure; deny last.

use community::{Openness, Stage};
use kernel::Say;
use membership::rules as standing;
use membership::rules::Standing;

use crate::For;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    Standing(standing::Refusal),
    NotYours,
    Withdrawn,
    ParentWithdrawn,
    OthersAnswered,
    NobodyNamed,
    NeedsCommunity,
    ClosedDoor,
    OwnThanks,
    AlreadyChanged,
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
            Refusal::NotYours => "Only its author does this.",
            Refusal::Withdrawn => "This was withdrawn by its author.",
            Refusal::ParentWithdrawn => "What you answer was withdrawn meanwhile. Your words are kept; you can answer the conversation instead.",
            Refusal::OthersAnswered => "Others have answered for fewer people. To say it to more, please begin a new conversation.",
            Refusal::NobodyNamed => "Please name at least one other person.",
            Refusal::NeedsCommunity => "Please choose a community, or whom else it is for.",
            Refusal::ClosedDoor => "This community's door is closed; what is said in it is for its members.",
            Refusal::OwnThanks => "Thanks are for others.",
            Refusal::AlreadyChanged => "This was changed meanwhile, maybe by you in another tab. Your text is still here; please look at it as it is now.",
        })
    }
}

impl From<Refusal> for kernel::Error {
    fn from(r: Refusal) -> Self {
        kernel::Error::Refused(r.into())
    }
}

type May = Result<(), Refusal>;

/// Begins a conversation in a community, or for oneself or named people alone.
pub fn may_begin(place: Option<(Stage, Openness, &Standing)>, audience: For, named: usize) -> May {
    match (place, audience) {
        (_, For::Named) if named == 0 => Err(Refusal::NobodyNamed),
        (None, For::Me | For::Named) => Ok(()),
        (None, For::Community | For::Open) => Err(Refusal::NeedsCommunity),
        (Some((stage, openness, s)), audience) => {
            standing::may_contribute(stage, s)?;
            match (openness, audience) {
                (Openness::Closed, For::Open) => Err(Refusal::ClosedDoor),
                _ => Ok(()),
            }
        }
    }
}

/// Answers what is visible to them. `place`: the community it stands in.
pub fn may_answer(place: Option<(Stage, Openness, &Standing)>, audience: For) -> May {
    match (place, audience) {
        (_, For::Me | For::Named) | (None, _) => Ok(()),
        (Some((stage, openness, s)), _) => Ok(standing::may_answer(stage, openness, s)?),
    }
}

pub fn may_change(mine: bool, withdrawn: bool) -> May {
    match () {
        () if !mine => Err(Refusal::NotYours),
        () if withdrawn => Err(Refusal::Withdrawn),
        () => Ok(()),
    }
}

/// Narrower is always possible; wider only while nobody else has answered.
pub fn may_reach(mine: bool, now: For, wanted: For, answered_by_others: bool, place: Option<Openness>) -> May {
    match (wanted, place) {
        _ if !mine => Err(Refusal::NotYours),
        (For::Named, _) if now != For::Named => Err(Refusal::NobodyNamed),
        (For::Community | For::Open, None) => Err(Refusal::NeedsCommunity),
        (For::Open, Some(Openness::Closed)) => Err(Refusal::ClosedDoor),
        _ if wanted > now && answered_by_others => Err(Refusal::OthersAnswered),
        _ => Ok(()),
    }
}

pub fn may_thank(own: bool, withdrawn: bool) -> May {
    match () {
        () if own => Err(Refusal::OwnThanks),
        () if withdrawn => Err(Refusal::Withdrawn),
        () => Ok(()),
    }
}

/// What somebody says without choosing: as open as its place.
pub fn usual(openness: Option<Openness>) -> For {
    match openness {
        Some(Openness::Open | Openness::Knock) => For::Open,
        Some(Openness::Closed) => For::Community,
        None => For::Me,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member() -> Standing {
        Standing { member: true, ..Standing::default() }
    }

    #[test]
    fn a_non_member_answers_in_an_open_community_and_begins_nothing() {
        let outside = Standing::default();
        let open = Some((Stage::Growing, Openness::Open, &outside));
        assert_eq!(may_answer(open, For::Open), Ok(()));
        assert!(may_begin(open, For::Open, 0).is_err());
        let knock = Some((Stage::Growing, Openness::Knock, &outside));
        assert!(may_answer(knock, For::Open).is_err());
    }

    #[test]
    fn words_meant_for_fewer_are_not_shown_to_more() {
        use For::{Community, Me, Named, Open};
        let place = Some(Openness::Open);
        assert_eq!(may_reach(true, Named, Open, true, place), Err(Refusal::OthersAnswered));
        assert_eq!(may_reach(true, Named, Open, false, place), Ok(()));
        assert_eq!(may_reach(true, Open, Community, true, place), Ok(()));
        assert_eq!(may_reach(true, Open, Me, true, place), Ok(()));
        assert_eq!(may_reach(false, Open, Me, false, place), Err(Refusal::NotYours));
        assert_eq!(may_reach(true, Me, Open, false, Some(Openness::Closed)), Err(Refusal::ClosedDoor));
        assert_eq!(may_reach(true, Me, Open, false, None), Err(Refusal::NeedsCommunity));
    }

    #[test]
    fn an_ended_community_is_read_and_no_longer_spoken_in() {
        let m = member();
        let ended = Some((Stage::Ended, Openness::Open, &m));
        assert!(may_begin(ended, For::Open, 0).is_err());
        assert!(may_answer(ended, For::Open).is_err());
    }
}
