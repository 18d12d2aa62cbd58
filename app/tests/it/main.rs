//! What holds for the whole: the authorization table, durability, both engines alike, and the house's conventions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods)]

mod authorization;
mod conventions;
mod durability;
mod engines;
mod journal;
mod kept_pages;
mod silence;
mod slow;
mod world;
