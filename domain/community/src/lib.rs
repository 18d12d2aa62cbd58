//! A community: domain, purpose, practice, openness, stage, charter, and its front door.

pub mod acts;
pub mod api;
mod belongings;
mod pages;
pub use pages::openness_choices;
pub mod rules;
pub mod store;

use kernel::db::Migration;
use kernel::{Event, Line, Stmt, Words, vals};
use shell::{Panel, Place, Slice};

pub type Name = Line<2, 80>;
pub type Text = Words<0, 2000>;

kernel::choice! {
    /// Who reads and who joins.
    pub enum Openness { Open = "open", Knock = "knock", Closed = "closed" }
}

kernel::choice! {
    /// Declared by stewards, in the open.
    pub enum Stage { Forming = "forming", Growing = "growing", Steady = "steady", Resting = "resting", Ended = "ended" }
}

pub fn slice() -> Slice {
    Slice {
        name: "community",
        languages: vec![("de", include_str!("../lang/de.toml"))],
        migrations: vec![Migration::new("community/0001", include_str!("../schema/0001_community.sql"))],
        projections: vec![project],
        derived: vec![],
        pages: pages::routes(),
        api: api::routes(),
        panels: vec![Panel { place: Place::Welcome, order: 10, show: pages::open_doors }],
        belongings: Some(belongings::BELONGINGS),
        ..Slice::default()
    }
}

/// Whom a community reaches. Its front door is a thing of its own, minus the community's id: those invited to a closed
/// community see the door, and nothing behind it.
fn project(event: &Event) -> Vec<Stmt> {
    if event.object_kind != "community" {
        return Vec::new();
    }
    let id = || vals![event.object];
    vec![
        Stmt::new("delete from reach where thing in (?1, -?1) and audience in (0, ?1)", id()),
        Stmt::new(
            "insert into reach (thing, audience)
             select id, case when openness = 'closed' then id else 0 end from community where id = ?1",
            id(),
        ),
        Stmt::new(
            "insert into reach (thing, audience)
             select -id, case when openness = 'closed' then id else 0 end from community where id = ?1",
            id(),
        ),
    ]
}
