//! Acts of membership on both engines.
