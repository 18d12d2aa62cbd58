//! What visitors write is words: none of it runs, loads or rearranges anything, on any page that shows it.

use e2e::{Browser, Person, Place, all_go};

use crate::{found, lines, number};

/// Short enough for a name.
const HARM: [&str; 16] = [
    "<script>pwned=1</script>",
    "</title></textarea></style><script>pwned=2</script>",
    "<img src=x onerror=pwned=3>",
    "<svg onload=pwned=4><svg/onload=pwned=4//",
    "javascript:pwned=5",
    "\" autofocus onfocus=pwned=6 x=\"",
    "' onmouseover='pwned=7' style='position:fixed;inset:0",
    "\"><iframe srcdoc='<script>parent.pwned=8</script>'>",
    "[a](javascript:pwned=9) <javascript:pwned=9>",
    "![a](https://evil.example/a.png\"onerror=\"pwned=10) b",
    "[a](https://example.org/\"onclick=\"pwned=11) `<b>`",
    "<a href=\"java&#9;script:pwned=12\">a</a> &lt;script&gt;",
    "{{ 7*7 }} {% raw %} ${pwned=13} #{7*7} <%= 7*7 %>",
    "<object data=data:text/html,a><embed src=//evil.example>",
    "<base href=//evil.example><form action=//evil.example><button>",
    "\u{200f}<style>*{display:none}</style><meta http-equiv=refresh content=0>",
];

/// Only where lines may be longer.
const LONGER: &str = "```html\" onclick=\"pwned=20\n</code></pre><script>pwned=20</script>\n```\n\n<script>\npwned=21\n</script>\n\n\
    <div onclick=\"pwned=22\">\n\n[r]\n\n[r]: javascript:pwned=23 \"t\" \n\n\
    | <img src=x onerror=pwned=24> |\n|---|\n| </table><svg onload=pwned=25> |\n\n\
    <https://example.org/?\"><script>pwned=26</script>>\n\n[data](data:text/html,<script>pwned=27</script>) [vb](vbscript:pwned)\n\n\
    turned \u{202e}around\u{202c} and \u{2066}kept apart\u{2069}\n\n<!-- <script>pwned=28</script> --!><script>pwned=28</script>\n\n\
    @\"><script>pwned=29</script> www.example.org/<script>pwned=29</script>";

/// In the manner of the big list of naughty strings: a sample of what breaks programs, each as short as it can be.
const NAUGHTY: [&str; 30] = [
    "undefined",
    "null",
    "NaN",
    "-1/0",
    "1E+02",
    "0xffffffffffffffff",
    "01000",
    ",./;'[]\\-=",
    "<>?:\"{}|_+",
    "!@#$%^&*()`~",
    "Ω≈ç√∫˜µ≤≥÷",
    "'\"''''\"",
    "<foo val=`bar' />",
    "田中さんにあげて下さい",
    "𠜎𠜱𠝹𠱓𠱸𠲖𠳏",
    "ヽ༼ຈل͜ຈ༽ﾉ",
    "👩🏽‍🚒 🏳️‍🌈 0️⃣",
    "🇺🇸🇷🇺🇸",
    "١٢٣ שלום test ﷽",
    "Z\u{351}\u{36b}\u{343}\u{36a}\u{302}a\u{36b}\u{33d}lgo\u{34f}",
    "ＴＨＥ ｑｕｉｃｋ 𝐛𝐫𝐨𝐰𝐧 𝖋𝖔𝖝",
    "<sc<script>ript>pwned=1</sc</script>ript>",
    "--><script>pwned=1</script>",
    "';pwned=1;t='",
    "＜script＞pwned=1＜/script＞",
    "ABC<div style=\"x:expression(pwned=1)\">DEF",
    "1;DROP TABLE person--' OR 1=1",
    "../../../../etc/passwd%00 $HOME $(touch /tmp/pwned)",
    "%s%n%x {0} %*.*s",
    "a\u{a0}b\u{200b}c\u{2003}d",
];

#[tokio::test]
async fn no_script_of_a_visitor_runs() {
    let place = Place::empty();
    place.add("ada", HARM[0]);
    place.add("bo", HARM[2]);
    let browser = Browser::start();
    let (ada, bo) = (browser.person("Ada", &place).await, browser.person("Bo", &place).await);
    ada.goes_without_policy().await; // which would hide that something got through
    ada.sign_in("ada").await;
    bo.sign_in("bo").await;
    the_alarm_works(&ada).await;
    names_are_no_place_to_turn_text_around(&ada).await;

    let invitation = ada_founds_and_invites(&ada, &place.token("ada")).await;
    is_harmless(&bo, "/me/waiting").await;
    let mut told = Vec::new();
    for (n, harm) in HARM.into_iter().enumerate() {
        told.push(they_talk(&ada, &bo, n, harm).await);
    }
    let longer = they_say_something_longer(&ada, &bo).await;
    naughty_strings_stay_as_they_are(&ada).await;

    let own = own_pages(number(&longer));
    for page in EVERYBODYS.into_iter().chain(own.iter().map(String::as_str)).chain([longer.as_str()]) {
        is_harmless(&ada, page).await;
    }
    is_harmless(&bo, "/me/waiting").await;
    is_harmless(&bo, "/me/memberships").await;
    bo.sign_out().await; // a stranger, with the policy in force
    for page in EVERYBODYS.into_iter().chain([longer.as_str(), &told[0], &told[7], &invitation]) {
        is_harmless(&bo, page).await;
    }
    all_go([ada, bo]).await;
}

const EVERYBODYS: [&str; 12] = [
    "/",
    "/communities",
    "/communities?q=%22%3E%3Cscript%3Epwned%3D30%3C%2Fscript%3E",
    "/c/harm-0",
    "/c/harm-0/people",
    "/c/harm-0/charter",
    "/c/harm-2/conversations",
    "/@ada",
    "/@ada/said",
    "/@bo",
    "/sign-in?next=javascript:pwned=31",
    "/sign-in?next=%22%3E%3Csvg%20onload%3Dpwned%3D32%3E",
];

fn own_pages(id: &str) -> Vec<String> {
    let of_id = ["/contributions/{id}/edit", "/contributions/{id}/history", "/narrations/{id}/growth"].map(|page| page.replace("{id}", id));
    let others = ["/me", "/me/memberships", "/me/leaving", "/narrations/new"].map(String::from);
    let stewards = ["stewards", "invitations", "charter/revision"].map(|page| format!("/c/harm-5/{page}"));
    others.into_iter().chain(stewards).chain(of_id).collect()
}

/// What would be found if one of them got through is found: without this, all that follows could be blind.
async fn the_alarm_works(ada: &Person) {
    ada.open("/about").await;
    ada.js("document.querySelector('#main').innerHTML = '<img src=x onerror=pwned=0><iframe></iframe>'", &[]).await;
    ada.wait_for("the script to run", async || Ok(ada.js("return window.pwned ?? null", &[]).await.as_u64())).await;
    let found = lines(&ada.js(DANGERS, &[]).await);
    for danger in ["a script ran", "an element that is not ours: <iframe", "onerror"] {
        assert!(found.contains(danger), "the alarm tells of \"{danger}\":\n{found}");
    }
    ada.open("/").await;
    ada.console_tells_only_of(404).await; // the picture
}

async fn names_are_no_place_to_turn_text_around(ada: &Person) {
    for name in ["evil\u{202e}gnp", "a\u{2066}b", "a\u{2028}b", "a\u{0}b", "a\nb", "\u{200b}\u{3164}"] {
        let led = ada.tries_to_send("/me", &[("name", name)]).await;
        assert_eq!(led, Err(422), "the name {name:?} is refused");
    }
    ada.console_tells_only_of(422).await;
}

/// One piece of harm in every field of a charter, and in the words of an invitation. Answers the link of another one.
async fn ada_founds_and_invites(ada: &Person, token: &str) -> String {
    for (n, harm) in HARM.into_iter().enumerate() {
        let door = found(ada, &format!("harm-{n}"), [harm; 4]).await;
        ada.sends(&format!("{door}/invitations"), &[("handle", "bo"), ("note", harm)]).await;
    }
    let script = "const headers = { authorization: `Bearer ${arguments[0]}`, 'content-type': 'application/json' };
        const body = JSON.stringify({ note: arguments[1] });
        return fetch('/api/v1/communities/harm-0/invitation-links', { method: 'POST', headers, body }).then((it) => it.json()).then((it) => it.url);";
    ada.js(script, &[token, HARM[2]]).await.as_str().expect("a link").to_owned()
}

/// One piece of harm in every field of what two persons say to each other. Answers the path of the conversation.
async fn they_talk(ada: &Person, bo: &Person, n: usize, harm: &str) -> String {
    let named = [("name", harm), ("practice", harm), ("organisation", harm), ("shown", "anyone")];
    ada.sends("/me", &named).await;
    bo.sends("/me", &named).await;
    let slug = format!("harm-{n}");
    let link = format!("https://example.org/{harm}");
    let work = if n.is_multiple_of(2) { harm } else { &link };
    ada.sends("/narrations", &[("words", harm), ("community", &slug), ("work", work), ("trail", "new"), ("trail_title", harm)]).await;
    let question = [("words", harm), ("title", harm), ("kind", "question"), ("audience", "open")];
    let told = ada.sends(&format!("/c/{slug}/contributions"), &question).await;
    bo.sends(&format!("/c/{slug}/membership"), &[("why", harm), ("shown", "everyone")]).await;
    they_answer(bo, &told, harm).await;
    is_harmless(ada, &told).await;
    is_harmless(ada, &format!("/c/{slug}")).await;
    told
}

/// With the passage as it stands on the page, which is what somebody selects.
async fn they_answer(bo: &Person, told: &str, harm: &str) {
    let of = |act: &str| format!("/contributions/{}/{act}", number(told));
    bo.open(told).await;
    let passage = bo.js("return document.querySelector('.opening .words').textContent.trim()", &[]).await;
    let passage = passage.as_str().expect("text");
    let led = bo.tries_to_send(&of("replies"), &[("words", harm), ("quote", passage)]).await;
    bo.expects(&format!("the passage {passage:?} of the words {harm:?} can be quoted"), led.is_ok());
    if led.is_err() {
        bo.console_tells_only_of(422).await;
        bo.sends(&of("replies"), &[("words", harm)]).await;
    }
    bo.sends(&of("thanks"), &[("words", harm)]).await;
    bo.sends(&of("me-too"), &[]).await;
}

/// Answers the path of the conversation.
async fn they_say_something_longer(ada: &Person, bo: &Person) -> String {
    ada.sends("/me", &[("name", HARM[5]), ("practice", LONGER), ("organisation", HARM[7]), ("shown", "anyone")]).await;
    let told = ada.sends("/narrations", &[("words", LONGER), ("community", "harm-0"), ("work", HARM[4])]).await;
    bo.sends(&format!("/contributions/{}/replies", number(&told)), &[("words", LONGER)]).await;
    let changed = format!("{LONGER}\n\nchanged");
    let change = [("words", changed.as_str()), ("title", HARM[1]), ("kind", "narration"), ("version", "1")];
    ada.sends(&format!("/contributions/{}?_method=put", number(&told)), &change).await;
    ada.sends("/me/drafts/home?_method=put", &[("words", LONGER)]).await;
    ada.sends("/me/tokens", &[("label", HARM[1])]).await;
    ada.sends("/c/harm-0/hats", &[("handle", "bo")]).await;
    told
}

/// Whoever writes one finds it again, letter by letter.
async fn naughty_strings_stay_as_they_are(ada: &Person) {
    let door = found(ada, "naughty", ["Naughty strings", "p", "d", "p"]).await;
    for naughty in NAUGHTY {
        ada.sends(&format!("{door}/contributions"), &[("title", naughty), ("words", naughty), ("audience", "open")]).await;
    }
    let mut titles = Vec::new();
    let mut page = format!("{door}/conversations");
    while !page.is_empty() {
        is_harmless(ada, &page).await;
        let shown = ada.js("return [...document.querySelectorAll('.stream h3')].map((it) => it.textContent)", &[]).await;
        titles.extend(shown.as_array().expect("a list").iter().map(|it| it.as_str().expect("text").to_owned()));
        let next = ada.js("const it = document.querySelector('.more [rel=next]'); return it ? it.pathname + it.search : ''", &[]).await;
        next.as_str().expect("a path").clone_into(&mut page);
    }
    titles.reverse();
    assert_eq!(titles, NAUGHTY, "the newest stands first");
}

async fn is_harmless(person: &Person, page: &str) {
    person.open(page).await;
    let found = person.js(DANGERS, &[]).await;
    person.expects(&format!("{page} is harmless: {}", lines(&found)), found.as_array().is_some_and(Vec::is_empty));
    person.console(page).await;
}

/// Our pages have one script, one style sheet, one mark and one picture; nothing that a visitor wrote adds an element of these.
const DANGERS: &str = r"const found = [];
    const tell = (what, it) => found.push(`${what}: ${it.outerHTML.slice(0, 200)}`);
    const ours = (url) => url.startsWith(location.origin + '/');
    if (window.pwned !== undefined) found.push(`a script ran: ${window.pwned}`);
    const scripts = document.querySelectorAll('script');
    if (scripts.length !== 1) found.push(`${scripts.length} scripts`);
    scripts.forEach((it) => { if (!ours(it.src) || it.textContent) tell('a script that is not ours', it) });
    const foreign = `iframe, frame, object, embed, applet, base, style, svg, math, video, audio, template, dialog, meta[http-equiv],
        link:not(head > [rel=icon], head > [rel=stylesheet]), img:not(.brand > img)`;
    document.querySelectorAll(foreign).forEach((it) => tell('an element that is not ours', it));
    document.querySelectorAll('*').forEach((it) => {
        for (const { name, value } of it.attributes) {
            if (/^on|^style$|^srcdoc$|^autofocus$/.test(name)) tell(`the attribute ${name}`, it);
            const leads = /^(href|src|action|formaction|xlink:href)$/.test(name) && new URL(value, location).protocol;
            if (leads && !/^(https?|mailto):$/.test(leads)) tell(`the address ${value}`, it);
        }
    });
    document.querySelectorAll('form[action]').forEach((it) => { if (!ours(it.action)) tell('a form that leads away', it) });
    document.querySelectorAll('[formaction]').forEach((it) => tell('a button that leads elsewhere', it));
    if (/[\u202a-\u202e\u2066-\u2069]/.test(document.body.textContent)) found.push('text that is turned around');
    if (getComputedStyle(document.querySelector('#main')).display === 'none') found.push('the page is hidden');
    if (!location.href.startsWith(document.baseURI.slice(0, location.origin.length + 1))) found.push(`another base: ${document.baseURI}`);
    performance.getEntriesByType('resource').forEach((it) => { if (!ours(it.name)) found.push(`a request to ${it.name}`) });
    return found;";
