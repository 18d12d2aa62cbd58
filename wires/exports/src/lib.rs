//! What other places hand out of a community, read into one neutral model. No database, no rules of Tacit, no network.
//!
//! A reader takes a [`Source`] and tells a [`Take`] what it finds, in the order in which it finds it, and keeps in memory no more
//! than it needs to know whom a thing belongs to. Nothing that it cannot read is lost in silence: it is skipped, with a reason, a
//! file and where in it.

#[cfg(test)]
mod archives;
#[cfg(test)]
mod corpus;
mod dated;
pub mod discourse;
mod emoji;
mod format;
pub mod html;
mod inline;
pub mod irc;
mod json;
mod lines;
pub mod mail;
mod markdown;
mod model;
mod records;
mod rows;
mod skips;
pub mod slack;
mod source;
pub mod stackexchange;
pub mod tacit;
mod times;
pub mod zulip;

pub use lines::text_of;
pub use format::{Format, detect};
pub use model::{
    Access, Community, Contribution, File, Helped, Item, Own, Reason, Record, Skipped, Stop, Take, Thanks,
    Voice,
};
pub use source::{Problem, Source};
