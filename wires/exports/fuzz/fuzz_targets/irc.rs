//! Bytes as a log of a channel.
#![no_main]

use exports::{Item, Source, irc};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let source = Source::memory(
        "fuzz",
        vec![("#c.2018-01-01.log".to_owned(), bytes.to_vec())],
    );
    let mut told: Vec<Item> = Vec::new();
    let _ = irc::read(&source, &mut told);
});
