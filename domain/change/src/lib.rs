//! Changes: "I used to… now I… because of…", with what came of it, who attests it, and a record to take along.

pub mod acts;
pub mod api;
pub mod because;
mod belongings;
pub mod facts;
mod pages;
mod panels;
mod remembering;
pub mod record;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;

use kernel::db::Migration;
use kernel::{Event, Stmt, vals};
use shell::{Panel, Place, Slice};

pub use remembering::{Remembered, RememberedCause, remember};

kernel::id_type! {
    ChangeId,
}

kernel::choice! {
    /// How it stands with a change.
    pub enum State { Trying = "trying", Kept = "kept", Dropped = "dropped" }
}

kernel::choice! {
    /// Whom a change is for.
    pub enum For { Me = "me", Community = "community", Open = "open" }
}

kernel::choice! {
    /// What is named as a cause.
    pub enum Cause { Contribution = "contribution", Practice = "practice", Trail = "trail", Page = "page" }
}

pub fn slice() -> Slice {
    let panel = |place, order, show| Panel { place, order, show };
    Slice {
        name: "change",
        languages: vec![("de", include_str!("../lang/de.toml"))],
        migrations: vec![Migration::new("change/0001", include_str!("../schema/0001_change.sql"))],
        projections: vec![project],
        pages: pages::routes().into_iter().chain(record::routes()).collect(),
        api: api::routes(),
        panels: vec![
            panel(Place::HomeAside, 14, panels::did_you_keep_it),
            panel(Place::Conversation, 20, panels::on_conversation),
            panel(Place::Practice, 20, panels::on_practice),
            panel(Place::Person, 10, panels::of_person),
            panel(Place::Door, -1, panels::at_the_door),
        ],
        belongings: Some(belongings::BELONGINGS),
        ..Slice::default()
    }
}

/// A change reaches its person alone until they share it; then its community, or everybody whom that community's own words
/// reach.
fn project(event: &Event) -> Vec<Stmt> {
    let id = || vals![event.object];
    match event.object_kind.as_ref() {
        "change" => vec![
            Stmt::new("delete from reach where thing = ?1", id()),
            Stmt::new(
                "insert into reach (thing, audience) select h.id, h.person from change h where h.id = ?1 and h.audience = 'me'",
                id(),
            ),
            Stmt::new(
                "insert into reach (thing, audience)
                 select h.id, case when h.audience = 'open' and k.openness <> 'closed' then 0 else k.id end
                 from change h join community k on k.id = h.community where h.id = ?1 and h.audience in ('community', 'open')",
                id(),
            ),
        ],
        "community" => vec![
            Stmt::new("delete from reach where thing in (select id from change where community = ?1 and audience = 'open')", id()),
            Stmt::new(
                "insert into reach (thing, audience)
                 select h.id, case when k.openness <> 'closed' then 0 else k.id end
                 from change h join community k on k.id = h.community where h.community = ?1 and h.audience = 'open'",
                id(),
            ),
        ],
        _ => Vec::new(),
    }
}
