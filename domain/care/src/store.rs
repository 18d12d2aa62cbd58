//! SQL and row mapping of stewards' acts and reports, through the viewer's eyes.

use conversation::ContributionId;
use conversation::said::Said;
use conversation::store as contributions;
use kernel::{Audience, Batch, CommunityId, Cursor, Cx, Error, Id, Page, PersonId, Result, Row, Timestamp, audience, vals};

use crate::rules::Looker;
use crate::{ActId, ReportId, What};

/// One line of the register, as its reader sees it.
#[derive(Clone, Debug)]
pub struct Act {
    pub id: ActId,
    pub community: CommunityId,
    pub slug: String,
    pub place: String,
    pub actor: PersonId,
    pub by: String,
    pub what: What,
    /// A contribution, or a suspension.
    pub thing: Id,
    pub person: Option<PersonId>,
    /// Empty for whom it is not told to: everybody but stewards, the person, and who decides an appeal.
    pub name: String,
    pub rule: String,
    pub reason: String,
    pub target: Option<CommunityId>,
    pub at: Timestamp,
    pub undone_at: Option<Timestamp>,
    /// Empty, open, upheld or overturned.
    pub appeal: String,
    /// For the person, and who decides.
    pub appeal_words: String,
    pub judge: String,
    pub judge_words: String,
    pub mine: bool,
    pub looker: Looker,
}

impl Act {
    pub fn is_of_words(&self) -> bool {
        !matches!(self.what, What::Suspend | What::Lift)
    }
}

fn act_row(viewer: Option<PersonId>, mut r: Row) -> Result<Act> {
    let (id, community, slug, place) = (r.take()?, r.take()?, r.take()?, r.take()?);
    let (actor, by, what, thing): (PersonId, String, What, i64) = (r.take()?, r.take()?, r.take()?, r.take()?);
    let (person, name): (i64, Option<String>) = (r.take()?, r.take()?);
    let (rule, reason, target, at, undone_at) = (r.take()?, r.take()?, r.take()?, r.take()?, r.take()?);
    let (appeal, appeal_words, judge, judge_words): (String, String, Option<String>, String) = (r.take()?, r.take()?, r.take()?, r.take()?);
    let (steward, operator, others): (bool, bool, i64) = (r.take()?, r.take()?, r.take()?);
    let person = (person != 0).then_some(PersonId(person));
    let mine = viewer.is_some() && person == viewer;
    let involved = mine || viewer == Some(actor);
    let looker = Looker { steward, operator, involved, others };
    let told = steward || mine || (operator && others == 0);
    Ok(Act {
        id,
        community,
        slug,
        place,
        actor,
        by,
        what,
        thing: Id(thing),
        person,
        name: if told { name.unwrap_or_default() } else { String::new() },
        rule,
        reason,
        target,
        at,
        undone_at,
        appeal,
        appeal_words: if told { appeal_words } else { String::new() },
        judge: judge.unwrap_or_default(),
        judge_words: if told { judge_words } else { String::new() },
        mine,
        looker,
    })
}

/// One act, for the person whom it concerns, members of its community, and the operator where an appeal waits for them.
pub async fn act(cx: &Cx, id: ActId) -> Result<Option<Act>> {
    let sql = "select a.id, a.community, k.slug, k.name, a.actor, b.name, a.what, a.thing, a.person, p.name, a.rule, a.reason, a.target,
            a.at, a.undone_at, a.appeal, a.appeal_words, j.name, a.judge_words,
            exists (select 1 from grants g where g.person = ?2 and g.audience = -a.community),
            exists (select 1 from person o where o.id = ?2 and o.operator),
            (select count(*) from grants s where s.audience = -a.community and s.person <> a.actor and s.person <> a.person)
        from steward_act a join community k on k.id = a.community join person b on b.id = a.actor
        left join person p on p.id = a.person left join person j on j.id = a.judge
        where a.id = ?1 and ((a.person = ?2 and a.person <> 0)
            or exists (select 1 from grants g where g.person = ?2 and g.audience = a.community)
            or (a.appeal <> '' and exists (select 1 from person o where o.id = ?2 and o.operator)))";
    cx.db().one(sql, vals![id, cx.viewer]).await?.map(|r| act_row(cx.viewer.person(), r)).transpose()
}

/// The register of a community for its members, the newest first: also what moved into it.
pub async fn acts_in(cx: &Cx, community: CommunityId, after: Cursor, limit: usize) -> Result<Page<Act>> {
    let sql = "select a.id, a.community, k.slug, k.name, a.actor, b.name, a.what, a.thing, a.person, p.name, a.rule, a.reason, a.target,
            a.at, a.undone_at, a.appeal, a.appeal_words, j.name, a.judge_words,
            exists (select 1 from grants g where g.person = ?2 and g.audience = -a.community),
            exists (select 1 from person o where o.id = ?2 and o.operator),
            (select count(*) from grants s where s.audience = -a.community and s.person <> a.actor and s.person <> a.person)
        from steward_act a join community k on k.id = a.community join person b on b.id = a.actor
        left join person p on p.id = a.person left join person j on j.id = a.judge
        where (a.community = ?1 or a.target = ?1) and (a.at, a.id) < (?3, ?4)
          and exists (select 1 from grants g where g.person = ?2 and g.audience = ?1)
        order by a.at desc, a.id desc limit ?5";
    let rows = cx.db().query(sql, vals![community, cx.viewer, after.at, after.id, limit as i64 + 1]).await?;
    let items = rows.into_iter().map(|r| act_row(cx.viewer.person(), r)).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(items, limit, |a| Cursor { at: a.at, id: a.id.0 }))
}

/// What stewards did to one thing, for its author and for stewards.
pub async fn acts_on(cx: &Cx, thing: Id) -> Result<Vec<(ActId, What, Timestamp, bool)>> {
    let sql = "select a.id, a.what, a.at, a.undone_at is not null from steward_act a
        where a.thing = ?1 and (a.person = ?2 or exists (select 1 from grants g where g.person = ?2 and g.audience = -a.community))
        order by a.at desc, a.id desc limit 50";
    let rows = cx.db().query(sql, vals![thing, cx.viewer]).await?;
    rows.into_iter().map(|mut r| Ok((r.take()?, r.take()?, r.take()?, r.take()?))).collect()
}

/// The act that began a suspension.
pub async fn act_of(cx: &Cx, thing: Id) -> Result<Option<ActId>> {
    let sql = "select id from steward_act where thing = ?1 and person = ?2 and what = 'suspend'";
    cx.db().one(sql, vals![thing, cx.me()?]).await?.map(|mut r| r.take()).transpose()
}

/// Stewards of a community but for those who have to do with something.
pub async fn other_stewards(cx: &Cx, community: CommunityId, but: &[Option<PersonId>]) -> Result<i64> {
    let but: Vec<i64> = but.iter().flatten().map(|p| p.0).collect();
    let sql = "select count(*) from grants where audience = -?1 and not (in_ids(person, ?2))";
    cx.db().one(sql, vals![community, kernel::Val::list(&but)]).await?.ok_or(Error::NotFound)?.take()
}

/// Guards what `may_look` relied on.
pub fn still_looks(batch: &mut Batch, me: PersonId, community: CommunityId, looker: Looker) {
    if looker.steward {
        batch.holds(audience::HOLDS, vals![me, Audience::Stewards(community)]);
    } else {
        batch.holds("select 1 from person where id = ?1 and operator and left_at is null", vals![me]);
    }
}

/// Something that waits to be let through, with its community: for members of it, whatever their hat; the act's rule
/// says who may.
pub async fn held(cx: &Cx, id: ContributionId) -> Result<Option<(Said, CommunityId)>> {
    let sql = "select c.community from contribution c join grants g on g.person = ?2 and g.audience = c.community
        where c.id = ?1 and c.held <> '' and c.held not like 'declined%' and c.withdrawn_at is null";
    let Some(mut row) = cx.db().one(sql, vals![id, cx.me()?]).await? else { return Ok(None) };
    let community: CommunityId = row.take()?;
    Ok(contributions::one(&as_the_house(cx), id).await?.map(|said| (said, community)))
}

/// A report, as who answers it or who made it sees it.
#[derive(Clone, Debug)]
pub struct Report {
    pub id: ReportId,
    pub community: Option<CommunityId>,
    pub slug: String,
    /// A contribution, or a person.
    pub thing: Id,
    pub about: Option<PersonId>,
    pub about_name: String,
    pub about_handle: String,
    /// Who reported: empty for a stranger. Never shown to who is reported.
    pub from: String,
    pub mine: bool,
    pub words: String,
    /// What the reporter handed over: words that those who answer may not see otherwise.
    pub handed: String,
    pub at: Timestamp,
    pub answer: String,
    pub answer_words: String,
    pub looker: Looker,
}

fn report_row(viewer: Option<PersonId>, mut r: Row) -> Result<Report> {
    let (id, community, slug, thing): (ReportId, Option<CommunityId>, Option<String>, i64) = (r.take()?, r.take()?, r.take()?, r.take()?);
    let (about, about_name, about_handle): (i64, Option<String>, Option<String>) = (r.take()?, r.take()?, r.take()?);
    let (reporter, from): (i64, Option<String>) = (r.take()?, r.take()?);
    let (words, handed, at, answer, answer_words) = (r.take()?, r.take()?, r.take()?, r.take()?, r.take()?);
    let (steward, operator, others): (bool, bool, i64) = (r.take()?, r.take()?, r.take()?);
    let about = (about != 0).then_some(PersonId(about));
    let looker = Looker { steward, operator, involved: viewer.is_some() && about == viewer, others };
    Ok(Report {
        id,
        community,
        slug: slug.unwrap_or_default(),
        thing: Id(thing),
        about,
        about_name: about_name.unwrap_or_default(),
        about_handle: about_handle.unwrap_or_default(),
        from: from.unwrap_or_default(),
        mine: viewer.is_some_and(|v| v.0 == reporter),
        words,
        handed,
        at,
        answer,
        answer_words,
        looker,
    })
}

/// One report, for who made it and who may answer it; never for whom it is about.
pub async fn report_seen(cx: &Cx, id: ReportId) -> Result<Option<Report>> {
    let sql = "select r.id, r.community, k.slug, r.thing, r.about, p.name, p.handle, r.reporter, f.name, r.words, r.handed, r.at, r.answer, r.answer_words,
            exists (select 1 from grants g where g.person = ?2 and g.audience = -r.community),
            exists (select 1 from person o where o.id = ?2 and o.operator),
            (select count(*) from grants s where s.audience = -r.community and s.person <> r.about)
        from report r left join community k on k.id = r.community left join person p on p.id = r.about left join person f on f.id = r.reporter
        where r.id = ?1 and r.about <> ?2";
    let found = cx.db().one(sql, vals![id, cx.me()?]).await?.map(|r| report_row(cx.viewer.person(), r)).transpose()?;
    Ok(found.filter(|r| r.mine || crate::rules::may_look(r.looker).is_ok()))
}

/// Reports of a community that wait, the oldest first, for a steward whom they are not about.
pub async fn reports_in(cx: &Cx, community: CommunityId) -> Result<Vec<Report>> {
    let sql = "select r.id, r.community, k.slug, r.thing, r.about, p.name, p.handle, r.reporter, f.name, r.words, r.handed, r.at, r.answer, r.answer_words,
            exists (select 1 from grants g where g.person = ?2 and g.audience = -r.community),
            exists (select 1 from person o where o.id = ?2 and o.operator),
            (select count(*) from grants s where s.audience = -r.community and s.person <> r.about)
        from report r left join community k on k.id = r.community left join person p on p.id = r.about left join person f on f.id = r.reporter
        where r.community = ?1 and r.answer = '' and r.about <> ?2
          and exists (select 1 from grants g where g.person = ?2 and g.audience = -?1)
        order by r.at, r.id limit 100";
    let rows = cx.db().query(sql, vals![community, cx.me()?]).await?;
    rows.into_iter().map(|r| report_row(cx.viewer.person(), r)).collect()
}

pub async fn reported(cx: &Cx, thing: Id, reporter: PersonId) -> Result<bool> {
    let sql = "select 1 from report where thing = ?1 and reporter = ?2 and answer = ''";
    Ok(cx.db().one(sql, vals![thing, reporter]).await?.is_some())
}

/// For telling them of the answer; not for pages.
pub(crate) async fn reporter(cx: &Cx, id: ReportId) -> Result<Option<PersonId>> {
    let row = cx.db().one("select reporter from report where id = ?1 and reporter <> 0", vals![id]).await?;
    row.map(|mut r| r.take()).transpose()
}

/// The words that an act is about, for who has to judge it: as they stand, also where they are hidden from everybody.
pub(crate) async fn words_to_judge(cx: &Cx, id: ContributionId) -> Result<String> {
    let sql = "select title, words from contribution where id = ?1 and withdrawn_at is null and coalesce(fades_at > ?2, true)";
    let Some(mut row) = cx.db().one(sql, vals![id, cx.now()]).await? else { return Ok(String::new()) };
    let (title, words): (String, String) = (row.take()?, row.take()?);
    Ok(shell::words::plain(&format!("{title}\n\n{words}"), 2000))
}

/// For what an act needs to know beyond what the one who acts sees; its rule has spoken before.
pub(crate) fn as_the_house(cx: &Cx) -> Cx {
    Cx::new(cx.house.clone(), kernel::Viewer::System)
}
