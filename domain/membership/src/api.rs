//! Membership over JSON: every act of it, the caller's own alone.

use axum::Json;

use axum::http::StatusCode;
use axum::response::Response;
use community::acts::NewCommunity;
use community::api::Community;
use community::store as communities;
use kernel::{Cursor, Error, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use shell::api::{Doc, List, created};
use shell::slice::FORM;
use shell::{Act, After, Answer, Needs, Path, Rate, Route, Visit, Who};

use crate::acts::{self, Joining, TakingPart};
use crate::invitations::{self, Inviting, InvitingByLink};
use crate::knocking::{self, Answering, Knocking};
use crate::{InvitationId, KnockId, Presence, Shown, SuspensionId, store};

pub fn routes() -> Vec<Route> {
    let read = Needs::new(Who::ApiRead, Rate::Read, 0);
    let own = Needs::new(Who::ApiOwn, Rate::Read, 0);
    let write = Needs::new(Who::ApiWrite, Rate::Write, FORM);
    vec![
        Route::post("/api/v1/communities", write, found)
            .doc(Doc::new("Found a community and be its first member").takes::<NewCommunity>().created::<Community>()),
        Route::get("/api/v1/communities/{slug}/members", read, members)
            .doc(Doc::new("Members whom the list shows to the caller").gives::<List<Member>>().pages()),
        Route::get("/api/v1/communities/{slug}/membership", own, membership)
            .doc(Doc::new("The caller's own membership").gives::<Membership>()),
        Route::put("/api/v1/communities/{slug}/membership", write, join)
            .doc(Doc::new("Join: the caller becomes a member").takes::<Joining>().gives::<Membership>()),
        Route::new(axum::http::Method::PATCH, "/api/v1/communities/{slug}/membership", write, take_part)
            .doc(Doc::new("Say how the caller takes part").takes::<TakingPart>().gives::<Membership>()),
        Route::delete("/api/v1/communities/{slug}/membership", write, leave).doc(Doc::new("Leave")),
        Route::post("/api/v1/communities/{slug}/invitations", write, invite)
            .doc(Doc::new("Invite somebody by handle").takes::<Inviting>()),
        Route::post("/api/v1/communities/{slug}/invitation-links", write, invite_by_link)
            .doc(Doc::new("Make an invitation link; it is shown once").takes::<InvitingByLink>().created::<Link>()),
        Route::delete("/api/v1/invitations/{id}", write, let_pass)
            .doc(Doc::new("Let an invitation pass, or take one's own link back")),
        Route::post("/api/v1/communities/{slug}/knock", write, knock).doc(Doc::new("Knock").takes::<Knocking>()),
        Route::delete("/api/v1/communities/{slug}/knock", write, withdraw_knock).doc(Doc::new("Go away from the door")),
        Route::put("/api/v1/knocks/{id}", write, answer_knock)
            .doc(Doc::new("Open the door or leave it closed, as a steward").takes::<Answering>()),
        Route::get("/api/v1/communities/{slug}/suspensions", own, suspensions)
            .doc(Doc::new("Suspensions that are on, for stewards").gives::<List<Suspension>>()),
        Route::get("/api/v1/me/waiting", own, waiting)
            .doc(Doc::new("What waits for the caller's own word").gives::<List<Waiting>>()),
        Route::get("/api/v1/me/communities", own, mine)
            .doc(Doc::new("The communities that the caller takes part in").gives::<List<Belonging>>()),
        Route::get("/api/v1/me/memberships", own, spells)
            .doc(Doc::new("The caller's own acts of joining and leaving").gives::<List<Spell>>()),
    ]
}

#[derive(Serialize, JsonSchema)]
struct Member {
    handle: String,
    name: String,
    practice: String,
    steward: bool,
    presence: Presence,
    away_until: Option<Timestamp>,
    since: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct Membership {
    community: String,
    since: Timestamp,
    presence: Presence,
    away_until: Option<Timestamp>,
    shown: Shown,
    why: String,
    wanted: String,
}

#[derive(Serialize, JsonSchema)]
struct Link {
    url: String,
}

#[derive(Serialize, JsonSchema)]
struct Suspension {
    id: SuspensionId,
    handle: String,
    name: String,
    by: String,
    reason: String,
    until: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct Spell {
    community: String,
    name: String,
    joined: Timestamp,
    left: Option<Timestamp>,
    why: String,
    wanted: String,
    /// The event of consent in the journal.
    consent: String,
}

#[derive(Serialize, JsonSchema)]
struct Belonging {
    slug: String,
    name: String,
    openness: community::Openness,
    /// Whether the caller wears the steward's hat there.
    steward: bool,
}

/// `what`: invitation, door, hat, term, call, knock or steward; act, appeal, ruling, report, answer or words for what stewards do.
#[derive(Serialize, JsonSchema)]
struct Waiting {
    what: &'static str,
    id: Option<String>,
    community: String,
    name: String,
    from: Option<String>,
    words: Option<String>,
    /// Which hat, for offers and terms.
    hat: Option<String>,
    /// For an offer: offered, handed over or named.
    way: Option<&'static str>,
    /// The term that is proposed, in months.
    months: Option<i64>,
    until: Option<Timestamp>,
}

async fn found(act: Act<NewCommunity>) -> Answer {
    let cx = &act.visit.cx;
    let (id, _) = acts::found(cx, &act.input).await?;
    let c = communities::by_id(cx, id).await?.ok_or(Error::NotFound)?;
    Ok(created(Community::from(c)))
}

async fn members(visit: Visit, Path(slug): Path<String>, After(after): After) -> Answer<Json<List<Member>>> {
    let c = communities::inside(&visit.cx, &slug).await?;
    let page = store::members(&visit.cx, c.id, after.unwrap_or(Cursor::OLDEST), 100).await?;
    let page = page.map(|m| Member {
        handle: m.handle,
        name: m.name,
        practice: m.practice,
        steward: m.steward,
        presence: m.presence,
        away_until: m.away_until,
        since: m.began_at,
    });
    Ok(Json(page.into()))
}

async fn own_membership(visit: &Visit, slug: &str) -> kernel::Result<Membership> {
    let c = communities::by_slug(&visit.cx, slug).await?.ok_or(Error::NotFound)?;
    let own = store::own(&visit.cx, c.id).await?.ok_or(Error::NotFound)?;
    Ok(Membership {
        community: c.slug,
        since: own.began_at,
        presence: own.presence,
        away_until: own.away_until,
        shown: own.shown,
        why: own.why,
        wanted: own.wanted,
    })
}

async fn membership(visit: Visit, Path(slug): Path<String>) -> Answer<Json<Membership>> {
    Ok(Json(own_membership(&visit, &slug).await?))
}

async fn join(Path(slug): Path<String>, act: Act<Joining>) -> Answer<Json<Membership>> {
    acts::join(&act.visit.cx, &slug, &act.input).await?;
    Ok(Json(own_membership(&act.visit, &slug).await?))
}

async fn take_part(Path(slug): Path<String>, act: Act<TakingPart>) -> Answer<Json<Membership>> {
    acts::take_part(&act.visit.cx, &slug, &act.input).await?;
    Ok(Json(own_membership(&act.visit, &slug).await?))
}

const DONE: Answer<StatusCode> = Ok(StatusCode::NO_CONTENT);

async fn leave(visit: Visit, Path(slug): Path<String>) -> Answer<StatusCode> {
    acts::leave(&visit.cx, &slug).await?;
    DONE
}

async fn invite(Path(slug): Path<String>, act: Act<Inviting>) -> Answer<StatusCode> {
    invitations::invite(&act.visit.cx, &slug, &act.input).await?;
    DONE
}

async fn invite_by_link(Path(slug): Path<String>, act: Act<InvitingByLink>) -> Answer<Response> {
    let secret = invitations::invite_by_link(&act.visit.cx, &slug, &act.input).await?;
    Ok(created(Link { url: act.visit.address_of(&format!("/invitations/{secret}")) }))
}

async fn let_pass(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    invitations::let_pass(&visit.cx, id.parse::<InvitationId>()?).await?;
    DONE
}

async fn knock(Path(slug): Path<String>, act: Act<Knocking>) -> Answer<StatusCode> {
    knocking::knock(&act.visit.cx, &slug, &act.input).await?;
    DONE
}

async fn withdraw_knock(visit: Visit, Path(slug): Path<String>) -> Answer<StatusCode> {
    knocking::withdraw(&visit.cx, &slug).await?;
    DONE
}

async fn answer_knock(Path(id): Path<String>, act: Act<Answering>) -> Answer<StatusCode> {
    knocking::answer(&act.visit.cx, id.parse::<KnockId>()?, &act.input).await?;
    DONE
}

async fn suspensions(visit: Visit, Path(slug): Path<String>) -> Answer<Json<List<Suspension>>> {
    let c = acts::as_steward(&visit.cx, &slug).await?;
    let items = store::suspensions(&visit.cx, &c).await?;
    let items = items
        .into_iter()
        .map(|s| Suspension { id: s.id, handle: s.handle, name: s.name, by: s.by, reason: s.reason, until: s.until })
        .collect();
    Ok(Json(List { items, next: None }))
}
async fn waiting(visit: Visit) -> Answer<Json<List<Waiting>>> {
    use store::Waiting as W;
    let one = |what, id: Option<String>, community, name, from, words| Waiting {
        what,
        id,
        community,
        name,
        from,
        words,
        hat: None,
        way: None,
        months: None,
        until: None,
    };
    let items = store::waiting(&visit.cx).await?.into_iter().map(|w| match w {
        W::Invitation { id, slug, community, from, note, .. } => {
            one("invitation", Some(id.to_string()), slug, community, Some(from), Some(note))
        }
        W::OpenedDoor { id, slug, community } => one("door", Some(id.to_string()), slug, community, None, None),
        W::Hat { id, slug, community, from, hat, months, way, note } => {
            let offer = one("hat", Some(id.to_string()), slug, community, Some(from), Some(note));
            Waiting { hat: Some(hat), way: Some(way.word()), months: Some(months), ..offer }
        }
        W::Term { id, slug, community, hat, until, .. } => {
            Waiting { hat: Some(hat), until: Some(until), ..one("term", Some(id.to_string()), slug, community, None, None) }
        }
        W::Call { id, slug, community, wearer } => one("call", Some(id.to_string()), slug, community, Some(wearer), None),
        W::Knock { id, slug, community, handle, words, .. } => {
            one("knock", Some(id.to_string()), slug, community, Some(handle), Some(words))
        }
        W::Care { what, id, slug, community } => {
            let what = crate::pages::CARES.iter().find(|(known, ..)| *known == what).map_or("care", |(known, ..)| *known);
            one(what, Some(id.to_string()), slug, community, None, None)
        }
        W::NoSteward { slug, community } => one("steward", None, slug, community, None, None),
    });
    Ok(Json(List { items: items.collect(), next: None }))
}

async fn mine(visit: Visit) -> Answer<Json<List<Belonging>>> {
    let items = store::mine(&visit.cx).await?.into_iter();
    let items = items.map(|b| Belonging { slug: b.slug, name: b.name, openness: b.openness, steward: b.steward });
    Ok(Json(List { items: items.collect(), next: None }))
}

async fn spells(visit: Visit) -> Answer<Json<List<Spell>>> {
    let items = store::spells(&visit.cx).await?.into_iter().map(|s| Spell {
        community: s.slug,
        name: s.community,
        joined: s.began_at,
        left: s.ended_at,
        why: s.why,
        wanted: s.wanted,
        consent: s.consent.to_string(),
    });
    Ok(Json(List { items: items.collect(), next: None }))
}
