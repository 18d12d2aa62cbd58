//! Pictures, voice notes, films and files that stand with what was said.

pub mod acts;
pub mod api;
mod belongings;
mod making;
mod pages;
mod photograph;
mod picture;
pub mod remembering;
pub mod rules;
pub mod serving;
pub mod shown;
mod sniff;
pub mod store;
mod strip;
#[cfg(test)]
mod tests;

use kernel::db::Migration;
use shell::Slice;

pub use acts::Attaching;
pub use belongings::told_of;
pub use pages::receive;
pub use shown::Attached;

kernel::id_type! {
    AttachmentId,
}

kernel::choice! {
    /// What an attachment is, by its content.
    pub enum Kind { Image = "image", Voice = "voice", Film = "film", File = "file" }
}

pub fn slice() -> Slice {
    Slice {
        name: "attachment",
        languages: vec![("de", include_str!("../lang/de.toml"))],
        migrations: vec![Migration::new("attachment/0001", include_str!("../schema/0001_attachment.sql"))],
        pages: pages::routes(),
        api: api::routes(),
        belongings: Some(belongings::BELONGINGS),
        ..Slice::default()
    }
}
