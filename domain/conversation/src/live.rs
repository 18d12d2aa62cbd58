//! Live streams of a conversation, a community, and home. They tell how much is new; reading it goes through the page.

use std::collections::{HashMap, HashSet};

use community::store as communities;
use kernel::{Cx, Error, Id, Result, Row, Val, Viewer, vals};
use serde::Deserialize;
use shell::live::{Ear, Topic, listen};
use shell::{Answer, Asked, Future, Needs, Path, Rate, Route, Visit, Who};

use crate::{ContributionId, store};

pub(crate) fn routes() -> Vec<Route> {
    let anyone = Needs::new(Who::Anyone, Rate::Live, 0);
    vec![
        Route::get("/live/conversations/{id}", anyone, conversation),
        Route::get("/live/c/{slug}", anyone, community),
        Route::get("/live/home", Needs::new(Who::SignedIn, Rate::Live, 0), home),
    ]
}

#[derive(Deserialize, Default)]
struct Since {
    #[serde(default)]
    after: i64,
}

async fn conversation(visit: Visit, Path(id): Path<String>, Asked(since): Asked<Since>) -> Answer {
    let root: ContributionId = id.parse()?;
    if !store::sees(&visit.cx, root).await? {
        return Err(Error::NotFound.into());
    }
    Ok(listen(visit, Topic::Conversation(Id(root.0)), since.after, news).await?)
}

async fn community(visit: Visit, Path(slug): Path<String>, Asked(since): Asked<Since>) -> Answer {
    let id = communities::inside(&visit.cx, &slug).await?.id;
    Ok(listen(visit, Topic::Community(id.into()), since.after, news).await?)
}

async fn home(visit: Visit, Asked(since): Asked<Since>) -> Answer {
    Ok(listen(visit, Topic::Home, since.after, news).await?)
}

/// What is new for each of those who listen to the same.
pub fn news(cx: Cx, topic: Topic, ears: Vec<Ear>) -> Future<Vec<Option<i64>>> {
    Box::pin(async move {
        let viewers: HashSet<i64> = ears.iter().map(|ear| number(ear.viewer)).collect();
        let viewers = Val::list(&viewers.into_iter().collect::<Vec<_>>());
        let since = ears.iter().map(|ear| ear.after).min().unwrap_or(i64::MAX);
        match topic {
            Topic::Conversation(root) => {
                let seen_by = who_sees(&cx, root, &viewers).await?;
                let new = Replies::since(&cx, root, since, &viewers).await?;
                Ok(ears.iter().map(|ear| seen_by.contains(&number(ear.viewer)).then(|| new.count(ear))).collect())
            }
            Topic::Community(id) => {
                let seen_by = who_sees(&cx, id, &viewers).await?;
                let new = openings(&cx, id, since, &viewers).await?;
                Ok(ears.iter().map(|ear| seen_by.contains(&number(ear.viewer)).then(|| count(&new, ear))).collect())
            }
            Topic::Home => {
                let new = openings_of_each(&cx, since, &viewers).await?;
                Ok(ears.iter().map(|ear| Some(count(&new, ear))).collect())
            }
        }
    })
}

fn number(viewer: Viewer) -> i64 {
    viewer.person().map_or(0, |person| person.0)
}

async fn who_sees(cx: &Cx, thing: Id, viewers: &Val) -> Result<HashSet<i64>> {
    let sql = "select l.id from each_id(?2) l where visible_to(?1, l.id)";
    let rows = cx.db().query(sql, vals![thing, viewers.clone()]).await?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// What was answered in a conversation, and who does not hear whom: asked once, however many listen.
struct Replies {
    /// Id and author.
    said: Vec<(i64, i64)>,
    silenced: HashSet<(i64, i64)>,
}

impl Replies {
    async fn since(cx: &Cx, root: Id, since: i64, viewers: &Val) -> Result<Self> {
        let sql = "select c.id, c.author from contribution c
            where c.root = ?1 and c.parent is not null and c.id > ?2 and c.withdrawn_at is null and c.hidden = '' and c.held = '' and not c.voice
            order by c.id desc limit 1000";
        let said: Vec<(i64, i64)> = pairs(cx.db().query(sql, vals![root, since]).await?)?;
        let authors: HashSet<i64> = said.iter().map(|(_, author)| *author).collect();
        let authors = Val::list(&authors.into_iter().collect::<Vec<_>>());
        let sql = "select s.person, s.other from silence s where in_ids(s.person, ?1) and in_ids(s.other, ?2)";
        let silenced = pairs(cx.db().query(sql, vals![viewers.clone(), authors]).await?)?;
        Ok(Self { said, silenced })
    }

    fn count(&self, ear: &Ear) -> i64 {
        let me = number(ear.viewer);
        let new = |(id, author): &&(i64, i64)| *id > ear.after && *author != me && !self.silenced.contains(&(me, *author));
        self.said.iter().filter(new).count() as i64
    }
}

fn pairs<C: FromIterator<(i64, i64)>>(rows: Vec<Row>) -> Result<C> {
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// The ids of the openings that are new for each viewer, the oldest first.
type New = HashMap<i64, Vec<i64>>;

fn by_viewer(rows: Vec<Row>) -> Result<New> {
    let mut new = New::new();
    for mut row in rows {
        new.entry(row.take()?).or_default().push(row.take()?);
    }
    Ok(new)
}

fn count(new: &New, ear: &Ear) -> i64 {
    let ids = new.get(&number(ear.viewer)).map_or(&[][..], Vec::as_slice);
    (ids.len() - ids.partition_point(|id| *id <= ear.after)) as i64
}

/// Pairs of a viewer and something new, at most; beyond it the number stays behind, and the page has all.
const MOST: i64 = 50_000;

async fn openings(cx: &Cx, community: Id, since: i64, viewers: &Val) -> Result<New> {
    let sql = "select l.id, c.id from contribution c join each_id(?3) l on c.author <> l.id
        where c.community = ?1 and c.parent is null and c.id > ?2 and c.withdrawn_at is null and c.hidden = '' and c.held = '' and not c.voice
          and heard_by(c.author, l.id) and visible_to(c.id, l.id)
        order by c.id limit ?4";
    by_viewer(cx.db().query(sql, vals![community, since, viewers.clone(), MOST]).await?)
}

async fn openings_of_each(cx: &Cx, since: i64, viewers: &Val) -> Result<New> {
    let sql = "select l.id, c.id from contribution c join each_id(?2) l on c.author <> l.id
        where c.parent is null and c.id > ?1 and c.withdrawn_at is null and c.hidden = '' and c.held = '' and not c.voice
          and (c.community in (select g.audience from grants g where g.person = l.id)
               or exists (select 1 from reach r where r.thing = c.id and r.audience = l.id))
          and heard_by(c.author, l.id) and (c.audience <> 'named' or unblocked(c.author, l.id)) and visible_to(c.id, l.id)
        order by c.id limit ?3";
    by_viewer(cx.db().query(sql, vals![since, viewers.clone(), MOST]).await?)
}
