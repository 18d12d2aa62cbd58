//! Where a link within a source leads: relative paths, without ever leaving the source.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;

use crate::files::{file_name, folder_of, is_aside};
use crate::markdown::Reference;
use crate::{File, Files, Link, Page};

/// Notes which of a page's links lead to which page (`found` knows them by their paths), and the files that it points at.
pub(crate) fn connect(
    page: &mut Page,
    references: &[Reference],
    files: &dyn Files,
    found: &dyn Fn(&str) -> Option<String>,
) {
    let mut seen = BTreeSet::new();
    for reference in references {
        let Some(path) = within(&page.path, &reference.written) else {
            continue;
        };
        if !seen.insert(reference.written.as_str()) {
            continue;
        }
        if let Some(other) = found(&path) {
            page.links.push(Link {
                written: reference.written.clone(),
                page: other,
            });
        } else if files.has(&path) && !is_aside(&path) {
            let alt = if reference.is_picture {
                reference.words.as_str()
            } else {
                ""
            };
            page.files.push(File {
                name: file_name(&path).to_owned(),
                written: reference.written.clone(),
                alt: alt.to_owned(),
                inside: path,
            });
        }
    }
}

/// The path within the source that a link on the page at `from` leads to; none where it leads to the web, nowhere or out.
pub(crate) fn within(from: &str, link: &str) -> Option<String> {
    let link = link.trim();
    let path = link.split(['#', '?']).next().unwrap_or_default();
    if path.is_empty() || path.starts_with("//") || has_scheme(path) {
        return None;
    }
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let mut parts: Vec<&str> = match decoded.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => folder_of(from)
            .split('/')
            .filter(|part| !part.is_empty())
            .collect(),
    };
    for part in decoded.split(['/', '\\']) {
        match part {
            "" | "." => {}
            // A path that climbs out is nobody's business.
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// `https:`, `mailto:`; and no `c:/`, which is a path.
fn has_scheme(path: &str) -> bool {
    path.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_within_the_source_or_nowhere() {
        assert_eq!(within("a/b.md", "c.md#part").as_deref(), Some("a/c.md"));
        assert_eq!(
            within("a/b.md", "../x%20y/./c.md?raw=1").as_deref(),
            Some("x y/c.md")
        );
        assert_eq!(within("a/b.md", "/c.md").as_deref(), Some("c.md"));
        for link in [
            "",
            "#part",
            "https://example.org/c.md",
            "//x/c.md",
            "mailto:a@example.org",
            "../../etc/passwd",
            "%2e%2e/%2e%2e/x",
            "..",
        ] {
            assert_eq!(within("a/b.md", link), None, "{link}");
        }
    }
}
