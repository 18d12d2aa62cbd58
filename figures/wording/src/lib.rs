//! How two wordings of one Markdown text differ, and how three become one. Pure: no database, no clock.
//!
//! [`differences`] reads well: paragraphs, headings, items of lists and lines of code are held against each other first, then the words within those that
//! changed. [`similarity`] says how much was kept. [`merge`] puts together what two people did to one text at once; where they said different things of
//! the same lines it keeps all three wordings.

mod align;
mod blocks;
mod differences;
mod edits;
mod merge;
mod pairs;
mod tidy;
mod tokens;

pub use differences::{Block, Part, differences, folded, similarity};
pub use merge::{Clash, Merged, merge};

/// Bytes. What is longer is shown whole and merged whole.
pub const LONGEST: usize = 1 << 20;

#[cfg(test)]
mod tests;
