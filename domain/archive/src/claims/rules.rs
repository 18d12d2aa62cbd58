//! Who may claim a voice, and whose word it needs. Pure; deny last.

use kernel::Say;

use super::State;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    HasSomebody,
    AskedAlready,
    DeclinedLately,
    TooManyOpen,
    OnlyStewardsOffer,
    AskInstead,
    OwnClaim,
    NotLooker,
    NotOpen,
    NotYours,
    NotVoucher,
    NotClaimed,
}

impl From<Refusal> for Say {
    fn from(r: Refusal) -> Self {
        Say::new(match r {
            Refusal::HasSomebody => "These words have somebody already. If that is wrong, say so at Something wrong?, beside one of them.",
            Refusal::AskedAlready => "You asked this already. It waits for a word, and you find it among your remembered words.",
            Refusal::DeclinedLately => "A steward declined this not long ago. Please talk with them; after a month you can ask again.",
            Refusal::TooManyOpen => "Twenty of your questions wait for a steward already. Please wait for some answers first.",
            Refusal::OnlyStewardsOffer => "Only a steward of a community where this voice spoke offers it to somebody.",
            Refusal::AskInstead => "If the words are yours, say so yourself: another steward answers.",
            Refusal::OwnClaim => "Your own claim needs another person's word.",
            Refusal::NotLooker => "A steward of a community where this voice spoke answers this, or the operator where there is none.",
            Refusal::NotOpen => "This was answered meanwhile. Please look at it as it is now.",
            Refusal::NotYours => "Only the person whom it is about does this.",
            Refusal::NotVoucher => "Only who gave their word for it takes it back, or another steward where they wear the hat no longer.",
            Refusal::NotClaimed => "Nothing is claimed here any more.",
        })
    }
}

impl From<Refusal> for kernel::Error {
    fn from(r: Refusal) -> Self {
        kernel::Error::Refused(r.into())
    }
}

type May = Result<(), Refusal>;

/// How many open questions one person has at most.
pub const OPEN: i64 = 20;

/// What is known of a person's earlier questions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Before {
    /// One about this voice waits.
    pub open: bool,
    /// A steward declined this voice within the last month.
    pub declined: bool,
    /// They let an offer of it pass within the last month.
    pub said_no: bool,
    /// How many wait, about any voice.
    pub all_open: i64,
}

pub fn may_ask(has_somebody: bool, before: Before) -> May {
    match () {
        () if has_somebody => Err(Refusal::HasSomebody),
        () if before.open => Err(Refusal::AskedAlready),
        () if before.declined => Err(Refusal::DeclinedLately),
        () if before.all_open >= OPEN => Err(Refusal::TooManyOpen),
        () => Ok(()),
    }
}

pub fn may_offer(steward: bool, has_somebody: bool, to_oneself: bool) -> May {
    match () {
        () if !steward => Err(Refusal::OnlyStewardsOffer),
        () if has_somebody => Err(Refusal::HasSomebody),
        () if to_oneself => Err(Refusal::AskInstead),
        () => Ok(()),
    }
}

/// How somebody stands to a claim.
#[derive(Clone, Copy, Debug, Default)]
pub struct Looker {
    /// It is theirs.
    pub mine: bool,
    /// Steward of a community where the voice spoke.
    pub steward: bool,
    pub operator: bool,
    /// They gave their word on it.
    pub voucher: bool,
    /// Who gave their word still may.
    pub voucher_stands: bool,
    /// Stewards there whose claim it is not.
    pub others: i64,
}

/// Gives a steward's word on somebody's claim.
pub fn may_look(l: Looker) -> May {
    match () {
        () if l.mine => Err(Refusal::OwnClaim),
        () if l.steward || (l.operator && l.others == 0) => Ok(()),
        () => Err(Refusal::NotLooker),
    }
}

pub fn may_give_word(state: State, l: Looker) -> May {
    may_look(l)?;
    if state == State::Asked { Ok(()) } else { Err(Refusal::NotOpen) }
}

/// Answers what a steward offered.
pub fn may_answer(state: State, mine: bool) -> May {
    match state {
        _ if !mine => Err(Refusal::NotYours),
        State::Offered => Ok(()),
        _ => Err(Refusal::NotOpen),
    }
}

/// The person's own end of it, on any day.
pub fn may_let_go(state: State, mine: bool) -> May {
    match state {
        _ if !mine => Err(Refusal::NotYours),
        State::Asked | State::Offered | State::Claimed => Ok(()),
        _ => Err(Refusal::NotClaimed),
    }
}

pub fn may_take_back(state: State, l: Looker) -> May {
    may_look(l)?;
    match state {
        State::Claimed | State::Offered if l.voucher || !l.voucher_stands => Ok(()),
        State::Claimed | State::Offered => Err(Refusal::NotVoucher),
        _ => Err(Refusal::NotClaimed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gives_their_own_claim_a_stewards_word() {
        let both = Looker { mine: true, steward: true, operator: true, ..Looker::default() };
        assert_eq!(may_give_word(State::Asked, both), Err(Refusal::OwnClaim));
        assert_eq!(may_take_back(State::Claimed, both), Err(Refusal::OwnClaim));
        assert_eq!(may_offer(true, false, true), Err(Refusal::AskInstead));
    }

    #[test]
    fn the_operator_answers_only_where_there_is_no_other_steward() {
        let operator = Looker { operator: true, ..Looker::default() };
        assert_eq!(may_look(operator), Ok(()));
        assert_eq!(may_look(Looker { others: 1, ..operator }), Err(Refusal::NotLooker));
        assert_eq!(may_look(Looker::default()), Err(Refusal::NotLooker));
    }

    #[test]
    fn who_vouched_takes_it_back_and_another_where_they_are_steward_no_longer() {
        let steward = Looker { steward: true, voucher_stands: true, ..Looker::default() };
        assert_eq!(may_take_back(State::Claimed, Looker { voucher: true, ..steward }), Ok(()));
        assert_eq!(may_take_back(State::Claimed, steward), Err(Refusal::NotVoucher));
        assert_eq!(may_take_back(State::Claimed, Looker { voucher_stands: false, ..steward }), Ok(()));
        assert_eq!(may_take_back(State::LetGo, Looker { voucher: true, ..steward }), Err(Refusal::NotClaimed));
    }

    #[test]
    fn an_offer_is_answered_by_its_person_and_a_question_by_a_steward() {
        assert_eq!(may_answer(State::Offered, true), Ok(()));
        assert_eq!(may_answer(State::Asked, true), Err(Refusal::NotOpen));
        assert_eq!(may_answer(State::Offered, false), Err(Refusal::NotYours));
        assert_eq!(may_give_word(State::Offered, Looker { steward: true, ..Looker::default() }), Err(Refusal::NotOpen));
    }

    #[test]
    fn a_voice_with_somebody_is_neither_asked_for_nor_offered() {
        assert_eq!(may_ask(true, Before::default()), Err(Refusal::HasSomebody));
        assert_eq!(may_offer(true, true, false), Err(Refusal::HasSomebody));
        assert_eq!(may_ask(false, Before { declined: true, ..Before::default() }), Err(Refusal::DeclinedLately));
        assert_eq!(may_ask(false, Before { all_open: OPEN, ..Before::default() }), Err(Refusal::TooManyOpen));
    }
}
