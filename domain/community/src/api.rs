//! The directory, one community and its charter over JSON.

use axum::Json;

use axum::http::StatusCode;
use kernel::{CommunityId, Cursor, Error, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shell::api::{Doc, List};
use shell::slice::FORM;
use shell::{Act, After, Answer, Asked, Needs, Path, Rate, Route, Visit, Who};

use crate::acts::{self, CharterRevision};
use crate::store::{self, Filter};
use crate::{Openness, Stage};

pub fn routes() -> Vec<Route> {
    let read = Needs::new(Who::ApiRead, Rate::Read, 0);
    vec![
        Route::get("/api/v1/communities", read, directory).doc(
            Doc::new("Communities whose inside the caller sees, the youngest first")
                .gives::<List<Community>>()
                .asks("q", "words in name, domain, purpose or practice")
                .asks("openness", "open, knock or closed")
                .asks("stage", "forming, growing, steady, resting or ended")
                .pages(),
        ),
        Route::get("/api/v1/communities/{slug}", read, one)
            .doc(Doc::new("A community's front door").gives::<Community>()),
        Route::get("/api/v1/communities/{slug}/charter", read, history)
            .doc(Doc::new("The charter's history, the newest first").gives::<List<Revision>>()),
        Route::put("/api/v1/communities/{slug}/charter", Needs::new(Who::ApiWrite, Rate::Write, FORM), revise)
            .doc(Doc::new("Revise the charter, as its steward").takes::<CharterRevision>()),
    ]
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Community {
    pub id: CommunityId,
    pub slug: String,
    pub name: String,
    pub purpose: String,
    /// Null for who only sees the closed door.
    pub domain: Option<String>,
    pub practice: Option<String>,
    pub openness: Openness,
    pub stage: Stage,
    pub version: i64,
    pub founded_at: Timestamp,
    /// Whether the caller is a member.
    pub member: bool,
}

impl From<store::Community> for Community {
    fn from(c: store::Community) -> Self {
        Self {
            id: c.id,
            slug: c.slug,
            name: c.name,
            purpose: c.purpose,
            domain: c.inside.then_some(c.domain),
            practice: c.inside.then_some(c.practice),
            openness: c.openness,
            stage: c.stage,
            version: c.version,
            founded_at: c.created_at,
            member: c.member,
        }
    }
}

#[derive(Deserialize, Default)]
struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    openness: String,
    #[serde(default)]
    stage: String,
}

async fn directory(visit: Visit, After(after): After, Asked(wanted): Asked<Wanted>) -> Answer<Json<List<Community>>> {
    let words = wanted.q.chars().take(100).collect();
    let filter = Filter { words, openness: wanted.openness.parse().ok(), stage: wanted.stage.parse().ok() };
    let page = store::directory(&visit.cx, &filter, after.unwrap_or(Cursor::NEWEST), 50).await?;
    Ok(Json(page.map(Community::from).into()))
}

async fn one(visit: Visit, Path(slug): Path<String>) -> Answer<Json<Community>> {
    let found = store::by_slug(&visit.cx, &slug).await?.ok_or(Error::NotFound)?;
    Ok(Json(found.into()))
}

#[derive(Serialize, JsonSchema)]
struct Revision {
    version: i64,
    name: String,
    domain: String,
    purpose: String,
    practice: String,
    openness: Openness,
    stage: Stage,
    reason: String,
    by: String,
    at: Timestamp,
}

async fn history(visit: Visit, Path(slug): Path<String>) -> Answer<Json<List<Revision>>> {
    let c = store::inside(&visit.cx, &slug).await?;
    let before = visit.path.split_once("after=").and_then(|(_, n)| n.parse().ok()).unwrap_or(i64::MAX);
    let mut revisions = store::history(&visit.cx, c.id, before, 50).await?;
    let more = revisions.len() > 50;
    revisions.truncate(50);
    let next = revisions.last().filter(|_| more).map(|r| r.version.to_string());
    let items = revisions.into_iter().map(|r| Revision {
        version: r.version,
        name: r.name,
        domain: r.domain,
        purpose: r.purpose,
        practice: r.practice,
        openness: r.openness,
        stage: r.stage,
        reason: r.reason,
        by: r.by_name,
        at: r.at,
    });
    Ok(Json(List { items: items.collect(), next }))
}

async fn revise(Path(slug): Path<String>, act: Act<CharterRevision>) -> Answer<StatusCode> {
    acts::revise_charter(&act.visit.cx, &slug, &act.input).await?;
    Ok(StatusCode::NO_CONTENT)
}
