//! `tacit read`: what was said, in 80 columns, with answers under what they answer.

use std::collections::HashMap;

use anyhow::{Result, bail};
use clap::Args;
use kernel::{Clock, Timestamp};
use serde_json::{Value, json};

use super::belong::{encoded, slug};
use super::paper::{Style, clean, columns, since, words};
use super::server::Account;
use super::{Said, To};

pub const EXAMPLES: &str = "Examples:
  tacit read                          what was said where you belong, the newest first
  tacit read handing-over             in one community
  tacit read 7312345678901234567      a conversation with its answers
  tacit read handing-over --json | jq -r '.items[].words'";

#[derive(Args, Clone, Debug)]
pub struct Read {
    /// A community's address, the number of something that was said, or the address of its page
    #[arg(value_name = "SLUG|ID|URL")]
    what: Option<String>,
    /// Go on where the last page ended
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
    /// Only this kind: question, problem, insight, …
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    #[command(flatten)]
    pub to: To,
}

enum Where<'a> {
    Mine,
    Community(&'a str),
    Conversation(&'a str),
}

fn place<'a>(account: &Account, what: &'a str) -> Result<Where<'a>> {
    let path = match what.strip_prefix(&account.server) {
        Some(path) => path.split(['#', '?']).next().unwrap_or_default(),
        None if what.contains("://") => bail!("{what} is on another server; sign in there, or use --server"),
        None => what,
    };
    let last = path.trim_start_matches("/conversations/").trim_start_matches("/c/").trim_matches(['/', '#']);
    if last.is_empty() {
        return Ok(Where::Mine);
    }
    // A community may be called by a number, but not by one as long as ours.
    if last.len() >= 12 && last.bytes().all(|b| b.is_ascii_digit()) && last.len() <= 19 {
        return Ok(Where::Conversation(last));
    }
    Ok(Where::Community(slug(last)?))
}

pub fn read(it: &Read) -> Result<Said> {
    let account = Account::of(&it.to)?;
    let after = encoded(it.after.as_deref().unwrap_or_default());
    let kind = encoded(it.kind.as_deref().unwrap_or_default());
    match place(&account, it.what.as_deref().unwrap_or_default())? {
        Where::Mine => stream(&Account::signed_in(&it.to)?, &format!("/api/v1/me/stream?after={after}"), "tacit read"),
        Where::Community(slug) => {
            let path = format!("/api/v1/communities/{slug}/contributions?kind={kind}&after={after}");
            stream(&account, &path, &format!("tacit read {slug}"))
        }
        Where::Conversation(id) => conversation(&account, id, it.after.as_deref()),
    }
}

fn items(list: &Value) -> &[Value] {
    list.get("items").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn of(said: &Value, name: &str) -> String {
    said.get(name).and_then(Value::as_str).map(clean).unwrap_or_default()
}

/// Who, when, as what, where; one line.
fn head(said: &Value, style: Style, now: Timestamp) -> String {
    let author = said.get("author").cloned().unwrap_or_default();
    let name = of(&author, "name");
    let more = match (of(&author, "handle"), of(&author, "remembered_from")) {
        (_, from) if !from.is_empty() => format!(" (remembered, from {from})"),
        (handle, _) if !handle.is_empty() => format!(" @{handle}"),
        _ => String::new(),
    };
    let mut facts: Vec<String> = Timestamp::parse(&of(said, "at")).map(|at| since(at, now)).into_iter().collect();
    facts.extend(Some(of(said, "kind")).filter(|k| !k.is_empty()));
    facts.extend(Some(of(said, "community")).filter(|c| !c.is_empty()).map(|c| format!("in {c}")));
    facts.extend((of(said, "audience") == "me").then(|| "for you alone".to_owned()));
    facts.extend(said.get("edited_at").filter(|e| !e.is_null()).map(|_| "changed".to_owned()));
    let facts = format!("{}  {}", facts.join(", "), of(said, "id"));
    // What does not fit beside the name stands under it.
    let between = if columns(&name) + columns(&more) + 2 + columns(&facts) > 68 { "\n  " } else { "  " };
    format!("{}{more}{between}{}", style.bold(&name), style.soft(&facts))
}

/// What stands where there are no words for this reader.
fn quiet(said: &Value) -> Option<String> {
    let is = |name: &str| said.get(name).and_then(Value::as_bool).unwrap_or(false);
    match said.get("hidden").filter(|why| !why.is_null()) {
        _ if is("blocked") => Some("(words of somebody you blocked)".to_owned()),
        _ if is("withdrawn") => Some("(withdrawn)".to_owned()),
        Some(why) if of(said, "words").is_empty() => Some(format!("(hidden by a steward. {})", because(why))),
        _ => None,
    }
}

fn because(why: &Value) -> String {
    format!("Rule: {} Reason: {}", of(why, "rule"), of(why, "reason"))
}

fn body(said: &Value, style: Style, indent: &str, most: usize) -> String {
    if let Some(quiet) = quiet(said) {
        return words(&style.soft(&quiet), indent, 80);
    }
    let mut text = String::new();
    let title = of(said, "title");
    if !title.is_empty() {
        text += &words(&style.bold(&title), indent, 80);
    }
    let quote = of(said, "quote");
    if !quote.is_empty() {
        text += &words(&quote, &format!("{indent}> "), 80);
    }
    let shown = words(&of(said, "words"), indent, 80);
    text += &shown.lines().take(most).fold(String::new(), |all, line| all + line + "\n");
    if shown.lines().count() > most {
        text += &format!("{indent}{}\n", style.soft("… (goes on)"));
    }
    let work = of(said, "work");
    if !work.is_empty() {
        text += &format!("{indent}{}\n", style.soft(&format!("→ {work}")));
    }
    text
}

fn stream(account: &Account, path: &str, again: &str) -> Result<Said> {
    let list = account.must("GET", path, None)?;
    let (style, now) = (Style::of_terminal(), Clock::System.now());
    let mut text = String::new();
    for said in items(&list) {
        text += &format!("{}\n{}\n", head(said, style, now), body(said, style, "  ", 12));
    }
    if text.is_empty() {
        text = "Nothing was said here yet that you can see. Something begins with: tacit narrate -c SLUG \"…\"".into();
    }
    if let Some(next) = list.get("next").and_then(Value::as_str) {
        text += &style.soft(&format!("More: {again} --after {}", clean(next)));
    }
    Ok(Said { text, json: list })
}

/// So many pages of answers at once; more are a step away.
const PAGES: usize = 10;

fn conversation(account: &Account, id: &str, after: Option<&str>) -> Result<Said> {
    let asked = account.must("GET", &format!("/api/v1/contributions/{id}"), None)?;
    let root = of(&asked, "conversation");
    let opening = if root == of(&asked, "id") { asked } else { account.must("GET", &format!("/api/v1/contributions/{root}"), None)? };
    let (mut replies, mut next) = (Vec::new(), after.map(str::to_owned));
    for _ in 0..PAGES {
        let path = format!("/api/v1/contributions/{root}/replies?after={}", encoded(next.as_deref().unwrap_or_default()));
        let page = account.must("GET", &path, None)?;
        replies.extend_from_slice(items(&page));
        next = page.get("next").and_then(Value::as_str).map(str::to_owned);
        if next.is_none() {
            break;
        }
    }
    let (style, now) = (Style::of_terminal(), Clock::System.now());
    let mut text = format!("{}\n{}\n", head(&opening, style, now), body(&opening, style, "  ", usize::MAX));
    for (depth, said) in nested(&root, &replies) {
        let indent = "  ".repeat(depth.min(6));
        text += &format!("{indent}{}\n{}\n", head(said, style, now).replace('\n', &format!("\n{indent}")), body(said, style, &format!("{indent}  "), usize::MAX));
    }
    let closed = opening.get("closed").filter(|why| !why.is_null());
    match &next {
        _ if next.is_none() && closed.is_some() => {
            text += &style.soft(&format!("Closed by a steward. {}\n", closed.map(because).unwrap_or_default()));
        }
        Some(next) => text += &style.soft(&format!("More: tacit read {root} --after {}\n", clean(next))),
        None => text += &style.soft(&format!("Answer: tacit reply {root} \"…\"\n")),
    }
    Ok(Said { text, json: json!({"opening": opening, "replies": {"items": replies, "next": next}}) })
}

/// Each answer after what it answers, in order; what answers something that is not here stands at the left.
fn nested<'a>(root: &str, replies: &'a [Value]) -> Vec<(usize, &'a Value)> {
    let here: std::collections::HashSet<String> = replies.iter().map(|r| of(r, "id")).collect();
    let mut under: HashMap<String, Vec<&Value>> = HashMap::new();
    for reply in replies {
        let parent = of(reply, "parent");
        under.entry(if here.contains(&parent) { parent } else { root.to_owned() }).or_default().push(reply);
    }
    let mut out = Vec::new();
    let mut open: Vec<(usize, &Value)> = under.remove(root).unwrap_or_default().into_iter().rev().map(|r| (1, r)).collect();
    while let Some((depth, reply)) = open.pop() {
        out.push((depth, reply));
        open.extend(under.remove(&of(reply, "id")).unwrap_or_default().into_iter().rev().map(|r| (depth + 1, r)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_words_are_kept_back_it_says_why() {
        let shown = |said: &Value| body(said, Style::plain(), "", 12);
        let hidden = json!({"words": "", "hidden": {"rule": "Be kind.", "reason": "It named a patient."}});
        assert_eq!(shown(&hidden).split_whitespace().collect::<Vec<_>>().join(" "), "(hidden by a steward. Rule: Be kind. Reason: It named a patient.)");
        assert!(shown(&json!({"words": "", "blocked": true})).contains("somebody you blocked"));
        let mine = json!({"words": "My own.", "hidden": {"rule": "Be kind.", "reason": "x"}});
        assert!(shown(&mine).contains("My own."), "its author reads it");
    }

    #[test]
    fn answers_stand_under_what_they_answer() {
        let said = |id: &str, parent: &str| json!({"id": id, "parent": parent});
        let replies = [said("2", "1"), said("3", "1"), said("4", "2"), said("5", "99"), said("6", "4")];
        let order: Vec<(usize, String)> = nested("1", &replies).into_iter().map(|(d, r)| (d, of(r, "id"))).collect();
        assert_eq!(order, [(1, "2"), (2, "4"), (3, "6"), (1, "3"), (1, "5")].map(|(d, id)| (d, id.to_owned())));
    }

    #[test]
    fn words_of_others_reach_the_terminal_without_escapes() {
        let evil = json!({"id": "1", "at": "2026-11-24T12:00:00Z", "words": "a\u{1b}]0;owned\u{7}b\u{9b}31m", "title": "\u{202e}x", "author": {"name": "E\u{1b}[2Jve", "handle": "eve"}});
        let style = Style::plain();
        let shown = head(&evil, style, Timestamp(0)) + &body(&evil, style, "  ", 99);
        assert!(!shown.chars().any(|c| c.is_control() && c != '\n') && !shown.contains('\u{202e}'), "{shown:?}");
    }

    #[test]
    fn what_is_read_is_a_community_a_conversation_or_a_page_of_this_server() {
        let account = Account::stranger("https://x.org");
        assert!(matches!(place(&account, "").unwrap(), Where::Mine));
        assert!(matches!(place(&account, "handing-over").unwrap(), Where::Community("handing-over")));
        assert!(matches!(place(&account, "https://x.org/c/til").unwrap(), Where::Community("til")));
        assert!(matches!(place(&account, "https://x.org/conversations/7312345678901234567#r9").unwrap(), Where::Conversation("7312345678901234567")));
        assert!(place(&account, "https://y.org/c/til").is_err());
        assert!(place(&account, "../me").is_err());
    }
}
