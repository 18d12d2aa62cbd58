//! `tacit narrate` and `tacit reply`: words from the command line, from standard input, or from an editor.

use std::io::{IsTerminal, Read};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};

use super::home::{put, variable, waiting};
use super::paper::clean;
use super::queue::{self, Outcome};
use super::server::Account;
use super::{Said, To};

pub const NARRATE_EXAMPLES: &str = "Examples:
  tacit narrate \"Only a thought.\"                                for yourself alone
  tacit narrate -c handing-over Tried the red pen again. It holds.
  tacit narrate -c handing-over --work \"$(git rev-parse HEAD)\" \"Stuck at the third step.\"
  make 2>&1 | tail -5 | tacit narrate -c builds -

Without a connection the line waits on this machine and goes later, once: tacit queue.";

pub const REPLY_EXAMPLES: &str = "Examples:
  tacit reply 7312345678901234567 \"Ours does that, too, after a restart.\"
  tacit reply 7312345678901234567            opens your editor
  tacit reply 7312345678901234567 - < answer.md

tacit read shows the numbers. Without a connection the answer waits and goes later, once: tacit queue.";

#[derive(Args, Clone, Debug)]
pub struct Narrate {
    /// What you are doing, noticing, stuck on, deciding; - reads standard input
    #[arg(required = true)]
    words: Vec<String>,
    /// The community's address (the part after /c/); left out, only you see it
    #[arg(long, short, value_name = "SLUG")]
    community: Option<String>,
    /// What kind it is, as the community says it: question, "near miss"; left out, a narration
    #[arg(long, short, value_name = "KIND")]
    kind: Option<String>,
    /// What it points at: a link, a commit, a file
    #[arg(long, short, value_name = "WORK")]
    work: Option<String>,
    /// Begin a new trail with this title
    #[arg(long, value_name = "TITLE", conflicts_with = "trail")]
    new_trail: Option<String>,
    /// Go on with a trail (its number)
    #[arg(long, value_name = "ID")]
    trail: Option<String>,
    /// me, community or open
    #[arg(long = "for", value_name = "AUDIENCE")]
    audience: Option<String>,
    #[command(flatten)]
    pub to: To,
}

#[derive(Args, Clone, Debug)]
pub struct Reply {
    /// What you answer: its number
    #[arg(value_name = "ID")]
    id: String,
    /// Your answer; - reads standard input; left out, your editor opens
    words: Vec<String>,
    #[command(flatten)]
    pub to: To,
}

/// More than the server takes anyway.
const MOST: u64 = 1024 * 1024;

pub fn typed(words: &[String]) -> Result<String> {
    let said = match words {
        [one] if one == "-" => {
            let mut said = String::new();
            std::io::stdin().take(MOST).read_to_string(&mut said).context("standard input could not be read as text")?;
            said
        }
        words => words.join(" "),
    };
    if said.trim().is_empty() {
        bail!("there are no words to say");
    }
    Ok(said.trim_end().to_owned())
}

pub fn narrate(it: &Narrate) -> Result<Said> {
    let account = Account::signed_in(&it.to)?;
    let mut body = json!({"words": typed(&it.words)?});
    let fields = [
        ("community", &it.community),
        ("kind", &it.kind),
        ("work", &it.work),
        ("trail", &it.trail),
        ("trail_title", &it.new_trail),
        ("audience", &it.audience),
    ];
    for (name, value) in fields {
        if let (Some(value), Some(map)) = (value, body.as_object_mut()) {
            map.insert(name.into(), Value::from(value.as_str()));
        }
    }
    say(&account, "/api/v1/narrations", body)
}

pub fn reply(it: &Reply) -> Result<Said> {
    let account = Account::signed_in(&it.to)?;
    let id = number(&it.id)?;
    let words = if it.words.is_empty() { edited(&account, id)? } else { typed(&it.words)? };
    say(&account, &format!("/api/v1/contributions/{id}/replies"), json!({"words": words}))
}

/// A number of a contribution, so that nothing else gets into the path.
pub fn number(text: &str) -> Result<&str> {
    let text = text.trim_start_matches('#');
    if text.is_empty() || text.len() > 19 || !text.bytes().all(|b| b.is_ascii_digit()) {
        bail!("{text} is no number of something that was said; tacit read shows them");
    }
    Ok(text)
}

fn say(account: &Account, path: &str, body: Value) -> Result<Said> {
    match queue::say(account, path, body)? {
        Outcome::Said(answer) => {
            let of = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            let (id, conversation) = (of("id"), of("conversation"));
            let spot = if id == conversation { String::new() } else { format!("#r{id}") };
            let text = format!("Said: {}", account.url(&format!("/conversations/{conversation}{spot}")));
            Ok(Said { text: clean(&text), json: answer })
        }
        Outcome::Kept { why, before } => Ok(queue::kept(&why, before)),
    }
}

const CUT: &str = "--- Your answer stands above this line. What is below is not sent. ---";

/// An editor, with what is answered below the line.
fn edited(account: &Account, id: &str) -> Result<String> {
    if !std::io::stdin().is_terminal() {
        bail!("there are no words to say: give them, or - to read standard input");
    }
    let Some(editor) = variable("VISUAL").or_else(|| variable("EDITOR")) else {
        bail!("there are no words to say, and no editor: give the words, or set EDITOR");
    };
    let answered = account.must("GET", &format!("/api/v1/contributions/{id}"), None)?;
    let words = clean(answered.get("words").and_then(Value::as_str).unwrap_or_default());
    let file = waiting("drafts")?.join(format!("{id}.md"));
    if !file.exists() {
        put(&file, format!("\n\n{CUT}\n\n{words}\n").as_bytes())?;
    }
    // By the shell, since an editor may be named with its options.
    let status = Command::new("sh").args(["-c", &format!("{editor} \"$1\""), "tacit"]).arg(&file).status().with_context(|| format!("{editor} does not start"))?;
    let text = std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    let said = text.split(CUT).next().unwrap_or_default().trim().to_owned();
    if !status.success() || said.is_empty() {
        let kept = if said.is_empty() { std::fs::remove_file(&file).map(|()| String::new())? } else { format!("; what you wrote is in {}", file.display()) };
        bail!("nothing was said{kept}");
    }
    std::fs::remove_file(&file)?;
    Ok(said)
}
