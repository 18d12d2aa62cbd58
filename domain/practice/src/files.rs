//! The files of a template or a tool, each with its versions: a file of the same name takes the place of the one before.

use attachment::serving;
use attachment::store::{Served, is_small};
use attachment::{Attached, Attaching, acts as attachments, shown};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::HeaderMap;
use kernel::{Cx, Error, Result, decide, vals};
use shell::request::see;
use shell::slice::FILE;
use shell::{Answer, Needs, Path, Rate, Route, Visit, Who};

use crate::acts::{hand, still_revises, told};
use crate::rules::{self, Refusal};
use crate::{PracticeId, store};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/practices/{id}/files", Needs::new(Who::SignedIn, Rate::Write, FILE), bring),
        Route::get("/practices/{id}/files/{file}/{variant}", Needs::reading(), file),
    ]
}

const MOST: usize = 20;

/// Adds one's own uploaded files to a practice.
pub async fn add(cx: &Cx, id: PracticeId, attaching: &Attaching) -> Result<()> {
    let me = cx.me()?;
    decide(|| async {
        let p = store::one(cx, id).await?.ok_or(Error::NotFound)?;
        let hand = hand(cx, &p).await?;
        rules::may_revise(hand, p.state)?;
        if p.attached.len() + attaching.0.len() > MOST {
            return Err(Refusal::TooManyFiles.into());
        }
        let mut batch = kernel::Batch::new();
        still_revises(&mut batch, cx, &p, hand)?;
        let new = attachments::attach(cx, &mut batch, attaching, Vec::new(), id.into()).await?;
        let all: Vec<Attached> = p.attached.iter().chain(&new).cloned().collect();
        batch.exactly(1, "update practice set attached = ?2 where id = ?1 and attached = ?3", vals![id, shown::kept(&all)?, shown::kept(&p.attached)?]);
        batch.event(told(cx, me, "practice_file_added", id, &p.community));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

/// A file with its version: how many of this name there were up to it, and whether it is the one in use.
#[derive(Clone, Debug)]
pub struct Version {
    pub name: String,
    pub path: String,
    pub size: String,
    pub version: usize,
    pub latest: bool,
}

pub fn versions(id: PracticeId, attached: &[Attached]) -> Vec<Version> {
    let version = |(i, a): (usize, &Attached)| {
        let same = |other: &&Attached| other.name == a.name;
        Version {
            name: a.name.clone(),
            path: format!("/practices/{id}/files/{}/full", a.id),
            size: a.size(),
            version: attached.iter().take(i + 1).filter(same).count(),
            latest: !attached.iter().skip(i + 1).any(|other| other.name == a.name),
        }
    };
    attached.iter().enumerate().map(version).rev().collect()
}

async fn file(visit: Visit, Path((id, file, variant)): Path<(String, String, String)>, headers: HeaderMap) -> Answer {
    let small = is_small(&variant).ok_or(Error::NotFound)?;
    let id: PracticeId = id.parse()?;
    let file: attachment::AttachmentId = file.parse()?;
    let sql = "select a.name, a.kind, a.type, a.hash, a.bytes, a.small_type, a.small_hash, a.small_bytes
        from attachment a join practice p on p.id = a.contribution
        where a.id = ?1 and p.id = ?2 and a.hash <> '' and p.withdrawn_at is null and visible_to(p.id, ?3)";
    let row = visit.cx.db().one(sql, vals![file, id, visit.cx.viewer]).await?.ok_or(Error::NotFound)?;
    let file = Served::from_row(row, small)?.ok_or(Error::NotFound)?;
    Ok(serving::serve(&visit.cx, &file, &headers).await?)
}

async fn bring(visit: Visit, Path(id): Path<String>, request: Request) -> Answer {
    let id: PracticeId = id.parse()?;
    let p = store::one(&visit.cx, id).await?.ok_or(Error::NotFound)?;
    // Before anything is taken in: whether it may stand there at all.
    rules::may_revise(hand(&visit.cx, &p).await?, p.state).map_err(Error::from)?;
    let form = Multipart::from_request(request, &()).await;
    let form = form.map_err(|_| Error::invalid("body", "This form was sent in a way that cannot be read."))?;
    let (ids, _) = attachment::receive(&visit, form).await?;
    if ids.is_empty() {
        return Err(Error::invalid("file", "Please choose a file first.").into());
    }
    add(&visit.cx, id, &Attaching(ids)).await?;
    Ok(see(format!("/practices/{id}#files")))
}
