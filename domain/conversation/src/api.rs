//! Contributions, replies, thanks and streams over JSON, by the same acts.

use attachment::acts::Describing;
use attachment::api::Attachment;
use axum::Json;

use axum::http::{Method, StatusCode};
use axum::response::Response;
use community::store as communities;
use kernel::{Cursor, Error, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use shell::api::{Doc, List, created};
use shell::slice::LONG_FORM;
use shell::{Act, After, Answer, Asked, Needs, Path, Rate, Route, Visit, Who};

use crate::acts::{self, Edit, Lineage, NewContribution, NewReply, Reaching};
use crate::marks::{self, Thanking};
use crate::said::Said;
use crate::attaching::{self, More};
use crate::streams::Wanted;
use crate::{ContributionId, For, Kind, ThanksId, TrailId, store};

pub fn routes() -> Vec<Route> {
    let read = Needs::new(Who::ApiRead, Rate::Read, 0);
    let own = Needs::new(Who::ApiOwn, Rate::Read, 0);
    let write = Needs::new(Who::ApiWrite, Rate::Write, LONG_FORM);
    vec![
        Route::get("/api/v1/communities/{slug}/contributions", read, of_community).doc(
            Doc::new("What began in a community, the newest first")
                .gives::<List<Contribution>>()
                .asks("kind", "only this kind: a built-in word, the slug of an own one, or `asks` for what wants an answer")
                .pages(),
        ),
        Route::post("/api/v1/communities/{slug}/contributions", write, contribute)
            .doc(Doc::new("Begin a conversation in a community").takes::<NewContribution>().created::<Contribution>()),
        Route::post("/api/v1/contributions", write, begin_private)
            .doc(Doc::new("Say something to named people, or to oneself").takes::<NewContribution>().created::<Contribution>()),
        Route::get("/api/v1/contributions/{id}", read, one)
            .doc(Doc::new("One contribution").gives::<Contribution>()),
        Route::put("/api/v1/contributions/{id}", write, edit)
            .doc(Doc::new("Change one's own words; what was before stays").takes::<Edit>().gives::<Contribution>()),
        Route::delete("/api/v1/contributions/{id}", write, withdraw).doc(Doc::new("Withdraw one's own words")),
        Route::delete("/api/v1/contributions/{id}/withdrawal", write, bring_back)
            .doc(Doc::new("Bring back what one withdrew")),
        Route::put("/api/v1/contributions/{id}/audience", write, reach)
            .doc(Doc::new("Change whom one's own conversation is for").takes::<Reaching>().gives::<Contribution>()),
        Route::get("/api/v1/contributions/{id}/history", read, history)
            .doc(Doc::new("What a contribution was before").gives::<List<Before>>()),
        Route::get("/api/v1/contributions/{id}/replies", read, replies)
            .doc(Doc::new("All replies of the conversation, the oldest first").gives::<List<Contribution>>().pages()),
        Route::post("/api/v1/contributions/{id}/replies", write, reply)
            .doc(Doc::new("Answer").takes::<NewReply>().created::<Contribution>()),
        Route::post("/api/v1/contributions/{id}/attachments", write, attach)
            .doc(Doc::new("Let attachments stand with one's own words, afterwards").takes::<More>().created::<Contribution>()),
        Route::put("/api/v1/attachments/{id}", write, describe)
            .doc(Doc::new("Say what one's own picture shows").takes::<Describing>().gives::<Attachment>()),
        Route::get("/api/v1/attachments/{id}/{variant}", read, attaching::file)
            .doc(Doc::new("The file of an attachment: full, or small for a picture")),
        Route::delete("/api/v1/attachments/{id}", write, remove).doc(Doc::new("Take one's own attachment away")),
        Route::get("/api/v1/contributions/{id}/thanks", read, thanks)
            .doc(Doc::new("Thanks for one contribution").gives::<List<Thanks>>()),
        Route::post("/api/v1/contributions/{id}/thanks", write, thank)
            .doc(Doc::new("Thank its author, in words").takes::<Thanking>().created::<Thanks>()),
        Route::new(Method::PUT, "/api/v1/contributions/{id}/me-too", write, me_too)
            .doc(Doc::new("Say that this happens to oneself, too")),
        Route::delete("/api/v1/contributions/{id}/me-too", write, not_me).doc(Doc::new("Take \"me too\" back")),
        Route::get("/api/v1/me/stream", own, mine)
            .doc(Doc::new("What was said where the caller belongs").gives::<List<Contribution>>().pages()),
        Route::get("/api/v1/people/{handle}/contributions", read, of_person)
            .doc(Doc::new("What a person began").gives::<List<Contribution>>().pages()),
    ]
}

/// Something that was said.
#[derive(Serialize, JsonSchema)]
pub struct Contribution {
    pub id: ContributionId,
    pub conversation: ContributionId,
    /// What it answers.
    pub parent: Option<ContributionId>,
    pub community: Option<String>,
    pub author: Author,
    /// A built-in word, or the slug of the community's own kind.
    pub kind: Option<Kind>,
    /// The community's own word for it; empty where it is the usual one.
    pub kind_word: String,
    pub title: String,
    /// Markdown; empty when it was withdrawn.
    pub words: String,
    pub html: String,
    pub audience: For,
    pub asks: bool,
    pub quote: String,
    pub work: String,
    pub trail: Option<TrailId>,
    pub grew_from: Option<ContributionId>,
    /// Where a remembered voice said it.
    pub link: String,
    pub version: i64,
    pub at: Timestamp,
    pub edited_at: Option<Timestamp>,
    pub withdrawn: bool,
    /// When these words fade, in a conversation that does.
    pub fades_at: Option<Timestamp>,
    /// Past its time; nothing is left of it but its place.
    pub faded: bool,
    /// What stands with the words.
    pub attachments: Vec<Attachment>,
    /// A steward hid it: the rule and the reason. Its words are empty for all but its author and stewards.
    pub hidden: Option<Why>,
    /// A steward closed its conversation to further answers.
    pub closed: Option<Why>,
    /// It waits for a steward, and others do not see it: first, links, mentions, repeated or declined.
    pub held: Option<&'static str>,
    /// The caller blocked its author: its words and its author are empty.
    pub blocked: bool,
}

/// What a steward's act rests on.
#[derive(Serialize, JsonSchema)]
pub struct Why {
    pub rule: String,
    pub reason: String,
}

impl From<crate::care::Why> for Why {
    fn from(w: crate::care::Why) -> Self {
        Self { rule: w.rule, reason: w.reason }
    }
}

#[derive(Serialize, JsonSchema)]
pub struct Author {
    pub name: String,
    /// None for who has no page: a remembered voice, or somebody who has left.
    pub handle: Option<String>,
    /// Where a remembered voice spoke.
    pub remembered_from: Option<String>,
}

impl From<Said> for Contribution {
    fn from(s: Said) -> Self {
        let (words, html, title, quote) = if s.withdrawn {
            Default::default()
        } else {
            (s.words, s.html.into_string(), s.title, s.quote)
        };
        Self {
            id: s.id,
            conversation: s.root,
            parent: s.parent,
            community: s.place.map(|p| p.slug),
            // An empty place does not say whose it was.
            author: if s.withdrawn {
                Author { name: String::new(), handle: None, remembered_from: None }
            } else {
                Author { name: s.author.name, handle: s.author.handle, remembered_from: s.author.origin }
            },
            kind: s.kind,
            kind_word: s.called.0,
            title,
            words,
            html,
            audience: s.audience,
            asks: s.asks,
            quote,
            work: if s.withdrawn { String::new() } else { s.work },
            trail: s.trail.map(|(id, _)| id),
            grew_from: s.grew_from,
            link: s.link,
            version: s.version,
            at: s.at,
            edited_at: s.edited_at,
            withdrawn: s.withdrawn,
            fades_at: s.fades_at,
            faded: s.faded,
            hidden: s.care.hidden.map(Why::from),
            closed: s.care.closed.map(Why::from),
            held: s.care.held.map(|h| h.word()),
            blocked: s.care.blocked,
            attachments: if s.withdrawn { Vec::new() } else { s.attached.iter().map(Attachment::from).collect() },
        }
    }
}

const PAGE: usize = 50;

async fn of_community(
    visit: Visit,
    Path(slug): Path<String>,
    Asked(wanted): Asked<Wanted>,
    After(after): After,
) -> Answer<Json<List<Contribution>>> {
    let c = communities::inside(&visit.cx, &slug).await?;
    let page = store::of_community(&visit.cx, c.id, wanted.sought(), after.unwrap_or(Cursor::NEWEST), PAGE).await?;
    Ok(Json(page.map(Contribution::from).into()))
}

async fn load(visit: &Visit, id: ContributionId) -> kernel::Result<Contribution> {
    Ok(store::one(&visit.cx, id).await?.ok_or(Error::NotFound)?.into())
}

async fn contribute(Path(slug): Path<String>, act: Act<NewContribution>) -> Answer<Response> {
    let id = acts::contribute(&act.visit.cx, Some(&slug), &act.input, &Lineage::default()).await?;
    Ok(created(load(&act.visit, id).await?))
}

async fn begin_private(act: Act<NewContribution>) -> Answer<Response> {
    let id = acts::contribute(&act.visit.cx, None, &act.input, &Lineage::default()).await?;
    Ok(created(load(&act.visit, id).await?))
}

async fn one(visit: Visit, Path(id): Path<String>) -> Answer<Json<Contribution>> {
    Ok(Json(load(&visit, id.parse()?).await?))
}

async fn edit(Path(id): Path<String>, act: Act<Edit>) -> Answer<Json<Contribution>> {
    let id = id.parse()?;
    acts::edit(&act.visit.cx, id, &act.input).await?;
    Ok(Json(load(&act.visit, id).await?))
}

async fn withdraw(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    acts::withdraw(&visit.cx, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn bring_back(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    acts::bring_back(&visit.cx, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn reach(Path(id): Path<String>, act: Act<Reaching>) -> Answer<Json<Contribution>> {
    let id = id.parse()?;
    acts::reach(&act.visit.cx, id, &act.input).await?;
    Ok(Json(load(&act.visit, id).await?))
}

#[derive(Serialize, JsonSchema)]
struct Before {
    version: i64,
    title: String,
    html: String,
    at: Timestamp,
}

async fn history(visit: Visit, Path(id): Path<String>) -> Answer<Json<List<Before>>> {
    let said = store::one(&visit.cx, id.parse()?).await?.ok_or(Error::NotFound)?;
    let before = store::history(&visit.cx, said.id).await?;
    let items = before.into_iter().map(|b| Before { version: b.version, title: b.title, html: b.html.into_string(), at: b.at });
    Ok(Json(List { items: items.collect(), next: None }))
}

async fn replies(visit: Visit, Path(id): Path<String>, After(after): After) -> Answer<Json<List<Contribution>>> {
    let said = store::one(&visit.cx, id.parse()?).await?.ok_or(Error::NotFound)?;
    let page = store::replies(&visit.cx, said.root, after.unwrap_or(Cursor::OLDEST), PAGE).await?;
    Ok(Json(page.map(Contribution::from).into()))
}

async fn reply(Path(id): Path<String>, act: Act<NewReply>) -> Answer<Response> {
    let id = acts::reply(&act.visit.cx, id.parse()?, &act.input).await?;
    Ok(created(load(&act.visit, id).await?))
}

#[derive(Serialize, JsonSchema)]
struct Thanks {
    id: ThanksId,
    contribution: ContributionId,
    from: String,
    words: String,
}

async fn thanks_of(visit: &Visit, id: ContributionId) -> kernel::Result<Vec<Thanks>> {
    let said = store::one(&visit.cx, id).await?.filter(|s| s.quiet().is_none()).ok_or(Error::NotFound)?;
    let marks = store::marks(&visit.cx, said.root).await?;
    let thanks = marks.into_iter().filter(|m| m.contribution == id).filter_map(|m| {
        let (id, words) = m.thanks?;
        Some(Thanks { id, contribution: m.contribution, from: m.handle.unwrap_or(m.name), words })
    });
    Ok(thanks.collect())
}

async fn thanks(visit: Visit, Path(id): Path<String>) -> Answer<Json<List<Thanks>>> {
    Ok(Json(List { items: thanks_of(&visit, id.parse()?).await?, next: None }))
}

async fn thank(Path(id): Path<String>, act: Act<Thanking>) -> Answer<Response> {
    let id = id.parse()?;
    let made = marks::thank(&act.visit.cx, id, &act.input).await?;
    let all = thanks_of(&act.visit, id).await?;
    Ok(created(all.into_iter().find(|t| t.id == made).ok_or(Error::NotFound)?))
}

async fn me_too(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    marks::me_too(&visit.cx, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn not_me(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    marks::not_me(&visit.cx, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn mine(visit: Visit, After(after): After) -> Answer<Json<List<Contribution>>> {
    let page = store::mine(&visit.cx, after.unwrap_or(Cursor::NEWEST), PAGE).await?;
    Ok(Json(page.map(Contribution::from).into()))
}

async fn of_person(visit: Visit, Path(handle): Path<String>, After(after): After) -> Answer<Json<List<Contribution>>> {
    let who = person::store::by_handle(&visit.cx, &handle).await?.ok_or(Error::NotFound)?;
    let page = store::of_person(&visit.cx, who.id, after.unwrap_or(Cursor::NEWEST), PAGE).await?;
    Ok(Json(page.map(Contribution::from).into()))
}

async fn attach(Path(id): Path<String>, act: Act<More>) -> Answer<Response> {
    let id: ContributionId = id.parse()?;
    attaching::add(&act.visit.cx, id, &act.input.attached).await?;
    Ok(created(Contribution::from(store::one(&act.visit.cx, id).await?.ok_or(Error::NotFound)?)))
}

async fn describe(Path(id): Path<String>, act: Act<Describing>) -> Answer<Json<Attachment>> {
    let (shown, _) = attaching::describe(&act.visit.cx, id.parse()?, &act.input).await?;
    Ok(Json(Attachment::from(&shown)))
}

async fn remove(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    attaching::remove(&visit.cx, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}
