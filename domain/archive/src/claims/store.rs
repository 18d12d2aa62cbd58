//! SQL and rows of claims, and of voices as their reader sees them.

use kernel::{CommunityId, Cursor, Cx, Page, PersonId, Result, Row, Timestamp, VoiceId, vals};

use super::rules::{Before, Looker};
use super::{ClaimId, State};

/// A remembered voice of which the viewer sees something.
#[derive(Clone, Debug)]
pub struct Voice {
    pub id: VoiceId,
    pub name: String,
    pub origin: String,
    /// Whose it is, if somebody claimed it.
    pub person: Option<PersonId>,
    pub claimed_by: String,
    /// None where the viewer does not see their page.
    pub handle: Option<String>,
    /// The viewer is steward of a community where it spoke.
    pub steward: bool,
}

fn voice_row(mut r: Row) -> Result<Voice> {
    Ok(Voice {
        id: r.take()?,
        name: r.take()?,
        origin: r.take()?,
        person: r.take()?,
        claimed_by: r.take::<Option<String>>()?.unwrap_or_default(),
        handle: r.take()?,
        steward: r.take()?,
    })
}

pub async fn voice(cx: &Cx, id: VoiceId) -> Result<Option<Voice>> {
    let sql = "select v.id, v.name, v.origin, v.person, case when unblocked_by(p.id, ?2) then p.name end,
            case when visible_to(p.id, ?2) and unblocked(p.id, ?2) then p.handle end,
            exists (select 1 from contribution c join grants g on g.audience = -c.community and g.person = ?2 where c.author = v.id and c.voice)
        from voice v left join person p on p.id = v.person
        where v.id = ?1 and exists (select 1 from contribution c where c.author = v.id and c.voice and c.withdrawn_at is null
            and c.hidden = '' and c.held = '' and visible_to(c.root, ?2))";
    cx.db().one(sql, vals![id, cx.viewer]).await?.map(voice_row).transpose()
}

/// Voices whose names begin like this, in the order of their names. Read on after the last one.
pub async fn voices(cx: &Cx, name: &str, after: Option<Cursor>, limit: usize) -> Result<Page<Voice>> {
    let name = name.trim().to_lowercase();
    let like = format!("{}%", name.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    let after = after.map_or(0, |c| c.id);
    let from = match after {
        0 => name,
        id => match cx.db().one("select sought from voice where id = ?1", vals![id]).await? {
            Some(mut row) => row.take()?,
            None => name,
        },
    };
    let sql = "select v.id, v.name, v.origin, v.person, case when unblocked_by(p.id, ?2) then p.name end,
            case when visible_to(p.id, ?2) and unblocked(p.id, ?2) then p.handle end, false
        from voice v left join person p on p.id = v.person
        where (v.sought, v.id) > (?1, ?3) and v.sought like ?4 escape '\\'
          and exists (select 1 from contribution c where c.author = v.id and c.voice and c.withdrawn_at is null
            and c.hidden = '' and c.held = '' and visible_to(c.root, ?2))
        order by v.sought, v.id limit ?5";
    let rows = cx.db().query(sql, vals![from, cx.viewer, after, like, limit as i64 + 1]).await?;
    let items = rows.into_iter().map(voice_row).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(items, limit, |v| Cursor { at: Timestamp(0), id: v.id.0 }))
}

/// Where a voice spoke, as the house knows it: also where the one who asks does not look in.
pub(super) async fn places(cx: &Cx, voice: VoiceId) -> Result<Vec<CommunityId>> {
    let sql = "select distinct c.community from contribution c where c.author = ?1 and c.voice and c.community is not null order by c.community limit 50";
    cx.db().query(sql, vals![voice]).await?.into_iter().map(|mut r| r.take()).collect()
}

/// Those of a claim's places that have a steward whose claim it is not.
pub(super) async fn with_stewards(cx: &Cx, places: &[CommunityId], but: PersonId) -> Result<Vec<CommunityId>> {
    let ids: Vec<i64> = places.iter().map(|p| p.0).collect();
    let sql = "select c.id from community c where in_ids(c.id, ?1)
        and exists (select 1 from grants g where g.audience = -c.id and g.person <> ?2) order by c.id";
    cx.db().query(sql, vals![kernel::Val::list(&ids), but]).await?.into_iter().map(|mut r| r.take()).collect()
}

pub(super) async fn before(cx: &Cx, voice: VoiceId, person: PersonId, since: Timestamp) -> Result<Before> {
    let sql = "select exists (select 1 from claim c where c.voice = ?1 and c.person = ?2 and c.state in ('asked', 'offered')),
            exists (select 1 from claim c where c.voice = ?1 and c.person = ?2 and c.state = 'declined' and c.decided_at > ?3
                and not c.offered and c.steward <> 0),
            exists (select 1 from claim c where c.voice = ?1 and c.person = ?2 and c.state in ('declined', 'let_go') and c.decided_at > ?3
                and c.offered),
            (select count(*) from claim c where c.person = ?2 and c.state = 'asked')";
    let mut r = cx.db().one(sql, vals![voice, person, since]).await?.ok_or(kernel::Error::NotFound)?;
    Ok(Before { open: r.take()?, declined: r.take()?, said_no: r.take()?, all_open: r.take()? })
}

/// Questions of others about the same voice that wait.
pub(super) async fn rivals(cx: &Cx, claim: &Claim) -> Result<Vec<(ClaimId, PersonId)>> {
    let sql = "select id, person from claim where voice = ?1 and id <> ?2 and state in ('asked', 'offered') order by id limit 200";
    let rows = cx.db().query(sql, vals![claim.voice, claim.id]).await?;
    rows.into_iter().map(|mut r| Ok((r.take()?, r.take()?))).collect()
}

#[derive(Clone, Debug)]
pub struct Claim {
    pub id: ClaimId,
    pub voice: VoiceId,
    /// The voice's name and where it spoke.
    pub name: String,
    pub origin: String,
    pub person: PersonId,
    pub person_name: String,
    /// None where the viewer does not see their page.
    pub handle: Option<String>,
    pub state: State,
    pub offered: bool,
    pub words: String,
    pub reason: String,
    pub at: Timestamp,
    pub decided_at: Option<Timestamp>,
    pub looker: Looker,
}

fn claim_row(viewer: Option<PersonId>, mut r: Row) -> Result<Claim> {
    let (id, voice, name, origin) = (r.take()?, r.take()?, r.take()?, r.take()?);
    let (person, person_name, handle): (PersonId, String, Option<String>) = (r.take()?, r.take()?, r.take()?);
    let (state, offered, words, reason, at, decided_at) = (r.take()?, r.take()?, r.take()?, r.take()?, r.take()?, r.take()?);
    let giver: i64 = r.take()?;
    let looker = Looker {
        mine: viewer == Some(person),
        voucher: viewer.is_some_and(|v| v.0 == giver),
        steward: r.take()?,
        operator: r.take()?,
        voucher_stands: r.take()?,
        others: r.take()?,
    };
    Ok(Claim { id, voice, name, origin, person, person_name, handle, state, offered, words, reason, at, decided_at, looker })
}

/// One claim, for its person and for who may give a steward's word on it.
pub async fn claim(cx: &Cx, id: ClaimId) -> Result<Option<Claim>> {
    let sql = "select c.id, c.voice, v.name, v.origin, c.person, p.name, case when visible_to(p.id, ?2) then p.handle end,
            c.state, c.offered, c.words, c.reason, c.at, c.decided_at, c.steward,
            exists (select 1 from claim_place l join grants g on g.audience = -l.community where l.claim = c.id and g.person = ?2),
            exists (select 1 from person o where o.id = ?2 and o.operator),
            exists (select 1 from claim_place l join grants g on g.audience = -l.community where l.claim = c.id and g.person = c.steward)
                or exists (select 1 from person o where o.id = c.steward and o.operator),
            (select count(*) from claim_place l join grants g on g.audience = -l.community where l.claim = c.id and g.person <> c.person)
        from claim c join voice v on v.id = c.voice join person p on p.id = c.person where c.id = ?1";
    let found = cx.db().one(sql, vals![id, cx.me()?]).await?.map(|r| claim_row(cx.viewer.person(), r)).transpose()?;
    Ok(found.filter(|c| c.looker.mine || super::rules::may_look(c.looker).is_ok()))
}

/// The viewer's own, the newest first: what they claimed, what waits, and how it ended.
pub async fn mine(cx: &Cx, limit: i64) -> Result<Vec<Claim>> {
    let sql = "select c.id, c.voice, v.name, v.origin, c.person, p.name, p.handle, c.state, c.offered, c.words, c.reason, c.at, c.decided_at,
            c.steward, false, false, false, cast(0 as bigint)
        from claim c join voice v on v.id = c.voice join person p on p.id = c.person where c.person = ?1 order by c.id desc limit ?2";
    let rows = cx.db().query(sql, vals![cx.me()?, limit]).await?;
    rows.into_iter().map(|r| claim_row(cx.viewer.person(), r)).collect()
}
