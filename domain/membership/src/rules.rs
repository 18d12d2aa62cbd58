//! What follows from membership state, hat and openness. All of it here, pure, deny last.

use community::{Openness, Stage};
use kernel::{Say, Timestamp};

use crate::hats::terms::{ASKED_BEFORE, HERE_BEFORE};
use crate::{Hat, STEWARD};

/// How a person stands to a community right now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub member: bool,
    pub steward: bool,
    /// An open invitation: by handle, or a link that was brought along.
    pub invited: bool,
    pub knocked: bool,
    /// A steward opened the door after knocking.
    pub door_opened: bool,
    pub was_member: bool,
    /// The hats of care that they wear, the steward's among them. Hats that a community named itself carry no right.
    pub hats: Vec<Hat>,
    pub suspended: Option<Suspended>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspended {
    pub until: Timestamp,
    pub reason: String,
    /// The rule that it rests on; empty for those from before there was one.
    pub rule: String,
    /// Its number, for its page.
    pub id: i64,
}

impl Standing {
    /// Takes part: a member who is not suspended.
    pub fn takes_part(&self) -> bool {
        self.member && self.suspended.is_none()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    Suspended(Suspended),
    Ended,
    KnockFirst,
    ByInvitation,
    KnockedAlready,
    DoorStaysClosed,
    NoDoorToKnock,
    NotMember,
    OnlyStewards,
    OnlyWearers(Care),
    StewardsInvite,
    NotYourself,
    FellowSteward,
    LastHat,
    HasStewards,
    InvitationOver,
    TermGoesOn(Timestamp),
    WearsIt,
    NewHere,
    ShadowedAlready,
    NobodyShadows,
    TheStewardsHat,
}

impl From<Refusal> for Say {
    fn from(r: Refusal) -> Self {
        let text = match r {
            Refusal::Suspended(s) => {
                return Say::new("You are suspended here until {until}. The reason given: {reason}")
                    .with("until", s.until.rfc3339().chars().take(10).collect::<String>())
                    .with("reason", s.reason);
            }
            Refusal::TermGoesOn(until) => {
                return Say::new("The term goes on until {day}. You are asked two weeks before; to end it earlier, hand the hat over or lay it down.")
                    .with("day", until.rfc3339().chars().take(10).collect::<String>());
            }
            Refusal::WearsIt => "You wear this hat already.",
            Refusal::NewHere => "Whoever takes a hat over has belonged here for two weeks. Until then its wearer keeps it.",
            Refusal::ShadowedAlready => "Somebody shadows you already. Hand the hat over, or take the offer back first.",
            Refusal::NobodyShadows => "Nobody shadows you yet. Offer the hat first; it passes when somebody has said yes.",
            Refusal::TheStewardsHat => "The steward's hat is offered by stewards, and its wearer alone lays it down.",
            Refusal::Ended => "This community has ended. What was said in it stays readable.",
            Refusal::KnockFirst => "This community opens its door to who knocks. Please knock first.",
            Refusal::ByInvitation => "This community is joined by invitation.",
            Refusal::KnockedAlready => "You have knocked already. A steward will answer.",
            Refusal::DoorStaysClosed => "A steward left the door closed for now. You can knock again a week later.",
            Refusal::NoDoorToKnock => "There is no need to knock here.",
            Refusal::NotMember => "Only members do this. Joining takes one step.",
            Refusal::OnlyStewards => "Only a steward of this community does this.",
            Refusal::OnlyWearers(Care::Greet) => "Stewards and welcomers do this.",
            Refusal::OnlyWearers(Care::Announce) => "Stewards, connectors and storytellers do this.",
            Refusal::OnlyWearers(Care::Tend) => "Stewards and gardeners do this.",
            Refusal::StewardsInvite => "In this community its stewards invite.",
            Refusal::NotYourself => "This cannot be done to yourself.",
            Refusal::FellowSteward => "Stewards are not suspended by stewards. Please talk, or ask the operator of this place.",
            Refusal::LastHat => "You are the last steward. Please offer the hat to somebody, or say that you lay it down all the same: the community will be told.",
            Refusal::HasStewards => "This community has stewards. One of them can offer you the hat.",
            Refusal::InvitationOver => "This invitation is no longer open. Please ask for a new one.",
        };
        Say::new(text)
    }
}

impl From<Refusal> for kernel::Error {
    fn from(r: Refusal) -> Self {
        kernel::Error::Refused(r.into())
    }
}

type May = Result<(), Refusal>;

pub fn may_join(openness: Openness, stage: Stage, s: &Standing) -> May {
    match openness {
        _ if s.suspended.is_some() => not_suspended(s),
        _ if stage == Stage::Ended => Err(Refusal::Ended),
        _ if s.was_member || s.invited => Ok(()),
        Openness::Open => Ok(()),
        Openness::Knock if s.door_opened => Ok(()),
        Openness::Knock => Err(Refusal::KnockFirst),
        Openness::Closed => Err(Refusal::ByInvitation),
    }
}

pub fn may_knock(openness: Openness, stage: Stage, s: &Standing) -> May {
    not_suspended(s)?;
    match openness {
        _ if stage == Stage::Ended => Err(Refusal::Ended),
        _ if s.member || s.was_member || s.invited => Err(Refusal::NoDoorToKnock),
        Openness::Knock if s.knocked => Err(Refusal::KnockedAlready),
        Openness::Knock => Ok(()),
        Openness::Open | Openness::Closed => Err(Refusal::NoDoorToKnock),
    }
}

pub fn may_invite(openness: Openness, s: &Standing) -> May {
    not_suspended(s)?;
    match openness {
        _ if s.steward => Ok(()),
        _ if !s.member => Err(Refusal::NotMember),
        Openness::Open => Ok(()),
        Openness::Knock | Openness::Closed => Err(Refusal::StewardsInvite),
    }
}

pub fn may_steward(s: &Standing) -> May {
    not_suspended(s)?;
    if s.member && s.steward { Ok(()) } else { Err(Refusal::OnlyStewards) }
}

/// The few things that are done for everybody by who wears a hat for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    /// Greeting who is new, and letting first words through.
    Greet,
    /// Saying something to everybody at once.
    Announce,
    /// Keeping what the community works by in order.
    Tend,
}

/// Which hats may do it. The steward's may all of it; every other hat is a role that is seen.
pub fn hats_that_may(care: Care) -> &'static [Hat] {
    match care {
        Care::Greet => &[Hat::Steward, Hat::Welcomer],
        Care::Announce => &[Hat::Steward, Hat::Connector, Hat::Storyteller],
        Care::Tend => &[Hat::Steward, Hat::Gardener],
    }
}

/// The one place that says what a hat may do. A batch says it once more: `hats::still_cares`.
pub fn may_care(care: Care, s: &Standing) -> May {
    not_suspended(s)?;
    match () {
        () if !s.member => Err(Refusal::NotMember),
        () if s.hats.iter().any(|hat| hats_that_may(care).contains(hat)) => Ok(()),
        () => Err(Refusal::OnlyWearers(care)),
    }
}

pub fn may_announce(s: &Standing) -> May {
    may_care(Care::Announce, s)
}

pub fn may_suspend(s: &Standing, themselves: bool, steward_too: bool) -> May {
    may_steward(s)?;
    match () {
        () if themselves => Err(Refusal::NotYourself),
        () if steward_too => Err(Refusal::FellowSteward),
        () => Ok(()),
    }
}

/// `last`: nobody else wears the hat. `all_the_same`: the person has said it twice.
pub fn may_lay_down(last: bool, all_the_same: bool) -> May {
    if last && !all_the_same { Err(Refusal::LastHat) } else { Ok(()) }
}

pub fn may_take_up(s: &Standing, stewards: i64) -> May {
    not_suspended(s)?;
    match () {
        () if !s.member => Err(Refusal::NotMember),
        () if stewards > 0 => Err(Refusal::HasStewards),
        () => Ok(()),
    }
}

/// Says yes to a hat that was offered, or to a role that was named.
pub fn may_accept(s: &Standing) -> May {
    not_suspended(s)?;
    if s.member { Ok(()) } else { Err(Refusal::NotMember) }
}

/// Names a role that somebody plays. The steward's hat is offered, never named.
pub fn may_name(stage: Stage, s: &Standing, hat: &str, themselves: bool) -> May {
    not_suspended(s)?;
    match () {
        () if !s.member => Err(Refusal::NotMember),
        () if stage == Stage::Ended => Err(Refusal::Ended),
        () if hat == STEWARD => Err(Refusal::TheStewardsHat),
        () if themselves => Err(Refusal::NotYourself),
        () => Ok(()),
    }
}

/// Goes on for another term: where there was none, from two weeks before it ends, and while the hat calls.
pub fn may_go_on(until: Option<Timestamp>, calls: bool, now: Timestamp) -> May {
    match until {
        Some(until) if !calls && until > now.plus(ASKED_BEFORE) => Err(Refusal::TermGoesOn(until)),
        _ => Ok(()),
    }
}

/// Takes over a hat that calls while somebody still wears it. Who came just now waits a little: a hat is not taken by
/// whoever comes in for it. Where nobody wears the steward's hat, `may_take_up` lets any member.
pub fn may_answer_call(s: &Standing, here_since: Option<Timestamp>, wears: bool, now: Timestamp) -> May {
    not_suspended(s)?;
    match here_since {
        _ if !s.member => Err(Refusal::NotMember),
        _ if wears => Err(Refusal::WearsIt),
        Some(since) if since <= now.minus(HERE_BEFORE) => Ok(()),
        _ => Err(Refusal::NewHere),
    }
}

pub fn may_hand_over(shadowed: bool) -> May {
    if shadowed { Err(Refusal::ShadowedAlready) } else { Ok(()) }
}

/// A steward takes a role off somebody; never the steward's hat.
pub fn may_take_off(hat: &str) -> May {
    if hat == STEWARD { Err(Refusal::TheStewardsHat) } else { Ok(()) }
}

/// Begins something in the community.
pub fn may_contribute(stage: Stage, s: &Standing) -> May {
    not_suspended(s)?;
    match () {
        () if stage == Stage::Ended => Err(Refusal::Ended),
        () if s.member => Ok(()),
        () => Err(Refusal::NotMember),
    }
}

/// Answers what they can see: members everywhere, others where the conversation is open to them.
pub fn may_answer(stage: Stage, openness: Openness, s: &Standing) -> May {
    not_suspended(s)?;
    match openness {
        _ if stage == Stage::Ended => Err(Refusal::Ended),
        _ if s.member => Ok(()),
        Openness::Open => Ok(()),
        Openness::Knock | Openness::Closed => Err(Refusal::NotMember),
    }
}

fn not_suspended(s: &Standing) -> May {
    s.suspended.clone().map_or(Ok(()), |suspended| Err(Refusal::Suspended(suspended)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn outside() -> Standing {
        Standing::default()
    }

    #[test]
    fn an_open_door_lets_anyone_join_a_closed_one_those_invited() {
        use Openness::{Closed, Knock, Open};
        let growing = Stage::Growing;
        assert_eq!(may_join(Open, growing, &outside()), Ok(()));
        assert_eq!(may_join(Knock, growing, &outside()), Err(Refusal::KnockFirst));
        assert_eq!(may_join(Knock, growing, &Standing { knocked: true, ..outside() }), Err(Refusal::KnockFirst));
        assert_eq!(may_join(Knock, growing, &Standing { door_opened: true, ..outside() }), Ok(()));
        assert_eq!(may_join(Closed, growing, &outside()), Err(Refusal::ByInvitation));
        assert_eq!(may_join(Closed, growing, &Standing { invited: true, ..outside() }), Ok(()));
        assert_eq!(may_join(Open, Stage::Ended, &outside()), Err(Refusal::Ended));
    }

    #[test]
    fn coming_back_is_as_easy_as_leaving() {
        for openness in Openness::ALL {
            assert_eq!(may_join(*openness, Stage::Steady, &Standing { was_member: true, ..outside() }), Ok(()));
        }
    }

    #[test]
    fn the_last_hat_takes_a_second_word() {
        assert_eq!(may_lay_down(true, false), Err(Refusal::LastHat));
        assert_eq!(may_lay_down(true, true), Ok(()));
        assert_eq!(may_lay_down(false, false), Ok(()));
    }

    #[test]
    fn a_wearer_goes_on_when_they_are_asked_and_not_before() {
        let now = Timestamp(0);
        assert_eq!(may_go_on(None, false, now), Ok(()));
        assert_eq!(may_go_on(Some(now.plus(ASKED_BEFORE)), false, now), Ok(()));
        let later = now.plus(ASKED_BEFORE + 1);
        assert_eq!(may_go_on(Some(later), false, now), Err(Refusal::TermGoesOn(later)));
        assert_eq!(may_go_on(Some(later), true, now), Ok(()), "it called before its time");
    }

    #[test]
    fn a_hat_that_calls_is_not_taken_by_whoever_came_in_for_it() {
        let (now, member) = (Timestamp(HERE_BEFORE), Standing { member: true, ..outside() });
        assert_eq!(may_answer_call(&member, Some(Timestamp(0)), false, now), Ok(()));
        assert_eq!(may_answer_call(&member, Some(Timestamp(1)), false, now), Err(Refusal::NewHere));
        assert_eq!(may_answer_call(&member, Some(Timestamp(0)), true, now), Err(Refusal::WearsIt));
        assert_eq!(may_answer_call(&outside(), None, false, now), Err(Refusal::NotMember));
    }

    prop_compose! {
        fn any_standing()(b in prop::array::uniform6(any::<bool>())) -> Standing {
            let [member, steward, invited, knocked, door_opened, was_member] = b;
            Standing { member, steward, invited, knocked, door_opened, was_member, hats: vec![Hat::Steward], suspended: None }
        }
    }

    proptest! {
        #[test]
        fn who_is_suspended_may_nothing(standing in any_standing()) {
            let suspended = Some(Suspended { until: Timestamp(1), reason: "x".into(), rule: String::new(), id: 1 });
            let s = Standing { suspended, ..standing };
            for openness in Openness::ALL {
                prop_assert!(may_join(*openness, Stage::Growing, &s).is_err());
                prop_assert!(may_knock(*openness, Stage::Growing, &s).is_err());
                prop_assert!(may_invite(*openness, &s).is_err());
                prop_assert!(may_answer(Stage::Growing, *openness, &s).is_err());
            }
            prop_assert!([Care::Greet, Care::Announce, Care::Tend].into_iter().all(|care| may_care(care, &s).is_err()));
            prop_assert!(may_steward(&s).is_err() && may_take_up(&s, 0).is_err() && may_contribute(Stage::Growing, &s).is_err());
        }

        #[test]
        fn no_hat_without_membership(standing in any_standing()) {
            let s = Standing { member: false, ..standing };
            prop_assert!(may_steward(&s).is_err() && may_care(Care::Greet, &s).is_err() && may_announce(&s).is_err());
        }
    }

    #[test]
    fn the_stewards_hat_cares_for_the_whole_and_every_other_for_its_part() {
        let wearing = |hat| Standing { member: true, hats: vec![hat], ..outside() };
        let all = |hat| [Care::Greet, Care::Announce, Care::Tend].map(|care| may_care(care, &wearing(hat)).is_ok());
        assert_eq!(all(Hat::Steward), [true, true, true]);
        assert_eq!(all(Hat::Welcomer), [true, false, false]);
        assert_eq!(all(Hat::Gardener), [false, false, true]);
        assert_eq!(all(Hat::Connector), [false, true, false]);
        assert_eq!(all(Hat::Storyteller), [false, true, false]);
        assert_eq!(may_announce(&Standing { member: true, ..outside() }), Err(Refusal::OnlyWearers(Care::Announce)));
    }
}
