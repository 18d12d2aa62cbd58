//! What becomes of a file that is here whole: it is looked at, freed of what it tells of places and machines, and kept.

use std::path::PathBuf;

use kernel::{Blobs, Cx, Error, Result, Timestamp};

use crate::picture::Before;
use crate::rules::Refusal;
use crate::sniff::{self, Format};
use crate::{AttachmentId, Kind, picture, strip};

/// Content type, hash and bytes of what is kept.
pub(crate) type File = (&'static str, String, i64);

pub(crate) struct Made {
    pub kind: Kind,
    pub full: File,
    pub small: File,
    pub width: i64,
    pub height: i64,
}

/// One that was gathered under an id, and `claimed` to be of a kind.
pub(crate) async fn make(cx: &Cx, id: AttachmentId, size: u64, claimed: Kind) -> Result<Made> {
    make_of(cx, id, (size, claimed), Before::Elsewhere).await
}

/// One that may have been written here before it was taken out.
pub(crate) async fn make_again(cx: &Cx, id: AttachmentId, size: u64) -> Result<Made> {
    make_of(cx, id, (size, Kind::File), Before::PerhapsHere).await
}

async fn make_of(cx: &Cx, id: AttachmentId, (size, claimed): (u64, Kind), before: Before) -> Result<Made> {
    let (blobs, now) = (&cx.house.blobs, cx.now());
    let path = blobs.incoming(id.into());
    let looked = path.clone();
    let (format, head) = blocking(move || {
        use std::io::Read;
        let mut head = Vec::new();
        std::fs::File::open(&looked)?.take(64 * 1024).read_to_end(&mut head)?;
        Ok((sniff::format(&head), head))
    })
    .await?;
    let stripped = path.clone();
    let moving = match format {
        Format::Mp4 | Format::Mp3 | Format::Wav => {
            blocking(move || strip::strip(&mut std::fs::OpenOptions::new().read(true).write(true).open(&stripped)?, format)).await?
        }
        _ => false,
    };
    let (kind, content_type) = sniff::kind(format, &head, moving);
    // What is called a picture and is none is not handed on: who chose it means it to be seen.
    if kind == Kind::File && claimed == Kind::Image && !head.starts_with(b"GIF8") && !looks_like_text(&head) {
        return Err(Refusal::Broken.into());
    }
    if size > kind.most() {
        return Err(Refusal::TooLarge(kind).into());
    }
    if kind == Kind::Image {
        return make_picture(blobs, path, (format, before), now).await;
    }
    let kept = blobs.keep(path, now).await?;
    let bytes = i64::try_from(kept.bytes).unwrap_or(i64::MAX);
    Ok(Made { kind, full: (content_type, kept.hash, bytes), small: ("", String::new(), 0), width: 0, height: 0 })
}

/// SVG and its like: a text that draws is a file to save.
fn looks_like_text(head: &[u8]) -> bool {
    std::str::from_utf8(head.get(..head.len().min(512)).unwrap_or_default()).is_ok()
}

async fn make_picture(blobs: &Blobs, path: PathBuf, (format, before): (Format, Before), now: Timestamp) -> Result<Made> {
    let _table = picture::TABLES.acquire().await.map_err(|e| Error::broken(e.to_string()))?;
    let made = tokio::task::spawn_blocking(move || picture::write_anew(&path, format, before)).await;
    let made = made.map_err(|e| Error::broken(format!("a picture: {e}")))??;
    let mut keep = Vec::new();
    for written in [made.full, made.small] {
        let kept = blobs.keep_bytes(written.bytes, now).await?;
        keep.push((written.content_type, kept.hash, i64::try_from(kept.bytes).unwrap_or(i64::MAX)));
    }
    let (Some(small), Some(full)) = (keep.pop(), keep.pop()) else { return Err(Error::broken("a picture without files")) };
    Ok(Made { kind: Kind::Image, full, small, width: made.width.into(), height: made.height.into() })
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::broken(format!("files: {e}")))?.map_err(kernel::blobs::trouble)
}
