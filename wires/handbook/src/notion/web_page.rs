//! A page of the HTML export: `article` with `header` (title, `table.properties`) and `.page-body`.

use exports::html::{Element, Node, Tree};

use super::Said;
use crate::facts::named;
use crate::{Fact, web};

const MOST_FACTS: usize = 500;
/// The list of headings, and pictures that say nothing.
const GONE: [&str; 3] = ["table_of_contents", "page-cover-image", "property-icon"];

/// None where it is not of Notion.
pub(super) fn read(html: &str) -> Option<Said> {
    let mut tree = Tree::read(html);
    let article = tree.find(0, &|e| e.name == "article")?;
    let title = web::by_class(&tree, article, "page-title");
    let title = title.map(|id| tree.line(id)).unwrap_or_default();
    let body = web::by_class(&tree, article, "page-body");
    // A database has its table right in its article.
    let from = body.unwrap_or(article);
    let facts = properties(&tree, article, body);
    let header = tree.find(article, &|e| e.name == "header");
    if let Some(header) = header.filter(|_| body.is_none()) {
        web::replace(&mut tree, header, "");
    }
    join_lists(&mut tree, from);
    plain(&mut tree, from);
    let words = web::to_markdown(&mut tree, from);
    Some(Said {
        title,
        words,
        facts,
    })
}

/// Rows of `th` and `td`; several values in a cell are several facts.
fn properties(tree: &Tree, article: usize, body: Option<usize>) -> Vec<Fact> {
    let table = tree.find(article, &|e| e.name == "table" && e.has_class("properties"));
    let Some(table) = table.filter(|table| body.is_none_or(|body| *table < body)) else {
        return Vec::new();
    };
    let mut facts = Vec::new();
    for row in web::all(tree, table, &|e| e.name == "tr") {
        let name = tree.find(row, &|e| e.name == "th");
        let (Some(name), Some(cell)) = (name, tree.find(row, &|e| e.name == "td")) else {
            continue;
        };
        let name = named(&tree.line(name));
        for value in values(tree, cell) {
            if !name.is_empty() && !value.is_empty() && facts.len() < MOST_FACTS {
                facts.push(Fact {
                    name: name.clone(),
                    value: value.trim_start_matches('@').to_owned(),
                });
            }
        }
    }
    facts
}

fn values(tree: &Tree, cell: usize) -> Vec<String> {
    if let Some(checkbox) = web::by_class(tree, cell, "checkbox") {
        let yes = web::has_class(tree, checkbox, "checkbox-on");
        return vec![if yes { "yes" } else { "no" }.to_owned()];
    }
    let several = web::all(tree, cell, &|e: &Element| {
        e.has_class("selected-value") || e.has_class("user") || e.name == "a"
    });
    if several.len() > 1 {
        return several.into_iter().map(|id| tree.line(id)).collect();
    }
    vec![tree.line(cell)]
}

/// Each item is a list of its own there: those that follow one another become one.
fn join_lists(tree: &mut Tree, body: usize) {
    for id in web::all(tree, body, &|_| true).into_iter().chain([body]) {
        let children = tree
            .element(id)
            .map(|e| e.children.clone())
            .unwrap_or_default();
        let mut before: Option<usize> = None;
        for child in children {
            match tree.nodes.get(child) {
                Some(Node::Text(text)) if text.trim().is_empty() => {}
                Some(Node::Element(list)) if is_list(list) => {
                    let same = before.filter(|before| is_like(tree, *before, child));
                    match same {
                        Some(list) => move_items(tree, child, list),
                        None => before = Some(child),
                    }
                }
                _ => before = None,
            }
        }
    }
}

fn is_list(element: &Element) -> bool {
    ["bulleted-list", "numbered-list", "to-do-list", "toggle"]
        .iter()
        .any(|class| element.has_class(class))
}

fn is_like(tree: &Tree, one: usize, other: usize) -> bool {
    let sign = |id: usize| {
        tree.element(id)
            .map(|e| (e.name.clone(), e.attribute("class").to_owned()))
    };
    sign(one) == sign(other)
}

fn move_items(tree: &mut Tree, from: usize, to: usize) {
    let items = match tree.nodes.get_mut(from) {
        Some(Node::Element(list)) => std::mem::take(&mut list.children),
        _ => return,
    };
    if let Some(Node::Element(list)) = tree.nodes.get_mut(to) {
        list.children.extend(items);
    }
    web::replace(tree, from, "");
}

fn plain(tree: &mut Tree, body: usize) {
    for id in web::all(tree, body, &|_| true) {
        let Some(element) = tree.element(id) else {
            continue;
        };
        if GONE.iter().any(|class| element.has_class(class)) {
            web::replace(tree, id, "");
            continue;
        }
        let is = |class: &str| element.has_class(class);
        match element.name.as_str() {
            "div" if is("checkbox") => {
                let words = if is("checkbox-on") { "☑ " } else { "☐ " };
                web::replace(tree, id, words);
            }
            "figure" if is("callout") => web::rename(tree, id, "blockquote"),
            "a" if is("bookmark") => bookmark(tree, id),
            // A picture is a link to itself.
            "a" if tree
                .find(id, &|e| e.name == "img" && !e.has_class("icon"))
                .is_some() =>
            {
                web::rename(tree, id, "span");
            }
            "code" => code(tree, id),
            _ => {}
        }
    }
}

/// A preview of another page: its title alone is the link.
fn bookmark(tree: &mut Tree, id: usize) {
    let target = web::attribute(tree, id, "href");
    let title = web::by_class(tree, id, "bookmark-title").map(|id| tree.line(id));
    let words = title.filter(|title| !title.is_empty());
    web::replace_with_link(tree, id, &target, words.as_deref().unwrap_or(&target));
}

/// `language-Plain Text` is none.
fn code(tree: &mut Tree, id: usize) {
    let class = web::attribute(tree, id, "class").to_ascii_lowercase();
    if class.starts_with("language-plain") {
        web::set(tree, id, "class", "");
    }
}
