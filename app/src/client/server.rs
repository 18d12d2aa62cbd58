//! One server and one person there: asking it, and what an answer means for what was sent.

use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::Value;

use super::To;
use super::home::Places;
use super::paper::clean;

/// Where a server is when nobody said: on this machine.
const HERE: &str = "http://127.0.0.1:8400";

/// The one client of the command line. It follows no redirect, so that a token goes to the server it is meant for alone; and
/// it uses a proxy of the environment for https only, where the proxy sees nothing.
#[allow(clippy::disallowed_methods)]
pub fn agent(server: &str, patience: Duration) -> ureq::Agent {
    let proxy = if server.starts_with("https://") { ureq::Proxy::try_from_env() } else { None };
    ureq::Agent::config_builder()
        .timeout_global(Some(patience))
        .timeout_connect(Some(patience.min(Duration::from_secs(10))))
        .max_redirects(0)
        .http_status_as_error(false)
        .proxy(proxy)
        .user_agent(format!("tacit/{}", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent()
}

/// A server and who speaks to it.
#[derive(Clone, Debug)]
pub struct Account {
    pub server: String,
    pub token: Option<String>,
    /// Whose lines these are: a handle, or which token. A line that waits goes as nobody else.
    pub who: String,
}

pub enum Answer {
    Done(Value),
    /// A rule of the server says no, and will say so again.
    Refused { status: u16, why: String },
    /// Not now. `maybe`: it may have been done, and only the answer was lost.
    Later { why: String, maybe: bool },
}

impl Account {
    pub fn of(to: &To) -> Result<Self> {
        let places = Places::read()?;
        let named = to.server.as_deref().map(address).transpose()?;
        if let Some(token) = &to.token {
            let who = format!("token {}", kernel::hash_secret(token).chars().take(12).collect::<String>());
            return Ok(Self { server: named.unwrap_or_else(|| HERE.into()), token: Some(token.clone()), who });
        }
        let server = named.unwrap_or_else(|| if places.last.is_empty() { HERE.into() } else { places.last.clone() });
        let place = places.at(&server);
        let who = place.map_or_else(String::new, |p| p.handle.clone());
        Ok(Self { token: place.map(|p| p.token.clone()), who, server })
    }

    /// As somebody: what needs a person says how to become one.
    pub fn signed_in(to: &To) -> Result<Self> {
        let account = Self::of(to)?;
        if account.token.is_none() {
            bail!("you are not signed in at {0}: tacit login {0}", account.server);
        }
        Ok(account)
    }

    pub fn stranger(server: &str) -> Self {
        Self { server: server.to_owned(), token: None, who: String::new() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server)
    }

    /// Asks once.
    pub fn ask(&self, method: &str, path: &str, body: Option<&Value>, key: Option<&str>) -> Answer {
        let agent = agent(&self.server, Duration::from_secs(30));
        let mut request = ureq::http::Request::builder().method(method).uri(self.url(path)).header("accept", "application/json");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let sent = match body {
            Some(body) => request.header("content-type", "application/json").body(body.to_string()).map_err(ureq::Error::from).and_then(|r| agent.run(r)),
            None => request.body(()).map_err(ureq::Error::from).and_then(|r| agent.run(r)),
        };
        match sent {
            Ok(answer) => self.meant(answer),
            Err(error) => Answer::Later { maybe: !is_before_sending(&error), why: format!("{} cannot be reached ({error})", self.server) },
        }
    }

    /// Only what Tacit itself says is an answer: hotel gates and proxies speak, too.
    fn meant(&self, mut answer: ureq::http::Response<ureq::Body>) -> Answer {
        let status = answer.status().as_u16();
        let kind = answer.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let later = |why: String, maybe| Answer::Later { why, maybe };
        if status == 204 {
            return Answer::Done(Value::Null);
        }
        let read: Value = match answer.body_mut().read_json() {
            Ok(read) => read,
            Err(_) => return later(format!("{} answered {status}, and not as Tacit does; is the address right?", self.server), true),
        };
        match status {
            200..=299 if kind.starts_with("application/json") => Answer::Done(read),
            409 => later(format!("{} ({status})", said(&read)), false),
            429 => later(format!("{} asks to wait: {}", self.server, said(&read)), false),
            500.. => later(format!("{} cannot do it right now: {}", self.server, said(&read)), true),
            400..=499 if kind.starts_with("application/problem+json") => Answer::Refused { status, why: said(&read) },
            _ => later(format!("{} answered {status}, and not as Tacit does; is the address right?", self.server), true),
        }
    }

    /// Asks where nothing can wait: an answer, or one sentence why not.
    pub fn must(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        match self.ask(method, path, body, None) {
            Answer::Done(value) => Ok(value),
            Answer::Refused { status, why } => bail!("{}", self.refusal(status, &why)),
            Answer::Later { why, .. } => bail!("{why}; is it running, and is the address right?"),
        }
    }

    pub fn refusal(&self, status: u16, why: &str) -> String {
        match status {
            401 => format!("you are not signed in at {0} (any more): tacit login {0}", self.server),
            404 => format!("there is nothing of that name at {} that you can see", self.server),
            _ => why.to_owned(),
        }
    }
}

/// Nothing can have been done by a request that never left.
fn is_before_sending(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed | ureq::Error::BadUri(_) | ureq::Error::Http(_) => true,
        ureq::Error::Timeout(which) => matches!(which, ureq::Timeout::Resolve | ureq::Timeout::Connect),
        ureq::Error::Io(io) => matches!(io.kind(), std::io::ErrorKind::ConnectionRefused | std::io::ErrorKind::HostUnreachable | std::io::ErrorKind::NetworkUnreachable),
        _ => false,
    }
}

/// The sentence of a problem document, with its fields.
fn said(problem: &Value) -> String {
    let detail = problem.get("detail").and_then(Value::as_str).unwrap_or("the server refused it");
    let fields = problem.get("errors").and_then(Value::as_array).into_iter().flatten();
    let fields: Vec<String> = fields.filter_map(|e| Some(format!("{}: {}", e.get("field")?.as_str()?, e.get("detail")?.as_str()?))).collect();
    clean(&if fields.is_empty() { detail.to_owned() } else { fields.join("; ") }).replace('\n', " ")
}

/// A server's address in its one form.
pub fn address(text: &str) -> Result<String> {
    let text = text.trim();
    let whole = match text.split_once("://") {
        Some(_) => text.to_owned(),
        None if ["localhost", "127.0.0.1", "[::1]"].contains(&text.rsplit_once(':').map_or(text, |(host, _)| host).trim_end_matches('/')) => format!("http://{text}"),
        None => format!("https://{text}"),
    };
    match whole.trim_end_matches('/').split_once("://") {
        Some(("http" | "https", host)) if !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:[]".contains(&b)) => Ok(whole.trim_end_matches('/').to_lowercase()),
        _ => bail!("{text} is no address of a server, for example https://tacit.example.org"),
    }
}

/// Whether what is sent there can be read on the way.
pub fn is_bare(server: &str) -> bool {
    let host = server.strip_prefix("http://").unwrap_or_default();
    !host.is_empty() && !["localhost", "127.", "[::1]"].iter().any(|own| host.starts_with(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_has_one_address_however_it_is_typed() {
        for typed in ["tacit.example.org", "https://Tacit.example.org/", " https://tacit.example.org"] {
            assert_eq!(address(typed).unwrap(), "https://tacit.example.org");
        }
        assert_eq!(address("localhost:8400").unwrap(), "http://localhost:8400");
        for wrong in ["ftp://x", "", "https://", "https://ada@evil.example", "https://x/y", "javascript:alert(1)//"] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
        assert!(is_bare("http://tacit.example.org") && !is_bare("http://127.0.0.1:8400") && !is_bare("https://x"));
    }
}
