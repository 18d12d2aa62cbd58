//! What membership keeps of a person: spells, invitations, knocks, hats. Leaving the instance ends what is live; words
//! given at doors and reasons for joining go in either case.

use kernel::{Batch, Cx, Error, PersonId, Say, vals};
use serde_json::{Value, json};
use shell::{Belongings, Future};

use crate::{acts, store};

pub const BELONGINGS: Belongings = Belongings { slice: "membership", list, export, keep: end_all, erase: end_all };

fn list(cx: Cx, person: PersonId) -> Future<Vec<Say>> {
    Box::pin(async move {
        let sql = "select (select count(*) from membership where person = ?1 and ended_at is null),
            (select count(*) from hat where person = ?1 and accepted_at is not null and ended_at is null)";
        let mut row = cx.db().one(sql, vals![person]).await?.ok_or(Error::NotFound)?;
        let (spells, hats): (i64, i64) = (row.take()?, row.take()?);
        Ok(vec![
            Say::new("Communities that you belong to: {n}. You leave all of them.").with("n", spells),
            Say::new("Hats that you wear: {n}. They are laid down; where you are the last steward, the community is told.").with("n", hats),
            "Why you joined, what you said at doors, and invitations from and to you. They are removed.".into(),
        ])
    })
}

fn export(cx: Cx, person: PersonId) -> Future<Value> {
    Box::pin(async move {
        let spells = store::spells(&cx.as_person(person)).await?;
        let spells: Vec<Value> = spells
            .into_iter()
            .map(|s| json!({"community": s.slug, "name": s.community, "joined": s.began_at, "left": s.ended_at, "why": s.why, "wanted": s.wanted}))
            .collect();
        Ok(json!({"memberships": spells}))
    })
}

fn end_all(cx: Cx, person: PersonId) -> Future<Batch> {
    Box::pin(async move {
        let mut batch = Batch::new();
        let live = cx.db().query("select community from membership where person = ?1 and ended_at is null", vals![person]).await?;
        for mut row in live {
            acts::end(&mut batch, &cx, person, row.take()?);
        }
        batch.run("update membership set why = '', wanted = '' where person = ?1", vals![person]);
        batch.run("delete from invitation where invitee = ?1", vals![person]);
        batch.run("update invitation set note = '', ended_at = coalesce(ended_at, ?2) where inviter = ?1", vals![person, cx.now()]);
        batch.run("delete from knock where person = ?1", vals![person]);
        batch.run("update hat set ended_at = coalesce(ended_at, ?2) where person = ?1", vals![person, cx.now()]);
        // Who was in a closed community may come back through its door; who has left the instance does not.
        batch.run("delete from reach where audience = ?1 and thing < 0", vals![person]);
        Ok(batch)
    })
}
