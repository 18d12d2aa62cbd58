//! One page of the export: its name, its place, who wrote it when, its words, its files.

use exports::html::Tree;

use super::macros;
use crate::facts::named;
use crate::{Files, Voice, days, links, web};

/// Tables of properties on one page.
const MOST_TABLES: usize = 4;

pub(super) struct Found {
    pub title: String,
    /// Links of what it stands under, from the top.
    pub crumbs: Vec<String>,
    pub words: String,
    pub facts: Vec<(&'static str, String)>,
    /// Tables that are marked as the page's properties.
    pub properties: Vec<(String, String)>,
    pub voice: Option<Voice>,
    pub at: Option<i64>,
    /// Where each lies, and what it was called there.
    pub attachments: Vec<(String, String)>,
    pub comments: usize,
}

impl Found {
    /// None where there is nothing that Confluence would write around its words.
    pub(super) fn within(tree: &mut Tree, files: &dyn Files, path: &str) -> Option<Found> {
        let body = web::by_id(tree, "main-content")
            .or_else(|| web::by_class(tree, 0, "wiki-content"))
            .or_else(|| web::by_class(tree, 0, "pagebody"))?;
        let crumbs = crumbs(tree);
        let space = crumbs
            .first()
            .map(|(_, name)| name.clone())
            .unwrap_or_default();
        let (mut facts, voice, at) = written(tree);
        if !space.is_empty() {
            facts.push(("space", space.clone()));
        }
        let title = title(tree, &space);
        let attachments = attachments(tree, files, path, body);
        let comments = web::all(tree, 0, &|e| {
            e.name == "a" && e.attribute("name").starts_with("comment-")
        });
        let properties = properties(tree, body);
        macros::plain(tree, body, files, path);
        Some(Found {
            title,
            crumbs: crumbs.into_iter().map(|(link, _)| link).collect(),
            words: web::to_markdown(tree, body),
            facts,
            properties,
            voice,
            at,
            attachments,
            comments: comments.len(),
        })
    }
}

/// `Space : Title` stands in the heading and in the document's title.
fn title(tree: &Tree, space: &str) -> String {
    let heading = web::by_id(tree, "title-text")
        .or_else(|| web::by_id(tree, "title-heading"))
        .or_else(|| web::by_class(tree, 0, "pagetitle"))
        .or_else(|| tree.find(0, &|e| e.name == "title"));
    let whole = heading.map(|id| tree.line(id)).unwrap_or_default();
    let within = whole
        .strip_prefix(space)
        .and_then(|rest| rest.trim_start().strip_prefix(':'))
        .or_else(|| whole.split_once(" : ").map(|(_, title)| title));
    within.unwrap_or(&whole).trim().to_owned()
}

fn crumbs(tree: &Tree) -> Vec<(String, String)> {
    let Some(list) =
        web::by_id(tree, "breadcrumbs").or_else(|| web::by_class(tree, 0, "pageheader"))
    else {
        return Vec::new();
    };
    let links = web::all(tree, list, &|e| e.name == "a" && e.has("href"));
    let link = |id: usize| (web::attribute(tree, id, "href"), tree.line(id));
    links.into_iter().map(link).collect()
}

type Written = (Vec<(&'static str, String)>, Option<Voice>, Option<i64>);

/// `Created by Ada, last modified by Bo on Mar 03, 2021`; before Confluence 4: `This page last changed on Mar 03, 2010 by Bo.`
fn written(tree: &Tree) -> Written {
    let Some(line) = web::by_class(tree, 0, "page-metadata")
        .or_else(|| web::by_class(tree, 0, "pagesubheading"))
    else {
        return (Vec::new(), None, None);
    };
    let text = tree.line(line);
    let name = |class: &str| {
        let id = web::by_class(tree, line, class)?;
        Some(tree.line(id)).filter(|name| !name.is_empty())
    };
    let author =
        name("author").or_else(|| between(&text, "Created by ", &[", last modified", " on "]));
    let editor = name("editor")
        .or_else(|| between(&text, "last modified by ", &[" on "]))
        .or_else(|| {
            let id = tree.find(line, &|e| e.name == "font")?;
            Some(tree.line(id)).filter(|name| !name.is_empty())
        });
    let mut facts = Vec::new();
    if let Some(author) = &author {
        facts.push(("created_by", author.clone()));
    }
    if let Some(editor) = &editor {
        facts.push(("last_modified_by", editor.clone()));
    }
    let voice = editor.or(author).map(|name| Voice {
        name,
        address: None,
    });
    (facts, voice, last_day(&text))
}

fn between(text: &str, start: &str, ends: &[&str]) -> Option<String> {
    let (_, rest) = text.split_once(start)?;
    let end = ends
        .iter()
        .filter_map(|end| rest.find(end))
        .min()
        .unwrap_or(rest.len());
    let name = rest.get(..end)?.trim().trim_end_matches(['.', ',']);
    (!name.is_empty() && name.len() <= 200).then(|| name.to_owned())
}

/// The day stands at the end, after names that may hold anything.
fn last_day(text: &str) -> Option<i64> {
    let starts: Vec<usize> = text.match_indices(" on ").map(|(at, _)| at + 4).collect();
    let behind = |at: &usize| text.get(*at..).and_then(days::moment);
    starts
        .iter()
        .rev()
        .find_map(behind)
        .or_else(|| days::moment(text))
}

/// `<div class="greybox"><a href="attachments/98345/98346.png">shot.png</a> (image/png)`.
fn attachments(tree: &Tree, files: &dyn Files, path: &str, body: usize) -> Vec<(String, String)> {
    let in_words: std::collections::HashSet<usize> = web::all(tree, body, &|e| e.name == "a")
        .into_iter()
        .collect();
    let links = web::all(tree, 0, &|e| {
        e.name == "a" && e.attribute("href").starts_with("attachments/")
    });
    let mut found: Vec<(String, String)> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for id in links.into_iter().filter(|id| !in_words.contains(id)) {
        let inside = links::within(path, &web::attribute(tree, id, "href"));
        let Some(inside) = inside.filter(|inside| files.has(inside)) else {
            continue;
        };
        if seen.insert(inside.clone()) {
            found.push((inside, tree.line(id)));
        }
    }
    found
}

/// The macro "page properties": a table of two columns within `.plugin-tabmeta-details`.
fn properties(tree: &Tree, body: usize) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let tables = web::all(tree, body, &|e| e.has_class("plugin-tabmeta-details"));
    for details in tables.into_iter().take(MOST_TABLES) {
        for row in web::all(tree, details, &|e| e.name == "tr") {
            let cells = web::all(tree, row, &|e| matches!(e.name.as_str(), "th" | "td"));
            if let [name, value] = cells.as_slice() {
                found.push((named(&tree.line(*name)), tree.line(*value)));
            }
        }
    }
    found.retain(|(name, _)| !name.is_empty());
    found
}

/// The list of pages in `index.html`: tells each link that stands below another.
pub(super) fn places(tree: &Tree, tell: &mut dyn FnMut(&str, &str)) {
    let mut open: Vec<(usize, Option<usize>)> = vec![(0, None)];
    while let Some((id, above)) = open.pop() {
        let Some(element) = tree.element(id) else {
            continue;
        };
        let mut above = above;
        if element.name == "li" {
            let own = tree.find(id, &|e| e.name == "a" && e.has("href"));
            if let (Some(own), Some(above)) = (own, above) {
                tell(
                    &web::attribute(tree, own, "href"),
                    &web::attribute(tree, above, "href"),
                );
            }
            above = own.or(above);
        }
        open.extend(element.children.iter().rev().map(|child| (*child, above)));
    }
}
