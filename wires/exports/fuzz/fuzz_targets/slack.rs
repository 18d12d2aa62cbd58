//! Bytes as a day of a channel, as its lists, and as the words of a message.
#![no_main]

use exports::{Item, Source, slack};

const USERS: &[u8] = br#"[{"id":"U1","name":"ann"}]"#;
const CHANNELS: &[u8] = br#"[{"id":"C1","name":"general"}]"#;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let words =
        serde_json::json!([{"user": "U1", "ts": "1.0", "text": String::from_utf8_lossy(bytes)}]);
    for (users, channels, day) in [
        (USERS, CHANNELS, bytes),
        (bytes, bytes, b"[]".as_slice()),
        (USERS, CHANNELS, words.to_string().as_bytes()),
    ] {
        let files = [
            ("users.json", users),
            ("channels.json", channels),
            ("general/2020-01-01.json", day),
        ];
        let files = files
            .map(|(name, bytes)| (name.to_owned(), bytes.to_vec()))
            .to_vec();
        let mut told: Vec<Item> = Vec::new();
        let _ = slack::read(&Source::memory("fuzz", files), &mut told);
    }
});
