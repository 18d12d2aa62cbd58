//! Bytes as HTML of another place.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let html = String::from_utf8_lossy(bytes);
    let markdown = exports::html::to_markdown_from(&html, "https://forum.example.org");
    // What is hidden or repeated may vanish; nothing may grow without bound.
    assert!(markdown.len() <= 1_000 + html.len() * 40);
});
