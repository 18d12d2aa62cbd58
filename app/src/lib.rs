//! Composes slices into the one binary: serving, the operator's commands, the client's verbs.

pub mod archives;
pub mod backup;
pub mod client;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod house;
pub mod metrics;
pub mod operator;
pub mod serve;
pub mod verify;

use shell::Slice;

/// All slices, in the order of the arrows between them: this is the order of migrations and projections.
pub fn slices() -> Vec<Slice> {
    vec![
        person::slice(),
        attachment::slice(),
        community::slice(),
        membership::slice(),
        conversation::slice(),
        narration::slice(),
        practice::slice(),
        change::slice(),
        value::slice(),
        care::slice(),
        following::slice(),
        archive::slice(),
    ]
}
