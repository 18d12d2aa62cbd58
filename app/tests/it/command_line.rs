//! The command line against a real server: signing in by a code, reading and saying, and lines that wait for a server that is
//! away, also when it goes in the worst moment.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::durability::{Server, TACIT, folder, settle, tacit};

/// Somebody's terminal, with a home of its own.
struct Terminal {
    home: PathBuf,
    server: String,
    token: Option<String>,
}

impl Terminal {
    fn new(server: &str, token: Option<&str>) -> Self {
        Self { home: folder("home"), server: server.into(), token: token.map(str::to_owned) }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(TACIT);
        command.args(args).env("XDG_CONFIG_HOME", self.home.join("config")).env("XDG_STATE_HOME", self.home.join("state"));
        command.env("TACIT_SERVER", &self.server).env("NO_COLOR", "1").env_remove("EDITOR").env_remove("VISUAL").stdin(Stdio::null());
        match &self.token {
            Some(token) => command.env("TACIT_TOKEN", token),
            None => command.env_remove("TACIT_TOKEN"),
        };
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    fn says(&self, args: &[&str]) -> String {
        let out = self.run(args);
        assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }

    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.says(&[args, &["--json"]].concat())).unwrap()
    }

    fn refused(&self, args: &[&str]) -> String {
        let out = self.run(args);
        assert_eq!(out.status.code(), Some(2), "{args:?}: {}", String::from_utf8_lossy(&out.stdout));
        String::from_utf8(out.stderr).unwrap()
    }

    /// What was said where somebody belongs, oldest first.
    fn stream(&self) -> Vec<String> {
        let list = self.json(&["read", "night-handovers"]);
        list["items"].as_array().unwrap().iter().rev().map(|s| s["words"].as_str().unwrap().to_owned()).collect()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.home);
    }
}

/// An address where a server can be started again and again.
fn free() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

fn start(data: &Path, at: &str) -> Server {
    Server::start_by(data, &["--listen", at, "--limits", "off"])
}

fn once_each(said: &[String]) -> bool {
    let mut times = BTreeMap::new();
    said.iter().for_each(|s| *times.entry(s).or_insert(0) += 1);
    times.values().all(|n| *n == 1)
}

#[test]
fn lines_said_while_the_server_is_away_go_later_in_order_and_once() {
    let (data, at) = (folder("away"), free());
    let token = settle(&data);
    let ada = Terminal::new(&format!("http://{at}"), Some(&token));
    let server = start(&data, &at);
    assert!(ada.says(&["narrate", "-c", "night-handovers", "the first"]).starts_with("Said: http"));
    server.kill();
    for line in ["the second", "the third", "the fourth"] {
        let kept = ada.says(&["narrate", "-c", "night-handovers", line]);
        assert!(kept.starts_with("Kept here") && kept.contains("cannot be reached"), "{kept}");
    }
    assert_eq!(ada.json(&["queue"])["waiting"].as_array().unwrap().len(), 3);
    let _server = start(&data, &at);
    assert!(ada.says(&["queue", "send"]).starts_with("Said: 3."), "{}", ada.says(&["queue"]));
    assert!(ada.says(&["queue", "send"]).starts_with("Nothing waits"));
    assert_eq!(ada.stream(), ["the first", "the second", "the third", "the fourth"]);
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn what_waited_goes_with_the_next_command_and_before_what_is_said_next() {
    let (data, at) = (folder("next"), free());
    let token = settle(&data);
    let ada = Terminal::new(&format!("http://{at}"), Some(&token));
    ada.says(&["narrate", "-c", "night-handovers", "one"]);
    let server = start(&data, &at);
    let out = ada.run(&["whoami"]);
    assert!(String::from_utf8_lossy(&out.stderr).contains("a line that waited was said"));
    server.kill();
    ada.says(&["narrate", "-c", "night-handovers", "two"]);
    let _server = start(&data, &at);
    assert!(ada.says(&["narrate", "-c", "night-handovers", "three"]).starts_with("Said"));
    assert_eq!(ada.stream(), ["one", "two", "three"]);
    std::fs::remove_dir_all(data).unwrap();
}

/// Stands between, and lets the server's answers get lost after the server has done what was asked.
fn lossy(to: String) -> (String, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (at, lose) = (listener.local_addr().unwrap().to_string(), Arc::new(AtomicBool::new(true)));
    let losing = lose.clone();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let mut server = TcpStream::connect(&to).unwrap();
            let (mut from, mut up) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut from, &mut up));
            if losing.load(Ordering::SeqCst) {
                let mut answer = [0u8; 64];
                let _ = server.read(&mut answer); // it is done: the answer has begun
                let _ = client.shutdown(std::net::Shutdown::Both);
            } else {
                std::thread::spawn(move || std::io::copy(&mut server, &mut client));
            }
        }
    });
    (at, lose)
}

#[test]
fn an_answer_that_is_lost_after_the_commit_makes_nothing_said_twice() {
    let (data, at) = (folder("lost"), free());
    let token = settle(&data);
    let _server = start(&data, &at);
    let (between, lose) = lossy(at);
    let ada = Terminal::new(&format!("http://{between}"), Some(&token));
    assert!(ada.says(&["narrate", "-c", "night-handovers", "said once"]).starts_with("Kept here"));
    assert!(ada.says(&["narrate", "-c", "night-handovers", "and then this"]).starts_with("Kept here, and goes after 1 other"));
    assert!(ada.says(&["queue", "send"]).starts_with("Said: 0."));
    lose.store(false, Ordering::SeqCst);
    assert!(ada.says(&["queue", "send"]).starts_with("Said: 2."));
    assert_eq!(ada.stream(), ["said once", "and then this"]);
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn several_programs_at_once_neither_lose_a_line_nor_say_it_twice() {
    let (data, at) = (folder("several"), free());
    let token = settle(&data);
    let ada = Terminal::new(&format!("http://{at}"), Some(&token));
    for n in 0..5 {
        ada.says(&["narrate", "-c", "night-handovers", &format!("waited {n}")]);
    }
    let _server = start(&data, &at);
    let running: Vec<Child> = (0..6)
        .map(|n| {
            let line = format!("at once {n}");
            let mut command = if n % 3 == 2 { ada.command(&["queue", "send"]) } else { ada.command(&["narrate", "-c", "night-handovers", &line]) };
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for child in running {
        let out = child.wait_with_output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }
    let said = ada.stream();
    assert!(said.len() == 9 && once_each(&said), "{said:?}");
    assert_eq!(said[..5], (0..5).map(|n| format!("waited {n}")).collect::<Vec<_>>());
    assert_eq!(ada.json(&["queue"])["waiting"].as_array().unwrap().len(), 0);
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn a_line_that_is_refused_is_kept_with_its_reason_and_holds_no_other_up() {
    let (data, at) = (folder("refused"), free());
    let token = settle(&data);
    let ada = Terminal::new(&format!("http://{at}"), Some(&token));
    ada.says(&["narrate", "-c", "nowhere", "into nothing"]);
    ada.says(&["narrate", "-c", "night-handovers", "after it"]);
    let _server = start(&data, &at);
    assert!(ada.says(&["queue", "send"]).starts_with("Said: 1. Refused and kept: 1."));
    assert!(ada.refused(&["narrate", "-c", "nowhere", "and again"]).contains("Your words are kept"));
    let kept = ada.json(&["queue"])["refused"].as_array().unwrap().clone();
    assert_eq!(kept.iter().map(|k| k["body"]["words"].as_str().unwrap()).collect::<Vec<_>>(), ["into nothing", "and again"]);
    let id = &kept[0]["key"].as_str().unwrap()[..8];
    assert!(ada.says(&["queue", "send", "--again", id]).contains("Refused and kept: 1."));
    ada.says(&["queue", "drop", id]);
    ada.says(&["queue", "drop", "--all"]);
    assert!(ada.says(&["queue"]).starts_with("Nothing waits."));
    assert_eq!(ada.stream(), ["after it"]);
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn a_line_that_waits_goes_as_the_person_who_said_it_and_as_nobody_else() {
    let (data, at) = (folder("person"), free());
    let token = settle(&data);
    tacit(&data, &["person", "add", "bo", "--name", "Bo", "--password-stdin"], "a quiet sentence\n");
    let bos = tacit(&data, &["token", "new", "bo"], "").lines().last().unwrap().to_owned();
    let mut terminal = Terminal::new(&format!("http://{at}"), Some(&token));
    terminal.says(&["narrate", "what ada said"]);
    let _server = start(&data, &at);
    terminal.token = Some(bos);
    terminal.says(&["whoami"]);
    assert!(terminal.says(&["queue", "send"]).starts_with("Nothing waits for you here. 1 waiting for another sign-in or server"));
    terminal.token = Some("ended".into());
    assert!(terminal.refused(&["narrate", "who am I"]).contains("Your words are kept and go then"));
    terminal.token = Some(token);
    assert!(terminal.says(&["queue", "send"]).starts_with("Said: 1."));
    assert_eq!(terminal.json(&["read"])["items"][0]["author"]["handle"], "ada");
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn something_that_is_not_tacit_answers_nothing_for_it() {
    let gate = TcpListener::bind("127.0.0.1:0").unwrap();
    let ada = Terminal::new(&format!("http://{}", gate.local_addr().unwrap()), Some("x"));
    std::thread::spawn(move || {
        for (n, mut client) in gate.incoming().flatten().enumerate() {
            let mut asked = [0u8; 4096];
            let _ = client.read(&mut asked);
            let page = "<html>Welcome to the hotel</html>";
            let status = ["200 OK", "302 Found\r\nLocation: http://127.0.0.1:1/", "404 Not Found"][n % 3];
            let _ = write!(client, "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}", page.len());
            // What is not read yet would cut the answer off.
            let _ = client.shutdown(std::net::Shutdown::Write);
            let _ = std::io::copy(&mut client, &mut std::io::sink());
        }
    });
    for n in 1..=3 {
        assert!(ada.says(&["narrate", "on the way"]).contains("not as Tacit does"));
        assert_eq!(ada.json(&["queue"])["waiting"].as_array().unwrap().len(), n);
    }
}

#[allow(clippy::disallowed_methods)]
fn browser() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().new_agent()
}

fn confirm(url: &str, code: &str, answer: &str) {
    let agent = browser();
    let form = |path: &str, cookie: &str, fields: &[(&str, &str)]| {
        let request = agent.post(format!("{url}{path}")).header("sec-fetch-site", "same-origin").header("cookie", cookie);
        request.send_form(fields.iter().copied()).unwrap()
    };
    let signed_in = form("/sign-in", "", &[("handle", "ada"), ("password", "a quiet sentence")]);
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let done = form("/device", &cookie, &[("code", code), ("answer", answer)]);
    assert_eq!(done.headers()["location"], format!("/device?done={answer}"));
}

/// Signs in; answers what the browser is told, and the last line.
fn login(terminal: &Terminal, answer: &str) -> Output {
    let mut child = terminal.command(&["login", "--json", "--name", "laptop"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut first).unwrap();
    let asked: Value = serde_json::from_str(&first).unwrap();
    confirm(&terminal.server, asked["user_code"].as_str().unwrap(), answer);
    child.wait_with_output().unwrap()
}

#[test]
fn a_person_signs_in_by_a_code_and_reads_says_joins_and_leaves_from_the_terminal() {
    let (data, at) = (folder("login"), free());
    settle(&data);
    let server = start(&data, &at);
    let ada = Terminal::new(&server.url, None);
    assert!(ada.refused(&["whoami"]).contains("tacit login http://"));
    let refused = login(&ada, "refuse");
    assert!(refused.status.code() == Some(2) && String::from_utf8_lossy(&refused.stderr).contains("was refused in the browser"));
    let done = login(&ada, "confirm");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let places = ada.home.join("config/tacit/places.toml");
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&places).unwrap().permissions()) & 0o777, 0o600);
    assert_eq!(ada.says(&["whoami"]), format!("Ada @ada at {}\n", server.url));
    assert!(ada.says(&["communities", "--mine"]).contains("night-handovers  Night handovers (open, you are a steward)"));
    let said = ada.json(&["narrate", "-c", "night-handovers", "--for", "open", "The red pen."]);
    let id = said["id"].as_str().unwrap();
    assert!(ada.says(&["reply", id, "Ours", "does,", "too."]).contains(&format!("/conversations/{id}#r")));
    let changed = ada.json(&["changed", "I use the red pen.", "--was", "I used any", "--because", id, "--because", "https://example.org/pens On pens"]);
    assert_eq!((&changed["audience"], &changed["because"][0]["id"], &changed["because"][1]["title"]), (&"me".into(), &id.into(), &"On pens".into()));
    assert!(ada.says(&["changed", "I ask."]).starts_with("Told, for you alone: http"));
    assert!(ada.refused(&["changed", "I ask.", "--because", "77"]).contains("This cause is not here"));
    assert!(ada.says(&["queue"]).contains("I ask.") && ada.says(&["queue", "drop", "--all"]).starts_with("Dropped: 1"));
    let read = ada.says(&["read", id]);
    assert!(read.contains("Ours does, too.") && !read.contains('\u{1b}') && read.lines().all(|l| l.chars().count() <= 80), "{read}");
    assert!(ada.refused(&["reply", id]).contains("there are no words to say"));
    assert!(ada.says(&["leave", "night-handovers"]).starts_with("You left"));
    assert!(ada.says(&["communities", "--mine"]).starts_with("You are a member of no community"));
    assert!(ada.says(&["join", "night-handovers", "--why", "I came back"]).starts_with("You are a member of night-handovers"));
    let token = std::fs::read_to_string(&places).unwrap().lines().find_map(|l| l.strip_prefix("token = ")).unwrap().trim_matches('"').to_owned();
    assert!(ada.says(&["logout"]).starts_with("Signed out"));
    assert!(ada.refused(&["whoami"]).contains("you are not signed in"));
    assert!(Terminal::new(&server.url, Some(&token)).refused(&["whoami"]).contains("(any more)"), "the token ended on the server, too");
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn every_verb_is_completed_and_has_its_page() {
    let nobody = Terminal::new("http://127.0.0.1:9", None);
    for shell in ["bash", "zsh", "fish"] {
        assert!(["narrate", "login", "doctor"].iter().all(|verb| nobody.says(&["completions", shell]).contains(verb)), "{shell}");
    }
    assert!(nobody.says(&["man"]).starts_with(".ie") && nobody.says(&["man", "read"]).contains("tacit read handing\\-over"));
    let pages = nobody.home.join("man");
    nobody.says(&["man", "--into", pages.to_str().unwrap()]);
    for page in ["tacit.1", "tacit-narrate.1", "tacit-person-add.1"] {
        assert!(pages.join(page).exists(), "{page}");
    }
}

#[test]
fn figures_are_served_on_their_own_address_and_name_no_person_and_no_thing() {
    let (data, figures) = (folder("figures"), free());
    let token = settle(&data);
    let server = Server::start_by(&data, &["--listen", "127.0.0.1:0", "--metrics", &figures]);
    let ada = Terminal::new(&server.url, Some(&token));
    let said = ada.json(&["narrate", "-c", "night-handovers", "counted"]);
    ada.says(&["read", said["id"].as_str().unwrap()]);
    let asked = |url: &str| browser().get(url).call().unwrap();
    assert_eq!(asked(&format!("{}/metrics", server.url)).status(), 404);
    let text = asked(&format!("http://{figures}/metrics")).body_mut().read_to_string().unwrap();
    for line in [
        "tacit_http_requests_total{method=\"POST\",route=\"/api/v1/narrations\",status=\"201\"} 1",
        "tacit_http_request_seconds_count{method=\"GET\",route=\"/api/v1/contributions/{id}\"} 1",
        "tacit_rate_limited_total{class=\"sign_in\"} 0",
        "tacit_build_info{version=\"0.1.0\",engine=\"sqlite\"} 1",
        "tacit_journal_lag 0",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(text.contains("tacit_db_commit_seconds_bucket{le=\"0.005\"}") && text.contains("process_open_fds"));
    assert!(!text.contains(said["id"].as_str().unwrap()) && !text.contains("ada") && !text.contains("night-handovers"));
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        let (_, value) = line.rsplit_once(' ').unwrap();
        assert!(value.parse::<f64>().is_ok(), "{line}");
    }
    std::fs::remove_dir_all(data).unwrap();
}

/// A proxy that names the client to who does not believe it, and hands an answer on when it has all of it.
fn misleading(to: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let to = to.clone();
            std::thread::spawn(move || {
                let mut asked = vec![0u8; 8192];
                let n = client.read(&mut asked).unwrap();
                let asked = String::from_utf8_lossy(&asked[..n]).replacen("\r\n", "\r\nX-Forwarded-For: 203.0.113.7\r\nConnection: close\r\n", 1);
                let mut server = TcpStream::connect(to).unwrap();
                server.write_all(asked.as_bytes()).unwrap();
                let mut answer = Vec::new();
                let _ = server.read_to_end(&mut answer);
                let _ = client.write_all(&answer);
            });
        }
    });
    at
}

#[test]
fn the_doctor_finds_what_is_wrong_on_the_way_to_a_running_place() {
    let (data, at) = (folder("doctor"), free());
    settle(&data);
    let _server = start(&data, &at);
    let looks = |data: &Path, url: &str| -> Vec<String> {
        let out = Command::new(TACIT).args(["doctor", "--json", "--url", url, "--data"]).arg(data).env("TACIT_LOG", "error").output().unwrap();
        let found: Value = serde_json::from_slice(&out.stdout).unwrap();
        assert_eq!(out.status.code(), Some(if found["good"] == true { 0 } else { 1 }));
        let found = found["findings"].as_array().unwrap().iter().filter(|f| f["good"] == false);
        found.map(|f| format!("{}: {}", f["about"].as_str().unwrap(), f["what"].as_str().unwrap())).filter(|l| !l.starts_with("files") && !l.starts_with("disk")).collect()
    };
    let url = format!("http://{at}");
    assert_eq!(looks(&data, &url), ["operators: nobody is an operator yet"]);
    tacit(&data, &["person", "add", "boss", "--name", "Boss", "--operator", "--password-stdin"], "a quiet sentence\n");
    assert!(looks(&data, &url).is_empty());
    let behind = looks(&data, &format!("http://{}", misleading(at)));
    assert!(behind.len() == 2 && behind[0].contains("is not believed") && behind[1].contains("holds live pages back"), "{behind:?}");
    let elsewhere = folder("elsewhere");
    tacit(&elsewhere, &["person", "add", "boss", "--name", "Boss", "--operator", "--password-stdin"], "a quiet sentence\n");
    assert!(looks(&elsewhere, &url)[0].contains("another place answers"));
    std::fs::remove_dir_all(data).unwrap();
    std::fs::remove_dir_all(elsewhere).unwrap();
}
