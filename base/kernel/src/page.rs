//! Keyset pages: a list is read onward from where the last page ended, never by counting rows.

use crate::clock::Timestamp;
use crate::error::{Error, Result};

/// Where a page ended: the time and id of its last row. Opaque to readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub at: Timestamp,
    pub id: i64,
}

impl Cursor {
    /// Before the first row of a list that runs from the newest.
    pub const NEWEST: Cursor = Cursor { at: Timestamp(i64::MAX), id: i64::MAX };
    /// Before the first row of a list that runs from the oldest.
    pub const OLDEST: Cursor = Cursor { at: Timestamp(i64::MIN), id: 0 };
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.at.0, self.id)
    }
}

impl std::str::FromStr for Cursor {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::invalid("after", "This place in the list is not known; start again from its beginning.");
        let (at, id) = text.split_once('.').ok_or_else(wrong)?;
        Ok(Self { at: Timestamp(at.parse().map_err(|_| wrong())?), id: id.parse().map_err(|_| wrong())? })
    }
}

#[derive(Clone, Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// From `limit + 1` rows: the extra one only tells that there is more.
    pub fn cut(mut items: Vec<T>, limit: usize, place: impl Fn(&T) -> Cursor) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(place) } else { None };
        Self { items, next }
    }

    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}
