//! Who may do what to words and people, who may appeal, who decides, who may report. Pure; deny last.

use community::Openness;
use conversation::For;
use kernel::Say;

use crate::What;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    OnlyStewards,
    OnlyInCommunities,
    OwnWords,
    NothingThere,
    DoneAlready,
    WouldReachOthers,
    AuthorIsNoMember,
    OnTrail,
    SamePlace,
    NotConcerned,
    NotAppealable,
    AppealedAlready,
    NotJudge,
    NoAppealOpen,
    AnsweredAlready,
    ReportedAlready,
    NotThemselves,
}

impl From<Refusal> for Say {
    fn from(r: Refusal) -> Self {
        Say::new(match r {
            Refusal::OnlyStewards => "Only a steward of this community does this.",
            Refusal::OnlyInCommunities => "Stewards act in their communities. What is said elsewhere can be reported to the operator.",
            Refusal::OwnWords => "These are your own words. You can change or withdraw them.",
            Refusal::NothingThere => "There are no words here any more.",
            Refusal::DoneAlready => "This was done already. Please look at it as it is now.",
            Refusal::WouldReachOthers => "Only what anyone may read can be moved, and only to where anyone may read it: others' words are shown neither to more people nor to fewer than they were meant for.",
            Refusal::AuthorIsNoMember => "Its author is no member there. A conversation moves only to where its author takes part.",
            Refusal::OnTrail => "This stands on a trail, and a trail stays where its work is told.",
            Refusal::SamePlace => "It is there already.",
            Refusal::NotConcerned => "Only the person whom it concerns can appeal.",
            Refusal::NotAppealable => "There is nothing to appeal against: this took nothing from anybody, or it was taken back.",
            Refusal::AppealedAlready => "An appeal was made already. There is one for each act.",
            Refusal::NotJudge => "Another steward than the one who acted decides this, or the operator where there is none.",
            Refusal::NoAppealOpen => "There is no appeal to decide, or it was decided meanwhile.",
            Refusal::AnsweredAlready => "This report was answered meanwhile.",
            Refusal::ReportedAlready => "You reported this already. A steward will answer; it shows under Waiting for you.",
            Refusal::NotThemselves => "This is about yourself.",
        })
    }
}

impl From<Refusal> for kernel::Error {
    fn from(r: Refusal) -> Self {
        kernel::Error::Refused(r.into())
    }
}

type May = Result<(), Refusal>;

/// Acts on something that was said: `own` words are changed by their author, `there` are words.
pub fn may_act_on(steward: bool, own: bool, there: bool) -> May {
    match () {
        () if !steward => Err(Refusal::OnlyStewards),
        () if own => Err(Refusal::OwnWords),
        () if !there => Err(Refusal::NothingThere),
        () => Ok(()),
    }
}

/// Moves a conversation. Whom it reaches must stay: anyone before, anyone after.
pub fn may_move(audience: For, from: Openness, to: Openness, author_is_member: bool, on_trail: bool) -> May {
    let anyone = |openness| openness != Openness::Closed;
    match () {
        () if audience != For::Open || !anyone(from) || !anyone(to) => Err(Refusal::WouldReachOthers),
        () if on_trail => Err(Refusal::OnTrail),
        () if !author_is_member => Err(Refusal::AuthorIsNoMember),
        () => Ok(()),
    }
}

/// Which acts take something from somebody, so that they can be appealed against.
pub fn takes(what: What) -> bool {
    matches!(what, What::Hide | What::Close | What::Move | What::Suspend | What::Decline)
}

pub fn may_appeal(what: What, concerned: bool, undone: bool, appealed: bool) -> May {
    match () {
        () if !concerned => Err(Refusal::NotConcerned),
        () if appealed => Err(Refusal::AppealedAlready),
        () if undone || !takes(what) => Err(Refusal::NotAppealable),
        () => Ok(()),
    }
}

/// Who looks at something that one person has to do with: another steward, or the operator where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looker {
    pub steward: bool,
    pub operator: bool,
    /// They acted themselves, or it concerns them.
    pub involved: bool,
    /// Stewards who are not involved.
    pub others: i64,
}

pub fn may_look(l: Looker) -> May {
    match () {
        () if l.involved => Err(Refusal::NotJudge),
        () if l.steward => Ok(()),
        () if l.operator && l.others == 0 => Ok(()),
        () => Err(Refusal::NotJudge),
    }
}

pub fn may_report(themselves: bool, reported: bool) -> May {
    match () {
        () if themselves => Err(Refusal::NotThemselves),
        () if reported => Err(Refusal::ReportedAlready),
        () => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_steward_decides_and_the_operator_where_there_is_none() {
        let l = Looker { steward: true, others: 1, ..Looker::default() };
        assert_eq!(may_look(l), Ok(()));
        assert!(may_look(Looker { involved: true, ..l }).is_err());
        let operator = Looker { operator: true, ..Looker::default() };
        assert_eq!(may_look(operator), Ok(()));
        assert!(may_look(Looker { others: 1, ..operator }).is_err());
        assert!(may_look(Looker { involved: true, ..operator }).is_err());
        assert!(may_look(Looker::default()).is_err());
    }

    #[test]
    fn moving_shows_words_neither_to_more_nor_to_fewer() {
        use Openness::{Closed, Knock, Open};
        assert_eq!(may_move(For::Open, Open, Knock, true, false), Ok(()));
        for (audience, from, to) in [(For::Open, Open, Closed), (For::Open, Closed, Open), (For::Community, Open, Open), (For::Me, Open, Open), (For::Named, Open, Open)] {
            assert_eq!(may_move(audience, from, to, true, false), Err(Refusal::WouldReachOthers));
        }
        assert_eq!(may_move(For::Open, Open, Open, false, false), Err(Refusal::AuthorIsNoMember));
        assert_eq!(may_move(For::Open, Open, Open, true, true), Err(Refusal::OnTrail));
    }

    #[test]
    fn the_person_concerned_appeals_once_against_what_took_something() {
        assert_eq!(may_appeal(What::Hide, true, false, false), Ok(()));
        assert_eq!(may_appeal(What::Hide, false, false, false), Err(Refusal::NotConcerned));
        assert_eq!(may_appeal(What::Hide, true, false, true), Err(Refusal::AppealedAlready));
        assert_eq!(may_appeal(What::Hide, true, true, false), Err(Refusal::NotAppealable));
        for gives in [What::Show, What::Open, What::Lift] {
            assert_eq!(may_appeal(gives, true, false, false), Err(Refusal::NotAppealable));
        }
    }

    #[test]
    fn own_words_are_their_authors_to_change() {
        assert_eq!(may_act_on(true, true, true), Err(Refusal::OwnWords));
        assert_eq!(may_act_on(true, false, false), Err(Refusal::NothingThere));
        assert_eq!(may_act_on(false, false, true), Err(Refusal::OnlyStewards));
    }
}
