//! One paragraph's worth of Markdown: words with white space folded, and marks that hold only where they can.

use crate::markdown::{self, Place};

/// Emphasis is written once its line is whole: whether `**` opens or is two stars depends on what stands around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    Emphasis,
    Strong,
    Struck,
}

impl Mark {
    /// Noncharacters, which `markdown::word` keeps out of words.
    fn signs(self) -> (char, char) {
        match self {
            Mark::Emphasis => ('\u{FDD0}', '\u{FDD1}'),
            Mark::Strong => ('\u{FDD2}', '\u{FDD3}'),
            Mark::Struck => ('\u{FDD4}', '\u{FDD5}'),
        }
    }

    fn written(self) -> &'static str {
        match self {
            Mark::Emphasis => "*",
            Mark::Strong => "**",
            Mark::Struck => "~~",
        }
    }
}

#[derive(Default)]
pub(crate) struct Inline {
    out: String,
    /// White space that is written before the next word, if one comes.
    space: bool,
    breaks: u8,
    in_table: bool,
    pub in_link: bool,
    /// In a heading or a cell, where a line cannot end.
    one_line: bool,
    /// Marks that are open, and how many of the last ones are written before the next word, if one comes.
    open: Vec<Mark>,
    waiting: usize,
}

impl Inline {
    /// For a heading or a name, where a line cannot end.
    pub(crate) fn one_line() -> Inline {
        Inline {
            one_line: true,
            ..Inline::default()
        }
    }

    pub(crate) fn cell() -> Inline {
        Inline {
            in_table: true,
            one_line: true,
            ..Inline::default()
        }
    }

    /// The same place, empty, for the words of a link.
    pub(crate) fn within(&self) -> Inline {
        Inline {
            in_table: self.in_table,
            one_line: true,
            in_link: true,
            ..Inline::default()
        }
    }

    pub(crate) fn text(&mut self, text: &str) {
        if text.starts_with(blank) {
            self.space = true;
        }
        let mut first = true;
        for word in text.split(blank).filter(|word| !word.is_empty()) {
            if !first {
                self.space = true;
            }
            first = false;
            self.word(word);
        }
        if text.ends_with(blank) {
            self.space = true;
        }
    }

    fn word(&mut self, word: &str) {
        let line_start = self.flush();
        self.drop_split_address(word);
        let place = Place {
            line_start,
            in_table: self.in_table,
            in_link: self.in_link,
        };
        markdown::word(&mut self.out, word, place);
    }

    /// `@` and a name in two pieces address somebody as well.
    fn drop_split_address(&mut self, word: &str) {
        if self.out.ends_with('@') {
            let before = self.out.chars().rev().nth(1);
            let second = if word.chars().count() == 1 { "aa" } else { "a" };
            if markdown::addresses(before, &format!("{word}{second}")) {
                self.out.pop();
            }
        }
    }

    pub(crate) fn code(&mut self, code: &str) {
        self.flush();
        markdown::code(&mut self.out, code, self.in_table);
    }

    pub(crate) fn link(&mut self, words: &str, target: &str, picture: bool) {
        self.flush();
        markdown::link(&mut self.out, words, target, picture);
    }

    /// An address that is its own words.
    pub(crate) fn address(&mut self, target: &str) {
        self.flush();
        self.out.push('<');
        self.out.push_str(target);
        self.out.push('>');
    }

    pub(crate) fn line_break(&mut self) {
        if self.one_line {
            self.space = true;
        } else {
            self.breaks = (self.breaks + 1).min(2);
        }
    }

    /// Writes what waits; answers whether the next word begins a line.
    fn flush(&mut self) -> bool {
        let breaks = std::mem::take(&mut self.breaks);
        let space = std::mem::take(&mut self.space);
        let last = self.out.chars().rev().find(|c| !markdown::is_reserved(*c));
        let begins = last.is_none_or(|c| c == '\n');
        if !begins {
            for _ in 0..breaks {
                self.out.push_str("\\\n");
            }
            if breaks == 0 && space {
                self.out.push(' ');
            }
        }
        let waiting = std::mem::take(&mut self.waiting);
        let written = self.open.len().saturating_sub(waiting);
        let signs = self.open.iter().skip(written).map(|mark| mark.signs().0);
        self.out.extend(signs);
        begins || breaks > 0
    }

    /// Answers whether it opened: a mark within itself does not.
    pub(crate) fn open(&mut self, mark: Mark) -> bool {
        if self.open.contains(&mark) {
            return false;
        }
        self.open.push(mark);
        self.waiting += 1;
        true
    }

    /// Closes what opened last, which is this mark.
    pub(crate) fn close(&mut self, mark: Mark) {
        self.open.pop();
        if self.waiting > 0 {
            self.waiting -= 1;
        } else {
            self.out.push(mark.signs().1);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.out.chars().all(markdown::is_reserved)
    }

    pub(crate) fn finish(self) -> String {
        decide(&self.out)
    }
}

/// White space that a browser folds; a no-break space is folded, too, since mail programs indent with it.
fn blank(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\n' | '\r' | '\u{0C}' | '\u{A0}' | '\u{200B}' | '\u{FEFF}'
    )
}

struct Pair {
    mark: Mark,
    from: usize,
    to: usize,
}

/// Writes the marks that open and close by the rules of CommonMark (6.2, flanking) and leaves out the others.
fn decide(text: &str) -> String {
    if !text.contains(markdown::is_reserved) {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let mut kept: Vec<Option<&'static str>> = vec![None; chars.len()];
    let mut last_close = None;
    for pair in pairs(&chars) {
        // A star that closes right before one that opens would be one run.
        let glued = last_close.is_some_and(|to| to + 1 == pair.from);
        if holds(&chars, &pair) && !glued {
            for at in [pair.from, pair.to] {
                if let Some(slot) = kept.get_mut(at) {
                    *slot = Some(pair.mark.written());
                }
            }
            last_close = Some(pair.to);
        }
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (c, mark) in chars.iter().zip(kept) {
        match mark {
            Some(mark) => out.push_str(mark),
            None if markdown::is_reserved(*c) => {}
            None => out.push(*c),
        }
    }
    out
}

/// In the order in which they open.
fn pairs(chars: &[char]) -> Vec<Pair> {
    let mut found = Vec::new();
    let mut open: Vec<(Mark, usize)> = Vec::new();
    for (at, c) in chars.iter().enumerate() {
        for mark in [Mark::Emphasis, Mark::Strong, Mark::Struck] {
            if *c == mark.signs().0 {
                open.push((mark, at));
            }
            if *c == mark.signs().1
                && let Some(depth) = open.iter().rposition(|(m, _)| *m == mark)
            {
                let (_, from) = open.remove(depth);
                found.push(Pair { mark, from, to: at });
            }
        }
    }
    found.sort_by_key(|pair| pair.from);
    found
}

fn holds(chars: &[char], pair: &Pair) -> bool {
    let seen = |c: &&char| !markdown::is_reserved(**c);
    let before = |at: usize| {
        chars
            .get(..at)
            .and_then(|c| c.iter().rev().find(seen))
            .copied()
    };
    let after = |at: usize| {
        chars
            .get(at + 1..)
            .and_then(|c| c.iter().find(seen))
            .copied()
    };
    let inside = chars.get(pair.from + 1..pair.to).unwrap_or_default();
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let white = |c: Option<char>| c.is_none_or(char::is_whitespace);
    inside.iter().any(|c| !markdown::is_reserved(*c))
        && !white(after(pair.from))
        && !white(before(pair.to))
        && (word(after(pair.from)) || edge(before(pair.from)))
        && (word(before(pair.to)) || edge(after(pair.to)))
}
