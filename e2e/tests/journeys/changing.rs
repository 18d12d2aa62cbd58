//! Somebody works differently because of a reply: whoever wrote it hears of it, and the figures of the season hold it for as long as it stands.

use e2e::{Browser, Person, Place, all_go};

const DOOR: &str = "/c/night-handovers";
const ANSWER: &str = "We drop the index first.";
const NOW: &str = "Drop the index before each restore.";
const OUTCOME: &str = "The morning shift begins on time.";

#[tokio::test]
async fn a_change_thanks_its_cause_and_counts_until_it_is_taken_back() {
    let place = Place::empty();
    for (handle, name) in [("ada", "Ada"), ("bo", "Bo"), ("cy", "Cy")] {
        place.add(handle, name);
    }
    let browser = Browser::start();
    let (ada, bo, cy) = (browser.person("Ada", &place).await, browser.person("Bo", &place).await, browser.person("Cy", &place).await);
    for (person, handle) in [(&ada, "ada"), (&bo, "bo"), (&cy, "cy")] {
        person.sign_in(handle).await;
    }
    let charter = [("name", "Night handovers"), ("purpose", "Nothing gets lost."), ("domain", "Handing over."), ("openness", "open")];
    cy.sends("/communities", &charter).await;
    for person in [&ada, &bo] {
        person.sends(&format!("{DOOR}/membership"), &[]).await;
    }
    let told = place.narrate(&place.token("ada"), &["-c", "night-handovers", "The restore took 40 minutes."]);
    bo.sends(&format!("{}/replies", told.replace("conversations", "contributions")), &[("words", ANSWER)]).await;

    counted(&bo, [("people", "0"), ("outcomes", "0"), ("attested", "–")]).await;
    bo.inspect("a season in which nobody changed anything yet").await;
    let change = ada_tells_it(&ada, &told).await;
    nobody_else_knows(&bo, &told, &change).await;
    ada_shares_it(&ada, &change).await;
    bo_finds_what_became_of_his_words(&bo, &told, &change).await;
    counted(&bo, [("people", "1"), ("outcomes", "0"), ("attested", "–")]).await;
    opens_exactly(&bo, "people", &change).await;
    ada_says_what_came_of_it(&ada, &change).await;
    counted(&bo, [("people", "1"), ("outcomes", "1"), ("attested", "0 %")]).await;
    cy_attests_it(&cy, &change).await;
    counted(&bo, [("people", "1"), ("outcomes", "1"), ("attested", "100 %")]).await;
    bo.inspect("a season with something to tell").await;
    opens_exactly(&bo, "attested", &change).await;
    ada_looks_back(&ada).await;
    ada_takes_it_back(&ada, &bo, &told, &change).await;
    counted(&bo, [("people", "0"), ("outcomes", "0"), ("attested", "–")]).await;
    all_go([ada, bo, cy]).await;
}

/// From the reply itself, within the thanks.
async fn ada_tells_it(ada: &Person, told: &str) -> String {
    ada.open(told).await;
    ada.sees("Something here changed how I work").await;
    ada.click_in(".reply", "Thank").await;
    ada.inspect("thanking, or telling a change").await;
    ada.follow_in(".reply", "It changed how I work").await;
    ada.arrives_at("Tell a change").await;
    ada.expects("the reply is named already", ada.count("input[name=source]:checked:not([value=''])").await == 1);
    ada.sees(ANSWER).await;
    ada.inspect("telling a change").await;
    ada.fill("I used to", "Build the index twice.").await;
    ada.fill("Now I", NOW).await;
    ada.fill("Because of", "Bo has done it for years.").await;
    ada.follow("Keep").await;
    ada.sees("Only you see this.").await;
    ada.sees_in(".said", ANSWER).await;
    ada.inspect("a change for oneself").await;
    ada.at().await
}

async fn nobody_else_knows(bo: &Person, told: &str, change: &str) {
    bo.open(told).await;
    bo.sees(ANSWER).await;
    bo.sees_no("What changed because of this").await;
    bo.open("/notices").await;
    bo.sees("Notices").await;
    bo.sees_no("because of your words").await;
    bo.open(change).await;
    bo.sees("There is nothing here that you can see.").await;
    bo.console_tells_only_of(404).await;
    counted(bo, [("people", "0"), ("outcomes", "0"), ("attested", "–")]).await;
}

async fn ada_shares_it(ada: &Person, change: &str) {
    ada.open(change).await;
    ada.click("Share it").await;
    ada.pick("With", "Night handovers").await;
    ada.pick("Who reads it", "those who take part there").await;
    ada.inspect("sharing a change").await;
    ada.follow_in("form[action$='/sharing?_method=put']", "Share it").await;
    ada.sees_in(".by", "for the community").await;
    ada.sees_no("Only you see this.").await;
    ada.inspect("a shared change, for who told it").await;
}

/// A notice, and the place where the words stand.
async fn bo_finds_what_became_of_his_words(bo: &Person, told: &str, change: &str) {
    bo.open("/").await;
    bo.find(".top .dot").await;
    bo.open("/notices").await;
    bo.sees("because of your words, does differently now:").await;
    bo.inspect("a notice of what one's words did").await;
    bo.follow_in(".happened", NOW).await;
    assert_eq!(bo.at().await, change);
    bo.sees_in(".said", ANSWER).await;
    bo.inspect("a change that names oneself").await;
    bo.follow("Its whole story").await;
    bo.arrives_at("What became of it").await;
    bo.open(told).await;
    bo.sees("What changed because of this").await;
    bo.sees_in(".collected", "does differently now:").await;
    bo.inspect("a conversation that changed something").await;
    bo.follow("Its whole story").await;
    bo.arrives_at("What became of it").await;
    bo.sees_in(".story", NOW).await;
    bo.open(told).await;
    bo.click_in(".collected", ANSWER).await;
    bo.wait_for("the reply that is named", async || Ok(bo.at().await.contains("#r").then_some(()))).await;
    bo.open(DOOR).await;
    bo.sees("What changed here lately").await;
    bo.inspect("a front door behind which something changed").await;
}

async fn ada_says_what_came_of_it(ada: &Person, change: &str) {
    ada.open(change).await;
    ada.follow("I kept it").await;
    ada.sees_in(".kind", "kept").await;
    ada.fill("What came of it", OUTCOME).await; // what is kept asks for it by itself
    ada.fill("A measure", "12 minutes instead of 40").await;
    ada.follow_in("form[action$='/outcome?_method=put']", "Keep").await;
    ada.sees_in(".said", OUTCOME).await;
    ada.sees_in(".said", "12 minutes instead of 40").await;
    ada.inspect("a change with what came of it").await;
}

async fn cy_attests_it(cy: &Person, change: &str) {
    cy.open(change).await;
    cy.click("You saw it? Say so").await;
    cy.inspect("attesting a change").await;
    cy.fill("What you saw", "I came at seven, and it was done.").await;
    cy.follow("Attest it").await;
    cy.sees_in(".thanks", "Cy attests:").await;
    cy.sees_in(".thanks", "I came at seven, and it was done.").await;
    cy.inspect("a change that one attests").await;
}

/// What the season says, figure by figure.
async fn counted(member: &Person, figures: [(&str, &str); 3]) {
    member.open(DOOR).await;
    member.follow("What it is worth to us").await;
    member.arrives_at("What it is worth to us").await;
    for (name, said) in figures {
        let now = member.reads(&format!(".figures a[href*='/value/{name}']")).await;
        member.expects(&format!("the figure {name} says {said} and not {now}"), now == said);
    }
}

/// Behind the figure stands this change and nothing else, and it tells its story.
async fn opens_exactly(member: &Person, figure: &str, change: &str) {
    let behind = format!("{DOOR}/value/{figure}");
    member.open(&behind).await;
    member.sees(NOW).await;
    member.inspect("what is behind a figure").await;
    let story = change.replace("/changes/", "/stories/changes/");
    assert_eq!(member.paths("main .plain-list a").await, [story], "what is behind the figure {figure}");
    member.follow(NOW).await;
    member.arrives_at("What became of it").await;
    member.sees_in(".story", ANSWER).await;
    member.sees_in(".story", NOW).await;
    member.inspect("a story").await;
}

async fn ada_looks_back(ada: &Person) {
    ada.open("/@ada").await;
    ada.sees("How my practice changed").await;
    ada.follow("All of it, by year").await;
    ada.arrives_at("How my practice changed").await;
    ada.sees(NOW).await;
    ada.inspect("how one's practice changed, by year").await;
    ada.follow("Take it along as a record").await;
    ada.sees(NOW).await;
    ada.sees("I came at seven, and it was done.").await;
    ada.inspect("a record to take along").await;
}

/// It is gone everywhere: at the reply, among notices, and in each figure.
async fn ada_takes_it_back(ada: &Person, bo: &Person, told: &str, change: &str) {
    ada.open(change).await;
    ada.click("Take it back").await;
    ada.inspect("taking a change back").await;
    ada.follow_in("form[action$='?_method=delete']", "Take it back").await;
    ada.arrives_at("How my practice changed").await;
    ada.sees_no(NOW).await;
    bo.open(told).await;
    bo.sees(ANSWER).await;
    bo.sees_no("What changed because of this").await;
    bo.open("/notices").await;
    bo.sees("Notices").await;
    bo.sees_no("because of your words").await;
    bo.open(&change.replace("/changes/", "/stories/changes/")).await;
    bo.console_tells_only_of(404).await;
}
