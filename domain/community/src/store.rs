//! SQL and row mapping of communities and their charters. Every load is through the viewer's eyes.

use kernel::{CommunityId, Cursor, Cx, Page, Result, Row, Timestamp, vals};

use crate::{Openness, Stage};

#[derive(Clone, Debug)]
pub struct Community {
    pub id: CommunityId,
    pub slug: String,
    pub name: String,
    pub domain: String,
    pub purpose: String,
    pub practice: String,
    pub openness: Openness,
    pub stage: Stage,
    pub version: i64,
    pub created_at: Timestamp,
    /// The viewer sees more than the closed door.
    pub inside: bool,
    pub member: bool,
    pub steward: bool,
}

impl Community {
    pub fn path(&self) -> String {
        format!("/c/{}", self.slug)
    }
}

const BY_SLUG: &str = "select c.id, c.slug, c.name, c.domain, c.purpose, c.practice, c.openness, c.stage, c.version,
        c.created_at, visible_to(c.id, ?2),
        exists (select 1 from grants g where g.person = ?2 and g.audience = c.id),
        exists (select 1 from grants g where g.person = ?2 and g.audience = -c.id)
    from community c where c.slug = ?1 and visible_to(-c.id, ?2)";

const BY_ID: &str = "select c.id, c.slug, c.name, c.domain, c.purpose, c.practice, c.openness, c.stage, c.version,
        c.created_at, visible_to(c.id, ?2),
        exists (select 1 from grants g where g.person = ?2 and g.audience = c.id),
        exists (select 1 from grants g where g.person = ?2 and g.audience = -c.id)
    from community c where c.id = ?1 and visible_to(-c.id, ?2)";

fn community(mut row: Row) -> Result<Community> {
    let mut c = Community {
        id: row.take()?,
        slug: row.take()?,
        name: row.take()?,
        domain: row.take()?,
        purpose: row.take()?,
        practice: row.take()?,
        openness: row.take()?,
        stage: row.take()?,
        version: row.take()?,
        created_at: row.take()?,
        inside: row.take()?,
        member: row.take()?,
        steward: row.take()?,
    };
    if !c.inside {
        // Who only sees the door of a closed community sees its name and purpose.
        (c.domain, c.practice) = (String::new(), String::new());
    }
    Ok(c)
}

/// The community behind this front door, as far as the viewer sees it.
pub async fn by_slug(cx: &Cx, slug: &str) -> Result<Option<Community>> {
    cx.db().one(BY_SLUG, vals![slug, cx.viewer]).await?.map(community).transpose()
}

pub async fn by_id(cx: &Cx, id: CommunityId) -> Result<Option<Community>> {
    cx.db().one(BY_ID, vals![id, cx.viewer]).await?.map(community).transpose()
}

/// The same, for whoever has to be inside.
pub async fn inside(cx: &Cx, slug: &str) -> Result<Community> {
    by_slug(cx, slug).await?.filter(|c| c.inside).ok_or(kernel::Error::NotFound)
}

#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub words: String,
    pub openness: Option<Openness>,
    pub stage: Option<Stage>,
}

/// The directory: what the viewer sees from inside, the youngest first.
pub async fn directory(cx: &Cx, filter: &Filter, after: Cursor, limit: usize) -> Result<Page<Community>> {
    let sql = "select c.id, c.slug, c.name, c.domain, c.purpose, c.practice, c.openness, c.stage, c.version,
            c.created_at, true,
            exists (select 1 from grants g where g.person = ?1 and g.audience = c.id),
            exists (select 1 from grants g where g.person = ?1 and g.audience = -c.id)
        from community c
        where visible_to(c.id, ?1) and (c.created_at, c.id) < (?2, ?3)
          and (cast(?4 as text) = '' or c.folded like cast(?4 as text) escape '!')
          and (cast(?5 as text) = '' or c.openness = ?5) and (cast(?6 as text) = '' or c.stage = ?6)
        order by c.created_at desc, c.id desc limit ?7";
    let params = vals![
        cx.viewer,
        after.at,
        after.id,
        like(&filter.words),
        filter.openness.map_or("", Openness::word),
        filter.stage.map_or("", Stage::word),
        limit as i64 + 1
    ];
    let items = cx.db().query(sql, params).await?.into_iter().map(community).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(items, limit, |c| Cursor { at: c.created_at, id: c.id.0 }))
}

/// Text as it is searched: small letters of any language.
pub fn folded(parts: &[&str]) -> String {
    parts.join(" ").to_lowercase()
}

fn like(words: &str) -> String {
    let words = words.trim().to_lowercase();
    if words.is_empty() {
        return words;
    }
    format!("%{}%", words.replace('!', "!!").replace('%', "!%").replace('_', "!_"))
}

#[derive(Clone, Debug)]
pub struct Revision {
    pub version: i64,
    pub name: String,
    pub domain: String,
    pub purpose: String,
    pub practice: String,
    pub openness: Openness,
    pub stage: Stage,
    pub reason: String,
    pub by_name: String,
    pub by_handle: String,
    pub at: Timestamp,
}

/// The charter's history, the newest first. One more than asked for, so that the oldest shown can be compared.
pub async fn history(cx: &Cx, community: CommunityId, before: i64, limit: i64) -> Result<Vec<Revision>> {
    let sql = "select r.version, r.name, r.domain, r.purpose, r.practice, r.openness, r.stage, r.reason, coalesce(p.name, v.name, ''),
            case when visible_to(p.id, ?3) and unblocked(p.id, ?3) then p.handle else '' end, r.at
        from charter r left join person p on p.id = r.by_person left join voice v on v.id = r.by_person
        where r.community = ?1 and r.version < ?2 and visible_to(r.community, ?3)
        order by r.version desc limit ?4";
    let rows = cx.db().query(sql, vals![community, before, cx.viewer, limit + 1]).await?;
    let revision = |mut r: Row| {
        Ok(Revision {
            version: r.take()?,
            name: r.take()?,
            domain: r.take()?,
            purpose: r.take()?,
            practice: r.take()?,
            openness: r.take()?,
            stage: r.take()?,
            reason: r.take()?,
            by_name: r.take()?,
            by_handle: r.take()?,
            at: r.take()?,
        })
    };
    rows.into_iter().map(revision).collect()
}

pub async fn is_slug_taken(cx: &Cx, slug: &str) -> Result<bool> {
    Ok(cx.db().one("select 1 from community where slug = ?1", vals![slug]).await?.is_some())
}
