//! Pages of practices: the list, the practice itself, writing, history and differences.

use askama::Template;
use axum::response::Response;
use community::store::{self as communities, Community};
use community::Openness;
use conversation::For;
use kernel::{Error, Result};
use membership::rules::{self as standing, Care};
use membership::store::{self as members, Belonging};
use serde::Deserialize;
use shell::request::see;
use shell::{Act, After, Answer, Asked, Form, Html, Needs, Path, Place, Route, T, Visit};
use wording::{Block, Part};

use crate::acts::{self, Clash, Draft, Revised, Revising};
use crate::files::{self, Version};
use crate::kinds::{self, Kind, NewKind};
use crate::proposals::{self, Proposal};
use crate::rules::{self, Evidence, Hand};
use crate::sources::{self, NewSource, Source};
use crate::store::{self, Adoption, Practice, Revision, Sought, Turn};
use crate::{How, PracticeId, State};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/c/{slug}/practices", Needs::shared(), list),
        Route::get("/practices/{id}", Needs::shared(), practice),
        Route::delete("/practices/{id}", Needs::acting(), take_back),
        Route::put("/practices/{id}/audience", Needs::acting(), reach_page),
        Route::get("/practices/{id}/revision", Needs::reading_own(), revising),
        Route::post("/practices/{id}/revisions", Needs::writing(), revise_page),
        Route::get("/practices/{id}/history", Needs::reading(), history),
        Route::get("/practices/{id}/differences", Needs::reading(), compare),
        Route::post("/practices/{id}/sources", Needs::acting(), add_source),
    ]
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// One line of a list.
pub(crate) struct Item {
    pub p: Practice,
    pub kind: String,
    pub when: Html,
    pub due: bool,
}

pub(crate) fn item(visit: &Visit, p: Practice) -> Item {
    Item { kind: kind_word(visit.t, &p), when: visit.time(p.edited_at), due: p.is_due(visit.cx.now()), p }
}

pub(crate) fn kind_word(t: T, p: &Practice) -> String {
    if !p.called.is_empty() {
        return p.called.clone();
    }
    let built_in = kinds::BUILT_IN.iter().find(|k| **k == p.kind);
    built_in.map_or_else(|| p.kind.clone(), |k| t.say(k).to_owned())
}

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    t: T,
    c: Community,
    items: Vec<Item>,
    kinds: Vec<Kind>,
    /// What is looked for, as the address says it.
    show: String,
    next: Option<String>,
    member: bool,
    tends: bool,
    form: Form,
}

#[derive(Deserialize, Default)]
struct Wanted {
    #[serde(default)]
    show: String,
}

async fn list_page(visit: &Visit, slug: &str, show: &str, after: After, form: Form) -> Result<Response> {
    let c = communities::inside(&visit.cx, slug).await?;
    let page = store::of_community(&visit.cx, c.id, &Sought::read(show), after.0, 30).await?;
    let show_again: String = form_urlencoded::byte_serialize(show.as_bytes()).collect();
    let next = page.next.map(|cursor| format!("/c/{}/practices?show={show_again}&after={cursor}", c.slug));
    let (member, tends) = match visit.guest {
        Some(_) => {
            let s = members::standing(&visit.cx, c.id).await?;
            (standing::may_contribute(c.stage, &s).is_ok(), standing::may_care(Care::Tend, &s).is_ok())
        }
        None => (false, false),
    };
    let kinds = kinds::of_community(&visit.cx, visit.t, c.id).await?;
    let items = page.items.into_iter().map(|p| item(visit, p)).collect();
    let title = format!("{} · {}", visit.t.say("Practices"), c.name);
    let faulty = form.is_faulty();
    let shown = ListPage { t: visit.t, c, items, kinds, show: show.to_owned(), next, member, tends, form };
    if faulty { visit.page_again(&title, &shown).await } else { visit.page(&title, &shown).await }
}

async fn list(visit: Visit, Path(slug): Path<String>, Asked(wanted): Asked<Wanted>, after: After) -> Answer {
    Ok(list_page(&visit, &slug, &wanted.show, after, Form::default()).await?)
}

pub(crate) async fn list_again(act: &Act<NewKind>, slug: &str, error: Error) -> Answer {
    let form = Form::again(&act.sent, error, act.visit.t)?;
    Ok(list_page(&act.visit, slug, "", After::default(), form).await?)
}

#[derive(Template)]
#[template(path = "practice.html")]
struct PracticePage {
    t: T,
    p: Practice,
    kind: String,
    edited: Html,
    verified: String,
    due: Option<String>,
    is_due: bool,
    hand: Hand,
    /// They may speak here.
    member: bool,
    signed_in: bool,
    evidence: Evidence,
    adoptions: Vec<(Adoption, Html)>,
    mine: Option<Adoption>,
    sources: Vec<Source>,
    turns: Vec<(Turn, String)>,
    proposals: Vec<Proposal>,
    forks: Vec<Practice>,
    original: Option<Practice>,
    versions: Vec<Version>,
    elsewhere: Vec<Belonging>,
    /// The states that it may be brought into, by who looks.
    states: Vec<(String, String, String)>,
    hows: Vec<(String, String, String)>,
    may_take_back: bool,
    /// Makes a form that is sent twice one act; empty for who is signed out.
    once: String,
    panels: Html,
    /// How it does for oneself: as it was sent, else as one said it before.
    adopting: Form,
    form: Form,
}

async fn page(visit: &Visit, id: PracticeId, form: Form) -> Result<Response> {
    let cx = &visit.cx;
    let p = store::one(cx, id).await?.ok_or(Error::NotFound)?;
    let me = cx.viewer.person();
    let (hand, member) = match me {
        Some(me) => {
            let s = members::standing(cx, p.community).await?;
            (Hand::of(store::authors(cx, id).await?.contains(&me), &s), standing::may_contribute(p.stage, &s).is_ok())
        }
        None => (Hand::default(), false),
    };
    let hand = if member { hand } else { Hand::default() };
    let evidence = store::evidence(cx, id).await?;
    let adoptions = store::adoptions(cx, id, 50).await?;
    let mine = adoptions.iter().find(|a| Some(a.person) == me).cloned();
    let t = visit.t;
    let original = match p.forked_from {
        Some((from, _)) => store::one(cx, from).await?,
        None => None,
    };
    let elsewhere = match me {
        Some(_) if p.reaches_all() => members::mine(cx).await?.into_iter().filter(|b| b.slug != p.slug).collect(),
        _ => Vec::new(),
    };
    let may_take_back = hand.author && me == Some(p.author.id) && !p.author.voice && adoptions.iter().all(|a| Some(a.person) == me);
    let panels = visit.panels(Place::Practice, id.into()).await?;
    let states = states(t, &p, hand);
    let adopting = match &mine {
        _ if form.has("how") => form.clone(),
        Some(a) => Form::of(&[("how", a.how.word()), ("setting", &a.setting), ("why", &a.why)]),
        None => Form::default(),
    };
    let faulty = form.is_faulty();
    let title = p.title.clone();
    let shown = PracticePage {
        kind: kind_word(t, &p),
        edited: visit.time(p.edited_at),
        verified: visit.day(p.verified_at),
        due: (p.due_at.0 < i64::MAX).then(|| visit.day(p.due_at)),
        is_due: p.is_due(cx.now()),
        sources: sources::of_practice(cx, id).await?,
        turns: store::turns(cx, id).await?.into_iter().map(|turn| (turn.clone(), visit.day(turn.at))).collect(),
        proposals: proposals::open(cx, id).await?,
        forks: store::forks(cx, id).await?,
        versions: files::versions(id, &p.attached),
        adoptions: adoptions.into_iter().map(|a| (a.clone(), visit.time(a.at))).collect(),
        hows: hows(t),
        signed_in: me.is_some(),
        t,
        p,
        hand,
        member,
        evidence,
        mine,
        original,
        elsewhere,
        states,
        may_take_back,
        once: if me.is_some() { visit.once() } else { String::new() },
        panels,
        adopting,
        form,
    };
    if faulty { visit.page_again(&title, &shown).await } else { visit.page(&title, &shown).await }
}

fn hows(t: T) -> Vec<(String, String, String)> {
    let of = |how: How, title: &'static str, meaning: &'static str| (how.word().to_owned(), t.say(title).to_owned(), t.say(meaning).to_owned());
    vec![
        of(How::WillTry, "I will try it", "You are asked once, a month from now, how it went."),
        of(How::Tried, "I tried it", ""),
        of(How::Use, "I work by it", ""),
        of(How::Adapted, "I adapted it", "Say what is different with you: others learn from it."),
        of(How::Dropped, "I dropped it", "Say why. It stands beside the practice, and its gardeners look at it."),
    ]
}

fn states(t: T, p: &Practice, hand: Hand) -> Vec<(String, String, String)> {
    let meaning = |state: State| match state {
        State::Proposed => "Worth trying.",
        State::Tried => "One person tried it who did not write it.",
        State::InUse => "Two people work by it who did not write it.",
        State::Contested => "Something speaks against it. Say what.",
        State::Retired => "Not to be used any more. Say why.",
    };
    let offered = State::ALL.iter().filter(|s| **s != p.state && (hand.tends || **s != State::Contested));
    offered.map(|s| (s.word().to_owned(), t.say(s.label()).to_owned(), t.say(meaning(*s)).to_owned())).collect()
}

async fn practice(visit: Visit, Path(id): Path<String>) -> Answer {
    Ok(page(&visit, id.parse()?, Form::default()).await?)
}

/// After a small act on a practice's page: back to it, or the page with what is wrong.
pub(crate) async fn after<I, O>(act: &Act<I>, id: PracticeId, done: Result<O>, anchor: &str) -> Answer {
    match done {
        Ok(_) => Ok(see(format!("/practices/{id}{anchor}"))),
        Err(error) => Ok(page(&act.visit, id, Form::again(&act.sent, error, act.visit.t)?).await?),
    }
}

async fn reach_page(Path(id): Path<String>, act: Act<acts::Reaching>) -> Answer {
    let id: PracticeId = id.parse()?;
    after(&act, id, acts::reach(&act.visit.cx, id, &act.input).await, "").await
}

async fn take_back(visit: Visit, Path(id): Path<String>) -> Answer {
    let p = acts::take_back(&visit.cx, id.parse()?).await?;
    Ok(see(format!("/c/{}/practices", p.slug)))
}

async fn add_source(Path(id): Path<String>, act: Act<NewSource>) -> Answer {
    let id: PracticeId = id.parse()?;
    after(&act, id, sources::add(&act.visit.cx, id, &act.input.clone().at_home(&act.visit.address_of(""))).await, "#sources").await
}

/// The page on which a practice is written: begun, revised, or proposed.
pub(crate) struct Shown {
    heading: String,
    title: String,
    action: String,
    back: String,
    button: &'static str,
    /// Asks for a reason: the label, and how long it may be.
    reason: Option<(&'static str, usize)>,
    kinds: Vec<(String, String, String)>,
    audiences: Vec<(String, String, String)>,
}

impl Shown {
    pub fn beginning(t: T, c: &Community, kinds: &[Kind]) -> Self {
        let audiences = if c.openness == community::Openness::Closed {
            Vec::new()
        } else {
            vec![
                ("open".into(), t.say("Open").into(), t.say("Whoever reads this community reads it, and others can carry it on.").into()),
                ("community".into(), t.say("The community").into(), t.say("Its members.").into()),
            ]
        };
        Self {
            heading: t.say("A new practice").into(),
            title: c.name.clone(),
            action: format!("/c/{}/practices", c.slug),
            back: format!("/c/{}/practices", c.slug),
            button: "Begin it",
            reason: None,
            kinds: kinds.iter().map(|k| (k.slug.clone(), k.word.clone(), String::new())).collect(),
            audiences,
        }
    }

    fn revising(t: T, p: &Practice) -> Self {
        Self {
            heading: t.say("Revise").into(),
            title: p.title.clone(),
            action: format!("{}/revisions", p.path()),
            back: p.path(),
            button: "Keep the revision",
            reason: Some(("Why it changes", 500)),
            kinds: Vec::new(),
            audiences: Vec::new(),
        }
    }

    pub fn proposing(t: T, p: &Practice) -> Self {
        Self {
            heading: t.say("Propose a change").into(),
            title: p.title.clone(),
            action: format!("{}/proposals", p.path()),
            back: p.path(),
            button: "Propose it",
            reason: Some(("Why: it opens a conversation", 4000)),
            kinds: Vec::new(),
            audiences: Vec::new(),
        }
    }
}

#[derive(Template)]
#[template(path = "writing.html")]
struct Writing<'a> {
    t: T,
    s: Shown,
    form: Form,
    clashes: &'a [Clash],
}

pub(crate) fn filled(p: &Practice) -> Form {
    Form::of(&[("title", &p.title), ("use_when", &p.use_when), ("words", &p.words), ("base", &p.version.to_string())])
}

pub(crate) async fn writing(visit: &Visit, s: Shown, form: Form, clashes: &[Clash]) -> Result<Response> {
    let title = format!("{} · {}", s.heading, s.title);
    let faulty = form.is_faulty();
    let shown = Writing { t: visit.t, s, form: form.with_once(visit.once()), clashes };
    if faulty { visit.page_again(&title, &shown).await } else { visit.page(&title, &shown).await }
}

async fn revise_form(visit: &Visit, id: PracticeId, form: Option<Form>, clashes: &[Clash]) -> Result<Response> {
    let p = store::one(&visit.cx, id).await?.ok_or(Error::NotFound)?;
    rules::may_revise(acts::hand(&visit.cx, &p).await?, p.state)?;
    let form = form.unwrap_or_else(|| filled(&p));
    writing(visit, Shown::revising(visit.t, &p), form, clashes).await
}

async fn revising(visit: Visit, Path(id): Path<String>) -> Answer {
    Ok(revise_form(&visit, id.parse()?, None, &[]).await?)
}

async fn revise_page(Path(id): Path<String>, act: Act<Revising>) -> Answer {
    let Act { visit, input, sent } = act;
    let id: PracticeId = id.parse()?;
    match acts::revise(&visit.cx, id, &input).await {
        Ok(Revised::Stands { .. }) => Ok(see(format!("/practices/{id}"))),
        Ok(Revised::Clashes { now, title, use_when, words, clashes }) => {
            let mut form = Form::of(&[("title", &title), ("use_when", &use_when), ("words", &words), ("reason", &input.reason.0), ("base", &now.to_string())]);
            form.refusal = Some(visit.t.say("Somebody else changed the same passages meanwhile. Yours stand below with everything else that they wrote; what they said differently stands beside it. Put the two together and keep the revision.").to_owned());
            Ok(revise_form(&visit, id, Some(form), &clashes).await?)
        }
        Err(error) => Ok(revise_form(&visit, id, Some(Form::again(&sent, error, visit.t)?), &[]).await?),
    }
}

#[derive(Template)]
#[template(path = "history.html")]
struct History {
    t: T,
    p: Practice,
    revisions: Vec<(Revision, Html)>,
    next: Option<i64>,
}

#[derive(Deserialize, Default)]
struct Before {
    #[serde(default)]
    before: Option<i64>,
}

async fn history(visit: Visit, Path(id): Path<String>, Asked(asked): Asked<Before>) -> Answer {
    let id: PracticeId = id.parse()?;
    let p = store::one(&visit.cx, id).await?.ok_or(Error::NotFound)?;
    let mut revisions = store::history(&visit.cx, id, asked.before.unwrap_or(i64::MAX), 31).await?;
    let next = (revisions.len() > 30).then(|| revisions.get(29).map(|r| r.version)).flatten();
    revisions.truncate(30);
    let revisions = revisions.into_iter().map(|r| (r.clone(), visit.time(r.at))).collect();
    let title = visit.t.with("How it came to be: {title}", "title", &p.title);
    Ok(visit.page(&title, &History { t: visit.t, p, revisions, next }).await?)
}

#[derive(Template)]
#[template(path = "differences.html")]
struct Differences {
    blocks: Vec<Vec<Piece>>,
    /// Title and when to use it, where they changed: before and after.
    lines: Vec<(String, String)>,
}

/// A stretch of a wording, and the tag that it stands in.
struct Piece {
    tag: &'static str,
    words: String,
}

/// What one wording says that the other does not.
pub(crate) fn differences(t: T, before: &Draft, after: &Draft) -> Result<Html> {
    let blocks = wording::folded(wording::differences(&before.words, &after.words));
    let piece = |tag, words: &str| Piece { tag, words: words.to_owned() };
    let blocks = blocks.into_iter().map(|block| match block {
        Block::Same { words } => vec![piece("", words)],
        Block::Folded { blocks } => vec![piece("folded", &t.count("One passage stays as it is.", "{n} passages stay as they are.", blocks as i64))],
        Block::Changed { parts } => parts.into_iter().map(|part| match part {
            Part::Same(words) => piece("", words),
            Part::Out(words) => piece("del", words),
            Part::In(words) => piece("ins", words),
        }).collect(),
    });
    // The blank lines after a passage are no part of what one reads.
    let trimmed = blocks.map(|mut block: Vec<Piece>| {
        if let Some(last) = block.last_mut() {
            last.words.truncate(last.words.trim_end_matches('\n').len());
        }
        block
    });
    let lines = [(&before.title, &after.title), (&before.use_when, &after.use_when)];
    let lines = lines.into_iter().filter(|(b, a)| b != a).map(|(b, a)| (b.clone(), a.clone())).collect();
    Html::of(&Differences { blocks: trimmed.collect(), lines })
}

#[derive(Template)]
#[template(path = "compare.html")]
struct Compare {
    t: T,
    p: Practice,
    heading: String,
    reason: String,
    differences: Html,
    same: bool,
    /// What stands in the offer's form to make it one, for who takes part where the fork began.
    offer: Option<String>,
}

#[derive(Deserialize, Default)]
struct Compared {
    /// Two versions of one practice,
    #[serde(default)]
    from: Option<i64>,
    #[serde(default)]
    to: Option<i64>,
    /// or a fork with what it began as.
    #[serde(default)]
    original: Option<String>,
}

async fn compare(visit: Visit, Path(id): Path<String>, Asked(asked): Asked<Compared>) -> Answer {
    let id: PracticeId = id.parse()?;
    let (cx, t) = (&visit.cx, visit.t);
    let p = store::one(cx, id).await?.ok_or(Error::NotFound)?;
    let (before, after, heading, reason) = match (asked.original, p.forked_from) {
        (Some(_), Some((from, _))) => {
            let original = store::one(cx, from).await?.ok_or(Error::NotFound)?;
            let heading = t.with("Beside what it began as, in {name}", "name", &original.place);
            (Draft::of(&original), Draft::of(&p), heading, String::new())
        }
        _ => {
            let to = asked.to.unwrap_or(p.version);
            let from = asked.from.unwrap_or(to.saturating_sub(1));
            let new = store::revision(cx, id, to).await?.ok_or(Error::NotFound)?;
            let old = store::revision(cx, id, from).await?.ok_or(Error::NotFound)?;
            let say = kernel::Say::new("From version {from} to version {to}").with("from", from).with("to", to);
            (old.draft(), new.draft(), t.sentence(&say), new.reason)
        }
    };
    let offer = if p.reaches_all() && may_offer_back(&visit, &p).await? { Some(visit.once()) } else { None };
    let same = before == after;
    let differences = differences(t, &before, &after)?;
    let title = format!("{heading}: {}", p.title);
    Ok(visit.page(&title, &Compare { t, p, heading, reason, differences, same, offer }).await?)
}

/// Whoever takes part where a fork began can offer it back there.
async fn may_offer_back(visit: &Visit, p: &Practice) -> Result<bool> {
    let (Some((from, _)), Some(_)) = (p.forked_from, &visit.guest) else { return Ok(false) };
    let Some(original) = store::one(&visit.cx, from).await? else { return Ok(false) };
    let standing = members::standing(&visit.cx, original.community).await?;
    Ok(standing::may_contribute(original.stage, &standing).is_ok())
}
