//! Rebuilding what is derived, beside the live tables: temporary shadows take the place of the tables for one
//! connection, the journal is projected into them again, and the two are compared.

use std::path::Path;
use std::sync::{Arc, Mutex};

use rusqlite::Connection;
use tokio_postgres::Client;

use super::sql::{Engine, cached};
use super::{Stmt, sqlite};
use crate::error::{Error, Result};

pub struct Aside(Side);

enum Side {
    Sqlite(Arc<Mutex<Connection>>),
    Postgres(Client),
}

/// How a rebuilt table differs from the one in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    pub table: &'static str,
    pub rows: i64,
    pub missing: i64,
    pub extra: i64,
}

impl Aside {
    pub(super) async fn sqlite(path: &Path) -> Result<Self> {
        Ok(Self(Side::Sqlite(Arc::new(Mutex::new(sqlite::connect(path, true)?)))))
    }

    pub(super) fn postgres(client: Client) -> Self {
        Self(Side::Postgres(client))
    }

    /// One snapshot for everything that follows, so that writers meanwhile do not show as drift.
    pub async fn begin(&self) -> Result<()> {
        match &self.0 {
            Side::Sqlite(_) => self.script("begin; select count(*) from main.journal".into()).await,
            Side::Postgres(_) => self.script("begin isolation level repeatable read".into()).await,
        }
    }

    /// An empty table of the same shape that hides the real one.
    pub async fn shadow(&self, table: &'static str) -> Result<()> {
        let sql = match &self.0 {
            Side::Sqlite(connection) => {
                let c = connection.lock().map_err(sqlite::broken)?;
                let stored = "select sql from main.sqlite_master where tbl_name = ?1 and sql is not null order by type desc";
                let mut stored = c.prepare(stored).map_err(sqlite::broken)?;
                let made = stored.query_map([table], |row| row.get::<_, String>(0)).map_err(sqlite::broken)?;
                let made = made.collect::<Result<Vec<_>, _>>().map_err(sqlite::broken)?.join(";\n").to_lowercase();
                // With its keys and indexes: without them, each event would look through the whole table.
                made.replace("create table ", "create temp table ").replace("create index ", "create index temp.")
            }
            Side::Postgres(_) => format!("create temp table {table} (like {table} including all)"),
        };
        self.script(sql).await
    }

    pub async fn run(&self, stmts: Vec<Stmt>) -> Result<()> {
        match &self.0 {
            Side::Sqlite(connection) => {
                let connection = connection.clone();
                let work = move || {
                    let c = connection.lock().map_err(sqlite::broken)?;
                    for s in stmts {
                        sqlite::execute(&c, &cached(Engine::Sqlite, s.sql), &s.params).map_err(sqlite::broken)?;
                    }
                    Ok(())
                };
                tokio::task::spawn_blocking(work).await.map_err(sqlite::broken)?
            }
            Side::Postgres(client) => {
                for s in stmts {
                    let text = cached(Engine::Postgres, s.sql);
                    client.execute_raw(&*text, s.params.iter()).await.map_err(postgres)?;
                }
                Ok(())
            }
        }
    }

    pub async fn compare(&self, table: &'static str) -> Result<Drift> {
        let real = match &self.0 {
            Side::Sqlite(_) => "main",
            Side::Postgres(_) => "public",
        };
        let sql = format!(
            "select (select count(*) from {real}.{table}),
                    (select count(*) from (select * from {table} except select * from {real}.{table}) a),
                    (select count(*) from (select * from {real}.{table} except select * from {table}) b)"
        );
        let (rows, missing, extra) = match &self.0 {
            Side::Sqlite(connection) => {
                let c = connection.lock().map_err(sqlite::broken)?;
                c.query_row(&sql, [], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).map_err(sqlite::broken)?
            }
            Side::Postgres(client) => {
                let row = client.query_one(&sql, &[]).await.map_err(postgres)?;
                (row.get(0), row.get(1), row.get(2))
            }
        };
        Ok(Drift { table, rows, missing, extra })
    }

    async fn script(&self, sql: String) -> Result<()> {
        match &self.0 {
            Side::Sqlite(connection) => {
                let c = connection.lock().map_err(sqlite::broken)?;
                c.execute_batch(&sql).map_err(sqlite::broken)
            }
            Side::Postgres(client) => client.batch_execute(&sql).await.map_err(postgres),
        }
    }
}

fn postgres(e: tokio_postgres::Error) -> Error {
    Error::broken(format!("postgres: {e:?}"))
}
