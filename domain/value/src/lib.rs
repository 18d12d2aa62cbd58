//! Value: stories drawn from real links, and the five cycles of a season, each figure with the stories behind it.

pub mod api;
pub mod facts;
pub mod figures;
mod pages;
pub mod story;
#[cfg(test)]
mod tests;

use shell::{Panel, Place, Slice};

pub fn slice() -> Slice {
    Slice {
        name: "value",
        languages: vec![("de", include_str!("../lang/de.toml"))],
        pages: pages::routes().into_iter().chain(story::routes()).collect(),
        api: api::routes(),
        panels: vec![
            Panel { place: Place::DoorAside, order: 60, show: pages::link },
            Panel { place: Place::Practice, order: 60, show: story::of_practice_link },
        ],
        ..Slice::default()
    }
}
