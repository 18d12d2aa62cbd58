//! A disk that fails: power is lost, a flush or a write fails, there is no room. What was acknowledged is never lost,
//! what cannot be kept is refused with a sentence, reading goes on, and writing resumes by itself.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::durability::{Server, folder, post, settle, stored};

/// The failing disk, compiled once (see faults.c).
fn shim() -> &'static Path {
    static SHIM: OnceLock<PathBuf> = OnceLock::new();
    SHIM.get_or_init(|| {
        let made = folder("faults").join("faults.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/faults.c");
        let done = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&made).arg(source).args(["-ldl", "-lpthread"]).status();
        assert!(done.expect("a C compiler: apt-get install gcc libc6-dev").success());
        made
    })
}

struct Disk {
    data: PathBuf,
    mode: PathBuf,
    token: String,
}

impl Disk {
    fn new(name: &str) -> Self {
        let data = folder(name);
        let token = settle(&data);
        let mode = data.join("mode");
        std::fs::write(&mode, "o").unwrap();
        Self { data, mode, token }
    }

    fn set(&self, mode: &str) {
        std::fs::write(&self.mode, mode).unwrap();
    }

    fn serve(&self) -> Server {
        Server::start_with(&self.data, &[("LD_PRELOAD", shim()), ("FAULT", &self.mode)])
    }

    fn say(&self, server: &Server) -> Option<(u16, String)> {
        let body = serde_json::json!({"words": "a word that is not lost"});
        post(&server.url, &self.token, "/api/v1/communities/night-handovers/contributions", &body)
    }

    /// Everything that was not flushed is gone.
    fn lose_power(&self, server: Server) {
        server.kill();
        for name in ["tacit.db", "tacit.db-wal"] {
            let durable = self.data.join(format!("{name}.durable"));
            let file = self.data.join(name);
            if durable.exists() {
                std::fs::rename(durable, file).unwrap();
            } else if name.ends_with("-wal") {
                let _ = std::fs::remove_file(file);
            }
        }
        let _ = std::fs::remove_file(self.data.join("tacit.db-shm"));
    }
}

fn reads(server: &Server) -> bool {
    ureq::get(format!("{}/c/night-handovers", server.url)).call().is_ok_and(|answer| answer.status() == 200)
}

#[test]
fn when_power_is_lost_nothing_acknowledged_is_lost() {
    let disk = Disk::new("power");
    let mut said = Vec::new();
    for cycle in 0..12 {
        disk.set("p");
        let server = disk.serve();
        for _ in 0..10 + cycle {
            let (status, id) = disk.say(&server).unwrap();
            assert_eq!(status, 201);
            said.push(id);
        }
        disk.lose_power(server);
    }
    let there = stored(&disk.data.join("tacit.db"));
    let lost = said.iter().filter(|id| !there.contains(*id)).count();
    assert_eq!(lost, 0, "of {}", said.len());

    // And that this test can fail: a disk that lies loses what it said it had.
    disk.set("l");
    let server = disk.serve();
    let lied: Vec<String> = (0..10).map(|_| disk.say(&server).unwrap().1).collect();
    std::fs::copy(disk.data.join("tacit.db"), disk.data.join("tacit.db.durable")).unwrap();
    disk.lose_power(server);
    let there = stored(&disk.data.join("tacit.db"));
    assert!(lied.iter().any(|id| !there.contains(id)), "a disk that lies must lose something here");
    std::fs::remove_dir_all(&disk.data).unwrap();
}

#[test]
fn a_failing_or_full_disk_refuses_with_a_sentence_reads_go_on_and_it_resumes() {
    for (mode, what) in [("s", "a flush fails"), ("w", "a write fails"), ("f", "the disk is full")] {
        let disk = Disk::new("failing");
        let server = disk.serve();
        let mut said = vec![disk.say(&server).unwrap().1];
        for _ in 0..3 {
            disk.set(mode);
            for _ in 0..5 {
                let (status, _) = disk.say(&server).expect("an answer, not a hang");
                assert_eq!(status, 503, "{what}");
                assert!(reads(&server), "reading goes on while {what}");
            }
            disk.set("o");
            // By itself, without a restart.
            let again = (0..50).find_map(|_| disk.say(&server).filter(|(status, _)| *status == 201));
            said.push(again.unwrap_or_else(|| panic!("writing resumes after {what}")).1);
        }
        server.kill();
        let there = stored(&disk.data.join("tacit.db"));
        assert!(said.iter().all(|id| there.contains(id)), "{what}");
        std::fs::remove_dir_all(&disk.data).unwrap();
    }
}

#[test]
fn what_a_full_disk_refuses_is_said_in_a_sentence() {
    let disk = Disk::new("full");
    let server = disk.serve();
    disk.set("f");
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let mut answer = agent
        .post(format!("{}/api/v1/communities/night-handovers/contributions", server.url))
        .header("authorization", &format!("Bearer {}", disk.token))
        .send_json(serde_json::json!({"words": "no room for this"}))
        .unwrap();
    let problem: serde_json::Value = answer.body_mut().read_json().unwrap();
    assert_eq!(problem["detail"], "Nothing can be saved right now. What you wrote is still in the form; please try again in a minute.");
    server.kill();
    std::fs::remove_dir_all(&disk.data).unwrap();
}
