//! Narrating, trails and growth over JSON.

use axum::Json;

use axum::response::Response;
use conversation::api::Contribution;
use conversation::{TrailId, store as contributions};
use kernel::{Cursor, Error};
use schemars::JsonSchema;
use serde::Serialize;
use shell::api::{Doc, List, created};
use shell::slice::LONG_FORM;
use shell::{Act, After, Answer, Needs, Path, Rate, Route, Visit, Who};

use crate::acts::{self, Growing, Narrating};
use crate::sense::{self, Seeing};
use crate::store;

pub fn routes() -> Vec<Route> {
    let write = Needs::new(Who::ApiWrite, Rate::Write, LONG_FORM);
    vec![
        Route::post("/api/v1/narrations", write, narrate)
            .doc(Doc::new("Say what you are doing").takes::<Narrating>().created::<Contribution>()),
        Route::get("/api/v1/trails/{id}", Needs::new(Who::ApiRead, Rate::Read, 0), trail)
            .doc(Doc::new("The narrations of one piece of work in order").gives::<List<Contribution>>().pages()),
        Route::get("/api/v1/me/trails", Needs::new(Who::ApiOwn, Rate::Read, 0), own)
            .doc(Doc::new("The caller's own trails, the newest first").gives::<List<Trail>>()),
        Route::post("/api/v1/contributions/{id}/growth", write, grow)
            .doc(Doc::new("Turn a narration into a question, problem or insight").takes::<Growing>().created::<Contribution>()),
        Route::post("/api/v1/sense", write, make_sense)
            .doc(Doc::new("Say what one sees in what one collected; it empties the tray").takes::<Seeing>().created::<Contribution>()),
    ]
}

#[derive(Serialize, JsonSchema)]
struct Trail {
    id: TrailId,
    title: String,
    community: Option<String>,
}

async fn load(visit: &Visit, id: conversation::ContributionId) -> kernel::Result<Contribution> {
    Ok(contributions::one(&visit.cx, id).await?.ok_or(Error::NotFound)?.into())
}

async fn narrate(act: Act<Narrating>) -> Answer<Response> {
    let id = acts::narrate(&act.visit.cx, &act.input).await?;
    Ok(created(load(&act.visit, id).await?))
}

async fn trail(visit: Visit, Path(id): Path<String>, After(after): After) -> Answer<Json<List<Contribution>>> {
    let id: TrailId = id.parse()?;
    store::seen(&visit.cx, id).await?.ok_or(Error::NotFound)?;
    let page = contributions::trail(&visit.cx, id, after.unwrap_or(Cursor::OLDEST), 50).await?;
    Ok(Json(page.map(Contribution::from).into()))
}

async fn own(visit: Visit) -> Answer<Json<List<Trail>>> {
    let trails = store::own(&visit.cx).await?;
    let items = trails.into_iter().map(|t| Trail { id: t.id, title: t.title, community: t.community.map(|(slug, _)| slug) });
    Ok(Json(List { items: items.collect(), next: None }))
}

async fn grow(Path(id): Path<String>, act: Act<Growing>) -> Answer<Response> {
    let id = acts::grow(&act.visit.cx, id.parse()?, &act.input).await?;
    Ok(created(load(&act.visit, id).await?))
}

async fn make_sense(act: Act<Seeing>) -> Answer<Response> {
    let id = sense::make_sense(&act.visit.cx, &act.input).await?;
    Ok(created(load(&act.visit, id).await?))
}
