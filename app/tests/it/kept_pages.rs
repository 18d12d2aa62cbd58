//! Pages that are kept for who is signed out are, after every act, what they would be if they were made anew.

use community::acts::{NewCommunity, CharterRevision};
use community::{Openness, Stage};
use conversation::acts::{Lineage, NewContribution, NewReply};
use kernel::{Line, PersonId};
use membership::acts::Joining;
use person::acts::NewAccount;
use testkit::{App, Client, both};

struct Place {
    app: App,
    ada: PersonId,
    bo: PersonId,
    stranger: Client,
}

const PAGES: [&str; 6] = ["/", "/communities", "/c/handover", "/c/handover/conversations", "/c/handover/people", "/@ada"];

impl Place {
    async fn new(engine: testkit::Engine) -> (Self, conversation::ContributionId) {
        let app = App::new(engine, tacit::slices).await;
        let mut people = Vec::new();
        for name in ["ada", "bo"] {
            let account = NewAccount::new(name, name, "a quiet sentence");
            people.push(person::acts::add(&app.system(), &account, false).await.unwrap());
        }
        let new = NewCommunity {
            name: "Handover".into(),
            slug: "handover".into(),
            domain: "d".into(),
            purpose: "p".into(),
            practice: "".into(),
            openness: Some(Openness::Open),
            stage: Some(Stage::Growing),
        };
        let (ada, bo) = (people[0], people[1]);
        membership::acts::found(&app.by(ada), &new).await.unwrap();
        membership::acts::join(&app.by(bo), "handover", &Joining::default()).await.unwrap();
        let said = NewContribution { words: "The alarm again.".into(), ..NewContribution::default() };
        let root = conversation::acts::contribute(&app.by(ada), Some("handover"), &said, &Lineage::default()).await.unwrap();
        let stranger = app.client();
        // A node that has not read the journal yet keeps nothing.
        while !app.house.db.is_caught_up() {
            tokio::task::yield_now().await;
        }
        (Self { app, ada, bo, stranger }, root)
    }

    fn pages(&self, root: conversation::ContributionId) -> Vec<String> {
        PAGES.iter().map(|p| (*p).to_owned()).chain([format!("/conversations/{root}"), format!("/contributions/{root}/history")]).collect()
    }

    /// Each page as it is kept, and as it is made anew (who asks for a range is never given what is kept).
    async fn is_right(&self, root: conversation::ContributionId, after: &str) {
        for path in self.pages(root) {
            for time in ["the first time", "the second time"] {
                let kept = self.stranger.get(&path).await;
                let anew = self.stranger.send_with(axum::http::Method::GET, &path, None, "", &[("range", "bytes=0-")]).await;
                assert_eq!(kept.status, anew.status, "{path} after {after}, {time}");
                assert!(kept.body == anew.body, "{path} after {after}, {time}, is not what it is:\n{}\n----\n{}", kept.main(), anew.main());
            }
        }
    }
}

#[test]
fn a_kept_page_costs_nothing_and_is_made_anew_after_an_act_that_concerns_it() {
    both(async |engine| {
        let (place, root) = Place::new(engine).await;
        let path = format!("/conversations/{root}");
        let asks = async |path: &str| {
            let before = place.app.house.db.queries();
            assert_eq!(place.stranger.get(path).await.status, 200);
            place.app.house.db.queries() - before
        };
        let other = NewContribution { words: "Something else.".into(), ..NewContribution::default() };
        let other = conversation::acts::contribute(&place.app.by(place.bo), Some("handover"), &other, &Lineage::default()).await.unwrap();
        let other = format!("/conversations/{other}");
        assert!(asks(&path).await > 0 && asks(&other).await > 0);
        assert_eq!((asks(&path).await, asks(&other).await), (0, 0));
        let reply = NewReply { words: "Here, too.".into(), ..NewReply::default() };
        conversation::acts::reply(&place.app.by(place.bo), root, &reply).await.unwrap();
        assert!(place.stranger.get(&path).await.body.contains("Here, too."));
        assert_eq!(asks(&other).await, 0, "a reply concerns its own conversation alone");
        // Another language and a signed-in reader are another page.
        let german = place.stranger.send_with(axum::http::Method::GET, &path, None, "", &[("accept-language", "de")]).await;
        assert!(german.body.contains("lang=\"de\"") && german.body.contains("Here, too."));
        place.app.later(61 * kernel::clock::SECOND);
        assert!(asks(&other).await > 0, "what depends on the time of day is made anew after a minute");
    });
}

#[test]
fn a_kept_page_is_right_after_every_act() {
    both(async |engine| {
        let (place, root) = Place::new(engine).await;
        let (ada, bo) = (place.app.by(place.ada), place.app.by(place.bo));
        place.is_right(root, "the beginning").await;

        let reply = NewReply { words: "Here, too.".into(), ..NewReply::default() };
        let reply = conversation::acts::reply(&bo, root, &reply).await.unwrap();
        place.is_right(root, "a reply").await;

        conversation::thank(&ada, reply, &conversation::Thanking { words: "for looking".into() }).await.unwrap();
        place.is_right(root, "thanks").await;

        conversation::me_too(&bo, root).await.unwrap();
        place.is_right(root, "me too").await;

        let edit: conversation::acts::Edit = serde_json::from_str(r#"{"words": "The alarm, again and again."}"#).unwrap();
        conversation::acts::edit(&ada, root, &edit).await.unwrap();
        place.is_right(root, "an edit").await;

        conversation::acts::withdraw(&bo, reply).await.unwrap();
        place.is_right(root, "a withdrawal").await;

        let profile: person::acts::Profile = serde_json::from_str(r#"{"name": "Ada Lovelace"}"#).unwrap();
        person::acts::revise_profile(&ada, &profile).await.unwrap();
        place.is_right(root, "another name").await;

        let revision = CharterRevision { openness: Some(Openness::Closed), ..charter("Handover at night") };
        community::acts::revise_charter(&ada, "handover", &revision).await.unwrap();
        place.is_right(root, "a closed door").await;
        assert_eq!(place.stranger.get(&format!("/conversations/{root}")).await.status, 404);

        community::acts::revise_charter(&ada, "handover", &charter("Handover by day")).await.unwrap();
        place.is_right(root, "an open door").await;

        membership::acts::leave(&bo, "handover").await.unwrap();
        place.is_right(root, "somebody's leaving").await;
    });
}

fn charter(name: &str) -> CharterRevision {
    CharterRevision {
        name: name.into(),
        domain: "d".into(),
        purpose: "p".into(),
        practice: "".into(),
        openness: Some(Openness::Open),
        stage: Some(Stage::Growing),
        reason: Line("because of it".into()),
        version: Line::default(),
    }
}
