//! Hats over JSON: who wears which, and every act on one's own.

use axum::Json;
use axum::http::StatusCode;
use community::store as communities;
use kernel::{Cursor, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use shell::api::{Doc, List};
use shell::slice::FORM;
use shell::{Act, After, Answer, Needs, Path, Rate, Route, Visit, Who};

use super::handover::{self, HandingOver, Telling};
use super::naming::{self, Naming};
use super::terms::{self, GoingOn};
use super::{LayingDown, Offering, sheet, store};
use crate::{HatId, hats};

pub fn routes() -> Vec<Route> {
    let read = Needs::new(Who::ApiRead, Rate::Read, 0);
    let own = Needs::new(Who::ApiOwn, Rate::Read, 0);
    let write = Needs::new(Who::ApiWrite, Rate::Write, FORM);
    vec![
        Route::get("/api/v1/communities/{slug}/hats", read, worn)
            .doc(Doc::new("Who wears which hat, until when, and which call for somebody").gives::<List<Worn>>()),
        Route::get("/api/v1/communities/{slug}/hats/past", read, past)
            .doc(Doc::new("Who wore which hat").gives::<List<Past>>().pages()),
        Route::post("/api/v1/communities/{slug}/hats", write, offer)
            .doc(Doc::new("Offer a hat to a member, as a steward; the steward's if no other is named").takes::<Offering>()),
        Route::delete("/api/v1/communities/{slug}/hats/offers", write, take_back_offers)
            .doc(Doc::new("Take back what the caller offered or named here and nobody answered yet")),
        Route::post("/api/v1/communities/{slug}/hats/mine", write, take_up)
            .doc(Doc::new("Take up the hat of a community without steward")),
        Route::delete("/api/v1/communities/{slug}/hats/mine", write, lay_down)
            .doc(Doc::new("Lay the steward's hat down").takes::<LayingDown>()),
        Route::delete("/api/v1/communities/{slug}/hats/{id}", write, take_off)
            .doc(Doc::new("Take a role's hat off somebody, as a steward; never the steward's")),
        Route::post("/api/v1/communities/{slug}/namings", write, name)
            .doc(Doc::new("Name a role that somebody plays; they alone are asked").takes::<Naming>()),
        Route::put("/api/v1/hats/{id}", write, accept)
            .doc(Doc::new("Accept a hat that is offered or named; one that is handed over is shadowed first")),
        Route::delete("/api/v1/hats/{id}", write, put_down)
            .doc(Doc::new("Let an offer pass, stop shadowing, or lay a hat down")),
        Route::put("/api/v1/hats/{id}/term", write, go_on).doc(Doc::new("Go on wearing a hat for another term").takes::<GoingOn>()),
        Route::put("/api/v1/hats/{id}/call", write, call).doc(Doc::new("Call for somebody to take one's own hat up")),
        Route::post("/api/v1/hats/{id}/succession", write, succeed).doc(Doc::new("Take up a hat that calls")),
        Route::get("/api/v1/hats/{id}/handover", own, sheet_of)
            .doc(Doc::new("The handover sheet, for wearer, shadow and stewards").gives::<Handover>()),
        Route::post("/api/v1/hats/{id}/handover", write, hand_over)
            .doc(Doc::new("Offer one's own hat to a successor").takes::<HandingOver>()),
        Route::put("/api/v1/hats/{id}/handover", write, tell)
            .doc(Doc::new("Keep what the caller tells the next wearer").takes::<Telling>()),
        Route::delete("/api/v1/hats/{id}/handover", write, take_back)
            .doc(Doc::new("Take back what was offered to a successor")),
        Route::post("/api/v1/hats/{id}/passing", write, pass).doc(Doc::new("Pass one's own hat to who shadows")),
    ]
}

#[derive(Serialize, JsonSchema)]
struct Worn {
    id: HatId,
    hat: String,
    handle: String,
    name: String,
    since: Timestamp,
    until: Option<Timestamp>,
    went_on: Option<Timestamp>,
    /// Since when it calls for somebody.
    called: Option<Timestamp>,
    /// Who shadows, by name.
    shadow: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Past {
    id: HatId,
    hat: String,
    handle: String,
    name: String,
    from: Timestamp,
    until: Timestamp,
    then: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Handover {
    hat: String,
    wearer: String,
    since: Timestamp,
    until: Option<Timestamp>,
    shadow: Option<String>,
    told: String,
    before: Option<Before>,
    waits: Vec<Waits>,
    new: Vec<Newcomer>,
}

#[derive(Serialize, JsonSchema)]
struct Before {
    wearer: String,
    told: String,
}

/// `what`: knock or suspension; who and the words are for stewards alone.
#[derive(Serialize, JsonSchema)]
struct Waits {
    what: String,
    at: Timestamp,
    who: String,
    words: String,
}

#[derive(Serialize, JsonSchema)]
struct Newcomer {
    handle: String,
    name: String,
    since: Timestamp,
}

const DONE: Answer<StatusCode> = Ok(StatusCode::NO_CONTENT);

async fn worn(visit: Visit, Path(slug): Path<String>) -> Answer<Json<List<Worn>>> {
    let c = communities::inside(&visit.cx, &slug).await?;
    let items = store::worn(&visit.cx, c.id).await?.into_iter().map(|w| Worn {
        id: w.id,
        hat: w.hat,
        handle: w.handle,
        name: w.name,
        since: w.since,
        until: w.until,
        went_on: w.renewed_at,
        called: w.called_at,
        shadow: w.shadow,
    });
    Ok(Json(List { items: items.collect(), next: None }))
}

async fn past(visit: Visit, Path(slug): Path<String>, After(after): After) -> Answer<Json<List<Past>>> {
    let c = communities::inside(&visit.cx, &slug).await?;
    let page = store::past(&visit.cx, c.id, after.unwrap_or(Cursor::NEWEST), 100).await?;
    let page = page.map(|p| Past { id: p.id, hat: p.hat, handle: p.handle, name: p.name, from: p.from, until: p.until, then: p.then });
    Ok(Json(page.into()))
}

async fn sheet_of(visit: Visit, Path(id): Path<String>) -> Answer<Json<Handover>> {
    let id = id.parse::<HatId>()?;
    let community = store::community_of(&visit.cx, id).await?;
    let sheet = sheet::sheet(&visit.cx, community, id).await?;
    let waits = sheet::waits(&visit.cx, community).await?;
    let new = sheet::newcomers(&visit.cx, community).await?;
    Ok(Json(Handover {
        hat: sheet.hat,
        wearer: sheet.wearer,
        since: sheet.since,
        until: sheet.until,
        shadow: sheet.shadow,
        told: sheet.told,
        before: sheet.before.map(|(wearer, told)| Before { wearer, told }),
        waits: waits.into_iter().map(|w| Waits { what: w.what, at: w.at, who: w.who, words: w.words }).collect(),
        new: new.into_iter().map(|n| Newcomer { handle: n.handle, name: n.name, since: n.since }).collect(),
    }))
}

async fn offer(Path(slug): Path<String>, act: Act<Offering>) -> Answer<StatusCode> {
    hats::offer(&act.visit.cx, &slug, &act.input).await?;
    DONE
}

async fn take_back_offers(visit: Visit, Path(slug): Path<String>) -> Answer<StatusCode> {
    hats::take_back_offers(&visit.cx, &slug).await?;
    DONE
}

async fn take_up(visit: Visit, Path(slug): Path<String>) -> Answer<StatusCode> {
    hats::take_up(&visit.cx, &slug).await?;
    DONE
}

async fn lay_down(Path(slug): Path<String>, act: Act<LayingDown>) -> Answer<StatusCode> {
    hats::lay_down(&act.visit.cx, &slug, &act.input).await?;
    DONE
}

async fn take_off(visit: Visit, Path((slug, id)): Path<(String, String)>) -> Answer<StatusCode> {
    hats::take_off(&visit.cx, &slug, id.parse()?).await?;
    DONE
}

async fn name(Path(slug): Path<String>, act: Act<Naming>) -> Answer<StatusCode> {
    naming::name(&act.visit.cx, &slug, &act.input).await?;
    DONE
}

async fn accept(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    hats::accept(&visit.cx, id.parse()?).await?;
    DONE
}

async fn put_down(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    hats::put_down(&visit.cx, id.parse()?).await?;
    DONE
}

async fn go_on(Path(id): Path<String>, act: Act<GoingOn>) -> Answer<StatusCode> {
    terms::go_on(&act.visit.cx, id.parse()?, &act.input).await?;
    DONE
}

async fn call(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    terms::call(&visit.cx, id.parse()?).await?;
    DONE
}

async fn succeed(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    terms::answer_call(&visit.cx, id.parse()?).await?;
    DONE
}

async fn hand_over(Path(id): Path<String>, act: Act<HandingOver>) -> Answer<StatusCode> {
    handover::offer(&act.visit.cx, id.parse()?, &act.input).await?;
    DONE
}

async fn tell(Path(id): Path<String>, act: Act<Telling>) -> Answer<StatusCode> {
    handover::tell(&act.visit.cx, id.parse()?, &act.input).await?;
    DONE
}

async fn take_back(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    handover::take_back(&visit.cx, id.parse()?).await?;
    DONE
}

async fn pass(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    handover::pass(&visit.cx, id.parse()?).await?;
    DONE
}
