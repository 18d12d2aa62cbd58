//! Bringing an existing community in, trying it first, and taking everything out.

mod bring;
mod old_links;
mod reading;
mod records;
mod stage;
mod take_out;
#[cfg(test)]
mod tests;
pub mod trying;

use kernel::db::Migration;
use shell::Slice;

pub use bring::{Brought, How, bring};
pub use reading::{Unread, read_into};
pub use stage::{Counts, Failed, Stage};
pub use take_out::{TakenOut, take_out};

pub fn slice() -> Slice {
    Slice {
        name: "archive",
        languages: vec![("de", include_str!("../lang/de.toml"))],
        migrations: vec![Migration::new("archive/0001", include_str!("../schema/0001_archive.sql"))],
        pages: old_links::routes(),
        ..Slice::default()
    }
}
