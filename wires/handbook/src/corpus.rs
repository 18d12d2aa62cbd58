//! What fuzzing found worth keeping is read again by each test run.

use crate::{Handbook, Item, Shelf};

const ID: &str = "0123456789abcdef0123456789abcdef";

fn replay(target: &str, files: &[&str]) {
    let folder = format!("{}/fuzz/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    let mut replayed = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for file in files {
            let shelf = Shelf::memory("fuzz", vec![((*file).to_owned(), bytes.clone())]);
            if let Ok(handbook) = Handbook::of(shelf) {
                let mut told: Vec<Item> = Vec::new();
                handbook.read(&mut told).unwrap();
            }
        }
        replayed += 1;
    }
    assert!(replayed > 0);
}

#[test]
fn the_corpus_of_markdown_is_read_without_a_panic() {
    replay("markdown", &["a.md"]);
}

#[test]
fn the_corpus_of_notion_is_read_without_a_panic() {
    let names = ["md", "csv", "html"].map(|ending| format!("A {ID}.{ending}"));
    replay("notion", &names.each_ref().map(String::as_str));
}

#[test]
fn the_corpus_of_confluence_is_read_without_a_panic() {
    replay("confluence", &["index.html", "Page_12345.html"]);
}
