//! What a steward can do to words, as statements: the acts with their rule, reason and appeal live in the care slice.

use kernel::{Batch, CommunityId, vals};

use crate::ContributionId;

/// The rule that a steward's act rests on, and its reason, as they stand on the thing itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Why {
    pub rule: String,
    pub reason: String,
}

impl Why {
    /// Two lines in one column; both are single lines. Empty is "no".
    pub(crate) fn of(column: &str) -> Option<Self> {
        let (rule, reason) = column.split_once('\n')?;
        Some(Self { rule: rule.to_owned(), reason: reason.to_owned() })
    }

    pub(crate) fn column(&self) -> String {
        format!("{}\n{}", self.rule, self.reason)
    }
}

/// Covers words with a quiet line. Their author and the stewards still read them.
pub fn hide(batch: &mut Batch, id: ContributionId, why: &Why) {
    batch.exactly(1, "update contribution set hidden = ?2 where id = ?1 and hidden = ''", vals![id, why.column()]);
}

pub fn show_again(batch: &mut Batch, id: ContributionId) {
    batch.exactly(1, "update contribution set hidden = '' where id = ?1 and hidden <> ''", vals![id]);
}

/// No more answers; reading goes on.
pub fn close(batch: &mut Batch, root: ContributionId, why: &Why) {
    batch.exactly(1, "update contribution set closed = ?2 where id = ?1 and parent is null and closed = ''", vals![root, why.column()]);
}

pub fn open_again(batch: &mut Batch, root: ContributionId) {
    batch.exactly(1, "update contribution set closed = '' where id = ?1 and closed <> ''", vals![root]);
}

/// Puts a conversation, all of it, into another community.
pub fn put_into(batch: &mut Batch, root: ContributionId, from: CommunityId, to: CommunityId, why: &str) {
    batch.exactly(
        1,
        "update contribution set community = ?3, moved = ?4 where id = ?1 and parent is null and community = ?2",
        vals![root, from, to, why],
    );
    batch.run("update contribution set community = ?2 where root = ?1 and parent is not null", vals![root, to]);
}

/// The note that a conversation was moved, as its column keeps it.
pub fn moved_note(why: &Why) -> String {
    why.column()
}
