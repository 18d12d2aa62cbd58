//! Stewards' acts, appeals, reports and first words on both engines. Names of tests are the rules of README.md.

use community::acts::NewCommunity;
use community::{Openness, Stage};
use conversation::acts::{Lineage, NewContribution, NewReply};
use conversation::{ContributionId, store as contributions};
use kernel::{Cursor, Error, Line, PersonId};
use membership::acts::Joining;
use membership::store::Waiting;
use membership::suspension::Suspending;
use person::acts::NewAccount;
use shell::Slice;
use shell::live::{Ear, Topic};
use testkit::{App, Client, Engine, both};

use crate::*;

fn slices() -> Vec<Slice> {
    vec![person::slice(), community::slice(), membership::slice(), conversation::slice(), crate::slice()]
}

const SLUG: &str = "nights";

struct World {
    app: App,
    ada: PersonId,
    bo: PersonId,
    cy: PersonId,
    ops: PersonId,
    id: kernel::CommunityId,
}

/// Ada founded it, Cy is a steward, too, Bo is a member, Ops runs the machine and takes no part.
async fn world(engine: Engine) -> World {
    let app = App::new(engine, slices).await;
    let mut people = Vec::new();
    for handle in ["ada", "bo", "cy", "ops"] {
        let account = NewAccount::new(handle, &handle.to_uppercase(), "a quiet sentence");
        people.push(person::acts::add(&app.system(), &account, handle == "ops").await.unwrap());
    }
    let id = found(&app, people[0], SLUG, Openness::Open).await;
    for person in &people[1..3] {
        membership::acts::join(&app.by(*person), SLUG, &Joining::default()).await.unwrap();
    }
    // An account that is days old would be looked at twice.
    app.later(30 * kernel::clock::DAY);
    World { app, ada: people[0], bo: people[1], cy: people[2], ops: people[3], id }
}

async fn found(app: &App, person: PersonId, slug: &str, openness: Openness) -> kernel::CommunityId {
    let new = NewCommunity {
        name: Line(slug.into()),
        slug: Line(slug.into()),
        domain: "Shifts".into(),
        purpose: "Nobody is put at risk".into(),
        practice: "".into(),
        openness: Some(openness),
        stage: Some(Stage::Growing),
    };
    membership::acts::found(&app.by(person), &new).await.unwrap().0
}

impl World {
    async fn second_steward(&self) {
        let offering = serde_json::from_value(serde_json::json!({"handle": "cy"})).unwrap();
        membership::hats::offer(&self.app.by(self.ada), SLUG, &offering).await.unwrap();
        for w in membership::store::waiting(&self.app.by(self.cy)).await.unwrap() {
            if let Waiting::Hat { id, .. } = w {
                membership::hats::accept(&self.app.by(self.cy), id).await.unwrap();
            }
        }
    }

    async fn say(&self, person: PersonId, words: &str) -> ContributionId {
        let new = NewContribution { words: words.into(), ..NewContribution::default() };
        conversation::acts::contribute(&self.app.by(person), Some(SLUG), &new, &Lineage::default()).await.unwrap()
    }

    async fn reply(&self, person: PersonId, to: ContributionId, words: &str) -> Result<ContributionId, Error> {
        conversation::acts::reply(&self.app.by(person), to, &NewReply { words: words.into(), ..NewReply::default() }).await
    }

    async fn words(&self, cx: &kernel::Cx, id: ContributionId) -> String {
        contributions::one(cx, id).await.unwrap().map_or("(not found)".into(), |s| s.words)
    }

    async fn cares(&self, person: PersonId) -> Vec<String> {
        let all = membership::store::waiting(&self.app.by(person)).await.unwrap();
        all.into_iter().filter_map(|w| if let Waiting::Care { what, .. } = w { Some(what) } else { None }).collect()
    }

    /// What a live page of theirs would be told.
    async fn told(&self, person: PersonId, topic: Topic, after: i64) -> i64 {
        let ear = Ear { viewer: kernel::Viewer::Person(person), after };
        conversation::live::news(self.app.system(), topic, vec![ear]).await.unwrap()[0].unwrap_or(0)
    }

    async fn browser(&self, person: PersonId) -> Client {
        let secret = person::acts::begin_session(&self.app.stranger(), person, "").await.unwrap();
        self.app.client().with_cookie(&secret)
    }

    async fn report_of(&self, person: PersonId) -> ReportId {
        let all = membership::store::waiting(&self.app.by(person)).await.unwrap();
        all.into_iter().find_map(|w| if let Waiting::Care { what, id, .. } = w { (what == "report").then_some(ReportId(id.0)) } else { None }).unwrap()
    }
}

fn because() -> Because {
    Because::new("Patients are not named", "It names the patient in bed four")
}

fn appealing() -> Appealing {
    Appealing { words: "Nobody is named; bed four is empty.".into() }
}

fn judging(ruling: Ruling) -> Judging {
    Judging { ruling, words: "I read it again.".into() }
}

fn no<T: std::fmt::Debug>(answer: Result<T, Error>) {
    assert!(matches!(answer, Err(Error::Refused(_) | Error::Invalid(_) | Error::NotFound)), "{answer:?}");
}

#[test]
fn hidden_words_are_a_quiet_line_with_the_rule_and_another_steward_brings_them_back() {
    both(async |engine| {
        let w = world(engine).await;
        w.second_steward().await;
        let id = w.say(w.bo, "Bed four rang all night.").await;
        no(hide(&w.app.by(w.bo), id, &because()).await);
        let act = hide(&w.app.by(w.ada), id, &because()).await.unwrap();
        for cx in [w.app.stranger(), w.app.by(w.ops)] {
            assert_eq!(w.words(&cx, id).await, "");
        }
        for person in [w.ada, w.bo, w.cy] {
            assert!(w.words(&w.app.by(person), id).await.contains("Bed four"));
        }
        let page = w.app.client().get(&format!("/conversations/{id}")).await.body;
        assert!(page.contains("Patients are not named") && page.contains("bed four") && !page.contains("rang all night"), "{page}");
        assert!(contributions::of_community(&w.app.stranger(), w.id, Default::default(), Cursor::NEWEST, 20).await.unwrap().items.is_empty());
        assert_eq!(w.cares(w.bo).await, ["act"]);
        no(appeal(&w.app.by(w.cy), act, &appealing()).await);
        appeal(&w.app.by(w.bo), act, &appealing()).await.unwrap();
        no(appeal(&w.app.by(w.bo), act, &appealing()).await);
        assert_eq!((w.cares(w.cy).await, w.cares(w.ada).await, w.cares(w.ops).await), (vec!["appeal".to_owned()], vec![], vec![]));
        for person in [w.ada, w.bo, w.ops] {
            no(judge(&w.app.by(person), act, &judging(Ruling::Upheld)).await);
        }
        judge(&w.app.by(w.cy), act, &judging(Ruling::Overturned)).await.unwrap();
        assert!(w.words(&w.app.stranger(), id).await.contains("Bed four"));
        assert_eq!((w.cares(w.bo).await, w.cares(w.ada).await), (vec!["ruling".to_owned()], vec!["ruling".to_owned()]));
        no(judge(&w.app.by(w.cy), act, &judging(Ruling::Upheld)).await);
    });
}

#[test]
fn where_there_is_no_other_steward_the_operator_decides() {
    both(async |engine| {
        let w = world(engine).await;
        let id = w.say(w.bo, "Bed four rang all night.").await;
        let act = hide(&w.app.by(w.ada), id, &because()).await.unwrap();
        assert!(store::act(&w.app.by(w.ops), act).await.unwrap().is_none(), "the operator sees what waits for them, no more");
        appeal(&w.app.by(w.bo), act, &appealing()).await.unwrap();
        assert_eq!(w.cares(w.ops).await, ["appeal"]);
        let page = async |who| w.browser(who).await.get(&format!("/care/acts/{act}")).await.body.contains("Bed four rang");
        assert!(page(w.ops).await, "who judges reads what it is about");
        assert!(!page(w.cy).await, "and no other member");
        judge(&w.app.by(w.ops), act, &judging(Ruling::Upheld)).await.unwrap();
        assert!(!page(w.ops).await, "no longer than it waits");
        assert_eq!(w.words(&w.app.stranger(), id).await, "");
    });
}

#[test]
fn a_closed_conversation_is_read_on_and_not_answered() {
    both(async |engine| {
        let w = world(engine).await;
        let id = w.say(w.bo, "An old quarrel.").await;
        close(&w.app.by(w.ada), id, &because()).await.unwrap();
        let Err(Error::Refused(say)) = w.reply(w.cy, id, "And yet").await else { panic!() };
        assert!(say.to_string().contains("Patients are not named"), "{say}");
        assert!(w.words(&w.app.stranger(), id).await.contains("quarrel"));
        open_again(&w.app.by(w.ada), id, &because()).await.unwrap();
        w.reply(w.cy, id, "And yet").await.unwrap();
    });
}

#[test]
fn a_conversation_moves_only_where_it_reaches_the_same_people() {
    both(async |engine| {
        let w = world(engine).await;
        found(&w.app, w.ada, "days", Openness::Open).await;
        found(&w.app, w.ada, "behind", Openness::Closed).await;
        let id = w.say(w.bo, "About the day shift.").await;
        w.reply(w.cy, id, "Indeed.").await.unwrap();
        let to = |slug: &str| Moving { to: Line(slug.into()), rule: "Days belong to days".into(), reason: "They read it there".into() };
        no(move_to(&w.app.by(w.ada), id, &to("behind")).await);
        no(move_to(&w.app.by(w.ada), id, &to("days")).await);
        membership::acts::join(&w.app.by(w.bo), "days", &Joining::default()).await.unwrap();
        no(move_to(&w.app.by(w.cy), id, &to("days")).await);
        let act = move_to(&w.app.by(w.ada), id, &to("days")).await.unwrap();
        let moved = contributions::one(&w.app.stranger(), id).await.unwrap().unwrap();
        assert_eq!(moved.place.unwrap().slug, "days");
        appeal(&w.app.by(w.bo), act, &appealing()).await.unwrap();
        judge(&w.app.by(w.ops), act, &judging(Ruling::Overturned)).await.unwrap();
        assert_eq!(contributions::one(&w.app.stranger(), id).await.unwrap().unwrap().place.unwrap().slug, SLUG);
    });
}

#[test]
fn who_is_suspended_appeals_and_comes_back_when_it_is_overturned() {
    both(async |engine| {
        let w = world(engine).await;
        let s = Suspending { handle: "bo".into(), reason: "shouting".into(), rule: "Be kind".into(), days: "3".into() };
        let act = suspend(&w.app.by(w.ada), SLUG, &s).await.unwrap();
        let door = w.browser(w.bo).await.get("/c/nights").await.body;
        assert!(door.contains("shouting") && door.contains("Be kind"), "{door}");
        appeal(&w.app.by(w.bo), act, &appealing()).await.unwrap();
        judge(&w.app.by(w.ops), act, &judging(Ruling::Overturned)).await.unwrap();
        w.say(w.bo, "Back again.").await;
    });
}

#[test]
fn members_read_the_register_and_whom_it_concerns_is_told_to_them_and_stewards_alone() {
    both(async |engine| {
        let w = world(engine).await;
        let s = Suspending { handle: "bo".into(), reason: "shouting".into(), rule: "Be kind".into(), days: "3".into() };
        let act = suspend(&w.app.by(w.ada), SLUG, &s).await.unwrap();
        let of = async |person| w.browser(person).await.get("/c/nights/care").await.main().to_owned();
        let (member, steward) = (of(w.cy).await, of(w.ada).await);
        assert!(member.contains("Be kind") && member.contains("shouting") && !member.contains("BO"), "{member}");
        assert!(steward.contains("BO"));
        assert_eq!(w.browser(w.ops).await.get("/c/nights/care").await.status, 404);
        let page = w.browser(w.cy).await.get(&format!("/care/acts/{act}")).await.main().to_owned();
        assert!(!page.contains("BO"), "{page}");
        assert_eq!(w.browser(w.bo).await.get(&format!("/care/acts/{act}")).await.status, 200);
        assert_eq!(w.app.client().get(&format!("/care/acts/{act}")).await.status, 303);
    });
}

#[test]
fn a_report_goes_to_those_whom_it_is_not_about_and_never_tells_who_reported() {
    both(async |engine| {
        let w = world(engine).await;
        let of_bo = w.say(w.bo, "Something unkind.").await;
        let of_ada = w.say(w.ada, "A steward's word.").await;
        let reporting = |words: &str| Reporting { words: words.into(), ..Reporting::default() };
        no(report(&w.app.by(w.bo), of_bo, &reporting("my own")).await);
        report(&w.app.by(w.cy), of_bo, &reporting("unkind to me")).await.unwrap();
        no(report(&w.app.by(w.cy), of_bo, &reporting("again")).await);
        let id = w.report_of(w.ada).await;
        assert!(report_seen(&w.app.by(w.bo), id).await.unwrap().is_none());
        assert!(report_seen(&w.app.by(w.ops), id).await.unwrap().is_none());
        assert_eq!(report_seen(&w.app.by(w.ada), id).await.unwrap().unwrap().from, "CY");
        answer(&w.app.by(w.ada), id, &Answering { outcome: Outcome::Acted, words: "I talked to them.".into() }).await.unwrap();
        assert_eq!((w.cares(w.cy).await, w.cares(w.bo).await, w.cares(w.ada).await), (vec!["answer".to_owned()], vec![], vec![]));
        // About the only steward: to the operator.
        report(&w.app.by(w.cy), of_ada, &reporting("a steward")).await.unwrap();
        assert_eq!((w.cares(w.ada).await, w.cares(w.ops).await), (vec![], vec!["report".to_owned()]));
        let id = w.report_of(w.ops).await;
        assert!(report_seen(&w.app.by(w.ada), id).await.unwrap().is_none());
        answer(&w.app.by(w.ops), id, &Answering { outcome: Outcome::Nothing, words: "".into() }).await.unwrap();
    });
}

#[test]
fn what_is_private_is_handed_to_the_operator_by_who_reports_it() {
    both(async |engine| {
        let w = world(engine).await;
        let new = NewContribution { words: "A threat.".into(), named: "cy".into(), audience: Some(conversation::For::Named), ..NewContribution::default() };
        let id = conversation::acts::contribute(&w.app.by(w.bo), None, &new, &Lineage::default()).await.unwrap();
        no(report(&w.app.by(w.ops), id, &Reporting { words: "not mine to see".into(), ..Reporting::default() }).await);
        report(&w.app.by(w.cy), id, &Reporting { words: "he threatens me".into(), ..Reporting::default() }).await.unwrap();
        let shown = w.browser(w.ops).await.get(&format!("/care/reports/{}", w.report_of(w.ops).await)).await.body;
        assert!(shown.contains("A threat.") && shown.contains("he threatens me"), "{shown}");
        report_person(&w.app.by(w.cy), "bo", &Reporting { words: "he follows me around".into(), ..Reporting::default() }).await.unwrap();
        assert_eq!(w.cares(w.ops).await.len(), 2);
    });
}

#[test]
fn strangers_report_what_anyone_reads_and_programs_do_not() {
    both(async |engine| {
        let w = world(engine).await;
        let id = w.say(w.bo, "Something unkind.").await;
        let made = w.app.house.ids.make().to_string();
        let path = format!("/contributions/{id}/reports");
        let stranger = w.app.client();
        assert_eq!(stranger.post(&path, &[("words", "at once"), ("once", &made)]).await.status, 422);
        w.app.later(5 * kernel::clock::SECOND);
        assert_eq!(stranger.post(&path, &[("words", "buy this"), ("once", &made), ("website", "https://x.example")]).await.status, 422);
        assert_eq!(stranger.post(&path, &[("words", "no number")]).await.status, 422);
        assert_eq!(stranger.post(&path, &[("words", "this is unkind"), ("once", &made)]).await.status, 200);
        let seen = report_seen(&w.app.by(w.ada), w.report_of(w.ada).await).await.unwrap().unwrap();
        assert_eq!((seen.from.as_str(), seen.words.as_str()), ("", "this is unkind"));
    });
}

#[test]
fn first_words_wait_once_and_only_where_a_community_wants_it() {
    both(async |engine| {
        let w = world(engine).await;
        let free = w.say(w.bo, "Nobody waits here.").await;
        assert!(w.words(&w.app.stranger(), free).await.contains("Nobody"));
        no(look_at_first_words(&w.app.by(w.bo), SLUG, true).await);
        look_at_first_words(&w.app.by(w.ada), SLUG, true).await.unwrap();
        let known = w.say(w.bo, "Heard already.").await;
        assert!(w.words(&w.app.stranger(), known).await.contains("Heard"));
        let first = w.say(w.cy, "Good evening.").await;
        let answered = w.reply(w.cy, free, "Also a first word.").await.unwrap();
        for cx in [w.app.stranger(), w.app.by(w.bo)] {
            for id in [first, answered] {
                assert_eq!(w.words(&cx, id).await, "(not found)");
            }
        }
        assert_eq!(w.told(w.bo, Topic::Conversation(free.into()), 0).await, 0);
        assert_eq!(w.told(w.bo, Topic::Home, known.0).await, 0);
        let own = w.browser(w.cy).await.get(&format!("/conversations/{first}")).await.body;
        assert!(own.contains("first words here") && own.contains("Good evening"), "{own}");
        assert_eq!(w.cares(w.ada).await, ["words", "words"]);
        no(let_through(&w.app.by(w.bo), first).await);
        no(decline(&w.app.by(w.bo), first, &because()).await);
        let act = decline(&w.app.by(w.ada), answered, &because()).await.unwrap();
        let_through(&w.app.by(w.ada), first).await.unwrap();
        assert!(w.words(&w.app.stranger(), first).await.contains("Good evening"));
        assert!(w.cares(w.ada).await.is_empty());
        let next = w.say(w.cy, "And once more.").await;
        assert!(w.words(&w.app.stranger(), next).await.contains("once more"));
        assert_eq!(w.words(&w.app.stranger(), answered).await, "(not found)");
        appeal(&w.app.by(w.cy), act, &appealing()).await.unwrap();
        judge(&w.app.by(w.ops), act, &judging(Ruling::Overturned)).await.unwrap();
        assert!(w.words(&w.app.stranger(), answered).await.contains("first word"));
    });
}

#[test]
fn what_looks_like_spam_of_a_new_account_waits_and_is_not_lost() {
    both(async |engine| {
        let w = world(engine).await;
        let new = person::acts::add(&w.app.system(), &NewAccount::new("dan", "DAN", "a quiet sentence"), false).await.unwrap();
        membership::acts::join(&w.app.by(new), SLUG, &Joining::default()).await.unwrap();
        let honest = w.say(new, "Hello, I am new on the ward: https://ward.example/rota").await;
        assert!(w.words(&w.app.stranger(), honest).await.contains("Hello"));
        let spam = w.say(new, "buy https://a.example https://b.example https://c.example").await;
        assert_eq!(w.words(&w.app.stranger(), spam).await, "(not found)");
        assert!(w.words(&w.app.by(new), spam).await.contains("buy"));
        assert_eq!(w.cares(w.ada).await, ["words"]);
    });
}
