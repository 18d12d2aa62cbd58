//! What following hangs on shared pages: a mark in the frame that says whether, never how much; and one button each.

use askama::Template;
use kernel::{Id, PersonId, Result};
use shell::{Future, Html, T, Visit};

use crate::pages::kind_word;
use crate::{What, store};

#[derive(Template)]
#[template(
    source = r#"<a href="/notices"{% if here %} aria-current="page"{% endif %}>{{ t.say("Notices") }}{% if waits %} <span class="dot"></span><span class="vh">, {{ t.say("something is unread") }}</span>{% endif %}</a>"#,
    ext = "html"
)]
struct NoticesLink {
    t: T,
    here: bool,
    waits: bool,
}

pub fn notices_link(visit: Visit, _: Id) -> Future<Html> {
    Box::pin(async move {
        let waits = match visit.unread.get() {
            Some(waits) => *waits,
            None => store::mark(&visit.cx, Id(0)).await?.waits,
        };
        Html::of(&NoticesLink { t: visit.t, here: visit.path.starts_with("/notices"), waits })
    })
}

/// One button: on, or off again.
#[derive(Template)]
#[template(
    source = r#"{% if !signed_in %}<a class="button quiet" href="/sign-in?next={{ back }}">{{ label }}</a>{% else %}<form method="post" action="{{ path }}?_method={% if follows %}delete{% else %}put{% endif %}">{% if !kind.is_empty() %}<input type="hidden" name="kind" value="{{ kind }}">{% endif %}<button class="quiet">{% if follows %}{{ t.say("Stop following") }}{% else %}{{ label }}{% endif %}</button></form>{% endif %}"#,
    ext = "html"
)]
struct Button<'a> {
    t: T,
    signed_in: bool,
    follows: bool,
    label: &'a str,
    path: &'a str,
    back: &'a str,
    kind: &'a str,
}

/// The path of the page, without its query.
fn here(visit: &Visit) -> &str {
    visit.path.split('?').next().unwrap_or_default()
}

async fn follows(visit: &Visit, what: What, thing: Id, word: &str) -> Result<bool> {
    if visit.guest.is_none() { Ok(false) } else { store::follows(&visit.cx, what, thing, word).await }
}

pub fn community(visit: Visit, community: Id) -> Future<Html> {
    Box::pin(async move {
        let follows = follows(&visit, What::Community, community, "").await?;
        let (t, back) = (visit.t, here(&visit));
        let path = format!("{back}/following");
        Html::of(&Button { t, signed_in: visit.guest.is_some(), follows, label: t.say("Follow"), path: &path, back, kind: "" })
    })
}

#[derive(Template)]
#[template(source = r#"<div class="actions">{{ button }}<span class="soft">{{ about }}</span></div>"#, ext = "html")]
struct Beside<'a> {
    button: Html,
    about: &'a str,
}

/// On a community's stream: the kind that is shown, or all of it.
pub fn kind(visit: Visit, community: Id) -> Future<Html> {
    Box::pin(async move {
        let query = visit.path.split_once('?').map_or("", |(_, query)| query);
        let kind = query.split('&').find_map(|part| part.strip_prefix("kind=")).unwrap_or_default();
        // What no kind is called cannot be followed; words of kinds need no escaping in an address.
        let kind = if kind.len() <= 40 && kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') { kind } else { "" };
        let Some(place) = here(&visit).strip_suffix("/conversations").filter(|_| visit.guest.is_some()) else { return Ok(Html::default()) };
        let what = if kind.is_empty() { What::Community } else { What::Kind };
        let follows = follows(&visit, what, community, kind).await?;
        let t = visit.t;
        let label = if kind.is_empty() { t.say("Follow").to_owned() } else { t.with("Follow this kind: {kind}", "kind", kind_word(t, kind, "")) };
        let path = format!("{place}/following");
        let button = Html::of(&Button { t, signed_in: true, follows, label: &label, path: &path, back: place, kind })?;
        Html::of(&Beside { button, about: t.say("What begins here then reaches you as a notice. Nobody is told.") })
    })
}

#[derive(Template)]
#[template(
    source = r#"<section><h2>{{ t.say("Follow") }}</h2><p class="soft">{{ t.say("What they begin then reaches you as a notice. They are not told.") }}</p>{{ button }}</section>"#,
    ext = "html"
)]
struct OnPerson {
    t: T,
    button: Html,
}

/// On another person's page, for who is signed in.
pub fn person(visit: Visit, person: Id) -> Future<Html> {
    Box::pin(async move {
        if visit.guest.is_none() || visit.cx.viewer.person() == Some(PersonId(person.0)) {
            return Ok(Html::default());
        }
        let follows = follows(&visit, What::Person, person, "").await?;
        let (t, back) = (visit.t, here(&visit));
        let path = format!("{back}/following");
        let button = Html::of(&Button { t, signed_in: true, follows, label: t.say("Follow"), path: &path, back, kind: "" })?;
        Html::of(&OnPerson { t, button })
    })
}

#[derive(Template)]
#[template(
    source = r#"<div class="actions following">{% if muted %}<span class="soft">{{ t.say("You have muted this conversation.") }}</span><form method="post" action="{{ back }}/mute?_method=delete"><button class="plain">{{ t.say("Hear of it again") }}</button></form>{% else %}{{ button }}{% if follows || part %}<form method="post" action="{{ back }}/mute?_method=put"><button class="plain">{{ t.say("Mute") }}</button></form>{% endif %}{% endif %}</div>"#,
    ext = "html"
)]
struct OnConversation<'a> {
    t: T,
    button: Html,
    back: &'a str,
    follows: bool,
    part: bool,
    muted: bool,
}

/// On a conversation. Its one query answers for the frame's mark, too.
pub fn conversation(visit: Visit, root: Id) -> Future<Html> {
    Box::pin(async move {
        let mark = match visit.guest {
            Some(_) => store::mark(&visit.cx, root).await?,
            None => store::Mark::default(),
        };
        if visit.guest.is_some() {
            let _ = visit.unread.set(mark.waits);
        }
        let t = visit.t;
        let back = format!("/conversations/{root}");
        let path = format!("{back}/following");
        let signed_in = visit.guest.is_some();
        let button = Html::of(&Button { t, signed_in, follows: mark.follows, label: t.say("Follow"), path: &path, back: &back, kind: "" })?;
        Html::of(&OnConversation { t, button, back: &back, follows: mark.follows, part: mark.part, muted: mark.muted })
    })
}

#[derive(Template)]
#[template(
    source = r#"<h2>{{ t.say("What reaches me") }}</h2><p><a href="/following">{{ t.say("What I follow, and what reaches me by itself") }}</a></p>"#,
    ext = "html"
)]
struct FollowingLink {
    t: T,
}

pub fn following_link(visit: Visit, _: Id) -> Future<Html> {
    Box::pin(async move { Html::of(&FollowingLink { t: visit.t }) })
}
