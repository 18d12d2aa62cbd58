//! Bytes as an mbox, and as a single message.
#![no_main]

use exports::{Item, Source, mail};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for (file, read) in [
        ("list.mbox", mail::read_mbox as fn(&_, &mut dyn exports::Take) -> _),
        ("a.eml", mail::read_letters),
    ] {
        let source = Source::memory("fuzz", vec![(file.to_owned(), bytes.to_vec())]);
        let mut told: Vec<Item> = Vec::new();
        let _: Result<(), exports::Problem> = read(&source, &mut told);
    }
});
