//! Announcements on both engines.

use community::Openness;
use kernel::{Error, clock};
use testkit::both;

use crate::acts::{self, Reaching};
use crate::announcing::{Announcing, announce, end, for_me, of_community, put_aside, tidy};
use crate::tests::{World, no, world};
use crate::{ContributionId, For};

fn about(words: &str, days: &str) -> Announcing {
    Announcing { words: words.into(), title: words.into(), days: days.into(), ..Announcing::default() }
}

async fn say(w: &World, words: &str) -> Result<ContributionId, Error> {
    announce(&w.app.by(w.ada), &w.slug, &about(words, "")).await
}

async fn home(w: &World, person: kernel::PersonId) -> Vec<ContributionId> {
    for_me(&w.app.by(person)).await.unwrap().into_iter().map(|a| a.id).collect()
}

#[test]
fn who_wears_a_hat_for_it_announces_and_nobody_else() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        for person in [w.bo, w.cy] {
            no(announce(&w.app.by(person), &w.slug, &about("not mine to say", "")).await);
        }
        let id = say(&w, "We meet on Thursday").await.unwrap();
        no(end(&w.app.by(w.bo), id).await);
        let door = w.app.client().get(&format!("/c/{}", w.slug)).await;
        assert!(door.main().contains("We meet on Thursday") && !door.main().contains("Announce something"));
        w.reply(w.bo, id, "I come").await.unwrap();
        no(announce(&w.app.by(w.ada), &w.slug, &about("too long", "31")).await);
        no(announce(&w.app.by(w.ada), &w.slug, &Announcing { audience: Some(For::Me), ..about("to myself", "") }).await);
    });
}

#[test]
fn an_announcement_stands_on_the_home_of_members_until_its_day() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = say(&w, "We meet on Thursday").await.unwrap();
        assert_eq!((home(&w, w.bo).await, home(&w, w.cy).await), (vec![id], vec![]));
        assert!(w.browser(w.bo).await.get("/").await.main().contains("We meet on Thursday"));
        w.app.later(7 * clock::DAY);
        assert!(home(&w, w.bo).await.is_empty() && of_community(&w.app.stranger(), w.id).await.unwrap().is_empty());
        assert!(w.sees(&w.app.stranger(), id).await, "what was said stays");
    });
}

#[test]
fn everybody_puts_an_announcement_aside_for_themselves_alone() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = say(&w, "We meet on Thursday").await.unwrap();
        let done = w.browser(w.bo).await.post(&format!("/announcements/{id}/aside"), &[]).await;
        assert_eq!(done.status, 303);
        put_aside(&w.app.by(w.bo), id).await.unwrap();
        assert_eq!((home(&w, w.bo).await, home(&w, w.ada).await), (vec![], vec![id]));
        tidy(&w.app.house).await.unwrap();
        assert!(home(&w, w.bo).await.is_empty());
    });
}

#[test]
fn three_announcements_stand_at_a_time() {
    both(async |engine| {
        let w = world(engine, Openness::Knock).await;
        let first = say(&w, "one").await.unwrap();
        say(&w, "two").await.unwrap();
        say(&w, "three").await.unwrap();
        no(say(&w, "four").await);
        end(&w.app.by(w.ada), first).await.unwrap();
        end(&w.app.by(w.ada), first).await.unwrap();
        let fourth = say(&w, "four").await.unwrap();
        acts::withdraw(&w.app.by(w.ada), fourth).await.unwrap();
        let fifth = say(&w, "five").await.unwrap();
        acts::reach(&w.app.by(w.ada), fifth, &Reaching { audience: For::Me }).await.unwrap();
        assert_eq!(home(&w, w.bo).await.len(), 2, "what is withdrawn or taken back stands nowhere");
    });
}
