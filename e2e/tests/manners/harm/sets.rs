//! Sets of strings that broke other programs (`e2e/harm`), each in every kind of place where words are shown.

use std::collections::BTreeSet;

use e2e::{Browser, Outside, Person, Place, all_go};
use serde_json::{Value, json};

use super::alarm::{self, are_harmless, is_harmless};
use crate::calls;

const SETS: [&str; 3] =
    [include_str!("../../../harm/blns.json"), include_str!("../../../harm/bleach.json"), include_str!("../../../harm/feedparser.json")];

/// Each once.
fn strings() -> BTreeSet<String> {
    SETS.iter().flat_map(|set| serde_json::from_str::<Vec<String>>(set).expect("a list of strings")).collect()
}

#[tokio::test]
async fn strings_that_broke_other_programs_are_words_here() {
    let place = Place::empty();
    place.add("ada", "Ada");
    place.add("bo", "Bo");
    let outside = Outside::listens();
    let browser = Browser::start_before(&outside);
    let ada = browser.person("Ada", &place).await;
    alarm::is_set(&ada).await;
    ada.sign_in("ada").await;
    alarm::works(&ada, &outside).await;
    let (token, bos) = (place.token("ada"), place.token("bo"));

    let strings: Vec<_> = strings().into_iter().filter(|it| can_be_kept(it)).collect();
    assert!(strings.len() > 850, "{} strings", strings.len());
    let said = they_are_said(&ada, &token, &strings).await;
    let answered = they_are_answered(&ada, &token, &bos, &strings, &said[0]).await;
    let doors = they_found_communities(&ada, &token, &strings).await;
    they_are_somebody(&ada, &token, &strings).await;

    let shown: BTreeSet<_> = is_harmless_to_its_end(&ada, "/c/sets/conversations").await.into_iter().collect();
    let lines: BTreeSet<_> = strings.iter().map(|it| line(it, 160)).collect();
    let lost: Vec<_> = lines.difference(&shown).collect();
    assert!(lost.is_empty(), "whoever writes one finds it again, letter by letter: {lost:#?}");
    for first in answered.iter().map(String::as_str).chain(["/communities"]) {
        is_harmless_to_its_end(&ada, first).await;
    }
    let some: Vec<_> = said.iter().map(|id| format!("/conversations/{id}")).chain(doors).collect();
    are_harmless(&ada, &some).await;
    for page in some.iter().step_by(some.len() / 40) {
        is_harmless(&ada, page).await;
    }
    for page in ["/", "/me", "/me/memberships", "/c/sets", "/@ada", "/@ada/said"] {
        is_harmless(&ada, page).await;
    }
    all_go([ada]).await;
    alarm::nothing_was_asked_of(&outside);
}

/// The rest is refused, by a rule that has its own test.
fn can_be_kept(string: &str) -> bool {
    let turned = |c| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{2028}' | '\u{2029}');
    let blank = |c| matches!(c, '\u{AD}' | '\u{1160}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{2800}' | '\u{3164}');
    !string.chars().any(|c| c.is_control() || turned(c)) && string.chars().any(|c| !c.is_whitespace() && !blank(c))
}

/// Where each costs a page of its own: a third of them.
fn some(strings: &[String]) -> impl Iterator<Item = &String> {
    strings.iter().step_by(3)
}

/// What fits into a line.
fn line(string: &str, most: usize) -> String {
    string.trim().chars().take(most).collect::<String>().trim().to_owned()
}

/// As titles, words and what they point at; as steps of trails. Answers the ids of the conversations.
async fn they_are_said(ada: &Person, token: &str, strings: &[String]) -> Vec<String> {
    let community = json!({"name": "Sets", "domain": "d", "purpose": "p", "slug": "sets", "openness": "open"});
    calls(ada, token, &[("POST", "/communities".into(), community)]).await;
    let contribution = |it: &String| json!({"title": line(it, 160), "words": it, "work": line(it, 500), "kind": "question", "audience": "open"});
    let all: Vec<_> = strings.iter().map(|it| ("POST", "/communities/sets/contributions".into(), contribution(it))).collect();
    let said = calls(ada, token, &all).await;
    for (it, said) in strings.iter().zip(&said) {
        ada.expects(&format!("the words {it:?} are kept"), said["words"] == it.trim());
    }
    let step = |it: &String| json!({"words": it, "work": line(it, 500), "trail": "new", "trail_title": line(it, 120)});
    let all: Vec<_> = strings.iter().map(|it| ("POST", "/narrations".into(), step(it))).collect();
    let told = calls(ada, token, &all).await;
    said.iter().step_by(3).chain(told.iter().step_by(3)).map(id).collect()
}

/// As answers: bare, as every form that Markdown has, and as thanks for them. Answers the paths of the conversations.
async fn they_are_answered(ada: &Person, token: &str, bos: &str, strings: &[String], bare: &str) -> [String; 2] {
    let begun = json!({"words": "As every form that Markdown has", "audience": "open"});
    let dressed = id(&calls(ada, token, &[("POST", "/communities/sets/contributions".into(), begun)]).await[0]);
    let all: Vec<_> = strings.iter().map(|it| ("POST", format!("/contributions/{bare}/replies"), json!({"words": it}))).collect();
    let replies = calls(ada, token, &all).await;
    let thanks = strings.iter().zip(&replies).map(|(it, reply)| ("POST", format!("/contributions/{}/thanks", id(reply)), json!({"words": line(it, 300)})));
    calls(ada, bos, &thanks.collect::<Vec<_>>()).await;
    let all: Vec<_> = strings.iter().map(|it| ("POST", format!("/contributions/{dressed}/replies"), json!({"words": dress(it)}))).collect();
    calls(ada, token, &all).await;
    [bare, &dressed].map(|id| format!("/conversations/{id}"))
}

fn dress(it: &str) -> String {
    format!(
        "[a]({it}) [a](<{it}>) ![{it}]({it} \"{it}\") [a](https://example.org/{it}) <{it}> <https://example.org/{it}> https://example.org/{it}\n\n\
        # {it}\n\n> {it}\n\n- {it}\n- [x] {it}\n\n| {it} | b |\n|---|--:|\n| {it} | `{it}` |\n\n\
        ```{it}\n{it}\n```\n\n```html\n{it}\n```\n\n    {it}\n\n*{it}* **{it}** ~~{it}~~ `{it}` @{it}\n\n[r] [{it}]\n\n[r]: {it} \"{it}\"\n[{it}]: {it}\n\n{it}\n"
    )
}

/// Answers the paths of their doors.
async fn they_found_communities(ada: &Person, token: &str, strings: &[String]) -> Vec<String> {
    let named = |it: &String| format!("{} n", line(it, 78)); // a name has two letters at least
    let charter = |n, it: &String| {
        json!({"name": named(it), "domain": it, "purpose": line(it, 400), "practice": it, "openness": "open", "slug": format!("set-{n}")})
    };
    let all: Vec<_> = some(strings).enumerate().map(|(n, it)| ("POST", "/communities".into(), charter(n, it))).collect();
    calls(ada, token, &all).await;
    all.iter().map(|(_, _, door)| format!("/c/{}", door["slug"].as_str().expect("a slug"))).collect()
}

/// As a name, a practice and an organisation, one after the other.
async fn they_are_somebody(ada: &Person, token: &str, strings: &[String]) {
    let script = alarm::looking(
        "const [token, list] = arguments;
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
        return (async () => {
            const found = [];
            for (const it of JSON.parse(list)) {
                const answer = await fetch('/api/v1/me', { method: 'PUT', headers, body: JSON.stringify(it), credentials: 'omit' });
                if (!answer.ok) found.push(`${answer.status} for the name ${it.name}`);
                const page = new DOMParser().parseFromString(await (await fetch('/@ada')).text(), 'text/html');
                found.push(...judge(page, false));
                if (page.querySelector('h1').textContent.trim() !== it.name) found.push(`another name than ${it.name}`);
            }
            return found;
        })();",
    );
    let named = |it: &String| json!({"name": line(it, 80), "practice": it.chars().take(1000).collect::<String>(), "organisation": line(it, 120), "shown": "anyone"});
    for some in some(strings).collect::<Vec<_>>().chunks(100) {
        let all: Value = some.iter().map(|it| named(it)).collect();
        let found = ada.js(&script, &[token, &all.to_string()]).await;
        ada.expects(&format!("names are harmless: {}", crate::lines(&found)), found.as_array().is_some_and(Vec::is_empty));
    }
}

/// A page and all that follow. Answers the titles that they show.
async fn is_harmless_to_its_end(ada: &Person, first: &str) -> Vec<String> {
    let (mut page, mut titles) = (first.to_owned(), Vec::new());
    while !page.is_empty() {
        is_harmless(ada, &page).await;
        let shown = ada.js("return [...document.querySelectorAll('.stream h3')].map((it) => it.textContent.trim())", &[]).await;
        titles.extend(shown.as_array().expect("a list").iter().filter_map(Value::as_str).map(str::to_owned));
        let next = ada.js("const it = document.querySelector('.more [rel=next]'); return it ? it.pathname + it.search : ''", &[]).await;
        next.as_str().expect("a path").clone_into(&mut page);
    }
    titles
}

fn id(said: &Value) -> String {
    said["id"].as_str().unwrap_or_else(|| panic!("an id in {said}")).to_owned()
}
