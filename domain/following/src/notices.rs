//! What a person marks on their notices: read, unread, muted. Reading is never recorded, so only these acts change
//! anything, and the journal does not tell of them.

use kernel::{Batch, Cx, Error, Id, Result, audience, journal, vals};

use crate::store;

/// Marks a conversation's notices as read up to a position that was shown; 0 means all there are.
pub async fn read(cx: &Cx, root: Id, until: i64) -> Result<()> {
    let until = shown(cx, until).await?;
    let sql = "insert into notice_mark (person, conversation, read_to, unread, muted, at) values (?1, ?2, ?3, false, false, ?4)
        on conflict (person, conversation) do update set unread = false, at = excluded.at,
            read_to = case when excluded.read_to > notice_mark.read_to then excluded.read_to else notice_mark.read_to end";
    mark(cx, root, sql, vals![cx.me()?, root, until, cx.now()]).await
}

/// Marks it as unread, to come back to it.
pub async fn unread(cx: &Cx, root: Id) -> Result<()> {
    let sql = "insert into notice_mark (person, conversation, read_to, unread, muted, at) values (?1, ?2, 0, true, false, ?3)
        on conflict (person, conversation) do update set unread = true, at = excluded.at";
    mark(cx, root, sql, vals![cx.me()?, root, cx.now()]).await
}

/// Hears of a conversation no longer, also if one answered in it.
pub async fn mute(cx: &Cx, root: Id) -> Result<()> {
    let sql = "insert into notice_mark (person, conversation, read_to, unread, muted, at) values (?1, ?2, 0, false, true, ?3)
        on conflict (person, conversation) do update set muted = true, unread = false, at = excluded.at";
    mark(cx, root, sql, vals![cx.me()?, root, cx.now()]).await
}

async fn mark(cx: &Cx, root: Id, sql: &'static str, params: Vec<kernel::Val>) -> Result<()> {
    store::conversation(cx, root).await?.ok_or(Error::NotFound)?;
    let mut batch = Batch::new();
    batch.holds(audience::SEES, vals![root, cx.me()?]);
    batch.run(sql, params);
    cx.house.db.write(batch).await
}

/// Hears of it again.
pub async fn unmute(cx: &Cx, root: Id) -> Result<()> {
    let mut batch = Batch::new();
    batch.run("update notice_mark set muted = false, at = ?3 where person = ?1 and conversation = ?2 and muted", vals![cx.me()?, root, cx.now()]);
    cx.house.db.write(batch).await
}

/// Marks everything as read up to a position that was shown; 0 means all there is.
pub async fn read_all(cx: &Cx, until: i64) -> Result<()> {
    let (me, until) = (cx.me()?, shown(cx, until).await?);
    let mut batch = Batch::new();
    batch.run(
        "insert into notice_setting (person, read_to, took_part) values (?1, ?2, true)
         on conflict (person) do update set
            read_to = case when excluded.read_to > notice_setting.read_to then excluded.read_to else notice_setting.read_to end",
        vals![me, until],
    );
    // What stands behind it says no more than it.
    batch.run("update notice_mark set unread = false where person = ?1 and unread", vals![me]);
    batch.run("delete from notice_mark where person = ?1 and not muted and read_to <= ?2", vals![me, until]);
    cx.house.db.write(batch).await
}

/// Nobody has read what was not there yet.
async fn shown(cx: &Cx, until: i64) -> Result<i64> {
    let head = journal::head(cx.db()).await?;
    Ok(if until > 0 { until.min(head) } else { head })
}

/// Whether answers in conversations where one said something reach one.
pub async fn let_reach(cx: &Cx, took_part: bool) -> Result<()> {
    let mut batch = Batch::new();
    batch.run(
        "insert into notice_setting (person, read_to, took_part) values (?1, 0, ?2)
         on conflict (person) do update set took_part = excluded.took_part",
        vals![cx.me()?, took_part],
    );
    cx.house.db.write(batch).await
}
