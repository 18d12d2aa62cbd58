//! Tags into a tree: what a browser would show, with bounds on depth and number, in linear time.

use html5gum::Tokenizer;
use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};

/// Elements within one another; deeper ones are read as if their tags were not there.
const DEEPEST: usize = 96;
const MOST_NODES: usize = 100_000;
const MOST_ATTRIBUTES: usize = 24;
const LONGEST_VALUE: usize = 8 << 10;

pub(super) enum Node {
    Text(String),
    Element(Element),
}

#[derive(Default)]
pub(super) struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<usize>,
    /// Something in it breaks the line.
    pub holds_blocks: bool,
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
pub(super) struct Tree {
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

fn is_block(name: &str) -> bool {
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

fn is_void(name: &str) -> bool {
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

struct Builder {
    nodes: Vec<Node>,
    /// Ids of the open elements with the root in front.
    open: Vec<usize>,
    /// How many elements are open beyond the bound.
    beyond: usize,
    /// The tag that is being read.
    tag: Option<Element>,
}

impl Default for Builder {
    fn default() -> Builder {
        Builder {
            nodes: vec![Node::Element(Element::default())],
            open: vec![0],
            beyond: 0,
            tag: None,
        }
    }
}

impl Builder {
    fn event(&mut self, event: CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.tag = Some(Element {
                    name: lossy(name),
                    ..Element::default()
                });
            }
            CallbackEvent::AttributeName { name } => {
                if let Some(tag) = self
                    .tag
                    .as_mut()
                    .filter(|tag| tag.attributes.len() < MOST_ATTRIBUTES)
                {
                    let name = if tag.attributes.iter().any(|(key, _)| key.as_bytes() == name) {
                        String::new()
                    } else {
                        lossy(name)
                    };
                    tag.attributes.push((name, String::new()));
                }
            }
            CallbackEvent::AttributeValue { value } => {
                let last = self.tag.as_mut().and_then(|tag| tag.attributes.last_mut());
                if let Some((_, kept)) = last.filter(|(_, kept)| kept.is_empty()) {
                    *kept = lossy(value.get(..LONGEST_VALUE).unwrap_or(value));
                }
            }
            CallbackEvent::CloseStartTag { self_closing } => {
                if let Some(tag) = self.tag.take() {
                    self.start(tag, self_closing);
                }
            }
            CallbackEvent::EndTag { name } => {
                self.tag = None;
                self.end(&lossy(name));
            }
            CallbackEvent::String { value } => self.text(&lossy(value)),
            _ => {}
        }
    }

    fn finish(mut self) -> Tree {
        for id in (1..self.nodes.len()).rev() {
            let holds = match self.nodes.get(id) {
                Some(Node::Element(e)) => e.children.iter().any(|child| self.is_block(*child)),
                _ => false,
            };
            if let (true, Some(Node::Element(e))) = (holds, self.nodes.get_mut(id)) {
                e.holds_blocks = true;
            }
        }
        Tree { nodes: self.nodes }
    }

    fn is_block(&self, id: usize) -> bool {
        matches!(self.nodes.get(id), Some(Node::Element(e)) if e.is_block() && !vanishes(e))
    }

    fn name(&self, id: usize) -> &str {
        match self.nodes.get(id) {
            Some(Node::Element(e)) => &e.name,
            _ => "",
        }
    }

    /// How many open elements stay if the nearest one of these names closes; None where a `wall` or the root comes first.
    fn nearest(&self, names: &[&str], walls: &[&str]) -> Option<usize> {
        for (depth, id) in self.open.iter().enumerate().skip(1).rev() {
            let name = self.name(*id);
            if names.contains(&name) {
                return Some(depth);
            }
            if walls.contains(&name) {
                return None;
            }
        }
        None
    }

    fn close(&mut self, names: &[&str], walls: &[&str]) {
        if let Some(depth) = self.nearest(names, walls) {
            self.open.truncate(depth);
        }
    }

    /// Ends that are not written: a paragraph ends where a block begins, an item where the next one begins.
    fn imply_ends(&mut self, name: &str) {
        const CELL: &[&str] = &["table", "td", "th", "caption", "button"];
        if is_block(name) {
            self.close(&["svg", "math"], &[]);
            self.close(&["p"], CELL);
        }
        match name {
            "li" => self.close(&["li"], &["ul", "ol", "menu", "dir", "table", "td", "th"]),
            "dt" | "dd" => self.close(&["dt", "dd"], &["dl", "table", "td", "th"]),
            "tr" => self.close(&["tr"], &["table"]),
            "td" | "th" => self.close(&["td", "th"], &["tr", "table"]),
            "tbody" | "thead" | "tfoot" => self.close(&["tbody", "thead", "tfoot"], &["table"]),
            "option" => self.close(&["option"], &["select"]),
            "a" => self.close(&["a"], CELL),
            _ => {}
        }
    }

    fn start(&mut self, element: Element, self_closing: bool) {
        if self.beyond == 0 {
            self.imply_ends(&element.name);
        }
        let foreign =
            matches!(element.name.as_str(), "svg" | "math" | "path" | "use") && self_closing;
        let void = is_void(&element.name) || foreign;
        if self.nodes.len() >= MOST_NODES || (!void && self.open.len() >= DEEPEST) {
            if !void {
                self.beyond += 1;
            }
            return;
        }
        let id = self.push(Node::Element(element));
        if !void {
            self.open.push(id);
        }
    }

    fn end(&mut self, name: &str) {
        if name == "br" {
            return self.start(
                Element {
                    name: "br".into(),
                    ..Element::default()
                },
                true,
            );
        }
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        let walls: &[&str] = match name {
            "table" => &[],
            "tr" | "td" | "th" | "tbody" | "thead" | "tfoot" => &["table"],
            _ => &["table", "td", "th"],
        };
        self.close(&[name], walls);
    }

    fn text(&mut self, text: &str) {
        let last = self
            .open
            .last()
            .and_then(|parent| match self.nodes.get(*parent) {
                Some(Node::Element(e)) => e.children.last().copied(),
                _ => None,
            });
        if let Some(Node::Text(before)) = last.and_then(|id| self.nodes.get_mut(id)) {
            before.push_str(text);
        } else {
            self.push(Node::Text(text.to_owned()));
        }
    }

    fn push(&mut self, node: Node) -> usize {
        let id = self.nodes.len();
        self.nodes.push(node);
        if let Some(Node::Element(parent)) = self
            .open
            .last()
            .and_then(|parent| self.nodes.get_mut(*parent))
        {
            parent.children.push(id);
        }
        id
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
