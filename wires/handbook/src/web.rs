//! Pages that are HTML, into Markdown whose links within the source stay as they were.
//!
//! The Markdown of `exports` keeps only links that lead to the web. So links within the source get a host that leads nowhere
//! (RFC 2606, `.invalid`) while it is made, and lose it again.

use exports::html::{Element, Node, Tree};

const INSIDE: &str = "https://within.invalid/";
/// A page of HTML may be so much larger than its words.
pub(crate) const LARGEST_HTML: u64 = 4 << 20;

pub(crate) fn has_class(tree: &Tree, id: usize, class: &str) -> bool {
    tree.element(id).is_some_and(|e| e.has_class(class))
}

pub(crate) fn by_id(tree: &Tree, id: &str) -> Option<usize> {
    tree.find(0, &|e| e.attribute("id") == id)
}

pub(crate) fn by_class(tree: &Tree, from: usize, class: &str) -> Option<usize> {
    tree.find(from, &|e| e.has_class(class))
}

/// All elements within that `is` so, in the order of the text.
pub(crate) fn all(tree: &Tree, from: usize, is: &dyn Fn(&Element) -> bool) -> Vec<usize> {
    let mut found = Vec::new();
    let mut open = vec![from];
    while let Some(id) = open.pop() {
        let Some(element) = tree.element(id) else {
            continue;
        };
        if id != from && is(element) {
            found.push(id);
        }
        open.extend(element.children.iter().rev());
    }
    found
}

pub(crate) fn attribute(tree: &Tree, id: usize, name: &str) -> String {
    tree.element(id)
        .map(|e| e.attribute(name).to_owned())
        .unwrap_or_default()
}

pub(crate) fn rename(tree: &mut Tree, id: usize, name: &str) {
    if let Some(Node::Element(element)) = tree.nodes.get_mut(id) {
        name.clone_into(&mut element.name);
    }
}

pub(crate) fn set(tree: &mut Tree, id: usize, name: &str, value: &str) {
    if let Some(Node::Element(element)) = tree.nodes.get_mut(id) {
        element.attributes.retain(|(key, _)| key != name);
        element.attributes.push((name.to_owned(), value.to_owned()));
    }
}

/// Words instead of an element; none take it away.
pub(crate) fn replace(tree: &mut Tree, id: usize, words: &str) {
    if id != 0
        && let Some(node) = tree.nodes.get_mut(id)
    {
        *node = Node::Text(words.to_owned());
    }
}

/// Words before all that an element holds, within an element of that name.
pub(crate) fn begin_with(tree: &mut Tree, id: usize, name: &str, words: &str) {
    let text = tree.nodes.len();
    tree.nodes.push(Node::Text(words.to_owned()));
    let mut around = Element::default();
    name.clone_into(&mut around.name);
    around.children.push(text);
    tree.nodes.push(Node::Element(around));
    if let Some(Node::Element(element)) = tree.nodes.get_mut(id) {
        element.children.insert(0, text + 1);
    }
}

/// A link with plain words instead of an element.
pub(crate) fn replace_with_link(tree: &mut Tree, id: usize, target: &str, words: &str) {
    let text = tree.nodes.len();
    tree.nodes.push(Node::Text(words.to_owned()));
    let mut link = Element::default();
    "a".clone_into(&mut link.name);
    link.attributes.push(("href".to_owned(), target.to_owned()));
    link.children.push(text);
    if let Some(node) = tree.nodes.get_mut(id) {
        *node = Node::Element(link);
    }
}

/// The Markdown of what an element holds.
pub(crate) fn to_markdown(tree: &mut Tree, from: usize) -> String {
    for node in &mut tree.nodes {
        let Node::Element(element) = node else {
            continue;
        };
        for (name, value) in &mut element.attributes {
            if matches!(name.as_str(), "href" | "src") && is_inside(value.trim()) {
                *value = format!("{INSIDE}{}", value.trim());
            }
        }
    }
    tree.to_markdown(from, "").replace(INSIDE, "")
}

fn is_inside(link: &str) -> bool {
    let start = link.split(['/', '?', '#']).next().unwrap_or_default();
    !link.is_empty() && !link.starts_with(['#', '/']) && !start.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_within_the_source_stay_as_they_were() {
        let html = "<p><a href='a%20b/c.html#x'>c</a> <a href='https://example.org'>out</a> <a href='#here'>here</a> <img src='p 1.png' alt='shot'> <a href='javascript:x()'>no</a></p>";
        let mut tree = Tree::read(html);
        assert_eq!(
            to_markdown(&mut tree, 0),
            "[c](a%20b/c.html#x) [out](https://example.org) here ![shot](p%201.png) no"
        );
    }
}
