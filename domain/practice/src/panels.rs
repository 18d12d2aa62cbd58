//! What practices hang on others' pages.

use askama::Template;
use conversation::ContributionId;
use kernel::{CommunityId, Id, PersonId};
use shell::{Future, Html, T, Visit};

use crate::evidence::Dropped;
use crate::pages::{Item, item};
use crate::store::{self, Sought};
use crate::{PracticeId, evidence, proposals};

#[derive(Template)]
#[template(path = "panel.html")]
struct Listed {
    t: T,
    heading: &'static str,
    items: Vec<Item>,
    more: Option<(String, &'static str)>,
    empty: &'static str,
    /// Each says the community it stands in.
    with_place: bool,
}

/// On a front door.
pub fn at_the_door(visit: Visit, community: Id) -> Future<Html> {
    Box::pin(async move {
        let Some(c) = community::store::by_id(&visit.cx, CommunityId(community.0)).await?.filter(|c| c.inside) else {
            return Ok(Html::default());
        };
        let page = store::of_community(&visit.cx, c.id, &Sought::All, None, 4).await?;
        let items = page.items.into_iter().map(|p| item(&visit, p)).collect();
        let more = Some((format!("/c/{}/practices", c.slug), "All practices"));
        let empty = "Nothing is written down yet. A practice grows from a conversation: open one, and choose the passages that others could work by.";
        Html::of(&Listed { t: visit.t, heading: "What we work by", items, more, empty, with_place: false })
    })
}

/// On a conversation: what it led to, and the way to let something grow from it. Where the conversation is about a proposal, the proposal.
pub fn led_to(visit: Visit, root: Id) -> Future<Html> {
    Box::pin(async move {
        let proposal = proposals::on_conversation(visit.clone(), root).await?;
        let grown = store::grown_from(&visit.cx, root).await?;
        let items: Vec<Item> = grown.into_iter().map(|p| item(&visit, p)).collect();
        let more = (visit.guest.is_some() && proposal.is_empty())
            .then(|| (format!("/conversations/{}/passages", ContributionId(root.0)), "Let a practice grow from this"));
        let listed = if items.is_empty() && more.is_none() {
            Html::default()
        } else {
            Html::of(&Listed { t: visit.t, heading: "Practices that grew from this", items, more, empty: "", with_place: true })?
        };
        Ok(Html::trusted(format!("{}{}", proposal.as_str(), listed.as_str())))
    })
}

/// On a person's page.
pub fn of_person(visit: Visit, person: Id) -> Future<Html> {
    Box::pin(async move {
        let items: Vec<Item> = store::of_person(&visit.cx, PersonId(person.0), 5).await?.into_iter().map(|p| item(&visit, p)).collect();
        if items.is_empty() {
            return Ok(Html::default());
        }
        Html::of(&Listed { t: visit.t, heading: "Practices begun", items, more: None, empty: "", with_place: true })
    })
}

/// On the sheet that a hat is handed over with: what should be looked at.
pub fn to_tend(visit: Visit, community: Id) -> Future<Html> {
    Box::pin(async move {
        let page = store::of_community(&visit.cx, CommunityId(community.0), &Sought::Due, None, 10).await?;
        let items: Vec<Item> = page.items.into_iter().map(|p| item(&visit, p)).collect();
        if items.is_empty() {
            return Ok(Html::default());
        }
        Html::of(&Listed { t: visit.t, heading: "Practices to look at again", items, more: None, empty: "", with_place: false })
    })
}

#[derive(Template)]
#[template(path = "asked.html")]
struct AskedAfter {
    t: T,
    items: Vec<(PracticeId, String)>,
}

/// On one's home, a month after "will try": once.
pub fn asked_after(visit: Visit, _: Id) -> Future<Html> {
    Box::pin(async move {
        let items = evidence::to_ask_after(&visit.cx).await?;
        if items.is_empty() { Ok(Html::default()) } else { Html::of(&AskedAfter { t: visit.t, items }) }
    })
}

#[derive(Template)]
#[template(path = "dropped.html")]
struct Drops {
    t: T,
    items: Vec<Dropped>,
}

/// On the home of whoever tends what a community works by: what somebody dropped, and why, until it is answered.
pub fn dropped(visit: Visit, _: Id) -> Future<Html> {
    Box::pin(async move {
        let items = evidence::dropped(&visit.cx).await?;
        if items.is_empty() { Ok(Html::default()) } else { Html::of(&Drops { t: visit.t, items }) }
    })
}
