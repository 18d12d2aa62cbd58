//! Lists and tables.

use super::blocks::{Block, Blocks, Walk, indent, join};
use super::tree::Element;
use crate::inline::Inline;

/// A table wider or longer than this is written as paragraphs.
const WIDEST: usize = 40;
const MOST_CELLS: usize = 10_000;

impl Walk<'_> {
    pub(super) fn list(&self, element: &Element, blocks: &mut Blocks, depth: usize) {
        let ordered = element.name == "ol";
        let mut number: u64 = element.attribute("start").parse().unwrap_or(1);
        // Two lists in a row would be one.
        let before = blocks.last().and_then(|block| block.list);
        let bullet = if ordered {
            if before == Some(b'.') { b')' } else { b'.' }
        } else if before == Some(b'-') {
            b'*'
        } else {
            b'-'
        };
        let mut items = Vec::new();
        let mut tight = true;
        for child in &element.children {
            let Some(item) = self.tree.element(*child) else {
                continue;
            };
            let mut within = Blocks::new();
            if item.name == "li" {
                self.children(*child, &mut within, depth + 1);
            } else {
                // A list right within a list: what browsers show as deeper belongs to the item before.
                self.stray(*child, item, &mut within, depth);
            }
            tight &= !item
                .children
                .iter()
                .any(|c| self.tree.element(*c).is_some_and(|e| e.name == "p"))
                || element.children.len() == 1;
            items.push((item.name == "li", within));
        }
        let mut lines: Vec<String> = Vec::new();
        for (own, within) in items {
            let text = if tight {
                join_tight(&within)
            } else {
                join(&within)
            };
            if text.is_empty() {
                continue;
            }
            let mark = if ordered {
                format!("{}{} ", number.min(999_999_999), char::from(bullet))
            } else {
                format!("{} ", char::from(bullet))
            };
            if own || lines.is_empty() {
                let body = indent(&text, &" ".repeat(mark.len()), "");
                lines.push(format!("{mark}{}", body.trim_start_matches(' ')));
                number += 1;
            } else if let Some(last) = lines.last_mut() {
                last.push('\n');
                last.push_str(&indent(&text, &" ".repeat(mark.len()), ""));
            }
        }
        if !lines.is_empty() {
            let text = lines.join(if tight { "\n" } else { "\n\n" });
            blocks.push(Block {
                text,
                list: Some(bullet),
            });
        }
    }

    fn stray(&self, id: usize, element: &Element, within: &mut Blocks, depth: usize) {
        if matches!(element.name.as_str(), "ul" | "ol") && depth < 12 {
            self.list(element, within, depth + 1);
        } else {
            self.children(id, within, depth + 1);
        }
    }

    /// Only a table that holds lines becomes one; a table that holds a page (mail is laid out so) becomes its blocks.
    pub(super) fn table(&self, id: usize, blocks: &mut Blocks, depth: usize) {
        let mut rows = Vec::new();
        self.rows(id, &mut rows, 0);
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        let lines = rows.iter().flatten().all(|cell| self.is_lines(*cell));
        if !(2..=WIDEST).contains(&width) || rows.len() * width > MOST_CELLS || !lines {
            return self.children(id, blocks, depth);
        }
        let mut out = String::new();
        for (n, row) in rows.iter().enumerate() {
            out.push('|');
            for column in 0..width {
                let words = row
                    .get(column)
                    .map(|cell| self.cell(*cell))
                    .unwrap_or_default();
                out.push(' ');
                out.push_str(&words);
                out.push_str(" |");
            }
            out.push('\n');
            if n == 0 {
                out.push('|');
                out.push_str(&" --- |".repeat(width));
                out.push('\n');
            }
        }
        out.truncate(out.trim_end().len());
        if let Some(caption) = self.tree.find(id, &|e| e.name == "caption") {
            self.children(caption, blocks, depth);
        }
        blocks.push(Block {
            text: out,
            list: None,
        });
    }

    fn rows(&self, id: usize, rows: &mut Vec<Vec<usize>>, depth: usize) {
        let Some(element) = self.tree.element(id) else {
            return;
        };
        for child in &element.children {
            match self.tree.element(*child) {
                Some(row) if row.name == "tr" => {
                    let cell = |id: &usize| {
                        self.tree
                            .element(*id)
                            .is_some_and(|e| matches!(e.name.as_str(), "td" | "th"))
                    };
                    rows.push(row.children.iter().copied().filter(cell).collect());
                }
                Some(part)
                    if depth == 0 && matches!(part.name.as_str(), "tbody" | "thead" | "tfoot") =>
                {
                    self.rows(*child, rows, 1)
                }
                _ => {}
            }
        }
    }

    fn is_lines(&self, cell: usize) -> bool {
        let breaks = |e: &Element| {
            matches!(
                e.name.as_str(),
                "table" | "ul" | "ol" | "pre" | "blockquote" | "h1" | "h2" | "h3" | "hr" | "aside"
            )
        };
        self.tree.find(cell, &breaks).is_none()
    }

    fn cell(&self, id: usize) -> String {
        let mut line = Inline::cell();
        self.inline_children(id, &mut line);
        line.finish()
    }
}

/// What may follow a paragraph without an empty line between.
fn join_tight(blocks: &Blocks) -> String {
    let mut out = String::new();
    for block in blocks {
        if !out.is_empty() {
            let follows = ["- ", "1. ", "```", "> "]
                .iter()
                .any(|start| block.text.starts_with(start));
            out.push_str(if follows { "\n" } else { "\n\n" });
        }
        out.push_str(&block.text);
    }
    out
}
