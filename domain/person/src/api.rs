//! The API's view of persons: oneself, and others as their page shows them. Passwords, sessions and tokens are not
//! reachable by a token, so that a stolen one cannot make itself at home.

use axum::Json;

use axum::http::StatusCode;
use axum::response::Response;
use kernel::{Error, PersonId};
use schemars::JsonSchema;
use serde::Serialize;
use shell::api::{Doc, List, created};
use shell::slice::FORM;
use shell::{Act, Answer, Needs, Path, Rate, Route, Visit, Who};

use crate::acts::{self, Profile};
use crate::circles::{self, NewCircle, PuttingIn, Renaming};
use crate::{CircleId, store};

pub fn routes() -> Vec<Route> {
    let own = Needs::new(Who::ApiOwn, Rate::Read, 0);
    let write = Needs::new(Who::ApiWrite, Rate::Write, FORM);
    vec![
        Route::get("/api/v1/me", own, me).doc(Doc::new("Who the token acts for").gives::<Me>()),
        Route::put("/api/v1/me", Needs::new(Who::ApiWrite, Rate::Write, FORM), revise)
            .doc(Doc::new("Revise one's own profile").takes::<Profile>()),
        Route::get("/api/v1/me/export", own, export)
            .doc(Doc::new("Everything that is here of oneself").gives::<serde_json::Value>()),
        Route::get("/api/v1/people/{handle}", Needs::new(Who::ApiRead, Rate::Read, 0), person)
            .doc(Doc::new("A person as their page shows them").gives::<Person>()),
        Route::get("/api/v1/me/circles", own, my_circles).doc(Doc::new("The caller's own circles").gives::<List<Circle>>()),
        Route::post("/api/v1/me/circles", write, make_circle)
            .doc(Doc::new("Make a circle").takes::<NewCircle>().created::<Circle>()),
        Route::get("/api/v1/circles/{id}", own, circle).doc(Doc::new("A circle of the caller's, with who is in it").gives::<Circle>()),
        Route::put("/api/v1/circles/{id}", write, rename_circle).doc(Doc::new("Rename a circle").takes::<Renaming>()),
        Route::delete("/api/v1/circles/{id}", write, drop_circle).doc(Doc::new("Drop a circle")),
        Route::post("/api/v1/circles/{id}/people", write, put_in).doc(Doc::new("Put people into a circle").takes::<PuttingIn>()),
        Route::delete("/api/v1/circles/{id}/people/{handle}", write, take_out).doc(Doc::new("Take somebody out of a circle")),
    ]
}

/// Who spoke or takes part: a person with a page here, or a remembered voice.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Person {
    pub id: PersonId,
    pub handle: String,
    pub name: String,
    pub practice: String,
    pub organisation: String,
}

#[derive(Serialize, JsonSchema)]
struct Me {
    id: PersonId,
    handle: String,
    name: String,
    practice: String,
    organisation: String,
    mail: String,
    zone: String,
    language: String,
    theme: String,
    shown: crate::ShownTo,
}

async fn me(visit: Visit) -> Answer<Json<Me>> {
    let own = store::own(&visit.cx).await?;
    Ok(Json(Me {
        id: own.person.id,
        handle: own.person.handle,
        name: own.person.name,
        practice: own.person.practice,
        organisation: own.person.organisation,
        mail: own.mail,
        zone: own.person.zone,
        language: own.language,
        theme: own.theme,
        shown: own.shown,
    }))
}

async fn revise(act: Act<Profile>) -> Answer<StatusCode> {
    acts::revise_profile(&act.visit.cx, &act.input).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn export(visit: Visit) -> Answer<Json<serde_json::Value>> {
    Ok(Json(crate::leaving::everything(&visit.cx, &visit.shell.belongings).await?))
}

async fn person(visit: Visit, Path(handle): Path<String>) -> Answer<Json<Person>> {
    let p = store::by_handle(&visit.cx, &handle).await?.ok_or(Error::NotFound)?;
    Ok(Json(Person { id: p.id, handle: p.handle, name: p.name, practice: p.practice, organisation: p.organisation }))
}

#[derive(Serialize, JsonSchema)]
struct Circle {
    id: CircleId,
    name: String,
    /// Handles; left out in lists.
    people: Option<Vec<String>>,
}

async fn my_circles(visit: Visit) -> Answer<Json<List<Circle>>> {
    let circles = circles::mine(&visit.cx).await?;
    let items = circles.into_iter().map(|c| Circle { id: c.id, name: c.name, people: None });
    Ok(Json(List { items: items.collect(), next: None }))
}

async fn whole(visit: &Visit, id: CircleId) -> kernel::Result<Circle> {
    let c = circles::one(&visit.cx, id).await?;
    let people = circles::people(&visit.cx, id).await?.into_iter().map(|p| p.handle).collect();
    Ok(Circle { id: c.id, name: c.name, people: Some(people) })
}

async fn circle(visit: Visit, Path(id): Path<String>) -> Answer<Json<Circle>> {
    Ok(Json(whole(&visit, id.parse()?).await?))
}

async fn make_circle(act: Act<NewCircle>) -> Answer<Response> {
    let id = circles::make(&act.visit.cx, &act.input).await?;
    Ok(created(whole(&act.visit, id).await?))
}

async fn rename_circle(Path(id): Path<String>, act: Act<Renaming>) -> Answer<StatusCode> {
    circles::rename(&act.visit.cx, id.parse()?, &act.input).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn drop_circle(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    circles::forget(&visit.cx, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn put_in(Path(id): Path<String>, act: Act<PuttingIn>) -> Answer<StatusCode> {
    circles::put_in(&act.visit.cx, id.parse()?, &act.input).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn take_out(visit: Visit, Path((id, handle)): Path<(String, String)>) -> Answer<StatusCode> {
    circles::take_out(&visit.cx, id.parse()?, &handle).await?;
    Ok(StatusCode::NO_CONTENT)
}
