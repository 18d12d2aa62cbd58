//! Kinds and endings on both engines. Names of tests are the rules of README.md.

use axum::http::Method;
use community::Openness;
use kernel::journal::{self, SystemReader};
use kernel::{Cursor, Error, Event, Line, Viewer};
use testkit::both;

use super::{Asks, Ending, Kind, Saying};
use crate::acts::{self, Edit, Lineage, NewContribution};
use crate::endings::{self, NewEnding};
use crate::store::Sought;
use crate::tests::{World, no, said, world};
use crate::{ContributionId, kinds, store};

fn near_miss() -> Saying {
    Saying {
        word: "Near miss".into(),
        plural: "near misses".into(),
        prompt: "What nearly went wrong, and what caught it?".into(),
        asks: Some(Asks::Yes),
        ending: Some(Ending::Cases),
        ..Saying::default()
    }
}

fn of_kind(kind: &str, words: &str) -> NewContribution {
    NewContribution { kind: Some(kind.parse().unwrap()), ..said(words) }
}

async fn events(w: &World) -> Vec<Event> {
    w.app.house.db.stamp().await.unwrap();
    journal::read(&w.app.house.db, SystemReader::of(Viewer::System).unwrap(), 0, 1000).await.unwrap()
}

async fn ending(w: &World, person: kernel::PersonId, id: ContributionId, words: &str, replies: &[ContributionId]) -> Result<(), Error> {
    let new = NewEnding { words: words.into(), replies: replies.to_vec() };
    endings::say(&w.app.by(person), id, &new).await.map(drop)
}

#[test]
fn a_community_has_kinds_of_its_own_beside_the_built_in_ones() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        no(kinds::add(&w.app.by(w.bo), &w.slug, &near_miss()).await);
        no(kinds::add(&w.app.by(w.cy), &w.slug, &near_miss()).await);
        let kind = kinds::add(&w.app.by(w.ada), &w.slug, &near_miss()).await.unwrap();
        assert_eq!(kind.word(), "near-miss");
        let all = kinds::of_community(&w.app.stranger(), w.id).await.unwrap();
        assert_eq!(all.len(), 9);
        let id = w.contribute(w.bo, &of_kind("near-miss", "The wrong bag, seen at the door.")).await.unwrap();
        let s = store::one(&w.app.stranger(), id).await.unwrap().unwrap();
        assert_eq!((s.kind, s.called.0.as_str(), s.asks, s.ending), (Some(kind), "Near miss", true, Some(Ending::Cases)));
        let event = events(&w).await.into_iter().find(|e| e.object == id.into()).unwrap();
        assert!(event.asks, "the envelope says that it asks");
        let page = w.app.client().get(&format!("/conversations/{id}")).await;
        assert!(page.main().contains("<bdi>Near miss</bdi>"));
        let list = w.app.client().get(&format!("/c/{}/kinds", w.slug)).await;
        assert!(list.main().contains("What nearly went wrong, and what caught it?") && !list.main().contains("Add a kind"));
        assert!(w.browser(w.ada).await.get(&format!("/c/{}/kinds", w.slug)).await.main().contains("Add a kind"));
    });
}

#[test]
fn two_kinds_are_not_called_the_same_and_wrong_words_come_back() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let browser = w.browser(w.ada).await;
        let path = format!("/c/{}/kinds", w.slug);
        for (word, prompt) in [("question", "the built-in word"), ("", "a prompt that is kept"), (&"x".repeat(41), "too long a word")] {
            let answer = browser.post(&path, &[("word", word), ("prompt", prompt), ("asks", "no"), ("ending", "")]).await;
            assert_eq!(answer.status, 422);
            assert!(answer.main().contains(prompt));
        }
        kinds::add(&w.app.by(w.ada), &w.slug, &near_miss()).await.unwrap();
        no(kinds::add(&w.app.by(w.ada), &w.slug, &Saying { word: "NEAR MISS".into(), ..near_miss() }).await);
        no(kinds::add(&w.app.by(w.ada), &w.slug, &Saying { word: "Sorge".into(), language: "Deutsch bitte".into(), ..near_miss() }).await);
        no(kinds::add(&w.app.by(w.ada), &w.slug, &Saying { word: "Sorge".into(), place: "0".into(), ..near_miss() }).await);
        let other = Saying { word: "Near-miss".into(), ..near_miss() };
        assert_eq!(kinds::add(&w.app.by(w.ada), &w.slug, &other).await.unwrap().word(), "near-miss-2");
    });
}

#[test]
fn at_most_twenty_four_kinds_are_offered() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        for n in 0..16 {
            kinds::add(&w.app.by(w.ada), &w.slug, &Saying { word: Line(format!("sort {n}")), ..near_miss() }).await.unwrap();
        }
        no(kinds::add(&w.app.by(w.ada), &w.slug, &near_miss()).await);
        let first: Kind = "sort-0".parse().unwrap();
        kinds::put_away(&w.app.by(w.ada), &w.slug, first).await.unwrap();
        kinds::add(&w.app.by(w.ada), &w.slug, &near_miss()).await.unwrap();
        no(kinds::offer_again(&w.app.by(w.ada), &w.slug, first).await);
    });
}

#[test]
fn a_built_in_kind_is_called_as_its_community_calls_it() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let before = w.contribute(w.bo, &of_kind("problem", "It hangs.")).await.unwrap();
        let new = Saying { word: "Sorge".into(), language: "de".into(), ..Saying::default() };
        kinds::change(&w.app.by(w.ada), &w.slug, Kind::Problem, &new).await.unwrap();
        no(kinds::change(&w.app.by(w.ada), &w.slug, Kind::Problem, &Saying { asks: Some(Asks::No), ..new.clone() }).await);
        no(kinds::change(&w.app.by(w.bo), &w.slug, Kind::Problem, &new).await);
        let s = store::one(&w.app.stranger(), before).await.unwrap().unwrap();
        assert_eq!((s.kind, s.called, s.asks), (Some(Kind::Problem), ("Sorge".into(), "de".into()), true));
        let page = w.app.client().get(&format!("/conversations/{before}")).await;
        assert!(page.main().contains("lang=\"de\"><bdi>Sorge</bdi>"));
        // Read by an older tab, it is not overwritten.
        no(kinds::change(&w.app.by(w.ada), &w.slug, Kind::Problem, &Saying { version: "0".into(), ..new.clone() }).await);
        kinds::change(&w.app.by(w.ada), &w.slug, Kind::Problem, &Saying { version: "1".into(), ..Saying::default() }).await.unwrap();
        assert_eq!(store::one(&w.app.stranger(), before).await.unwrap().unwrap().called.0, "");
    });
}

#[test]
fn a_kind_put_away_stays_on_what_was_said() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let kind = kinds::add(&w.app.by(w.ada), &w.slug, &near_miss()).await.unwrap();
        let id = w.contribute(w.bo, &of_kind("near-miss", "The wrong bag.")).await.unwrap();
        no(kinds::remove(&w.app.by(w.ada), &w.slug, kind).await);
        for kind in [kind, Kind::Story] {
            kinds::put_away(&w.app.by(w.ada), &w.slug, kind).await.unwrap();
            kinds::put_away(&w.app.by(w.ada), &w.slug, kind).await.unwrap();
            no(w.contribute(w.bo, &of_kind(kind.word(), "too late")).await);
        }
        no(kinds::put_away(&w.app.by(w.ada), &w.slug, Kind::Narration).await);
        let s = store::one(&w.app.stranger(), id).await.unwrap().unwrap();
        assert_eq!((s.kind, s.called.0.as_str()), (Some(kind), "Near miss"));
        // Its author may change the words and leave the kind.
        let edit = Edit { words: "The wrong bag, again.".into(), title: Line::default(), kind: Some(Some(kind)), version: Line::default() };
        acts::edit(&w.app.by(w.bo), id, &edit).await.unwrap();
        assert!(store::one(&w.app.stranger(), id).await.unwrap().unwrap().asks);
        assert!(w.browser(w.bo).await.get(&format!("/contributions/{id}/edit")).await.main().contains("Near miss"));
        assert!(!w.browser(w.bo).await.get(&format!("/c/{}/contributions/new", w.slug)).await.main().contains("Near miss"));
        kinds::offer_again(&w.app.by(w.ada), &w.slug, kind).await.unwrap();
        w.contribute(w.bo, &of_kind("near-miss", "and another")).await.unwrap();
        let unused = kinds::add(&w.app.by(w.ada), &w.slug, &Saying { word: "unused".into(), ..near_miss() }).await.unwrap();
        kinds::remove(&w.app.by(w.ada), &w.slug, unused).await.unwrap();
        no(kinds::remove(&w.app.by(w.ada), &w.slug, unused).await);
        let verbs: Vec<_> = events(&w).await.into_iter().filter(|e| e.object_kind == "kind").map(|e| e.verb.into_owned()).collect();
        assert_eq!(verbs, ["kind_added", "kind_put_away", "kind_put_away", "kind_offered_again", "kind_added", "kind_removed"]);
    });
}

#[test]
fn an_own_kind_is_said_in_its_own_community() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        kinds::add(&w.app.by(w.ada), &w.slug, &near_miss()).await.unwrap();
        no(acts::contribute(&w.app.by(w.ada), None, &of_kind("near-miss", "for me"), &Lineage::default()).await);
        no(w.contribute(w.ada, &of_kind("far-miss", "no such kind")).await);
        let answer = w.browser(w.ada).await.post(&format!("/c/{}/contributions", w.slug), &[("words", "kept words"), ("kind", "far-miss")]).await;
        assert_eq!(answer.status, 422);
        assert!(answer.main().contains("kept words") && answer.main().contains("This community has no kind far-miss."));
    });
}

#[test]
fn a_stream_is_read_by_kind_and_by_what_asks() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        kinds::add(&w.app.by(w.ada), &w.slug, &near_miss()).await.unwrap();
        let one = w.contribute(w.ada, &of_kind("near-miss", "one")).await.unwrap();
        let two = w.contribute(w.ada, &of_kind("question", "two")).await.unwrap();
        let three = w.contribute(w.ada, &of_kind("narration", "three")).await.unwrap();
        let found = async |sought| {
            let page = store::of_community(&w.app.stranger(), w.id, sought, Cursor::NEWEST, 10).await.unwrap();
            page.items.into_iter().map(|s| s.id).collect::<Vec<_>>()
        };
        assert_eq!(found(Sought::All).await, [three, two, one]);
        assert_eq!(found(Sought::Kind("near-miss".parse().unwrap())).await, [one]);
        assert_eq!(found(Sought::Asks).await, [two, one]);
        ending(&w, w.ada, two, "I found it in the manual.", &[]).await.unwrap();
        assert_eq!(found(Sought::Asks).await, [one]);
        let page = w.app.client().get(&format!("/c/{}/conversations?kind=near-miss", w.slug)).await;
        assert!(page.main().contains("<option value=\"near-miss\" selected>near misses</option>"));
        assert!(w.app.client().get(&format!("/c/{}/conversations?kind=nonsense", w.slug)).await.main().contains("three"));
    });
}

#[test]
fn what_helped_is_said_by_who_asked_and_points_at_replies() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.contribute(w.ada, &of_kind("problem", "It hangs.")).await.unwrap();
        let good = w.reply(w.bo, id, "Have you tried the other cable?").await.unwrap();
        let other = w.reply(w.cy, id, "Mine does not.").await.unwrap();
        let elsewhere = w.say(w.bo, "another conversation").await;
        no(ending(&w, w.bo, id, "my answer helped", &[good]).await);
        no(ending(&w, w.ada, id, "", &[]).await);
        no(ending(&w, w.ada, id, "x", &[elsewhere]).await);
        no(ending(&w, w.ada, id, "x", &[id]).await);
        no(ending(&w, w.ada, good, "no opening", &[]).await);
        let nothing_said = w.browser(w.ada).await.get(&format!("/conversations/{id}")).await;
        assert!(nothing_said.main().contains("Say what helped") && nothing_said.main().contains(&format!("/conversations/{id}/ending?reply={good}")));
        assert!(!w.browser(w.bo).await.get(&format!("/conversations/{id}")).await.main().contains("what helped"));

        ending(&w, w.ada, id, "The **cable**, because mine was bent.", &[good]).await.unwrap();
        let page = w.app.client().get(&format!("/conversations/{id}")).await;
        assert!(page.main().contains("What helped") && page.main().contains("The <strong>cable</strong>"));
        assert_eq!(page.main().matches("This helped, says ada").count(), 1);
        assert!(page.main().contains(&format!("<a href=\"#r{good}\"><bdi>bo</bdi></a>")));
        let told = |events: &[Event], verb: &str| events.iter().rfind(|e| e.verb == verb).map(|e| (e.object.0, e.toward.clone()));
        assert_eq!(told(&events(&w).await, "ending_said"), Some((id.0, vec![w.bo])));

        // Changed, it tells only who was not told; taken back, it is gone.
        ending(&w, w.ada, id, "Both.", &[other, good, good]).await.unwrap();
        assert_eq!(told(&events(&w).await, "ending_said"), Some((id.0, vec![w.cy])));
        acts::withdraw(&w.app.by(w.cy), other).await.unwrap();
        assert!(!w.app.client().get(&format!("/conversations/{id}")).await.main().contains("Mine does not."));
        no(endings::take_back(&w.app.by(w.bo), id).await);
        endings::take_back(&w.app.by(w.ada), id).await.unwrap();
        endings::take_back(&w.app.by(w.ada), id).await.unwrap();
        assert!(!w.app.client().get(&format!("/conversations/{id}")).await.main().contains("What helped"));
    });
}

#[test]
fn cases_are_gathered_above_the_answers() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.contribute(w.ada, &of_kind("experience", "Who has met this?")).await.unwrap();
        let one = w.reply(w.bo, id, "In 2019, with the old pump.").await.unwrap();
        let two = w.reply(w.cy, id, "Last week.").await.unwrap();
        let fields = [("words", ""), ("replies", &*one.to_string()), ("replies", &*two.to_string())];
        let browser = w.browser(w.ada).await;
        let form = browser.get(&format!("/conversations/{id}/ending?reply={two}")).await;
        assert!(form.main().contains(&format!("value=\"{two}\" checked")) && form.main().contains("Gather the cases"));
        let answer = browser.form(Method::PUT, &format!("/conversations/{id}/ending"), &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.main());
        let page = w.app.client().get(&format!("/conversations/{id}")).await;
        let top = page.main().split("id=\"replies\"").next().unwrap();
        assert!(top.contains("Cases") && top.contains("In 2019, with the old pump.") && top.contains("Last week."));
        let faulty = browser.form(Method::PUT, &format!("/conversations/{id}/ending"), &[("words", ""), ("sent", "x")]).await;
        assert_eq!(faulty.status, 422);
        assert_eq!(w.browser(w.bo).await.get(&format!("/conversations/{id}/ending")).await.status, 403);
        let narration = w.contribute(w.ada, &of_kind("narration", "going on")).await.unwrap();
        no(ending(&w, w.ada, narration, "the end", &[]).await);
    });
}

#[test]
fn an_ending_stays_as_it_was_said_when_its_kind_changes() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let kind = kinds::add(&w.app.by(w.ada), &w.slug, &near_miss()).await.unwrap();
        let id = w.contribute(w.bo, &of_kind("near-miss", "The wrong bag.")).await.unwrap();
        ending(&w, w.bo, id, "We hang them apart now.", &[]).await.unwrap();
        kinds::change(&w.app.by(w.ada), &w.slug, kind, &Saying { ending: None, asks: None, ..near_miss() }).await.unwrap();
        let page = w.app.client().get(&format!("/conversations/{id}")).await;
        assert!(page.main().contains("We hang them apart now.") && page.main().contains("Cases"));
        assert!(store::one(&w.app.stranger(), id).await.unwrap().unwrap().asks, "it asked when it was said");
    });
}

#[test]
fn an_ending_is_its_authors_words_and_goes_with_them() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.contribute(w.bo, &of_kind("question", "canary opening")).await.unwrap();
        let reply = w.reply(w.ada, id, "an answer").await.unwrap();
        ending(&w, w.bo, id, "canary ending", &[reply]).await.unwrap();
        w.suspend("bo").await;
        no(ending(&w, w.bo, id, "still speaking", &[]).await);
        let browser = w.browser(w.bo).await;
        assert!(browser.get("/me/export").await.body.contains("canary ending"));
        acts::withdraw(&w.app.by(w.bo), id).await.unwrap();
        for path in [format!("/conversations/{id}"), format!("/api/v1/contributions/{id}/ending")] {
            assert!(!w.app.client().get(&path).await.body.contains("canary"), "{path}");
        }
        browser.post("/me/leaving", &[("words", "erase"), ("pseudonym", ""), ("password", "a quiet sentence")]).await;
        let left = w.app.house.db.one("select count(*) from ending", kernel::vals![]).await.unwrap().unwrap().take::<i64>().unwrap();
        assert_eq!(left, 0);
    });
}

#[test]
fn who_leaves_is_named_in_no_ending() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.contribute(w.ada, &of_kind("question", "Who knows?")).await.unwrap();
        ending(&w, w.ada, id, "@bo and @cy knew.", &[]).await.unwrap();
        let page = w.app.client().get(&format!("/conversations/{id}")).await;
        assert!(page.main().contains("href=\"/@bo\""));
        w.browser(w.bo).await.post("/me/leaving", &[("words", "keep"), ("pseudonym", "Heron"), ("password", "a quiet sentence")]).await;
        let page = w.app.client().get(&format!("/conversations/{id}")).await;
        assert!(!page.main().contains("@bo") && page.main().contains("@… and <a"), "{}", page.main());
    });
}

#[test]
fn words_of_a_kind_are_text_wherever_they_are_shown() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let bad = "<img src=x onerror=a>";
        let new = Saying { word: bad.into(), plural: bad.into(), prompt: "\"><script>alert(1)</script>".into(), ..near_miss() };
        let kind = kinds::add(&w.app.by(w.ada), &w.slug, &new).await.unwrap();
        let id = w.contribute(w.ada, &of_kind(kind.word(), "words")).await.unwrap();
        ending(&w, w.ada, id, bad, &[]).await.unwrap();
        let browser = w.browser(w.ada).await;
        for path in [
            format!("/c/{}/kinds", w.slug),
            format!("/c/{}/kinds/{kind}", w.slug),
            format!("/c/{}/contributions/new?kind={kind}", w.slug),
            format!("/c/{}/conversations?kind={kind}", w.slug),
            format!("/c/{}", w.slug),
            format!("/conversations/{id}"),
            format!("/conversations/{id}/ending"),
            format!("/contributions/{id}/edit"),
        ] {
            let page = browser.get(&path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(!page.main().contains("<img") && !page.main().contains("<script>"), "{path}");
        }
    });
}

/// The kind and the ending come with the queries that were there.
#[test]
fn kinds_and_endings_cost_a_conversation_no_query() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        kinds::add(&w.app.by(w.ada), &w.slug, &near_miss()).await.unwrap();
        let id = w.contribute(w.bo, &of_kind("near-miss", "The wrong bag.")).await.unwrap();
        let reply = w.reply(w.ada, id, "With us, too.").await.unwrap();
        ending(&w, w.bo, id, "gathered", &[reply]).await.unwrap();
        let browser = w.browser(w.bo).await;
        let before = w.app.house.db.queries();
        browser.get(&format!("/conversations/{id}")).await;
        let cost = w.app.house.db.queries() - before;
        assert!(cost <= 7, "{cost} queries");
    });
}

#[test]
fn the_same_acts_over_json() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let token = person::acts::make_token(&w.app.by(w.ada), w.ada, "", &[shell::Scope::Read, shell::Scope::Write]).await.unwrap();
        let api = w.app.client().with_token(&token);
        let path = format!("/api/v1/communities/{}/kinds", w.slug);
        let made = api.json(Method::POST, &path, &serde_json::json!({"word": "Near miss", "asks": "yes", "ending": "helped"})).await;
        assert_eq!(made.status, 201, "{}", made.body);
        assert_eq!(api.json(Method::PUT, &format!("{path}/near-miss"), &serde_json::json!({"word": "Close call"})).await.status, 200);
        assert_eq!(api.json(Method::PUT, &format!("{path}/near-miss"), &serde_json::json!({"words": "x"})).await.status, 422);
        let listed = api.get(&path).await;
        assert!(listed.body.contains("\"kind\":\"near-miss\"") && listed.body.contains("Close call"));
        // A terminal says a kind as people do; a built-in one goes by the word it has here.
        kinds::change(&w.app.by(w.ada), &w.slug, Kind::Problem, &Saying { word: "Überlastung".into(), ..Saying::default() }).await.unwrap();
        let contributions = format!("/api/v1/communities/{}/contributions", w.slug);
        for (word, kept) in [("Close call", "near-miss"), ("Überlastung", "problem"), ("Question", "question"), ("near-miss", "near-miss")] {
            let said = api.json(Method::POST, &contributions, &serde_json::json!({"words": "x", "kind": word})).await;
            assert!(said.status == 201 && said.body.contains(&format!("\"kind\":\"{kept}\"")), "{word}: {}", said.body);
        }
        assert_eq!(api.json(Method::POST, &contributions, &serde_json::json!({"words": "x", "kind": "far miss"})).await.status, 422);
        let id = w.contribute(w.ada, &of_kind("problem", "It hangs.")).await.unwrap();
        let reply = w.reply(w.bo, id, "The cable?").await.unwrap();
        let path = format!("/api/v1/contributions/{id}/ending");
        assert_eq!(api.get(&path).await.status, 404);
        let said = api.json(Method::PUT, &path, &serde_json::json!({"words": "The cable.", "replies": [reply.to_string()]})).await;
        assert_eq!(said.status, 200, "{}", said.body);
        assert!(said.body.contains("\"how\":\"helped\"") && said.body.contains(&reply.to_string()));
        let many: Vec<String> = (1..=25).map(|n| n.to_string()).collect();
        assert_eq!(api.json(Method::PUT, &path, &serde_json::json!({"replies": many})).await.status, 422);
        assert_eq!(api.json(Method::DELETE, &path, &serde_json::json!({})).await.status, 204);
    });
}
