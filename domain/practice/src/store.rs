//! SQL and row mapping of practices. Every load is through the viewer's eyes.

use attachment::Attached;
use community::{Openness, Stage};
use conversation::{ContributionId, For};
use kernel::{CommunityId, Cursor, Cx, Page, PersonId, Result, Row, Timestamp, Val, vals};
use shell::Html;

use crate::acts::Draft;
use crate::rules::Evidence;
use crate::{How, PracticeId, State};

#[derive(Clone, Debug)]
pub struct Practice {
    pub id: PracticeId,
    pub community: CommunityId,
    pub slug: String,
    pub place: String,
    pub openness: Openness,
    pub stage: Stage,
    pub kind: String,
    /// The community's own word for the kind; empty for a built-in one.
    pub called: String,
    pub title: String,
    pub use_when: String,
    pub words: String,
    pub html: Html,
    pub audience: For,
    pub state: State,
    pub state_why: String,
    /// Who began it.
    pub author: Author,
    pub version: i64,
    pub at: Timestamp,
    pub edited_at: Timestamp,
    pub verified_at: Timestamp,
    pub verified_by: String,
    pub review_months: i64,
    pub due_at: Timestamp,
    pub forked_from: Option<(PracticeId, i64)>,
    pub attached: Vec<Attached>,
    /// Where it was brought from.
    pub origin: String,
}

#[derive(Clone, Debug)]
pub struct Author {
    pub id: PersonId,
    pub voice: bool,
    pub name: String,
    pub handle: Option<String>,
}

impl Practice {
    pub fn path(&self) -> String {
        format!("/practices/{}", self.id)
    }

    /// It is open, and its community lets anybody read.
    pub fn reaches_all(&self) -> bool {
        self.audience == For::Open && self.openness != Openness::Closed
    }

    pub fn is_due(&self, now: Timestamp) -> bool {
        self.state != State::Retired && self.due_at <= now
    }

    fn from_row(mut r: Row) -> Result<Self> {
        let (id, community, slug, place, openness, stage) = (r.take()?, r.take()?, r.take()?, r.take()?, r.take()?, r.take()?);
        let (kind, called, title, use_when, words, html) = (r.take()?, r.take()?, r.take()?, r.take()?, r.take()?, Html::trusted(r.take()?));
        let (audience, state, state_why) = (r.take()?, r.take()?, r.take()?);
        let author = author(&mut r)?;
        let (version, at, edited_at, verified_at, verified_by) = (r.take()?, r.take()?, r.take()?, r.take()?, r.take()?);
        let (review_months, due_at) = (r.take()?, r.take()?);
        let (forked, forked_version): (Option<PracticeId>, Option<i64>) = (r.take()?, r.take()?);
        let attached = attachment::shown::read(&r.take::<String>()?);
        Ok(Self {
            id,
            community,
            slug,
            place,
            openness,
            stage,
            kind,
            called,
            title,
            use_when,
            words,
            html,
            audience,
            state,
            state_why,
            author,
            version,
            at,
            edited_at,
            verified_at,
            verified_by,
            review_months,
            due_at,
            forked_from: forked.zip(forked_version),
            attached,
            origin: r.take()?,
        })
    }
}

fn author(r: &mut Row) -> Result<Author> {
    Ok(Author {
        id: r.take()?,
        voice: r.take()?,
        name: r.take()?,
        handle: r.take::<Option<String>>()?.filter(|h| !h.starts_with("former-")),
    })
}

/// The columns of [`Practice`]; in lists without the words themselves. Every practice has its community; joined from the left, it does not
/// come first in the plan, where it would cost a list its order.
macro_rules! practice {
    ($words:literal, $viewer:literal, $rest:literal) => {
        concat!(
            "select p.id, p.community, k.slug, k.name, k.openness, k.stage, p.kind, coalesce(n.word, ''), p.title, p.use_when, ",
            $words,
            ", p.audience, p.state, p.state_why, p.author, p.voice, case when unblocked_by(p.author, ",
            $viewer,
            ") then coalesce(a.name, v.name, '') else '' end, case when visible_to(a.id, ",
            $viewer,
            ") and unblocked(a.id, ",
            $viewer,
            ") then a.handle end, p.version, p.at, p.edited_at, p.verified_at, case when unblocked_by(b.id, ",
            $viewer,
            ") then coalesce(b.name, '') else '' end, p.review_months, p.due_at,
              p.forked_from, p.forked_version, p.attached, p.origin
              from practice p left join community k on k.id = p.community
              left join practice_kind n on n.community = p.community and n.slug = p.kind
              left join voice v on v.id = p.author and p.voice
              left join person a on a.id = coalesce(v.person, p.author)
              left join person b on b.id = p.verified_by ",
            $rest
        )
    };
}

pub async fn one(cx: &Cx, id: PracticeId) -> Result<Option<Practice>> {
    let sql = practice!("p.words, p.html", "?2", "where p.id = ?1 and p.withdrawn_at is null and visible_to(p.id, ?2)");
    cx.db().one(sql, vals![id, cx.viewer]).await?.map(Practice::from_row).transpose()
}

/// Several at once, without their words, in the order of their time.
pub async fn some(cx: &Cx, ids: &[PracticeId]) -> Result<Vec<Practice>> {
    let sql = practice!("'', ''", "?2", "where in_ids(p.id, ?1) and p.withdrawn_at is null and visible_to(p.id, ?2) order by p.at, p.id limit 100");
    cx.db().query(sql, vals![Val::list(ids), cx.viewer]).await?.into_iter().map(Practice::from_row).collect()
}

/// What some practices cite of what was said.
pub async fn cited_by(cx: &Cx, ids: &[PracticeId]) -> Result<Vec<ContributionId>> {
    let sql = "select distinct s.thing from practice_source s where in_ids(s.practice, ?1) and s.kind = 'contribution' and visible_to(s.practice, ?2) limit 200";
    cx.db().query(sql, vals![Val::list(ids), cx.viewer]).await?.into_iter().map(|mut r| r.take()).collect()
}

/// What is looked for among a community's practices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sought {
    /// All but the retired ones.
    #[default]
    All,
    Kind(String),
    State(State),
    /// What gardeners look after: due to be asked whether it is still true, the longest waiting first.
    Due,
}

impl Sought {
    /// As an address says it: nothing, "due", a state, or else a kind.
    pub fn read(show: &str) -> Self {
        match (show, show.parse()) {
            ("", _) => Self::All,
            ("due", _) => Self::Due,
            (_, Ok(state)) => Self::State(state),
            (kind, Err(())) => Self::Kind(kind.to_owned()),
        }
    }
}

const LONG_AGO: Timestamp = Timestamp(i64::MIN);

/// A community's practices, the latest revised first.
pub async fn of_community(cx: &Cx, community: CommunityId, sought: &Sought, after: Option<Cursor>, limit: usize) -> Result<Page<Practice>> {
    let all = practice!(
        "'', ''",
        "?2",
        "where p.community = ?1 and (p.edited_at, p.id) < (?3, ?4) and p.state <> 'retired' and p.withdrawn_at is null and visible_to(p.id, ?2)
         order by p.edited_at desc, p.id desc limit ?5"
    );
    let kind = practice!(
        "'', ''",
        "?2",
        "where p.community = ?1 and p.kind = ?6 and (p.edited_at, p.id) < (?3, ?4) and p.state <> 'retired' and p.withdrawn_at is null
           and visible_to(p.id, ?2) order by p.edited_at desc, p.id desc limit ?5"
    );
    let state = practice!(
        "'', ''",
        "?2",
        "where p.community = ?1 and p.state = ?6 and (p.edited_at, p.id) < (?3, ?4) and p.withdrawn_at is null and visible_to(p.id, ?2)
         order by p.edited_at desc, p.id desc limit ?5"
    );
    let due = practice!(
        "'', ''",
        "?2",
        "where p.community = ?1 and (p.due_at, p.id) > (?3, ?4) and p.due_at <= ?6 and p.state <> 'retired' and p.withdrawn_at is null
           and visible_to(p.id, ?2) order by p.due_at, p.id limit ?5"
    );
    let first = if *sought == Sought::Due { Cursor { at: LONG_AGO, id: 0 } } else { Cursor::NEWEST };
    let after = after.unwrap_or(first);
    let mut params = vals![community, cx.viewer, after.at, after.id, limit as i64 + 1];
    let sql = match sought {
        Sought::All => all,
        Sought::Kind(of) => {
            params.extend(vals![of.as_str()]);
            kind
        }
        Sought::State(of) => {
            params.extend(vals![*of]);
            state
        }
        Sought::Due => {
            params.extend(vals![cx.now()]);
            due
        }
    };
    let items = cx.db().query(sql, params).await?.into_iter().map(Practice::from_row).collect::<Result<Vec<_>>>()?;
    let by_due = *sought == Sought::Due;
    Ok(Page::cut(items, limit, |p| Cursor { at: if by_due { p.due_at } else { p.edited_at }, id: p.id.0 }))
}

/// Those that somebody began, the newest first, as the viewer sees them.
pub async fn of_person(cx: &Cx, person: PersonId, limit: usize) -> Result<Vec<Practice>> {
    let sql = practice!("'', ''", "?2", "where p.author = ?1 and not p.voice and p.withdrawn_at is null and visible_to(p.id, ?2) and unblocked_by(p.author, ?2)
        order by p.at desc, p.id desc limit ?3");
    cx.db().query(sql, vals![person, cx.viewer, limit as i64]).await?.into_iter().map(Practice::from_row).collect()
}

/// Those that cite something said in a conversation.
pub async fn grown_from(cx: &Cx, root: kernel::Id) -> Result<Vec<Practice>> {
    let sql = practice!(
        "'', ''",
        "?2",
        "where p.id in (select s.practice from practice_source s where s.root = ?1) and p.withdrawn_at is null and visible_to(p.id, ?2)
         order by p.at desc, p.id desc limit 20"
    );
    cx.db().query(sql, vals![root, cx.viewer]).await?.into_iter().map(Practice::from_row).collect()
}

/// What began as this one, elsewhere.
pub async fn forks(cx: &Cx, id: PracticeId) -> Result<Vec<Practice>> {
    let sql = practice!("'', ''", "?2", "where p.forked_from = ?1 and p.withdrawn_at is null and visible_to(p.id, ?2) order by p.at desc, p.id desc limit 20");
    cx.db().query(sql, vals![id, cx.viewer]).await?.into_iter().map(Practice::from_row).collect()
}

/// A practice as something else names it: its title, and the persons who wrote it.
#[derive(Clone, Debug)]
pub struct Named {
    pub id: PracticeId,
    pub title: String,
    pub authors: Vec<PersonId>,
}

pub async fn named(cx: &Cx, id: PracticeId) -> Result<Option<Named>> {
    let sql = "select p.title from practice p where p.id = ?1 and p.withdrawn_at is null and visible_to(p.id, ?2)";
    let Some(mut row) = cx.db().one(sql, vals![id, cx.viewer]).await? else { return Ok(None) };
    Ok(Some(Named { id, title: row.take()?, authors: authors(cx, id).await? }))
}

/// The persons who began it or wrote a revision of it here; voices are not among them, nor who wrote only what a fork began as.
pub async fn authors(cx: &Cx, id: PracticeId) -> Result<Vec<PersonId>> {
    let sql = "select p.author from practice p where p.id = ?1 and not p.voice and visible_to(?1, ?2)
        union select r.author from practice_revision r join practice p on p.id = r.practice
        where r.practice = ?1 and not r.voice and (r.version > 1 or p.forked_from is null) and visible_to(?1, ?2) order by 1 limit 200";
    cx.db().query(sql, vals![id, cx.viewer]).await?.into_iter().map(|mut r| r.take()).collect()
}

/// Who said that they work by it, or will.
pub async fn adopters(cx: &Cx, id: PracticeId) -> Result<Vec<PersonId>> {
    let sql = "select a.person from adoption a join person p on p.id = a.person and p.left_at is null
        where a.practice = ?1 and a.how <> 'dropped' and visible_to(?1, ?2) order by a.at desc, a.person limit 200";
    cx.db().query(sql, vals![id, cx.viewer]).await?.into_iter().map(|mut r| r.take()).collect()
}

/// What those say who did not write it. Who claimed a voice is one with it.
pub async fn evidence(cx: &Cx, id: PracticeId) -> Result<Evidence> {
    let sql = "select a.how, count(*) from adoption a left join voice av on av.id = a.person where a.practice = ?1 and visible_to(?1, ?2)
          and not exists (select 1 from (select author from practice where id = ?1 union all select author from practice_revision where practice = ?1) w
              left join voice wv on wv.id = w.author where coalesce(wv.person, w.author) = coalesce(av.person, a.person))
          and not exists (select 1 from adoption o where o.practice = ?1 and o.person = av.person)
        group by a.how";
    let mut evidence = Evidence::default();
    for mut r in cx.db().query(sql, vals![id, cx.viewer]).await? {
        let (how, n): (How, i64) = (r.take()?, r.take()?);
        (0..n.min(1_000)).for_each(|_| evidence.add(how));
    }
    Ok(evidence)
}

#[derive(Clone, Debug)]
pub struct Adoption {
    pub person: PersonId,
    pub name: String,
    pub handle: Option<String>,
    pub how: How,
    pub why: String,
    pub setting: String,
    pub at: Timestamp,
    /// They wrote it, too: it is no evidence for the practice.
    pub author: bool,
}

/// The viewer's own first, then the latest.
pub async fn adoptions(cx: &Cx, id: PracticeId, limit: i64) -> Result<Vec<Adoption>> {
    Ok(adoptions_of(cx, &[id], limit).await?.into_iter().map(|(_, a)| a).collect())
}

/// Of several practices, so many of each.
pub async fn adoptions_of(cx: &Cx, ids: &[PracticeId], each: i64) -> Result<Vec<(PracticeId, Adoption)>> {
    let sql = "select x.practice, x.person, x.name, x.handle, x.how, x.why, x.setting, x.at, x.author from (
            select a.practice, a.person, coalesce(p.name, v.name, '') as name, case when visible_to(p.id, ?2) and unblocked(p.id, ?2) then p.handle end as handle,
                a.how, a.why, a.setting, a.at, exists (select 1 from practice_revision r where r.practice = a.practice and r.author = a.person) as author,
                row_number() over (partition by a.practice order by case when a.person = ?2 then 0 else 1 end, a.at desc, a.person desc) as n
            from adoption a left join voice v on v.id = a.person left join person p on p.id = coalesce(v.person, a.person)
            where in_ids(a.practice, ?1) and visible_to(a.practice, ?2) and unblocked_by(a.person, ?2)) x
        where x.n <= ?3 order by x.practice, x.n";
    let adoption = |mut r: Row| {
        let practice = r.take()?;
        let adoption = Adoption {
            person: r.take()?,
            name: r.take()?,
            handle: r.take::<Option<String>>()?.filter(|h| !h.starts_with("former-")),
            how: r.take()?,
            why: r.take()?,
            setting: r.take()?,
            at: r.take()?,
            author: r.take()?,
        };
        Ok((practice, adoption))
    };
    cx.db().query(sql, vals![Val::list(ids), cx.viewer, each]).await?.into_iter().map(adoption).collect()
}

#[derive(Clone, Debug)]
pub struct Revision {
    pub version: i64,
    pub title: String,
    pub use_when: String,
    pub words: String,
    pub reason: String,
    pub author: Author,
    pub at: Timestamp,
}

impl Revision {
    pub(crate) fn draft(&self) -> Draft {
        Draft { title: self.title.clone(), use_when: self.use_when.clone(), words: self.words.clone() }
    }

    fn from_row(mut r: Row) -> Result<Self> {
        let (version, title, use_when, words, reason) = (r.take()?, r.take()?, r.take()?, r.take()?, r.take()?);
        Ok(Self { version, title, use_when, words, reason, author: author(&mut r)?, at: r.take()? })
    }
}

macro_rules! revision {
    ($words:literal, $rest:literal) => {
        concat!(
            "select r.version, r.title, r.use_when, ",
            $words,
            ", r.reason, r.author, r.voice, case when unblocked_by(r.author, ?2) then coalesce(a.name, v.name, '') else '' end,
                case when visible_to(a.id, ?2) and unblocked(a.id, ?2) then a.handle end, r.at
             from practice_revision r join practice p on p.id = r.practice and p.withdrawn_at is null
             left join voice v on v.id = r.author and r.voice left join person a on a.id = coalesce(v.person, r.author)
             where r.practice = ?1 and visible_to(?1, ?2) ",
            $rest
        )
    };
}

pub async fn revision(cx: &Cx, id: PracticeId, version: i64) -> Result<Option<Revision>> {
    let sql = revision!("r.words", "and r.version = ?3");
    cx.db().one(sql, vals![id, cx.viewer, version]).await?.map(Revision::from_row).transpose()
}

/// Its history, the newest first, without the words.
pub async fn history(cx: &Cx, id: PracticeId, before: i64, limit: i64) -> Result<Vec<Revision>> {
    let sql = revision!("''", "and r.version < ?3 order by r.version desc limit ?4");
    cx.db().query(sql, vals![id, cx.viewer, before, limit]).await?.into_iter().map(Revision::from_row).collect()
}

/// Each state it was in, the newest first.
#[derive(Clone, Debug)]
pub struct Turn {
    pub state: State,
    pub why: String,
    pub name: String,
    pub at: Timestamp,
}

pub async fn turns(cx: &Cx, id: PracticeId) -> Result<Vec<Turn>> {
    let sql = "select t.state, t.why, p.name, t.at from practice_turn t join person p on p.id = t.person
        where t.practice = ?1 and visible_to(?1, ?2) order by t.at desc, t.state limit 20";
    let turn = |mut r: Row| Ok(Turn { state: r.take()?, why: r.take()?, name: r.take()?, at: r.take()? });
    cx.db().query(sql, vals![id, cx.viewer]).await?.into_iter().map(turn).collect()
}
