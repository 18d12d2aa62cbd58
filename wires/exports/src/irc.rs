//! Plain logs of IRC, from whatever program wrote them, and the conversations in them.

mod recovery;
#[doc(hidden)]
pub mod signs;
#[doc(hidden)]
pub mod weights;

pub use recovery::{Line, Recovery, recover};
