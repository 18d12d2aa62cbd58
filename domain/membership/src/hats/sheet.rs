//! The handover sheet: what the wearer tells, what waits, who is new. A shadow sees that something waits, not who asked or why:
//! those words were for stewards.

use kernel::{CommunityId, Cx, Error, PersonId, Result, Row, Timestamp, clock, vals};

use crate::HatId;

/// Who joined so lately is new.
const NEW: i64 = 60 * clock::DAY;

#[derive(Clone, Debug)]
pub struct Sheet {
    pub hat: String,
    pub wearer: String,
    pub since: Timestamp,
    pub until: Option<Timestamp>,
    pub told: String,
    pub mine: bool,
    /// The viewer shadows: their own row, to stop by.
    pub shadowing: Option<HatId>,
    pub shadow: Option<String>,
    pub steward: bool,
    /// Who wore it before, and what they told.
    pub before: Option<(String, String)>,
}

/// For its wearer, for who shadows, and for stewards; not found for everybody else.
pub async fn sheet(cx: &Cx, community: CommunityId, id: HatId) -> Result<Sheet> {
    let sql = "select h.name, p.name, h.accepted_at, h.until, h.told, p.id = ?3, s.id, s.person, q.name,
            exists (select 1 from grants w where w.person = ?3 and w.audience = -h.community), b.name, o.told
        from hat h join person p on p.id = h.person
        left join hat s on s.follows = h.id and s.shadowing_at is not null and s.accepted_at is null and s.ended_at is null
        left join person q on q.id = s.person
        left join hat o on o.id = h.follows left join person b on b.id = o.person
        where h.id = ?1 and h.community = ?2 and h.accepted_at is not null and h.ended_at is null
          and exists (select 1 from grants g where g.person = ?3 and g.audience = h.community)";
    let me = cx.me()?;
    let mut r = cx.db().one(sql, vals![id, community, me]).await?.ok_or(Error::NotFound)?;
    let (hat, wearer, since, until) = (r.take()?, r.take()?, r.take()?, r.take()?);
    let (told, mine) = (r.take()?, r.take()?);
    let (row, shadow): (Option<HatId>, Option<PersonId>) = (r.take()?, r.take()?);
    let (name, steward) = (r.take()?, r.take()?);
    let (before, before_told): (Option<String>, Option<String>) = (r.take()?, r.take()?);
    let shadowing = row.filter(|_| shadow == Some(me));
    let before = before.zip(before_told);
    let sheet = Sheet { hat, wearer, since, until, told, mine, shadowing, shadow: name, steward, before };
    if sheet.mine || sheet.shadowing.is_some() || sheet.steward { Ok(sheet) } else { Err(Error::NotFound) }
}

/// Something that waits for stewards.
#[derive(Clone, Debug)]
pub struct Waits {
    /// knock or suspension
    pub what: String,
    /// When it began, or for a suspension when it ends.
    pub at: Timestamp,
    /// For stewards alone, as are the words.
    pub who: String,
    pub words: String,
}

pub async fn waits(cx: &Cx, community: CommunityId) -> Result<Vec<Waits>> {
    let sql = "select 'knock' as what, k.at as at, case when g.person is not null then p.name else '' end,
            case when g.person is not null then k.words else '' end
        from knock k join person p on p.id = k.person left join grants g on g.person = ?2 and g.audience = -k.community
        where k.community = ?1 and k.ended_at is null and k.opened_at is null
        union all select 'suspension', s.until, case when g.person is not null then p.name else '' end,
            case when g.person is not null then s.reason else '' end
        from suspension s join person p on p.id = s.person left join grants g on g.person = ?2 and g.audience = -s.community
        where s.community = ?1 and s.lifted_at is null
        order by what, at limit 100";
    let one = |mut r: Row| Ok(Waits { what: r.take()?, at: r.take()?, who: r.take()?, words: r.take()? });
    cx.db().query(sql, vals![community, cx.viewer]).await?.into_iter().map(one).collect()
}

#[derive(Clone, Debug)]
pub struct Newcomer {
    pub handle: String,
    pub name: String,
    pub since: Timestamp,
}

/// Who joined lately for the first time, and lets the viewer see it.
pub async fn newcomers(cx: &Cx, community: CommunityId) -> Result<Vec<Newcomer>> {
    let sql = "select case when visible_to(p.id, ?2) then p.handle else '' end, p.name, m.began_at
        from membership m join person p on p.id = m.person join grants g on g.person = m.person and g.audience = m.community
        where m.community = ?1 and m.ended_at is null and m.began_at > ?3 and visible_to(m.community, ?2)
          and m.shown <> 'nobody' and m.began_at > (select c.created_at + ?4 from community c where c.id = m.community)
          and not exists (select 1 from membership o where o.community = m.community and o.person = m.person and o.ended_at is not null)
        order by m.began_at desc, m.id desc limit 60";
    let rows = cx.db().query(sql, vals![community, cx.viewer, cx.now().minus(NEW), clock::MINUTE]).await?;
    rows.into_iter().map(|mut r| Ok(Newcomer { handle: r.take()?, name: r.take()?, since: r.take()? })).collect()
}
