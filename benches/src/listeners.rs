//! Ten thousand live listeners of one conversation: what each costs in memory, a delivery in processor time, and whether
//! anybody misses anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{Connection, get};
use crate::program::Program;

pub const LISTENERS: usize = 10_000;
const EVENTS: usize = 20;

pub struct Heard {
    pub each_kib: f64,
    pub delivery_us: f64,
    pub p99_ms: f64,
    pub missed: usize,
}

/// What all listeners share: how many have heard of each event, and how long it took them.
struct Score {
    heard: Vec<AtomicUsize>,
    took: Vec<AtomicU64>,
    began: Instant,
    sent: Vec<AtomicU64>,
}

pub async fn measure(program: &Program, page: &str, token: &str) -> Result<Heard> {
    let html = String::from_utf8(get(program.port, page, &[])?.body)?;
    let live = html.split("data-live=\"").nth(1).and_then(|rest| rest.split('"').next()).context("a live line")?.replace("&#38;", "&");
    let score = Arc::new(Score {
        heard: (0..=EVENTS).map(|_| AtomicUsize::new(0)).collect(),
        took: (0..LISTENERS * EVENTS).map(|_| AtomicU64::new(0)).collect(),
        began: Instant::now(),
        sent: (0..=EVENTS).map(|_| AtomicU64::new(0)).collect(),
    });
    let before = program.resident_mib()?;
    let ready = Arc::new(AtomicUsize::new(0));
    let mut tasks = Vec::with_capacity(LISTENERS);
    for number in 0..LISTENERS {
        let stream = open(program.port, &live).await?;
        tasks.push(tokio::spawn(listen(stream, number, score.clone(), ready.clone())));
        while number - ready.load(Ordering::SeqCst).min(number) > 200 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    until(|| ready.load(Ordering::SeqCst) == LISTENERS, Duration::from_secs(30)).await.context("not everybody is seated")?;
    let each_kib = (program.resident_mib()? - before) * 1024.0 / LISTENERS as f64;
    let cpu = program.cpu()?;
    let id = page.rsplit('/').next().context("a page has an id")?.to_owned();
    for event in 1..=EVENTS {
        let (port, token, path) = (program.port, token.to_owned(), format!("/api/v1/contributions/{id}/replies"));
        if let Some(sent) = score.sent.get(event) {
            sent.store(score.began.elapsed().as_micros() as u64, Ordering::SeqCst);
        }
        tokio::task::spawn_blocking(move || Connection::open(port)?.post(&path, &token, "{\"words\":\"Heard by many.\"}").map(drop)).await??;
        let all = || score.heard.get(event).is_some_and(|heard| heard.load(Ordering::SeqCst) >= LISTENERS);
        let _ = until(all, Duration::from_secs(10)).await;
    }
    let delivery_us = (program.cpu()? - cpu).as_secs_f64() * 1e6 / (LISTENERS * EVENTS) as f64;
    let missed = score.heard.last().map_or(LISTENERS, |heard| LISTENERS - heard.load(Ordering::SeqCst).min(LISTENERS));
    let mut took: Vec<u64> = score.took.iter().map(|t| t.load(Ordering::SeqCst)).filter(|t| *t > 0).collect();
    took.sort_unstable();
    let p99_ms = took.get(took.len() * 99 / 100).copied().unwrap_or_default() as f64 / 1e3;
    tasks.iter().for_each(tokio::task::JoinHandle::abort);
    Ok(Heard { each_kib, delivery_us, p99_ms, missed })
}

async fn open(port: u16, path: &str) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes()).await?;
    Ok(stream)
}

async fn listen(mut stream: TcpStream, number: usize, score: Arc<Score>, ready: Arc<AtomicUsize>) -> Result<()> {
    let (mut buffer, mut known, mut seated) = ([0u8; 1024], 0usize, false);
    loop {
        let n = stream.read(&mut buffer).await?;
        if n == 0 {
            bail!("a stream ended");
        }
        let text = String::from_utf8_lossy(buffer.get(..n).unwrap_or_default()).into_owned();
        if !seated {
            seated = true;
            ready.fetch_add(1, Ordering::SeqCst);
        }
        let Some(now) = text.rsplit("{\"n\":").next().and_then(|rest| rest.split('}').next()?.parse::<usize>().ok()) else { continue };
        let at = score.began.elapsed().as_micros() as u64;
        // A count tells of all events up to it.
        for event in known + 1..=now.min(EVENTS) {
            if let (Some(heard), Some(sent)) = (score.heard.get(event), score.sent.get(event)) {
                heard.fetch_add(1, Ordering::SeqCst);
                if let Some(took) = score.took.get(number * EVENTS + event - 1) {
                    took.store(at.saturating_sub(sent.load(Ordering::SeqCst)).max(1), Ordering::SeqCst);
                }
            }
        }
        known = known.max(now);
    }
}

async fn until(done: impl Fn() -> bool, limit: Duration) -> Result<()> {
    let end = Instant::now() + limit;
    while !done() {
        if Instant::now() > end {
            bail!("not in time");
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(())
}
