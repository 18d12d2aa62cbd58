//! What the slice keeps of a person: revisions they wrote, adoptions, sources they added.

use kernel::{Batch, Cx, Error, PersonId, Result, Say, Timestamp, vals};
use serde_json::{Value, json};
use shell::{Belongings, Future};

pub const BELONGINGS: Belongings = Belongings { slice: "practice", list, export, keep, erase };

async fn count(cx: &Cx, sql: &'static str, person: PersonId) -> Result<i64> {
    cx.db().one(sql, vals![person]).await?.ok_or(Error::NotFound)?.take()
}

fn list(cx: Cx, person: PersonId) -> Future<Vec<Say>> {
    Box::pin(async move {
        let wrote = count(&cx, "select count(*) from practice_revision where author = ?1 and not voice", person).await?;
        let adopted = count(&cx, "select count(*) from adoption where person = ?1", person).await?;
        let mut all = Vec::new();
        if wrote > 0 {
            all.push(Say::new("Revisions of practices that you wrote: {n}. The practices stay; your name goes.").with("n", wrote));
        }
        if adopted > 0 {
            all.push(Say::new("Practices of which you said how they did for you: {n}. This goes with you.").with("n", adopted));
        }
        Ok(all)
    })
}

fn export(cx: Cx, person: PersonId) -> Future<Value> {
    Box::pin(async move {
        let sql = "select practice, version, title, use_when, words, reason, at from practice_revision where author = ?1 and not voice order by practice, version limit 10000";
        let mut revisions = Vec::new();
        for mut r in cx.db().query(sql, vals![person]).await? {
            let (id, version): (i64, i64) = (r.take()?, r.take()?);
            let (title, use_when, words, reason): (String, String, String, String) = (r.take()?, r.take()?, r.take()?, r.take()?);
            let at: Timestamp = r.take()?;
            revisions.push(json!({"practice": id.to_string(), "version": version, "title": title, "use_when": use_when, "words": words, "reason": reason, "at": at}));
        }
        let mut adoptions = Vec::new();
        for mut r in cx.db().query("select practice, how, why, setting, at from adoption where person = ?1 order by at limit 10000", vals![person]).await? {
            let (id, how, why, setting, at): (i64, String, String, String, Timestamp) = (r.take()?, r.take()?, r.take()?, r.take()?, r.take()?);
            adoptions.push(json!({"practice": id.to_string(), "how": how, "why": why, "setting": setting, "at": at}));
        }
        let mut proposals = Vec::new();
        for mut r in cx.db().query("select practice, title, use_when, words, answer, at from proposal where author = ?1 order by at limit 10000", vals![person]).await? {
            let (id, title, use_when, words): (i64, String, String, String) = (r.take()?, r.take()?, r.take()?, r.take()?);
            let (answer, at): (String, Timestamp) = (r.take()?, r.take()?);
            proposals.push(json!({"practice": id.to_string(), "title": title, "use_when": use_when, "words": words, "answer": answer, "at": at}));
        }
        let mut turns = Vec::new();
        for mut r in cx.db().query("select practice, state, why, at from practice_turn where person = ?1 order by at limit 10000", vals![person]).await? {
            let (id, state, why, at): (i64, String, String, Timestamp) = (r.take()?, r.take()?, r.take()?, r.take()?);
            turns.push(json!({"practice": id.to_string(), "state": state, "why": why, "at": at}));
        }
        Ok(json!({"revisions": revisions, "adoptions": adoptions, "proposals": proposals, "states": turns}))
    })
}

fn gone(person: PersonId) -> Batch {
    let mut batch = Batch::new();
    batch.run("delete from adoption where person = ?1", vals![person]);
    batch
}

fn keep(_: Cx, person: PersonId) -> Future<Batch> {
    Box::pin(async move { Ok(gone(person)) })
}

/// A practice belongs to those who work by it. Passages of the person's words in its sources go, and their own reasons; a quotation that others
/// wrote into the practice stays until they revise it.
fn erase(_: Cx, person: PersonId) -> Future<Batch> {
    Box::pin(async move {
        let mut batch = gone(person);
        batch.run("update practice_revision set reason = '' where author = ?1 and not voice", vals![person]);
        batch.run(
            "update practice_source set words = '', title = '' where kind = 'contribution' and thing in (select id from contribution where author = ?1 and not voice)",
            vals![person],
        );
        batch.run(
            "update practice set state_why = '' where exists (
                 select 1 from practice_turn t where t.practice = practice.id and t.person = ?1 and t.why = practice.state_why)",
            vals![person],
        );
        // What was taken back before is not read by anybody, and is not kept either.
        batch.run(
            "update practice_revision set title = '…', use_when = '', words = '' where practice in (
                 select id from practice where author = ?1 and not voice and withdrawn_at is not null)",
            vals![person],
        );
        batch.run("update practice set title = '…', use_when = '', words = '', html = '' where author = ?1 and not voice and withdrawn_at is not null", vals![person]);
        batch.run("update practice_turn set why = '' where person = ?1", vals![person]);
        batch.run("update proposal set title = '…', use_when = '', words = '…' where author = ?1 and answer <> 'accepted'", vals![person]);
        Ok(batch)
    })
}
