//! What waits for somebody's word beside doors and hats: upper slices write it, and "Waiting for you" shows it with the
//! rest, in the same query.

use kernel::{Audience, Batch, CommunityId, Id, PersonId, Timestamp, vals};

/// Whom something waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    Stewards(CommunityId),
    Person(PersonId),
    Operator,
}

/// No audience of Reach: nothing reaches operators for being operators. It only says for whom a thing waits.
const OPERATOR: i64 = 2;

impl For {
    fn key(self) -> i64 {
        match self {
            Self::Stewards(c) => Audience::Stewards(c).key(),
            Self::Person(p) => Audience::Person(p).key(),
            Self::Operator => OPERATOR,
        }
    }
}

/// `spared`: at most two people who have to do with it and are not asked.
pub fn wait(batch: &mut Batch, what: &'static str, thing: impl Into<Id>, of: For, community: Option<CommunityId>, spared: [Option<PersonId>; 2], at: Timestamp) {
    let thing: Id = thing.into();
    let [one, two] = spared.map(|p| p.map_or(0, |p| p.0));
    batch.run(
        "insert into waits (what, thing, audience, community, spared, spared_too, at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         on conflict (what, thing, audience) do nothing",
        vals![what, thing, of.key(), community, one, two, at],
    );
}

/// It waits for nobody any more.
pub fn no_longer(batch: &mut Batch, what: &'static str, thing: impl Into<Id>) {
    let thing: Id = thing.into();
    batch.run("delete from waits where what = ?1 and thing = ?2", vals![what, thing]);
}

/// One person has seen it.
pub fn seen(batch: &mut Batch, thing: impl Into<Id>, person: PersonId) {
    let thing: Id = thing.into();
    batch.run("delete from waits where thing = ?1 and audience = ?2", vals![thing, person]);
}
