//! Notices and following over JSON.

use axum::Json;
use axum::http::StatusCode;
use kernel::{Cursor, Error, Id, Result, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shell::api::{Doc, List};
use shell::{Act, After, Answer, Asked, FORM, Needs, Path, Rate, Route, Visit, Who};

use crate::pages::{OfKind, PAGE, because, community, position, root};
use crate::{FollowId, To, What, acts, notices, store};

pub fn routes() -> Vec<Route> {
    let own = Needs::new(Who::ApiOwn, Rate::Read, 0);
    let write = Needs::new(Who::ApiWrite, Rate::Write, FORM);
    vec![
        Route::get("/api/v1/me/notices", own, all).doc(
            Doc::new("What reaches the caller, by conversation, the newest first, each with its reason")
                .gives::<List<Notice>>()
                .pages()
                .asks("show", "unread: only what is unread"),
        ),
        Route::put("/api/v1/me/notices/read", write, read_all)
            .doc(Doc::new("Mark all notices as read, up to a position that was shown").takes::<Reading>()),
        Route::put("/api/v1/me/notices/{id}/read", write, read)
            .doc(Doc::new("Mark a conversation's notices as read").takes::<Reading>()),
        Route::delete("/api/v1/me/notices/{id}/read", write, unread).doc(Doc::new("Mark a conversation as unread")),
        Route::put("/api/v1/me/notices/{id}/mute", write, mute).doc(Doc::new("Hear of a conversation no longer")),
        Route::delete("/api/v1/me/notices/{id}/mute", write, unmute).doc(Doc::new("Hear of a muted conversation again")),
        Route::get("/api/v1/me/following", own, following)
            .doc(Doc::new("What the caller follows; nobody else sees it").gives::<List<Following>>().pages()),
        Route::delete("/api/v1/me/following/{id}", write, stop).doc(Doc::new("Stop following something, by its id in the list")),
        Route::put("/api/v1/people/{handle}/following", write, follow_person).doc(Doc::new("Follow a person; they are not told")),
        Route::delete("/api/v1/people/{handle}/following", write, unfollow_person).doc(Doc::new("Stop following a person")),
        Route::put("/api/v1/communities/{slug}/following", write, follow_community)
            .doc(Doc::new("Follow a community or a kind in it, with or without membership").takes::<OfKind>()),
        Route::delete("/api/v1/communities/{slug}/following", write, unfollow_community)
            .doc(Doc::new("Stop following a community or a kind in it").takes::<OfKind>()),
        Route::put("/api/v1/conversations/{id}/following", write, follow_conversation).doc(Doc::new("Follow a conversation")),
        Route::delete("/api/v1/conversations/{id}/following", write, unfollow_conversation)
            .doc(Doc::new("Stop following a conversation")),
    ]
}

#[derive(Serialize, JsonSchema)]
struct Notice {
    conversation: String,
    heading: String,
    community: Option<String>,
    /// named, took_part, addressed, follows_conversation, follows_person, follows_kind, follows_community, announced.
    why: &'static str,
    /// The reason as a sentence.
    because: String,
    unread: bool,
    /// Give this back as `until` to mark as read what was shown, and not what came since.
    position: String,
    /// The newest of what happened, five at most.
    happened: Vec<Happened>,
}

#[derive(Serialize, JsonSchema)]
struct Happened {
    /// replied, contributed, thanked, ending_said, announced, made_sense, named_as_cause, cited, proposed, proposal_accepted, proposal_declined.
    what: String,
    by: String,
    handle: Option<String>,
    /// What it is or is about; where a change names words of this conversation, the conversation's opening.
    contribution: String,
    /// Where it is read.
    path: String,
    words: String,
    #[schemars(with = "String")]
    at: Timestamp,
}

#[derive(Deserialize, Default)]
struct Wanted {
    #[serde(default)]
    show: String,
}

async fn all(visit: Visit, Asked(wanted): Asked<Wanted>, After(after): After) -> Answer<Json<List<Notice>>> {
    let before = after.map_or(i64::MAX, |c| c.at.0);
    let page = store::groups(&visit.cx, before, PAGE, wanted.show == "unread").await?;
    let ids: Vec<Id> = page.items.iter().map(|g| g.conversation).collect();
    let happenings = store::happenings(&visit.cx, &ids).await?;
    let notice = |g: store::Group| Notice {
        because: because(visit.t, &g),
        conversation: g.conversation.to_string(),
        why: g.why.word(),
        unread: g.unread,
        position: g.position.to_string(),
        happened: happenings.iter().filter(|h| h.conversation == g.conversation).cloned().map(happened).collect(),
        heading: if g.gone { String::new() } else { g.heading },
        community: g.place.map(|(slug, _)| slug),
    };
    Ok(Json(page.map(notice).into()))
}

fn happened(h: store::Happening) -> Happened {
    let path = h.path();
    let contribution = if h.verb == "named_as_cause" || h.verb == "cited" || h.verb.starts_with("propos") { h.conversation } else { h.said };
    Happened { what: h.verb, by: h.name, handle: h.handle, contribution: contribution.to_string(), path, words: h.words, at: h.at }
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Reading {
    /// The position of the newest notice that was shown; left out, all there is.
    #[serde(default)]
    until: kernel::Line<0, 19>,
}

async fn read_all(act: Act<Reading>) -> Answer<StatusCode> {
    notices::read_all(&act.visit.cx, position(&act.input.until)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn read(Path(id): Path<String>, act: Act<Reading>) -> Answer<StatusCode> {
    notices::read(&act.visit.cx, root(&id)?, position(&act.input.until)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn unread(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    notices::unread(&visit.cx, root(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn mute(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    notices::mute(&visit.cx, root(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn unmute(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    notices::unmute(&visit.cx, root(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, JsonSchema)]
struct Following {
    id: FollowId,
    what: What,
    /// For a kind: which one.
    kind: String,
    /// Empty where the caller sees it no longer.
    name: String,
    path: String,
    #[schemars(with = "String")]
    since: Timestamp,
}

async fn following(visit: Visit, After(after): After) -> Answer<Json<List<Following>>> {
    let page = store::followed(&visit.cx, after.unwrap_or(Cursor::NEWEST), 50).await?;
    let one = |f: store::Followed| Following { id: f.id, what: f.what, kind: f.word, name: f.name, path: f.path, since: f.since };
    Ok(Json(page.map(one).into()))
}

async fn stop(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    acts::stop(&visit.cx, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn follow_person(visit: Visit, Path(handle): Path<String>) -> Answer<StatusCode> {
    let person = store::person(&visit.cx, &handle).await?.ok_or(Error::NotFound)?;
    acts::follow(&visit.cx, &To::Person(person)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn unfollow_person(visit: Visit, Path(handle): Path<String>) -> Answer<StatusCode> {
    let person = store::person(&visit.cx, &handle).await?.ok_or(Error::NotFound)?;
    acts::unfollow(&visit.cx, &To::Person(person)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn follow_community(Path(slug): Path<String>, act: Act<OfKind>) -> Answer<StatusCode> {
    acts::follow(&act.visit.cx, &community(&act.visit, &slug, &act.input).await?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn unfollow_community(Path(slug): Path<String>, act: Act<OfKind>) -> Answer<StatusCode> {
    acts::unfollow(&act.visit.cx, &community(&act.visit, &slug, &act.input).await?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn seen(visit: &Visit, id: &str) -> Result<To> {
    store::conversation(&visit.cx, root(id)?).await?.map(To::Conversation).ok_or(Error::NotFound)
}

async fn follow_conversation(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    acts::follow(&visit.cx, &seen(&visit, &id).await?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn unfollow_conversation(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    acts::unfollow(&visit.cx, &seen(&visit, &id).await?).await?;
    Ok(StatusCode::NO_CONTENT)
}
