//! The authorization table: every route × everybody, each meeting the same world. What may not be seen is not
//! found, nothing private leaks, and nobody becomes a member but by their own act.

use std::collections::BTreeMap;
use std::fmt::Write;

use axum::http::Method;
use testkit::{Answered, App, Client, Engine};

use crate::world::{CLOSED, Ids, KNOCK, PRINCIPALS, World};

pub(crate) struct Asked {
    pub(crate) method: Method,
    /// As the route has it, with the community it is asked for.
    pub(crate) route: String,
    pub(crate) path: String,
    pub(crate) fields: Vec<(&'static str, String)>,
    pub(crate) api: bool,
}

/// Every route of every slice, once for each community where it names one.
pub(crate) fn questions(ids: &Ids) -> Vec<Asked> {
    let mut all = Vec::new();
    for slice in tacit::slices() {
        for (route, api) in slice.pages.iter().map(|r| (r, false)).chain(slice.api.iter().map(|r| (r, true))) {
            let about_things = route.path.contains("/contributions/{id}") || route.path.contains("conversations/{id}") || route.path.contains("/narrations/{id}") || route.path.contains("/notices/{id}");
            if route.path.contains("{slug}") {
                let kind = if route.method == Method::DELETE && route.path.ends_with("{kind}") { "unused" } else { "worry" };
                for slug in [CLOSED, KNOCK] {
                    let path = route.path.replace("{slug}", slug).replace("{id}", if route.path.contains("/hats/{id}") { &ids.worn } else { &ids.suspension }).replace("{kind}", kind).replace("{figure}", "people");
                    all.push(asked(route, format!("{} [{slug}]", route.path), path, slug, api));
                }
            } else if route.path.contains("/changes/{id}") {
                for (name, id) in [("closed", &ids.change), ("mine", &ids.own_change)] {
                    let path = route.path.replace("{id}", id);
                    all.push(asked(route, format!("{} [{name}]", route.path), path, CLOSED, api));
                }
            } else if about_things && route.path.ends_with("/ending") {
                for (name, id) in [("closed", ids.closed_worry), ("open", ids.open_worry)] {
                    let path = route.path.replace("{id}", &id.to_string());
                    all.push(asked(route, format!("{} [{name}]", route.path), path, CLOSED, api));
                }
            } else if about_things {
                for (name, id) in [("closed", ids.closed_opening), ("members", ids.knock_opening), ("mine", ids.mine), ("named", ids.named)] {
                    let path = route.path.replace("{id}", &id.to_string());
                    all.push(asked(route, format!("{} [{name}]", route.path), path, CLOSED, api));
                }
            } else {
                all.push(asked(route, route.path.to_owned(), concrete(route.path, ids), CLOSED, api));
            }
        }
    }
    all
}

fn asked(route: &shell::Route, name: String, path: String, slug: &str, api: bool) -> Asked {
    let fields = fields(&route.method, route.path.trim_start_matches("/api/v1"), slug);
    Asked { method: route.method.clone(), route: name, path, fields, api }
}

fn concrete(path: &str, ids: &Ids) -> String {
    let id = match path {
        p if p.contains("/hats/") && ["term", "call", "succession", "handover", "passing"].iter().any(|own| p.ends_with(own)) => &ids.worn,
        p if p.contains("/hats/") => &ids.hat,
        p if p.contains("/knocks/") => &ids.knock,
        p if p.contains("/suspensions/") => &ids.suspension,
        p if p.contains("/care/acts/") || p.contains("/steward-acts/") => &ids.act,
        p if p.contains("/care/reports/") || p.contains("/reports/{id}") => &ids.report,
        p if p.contains("/care/words/") => &ids.words,
        p if p.contains("/voices/") => &ids.voice,
        p if p.contains("/claims/") => &ids.claim,
        p if p.contains("/practices/") => &ids.practice,
        p if p.contains("/proposals/") => &ids.proposal,
        p if p.contains("/sessions/") => &ids.session,
        p if p.contains("/tokens/") => &ids.token,
        p if p.contains("/attachments/{id}") => &ids.attachment,
        p if p.contains("/trails/") => &ids.trail,
        p if p.contains("/circles/") => &ids.circle,
        p if p.contains("/announcements/") => &ids.announcement,
        p if p.contains("/sense/") || p.contains("/tray/") => return path.replace("{id}", &ids.closed_opening.to_string()),
        _ => &ids.invitation,
    };
    let secret = if path.starts_with("/reset") { &ids.reset } else { &ids.link };
    path.replace("{id}", id).replace("{secret}", secret).replace("{handle}", "author").replace("{place}", "home").replace("{variant}", "full").replace("{file}", "7").replace("{figure}", "people")
}

/// An input that would do for who may: so that a refusal is about the person.
fn fields(method: &Method, path: &str, slug: &str) -> Vec<(&'static str, String)> {
    let of = |fields: &[(&'static str, &str)]| fields.iter().map(|(n, v)| (*n, (*v).to_owned())).collect();
    let last = path.rsplit('/').next().unwrap_or_default();
    match (method.as_str(), path) {
        ("GET", _) => Vec::new(),
        ("POST", "/communities") => of(&[("name", "Another one"), ("domain", "x"), ("purpose", "y")]),
        (_, p) if p.ends_with("/charter") => of(&[("name", slug), ("domain", "x"), ("purpose", "y"), ("reason", "because of it")]),
        ("PUT", p) if p.starts_with("/c/") && last == "membership" => of(&[("presence", "edge")]),
        ("PATCH", _) => of(&[("presence", "edge")]),
        ("POST" | "PUT", p) if p.contains("/knocks/") => of(&[("answer", "open")]),
        (_, _) if last == "steward-acts" => of(&[("what", "hide"), ("rule", "A rule"), ("reason", "because")]),
        (_, _) if last == "reports" => of(&[("words", "this is wrong")]),
        (_, _) if last == "appeal" => of(&[("words", "look again")]),
        (_, _) if last == "ruling" => of(&[("ruling", "overturned"), ("words", "looked again")]),
        ("POST", p) if last == "answer" && p.contains("reports") => of(&[("outcome", "acted"), ("words", "done")]),
        ("POST", p) if last == "answer" && p.contains("claims") => of(&[("answer", "accept")]),
        ("POST", _) if last == "claims" => of(&[("words", "it was me")]),
        ("POST", _) if last == "offers" => of(&[("handle", "member")]),
        ("POST", _) if last == "word" => of(&[("word", "vouch")]),
        ("POST", _) if last == "taking-back" => of(&[("reason", "because")]),
        (_, _) if last == "first-words" => of(&[("look", "yes")]),
        (_, _) if last == "silence" => of(&[("kind", "mute")]),
        ("POST", _) if last == "knock" => of(&[("words", "let me in")]),
        ("POST", p) if last == "invitations" && p.contains("slug") => of(&[("handle", "victim")]),
        ("POST", _) if last == "invitation-links" => of(&[("uses", "1")]),
        ("POST", _) if last == "suspensions" => of(&[("handle", "victim"), ("rule", "A rule"), ("reason", "because"), ("days", "1")]),
        ("POST", p) if p.ends_with("{slug}/hats") => of(&[("handle", "member")]),
        (_, p) if p.ends_with("/hats/{id}/handover") => of(&[if method == "POST" { ("handle", "member") } else { ("words", "what works") }]),
        (_, p) if p.ends_with("{slug}/namings") => of(&[("handle", "member"), ("hat", "welcomer")]),
        ("PUT", _) if last == "term" => of(&[("months", "3")]),
        ("DELETE", _) if last == "mine" => of(&[("all_the_same", "yes")]),
        ("POST", "/conversations" | "/contributions") => of(&[("words", "hello"), ("named", "victim"), ("audience", "named")]),
        (_, p) if last == "audience" && p.contains("/practices/") => of(&[("audience", "community")]),
        (_, _) if last == "audience" => of(&[("audience", "me")]),
        (_, _) if last == "growth" => of(&[("words", "grown"), ("kind", "question")]),
        (_, _) if ["replies", "thanks", "contributions", "narrations"].contains(&last) => of(&[("words", "hello")]),
        ("POST", p) if p.ends_with("{slug}/practices") => of(&[("title", "Aloud"), ("words", "read it aloud")]),
        ("POST", p) if p.ends_with("practices/kinds") || last == "practice-kinds" => of(&[("word", "Runbook")]),
        ("POST", _) if ["revisions", "proposals"].contains(&last) => of(&[("title", "Aloud"), ("words", "and again"), ("reason", "because"), ("base", "1")]),
        ("POST", p) if last == "answer" && p.contains("proposals") => of(&[("verdict", "accepted")]),
        ("POST", _) if last == "sources" => of(&[("link", "https://example.org/"), ("title", "A page")]),
        ("POST", _) if last == "adoption" => of(&[("how", "will_try")]),
        ("POST", _) if last == "state" => of(&[("state", "retired"), ("why", "over")]),
        ("POST", _) if last == "forks" => of(&[("community", crate::world::KNOCK)]),
        ("POST", _) if last == "offer" => of(&[("reason", "better")]),
        ("PUT", _) if last == "ending" => of(&[("words", "the cable helped")]),
        ("POST" | "PUT", p) if p.contains("{slug}/kinds") && last != "putting-away" => of(&[("word", "Near miss")]),
        ("PUT", p) if p.contains("contributions/{id}") && last == "{id}" => of(&[("words", "changed")]),
        ("POST", "/attachments") => of(&[("name", "rota.txt"), ("size", "4")]),
        ("PUT", "/attachments/{id}") => of(&[("alt", "what it shows")]),
        ("POST", p) if p.contains("/contributions/") && last == "attachments" => of(&[("attached", "7")]),
        ("PUT", p) if p.contains("/drafts/") => of(&[("words", "a draft")]),
        ("POST", _) if last == "announcements" => of(&[("words", "hear this")]),
        ("POST" | "PUT", "/changes" | "/changes/{id}") => of(&[("now", "work otherwise")]),
        ("PUT", "/changes/{id}/state") => of(&[("state", "kept")]),
        ("PUT", "/changes/{id}/outcome") => of(&[("outcome", "quieter nights")]),
        ("PUT", "/changes/{id}/sharing") => of(&[("community", slug), ("audience", "community")]),
        ("PUT", "/changes/{id}/attestation") => of(&[("words", "I was there")]),
        ("POST", "/records/check") => of(&[("file", "{}")]),
        ("POST", "/sense") => of(&[("words", "the same in all"), ("community", slug)]),
        ("PUT", p) if p.starts_with("/sense/") || p.starts_with("/me/tray/") && last == "place" => of(&[("to", "up")]),
        ("POST", p) if last == "people" && p.contains("/circles/") => of(&[("people", "member")]),
        ("POST", _) if last == "circles" => of(&[("name", "those at night"), ("people", "member")]),
        ("PUT", p) if p.starts_with("/circles/") => of(&[("name", "those by day")]),
        ("POST", "/device/token") => of(&[("device_code", "guessed")]),
        (_, "/me") => of(&[("name", "Somebody")]),
        (_, "/me/password") => of(&[("password", "wrong password"), ("new_password", "a new sentence")]),
        (_, "/me/leaving") => of(&[("words", "keep"), ("password", "wrong password")]),
        (_, "/sign-in") => of(&[("handle", "author"), ("password", "wrong password")]),
        (_, "/sign-up") => of(&[("handle", "new-one"), ("name", "New"), ("password", "a quiet sentence")]),
        (_, p) if p.starts_with("/set-up") => of(&[("handle", "new-one"), ("name", "New"), ("password", "a quiet sentence")]),
        (_, p) if p.starts_with("/reset") => of(&[("new_password", "short")]),
        (_, "/instance") => of(&[("sign_up", "open")]),
        (_, "/instance/links") => of(&[("handle", "author")]),
        _ => Vec::new(),
    }
}

fn client(app: &App, world: &World, principal: &str, api: bool) -> Client {
    match world.people.iter().find(|p| p.name == principal) {
        None => app.client(),
        Some(someone) if api => app.client().with_token(&someone.token),
        Some(someone) => app.client().with_cookie(&someone.cookie),
    }
}

async fn ask(client: &Client, asked: &Asked, more: &[(&'static str, String)]) -> Answered {
    if asked.path.starts_with("/live") {
        let stream = client.stream(&asked.path).await;
        return Answered { status: stream.status, ..Answered::default() };
    }
    let fields: Vec<_> = asked.fields.iter().chain(more).collect();
    if asked.method == Method::GET {
        return client.get(&asked.path).await;
    }
    if asked.api {
        let map: serde_json::Map<_, _> = fields.iter().map(|(n, v)| ((*n).to_owned(), v.clone().into())).collect();
        return client.json(asked.method.clone(), &asked.path, &map.into()).await;
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    client.form(asked.method.clone(), &asked.path, &fields).await
}

/// What each private thing may be seen by; whoever else finds it has found a leak.
const CANARIES: [(&str, &[&str]); 12] = [
    ("canary-claim", &["author", "steward"]),
    ("canary-report", &["member", "steward"]),
    ("canary-appeal", &["author", "steward", "operator"]),
    ("canary-closed", &["member", "author", "steward"]),
    // Hidden words: their author, the steward, and the operator who has the appeal to judge.
    ("canary-judged", &["author", "steward", "operator"]),
    ("canary-domain-closed-door", &["member", "author", "steward"]),
    ("canary-members", &["member", "author", "steward"]),
    ("canary-mine", &["author"]),
    ("canary-named", &["author"]),
    ("canary-reason", &["suspended", "steward"]),
    ("canary-knock", &["steward", "knocking"]),
    // Who has left or was invited is told to nobody but themselves.
    ("Canary-name-left", &["left"]),
];

#[test]
fn every_route_answers_everybody_as_the_table_says() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let world = World::new(Engine::Sqlite).await;
        let mut table: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut leaks = Vec::new();
        let mut app = world.app.copy(tacit::slices).await;
        for asked in questions(&world.ids) {
            let mut row = Vec::new();
            for principal in PRINCIPALS {
                let answer = ask(&client(&app, &world, principal, asked.api), &asked, &[]).await;
                if asked.method != Method::GET && answer.status.as_u16() < 400 {
                    // Something was done: the next one meets the world as it was.
                    app = world.app.copy(tacit::slices).await;
                }
                for (canary, allowed) in CANARIES {
                    if answer.body.contains(canary) && !allowed.contains(&principal) {
                        leaks.push(format!("{canary} to {principal} by {} {}", asked.method, asked.route));
                    }
                }
                if answer.body.contains("Canary-name-invited") && principal != "invited" {
                    leaks.push(format!("who was invited, to {principal} by {} {}", asked.method, asked.route));
                }
                assert!(answer.status.as_u16() < 500, "{} {} as {principal}: {}", asked.method, asked.route, answer.body);
                row.push(verdict(&answer));
            }
            table.insert(format!("{} {}", asked.route, asked.method), row);
        }
        assert!(leaks.is_empty(), "leaks:\n{}", leaks.join("\n"));
        insta::assert_snapshot!("authorization", drawn(&table));
    });
}

fn verdict(answer: &Answered) -> String {
    match (answer.status.as_u16(), answer.location.as_deref()) {
        (303, Some(to)) if to.starts_with("/sign-in") => "sign-in".into(),
        (303, _) => "done".into(),
        (status, _) => status.to_string(),
    }
}

fn drawn(table: &BTreeMap<String, Vec<String>>) -> String {
    let mut out = format!("{:<66}", "");
    PRINCIPALS.iter().for_each(|p| {
        let _ = write!(out, "{p:>11}");
    });
    for (route, row) in table {
        let _ = write!(out, "\n{route:<66}");
        row.iter().for_each(|cell| {
            let _ = write!(out, "{cell:>11}");
        });
    }
    out
}

/// P1. Whoever has power (steward of both communities, operator) tries every route, naming the victim wherever an input
/// has room for somebody, and by privileged fields that an input does not have.
#[test]
fn no_route_makes_somebody_else_a_member() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let world = World::new(Engine::Sqlite).await;
        let app = world.app.copy(tacit::slices).await;
        let victim = world.who("victim").id;
        let spells = async |app: &App| {
            let sql = "select count(*) from membership where person = ?1";
            app.house.db.one(sql, kernel::vals![victim]).await.unwrap().unwrap().take::<i64>().unwrap()
        };
        let named: [&[(&'static str, String)]; 4] = [
            &[],
            &[("handle", "victim".into())],
            &[("person", victim.to_string())],
            &[("member", victim.to_string()), ("members", "victim".into()), ("actor", victim.to_string())],
        ];
        let mut tried = 0;
        for asked in questions(&world.ids).iter().filter(|q| q.method != Method::GET) {
            for principal in ["steward", "operator", "author"] {
                for more in named {
                    let fresh: Vec<_> = more.iter().filter(|(n, _)| !asked.fields.iter().any(|(f, _)| f == n)).cloned().collect();
                    ask(&client(&app, &world, principal, asked.api), asked, &fresh).await;
                    tried += 1;
                    assert_eq!(spells(&app).await, 0, "{} {} by {principal}", asked.method, asked.route);
                }
            }
        }
        assert!(tried > 800, "{tried}");
        // What was meant for the victim is an invitation at most: the victim's own act makes them a member.
        let own = world.app.copy(tacit::slices).await;
        let steward = client(&own, &world, "steward", true);
        let inviting = serde_json::json!({"handle": "victim"});
        steward.json(Method::POST, &format!("/api/v1/communities/{CLOSED}/invitations"), &inviting).await;
        assert_eq!(spells(&own).await, 0);
        let victims = client(&own, &world, "victim", true);
        let joined = victims.json(Method::PUT, &format!("/api/v1/communities/{CLOSED}/membership"), &serde_json::json!({})).await;
        assert_eq!(joined.status, 200, "{}", joined.body);
        assert_eq!(spells(&own).await, 1);
    });
}

/// The operator's commands act as the program itself, and the program is nobody who could join.
#[test]
fn no_command_of_the_operator_makes_anybody_a_member() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let world = World::new(Engine::Sqlite).await;
        let system = world.app.system();
        let joining = membership::acts::Joining::default();
        assert!(membership::acts::join(&system, KNOCK, &joining).await.is_err());
        assert!(membership::acts::join(&world.app.stranger(), KNOCK, &joining).await.is_err());
        let new = community::acts::NewCommunity {
            name: "By nobody".into(),
            slug: kernel::Line::default(),
            domain: "x".into(),
            purpose: "y".into(),
            practice: "".into(),
            openness: None,
            stage: None,
        };
        assert!(membership::acts::found(&system, &new).await.is_err());
        let voice = person::acts::remember_voice(&system, "an archive", "Iris", "").await.unwrap();
        let as_voice = world.app.by(kernel::PersonId(voice.0));
        assert!(membership::acts::join(&as_voice, KNOCK, &joining).await.is_err(), "a voice is no person");
    });
}
