//! With a keyboard alone everything can be reached, and it is seen where one is.

use e2e::{Browser, Key, Person, Place, all_go};

use crate::{found, lines, number};

#[tokio::test]
async fn everything_can_be_reached_by_keyboard() {
    let place = Place::empty();
    place.add("ada", "Ada");
    place.add("bo", "Bo");
    let browser = Browser::start();
    let ada = browser.person("somebody with a keyboard", &place).await;
    ada.sign_in("ada").await;
    let charter = ["Night handovers", "That nothing gets lost between two shifts.", "Handing over at night.", "We say what we noticed."];
    let door = found(&ada, "night-handovers", charter).await;
    let told = place.narrate(&place.token("ada"), &["-c", "night-handovers", "The restore took 40 minutes: see https://example.org/4."]);
    for page in [&format!("{door}/stewards"), &format!("{door}/invitations"), &format!("{door}/contributions/new"), "/communities/new"] {
        reaches_everything(&ada, page).await;
    }
    for page in ["kinds", "kinds/new", "hats", "namings", "announcements/new", "care"] {
        reaches_everything(&ada, &format!("{door}/{page}")).await;
    }
    for page in ["/notices", "/following", "/circles", "/sense"] {
        reaches_everything(&ada, page).await;
    }
    let practice = ada.sends(&format!("{door}/practices"), &[("title", "Read it aloud"), ("words", "The whole name."), ("cited", number(&told))]).await;
    let change = ada.sends("/changes", &[("now", "Read the whole name aloud."), ("source", number(&told))]).await;
    for page in [practice.clone(), format!("{practice}/revision"), format!("{told}/passages"), change, format!("{door}/practices"), format!("{door}/value")] {
        reaches_everything(&ada, &page).await;
    }
    ada.sign_out().await;

    let bo = ada; // the same browser, another person
    for page in [&door, &told, "/sign-in"] {
        reaches_everything(&bo, page).await;
    }
    bo.sign_in("bo").await;
    joins(&bo, &door).await;
    answers(&bo, &told).await;
    opens_the_menu(&bo).await;
    for page in [&door, &told, "/", "/communities", "/me"] {
        reaches_everything(&bo, page).await;
    }
    all_go([bo]).await;
}

async fn joins(bo: &Person, door: &str) {
    bo.open(door).await;
    bo.types(Key::Tab).await;
    is_at(bo, "Skip to what people say").await;
    bo.types(Key::Enter).await;
    bo.wait_for("the focus in what people say", async || Ok(bo.js(FOCUS, &[]).await["main"].as_bool().filter(|main| *main))).await;

    bo.open(door).await;
    for name in ["Skip to what people say", "Tacit", "Home", "Communities", "Waiting for you", "Notices", "Bo"] {
        bo.types(Key::Tab).await;
        is_at(bo, name).await;
    }
    goes_to(bo, "Join").await;
    bo.types(Key::Enter).await;
    bo.sees("You belong here").await;
}

/// Unfolds, writes, and says it, all in one go.
async fn answers(bo: &Person, told: &str) {
    bo.open(told).await;
    goes_to(bo, "Answer").await;
    bo.types(Key::Enter).await;
    goes_to(bo, "Your answer").await;
    bo.types("So it is here.").await;
    goes_to(bo, "Answer").await;
    bo.types(" ").await;
    bo.sees_in(".reply .words", "So it is here.").await;
}

async fn opens_the_menu(bo: &Person) {
    bo.open("/").await;
    goes_to(bo, "Bo").await;
    bo.types(Key::Enter).await;
    bo.find(".menu[open]").await;
    bo.types(Key::Tab).await;
    is_at(bo, "My practice").await;
    bo.types(Key::Escape).await;
    bo.find(".menu:not([open])").await;
    is_at(bo, "Bo").await;
}

async fn is_at(person: &Person, name: &str) {
    let at = person.js(FOCUS, &[]).await;
    assert_eq!(at["name"].as_str(), Some(name), "where the focus is");
}

/// Presses Tab until the focus is on what has this name.
async fn goes_to(person: &Person, name: &str) {
    let mut passed = Vec::new();
    while passed.len() < 60 {
        person.types(Key::Tab).await;
        let at = person.js(FOCUS, &[]).await["name"].as_str().unwrap_or_default().to_owned();
        if at == name {
            return;
        }
        passed.push(at);
    }
    panic!("\"{name}\" is not among what Tab reaches: {passed:?}");
}

/// Presses Tab from the top of the page until it comes round.
async fn reaches_everything(person: &Person, page: &str) {
    person.open(page).await;
    for press in 0.. {
        assert!(press < 200, "Tab comes round on {page}");
        person.types(Key::Tab).await;
        let at = person.js(FOCUS, &[]).await;
        if at["again"] == true {
            break;
        }
        person.expects(&format!("on {page} the focus on {} is seen", at["name"]), at["seen"] == true);
        person.expects(&format!("on {page} \"{}\" is in sight when the focus comes to it", at["name"]), at["in_sight"] == true);
    }
    let missed = person.js(MISSED, &[]).await;
    person.expects(&format!("Tab reaches all of {page}, not only not\n    {}", lines(&missed)), missed.as_array().is_some_and(Vec::is_empty));
    person.console(page).await;
}

/// Where the focus is, whether that is seen (on a field's frame it is as good), and whether it was there before. A date has
/// several stops in one field; at the last, its calendar, the browser draws a ring of its own.
const FOCUS: &str = "const it = document.activeElement, reached = window.reached ||= new Set();
    const again = !it || it === document.body || (reached.has(it) && window.latest !== it);
    reached.add(it);
    window.latest = it;
    const label = it.labels?.[0]?.firstChild;
    const outlined = (it) => { const { outlineStyle, outlineWidth } = getComputedStyle(it); return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 };
    const lies = it.getClientRects()[0];
    return {
        again,
        name: (label?.textContent ?? it.textContent).trim(),
        main: it.id === 'main',
        seen: outlined(it) || it.matches('[type=date]:not(:focus)') || (it.matches('.box textarea') && outlined(it.closest('.box'))),
        in_sight: !!lies && lies.width > 1 && lies.height > 1 && lies.top >= 0 && lies.left >= 0 && lies.top < innerHeight && lies.left < innerWidth,
    };";

/// What can be used and was not reached. Of radio buttons that belong together, the arrows reach the others.
const MISSED: &str = "const usable = 'a[href], summary, :is(button, input, select, textarea):enabled:not([type=hidden]), [tabindex=\"0\"]';
    const group = (it) => it.type === 'radio' && [...reached].some((other) => other.form === it.form && other.name === it.name);
    const missed = [...document.querySelectorAll(usable)].filter((it) => it.checkVisibility() && !reached.has(it) && !group(it));
    return missed.map((it) => it.outerHTML.slice(0, 160));";
