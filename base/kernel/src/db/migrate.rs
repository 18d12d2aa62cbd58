//! Migrations: an ordered list that slices bring, applied once, never by an older program to a newer schema.

use super::{Backend, Db, Engine, Unwritten};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::vals;

/// One step of the schema. `postgres` is the twin where the engines must differ: it runs after the shared text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    pub name: &'static str,
    pub sql: &'static str,
    pub postgres: &'static str,
    pub sqlite: &'static str,
}

impl Migration {
    pub const fn new(name: &'static str, sql: &'static str) -> Self {
        Self { name, sql, postgres: "", sqlite: "" }
    }
}

pub fn kernel_migrations() -> Vec<Migration> {
    vec![
        Migration {
            postgres: include_str!("../../schema/0001_kernel.postgres.sql"),
            ..Migration::new("kernel/0001", include_str!("../../schema/0001_kernel.sql"))
        },
        Migration::new("kernel/0002", crate::audience::SCHEMA),
        Migration::new("kernel/0003", crate::silence::SCHEMA),
    ]
}

const TABLE: &str = "create table if not exists migration (name text primary key not null, at bigint not null)";
const DONE: &str = "select name from migration";

pub(super) async fn run(db: &Db, migrations: &[Migration], now: Timestamp) -> Result<()> {
    script(db, TABLE.into()).await?;
    let rows = db.query(DONE, vals![]).await?;
    let done = rows.into_iter().map(|mut row| row.take::<String>()).collect::<Result<Vec<_>>>()?;
    if let Some(newer) = done.iter().find(|name| !migrations.iter().any(|m| m.name == name.as_str())) {
        return Err(Error::broken(format!(
            "this database was made by a newer Tacit (it has the step {newer}); please run that version"
        )));
    }
    let missing: Vec<&Migration> = migrations.iter().filter(|m| !done.iter().any(|name| name == m.name)).collect();
    if !missing.is_empty() && !done.is_empty() {
        copy_before(db, now).await?;
    }
    for m in missing {
        let name = m.name;
        let note = format!("insert into migration (name, at) values ('{name}', {})", now.0);
        let step = script(db, format!("{};\n{note}", text(db.engine(), m))).await;
        step.map_err(|e| Error::broken(format!("{name}: {e}")))?;
    }
    Ok(())
}

/// `bigint primary key` becomes SQLite's own row id.
fn text(engine: Engine, m: &Migration) -> String {
    match engine {
        Engine::Sqlite => format!("{};\n{}", m.sql.replace("bigint primary key", "integer primary key not null"), m.sqlite),
        Engine::Postgres => format!("{};\n{}", m.sql, m.postgres),
    }
}

async fn script(db: &Db, sql: String) -> Result<()> {
    match &db.engine {
        Backend::Sqlite(it) => it.script(sql).await.map_err(|u| match u {
            Unwritten::Broken(why) => Error::Broken(why),
            other => other.into(),
        }),
        Backend::Postgres(it) => it.script(&sql).await,
    }
}

/// The state before, beside the database. On PostgreSQL the operator's own backups stand for this.
async fn copy_before(db: &Db, now: Timestamp) -> Result<()> {
    if let Backend::Sqlite(it) = &db.engine {
        let stamp = now.jiff().strftime("%Y%m%d-%H%M%S");
        let file = it.path().with_extension(format!("before-{stamp}.db"));
        it.copy_to(&file).await?;
        tracing::info!(file = %file.display(), "copied the database before changing its schema");
    }
    Ok(())
}
