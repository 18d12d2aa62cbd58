//! What stands with words: at saying, afterwards with one's own, described, and taken away again.

#[cfg(test)]
mod tests;

use askama::Template;
use attachment::acts::{self as attachments, Describing};
use attachment::store::{Served, is_small};
use attachment::{Attached, AttachmentId, Attaching, serving, shown};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::Json;
use kernel::{Batch, Cx, Error, PersonId, Result, decide, vals};
use schemars::JsonSchema;
use serde::Deserialize;
use shell::request::see;
use shell::slice::FILE;
use shell::{Act, Answer, Form, Html, Needs, Path, Rate, Route, T, Visit, Who};

use crate::acts::{guard_speaking, may_speak, own, told};
use crate::said::Said;
use crate::{ContributionId, store};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/contributions/{id}/attachments", Needs::reading_own(), page),
        Route::post("/contributions/{id}/attachments", Needs::new(Who::SignedIn, Rate::Write, FILE), bring),
        Route::put("/attachments/{id}", Needs::acting(), describe_page),
        Route::delete("/attachments/{id}", Needs::acting(), remove_page),
        Route::get("/attachments/{id}/{variant}", Needs::reading(), file),
    ]
}

/// With words that are said just now.
pub(crate) async fn attach_new(cx: &Cx, batch: &mut Batch, attaching: &Attaching, id: ContributionId) -> Result<()> {
    if attaching.0.is_empty() {
        return Ok(());
    }
    let all = attachments::attach(cx, batch, attaching, Vec::new(), id.into()).await?;
    batch.exactly(1, "update contribution set attached = ?2 where id = ?1", vals![id, shown::kept(&all)?]);
    Ok(())
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct More {
    /// Ids of one's own attachments that stand with nothing yet.
    pub attached: Attaching,
}

/// With one's own words, afterwards.
pub async fn add(cx: &Cx, id: ContributionId, attaching: &Attaching) -> Result<()> {
    let me = cx.me()?;
    if cx.done_before::<ContributionId>().await?.is_some() {
        return Ok(());
    }
    decide(|| async {
        let now = own(cx, id).await?;
        may_speak(cx, &now).await?;
        let mut batch = Batch::new();
        guard_speaking(&mut batch, me, &now);
        let all = attachments::attach(cx, &mut batch, attaching, now.attached.clone(), id.into()).await?;
        if all == now.attached {
            return Ok(());
        }
        put(cx, batch, me, &now, &all, "attached").await
    })
    .await
}

/// What stands with words is kept beside them as it is shown; who changed it meanwhile is not overwritten.
async fn put(cx: &Cx, mut batch: Batch, me: PersonId, now: &Said, all: &[Attached], verb: &'static str) -> Result<()> {
    batch.exactly(
        1,
        "update contribution set attached = ?3 where id = ?1 and author = ?2 and not voice and attached = ?4",
        vals![now.id, me, shown::kept(all)?, shown::kept(&now.attached)?],
    );
    batch.event(told(cx, me, verb, now));
    cx.write(batch, now.id).await.map(drop)
}

/// Says what one's own picture shows. Answers it, and the words it stands with.
pub async fn describe(cx: &Cx, id: AttachmentId, input: &Describing) -> Result<(Attached, Option<Said>)> {
    let me = cx.me()?;
    decide(|| async {
        let it = attachment::store::own(cx, id).await?.ok_or(Error::NotFound)?;
        let mut batch = Batch::new();
        let described = attachments::describe(cx, &mut batch, &it, input)?;
        let Some(with) = it.contribution else {
            cx.house.db.write(batch).await?;
            return Ok((described, None));
        };
        let now = own(cx, with.into()).await?;
        may_speak(cx, &now).await?;
        guard_speaking(&mut batch, me, &now);
        let all: Vec<Attached> = now.attached.iter().map(|a| if a.id == id { described.clone() } else { a.clone() }).collect();
        put(cx, batch, me, &now, &all, "described").await?;
        Ok((described, Some(now)))
    })
    .await
}

/// Takes one's own away: always, as one withdraws one's words.
pub async fn remove(cx: &Cx, id: AttachmentId) -> Result<Option<Said>> {
    let me = cx.me()?;
    decide(|| async {
        let it = attachment::store::own(cx, id).await?.ok_or(Error::NotFound)?;
        let mut batch = Batch::new();
        attachments::remove(cx, &mut batch, id)?;
        let Some(with) = it.contribution else {
            cx.house.db.write(batch).await?;
            cx.house.blobs.let_go(id.into()).await;
            return Ok(None);
        };
        let now = store::one(cx, with.into()).await?.ok_or(Error::NotFound)?;
        let all: Vec<Attached> = now.attached.iter().filter(|a| a.id != id).cloned().collect();
        put(cx, batch, me, &now, &all, "detached").await?;
        Ok(Some(now))
    })
    .await
}

/// The file of an attachment, for who may see the words it stands with, as they may: not withdrawn, not past its time, not
/// hidden, not of somebody they blocked. One's own, always until its time.
async fn seen(cx: &Cx, id: AttachmentId, small: bool) -> Result<Option<Served>> {
    let sql = "select a.name, a.kind, a.type, a.hash, a.bytes, a.small_type, a.small_hash, a.small_bytes
        from attachment a left join contribution c on c.id = a.contribution
        where a.id = ?1 and a.hash <> '' and (c.fades_at is null or c.fades_at > ?3)
          and (a.person = ?2 or (c.withdrawn_at is null and visible_to(c.root, ?2) and unblocked_by(c.author, ?2)
               and ((c.hidden = '' and c.held = '') or exists (select 1 from grants w where w.person = ?2 and w.audience = -c.community))))";
    let row = cx.db().one(sql, vals![id, cx.viewer, cx.now()]).await?;
    row.map_or(Ok(None), |row| Served::from_row(row, small))
}

pub(crate) async fn file(visit: Visit, Path((id, variant)): Path<(String, String)>, headers: HeaderMap) -> Answer {
    let small = is_small(&variant).ok_or(Error::NotFound)?;
    let file = seen(&visit.cx, id.parse()?, small).await?.ok_or(Error::NotFound)?;
    Ok(serving::serve(&visit.cx, &file, &headers).await?)
}

#[derive(Template)]
#[template(path = "attachments.html")]
struct AttachmentsPage {
    t: T,
    id: ContributionId,
    path: String,
    words: String,
    attached: Vec<(Attached, Html)>,
    room: bool,
    form: Form,
}

/// What goes with one's own words: seen, described, added to and taken away, also without a script.
async fn show(visit: &Visit, id: ContributionId, form: Form) -> Result<Response> {
    let said = own(&visit.cx, id).await?;
    let faulty = form.is_faulty();
    let one = |a: &Attached| Ok((a.clone(), shown::html(visit.t, std::slice::from_ref(a), true)?));
    let shown = AttachmentsPage {
        t: visit.t,
        id,
        path: said.path(),
        words: said.heading(),
        attached: said.attached.iter().map(one).collect::<Result<_>>()?,
        room: said.attached.len() < attachment::rules::WITH_ONE,
        form,
    };
    let title = visit.t.say("What goes with your words");
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

async fn page(visit: Visit, Path(id): Path<String>) -> Answer {
    Ok(show(&visit, id.parse()?, Form::default()).await?)
}

async fn bring(visit: Visit, Path(id): Path<String>, request: Request) -> Answer {
    let id: ContributionId = id.parse()?;
    // Before anything is taken in: whether it may stand there at all.
    let said = own(&visit.cx, id).await?;
    may_speak(&visit.cx, &said).await?;
    let form = Multipart::from_request(request, &()).await;
    let form = form.map_err(|_| Error::invalid("body", "This form was sent in a way that cannot be read."))?;
    match brought(&visit, id, form).await {
        Ok(()) => Ok(see(format!("/contributions/{id}/attachments"))),
        Err(error) => Ok(show(&visit, id, Form::again(&[("file".into(), String::new())], error, visit.t)?).await?),
    }
}

async fn brought(visit: &Visit, id: ContributionId, form: Multipart) -> Result<()> {
    let (ids, fields) = attachment::receive(visit, form).await?;
    if ids.is_empty() {
        return Err(Error::invalid("file", "Please choose a file first."));
    }
    let field = |name: &str| fields.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
    let input = Describing { alt: field("alt").into(), without_alt: field("without_alt").into() };
    for one in &ids {
        describe(&visit.cx, *one, &input).await?;
    }
    add(&visit.cx, id, &Attaching(ids)).await
}

/// To the page where it was done, or to a script.
async fn describe_page(Path(id): Path<String>, act: Act<Describing>) -> Answer {
    let Act { visit, input, sent } = act;
    let id: AttachmentId = id.parse()?;
    match describe(&visit.cx, id, &input).await {
        Ok((described, _)) if visit.problems => Ok(Json(attachment::api::Attachment::from(&described)).into_response()),
        Ok((_, with)) => Ok(see(with.map_or_else(|| "/".into(), |said| format!("/contributions/{}/attachments", said.id)))),
        Err(error) if visit.problems => Err(error.into()),
        Err(error) => {
            let with = attachment::store::own(&visit.cx, id).await?.and_then(|a| a.contribution).ok_or(Error::NotFound)?;
            Ok(show(&visit, with.into(), Form::again(&sent, error, visit.t)?).await?)
        }
    }
}

async fn remove_page(visit: Visit, Path(id): Path<String>) -> Answer {
    match remove(&visit.cx, id.parse()?).await? {
        _ if visit.problems => Ok(StatusCode::NO_CONTENT.into_response()),
        None => Ok(see("/")),
        Some(said) if said.withdrawn => Ok(see(said.path())),
        Some(said) => Ok(see(format!("/contributions/{}/attachments", said.id))),
    }
}
