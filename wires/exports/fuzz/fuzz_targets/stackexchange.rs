//! Bytes as each list of a dump.
#![no_main]

use exports::{Item, Source, stackexchange};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let files = [
        "Posts.xml",
        "Users.xml",
        "Comments.xml",
        "Votes.xml",
        "PostHistory.xml",
    ];
    let files = files.map(|name| (name.to_owned(), bytes.to_vec())).to_vec();
    let mut told: Vec<Item> = Vec::new();
    let _ = stackexchange::read(&Source::memory("fuzz", files), &mut told);
});
