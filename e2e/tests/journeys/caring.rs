//! Words are hidden with a rule and a reason, appealed against and brought back; somebody is blocked, and is heard no more.

use e2e::{Browser, Person, Place, all_go};

#[tokio::test]
async fn what_a_steward_hid_comes_back_by_an_appeal_and_a_block_is_honoured() {
    let place = Place::empty();
    for (handle, name) in [("ada", "Ada"), ("bo", "Bo"), ("cy", "Cy")] {
        place.add(handle, name);
    }
    let browser = Browser::start();
    let ada = browser.person("Ada", &place).await;
    let bo = browser.person("Bo", &place).await;
    let cy = browser.person("Cy", &place).await;
    for (person, handle) in [(&ada, "ada"), (&bo, "bo"), (&cy, "cy")] {
        person.sign_in(handle).await;
    }
    let charter = [("name", "Night handovers"), ("purpose", "Nothing gets lost."), ("domain", "Handing over."), ("openness", "open")];
    let door = ada.sends("/communities", &charter).await;
    for person in [&bo, &cy] {
        person.sends(&format!("{door}/membership"), &[]).await;
    }
    ada.sends(&format!("{door}/hats"), &[("handle", "cy")]).await;
    cy.open("/me/waiting").await;
    cy.follow("Take it up").await;

    let said = place.narrate(&place.token("bo"), &["-c", "night-handovers", "Bed four rang all night."]);
    ada_hides_it(&ada, &said).await;
    bo_reads_why_and_appeals(&bo, &said).await;
    cy_overturns_it(&cy).await;
    ada.open(&said).await;
    ada.sees("Bed four rang all night.").await;
    ada.sees_no("Hidden by a steward").await;
    bo_blocks_ada(&ada, &bo, &said, &door).await;
    all_go([ada, bo, cy]).await;
}

async fn ada_hides_it(ada: &Person, said: &str) {
    ada.open(said).await;
    ada.follow("Something wrong?").await;
    ada.arrives_at("Something wrong?").await;
    ada.inspect("what a steward can do").await;
    ada.choose("Hide these words").await;
    ada.fill("The rule", "Patients are not named").await;
    ada.fill("Reason", "It tells which bed").await;
    ada.follow("Do it").await;
    ada.sees("Hidden by a steward").await;
}

async fn bo_reads_why_and_appeals(bo: &Person, said: &str) {
    bo.open("/me/waiting").await;
    bo.sees("A steward did something that concerns you.").await;
    bo.inspect("something of a steward waits").await;
    bo.open(said).await;
    bo.sees("Bed four rang all night.").await;
    bo.sees("Patients are not named").await;
    bo.inspect("one's own hidden words").await;
    bo.open("/me/waiting").await;
    bo.follow("Look at it").await;
    bo.arrives_at("Words were hidden").await;
    bo.fill("Why should it be looked at again?", "Bed four is empty.").await;
    bo.inspect("an act that one can appeal against").await;
    bo.follow_in("form[action$='/appeal']", "Appeal").await;
    bo.sees("It waits for another steward").await;
}

async fn cy_overturns_it(cy: &Person) {
    cy.open("/me/waiting").await;
    cy.follow("Look at it").await;
    cy.sees("Bed four is empty.").await;
    cy.choose("It is overturned").await;
    cy.fill("Why", "An empty bed is nobody.").await;
    cy.inspect("an appeal to decide").await;
    cy.follow_in("form[action$='/ruling']", "Decide").await;
    cy.sees("Cy overturned the act.").await;
    cy.open("/c/night-handovers/care").await;
    cy.sees("An appeal overturned it.").await;
    cy.inspect("the register").await;
}

/// Bo has a conversation open; Ada's answer to it is not announced, nor shown, and neither finds the other.
async fn bo_blocks_ada(ada: &Person, bo: &Person, said: &str, door: &str) {
    bo.open("/@ada").await;
    bo.click("Mute or block").await;
    bo.follow("Block").await;
    bo.arrives_at("Whom I do not hear").await;
    bo.sees("Ada").await;
    bo.inspect("whom one does not hear").await;
    bo.open(said).await;
    let conversation = said.trim_start_matches("/conversations/");
    ada.sends(&format!("/contributions/{conversation}/replies"), &[("words", "An answer of Ada's.")]).await;
    bo.open(said).await;
    bo.sees("Words of somebody you blocked").await;
    bo.sees_no("An answer of Ada").await;
    bo.expects("no news is announced", bo.count(".live:not([hidden])").await == 0);
    bo.inspect("a conversation with words of somebody blocked").await;
    for page in ["/", door] {
        bo.open(page).await;
        bo.sees_no("An answer of Ada").await;
    }
    ada.open("/@bo").await;
    ada.sees("There is nothing here that you can see.").await;
    ada.console_tells_only_of(404).await;
    bo.open("/me/silenced").await;
    bo.follow("Hear them again").await;
    bo.open(said).await;
    bo.sees("An answer of Ada").await;
}
