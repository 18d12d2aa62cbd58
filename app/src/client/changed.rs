//! `tacit changed`: what one does differently now, and because of what, from the command line.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::paper::clean;
use super::queue::{self, Outcome};
use super::say::typed;
use super::server::Account;
use super::{Said, To};

pub const EXAMPLES: &str = "Examples:
  tacit changed \"I hand over at the bed\" --was \"I wrote it into the book\"
  tacit changed \"I ask before I restart\" --because 7312345678901234567 --why \"it had happened to three others\"
  tacit changed \"I review in pairs\" --because \"https://example.org/pairs On pairs\"

It is for yourself alone until you share it on its page. Without a connection it waits and goes later, once: tacit queue.";

#[derive(Args, Clone, Debug)]
pub struct Changed {
    /// What you do now; - reads standard input
    #[arg(required = true)]
    words: Vec<String>,
    /// What you used to do
    #[arg(long, value_name = "WORDS")]
    was: Option<String>,
    /// Because of what, in your words
    #[arg(long, value_name = "WORDS")]
    why: Option<String>,
    /// What you name as a cause: the number or address of something here, or a page outside and its title; up to ten times
    #[arg(long, value_name = "ID|URL")]
    because: Vec<String>,
    /// Which part of a community's purpose it served
    #[arg(long, value_name = "LINE")]
    served: Option<String>,
    #[command(flatten)]
    pub to: To,
}

pub fn changed(it: &Changed) -> Result<Said> {
    let account = Account::signed_in(&it.to)?;
    let mut body = json!({"now": typed(&it.words)?, "because": it.because});
    for (name, value) in [("was", &it.was), ("why", &it.why), ("served", &it.served)] {
        if let (Some(value), Some(map)) = (value, body.as_object_mut()) {
            map.insert(name.into(), Value::from(value.as_str()));
        }
    }
    match queue::say(&account, "/api/v1/changes", body)? {
        Outcome::Said(answer) => {
            let id = answer.get("id").and_then(Value::as_str).unwrap_or_default();
            let text = format!("Told, for you alone: {}", account.url(&format!("/changes/{id}")));
            Ok(Said { text: clean(&text), json: answer })
        }
        Outcome::Kept { why, before } => Ok(queue::kept(&why, before)),
    }
}
