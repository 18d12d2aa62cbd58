//! What a season was worth to a community, on five cycles of value. Pure: no database, no clock.
//!
//! Immediate, potential, applied, realised and reframed value after Wenger, Trayner and de Laat 2011, "Promoting and assessing value creation in communities
//! and networks". [`Cycles::of`] takes facts and answers figures, each with the very items that it is made of. Nothing here becomes money, there is no
//! total, and no person is listed or held against another.

mod facts;
mod figure;
mod season;

pub use facts::{
    Adoption, Ask, Attested, Change, Facts, Id, Practice, PurposeRevision, Said, State, Thanks,
    Tie, Turn,
};
pub use figure::Figure;
pub use season::{Applied, Cycles, Immediate, JUDGED_AFTER_DAYS, Potential, Realised, Season};

/// The version of the formulas of this crate, shown beside every figure: it grows with each change that changes a figure.
pub const FORMULA_VERSION: u32 = 1;

#[cfg(test)]
mod tests;
