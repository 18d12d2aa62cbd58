//! An instance for one test: a throwaway database, a clock that stands at noon, the slices given.

use std::path::PathBuf;
use std::sync::Arc;

use kernel::db::{Place, kernel_migrations};
use kernel::{Blobs, Clock, Cx, Db, House, IdMaker, PersonId, Random, Timestamp, Viewer, blobs};
use shell::router::App as Shared;
use shell::{Config, Front, Slice};
use tokio::sync::watch;

use crate::{Client, postgres};

/// 2026-11-24 12:00 UTC.
pub const NOON: Timestamp = Timestamp(1_795_521_600_000_000);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub fn all() -> [Engine; 2] {
        [Engine::Sqlite, Engine::Postgres]
    }
}

pub struct App {
    pub house: Arc<House>,
    pub shell: Shared,
    pub front: Front,
    pub place: Place,
    folder: PathBuf,
    closing: watch::Sender<bool>,
    follower: tokio::task::JoinHandle<()>,
}

impl App {
    /// `slices` is called anew, since a slice is used up by building.
    pub async fn new(engine: Engine, slices: fn() -> Vec<Slice>) -> Self {
        let random = kernel::random::hex(&Random::System.bytes::<8>().unwrap());
        let folder = std::env::temp_dir().join(format!("tacit-test-{random}"));
        std::fs::create_dir_all(&folder).unwrap();
        let place = match engine {
            Engine::Sqlite => Place::Sqlite(folder.join("tacit.db")),
            Engine::Postgres => Place::Postgres(postgres::database().await),
        };
        let blobs = Blobs::at(folder.join("files"), blobs::EACH);
        Self::at(place, folder, slices, 7, blobs).await
    }

    /// The same people, words and sessions once more, to try one thing on (SQLite).
    pub async fn copy(&self, slices: fn() -> Vec<Slice>) -> Self {
        let random = kernel::random::hex(&Random::System.bytes::<8>().unwrap());
        let folder = std::env::temp_dir().join(format!("tacit-test-{random}"));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("tacit.db");
        self.house.db.copy_to(&file).await.unwrap();
        Self::at(Place::Sqlite(file), folder, slices, 8, self.house.blobs.clone()).await
    }

    /// Another node on the same database (PostgreSQL), with the same clock standing.
    pub async fn node(&self, slices: fn() -> Vec<Slice>) -> Self {
        Self::at(self.place.clone(), self.folder.join("another-node"), slices, 9, self.house.blobs.clone()).await
    }

    async fn at(place: Place, folder: PathBuf, slices: fn() -> Vec<Slice>, node: i64, blobs: Blobs) -> Self {
        let migrations: Vec<_> = kernel_migrations().into_iter().chain(slices().into_iter().flat_map(|s| s.migrations)).collect();
        let projections: Vec<_> = slices().into_iter().flat_map(|s| s.projections).collect();
        let clock = Clock::fixed(NOON);
        let db = Db::open(&place, &migrations, &projections, NOON).await.unwrap();
        let ids = IdMaker::new(clock.clone(), node);
        let house = Arc::new(House { db, clock, ids, random: Random::seeded(node as u64), blobs });
        let (closing, close) = watch::channel(false);
        let config = Config { limits: false, ..Config::local("http://localhost") };
        let (shell, front) = shell::app(house.clone(), config, slices(), close).unwrap();
        let follower = tokio::spawn(house.db.clone().follow());
        Self { house, shell, front, place, folder, closing, follower }
    }

    /// Acts as a person.
    pub fn by(&self, person: PersonId) -> Cx {
        Cx::new(self.house.clone(), Viewer::Person(person))
    }

    pub fn stranger(&self) -> Cx {
        Cx::new(self.house.clone(), Viewer::Stranger)
    }

    /// The program itself: what an import, a job or the operator's command runs as.
    pub fn system(&self) -> Cx {
        Cx::new(self.house.clone(), Viewer::System)
    }

    pub fn later(&self, micros: i64) {
        self.house.clock.advance(micros).unwrap();
    }

    /// A browser or program without a session.
    pub fn client(&self) -> Client {
        Client::new(self.front.clone())
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.closing.send(true);
        self.follower.abort();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
