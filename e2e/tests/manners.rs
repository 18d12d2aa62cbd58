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
use serde_json::{Value, json};

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
fn lines(said: &Value) -> String {
    said.as_array().expect("a list").iter().filter_map(|it| it.as_str()).collect::<Vec<_>>().join("\n    ")
}

/// Many calls of the API, a few at a time; a body that is null is none. Answers what each of them answered.
async fn calls(person: &Person, token: &str, all: &[(&str, String, Value)]) -> Vec<Value> {
    let script = "const [token, list] = arguments;
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
        const queue = JSON.parse(list).map((it, n) => [n, ...it]);
        const answers = [];
        const work = async () => {
            for (let next; next = queue.shift();) {
                const [n, method, path, body] = next;
                const it = await fetch('/api/v1' + path, { method, headers, body: body && JSON.stringify(body), credentials: 'omit' });
                answers[n] = { status: it.status, ...await it.json().catch(() => ({})) };
            }
        };
        return Promise.all([work(), work(), work(), work(), work(), work()]).then(() => answers);";
    let mut answers = Vec::new();
    for some in all.chunks(100) {
        let said = person.js(script, &[token, &json!(some).to_string()]).await;
        answers.extend(said.as_array().expect("a list").iter().cloned());
    }
    for ((method, path, _), answer) in all.iter().zip(&answers) {
        let done = answer["status"].as_u64().is_some_and(|status| (200..300).contains(&status));
        person.expects(&format!("{method} {path} is done: {answer}"), done);
    }
    answers
}
