//! Pages of hats: who wears which, one's own hat with all that its wearer may do, naming a role, the handover sheet.

use askama::Template;
use axum::response::Response;
use community::store::{self as communities, Community};
use kernel::{Cursor, Result};
use shell::request::see;
use shell::{Act, After, Answer, Form, Html, Needs, Path, Place, Route, T, Visit, words};

use super::handover::{self, HandingOver, Telling};
use super::naming::{self, Naming};
use super::sheet::{self, Newcomer, Sheet, Waits};
use super::store::{self, Own, Past, Worn};
use super::terms::{self, GoingOn};
use super::{LayingDown, Offering};
use crate::{Hat, HatId, STEWARD, hats, rules, store as members};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/c/{slug}/hats", Needs::reading(), all),
        Route::post("/c/{slug}/hats", Needs::acting(), offer),
        Route::delete("/c/{slug}/hats/offers", Needs::acting(), take_back_offers),
        Route::post("/c/{slug}/hats/mine", Needs::acting(), take_up),
        Route::delete("/c/{slug}/hats/mine", Needs::acting(), lay_down),
        Route::get("/c/{slug}/hats/{id}", Needs::reading_own(), mine),
        Route::delete("/c/{slug}/hats/{id}", Needs::acting(), take_off),
        Route::get("/c/{slug}/hats/{id}/handover", Needs::reading_own(), handover_sheet),
        Route::get("/c/{slug}/namings", Needs::reading_own(), naming_form),
        Route::post("/c/{slug}/namings", Needs::acting(), name),
        Route::post("/hats/{id}/acceptance", Needs::acting(), accept),
        Route::delete("/hats/{id}", Needs::acting(), put_down),
        Route::put("/hats/{id}/term", Needs::acting(), go_on),
        Route::post("/hats/{id}/call", Needs::acting(), call),
        Route::post("/hats/{id}/succession", Needs::acting(), succeed),
        Route::post("/hats/{id}/handover", Needs::acting(), hand_over),
        Route::put("/hats/{id}/handover", Needs::acting(), tell),
        Route::delete("/hats/{id}/handover", Needs::acting(), take_back),
        Route::post("/hats/{id}/passing", Needs::acting(), pass),
    ]
}

/// A hat as it is called on the page: known ones in the reader's language, others as their community wrote them.
pub fn named(t: T, hat: &str) -> String {
    hat.parse::<Hat>().map_or_else(|()| hat.to_owned(), |known| t.say(known.word()).to_owned())
}

/// A hat that is worn, ready for the page.
pub struct Shown {
    pub id: HatId,
    pub handle: String,
    pub name: String,
    pub hat: String,
    pub stewards: bool,
    pub since: String,
    pub until: String,
    pub renewed: String,
    pub calls: bool,
    pub shadow: Option<String>,
    pub shadowed_by_me: bool,
    pub mine: bool,
}

impl Shown {
    pub fn of(visit: &Visit, w: Worn) -> Self {
        let day = |at: Option<kernel::Timestamp>| at.map(|at| visit.day(at)).unwrap_or_default();
        Self {
            id: w.id,
            hat: named(visit.t, &w.hat),
            stewards: w.hat == STEWARD,
            since: visit.day(w.since),
            until: day(w.until),
            renewed: day(w.renewed_at),
            calls: w.called_at.is_some(),
            handle: w.handle,
            name: w.name,
            shadow: w.shadow,
            shadowed_by_me: w.shadowed_by_me,
            mine: w.mine,
        }
    }
}

fn hat_choices(t: T, with_stewards: bool) -> Vec<(String, String, String)> {
    let known = Hat::ALL.iter().filter(|hat| with_stewards || **hat != Hat::Steward);
    known.map(|hat| (hat.word().to_owned(), t.say(hat.word()).to_owned(), String::new())).collect()
}

fn month_choices(t: T, none: bool) -> Vec<(String, String, String)> {
    let none = none.then(|| (String::new(), t.say("as usual: six months for stewards, none for others").to_owned(), String::new()));
    let months = [1, 3, 6, 12].map(|n| (n.to_string(), t.count("one month", "{n} months", n), String::new()));
    none.into_iter().chain(months).collect()
}

#[derive(Template)]
#[template(path = "hats/hats.html")]
struct HatsPage {
    t: T,
    path: String,
    name: String,
    member: bool,
    steward: bool,
    nobody: bool,
    done: bool,
    waits: bool,
    worn: Vec<Shown>,
    past: Vec<(Past, String, String, String)>,
    next: Option<String>,
    form: Form,
    hats: Vec<(String, String, String)>,
    months: Vec<(String, String, String)>,
}

async fn hats_page(visit: &Visit, slug: &str, after: Option<Cursor>, form: Form, done: bool) -> Result<Response> {
    let c = communities::inside(&visit.cx, slug).await?;
    let worn = store::worn(&visit.cx, c.id).await?;
    let past = store::past(&visit.cx, c.id, after.unwrap_or(Cursor::NEWEST), 20).await?;
    let waiting = if c.member { members::waiting(&visit.cx).await? } else { Vec::new() };
    let faulty = form.is_faulty();
    let shown = HatsPage {
        t: visit.t,
        path: c.path(),
        member: c.member,
        steward: c.steward,
        nobody: c.stage != community::Stage::Ended && !worn.iter().any(|w| w.hat == STEWARD),
        done,
        waits: waiting.iter().any(|w| matches!(w, members::Waiting::Hat { slug: here, .. } if *here == c.slug)),
        next: past.next.map(|n| format!("{}/hats?after={n}", c.path())),
        past: past.items.into_iter().map(|p| (p.clone(), named(visit.t, &p.hat), visit.day(p.from), visit.day(p.until))).collect(),
        worn: worn.into_iter().map(|w| Shown::of(visit, w)).collect(),
        name: c.name,
        form,
        hats: hat_choices(visit.t, true),
        months: month_choices(visit.t, true),
    };
    let title = visit.t.say("Hats");
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

async fn all(visit: Visit, Path(slug): Path<String>, After(after): After) -> Answer {
    let done = visit.path.ends_with("?done");
    Ok(hats_page(&visit, &slug, after, Form::of(&[("hat", STEWARD)]), done).await?)
}

async fn offer(Path(slug): Path<String>, act: Act<Offering>) -> Answer {
    let Act { visit, input, sent } = act;
    match hats::offer(&visit.cx, &slug, &input).await {
        Ok(()) => Ok(see(format!("/c/{slug}/hats?done"))),
        // Who is no steward has no form that could say what was wrong.
        Err(error) if !communities::inside(&visit.cx, &slug).await?.steward => Err(error.into()),
        Err(error) => Ok(hats_page(&visit, &slug, None, Form::again(&sent, error, visit.t)?, false).await?),
    }
}

async fn take_back_offers(visit: Visit, Path(slug): Path<String>) -> Answer {
    hats::take_back_offers(&visit.cx, &slug).await?;
    Ok(see(format!("/c/{slug}/hats")))
}

async fn take_up(visit: Visit, Path(slug): Path<String>) -> Answer {
    hats::take_up(&visit.cx, &slug).await?;
    Ok(see(format!("/c/{slug}")))
}

async fn take_off(visit: Visit, Path((slug, id)): Path<(String, String)>) -> Answer {
    hats::take_off(&visit.cx, &slug, id.parse()?).await?;
    Ok(see(format!("/c/{slug}/hats")))
}

#[derive(Template)]
#[template(path = "hats/hat.html")]
struct HatPage {
    t: T,
    path: String,
    hat: String,
    since: String,
    until: String,
    shadowing: String,
    stewards: bool,
    /// The last steward, whom nobody shadows.
    last: bool,
    asked: bool,
    may_go_on: bool,
    own: Own,
    form: Form,
    months: Vec<(String, String, String)>,
}

async fn hat_page(visit: &Visit, id: HatId, form: Form) -> Result<Response> {
    let own = store::own(&visit.cx, id).await?;
    let now = visit.cx.now();
    let stewards = own.hat == STEWARD;
    let last = stewards && own.shadow.is_none() && members::stewards(&visit.cx, own.community).await? <= 1;
    let (hat, faulty) = (named(visit.t, &own.hat), form.is_faulty());
    let title = visit.t.with("My hat: {hat}", "hat", &hat);
    let shown = HatPage {
        t: visit.t,
        path: format!("/c/{}", own.slug),
        hat,
        since: visit.day(own.since),
        until: own.until.map(|at| visit.day(at)).unwrap_or_default(),
        shadowing: own.shadow.as_ref().map(|s| visit.day(s.since)).unwrap_or_default(),
        stewards,
        last,
        asked: own.until.is_some_and(|until| until <= now.plus(terms::ASKED_BEFORE)),
        may_go_on: rules::may_go_on(own.until, own.called_at.is_some(), now).is_ok(),
        own,
        form,
        months: month_choices(visit.t, false),
    };
    if faulty { visit.page_again(&title, &shown).await } else { visit.page(&title, &shown).await }
}

async fn mine(visit: Visit, Path((slug, id)): Path<(String, String)>) -> Answer {
    let id = id.parse::<HatId>()?;
    if store::own(&visit.cx, id).await?.slug != slug {
        return Err(kernel::Error::NotFound.into());
    }
    Ok(hat_page(&visit, id, Form::of(&[("months", "6")])).await?)
}

async fn lay_down(Path(slug): Path<String>, act: Act<LayingDown>) -> Answer {
    let Act { visit, input, sent } = act;
    match hats::lay_down(&visit.cx, &slug, &input).await {
        Ok(()) => Ok(see(format!("/c/{slug}/hats"))),
        Err(error) => {
            let c = communities::inside(&visit.cx, &slug).await?;
            let mut worn = store::worn(&visit.cx, c.id).await?.into_iter().filter(|w| w.mine && w.hat == STEWARD);
            let Some(own) = worn.next() else { return Err(error.into()) };
            Ok(hat_page(&visit, own.id, Form::again(&sent, error, visit.t)?).await?)
        }
    }
}

/// After an act on one's own hat: its page, or what was wrong on it.
async fn then_mine(visit: &Visit, id: HatId, sent: &[(String, String)], done: Result<()>) -> Answer {
    match done {
        Ok(()) => {
            let own = store::own(&visit.cx, id).await?;
            Ok(see(format!("/c/{}/hats/{id}", own.slug)))
        }
        Err(error) => Ok(hat_page(visit, id, Form::again(sent, error, visit.t)?).await?),
    }
}

async fn go_on(Path(id): Path<String>, act: Act<GoingOn>) -> Answer {
    let (Act { visit, input, sent }, id) = (act, id.parse()?);
    let done = terms::go_on(&visit.cx, id, &input).await;
    then_mine(&visit, id, &sent, done).await
}

async fn call(visit: Visit, Path(id): Path<String>) -> Answer {
    let id = id.parse()?;
    let done = terms::call(&visit.cx, id).await;
    then_mine(&visit, id, &[], done).await
}

async fn hand_over(Path(id): Path<String>, act: Act<HandingOver>) -> Answer {
    let (Act { visit, input, sent }, id) = (act, id.parse()?);
    match handover::offer(&visit.cx, id, &input).await {
        Ok(()) => {
            let own = store::own(&visit.cx, id).await?;
            Ok(see(format!("/c/{}/hats?done", own.slug)))
        }
        Err(error) => Ok(hat_page(&visit, id, Form::again(&sent, error, visit.t)?).await?),
    }
}

async fn take_back(visit: Visit, Path(id): Path<String>) -> Answer {
    let id = id.parse()?;
    let done = handover::take_back(&visit.cx, id).await;
    then_mine(&visit, id, &[], done).await
}

async fn pass(visit: Visit, Path(id): Path<String>) -> Answer {
    let id = id.parse::<HatId>()?;
    let own = store::own(&visit.cx, id).await?;
    match handover::pass(&visit.cx, id).await {
        Ok(()) => Ok(see(format!("/c/{}", own.slug))),
        Err(error) => Ok(hat_page(&visit, id, Form::again(&[], error, visit.t)?).await?),
    }
}

async fn succeed(visit: Visit, Path(id): Path<String>) -> Answer {
    let id = id.parse::<HatId>()?;
    let community = store::called(&visit.cx, id).await?.community;
    terms::answer_call(&visit.cx, id).await?;
    Ok(see(communities::by_id(&visit.cx, community).await?.map_or("/me/waiting".to_owned(), |c| format!("{}/hats", c.path()))))
}

async fn accept(visit: Visit, Path(id): Path<String>) -> Answer {
    hats::accept(&visit.cx, id.parse::<HatId>()?).await?;
    Ok(see("/me/waiting"))
}

async fn put_down(visit: Visit, Path(id): Path<String>) -> Answer {
    hats::put_down(&visit.cx, id.parse::<HatId>()?).await?;
    Ok(see("/me/waiting"))
}

#[derive(Template)]
#[template(path = "hats/naming.html")]
struct NamingPage {
    t: T,
    path: String,
    name: String,
    form: Form,
    hats: Vec<(String, String, String)>,
}

async fn naming_page(visit: &Visit, c: Community, form: Form) -> Result<Response> {
    let faulty = form.is_faulty();
    let shown = NamingPage { t: visit.t, path: c.path(), name: c.name, form, hats: hat_choices(visit.t, false) };
    let title = visit.t.say("Name a role that somebody plays");
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

/// The community, for who may name a role in it at all.
async fn naming_in(visit: &Visit, slug: &str) -> Result<Community> {
    let c = communities::inside(&visit.cx, slug).await?;
    rules::may_name(c.stage, &members::standing(&visit.cx, c.id).await?, "", false)?;
    Ok(c)
}

async fn naming_form(visit: Visit, Path(slug): Path<String>) -> Answer {
    let c = naming_in(&visit, &slug).await?;
    Ok(naming_page(&visit, c, Form::default()).await?)
}

async fn name(Path(slug): Path<String>, act: Act<Naming>) -> Answer {
    let Act { visit, input, sent } = act;
    match naming::name(&visit.cx, &slug, &input).await {
        Ok(()) => Ok(see(format!("/c/{slug}/hats?done"))),
        Err(error) => {
            let c = naming_in(&visit, &slug).await?;
            Ok(naming_page(&visit, c, Form::again(&sent, error, visit.t)?).await?)
        }
    }
}

#[derive(Template)]
#[template(path = "hats/handover.html")]
struct HandoverPage {
    t: T,
    path: String,
    name: String,
    id: HatId,
    hat: String,
    since: String,
    until: String,
    today: String,
    /// Rendered when read: a sheet is read seldom, and its words are bounded.
    told: Html,
    before: Option<(String, Html)>,
    sheet: Sheet,
    waits: Vec<(Waits, String)>,
    new: Vec<(Newcomer, String)>,
    panels: Html,
    worn: Vec<Shown>,
    form: Form,
}

async fn sheet_page(visit: &Visit, c: Community, id: HatId, form: Form) -> Result<Response> {
    let sheet = sheet::sheet(&visit.cx, c.id, id).await?;
    let faulty = form.is_faulty();
    let shown = HandoverPage {
        t: visit.t,
        path: c.path(),
        id,
        hat: named(visit.t, &sheet.hat),
        since: visit.day(sheet.since),
        until: sheet.until.map(|at| visit.day(at)).unwrap_or_default(),
        today: visit.day(visit.cx.now()),
        told: words::render(&sheet.told, &[]),
        before: sheet.before.clone().filter(|(_, told)| !told.is_empty()).map(|(who, told)| (who, words::render(&told, &[]))),
        waits: sheet::waits(&visit.cx, c.id).await?.into_iter().map(|w| (w.clone(), visit.day(w.at))).collect(),
        new: sheet::newcomers(&visit.cx, c.id).await?.into_iter().map(|n| (n.clone(), visit.day(n.since))).collect(),
        panels: visit.panels(Place::Handover, c.id.into()).await?,
        worn: store::worn(&visit.cx, c.id).await?.into_iter().map(|w| Shown::of(visit, w)).collect(),
        sheet,
        name: c.name,
        form,
    };
    let title = visit.t.with("Handover sheet: {hat}", "hat", &shown.hat);
    if faulty { visit.page_again(&title, &shown).await } else { visit.page(&title, &shown).await }
}

async fn handover_sheet(visit: Visit, Path((slug, id)): Path<(String, String)>) -> Answer {
    let (c, id) = (communities::inside(&visit.cx, &slug).await?, id.parse::<HatId>()?);
    let told = sheet::sheet(&visit.cx, c.id, id).await?.told;
    Ok(sheet_page(&visit, c, id, Form::of(&[("words", &told)])).await?)
}

async fn tell(Path(id): Path<String>, act: Act<Telling>) -> Answer {
    let (Act { visit, input, sent }, id) = (act, id.parse::<HatId>()?);
    let own = store::own(&visit.cx, id).await?;
    match handover::tell(&visit.cx, id, &input).await {
        Ok(()) => Ok(see(format!("/c/{}/hats/{id}/handover", own.slug))),
        Err(error) => {
            let c = communities::inside(&visit.cx, &own.slug).await?;
            Ok(sheet_page(&visit, c, id, Form::again(&sent, error, visit.t)?).await?)
        }
    }
}
