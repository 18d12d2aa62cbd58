//! What a community says: its kinds for readers, and the forms for who cares for them.

use askama::Template;
use axum::response::Response;
use community::store::{self as communities, Community};
use kernel::{Error, Result};
use membership::{rules as standing, store as members};
use shell::request::see;
use shell::{Act, Answer, Form, Needs, Path, Route, T, Visit};

use super::{Ending, Kind, KindHere, Saying};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/c/{slug}/kinds", Needs::reading(), list),
        Route::get("/c/{slug}/kinds/new", Needs::reading_own(), adding),
        Route::post("/c/{slug}/kinds", Needs::acting(), add),
        Route::get("/c/{slug}/kinds/{kind}", Needs::reading_own(), changing),
        Route::put("/c/{slug}/kinds/{kind}", Needs::acting(), change),
        Route::delete("/c/{slug}/kinds/{kind}", Needs::acting(), remove),
        Route::post("/c/{slug}/kinds/{kind}/putting-away", Needs::acting(), put_away),
        Route::delete("/c/{slug}/kinds/{kind}/putting-away", Needs::acting(), offer_again),
    ]
}

#[derive(Template)]
#[template(path = "kinds.html")]
struct Kinds {
    t: T,
    path: String,
    name: String,
    member: bool,
    /// Whether the reader cares for the kinds.
    keeper: bool,
    offered: Vec<KindHere>,
    away: Vec<KindHere>,
}

async fn list(visit: Visit, Path(slug): Path<String>) -> Answer {
    let c = communities::inside(&visit.cx, &slug).await?;
    let (away, offered) = super::of_community(&visit.cx, c.id).await?.into_iter().partition(|k| k.away);
    let s = members::standing(&visit.cx, c.id).await?;
    let shown = Kinds {
        t: visit.t,
        path: c.path(),
        name: c.name,
        member: standing::may_contribute(c.stage, &s).is_ok(),
        keeper: super::may_keep(&s).is_ok(),
        offered,
        away,
    };
    Ok(visit.page(visit.t.say("What we say here"), &shown).await?)
}

#[derive(Template)]
#[template(path = "kind_form.html")]
struct KindPage {
    t: T,
    path: String,
    name: String,
    /// None while it is added.
    kind: Option<KindHere>,
    form: Form,
}

impl KindPage {
    fn is_own(&self) -> bool {
        self.kind.as_ref().is_none_or(|k| k.kind.is_own())
    }
}

/// How it may end, as a choice of the form and as a sentence beside the kind.
pub fn ending_choices(t: T) -> Vec<(String, String, String)> {
    let choice = |word: &str, title: &'static str, meaning: &'static str| (word.to_owned(), t.say(title).to_owned(), t.say(meaning).to_owned());
    vec![
        choice("", "It just goes on", "Nothing in particular is said in the end."),
        choice(Ending::Helped.word(), "What helped", "Who asked may say what helped, and why."),
        choice(Ending::Cases.word(), "Cases", "Its author may gather the answers that are cases of the same."),
        choice(Ending::Came.word(), "What came of it", "Its author may say later what came of it."),
    ]
}

fn asks_choices(t: T) -> Vec<(String, String, String)> {
    let choice = |word: &str, title: &'static str, meaning: &'static str| (word.to_owned(), t.say(title).to_owned(), t.say(meaning).to_owned());
    vec![
        choice("yes", "It asks", "Whoever says it would like an answer."),
        choice("no", "It tells", "Answers are welcome, and not waited for."),
    ]
}

async fn form_page(visit: &Visit, c: &Community, kind: Option<KindHere>, form: Form) -> Result<Response> {
    super::may_keep(&members::standing(&visit.cx, c.id).await?)?;
    let title = visit.t.say(if kind.is_some() { "Change how this kind is said" } else { "Add a kind" });
    let faulty = form.is_faulty();
    let shown = KindPage { t: visit.t, path: c.path(), name: c.name.clone(), kind, form: form.with_once(visit.once()) };
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

async fn adding(visit: Visit, Path(slug): Path<String>) -> Answer {
    let c = communities::inside(&visit.cx, &slug).await?;
    Ok(form_page(&visit, &c, None, Form::of(&[("asks", "yes"), ("ending", "helped")])).await?)
}

async fn add(Path(slug): Path<String>, act: Act<Saying>) -> Answer {
    let Act { visit, input, sent } = act;
    match super::add(&visit.cx, &slug, &input).await {
        Ok(_) => Ok(see(format!("/c/{slug}/kinds"))),
        Err(error) => {
            let c = communities::inside(&visit.cx, &slug).await?;
            Ok(form_page(&visit, &c, None, Form::again(&sent, error, visit.t)?).await?)
        }
    }
}

async fn one(visit: &Visit, slug: &str, kind: &str) -> Result<(Community, KindHere)> {
    let kind: Kind = kind.parse().map_err(|()| Error::NotFound)?;
    let c = communities::inside(&visit.cx, slug).await?;
    let here = super::of_community(&visit.cx, c.id).await?.into_iter().find(|k| k.kind == kind).ok_or(Error::NotFound)?;
    Ok((c, here))
}

async fn changing(visit: Visit, Path((slug, kind)): Path<(String, String)>) -> Answer {
    let (c, k) = one(&visit, &slug, &kind).await?;
    let place = if k.place == 0 { String::new() } else { k.place.to_string() };
    let form = Form::of(&[
        ("word", &k.word),
        ("plural", &k.plural),
        ("prompt", &k.prompt),
        ("language", &k.language),
        ("asks", if k.asks { "yes" } else { "no" }),
        ("ending", k.ending.map_or("", Ending::word)),
        ("place", &place),
        ("version", &k.version.to_string()),
    ]);
    Ok(form_page(&visit, &c, Some(k), form).await?)
}

async fn change(Path((slug, kind)): Path<(String, String)>, act: Act<Saying>) -> Answer {
    let Act { visit, input, sent } = act;
    let (c, k) = one(&visit, &slug, &kind).await?;
    match super::change(&visit.cx, &slug, k.kind, &input).await {
        Ok(()) => Ok(see(format!("/c/{slug}/kinds"))),
        Err(error) => {
            let mut form = Form::again(&sent, error, visit.t)?;
            form.set("version", &k.version.to_string());
            Ok(form_page(&visit, &c, Some(k), form).await?)
        }
    }
}

fn kind_of(text: &str) -> Result<Kind> {
    text.parse().map_err(|()| Error::NotFound)
}

async fn put_away(visit: Visit, Path((slug, kind)): Path<(String, String)>) -> Answer {
    super::put_away(&visit.cx, &slug, kind_of(&kind)?).await?;
    Ok(see(format!("/c/{slug}/kinds")))
}

async fn offer_again(visit: Visit, Path((slug, kind)): Path<(String, String)>) -> Answer {
    super::offer_again(&visit.cx, &slug, kind_of(&kind)?).await?;
    Ok(see(format!("/c/{slug}/kinds")))
}

async fn remove(visit: Visit, Path((slug, kind)): Path<(String, String)>) -> Answer {
    super::remove(&visit.cx, &slug, kind_of(&kind)?).await?;
    Ok(see(format!("/c/{slug}/kinds")))
}
