//! The five cycles of one season.

use std::collections::{HashMap, HashSet};

use pulse::{DAY, Survival, Wait};

use crate::{Adoption, Change, Facts, Figure, Id, Practice, State};

/// A practice, and a change, is judged when it was there for so long.
pub const JUDGED_AFTER_DAYS: i64 = 90;

/// A stretch between two look-backs, and the moment from which one looks. What happened later than that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Season {
    /// Microseconds since 1970, UTC; belongs to it.
    pub from: i64,
    /// Does not belong to it.
    pub to: i64,
    pub as_of: i64,
}

impl Season {
    fn holds(&self, at: i64) -> bool {
        self.from <= at && at < self.to && at <= self.as_of
    }

    /// Before it begins there are no figures, not even zeros.
    fn has_begun(&self) -> bool {
        self.from < self.to && self.from <= self.as_of
    }

    /// Whether something from then on was there for long enough to be judged.
    fn judges(&self, at: i64) -> bool {
        at.saturating_add(JUDGED_AFTER_DAYS * DAY) <= self.as_of
    }
}

/// The value of a season. There is no sum of it: each cycle is told by its own figures.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cycles {
    pub immediate: Immediate,
    pub potential: Potential,
    pub applied: Applied,
    pub realised: Realised,
    /// *Reframed*: revisions of purpose in the season that cite a story, of all in the season. A number, no share.
    pub reframed: Figure,
}

/// Taking part was of use by itself.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Immediate {
    /// Share of what asked in the season that somebody else had answered by the moment of looking. `rest`: what is open.
    pub answered: Figure,
    /// Thanks said in the season, for each member who said something in it. `items`: the thanks; `of`: how many members, each once.
    pub thanks: Figure,
}

/// Something is there that may be used.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Potential {
    /// Practices first shared in the season.
    pub practices: Figure,
    /// Ties that came to be in the season. Each is between two people: show how many, and open only what its reader is part of.
    pub ties: Figure,
}

/// Somebody does something differently.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Applied {
    /// How many different people told a change in the season. `items`: the changes.
    pub people: Figure,
    /// Of practices shared in the season and at least 90 days ago, the share that somebody who did not write it used within 90 days. `items`: practices.
    pub adopted: Figure,
    /// Median of days (Kaplan and Meier) from sharing to the first use by somebody who did not write it, of practices shared in the season; what was not
    /// used yet is open until the moment of looking. None while more than half is. `items`: practices that were used; `rest`: those still open.
    pub first_use: Figure,
    /// Of changes told in the season and at least 90 days ago, the share of which their person last said that they keep them. `rest`: dropped, or still
    /// being tried.
    pub kept: Figure,
}

/// It made a difference.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Realised {
    /// Changes, told in whatever season, whose outcome was first told in this one.
    pub outcomes: Figure,
    /// Share of those of which somebody but their own person has said that it is so.
    pub attested: Figure,
}

impl Cycles {
    pub fn of(facts: &Facts, season: Season) -> Self {
        if !season.has_begun() {
            return Self::default();
        }
        let purpose = facts
            .purpose
            .iter()
            .filter(|revision| season.holds(revision.at));
        Self {
            immediate: Immediate::of(facts, season),
            potential: Potential::of(facts, season),
            applied: Applied::of(facts, season),
            realised: Realised::of(&facts.changes, season),
            reframed: Figure::count_of(
                purpose.map(|revision| (revision.id, !revision.stories.is_empty())),
            ),
        }
    }
}

impl Immediate {
    fn of(facts: &Facts, season: Season) -> Self {
        let asks = facts.asks.iter().filter(|ask| season.holds(ask.at));
        let is_answered = |answered: Option<i64>| answered.is_some_and(|at| at <= season.as_of);
        Self {
            answered: Figure::share(asks.map(|ask| (ask.id, is_answered(ask.answered)))),
            thanks: thanks(facts, season),
        }
    }
}

fn thanks(facts: &Facts, season: Season) -> Figure {
    let said = facts.said.iter().filter(|said| season.holds(said.at));
    let members = said.map(|said| said.who).collect::<HashSet<Id>>().len();
    let thanks = facts.thanks.iter().filter(|thanks| season.holds(thanks.at));
    let counted = Figure::count(thanks.map(|thanks| thanks.id));
    Figure {
        value: (members > 0).then(|| counted.items.len() as f64 / members as f64),
        of: Some(members),
        ..counted
    }
}

impl Potential {
    fn of(facts: &Facts, season: Season) -> Self {
        let ties = facts.ties.iter().filter(|tie| season.holds(tie.began));
        Self {
            practices: Figure::count(shared(facts, season).map(|practice| practice.id)),
            ties: Figure::count(ties.map(|tie| tie.id)),
        }
    }
}

fn shared(facts: &Facts, season: Season) -> impl Iterator<Item = &Practice> {
    let practices = facts.practices.iter();
    practices.filter(move |practice| season.holds(practice.shared))
}

impl Applied {
    fn of(facts: &Facts, season: Season) -> Self {
        let told = || {
            facts
                .changes
                .iter()
                .filter(|change| season.holds(change.at))
        };
        let people = told()
            .map(|change| change.who)
            .collect::<HashSet<Id>>()
            .len();
        let judged = told().filter(|change| season.judges(change.at));
        let uses = first_uses(facts, season);
        Self {
            people: Figure {
                value: Some(people as f64),
                ..Figure::count(told().map(|change| change.id))
            },
            adopted: adopted(&uses, season),
            first_use: first_use(&uses, season),
            kept: Figure::share(
                judged.map(|change| (change.id, change.state(season.as_of) == State::Kept)),
            ),
        }
    }
}

/// A practice of the season: when it was shared, and first used by somebody who did not write it.
#[derive(Debug, Clone, Copy)]
struct Use {
    practice: Id,
    shared: i64,
    first: Option<i64>,
}

fn first_uses(facts: &Facts, season: Season) -> Vec<Use> {
    let mut of_practice: HashMap<Id, Vec<Adoption>> = HashMap::new();
    for adoption in &facts.adoptions {
        of_practice
            .entry(adoption.practice)
            .or_default()
            .push(*adoption);
    }
    let mut seen = HashSet::new();
    let practices = shared(facts, season).filter(|practice| seen.insert(practice.id));
    practices
        .map(|practice| {
            let adoptions = of_practice.get(&practice.id).map_or(&[][..], Vec::as_slice);
            Use {
                practice: practice.id,
                shared: practice.shared,
                first: practice.first_use(adoptions, season.as_of),
            }
        })
        .collect()
}

fn adopted(uses: &[Use], season: Season) -> Figure {
    let judged = uses.iter().filter(|used| season.judges(used.shared));
    Figure::share(judged.map(|used| {
        let within = used.shared.saturating_add(JUDGED_AFTER_DAYS * DAY);
        (
            used.practice,
            used.first.is_some_and(|first| first <= within),
        )
    }))
}

fn first_use(uses: &[Use], season: Season) -> Figure {
    let waits = uses.iter().map(|used| Wait {
        time: used
            .first
            .unwrap_or(season.as_of)
            .saturating_sub(used.shared) as f64
            / DAY as f64,
        happened: used.first.is_some(),
    });
    Figure {
        value: Survival::of(waits).median(),
        ..Figure::parted(
            uses.iter()
                .map(|used| (used.practice, used.first.is_some())),
        )
    }
}

impl Realised {
    fn of(changes: &[Change], season: Season) -> Self {
        let told = || {
            let changes = changes.iter();
            changes.filter(|change| change.outcome.is_some_and(|at| season.holds(at)))
        };
        Self {
            outcomes: Figure::count(told().map(|change| change.id)),
            attested: Figure::share(
                told().map(|change| (change.id, change.is_attested(season.as_of))),
            ),
        }
    }
}
