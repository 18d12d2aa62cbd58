//! Bytes as messages of an export, as its lists, and as a topic of a public archive.
#![no_main]

use exports::{Item, Source, zulip};

const REALM: &[u8] = br#"{"zerver_userprofile":[{"id":1,"full_name":"Ann"}],"zerver_stream":[{"id":5,"name":"general"}],"zerver_recipient":[{"id":5,"type":2,"type_id":5}]}"#;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for files in [
        vec![("realm.json", REALM), ("messages-000001.json", bytes)],
        vec![("realm.json", bytes), ("messages-000001.json", bytes)],
        vec![("zulip_json/5-general/a.20topic.json", bytes)],
    ] {
        let files = files
            .into_iter()
            .map(|(name, bytes)| (name.to_owned(), bytes.to_vec()))
            .collect();
        let source = Source::memory("fuzz", files);
        let mut told: Vec<Item> = Vec::new();
        zulip::recognise(&source);
        let _ = zulip::read(&source, &mut told);
    }
});
