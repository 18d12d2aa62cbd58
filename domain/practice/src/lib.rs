//! Practices: living documents that a community works by, with evidence, freshness and where they come from.

pub mod acts;
pub mod api;
mod belongings;
pub mod evidence;
pub mod files;
pub mod forks;
mod growing;
pub mod kinds;
mod pages;
mod panels;
pub mod proposals;
mod remembering;
pub mod rules;
pub mod sources;
pub mod store;
#[cfg(test)]
mod tests;

use kernel::db::Migration;
use kernel::{Event, Stmt, vals};
use shell::{Panel, Place, Slice};

pub use remembering::{Remembered, RememberedAdoption, RememberedRevision, RememberedSource, remember};

kernel::id_type! {
    PracticeId,
}

kernel::choice! {
    /// How far a practice has come, by what people say who work by it.
    pub enum State { Proposed = "proposed", Tried = "tried", InUse = "in_use", Contested = "contested", Retired = "retired" }
}

kernel::choice! {
    /// What somebody says of a practice.
    pub enum How { WillTry = "will_try", Tried = "tried", Use = "use", Adapted = "adapted", Dropped = "dropped" }
}

impl State {
    pub fn label(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Tried => "tried",
            Self::InUse => "in use",
            Self::Contested => "contested",
            Self::Retired => "retired",
        }
    }
}

impl How {
    /// As it stands behind a name.
    pub fn label(self) -> &'static str {
        match self {
            Self::WillTry => "will try it",
            Self::Tried => "tried it",
            Self::Use => "works by it",
            Self::Adapted => "adapted it",
            Self::Dropped => "dropped it",
        }
    }
}

pub fn slice() -> Slice {
    let panel = |place, order, show| Panel { place, order, show };
    Slice {
        name: "practice",
        migrations: vec![Migration::new("practice/0001", include_str!("../schema/0001_practice.sql")), Migration::new("practice/0002", include_str!("../schema/0002_dropped.sql"))],
        languages: vec![("de", include_str!("../lang/de.toml"))],
        projections: vec![project],
        pages: [pages::routes(), growing::routes(), proposals::routes(), evidence::routes(), forks::routes(), files::routes(), kinds::routes()]
            .into_iter()
            .flatten()
            .collect(),
        api: api::routes(),
        panels: vec![
            panel(Place::Door, -10, panels::at_the_door),
            panel(Place::HomeAside, 20, panels::asked_after),
            panel(Place::HomeAside, 21, panels::dropped),
            panel(Place::Conversation, 20, panels::led_to),
            panel(Place::Person, 10, panels::of_person),
            panel(Place::Handover, 10, panels::to_tend),
        ],
        belongings: Some(belongings::BELONGINGS),
        ..Slice::default()
    }
}

/// A practice reaches its community, or everybody whom the community's own words reach.
fn project(event: &Event) -> Vec<Stmt> {
    let id = || vals![event.object];
    match event.object_kind.as_ref() {
        "practice" => vec![
            Stmt::new("delete from reach where thing = ?1", id()),
            Stmt::new(
                "insert into reach (thing, audience)
                 select p.id, case when p.audience = 'open' and k.openness <> 'closed' then 0 else p.community end
                 from practice p join community k on k.id = p.community where p.id = ?1 and p.withdrawn_at is null",
                id(),
            ),
        ],
        "community" => vec![
            Stmt::new("delete from reach where thing in (select id from practice where community = ?1)", id()),
            Stmt::new(
                "insert into reach (thing, audience)
                 select p.id, case when p.audience = 'open' and k.openness <> 'closed' then 0 else p.community end
                 from practice p join community k on k.id = p.community where p.community = ?1 and p.withdrawn_at is null",
                id(),
            ),
        ],
        _ => Vec::new(),
    }
}
