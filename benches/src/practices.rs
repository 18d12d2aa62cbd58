//! Practices: a list, what is looked for in it, and one of them, with a hundred and with ten thousand.

use std::path::Path;

use anyhow::{Context, Result};
use rusqlite::Connection;
use serde_json::json;

use crate::client::post;
use crate::program::Program;
use crate::{each, id_of, row};

pub fn measure(mut program: Program, token: &str, cookie: &str) -> Result<()> {
    let words = "## How\n\nRead it aloud before the drip runs, and wait for the answer.\n\n".repeat(8);
    let new = json!({"title": "Read it aloud", "use_when": "Before the drip runs", "words": words});
    let made = post(program.port, "/api/v1/communities/measured/practices", token, &new)?;
    let id: i64 = id_of(&made)?.parse().context("a practice has an id")?;
    let list = "/c/measured/practices";
    let pages = [format!("/practices/{id}"), list.to_owned(), format!("{list}?show=guide"), format!("{list}?show=in_use"), format!("{list}?show=due")];
    let mut small: Vec<f64> = Vec::new();
    for practices in [100, 10_000] {
        program = program.again(|folder| grow(&folder.join("tacit.db"), id, practices))?;
        for (i, page) in pages.iter().enumerate() {
            let ms = each(&program, page, &[("cookie", cookie)])?;
            let grew = small.get(i).map(|before| format!("x {:.2}", ms / before)).unwrap_or_default();
            let name = if i == 0 { "one of them" } else { page };
            row(&format!("{practices}: {name}"), format!("{ms:.2} ms CPU {grew}"), "<= x 1.3");
            if practices == 100 {
                small.push(ms);
            }
        }
    }
    Ok(())
}

/// Copies one practice until there are so many: half are guides, a fifth in use, a tenth past their day.
fn grow(file: &Path, id: i64, practices: i64) -> Result<()> {
    let c = Connection::open(file)?;
    let columns: Vec<String> = {
        let mut statement = c.prepare("select name from pragma_table_info('practice') order by cid")?;
        statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?
    };
    let values = columns.iter().map(|name| match name.as_str() {
        "id" => "n.n".to_owned(),
        "kind" => "case when n.n % 2 = 0 then 'guide' else p.kind end".to_owned(),
        "state" => "case when n.n % 5 = 0 then 'in_use' else p.state end".to_owned(),
        "due_at" => "case when n.n % 10 = 0 then n.n else p.due_at end".to_owned(),
        "at" | "edited_at" => format!("p.{name} - n.n * 1000000"),
        name => format!("p.{name}"),
    });
    let values: Vec<String> = values.collect();
    let have: i64 = c.query_row("select count(*) from practice", [], |row| row.get(0))?;
    let numbers = format!("with recursive n(n) as (select {have} union all select n + 1 from n where n < {practices} - 1)");
    c.execute(&format!("{numbers} insert into practice ({}) select {} from n, practice p where p.id = {id}", columns.join(", "), values.join(", ")), [])?;
    c.execute(&format!("{numbers} insert into reach (thing, audience) select n.n, r.audience from n, reach r where r.thing = {id}"), [])?;
    c.execute(
        &format!(
            "{numbers} insert into practice_revision (practice, version, title, use_when, words, reason, author, voice, at)
             select n.n, r.version, r.title, r.use_when, r.words, r.reason, r.author, r.voice, r.at from n, practice_revision r where r.practice = {id}"
        ),
        [],
    )?;
    c.execute_batch("pragma wal_checkpoint(truncate); pragma optimize = 0x10012")?;
    Ok(())
}
