//! Muting and blocking, for oneself. Who is silenced is told to nobody; their own page lists whom somebody silenced.

use askama::Template;
use axum::Json;
use axum::http::StatusCode;
use kernel::{Actor, Batch, Cx, Error, Event, Id, PersonId, Result, Row, Silence, Timestamp, vals};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shell::api::{Doc, List};
use shell::request::see;
use shell::slice::FORM;
use shell::{Act, Answer, Future, Html, Needs, Path, Rate, Route, T, Visit, Who};

use crate::rules::Refusal;
use crate::store;

pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/@{handle}/silence", Needs::acting(), silence_page),
        Route::get("/me/silenced", Needs::reading_own(), list_page),
        Route::delete("/me/silenced/{id}", Needs::acting(), hear_again_page),
    ]
}

pub fn api_routes() -> Vec<Route> {
    let own = Needs::new(Who::ApiOwn, Rate::Read, 0);
    let write = Needs::new(Who::ApiWrite, Rate::Write, FORM);
    vec![
        Route::get("/api/v1/me/silenced", own, list_api)
            .doc(Doc::new("Whom the caller muted or blocked; nobody else sees it").gives::<List<Silenced>>()),
        Route::put("/api/v1/people/{handle}/silence", write, silence_api)
            .doc(Doc::new("Mute or block a person, for oneself").takes::<Silencing>()),
        Route::delete("/api/v1/me/silenced/{id}", write, hear_again_api)
            .doc(Doc::new("Hear a person again")),
    ]
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Silencing {
    pub kind: Silence,
}

/// Mutes or blocks somebody whose page the viewer finds.
pub async fn silence(cx: &Cx, handle: &str, kind: Silence) -> Result<()> {
    cx.me()?;
    let person = store::by_handle(cx, &crate::acts::handle_as_typed(handle)).await?.ok_or(Error::NotFound)?;
    silence_person(cx, person.id, kind).await
}

/// The same for somebody whose words the viewer sees. The event names whom it is about and is addressed to nobody: only
/// the program reads it.
pub async fn silence_person(cx: &Cx, other: PersonId, kind: Silence) -> Result<()> {
    let me = cx.me()?;
    if other == me {
        return Err(Refusal::Yourself.into());
    }
    let mut batch = Batch::new();
    batch.exactly(
        1,
        "insert into silence (person, other, kind, at) select cast(?1 as bigint), p.id, cast(?3 as text), cast(?4 as bigint)
         from person p where p.id = ?2 and p.left_at is null
         on conflict (person, other) do update set kind = excluded.kind, at = excluded.at",
        vals![me, other, kind, cx.now()],
    );
    let verb = if kind == Silence::Block { "blocked" } else { "muted" };
    batch.event(Event::new(cx, Actor::Person(me), verb, "silence", other));
    cx.house.db.write(batch).await.map_err(|e| if e == Error::Conflict { Error::NotFound } else { e })
}

/// Takes muting or blocking back, in one step. Said twice, it is said once.
pub async fn hear_again(cx: &Cx, other: PersonId) -> Result<()> {
    let me = cx.me()?;
    let mut batch = Batch::new();
    batch.exactly(1, "delete from silence where person = ?1 and other = ?2", vals![me, other]);
    batch.event(Event::new(cx, Actor::Person(me), "heard_again", "silence", other));
    match cx.house.db.write(batch).await {
        Err(Error::Conflict) => Ok(()),
        other => other,
    }
}

/// Somebody whom the viewer silenced.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Silenced {
    pub id: PersonId,
    pub name: String,
    pub handle: String,
    pub kind: Silence,
    pub since: Timestamp,
}

/// Whom the viewer silenced, by name. Those who left the place keep no handle.
pub async fn silenced(cx: &Cx) -> Result<Vec<Silenced>> {
    let sql = "select p.id, p.name, case when p.left_at is null then p.handle else '' end, s.kind, s.at
        from silence s join person p on p.id = s.other where s.person = ?1 order by p.name, p.id limit 1000";
    let one = |mut r: Row| Ok(Silenced { id: r.take()?, name: r.take()?, handle: r.take()?, kind: r.take()?, since: r.take()? });
    cx.db().query(sql, vals![cx.me()?]).await?.into_iter().map(one).collect()
}

pub async fn kind_of(cx: &Cx, other: PersonId) -> Result<Option<Silence>> {
    let sql = "select kind from silence where person = ?1 and other = ?2";
    cx.db().one(sql, vals![cx.me()?, other]).await?.map(|mut r| r.take()).transpose()
}

/// When somebody leaves the place, their own list goes. That others silenced them stays while their words stay.
pub(crate) fn forget(batch: &mut Batch, me: PersonId, words_go: bool) {
    batch.run("delete from silence where person = ?1", vals![me]);
    if words_go {
        batch.run("delete from silence where other = ?1", vals![me]);
    }
}

#[derive(Template)]
#[template(path = "silence.html")]
struct SilencePanel {
    t: T,
    id: PersonId,
    handle: String,
    muted: bool,
}

/// On another person's page, for who is signed in.
pub fn panel(visit: Visit, person: Id) -> Future<Html> {
    Box::pin(async move {
        let id = PersonId(person.0);
        if visit.cx.viewer.person().is_none_or(|me| me == id) {
            return Ok(Html::default());
        }
        let path = visit.path.split('?').next().unwrap_or_default();
        let handle = path.trim_start_matches("/@").to_owned();
        Html::of(&SilencePanel { t: visit.t, id, handle, muted: kind_of(&visit.cx, id).await?.is_some() })
    })
}

#[derive(Template)]
#[template(
    source = r#"<h2>{{ t.say("Whom I do not hear") }}</h2><p><a href="/me/silenced">{{ t.say("People I muted or blocked") }}</a></p>"#,
    ext = "html"
)]
struct SilencedLink {
    t: T,
}

/// On one's own settings.
pub fn link(visit: Visit, _: Id) -> Future<Html> {
    Box::pin(async move { Html::of(&SilencedLink { t: visit.t }) })
}

#[derive(Template)]
#[template(path = "silenced.html")]
struct SilencedPage {
    t: T,
    people: Vec<Silenced>,
}

async fn list_page(visit: Visit) -> Answer {
    let shown = SilencedPage { t: visit.t, people: silenced(&visit.cx).await? };
    Ok(visit.page(visit.t.say("Whom I do not hear"), &shown).await?)
}

async fn silence_page(Path(handle): Path<String>, act: Act<Silencing>) -> Answer {
    silence(&act.visit.cx, &handle, act.input.kind).await?;
    Ok(see("/me/silenced"))
}

async fn hear_again_page(visit: Visit, Path(id): Path<String>) -> Answer {
    hear_again(&visit.cx, id.parse()?).await?;
    Ok(see("/me/silenced"))
}

async fn list_api(visit: Visit) -> Answer<Json<List<Silenced>>> {
    Ok(Json(List { items: silenced(&visit.cx).await?, next: None }))
}

async fn silence_api(Path(handle): Path<String>, act: Act<Silencing>) -> Answer<StatusCode> {
    silence(&act.visit.cx, &handle, act.input.kind).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn hear_again_api(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    hear_again(&visit.cx, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}
