//! The page where stewards care for who is here: suspensions, and the way to the hats.

use askama::Template;

use axum::response::Response;
use kernel::Result;
use shell::{Answer, Form, Needs, Path, Route, T, Visit};

use crate::store::{self, SuspensionRow};
use crate::acts;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/c/{slug}/stewards", Needs::reading_own(), show),
    ]
}

#[derive(Template)]
#[template(path = "stewards.html")]
struct StewardsPage {
    t: T,
    path: String,
    name: String,
    suspending: Form,
    suspensions: Vec<(SuspensionRow, String)>,
}

async fn page(visit: &Visit, slug: &str, suspending: Form) -> Result<Response> {
    let c = acts::as_steward(&visit.cx, slug).await?;
    let suspensions = store::suspensions(&visit.cx, &c).await?;
    let faulty = suspending.is_faulty();
    let shown = StewardsPage {
        t: visit.t,
        path: c.path(),
        name: c.name,
        suspending,
        suspensions: suspensions.into_iter().map(|s| (s.clone(), visit.day(s.until))).collect(),
    };
    let title = visit.t.say("For stewards");
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

async fn show(visit: Visit, Path(slug): Path<String>) -> Answer {
    Ok(page(&visit, &slug, Form::of(&[("days", "7")])).await?)
}
