//! An act's batch: guarded statements and the events that tell of them, committed together or not at all.

use crate::clock::Timestamp;
use crate::cx::Once;
use crate::db::{Project, Val};
use crate::error::Result;
use crate::id::{Id, PersonId};
use crate::journal::Event;
use crate::vals;

#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    pub sql: &'static str,
    pub params: Vec<Val>,
}

impl Stmt {
    pub fn new(sql: &'static str, params: Vec<Val>) -> Self {
        Self { sql, params }
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Run(Stmt),
    /// Must change exactly so many rows.
    Exactly(u64, Stmt),
    /// A select that must find something.
    Holds(Stmt),
    /// A select that must find nothing.
    Lacks(Stmt),
    Event(Event),
    /// First in its batch: the key is new, or the act was done already.
    Once { insert: Stmt, find: Stmt, hash: String },
}

#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub(crate) steps: Vec<Step>,
}

pub(crate) const ONCE_INSERT: &str = "insert into once (person, route, key, hash, subject, at)
    values (?1, ?2, ?3, ?4, ?5, ?6) on conflict (person, route, key) do nothing";
pub(crate) const ONCE_FIND: &str = "select subject, hash from once where person = ?1 and route = ?2 and key = ?3";

impl Batch {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn run(&mut self, sql: &'static str, params: Vec<Val>) -> &mut Self {
        self.steps.push(Step::Run(Stmt::new(sql, params)));
        self
    }

    /// Guard: the statement must change exactly `rows` rows.
    pub fn exactly(&mut self, rows: u64, sql: &'static str, params: Vec<Val>) -> &mut Self {
        self.steps.push(Step::Exactly(rows, Stmt::new(sql, params)));
        self
    }

    /// Guard: the select must find a row.
    pub fn holds(&mut self, sql: &'static str, params: Vec<Val>) -> &mut Self {
        self.steps.push(Step::Holds(Stmt::new(sql, params)));
        self
    }

    /// Guard: the select must find nothing.
    pub fn lacks(&mut self, sql: &'static str, params: Vec<Val>) -> &mut Self {
        self.steps.push(Step::Lacks(Stmt::new(sql, params)));
        self
    }

    pub fn event(&mut self, event: Event) -> &mut Self {
        self.steps.push(Step::Event(event));
        self
    }

    /// All of another batch after this one: an act that spans two slices.
    pub fn append(&mut self, other: Batch) -> &mut Self {
        self.steps.extend(other.steps);
        self
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = &Event> {
        self.steps.iter().filter_map(|step| match step {
            Step::Event(event) => Some(event),
            _ => None,
        })
    }

    pub(crate) fn first_once(&mut self, person: PersonId, once: &Once, subject: Id, now: Timestamp) {
        let key = || vals![person, once.route.as_str(), once.key.as_str()];
        let mut params = key();
        params.extend(vals![once.hash.as_str(), subject, now]);
        let step = Step::Once {
            insert: Stmt::new(ONCE_INSERT, params),
            find: Stmt::new(ONCE_FIND, key()),
            hash: once.hash.clone(),
        };
        self.steps.insert(0, step);
    }

    /// Adds what follows from the events. Last, since it is computed from the things as the batch leaves them.
    pub(crate) fn project(&mut self, projections: &[Project]) {
        let derive = |event| projections.iter().flat_map(move |project| project(event)).map(Step::Run);
        let derived: Vec<Step> = self.events().flat_map(derive).collect();
        self.steps.extend(derived);
    }
}

/// Whether a key that is already there stands for the same act.
pub(crate) fn already(mut row: crate::db::Row, hash: &str) -> Result<super::Unwritten> {
    Ok(super::Unwritten::Already { subject: row.take()?, same: row.take::<String>()? == hash })
}
