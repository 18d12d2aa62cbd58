//! What Confluence's macros leave in a page, made into elements that mean the same: code, notes, tasks, mentions, smileys.

use exports::html::{Node, Tree};

use crate::{Files, links, web};

/// Boxes with a colour and a sign, by the classes of old and new.
const NOTES: [(&str, &str); 8] = [
    ("confluence-information-macro-note", "Note"),
    ("confluence-information-macro-warning", "Warning"),
    ("confluence-information-macro-tip", "Tip"),
    ("confluence-information-macro-information", "Info"),
    ("noteMacro", "Note"),
    ("warningMacro", "Warning"),
    ("tipMacro", "Tip"),
    ("infoMacro", "Info"),
];
/// Parts of the page's furniture.
const GONE: [&str; 8] = [
    "toc-macro",
    "aui-icon",
    "expand-control-icon",
    "hidden",
    "confluence-information-macro-icon",
    "children-show-hide",
    "jira-issue-refresh",
    "page-tree-excerpt",
];
const SMILEYS: [(&str, &str); 16] = [
    ("(smile)", "🙂"),
    ("(sad)", "🙁"),
    ("(wink)", "😉"),
    ("(laugh)", "😀"),
    ("(big grin)", "😀"),
    ("(cheeky)", "😛"),
    ("(thumbs up)", "👍"),
    ("(thumbs down)", "👎"),
    ("(tick)", "✔"),
    ("(error)", "✖"),
    ("(warning)", "⚠"),
    ("(info)", "ℹ"),
    ("(question)", "❓"),
    ("(star)", "⭐"),
    ("(plus)", "➕"),
    ("(minus)", "➖"),
];

pub(super) fn plain(tree: &mut Tree, body: usize, files: &dyn Files, path: &str) {
    for id in web::all(tree, body, &|_| true) {
        let Some(element) = tree.element(id) else {
            continue;
        };
        if GONE.iter().any(|class| element.has_class(class)) {
            web::replace(tree, id, "");
            continue;
        }
        match element.name.as_str() {
            "pre" => code(tree, id),
            "script" => old_code(tree, id),
            "img" => picture(tree, id, files, path),
            "a" if element.has_class("confluence-userlink")
                || element.has_class("user-mention") =>
            {
                web::rename(tree, id, "span");
            }
            "li" if is_task(element) => task(tree, id),
            "ul" if element.has_class("inline-task-list") => tasks(tree, id),
            "span" if element.has_class("expand-control-text") => web::rename(tree, id, "strong"),
            "div" | "table" => note(tree, id),
            _ => {}
        }
    }
}

fn is_task(element: &exports::html::Element) -> bool {
    element.has("data-inline-task-id")
}

/// `data-syntaxhighlighter-params="brush: java; gutter: false"`.
fn code(tree: &mut Tree, id: usize) {
    let stated = web::attribute(tree, id, "data-syntaxhighlighter-params");
    if let Some(language) = brush(&stated) {
        web::set(tree, id, "class", &format!("language-{language}"));
    }
}

fn brush(stated: &str) -> Option<String> {
    let (_, rest) = stated.split_once("brush:")?;
    let language = rest.split(';').next()?.trim().to_ascii_lowercase();
    let is_some = !language.is_empty() && !matches!(language.as_str(), "plain" | "text" | "none");
    is_some.then_some(language)
}

/// Before Confluence 6: `<script type="syntaxhighlighter" class="brush: java; …"><![CDATA[…]]></script>`.
fn old_code(tree: &mut Tree, id: usize) {
    if web::attribute(tree, id, "type") != "syntaxhighlighter" {
        return web::replace(tree, id, "");
    }
    let language = brush(&web::attribute(tree, id, "class"));
    let class = language.map(|language| format!("language-{language}"));
    web::set(tree, id, "class", &class.unwrap_or_default());
    web::rename(tree, id, "pre");
    let children = tree
        .element(id)
        .map(|e| e.children.clone())
        .unwrap_or_default();
    for child in children {
        if let Some(Node::Text(text)) = tree.nodes.get_mut(child) {
            *text = text.trim().replace("<![CDATA[", "").replace("]]>", "");
        }
    }
}

/// Smileys become letters, signs of the page vanish, a small picture that stands for a large one becomes the large one.
fn picture(tree: &mut Tree, id: usize, files: &dyn Files, path: &str) {
    let of = |name: &str| web::attribute(tree, id, name);
    let source = of("src");
    if web::has_class(tree, id, "emoticon") || source.contains("images/icons/emoticons") {
        let (letter, alt) = (of("data-emoji-fallback"), of("alt"));
        let known = SMILEYS
            .iter()
            .find(|(name, _)| *name == alt)
            .map(|(_, sign)| *sign);
        let words = if letter.is_empty() || letter.starts_with(':') {
            known.unwrap_or(&alt).to_owned()
        } else {
            letter
        };
        return web::replace(tree, id, &words);
    }
    if source.contains("images/icons/") {
        return web::replace(tree, id, "");
    }
    let large = of("data-image-src");
    let alias = of("data-linked-resource-default-alias");
    let is_here = links::within(path, &large).is_some_and(|inside| files.has(&inside));
    if is_here {
        web::set(tree, id, "src", &large);
    }
    if web::attribute(tree, id, "alt").is_empty() && !alias.is_empty() {
        web::set(tree, id, "alt", &alias);
    }
}

fn tasks(tree: &mut Tree, list: usize) {
    let items = tree
        .element(list)
        .map(|e| e.children.clone())
        .unwrap_or_default();
    for item in items {
        let is_item = tree
            .element(item)
            .is_some_and(|e| e.name == "li" && !is_task(e));
        if is_item {
            task(tree, item);
        }
    }
}

fn task(tree: &mut Tree, item: usize) {
    let done = web::has_class(tree, item, "checked");
    web::begin_with(tree, item, "span", if done { "☑ " } else { "☐ " });
}

/// A quote with its kind or its own title above.
fn note(tree: &mut Tree, id: usize) {
    let kind = NOTES
        .iter()
        .find(|(class, _)| web::has_class(tree, id, class));
    if let Some((_, words)) = kind {
        flatten(tree, id);
        web::rename(tree, id, "blockquote");
        let title = web::by_class(tree, id, "title")
            .filter(|title| tree.element(*title).is_some_and(|e| e.name == "p"));
        match title.filter(|title| !tree.line(*title).is_empty()) {
            // What a definition list sets in strong letters.
            Some(title) => web::rename(tree, title, "dt"),
            None => web::begin_with(tree, id, "dt", words),
        }
    } else if web::has_class(tree, id, "panel") && !web::has_class(tree, id, "code") {
        let is_code = web::by_class(tree, id, "codeContent").is_some();
        if !is_code {
            web::rename(tree, id, "blockquote");
        }
    }
}

/// Before Confluence 5.9 a note was a table of one row: its sign, and its words.
fn flatten(tree: &mut Tree, id: usize) {
    if tree.element(id).is_none_or(|e| e.name != "table") {
        return;
    }
    let is_frame = |e: &exports::html::Element| matches!(e.name.as_str(), "tbody" | "tr" | "td");
    let mut open = vec![id];
    while let Some(at) = open.pop() {
        let children = tree
            .element(at)
            .map(|e| e.children.clone())
            .unwrap_or_default();
        for child in children {
            if tree.element(child).is_some_and(is_frame) {
                web::rename(tree, child, "div");
                open.push(child);
            }
        }
    }
}
