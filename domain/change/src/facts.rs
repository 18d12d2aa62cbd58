//! What the figures of value are made from: changes shared with a community, without words.

use kernel::{CommunityId, Cx, PersonId, Result, Row, Timestamp, Val, vals};

use crate::{ChangeId, State};

/// One change as a figure sees it; its story opens by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub id: ChangeId,
    pub person: PersonId,
    pub at: Timestamp,
    pub state: State,
    pub state_at: Timestamp,
    /// What its person said of it since, in order.
    pub turns: Vec<(State, Timestamp)>,
    pub outcome_at: Option<Timestamp>,
    /// Who else said that they saw it, and when.
    pub attested: Vec<(PersonId, Timestamp)>,
}

/// Changes of a community that were told, turned, or had an outcome in a stretch of time, as far as the viewer sees them.
pub async fn facts(cx: &Cx, community: CommunityId, from: Timestamp, to: Timestamp) -> Result<Vec<Fact>> {
    let sql = "select h.id, h.person, h.at, h.state, h.state_at, h.outcome_at
        from change h where h.community = ?1 and h.audience <> 'me' and visible_to(h.id, ?2)
          and (h.at >= ?3 and h.at < ?4 or h.state_at >= ?3 and h.state_at < ?4 or h.outcome_at >= ?3 and h.outcome_at < ?4)
        order by h.at, h.id limit 10000";
    let rows = cx.db().query(sql, vals![community, cx.viewer, from, to]).await?;
    let mut all = rows.into_iter().map(fact).collect::<Result<Vec<_>>>()?;
    all.sort_by_key(|f| f.id);
    let ids: Vec<ChangeId> = all.iter().map(|f| f.id).collect();
    let of = |id: ChangeId| ids.binary_search(&id).ok();
    let turns = "select n.change, n.state, n.at from change_turn n where in_ids(n.change, ?1) order by n.change, n.at limit 100000";
    for mut r in cx.db().query(turns, vals![Val::list(&ids)]).await? {
        if let Some(fact) = of(r.take()?).and_then(|at| all.get_mut(at)) {
            fact.turns.push((r.take()?, r.take()?));
        }
    }
    let attested = "select a.change, a.person, a.at from attestation a where in_ids(a.change, ?1) order by a.change, a.at, a.person limit 100000";
    for mut r in cx.db().query(attested, vals![Val::list(&ids)]).await? {
        if let Some(fact) = of(r.take()?).and_then(|at| all.get_mut(at)) {
            fact.attested.push((r.take()?, r.take()?));
        }
    }
    Ok(all)
}

fn fact(mut r: Row) -> Result<Fact> {
    let (id, person, at) = (r.take()?, r.take()?, r.take()?);
    let (state, state_at, outcome_at) = (r.take()?, r.take()?, r.take()?);
    Ok(Fact { id, person, at, state, state_at, turns: Vec::new(), outcome_at, attested: Vec::new() })
}
