//! `kill -9` while writing, fifty times: nothing that was acknowledged is lost; and a backup under load restores.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

pub const TACIT: &str = env!("CARGO_BIN_EXE_tacit");

pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    pub(crate) fn start_with(data: &Path, environment: &[(&str, &Path)]) -> Self {
        Self::begin(data, &["--listen", "127.0.0.1:0", "--limits", "off"], environment)
    }

    pub(crate) fn start_by(data: &Path, flags: &[&str]) -> Self {
        Self::begin(data, flags, &[])
    }

    fn begin(data: &Path, flags: &[&str], environment: &[(&str, &Path)]) -> Self {
        let mut child = Command::new(TACIT)
            .arg("serve")
            .args(flags)
            .arg("--data")
            .arg(data)
            .env("TACIT_LOG", "error")
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.map_while(Result::ok).find_map(|l| l.strip_prefix("Tacit is at ").map(str::to_owned));
        Self { child, url: url.expect("the server says where it is") }
    }

    pub(crate) fn kill(self) {}
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn tacit(data: &Path, args: &[&str], input: &str) -> String {
    let mut child = Command::new(TACIT)
        .args(args)
        .arg("--data")
        .arg(data)
        .env("TACIT_LOG", "error")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stdout));
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}

pub(crate) fn folder(name: &str) -> PathBuf {
    let random = kernel::random::hex(&kernel::Random::System.bytes::<6>().unwrap());
    let folder = std::env::temp_dir().join(format!("tacit-{name}-{random}"));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A place with one person, their token, and one community.
pub(crate) fn settle(data: &Path) -> String {
    tacit(data, &["person", "add", "ada", "--name", "Ada", "--password-stdin"], "a quiet sentence\n");
    let token = tacit(data, &["token", "new", "ada", "--scope", "read,write"], "");
    let token = token.lines().last().unwrap().to_owned();
    let server = Server::start(data);
    let body = serde_json::json!({"name": "Night handovers", "domain": "x", "purpose": "y"});
    let status = post(&server.url, &token, "/api/v1/communities", &body).expect("a community is founded").0;
    assert_eq!(status, 201);
    server.kill();
    token
}

/// Status and id of what was made; None when no answer came.
#[allow(clippy::disallowed_methods)]
pub(crate) fn post(url: &str, token: &str, path: &str, body: &serde_json::Value) -> Option<(u16, String)> {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(std::time::Duration::from_secs(5))).build().new_agent();
    let mut answer = agent.post(format!("{url}{path}")).header("authorization", &format!("Bearer {token}")).send_json(body).ok()?;
    let status = answer.status().as_u16();
    let read: serde_json::Value = answer.body_mut().read_json().ok()?;
    Some((status, read["id"].as_str().unwrap_or_default().to_owned()))
}

pub(crate) fn writer(url: String, token: String, stop: Arc<AtomicBool>, said: Arc<Mutex<Vec<String>>>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        while !stop.load(Ordering::SeqCst) {
            let body = serde_json::json!({"words": "a word that is not lost"});
            match post(&url, &token, "/api/v1/communities/night-handovers/contributions", &body) {
                Some((201, id)) => said.lock().unwrap().push(id),
                Some((status, _)) => assert!(status == 503, "{status}"),
                None => return,
            }
        }
    })
}

pub(crate) fn stored(database: &Path) -> std::collections::HashSet<String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let opened = tacit::house::open_place(&kernel::db::Place::Sqlite(database.to_owned()), "test", kernel::Blobs::at("", 0)).await.unwrap();
        let rows = opened.house.db.query("select id from contribution", kernel::vals![]).await.unwrap();
        let ids = rows.into_iter().map(|mut r| r.take::<i64>().unwrap().to_string()).collect();
        let found = tacit::verify::verify(&opened.house, |_| {}).await.unwrap();
        assert!(found.is_good(), "{:?}", found.tables);
        opened.close().await;
        ids
    })
}

#[test]
fn killed_fifty_times_while_writing_nothing_acknowledged_is_lost() {
    let data = folder("kill");
    let token = settle(&data);
    let said = Arc::new(Mutex::new(Vec::new()));
    for cycle in 0..50 {
        let server = Server::start(&data);
        let stop = Arc::new(AtomicBool::new(false));
        let before = said.lock().unwrap().len();
        let writers: Vec<_> = (0..4).map(|_| writer(server.url.clone(), token.clone(), stop.clone(), said.clone())).collect();
        // In the midst of it: after a few were acknowledged, another number each time.
        while said.lock().unwrap().len() < before + 5 + cycle % 7 {
            std::thread::yield_now();
        }
        server.kill();
        stop.store(true, Ordering::SeqCst);
        writers.into_iter().for_each(|w| w.join().unwrap());
    }
    let acknowledged = said.lock().unwrap().clone();
    let there = stored(&data.join("tacit.db"));
    let lost: Vec<_> = acknowledged.iter().filter(|id| !there.contains(*id)).collect();
    assert!(lost.is_empty(), "{} of {} lost", lost.len(), acknowledged.len());
    assert!(acknowledged.len() >= 250, "{}", acknowledged.len());
    eprintln!("50 kills, {} acknowledged, 0 lost", acknowledged.len());
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn a_backup_taken_under_load_restores_and_verifies() {
    let data = folder("backup");
    let token = settle(&data);
    std::fs::create_dir_all(data.join("files")).unwrap();
    std::fs::write(data.join("files/attachment"), b"bytes of a file").unwrap();
    let server = Server::start(&data);
    let (stop, said) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
    let writers: Vec<_> = (0..4).map(|_| writer(server.url.clone(), token.clone(), stop.clone(), said.clone())).collect();
    while said.lock().unwrap().len() < 40 {
        std::thread::yield_now();
    }
    let until_then = said.lock().unwrap().clone();
    let backup = data.join("backup");
    tacit(&data, &["backup", backup.to_str().unwrap()], "");
    stop.store(true, Ordering::SeqCst);
    writers.into_iter().for_each(|w| w.join().unwrap());
    let verified = tacit(&data, &["restore", "--verify", backup.to_str().unwrap()], "");
    assert!(verified.starts_with("good:"), "{verified}");
    let refused = Command::new(TACIT).args(["restore", "--yes"]).arg(&backup).arg("--data").arg(&data).output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "not while the server runs");
    server.kill();
    let fresh = folder("restored");
    tacit(&fresh, &["restore", "--yes", backup.to_str().unwrap()], "");
    let there = stored(&fresh.join("tacit.db"));
    assert!(until_then.iter().all(|id| there.contains(id)), "what was acknowledged before the backup is in it");
    assert_eq!(std::fs::read(fresh.join("files/attachment")).unwrap(), b"bytes of a file");
    std::fs::write(backup.join("files/attachment"), b"other bytes").unwrap();
    let damaged = Command::new(TACIT).args(["restore", "--verify"]).arg(&backup).arg("--data").arg(&data).output().unwrap();
    assert_eq!(damaged.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&damaged.stderr).contains("not as it was backed up"));
    std::fs::remove_dir_all(data).unwrap();
    std::fs::remove_dir_all(fresh).unwrap();
}

#[test]
fn a_stopped_server_has_answered_what_it_took_and_starts_again() {
    let data = folder("stop");
    let token = settle(&data);
    let server = Server::start(&data);
    let (stop, said) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
    let writers: Vec<_> = (0..4).map(|_| writer(server.url.clone(), token.clone(), stop.clone(), said.clone())).collect();
    while said.lock().unwrap().len() < 20 {
        std::thread::yield_now();
    }
    let pid = server.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let mut server = server;
    assert!(server.child.wait().unwrap().success());
    stop.store(true, Ordering::SeqCst);
    writers.into_iter().for_each(|w| w.join().unwrap());
    let there = stored(&data.join("tacit.db"));
    assert!(said.lock().unwrap().iter().all(|id| there.contains(id)));
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn wrong_commands_say_one_line_and_exit_with_two() {
    let data = folder("wrong");
    let cases: [(&[&str], &str, &str); 11] = [
        (&["person", "add", "A!", "--name", "x", "--password-stdin"], "a quiet sentence", "handle:"),
        (&["person", "add", "ada", "--name", "x", "--password-stdin"], "short", "password:"),
        (&["token", "new", "nobody"], "", "nobody here has the handle"),
        (&["token", "new", "ada", "--scope", "all"], "", "a scope is read or write"),
        (&["restore", "--verify", "/nowhere"], "", "is no backup"),
        (&["whoami", "--server", "http://127.0.0.1:9", "--token", "x"], "", "cannot be reached"),
        (&["narrate", "hello", "--server", "http://127.0.0.1:9"], "", "you are not signed in"),
        (&["reply", "../me", "x", "--server", "http://127.0.0.1:9", "--token", "x"], "", "is no number"),
        (&["join", "a/b", "--server", "http://127.0.0.1:9", "--token", "x"], "", "is no community's address"),
        (&["read", "--server", "ftp://x"], "", "is no address of a server"),
        (&["queue", "drop", "abcdef"], "", "nothing that waits has this id"),
    ];
    for (args, input, says) in cases {
        let mut child = Command::new(TACIT)
            .args(args)
            .arg("--data")
            .arg(&data)
            .env("XDG_CONFIG_HOME", &data)
            .env("XDG_STATE_HOME", &data)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let out = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(says) && said.trim().lines().count() == 1, "{args:?}: {said}");
    }
    std::fs::remove_dir_all(data).unwrap();
}
