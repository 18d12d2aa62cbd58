//! Bringing an existing community in, trying it first, and taking everything out.

mod bring;
mod stage;

use kernel::db::Migration;
use shell::Slice;

pub use bring::{Brought, How, bring};
pub use stage::{Counts, Failed, Stage};

pub fn slice() -> Slice {
    Slice {
        name: "archive",
        migrations: vec![Migration::new("archive/0001", include_str!("../schema/0001_archive.sql"))],
        ..Slice::default()
    }
}
