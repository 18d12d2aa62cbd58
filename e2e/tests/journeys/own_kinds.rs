//! A community adds a kind of its own; somebody says one, others answer, and who said it gathers the cases.

use e2e::{Browser, Person, Place, all_go};

const COMMUNITY: &str = "/c/wards";

#[tokio::test]
async fn a_kind_of_its_own_from_its_word_to_its_ending() {
    let place = Place::empty();
    place.add("ada", "Ada");
    place.add("bo", "Bo");
    let browser = Browser::start();
    let (ada, bo) = (browser.person("Ada", &place).await, browser.person("Bo", &place).await);
    ada.sign_in("ada").await;
    bo.sign_in("bo").await;
    let charter = [("name", "Wards"), ("purpose", "Nobody is put at risk"), ("domain", "Shifts"), ("practice", ""), ("openness", "open"), ("slug", "wards")];
    ada.sends("/communities", &charter).await;
    bo.sends(&format!("{COMMUNITY}/membership"), &[("shown", "everyone")]).await;

    ada_adds_a_kind(&ada).await;
    let told = bo_says_one(&bo).await;
    ada_answers_and_bo_gathers(&ada, &bo, &told).await;
    it_is_found_by_its_kind(&ada).await;
    it_is_put_away(&ada, &bo).await;
    all_on_a_phone(&ada, &bo, &told).await;
    all_go([ada, bo]).await;
}

async fn ada_adds_a_kind(ada: &Person) {
    ada.open(COMMUNITY).await;
    ada.follow("What we say here").await;
    ada.arrives_at("What we say here").await;
    ada.inspect("the kinds, for a steward").await;
    ada.follow("Add a kind").await;
    ada.arrives_at("Add a kind").await;
    ada.inspect("adding a kind").await;
    ada.fill("Word", "question").await;
    ada.fill("What one is asked for", "What nearly went wrong, and what caught it?").await;
    ada.choose("It asks").await;
    ada.choose("Cases").await;
    ada.follow("Add it").await;
    ada.sees("Another kind here is called that already.").await;
    ada.has_filled("What one is asked for", "What nearly went wrong, and what caught it?").await;
    ada.console_tells_only_of(422).await;
    ada.axe("adding a kind, with something to mend").await;
    ada.fill("Word", "near miss").await;
    ada.fill("For several of them", "near misses").await;
    ada.follow("Add it").await;
    ada.sees("What nearly went wrong, and what caught it?").await;
}

/// The box asks as the kind does, and offers the kinds of the chosen community alone.
async fn bo_says_one(bo: &Person) -> String {
    bo.open("/").await;
    bo.pick("as", "near miss").await;
    bo.sees("What nearly went wrong, and what caught it?").await;
    bo.inspect("the box with a kind of its own").await;
    bo.pick("in", "no community, only for me").await;
    bo.expects("the box takes back what the community alone says", bo.count("select[name=kind] option[value=near-miss]").await == 0);
    bo.pick("in", "Wards").await;
    bo.pick("as", "near miss").await;
    bo.fill("What nearly went wrong, and what caught it?", "Two charts, one surname. The daughter caught it.").await;
    bo.follow_in(".box", "Say it").await;
    bo.sees("near miss").await;
    bo.sees("Gather the cases").await;
    bo.at().await
}

async fn ada_answers_and_bo_gathers(ada: &Person, bo: &Person, told: &str) {
    let answers = told.replace("/conversations/", "/contributions/") + "/replies";
    ada.open(told).await;
    ada.sees_no("Gather the cases").await;
    ada.sends(&answers, &[("words", "Two hosts with nearly one name. I read it aloud.")]).await;
    ada.sends(&answers, &[("words", "Will you put it on the form?")]).await;
    bo.open(told).await;
    bo.follow("This is a case").await;
    bo.arrives_at("Gather the cases").await;
    bo.expects("the reply is pointed at", bo.count("input[name=replies]:checked").await == 1);
    bo.inspect("gathering cases").await;
    bo.fill("Your words", "In both, somebody said the *whole* name once more.").await;
    bo.follow("Say it").await;
    bo.sees_in(".ending", "Two hosts with nearly one name.").await;
    bo.sees_in(".reply", "One of the cases that Bo gathered").await;
    bo.inspect("a conversation with its cases, for its author").await;
    ada.open(told).await;
    ada.sees_in(".ending", "the whole name once more").await;
    ada.inspect("a conversation with its cases").await;
    bo.follow_in(".ending", "Change").await;
    bo.has_filled("Your words", "In both, somebody said the *whole* name once more.").await;
    bo.follow("Not now").await;
    bo.follow_in(".ending", "Take it back").await;
    bo.sees("Gather the cases").await;
    bo.follow("This is a case").await;
    bo.follow("Say it").await;
    bo.sees_in(".ending", "Two hosts with nearly one name.").await;
}

async fn it_is_found_by_its_kind(ada: &Person) {
    ada.open(&format!("{COMMUNITY}/conversations")).await;
    ada.pick("Kind", "near misses").await;
    ada.follow("Show").await;
    ada.sees("Two charts, one surname.").await;
    ada.pick("Kind", "what asks for an answer").await;
    ada.follow("Show").await;
    ada.sees("Nobody asks for something at the moment.").await;
    ada.inspect("a stream of one kind").await;
}

async fn it_is_put_away(ada: &Person, bo: &Person) {
    ada.open(&format!("{COMMUNITY}/kinds")).await;
    ada.click_in("li:has(.kind-near-miss)", "Put away").await;
    ada.sees("These are not offered any more.").await;
    ada.inspect("a kind put away").await;
    bo.open(&format!("{COMMUNITY}/contributions/new")).await;
    bo.expects("what is put away is not offered", bo.count("#kind option[value=near-miss]").await == 0);
    bo.pick("Kind", "story").await;
    bo.sees("What happened, what did you do, what came of it?").await;
    bo.inspect("saying something of a kind").await;
    ada.follow("Offer it again").await;
    ada.sees_no("These are not offered any more.").await;
}

async fn all_on_a_phone(ada: &Person, bo: &Person, told: &str) {
    ada.takes_a_phone(360).await;
    bo.takes_a_phone(360).await;
    for path in ["/c/wards/kinds", "/c/wards/kinds/new", "/c/wards/kinds/near-miss", "/c/wards/conversations"] {
        fits(ada, path).await;
    }
    for path in [told.to_owned(), format!("{told}/ending"), "/".into(), "/c/wards/contributions/new?kind=near-miss".into()] {
        fits(bo, &path).await;
    }
}

async fn fits(person: &Person, path: &str) {
    person.open(path).await;
    person.find("main").await;
    let wide = person.js("return document.documentElement.scrollWidth", &[]).await;
    person.expects(&format!("{path} fits on a phone"), wide.as_u64().is_some_and(|it| it <= 360));
}
