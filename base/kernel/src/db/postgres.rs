//! PostgreSQL: a pool, pipelined batches, serializable; and the stamping of journal positions after commit.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use futures_util::future::try_join_all;
use tokio::sync::Notify;
use tokio_postgres::types::{IsNull, ToSql, Type};
use tokio_postgres::{AsyncMessage, Client, NoTls, Statement};

use super::batch::{Step, already};
use super::sql::{Engine, cached};
use super::{Batch, Hearers, Row, Soon, Stmt, Unwritten, Val};
use crate::error::{Error, Result};

#[derive(Debug)]
pub(super) struct Postgres {
    pool: Pool,
    config: tokio_postgres::Config,
    /// Held by a batch that is tried again: those that met on one row come to it one after the other.
    turn: tokio::sync::Mutex<()>,
}

/// How often a batch is tried before it is the caller's to decide again. Each time that it fails, another one was committed.
const TRIES: usize = 64;

const CONNECTIONS: usize = 8;
/// Statements sent before their answers are read.
const PIPELINE: usize = 24;
const CHANNEL: &str = "tacit_journal";

fn broken(e: impl std::error::Error) -> Error {
    Error::broken(format!("postgres: {}", chain(&e)))
}

/// tokio-postgres says "db error" and keeps the cause below.
fn chain(e: &dyn std::error::Error) -> String {
    let below = e.source().map(chain);
    below.map_or_else(|| e.to_string(), |cause| format!("{e}: {cause}"))
}

fn away(e: impl std::error::Error) -> Error {
    tracing::error!(why = chain(&e), "no connection to PostgreSQL");
    Error::Unavailable("The database cannot be reached right now. Please try again in a minute.".into())
}

impl Postgres {
    pub(super) fn connect(url: &str) -> Result<Self> {
        let mut config: tokio_postgres::Config = url.parse().map_err(broken)?;
        config.connect_timeout(Duration::from_secs(5)).keepalives_idle(Duration::from_secs(30));
        config.options("-c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC");
        let manager = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let pool = Pool::builder(Manager::from_config(config.clone(), NoTls, manager))
            .max_size(CONNECTIONS)
            .runtime(deadpool_postgres::Runtime::Tokio1)
            .wait_timeout(Some(Duration::from_secs(10)))
            .create_timeout(Some(Duration::from_secs(5)))
            .build()
            .map_err(broken)?;
        Ok(Self { pool, config, turn: tokio::sync::Mutex::default() })
    }

    async fn client(&self) -> Result<Object> {
        self.pool.get().await.map_err(away)
    }

    /// A connection outside of the pool.
    pub(super) async fn single(&self) -> Result<Client> {
        let (client, connection) = self.config.connect(NoTls).await.map_err(away)?;
        tokio::spawn(connection);
        Ok(client)
    }

    pub(super) fn query(&self, sql: Arc<str>, params: Vec<Val>) -> Soon<'_, Result<Vec<Row>>> {
        Box::pin(async move {
            let client = self.client().await?;
            let statement = client.prepare_cached(&sql).await.map_err(|e| broken_in(e, &sql))?;
            select(&client, &statement, &params).await.map_err(|e| broken_in(e, &sql))
        })
    }

    pub(super) async fn prepare(&self, sql: &str) -> Result<()> {
        self.client().await?.prepare(sql).await.map(|_| ()).map_err(|e| broken_in(e, sql))
    }

    pub(super) async fn script(&self, sql: &str) -> Result<()> {
        self.client().await?.batch_execute(&format!("begin; {sql}; commit")).await.map_err(broken)
    }

    /// Runs to its end even when whoever asked has gone: a half-sent transaction never goes back to the pool.
    pub(super) async fn write(&self, batch: Batch, hearers: &Hearers) -> Result<(), Unwritten> {
        let unavailable = |e: Error| Unwritten::Unavailable(e.to_string());
        let mut turn = None;
        for _ in 0..TRIES {
            let client = self.client().await.map_err(unavailable)?;
            let (again, hearers) = (batch.clone(), hearers.clone());
            let work = tokio::spawn(async move {
                let done = write_on(client, &again).await;
                if done.is_ok() {
                    hearers.tell(again.events());
                }
                done
            });
            match work.await.map_err(|e| Unwritten::Broken(e.to_string()))? {
                Err(Attempt::Serialize) if turn.is_none() => turn = Some(self.turn.lock().await),
                Err(Attempt::Serialize) => tokio::task::yield_now().await,
                Err(Attempt::Failed(unwritten)) => return Err(unwritten),
                Ok(()) => return Ok(()),
            }
        }
        Err(Unwritten::Guard)
    }

    /// Stamps what is committed. The row lock makes it one at a time over all nodes; each statement of a read-committed
    /// transaction sees all that was committed before it began, so nothing that is stamped later can sort earlier.
    pub(super) async fn stamp(&self) -> Result<()> {
        let client = self.client().await?;
        let open = client.prepare_cached("select 1 from journal where position is null limit 1").await.map_err(broken)?;
        if client.query_opt(&open, &[]).await.map_err(broken)?.is_none() {
            return Ok(());
        }
        let stamped = client
            .batch_execute(
                "begin isolation level read committed;
                 select position from journal_head where one = 1 for update;
                 update journal set position = stamped.position from (
                     select id, (select position from journal_head where one = 1)
                                + row_number() over (order by txid, id) as position
                     from journal where position is null) stamped
                 where journal.id = stamped.id;
                 update journal_head set position = greatest(position, (select coalesce(max(position), 0) from journal));
                 commit",
            )
            .await;
        if stamped.is_err() {
            drop(Object::take(client)); // its transaction may still be open
        }
        stamped.map_err(broken)
    }

    /// Wakes the follower whenever any node has written; returns only when the connection is lost.
    pub(super) async fn listen(&self, wake: &Notify) {
        loop {
            if let Err(error) = self.listen_once(wake).await {
                tracing::debug!(%error, "not listening to PostgreSQL; polling");
            }
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
    }

    async fn listen_once(&self, wake: &Notify) -> Result<()> {
        let (client, mut connection) = self.config.connect(NoTls).await.map_err(broken)?;
        let (told, mut heard) = tokio::sync::mpsc::channel(1);
        let pump = async {
            while let Some(message) = std::future::poll_fn(|cx| connection.poll_message(cx)).await {
                match message {
                    Ok(AsyncMessage::Notification(_)) => {
                        let _ = told.try_send(());
                    }
                    Ok(_) => {}
                    Err(e) => return Err(broken(e)),
                }
            }
            Ok(())
        };
        let wakes = async {
            client.batch_execute(&format!("listen {CHANNEL}")).await.map_err(broken)?;
            while heard.recv().await.is_some() {
                wake.notify_one();
            }
            Ok(())
        };
        tokio::select! { done = pump => done, done = wakes => done }
    }
}

fn broken_in(e: tokio_postgres::Error, sql: &str) -> Error {
    if e.is_closed() {
        return away(e);
    }
    Error::broken(format!("postgres: {} in {sql}", chain(&e)))
}

enum Attempt {
    Serialize,
    Failed(Unwritten),
}

impl From<tokio_postgres::Error> for Attempt {
    fn from(e: tokio_postgres::Error) -> Self {
        match e.code().map(tokio_postgres::error::SqlState::code) {
            // 25P02: an earlier statement of the same pipeline failed, and its answer is read later.
            Some("40001" | "40P01" | "25P02") => Self::Serialize,
            Some("23505") => Self::Failed(Unwritten::Guard),
            Some("53100" | "53200" | "53300" | "57P01" | "57P03" | "25006") => {
                Self::Failed(Unwritten::Unavailable(chain(&e)))
            }
            None if e.is_closed() => Self::Failed(Unwritten::Unavailable(chain(&e))),
            _ => Self::Failed(Unwritten::Broken(chain(&e))),
        }
    }
}

impl From<Error> for Attempt {
    fn from(e: Error) -> Self {
        Self::Failed(Unwritten::Broken(e.to_string()))
    }
}

async fn write_on(client: Object, batch: &Batch) -> Result<(), Attempt> {
    let outcome = match transaction(&client, batch).await {
        Ok(()) => client.batch_execute("commit").await.map_err(Attempt::from),
        Err(failed) => Err(failed),
    };
    if outcome.is_err() && client.batch_execute("rollback").await.is_err() {
        drop(Object::take(client)); // a connection that cannot even roll back is thrown away
    }
    outcome
}

async fn transaction(client: &Object, batch: &Batch) -> Result<(), Attempt> {
    let mut sent = Vec::with_capacity(batch.steps.len());
    for step in &batch.steps {
        sent.push((step, prepared(client, step).await?));
    }
    client.batch_execute("begin isolation level serializable").await?;
    // A key that was used before answers before anything else can fail.
    let first = sent.iter().take_while(|(step, _)| matches!(step, Step::Once { .. })).count();
    let (once, rest) = sent.split_at(first);
    for (step, statement) in once {
        run(client, step, statement).await?;
    }
    for chunk in rest.chunks(PIPELINE) {
        try_join_all(chunk.iter().map(|(step, statement)| run(client, step, statement))).await?;
    }
    if batch.steps.iter().any(|step| matches!(step, Step::Event(_))) {
        client.batch_execute(&format!("notify {CHANNEL}")).await?;
    }
    Ok(())
}

async fn prepared(client: &Object, step: &Step) -> Result<(Statement, Stmt), Attempt> {
    let stmt = match step {
        Step::Run(s) | Step::Exactly(_, s) | Step::Holds(s) | Step::Lacks(s) => s.clone(),
        Step::Event(event) => event.insert(),
        Step::Once { insert, .. } => insert.clone(),
    };
    let statement = client.prepare_cached(&cached(Engine::Postgres, stmt.sql)).await?;
    Ok((statement, stmt))
}

async fn run(client: &Object, step: &Step, (statement, stmt): &(Statement, Stmt)) -> Result<(), Attempt> {
    let guard = || Err(Attempt::Failed(Unwritten::Guard));
    match step {
        Step::Holds(_) | Step::Lacks(_) => {
            let found = !select(client, statement, &stmt.params).await?.is_empty();
            if found != matches!(step, Step::Holds(_)) { guard() } else { Ok(()) }
        }
        _ => {
            let changed = client.execute_raw(statement, stmt.params.iter()).await?;
            match step {
                Step::Exactly(rows, _) if *rows != changed => guard(),
                Step::Once { find, hash, .. } if changed == 0 => {
                    let text = cached(Engine::Postgres, find.sql);
                    let find_statement = client.prepare_cached(&text).await?;
                    let first = select(client, &find_statement, &find.params).await?.into_iter().next();
                    let Some(row) = first else { return guard() };
                    Err(Attempt::Failed(already(row, hash)?))
                }
                _ => Ok(()),
            }
        }
    }
}

pub(super) async fn select(client: &Client, statement: &Statement, params: &[Val]) -> Result<Vec<Row>, tokio_postgres::Error> {
    use futures_util::TryStreamExt;
    let rows: Vec<tokio_postgres::Row> = client.query_raw(statement, params.iter()).await?.try_collect().await?;
    rows.iter().map(|row| (0..row.len()).map(|i| value(row, i)).collect::<Result<_, _>>().map(Row::new)).collect()
}

fn value(row: &tokio_postgres::Row, i: usize) -> Result<Val, tokio_postgres::Error> {
    let kind = row.columns().get(i).map(|c| c.type_().clone());
    Ok(match kind {
        Some(Type::INT8) => row.try_get::<_, Option<i64>>(i)?.into(),
        Some(Type::INT4) => row.try_get::<_, Option<i32>>(i)?.into(),
        Some(Type::BOOL) => row.try_get::<_, Option<bool>>(i)?.into(),
        Some(Type::FLOAT8) => row.try_get::<_, Option<f64>>(i)?.into(),
        Some(Type::BYTEA) => row.try_get::<_, Option<Vec<u8>>>(i)?.into(),
        _ => row.try_get::<_, Option<String>>(i)?.into(),
    })
}

impl ToSql for Val {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self, ty) {
            (Val::Null, _) => Ok(IsNull::Yes),
            (Val::Int(n), &Type::INT4) => i32::try_from(*n)?.to_sql(ty, out),
            (Val::Int(n), &Type::BOOL) => (*n != 0).to_sql(ty, out),
            (Val::Int(n), &Type::FLOAT8) => (*n as f64).to_sql(ty, out),
            (Val::Int(n), &Type::INT8) => n.to_sql(ty, out),
            (Val::Bool(b), &Type::BOOL) => b.to_sql(ty, out),
            (Val::Bool(b), &Type::INT8) => i64::from(*b).to_sql(ty, out),
            (Val::Real(r), &Type::FLOAT8) => r.to_sql(ty, out),
            (Val::Text(t), &Type::TEXT | &Type::VARCHAR | &Type::NAME | &Type::UNKNOWN) => t.to_sql(&Type::TEXT, out),
            (Val::Blob(b), &Type::BYTEA) => b.to_sql(ty, out),
            (val, ty) => Err(format!("{val:?} does not go into a {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}
