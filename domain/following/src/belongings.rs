//! What following keeps of a person: what they follow and marked. All of it goes when they leave, and nobody follows
//! who is not here.

use kernel::{Batch, Cx, Error, PersonId, Say, Timestamp, vals};
use serde_json::{Value, json};
use shell::{Belongings, Future};

pub const BELONGINGS: Belongings = Belongings { slice: "following", list, export, keep: forget, erase: forget };

fn list(cx: Cx, person: PersonId) -> Future<Vec<Say>> {
    Box::pin(async move {
        let sql = "select count(*) from follow where person = ?1";
        let n: i64 = cx.db().one(sql, vals![person]).await?.ok_or(Error::NotFound)?.take()?;
        Ok(vec![
            Say::new("What you follow: {n}. It is removed.").with("n", n),
            "What you marked on your notices as read, unread or muted. It is removed.".into(),
        ])
    })
}

fn export(cx: Cx, person: PersonId) -> Future<Value> {
    Box::pin(async move {
        let mut follows = Vec::new();
        let sql = "select f.what, f.thing, f.word, f.since, coalesce(p.handle, k.slug, '') from follow f
            left join person p on f.what = 'person' and p.id = f.thing and visible_to(p.id, ?1)
            left join community k on f.what in ('community', 'kind') and k.id = f.thing and visible_to(k.id, ?1)
            where f.person = ?1 order by f.id limit 1000";
        for mut r in cx.db().query(sql, vals![person]).await? {
            let (what, thing, kind): (String, i64, String) = (r.take()?, r.take()?, r.take()?);
            let (since, name): (Timestamp, String) = (r.take()?, r.take()?);
            follows.push(json!({"what": what, "id": thing.to_string(), "kind": kind, "since": since, "called": name}));
        }
        let mut marks = Vec::new();
        let sql = "select conversation, unread, muted, at from notice_mark where person = ?1 order by conversation limit 10000";
        for mut r in cx.db().query(sql, vals![person]).await? {
            let (root, unread, muted): (i64, bool, bool) = (r.take()?, r.take()?, r.take()?);
            let at: Timestamp = r.take()?;
            marks.push(json!({"conversation": root.to_string(), "unread": unread, "muted": muted, "at": at}));
        }
        let took_part = crate::store::took_part_reaches(&cx.as_person(person)).await?;
        Ok(json!({"follows": follows, "notices": marks, "answers_where_i_took_part": took_part}))
    })
}

fn forget(_: Cx, person: PersonId) -> Future<Batch> {
    Box::pin(async move {
        let mut batch = Batch::new();
        batch.run("delete from follow where person = ?1", vals![person]);
        batch.run("delete from follow where what = 'person' and thing = ?1", vals![person]);
        batch.run("delete from part where person = ?1", vals![person]);
        batch.run("delete from notice_mark where person = ?1", vals![person]);
        batch.run("delete from notice_setting where person = ?1", vals![person]);
        Ok(batch)
    })
}
