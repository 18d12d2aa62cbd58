//! Acts of narration on both engines. Names of tests are the rules of README.md.

use community::Openness;
use community::acts::NewCommunity;
use conversation::acts::{Lineage, NewContribution, NewReply, Reaching};
use conversation::collecting::{self, Way};
use conversation::{ContributionId, For, Kind, store as said};
use kernel::{Error, Line, PersonId};
use person::acts::NewAccount;
use shell::Slice;
use testkit::{App, Engine, both};

use crate::acts::{self, Growing, Narrating};
use crate::sense::{self, As, Seeing};
use crate::store;

fn slices() -> Vec<Slice> {
    vec![person::slice(), attachment::slice(), community::slice(), membership::slice(), conversation::slice(), crate::slice()]
}

async fn world(engine: Engine) -> (App, PersonId, PersonId, String) {
    let app = App::new(engine, slices).await;
    let mut people = Vec::new();
    for handle in ["ada", "bo"] {
        let account = NewAccount::new(handle, handle, "a quiet sentence");
        people.push(person::acts::add(&app.system(), &account, false).await.unwrap());
    }
    let new = NewCommunity {
        name: "Night handovers".into(),
        slug: Line::default(),
        domain: "Shifts".into(),
        purpose: "Nobody is put at risk".into(),
        practice: "We tell".into(),
        openness: Some(Openness::Open),
        stage: None,
    };
    let (_, slug) = membership::acts::found(&app.by(people[0]), &new).await.unwrap();
    (app, people[0], people[1], slug)
}

fn narrating(words: &str, slug: &str) -> Narrating {
    Narrating { words: words.into(), community: Line(slug.to_owned()), ..Narrating::default() }
}

fn no<T: std::fmt::Debug>(answer: Result<T, Error>) {
    assert!(matches!(answer, Err(Error::Refused(_) | Error::Invalid(_) | Error::NotFound)), "{answer:?}");
}

#[test]
fn one_line_is_a_narration_and_without_a_community_it_is_for_oneself() {
    both(async |engine| {
        let (app, ada, bo, slug) = world(engine).await;
        let open = acts::narrate(&app.by(ada), &narrating("Tried the red pen.", &slug)).await.unwrap();
        let mine = acts::narrate(&app.by(ada), &narrating("Only a thought.", "")).await.unwrap();
        let open = said::one(&app.stranger(), open).await.unwrap().unwrap();
        assert_eq!((open.kind, open.audience), (Some(Kind::Narration), For::Open));
        assert!(said::one(&app.by(bo), mine).await.unwrap().is_none());
        no(acts::narrate(&app.by(bo), &narrating("no member", &slug)).await);
    });
}

#[test]
fn a_trail_is_read_in_the_order_of_the_work() {
    both(async |engine| {
        let (app, ada, bo, slug) = world(engine).await;
        let begin = Narrating { trail: "new".into(), trail_title: "The slow restore".into(), ..narrating("Stuck.", &slug) };
        let first = acts::narrate(&app.by(ada), &begin).await.unwrap();
        let (trail, _) = said::one(&app.by(ada), first).await.unwrap().unwrap().trail.unwrap();
        membership::acts::join(&app.by(bo), &slug, &Default::default()).await.unwrap();
        for (person, words) in [(ada, "Tried one thing."), (bo, "Tried another."), (ada, "Decided.")] {
            app.later(kernel::clock::MINUTE);
            let on = Narrating { trail: Line(trail.to_string()), ..narrating(words, &slug) };
            acts::narrate(&app.by(person), &on).await.unwrap();
        }
        let page = said::trail(&app.stranger(), trail, kernel::Cursor::OLDEST, 10).await.unwrap();
        let told: Vec<_> = page.items.iter().map(|s| s.words.as_str()).collect();
        assert_eq!(told, ["Stuck.", "Tried one thing.", "Tried another.", "Decided."]);
        assert!(app.client().get(&format!("/trails/{trail}")).await.body.contains("The slow restore"));
        no(acts::narrate(&app.by(ada), &Narrating { trail: Line(trail.to_string()), ..narrating("elsewhere", "") }).await);
        no(acts::narrate(&app.by(ada), &Narrating { trail: "77".into(), ..narrating("nowhere", &slug) }).await);
        no(acts::narrate(&app.by(ada), &Narrating { trail: "new".into(), ..narrating("untitled", &slug) }).await);
    });
}

#[test]
fn a_trail_of_which_nothing_is_visible_is_not_found() {
    both(async |engine| {
        let (app, ada, bo, _) = world(engine).await;
        let begin = Narrating { trail_title: "My own".into(), ..narrating("Stuck.", "") };
        let first = acts::narrate(&app.by(ada), &begin).await.unwrap();
        let (trail, _) = said::one(&app.by(ada), first).await.unwrap().unwrap().trail.unwrap();
        assert!(store::seen(&app.by(bo), trail).await.unwrap().is_none());
        assert_eq!(app.client().get(&format!("/trails/{trail}")).await.status, 404);
        assert_eq!(app.client().get(&format!("/api/v1/trails/{trail}")).await.status, 404);
    });
}

#[test]
fn a_narration_grows_into_a_question_and_both_keep_the_link() {
    both(async |engine| {
        let (app, ada, bo, slug) = world(engine).await;
        let from = acts::narrate(&app.by(ada), &narrating("The alarm went off again.", &slug)).await.unwrap();
        let growing = Growing { kind: Some(Kind::Question), words: "Does yours, too?".into(), ..Growing::default() };
        no(acts::grow(&app.by(bo), from, &growing).await);
        let question = acts::grow(&app.by(ada), from, &growing).await.unwrap();
        no(acts::grow(&app.by(ada), question, &growing).await);
        let story = Growing { kind: Some(Kind::Story), ..growing.clone() };
        no(acts::grow(&app.by(ada), from, &story).await);
        let source = app.client().get(&format!("/conversations/{from}")).await;
        assert!(source.main().contains("led to") && source.main().contains(&format!("/conversations/{question}")));
        let grown = app.client().get(&format!("/conversations/{question}")).await;
        assert!(grown.main().contains("grew from") && grown.main().contains(&format!("/conversations/{from}")));
    });
}

#[test]
fn wrong_input_gives_the_box_back_with_its_words() {
    both(async |engine| {
        let (app, ada, _, slug) = world(engine).await;
        let secret = person::acts::begin_session(&app.stranger(), ada, "").await.unwrap();
        let browser = app.client().with_cookie(&secret);
        let fields = [("words", "a whole paragraph"), ("community", slug.as_str()), ("trail", "new"), ("trail_title", "")];
        let answer = browser.post("/narrations", &fields).await;
        assert_eq!(answer.status, 422);
        assert!(answer.main().contains("a whole paragraph") && answer.main().contains("give the trail a title"));
        let empty = browser.post("/narrations", &[("words", "  ")]).await;
        assert!(empty.main().contains("Please write something here."));
    });
}

#[test]
fn a_narration_for_a_circle_is_for_those_who_are_in_it_now() {
    both(async |engine| {
        let (app, ada, bo, slug) = world(engine).await;
        let circle = person::circles::NewCircle { name: "night shift".into(), people: "bo".into() };
        let circle = person::circles::make(&app.by(ada), &circle).await.unwrap();
        let narrating = Narrating { circle: Line(circle.to_string()), ..narrating("The pump again.", &slug) };
        let id = acts::narrate(&app.by(ada), &narrating).await.unwrap();
        let seen = said::one(&app.by(bo), id).await.unwrap().unwrap();
        assert_eq!((seen.audience, seen.kind, seen.place.is_none()), (For::Named, Some(Kind::Narration), true));
        assert!(said::one(&app.stranger(), id).await.unwrap().is_none());
        let secret = person::acts::begin_session(&app.stranger(), ada, "").await.unwrap();
        assert!(app.client().with_cookie(&secret).get("/").await.main().contains("night shift"));
    });
}

async fn reply(app: &App, by: PersonId, to: ContributionId, words: &str) -> ContributionId {
    let new = NewReply { words: words.into(), ..NewReply::default() };
    conversation::acts::reply(&app.by(by), to, &new).await.unwrap()
}

async fn talk(app: &App, by: PersonId, named: &str, words: &str) -> ContributionId {
    let new = NewContribution { words: words.into(), audience: Some(For::Named), named: named.into(), ..NewContribution::default() };
    conversation::acts::contribute(&app.by(by), None, &new, &Lineage::default()).await.unwrap()
}

async fn collect(app: &App, by: PersonId, all: &[ContributionId]) {
    for id in all {
        collecting::collect(&app.by(by), *id).await.unwrap();
    }
}

fn seeing(words: &str, slug: &str) -> Seeing {
    Seeing { words: words.into(), community: Line(slug.to_owned()), kind: Some(As::Insight), ..Seeing::default() }
}

async fn browser(app: &App, person: PersonId) -> testkit::Client {
    let secret = person::acts::begin_session(&app.stranger(), person, "").await.unwrap();
    app.client().with_cookie(&secret)
}

#[test]
fn what_is_seen_and_what_it_looks_at_keep_links_both_ways() {
    both(async |engine| {
        let (app, ada, bo, slug) = world(engine).await;
        let narration = acts::narrate(&app.by(ada), &narrating("The alarm went off at three.", &slug)).await.unwrap();
        let answer = reply(&app, bo, narration, "Ours at four.").await;
        let other = acts::narrate(&app.by(ada), &narrating("The pump was warm.", &slug)).await.unwrap();
        no(sense::make_sense(&app.by(ada), &seeing("nothing yet", &slug)).await);
        collect(&app, ada, &[answer, other, narration, answer]).await;
        collecting::shift(&app.by(ada), narration, Way::Up).await.unwrap();
        collecting::shift(&app.by(ada), narration, Way::Up).await.unwrap();
        collecting::let_go(&app.by(ada), other).await.unwrap();
        let id = sense::make_sense(&app.by(ada), &seeing("It is the night, not the pump.", &slug)).await.unwrap();
        let sources = said::sources(&app.stranger(), id).await.unwrap();
        assert_eq!(sources.iter().map(|s| s.id).collect::<Vec<_>>(), [narration, answer], "in the order given");
        assert!(said::tray(&app.by(ada)).await.unwrap().is_empty(), "what was said of is no longer in the tray");
        let seen = app.client().get(&format!("/conversations/{id}")).await;
        assert!(seen.main().contains("Ours at four.") && seen.main().contains(&format!("/conversations/{narration}#r{answer}")));
        let source = app.client().get(&format!("/conversations/{narration}")).await;
        assert_eq!(source.main().matches("collected in").count(), 2, "the narration and the reply say where");
        assert!(source.main().contains(&format!("/conversations/{id}")));
        let told = "select toward from journal where verb = 'made_sense'";
        let told: String = app.house.db.one(told, kernel::vals![]).await.unwrap().unwrap().take().unwrap();
        assert_eq!(told, bo.to_string(), "those whose words were looked at are told");
        conversation::acts::withdraw(&app.by(bo), answer).await.unwrap();
        assert!(!app.client().get(&format!("/conversations/{id}")).await.body.contains("Ours at four."));
    });
}

#[test]
fn each_source_stays_with_those_who_may_read_it() {
    both(async |engine| {
        let (app, ada, bo, slug) = world(engine).await;
        let inner = Narrating { audience: Some(For::Community), ..narrating("canary for members", &slug) };
        let inner = acts::narrate(&app.by(ada), &inner).await.unwrap();
        let open = acts::narrate(&app.by(ada), &narrating("for everybody", &slug)).await.unwrap();
        collect(&app, ada, &[inner, open]).await;
        let id = sense::make_sense(&app.by(ada), &seeing("the same in both", &slug)).await.unwrap();
        for path in [format!("/conversations/{id}"), format!("/api/v1/contributions/{id}/sources")] {
            let seen = browser(&app, bo).await.get(&path).await;
            assert!(seen.body.contains("for everybody") && !seen.body.contains("canary"), "{path}");
        }
        membership::acts::join(&app.by(bo), &slug, &Default::default()).await.unwrap();
        assert!(browser(&app, bo).await.get(&format!("/conversations/{id}")).await.body.contains("canary for members"));
        let mine = Seeing { audience: Some(For::Me), ..seeing("canary of mine", &slug) };
        collect(&app, ada, &[open]).await;
        sense::make_sense(&app.by(ada), &mine).await.unwrap();
        assert!(!app.client().get(&format!("/conversations/{open}")).await.body.contains("canary"));
    });
}

#[test]
fn private_talk_is_looked_at_by_oneself_alone() {
    both(async |engine| {
        let (app, ada, bo, slug) = world(engine).await;
        let private = talk(&app, bo, "ada", "between us").await;
        collect(&app, ada, &[private]).await;
        no(sense::make_sense(&app.by(ada), &seeing("for all to see", &slug)).await);
        no(sense::make_sense(&app.by(ada), &Seeing { audience: Some(For::Named), ..seeing("x", "") }).await);
        assert_eq!(said::tray(&app.by(ada)).await.unwrap().len(), 1, "nothing is lost");
        let mine = Seeing { audience: Some(For::Me), ..seeing("a note to myself", &slug) };
        let id = sense::make_sense(&app.by(ada), &mine).await.unwrap();
        no(conversation::acts::reach(&app.by(ada), id, &Reaching { audience: For::Open }).await);
        assert!(!browser(&app, bo).await.get(&format!("/conversations/{private}")).await.main().contains("collected in"));
    });
}

#[test]
fn a_tray_is_its_persons_alone_and_holds_thirty() {
    both(async |engine| {
        let (app, ada, bo, slug) = world(engine).await;
        let first = acts::narrate(&app.by(ada), &narrating("one", &slug)).await.unwrap();
        let hidden = acts::narrate(&app.by(ada), &narrating("mine alone", "")).await.unwrap();
        no(collecting::collect(&app.by(bo), hidden).await);
        collect(&app, bo, &[first]).await;
        assert!(said::tray(&app.by(ada)).await.unwrap().is_empty());
        let page = browser(&app, bo).await.get(&format!("/conversations/{first}")).await;
        assert!(page.main().contains("Out of my tray"));
        assert!(browser(&app, bo).await.get("/").await.main().contains("What you collected"));
        for n in 1..30 {
            let id = reply(&app, ada, first, &format!("reply {n}")).await;
            collect(&app, bo, &[id]).await;
        }
        let more = reply(&app, ada, first, "too many").await;
        no(collecting::collect(&app.by(bo), more).await);
        assert!(browser(&app, bo).await.get("/sense").await.main().contains("reply 29"));
    });
}
