//! A story: from what was said to what came of it, drawn from real links, beginning anywhere.

use std::collections::BTreeSet;

use askama::Template;
use change::store::{self as changes, Attested, Change};
use change::{Cause, ChangeId};
use conversation::said::Said;
use conversation::{ContributionId, store as contributions};
use kernel::{Cx, Error, Id, Result, vals};
use practice::store::{self as practices, Adoption, Practice};
use practice::{PracticeId, sources};
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

impl Ids {
    /// Back from practices to what they cite.
    async fn sources_of(&mut self, cx: &Cx, practice: PracticeId) -> Result<()> {
        for source in sources::of_practice(cx, practice).await? {
            let said = source.link.strip_prefix("/conversations/").map(|rest| rest.split_once("#r").map_or(rest, |(_, reply)| reply));
            self.said.extend(said.and_then(kernel::id::parse).map(ContributionId));
        }
        Ok(())
    }

    async fn changed_by(&mut self, cx: &Cx, practice: PracticeId) -> Result<()> {
        self.changes.extend(changes::naming_practice(cx, practice.into()).await?.into_iter().take(MOST).map(|h| h.id));
        Ok(())
    }
}

pub async fn from_conversation(cx: &Cx, root: ContributionId) -> Result<Story> {
    let mut ids = Ids::default();
    ids.said.insert(root);
    ids.practices = practices::grown_from(cx, root.into()).await?.into_iter().take(MOST).map(|p| p.id).collect();
    ids.changes = changes::naming_in(cx, root.into()).await?.into_iter().take(MOST).map(|n| n.change.id).collect();
    for practice in ids.practices.clone() {
        ids.changed_by(cx, practice).await?;
    }
    told(cx, ids).await
}

pub async fn from_practice(cx: &Cx, id: PracticeId) -> Result<Story> {
    let mut ids = Ids::default();
    ids.practices.insert(id);
    ids.sources_of(cx, id).await?;
    ids.changed_by(cx, id).await?;
    told(cx, ids).await
}

pub async fn from_change(cx: &Cx, id: ChangeId) -> Result<Story> {
    let mut ids = Ids::default();
    ids.changes.insert(id);
    for source in changes::sources(cx, &[id]).await? {
        match (source.kind, source.thing) {
            (Cause::Contribution, Some(thing)) => {
                ids.said.insert(ContributionId(thing));
            }
            (Cause::Practice, Some(thing)) => {
                ids.practices.insert(PracticeId(thing));
            }
            _ => {}
        }
    }
    for practice in ids.practices.clone() {
        ids.sources_of(cx, practice).await?;
    }
    told(cx, ids).await
}

async fn told(cx: &Cx, ids: Ids) -> Result<Story> {
    let mut story = Story::default();
    for id in ids.said.into_iter().take(MOST) {
        story.said.extend(contributions::one(cx, id).await?.filter(|s| s.quiet().is_none()));
    }
    for id in ids.practices.into_iter().take(MOST) {
        if let Some(practice) = practices::one(cx, id).await? {
            story.practices.push((practice, practices::adoptions(cx, id, MOST as i64).await?));
        }
    }
    for id in ids.changes.into_iter().take(MOST) {
        if let Some(change) = changes::one(cx, id).await? {
            story.purposes.extend(purposes(cx, &change).await?);
            story.changes.push((change, changes::attestations(cx, &[id]).await?));
        }
    }
    Ok(story)
}

/// Where a community said anew what it is for, and named this change as its reason.
async fn purposes(cx: &Cx, change: &Change) -> Result<Vec<(String, String, String)>> {
    let Some(place) = &change.place else { return Ok(Vec::new()) };
    let sql = "select k.slug, k.name, r.purpose from charter r join community k on k.id = r.community
        where r.community = ?1 and r.reason like ?2 and visible_to(r.community, ?3) order by r.version desc limit 3";
    let named = format!("%/changes/{}%", change.id);
    let rows = cx.db().query(sql, vals![place.id, named, cx.viewer]).await?;
    rows.into_iter().map(|mut r| Ok((r.take()?, r.take()?, r.take()?))).collect()
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
    let id: ChangeId = id.parse()?;
    changes::one(&visit.cx, id).await?.ok_or(Error::NotFound)?;
    let story = from_change(&visit.cx, id).await?;
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
