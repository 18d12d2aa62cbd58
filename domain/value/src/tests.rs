//! Figures of a seeded season. Names of tests are the rules of README.md.

use change::acts as changes;
use change::{ChangeId, For, State};
use community::Openness;
use community::acts::NewCommunity;
use conversation::acts::{Lineage, NewContribution, NewReply};
use conversation::{ContributionId, Kind, Thanking};
use kernel::clock::DAY;
use kernel::{Line, PersonId};
use person::acts::NewAccount;
use practice::acts::NewPractice;
use practice::evidence::{self, Adopting};
use practice::{How, PracticeId};
use shell::Slice;
use testkit::{App, Engine, both};

use crate::figures::{self, Name};
use crate::story;

fn slices() -> Vec<Slice> {
    vec![
        person::slice(),
        attachment::slice(),
        community::slice(),
        membership::slice(),
        conversation::slice(),
        narration::slice(),
        practice::slice(),
        change::slice(),
        crate::slice(),
    ]
}

struct World {
    app: App,
    ada: PersonId,
    bo: PersonId,
    cy: PersonId,
    slug: String,
}

async fn world(engine: Engine) -> World {
    let app = App::new(engine, slices).await;
    let mut people = Vec::new();
    for handle in ["ada", "bo", "cy"] {
        people.push(person::acts::add(&app.system(), &NewAccount::new(handle, handle, "a quiet sentence"), false).await.unwrap());
    }
    let new = NewCommunity {
        name: "Nights".into(),
        slug: Line::default(),
        domain: "Shifts".into(),
        purpose: "Nobody is put at risk".into(),
        practice: "We tell".into(),
        openness: Some(Openness::Open),
        stage: None,
    };
    let (_, slug) = membership::acts::found(&app.by(people[0]), &new).await.unwrap();
    for person in [people[1], people[2]] {
        membership::acts::join(&app.by(person), &slug, &Default::default()).await.unwrap();
    }
    World { app, ada: people[0], bo: people[1], cy: people[2], slug }
}

/// What was made in the season.
struct Season {
    asked: ContributionId,
    open: ContributionId,
    reply: ContributionId,
    practice: PracticeId,
    unused: PracticeId,
    changed: ChangeId,
}

impl World {
    async fn cookie(&self, who: PersonId) -> String {
        person::acts::begin_session(&self.app.stranger(), who, "").await.unwrap()
    }

    async fn asks(&self, who: PersonId, words: &str) -> ContributionId {
        let new = NewContribution { words: words.into(), kind: Some(Kind::Question), ..NewContribution::default() };
        conversation::acts::contribute(&self.app.by(who), Some(&self.slug), &new, &Lineage::default()).await.unwrap()
    }

    async fn begins(&self, title: &str) -> PracticeId {
        let new = NewPractice { title: title.into(), words: "How.".into(), ..NewPractice::default() };
        practice::acts::begin(&self.app.by(self.ada), &self.slug, &new).await.unwrap()
    }

    /// Day 0: two asks, one of them answered and thanked for, two practices. Day 10: one is used by somebody else. Day 11: bo tells a change because
    /// of the reply, keeps it, says what came of it; cy attests.
    async fn season(&self) -> Season {
        let asked = self.asks(self.bo, "Who reads it aloud?").await;
        let open = self.asks(self.bo, "And at weekends?").await;
        let reply = NewReply { words: "I do.".into(), ..NewReply::default() };
        let reply = conversation::acts::reply(&self.app.by(self.ada), asked, &reply).await.unwrap();
        conversation::thank(&self.app.by(self.bo), reply, &Thanking { words: "for that".into() }).await.unwrap();
        let (practice, unused) = (self.begins("Aloud").await, self.begins("By phone").await);
        let own = Adopting { how: How::Use, why: "".into(), setting: "".into() };
        evidence::adopt(&self.app.by(self.ada), unused, &own).await.unwrap();
        self.app.later(10 * DAY);
        evidence::adopt(&self.app.by(self.cy), practice, &own).await.unwrap();
        self.app.later(DAY);
        let telling = changes::Telling {
            now: "I read it aloud".into(),
            source: Line(reply.to_string()),
            ..Default::default()
        };
        let changed = changes::tell(&self.app.by(self.bo), &telling).await.unwrap();
        let sharing = changes::Sharing { community: Line(self.slug.clone()), audience: For::Open };
        changes::share(&self.app.by(self.bo), changed, &sharing).await.unwrap();
        changes::turn(&self.app.by(self.bo), changed, State::Kept).await.unwrap();
        let outcome = changes::Outcome { outcome: "Nothing was missed".into(), ..Default::default() };
        changes::say_outcome(&self.app.by(self.bo), changed, &outcome).await.unwrap();
        changes::attest(&self.app.by(self.cy), changed, &changes::Attesting { words: "I saw it".into() }).await.unwrap();
        Season { asked, open, reply, practice, unused, changed }
    }

    /// Value, what it is of, and what is behind it.
    async fn figure(&self, name: Name) -> (Option<f64>, Option<usize>, Vec<i64>, Vec<i64>) {
        let cx = self.app.by(self.ada);
        let c = community::store::by_slug(&cx, &self.slug).await.unwrap().unwrap();
        let season = figures::season(cx.now(), cx.now());
        let all = figures::of(&cx, c.id, season).await.unwrap();
        let f = name.figure(&all);
        (f.value, f.of, f.items.clone(), f.rest.clone())
    }
}

#[test]
fn a_seeded_season_has_the_figures_that_were_computed_by_hand_and_each_opens_its_items() {
    both(async |engine| {
        let w = world(engine).await;
        let s = w.season().await;
        w.app.later(DAY);
        assert_eq!(w.figure(Name::Answered).await, (Some(0.5), Some(2), vec![s.asked.0], vec![s.open.0]));
        let thanks = w.figure(Name::Thanks).await;
        assert_eq!((thanks.0, thanks.1, thanks.2.len()), (Some(0.5), Some(2), 1), "one thanks, two who said something");
        assert_eq!(w.figure(Name::Practices).await.2, vec![s.practice.0, s.unused.0]);
        assert_eq!(w.figure(Name::Ties).await.0, Some(1.0));
        assert_eq!(w.figure(Name::People).await, (Some(1.0), None, vec![s.changed.0], vec![]));
        assert_eq!(w.figure(Name::Adopted).await.0, None, "nothing was there for ninety days");
        assert_eq!(w.figure(Name::FirstUse).await, (Some(10.0), Some(2), vec![s.practice.0], vec![s.unused.0]), "an author's own use is none");
        assert_eq!(w.figure(Name::Outcomes).await, (Some(1.0), None, vec![s.changed.0], vec![]));
        assert_eq!(w.figure(Name::Attested).await, (Some(1.0), Some(1), vec![s.changed.0], vec![]));
        // What one opens is what was counted, and leads there.
        let page = w.app.client().with_cookie(&w.cookie(w.ada).await).get(&format!("/c/{}/value/outcomes", w.slug)).await.body;
        assert!(page.contains(&format!("/stories/changes/{}", s.changed)) && page.contains("I read it aloud"), "{page}");
        assert_eq!(w.app.client().get(&format!("/c/{}/value", w.slug)).await.status, 303, "for members");
    });
}

#[test]
fn what_is_judged_after_ninety_days_is_judged_then() {
    both(async |engine| {
        let w = world(engine).await;
        let s = w.season().await;
        w.app.later(DAY);
        let until = w.app.by(w.ada).now();
        w.app.later(100 * DAY);
        let cx = w.app.by(w.ada);
        let c = community::store::by_slug(&cx, &w.slug).await.unwrap().unwrap();
        let all = figures::of(&cx, c.id, figures::season(until, cx.now())).await.unwrap();
        let adopted = Name::Adopted.figure(&all);
        assert_eq!((adopted.value, adopted.items.clone(), adopted.rest.clone()), (Some(0.5), vec![s.practice.0], vec![s.unused.0]));
        let kept = Name::Kept.figure(&all);
        assert_eq!((kept.value, kept.items.clone()), (Some(1.0), vec![s.changed.0]));
    });
}

#[test]
fn without_its_story_each_figure_is_another() {
    both(async |engine| {
        let w = world(engine).await;
        let s = w.season().await;
        let revised = community::acts::CharterRevision {
            name: "Nights".into(),
            domain: "Shifts".into(),
            purpose: "Everybody hears it".into(),
            practice: "We tell".into(),
            reason: format!("Because of /changes/{}", s.changed).as_str().into(),
            openness: None,
            stage: None,
            version: "".into(),
        };
        community::acts::revise_charter(&w.app.by(w.ada), &w.slug, &revised).await.unwrap();
        w.app.later(DAY);
        assert_eq!(w.figure(Name::Reframed).await.0, Some(1.0));
        changes::take_back(&w.app.by(w.bo), s.changed).await.unwrap();
        assert_eq!(w.figure(Name::People).await.0, Some(0.0));
        assert_eq!(w.figure(Name::Outcomes).await.0, Some(0.0));
        assert_eq!(w.figure(Name::Attested).await.0, None);
        let reframed = w.figure(Name::Reframed).await;
        assert_eq!((reframed.0, reframed.1), (Some(0.0), Some(1)));
        conversation::acts::withdraw(&w.app.by(w.bo), s.open).await.unwrap();
        assert_eq!(w.figure(Name::Answered).await, (Some(1.0), Some(1), vec![s.asked.0], vec![]));
    });
}

#[test]
fn a_story_is_the_same_chain_from_wherever_it_begins() {
    both(async |engine| {
        let w = world(engine).await;
        let s = w.season().await;
        let cx = w.app.stranger();
        let from_change = story::from_change(&cx, s.changed).await.unwrap();
        assert_eq!(from_change.said.iter().map(|s| s.id).collect::<Vec<_>>(), [s.reply]);
        assert_eq!(from_change.changes[0].1[0].words, "I saw it");
        let from_conversation = story::from_conversation(&cx, s.asked).await.unwrap();
        assert_eq!(from_conversation.changes[0].0.id, s.changed);
        let page = w.app.client().get(&format!("/stories/changes/{}", s.changed)).await.body;
        assert!(page.contains("I do.") && page.contains("Nothing was missed") && page.contains("I saw it"), "{page}");
        assert_eq!(w.app.client().get("/stories/changes/77").await.status, 404);
        changes::unshare(&w.app.by(w.bo), s.changed).await.unwrap();
        assert_eq!(w.app.client().get(&format!("/stories/changes/{}", s.changed)).await.status, 404);
    });
}
