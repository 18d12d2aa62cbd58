//! SQL and row mapping of changes, their causes and attestations. Every load is through the viewer's eyes.

use community::{Openness, Stage};
use kernel::{CommunityId, Cursor, Cx, Id, Page, PersonId, Result, Row, Timestamp, Val, clock, vals};
use shell::words;

use crate::because::{Kept, PageOutside};
use crate::{Cause, ChangeId, For, State};

/// The community that it is shared with, or is to be.
#[derive(Clone, Debug)]
pub struct Place {
    pub id: CommunityId,
    pub slug: String,
    pub name: String,
    pub openness: Openness,
    pub stage: Stage,
}

#[derive(Clone, Debug)]
pub struct Change {
    pub id: ChangeId,
    pub person: PersonId,
    pub name: String,
    /// None for who has left, and where the viewer does not see their page.
    pub handle: Option<String>,
    pub mine: bool,
    pub was: String,
    pub now: String,
    pub why: String,
    pub state: State,
    pub state_at: Timestamp,
    pub outcome: String,
    pub measure: String,
    pub outcome_at: Option<Timestamp>,
    pub served: String,
    pub place: Option<Place>,
    pub audience: For,
    pub shared_at: Option<Timestamp>,
    pub version: i64,
    pub at: Timestamp,
    pub edited_at: Option<Timestamp>,
}

impl Change {
    fn from_row(mut r: Row) -> Result<Self> {
        let (id, person, name) = (r.take()?, r.take()?, r.take()?);
        let handle = r.take::<Option<String>>()?.filter(|h| !h.starts_with("former-"));
        let mine = r.take()?;
        let (was, now, why, state, state_at) = (r.take()?, r.take()?, r.take()?, r.take()?, r.take()?);
        let (outcome, measure, outcome_at, served) = (r.take()?, r.take()?, r.take()?, r.take()?);
        let community: Option<CommunityId> = r.take()?;
        let (slug, called): (Option<String>, Option<String>) = (r.take()?, r.take()?);
        let (openness, stage): (Option<Openness>, Option<Stage>) = (r.take()?, r.take()?);
        let place = match (community, slug, called, openness, stage) {
            (Some(id), Some(slug), Some(name), Some(openness), Some(stage)) => Some(Place { id, slug, name, openness, stage }),
            _ => None,
        };
        let (audience, shared_at, version, at, edited_at) = (r.take()?, r.take()?, r.take()?, r.take()?, r.take()?);
        Ok(Self {
            id,
            person,
            name,
            handle,
            mine,
            was,
            now,
            why,
            state,
            state_at,
            outcome,
            measure,
            outcome_at,
            served,
            place,
            audience,
            shared_at,
            version,
            at,
            edited_at,
        })
    }

    pub fn heading(&self) -> String {
        words::plain(&self.now, 90)
    }

    pub fn is_shared(&self) -> bool {
        self.audience != For::Me
    }
}

/// These changes in their order: one's own always, others' as far as they reach the viewer.
pub async fn some(cx: &Cx, ids: &[ChangeId]) -> Result<Vec<Change>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "select h.id, h.person, coalesce(p.name, v.name, ''), case when visible_to(p.id, ?2) and unblocked(p.id, ?2) then p.handle end, h.person = ?2,
            h.was, h.now_does, h.why, h.state, h.state_at, h.outcome, h.measure, h.outcome_at, h.served, h.community,
            k.slug, k.name, k.openness, k.stage, h.audience, h.shared_at, h.version, h.at, h.edited_at
        from change h left join voice v on v.id = h.person left join person p on p.id = coalesce(v.person, h.person) left join community k on k.id = h.community
        where in_ids(h.id, ?1) and (visible_to(h.id, ?2) and unblocked_by(h.person, ?2) or h.person = ?2)";
    let rows = cx.db().query(sql, vals![Val::list(ids), cx.viewer]).await?;
    let mut all = rows.into_iter().map(Change::from_row).collect::<Result<Vec<_>>>()?;
    all.sort_by_key(|h| ids.iter().position(|id| *id == h.id));
    Ok(all)
}

async fn found(cx: &Cx, sql: &'static str, params: Vec<Val>) -> Result<Vec<Change>> {
    let ids = cx.db().query(sql, params).await?.into_iter().map(|mut r| r.take()).collect::<Result<Vec<ChangeId>>>()?;
    some(cx, &ids).await
}

pub async fn one(cx: &Cx, id: ChangeId) -> Result<Option<Change>> {
    Ok(some(cx, &[id]).await?.pop())
}

/// How somebody's practice changed, the newest first: one's own, or what of it is shared with the viewer.
pub async fn of_person(cx: &Cx, person: PersonId, after: Cursor, limit: usize) -> Result<Page<Change>> {
    let sql = "select h.id from change h where h.person = ?1 and (h.at, h.id) < (?3, ?4)
          and (visible_to(h.id, ?2) and unblocked_by(h.person, ?2) or h.person = ?2)
        order by h.at desc, h.id desc limit ?5";
    let items = found(cx, sql, vals![person, cx.viewer, after.at, after.id, limit as i64 + 1]).await?;
    Ok(Page::cut(items, limit, |h| Cursor { at: h.at, id: h.id.0 }))
}

/// What was shared last in a community, as it is brought to the viewer.
pub async fn of_community(cx: &Cx, community: CommunityId, limit: i64) -> Result<Vec<Change>> {
    let sql = "select h.id from change h where h.community = ?1 and h.audience <> 'me' and visible_to(h.id, ?2) and heard_by(h.person, ?2)
        order by h.shared_at desc, h.id desc limit ?3";
    found(cx, sql, vals![community, cx.viewer, limit]).await
}

/// A change, and what of a conversation it names: its id and first words.
#[derive(Clone, Debug)]
pub struct Naming {
    pub change: Change,
    pub named: Id,
    pub words: String,
}

/// The changes that name something in a conversation, the newest first; what they name, only as far as it is there to read.
pub async fn naming_in(cx: &Cx, root: Id) -> Result<Vec<Naming>> {
    let sql = "select h.id, c.id, c.words from change_source s join change h on h.id = s.change
        join contribution c on c.id = s.thing and c.withdrawn_at is null and c.hidden = '' and c.held = '' and coalesce(c.fades_at > ?3, true)
            and unblocked_by(c.author, ?2)
        where s.root = ?1 and (visible_to(h.id, ?2) and unblocked_by(h.person, ?2) or h.person = ?2) and visible_to(c.root, ?2)
        order by h.at desc, h.id desc, s.n limit 60";
    let one = |mut r: Row| Ok((r.take()?, Id(r.take()?), words::plain(&r.take::<String>()?, 60)));
    let named: Vec<(ChangeId, Id, String)> = cx.db().query(sql, vals![root, cx.viewer, cx.now()]).await?.into_iter().map(one).collect::<Result<_>>()?;
    let ids: Vec<ChangeId> = named.iter().map(|(id, ..)| *id).collect();
    let changes = some(cx, &ids).await?;
    let naming = |(id, named, words)| changes.iter().find(|h| h.id == id).cloned().map(|change| Naming { change, named, words });
    Ok(named.into_iter().filter_map(naming).collect())
}

/// The changes that name one of some practices.
pub async fn naming_practices(cx: &Cx, practices: &[i64]) -> Result<Vec<Change>> {
    let sql = "select h.id from change_source s join change h on h.id = s.change
        where in_ids(s.thing, ?1) and s.kind = 'practice' and (visible_to(h.id, ?2) and unblocked_by(h.person, ?2) or h.person = ?2) and visible_to(s.thing, ?2)
        order by h.at desc, h.id desc limit 30";
    found(cx, sql, vals![Val::list(practices), cx.viewer]).await
}

/// Others' changes that name the viewer's words as their cause, also those of a voice that they claimed.
pub async fn because_of_me(cx: &Cx, limit: i64) -> Result<Vec<Change>> {
    let sql = "select h.id from change h
        where h.person <> ?1 and h.audience <> 'me' and visible_to(h.id, ?1) and unblocked_by(h.person, ?1) and h.id in (
            select s.change from contribution c join change_source s on s.thing = c.id and s.kind = 'contribution'
            where c.author = ?1 and not c.voice and c.withdrawn_at is null
            union
            select s.change from voice v join contribution c on c.author = v.id and c.voice join change_source s on s.thing = c.id and s.kind = 'contribution'
            where v.person = ?1 and c.withdrawn_at is null)
        order by h.at desc, h.id desc limit ?2";
    found(cx, sql, vals![cx.me()?, limit]).await
}

/// After so long a change that is still being tried is asked about, once.
pub const ASKED_AFTER: i64 = 30 * clock::DAY;

/// One's own that are still being tried and were not asked about yet.
pub async fn to_ask_about(cx: &Cx) -> Result<Vec<Change>> {
    let sql = "select h.id from change h where h.person = ?1 and h.state = 'trying' and h.asked_at is null and h.state_at <= ?2
        order by h.at, h.id limit 3";
    found(cx, sql, vals![cx.me()?, cx.now().minus(ASKED_AFTER)]).await
}

/// A cause as its reader sees it; none of it where it is not for them.
#[derive(Clone, Debug)]
pub struct Source {
    pub change: ChangeId,
    pub kind: Cause,
    pub thing: Option<i64>,
    /// Here or outside.
    pub path: String,
    pub title: String,
    pub words: String,
    pub author: String,
    pub handle: Option<String>,
}

/// What these changes name, as far as the viewer may read it there.
pub async fn sources(cx: &Cx, changes: &[ChangeId]) -> Result<Vec<Source>> {
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "select s.change, s.kind, s.thing, s.root, s.link, s.title, s.words, c.title, c.words, f.title, t.title,
            coalesce(p.name, v.name, ''), case when visible_to(p.id, ?2) and unblocked(p.id, ?2) then p.handle end
        from change_source s join change h on h.id = s.change and (visible_to(h.id, ?2) or h.person = ?2)
        left join contribution c on s.kind = 'contribution' and c.id = s.thing and c.withdrawn_at is null and c.hidden = '' and c.held = ''
            and coalesce(c.fades_at > ?3, true) and unblocked_by(c.author, ?2) and (visible_to(c.root, ?2) or (c.author = ?2 and not c.voice))
        left join voice v on v.id = c.author and c.voice
        left join person p on p.id = coalesce(v.person, c.author)
        left join practice f on s.kind = 'practice' and f.id = s.thing and f.withdrawn_at is null and visible_to(f.id, ?2)
        left join trail t on s.kind = 'trail' and t.id = s.thing and exists (
            select 1 from contribution w where w.trail = t.id and w.withdrawn_at is null and w.hidden = '' and w.held = '' and visible_to(w.root, ?2))
        where in_ids(s.change, ?1) and (s.kind = 'page' or c.id is not null or f.id is not null or t.id is not null)
        order by s.change, s.n limit 2000";
    cx.db().query(sql, vals![Val::list(changes), cx.viewer, cx.now()]).await?.into_iter().map(source).collect()
}

fn source(mut r: Row) -> Result<Source> {
    let (change, kind, thing, root): (_, Cause, Option<i64>, Option<i64>) = (r.take()?, r.take()?, r.take()?, r.take()?);
    let page = PageOutside { link: r.take()?, title: r.take()?, words: r.take()? };
    let (title, said): (Option<String>, Option<String>) = (r.take()?, r.take()?);
    let (practice, trail): (Option<String>, Option<String>) = (r.take()?, r.take()?);
    let (author, handle) = (r.take()?, r.take::<Option<String>>()?.filter(|h| !h.starts_with("former-")));
    let id = thing.unwrap_or_default();
    let (path, title, text) = match kind {
        Cause::Contribution if root == thing => (format!("/conversations/{id}"), title.unwrap_or_default(), words::plain(&said.unwrap_or_default(), 200)),
        Cause::Contribution => (format!("/conversations/{}#r{id}", root.unwrap_or_default()), String::new(), words::plain(&said.unwrap_or_default(), 200)),
        Cause::Practice => (format!("/practices/{id}"), practice.unwrap_or_default(), String::new()),
        Cause::Trail => (format!("/trails/{id}"), trail.unwrap_or_default(), String::new()),
        Cause::Page => {
            let title = if page.title.is_empty() { page.link.clone() } else { page.title };
            (page.link, title, page.words)
        }
    };
    Ok(Source { change, kind, thing, path, title, words: text, author, handle })
}

/// The causes of one's own change as they are kept, also those that are gone: for changing and sharing it.
pub(crate) async fn kept(cx: &Cx, id: ChangeId) -> Result<Vec<Kept>> {
    let sql = "select s.kind, s.thing, s.root, s.link, s.title, s.words, case when c.voice then v.person else c.author end, c.community
        from change_source s join change h on h.id = s.change
        left join contribution c on s.kind = 'contribution' and c.id = s.thing and c.withdrawn_at is null and c.hidden = '' and c.held = ''
        left join voice v on v.id = c.author and c.voice
        where s.change = ?1 and h.person = ?2 order by s.n limit 20";
    let one = |mut r: Row| {
        let (kind, thing, root) = (r.take()?, r.take()?, r.take()?);
        let page = PageOutside { link: r.take()?, title: r.take()?, words: r.take()? };
        let (person, community): (Option<PersonId>, Option<CommunityId>) = (r.take()?, r.take()?);
        Ok(Kept { kind, thing, root, page, thanks: person.map(|p| (p, community)) })
    };
    cx.db().query(sql, vals![id, cx.me()?]).await?.into_iter().map(one).collect()
}

/// What somebody else says of a change that they saw.
#[derive(Clone, Debug)]
pub struct Attested {
    pub change: ChangeId,
    pub name: String,
    pub handle: Option<String>,
    pub mine: bool,
    pub words: String,
    pub at: Timestamp,
}

/// Who attests these changes.
pub async fn attestations(cx: &Cx, changes: &[ChangeId]) -> Result<Vec<Attested>> {
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "select a.change, coalesce(p.name, v.name, ''), case when visible_to(p.id, ?2) and unblocked(p.id, ?2) then p.handle end, a.person = ?2, a.words, a.at
        from attestation a join change h on h.id = a.change left join voice v on v.id = a.person left join person p on p.id = coalesce(v.person, a.person)
        where in_ids(a.change, ?1) and (visible_to(h.id, ?2) or h.person = ?2) and unblocked_by(a.person, ?2)
        order by a.change, a.at, a.person limit 1000";
    let one = |mut r: Row| {
        Ok(Attested {
            change: r.take()?,
            name: r.take()?,
            handle: r.take::<Option<String>>()?.filter(|h| !h.starts_with("former-")),
            mine: r.take()?,
            words: r.take()?,
            at: r.take()?,
        })
    };
    cx.db().query(sql, vals![Val::list(changes), cx.viewer]).await?.into_iter().map(one).collect()
}
