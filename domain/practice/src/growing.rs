//! From conversations to a practice, in two steps: choosing passages, and a draft that cites them.

use askama::Template;
use axum::response::Response;
use conversation::said::Said;
use conversation::{ContributionId, store as contributions};
use kernel::{Cursor, Error, Result};
use membership::store::{self as members, Belonging};
use shell::request::see;
use shell::{Act, Answer, Form, Html, Needs, Path, Route, T, Visit, words};

use crate::acts::{self, NewPractice};
use crate::pages::{self, Shown};
use crate::sources::{self, Cited};
use crate::{kinds, rules};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/conversations/{id}/passages", Needs::reading_own(), passages),
        Route::get("/passages", Needs::reading_own(), from_tray),
        Route::get("/practices/new", Needs::reading_own(), new),
        Route::get("/c/{slug}/practices/new", Needs::reading_own(), new_here),
        Route::post("/c/{slug}/practices", Needs::writing(), begin_page),
    ]
}

/// Something that was said, as the passages one can choose.
struct Choice {
    name: String,
    path: String,
    when: Html,
    /// What stands behind "choose", and the passage.
    passages: Vec<(String, Html)>,
}

fn choice(visit: &Visit, s: &Said) -> Choice {
    let passages = rules::passages(&s.words).into_iter().enumerate().map(|(i, p)| (format!("{}.{i}", s.id), words::render(&p, &[]))).collect();
    Choice { name: s.author.name.clone(), path: s.path(), when: visit.time(s.at), passages }
}

#[derive(Template)]
#[template(path = "passages.html")]
struct Passages {
    t: T,
    back: String,
    choices: Vec<Choice>,
    mine: Vec<Belonging>,
    here: String,
    more: Option<String>,
}

/// Step one, of a conversation: its opening and replies.
async fn passages(visit: Visit, Path(id): Path<String>, after: shell::After) -> Answer {
    let id: ContributionId = id.parse()?;
    let opening = contributions::one(&visit.cx, id).await?.filter(|s| s.parent.is_none()).ok_or(Error::NotFound)?;
    let replies = contributions::replies(&visit.cx, id, after.0.unwrap_or(Cursor::OLDEST), 100).await?;
    let here = opening.place.as_ref().map(|p| p.slug.clone()).unwrap_or_default();
    let first = after.0.is_none().then_some(&opening);
    let all: Vec<&Said> = first.into_iter().chain(&replies.items).collect();
    let more = replies.next.map(|c| format!("/conversations/{id}/passages?after={c}"));
    show_passages(&visit, opening.path(), &all, here, more).await
}

/// Step one, of what one collected in several conversations.
async fn from_tray(visit: Visit) -> Answer {
    let tray = contributions::tray(&visit.cx).await?;
    let here = tray.iter().find_map(|s| s.place.as_ref()).map(|p| p.slug.clone()).unwrap_or_default();
    show_passages(&visit, "/sense".into(), &tray.iter().collect::<Vec<_>>(), here, None).await
}

async fn show_passages(visit: &Visit, back: String, said: &[&Said], here: String, more: Option<String>) -> Answer {
    let choices = said.iter().filter(|s| s.quiet().is_none()).map(|s| choice(visit, s)).collect();
    let shown = Passages { t: visit.t, back, choices, mine: members::mine(&visit.cx).await?, here, more };
    Ok(visit.page(visit.t.say("Choose what the practice grows from"), &shown).await?)
}

/// What was asked for in the address, where one name may stand several times.
fn asked(visit: &Visit) -> (String, Cited) {
    let query = visit.path.split_once('?').map_or("", |(_, query)| query);
    let mut slug = String::new();
    let mut picked = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "community" => slug = value.into_owned(),
            "pick" => picked.push(value.into_owned()),
            _ => {}
        }
    }
    (slug, Cited::read(&picked.join(",")))
}

/// Step two: to the form of the community that was chosen.
async fn new(visit: Visit) -> Answer {
    let (slug, cited) = asked(&visit);
    let mine = members::mine(&visit.cx).await?;
    let slug = mine.iter().find(|b| b.slug == slug).or(mine.first()).map(|b| b.slug.clone());
    let Some(slug) = slug else { return Ok(see("/communities")) };
    let picked: String = cited.0.iter().map(|(id, n)| match n {
        Some(n) => format!("&pick={id}.{n}"),
        None => format!("&pick={id}"),
    }).collect();
    Ok(see(format!("/c/{slug}/practices/new?{}", picked.trim_start_matches('&'))))
}

async fn new_here(visit: Visit, Path(slug): Path<String>) -> Answer {
    let (_, cited) = asked(&visit);
    let c = community::store::inside(&visit.cx, &slug).await?;
    let usual = conversation::rules::usual(Some(c.openness));
    let open = usual == conversation::For::Open && c.openness != community::Openness::Closed;
    // What is for fewer people can still be cited in a practice for the community alone.
    let (found, audience) = match sources::passages(&visit.cx, &cited, c.id, open).await {
        Err(Error::Refused(_)) if open => (sources::passages(&visit.cx, &cited, c.id, false).await?, conversation::For::Community),
        found => (found?, usual),
    };
    let mut body: Vec<String> = found.iter().enumerate().map(|(i, f)| rules::quoted(&f.words, i + 1)).collect();
    let t = visit.t;
    body.insert(0, format!("## {}\n", t.say("How")));
    body.push(format!("## {}\n\n\n## {}\n", t.say("Why"), t.say("Known limits")));
    let title = found.first().map(|f| f.heading.clone()).unwrap_or_default();
    let form = Form::of(&[
        ("title", title.as_str()),
        ("words", body.join("\n\n").as_str()),
        ("cited", cited.to_string().as_str()),
        ("audience", audience.word()),
        ("review_months", "12"),
    ]);
    Ok(begin_form(&visit, &slug, form).await?)
}

async fn begin_form(visit: &Visit, slug: &str, form: Form) -> Result<Response> {
    let c = community::store::inside(&visit.cx, slug).await?;
    let standing = members::standing(&visit.cx, c.id).await?;
    membership::rules::may_contribute(c.stage, &standing)?;
    let kinds = kinds::of_community(&visit.cx, visit.t, c.id).await?;
    pages::writing(visit, Shown::beginning(visit.t, &c, &kinds), form, &[]).await
}

async fn begin_page(Path(slug): Path<String>, act: Act<NewPractice>) -> Answer {
    let Act { visit, input, sent } = act;
    match acts::begin(&visit.cx, &slug, &input).await {
        Ok(id) => Ok(see(format!("/practices/{id}"))),
        Err(error) => Ok(begin_form(&visit, &slug, Form::again(&sent, error, visit.t)?).await?),
    }
}
