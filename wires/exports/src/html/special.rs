//! What Discourse, Zulip, Stack Exchange and Slack mark with classes of their own: mentions, emoji, formulas, pictures.

use super::blocks::Walk;
use super::tree::Element;
use crate::{emoji, markdown};

/// What an element stands for within a line.
pub(super) enum Special {
    Words(String),
    Nothing,
}

impl Walk<'_> {
    pub(super) fn special(&self, id: usize, element: &Element) -> Option<Special> {
        let class = element.attribute("class");
        if class.is_empty() {
            return None;
        }
        let is = |name: &str| element.has_class(name);
        if is("mention") || is("mention-group") || is("user-mention") || is("user-group-mention") {
            let name = self.tree.line(id);
            let name = name
                .trim_start_matches(['@', '_', '*'])
                .trim_end_matches('*');
            return Some(Special::Words(name.to_owned()));
        }
        if element.name == "span" && is("emoji") {
            return Some(Special::Words(zulip_emoji(class, &self.tree.line(id))));
        }
        if is("katex") || is("katex-display") {
            let display = is("katex-display");
            let source = self.tree.find(id, &|e| e.name == "annotation")?;
            return Some(Special::Words(formula(&self.tree.line(source), display)));
        }
        if is("math") && matches!(element.name.as_str(), "span" | "div") {
            return Some(Special::Words(formula(
                &self.tree.line(id),
                element.name == "div",
            )));
        }
        if is("chcklst-box") {
            let done = is("checked") || is("fa-check-square") || is("fa-check-square-o");
            return Some(Special::Words(if done { "☑ " } else { "☐ " }.to_owned()));
        }
        let gone = [
            "quote-controls",
            "avatar",
            "show-more-container",
            "zulip-timestamp",
            "badge-notification",
            "clicks",
        ];
        gone.iter().any(|c| is(c)).then_some(Special::Nothing)
    }

    /// A picture's character or words, if it is an emoji.
    pub(super) fn emoji_image(&self, element: &Element) -> Option<String> {
        let is = element.has_class("emoji") || element.attribute("src").contains("/images/emoji/");
        let name = [element.attribute("alt"), element.attribute("title")]
            .into_iter()
            .find(|name| !name.is_empty())?;
        is.then(|| emoji::character(name).map_or_else(|| name.to_owned(), str::to_owned))
    }

    /// What a picture shows, as far as anybody said: its text, its title, the name of its file.
    pub(super) fn picture_words(&self, element: &Element, target: &str) -> String {
        [element.attribute("alt"), element.attribute("title")]
            .into_iter()
            .find(|words| !words.is_empty())
            .map_or_else(
                || file_name(target),
                |words| words.split_whitespace().collect::<Vec<_>>().join(" "),
            )
    }

    /// A pixel that tells its sender that a mail was opened.
    pub(super) fn is_pixel(&self, element: &Element) -> bool {
        let tiny = |name: &str| matches!(element.attribute(name).trim_end_matches("px"), "0" | "1");
        tiny("width") || tiny("height")
    }

    /// An address that leads out of the archive, or None.
    pub(super) fn target(&self, address: &str) -> Option<String> {
        let address = address.trim();
        let full = if address.starts_with("//") {
            format!("https:{address}")
        } else if address.starts_with('/') && !self.place.is_empty() {
            format!("{}{address}", self.place)
        } else {
            address.to_owned()
        };
        markdown::leads_out(&full).then_some(full)
    }
}

fn file_name(target: &str) -> String {
    let path = target.split(['?', '#']).next().unwrap_or(target);
    let name = path.rsplit('/').next().unwrap_or_default();
    if name.is_empty() {
        "image".to_owned()
    } else {
        name.to_owned()
    }
}

/// The dollars are what MathJax reads, here as there.
fn formula(source: &str, display: bool) -> String {
    let source = source.trim_matches('$');
    if display {
        format!("$${source}$$")
    } else {
        format!("${source}$")
    }
}

fn zulip_emoji(class: &str, written: &str) -> String {
    class
        .split_ascii_whitespace()
        .find_map(|c| emoji::from_code(c.strip_prefix("emoji-")?))
        .or_else(|| emoji::character(written).map(str::to_owned))
        .unwrap_or_else(|| written.to_owned())
}
