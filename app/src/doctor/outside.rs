//! The place as it is met from outside: its public address through whatever proxy stands before it, and its mail server.

use std::io::Read;
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use kernel::{Clock, Timestamp};

#[derive(Clone, Debug, Default)]
pub enum Public {
    #[default]
    NotAsked,
    Unreachable(String),
    Answered(Answered),
}

#[derive(Clone, Debug, Default)]
pub struct Answered {
    pub status: u16,
    /// It is Tacit that answers, whichever place it is.
    pub is_tacit: bool,
    pub instance: String,
    /// What it makes of `X-Forwarded-For`: none, believed, not believed.
    pub forwarded: String,
    /// How far the clock of who answers is ahead of ours, in seconds.
    pub ahead: Option<i64>,
    /// A live stream arrives all at once, at its end.
    pub buffered: Option<bool>,
}

/// Asks the configured public address, and no other.
pub fn public(url: &str, patience: Duration) -> Public {
    let agent = crate::client::agent(url, patience);
    let asked = agent.get(format!("{url}/healthz")).call();
    let answer = match asked {
        Ok(answer) => answer,
        Err(error) => return Public::Unreachable(error.to_string()),
    };
    let header = |name: &str| answer.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let its_clock = jiff::fmt::rfc2822::parse(&header("date")).ok().map(|z| z.timestamp().as_second());
    let found = Answered {
        status: answer.status().as_u16(),
        is_tacit: header("content-security-policy") == shell::guard::CSP,
        instance: header("tacit-instance"),
        forwarded: header("tacit-forwarded"),
        ahead: its_clock.map(|theirs| theirs - Clock::System.now().0 / kernel::clock::SECOND),
        buffered: None,
    };
    let buffered = if found.status == 200 { beat(&agent, url) } else { None };
    Public::Answered(Answered { buffered, ..found })
}

/// A stream of two beats, a second apart: a proxy that buffers hands both on at once.
fn beat(agent: &ureq::Agent, url: &str) -> Option<bool> {
    let mut answer = agent.get(format!("{url}/healthz/live")).call().ok().filter(|a| a.status() == 200)?;
    let mut reader = answer.body_mut().as_reader();
    let mut part = [0u8; 256];
    let n = reader.read(&mut part).ok()?;
    let (first, mut rest) = (Instant::now(), Vec::new());
    let both = part.get(..n)?.windows(5).filter(|w| w == b"data:").count() > 1;
    reader.take(4096).read_to_end(&mut rest).ok()?;
    Some(both || first.elapsed() < Duration::from_millis(400))
}

/// The configured mail server, and whether it greets.
#[derive(Clone, Debug)]
pub struct Mail {
    pub name: String,
    pub greeting: Result<String, String>,
}

pub fn mail(host: &str, port: u16) -> Mail {
    let patience = Duration::from_secs(5);
    let ask = || -> std::io::Result<String> {
        let mut last = std::io::Error::other("the name has no address");
        for address in (host, port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, patience) {
                Ok(mut stream) => {
                    stream.set_read_timeout(Some(patience))?;
                    let mut line = [0u8; 512];
                    let n = stream.read(&mut line)?;
                    return Ok(String::from_utf8_lossy(line.get(..n).unwrap_or_default()).lines().next().unwrap_or_default().to_owned());
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    };
    Mail { name: format!("{host}:{port}"), greeting: ask().map_err(|e| e.to_string()) }
}

/// A moment as people read it.
pub fn day(at: i64) -> String {
    Timestamp(at).jiff().strftime("%Y-%m-%d").to_string()
}
