//! The directory, the front door, the charter with its history, and the form that revises it.

use askama::Template;

use axum::response::Response;
use kernel::{Cursor, Error, Id, Result};
use serde::Deserialize;
use shell::frame::escape;
use shell::request::see;
use shell::slice::FORM;
use shell::{Act, After, Answer, Asked, Form, Future, Html, Needs, Path, Place, Rate, Route, T, Visit, Who};

use crate::acts::{self, CharterRevision};
use crate::store::{self, Community, Filter, Revision};
use crate::{Openness, Stage, rules};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/communities", Needs::shared(), directory),
        Route::get("/c/{slug}", Needs::shared(), door),
        Route::get("/c/{slug}/charter", Needs::shared(), charter),
        Route::get("/c/{slug}/charter/revision", Needs::reading_own(), revision_form),
        Route::post("/c/{slug}/charter", Needs::new(Who::SignedIn, Rate::Write, FORM), revise),
    ]
}

impl Openness {
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "open: anyone reads, anyone joins",
            Self::Knock => "knock: anyone reads, stewards open the door",
            Self::Closed => "closed: members read",
        }
    }
}

pub fn openness_choices(t: T) -> Vec<(String, String, String)> {
    let choice = |o: Openness, title: &'static str, meaning: &'static str| {
        (o.word().to_owned(), t.say(title).to_owned(), t.say(meaning).to_owned())
    };
    vec![
        choice(Openness::Open, "Open", "Anyone reads, anyone joins."),
        choice(Openness::Knock, "Knock", "Anyone reads. Who wants to join knocks, and a steward opens the door."),
        choice(Openness::Closed, "Closed", "Members read. Only those invited see the front door, with name and purpose."),
    ]
}

pub fn stage_choices(t: T) -> Vec<(String, String, String)> {
    Stage::ALL.iter().map(|s| (s.word().to_owned(), t.say(s.word()).to_owned(), String::new())).collect()
}

#[derive(Deserialize, Default)]
struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    openness: String,
    #[serde(default)]
    stage: String,
}

#[derive(Template)]
#[template(path = "directory.html")]
struct Directory {
    t: T,
    q: String,
    openness: String,
    stage: String,
    filtered: bool,
    signed_in: bool,
    doors: Vec<Community>,
    next: Option<String>,
}

async fn directory(visit: Visit, After(after): After, Asked(wanted): Asked<Wanted>) -> Answer {
    let words: String = wanted.q.chars().take(100).collect();
    let filter = Filter { words, openness: wanted.openness.parse().ok(), stage: wanted.stage.parse().ok() };
    let page = store::directory(&visit.cx, &filter, after.unwrap_or(Cursor::NEWEST), 30).await?;
    let query = format!("q={}&openness={}&stage={}", encoded(&filter.words), wanted.openness, wanted.stage);
    let shown = Directory {
        t: visit.t,
        filtered: !filter.words.is_empty() || filter.openness.is_some() || filter.stage.is_some(),
        q: filter.words,
        openness: wanted.openness,
        stage: wanted.stage,
        signed_in: visit.guest.is_some(),
        doors: page.items,
        next: page.next.map(|c| format!("/communities?{query}&after={c}")),
    };
    Ok(visit.page(visit.t.say("Communities"), &shown).await?)
}

fn encoded(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[derive(Template)]
#[template(path = "open_doors.html")]
struct OpenDoors {
    t: T,
    doors: Vec<Community>,
}

/// On the welcome page: a few doors that stand open.
pub fn open_doors(visit: Visit, _: Id) -> Future<Html> {
    Box::pin(async move {
        let doors = store::directory(&visit.cx, &Filter::default(), Cursor::NEWEST, 6).await?.items;
        if doors.is_empty() { Ok(Html::default()) } else { Html::of(&OpenDoors { t: visit.t, doors }) }
    })
}

#[derive(Template)]
#[template(path = "door.html")]
struct Door {
    t: T,
    c: Community,
    top: Html,
    main: Html,
    aside: Html,
}

async fn door(visit: Visit, Path(slug): Path<String>) -> Answer {
    let c = store::by_slug(&visit.cx, &slug).await?.ok_or(Error::NotFound)?;
    let id: Id = c.id.into();
    let (top, main) = if c.inside {
        (visit.panels(Place::DoorTop, id).await?, visit.panels(Place::Door, id).await?)
    } else {
        (Html::default(), Html::default())
    };
    let shown = Door { t: visit.t, top, main, aside: visit.panels(Place::DoorAside, id).await?, c };
    Ok(visit.page(&shown.c.name, &shown).await?)
}

#[derive(Template)]
#[template(path = "charter.html")]
struct CharterPage {
    t: T,
    c: Community,
    history: Vec<Change>,
    older: Option<String>,
}

struct Change {
    revision: Revision,
    when: Html,
    /// What changed, part by part: its name and the marked text.
    parts: Vec<(&'static str, Html)>,
}

const HISTORY_PAGE: i64 = 20;

async fn charter(visit: Visit, Path(slug): Path<String>) -> Answer {
    let c = store::inside(&visit.cx, &slug).await?;
    let before = visit.path.split_once("before=").and_then(|(_, n)| n.parse().ok()).unwrap_or(i64::MAX);
    let revisions = store::history(&visit.cx, c.id, before, HISTORY_PAGE).await?;
    let mut history = Vec::new();
    for (i, revision) in revisions.iter().take(HISTORY_PAGE as usize).enumerate() {
        let parts = changes(visit.t, revision, revisions.get(i + 1));
        history.push(Change { revision: revision.clone(), when: visit.time(revision.at), parts });
    }
    let last = history.last().map_or(0, |h| h.revision.version);
    let older = (revisions.len() as i64 > HISTORY_PAGE).then(|| format!("{}/charter?before={last}", c.path()));
    let shown = CharterPage { t: visit.t, c, history, older };
    Ok(visit.page(visit.t.say("How the purpose came to be"), &shown).await?)
}

/// Word by word, only the parts that changed; of the first revision everything.
fn changes(t: T, now: &Revision, before: Option<&Revision>) -> Vec<(&'static str, Html)> {
    let text = |r: &Revision, part: usize| match part {
        0 => r.name.clone(),
        1 => r.purpose.clone(),
        2 => r.domain.clone(),
        3 => r.practice.clone(),
        4 => t.say(r.openness.label()).to_owned(),
        _ => t.say(r.stage.word()).to_owned(),
    };
    let titles = ["Name", "Purpose", "What we care about", "What we do together", "Door", "Stage"];
    let parts = titles.iter().enumerate().filter_map(|(i, title)| {
        let (new, old) = (text(now, i), before.map(|b| text(b, i)));
        let shown = old.as_ref() != Some(&new) && !new.is_empty();
        shown.then(|| (t.say(title), marked(old.as_deref().unwrap_or(&new), &new)))
    });
    parts.collect()
}

fn marked(old: &str, new: &str) -> Html {
    use similar::{ChangeTag, TextDiff};
    let diff = TextDiff::from_words(old, new);
    let out = diff.iter_all_changes().map(|change| {
        let words = escape(change.value());
        match change.tag() {
            ChangeTag::Equal => words,
            ChangeTag::Delete => format!("<del>{words}</del>"),
            ChangeTag::Insert => format!("<ins>{words}</ins>"),
        }
    });
    Html::trusted(out.collect())
}

#[derive(Template)]
#[template(path = "revise.html")]
struct RevisePage {
    t: T,
    slug: String,
    form: Form,
}

async fn revision_form(visit: Visit, Path(slug): Path<String>) -> Answer {
    let c = store::inside(&visit.cx, &slug).await?;
    rules::may_revise(c.steward).map_err(Error::from)?;
    let form = Form::of(&[
        ("name", &c.name),
        ("domain", &c.domain),
        ("purpose", &c.purpose),
        ("practice", &c.practice),
        ("openness", c.openness.word()),
        ("stage", c.stage.word()),
        ("version", &c.version.to_string()),
    ]);
    Ok(revise_page(&visit, slug, form).await?)
}

async fn revise_page(visit: &Visit, slug: String, form: Form) -> Result<Response> {
    let title = visit.t.say("Revise the charter");
    let faulty = form.is_faulty();
    let shown = RevisePage { t: visit.t, slug, form };
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

async fn revise(Path(slug): Path<String>, act: Act<CharterRevision>) -> Answer {
    let Act { visit, input, sent } = act;
    match acts::revise_charter(&visit.cx, &slug, &input).await {
        Ok(()) => Ok(see(format!("/c/{slug}/charter"))),
        Err(error) => {
            let c = store::inside(&visit.cx, &slug).await?;
            rules::may_revise(c.steward).map_err(Error::from)?;
            let mut form = Form::again(&sent, error, visit.t)?;
            form.set("version", &c.version.to_string());
            Ok(revise_page(&visit, slug, form).await?)
        }
    }
}
