//! SQL and row mapping of trails.

use conversation::TrailId;
use kernel::{Cx, Result, Row, vals};

#[derive(Clone, Debug)]
pub struct Trail {
    pub id: TrailId,
    pub title: String,
    /// Address and name of its community.
    pub community: Option<(String, String)>,
}

fn trail(mut r: Row) -> Result<Trail> {
    let (id, title) = (r.take()?, r.take()?);
    let (slug, name): (Option<String>, Option<String>) = (r.take()?, r.take()?);
    Ok(Trail { id, title, community: slug.zip(name) })
}

/// A trail of which the viewer sees at least one step.
pub async fn seen(cx: &Cx, id: TrailId) -> Result<Option<Trail>> {
    let sql = "select t.id, t.title, k.slug, k.name from trail t left join community k on k.id = t.community
        where t.id = ?1 and exists (
            select 1 from contribution c where c.trail = t.id and c.withdrawn_at is null and visible_to(c.root, ?2)
              and ((c.hidden = '' and c.held = '') or c.author = ?2) and unblocked_by(c.author, ?2))";
    cx.db().one(sql, vals![id, cx.viewer]).await?.map(trail).transpose()
}

/// Trails that the viewer may go on with: their own, the newest first.
pub async fn own(cx: &Cx) -> Result<Vec<Trail>> {
    let sql = "select t.id, t.title, k.slug, k.name from trail t left join community k on k.id = t.community
        where t.author = ?1 order by t.at desc, t.id desc limit 12";
    cx.db().query(sql, vals![cx.me()?]).await?.into_iter().map(trail).collect()
}
