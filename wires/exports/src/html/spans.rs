//! What stands within a line: words with marks, links, pictures.

use super::blocks::Walk;
use super::special::Special;
use super::tree::{Element, Node, vanishes};
use crate::inline::{Inline, Mark};

impl Walk<'_> {
    pub(super) fn inline_children(&self, id: usize, line: &mut Inline) {
        for child in self
            .tree
            .element(id)
            .map(|e| e.children.as_slice())
            .unwrap_or_default()
        {
            self.inline(*child, line);
        }
    }

    pub(super) fn inline(&self, id: usize, line: &mut Inline) {
        let element = match self.tree.nodes.get(id) {
            Some(Node::Text(text)) => return line.text(text),
            Some(Node::Element(element)) => element,
            None => return,
        };
        if vanishes(element) {
            return;
        }
        match self.special(id, element) {
            Some(Special::Words(words)) => return line.text(&words),
            Some(Special::Nothing) => return,
            None => {}
        }
        match element.name.as_str() {
            "br" => line.line_break(),
            "em" | "i" | "cite" | "dfn" | "var" => self.marked(Mark::Emphasis, id, line),
            "strong" | "b" => self.marked(Mark::Strong, id, line),
            "del" | "s" | "strike" => self.marked(Mark::Struck, id, line),
            "code" | "tt" | "kbd" | "samp" => line.code(&self.tree.text(id)),
            "a" => self.link(id, element, line),
            "img" => self.picture(element, element.attribute("src"), line),
            "input" if element.attribute("type") == "checkbox" => {
                line.text(if element.has("checked") {
                    "☑ "
                } else {
                    "☐ "
                });
            }
            "sup" => line.text(&raised(&self.tree.line(id), '^', "⁰¹²³⁴⁵⁶⁷⁸⁹")),
            "sub" => line.text(&raised(&self.tree.line(id), '_', "₀₁₂₃₄₅₆₇₈₉")),
            "q" => {
                line.text("“");
                self.inline_children(id, line);
                line.text("”");
            }
            "div" if element.has_class("lightbox-wrapper") => self.lightbox(id, line),
            name => {
                // A block within a line (in a heading or a cell) keeps its words apart from the next.
                let apart = element.is_block() || name == "td";
                if apart {
                    line.text(" ");
                }
                self.inline_children(id, line);
                if apart {
                    line.text(" ");
                }
            }
        }
    }

    fn marked(&self, mark: Mark, id: usize, line: &mut Inline) {
        let opened = line.open(mark);
        self.inline_children(id, line);
        if opened {
            line.close(mark);
        }
    }

    pub(super) fn link(&self, id: usize, element: &Element, line: &mut Inline) {
        if element.has_class("lightbox") {
            return self.lightbox(id, line);
        }
        let target = self
            .target(element.attribute("href"))
            .filter(|_| !line.in_link);
        let Some(target) = target else {
            return self.inline_children(id, line);
        };
        let plain = self.tree.line(id);
        let simple = !target.contains(['<', '>', ' ', '|', '\\']) && target.is_ascii();
        if simple
            && (plain == target
                || target
                    .strip_prefix("mailto:")
                    .is_some_and(|mail| mail == plain && !mail.contains('?')))
        {
            return line.address(&plain);
        }
        let mut words = line.within();
        self.inline_children(id, &mut words);
        if words.is_empty() {
            return;
        }
        line.link(&words.finish(), &target, false);
    }

    fn picture(&self, element: &Element, source: &str, line: &mut Inline) {
        if let Some(character) = self.emoji_image(element) {
            return line.text(&character);
        }
        if self.is_pixel(element) || element.has_class("avatar") || element.has_class("site-icon") {
            return;
        }
        let target = self.target(source);
        let said = self.picture_words(element, target.as_deref().unwrap_or_default());
        let mut words = line.within();
        words.text(&said);
        match target {
            Some(target) => line.link(&words.finish(), &target, true),
            // A picture that came within its mail (`cid:`) stands with it as a file; here its text is what is left.
            None => line.text(element.attribute("alt")),
        }
    }

    /// A small picture that opens a large one: the large one with the words of the small one.
    fn lightbox(&self, id: usize, line: &mut Inline) {
        let image = self
            .tree
            .find(id, &|e| e.name == "img")
            .and_then(|at| self.tree.element(at));
        let frame = self.tree.element(id).filter(|e| e.name == "a").or_else(|| {
            self.tree
                .find(id, &|e| e.name == "a")
                .and_then(|at| self.tree.element(at))
        });
        let Some(image) = image else {
            return self.inline_children(id, line);
        };
        let large = frame.map_or("", |a| a.attribute("href"));
        let source = if self.target(large).is_some() {
            large
        } else {
            image.attribute("src")
        };
        self.picture(image, source, line);
    }
}

/// `²` where all of it has such a sign, else `^(n+1)`.
fn raised(words: &str, mark: char, digits: &str) -> String {
    let small: Option<String> = words
        .chars()
        .map(|c| c.to_digit(10).and_then(|n| digits.chars().nth(n as usize)))
        .collect();
    match small {
        Some(small) => small,
        None if words.chars().count() == 1 || words.starts_with('[') => format!("{mark}{words}"),
        None => format!("{mark}({words})"),
    }
}
