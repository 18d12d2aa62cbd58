//! How a conversation ended, in the words of who began it: what helped and why, the cases that were gathered, what came
//! of it. Never "solved", never counted. It may point at the replies that it speaks of.

use askama::Template;
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{Actor, Batch, Cursor, Cx, Error, Event, PersonId, Problems, Result, Row, Timestamp, Words, decide, vals};
use schemars::JsonSchema;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use shell::api::Doc;
use shell::request::see;
use shell::slice::FORM;
use shell::{Act, Answer, Asked, Form, Html, Needs, Path, Rate, Route, T, Visit, Who, words};

use crate::said::Said;
use crate::{ContributionId, Ending, acts, rules, store};

/// Replies that one ending points at.
const MOST: usize = 24;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/conversations/{id}/ending", Needs::reading_own(), ending),
        Route::put("/conversations/{id}/ending", Needs::acting(), say_page),
        Route::delete("/conversations/{id}/ending", Needs::acting(), take_back_page),
    ]
}

pub(crate) fn api() -> Vec<Route> {
    let write = Needs::new(Who::ApiWrite, Rate::Write, FORM);
    vec![
        Route::get("/api/v1/contributions/{id}/ending", Needs::new(Who::ApiRead, Rate::Read, 0), api_one)
            .doc(Doc::new("How a conversation ended, in its author's words").gives::<EndingSaid>()),
        Route::put("/api/v1/contributions/{id}/ending", write, api_say)
            .doc(Doc::new("Say what helped, what the cases are or what came of one's own conversation").takes::<NewEnding>().gives::<EndingSaid>()),
        Route::delete("/api/v1/contributions/{id}/ending", write, api_take_back).doc(Doc::new("Take back what one said of the ending")),
    ]
}

impl Ending {
    pub fn heading(self) -> &'static str {
        match self {
            Self::Helped => "What helped",
            Self::Cases => "Cases",
            Self::Came => "What came of it",
        }
    }

    /// What its author may do.
    pub fn invitation(self) -> &'static str {
        match self {
            Self::Helped => "Say what helped",
            Self::Cases => "Gather the cases",
            Self::Came => "Say what came of it",
        }
    }

    /// Beside a reply that it points at; `{name}` is whoever says it.
    pub fn beside(self) -> &'static str {
        match self {
            Self::Helped => "This helped, says {name}",
            Self::Cases => "One of the cases that {name} gathered",
            Self::Came => "{name} points here for what came of it",
        }
    }

    /// Points at one reply.
    pub fn pointing(self) -> &'static str {
        match self {
            Self::Helped => "This helped",
            Self::Cases => "This is a case",
            Self::Came => "This is what came of it",
        }
    }
}

/// What was said of the ending.
#[derive(Clone, Debug)]
pub struct Ended {
    pub how: Ending,
    pub words: String,
    pub html: Html,
    pub at: Timestamp,
    pub edited_at: Option<Timestamp>,
    pub version: i64,
}

impl Ended {
    pub(crate) fn from_row(r: &mut Row) -> Result<Option<Self>> {
        let (how, words, html): (Option<Ending>, Option<String>, Option<String>) = (r.take()?, r.take()?, r.take()?);
        let (at, edited_at, version): (Option<Timestamp>, _, Option<i64>) = (r.take()?, r.take()?, r.take()?);
        let (Some(how), Some(words), Some(html), Some(at), Some(version)) = (how, words, html, at, version) else { return Ok(None) };
        Ok(Some(Self { how, words, html: Html::trusted(html), at, edited_at, version }))
    }
}

/// What is said. A form sends `replies` once for each reply; JSON has a list of them.
#[derive(Clone, Debug, Default, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NewEnding {
    /// Markdown: what helped and why, what came of it. May be empty where replies are pointed at.
    #[schemars(default)]
    pub words: Words<0, 4000>,
    /// Replies of this conversation that it speaks of.
    #[schemars(default, length(max = 24))]
    pub replies: Vec<ContributionId>,
}

impl<'de> Deserialize<'de> for NewEnding {
    fn deserialize<D: Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Pointed {
            One(ContributionId),
            Several(Vec<ContributionId>),
        }
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = NewEnding;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("words and replies")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> std::result::Result<NewEnding, M::Error> {
                let mut new = NewEnding::default();
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        "words" => new.words = map.next_value()?,
                        "replies" => match map.next_value()? {
                            Pointed::One(id) => new.replies.push(id),
                            Pointed::Several(ids) => new.replies.extend(ids),
                        },
                        other => return Err(serde::de::Error::unknown_field(other, &["words", "replies"])),
                    }
                }
                Ok(new)
            }
        }
        d.deserialize_map(Fields)
    }
}

/// Says how one's own conversation ended, for the first time or otherwise than before.
pub async fn say(cx: &Cx, id: ContributionId, input: &NewEnding) -> Result<Said> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let body = input.words.check("words", &mut problems);
    let mut pointed = input.replies.clone();
    pointed.sort();
    pointed.dedup();
    if pointed.len() > MOST {
        problems.add("replies", "At most 24 replies can be pointed at. Please choose those that matter most.");
    } else if body.is_empty() && pointed.is_empty() {
        problems.add("words", "Please say it in your words, or point at a reply.");
    }
    problems.done()?;
    if cx.done_before::<ContributionId>().await?.is_some() {
        return store::one(cx, id).await?.ok_or(Error::NotFound);
    }
    decide(|| async {
        let root = store::one(cx, id).await?.ok_or(Error::NotFound)?;
        let before = store::pointed(cx, id).await?;
        let how = rules::may_end(root.author.is(Some(me)), root.withdrawn, root.fades_at.is_some(), root.ending.or(before.how))?;
        acts::may_speak(cx, &root).await?;
        let authors = store::authors_in(cx, id, &pointed).await?;
        if authors.len() != pointed.len() {
            return Err(Error::invalid("replies", "One of these replies is not in this conversation any more. Please look at them as they are now."));
        }
        let mentioned = person::store::by_handles(cx, &words::mentions(&body)).await?;
        let handles: Vec<String> = mentioned.iter().map(|p| p.handle.clone()).collect();
        let html = words::render(&body, &handles);
        let mut batch = Batch::new();
        acts::guard_answer(&mut batch, cx, me, &root);
        batch.run(
            "insert into ending (conversation, how, words, html, render_version, version, at) values (?1, ?2, ?3, ?4, ?5, 1, ?6)
             on conflict (conversation) do update set how = excluded.how, words = excluded.words, html = excluded.html,
                render_version = excluded.render_version, version = ending.version + 1, edited_at = excluded.at",
            vals![id, how, &body, html.as_str(), words::VERSION, cx.now()],
        );
        batch.run("delete from ending_reply where conversation = ?1", vals![id]);
        for reply in &pointed {
            batch.exactly(
                1,
                "insert into ending_reply (conversation, reply)
                 select root, id from contribution where id = ?2 and root = ?1 and parent is not null and withdrawn_at is null and hidden = '' and held = ''",
                vals![id, *reply],
            );
        }
        let ids: Vec<PersonId> = mentioned.iter().map(|p| p.id).collect();
        acts::put_mentions(&mut batch, id, &ids);
        // Whoever was pointed at before is not told a second time.
        let new = authors.iter().filter(|(reply, _)| !before.replies.contains(reply)).filter_map(|(_, person)| *person);
        batch.event(told(cx, me, "ending_said", &root, new));
        cx.write(batch, id).await?;
        Ok(root)
    })
    .await
}

/// Takes back what one said of the ending: also who has left may, as with all of one's own words.
pub async fn take_back(cx: &Cx, id: ContributionId) -> Result<Said> {
    let me = cx.me()?;
    let root = store::one(cx, id).await?.ok_or(Error::NotFound)?;
    rules::may_change(root.author.is(Some(me)), false, false)?;
    let before = store::pointed(cx, id).await?;
    if before.how.is_none() {
        return Ok(root); // said twice
    }
    let authors = store::authors_in(cx, id, &before.replies).await?;
    let mut batch = Batch::new();
    batch.holds("select 1 from contribution where id = ?1 and author = ?2 and not voice", vals![id, me]);
    batch.run("delete from ending where conversation = ?1", vals![id]);
    batch.run("delete from ending_reply where conversation = ?1", vals![id]);
    batch.event(told(cx, me, "ending_taken_back", &root, authors.into_iter().filter_map(|(_, person)| person)));
    cx.write(batch, id).await?;
    Ok(root)
}

/// Toward the authors of the replies that it points at.
fn told(cx: &Cx, me: PersonId, verb: &'static str, root: &Said, authors: impl Iterator<Item = PersonId>) -> Event {
    let mut persons: Vec<PersonId> = authors.filter(|p| *p != me).collect();
    persons.sort();
    persons.dedup();
    let mut event = Event::new(cx, Actor::Person(me), verb, "ending", root.id)
        .within(root.place.as_ref().map(|p| p.id))
        .in_conversation(root.id)
        .toward(persons);
    event.audience = root.audience.word().into();
    event
}

/// What stands on the conversation's page.
#[derive(Template)]
#[template(path = "ended.html")]
struct EndedPart<'a> {
    t: T,
    id: ContributionId,
    ended: &'a Ended,
    name: &'a str,
    when: Html,
    /// Where each reply stands, whose it is, and how it begins.
    replies: Vec<(String, &'a str, String)>,
    mine: bool,
}

/// Below the opening: its author's words, and the replies they point at. `here` says whether a reply is on this page.
pub(crate) fn part(visit: &Visit, root: &Said, ended: &Ended, pointed: &[Said], here: impl Fn(ContributionId) -> bool) -> Result<Html> {
    let path = |s: &Said| if here(s.id) { format!("#r{}", s.id) } else { format!("/conversations/{}", s.id) };
    Html::of(&EndedPart {
        t: visit.t,
        id: root.id,
        ended,
        name: &root.author.name,
        when: visit.time(ended.edited_at.unwrap_or(ended.at)),
        replies: pointed.iter().map(|s| (path(s), s.author.name.as_str(), words::plain(&s.words, 140))).collect(),
        mine: root.author.is(visit.cx.viewer.person()),
    })
}

#[derive(Deserialize, Default)]
struct Toward {
    #[serde(default)]
    reply: String,
}

#[derive(Template)]
#[template(path = "ending.html")]
struct EndingPage {
    t: T,
    id: ContributionId,
    heading: String,
    title: &'static str,
    hint: &'static str,
    /// Each reply, whose it is, how it begins, and whether it is pointed at.
    replies: Vec<(ContributionId, String, String, bool)>,
    said: bool,
    form: Form,
}

async fn page(visit: &Visit, id: ContributionId, form: Option<Form>, picked: Vec<ContributionId>) -> Result<Response> {
    let opening = store::opening(&visit.cx, id).await?.ok_or(Error::NotFound)?;
    let root = &opening.said;
    let how = root.ending.or(opening.ended.as_ref().map(|e| e.how));
    let how = rules::may_end(root.author.is(visit.cx.viewer.person()), root.withdrawn, root.fades_at.is_some(), how)?;
    let mut replies = store::replies(&visit.cx, id, Cursor::OLDEST, 200).await?.items;
    for s in store::tied(&visit.cx, id, None).await?.into_iter().filter(|t| t.tie == store::Tie::Ending).map(|t| t.said) {
        if !replies.iter().any(|r| r.id == s.id) {
            replies.push(s);
        }
    }
    let form = form.unwrap_or_else(|| Form::of(&[("words", opening.ended.as_ref().map_or("", |e| &e.words))]));
    let hint = match how {
        Ending::Helped => "What helped, and why it did, for who meets the same later. Nothing has to be solved.",
        Ending::Cases => "What the cases have in common, or how they differ. It may stay empty.",
        Ending::Came => "What you did with it, and what came of it.",
    };
    let replies = replies.into_iter().filter(|s| s.quiet().is_none() && s.care.hidden.is_none() && s.care.held.is_none());
    let faulty = form.is_faulty();
    let shown = EndingPage {
        t: visit.t,
        id,
        heading: root.heading(),
        title: visit.t.say(how.invitation()),
        hint: visit.t.say(hint),
        replies: replies.map(|s| (s.id, s.author.name.clone(), words::plain(&s.words, 160), picked.contains(&s.id))).collect(),
        said: opening.ended.is_some(),
        form: form.with_once(visit.once()),
    };
    if faulty { visit.page_again(shown.title, &shown).await } else { visit.page(shown.title, &shown).await }
}

async fn ending(visit: Visit, Path(id): Path<String>, Asked(toward): Asked<Toward>) -> Answer {
    let id: ContributionId = id.parse()?;
    let mut picked = store::pointed(&visit.cx, id).await?.replies;
    picked.extend(toward.reply.parse::<ContributionId>().ok());
    Ok(page(&visit, id, None, picked).await?)
}

async fn say_page(Path(id): Path<String>, act: Act<NewEnding>) -> Answer {
    let Act { visit, input, sent } = act;
    let id: ContributionId = id.parse()?;
    match say(&visit.cx, id, &input).await {
        Ok(_) => Ok(see(format!("/conversations/{id}#ending"))),
        Err(error) => Ok(page(&visit, id, Some(Form::again(&sent, error, visit.t)?), input.replies).await?),
    }
}

async fn take_back_page(visit: Visit, Path(id): Path<String>) -> Answer {
    Ok(see(take_back(&visit.cx, id.parse()?).await?.path()))
}

/// How a conversation ended.
#[derive(Serialize, JsonSchema)]
struct EndingSaid {
    conversation: ContributionId,
    how: Ending,
    words: String,
    html: String,
    replies: Vec<ContributionId>,
    at: Timestamp,
    edited_at: Option<Timestamp>,
}

async fn load(visit: &Visit, id: ContributionId) -> Result<EndingSaid> {
    let opening = store::opening(&visit.cx, id).await?.filter(|o| o.said.quiet().is_none()).ok_or(Error::NotFound)?;
    let ended = opening.ended.ok_or(Error::NotFound)?;
    let replies = store::pointed(&visit.cx, id).await?.replies;
    let (words, html) = (ended.words, ended.html.into_string());
    Ok(EndingSaid { conversation: id, how: ended.how, words, html, replies, at: ended.at, edited_at: ended.edited_at })
}

async fn api_one(visit: Visit, Path(id): Path<String>) -> Answer<Json<EndingSaid>> {
    Ok(Json(load(&visit, id.parse()?).await?))
}

async fn api_say(Path(id): Path<String>, act: Act<NewEnding>) -> Answer<Json<EndingSaid>> {
    let id = id.parse()?;
    say(&act.visit.cx, id, &act.input).await?;
    Ok(Json(load(&act.visit, id).await?))
}

async fn api_take_back(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    take_back(&visit.cx, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}
