//! SQL and row mapping: what somebody follows, and the notices that follow from it, derived while reading. A notice is
//! never written down, so a right that has ended takes its notices along.

use kernel::{CommunityId, Cursor, Cx, Id, Page, PersonId, Result, Row, Timestamp, clock, vals};
use shell::words;

use crate::rules::Why;
use crate::{FollowId, What};

/// What followed things bring reaches back so far; what concerns one's own conversations is not bounded.
const REACHES_BACK: i64 = 90 * clock::DAY;

/// Who has this handle, if the viewer sees their page.
pub async fn person(cx: &Cx, handle: &str) -> Result<Option<PersonId>> {
    let sql = "select p.id from person p where p.handle = ?1 and p.left_at is null and visible_to(p.id, ?2) and unblocked(p.id, ?2)";
    cx.db().one(sql, vals![handle, cx.viewer]).await?.map(|mut r| r.take()).transpose()
}

/// The community with this address, if the viewer sees what is inside.
pub async fn community(cx: &Cx, slug: &str) -> Result<Option<CommunityId>> {
    let sql = "select c.id from community c where c.slug = ?1 and visible_to(c.id, ?2)";
    cx.db().one(sql, vals![slug, cx.viewer]).await?.map(|mut r| r.take()).transpose()
}

/// The conversation with this opening, if the viewer sees it.
pub async fn conversation(cx: &Cx, root: Id) -> Result<Option<Id>> {
    let sql = "select c.id from contribution c where c.id = ?1 and c.parent is null and c.held = '' and visible_to(c.id, ?2)";
    Ok(cx.db().one(sql, vals![root, cx.viewer]).await?.map(|mut r| r.take()).transpose()?.map(Id))
}

/// Whether the viewer follows something.
pub async fn follows(cx: &Cx, what: What, thing: Id, word: &str) -> Result<bool> {
    let sql = "select 1 from follow where person = ?1 and what = ?2 and thing = ?3 and word = ?4";
    Ok(cx.db().one(sql, vals![cx.me()?, what, thing, word]).await?.is_some())
}

pub async fn how_many(cx: &Cx) -> Result<i64> {
    let sql = "select count(*) from follow where person = ?1";
    cx.db().one(sql, vals![cx.me()?]).await?.ok_or(kernel::Error::NotFound)?.take()
}

/// Something that the viewer follows; without name and path where they see it no longer.
#[derive(Clone, Debug)]
pub struct Followed {
    pub id: FollowId,
    pub what: What,
    pub word: String,
    /// The community's own word for the kind; empty where it is the usual one.
    pub called: String,
    pub since: Timestamp,
    pub name: String,
    pub path: String,
}

pub async fn followed(cx: &Cx, after: Cursor, limit: usize) -> Result<Page<Followed>> {
    let sql = "select f.id, f.what, f.word, f.since, f.thing, p.handle, p.name, k.slug, k.name, coalesce(w.word, ''), c.title, c.words from follow f
        left join person p on f.what = 'person' and p.id = f.thing and p.left_at is null and visible_to(p.id, ?1) and unblocked(p.id, ?1)
        left join community k on f.what in ('community', 'kind') and k.id = f.thing and visible_to(k.id, ?1)
        left join kind w on f.what = 'kind' and w.community = k.id and w.slug = f.word
        left join contribution c on f.what = 'conversation' and c.id = f.thing and c.withdrawn_at is null and coalesce(c.fades_at > ?4, true)
            and c.hidden = '' and c.held = '' and visible_to(c.id, ?1) and unblocked_by(c.author, ?1)
        where f.person = ?1 and f.id < ?2 order by f.id desc limit ?3";
    let rows = cx.db().query(sql, vals![cx.me()?, after.id, limit as i64 + 1, cx.now()]).await?;
    let items = rows.into_iter().map(one_followed).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(items, limit, |f| Cursor { at: f.since, id: f.id.0 }))
}

fn one_followed(mut r: Row) -> Result<Followed> {
    let (id, what, word, since, thing): (_, What, String, _, i64) = (r.take()?, r.take()?, r.take()?, r.take()?, r.take()?);
    let (handle, person): (Option<String>, Option<String>) = (r.take()?, r.take()?);
    let (slug, community): (Option<String>, Option<String>) = (r.take()?, r.take()?);
    let called = r.take()?;
    let (title, text): (Option<String>, Option<String>) = (r.take()?, r.take()?);
    let (name, path) = match what {
        What::Person => (person, handle.map(|h| format!("/@{h}"))),
        What::Community => (community, slug.map(|s| format!("/c/{s}"))),
        What::Kind => (community, slug.map(|s| format!("/c/{s}/conversations?kind={word}"))),
        What::Conversation => (title.zip(text).map(|(title, text)| heading(title, &text)), Some(format!("/conversations/{thing}"))),
    };
    let (name, path) = name.zip(path).unwrap_or_default();
    Ok(Followed { id, what, word, called, since, name, path })
}

/// Its title, or its first words.
fn heading(title: String, text: &str) -> String {
    if title.is_empty() { words::plain(text, 90) } else { title }
}

/// Conversations that the viewer has muted.
pub async fn muted(cx: &Cx) -> Result<Vec<(Id, String)>> {
    let sql = "select c.id, case when c.fades_at <= ?2 or c.hidden <> '' or c.held <> '' then '' else c.title end,
            case when c.fades_at <= ?2 or c.hidden <> '' or c.held <> '' then '' else c.words end from notice_mark k join contribution c on c.id = k.conversation
        where k.person = ?1 and k.muted and visible_to(c.id, ?1) order by k.at desc, k.conversation desc limit 200";
    let one = |mut r: Row| Ok((Id(r.take()?), heading(r.take()?, &r.take::<String>()?)));
    cx.db().query(sql, vals![cx.me()?, cx.now()]).await?.into_iter().map(one).collect()
}

/// Whether answers in conversations where the viewer said something reach them.
pub async fn took_part_reaches(cx: &Cx) -> Result<bool> {
    let sql = "select took_part from notice_setting where person = ?1";
    Ok(cx.db().one(sql, vals![cx.me()?]).await?.map(|mut r| r.take()).transpose()?.unwrap_or(true))
}

/// Notices of one conversation: the newest position, and why it is here.
#[derive(Clone, Debug)]
pub struct Group {
    pub conversation: Id,
    /// Of the newest event in it that concerns the viewer.
    pub position: i64,
    pub why: Why,
    pub unread: bool,
    pub heading: String,
    /// Withdrawn, faded, hidden, held, or by somebody whom the viewer blocked.
    pub gone: bool,
    pub kind: String,
    /// The community's own word for the kind; empty where it is the usual one.
    pub called: String,
    /// Who began it.
    pub author: String,
    /// Address and name of its community.
    pub place: Option<(String, String)>,
    pub began_it: bool,
}

/// What the frame and a conversation's page ask about the viewer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Something is unread.
    pub waits: bool,
    pub follows: bool,
    pub muted: bool,
    /// They said something there, or were addressed.
    pub part: bool,
}

/// One statement for the page of notices, for the mark in the frame, and for what a conversation's page asks, so that a
/// page costs one query for all of it. Five ways lead to a notice: a part in the conversation, following it, following
/// its community or kind, following who began it, and what is announced to members. Each walks an index from what is
/// the viewer's own (`cross join` and the limits hold its order), and takes the hundred conversations
/// in which they last said something or were addressed, the hundred last that name them, and of followed things the newest 300.
/// ?1 the viewer, ?2 before this position, ?3 the earliest time, ?4 how many, ?5 only unread, ?6 a conversation, ?7 now.
const GROUPS: &str = "select
        (select count(*) from follow f where f.person = ?1 and f.what = 'conversation' and f.thing = ?6),
        (select count(*) from notice_mark k where k.person = ?1 and k.conversation = ?6 and k.muted),
        (select count(*) from part p where p.person = ?1 and p.conversation = ?6),
        n.conversation, n.position, n.why, n.unread, c.title, case when c.fades_at <= ?7 then '' else c.words end,
        c.withdrawn_at is not null or coalesce(c.fades_at <= ?7, false) or c.hidden <> '' or c.held <> ''
            or not (unblocked_by(c.author, ?1)), c.kind, coalesce(w.word, ''),
        coalesce(a.name, ''), c.author = ?1, m.slug, m.name
    from (select 1 as one) o
    left join (
        select x.conversation, x.position, x.why, case when coalesce(k.unread, false) or x.position > coalesce(k.read_to, 0)
            and x.position > coalesce((select s.read_to from notice_setting s where s.person = ?1), 0) then 1 else 0 end as unread
        from (
            select g.conversation, max(g.position) as position, min(g.why) as why from (
                select p.conversation, case when p.named then 1 when p.said_at > 0 then 2 else 3 end as why, (
                    select e.position from journal e where e.conversation = p.conversation and e.occurred_at > p.said_at
                        and e.origin = 'live' and e.actor <> ?1 and heard_by(e.actor, ?1)
                        and (e.verb = 'replied' and (p.named or p.said_at > 0
                                 and coalesce((select s.took_part from notice_setting s where s.person = ?1), true))
                             or e.verb in ('replied', 'contributed', 'thanked', 'ending_said', 'made_sense', 'named_as_cause', 'cited', 'proposed', 'proposal_accepted',
                                 'proposal_declined')
                                 and ',' || e.toward || ',' like '%,' || cast(cast(?1 as bigint) as text) || ',%')
                        and not exists (select 1 from contribution w where w.id = e.object and (w.withdrawn_at is not null
                            or w.fades_at <= ?7 or w.hidden <> '' or w.held <> ''))
                        and (e.verb <> 'thanked' or exists (select 1 from thanks t where t.id = e.object))
                        and (e.object_kind <> 'practice' or exists (select 1 from practice f
                            where f.id = e.object and f.withdrawn_at is null and visible_to(f.id, ?1)))
                        and (e.verb <> 'named_as_cause' or exists (select 1 from change h
                            join change_source s on s.change = h.id and s.root = e.conversation
                            join contribution y on y.id = s.thing left join voice v on y.voice and v.id = y.author
                            where h.id = e.object and e.occurred_at >= h.shared_at and visible_to(h.id, ?1) and coalesce(v.person, y.author) = ?1))
                    order by e.occurred_at desc, e.position desc limit 1) as position
                from (select conversation, said_at, named from (select q.conversation, q.said_at, q.named from part q where q.person = ?1 and q.named = false
                          order by q.at desc limit 100) said
                      union all
                      select conversation, said_at, named from (select q.conversation, q.said_at, q.named from part q where q.person = ?1 and q.named = true
                          order by q.at desc limit 100) named) p
                left join notice_mark k on k.person = ?1 and k.conversation = p.conversation
                where not coalesce(k.muted, false)
                union all
                select f.thing, 4, (
                    select e.position from journal e where e.conversation = f.thing
                        and e.occurred_at > case when f.since > coalesce(p.said_at, 0) then f.since else coalesce(p.said_at, 0) end
                        and e.origin = 'live' and e.actor <> ?1 and e.verb = 'replied' and heard_by(e.actor, ?1)
                        and not exists (select 1 from contribution w where w.id = e.object and (w.withdrawn_at is not null
                            or w.fades_at <= ?7 or w.hidden <> '' or w.held <> ''))
                    order by e.occurred_at desc, e.position desc limit 1)
                from follow f left join notice_mark k on k.person = f.person and k.conversation = f.thing
                left join part p on p.person = f.person and p.conversation = f.thing
                where f.person = ?1 and f.what = 'conversation' and not coalesce(k.muted, false)
                union all
                select b.id, b.why, (select max(e.position) from journal e where e.conversation = b.id and e.object = b.id
                        and e.verb in ('contributed', 'audience_changed'))
                from (
                    select c.id, 7 as why, c.at from (select thing, word, since from follow where person = ?1 and what = 'community' limit 1000) f
                    cross join contribution c where c.community = f.thing and c.parent is null
                        and c.at > case when f.since > ?3 then f.since else ?3 end and c.author <> ?1 and not c.voice
                        and c.withdrawn_at is null and c.hidden = '' and c.held = '' and heard_by(c.author, ?1)
                    order by c.at desc limit 300
                ) b
                union all
                select b.id, b.why, (select max(e.position) from journal e where e.conversation = b.id and e.object = b.id
                        and e.verb in ('contributed', 'audience_changed'))
                from (
                    select c.id, 6 as why, c.at from (select thing, word, since from follow where person = ?1 and what = 'kind' limit 1000) f
                    cross join contribution c where c.community = f.thing and c.kind = f.word and c.parent is null
                        and c.at > case when f.since > ?3 then f.since else ?3 end and c.author <> ?1 and not c.voice
                        and c.withdrawn_at is null and c.hidden = '' and c.held = '' and heard_by(c.author, ?1)
                    order by c.at desc limit 300
                ) b
                union all
                select b.id, b.why, (select max(e.position) from journal e where e.conversation = b.id and e.object = b.id
                        and e.verb in ('contributed', 'audience_changed'))
                from (
                    select c.id, 5 as why, c.at from (select thing, word, since from follow where person = ?1 and what = 'person' limit 1000) f
                    cross join contribution c where c.author = f.thing and c.parent is null
                        and c.at > case when f.since > ?3 then f.since else ?3 end and not c.voice
                        and c.withdrawn_at is null and c.hidden = '' and c.held = '' and heard_by(c.author, ?1)
                    order by c.at desc limit 300
                ) b
                union all
                select e.conversation, 8, e.position
                from grants g cross join journal e
                where g.person = ?1 and e.community = g.audience and e.verb = 'announced' and e.occurred_at > ?3
                    and exists (select 1 from contribution w where w.id = e.object and w.withdrawn_at is null and w.hidden = '' and w.held = '')
                    and coalesce(e.conversation, 0) <> 0 and e.actor <> ?1 and heard_by(e.actor, ?1)
            ) g where g.position is not null group by g.conversation
        ) x left join notice_mark k on k.person = ?1 and k.conversation = x.conversation
        where x.position < ?2 and not coalesce(k.muted, false)
            and (cast(?5 as bigint) = 0 or coalesce(k.unread, false) or x.position > coalesce(k.read_to, 0)
                 and x.position > coalesce((select s.read_to from notice_setting s where s.person = ?1), 0))
            and visible_to(x.conversation, ?1)
        order by x.position desc limit ?4
    ) n on true
    left join contribution c on c.id = n.conversation
    left join person a on a.id = c.author and not c.voice
    left join community m on m.id = c.community
    left join kind w on w.community = c.community and w.slug = c.kind
    order by n.position desc";

async fn ask(cx: &Cx, before: i64, limit: usize, unread: bool, about: Id) -> Result<(Mark, Vec<Group>)> {
    let since = cx.now().minus(REACHES_BACK);
    let rows = cx.db().query(GROUPS, vals![cx.me()?, before, since, limit as i64, i64::from(unread), about, cx.now()]).await?;
    let (mut mark, mut groups) = (Mark::default(), Vec::new());
    for mut r in rows {
        let (follows, muted, part): (i64, i64, i64) = (r.take()?, r.take()?, r.take()?);
        mark = Mark { waits: false, follows: follows > 0, muted: muted > 0, part: part > 0 };
        if let Some(conversation) = r.take::<Option<i64>>()? {
            groups.push(group(Id(conversation), r)?);
        }
    }
    Ok((mark, groups))
}

fn group(conversation: Id, mut r: Row) -> Result<Group> {
    let (position, why, unread) = (r.take()?, Why::of(r.take()?), r.take()?);
    let (title, text): (Option<String>, Option<String>) = (r.take()?, r.take()?);
    let gone = r.take()?;
    let (kind, called) = (r.take::<Option<String>>()?.unwrap_or_default(), r.take()?);
    let (author, began_it) = (r.take()?, r.take::<Option<bool>>()?.unwrap_or_default());
    let (slug, name): (Option<String>, Option<String>) = (r.take()?, r.take()?);
    let heading = heading(title.unwrap_or_default(), &text.unwrap_or_default());
    Ok(Group { conversation, position, why, unread, heading, gone, kind, called, author, place: slug.zip(name), began_it })
}

/// Notices by conversation, the newest first.
pub async fn groups(cx: &Cx, before: i64, limit: usize, unread: bool) -> Result<Page<Group>> {
    let (_, groups) = ask(cx, before, limit + 1, unread, Id(0)).await?;
    Ok(Page::cut(groups, limit, |g| Cursor { at: Timestamp(g.position), id: g.conversation.0 }))
}

/// Whether something is unread; and how the viewer stands to one conversation, where there is one.
pub async fn mark(cx: &Cx, about: Id) -> Result<Mark> {
    let (mark, groups) = ask(cx, i64::MAX, 1, true, about).await?;
    Ok(Mark { waits: !groups.is_empty(), ..mark })
}

/// One thing that happened in a conversation, as a line of its notice.
#[derive(Clone, Debug)]
pub struct Happening {
    pub conversation: Id,
    pub verb: String,
    pub at: Timestamp,
    pub name: String,
    pub handle: Option<String>,
    /// The contribution, change or practice that it is, or the contribution that it is about.
    pub said: Id,
    pub words: String,
    /// An answer to the viewer's own words.
    pub answers_me: bool,
    /// It names or addresses the viewer.
    pub toward_me: bool,
}

impl Happening {
    /// Where it is read.
    pub fn path(&self) -> String {
        match () {
            () if self.verb == "named_as_cause" => format!("/changes/{}", self.said),
            () if self.verb == "cited" => format!("/practices/{}", self.said),
            () if self.verb.starts_with("propos") => format!("/conversations/{}", self.conversation),
            () if self.said == self.conversation => format!("/conversations/{}", self.conversation),
            () => format!("/conversations/{}#r{}", self.conversation, self.said),
        }
    }
}

/// The newest of what happened in some conversations and concerns the viewer, five of each.
pub async fn happenings(cx: &Cx, conversations: &[Id]) -> Result<Vec<Happening>> {
    if conversations.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "select e.conversation, e.verb, e.occurred_at, p.name, case when visible_to(p.id, ?1) then p.handle end,
            coalesce(t.contribution, e.object), coalesce(t.words, h.now_does, f.title, w.words, ''), coalesce(u.author = ?1 and not u.voice, false), e.toward_me
        from (
            select e.conversation, e.position, e.verb, e.occurred_at, e.actor, e.object, e.object_kind,
                ',' || e.toward || ',' like '%,' || cast(cast(?1 as bigint) as text) || ',%' as toward_me,
                row_number() over (partition by e.conversation order by e.position desc) as nth
            from journal e left join part r on r.person = ?1 and r.conversation = e.conversation
            left join follow f on f.person = ?1 and f.what = 'conversation' and f.thing = e.conversation
            where in_ids(e.conversation, ?2) and e.origin = 'live' and e.actor <> ?1 and heard_by(e.actor, ?1)
                and e.occurred_at > coalesce(r.said_at, 0)
                and (e.verb = 'announced'
                     or e.verb = 'replied' and (coalesce(r.named, false) or f.id is not null and e.occurred_at > f.since or coalesce(r.said_at, 0) > 0
                         and coalesce((select s.took_part from notice_setting s where s.person = ?1), true))
                     or e.verb = 'contributed' and r.person is null and f.id is null
                     or e.verb in ('replied', 'contributed', 'thanked', 'ending_said', 'made_sense', 'named_as_cause', 'cited', 'proposed', 'proposal_accepted',
                                 'proposal_declined')
                         and ',' || e.toward || ',' like '%,' || cast(cast(?1 as bigint) as text) || ',%')
                and not exists (select 1 from contribution w where w.id = e.object and (w.withdrawn_at is not null
                    or w.fades_at <= ?3 or w.hidden <> '' or w.held <> ''))
                and (e.verb <> 'thanked' or exists (select 1 from thanks t where t.id = e.object))
                and (e.object_kind <> 'practice' or exists (select 1 from practice y
                    where y.id = e.object and y.withdrawn_at is null and visible_to(y.id, ?1)))
                and (e.verb <> 'named_as_cause' or exists (select 1 from change h
                    join change_source s on s.change = h.id and s.root = e.conversation
                    join contribution y on y.id = s.thing left join voice v on y.voice and v.id = y.author
                    where h.id = e.object and e.occurred_at >= h.shared_at and visible_to(h.id, ?1) and coalesce(v.person, y.author) = ?1))
                and visible_to(e.conversation, ?1)
        ) e
        join person p on p.id = e.actor
        left join contribution w on w.id = e.object and e.object_kind = 'contribution'
        left join contribution u on u.id = w.parent
        left join thanks t on t.id = e.object and e.object_kind = 'thanks'
        left join change h on h.id = e.object and e.object_kind = 'change'
        left join practice f on f.id = e.object and e.object_kind = 'practice'
        where e.nth <= 5 order by e.conversation, e.position desc limit 500";
    let rows = cx.db().query(sql, vals![cx.me()?, kernel::Val::list(conversations), cx.now()]).await?;
    rows.into_iter().map(happening).collect()
}

fn happening(mut r: Row) -> Result<Happening> {
    Ok(Happening {
        conversation: Id(r.take()?),
        verb: r.take()?,
        at: r.take()?,
        name: r.take()?,
        handle: r.take::<Option<String>>()?.filter(|h| !h.starts_with("former-")),
        said: Id(r.take()?),
        words: r.take()?,
        answers_me: r.take()?,
        toward_me: r.take()?,
    })
}
