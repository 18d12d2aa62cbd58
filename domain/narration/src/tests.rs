//! Acts of narration on both engines.
