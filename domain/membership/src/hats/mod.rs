//! Hats: offered, accepted, laid down; never the last one unnoticed.

use community::store as communities;
use kernel::{Actor, Audience, Batch, CommunityId, Cx, Error, Event, Line, PersonId, Result, Val, decide, vals};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::acts::{as_steward, still_steward};
use crate::rules::{self, Care, Refusal};
use crate::{HatId, STEWARD, store};

/// Guards a batch: its actor still wears a hat that may do this (`rules::may_care`), and takes part.
pub fn still_cares(batch: &mut Batch, care: Care, me: PersonId, community: CommunityId) {
    let hats: Vec<&str> = rules::hats_that_may(care).iter().map(|hat| hat.word()).collect();
    batch.holds(
        "select 1 from hat h join grants g on g.person = h.person and g.audience = h.community
         where h.community = ?1 and h.person = ?2 and h.accepted_at is not null and h.ended_at is null and in_texts(h.name, ?3)",
        vals![community, me, Val::list(&hats)],
    );
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Offering {
    /// A member's handle.
    pub handle: Line<1, 64>,
}

/// Offers the steward's hat to a member. They wear it when they accept.
pub async fn offer(cx: &Cx, slug: &str, input: &Offering) -> Result<()> {
    let me = cx.me()?;
    let handle = person::acts::handle_as_typed(&input.handle.0);
    decide(|| async {
        let c = as_steward(cx, slug).await?;
        let nobody = || Error::invalid("handle", "Nobody here has this handle.");
        let person = person::store::by_handle(cx, &handle).await?.ok_or_else(nobody)?.id;
        let theirs = store::standing_of(cx, c.id, person).await?;
        // The same answer for who is no member, wears it already or was asked already: nobody is looked up here.
        let asked = "select 1 from hat where community = ?1 and person = ?2 and name = ?3 and ended_at is null";
        if !theirs.takes_part() || cx.db().one(asked, vals![c.id, person, STEWARD]).await?.is_some() {
            return Ok(());
        }
        let id: HatId = cx.make_id();
        let mut batch = Batch::new();
        still_steward(&mut batch, me, c.id);
        batch.holds(kernel::audience::HOLDS, vals![person, Audience::Members(c.id)]);
        batch.run(
            "insert into hat (id, community, person, name, offered_by, offered_at) values (?1, ?2, ?3, ?4, ?5, ?6)",
            vals![id, c.id, person, STEWARD, me, cx.now()],
        );
        batch.event(Event::new(cx, Actor::Person(me), "hat_offered", "hat", id).within(Some(c.id)).toward([person]));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

async fn offered_to_me(cx: &Cx, id: HatId) -> Result<CommunityId> {
    let sql = "select community from hat where id = ?1 and person = ?2 and accepted_at is null and ended_at is null";
    cx.db().one(sql, vals![id, cx.me()?]).await?.ok_or(Error::NotFound)?.take()
}

pub async fn accept(cx: &Cx, id: HatId) -> Result<CommunityId> {
    let me = cx.me()?;
    let community = offered_to_me(cx, id).await?;
    let standing = store::standing(cx, community).await?;
    if !standing.takes_part() {
        return Err(Refusal::NotMember.into());
    }
    let mut batch = Batch::new();
    batch.holds(kernel::audience::HOLDS, vals![me, Audience::Members(community)]);
    batch.exactly(1, "update hat set accepted_at = ?2 where id = ?1 and accepted_at is null and ended_at is null", vals![id, cx.now()]);
    batch.event(Event::new(cx, Actor::Person(me), "hat_accepted", "hat", id).within(Some(community)));
    cx.write(batch, id).await?;
    Ok(community)
}

/// Lets an offer pass.
pub async fn decline(cx: &Cx, id: HatId) -> Result<()> {
    let me = cx.me()?;
    let community = offered_to_me(cx, id).await?;
    let mut batch = Batch::new();
    batch.exactly(1, "update hat set ended_at = ?2 where id = ?1 and ended_at is null", vals![id, cx.now()]);
    batch.event(Event::new(cx, Actor::Person(me), "hat_declined", "hat", id).within(Some(community)));
    cx.write(batch, id).await.map(drop)
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
        let last = store::stewards(cx, c.id).await? <= 1;
        rules::may_lay_down(last, input.all_the_same.0 == "yes")?;
        let mut batch = Batch::new();
        if !last {
            // Two who lay down at once must not both be the last but one.
            batch.holds("select 1 from grants where audience = -?1 and person <> ?2", vals![c.id, me]);
        }
        let worn = "select id from hat where community = ?1 and person = ?2 and name = ?3 and accepted_at is not null and ended_at is null";
        let id: HatId = cx.db().one(worn, vals![c.id, me, STEWARD]).await?.ok_or(Error::Conflict)?.take()?;
        batch.exactly(1, "update hat set ended_at = ?2 where id = ?1 and ended_at is null", vals![id, cx.now()]);
        batch.event(Event::new(cx, Actor::Person(me), "hat_laid_down", "hat", id).within(Some(c.id)));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

/// Takes up the hat of a community that has no steward.
pub async fn take_up(cx: &Cx, slug: &str) -> Result<()> {
    let me = cx.me()?;
    decide(|| async {
        let c = communities::inside(cx, slug).await?;
        rules::may_take_up(&store::standing(cx, c.id).await?, store::stewards(cx, c.id).await?)?;
        let id: HatId = cx.make_id();
        let mut batch = Batch::new();
        batch.holds(kernel::audience::HOLDS, vals![me, Audience::Members(c.id)]);
        batch.lacks("select 1 from grants where audience = -?1", vals![c.id]);
        end_own_offer(&mut batch, cx, me, c.id);
        batch.run(
            "insert into hat (id, community, person, name, offered_by, offered_at, accepted_at) values (?1, ?2, ?3, ?4, ?3, ?5, ?5)",
            vals![id, c.id, me, STEWARD, cx.now()],
        );
        batch.event(Event::new(cx, Actor::Person(me), "hat_taken_up", "hat", id).within(Some(c.id)));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

fn end_own_offer(batch: &mut Batch, cx: &Cx, me: PersonId, community: CommunityId) {
    batch.run(
        "update hat set ended_at = ?3 where community = ?1 and person = ?2 and ended_at is null",
        vals![community, me, cx.now()],
    );
}
