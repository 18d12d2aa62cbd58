//! Lines that wait for the server. Each is on the disk before it is first sent, with the key that makes it happen once, and
//! leaves only when the server has said that it is there. So nothing is lost, and nothing is said twice.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use kernel::clock::DAY;
use kernel::{Clock, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::home::{put, waiting};
use super::paper::{clean, first_line, since};
use super::server::{Account, Answer};
use super::{Said, To};

pub const EXAMPLES: &str = "Examples:
  tacit queue                  what waits, and what was refused and is kept with its reason
  tacit queue send             send what waits now; each command that reaches the server does so, too
  tacit queue send --again ID  send something once more that was refused
  tacit queue drop ID          let a line go for good

A line waits while the server cannot be reached. It goes once, in the order in which it was said, as the
person who said it.";

#[derive(Args, Clone, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Queue {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    pub to: To,
}

#[derive(Subcommand, Clone, Debug)]
enum What {
    /// Send what waits, in order
    Send {
        /// Something that was refused, once more
        #[arg(long, value_name = "ID")]
        again: Option<String>,
    },
    /// Let lines go for good
    Drop {
        #[arg(value_name = "ID", required_unless_present = "all")]
        ids: Vec<String>,
        /// All that wait and all that were refused
        #[arg(long)]
        all: bool,
    },
}

/// A line with all it needs to be sent, also by another process, on another day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Waiting {
    pub server: String,
    pub who: String,
    pub path: String,
    pub body: Value,
    /// The Idempotency-Key, made before the first try and never again.
    pub key: String,
    pub at: String,
    /// A try may have arrived, and only its answer was lost. True on the disk before each try.
    pub maybe: bool,
    /// Why the server refused it, for what is kept aside.
    #[serde(default)]
    pub why: String,
}

/// The server remembers a key for a week. Later, what may have arrived is not sent again by itself.
const KEY_LASTS: i64 = 6 * DAY;

impl Waiting {
    pub fn new(account: &Account, path: &str, body: Value) -> Result<Self> {
        let key = kernel::random::hex(&kernel::Random::System.bytes::<16>()?);
        let at = Clock::System.now().jiff().to_string();
        let (server, who, path) = (account.server.clone(), account.who.clone(), path.to_owned());
        Ok(Self { server, who, path, body, key, at, maybe: false, why: String::new() })
    }

    /// How its person names it.
    fn id(&self) -> &str {
        self.key.get(..8).unwrap_or(&self.key)
    }

    fn is_of(&self, account: &Account) -> bool {
        self.server == account.server && self.who == account.who
    }

    fn said_at(&self) -> Timestamp {
        Timestamp::parse(&self.at).unwrap_or(Timestamp(0))
    }

    /// In the order in which it was said, whatever the name of the key.
    fn file(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{:020}-{}.json", self.said_at().0.max(0), self.key))
    }

    fn keep(&self, folder: &Path) -> Result<()> {
        put(&self.file(folder), serde_json::to_string_pretty(self)?.as_bytes())
    }

    fn line(&self) -> String {
        // A change is told by what one does now; all else is said in words.
        let words = self.body.get("words").or_else(|| self.body.get("now"));
        clean(&first_line(words.and_then(Value::as_str).unwrap_or_default(), 60))
    }
}

fn all(folder: &Path) -> Result<Vec<Waiting>> {
    let mut names: Vec<PathBuf> = std::fs::read_dir(folder)?.filter_map(|e| Some(e.ok()?.path())).filter(|p| p.extension().is_some_and(|e| e == "json")).collect();
    names.sort();
    let read = |path: &PathBuf| match std::fs::read_to_string(path) {
        Ok(text) => Some(serde_json::from_str(&text).with_context(|| format!("{} cannot be read; move it away and look into it", path.display()))),
        Err(_) => None, // another process has just sent it
    };
    names.iter().filter_map(read).collect()
}

/// One process sends at a time; another one that comes waits for it. Goes with the file.
fn lock(folder: &Path) -> Result<File> {
    let file = File::options().create(true).append(true).open(folder.join("lock"))?;
    file.lock().context("the queue is locked by another program")?;
    Ok(file)
}

/// What became of the lines of an account.
#[derive(Default)]
pub struct Sent {
    pub said: Vec<(Waiting, Value)>,
    pub refused: Vec<Waiting>,
    pub left: Vec<Waiting>,
    /// Why not all of it went.
    pub why: String,
    /// Signing in again would help.
    pub signed_out: bool,
}

impl Sent {
    /// One line for the person, beside what they asked for.
    pub fn tell(&self) {
        match self.said.len() {
            0 => {}
            1 => eprintln!("tacit: a line that waited was said"),
            n => eprintln!("tacit: {n} lines that waited were said"),
        }
        for refused in &self.refused {
            eprintln!("tacit: a line that waited was refused and is kept: {} (tacit queue)", refused.why);
        }
    }
}

/// Sends what waits for this account, in order, and stops at what cannot be sent now.
pub fn send(account: &Account) -> Result<Sent> {
    let folder = waiting("queue")?;
    let mut sent = Sent::default();
    if account.token.is_none() || !all(&folder)?.iter().any(|w| w.is_of(account)) {
        return Ok(sent);
    }
    let _lock = lock(&folder)?;
    let mut lines = all(&folder)?.into_iter().filter(|w| w.is_of(account));
    for mut line in lines.by_ref() {
        let old = Clock::System.now() > line.said_at().plus(KEY_LASTS);
        if old && line.maybe {
            line.why = "it is more than six days old and may have been said already: look first, then send it again or drop it".into();
            aside(&folder, &line)?;
            sent.refused.push(line);
            continue;
        }
        let before = line.maybe;
        line.maybe = true;
        line.keep(&folder)?;
        match account.ask("POST", &line.path, Some(&line.body), Some(&line.key)) {
            Answer::Done(answer) => {
                gone(&folder, &line)?;
                sent.said.push((line, answer));
            }
            Answer::Refused { status: status @ 401, why } => {
                sent.why = account.refusal(status, &why);
                sent.signed_out = true;
                sent.left.push(line);
                break;
            }
            Answer::Refused { status, why } => {
                line.why = account.refusal(status, &why);
                aside(&folder, &line)?;
                sent.refused.push(line);
            }
            Answer::Later { why, maybe } => {
                // What certainly never left may wait for as long as it likes.
                line.maybe = before || maybe;
                line.keep(&folder)?;
                sent.why = why;
                sent.left.push(line);
                break;
            }
        }
    }
    sent.left.extend(lines);
    Ok(sent)
}

fn gone(folder: &Path, line: &Waiting) -> Result<()> {
    std::fs::remove_file(line.file(folder)).context("a line was said and stays in the queue; it will not be said twice")
}

/// Out of the way of the others, with the reason, and not lost.
fn aside(folder: &Path, line: &Waiting) -> Result<()> {
    line.keep(&waiting("refused")?)?;
    gone(folder, line)
}

/// What became of a line that is said now.
pub enum Outcome {
    Said(Value),
    Kept { why: String, before: usize },
}

/// Says a line: after those that wait, on the disk first, once.
pub fn say(account: &Account, path: &str, body: Value) -> Result<Outcome> {
    let line = Waiting::new(account, path, body)?;
    line.keep(&waiting("queue")?)?;
    let mut sent = send(account)?;
    let own = |w: &Waiting| w.key == line.key;
    if let Some(at) = sent.said.iter().position(|(w, _)| own(w)) {
        let (_, answer) = sent.said.remove(at);
        sent.tell();
        return Ok(Outcome::Said(answer));
    }
    if let Some(at) = sent.refused.iter().position(own) {
        let refused = sent.refused.remove(at);
        sent.tell();
        bail!("{} Your words are kept: tacit queue", ended(&refused.why));
    }
    if sent.left.iter().any(own) {
        let before = sent.left.len() - 1;
        if sent.signed_out {
            bail!("{}. Your words are kept and go then", sent.why);
        }
        return Ok(Outcome::Kept { why: sent.why, before });
    }
    // Another process has sent it meanwhile; by its key, the server tells what became of it and does nothing again.
    match account.ask("POST", &line.path, Some(&line.body), Some(&line.key)) {
        Answer::Done(answer) => Ok(Outcome::Said(answer)),
        Answer::Refused { status, why } => bail!("{} Your words are kept: tacit queue", ended(&account.refusal(status, &why))),
        Answer::Later { why, .. } => bail!("{why}; your words were sent by another tacit meanwhile"),
    }
}

/// What is said of a line that waits.
pub fn kept(why: &str, before: usize) -> Said {
    let others = if before == 0 { String::new() } else { format!(" after {before} other") };
    let text = format!("Kept here, and goes{others} with your next command, or by: tacit queue send\n({})", clean(why));
    Said { text, json: json!({"queued": true, "why": why, "before": before}) }
}

fn ended(sentence: &str) -> String {
    if sentence.ends_with(['.', '?']) { sentence.to_owned() } else { format!("{sentence}.") }
}

pub fn queue(it: &Queue) -> Result<Said> {
    match &it.what {
        None => show(),
        Some(What::Send { again }) => {
            if let Some(id) = again {
                take_back(id)?;
            }
            send_all(&it.to)
        }
        Some(What::Drop { ids, all }) => drop_lines(ids, *all),
    }
}

fn show() -> Result<Said> {
    let (lines, refused) = (all(&waiting("queue")?)?, all(&waiting("refused")?)?);
    let now = Clock::System.now();
    let mut text = String::new();
    for line in &lines {
        text += &format!("{}  {}, for {} at {}\n    {}\n", line.id(), since(line.said_at(), now), line.who, line.server, line.line());
    }
    for line in &refused {
        text += &format!("{}  {}, refused at {}: {}\n    {}\n", line.id(), since(line.said_at(), now), line.server, clean(&line.why), line.line());
    }
    if text.is_empty() {
        text = "Nothing waits. What you say while the server cannot be reached would stand here.".into();
    }
    Ok(Said { text, json: json!({"waiting": lines, "refused": refused}) })
}

fn send_all(to: &To) -> Result<Said> {
    let account = Account::signed_in(to)?;
    let sent = send(&account)?;
    let mut text = match sent.said.len() {
        0 if sent.left.is_empty() && sent.refused.is_empty() => match all(&waiting("queue")?)?.len() {
            0 => "Nothing waits for this server.".to_owned(),
            n => format!("Nothing waits for you here. {n} waiting for another sign-in or server: tacit queue shows whose, tacit queue drop lets go."),
        },
        n => format!("Said: {n}. Refused and kept: {}. Still waiting: {}.", sent.refused.len(), sent.left.len()),
    };
    for refused in &sent.refused {
        text += &format!("\n{}  {}", refused.id(), clean(&refused.why));
    }
    if !sent.why.is_empty() {
        text += &format!("\n{}", sent.why);
    }
    let said: Vec<&Value> = sent.said.iter().map(|(_, answer)| answer).collect();
    Ok(Said { text, json: json!({"said": said, "refused": sent.refused, "waiting": sent.left, "why": sent.why}) })
}

fn named(folder: &Path, id: &str) -> Result<Option<Waiting>> {
    Ok(all(folder)?.into_iter().find(|w| id.len() >= 4 && w.key.starts_with(id)))
}

fn take_back(id: &str) -> Result<()> {
    let (queue, refused) = (waiting("queue")?, waiting("refused")?);
    let _lock = lock(&queue)?;
    let Some(line) = named(&refused, id)? else { bail!("nothing that was refused has the id {id}: tacit queue shows them") };
    let anew = Waiting { at: Clock::System.now().jiff().to_string(), why: String::new(), ..line.clone() };
    anew.keep(&queue)?;
    std::fs::remove_file(line.file(&refused))?;
    Ok(())
}

fn drop_lines(ids: &[String], every: bool) -> Result<Said> {
    let (queue, refused) = (waiting("queue")?, waiting("refused")?);
    let _lock = lock(&queue)?;
    let mut dropped = Vec::new();
    for folder in [&queue, &refused] {
        for line in all(folder)?.into_iter().filter(|w| every || ids.iter().any(|id| id.len() >= 4 && w.key.starts_with(id))) {
            std::fs::remove_file(line.file(folder))?;
            dropped.push(line);
        }
    }
    if dropped.is_empty() && !every {
        bail!("nothing that waits has this id: tacit queue shows them");
    }
    Ok(Said { text: format!("Dropped: {}", dropped.len()), json: json!({"dropped": dropped}) })
}
