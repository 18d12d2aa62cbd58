//! Every field that takes words, as the API's document and the forms of the pages name them, and every page that a link leads to.
//! A new field that is not in the lists here fails the test by its name.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use e2e::{Browser, Outside, Person, Place, all_go};
use serde_json::{Value, json};

use super::alarm::{self, is_harmless};
use crate::calls;

/// What stands around the mark that tells one field from another; some as short as the shortest field is.
const PIECES: [&str; 5] = [
    "MARK\"'><img src=x onerror=pwned=40>",
    "<svg onload=pwned=41>MARK",
    "javascript:pwned=42//MARK",
    "MARK\" autofocus onfocus=pwned=43 style='x",
    "</textarea></title></script><script>pwned=44</script>MARK",
];

/// Fields of the API that hold no words of one's own: what they refer to must be there, or they are refused. An address is one, with harm
/// in it where an act gives it.
const NO_WORDS: [&str; 15] =
    ["slug", "handle", "people", "named", "draft", "mail", "zone", "invitation", "community", "kind", "quote", "device_code", "to", "because", "link"];

/// What is done to remembered voices: no act of the API makes one, since only an import does.
const NEED_AN_ARCHIVE: [&str; 2] = ["/voices/", "/claims/"];

/// Where it is sent, its fields for words, and how much fits.
type Form = (&'static str, &'static [(&'static str, usize)]);

/// What pages alone take.
const FORMS: [Form; 2] =
    [("/me/tokens", &[("label", 80)]), ("/me/drafts/home?_method=put", &[("words", 20_000)])];

/// Where a form is sent, and the act of the API that takes the same.
const SAME: [(&str, &str); 8] = [
    ("/care/reports/{id}/", "/reports/{id}/"),
    ("/care/acts/{id}/", "/steward-acts/{id}/"),
    ("/contributions/{id}/attachments alt", "/attachments/{id} alt"),
    ("/circles ", "/me/circles "),
    ("/conversations ", "/contributions "),
    ("/narrations/{id}/growth ", "/contributions/{id}/growth "),
    ("/conversations/{id}/ending ", "/contributions/{id}/ending "),
    ("/sign-up name", "/me name"),
];

/// What forms ask beside: the search, and what one is called after leaving, which each has a test of its own; a record to be checked, of
/// which nothing is kept; and what people do not see: whatever is filled in there is refused.
const NO_WORDS_IN_FORMS: [&str; 4] = ["q", "pseudonym", "website", "file"];

/// Who does it, what, what it is done to, and what it needs beside words. It is done to what an act made or was done to itself, or
/// to what waits for this person in the community.
type Act = (&'static str, &'static str, &'static str, fn(&str) -> Value);

/// The first runs the place and founds the communities of this walk; the last reports each of those between, one in each walk.
const HANDLES: [&str; 7] = ["ada", "bo", "cy", "eve", "fay", "gil", "dee"];

const CONTRIBUTED: &str = "POST /communities/{slug}/contributions";
const REPLIED: &str = "POST /contributions/{id}/replies";
const ATTACHED: &str = "POST /attachments";
const BEGUN: &str = "POST /communities/{slug}/practices";
const FORKED: &str = "POST /practices/{id}/forks";

/// One dot.
const PICTURE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const ACTS: &[Act] = &[
    ("ada", "PUT /me", "", |_| json!({"shown": "anyone"})),
    ("bo", "PUT /me", "", |_| json!({"shown": "anyone"})),
    ("cy", "PUT /me", "", |_| json!({"shown": "anyone"})),
    ("dee", "PUT /me", "", |_| json!({"shown": "anyone"})),
    ("eve", "PUT /me", "", |_| json!({"shown": "anyone"})),
    ("fay", "PUT /me", "", |_| json!({"shown": "anyone"})),
    ("gil", "PUT /me", "", |_| json!({"shown": "anyone"})),
    ("ada", "POST /communities", "", |slug| json!({"slug": slug, "openness": "knock"})),
    ("dee", "POST /communities/{slug}/knock", "", |_| json!({})),
    ("ada", "POST /communities/{slug}/invitations", "", |_| json!({"handle": "bo"})),
    ("bo", "PUT /communities/{slug}/membership", "", |_| json!({"shown": "everyone"})),
    ("ada", "POST /communities/{slug}/invitations", "", |_| json!({"handle": "cy"})),
    ("cy", "PUT /communities/{slug}/membership", "", |_| json!({"shown": "everyone"})),
    ("ada", "POST /communities/{slug}/invitations", "", |_| json!({"handle": "eve"})),
    ("ada", "POST /communities/{slug}/invitations", "", |_| json!({"handle": "fay"})),
    ("fay", "PUT /communities/{slug}/membership", "", |_| json!({"shown": "everyone"})),
    ("ada", "POST /communities/{slug}/invitation-links", "", |_| json!({})),
    ("ada", "PUT /communities/{slug}/charter", "", |_| json!({"version": "1"})),
    ("bo", CONTRIBUTED, "", |_| json!({"kind": "question"})),
    ("bo", "PUT /contributions/{id}", CONTRIBUTED, |_| json!({"kind": "question", "version": "1"})),
    ("ada", REPLIED, CONTRIBUTED, |_| json!({})),
    ("ada", "POST /contributions/{id}/thanks", CONTRIBUTED, |_| json!({})),
    ("ada", "POST /narrations", "", |slug| json!({"community": slug, "trail": "new"})),
    ("ada", "POST /contributions/{id}/growth", "POST /narrations", |_| json!({"kind": "question"})),
    ("ada", "POST /contributions", "", |_| json!({"audience": "named", "named": "bo"})),
    ("ada", "POST /me/circles", "", |_| json!({"people": "bo"})),
    ("ada", "PUT /circles/{id}", "POST /me/circles", |_| json!({})),
    ("ada", "POST /me/circles", "", |_| json!({})), // whose name stays
    ("ada", "POST /device", "", |_| json!({"scopes": "read"})),
    // kinds, and what came of a conversation
    ("ada", "POST /communities/{slug}/kinds", "", |_| json!({})),
    ("ada", "PUT /communities/{slug}/kinds/{kind}", "", |_| json!({})),
    ("bo", "PUT /contributions/{id}/ending", CONTRIBUTED, |_| json!({})),
    // announcing, and making sense
    ("ada", "POST /communities/{slug}/announcements", "", |_| json!({"days": "7"})),
    ("bo", "PUT /me/tray/{id}", CONTRIBUTED, |_| json!({})),
    ("bo", "POST /sense", "", |slug| json!({"community": slug})),
    // what one does differently, told twice: the words of the second stay as they were told
    ("bo", "POST /changes", "", |_| json!({})),
    ("bo", "PUT /changes/{id}", "POST /changes", |_| json!({})),
    ("bo", "PUT /changes/{id}/sharing", "POST /changes", |slug| json!({"community": slug, "audience": "open"})),
    ("bo", "POST /changes", "", |_| json!({})),
    ("bo", "PUT /changes/{id}/outcome", "POST /changes", |_| json!({})),
    ("bo", "PUT /changes/{id}/sharing", "POST /changes", |slug| json!({"community": slug, "audience": "open"})),
    ("ada", "PUT /changes/{id}/attestation", "POST /changes", |_| json!({})),
    // a practice: with sources, proposed to, revised, contested; and in another community, from where something is offered back
    ("bo", BEGUN, "", |_| json!({"audience": "open"})),
    ("bo", "POST /practices/{id}/sources", BEGUN, |_| json!({"link": "https://example.org/?\"'><svg onload=pwned=45>"})),
    ("ada", "POST /practices/{id}/adoption", BEGUN, |_| json!({"how": "adapted"})),
    ("ada", "POST /practices/{id}/proposals", BEGUN, |_| json!({"base": "1"})),
    ("bo", "POST /practices/{id}/revisions", BEGUN, |_| json!({"base": "1"})),
    ("ada", "POST /practices/{id}/state", BEGUN, |_| json!({"state": "contested"})),
    ("ada", "POST /communities", "", |slug| json!({"slug": format!("{slug}-too"), "openness": "open"})),
    ("ada", FORKED, BEGUN, |slug| json!({"community": format!("{slug}-too")})),
    ("ada", "POST /practices/{id}/revisions", FORKED, |_| json!({"base": "1"})),
    ("ada", "POST /practices/{id}/offer", FORKED, |_| json!({})),
    // what goes with words: a file, then a picture
    ("ada", ATTACHED, "", |_| json!({"size": 5})),
    ("ada", REPLIED, CONTRIBUTED, |_| json!({"attached": []})),
    ("ada", ATTACHED, "", |_| json!({"size": 70})),
    ("ada", "PUT /attachments/{id}", ATTACHED, |_| json!({})),
    ("ada", REPLIED, CONTRIBUTED, |_| json!({"attached": []})),
    // hats: one is worn, others wait for an answer; a steward's is put on by somebody who will rule on an appeal
    ("ada", "POST /communities/{slug}/hats", "", |_| json!({"handle": "bo", "other": ""})),
    ("bo", "PUT /hats/{id}", "hat", |_| Value::Null),
    ("bo", "PUT /hats/{id}/handover", "PUT /hats/{id}", |_| json!({})),
    ("ada", "POST /communities/{slug}/hats", "", |_| json!({"handle": "bo", "hat": ""})),
    ("ada", "POST /communities/{slug}/namings", "", |_| json!({"handle": "bo", "other": ""})),
    ("fay", "POST /communities/{slug}/namings", "", |_| json!({"handle": "bo", "hat": ""})),
    ("ada", "POST /communities/{slug}/hats", "", |_| json!({"handle": "fay", "hat": "steward", "other": ""})),
    ("fay", "PUT /hats/{id}", "hat", |_| Value::Null),
    // care: one report is answered, one waits
    ("dee", "POST /contributions/{id}/reports", CONTRIBUTED, |_| json!({})),
    ("ada", "POST /reports/{id}/answer", "report", |_| json!({"outcome": "nothing"})),
    ("dee", "POST /contributions/{id}/reports", REPLIED, |_| json!({})),
    ("dee", "POST /people/{handle}/reports", "", |_| json!({})),
    ("bo", REPLIED, CONTRIBUTED, |_| json!({})),
    ("ada", "POST /contributions/{id}/steward-acts", REPLIED, |_| json!({"what": "hide"})),
    ("bo", "POST /steward-acts/{id}/appeal", "POST /contributions/{id}/steward-acts", |_| json!({})),
    ("fay", "POST /steward-acts/{id}/ruling", "POST /contributions/{id}/steward-acts", |_| json!({"ruling": "upheld"})),
    ("ada", "POST /communities/{slug}/suspensions", "", |_| json!({"handle": "cy", "days": "1"})),
];

/// Fields whose words are read by nobody on a page: what a file is, its content decides.
const SHOWN_NOWHERE: [&str; 1] = ["POST /attachments type"];

#[tokio::test]
async fn every_field_that_takes_words_shows_words() {
    let place = Place::empty();
    let tokens: BTreeMap<_, _> = HANDLES
        .map(|handle| {
            let add = if handle == HANDLES[0] { Place::add_operator } else { Place::add };
            add(&place, handle, handle);
            (handle, place.token(handle))
        })
        .into();
    let outside = Outside::listens();
    let browser = Browser::start_before(&outside);
    let ada = browser.person("Ada", &place).await;
    alarm::is_set(&ada).await;
    ada.sign_in("ada").await;
    alarm::works(&ada, &outside).await;

    let fields = fields(&ada).await;
    let unknown: Vec<_> = fields.iter().filter(|(act, _)| !ACTS.iter().any(|(_, known, _, _)| known == act)).collect();
    assert!(unknown.is_empty(), "these take words, and the test does not know how they are sent (add them to `ACTS`): {unknown:#?}");
    let mut marks = BTreeMap::new();
    let mut doors = ["/", "/communities"].map(String::from).to_vec();
    for n in 0..PIECES.len() {
        doors.extend(they_all_act(&ada, &tokens, &fields, n, &mut marks).await);
    }
    let mut seen = Seen::default();
    looks_everywhere(&ada, &doors, 3 * PIECES.len(), &mut seen).await;
    for handle in ["bo", "cy", "dee", "eve"] {
        ada.sign_out().await;
        ada.sign_in(handle).await;
        looks_everywhere(&ada, &doors, 1, &mut seen).await;
    }
    ada.sign_out().await;
    looks_everywhere(&ada, &doors, 2, &mut seen).await;

    all_go([ada]).await;
    alarm::nothing_was_asked_of(&outside);

    let unseen: BTreeSet<_> = marks.iter().filter(|(mark, _)| !seen.marks.contains(*mark)).map(|(_, field)| field.as_str()).collect();
    let seen_once: BTreeSet<_> = marks.iter().filter(|(mark, _)| seen.marks.contains(*mark)).map(|(_, field)| field.as_str()).collect();
    let never: Vec<_> = unseen.difference(&seen_once).filter(|field| !SHOWN_NOWHERE.contains(*field)).collect();
    assert!(never.is_empty(), "these are shown on no page that was opened: {never:#?}");
    let sent: BTreeSet<_> = marks.into_values().filter_map(|field| Some(field.split_once(' ')?.1.to_owned())).collect();
    let known = |form: &String| sent.contains(form) || SAME.iter().any(|(from, to)| form.starts_with(from) && sent.contains(&form.replacen(from, to, 1)));
    let new: Vec<_> = seen.forms.iter().filter(|form| !known(form)).collect();
    assert!(new.is_empty(), "these fields of forms were never filled in (add them to `FORMS`): {new:#?}");
}

/// Of each act that the document names: its fields for words, and how much fits.
async fn fields(ada: &Person) -> BTreeMap<String, Vec<(String, usize)>> {
    let document = ada.js("return fetch('/api/v1/openapi.json').then((it) => it.json())", &[]).await;
    let mut found = BTreeMap::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        if NEED_AN_ARCHIVE.iter().any(|of| path.trim_start_matches("/api/v1").starts_with(of)) {
            continue;
        }
        for (method, act) in methods.as_object().expect("methods") {
            let taken = &act["requestBody"]["content"]["application/json"]["schema"];
            let name = taken["$ref"].as_str().and_then(|it| it.rsplit('/').next()).unwrap_or_default();
            let schema = if name.is_empty() { taken } else { &document["components"]["schemas"][name] };
            let Some(properties) = schema["properties"].as_object() else { continue };
            let words: Vec<_> = properties.iter().filter_map(|(name, it)| Some((name.clone(), room(it)?))).collect();
            let words: Vec<_> = words.into_iter().filter(|(name, most)| *most >= 40 && !NO_WORDS.contains(&name.as_str())).collect();
            if !words.is_empty() {
                found.insert(format!("{} {}", method.to_uppercase(), path.trim_start_matches("/api/v1")), words);
            }
        }
    }
    assert!(found.len() > 15, "the document was read: {found:#?}");
    found
}

/// How many letters a text may have; none where it is no free text.
fn room(schema: &Value) -> Option<usize> {
    let text = schema["type"] == "string" || schema["type"].as_array().is_some_and(|kinds| kinds.contains(&json!("string")));
    let free = text && schema["enum"].is_null() && schema["format"].is_null();
    free.then(|| schema["maxLength"].as_u64().map_or(usize::MAX, |most| usize::try_from(most).expect("a size")))
}

/// Everybody does everything once, with this piece in every field. Answers the links that are handed on.
async fn they_all_act(
    ada: &Person,
    tokens: &BTreeMap<&str, String>,
    fields: &BTreeMap<String, Vec<(String, usize)>>,
    n: usize,
    marks: &mut BTreeMap<String, String>,
) -> Vec<String> {
    let mut links = Vec::new();
    let slug = format!("walk-{n}");
    let mut made: BTreeMap<&str, String> = BTreeMap::new();
    for &(who, act, of, given) in ACTS {
        let (method, path) = act.split_once(' ').expect("a method and a path");
        let waits = !of.is_empty() && !of.contains(' ');
        let id = if waits { waiting(ada, &tokens[who], of, &slug).await } else { made.get(of).cloned().unwrap_or_default() };
        let mut body = given(&slug);
        if body["attached"].is_array() {
            body["attached"] = json!([made[ATTACHED]]);
        }
        for (field, most) in fields.get(act).into_iter().flatten() {
            if body[field].is_null() {
                body[field] = marked(marks, &format!("{act} {field}"), n, *most).into();
            }
        }
        let path = path.replace("{slug}", &slug).replace("{id}", &id).replace("{handle}", HANDLES[1 + n]).replace("{kind}", "question");
        let answers = calls(ada, &tokens[who], &[(method, path, body)]).await;
        let id = answers[0]["id"].as_str().map_or(id, str::to_owned);
        if act == ATTACHED {
            brings(ada, &tokens[who], &id, answers[0]["size"].as_u64()).await;
        }
        made.insert(act, id);
        let link = answers[0]["url"].as_str().or(answers[0]["verification_uri_complete"].as_str());
        links.extend(link.and_then(|url| Some(url.splitn(4, '/').nth(3)?.to_owned())).map(|path| format!("/{path}")));
    }
    for (path, words) in FORMS {
        let act = format!("{} {}", if path.contains("_method=put") { "PUT" } else { "POST" }, path.split('?').next().unwrap_or_default());
        let sent: Vec<_> = words.iter().map(|(field, most)| (*field, marked(marks, &format!("{act} {field}"), n, *most))).collect();
        ada.sends(path, &sent.iter().map(|(field, words)| (*field, words.as_str())).collect::<Vec<_>>()).await;
    }
    links
}

/// What waits for somebody's own word in a community.
async fn waiting(ada: &Person, token: &str, what: &str, slug: &str) -> String {
    let answers = calls(ada, token, &[("GET", "/me/waiting".to_owned(), Value::Null)]).await;
    let all = answers[0]["items"].as_array().expect("a list");
    let it = all.iter().find(|it| it["what"] == what && it["community"] == slug).unwrap_or_else(|| panic!("a {what} of {slug} waits: {all:#?}"));
    it["id"].as_str().expect("an id").to_owned()
}

/// The bytes of a file that was announced: a picture, or five letters.
async fn brings(ada: &Person, token: &str, id: &str, size: Option<u64>) {
    let script = "const [token, id, bytes] = arguments;
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream', 'upload-offset': '0' };
        const body = Uint8Array.from(atob(bytes), (it) => it.charCodeAt());
        return fetch(`/api/v1/attachments/${id}/bytes`, { method: 'PUT', headers, body, credentials: 'omit' }).then((it) => it.json());";
    let bytes = if size == Some(5) { "d29yZHM=" } else { PICTURE };
    let said = ada.js(script, &[token, id, bytes]).await;
    ada.expects(&format!("the file is whole: {said}"), said["whole"] == true);
}

/// This piece, and where there is room all others, with a mark of its own.
fn marked(marks: &mut BTreeMap<String, String>, field: &str, n: usize, most: usize) -> String {
    let mark = format!("zq{}q", marks.len());
    let piece = (n..n + PIECES.len()).map(|n| PIECES[n % PIECES.len()].replace("MARK", &mark)).find(|it| it.len() <= most).expect("one that fits");
    marks.insert(mark, field.to_owned());
    let all = format!("{piece} {}", super::HARM.join(" "));
    let longer = format!("{all}\n\n{}", super::LONGER);
    [longer, all].into_iter().zip([1_500, 200]).find(|(it, from)| most >= *from && it.chars().count() <= most).map_or(piece, |(it, _)| it)
}

/// What was come across so far: pages of each kind, marks in what they hold, fields of their forms.
#[derive(Default)]
struct Seen {
    marks: BTreeSet<String>,
    forms: BTreeSet<String>,
}

/// Opens what links lead to, so many pages of each kind.
async fn looks_everywhere(person: &Person, doors: &[String], most: usize, seen: &mut Seen) {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let mut known = BTreeSet::new();
    let mut ahead = VecDeque::from(doors.to_vec());
    while let Some(page) = ahead.pop_front() {
        let count = kinds.entry(kind(&page)).or_default();
        if *count >= most || !known.insert(page.clone()) || !is_a_page(person, &page).await {
            continue;
        }
        *count += 1;
        is_harmless(person, &page).await;
        let said = person.js(WHAT_IS_THERE, &[]).await;
        let list = |name: &str| said[name].as_array().expect("a list").iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>();
        seen.marks.extend(list("marks"));
        for field in list("fields") {
            let [path, name] = field.splitn(2, ' ').collect::<Vec<_>>()[..] else { continue };
            if !NO_WORDS.contains(&name) && !NO_WORDS_IN_FORMS.contains(&name) {
                seen.forms.insert(format!("{} {name}", kind(path)));
            }
        }
        ahead.extend(list("links").into_iter().filter(|link| !known.contains(link)));
    }
}

const WHAT_IS_THERE: &str = r"const all = (css) => [...document.querySelectorAll(css)];
    const ours = all('a[href]').filter((it) => it.origin === location.origin && !it.hasAttribute('download'));
    const fields = all(`textarea[name], input[name]:not([type]), input[type=text], input[type=search]`).filter((it) => it.form && !(it.maxLength >= 0 && it.maxLength < 40));
    return {
        links: [...new Set(ours.map((it) => it.pathname + it.search))],
        marks: [...new Set(document.documentElement.outerHTML.match(/zq\d+q/g) ?? [])],
        fields: fields.map((it) => `${new URL(it.form.action).pathname} ${it.name}`),
    };";

/// No download, and no file that is data.
async fn is_a_page(person: &Person, page: &str) -> bool {
    let script = "return fetch(arguments[0]).then((it) => it.ok && (it.headers.get('content-type') ?? '').startsWith('text/html')
        && !(it.headers.get('content-disposition') ?? '').startsWith('attachment'))";
    person.js(script, &[page]).await == true
}

/// The path with its own names taken out, as the API has it.
fn kind(page: &str) -> String {
    let path = page.split(['?', '#']).next().unwrap_or_default();
    let mut parts: Vec<String> = Vec::new();
    for part in path.split('/').skip(1) {
        let before = parts.last().map(String::as_str).unwrap_or_default();
        let named = match part {
            "c" if parts.is_empty() => "communities",
            _ if before == "communities" => "{slug}",
            _ if before == "kinds" => "{kind}",
            _ if part.starts_with('@') => "people/{handle}",
            _ if part.len() > 9 && part.bytes().all(|c| c.is_ascii_digit()) => "{id}",
            _ => part,
        };
        parts.push(named.to_owned());
    }
    format!("/{}", parts.join("/"))
}
