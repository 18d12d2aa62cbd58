//! Acts of following on both engines. Names of tests are the rules of README.md.

use community::acts::NewCommunity;
use community::{Openness, Stage};
use conversation::acts::{Lineage, NewContribution, NewReply};
use conversation::{ContributionId, For, Kind, Thanking};
use kernel::{Cx, Id, Line, PersonId, clock, vals};
use membership::acts::Joining;
use person::acts::NewAccount;
use shell::Slice;
use testkit::{App, Client, Engine, both};

use crate::rules::Why;
use crate::store::{self, Group};
use crate::{To, acts, notices};

fn before() -> Vec<Slice> {
    vec![
        person::slice(),
        attachment::slice(),
        community::slice(),
        membership::slice(),
        conversation::slice(),
        narration::slice(),
        without_panels(practice::slice()),
        without_panels(change::slice()),
    ]
}

/// What a page costs is counted without what these hang on it.
fn without_panels(slice: Slice) -> Slice {
    Slice { panels: Vec::new(), ..slice }
}

fn slices() -> Vec<Slice> {
    before().into_iter().chain([crate::slice()]).collect()
}

struct World {
    app: App,
    ada: PersonId,
    bo: PersonId,
    cy: PersonId,
    slug: String,
    id: kernel::CommunityId,
}

/// Ada founded a community, Bo joined it, Cy only has an account.
async fn world_of(engine: Engine, openness: Openness, slices: fn() -> Vec<Slice>) -> World {
    let app = App::new(engine, slices).await;
    let mut people = Vec::new();
    for handle in ["ada", "bo", "cy"] {
        let account = NewAccount::new(handle, handle, "a quiet sentence");
        people.push(person::acts::add(&app.system(), &account, false).await.unwrap());
    }
    let new = NewCommunity {
        name: "Night handovers".into(),
        slug: Line::default(),
        domain: "Shifts".into(),
        purpose: "Nobody is put at risk".into(),
        practice: "We tell".into(),
        openness: Some(openness),
        stage: Some(Stage::Growing),
    };
    let (id, slug) = membership::acts::found(&app.by(people[0]), &new).await.unwrap();
    let inviting = membership::invitations::Inviting { handle: "bo".into(), note: Line::default() };
    membership::invitations::invite(&app.by(people[0]), &slug, &inviting).await.unwrap();
    membership::acts::join(&app.by(people[1]), &slug, &Joining::default()).await.unwrap();
    app.later(clock::SECOND);
    World { app, ada: people[0], bo: people[1], cy: people[2], slug, id }
}

async fn world(engine: Engine, openness: Openness) -> World {
    world_of(engine, openness, slices).await
}

impl World {
    async fn say(&self, person: PersonId, words: &str) -> ContributionId {
        self.say_as(person, words, None).await
    }

    async fn say_as(&self, person: PersonId, words: &str, kind: Option<Kind>) -> ContributionId {
        let new = NewContribution { words: words.into(), kind, ..NewContribution::default() };
        self.app.later(clock::SECOND);
        conversation::acts::contribute(&self.app.by(person), Some(&self.slug), &new, &Lineage::default()).await.unwrap()
    }

    async fn reply(&self, person: PersonId, to: ContributionId, words: &str) -> ContributionId {
        self.app.later(clock::SECOND);
        let reply = NewReply { words: words.into(), ..NewReply::default() };
        conversation::acts::reply(&self.app.by(person), to, &reply).await.unwrap()
    }

    /// What reaches somebody, with why and whether it is unread.
    async fn reaches(&self, person: PersonId) -> Vec<(Id, Why, bool)> {
        self.groups(person).await.into_iter().map(|g| (g.conversation, g.why, g.unread)).collect()
    }

    async fn groups(&self, person: PersonId) -> Vec<Group> {
        self.app.house.db.stamp().await.unwrap();
        store::groups(&self.app.by(person), i64::MAX, 50, false).await.unwrap().items
    }

    async fn waits(&self, person: PersonId) -> bool {
        self.app.house.db.stamp().await.unwrap();
        store::mark(&self.app.by(person), Id(0)).await.unwrap().waits
    }

    async fn browser(&self, person: PersonId) -> Client {
        let secret = person::acts::begin_session(&self.app.stranger(), person, "").await.unwrap();
        self.app.client().with_cookie(&secret)
    }

    /// Lines of the notice of one conversation: who, what, words.
    async fn told(&self, person: PersonId, root: ContributionId) -> Vec<(String, String, String)> {
        let all = store::happenings(&self.app.by(person), &[root.into()]).await.unwrap();
        all.into_iter().map(|h| (h.name, h.verb, h.words)).collect()
    }
}

async fn silence(cx: &Cx, other: PersonId, kind: &str) {
    let mut batch = kernel::Batch::new();
    batch.run("insert into silence (person, other, kind, at) values (?1, ?2, ?3, 1)", vals![cx.me().unwrap(), other, kind]);
    cx.house.db.write(batch).await.unwrap();
}

#[test]
fn whoever_sees_a_community_follows_it_without_membership() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        w.say(w.bo, "before").await;
        acts::follow(&w.app.by(w.cy), &To::Community(w.id)).await.unwrap();
        acts::follow(&w.app.by(w.cy), &To::Community(w.id)).await.unwrap(); // said twice
        assert!(!w.waits(w.cy).await, "what was said before is no news");
        let said = w.say(w.bo, "hello").await;
        w.reply(w.ada, said, "an answer in what only begins here").await;
        assert_eq!(w.reaches(w.cy).await, [(Id(said.0), Why::Community, true)]);
        assert_eq!(w.told(w.cy, said).await, [("bo".into(), "contributed".into(), "hello".into())]);
        assert!(w.waits(w.cy).await);
        assert!(w.reaches(w.ada).await.is_empty(), "Ada follows nothing; her own reply is no notice");
        acts::unfollow(&w.app.by(w.cy), &To::Community(w.id)).await.unwrap();
        assert!(w.reaches(w.cy).await.is_empty());

        let closed = world(engine, Openness::Closed).await;
        let refused = acts::follow(&closed.app.by(closed.cy), &To::Community(closed.id)).await;
        assert_eq!(refused, Err(kernel::Error::Conflict), "what one does not see is not followed");
        let page = closed.browser(closed.cy).await.form(axum::http::Method::PUT, &format!("/c/{}/following", closed.slug), &[]).await;
        assert_eq!(page.status, 404);
    });
}

#[test]
fn a_person_a_kind_and_a_conversation_are_followed() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let old = w.say(w.ada, "old").await;
        let cy = w.app.by(w.cy);
        for to in [To::Person(w.bo), To::Kind(w.id, "question".into()), To::Conversation(old.into())] {
            acts::follow(&cy, &to).await.unwrap();
        }
        let by_bo = w.say(w.bo, "by Bo").await;
        let asked = w.say_as(w.ada, "asked", Some(Kind::Question)).await;
        w.say_as(w.ada, "an idea", Some(Kind::Idea)).await;
        w.reply(w.bo, old, "answered").await;
        let reaches = w.reaches(w.cy).await;
        let expected = [(Id(old.0), Why::Conversation, true), (Id(asked.0), Why::Kind, true), (Id(by_bo.0), Why::Person, true)];
        assert_eq!(reaches, expected);
        assert_eq!(w.told(w.cy, old).await, [("bo".into(), "replied".into(), "answered".into())]);
        let followed = store::followed(&cy, kernel::Cursor::NEWEST, 10).await.unwrap().items;
        assert_eq!(followed.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["old", "Night handovers", "bo"]);
        assert!(acts::follow(&cy, &To::Person(w.cy)).await.is_err(), "oneself");
    });
}

#[test]
fn answers_mentions_thanks_and_what_is_for_one_by_name_reach_one_by_themselves() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let mine = w.say(w.ada, "mine").await;
        w.reply(w.bo, mine, "an answer").await;
        let thanks = Thanking { words: "for asking".into() };
        conversation::thank(&w.app.by(w.cy), mine, &thanks).await.unwrap();
        let elsewhere = w.say(w.bo, "as @ada says").await;
        let named = NewContribution { words: "between us".into(), named: "ada".into(), audience: Some(For::Named), ..NewContribution::default() };
        let named = conversation::acts::contribute(&w.app.by(w.bo), None, &named, &Lineage::default()).await.unwrap();
        let reaches = w.reaches(w.ada).await;
        assert_eq!(reaches, [(Id(named.0), Why::Named, true), (Id(elsewhere.0), Why::Addressed, true), (Id(mine.0), Why::TookPart, true)]);
        assert_eq!(
            w.told(w.ada, mine).await,
            [("cy".into(), "thanked".into(), "for asking".into()), ("bo".into(), "replied".into(), "an answer".into())]
        );
        // Who is mentioned hears what is said to them there, and not everything.
        w.reply(w.cy, elsewhere, "something else").await;
        assert_eq!(w.told(w.ada, elsewhere).await.len(), 1);
        let page = w.browser(w.ada).await.get("/notices").await;
        for words in ["answered you:", "thanked you:", "mentioned you:", "because you began it", "because it is for you by name", "between us"] {
            assert!(page.main().contains(words), "{words}: {}", page.main());
        }
        assert!(w.reaches(w.cy).await.iter().all(|(_, why, _)| *why == Why::TookPart));
    });
}

#[test]
fn answers_where_one_took_part_reach_one_unless_one_says_no() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "hello").await;
        let mine = w.reply(w.bo, id, "I was here").await;
        w.reply(w.cy, id, "not to Bo").await;
        assert_eq!(w.reaches(w.bo).await, [(Id(id.0), Why::TookPart, true)]);
        notices::let_reach(&w.app.by(w.bo), false).await.unwrap();
        assert!(w.reaches(w.bo).await.is_empty());
        assert!(!w.waits(w.bo).await);
        w.reply(w.cy, mine, "to Bo").await;
        assert_eq!(w.told(w.bo, id).await, [("cy".into(), "replied".into(), "to Bo".into())]);
        assert!(w.waits(w.bo).await);
    });
}

#[test]
fn whoever_answers_has_read_what_was_said_before() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "hello").await;
        w.reply(w.bo, id, "one").await;
        assert!(w.waits(w.ada).await);
        w.reply(w.ada, id, "thank you").await;
        assert!(!w.waits(w.ada).await);
        assert!(w.reaches(w.ada).await.is_empty());
        w.reply(w.bo, id, "two").await;
        assert_eq!(w.told(w.ada, id).await.len(), 1);
        assert!(w.waits(w.ada).await);
    });
}

#[test]
fn opening_a_page_marks_nothing_and_a_button_does() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "hello").await;
        w.reply(w.bo, id, "one").await;
        let browser = w.browser(w.ada).await;
        assert!(w.waits(w.ada).await);
        browser.get("/notices").await;
        browser.get(&format!("/conversations/{id}")).await;
        assert!(w.waits(w.ada).await, "opening is not recorded");
        let shown = w.groups(w.ada).await[0].position.to_string();
        w.reply(w.bo, id, "meanwhile").await;
        let path = format!("/notices/{id}/read?_method=put");
        let answer = browser.post(&path, &[("until", &shown), ("then", "open")]).await;
        assert_eq!(answer.location, Some(format!("/conversations/{id}")));
        assert!(w.waits(w.ada).await, "what came after the page was shown is unread");
        browser.post(&path, &[("until", "99999999999999")]).await;
        assert!(!w.waits(w.ada).await);
        w.reply(w.bo, id, "later").await;
        assert!(w.waits(w.ada).await, "nobody has read what was not there yet");
        assert_eq!(browser.post(&path, &[("until", "x")]).await.status, 422);
        assert!(!w.waits(w.bo).await && w.reaches(w.bo).await.is_empty(), "it is Ada's alone");
        // The frame says whether, and never how much.
        assert!(browser.get("/").await.body.contains("something is unread"));
        browser.post("/notices/read?_method=put", &[]).await;
        assert!(!browser.get("/").await.body.contains("something is unread"));
    });
}

#[test]
fn read_unread_and_muted_are_ones_own() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let (one, two) = (w.say(w.ada, "one").await, w.say(w.ada, "two").await);
        for id in [one, two] {
            w.reply(w.bo, id, "an answer").await;
        }
        let ada = w.app.by(w.ada);
        assert!(w.waits(w.ada).await);
        notices::read_all(&ada, 0).await.unwrap();
        assert_eq!(w.reaches(w.ada).await, [(Id(two.0), Why::TookPart, false), (Id(one.0), Why::TookPart, false)]);
        assert!(!w.waits(w.ada).await);
        notices::unread(&ada, one.into()).await.unwrap();
        assert!(w.waits(w.ada).await);
        let unread = store::groups(&ada, i64::MAX, 9, true).await.unwrap().items;
        assert_eq!(unread.iter().map(|g| g.conversation).collect::<Vec<_>>(), [Id(one.0)]);
        notices::mute(&ada, one.into()).await.unwrap();
        w.reply(w.bo, one, "@ada even so").await;
        assert!(!w.waits(w.ada).await);
        assert_eq!(w.reaches(w.ada).await.len(), 1);
        assert_eq!(store::muted(&ada).await.unwrap(), [(Id(one.0), "one".to_owned())]);
        acts::follow(&ada, &To::Conversation(one.into())).await.unwrap();
        assert!(w.waits(w.ada).await, "following it ends that");
        assert_eq!(w.reaches(w.ada).await.len(), 2);
        notices::read_all(&ada, 0).await.unwrap();
        assert!(!w.waits(w.ada).await);
        assert_eq!(notices::mute(&w.app.by(w.bo), Id(7)).await, Err(kernel::Error::NotFound));
    });
}

#[test]
fn what_one_may_no_longer_see_is_not_there() {
    both(async |engine| {
        let w = world(engine, Openness::Closed).await;
        let bo = w.app.by(w.bo);
        let id = w.say(w.ada, "hello").await;
        w.reply(w.bo, id, "I was here").await;
        acts::follow(&bo, &To::Community(w.id)).await.unwrap();
        w.reply(w.ada, id, "an answer").await;
        let gone = w.say(w.ada, "to be withdrawn").await;
        let other = w.say(w.ada, "another").await;
        assert_eq!(w.reaches(w.bo).await.len(), 3);
        conversation::acts::withdraw(&w.app.by(w.ada), gone).await.unwrap();
        assert_eq!(w.reaches(w.bo).await.iter().map(|g| g.0).collect::<Vec<_>>(), [Id(other.0), Id(id.0)]);
        membership::acts::leave(&bo, &w.slug).await.unwrap();
        assert!(w.reaches(w.bo).await.is_empty());
        assert!(!w.waits(w.bo).await);
        assert!(store::happenings(&bo, &[id.into()]).await.unwrap().is_empty());
        let followed = store::followed(&bo, kernel::Cursor::NEWEST, 10).await.unwrap().items;
        assert_eq!((followed[0].name.as_str(), followed[0].path.as_str()), ("", ""));
        acts::stop(&bo, followed[0].id).await.unwrap();
        assert!(store::followed(&bo, kernel::Cursor::NEWEST, 10).await.unwrap().items.is_empty());
    });
}

#[test]
fn who_is_muted_or_blocked_raises_no_notice() {
    both(async |engine| {
        for kind in ["mute", "block"] {
            let w = world(engine, Openness::Open).await;
            let ada = w.app.by(w.ada);
            let id = w.say(w.ada, "hello").await;
            acts::follow(&ada, &To::Person(w.bo)).await.unwrap();
            acts::follow(&ada, &To::Community(w.id)).await.unwrap();
            acts::follow(&ada, &To::Conversation(id.into())).await.unwrap();
            silence(&ada, w.bo, kind).await;
            w.reply(w.bo, id, "@ada an answer").await;
            w.say(w.bo, "something").await;
            assert!(w.reaches(w.ada).await.is_empty(), "{kind}");
            assert!(w.told(w.ada, id).await.is_empty(), "{kind}");
            assert!(!w.waits(w.ada).await, "{kind}");
        }
    });
}

#[test]
fn nobody_learns_who_follows_whom() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let cy = w.browser(w.cy).await;
        let put = |path: String| cy.form(axum::http::Method::PUT, Box::leak(path.into_boxed_str()), &[]);
        let id = w.say(w.bo, "hello").await;
        assert_eq!(put("/@bo/following".into()).await.location.as_deref(), Some("/@bo"));
        assert_eq!(put(format!("/c/{}/following", w.slug)).await.status, 303);
        assert_eq!(put(format!("/conversations/{id}/following")).await.status, 303);
        assert!(cy.get("/@bo").await.main().contains("Stop following"));
        assert!(cy.get("/following").await.main().contains("hello"));
        for person in [w.ada, w.bo] {
            let browser = w.browser(person).await;
            for path in ["/@cy", "/@bo", "/notices", "/following", &format!("/c/{}", w.slug), &format!("/conversations/{id}")] {
                let page = browser.get(path).await;
                assert!(!page.main().contains("Stop following"), "{path}");
            }
            assert!(!w.waits(person).await);
        }
        let sql = "select count(*) from journal where verb = 'followed' and (toward <> '' or object <> actor or conversation is not null or community is not null)";
        let told: i64 = w.app.house.db.one(sql, vals![]).await.unwrap().unwrap().take().unwrap();
        assert_eq!(told, 0);
        let sql = "select count(*) from journal where verb = 'followed'";
        assert_eq!(w.app.house.db.one(sql, vals![]).await.unwrap().unwrap().take::<i64>().unwrap(), 3);
    });
}

#[test]
fn notices_are_read_on_by_pages_that_neither_repeat_nor_miss() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        acts::follow(&w.app.by(w.cy), &To::Community(w.id)).await.unwrap();
        let mut said = Vec::new();
        for i in 0..7 {
            said.push(Id(w.say(w.bo, &format!("number {i}")).await.0));
        }
        said.reverse();
        w.app.house.db.stamp().await.unwrap();
        let (mut read, mut before) = (Vec::new(), i64::MAX);
        loop {
            let page = store::groups(&w.app.by(w.cy), before, 3, false).await.unwrap();
            read.extend(page.items.iter().map(|g| g.conversation));
            let Some(next) = page.next else { break };
            before = next.at.0;
        }
        assert_eq!(read, said);
    });
}

/// With the button, and the mark in the frame.
#[test]
fn a_conversation_costs_one_query_more() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "hello").await;
        let browser = w.browser(w.bo).await;
        let path = format!("/conversations/{id}");
        let cost = async || {
            let before = w.app.house.db.queries();
            let page = browser.get(&path).await;
            assert!(page.body.contains("/following"));
            w.app.house.db.queries() - before
        };
        let few = cost().await;
        for i in 0..20 {
            w.reply(w.ada, id, &format!("reply {i}")).await;
        }
        acts::follow(&w.app.by(w.bo), &To::Conversation(id.into())).await.unwrap();
        let many = cost().await;
        assert_eq!(few, many);
        assert!(many <= 7, "{many} queries");
    });
}

#[test]
fn leaving_takes_along_what_one_followed_and_nobody_follows_who_is_gone() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "hello").await;
        w.reply(w.bo, id, "an answer").await;
        acts::follow(&w.app.by(w.bo), &To::Person(w.ada)).await.unwrap();
        acts::follow(&w.app.by(w.cy), &To::Person(w.bo)).await.unwrap();
        notices::unread(&w.app.by(w.bo), id.into()).await.unwrap();
        let export = (crate::slice().belongings.unwrap().export)(w.app.by(w.bo), w.bo).await.unwrap();
        assert_eq!(export["follows"][0]["called"], "ada");
        let batch = (crate::slice().belongings.unwrap().erase)(w.app.by(w.bo), w.bo).await.unwrap();
        w.app.house.db.write(batch).await.unwrap();
        for sql in [
            "select count(*) from follow where person = ?1 or thing = ?1",
            "select count(*) from part where person = ?1",
            "select count(*) from notice_mark where person = ?1",
            "select count(*) from notice_setting where person = ?1",
        ] {
            assert_eq!(w.app.house.db.one(sql, vals![w.bo]).await.unwrap().unwrap().take::<i64>().unwrap(), 0, "{sql}");
        }
    });
}

/// A place that was there before there were notices: nothing of before is news, and answers to what was said then are.
#[test]
fn a_place_from_before_begins_with_nothing_unread() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let old = world_of(Engine::Sqlite, Openness::Open, before).await;
        let id = old.say(old.ada, "hello @cy").await;
        old.reply(old.bo, id, "an answer").await;
        let app = old.app.copy(slices).await;
        app.later(clock::HOUR);
        let w = World { app, slug: old.slug.clone(), ..old };
        for person in [w.ada, w.bo, w.cy] {
            assert!(!w.waits(person).await);
        }
        w.reply(w.bo, id, "and one more").await;
        assert!(w.waits(w.ada).await);
        let sql = "select person, said_at > 0 from part where conversation = ?1 order by said_at > 0, person";
        let mut parts = Vec::new();
        for mut r in w.app.house.db.query(sql, vals![id]).await.unwrap() {
            parts.push((r.take::<PersonId>().unwrap(), r.take::<bool>().unwrap()));
        }
        assert_eq!(parts, [(w.cy, false), (w.ada, true), (w.bo, true)]);
    });
}

#[test]
fn what_has_faded_is_in_no_notice() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let fading = NewContribution {
            words: "for a day".into(),
            named: "ada".into(),
            audience: Some(For::Named),
            fades: Some(conversation::Fades::Day),
            ..NewContribution::default()
        };
        let id = conversation::acts::contribute(&w.app.by(w.bo), None, &fading, &Lineage::default()).await.unwrap();
        acts::follow(&w.app.by(w.ada), &To::Conversation(id.into())).await.unwrap();
        w.reply(w.bo, id, "also for a day").await;
        assert_eq!(w.groups(w.ada).await[0].heading, "for a day");
        w.app.later(2 * clock::DAY);
        assert!(w.groups(w.ada).await.is_empty());
        assert!(!w.waits(w.ada).await);
        assert!(w.told(w.ada, id).await.is_empty());
        let page = w.browser(w.ada).await.get("/following").await;
        assert!(!page.main().contains("for a day"), "{}", page.main());
    });
}

/// A place of a million acts: the page and the mark of somebody who took part in very much and follows a loud community.
/// Not among the usual tests, since it takes a minute: `cargo test -p following large -- --ignored --nocapture`.
#[test]
#[ignore]
fn notices_stay_quick_in_a_large_place() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let db = &w.app.house.db;
        let now = w.app.by(w.ada).now().0;
        let run = async |sql: &'static str, params: Vec<kernel::Val>| {
            let mut batch = kernel::Batch::new();
            batch.run(sql, params);
            db.write(batch).await.unwrap();
        };
        // 100,000 conversations of the last 100 days with nine replies each, by a thousand people.
        for from in (0..1_000_000i64).step_by(100_000) {
            run(
                "insert into contribution (id, root, parent, depth, community, author, voice, kind, title, words, html, render_version,
                    audience, asks, quote, work, trail_title, link, version, at)
                 with recursive n(i) as (select cast(?1 as bigint) union all select i + 1 from n where i < ?1 + 99999)
                 select 1000000000 + i, 1000000000 + i / 10 * 10, case when i % 10 = 0 then null else 1000000000 + i / 10 * 10 end,
                    case when i % 10 = 0 then 0 else 1 end, ?2, 5000 + (i * 7919) % 1000, false, case when i % 70 = 0 then 'question' else '' end,
                    '', 'words', '', 1, 'open', false, '', '', '', '', 1, ?3 - (1000000 - i) * 8640000 from n",
                vals![from, w.id, now],
            )
            .await;
            run(
                "insert into journal (id, position, occurred_at, recorded_at, origin, actor_kind, actor, verb, object_kind, object,
                    conversation, community, toward, asks, audience)
                 select c.id, 100 + c.id - 1000000000, c.at, c.at, 'live', 'person', c.author,
                    case when c.parent is null then 'contributed' else 'replied' end, 'contribution', c.id, c.root, c.community, '', false, 'open'
                 from contribution c where c.id >= 1000000000 + ?1 and c.id < 1000100000 + ?1",
                vals![from],
            )
            .await;
        }
        run("insert into reach (thing, audience) select id, 0 from contribution where parent is null and id >= 1000000000", vals![]).await;
        if engine == Engine::Postgres {
            run("update journal_head set position = (select max(position) from journal)", vals![]).await;
            run("analyze", vals![]).await;
        }
        // Three readers: one who took part in 300 conversations, one in 10,000, and one who only follows.
        for (person, parts) in [(w.ada, 300), (w.bo, 10_000)] {
            run(
                "insert into part (person, conversation, said_at, named, at)
                 select cast(?1 as bigint), c.id, c.at, false, c.at from contribution c where c.parent is null and c.id >= 1000000000 + 1000000 - 10 * cast(?2 as bigint)",
                vals![person, parts],
            )
            .await;
        }
        let since = now - 100 * clock::DAY;
        run("insert into follow (id, person, what, thing, word, since) values (1, ?1, 'community', ?2, '', ?3)", vals![w.cy, w.id, since]).await;
        run(
            "insert into follow (id, person, what, thing, word, since) with recursive n(i) as (select 5000 union all select i + 1 from n where i < 5050)
             select i, cast(?1 as bigint), 'person', i, '', cast(?2 as bigint) from n",
            vals![w.cy, since],
        )
        .await;
        let measured = async |what: &str, person: PersonId, unread: bool| {
            let cx = w.app.by(person);
            let mut times = Vec::new();
            for _ in 0..5 {
                let begun = std::time::Instant::now();
                let found = if unread { usize::from(store::mark(&cx, Id(0)).await.unwrap().waits) } else { store::groups(&cx, i64::MAX, 20, false).await.unwrap().items.len() };
                times.push((begun.elapsed(), found));
            }
            times.sort();
            eprintln!("{engine:?} {what}: {:?}", times[2]);
        };
        for (who, person) in [("300 parts", w.ada), ("10,000 parts", w.bo), ("a loud community and 51 people", w.cy)] {
            measured(&format!("{who}, page"), person, false).await;
            measured(&format!("{who}, mark with much unread"), person, true).await;
            notices::read_all(&w.app.by(person), 0).await.unwrap();
            measured(&format!("{who}, mark with nothing unread"), person, true).await;
        }
    });
}

#[test]
fn what_a_steward_hid_or_holds_is_in_no_notice() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        acts::follow(&w.app.by(w.cy), &To::Community(w.id)).await.unwrap();
        let id = w.say(w.bo, "hello").await;
        let answer = w.reply(w.ada, id, "an answer").await;
        assert_eq!((w.reaches(w.cy).await.len(), w.reaches(w.bo).await.len()), (1, 1));
        let set = async |sql: &'static str, id: ContributionId| {
            let mut batch = kernel::Batch::new();
            batch.exactly(1, sql, vals![id]);
            w.app.house.db.write(batch).await.unwrap();
        };
        for sql in ["update contribution set hidden = 'x' where id = ?1", "update contribution set hidden = '', held = 'first' where id = ?1"] {
            set(sql, answer).await;
            assert!(w.reaches(w.bo).await.is_empty() && w.told(w.bo, id).await.is_empty() && !w.waits(w.bo).await);
            set(sql, id).await;
            assert!(w.reaches(w.cy).await.is_empty() && w.told(w.cy, id).await.is_empty() && !w.waits(w.cy).await);
        }
    });
}

#[test]
fn many_who_answer_one_person_at_once_are_all_heard() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let root = w.say(w.ada, "Who has the red pen?").await;
        let answering = (0..16).map(|n| {
            let cx = w.app.by(if n % 2 == 0 { w.bo } else { w.cy });
            tokio::spawn(async move {
                for _ in 0..20 {
                    let words = NewReply { words: "Here.".into(), ..NewReply::default() };
                    conversation::acts::reply(&cx, root, &words).await.unwrap();
                }
            })
        });
        for answers in answering.collect::<Vec<_>>() {
            answers.await.unwrap();
        }
        assert_eq!(conversation::store::replies(&w.app.stranger(), root, kernel::Cursor::OLDEST, 1000).await.unwrap().items.len(), 320);
    });
}
