//! Slack's own marks (mrkdwn, <https://api.slack.com/reference/surfaces/formatting>) into Markdown.

use crate::inline::{Inline, Mark};
use crate::{emoji, markdown};

/// Who and what the ids in a text are.
pub(super) trait Names {
    fn person(&self, id: &str) -> Option<&str>;
    fn channel(&self, id: &str) -> Option<&str>;
}

const MOST_ADDRESSED: usize = 50;
const LONGEST_NAME: usize = 64;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Plain,
    Quote,
    Item,
}

/// `toward` gets the ids of who is addressed, each with the name that stands there.
pub(super) fn to_markdown(
    text: &str,
    names: &dyn Names,
    toward: &mut Vec<(String, String)>,
) -> String {
    let mut words = Words {
        names,
        toward,
        out: String::with_capacity(text.len() + text.len() / 8),
        before: None,
        gap: false,
        all_quoted: false,
    };
    let mut rest = text;
    while let Some((head, (code, tail))) = rest
        .split_once("```")
        .and_then(|(head, rest)| Some((head, rest.split_once("```")?)))
    {
        words.lines(head);
        words.code_block(code);
        rest = tail;
    }
    words.lines(rest);
    words.out
}

struct Words<'w> {
    names: &'w dyn Names,
    toward: &'w mut Vec<(String, String)>,
    out: String,
    before: Option<Line>,
    /// An empty line stands between.
    gap: bool,
    /// After `>>>` all the rest is quoted.
    all_quoted: bool,
}

impl Words<'_> {
    fn lines(&mut self, text: &str) {
        for line in text.split('\n') {
            let line = line.trim_end_matches('\r');
            if line.trim().is_empty() {
                self.gap = true;
                continue;
            }
            let (kind, words) = self.kind(line);
            let mut inline = Inline::one_line();
            Spans {
                line: words,
                names: self.names,
                toward: self.toward,
                inline: &mut inline,
            }
            .read();
            let written = inline.finish();
            if !written.is_empty() {
                self.put(kind, &written);
            }
        }
    }

    fn kind<'l>(&mut self, line: &'l str) -> (Line, &'l str) {
        let trimmed = line.trim_start();
        let quoted = trimmed
            .strip_prefix("&gt;")
            .or_else(|| trimmed.strip_prefix('>'));
        if let Some(words) = quoted {
            self.all_quoted |= words.starts_with("&gt;&gt;") || words.starts_with(">>");
            return (
                Line::Quote,
                words.trim_start_matches("&gt;").trim_start_matches('>'),
            );
        }
        if self.all_quoted {
            return (Line::Quote, line);
        }
        let item = ["• ", "◦ ", "▪︎ ", "- "]
            .iter()
            .find_map(|mark| trimmed.strip_prefix(mark));
        item.map_or((Line::Plain, line), |words| (Line::Item, words))
    }

    fn put(&mut self, kind: Line, written: &str) {
        let follows = self.before == Some(kind) && !self.gap;
        let (between, mark) = match kind {
            Line::Plain => (if follows { "\\\n" } else { "\n\n" }, ""),
            Line::Quote => (if follows { "\\\n" } else { "\n\n" }, "> "),
            Line::Item => (
                if self.before == Some(kind) {
                    "\n"
                } else {
                    "\n\n"
                },
                "- ",
            ),
        };
        if !self.out.is_empty() {
            self.out.push_str(between);
        }
        self.out.push_str(mark);
        self.out.push_str(written);
        self.before = Some(kind);
        self.gap = false;
    }

    fn code_block(&mut self, code: &str) {
        let code = plain(code);
        let code = code.trim_start_matches('\n');
        if code.trim().is_empty() {
            return;
        }
        if !self.out.is_empty() {
            self.out.push_str("\n\n");
        }
        self.out.push_str(&markdown::code_block(code, ""));
        self.before = None;
        self.gap = true;
    }
}

struct Spans<'s> {
    line: &'s str,
    names: &'s dyn Names,
    toward: &'s mut Vec<(String, String)>,
    inline: &'s mut Inline,
}

const MARKS: [(u8, Mark); 3] = [
    (b'*', Mark::Strong),
    (b'_', Mark::Emphasis),
    (b'~', Mark::Struck),
];

impl Spans<'_> {
    fn read(&mut self) {
        let bytes = self.line.as_bytes();
        let mut open: Vec<(usize, Mark)> = Vec::new();
        // Up to here no such mark closes, and no such code or link ends.
        let mut barren = [0; 3];
        let mut no_code = false;
        let mut no_link = 0;
        let (mut from, mut at) = (0, 0);
        while let Some(found) = memchr_special(bytes.get(at..).unwrap_or_default()) {
            at += found;
            if open.last().is_some_and(|(close, _)| *close == at) {
                self.piece(from, at);
                if let Some((_, mark)) = open.pop() {
                    self.inline.close(mark);
                }
                at += 1;
                from = at;
                continue;
            }
            let bound = open.last().map_or(bytes.len(), |(close, _)| *close);
            let next = match bytes.get(at) {
                Some(b'<') if no_link <= at => {
                    let end = self.control(from, at, bound);
                    if end.is_none() {
                        no_link = bound;
                    }
                    end
                }
                Some(b'`') if !no_code => {
                    let end = self.code(from, at, bound);
                    no_code = end.is_none() && open.is_empty();
                    end
                }
                Some(b':') => self.emoji(from, at),
                Some(byte) => {
                    let kind = MARKS.iter().position(|(mark, _)| mark == byte);
                    let known = kind.and_then(|kind| barren.get_mut(kind).zip(MARKS.get(kind)));
                    known
                        .filter(|(barren, _)| **barren <= at)
                        .and_then(|(barren, (byte, mark))| {
                            if open.iter().any(|(_, m)| m == mark) || !self.may_open(at) {
                                return None;
                            }
                            let Some(close) = self.closing(*byte, at, bound) else {
                                *barren = bound;
                                return None;
                            };
                            self.piece(from, at);
                            self.inline.open(*mark);
                            open.push((close, *mark));
                            Some(at + 1)
                        })
                }
                None => None,
            };
            match next {
                Some(next) => {
                    at = next;
                    from = next;
                }
                None => at += 1,
            }
        }
        self.piece(from, bytes.len());
    }

    fn piece(&mut self, from: usize, to: usize) {
        let piece = self.line.get(from..to).unwrap_or_default();
        if piece.contains('&') {
            self.inline.text(&unescaped(piece));
        } else {
            self.inline.text(piece);
        }
    }

    /// A mark opens before a word and not within one.
    fn may_open(&self, at: usize) -> bool {
        let before = self
            .line
            .get(..at)
            .and_then(|head| head.chars().next_back());
        let after = self.line.get(at + 1..).and_then(|tail| tail.chars().next());
        !before.is_some_and(char::is_alphanumeric)
            && after.is_some_and(|c| {
                !c.is_whitespace() && !"*_~".contains(c)
                    || matches!(c, '*' | '_' | '~')
                        && Some(c) != self.line.get(at..).and_then(|t| t.chars().next())
            })
    }

    fn closing(&self, mark: u8, at: usize, bound: usize) -> Option<usize> {
        let within = self.line.as_bytes().get(at + 2..bound)?;
        memchr::memchr_iter(mark, within)
            .map(|n| at + 2 + n)
            .find(|close| {
                let before = self
                    .line
                    .get(..*close)
                    .and_then(|head| head.chars().next_back());
                let after = self
                    .line
                    .get(close + 1..)
                    .and_then(|tail| tail.chars().next());
                !before.is_some_and(char::is_whitespace)
                    && !after.is_some_and(char::is_alphanumeric)
            })
    }

    fn code(&mut self, from: usize, at: usize, bound: usize) -> Option<usize> {
        let length = memchr::memchr(b'`', self.line.as_bytes().get(at + 1..bound)?)?;
        let code = self
            .line
            .get(at + 1..at + 1 + length)
            .filter(|code| !code.trim().is_empty())?;
        self.piece(from, at);
        self.inline.code(&plain(code));
        Some(at + length + 2)
    }

    fn emoji(&mut self, from: usize, at: usize) -> Option<usize> {
        let rest = self.line.get(at + 1..)?;
        let letters = |b: u8| b.is_ascii_alphanumeric() || b"_+-'".contains(&b);
        let name = rest
            .bytes()
            .take(LONGEST_NAME)
            .take_while(|b| letters(*b))
            .count();
        let character = emoji::character(rest.get(..name).filter(|name| !name.is_empty())?)?;
        let mut end = rest.get(name..)?.strip_prefix(':').map(|_| name + 1)?;
        if let Some(tone) = rest
            .get(end..)
            .filter(|tail| tail.starts_with(":skin-tone-"))
        {
            end += tone
                .get(11..)
                .and_then(|t| t.find(':'))
                .filter(|n| *n <= 2)
                .map_or(0, |n| 12 + n);
        }
        self.piece(from, at);
        self.inline.text(character);
        Some(at + 1 + end)
    }

    /// `<@U1|name>`, `<#C1|name>`, `<!here>`, `<https://…|words>`.
    fn control(&mut self, from: usize, at: usize, bound: usize) -> Option<usize> {
        let length = memchr::memchr(b'>', self.line.as_bytes().get(at + 1..bound)?)?;
        let inside = self.line.get(at + 1..at + 1 + length)?;
        self.piece(from, at);
        let (what, label) = inside
            .split_once('|')
            .map_or((inside, ""), |(what, label)| (what, label.trim()));
        match what.as_bytes().first() {
            Some(b'@') => self.person(what.get(1..).unwrap_or_default(), label),
            Some(b'#') => {
                let id = what.get(1..).unwrap_or_default();
                let name = if label.is_empty() {
                    self.names.channel(id).unwrap_or(id)
                } else {
                    label
                };
                self.inline.text(&format!("#{}", unescaped(name)));
            }
            Some(b'!') => self.inline.text(&unescaped(broadcast(what, label))),
            _ => self.link(&unescaped(what), &unescaped(label)),
        }
        Some(at + length + 2)
    }

    fn person(&mut self, id: &str, label: &str) {
        let name =
            self.names
                .person(id)
                .unwrap_or(if label.is_empty() { "deleted" } else { label });
        self.inline.text(&unescaped(name.trim_start_matches('@')));
        if self.toward.len() < MOST_ADDRESSED
            && !id.is_empty()
            && !self.toward.iter().any(|(known, _)| known == id)
        {
            self.toward
                .push((id.to_owned(), label.trim_start_matches('@').to_owned()));
        }
    }

    fn link(&mut self, target: &str, label: &str) {
        let simple = !target.contains(['<', '>', ' ', '\\']);
        let bare = target.strip_prefix("mailto:");
        if !markdown::leads_out(target) {
            self.inline
                .text(if label.is_empty() { target } else { label });
        } else if simple && bare.is_some_and(|mail| label.is_empty() || label == mail) {
            self.inline.address(bare.unwrap_or(target));
        } else if simple && (label.is_empty() || label == target) {
            self.inline.address(target);
        } else {
            let mut words = self.inline.within();
            words.text(if label.is_empty() { target } else { label });
            self.inline.link(&words.finish(), target, false);
        }
    }
}

fn memchr_special(bytes: &[u8]) -> Option<usize> {
    bytes
        .iter()
        .position(|b| matches!(b, b'<' | b'`' | b':' | b'*' | b'_' | b'~'))
}

/// `!subteam^S1|@nurses` is the group's name, `!date^…|May 3rd` its words, `!here` is `here`.
fn broadcast<'c>(what: &'c str, label: &'c str) -> &'c str {
    let said = if label.is_empty() {
        what.trim_start_matches('!')
            .split('^')
            .next()
            .unwrap_or_default()
    } else {
        label
    };
    said.trim_start_matches('@')
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// Code with the addresses in it as they were typed.
fn plain(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some((head, (inside, tail))) = rest
        .split_once('<')
        .and_then(|(head, rest)| Some((head, rest.split_once('>')?)))
    {
        out.push_str(head);
        out.push_str(inside.split_once('|').map_or(inside, |(_, label)| label));
        rest = tail;
    }
    out.push_str(rest);
    unescaped(&out)
}
