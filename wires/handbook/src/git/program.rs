//! The program `git`, with fixed arguments and settings of ours alone, and the copy that it answers from.

use std::collections::BTreeMap;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::TempDir;

use super::objects::token;
use crate::Problem;

/// One answer of git may take this long; and so long may it wait for questions while pages are brought in.
pub(super) const LONGEST: Duration = Duration::from_secs(15 * 60);
pub(super) const LONGEST_TALK: Duration = Duration::from_secs(12 * 60 * 60);
const MOST_FILES: usize = 1_000_000;

/// What git may not do, whatever a repository says: no hooks, no programs, no network.
const SETTINGS: [&str; 8] = [
    "protocol.allow=never",
    "protocol.file.allow=always",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "gc.auto=0",
    "init.defaultBranch=main",
    "advice.detachedHead=false",
];

/// A bare copy in a folder of its own, gone when this is dropped.
pub(crate) struct Copy {
    folder: TempDir,
    /// The commit that is read as the present.
    pub(super) head: String,
}

impl Copy {
    /// Objects are sent through a pipe and never shared: nothing of the source's settings comes along.
    pub(super) fn of(path: &Path) -> Result<Copy, Problem> {
        let path = std::path::absolute(path).map_err(|e| Problem::Git(e.to_string()))?;
        let folder = tempfile::Builder::new()
            .prefix("tacit-git-")
            .tempdir()
            .map_err(|e| Problem::Git(e.to_string()))?;
        let mut copy = Copy {
            folder,
            head: String::new(),
        };
        let mut clone = copy.command(&[
            "clone",
            "--quiet",
            "--bare",
            "--no-local",
            "--no-hardlinks",
            "--no-tags",
            "--template=",
            "--",
        ]);
        clone.arg(&path).arg(copy.place());
        run(clone)?;
        copy.head = copy.present()?;
        Ok(copy)
    }

    fn place(&self) -> PathBuf {
        self.folder.path().join("copy.git")
    }

    /// What is checked out there; a bundle may not say, and then it is the branch that moved last.
    fn present(&self) -> Result<String, Problem> {
        let known = run(self.answering(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]));
        let found = known.or_else(|_| {
            run(self.answering(&[
                "for-each-ref",
                "--sort=-committerdate",
                "--count=1",
                "--format=%(objectname)",
                "refs/heads",
            ]))
        })?;
        let head = String::from_utf8_lossy(&found).trim().to_owned();
        let is_id = head.len() >= 40 && head.bytes().all(|b| b.is_ascii_hexdigit());
        if is_id {
            Ok(head)
        } else {
            Err(Problem::Git("there is no commit in it".to_owned()))
        }
    }

    /// A command on the copy.
    pub(super) fn answering(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(&[]);
        command.arg("--git-dir").arg(self.place()).args(arguments);
        command
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.env_clear();
        // Only where programs are found is taken from outside.
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command
            .env("HOME", self.folder.path())
            .env("LC_ALL", "C")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_ATTR_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.args(arguments);
        command
    }

    /// The files of the present with their objects and sizes; links and repositories within it are none.
    pub(super) fn files(&self) -> Result<BTreeMap<String, (String, u64)>, Problem> {
        let listing = self.answering(&["ls-tree", "-r", "-z", "-l", "--full-tree", &self.head]);
        let mut run = Running::start(listing, LONGEST)?;
        let mut files = BTreeMap::new();
        while let Some(line) = token(&mut run.out, 16 << 10).map_err(unread)? {
            let text = String::from_utf8_lossy(&line);
            let Some((facts, path)) = text.split_once('\t') else {
                continue;
            };
            let facts: Vec<&str> = facts.split_ascii_whitespace().collect();
            let [mode, "blob", object, size] = facts.as_slice() else {
                continue;
            };
            if mode.starts_with("100") && files.len() < MOST_FILES {
                let size = size.parse().unwrap_or(u64::MAX);
                files.insert(path.to_owned(), ((*object).to_owned(), size));
            }
        }
        run.finish()?;
        Ok(files)
    }
}

pub(super) fn unread(e: std::io::Error) -> Problem {
    Problem::Git(e.to_string())
}

/// All that a command says, which is little.
fn run(command: Command) -> Result<Vec<u8>, Problem> {
    let mut run = Running::start(command, LONGEST)?;
    let mut said = Vec::new();
    (&mut run.out)
        .take(1 << 20)
        .read_to_end(&mut said)
        .map_err(unread)?;
    run.finish()?;
    Ok(said)
}

/// A run of git, ended when its time is over or nobody wants it any more.
pub(super) struct Running {
    child: Arc<Mutex<Child>>,
    pub(super) out: BufReader<ChildStdout>,
    complaint: Option<std::thread::JoinHandle<String>>,
    /// Dropped when it is over, which sends its watch home.
    _watch: Sender<()>,
}

impl Running {
    pub(super) fn start(mut command: Command, longest: Duration) -> Result<Running, Problem> {
        let mut child = command.spawn().map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => Problem::Git(
                "the program git is not installed here, and it is what reads a history".to_owned(),
            ),
            _ => unread(e),
        })?;
        let nothing = || Problem::Git("git could not be listened to".to_owned());
        let out = child.stdout.take().ok_or_else(nothing)?;
        let errors = child.stderr.take().ok_or_else(nothing)?;
        let complaint = std::thread::spawn(move || {
            let mut said = Vec::new();
            let mut errors = errors;
            let _ = (&mut errors).take(4 << 10).read_to_end(&mut said);
            // What is more is read and dropped, so that git does not wait.
            let _ = std::io::copy(&mut errors, &mut std::io::sink());
            String::from_utf8_lossy(&said).trim().to_owned()
        });
        let child = Arc::new(Mutex::new(child));
        let (_watch, over) = channel::<()>();
        let watched = Arc::clone(&child);
        std::thread::spawn(move || {
            if over.recv_timeout(longest) == Err(RecvTimeoutError::Timeout)
                && let Ok(mut child) = watched.lock()
            {
                let _ = child.kill();
            }
        });
        Ok(Running {
            child,
            out: BufReader::with_capacity(1 << 16, out),
            complaint: Some(complaint),
            _watch,
        })
    }

    pub(super) fn input(&self) -> Option<std::process::ChildStdin> {
        self.child.lock().ok()?.stdin.take()
    }

    /// Waits for its end, after all that it said was read.
    pub(super) fn finish(mut self) -> Result<(), Problem> {
        let said = self.complaint.take().and_then(|said| said.join().ok());
        let mut child = self
            .child
            .lock()
            .map_err(|_| Problem::Git("git did not end".to_owned()))?;
        let status = child.wait().map_err(unread)?;
        if status.success() {
            return Ok(());
        }
        Err(Problem::Git(sentence(said.unwrap_or_default())))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(mut child) = self.child.lock() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn sentence(said: String) -> String {
    if said.contains("dubious ownership") {
        return "the repository belongs to another account of this machine, and git does not trust it; make a bundle of it (git bundle create handbook.bundle HEAD) and bring that".to_owned();
    }
    let last = said.lines().rev().find(|line| !line.trim().is_empty());
    match last {
        Some(line) => format!("git said: {}", line.trim()),
        None => "git stopped before its end".to_owned(),
    }
}
