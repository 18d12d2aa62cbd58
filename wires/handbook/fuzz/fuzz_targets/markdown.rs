//! Bytes as a page of Markdown with its front matter.
#![no_main]

use handbook::{Handbook, Item, Shelf};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let shelf = Shelf::memory("fuzz", vec![("a.md".to_owned(), bytes.to_vec())]);
    let mut told: Vec<Item> = Vec::new();
    Handbook::of(shelf).unwrap().read(&mut told).unwrap();
    assert!(!told.is_empty());
});
