//! What fuzzing found worth keeping is read again by each test run.

use crate::{Item, Problem, Source, Take};

type Read = fn(&Source, &mut dyn Take) -> Result<(), Problem>;

fn replay(target: &str, file: &str, read: Read) {
    let folder = format!("{}/fuzz/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    let mut replayed = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let source = Source::memory("fuzz", vec![(file.to_owned(), bytes)]);
        let mut told: Vec<Item> = Vec::new();
        let _ = read(&source, &mut told);
        replayed += 1;
    }
    assert!(replayed > 0);
}

#[test]
fn the_corpus_of_mail_is_read_without_a_panic() {
    replay("mbox", "list.mbox", crate::mail::read_mbox);
    replay("mbox", "a.eml", crate::mail::read_letters);
    replay("mbox", "new/1.x", crate::mail::read_maildir);
}

#[test]
fn the_corpus_of_logs_is_read_without_a_panic() {
    replay("irc", "#c.2018-01-01.log", crate::irc::read);
}
