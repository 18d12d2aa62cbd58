//! Bringing an existing community in, trying it first, and taking everything out.

mod bring;
mod reading;
mod stage;
pub mod trying;

use kernel::db::Migration;
use shell::Slice;

pub use bring::{Brought, How, bring};
pub use reading::{Unread, read_into};
pub use stage::{Counts, Failed, Stage};

pub fn slice() -> Slice {
    Slice {
        name: "archive",
        migrations: vec![Migration::new("archive/0001", include_str!("../schema/0001_archive.sql"))],
        ..Slice::default()
    }
}
