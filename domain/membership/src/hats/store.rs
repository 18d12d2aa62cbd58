//! SQL and rows of hats: who wears which and until when, what calls, what is one's own, what was.

use kernel::{CommunityId, Cursor, Cx, Error, Page, PersonId, Result, Row, Timestamp, Val, vals};

use super::handover::Heir;
use crate::HatId;

/// A hat that somebody wears, as everybody who sees the community sees it.
#[derive(Clone, Debug)]
pub struct Worn {
    pub id: HatId,
    pub person: PersonId,
    /// Empty where the viewer may not see this person's page.
    pub handle: String,
    pub name: String,
    pub hat: String,
    pub since: Timestamp,
    pub until: Option<Timestamp>,
    /// It calls for somebody.
    pub called_at: Option<Timestamp>,
    pub renewed_at: Option<Timestamp>,
    /// Who shadows, by name.
    pub shadow: Option<String>,
    /// The viewer shadows it.
    pub shadowed_by_me: bool,
    pub mine: bool,
}

/// Whoever wears a hat and takes part is shown with it; the steward's first.
pub async fn worn(cx: &Cx, community: CommunityId) -> Result<Vec<Worn>> {
    let sql = "select h.id, p.id, case when visible_to(p.id, ?2) then p.handle else '' end, p.name, h.name, h.accepted_at, h.until,
            h.called_at, h.renewed_at, q.name, coalesce(q.id = ?2, false), p.id = ?2
        from hat h join person p on p.id = h.person join grants g on g.person = h.person and g.audience = h.community
        left join hat s on s.follows = h.id and s.shadowing_at is not null and s.accepted_at is null and s.ended_at is null
        left join person q on q.id = s.person
        where h.community = ?1 and h.accepted_at is not null and h.ended_at is null and visible_to(h.community, ?2)
        order by case when h.name = 'steward' then 0 else 1 end, h.accepted_at, h.id limit 200";
    cx.db().query(sql, vals![community, cx.viewer]).await?.into_iter().map(one_worn).collect()
}

fn one_worn(mut r: Row) -> Result<Worn> {
    Ok(Worn {
        id: r.take()?,
        person: r.take()?,
        handle: r.take()?,
        name: r.take()?,
        hat: r.take()?,
        since: r.take()?,
        until: r.take()?,
        called_at: r.take()?,
        renewed_at: r.take()?,
        shadow: r.take()?,
        shadowed_by_me: r.take()?,
        mine: r.take()?,
    })
}

/// A hat that was worn. Steward's acts and roles are open, and so is who had them when.
#[derive(Clone, Debug)]
pub struct Past {
    pub id: HatId,
    pub handle: String,
    pub name: String,
    pub hat: String,
    pub from: Timestamp,
    pub until: Timestamp,
    /// Who wore it next, if it passed to somebody.
    pub then: Option<String>,
    /// The steward who took it off.
    pub taken_off_by: Option<String>,
}

pub async fn past(cx: &Cx, community: CommunityId, after: Cursor, limit: usize) -> Result<Page<Past>> {
    let sql = "select h.id, case when visible_to(p.id, ?2) then p.handle else '' end, p.name, h.name, h.accepted_at, h.ended_at,
            (select max(q.name) from hat n join person q on q.id = n.person where n.follows = h.id and n.accepted_at is not null), b.name
        from hat h join person p on p.id = h.person left join person b on b.id = h.ended_by
        where h.community = ?1 and h.accepted_at is not null and h.ended_at is not null and visible_to(h.community, ?2)
          and (h.ended_at, h.id) < (?3, ?4)
        order by h.ended_at desc, h.id desc limit ?5";
    let rows = cx.db().query(sql, vals![community, cx.viewer, after.at, after.id, limit as i64 + 1]).await?;
    let past = |mut r: Row| {
        Ok(Past {
            id: r.take()?,
            handle: r.take()?,
            name: r.take()?,
            hat: r.take()?,
            from: r.take()?,
            until: r.take()?,
            then: r.take()?,
            taken_off_by: r.take()?,
        })
    };
    let items = rows.into_iter().map(past).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(items, limit, |p| Cursor { at: p.until, id: p.id.0 }))
}

/// The hats that somebody wears in communities that the viewer sees.
pub async fn of_person(cx: &Cx, person: PersonId) -> Result<Vec<(CommunityId, String)>> {
    let sql = "select h.community, h.name from hat h join grants g on g.person = h.person and g.audience = h.community
        where h.person = ?1 and h.accepted_at is not null and h.ended_at is null and visible_to(h.community, ?2)
        order by case when h.name = 'steward' then 0 else 1 end, h.accepted_at, h.id limit 200";
    let rows = cx.db().query(sql, vals![person, cx.viewer]).await?;
    rows.into_iter().map(|mut r| Ok((r.take()?, r.take()?))).collect()
}

/// The community of a hat that is worn, where the viewer is inside it.
pub(crate) async fn community_of(cx: &Cx, id: HatId) -> Result<CommunityId> {
    let sql = "select community from hat where id = ?1 and accepted_at is not null and ended_at is null and visible_to(community, ?2)";
    cx.db().one(sql, vals![id, cx.viewer]).await?.ok_or(Error::NotFound)?.take()
}

/// Who wears what among the people of a list.
pub async fn of_people(cx: &Cx, community: CommunityId, people: &[PersonId]) -> Result<Vec<(PersonId, String)>> {
    let sql = "select h.person, h.name from hat h join grants g on g.person = h.person and g.audience = h.community
        where h.community = ?1 and in_ids(h.person, ?3) and h.accepted_at is not null and h.ended_at is null and visible_to(h.community, ?2)
        order by case when h.name = 'steward' then 0 else 1 end, h.accepted_at, h.id limit 500";
    let rows = cx.db().query(sql, vals![community, cx.viewer, Val::list(people)]).await?;
    rows.into_iter().map(|mut r| Ok((r.take()?, r.take()?))).collect()
}

/// What somebody offered or named the viewer for, not answered yet.
#[derive(Clone, Debug)]
pub struct Offered {
    pub community: CommunityId,
    pub by: PersonId,
    pub months: i64,
    /// The hat that it follows, while somebody wears it.
    pub follows: Option<HatId>,
}

pub(crate) async fn offered(cx: &Cx, id: HatId) -> Result<Offered> {
    let sql = "select h.community, h.offered_by, h.months, f.id
        from hat h left join hat f on f.id = h.follows and f.accepted_at is not null and f.ended_at is null
        where h.id = ?1 and h.person = ?2 and h.accepted_at is null and h.shadowing_at is null and h.ended_at is null";
    let mut r = cx.db().one(sql, vals![id, cx.me()?]).await?.ok_or(Error::NotFound)?;
    Ok(Offered { community: r.take()?, by: r.take()?, months: r.take()?, follows: r.take()? })
}

/// Something of the viewer's that has not ended: its community, and the hat's name where they wear it.
pub(crate) async fn live_of_mine(cx: &Cx, id: HatId) -> Result<(CommunityId, Option<String>)> {
    let sql = "select community, case when accepted_at is not null then name end from hat where id = ?1 and person = ?2 and ended_at is null";
    let mut r = cx.db().one(sql, vals![id, cx.me()?]).await?.ok_or(Error::NotFound)?;
    Ok((r.take()?, r.take()?))
}

#[derive(Clone, Debug)]
pub struct Shadow {
    pub person: PersonId,
    pub handle: String,
    pub name: String,
    pub since: Timestamp,
}

/// A hat that the viewer wears, with what only its wearer sees.
#[derive(Clone, Debug)]
pub struct Own {
    pub id: HatId,
    pub community: CommunityId,
    pub slug: String,
    pub place: String,
    pub hat: String,
    pub since: Timestamp,
    pub until: Option<Timestamp>,
    pub called_at: Option<Timestamp>,
    pub months: i64,
    pub told: String,
    pub shadow: Option<Shadow>,
}

pub async fn own(cx: &Cx, id: HatId) -> Result<Own> {
    let sql = "select h.id, h.community, c.slug, c.name, h.name, h.accepted_at, h.until, h.called_at, h.months, h.told,
            q.id, q.handle, q.name, s.shadowing_at
        from hat h join community c on c.id = h.community join grants g on g.person = h.person and g.audience = h.community
        left join hat s on s.follows = h.id and s.shadowing_at is not null and s.accepted_at is null and s.ended_at is null
        left join person q on q.id = s.person
        where h.id = ?1 and h.person = ?2 and h.accepted_at is not null and h.ended_at is null";
    let mut r = cx.db().one(sql, vals![id, cx.me()?]).await?.ok_or(Error::NotFound)?;
    let mut own = Own {
        id: r.take()?,
        community: r.take()?,
        slug: r.take()?,
        place: r.take()?,
        hat: r.take()?,
        since: r.take()?,
        until: r.take()?,
        called_at: r.take()?,
        months: r.take()?,
        told: r.take()?,
        shadow: None,
    };
    let (person, handle, name): (Option<PersonId>, Option<String>, Option<String>) = (r.take()?, r.take()?, r.take()?);
    let since: Option<Timestamp> = r.take()?;
    if let (Some(person), Some(since)) = (person, since) {
        own.shadow = Some(Shadow { person, handle: handle.unwrap_or_default(), name: name.unwrap_or_default(), since });
    }
    Ok(own)
}

/// A call, as a member who may answer it stands to it.
#[derive(Clone, Debug)]
pub struct Called {
    pub community: CommunityId,
    pub hat: String,
    pub wearer: PersonId,
    pub months: i64,
    /// Since when the viewer belongs here.
    pub here_since: Option<Timestamp>,
    /// The viewer wears the same hat already.
    pub wears: bool,
}

pub(crate) async fn called(cx: &Cx, id: HatId) -> Result<Called> {
    let sql = "select h.community, h.name, h.person, h.months,
            (select m.began_at from membership m where m.community = h.community and m.person = ?2 and m.ended_at is null),
            exists (select 1 from hat o where o.community = h.community and o.person = ?2 and o.name = h.name
                    and o.accepted_at is not null and o.ended_at is null)
        from hat h where h.id = ?1 and h.called_at is not null and h.accepted_at is not null and h.ended_at is null
          and visible_to(h.community, ?2)";
    let mut r = cx.db().one(sql, vals![id, cx.me()?]).await?.ok_or(Error::NotFound)?;
    Ok(Called {
        community: r.take()?,
        hat: r.take()?,
        wearer: r.take()?,
        months: r.take()?,
        here_since: r.take()?,
        wears: r.take()?,
    })
}

/// A hat whose term is over and that has not called yet.
pub(crate) struct Over {
    pub id: HatId,
    pub wearer: PersonId,
    pub community: CommunityId,
    pub heir: Option<Heir>,
}

/// For the job that looks after terms. In a community that has ended nothing calls.
pub(crate) async fn over(cx: &Cx) -> Result<Vec<Over>> {
    let sql = "select h.id, h.person, h.community, case when g.person is not null then s.id end, s.person, h.id, h.person, h.community, s.months
        from hat h join community c on c.id = h.community
        left join hat s on s.follows = h.id and s.shadowing_at is not null and s.accepted_at is null and s.ended_at is null
        left join grants g on g.person = s.person and g.audience = h.community
        where h.until <= ?1 and h.ended_at is null and h.called_at is null and h.accepted_at is not null and c.stage <> 'ended'
        order by h.until, h.id limit 500";
    let over = |mut r: Row| {
        Ok(Over { id: r.take()?, wearer: r.take()?, community: r.take()?, heir: Heir::of_row(&mut r)? })
    };
    cx.db().query(sql, vals![cx.now()]).await?.into_iter().map(over).collect()
}
