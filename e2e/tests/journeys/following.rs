//! Following without belonging: what begins reaches the one who follows, with its reason, and nobody else learns of it.

use e2e::{Browser, Person, Place, all_go};

#[tokio::test]
async fn what_one_follows_reaches_one_and_nobody_is_told() {
    let place = Place::empty();
    for (handle, name) in [("ada", "Ada"), ("bo", "Bo")] {
        place.add(handle, name);
    }
    let browser = Browser::start();
    let ada = browser.person("Ada", &place).await;
    let bo = browser.person("Bo", &place).await;
    ada.sign_in("ada").await;
    bo.sign_in("bo").await;
    let charter = [("name", "Night handovers"), ("purpose", "Nothing gets lost."), ("domain", "Handing over."), ("openness", "open")];
    let door = ada.sends("/communities", &charter).await;

    bo_follows(&bo, &door).await;
    let told = place.narrate(&place.token("ada"), &["-c", "night-handovers", "The red pen holds."]);
    bo_hears_and_marks_it(&bo, &told).await;
    bo_follows_the_conversation_and_mutes_it(&ada, &bo, &told).await;

    for page in [door.as_str(), told.as_str(), "/notices", "/following", "/@bo"] {
        ada.open(page).await;
        ada.sees_no("Stop following").await;
    }
    bo.open("/following").await;
    bo.follow("Stop following").await; // the newest first: the community is left
    bo.sees("What I follow").await;
    bo.inspect("what one follows").await;
    all_go([ada, bo]).await;
}

async fn bo_follows(bo: &Person, door: &str) {
    bo.open("/notices").await;
    bo.sees("Nothing has reached you yet.").await;
    bo.inspect("no notices").await;
    bo.open("/following").await;
    bo.sees("You follow nothing yet.").await;
    bo.inspect("nothing followed").await;
    bo.open(door).await;
    bo.follow("Follow").await;
    bo.sees("Stop following").await;
    bo.sees("Ways to be here").await; // Bo belongs no more than before
    bo.inspect("a door that one follows").await;
    bo.open(&format!("{door}/conversations?kind=question")).await;
    bo.sees("Follow this kind: question").await;
    bo.inspect("a kind that one may follow").await;
}

async fn bo_hears_and_marks_it(bo: &Person, told: &str) {
    bo.open("/").await;
    bo.find(".top .dot").await;
    bo.open("/notices").await;
    bo.arrives_at("Notices").await;
    bo.sees("The red pen holds.").await;
    bo.sees("because you follow Night handovers").await;
    bo.inspect("notices").await;
    bo.open(told).await; // opening is not recorded
    bo.sees("The red pen holds.").await;
    bo.expects("the mark is still there", bo.count(".top .dot").await == 1);
    bo.open("/notices").await;
    bo.follow("Open, and mark as read").await;
    bo.sees("Replies").await;
    bo.expects("the mark is gone", bo.count(".top .dot").await == 0);
    bo.open("/notices?show=unread").await;
    bo.sees("Nothing is unread.").await;
    bo.open("/notices").await;
    bo.follow("Mark as unread").await;
    bo.find(".top .dot").await;
    bo.follow("Mark all as read").await;
    bo.sees("Mark as unread").await;
    bo.expects("the mark is gone again", bo.count(".top .dot").await == 0);
}

async fn bo_follows_the_conversation_and_mutes_it(ada: &Person, bo: &Person, told: &str) {
    bo.open(told).await;
    bo.follow_in(".following", "Follow").await;
    bo.sees("Stop following").await;
    bo.inspect("a conversation that one follows").await;
    let number = told.strip_prefix("/conversations/").expect("a conversation");
    ada.sends(&format!("/contributions/{number}/replies"), &[("words", "And the blue one, too.")]).await;
    bo.open("/notices").await;
    bo.sees("And the blue one, too.").await;
    bo.sees("because you follow this conversation").await;
    bo.follow("Mute").await;
    bo.sees("Nothing has reached you yet.").await;
    bo.open(told).await;
    bo.sees("You have muted this conversation.").await;
    bo.follow("Hear of it again").await;
    bo.sees("Stop following").await;
}
