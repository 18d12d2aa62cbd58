//! Who may follow what. Pure; denies last.

use kernel::{Error, PersonId, Say};

use crate::To;

/// More than anybody can hear from.
pub const MOST: i64 = 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Yourself,
    TooMany,
}

impl From<Refusal> for Say {
    fn from(r: Refusal) -> Self {
        match r {
            Refusal::Yourself => Say::new("That is you. What you say needs no notice."),
            Refusal::TooMany => Say::new("You follow a thousand things. Stop following some of them first, on the page of what you follow."),
        }
    }
}

impl From<Refusal> for Error {
    fn from(r: Refusal) -> Self {
        Error::Refused(r.into())
    }
}

/// Whoever sees a thing may follow it; membership is not asked.
pub fn may_follow(me: PersonId, to: &To, follows: i64) -> Result<(), Refusal> {
    match to {
        To::Person(person) if *person == me => Err(Refusal::Yourself),
        _ if follows < MOST => Ok(()),
        _ => Err(Refusal::TooMany),
    }
}

/// Why a conversation is among one's notices. The strongest reason is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    Named,
    TookPart,
    Addressed,
    Conversation,
    Person,
    Kind,
    Community,
    Announced,
}

impl Why {
    /// As the statement of `store::groups` numbers them.
    pub fn of(number: i64) -> Self {
        match number {
            1 => Self::Named,
            2 => Self::TookPart,
            3 => Self::Addressed,
            4 => Self::Conversation,
            5 => Self::Person,
            6 => Self::Kind,
            7 => Self::Community,
            _ => Self::Announced,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::TookPart => "took_part",
            Self::Addressed => "addressed",
            Self::Conversation => "follows_conversation",
            Self::Person => "follows_person",
            Self::Kind => "follows_kind",
            Self::Community => "follows_community",
            Self::Announced => "announced",
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::CommunityId;

    use super::*;

    #[test]
    fn whoever_sees_it_follows_it_but_not_themselves_and_not_without_end() {
        let me = PersonId(7);
        assert_eq!(may_follow(me, &To::Person(PersonId(8)), 0), Ok(()));
        assert_eq!(may_follow(me, &To::Person(me), 0), Err(Refusal::Yourself));
        assert_eq!(may_follow(me, &To::Community(CommunityId(9)), MOST - 1), Ok(()));
        assert_eq!(may_follow(me, &To::Community(CommunityId(9)), MOST), Err(Refusal::TooMany));
    }

    #[test]
    fn the_strongest_reason_comes_first() {
        let all: Vec<Why> = (1..=8).map(Why::of).collect();
        assert!(all.is_sorted());
    }
}
