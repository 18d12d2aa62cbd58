//! A running Tacit with an empty data folder of its own, and its command line.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::{Folder, Running, here, named_by};

/// Everybody's password.
pub const PASSWORD: &str = "a lamp in the window";

/// The sample of `--demo` is large for a debug build on a busy machine.
const FILLING: Duration = Duration::from_secs(60);

pub struct Place {
    pub url: String,
    /// The one-time link that a first run prints.
    pub set_up: String,
    _server: Running,
    data: Folder,
}

impl Place {
    /// Nobody is here yet.
    pub fn empty() -> Self {
        Self::with(&[])
    }

    /// The living sample.
    pub fn demo() -> Self {
        Self::with(&["--demo"])
    }

    fn with(flags: &[&str]) -> Self {
        let data = Folder::new("data");
        let mut serve = tacit(&data);
        serve.args(["serve", "--listen", "127.0.0.1:0", "--limits", "off"]).args(flags);
        let server = Running::start(&mut serve);
        let lines = server.until("Tacit is at ", FILLING);
        let url = lines.last().and_then(|line| line.strip_prefix("Tacit is at ")).expect("an address").to_owned();
        let set_up = lines.into_iter().find(|line| line.contains("/set-up/")).unwrap_or_default();
        Self { url, set_up, _server: server, data }
    }

    /// Adds an account on the machine.
    pub fn add(&self, handle: &str, name: &str) {
        self.adds(handle, name, &[]);
    }

    /// Somebody who reads what is reported to nobody else.
    pub fn add_operator(&self, handle: &str, name: &str) {
        self.adds(handle, name, &["--operator"]);
    }

    fn adds(&self, handle: &str, name: &str, more: &[&str]) {
        let mut add = tacit(&self.data);
        add.args(["person", "add", handle, "--name", name, "--password-stdin"]).args(more).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = add.spawn().expect("tacit person add starts");
        child.stdin.take().expect("its standard input is piped").write_all(PASSWORD.as_bytes()).expect("it reads the password");
        assert!(child.wait().expect("it ends").success(), "tacit person add {handle} failed");
    }

    pub fn token(&self, handle: &str) -> String {
        let mut new = tacit(&self.data);
        said(new.args(["token", "new", handle, "--scope", "read,write"])).lines().last().unwrap_or_default().to_owned()
    }

    /// `tacit narrate`, from where the work is. Answers the path of the conversation that it began.
    pub fn narrate(&self, token: &str, args: &[&str]) -> String {
        let mut narrate = tacit(&self.data);
        let said = said(narrate.arg("narrate").args(["--server", &self.url, "--token", token]).args(args));
        said.trim().strip_prefix("Said: ").and_then(|url| url.strip_prefix(&self.url)).expect("an address on this place").to_owned()
    }
}

/// Somebody's command line, with a home of its own.
pub struct Terminal {
    home: Folder,
    url: String,
}

/// `tacit login` that waits for its code to be confirmed.
pub struct Login {
    pub code: String,
    program: Running,
}

impl Place {
    pub fn terminal(&self) -> Terminal {
        Terminal { home: Folder::new("home"), url: self.url.clone() }
    }
}

impl Terminal {
    fn command(&self, args: &[&str]) -> Command {
        let mut command = tacit(&self.home);
        command.args(args).env("TACIT_SERVER", &self.url).env_remove("TACIT_TOKEN").stdin(Stdio::null());
        command
    }

    pub fn says(&self, args: &[&str]) -> String {
        said(&mut self.command(args))
    }

    /// What it says when it does not do it.
    pub fn fails(&self, args: &[&str]) -> String {
        let output = self.command(args).output().expect("tacit starts");
        assert!(!output.status.success(), "{args:?} was done");
        String::from_utf8(output.stderr).expect("what it says is text")
    }

    pub fn begin_to_sign_in(&self) -> Login {
        let program = Running::start(&mut self.command(&["login", "--name", "a machine of Ada's"]));
        let lines = program.until("Waiting for you to confirm", Duration::from_secs(10));
        let code = lines.iter().map(|l| l.trim()).find(|l| l.len() == 9 && l.contains('-')).expect("a code").to_owned();
        Login { code, program }
    }
}

impl Login {
    pub fn ends_well(self) {
        self.program.until("You are @", Duration::from_secs(20));
    }
}

fn tacit(data: &Folder) -> Command {
    let program = named_by("TACIT_BIN", here().join("../target/debug/tacit"));
    assert!(program.is_file(), "There is no program at {}: run `cargo build`, or say in TACIT_BIN where it is.", absolute(program).display());
    let mut command = Command::new(program);
    command.arg("--data").arg(&data.0).env("TACIT_LOG", "error").env("XDG_CONFIG_HOME", &data.0).env("XDG_STATE_HOME", &data.0);
    command
}

fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

fn said(command: &mut Command) -> String {
    let output = command.stderr(Stdio::inherit()).output().expect("tacit starts");
    assert!(output.status.success(), "{command:?} failed: {}", output.status);
    String::from_utf8(output.stdout).expect("what it says is text")
}
