//! stub
use crate::*;
pub(crate) fn is_xml(_: &dyn Files) -> bool { false }
pub(crate) fn recognise(_: &dyn Files) -> bool { false }
pub(crate) fn read(_: &dyn Files, _: &mut dyn Take) -> Result<(), Problem> { Ok(()) }
