//! Who someone is: accounts, sign-in, sessions, tokens, and the voices that are remembered.

pub mod acts;
pub mod api;
pub mod circles;
pub mod device;
mod door;
mod home;
mod leaving;
mod operator;
mod pages;
mod password;
pub mod rules;
pub mod silencing;
pub mod store;
#[cfg(test)]
mod tests;

use kernel::db::Migration;
use kernel::{Event, Line, Stmt, Words, vals};
use shell::{Panel, Place, Slice};

pub use leaving::everything;

kernel::id_type! {
    SessionId,
    TokenId,
    /// A named list of people that one person keeps.
    CircleId,
}

pub type Handle = Line<2, 32>;
pub type Name = Line<1, 80>;
pub type Practice = Words<0, 1000>;

kernel::choice! {
    /// Who may make an account on this instance.
    pub enum SignUp { Open = "open", Invitation = "invitation", Closed = "closed" }
}

kernel::choice! {
    /// Who sees a person's own page.
    pub enum ShownTo { Anyone = "anyone", People = "people" }
}

kernel::choice! {
    /// Light, dark, or as the device says.
    pub enum Theme { System = "system", Light = "light", Dark = "dark" }
}

pub fn slice() -> Slice {
    Slice {
        name: "person",
        languages: vec![("de", include_str!("../lang/de.toml"))],
        migrations: vec![
            Migration::new("person/0001", include_str!("../schema/0001_person.sql")),
            Migration::new("person/0002", include_str!("../schema/0002_device.sql")),
            Migration::new("person/0004", include_str!("../schema/0004_circle.sql")),
            Migration::new("person/0005", include_str!("../schema/0005_claimed.sql")),
        ],
        projections: vec![project],
        derived: vec!["reach", "grants"],
        pages: [pages::routes(), device::pages(), operator::routes(), home::routes(), silencing::routes(), leaving::routes(), circles::routes()].into_iter().flatten().collect(),
        api: api::routes().into_iter().chain(device::api()).chain(silencing::api_routes()).collect(),
        panels: vec![
            Panel { place: Place::Welcome, order: 0, show: home::welcome },
            Panel { place: Place::PersonAside, order: 90, show: silencing::panel },
            Panel { place: Place::Me, order: 20, show: circles::link },
            Panel { place: Place::Me, order: 30, show: silencing::link },
        ],
        belongings: Some(leaving::BELONGINGS),
        door: Some(door::DOOR),
        ..Slice::default()
    }
}

/// A person belongs to themselves and to those with an account; their page reaches whom they chose.
fn project(event: &Event) -> Vec<Stmt> {
    if event.object_kind != "person" {
        return Vec::new();
    }
    let id = || vals![event.object];
    vec![
        Stmt::new("delete from grants where person = ?1 and (audience = ?1 or audience = 1)", id()),
        Stmt::new("insert into grants (person, audience) select id, id from person where id = ?1 and left_at is null", id()),
        Stmt::new("insert into grants (person, audience) select id, 1 from person where id = ?1 and left_at is null", id()),
        Stmt::new("delete from reach where thing = ?1", id()),
        Stmt::new(
            "insert into reach (thing, audience)
             select id, case when shown = 'anyone' then 0 else 1 end from person where id = ?1 and left_at is null",
            id(),
        ),
    ]
}
