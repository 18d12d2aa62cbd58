//! On a phone nothing reaches beyond the edge of the screen, whatever people write.

use e2e::{Browser, Person, Place, all_go};

use crate::{found, lines, number};

const WIDTH: u32 = 360;

#[tokio::test]
async fn a_phone_shows_every_page_without_sideways_scrolling() {
    let place = Place::empty();
    place.add("ada", &unbroken(80));
    place.add("bo", "Bo");
    let browser = Browser::start();
    let (ada, bo) = (browser.person("Ada", &place).await, browser.person("Bo", &place).await);
    let written = they_write(&ada, &bo).await;
    ada.takes_a_phone(WIDTH).await;
    bo.takes_a_phone(WIDTH).await;

    for page in ["/", "/communities", "/c/long", "/c/long/conversations", "/c/long/people", "/c/long/charter", "/c/long/membership"] {
        fits(&bo, page).await;
    }
    for page in [&written.told, &written.trail] {
        fits(&bo, page).await;
    }
    for page in ["/c/long/invitations", "/c/long/stewards", "/c/long/charter/revision", "/c/long/contributions/new", "/communities/new"] {
        fits(&ada, page).await;
    }
    for page in ["/", "/c/long", "/me", "/me/memberships", "/me/leaving", "/@ada", "/@ada/said", "/narrations/new", "/nowhere"] {
        fits(&ada, page).await;
    }
    ada.console_tells_only_of(404).await;
    let id = number(&written.told);
    for page in [&written.told, &format!("/contributions/{id}/edit"), &format!("/contributions/{id}/history"), &format!("/narrations/{id}/growth")] {
        fits(&ada, page).await;
    }
    fits(&bo, "/me/waiting").await;
    what_is_kept_in_a_community_fits(&ada, &bo, &written).await;
    what_is_worked_by_fits(&ada, &bo, &written).await;

    bo.open("/").await;
    bo.sign_out().await; // what a stranger sees
    for page in ["/", "/communities", "/c/long", "/c/long/conversations", "/c/long/people", &written.told, &written.trail, "/@ada"] {
        fits(&bo, page).await;
    }
    for page in ["/sign-in", "/sign-up", "/about", "/api", &written.invitation] {
        fits(&bo, page).await;
    }
    all_go([ada, bo]).await;
}

struct Written {
    told: String,
    trail: String,
    invitation: String,
}

/// The longest words that fit, in every field that has room for them.
async fn they_write(ada: &Person, bo: &Person) -> Written {
    ada.sign_in("ada").await;
    bo.sign_in("bo").await;
    ada.sends("/me", &[("name", &unbroken(80)), ("practice", &unbroken(500)), ("organisation", &unbroken(120)), ("shown", "anyone")]).await;
    let charter = [unbroken(80), unbroken(400), unbroken(800), unbroken(800)];
    found(ada, "long", charter.each_ref().map(String::as_str)).await;
    let link = format!("https://example.org/{}", "deep/".repeat(40));
    let words = words(&link);
    let (title, note) = (unbroken(160), unbroken(300));
    let trail = unbroken(120);
    let narration = [("words", words.as_str()), ("community", "long"), ("work", &link), ("trail", "new"), ("trail_title", &trail)];
    let told = ada.sends("/narrations", &narration).await;
    ada.sends("/c/long/contributions", &[("words", &words), ("title", &title), ("kind", "question"), ("audience", "open")]).await;
    ada.sends("/c/long/invitations", &[("handle", "bo"), ("note", &note)]).await;

    bo.open("/me/waiting").await;
    bo.sees("invites you to").await;
    ada.open("/c/long/invitations").await;
    ada.follow("Make a link").await;
    let invitation = ada.reads("#link").await;
    ada.open(&told).await;
    ada.sees_in("h1, .words", "Übergabe").await;
    let trail = ada.js("return document.querySelector('a[href^=\"/trails/\"]').pathname", &[]).await;

    let thanks = [("words", note.as_str())];
    let of = |act: &str| format!("/contributions/{}/{act}", number(&told));
    ada.sends(&of("replies"), &[("words", &words)]).await;
    ada.sends("/c/long/hats", &[("handle", "bo")]).await;
    bo.sends("/c/long/membership", &[("why", &note), ("shown", "everyone")]).await;
    bo.sends(&of("thanks"), &thanks).await;
    bo.sends(&of("me-too"), &[]).await;
    nested(bo, &told).await;
    ada.sends("/c/long/hats", &[("handle", "bo")]).await;
    Written { told, trail: trail.as_str().expect("a path").to_owned(), invitation }
}

/// A reply to a reply to a reply, each quoting.
async fn nested(bo: &Person, told: &str) {
    let mut answered = number(told).to_owned();
    for _ in 0..13 {
        let led = bo.sends(&format!("/contributions/{answered}/replies"), &[("words", &unbroken(200)), ("quote", &unbroken(100))]).await;
        bo.open(&led).await;
        let newest = bo.js("return [...document.querySelectorAll('.reply')].map((it) => it.id.slice(1)).sort().at(-1)", &[]).await;
        newest.as_str().expect("a reply").clone_into(&mut answered);
    }
}

/// Kinds, hats, announcements, endings, what was collected, and what stewards did: with the longest words, too.
async fn what_is_kept_in_a_community_fits(ada: &Person, bo: &Person, written: &Written) {
    let (word, line, long) = (unbroken(40), unbroken(300), unbroken(1000));
    let told = |act: &str| format!("/contributions/{}/{act}", number(&written.told));
    ada.sends("/c/long/kinds", &[("word", &word), ("plural", &word), ("prompt", &line)]).await;
    ada.sends("/c/long/announcements", &[("words", &long), ("title", &unbroken(160)), ("days", "7")]).await;
    let asked = bo.sends("/c/long/contributions", &[("words", &long), ("title", &unbroken(160)), ("kind", "question"), ("audience", "open")]).await;
    let of = |act: &str| format!("/contributions/{}/{act}", number(&asked));
    bo.sends(&format!("{asked}/ending?_method=put"), &[("words", &long)]).await;
    bo.sends(&told("collected"), &[]).await;
    bo.sends(&told("reports"), &[("words", &long)]).await;
    ada.sends("/c/long/hats", &[("handle", "bo"), ("other", &word)]).await;
    ada.sends(&of("steward-acts"), &[("what", "close"), ("rule", &unbroken(200)), ("reason", &line)]).await;
    ada.sends("/circles", &[("name", &unbroken(60)), ("people", "bo")]).await;

    for page in ["/me/waiting", "/sense", "/notices", "/following", "/@ada/report", "/me/silenced", "/c/long/care"] {
        fits(bo, page).await;
    }
    for page in [asked.clone(), format!("{asked}/ending"), of("care"), of("attachments"), told("care")] {
        fits(bo, &page).await;
    }
    for page in ["kinds", "kinds/new", "kinds/question", "namings", "announcements/new", "care", "hats"] {
        fits(ada, &format!("/c/long/{page}")).await;
    }
    let mut deeper = ada.paths("main a[href^='/c/long/hats/']").await;
    ada.open("/c/long/care").await;
    deeper.extend(ada.paths("main a[href^='/care/']").await);
    ada.open("/circles").await;
    deeper.extend(ada.paths("main a[href^='/circles/']").await);
    for page in deeper.iter().map(String::as_str).chain(["/", "/c/long", "/c/long/conversations", "/circles", "/me/waiting", "/notices", &asked, &of("care")]) {
        fits(ada, page).await;
    }
    ada.console("the pages of a community").await;
    bo.console("the pages of a community").await;
}

/// Practices and changes: with the longest words, too.
async fn what_is_worked_by_fits(ada: &Person, bo: &Person, written: &Written) {
    let (title, line, long) = (unbroken(160), unbroken(300), unbroken(1000));
    let words = words(&format!("https://example.org/{}", "deep/".repeat(40)));
    let cited = number(&written.told);
    let new = [("title", title.as_str()), ("use_when", &line), ("words", &words), ("audience", "open"), ("cited", cited), ("review_months", "12")];
    let practice = ada.sends("/c/long/practices", &new).await;
    let of = |act: &str| format!("{practice}/{act}");
    ada.sends(&of("sources"), &[("link", "https://example.org/"), ("title", &title), ("author", &unbroken(120)), ("dated", &unbroken(40)), ("words", &long)]).await;
    bo.sends(&of("adoption"), &[("how", "dropped"), ("setting", &unbroken(200)), ("why", &long)]).await;
    let revised = [("title", title.as_str()), ("words", &long), ("reason", &line), ("base", "1")];
    let proposal = bo.sends(&of("proposals"), &revised).await;
    ada.sends(&of("revisions"), &revised).await;
    ada.sends(&of("state"), &[("state", "contested"), ("why", &long)]).await;
    let told = [("was", long.as_str()), ("now", &long), ("why", &long), ("source", cited), ("served", &line)];
    let change = bo.sends("/changes", &told).await;
    let act = |act: &str| format!("{change}/{act}?_method=put");
    bo.sends(&act("outcome"), &[("outcome", &long), ("measure", &unbroken(200))]).await;
    bo.sends(&act("sharing"), &[("community", "long"), ("audience", "open")]).await;
    ada.sends(&act("attestation"), &[("words", &long)]).await;

    for page in [practice.clone(), of("revision"), of("proposals/new"), of("history"), of("differences"), proposal.clone()] {
        fits(ada, &page).await;
    }
    for page in [format!("{}/passages", written.told), format!("/c/long/practices/new?pick={cited}"), "/c/long/practices".into()] {
        fits(ada, &page).await;
    }
    for page in ["/c/long/value".to_owned(), "/c/long/value/people".into(), change.replace("/changes/", "/stories/changes/"), change.clone()] {
        fits(ada, &page).await;
    }
    for page in [written.told.clone(), "/@bo".into(), "/@bo/changes".into(), change.clone(), format!("{change}/edit"), "/me/record".into()] {
        fits(bo, &page).await;
    }
    for page in ["/records/check".to_owned(), format!("/changes/new?source={cited}"), practice, "/c/long".into(), "/notices".into()] {
        fits(bo, &page).await;
    }
    ada.console("what is worked by").await;
    bo.console("what is worked by").await;
}

/// A word without a place to break it, of so many letters.
fn unbroken(letters: usize) -> String {
    "Übergabe".chars().cycle().take(letters).collect()
}

fn words(link: &str) -> String {
    let word = unbroken(200);
    let row = format!("| {} |", ["Übergabezettel"; 12].join(" | "));
    let line = format!("|{}", "---|".repeat(12));
    format!(
        "{word}\n\n# {word}\n\n{link}\n\n[{word}]({link})\n\n`{word}`\n\n```\n{word} {word}\n```\n\n{row}\n{line}\n{row}\n\n\
         > {word}\n> > {word}\n> > > {word}\n\n- {word}\n  - {word}\n    - {word}\n      - {word}\n\n1000000000. {word}\n"
    )
}

async fn fits(person: &Person, page: &str) {
    person.open(page).await;
    let out = person.js(OUT_OF_SIGHT, &[&WIDTH.to_string()]).await;
    person.expects(&format!("{page} fits on a phone: {}", lines(&out)), out.as_array().is_some_and(Vec::is_empty));
}

/// With everything unfolded. What scrolls in a frame of its own may be wider, and a table does rather than break its words.
const OUT_OF_SIGHT: &str = "const width = Number(arguments[0]), page = document.documentElement;
    document.querySelectorAll('details').forEach((it) => { it.open = true });
    const reaches = Math.max(page.scrollWidth, innerWidth);
    const cells = [...document.querySelectorAll('.words td')].filter((it) => it.checkVisibility() && it.getClientRects()[0].height > 90);
    if (reaches <= width) return cells.slice(0, 1).map((it) => `letters stand below each other in ${it.outerHTML}`);
    // What is fixed only follows the width of the rest.
    const fixed = (it) => it && (getComputedStyle(it).position === 'fixed' || fixed(it.parentElement));
    const scrolls = (it) => it && it !== page && (getComputedStyle(it).overflowX !== 'visible' || scrolls(it.parentElement));
    const end = (it) => it.getBoundingClientRect().right;
    const beyond = [...document.body.querySelectorAll('*')].filter((it) => end(it) > width + .5 && !scrolls(it.parentElement) && !fixed(it));
    return [`it is ${reaches} wide`, ...beyond.slice(0, 6).map((it) => `${end(it)}: ${it.outerHTML.slice(0, 160)}`)];";
