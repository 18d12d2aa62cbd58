//! A figure with what it is made of.

use std::collections::HashSet;

use crate::Id;

/// A number, and the items that one sees behind it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figure {
    /// None where there was nothing to divide by, or nothing that was looked at for long enough.
    pub value: Option<f64>,
    /// How many it was divided by, or is one part of. None for what is only counted.
    pub of: Option<usize>,
    /// What counts, in the order of ids.
    pub items: Vec<Id>,
    /// What was looked at and does not count, in the order of ids.
    pub rest: Vec<Id>,
}

impl Figure {
    /// How many there are.
    pub(crate) fn count(items: impl Iterator<Item = Id>) -> Self {
        let items = once(items);
        Self {
            value: Some(items.len() as f64),
            items,
            ..Self::default()
        }
    }

    /// The share of those that are so among all that were looked at.
    pub(crate) fn share(looked_at: impl Iterator<Item = (Id, bool)>) -> Self {
        let parted = Self::parted(looked_at);
        let of = parted.items.len() + parted.rest.len();
        let value = (of > 0).then(|| parted.items.len() as f64 / of as f64);
        Self { value, ..parted }
    }

    /// How many are so, of all that were looked at.
    pub(crate) fn count_of(looked_at: impl Iterator<Item = (Id, bool)>) -> Self {
        let parted = Self::parted(looked_at);
        let value = Some(parted.items.len() as f64);
        Self { value, ..parted }
    }

    /// Those that are so and the rest, without a value.
    pub(crate) fn parted(looked_at: impl Iterator<Item = (Id, bool)>) -> Self {
        let mut seen = HashSet::new();
        let (items, rest): (Vec<_>, Vec<_>) = looked_at
            .filter(|(id, _)| seen.insert(*id))
            .partition(|(_, is_so)| *is_so);
        let ids = |all: Vec<(Id, bool)>| once(all.into_iter().map(|(id, _)| id));
        let (items, rest) = (ids(items), ids(rest));
        Self {
            value: None,
            of: Some(items.len() + rest.len()),
            items,
            rest,
        }
    }
}

fn once(ids: impl Iterator<Item = Id>) -> Vec<Id> {
    let mut ids: Vec<Id> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
