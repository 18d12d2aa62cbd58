//! Whom a person has silenced for themselves. It stands here since every slice's loads honour it.
//!
//! One row of `silence(person, other, kind)` says that `person` does not want to hear `other`. *Mute*: they are not brought
//! to me (streams, home, notices, live counts). *Block*: nothing of theirs is shown to me, and they do not reach me. Only
//! persons are silenced, never voices, and nobody but its person learns of a row. In SQL:
//!
//! - `heard_by(author, ?n)`: the viewer has neither muted nor blocked this author. For what is *brought*: streams, home,
//!   notices, live counts.
//! - `unblocked_by(author, ?n)`: the viewer has not blocked this author. For what is *read*: a muted person's words stand
//!   where they are, a blocked one's do not.
//! - `unblocked(person, ?n)`: neither of the two has blocked the other. For what *reaches* somebody: finding their page,
//!   naming, inviting, thanking, mentioning, their name in lists.
//!
//! What stewards do, and what they must see, asks none of these.

crate::choice! {
    pub enum Silence { Mute = "mute", Block = "block" }
}

pub const SCHEMA: &str = include_str!("../schema/0003_silence.sql");

/// Guard of a batch: neither of two persons has blocked the other.
pub const UNBLOCKED: &str = "select 1 where unblocked(?1, ?2)";
