//! Tags into a tree: what a browser would show, with bounds on depth and number, in linear time.

use html5gum::emitters::callback::CallbackEvent;

use super::tree::{Element, Node, Tree, is_block, is_void, vanishes};

/// Elements within one another; deeper ones are read as if their tags were not there.
const DEEPEST: usize = 96;
const MOST_NODES: usize = 100_000;
const MOST_ATTRIBUTES: usize = 24;
const LONGEST_VALUE: usize = 8 << 10;

pub(super) struct Builder {
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
    pub(super) fn event(&mut self, event: CallbackEvent<'_>) {
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

    pub(super) fn finish(mut self) -> Tree {
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
