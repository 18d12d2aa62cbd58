//! The page of a change, the form to tell one, and how somebody's practice changed, by year.

use askama::Template;
use axum::response::Response;
use conversation::said::Said;
use conversation::{ContributionId, store as contributions};
use kernel::{Cursor, Error, Result, id};
use membership::store as members;
use serde::Deserialize;
use shell::request::see;
use shell::{Act, After, Answer, Asked, Form, Html, Needs, Path, Route, T, Visit, words};

use crate::acts::{self, Attesting, Outcome, Sharing, Telling, Turning};
use crate::store::{self, Attested, Change, Source};
use crate::{ChangeId, For, State};

pub(crate) fn routes() -> Vec<Route> {
    let act = Needs::acting();
    vec![
        Route::get("/changes/new", Needs::reading_own(), new),
        Route::post("/changes", Needs::writing(), tell),
        Route::get("/changes/{id}", Needs::shared(), change),
        Route::get("/changes/{id}/edit", Needs::reading_own(), editing),
        Route::put("/changes/{id}", Needs::writing(), edit),
        Route::delete("/changes/{id}", act, take_back),
        Route::put("/changes/{id}/state", act, turn),
        Route::put("/changes/{id}/outcome", act, say_outcome),
        Route::put("/changes/{id}/sharing", act, share),
        Route::delete("/changes/{id}/sharing", act, unshare),
        Route::put("/changes/{id}/attestation", act, attest),
        Route::delete("/changes/{id}/attestation", act, withdraw_attestation),
        Route::post("/changes/{id}/later", act, later),
        Route::get("/@{handle}/changes", Needs::shared(), of_person),
    ]
}

impl State {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Trying => "trying it",
            Self::Kept => "kept",
            Self::Dropped => "dropped",
        }
    }

    /// What one says to bring it there.
    fn turning(self) -> &'static str {
        match self {
            Self::Trying => "I am trying again",
            Self::Kept => "I kept it",
            Self::Dropped => "I dropped it",
        }
    }
}

impl Change {
    /// Nothing where it is open: that is the usual.
    pub(crate) fn audience_word(&self) -> Option<&'static str> {
        match self.audience {
            For::Me => Some("only you"),
            For::Community => Some("for the community"),
            For::Open => None,
        }
    }
}

#[derive(Template)]
#[template(path = "item.html")]
struct Item<'a> {
    t: T,
    h: &'a Change,
    when: Html,
    state: &'static str,
    audience: Option<&'static str>,
    sources: Vec<&'a Source>,
    attested: Vec<&'a Attested>,
}

/// Changes as they look on every page, with their causes and who attests them, by two queries for all of them.
pub(crate) async fn items(visit: &Visit, changes: &[Change]) -> Result<Vec<Html>> {
    let ids: Vec<ChangeId> = changes.iter().map(|h| h.id).collect();
    let (sources, attested) = (store::sources(&visit.cx, &ids).await?, store::attestations(&visit.cx, &ids).await?);
    let item = |h: &Change| {
        Html::of(&Item {
            t: visit.t,
            h,
            when: visit.time(h.at),
            state: h.state.title(),
            audience: h.audience_word(),
            sources: sources.iter().filter(|s| s.change == h.id).collect(),
            attested: attested.iter().filter(|a| a.change == h.id).collect(),
        })
    };
    changes.iter().map(item).collect()
}

#[derive(Template)]
#[template(path = "change.html")]
struct ChangePage {
    t: T,
    h: Change,
    item: Html,
    mine: bool,
    signed_in: bool,
    attests: bool,
    turns: Vec<(&'static str, &'static str)>,
    places: Vec<(String, String, String)>,
    audiences: Vec<(String, String, String)>,
    /// What was sent and did not go through.
    form: Form,
    outcome: Form,
    sharing: Form,
    attesting: Form,
}

/// The form of this page that has this field: as it was sent, else as it stands.
fn sent_or(form: &Form, field: &str, stands: &[(&str, &str)]) -> Form {
    if form.has(field) { form.clone() } else { Form::of(stands) }
}

async fn change_page(visit: &Visit, id: ChangeId, form: Form) -> Result<Response> {
    let h = store::one(&visit.cx, id).await?.ok_or(Error::NotFound)?;
    let item = items(visit, std::slice::from_ref(&h)).await?.pop().unwrap_or_default();
    let own = store::attestations(&visit.cx, &[id]).await?.into_iter().find(|a| a.mine);
    let places = if h.mine { members::mine(&visit.cx).await? } else { Vec::new() };
    let t = visit.t;
    let audiences = [(For::Community, "those who take part there"), (For::Open, "everybody who can read there")];
    let place = match &h.place {
        Some(place) => place.slug.clone(),
        None if h.mine => where_it_came_from(visit, id, &places).await?,
        None => String::new(),
    };
    let audience = if h.audience == For::Open { "open" } else { "community" };
    let title = h.heading();
    let shown = ChangePage {
        t,
        item,
        mine: h.mine,
        signed_in: visit.guest.is_some(),
        attests: own.is_some(),
        turns: State::ALL.iter().filter(|s| **s != h.state).map(|s| (s.word(), s.turning())).collect(),
        places: places.into_iter().map(|b| (b.slug, b.name, String::new())).collect(),
        audiences: audiences.iter().map(|(a, word)| (a.word().to_owned(), t.say(word).to_owned(), String::new())).collect(),
        outcome: sent_or(&form, "outcome", &[("outcome", &h.outcome), ("measure", &h.measure)]),
        sharing: sent_or(&form, "community", &[("community", &place), ("audience", audience)]),
        attesting: sent_or(&form, "words", &[("words", own.as_ref().map_or("", |a| a.words.as_str()))]),
        h,
        form,
    };
    if shown.form.is_faulty() { visit.page_again(&title, &shown).await } else { visit.page(&title, &shown).await }
}

/// The community where its first cause was said, to share it there.
async fn where_it_came_from(visit: &Visit, id: ChangeId, mine: &[members::Belonging]) -> Result<String> {
    let kept = store::kept(&visit.cx, id).await?;
    let came = kept.iter().find_map(|k| k.thanks.and_then(|(_, community)| community));
    Ok(mine.iter().find(|b| Some(b.community) == came).map(|b| b.slug.clone()).unwrap_or_default())
}

async fn change(visit: Visit, Path(id): Path<String>) -> Answer {
    Ok(change_page(&visit, id.parse()?, Form::default()).await?)
}

/// After an act on a change: its page, or its page with what is wrong.
async fn after(visit: &Visit, id: ChangeId, sent: &[(String, String)], done: Result<()>) -> Answer {
    match done {
        Ok(()) => Ok(see(format!("/changes/{id}"))),
        Err(error) => Ok(change_page(visit, id, Form::again(sent, error, visit.t)?).await?),
    }
}

#[derive(Template)]
#[template(path = "telling.html")]
struct TellingPage {
    t: T,
    title: &'static str,
    action: String,
    back: String,
    /// Words of the conversation that one comes from, to choose whose it was: id, name, first words.
    said: Vec<(String, String, String)>,
    /// What is named already, where it is one thing.
    about: String,
    form: Form,
}

/// So many replies are offered; whoever means another one comes from it, or names its number.
const OFFERED: usize = 50;

/// What one may mean by a source in the address: the words of its conversation, a practice, or a trail.
async fn offered(visit: &Visit, source: &str) -> Result<(Vec<(String, String, String)>, String)> {
    let Some(id) = id::parse(source) else { return Ok(Default::default()) };
    let Some(said) = contributions::one(&visit.cx, ContributionId(id)).await? else {
        let practice = practice::store::named(&visit.cx, practice::PracticeId(id)).await?.map(|p| p.title);
        let title = match practice {
            Some(title) => Some(title),
            None => narration::store::seen(&visit.cx, conversation::TrailId(id)).await?.map(|trail| trail.title),
        };
        return Ok((Vec::new(), title.unwrap_or_default()));
    };
    let Some(opening) = contributions::one(&visit.cx, said.root).await? else { return Ok(Default::default()) };
    let replies = contributions::replies(&visit.cx, said.root, Cursor::OLDEST, OFFERED).await?.items;
    let me = visit.cx.viewer.person();
    // One does not thank oneself; whoever means their own words comes from them.
    let meant = |s: &Said| s.quiet().is_none() && s.care.held.is_none() && (!s.author.is(me) || s.id == said.id && s.parent.is_some());
    let mut all: Vec<Said> = std::iter::once(opening).chain(replies).filter(meant).collect();
    if meant(&said) && !all.iter().any(|s| s.id == said.id) {
        all.push(said);
    }
    let line = |s: &Said| (s.id.to_string(), s.author.name.clone(), words::plain(&s.words, 120));
    Ok((all.iter().map(line).collect(), String::new()))
}

async fn telling_page(visit: &Visit, mut form: Form) -> Result<Response> {
    let (said, about) = offered(visit, form.value("source")).await?;
    if about.is_empty() && !said.iter().any(|(id, ..)| id == form.value("source")) {
        form.set("source", "");
    }
    let faulty = form.is_faulty();
    let back = match visit.guest.as_deref() {
        Some(guest) => format!("/@{}/changes", guest.handle),
        None => "/".to_owned(),
    };
    let title = visit.t.say("Tell a change");
    let shown = TellingPage { t: visit.t, title, action: "/changes".into(), back, said, about, form: form.with_once(visit.once()) };
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

#[derive(Deserialize, Default)]
struct From {
    #[serde(default)]
    source: String,
}

async fn new(visit: Visit, Asked(from): Asked<From>) -> Answer {
    let source = id::parse(&from.source).map(|id| id.to_string()).unwrap_or_default();
    Ok(telling_page(&visit, Form::of(&[("source", &source)])).await?)
}

async fn tell(act: Act<Telling>) -> Answer {
    let Act { visit, input, sent } = act;
    match acts::tell(&visit.cx, &input.at_home(&visit.address_of(""))).await {
        Ok(id) => Ok(see(format!("/changes/{id}"))),
        Err(error) => Ok(telling_page(&visit, Form::again(&sent, error, visit.t)?).await?),
    }
}

async fn editing_page(visit: &Visit, h: &Change, form: Form) -> Result<Response> {
    let faulty = form.is_faulty();
    let title = visit.t.say("Change the words");
    let path = format!("/changes/{}", h.id);
    let action = format!("{path}?_method=put");
    let shown = TellingPage { t: visit.t, title, action, back: path, said: Vec::new(), about: String::new(), form };
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

/// One's own change, to be changed.
async fn own(visit: &Visit, id: ChangeId) -> Result<Change> {
    let h = store::one(&visit.cx, id).await?.ok_or(Error::NotFound)?;
    crate::rules::may_change(h.mine)?;
    Ok(h)
}

async fn editing(visit: Visit, Path(id): Path<String>) -> Answer {
    let h = own(&visit, id.parse()?).await?;
    let because: Vec<String> = store::kept(&visit.cx, h.id).await?.iter().map(|k| k.line()).collect();
    let (because, version) = (because.join("\n"), h.version.to_string());
    let form = Form::of(&[("was", &h.was), ("now", &h.now), ("why", &h.why), ("because", &because), ("served", &h.served), ("version", &version)]);
    Ok(editing_page(&visit, &h, form).await?)
}

async fn edit(Path(id): Path<String>, act: Act<Telling>) -> Answer {
    let Act { visit, input, sent } = act;
    let id: ChangeId = id.parse()?;
    match acts::edit(&visit.cx, id, &input.at_home(&visit.address_of(""))).await {
        Ok(()) => Ok(see(format!("/changes/{id}"))),
        Err(error) => {
            let h = own(&visit, id).await?;
            let mut form = Form::again(&sent, error, visit.t)?;
            form.set("version", &h.version.to_string());
            Ok(editing_page(&visit, &h, form).await?)
        }
    }
}

async fn take_back(visit: Visit, Path(id): Path<String>) -> Answer {
    acts::take_back(&visit.cx, id.parse()?).await?;
    let handle = visit.guest.as_deref().map(|g| g.handle.clone()).unwrap_or_default();
    Ok(see(format!("/@{handle}/changes")))
}

async fn turn(Path(id): Path<String>, act: Act<Turning>) -> Answer {
    let id: ChangeId = id.parse()?;
    let done = acts::turn(&act.visit.cx, id, act.input.state).await;
    after(&act.visit, id, &act.sent, done).await
}

async fn say_outcome(Path(id): Path<String>, act: Act<Outcome>) -> Answer {
    let id: ChangeId = id.parse()?;
    let done = acts::say_outcome(&act.visit.cx, id, &act.input).await;
    after(&act.visit, id, &act.sent, done).await
}

async fn share(Path(id): Path<String>, act: Act<Sharing>) -> Answer {
    let id: ChangeId = id.parse()?;
    let done = acts::share(&act.visit.cx, id, &act.input).await;
    after(&act.visit, id, &act.sent, done).await
}

async fn unshare(visit: Visit, Path(id): Path<String>) -> Answer {
    let id: ChangeId = id.parse()?;
    let done = acts::unshare(&visit.cx, id).await;
    after(&visit, id, &[], done).await
}

async fn attest(Path(id): Path<String>, act: Act<Attesting>) -> Answer {
    let id: ChangeId = id.parse()?;
    let done = acts::attest(&act.visit.cx, id, &act.input).await;
    after(&act.visit, id, &act.sent, done).await
}

async fn withdraw_attestation(visit: Visit, Path(id): Path<String>) -> Answer {
    let id: ChangeId = id.parse()?;
    acts::withdraw_attestation(&visit.cx, id).await?;
    Ok(see(if store::one(&visit.cx, id).await?.is_some() { format!("/changes/{id}") } else { "/".to_owned() }))
}

async fn later(visit: Visit, Path(id): Path<String>) -> Answer {
    acts::put_question_aside(&visit.cx, id.parse()?).await?;
    Ok(see("/"))
}

#[derive(Template)]
#[template(path = "changes.html")]
struct ChangesPage {
    t: T,
    handle: String,
    name: String,
    mine: bool,
    years: Vec<(i16, Vec<Html>)>,
    next: Option<String>,
}

/// How somebody's practice changed: one's own with whom each is for, others' as far as they are shared.
async fn of_person(visit: Visit, Path(handle): Path<String>, After(after): After) -> Answer {
    let who = person::store::by_handle(&visit.cx, &handle).await?.ok_or(Error::NotFound)?;
    let page = store::of_person(&visit.cx, who.id, after.unwrap_or(Cursor::NEWEST), 40).await?;
    let shown = items(&visit, &page.items).await?;
    let mut years: Vec<(i16, Vec<Html>)> = Vec::new();
    for (h, item) in page.items.iter().zip(shown) {
        let year = visit.zone.to_datetime(h.at.jiff()).year();
        match years.last_mut() {
            Some((last, items)) if *last == year => items.push(item),
            _ => years.push((year, vec![item])),
        }
    }
    let next = page.next.map(|c| format!("/@{handle}/changes?after={c}"));
    let mine = visit.cx.viewer.person() == Some(who.id);
    let shown = ChangesPage { t: visit.t, handle: who.handle, name: who.name, mine, years, next };
    let title = visit.t.with("How the practice of {name} changed", "name", &shown.name);
    Ok(visit.page(&title, &shown).await?)
}
