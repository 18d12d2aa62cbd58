//! What every act is given: the house (data, time, ids, chance) and who acts.

use std::future::Future;
use std::sync::Arc;

use crate::audience::Viewer;
use crate::blobs::Blobs;
use crate::clock::{Clock, Timestamp};
use crate::db::{Batch, Db};
use crate::error::{Error, Result};
use crate::id::{Id, IdMaker, PersonId, VoiceId};
use crate::random::Random;

/// One running instance.
#[derive(Debug)]
pub struct House {
    pub db: Db,
    pub clock: Clock,
    pub ids: IdMaker,
    pub random: Random,
    pub blobs: Blobs,
}

/// Who did something: always a person, or a voice that is remembered from an archive. Programs act for nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    Person(PersonId),
    Voice(VoiceId),
}

impl Actor {
    pub fn kind(self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Voice(_) => "voice",
        }
    }

    pub fn id(self) -> Id {
        match self {
            Self::Person(p) => p.into(),
            Self::Voice(v) => v.into(),
        }
    }
}

/// Makes an act happen once however often it is sent: an API client's `Idempotency-Key`, a form's hidden number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    pub route: String,
    pub key: String,
    /// SHA-256 of the body, so that one key cannot stand for two acts.
    pub hash: String,
}

/// One request, command or job: the house and who asks.
#[derive(Clone, Debug)]
pub struct Cx {
    pub house: Arc<House>,
    pub viewer: Viewer,
    pub once: Option<Once>,
}

impl Cx {
    pub fn new(house: Arc<House>, viewer: Viewer) -> Self {
        Self { house, viewer, once: None }
    }

    pub fn db(&self) -> &Db {
        &self.house.db
    }

    pub fn now(&self) -> Timestamp {
        self.house.clock.now()
    }

    pub fn make_id<T: From<Id>>(&self) -> T {
        self.house.ids.make().into()
    }

    /// The person who acts. What a stranger may not do is not found.
    pub fn me(&self) -> Result<PersonId> {
        self.viewer.person().ok_or(Error::NotFound)
    }

    pub fn as_person(&self, person: PersonId) -> Self {
        Self { house: self.house.clone(), viewer: Viewer::Person(person), once: None }
    }

    /// What this act made when it was sent before with the same key; asked before any rule, since the world has
    /// changed by the act itself.
    pub async fn done_before<T: From<Id>>(&self) -> Result<Option<T>> {
        let (Some(once), Some(me)) = (&self.once, self.viewer.person()) else { return Ok(None) };
        let done = self.house.db.done_before(me, once).await?;
        Ok(done.map(T::from))
    }

    /// Commits an act that makes or changes `subject`, once. Sent again with the same key, it answers the first
    /// subject and changes nothing.
    pub async fn write<T: From<Id> + Into<Id>>(&self, batch: Batch, subject: T) -> Result<T> {
        let id: Id = subject.into();
        let id = self.house.db.write_once(batch, self.viewer.person().zip(self.once.as_ref()), id, self.now()).await?;
        Ok(id.into())
    }
}

/// Load → rule → batch, again from the load when the world changed in between; after three times it is a conflict.
pub async fn decide<T, F: Future<Output = Result<T>>>(attempt: impl Fn() -> F) -> Result<T> {
    for _ in 0..2 {
        match attempt().await {
            Err(Error::Conflict) => continue,
            answer => return answer,
        }
    }
    attempt().await
}
