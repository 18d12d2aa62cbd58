//! What people do here from beginning to end, in a real browser, as the one who does it meets it.
#![allow(clippy::expect_used, clippy::indexing_slicing)] // a test fails by panicking

#[path = "journeys/attaching.rs"]
mod attaching;
#[path = "journeys/caring.rs"]
mod caring;
#[path = "journeys/changing.rs"]
mod changing;
#[path = "journeys/following.rs"]
mod following;
#[path = "journeys/making_sense.rs"]
mod making_sense;
#[path = "journeys/handing_over.rs"]
mod handing_over;
#[path = "journeys/signing_in_by_code.rs"]
mod signing_in_by_code;
#[path = "journeys/own_kinds.rs"]
mod own_kinds;
#[path = "journeys/practising.rs"]
mod practising;

use e2e::{Browser, PASSWORD, Person, Place, all_go};

const COMMUNITY: &str = "/c/night-handovers";

#[tokio::test]
async fn a_community_comes_to_life() {
    let place = Place::empty();
    let browser = Browser::start();
    let ada = browser.person("Ada", &place).await;
    let bo = browser.person("Bo", &place).await;

    ada_sets_the_place_up(&ada, &place).await;
    ada_founds_a_community(&ada).await;
    bo_joins_by_an_invitation(&ada, &bo).await;
    what_ada_narrates_appears_for_bo(&bo, &place).await;
    let told = bo_answers_a_passage(&ada, &bo, &place).await;
    they_thank_and_change_their_words(&ada, &bo, &told).await;
    a_question_grows_and_a_trail_goes_on(&ada, &told).await;
    ada_says_something_longer(&ada).await;
    let private = bo_and_ada_talk_privately(&ada, &bo).await;
    everything_about_oneself_is_in_reach(&ada).await;
    bo_leaves_and_comes_back(&bo).await;
    bo.sign_out().await;
    let cy = bo; // the same browser, another person
    cy_knocks_and_is_let_in(&ada, &cy, &place, &private).await;
    cy_leaves_the_place_for_good(&ada, &cy).await;
    all_go([ada, cy]).await;
}

async fn ada_sets_the_place_up(ada: &Person, place: &Place) {
    ada.open("/").await;
    ada.sees("Nobody has come yet.").await;
    ada.inspect("the welcome of an empty place").await;
    ada.open("/sign-in").await;
    ada.inspect("signing in").await;
    ada.open("/sign-up").await;
    ada.inspect("signing up").await;

    ada.open(&place.set_up).await;
    ada.arrives_at("Set up this place").await;
    ada.inspect("setting up").await;
    ada.fill("Your name", "Ada").await;
    ada.fill("Handle", "ada").await;
    ada.fill("Password", PASSWORD).await;
    ada.choose("Anybody").await;
    ada.follow("Begin").await;
    ada.sees("From where I belong").await;
    ada.inspect("a new home").await;

    for (path, page) in [
        ("/communities", "an empty directory"),
        ("/me/waiting", "nothing that waits"),
        ("/me/memberships", "no memberships"),
        ("/@ada", "one's own empty page"),
    ] {
        ada.open(path).await;
        ada.inspect(page).await;
    }
}

async fn ada_founds_a_community(ada: &Person) {
    ada.open("/communities").await;
    ada.follow("Found a community").await;
    ada.arrives_at("Found a community").await;
    ada.inspect("founding").await;
    ada.fill("Name", "Night handovers").await;
    ada.fill("Purpose", "That nothing gets lost between two shifts.").await;
    ada.choose("Open").await;
    ada.follow("Found it").await;
    ada.sees("Nothing is lost.").await; // the domain was forgotten
    ada.has_filled("Purpose", "That nothing gets lost between two shifts.").await;
    ada.console_tells_only_of(422).await;
    ada.axe("founding, with something to mend").await;
    ada.fill("Domain", "Handing over at night, and what makes it safe.").await;
    ada.fill("Practice", "We say what we noticed while it is fresh.").await;
    ada.follow("Found it").await;
    ada.arrives_at("Night handovers").await;
    ada.sees("You belong here").await;
    ada.inspect("the front door of a steward").await;

    ada.follow_in("header.door", "Revise the charter").await;
    ada.arrives_at("Revise the charter").await;
    ada.inspect("revising the charter").await;
    ada.fill("Purpose", "That nothing and nobody gets lost between two shifts.").await;
    ada.fill("Why", "Patients are somebody.").await;
    ada.follow("Revise it").await;
    ada.arrives_at("How the purpose came to be").await;
    ada.sees_in("ins", "nobody").await;
    ada.inspect("the charter's history").await;
    ada.open(&format!("{COMMUNITY}/people")).await;
    ada.inspect("who is here").await;
    ada.follow("For stewards").await;
    ada.arrives_at("For stewards").await;
    ada.click("Suspend somebody").await;
    ada.inspect("the page for stewards").await;
}

async fn bo_joins_by_an_invitation(ada: &Person, bo: &Person) {
    ada.open(COMMUNITY).await;
    ada.follow("Invite somebody").await;
    ada.arrives_at("Invite somebody").await;
    ada.follow("Make a link").await;
    ada.sees("Here is your link.").await;
    ada.inspect("inviting").await;
    let link = ada.reads("#link").await;

    bo.open(&link).await;
    bo.sees("Ada invites you.").await;
    bo.inspect("an invitation for a stranger").await;
    bo.follow("Make an account").await;
    bo.arrives_at("Make an account").await;
    bo.fill("Your name", "Bo").await;
    bo.fill("Handle", "bo").await;
    bo.fill("Password", PASSWORD).await;
    bo.follow("Make the account").await;
    bo.arrives_at("Night handovers").await;
    bo.click("Two questions, only for yourself").await;
    bo.inspect("joining").await;
    bo.fill("Why do you join?", "I hand over to Ada.").await;
    bo.choose("I wanted to").await;
    bo.choose("Everyone who sees the community").await;
    bo.follow("Join").await;
    bo.sees("You belong here").await;
    bo.inspect("the front door of a member").await;
    bo.open("/me/memberships").await;
    bo.sees("I hand over to Ada.").await;
    bo.inspect("memberships").await;
}

/// A quiet line says that there is more; the page stays as it is until its reader wants it.
async fn what_ada_narrates_appears_for_bo(bo: &Person, place: &Place) {
    let token = place.token("ada");
    for hour in 1..=8 {
        place.narrate(&token, &["-c", "night-handovers", &format!("Hour {hour}: walked the ward, read the chart aloud, asked what is missing.")]);
    }
    bo.sizes_the_window(900, 600).await;
    bo.open(&format!("{COMMUNITY}/conversations")).await;
    bo.arrives_at("Conversations").await;
    assert_eq!(bo.count(".stream > li").await, 8);
    bo.js("scrollTo({ top: 320, behavior: 'instant' })", &[]).await;
    let before = what_lies_where(bo).await;
    assert!(before.starts_with("320 "), "the page is scrolled: {before}");

    place.narrate(&token, &["-c", "night-handovers", "Tried the red pen again. It holds."]);
    bo.sees_in(".live", "1 new thing was said").await;
    place.narrate(&token, &["-c", "night-handovers", "Gave the red pen to the day shift."]);
    bo.sees_in(".live", "2 new things were said").await;
    bo.inspect("conversations with news").await;
    bo.expects("the page does not move under its reader", what_lies_where(bo).await == before);
    bo.expects("the news is where its reader looks", is_in_sight(bo, ".live a").await);

    bo.follow("2 new things were said").await;
    bo.sees("Tried the red pen again. It holds.").await;
    bo.sees("Gave the red pen to the day shift.").await;
    assert_eq!(bo.count(".stream > li").await, 10);
    bo.sizes_the_window(1280, 900).await;
}

/// How far the page is scrolled, and where on the screen each thing in the stream lies.
async fn what_lies_where(person: &Person) -> String {
    let script = "const items = [...document.querySelectorAll('.stream > li')];
        return scrollY + ' ' + items.map((it) => it.querySelector('.about a').pathname + '@' + it.getBoundingClientRect().top).join(' ');";
    person.js(script, &[]).await.as_str().expect("text").to_owned()
}

async fn is_in_sight(person: &Person, css: &str) -> bool {
    let script = "const at = document.querySelector(arguments[0]).getBoundingClientRect(); return at.top >= 0 && at.bottom <= innerHeight;";
    person.js(script, &[css]).await == true
}

/// Answers the path of the conversation.
async fn bo_answers_a_passage(ada: &Person, bo: &Person, place: &Place) -> String {
    let restore = "The restore took 40 minutes. The index was built twice, I think. Does this happen elsewhere?";
    let work = "https://example.org/commit/4f2a";
    let told = place.narrate(&place.token("ada"), &["-c", "night-handovers", "--new-trail", "The slow restore", "--work", work, restore]);
    ada.open(&told).await;
    ada.sees("The restore took 40 minutes.").await;

    bo.open_a_tab().await;
    bo.open(&told).await;
    bo.click_in(".opening", "Answer").await;
    bo.fill("Your answer", "Half a thought").await;
    bo.close_the_tab().await;
    bo.finds_again(&told, "Your answer", "Half a thought").await;
    bo.open("/").await;
    bo.sees("Drafts that wait for you").await;
    bo.inspect("a home with a draft").await;

    bo.open(&told).await;
    bo.select("The index was built twice").await;
    bo.click("Answer this passage").await;
    bo.has_filled("The passage", "The index was built twice").await;
    bo.writes_in("Your answer").await;
    bo.inspect("answering").await;
    bo.fill("Your answer", "So it is here. We drop it first.").await;
    bo.follow_in(".answer .actions", "Answer").await;
    bo.sees_in(".reply .words", "We drop it first.").await;
    bo.sees_in(".reply .quote", "The index was built twice").await;
    bo.inspect("a conversation").await;
    bo.open("/").await;
    bo.sees_no("Drafts that wait for you").await;
    told
}

async fn they_thank_and_change_their_words(ada: &Person, bo: &Person, told: &str) {
    ada.sees_in(".live", "1 new reply").await;
    ada.follow("1 new reply").await;
    ada.sees("We drop it first.").await;
    ada.click_in(".reply", "Thank").await;
    ada.fill("What for, in your words", "That halves my night.").await;
    ada.follow_in(".reply .actions", "Thank").await;
    ada.sees_in(".thanks", "Ada thanked: That halves my night.").await;
    ada.inspect("a conversation with thanks").await;

    bo.open(told).await;
    bo.sees_in(".thanks", "That halves my night.").await;
    bo.follow_in(".opening", "This happens to me too").await;
    bo.sees_in(".metoo", "Bo: this happens to me too").await;
    bo.follow_in(".reply", "Withdraw").await;
    bo.sees("Withdrawn by its author").await;
    bo.inspect("a conversation with something withdrawn").await;
    bo.follow("Bring it back").await;
    bo.sees("We drop it first.").await;

    ada.open(told).await;
    ada.follow_in(".opening", "Change").await;
    ada.arrives_at("Change what you said").await;
    ada.inspect("changing what was said").await;
    ada.fill("Your words", "The restore took 40 minutes. The index was built twice.").await;
    ada.follow("Keep").await;
    ada.sees("The index was built twice.").await;
    ada.sees_no("I think").await;
    ada.follow("changed").await;
    ada.arrives_at("What this was before").await;
    ada.sees("Does this happen elsewhere?").await;
    ada.inspect("what it was before").await;
}

async fn a_question_grows_and_a_trail_goes_on(ada: &Person, told: &str) {
    ada.open(told).await;
    ada.follow("Turn into a question, problem or insight").await;
    ada.arrives_at("From a narration").await;
    ada.inspect("letting a narration grow").await;
    ada.choose("A question").await;
    ada.fill("Title", "Who else drops the index first?").await;
    ada.fill("Your words", "And does anybody miss it meanwhile?").await;
    ada.follow("Say it").await;
    ada.arrives_at("Who else drops the index first?").await;
    ada.sees_in(".grew", "grew from").await;
    ada.click("Change whom it is for").await;
    ada.inspect("what grew").await;

    ada.open(told).await;
    ada.sees_in(".grew", "led to").await;
    ada.follow("Trail: The slow restore").await;
    ada.arrives_at("Trail: The slow restore").await;
    ada.inspect("a trail").await;
    ada.follow("Go on with this trail").await;
    ada.has_filled("The work", "").await;
    ada.inspect("narrating").await;
    ada.fill("What are you working on? What did you notice?", "Dropped the index first: 12 minutes.").await;
    ada.follow("Say it").await;
    ada.follow("Trail: The slow restore").await;
    ada.sees("12 minutes").await;
    assert_eq!(ada.count(".trail > li").await, 2);
}

async fn ada_says_something_longer(ada: &Person) {
    ada.open(&format!("{COMMUNITY}/conversations")).await;
    ada.follow("Say something here").await;
    ada.arrives_at("Say something here").await;
    ada.inspect("saying something").await;
    ada.fill("Title", "How we hand over").await;
    ada.fill("Your words", LONGER).await;
    ada.pick("Kind", "experience").await;
    ada.follow("Say it").await;
    ada.arrives_at("How we hand over").await;
    ada.sees_in(".words .mention", "@bo").await;
    ada.inspect("words of every shape").await;
    ada.open("/").await;
    ada.inspect("a full home").await;
    ada.open(COMMUNITY).await;
    ada.inspect("a front door with something alive").await;
    ada.open("/communities").await;
    ada.inspect("the directory").await;
}

const LONGER: &str = "# At seven\n\n*Quietly*, with **both** shifts and @bo:\n\n- the chart\n- [x] the pen\n\n> What is missing?\n\n\
    1. `ward` first\n2. ~~phone~~ second, see [the list](https://example.org/list)\n\n\
    ```rust\nfn hour(n: u8) -> u8 { n + 1 } // the next \"hour\"\n```\n\n\
    | bed | note |\n|---|--:|\n| 4 | 12 |\n\nand\n\n| bed | who |\n|---|---|\n| 5 | Bo |\n";

/// Answers the path of what is between them.
async fn bo_and_ada_talk_privately(ada: &Person, bo: &Person) -> String {
    bo.open("/@ada").await;
    bo.arrives_at("Ada").await;
    bo.inspect("a person").await;
    bo.follow("Begin one").await;
    bo.arrives_at("Talk privately").await;
    bo.has_filled("With whom", "ada").await;
    bo.inspect("beginning to talk privately").await;
    bo.fill("Your words", "Shall I take your Friday night?").await;
    bo.follow("Say it").await;
    bo.sees("for named people").await;
    bo.inspect("a private conversation").await;
    let between_them = bo.at().await;

    ada.open("/").await;
    ada.sees("Shall I take your Friday night?").await;
    ada.open(&between_them).await;
    ada.click("Answer").await;
    ada.fill("Your answer", "Please do.").await;
    ada.follow_in(".answer .actions", "Answer").await;
    ada.sees_in(".reply", "Please do.").await;

    between_them
}

async fn everything_about_oneself_is_in_reach(ada: &Person) {
    ada.open("/me").await;
    ada.fill("My practice", "Handing a ward over, and being awake for it.").await;
    ada.fill("Time zone", "Europe/Berlin").await;
    ada.follow_in("form[action='/me']", "Keep").await;
    ada.has_filled("Time zone", "Europe/Berlin").await;
    ada.fill("What it is for", "the ward's terminal").await;
    ada.follow("Make a token").await;
    ada.sees("Here is your token.").await;
    ada.inspect("settings").await;
    for (path, page) in [("/@ada", "one's own page"), ("/@ada/said", "all that one said"), ("/api", "for programs"), ("/about", "about this place")] {
        ada.open(path).await;
        ada.inspect(page).await;
    }
    ada.open("/me").await;
    ada.follow("Leave this place").await;
    ada.arrives_at("Leaving this place").await;
    ada.inspect("leaving").await;
    ada.open("/nowhere").await;
    ada.sees("There is nothing here that you can see.").await;
    ada.console_tells_only_of(404).await;
    ada.axe("nothing here").await;
}

async fn bo_leaves_and_comes_back(bo: &Person) {
    bo.open(COMMUNITY).await;
    bo.follow("Leave").await;
    bo.sees("Ways to be here").await;
    bo.inspect("the front door after leaving").await;
    bo.follow("Just read").await;
    bo.arrives_at("Conversations").await;
    bo.sees("How we hand over").await;
    bo.open(COMMUNITY).await;
    bo.follow("Join").await;
    bo.sees("You belong here").await;
    bo.open("/me/memberships").await;
    assert_eq!(bo.count(".sessions > li").await, 2, "two spells, and what was between them");
}

async fn cy_knocks_and_is_let_in(ada: &Person, cy: &Person, place: &Place, private: &str) {
    ada.open(&format!("{COMMUNITY}/charter/revision")).await;
    ada.choose("Knock").await;
    ada.fill("Why", "We are many now.").await;
    ada.follow("Revise it").await;
    ada.sees("We are many now.").await;

    place.add("cy", "Cy");
    cy.open(COMMUNITY).await;
    cy.inspect("the front door for a stranger").await;
    cy.follow("Knock").await;
    cy.give_name_and_password("cy", PASSWORD).await;
    cy.arrives_at("Night handovers").await;
    cy.follow("Knock").await;
    cy.fill("A word to the stewards", "I take the day shift over.").await;
    cy.inspect("knocking").await;
    cy.follow("Knock").await;
    cy.sees("You knocked.").await;

    ada.open("/").await;
    ada.find(".top .dot").await;
    ada.open("/me/waiting").await;
    ada.sees("I take the day shift over.").await;
    ada.inspect("a knock that waits").await;
    ada.follow("Open the door").await;
    ada.sees("Nothing waits.").await;
    ada.open(&format!("{COMMUNITY}/invitations")).await;
    ada.fill("Handle", "cy").await;
    ada.fill("A word to them", "The day shift belongs here.").await;
    ada.follow("Invite").await;
    ada.sees("Your invitation is with @cy").await;

    cy.open("/me/waiting").await;
    cy.sees("The door is open for you:").await;
    cy.sees("The day shift belongs here.").await;
    cy.inspect("an open door that waits").await;
    cy.follow("Join").await;
    cy.sees("You belong here").await;

    cy.open(private).await; // Ada's and Bo's
    cy.sees("There is nothing here that you can see.").await;
    cy.console_tells_only_of(404).await;
}

async fn cy_leaves_the_place_for_good(ada: &Person, cy: &Person) {
    cy.open("/").await;
    cy.fill("What are you working on? What did you notice?", "Took the day shift over for the last time.").await;
    cy.follow("Say it").await;
    cy.sees("for the last time").await;
    let last_words = cy.at().await;
    cy.open("/me/leaving").await;
    cy.choose("Erase them").await;
    cy.fill("Your password", PASSWORD).await;
    cy.click("Leave").await;
    cy.confirm().await;
    cy.sees("Come in").await;
    cy.inspect("the welcome").await;
    cy.open("/sign-in").await;
    cy.give_name_and_password("cy", PASSWORD).await;
    cy.sees("do not belong together").await;
    cy.console_tells_only_of(422).await;
    cy.axe("signing in in vain").await;
    ada.open(&last_words).await;
    ada.sees_no("for the last time").await;
    ada.console_tells_only_of(404).await;
}

/// A browser opens six connections to a place: a page that is left must not keep one.
#[tokio::test]
async fn a_page_that_is_left_holds_nothing_up_and_wakes_again() {
    let place = Place::empty();
    let browser = Browser::start();
    place.add("ada", "Ada");
    let ada = browser.person("Ada", &place).await;
    ada.sign_in("ada").await;
    ada.sends("/communities", &[("name", "Night handovers"), ("purpose", "Nothing gets lost."), ("domain", "Handing over.")]).await;
    ada.sign_out().await;

    let stranger = ada; // the same browser: what oneself says is no news
    let conversations = format!("{COMMUNITY}/conversations");
    for _ in 0..6 {
        stranger.open(&format!("{conversations}?kind=question")).await;
        stranger.open(&conversations).await;
    }
    stranger.open("/about").await;
    stranger.goes_back().await;
    stranger.arrives_at("Conversations").await;
    place.narrate(&place.token("ada"), &["-c", "night-handovers", "Back at the bedside."]);
    stranger.sees_in(".live", "1 new thing was said").await;
    all_go([stranger]).await;
}
