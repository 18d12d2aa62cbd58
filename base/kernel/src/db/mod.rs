//! One data layer over two engines: one query text, an act is one batch. See ARCHITECTURE.md.

mod aside;
mod batch;
mod migrate;
mod postgres;
mod sql;
mod sqlite;
mod value;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, RwLock};

use tokio::sync::{Notify, broadcast};
use tokio::time::Instant;

use crate::clock::Timestamp;
use crate::cx::Once;
use crate::error::{Error, Result};
use crate::figures::Figures;
use crate::id::{Id, PersonId};
use crate::journal::{self, Event, SystemReader};

pub use aside::{Aside, Drift};
pub use batch::{Batch, Stmt};
pub use migrate::{Migration, kernel_migrations};
pub use sql::{Engine, rewrite};
pub use value::{FromVal, Row, Val};

/// What an engine answers. Boxed, since otherwise each page would carry the whole machinery of both engines within itself:
/// twice the program, and slower for it.
type Soon<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The version of SQLite that is inside.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

/// What has to be in step with the journal at once: statements that recompute what an event touched, from the things
/// themselves. Run in the event's own transaction, and again by `tacit journal verify`.
pub type Project = fn(&Event) -> Vec<Stmt>;

/// Where the data is: `sqlite:PATH` or `postgres://…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Sqlite(PathBuf),
    Postgres(String),
}

impl std::str::FromStr for Place {
    type Err = String;
    fn from_str(url: &str) -> Result<Self, String> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            if path.is_empty() {
                return Err("sqlite: needs a path, for example sqlite:data/tacit.db".into());
            }
            Ok(Self::Sqlite(path.into()))
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Self::Postgres(url.into()))
        } else {
            Err("a database is sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME".into())
        }
    }
}

#[derive(Clone, Debug)]
pub struct Db {
    engine: Backend,
    projections: Arc<[Project]>,
    wake: Arc<Notify>,
    news: broadcast::Sender<Arc<Event>>,
    figures: Arc<Figures>,
    hearers: Hearers,
    /// When the follower last stood at the journal's end: nothing older is unknown here.
    caught_up: Arc<RwLock<Option<Instant>>>,
}

/// Who is told of each event within its commit (see [`Db::on_commit`]).
#[derive(Clone, Default)]
struct Hearers {
    all: Arc<RwLock<Vec<Hear>>>,
    /// Told at their commit, and not yet met in the journal.
    told: Arc<Mutex<HashSet<Id>>>,
}

type Hear = Box<dyn Fn(&Event) + Send + Sync>;

/// Where nobody follows the journal, nothing is met again; so no more than this is remembered.
const TOLD: usize = 10_000;

impl Hearers {
    /// At the commit, on the node that committed.
    fn tell<'a>(&self, events: impl Iterator<Item = &'a Event>) {
        let (Ok(all), Ok(mut told)) = (self.all.read(), self.told.lock()) else { return };
        for event in events {
            all.iter().for_each(|hear| hear(event));
            if told.len() >= TOLD {
                told.clear();
            }
            told.insert(event.id);
        }
    }

    /// As it is read in the journal: what another node or process did.
    fn meet(&self, event: &Event) {
        let (Ok(all), Ok(mut told)) = (self.all.read(), self.told.lock()) else { return };
        if !told.remove(&event.id) {
            all.iter().for_each(|hear| hear(event));
        }
    }
}

impl std::fmt::Debug for Hearers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("hearers")
    }
}

#[derive(Clone, Debug)]
enum Backend {
    Sqlite(Arc<sqlite::Sqlite>),
    Postgres(Arc<postgres::Postgres>),
}

/// The answer of a batch that did not commit.
#[derive(Clone, Debug)]
pub(crate) enum Unwritten {
    /// A guard failed, or something unique is there already: load and decide again.
    Guard,
    /// The same act was already done; its subject, and whether the body was the same.
    Already { subject: i64, same: bool },
    /// Nothing can be written right now.
    Unavailable(String),
    Broken(String),
}

impl From<Unwritten> for Error {
    fn from(u: Unwritten) -> Self {
        match u {
            Unwritten::Guard | Unwritten::Already { .. } => Error::Conflict,
            Unwritten::Unavailable(why) => {
                tracing::error!(why, "the database cannot write");
                Error::Unavailable("Nothing can be saved right now. What you wrote is still in the form; please try again in a minute.".into())
            }
            Unwritten::Broken(why) => Error::Broken(why),
        }
    }
}

impl Db {
    /// Opens and migrates. A schema from a newer program is refused.
    pub async fn open(place: &Place, migrations: &[Migration], projections: &[Project], now: Timestamp) -> Result<Self> {
        let hearers = Hearers::default();
        let figures = Arc::<Figures>::default();
        let engine = match place {
            Place::Sqlite(path) => Backend::Sqlite(Arc::new(sqlite::Sqlite::open(path, hearers.clone(), figures.clone())?)),
            Place::Postgres(url) => Backend::Postgres(Arc::new(postgres::Postgres::connect(url)?)),
        };
        let db = Self {
            engine,
            projections: projections.into(),
            wake: Arc::new(Notify::new()),
            news: broadcast::channel(1024).0,
            figures,
            hearers,
            caught_up: Arc::default(),
        };
        migrate::run(&db, migrations, now).await?;
        Ok(db)
    }

    /// One query on a database as it is, without touching its schema.
    pub async fn look(place: &Place, sql: &'static str, params: Vec<Val>) -> Result<Vec<Row>> {
        let engine = if matches!(place, Place::Sqlite(_)) { Engine::Sqlite } else { Engine::Postgres };
        let text = sql::cached(engine, sql);
        match place {
            Place::Sqlite(path) => sqlite::select(&sqlite::connect(path, false)?, &text, &params),
            Place::Postgres(url) => postgres::Postgres::connect(url)?.query(text, params).await,
        }
    }

    /// How many queries were asked so far, without those of the journal's follower: pages have a budget.
    pub fn queries(&self) -> u64 {
        self.figures.queries.value()
    }

    /// What is counted for a monitor.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    pub fn engine(&self) -> Engine {
        match &self.engine {
            Backend::Sqlite(_) => Engine::Sqlite,
            Backend::Postgres(_) => Engine::Postgres,
        }
    }

    /// All rows of a statement. The text is static: no query is ever put together from input.
    pub async fn query(&self, sql: &'static str, params: Vec<Val>) -> Result<Vec<Row>> {
        let text = sql::cached(self.engine(), sql);
        if sql != journal::AFTER && sql != journal::HEAD {
            self.figures.queries.up();
        }
        let rows = match &self.engine {
            Backend::Sqlite(it) => match it.shortly(&text, &params) {
                Ok(None) => it.at_length(text, params).await,
                Ok(Some(rows)) => Ok(rows),
                Err(error) => Err(error),
            },
            Backend::Postgres(it) => it.query(text, params).await,
        };
        match &rows {
            Err(Error::Unavailable(_)) => self.figures.unavailable.up(),
            Err(_) => self.figures.broken.up(),
            Ok(_) => {}
        }
        rows
    }

    /// The first row, if there is one.
    pub async fn one(&self, sql: &'static str, params: Vec<Val>) -> Result<Option<Row>> {
        Ok(self.query(sql, params).await?.into_iter().next())
    }

    /// Commits all of a batch or nothing; a failed guard is a `Conflict`, to be decided again.
    pub async fn write(&self, batch: Batch) -> Result<()> {
        self.commit(batch).await.map_err(Error::from)
    }

    pub(crate) async fn write_once(
        &self,
        mut batch: Batch,
        once: Option<(PersonId, &Once)>,
        subject: Id,
        now: Timestamp,
    ) -> Result<Id> {
        if let Some((person, once)) = once {
            batch.first_once(person, once, subject, now);
        }
        match self.commit(batch).await {
            Ok(()) => Ok(subject),
            Err(Unwritten::Already { subject, same: true }) => Ok(Id(subject)),
            Err(Unwritten::Already { same: false, .. }) => {
                Err(Error::refused(ANOTHER))
            }
            Err(other) => Err(other.into()),
        }
    }

    pub(crate) async fn done_before(&self, person: PersonId, once: &Once) -> Result<Option<Id>> {
        let key = crate::vals![person, once.route.as_str(), once.key.as_str()];
        let Some(row) = self.one(batch::ONCE_FIND, key).await? else { return Ok(None) };
        match batch::already(row, &once.hash)? {
            Unwritten::Already { subject, same: true } => Ok(Some(Id(subject))),
            _ => Err(Error::refused(ANOTHER)),
        }
    }

    fn commit(&self, batch: Batch) -> Soon<'_, Result<(), Unwritten>> {
        Box::pin(self.commit_now(batch))
    }

    async fn commit_now(&self, mut batch: Batch) -> Result<(), Unwritten> {
        batch.project(&self.projections);
        let (_waiting, began) = (self.figures.waiting.one(), std::time::Instant::now());
        let written = match &self.engine {
            Backend::Sqlite(it) => it.write(batch).await,
            Backend::Postgres(it) => it.write(batch, &self.hearers).await,
        };
        self.figures.batches.up();
        self.figures.answered.took(began.elapsed());
        match &written {
            Ok(()) => self.wake.notify_one(),
            Err(Unwritten::Guard) => self.figures.conflicts.up(),
            Err(Unwritten::Already { .. }) => {}
            Err(Unwritten::Unavailable(_)) => self.figures.unavailable.up(),
            Err(Unwritten::Broken(_)) => self.figures.broken.up(),
        }
        written
    }

    /// Has every event told after its commit and before its act is answered; another node's as soon as it is read here.
    /// What hears has to be quick: the writer waits for it.
    pub fn on_commit(&self, hear: impl Fn(&Event) + Send + Sync + 'static) {
        if let Ok(mut hearers) = self.hearers.all.write() {
            hearers.push(Box::new(hear));
        }
    }

    /// Whether all that was committed up to a second ago, on any node, has been told here.
    pub fn is_caught_up(&self) -> bool {
        match &self.engine {
            // The one writer tells before it answers.
            Backend::Sqlite(_) => true,
            Backend::Postgres(_) => {
                let since = self.caught_up.read().ok().and_then(|at| *at);
                since.is_some_and(|at| at.elapsed() < std::time::Duration::from_secs(1))
            }
        }
    }

    /// Every event from now on, in order, at least as a hint: who lags behind reads the tables.
    pub fn news(&self) -> broadcast::Receiver<Arc<Event>> {
        self.news.subscribe()
    }

    /// Follows the journal and tells [`Db::news`]; runs as long as the program does.
    pub async fn follow(self) {
        let mut position = None;
        let listening = self.listen();
        tokio::pin!(listening);
        loop {
            match self.tell_news(position).await {
                Ok(now) => {
                    self.figures.told.set(now);
                    position = Some(now);
                }
                Err(error) => tracing::warn!(%error, "the journal cannot be read; trying again"),
            }
            tokio::select! {
                () = self.wake.notified() => {}
                () = tokio::time::sleep(POLL) => {}
                () = &mut listening => {}
            }
        }
    }

    async fn tell_news(&self, position: Option<i64>) -> Result<i64> {
        let from = Instant::now();
        self.stamp().await?;
        let mut position = match position {
            Some(position) => position,
            None => journal::head(self).await?,
        };
        loop {
            let events = journal::read(self, SystemReader::of_the_house(), position, 500).await?;
            let Some(last) = events.last().and_then(|e| e.position) else { break };
            position = last;
            for event in events {
                self.hearers.meet(&event);
                let _ = self.news.send(Arc::new(event)); // nobody listening is fine
            }
        }
        if let Ok(mut at) = self.caught_up.write() {
            *at = Some(from);
        }
        Ok(position)
    }

    /// Gives positions to what is committed (PostgreSQL); SQLite's writer has done so already.
    pub async fn stamp(&self) -> Result<()> {
        match &self.engine {
            Backend::Sqlite(_) => Ok(()),
            Backend::Postgres(it) => it.stamp().await,
        }
    }

    /// Never ends; wakes the follower when another node has written.
    async fn listen(&self) {
        match &self.engine {
            Backend::Sqlite(_) => std::future::pending().await,
            Backend::Postgres(it) => it.listen(&self.wake).await,
        }
    }

    /// Waits until no write is under way and folds the log into the file. For shutting down.
    pub async fn close(&self) {
        if let Backend::Sqlite(it) = &self.engine {
            it.close().await;
        }
    }

    /// A consistent copy of the database as one new SQLite file.
    pub async fn copy_to(&self, file: &Path) -> Result<()> {
        match &self.engine {
            Backend::Sqlite(it) => it.copy_to(file).await,
            Backend::Postgres(_) => Err(Error::refused("A PostgreSQL database is copied with pg_dump.")),
        }
    }

    /// Prepares a statement without running it: tests hold every statement of every slice against both engines.
    pub async fn prepare(&self, sql: &str) -> Result<()> {
        let text = rewrite(self.engine(), sql);
        match &self.engine {
            Backend::Sqlite(it) => it.prepare(text).await,
            Backend::Postgres(it) => it.prepare(&text).await,
        }
    }

    /// A connection of its own with shadows of derived tables, for rebuilding and comparing.
    pub async fn aside(&self) -> Result<Aside> {
        match &self.engine {
            Backend::Sqlite(it) => Aside::sqlite(it.path()).await,
            Backend::Postgres(it) => Ok(Aside::postgres(it.single().await?)),
        }
    }

    /// Leases a number that no other running node has, for `seconds`.
    pub async fn lease_node(&self, holder: &str, now: Timestamp, seconds: i64) -> Result<i64> {
        let expires = now.plus(seconds * crate::clock::SECOND);
        for _ in 0..16 {
            let mut lease = Batch::new();
            lease.run(
                "update node_lease set holder = ?1, expires_at = ?2
                 where node = (select min(node) from node_lease where expires_at < ?3)",
                crate::vals![holder, expires, now],
            );
            lease.run(
                "insert into node_lease (node, holder, expires_at)
                 select (select coalesce(max(node), -1) + 1 from node_lease), cast(?1 as text), cast(?2 as bigint)
                 where not exists (select 1 from node_lease where holder = ?1)",
                crate::vals![holder, expires],
            );
            match self.write(lease).await {
                Ok(()) | Err(Error::Conflict) => {}
                Err(other) => return Err(other),
            }
            let mine = "select node from node_lease where holder = ?1";
            if let Some(mut row) = self.one(mine, crate::vals![holder]).await? {
                let node: i64 = row.take()?;
                return if node < 1024 { Ok(node) } else { Err(Error::broken("more than 1024 nodes are running")) };
            }
        }
        Err(Error::broken("no node number could be leased"))
    }

    /// Keeps the number; false when it was lost and another has to be leased.
    pub async fn renew_node(&self, holder: &str, now: Timestamp, seconds: i64) -> Result<bool> {
        let mut batch = Batch::new();
        batch.exactly(
            1,
            "update node_lease set expires_at = ?2 where holder = ?1",
            crate::vals![holder, now.plus(seconds * crate::clock::SECOND)],
        );
        match self.write(batch).await {
            Ok(()) => Ok(true),
            Err(Error::Conflict) => Ok(false),
            Err(other) => Err(other),
        }
    }
}

const ANOTHER: &str = "This was sent before, with other words. What you wrote is still here; please send it again.";

/// How long another process's act may stay unseen when no hint arrives.
const POLL: std::time::Duration = std::time::Duration::from_millis(500);
