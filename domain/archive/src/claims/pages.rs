//! Looking for one's own remembered words, and saying or answering whose they are.

use askama::Template;
use axum::response::Response;
use conversation::{said, store as contributions};
use kernel::{Cursor, Error, Id, Result, VoiceId};
use serde::Deserialize;
use shell::request::see;
use shell::{Act, After, Answer, Asked, Form, Future, Html, Needs, Path, Route, T, Visit};

use super::acts::{self, Answering, Asking, Giving, Offering, TakingBack};
use super::rules;
use super::store::{self, Claim, Voice};
use super::{ClaimId, State};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/voices", Needs::reading_own(), looking),
        Route::get("/voices/{id}", Needs::reading_own(), one_voice),
        Route::post("/voices/{id}/claims", Needs::acting(), ask),
        Route::post("/voices/{id}/offers", Needs::acting(), offer),
        Route::get("/claims/{id}", Needs::reading_own(), one_claim),
        Route::post("/claims/{id}/word", Needs::acting(), give_word),
        Route::post("/claims/{id}/answer", Needs::acting(), answer),
        Route::post("/claims/{id}/taking-back", Needs::acting(), take_back),
        Route::delete("/claims/{id}/notice", Needs::acting(), has_read),
        Route::delete("/claims/{id}", Needs::acting(), let_go),
    ]
}

const PAGE: usize = 30;

/// How a claim stands, in a sentence for its person and its stewards.
pub(crate) fn state_word(t: T, state: State) -> &'static str {
    match state {
        State::Asked => t.say("It waits for a steward's word."),
        State::Offered => t.say("It waits for the person's own answer."),
        State::Claimed => t.say("The words stand under the person's name."),
        State::Declined => t.say("It was declined."),
        State::LetGo => t.say("It was let go."),
        State::TakenBack => t.say("A steward took their word back."),
    }
}

#[derive(Deserialize, Default)]
pub(crate) struct Sought {
    #[serde(default)]
    pub(crate) q: String,
}

/// A name as it is looked for: two letters at least, so that nobody reads the list of all who ever spoke.
pub(crate) fn sought(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|q| (2..=80).contains(&q.chars().count()))
}

#[derive(Template)]
#[template(path = "claims/voices.html")]
struct VoicesPage {
    t: T,
    form: Form,
    looked: bool,
    found: Vec<Voice>,
    next: Option<String>,
    mine: Vec<(Claim, &'static str)>,
}

async fn looking(visit: Visit, Asked(wanted): Asked<Sought>, After(after): After) -> Answer {
    let q = sought(&wanted.q);
    let page = match q {
        Some(q) => store::voices(&visit.cx, q, after, PAGE).await?,
        None => kernel::Page { items: Vec::new(), next: None },
    };
    let escape = |q: &str| form_urlencoded::byte_serialize(q.as_bytes()).collect::<String>();
    let next = page.next.zip(q).map(|(c, q)| format!("/voices?q={}&after={c}", escape(q)));
    let mine = store::mine(&visit.cx, 100).await?.into_iter().map(|c| { let word = state_word(visit.t, c.state); (c, word) }).collect();
    let shown = VoicesPage { t: visit.t, form: Form::of(&[("q", &wanted.q)]), looked: q.is_some(), found: page.items, next, mine };
    Ok(visit.page(visit.t.say("Remembered voices"), &shown).await?)
}

#[derive(Template)]
#[template(path = "claims/voice.html")]
struct VoicePage {
    t: T,
    v: Voice,
    mine: bool,
    items: Vec<Html>,
    next: Option<String>,
    asking: Form,
    offering: Form,
    offered: bool,
}

#[derive(Default)]
struct Forms {
    asking: Form,
    offering: Form,
    offered: bool,
    after: Option<Cursor>,
}

async fn voice_page(visit: &Visit, id: VoiceId, forms: Forms) -> Result<Response> {
    let v = store::voice(&visit.cx, id).await?.ok_or(Error::NotFound)?;
    let page = contributions::of_voice(&visit.cx, id, forms.after.unwrap_or(Cursor::NEWEST), 10).await?;
    let items = page.items.iter().map(|s| said::item(visit, s, true)).collect::<Result<Vec<_>>>()?;
    let faulty = forms.asking.is_faulty() || forms.offering.is_faulty();
    let shown = VoicePage {
        t: visit.t,
        mine: v.person.is_some() && v.person == visit.cx.viewer.person(),
        next: page.next.map(|c| format!("/voices/{}?after={c}", id.0)),
        v,
        items,
        asking: forms.asking.with_once(visit.once()),
        offering: forms.offering.with_once(visit.once()),
        offered: forms.offered,
    };
    let title = visit.t.say("A remembered voice");
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

async fn one_voice(visit: Visit, Path(id): Path<String>, After(after): After) -> Answer {
    Ok(voice_page(&visit, voice_id(&id)?, Forms { after, ..Forms::default() }).await?)
}

pub(crate) fn voice_id(text: &str) -> Result<VoiceId> {
    kernel::id::parse(text).map(VoiceId).ok_or(Error::NotFound)
}

async fn ask(Path(id): Path<String>, act: Act<Asking>) -> Answer {
    let Act { visit, input, sent } = act;
    let id = voice_id(&id)?;
    match acts::ask(&visit.cx, id, &input).await {
        Ok(claim) => Ok(see(format!("/claims/{claim}"))),
        Err(error) => Ok(voice_page(&visit, id, Forms { asking: Form::again(&sent, error, visit.t)?, ..Forms::default() }).await?),
    }
}

async fn offer(Path(id): Path<String>, act: Act<Offering>) -> Answer {
    let Act { visit, input, sent } = act;
    let id = voice_id(&id)?;
    match acts::offer(&visit.cx, id, &input).await {
        Ok(()) => Ok(voice_page(&visit, id, Forms { offered: true, ..Forms::default() }).await?),
        Err(error) => Ok(voice_page(&visit, id, Forms { offering: Form::again(&sent, error, visit.t)?, ..Forms::default() }).await?),
    }
}

#[derive(Template)]
#[template(path = "claims/claim.html")]
struct ClaimPage {
    t: T,
    c: Claim,
    state: &'static str,
    when: Html,
    may_give_word: bool,
    may_answer: bool,
    may_let_go: bool,
    may_take_back: bool,
    items: Vec<Html>,
    form: Form,
}

async fn claim_page(visit: &Visit, id: ClaimId, form: Form) -> Result<Response> {
    let c = store::claim(&visit.cx, id).await?.ok_or(Error::NotFound)?;
    let page = contributions::of_voice(&visit.cx, c.voice, Cursor::NEWEST, 3).await?;
    let items = page.items.iter().map(|s| said::item(visit, s, true)).collect::<Result<Vec<_>>>()?;
    let faulty = form.is_faulty();
    let shown = ClaimPage {
        t: visit.t,
        state: state_word(visit.t, c.state),
        when: visit.time(c.at),
        may_give_word: rules::may_give_word(c.state, c.looker).is_ok(),
        may_answer: rules::may_answer(c.state, c.looker.mine).is_ok(),
        may_let_go: rules::may_let_go(c.state, c.looker.mine).is_ok() && c.state != State::Offered,
        may_take_back: rules::may_take_back(c.state, c.looker).is_ok(),
        c,
        items,
        form: form.with_once(visit.once()),
    };
    let title = visit.t.say("Whose words these are");
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

async fn one_claim(visit: Visit, Path(id): Path<String>) -> Answer {
    Ok(claim_page(&visit, id.parse()?, Form::default()).await?)
}

async fn give_word(Path(id): Path<String>, act: Act<Giving>) -> Answer {
    let Act { visit, input, sent } = act;
    let id: ClaimId = id.parse()?;
    match acts::give_word(&visit.cx, id, &input).await {
        Ok(()) => Ok(see(format!("/claims/{id}"))),
        Err(error) => Ok(claim_page(&visit, id, Form::again(&sent, error, visit.t)?).await?),
    }
}

async fn answer(Path(id): Path<String>, act: Act<Answering>) -> Answer {
    let id: ClaimId = id.parse()?;
    acts::answer(&act.visit.cx, id, &act.input).await?;
    Ok(see(format!("/claims/{id}")))
}

async fn take_back(Path(id): Path<String>, act: Act<TakingBack>) -> Answer {
    let Act { visit, input, sent } = act;
    let id: ClaimId = id.parse()?;
    match acts::take_back(&visit.cx, id, &input).await {
        Ok(()) => Ok(see(format!("/claims/{id}"))),
        Err(error) => Ok(claim_page(&visit, id, Form::again(&sent, error, visit.t)?).await?),
    }
}

async fn has_read(visit: Visit, Path(id): Path<String>) -> Answer {
    acts::has_read(&visit.cx, id.parse()?).await?;
    Ok(see("/me/waiting"))
}

async fn let_go(visit: Visit, Path(id): Path<String>) -> Answer {
    acts::let_go(&visit.cx, id.parse()?).await?;
    Ok(see("/voices"))
}

#[derive(Template)]
#[template(
    source = r#"<h2>{{ t.say("Words from before") }}</h2><p><a href="/voices">{{ t.say("Find remembered words that are yours") }}</a></p>"#,
    ext = "html"
)]
struct Link {
    t: T,
}

/// Among one's settings.
pub(crate) fn link(visit: Visit, _: Id) -> Future<Html> {
    Box::pin(async move { Html::of(&Link { t: visit.t }) })
}
