//! What conversations keep of a person: their words, answers, thanks, mentions, drafts.

use kernel::{Batch, Cx, Error, PersonId, Result, Say, Timestamp, vals};
use serde_json::{Value, json};
use shell::{Belongings, Future, words};

pub const BELONGINGS: Belongings = Belongings { slice: "conversation", list, export, keep, erase };

fn list(cx: Cx, person: PersonId) -> Future<Vec<Say>> {
    Box::pin(async move {
        let sql = "select (select count(*) from contribution where author = ?1 and not voice and parent is null),
            (select count(*) from contribution where author = ?1 and not voice and parent is not null),
            (select count(*) from thanks where person = ?1), (select count(*) from me_too where person = ?1),
            (select count(*) from mention where person = ?1), (select count(*) from draft where person = ?1),
            (select count(*) from contribution where author = ?1 and not voice and fades_at is not null and words <> ''),
            (select count(*) from ending e join contribution c on c.id = e.conversation where c.author = ?1 and not c.voice)";
        let mut row = cx.db().one(sql, vals![person]).await?.ok_or(Error::NotFound)?;
        let mut line = |text: &'static str| -> Result<Say> { Ok(Say::new(text).with("n", row.take::<i64>()?)) };
        Ok(vec![
            line("Conversations that you began: {n}.")?,
            line("Replies of yours: {n}.")?,
            line("Thanks that you gave: {n}.")?,
            line("Times that you said \"me too\": {n}. They are removed.")?,
            line("Places where you are mentioned: {n}. The mention loses your handle.")?,
            line("Drafts: {n}. They are removed.")?,
            line("Private words of yours that will fade: {n}. In a file that you take along they stay.")?,
            line("Conversations of which you said how they ended: {n}.")?,
        ])
    })
}

const EXPORTED: &str = "select c.id, c.root, coalesce(k.slug, ''), c.kind, c.title, c.words, c.audience, c.at, c.quote, c.work, c.fades_at,
        c.edited_at, c.withdrawn_at is not null
    from contribution c left join community k on k.id = c.community
    where c.author = ?1 and not c.voice and c.id > ?2
      and (c.fades_at is null or c.fades_at > ?3) order by c.id limit 1000";

fn export(cx: Cx, person: PersonId) -> Future<Value> {
    Box::pin(async move {
        let (mut said, mut after) = (Vec::new(), 0i64);
        loop {
            let rows = cx.db().query(EXPORTED, vals![person, after, cx.now()]).await?;
            let Some(_) = rows.last() else { break };
            for mut r in rows {
                after = r.take()?;
                let (root, place, kind): (i64, String, String) = (r.take()?, r.take()?, r.take()?);
                let (title, text, audience): (String, String, String) = (r.take()?, r.take()?, r.take()?);
                let at: Timestamp = r.take()?;
                let (quote, work): (String, String) = (r.take()?, r.take()?);
                let (fades_at, edited_at, withdrawn): (Option<Timestamp>, Option<Timestamp>, bool) = (r.take()?, r.take()?, r.take()?);
                said.push(json!({"id": after.to_string(), "conversation": root.to_string(), "community": place, "kind": kind,
                    "title": title, "words": text, "audience": audience, "at": at, "quote": quote, "work": work, "fades_at": fades_at,
                    "edited_at": edited_at, "withdrawn": withdrawn}));
            }
        }
        let mut thanks = Vec::new();
        let sql = "select t.contribution, t.words, t.at from thanks t join contribution c on c.id = t.contribution
            where t.person = ?1 and (c.fades_at is null or c.fades_at > ?2) order by t.id limit 10000";
        for mut r in cx.db().query(sql, vals![person, cx.now()]).await? {
            let (to, text, at): (i64, String, Timestamp) = (r.take()?, r.take()?, r.take()?);
            thanks.push(json!({"contribution": to.to_string(), "words": text, "at": at}));
        }
        let mut before = Vec::new();
        let sql = "select r.contribution, r.version, r.title, r.words, r.at from contribution_revision r
            join contribution c on c.id = r.contribution where c.author = ?1 and not c.voice
            and (c.fades_at is null or c.fades_at > ?2) order by r.contribution, r.version limit 10000";
        for mut r in cx.db().query(sql, vals![person, cx.now()]).await? {
            let (of, version, title, text): (i64, i64, String, String) = (r.take()?, r.take()?, r.take()?, r.take()?);
            let at: Timestamp = r.take()?;
            before.push(json!({"contribution": of.to_string(), "version": version, "title": title, "words": text, "at": at}));
        }
        let mut me_too = Vec::new();
        for mut r in cx.db().query("select contribution, at from me_too where person = ?1 order by at limit 10000", vals![person]).await? {
            let (to, at): (i64, Timestamp) = (r.take()?, r.take()?);
            me_too.push(json!({"contribution": to.to_string(), "at": at}));
        }
        let mut drafts = Vec::new();
        for mut r in cx.db().query("select place, words, at from draft where person = ?1 order by at limit 1000", vals![person]).await? {
            let (place, text, at): (String, String, Timestamp) = (r.take()?, r.take()?, r.take()?);
            drafts.push(json!({"place": place, "words": text, "at": at}));
        }
        let endings = endings_of(&cx, person).await?;
        Ok(json!({"said": said, "before": before, "thanks": thanks, "me_too": me_too, "drafts": drafts, "endings": endings}))
    })
}

async fn endings_of(cx: &Cx, person: PersonId) -> Result<Vec<Value>> {
    let sql = "select e.conversation, e.how, e.words, e.at from ending e join contribution c on c.id = e.conversation
        where c.author = ?1 and not c.voice order by e.conversation limit 10000";
    let ending = |mut r: kernel::Row| {
        let (of, how, text, at): (i64, String, String, Timestamp) = (r.take()?, r.take()?, r.take()?, r.take()?);
        Ok(json!({"conversation": of.to_string(), "how": how, "words": text, "at": at}))
    };
    cx.db().query(sql, vals![person]).await?.into_iter().map(ending).collect()
}

/// In both cases: no drafts, no "me too", no handle in other people's words.
async fn forget_traces(cx: &Cx, person: PersonId) -> Result<Batch> {
    let mut batch = Batch::new();
    batch.run("delete from draft where person = ?1", vals![person]);
    batch.run("delete from me_too where person = ?1", vals![person]);
    batch.run("delete from put_aside where person = ?1", vals![person]);
    batch.run("delete from tray where person = ?1", vals![person]);
    let sql = "select c.id, c.words, c.title, p.handle from mention m join contribution c on c.id = m.contribution
        join person p on p.id = m.person where m.person = ?1 and c.id > ?2 order by c.id limit 500";
    let mut after = 0;
    loop {
    let rows = cx.db().query(sql, vals![person, after]).await?;
    if rows.is_empty() {
        break;
    }
    for mut r in rows {
        let (id, before, title, handle): (i64, String, String, String) = (r.take()?, r.take()?, r.take()?, r.take()?);
        after = id;
        let text = without_handle(&before, &handle);
        let others = "select p.handle from mention m join person p on p.id = m.person where m.contribution = ?1 and m.person <> ?2";
        let rows = cx.db().query(others, vals![id, person]).await?;
        let known = rows.into_iter().map(|mut r| r.take()).collect::<Result<Vec<String>>>()?;
        let html = words::render(&text, &known);
        batch.exactly(
            1,
            "update contribution set words = ?2, html = ?3, title = ?4 where id = ?1 and words = ?5",
            vals![id, &text, html.as_str(), without_handle(&title, &handle), &before],
        );
        let revisions = "select version, title, words from contribution_revision where contribution = ?1 order by version";
        for mut r in cx.db().query(revisions, vals![id]).await? {
            let (version, title, text): (i64, String, String) = (r.take()?, r.take()?, r.take()?);
            let text = without_handle(&text, &handle);
            let html = words::render(&text, &known);
            batch.run(
                "update contribution_revision set title = ?3, words = ?4, html = ?5 where contribution = ?1 and version = ?2",
                vals![id, version, without_handle(&title, &handle), &text, html.as_str()],
            );
        }
    }
    }
    forget_in_endings(cx, person, &mut batch).await?;
    batch.run("delete from mention where person = ?1", vals![person]);
    Ok(batch)
}

/// An ending's mentions stand with its conversation.
async fn forget_in_endings(cx: &Cx, person: PersonId, batch: &mut Batch) -> Result<()> {
    let sql = "select e.conversation, e.words, p.handle from mention m join ending e on e.conversation = m.contribution
        join person p on p.id = m.person where m.person = ?1 order by e.conversation limit 10000";
    for mut r in cx.db().query(sql, vals![person]).await? {
        let (of, before, handle): (i64, String, String) = (r.take()?, r.take()?, r.take()?);
        let text = without_handle(&before, &handle);
        let others: Vec<String> = words::mentions(&text).into_iter().filter(|h| *h != handle).collect();
        let known = person::store::by_handles(cx, &others).await?;
        let html = words::render(&text, &known.into_iter().map(|p| p.handle).collect::<Vec<_>>());
        batch.run("update ending set words = ?2, html = ?3 where conversation = ?1 and words = ?4", vals![of, &text, html.as_str(), &before]);
    }
    Ok(())
}

/// `@ada` becomes `@…`, and `@ada-lovelace` stays.
fn without_handle(text: &str, handle: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mark = format!("@{handle}");
    while let Some((before, after)) = rest.split_once(mark.as_str()) {
        out.push_str(before);
        let longer = after.chars().next().is_some_and(|c| c.is_ascii_alphanumeric() || c == '-');
        out.push_str(if longer { mark.as_str() } else { "@…" });
        rest = after;
    }
    out + rest
}

/// What was for oneself alone has no reader any more and goes, too.
fn keep(cx: Cx, person: PersonId) -> Future<Batch> {
    Box::pin(async move {
        let mut batch = forget_traces(&cx, person).await?;
        batch.run(
            "delete from ending where conversation in (select id from contribution where author = ?1 and not voice and audience = 'me')",
            vals![person],
        );
        let alone = "delete from contribution_revision where contribution in (
            select id from contribution where author = ?1 and not voice and audience = 'me')";
        batch.run(alone, vals![person]);
        batch.run(
            "delete from attachment where contribution in (select id from contribution where author = ?1 and not voice and audience = 'me')",
            vals![person],
        );
        batch.run(
            "update contribution set words = '', html = '', title = '', work = '', quote = '', attached = '', trail_title = '…',
                withdrawn_at = coalesce(withdrawn_at, ?2), version = version + 1
             where author = ?1 and not voice and audience = 'me'",
            vals![person, cx.now()],
        );
        Ok(batch)
    })
}

/// The rows stay as empty places, withdrawn for good; what hung on them goes.
fn erase(cx: Cx, person: PersonId) -> Future<Batch> {
    Box::pin(async move {
        let mut batch = forget_traces(&cx, person).await?;
        batch.run(
            "delete from contribution_revision where contribution in (select id from contribution where author = ?1 and not voice)",
            vals![person],
        );
        batch.run(
            "delete from mention where contribution in (select id from contribution where author = ?1 and not voice)",
            vals![person],
        );
        // Who quoted them quoted their words.
        batch.run(
            "update contribution set quote = '' where parent in (select id from contribution where author = ?1 and not voice)",
            vals![person],
        );
        batch.run("delete from thanks where person = ?1", vals![person]);
        batch.run(
            "delete from ending_reply where conversation in (select id from contribution where author = ?1 and not voice)
                or reply in (select id from contribution where author = ?1 and not voice)",
            vals![person],
        );
        batch.run("delete from ending where conversation in (select id from contribution where author = ?1 and not voice)", vals![person]);
        batch.run(
            "update contribution set words = '', html = '', title = '', work = '', quote = '', attached = '', trail_title = '…', hidden = '', moved = '',
                withdrawn_at = coalesce(withdrawn_at, ?2), version = version + 1 where author = ?1 and not voice",
            vals![person, cx.now()],
        );
        Ok(batch)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_handle_is_taken_out() {
        assert_eq!(without_handle("@ada, @ada-l and @ada.", "ada"), "@…, @ada-l and @….");
    }
}
