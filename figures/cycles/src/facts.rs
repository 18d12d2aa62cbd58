//! What happened, as far as the cycles of value read it. What was deleted is not there.
//!
//! Times are microseconds since 1970, UTC. What carries an id twice counts once. Facts of other seasons may be among them: each figure takes its own.

/// Of a thing or a person; the caller's number.
pub type Id = i64;

/// Everything that the figures are made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    pub asks: Vec<Ask>,
    pub thanks: Vec<Thanks>,
    /// What members said: who was active.
    pub said: Vec<Said>,
    pub practices: Vec<Practice>,
    pub ties: Vec<Tie>,
    pub adoptions: Vec<Adoption>,
    pub changes: Vec<Change>,
    pub purpose: Vec<PurposeRevision>,
}

/// A contribution that wanted an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    pub id: Id,
    pub at: i64,
    /// When somebody else first replied.
    pub answered: Option<i64>,
}

/// Words of thanks for one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thanks {
    pub id: Id,
    pub at: i64,
}

/// A member said something, in whatever kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    pub who: Id,
    pub at: i64,
}

/// A practice that others can read and use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Practice {
    pub id: Id,
    /// When the community could first read it.
    pub shared: i64,
    pub authors: Vec<Id>,
}

/// A tie between two people that was none before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tie {
    pub id: Id,
    /// When it came to be a tie (weak or strong), as `ties` has it.
    pub began: i64,
}

/// Somebody tried, uses or adapted a practice. Who dropped one did not adopt it by that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Adoption {
    pub practice: Id,
    pub who: Id,
    pub at: i64,
}

/// "I used to… now I…".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub id: Id,
    pub who: Id,
    /// When it was told.
    pub at: i64,
    /// What its person said of it since, in any order. Before the first of them it is being tried.
    pub turns: Vec<Turn>,
    /// When its outcome was first told.
    pub outcome: Option<i64>,
    pub attested: Vec<Attested>,
}

/// A change became this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    pub state: State,
    pub at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    #[default]
    Trying,
    Kept,
    Dropped,
}

/// Somebody said that it is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attested {
    pub by: Id,
    pub at: i64,
}

/// The community said anew what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurposeRevision {
    pub id: Id,
    pub at: i64,
    /// The stories (contributions, changes) that it cites as its reason.
    pub stories: Vec<Id>,
}

impl Change {
    /// What its person had last said of it by then. Of two turns at the same moment the later in the list counts.
    pub(crate) fn state(&self, by: i64) -> State {
        let known = self.turns.iter().filter(|turn| turn.at <= by);
        known
            .max_by_key(|turn| turn.at)
            .map_or(State::Trying, |turn| turn.state)
    }

    /// Whether somebody but its own person had said by then that it is so.
    pub(crate) fn is_attested(&self, by: i64) -> bool {
        let mut words = self.attested.iter();
        words.any(|words| words.by != self.who && words.at <= by)
    }
}

impl Practice {
    /// When somebody who did not write it first used it. Use from before it was shared counts from then.
    pub(crate) fn first_use(&self, adoptions: &[Adoption], by: i64) -> Option<i64> {
        let others = adoptions
            .iter()
            .filter(|adoption| adoption.practice == self.id && adoption.at <= by)
            .filter(|adoption| !self.authors.contains(&adoption.who));
        others.map(|adoption| adoption.at.max(self.shared)).min()
    }
}
