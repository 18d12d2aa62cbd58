//! What this slice keeps of a person: their changes, and what they attested of others'.

use kernel::{Batch, Cx, Error, PersonId, Result, Row, Say, Timestamp, vals};
use serde_json::{Value, json};
use shell::{Belongings, Future};

pub const BELONGINGS: Belongings = Belongings { slice: "change", list, export, keep, erase };

fn list(cx: Cx, person: PersonId) -> Future<Vec<Say>> {
    Box::pin(async move {
        let sql = "select (select count(*) from change where person = ?1), (select count(*) from change where person = ?1 and audience = 'me'),
            (select count(*) from attestation where person = ?1)";
        let mut row = cx.db().one(sql, vals![person]).await?.ok_or(Error::NotFound)?;
        let (changes, private, attested): (i64, i64, i64) = (row.take()?, row.take()?, row.take()?);
        let mut all = Vec::new();
        if changes > 0 {
            let say = Say::new("Changes of your practice that you told: {n}, {private} of them for yourself alone. Those go with you in any case.");
            all.push(say.with("n", changes).with("private", private));
        }
        if attested > 0 {
            all.push(Say::new("Changes of others that you attested: {n}. Your words there are removed.").with("n", attested));
        }
        Ok(all)
    })
}

fn export(cx: Cx, person: PersonId) -> Future<Value> {
    Box::pin(async move {
        let sql = "select h.id, h.was, h.now_does, h.why, h.state, h.state_at, h.outcome, h.measure, h.outcome_at, h.served, k.slug,
                h.audience, h.shared_at, h.at, h.edited_at
            from change h left join community k on k.id = h.community where h.person = ?1 order by h.id limit 10000";
        let changes = cx.db().query(sql, vals![person]).await?.into_iter().map(change).collect::<Result<Vec<_>>>()?;
        let sql = "select s.change, s.kind, s.thing, s.link, s.title, s.words from change_source s join change h on h.id = s.change
            where h.person = ?1 order by s.change, s.n limit 100000";
        let mut causes = Vec::new();
        for mut r in cx.db().query(sql, vals![person]).await? {
            let (change, kind, thing): (i64, String, Option<i64>) = (r.take()?, r.take()?, r.take()?);
            let (link, title, words): (String, String, String) = (r.take()?, r.take()?, r.take()?);
            let thing = thing.map(|t| t.to_string());
            causes.push(json!({"change": change.to_string(), "kind": kind, "id": thing, "link": link, "title": title, "words": words}));
        }
        let mut attested = Vec::new();
        for mut r in cx.db().query("select change, words, at from attestation where person = ?1 order by at, change limit 10000", vals![person]).await? {
            let (change, words, at): (i64, String, Timestamp) = (r.take()?, r.take()?, r.take()?);
            attested.push(json!({"change": change.to_string(), "words": words, "at": at}));
        }
        Ok(json!({"changes": changes, "causes": causes, "attested": attested}))
    })
}

fn change(mut r: Row) -> Result<Value> {
    let id: i64 = r.take()?;
    let (was, now, why, state): (String, String, String, String) = (r.take()?, r.take()?, r.take()?, r.take()?);
    let (state_at, outcome, measure): (Timestamp, String, String) = (r.take()?, r.take()?, r.take()?);
    let (outcome_at, served, community): (Option<Timestamp>, String, Option<String>) = (r.take()?, r.take()?, r.take()?);
    let (audience, shared_at, at): (String, Option<Timestamp>, Timestamp) = (r.take()?, r.take()?, r.take()?);
    let edited_at: Option<Timestamp> = r.take()?;
    Ok(json!({
        "id": id.to_string(), "was": was, "now": now, "why": why, "state": state, "state_at": state_at, "outcome": outcome, "measure": measure,
        "outcome_at": outcome_at, "served": served, "community": community, "audience": audience, "shared_at": shared_at, "at": at,
        "edited_at": edited_at
    }))
}

/// Words that vouch for others stand by who stands by them; what was for oneself alone has no reader any more.
fn keep(_: Cx, person: PersonId) -> Future<Batch> {
    Box::pin(async move {
        let mut batch = Batch::new();
        batch.run("delete from attestation where person = ?1", vals![person]);
        batch.run("delete from change_source where change in (select id from change where person = ?1 and audience = 'me')", vals![person]);
        batch.run("delete from change_turn where change in (select id from change where person = ?1 and audience = 'me')", vals![person]);
        batch.run("delete from attestation where change in (select id from change where person = ?1 and audience = 'me')", vals![person]);
        batch.run("delete from reach where thing in (select id from change where person = ?1 and audience = 'me')", vals![person]);
        batch.run("delete from change where person = ?1 and audience = 'me'", vals![person]);
        Ok(batch)
    })
}

/// Others' changes that name this person's words keep their own.
fn erase(_: Cx, person: PersonId) -> Future<Batch> {
    Box::pin(async move {
        let mut batch = Batch::new();
        batch.run("delete from attestation where person = ?1", vals![person]);
        batch.run("delete from attestation where change in (select id from change where person = ?1)", vals![person]);
        batch.run("delete from change_source where change in (select id from change where person = ?1)", vals![person]);
        batch.run("delete from change_turn where change in (select id from change where person = ?1)", vals![person]);
        batch.run("delete from reach where thing in (select id from change where person = ?1)", vals![person]);
        batch.run("delete from change where person = ?1", vals![person]);
        Ok(batch)
    })
}
