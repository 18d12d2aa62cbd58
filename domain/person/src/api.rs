//! The API's view of persons: oneself, and others as their page shows them. Passwords, sessions and tokens are not
//! reachable by a token, so that a stolen one cannot make itself at home.

use axum::Json;

use axum::http::StatusCode;
use kernel::{Error, PersonId};
use schemars::JsonSchema;
use serde::Serialize;
use shell::api::Doc;
use shell::slice::FORM;
use shell::{Act, Answer, Needs, Path, Rate, Route, Visit, Who};

use crate::acts::{self, Profile};
use crate::store;

pub fn routes() -> Vec<Route> {
    let own = Needs::new(Who::ApiOwn, Rate::Read, 0);
    vec![
        Route::get("/api/v1/me", own, me).doc(Doc::new("Who the token acts for").gives::<Me>()),
        Route::put("/api/v1/me", Needs::new(Who::ApiWrite, Rate::Write, FORM), revise)
            .doc(Doc::new("Revise one's own profile").takes::<Profile>()),
        Route::get("/api/v1/me/export", own, export)
            .doc(Doc::new("Everything that is here of oneself").gives::<serde_json::Value>()),
        Route::get("/api/v1/people/{handle}", Needs::new(Who::ApiRead, Rate::Read, 0), person)
            .doc(Doc::new("A person as their page shows them").gives::<Person>()),
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
