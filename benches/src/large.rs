//! The same figures in a small place and in a large one: conversations are copied straight into the file of the stopped
//! program, rows and all that hangs on them.

use std::path::Path;

use anyhow::{Context, Result};
use rusqlite::Connection;

/// Copies one conversation until the place holds so many contributions. Each copy is six hours older than the one before.
pub fn grow(file: &Path, root: i64, contributions: i64) -> Result<()> {
    let mut c = Connection::open(file)?;
    c.execute_batch("pragma synchronous = off; pragma cache_size = -200000; pragma temp_store = memory")?;
    let columns = |table: &str| -> Result<Vec<String>> {
        let mut statement = c.prepare(&format!("select name from pragma_table_info('{table}') order by cid"))?;
        Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    };
    // What a copy has of its own: ids far below any real one, and a time before.
    let copied = |table: &str, own: &[(&str, &str)]| -> Result<String> {
        let columns = columns(table)?;
        let values: Vec<&str> = columns.iter().map(|name| own.iter().find(|(n, _)| n == name).map_or(name.as_str(), |(_, sql)| *sql)).collect();
        Ok(format!("insert into {table} ({}) select {} from {table}", columns.join(", "), values.join(", ")))
    };
    c.execute_batch(&format!(
        "create temp table number as select id, row_number() over (order by at, id) as n from contribution where root = {root}"
    ))?;
    let new = |column: &str| format!("(select ?2 * 1000 + n from number where number.id = {column})");
    let (id, parent, object) = (new("contribution.id"), new("contribution.parent"), new("journal.object"));
    let contribution = copied(
        "contribution",
        &[("id", &id), ("root", "?2 * 1000 + 1"), ("parent", &parent), ("at", "at - (?2 - 1000) * 21600000000"), ("grew_from", "null")],
    )?;
    let journal = copied(
        "journal",
        &[("id", &object), ("object", &object), ("conversation", "?2 * 1000 + 1"), ("occurred_at", "occurred_at - (?2 - 1000) * 21600000000"),
            ("position", "(select max(position) from journal) + row_number() over (order by position)")],
    )?;
    let mut statements = vec![format!("{contribution} where root = ?1"), format!("{journal} where conversation = ?1 and object_kind = 'contribution' and object in (select id from number)")];
    statements.push("insert into reach (thing, audience) select ?2 * 1000 + 1, audience from reach where thing = ?1".into());
    if !columns("part").unwrap_or_default().is_empty() {
        statements.push(format!("{} where conversation = ?1", copied("part", &[("conversation", "?2 * 1000 + 1")])?));
    }
    let have: i64 = c.query_row("select count(*) from contribution", [], |row| row.get(0))?;
    let each: i64 = c.query_row("select count(*) from number", [], |row| row.get(0))?;
    let first: i64 = c.query_row("select coalesce(max(id / 1000), 1000) from contribution where id < 1000000000000", [], |row| row.get(0))?;
    let copies = (contributions - have).max(0) / each;
    let transaction = c.transaction()?;
    {
        let mut prepared = statements.iter().map(|sql| transaction.prepare(sql)).collect::<rusqlite::Result<Vec<_>>>()?;
        for k in first + 1..=first + copies {
            for statement in &mut prepared {
                statement.execute([root, k]).context("a conversation is copied")?;
            }
        }
    }
    transaction.commit()?;
    c.execute_batch("drop table number; pragma wal_checkpoint(truncate); pragma optimize = 0x10012")?;
    Ok(())
}
