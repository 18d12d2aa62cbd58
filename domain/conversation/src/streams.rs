//! Streams: what was said in a community, by a person, where I belong; and the panels that show a few of them elsewhere.

use askama::Template;

use community::store as communities;
use kernel::{CommunityId, Cursor, Id, Page, PersonId, Result, clock};
use serde::Deserialize;
use shell::{After, Answer, Asked, Future, Html, Needs, Path, Place, Route, T, Visit};

use crate::said::{self, Said};
use crate::kinds::{self, KindHere};
use crate::store::{self, Sought};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/c/{slug}/conversations", Needs::shared(), of_community),
        Route::get("/@{handle}/said", Needs::shared(), person_said),
    ]
}

/// How many things stand on one page of a stream.
const PAGE: usize = 20;

#[derive(Template)]
#[template(path = "stream.html")]
struct Stream {
    t: T,
    items: Vec<Html>,
    next: Option<String>,
    /// Where a live page asks for news, and where it is then read.
    live: Option<(String, String)>,
    empty: &'static str,
}

async fn stream(visit: &Visit, page: Page<Said>, path: &str, with_place: bool, empty: &'static str) -> Result<Stream> {
    let items = page.items.iter().map(|s| said::item(visit, s, with_place)).collect::<Result<Vec<_>>>()?;
    let joint = if path.contains('?') { '&' } else { '?' };
    let next = page.next.map(|c| format!("{path}{joint}after={c}"));
    Ok(Stream { t: visit.t, items, next, live: None, empty })
}

fn newest(page: &Page<Said>) -> i64 {
    page.items.iter().map(|s| s.id.0).max().unwrap_or(0)
}

#[derive(Deserialize, Default)]
pub(crate) struct Wanted {
    #[serde(default)]
    kind: String,
}

/// In the place of a kind: what wants an answer.
const ASKS: &str = "asks";

impl Wanted {
    pub(crate) fn sought(&self) -> Sought {
        match self.kind.parse() {
            Ok(kind) => Sought::Kind(kind),
            Err(()) if self.kind == ASKS => Sought::Asks,
            Err(()) => Sought::All,
        }
    }
}

#[derive(Template)]
#[template(path = "conversations.html")]
struct Conversations {
    t: T,
    c: communities::Community,
    kinds: Vec<KindHere>,
    kind: String,
    /// What other slices offer here.
    panels: Html,
    stream: Html,
}

async fn of_community(visit: Visit, Path(slug): Path<String>, Asked(wanted): Asked<Wanted>, After(after): After) -> Answer {
    let c = communities::inside(&visit.cx, &slug).await?;
    let kinds = kinds::of_community(&visit.cx, c.id).await?;
    let sought = match wanted.sought() {
        Sought::Kind(kind) if !kinds.iter().any(|k| k.kind == kind) => Sought::All,
        known => known,
    };
    let page = store::of_community(&visit.cx, c.id, sought, after.unwrap_or(Cursor::NEWEST), PAGE).await?;
    let kind = match sought {
        Sought::All => String::new(),
        Sought::Kind(kind) => kind.to_string(),
        Sought::Asks => ASKS.to_owned(),
    };
    let path = match kind.as_str() {
        "" => format!("{}/conversations", c.path()),
        kind => format!("{}/conversations?kind={kind}", c.path()),
    };
    let newest = newest(&page);
    let empty = visit.t.say(match sought {
        Sought::All => "Here people's words would stand: what they do, notice, ask. Somebody says the first one.",
        Sought::Kind(_) => "Nothing of this kind was said yet.",
        Sought::Asks => "Nobody asks for something at the moment.",
    });
    let mut shown = stream(&visit, page, &path, false, empty).await?;
    if after.is_none() && sought == Sought::All {
        shown.live = Some((format!("/live/c/{slug}?after={newest}"), path));
    }
    let stream = Html::of(&shown)?;
    let panels = visit.panels(Place::Stream, c.id.into()).await?;
    let shown = Conversations { t: visit.t, kinds, panels, kind, stream, c };
    let title = format!("{}: {}", shown.c.name, visit.t.say("Conversations"));
    Ok(visit.page(&title, &shown).await?)
}

#[derive(Template)]
#[template(path = "person_said.html")]
struct PersonSaid {
    t: T,
    handle: String,
    name: String,
    stream: Html,
}

async fn person_said(visit: Visit, Path(handle): Path<String>, After(after): After) -> Answer {
    let who = person::store::by_handle(&visit.cx, &handle).await?.ok_or(kernel::Error::NotFound)?;
    let page = store::of_person(&visit.cx, who.id, after.unwrap_or(Cursor::NEWEST), PAGE).await?;
    let empty = visit.t.say("Nothing here that you can see.");
    let stream = Html::of(&stream(&visit, page, &format!("/@{handle}/said"), true, empty).await?)?;
    let shown = PersonSaid { t: visit.t, handle: who.handle, name: who.name, stream };
    Ok(visit.page(&shown.name, &shown).await?)
}

/// On a person's page: the newest of what they said.
pub fn of_person(visit: Visit, person: Id) -> Future<Html> {
    Box::pin(async move {
        let page = store::of_person(&visit.cx, PersonId(person.0), Cursor::NEWEST, 10).await?;
        let path = visit.path.split('?').next().unwrap_or_default().to_owned();
        let empty = visit.t.say("What they are working on would stand here, in their words.");
        let shown = stream(&visit, page, &format!("{path}/said"), true, empty).await?;
        let title = visit.t.say("What they are working on");
        Ok(Html::trusted(format!("<h2>{title}</h2>{}", Html::of(&shown)?)))
    })
}

/// On the home page.
pub fn what_i_belong_to(visit: Visit, _: Id) -> Future<Html> {
    Box::pin(async move {
        let after = visit.path.split_once("after=").and_then(|(_, c)| c.parse().ok());
        let page = store::mine(&visit.cx, after.unwrap_or(Cursor::NEWEST), PAGE).await?;
        let newest = newest(&page);
        let empty = visit.t.say("Here the words of the communities you belong to would stand. Look for one among the communities, or say above what you are working on.");
        let mut shown = stream(&visit, page, "/", true, empty).await?;
        if after.is_none() {
            shown.live = Some((format!("/live/home?after={newest}"), "/".into()));
        }
        let title = visit.t.say("From where I belong");
        Ok(Html::trusted(format!("<h2>{title}</h2>{}", Html::of(&shown)?)))
    })
}

#[derive(Template)]
#[template(path = "alive.html")]
struct Alive {
    t: T,
    slug: String,
    member: bool,
    items: Vec<Html>,
    /// Nothing this week: the newest before it.
    earlier: bool,
}

/// On the front door: what is alive this week; if nothing is, what was said last.
pub fn alive_this_week(visit: Visit, community: Id) -> Future<Html> {
    Box::pin(async move {
        let id = CommunityId(community.0);
        let Some(c) = communities::by_id(&visit.cx, id).await? else { return Ok(Html::default()) };
        let week = visit.cx.now().minus(7 * clock::DAY);
        let mut alive = store::alive(&visit.cx, id, week, 6).await?;
        let earlier = alive.is_empty();
        if earlier {
            alive = store::of_community(&visit.cx, id, Sought::All, Cursor::NEWEST, 6).await?.items;
        }
        let items = alive.iter().map(|s| said::item(&visit, s, false)).collect::<Result<Vec<_>>>()?;
        Html::of(&Alive { t: visit.t, slug: c.slug, member: c.member, items, earlier })
    })
}

/// On the welcome page: something alive that anyone may read.
pub fn something_alive(visit: Visit, _: Id) -> Future<Html> {
    Box::pin(async move {
        let page = store::newest(&visit.cx, 3).await?;
        if page.items.is_empty() {
            return Ok(Html::default());
        }
        let items = page.items.iter().map(|s| said::item(&visit, s, true)).collect::<Result<Vec<_>>>()?;
        let items: String = items.iter().map(|item| format!("<li>{item}</li>")).collect();
        let title = visit.t.say("Said not long ago");
        Ok(Html::trusted(format!("<h2>{title}</h2><ol class=\"stream\">{items}</ol>")))
    })
}

#[derive(Template)]
#[template(
    source = r#"<section><h2>{{ t.say("Talk privately") }}</h2><p class="soft">{{ t.say("A conversation that only those you name see.") }}</p><p><a class="button quiet" href="/conversations/new?with={{ handle }}">{{ t.say("Begin one") }}</a></p></section>"#,
    ext = "html"
)]
struct TalkPrivately {
    t: T,
    handle: String,
}

/// On another person's page, for who is signed in.
pub fn talk_privately(visit: Visit, person: Id) -> Future<Html> {
    Box::pin(async move {
        if visit.guest.is_none() || visit.cx.viewer.person() == Some(PersonId(person.0)) {
            return Ok(Html::default());
        }
        let path = visit.path.split('?').next().unwrap_or_default();
        let handle = path.trim_start_matches("/@").to_owned();
        Html::of(&TalkPrivately { t: visit.t, handle })
    })
}
