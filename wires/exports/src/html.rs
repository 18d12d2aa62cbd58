//! Foreign HTML (what forums, chats and mail programs hand out) into Markdown that means the same.
//!
//! The tags are read by a tokenizer after the WHATWG's standard; of its tree only what rendering in a browser shows for ordinary
//! text is built: scripts, styles, tracking pixels and what is hidden vanish, and nesting beyond what a person writes is flattened.

mod blocks;
mod builder;

mod lists;
mod spans;
mod special;
mod tree;

pub use tree::{Element, Node, Tree};

/// What is beyond is cut off at a character; a post or mail of this length has its text in front.
const MOST_BYTES: usize = 512 << 10;

/// Links that lead nowhere without their page (`/about`, `#part`) become their words.
pub fn to_markdown(html: &str) -> String {
    to_markdown_from(html, "")
}

/// `place` is where it stood (`https://forum.example.org`), so that links within that place still lead there.
pub fn to_markdown_from(html: &str, place: &str) -> String {
    let mut end = html.len().min(MOST_BYTES);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    Tree::read(html.get(..end).unwrap_or_default()).to_markdown(0, place)
}

impl Tree {
    /// What stands within one element, for a reader that has looked into the tree itself; 0 is the whole document.
    pub fn to_markdown(&self, from: usize, place: &str) -> String {
        blocks::Walk {
            tree: self,
            place: origin(place),
        }
        .document(from)
    }
}

/// `https://host` of an address.
fn origin(place: &str) -> &str {
    let Some(scheme) = place.find("://") else {
        return "";
    };
    let host = scheme + 3;
    let end = place
        .get(host..)
        .and_then(|rest| rest.find('/'))
        .map_or(place.len(), |at| host + at);
    place.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests;
