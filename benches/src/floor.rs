//! The floors: the same bytes from memory by the same hyper, and a bare SQLite loop with the same durability.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use anyhow::Result;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpListener;

/// Serves the bytes on a port of its own, in threads of its own.
pub async fn from_memory(bytes: Vec<u8>) -> Result<u16> {
    let (told, port) = tokio::sync::oneshot::channel();
    let bytes = Bytes::from(bytes);
    std::thread::spawn(move || -> Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        runtime.block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let _ = told.send(listener.local_addr()?.port());
            loop {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                let bytes = bytes.clone();
                tokio::spawn(async move {
                    let service = service_fn(move |_: Request<hyper::body::Incoming>| {
                        let answer = Response::builder().header("content-type", "text/html; charset=utf-8").body(Full::new(bytes.clone()));
                        async move { Ok::<_, Infallible>(answer.unwrap_or_default()) }
                    });
                    let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
                });
            }
        })
    });
    Ok(port.await?)
}

/// Rows a second: one connection, WAL, synchronous=FULL, groups of so many in one commit.
pub fn bare_loop(time: Duration, group: usize) -> Result<f64> {
    let folder = std::env::temp_dir().join(format!("tacit-floor-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let c = rusqlite::Connection::open(folder.join("floor.db"))?;
    c.execute_batch("pragma journal_mode = wal; pragma synchronous = full; create table reply (id integer primary key, root bigint, words text, at bigint)")?;
    let until = Instant::now() + time;
    let mut n = 0i64;
    while Instant::now() < until {
        c.execute_batch("begin immediate")?;
        for _ in 0..group {
            c.prepare_cached("insert into reply (id, root, words, at) values (?1, 1, 'A word that is kept.', ?1)")?.execute([n])?;
            n += 1;
        }
        c.execute_batch("commit")?;
    }
    drop(c);
    std::fs::remove_dir_all(folder)?;
    Ok(n as f64 / time.as_secs_f64())
}
