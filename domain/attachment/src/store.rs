//! SQL and row mapping of attachments.

use kernel::{Cx, Id, PersonId, Result, Row, Val, vals};

use crate::rules::Room;
use crate::{Attached, AttachmentId};

/// One's own, wherever it stands.
#[derive(Clone, Debug)]
pub struct Own {
    pub shown: Attached,
    /// As announced; what is kept may have another size.
    pub size: u64,
    pub whole: bool,
    /// What it stands with.
    pub contribution: Option<Id>,
}

impl Own {
    fn from_row(mut r: Row) -> Result<Self> {
        let shown = Attached::begin(&mut r)?;
        let size = r.take::<i64>()?.unsigned_abs();
        Ok(Self { shown, size, whole: !r.take::<String>()?.is_empty(), contribution: r.take::<Option<i64>>()?.map(Id) })
    }
}

pub async fn own(cx: &Cx, id: AttachmentId) -> Result<Option<Own>> {
    let sql = "select a.id, a.kind, a.name, a.type, a.bytes, a.width, a.height, a.alt, a.without_alt, a.size, a.hash, a.contribution
        from attachment a where a.person = ?1 and a.id = ?2";
    cx.db().one(sql, vals![cx.me()?, id]).await?.map(Own::from_row).transpose()
}

/// Those of one's own that are whole and stand with nothing yet.
pub async fn own_waiting(cx: &Cx, ids: &[AttachmentId]) -> Result<Vec<Own>> {
    let sql = "select a.id, a.kind, a.name, a.type, a.bytes, a.width, a.height, a.alt, a.without_alt, a.size, a.hash, a.contribution
        from attachment a where a.person = ?1 and in_ids(a.id, ?2) and a.contribution is null and a.hash <> '' limit 20";
    cx.db().query(sql, vals![cx.me()?, Val::list(ids)]).await?.into_iter().map(Own::from_row).collect()
}

pub(crate) const ROOM: &str = "select (select cast(coalesce(sum(case when hash = '' then size else bytes + small_bytes end), 0) as bigint)
        from attachment where person = ?1),
    (select count(*) from attachment where person = ?1 and contribution is null)";

/// What a person's files take.
pub async fn room(cx: &Cx, person: PersonId) -> Result<Room> {
    let each = cx.house.blobs.each;
    let Some(mut row) = cx.db().one(ROOM, vals![person]).await? else { return Ok(Room { each, ..Room::default() }) };
    Ok(Room { taken: row.take::<i64>()?.unsigned_abs(), waiting: row.take()?, each })
}

/// What is served: a file and how.
#[derive(Clone, Debug)]
pub struct Served {
    pub name: String,
    pub kind: crate::Kind,
    pub content_type: String,
    pub hash: String,
    pub bytes: u64,
}

/// What variants are called: as large as a page needs, and small beside others.
pub fn is_small(variant: &str) -> Option<bool> {
    match variant {
        "full" => Some(false),
        "small" => Some(true),
        _ => None,
    }
}

impl Served {
    /// From name, kind, and type, hash and bytes of the full and of the small file; None where there is no such variant.
    pub fn from_row(mut r: Row, small: bool) -> Result<Option<Self>> {
        let (name, kind) = (r.take()?, r.take()?);
        let full: (String, String, i64) = (r.take()?, r.take()?, r.take()?);
        let (content_type, hash, bytes) = if small { (r.take()?, r.take()?, r.take()?) } else { full };
        Ok((!hash.is_empty()).then_some(Self { name, kind, content_type, hash, bytes: bytes.unsigned_abs() }))
    }
}
