//! The program under measurement: started on a throwaway folder, looked at through /proc.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::client::get;

pub const PASSWORD: &str = "a quiet sentence";

pub struct Program {
    binary: String,
    folder: PathBuf,
    child: Child,
    pub port: u16,
    pub started_in: Duration,
}

impl Program {
    /// The second start is measured: the first one makes the schema.
    pub fn start(binary: &str) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("tacit-bench-{}", std::process::id()));
        Self::run(binary, folder)?.again(|_| Ok(()))
    }

    /// Stops, has something done to its folder, and starts.
    pub fn again(self, between: impl FnOnce(&Path) -> Result<()>) -> Result<Self> {
        let binary = self.binary.clone();
        let folder = self.stop()?;
        between(&folder)?;
        Self::run(&binary, folder)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn run(binary: &str, folder: PathBuf) -> Result<Self> {
        let from = Instant::now();
        let mut child = Command::new(binary)
            .args(["serve", "--listen", "127.0.0.1:0", "--limits", "off", "--data"])
            .arg(&folder)
            .env("TACIT_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{binary} does not start"))?;
        let out = child.stdout.take().context("no output")?;
        let said = BufReader::new(out).lines().map_while(Result::ok).find_map(|l| l.strip_prefix("Tacit is at ").map(str::to_owned));
        let port = said.and_then(|url| url.rsplit(':').next()?.parse().ok()).context("the program did not say where it is")?;
        get(port, "/healthz", &[])?;
        Ok(Self { binary: binary.to_owned(), folder, child, port, started_in: from.elapsed() })
    }

    fn stop(mut self) -> Result<PathBuf> {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        self.child.wait()?;
        Ok(std::mem::take(&mut self.folder))
    }

    /// Adds a person; their token.
    pub fn person(&self, handle: &str) -> Result<String> {
        let mut add = Command::new(&self.binary)
            .args(["person", "add", handle, "--name", handle, "--password-stdin", "--data"])
            .arg(&self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        add.stdin.take().context("no input")?.write_all(PASSWORD.as_bytes())?;
        add.wait()?;
        let made = Command::new(&self.binary).args(["token", "new", handle, "--data"]).arg(&self.folder).output()?;
        Ok(String::from_utf8_lossy(&made.stdout).lines().last().context("no token")?.to_owned())
    }

    pub fn resident_mib(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").trim().parse::<f64>()? / 1024.0)
    }

    /// Processor time so far, user and system. /proc counts hundredths of a second.
    pub fn cpu(&self) -> Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let after = stat.rsplit(") ").next().context("no stat")?;
        let ticks: u64 = after.split(' ').skip(11).take(2).map(|t| t.parse::<u64>().unwrap_or(0)).sum();
        Ok(Duration::from_millis(ticks * 10))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !self.folder.as_os_str().is_empty() {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}
