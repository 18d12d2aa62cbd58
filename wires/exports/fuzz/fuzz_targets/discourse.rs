//! Bytes as a document of a forum, and as lines of them.
#![no_main]

use exports::{Item, Source, discourse};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for file in ["a.json", "a.jsonl"] {
        let source = Source::memory("fuzz", vec![(file.to_owned(), bytes.to_vec())]);
        let mut told: Vec<Item> = Vec::new();
        discourse::recognise(&source);
        let _ = discourse::read(&source, &mut told);
    }
});
