//! Handing a hat over: offered to a successor, who shadows for a while and sees without acting; then it passes in one step.

use kernel::{Actor, Audience, Batch, CommunityId, Cx, Error, Event, Line, PersonId, Problems, Result, Row, Timestamp, Words, decide, vals};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{store, terms};
use crate::rules::{self, Refusal};
use crate::{HatId, store as members};

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandingOver {
    /// A member's handle.
    pub handle: Line<1, 64>,
    /// The term of who comes next: 1 to 24 months.
    #[serde(default)]
    pub months: Line<0, 2>,
}

/// Offers one's own hat to a successor. The answer is the same whoever is meant; an offer that nobody answered yet gives
/// way to this one.
pub async fn offer(cx: &Cx, id: HatId, input: &HandingOver) -> Result<()> {
    let me = cx.me()?;
    let handle = person::acts::handle_as_typed(&input.handle.0);
    decide(|| async {
        let hat = store::own(cx, id).await?;
        let mut problems = Problems::default();
        let months = terms::months(&input.months, &hat.hat, &mut problems);
        problems.done()?;
        rules::may_hand_over(hat.shadow.is_some())?;
        let nobody = || Error::invalid("handle", "Nobody here has this handle.");
        let next = person::store::by_handle(cx, &handle).await?.ok_or_else(nobody)?.id;
        if next == me {
            return Err(Refusal::NotYourself.into());
        }
        let theirs = members::standing_of(cx, hat.community, next).await?;
        let wears = "select 1 from hat where community = ?1 and person = ?2 and name = ?3 and ended_at is null
            and (accepted_at is not null or shadowing_at is not null)";
        if !theirs.takes_part() || cx.db().one(wears, vals![hat.community, next, &hat.hat]).await?.is_some() {
            return Ok(());
        }
        let new: HatId = cx.make_id();
        let mut batch = Batch::new();
        still_worn(&mut batch, id, me, hat.community);
        batch.holds(kernel::audience::HOLDS, vals![next, Audience::Members(hat.community)]);
        forget_successor(&mut batch, cx, id);
        super::end_own_offer(&mut batch, cx, next, hat.community, &hat.hat);
        batch.run(
            "insert into hat (id, community, person, name, offered_by, offered_at, months, follows) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            vals![new, hat.community, next, &hat.hat, me, cx.now(), months, id],
        );
        batch.event(Event::new(cx, Actor::Person(me), "hat_offered", "hat", new).within(Some(hat.community)).toward([next]));
        cx.write(batch, new).await.map(drop)
    })
    .await
}

/// Takes back what was offered to a successor, also from who shadows already.
pub async fn take_back(cx: &Cx, id: HatId) -> Result<()> {
    let me = cx.me()?;
    let hat = store::own(cx, id).await?;
    let mut batch = Batch::new();
    still_worn(&mut batch, id, me, hat.community);
    forget_successor(&mut batch, cx, id);
    let event = Event::new(cx, Actor::Person(me), "hat_offer_taken_back", "hat", id).within(Some(hat.community));
    batch.event(event.toward(hat.shadow.map(|s| s.person)));
    cx.write(batch, id).await.map(drop)
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Telling {
    /// What the next wearer should know, in free words.
    #[serde(default)]
    pub words: Words<0, 8000>,
}

/// Keeps what a wearer tells whoever comes next. It stands on the handover sheet.
pub async fn tell(cx: &Cx, id: HatId, input: &Telling) -> Result<()> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let words = input.words.check("words", &mut problems);
    problems.done()?;
    let hat = store::own(cx, id).await?;
    let mut batch = Batch::new();
    batch.exactly(1, "update hat set told = ?2 where id = ?1 and person = ?3 and ended_at is null", vals![id, &words, me]);
    batch.event(Event::new(cx, Actor::Person(me), "hat_told", "hat", id).within(Some(hat.community)));
    cx.write(batch, id).await.map(drop)
}

/// Passes the hat to who has been shadowing, who agreed to it by that: the old one ends and the new one begins in one batch.
pub async fn pass(cx: &Cx, id: HatId) -> Result<()> {
    let me = cx.me()?;
    decide(|| async {
        let hat = store::own(cx, id).await?;
        let heir = heirs(cx, me, Some(hat.community)).await?.into_iter().find(|h| h.follows == id).ok_or(Refusal::NobodyShadows)?;
        let mut batch = Batch::new();
        still_worn(&mut batch, id, me, hat.community);
        inherit(&mut batch, cx, &heir);
        batch.exactly(1, "update hat set ended_at = ?2 where id = ?1 and ended_at is null", vals![id, cx.now()]);
        cx.write(batch, heir.id).await.map(drop)
    })
    .await
}

fn still_worn(batch: &mut Batch, id: HatId, me: PersonId, community: CommunityId) {
    batch.holds("select 1 from hat where id = ?1 and person = ?2 and accepted_at is not null and ended_at is null", vals![id, me]);
    batch.holds(kernel::audience::HOLDS, vals![me, Audience::Members(community)]);
}

/// Ends what a successor was offered and did not come to wear.
pub(crate) fn forget_successor(batch: &mut Batch, cx: &Cx, id: HatId) {
    batch.run("update hat set ended_at = ?2 where follows = ?1 and accepted_at is null and ended_at is null", vals![id, cx.now()]);
}

/// Who shadows, takes part, and so wears the hat next.
#[derive(Clone, Debug)]
pub(crate) struct Heir {
    pub id: HatId,
    pub person: PersonId,
    pub follows: HatId,
    pub from: PersonId,
    pub community: CommunityId,
    pub months: i64,
}

impl Heir {
    pub fn of_row(r: &mut Row) -> Result<Option<Self>> {
        let (id, person): (Option<HatId>, Option<PersonId>) = (r.take()?, r.take()?);
        let (follows, from, community) = (r.take()?, r.take()?, r.take()?);
        let months: Option<i64> = r.take()?;
        let heir = id.zip(person);
        Ok(heir.map(|(id, person)| Self { id, person, follows, from, community, months: months.unwrap_or(0) }))
    }
}

/// Who would follow a person in the hats that they wear, in one community or in all.
pub(crate) async fn heirs(cx: &Cx, wearer: PersonId, community: Option<CommunityId>) -> Result<Vec<Heir>> {
    let sql = "select s.id, s.person, h.id, h.person, h.community, s.months
        from hat h join hat s on s.follows = h.id and s.shadowing_at is not null and s.accepted_at is null and s.ended_at is null
        join grants g on g.person = s.person and g.audience = s.community
        where h.person = ?1 and h.accepted_at is not null and h.ended_at is null and (cast(?2 as bigint) = 0 or h.community = ?2)
        order by h.id limit 500";
    let rows = cx.db().query(sql, vals![wearer, community.map_or(0, |c| c.0)]).await?;
    rows.into_iter().filter_map(|mut r| Heir::of_row(&mut r).transpose()).collect()
}

/// The new hat begins. Whoever calls this ends the old one in the same batch.
pub(crate) fn inherit(batch: &mut Batch, cx: &Cx, heir: &Heir) {
    batch.holds(kernel::audience::HOLDS, vals![heir.person, Audience::Members(heir.community)]);
    let ends: Option<Timestamp> = terms::end(cx.now(), heir.months);
    batch.exactly(
        1,
        "update hat set accepted_at = ?2, until = ?3
         where id = ?1 and shadowing_at is not null and accepted_at is null and ended_at is null",
        vals![heir.id, cx.now(), ends],
    );
    let event = Event::new(cx, Actor::Person(heir.from), "hat_handed_over", "hat", heir.id);
    batch.event(event.within(Some(heir.community)).toward([heir.person]));
}
