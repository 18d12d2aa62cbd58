//! Inviting, by handle or by link. Whoever is invited is no member; the answer never tells how somebody stands.

use community::store as communities;
use kernel::{Actor, Batch, Cx, Error, Event, House, Line, PersonId, Problems, Result, Viewer, clock, decide, hash_secret, vals};
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;

use crate::acts::still_steward;
use crate::{InvitationId, rules, store};

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inviting {
    pub handle: Line<1, 64>,
    /// A word to the person invited.
    #[serde(default)]
    pub note: Line<0, 300>,
}

const LASTS: i64 = 30 * clock::DAY;

/// Invites somebody by handle. The same answer whether they are a member, were one, or are suspended.
pub async fn invite(cx: &Cx, slug: &str, input: &Inviting) -> Result<()> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let note = input.note.check("note", &mut problems);
    let handle = person::acts::handle_as_typed(&input.handle.0);
    problems.done()?;
    decide(|| async {
        let c = communities::inside(cx, slug).await?;
        let standing = store::standing(cx, c.id).await?;
        rules::may_invite(c.openness, &standing)?;
        let invitee = person::store::by_handle(cx, &handle).await?;
        let invitee = invitee.ok_or_else(|| Error::invalid("handle", "Nobody here has this handle."))?.id;
        let theirs = store::standing_of(cx, c.id, invitee).await?;
        // Who let it pass is left alone for a while.
        let lately = "select 1 from invitation where community = ?1 and invitee = ?2 and created_at > ?3";
        let lately = cx.db().one(lately, vals![c.id, invitee, cx.now().minus(LASTS)]).await?.is_some();
        if theirs.member || theirs.suspended.is_some() || lately || invitee == me {
            return Ok(());
        }
        let id: InvitationId = cx.make_id();
        let mut batch = Batch::new();
        guard_inviter(&mut batch, me, &c, &standing);
        batch.run(
            "insert into invitation (id, community, inviter, invitee, note, created_at, expires_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            vals![id, c.id, me, invitee, &note, cx.now(), cx.now().plus(LASTS)],
        );
        batch.event(Event::new(cx, Actor::Person(me), "invited", "invitation", id).within(Some(c.id)).toward([invitee]));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

fn guard_inviter(batch: &mut Batch, me: PersonId, c: &communities::Community, standing: &rules::Standing) {
    if standing.steward {
        still_steward(batch, me, c.id);
    } else {
        batch.holds(kernel::audience::HOLDS, vals![me, kernel::Audience::Members(c.id)]);
    }
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitingByLink {
    #[serde(default)]
    pub note: Line<0, 300>,
    /// How many people it lets in: 1 to 50.
    #[serde(default)]
    pub uses: Line<0, 2>,
}

/// Answers the link's secret once. It also stands for signing up where accounts are made by invitation.
pub async fn invite_by_link(cx: &Cx, slug: &str, input: &InvitingByLink) -> Result<String> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let note = input.note.check("note", &mut problems);
    let uses: i64 = if input.uses.0.trim().is_empty() { 1 } else { input.uses.0.trim().parse().unwrap_or(0) };
    if !(1..=50).contains(&uses) {
        problems.add("uses", "A link lets in 1 to 50 people.");
    }
    problems.done()?;
    let secret = cx.house.random.secret()?;
    let c = communities::inside(cx, slug).await?;
    let standing = store::standing(cx, c.id).await?;
    rules::may_invite(c.openness, &standing)?;
    let id: InvitationId = cx.make_id();
    let until = cx.now().plus(LASTS);
    let mut batch = Batch::new();
    guard_inviter(&mut batch, me, &c, &standing);
    batch.run(
        "insert into invitation (id, community, inviter, secret, note, created_at, expires_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        vals![id, c.id, me, hash_secret(&secret), note, cx.now(), until],
    );
    person::acts::put_link(&mut batch, &secret, "invitation", None, until, uses);
    batch.event(Event::new(cx, Actor::Person(me), "link_made", "invitation", id).within(Some(c.id)));
    // Sent twice, it is one link; its secret was answered the first time and is not kept.
    match cx.write(batch, id).await? {
        made if made == id => Ok(secret),
        _ => Err(Error::refused("This link was made already and shown once. You find it among your links, to take it back.")),
    }
}

/// One use of a link less, unless this person used it for their account already; the link is over when it was the last.
pub(crate) fn use_link(batch: &mut Batch, cx: &Cx, link: &store::LinkInvitation, me: PersonId) {
    batch.holds("select 1 from invitation where id = ?1 and ended_at is null and expires_at > ?2", vals![link.id, cx.now()]);
    if link.used {
        return;
    }
    batch.exactly(
        1,
        "update one_time_link set uses = uses - 1 where uses > 0 and secret = (select secret from invitation where id = ?1)",
        vals![link.id],
    );
    batch.run(
        "insert into link_use (secret, person) select secret, cast(?2 as bigint) from invitation where id = ?1 on conflict do nothing",
        vals![link.id, me],
    );
}

/// Ends invitations whose month is over, so that a closed door is not seen for ever. Run every minute.
pub async fn end_over(house: &Arc<House>) -> Result<()> {
    let cx = Cx::new(house.clone(), Viewer::System);
    let sql = "select id, community, inviter, invitee from invitation
        where invitee is not null and ended_at is null and expires_at <= ?1 limit 500";
    for mut row in cx.db().query(sql, vals![cx.now()]).await? {
        let (id, community): (InvitationId, kernel::CommunityId) = (row.take()?, row.take()?);
        let (inviter, invitee): (PersonId, PersonId) = (row.take()?, row.take()?);
        let mut batch = Batch::new();
        batch.exactly(1, "update invitation set ended_at = ?2 where id = ?1 and ended_at is null", vals![id, cx.now()]);
        batch.event(Event::new(&cx, Actor::Person(inviter), "invitation_ended", "invitation", id).within(Some(community)).toward([invitee]));
        match cx.house.db.write(batch).await {
            Ok(()) | Err(Error::Conflict) => {} // another node was quicker
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

/// Lets an invitation pass, or takes a link back: one's own, or as a steward any of the community.
pub async fn let_pass(cx: &Cx, id: InvitationId) -> Result<()> {
    let me = cx.me()?;
    let sql = "select i.community from invitation i where i.id = ?1 and i.ended_at is null
        and (i.invitee = ?2 or (i.invitee is null and (i.inviter = ?2
             or exists (select 1 from grants g where g.person = ?2 and g.audience = -i.community))))";
    let mut row = cx.db().one(sql, vals![id, me]).await?.ok_or(Error::NotFound)?;
    let community: kernel::CommunityId = row.take()?;
    let mut batch = Batch::new();
    batch.exactly(1, "update invitation set ended_at = ?2 where id = ?1 and ended_at is null", vals![id, cx.now()]);
    batch.run(
        "update one_time_link set uses = 0 where secret = (select secret from invitation where id = ?1)",
        vals![id],
    );
    batch.event(Event::new(cx, Actor::Person(me), "invitation_ended", "invitation", id).within(Some(community)));
    cx.write(batch, id).await.map(drop)
}
