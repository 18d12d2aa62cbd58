//! What visitors write is words: none of it runs, loads or rearranges anything, on any page that shows it.

#[path = "harm/alarm.rs"]
mod alarm;
#[path = "harm/fields.rs"]
mod fields;
#[path = "harm/sets.rs"]
mod sets;

use alarm::is_harmless;
use e2e::{Browser, Outside, Person, Place, all_go};

use crate::{found, number};

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

#[tokio::test]
async fn no_script_of_a_visitor_runs() {
    let place = Place::empty();
    place.add("ada", HARM[0]);
    place.add("bo", HARM[2]);
    let outside = Outside::listens();
    let browser = Browser::start_before(&outside);
    let (ada, bo) = (browser.person("Ada", &place).await, browser.person("Bo", &place).await);
    alarm::is_set(&ada).await;
    ada.sign_in("ada").await;
    bo.sign_in("bo").await;
    alarm::works(&ada, &outside).await;
    names_are_no_place_to_turn_text_around(&ada).await;

    let invitation = ada_founds_and_invites(&ada, &place.token("ada")).await;
    is_harmless(&bo, "/me/waiting").await;
    let mut told = Vec::new();
    for (n, harm) in HARM.into_iter().enumerate() {
        told.push(they_talk(&ada, &bo, n, harm).await);
    }
    let longer = they_say_something_longer(&ada, &bo).await;

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
    alarm::nothing_was_asked_of(&outside);
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
