//! A community's kinds over JSON, by the same acts.

use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use community::store as communities;
use kernel::{Error, Result};
use schemars::JsonSchema;
use serde::Serialize;
use shell::api::{Doc, List, created};
use shell::slice::FORM;
use shell::{Act, Answer, Needs, Path, Rate, Route, T, Visit, Who};

use super::{Ending, KindHere, Saying};
use crate::Kind;

pub(crate) fn routes() -> Vec<Route> {
    let read = Needs::new(Who::ApiRead, Rate::Read, 0);
    let write = Needs::new(Who::ApiWrite, Rate::Write, FORM);
    vec![
        Route::get("/api/v1/communities/{slug}/kinds", read, list)
            .doc(Doc::new("The kinds of contributions of a community: the built-in ones as it says them, and its own").gives::<List<KindSaid>>()),
        Route::post("/api/v1/communities/{slug}/kinds", write, add)
            .doc(Doc::new("Add a kind of the community's own").takes::<Saying>().created::<KindSaid>()),
        Route::put("/api/v1/communities/{slug}/kinds/{kind}", write, change)
            .doc(Doc::new("Change how a community says a kind; a built-in one in its words alone").takes::<Saying>().gives::<KindSaid>()),
        Route::delete("/api/v1/communities/{slug}/kinds/{kind}", write, remove)
            .doc(Doc::new("Remove an own kind that nothing was said with")),
        Route::put("/api/v1/communities/{slug}/kinds/{kind}/putting-away", write, put_away)
            .doc(Doc::new("Do not offer a kind any more; what was said keeps it")),
        Route::delete("/api/v1/communities/{slug}/kinds/{kind}/putting-away", write, offer_again).doc(Doc::new("Offer a kind again")),
    ]
}

/// A kind as its community says it.
#[derive(Serialize, JsonSchema)]
struct KindSaid {
    kind: Kind,
    built_in: bool,
    word: String,
    plural: String,
    prompt: String,
    language: String,
    asks: bool,
    ending: Option<Ending>,
    put_away: bool,
    version: i64,
}

impl KindSaid {
    fn of(k: KindHere, t: &T) -> Self {
        Self {
            kind: k.kind,
            built_in: !k.kind.is_own(),
            word: k.word(t).to_owned(),
            plural: k.plural(t).to_owned(),
            prompt: k.prompt(t).to_owned(),
            language: k.language.clone(),
            asks: k.asks,
            ending: k.ending,
            put_away: k.away,
            version: k.version,
        }
    }
}

async fn all(visit: &Visit, slug: &str) -> Result<Vec<KindSaid>> {
    let c = communities::inside(&visit.cx, slug).await?;
    Ok(super::of_community(&visit.cx, c.id).await?.into_iter().map(|k| KindSaid::of(k, &visit.t)).collect())
}

async fn load(visit: &Visit, slug: &str, kind: Kind) -> Result<KindSaid> {
    all(visit, slug).await?.into_iter().find(|k| k.kind == kind).ok_or(Error::NotFound)
}

fn kind_of(text: &str) -> Result<Kind> {
    text.parse().map_err(|()| Error::NotFound)
}

async fn list(visit: Visit, Path(slug): Path<String>) -> Answer<Json<List<KindSaid>>> {
    Ok(Json(List { items: all(&visit, &slug).await?, next: None }))
}

async fn add(Path(slug): Path<String>, act: Act<Saying>) -> Answer<Response> {
    let kind = super::add(&act.visit.cx, &slug, &act.input).await?;
    Ok(created(load(&act.visit, &slug, kind).await?))
}

async fn change(Path((slug, kind)): Path<(String, String)>, act: Act<Saying>) -> Answer<Json<KindSaid>> {
    let kind = kind_of(&kind)?;
    super::change(&act.visit.cx, &slug, kind, &act.input).await?;
    Ok(Json(load(&act.visit, &slug, kind).await?))
}

async fn remove(visit: Visit, Path((slug, kind)): Path<(String, String)>) -> Answer<StatusCode> {
    super::remove(&visit.cx, &slug, kind_of(&kind)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn put_away(visit: Visit, Path((slug, kind)): Path<(String, String)>) -> Answer<StatusCode> {
    super::put_away(&visit.cx, &slug, kind_of(&kind)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn offer_again(visit: Visit, Path((slug, kind)): Path<(String, String)>) -> Answer<StatusCode> {
    super::offer_again(&visit.cx, &slug, kind_of(&kind)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
