//! What care keeps of a person: acts that concern them and that they did, their appeals, their reports. The register
//! stays, since it tells what was done here; words of who leaves go from it.

use kernel::{Batch, Cx, Error, PersonId, Say, Timestamp, vals};
use serde_json::{Value, json};
use shell::{Belongings, Future};

pub const BELONGINGS: Belongings = Belongings { slice: "care", list, export, keep: forget, erase };

fn list(cx: Cx, person: PersonId) -> Future<Vec<Say>> {
    Box::pin(async move {
        let sql = "select (select count(*) from steward_act where person = ?1), (select count(*) from report where reporter = ?1)";
        let mut row = cx.db().one(sql, vals![person]).await?.ok_or(Error::NotFound)?;
        let (acts, reports): (i64, i64) = (row.take()?, row.take()?);
        Ok(vec![
            Say::new("Stewards' acts that concern you: {n}. They stay in the register without your appeal's words.").with("n", acts),
            Say::new("Reports of yours: {n}. Their words are removed.").with("n", reports),
        ])
    })
}

fn export(cx: Cx, person: PersonId) -> Future<Value> {
    Box::pin(async move {
        let mut acts = Vec::new();
        let sql = "select what, rule, reason, at, appeal, appeal_words, judge_words, actor = ?1 from steward_act
            where person = ?1 or actor = ?1 order by id limit 10000";
        for mut r in cx.db().query(sql, vals![person]).await? {
            let (what, rule, reason): (String, String, String) = (r.take()?, r.take()?, r.take()?);
            let (at, appeal, words, ruling): (Timestamp, String, String, String) = (r.take()?, r.take()?, r.take()?, r.take()?);
            let by_me: bool = r.take()?;
            let words = if by_me { String::new() } else { words };
            acts.push(json!({"what": what, "rule": rule, "reason": reason, "at": at, "appeal": appeal, "appeal_words": words,
                "ruling_words": ruling, "by_me": by_me}));
        }
        let mut reports = Vec::new();
        let sql = "select words, at, answer, answer_words from report where reporter = ?1 order by id limit 10000";
        for mut r in cx.db().query(sql, vals![person]).await? {
            let (words, at, answer, said): (String, Timestamp, String, String) = (r.take()?, r.take()?, r.take()?, r.take()?);
            reports.push(json!({"words": words, "at": at, "answer": answer, "answer_words": said}));
        }
        Ok(json!({"stewards_acts": acts, "reports": reports}))
    })
}

fn forget(_: Cx, person: PersonId) -> Future<Batch> {
    Box::pin(async move {
        let mut batch = Batch::new();
        batch.run("update report set words = '', reporter = 0 where reporter = ?1", vals![person]);
        batch.run("update steward_act set appeal_words = '' where person = ?1", vals![person]);
        batch.run("delete from waits where audience = ?1", vals![person]);
        Ok(batch)
    })
}

/// What others handed over of their words goes, too.
fn erase(cx: Cx, person: PersonId) -> Future<Batch> {
    Box::pin(async move {
        let mut batch = forget(cx, person).await?;
        batch.run("update report set handed = '' where about = ?1", vals![person]);
        Ok(batch)
    })
}
