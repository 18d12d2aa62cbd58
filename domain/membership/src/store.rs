//! SQL and row mapping: how somebody stands, who is here, what waits.

use community::store::Community;
use kernel::{CommunityId, Cursor, Cx, Error, Page, PersonId, Result, Row, Timestamp, vals};

use crate::rules::{Standing, Suspended};
use crate::hats::terms;
use crate::{Hat, HatId, InvitationId, KnockId, MembershipId, Presence, Shown, SuspensionId};

/// A suspension that is on. Also a guard of acts in other slices.
pub const SUSPENDED: &str = "select 1 from suspension where community = ?1 and person = ?2 and lifted_at is null";

/// How the viewer stands to a community that they see.
pub async fn standing(cx: &Cx, community: CommunityId) -> Result<Standing> {
    match cx.viewer.person() {
        Some(person) => standing_of(cx, community, person).await,
        None => Ok(Standing::default()),
    }
}

/// For rules about somebody else (whom a steward is about to suspend); not for pages.
pub(crate) async fn standing_of(cx: &Cx, community: CommunityId, person: PersonId) -> Result<Standing> {
    let sql = "select
        exists (select 1 from membership where community = ?1 and person = ?2 and ended_at is null),
        exists (select 1 from hat where community = ?1 and person = ?2 and name = 'steward' and accepted_at is not null and ended_at is null),
        exists (select 1 from invitation where community = ?1 and invitee = ?2 and ended_at is null and expires_at > ?3),
        exists (select 1 from knock where community = ?1 and person = ?2 and ended_at is null and opened_at is null),
        exists (select 1 from knock where community = ?1 and person = ?2 and ended_at is null and opened_at is not null),
        exists (select 1 from membership where community = ?1 and person = ?2 and ended_at is not null),
        exists (select 1 from hat where community = ?1 and person = ?2 and name = 'welcomer' and accepted_at is not null and ended_at is null),
        exists (select 1 from hat where community = ?1 and person = ?2 and name = 'gardener' and accepted_at is not null and ended_at is null),
        exists (select 1 from hat where community = ?1 and person = ?2 and name = 'connector' and accepted_at is not null and ended_at is null),
        exists (select 1 from hat where community = ?1 and person = ?2 and name = 'storyteller' and accepted_at is not null and ended_at is null),
        (select until from suspension where community = ?1 and person = ?2 and lifted_at is null),
        (select reason from suspension where community = ?1 and person = ?2 and lifted_at is null),
        (select rule from suspension where community = ?1 and person = ?2 and lifted_at is null),
        (select id from suspension where community = ?1 and person = ?2 and lifted_at is null)";
    let mut r = cx.db().one(sql, vals![community, person, cx.now()]).await?.ok_or(Error::NotFound)?;
    let mut s = Standing {
        member: r.take()?,
        steward: r.take()?,
        invited: r.take()?,
        knocked: r.take()?,
        door_opened: r.take()?,
        was_member: r.take()?,
        ..Standing::default()
    };
    s.hats.extend(s.steward.then_some(Hat::Steward));
    for hat in [Hat::Welcomer, Hat::Gardener, Hat::Connector, Hat::Storyteller] {
        s.hats.extend(r.take::<bool>()?.then_some(hat));
    }
    let (until, reason): (Option<Timestamp>, Option<String>) = (r.take()?, r.take()?);
    let (rule, id): (Option<String>, Option<i64>) = (r.take()?, r.take()?);
    s.suspended = until.zip(reason).map(|(until, reason)| Suspended { until, reason, rule: rule.unwrap_or_default(), id: id.unwrap_or_default() });
    Ok(s)
}

/// The viewer's own live membership.
#[derive(Clone, Debug)]
pub struct Own {
    pub id: MembershipId,
    pub began_at: Timestamp,
    pub why: String,
    pub wanted: String,
    pub presence: Presence,
    pub away_until: Option<Timestamp>,
    pub shown: Shown,
}

pub async fn own(cx: &Cx, community: CommunityId) -> Result<Option<Own>> {
    let sql = "select id, began_at, why, wanted, presence, away_until, shown from membership
        where community = ?1 and person = ?2 and ended_at is null";
    let own = |mut r: Row| {
        Ok(Own {
            id: r.take()?,
            began_at: r.take()?,
            why: r.take()?,
            wanted: r.take()?,
            presence: r.take()?,
            away_until: r.take()?,
            shown: r.take()?,
        })
    };
    cx.db().one(sql, vals![community, cx.me()?]).await?.map(own).transpose()
}

/// Somebody who is here and whom the list may show to the viewer.
#[derive(Clone, Debug)]
pub struct Member {
    pub person: PersonId,
    /// Empty where the viewer may not see this person's page.
    pub handle: String,
    pub name: String,
    pub practice: String,
    pub steward: bool,
    pub presence: Presence,
    pub away_until: Option<Timestamp>,
    pub began_at: Timestamp,
    pub membership: MembershipId,
}

/// Members as the list shows them to the viewer: by their own choice; who wears a hat is shown. Who has left, has not
/// joined or is suspended is not in it.
pub async fn members(cx: &Cx, community: CommunityId, after: Cursor, limit: usize) -> Result<Page<Member>> {
    let sql = "select p.id, case when visible_to(p.id, ?2) then p.handle else '' end, p.name,
            case when visible_to(p.id, ?2) then p.practice else '' end,
            exists (select 1 from grants s where s.person = p.id and s.audience = -m.community) as steward,
            m.presence, m.away_until, m.began_at, m.id
        from membership m join person p on p.id = m.person join grants g on g.person = m.person and g.audience = m.community
        where m.community = ?1 and m.ended_at is null and (m.began_at, m.id) > (?3, ?4) and visible_to(m.community, ?2)
          and (unblocked(p.id, ?2) or exists (select 1 from grants w where w.person = ?2 and w.audience = -?1))
          and (m.shown = 'everyone' or m.person = ?2
               or (m.shown = 'members' and exists (select 1 from grants v where v.person = ?2 and v.audience = ?1))
               or exists (select 1 from hat h where h.community = m.community and h.person = p.id
                          and h.accepted_at is not null and h.ended_at is null))
        order by m.began_at, m.id limit ?5";
    let rows = cx.db().query(sql, vals![community, cx.viewer, after.at, after.id, limit as i64 + 1]).await?;
    let member = |mut r: Row| {
        Ok(Member {
            person: r.take()?,
            handle: r.take()?,
            name: r.take()?,
            practice: r.take()?,
            steward: r.take()?,
            presence: r.take()?,
            away_until: r.take()?,
            began_at: r.take()?,
            membership: r.take()?,
        })
    };
    let items = rows.into_iter().map(member).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(items, limit, |m| Cursor { at: m.began_at, id: m.membership.0 }))
}

/// How many wear the steward's hat and take part.
pub async fn stewards(cx: &Cx, community: CommunityId) -> Result<i64> {
    let sql = "select count(*) from grants where audience = -?1 and visible_to(-?1, ?2)";
    cx.db().one(sql, vals![community, cx.viewer]).await?.ok_or(Error::NotFound)?.take()
}

#[derive(Clone, Debug)]
pub struct Belonging {
    pub slug: String,
    pub name: String,
    pub steward: bool,
    pub openness: community::Openness,
    pub community: CommunityId,
}

/// The communities that the viewer takes part in.
pub async fn mine(cx: &Cx) -> Result<Vec<Belonging>> {
    let sql = "select c.slug, c.name, exists (select 1 from grants s where s.person = ?1 and s.audience = -c.id), c.openness, c.id
        from grants g join community c on c.id = g.audience where g.person = ?1 order by c.folded limit 200";
    belonging(cx.db().query(sql, vals![cx.me()?]).await?)
}

/// The communities in which somebody lets the viewer see them.
pub async fn shown_of(cx: &Cx, person: PersonId) -> Result<Vec<Belonging>> {
    let sql = "select c.slug, c.name, exists (select 1 from grants s where s.person = ?1 and s.audience = -c.id), c.openness, c.id
        from grants g join community c on c.id = g.audience
        join membership m on m.community = c.id and m.person = ?1 and m.ended_at is null
        where g.person = ?1 and visible_to(c.id, ?2)
          and (m.shown = 'everyone' or m.person = ?2
               or (m.shown = 'members' and exists (select 1 from grants v where v.person = ?2 and v.audience = c.id))
               or exists (select 1 from hat h where h.community = c.id and h.person = ?1
                          and h.accepted_at is not null and h.ended_at is null))
        order by c.folded limit 100";
    belonging(cx.db().query(sql, vals![person, cx.viewer]).await?)
}

fn belonging(rows: Vec<Row>) -> Result<Vec<Belonging>> {
    let one = |mut r: Row| {
        Ok(Belonging { slug: r.take()?, name: r.take()?, steward: r.take()?, openness: r.take()?, community: r.take()? })
    };
    rows.into_iter().map(one).collect()
}

/// One thing that waits for a person's own word.
#[derive(Clone, Debug)]
pub enum Waiting {
    Invitation { id: InvitationId, slug: String, community: String, purpose: String, from: String, note: String },
    OpenedDoor { id: KnockId, slug: String, community: String },
    /// A hat that is offered, handed over or named.
    Hat { id: HatId, slug: String, community: String, from: String, hat: String, months: i64, way: HatWay, note: String },
    /// A term of one's own that ends soon or is over.
    Term { id: HatId, slug: String, community: String, hat: String, until: Timestamp, over: bool },
    /// The steward's hat calls for somebody, whom its wearer would hand it to.
    Call { id: HatId, slug: String, community: String, wearer: String },
    Knock { id: KnockId, slug: String, community: String, from: String, handle: String, words: String },
    NoSteward { slug: String, community: String },
    /// Something of an upper slice (see waits.rs): `what` it is, and of which thing.
    Care { what: String, id: kernel::Id, slug: String, community: String },
}

kernel::choice! {
    /// How a hat comes to somebody who has not said yes yet.
    pub enum HatWay { Offered = "offered", HandedOver = "handed over", Named = "named" }
}

pub async fn waiting(cx: &Cx) -> Result<Vec<Waiting>> {
    let me = cx.me()?;
    let sql = "select 'invitation' as what, i.id, c.slug, c.name, c.purpose, p.name, '', i.note, i.created_at as at, 0
        from invitation i join community c on c.id = i.community join person p on p.id = i.inviter
        where i.invitee = ?1 and i.ended_at is null and i.expires_at > ?2 and unblocked_by(i.inviter, ?1)
        union all select 'door', k.id, c.slug, c.name, c.purpose, '', '', '', k.opened_at, 0
        from knock k join community c on c.id = k.community
        where k.person = ?1 and k.ended_at is null and k.opened_at is not null
        union all select 'hat', h.id, c.slug, c.name, h.name, p.name,
            case when h.way = 'named' then 'named' when f.id is not null then 'handed over' else 'offered' end, h.note, h.offered_at, h.months
        from hat h join community c on c.id = h.community join person p on p.id = h.offered_by
        left join hat f on f.id = h.follows and f.accepted_at is not null and f.ended_at is null
        where h.person = ?1 and h.accepted_at is null and h.shadowing_at is null and h.ended_at is null
            and unblocked_by(h.offered_by, ?1)
        union all select 'term', h.id, c.slug, c.name, h.name, '', '', '', h.until, case when h.called_at is null then 0 else 1 end
        from hat h join community c on c.id = h.community join grants g on g.person = h.person and g.audience = h.community
        where h.person = ?1 and h.accepted_at is not null and h.ended_at is null and h.until <= ?3 and c.stage <> 'ended'
        union all select 'call', h.id, c.slug, c.name, '', p.name, '', '', h.called_at, 0
        from grants g join hat h on h.community = g.audience join community c on c.id = h.community join person p on p.id = h.person
        where g.person = ?1 and h.name = 'steward' and h.called_at is not null and h.ended_at is null and c.stage <> 'ended'
          and exists (select 1 from membership m where m.community = c.id and m.person = ?1 and m.ended_at is null and m.began_at <= ?4)
          and not exists (select 1 from grants s where s.person = ?1 and s.audience = -c.id)
        union all select 'knock', k.id, c.slug, c.name, '', p.name, p.handle, k.words, k.at, 0
        from knock k join community c on c.id = k.community join person p on p.id = k.person
        join grants g on g.person = ?1 and g.audience = -k.community
        where k.ended_at is null and k.opened_at is null
        union all select 'steward', c.id, c.slug, c.name, '', '', '', '', c.created_at, 0
        from grants g join community c on c.id = g.audience
        where g.person = ?1 and c.stage <> 'ended' and not exists (select 1 from grants s where s.audience = -c.id)
        union all select w.what, w.thing, coalesce(c.slug, ''), coalesce(c.name, ''), '', '', '', '', w.at, 0
        from waits w left join community c on c.id = w.community
        where w.spared <> ?1 and w.spared_too <> ?1 and (w.audience in (select g.audience from grants g where g.person = ?1)
          or (w.audience = 2 and exists (select 1 from person o where o.id = ?1 and o.operator))
          or (w.what = 'words' and exists (select 1 from hat h join grants m on m.person = h.person and m.audience = h.community
              where h.person = ?1 and h.community = w.community and h.name = 'welcomer' and h.accepted_at is not null and h.ended_at is null)))
        order by at desc limit 100";
    let (soon, here) = (cx.now().plus(terms::ASKED_BEFORE), cx.now().minus(terms::HERE_BEFORE));
    cx.db().query(sql, vals![me, cx.now(), soon, here]).await?.into_iter().map(one_waiting).collect()
}

fn one_waiting(mut r: Row) -> Result<Waiting> {
    let (what, id): (String, i64) = (r.take()?, r.take()?);
    let (slug, community, purpose, from): (String, String, String, String) = (r.take()?, r.take()?, r.take()?, r.take()?);
    let (handle, note): (String, String) = (r.take()?, r.take()?);
    let (at, number): (Timestamp, i64) = (r.take()?, r.take()?);
    Ok(match what.as_str() {
        "invitation" => Waiting::Invitation { id: InvitationId(id), slug, community, purpose, from, note },
        "door" => Waiting::OpenedDoor { id: KnockId(id), slug, community },
        "hat" => {
            let way = handle.parse().unwrap_or(HatWay::Offered);
            Waiting::Hat { id: HatId(id), slug, community, from, hat: purpose, months: number, way, note }
        }
        "term" => Waiting::Term { id: HatId(id), slug, community, hat: purpose, until: at, over: number > 0 },
        "call" => Waiting::Call { id: HatId(id), slug, community, wearer: from },
        "knock" => Waiting::Knock { id: KnockId(id), slug, community, from, handle, words: note },
        "steward" => Waiting::NoSteward { slug, community },
        _ => Waiting::Care { what, id: kernel::Id(id), slug, community },
    })
}

/// One spell of the viewer: an act of consent and, maybe, its end.
#[derive(Clone, Debug)]
pub struct Spell {
    pub slug: String,
    pub community: String,
    pub began_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub why: String,
    pub wanted: String,
    pub consent: i64,
}

pub async fn spells(cx: &Cx) -> Result<Vec<Spell>> {
    let sql = "select c.slug, c.name, m.began_at, m.ended_at, m.why, m.wanted, m.consent
        from membership m join community c on c.id = m.community where m.person = ?1 order by m.began_at desc, m.id desc limit 500";
    let spell = |mut r: Row| {
        Ok(Spell {
            slug: r.take()?,
            community: r.take()?,
            began_at: r.take()?,
            ended_at: r.take()?,
            why: r.take()?,
            wanted: r.take()?,
            consent: r.take()?,
        })
    };
    cx.db().query(sql, vals![cx.me()?]).await?.into_iter().map(spell).collect()
}

/// An invitation by link, as whoever holds the link sees it.
#[derive(Clone, Debug)]
pub struct LinkInvitation {
    pub id: InvitationId,
    pub community: CommunityId,
    pub slug: String,
    pub name: String,
    pub purpose: String,
    pub from: String,
    pub note: String,
    /// The viewer used it already, for their account.
    pub used: bool,
}

/// It works while its maker may still invite.
pub async fn by_link(cx: &Cx, secret: &str) -> Result<Option<LinkInvitation>> {
    let sql = "select i.id, c.id, c.slug, c.name, c.purpose, p.name, i.note, u.person is not null
        from invitation i join community c on c.id = i.community join person p on p.id = i.inviter
        join one_time_link l on l.secret = i.secret left join link_use u on u.secret = i.secret and u.person = ?3
        where i.secret = ?1 and i.ended_at is null and i.expires_at > ?2 and (l.uses > 0 or u.person is not null)
          and exists (select 1 from grants g where g.person = i.inviter
                      and g.audience = case when c.openness = 'open' then c.id else -c.id end)";
    let one = |mut r: Row| {
        Ok(LinkInvitation {
            id: r.take()?,
            community: r.take()?,
            slug: r.take()?,
            name: r.take()?,
            purpose: r.take()?,
            from: r.take()?,
            note: r.take()?,
            used: r.take()?,
        })
    };
    cx.db().one(sql, vals![kernel::hash_secret(secret), cx.now(), cx.viewer]).await?.map(one).transpose()
}

/// Links that still work: those that the viewer handed out, and for stewards those of the whole community. Whom they invited by handle is not listed: a list of those
/// who have not joined is nobody's to see.
#[derive(Clone, Debug)]
pub struct OwnLink {
    pub id: InvitationId,
    pub from: String,
    pub expires_at: Timestamp,
}

pub async fn own_links(cx: &Cx, community: CommunityId) -> Result<Vec<OwnLink>> {
    let sql = "select i.id, p.name, i.expires_at from invitation i join person p on p.id = i.inviter
        join one_time_link l on l.secret = i.secret and l.uses > 0
        where i.community = ?2 and i.ended_at is null and i.expires_at > ?3
          and (i.inviter = ?1 or exists (select 1 from grants g where g.person = ?1 and g.audience = -i.community))
        order by i.created_at desc limit 100";
    let rows = cx.db().query(sql, vals![cx.me()?, community, cx.now()]).await?;
    let link = |mut r: Row| Ok(OwnLink { id: r.take()?, from: r.take()?, expires_at: r.take()? });
    rows.into_iter().map(link).collect()
}

#[derive(Clone, Debug)]
pub struct SuspensionRow {
    pub id: SuspensionId,
    pub name: String,
    pub handle: String,
    pub by: String,
    pub reason: String,
    pub until: Timestamp,
}

/// Suspensions that are on, for stewards of the community.
pub async fn suspensions(cx: &Cx, c: &Community) -> Result<Vec<SuspensionRow>> {
    let sql = "select s.id, p.name, p.handle, b.name, s.reason, s.until
        from suspension s join person p on p.id = s.person join person b on b.id = s.by_person
        join grants g on g.person = ?2 and g.audience = -s.community
        where s.community = ?1 and s.lifted_at is null order by s.id desc limit 200";
    let rows = cx.db().query(sql, vals![c.id, cx.viewer]).await?;
    let one = |mut r: Row| {
        Ok(SuspensionRow {
            id: r.take()?,
            name: r.take()?,
            handle: r.take()?,
            by: r.take()?,
            reason: r.take()?,
            until: r.take()?,
        })
    };
    rows.into_iter().map(one).collect()
}
