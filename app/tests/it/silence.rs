//! Whom somebody muted or blocked is honoured everywhere: pages, streams, home, live, people, mentions, private
//! conversations, invitations, hats, thanks, and the API.

use axum::http::Method;
use community::acts::NewCommunity;
use community::{Openness, Stage};
use conversation::acts::{Lineage, NewContribution, NewReply};
use conversation::{ContributionId, For, Thanking};
use kernel::{Cursor, Error, Line, PersonId, Silence, Viewer};
use membership::acts::Joining;
use membership::hats::Offering;
use membership::invitations::Inviting;
use person::acts::NewAccount;
use person::silencing;
use serde_json::json;
use shell::Scope;
use shell::live::{Ear, Topic};
use testkit::{App, Client, Engine, both};

const SLUG: &str = "nights";

struct World {
    app: App,
    ada: PersonId,
    bo: PersonId,
    cy: PersonId,
}

/// Cy founded it; Ada and Bo, whom she will silence, are members.
async fn world(engine: Engine) -> World {
    let app = App::new(engine, tacit::slices).await;
    let mut people = Vec::new();
    for (handle, name) in [("ada", "Ada K"), ("bo", "Bo Berg"), ("cy", "Cy M")] {
        people.push(person::acts::add(&app.system(), &NewAccount::new(handle, name, "a quiet sentence"), false).await.unwrap());
    }
    found(&app, people[2], SLUG).await;
    for person in &people[..2] {
        let joining = Joining { shown: Some(membership::Shown::Everyone), ..Joining::default() };
        membership::acts::join(&app.by(*person), SLUG, &joining).await.unwrap();
    }
    World { app, ada: people[0], bo: people[1], cy: people[2] }
}

async fn found(app: &App, person: PersonId, slug: &str) {
    let new = NewCommunity {
        name: Line(slug.into()),
        slug: Line(slug.into()),
        domain: "Shifts".into(),
        purpose: "Nobody is put at risk".into(),
        practice: "".into(),
        openness: Some(Openness::Open),
        stage: Some(Stage::Growing),
    };
    membership::acts::found(&app.by(person), &new).await.unwrap();
}

impl World {
    async fn say(&self, person: PersonId, words: &str) -> ContributionId {
        let new = NewContribution { words: words.into(), ..NewContribution::default() };
        conversation::acts::contribute(&self.app.by(person), Some(SLUG), &new, &Lineage::default()).await.unwrap()
    }

    async fn reply(&self, person: PersonId, to: ContributionId, words: &str) -> Result<ContributionId, Error> {
        conversation::acts::reply(&self.app.by(person), to, &NewReply { words: words.into(), ..NewReply::default() }).await
    }

    async fn private(&self, from: PersonId, to: &str, words: &str) -> Result<ContributionId, Error> {
        let new = NewContribution { words: words.into(), audience: Some(For::Named), named: to.into(), ..NewContribution::default() };
        conversation::acts::contribute(&self.app.by(from), None, &new, &Lineage::default()).await
    }

    async fn browser(&self, person: PersonId) -> Client {
        let secret = person::acts::begin_session(&self.app.stranger(), person, "").await.unwrap();
        self.app.client().with_cookie(&secret)
    }

    async fn program(&self, person: PersonId) -> Client {
        let token = person::acts::make_token(&self.app.by(person), person, "", &[Scope::Read, Scope::Write]).await.unwrap();
        self.app.client().with_token(&token)
    }

    async fn silence(&self, kind: Silence) {
        silencing::silence(&self.app.by(self.ada), "bo", kind).await.unwrap();
    }

    /// What stands on a page of Ada's.
    async fn page(&self, path: &str) -> String {
        self.browser(self.ada).await.get(path).await.body
    }
}

fn invalid<T: std::fmt::Debug>(answer: &Result<T, Error>, sentence: &str) {
    match answer {
        Err(Error::Invalid(problems)) => assert!(problems.iter().any(|p| p.say.to_string() == sentence), "{problems:?}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_a_muted_person_says_is_not_brought_and_stands_where_it_is_read() {
    both(async |engine| {
        let w = world(engine).await;
        let theirs = w.say(w.bo, "A word of Bo's.").await;
        w.silence(Silence::Mute).await;
        for path in ["/", "/c/nights", "/c/nights/conversations"] {
            assert!(!w.page(path).await.contains("A word of Bo"), "{path}");
        }
        for path in [format!("/conversations/{theirs}"), "/@bo".into(), "/@bo/said".into()] {
            assert!(w.page(&path).await.contains("A word of Bo"), "{path}");
        }
        let stream = w.program(w.ada).await.get("/api/v1/communities/nights/contributions").await.body;
        assert!(!stream.contains("A word of Bo"), "{stream}");
        assert_eq!(newer(&w.app, w.ada, Topic::Home).await, 0);
        let mine = w.say(w.ada, "Mine.").await;
        w.reply(w.bo, mine, "An answer of Bo's.").await.unwrap();
        assert_eq!(newer(&w.app, w.ada, Topic::Conversation(mine.into())).await, 0);
        assert!(w.page(&format!("/conversations/{mine}")).await.contains("An answer of Bo"));
        // A muted person still reaches her.
        w.private(w.bo, "ada", "Psst.").await.unwrap();
        silencing::hear_again(&w.app.by(w.ada), w.bo).await.unwrap();
        assert!(w.page("/").await.contains("A word of Bo"));
    });
}

#[test]
fn nothing_of_a_blocked_person_is_shown_and_the_answers_keep_their_places() {
    both(async |engine| {
        let w = world(engine).await;
        let theirs = w.say(w.bo, "A word of Bo's.").await;
        let mine = w.say(w.ada, "Mine.").await;
        let answer = w.reply(w.bo, mine, "An answer of Bo's.").await.unwrap();
        w.reply(w.cy, answer, "And Cy's to it.").await.unwrap();
        conversation::thank(&w.app.by(w.bo), mine, &Thanking { words: "for the pen of Bo's".into() }).await.unwrap();
        w.silence(Silence::Block).await;
        for path in ["/".into(), "/c/nights".into(), "/c/nights/people".into(), "/c/nights/conversations".into(), format!("/conversations/{mine}"), format!("/conversations/{theirs}")] {
            let page = w.page(&path).await;
            let main = page.split("<main").nth(1).unwrap();
            assert!(!main.contains("of Bo") && !main.contains("Bo Berg"), "{path}: {main}");
        }
        let page = w.page(&format!("/conversations/{mine}")).await;
        assert!(page.contains("Words of somebody you blocked") && page.contains("And Cy&#39;s to it.") || page.contains("And Cy's to it."), "{page}");
        let program = w.program(w.ada).await;
        for path in ["/api/v1/me/stream".into(), "/api/v1/communities/nights/contributions".into(), "/api/v1/communities/nights/members".into(), format!("/api/v1/contributions/{mine}/replies"), format!("/api/v1/contributions/{theirs}"), format!("/api/v1/contributions/{mine}/thanks")] {
            let body = program.get(&path).await.body;
            assert!(!body.contains("of Bo") && !body.contains("Bo Berg"), "{path}: {body}");
        }
        assert_eq!(program.get(&format!("/api/v1/contributions/{theirs}")).await.json()["blocked"], json!(true));
        assert_eq!(newer(&w.app, w.ada, Topic::Conversation(mine.into())).await, 1);
        assert_eq!(newer(&w.app, w.ada, Topic::Home).await, 0);
        // A community stays readable: Bo still reads what Ada says in it.
        assert!(w.browser(w.bo).await.get(&format!("/conversations/{mine}")).await.body.contains("Mine."));
    });
}

#[test]
fn a_blocked_person_does_not_reach_who_blocked_them_and_is_not_told() {
    both(async |engine| {
        let w = world(engine).await;
        found(&w.app, w.bo, "elsewhere").await;
        w.silence(Silence::Block).await;
        let bo = w.app.by(w.bo);
        for (path, browser) in [("/@ada", w.browser(w.bo).await), ("/@ada/said", w.browser(w.bo).await), ("/@bo", w.browser(w.ada).await)] {
            assert_eq!(browser.get(path).await.status, 404, "{path}");
        }
        assert_eq!(w.program(w.bo).await.get("/api/v1/people/ada").await.status, 404);
        // The same sentences as for a handle that nobody has.
        invalid(&w.private(w.bo, "ada", "Psst.").await, "Nobody here has the handle ada.");
        invalid(&w.private(w.bo, "nobody", "Psst.").await, "Nobody here has the handle nobody.");
        let inviting = Inviting { handle: "ada".into(), note: Line::default() };
        invalid(&membership::invitations::invite(&bo, "elsewhere", &inviting).await, "Nobody here has this handle.");
        invalid(&membership::hats::offer(&bo, "elsewhere", &Offering { handle: "ada".into(), ..Offering::default() }).await, "Nobody here has this handle.");
        // A mention stays text, and thanks do not arrive.
        let said = w.say(w.bo, "See @ada and @cy.").await;
        let shown = w.browser(w.cy).await.get(&format!("/conversations/{said}")).await.body;
        assert!(shown.contains("href=\"/@cy\"") && !shown.contains("href=\"/@ada\""), "{shown}");
        let mine = w.say(w.ada, "Mine.").await;
        conversation::thank(&bo, mine, &Thanking { words: "for nothing".into() }).await.unwrap();
        assert!(!w.page(&format!("/conversations/{mine}")).await.contains("for nothing"));
        // Ada's name carries no way to her page.
        let seen = conversation::store::one(&bo, mine).await.unwrap().unwrap();
        assert_eq!((seen.author.name.as_str(), seen.author.handle), ("Ada K", None));
        // Nothing that waits for Ada is Bo's.
        assert!(membership::store::waiting(&w.app.by(w.ada)).await.unwrap().is_empty());
    });
}

#[test]
fn in_a_private_conversation_of_two_neither_hears_the_other_any_more() {
    both(async |engine| {
        let w = world(engine).await;
        let private = w.private(w.ada, "bo", "Between us.").await.unwrap();
        w.reply(w.bo, private, "Bo's answer.").await.unwrap();
        w.silence(Silence::Block).await;
        w.reply(w.bo, private, "Bo once more.").await.unwrap();
        let page = w.page(&format!("/conversations/{private}")).await;
        assert!(!page.contains("Bo once more") && !page.contains("Bo&#39;s answer"), "{page}");
        assert_eq!(newer(&w.app, w.ada, Topic::Conversation(private.into())).await, 0);
        assert!(matches!(w.reply(w.ada, private, "And yet").await, Err(Error::Refused(_))));
        let his = conversation::store::mine(&w.app.by(w.bo), Cursor::NEWEST, 20).await.unwrap();
        assert!(his.items.iter().all(|s| s.id != private), "it is not brought to Bo any more");
    });
}

#[test]
fn a_live_page_tells_nothing_of_who_is_silenced() {
    both(async |engine| {
        let w = world(engine).await;
        let id = w.say(w.ada, "Mine.").await;
        w.silence(Silence::Block).await;
        let mut stream = w.browser(w.ada).await.stream(&format!("/live/conversations/{id}?after={}", id.0)).await;
        w.reply(w.bo, id, "An answer of Bo's.").await.unwrap();
        w.reply(w.cy, id, "Cy's.").await.unwrap();
        assert_eq!(stream.next().await.unwrap(), ("news".into(), "{\"n\":1}".into()));
    });
}

#[test]
fn blocking_keeps_nobody_from_stewarding_nor_from_being_stewarded() {
    both(async |engine| {
        let w = world(engine).await;
        silencing::silence(&w.app.by(w.bo), "cy", Silence::Block).await.unwrap();
        let theirs = w.say(w.bo, "A word of Bo's.").await;
        let steward = w.browser(w.cy).await;
        assert!(steward.get(&format!("/conversations/{theirs}")).await.body.contains("A word of Bo"));
        assert!(steward.get("/c/nights/people").await.body.contains("Bo Berg"));
        let suspending = membership::suspension::Suspending { handle: "bo".into(), reason: "shouting".into(), days: "3".into(), rule: "Be kind".into() };
        care::suspend(&w.app.by(w.cy), SLUG, &suspending).await.unwrap();
        assert!(w.browser(w.bo).await.get("/c/nights").await.body.contains("shouting"));
    });
}

#[test]
fn whom_somebody_silenced_is_theirs_alone_to_see_and_to_take_back() {
    both(async |engine| {
        let w = world(engine).await;
        let ada = w.program(w.ada).await;
        assert_eq!(ada.json(Method::PUT, "/api/v1/people/bo/silence", &json!({"kind": "block"})).await.status, 204);
        assert_eq!(ada.json(Method::PUT, "/api/v1/people/ada/silence", &json!({"kind": "block"})).await.status, 403);
        let list = ada.get("/api/v1/me/silenced").await.json();
        assert_eq!((&list["items"][0]["handle"], &list["items"][0]["kind"]), (&json!("bo"), &json!("block")));
        assert!(w.page("/me/silenced").await.contains("Bo Berg"));
        for person in [w.bo, w.cy] {
            let theirs = w.program(person).await.get("/api/v1/me/silenced").await.json();
            assert_eq!(theirs["items"], json!([]));
            let export = w.program(person).await.get("/api/v1/me/export").await.body;
            assert!(!export.contains("\"block\""), "{export}");
        }
        let browser = w.browser(w.ada).await;
        let back = browser.form(Method::DELETE, &format!("/me/silenced/{}", w.bo), &[]).await;
        assert_eq!(back.status, 303);
        assert_eq!(browser.get("/@bo").await.status, 200);
        assert_eq!(browser.post("/@bo/silence", &[("kind", "mute")]).await.status, 303);
        assert!(browser.get("/@bo").await.body.contains("You muted this person"));
    });
}

/// What a live page of theirs would be told.
async fn newer(app: &App, person: PersonId, topic: Topic) -> i64 {
    let ear = Ear { viewer: Viewer::Person(person), after: 0 };
    conversation::live::news(app.system(), topic, vec![ear]).await.unwrap()[0].unwrap_or(0)
}
