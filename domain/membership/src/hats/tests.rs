//! Acts on hats on both engines. Names of tests are the rules of README.md.

use community::Openness;
use kernel::clock::DAY;
use kernel::{Cursor, PersonId};
use testkit::both;

use super::handover::{self, HandingOver, Telling};
use super::naming::{self, Naming};
use super::terms::{self, GoingOn};
use super::{LayingDown, Offering, sheet, store};
use crate::knocking::{self, Knocking};
use crate::store::{self as members, HatWay, Waiting};
use crate::tests::{World, no, world};
use crate::{HatId, hats};

/// Half a year and a little.
const A_TERM: i64 = 184 * DAY;

impl World {
    async fn worn(&self) -> Vec<store::Worn> {
        store::worn(&self.app.stranger(), self.id).await.unwrap()
    }

    async fn hat_of(&self, person: PersonId) -> HatId {
        self.worn().await.into_iter().find(|w| w.person == person).expect("they wear a hat").id
    }

    async fn wearers(&self) -> Vec<String> {
        self.worn().await.into_iter().map(|w| format!("{}: {}", w.handle, w.hat)).collect()
    }

    async fn is_steward(&self, person: PersonId) -> bool {
        members::standing(&self.app.by(person), self.id).await.unwrap().steward
    }

    /// The hat that somebody is offered.
    async fn offered(&self, person: PersonId) -> HatId {
        let waiting = self.waiting(person).await;
        let mut hats = waiting.iter().filter_map(|w| if let Waiting::Hat { id, .. } = w { Some(*id) } else { None });
        hats.next_back().unwrap_or_else(|| panic!("no hat waits: {waiting:?}"))
    }

    async fn minute(&self) {
        terms::end_over(&self.app.house).await.unwrap();
    }

    /// Ada offers her hat to Bo, who shadows her from then on.
    async fn bo_shadows_ada(&self) -> HatId {
        self.join(self.bo).await.unwrap();
        let hat = self.hat_of(self.ada).await;
        handover::offer(&self.app.by(self.ada), hat, &to("bo")).await.unwrap();
        hats::accept(&self.app.by(self.bo), self.offered(self.bo).await).await.unwrap();
        hat
    }

    async fn door(&self) -> String {
        self.app.client().get(&format!("/c/{}", self.slug)).await.main().to_owned()
    }
}

fn to(handle: &str) -> HandingOver {
    HandingOver { handle: handle.into(), months: "3".into() }
}

fn naming(handle: &str, hat: &str) -> Naming {
    Naming { handle: handle.into(), hat: hat.into(), note: "you greet everybody".into(), ..Naming::default() }
}

#[test]
fn a_hat_has_the_term_that_was_offered_and_accepted() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        w.join(w.bo).await.unwrap();
        let offering = Offering { handle: "bo".into(), hat: "welcomer".into(), months: "3".into(), ..Offering::default() };
        hats::offer(&w.app.by(w.ada), &w.slug, &offering).await.unwrap();
        let [Waiting::Hat { id, months: 3, way: HatWay::Offered, .. }] = w.waiting(w.bo).await[..] else { panic!() };
        assert_eq!(w.wearers().await, ["ada: steward"]);
        hats::accept(&w.app.by(w.bo), id).await.unwrap();
        assert_eq!(w.wearers().await, ["ada: steward", "bo: welcomer"]);
        let ends: Vec<_> = w.worn().await.iter().map(|h| h.until.unwrap().rfc3339()).collect();
        assert_eq!(ends, ["2027-05-24T12:00:00Z", "2027-02-24T12:00:00Z"], "the founder's, half a year");
        assert!(!w.is_steward(w.bo).await);
        let door = w.door().await;
        assert!(door.contains("welcomer") && door.contains("until 24 February 2027"), "{door}");
    });
}

#[test]
fn a_wearer_is_asked_two_weeks_before_and_goes_on_in_the_open() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let (ada, hat) = (w.app.by(w.ada), w.hat_of(w.ada).await);
        no(terms::go_on(&ada, hat, &GoingOn::default()).await);
        w.app.later(A_TERM - 10 * DAY);
        assert!(matches!(w.waiting(w.ada).await[..], [Waiting::Term { over: false, .. }]));
        no(terms::go_on(&ada, hat, &GoingOn { months: "40".into() }).await);
        no(terms::go_on(&w.app.by(w.bo), hat, &GoingOn::default()).await);
        terms::go_on(&ada, hat, &GoingOn::default()).await.unwrap();
        assert!(w.waiting(w.ada).await.is_empty());
        let worn = &w.worn().await[0];
        assert!(worn.renewed_at.is_some() && worn.until.unwrap() > w.app.house.clock.now().plus(170 * DAY));
        let page = w.app.client().get(&format!("/c/{}/hats", w.slug)).await;
        assert!(page.body.contains("went on on"), "{}", page.main());
    });
}

#[test]
fn a_term_without_successor_opens_a_call_and_nobody_is_left_without_steward() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        w.join(w.bo).await.unwrap();
        let hat = w.hat_of(w.ada).await;
        no(terms::answer_call(&w.app.by(w.bo), hat).await);
        w.app.later(A_TERM);
        w.join(w.cy).await.unwrap();
        // Two nodes look at once, and again.
        let (one, two) = tokio::join!(terms::end_over(&w.app.house), terms::end_over(&w.app.house));
        assert!(one.is_ok() && two.is_ok());
        assert_eq!(terms::end_over(&w.app.house).await.unwrap(), 0);
        assert!(w.is_steward(w.ada).await, "she keeps it until somebody takes it");
        assert!(matches!(w.waiting(w.ada).await[..], [Waiting::Term { over: true, .. }]));
        assert!(matches!(w.waiting(w.bo).await[..], [Waiting::Call { .. }]));
        assert!(w.waiting(w.cy).await.is_empty(), "who came just now is not asked");
        let door = w.door().await;
        assert!(door.contains("This hat waits for somebody: steward.") && door.contains("ada wears it until then."), "{door}");
        no(terms::answer_call(&w.app.by(w.cy), hat).await);
        no(terms::answer_call(&w.app.by(w.dee), hat).await);
        terms::answer_call(&w.app.by(w.bo), hat).await.unwrap();
        assert!(w.is_steward(w.bo).await && !w.is_steward(w.ada).await);
        no(terms::answer_call(&w.app.by(w.cy), hat).await);
        assert_eq!(members::stewards(&w.app.system(), w.id).await.unwrap(), 1);
        assert!(!w.door().await.contains("waits for somebody"));
    });
}

#[test]
fn who_wears_a_hat_that_calls_goes_on_or_lays_it_down_with_the_second_word() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let (ada, hat) = (w.app.by(w.ada), w.hat_of(w.ada).await);
        terms::call(&ada, hat).await.unwrap();
        terms::call(&ada, hat).await.unwrap();
        assert!(w.worn().await[0].called_at.is_some(), "before its term is over, too");
        terms::go_on(&ada, hat, &GoingOn::default()).await.unwrap();
        assert!(w.worn().await[0].called_at.is_none());
        w.app.later(A_TERM);
        w.minute().await;
        no(hats::lay_down(&ada, &w.slug, &LayingDown::default()).await);
        no(hats::put_down(&ada, hat).await);
        assert!(w.is_steward(w.ada).await);
        hats::lay_down(&ada, &w.slug, &LayingDown { all_the_same: "yes".into() }).await.unwrap();
        assert!(w.door().await.contains("no steward at the moment"));
        hats::take_up(&ada, &w.slug).await.unwrap();
        assert!(w.worn().await[0].until.is_some());
    });
}

#[test]
fn a_handover_passes_the_hat_in_one_step() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let hat = w.bo_shadows_ada().await;
        no(handover::pass(&w.app.by(w.bo), hat).await);
        no(handover::offer(&w.app.by(w.ada), hat, &to("bo")).await);
        w.app.later(14 * DAY);
        let before = w.app.house.db.one("select count(*) from journal", vec![]).await.unwrap().unwrap().take::<i64>().unwrap();
        handover::pass(&w.app.by(w.ada), hat).await.unwrap();
        let after = w.app.house.db.one("select count(*) from journal", vec![]).await.unwrap().unwrap().take::<i64>().unwrap();
        assert_eq!(after, before + 1, "one event tells of both");
        assert!(w.is_steward(w.bo).await && !w.is_steward(w.ada).await);
        assert_eq!(w.wearers().await, ["bo: steward"]);
        let past = store::past(&w.app.stranger(), w.id, Cursor::NEWEST, 9).await.unwrap().items;
        assert_eq!((past.len(), past[0].handle.as_str(), past[0].then.as_deref()), (1, "ada", Some("bo")));
        assert_eq!(w.worn().await[0].until.unwrap().rfc3339(), "2027-03-08T12:00:00Z", "the term that Bo agreed to");
    });
}

#[test]
fn a_shadow_sees_and_does_not_act() {
    both(async |engine| {
        let w = world(engine, Openness::Knock).await;
        let inviting = crate::invitations::Inviting { handle: "bo".into(), note: "".into() };
        crate::invitations::invite(&w.app.by(w.ada), &w.slug, &inviting).await.unwrap();
        knocking::knock(&w.app.by(w.dee), &w.slug, &Knocking { words: "canary words".into() }).await.unwrap();
        let hat = w.bo_shadows_ada().await;
        let (bo, ada) = (w.app.by(w.bo), w.app.by(w.ada));
        let tell = Telling { words: "Ask Cy about the keys.".into() };
        handover::tell(&ada, hat, &tell).await.unwrap();
        let seen = sheet::sheet(&bo, w.id, hat).await.unwrap();
        assert_eq!((seen.told.as_str(), seen.steward, seen.shadowing.is_some()), ("Ask Cy about the keys.", false, true));
        let waits = &sheet::waits(&bo, w.id).await.unwrap()[0];
        assert!(waits.what == "knock" && waits.who.is_empty() && waits.words.is_empty(), "who knocked wrote to the stewards");
        assert_eq!(sheet::waits(&ada, w.id).await.unwrap()[0].words, "canary words");
        // They are no steward before the hat has passed.
        assert!(!w.is_steward(w.bo).await && w.waiting(w.bo).await.is_empty());
        no(handover::tell(&bo, hat, &tell).await);
        no(hats::offer(&bo, &w.slug, &Offering { handle: "ada".into(), ..Offering::default() }).await);
        let knock = match &w.waiting(w.ada).await[..] {
            [Waiting::Knock { id, .. }] => *id,
            other => panic!("{other:?}"),
        };
        no(knocking::answer(&bo, knock, &knocking::Answering { answer: knocking::Answer::Open }).await);
        // Nobody else sees the sheet.
        for other in [w.cy, w.dee] {
            no(sheet::sheet(&w.app.by(other), w.id, hat).await);
        }
        // And who shadows stops on any day.
        let own = seen.shadowing.unwrap();
        hats::put_down(&bo, own).await.unwrap();
        no(sheet::sheet(&bo, w.id, hat).await);
        assert!(w.worn().await[0].shadow.is_none());
    });
}

#[test]
fn at_the_end_of_a_term_the_hat_passes_to_who_has_been_shadowing() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        w.bo_shadows_ada().await;
        w.app.later(A_TERM);
        w.minute().await;
        w.minute().await;
        assert_eq!(w.wearers().await, ["bo: steward"]);
        assert!(w.waiting(w.ada).await.is_empty());
    });
}

#[test]
fn who_lays_down_or_leaves_passes_the_hat_to_who_has_been_shadowing() {
    both(async |engine| {
        for leaves in [false, true] {
            let w = world(engine, Openness::Open).await;
            let hat = w.bo_shadows_ada().await;
            if leaves {
                w.leave(w.ada).await;
            } else {
                hats::put_down(&w.app.by(w.ada), hat).await.unwrap();
            }
            assert_eq!(w.wearers().await, ["bo: steward"]);
            assert!(w.is_steward(w.bo).await);
        }
    });
}

#[test]
fn who_shadows_and_leaves_takes_nothing_along() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let hat = w.bo_shadows_ada().await;
        w.leave(w.bo).await;
        assert!(w.worn().await[0].shadow.is_none());
        no(handover::pass(&w.app.by(w.ada), hat).await);
        w.app.later(A_TERM);
        w.minute().await;
        assert!(w.is_steward(w.ada).await && w.worn().await[0].called_at.is_some());
    });
}

#[test]
fn offering_ones_hat_answers_the_same_whoever_is_meant() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        w.join(w.bo).await.unwrap();
        w.join(w.cy).await.unwrap();
        let (ada, hat) = (w.app.by(w.ada), w.hat_of(w.ada).await);
        for handle in ["dee", "bo", "cy"] {
            handover::offer(&ada, hat, &to(handle)).await.unwrap();
        }
        assert!(w.waiting(w.dee).await.is_empty(), "no member is asked");
        assert!(w.waiting(w.bo).await.is_empty(), "the next one is asked instead");
        assert!(matches!(w.waiting(w.cy).await[..], [Waiting::Hat { way: HatWay::HandedOver, months: 3, .. }]));
        handover::take_back(&ada, hat).await.unwrap();
        assert!(w.waiting(w.cy).await.is_empty());
        no(handover::offer(&ada, hat, &to("ada")).await);
        no(handover::offer(&w.app.by(w.bo), hat, &to("cy")).await);
    });
}

#[test]
fn a_named_role_is_shown_only_after_its_person_accepts() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        w.join(w.bo).await.unwrap();
        w.join(w.cy).await.unwrap();
        naming::name(&w.app.by(w.bo), &w.slug, &naming("cy", "welcomer")).await.unwrap();
        let [Waiting::Hat { id, way: HatWay::Named, .. }] = w.waiting(w.cy).await[..] else { panic!() };
        for seen in [w.door().await, w.app.client().get(&format!("/c/{}/hats", w.slug)).await.body] {
            assert!(!seen.contains("welcomer") && !seen.contains("you greet"), "{seen}");
        }
        assert!(w.waiting(w.bo).await.is_empty() && w.waiting(w.ada).await.is_empty());
        no(hats::accept(&w.app.by(w.bo), id).await);
        hats::accept(&w.app.by(w.cy), id).await.unwrap();
        assert_eq!(w.wearers().await, ["ada: steward", "cy: welcomer"]);
        assert!(w.door().await.contains("welcomer"));
        let standing = members::standing(&w.app.by(w.cy), w.id).await.unwrap();
        assert!(crate::rules::may_care(crate::rules::Care::Greet, &standing).is_ok() && crate::rules::may_steward(&standing).is_err());
        let page = w.app.client().get("/@cy").await;
        assert!(page.body.contains("welcomer"), "{}", page.main());
    });
}

#[test]
fn naming_answers_the_same_whoever_is_meant_and_a_no_rests_for_a_month() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        w.join(w.bo).await.unwrap();
        w.join(w.cy).await.unwrap();
        let bo = w.app.by(w.bo);
        for handle in ["cy", "cy", "dee"] {
            naming::name(&bo, &w.slug, &naming(handle, "gardener")).await.unwrap();
        }
        assert!(w.waiting(w.dee).await.is_empty());
        assert_eq!(w.waiting(w.cy).await.len(), 1, "named twice, asked once");
        naming::name(&bo, &w.slug, &naming("cy", "storyteller")).await.unwrap();
        assert_eq!(w.waiting(w.cy).await.len(), 1, "nor by another name, from the same");
        hats::put_down(&w.app.by(w.cy), w.offered(w.cy).await).await.unwrap();
        naming::name(&bo, &w.slug, &naming("cy", "storyteller")).await.unwrap();
        naming::name(&w.app.by(w.ada), &w.slug, &naming("cy", "gardener")).await.unwrap();
        assert!(w.waiting(w.cy).await.is_empty());
        naming::name(&w.app.by(w.ada), &w.slug, &naming("cy", "storyteller")).await.unwrap();
        assert_eq!(w.waiting(w.cy).await.len(), 1, "somebody else, another role");
        w.app.later(31 * DAY);
        naming::name(&bo, &w.slug, &naming("cy", "gardener")).await.unwrap();
        assert_eq!(w.waiting(w.cy).await.len(), 2);
    });
}

#[test]
fn the_stewards_hat_is_never_named_and_nobody_names_themselves() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        w.join(w.bo).await.unwrap();
        let bo = w.app.by(w.bo);
        no(naming::name(&bo, &w.slug, &naming("ada", "steward")).await);
        no(naming::name(&bo, &w.slug, &Naming { other: "Vice-Steward".into(), ..naming("ada", "") }).await);
        no(naming::name(&bo, &w.slug, &naming("bo", "welcomer")).await);
        no(naming::name(&bo, &w.slug, &naming("ada", "")).await);
        no(naming::name(&w.app.by(w.dee), &w.slug, &naming("ada", "welcomer")).await);
        assert!(w.waiting(w.ada).await.is_empty());
    });
}

#[test]
fn a_role_is_laid_down_by_its_wearer_or_taken_off_by_a_steward_in_the_open() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        w.join(w.bo).await.unwrap();
        let (ada, bo) = (w.app.by(w.ada), w.app.by(w.bo));
        let own = Offering { handle: "bo".into(), other: "Keeper of the keys".into(), ..Offering::default() };
        hats::offer(&ada, &w.slug, &own).await.unwrap();
        hats::accept(&bo, w.offered(w.bo).await).await.unwrap();
        assert_eq!(w.wearers().await, ["ada: steward", "bo: Keeper of the keys"]);
        no(hats::take_off(&bo, &w.slug, w.hat_of(w.ada).await).await);
        no(hats::take_off(&ada, &w.slug, w.hat_of(w.ada).await).await);
        hats::put_down(&bo, w.hat_of(w.bo).await).await.unwrap();
        hats::offer(&ada, &w.slug, &own).await.unwrap();
        hats::accept(&bo, w.offered(w.bo).await).await.unwrap();
        hats::take_off(&ada, &w.slug, w.hat_of(w.bo).await).await.unwrap();
        let past = store::past(&w.app.stranger(), w.id, Cursor::NEWEST, 9).await.unwrap().items;
        assert_eq!(past.iter().map(|p| p.taken_off_by.as_deref()).collect::<Vec<_>>(), [Some("ada"), None]);
    });
}

#[test]
fn what_was_offered_and_not_answered_can_be_taken_back() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        w.join(w.bo).await.unwrap();
        let ada = w.app.by(w.ada);
        hats::take_back_offers(&ada, &w.slug).await.unwrap();
        hats::offer(&ada, &w.slug, &Offering { handle: "bo".into(), ..Offering::default() }).await.unwrap();
        hats::take_back_offers(&ada, &w.slug).await.unwrap();
        assert!(w.waiting(w.bo).await.is_empty());
    });
}

#[test]
fn the_next_wearer_reads_what_was_told_and_new_members_stand_on_the_sheet() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let hat = w.bo_shadows_ada().await;
        w.app.later(DAY);
        w.join(w.cy).await.unwrap();
        handover::tell(&w.app.by(w.ada), hat, &Telling { words: "**Ask** Cy.".into() }).await.unwrap();
        handover::pass(&w.app.by(w.ada), hat).await.unwrap();
        let browser = w.app.client().with_cookie(&person::acts::begin_session(&w.app.stranger(), w.bo, "").await.unwrap());
        let page = browser.get(&format!("/c/{}/hats/{}/handover", w.slug, w.hat_of(w.bo).await)).await;
        let main = page.main();
        assert!(main.contains("What ada told") && main.contains("<strong>Ask</strong> Cy.") && main.contains("@cy\""), "{main}");
    });
}

#[test]
fn words_about_hats_go_with_their_person() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let hat = w.bo_shadows_ada().await;
        w.join(w.cy).await.unwrap();
        handover::tell(&w.app.by(w.ada), hat, &Telling { words: "canary told".into() }).await.unwrap();
        naming::name(&w.app.by(w.ada), &w.slug, &naming("cy", "welcomer")).await.unwrap();
        let browser = w.app.client().with_cookie(&person::acts::begin_session(&w.app.stranger(), w.ada, "").await.unwrap());
        let answer = browser.post("/me/leaving", &[("words", "keep"), ("pseudonym", "Quiet Heron"), ("password", "a quiet sentence")]).await;
        assert_eq!(answer.status, 303, "{}", answer.main());
        assert_eq!(w.wearers().await, ["bo: steward"], "who shadowed wears it");
        assert!(w.waiting(w.cy).await.is_empty(), "what she had named is not asked any more");
        let sql = "select count(*) from hat where note <> '' or told <> ''";
        assert_eq!(w.app.house.db.one(sql, vec![]).await.unwrap().unwrap().take::<i64>().unwrap(), 0);
    });
}
