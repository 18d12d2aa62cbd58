//! What every slice stands on: ids, time, chance, the data layer, the journal, Reach, errors and bounded input. No web.

pub mod audience;
pub mod blobs;
pub mod choice;
pub mod clock;
pub mod cx;
pub mod db;
pub mod error;
pub mod figures;
pub mod id;
pub mod input;
pub mod journal;
pub mod page;
pub mod random;
pub mod silence;

pub use audience::{Audience, Viewer};
pub use blobs::Blobs;
pub use clock::{Clock, Timestamp};
pub use cx::{Actor, Cx, House, Once, decide};
pub use db::{Batch, Db, Row, Stmt, Val};
pub use error::{Error, Problem, Problems, Result, Say};
pub use id::{CommunityId, Id, IdMaker, PersonId, VoiceId};
pub use input::{Line, Words};
pub use journal::{Event, Origin};
pub use page::{Cursor, Page};
pub use random::{Random, hash_secret};
pub use silence::Silence;
