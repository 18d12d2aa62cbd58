//! What is far too large, far too many or far too deep is refused at once, in every field of every route, and what is
//! merely odd is taken as text.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Answered, Engine, both};

use crate::authorization::questions;
use crate::world::World;

/// Far longer than any of them needs, and far shorter than a bomb that goes off.
const LONG: Duration = Duration::from_secs(10);

async fn soon(what: &str, answer: impl Future<Output = Answered>) -> Answered {
    tokio::time::timeout(LONG, answer).await.unwrap_or_else(|_| panic!("{what} took long"))
}

#[test]
fn a_bomb_in_any_field_of_the_api_is_refused() {
    both(async |engine| {
        if engine == Engine::Postgres {
            return; // inputs are read before any database is asked
        }
        let world = World::new(engine).await;
        let client = world.app.client().with_token(&world.who("author").token);
        let many: Value = (0..100_000).map(|n| json!(n)).collect();
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let mut tried = 0;
        for asked in questions(&world.ids).iter().filter(|a| a.api && !a.fields.is_empty()) {
            for (field, _) in &asked.fields {
                for bomb in [json!("x".repeat(1 << 20)), many.clone()] {
                    let mut body: Value = asked.fields.iter().map(|(n, v)| ((*n).to_owned(), json!(v))).collect::<serde_json::Map<_, _>>().into();
                    body[*field] = bomb;
                    let what = format!("{} {} with a bomb in {field}", asked.method, asked.path);
                    let answer = soon(&what, client.json(asked.method.clone(), &asked.path, &body)).await;
                    assert!((400..500).contains(&answer.status.as_u16()), "{what}: {}", answer.status);
                    tried += 1;
                }
            }
            for body in [deep.as_str(), "[[", "{\"words\":", "\u{0}"] {
                let answer = soon("a deep body", client.send(asked.method.clone(), &asked.path, Some("application/json"), body)).await;
                assert!((400..500).contains(&answer.status.as_u16()), "{} {}: {}", asked.method, asked.path, answer.status);
            }
        }
        assert!(tried > 50, "{tried}");
    });
}

#[test]
fn a_bomb_in_any_field_of_a_form_is_refused() {
    both(async |engine| {
        if engine == Engine::Postgres {
            return;
        }
        let world = World::new(engine).await;
        let client = world.app.client().with_cookie(&world.who("author").cookie);
        let long = "x".repeat(1 << 20);
        for asked in questions(&world.ids).iter().filter(|a| !a.api && !a.fields.is_empty()) {
            for (field, _) in &asked.fields {
                let fields: Vec<(&str, &str)> =
                    asked.fields.iter().map(|(n, v)| (*n, if n == field { long.as_str() } else { v.as_str() })).collect();
                let what = format!("{} {} with a bomb in {field}", asked.method, asked.path);
                let answer = soon(&what, client.form(asked.method.clone(), &asked.path, &fields)).await;
                assert!((400..500).contains(&answer.status.as_u16()), "{what}: {}", answer.status);
            }
            let many: Vec<(&str, &str)> = std::iter::repeat_n(("words", "x"), 100_000).collect();
            let answer = soon("many fields", client.form(asked.method.clone(), &asked.path, &many)).await;
            assert!((400..500).contains(&answer.status.as_u16()), "{} {}: {}", asked.method, asked.path, answer.status);
        }
    });
}

#[test]
fn markdown_that_is_made_to_explode_is_read_quickly() {
    both(async |engine| {
        let world = World::new(engine).await;
        let client = world.app.client().with_token(&world.who("author").token);
        let path = "/api/v1/c/closed-door/contributions";
        let path = questions(&world.ids).iter().find(|a| a.api && a.method == "POST" && a.path.contains("closed-door/contributions")).map_or(path.to_owned(), |a| a.path.clone());
        for (unit, close) in [
            ("> ", ""), ("* ", ""), ("[", "]"), ("![", "]"), ("[a](", ")"), ("**a ", ""), ("_a_ ", ""), ("`", ""), ("<", ">"), ("- - ", ""),
            ("1. ", ""), ("| a ", ""), ("&amp;", ""), ("~~", ""), ("[^1]", ""), ("\\", ""), ("a@b.", ""), ("http://a.", ""), ("@author ", ""),
        ] {
            let n = 19_000 / (unit.len() + close.len());
            let words = format!("{}x{}", unit.repeat(n), close.repeat(n));
            let answer = soon(unit, client.json(axum::http::Method::POST, &path, &json!({"words": words}))).await;
            assert!([201, 422].contains(&answer.status.as_u16()), "{unit}: {} {}", answer.status, answer.body);
        }
    });
}
