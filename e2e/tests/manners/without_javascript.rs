//! A browser that runs no script does everything that matters.

use e2e::{Browser, Person, Place, all_go};

const COMMUNITY: &str = "/c/night-handovers";

#[tokio::test]
async fn everything_works_without_javascript() {
    let place = Place::empty();
    place.add("ada", "Ada");
    place.add("bo", "Bo");
    let browser = Browser::start();
    let ada = browser.person_without_javascript("somebody without JavaScript", &place).await;
    ada.sign_in("ada").await;
    founds(&ada).await;
    let told = place.narrate(&place.token("ada"), &["-c", "night-handovers", "The restore took 40 minutes. The index was built twice."]);
    ada.sign_out().await;

    let bo = ada; // the same browser, another person
    reads_as_a_stranger(&bo, &told).await;
    signs_in_and_joins(&bo).await;
    narrates(&bo).await;
    answers_a_passage_and_thanks(&bo, &told).await;
    leaves(&bo).await;
    bo.sign_out().await;
    all_go([bo]).await;
}

async fn founds(ada: &Person) {
    ada.open("/communities").await;
    ada.follow("Found a community").await;
    ada.fill("Name", "Night handovers").await;
    ada.fill("Purpose", "That nothing gets lost between two shifts.").await;
    ada.fill("Domain", "Handing over at night, and what makes it safe.").await;
    ada.choose("Open").await;
    ada.follow("Found it").await;
    ada.arrives_at("Night handovers").await;
}

async fn reads_as_a_stranger(bo: &Person, told: &str) {
    bo.open("/communities").await;
    bo.follow("Night handovers").await;
    bo.sees("That nothing gets lost between two shifts.").await;
    bo.follow("Just read").await;
    bo.arrives_at("Conversations").await;
    bo.follow("Answer").await; // where nobody answered yet, the way to the conversation says so
    assert_eq!(bo.at().await, told);
    bo.sees("The index was built twice.").await;
    // Our own script writes the exact time into a title: it did not run.
    assert!(bo.count("time").await > 0, "the page tells when");
    assert_eq!(bo.count("time[title]").await, 0, "no script runs");
}

async fn signs_in_and_joins(bo: &Person) {
    bo.open(COMMUNITY).await;
    bo.follow("Join").await;
    bo.give_name_and_password("bo", e2e::PASSWORD).await;
    bo.arrives_at("Night handovers").await;
    bo.follow_in(".join", "Join").await;
    bo.sees("You belong here").await;
}

async fn narrates(bo: &Person) {
    bo.open("/").await;
    bo.fill("What are you working on? What did you notice?", "Read the chart aloud.").await;
    bo.click("Point at the work, or go on with a trail").await;
    bo.fill("The work", "https://example.org/chart/4").await;
    bo.pick("Trail", "a new one").await;
    bo.fill("Title of a new trail", "Charts aloud").await;
    bo.follow("Say it").await;
    bo.sees_in(".opening .words", "Read the chart aloud.").await;
    bo.follow("Trail: Charts aloud").await;
    bo.arrives_at("Trail: Charts aloud").await;
    bo.sees("Read the chart aloud.").await;
    bo.follow("Answer").await;
    bo.follow("Change").await;
    bo.fill("Your words", "Read the whole chart aloud.").await;
    bo.follow("Keep").await;
    bo.sees_in(".opening .words", "the whole chart").await;
    bo.follow_in(".opening", "Withdraw").await;
    bo.sees("Withdrawn by its author").await;
    bo.follow("Bring it back").await;
    bo.sees_in(".opening .words", "the whole chart").await;
}

async fn answers_a_passage_and_thanks(bo: &Person, told: &str) {
    bo.open(told).await;
    bo.click_in(".opening", "Answer").await;
    bo.click_in(".opening", "Answer one passage").await;
    bo.fill("The passage", "The index was built twice.").await;
    bo.fill("Your answer", "So it is here. We drop it first.").await;
    bo.follow_in(".answer .actions", "Answer").await;
    bo.sees_in(".reply .words", "We drop it first.").await;
    bo.sees_in(".reply .quote", "The index was built twice.").await;

    bo.click_in(".opening", "Thank").await;
    bo.fill("What for, in your words", "Now I know why.").await;
    bo.follow_in(".opening .actions", "Thank").await;
    bo.sees_in(".thanks", "Now I know why.").await;
    bo.follow_in(".opening", "This happens to me too").await;
    bo.sees_in(".metoo", "this happens to me too").await;
}

async fn leaves(bo: &Person) {
    bo.open(COMMUNITY).await;
    bo.follow_in(".join", "Leave").await;
    bo.sees("Ways to be here").await;
    bo.open("/me/memberships").await;
    assert_eq!(bo.count(".sessions > li").await, 1);
    bo.sees("left").await;
}
