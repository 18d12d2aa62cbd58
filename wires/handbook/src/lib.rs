//! Pages as others keep them (handbooks, decision records, runbooks, wikis), read into one neutral model. No database, no rules
//! of Tacit, no network.
//!
//! A [`Handbook`] is opened where it lies and tells a [`Take`] its pages, each with its revisions. Nothing that it cannot read is
//! lost in silence: it is skipped, with a reason and its file.

mod confluence;
mod days;
mod facts;
mod files;
mod folder;
mod format;
mod freshness;
mod front;
mod git;
mod kind;
mod links;
mod markdown;
mod model;
mod notion;
mod shelf;
mod skips;
mod web;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod told;

pub use exports::{Reason, Skipped, Stop};
pub use files::Files;
pub use format::{Format, Handbook, detect};
pub use freshness::Freshness;
pub use model::{Fact, File, Item, Kind, Link, Page, Problem, Revision, Take, Voice};
pub use shelf::Shelf;
