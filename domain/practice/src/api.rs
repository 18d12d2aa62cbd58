//! Practices over JSON.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use community::store as communities;
use kernel::{Error, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shell::api::{Doc, List, created};
use shell::slice::LONG_FORM;
use shell::{Act, After, Answer, Asked, Needs, Path, Rate, Route, Visit, Who};

use crate::acts::{self, NewPractice, Revised, Revising};
use crate::evidence::{self, Adopting, Turning};
use crate::forks::{self, Forking, Offering};
use crate::kinds::{self, Kind, NewKind};
use crate::proposals::{self, Answering, Proposing};
use crate::sources::{self, NewSource};
use crate::store::{self, Practice as Row, Sought};
use crate::{How, PracticeId, State};

pub(crate) fn routes() -> Vec<Route> {
    let read = Needs::new(Who::ApiRead, Rate::Read, 0);
    let write = Needs::new(Who::ApiWrite, Rate::Write, LONG_FORM);
    vec![
        Route::get("/api/v1/communities/{slug}/practices", read, list)
            .doc(Doc::new("A community's practices, the latest revised first").gives::<List<Practice>>().pages().asks("show", "a kind, a state, or due")),
        Route::post("/api/v1/communities/{slug}/practices", write, begin)
            .doc(Doc::new("Begin a practice").takes::<NewPractice>().created::<Practice>()),
        Route::get("/api/v1/communities/{slug}/practice-kinds", read, kinds_here).doc(Doc::new("Kinds of practice in a community").gives::<List<Kind>>()),
        Route::post("/api/v1/communities/{slug}/practice-kinds", write, add_kind).doc(Doc::new("Add a kind of practice").takes::<NewKind>()),
        Route::get("/api/v1/practices/{id}", read, one).doc(Doc::new("A practice with its words, sources and what people say of it").gives::<Whole>()),
        Route::delete("/api/v1/practices/{id}", write, take_back).doc(Doc::new("Take back one's own practice that nobody else has a part in")),
        Route::put("/api/v1/practices/{id}/audience", write, reach).doc(Doc::new("Open it, or keep it for its community").takes::<acts::Reaching>()),
        Route::get("/api/v1/practices/{id}/revisions", read, history)
            .doc(Doc::new("Its revisions, the newest first, thirty at a time").gives::<List<Revision>>().asks("before", "a version")),
        Route::post("/api/v1/practices/{id}/revisions", write, revise)
            .doc(Doc::new("Revise it; 409 with both wordings where others changed the same passages").takes::<Revising>().created::<Practice>()),
        Route::post("/api/v1/practices/{id}/proposals", write, propose)
            .doc(Doc::new("Propose a change; it opens a conversation").takes::<Proposing>().created::<Opened>()),
        Route::post("/api/v1/proposals/{id}/answer", write, answer).doc(Doc::new("Accept or decline a proposal").takes::<Answering>()),
        Route::post("/api/v1/practices/{id}/sources", write, add_source).doc(Doc::new("Add a source").takes::<NewSource>().created::<Numbered>()),
        Route::post("/api/v1/practices/{id}/adoption", write, adopt).doc(Doc::new("Say how a practice does for you").takes::<Adopting>()),
        Route::delete("/api/v1/practices/{id}/adoption", write, unadopt).doc(Doc::new("Take back what you said of a practice")),
        Route::post("/api/v1/practices/{id}/verification", write, verify).doc(Doc::new("Say that it is still true")),
        Route::post("/api/v1/practices/{id}/state", write, turn).doc(Doc::new("Bring it into another state, as far as the evidence carries").takes::<Turning>()),
        Route::post("/api/v1/practices/{id}/forks", write, fork).doc(Doc::new("Let it stand in another community, too").takes::<Forking>().created::<Practice>()),
        Route::post("/api/v1/practices/{id}/offer", write, offer_back)
            .doc(Doc::new("Offer what became of a fork back to where it began").takes::<Offering>().created::<Opened>()),
    ]
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct Practice {
    id: PracticeId,
    community: String,
    kind: String,
    title: String,
    use_when: String,
    audience: conversation::For,
    state: State,
    state_why: String,
    version: i64,
    at: Timestamp,
    edited_at: Timestamp,
    verified_at: Timestamp,
    /// When it should be asked whether it is still true; null for never.
    due_at: Option<Timestamp>,
    forked_from: Option<PracticeId>,
}

impl From<Row> for Practice {
    fn from(p: Row) -> Self {
        Self {
            id: p.id,
            community: p.slug,
            kind: p.kind,
            title: p.title,
            use_when: p.use_when,
            audience: p.audience,
            state: p.state,
            state_why: p.state_why,
            version: p.version,
            at: p.at,
            edited_at: p.edited_at,
            verified_at: p.verified_at,
            due_at: (p.due_at.0 < i64::MAX).then_some(p.due_at),
            forked_from: p.forked_from.map(|(id, _)| id),
        }
    }
}

#[derive(Serialize, JsonSchema)]
struct Source {
    n: i64,
    kind: String,
    link: String,
    title: String,
    author: String,
    dated: String,
    words: String,
    /// It was taken back, or is not for you.
    gone: bool,
}

#[derive(Serialize, JsonSchema)]
struct Adoption {
    name: String,
    handle: Option<String>,
    how: How,
    why: String,
    setting: String,
    at: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct Whole {
    practice: Practice,
    /// Markdown.
    words: String,
    sources: Vec<Source>,
    /// The fifty latest.
    adoptions: Vec<Adoption>,
}

#[derive(Serialize, JsonSchema)]
struct Revision {
    version: i64,
    title: String,
    reason: String,
    author: String,
    at: Timestamp,
}

/// The conversation that was opened.
#[derive(Serialize, JsonSchema)]
struct Opened {
    conversation: conversation::ContributionId,
}

#[derive(Serialize, JsonSchema)]
struct Numbered {
    n: i64,
}

#[derive(Deserialize, Default)]
struct Wanted {
    #[serde(default)]
    show: String,
}

async fn load(visit: &Visit, id: PracticeId) -> kernel::Result<Practice> {
    Ok(store::one(&visit.cx, id).await?.ok_or(Error::NotFound)?.into())
}

async fn list(visit: Visit, Path(slug): Path<String>, Asked(wanted): Asked<Wanted>, After(after): After) -> Answer<Json<List<Practice>>> {
    let c = communities::inside(&visit.cx, &slug).await?;
    let page = store::of_community(&visit.cx, c.id, &Sought::read(&wanted.show), after, 50).await?;
    Ok(Json(page.map(Practice::from).into()))
}

async fn begin(Path(slug): Path<String>, act: Act<NewPractice>) -> Answer<Response> {
    let id = acts::begin(&act.visit.cx, &slug, &act.input).await?;
    Ok(created(load(&act.visit, id).await?))
}

async fn kinds_here(visit: Visit, Path(slug): Path<String>) -> Answer<Json<List<Kind>>> {
    let c = communities::inside(&visit.cx, &slug).await?;
    Ok(Json(List { items: kinds::of_community(&visit.cx, visit.t, c.id).await?, next: None }))
}

async fn add_kind(Path(slug): Path<String>, act: Act<NewKind>) -> Answer<StatusCode> {
    kinds::add(&act.visit.cx, &slug, &act.input).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn one(visit: Visit, Path(id): Path<String>) -> Answer<Json<Whole>> {
    let id: PracticeId = id.parse()?;
    let p = store::one(&visit.cx, id).await?.ok_or(Error::NotFound)?;
    let source = |s: sources::Source| Source { n: s.n, kind: s.kind, link: s.link, title: s.title, author: s.author, dated: s.dated, words: s.words, gone: s.gone };
    let adoption = |a: store::Adoption| Adoption { name: a.name, handle: a.handle, how: a.how, why: a.why, setting: a.setting, at: a.at };
    Ok(Json(Whole {
        words: p.words.clone(),
        practice: p.into(),
        sources: sources::of_practice(&visit.cx, id).await?.into_iter().map(source).collect(),
        adoptions: store::adoptions(&visit.cx, id, 50).await?.into_iter().map(adoption).collect(),
    }))
}

async fn take_back(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    acts::take_back(&visit.cx, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn reach(Path(id): Path<String>, act: Act<acts::Reaching>) -> Answer<StatusCode> {
    acts::reach(&act.visit.cx, id.parse()?, &act.input).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, Default)]
struct Before {
    #[serde(default)]
    before: Option<i64>,
}

async fn history(visit: Visit, Path(id): Path<String>, Asked(asked): Asked<Before>) -> Answer<Json<List<Revision>>> {
    let id: PracticeId = id.parse()?;
    store::one(&visit.cx, id).await?.ok_or(Error::NotFound)?;
    let all = store::history(&visit.cx, id, asked.before.unwrap_or(i64::MAX), 30).await?;
    let next = (all.len() == 30).then(|| all.last().map(|r| r.version.to_string())).flatten();
    let items = all.into_iter().map(|r| Revision { version: r.version, title: r.title, reason: r.reason, author: r.author.name, at: r.at }).collect();
    Ok(Json(List { items, next }))
}

#[derive(Serialize)]
struct Clashing {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    /// The version that it clashes with: the base of the next try.
    base: i64,
    /// Both together, with the caller's own wording where they clash.
    joined: Joined,
    clashes: Vec<Clash>,
}

#[derive(Serialize)]
struct Joined {
    title: String,
    use_when: String,
    words: String,
}

#[derive(Serialize)]
struct Clash {
    field: &'static str,
    mine: String,
    theirs: String,
}

async fn revise(Path(id): Path<String>, act: Act<Revising>) -> Answer<Response> {
    let id: PracticeId = id.parse()?;
    match acts::revise(&act.visit.cx, id, &act.input).await? {
        Revised::Stands { .. } => Ok(created(load(&act.visit, id).await?)),
        Revised::Clashes { now, title, use_when, words, clashes } => {
            let detail = act.visit.t.say("Somebody else changed the same passages meanwhile. Put the two together and send it again on the version that is named here.");
            let clashes = clashes.into_iter().map(|c| Clash { field: c.field, mine: c.mine, theirs: c.theirs }).collect();
            let body = Clashing {
                r#type: "about:blank",
                title: "Conflict",
                status: 409,
                detail: detail.to_owned(),
                base: now,
                joined: Joined { title, use_when, words },
                clashes,
            };
            let kind = [(axum::http::header::CONTENT_TYPE, "application/problem+json")];
            Ok((StatusCode::CONFLICT, kind, serde_json::to_string(&body).map_err(|e| Error::broken(e.to_string()))?).into_response())
        }
    }
}

async fn propose(Path(id): Path<String>, act: Act<Proposing>) -> Answer<Response> {
    let conversation = proposals::propose(&act.visit.cx, id.parse()?, &act.input).await?;
    Ok(created(Opened { conversation }))
}

async fn answer(Path(id): Path<String>, act: Act<Answering>) -> Answer<StatusCode> {
    proposals::answer(&act.visit.cx, id.parse()?, &act.input).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn add_source(Path(id): Path<String>, act: Act<NewSource>) -> Answer<Response> {
    let n = sources::add(&act.visit.cx, id.parse()?, &act.input.at_home(&act.visit.address_of(""))).await?;
    Ok(created(Numbered { n }))
}

async fn adopt(Path(id): Path<String>, act: Act<Adopting>) -> Answer<StatusCode> {
    evidence::adopt(&act.visit.cx, id.parse()?, &act.input).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn unadopt(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    evidence::take_back(&visit.cx, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn verify(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    evidence::verify(&visit.cx, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn turn(Path(id): Path<String>, act: Act<Turning>) -> Answer<StatusCode> {
    evidence::turn(&act.visit.cx, id.parse()?, &act.input).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn fork(Path(id): Path<String>, act: Act<Forking>) -> Answer<Response> {
    let fork = forks::fork(&act.visit.cx, id.parse()?, &act.input).await?;
    Ok(created(load(&act.visit, fork).await?))
}

async fn offer_back(Path(id): Path<String>, act: Act<Offering>) -> Answer<Response> {
    let conversation = forks::offer_back(&act.visit.cx, id.parse()?, &act.input).await?;
    Ok(created(Opened { conversation }))
}
