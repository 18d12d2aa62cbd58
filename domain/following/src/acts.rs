//! Following and stopping. The journal tells that somebody changed what they follow, never what: that stays theirs.

use kernel::{Actor, Batch, Cx, Error, Event, Result, audience, vals};

use crate::{FollowId, To, rules, store};

/// Follows something that the viewer sees. Said twice, it is said once.
pub async fn follow(cx: &Cx, to: &To) -> Result<()> {
    let me = cx.me()?;
    rules::may_follow(me, to, store::how_many(cx).await?)?;
    let id: FollowId = cx.make_id();
    let mut batch = Batch::new();
    batch.holds(audience::SEES, vals![to.thing(), me]);
    batch.exactly(
        1,
        "insert into follow (id, person, what, thing, word, since) values (?1, ?2, ?3, ?4, ?5, ?6)
         on conflict (person, what, thing, word) do nothing",
        vals![id, me, to.what(), to.thing(), to.word(), cx.now()],
    );
    // Who follows a conversation wants to hear of it.
    batch.run("update notice_mark set muted = false where person = ?1 and conversation = ?2 and muted", vals![me, to.thing()]);
    batch.event(Event::new(cx, Actor::Person(me), "followed", "follow", me));
    match cx.write(batch, id).await {
        Err(Error::Conflict) if store::follows(cx, to.what(), to.thing(), to.word()).await? => Ok(()),
        other => other.map(drop),
    }
}

/// Stops following; also what the viewer sees no longer.
pub async fn unfollow(cx: &Cx, to: &To) -> Result<()> {
    let me = cx.me()?;
    let mut batch = Batch::new();
    batch.exactly(
        1,
        "delete from follow where person = ?1 and what = ?2 and thing = ?3 and word = ?4",
        vals![me, to.what(), to.thing(), to.word()],
    );
    stopped(cx, batch).await
}

/// The same by the number it has in the list of what the viewer follows.
pub async fn stop(cx: &Cx, id: FollowId) -> Result<()> {
    let mut batch = Batch::new();
    batch.exactly(1, "delete from follow where person = ?1 and id = ?2", vals![cx.me()?, id]);
    stopped(cx, batch).await
}

async fn stopped(cx: &Cx, mut batch: Batch) -> Result<()> {
    let me = cx.me()?;
    batch.event(Event::new(cx, Actor::Person(me), "unfollowed", "follow", me));
    match cx.write(batch, me).await {
        Err(Error::Conflict) => Ok(()), // it was not followed
        other => other.map(drop),
    }
}
