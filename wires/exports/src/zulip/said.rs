//! What a message says: the markup that Zulip rendered, without the quote of what it answers.

use crate::html;

const MOST_ADDRESSED: usize = 50;
const MOST_FILES: usize = 50;

#[derive(Default, Debug)]
pub(super) struct Said {
    pub words: String,
    /// The message that it quotes at its head.
    pub answers: Option<i64>,
    /// Who it addresses: number where there is one, and name.
    pub toward: Vec<(Option<i64>, String)>,
    /// Paths below `/user_uploads/`.
    pub uploads: Vec<String>,
}

pub(super) fn of_html(content: &str) -> Said {
    let (answers, own) = without_quote(content);
    let words = html::to_markdown(own);
    // Who quotes and adds nothing says just that.
    let words = if words.is_empty() {
        html::to_markdown(content)
    } else {
        words
    };
    Said {
        words,
        answers,
        toward: mentioned(content),
        uploads: uploads(own),
    }
}

/// `<p><span class="user-mention silent">Ann</span> <a href="…/near/123">said</a>:</p> <blockquote>…</blockquote>`, which "quote and
/// reply" writes.
fn without_quote(content: &str) -> (Option<i64>, &str) {
    let found = || {
        let (head, rest) = content.trim_start().split_once("</p>")?;
        let rest = rest.trim_start();
        let quotes = head.starts_with("<p>")
            && head.trim_end().ends_with(':')
            && rest.starts_with("<blockquote>");
        let near = near(head).filter(|_| quotes)?;
        Some((Some(near), after_quote(rest)?))
    };
    found().unwrap_or((None, content))
}

/// The message that a link leads to: `#narrow/stream/5-x/topic/y/near/123`.
pub(super) fn near(text: &str) -> Option<i64> {
    let (_, rest) = text.split_once("#narrow/")?;
    let (_, number) = rest
        .split_once("/near/")
        .or_else(|| rest.split_once("/with/"))?;
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    number.get(..digits)?.parse().ok()
}

fn after_quote(quote: &str) -> Option<&str> {
    let mut depth = 0usize;
    for (at, _) in quote.match_indices("blockquote>") {
        let before = quote.get(..at).unwrap_or_default();
        if before.ends_with("</") {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return quote.get(at + "blockquote>".len()..);
            }
        } else if before.ends_with('<') {
            depth += 1;
        }
    }
    None
}

/// `<span class="user-mention" data-user-id="123">@Ann</span>`; a silent mention quotes somebody and addresses nobody.
fn mentioned(content: &str) -> Vec<(Option<i64>, String)> {
    let mut found: Vec<(Option<i64>, String)> = Vec::new();
    for (at, _) in content
        .match_indices("class=\"user-mention\"")
        .take(MOST_ADDRESSED)
    {
        let tag = content.get(at..).and_then(|rest| rest.split_once('>'));
        let Some((attributes, rest)) = tag else { break };
        let number = attributes
            .split_once("data-user-id=\"")
            .and_then(|(_, id)| id.split('"').next()?.parse().ok());
        let name = rest
            .split('<')
            .next()
            .unwrap_or_default()
            .trim_start_matches('@')
            .to_owned();
        if !name.is_empty()
            && !found
                .iter()
                .any(|(n, known)| *n == number && *known == name)
        {
            found.push((number, name));
        }
    }
    found
}

/// A picture's small copy has an address of its own (`/user_uploads/thumbnail/`).
pub(super) fn uploads(content: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (at, start) in content.match_indices("/user_uploads/") {
        let path = content.get(at + start.len()..).unwrap_or_default();
        let end = path
            .bytes()
            .take(1_000)
            .position(|b| matches!(b, b'"' | b'\'' | b')' | b'<' | b'>' | b' ' | b'?' | b'\n'))
            .unwrap_or(0);
        let path = path.get(..end).unwrap_or_default();
        if !path.is_empty()
            && !path.starts_with("thumbnail/")
            && !found.iter().any(|known| known == path)
        {
            found.push(path.to_owned());
        }
        if found.len() >= MOST_FILES {
            break;
        }
    }
    found
}

pub(super) fn is_deleted(content: &str) -> bool {
    matches!(content.trim(), "(deleted)" | "<p>(deleted)</p>")
}
