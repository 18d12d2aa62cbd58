//! A story: from what was said to what came of it, drawn from real links, beginning anywhere.

use std::collections::BTreeSet;

use askama::Template;
use change::store::{self as changes, Attested, Change};
use change::{Cause, ChangeId};
use conversation::said::Said;
use conversation::{ContributionId, store as contributions};
use kernel::{Cx, Error, Id, Result, Val, vals};
use practice::store::{self as practices, Adoption, Practice};
use practice::PracticeId;
use shell::{Answer, Future, Html, Needs, Path, Route, T, Visit};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/stories/conversations/{id}", Needs::reading(), of_conversation),
        Route::get("/stories/practices/{id}", Needs::reading(), of_practice),
        Route::get("/stories/changes/{id}", Needs::reading(), of_change),
    ]
}

/// So many things of one sort stand in a story.
const MOST: usize = 12;

/// What was said → what grew from it → who works by it or changed → what came of it → what the community wants since.
#[derive(Clone, Debug, Default)]
pub struct Story {
    pub said: Vec<Said>,
    pub practices: Vec<(Practice, Vec<Adoption>)>,
    pub changes: Vec<(Change, Vec<Attested>)>,
    /// Revisions of a purpose that name one of these changes: address and name of the community, and the purpose.
    pub purposes: Vec<(String, String, String)>,
}

/// What a story is gathered from.
#[derive(Default)]
struct Ids {
    said: BTreeSet<ContributionId>,
    practices: BTreeSet<PracticeId>,
    changes: BTreeSet<ChangeId>,
}

pub async fn from_conversation(cx: &Cx, root: ContributionId) -> Result<Story> {
    let mut ids = Ids { said: [root].into(), ..Ids::default() };
    ids.practices = practices::grown_from(cx, root.into()).await?.into_iter().take(MOST).map(|p| p.id).collect();
    ids.changes = changes::naming_in(cx, root.into()).await?.into_iter().map(|n| n.change.id).collect();
    ids.because_of_practices(cx).await?;
    told(cx, ids).await
}

pub async fn from_practice(cx: &Cx, id: PracticeId) -> Result<Story> {
    let mut ids = Ids { practices: [id].into(), ..Ids::default() };
    ids.said.extend(practices::cited_by(cx, &[id]).await?);
    ids.because_of_practices(cx).await?;
    told(cx, ids).await
}

pub async fn from_change(cx: &Cx, id: ChangeId) -> Result<Story> {
    let mut ids = Ids { changes: [id].into(), ..Ids::default() };
    for source in changes::sources(cx, &[id]).await? {
        match (source.kind, source.thing) {
            (Cause::Contribution, Some(thing)) => _ = ids.said.insert(ContributionId(thing)),
            (Cause::Practice, Some(thing)) => _ = ids.practices.insert(PracticeId(thing)),
            _ => {}
        }
    }
    let named: Vec<PracticeId> = ids.practices.iter().copied().collect();
    ids.said.extend(practices::cited_by(cx, &named).await?);
    told(cx, ids).await
}

impl Ids {
    async fn because_of_practices(&mut self, cx: &Cx) -> Result<()> {
        let practices: Vec<i64> = self.practices.iter().map(|p| p.0).collect();
        self.changes.extend(changes::naming_practices(cx, &practices).await?.into_iter().map(|h| h.id));
        Ok(())
    }
}

/// A fixed number of queries, however long the story is.
async fn told(cx: &Cx, ids: Ids) -> Result<Story> {
    let said: Vec<ContributionId> = ids.said.into_iter().take(MOST).collect();
    let practices: Vec<PracticeId> = ids.practices.into_iter().take(MOST).collect();
    let changes: Vec<ChangeId> = ids.changes.into_iter().take(MOST).collect();
    let mut adopted = practices::adoptions_of(cx, &practices, MOST as i64).await?;
    let mut attested = changes::attestations(cx, &changes).await?;
    let mut taken = |id: PracticeId| adopted.extract_if(.., |(of, _)| *of == id).map(|(_, a)| a).collect();
    let mut words = |id: ChangeId| attested.extract_if(.., |a| a.change == id).collect();
    Ok(Story {
        said: contributions::some(cx, &said).await?.into_iter().filter(|s| s.quiet().is_none()).collect(),
        practices: practices::some(cx, &practices).await?.into_iter().map(|p| (p.clone(), taken(p.id))).collect(),
        purposes: purposes(cx, &changes).await?,
        changes: changes::some(cx, &changes).await?.into_iter().map(|h| (h.clone(), words(h.id))).collect(),
    })
}

/// Where communities said anew what they are for, and named one of these changes as the reason.
async fn purposes(cx: &Cx, named: &[ChangeId]) -> Result<Vec<(String, String, String)>> {
    let sql = "select k.slug, k.name, r.purpose, r.reason from charter r join community k on k.id = r.community
        where r.community in (select h.community from change h where in_ids(h.id, ?1)) and r.reason like '%/changes/%' and visible_to(r.community, ?2)
        order by r.at desc limit 100";
    let mut all = Vec::new();
    for mut r in cx.db().query(sql, vals![Val::list(named), cx.viewer]).await? {
        let (slug, name, purpose, reason): (String, String, String, String) = (r.take()?, r.take()?, r.take()?, r.take()?);
        if crate::facts::named(&reason).iter().any(|id| named.contains(&ChangeId(*id))) {
            all.push((slug, name, purpose));
        }
    }
    Ok(all)
}

#[derive(Template)]
#[template(path = "story.html")]
struct StoryPage {
    t: T,
    s: Story,
    said: Vec<Html>,
}

async fn shown(visit: Visit, story: Story) -> Answer {
    if story.said.is_empty() && story.practices.is_empty() && story.changes.is_empty() {
        return Err(Error::NotFound.into());
    }
    let said = story.said.iter().map(|s| conversation::said::item(&visit, s, true)).collect::<Result<Vec<_>>>()?;
    Ok(visit.page(visit.t.say("What became of it"), &StoryPage { t: visit.t, s: story, said }).await?)
}

async fn of_conversation(visit: Visit, Path(id): Path<String>) -> Answer {
    let story = from_conversation(&visit.cx, id.parse()?).await?;
    shown(visit, story).await
}

async fn of_practice(visit: Visit, Path(id): Path<String>) -> Answer {
    let story = from_practice(&visit.cx, id.parse()?).await?;
    shown(visit, story).await
}

async fn of_change(visit: Visit, Path(id): Path<String>) -> Answer {
    let story = from_change(&visit.cx, id.parse()?).await?;
    shown(visit, story).await
}

#[derive(Template)]
#[template(source = r#"<p class="soft onward"><a href="/stories/practices/{{ id }}">{{ t.say("Its whole story") }}</a></p>"#, ext = "html")]
struct Link {
    t: T,
    id: Id,
}

pub(crate) fn of_practice_link(visit: Visit, id: Id) -> Future<Html> {
    Box::pin(async move { Html::of(&Link { t: visit.t, id }) })
}
