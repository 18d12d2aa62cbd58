//! A steward hands the hat over before they tire: offered with a term, shadowed, the sheet read, passed; the front door tells.

use e2e::{Browser, Place, all_go};

#[tokio::test]
async fn a_steward_hands_the_hat_over() {
    let place = Place::empty();
    place.add("ada", "Ada");
    place.add("bo", "Bo");
    let browser = Browser::start();
    let ada = browser.person("Ada", &place).await;
    let bo = browser.person("Bo", &place).await;
    ada.sign_in("ada").await;
    bo.sign_in("bo").await;
    let charter = [("name", "Night handovers"), ("purpose", "Nothing gets lost."), ("domain", "Nights"), ("openness", "open")];
    let door = ada.sends("/communities", &charter).await;
    bo.sends(&format!("{door}/membership"), &[]).await;

    // Bo names what Ada does already; only she is asked.
    bo.open(&format!("{door}/hats")).await;
    bo.inspect("hats").await;
    bo.follow("Name a role that somebody plays").await;
    bo.fill("Who is it?", "ada").await;
    bo.pick("What are they to all of you?", "welcomer").await;
    bo.fill("A word to them", "You greet everybody.").await;
    bo.inspect("naming a role").await;
    bo.follow("Ask them").await;
    bo.sees("It is done.").await;
    bo.sees_no("welcomer").await;
    ada.open("/me/waiting").await;
    ada.sees("You greet everybody.").await;
    ada.inspect("a role that was named").await;
    ada.follow("Yes, I am").await;

    // Ada offers her own hat, with a term.
    ada.open(&format!("{door}/hats")).await;
    ada.inspect("hats, for a steward").await;
    ada.follow_in(".sessions > li:first-child", "My hat").await;
    ada.arrives_at("My hat: steward").await;
    ada.inspect("my hat").await;
    ada.fill("Offer it to", "nobody-here").await;
    ada.follow("Offer my hat").await;
    ada.sees("Nobody here has this handle.").await;
    ada.console_tells_only_of(422).await;
    ada.fill("Offer it to", "bo").await;
    ada.pick("Their term", "3 months").await;
    ada.follow("Offer my hat").await;
    ada.sees("It is done.").await;

    // Bo shadows: reads the sheet, and acts not.
    bo.open("/me/waiting").await;
    bo.sees("Your term would be 3 months.").await;
    bo.inspect("a hat that is handed over").await;
    bo.follow("Shadow it").await;
    bo.open(&format!("{door}/hats")).await;
    bo.sees("Bo shadows").await;
    bo.sees_no("Offer a hat").await;
    ada.open(&format!("{door}/hats")).await;
    ada.follow_in(".sessions > li:first-child", "My hat").await;
    ada.follow("Handover sheet").await;
    ada.fill("In your own words", "Ask Cy about the keys.").await;
    ada.inspect("the handover sheet, for who writes it").await;
    ada.follow("Keep").await;
    bo.follow("Handover sheet").await;
    bo.arrives_at("Handover sheet: steward").await;
    bo.sees("Ask Cy about the keys.").await;
    bo.sees("You shadow this hat").await;
    bo.sees("When this community speaks").await;
    bo.inspect("the handover sheet").await;
    bo.takes_a_phone(360).await;
    bo.inspect("the handover sheet on a phone").await;

    // The hat passes in one step, and the front door shows the new steward.
    ada.open(&format!("{door}/hats")).await;
    ada.follow_in(".sessions > li:first-child", "My hat").await;
    ada.inspect("my hat, shadowed").await;
    ada.follow("Hand the hat over now").await;
    ada.arrives_at("Night handovers").await;
    ada.inspect("a front door with hats").await;
    ada.sees_in("#taking-part .people > li:first-child", "Bo").await;
    bo.open(&format!("{door}/stewards")).await;
    bo.arrives_at("For stewards").await;
    bo.open(&format!("{door}/hats")).await;
    bo.sees("then Bo").await;
    bo.follow("My hat").await;
    bo.follow("Handover sheet").await;
    bo.sees("What Ada told").await;
    all_go([ada, bo]).await;
}
