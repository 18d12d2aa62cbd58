//! The journal: the append-only record of every act. Ids, never words, so that erasing words never edits it.
//!
//! Positions are gapless and are given in the order of commit. On SQLite the one writer gives them inside the act's own
//! transaction. On PostgreSQL an act commits without one, and any node stamps what is committed while it holds the lock
//! on `journal_head`: what commits later is stamped later, so a reader that knows only positions cannot miss anything,
//! and a transaction that stays open elsewhere holds nobody up.

use std::borrow::Cow;

use crate::audience::Viewer;
use crate::clock::Timestamp;
use crate::cx::{Actor, Cx};
use crate::db::{Db, Row, Stmt};
use crate::error::{Error, Result};
use crate::id::{CommunityId, Id, PersonId, VoiceId};
use crate::vals;

crate::choice! {
    /// Whether something was done here, or is remembered from an archive.
    pub enum Origin { Live = "live", Imported = "imported" }
}

/// The envelope, the same for every slice, so that readers need no slice.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// None until it is committed and stamped.
    pub position: Option<i64>,
    pub id: Id,
    pub occurred_at: Timestamp,
    pub recorded_at: Timestamp,
    pub origin: Origin,
    pub actor: Actor,
    /// Past tense: "joined", "replied".
    pub verb: Cow<'static, str>,
    pub object_kind: Cow<'static, str>,
    pub object: Id,
    /// The root of the conversation it happened in.
    pub conversation: Option<Id>,
    pub community: Option<CommunityId>,
    /// Whom it addresses.
    pub toward: Vec<PersonId>,
    /// Whether an answer is wanted.
    pub asks: bool,
    /// me · named · community · open, or empty where it does not apply.
    pub audience: Cow<'static, str>,
}

impl Event {
    pub fn new(cx: &Cx, actor: Actor, verb: &'static str, object_kind: &'static str, object: impl Into<Id>) -> Self {
        let now = cx.now();
        Self {
            position: None,
            id: cx.make_id(),
            occurred_at: now,
            recorded_at: now,
            origin: Origin::Live,
            actor,
            verb: verb.into(),
            object_kind: object_kind.into(),
            object: object.into(),
            conversation: None,
            community: None,
            toward: Vec::new(),
            asks: false,
            audience: "".into(),
        }
    }

    pub fn within(mut self, community: Option<CommunityId>) -> Self {
        self.community = community;
        self
    }

    pub fn in_conversation(mut self, root: impl Into<Id>) -> Self {
        self.conversation = Some(root.into());
        self
    }

    pub fn toward(mut self, persons: impl IntoIterator<Item = PersonId>) -> Self {
        self.toward.extend(persons);
        self
    }

    pub fn imported(mut self, occurred_at: Timestamp) -> Self {
        self.origin = Origin::Imported;
        self.occurred_at = occurred_at;
        self
    }

    pub(crate) fn insert(&self) -> Stmt {
        let toward: Vec<String> = self.toward.iter().map(ToString::to_string).collect();
        Stmt::new(
            INSERT,
            vals![
                self.id,
                self.position,
                self.occurred_at,
                self.recorded_at,
                self.origin,
                self.actor.kind(),
                self.actor.id(),
                self.verb.as_ref(),
                self.object_kind.as_ref(),
                self.object,
                self.conversation,
                self.community,
                toward.join(","),
                self.asks,
                self.audience.as_ref()
            ],
        )
    }

    fn from_row(mut row: Row) -> Result<Self> {
        let (position, id, occurred_at, recorded_at, origin) =
            (row.take()?, row.take::<i64>()?, row.take()?, row.take()?, row.take()?);
        let (kind, actor): (String, i64) = (row.take()?, row.take()?);
        let actor = match kind.as_str() {
            "voice" => Actor::Voice(VoiceId(actor)),
            _ => Actor::Person(PersonId(actor)),
        };
        Ok(Self {
            position,
            id: Id(id),
            occurred_at,
            recorded_at,
            origin,
            actor,
            verb: row.take::<String>()?.into(),
            object_kind: row.take::<String>()?.into(),
            object: Id(row.take()?),
            conversation: row.take::<Option<i64>>()?.map(Id),
            community: row.take()?,
            toward: row.take::<String>()?.split(',').filter_map(|id| id.parse().ok()).collect(),
            asks: row.take()?,
            audience: row.take::<String>()?.into(),
        })
    }
}

const INSERT: &str = "insert into journal
    (id, position, occurred_at, recorded_at, origin, actor_kind, actor, verb, object_kind, object,
     conversation, community, toward, asks, audience)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";

pub(crate) const AFTER: &str = "select position, id, occurred_at, recorded_at, origin, actor_kind, actor, verb, object_kind,
        object, conversation, community, toward, asks, audience
    from journal where position > ?1 order by position limit ?2";

pub(crate) const HEAD: &str = "select coalesce(max(position), 0) from journal";

/// The next events after a position, in order. For programs that derive something, not for pages: it shows every act.
pub async fn read(db: &Db, _as: SystemReader, after: i64, limit: i64) -> Result<Vec<Event>> {
    db.query(AFTER, vals![after, limit]).await?.into_iter().map(Event::from_row).collect()
}

/// The newest position.
pub async fn head(db: &Db) -> Result<i64> {
    db.one(HEAD, vals![]).await?.ok_or(Error::NotFound)?.take()
}

/// Only the program itself may read the journal whole; a request has no way to make one.
#[derive(Clone, Copy, Debug)]
pub struct SystemReader(());

impl SystemReader {
    pub fn of(viewer: Viewer) -> Option<Self> {
        (viewer == Viewer::System).then_some(Self(()))
    }

    pub(crate) fn of_the_house() -> Self {
        Self(())
    }
}
