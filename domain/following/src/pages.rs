//! The pages of notices and of what one follows, and the acts behind their buttons.

use askama::Template;
use axum::response::Response;
use kernel::{Cursor, Error, Id, Line, Problems, Result};
use serde::Deserialize;
use shell::request::see;
use shell::{Act, After, Answer, Asked, Html, Needs, Path, Route, T, Visit, words};

use crate::rules::Why;
use crate::store::{self, Followed, Group, Happening};
use crate::{To, What, acts, notices};

pub(crate) fn routes() -> Vec<Route> {
    let act = Needs::acting();
    vec![
        Route::get("/notices", Needs::reading_own(), all),
        Route::put("/notices/read", act, read_all),
        Route::put("/notices/{id}/read", act, read),
        Route::delete("/notices/{id}/read", act, unread),
        Route::put("/notices/{id}/mute", act, mute),
        Route::delete("/notices/{id}/mute", act, unmute),
        Route::get("/following", Needs::reading_own(), following),
        Route::put("/following", act, let_reach),
        Route::delete("/following/{id}", act, stop),
        Route::put("/@{handle}/following", act, follow_person),
        Route::delete("/@{handle}/following", act, unfollow_person),
        Route::put("/c/{slug}/following", act, follow_community),
        Route::delete("/c/{slug}/following", act, unfollow_community),
        Route::put("/conversations/{id}/following", act, follow_conversation),
        Route::delete("/conversations/{id}/following", act, unfollow_conversation),
        Route::put("/conversations/{id}/mute", act, mute_there),
        Route::delete("/conversations/{id}/mute", act, unmute_there),
    ]
}

/// How many conversations stand on one page of notices.
pub(crate) const PAGE: usize = 20;

/// A kind's word as people read it: the community's own, else the usual one.
pub(crate) fn kind_word(t: T, word: &str, called: &str) -> String {
    match word {
        _ if !called.is_empty() => called.to_owned(),
        "narration" => t.say("narration").to_owned(),
        "question" => t.say("question").to_owned(),
        "problem" => t.say("problem").to_owned(),
        "challenge" => t.say("challenge").to_owned(),
        "experience" => t.say("experience").to_owned(),
        "insight" => t.say("insight").to_owned(),
        "idea" => t.say("idea").to_owned(),
        "story" => t.say("story").to_owned(),
        other => other.to_owned(),
    }
}

/// The reason that a conversation is here, as its reader reads it.
pub(crate) fn because(t: T, g: &Group) -> String {
    let place = g.place.as_ref().map_or("", |(_, name)| name.as_str());
    match g.why {
        Why::Named => t.say("because it is for you by name").to_owned(),
        Why::TookPart if g.began_it => t.say("because you began it").to_owned(),
        Why::TookPart => t.say("because you answered here").to_owned(),
        Why::Addressed => t.say("because you are mentioned here").to_owned(),
        Why::Conversation => t.say("because you follow this conversation").to_owned(),
        Why::Person => t.with("because you follow {name}", "name", &g.author),
        Why::Kind => {
            let say = kernel::Say::new("because you follow this in {name}: {kind}");
            t.sentence(&say.with("kind", kind_word(t, &g.kind, &g.called)).with("name", place))
        }
        Why::Community => t.with("because you follow {name}", "name", place),
        Why::Announced => t.with("because it was announced in {name}", "name", place),
    }
}

fn what_happened(t: T, h: &Happening) -> &'static str {
    match h.verb.as_str() {
        "replied" if h.answers_me => t.say("answered you:"),
        "replied" | "contributed" if h.toward_me => t.say("mentioned you:"),
        "replied" => t.say("answered:"),
        "thanked" => t.say("thanked you:"),
        "ending_said" => t.say("said what helped, and it was yours:"),
        "announced" => t.say("announced:"),
        "named_as_cause" => t.say("because of your words, does differently now:"),
        "cited" => t.say("wrote something to work by, with your words:"),
        "proposed" => t.say("proposed a change to what you wrote:"),
        "proposal_accepted" => t.say("took your proposal into it:"),
        "proposal_declined" => t.say("let your proposal be:"),
        "made_sense" => t.say("said what they see in your words and others':"),
        _ => t.say("said:"),
    }
}

/// One line of a notice.
struct Told {
    h: Happening,
    what: &'static str,
    words: String,
    path: String,
    when: Html,
}

struct Shown {
    g: Group,
    why: String,
    kind: String,
    lines: Vec<Told>,
}

#[derive(Template)]
#[template(path = "notices.html")]
struct Notices {
    t: T,
    groups: Vec<Shown>,
    only_unread: bool,
    /// The newest position on the page: what comes after it is not marked as read with it.
    until: i64,
    first: bool,
    next: Option<String>,
}

#[derive(Deserialize, Default)]
struct Wanted {
    #[serde(default)]
    show: String,
}

async fn all(visit: Visit, Asked(wanted): Asked<Wanted>, After(after): After) -> Answer {
    let unread = wanted.show == "unread";
    let before = after.map_or(i64::MAX, |c| c.at.0);
    let page = store::groups(&visit.cx, before, PAGE, unread).await?;
    let ids: Vec<Id> = page.items.iter().map(|g| g.conversation).collect();
    let mut happenings = store::happenings(&visit.cx, &ids).await?;
    let until = page.items.first().map_or(0, |g| g.position);
    let path = if unread { "/notices?show=unread&" } else { "/notices?" };
    let next = page.next.map(|c| format!("{path}after={c}"));
    let mut groups = Vec::new();
    for g in page.items {
        let (ours, others) = happenings.into_iter().partition(|h| h.conversation == g.conversation);
        happenings = others;
        groups.push(shown(&visit, g, ours));
    }
    let shown = Notices { t: visit.t, groups, only_unread: unread, until, first: after.is_none(), next };
    Ok(visit.page(visit.t.say("Notices"), &shown).await?)
}

fn shown(visit: &Visit, g: Group, happenings: Vec<Happening>) -> Shown {
    let line = |h: Happening| {
        Told {
            what: what_happened(visit.t, &h),
            words: words::plain(&h.words, 160),
            path: h.path(),
            when: visit.time(h.at),
            h,
        }
    };
    let lines = happenings.into_iter().map(line).collect();
    Shown { why: because(visit.t, &g), kind: kind_word(visit.t, &g.kind, &g.called), lines, g }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Reading {
    /// The newest position that was shown.
    #[serde(default)]
    until: Line<0, 19>,
    /// Where to go then: to the conversation, or on with the notices.
    #[serde(default)]
    then: Line<0, 8>,
}

/// The position up to which something was shown; 0 where none is given.
pub(crate) fn position(until: &Line<0, 19>) -> Result<i64> {
    match until.0.trim() {
        "" => Ok(0),
        text => text.parse().map_err(|_| Error::invalid("until", "This place in the list is not known; start again from its beginning.")),
    }
}

async fn read_all(act: Act<Reading>) -> Answer {
    notices::read_all(&act.visit.cx, position(&act.input.until)?).await?;
    Ok(see("/notices"))
}

async fn read(Path(id): Path<String>, act: Act<Reading>) -> Answer {
    let root = root(&id)?;
    notices::read(&act.visit.cx, root, position(&act.input.until)?).await?;
    Ok(if act.input.then.0 == "open" { see(format!("/conversations/{root}")) } else { see("/notices") })
}

async fn unread(visit: Visit, Path(id): Path<String>) -> Answer {
    notices::unread(&visit.cx, root(&id)?).await?;
    Ok(see("/notices"))
}

async fn mute(visit: Visit, Path(id): Path<String>) -> Answer {
    notices::mute(&visit.cx, root(&id)?).await?;
    Ok(see("/notices"))
}

async fn unmute(visit: Visit, Path(id): Path<String>) -> Answer {
    notices::unmute(&visit.cx, root(&id)?).await?;
    Ok(see("/following"))
}

async fn mute_there(visit: Visit, Path(id): Path<String>) -> Answer {
    let root = root(&id)?;
    notices::mute(&visit.cx, root).await?;
    Ok(see(format!("/conversations/{root}")))
}

async fn unmute_there(visit: Visit, Path(id): Path<String>) -> Answer {
    let root = root(&id)?;
    notices::unmute(&visit.cx, root).await?;
    Ok(see(format!("/conversations/{root}")))
}

pub(crate) fn root(id: &str) -> Result<Id> {
    kernel::id::parse(id).map(Id).ok_or(Error::NotFound)
}

#[derive(Template)]
#[template(path = "following.html")]
struct FollowingPage {
    t: T,
    followed: Vec<(Followed, String)>,
    muted: Vec<(Id, String)>,
    took_part: bool,
    next: Option<String>,
}

async fn following(visit: Visit, After(after): After) -> Answer {
    let page = store::followed(&visit.cx, after.unwrap_or(Cursor::NEWEST), 50).await?;
    let next = page.next.map(|c| format!("/following?after={c}"));
    let shown = FollowingPage {
        t: visit.t,
        followed: page.items.into_iter().map(|f| (f.clone(), kind_word(visit.t, &f.word, &f.called))).collect(),
        muted: store::muted(&visit.cx).await?,
        took_part: store::took_part_reaches(&visit.cx).await?,
        next,
    };
    Ok(visit.page(visit.t.say("What I follow"), &shown).await?)
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Reaching {
    #[serde(default)]
    took_part: Line<0, 3>,
}

async fn let_reach(act: Act<Reaching>) -> Answer {
    notices::let_reach(&act.visit.cx, act.input.took_part.0 == "yes").await?;
    Ok(see("/following"))
}

async fn stop(visit: Visit, Path(id): Path<String>) -> Answer {
    acts::stop(&visit.cx, id.parse()?).await?;
    Ok(see("/following"))
}

async fn person(visit: &Visit, handle: &str) -> Result<To> {
    store::person(&visit.cx, handle).await?.map(To::Person).ok_or(Error::NotFound)
}

async fn follow_person(visit: Visit, Path(handle): Path<String>) -> Answer {
    acts::follow(&visit.cx, &person(&visit, &handle).await?).await?;
    Ok(see(format!("/@{handle}")))
}

async fn unfollow_person(visit: Visit, Path(handle): Path<String>) -> Answer {
    acts::unfollow(&visit.cx, &person(&visit, &handle).await?).await?;
    Ok(see(format!("/@{handle}")))
}

#[derive(Clone, Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfKind {
    /// Only what is said of this kind; left out, all that begins there.
    #[serde(default)]
    pub kind: Line<0, 40>,
}

/// A community, or a kind in it.
pub(crate) async fn community(visit: &Visit, slug: &str, of: &OfKind) -> Result<To> {
    let mut problems = Problems::default();
    let kind = of.kind.check("kind", &mut problems);
    problems.done()?;
    let id = store::community(&visit.cx, slug).await?.ok_or(Error::NotFound)?;
    Ok(if kind.is_empty() { To::Community(id) } else { To::Kind(id, kind) })
}

fn there(slug: &str, to: &To) -> Response {
    match to.what() {
        What::Kind => see(format!("/c/{slug}/conversations?kind={}", to.word())),
        _ => see(format!("/c/{slug}")),
    }
}

async fn follow_community(Path(slug): Path<String>, act: Act<OfKind>) -> Answer {
    let to = community(&act.visit, &slug, &act.input).await?;
    acts::follow(&act.visit.cx, &to).await?;
    Ok(there(&slug, &to))
}

async fn unfollow_community(Path(slug): Path<String>, act: Act<OfKind>) -> Answer {
    let to = community(&act.visit, &slug, &act.input).await?;
    acts::unfollow(&act.visit.cx, &to).await?;
    Ok(there(&slug, &to))
}

async fn follow_conversation(visit: Visit, Path(id): Path<String>) -> Answer {
    let root = store::conversation(&visit.cx, root(&id)?).await?.ok_or(Error::NotFound)?;
    acts::follow(&visit.cx, &To::Conversation(root)).await?;
    Ok(see(format!("/conversations/{root}")))
}

async fn unfollow_conversation(visit: Visit, Path(id): Path<String>) -> Answer {
    let root = store::conversation(&visit.cx, root(&id)?).await?.ok_or(Error::NotFound)?;
    acts::unfollow(&visit.cx, &To::Conversation(root)).await?;
    Ok(see(format!("/conversations/{root}")))
}
