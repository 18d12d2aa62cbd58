//! The first page: a welcome for strangers, my practice for who is signed in; and a person's own page. Slices hang
//! their panels on both.

use askama::Template;

use axum::response::Response;
use kernel::{Error, Id, Result};
use shell::{Answer, Future, Html, Needs, Path, Place, Route, T, Visit, when};

use crate::store::{self, Person};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/", Needs::shared(), home),
        Route::get("/@{handle}", Needs::shared(), person),
    ]
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    t: T,
    /// Heard, not seen: the box is the first thing on the page. The welcome has a title of its own.
    title: Option<&'static str>,
    main: Html,
    aside: Html,
}

async fn home(visit: Visit) -> Answer {
    let t = visit.t;
    let (title, main, aside) = if visit.guest.is_some() {
        (t.say("My practice"), Place::Home, visit.panels(Place::HomeAside, Id(0)).await?)
    } else {
        let aside = Html::of(&ComeIn { t, sign_up: store::sign_up_mode(&visit.cx.house).await? })?;
        (t.say("Welcome"), Place::Welcome, aside)
    };
    let main = visit.panels(main, Id(0)).await?;
    let heard = visit.guest.is_some().then_some(title);
    Ok(visit.page(title, &Home { t, title: heard, main, aside }).await?)
}

#[derive(Template)]
#[template(path = "come_in.html")]
struct ComeIn {
    t: T,
    sign_up: crate::SignUp,
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct Welcome<'a> {
    t: T,
    instance: &'a str,
    empty: bool,
}

pub fn welcome(visit: Visit, _: Id) -> Future<Html> {
    Box::pin(async move {
        let empty = store::is_empty(&visit.cx.house).await?;
        Html::of(&Welcome { t: visit.t, instance: &visit.shell.config.name, empty })
    })
}

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    t: T,
    who: Person,
    mine: bool,
    clock: String,
    main: Html,
    aside: Html,
}

async fn person(visit: Visit, Path(handle): Path<String>) -> Answer {
    Ok(person_page(&visit, &handle).await?)
}

async fn person_page(visit: &Visit, handle: &str) -> Result<Response> {
    let who = store::by_handle(&visit.cx, handle).await?.ok_or(Error::NotFound)?;
    let id: Id = who.id.into();
    let shown = PersonPage {
        t: visit.t,
        mine: visit.cx.viewer.person() == Some(who.id),
        clock: when::clock(visit.cx.now(), &who.zone),
        main: visit.panels(Place::Person, id).await?,
        aside: visit.panels(Place::PersonAside, id).await?,
        who,
    };
    visit.page(&shown.who.name, &shown).await
}
