//! Hats: offered, accepted, handed over, laid down without a reason; never the last steward's unnoticed.

pub mod api;
pub mod handover;
pub mod naming;
pub(crate) mod pages;
pub(crate) mod panels;
mod sheet;
pub mod store;
pub mod terms;
#[cfg(test)]
mod tests;

use community::store as communities;
use kernel::{Actor, Audience, Batch, CommunityId, Cx, Error, Event, Line, PersonId, Problems, Result, Val, decide, vals};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::acts::{as_steward, still_steward};
use crate::rules::{self, Care};
use crate::{HatId, STEWARD, store as members};

/// Guards a batch: its actor still wears a hat that may do this (`rules::may_care`), and takes part.
pub fn still_cares(batch: &mut Batch, care: Care, me: PersonId, community: CommunityId) {
    let hats: Vec<&str> = rules::hats_that_may(care).iter().map(|hat| hat.word()).collect();
    batch.holds(
        "select 1 from hat h join grants g on g.person = h.person and g.audience = h.community
         where h.community = ?1 and h.person = ?2 and h.accepted_at is not null and h.ended_at is null and in_texts(h.name, ?3)",
        vals![community, me, Val::list(&hats)],
    );
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Offering {
    /// A member's handle.
    pub handle: Line<1, 64>,
    /// The steward's hat, if nothing else is said: welcomer, gardener, connector, storyteller, or a name of the community's own.
    #[serde(default)]
    pub hat: Line<0, 40>,
    /// A name of the community's own; it goes before `hat`.
    #[serde(default)]
    pub other: Line<0, 40>,
    /// The term, 1 to 24 months: 6 for the steward's hat, none for others unless it is said.
    #[serde(default)]
    pub months: Line<0, 2>,
}

/// Offers a hat to a member, as a steward. They wear it when they accept, and agree to its term by that.
pub async fn offer(cx: &Cx, slug: &str, input: &Offering) -> Result<()> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let hat = match naming::hat_name(&input.hat, &input.other, &mut problems) {
        none if none.is_empty() => STEWARD.to_owned(),
        hat => hat,
    };
    let months = terms::months(&input.months, &hat, &mut problems);
    problems.done()?;
    let handle = person::acts::handle_as_typed(&input.handle.0);
    decide(|| async {
        let c = as_steward(cx, slug).await?;
        let nobody = || Error::invalid("handle", "Nobody here has this handle.");
        let person = person::store::by_handle(cx, &handle).await?.ok_or_else(nobody)?.id;
        let theirs = members::standing_of(cx, c.id, person).await?;
        // The same answer for who is no member, wears it already or was asked already: nobody is looked up here.
        let asked = "select 1 from hat where community = ?1 and person = ?2 and name = ?3 and ended_at is null";
        if !theirs.takes_part() || cx.db().one(asked, vals![c.id, person, &hat]).await?.is_some() {
            return Ok(());
        }
        let id: HatId = cx.make_id();
        let mut batch = Batch::new();
        still_steward(&mut batch, me, c.id);
        batch.holds(kernel::audience::HOLDS, vals![person, Audience::Members(c.id)]);
        batch.run(
            "insert into hat (id, community, person, name, offered_by, offered_at, months) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            vals![id, c.id, person, &hat, me, cx.now(), months],
        );
        batch.event(Event::new(cx, Actor::Person(me), "hat_offered", "hat", id).within(Some(c.id)).toward([person]));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

/// Takes back all that one offered or named here and that nobody answered yet. It answers the same where there was nothing.
pub async fn take_back_offers(cx: &Cx, slug: &str) -> Result<()> {
    let me = cx.me()?;
    let c = communities::inside(cx, slug).await?;
    let sql = "select id, person from hat where offered_by = ?1 and community = ?2 and accepted_at is null and shadowing_at is null
        and ended_at is null limit 500";
    let mut batch = Batch::new();
    for mut row in cx.db().query(sql, vals![me, c.id]).await? {
        let (id, person): (HatId, PersonId) = (row.take()?, row.take()?);
        batch.run(
            "update hat set ended_at = ?2 where id = ?1 and accepted_at is null and shadowing_at is null and ended_at is null",
            vals![id, cx.now()],
        );
        batch.event(Event::new(cx, Actor::Person(me), "hat_offer_taken_back", "hat", id).within(Some(c.id)).toward([person]));
    }
    cx.write(batch, c.id).await.map(drop)
}

/// Says yes to what was offered or named. A hat that somebody hands over is shadowed first; any other is worn from now on.
pub async fn accept(cx: &Cx, id: HatId) -> Result<CommunityId> {
    let me = cx.me()?;
    decide(|| async {
        let offered = store::offered(cx, id).await?;
        let community = offered.community;
        rules::may_accept(&members::standing(cx, community).await?)?;
        let mut batch = Batch::new();
        batch.holds(kernel::audience::HOLDS, vals![me, Audience::Members(community)]);
        let verb = match offered.follows {
            Some(worn) => {
                batch.holds("select 1 from hat where id = ?1 and accepted_at is not null and ended_at is null", vals![worn]);
                batch.exactly(
                    1,
                    "update hat set shadowing_at = ?2 where id = ?1 and shadowing_at is null and accepted_at is null and ended_at is null",
                    vals![id, cx.now()],
                );
                "shadowing_began"
            }
            None => {
                batch.exactly(
                    1,
                    "update hat set accepted_at = ?2, until = ?3 where id = ?1 and accepted_at is null and ended_at is null",
                    vals![id, cx.now(), terms::end(cx.now(), offered.months)],
                );
                "hat_accepted"
            }
        };
        batch.event(Event::new(cx, Actor::Person(me), verb, "hat", id).within(Some(community)).toward([offered.by]));
        cx.write(batch, id).await?;
        Ok(community)
    })
    .await
}

/// Says no to an offer or a naming, stops shadowing, or lays a hat down: always without a reason. The last steward's takes
/// a second word (`lay_down`).
pub async fn put_down(cx: &Cx, id: HatId) -> Result<()> {
    let me = cx.me()?;
    decide(|| async {
        let (community, worn) = store::live_of_mine(cx, id).await?;
        if let Some(hat) = worn {
            return lay(cx, community, id, &hat, false).await;
        }
        let mut batch = Batch::new();
        batch.exactly(1, "update hat set ended_at = ?2 where id = ?1 and accepted_at is null and ended_at is null", vals![id, cx.now()]);
        batch.event(Event::new(cx, Actor::Person(me), "hat_declined", "hat", id).within(Some(community)));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayingDown {
    /// "yes" lays down also the last hat.
    #[serde(default)]
    pub all_the_same: Line<0, 8>,
}

/// Lays the steward's hat down, without a reason. The last one takes a second word, and its community is told.
pub async fn lay_down(cx: &Cx, slug: &str, input: &LayingDown) -> Result<()> {
    let me = cx.me()?;
    decide(|| async {
        let c = as_steward(cx, slug).await?;
        let worn = "select id from hat where community = ?1 and person = ?2 and name = ?3 and accepted_at is not null and ended_at is null";
        let id: HatId = cx.db().one(worn, vals![c.id, me, STEWARD]).await?.ok_or(Error::Conflict)?.take()?;
        lay(cx, c.id, id, STEWARD, input.all_the_same.0 == "yes").await
    })
    .await
}

/// Whoever has been shadowing wears the hat from then on; otherwise it ends.
async fn lay(cx: &Cx, community: CommunityId, id: HatId, hat: &str, all_the_same: bool) -> Result<()> {
    let me = cx.me()?;
    let mut batch = Batch::new();
    let heir = handover::heirs(cx, me, Some(community)).await?.into_iter().find(|h| h.follows == id);
    if let Some(heir) = heir {
        handover::inherit(&mut batch, cx, &heir);
    } else if hat == STEWARD {
        let last = members::stewards(cx, community).await? <= 1;
        rules::may_lay_down(last, all_the_same)?;
        if !last {
            // Two who lay down at once must not both be the last but one.
            batch.holds("select 1 from grants where audience = -?1 and person <> ?2", vals![community, me]);
        }
    }
    batch.exactly(1, "update hat set ended_at = ?2 where id = ?1 and ended_at is null", vals![id, cx.now()]);
    handover::forget_successor(&mut batch, cx, id);
    batch.event(Event::new(cx, Actor::Person(me), "hat_laid_down", "hat", id).within(Some(community)));
    cx.write(batch, id).await.map(drop)
}

/// Takes up the hat of a community that has no steward.
pub async fn take_up(cx: &Cx, slug: &str) -> Result<()> {
    let me = cx.me()?;
    decide(|| async {
        let c = communities::inside(cx, slug).await?;
        rules::may_take_up(&members::standing(cx, c.id).await?, members::stewards(cx, c.id).await?)?;
        let id: HatId = cx.make_id();
        let mut batch = Batch::new();
        batch.holds(kernel::audience::HOLDS, vals![me, Audience::Members(c.id)]);
        batch.lacks("select 1 from grants where audience = -?1", vals![c.id]);
        end_own_offer(&mut batch, cx, me, c.id, STEWARD);
        batch.run(
            "insert into hat (id, community, person, name, offered_by, offered_at, accepted_at, way, months, until, follows)
             values (?1, ?2, ?3, ?4, ?3, ?5, ?5, 'taken_up', ?6, ?7,
                 (select max(h.id) from hat h where h.community = ?2 and h.name = ?4 and h.accepted_at is not null and h.ended_at is not null))",
            vals![id, c.id, me, STEWARD, cx.now(), terms::STEWARDS_MONTHS, terms::end(cx.now(), terms::STEWARDS_MONTHS)],
        );
        batch.event(Event::new(cx, Actor::Person(me), "hat_taken_up", "hat", id).within(Some(c.id)));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

/// A steward takes a role's hat off somebody, in the open. The steward's hat is never taken.
pub async fn take_off(cx: &Cx, slug: &str, id: HatId) -> Result<()> {
    let me = cx.me()?;
    decide(|| async {
        let c = as_steward(cx, slug).await?;
        let sql = "select person, name from hat where id = ?1 and community = ?2 and accepted_at is not null and ended_at is null";
        let mut row = cx.db().one(sql, vals![id, c.id]).await?.ok_or(Error::NotFound)?;
        let (wearer, hat): (PersonId, String) = (row.take()?, row.take()?);
        rules::may_take_off(&hat)?;
        let mut batch = Batch::new();
        still_steward(&mut batch, me, c.id);
        batch.exactly(
            1,
            "update hat set ended_at = ?2, ended_by = ?3 where id = ?1 and name <> 'steward' and ended_at is null",
            vals![id, cx.now(), me],
        );
        handover::forget_successor(&mut batch, cx, id);
        batch.event(Event::new(cx, Actor::Person(me), "hat_taken_off", "hat", id).within(Some(c.id)).toward([wearer]));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

/// The founder's hat, worn from the beginning.
pub(crate) fn found(batch: &mut Batch, cx: &Cx, me: PersonId, community: CommunityId) {
    let id: HatId = cx.make_id();
    batch.run(
        "insert into hat (id, community, person, name, offered_by, offered_at, accepted_at, way, months, until)
         values (?1, ?2, ?3, ?4, ?3, ?5, ?5, 'taken_up', ?6, ?7)",
        vals![id, community, me, STEWARD, cx.now(), terms::STEWARDS_MONTHS, terms::end(cx.now(), terms::STEWARDS_MONTHS)],
    );
    batch.event(Event::new(cx, Actor::Person(me), "hat_accepted", "hat", id).within(Some(community)));
}

/// What was offered and not answered gives way to the same hat that came another way.
fn end_own_offer(batch: &mut Batch, cx: &Cx, person: PersonId, community: CommunityId, hat: &str) {
    batch.run(
        "update hat set ended_at = ?4 where community = ?1 and person = ?2 and name = ?3 and accepted_at is null and ended_at is null",
        vals![community, person, hat, cx.now()],
    );
}

/// All hats of a person here end with their membership; whoever has been shadowing wears them from then on.
pub(crate) fn end_all(batch: &mut Batch, cx: &Cx, heirs: &[handover::Heir], me: PersonId, community: CommunityId) {
    for heir in heirs.iter().filter(|h| h.community == community) {
        handover::inherit(batch, cx, heir);
    }
    batch.run(
        "update hat set ended_at = ?3 where accepted_at is null and ended_at is null and follows in (
             select id from hat where community = ?1 and person = ?2 and accepted_at is not null and ended_at is null)",
        vals![community, me, cx.now()],
    );
    batch.run("update hat set ended_at = ?3 where community = ?1 and person = ?2 and ended_at is null", vals![community, me, cx.now()]);
}
