//! SQL and row mapping of contributions. Every load is through the viewer's eyes.

use kernel::{CommunityId, Cursor, Cx, Page, PersonId, Result, Row, Timestamp, VoiceId, vals};

use crate::endings::Ended;
use crate::said::Said;
use crate::{ContributionId, Ending, Kind, ThanksId, TrailId};

/// The columns of [`Said`], ending with the count of replies where it is wanted. Where all rows are of one conversation its
/// id is given, so that what holds for all of them is asked once and not for each.
macro_rules! said {
    ($viewer:literal, $replies:literal, $rest:literal) => {
        said!($viewer, "c.root", $replies, $rest)
    };
    ($viewer:literal, $root:literal, $replies:literal, $rest:literal) => {
        concat!(
            "select c.id, c.root, c.parent, c.depth, c.community, k.slug, k.name, k.openness, k.stage, c.author,
                coalesce(p.name, v.name), case when visible_to(p.id, ",
            $viewer,
            ") and unblocked(p.id, ",
            $viewer,
            ") then p.handle end, v.origin, v.person, c.kind, coalesce(n.word, ''), coalesce(n.language, ''),
                coalesce(n.ending, ''), c.title, c.words, c.html, c.audience, c.asks,
                case when c.quote = '' or exists (select 1 from contribution q where q.id = c.parent and (q.hidden <> '' or not unblocked_by(q.author, ",
            $viewer,
            "))) then '' else c.quote end, c.work, c.trail, c.trail_title, c.grew_from, c.link, c.version, c.at, c.edited_at,
                c.withdrawn_at, c.fades_at, c.hidden, (select o.closed from contribution o where o.id = ",
            $root,
            "), c.moved, c.held,
                not unblocked_by(p.id, ",
            $viewer,
            "), (c.author = ",
            $viewer,
            " and not c.voice) or exists (select 1 from grants w where w.person = ",
            $viewer,
            " and w.audience = -(select o.community from contribution o where o.id = ",
            $root,
            ")), (select q.fades_at from contribution q where q.id = c.parent and c.quote <> ''), c.attached, ",
            $replies,
            " from contribution c
              left join community k on k.id = c.community
              left join kind n on n.community = c.community and n.slug = c.kind
              left join voice v on v.id = c.author and c.voice
              left join person p on p.id = coalesce(v.person, c.author) ",
            $rest
        )
    };
}

macro_rules! opening {
    ($viewer:literal, $rest:literal) => {
        said!($viewer, "(select count(*) from (select 1 from contribution a where a.root = c.id and a.parent is not null and a.withdrawn_at is null
            and a.hidden = '' and a.held = '' limit 1001) few)", $rest)
    };
}

/// One contribution, opening or reply, that the viewer sees. One's own words are never out of one's hands: their author
/// finds them wherever they stand.
pub async fn one(cx: &Cx, id: ContributionId) -> Result<Option<Said>> {
    let sql = said!(
        "?2",
        "0",
        "where c.id = ?1 and (visible_to(c.root, ?2) or (c.author = ?2 and not c.voice))
           and (c.held = '' or (c.author = ?2 and not c.voice) or cast(?2 as bigint) = -1 or exists (select 1 from grants w where w.person = ?2 and w.audience = -c.community))"
    );
    cx.db().one(sql, vals![id, cx.viewer]).await?.map(|r| Said::from_row(r, cx.now())).transpose()
}

/// Several at once, as far as the viewer sees them, in the order of their time.
pub async fn some(cx: &Cx, ids: &[ContributionId]) -> Result<Vec<Said>> {
    let sql = said!(
        "?2",
        "0",
        "where in_ids(c.id, ?1) and (visible_to(c.root, ?2) or (c.author = ?2 and not c.voice)) and c.held = '' order by c.at, c.id limit 100"
    );
    let rows = cx.db().query(sql, vals![kernel::Val::list(ids), cx.viewer]).await?;
    rows.into_iter().map(|r| Said::from_row(r, cx.now())).collect()
}

/// A conversation's opening with what decides whether the viewer may answer, in one query.
pub struct Opening {
    pub said: Said,
    pub member: bool,
    pub suspended: bool,
    /// The newest thing in it.
    pub last: i64,
    /// What the viewer has begun to answer to it.
    pub draft: String,
    /// How it ended, if its author said so.
    pub ended: Option<Ended>,
}

pub async fn opening(cx: &Cx, id: ContributionId) -> Result<Option<Opening>> {
    let sql = said!(
        "?2",
        "(select count(*) from (select 1 from contribution a where a.root = c.id limit 1001) few) - 1,
         exists (select 1 from grants g where g.person = ?2 and g.audience = c.community),
         exists (select 1 from suspension s where s.person = ?2 and s.community = c.community and s.lifted_at is null),
         (select a.id from contribution a where a.root = c.id order by a.at desc, a.id desc limit 1),
         coalesce((select d.words from draft d where d.person = ?2 and d.place = 'reply-' || cast(c.id as text)), ''),
         e.how, e.words, e.html, e.at, e.edited_at, e.version",
        "left join ending e on e.conversation = c.id and c.withdrawn_at is null
         where c.id = ?1 and c.parent is null and (visible_to(c.root, ?2) or (c.author = ?2 and not c.voice))
           and (c.held = '' or (c.author = ?2 and not c.voice) or exists (select 1 from grants w where w.person = ?2 and w.audience = -c.community))"
    );
    let Some(mut row) = cx.db().one(sql, vals![id, cx.viewer]).await? else { return Ok(None) };
    let said = Said::begin(&mut row, cx.now())?;
    let (member, suspended, last, draft) = (row.take()?, row.take()?, row.take()?, row.take()?);
    Ok(Some(Opening { said, member, suspended, last, draft, ended: Ended::from_row(&mut row)? }))
}

/// The replies of a conversation in the order of their time.
pub async fn replies(cx: &Cx, root: ContributionId, after: Cursor, limit: usize) -> Result<Page<Said>> {
    Ok(replies_and_drafts(cx, root, after, limit).await?.map(|(s, _)| s))
}

/// The same, each with what the viewer has begun to answer to it.
pub async fn replies_and_drafts(cx: &Cx, root: ContributionId, after: Cursor, limit: usize) -> Result<Page<(Said, String)>> {
    let sql = said!(
        "?2",
        "?1",
        "0, coalesce((select d.words from draft d where d.person = ?2 and d.place = 'reply-' || cast(c.id as text)), '')",
        "where c.root = ?1 and c.parent is not null and (c.at, c.id) > (?3, ?4) and visible_to(?1, ?2)
           and (c.held = '' or (c.author = ?2 and not c.voice) or exists (
                select 1 from grants w where w.person = ?2 and w.audience = -(select o.community from contribution o where o.id = ?1)))
         order by c.at, c.id limit ?5"
    );
    let with_draft = |mut row: Row| Ok((Said::begin(&mut row, cx.now())?, row.take()?));
    let rows = cx.db().query(sql, vals![root, cx.viewer, after.at, after.id, limit as i64 + 1]).await?;
    let items = rows.into_iter().map(with_draft).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(items, limit, |(s, _)| Cursor { at: s.at, id: s.id.0 }))
}

fn page(cx: &Cx, rows: Vec<Row>, limit: usize) -> Result<Page<Said>> {
    let items = rows.into_iter().map(|r| Said::from_row(r, cx.now())).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(items, limit, |s| Cursor { at: s.at, id: s.id.0 }))
}

/// What is looked for in a community's stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sought {
    #[default]
    All,
    Kind(Kind),
    /// What wants an answer, and whose author has not said how it ended.
    Asks,
}

/// What began in a community, the newest first.
pub async fn of_community(cx: &Cx, community: CommunityId, sought: Sought, after: Cursor, limit: usize) -> Result<Page<Said>> {
    let all = opening!(
        "?2",
        "where c.community = ?1 and c.parent is null and c.withdrawn_at is null and (c.at, c.id) < (?3, ?4) and visible_to(c.id, ?2)
           and c.hidden = '' and c.held = '' and heard_by(p.id, ?2)
         order by c.at desc, c.id desc limit ?5"
    );
    let kind = opening!(
        "?2",
        "where c.community = ?1 and c.parent is null and c.withdrawn_at is null and (c.at, c.id) < (?3, ?4) and visible_to(c.id, ?2)
           and c.hidden = '' and c.held = '' and heard_by(p.id, ?2) and c.kind = ?6
         order by c.at desc, c.id desc limit ?5"
    );
    let asks = opening!(
        "?2",
        "where c.community = ?1 and c.parent is null and c.withdrawn_at is null and (c.at, c.id) < (?3, ?4) and visible_to(c.id, ?2)
           and c.hidden = '' and c.held = '' and heard_by(p.id, ?2) and c.asks and not exists (select 1 from ending e where e.conversation = c.id)
         order by c.at desc, c.id desc limit ?5"
    );
    let mut params = vals![community, cx.viewer, after.at, after.id, limit as i64 + 1];
    let sql = match sought {
        Sought::All => all,
        Sought::Asks => asks,
        Sought::Kind(of) => {
            params.extend(vals![of]);
            kind
        }
    };
    page(cx, cx.db().query(sql, params).await?, limit)
}

/// What is alive since a moment: conversations of a community by their latest word, among the thousand last ones.
pub async fn alive(cx: &Cx, community: CommunityId, since: Timestamp, limit: i64) -> Result<Vec<Said>> {
    let sql = opening!(
        "?2",
        "join (select root, max(at) as latest from (
                  select root, at from (select root, at from contribution
                      where community = ?1 and at > ?3 and parent is not null and withdrawn_at is null and hidden = '' and held = ''
                      order by at desc limit 1000) answered
                  union all
                  select id, at from (select id, at from contribution
                      where community = ?1 and at > ?3 and parent is null and withdrawn_at is null and hidden = '' and held = ''
                      order by at desc limit 1000) began) said
              group by root) l
           on l.root = c.id
         where c.withdrawn_at is null and visible_to(c.id, ?2) and c.hidden = '' and c.held = '' and heard_by(p.id, ?2)
         order by l.latest desc, c.id desc limit ?4"
    );
    let rows = cx.db().query(sql, vals![community, cx.viewer, since, limit]).await?;
    rows.into_iter().map(|r| Said::from_row(r, cx.now())).collect()
}

/// What anybody may read, the newest first: for the welcome page.
pub async fn newest(cx: &Cx, limit: usize) -> Result<Page<Said>> {
    let sql = opening!(
        "?1",
        "where c.parent is null and c.withdrawn_at is null and not c.voice and c.hidden = '' and c.held = '' and visible_to(c.id, ?1)
         order by c.at desc, c.id desc limit ?2"
    );
    page(cx, cx.db().query(sql, vals![cx.viewer, limit as i64]).await?, limit)
}

/// What a person began, as far as the viewer sees it: here, and as voices that they claimed.
pub async fn of_person(cx: &Cx, person: PersonId, after: Cursor, limit: usize) -> Result<Page<Said>> {
    let claimed = opening!(
        "?2",
        "where c.id in (select x.id from voice w cross join contribution x where w.person = ?1 and x.author = w.id and x.voice
                  and x.parent is null and x.withdrawn_at is null and (x.at, x.id) < (?3, ?4) order by x.at desc, x.id desc limit 1000)
           and visible_to(c.id, ?2) and c.hidden = '' and c.held = ''
         order by c.at desc, c.id desc limit ?5"
    );
    let sql = opening!(
        "?2",
        "where c.author = ?1 and not c.voice and c.parent is null and c.withdrawn_at is null and (c.at, c.id) < (?3, ?4)
           and (visible_to(c.id, ?2) or c.author = ?2) and ((c.hidden = '' and c.held = '') or c.author = ?2)
         order by c.at desc, c.id desc limit ?5"
    );
    // Two walks along the author's index instead of one that would have to sort.
    let of = || vals![person, cx.viewer, after.at, after.id, limit as i64 + 1];
    let (mut rows, before) = (cx.db().query(sql, of()).await?, cx.db().query(claimed, of()).await?);
    rows.extend(before);
    let mut items = rows.into_iter().map(|r| Said::from_row(r, cx.now())).collect::<Result<Vec<_>>>()?;
    items.sort_by_key(|s| std::cmp::Reverse((s.at, s.id)));
    Ok(Page::cut(items, limit, |s| Cursor { at: s.at, id: s.id.0 }))
}

/// What a remembered voice said, as far as the viewer sees it.
pub async fn of_voice(cx: &Cx, voice: VoiceId, after: Cursor, limit: usize) -> Result<Page<Said>> {
    let sql = opening!(
        "?2",
        "where c.author = ?1 and c.voice and c.withdrawn_at is null and (c.at, c.id) < (?3, ?4) and visible_to(c.root, ?2)
           and c.hidden = '' and c.held = ''
         order by c.at desc, c.id desc limit ?5"
    );
    page(cx, cx.db().query(sql, vals![voice, cx.viewer, after.at, after.id, limit as i64 + 1]).await?, limit)
}

/// What began where the viewer belongs, by themselves, or for them by name.
pub async fn mine(cx: &Cx, after: Cursor, limit: usize) -> Result<Page<Said>> {
    let sql = opening!(
        "?1",
        "where c.parent is null and (c.at, c.id) < (?2, ?3)
           and (c.withdrawn_at is null or (c.fades_at is not null and exists (
                    select 1 from contribution l where l.root = c.id and l.withdrawn_at is null)))
           and (c.community in (select g.audience from grants g where g.person = ?1) or (c.author = ?1 and not c.voice)
                or exists (select 1 from reach r where r.thing = c.id and r.audience = ?1))
           and visible_to(c.id, ?1) and ((c.hidden = '' and c.held = '') or (c.author = ?1 and not c.voice))
           and heard_by(p.id, ?1) and (c.audience <> 'named' or unblocked(c.author, ?1))
         order by c.at desc, c.id desc limit ?4"
    );
    page(cx, cx.db().query(sql, vals![cx.me()?, after.at, after.id, limit as i64 + 1]).await?, limit)
}

/// What waits for a steward in a community, the oldest first. The caller's rule has said who may look at it.
pub(crate) async fn held(cx: &Cx, community: CommunityId) -> Result<Vec<Said>> {
    let sql = opening!(
        "?2",
        "where c.community = ?1 and c.held <> '' and c.held not like 'declined%' and c.withdrawn_at is null and visible_to(c.community, ?2)
         order by c.at, c.id limit 100"
    );
    cx.db().query(sql, vals![community, cx.viewer]).await?.into_iter().map(|r| Said::from_row(r, cx.now())).collect()
}

/// A trail: narrations of one piece of work in order.
pub async fn trail(cx: &Cx, trail: TrailId, after: Cursor, limit: usize) -> Result<Page<Said>> {
    let sql = opening!(
        "?2",
        "where c.trail = ?1 and c.withdrawn_at is null and (c.at, c.id) > (?3, ?4) and visible_to(c.root, ?2)
           and ((c.hidden = '' and c.held = '') or c.author = ?2) and unblocked_by(p.id, ?2)
         order by c.at, c.id limit ?5"
    );
    page(cx, cx.db().query(sql, vals![trail, cx.viewer, after.at, after.id, limit as i64 + 1]).await?, limit)
}

/// How something is tied to a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    GrewFrom,
    LedTo,
    /// The conversation's opening looks at it.
    Source,
    /// It looks at something in the conversation.
    Sense,
    /// A reply that the conversation's ending points at.
    Ending,
}

/// Something that is tied to a contribution `here`.
#[derive(Clone, Debug)]
pub struct Tied {
    pub tie: Tie,
    pub here: ContributionId,
    pub said: Said,
}

/// What a conversation is tied to, both ways, as far as the viewer sees each.
pub async fn tied(cx: &Cx, root: ContributionId, grew_from: Option<ContributionId>) -> Result<Vec<Tied>> {
    let sql = said!(
        "?2",
        "0, l.tie, l.here",
        "join (select g.id as other, g.grew_from as here, 'led to' as tie, 0 as place from contribution g where g.grew_from = ?1
               union all select cast(?3 as bigint), cast(?1 as bigint), 'grew from', 0
               union all select g.source, g.contribution, 'source', g.place from collected g where g.contribution = ?1
               union all select g.contribution, g.source, 'sense', 0 from collected g where g.conversation = ?1
               union all select r.reply, r.conversation, 'ending', 0 from ending_reply r where r.conversation = ?1) l on l.other = c.id
         where c.withdrawn_at is null and c.hidden = '' and c.held = '' and unblocked_by(p.id, ?2)
           and (visible_to(c.root, ?2) or (c.author = ?2 and not c.voice))
         order by l.place, c.at, c.id limit 300"
    );
    let tied = |mut row: Row| {
        let said = Said::begin(&mut row, cx.now())?;
        let tie = match row.take::<String>()?.as_str() {
            "led to" => Tie::LedTo,
            "source" => Tie::Source,
            "sense" => Tie::Sense,
            "ending" => Tie::Ending,
            _ => Tie::GrewFrom,
        };
        Ok(Tied { tie, here: row.take()?, said })
    };
    let rows = cx.db().query(sql, vals![root, cx.viewer, grew_from]).await?;
    let all = rows.into_iter().map(tied).collect::<Result<Vec<_>>>()?;
    Ok(all.into_iter().filter(|t| !t.said.withdrawn).collect())
}

/// What the viewer collected, in their order, as far as they still see it.
pub async fn tray(cx: &Cx) -> Result<Vec<Said>> {
    let sql = said!(
        "?1",
        "0",
        "join tray y on y.contribution = c.id and y.person = ?1
         where c.withdrawn_at is null and c.hidden = '' and c.held = '' and unblocked_by(p.id, ?1)
           and (visible_to(c.root, ?1) or (c.author = ?1 and not c.voice)) order by y.place, c.id limit 60"
    );
    present(cx, cx.db().query(sql, vals![cx.me()?]).await?)
}

/// What a contribution looks at.
pub async fn sources(cx: &Cx, id: ContributionId) -> Result<Vec<Said>> {
    let sql = said!(
        "?2",
        "0",
        "join collected g on g.source = c.id and g.contribution = ?1
         where c.withdrawn_at is null and c.hidden = '' and c.held = '' and unblocked_by(p.id, ?2)
           and (visible_to(c.root, ?2) or (c.author = ?2 and not c.voice)) order by g.place, c.id limit 60"
    );
    present(cx, cx.db().query(sql, vals![id, cx.viewer]).await?)
}

/// What looks at a contribution.
pub async fn sense_of(cx: &Cx, id: ContributionId) -> Result<Vec<Said>> {
    let sql = said!(
        "?2",
        "0",
        "join collected g on g.contribution = c.id and g.source = ?1
         where c.withdrawn_at is null and c.hidden = '' and c.held = '' and unblocked_by(p.id, ?2)
           and (visible_to(c.root, ?2) or (c.author = ?2 and not c.voice)) order by c.at, c.id limit 100"
    );
    present(cx, cx.db().query(sql, vals![id, cx.viewer]).await?)
}

/// Without what has faded.
fn present(cx: &Cx, rows: Vec<Row>) -> Result<Vec<Said>> {
    let all = rows.into_iter().map(|r| Said::from_row(r, cx.now())).collect::<Result<Vec<_>>>()?;
    Ok(all.into_iter().filter(|s| !s.withdrawn).collect())
}

/// What was said of a conversation's ending so far, and the replies that it points at.
#[derive(Clone, Debug, Default)]
pub struct Pointed {
    pub how: Option<Ending>,
    pub replies: Vec<ContributionId>,
}

pub async fn pointed(cx: &Cx, root: ContributionId) -> Result<Pointed> {
    let sql = "select e.how, r.reply from ending e left join ending_reply r on r.conversation = e.conversation
        where e.conversation = ?1 and (visible_to(?1, ?2)
            or exists (select 1 from contribution o where o.id = ?1 and o.author = ?2 and not o.voice))
        order by r.reply limit 100";
    let mut pointed = Pointed::default();
    for mut r in cx.db().query(sql, vals![root, cx.viewer]).await? {
        pointed.how = r.take()?;
        pointed.replies.extend(r.take::<Option<ContributionId>>()?);
    }
    Ok(pointed)
}

/// Of some replies those that stand in a conversation, with their authors where they are persons.
pub async fn authors_in(cx: &Cx, root: ContributionId, replies: &[ContributionId]) -> Result<Vec<(ContributionId, Option<PersonId>)>> {
    let sql = "select c.id, case when c.voice then null else c.author end from contribution c
        where in_ids(c.id, ?3) and c.root = ?1 and c.parent is not null and c.withdrawn_at is null and c.hidden = '' and c.held = '' and (visible_to(c.root, ?2)
            or exists (select 1 from contribution o where o.id = ?1 and o.author = ?2 and not o.voice))
        limit 100";
    let rows = cx.db().query(sql, vals![root, cx.viewer, kernel::Val::list(replies)]).await?;
    rows.into_iter().map(|mut r| Ok((r.take()?, r.take()?))).collect()
}

/// Whether a conversation is (still) visible; a stream ends when it is not.
pub async fn sees(cx: &Cx, root: ContributionId) -> Result<bool> {
    Ok(cx.db().one(kernel::audience::SEES, vals![root, cx.viewer]).await?.is_some())
}

/// Thanks and "me too" of a whole conversation, and what of it the viewer collected.
#[derive(Clone, Debug)]
pub struct Mark {
    pub contribution: ContributionId,
    /// None for "me too".
    pub thanks: Option<(ThanksId, String)>,
    /// The viewer has it in their tray.
    pub collected: bool,
    pub person: PersonId,
    pub name: String,
    pub handle: Option<String>,
}

pub async fn marks(cx: &Cx, root: ContributionId) -> Result<Vec<Mark>> {
    let sql = "select m.contribution, m.id, m.words, m.person, coalesce(p.name, v.name), case when visible_to(p.id, ?2) and unblocked(p.id, ?2) then p.handle end from (
            select contribution, id, words, person, at from thanks where conversation = ?1
            union all select contribution, 0, '', person, at from me_too where conversation = ?1
            union all select y.contribution, -1, '', y.person, 0 from tray y join contribution c on c.id = y.contribution
                where y.person = ?2 and c.root = ?1) m
        left join person p on p.id = m.person left join voice v on v.id = m.person join contribution c on c.id = m.contribution
        where coalesce(p.id, v.id) is not null and visible_to(?1, ?2) and (c.fades_at is null or c.fades_at > ?3) and unblocked_by(m.person, ?2)
        order by m.at, m.id limit 2000";
    let mark = |mut r: Row| {
        let (contribution, id, words): (_, i64, String) = (r.take()?, r.take()?, r.take()?);
        Ok(Mark {
            contribution,
            thanks: (id > 0).then_some((ThanksId(id), words)),
            collected: id < 0,
            person: r.take()?,
            name: r.take()?,
            handle: r.take::<Option<String>>()?.filter(|h| !h.starts_with("former-")),
        })
    };
    cx.db().query(sql, vals![root, cx.viewer, cx.now()]).await?.into_iter().map(mark).collect()
}

/// What a contribution was before.
#[derive(Clone, Debug)]
pub struct Before {
    pub version: i64,
    pub title: String,
    pub html: shell::Html,
    pub at: Timestamp,
}

pub async fn history(cx: &Cx, id: ContributionId) -> Result<Vec<Before>> {
    let sql = "select r.version, r.title, r.html, r.at from contribution_revision r join contribution c on c.id = r.contribution
        where r.contribution = ?1 and c.withdrawn_at is null and (c.fades_at is null or c.fades_at > ?3) and visible_to(c.root, ?2)
          and unblocked_by(c.author, ?2)
          and ((c.hidden = '' and c.held = '') or (c.author = ?2 and not c.voice)) order by r.version desc limit 200";
    let before = |mut r: Row| {
        Ok(Before { version: r.take()?, title: r.take()?, html: shell::Html::trusted(r.take()?), at: r.take()? })
    };
    cx.db().query(sql, vals![id, cx.viewer, cx.now()]).await?.into_iter().map(before).collect()
}

/// Who is in a conversation for named people.
pub async fn named(cx: &Cx, root: ContributionId) -> Result<Vec<(String, String)>> {
    let sql = "select p.name, p.handle from named n join person p on p.id = n.person
        where n.conversation = ?1 and visible_to(?1, ?2) order by p.name, p.id limit 100";
    let rows = cx.db().query(sql, vals![root, cx.viewer]).await?;
    rows.into_iter().map(|mut r| Ok((r.take()?, r.take()?))).collect()
}

pub async fn named_ids(cx: &Cx, root: ContributionId) -> Result<Vec<PersonId>> {
    let sql = "select n.person from named n join person p on p.id = n.person
        where n.conversation = ?1 and p.left_at is null and visible_to(?1, ?2) limit 100";
    cx.db().query(sql, vals![root, cx.viewer]).await?.into_iter().map(|mut r| r.take()).collect()
}

/// Whether anybody but its author has answered in a conversation.
pub async fn answered_by_others(cx: &Cx, root: ContributionId) -> Result<bool> {
    let sql = "select 1 from contribution c where c.root = ?1 and c.parent is not null and (c.author <> ?2 or c.voice)
        and visible_to(?1, ?2) limit 1";
    Ok(cx.db().one(sql, vals![root, cx.viewer]).await?.is_some())
}
