//! Naming a circle, and talk that fades, on both engines.

use community::Openness;
use kernel::{Cursor, Error, Line, PersonId, clock, vals};
use person::circles::{self, NewCircle, PuttingIn};
use testkit::both;

use crate::acts::{self, Edit, Lineage, NewContribution, NewReply};
use crate::fading::{Fades, fade};
use crate::tests::{World, no, said, world};
use crate::{ContributionId, For, Thanking, marks, store};

async fn talk(w: &World, person: PersonId, new: &NewContribution) -> Result<ContributionId, Error> {
    acts::contribute(&w.app.by(person), None, new, &Lineage::default()).await
}

fn between(words: &str, fades: Option<Fades>) -> NewContribution {
    NewContribution { audience: Some(For::Named), named: "bo".into(), fades, ..said(words) }
}

async fn count(w: &World, sql: &'static str) -> i64 {
    w.app.house.db.one(sql, vals![]).await.unwrap().unwrap().take().unwrap()
}

#[test]
fn a_circle_names_those_who_are_in_it_at_that_moment() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let night = NewCircle { name: "night shift".into(), people: "bo".into() };
        let circle = circles::make(&w.app.by(w.ada), &night).await.unwrap();
        let to = |words: &str| NewContribution { circle: Line(circle.to_string()), ..said(words) };
        let before = talk(&w, w.ada, &to("between us")).await.unwrap();
        circles::put_in(&w.app.by(w.ada), circle, &PuttingIn { people: "cy".into() }).await.unwrap();
        let after = talk(&w, w.ada, &to("now three")).await.unwrap();
        assert!(w.sees(&w.app.by(w.bo), before).await && !w.sees(&w.app.by(w.cy), before).await);
        assert!(w.sees(&w.app.by(w.bo), after).await && w.sees(&w.app.by(w.cy), after).await);
        circles::forget(&w.app.by(w.ada), circle).await.unwrap();
        assert!(w.sees(&w.app.by(w.bo), after).await, "what was said stays with those who were named");
        no(talk(&w, w.ada, &to("to nobody")).await);
    });
}

#[test]
fn nobody_speaks_to_anothers_circle_or_to_an_empty_one() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let circle = circles::make(&w.app.by(w.ada), &NewCircle { name: "later".into(), ..NewCircle::default() }).await.unwrap();
        let to = NewContribution { circle: Line(circle.to_string()), ..said("hello") };
        no(talk(&w, w.ada, &to).await);
        circles::put_in(&w.app.by(w.ada), circle, &PuttingIn { people: "cy".into() }).await.unwrap();
        no(talk(&w, w.bo, &to).await);
        no(w.contribute(w.ada, &to).await);
        no(talk(&w, w.ada, &NewContribution { audience: Some(For::Me), ..to }).await);
    });
}

#[test]
fn each_word_fades_its_own_time_after_it_was_said_and_at_once() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = talk(&w, w.ada, &between("canary one", Some(Fades::Week))).await.unwrap();
        let thanking = Thanking { words: "canary thanks".into() };
        marks::thank(&w.app.by(w.bo), id, &thanking).await.unwrap();
        w.app.later(3 * clock::DAY);
        let quoting = NewReply { words: "kept two".into(), quote: "canary".into(), ..NewReply::default() };
        let reply = acts::reply(&w.app.by(w.bo), id, &quoting).await.unwrap();
        let page = w.browser(w.bo).await;
        let path = format!("/conversations/{id}");
        let now = page.get(&path).await;
        assert!(now.main().contains("canary one") && now.main().contains("fades after a week"), "{}", now.main());
        w.app.later(4 * clock::DAY);
        // The job has not run: it is past its time all the same.
        for path in [path.clone(), "/".into(), "/@ada/said".into(), format!("/contributions/{id}/history")] {
            let body = page.get(&path).await.body;
            assert!(!body.contains("canary"), "{path}: {body}");
        }
        let then = page.get(&path).await;
        assert!(then.main().contains("kept two") && then.main().contains("This has faded"));
        assert_eq!(store::one(&w.app.by(w.ada), id).await.unwrap().unwrap().words, "");
        assert!(store::marks(&w.app.by(w.ada), id).await.unwrap().is_empty());
        no(acts::edit(&w.app.by(w.ada), id, &Edit { words: "back".into(), title: Line::default(), kind: None, version: Line::default() }).await);
        no(marks::thank(&w.app.by(w.bo), id, &thanking).await);
        no(acts::bring_back(&w.app.by(w.ada), id).await);
        // The conversation goes on, and what is said now fades a week from now.
        let next = w.reply(w.ada, id, "three").await.unwrap();
        w.app.later(3 * clock::DAY);
        no(w.reply(w.ada, reply, "to what has faded").await);
        assert!(!store::one(&w.app.by(w.bo), next).await.unwrap().unwrap().faded);
        w.app.later(4 * clock::DAY);
        assert!(store::one(&w.app.by(w.bo), next).await.unwrap().unwrap().faded);
    });
}

#[test]
fn what_has_faded_is_gone_from_the_database_and_nothing_else_is() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = talk(&w, w.ada, &between("first canary for @bo", Some(Fades::Day))).await.unwrap();
        let edit = Edit { words: "second canary for @bo".into(), title: "canary title".into(), kind: None, version: Line::default() };
        acts::edit(&w.app.by(w.ada), id, &edit).await.unwrap();
        marks::thank(&w.app.by(w.bo), id, &Thanking { words: "canary thanks".into() }).await.unwrap();
        marks::me_too(&w.app.by(w.bo), id).await.unwrap();
        let other = talk(&w, w.ada, &between("stays", None)).await.unwrap();
        w.app.later(clock::DAY - clock::SECOND);
        let reply = NewReply { words: "an answer".into(), quote: "canary".into(), ..NewReply::default() };
        acts::reply(&w.app.by(w.bo), id, &reply).await.unwrap();
        assert_eq!(fade(&w.app.house).await.unwrap(), 0);
        w.app.later(clock::SECOND);
        let (one, two) = tokio::join!(fade(&w.app.house), fade(&w.app.house));
        assert_eq!(one.unwrap() + two.unwrap(), 1, "two nodes at once do it once");
        assert_eq!(fade(&w.app.house).await.unwrap(), 0);
        let words = "select count(*) from contribution where words like '%canary%' or html like '%canary%' or title like '%canary%' or quote <> ''";
        assert_eq!(count(&w, words).await, 0);
        assert_eq!(count(&w, "select (select count(*) from contribution_revision) + (select count(*) from mention) + (select count(*) from thanks) + (select count(*) from me_too)").await, 0);
        assert_eq!(count(&w, "select count(*) from journal where verb = 'faded'").await, 1);
        assert_eq!(store::one(&w.app.by(w.bo), other).await.unwrap().unwrap().words, "stays");
        let alive = store::mine(&w.app.by(w.bo), Cursor::NEWEST, 10).await.unwrap();
        assert!(alive.items.iter().any(|s| s.id == id), "it goes on while somebody's words are in it");
        let page = w.browser(w.bo).await.get(&format!("/conversations/{id}")).await;
        assert!(page.main().contains("an answer") && page.main().contains("fades after a day"));
    });
}

#[test]
fn only_private_talk_fades() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        no(w.contribute(w.ada, &NewContribution { fades: Some(Fades::Day), ..said("for all") }).await);
        no(talk(&w, w.ada, &NewContribution { audience: Some(For::Me), fades: Some(Fades::Day), ..said("a note") }).await);
    });
}
