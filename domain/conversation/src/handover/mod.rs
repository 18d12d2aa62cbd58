//! What a conversation knows for a handover sheet: when a community speaks, what nobody answered, who is new and spoke, who came
//! from outside, where the work lies. About the community, never about how much somebody says.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use askama::Template;
use community::store as communities;
use kernel::{CommunityId, Cx, Id, Result, Row, Timestamp, clock, vals};
use shell::{Future, Html, T, Visit, words};

use crate::ContributionId;

const WEEK: i64 = 7 * clock::DAY;
/// So many weeks make a rhythm.
const WEEKS: i64 = 12;
/// Who joined so lately is new, as on the sheet itself.
const NEW: i64 = 60 * clock::DAY;
/// So long somebody from outside stays a contact.
const CONTACT: i64 = 180 * clock::DAY;

#[derive(Template)]
#[template(path = "handover/sections.html")]
struct Sections {
    t: T,
    weekdays: Vec<(&'static str, &'static str)>,
    /// From the oldest week to this one.
    weeks: Vec<(String, &'static str)>,
    quiet: bool,
    open: Vec<(Opened, String)>,
    first: Vec<(Opened, String)>,
    outside: Vec<(String, String, ContributionId, String)>,
    hosts: Vec<String>,
}

pub fn sections(visit: Visit, community: Id) -> Future<Html> {
    Box::pin(async move {
        let (cx, id) = (&visit.cx, CommunityId(community.0));
        if communities::by_id(cx, id).await?.is_none_or(|c| !c.member) {
            return Ok(Html::default());
        }
        let (weekdays, weeks) = rhythm(cx, id, offset(&visit)).await?;
        let day = |o: Opened| {
            let at = visit.day(o.at);
            (o, at)
        };
        let outside = outside(cx, id).await?.into_iter().map(|o| (o.name, o.handle, o.root, visit.day(o.at))).collect();
        let begins = |ago: usize| visit.day(cx.now().minus((ago as i64 + 1) * WEEK));
        Html::of(&Sections {
            t: visit.t,
            quiet: weeks.iter().all(|n| *n == 0),
            weekdays: DAYS.into_iter().zip(weekdays).map(|(day, n)| (visit.t.say(day), visit.t.say(loud(n, &weekdays)))).collect(),
            weeks: weeks.iter().enumerate().rev().map(|(ago, n)| (begins(ago), visit.t.say(loud(*n, &weeks)))).collect(),
            open: unanswered(cx, id).await?.into_iter().map(day).collect(),
            first: first_words(cx, id).await?.into_iter().map(day).collect(),
            outside,
            hosts: hosts(cx, id).await?,
        })
    })
}

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A word, no number: beside its loudest, a day or a week is lively, calm or quiet.
fn loud(n: i64, all: &[i64]) -> &'static str {
    let most = all.iter().copied().max().unwrap_or(0);
    match n {
        0 => "quiet",
        n if n * 2 >= most => "lively",
        _ => "calm",
    }
}

/// How far the reader's clock is from UTC, so that an evening is not another day.
fn offset(visit: &Visit) -> i64 {
    i64::from(visit.zone.to_offset(visit.cx.now().jiff()).seconds()) * clock::SECOND
}

/// What was said on each day of the week, and in each of the last weeks, the newest first.
async fn rhythm(cx: &Cx, community: CommunityId, offset: i64) -> Result<([i64; 7], Vec<i64>)> {
    let sql = "select ((c.at + ?3) / 86400000000 + 3) % 7 as weekday, (?4 - c.at) / 604800000000 as week, count(*)
        from contribution c where c.community = ?1 and c.at > ?5 and c.at <= ?4 and c.withdrawn_at is null and c.hidden = '' and c.held = '' and visible_to(c.root, ?2)
        group by weekday, week";
    let since = cx.now().minus(WEEKS * WEEK);
    let (mut days, mut weeks) = ([0; 7], vec![0; WEEKS as usize]);
    for mut r in cx.db().query(sql, vals![community, cx.viewer, offset, cx.now(), since]).await? {
        let (day, week, n): (i64, i64, i64) = (r.take()?, r.take()?, r.take()?);
        if let Some(it) = days.get_mut(day as usize) {
            *it += n;
        }
        if let Some(it) = weeks.get_mut(week as usize) {
            *it += n;
        }
    }
    Ok((days, weeks))
}

/// An opening, as the sheet tells of it.
struct Opened {
    id: ContributionId,
    words: String,
    name: String,
    at: Timestamp,
    answered: bool,
}

fn opened(mut r: Row) -> Result<Opened> {
    let (id, title, said): (ContributionId, String, String) = (r.take()?, r.take()?, r.take()?);
    let words = if title.is_empty() { words::plain(&said, 120) } else { title };
    Ok(Opened { id, words, name: r.take()?, at: r.take()?, answered: r.take()? })
}

/// What asks and was not answered, the newest first.
async fn unanswered(cx: &Cx, community: CommunityId) -> Result<Vec<Opened>> {
    let sql = "select c.id, c.title, c.words, coalesce(p.name, v.name), c.at, false
        from contribution c left join person p on p.id = c.author and not c.voice left join voice v on v.id = c.author and c.voice
        where c.community = ?1 and c.parent is null and c.asks and c.withdrawn_at is null and c.hidden = '' and c.held = '' and c.closed = '' and visible_to(c.root, ?2) and unblocked_by(c.author, ?2)
          and not exists (select 1 from ending e where e.conversation = c.id) and not exists (select 1 from contribution a where a.root = c.id and a.parent is not null and a.withdrawn_at is null and a.hidden = '' and a.held = '')
        order by c.at desc, c.id desc limit 20";
    cx.db().query(sql, vals![community, cx.viewer]).await?.into_iter().map(opened).collect()
}

/// The first that newcomers said here, and whether it was answered.
async fn first_words(cx: &Cx, community: CommunityId) -> Result<Vec<Opened>> {
    let sql = "select c.id, c.title, c.words, p.name, c.at,
            exists (select 1 from contribution a where a.root = c.id and a.parent is not null and a.withdrawn_at is null and a.hidden = '' and a.held = '' and a.author <> c.author)
        from membership m join contribution c on c.author = m.person and c.community = m.community and not c.voice
        join person p on p.id = m.person
        where m.community = ?1 and m.ended_at is null and m.began_at > ?3 and c.parent is null and c.withdrawn_at is null and c.hidden = '' and c.held = ''
          and visible_to(c.root, ?2) and unblocked_by(c.author, ?2)
          and not exists (select 1 from contribution e where e.author = c.author and not e.voice and e.community = c.community
                          and (e.at, e.id) < (c.at, c.id))
        order by c.at desc, c.id desc limit 20";
    cx.db().query(sql, vals![community, cx.viewer, cx.now().minus(NEW)]).await?.into_iter().map(opened).collect()
}

struct Outside {
    name: String,
    handle: String,
    root: ContributionId,
    at: Timestamp,
}

/// Who answered here in the open and never belonged here. Who was a member once is not among them: nobody is shown to have left.
async fn outside(cx: &Cx, community: CommunityId) -> Result<Vec<Outside>> {
    let sql = "select p.name, case when visible_to(p.id, ?2) then p.handle else '' end, max(c.root), max(c.at) as last
        from contribution c join contribution o on o.id = c.root and o.audience = 'open' join person p on p.id = c.author and not c.voice
        where c.community = ?1 and c.at > ?3 and c.parent is not null and c.withdrawn_at is null and c.hidden = '' and c.held = '' and p.left_at is null
          and visible_to(c.root, ?2) and unblocked_by(c.author, ?2)
          and not exists (select 1 from membership m where m.community = c.community and m.person = p.id)
        group by p.id, p.name, p.handle order by last desc, p.id limit 20";
    let one = |mut r: Row| Ok(Outside { name: r.take()?, handle: r.take()?, root: r.take()?, at: r.take()? });
    cx.db().query(sql, vals![community, cx.viewer, cx.now().minus(CONTACT)]).await?.into_iter().map(one).collect()
}

/// Where the work lies that was pointed at: the hosts named most often, without the numbers.
async fn hosts(cx: &Cx, community: CommunityId) -> Result<Vec<String>> {
    let sql = "select c.work from contribution c where c.community = ?1 and c.work <> '' and c.withdrawn_at is null and c.hidden = '' and c.held = '' and visible_to(c.root, ?2)
        order by c.at desc, c.id desc limit 500";
    let mut named: BTreeMap<String, usize> = BTreeMap::new();
    for mut r in cx.db().query(sql, vals![community, cx.viewer]).await? {
        *named.entry(host(&r.take::<String>()?).unwrap_or_default()).or_default() += 1;
    }
    named.remove("");
    let mut named: Vec<_> = named.into_iter().collect();
    named.sort_by_key(|named| std::cmp::Reverse(named.1));
    Ok(named.into_iter().take(8).map(|(host, _)| host).collect())
}

fn host(work: &str) -> Option<String> {
    let rest = work.strip_prefix("https://").or_else(|| work.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next()?.rsplit('@').next()?;
    (!host.is_empty()).then(|| host.to_lowercase())
}
