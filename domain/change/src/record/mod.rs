//! A record to take along: changes somebody made and helped, with the words of those who attest them, as a page, a
//! printed sheet and a signed file. Nothing in it is counted or compared.

pub mod signing;

use askama::Template;
use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use kernel::{Cursor, Error, Result, Words};
use serde::Deserialize;
use serde_json::{Value, json};
use shell::slice::LONG_FORM;
use shell::{Act, Answer, Form, Needs, Rate, Route, T, Visit, Who};

use crate::store::{self, Attested, Change, Source};
use crate::{Cause, ChangeId, For};
use signing::Verdict;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/me/record", Needs::reading_own(), page),
        Route::get("/me/record/file", Needs::reading_own(), file),
        Route::get("/records/check", Needs::reading(), checking),
        Route::post("/records/check", Needs::new(Who::Anyone, Rate::Write, LONG_FORM), check),
        Route::get("/.well-known/tacit-record-key", Needs::reading(), well_known),
    ]
}

/// More than anybody shows.
const MOST: usize = 300;

/// One change of a record.
struct Entry {
    h: Change,
    picked: bool,
    sources: Vec<Source>,
    attested: Vec<Attested>,
    day: String,
    outcome_day: String,
}

struct Record {
    made: Vec<Entry>,
    helped: Vec<Entry>,
}

impl Record {
    fn of(&self, helped: bool) -> impl Iterator<Item = &Entry> {
        let all = if helped { &self.helped } else { &self.made };
        all.iter().filter(|e| e.picked)
    }
}

/// `?pick=1&pick=2` or `?pick=1,2`; none where nothing was chosen yet.
fn picks(visit: &Visit) -> Option<Vec<ChangeId>> {
    let query = visit.path.split_once('?').map_or("", |(_, query)| query);
    let picks: Vec<String> = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "pick").map(|(_, v)| v.into_owned()).collect();
    (!picks.is_empty()).then(|| picks.iter().flat_map(|p| p.split(',')).filter_map(|id| id.parse().ok()).take(2 * MOST).collect())
}

/// What there is to show. Unless chosen otherwise: of one's own what one shares, of others' what is open to anybody.
async fn gather(visit: &Visit) -> Result<Record> {
    let made = store::of_person(&visit.cx, visit.me()?, Cursor::NEWEST, MOST).await?.items;
    let helped = store::because_of_me(&visit.cx, MOST as i64).await?;
    let ids: Vec<ChangeId> = made.iter().chain(&helped).map(|h| h.id).collect();
    let (sources, attested) = (store::sources(&visit.cx, &ids).await?, store::attestations(&visit.cx, &ids).await?);
    let picks = picks(visit);
    let entry = |h: Change, usual: bool| Entry {
        picked: picks.as_ref().map_or(usual, |p| p.contains(&h.id)),
        // What was said here stays where it may be read: of that, the record says no words.
        sources: sources.iter().filter(|s| s.change == h.id && s.kind != Cause::Contribution).cloned().collect(),
        attested: attested.iter().filter(|a| a.change == h.id).cloned().collect(),
        day: visit.day(h.at),
        outcome_day: h.outcome_at.map(|at| visit.day(at)).unwrap_or_default(),
        h,
    };
    Ok(Record {
        made: made.into_iter().map(|h| (h.is_shared(), h)).map(|(usual, h)| entry(h, usual)).collect(),
        helped: helped.into_iter().map(|h| (h.audience == For::Open, h)).map(|(usual, h)| entry(h, usual)).collect(),
    })
}

#[derive(Template)]
#[template(path = "record/record.html")]
struct RecordPage {
    t: T,
    name: String,
    handle: String,
    instance: String,
    today: String,
    query: String,
    check: String,
    record: Record,
}

async fn page(visit: Visit) -> Answer {
    let record = gather(&visit).await?;
    let guest = visit.guest.clone().ok_or(Error::NotFound)?;
    let ids: Vec<String> = record.of(false).chain(record.of(true)).map(|e| e.h.id.to_string()).collect();
    let shown = RecordPage {
        t: visit.t,
        name: guest.name.clone(),
        handle: guest.handle.clone(),
        instance: visit.address_of(""),
        today: visit.day(visit.cx.now()),
        query: format!("?pick={}", ids.join(",")),
        check: visit.address_of("/records/check"),
        record,
    };
    Ok(visit.page(visit.t.say("A record of changes"), &shown).await?)
}

/// The record as a file, signed.
pub(crate) async fn signed(visit: &Visit) -> Result<Value> {
    let record = gather(visit).await?;
    let guest = visit.guest.clone().ok_or(Error::NotFound)?;
    let record = json!({
        "format": "tacit-record/1",
        "place": visit.address_of(""),
        "person": {"handle": guest.handle, "name": guest.name},
        "made_at": visit.cx.now(),
        "changes_made": record.of(false).map(|e| entry_of(visit, e)).collect::<Vec<_>>(),
        "changes_helped": record.of(true).map(|e| entry_of(visit, e)).collect::<Vec<_>>(),
    });
    signing::sign(&visit.cx, record).await
}

fn entry_of(visit: &Visit, e: &Entry) -> Value {
    let h = &e.h;
    let link = |s: &Source| if s.kind == Cause::Page { s.path.clone() } else { visit.address_of(&s.path) };
    let because: Vec<Value> = e.sources.iter().map(|s| json!({"kind": s.kind, "title": s.title, "link": link(s)})).collect();
    let attested: Vec<Value> = e.attested.iter().map(|a| json!({"name": a.name, "words": a.words, "at": a.at})).collect();
    json!({
        "by": h.name, "was": h.was, "now": h.now, "why": h.why, "because": because, "told_at": h.at, "state": h.state, "since": h.state_at,
        "outcome": h.outcome, "measure": h.measure, "outcome_at": h.outcome_at, "served": h.served, "attested": attested
    })
}

async fn file(visit: Visit) -> Answer {
    let file = serde_json::to_string_pretty(&signed(&visit).await?).map_err(|e| Error::broken(format!("a record: {e}")))?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"record-of-changes.json\""),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, file).into_response())
}

#[derive(Template)]
#[template(path = "record/check.html")]
struct CheckPage {
    t: T,
    form: Form,
    /// Good or not, and the sentence that says which.
    verdict: Option<(bool, String)>,
    said: Vec<(String, String)>,
}

async fn check_page(visit: &Visit, form: Form, verdict: Option<Verdict>) -> Result<Response> {
    let t = visit.t;
    let mut said = Vec::new();
    let verdict = verdict.map(|verdict| match verdict {
        Verdict::Good(record) => {
            said = lines_of(&record);
            let of = |name: &str| record.pointer(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            let say = kernel::Say::new("This record was signed here for {name} on {day}, and not a letter of it was changed since.");
            let day = kernel::Timestamp::parse(&of("/made_at")).map(|at| visit.day(at)).unwrap_or_default();
            (true, t.sentence(&say.with("name", of("/person/name")).with("day", day)))
        }
        Verdict::Changed => (false, t.say("This record was changed after it was signed here, or the signature is of another one. What it says now, nobody here signed.").to_owned()),
        Verdict::Elsewhere => (false, t.say("This record was not signed here. The place that it names can say whether it is good.").to_owned()),
        Verdict::Unreadable => (false, t.say("This is no record that can be read. Please paste the whole file, from the first bracket to the last.").to_owned()),
    });
    let faulty = form.is_faulty();
    let shown = CheckPage { t, form, verdict, said };
    let title = t.say("Check a record");
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

/// Who does what now, as the signed file has it.
fn lines_of(record: &Value) -> Vec<(String, String)> {
    let of = |entry: &Value, name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let entries = |name: &str| record.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let all = entries("changes_made").into_iter().chain(entries("changes_helped"));
    all.take(2 * MOST).map(|e| (of(&e, "by"), of(&e, "now"))).collect()
}

async fn checking(visit: Visit) -> Answer {
    Ok(check_page(&visit, Form::default(), None).await?)
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pasted {
    #[serde(default)]
    file: Words<1, 300_000>,
}

async fn check(act: Act<Pasted>) -> Answer {
    let Act { visit, input, sent } = act;
    let mut problems = kernel::Problems::default();
    let text = input.file.check("file", &mut problems);
    if let Err(error) = problems.done() {
        return Ok(check_page(&visit, Form::again(&sent, error, visit.t)?, None).await?);
    }
    let verdict = signing::check(&signing::keys(&visit.cx).await?, &text);
    Ok(check_page(&visit, Form::of(&[("file", &text)]), Some(verdict)).await?)
}

/// The public keys, for who checks without this page.
async fn well_known(visit: Visit) -> Answer<Json<Value>> {
    let keys = signing::keys(&visit.cx).await?;
    let keys: Vec<Value> = keys.iter().map(|k| json!({"algorithm": "Ed25519", "key": k.public, "since": k.at})).collect();
    Ok(Json(json!({"keys": keys, "signs": "the value of \"record\" as compact JSON in UTF-8, names of objects in order"})))
}
