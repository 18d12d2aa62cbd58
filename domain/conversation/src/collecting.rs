//! Collecting narrations and replies into one's own tray, to say what one sees in them together. Like drafts, the tray is
//! its person's alone, and no act that the journal tells of.

use axum::Json;
use axum::http::{Method, StatusCode};
use kernel::{Batch, Cx, Error, Result, vals};
use schemars::JsonSchema;
use serde::Deserialize;
use shell::api::{Doc, List};
use shell::request::see;
use shell::slice::FORM;
use shell::{Act, Answer, Needs, Path, Rate, Route, Visit, Who};

use crate::api::Contribution;
use crate::rules::{self, Refusal};
use crate::said::Said;
use crate::{ContributionId, For, pages, store};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/contributions/{id}/collected", Needs::acting(), collect_page),
        Route::delete("/contributions/{id}/collected", Needs::acting(), let_go_page),
    ]
}

pub(crate) fn api() -> Vec<Route> {
    let read = Needs::new(Who::ApiRead, Rate::Read, 0);
    let write = Needs::new(Who::ApiWrite, Rate::Write, FORM);
    let own = Needs::new(Who::ApiOwn, Rate::Read, 0);
    vec![
        Route::get("/api/v1/me/tray", own, my_tray).doc(Doc::new("What the caller collected, in their order").gives::<List<Contribution>>()),
        Route::new(Method::PUT, "/api/v1/me/tray/{id}", write, collect_api).doc(Doc::new("Collect something into one's tray")),
        Route::delete("/api/v1/me/tray/{id}", write, let_go_api).doc(Doc::new("Take something out of one's tray")),
        Route::put("/api/v1/me/tray/{id}/place", write, move_api)
            .doc(Doc::new("Move something in one's tray by one place").takes::<Moving>()),
        Route::get("/api/v1/contributions/{id}/sources", read, sources)
            .doc(Doc::new("What a contribution looks at, as far as the caller sees it").gives::<List<Contribution>>()),
        Route::get("/api/v1/contributions/{id}/sense", read, sense)
            .doc(Doc::new("Where a contribution was collected").gives::<List<Contribution>>()),
    ]
}

/// So many fit into a tray: more is no longer looked at as one.
pub const MOST: i64 = 30;

/// Puts something into one's tray. Said twice, it is there once.
pub async fn collect(cx: &Cx, id: ContributionId) -> Result<()> {
    let me = cx.me()?;
    // What is hidden, waits, or is by somebody blocked is not looked at.
    let looked_at = |s: &Said| s.care.hidden.is_none() && s.care.held.is_none() && !s.care.blocked;
    let said = store::one(cx, id).await?.filter(looked_at).ok_or(Error::NotFound)?;
    let tray = store::tray(cx).await?;
    if tray.iter().any(|s| s.id == id) {
        return Ok(());
    }
    rules::may_collect(said.withdrawn, said.faded, tray.len() as i64, MOST)?;
    let mut batch = Batch::new();
    batch.holds(kernel::audience::SEES, vals![said.root, me]);
    batch.lacks("select 1 from tray where person = ?1 order by contribution limit 1 offset ?2", vals![me, 2 * MOST]);
    batch.run(
        "insert into tray (person, contribution, place)
         select cast(?1 as bigint), cast(?2 as bigint), coalesce(max(place), 0) + 1 from tray where person = ?1
         on conflict do nothing",
        vals![me, id],
    );
    cx.house.db.write(batch).await
}

pub async fn let_go(cx: &Cx, id: ContributionId) -> Result<()> {
    let mut batch = Batch::new();
    batch.run("delete from tray where person = ?1 and contribution = ?2", vals![cx.me()?, id]);
    cx.house.db.write(batch).await
}

kernel::choice! {
    pub enum Way { Up = "up", Down = "down" }
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Moving {
    pub to: Way,
}

/// Moves something by one place among those that are seen.
pub async fn shift(cx: &Cx, id: ContributionId, to: Way) -> Result<()> {
    let me = cx.me()?;
    let mut ids: Vec<ContributionId> = store::tray(cx).await?.into_iter().map(|s| s.id).collect();
    let at = ids.iter().position(|i| *i == id).ok_or(Error::NotFound)?;
    let other = match to {
        Way::Up => at.checked_sub(1),
        Way::Down => Some(at + 1).filter(|next| *next < ids.len()),
    };
    let Some(other) = other else { return Ok(()) }; // it is at the end
    ids.swap(at, other);
    let mut batch = Batch::new();
    for (place, id) in ids.iter().enumerate() {
        batch.run("update tray set place = ?3 where person = ?1 and contribution = ?2", vals![me, *id, place as i64 + 1]);
    }
    cx.house.db.write(batch).await
}

/// Whether what was said among named people stands behind a contribution: then it goes no further than its author.
pub(crate) const LOOKS_AT_PRIVATE: &str = "select 1 from collected g join contribution s on s.id = g.source
    where g.contribution = ?1 and s.audience = 'named'";

/// Says what a new contribution looks at, as part of its batch: in their order, each still seen by who says it.
pub(crate) fn put_sources(batch: &mut Batch, cx: &Cx, id: ContributionId, audience: For, sources: &[ContributionId]) -> Result<()> {
    let me = cx.me()?;
    for (place, source) in sources.iter().enumerate() {
        batch.exactly(
            1,
            "insert into collected (contribution, source, conversation, place)
             select cast(?1 as bigint), c.id, c.root, cast(?4 as bigint) from contribution c
             where c.id = ?2 and c.withdrawn_at is null and c.hidden = '' and c.held = '' and (c.fades_at is null or c.fades_at > ?5)
               and unblocked_by(c.author, ?3)
               and (visible_to(c.root, ?3) or (c.author = ?3 and not c.voice))",
            vals![id, *source, me, place as i64, cx.now()],
        );
        batch.run("delete from tray where person = ?1 and contribution = ?2", vals![me, *source]);
    }
    if audience != For::Me && !sources.is_empty() {
        batch.lacks(LOOKS_AT_PRIVATE, vals![id]);
    }
    Ok(())
}

/// Refuses to let reach further what looks at private talk.
pub(crate) async fn may_go_further(cx: &Cx, id: ContributionId) -> Result<()> {
    match cx.db().one(LOOKS_AT_PRIVATE, vals![id]).await? {
        Some(_) => Err(Refusal::PrivateStays.into()),
        None => Ok(()),
    }
}

async fn collect_page(visit: Visit, Path(id): Path<String>) -> Answer {
    let id = id.parse()?;
    collect(&visit.cx, id).await?;
    back(&visit, id).await
}

async fn let_go_page(visit: Visit, Path(id): Path<String>) -> Answer {
    let id = id.parse()?;
    let_go(&visit.cx, id).await?;
    back(&visit, id).await
}

async fn back(visit: &Visit, id: ContributionId) -> Answer {
    match store::one(&visit.cx, id).await? {
        Some(said) => Ok(see(pages::place_of(visit, &said).await?)),
        None => Ok(see("/sense")),
    }
}

async fn my_tray(visit: Visit) -> Answer<Json<List<Contribution>>> {
    let items = store::tray(&visit.cx).await?.into_iter().map(Contribution::from).collect();
    Ok(Json(List { items, next: None }))
}

async fn collect_api(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    collect(&visit.cx, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn let_go_api(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    let_go(&visit.cx, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn move_api(Path(id): Path<String>, act: Act<Moving>) -> Answer<StatusCode> {
    shift(&act.visit.cx, id.parse()?, act.input.to).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn sources(visit: Visit, Path(id): Path<String>) -> Answer<Json<List<Contribution>>> {
    let said = store::one(&visit.cx, id.parse()?).await?.filter(|s| !s.withdrawn).ok_or(Error::NotFound)?;
    let items = store::sources(&visit.cx, said.id).await?.into_iter().map(Contribution::from).collect();
    Ok(Json(List { items, next: None }))
}

async fn sense(visit: Visit, Path(id): Path<String>) -> Answer<Json<List<Contribution>>> {
    let said = store::one(&visit.cx, id.parse()?).await?.filter(|s| !s.withdrawn).ok_or(Error::NotFound)?;
    let items = store::sense_of(&visit.cx, said.id).await?.into_iter().map(Contribution::from).collect();
    Ok(Json(List { items, next: None }))
}
