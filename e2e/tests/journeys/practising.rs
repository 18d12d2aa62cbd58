//! A conversation becomes a practice: it is adopted, dropped, contested, revised, carried on elsewhere, and what was learned there comes back.

use e2e::{Browser, Person, Place, all_go};

const DOOR: &str = "/c/night-handovers";
const TITLE: &str = "Drop the index before a restore";
const HOW: &str = "We drop the index first.";
const WHY: &str = "The index was built twice.";

/// How it reads after a revision: two passages, so that two people can each have one.
const REVISED: &str = "Drop the index first, unless somebody is reading.\n\nBuild it again before the morning.";

#[tokio::test]
async fn a_conversation_becomes_a_practice_and_comes_back_from_elsewhere() {
    let place = Place::empty();
    for (handle, name) in [("ada", "Ada"), ("bo", "Bo"), ("cy", "Cy"), ("dee", "Dee"), ("gil", "Gil")] {
        place.add(handle, name);
    }
    let browser = Browser::start();
    let (ada, bo, gil) = (browser.person("Ada", &place).await, browser.person("Bo", &place).await, browser.person("Gil", &place).await);
    for (person, handle) in [(&ada, "ada"), (&bo, "bo"), (&gil, "gil")] {
        person.sign_in(handle).await;
    }
    let charter = [("name", "Night handovers"), ("purpose", "Nothing gets lost."), ("domain", "Handing over."), ("openness", "open")];
    gil.sends("/communities", &charter).await;
    for person in [&ada, &bo] {
        person.sends(&format!("{DOOR}/membership"), &[]).await;
    }
    let told = place.narrate(&place.token("bo"), &["-c", "night-handovers", &format!("The restore took 40 minutes.\n\n{WHY}")]);
    gil.sends(&format!("{}/replies", told.replace("conversations", "contributions")), &[("words", HOW)]).await;

    let practice = ada_lets_it_grow(&ada, &told).await;
    bo_hears_of_it_and_works_by_it(&bo, &told, &practice).await;
    ada_is_told_what_is_missing(&ada, &practice).await;
    bo.sign_out().await;
    let cy = bo; // the same browser, another person
    cy_drops_it(&cy, &practice).await;
    gil_contests_it(&gil, &practice).await;
    ada_answers_by_a_revision(&ada, &practice).await;
    two_write_at_once(&ada, &gil, &practice).await;
    a_program_is_given_both_wordings(&ada, &place.token("ada"), &practice).await;
    cy.sign_out().await;
    let dee = cy;
    let offer = dee_carries_it_on_and_offers_it_back(&dee, &practice).await;
    ada_takes_it_in(&ada, &dee, &practice, &offer).await;
    all_go([ada, dee, gil]).await;
}

/// In two steps: passages, then a draft that cites them.
async fn ada_lets_it_grow(ada: &Person, told: &str) -> String {
    ada.open(told).await;
    ada.follow("Let a practice grow from this").await;
    ada.arrives_at("Choose what the practice grows from").await;
    ada.ticks(WHY).await;
    ada.ticks(HOW).await;
    ada.inspect("choosing passages").await;
    ada.follow("To the draft").await;
    ada.arrives_at("A new practice").await;
    ada.expects("the draft holds the passages", ada.holds_words("The practice", HOW).await && ada.holds_words("The practice", WHY).await);
    ada.inspect("a draft with citations").await;
    ada.fill("Title", TITLE).await;
    ada.fill("When to use it", "Before a restore of more than a gigabyte.").await;
    ada.goes_on("The practice", "Not while somebody is reading.").await;
    ada.follow("Begin it").await;
    ada.arrives_at(TITLE).await;
    ada.sees_in(".words blockquote", HOW).await;
    ada.sees_in("#sources", HOW).await;
    ada.sees_in("#sources", "Gil").await;
    ada.sees_in("#sources", WHY).await;
    ada.sees("Nobody but its authors has said how it did for them.").await;
    ada.inspect("a practice that was just begun").await;
    let practice = ada.at().await;
    ada.click("[1]").await;
    ada.wait_for("the source that is cited", async || Ok(ada.at().await.ends_with("#source-1").then_some(()))).await;
    practice
}

async fn bo_hears_of_it_and_works_by_it(bo: &Person, told: &str, practice: &str) {
    bo.open("/notices").await;
    bo.sees("wrote something to work by, with your words:").await;
    bo.inspect("a notice that one is cited").await;
    bo.open(told).await;
    bo.sees("Practices that grew from this").await;
    bo.inspect("a conversation from which a practice grew").await;
    bo.follow(TITLE).await;
    assert_eq!(bo.at().await, practice);
    bo.sees_in(".state", "proposed").await;
    bo.choose("I work by it").await;
    bo.fill("Where", "Night shift, four servers").await;
    bo.fill("What it did, or why not", "Twelve minutes instead of forty.").await;
    bo.follow("Say it").await;
    bo.sees_in("#state", "works by it").await;
    bo.sees_in("#state", "Twelve minutes instead of forty.").await;
    bo.inspect("a practice that one works by").await;
    bo.open(DOOR).await;
    bo.sees("What we work by").await;
    bo.follow("All practices").await;
    bo.arrives_at("Practices").await;
    bo.sees_in(".stream", TITLE).await;
    bo.inspect("the practices of a community").await;
}

/// One adoption is not enough, and the sentence says so.
async fn ada_is_told_what_is_missing(ada: &Person, practice: &str) {
    ada.open(practice).await;
    ada.click("Another state").await;
    ada.expects("an author is not offered to contest it", ada.count("input[name=state][value=contested]").await == 0);
    ada.choose("in use").await;
    ada.fill("Why", "Bo works by it.").await;
    ada.follow("Say so").await;
    ada.sees("In use needs two people who work by it and did not write it. So far one has said so; one more is missing.").await;
    ada.has_filled("Why", "Bo works by it.").await;
    ada.console_tells_only_of(422).await;
    ada.axe("a state that the evidence does not carry").await;
    ada.choose("tried").await;
    ada.follow("Say so").await;
    ada.sees_in(".state", "tried").await;
    ada.sees_in("aside", "What became of it").await;
}

async fn cy_drops_it(cy: &Person, practice: &str) {
    cy.sign_in("cy").await;
    cy.sends(&format!("{DOOR}/membership"), &[]).await;
    cy.open(practice).await;
    cy.choose("I dropped it").await;
    cy.follow("Say it").await;
    cy.sees("Please say why: it stands with the practice, and others learn from it.").await;
    cy.console_tells_only_of(422).await;
    cy.axe("dropping it without a word").await;
    cy.fill("What it did, or why not", "A colleague was reading, and waited an hour.").await;
    cy.follow("Say it").await;
    cy.sees_in("#state", "dropped it").await;
    cy.sees_in("#state", "A colleague was reading, and waited an hour.").await;
    cy.click("Say it anew").await;
    cy.has_filled("What it did, or why not", "A colleague was reading, and waited an hour.").await;
    cy.inspect("a practice that one dropped").await;
}

/// Gil keeps the community, and so its practices.
async fn gil_contests_it(gil: &Person, practice: &str) {
    gil.open("/").await;
    gil.sees("Dropped, because: please look at it").await;
    gil.inspect("a home to which something dropped is brought").await;
    gil.follow(TITLE).await;
    assert!(gil.at().await.starts_with(practice), "at the practice");
    gil.sees_in("#state", "A colleague was reading, and waited an hour.").await;
    gil.click("Another state").await;
    gil.choose("contested").await;
    gil.fill("Why", "It stops whoever reads meanwhile.").await;
    gil.inspect("contesting a practice").await;
    gil.follow("Say so").await;
    gil.sees_in(".notice", "It stops whoever reads meanwhile.").await;
    gil.sees_in(".state", "contested").await;
    gil.inspect("a contested practice").await;
    gil.open("/").await;
    gil.sees("From where I belong").await;
    gil.sees_no("Dropped, because").await;
}

async fn ada_answers_by_a_revision(ada: &Person, practice: &str) {
    ada.open(practice).await;
    ada.sees("Contested:").await;
    ada.follow("Revise").await;
    ada.arrives_at("Revise").await;
    ada.inspect("revising a practice").await;
    ada.fill("The practice", REVISED).await;
    ada.fill("Why it changes", "Cy's colleague waited an hour.").await;
    ada.follow("Keep the revision").await;
    ada.arrives_at(TITLE).await;
    ada.sees_in(".words", "unless somebody is reading").await;
    ada.open(&format!("{practice}/history")).await;
    ada.arrives_at("How it came to be").await;
    ada.sees("Cy's colleague waited an hour.").await;
    ada.inspect("how a practice came to be").await;
    ada.follow("What changed").await;
    ada.arrives_at("From version 1 to version 2").await;
    ada.sees("Cy's colleague waited an hour.").await;
    ada.sees_in("ins", "Drop the index first, unless").await;
    ada.sees_in("del", WHY).await;
    ada.inspect("the differences of two revisions").await;
}

/// Whoever keeps second finds the other's words joined to their own, or beside them.
async fn two_write_at_once(ada: &Person, gil: &Person, practice: &str) {
    let revision = format!("{practice}/revision");
    let (mornings, nights) = ("Build it again before the morning shift comes.", "Drop the index first, unless somebody reads. Ask in the room.");
    gil.open(&revision).await;
    gil.arrives_at("Revise").await;
    ada.open(&revision).await;
    ada.fill("The practice", &REVISED.replace("Build it again before the morning.", mornings)).await;
    ada.fill("Why it changes", "So that it is done before seven.").await;
    ada.follow("Keep the revision").await;
    ada.arrives_at(TITLE).await;
    gil.fill("The practice", &REVISED.replace("Drop the index first, unless somebody is reading.", nights)).await;
    gil.fill("Why it changes", "One has to ask.").await;
    gil.follow("Keep the revision").await;
    gil.arrives_at(TITLE).await;
    gil.sees_in(".words", mornings).await;
    gil.sees_in(".words", "Ask in the room.").await;

    // The same passage, and in another tab of one's own.
    ada.open(&revision).await;
    ada.arrives_at("Revise").await;
    ada.open_a_tab().await;
    ada.open(&revision).await;
    ada.fill("The practice", &format!("Ask in the chat, then drop the index.\n\n{mornings}")).await;
    ada.fill("Why it changes", "The room is empty at night.").await;
    ada.follow("Keep the revision").await;
    ada.arrives_at(TITLE).await;
    ada.close_the_tab().await;
    ada.fill("The practice", &format!("Ask by phone, then drop the index.\n\n{mornings}")).await;
    ada.fill("Why it changes", "Nobody reads the chat.").await;
    ada.follow("Keep the revision").await;
    ada.sees("Somebody else changed the same passages meanwhile.").await;
    ada.sees_in(".clashes", "Ask by phone, then drop the index.").await;
    ada.sees_in(".clashes", "Ask in the chat, then drop the index.").await;
    ada.has_filled("Why it changes", "Nobody reads the chat.").await;
    ada.expects("what one wrote stands in the form", ada.holds_words("The practice", "Ask by phone").await);
    ada.console_tells_only_of(422).await;
    ada.axe("two wordings side by side").await;
    ada.fill("The practice", &format!("Ask in the chat, and by phone, then drop the index.\n\n{mornings}")).await;
    ada.follow("Keep the revision").await;
    ada.arrives_at(TITLE).await;
    ada.sees_in(".words", "Ask in the chat, and by phone").await;
    ada.open(&format!("{practice}/history")).await;
    for reason in ["So that it is done before seven.", "One has to ask.", "The room is empty at night.", "Nobody reads the chat."] {
        ada.sees(reason).await;
    }
}

/// By the API as on the page: what clashes comes back with what it clashes with, and goes through once the two are put together.
async fn a_program_is_given_both_wordings(ada: &Person, token: &str, practice: &str) {
    let script = "const [token, practice, title, words, base] = arguments;
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
        const body = JSON.stringify({ title, words, base, reason: 'By a program.' });
        return fetch(`/api/v1${practice}/revisions`, { method: 'POST', headers, body, credentials: 'omit' })
            .then(async (it) => ({ status: it.status, ...await it.json() }));";
    let clash = ada.js(script, &[token, practice, TITLE, "Ask the night porter.", "2"]).await;
    assert_eq!(clash["status"], 409, "{clash}");
    assert!(clash["joined"]["words"].as_str().is_some_and(|words| words.contains("Ask the night porter.")), "{clash}");
    assert!(clash["clashes"][0]["theirs"].as_str().is_some_and(|words| words.contains("Ask in the chat, and by phone")), "{clash}");
    ada.console_tells_only_of(409).await;
    let base = clash["base"].as_i64().expect("a version").to_string();
    let joined = "Ask in the chat, and by phone, and the night porter, then drop the index.\n\nBuild it again before the morning shift comes.";
    let stands = ada.js(script, &[token, practice, TITLE, joined, &base]).await;
    assert_eq!(stands["status"], 201, "{stands}");
}

/// Dee takes part in both communities. Answers the conversation of the offer.
async fn dee_carries_it_on_and_offers_it_back(dee: &Person, practice: &str) -> String {
    dee.sign_in("dee").await;
    let charter = [("name", "Day wards"), ("purpose", "Nobody waits."), ("domain", "Days."), ("openness", "open")];
    dee.sends("/communities", &charter).await;
    dee.sends(&format!("{DOOR}/membership"), &[]).await;
    dee.open(practice).await;
    dee.click("Let it stand in another community").await;
    dee.pick("Community", "Day wards").await;
    dee.follow("Let it stand there").await;
    dee.sees("Began as").await;
    dee.sees_in("#sources", HOW).await;
    dee.inspect("a practice that began elsewhere").await;
    let fork = dee.at().await;
    assert_ne!(fork, practice);
    dee.follow("Revise").await;
    dee.goes_on("The practice", "\n\nWrite on the board when it is back.").await;
    dee.fill("Why it changes", "The day shift looked for it.").await;
    dee.follow("Keep the revision").await;
    dee.sees_in(".words", "Write on the board").await;
    dee.follow("Compare").await;
    dee.arrives_at("Beside what it began as, in Night handovers").await;
    dee.sees_in("ins", "Write on the board when it is back.").await;
    dee.click("Offer it back").await;
    dee.inspect("comparing with what it began as").await;
    dee.fill("What is better now, and why it would be better there, too", "You look for it at seven as well.").await;
    dee.follow("Offer it").await;
    dee.sees("What would change in").await;
    dee.sees("You look for it at seven as well.").await;
    dee.inspect("an offer, for who made it").await;
    dee.at().await
}

async fn ada_takes_it_in(ada: &Person, dee: &Person, practice: &str, offer: &str) {
    ada.open("/notices").await;
    ada.sees("proposed a change to what you wrote:").await;
    ada.open(practice).await;
    ada.follow("A change by Dee").await;
    assert_eq!(ada.at().await, offer);
    ada.sees_in(".proposal ins", "Write on the board when it is back.").await;
    ada.inspect("an offer, for who may take it in").await;
    ada.follow("Take it into the practice").await;
    ada.arrives_at(TITLE).await;
    ada.sees_in(".words", "Write on the board when it is back.").await;
    ada.sees_in("aside", "Day wards").await; // where it stands, too
    ada.inspect("a practice that took something in").await;
    ada.open(&format!("{practice}/history")).await;
    ada.sees_in(".history", "Dee").await;
    dee.open("/notices").await;
    dee.sees("took your proposal into it:").await;
    dee.open(offer).await;
    dee.sees("Ada took it into the practice.").await;
    dee.inspect("an offer that was taken in").await;
}
