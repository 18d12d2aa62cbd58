//! Announcements: said to everybody in a community at once, by who wears a hat for that. They stand on the front door and
//! on top of the members' home for a while; answers go as in any conversation.

#[cfg(test)]
mod tests;

use askama::Template;
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use community::store as communities;
use kernel::{Actor, Batch, CommunityId, Cx, Error, Event, Id, Line, Problems, Result, Row, Timestamp, clock, decide, vals};
use membership::rules::{self as standing, Care};
use membership::{hats, store as members};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shell::api::{Doc, List, created};
use shell::request::see;
use shell::slice::LONG_FORM;
use shell::{Act, Answer, Form, Future, Html, Needs, Path, Rate, Route, T, Visit, Who, words};

use crate::acts::{self, Body, Lineage, NewContribution, Title};
use crate::{ContributionId, For, drafts, pages, rules, store};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/c/{slug}/announcements/new", Needs::reading_own(), new),
        Route::post("/c/{slug}/announcements", Needs::writing(), announce_page),
        Route::delete("/announcements/{id}", Needs::acting(), end_page),
        Route::post("/announcements/{id}/aside", Needs::acting(), put_aside_page),
    ]
}

pub(crate) fn api() -> Vec<Route> {
    let write = Needs::new(Who::ApiWrite, Rate::Write, LONG_FORM);
    vec![
        Route::get("/api/v1/communities/{slug}/announcements", Needs::new(Who::ApiRead, Rate::Read, 0), list)
            .doc(Doc::new("What is announced in a community now").gives::<List<Announced>>()),
        Route::post("/api/v1/communities/{slug}/announcements", write, announce_api)
            .doc(Doc::new("Announce something, with a hat that may").takes::<Announcing>().created::<crate::api::Contribution>()),
        Route::delete("/api/v1/announcements/{id}", write, end_api).doc(Doc::new("End an announcement; what was said stays")),
        Route::post("/api/v1/announcements/{id}/aside", write, put_aside_api)
            .doc(Doc::new("Put an announcement aside for oneself")),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Announcing {
    /// Markdown.
    pub words: Body,
    #[serde(default)]
    pub title: Title,
    /// community or open; left out, it is as open as the community.
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub audience: Option<For>,
    /// How many days it stands: 1 to 30, seven if left out.
    #[serde(default)]
    pub days: Line<0, 2>,
    #[serde(default)]
    pub draft: Line<0, 80>,
}

/// So many stand in a community at a time: where everything is announced, nothing is.
const MOST: i64 = 3;

pub async fn announce(cx: &Cx, slug: &str, input: &Announcing) -> Result<ContributionId> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let days = match input.days.check("days", &mut problems).as_str() {
        "" => 7,
        days => days.parse().unwrap_or(0),
    };
    if !(1..=30).contains(&days) {
        problems.add("days", "An announcement stands for 1 to 30 days.");
    }
    problems.done()?;
    if let Some(done) = cx.done_before().await? {
        return Ok(done);
    }
    let new = NewContribution {
        words: input.words.clone(),
        title: input.title.clone(),
        audience: input.audience,
        draft: input.draft.clone(),
        ..NewContribution::default()
    };
    decide(|| async {
        let c = communities::inside(cx, slug).await?;
        standing::may_announce(&members::standing(cx, c.id).await?).map_err(Error::from)?;
        let live = of_community(cx, c.id).await?.len() as i64;
        rules::may_announce(input.audience, live, MOST)?;
        let (id, mut batch) = acts::contribution(cx, Some(slug), &new, &Lineage::default()).await?;
        hats::still_cares(&mut batch, Care::Announce, me, c.id);
        batch.lacks(
            "select 1 from announcement a join contribution c on c.id = a.contribution
             where a.community = ?1 and a.until > ?2 and c.withdrawn_at is null and c.hidden = '' and c.held = '' order by a.contribution limit 1 offset ?3",
            vals![c.id, cx.now(), MOST - 1],
        );
        batch.run(
            "insert into announcement (contribution, community, until, at) values (?1, ?2, ?3, ?4)",
            vals![id, c.id, cx.now().plus(days * clock::DAY), cx.now()],
        );
        let mut event = Event::new(cx, Actor::Person(me), "announced", "contribution", id).within(Some(c.id)).in_conversation(id);
        event.audience = input.audience.unwrap_or_else(|| rules::usual(Some(c.openness))).word().into();
        batch.event(event);
        cx.write(batch, id).await
    })
    .await
}

/// Ends an announcement before its day. What was said stays a conversation like any other.
pub async fn end(cx: &Cx, id: ContributionId) -> Result<CommunityId> {
    let me = cx.me()?;
    let sql = "select a.community from announcement a where a.contribution = ?1 and visible_to(a.contribution, ?2)";
    let community: CommunityId = cx.db().one(sql, vals![id, me]).await?.ok_or(Error::NotFound)?.take()?;
    standing::may_announce(&members::standing(cx, community).await?).map_err(Error::from)?;
    let mut batch = Batch::new();
    hats::still_cares(&mut batch, Care::Announce, me, community);
    batch.exactly(1, "update announcement set until = ?2 where contribution = ?1 and until > ?2", vals![id, cx.now()]);
    batch.event(Event::new(cx, Actor::Person(me), "announcement_ended", "announcement", id).within(Some(community)).in_conversation(id));
    match cx.write(batch, id).await {
        Ok(_) | Err(Error::Conflict) => Ok(community), // it had ended
        Err(other) => Err(other),
    }
}

/// Not on my home any more. Like what somebody reads, it is told to nobody, and so not to the journal either.
pub async fn put_aside(cx: &Cx, id: ContributionId) -> Result<()> {
    let me = cx.me()?;
    let sql = "select 1 from announcement a where a.contribution = ?1 and visible_to(a.contribution, ?2)";
    cx.db().one(sql, vals![id, me]).await?.ok_or(Error::NotFound)?;
    let mut batch = Batch::new();
    batch.run(
        "insert into put_aside (person, contribution) select cast(?1 as bigint), a.contribution from announcement a
         where a.contribution = ?2 and visible_to(a.contribution, ?1) on conflict do nothing",
        vals![me, id],
    );
    cx.house.db.write(batch).await
}

/// What was put aside needs no remembering when it is over. Run every minute.
pub async fn tidy(house: &std::sync::Arc<kernel::House>) -> Result<()> {
    let mut batch = Batch::new();
    batch.run("delete from put_aside where contribution in (select contribution from announcement where until <= ?1)", vals![house.clock.now()]);
    house.db.write(batch).await
}

#[derive(Clone, Debug)]
pub struct Announcement {
    pub id: ContributionId,
    pub title: String,
    pub words: String,
    pub until: Timestamp,
    pub slug: String,
    pub community: String,
}

impl Announcement {
    fn from_row(mut r: Row) -> Result<Self> {
        Ok(Self { id: r.take()?, title: r.take()?, words: r.take()?, until: r.take()?, slug: r.take()?, community: r.take()? })
    }

    fn excerpt(&self) -> String {
        words::plain(&self.words, 280)
    }
}

/// What is announced in a community now, as the viewer sees it.
pub async fn of_community(cx: &Cx, community: CommunityId) -> Result<Vec<Announcement>> {
    let sql = "select c.id, c.title, c.words, a.until, k.slug, k.name from announcement a
        join contribution c on c.id = a.contribution join community k on k.id = a.community
        where a.community = ?1 and a.until > ?3 and c.withdrawn_at is null and c.hidden = '' and c.held = '' and c.audience in ('community', 'open') and visible_to(c.id, ?2)
          and unblocked_by(c.author, ?2)
        order by a.at desc, c.id desc limit 10";
    cx.db().query(sql, vals![community, cx.viewer, cx.now()]).await?.into_iter().map(Announcement::from_row).collect()
}

/// What is announced where the viewer belongs, without what they put aside.
pub async fn for_me(cx: &Cx) -> Result<Vec<Announcement>> {
    let sql = "select c.id, c.title, c.words, a.until, k.slug, k.name from grants g join announcement a on a.community = g.audience
        join contribution c on c.id = a.contribution join community k on k.id = a.community
        where g.person = ?1 and a.until > ?2 and c.withdrawn_at is null and c.hidden = '' and c.held = '' and c.audience in ('community', 'open') and visible_to(c.id, ?1)
          and unblocked_by(c.author, ?1) and not exists (select 1 from put_aside x where x.person = ?1 and x.contribution = c.id)
        order by a.at desc, c.id desc limit 10";
    cx.db().query(sql, vals![cx.me()?, cx.now()]).await?.into_iter().map(Announcement::from_row).collect()
}

#[derive(Template)]
#[template(path = "announcements.html")]
struct Announcements {
    t: T,
    items: Vec<(Announcement, String)>,
    /// On home: each may be put aside, and says where it is from.
    home: bool,
    /// On a front door, for who may announce: its address.
    desk: Option<String>,
}

fn dated(visit: &Visit, items: Vec<Announcement>) -> Vec<(Announcement, String)> {
    items.into_iter().map(|a| (a.clone(), visit.day(a.until))).collect()
}

/// On top of the members' home.
pub fn at_home(visit: Visit, _: Id) -> Future<Html> {
    Box::pin(async move {
        let items = dated(&visit, for_me(&visit.cx).await?);
        if items.is_empty() { Ok(Html::default()) } else { Html::of(&Announcements { t: visit.t, items, home: true, desk: None }) }
    })
}

/// On the front door.
pub fn at_the_door(visit: Visit, community: Id) -> Future<Html> {
    Box::pin(async move {
        let id = CommunityId(community.0);
        let items = dated(&visit, of_community(&visit.cx, id).await?);
        let may = standing::may_announce(&members::standing(&visit.cx, id).await?).is_ok();
        let desk = may.then(|| visit.path.split('?').next().unwrap_or_default().to_owned());
        if items.is_empty() && desk.is_none() {
            return Ok(Html::default());
        }
        Html::of(&Announcements { t: visit.t, items, home: false, desk })
    })
}

#[derive(Template)]
#[template(path = "announce.html")]
struct AnnouncePage {
    t: T,
    path: String,
    name: String,
    draft: String,
    words: String,
    audiences: Vec<(String, String, String)>,
    form: Form,
}

async fn announce_form(visit: &Visit, slug: &str, form: Form) -> Result<Response> {
    let c = communities::inside(&visit.cx, slug).await?;
    standing::may_announce(&members::standing(&visit.cx, c.id).await?).map_err(Error::from)?;
    let draft = format!("announce-{}", c.slug);
    let words = match form.value("words") {
        "" => drafts::of_place(&visit.cx, &draft).await?,
        words => words.to_owned(),
    };
    let mut audiences = pages::audiences(visit.t, &(c.openness == community::Openness::Closed), &c.name);
    audiences.retain(|(word, ..)| word != For::Me.word());
    let faulty = form.is_faulty();
    let shown = AnnouncePage { t: visit.t, path: c.path(), name: c.name, draft, words, audiences, form: form.with_once(visit.once()) };
    let title = visit.t.say("Announce something");
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

async fn new(visit: Visit, Path(slug): Path<String>) -> Answer {
    let c = communities::inside(&visit.cx, &slug).await?;
    let usual = rules::usual(Some(c.openness));
    Ok(announce_form(&visit, &slug, Form::of(&[("audience", usual.word()), ("days", "7")])).await?)
}

async fn announce_page(Path(slug): Path<String>, act: Act<Announcing>) -> Answer {
    let Act { visit, input, sent } = act;
    match announce(&visit.cx, &slug, &input).await {
        Ok(id) => Ok(see(format!("/conversations/{id}"))),
        Err(error) => Ok(announce_form(&visit, &slug, Form::again(&sent, error, visit.t)?).await?),
    }
}

async fn end_page(visit: Visit, Path(id): Path<String>) -> Answer {
    let community = end(&visit.cx, id.parse()?).await?;
    let c = communities::by_id(&visit.cx, community).await?.ok_or(Error::NotFound)?;
    Ok(see(c.path()))
}

async fn put_aside_page(visit: Visit, Path(id): Path<String>) -> Answer {
    put_aside(&visit.cx, id.parse()?).await?;
    Ok(see("/"))
}

#[derive(Serialize, JsonSchema)]
struct Announced {
    contribution: ContributionId,
    title: String,
    words: String,
    until: Timestamp,
}

async fn list(visit: Visit, Path(slug): Path<String>) -> Answer<Json<List<Announced>>> {
    let c = communities::inside(&visit.cx, &slug).await?;
    let live = of_community(&visit.cx, c.id).await?.into_iter();
    let items = live.map(|a| Announced { contribution: a.id, title: a.title, words: a.words, until: a.until }).collect();
    Ok(Json(List { items, next: None }))
}

async fn announce_api(Path(slug): Path<String>, act: Act<Announcing>) -> Answer<Response> {
    let id = announce(&act.visit.cx, &slug, &act.input).await?;
    let said = store::one(&act.visit.cx, id).await?.ok_or(Error::NotFound)?;
    Ok(created(crate::api::Contribution::from(said)))
}

async fn end_api(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    end(&visit.cx, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn put_aside_api(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    put_aside(&visit.cx, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}
