//! The register of stewards' acts for members, the page of one act with its appeal, reports, words that wait, suspensions.

use askama::Template;
use axum::response::Response;
use community::store as communities;
use conversation::said;
use conversation::{ContributionId, holding, store as contributions};
use kernel::{CommunityId, Cursor, Error, Id, Result};
use membership::rules::{self as standing, Care};
use membership::store as members;
use membership::suspension::Suspending;
use membership::SuspensionId;
use schemars::JsonSchema;
use serde::Deserialize;
use shell::request::see;
use shell::{Act, After, Answer, Form, Future, Html, Needs, Path, Route, T, Visit};

use crate::appeals::{self, Appealing, Judging};
use crate::pages::what_word;
use crate::reports::{self, Answering};
use crate::{ActId, ReportId, acts, rules, store};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/c/{slug}/care", Needs::reading_own(), register),
        Route::put("/c/{slug}/care/first-words", Needs::acting(), first_words),
        Route::post("/c/{slug}/suspensions", Needs::acting(), suspend),
        Route::delete("/c/{slug}/suspensions/{id}", Needs::acting(), lift),
        Route::get("/care/suspensions/{id}", Needs::reading_own(), suspension_act),
        Route::get("/care/acts/{id}", Needs::reading_own(), one_act),
        Route::post("/care/acts/{id}/appeal", Needs::acting(), appeal),
        Route::post("/care/acts/{id}/ruling", Needs::acting(), judge),
        Route::delete("/care/acts/{id}/notice", Needs::acting(), read_act),
        Route::get("/care/reports/{id}", Needs::reading_own(), one_report),
        Route::post("/care/reports/{id}/answer", Needs::acting(), answer),
        Route::delete("/care/reports/{id}/notice", Needs::acting(), read_report),
        Route::get("/care/words/{id}", Needs::reading_own(), words),
        Route::post("/care/words/{id}/admission", Needs::acting(), let_through),
    ]
}

/// How many lines of the register stand on one page.
const PAGE: usize = 30;

struct Entry {
    a: store::Act,
    word: &'static str,
    when: Html,
}

#[derive(Template)]
#[template(path = "register.html")]
struct Register {
    t: T,
    path: String,
    name: String,
    steward: bool,
    looks: bool,
    lines: Vec<Entry>,
    next: Option<String>,
    waiting: Vec<(ContributionId, Html)>,
    reports: Vec<(ReportId, String)>,
}

async fn register(visit: Visit, Path(slug): Path<String>, After(after): After) -> Answer {
    let c = communities::inside(&visit.cx, &slug).await?;
    if !c.member {
        return Err(Error::NotFound.into());
    }
    let s = members::standing(&visit.cx, c.id).await?;
    let page = store::acts_in(&visit.cx, c.id, after.unwrap_or(Cursor::NEWEST), PAGE).await?;
    let next = page.next.map(|n| format!("{}/care?after={n}", c.path()));
    let line = |a: store::Act| Entry { word: what_word(visit.t, a.what), when: visit.time(a.at), a };
    let mut waiting = Vec::new();
    if standing::may_care(Care::Greet, &s).is_ok() {
        for said in holding::waiting(&visit.cx, c.id).await? {
            waiting.push((said.id, said::item(&visit, &said, false)?));
        }
    }
    let reports = if c.steward { store::reports_in(&visit.cx, c.id).await? } else { Vec::new() };
    let shown = Register {
        t: visit.t,
        path: c.path(),
        steward: c.steward,
        looks: holding::looks_at_first_words(&visit.cx, &slug).await?,
        lines: page.items.into_iter().map(line).collect(),
        next,
        waiting,
        reports: reports.into_iter().map(|r| (r.id, r.words)).collect(),
        name: c.name,
    };
    Ok(visit.page(visit.t.say("What stewards did"), &shown).await?)
}

kernel::choice! {
    pub enum Looks { Yes = "yes", No = "no" }
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstWords {
    /// Whether somebody reads first words here before others do.
    pub look: Looks,
}

async fn first_words(Path(slug): Path<String>, act: Act<FirstWords>) -> Answer {
    acts::look_at_first_words(&act.visit.cx, &slug, act.input.look == Looks::Yes).await?;
    Ok(see(format!("/c/{slug}/care")))
}

#[derive(Template)]
#[template(path = "suspending.html")]
struct SuspendingPage {
    t: T,
    path: String,
    name: String,
    form: Form,
}

async fn suspend(Path(slug): Path<String>, act: Act<Suspending>) -> Answer {
    let Act { visit, input, sent } = act;
    match acts::suspend(&visit.cx, &slug, &input).await {
        Ok(_) => Ok(see(format!("/c/{slug}/stewards"))),
        Err(error @ (Error::Invalid(_) | Error::Refused(_))) => {
            let c = communities::by_slug(&visit.cx, &slug).await?.ok_or(Error::NotFound)?;
            standing::may_steward(&members::standing(&visit.cx, c.id).await?).map_err(Error::from)?;
            let form = Form::again(&sent, error, visit.t)?;
            let shown = SuspendingPage { t: visit.t, path: c.path(), name: c.name, form: form.with_once(visit.once()) };
            Ok(visit.page_again(visit.t.say("Suspend somebody"), &shown).await?)
        }
        Err(other) => Err(other.into()),
    }
}

async fn lift(visit: Visit, Path((slug, id)): Path<(String, String)>) -> Answer {
    let (c, id) = (communities::by_slug(&visit.cx, &slug).await?.ok_or(Error::NotFound)?, id.parse::<SuspensionId>()?);
    standing::may_steward(&members::standing(&visit.cx, c.id).await?).map_err(Error::from)?;
    if !members::suspensions(&visit.cx, &c).await?.iter().any(|s| s.id == id) {
        return Err(Error::NotFound.into());
    }
    acts::lift(&visit.cx, id).await?;
    Ok(see(format!("/c/{slug}/stewards")))
}

#[derive(Template)]
#[template(path = "act.html")]
struct ActPage {
    t: T,
    a: store::Act,
    word: &'static str,
    when: Html,
    /// The thing, where there are words that the viewer may go to.
    thing: Option<String>,
    /// The words that it is about, for who has to judge it.
    words: String,
    may_appeal: bool,
    may_judge: bool,
    appealing: Form,
    judging: Form,
}

async fn act_page(visit: &Visit, id: ActId, forms: (Form, Form)) -> Result<Response> {
    let a = store::act(&visit.cx, id).await?.ok_or(Error::NotFound)?;
    let (appealing, judging) = forms;
    let faulty = appealing.is_faulty() || judging.is_faulty();
    let mut judging = judging.with_once(visit.once());
    if judging.value("ruling").is_empty() {
        judging.set("ruling", "upheld");
    }
    let of = ContributionId(a.thing.0);
    let seen = a.is_of_words() && contributions::one(&visit.cx, of).await?.is_some();
    let may_judge = a.appeal == "open" && rules::may_look(a.looker).is_ok();
    let shown = ActPage {
        t: visit.t,
        word: what_word(visit.t, a.what),
        when: visit.time(a.at),
        thing: seen.then(|| format!("/conversations/{of}")),
        words: if may_judge && a.is_of_words() { store::words_to_judge(&visit.cx, of).await? } else { String::new() },
        may_appeal: rules::may_appeal(a.what, a.mine, a.undone_at.is_some(), !a.appeal.is_empty()).is_ok(),
        may_judge,
        appealing: appealing.with_once(visit.once()),
        judging,
        a,
    };
    let title = visit.t.say("A steward's act");
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

async fn one_act(visit: Visit, Path(id): Path<String>) -> Answer {
    Ok(act_page(&visit, id.parse()?, Default::default()).await?)
}

/// From a suspension to the act that began it, for the person whom it concerns.
async fn suspension_act(visit: Visit, Path(id): Path<String>) -> Answer {
    let id: SuspensionId = id.parse()?;
    let act = store::act_of(&visit.cx, id.into()).await?.ok_or(Error::NotFound)?;
    Ok(see(format!("/care/acts/{act}")))
}

async fn appeal(Path(id): Path<String>, act: Act<Appealing>) -> Answer {
    let Act { visit, input, sent } = act;
    let id: ActId = id.parse()?;
    match appeals::appeal(&visit.cx, id, &input).await {
        Ok(()) => Ok(see(format!("/care/acts/{id}"))),
        Err(error) => Ok(act_page(&visit, id, (Form::again(&sent, error, visit.t)?, Form::default())).await?),
    }
}

async fn judge(Path(id): Path<String>, act: Act<Judging>) -> Answer {
    let Act { visit, input, sent } = act;
    let id: ActId = id.parse()?;
    match appeals::judge(&visit.cx, id, &input).await {
        Ok(()) => Ok(see(format!("/care/acts/{id}"))),
        Err(error) => Ok(act_page(&visit, id, (Form::default(), Form::again(&sent, error, visit.t)?)).await?),
    }
}

async fn read_act(visit: Visit, Path(id): Path<String>) -> Answer {
    appeals::has_read(&visit.cx, id.parse::<ActId>()?.into()).await?;
    Ok(see("/me/waiting"))
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    t: T,
    r: store::Report,
    when: Html,
    /// Where the words stand, where who answers may see them.
    thing: Option<String>,
    may_answer: bool,
    form: Form,
}

async fn report_page(visit: &Visit, id: ReportId, form: Form) -> Result<Response> {
    let r = store::report_seen(&visit.cx, id).await?.ok_or(Error::NotFound)?;
    let faulty = form.is_faulty();
    let of_words = Some(r.thing.0) != r.about.map(|p| p.0);
    let mut form = form.with_once(visit.once());
    if form.value("outcome").is_empty() {
        form.set("outcome", "nothing");
    }
    let shown = ReportPage {
        t: visit.t,
        when: visit.time(r.at),
        thing: (of_words && r.community.is_some()).then(|| format!("/contributions/{}/care", r.thing.0)),
        may_answer: r.answer.is_empty() && !r.mine && rules::may_look(r.looker).is_ok(),
        form,
        r,
    };
    let title = visit.t.say("A report");
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

async fn one_report(visit: Visit, Path(id): Path<String>) -> Answer {
    Ok(report_page(&visit, id.parse()?, Form::default()).await?)
}

async fn answer(Path(id): Path<String>, act: Act<Answering>) -> Answer {
    let Act { visit, input, sent } = act;
    let id: ReportId = id.parse()?;
    match reports::answer(&visit.cx, id, &input).await {
        Ok(()) => Ok(see("/me/waiting")),
        Err(error) => Ok(report_page(&visit, id, Form::again(&sent, error, visit.t)?).await?),
    }
}

async fn read_report(visit: Visit, Path(id): Path<String>) -> Answer {
    appeals::has_read(&visit.cx, id.parse::<ReportId>()?.into()).await?;
    Ok(see("/me/waiting"))
}

#[derive(Template)]
#[template(path = "words.html")]
struct WordsPage {
    t: T,
    id: ContributionId,
    why: String,
    item: Html,
    steward: bool,
}

async fn words(visit: Visit, Path(id): Path<String>) -> Answer {
    let id: ContributionId = id.parse()?;
    let (said, place) = store::held(&visit.cx, id).await?.ok_or(Error::NotFound)?;
    let s = members::standing(&visit.cx, place).await?;
    if standing::may_care(Care::Greet, &s).is_err() {
        return Err(Error::NotFound.into());
    }
    let why = said.care.held.as_ref().map(|h| visit.t.sentence(&h.say())).unwrap_or_default();
    let shown = WordsPage { t: visit.t, id, why, item: said::item(&visit, &said, true)?, steward: standing::may_steward(&s).is_ok() };
    Ok(visit.page(visit.t.say("Words that wait"), &shown).await?)
}

async fn let_through(visit: Visit, Path(id): Path<String>) -> Answer {
    let id: ContributionId = id.parse()?;
    acts::let_through(&visit.cx, id).await?;
    Ok(see(format!("/conversations/{id}")))
}

#[derive(Template)]
#[template(source = r#"<p class="soft"><a href="{{ path }}/care">{{ t.say("What stewards did") }}</a></p>"#, ext = "html")]
struct RegisterLink {
    t: T,
    path: String,
}

/// On a community's front door, for its members.
pub fn link(visit: Visit, community: Id) -> Future<Html> {
    Box::pin(async move {
        let c = communities::by_id(&visit.cx, CommunityId(community.0)).await?.filter(|c| c.member);
        c.map_or(Ok(Html::default()), |c| Html::of(&RegisterLink { t: visit.t, path: c.path() }))
    })
}
