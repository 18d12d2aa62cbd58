//! Live streams of a conversation, a community, and home. They tell how much is new; reading it goes through the page.

use std::sync::Arc;

use community::store as communities;
use kernel::{Error, Id, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use shell::live::{self, Concerns, News};
use shell::{Answer, Asked, Future, Needs, Path, Rate, Route, Visit, Who};

use crate::{ContributionId, store};

pub(crate) fn routes() -> Vec<Route> {
    let anyone = Needs::new(Who::Anyone, Rate::Live, 0);
    vec![
        Route::get("/live/conversations/{id}", anyone, conversation),
        Route::get("/live/c/{slug}", anyone, community),
        Route::get("/live/home", Needs::new(Who::SignedIn, Rate::Live, 0), home),
    ]
}

#[derive(Deserialize, Default)]
struct Since {
    #[serde(default)]
    after: i64,
}

fn news(look: impl Fn(Visit) -> Future<Option<i64>> + Send + Sync + 'static) -> News {
    let look = Arc::new(look);
    Arc::new(move |visit| {
        let look = look.clone();
        Box::pin(async move { Ok(look(visit).await?.map(|n| json!({"n": n})).filter(|v: &Value| v != &json!({"n": 0}))) })
    })
}

async fn conversation(visit: Visit, Path(id): Path<String>, Asked(since): Asked<Since>) -> Answer {
    let root: ContributionId = id.parse()?;
    let concerns: Concerns = Arc::new(move |event| event.conversation == Some(Id(root.0)) || event.object_kind == "community");
    let look = move |visit: Visit| -> Future<Option<i64>> {
        Box::pin(async move {
            if !store::sees(&visit.cx, root).await? {
                return Err(Error::NotFound);
            }
            store::newer_replies(&visit.cx, root, since.after).await.map(Some)
        })
    };
    Ok(live::stream(visit, concerns, news(look)).await?)
}

async fn community(visit: Visit, Path(slug): Path<String>, Asked(since): Asked<Since>) -> Answer {
    let id = communities::inside(&visit.cx, &slug).await?.id;
    let concerns: Concerns = Arc::new(move |event| event.community == Some(id) && (event.conversation == Some(event.object) || event.object_kind == "community"));
    let look = move |visit: Visit| -> Future<Option<i64>> {
        let slug = slug.clone();
        Box::pin(async move {
            communities::inside(&visit.cx, &slug).await?;
            store::newer_in_community(&visit.cx, id, since.after).await.map(Some)
        })
    };
    Ok(live::stream(visit, concerns, news(look)).await?)
}

async fn home(visit: Visit, Asked(since): Asked<Since>) -> Answer {
    let concerns: Concerns = Arc::new(|event| event.conversation == Some(event.object));
    let look = move |visit: Visit| -> Future<Option<i64>> {
        Box::pin(async move { store::newer_of_mine(&visit.cx, since.after).await.map(Some) })
    };
    let answer: Result<_> = live::stream(visit, concerns, news(look)).await;
    Ok(answer?)
}
