//! SQLite: a pool of readers and one writer thread that commits what is queued as one group.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, mpsc};

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql};
use tokio::sync::{Semaphore, oneshot};

use super::batch::{Step, already};
use super::sql::{Engine, cached};
use super::{Batch, Hearers, Row, Soon, Unwritten, Val};
use crate::error::{Error, Result};
use crate::figures::Figures;

const READERS: usize = 4;
/// A short read is answered where it is asked, since going to another thread costs more than it. After so many steps of
/// SQLite's machine (about a millisecond) it is a long one, and begins again on a thread that may take its time.
const SHORT: i32 = 80_000;
const SHORT_READERS: usize = 2;
/// Batches in one commit at most, and how many may wait for one.
const GROUP: usize = 64;
const QUEUE: usize = 1024;
/// Counts anew in tables that have grown or shrunk tenfold, a few thousand rows of each at most, all tables and not only
/// those that were asked lately (<https://www.sqlite.org/pragma.html#pragma_optimize>).
const LOOK_AGAIN: &str = "pragma optimize = 0x10012;";
/// Before this version, two connections and a checkpoint could corrupt the file.
const OLDEST_SAFE: i32 = 3_051_003;

#[derive(Debug)]
pub(super) struct Sqlite {
    path: PathBuf,
    readers: Arc<Readers>,
    short: Mutex<Vec<Connection>>,
    writer: mpsc::SyncSender<Job>,
}

#[derive(Debug)]
struct Readers {
    idle: Mutex<Vec<Connection>>,
    free: Arc<Semaphore>,
}

enum Job {
    Write(Batch, oneshot::Sender<Result<(), Unwritten>>),
    Script(String, oneshot::Sender<Result<(), Unwritten>>),
    Close(oneshot::Sender<()>),
}

pub(super) fn broken(e: impl std::fmt::Display) -> Error {
    Error::broken(format!("sqlite: {e}"))
}

impl Sqlite {
    pub(super) fn open(path: &Path, hearers: Hearers, figures: Arc<Figures>) -> Result<Self> {
        if rusqlite::version_number() < OLDEST_SAFE {
            return Err(Error::broken(format!("SQLite {} is older than 3.51.3", rusqlite::version())));
        }
        let writer = connect(path, true)?;
        // Before anybody reads: a plan made for the few rows of the first days does not fit the many that came since.
        writer.execute_batch(LOOK_AGAIN).map_err(broken)?;
        let (jobs, queue) = mpsc::sync_channel(QUEUE);
        let again = path.to_owned();
        std::thread::Builder::new()
            .name("tacit-writer".into())
            .spawn(move || Writer { path: again, connection: Some(writer), hearers, figures }.run(&queue))
            .map_err(broken)?;
        let readers = Readers { idle: Mutex::default(), free: Arc::new(Semaphore::new(READERS)) };
        let short = (0..SHORT_READERS).map(|_| short_reader(path)).collect::<Result<Vec<_>>>()?;
        Ok(Self { path: path.to_owned(), readers: Arc::new(readers), short: Mutex::new(short), writer: jobs })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn at_length(&self, sql: Arc<str>, params: Vec<Val>) -> Soon<'_, Result<Vec<Row>>> {
        Box::pin(self.read(move |c| select(c, &sql, &params)))
    }

    /// None when it would take long, or when others are reading.
    pub(super) fn shortly(&self, sql: &str, params: &[Val]) -> Result<Option<Vec<Row>>> {
        let Some(connection) = self.short.lock().map_err(broken)?.pop() else { return Ok(None) };
        let answer = rows(&connection, sql, params);
        let interrupted = |e: &rusqlite::Error| e.sqlite_error_code() == Some(ErrorCode::OperationInterrupted);
        let (answer, connection) = match answer {
            Ok(rows) => (Ok(Some(rows)), connection),
            Err(e) if interrupted(&e) => (Ok(None), connection),
            Err(e) => (Err(broken(format!("{e} in {sql}"))), short_reader(&self.path)?),
        };
        self.short.lock().map_err(broken)?.push(connection);
        answer
    }

    pub(super) async fn prepare(&self, sql: String) -> Result<()> {
        self.read(move |c| c.prepare(&sql).map(|_| ()).map_err(|e| broken(format!("{e} in {sql}")))).await
    }

    async fn read<T: Send + 'static>(&self, f: impl FnOnce(&Connection) -> Result<T> + Send + 'static) -> Result<T> {
        let permit = self.readers.free.clone().acquire_owned().await.map_err(broken)?;
        let (readers, path) = (self.readers.clone(), self.path.clone());
        let work = move || {
            let _permit = permit;
            let idle = readers.idle.lock().map_err(broken)?.pop();
            let connection = match idle {
                Some(connection) => connection,
                None => connect(&path, false)?,
            };
            let answer = f(&connection);
            if answer.is_ok() {
                readers.idle.lock().map_err(broken)?.push(connection); // after an error, a new one is opened
            }
            answer
        };
        tokio::task::spawn_blocking(work).await.map_err(broken)?
    }

    pub(super) async fn write(&self, batch: Batch) -> Result<(), Unwritten> {
        self.send(|answer| Job::Write(batch, answer)).await
    }

    /// Several statements in one transaction, for migrations.
    pub(super) async fn script(&self, sql: String) -> Result<(), Unwritten> {
        self.send(|answer| Job::Script(sql, answer)).await
    }

    async fn send(&self, job: impl FnOnce(oneshot::Sender<Result<(), Unwritten>>) -> Job) -> Result<(), Unwritten> {
        let (answer, wait) = oneshot::channel();
        let full = |_| Unwritten::Unavailable("too many writes are waiting".into());
        self.writer.try_send(job(answer)).map_err(full)?;
        wait.await.map_err(|_| Unwritten::Unavailable("the writer has stopped".into()))?
    }

    pub(super) async fn close(&self) {
        let (done, wait) = oneshot::channel();
        if self.writer.try_send(Job::Close(done)).is_ok() {
            let _ = wait.await;
        }
    }

    pub(super) async fn copy_to(&self, file: &Path) -> Result<()> {
        let (from, to) = (self.path.clone(), file.to_owned());
        let work = move || {
            let source = connect(&from, false)?;
            let mut target = Connection::open(&to).map_err(broken)?;
            {
                let backup = rusqlite::backup::Backup::new(&source, &mut target).map_err(broken)?;
                // In one step: between steps, a write elsewhere would begin it anew.
                backup.run_to_completion(i32::MAX, std::time::Duration::ZERO, None).map_err(broken)?;
            }
            target.pragma_update(None, "journal_mode", "delete").map_err(broken)?;
            target.execute_batch("pragma synchronous = full; pragma optimize;").map_err(broken)?;
            drop(target);
            std::fs::File::open(&to).and_then(|f| f.sync_all()).map_err(broken)
        };
        tokio::task::spawn_blocking(work).await.map_err(broken)?
    }
}

pub(super) fn connect(path: &Path, writes: bool) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let c = Connection::open_with_flags(path, flags).map_err(broken)?;
    c.set_prepared_statement_cache_capacity(256);
    c.busy_timeout(std::time::Duration::from_secs(10)).map_err(broken)?;
    c.execute_batch(
        "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma temp_store = memory;
         pragma cache_size = -16000; pragma trusted_schema = off;",
    )
    .map_err(broken)?;
    // Plans follow from the text alone: otherwise statements are prepared anew whenever another value is bound.
    c.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(broken)?;
    if !writes {
        c.execute_batch("pragma query_only = on;").map_err(broken)?;
    }
    Ok(c)
}

fn short_reader(path: &Path) -> Result<Connection> {
    let mut connection = connect(path, false)?;
    connection.progress_handler(SHORT, Some(|| true)).map_err(broken)?;
    Ok(connection)
}

pub(super) fn select(c: &Connection, sql: &str, params: &[Val]) -> Result<Vec<Row>> {
    rows(c, sql, params).map_err(|e| broken(format!("{e} in {sql}")))
}

fn rows(c: &Connection, sql: &str, params: &[Val]) -> rusqlite::Result<Vec<Row>> {
    let mut statement = c.prepare_cached(sql)?;
    // SQLite counts a statement's steps from when it was prepared; a short read is cut by those of this one time.
    statement.reset_status(rusqlite::StatementStatus::VmStep);
    let columns = statement.column_count();
    let mut rows = statement.query(rusqlite::params_from_iter(params.iter()))?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let mut values = Vec::with_capacity(columns);
        for i in 0..columns {
            values.push(value(row.get_ref(i)?));
        }
        out.push(Row::new(values));
    }
    Ok(out)
}

fn value(v: ValueRef<'_>) -> Val {
    match v {
        ValueRef::Null => Val::Null,
        ValueRef::Integer(n) => Val::Int(n),
        ValueRef::Real(r) => Val::Real(r),
        ValueRef::Text(t) => Val::Text(match std::str::from_utf8(t) {
            Ok(text) => text.to_owned(),
            Err(_) => String::from_utf8_lossy(t).into_owned(),
        }),
        ValueRef::Blob(b) => Val::Blob(b.to_vec()),
    }
}

impl ToSql for Val {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Val::Null => ValueRef::Null,
            Val::Int(n) => ValueRef::Integer(*n),
            Val::Bool(b) => ValueRef::Integer((*b).into()),
            Val::Real(r) => ValueRef::Real(*r),
            Val::Text(t) => ValueRef::Text(t.as_bytes()),
            Val::Blob(b) => ValueRef::Blob(b),
        }))
    }
}

pub(super) fn execute(c: &Connection, sql: &str, params: &[Val]) -> rusqlite::Result<usize> {
    c.prepare_cached(sql)?.execute(rusqlite::params_from_iter(params.iter()))
}

struct Writer {
    path: PathBuf,
    /// None after an error of the disk: a connection whose flush failed is not to be trusted again.
    connection: Option<Connection>,
    hearers: Hearers,
    figures: Arc<Figures>,
}

impl Writer {
    fn run(mut self, queue: &mpsc::Receiver<Job>) {
        while let Ok(first) = queue.recv() {
            let mut group = vec![first];
            while group.len() < GROUP {
                match queue.try_recv() {
                    Ok(job) => group.push(job),
                    Err(_) => break,
                }
            }
            self.commit_group(group);
        }
    }

    fn commit_group(&mut self, group: Vec<Job>) {
        let mut writes = Vec::new();
        for job in group {
            match job {
                Job::Write(batch, answer) => writes.push((batch, answer)),
                Job::Script(sql, answer) => {
                    let _ = answer.send(self.script(&sql));
                }
                Job::Close(done) => {
                    self.answer_all(std::mem::take(&mut writes));
                    if let Some(c) = &self.connection {
                        let _ = c.execute_batch(&format!("{LOOK_AGAIN} pragma wal_checkpoint(truncate);"));
                    }
                    let _ = done.send(());
                }
            }
        }
        self.answer_all(writes);
    }

    /// One transaction for all; each batch in a savepoint of its own; nobody is answered before the commit.
    fn answer_all(&mut self, writes: Vec<(Batch, oneshot::Sender<Result<(), Unwritten>>)>) {
        if writes.is_empty() {
            return;
        }
        let (batches, answers): (Vec<_>, Vec<_>) = writes.into_iter().unzip();
        let began = std::time::Instant::now();
        let outcome = self.connected().and_then(|c| transaction(c, &batches).map_err(|e| grouped(&e)));
        self.figures.groups.up();
        self.figures.grouped.add(batches.len() as u64);
        self.figures.commits.took(began.elapsed());
        match outcome {
            Ok(results) => {
                let done = batches.iter().zip(&results).filter(|(_, result)| result.is_ok());
                self.hearers.tell(done.flat_map(|(batch, _)| batch.events()));
                answers.into_iter().zip(results).for_each(|(answer, result)| {
                    let _ = answer.send(result);
                });
            }
            Err(all) => {
                self.connection = None;
                answers.into_iter().for_each(|answer| {
                    let _ = answer.send(Err(all.clone()));
                });
            }
        }
    }

    fn connected(&mut self) -> Result<&Connection, Unwritten> {
        if self.connection.is_none() {
            self.connection = Some(connect(&self.path, true).map_err(|e| Unwritten::Unavailable(e.to_string()))?);
        }
        self.connection.as_ref().ok_or_else(|| Unwritten::Unavailable("no connection".into()))
    }

    fn script(&mut self, sql: &str) -> Result<(), Unwritten> {
        let c = self.connected()?;
        let run = || -> rusqlite::Result<()> {
            c.execute_batch("begin immediate")?;
            c.execute_batch(sql)?;
            c.execute_batch("commit")
        };
        run().map_err(|e| {
            let _ = c.execute_batch("rollback");
            Unwritten::Broken(format!("{e} in a migration"))
        })
    }
}

fn grouped(e: &rusqlite::Error) -> Unwritten {
    match e.sqlite_error_code() {
        Some(
            ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::OutOfMemory,
        ) => Unwritten::Unavailable(e.to_string()),
        _ => Unwritten::Broken(e.to_string()),
    }
}

fn transaction(c: &Connection, batches: &[Batch]) -> rusqlite::Result<Vec<Result<(), Unwritten>>> {
    c.execute_batch("begin immediate")?;
    let all = group(c, batches).and_then(|results| c.execute_batch("commit").map(|()| results));
    if all.is_err() {
        let _ = c.execute_batch("rollback");
    }
    all
}

fn group(c: &Connection, batches: &[Batch]) -> rusqlite::Result<Vec<Result<(), Unwritten>>> {
    let mut position: i64 =
        c.prepare_cached("select coalesce(max(position), 0) from journal")?.query_row([], |row| row.get(0))?;
    let mut results = Vec::with_capacity(batches.len());
    for batch in batches {
        let before = position;
        c.execute_batch("savepoint batch")?;
        let result = steps(c, batch, &mut position);
        if let Err(Fault::Group(e)) = result {
            return Err(e);
        }
        if result.is_err() {
            position = before;
            c.execute_batch("rollback to batch")?;
        }
        c.execute_batch("release batch")?;
        results.push(result.map_err(|fault| match fault {
            Fault::Batch(unwritten) => unwritten,
            Fault::Group(e) => grouped(&e),
        }));
    }
    Ok(results)
}

enum Fault {
    /// This batch alone is undone.
    Batch(Unwritten),
    /// The disk failed: everything in the group is.
    Group(rusqlite::Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(e: rusqlite::Error) -> Self {
        match (e.sqlite_error_code(), grouped(&e)) {
            (Some(ErrorCode::ConstraintViolation), _) => Self::Batch(constraint(&e)),
            (_, Unwritten::Unavailable(_)) => Self::Group(e),
            (_, other) => Self::Batch(other),
        }
    }
}

/// Something unique is there already: the world changed, decide again. Any other constraint is our fault.
fn constraint(e: &rusqlite::Error) -> Unwritten {
    let unique = matches!(
        e.sqlite_error().map(|e| e.extended_code),
        Some(rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY)
    );
    if unique { Unwritten::Guard } else { Unwritten::Broken(e.to_string()) }
}

fn steps(c: &Connection, batch: &Batch, position: &mut i64) -> Result<(), Fault> {
    let text = |sql| cached(Engine::Sqlite, sql);
    let found = |stmt: &super::Stmt| -> Result<Option<Row>, Fault> {
        let rows = select(c, &text(stmt.sql), &stmt.params);
        Ok(rows.map_err(|e| Fault::Batch(Unwritten::Broken(e.to_string())))?.into_iter().next())
    };
    for step in &batch.steps {
        match step {
            Step::Run(s) => {
                execute(c, &text(s.sql), &s.params)?;
            }
            Step::Exactly(rows, s) => {
                if execute(c, &text(s.sql), &s.params)? as u64 != *rows {
                    return Err(Fault::Batch(Unwritten::Guard));
                }
            }
            Step::Holds(s) | Step::Lacks(s) => {
                if found(s)?.is_some() != matches!(step, Step::Holds(_)) {
                    return Err(Fault::Batch(Unwritten::Guard));
                }
            }
            Step::Event(event) => {
                *position += 1;
                let mut event = event.clone();
                event.position = Some(*position);
                let insert = event.insert();
                execute(c, &text(insert.sql), &insert.params)?;
            }
            Step::Once { insert, find, hash } => {
                if execute(c, &text(insert.sql), &insert.params)? == 0 {
                    let row = found(find)?.ok_or(Fault::Batch(Unwritten::Guard))?;
                    return Err(Fault::Batch(already(row, hash).unwrap_or(Unwritten::Guard)));
                }
            }
        }
    }
    Ok(())
}
