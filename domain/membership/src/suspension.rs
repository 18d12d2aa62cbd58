//! Suspending for conduct: with a reason and a term, visible to whom it concerns. It takes rights for a while and never
//! grants any.

use kernel::{Actor, Batch, CommunityId, Cx, Error, Event, House, Line, PersonId, Problems, Result, Viewer, clock, vals};
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;

use crate::acts::{as_steward, still_steward};
use crate::{SuspensionId, rules, store};

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Suspending {
    pub handle: Line<1, 64>,
    /// Shown to the person it concerns.
    pub reason: Line<3, 300>,
    /// The rule that it rests on, as the community knows it.
    #[serde(default)]
    pub rule: Line<0, 200>,
    /// The term: 1 to 90 days.
    pub days: Line<1, 2>,
}

/// A suspension with the statements that begin it, for the register of stewards' acts to compose.
pub struct Begun {
    pub id: SuspensionId,
    pub community: CommunityId,
    pub person: PersonId,
    pub rule: String,
    pub reason: String,
    pub batch: Batch,
}

/// What suspends, checked.
pub async fn suspending(cx: &Cx, slug: &str, input: &Suspending) -> Result<Begun> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let rule = input.rule.check("rule", &mut problems);
    let reason = input.reason.check("reason", &mut problems);
    let days: i64 = input.days.0.trim().parse().unwrap_or(0);
    if !(1..=90).contains(&days) {
        problems.add("days", "A term is 1 to 90 days.");
    }
    problems.done()?;
    let handle = person::acts::handle_as_typed(&input.handle.0);
    let c = as_steward(cx, slug).await?;
    let person = person::store::by_handle_for_care(cx, &handle).await?;
    let person = person.ok_or_else(|| Error::invalid("handle", "Nobody here has this handle."))?.id;
    let theirs = store::standing_of(cx, c.id, person).await?;
    rules::may_suspend(&store::standing(cx, c.id).await?, person == me, theirs.steward)?;
    if theirs.suspended.is_some() {
        return Err(Error::invalid("handle", "This person is suspended already. Lift it first to set another term."));
    }
    let id: SuspensionId = cx.make_id();
    let mut batch = Batch::new();
    still_steward(&mut batch, me, c.id);
    batch.lacks(kernel::audience::HOLDS, vals![person, kernel::Audience::Stewards(c.id)]);
    batch.run("update knock set ended_at = ?3 where community = ?1 and person = ?2 and ended_at is null", vals![c.id, person, cx.now()]);
    batch.run(
        "insert into suspension (id, community, person, by_person, reason, began_at, until, rule) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        vals![id, c.id, person, me, &reason, cx.now(), cx.now().plus(days * clock::DAY), &rule],
    );
    // What waited at the door waits no longer; a hat cannot be worn meanwhile (see the projection).
    batch.run("update invitation set ended_at = ?3 where community = ?1 and invitee = ?2 and ended_at is null", vals![c.id, person, cx.now()]);
    batch.event(Event::new(cx, Actor::Person(me), "suspended", "suspension", id).within(Some(c.id)).toward([person]));
    Ok(Begun { id, community: c.id, person, rule, reason, batch })
}

/// What ends a suspension before its term, checked, with the community and the person.
pub async fn lifting(cx: &Cx, id: SuspensionId) -> Result<(Batch, CommunityId, PersonId)> {
    let me = cx.me()?;
    let sql = "select s.community, s.person from suspension s
        join grants g on g.person = ?2 and g.audience = -s.community where s.id = ?1 and s.lifted_at is null";
    let mut row = cx.db().one(sql, vals![id, me]).await?.ok_or(Error::NotFound)?;
    let (community, person) = (row.take()?, row.take()?);
    let mut batch = Batch::new();
    still_steward(&mut batch, me, community);
    end(&mut batch, cx, id, me, community, person);
    Ok((batch, community, person))
}

/// Ends one, if it is still on, since an appeal found it wrong.
pub fn overturn(batch: &mut Batch, cx: &Cx, id: SuspensionId, judge: PersonId, community: CommunityId, person: PersonId) {
    batch.run("update suspension set lifted_at = ?2 where id = ?1 and lifted_at is null", vals![id, cx.now()]);
    batch.event(Event::new(cx, Actor::Person(judge), "suspension_ended", "suspension", id).within(Some(community)).toward([person]));
}

fn end(batch: &mut Batch, cx: &Cx, id: SuspensionId, actor: PersonId, community: CommunityId, person: PersonId) {
    batch.exactly(1, "update suspension set lifted_at = ?2 where id = ?1 and lifted_at is null", vals![id, cx.now()]);
    batch.event(Event::new(cx, Actor::Person(actor), "suspension_ended", "suspension", id).within(Some(community)).toward([person]));
}

/// Ends what is past its term, as its steward decided when it began. Run every minute.
pub async fn end_terms(house: &Arc<House>) -> Result<usize> {
    let cx = Cx::new(house.clone(), Viewer::System);
    let sql = "select id, by_person, community, person from suspension where lifted_at is null and until <= ?1 limit 500";
    let over = cx.db().query(sql, vals![cx.now()]).await?;
    let n = over.len();
    for mut row in over {
        let (id, by, community, person) = (row.take()?, row.take()?, row.take()?, row.take()?);
        let mut batch = Batch::new();
        end(&mut batch, &cx, id, by, community, person);
        match cx.house.db.write(batch).await {
            Ok(()) | Err(Error::Conflict) => {} // another node was quicker
            Err(other) => return Err(other),
        }
    }
    Ok(n)
}
