//! PostgreSQL for tests: one cluster for the run in a temporary folder, one database for each test.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio_postgres::NoTls;

/// `TACIT_TEST_POSTGRES` names a server to use; else one is started. Missing programs are named, loudly.
fn base_url() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| std::env::var("TACIT_TEST_POSTGRES").unwrap_or_else(|_| start()))
}

fn programs() -> PathBuf {
    let mut places: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .collect();
    places.sort();
    places.extend(["/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"].map(PathBuf::from));
    let found = places.into_iter().rev().find(|p| p.join("initdb").exists() && p.join("postgres").exists());
    found.expect("PostgreSQL is missing: run `apt-get install postgresql` (initdb and postgres are needed), or set TACIT_TEST_POSTGRES to the URL of a server")
}

/// PostgreSQL refuses to run as root, so it runs as `postgres` there.
fn as_postgres(program: &Path, args: &[&str]) -> Command {
    let root = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.starts_with(b"0\n"));
    if root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program).args(args);
        command
    } else {
        let mut command = Command::new(program);
        command.args(args);
        command
    }
}

/// Shared by all test processes of a run: the first one starts it, whoever comes later finds it by its port.
fn start() -> String {
    let bin = programs();
    let folder = std::env::temp_dir().join("tacit-test-postgres");
    let lock = std::env::temp_dir().join("tacit-test-postgres.lock");
    let guard = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(&lock).unwrap();
    guard.lock().unwrap();
    let port = 54_329;
    let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
        return url;
    }
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let _ = Command::new("chown").arg("postgres").arg(&folder).status();
    let data = folder.join("data");
    let init = ["-D", data.to_str().unwrap(), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];
    let made = as_postgres(&bin.join("initdb"), &init).current_dir("/").stdout(Stdio::null()).status();
    assert!(made.unwrap().success(), "initdb failed in {}", folder.display());
    let port_text = port.to_string();
    let args = ["-D", data.to_str().unwrap(), "-p", &port_text, "-h", "127.0.0.1", "-k", folder.to_str().unwrap(),
        "-c", "fsync=off", "-c", "max_connections=300", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"];
    let log = std::fs::File::create(folder.join("log")).unwrap();
    #[allow(clippy::zombie_processes)] // it outlives this test process: the next one finds it by its port
    as_postgres(&bin.join("postgres"), &args).current_dir("/").stdout(Stdio::null()).stderr(log).spawn().expect("postgres starts");
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(std::time::Instant::now() < until, "PostgreSQL did not start; see {}", folder.join("log").display());
        std::thread::yield_now();
    }
    url
}

/// A fresh database; its URL.
pub async fn database() -> String {
    static N: AtomicU32 = AtomicU32::new(0);
    let name = format!("t{}_{}", std::process::id(), N.fetch_add(1, Ordering::SeqCst));
    let mut last = None;
    for _ in 0..200 {
        // Right after its start, the server may still refuse connections.
        match tokio_postgres::connect(base_url(), NoTls).await {
            Ok((client, connection)) => {
                tokio::spawn(connection);
                client.batch_execute(&format!("create database {name}")).await.unwrap();
                return base_url().rsplit_once('/').map(|(server, _)| format!("{server}/{name}")).unwrap();
            }
            Err(error) => last = Some(error),
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("no connection to PostgreSQL: {last:?}");
}
