//! What membership hangs on shared pages: the way in and out, who is here, where I belong.

use askama::Template;
use kernel::{CommunityId, Cursor, Id, PersonId, Result};
use shell::{Future, Html, Place, T, Visit};

use crate::rules::{self, Standing};
use crate::store::{self, Belonging, Member, Own};
use crate::{Presence, Shown, hats};

#[derive(Template)]
#[template(path = "waiting_link.html")]
struct WaitingLink {
    t: T,
    here: bool,
    waits: bool,
}

pub fn waiting_link(visit: Visit, _: Id) -> Future<Html> {
    Box::pin(async move {
        let waits = !store::waiting(&visit.cx).await?.is_empty();
        Html::of(&WaitingLink { t: visit.t, here: visit.path.starts_with("/me/waiting"), waits })
    })
}

#[derive(Template)]
#[template(path = "taking_part.html")]
struct TakingPart {
    t: T,
    slug: String,
    /// The viewer sees more than the closed door.
    inside: bool,
    signed_in: bool,
    standing: Standing,
    own: Option<Own>,
    /// What the door lets this viewer do.
    may_join: bool,
    may_knock: bool,
    may_invite: bool,
    until: String,
    away_until: String,
    /// What other slices offer here.
    ways: Html,
}

pub fn taking_part(visit: Visit, community: Id) -> Future<Html> {
    Box::pin(async move {
        let id = CommunityId(community.0);
        let Some(c) = community::store::by_id(&visit.cx, id).await? else { return Ok(Html::default()) };
        let signed_in = visit.guest.is_some();
        let standing = store::standing(&visit.cx, id).await?;
        let own = if standing.member { store::own(&visit.cx, id).await? } else { None };
        let ways = if c.inside { visit.panels(Place::Ways, community).await? } else { Html::default() };
        Html::of(&TakingPart {
            t: visit.t,
            ways,
            inside: c.inside,
            slug: c.slug,
            signed_in,
            may_join: rules::may_join(c.openness, c.stage, &standing).is_ok(),
            may_knock: rules::may_knock(c.openness, c.stage, &standing).is_ok(),
            may_invite: rules::may_invite(c.openness, &standing).is_ok(),
            until: standing.suspended.as_ref().map(|s| visit.day(s.until)).unwrap_or_default(),
            away_until: own.as_ref().and_then(|o| o.away_until).map(|at| at.rfc3339().chars().take(10).collect()).unwrap_or_default(),
            standing,
            own,
        })
    })
}

#[derive(Template)]
#[template(path = "who_is_here.html")]
struct WhoIsHere {
    t: T,
    path: String,
    people: Vec<(Member, Vec<String>)>,
    more: bool,
}

pub fn who_is_here(visit: Visit, community: Id) -> Future<Html> {
    Box::pin(async move {
        let id = CommunityId(community.0);
        let page = store::members(&visit.cx, id, Cursor::OLDEST, 8).await?;
        let Some(c) = community::store::by_id(&visit.cx, id).await?.filter(|c| c.inside) else { return Ok(Html::default()) };
        let more = page.next.is_some();
        let people = with_hats(&visit, id, page.items).await?;
        Html::of(&WhoIsHere { t: visit.t, path: c.path(), more, people })
    })
}

/// Members with the hats that they wear, each as it is called on the page.
pub async fn with_hats(visit: &Visit, community: CommunityId, people: Vec<Member>) -> Result<Vec<(Member, Vec<String>)>> {
    let ids: Vec<PersonId> = people.iter().map(|m| m.person).collect();
    let worn = hats::store::of_people(&visit.cx, community, &ids).await?;
    let of = |m: &Member| worn.iter().filter(|(p, _)| *p == m.person).map(|(_, hat)| hats::pages::named(visit.t, hat)).collect();
    Ok(people.into_iter().map(|m| { let hats = of(&m); (m, hats) }).collect())
}

#[derive(Template)]
#[template(path = "my_communities.html")]
struct MyCommunities {
    t: T,
    mine: Vec<Belonging>,
}

pub fn my_communities(visit: Visit, _: Id) -> Future<Html> {
    Box::pin(async move { Html::of(&MyCommunities { t: visit.t, mine: store::mine(&visit.cx).await? }) })
}

#[derive(Template)]
#[template(path = "communities_of.html")]
struct CommunitiesOf {
    t: T,
    theirs: Vec<(Belonging, Vec<String>)>,
}

pub fn communities_of(visit: Visit, person: Id) -> Future<Html> {
    Box::pin(async move {
        let theirs = store::shown_of(&visit.cx, PersonId(person.0)).await?;
        let worn = hats::store::of_person(&visit.cx, PersonId(person.0)).await?;
        let of = |b: &Belonging| worn.iter().filter(|(c, _)| *c == b.community).map(|(_, hat)| hats::pages::named(visit.t, hat)).collect();
        let theirs: Vec<(Belonging, Vec<String>)> = theirs.into_iter().map(|b| { let hats = of(&b); (b, hats) }).collect();
        if theirs.is_empty() { Ok(Html::default()) } else { Html::of(&CommunitiesOf { t: visit.t, theirs }) }
    })
}

#[derive(Template)]
#[template(source = r#"<h2>{{ t.say("Where I belong") }}</h2><p><a href="/me/memberships">{{ t.say("My acts of joining and leaving") }}</a></p>"#, ext = "html")]
struct ConsentsLink {
    t: T,
}

pub fn consents_link(visit: Visit, _: Id) -> Future<Html> {
    Box::pin(async move { Html::of(&ConsentsLink { t: visit.t }) })
}

/// Presence as a member states it; *active* is what everybody starts with and needs no word.
pub fn presence(visit: &Visit, m: &Member) -> Result<String> {
    Ok(match (m.presence, m.away_until) {
        (Presence::Away, Some(until)) => visit.t.with("away until {day}", "day", visit.day(until)),
        (Presence::Active, _) => String::new(),
        (other, _) => visit.t.say(other.word()).to_owned(),
    })
}
