//! Voices and claims over JSON, by the same acts.

use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{Error, Timestamp, VoiceId};
use schemars::JsonSchema;
use serde::Serialize;
use shell::api::{Doc, List, created};
use shell::slice::FORM;
use shell::{Act, After, Answer, Asked, Needs, Path, Rate, Route, Visit, Who};

use super::acts::{self, Answering, Asking, Giving, Offering, TakingBack};
use super::pages::{Sought, sought, voice_id};
use super::{ClaimId, State, store};

pub fn routes() -> Vec<Route> {
    let own = Needs::new(Who::ApiOwn, Rate::Read, 0);
    let write = Needs::new(Who::ApiWrite, Rate::Write, FORM);
    vec![
        Route::get("/api/v1/voices", own, voices)
            .doc(Doc::new("Remembered voices whose names begin so, and of which one sees something").gives::<List<Voice>>().asks("q", "the beginning of the name, two letters at least").pages()),
        Route::get("/api/v1/voices/{id}", own, voice).doc(Doc::new("A remembered voice").gives::<Voice>()),
        Route::post("/api/v1/voices/{id}/claims", write, ask)
            .doc(Doc::new("Say that a voice's words are one's own: waits for a steward's word").takes::<Asking>().created::<Claim>()),
        Route::post("/api/v1/voices/{id}/offers", write, offer)
            .doc(Doc::new("Ask a member whether a voice was them, as a steward; the same answer whoever is meant").takes::<Offering>()),
        Route::get("/api/v1/me/claims", own, mine).doc(Doc::new("The caller's own claims, the newest first").gives::<List<Claim>>()),
        Route::get("/api/v1/claims/{id}", own, one).doc(Doc::new("A claim, for its person and who gives a word on it").gives::<Claim>()),
        Route::post("/api/v1/claims/{id}/word", write, give_word)
            .doc(Doc::new("A steward's word on a claim, or the operator's where there is no steward").takes::<Giving>()),
        Route::post("/api/v1/claims/{id}/answer", write, answer)
            .doc(Doc::new("Answer what a steward offered").takes::<Answering>()),
        Route::post("/api/v1/claims/{id}/taking-back", write, take_back)
            .doc(Doc::new("Take one's word for a claim back, with why").takes::<TakingBack>()),
        Route::delete("/api/v1/claims/{id}", write, let_go).doc(Doc::new("Let a claim of one's own go")),
    ]
}

#[derive(Serialize, JsonSchema)]
struct Voice {
    id: String,
    name: String,
    remembered_from: String,
    /// Empty where nobody claimed it.
    claimed_by: String,
    handle: Option<String>,
}

impl From<store::Voice> for Voice {
    fn from(v: store::Voice) -> Self {
        Self { id: v.id.0.to_string(), name: v.name, remembered_from: v.origin, claimed_by: v.claimed_by, handle: v.handle }
    }
}

#[derive(Serialize, JsonSchema)]
struct Claim {
    id: ClaimId,
    voice: String,
    name: String,
    remembered_from: String,
    person: String,
    handle: Option<String>,
    state: State,
    /// By a steward.
    offered: bool,
    words: String,
    reason: String,
    at: Timestamp,
    decided_at: Option<Timestamp>,
}

impl From<store::Claim> for Claim {
    fn from(c: store::Claim) -> Self {
        let VoiceId(voice) = c.voice;
        Self {
            id: c.id,
            voice: voice.to_string(),
            name: c.name,
            remembered_from: c.origin,
            person: c.person_name,
            handle: c.handle,
            state: c.state,
            offered: c.offered,
            words: c.words,
            reason: c.reason,
            at: c.at,
            decided_at: c.decided_at,
        }
    }
}

const DONE: Answer<StatusCode> = Ok(StatusCode::NO_CONTENT);

async fn voices(visit: Visit, Asked(wanted): Asked<Sought>, After(after): After) -> Answer<Json<List<Voice>>> {
    let q = sought(&wanted.q).ok_or_else(|| Error::invalid("q", "Please give the first two letters of the name at least."))?;
    Ok(Json(store::voices(&visit.cx, q, after, 50).await?.map(Voice::from).into()))
}

async fn voice(visit: Visit, Path(id): Path<String>) -> Answer<Json<Voice>> {
    Ok(Json(store::voice(&visit.cx, voice_id(&id)?).await?.ok_or(Error::NotFound)?.into()))
}

async fn seen(visit: &Visit, id: ClaimId) -> kernel::Result<Claim> {
    Ok(store::claim(&visit.cx, id).await?.ok_or(Error::NotFound)?.into())
}

async fn ask(Path(id): Path<String>, act: Act<Asking>) -> Answer<Response> {
    let made = acts::ask(&act.visit.cx, voice_id(&id)?, &act.input).await?;
    Ok(created(seen(&act.visit, made).await?))
}

async fn offer(Path(id): Path<String>, act: Act<Offering>) -> Answer<StatusCode> {
    acts::offer(&act.visit.cx, voice_id(&id)?, &act.input).await?;
    DONE
}

async fn mine(visit: Visit) -> Answer<Json<List<Claim>>> {
    let items = store::mine(&visit.cx, 1000).await?.into_iter().map(Claim::from).collect();
    Ok(Json(List { items, next: None }))
}

async fn one(visit: Visit, Path(id): Path<String>) -> Answer<Json<Claim>> {
    Ok(Json(seen(&visit, id.parse()?).await?))
}

async fn give_word(Path(id): Path<String>, act: Act<Giving>) -> Answer<StatusCode> {
    acts::give_word(&act.visit.cx, id.parse()?, &act.input).await?;
    DONE
}

async fn answer(Path(id): Path<String>, act: Act<Answering>) -> Answer<StatusCode> {
    acts::answer(&act.visit.cx, id.parse()?, &act.input).await?;
    DONE
}

async fn take_back(Path(id): Path<String>, act: Act<TakingBack>) -> Answer<StatusCode> {
    acts::take_back(&act.visit.cx, id.parse()?, &act.input).await?;
    DONE
}

async fn let_go(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    acts::let_go(&visit.cx, id.parse()?).await?;
    DONE
}
