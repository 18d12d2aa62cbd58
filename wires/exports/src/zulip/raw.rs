//! Zulip's own Markdown into plain Markdown, for messages whose rendered form is not in the export.
//! <https://zulip.com/help/format-your-message-using-markdown>

use super::said::{Said, near, uploads};
use crate::{emoji, markdown};

const LONGEST_NAME: usize = 200;

#[derive(PartialEq, Eq)]
enum Fence {
    Code,
    Quote,
    Spoiler,
    Math,
}

pub(super) fn of_raw(content: &str) -> Said {
    let (head, own) = without_quote(content);
    let mut said = Said {
        answers: head,
        uploads: uploads(own),
        ..Said::default()
    };
    said.words = to_markdown(own, &mut said.toward);
    if said.words.trim().is_empty() {
        said.words = to_markdown(content, &mut said.toward);
    }
    said
}

/// `@_**Ann|12** [said](…/near/123):` and a fence that quotes.
fn without_quote(content: &str) -> (Option<i64>, &str) {
    let found = || {
        let (head, rest) = content.split_once('\n')?;
        let marks = rest.bytes().take_while(|b| *b == b'`').count();
        let quotes = head.starts_with("@_**") && head.trim_end().ends_with(':') && marks >= 3;
        let (fence, rest) = rest.split_at(marks);
        let body = rest.strip_prefix("quote\n").filter(|_| quotes)?;
        let (_, own) = body.split_once(&format!("\n{fence}"))?;
        Some((Some(near(head)?), own.trim_start_matches(['\n', '\r'])))
    };
    found().unwrap_or((None, content))
}

fn to_markdown(content: &str, toward: &mut Vec<(Option<i64>, String)>) -> String {
    let mut out = String::with_capacity(content.len() + 16);
    let mut open: Vec<(String, Fence)> = Vec::new();
    let mut lines = content.lines().peekable();
    while let Some(line) = lines.next() {
        let marks = line
            .bytes()
            .take_while(|b| *b == b'`')
            .count()
            .max(line.bytes().take_while(|b| *b == b'~').count());
        let (fence, rest) = line.split_at(if marks >= 3 { marks } else { 0 });
        let quotes = open
            .iter()
            .filter(|(_, kind)| *kind == Fence::Quote)
            .count();
        let prefix = "> ".repeat(quotes.min(12));
        if !fence.is_empty()
            && rest.trim().is_empty()
            && open.last().is_some_and(|(mark, _)| mark == fence)
        {
            if let Some((_, kind)) = open.pop() {
                out.push_str(&end_of(&kind, &prefix, fence));
            }
        } else if open
            .last()
            .is_some_and(|(_, kind)| matches!(kind, Fence::Code | Fence::Math))
        {
            out.push_str(&format!("{prefix}{line}\n"));
        } else if !fence.is_empty() && open.len() < 12 {
            out.push_str(&begin(fence, rest.trim(), &prefix, &mut open));
        } else {
            out.push_str(&prefix);
            words(line, &mut out, toward);
            let plain = |line: &str| {
                !line.trim().is_empty()
                    && !line
                        .trim_start()
                        .starts_with(['-', '*', '+', '>', '#', '|', '`', '~'])
            };
            let breaks = plain(line) && lines.peek().is_some_and(|next| plain(next));
            out.push_str(if breaks { "\\\n" } else { "\n" });
        }
    }
    for (fence, kind) in open.iter().rev() {
        out.push_str(&end_of(kind, "", fence));
    }
    out.trim().to_owned()
}

fn begin(fence: &str, word: &str, prefix: &str, open: &mut Vec<(String, Fence)>) -> String {
    let (kind, written) = match word.split_whitespace().next().unwrap_or_default() {
        "quote" => (Fence::Quote, format!("{prefix}\n")),
        "spoiler" => {
            let header = word.strip_prefix("spoiler").unwrap_or_default().trim();
            let header = if header.is_empty() {
                String::new()
            } else {
                format!("{prefix}**{}**\n{prefix}\n", markdown::text(header))
            };
            (Fence::Spoiler, header)
        }
        "math" => (Fence::Math, format!("{prefix}$$\n")),
        language => (Fence::Code, format!("{prefix}{fence}{language}\n")),
    };
    open.push((fence.to_owned(), kind));
    written
}

fn end_of(kind: &Fence, prefix: &str, fence: &str) -> String {
    match kind {
        Fence::Code => format!("{prefix}{fence}\n"),
        Fence::Math => format!("{prefix}$$\n"),
        Fence::Quote | Fence::Spoiler => "\n".to_owned(),
    }
}

/// `@**Ann|12**`, `@_**Ann**`, `@*group*`, `#**channel>topic**` and `:smile:` become names and characters.
fn words(line: &str, out: &mut String, toward: &mut Vec<(Option<i64>, String)>) {
    let mut rest = line;
    let mut plain = String::with_capacity(line.len());
    while let Some(at) = rest.find(['@', '#', ':']) {
        let (head, tail) = rest.split_at(at);
        plain.push_str(head);
        if let Some((name, number, behind)) = mention(tail) {
            plain.push_str(&markdown::text(name));
            let silent = tail.starts_with("@_");
            if !silent && tail.starts_with("@**") && toward.len() < 50 {
                toward.push((number, name.to_owned()));
            }
            rest = behind;
        } else if let Some((name, behind)) = between(tail, "#**", "**") {
            plain.push_str(&markdown::text(&format!(
                "#{}",
                name.replacen('>', " > ", 1)
            )));
            rest = behind;
        } else if let Some((character, behind)) = between(tail, ":", ":")
            .and_then(|(name, behind)| Some((emoji::character(name)?, behind)))
        {
            plain.push_str(character);
            rest = behind;
        } else {
            let (sign, behind) = tail.split_at(1);
            plain.push_str(sign);
            rest = behind;
        }
    }
    plain.push_str(rest);
    out.push_str(&markdown::unaddressed(&plain));
}

fn mention(text: &str) -> Option<(&str, Option<i64>, &str)> {
    let (inside, behind) = [("@**", "**"), ("@_**", "**"), ("@*", "*"), ("@_*", "*")]
        .iter()
        .find_map(|(start, end)| {
            between(text, start, end).filter(|(inside, _)| !inside.starts_with('*'))
        })?;
    let (name, number) = inside
        .split_once('|')
        .map_or((inside, None), |(name, id)| (name, id.parse().ok()));
    Some((name, number, behind))
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<(&'t str, &'t str)> {
    let rest = text.strip_prefix(start)?;
    let mut most = rest.len().min(LONGEST_NAME);
    while !rest.is_char_boundary(most) {
        most -= 1;
    }
    let at = rest.get(..most)?.find(end).filter(|at| *at > 0)?;
    Some((rest.get(..at)?, rest.get(at + end.len()..)?))
}
