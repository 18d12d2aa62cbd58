//! Bringing files from a page. The answers are for the page's script; forms without one, and the files themselves, are the
//! conversation's, which knows who sees what they stand with.

use axum::Json;
use axum::body::Body;
use axum::extract::{Multipart, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use kernel::{Error, Result};
use shell::slice::FILE;
use shell::{Act, Answer, Needs, Path, Rate, Route, Visit, Who};

use crate::acts::{self, NewAttachment, Taken};
use crate::api::State;
use crate::{AttachmentId, store};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/attachments", Needs::acting(), announce),
        Route::get("/attachments/{id}", Needs::reading_own(), state),
        Route::put("/attachments/{id}/bytes", Needs::new(Who::SignedIn, Rate::Write, FILE), take),
    ]
}

pub(crate) async fn announce(act: Act<NewAttachment>) -> Answer {
    let id = acts::announce(&act.visit.cx, &act.input).await?;
    let own = store::own(&act.visit.cx, id).await?.ok_or(Error::NotFound)?;
    let got = acts::got(&act.visit.cx, &own).await;
    Ok(answer(StatusCode::CREATED, got, &State::of(&own, got)))
}

pub(crate) async fn state(visit: Visit, Path(id): Path<String>) -> Answer {
    let own = store::own(&visit.cx, id.parse()?).await?.ok_or(Error::NotFound)?;
    let got = acts::got(&visit.cx, &own).await;
    Ok(answer(StatusCode::OK, got, &State::of(&own, got)))
}

/// The draft "Resumable Uploads for HTTP" tells how far a file has come by this header.
const OFFSET: &str = "upload-offset";

fn answer(status: StatusCode, got: u64, body: &impl serde::Serialize) -> Response {
    (status, [(OFFSET, got.to_string()), ("cache-control", "no-store".into())], Json(body)).into_response()
}

/// A piece that begins at `Upload-Offset`. One that begins elsewhere is answered with where the file ends.
pub(crate) async fn take(visit: Visit, Path(id): Path<String>, headers: HeaderMap, request: Request) -> Answer {
    let id: AttachmentId = id.parse()?;
    let offset = match headers.get(OFFSET) {
        None => 0,
        Some(offset) => offset.to_str().ok().and_then(|n| n.parse().ok()).ok_or_else(|| Error::invalid("Upload-Offset", "This is not a number of bytes."))?,
    };
    let piece = Body::into_data_stream(request.into_body());
    match acts::take(&visit.cx, id, offset, piece).await? {
        Taken::Now { own, got } => Ok(answer(StatusCode::OK, got, &State::of(&own, got))),
        Taken::Elsewhere(got) => Ok(answer(StatusCode::CONFLICT, got, &serde_json::json!({"got": got}))),
    }
}

/// What a plain form brings: files, each kept as it comes, and the other fields.
pub async fn receive(visit: &Visit, mut form: Multipart) -> Result<(Vec<AttachmentId>, Vec<(String, String)>)> {
    let (mut brought, mut fields) = (Vec::new(), Vec::new());
    let unreadable = |e: axum::extract::multipart::MultipartError| {
        if e.status() == StatusCode::PAYLOAD_TOO_LARGE { Error::TooLarge } else { Error::invalid("body", "The request could not be read to its end. Please send it again.") }
    };
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        let Some(file) = field.file_name().map(str::to_owned) else {
            if fields.len() < 20 {
                fields.push((name, field.text().await.map_err(unreadable)?));
            }
            continue;
        };
        if file.is_empty() || brought.len() >= crate::rules::WITH_ONE {
            continue; // none chosen
        }
        let claimed = field.content_type().filter(|t| t.len() <= 120).unwrap_or_default().to_owned();
        brought.push(acts::take_whole(&visit.cx, &file, &claimed, Box::pin(field.map(|bytes| bytes))).await?);
    }
    Ok((brought, fields))
}
