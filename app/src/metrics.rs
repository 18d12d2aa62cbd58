//! Figures for a monitor, in the text format of Prometheus, on an address of their own: never where people come in. No
//! person, handle, address or path with an id is in a label.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kernel::figures::{BOUNDS, Count, Times};
use shell::Rate;
use shell::figures::STATUSES;
use shell::router::App;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Answers `GET /metrics` until the program ends. Without a listener there is nothing to do.
pub async fn serve(listener: Option<TcpListener>, shell: App, data: PathBuf) {
    let Some(listener) = listener else { return std::future::pending().await };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // One after the other: a monitor asks every few seconds, and nobody else has a reason to.
                let answered = tokio::time::timeout(Duration::from_secs(5), answer(stream, &shell, &data)).await;
                if !matches!(answered, Ok(Ok(()))) {
                    tracing::debug!("a question for figures ended early");
                }
            }
            Err(error) => {
                tracing::warn!(%error, "figures cannot be asked for");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn answer(mut stream: TcpStream, shell: &App, data: &Path) -> std::io::Result<()> {
    let mut asked = Vec::new();
    let mut part = [0u8; 1024];
    while !asked.windows(4).any(|w| w == b"\r\n\r\n") && asked.len() < 16 * 1024 {
        match stream.read(&mut part).await? {
            0 => break,
            n => asked.extend_from_slice(part.get(..n).unwrap_or_default()),
        }
    }
    let (status, kind, body) = if asked.starts_with(b"GET /metrics ") {
        ("200 OK", "text/plain; version=0.0.4; charset=utf-8", figures(shell, data).await)
    } else {
        ("404 Not Found", "text/plain; charset=utf-8", "Figures are at /metrics.\n".to_owned())
    };
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

/// Lines of the text format, put together.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        let _ = if labels.is_empty() { writeln!(self.0, "{name} {value}") } else { writeln!(self.0, "{name}{{{labels}}} {value}") };
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
        self.head(name, kind, help);
        self.line(name, "", value);
    }

    fn count(&mut self, name: &str, help: &str, count: &Count) {
        self.one(name, "counter", help, count.value());
    }

    fn times(&mut self, name: &str, labels: &str, times: &Times) {
        let (upto, all, seconds) = times.so_far();
        let comma = if labels.is_empty() { "" } else { "," };
        for (bound, n) in BOUNDS.iter().zip(upto) {
            self.line(&format!("{name}_bucket"), &format!("{labels}{comma}le=\"{}\"", *bound as f64 / 1e6), n);
        }
        self.line(&format!("{name}_bucket"), &format!("{labels}{comma}le=\"+Inf\""), all);
        self.line(&format!("{name}_sum"), labels, seconds);
        self.line(&format!("{name}_count"), labels, all);
    }
}

async fn figures(shell: &App, data: &Path) -> String {
    let mut to = Lines::default();
    requests(&mut to, shell);
    database(&mut to, shell).await;
    machine(&mut to, data);
    to.0
}

fn requests(to: &mut Lines, shell: &App) {
    let version = env!("CARGO_PKG_VERSION");
    to.head("tacit_build_info", "gauge", "The program that runs.");
    to.line("tacit_build_info", &format!("version=\"{version}\",engine=\"{:?}\"", shell.house.db.engine()).to_lowercase(), 1);
    to.head("tacit_http_requests_total", "counter", "Answers by route, method and status.");
    for route in shell.figures.routes() {
        let of = |status: &str| format!("method=\"{}\",route=\"{}\",status=\"{status}\"", route.method, route.path);
        for (status, count) in STATUSES.iter().zip(&route.answers).filter(|(_, count)| count.value() > 0) {
            to.line("tacit_http_requests_total", &of(&status.to_string()), count.value());
        }
        if route.other.value() > 0 {
            to.line("tacit_http_requests_total", &of("other"), route.other.value());
        }
    }
    to.head("tacit_http_request_seconds", "histogram", "Time until an answer begins, by route and method.");
    for route in shell.figures.routes() {
        to.times("tacit_http_request_seconds", &format!("method=\"{}\",route=\"{}\"", route.method, route.path), &route.times);
    }
    to.count("tacit_http_kept_total", "Pages for who is signed out that were answered from what was kept, before any route.", &shell.figures.kept);
    to.one("tacit_live_pages", "gauge", "Live pages that are open.", shell.live.listeners());
    to.head("tacit_rate_limited_total", "counter", "Calls that a rate limit refused, by class.");
    for rate in Rate::ALL {
        to.line("tacit_rate_limited_total", &format!("class=\"{}\"", rate.word()), shell.limits.refused(rate));
    }
    to.count("tacit_panics_total", "Requests that met a fault of ours.", &shell.figures.panics);
    to.count("tacit_forwarded_not_believed_total", "Requests with X-Forwarded-For from a proxy that is not trusted_proxy.", &shell.figures.unbelieved);
    to.count("tacit_wrong_host_total", "Requests under a name that this place does not have.", &shell.figures.wrong_host);
}

async fn database(to: &mut Lines, shell: &App) {
    let db = &shell.house.db;
    let f = db.figures();
    to.count("tacit_db_queries_total", "Queries that were asked.", &f.queries);
    to.count("tacit_db_batches_total", "Batches that were to be committed.", &f.batches);
    to.one("tacit_db_batches_waiting", "gauge", "Batches that wait for their commit.", f.waiting.value());
    to.head("tacit_db_write_seconds", "histogram", "From asking for a commit to its answer.");
    to.times("tacit_db_write_seconds", "", &f.answered);
    to.count("tacit_db_commits_total", "Commits of the writer (SQLite), each of one group of batches.", &f.groups);
    to.count("tacit_db_committed_batches_total", "Batches in those groups.", &f.grouped);
    to.head("tacit_db_commit_seconds", "histogram", "Time of one commit of the writer (SQLite).");
    to.times("tacit_db_commit_seconds", "", &f.commits);
    to.head("tacit_db_errors_total", "counter", "What the database could not do: conflict is looked at again, unavailable was refused, broken is a fault of ours.");
    for (kind, count) in [("conflict", &f.conflicts), ("unavailable", &f.unavailable), ("broken", &f.broken)] {
        to.line("tacit_db_errors_total", &format!("kind=\"{kind}\""), count.value());
    }
    if let Ok(head) = kernel::journal::head(db).await {
        to.one("tacit_journal_head", "gauge", "Position of the newest event.", head);
        to.one("tacit_journal_lag", "gauge", "Events that this server has not told its live pages yet.", (head - f.told.value()).max(0));
    }
}

fn machine(to: &mut Lines, data: &Path) {
    if let Ok(disk) = rustix::fs::statvfs(data) {
        to.one("tacit_disk_free_bytes", "gauge", "Room on the disk of the data folder.", disk.f_bavail.saturating_mul(disk.f_frsize));
        to.one("tacit_disk_free_inodes", "gauge", "How many more files fit there.", disk.f_favail);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = |name: &str| status.lines().find_map(|l| l.strip_prefix(name)?.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    if let Some(kib) = kib("VmRSS:") {
        to.one("process_resident_memory_bytes", "gauge", "Memory in use.", kib * 1024);
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        to.one("process_open_fds", "gauge", "Open files and connections.", open.count());
    }
    if let Some(most) = rustix::process::getrlimit(rustix::process::Resource::Nofile).current {
        to.one("process_max_fds", "gauge", "How many there may be.", most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_has_its_buckets_its_sum_and_its_count() {
        let times = Times::default();
        times.took(Duration::from_millis(3));
        times.took(Duration::from_secs(60));
        let mut to = Lines::default();
        to.times("x_seconds", "route=\"/\"", &times);
        assert!(to.0.contains("x_seconds_bucket{route=\"/\",le=\"0.0025\"} 0\n"), "{}", to.0);
        assert!(to.0.contains("x_seconds_bucket{route=\"/\",le=\"0.005\"} 1\n"));
        assert!(to.0.contains("x_seconds_bucket{route=\"/\",le=\"+Inf\"} 2\n"));
        assert!(to.0.ends_with("x_seconds_sum{route=\"/\"} 60.003\nx_seconds_count{route=\"/\"} 2\n"));
    }
}
