//! SQL and row mapping of practices. Every load is through the viewer's eyes.

use kernel::{Cx, PersonId, Result, vals};

use crate::PracticeId;

/// A practice as something else names it: its title, and the persons who wrote it.
#[derive(Clone, Debug)]
pub struct Named {
    pub id: PracticeId,
    pub title: String,
    pub authors: Vec<PersonId>,
}

pub async fn named(cx: &Cx, id: PracticeId) -> Result<Option<Named>> {
    let sql = "select p.title from practice p where p.id = ?1 and visible_to(p.id, ?2)";
    let Some(mut row) = cx.db().one(sql, vals![id, cx.viewer]).await? else { return Ok(None) };
    Ok(Some(Named { id, title: row.take()?, authors: authors(cx, id).await? }))
}

/// The persons who wrote a revision of it; voices are not among them.
pub async fn authors(cx: &Cx, id: PracticeId) -> Result<Vec<PersonId>> {
    let sql = "select distinct r.author from practice_revision r where r.practice = ?1 and not r.voice order by r.author limit 200";
    cx.db().query(sql, vals![id]).await?.into_iter().map(|mut r| r.take()).collect()
}
