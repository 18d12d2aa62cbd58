//! How every page treats whoever comes: without JavaScript, on a phone, with a keyboard alone, and with visitors who mean harm.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking

#[path = "manners/harm.rs"]
mod harm;
#[path = "manners/keyboard.rs"]
mod keyboard;
#[path = "manners/phone.rs"]
mod phone;
#[path = "manners/without_javascript.rs"]
mod without_javascript;

use e2e::Person;

/// Founds an open community, as somebody who is signed in. Answers its path.
async fn found(person: &Person, slug: &str, [name, purpose, domain, practice]: [&str; 4]) -> String {
    let charter = [("name", name), ("purpose", purpose), ("domain", domain), ("practice", practice), ("openness", "open"), ("slug", slug)];
    person.sends("/communities", &charter).await
}

/// The number in `/conversations/NUMBER`.
fn number(conversation: &str) -> &str {
    conversation.strip_prefix("/conversations/").expect("a conversation")
}

/// What a script of ours that judges a page answers, line by line.
fn lines(said: &serde_json::Value) -> String {
    said.as_array().expect("a list").iter().filter_map(|it| it.as_str()).collect::<Vec<_>>().join("\n    ")
}
