//! Said in the flow of work: the box, trails, work references, and what narrations grow into.

pub mod acts;
pub mod api;
mod belongings;
mod pages;
pub mod rules;
pub mod sense;
pub mod store;
#[cfg(test)]
mod tests;

use kernel::db::Migration;
use shell::{Panel, Place, Slice};

pub use acts::remember_trail;

pub fn slice() -> Slice {
    Slice {
        name: "narration",
        languages: vec![("de", include_str!("../lang/de.toml"))],
        migrations: vec![Migration::new("narration/0001", include_str!("../schema/0001_narration.sql"))],
        projections: vec![],
        derived: vec![],
        pages: pages::routes().into_iter().chain(sense::routes()).collect(),
        api: api::routes(),
        panels: vec![
            Panel { place: Place::Home, order: 0, show: pages::narrate_box },
            Panel { place: Place::HomeAside, order: 12, show: sense::collected },
        ],
        belongings: Some(belongings::BELONGINGS),
        ..Slice::default()
    }
}
