//! The conversation page, and the forms to begin, answer, edit, widen, withdraw.

use std::collections::HashMap;

use askama::Template;
use attachment::Attached;

use axum::response::Response;
use community::store as communities;
use kernel::{Cursor, Error, Result};
use membership::rules as standing;
use membership::rules::{Standing, Suspended};
use person::circles;
use serde::Deserialize;
use shell::request::see;
use shell::slice::LONG_FORM;
use shell::{Act, After, Answer, Asked, Form, Html, Needs, Path, Place, Rate, Route, Shows, T, Visit, Who};

use crate::acts::{self, Edit, Lineage, NewContribution, NewReply, Reaching};
use crate::said::Said;
use crate::store::{self, Mark, Opening, Tie, Tied};
use crate::{ContributionId, Ending, Fades, For, Kind, KindHere, drafts, endings, kinds, rules};

pub(crate) fn routes() -> Vec<Route> {
    let words = Needs::new(Who::SignedIn, Rate::Write, LONG_FORM);
    vec![
        Route::get("/c/{slug}/contributions/new", Needs::reading_own(), new_in_community),
        Route::post("/c/{slug}/contributions", words, contribute),
        Route::get("/conversations/new", Needs::reading_own(), new_private),
        Route::post("/conversations", words, begin_private),
        Route::get("/conversations/{id}", Needs::shared(), conversation),
        Route::post("/contributions/{id}/replies", words, reply),
        Route::get("/contributions/{id}/edit", Needs::reading_own(), editing),
        Route::put("/contributions/{id}", words, edit),
        Route::put("/contributions/{id}/audience", Needs::acting(), reach),
        Route::post("/contributions/{id}/withdrawal", Needs::acting(), withdraw),
        Route::delete("/contributions/{id}/withdrawal", Needs::acting(), bring_back),
        Route::get("/contributions/{id}/history", Needs::shared(), history),
    ]
}

#[derive(Template)]
#[template(path = "new.html")]
struct NewPage {
    t: T,
    /// Address and name of the community; none for a private conversation.
    place: Option<(String, String)>,
    closed: bool,
    draft: String,
    words: String,
    /// To pick from: as it is kept, as it is said, what one is asked for.
    kinds: Vec<(String, String, String)>,
    /// What one is asked for by the kind that is picked.
    prompt: String,
    circles: Vec<(String, String, String)>,
    fades: Vec<(String, String, String)>,
    form: Form,
    tools: Html,
}

async fn new_page(visit: &Visit, c: Option<&communities::Community>, form: Form) -> Result<Response> {
    let draft = c.map_or_else(|| "private".to_owned(), |c| format!("new-{}", c.slug));
    let words = match form.value("words") {
        "" => drafts::of_place(&visit.cx, &draft).await?,
        words => words.to_owned(),
    };
    let title = visit.t.say(if c.is_some() { "Say something here" } else { "Talk privately" });
    let kinds = kind_choices(visit, c.map(|c| c.id), None).await?;
    let prompt = kinds.iter().find(|(kind, ..)| kind == form.value("kind")).map(|(_, _, prompt)| prompt.clone());
    let faulty = form.is_faulty();
    let shown = NewPage {
        t: visit.t,
        place: c.map(|c| (c.path(), c.name.clone())),
        closed: c.is_some_and(|c| c.openness == community::Openness::Closed),
        draft,
        words,
        kinds,
        prompt: prompt.unwrap_or_default(),
        circles: if c.is_some() { Vec::new() } else { circle_choices(visit).await? },
        fades: fades_choices(visit.t),
        form: form.with_once(visit.once()),
        tools: attachment::shown::tools(visit.t)?,
    };
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

/// One's own circles to pick from, with "none" first; empty where there is none.
async fn circle_choices(visit: &Visit) -> Result<Vec<(String, String, String)>> {
    let mine = circles::mine(&visit.cx).await?;
    let none = (!mine.is_empty()).then(|| (String::new(), visit.t.say("no circle").to_owned(), String::new()));
    Ok(none.into_iter().chain(mine.into_iter().map(|c| (c.id.to_string(), c.name, String::new()))).collect())
}

fn fades_choices(t: T) -> Vec<(String, String, String)> {
    let never = (String::new(), t.say("never").to_owned(), String::new());
    let all = Fades::ALL.iter().map(|f| (f.word().to_owned(), t.say(f.title()).to_owned(), String::new()));
    std::iter::once(never).chain(all).collect()
}

/// What a community offers, to pick from; the usual ones where there is none.
async fn kind_choices(visit: &Visit, place: Option<kernel::CommunityId>, now: Option<Kind>) -> Result<Vec<(String, String, String)>> {
    let here: Option<Vec<KindHere>> = match place {
        Some(id) => Some(kinds::of_community(&visit.cx, id).await?),
        None => None,
    };
    Ok(here.map_or_else(|| kinds::usual_choices(visit.t), |here| kinds::choices(visit.t, &here, now)))
}

#[derive(Deserialize, Default)]
struct As {
    #[serde(default)]
    kind: String,
}

async fn new_in_community(visit: Visit, Path(slug): Path<String>, Asked(wanted): Asked<As>) -> Answer {
    let c = communities::inside(&visit.cx, &slug).await?;
    standing::may_contribute(c.stage, &membership::store::standing(&visit.cx, c.id).await?).map_err(Error::from)?;
    let usual = rules::usual(Some(c.openness));
    Ok(new_page(&visit, Some(&c), Form::of(&[("audience", usual.word()), ("kind", &wanted.kind)])).await?)
}

async fn contribute(Path(slug): Path<String>, act: Act<NewContribution>) -> Answer {
    let Act { visit, input, sent } = act;
    match acts::contribute(&visit.cx, Some(&slug), &input, &Lineage::default()).await {
        Ok(id) => Ok(see(format!("/conversations/{id}"))),
        Err(error) => {
            let c = communities::inside(&visit.cx, &slug).await?;
            Ok(new_page(&visit, Some(&c), Form::again(&sent, error, visit.t)?).await?)
        }
    }
}

#[derive(Deserialize, Default)]
struct With {
    #[serde(default)]
    with: String,
    #[serde(default)]
    circle: String,
}

async fn new_private(visit: Visit, Asked(with): Asked<With>) -> Answer {
    Ok(new_page(&visit, None, Form::of(&[("named", &with.with), ("circle", &with.circle), ("audience", "named")])).await?)
}

async fn begin_private(act: Act<NewContribution>) -> Answer {
    let Act { visit, input, sent } = act;
    match acts::contribute(&visit.cx, None, &input, &Lineage::default()).await {
        Ok(id) => Ok(see(format!("/conversations/{id}"))),
        Err(error) => Ok(new_page(&visit, None, Form::again(&sent, error, visit.t)?).await?),
    }
}

/// A form of the conversation page that did not go through.
pub(crate) struct Faulty {
    pub id: ContributionId,
    pub thanks: bool,
    pub form: Form,
}

#[derive(Template)]
#[template(path = "utterance.html")]
struct Utterance<'a> {
    t: T,
    s: &'a Said,
    opening: bool,
    /// Its level among the replies, for who hears the page.
    level: i64,
    when: Html,
    edited: Option<Html>,
    heading: String,
    answers: Option<(ContributionId, &'a str)>,
    me_too: Vec<&'a Mark>,
    thanks: Vec<&'a Mark>,
    mine: bool,
    /// Said by a voice that the viewer claimed.
    was_me: bool,
    signed_in: bool,
    may_answer: bool,
    said_me_too: bool,
    collected: bool,
    /// Where it was collected.
    sense: Vec<&'a Said>,
    draft: &'a str,
    quote: &'a str,
    thanks_words: &'a str,
    faulty: Option<&'a Form>,
    faulty_thanks: Option<&'a Form>,
    once: &'a str,
    /// That the ending points here, as a sentence.
    pointed: Option<String>,
    /// Where who began it points here, and what that is called.
    pointing: Option<(String, &'static str)>,
    attachments: Html,
    /// A picture of one's own is not described yet.
    asks_for_alt: bool,
}

impl askama::filters::HtmlSafe for Utterance<'_> {}

/// A reply with the list marks around it: nested lists, so that the shape is heard as well as seen.
struct Node<'a> {
    before: String,
    said: Utterance<'a>,
}

#[derive(Template)]
#[template(path = "conversation.html")]
struct ConversationPage<'a> {
    t: T,
    place: Option<(String, String)>,
    opening: Utterance<'a>,
    nodes: Vec<Node<'a>>,
    after: String,
    named: Vec<(String, String)>,
    fades: Option<Fades>,
    grown: Vec<(bool, Said)>,
    /// What the opening looks at.
    sources: Vec<Source>,
    /// What its author said of the ending; or where they may.
    ended: Html,
    may_end: Option<&'static str>,
    /// What other slices show of this conversation.
    panels: Html,
    next: Option<String>,
    live: String,
    path: String,
    why_not: Option<String>,
    signed_in: bool,
    reach: Vec<(For, &'static str)>,
    id: ContributionId,
    tools: Html,
}

/// A line of something that was collected.
struct Source {
    said: Said,
    words: String,
    when: Html,
}

impl Source {
    fn of(visit: &Visit, said: &Said) -> Self {
        Self { said: said.clone(), words: shell::words::plain(&said.words, 240), when: visit.time(said.at) }
    }
}

const REPLIES: usize = 200;
/// Lists nested deeper than this say no more to anybody.
const DEEPEST_LIST: usize = 12;

async fn conversation(visit: Visit, Path(id): Path<String>, After(after): After) -> Answer {
    let id: ContributionId = id.parse()?;
    let opening = store::opening(&visit.cx, id).await?.ok_or(Error::NotFound)?;
    if opening.said.root != id {
        return Ok(see(place_of(&visit, &opening.said).await?));
    }
    Ok(conversation_page(&visit, opening, after, None).await?)
}

/// The page again, with a form that did not go through and its words.
pub(crate) async fn conversation_again(visit: &Visit, said: &Said, faulty: Faulty) -> Result<Response> {
    let opening = store::opening(&visit.cx, said.root).await?.ok_or(Error::NotFound)?;
    let after = page_of(&opening, said);
    conversation_page(visit, opening, after, Some(faulty)).await
}

/// Where to begin reading a long conversation so that one of its replies is on the page.
fn page_of(opening: &Opening, said: &Said) -> Option<Cursor> {
    let long = opening.said.replies >= REPLIES as i64 && said.parent.is_some();
    long.then_some(Cursor { at: said.at, id: said.id.0 - 1 })
}

/// The address of a reply in its conversation, on the page that holds it.
pub(crate) async fn place_of(visit: &Visit, said: &Said) -> Result<String> {
    let opening = store::opening(&visit.cx, said.root).await?.ok_or(Error::NotFound)?;
    Ok(match page_of(&opening, said) {
        Some(after) => format!("/conversations/{}?after={after}#r{}", said.root, said.id),
        None => said.path(),
    })
}

/// Six queries for who is signed in, however long it is: the session, what waits, the opening, its replies, marks, what
/// grew. A seventh is left to what other slices hang on it and on the frame.
async fn conversation_page(visit: &Visit, opening: Opening, after: Option<Cursor>, faulty: Option<Faulty>) -> Result<Response> {
    let root = &opening.said;
    let replies = store::replies_and_drafts(&visit.cx, root.id, after.unwrap_or(Cursor::OLDEST), REPLIES).await?;
    let drafts = replies.items.iter().map(|(s, draft)| (s.id, draft.clone())).chain([(root.id, opening.draft.clone())]).collect();
    let replies = replies.map(|(s, _)| s);
    let marks = store::marks(&visit.cx, root.id).await?;
    let why_not = why_not_answer(visit, &opening);
    let signed_in = visit.guest.is_some();
    let may_answer = signed_in && why_not.is_none();
    let tied = store::tied(&visit.cx, root.id, root.grew_from).await?;
    let pointed: Vec<Said> = tied.iter().filter(|t| t.tie == Tie::Ending).map(|t| t.said.clone()).collect();
    let named = if root.audience == For::Named { store::named(&visit.cx, root.id).await? } else { Vec::new() };
    let names: HashMap<ContributionId, &str> =
        replies.items.iter().chain([root]).map(|s| (s.id, s.author.name.as_str())).collect();
    let mine = root.author.is(visit.cx.viewer.person());
    let how = opening.ended.as_ref().map(|e| e.how);
    let may_end = root.ending.or(how).filter(|_| mine && may_answer && root.fades_at.is_none());
    let ending = At { root, how, pointed: pointed.iter().map(|s| s.id).collect(), may_end };
    let desk = Desk { visit, marks: &marks, tied: &tied, names: &names, drafts: &drafts, may_answer, faulty: faulty.as_ref(), once: visit.once(), ending };
    let (nodes, end) = tree(&desk, &replies.items);
    let path = format!("/conversations/{}", root.id);
    let shown = ConversationPage {
        t: visit.t,
        place: root.place.as_ref().map(|p| (format!("/c/{}", p.slug), p.name.clone())),
        opening: desk.utterance(root),
        nodes,
        after: end,
        named,
        fades: root.fades(),
        grown: tied.iter().filter(|t| matches!(t.tie, Tie::GrewFrom | Tie::LedTo)).map(|t| (t.tie == Tie::GrewFrom, t.said.clone())).collect(),
        sources: tied.iter().filter(|t| t.tie == Tie::Source).map(|t| Source::of(visit, &t.said)).collect(),
        ended: match &opening.ended {
            Some(_) if root.quiet().is_some() => Html::default(),
            Some(ended) => endings::part(visit, root, ended, &pointed, |id| names.contains_key(&id))?,
            None => Html::default(),
        },
        may_end: may_end.filter(|_| opening.ended.is_none()).map(Ending::invitation),
        panels: visit.panels(Place::Conversation, root.id.into()).await?,
        next: replies.next.map(|c| format!("{path}?after={c}#replies")),
        live: format!("/live{path}?after={}", opening.last),
        path,
        why_not,
        signed_in,
        reach: if mine && !root.withdrawn && opening.member { reach_choices(root, &replies.items) } else { Vec::new() },
        id: root.id,
        tools: if may_answer { attachment::shown::tools(visit.t)? } else { Html::default() },
    };
    let title = root.quiet().map_or_else(|| root.heading(), |quiet| visit.t.say(quiet).to_owned());
    if faulty.is_some() {
        return visit.page_again(&title, &shown).await;
    }
    let mut page = visit.page(&title, &shown).await?;
    page.extensions_mut().insert(Shows::Conversation(root.id.into()));
    Ok(page)
}

/// The sentence that stands where the way to answer would be; None when there is one.
fn why_not_answer(visit: &Visit, opening: &Opening) -> Option<String> {
    let root = &opening.said;
    visit.guest.as_ref()?;
    let suspended = opening.suspended.then(|| Suspended { until: visit.cx.now(), reason: String::new(), rule: String::new(), id: 0 });
    let s = Standing { member: opening.member, suspended, ..Standing::default() };
    let place = root.place.as_ref().map(|p| (p.stage, p.openness, &s));
    match rules::may_answer(place) {
        Ok(()) if root.withdrawn && !root.faded => Some(visit.t.say("This was withdrawn by its author.").to_owned()),
        Ok(()) => root.care.closed.clone().map(|why| visit.t.sentence(&rules::Refusal::Closed(why).into())),
        Err(_) if opening.suspended => Some(visit.t.say("You are suspended in this community at the moment; its front door says why and until when.").to_owned()),
        Err(refusal) => Some(visit.t.sentence(&refusal.into())),
    }
}

/// Where else its author, a member, may let it reach.
fn reach_choices(s: &Said, replies: &[Said]) -> Vec<(For, &'static str)> {
    let member = Standing { member: true, ..Standing::default() };
    let place = s.place.as_ref().map(|p| (p.stage, p.openness, &member));
    let answered = replies.iter().any(|r| r.author.id != s.author.id);
    let all = [(For::Me, "only for you"), (For::Community, "for the community"), (For::Open, "open")];
    all.into_iter().filter(|(to, _)| *to != s.audience && rules::may_reach(s.audience, *to, answered, place).is_ok()).collect()
}

/// What all utterances of one page share.
struct Desk<'a> {
    visit: &'a Visit,
    marks: &'a [Mark],
    tied: &'a [Tied],
    names: &'a HashMap<ContributionId, &'a str>,
    drafts: &'a HashMap<ContributionId, String>,
    may_answer: bool,
    faulty: Option<&'a Faulty>,
    once: String,
    ending: At<'a>,
}

/// Where its ending points, and whether the reader may point.
struct At<'a> {
    root: &'a Said,
    how: Option<Ending>,
    pointed: Vec<ContributionId>,
    may_end: Option<Ending>,
}

impl At<'_> {
    fn beside(&self, t: T, s: &Said) -> Option<String> {
        let how = self.how.filter(|_| self.pointed.contains(&s.id))?;
        Some(t.with(how.beside(), "name", &self.root.author.name))
    }

    fn pointing(&self, t: T, s: &Said) -> Option<(String, &'static str)> {
        let how = self.may_end.filter(|_| s.parent.is_some() && !self.pointed.contains(&s.id))?;
        Some((format!("/conversations/{}/ending?reply={}", self.root.id, s.id), t.say(how.pointing())))
    }
}

impl<'a> Desk<'a> {
    fn utterance(&'a self, s: &'a Said) -> Utterance<'a> {
        let me = self.visit.cx.viewer.person();
        let ours = || self.marks.iter().filter(|m| m.contribution == s.id);
        let faulty = self.faulty.filter(|f| f.id == s.id);
        let reply_form = faulty.filter(|f| !f.thanks).map(|f| &f.form);
        let thanks_form = faulty.filter(|f| f.thanks).map(|f| &f.form);
        let kept = self.drafts.get(&s.id).map_or("", String::as_str);
        let answers = s.parent.filter(|p| *p != s.root).and_then(|p| self.names.get(&p).map(|name| (p, *name))).filter(|(_, name)| !name.is_empty());
        Utterance {
            t: self.visit.t,
            s,
            opening: s.parent.is_none(),
            level: s.depth,
            when: self.visit.time(s.at),
            edited: s.edited_at.map(|at| self.visit.time(at)),
            heading: if s.parent.is_none() { s.heading() } else { String::new() },
            answers,
            me_too: ours().filter(|m| m.thanks.is_none() && !m.collected).collect(),
            thanks: ours().filter(|m| m.thanks.is_some()).collect(),
            mine: s.author.is(me),
            was_me: s.author.was(me),
            signed_in: self.visit.guest.is_some(),
            may_answer: self.may_answer,
            said_me_too: ours().any(|m| m.thanks.is_none() && !m.collected && Some(m.person) == me),
            collected: ours().any(|m| m.collected),
            sense: self.tied.iter().filter(|t| t.tie == Tie::Sense && t.here == s.id).map(|t| &t.said).collect(),
            draft: reply_form.map_or(kept, |f| f.value("words")),
            quote: reply_form.map_or("", |f| f.value("quote")),
            thanks_words: thanks_form.map_or("", |f| f.value("words")),
            faulty: reply_form,
            faulty_thanks: thanks_form,
            once: &self.once,
            pointed: self.ending.beside(self.visit.t, s),
            pointing: self.ending.pointing(self.visit.t, s),
            attachments: attachment::shown::html(self.visit.t, &s.attached, false).unwrap_or_default(),
            asks_for_alt: s.author.is(me) && s.attached.iter().any(Attached::asks_for_alt),
        }
    }
}

/// Depth-first, with the marks that open and close nested lists. What answers something on another page stands first.
fn tree<'a>(desk: &'a Desk<'a>, replies: &'a [Said]) -> (Vec<Node<'a>>, String) {
    let here: HashMap<ContributionId, usize> = replies.iter().enumerate().map(|(i, s)| (s.id, i)).collect();
    let mut children: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
    for (i, s) in replies.iter().enumerate() {
        children.entry(s.parent.and_then(|p| here.get(&p).copied())).or_default().push(i);
    }
    let mut order = Vec::with_capacity(replies.len());
    let mut stack: Vec<(usize, usize)> = children.get(&None).into_iter().flatten().rev().map(|i| (*i, 1)).collect();
    while let Some((i, depth)) = stack.pop() {
        order.push((i, depth));
        let below = (depth + 1).min(DEEPEST_LIST);
        stack.extend(children.get(&Some(i)).into_iter().flatten().rev().map(|c| (*c, below)));
    }
    let (mut nodes, mut at) = (Vec::with_capacity(order.len()), 0usize);
    for (i, depth) in order {
        let Some(s) = replies.get(i) else { continue };
        let before = match depth {
            d if d > at => "<ol class=\"replies\"><li>".repeat(d - at),
            d => format!("</li>{}<li>", "</ol></li>".repeat(at - d)),
        };
        at = depth;
        nodes.push(Node { before, said: desk.utterance(s) });
    }
    (nodes, "</li></ol>".repeat(at))
}

async fn reply(Path(id): Path<String>, act: Act<NewReply>) -> Answer {
    let Act { visit, input, sent } = act;
    let to: ContributionId = id.parse()?;
    match acts::reply(&visit.cx, to, &input).await {
        Ok(id) => {
            let said = store::one(&visit.cx, id).await?.ok_or(Error::NotFound)?;
            Ok(see(place_of(&visit, &said).await?))
        }
        Err(error) => {
            let said = store::one(&visit.cx, to).await?.ok_or(Error::NotFound)?;
            // What is withdrawn has no box any more: the words go into the conversation's own.
            let id = if said.withdrawn || said.care.hidden.is_some() { said.root } else { to };
            let form = Form::again(&sent, error, visit.t)?;
            Ok(conversation_again(&visit, &said, Faulty { id, thanks: false, form }).await?)
        }
    }
}

#[derive(Template)]
#[template(path = "edit.html")]
struct EditPage {
    t: T,
    id: ContributionId,
    path: String,
    opening: bool,
    kinds: Vec<(String, String, String)>,
    form: Form,
}

async fn edit_page(visit: &Visit, said: &Said, form: Form) -> Result<EditPage> {
    Ok(EditPage {
        t: visit.t,
        id: said.id,
        path: said.path(),
        opening: said.parent.is_none(),
        kinds: kind_choices(visit, said.place.as_ref().map(|p| p.id), said.kind).await?,
        form: form.with_once(visit.once()),
    })
}

async fn editing(visit: Visit, Path(id): Path<String>) -> Answer {
    let said = store::one(&visit.cx, id.parse()?).await?.ok_or(Error::NotFound)?;
    rules::may_change(said.author.is(visit.cx.viewer.person()), said.withdrawn, said.faded).map_err(Error::from)?;
    let form = Form::of(&[
        ("words", &said.words),
        ("title", &said.title),
        ("kind", said.kind.as_ref().map_or("", Kind::word)),
        ("version", &said.version.to_string()),
    ]);
    Ok(visit.page(visit.t.say("Change what you said"), &edit_page(&visit, &said, form).await?).await?)
}

async fn edit(Path(id): Path<String>, act: Act<Edit>) -> Answer {
    let Act { visit, input, sent } = act;
    let id: ContributionId = id.parse()?;
    match acts::edit(&visit.cx, id, &input).await {
        Ok(said) => Ok(see(said.path())),
        Err(error) => {
            let said = store::one(&visit.cx, id).await?.ok_or(Error::NotFound)?;
            let mut form = Form::again(&sent, error, visit.t)?;
            // Sent once more, it changes what is there now, which is in the history.
            form.set("version", &said.version.to_string());
            let shown = edit_page(&visit, &said, form).await?;
            Ok(visit.page_again(visit.t.say("Change what you said"), &shown).await?)
        }
    }
}

async fn reach(Path(id): Path<String>, act: Act<Reaching>) -> Answer {
    Ok(see(acts::reach(&act.visit.cx, id.parse()?, &act.input).await?.path()))
}

async fn withdraw(visit: Visit, Path(id): Path<String>) -> Answer {
    Ok(see(acts::withdraw(&visit.cx, id.parse()?).await?.path()))
}

async fn bring_back(visit: Visit, Path(id): Path<String>) -> Answer {
    Ok(see(acts::bring_back(&visit.cx, id.parse()?).await?.path()))
}

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage {
    t: T,
    path: String,
    now: Html,
    title: String,
    before: Vec<(store::Before, Html)>,
    /// Also before it was brought in.
    changed: bool,
}

async fn history(visit: Visit, Path(id): Path<String>) -> Answer {
    let said = store::one(&visit.cx, id.parse()?).await?.filter(|s| s.quiet().is_none()).ok_or(Error::NotFound)?;
    let before = store::history(&visit.cx, said.id).await?;
    let before = before.into_iter().map(|b| (b.clone(), visit.time(b.at))).collect();
    let shown = HistoryPage { t: visit.t, path: said.path(), changed: said.edited_at.is_some(), now: said.html, title: said.title, before };
    Ok(visit.page(visit.t.say("What this was before"), &shown).await?)
}

/// Whom something in a community may be for, to choose from.
pub(crate) fn audiences(t: T, closed: &bool, name: &str) -> Vec<(String, String, String)> {
    let choice = |to: For, title: String, meaning: &'static str| (to.word().to_owned(), title, t.say(meaning).to_owned());
    let mut all = vec![
        choice(For::Community, t.with("{name}", "name", name), "Its members read it."),
        choice(For::Me, t.say("Only me").to_owned(), "Nobody else reads it, until you let it reach further."),
    ];
    if !closed {
        all.insert(0, choice(For::Open, t.say("Anyone").to_owned(), "Also people without an account read it."));
    }
    all
}
