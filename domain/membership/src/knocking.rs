//! Knocking, and opening the door. An opened door is not yet a step through it.

use community::store as communities;
use kernel::{Actor, Batch, CommunityId, Cx, Error, Event, Line, PersonId, Problems, Result, decide, vals};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::acts::still_steward;
use crate::{KnockId, rules, store};

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Knocking {
    /// A word to the stewards.
    #[serde(default)]
    pub words: Line<0, 500>,
}

pub async fn knock(cx: &Cx, slug: &str, input: &Knocking) -> Result<()> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let words = input.words.check("words", &mut problems);
    problems.done()?;
    if cx.done_before::<KnockId>().await?.is_some() {
        return Ok(());
    }
    decide(|| async {
        let c = communities::inside(cx, slug).await?;
        rules::may_knock(c.openness, c.stage, &store::standing(cx, c.id).await?)?;
        let declined = "select 1 from knock where community = ?1 and person = ?2 and opened_by is not null and opened_at is null and ended_at > ?3";
        if cx.db().one(declined, vals![c.id, me, cx.now().minus(7 * kernel::clock::DAY)]).await?.is_some() {
            return Err(crate::rules::Refusal::DoorStaysClosed.into());
        }
        let id: KnockId = cx.make_id();
        let mut batch = Batch::new();
        batch.lacks(store::SUSPENDED, vals![c.id, me]);
        batch.run("insert into knock (id, community, person, words, at) values (?1, ?2, ?3, ?4, ?5)", vals![id, c.id, me, &words, cx.now()]);
        batch.event(Event::new(cx, Actor::Person(me), "knocked", "knock", id).within(Some(c.id)));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

/// Goes away from the door again.
pub async fn withdraw(cx: &Cx, slug: &str) -> Result<()> {
    let me = cx.me()?;
    let c = communities::by_slug(cx, slug).await?.ok_or(Error::NotFound)?;
    let sql = "select id from knock where community = ?1 and person = ?2 and ended_at is null";
    let id: KnockId = cx.db().one(sql, vals![c.id, me]).await?.ok_or(Error::NotFound)?.take()?;
    let mut batch = Batch::new();
    batch.exactly(1, "update knock set ended_at = ?2 where id = ?1 and ended_at is null", vals![id, cx.now()]);
    batch.event(Event::new(cx, Actor::Person(me), "knock_withdrawn", "knock", id).within(Some(c.id)));
    cx.write(batch, id).await.map(drop).map_err(|e| if e == Error::Conflict { Error::NotFound } else { e })
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answering {
    pub answer: Answer,
}

kernel::choice! {
    pub enum Answer { Open = "open", Decline = "decline" }
}

/// A steward opens the door, or leaves it closed. Opening makes nobody a member: the person walks in themselves.
pub async fn answer(cx: &Cx, id: KnockId, input: &Answering) -> Result<()> {
    let me = cx.me()?;
    let sql = "select k.community, k.person from knock k
        join grants g on g.person = ?2 and g.audience = -k.community
        where k.id = ?1 and k.ended_at is null and k.opened_at is null";
    let mut row = cx.db().one(sql, vals![id, me]).await?.ok_or(Error::NotFound)?;
    let (community, person): (CommunityId, PersonId) = (row.take()?, row.take()?);
    let mut batch = Batch::new();
    still_steward(&mut batch, me, community);
    let verb = match input.answer {
        Answer::Open => {
            batch.exactly(
                1,
                "update knock set opened_by = ?2, opened_at = ?3 where id = ?1 and ended_at is null and opened_at is null",
                vals![id, me, cx.now()],
            );
            "door_opened"
        }
        Answer::Decline => {
            batch.exactly(
                1,
                "update knock set opened_by = ?2, ended_at = ?3 where id = ?1 and ended_at is null and opened_at is null",
                vals![id, me, cx.now()],
            );
            "door_left_closed"
        }
    };
    batch.event(Event::new(cx, Actor::Person(me), verb, "knock", id).within(Some(community)).toward([person]));
    match cx.write(batch, id).await {
        Err(Error::Conflict) => Err(Error::NotFound), // answered by another steward, or withdrawn
        other => other.map(drop),
    }
}
