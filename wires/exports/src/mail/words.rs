//! The words of a message as Markdown.

use mail_parser::decoders::html::html_to_text;

use crate::html::to_markdown;

use super::habits::Habits;
use super::letter::Letter;
use super::own::{self, Run, Stands};
use super::plain;
use super::threads::{is_forward, shown_subject};
use crate::File;

/// Longer words are cut; nobody wrote them. Nor is more read of a text to find them.
const MOST: usize = 200_000;
const MOST_READ: usize = 1 << 20;

/// The author's own words, and files that an archive took out of them.
pub fn of(letter: &Letter, habits: &Habits) -> (String, Vec<File>) {
    let stands = stands(letter);
    let end = letter.text.floor_char_boundary(MOST_READ);
    let text = letter.text.get(..end).unwrap_or("");
    let (mut words, files) = if letter.is_html {
        let html = match stands {
            Stands::PassingOn => text,
            _ => own_html(text),
        };
        let markdown = without_empty_breaks(&to_markdown(html));
        let (mut runs, files) = own::of(&markdown, habits, stands);
        if html.len() < text.len()
            && let Some(Run::Own(own)) = runs.last_mut()
        {
            own::take_attribution(own);
        }
        (plain::as_it_is(&runs), files)
    } else if let Some(delsp) = letter.flowed {
        let text = flowed(text, delsp);
        let (runs, files) = own::of(&text, habits, stands);
        (plain::markdown(&runs), files)
    } else {
        let (runs, files) = own::of(text, habits, stands);
        (plain::markdown(&runs), files)
    };
    words.truncate(words.trim_end().len());
    if words.len() > MOST {
        let end = (0..=MOST)
            .rev()
            .find(|end| words.is_char_boundary(*end))
            .unwrap_or(0);
        words.truncate(end);
        words.push_str(" […]");
    }
    (words, files)
}

fn stands(letter: &Letter) -> Stands {
    if is_forward(&letter.subject) {
        Stands::PassingOn
    } else if !letter.references.is_empty() || shown_subject(&letter.subject, None).1 {
        Stands::Answering
    } else {
        Stands::Alone
    }
}

/// Where programs begin the quoted message in HTML.
const QUOTES: [&str; 9] = [
    "<div class=\"gmail_quote",
    "<blockquote",
    "<div id=\"divrplyfwdmsg\"",
    "<div id=\"appendonsend\"",
    "<hr id=\"stopspelling\"",
    "class=\"outlookmessageheader\"",
    "<div class=\"yahoo_quoted\"",
    "class=\"moz-cite-prefix\"",
    "border-top:solid #b5c4df 1.0pt",
];

/// HTML up to the quoted message, where something stands before that.
fn own_html(html: &str) -> &str {
    let lower = html.to_ascii_lowercase();
    let Some(at) = QUOTES.iter().filter_map(|quote| lower.find(quote)).min() else {
        return html;
    };
    // The mark may stand within its tag.
    let at = lower
        .get(..at)
        .map_or(at, |head| match (head.rfind('<'), head.rfind('>')) {
            (Some(open), close) if close.is_none_or(|close| close < open) => open,
            _ => at,
        });
    match html.get(..at) {
        Some(own) if !html_to_text(own).trim().is_empty() => own,
        _ => html,
    }
}

/// Breaks that only make room end a paragraph instead.
fn without_empty_breaks(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut in_code = false;
    for line in markdown.lines() {
        in_code ^= line.trim_start().starts_with("```");
        let line = if line == "\\" && !in_code { "" } else { line };
        if line.is_empty() && !in_code && out.ends_with("\\\n") {
            out.truncate(out.len() - 2);
            out.push('\n');
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// Undoes the wrapping of `format=flowed` (RFC 3676).
fn flowed(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|b| *b == b'>').count();
        let inner = line.get(depth..).unwrap_or("");
        // A signature's mark and a change of depth end a paragraph.
        if open
            .take()
            .is_some_and(|before| before != depth || inner == "-- " || inner == " -- ")
            && !out.is_empty()
        {
            while out.ends_with(' ') {
                out.pop();
            }
            out.push('\n');
            out.push_str(line);
        } else if out.is_empty() || out.ends_with('\n') {
            out.push_str(
                line.strip_prefix(' ')
                    .filter(|_| depth == 0)
                    .unwrap_or(line),
            );
        } else {
            out.push_str(inner.strip_prefix(' ').unwrap_or(inner));
        }
        let goes_on =
            inner.ends_with(' ') && inner != "-- " && inner != " -- " && !inner.trim().is_empty();
        if goes_on {
            if delsp {
                out.pop();
            }
            open = Some(depth);
        } else {
            out.push('\n');
        }
    }
    out
}
