//! What fuzzing found worth keeping is read again by each test run.

use crate::{Item, Problem, Source, Take};

type Read = fn(&Source, &mut dyn Take) -> Result<(), Problem>;

fn replay(target: &str, file: &str, read: Read) {
    replay_with(target, &[], file, read);
}

fn replay_with(target: &str, others: &[(&str, &str)], file: &str, read: Read) {
    let folder = format!("{}/fuzz/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    let mut replayed = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let others = others.iter().filter(|(name, _)| *name != file);
        let others = others.map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
        let source = Source::memory("fuzz", others.chain([(file.to_owned(), bytes)]).collect());
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

/// The bytes as each of the files in turn, with the others as they are.
fn replay_within(target: &str, others: &[(&str, &str)], files: &[&str], read: Read) {
    for file in files {
        replay_with(target, others, file, read);
    }
}

const USERS: (&str, &str) = ("users.json", r#"[{"id":"U1","name":"ann"}]"#);
const CHANNELS: (&str, &str) = ("channels.json", r#"[{"id":"C1","name":"general"}]"#);
const REALM: (&str, &str) = (
    "realm.json",
    r#"{"zerver_stream":[{"id":5,"name":"general"}],"zerver_recipient":[{"id":5,"type":2,"type_id":5}]}"#,
);

#[test]
fn the_corpora_of_chats_are_read_without_a_panic() {
    let days = ["general/2020-01-01.json", "users.json", "channels.json"];
    replay_within("slack", &[USERS, CHANNELS], &days, crate::slack::read);
    let lists = ["messages-000001.json", "realm.json"];
    replay_within("zulip", &[REALM], &lists, crate::zulip::read);
    replay_within(
        "zulip",
        &[],
        &["z/5-general/a.20b.json"],
        crate::zulip::read,
    );
}

#[test]
fn the_corpora_of_forums_are_read_without_a_panic() {
    replay_within(
        "discourse",
        &[],
        &["a.json", "a.jsonl"],
        crate::discourse::read,
    );
    let lists = ["Posts.xml", "Users.xml", "Comments.xml", "Votes.xml"];
    replay_within(
        "stackexchange",
        &[("Posts.xml", "<posts/>")],
        &lists,
        crate::stackexchange::read,
    );
}

#[test]
fn the_corpus_of_html_is_read_without_a_panic() {
    let folder = format!("{}/fuzz/corpus/html", env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        crate::html::to_markdown_from(&String::from_utf8_lossy(&bytes), "https://x.org");
    }
}
