//! Acts of change on both engines. Names of tests are the rules of README.md.

use community::Openness;
use community::acts::{CharterRevision, NewCommunity};
use conversation::acts::{Lineage, NewContribution, NewReply};
use conversation::{ContributionId, For as Said};
use kernel::{Cursor, Error, Line, PersonId, clock, vals};
use membership::acts::Joining;
use person::acts::NewAccount;
use shell::Slice;
use testkit::{App, Client, Engine, NOON, both};

use crate::acts::{self, Attesting, Outcome, Sharing, Telling};
use crate::because::Because;
use crate::store::Change;
use crate::{ChangeId, For, State, facts, store};

fn slices() -> Vec<Slice> {
    vec![
        person::slice(),
        attachment::slice(),
        community::slice(),
        membership::slice(),
        conversation::slice(),
        narration::slice(),
        practice::slice(),
        crate::slice(),
        following::slice(),
    ]
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
async fn world(engine: Engine, openness: Openness) -> World {
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
        stage: Some(community::Stage::Growing),
    };
    let (id, slug) = membership::acts::found(&app.by(people[0]), &new).await.unwrap();
    let inviting = membership::invitations::Inviting { handle: "bo".into(), note: Line::default() };
    membership::invitations::invite(&app.by(people[0]), &slug, &inviting).await.unwrap();
    membership::acts::join(&app.by(people[1]), &slug, &Joining::default()).await.unwrap();
    app.later(clock::SECOND);
    World { app, ada: people[0], bo: people[1], cy: people[2], slug, id }
}

impl World {
    async fn say(&self, by: PersonId, words: &str, audience: Said) -> ContributionId {
        let new = NewContribution { words: words.into(), audience: Some(audience), ..NewContribution::default() };
        conversation::acts::contribute(&self.app.by(by), Some(&self.slug), &new, &Lineage::default()).await.unwrap()
    }

    async fn reply(&self, by: PersonId, to: ContributionId, words: &str) -> ContributionId {
        let new = NewReply { words: words.into(), ..NewReply::default() };
        self.app.later(clock::SECOND);
        conversation::acts::reply(&self.app.by(by), to, &new).await.unwrap()
    }

    async fn tell(&self, by: PersonId, now: &str, because: &[&str]) -> ChangeId {
        self.app.later(clock::SECOND);
        acts::tell(&self.app.by(by), &telling(now, because)).await.unwrap()
    }

    async fn share(&self, by: PersonId, id: ChangeId, audience: For) {
        self.app.later(clock::SECOND);
        acts::share(&self.app.by(by), id, &sharing(&self.slug, audience)).await.unwrap();
    }

    async fn seen(&self, by: PersonId, id: ChangeId) -> Option<Change> {
        store::one(&self.app.by(by), id).await.unwrap()
    }

    async fn browser(&self, person: PersonId) -> Client {
        let secret = person::acts::begin_session(&self.app.stranger(), person, "").await.unwrap();
        self.app.client().with_cookie(&secret)
    }

    async fn notices(&self, person: PersonId) -> String {
        self.app.house.db.stamp().await.unwrap();
        self.browser(person).await.get("/notices").await.main().to_owned()
    }

    async fn facts(&self) -> Vec<facts::Fact> {
        facts::facts(&self.app.by(self.bo), self.id, NOON, NOON.plus(400 * clock::DAY)).await.unwrap()
    }
}

fn telling(now: &str, because: &[&str]) -> Telling {
    Telling { now: now.into(), because: Because::lines(&because.join("\n")), ..Telling::default() }
}

fn sharing(slug: &str, audience: For) -> Sharing {
    Sharing { community: Line(slug.to_owned()), audience }
}

fn no<T: std::fmt::Debug>(answer: Result<T, Error>) {
    assert!(matches!(answer, Err(Error::Refused(_) | Error::Invalid(_) | Error::NotFound)), "{answer:?}");
}

#[test]
fn a_change_is_for_its_person_alone_until_they_share_it() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.tell(w.ada, "I hand over at the bed.", &[]).await;
        assert!(w.seen(w.ada, id).await.is_some());
        assert!(w.seen(w.bo, id).await.is_none());
        assert_eq!(w.browser(w.bo).await.get(&format!("/changes/{id}")).await.status, 404);
        no(acts::share(&w.app.by(w.bo), id, &sharing(&w.slug, For::Community)).await);
        no(acts::share(&w.app.by(w.ada), id, &sharing("elsewhere", For::Community)).await);
        no(acts::share(&w.app.by(w.ada), id, &sharing(&w.slug, For::Me)).await);
        w.share(w.ada, id, For::Community).await;
        assert!(w.seen(w.bo, id).await.is_some());
        assert!(w.seen(w.cy, id).await.is_none());
        w.share(w.ada, id, For::Open).await;
        assert!(store::one(&w.app.stranger(), id).await.unwrap().is_some());
        acts::unshare(&w.app.by(w.ada), id).await.unwrap();
        assert!(w.seen(w.bo, id).await.is_none());
        let cys = w.tell(w.cy, "I ask.", &[]).await;
        no(acts::share(&w.app.by(w.cy), cys, &sharing(&w.slug, For::Open)).await);
    });
}

#[test]
fn open_things_of_a_closed_community_reach_its_members() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.tell(w.ada, "I hand over at the bed.", &[]).await;
        w.share(w.ada, id, For::Open).await;
        let revision = CharterRevision {
            name: "Night handovers".into(),
            domain: "Shifts".into(),
            purpose: "Nobody is put at risk".into(),
            practice: "".into(),
            openness: Some(Openness::Closed),
            reason: "We talk of patients".into(),
            stage: None,
            version: Line::default(),
        };
        community::acts::revise_charter(&w.app.by(w.ada), &w.slug, &revision).await.unwrap();
        assert!(store::one(&w.app.stranger(), id).await.unwrap().is_none());
        assert!(w.seen(w.bo, id).await.is_some());
        let other = w.tell(w.bo, "I write it down.", &[]).await;
        no(acts::share(&w.app.by(w.bo), other, &sharing(&w.slug, For::Open)).await);
    });
}

#[test]
fn a_cause_is_seen_by_who_names_it_and_read_by_whom_it_is_for() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let inner = w.say(w.ada, "canary for members", Said::Community).await;
        no(acts::tell(&w.app.by(w.cy), &telling("I ask.", &[&inner.to_string()])).await);
        no(acts::tell(&w.app.by(w.bo), &telling("I ask.", &["77", "nowhere"])).await);
        no(acts::tell(&w.app.by(w.bo), &telling("I ask.", &["1"; 11])).await);
        let address = format!("/conversations/{inner}#r{inner}");
        let id = w.tell(w.bo, "I ask.", &[&address, "https://example.org/a On asking", &inner.to_string()]).await;
        w.share(w.bo, id, For::Open).await;
        let read = async |by| store::sources(&w.app.by(by), &[id]).await.unwrap();
        assert_eq!(read(w.ada).await.len(), 2, "named twice, it stands there once");
        let cys = read(w.cy).await;
        assert_eq!(cys.iter().map(|s| s.title.as_str()).collect::<Vec<_>>(), ["On asking"]);
        assert!(!w.browser(w.cy).await.get(&format!("/changes/{id}")).await.body.contains("canary"));
        conversation::acts::withdraw(&w.app.by(w.ada), inner).await.unwrap();
        assert!(!w.browser(w.bo).await.get(&format!("/changes/{id}")).await.body.contains("canary"));
        // What is gone meanwhile stays named, and hinders no change of the words.
        let version = w.seen(w.bo, id).await.unwrap().version.to_string();
        let edit = Telling { version: Line(version.clone()), ..telling("I ask twice.", &[&inner.to_string()]) };
        acts::edit(&w.app.by(w.bo), id, &edit).await.unwrap();
        no(acts::edit(&w.app.by(w.bo), id, &edit).await);
        assert_eq!(store::kept(&w.app.by(w.bo), id).await.unwrap().len(), 1);
    });
}

#[test]
fn naming_is_the_thanks_and_is_gone_with_the_change() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let opening = w.say(w.bo, "How do you hand over?", Said::Open).await;
        let reply = w.reply(w.ada, opening, "We do it at the bed.").await;
        w.reply(w.ada, opening, "With the patient.").await;
        let id = w.tell(w.bo, "hand over at the bed", &[&reply.to_string()]).await;
        let thanked = "because of your words, does differently now:";
        assert!(!w.notices(w.ada).await.contains(thanked), "not before it is shared");
        w.share(w.bo, id, For::Community).await;
        let seen = w.notices(w.ada).await;
        assert!(seen.contains(thanked) && seen.contains("hand over at the bed") && seen.contains(&format!("/changes/{id}")), "{seen}");
        assert!(!w.notices(w.bo).await.contains(thanked) && !w.notices(w.cy).await.contains(thanked));
        // At the reply, for who may see the change.
        let there = format!("/conversations/{opening}");
        let at_the_reply = w.browser(w.ada).await.get(&there).await;
        assert!(at_the_reply.main().contains("What changed because of this") && at_the_reply.main().contains(&format!("#r{reply}\" dir")));
        assert!(!w.app.client().get(&there).await.main().contains("hand over at the bed"));
        acts::unshare(&w.app.by(w.bo), id).await.unwrap();
        assert!(!w.notices(w.ada).await.contains(thanked));
        w.share(w.bo, id, For::Open).await;
        assert_eq!(w.notices(w.ada).await.matches(thanked).count(), 1, "said again, it is said once");
        assert!(w.app.client().get(&there).await.main().contains("hand over at the bed"));
        person::silencing::silence(&w.app.by(w.ada), "bo", kernel::Silence::Mute).await.unwrap();
        assert!(!w.notices(w.ada).await.contains(thanked), "who is muted is not heard");
        person::silencing::hear_again(&w.app.by(w.ada), w.bo).await.unwrap();
        assert!(w.notices(w.ada).await.contains(thanked));
        acts::edit(&w.app.by(w.bo), id, &telling("hand over at the bed", &[])).await.unwrap();
        assert!(!w.notices(w.ada).await.contains(thanked), "it names them no longer");
        acts::edit(&w.app.by(w.bo), id, &telling("hand over at the bed", &[&reply.to_string()])).await.unwrap();
        assert!(w.notices(w.ada).await.contains(thanked), "named later, told later");
        let another = w.reply(w.bo, opening, "Or at the door.").await;
        acts::edit(&w.app.by(w.bo), id, &telling("hand over at the bed", &[&another.to_string()])).await.unwrap();
        assert!(!w.notices(w.ada).await.contains(thanked), "it names somebody else there");
        acts::edit(&w.app.by(w.bo), id, &telling("hand over at the bed", &[&reply.to_string()])).await.unwrap();
        acts::take_back(&w.app.by(w.bo), id).await.unwrap();
        assert!(!w.notices(w.ada).await.contains(thanked));
    });
}

/// Says something as a voice that is remembered from an archive.
async fn remembered(w: &World, words: &str) -> (kernel::VoiceId, ContributionId) {
    let system = w.app.system();
    let voice = person::acts::remember_voice(&system, "an-archive.example", "Iris", "").await.unwrap();
    let it = conversation::Remembered {
        community: w.id,
        voice,
        answers: None,
        kind: None,
        asks: false,
        audience: Said::Open,
        title: "",
        words,
        quote: "",
        gone: false,
        work: "",
        link: "",
        trail: None,
        at: kernel::Timestamp(1_500_000_000_000_000),
    };
    let mut batch = kernel::Batch::new();
    let (id, _) = conversation::remember(&mut batch, &system, &it).unwrap();
    w.app.house.db.write(batch).await.unwrap();
    (voice, id)
}

#[test]
fn who_claimed_the_voice_that_said_it_is_told() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let (voice, said) = remembered(&w, "We did it at the bed.").await;
        let nobody = w.tell(w.bo, "hand over at the bed", &[&said.to_string()]).await;
        w.share(w.bo, nobody, For::Open).await;
        let mut batch = kernel::Batch::new();
        batch.exactly(1, "update voice set person = ?2 where id = ?1", vals![voice, w.cy]);
        w.app.house.db.write(batch).await.unwrap();
        let id = w.tell(w.bo, "ask at the bed", &[&said.to_string()]).await;
        w.share(w.bo, id, For::Open).await;
        let seen = w.notices(w.cy).await;
        assert!(seen.contains("ask at the bed"), "{seen}");
        let helped = store::because_of_me(&w.app.by(w.cy), 9).await.unwrap();
        assert_eq!(helped.iter().map(|h| h.id).collect::<Vec<_>>(), [id, nobody]);
    });
}

#[test]
fn a_practice_or_a_trail_is_a_cause_and_shows_the_change() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let new = practice::acts::NewPractice { title: "Read the result aloud".into(), words: "Before the drip runs.".into(), ..Default::default() };
        let practice = practice::acts::begin(&w.app.by(w.ada), &w.slug, &new).await.unwrap();
        let step = narration::acts::Narrating {
            words: "Stuck.".into(),
            community: Line(w.slug.clone()),
            trail: "new".into(),
            trail_title: "The slow restore".into(),
            ..Default::default()
        };
        let step = narration::acts::narrate(&w.app.by(w.ada), &step).await.unwrap();
        let trail = conversation::store::one(&w.app.by(w.ada), step).await.unwrap().unwrap().trail.unwrap().0;
        let id = w.tell(w.bo, "read it aloud", &[&format!("/practices/{practice}"), &format!("/trails/{trail}")]).await;
        let sources = store::sources(&w.app.by(w.bo), &[id]).await.unwrap();
        assert_eq!(sources.iter().map(|s| s.title.as_str()).collect::<Vec<_>>(), ["Read the result aloud", "The slow restore"]);
        let there = format!("/practices/{practice}");
        assert!(w.browser(w.bo).await.get(&there).await.main().contains("read it aloud"), "one's own, for oneself");
        assert!(!w.browser(w.ada).await.get(&there).await.main().contains("read it aloud"));
        w.share(w.bo, id, For::Open).await;
        assert!(w.app.client().get(&there).await.main().contains("read it aloud"));
        let form = w.browser(w.ada).await.get(&format!("/changes/new?source={practice}")).await;
        assert!(form.main().contains("Read the result aloud"));
    });
}

#[test]
fn only_who_may_see_the_change_is_told() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let opening = w.say(w.bo, "How do you hand over?", Said::Open).await;
        let reply = w.reply(w.cy, opening, "We do it at the bed.").await;
        let id = w.tell(w.bo, "hand over at the bed", &[&reply.to_string()]).await;
        w.share(w.bo, id, For::Community).await;
        assert!(!w.notices(w.cy).await.contains("because of your words"));
        w.share(w.bo, id, For::Open).await;
        assert!(w.notices(w.cy).await.contains("because of your words"));
    });
}

#[test]
fn a_change_is_tried_then_kept_or_dropped_and_asked_about_once() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.tell(w.ada, "hand over at the bed", &[]).await;
        let other = w.tell(w.ada, "write it down", &[]).await;
        let ada = w.browser(w.ada).await;
        assert!(!ada.get("/").await.main().contains("Did you keep it?"));
        w.app.later(31 * clock::DAY);
        let ada = w.browser(w.ada).await;
        assert!(ada.get("/").await.main().contains("Did you keep it?"));
        no(acts::turn(&w.app.by(w.bo), id, State::Kept).await);
        acts::turn(&w.app.by(w.ada), id, State::Kept).await.unwrap();
        assert_eq!(w.seen(w.ada, id).await.unwrap().state, State::Kept);
        assert_eq!(ada.post(&format!("/changes/{other}/later"), &[]).await.status, 303);
        w.app.later(90 * clock::DAY);
        assert!(!w.browser(w.ada).await.get("/").await.main().contains("Did you keep it?"), "it is never asked again");
        acts::turn(&w.app.by(w.ada), id, State::Trying).await.unwrap();
    });
}

#[test]
fn what_came_of_it_is_said_in_words_and_a_measure_beside_them() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.tell(w.ada, "hand over at the bed", &[]).await;
        no(acts::say_outcome(&w.app.by(w.ada), id, &Outcome { measure: "3 of 30".into(), ..Outcome::default() }).await);
        let outcome = Outcome { outcome: "Fewer calls at night.".into(), measure: "3 of 30".into() };
        no(acts::say_outcome(&w.app.by(w.bo), id, &outcome).await);
        acts::say_outcome(&w.app.by(w.ada), id, &outcome).await.unwrap();
        let first = w.seen(w.ada, id).await.unwrap().outcome_at.unwrap();
        w.app.later(clock::DAY);
        acts::say_outcome(&w.app.by(w.ada), id, &Outcome { outcome: "Far fewer.".into(), ..Outcome::default() }).await.unwrap();
        assert_eq!(w.seen(w.ada, id).await.unwrap().outcome_at, Some(first));
        acts::say_outcome(&w.app.by(w.ada), id, &Outcome::default()).await.unwrap();
        assert_eq!(w.seen(w.ada, id).await.unwrap().outcome_at, None);
    });
}

#[test]
fn somebody_else_attests_and_taking_it_back_changes_each_figure() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.tell(w.ada, "hand over at the bed", &[]).await;
        let saw = Attesting { words: "I was there.".into() };
        no(acts::attest(&w.app.by(w.bo), id, &saw).await);
        assert_eq!(w.facts().await, []);
        w.share(w.ada, id, For::Community).await;
        no(acts::attest(&w.app.by(w.ada), id, &saw).await);
        no(acts::attest(&w.app.by(w.cy), id, &saw).await);
        acts::say_outcome(&w.app.by(w.ada), id, &Outcome { outcome: "Quieter.".into(), ..Outcome::default() }).await.unwrap();
        let of = async || w.facts().await.first().map(|f| (f.id, f.person, f.state, f.outcome_at.is_some(), f.attested.iter().any(|(by, _)| *by != f.person)));
        assert_eq!(of().await, Some((id, w.ada, State::Trying, true, false)));
        acts::attest(&w.app.by(w.bo), id, &saw).await.unwrap();
        acts::attest(&w.app.by(w.bo), id, &Attesting { words: "I was there, twice.".into() }).await.unwrap();
        let attested = store::attestations(&w.app.by(w.ada), &[id]).await.unwrap();
        assert_eq!(attested.iter().map(|a| a.words.as_str()).collect::<Vec<_>>(), ["I was there, twice."]);
        assert_eq!(of().await, Some((id, w.ada, State::Trying, true, true)));
        acts::withdraw_attestation(&w.app.by(w.bo), id).await.unwrap();
        acts::withdraw_attestation(&w.app.by(w.bo), id).await.unwrap();
        assert_eq!(of().await, Some((id, w.ada, State::Trying, true, false)));
        acts::attest(&w.app.by(w.bo), id, &saw).await.unwrap();
        for to in [State::Kept, State::Dropped] {
            w.app.later(clock::DAY);
            acts::turn(&w.app.by(w.ada), id, to).await.unwrap();
        }
        let turns = w.facts().await.remove(0).turns;
        assert_eq!(turns.iter().map(|(state, _)| *state).collect::<Vec<_>>(), [State::Kept, State::Dropped]);
        no(acts::take_back(&w.app.by(w.bo), id).await);
        acts::take_back(&w.app.by(w.ada), id).await.unwrap();
        assert_eq!(of().await, None);
        let left = "select (select count(*) from attestation) + (select count(*) from change_source) + (select count(*) from change_turn) + (select count(*) from reach where thing = ?1)";
        assert_eq!(w.app.house.db.one(left, vals![id]).await.unwrap().unwrap().take::<i64>().unwrap(), 0);
    });
}

#[test]
fn changes_stand_on_their_persons_page_by_year_and_on_the_front_door() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let old = w.tell(w.ada, "hand over at the bed", &[]).await;
        w.app.later(60 * clock::DAY);
        let private = w.tell(w.ada, "canary for myself", &[]).await;
        w.share(w.ada, old, For::Open).await;
        let own = w.browser(w.ada).await.get("/@ada/changes").await;
        assert!(own.main().contains("<h2>2026</h2>") && own.main().contains("<h2>2027</h2>") && own.main().contains("only you"));
        let others = w.browser(w.bo).await.get("/@ada/changes").await;
        assert!(others.main().contains("hand over at the bed") && !others.main().contains("canary"));
        for path in [format!("/c/{}", w.slug), "/@ada".to_owned()] {
            let seen = w.browser(w.bo).await.get(&path).await;
            assert!(seen.main().contains("hand over at the bed") && !seen.main().contains("canary"), "{path}");
        }
        let page = store::of_person(&w.app.by(w.ada), w.ada, Cursor::NEWEST, 1).await.unwrap();
        assert_eq!((page.items[0].id, page.next.is_some()), (private, true));
    });
}

#[test]
fn one_comes_from_a_conversation_and_chooses_whose_words_it_was() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let opening = w.say(w.bo, "How do you hand over?", Said::Open).await;
        let reply = w.reply(w.ada, opening, "We do it at the bed.").await;
        let bo = w.browser(w.bo).await;
        assert!(bo.get(&format!("/conversations/{opening}")).await.main().contains(&format!("/changes/new?source={opening}")));
        let form = bo.get(&format!("/changes/new?source={opening}")).await;
        assert!(form.main().contains("We do it at the bed.") && form.main().contains(&format!("value=\"{reply}\"")));
        assert!(!form.main().contains("How do you hand over?"), "one does not thank oneself");
        let fields = [("was", ""), ("now", " "), ("source", &reply.to_string()), ("because", "https://example.org/a On beds")];
        let wrong = bo.post("/changes", &fields).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.main().contains("Please write something here.") && wrong.main().contains("On beds"));
        let told = bo.post("/changes", &[("now", "hand over at the bed"), ("source", &reply.to_string()), ("because", "https://example.org/a On beds")]).await;
        let path = told.location.unwrap();
        let page = bo.get(&path).await;
        assert!(page.main().contains("We do it at the bed.") && page.main().contains("On beds") && page.main().contains("Only you see this."));
        assert!(page.main().contains(&format!("<option value=\"{}\" selected>", w.slug)), "it is shared where it came from");
        let shared = bo.form(axum::http::Method::PUT, &format!("{path}/sharing"), &[("community", &w.slug), ("audience", "open")]).await;
        assert_eq!(shared.status, 303);
        assert!(w.browser(w.ada).await.get(&path).await.main().contains("You saw it? Say so"));
        let edit = bo.get(&format!("{path}/edit")).await;
        assert!(edit.main().contains(&reply.to_string()) && edit.main().contains("https://example.org/a On beds"));
        assert_eq!(w.browser(w.ada).await.get(&format!("{path}/edit")).await.status, 403);
    });
}

#[test]
fn a_record_takes_along_what_its_person_chose_and_its_file_is_good() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let said = w.say(w.ada, "We do it at the bed.", Said::Open).await;
        let made = w.tell(w.ada, "write it down", &[]).await;
        w.tell(w.ada, "canary for myself", &[]).await;
        let helped = w.tell(w.bo, "hand over at the bed", &[&said.to_string()]).await;
        let inner = w.tell(w.bo, "canary for members", &[&said.to_string()]).await;
        w.share(w.ada, made, For::Community).await;
        w.share(w.bo, helped, For::Open).await;
        w.share(w.bo, inner, For::Community).await;
        acts::attest(&w.app.by(w.bo), made, &Attesting { words: "She does.".into() }).await.unwrap();
        let ada = w.browser(w.ada).await;
        let sheet = ada.get("/me/record").await;
        assert!(sheet.main().contains("<dd dir=\"auto\">write it down</dd>") && sheet.main().contains("She does."));
        let file = ada.get("/me/record/file").await.body;
        assert!(file.contains("hand over at the bed") && file.contains("She does.") && !file.contains("canary"), "{file}");
        let chosen = ada.get(&format!("/me/record/file?pick={inner}")).await.body;
        assert!(chosen.contains("canary for members") && !chosen.contains("write it down"));
        let check = async |file: &str| w.app.client().post("/records/check", &[("file", file)]).await.main().to_owned();
        assert!(check(&file).await.contains("not a letter of it was changed"));
        assert!(check(&file.replace("She does.", "She does it best.")).await.contains("was changed after it was signed"));
        assert!(check("{}").await.contains("no record that can be read"));
        let keys = w.app.client().get("/.well-known/tacit-record-key").await.json();
        let signed: serde_json::Value = serde_json::from_str(&file).unwrap();
        assert_eq!(keys["keys"][0]["key"], signed["key"]);
        assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
        assert!(!w.app.client().get("/.well-known/tacit-record-key").await.body.contains("secret"));
    });
}

#[test]
fn who_leaves_takes_along_what_they_attested_and_what_was_theirs_alone() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let said = w.say(w.bo, "We do it at the bed.", Said::Open).await;
        let adas = w.tell(w.ada, "hand over at the bed", &[&said.to_string()]).await;
        let shared = w.tell(w.bo, "write it down", &[]).await;
        let private = w.tell(w.bo, "for myself", &[]).await;
        w.share(w.ada, adas, For::Open).await;
        w.share(w.bo, shared, For::Open).await;
        acts::attest(&w.app.by(w.bo), adas, &Attesting { words: "I was there.".into() }).await.unwrap();
        acts::attest(&w.app.by(w.ada), shared, &Attesting { words: "So was I.".into() }).await.unwrap();
        let belongings = crate::slice().belongings.unwrap();
        assert_eq!((belongings.list)(w.app.by(w.bo), w.bo).await.unwrap().len(), 2);
        let export = (belongings.export)(w.app.by(w.bo), w.bo).await.unwrap().to_string();
        assert!(export.contains("for myself") && export.contains("I was there.") && !export.contains("So was I."));
        let batch = (belongings.keep)(w.app.by(w.bo), w.bo).await.unwrap();
        w.app.house.db.write(batch).await.unwrap();
        assert!(w.seen(w.bo, private).await.is_none() && w.seen(w.ada, shared).await.is_some());
        assert_eq!(store::attestations(&w.app.by(w.ada), &[adas, shared]).await.unwrap().len(), 1);
        let batch = (belongings.erase)(w.app.by(w.bo), w.bo).await.unwrap();
        w.app.house.db.write(batch).await.unwrap();
        assert!(w.seen(w.ada, shared).await.is_none());
        assert_eq!(w.seen(w.ada, adas).await.unwrap().now, "hand over at the bed");
    });
}

#[test]
fn told_twice_with_one_key_it_is_told_once() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let bo = w.browser(w.bo).await;
        let fields = [("now", "ask"), ("once", "7")];
        let (first, again) = (bo.post("/changes", &fields).await, bo.post("/changes", &fields).await);
        assert_eq!(first.location, again.location);
        assert_eq!(store::of_person(&w.app.by(w.bo), w.bo, Cursor::NEWEST, 9).await.unwrap().items.len(), 1);
    });
}

#[test]
fn what_was_attested_does_not_follow_a_change_to_other_words_or_other_people() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.tell(w.ada, "hand over at the bed", &[]).await;
        w.share(w.ada, id, For::Community).await;
        let saw = Attesting { words: "I was there.".into() };
        let attested = async || store::attestations(&w.app.by(w.ada), &[id]).await.unwrap().len();
        acts::attest(&w.app.by(w.bo), id, &saw).await.unwrap();
        acts::edit(&w.app.by(w.ada), id, &telling("cure ten patients", &[])).await.unwrap();
        assert_eq!(attested().await, 0);
        acts::attest(&w.app.by(w.bo), id, &saw).await.unwrap();
        w.share(w.ada, id, For::Open).await;
        assert_eq!(attested().await, 0);
    });
}

#[test]
fn who_no_longer_takes_part_changes_nothing_that_stands_there_but_can_take_it_back() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.tell(w.bo, "hand over at the bed", &[]).await;
        w.share(w.bo, id, For::Open).await;
        membership::acts::leave(&w.app.by(w.bo), &w.slug).await.unwrap();
        no(acts::edit(&w.app.by(w.bo), id, &telling("say what I like", &[])).await);
        no(acts::say_outcome(&w.app.by(w.bo), id, &Outcome { outcome: "x".into(), ..Outcome::default() }).await);
        no(acts::turn(&w.app.by(w.bo), id, State::Kept).await);
        acts::unshare(&w.app.by(w.bo), id).await.unwrap();
        acts::edit(&w.app.by(w.bo), id, &telling("keep it to myself", &[])).await.unwrap();
    });
}
