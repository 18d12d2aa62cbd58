//! Bytes as each of the files that Notion writes.
#![no_main]

use handbook::{Handbook, Item, Shelf};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for ending in ["md", "csv", "html"] {
        let name = format!("A 0123456789abcdef0123456789abcdef.{ending}");
        let shelf = Shelf::memory("fuzz", vec![(name, bytes.to_vec())]);
        let mut told: Vec<Item> = Vec::new();
        if let Ok(handbook) = Handbook::of(shelf) {
            handbook.read(&mut told).unwrap();
            assert!(!told.is_empty());
        }
    }
});
