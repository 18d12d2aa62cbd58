//! Claims on both engines.
