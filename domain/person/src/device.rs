//! Signing a program in by a code: it asks, its person confirms in the browser, it gets a token. In the spirit of RFC 8628,
//! with our own words: a code is typed by its person, who sees what asks, and nothing is decided by opening a link.

use askama::Template;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::{Actor, Batch, Cx, Error, Event, Line, PersonId, Problems, Result, Timestamp, hash_secret, vals};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shell::api::Doc;
use shell::request::see;
use shell::slice::FORM;
use shell::{Act, Answer, Asked, Form, Html, Needs, Rate, Route, T, Visit, Who};

use crate::rules::Refusal;
use crate::{TokenId, acts};

kernel::id_type! {
    DeviceId,
}

/// How long a code can be confirmed and a token be fetched.
pub const LASTS: i64 = 10 * kernel::clock::MINUTE;
/// How many seconds a program waits between two questions (RFC 8628, 3.5).
pub const INTERVAL: i64 = 5;
/// So many may wait at once: strangers ask, and each question is a row.
const WAITING: &str = "select 1 from device where expires_at > ?1 limit 1 offset 4999";

pub fn pages() -> Vec<Route> {
    // Whoever guesses codes is slowed down as one who guesses passwords.
    let guessing = Rate::SignIn;
    vec![
        Route::get("/device", Needs::new(Who::SignedIn, guessing, 0), page),
        Route::post("/device", Needs::new(Who::SignedIn, guessing, FORM), answer),
    ]
}

pub fn api() -> Vec<Route> {
    vec![
        Route::post("/api/v1/device", Needs::new(Who::ApiRead, Rate::SignIn, FORM), ask)
            .doc(Doc::new("Ask to act as somebody: a code for them, a secret for the program (in the spirit of RFC 8628)").takes::<Asking>().created::<Code>()),
        Route::post("/api/v1/device/token", Needs::new(Who::ApiRead, Rate::Write, FORM), fetch)
            .doc(Doc::new("Ask whether the code was confirmed, every few seconds; the token comes once").takes::<Fetching>().gives::<Fetched>()),
        Route::delete("/api/v1/me/token", Needs::new(Who::ApiOwn, Rate::Write, 0), end_own)
            .doc(Doc::new("End the token that is sent: sign the program out")),
    ]
}

/// RFC 8628, 6.1: no vowels, so that no words come out, and nothing that looks alike.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

fn new_code(cx: &Cx) -> Result<String> {
    let bytes = cx.house.random.bytes::<16>()?;
    // Two bytes for each letter: 65,536 is so much more than 20 that no letter is likelier to matter.
    let letters = bytes.as_chunks::<2>().0.iter().filter_map(|two| LETTERS.get(usize::from(u16::from_le_bytes(*two)) % LETTERS.len()));
    Ok(letters.map(|b| char::from(*b)).collect())
}

/// A code in its one form, however it was typed.
fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase()).take(9).collect()
}

fn grouped(code: &str) -> String {
    match code.split_at_checked(4) {
        Some((a, b)) => format!("{a}-{b}"),
        None => code.to_owned(),
    }
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asking {
    /// What asks, as its person will recognise it: the name of the machine.
    #[serde(default)]
    pub name: Line<0, 80>,
    /// "read" or "read,write".
    #[serde(default)]
    pub scopes: Line<0, 20>,
}

/// Answers the code for the person and the secret for the program; both are kept as their hashes.
pub async fn begin(cx: &Cx, input: &Asking, network: &str) -> Result<(String, String)> {
    let mut problems = Problems::default();
    let name = input.name.check("name", &mut problems);
    let scopes = match input.scopes.0.replace(' ', "").as_str() {
        "read" => "read",
        "" | "read,write" | "write,read" => "read,write",
        _ => {
            problems.add("scopes", "A program asks to read, or to read and write: read or read,write.");
            ""
        }
    };
    problems.done()?;
    let (code, secret) = (new_code(cx)?, cx.house.random.secret()?);
    let mut batch = Batch::new();
    batch.lacks(WAITING, vals![cx.now()]);
    batch.lacks("select 1 from device where code = ?1 and expires_at > ?2", vals![hash_secret(&code), cx.now()]);
    batch.run(
        "insert into device (id, secret, code, name, scopes, network, asked_at, expires_at, polled_at, person, answer)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, null, '')",
        vals![cx.make_id::<DeviceId>(), hash_secret(&secret), hash_secret(&code), name, scopes, network, cx.now(), cx.now().plus(LASTS)],
    );
    match cx.house.db.write(batch).await {
        Ok(()) => Ok((code, secret)),
        Err(Error::Conflict) => Err(Error::Unavailable("Too many programs are waiting to be signed in. Please try again in a minute.".into())),
        Err(other) => Err(other),
    }
}

/// What asks under a code that is open: neither answered nor over.
#[derive(Clone, Debug)]
pub struct Waiting {
    id: DeviceId,
    pub name: String,
    pub scopes: String,
    pub network: String,
    pub asked_at: Timestamp,
}

pub async fn by_code(cx: &Cx, code: &str) -> Result<Option<Waiting>> {
    cx.me()?;
    let sql = "select id, name, scopes, network, asked_at from device where code = ?1 and expires_at > ?2 and answer = ''";
    let row = cx.db().one(sql, vals![hash_secret(&plain(code)), cx.now()]).await?;
    row.map(|mut r| Ok(Waiting { id: r.take()?, name: r.take()?, scopes: r.take()?, network: r.take()?, asked_at: r.take()? })).transpose()
}

kernel::choice! {
    /// What its person says to a program that asks.
    pub enum Word { Confirm = "confirm", Refuse = "refuse" }
}

/// Its person says so, signed in, on the page. Once: a second answer finds nothing that is open.
pub async fn decide(cx: &Cx, code: &str, word: Word) -> Result<()> {
    let me = cx.me()?;
    let waiting = by_code(cx, code).await?.ok_or(Refusal::CodeUnknown)?;
    let (answer, told) = match word {
        Word::Confirm => ("confirmed", "device_confirmed"),
        Word::Refuse => ("refused", "device_refused"),
    };
    let mut batch = Batch::new();
    batch.exactly(
        1,
        "update device set answer = ?2, person = ?3 where id = ?1 and answer = '' and expires_at > ?4",
        vals![waiting.id, answer, me, cx.now()],
    );
    batch.event(Event::new(cx, Actor::Person(me), told, "device", waiting.id));
    cx.house.db.write(batch).await.map_err(|e| if e == Error::Conflict { Refusal::CodeUnknown.into() } else { e })
}

#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Pending,
    SlowDown,
    Refused,
    /// Its ten minutes are over, its token was fetched before, or there never was such a secret.
    Over,
    Token(String),
}

/// The program asks whether it was confirmed. The token is made at this moment, so that it lies nowhere in between.
pub async fn outcome(cx: &Cx, secret: &str) -> Result<Outcome> {
    let sql = "select id, answer, person, name, scopes, polled_at from device where secret = ?1 and expires_at > ?2";
    let Some(mut row) = cx.db().one(sql, vals![hash_secret(secret), cx.now()]).await? else { return Ok(Outcome::Over) };
    let (id, answer, person): (DeviceId, String, Option<PersonId>) = (row.take()?, row.take()?, row.take()?);
    let (name, scopes, polled_at): (String, String, Timestamp) = (row.take()?, row.take()?, row.take()?);
    match (answer.as_str(), person) {
        ("", _) => {
            let mut batch = Batch::new();
            batch.run("update device set polled_at = ?2 where id = ?1", vals![id, cx.now()]);
            cx.house.db.write(batch).await?;
            // A second of grace: clocks and networks are not exact.
            let early = cx.now() < polled_at.plus((INTERVAL - 1) * kernel::clock::SECOND);
            Ok(if early { Outcome::SlowDown } else { Outcome::Pending })
        }
        ("confirmed", Some(person)) => {
            let mut batch = Batch::new();
            batch.exactly(1, "update device set answer = 'fetched' where id = ?1 and answer = 'confirmed'", vals![id]);
            batch.holds("select 1 from person where id = ?1 and left_at is null", vals![person]);
            let made = acts::put_token(&mut batch, cx, person, &name, &scopes)?;
            match cx.house.db.write(batch).await {
                Ok(()) => Ok(Outcome::Token(made)),
                Err(Error::Conflict) => Ok(Outcome::Over),
                Err(other) => Err(other),
            }
        }
        ("refused", _) => Ok(Outcome::Refused),
        _ => Ok(Outcome::Over),
    }
}

/// Codes whose time is over are removed.
pub fn forget_old(batch: &mut Batch, now: Timestamp) {
    batch.run("delete from device where expires_at < ?1", vals![now]);
}

#[derive(Serialize, JsonSchema)]
struct Code {
    /// The program's own secret; shown to nobody.
    device_code: String,
    /// What its person types.
    user_code: String,
    /// Where they type it.
    verification_uri: String,
    /// The same with the code, to be followed.
    verification_uri_complete: String,
    /// Seconds until the code is over.
    expires_in: i64,
    /// Seconds between two questions.
    interval: i64,
}

async fn ask(act: Act<Asking>) -> Answer<Response> {
    let visit = &act.visit;
    let (code, secret) = begin(&visit.cx, &act.input, &shell::limits::shortened(&visit.address)).await?;
    let user_code = grouped(&code);
    let made = Code {
        device_code: secret,
        verification_uri: visit.address_of("/device"),
        verification_uri_complete: visit.address_of(&format!("/device?code={user_code}")),
        user_code,
        expires_in: LASTS / kernel::clock::SECOND,
        interval: INTERVAL,
    };
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Fetching {
    device_code: Line<0, 64>,
}

/// `state` is a word of RFC 8628: authorization_pending, slow_down, access_denied, expired_token; or confirmed.
#[derive(Serialize, JsonSchema)]
struct Fetched {
    state: &'static str,
    token: Option<String>,
}

async fn fetch(act: Act<Fetching>) -> Answer<Json<Fetched>> {
    let (state, token) = match outcome(&act.visit.cx, &act.input.device_code.0).await? {
        Outcome::Pending => ("authorization_pending", None),
        Outcome::SlowDown => ("slow_down", None),
        Outcome::Refused => ("access_denied", None),
        Outcome::Over => ("expired_token", None),
        Outcome::Token(token) => ("confirmed", Some(token)),
    };
    Ok(Json(Fetched { state, token }))
}

/// A token may end itself and no other.
async fn end_own(visit: Visit) -> Answer<StatusCode> {
    acts::end_token(&visit.cx, TokenId(visit.guest()?.key.0)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Template)]
#[template(path = "device.html")]
struct DevicePage {
    t: T,
    form: Form,
    name: String,
    handle: String,
    /// What asks, with the time it asked at and its code as it was shown.
    asking: Option<(Waiting, Html, String)>,
    done: &'static str,
}

#[derive(Default, Deserialize)]
struct Wanted {
    #[serde(default)]
    code: String,
    #[serde(default)]
    done: String,
}

async fn page(visit: Visit, Asked(wanted): Asked<Wanted>) -> Answer {
    let done = match wanted.done.as_str() {
        "confirm" => "confirm",
        "refuse" => "refuse",
        _ => "",
    };
    show(&visit, &wanted.code, None, done).await
}

async fn show(visit: &Visit, code: &str, problem: Option<Error>, done: &'static str) -> Answer {
    let asking = if code.is_empty() { None } else { by_code(&visit.cx, code).await? };
    let problem = problem.or_else(|| (asking.is_none() && !code.is_empty()).then(|| Error::invalid("code", Refusal::CodeUnknown)));
    let sent = [("code".to_owned(), code.chars().take(20).collect())];
    let form = match problem {
        Some(problem) => Form::again(&sent, problem, visit.t)?,
        None => Form::of(&[]),
    };
    let guest = visit.guest()?;
    let asking = asking.map(|w| (w.clone(), visit.time(w.asked_at), grouped(&plain(code))));
    let faulty = form.is_faulty();
    let shown = DevicePage { t: visit.t, form, name: guest.name.clone(), handle: guest.handle.clone(), asking, done };
    let title = visit.t.say("Sign a program in");
    Ok(if faulty { visit.page_again(title, &shown).await? } else { visit.page(title, &shown).await? })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deciding {
    code: Line<0, 20>,
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    answer: Option<Word>,
}

async fn answer(act: Act<Deciding>) -> Answer {
    let Act { visit, input, .. } = act;
    let word = input.answer.ok_or_else(|| Error::invalid("answer", "Please confirm or refuse."))?;
    match decide(&visit.cx, &input.code.0, word).await {
        Ok(()) => Ok(see(format!("/device?done={}", word.word()))),
        Err(error @ Error::Refused(_)) => show(&visit, &input.code.0, Some(error), "").await,
        Err(other) => Err(other.into()),
    }
}

/// What a reset password or a person's leaving takes along.
pub(crate) fn end_all(batch: &mut Batch, person: PersonId) {
    batch.run("delete from device where person = ?1", vals![person]);
}
