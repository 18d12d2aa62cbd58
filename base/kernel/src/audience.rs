//! Reach: what a thing may reach, what a person may see, and the one join between the two.
//!
//! `reach(thing, audience)` says whom a thing is for; `grants(person, audience)` says what a person belongs to.
//! An audience is a number: 0 is *open*, 1 is everybody with an account here, a community's id is its members, minus that id its stewards,
//! a person's id that person alone. All of them are ids of one maker, so they cannot meet.
//! In SQL, `visible_to(thing, ?n)` is that join; `?n` is the viewer's number. Nothing else decides what is visible.

use crate::db::Val;
use crate::id::{CommunityId, PersonId};

/// Whom a thing is for, as a row of `reach` or `grants`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    Open,
    /// Everybody who has an account here.
    People,
    Members(CommunityId),
    Stewards(CommunityId),
    Person(PersonId),
}

impl Audience {
    pub fn key(self) -> i64 {
        match self {
            Self::Open => 0,
            Self::People => 1,
            Self::Members(c) => c.0,
            Self::Stewards(c) => -c.0,
            Self::Person(p) => p.0,
        }
    }
}

impl From<Audience> for Val {
    fn from(a: Audience) -> Self {
        Val::Int(a.key())
    }
}

/// Who looks. Every load needs one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    Stranger,
    Person(PersonId),
    /// Indexers, rebuilding and the operator's tools on the machine; never a request.
    System,
}

impl Viewer {
    pub fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(p) => Some(p),
            Self::Stranger | Self::System => None,
        }
    }
}

impl From<Viewer> for Val {
    fn from(v: Viewer) -> Self {
        Val::Int(match v {
            Viewer::Stranger => 0,
            Viewer::Person(p) => p.0,
            Viewer::System => -1,
        })
    }
}

pub const SCHEMA: &str = include_str!("../schema/0002_reach.sql");

/// Guards of a batch: a right that must still hold when the act is committed.
pub const HOLDS: &str = "select 1 from grants where person = ?1 and audience = ?2";
/// The thing is (still) visible to the one who acts.
pub const SEES: &str = "select 1 where visible_to(?1, ?2)";
