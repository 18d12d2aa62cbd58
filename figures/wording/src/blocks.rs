//! Markdown cut into what changes as one: a paragraph, a heading, an item of a list, a row of a table, a line of code.
//!
//! Not CommonMark's tree: every byte belongs to exactly one block, in order, and a block is a few whole lines. What is nested, quoted or set in HTML
//! is a paragraph here.

use std::ops::Range;

/// A block, and the blank lines after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// Without blank space at its end. Empty for blank lines before everything else.
    pub(crate) content: Range<usize>,
    pub(crate) whole: Range<usize>,
    pub(crate) code: bool,
}

/// Blocks that together are the text.
pub(crate) fn blocks(text: &str) -> Vec<Span> {
    let mut cutting = Cutting {
        text,
        spans: Vec::new(),
        open: None,
    };
    let mut state = State::beginning(text);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let sort = state.sort(line);
        cutting.line(at..at + line.len(), sort);
        at += line.len();
    }
    cutting.close();
    cutting.spans
}

/// What a line is to the blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Blank,
    /// Goes on with what is open, or begins a paragraph.
    Text,
    /// Begins a block that others may go on with.
    Item,
    /// A block of its own.
    Alone,
    Code,
}

struct Cutting<'a> {
    text: &'a str,
    spans: Vec<Span>,
    /// The block that the next line may belong to; whether text may go on with it.
    open: Option<(Range<usize>, bool, bool)>,
}

impl Cutting<'_> {
    fn line(&mut self, line: Range<usize>, sort: Sort) {
        match (&mut self.open, sort) {
            (Some((open, goes_on, _)), Sort::Blank) => {
                open.end = line.end;
                *goes_on = false;
            }
            (Some((open, true, _)), Sort::Text) => open.end = line.end,
            _ => {
                self.close();
                let goes_on = matches!(sort, Sort::Text | Sort::Item);
                self.open = Some((line, goes_on, sort == Sort::Code));
            }
        }
    }

    fn close(&mut self) {
        if let Some((whole, _, code)) = self.open.take() {
            let words = self.text.get(whole.clone()).unwrap_or_default();
            let content = whole.start..whole.start + words.trim_end().len();
            self.spans.push(Span {
                content,
                whole,
                code,
            });
        }
    }
}

/// What lines before this one opened.
struct State {
    /// So many lines of dashes are still to come until what stands before the text ends.
    front_matter: u8,
    /// The mark of an open fence, and how long it is.
    fence: Option<(char, usize)>,
    in_list: bool,
    after_text: bool,
}

impl State {
    fn beginning(text: &str) -> Self {
        let front = text.strip_prefix("---");
        let opens =
            front.is_some_and(|rest| rest.starts_with(['\n', '\r']) && rest.contains("\n---"));
        Self {
            front_matter: if opens { 2 } else { 0 },
            fence: None,
            in_list: false,
            after_text: false,
        }
    }

    fn sort(&mut self, line: &str) -> Sort {
        let sort = self.look(line, line.trim());
        self.after_text = matches!(sort, Sort::Text | Sort::Item);
        sort
    }

    fn look(&mut self, line: &str, words: &str) -> Sort {
        if self.front_matter > 0 {
            self.front_matter -= u8::from(words == "---");
            return Sort::Code;
        }
        if let Some((mark, length)) = self.fence {
            let marks = marks(words, mark);
            if marks >= length && words.len() == marks {
                self.fence = None;
            }
            return Sort::Code;
        }
        self.fence = opened_fence(words);
        if self.fence.is_some() {
            return Sort::Code;
        }
        if words.is_empty() {
            return Sort::Blank;
        }
        self.outside_of_code(line, words)
    }

    fn outside_of_code(&mut self, line: &str, words: &str) -> Sort {
        let indented = line.starts_with([' ', '\t']);
        let deep = line.starts_with("    ") || line.starts_with('\t');
        if deep && !self.after_text && !self.in_list {
            return Sort::Code;
        }
        if is_item(words) {
            self.in_list = true;
            return Sort::Item;
        }
        let alone = is_heading(words) || words.starts_with('|');
        if !indented && (alone || !self.after_text) {
            self.in_list = false;
        }
        if alone { Sort::Alone } else { Sort::Text }
    }
}

fn opened_fence(words: &str) -> Option<(char, usize)> {
    let mark = words
        .chars()
        .next()
        .filter(|mark| matches!(mark, '`' | '~'))?;
    let length = marks(words, mark);
    let is_span = mark == '`' && words.trim_start_matches(mark).contains(mark);
    (length >= 3 && !is_span).then_some((mark, length))
}

fn marks(words: &str, mark: char) -> usize {
    words.chars().take_while(|one| *one == mark).count()
}

fn is_heading(words: &str) -> bool {
    let rest = words.trim_start_matches('#');
    (1..=6).contains(&(words.len() - rest.len()))
        && (rest.is_empty() || rest.starts_with([' ', '\t']))
}

fn is_item(words: &str) -> bool {
    let digits = words.bytes().take_while(u8::is_ascii_digit).count();
    let rest = words.get(digits..).unwrap_or_default();
    let rest = match digits {
        0 => rest.strip_prefix(['-', '*', '+']),
        1..=9 => rest.strip_prefix(['.', ')']),
        _ => None,
    };
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn contents(text: &str) -> Vec<&str> {
        blocks(text)
            .into_iter()
            .map(|span| &text[span.content])
            .collect()
    }

    fn code(text: &str) -> Vec<&str> {
        let code = blocks(text).into_iter().filter(|span| span.code);
        code.map(|span| &text[span.content]).collect()
    }

    #[test]
    fn paragraphs_headings_and_items_are_blocks() {
        let text = "# Hands\nWash them\nlong.\n\n- soap\n  and water\n- towel\n\n1. first\n2) second\n\n| a | b |\n| 1 | 2 |\n";
        let expected = [
            "# Hands",
            "Wash them\nlong.",
            "- soap\n  and water",
            "- towel",
            "1. first",
            "2) second",
            "| a | b |",
            "| 1 | 2 |",
        ];
        assert_eq!(contents(text), expected);
        assert_eq!(
            contents("#hash is a word\n**bold** too\n2026 was\n-5 degrees"),
            ["#hash is a word\n**bold** too\n2026 was\n-5 degrees"]
        );
    }

    #[test]
    fn code_is_cut_by_line() {
        assert_eq!(
            code("so:\n\n```sh\nls\n\n# no heading\n```\nand"),
            ["```sh", "ls", "", "# no heading", "```"]
        );
        assert_eq!(code("~~~~\na\n~~~\n~~~~\nb"), ["~~~~", "a", "~~~", "~~~~"]);
        assert_eq!(code("so:\n\n    ls\n    pwd\n\nand"), ["    ls", "    pwd"]);
        assert_eq!(code("- item\n\n    goes on\n"), [""; 0]);
        assert_eq!(code("`a` and ```b``` in a line"), [""; 0]);
        assert_eq!(
            code("---\ntitle: Hands\n---\nWash"),
            ["---", "title: Hands", "---"]
        );
        assert_eq!(code("```\nnever closed"), ["```", "never closed"]);
    }

    #[test]
    fn blank_lines_belong_to_what_stands_before_them() {
        let spans = blocks("\n\na\n\n\nb");
        assert_eq!(spans.len(), 3);
        assert_eq!(
            (spans[0].content.clone(), spans[0].whole.clone()),
            (0..0, 0..2)
        );
        assert_eq!(
            (spans[1].content.clone(), spans[1].whole.clone()),
            (2..3, 2..6)
        );
    }

    proptest! {
        #[test]
        fn blocks_together_are_the_text(text in "([-#|`~ \\ta1.\\r]{0,5}\\n){0,12}.{0,3}") {
            let mut at = 0;
            for span in blocks(&text) {
                prop_assert_eq!(span.whole.start, at);
                prop_assert!(span.whole.end > at && span.content.end <= span.whole.end);
                at = span.whole.end;
            }
            prop_assert_eq!(at, text.len());
        }
    }
}
