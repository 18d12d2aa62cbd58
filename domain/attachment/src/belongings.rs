//! What attachments keep of a person: files with their names, and what they say of pictures.

use kernel::{Batch, Cx, Error, Id, PersonId, Result, Say, vals};
use serde_json::Value;
use shell::{Belongings, Future};

use crate::Attached;
use crate::api::{Attachment, Exported};

pub(crate) const BELONGINGS: Belongings = Belongings { slice: "attachment", list, export, keep, erase };

fn list(cx: Cx, person: PersonId) -> Future<Vec<Say>> {
    Box::pin(async move {
        let sql = "select count(*), cast(coalesce(sum(bytes), 0) as bigint) from attachment where person = ?1 and hash <> ''";
        let mut row = cx.db().one(sql, vals![person]).await?.ok_or(Error::NotFound)?;
        let (n, bytes): (i64, i64) = (row.take()?, row.take()?);
        if n == 0 {
            return Ok(Vec::new());
        }
        Ok(vec![Say::new("Pictures, voice notes and files of yours: {n} ({size}).").with("n", n).with("size", crate::shown::size(bytes.unsigned_abs()))])
    })
}

const EXPORTED: &str = "select id, kind, name, type, bytes, width, height, alt, without_alt, contribution, hash, at from attachment
    where person = ?1 and hash <> '' and id > ?2 order by id limit 1000";

/// The files themselves are fetched from their addresses.
fn export(cx: Cx, person: PersonId) -> Future<Value> {
    Box::pin(async move { Ok(told_of(&cx, person.into()).await?.into()) })
}

/// What is told of the attachments of a person, or of a voice.
pub async fn told_of(cx: &Cx, whose: Id) -> Result<Vec<Value>> {
    let (mut all, mut after) = (Vec::new(), 0i64);
    loop {
        let rows = cx.db().query(EXPORTED, vals![whose, after]).await?;
        if rows.is_empty() {
            return Ok(all);
        }
        for mut r in rows {
            let shown = Attached::begin(&mut r)?;
            after = shown.id.0;
            let contribution = r.take::<Option<i64>>()?.map(|id| Id(id).to_string());
            let line = Exported { attachment: Attachment::from(&shown), contribution, sha256: r.take()?, address: shown.path(), at: r.take()? };
            all.push(serde_json::to_value(line).map_err(|e| Error::broken(format!("export: {e}")))?);
        }
    }
}

/// What stands with words stays with them; what stands with nothing goes. What stands with words for oneself alone goes with
/// those (see conversation).
fn keep(_: Cx, person: PersonId) -> Future<Batch> {
    Box::pin(async move {
        let mut batch = Batch::new();
        batch.run("delete from attachment where person = ?1 and contribution is null", vals![person]);
        Ok(batch)
    })
}

/// Their bytes go with the collector, within hours, unless somebody else brought the same.
fn erase(_: Cx, person: PersonId) -> Future<Batch> {
    Box::pin(async move {
        let mut batch = Batch::new();
        batch.run("delete from attachment where person = ?1", vals![person]);
        Ok(batch)
    })
}
