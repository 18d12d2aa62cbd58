//! Who may say, answer, change, widen. Pure; deny last.

use community::{Openness, Stage};
use kernel::Say;
use membership::rules as standing;
use membership::rules::Standing;

use crate::care::Why;
use crate::said::Care;
use crate::{Ending, For};

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
    ThanksToVoice,
    AlreadyChanged,
    PrivateElsewhere,
    EmptyCircle,
    TooManyNamed,
    OnlyPrivateFades,
    Faded,
    ParentFaded,
    Closed(Why),
    Hidden,
    YouBlocked,
    AnnounceToAll,
    TrayFull(i64),
    PrivateStays,
    EnoughAnnounced(i64),
    NoEnding,
    ManyKinds,
    NarrationStays,
    KindUsed,
    KindChanged,
}

impl From<standing::Refusal> for Refusal {
    fn from(r: standing::Refusal) -> Self {
        Self::Standing(r)
    }
}

impl From<Refusal> for Say {
    fn from(r: Refusal) -> Self {
        if let Refusal::EnoughAnnounced(n) = r {
            return Say::new("{n} announcements stand here at a time. Please end one first.").with("n", n);
        }
        if let Refusal::TrayFull(n) = r {
            return Say::new("{n} fit into your tray. Please say what you see, or take something out first.").with("n", n);
        }
        Say::new(match r {
            Refusal::Standing(r) => return r.into(),
            Refusal::Closed(why) => {
                return Say::new("A steward closed this conversation to further answers. Rule: {rule} Reason: {reason}")
                    .with("rule", why.rule)
                    .with("reason", why.reason);
            }
            Refusal::Hidden => "What you answer was hidden by a steward meanwhile. Your words are kept; you can answer the conversation instead.",
            Refusal::YouBlocked => "You blocked the person whom this answers. In your settings you can take that back.",
            Refusal::NotYours => "Only its author does this.",
            Refusal::Withdrawn => "This was withdrawn by its author.",
            Refusal::ParentWithdrawn => "What you answer was withdrawn meanwhile. Your words are kept; you can answer the conversation instead.",
            Refusal::OthersAnswered => "Others have answered, and their words are for the same people. You can withdraw your own, or begin a new conversation.",
            Refusal::ThanksToVoice => "A remembered voice is not here to be thanked.",
            Refusal::PrivateElsewhere => "A private conversation stands outside of communities. Please begin it there.",
            Refusal::EmptyCircle => "Nobody is in this circle yet. Please put somebody in it first.",
            Refusal::TooManyNamed => "At most fifty people can be named.",
            Refusal::OnlyPrivateFades => "Only a conversation among named people fades.",
            Refusal::Faded => "This has faded.",
            Refusal::ParentFaded => "What you answer has faded meanwhile. Your words are kept; you can answer the conversation instead.",
            Refusal::AnnounceToAll => "An announcement is for the community or for anyone.",
            Refusal::EnoughAnnounced(_) | Refusal::TrayFull(_) => "",
            Refusal::PrivateStays => "This looks at what was said among named people, and that stays among them. Please take it out, or keep this to yourself.",
            Refusal::NobodyNamed => "Please name at least one other person.",
            Refusal::NeedsCommunity => "Please choose a community, or whom else it is for.",
            Refusal::ClosedDoor => "This community's door is closed; what is said in it is for its members.",
            Refusal::OwnThanks => "Thanks are for others.",
            Refusal::NoEnding => "What you said has a kind that just goes on. Give it another kind first, or answer in the conversation.",
            Refusal::ManyKinds => "A community offers at most 24 kinds. Please put one away first: what was said keeps it.",
            Refusal::NarrationStays => "Narration stays: it is what the box and the terminal say by themselves. It can be called otherwise.",
            Refusal::KindUsed => "Something was said with this kind, or it is built in. It can be put away, and what was said keeps it.",
            Refusal::KindChanged => "This kind was changed while you wrote. Please look at it as it is now; your words are still here.",
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
        (Some(_), For::Named) => Err(Refusal::PrivateElsewhere),
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

/// Announces, for the community or beyond it. `live`: how many stand there now.
pub fn may_announce(audience: Option<For>, live: i64, most: i64) -> May {
    match audience {
        Some(For::Me | For::Named) => Err(Refusal::AnnounceToAll),
        _ if live >= most => Err(Refusal::EnoughAnnounced(most)),
        _ => Ok(()),
    }
}

/// Puts something into one's tray.
pub fn may_collect(withdrawn: bool, faded: bool, there: i64, most: i64) -> May {
    match () {
        () if faded => Err(Refusal::Faded),
        () if withdrawn => Err(Refusal::Withdrawn),
        () if there >= most => Err(Refusal::TrayFull(most)),
        () => Ok(()),
    }
}

/// Says for `audience` what is seen in several things. Each stays with those who may see it, and private talk is not
/// looked at in front of others at all.
pub fn may_look_at(audience: For, sources: &[For]) -> May {
    let private = audience != For::Me && sources.contains(&For::Named);
    if private { Err(Refusal::PrivateStays) } else { Ok(()) }
}

/// Lets what is said fade. Words in a community are for those who come later, too.
pub fn may_fade(audience: For) -> May {
    if audience == For::Named { Ok(()) } else { Err(Refusal::OnlyPrivateFades) }
}

/// Answers something: what is withdrawn or faded has an end, but a conversation goes on when its opening has faded.
pub fn may_answer_to(opening: bool, withdrawn: bool, faded: bool) -> May {
    match () {
        () if faded && opening => Ok(()),
        () if faded => Err(Refusal::ParentFaded),
        () if withdrawn => Err(Refusal::ParentWithdrawn),
        () => Ok(()),
    }
}

/// Answers what is visible to them, or changes what they said. `place`: the community it stands in.
pub fn may_answer(place: Option<(Stage, Openness, &Standing)>) -> May {
    match place {
        None => Ok(()),
        Some((stage, openness, s)) => Ok(standing::may_answer(stage, openness, s)?),
    }
}

/// What stewards did to it, and whom the one who answers has blocked.
pub fn may_answer_it(care: &Care) -> May {
    match (&care.closed, &care.hidden) {
        (Some(why), _) => Err(Refusal::Closed(why.clone())),
        (None, Some(_)) => Err(Refusal::Hidden),
        (None, None) if care.blocked => Err(Refusal::YouBlocked),
        (None, None) => Ok(()),
    }
}

pub fn may_change(mine: bool, withdrawn: bool, faded: bool) -> May {
    match () {
        () if !mine => Err(Refusal::NotYours),
        () if faded => Err(Refusal::Faded),
        () if withdrawn => Err(Refusal::Withdrawn),
        () => Ok(()),
    }
}

/// Changes whom one's own is for, while nobody else has answered: their words were meant for the same people, and are
/// neither shown to more nor taken from some. To reach further into a community is to speak in it.
pub fn may_reach(now: For, wanted: For, answered_by_others: bool, place: Option<(Stage, Openness, &Standing)>) -> May {
    match (wanted, place) {
        (For::Named, _) if now != For::Named => Err(Refusal::NobodyNamed),
        (For::Community | For::Open, None) => Err(Refusal::NeedsCommunity),
        (For::Open, Some((_, Openness::Closed, _))) => Err(Refusal::ClosedDoor),
        _ if wanted != now && answered_by_others => Err(Refusal::OthersAnswered),
        (_, Some((stage, _, s))) if wanted > now => Ok(standing::may_contribute(stage, s)?),
        _ => Ok(()),
    }
}

pub fn may_thank(own: bool, withdrawn: bool, voice: bool) -> May {
    match () {
        () if own => Err(Refusal::OwnThanks),
        () if voice => Err(Refusal::ThanksToVoice),
        () if withdrawn => Err(Refusal::Withdrawn),
        () => Ok(()),
    }
}

/// Says how a conversation ended: who began it, alone. `ending`: what its kind may end with. What fades keeps none.
pub fn may_end(mine: bool, withdrawn: bool, fades: bool, ending: Option<Ending>) -> Result<Ending, Refusal> {
    may_change(mine, withdrawn, false)?;
    ending.filter(|_| !fades).ok_or(Refusal::NoEnding)
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
        assert_eq!(may_answer(open), Ok(()));
        assert!(may_begin(open, For::Open, 0).is_err());
        let knock = Some((Stage::Growing, Openness::Knock, &outside));
        assert!(may_answer(knock).is_err());
    }

    #[test]
    fn others_words_are_neither_shown_to_more_nor_taken_from_some() {
        use For::{Community, Me, Open};
        let (m, left) = (member(), Standing { was_member: true, ..Standing::default() });
        let place = Some((Stage::Growing, Openness::Open, &m));
        assert_eq!(may_reach(Community, Open, true, place), Err(Refusal::OthersAnswered));
        assert_eq!(may_reach(Open, Me, true, place), Err(Refusal::OthersAnswered));
        assert_eq!(may_reach(Community, Open, false, place), Ok(()));
        assert_eq!(may_reach(Open, Me, false, place), Ok(()));
        assert!(may_reach(Me, Open, false, Some((Stage::Growing, Openness::Open, &left))).is_err());
        assert_eq!(may_reach(Open, Me, false, Some((Stage::Growing, Openness::Open, &left))), Ok(()));
        assert!(may_reach(Me, Community, false, Some((Stage::Ended, Openness::Open, &m))).is_err());
        let closed = Some((Stage::Growing, Openness::Closed, &m));
        assert_eq!(may_reach(Me, Open, false, closed), Err(Refusal::ClosedDoor));
        assert_eq!(may_reach(Me, Open, false, None), Err(Refusal::NeedsCommunity));
    }

    #[test]
    fn private_talk_is_not_looked_at_in_front_of_others() {
        assert_eq!(may_look_at(For::Open, &[For::Open, For::Named]), Err(Refusal::PrivateStays));
        assert_eq!(may_look_at(For::Community, &[For::Named]), Err(Refusal::PrivateStays));
        assert_eq!(may_look_at(For::Me, &[For::Named, For::Me]), Ok(()));
        assert_eq!(may_look_at(For::Open, &[For::Community, For::Me]), Ok(()));
    }

    #[test]
    fn a_faded_reply_is_not_answered_and_a_faded_opening_is() {
        assert_eq!(may_answer_to(true, true, true), Ok(()));
        assert_eq!(may_answer_to(true, true, false), Err(Refusal::ParentWithdrawn));
        assert_eq!(may_answer_to(false, true, true), Err(Refusal::ParentFaded));
        assert_eq!(may_change(true, true, true), Err(Refusal::Faded));
    }

    #[test]
    fn only_who_began_says_how_it_ended_and_only_where_the_kind_has_an_ending() {
        assert_eq!(may_end(true, false, false, Some(Ending::Cases)), Ok(Ending::Cases));
        assert_eq!(may_end(false, false, false, Some(Ending::Cases)), Err(Refusal::NotYours));
        assert_eq!(may_end(true, true, false, Some(Ending::Cases)), Err(Refusal::Withdrawn));
        assert_eq!(may_end(true, false, true, Some(Ending::Cases)), Err(Refusal::NoEnding));
        assert_eq!(may_end(true, false, false, None), Err(Refusal::NoEnding));
    }

    #[test]
    fn an_ended_community_is_read_and_no_longer_spoken_in() {
        let m = member();
        let ended = Some((Stage::Ended, Openness::Open, &m));
        assert!(may_begin(ended, For::Open, 0).is_err());
        assert!(may_answer(ended).is_err());
    }
}
