//! Acts of persons on both engines.
