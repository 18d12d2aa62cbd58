//! `tacit communities`, `join`, `leave`: each is its person's own act.

use anyhow::{Result, bail};
use clap::Args;
use serde_json::{Value, json};

use super::paper::{Style, clean, wrapped};
use super::server::{Account, Answer};
use super::{Said, To};

#[derive(Args, Clone, Debug)]
pub struct Communities {
    /// Words in name, domain, purpose or practice
    words: Vec<String>,
    /// Those that you take part in
    #[arg(long, conflicts_with = "words")]
    mine: bool,
    /// Go on where the last page ended
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
    #[command(flatten)]
    pub to: To,
}

#[derive(Args, Clone, Debug)]
pub struct Join {
    /// The community's address: the part after /c/
    slug: String,
    /// Why you join; only you ever see it
    #[arg(long)]
    why: Option<String>,
    #[command(flatten)]
    pub to: To,
}

#[derive(Args, Clone, Debug)]
pub struct Leave {
    /// The community's address: the part after /c/
    slug: String,
    #[command(flatten)]
    pub to: To,
}

/// A slug, so that nothing else gets into the path.
pub fn slug(text: &str) -> Result<&str> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        bail!("{text} is no community's address; tacit communities shows them");
    }
    Ok(text)
}

/// A text as part of a query.
pub fn encoded(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() || b"-_.".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

pub fn communities(it: &Communities) -> Result<Said> {
    let (account, path) = if it.mine {
        (Account::signed_in(&it.to)?, "/api/v1/me/communities".to_owned())
    } else {
        let after = encoded(it.after.as_deref().unwrap_or_default());
        (Account::of(&it.to)?, format!("/api/v1/communities?q={}&after={after}", encoded(&it.words.join(" "))))
    };
    let list = account.must("GET", &path, None)?;
    let style = Style::of_terminal();
    let mut text = String::new();
    for c in list.get("items").and_then(Value::as_array).into_iter().flatten() {
        let of = |name: &str| c.get(name).and_then(Value::as_str).map(clean).unwrap_or_default();
        let is = |name: &str| c.get(name).and_then(Value::as_bool).unwrap_or(false);
        let mut facts = vec![of("openness"), of("stage")];
        facts.extend(is("member").then(|| "you are a member".to_owned()));
        facts.extend(is("steward").then(|| "you are a steward".to_owned()));
        facts.retain(|f| !f.is_empty());
        text += &format!("{}  {} {}\n", style.bold(&of("slug")), of("name"), style.soft(&format!("({})", facts.join(", "))));
        text += &wrapped(&of("purpose"), "    ", 80);
    }
    if text.is_empty() {
        text = if it.mine { "You are a member of no community here. tacit communities shows those you can see." } else { "There is no community here that you can see." }.into();
    }
    if let Some(next) = list.get("next").and_then(Value::as_str) {
        text += &style.soft(&format!("\nMore: tacit communities --after {}", clean(next)));
    }
    Ok(Said { text, json: list })
}

pub fn join(it: &Join) -> Result<Said> {
    let account = Account::signed_in(&it.to)?;
    let slug = slug(&it.slug)?;
    let body = json!({"why": it.why.clone().unwrap_or_default()});
    match account.ask("PUT", &format!("/api/v1/communities/{slug}/membership"), Some(&body), None) {
        Answer::Done(answer) => Ok(Said { text: format!("You are a member of {slug}. You leave in one step: tacit leave {slug}"), json: answer }),
        Answer::Refused { status: 403, why } => bail!("{why} Its door: {}", account.url(&format!("/c/{slug}"))),
        Answer::Refused { status, why } => bail!("{}", account.refusal(status, &why)),
        Answer::Later { why, .. } => bail!("{why}; you are no member by this yet, please try again"),
    }
}

pub fn leave(it: &Leave) -> Result<Said> {
    let account = Account::signed_in(&it.to)?;
    let slug = slug(&it.slug)?;
    account.must("DELETE", &format!("/api/v1/communities/{slug}/membership"), None)?;
    Ok(Said { text: format!("You left {slug}. What you said stays yours; coming back is as easy: tacit join {slug}"), json: json!({"left": slug}) })
}
