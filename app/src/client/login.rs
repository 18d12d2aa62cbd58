//! `tacit login`, `logout`, `whoami`: a code is shown here and confirmed in the browser (in the spirit of RFC 8628), so that no
//! password is typed into a terminal.

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::Args;
use serde_json::{Value, json};

use super::home::{Place, Places};
use super::paper::clean;
use super::server::{Account, Answer, address, is_bare};
use super::{Said, To, paper, print};

pub const EXAMPLES: &str = "Examples:
  tacit login https://tacit.example.org
  tacit login https://tacit.example.org --read-only     it may read, and say nothing

You may be signed in at several servers. The last one is meant when none is named; another one is
--server URL, or TACIT_SERVER. Programs without a browser take a token: TACIT_TOKEN.";

#[derive(Args, Clone, Debug)]
pub struct Login {
    /// Where to sign in; left out, where you were signed in last
    #[arg(value_name = "URL", env = "TACIT_SERVER")]
    server: Option<String>,
    /// It may read, and neither say nor change anything
    #[arg(long)]
    read_only: bool,
    /// What you will recognise this machine by, on the page and among your tokens
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Print what happens as JSON, one object a line
    #[arg(long)]
    json: bool,
}

#[derive(Args, Clone, Debug)]
pub struct Logout {
    /// Forget the token here also when the server cannot be told
    #[arg(long)]
    here_only: bool,
    #[command(flatten)]
    pub to: To,
}

#[derive(Args, Clone, Debug)]
pub struct Whoami {
    #[command(flatten)]
    pub to: To,
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn machine() -> String {
    rustix::system::uname().nodename().to_string_lossy().chars().filter(|c| !c.is_control()).take(80).collect()
}

pub fn login(it: &Login) -> Result<()> {
    let server = match &it.server {
        Some(typed) => address(typed)?,
        None => Account::of(&To::default())?.server,
    };
    if is_bare(&server) {
        eprintln!("tacit: {server} is without https: whoever is on the way can read along and act as you");
    }
    let stranger = Account::stranger(&server);
    let scopes = if it.read_only { "read" } else { "read,write" };
    let asked = stranger.must("POST", "/api/v1/device", Some(&json!({"name": it.name.clone().unwrap_or_else(machine), "scopes": scopes})))?;
    tell(it, &asked);
    let token = wait(&stranger, &asked)?;
    let me = Account { token: Some(token.clone()), ..stranger.clone() }.must("GET", "/api/v1/me", None)?;
    let mut places = Places::read()?;
    if let Some(before) = places.at(&server) {
        // The token of before is not needed any more: nobody should find it working later.
        let before = Account { token: Some(before.token.clone()), ..stranger };
        let _ = before.ask("DELETE", "/api/v1/me/token", None, None);
    }
    let handle = text(&me, "handle").to_owned();
    places.remember(Place { server: server.clone(), handle: handle.clone(), token });
    places.write()?;
    print(&if it.json { json!({"server": server, "handle": handle}).to_string() } else { clean(&format!("You are @{handle} at {server}.")) });
    super::what_waited(&To { server: Some(server), ..To::default() });
    Ok(())
}

/// What the person has to do now.
fn tell(it: &Login, asked: &Value) {
    let of = |name| clean(text(asked, name));
    if it.json {
        let (code, uri, whole) = (of("user_code"), of("verification_uri"), of("verification_uri_complete"));
        print(&json!({"user_code": code, "verification_uri": uri, "verification_uri_complete": whole, "expires_in": asked.get("expires_in")}).to_string());
        return;
    }
    print(&format!(
        "Open {} in your browser and type this code:\n\n    {}\n\nor follow {}\nIt lasts ten minutes. Waiting for you to confirm; Ctrl-C to let it be.",
        of("verification_uri"),
        of("user_code"),
        of("verification_uri_complete")
    ));
    let _ = std::io::stdout().flush();
}

/// Asks again and again, as often as the server likes it; a connection that fails now and then is no end.
fn wait(stranger: &Account, asked: &Value) -> Result<String> {
    let number = |name: &str, otherwise: u64| asked.get(name).and_then(Value::as_u64).unwrap_or(otherwise);
    let end = Instant::now() + Duration::from_secs(number("expires_in", 600).min(3600));
    let mut pause = Duration::from_secs(number("interval", 5).clamp(1, 60));
    let secret = json!({"device_code": text(asked, "device_code")});
    loop {
        std::thread::sleep(pause);
        match stranger.ask("POST", "/api/v1/device/token", Some(&secret), None) {
            Answer::Done(answer) => match text(&answer, "state") {
                "confirmed" => return Ok(text(&answer, "token").to_owned()),
                "access_denied" => bail!("it was refused in the browser; nothing was signed in"),
                "expired_token" => bail!("the code is over; begin again: tacit login {}", stranger.server),
                "slow_down" => pause += Duration::from_secs(5),
                _ => {}
            },
            Answer::Refused { why, .. } => bail!("{why}"),
            Answer::Later { .. } => pause = (pause * 2).min(Duration::from_secs(30)),
        }
        if Instant::now() > end {
            bail!("the code is over; begin again: tacit login {}", stranger.server);
        }
    }
}

pub fn logout(it: &Logout) -> Result<Said> {
    let account = Account::signed_in(&it.to)?;
    let ended = match account.ask("DELETE", "/api/v1/me/token", None, None) {
        Answer::Done(_) | Answer::Refused { status: 401, .. } => true,
        _ if it.here_only => false,
        Answer::Refused { why, .. } => bail!("{why}"),
        Answer::Later { why, .. } => bail!("{why}, so the token still works there and nothing was changed; --here-only forgets it here all the same"),
    };
    let mut places = Places::read()?;
    places.forget(&account.server);
    places.write()?;
    let said = if ended { "Signed out" } else { "Forgotten here; end the token on your settings page" };
    Ok(Said { text: format!("{said}: {}", account.server), json: json!({"server": account.server, "ended_on_server": ended}) })
}

pub fn whoami(it: &Whoami) -> Result<Said> {
    let account = Account::signed_in(&it.to)?;
    let mut me = account.must("GET", "/api/v1/me", None)?;
    let said = format!("{} @{} at {}", text(&me, "name"), text(&me, "handle"), account.server);
    if let Some(map) = me.as_object_mut() {
        map.insert("server".into(), account.server.clone().into());
    }
    Ok(Said { text: paper::clean(&said), json: me })
}
