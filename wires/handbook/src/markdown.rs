//! What the Markdown of a page says: its title, its links and pictures, the facts at its head and under its heading "Status".

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};

use crate::facts::named;

const MOST_LINKS: usize = 5_000;
const MOST_HEAD: usize = 40;
const LONGEST_VALUE: usize = 1_000;
const LONGEST_TITLE: usize = 300;

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The first heading's words.
    pub heading: Option<String>,
    /// A list of `name: value` before any other words: how RFCs begin.
    pub head: Vec<(String, String)>,
    /// The first paragraph under a heading "Status": how decisions are recorded.
    pub status: Option<String>,
    pub links: Vec<Reference>,
}

/// A link or a picture.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub written: String,
    pub words: String,
    pub is_picture: bool,
}

impl Reading {
    pub(crate) fn of(words: &str) -> Reading {
        let arena = Arena::new();
        let mut options = Options::default();
        options.extension.table = true;
        let root = parse_document(&arena, words, &options);
        let mut reading = Reading::default();
        reading.blocks(root);
        for node in root.descendants() {
            let (written, is_picture) = match &node.data.borrow().value {
                NodeValue::Link(link) => (link.url.clone(), false),
                NodeValue::Image(image) => (image.url.clone(), true),
                _ => continue,
            };
            if reading.links.len() >= MOST_LINKS {
                break;
            }
            reading.links.push(Reference {
                written,
                words: plain(node, LONGEST_TITLE),
                is_picture,
            });
        }
        reading
    }

    fn blocks<'a>(&mut self, root: &'a AstNode<'a>) {
        let mut at_head = true;
        let mut in_status = false;
        for block in root.children() {
            match &block.data.borrow().value {
                NodeValue::Heading(_) => {
                    let words = plain(block, LONGEST_TITLE);
                    at_head &= self.heading.is_none();
                    in_status = self.status.is_none() && words.eq_ignore_ascii_case("status");
                    if self.heading.is_none() && !words.is_empty() {
                        self.heading = Some(words);
                    }
                }
                NodeValue::List(_) if at_head => {
                    at_head = false;
                    self.head = head(block).unwrap_or_default();
                }
                NodeValue::List(_) if in_status => {
                    self.status = block.first_child().map(|item| plain(item, LONGEST_VALUE));
                    in_status = false;
                }
                NodeValue::Paragraph => {
                    let words = plain(block, LONGEST_VALUE);
                    // One line may stand above the list.
                    at_head &= words.len() <= 160;
                    if in_status {
                        self.status = Some(words);
                        in_status = false;
                    } else if self.status.is_none() {
                        self.status = status_line(&words);
                    }
                }
                NodeValue::HtmlBlock(_) => {}
                _ => at_head = false,
            }
        }
        self.status = self.status.take().filter(|status| !status.is_empty());
    }
}

/// A line `Status: accepted`, as some write below the title.
fn status_line(paragraph: &str) -> Option<String> {
    paragraph.lines().take(8).find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_status = name.trim().eq_ignore_ascii_case("status");
        (is_status && value.len() <= 200).then(|| value.trim().to_owned())
    })
}

/// None where one of the items is no `name: value`.
fn head<'a>(list: &'a AstNode<'a>) -> Option<Vec<(String, String)>> {
    let mut facts = Vec::new();
    for item in list.children().take(MOST_HEAD) {
        let words = plain(item, LONGEST_VALUE);
        let (name, value) = words.split_once(':')?;
        let name_is_short = name.len() <= 40 && !name.contains(['\n', '/']);
        if !name_is_short || named(name).is_empty() {
            return None;
        }
        // A value that is one link is where that link leads.
        let value = value.trim();
        let links: Vec<String> = item
            .descendants()
            .filter_map(|node| match &node.data.borrow().value {
                NodeValue::Link(link) if plain(node, LONGEST_VALUE) == value => {
                    Some(link.url.clone())
                }
                _ => None,
            })
            .collect();
        let value = links.first().map_or(value, String::as_str);
        facts.push((named(name), value.to_owned()));
    }
    // A single item is a fact where it says what decisions say.
    let says = |(name, _): &(String, String)| matches!(name.as_str(), "status" | "date");
    (facts.len() > 1 || facts.iter().any(says)).then_some(facts)
}

/// The words of a block without their marks.
fn plain<'a>(block: &'a AstNode<'a>, most: usize) -> String {
    let mut words = String::new();
    for node in block.descendants() {
        match &node.data.borrow().value {
            NodeValue::Text(text) => words.push_str(text),
            NodeValue::Code(code) => words.push_str(&code.literal),
            NodeValue::LineBreak | NodeValue::SoftBreak => words.push('\n'),
            _ => {}
        }
        if words.len() > most {
            break;
        }
    }
    let mut end = words.len().min(most);
    while !words.is_char_boundary(end) {
        end -= 1;
    }
    words.truncate(end);
    words.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_first_heading_of_either_form() {
        assert_eq!(
            Reading::of("words\n\n## The `x` *way* #\n")
                .heading
                .as_deref(),
            Some("The x way")
        );
        assert_eq!(
            Reading::of("Deploying\n=========\n\n# Later")
                .heading
                .as_deref(),
            Some("Deploying")
        );
        assert_eq!(Reading::of("```\n# code\n```").heading, None);
    }

    #[test]
    fn the_list_at_the_head_of_an_rfc_is_facts() {
        let page = "- Feature Name: dyn-trait\n- Start Date: 2017-08-17\n- RFC PR: [rust-lang/rfcs#2113](https://example.org/2113)\n- Rust Issue: N/A\n\n# Summary\n";
        let head = Reading::of(page).head;
        assert_eq!(
            head.iter()
                .map(|(n, v)| format!("{n}={v}"))
                .collect::<Vec<_>>(),
            [
                "feature_name=dyn-trait",
                "start_date=2017-08-17",
                "rfc_pr=https://example.org/2113",
                "rust_issue=N/A"
            ]
        );
        assert!(Reading::of("# Title\n\nWords.\n\n- a: b\n").head.is_empty());
        assert!(Reading::of("- just\n- a list\n").head.is_empty());
    }

    #[test]
    fn the_status_of_a_decision_is_under_its_heading_or_in_a_line() {
        let nygard = "# 3. Use git\n\nDate: 2020-01-02\n\n## Status\n\nSuperseded by [4](0004-x.md)\n\n## Context\n\nWords.";
        assert_eq!(
            Reading::of(nygard).status.as_deref(),
            Some("Superseded by 4")
        );
        let madr = "# Use git\n\n* Status: accepted\n* Date: 2020-01-02\n";
        assert_eq!(
            Reading::of(madr).head.first(),
            Some(&("status".to_owned(), "accepted".to_owned()))
        );
        assert_eq!(
            Reading::of("# A\n\nStatus: Draft\nOwner: Ada")
                .status
                .as_deref(),
            Some("Draft")
        );
    }

    #[test]
    fn links_are_found_where_markdown_has_them() {
        let page = "[a](b.md) `[no](c.md)` ![shot](img/x%20y.png \"t\") [ref]\n\n    [code](d.md)\n\n[ref]: ../e.md#part\n";
        let links = Reading::of(page).links;
        assert_eq!(
            links.iter().map(|l| l.written.as_str()).collect::<Vec<_>>(),
            ["b.md", "img/x%20y.png", "../e.md#part"]
        );
        assert_eq!(
            links.get(1).map(|l| (l.is_picture, l.words.as_str())),
            Some((true, "shot"))
        );
    }
}
