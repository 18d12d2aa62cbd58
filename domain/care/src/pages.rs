//! The page where something is wrong with what was said: reporting it, not hearing its author, and what a steward can do.

use askama::Template;
use axum::response::Response;
use conversation::said::{self, Said};
use conversation::{ContributionId, For, store as contributions};
use kernel::{Error, Id, Line, Result, Silence};
use membership::rules as standing;
use membership::store as members;
use schemars::JsonSchema;
use serde::Deserialize;
use shell::request::see;
use shell::slice::FORM;
use shell::{Act, Answer, Form, Html, Needs, Path, Rate, Route, T, Visit, Who};

use crate::acts::{self, Because, Moving};
use crate::reports::{self, Reporting};
use crate::{ActId, What, store};

pub fn routes() -> Vec<Route> {
    // Also strangers report what anyone reads; their address limits how often.
    let reporting = Needs::new(Who::Anyone, Rate::SignIn, FORM);
    vec![
        Route::get("/contributions/{id}/care", Needs::reading(), show),
        Route::post("/contributions/{id}/reports", reporting, report),
        Route::post("/contributions/{id}/silence", Needs::acting(), silence),
        Route::post("/contributions/{id}/steward-acts", Needs::acting(), act),
        Route::get("/@{handle}/report", Needs::reading_own(), person_page),
        Route::post("/@{handle}/reports", Needs::acting(), report_person),
    ]
}

/// What a steward does to words, with why. `to` is for moving.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acting {
    pub what: What,
    /// The rule that it rests on, as the community knows it.
    pub rule: Line<2, 200>,
    /// In words for those whom it concerns.
    pub reason: Line<3, 300>,
    /// The slug of the community that it moves to.
    #[serde(default)]
    pub to: Line<0, 48>,
}

/// One form and one route for what stewards do to words.
pub async fn do_it(cx: &kernel::Cx, id: ContributionId, input: &Acting) -> Result<ActId> {
    let because = Because { rule: input.rule.clone(), reason: input.reason.clone() };
    match input.what {
        What::Hide => acts::hide(cx, id, &because).await,
        What::Show => acts::show_again(cx, id, &because).await,
        What::Close => acts::close(cx, id, &because).await,
        What::Open => acts::open_again(cx, id, &because).await,
        What::Decline => acts::decline(cx, id, &because).await,
        What::Move => {
            let to = Line(input.to.0.clone());
            acts::move_to(cx, id, &Moving { to, rule: because.rule, reason: because.reason }).await
        }
        What::Suspend | What::Lift => Err(Error::invalid("what", "People are suspended on the page for stewards.")),
    }
}

pub(crate) fn what_word(t: T, what: What) -> &'static str {
    match what {
        What::Hide => t.say("Words were hidden"),
        What::Show => t.say("Words were shown again"),
        What::Close => t.say("A conversation was closed to further answers"),
        What::Open => t.say("A conversation was opened again"),
        What::Move => t.say("A conversation was moved to another community"),
        What::Suspend => t.say("Somebody was suspended"),
        What::Lift => t.say("A suspension was lifted"),
        What::Decline => t.say("First words were not let through"),
    }
}

type Choices = Vec<(String, String, String)>;

#[derive(Template)]
#[template(path = "wrong.html")]
struct WrongPage {
    t: T,
    id: ContributionId,
    path: String,
    item: Html,
    mine: bool,
    signed_in: bool,
    /// It has words that this viewer reads.
    there: bool,
    /// Reports of it go to the operator, who reads the words then.
    private: bool,
    person: bool,
    blocked: bool,
    acts: Vec<(ActId, &'static str, Html, bool)>,
    choices: Choices,
    targets: Choices,
    reporting: Form,
    acting: Form,
    reported: bool,
}

#[derive(Default)]
struct Forms {
    reporting: Form,
    acting: Form,
    reported: bool,
}

async fn page(visit: &Visit, id: ContributionId, forms: Forms) -> Result<Response> {
    let cx = &visit.cx;
    let s = contributions::one(cx, id).await?.ok_or(Error::NotFound)?;
    let mine = s.author.is(cx.viewer.person());
    let steward = match &s.place {
        Some(place) => standing::may_steward(&members::standing(cx, place.id).await?).is_ok(),
        None => false,
    };
    let can = steward && !mine && !s.withdrawn;
    let (choices, targets) = if can { what_a_steward_can(visit, &s).await? } else { Default::default() };
    let acts = if visit.guest.is_some() { store::acts_on(cx, id.into()).await? } else { Vec::new() };
    let faulty = forms.reporting.is_faulty() || forms.acting.is_faulty();
    let first = choices.first().map_or("", |(word, ..)| word.as_str()).to_owned();
    let mut acting = forms.acting.with_once(visit.once());
    if acting.value("what").is_empty() {
        acting.set("what", &first);
    }
    let shown = WrongPage {
        t: visit.t,
        id,
        path: s.path(),
        item: said::item(visit, &s, true)?,
        mine,
        signed_in: visit.guest.is_some(),
        there: s.quiet().is_none(),
        private: acts::is_private(&s),
        person: s.author.person().is_some(),
        blocked: s.care.blocked,
        acts: acts.into_iter().map(|(id, what, at, undone)| (id, what_word(visit.t, what), visit.time(at), undone)).collect(),
        choices,
        targets,
        reporting: forms.reporting.with_once(visit.once()),
        acting,
        reported: forms.reported,
    };
    let title = visit.t.say("Something wrong?");
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

/// What a steward can do to it as it stands, and where a conversation could move.
async fn what_a_steward_can(visit: &Visit, s: &Said) -> Result<(Choices, Choices)> {
    let t = visit.t;
    let one = |what: What, title: &'static str, meaning: &'static str| (what.word().to_owned(), t.say(title).to_owned(), t.say(meaning).to_owned());
    let mut all = Vec::new();
    if matches!(&s.care.held, Some(held) if held.word() != "declined") {
        all.push(one(What::Decline, "Do not let it through", "Its author reads why, and can appeal."));
    }
    match &s.care.hidden {
        None => all.push(one(What::Hide, "Hide these words", "Others read the rule and the reason in their place; the author still reads their words.")),
        Some(_) => all.push(one(What::Show, "Show these words again", "Everybody who could see them sees them again.")),
    }
    let mut targets = Vec::new();
    if s.parent.is_none() {
        match &s.care.closed {
            None => all.push(one(What::Close, "Close the conversation", "No more answers; reading goes on.")),
            Some(_) => all.push(one(What::Open, "Open the conversation again", "It can be answered again.")),
        }
        let here = s.place.as_ref().map(|p| p.id);
        let elsewhere = members::mine(&visit.cx).await?.into_iter().filter(|b| b.steward && Some(b.community) != here);
        targets = elsewhere.map(|b| (b.slug, b.name, String::new())).collect();
        if !targets.is_empty() && s.audience == For::Open {
            all.push(one(What::Move, "Move the conversation", "To another community where you are a steward and its author is a member."));
        }
    }
    Ok((all, targets))
}

async fn show(visit: Visit, Path(id): Path<String>) -> Answer {
    Ok(page(&visit, id.parse()?, Forms::default()).await?)
}

async fn report(Path(id): Path<String>, act: Act<Reporting>) -> Answer {
    let Act { visit, input, sent } = act;
    let id: ContributionId = id.parse()?;
    match reports::report(&visit.cx, id, &input).await {
        Ok(()) => Ok(page(&visit, id, Forms { reported: true, ..Forms::default() }).await?),
        Err(error) => Ok(page(&visit, id, Forms { reporting: Form::again(&sent, error, visit.t)?, ..Forms::default() }).await?),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Silencing {
    kind: Silence,
}

async fn silence(Path(id): Path<String>, act: Act<Silencing>) -> Answer {
    silence_author(&act.visit.cx, id.parse()?, act.input.kind).await?;
    Ok(see("/me/silenced"))
}

/// Mutes or blocks who said something that one sees, also where their page is not found.
pub async fn silence_author(cx: &kernel::Cx, id: ContributionId, kind: Silence) -> Result<()> {
    let said = contributions::one(cx, id).await?.ok_or(Error::NotFound)?;
    let author = said.author.person().ok_or_else(|| Error::refused("A remembered voice says nothing new."))?;
    person::silencing::silence_person(cx, author, kind).await
}

async fn act(Path(id): Path<String>, act: Act<Acting>) -> Answer {
    let Act { visit, input, sent } = act;
    let id: ContributionId = id.parse()?;
    match do_it(&visit.cx, id, &input).await {
        Ok(_) => {
            let said = contributions::one(&visit.cx, id).await?.ok_or(Error::NotFound)?;
            Ok(see(said.path()))
        }
        Err(error) => Ok(page(&visit, id, Forms { acting: Form::again(&sent, error, visit.t)?, ..Forms::default() }).await?),
    }
}

#[derive(Template)]
#[template(path = "report_person.html")]
struct PersonPage {
    t: T,
    handle: String,
    name: String,
    form: Form,
    reported: bool,
}

async fn person_shown(visit: &Visit, handle: &str, form: Form, reported: bool) -> Result<Response> {
    let who = person::store::by_handle(&visit.cx, handle).await?.ok_or(Error::NotFound)?;
    let faulty = form.is_faulty();
    let shown = PersonPage { t: visit.t, handle: who.handle, name: who.name, form: form.with_once(visit.once()), reported };
    let title = visit.t.say("Report a person");
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

async fn person_page(visit: Visit, Path(handle): Path<String>) -> Answer {
    Ok(person_shown(&visit, &handle, Form::default(), false).await?)
}

async fn report_person(Path(handle): Path<String>, act: Act<Reporting>) -> Answer {
    let Act { visit, input, sent } = act;
    match reports::report_person(&visit.cx, &handle, &input).await {
        Ok(()) => Ok(person_shown(&visit, &handle, Form::default(), true).await?),
        Err(error) => Ok(person_shown(&visit, &handle, Form::again(&sent, error, visit.t)?, false).await?),
    }
}

#[derive(Template)]
#[template(source = r#"<p class="soft"><a href="/@{{ handle }}/report">{{ t.say("Report this person") }}</a></p>"#, ext = "html")]
struct ReportLink {
    t: T,
    handle: String,
}

/// On another person's page, for who is signed in.
pub fn report_link(visit: Visit, person: Id) -> shell::Future<Html> {
    Box::pin(async move {
        if visit.cx.viewer.person().is_none_or(|me| me.0 == person.0) {
            return Ok(Html::default());
        }
        let path = visit.path.split('?').next().unwrap_or_default();
        Html::of(&ReportLink { t: visit.t, handle: path.trim_start_matches("/@").to_owned() })
    })
}
