//! Acts of communities on both engines.
