//! What holds for the whole: the authorization table, durability, both engines alike, and the house's conventions.

mod authorization;
mod conventions;
mod durability;
mod engines;
mod journal;
mod slow;
mod world;
