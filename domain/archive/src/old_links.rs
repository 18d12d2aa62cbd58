//! Old links: where something that was brought in stands here, by the address or the message-id that it had.

use axum::response::Response;
use conversation::{ContributionId, store as contributions};
use kernel::{Cx, Error, Result, vals};
use serde::Deserialize;
use shell::request::see;
use shell::{Answer, Asked, Needs, Route, Visit};

/// A longer address is nobody's link.
const LONGEST: usize = 2_000;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/old", Needs::reading(), old)]
}

#[derive(Deserialize, Default)]
struct Old {
    #[serde(default)]
    link: String,
}

/// To what stood at a link, for who may see it; nothing tells a link that is hidden from one that never was.
async fn old(visit: Visit, Asked(asked): Asked<Old>) -> Answer<Response> {
    let link = asked.link.trim();
    if link.is_empty() || link.len() > LONGEST {
        return Err(Error::NotFound.into());
    }
    let said = match found(&visit.cx, link).await? {
        Some(id) => contributions::one(&visit.cx, id).await?,
        None => None,
    };
    Ok(see(said.ok_or(Error::NotFound)?.path()))
}

async fn found(cx: &Cx, link: &str) -> Result<Option<ContributionId>> {
    // With and without the mark at the end, and angle brackets as message-ids are written.
    let bare = link.trim_end_matches('/').trim_start_matches('<').trim_end_matches('>');
    let sql = "select c.id from contribution c where c.link = ?1 and c.voice and visible_to(c.root, ?3)
        union all select c.id from contribution c where c.link = ?2 and c.voice and visible_to(c.root, ?3)
        union all select b.thing from brought b join contribution c on c.id = b.thing
            where b.source = ?2 and b.kind = 'known as' and b.origin = '' and visible_to(c.root, ?3)
        limit 1";
    cx.db().one(sql, vals![link, bare, cx.viewer]).await?.map(|mut r| r.take()).transpose()
}
