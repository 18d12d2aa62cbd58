//! The same over JSON; and an attachment as programs see it.

use kernel::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use shell::api::Doc;
use shell::slice::FILE;
use shell::{Needs, Rate, Route, Who};

use crate::acts::NewAttachment;
use crate::store::Own;
use crate::{Attached, AttachmentId, Kind, pages};

pub(crate) fn routes() -> Vec<Route> {
    let own = Needs::new(Who::ApiOwn, Rate::Read, 0);
    let write = Needs::new(Who::ApiWrite, Rate::Write, shell::FORM);
    vec![
        Route::post("/api/v1/attachments", write, pages::announce)
            .doc(Doc::new("Announce a file; then send its bytes").takes::<NewAttachment>().created::<State>()),
        Route::get("/api/v1/attachments/{id}", own, pages::state)
            .doc(Doc::new("How far one's own file has come").gives::<State>()),
        Route::put("/api/v1/attachments/{id}/bytes", Needs { body: FILE, ..write }, pages::take)
            .doc(Doc::new("Send bytes of a file, from the header Upload-Offset on; a wrong place answers 409 with the right one").gives::<State>()),
    ]
}

/// Something attached, as everybody sees it who sees what it stands with.
#[derive(Serialize, JsonSchema)]
pub struct Attachment {
    pub id: AttachmentId,
    pub kind: Kind,
    pub name: String,
    #[serde(rename = "type")]
    pub content_type: String,
    pub bytes: i64,
    /// In points; 0 for what is no picture.
    pub width: i64,
    pub height: i64,
    /// What a picture shows, in its author's words.
    pub alt: String,
}

impl From<&Attached> for Attachment {
    fn from(a: &Attached) -> Self {
        Self {
            id: a.id,
            kind: a.kind,
            name: a.name.clone(),
            content_type: a.content_type.clone(),
            bytes: a.bytes,
            width: a.width,
            height: a.height,
            alt: a.alt.clone(),
        }
    }
}

/// One's own on its way.
#[derive(Serialize, JsonSchema)]
pub struct State {
    pub id: AttachmentId,
    pub size: u64,
    /// Bytes that are here.
    pub got: u64,
    /// All of it is here and was looked at: it can stand with words now.
    pub whole: bool,
    pub kind: Kind,
    pub name: String,
    pub alt: String,
}

impl State {
    pub fn of(own: &Own, got: u64) -> Self {
        let shown = own.shown.clone();
        Self { id: shown.id, size: own.size, got, whole: own.whole, kind: shown.kind, name: shown.name, alt: shown.alt }
    }
}

/// For the export.
#[derive(Serialize)]
pub(crate) struct Exported {
    #[serde(flatten)]
    pub attachment: Attachment,
    pub contribution: Option<String>,
    pub sha256: String,
    pub address: String,
    pub at: Timestamp,
}
