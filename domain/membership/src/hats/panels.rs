//! What hats hang on the front door: the call that waits for somebody, and who cares for what.

use askama::Template;
use kernel::{CommunityId, Id};
use shell::{Future, Html, T, Visit};

use super::pages::{self, Shown};
use super::store;
use crate::{HatId, store as members};

#[derive(Template)]
#[template(path = "hats/calls.html")]
struct Calls {
    t: T,
    path: String,
    member: bool,
    nobody: bool,
    /// Its hat, who wears it meanwhile, and whether the viewer may be the one.
    calls: Vec<(HatId, String, String, bool)>,
}

/// Above the community's text: nobody wears the steward's hat, or a hat calls for somebody.
pub fn calls(visit: Visit, community: Id) -> Future<Html> {
    Box::pin(async move {
        let id = CommunityId(community.0);
        let nobody = members::stewards(&visit.cx, id).await? == 0;
        let worn = store::worn(&visit.cx, id).await?;
        let calls: Vec<_> = worn
            .iter()
            .filter(|w| w.called_at.is_some())
            .map(|w| (w.id, pages::named(visit.t, &w.hat), w.name.clone(), !w.mine && !worn.iter().any(|o| o.mine && o.hat == w.hat)))
            .collect();
        if calls.is_empty() && !nobody {
            return Ok(Html::default());
        }
        let Some(c) = community::store::by_id(&visit.cx, id).await? else { return Ok(Html::default()) };
        if c.stage == community::Stage::Ended {
            return Ok(Html::default());
        }
        Html::of(&Calls { t: visit.t, path: c.path(), member: c.member, nobody, calls })
    })
}

#[derive(Template)]
#[template(path = "hats/who_cares.html")]
struct WhoCares {
    t: T,
    path: String,
    worn: Vec<Shown>,
    more: bool,
}

/// Beside the community's text: stewards first, then the other hats.
pub fn who_cares(visit: Visit, community: Id) -> Future<Html> {
    Box::pin(async move {
        let id = CommunityId(community.0);
        let Some(c) = community::store::by_id(&visit.cx, id).await?.filter(|c| c.inside) else { return Ok(Html::default()) };
        let worn = store::worn(&visit.cx, id).await?;
        let more = worn.len() > 12;
        let worn = worn.into_iter().take(12).map(|w| Shown::of(&visit, w)).collect();
        Html::of(&WhoCares { t: visit.t, path: c.path(), worn, more })
    })
}
