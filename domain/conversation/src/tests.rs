//! Acts of conversations on both engines.
