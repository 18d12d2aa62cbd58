//! The client's verbs: they speak to a server over its API, and to no other.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};

#[derive(Args, Clone, Debug)]
pub struct Server {
    /// Where the server is
    #[arg(long, env = "TACIT_URL", default_value = "http://127.0.0.1:8400", value_name = "URL")]
    pub server: String,
    /// Your token, from your settings page
    #[arg(long, env = "TACIT_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub token: Option<String>,
}

#[derive(Args, Clone, Debug)]
pub struct Narrate {
    /// What you are doing, noticing, stuck on, deciding
    pub words: String,
    /// The community's address (the part after /c/); left out, only you see it
    #[arg(long, short, value_name = "SLUG")]
    pub community: Option<String>,
    /// What kind it is, as the community says it: question, "near miss"; left out, a narration
    #[arg(long, short, value_name = "KIND")]
    pub kind: Option<String>,
    /// What it points at: a link, a commit, a file
    #[arg(long, short, value_name = "WORK")]
    pub work: Option<String>,
    /// Begin a new trail with this title
    #[arg(long, value_name = "TITLE", conflicts_with = "trail")]
    pub new_trail: Option<String>,
    /// Go on with a trail (its number)
    #[arg(long, value_name = "ID")]
    pub trail: Option<String>,
    /// me, community or open
    #[arg(long = "for", value_name = "AUDIENCE")]
    pub audience: Option<String>,
    /// Print the answer as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub server: Server,
}

#[allow(clippy::disallowed_methods)] // the one client of the command line: it dials the server it is told, nothing else
fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(30)))
        .max_redirects(0)
        .http_status_as_error(false)
        .build()
        .new_agent()
}

pub fn narrate(n: &Narrate, key: &str) -> Result<String> {
    let Some(token) = &n.server.token else {
        bail!("no token: make one on your settings page and put it into TACIT_TOKEN");
    };
    let mut body = json!({"words": n.words});
    let fields = [
        ("community", &n.community),
        ("kind", &n.kind),
        ("work", &n.work),
        ("trail", &n.trail),
        ("trail_title", &n.new_trail),
        ("audience", &n.audience),
    ];
    for (name, value) in fields {
        if let (Some(value), Some(map)) = (value, body.as_object_mut()) {
            map.insert(name.into(), Value::from(value.as_str()));
        }
    }
    let base = n.server.server.trim_end_matches('/');
    let answer = post(&format!("{base}/api/v1/narrations"), token, key, &body)?;
    if n.json {
        return Ok(serde_json::to_string_pretty(&answer)?);
    }
    let id = answer.get("id").and_then(Value::as_str).unwrap_or_default();
    Ok(format!("Said: {base}/conversations/{id}"))
}

/// Sent up to three times with one key: a lost answer does not make it said twice.
fn post(url: &str, token: &str, key: &str, body: &Value) -> Result<Value> {
    let agent = agent();
    let mut last = None;
    for _ in 0..3 {
        let sent = agent
            .post(url)
            .header("authorization", &format!("Bearer {token}"))
            .header("idempotency-key", key)
            .send_json(body);
        match sent {
            Ok(mut answer) => {
                let status = answer.status();
                let read: Value = answer.body_mut().read_json().context("the server's answer could not be read")?;
                if status.is_success() {
                    return Ok(read);
                }
                bail!("{}", said(&read, status.as_u16()));
            }
            Err(error) => last = Some(error),
        }
    }
    let why = last.map(|e| e.to_string()).unwrap_or_default();
    bail!("the server at {url} cannot be reached ({why}); is it running, and is TACIT_URL right?")
}

/// The sentence of a problem document, with its fields.
fn said(problem: &Value, status: u16) -> String {
    let detail = problem.get("detail").and_then(Value::as_str).unwrap_or("the server refused it");
    let fields = problem.get("errors").and_then(Value::as_array).into_iter().flatten();
    let fields: Vec<String> = fields.filter_map(|e| Some(format!("{}: {}", e.get("field")?.as_str()?, e.get("detail")?.as_str()?))).collect();
    if fields.is_empty() { format!("{detail} ({status})") } else { fields.join("; ") }
}
