//! What the figures of a season are made from: ids and times out of the tables, as the viewer sees them. A fixed number of queries.

use std::collections::HashMap;

use cycles::{Adoption, Ask, Attested, Change, Facts, Practice, PurposeRevision, Said, Season, State, Thanks, Tie, Turn};
use kernel::{CommunityId, Cx, Result, Row, Timestamp, Val, vals};

/// So many facts of one sort are looked at.
const MOST: i64 = 20_000;

pub async fn of_season(cx: &Cx, community: CommunityId, season: Season) -> Result<Facts> {
    let span = || vals![community, cx.viewer, season.from, season.to, MOST];
    let (asks, thanks) = (asks(cx, span()).await?, thanks(cx, span()).await?);
    let practices = practices(cx, span()).await?;
    let ids: Vec<i64> = practices.iter().map(|p| p.id).collect();
    Ok(Facts {
        asks,
        thanks,
        said: said(cx, span()).await?,
        ties: ties(cx, span()).await?,
        adoptions: adoptions(cx, &ids).await?,
        practices,
        changes: changes(cx, community, season).await?,
        purpose: purpose(cx, span()).await?,
    })
}

async fn rows<T>(cx: &Cx, sql: &'static str, params: Vec<Val>, one: impl Fn(Row) -> Result<T>) -> Result<Vec<T>> {
    cx.db().query(sql, params).await?.into_iter().map(one).collect()
}

async fn asks(cx: &Cx, span: Vec<Val>) -> Result<Vec<Ask>> {
    let sql = "select c.id, c.at, (select min(a.at) from contribution a where a.root = c.id and a.parent is not null and a.withdrawn_at is null
                and a.hidden = '' and a.held = '' and a.author <> c.author)
        from contribution c where c.community = ?1 and c.parent is null and c.asks and c.at >= ?3 and c.at < ?4 and c.withdrawn_at is null
          and c.hidden = '' and c.held = '' and visible_to(c.id, ?2) order by c.at, c.id limit ?5";
    rows(cx, sql, span, |mut r| Ok(Ask { id: r.take()?, at: r.take()?, answered: r.take()? })).await
}

async fn thanks(cx: &Cx, span: Vec<Val>) -> Result<Vec<Thanks>> {
    let sql = "select t.id, t.at from thanks t join contribution c on c.id = t.contribution
        where c.community = ?1 and t.at >= ?3 and t.at < ?4 and c.withdrawn_at is null and c.hidden = '' and c.held = '' and visible_to(c.root, ?2)
        order by t.at, t.id limit ?5";
    rows(cx, sql, span, |mut r| Ok(Thanks { id: r.take()?, at: r.take()? })).await
}

/// Who said something, each once: how many they are is all that is looked at.
async fn said(cx: &Cx, span: Vec<Val>) -> Result<Vec<Said>> {
    let sql = "select c.author, min(c.at) from contribution c join grants g on g.person = c.author and g.audience = ?1
        where c.community = ?1 and c.at >= ?3 and c.at < ?4 and not c.voice and c.withdrawn_at is null and c.hidden = '' and c.held = '' and visible_to(c.root, ?2)
        group by c.author limit ?5";
    rows(cx, sql, span, |mut r| Ok(Said { who: r.take()?, at: r.take()? })).await
}

async fn practices(cx: &Cx, span: Vec<Val>) -> Result<Vec<Practice>> {
    let sql = "select p.id, p.at from practice p where p.community = ?1 and p.at >= ?3 and p.at < ?4 and p.withdrawn_at is null and not p.voice
        and visible_to(p.id, ?2) order by p.at, p.id limit ?5";
    let mut all = rows(cx, sql, span, |mut r| Ok(Practice { id: r.take()?, shared: r.take()?, authors: Vec::new() })).await?;
    let ids: Vec<i64> = all.iter().map(|p| p.id).collect();
    let sql = "select distinct r.practice, r.author from practice_revision r where in_ids(r.practice, ?1) and not r.voice";
    let mut authors: HashMap<i64, Vec<i64>> = HashMap::new();
    for mut r in cx.db().query(sql, vals![Val::list(&ids)]).await? {
        authors.entry(r.take()?).or_default().push(r.take()?);
    }
    for p in &mut all {
        p.authors = authors.remove(&p.id).unwrap_or_default();
    }
    Ok(all)
}

/// A pair that had not dealt with each other before: the first answer of one to the other.
async fn ties(cx: &Cx, span: Vec<Val>) -> Result<Vec<Tie>> {
    let sql = "select min(c.id), min(c.at) from contribution c join contribution q on q.id = c.parent and not q.voice and q.author <> c.author
        where c.community = ?1 and not c.voice and c.withdrawn_at is null and c.hidden = '' and c.held = '' and q.withdrawn_at is null and visible_to(c.root, ?2)
        group by case when c.author < q.author then c.author else q.author end, case when c.author < q.author then q.author else c.author end
        having min(c.at) >= ?3 and min(c.at) < ?4 limit ?5";
    rows(cx, sql, span, |mut r| Ok(Tie { id: r.take()?, began: r.take()? })).await
}

async fn adoptions(cx: &Cx, practices: &[i64]) -> Result<Vec<Adoption>> {
    let sql = "select a.practice, a.person, a.at from adoption a where in_ids(a.practice, ?1) and a.how in ('tried', 'use', 'adapted') limit ?2";
    rows(cx, sql, vals![Val::list(practices), MOST], |mut r| Ok(Adoption { practice: r.take()?, who: r.take()?, at: r.take()? })).await
}

async fn changes(cx: &Cx, community: CommunityId, season: Season) -> Result<Vec<Change>> {
    let facts = change::facts::facts(cx, community, Timestamp(season.from), Timestamp(season.to)).await?;
    let state = |state| match state {
        change::State::Trying => State::Trying,
        change::State::Kept => State::Kept,
        change::State::Dropped => State::Dropped,
    };
    let change = |f: change::facts::Fact| Change {
        id: f.id.0,
        who: f.person.0,
        at: f.at.0,
        turns: f.turns.iter().map(|(s, at)| Turn { state: state(*s), at: at.0 }).collect(),
        outcome: f.outcome_at.map(|at| at.0),
        attested: f.attested.iter().map(|(by, at)| Attested { by: by.0, at: at.0 }).collect(),
    };
    Ok(facts.into_iter().map(change).collect())
}

/// Revisions of what the community is for, with the stories that their reasons name, as far as they are there.
async fn purpose(cx: &Cx, span: Vec<Val>) -> Result<Vec<PurposeRevision>> {
    let sql = "select r.version, r.at, r.reason from charter r join charter b on b.community = r.community and b.version = r.version - 1
        where r.community = ?1 and r.at >= ?3 and r.at < ?4 and r.purpose <> b.purpose and visible_to(r.community, ?2) order by r.version limit ?5";
    let mut all = rows(cx, sql, span, |mut r| {
        Ok(PurposeRevision { id: r.take()?, at: r.take()?, stories: named(&r.take::<String>()?) })
    })
    .await?;
    let ids: Vec<i64> = all.iter().flat_map(|r| r.stories.clone()).collect();
    let sql = "select h.id from change h where in_ids(h.id, ?1) and h.audience <> 'me' and visible_to(h.id, ?2)
        union select c.id from contribution c where in_ids(c.id, ?1) and c.withdrawn_at is null and c.hidden = '' and visible_to(c.root, ?2)";
    let there: Vec<i64> = rows(cx, sql, vals![Val::list(&ids), cx.viewer], |mut r| r.take()).await?;
    for revision in &mut all {
        revision.stories.retain(|id| there.contains(id));
    }
    Ok(all)
}

/// The ids of stories whose addresses stand in a reason.
pub fn named(reason: &str) -> Vec<i64> {
    let after = |marker: &str| {
        let mut ids = Vec::new();
        for rest in reason.split(marker).skip(1) {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).take(19).collect();
            ids.extend(kernel::id::parse(&digits));
        }
        ids
    };
    let mut all = after("/changes/");
    all.extend(after("/conversations/"));
    all
}
