//! The house's conventions, each with its reason.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, ending: &str, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, ending, found);
            } else if path.extension().is_some_and(|e| e == ending) {
                found.push((path.clone(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    walk(Path::new(folder), ending, &mut found);
    found
}

/// A strict CSP forbids inline script and style; a template that has one is broken in the browser alone.
#[test]
fn templates_have_no_inline_script_or_style() {
    for (path, text) in files("../domain", "html").into_iter().chain(files("../base", "html")) {
        let lower = text.to_lowercase();
        for bad in ["<script>", "<style", " style=\"", " onclick", " onload", " onerror", "javascript:", "hx-on"] {
            assert!(!lower.contains(bad), "{} has {bad}", path.display());
        }
    }
}

/// `|safe` prints unescaped; only list marks of our own are.
#[test]
fn nothing_is_printed_unescaped_but_markup_of_our_own() {
    for (path, text) in files("../domain", "html").into_iter().chain(files("../base", "html")) {
        for part in text.match_indices("|safe") {
            let before = &text[..part.0];
            let name = before.rsplit("{{").next().unwrap().trim();
            assert!(["node.before", "after"].contains(&name), "{}: {name}|safe", path.display());
        }
    }
}

/// Capability is computed in membership/src/rules.rs; a comparison of a role elsewhere forgets suspension.
#[test]
fn no_role_is_compared_outside_of_the_rules() {
    for (path, text) in files("../domain", "rs").into_iter().chain(files("../base", "rs")) {
        for bad in ["role ==", ".is_admin", "is_superuser"] {
            assert!(!text.contains(bad), "{} has {bad}", path.display());
        }
    }
}

/// Every file says in one sentence what it is.
#[test]
fn every_source_file_begins_with_its_sentence() {
    for folder in ["../base", "../domain", "src", "tests"] {
        for (path, text) in files(folder, "rs") {
            assert!(text.starts_with("//! "), "{}", path.display());
        }
    }
}

#[test]
fn files_and_slices_stay_readable() {
    for folder in ["../base", "../domain", "src"] {
        for (path, text) in files(folder, "rs") {
            let lines = text.lines().count();
            let limit = if path.ends_with("tests.rs") { 800 } else { 620 };
            assert!(lines <= limit, "{} has {lines} lines; split it by a word of the domain", path.display());
        }
    }
}

/// A panel for a place that no page shows would be silent.
#[test]
fn every_place_for_panels_is_shown_by_some_page() {
    let ports = std::fs::read_to_string("../base/shell/src/ports.rs").unwrap();
    let places = ports.split("pub enum Place {").nth(1).unwrap().split('}').next().unwrap();
    let sources: String = files("../domain", "rs").into_iter().chain(files("../base/shell/src", "rs")).map(|(_, text)| text).collect();
    for place in places.lines().map(str::trim).filter(|l| l.ends_with(',') && !l.starts_with("//")) {
        let place = place.trim_end_matches(',');
        let shown = sources.matches(&format!("panels(Place::{place}")).count() + sources.matches(&format!(", Place::{place}, visit.panels")).count();
        let by_variable = ["Home", "Welcome"].contains(&place); // home.rs takes one or the other
        assert!(shown > 0 || by_variable, "no page shows Place::{place}");
    }
}

/// STYLE.md, Words: one word for one thing.
#[test]
fn pages_use_the_words_of_the_language() {
    for (path, text) in files("../domain", "html") {
        for word in [" user ", " users ", " post ", " posts ", " comment", " admin", " like button", "!\")"] {
            let visible = text.replace("method=\"post\"", "").to_lowercase();
            assert!(!visible.contains(word), "{} says {word:?}", path.display());
        }
    }
}

#[test]
fn every_api_route_is_in_the_document_and_every_page_states_its_needs() {
    let mut paths = BTreeSet::new();
    for slice in tacit::slices() {
        for route in &slice.api {
            assert!(route.doc.is_some(), "{} {} is not in the document", route.method, route.path);
            assert!(route.path.starts_with("/api/v1/"), "{}", route.path);
            assert!(paths.insert(format!("{} {}", route.method, route.path)), "{} twice", route.path);
        }
        for route in &slice.pages {
            let writes = !shell::guard::is_safe(&route.method);
            assert!(!writes || route.needs.rate != shell::Rate::Live, "{}", route.path);
            let files = ["/attachments/{id}/bytes", "/contributions/{id}/attachments", "/practices/{id}/files"].contains(&route.path);
            assert!(route.needs.body <= if files { shell::slice::FILE } else { shell::slice::LONG_FORM }, "{}", route.path);
        }
    }
    for fixed in [
        "GET /api/v1/communities",
        "GET /api/v1/communities/{slug}",
        "GET /api/v1/communities/{slug}/members",
        "PUT /api/v1/communities/{slug}/membership",
        "DELETE /api/v1/communities/{slug}/membership",
        "GET /api/v1/communities/{slug}/contributions",
        "GET /api/v1/contributions/{id}",
        "GET /api/v1/contributions/{id}/replies",
        "POST /api/v1/contributions/{id}/thanks",
        "GET /api/v1/me",
    ] {
        assert!(paths.contains(fixed), "{fixed}");
    }
}

/// Sentences that go through the translation function, as they stand in the sources.
fn sentences() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let templates = files("../domain", "html").into_iter().chain(files("../base/shell/src", "html"));
    let code = files("../domain", "rs").into_iter().filter(|(path, _)| !path.ends_with("tests.rs")).chain(files("../base/shell/src", "rs"));
    let code = code.map(|(path, text)| (path, text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned()));
    for (_, text) in templates.chain(code) {
        for marker in ["t.say(\"", "t.with(\"", "t.count(\"", "Say::new(\"", "Error::refused(\"", ".add(field, \"", "Refused(\""] {
            for (at, _) in text.match_indices(marker) {
                let rest = &text[at + marker.len()..];
                let end = rest.find("\",").into_iter().chain(rest.find("\")")).chain(rest.find("\".into")).min().unwrap();
                found.insert(rest[..end].replace("\\\"", "\""));
            }
        }
    }
    found
}

#[test]
fn german_has_every_sentence_of_every_page() {
    let mut german = std::collections::HashMap::<String, String>::new();
    for (_, text) in files("../base/shell/lang", "toml").into_iter().chain(files("../domain", "toml")).filter(|(p, _)| p.ends_with("de.toml")) {
        german.extend(toml::from_str::<std::collections::HashMap<String, String>>(&text).unwrap());
    }
    let missing: Vec<_> = sentences().into_iter().filter(|s| !german.contains_key(s)).collect();
    assert!(missing.is_empty(), "{} sentences are missing: {missing:#?}", missing.len());
    for (english, german) in &german {
        for part in english.split('{').skip(1) {
            let name = part.split('}').next().unwrap();
            assert!(german.contains(&format!("{{{name}}}")), "{german:?} lacks {{{name}}}");
        }
    }
}
