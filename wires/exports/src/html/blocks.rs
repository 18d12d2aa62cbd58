//! The walk over the tree: paragraphs, headings, quotes, code, and what stands within their lines.

use super::tree::{Element, Node, Tree, vanishes};
use crate::inline::{Inline, Mark};
use crate::markdown;

/// Quotes and lists within one another; deeper ones are written flat.
const DEEPEST: usize = 12;

pub(super) struct Walk<'t> {
    pub tree: &'t Tree,
    pub place: &'t str,
}

/// A block that is written, with what decides about the line before the next one.
pub(super) struct Block {
    pub text: String,
    /// b'-' or b'*' for a list, b'0' for a numbered one.
    pub list: Option<u8>,
}

pub(super) type Blocks = Vec<Block>;

impl Walk<'_> {
    pub(super) fn document(&self, from: usize) -> String {
        let mut blocks = Blocks::new();
        self.children(from, &mut blocks, 0);
        join(&blocks)
    }

    /// The blocks within an element; words between them are paragraphs.
    pub(super) fn children(&self, id: usize, blocks: &mut Blocks, depth: usize) {
        let Some(element) = self.tree.element(id) else {
            return;
        };
        let mut line = Inline::default();
        for child in &element.children {
            match self.tree.nodes.get(*child) {
                Some(Node::Element(e)) if vanishes(e) => {}
                Some(Node::Element(e)) if e.is_block() && !self.is_one_line(e) => {
                    paragraph(blocks, std::mem::take(&mut line));
                    self.block(*child, e, blocks, depth);
                }
                _ => self.inline(*child, &mut line),
            }
        }
        paragraph(blocks, line);
    }

    /// Some blocks of their makers are one thing in a line: a picture with its frame, a formula.
    fn is_one_line(&self, element: &Element) -> bool {
        element.has_class("lightbox-wrapper")
            || element.has_class("math")
            || element.has_class("katex")
    }

    fn block(&self, id: usize, element: &Element, blocks: &mut Blocks, depth: usize) {
        match element.name.as_str() {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(id, element, blocks),
            "hr" => push(blocks, "---".to_owned()),
            "pre" | "listing" | "xmp" => self.code(id, element, blocks),
            "div" if element.has_class("codehilite") => self.code(id, element, blocks),
            "blockquote" if depth < DEEPEST => self.quote(None, id, blocks, depth),
            "aside" if element.has_class("quote") => self.forum_quote(id, element, blocks, depth),
            "aside" if element.has_class("onebox") => self.onebox(id, element, blocks),
            "ul" | "ol" | "menu" | "dir" if depth < DEEPEST => self.list(element, blocks, depth),
            "table" => self.table(id, blocks, depth),
            "dt" | "summary" => self.strong_line(id, blocks),
            "div" if element.has_class("spoiler-header") => self.strong_line(id, blocks),
            "div" if gone(element) => {}
            "iframe" | "video" | "audio" => self.embedded(id, element, blocks),
            "div" if is_film(element) => self.film(element, blocks),
            _ => self.children(id, blocks, depth),
        }
    }

    fn heading(&self, id: usize, element: &Element, blocks: &mut Blocks) {
        let level = element
            .name
            .bytes()
            .last()
            .map_or(1, |digit| usize::from(digit.saturating_sub(b'0')));
        let words = self.one_line(id);
        if !words.is_empty() {
            push(blocks, format!("{} {words}", "#".repeat(level.clamp(1, 6))));
        }
    }

    fn strong_line(&self, id: usize, blocks: &mut Blocks) {
        let mut line = Inline::one_line();
        line.open(Mark::Strong);
        self.inline_children(id, &mut line);
        line.close(Mark::Strong);
        paragraph(blocks, line);
    }

    /// All words of an element as one line.
    fn one_line(&self, id: usize) -> String {
        let mut line = Inline::one_line();
        self.inline_children(id, &mut line);
        // Closing number signs would not be shown.
        let words = line.finish();
        match words.strip_suffix('#') {
            Some(head) => format!("{head}\\#"),
            None => words,
        }
    }

    fn code(&self, id: usize, element: &Element, blocks: &mut Blocks) {
        let code = self.tree.find(id, &|e| e.name == "code");
        let inner = code.and_then(|code| self.tree.element(code));
        let language = [Some(element), inner]
            .into_iter()
            .flatten()
            .find_map(language)
            .unwrap_or_default();
        let pre = if element.name == "div" {
            self.tree.find(id, &|e| e.name == "pre").unwrap_or(id)
        } else {
            id
        };
        let text = self.tree.text(pre);
        let text = text
            .strip_prefix('\n')
            .unwrap_or(&text)
            .replace("\r\n", "\n");
        if !text.trim().is_empty() {
            push(blocks, markdown::code_block(&text, &language));
        }
    }

    /// `from` is a line above what is quoted: who said it or where.
    pub(super) fn quote(&self, from: Option<Inline>, id: usize, blocks: &mut Blocks, depth: usize) {
        let mut within = Blocks::new();
        if let Some(from) = from {
            paragraph(&mut within, from);
        }
        self.children(id, &mut within, depth + 1);
        if !within.is_empty() {
            push(blocks, indent(&join(&within), "> ", ">"));
        }
    }

    /// Discourse: `<aside class="quote" data-username=…><div class="title">…</div><blockquote>…`. Of another topic, the title links
    /// there.
    fn forum_quote(&self, id: usize, element: &Element, blocks: &mut Blocks, depth: usize) {
        let quote = self
            .tree
            .find(id, &|e| e.name == "blockquote")
            .filter(|_| depth < DEEPEST);
        let Some(quote) = quote else {
            return self.children(id, blocks, depth);
        };
        let title = self.tree.find(id, &|e| e.has_class("title"));
        let linked = title.and_then(|title| {
            self.tree
                .find(title, &|e| e.name == "a" && !e.has_class("mention"))
        });
        let name = element.attribute("data-username");
        let mut from = Inline::default();
        match linked.and_then(|at| Some((at, self.tree.element(at)?))) {
            Some((at, link)) => self.link(at, link, &mut from),
            None if !name.is_empty() => {
                from.open(Mark::Strong);
                from.text(&format!("{name}:"));
                from.close(Mark::Strong);
            }
            None => {}
        }
        self.quote(Some(from), quote, blocks, depth);
    }

    /// A preview of another page: a link with that page's title.
    fn onebox(&self, id: usize, element: &Element, blocks: &mut Blocks) {
        let titled = self
            .tree
            .find(id, &|e| matches!(e.name.as_str(), "h3" | "h4"));
        let link = |from: usize| {
            self.tree
                .find(from, &|e| e.name == "a" && !e.attribute("href").is_empty())
        };
        let anchor = titled.and_then(link).or_else(|| link(id));
        let target = [
            element.attribute("data-onebox-src"),
            anchor
                .and_then(|a| self.tree.element(a))
                .map_or("", |a| a.attribute("href")),
        ]
        .into_iter()
        .find_map(|target| self.target(target));
        let title = titled
            .or(anchor)
            .map(|at| self.tree.line(at))
            .unwrap_or_default();
        let mut line = Inline::default();
        match target {
            Some(target) => self.put_link(&mut line, &title, &target),
            None => line.text(&title),
        }
        paragraph(blocks, line);
    }

    fn put_link(&self, line: &mut Inline, title: &str, target: &str) {
        let mut words = line.within();
        words.text(if title.is_empty() { target } else { title });
        line.link(&words.finish(), target, false);
    }

    /// A film or sound is a link to it.
    fn embedded(&self, id: usize, element: &Element, blocks: &mut Blocks) {
        let source = self
            .tree
            .find(id, &|e| e.name == "source")
            .and_then(|s| self.tree.element(s));
        let target = [Some(element), source]
            .into_iter()
            .flatten()
            .find_map(|e| self.target(e.attribute("src")));
        if let Some(target) = target {
            let mut line = Inline::default();
            self.put_link(&mut line, element.attribute("title"), &target);
            paragraph(blocks, line);
        }
    }

    /// Discourse shows a film's picture and loads the film on a click.
    fn film(&self, element: &Element, blocks: &mut Blocks) {
        let id = [
            element.attribute("data-video-id"),
            element.attribute("data-youtube-id"),
        ]
        .into_iter()
        .find(|id| !id.is_empty());
        let title = [
            element.attribute("data-video-title"),
            element.attribute("data-youtube-title"),
        ]
        .into_iter()
        .find(|t| !t.is_empty());
        let Some(id) = id else { return };
        let provider = element.attribute("data-provider-name");
        let target = match provider {
            "vimeo" => format!("https://vimeo.com/{id}"),
            _ => format!("https://www.youtube.com/watch?v={id}"),
        };
        let mut line = Inline::default();
        self.put_link(&mut line, title.unwrap_or_default(), &target);
        paragraph(blocks, line);
    }
}

fn gone(element: &Element) -> bool {
    [
        "message_embed",
        "quote-controls",
        "onebox-metadata",
        "gmail_signature_prefix",
    ]
    .iter()
    .any(|class| element.has_class(class))
}

fn is_film(element: &Element) -> bool {
    !element.attribute("data-youtube-id").is_empty()
        || !element.attribute("data-video-id").is_empty()
}

fn language(element: &Element) -> Option<String> {
    let stated = element.attribute("data-code-language");
    let named = element
        .attribute("class")
        .split_ascii_whitespace()
        .find_map(|class| {
            class
                .strip_prefix("lang-")
                .or_else(|| class.strip_prefix("language-"))
        });
    let language = named.unwrap_or(stated).to_ascii_lowercase();
    let none = [
        "",
        "auto",
        "nohighlight",
        "none",
        "plaintext",
        "text only",
        "text",
        "default",
    ]
    .contains(&language.as_str());
    (!none).then(|| language.replace(' ', "-"))
}

fn paragraph(blocks: &mut Blocks, line: Inline) {
    if !line.is_empty() {
        push(blocks, line.finish());
    }
}

pub(super) fn push(blocks: &mut Blocks, text: String) {
    if !text.trim().is_empty() {
        blocks.push(Block { text, list: None });
    }
}

pub(super) fn join(blocks: &Blocks) -> String {
    let mut out = String::new();
    for block in blocks {
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        out.push_str(&block.text);
    }
    out
}

/// Each line with `mark` before it, an empty one with `bare`.
pub(super) fn indent(text: &str, mark: &str, bare: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for (n, line) in text.split('\n').enumerate() {
        if n > 0 {
            out.push('\n');
        }
        out.push_str(if line.is_empty() { bare } else { mark });
        out.push_str(line);
    }
    out
}
