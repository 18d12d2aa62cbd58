//! What is kept of a person's claims. When they leave, their claims end and the voices are voices again.

use kernel::{Batch, Cx, Error, Id, PersonId, Result, Say, Timestamp, vals};
use serde_json::{Value, json};
use shell::{Belongings, Future};

pub const BELONGINGS: Belongings = Belongings { slice: "archive", list, export, keep, erase };

fn list(cx: Cx, person: PersonId) -> Future<Vec<Say>> {
    Box::pin(async move {
        let sql = "select (select count(*) from voice where person = ?1), (select count(*) from claim where person = ?1 and state <> 'claimed')";
        let mut row = cx.db().one(sql, vals![person]).await?.ok_or(Error::NotFound)?;
        let (claimed, asked): (i64, i64) = (row.take()?, row.take()?);
        Ok(vec![
            Say::new("Remembered voices that you claimed: {n}. They are voices again, under the names they had; withdraw their words before if nobody shall read them.").with("n", claimed),
            Say::new("Other questions about remembered voices: {n}. They are removed.").with("n", asked),
        ])
    })
}

fn export(cx: Cx, person: PersonId) -> Future<Value> {
    Box::pin(async move {
        let sql = "select v.name, v.origin, c.state, c.offered, c.words, c.reason, c.at, c.decided_at
            from claim c join voice v on v.id = c.voice where c.person = ?1 order by c.id limit 10000";
        let mut claims = Vec::new();
        for mut r in cx.db().query(sql, vals![person]).await? {
            let (name, origin, state, offered): (String, String, String, bool) = (r.take()?, r.take()?, r.take()?, r.take()?);
            let (words, reason, at, decided_at): (String, String, Timestamp, Option<Timestamp>) = (r.take()?, r.take()?, r.take()?, r.take()?);
            claims.push(json!({"name": name, "origin": origin, "state": state, "offered": offered, "words": words,
                "reason": reason, "at": at, "decided_at": decided_at}));
        }
        Ok(json!({"claims": claims, "remembered_words": words_of(&cx, person).await?, "remembered_files": files_of(&cx, person).await?}))
    })
}

/// What stood with it.
async fn files_of(cx: &Cx, person: PersonId) -> Result<Vec<Value>> {
    let mut files = Vec::new();
    for mut r in cx.db().query("select id from voice where person = ?1 order by id limit 1000", vals![person]).await? {
        files.extend(attachment::told_of(cx, Id(r.take()?)).await?);
    }
    Ok(files)
}

/// What was said by the voices that are theirs.
async fn words_of(cx: &Cx, person: PersonId) -> Result<Vec<Value>> {
    let sql = "select c.id, c.root, c.title, c.words, c.at, c.link from voice v join contribution c on c.author = v.id and c.voice
        where v.person = ?1 and c.id > ?2 order by c.id limit 1000";
    let (mut said, mut after) = (Vec::new(), 0i64);
    loop {
        let rows = cx.db().query(sql, vals![person, after]).await?;
        let Some(_) = rows.last() else { break };
        for mut r in rows {
            after = r.take()?;
            let (root, title, words): (i64, String, String) = (r.take()?, r.take()?, r.take()?);
            let (at, link): (Timestamp, String) = (r.take()?, r.take()?);
            said.push(json!({"id": after.to_string(), "conversation": root.to_string(), "title": title, "words": words, "at": at, "link": link}));
        }
    }
    Ok(said)
}

fn keep(_: Cx, person: PersonId) -> Future<Batch> {
    Box::pin(async move {
        let mut batch = Batch::new();
        batch.run("update voice set person = null where person = ?1", vals![person]);
        batch.run(
            "delete from waits where what in ('claim', 'claim_offered', 'claim_answered') and thing in (select id from claim where person = ?1)",
            vals![person],
        );
        batch.run("delete from claim_place where claim in (select id from claim where person = ?1)", vals![person]);
        batch.run("delete from claim where person = ?1", vals![person]);
        Ok(batch)
    })
}

/// Also the words in which they answered others as a steward.
fn erase(cx: Cx, person: PersonId) -> Future<Batch> {
    Box::pin(async move {
        let mut batch = keep(cx, person).await?;
        batch.run("update claim set reason = '' where steward = ?1", vals![person]);
        Ok(batch)
    })
}
