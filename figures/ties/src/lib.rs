//! Ties between people: strengths that fade, and bridges between those who would not meet. Pure: no database, no clock.
//!
//! An [`Act`] of one person toward another adds to a directed strength that halves every 60 days. [`Side`] and [`Tie`] keep it act by act;
//! [`Network`] computes it for everybody at once, with the same outcome. What is derived here is about ties; nothing of it ranks people.

mod act;
mod bridges;
mod clusters;
mod network;
pub mod shape;
mod side;

pub use act::{Act, DAY, Kind, Settings};
pub use bridges::{BRIDGE_OVERLAP, BUTTERFLY_SPAN, BUTTERFLY_TIES, Belonging};
pub use network::{Bond, Network};
pub use side::{Late, Side, Standing, Tie};

/// The version of the formulas of this crate, shown beside every figure: it grows with each change that changes a figure.
pub const FORMULA_VERSION: u32 = 1;
