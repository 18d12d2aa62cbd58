//! Drafts: words that are not said yet. Seen by their person alone, kept while they are typed, gone when they are said.

use askama::Template;

use axum::http::StatusCode;
use kernel::{Batch, Cx, Error, Id, PersonId, Problems, Result, Timestamp, Words, vals};
use serde::Deserialize;
use shell::request::see;
use shell::slice::LONG_FORM;
use shell::{Act, Answer, Future, Html, Needs, Path, Rate, Route, T, Visit, Who, words};

pub(crate) fn routes() -> Vec<Route> {
    let typing = Needs::new(Who::SignedIn, Rate::Read, LONG_FORM);
    vec![
        Route::put("/me/drafts/{place}", typing, keep_page),
        Route::delete("/me/drafts/{place}", Needs::acting(), drop_page),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    words: Words<0, 20000>,
}

/// `home`, `private`, `reply-ID`, `new-COMMUNITY`, `announce-COMMUNITY`, `grow-ID`, `sense`.
fn is_place(place: &str) -> bool {
    (1..=80).contains(&place.len()) && place.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

const MOST: i64 = 200;

/// Keeps words that are being written. Empty words drop the draft.
pub async fn keep(cx: &Cx, place: &str, text: &str) -> Result<()> {
    let me = cx.me()?;
    if !is_place(place) {
        return Err(Error::NotFound);
    }
    let mut batch = Batch::new();
    if text.trim().is_empty() {
        drop_in(&mut batch, me, place);
    } else {
        batch.run(
            "insert into draft (person, place, words, at) values (?1, ?2, ?3, ?4)
             on conflict (person, place) do update set words = excluded.words, at = excluded.at",
            vals![me, place, text, cx.now()],
        );
        batch.run(
            "delete from draft where person = ?1 and at < (
                 select at from draft where person = ?1 order by at desc limit 1 offset ?2)",
            vals![me, MOST - 1],
        );
    }
    cx.house.db.write(batch).await
}

pub(crate) fn drop_in(batch: &mut Batch, me: PersonId, place: &str) {
    if !place.is_empty() {
        batch.run("delete from draft where person = ?1 and place = ?2", vals![me, place]);
    }
}

/// The drafts for some places.
pub async fn of_places(cx: &Cx, places: &[String]) -> Result<Vec<(String, String)>> {
    let Some(me) = cx.viewer.person() else { return Ok(Vec::new()) };
    let sql = "select place, words from draft where person = ?1 and in_texts(place, ?2)";
    let rows = cx.db().query(sql, vals![me, kernel::Val::list(places)]).await?;
    rows.into_iter().map(|mut r| Ok((r.take()?, r.take()?))).collect()
}

/// One draft, or empty words.
pub async fn of_place(cx: &Cx, place: &str) -> Result<String> {
    Ok(of_places(cx, &[place.to_owned()]).await?.into_iter().next().map(|(_, words)| words).unwrap_or_default())
}

async fn all(cx: &Cx) -> Result<Vec<(String, String, Timestamp)>> {
    let sql = "select place, words, at from draft where person = ?1 order by at desc limit 20";
    let rows = cx.db().query(sql, vals![cx.me()?]).await?;
    rows.into_iter().map(|mut r| Ok((r.take()?, r.take()?, r.take()?))).collect()
}

async fn keep_page(Path(place): Path<String>, act: Act<Draft>) -> Answer<StatusCode> {
    let mut problems = Problems::default();
    let text = act.input.words.check("words", &mut problems);
    problems.done()?;
    keep(&act.visit.cx, &place, &text).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn drop_page(visit: Visit, Path(place): Path<String>) -> Answer {
    keep(&visit.cx, &place, "").await?;
    Ok(see("/"))
}

#[derive(Template)]
#[template(path = "drafts.html")]
struct Waiting {
    t: T,
    drafts: Vec<(String, String, String, Html)>,
}

/// On the home page: drafts that wait. The box's own draft is in the box.
pub fn waiting(visit: Visit, _: Id) -> Future<Html> {
    Box::pin(async move {
        let mut drafts = Vec::new();
        for (place, text, at) in all(&visit.cx).await?.into_iter().filter(|(place, ..)| place != "home") {
            drafts.push((page_of(&place), words::plain(&text, 80), place, visit.time(at)));
        }
        if drafts.is_empty() { Ok(Html::default()) } else { Html::of(&Waiting { t: visit.t, drafts }) }
    })
}

/// Where a draft goes on.
fn page_of(place: &str) -> String {
    if place == "private" {
        return "/conversations/new".into();
    }
    match place.split_once('-') {
        Some(("reply", id)) => format!("/conversations/{id}"),
        None if place == "sense" => "/sense".into(),
        Some(("announce", slug)) => format!("/c/{slug}/announcements/new"),
        Some(("new", slug)) => format!("/c/{slug}/contributions/new"),
        Some(("grow", id)) => format!("/narrations/{id}/growth"),
        _ => "/".into(),
    }
}
