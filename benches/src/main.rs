//! Speed and size of the built program, each against its floor measured in the same run. Prints a table; the bars are
//! held elsewhere.

mod client;
mod floor;
mod program;

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::client::{Connection, get, post};
use crate::program::Program;

const REPLIES: usize = 100;
const SECONDS: u64 = 4;

#[tokio::main]
async fn main() -> Result<()> {
    let binary = std::env::args().nth(1).context("usage: benches PATH-OF-TACIT")?;
    let mut table = Vec::new();
    let mut row = |what: &str, figure: String| {
        println!("{what:<46} {figure}");
        table.push(());
    };
    let program = Program::start(&binary)?;
    row("start to first answer", format!("{} ms", program.started_in.as_millis()));
    row("idle memory", format!("{:.1} MiB", program.resident_mib()?));
    row("binary", format!("{:.1} MB", std::fs::metadata(&binary)?.len() as f64 / 1e6));
    let (page, token, cookie) = conversation(&program)?;
    first_visit(&program, &page, &mut row)?;
    signed_out(&program, &page, &mut row).await?;
    signed_in(&program, &page, &cookie, &mut row)?;
    durable(&program, &page, &token, &mut row)?;
    row("memory after that", format!("{:.1} MiB", program.resident_mib()?));
    Ok(())
}

/// A conversation with a hundred replies of about six hundred letters; its path, a token, a session.
fn conversation(program: &Program) -> Result<(String, String, String)> {
    let token = program.person("ada")?;
    let community = serde_json::json!({"name": "Measured", "domain": "speed", "purpose": "to know how fast it is"});
    post(program.port, "/api/v1/communities", &token, &community)?;
    let words = "Third handover tonight where the result arrived after the drip was already running. ".repeat(7);
    let opening = post(program.port, "/api/v1/communities/measured/contributions", &token, &serde_json::json!({"words": words, "title": "Measured"}))?;
    let root = id_of(&opening)?;
    let mut to = root.clone();
    for i in 0..REPLIES {
        let made = post(program.port, &format!("/api/v1/contributions/{to}/replies"), &token, &serde_json::json!({"words": words}))?;
        to = if i % 4 == 3 { root.clone() } else { id_of(&made)? };
    }
    let cookie = client::sign_in(program.port, "ada", program::PASSWORD)?;
    Ok((format!("/conversations/{root}"), token, cookie))
}

fn id_of(made: &serde_json::Value) -> Result<String> {
    Ok(made.get("id").and_then(serde_json::Value::as_str).context("what was made has an id")?.to_owned())
}

/// Bytes over the wire and requests of a first visit, everything included, as a browser asks for them.
fn first_visit(program: &Program, page: &str, row: &mut impl FnMut(&str, String)) -> Result<()> {
    let plain = get(program.port, page, &[])?;
    let html = String::from_utf8_lossy(&plain.body).into_owned();
    let mut requests = 1;
    let mut bytes = get(program.port, page, &[("accept-encoding", "br, gzip")])?.wire;
    let mut assets: Vec<&str> = html.split('"').filter(|part| part.starts_with("/assets/")).collect();
    assets.sort_unstable();
    assets.dedup();
    for asset in assets {
        requests += 1;
        bytes += get(program.port, asset, &[("accept-encoding", "br, gzip")])?.wire;
    }
    row("first visit of a 100-reply conversation", format!("{:.1} KB in {requests} requests", bytes as f64 / 1e3));
    Ok(())
}

/// Requests a second of one page on eight connections.
async fn rate(port: u16, path: &str) -> Result<f64> {
    let until = Instant::now() + Duration::from_secs(SECONDS);
    let mut clients = Vec::new();
    for _ in 0..8 {
        let path = path.to_owned();
        clients.push(tokio::task::spawn_blocking(move || -> Result<u64> {
            let mut connection = Connection::open(port)?;
            let mut n = 0;
            while Instant::now() < until {
                connection.get(&path, &[])?;
                n += 1;
            }
            Ok(n)
        }));
    }
    let mut total = 0;
    for client in clients {
        total += client.await??;
    }
    Ok(total as f64 / SECONDS as f64)
}

async fn signed_out(program: &Program, page: &str, row: &mut impl FnMut(&str, String)) -> Result<()> {
    let bytes = get(program.port, page, &[])?.body;
    let size = bytes.len();
    let floor = floor::from_memory(bytes).await?;
    rate(floor, "/").await?; // warm
    let (ours, memory) = (rate(program.port, page).await?, rate(floor, "/").await?);
    row("signed out, 100 replies", format!("{ours:.0} /s ({:.0} KB); same bytes from memory {memory:.0} /s; ratio {:.2}", size as f64 / 1e3, ours / memory));
    Ok(())
}

fn signed_in(program: &Program, page: &str, cookie: &str, row: &mut impl FnMut(&str, String)) -> Result<()> {
    let mut connection = Connection::open(program.port)?;
    let headers = [("cookie", cookie)];
    for _ in 0..20 {
        connection.get(page, &headers)?;
    }
    let (before, n) = (program.cpu()?, 300);
    for _ in 0..n {
        connection.get(page, &headers)?;
    }
    let each = (program.cpu()? - before).as_secs_f64() * 1e3 / f64::from(n);
    row("signed in, 100 replies", format!("{each:.2} ms CPU a page (at most 7 queries: held by a test)"));
    Ok(())
}

/// Replies of sixteen writers at once, against a bare loop that commits groups of sixteen with the same durability.
fn durable(program: &Program, page: &str, token: &str, row: &mut impl FnMut(&str, String)) -> Result<()> {
    let id = page.rsplit('/').next().context("a page has an id")?;
    let path = format!("/api/v1/contributions/{id}/replies");
    let body = serde_json::json!({"words": "A word that is kept."}).to_string();
    let until = Instant::now() + Duration::from_secs(SECONDS);
    let mut writers = Vec::new();
    for _ in 0..16 {
        let (port, path, token, body) = (program.port, path.clone(), token.to_owned(), body.clone());
        writers.push(std::thread::spawn(move || -> Result<Vec<Duration>> {
            let mut connection = Connection::open(port)?;
            let mut took = Vec::new();
            while Instant::now() < until {
                let from = Instant::now();
                connection.post(&path, &token, &body)?;
                took.push(from.elapsed());
            }
            Ok(took)
        }));
    }
    let mut took = Vec::new();
    for writer in writers {
        took.extend(writer.join().map_err(|_| anyhow::anyhow!("a writer panicked"))??);
    }
    took.sort_unstable();
    let ours = took.len() as f64 / SECONDS as f64;
    let p99 = took.get(took.len() * 99 / 100).copied().unwrap_or_default();
    let bare = floor::bare_loop(Duration::from_secs(SECONDS), 16)?;
    row("durable replies, 16 writers", format!("{ours:.0} /s, p99 {:.0} ms; bare loop {bare:.0} /s; ratio {:.2}", p99.as_secs_f64() * 1e3, ours / bare));
    Ok(())
}
