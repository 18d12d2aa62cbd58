//! What the figures of value are made from: changes shared with a community, without words.

use kernel::{CommunityId, Cx, PersonId, Result, Row, Timestamp, vals};

use crate::{ChangeId, State};

/// One change as a figure sees it; its story opens by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub id: ChangeId,
    pub person: PersonId,
    pub at: Timestamp,
    pub state: State,
    pub state_at: Timestamp,
    pub outcome_at: Option<Timestamp>,
    pub attested_by_other: bool,
}

/// Changes of a community that were told, turned or had an outcome in a stretch of time, as far as the viewer sees them.
pub async fn facts(cx: &Cx, community: CommunityId, from: Timestamp, to: Timestamp) -> Result<Vec<Fact>> {
    let sql = "select h.id, h.person, h.at, h.state, h.state_at, h.outcome_at,
            exists (select 1 from attestation a where a.change = h.id and a.person <> h.person)
        from change h where h.community = ?1 and h.audience <> 'me' and visible_to(h.id, ?2)
          and (h.at >= ?3 and h.at < ?4 or h.state_at >= ?3 and h.state_at < ?4 or h.outcome_at >= ?3 and h.outcome_at < ?4)
        order by h.at, h.id limit 10000";
    let fact = |mut r: Row| {
        Ok(Fact {
            id: r.take()?,
            person: r.take()?,
            at: r.take()?,
            state: r.take()?,
            state_at: r.take()?,
            outcome_at: r.take()?,
            attested_by_other: r.take()?,
        })
    };
    cx.db().query(sql, vals![community, cx.viewer, from, to]).await?.into_iter().map(fact).collect()
}
