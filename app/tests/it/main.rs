//! What holds for the whole: the authorization table, durability, both engines alike, and the house's conventions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods)]

mod authorization;
mod bombs;
mod command_line;
mod conventions;
mod durability;
mod engines;
mod faults;
mod journal;
mod kept_pages;
mod silence;
mod slow;
mod trying;
mod two_nodes;
mod world;
