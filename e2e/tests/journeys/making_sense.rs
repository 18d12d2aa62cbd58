//! Two people look at what was said here and there as one; and one of them talks with a circle, in words that fade.

use e2e::{Browser, Person, Place, all_go};

const NIGHT: &str = "The alarm went off again at three.";
const ANSWER: &str = "Ours went off at four.";

#[tokio::test]
async fn what_was_said_here_and_there_is_looked_at_as_one() {
    let place = Place::empty();
    place.add("ada", "Ada");
    place.add("bo", "Bo");
    place.add("cy", "Cy");
    let browser = Browser::start();
    let (ada, bo) = (browser.person("Ada", &place).await, browser.person("Bo", &place).await);
    ada.sign_in("ada").await;
    bo.sign_in("bo").await;
    let charter = [
        ("name", "Night handovers"),
        ("slug", "night-handovers"),
        ("domain", "Handing over at night, and what makes it safe."),
        ("purpose", "That nothing gets lost between two shifts."),
        ("openness", "open"),
    ];
    ada.sends("/communities", &charter).await;
    let told = place.narrate(&place.token("ada"), &["-c", "night-handovers", NIGHT]);
    bo.sends(&format!("/contributions/{}/replies", told.trim_start_matches("/conversations/")), &[("words", ANSWER)]).await;

    let seen = ada_says_what_she_sees(&ada, &told).await;
    bo_finds_the_way_both_ways(&bo, &told, &seen).await;
    ada_announces(&ada, &bo).await;
    ada_talks_with_a_circle(&ada, &bo).await;
    all_go([ada, bo]).await;
}

/// She collects the narration and Bo's reply, puts them in order, and says what she sees.
async fn ada_says_what_she_sees(ada: &Person, told: &str) -> String {
    ada.open("/sense").await;
    ada.sees("Here the narrations and replies would stand").await;
    ada.inspect("an empty tray").await;
    ada.open(told).await;
    ada.follow_in(".reply", "Collect").await;
    ada.follow_in(".opening", "Collect").await;
    ada.sees_in(".opening", "Out of my tray").await;
    ada.inspect("a conversation of which something is collected").await;
    ada.open("/").await;
    ada.sees("What you collected").await;
    ada.follow("Say what I see in it").await;
    ada.arrives_at("What do we see here?").await;
    ada.follow("Down").await; // the narration first
    ada.inspect("the tray").await;
    ada.fill("What you see", "It is the hour, not the pump.").await;
    ada.fill("Title", "Alarms between three and four").await;
    ada.follow("Say it").await;
    ada.arrives_at("Alarms between three and four").await;
    ada.sees_in(".collected", NIGHT).await;
    ada.sees_in(".collected", ANSWER).await;
    ada.inspect("what is seen in several things").await;
    ada.at().await
}

async fn bo_finds_the_way_both_ways(bo: &Person, told: &str, seen: &str) {
    bo.open(told).await;
    bo.follow_in(".reply .grew", "Alarms between three and four").await;
    assert_eq!(bo.at().await, seen);
    bo.follow_in(".collected", NIGHT).await;
    assert!(bo.at().await.starts_with(told), "back at the narration");
    bo.sees_in(".opening", "collected in").await;
}

async fn ada_announces(ada: &Person, bo: &Person) {
    bo.sends("/c/night-handovers/membership", &[]).await;
    ada.open("/c/night-handovers").await;
    ada.follow("Announce something").await;
    ada.arrives_at("Announce something").await;
    ada.inspect("announcing").await;
    ada.fill("Title", "We meet on Thursday").await;
    ada.fill("Your words", "At two, in the room beside the ward.").await;
    ada.fill("For how many days", "3").await;
    ada.follow("Announce it").await;
    ada.open("/c/night-handovers").await;
    ada.sees_in(".announcement", "We meet on Thursday").await;
    ada.inspect("a front door with an announcement").await;
    bo.open("/").await;
    bo.sees_in(".announcement", "We meet on Thursday").await;
    bo.inspect("a home with an announcement").await;
    bo.follow("Put aside").await;
    bo.sees("From where I belong").await;
    assert_eq!(bo.count(".announcement").await, 0, "put aside");
}

/// Who is put into the circle later does not see what was said before.
async fn ada_talks_with_a_circle(ada: &Person, bo: &Person) {
    ada.open("/circles").await;
    ada.inspect("no circles yet").await;
    ada.fill("What you call it", "night shift").await;
    ada.fill("Who is in it", "@bo").await;
    ada.follow("Make it").await;
    ada.arrives_at("night shift").await;
    ada.sees("Who is added later does not see what was said before.").await;
    ada.inspect("a circle").await;
    ada.follow("Talk privately").await;
    ada.inspect("talking with a circle").await;
    ada.fill("Your words", "Between us: I was asleep at three.").await;
    ada.pick("What is said fades", "after a week").await;
    ada.follow("Say it").await;
    ada.sees("What is said here fades after a week.").await;
    ada.inspect("a conversation that fades").await;
    let private = ada.at().await;
    bo.open(&private).await;
    bo.sees("Between us: I was asleep at three.").await;

    ada.open("/circles").await;
    ada.follow("night shift").await;
    ada.fill("Add people", "cy").await;
    ada.follow("Add").await;
    ada.sees("@cy").await;
    bo.sign_out().await;
    let cy = bo; // the same browser, another person
    cy.sign_in("cy").await;
    cy.open(&private).await;
    cy.console_tells_only_of(404).await;
    cy.sees_no("Between us").await;

    ada.open("/").await;
    ada.fill("What are you working on? What did you notice?", "The alarm is louder now.").await;
    ada.click("Say it to a circle of mine").await;
    ada.follow("night shift").await;
    ada.sees("only for").await;
    let said = ada.at().await;
    cy.open(&said).await;
    cy.sees("The alarm is louder now.").await;
    cy.sees("Private").await;
}
