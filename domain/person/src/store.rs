//! SQL and row mapping of persons, sessions, tokens, links, settings and voices.

use std::collections::HashSet;

use kernel::{Cx, House, PersonId, Result, Row, Timestamp, Viewer, vals};
use shell::{Guest, Scope};

use crate::{SessionId, ShownTo, SignUp, TokenId};

/// A person as others may see them.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: PersonId,
    pub handle: String,
    pub name: String,
    pub practice: String,
    pub organisation: String,
    pub zone: String,
}

/// What only the person sees.
#[derive(Clone, Debug)]
pub struct Own {
    pub person: Person,
    pub mail: String,
    pub language: String,
    pub theme: String,
    pub shown: ShownTo,
    pub operator: bool,
    pub version: i64,
    pub created_at: Timestamp,
}

fn person(row: &mut Row) -> Result<Person> {
    Ok(Person {
        id: row.take()?,
        handle: row.take()?,
        name: row.take()?,
        practice: row.take()?,
        organisation: row.take()?,
        zone: row.take()?,
    })
}

/// The person with this handle, if the viewer may see their page, and neither of the two has blocked the other.
pub async fn by_handle(cx: &Cx, handle: &str) -> Result<Option<Person>> {
    let sql = "select p.id, p.handle, p.name, p.practice, p.organisation, p.zone from person p
        where p.handle = ?1 and p.left_at is null and visible_to(p.id, ?2) and unblocked(p.id, ?2)";
    cx.db().one(sql, vals![handle, cx.viewer]).await?.as_mut().map(person).transpose()
}

/// The same for who acts as a steward: blocking keeps nobody from stewarding, nor from being stewarded.
pub async fn by_handle_for_care(cx: &Cx, handle: &str) -> Result<Option<Person>> {
    let sql = "select p.id, p.handle, p.name, p.practice, p.organisation, p.zone from person p
        where p.handle = ?1 and p.left_at is null and visible_to(p.id, ?2)";
    cx.db().one(sql, vals![handle, cx.viewer]).await?.as_mut().map(person).transpose()
}

/// The people with these handles whom the viewer may see and reach.
pub async fn by_handles(cx: &Cx, handles: &[String]) -> Result<Vec<Person>> {
    if handles.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "select p.id, p.handle, p.name, p.practice, p.organisation, p.zone from person p
        where in_texts(p.handle, ?1) and p.left_at is null and visible_to(p.id, ?2) and unblocked(p.id, ?2) order by p.handle";
    let rows = cx.db().query(sql, vals![kernel::Val::list(handles), cx.viewer]).await?;
    rows.into_iter().map(|mut row| person(&mut row)).collect()
}

/// Whether anybody, also who has left, has or had this handle.
pub async fn is_taken(house: &House, handle: &str) -> Result<bool> {
    let sql = "select 1 from person where handle = ?1 union all select 1 from handle_taken where handle = ?1";
    Ok(house.db.one(sql, vals![handle]).await?.is_some())
}

pub async fn own(cx: &Cx) -> Result<Own> {
    let sql = "select id, handle, name, practice, organisation, zone, mail, language, theme, shown, operator, version,
        created_at from person where id = ?1 and left_at is null";
    let mut row = cx.db().one(sql, vals![cx.me()?]).await?.ok_or(kernel::Error::NotFound)?;
    Ok(Own {
        person: person(&mut row)?,
        mail: row.take()?,
        language: row.take()?,
        theme: row.take()?,
        shown: row.take()?,
        operator: row.take()?,
        version: row.take()?,
        created_at: row.take()?,
    })
}

/// Nobody has come yet: the next one sets the place up.
pub async fn is_empty(house: &House) -> Result<bool> {
    Ok(house.db.one("select 1 from person limit 1", vals![]).await?.is_none())
}

/// For signing in: the person and their password's hash.
pub async fn credential(house: &House, handle: &str) -> Result<Option<(PersonId, String)>> {
    let sql = "select p.id, c.secret from person p join credential c on c.person = p.id and c.kind = 'password'
        where p.handle = ?1 and p.left_at is null";
    let row = house.db.one(sql, vals![handle]).await?;
    row.map(|mut row| Ok((row.take()?, row.take()?))).transpose()
}

pub async fn credential_of(house: &House, person: PersonId) -> Result<Option<String>> {
    let sql = "select secret from credential where person = ?1 and kind = 'password'";
    house.db.one(sql, vals![person]).await?.map(|mut row| row.take()).transpose()
}

pub async fn operators(house: &House) -> Result<i64> {
    let sql = "select count(*) from person where operator and left_at is null";
    house.db.one(sql, vals![]).await?.ok_or(kernel::Error::NotFound)?.take()
}

/// A session that was not used for so long has ended.
pub const SESSION_LASTS: i64 = 30 * kernel::clock::DAY;

const GUEST_BY_SESSION: &str = "select p.id, p.handle, p.name, p.language, p.theme, p.zone, p.operator, s.id, s.seen_at
    from session s join person p on p.id = s.person
    where s.secret = ?1 and s.ended_at is null and s.seen_at > ?2 and p.left_at is null";

/// Who an open session is of, and when it was last seen.
pub async fn guest_by_session(house: &House, secret: &str) -> Result<Option<(Guest, Timestamp)>> {
    let since = house.clock.now().minus(SESSION_LASTS);
    let Some(mut row) = house.db.one(GUEST_BY_SESSION, vals![secret, since]).await? else { return Ok(None) };
    let guest = guest(&mut row)?;
    Ok(Some((guest, row.take()?)))
}

const GUEST_BY_TOKEN: &str = "select p.id, p.handle, p.name, p.language, p.theme, p.zone, p.operator, t.id, t.scopes
    from token t join person p on p.id = t.person
    where t.secret = ?1 and t.ended_at is null and p.left_at is null";

pub async fn guest_by_token(house: &House, secret: &str) -> Result<Option<Guest>> {
    let Some(mut row) = house.db.one(GUEST_BY_TOKEN, vals![secret]).await? else { return Ok(None) };
    let mut guest = guest(&mut row)?;
    guest.scopes = row.take::<String>()?.split(',').filter_map(|s| s.parse::<Scope>().ok()).collect();
    Ok(Some(guest))
}

fn guest(row: &mut Row) -> Result<Guest> {
    Ok(Guest {
        person: row.take()?,
        handle: row.take()?,
        name: row.take()?,
        language: row.take()?,
        theme: row.take::<String>().map(|t| if t == "system" { String::new() } else { t })?,
        zone: row.take()?,
        operator: row.take()?,
        key: kernel::Id(row.take()?),
        scopes: Vec::new(),
    })
}

/// Which of these sessions and tokens are open.
pub async fn open_among(house: &House, keys: &[kernel::Id]) -> Result<HashSet<kernel::Id>> {
    let sql = "select s.id from session s join person p on p.id = s.person
        where in_ids(s.id, ?1) and s.ended_at is null and p.left_at is null
        union all select t.id from token t join person p on p.id = t.person
        where in_ids(t.id, ?1) and t.ended_at is null and p.left_at is null";
    let rows = house.db.query(sql, vals![kernel::Val::list(keys)]).await?;
    rows.into_iter().map(|mut r| Ok(kernel::Id(r.take()?))).collect()
}

#[derive(Clone, Debug)]
pub struct Session {
    pub id: SessionId,
    pub agent: String,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
}

pub async fn sessions(cx: &Cx) -> Result<Vec<Session>> {
    let sql = "select id, agent, created_at, seen_at from session
        where person = ?1 and ended_at is null and seen_at > ?2 order by seen_at desc limit 100";
    let rows = cx.db().query(sql, vals![cx.me()?, cx.now().minus(SESSION_LASTS)]).await?;
    let session = |mut r: Row| {
        Ok(Session { id: r.take()?, agent: r.take()?, created_at: r.take()?, seen_at: r.take()? })
    };
    rows.into_iter().map(session).collect()
}

#[derive(Clone, Debug)]
pub struct Token {
    pub id: TokenId,
    pub label: String,
    pub scopes: String,
    pub created_at: Timestamp,
}

pub async fn tokens(cx: &Cx) -> Result<Vec<Token>> {
    let sql = "select id, label, scopes, created_at from token
        where person = ?1 and ended_at is null order by id desc limit 100";
    let rows = cx.db().query(sql, vals![cx.me()?]).await?;
    let token = |mut r: Row| Ok(Token { id: r.take()?, label: r.take()?, scopes: r.take()?, created_at: r.take()? });
    rows.into_iter().map(token).collect()
}

/// A one-time link that still works: its purpose and person.
pub async fn link(house: &House, secret: &str) -> Result<Option<(String, Option<PersonId>)>> {
    let sql = "select purpose, person from one_time_link where secret = ?1 and uses > 0 and expires_at > ?2";
    let row = house.db.one(sql, vals![kernel::hash_secret(secret), house.clock.now()]).await?;
    row.map(|mut row| Ok((row.take()?, row.take()?))).transpose()
}

pub async fn sign_up_mode(house: &House) -> Result<SignUp> {
    let row = house.db.one("select value from setting where name = 'sign_up'", vals![]).await?;
    row.map_or(Ok(SignUp::Open), |mut row| row.take())
}

/// The remembered voice of this name and origin, for an import that is run again.
pub async fn voice(cx: &Cx, origin: &str, name: &str) -> Result<Option<kernel::VoiceId>> {
    if cx.viewer != Viewer::System {
        return Err(kernel::Error::NotFound);
    }
    let sql = "select id from voice where origin = ?1 and name = ?2";
    cx.db().one(sql, vals![origin, name]).await?.map(|mut row| row.take()).transpose()
}
