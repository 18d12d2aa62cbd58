//! The tree of a document, and what in it shows nothing.

use html5gum::Tokenizer;
use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};

use super::builder::Builder;

/// A piece of a document.
pub enum Node {
    Text(String),
    Element(Element),
}

#[derive(Default)]
/// A tag with what is in it, by number.
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<usize>,
    /// Something in it breaks the line.
    pub(super) holds_blocks: bool,
}

impl Element {
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value.trim())
    }

    pub fn has(&self, name: &str) -> bool {
        self.attributes.iter().any(|(key, _)| key == name)
    }

    pub fn has_class(&self, class: &str) -> bool {
        self.attribute("class")
            .split_ascii_whitespace()
            .any(|c| c == class)
    }

    pub fn is_block(&self) -> bool {
        self.holds_blocks || is_block(&self.name)
    }
}

/// A child has a larger number than its parent; the root is 0.
pub struct Tree {
    pub nodes: Vec<Node>,
}

impl Tree {
    pub fn read(html: &str) -> Tree {
        let mut builder = Builder::default();
        let mut emitter = CallbackEmitter::new(
            |event: CallbackEvent<'_>, _: html5gum::Span<()>| -> Option<()> {
                builder.event(event);
                None
            },
        );
        emitter.naively_switch_states(true);
        // A text in memory is read without errors of reading.
        Tokenizer::new_with_emitter(html, emitter).for_each(drop);
        builder.finish()
    }

    pub fn element(&self, id: usize) -> Option<&Element> {
        match self.nodes.get(id) {
            Some(Node::Element(element)) => Some(element),
            _ => None,
        }
    }

    /// The first element within that `is` so, in the order of the text.
    pub fn find(&self, from: usize, is: &dyn Fn(&Element) -> bool) -> Option<usize> {
        let mut open = vec![from];
        while let Some(id) = open.pop() {
            let Some(element) = self.element(id) else {
                continue;
            };
            if id != from && is(element) {
                return Some(id);
            }
            open.extend(element.children.iter().rev());
        }
        None
    }

    /// All text within, as it stands in the source; `br` is a line's end.
    pub fn text(&self, from: usize) -> String {
        let mut text = String::new();
        let mut open = vec![from];
        while let Some(id) = open.pop() {
            match self.nodes.get(id) {
                Some(Node::Text(t)) => text.push_str(t),
                Some(Node::Element(e)) if e.name == "br" => text.push('\n'),
                Some(Node::Element(e)) if vanishes(e) => {}
                Some(Node::Element(e)) => {
                    if matches!(e.name.as_str(), "li" | "div" | "p" | "tr")
                        && !text.is_empty()
                        && !text.ends_with('\n')
                    {
                        text.push('\n');
                    }
                    open.extend(e.children.iter().rev());
                }
                None => {}
            }
        }
        text
    }

    /// The same on one line.
    pub fn line(&self, from: usize) -> String {
        self.text(from)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// What shows nothing, or nothing that can be said in words.
pub(super) fn vanishes(element: &Element) -> bool {
    let hidden = || {
        let style = element.attribute("style").to_ascii_lowercase();
        style.split(';').any(|rule| {
            rule.split_once(':').is_some_and(|(what, how)| {
                let how = how.trim();
                matches!(
                    (what.trim(), how),
                    ("display", "none") | ("visibility", "hidden")
                ) || (matches!(what.trim(), "width" | "height")
                    && matches!(how, "0" | "0px" | "1px"))
                    && element.name == "img"
            })
        })
    };
    matches!(
        element.name.as_str(),
        "script"
            | "style"
            | "title"
            | "template"
            | "noscript"
            | "svg"
            | "object"
            | "applet"
            | "canvas"
            | "select"
            | "textarea"
            | "datalist"
            | "map"
            | "noframes"
            | "noembed"
    ) || (element.has("style") && hidden())
}

pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "iframe"
            | "li"
            | "listing"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "search"
            | "section"
            | "summary"
            | "table"
            | "ul"
            | "video"
            | "audio"
            | "xmp"
            | "tr"
            | "tbody"
            | "thead"
            | "tfoot"
            | "td"
            | "th"
            | "caption"
            | "optgroup"
            | "option"
    )
}

pub(super) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "source"
            | "track"
            | "wbr"
    )
}
