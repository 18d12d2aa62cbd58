//! The life of a community in figures, each held against its own past. Pure: no database, no clock.
