//! The floors: the same bytes from memory by the same hyper, and a bare SQLite loop with the same durability.

use std::convert::Infallible;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
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
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
        })
    });
    Ok(port.await?)
}

/// Replies a second of a bare loop on a copy of the database: one connection, WAL, synchronous=FULL, so many replies in one
/// commit, each the rows that a reply is (the contribution, its event, what follows from it), with all their indexes and
/// no question asked.
pub fn bare_loop(database: &Path, root: i64, time: Duration, group: usize) -> Result<f64> {
    let folder = std::env::temp_dir().join(format!("tacit-floor-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("floor.db");
    rusqlite::Connection::open(database)?.execute("vacuum into ?1", [file.to_string_lossy().as_ref()])?;
    let c = rusqlite::Connection::open(&file)?;
    c.execute_batch("pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -16000; pragma mmap_size = 268435456")?;
    let copy = |table: &str, of: &str, own: &[(&str, &str)]| -> Result<String> {
        let mut statement = c.prepare(&format!("select name from pragma_table_info('{table}') order by cid"))?;
        let columns: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let values: Vec<&str> = columns.iter().map(|name| own.iter().find(|(n, _)| n == name).map_or(name.as_str(), |(_, sql)| *sql)).collect();
        Ok(format!("insert into {table} ({}) select {} from {table} where {of}", columns.join(", "), values.join(", ")))
    };
    let reply: i64 = c.query_row("select id from contribution where root = ?1 and parent is not null limit 1", [root], |row| row.get(0))?;
    let event: i64 = c.query_row("select id from journal where object = ?1 limit 1", [reply], |row| row.get(0))?;
    let contribution = copy("contribution", "id = ?2", &[("id", "?1"), ("at", "?1")])?;
    let journal = copy("journal", "id = ?2", &[("id", "?1"), ("position", "(select max(position) from journal) + 1")])?;
    let part = "update part set said_at = ?1 where conversation = ?2";
    let until = Instant::now() + time;
    let mut n = 1i64 << 62;
    let first = n;
    while Instant::now() < until {
        c.execute_batch("begin immediate")?;
        for _ in 0..group {
            n += 1;
            c.prepare_cached(&contribution)?.execute([n, reply])?;
            c.prepare_cached(&journal)?.execute([n, event])?;
            c.prepare_cached(part)?.execute([n, root])?;
        }
        c.execute_batch("commit")?;
    }
    drop(c);
    std::fs::remove_dir_all(folder)?;
    Ok((n - first) as f64 / time.as_secs_f64())
}

/// nginx with one static file, where it is installed; stopped when dropped.
pub struct Nginx {
    pub port: u16,
    child: std::process::Child,
    folder: std::path::PathBuf,
}

pub fn nginx(page: &[u8]) -> Result<Option<Nginx>> {
    let folder = std::env::temp_dir().join(format!("tacit-nginx-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("page.html"), page)?;
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let here = folder.display();
    let conf = format!(
        "daemon off; worker_processes 2; pid {here}/pid; error_log {here}/error.log; user root;\n\
         events {{ worker_connections 512; }}\n\
         http {{ access_log off; sendfile on; tcp_nodelay on; keepalive_requests 1000000; types {{ text/html html; }}\n\
         server {{ listen 127.0.0.1:{port}; root {here}; }} }}"
    );
    std::fs::write(folder.join("nginx.conf"), conf)?;
    let quiet = std::process::Stdio::null;
    let child = std::process::Command::new("nginx").arg("-c").arg(folder.join("nginx.conf")).stdout(quiet()).stderr(quiet()).spawn();
    let Ok(child) = child else {
        std::fs::remove_dir_all(folder)?;
        return Ok(None);
    };
    let nginx = Nginx { port, child, folder };
    for _ in 0..50 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Ok(Some(nginx));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(None)
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = std::process::Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
