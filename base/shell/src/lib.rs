//! The shell around every page and call: slices and their routes, the frame, forms, words, live streams, safety.

pub mod api;
pub mod asset;
pub mod cache;
pub mod figures;
pub mod form;
pub mod frame;
pub mod guard;
pub mod limits;
pub mod listen;
pub mod live;
pub mod ports;
pub mod request;
pub mod router;
pub mod slice;
pub mod translation;
pub mod when;
pub mod words;

pub use cache::{Front, Shows};
pub use form::Form;
pub use frame::Html;
pub use ports::{Belongings, Door, Future, Guest, Panel, Place, Scope};
pub use request::{Act, After, Answer, Asked, Fault, Path, Visit};
pub use router::{Config, Shell, app};
pub use slice::{FORM, Needs, Rate, Route, Slice, Who};
pub use translation::T;
