//! What conversations tell a handover sheet, on both engines.

use community::Openness;
use kernel::clock::DAY;
use testkit::both;

use super::{host, loud};
use crate::acts::NewContribution;
use crate::tests::world;
use crate::{For, Kind};

#[test]
fn a_handover_sheet_tells_what_nobody_answered_and_who_came_from_outside() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let asked = |words: &str, audience, work: &str| NewContribution {
            words: words.into(),
            kind: Some(Kind::Question),
            audience: Some(audience),
            work: work.into(),
            ..NewContribution::default()
        };
        w.app.later(DAY);
        let open = w.contribute(w.bo, &asked("Who silences the alarm?", For::Open, "https://forge.example/alarm/3")).await.unwrap();
        w.contribute(w.ada, &asked("Nobody knows this yet", For::Community, "")).await.unwrap();
        w.contribute(w.bo, &asked("canary for me", For::Me, "")).await.unwrap();
        w.reply(w.cy, open, "We do it at the desk.").await.unwrap();
        let hat = membership::hats::store::worn(&w.app.by(w.ada), w.id).await.unwrap()[0].id;
        let path = format!("/c/{}/hats/{hat}/handover", w.slug);
        let page = w.browser(w.ada).await.get(&path).await;
        let main = page.main();
        let section = |title: &str| main.split(title).nth(1).unwrap().split("</section>").next().unwrap().to_owned();
        assert!(section("Open questions").contains("Nobody knows this yet") && !section("Open questions").contains("Who silences"), "{main}");
        assert!(section("First words of newcomers").contains("Who silences the alarm?") && section("First words of newcomers").contains(": answered"));
        assert!(section("From outside").contains("@cy\"") && section("From outside").contains("forge.example"), "{main}");
        assert!(section("When this community speaks").contains("Wednesday: lively"), "{main}");
        assert!(!main.contains("canary"));
        assert_eq!(w.browser(w.bo).await.get(&path).await.status, 404);
        // Who belonged once is no contact from outside: nobody is shown to have left.
        let joining = membership::acts::Joining::default();
        membership::acts::join(&w.app.by(w.cy), &w.slug, &joining).await.unwrap();
        membership::acts::leave(&w.app.by(w.cy), &w.slug).await.unwrap();
        assert!(!w.browser(w.ada).await.get(&path).await.main().contains("@cy\""));
    });
}

#[test]
fn where_work_lies_is_the_host_that_an_address_leads_to() {
    assert_eq!(host("https://Forge.example:8443/a/b?c").as_deref(), Some("forge.example:8443"));
    assert_eq!(host("https://bank.example@evil.example/").as_deref(), Some("evil.example"));
    assert_eq!(host("ticket 12"), None);
}

#[test]
fn a_day_is_told_in_a_word_beside_the_loudest() {
    let all = [0, 1, 4, 8];
    assert_eq!(all.map(|n| loud(n, &all)), ["quiet", "calm", "lively", "lively"]);
}
