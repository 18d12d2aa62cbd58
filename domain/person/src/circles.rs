//! Circles: named lists of people that one person keeps, to name them for something private. Nobody else sees one, or
//! that it exists; who is in it is not told.

use askama::Template;

use axum::response::Response;
use kernel::{Actor, Batch, Cx, Error, Event, Id, Line, PersonId, Problems, Result, Say, decide, vals};
use schemars::JsonSchema;
use serde::Deserialize;
use shell::request::see;
use shell::{Act, Answer, Form, Future, Html, Needs, Path, Route, T, Visit};

use crate::{CircleId, store};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/circles", Needs::reading_own(), all_page),
        Route::post("/circles", Needs::acting(), make_page),
        Route::get("/circles/{id}", Needs::reading_own(), one_page),
        Route::put("/circles/{id}", Needs::acting(), rename_page),
        Route::delete("/circles/{id}", Needs::acting(), drop_page),
        Route::post("/circles/{id}/people", Needs::acting(), put_in_page),
        Route::delete("/circles/{id}/people/{handle}", Needs::acting(), take_out_page),
    ]
}

/// Of circles a person keeps, and of people in one.
const MOST: usize = 50;

#[derive(Clone, Debug)]
pub struct Circle {
    pub id: CircleId,
    pub name: String,
}

/// Somebody in a circle.
#[derive(Clone, Debug)]
pub struct InCircle {
    pub id: PersonId,
    pub handle: String,
    pub name: String,
}

/// The viewer's own circles.
pub async fn mine(cx: &Cx) -> Result<Vec<Circle>> {
    let sql = "select id, name from circle where keeper = ?1 order by lower(name), id limit 50";
    let rows = cx.db().query(sql, vals![cx.me()?]).await?;
    rows.into_iter().map(|mut r| Ok(Circle { id: r.take()?, name: r.take()? })).collect()
}

pub async fn one(cx: &Cx, id: CircleId) -> Result<Circle> {
    let mut row = cx.db().one("select id, name from circle where id = ?1 and keeper = ?2", vals![id, cx.me()?]).await?.ok_or(Error::NotFound)?;
    Ok(Circle { id: row.take()?, name: row.take()? })
}

/// Who is in a circle of the viewer's now.
pub async fn people(cx: &Cx, id: CircleId) -> Result<Vec<InCircle>> {
    let sql = "select p.id, p.handle, p.name from circle c join in_circle i on i.circle = c.id join person p on p.id = i.person
        where c.id = ?1 and c.keeper = ?2 and p.left_at is null and visible_to(p.id, ?2) and unblocked(p.id, ?2) order by p.name, p.id limit 50";
    let rows = cx.db().query(sql, vals![id, cx.me()?]).await?;
    rows.into_iter().map(|mut r| Ok(InCircle { id: r.take()?, handle: r.take()?, name: r.take()? })).collect()
}

/// The handles in a line that a person typed: "@ada, bo".
pub fn handles_in(line: &str) -> Vec<String> {
    let handle = |h: &str| h.trim().trim_start_matches('@').to_lowercase();
    let mut handles: Vec<String> = line.split([',', ' ', ';']).map(handle).filter(|h| !h.is_empty()).collect();
    handles.sort();
    handles.dedup();
    handles
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCircle {
    pub name: Line<1, 60>,
    /// Handles: "ada, bo". More can be added later.
    #[serde(default)]
    pub people: Line<0, 1600>,
}

pub async fn make(cx: &Cx, input: &NewCircle) -> Result<CircleId> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let name = input.name.check("name", &mut problems);
    let line = input.people.check("people", &mut problems);
    problems.done()?;
    if let Some(done) = cx.done_before().await? {
        return Ok(done);
    }
    let people = known(cx, &line).await?;
    decide(|| async {
        not_named(cx, &name, CircleId(0)).await?;
        if mine(cx).await?.len() >= MOST {
            return Err(Error::refused("Fifty circles are the most. Please drop one that you no longer need."));
        }
        let id: CircleId = cx.make_id();
        let mut batch = Batch::new();
        batch.lacks("select 1 from circle where keeper = ?1 order by id limit 1 offset ?2", vals![me, MOST as i64 - 1]);
        batch.run("insert into circle (id, keeper, name, at) values (?1, ?2, ?3, ?4)", vals![id, me, &name, cx.now()]);
        put(&mut batch, cx, id, &people);
        batch.event(told(cx, me, "made_circle", id));
        cx.write(batch, id).await
    })
    .await
}

/// The people whom a line of handles names, without the keeper, who is in anyway.
async fn known(cx: &Cx, line: &str) -> Result<Vec<PersonId>> {
    let handles = handles_in(line);
    if handles.len() > MOST {
        return Err(Error::invalid("people", TOO_MANY));
    }
    let found = store::by_handles(cx, &handles).await?;
    if let Some(missing) = handles.iter().find(|h| !found.iter().any(|p| p.handle == **h)) {
        return Err(Error::invalid("people", Say::new("Nobody here has the handle {handle}.").with("handle", missing)));
    }
    let me = cx.me()?;
    Ok(found.into_iter().map(|p| p.id).filter(|p| *p != me).collect())
}

const TOO_MANY: &str = "Fifty people fit into a circle.";

async fn not_named(cx: &Cx, name: &str, but: CircleId) -> Result<()> {
    let taken = "select 1 from circle where keeper = ?1 and name = ?2 and id <> ?3";
    match cx.db().one(taken, vals![cx.me()?, name, but]).await? {
        Some(_) => Err(Error::invalid("name", "You keep a circle of this name already.")),
        None => Ok(()),
    }
}

fn put(batch: &mut Batch, cx: &Cx, id: CircleId, people: &[PersonId]) {
    for person in people {
        batch.run("insert into in_circle (circle, person, at) values (?1, ?2, ?3) on conflict do nothing", vals![id, *person, cx.now()]);
    }
}

/// The journal says that a circle changed, and never who is in it.
fn told(cx: &Cx, me: PersonId, verb: &'static str, id: CircleId) -> Event {
    Event::new(cx, Actor::Person(me), verb, "circle", id)
}

const KEPT: &str = "select 1 from circle where id = ?1 and keeper = ?2";

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Renaming {
    pub name: Line<1, 60>,
}

pub async fn rename(cx: &Cx, id: CircleId, input: &Renaming) -> Result<()> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let name = input.name.check("name", &mut problems);
    problems.done()?;
    decide(|| async {
        one(cx, id).await?;
        not_named(cx, &name, id).await?;
        let mut batch = Batch::new();
        batch.exactly(1, "update circle set name = ?3 where id = ?1 and keeper = ?2", vals![id, me, &name]);
        batch.event(told(cx, me, "renamed_circle", id));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PuttingIn {
    /// Handles: "ada, bo".
    pub people: Line<1, 1600>,
}

/// Puts people into a circle. They are not told: it changes nothing for them.
pub async fn put_in(cx: &Cx, id: CircleId, input: &PuttingIn) -> Result<()> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let line = input.people.check("people", &mut problems);
    problems.done()?;
    one(cx, id).await?;
    let new = known(cx, &line).await?;
    decide(|| async {
        let there: Vec<PersonId> = people(cx, id).await?.into_iter().map(|p| p.id).collect();
        let added: Vec<PersonId> = new.iter().copied().filter(|p| !there.contains(p)).collect();
        if there.len() + added.len() > MOST {
            return Err(Error::invalid("people", TOO_MANY));
        }
        if added.is_empty() {
            return Ok(()); // said twice
        }
        let mut batch = Batch::new();
        batch.holds(KEPT, vals![id, me]);
        put(&mut batch, cx, id, &added);
        batch.lacks("select 1 from in_circle where circle = ?1 order by person limit 1 offset ?2", vals![id, MOST as i64]);
        batch.event(told(cx, me, "changed_circle", id));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

pub async fn take_out(cx: &Cx, id: CircleId, handle: &str) -> Result<()> {
    let me = cx.me()?;
    one(cx, id).await?;
    let Some(out) = people(cx, id).await?.into_iter().find(|p| p.handle == handle) else { return Ok(()) };
    let mut batch = Batch::new();
    batch.holds(KEPT, vals![id, me]);
    batch.run("delete from in_circle where circle = ?1 and person = ?2", vals![id, out.id]);
    batch.event(told(cx, me, "changed_circle", id));
    cx.write(batch, id).await.map(drop)
}

/// Forgets a circle. What was said for it stays with those who were named then.
pub async fn forget(cx: &Cx, id: CircleId) -> Result<()> {
    let me = cx.me()?;
    let mut batch = Batch::new();
    one(cx, id).await?;
    batch.run("delete from in_circle where circle = ?1", vals![id]);
    batch.exactly(1, "delete from circle where id = ?1 and keeper = ?2", vals![id, me]);
    batch.event(told(cx, me, "dropped_circle", id));
    cx.write(batch, id).await.map(drop)
}

/// When somebody leaves the instance: their circles, and their place in those of others.
pub(crate) fn forget_all(batch: &mut Batch, person: PersonId) {
    batch.run("delete from in_circle where person = ?1 or circle in (select id from circle where keeper = ?1)", vals![person]);
    batch.run("delete from circle where keeper = ?1", vals![person]);
}

#[derive(Template)]
#[template(path = "circles.html")]
struct Circles {
    t: T,
    circles: Vec<Circle>,
    form: Form,
}

async fn circles(visit: &Visit, form: Form) -> Result<Response> {
    let faulty = form.is_faulty();
    let shown = Circles { t: visit.t, circles: mine(&visit.cx).await?, form: form.with_once(visit.once()) };
    let title = visit.t.say("My circles");
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

async fn all_page(visit: Visit) -> Answer {
    Ok(circles(&visit, Form::default()).await?)
}

async fn make_page(act: Act<NewCircle>) -> Answer {
    let Act { visit, input, sent } = act;
    match make(&visit.cx, &input).await {
        Ok(id) => Ok(see(format!("/circles/{id}"))),
        Err(error) => Ok(circles(&visit, Form::again(&sent, error, visit.t)?).await?),
    }
}

#[derive(Template)]
#[template(path = "circle.html")]
struct CirclePage {
    t: T,
    circle: Circle,
    people: Vec<InCircle>,
    adding: Form,
    naming: Form,
}

async fn circle(visit: &Visit, id: CircleId, adding: Form, naming: Form) -> Result<Response> {
    let circle = one(&visit.cx, id).await?;
    let faulty = adding.is_faulty() || naming.is_faulty();
    let naming = if naming.is_faulty() { naming } else { Form::of(&[("name", &circle.name)]) };
    let shown = CirclePage { t: visit.t, people: people(&visit.cx, id).await?, circle, adding, naming };
    if faulty { visit.page_again(&shown.circle.name, &shown).await } else { visit.page(&shown.circle.name, &shown).await }
}

async fn one_page(visit: Visit, Path(id): Path<String>) -> Answer {
    Ok(circle(&visit, id.parse()?, Form::default(), Form::default()).await?)
}

async fn rename_page(Path(id): Path<String>, act: Act<Renaming>) -> Answer {
    let Act { visit, input, sent } = act;
    let id: CircleId = id.parse()?;
    match rename(&visit.cx, id, &input).await {
        Ok(()) => Ok(see(format!("/circles/{id}"))),
        Err(error) => Ok(circle(&visit, id, Form::default(), Form::again(&sent, error, visit.t)?).await?),
    }
}

async fn put_in_page(Path(id): Path<String>, act: Act<PuttingIn>) -> Answer {
    let Act { visit, input, sent } = act;
    let id: CircleId = id.parse()?;
    match put_in(&visit.cx, id, &input).await {
        Ok(()) => Ok(see(format!("/circles/{id}"))),
        Err(error) => Ok(circle(&visit, id, Form::again(&sent, error, visit.t)?, Form::default()).await?),
    }
}

async fn take_out_page(visit: Visit, Path((id, handle)): Path<(String, String)>) -> Answer {
    let id: CircleId = id.parse()?;
    take_out(&visit.cx, id, &handle).await?;
    Ok(see(format!("/circles/{id}")))
}

async fn drop_page(visit: Visit, Path(id): Path<String>) -> Answer {
    forget(&visit.cx, id.parse()?).await?;
    Ok(see("/circles"))
}

#[derive(Template)]
#[template(
    source = r#"<h2>{{ t.say("My circles") }}</h2><p>{{ t.say("Lists of people that only you see, to name them for something private.") }} <a href="/circles">{{ t.say("To my circles") }}</a></p>"#,
    ext = "html"
)]
struct CirclesLink {
    t: T,
}

/// On a person's own settings page.
pub fn link(visit: Visit, _: Id) -> Future<Html> {
    Box::pin(async move { Html::of(&CirclesLink { t: visit.t }) })
}
