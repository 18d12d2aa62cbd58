//! The page where stewards care for who is here: hats, suspensions.

use askama::Template;

use axum::response::Response;
use kernel::Result;
use shell::request::see;
use shell::{Act, Answer, Form, Needs, Path, Route, T, Visit};

use crate::hats::{self, LayingDown, Offering};
use crate::store::{self, SuspensionRow};
use crate::acts;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/c/{slug}/stewards", Needs::reading_own(), show),
        Route::post("/c/{slug}/hats", Needs::acting(), offer),
        Route::post("/c/{slug}/hats/mine", Needs::acting(), take_up),
        Route::delete("/c/{slug}/hats/mine", Needs::acting(), lay_down),
    ]
}

#[derive(Template)]
#[template(path = "stewards.html")]
struct StewardsPage {
    t: T,
    path: String,
    name: String,
    hat: Form,
    suspending: Form,
    laying: Form,
    last: bool,
    suspensions: Vec<(SuspensionRow, String)>,
}

#[derive(Default)]
struct Forms {
    hat: Form,
    suspending: Form,
    laying: Form,
}

async fn page(visit: &Visit, slug: &str, forms: Forms) -> Result<Response> {
    let c = acts::as_steward(&visit.cx, slug).await?;
    let suspensions = store::suspensions(&visit.cx, &c).await?;
    let faulty = forms.hat.is_faulty() || forms.suspending.is_faulty() || forms.laying.is_faulty();
    let shown = StewardsPage {
        t: visit.t,
        path: c.path(),
        last: store::stewards(&visit.cx, c.id).await? <= 1,
        name: c.name,
        hat: forms.hat,
        suspending: forms.suspending,
        laying: forms.laying,
        suspensions: suspensions.into_iter().map(|s| (s.clone(), visit.day(s.until))).collect(),
    };
    let title = visit.t.say("For stewards");
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

async fn show(visit: Visit, Path(slug): Path<String>) -> Answer {
    Ok(page(&visit, &slug, Forms { suspending: Form::of(&[("days", "7")]), ..Forms::default() }).await?)
}

async fn offer(Path(slug): Path<String>, act: Act<Offering>) -> Answer {
    let Act { visit, input, sent } = act;
    match hats::offer(&visit.cx, &slug, &input).await {
        Ok(()) => Ok(see(format!("/c/{slug}/stewards"))),
        Err(error) => Ok(page(&visit, &slug, Forms { hat: Form::again(&sent, error, visit.t)?, ..Forms::default() }).await?),
    }
}

async fn take_up(visit: Visit, Path(slug): Path<String>) -> Answer {
    hats::take_up(&visit.cx, &slug).await?;
    Ok(see(format!("/c/{slug}")))
}

async fn lay_down(Path(slug): Path<String>, act: Act<LayingDown>) -> Answer {
    let Act { visit, input, sent } = act;
    match hats::lay_down(&visit.cx, &slug, &input).await {
        Ok(()) => Ok(see(format!("/c/{slug}"))),
        Err(error) => Ok(page(&visit, &slug, Forms { laying: Form::again(&sent, error, visit.t)?, ..Forms::default() }).await?),
    }
}
