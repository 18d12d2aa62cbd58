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

/// Fields of the API that hold no words of one's own: what they refer to must be there, or they are refused.
const NO_WORDS: [&str; 12] =
    ["slug", "handle", "people", "named", "draft", "mail", "zone", "invitation", "community", "kind", "quote", "device_code"];

/// Where it is sent, its fields for words, and how much fits.
type Form = (&'static str, &'static [(&'static str, usize)]);

/// What pages alone take.
const FORMS: [Form; 2] =
    [("/me/tokens", &[("label", 80)]), ("/me/drafts/home?_method=put", &[("words", 20_000)])];

/// Where a form is sent, and the act of the API that takes the same.
const SAME: [(&str, &str); 5] = [
    ("/circles ", "/me/circles "),
    ("/conversations ", "/contributions "),
    ("/narrations/{id}/growth ", "/contributions/{id}/growth "),
    ("/conversations/{id}/ending ", "/contributions/{id}/ending "),
    ("/sign-up name", "/me name"),
];

/// What forms ask beside: the search, and what one is called after leaving, which each has a test of its own.
const NO_WORDS_IN_FORMS: [&str; 2] = ["q", "pseudonym"];

/// Who does it, what, the act that made what it is done to, and what it needs beside words.
type Act = (&'static str, &'static str, &'static str, fn(&str) -> Value);

const CONTRIBUTED: &str = "POST /communities/{slug}/contributions";

const ACTS: &[Act] = &[
    ("ada", "PUT /me", "", |_| json!({"shown": "anyone"})),
    ("bo", "PUT /me", "", |_| json!({"shown": "anyone"})),
    ("cy", "PUT /me", "", |_| json!({"shown": "anyone"})),
    ("dee", "PUT /me", "", |_| json!({"shown": "anyone"})),
    ("ada", "POST /communities", "", |slug| json!({"slug": slug, "openness": "knock"})),
    ("dee", "POST /communities/{slug}/knock", "", |_| json!({})),
    ("ada", "POST /communities/{slug}/invitations", "", |_| json!({"handle": "bo"})),
    ("bo", "PUT /communities/{slug}/membership", "", |_| json!({"shown": "everyone"})),
    ("ada", "POST /communities/{slug}/invitations", "", |_| json!({"handle": "cy"})),
    ("cy", "PUT /communities/{slug}/membership", "", |_| json!({"shown": "everyone"})),
    ("ada", "POST /communities/{slug}/invitations", "", |_| json!({"handle": "eve"})),
    ("ada", "POST /communities/{slug}/invitation-links", "", |_| json!({})),
    ("ada", "PUT /communities/{slug}/charter", "", |_| json!({"version": "1"})),
    ("bo", CONTRIBUTED, "", |_| json!({"kind": "question"})),
    ("bo", "PUT /contributions/{id}", CONTRIBUTED, |_| json!({"kind": "question", "version": "1"})),
    ("ada", "POST /contributions/{id}/replies", CONTRIBUTED, |_| json!({})),
    ("ada", "POST /contributions/{id}/thanks", CONTRIBUTED, |_| json!({})),
    ("ada", "POST /narrations", "", |slug| json!({"community": slug, "trail": "new"})),
    ("ada", "POST /contributions/{id}/growth", "POST /narrations", |_| json!({"kind": "question"})),
    ("ada", "POST /contributions", "", |_| json!({"audience": "named", "named": "bo"})),
    ("ada", "POST /me/circles", "", |_| json!({"people": "bo"})),
    ("ada", "PUT /circles/{id}", "POST /me/circles", |_| json!({})),
    ("ada", "POST /me/circles", "", |_| json!({})), // whose name stays
    ("ada", "POST /device", "", |_| json!({"scopes": "read"})),
    ("ada", "POST /communities/{slug}/suspensions", "", |_| json!({"handle": "cy", "days": "1"})),
];

/// Fields whose words are read by nobody on a page.
const SHOWN_NOWHERE: [&str; 0] = [];

#[tokio::test]
async fn every_field_that_takes_words_shows_words() {
    let place = Place::empty();
    let tokens: BTreeMap<_, _> = ["ada", "bo", "cy", "dee", "eve"]
        .map(|handle| {
            place.add(handle, handle);
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
    looks_everywhere(&ada, &doors, 2 * PIECES.len(), &mut seen).await;
    for handle in ["bo", "cy", "eve"] {
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
        let mut body = given(&slug);
        for (field, most) in fields.get(act).into_iter().flatten() {
            if body[field].is_null() {
                body[field] = marked(marks, &format!("{act} {field}"), n, *most).into();
            }
        }
        let (method, path) = act.split_once(' ').expect("a method and a path");
        let id = made.get(of).map(String::as_str).unwrap_or_default();
        let path = path.replace("{slug}", &slug).replace("{id}", id).replace("{handle}", "bo").replace("{kind}", "question");
        let answers = calls(ada, &tokens[who], &[(method, path, body)]).await;
        if let Some(id) = answers[0]["id"].as_str() {
            made.insert(act, id.to_owned());
        }
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
