//! Files that stood with what a voice said elsewhere. They come whole, out of an archive, and are looked at and freed of what
//! they tell like any other; they are in nobody's room.

use std::io::{self, Read, Write};

use kernel::{Batch, Cx, Error, Id, Line, Problems, Result, VoiceId, random, vals};
use sha2::{Digest, Sha256};

use crate::acts::plain_name;
use crate::making::{self, Made};
use crate::rules::MOST;
use crate::{Attached, AttachmentId};

/// A file that lies aside, whole, and was not looked at yet.
pub struct Gathered {
    id: AttachmentId,
    bytes: u64,
    /// SHA-256 of its bytes as they came.
    pub hash: String,
}

/// A file that is kept. It stands with words once its row says so.
pub struct Kept {
    made: Made,
    size: u64,
    shown: Attached,
}

/// Copies one aside, piece by piece. None where it has more bytes than anything attached may have.
pub fn gather(cx: &Cx, from: &mut dyn Read) -> io::Result<Option<Gathered>> {
    let id: AttachmentId = cx.make_id();
    let aside = cx.house.blobs.incoming(id.into());
    let copied = copy(from, &aside);
    match copied {
        Ok((bytes, hash)) if bytes <= MOST => Ok(Some(Gathered { id, bytes, hash })),
        other => {
            let _ = std::fs::remove_file(&aside);
            other.map(|_| None)
        }
    }
}

fn copy(from: &mut dyn Read, aside: &std::path::Path) -> io::Result<(u64, String)> {
    if let Some(folder) = aside.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut to = Summed { file: std::fs::File::create(aside)?, sum: Sha256::new() };
    let bytes = io::copy(&mut from.take(MOST + 1), &mut to)?;
    Ok((bytes, random::hex(&to.sum.finalize())))
}

struct Summed {
    file: std::fs::File,
    sum: Sha256,
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.sum.update(bytes.get(..n).unwrap_or_default());
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

pub async fn let_go(cx: &Cx, gathered: Gathered) {
    cx.house.blobs.let_go(gathered.id.into()).await;
}

/// Looks at what was gathered, and keeps it or refuses it.
pub async fn keep(cx: &Cx, gathered: Gathered, name: &str, alt: &str) -> Result<Kept> {
    let made = match gathered.bytes {
        0 => Err(crate::rules::Refusal::Empty.into()),
        bytes => making::make_again(cx, gathered.id, bytes).await,
    };
    // What is kept as it came has gone from there by now.
    cx.house.blobs.let_go(gathered.id.into()).await;
    let made = made?;
    let shown = Attached {
        id: gathered.id,
        kind: made.kind,
        name: named(name),
        content_type: made.full.0.to_owned(),
        bytes: made.full.2,
        width: made.width,
        height: made.height,
        alt: alt.chars().take(1000).collect(),
        without_alt: false,
    };
    Ok(Kept { made, size: gathered.bytes, shown })
}

/// A name that could be given here stays.
fn named(name: &str) -> String {
    let mut problems = Problems::default();
    let checked = Line::<1, 200>(name.to_owned()).check("name", &mut problems);
    if problems.done().is_ok() { checked } else { plain_name(name) }
}

/// Lets them stand with what a voice said, and answers how they are shown there. Only the program itself imports.
pub fn stand(batch: &mut Batch, cx: &Cx, files: &[Kept], voice: VoiceId, with: Id) -> Result<Vec<Attached>> {
    if cx.viewer != kernel::Viewer::System {
        return Err(Error::NotFound);
    }
    for Kept { made, size, shown } in files {
        batch.run(
            "insert into attachment (id, person, contribution, kind, name, type, size, hash, bytes, small_type, small_hash, small_bytes, width, height,
                alt, without_alt, at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
            vals![shown.id, voice, with, made.kind, &shown.name, made.full.0, i64::try_from(*size).unwrap_or(i64::MAX), made.full.1.as_str(), made.full.2,
                made.small.0, made.small.1.as_str(), made.small.2, made.width, made.height, &shown.alt, shown.without_alt, cx.now()],
        );
    }
    Ok(files.iter().map(|kept| kept.shown.clone()).collect())
}
