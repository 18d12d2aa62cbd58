//! Plain logs of IRC, from whatever program wrote them, and the conversations in them.

mod channel;
mod line;
mod log;
mod recovery;
#[doc(hidden)]
pub mod signs;
#[doc(hidden)]
pub mod weights;

pub use log::{read, recognise};
pub use recovery::{Line, Recovery, recover};

#[cfg(test)]
mod tests;
