//! Acts of membership on both engines. Names of tests are the rules of README.md.

use community::acts::NewCommunity;
use community::{Openness, Stage};
use kernel::{Error, Line, PersonId};
use person::acts::NewAccount;
use shell::Slice;
use testkit::{App, both};

use crate::acts::{self, Joining, TakingPart};
use crate::hats::{self, LayingDown, Offering};
use crate::invitations::{self, Inviting, InvitingByLink};
use crate::knocking::{self, Answer, Answering, Knocking};
use crate::store::{self, Waiting};
use crate::suspension::{self, Suspending};
use crate::{Presence, Shown};

fn slices() -> Vec<Slice> {
    vec![person::slice(), community::slice(), crate::slice()]
}

/// An instance with Ada, who founded a community, and three others.
pub(crate) struct World {
    pub app: App,
    pub ada: PersonId,
    pub bo: PersonId,
    pub cy: PersonId,
    pub dee: PersonId,
    pub slug: String,
    pub id: kernel::CommunityId,
}

pub(crate) async fn world(engine: testkit::Engine, openness: Openness) -> World {
    let app = App::new(engine, slices).await;
    let mut people = Vec::new();
    for handle in ["ada", "bo", "cy", "dee"] {
        let account = NewAccount::new(handle, handle, "a quiet sentence");
        people.push(person::acts::add(&app.system(), &account, false).await.unwrap());
    }
    let (ada, bo, cy, dee) = (people[0], people[1], people[2], people[3]);
    let new = NewCommunity {
        name: "Night handovers".into(),
        slug: Line::default(),
        domain: "Shifts".into(),
        purpose: "Nobody is put at risk".into(),
        practice: "We tell".into(),
        openness: Some(openness),
        stage: Some(Stage::Growing),
    };
    let (id, slug) = acts::found(&app.by(ada), &new).await.unwrap();
    World { app, ada, bo, cy, dee, slug, id }
}

impl World {
    pub async fn join(&self, person: PersonId) -> Result<(), Error> {
        acts::join(&self.app.by(person), &self.slug, &Joining::default()).await.map(drop)
    }

    pub async fn leave(&self, person: PersonId) {
        acts::leave(&self.app.by(person), &self.slug).await.unwrap();
    }

    async fn is_member(&self, person: PersonId) -> bool {
        store::standing(&self.app.by(person), self.id).await.unwrap().takes_part()
    }

    pub async fn waiting(&self, person: PersonId) -> Vec<Waiting> {
        store::waiting(&self.app.by(person)).await.unwrap()
    }

    pub async fn people_seen_by(&self, viewer: &kernel::Cx) -> Vec<String> {
        let page = store::members(viewer, self.id, kernel::Cursor::OLDEST, 50).await.unwrap();
        page.items.into_iter().map(|m| m.handle).collect()
    }
}

fn inviting(handle: &str) -> Inviting {
    Inviting { handle: handle.into(), note: "come".into() }
}

pub(crate) fn no<T: std::fmt::Debug>(answer: Result<T, Error>) {
    assert!(matches!(answer, Err(Error::Refused(_) | Error::Invalid(_) | Error::NotFound)), "{answer:?}");
}

#[test]
fn a_founder_is_the_first_member_and_wears_the_first_hat() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let standing = store::standing(&w.app.by(w.ada), w.id).await.unwrap();
        assert!(standing.takes_part() && standing.steward);
        assert_eq!(store::spells(&w.app.by(w.ada)).await.unwrap().len(), 1);
    });
}

#[test]
fn joining_twice_is_one_membership_and_leaving_twice_is_no_fault() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let (one, two) = tokio::join!(w.join(w.bo), w.join(w.bo));
        one.unwrap();
        two.unwrap();
        assert_eq!(store::spells(&w.app.by(w.bo)).await.unwrap().len(), 1);
        w.leave(w.bo).await;
        w.leave(w.bo).await;
        assert!(!w.is_member(w.bo).await);
    });
}

#[test]
fn coming_back_is_as_easy_as_leaving_behind_every_door() {
    both(async |engine| {
        for openness in [Openness::Knock, Openness::Closed] {
            let w = world(engine, openness).await;
            invitations::invite(&w.app.by(w.ada), &w.slug, &inviting("bo")).await.unwrap();
            w.join(w.bo).await.unwrap();
            w.leave(w.bo).await;
            w.join(w.bo).await.unwrap();
            assert!(w.is_member(w.bo).await);
            let spells = store::spells(&w.app.by(w.bo)).await.unwrap();
            assert_eq!(spells.len(), 2);
            assert_ne!(spells[0].consent, spells[1].consent, "each spell names its own consent");
        }
    });
}

#[test]
fn an_invited_person_is_no_member_until_they_join() {
    both(async |engine| {
        let w = world(engine, Openness::Closed).await;
        no(w.join(w.bo).await);
        invitations::invite(&w.app.by(w.ada), &w.slug, &inviting("bo")).await.unwrap();
        assert!(!w.is_member(w.bo).await);
        assert!(matches!(w.waiting(w.bo).await[..], [Waiting::Invitation { .. }]));
        assert!(!w.people_seen_by(&w.app.by(w.ada)).await.contains(&"bo".to_owned()));
        w.join(w.bo).await.unwrap();
        assert!(w.is_member(w.bo).await);
        assert!(w.waiting(w.bo).await.is_empty());
    });
}

#[test]
fn a_closed_door_shows_name_and_purpose_to_those_invited_and_nothing_to_others() {
    both(async |engine| {
        let w = world(engine, Openness::Closed).await;
        let seen = async |person| community::store::by_slug(&w.app.by(person), &w.slug).await.unwrap();
        assert!(seen(w.bo).await.is_none());
        assert!(community::store::by_slug(&w.app.stranger(), &w.slug).await.unwrap().is_none());
        invitations::invite(&w.app.by(w.ada), &w.slug, &inviting("bo")).await.unwrap();
        let door = seen(w.bo).await.unwrap();
        assert!(!door.inside && door.domain.is_empty() && door.practice.is_empty() && !door.purpose.is_empty());
        let id = match w.waiting(w.bo).await[..] {
            [Waiting::Invitation { id, .. }] => id,
            ref other => panic!("{other:?}"),
        };
        invitations::let_pass(&w.app.by(w.bo), id).await.unwrap();
        assert!(seen(w.bo).await.is_none());
    });
}

#[test]
fn inviting_answers_the_same_whoever_is_invited() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        w.join(w.bo).await.unwrap();
        w.join(w.cy).await.unwrap();
        w.leave(w.cy).await;
        for handle in ["bo", "cy", "dee", "ada", "dee"] {
            invitations::invite(&w.app.by(w.ada), &w.slug, &inviting(handle)).await.unwrap();
        }
        assert!(w.waiting(w.bo).await.is_empty());
        assert_eq!(w.waiting(w.dee).await.len(), 1, "invited twice, asked once");
    });
}

#[test]
fn a_link_lets_in_as_many_as_it_says_and_only_into_its_community() {
    both(async |engine| {
        let w = world(engine, Openness::Closed).await;
        let one = InvitingByLink { note: Line::default(), uses: "1".into() };
        let secret = invitations::invite_by_link(&w.app.by(w.ada), &w.slug, &one).await.unwrap();
        let other = NewCommunity {
            name: "Another".into(),
            slug: Line::default(),
            domain: "x".into(),
            purpose: "y".into(),
            practice: "".into(),
            openness: Some(Openness::Closed),
            stage: None,
        };
        let (_, elsewhere) = acts::found(&w.app.by(w.ada), &other).await.unwrap();
        let with = Joining { invitation: Line(secret.clone()), ..Joining::default() };
        no(acts::join(&w.app.by(w.bo), &elsewhere, &with).await);
        let (bo, cy) = (w.app.by(w.bo), w.app.by(w.cy));
        let (first, second) = tokio::join!(acts::join(&bo, &w.slug, &with), acts::join(&cy, &w.slug, &with));
        assert!(first.is_ok() != second.is_ok(), "one use lets one in");
        no(acts::join(&w.app.by(w.dee), &w.slug, &with).await);
    });
}

#[test]
fn a_link_works_while_its_maker_may_invite_and_stewards_can_end_it() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        w.join(w.bo).await.unwrap();
        let link = InvitingByLink { note: Line::default(), uses: "9".into() };
        let secret = invitations::invite_by_link(&w.app.by(w.bo), &w.slug, &link).await.unwrap();
        assert!(store::by_link(&w.app.by(w.cy), &secret).await.unwrap().is_some());
        let all = store::own_links(&w.app.by(w.ada), w.id).await.unwrap();
        assert_eq!(all.len(), 1, "its steward sees every link of the community");
        assert!(store::own_links(&w.app.by(w.cy), w.id).await.unwrap().is_empty());
        w.leave(w.bo).await;
        assert!(store::by_link(&w.app.by(w.cy), &secret).await.unwrap().is_none());
        w.join(w.bo).await.unwrap();
        assert!(store::by_link(&w.app.by(w.cy), &secret).await.unwrap().is_some());
        invitations::let_pass(&w.app.by(w.ada), all[0].id).await.unwrap();
        assert!(store::by_link(&w.app.by(w.cy), &secret).await.unwrap().is_none());
    });
}

#[test]
fn one_use_of_a_link_is_one_person_also_where_accounts_are_made_by_it() {
    both(async |engine| {
        let w = world(engine, Openness::Closed).await;
        person::acts::set_sign_up(&w.app.system(), person::SignUp::Invitation).await.unwrap();
        let link = InvitingByLink { note: Line::default(), uses: "1".into() };
        let secret = invitations::invite_by_link(&w.app.by(w.ada), &w.slug, &link).await.unwrap();
        let account = |handle: &str| NewAccount {
            handle: handle.into(),
            name: handle.into(),
            password: "a quiet sentence".into(),
            invitation: Line(secret.clone()),
            zone: Line::default(),
        };
        let eve = person::acts::sign_up(&w.app.stranger(), &account("eve"), "en").await.unwrap();
        no(person::acts::sign_up(&w.app.stranger(), &account("fay"), "en").await);
        let with = Joining { invitation: Line(secret.clone()), ..Joining::default() };
        no(acts::join(&w.app.by(w.bo), &w.slug, &with).await);
        acts::join(&w.app.by(eve), &w.slug, &with).await.unwrap();
    });
}

#[test]
fn who_let_an_invitation_pass_is_left_alone_for_a_while() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        invitations::invite(&w.app.by(w.ada), &w.slug, &inviting("bo")).await.unwrap();
        let [Waiting::Invitation { id, .. }] = w.waiting(w.bo).await[..] else { panic!() };
        invitations::let_pass(&w.app.by(w.bo), id).await.unwrap();
        invitations::invite(&w.app.by(w.ada), &w.slug, &inviting("bo")).await.unwrap();
        assert!(w.waiting(w.bo).await.is_empty());
        w.app.later(31 * kernel::clock::DAY);
        invitations::invite(&w.app.by(w.ada), &w.slug, &inviting("bo")).await.unwrap();
        assert_eq!(w.waiting(w.bo).await.len(), 1);
    });
}

#[test]
fn a_form_sent_twice_founds_once() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let browser = w.app.client().with_cookie(&person::acts::begin_session(&w.app.stranger(), w.bo, "").await.unwrap());
        let fields = [("once", "5"), ("name", "Two clicks"), ("domain", "x"), ("purpose", "y")];
        for _ in 0..2 {
            let answer = browser.post("/communities", &fields).await;
            assert_eq!(answer.location.as_deref(), Some("/c/two-clicks"), "{}", answer.main());
        }
    });
}

#[test]
fn a_page_for_people_alone_is_not_told_by_the_list() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let joining = Joining { shown: Some(Shown::Everyone), ..Joining::default() };
        acts::join(&w.app.by(w.bo), &w.slug, &joining).await.unwrap();
        let profile = person::acts::Profile {
            name: "Bo".into(),
            practice: "canary practice".into(),
            organisation: Line::default(),
            mail: Line::default(),
            zone: Line::default(),
            language: Line::default(),
            theme: None,
            shown: Some(person::ShownTo::People),
        };
        person::acts::revise_profile(&w.app.by(w.bo), &profile).await.unwrap();
        for path in [format!("/c/{}", w.slug), format!("/c/{}/people", w.slug), format!("/api/v1/communities/{}/members", w.slug)] {
            let seen = w.app.client().get(&path).await.body;
            assert!(seen.contains("Bo") && !seen.contains("canary") && !seen.contains("@bo"), "{path}");
        }
    });
}

#[test]
fn an_opened_door_is_not_yet_a_step_through_it() {
    both(async |engine| {
        let w = world(engine, Openness::Knock).await;
        no(w.join(w.bo).await);
        knocking::knock(&w.app.by(w.bo), &w.slug, &Knocking { words: "hello".into() }).await.unwrap();
        no(knocking::knock(&w.app.by(w.bo), &w.slug, &Knocking::default()).await);
        no(w.join(w.bo).await);
        let id = match &w.waiting(w.ada).await[..] {
            [Waiting::Knock { id, handle, .. }] if handle == "bo" => *id,
            other => panic!("{other:?}"),
        };
        no(knocking::answer(&w.app.by(w.cy), id, &Answering { answer: Answer::Open }).await);
        knocking::answer(&w.app.by(w.ada), id, &Answering { answer: Answer::Open }).await.unwrap();
        assert!(!w.is_member(w.bo).await);
        w.join(w.bo).await.unwrap();
        assert!(w.is_member(w.bo).await);
    });
}

/// As the register of stewards' acts does it, without the register.
async fn suspend(cx: &kernel::Cx, slug: &str, input: &Suspending) -> kernel::Result<()> {
    let begun = suspension::suspending(cx, slug, input).await?;
    cx.write(begun.batch, begun.id).await.map(drop)
}

#[test]
fn who_is_suspended_sees_why_and_leaves_in_one_step_and_may_not_come_back_before_the_term() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        w.join(w.bo).await.unwrap();
        let s = Suspending { handle: "bo".into(), reason: "shouting".into(), days: "3".into(), rule: "Be kind".into() };
        no(suspend(&w.app.by(w.bo), &w.slug, &s).await);
        suspend(&w.app.by(w.ada), &w.slug, &s).await.unwrap();
        let standing = store::standing(&w.app.by(w.bo), w.id).await.unwrap();
        assert_eq!(standing.suspended.unwrap().reason, "shouting");
        assert!(!w.is_member(w.bo).await);
        w.leave(w.bo).await;
        no(w.join(w.bo).await);
        w.app.later(3 * kernel::clock::DAY);
        assert_eq!(suspension::end_terms(&w.app.house).await.unwrap(), 1);
        w.join(w.bo).await.unwrap();
        assert!(w.is_member(w.bo).await);
    });
}

#[test]
fn a_suspension_that_is_over_gives_back_what_was_there_and_no_more() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let s = Suspending { handle: "bo".into(), reason: "shouting".into(), days: "1".into(), rule: "Be kind".into() };
        suspend(&w.app.by(w.ada), &w.slug, &s).await.unwrap();
        w.app.later(2 * kernel::clock::DAY);
        suspension::end_terms(&w.app.house).await.unwrap();
        assert!(!w.is_member(w.bo).await, "who was no member is none");
    });
}

#[test]
fn a_hat_is_offered_and_worn_when_it_is_accepted() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let offer = Offering { handle: "bo".into(), ..Offering::default() };
        hats::offer(&w.app.by(w.ada), &w.slug, &offer).await.unwrap();
        assert!(w.waiting(w.bo).await.is_empty(), "who is no member is not asked, and nobody is told");
        w.join(w.bo).await.unwrap();
        no(hats::offer(&w.app.by(w.bo), &w.slug, &offer).await);
        hats::offer(&w.app.by(w.ada), &w.slug, &offer).await.unwrap();
        hats::offer(&w.app.by(w.ada), &w.slug, &offer).await.unwrap();
        let id = match w.waiting(w.bo).await[..] {
            [Waiting::Hat { id, .. }] => id,
            ref other => panic!("{other:?}"),
        };
        assert!(!store::standing(&w.app.by(w.bo), w.id).await.unwrap().steward);
        no(hats::accept(&w.app.by(w.cy), id).await);
        hats::accept(&w.app.by(w.bo), id).await.unwrap();
        assert!(store::standing(&w.app.by(w.bo), w.id).await.unwrap().steward);
    });
}

#[test]
fn the_last_hat_is_not_laid_down_unnoticed() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        w.join(w.bo).await.unwrap();
        no(hats::take_up(&w.app.by(w.bo), &w.slug).await);
        no(hats::lay_down(&w.app.by(w.ada), &w.slug, &LayingDown::default()).await);
        hats::lay_down(&w.app.by(w.ada), &w.slug, &LayingDown { all_the_same: "yes".into() }).await.unwrap();
        assert!(matches!(w.waiting(w.bo).await[..], [Waiting::NoSteward { .. }]));
        no(hats::take_up(&w.app.by(w.cy), &w.slug).await);
        hats::take_up(&w.app.by(w.bo), &w.slug).await.unwrap();
        assert!(w.waiting(w.bo).await.is_empty());
    });
}

#[test]
fn two_stewards_who_lay_down_at_once_do_not_leave_nobody() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        w.join(w.bo).await.unwrap();
        hats::offer(&w.app.by(w.ada), &w.slug, &Offering { handle: "bo".into(), ..Offering::default() }).await.unwrap();
        let [Waiting::Hat { id, .. }] = w.waiting(w.bo).await[..] else { panic!() };
        hats::accept(&w.app.by(w.bo), id).await.unwrap();
        let (ada, bo, lay) = (w.app.by(w.ada), w.app.by(w.bo), LayingDown::default());
        let (one, two) = tokio::join!(hats::lay_down(&ada, &w.slug, &lay), hats::lay_down(&bo, &w.slug, &lay));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        assert_eq!(store::stewards(&w.app.system(), w.id).await.unwrap(), 1);
    });
}

#[test]
fn even_the_last_steward_leaves_in_one_step_and_the_community_is_told() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        w.join(w.bo).await.unwrap();
        w.leave(w.ada).await;
        assert!(matches!(w.waiting(w.bo).await[..], [Waiting::NoSteward { .. }]));
        let door = w.app.client().get(&format!("/c/{}", w.slug)).await;
        assert!(door.body.contains("no steward at the moment"));
    });
}

#[test]
fn a_member_chooses_whom_the_list_shows_them_to() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        for (person, shown) in [(w.bo, Shown::Members), (w.cy, Shown::Nobody), (w.dee, Shown::Everyone)] {
            let joining = Joining { shown: Some(shown), ..Joining::default() };
            acts::join(&w.app.by(person), &w.slug, &joining).await.unwrap();
        }
        assert_eq!(w.people_seen_by(&w.app.stranger()).await, ["ada", "dee"]);
        assert_eq!(w.people_seen_by(&w.app.by(w.bo)).await, ["ada", "bo", "dee"]);
        assert_eq!(w.people_seen_by(&w.app.by(w.cy)).await, ["ada", "bo", "cy", "dee"]);
        w.leave(w.dee).await;
        assert_eq!(w.people_seen_by(&w.app.stranger()).await, ["ada"], "who has left is not shown");
    });
}

#[test]
fn presence_is_stated_and_why_one_joined_is_seen_by_oneself_alone() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let joining = Joining { why: "my canary reason".into(), wanted: Some(crate::Wanted::Told), shown: Some(Shown::Everyone), ..Joining::default() };
        acts::join(&w.app.by(w.bo), &w.slug, &joining).await.unwrap();
        let away = TakingPart { presence: Some(Presence::Away), away_until: "2026-12-24".into(), shown: None };
        acts::take_part(&w.app.by(w.bo), &w.slug, &away).await.unwrap();
        let list = w.app.client().get(&format!("/c/{}/people", w.slug)).await.body;
        assert!(list.contains("away until 24 December 2026") && !list.contains("canary"));
        no(acts::take_part(&w.app.by(w.cy), &w.slug, &away).await);
        assert_eq!(store::spells(&w.app.by(w.bo)).await.unwrap()[0].why, "my canary reason");
    });
}

/// P1: a membership begins in one place only, and nothing else can reach its table.
#[test]
fn the_only_insert_into_membership_stands_in_begin() {
    let mut found = Vec::new();
    let mut folders = vec![std::path::PathBuf::from("../..")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("target") && !path.ends_with(".git") && !path.ends_with("node_modules") {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs" || e == "sql") && !path.ends_with("membership/src/tests.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let n = text.to_lowercase().matches(concat!("insert into ", "membership ")).count()
                    + text.to_lowercase().matches(concat!("insert into ", "membership(")).count();
                found.extend(std::iter::repeat_n(path, n));
            }
        }
    }
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("membership/src/acts.rs"));
}

#[test]
fn a_charter_is_revised_by_stewards_with_a_reason_and_its_history_is_public() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let revision = |version: &str| community::acts::CharterRevision {
            name: "Night handovers".into(),
            domain: "Shifts".into(),
            purpose: "Nobody in our care is put at risk".into(),
            practice: "We tell".into(),
            openness: None,
            stage: Some(Stage::Steady),
            reason: "Day shifts asked".into(),
            version: version.into(),
        };
        w.join(w.bo).await.unwrap();
        no(community::acts::revise_charter(&w.app.by(w.bo), &w.slug, &revision("")).await);
        community::acts::revise_charter(&w.app.by(w.ada), &w.slug, &revision("1")).await.unwrap();
        no(community::acts::revise_charter(&w.app.by(w.ada), &w.slug, &revision("1")).await);
        let page = w.app.client().get(&format!("/c/{}/charter", w.slug)).await;
        assert!(page.body.contains("Because: Day shifts asked") && page.body.contains("<ins>"), "{}", page.main());
    });
}

#[test]
fn closing_the_door_hides_the_community_at_commit() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let path = format!("/c/{}", w.slug);
        assert_eq!(w.app.client().get(&path).await.status, 200);
        let closing = community::acts::CharterRevision {
            name: "Night handovers".into(),
            domain: "Shifts".into(),
            purpose: "Nobody".into(),
            practice: "".into(),
            openness: Some(Openness::Closed),
            stage: None,
            reason: "for now".into(),
            version: Line::default(),
        };
        community::acts::revise_charter(&w.app.by(w.ada), &w.slug, &closing).await.unwrap();
        for path in [path.clone(), format!("{path}/people"), format!("{path}/charter"), format!("/api/v1/communities/{}", w.slug)] {
            assert_eq!(w.app.client().get(&path).await.status, 404, "{path}");
        }
        assert!(!w.app.client().get("/communities").await.body.contains("Night handovers"));
    });
}

#[test]
fn who_leaves_the_instance_leaves_every_community() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        w.join(w.bo).await.unwrap();
        invitations::invite(&w.app.by(w.ada), &w.slug, &inviting("cy")).await.unwrap();
        let browser = w.app.client().with_cookie(&person::acts::begin_session(&w.app.stranger(), w.bo, "").await.unwrap());
        let before = browser.get("/me/leaving").await;
        assert!(before.body.contains("Communities that you belong to: 1"), "{}", before.main());
        let answer = browser.post("/me/leaving", &[("words", "keep"), ("pseudonym", "Quiet Heron"), ("password", "a quiet sentence")]).await;
        assert_eq!(answer.status, 303, "{}", answer.main());
        assert_eq!(browser.get("/me").await.status, 303);
        let sql = "select count(*) from grants where person = ?1";
        let n: i64 = w.app.house.db.one(sql, kernel::vals![w.bo]).await.unwrap().unwrap().take().unwrap();
        assert_eq!(n, 0);
    });
}
