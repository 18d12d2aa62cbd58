//! Changes over JSON: the same acts and rules.

use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{Cursor, Error, Page, Result, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use shell::api::{Doc, List, created};
use shell::slice::LONG_FORM;
use shell::{Act, After, Answer, Needs, Path, Rate, Route, Visit, Who};

use crate::acts::{self, Attesting, Outcome, Sharing, Telling, Turning};
use crate::{Cause, ChangeId, For, State, record, store};

pub(crate) fn routes() -> Vec<Route> {
    let write = Needs::new(Who::ApiWrite, Rate::Write, LONG_FORM);
    let read = Needs::new(Who::ApiRead, Rate::Read, 0);
    let own = Needs::new(Who::ApiOwn, Rate::Read, 0);
    vec![
        Route::post("/api/v1/changes", write, tell)
            .doc(Doc::new("Tell a change of one's practice; it is for oneself alone").takes::<Telling>().created::<Change>()),
        Route::get("/api/v1/changes/{id}", read, one).doc(Doc::new("A change").gives::<Change>()),
        Route::put("/api/v1/changes/{id}", write, edit).doc(Doc::new("Change the words and causes of one's change").takes::<Telling>().gives::<Change>()),
        Route::delete("/api/v1/changes/{id}", write, take_back).doc(Doc::new("Take a change back; it is removed for good")),
        Route::put("/api/v1/changes/{id}/state", write, turn).doc(Doc::new("Say that a change was kept, dropped, or is tried again").takes::<Turning>().gives::<Change>()),
        Route::put("/api/v1/changes/{id}/outcome", write, say_outcome).doc(Doc::new("Say what came of a change").takes::<Outcome>().gives::<Change>()),
        Route::put("/api/v1/changes/{id}/sharing", write, share)
            .doc(Doc::new("Share a change with a community, or in the open there; whoever it names hears of it").takes::<Sharing>().gives::<Change>()),
        Route::delete("/api/v1/changes/{id}/sharing", write, unshare).doc(Doc::new("Keep a change to oneself again")),
        Route::put("/api/v1/changes/{id}/attestation", write, attest).doc(Doc::new("Attest somebody else's change").takes::<Attesting>().gives::<Change>()),
        Route::delete("/api/v1/changes/{id}/attestation", write, withdraw).doc(Doc::new("Withdraw what one attested")),
        Route::get("/api/v1/me/changes", own, mine).doc(Doc::new("How the caller's own practice changed, the newest first").gives::<List<Change>>().pages()),
        Route::get("/api/v1/people/{handle}/changes", read, of_person)
            .doc(Doc::new("How somebody's practice changed, as far as it is shared with the caller").gives::<List<Change>>().pages()),
        Route::get("/api/v1/me/record", own, my_record).doc(
            Doc::new("The caller's record of changes, signed by this instance")
                .gives::<serde_json::Value>()
                .asks("pick", "ids of the changes to stand in it, with commas; left out, what one shared, and what is open of others"),
        ),
    ]
}

#[derive(Serialize, JsonSchema)]
struct Change {
    id: ChangeId,
    /// None where the caller does not see their page.
    handle: Option<String>,
    name: String,
    was: String,
    now: String,
    why: String,
    because: Vec<Source>,
    state: State,
    state_at: Timestamp,
    outcome: String,
    measure: String,
    outcome_at: Option<Timestamp>,
    served: String,
    community: Option<String>,
    audience: For,
    shared_at: Option<Timestamp>,
    attested: Vec<Attested>,
    version: i64,
    at: Timestamp,
    edited_at: Option<Timestamp>,
}

/// What it names, as far as the caller may read it there.
#[derive(Serialize, JsonSchema)]
struct Source {
    kind: Cause,
    id: Option<String>,
    /// A path here, or the address of a page outside.
    link: String,
    title: String,
    words: String,
}

#[derive(Serialize, JsonSchema)]
struct Attested {
    handle: Option<String>,
    name: String,
    words: String,
    at: Timestamp,
}

async fn shown(visit: &Visit, changes: Vec<store::Change>) -> Result<Vec<Change>> {
    let ids: Vec<ChangeId> = changes.iter().map(|h| h.id).collect();
    let (sources, attested) = (store::sources(&visit.cx, &ids).await?, store::attestations(&visit.cx, &ids).await?);
    let one = |h: store::Change| Change {
        because: sources.iter().filter(|s| s.change == h.id).map(source).collect(),
        attested: attested.iter().filter(|a| a.change == h.id).map(attestation).collect(),
        community: h.place.map(|p| p.slug),
        id: h.id,
        handle: h.handle,
        name: h.name,
        was: h.was,
        now: h.now,
        why: h.why,
        state: h.state,
        state_at: h.state_at,
        outcome: h.outcome,
        measure: h.measure,
        outcome_at: h.outcome_at,
        served: h.served,
        audience: h.audience,
        shared_at: h.shared_at,
        version: h.version,
        at: h.at,
        edited_at: h.edited_at,
    };
    Ok(changes.into_iter().map(one).collect())
}

fn source(s: &store::Source) -> Source {
    Source { kind: s.kind, id: s.thing.map(|id| id.to_string()), link: s.path.clone(), title: s.title.clone(), words: s.words.clone() }
}

fn attestation(a: &store::Attested) -> Attested {
    Attested { handle: a.handle.clone(), name: a.name.clone(), words: a.words.clone(), at: a.at }
}

async fn load(visit: &Visit, id: ChangeId) -> Result<Change> {
    let change = store::one(&visit.cx, id).await?.ok_or(Error::NotFound)?;
    shown(visit, vec![change]).await?.pop().ok_or(Error::NotFound)
}

async fn listed(visit: &Visit, page: Page<store::Change>) -> Answer<Json<List<Change>>> {
    let next = page.next.map(|c| c.to_string());
    Ok(Json(List { items: shown(visit, page.items).await?, next }))
}

async fn tell(act: Act<Telling>) -> Answer<Response> {
    let input = act.input.at_home(&act.visit.address_of(""));
    let id = acts::tell(&act.visit.cx, &input).await?;
    Ok(created(load(&act.visit, id).await?))
}

async fn one(visit: Visit, Path(id): Path<String>) -> Answer<Json<Change>> {
    Ok(Json(load(&visit, id.parse()?).await?))
}

async fn edit(Path(id): Path<String>, act: Act<Telling>) -> Answer<Json<Change>> {
    let id = id.parse()?;
    let input = act.input.at_home(&act.visit.address_of(""));
    acts::edit(&act.visit.cx, id, &input).await?;
    Ok(Json(load(&act.visit, id).await?))
}

async fn take_back(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    acts::take_back(&visit.cx, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn turn(Path(id): Path<String>, act: Act<Turning>) -> Answer<Json<Change>> {
    let id = id.parse()?;
    acts::turn(&act.visit.cx, id, act.input.state).await?;
    Ok(Json(load(&act.visit, id).await?))
}

async fn say_outcome(Path(id): Path<String>, act: Act<Outcome>) -> Answer<Json<Change>> {
    let id = id.parse()?;
    acts::say_outcome(&act.visit.cx, id, &act.input).await?;
    Ok(Json(load(&act.visit, id).await?))
}

async fn share(Path(id): Path<String>, act: Act<Sharing>) -> Answer<Json<Change>> {
    let id = id.parse()?;
    acts::share(&act.visit.cx, id, &act.input).await?;
    Ok(Json(load(&act.visit, id).await?))
}

async fn unshare(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    acts::unshare(&visit.cx, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn attest(Path(id): Path<String>, act: Act<Attesting>) -> Answer<Json<Change>> {
    let id = id.parse()?;
    acts::attest(&act.visit.cx, id, &act.input).await?;
    Ok(Json(load(&act.visit, id).await?))
}

async fn withdraw(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    acts::withdraw_attestation(&visit.cx, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn mine(visit: Visit, After(after): After) -> Answer<Json<List<Change>>> {
    let page = store::of_person(&visit.cx, visit.me()?, after.unwrap_or(Cursor::NEWEST), 50).await?;
    listed(&visit, page).await
}

async fn of_person(visit: Visit, Path(handle): Path<String>, After(after): After) -> Answer<Json<List<Change>>> {
    let who = person::store::by_handle(&visit.cx, &handle).await?.ok_or(Error::NotFound)?;
    let page = store::of_person(&visit.cx, who.id, after.unwrap_or(Cursor::NEWEST), 50).await?;
    listed(&visit, page).await
}

async fn my_record(visit: Visit) -> Answer<Json<serde_json::Value>> {
    Ok(Json(record::signed(&visit).await?))
}
