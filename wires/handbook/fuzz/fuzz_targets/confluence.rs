//! Bytes as a page of Confluence, and as its list of pages.
#![no_main]

use handbook::{Handbook, Item, Shelf};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // What makes it known as one, so that no byte is spent on that.
    let known = "<div id=\"main-content\"><div class=\"page-metadata\"></div></div>";
    let shelf = Shelf::memory(
        "fuzz",
        vec![
            ("0_10000.html".to_owned(), known.as_bytes().to_vec()),
            ("Page_12345.html".to_owned(), bytes.to_vec()),
            ("index.html".to_owned(), bytes.to_vec()),
        ],
    );
    let mut told: Vec<Item> = Vec::new();
    Handbook::of(shelf).unwrap().read(&mut told).unwrap();
});
