//! Claiming a voice, on both engines. Names of tests are the rules of README.md.

use community::acts::NewCommunity;
use community::{Openness, Stage};
use conversation::{ContributionId, For, Remembered, remember, store as contributions};
use kernel::{Batch, CommunityId, Cursor, Error, Line, PersonId, Silence, Timestamp, VoiceId, clock, vals};
use membership::acts::Joining;
use membership::store::Waiting;
use person::acts::NewAccount;
use shell::Slice;
use testkit::{App, Client, Engine, both};

use super::acts::{self, Answer, Answering, Asking, Giving, Offering, TakingBack, Word};
use super::{ClaimId, State, store};

fn slices() -> Vec<Slice> {
    vec![person::slice(), attachment::slice(), community::slice(), membership::slice(), conversation::slice(), narration::slice(), practice::slice(), change::slice(), crate::slice()]
}

struct World {
    app: App,
    /// Steward of "nights".
    ada: PersonId,
    /// A member there.
    bo: PersonId,
    /// Has an account and belongs nowhere.
    cy: PersonId,
    ops: PersonId,
    voice: VoiceId,
    said: ContributionId,
    hidden: ContributionId,
}

const OUTSIDE: &str = "It was said in the open.";
const INSIDE: &str = "canary-inside: only members read it.";

/// A voice "Ada Night" said something in the open and something for members; Ada is steward there.
async fn world(engine: Engine) -> World {
    let app = App::new(engine, slices).await;
    let mut people = Vec::new();
    for handle in ["ada", "bo", "cy", "ops"] {
        let account = NewAccount::new(handle, &handle.to_uppercase(), "a quiet sentence");
        people.push(person::acts::add(&app.system(), &account, handle == "ops").await.unwrap());
    }
    let new = NewCommunity {
        name: "nights".into(),
        slug: Line("nights".into()),
        domain: "Shifts".into(),
        purpose: "Nobody is put at risk".into(),
        practice: "".into(),
        openness: Some(Openness::Open),
        stage: Some(Stage::Growing),
    };
    let place = membership::acts::found(&app.by(people[0]), &new).await.unwrap().0;
    membership::acts::join(&app.by(people[1]), "nights", &Joining::default()).await.unwrap();
    let voice = person::acts::remember_voice(&app.system(), "forum.example", "Ívar Night", "").await.unwrap();
    let said = say(&app, place, voice, OUTSIDE, For::Open).await;
    let hidden = say(&app, place, voice, INSIDE, For::Community).await;
    World { app, ada: people[0], bo: people[1], cy: people[2], ops: people[3], voice, said, hidden }
}

async fn say(app: &App, community: CommunityId, voice: VoiceId, words: &str, audience: For) -> ContributionId {
    let mut batch = Batch::new();
    let it = Remembered {
        community,
        voice,
        answers: None,
        kind: None,
        asks: false,
        audience,
        title: "",
        words,
        quote: "",
        gone: false,
        work: "",
        link: "https://forum.example/1",
        trail: None,
        at: Timestamp(1_500_000_000_000_000),
    };
    let (id, _) = remember(&mut batch, &app.system(), &it).unwrap();
    app.house.db.write(batch).await.unwrap();
    id
}

impl World {
    async fn ask(&self, who: PersonId) -> kernel::Result<ClaimId> {
        acts::ask(&self.app.by(who), self.voice, &Asking { words: "I led the nights then.".into() }).await
    }

    async fn vouch(&self, who: PersonId, claim: ClaimId) -> kernel::Result<()> {
        acts::give_word(&self.app.by(who), claim, &Giving { word: Some(Word::Vouch), reason: "".into() }).await
    }

    async fn claimed(&self) -> ClaimId {
        let claim = self.ask(self.cy).await.unwrap();
        self.vouch(self.ada, claim).await.unwrap();
        claim
    }

    async fn state(&self, who: PersonId, claim: ClaimId) -> State {
        store::claim(&self.app.by(who), claim).await.unwrap().unwrap().state
    }

    async fn waits(&self, who: PersonId) -> Vec<String> {
        let all = membership::store::waiting(&self.app.by(who)).await.unwrap();
        all.into_iter().filter_map(|w| if let Waiting::Care { what, .. } = w { Some(what) } else { None }).collect()
    }

    async fn client(&self, who: PersonId) -> Client {
        let cookie = person::acts::begin_session(&self.app.stranger(), who, "").await.unwrap();
        self.app.client().with_cookie(&cookie)
    }

    async fn name_shown(&self, who: PersonId) -> String {
        contributions::one(&self.app.by(who), self.said).await.unwrap().unwrap().author.name
    }
}

fn refused<T: std::fmt::Debug>(result: kernel::Result<T>) {
    assert!(matches!(result, Err(Error::Refused(_))), "{result:?}");
}

fn not_found<T: std::fmt::Debug>(result: kernel::Result<T>) {
    assert!(matches!(result, Err(Error::NotFound)), "{result:?}");
}

#[test]
fn a_voice_is_claimed_by_its_persons_own_act_and_a_stewards_word() {
    both(async |engine| {
        let w = world(engine).await;
        let claim = w.ask(w.cy).await.unwrap();
        assert_eq!(w.waits(w.ada).await, ["claim"]);
        assert!(w.waits(w.bo).await.is_empty() && w.waits(w.ops).await.is_empty());
        assert_eq!(w.name_shown(w.bo).await, "Ívar Night", "asking alone changes nothing");
        not_found(w.vouch(w.bo, claim).await);
        refused(w.vouch(w.cy, claim).await);
        w.vouch(w.ada, claim).await.unwrap();
        assert_eq!(w.state(w.cy, claim).await, State::Claimed);
        assert_eq!(w.waits(w.cy).await, ["claim_answered"]);
        let said = contributions::one(&w.app.by(w.bo), w.said).await.unwrap().unwrap();
        assert_eq!((said.author.name.as_str(), said.author.handle.as_deref()), ("CY", Some("cy")));
        assert_eq!(said.author.origin.as_deref(), Some("forum.example"));
        refused(w.vouch(w.ada, claim).await);
        acts::has_read(&w.app.by(w.cy), claim).await.unwrap();
        assert!(w.waits(w.cy).await.is_empty() && w.waits(w.ada).await.is_empty());
    });
}

#[test]
fn an_offer_by_a_steward_is_nothing_before_its_person_accepts() {
    both(async |engine| {
        let w = world(engine).await;
        let offer = |handle: &str| Offering { handle: Line(handle.into()) };
        refused(acts::offer(&w.app.by(w.bo), w.voice, &offer("bo")).await);
        acts::offer(&w.app.by(w.ada), w.voice, &offer("@bo")).await.unwrap();
        let claim = store::mine(&w.app.by(w.bo), 9).await.unwrap().remove(0);
        assert_eq!((claim.state, w.waits(w.bo).await), (State::Offered, vec!["claim_offered".to_owned()]));
        assert_eq!(w.name_shown(w.bo).await, "Ívar Night");
        refused(acts::answer(&w.app.by(w.ada), claim.id, &Answering { answer: Answer::Accept }).await);
        acts::answer(&w.app.by(w.bo), claim.id, &Answering { answer: Answer::Accept }).await.unwrap();
        assert_eq!(w.name_shown(w.cy).await, "BO");
        assert!(w.waits(w.bo).await.is_empty());
    });
}

#[test]
fn an_offer_answers_the_same_whoever_is_meant() {
    both(async |engine| {
        let w = world(engine).await;
        person::silencing::silence_person(&w.app.by(w.bo), w.ada, Silence::Block).await.unwrap();
        for handle in ["nobody-here", "cy", "bo"] {
            acts::offer(&w.app.by(w.ada), w.voice, &Offering { handle: Line(handle.into()) }).await.unwrap();
        }
        let made: i64 = w.app.house.db.one("select count(*) from claim", vals![]).await.unwrap().unwrap().take().unwrap();
        assert_eq!(made, 0, "nobody, no member, and one who blocked");
    });
}

#[test]
fn claiming_makes_no_membership_and_shows_nothing_more() {
    both(async |engine| {
        let w = world(engine).await;
        w.claimed().await;
        assert!(!membership::store::standing(&w.app.by(w.cy), community::store::by_slug(&w.app.by(w.cy), "nights").await.unwrap().unwrap().id).await.unwrap().member);
        assert!(contributions::one(&w.app.by(w.cy), w.hidden).await.unwrap().is_none(), "also not what they said there themselves");
        not_found(conversation::acts::withdraw(&w.app.by(w.cy), w.hidden).await);
        let page = w.client(w.cy).await.get("/@cy/said").await;
        assert!(page.body.contains(OUTSIDE) && !page.body.contains("canary-inside"), "{}", page.body);
        let inside = w.client(w.bo).await.get("/@cy/said").await;
        assert!(inside.body.contains(OUTSIDE) && inside.body.contains("canary-inside"));
    });
}

#[test]
fn who_claimed_withdraws_and_does_not_change() {
    both(async |engine| {
        let w = world(engine).await;
        w.claimed().await;
        let page = w.client(w.cy).await.get(&format!("/contributions/{}/edit", w.said)).await;
        assert_eq!(page.status, 403, "{}", page.body);
        refused(conversation::acts::withdraw(&w.app.by(w.bo), w.said).await);
        conversation::acts::withdraw(&w.app.by(w.cy), w.said).await.unwrap();
        assert!(contributions::one(&w.app.by(w.bo), w.said).await.unwrap().unwrap().withdrawn);
        let again = conversation::acts::withdraw(&w.app.by(w.cy), w.said).await.unwrap();
        assert!(again.withdrawn);
    });
}

#[test]
fn a_person_lets_go_on_any_day_and_the_voice_is_a_voice_again() {
    both(async |engine| {
        let w = world(engine).await;
        let claim = w.claimed().await;
        refused(acts::let_go(&w.app.by(w.ada), claim).await);
        acts::let_go(&w.app.by(w.cy), claim).await.unwrap();
        assert_eq!(w.name_shown(w.bo).await, "Ívar Night");
        refused(acts::let_go(&w.app.by(w.cy), claim).await);
        // and can say it again
        let again = w.ask(w.cy).await.unwrap();
        acts::let_go(&w.app.by(w.cy), again).await.unwrap();
        assert!(w.waits(w.ada).await.is_empty(), "a question that was let go waits for nobody");
    });
}

#[test]
fn who_vouched_takes_it_back_with_a_reason_and_withdrawn_words_stand_again() {
    both(async |engine| {
        let w = world(engine).await;
        let claim = w.claimed().await;
        w.app.later(clock::MINUTE);
        conversation::acts::withdraw(&w.app.by(w.cy), w.said).await.unwrap();
        let none = TakingBack::default();
        assert!(matches!(acts::take_back(&w.app.by(w.ada), claim, &none).await, Err(Error::Invalid(_))));
        let why = TakingBack { reason: "It was somebody else.".into() };
        not_found(acts::take_back(&w.app.by(w.bo), claim, &why).await);
        acts::take_back(&w.app.by(w.ada), claim, &why).await.unwrap();
        let said = contributions::one(&w.app.by(w.bo), w.said).await.unwrap().unwrap();
        assert_eq!((said.author.name.as_str(), said.withdrawn), ("Ívar Night", false));
        let page = w.client(w.cy).await.get(&format!("/claims/{claim}")).await;
        assert!(page.body.contains("It was somebody else."), "{}", page.body);
    });
}

#[test]
fn a_voice_has_one_person_and_others_who_asked_are_told() {
    both(async |engine| {
        let w = world(engine).await;
        let (first, second) = (w.ask(w.cy).await.unwrap(), w.ask(w.bo).await.unwrap());
        refused(w.ask(w.cy).await);
        w.vouch(w.ada, first).await.unwrap();
        assert_eq!(w.state(w.bo, second).await, State::Declined);
        assert_eq!(w.waits(w.bo).await, ["claim_answered"]);
        refused(w.vouch(w.ada, second).await);
        refused(w.ask(w.bo).await);
        assert!(w.waits(w.ada).await.is_empty());
    });
}

#[test]
fn a_person_may_have_several_voices() {
    both(async |engine| {
        let w = world(engine).await;
        w.claimed().await;
        let place = community::store::by_slug(&w.app.by(w.ada), "nights").await.unwrap().unwrap().id;
        let other = person::acts::remember_voice(&w.app.system(), "chat.example", "inight", "").await.unwrap();
        say(&w.app, place, other, "And this in the chat.", For::Open).await;
        let claim = acts::ask(&w.app.by(w.cy), other, &Asking { words: "My name in the chat.".into() }).await.unwrap();
        w.vouch(w.ada, claim).await.unwrap();
        let said = contributions::of_person(&w.app.stranger(), w.cy, Cursor::NEWEST, 1).await.unwrap();
        let rest = contributions::of_person(&w.app.stranger(), w.cy, said.next.unwrap(), 1).await.unwrap();
        let words: Vec<_> = said.items.iter().chain(&rest.items).map(|s| s.words.as_str()).collect();
        assert_eq!((words, rest.next), (vec!["And this in the chat.", OUTSIDE], None));
    });
}

#[test]
fn a_steward_declines_with_a_word_why_and_is_left_alone_for_a_month() {
    both(async |engine| {
        let w = world(engine).await;
        let claim = w.ask(w.cy).await.unwrap();
        let decline = |reason: &str| Giving { word: Some(Word::Decline), reason: reason.into() };
        assert!(matches!(acts::give_word(&w.app.by(w.ada), claim, &decline("")).await, Err(Error::Invalid(_))));
        acts::give_word(&w.app.by(w.ada), claim, &decline("I know Ívar, and it is not you.")).await.unwrap();
        refused(w.ask(w.cy).await);
        w.app.later(31 * clock::DAY);
        w.ask(w.cy).await.unwrap();
    });
}

#[test]
fn where_there_is_no_other_steward_the_operator_answers() {
    both(async |engine| {
        let w = world(engine).await;
        let claim = w.ask(w.ada).await.unwrap();
        assert_eq!((w.waits(w.ops).await, w.waits(w.ada).await), (vec!["claim".to_owned()], vec![]));
        refused(w.vouch(w.ada, claim).await);
        w.vouch(w.ops, claim).await.unwrap();
        assert_eq!(w.name_shown(w.bo).await, "ADA");
        let other = world(engine).await;
        let asked = other.ask(other.cy).await.unwrap();
        not_found(other.vouch(other.ops, asked).await);
    });
}

#[test]
fn a_voice_is_found_by_who_sees_something_of_it() {
    both(async |engine| {
        let w = world(engine).await;
        let place = community::store::by_slug(&w.app.by(w.ada), "nights").await.unwrap().unwrap().id;
        let secret = person::acts::remember_voice(&w.app.system(), "forum.example", "Ívar Secret", "").await.unwrap();
        say(&w.app, place, secret, INSIDE, For::Community).await;
        let found = async |who: PersonId, name: &str| {
            let page = store::voices(&w.app.by(who), name, None, 9).await.unwrap();
            page.items.into_iter().map(|v| v.name).collect::<Vec<_>>()
        };
        assert_eq!(found(w.cy, "ÍV").await, ["Ívar Night"]);
        assert_eq!(found(w.bo, "ívar").await, ["Ívar Night", "Ívar Secret"]);
        assert!(found(w.bo, "%").await.is_empty() && found(w.bo, "night").await.is_empty());
        let first = store::voices(&w.app.by(w.bo), "ívar", None, 1).await.unwrap();
        let second = store::voices(&w.app.by(w.bo), "ívar", first.next, 1).await.unwrap();
        assert_eq!((second.items[0].name.as_str(), second.next), ("Ívar Secret", None::<Cursor>));
        not_found(acts::ask(&w.app.by(w.cy), secret, &Asking { words: "it was me".into() }).await);
        assert!(store::voice(&w.app.by(w.cy), secret).await.unwrap().is_none());
    });
}

#[test]
fn words_of_somebody_one_blocked_are_not_read_under_their_claim_either() {
    both(async |engine| {
        let w = world(engine).await;
        w.claimed().await;
        person::silencing::silence_person(&w.app.by(w.bo), w.cy, Silence::Block).await.unwrap();
        let said = contributions::one(&w.app.by(w.bo), w.said).await.unwrap().unwrap();
        assert!(said.words.is_empty() && said.author.name.is_empty());
    });
}

#[test]
fn who_leaves_takes_the_claim_along_and_the_voice_stays() {
    both(async |engine| {
        let w = world(engine).await;
        w.claimed().await;
        let export = (crate::claims::belongings::BELONGINGS.export)(w.app.by(w.cy), w.cy).await.unwrap().to_string();
        assert!(export.contains(OUTSIDE) && export.contains("I led the nights then."), "{export}");
        let cy = w.client(w.cy).await;
        assert!(cy.get("/me/leaving").await.body.contains("Remembered voices that you claimed: 1."));
        let left = cy.post("/me/leaving", &[("words", "erase"), ("password", "a quiet sentence")]).await;
        assert_eq!(left.status, 303, "{}", left.body);
        assert_eq!(w.name_shown(w.bo).await, "Ívar Night");
        let kept: i64 = w.app.house.db.one("select (select count(*) from claim) + (select count(*) from claim_place)", vals![]).await.unwrap().unwrap().take().unwrap();
        assert_eq!(kept, 0);
    });
}

#[test]
fn the_way_from_a_conversation_to_ones_own_words_works_by_pages_alone() {
    both(async |engine| {
        let w = world(engine).await;
        let (cy, ada) = (w.client(w.cy).await, w.client(w.ada).await);
        let page = cy.get(&format!("/conversations/{}", w.said)).await;
        let voice = format!("/voices/{}", w.voice.0);
        assert!(page.body.contains(&format!("href=\"{voice}\"")), "{}", page.body);
        assert!(!w.app.client().get(&format!("/conversations/{}", w.said)).await.body.contains(&voice), "strangers are not asked");
        let found = cy.get("/voices?q=%C3%ADvar").await;
        assert!(found.body.contains(&voice), "{}", found.body);
        let short = cy.post(&format!("{voice}/claims"), &[("words", "")]).await;
        assert_eq!(short.status, 422);
        let sent = cy.post(&format!("{voice}/claims"), &[("words", "I was the one with the pen.")]).await;
        let claim = sent.header("location").to_owned();
        assert!(claim.starts_with("/claims/"), "{claim}");
        assert!(ada.get("/me/waiting").await.body.contains(&claim));
        assert!(ada.get(&claim).await.body.contains("I was the one with the pen."));
        ada.post(&format!("{claim}/word"), &[("word", "vouch"), ("reason", "")]).await;
        let page = w.app.client().get(&format!("/conversations/{}", w.said)).await;
        for part in ["href=\"/@cy\"", "remembered from forum.example"] {
            assert!(page.body.contains(part), "{part}: {}", page.body);
        }
        cy.post(&format!("{claim}?_method=delete"), &[]).await;
        assert!(w.app.client().get(&format!("/conversations/{}", w.said)).await.body.contains("Ívar Night"));
    });
}
