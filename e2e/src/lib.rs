//! What the end-to-end tests stand on: a place of its own, a real browser, and persons who use it.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, clippy::indexing_slicing)] // a test fails by panicking

mod browser;
mod outside;
mod person;
mod place;

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

pub use browser::Browser;
pub use outside::Outside;
pub use person::{Person, all_go};
pub use place::{Login, PASSWORD, Place, Terminal};
pub use thirtyfour::Key;

/// Nothing that a test waits for takes longer than this.
const DEADLINE: Duration = Duration::from_secs(10);
/// How often it looks.
const LOOK: Duration = Duration::from_millis(50);

#[allow(clippy::disallowed_methods)] // tools of the tests, not configuration of the program
fn named_by(variable: &str, otherwise: impl Into<PathBuf>) -> PathBuf {
    std::env::var(variable).map_or_else(|_| otherwise.into(), PathBuf::from)
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A new empty folder that goes with its owner.
struct Folder(PathBuf);

impl Folder {
    fn new(what: &str) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let n = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("tacit-e2e-{}-{n}-{what}", std::process::id()));
        std::fs::create_dir(&path).unwrap_or_else(|why| panic!("{} cannot be made: {why}", path.display()));
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A program that runs beside the test, is heard line by line, and is asked to stop at the end.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        use std::io::BufRead;
        let program = format!("{command:?}");
        let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap_or_else(|why| panic!("{program} does not start: {why}"));
        let out = child.stdout.take().expect("its standard output is piped");
        let (said, lines) = channel();
        std::thread::spawn(move || std::io::BufReader::new(out).lines().map_while(Result::ok).for_each(|line| drop(said.send(line))));
        Self { child, lines }
    }

    /// All lines up to the first that has `words`, which is the last of them.
    fn until(&self, words: &str, patience: Duration) -> Vec<String> {
        let end = Instant::now() + patience;
        let mut heard = Vec::new();
        loop {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => heard.push(line),
                Err(why) => panic!("waited for a line with \"{words}\" ({why}), heard: {heard:#?}"),
            }
            if heard.last().is_some_and(|line| line.contains(words)) {
                return heard;
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status();
        let end = Instant::now() + DEADLINE;
        while matches!(self.child.try_wait(), Ok(None)) {
            if Instant::now() > end {
                let _ = self.child.kill();
            }
            std::thread::sleep(LOOK);
        }
    }
}
