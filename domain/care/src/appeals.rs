//! Appeals: one for each act, by the person whom it concerns, decided by another steward, or by the operator where there
//! is none. What is overturned is taken back in the same batch.

use kernel::{Actor, Batch, Cx, Error, Event, Problems, Result, Words, decide, vals};
use membership::waits;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::rules::{self, Refusal};
use crate::{ActId, acts, store};

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Appealing {
    /// Why it should be looked at again.
    pub words: Words<3, 2000>,
}

kernel::choice! {
    pub enum Ruling { Upheld = "upheld", Overturned = "overturned" }
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Judging {
    pub ruling: Ruling,
    /// The person concerned and the one who acted read it.
    pub words: Words<3, 2000>,
}

/// The person concerned asks for another pair of eyes. Also who is suspended.
pub async fn appeal(cx: &Cx, id: ActId, input: &Appealing) -> Result<()> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let words = input.words.check("words", &mut problems);
    problems.done()?;
    if cx.done_before::<ActId>().await?.is_some() {
        return Ok(());
    }
    decide(|| async {
        let a = store::act(cx, id).await?.ok_or(Error::NotFound)?;
        rules::may_appeal(a.what, a.mine, a.undone_at.is_some(), !a.appeal.is_empty())?;
        let others = store::other_stewards(cx, a.community, &[Some(a.actor), Some(me)]).await?;
        let mut batch = Batch::new();
        batch.exactly(
            1,
            "update steward_act set appeal = 'open', appeal_words = ?2, appealed_at = ?3
             where id = ?1 and appeal = '' and undone_at is null and person = ?4",
            vals![id, &words, cx.now(), me],
        );
        let of = if others > 0 { waits::For::Stewards(a.community) } else { waits::For::Operator };
        waits::seen(&mut batch, id, me);
        waits::wait(&mut batch, "appeal", id, of, Some(a.community), [Some(a.actor), Some(me)], cx.now());
        batch.event(Event::new(cx, Actor::Person(me), "appealed", "steward_act", id).within(Some(a.community)));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

/// Decides an appeal.
pub async fn judge(cx: &Cx, id: ActId, input: &Judging) -> Result<()> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let words = input.words.check("words", &mut problems);
    problems.done()?;
    if cx.done_before::<ActId>().await?.is_some() {
        return Ok(());
    }
    decide(|| async {
        let a = store::act(cx, id).await?.ok_or(Error::NotFound)?;
        rules::may_look(a.looker)?;
        if a.appeal != "open" {
            return Err(Refusal::NoAppealOpen.into());
        }
        let mut batch = Batch::new();
        store::still_looks(&mut batch, me, a.community, a.looker);
        batch.exactly(
            1,
            "update steward_act set appeal = ?2, judge = ?3, judge_words = ?4, judged_at = ?5 where id = ?1 and appeal = 'open'",
            vals![id, input.ruling, me, &words, cx.now()],
        );
        if input.ruling == Ruling::Overturned {
            acts::reverse(&mut batch, cx, me, &a).await?;
        }
        waits::no_longer(&mut batch, "appeal", id);
        for person in a.person.into_iter().chain([a.actor]).filter(|p| *p != me) {
            waits::wait(&mut batch, "ruling", id, waits::For::Person(person), Some(a.community), [None, None], cx.now());
        }
        let verb = if input.ruling == Ruling::Overturned { "overturned" } else { "upheld" };
        let event = Event::new(cx, Actor::Person(me), verb, "steward_act", id);
        batch.event(event.within(Some(a.community)).toward(a.person).toward([a.actor]));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

/// The person has read what waited for them.
pub async fn has_read(cx: &Cx, thing: kernel::Id) -> Result<()> {
    let mut batch = Batch::new();
    waits::seen(&mut batch, thing, cx.me()?);
    cx.house.db.write(batch).await
}
