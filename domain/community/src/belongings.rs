//! What a community keeps of one person: that they revised its charter. The charter stays; its author's name follows
//! the person's own row.

use kernel::{Batch, Cx, Error, PersonId, Result, Say, vals};
use serde_json::{Value, json};
use shell::{Belongings, Future};

pub const BELONGINGS: Belongings = Belongings { slice: "community", list, export, keep: stays, erase: stays };

fn list(cx: Cx, person: PersonId) -> Future<Vec<Say>> {
    Box::pin(async move {
        let sql = "select count(*) from charter where by_person = ?1";
        let n: i64 = cx.db().one(sql, vals![person]).await?.ok_or(Error::NotFound)?.take()?;
        let say = Say::new("Charters that you founded or revised: {n}. They belong to their communities and stay, without your name.");
        Ok(if n > 0 { vec![say.with("n", n)] } else { Vec::new() })
    })
}

fn export(cx: Cx, person: PersonId) -> Future<Value> {
    Box::pin(async move {
        let sql = "select c.slug, r.version, r.purpose, r.reason, r.at from charter r join community c on c.id = r.community
            where r.by_person = ?1 order by r.at limit 10000";
        let mut revisions = Vec::new();
        for mut row in cx.db().query(sql, vals![person]).await? {
            let (slug, version, purpose, reason): (String, i64, String, String) =
                (row.take()?, row.take()?, row.take()?, row.take()?);
            let at: kernel::Timestamp = row.take()?;
            revisions.push(json!({"community": slug, "version": version, "purpose": purpose, "reason": reason, "at": at}));
        }
        Ok(json!({"charters": revisions}))
    })
}

fn stays(_: Cx, _: PersonId) -> Future<Batch> {
    Box::pin(async { Result::Ok(Batch::new()) })
}
