//! The box, the page of a trail, and the form that lets a narration grow.

use askama::Template;

use axum::response::Response;
use conversation::kinds::{self, Kind, KindHere};
use conversation::{ContributionId, TrailId, said, store as contributions};
use kernel::{Cursor, Error, Id, Result};
use membership::store::{self as members, Belonging};
use person::circles::{self, Circle};
use serde::Deserialize;
use shell::request::see;
use shell::{Act, After, Answer, Asked, Form, Future, Html, Needs, Path, Route, T, Visit};

use crate::acts::{self, Growing, Narrating};
use crate::store::{self, Trail};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/narrations/new", Needs::reading_own(), new),
        Route::post("/narrations", Needs::writing(), narrate),
        Route::get("/trails/{id}", Needs::shared(), trail),
        Route::get("/narrations/{id}/growth", Needs::reading_own(), growing),
        Route::post("/narrations/{id}/growth", Needs::writing(), grow),
    ]
}

#[derive(Template)]
#[template(path = "box.html")]
struct NarrateBox {
    t: T,
    form: Form,
    words: String,
    mine: Vec<Belonging>,
    trails: Vec<Trail>,
    /// The built-in ones: as it is kept, as it is said, what one is asked for.
    kinds: Vec<(String, String, String)>,
    circles: Vec<Circle>,
    /// What single communities say in their own way, each under its name.
    own: Vec<OwnKinds>,
    /// What one is asked for by the kind that is picked.
    prompt: String,
    tools: Html,
}

struct OwnKinds {
    community: Belonging,
    kinds: Vec<KindHere>,
}

impl OwnKinds {
    fn are_offered(&self) -> bool {
        self.kinds.iter().any(|k| !k.away)
    }
}

impl NarrateBox {
    /// Kinds that a community has put away, for its entry in the list of communities.
    fn away(&self, slug: &str) -> String {
        let own = self.own.iter().find(|o| o.community.slug == slug);
        let away = own.into_iter().flat_map(|o| &o.kinds).filter(|k| k.away).map(|k| k.kind.to_string());
        away.collect::<Vec<_>>().join(" ")
    }

    /// Two communities may have a kind of the same slug: one of them is picked.
    fn is_picked(&self, kind: &Kind, slug: &str) -> bool {
        self.form.value("kind") == kind.word() && self.form.value("community") == slug
    }
}

async fn the_box(visit: &Visit, form: Form) -> Result<Html> {
    let words = match form.value("words") {
        "" => conversation::drafts::of_place(&visit.cx, "home").await?,
        words => words.to_owned(),
    };
    let kinds: Vec<_> = kinds::usual_choices(visit.t).into_iter().filter(|(word, ..)| !word.is_empty()).collect();
    let mine = members::mine(&visit.cx).await?;
    let said = kinds::of_mine(&visit.cx).await?;
    let of = |slug: &str| said.iter().filter(|(of, _)| of == slug).map(|(_, kind)| kind.clone()).collect::<Vec<_>>();
    let own = mine.iter().map(|b| OwnKinds { community: b.clone(), kinds: of(&b.slug) }).filter(|o| !o.kinds.is_empty()).collect();
    let picked = Some(form.value("kind")).filter(|k| !k.is_empty()).unwrap_or("narration");
    let prompt = kinds.iter().find(|(kind, ..)| kind == picked).or_else(|| kinds.first()).map(|(_, _, prompt)| prompt.clone());
    Html::of(&NarrateBox {
        t: visit.t,
        words,
        mine,
        trails: store::own(&visit.cx).await?,
        circles: circles::mine(&visit.cx).await?,
        kinds,
        own,
        prompt: prompt.unwrap_or_default(),
        form: form.with_once(visit.once()),
        tools: attachment::shown::tools(visit.t)?,
    })
}

/// On the home page.
pub fn narrate_box(visit: Visit, _: Id) -> Future<Html> {
    Box::pin(async move { the_box(&visit, Form::default()).await })
}

#[derive(Template)]
#[template(path = "narrating.html")]
struct NarratingPage {
    t: T,
    form: Html,
}

async fn narrating_page(visit: &Visit, form: Form) -> Result<Response> {
    let faulty = form.is_faulty();
    let shown = NarratingPage { t: visit.t, form: the_box(visit, form).await? };
    let title = visit.t.say("What are you working on?");
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

#[derive(Deserialize, Default)]
struct Prefilled {
    #[serde(default)]
    words: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    work: String,
    #[serde(default)]
    community: String,
    #[serde(default)]
    trail: String,
}

async fn new(visit: Visit, Asked(p): Asked<Prefilled>) -> Answer {
    // What was not asked for is not chosen: the box stands as on the home page.
    let asked = [("words", &p.words), ("kind", &p.kind), ("work", &p.work), ("community", &p.community), ("trail", &p.trail)];
    let asked: Vec<(&str, &str)> = asked.iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| (*n, v.as_str())).collect();
    let form = Form::of(&asked);
    Ok(narrating_page(&visit, form).await?)
}

async fn narrate(act: Act<Narrating>) -> Answer {
    let Act { visit, input, sent } = act;
    match acts::narrate(&visit.cx, &input).await {
        Ok(id) => Ok(see(format!("/conversations/{id}"))),
        Err(error) => Ok(narrating_page(&visit, Form::again(&sent, error, visit.t)?).await?),
    }
}

#[derive(Template)]
#[template(path = "trail.html")]
struct TrailPage {
    t: T,
    trail: Trail,
    steps: Vec<Html>,
    next: Option<String>,
    may_continue: bool,
}

async fn trail(visit: Visit, Path(id): Path<String>, After(after): After) -> Answer {
    let id: TrailId = id.parse()?;
    let trail = store::seen(&visit.cx, id).await?.ok_or(Error::NotFound)?;
    let page = contributions::trail(&visit.cx, id, after.unwrap_or(Cursor::OLDEST), 50).await?;
    let steps = page.items.iter().map(|s| said::item(&visit, s, false)).collect::<Result<Vec<_>>>()?;
    let may_continue = match (&trail.community, visit.guest.is_some()) {
        (Some((slug, _)), true) => community::store::by_slug(&visit.cx, slug).await?.is_some_and(|c| c.member),
        (None, signed_in) => signed_in,
        _ => false,
    };
    let next = page.next.map(|c| format!("/trails/{id}?after={c}"));
    let shown = TrailPage { t: visit.t, trail, steps, next, may_continue };
    let title = visit.t.with("Trail: {title}", "title", &shown.trail.title);
    Ok(visit.page(&title, &shown).await?)
}

#[derive(Template)]
#[template(path = "growing.html")]
struct GrowingPage {
    t: T,
    id: ContributionId,
    path: String,
    from: Html,
    draft: String,
    words: String,
    /// What it may turn into, as its community says it.
    kinds: Vec<(String, String, String)>,
    form: Form,
}

async fn growing_page(visit: &Visit, id: ContributionId, form: Form) -> Result<Response> {
    let source = contributions::one(&visit.cx, id).await?.filter(|s| s.quiet().is_none()).ok_or(Error::NotFound)?;
    crate::rules::may_grow(source.kind, Some(conversation::Kind::Question)).map_err(Error::from)?;
    let draft = format!("grow-{id}");
    let words = match form.value("words") {
        "" => conversation::drafts::of_place(&visit.cx, &draft).await?,
        words => words.to_owned(),
    };
    let faulty = form.is_faulty();
    let from = said::item(visit, &source, true)?;
    let here = match &source.place {
        Some(place) => kinds::of_community(&visit.cx, place.id).await?,
        None => Vec::new(),
    };
    let shown = GrowingPage {
        t: visit.t,
        id,
        path: source.path(),
        from,
        draft,
        words,
        kinds: growths(visit.t, &here),
        form: form.with_once(visit.once()),
    };
    let title = visit.t.say("From a narration");
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

/// What a narration may turn into: without what its community has put away, and in its words.
fn growths(t: T, here: &[KindHere]) -> Vec<(String, String, String)> {
    let all = [
        (Kind::Question, "A question", "Something to ask the others."),
        (Kind::Problem, "A problem", "Something that stands in the way, maybe not only in yours."),
        (Kind::Insight, "An insight", "Something learned that others could use."),
    ];
    let offered = all.into_iter().filter_map(|(kind, title, meaning)| {
        let k = here.iter().find(|k| k.kind == kind);
        let said = k.filter(|k| !k.word.is_empty()).map_or_else(|| t.say(title).to_owned(), |k| k.word.clone());
        let prompt = k.filter(|k| !k.prompt.is_empty()).map_or_else(|| t.say(meaning).to_owned(), |k| k.prompt.clone());
        k.is_none_or(|k| !k.away).then(|| (kind.to_string(), said, prompt))
    });
    offered.collect()
}

async fn growing(visit: Visit, Path(id): Path<String>) -> Answer {
    Ok(growing_page(&visit, id.parse()?, Form::of(&[("kind", "question")])).await?)
}

async fn grow(Path(id): Path<String>, act: Act<Growing>) -> Answer {
    let Act { visit, input, sent } = act;
    let id: ContributionId = id.parse()?;
    match acts::grow(&visit.cx, id, &input).await {
        Ok(new) => Ok(see(format!("/conversations/{new}"))),
        Err(error) => Ok(growing_page(&visit, id, Form::again(&sent, error, visit.t)?).await?),
    }
}
