//! Bringing an existing community in, trying it first, and taking everything out.

mod bring;
mod changes;
pub mod claims;
mod files;
mod folder;
mod handbooks;
mod old_links;
mod practices;
mod reading;
mod records;
mod stage;
mod take_along;
mod take_out;
#[cfg(test)]
mod tests;
pub mod trying;

use kernel::db::Migration;
use shell::{Panel, Place, Slice};

pub use bring::{Brought, How, bring};
pub use handbooks::{BroughtPages, bring_pages};
pub use reading::{Read, Unread, read_into};
pub use stage::{Counts, Failed, Stage};
pub use take_along::{TakenAlong, take_along};
pub use take_out::{TakenOut, take_out};

pub fn slice() -> Slice {
    Slice {
        name: "archive",
        languages: vec![("de", include_str!("../lang/de.toml"))],
        migrations: vec![
            Migration::new("archive/0001", include_str!("../schema/0001_archive.sql")),
            Migration::new("archive/0002", include_str!("../schema/0002_claim.sql")),
        ],
        pages: old_links::routes().into_iter().chain(claims::pages::routes()).collect(),
        api: claims::api::routes(),
        panels: vec![Panel { place: Place::Me, order: 40, show: claims::pages::link }],
        belongings: Some(claims::belongings::BELONGINGS),
        ..Slice::default()
    }
}
