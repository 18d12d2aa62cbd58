//! What narration keeps of a person beside their contributions: the titles of trails.

use kernel::{Batch, Cx, Error, PersonId, Say, Timestamp, vals};
use serde_json::{Value, json};
use shell::{Belongings, Future};

pub const BELONGINGS: Belongings = Belongings { slice: "narration", list, export, keep, erase };

fn list(cx: Cx, person: PersonId) -> Future<Vec<Say>> {
    Box::pin(async move {
        let sql = "select count(*) from trail where author = ?1";
        let n: i64 = cx.db().one(sql, vals![person]).await?.ok_or(Error::NotFound)?.take()?;
        Ok(if n > 0 { vec![Say::new("Trails that you began: {n}.").with("n", n)] } else { Vec::new() })
    })
}

fn export(cx: Cx, person: PersonId) -> Future<Value> {
    Box::pin(async move {
        let mut trails = Vec::new();
        for mut r in cx.db().query("select id, title, at from trail where author = ?1 order by id limit 10000", vals![person]).await? {
            let (id, title, at): (i64, String, Timestamp) = (r.take()?, r.take()?, r.take()?);
            trails.push(json!({"id": id.to_string(), "title": title, "at": at}));
        }
        Ok(json!({"trails": trails}))
    })
}

/// The titles of trails that were for oneself alone go with their narrations.
fn keep(_: Cx, person: PersonId) -> Future<Batch> {
    Box::pin(async move {
        let mut batch = Batch::new();
        batch.run("update trail set title = '…' where author = ?1 and community is null", vals![person]);
        Ok(batch)
    })
}

fn erase(_: Cx, person: PersonId) -> Future<Batch> {
    Box::pin(async move {
        let mut batch = Batch::new();
        batch.run("update contribution set trail_title = '…' where trail in (select id from trail where author = ?1)", vals![person]);
        batch.run("update trail set title = '…' where author = ?1", vals![person]);
        Ok(batch)
    })
}
