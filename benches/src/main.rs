//! Speed and size of the built program, each against its floor measured in the same run. Prints a table with the bars;
//! a noisy machine may miss one.
//!
//! `benches TACIT` on SQLite, also `benches TACIT large` for a place that grows to a million contributions, and
//! `benches TACIT practices` for ten thousand practices, and `benches TACIT archives` for reading archives and bringing them in. With
//! `TACIT_DATABASE=postgres://…` the same on PostgreSQL, where there is no bare loop and no file to grow.

mod archives;
mod client;
mod floor;
mod large;
mod listeners;
mod practices;
mod program;

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::client::{Connection, get, post};
use crate::program::Program;

const REPLIES: usize = 100;
const SECONDS: u64 = 4;
/// What a browser says it takes.
const BROWSER: (&str, &str) = ("accept-encoding", "gzip, deflate, br");

fn row(what: &str, figure: impl std::fmt::Display, bar: &str) {
    println!("{what:<38} {figure:<62} {bar}");
}

#[tokio::main]
async fn main() -> Result<()> {
    let binary = std::env::args().nth(1).context("usage: benches PATH-OF-TACIT [large | practices | archives]")?;
    let sqlite = std::env::var_os("TACIT_DATABASE").is_none();
    row("what", "figure", "bar");
    if std::env::args().nth(2).as_deref() == Some("archives") {
        return archives::measure(&binary);
    }
    let program = Program::start(&binary)?;
    row("start to first answer", format!("{} ms", program.started_in.as_millis()), "< 100 ms");
    row("idle memory", format!("{:.1} MiB", program.resident_mib()?), "< 40 MiB");
    row("binary", format!("{:.1} MB", std::fs::metadata(&binary)?.len() as f64 / 1e6), "< 30 MB, stripped");
    let (page, token, cookie) = conversation(&program)?;
    first_visit(&program, &page)?;
    signed_out(&program, &page).await?;
    row("signed in, 100 replies", signed_in(&program, &page, &cookie)?, "<= 1 ms CPU, <= 7 queries (by a test)");
    if std::env::args().nth(2).as_deref() == Some("practices") && sqlite {
        return practices::measure(program, &token, &cookie);
    }
    if std::env::args().nth(2).as_deref() == Some("large") && sqlite {
        return growing(program, &page, &token, &cookie);
    }
    let heard = listeners::measure(&program, &page, &token).await?;
    let figure = format!(
        "{} missed, {:.1} KiB each, {:.1} us CPU a delivery, p99 {:.0} ms",
        heard.missed, heard.each_kib, heard.delivery_us, heard.p99_ms
    );
    row(&format!("{} listeners, 20 events", listeners::LISTENERS), figure, "0 missed, <= 20 KiB, <= 15 us");
    let written = durable(&program, &page, &token)?;
    if sqlite {
        let root = page.rsplit('/').next().context("a page has an id")?.parse()?;
        let bare = floor::bare_loop(&program.folder().join("tacit.db"), root, Duration::from_secs(SECONDS), 16)?;
        let figure = format!("{written}; bare loop {bare:.0} /s; ratio {:.2}", written.each_second / bare);
        row("durable replies, 16 writers", figure, ">= 0.5; p99 < 20 ms on a quiet disk");
    } else {
        row("durable replies, 16 writers", written, "");
    }
    row("memory after that", format!("{:.1} MiB", program.resident_mib()?), "");
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
    // Those who listen are others than who speaks; the page has one more reply after it is counted.
    let cookie = client::sign_in(program.port, "ada", program::PASSWORD)?;
    Ok((format!("/conversations/{root}"), token, cookie))
}

fn id_of(made: &serde_json::Value) -> Result<String> {
    Ok(made.get("id").and_then(serde_json::Value::as_str).context("what was made has an id")?.to_owned())
}

/// Bytes over the wire and requests of a first visit, everything included, as a browser asks for them.
fn first_visit(program: &Program, page: &str) -> Result<()> {
    let plain = get(program.port, page, &[])?;
    let html = String::from_utf8_lossy(&plain.body).into_owned();
    let mut requests = 1;
    let mut bytes = get(program.port, page, &[BROWSER])?.wire;
    let mut assets: Vec<&str> = html.split('"').filter(|part| part.starts_with("/assets/")).collect();
    assets.sort_unstable();
    assets.dedup();
    for asset in assets {
        requests += 1;
        bytes += get(program.port, asset, &[BROWSER])?.wire;
    }
    row("first visit, 100 replies", format!("{:.1} KB in {requests} requests", bytes as f64 / 1e3), "<= 60 KB, <= 6 requests");
    Ok(())
}

/// Requests a second of one page on eight connections, by `wrk` where it is there, since it costs the least itself.
async fn rate(port: u16, path: &str) -> Result<f64> {
    let url = format!("http://127.0.0.1:{port}{path}");
    let wrk = std::process::Command::new("wrk").args(["-t1", "-c8", &format!("-d{SECONDS}s"), &url]).output();
    if let Ok(out) = wrk {
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        let line = text.lines().find_map(|l| l.strip_prefix("Requests/sec:").map(str::trim));
        if let Some(rate) = line.and_then(|l| l.parse().ok()) {
            return Ok(rate);
        }
    }
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

async fn signed_out(program: &Program, page: &str) -> Result<()> {
    let bytes = get(program.port, page, &[])?.body;
    let size = bytes.len();
    let floor = floor::from_memory(bytes.clone()).await?;
    rate(floor, "/").await?; // warm
    // One after the other and again, so that a neighbour on the machine disturbs both alike.
    let (mut ours, mut memory) = (0.0, 0.0);
    for _ in 0..2 {
        ours += rate(program.port, page).await? / 2.0;
        memory += rate(floor, "/").await? / 2.0;
    }
    let figure = format!("{ours:.0} /s ({:.0} KB); from memory {memory:.0} /s; ratio {:.2}", size as f64 / 1e3, ours / memory);
    row("signed out, 100 replies", figure, ">= 0.70");
    match floor::nginx(&bytes)? {
        None => row("", "nginx is not installed", ""),
        Some(nginx) => {
            let (ours, theirs) = (rate(program.port, page).await?, rate(nginx.port, "/page.html").await?);
            row("", format!("{ours:.0} /s; nginx's static file {theirs:.0} /s; ratio {:.2}", ours / theirs), ">= 0.80");
        }
    }
    Ok(())
}

/// Processor time of a page, plain and as a browser asks for it.
fn signed_in(program: &Program, page: &str, cookie: &str) -> Result<String> {
    let plain = each(program, page, &[("cookie", cookie)])?;
    let compressed = each(program, page, &[("cookie", cookie), BROWSER])?;
    Ok(format!("{plain:.2} ms CPU a page; {compressed:.2} ms compressed"))
}

/// Milliseconds of the program's processor time for one request.
fn each(program: &Program, page: &str, headers: &[(&str, &str)]) -> Result<f64> {
    let mut connection = Connection::open(program.port)?;
    for _ in 0..20 {
        connection.get(page, headers)?;
    }
    let (before, n) = (program.cpu()?, 1_000);
    for _ in 0..n {
        connection.get(page, headers)?;
    }
    Ok((program.cpu()? - before).as_secs_f64() * 1e3 / f64::from(n))
}

struct Written {
    each_second: f64,
    p99: Duration,
    cpu_ms: f64,
}

impl std::fmt::Display for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.0} /s, p99 {:.0} ms, {:.2} ms CPU each", self.each_second, self.p99.as_secs_f64() * 1e3, self.cpu_ms)
    }
}

/// Replies of sixteen writers at once, each answered when it is on the disk.
fn durable(program: &Program, page: &str, token: &str) -> Result<Written> {
    let id = page.rsplit('/').next().context("a page has an id")?;
    let path = format!("/api/v1/contributions/{id}/replies");
    let body = serde_json::json!({"words": "A word that is kept."}).to_string();
    let before = program.cpu()?;
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
    let p99 = took.get(took.len() * 99 / 100).copied().unwrap_or_default();
    let cpu_ms = (program.cpu()? - before).as_secs_f64() * 1e3 / took.len().max(1) as f64;
    Ok(Written { each_second: took.len() as f64 / SECONDS as f64, p99, cpu_ms })
}

/// The same pages in a place of ten thousand contributions and of a million.
fn growing(mut program: Program, page: &str, token: &str, cookie: &str) -> Result<()> {
    let root: i64 = page.rsplit('/').next().context("a page has an id")?.parse()?;
    let pages = [page, "/", "/c/measured", "/c/measured/conversations", "/notices", "/@ada/said", "/communities"];
    let mut small: Vec<f64> = Vec::new();
    for contributions in [10_000, 1_000_000] {
        program = program.again(|folder| large::grow(&folder.join("tacit.db"), root, contributions))?;
        for (i, page) in pages.iter().enumerate() {
            let ms = each(&program, page, &[("cookie", cookie)])?;
            let grew = small.get(i).map(|before| format!("x {:.2}", ms / before)).unwrap_or_default();
            let name = if i == 0 { "the conversation" } else { page };
            row(&format!("{contributions}: {name}"), format!("{ms:.2} ms CPU {grew}"), "<= x 1.3");
            if contributions == 10_000 {
                small.push(ms);
            }
        }
        // Not in the community that is measured and copied.
        let slug = format!("written-{contributions}");
        let community = serde_json::json!({"name": slug, "slug": slug, "domain": "speed", "purpose": "to be written in"});
        post(program.port, "/api/v1/communities", token, &community)?;
        let elsewhere = serde_json::json!({"words": "Where it is written."});
        let elsewhere = id_of(&post(program.port, &format!("/api/v1/communities/{slug}/contributions"), token, &elsewhere)?)?;
        let written = durable(&program, &elsewhere, token)?;
        row(&format!("{contributions}: durable replies"), &written, "<= x 1.3");
        row(&format!("{contributions}: start, memory"), format!("{} ms, {:.1} MiB", program.started_in.as_millis(), program.resident_mib()?), "");
    }
    Ok(())
}
