//! Leaving the instance: what is here, what will happen, and then it happens over every slice in one batch.

use askama::Template;
use kernel::{Actor, Batch, Cx, Error, Event, Line, PersonId, Problems, Result, Say, decide, vals};
use serde::Deserialize;
use serde_json::{Value, json};
use shell::request::see;
use shell::{Act, Answer, Belongings, Form, Future, Needs, Route, T, Visit};

use crate::rules::Refusal;
use crate::{password, silencing, store};

kernel::choice! {
    /// What becomes of the words of who leaves.
    pub enum Words { Keep = "keep", Erase = "erase" }
}

pub const BELONGINGS: Belongings = Belongings { slice: "person", list, export, keep: keep_words, erase: erase_words };

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/me/leaving", Needs::reading_own(), show),
        Route::post("/me/leaving", Needs::new(shell::Who::SignedIn, shell::Rate::SignIn, 4096), leave_now),
        Route::get("/me/export", Needs::reading_own(), take_along),
    ]
}

fn list(cx: Cx, person: PersonId) -> Future<Vec<Say>> {
    Box::pin(async move {
        let sql = "select (select count(*) from session where person = ?1 and ended_at is null),
            (select count(*) from token where person = ?1 and ended_at is null),
            (select count(*) from circle where keeper = ?1), (select count(*) from silence where person = ?1)";
        let mut row = cx.db().one(sql, vals![person]).await?.ok_or(Error::NotFound)?;
        let (sessions, tokens, circles, silenced): (i64, i64, i64, i64) = (row.take()?, row.take()?, row.take()?, row.take()?);
        Ok(vec![
            "Your account with its password, and your profile.".into(),
            Say::new("Open sessions: {n}. All of them end.").with("n", sessions),
            Say::new("Tokens for programs: {n}. All of them end.").with("n", tokens),
            Say::new("Circles that you keep: {n}. They are removed.").with("n", circles),
            Say::new("People that you muted or blocked: {n}. The list goes with you.").with("n", silenced),
        ])
    })
}

fn export(cx: Cx, person: PersonId) -> Future<Value> {
    Box::pin(async move {
        let mut circles = Vec::new();
        let sql = "select c.name, coalesce(p.handle, '') from circle c left join in_circle i on i.circle = c.id
            left join person p on p.id = i.person where c.keeper = ?1 order by c.id, p.handle limit 2500";
        for mut r in cx.db().query(sql, vals![person]).await? {
            let (circle, handle): (String, String) = (r.take()?, r.take()?);
            circles.push(json!({"circle": circle, "person": handle}));
        }
        let me = cx.as_person(person);
        let (own, silenced) = (store::own(&me).await?, silencing::silenced(&me).await?);
        let silenced: Vec<Value> = silenced.into_iter().map(|s| json!({"name": s.name, "handle": s.handle, "kind": s.kind, "since": s.since})).collect();
        Ok(json!({
            "circles": circles,
            "handle": own.person.handle, "name": own.person.name, "practice": own.person.practice,
            "organisation": own.person.organisation, "mail": own.mail, "zone": own.person.zone,
            "language": own.language, "theme": own.theme, "shown_to": own.shown, "since": own.created_at, "silenced": silenced,
        }))
    })
}

/// The person's own row is changed by the act itself, in both cases alike.
fn keep_words(_: Cx, person: PersonId) -> Future<Batch> {
    Box::pin(async move {
        let mut batch = Batch::new();
        silencing::forget(&mut batch, person, false);
        crate::circles::forget_all(&mut batch, person);
        Ok(batch)
    })
}

fn erase_words(_: Cx, person: PersonId) -> Future<Batch> {
    Box::pin(async move {
        let mut batch = Batch::new();
        silencing::forget(&mut batch, person, true);
        crate::circles::forget_all(&mut batch, person);
        Ok(batch)
    })
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaving {
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub words: Option<Words>,
    #[serde(default)]
    pub pseudonym: Line<0, 60>,
    pub password: Line<0, 200>,
}

/// Ends the account. Asks for the password, since this cannot be taken back.
pub async fn leave(cx: &Cx, all: &[Belongings], input: &Leaving) -> Result<()> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let pseudonym = input.pseudonym.check("pseudonym", &mut problems);
    if input.words.is_none() {
        problems.add("words", "Please choose what becomes of your words.");
    }
    problems.done()?;
    if !password::matches(&input.password.0, store::credential_of(&cx.house, me).await?).await? {
        return Err(Error::invalid("password", "This is not your password."));
    }
    let own = store::own(cx).await?;
    if own.operator && store::operators(&cx.house).await? == 1 {
        return Err(Refusal::LastOperator.into());
    }
    let taken = "select 1 from person where lower(name) = lower(?1) and left_at is null and id <> ?2";
    if !pseudonym.is_empty() && cx.db().one(taken, vals![&pseudonym, me]).await?.is_some() {
        return Err(Error::invalid("pseudonym", "Somebody here has this name. Please choose another."));
    }
    let name = match input.words {
        Some(Words::Keep) if !pseudonym.is_empty() => pseudonym,
        _ => "Somebody who was here".to_owned(),
    };
    decide(|| async {
        let mut batch = Batch::new();
        for part in all {
            let change = if input.words == Some(Words::Keep) { part.keep } else { part.erase };
            batch.append(change(cx.clone(), me).await?);
        }
        batch.exactly(
            1,
            "update person set handle = ?2, name = ?3, practice = '', organisation = '', mail = '', zone = 'UTC',
                operator = false, shown = 'people', left_at = ?4 where id = ?1 and left_at is null",
            vals![me, format!("former-{me}"), &name, cx.now()],
        );
        if own.operator {
            batch.holds("select 1 from person where operator and left_at is null and id <> ?1", vals![me]);
        }
        batch.run("delete from one_time_link where person = ?1", vals![me]);
        batch.run("delete from credential where person = ?1", vals![me]);
        crate::device::end_all(&mut batch, me);
        batch.run("update session set ended_at = ?2, agent = '' where person = ?1 and ended_at is null", vals![me, cx.now()]);
        batch.run("update session set agent = '' where person = ?1", vals![me]);
        batch.run("update token set ended_at = ?2 where person = ?1 and ended_at is null", vals![me, cx.now()]);
        batch.event(Event::new(cx, Actor::Person(me), "left_the_instance", "person", me));
        cx.house.db.write(batch).await
    })
    .await
}

#[derive(Template)]
#[template(path = "leaving.html")]
struct LeavingPage {
    t: T,
    lines: Vec<String>,
    form: Form,
}

async fn page(visit: &Visit, form: Form) -> Result<LeavingPage> {
    let me = visit.me()?;
    let mut lines = Vec::new();
    for part in &visit.shell.belongings {
        lines.extend((part.list)(visit.cx.clone(), me).await?.iter().map(|say| visit.t.sentence(say)));
    }
    Ok(LeavingPage { t: visit.t, lines, form })
}

async fn show(visit: Visit) -> Answer {
    let shown = page(&visit, Form::of(&[("words", "keep")])).await?;
    Ok(visit.page(visit.t.say("Leaving this place"), &shown).await?)
}

async fn leave_now(act: Act<Leaving>) -> Answer {
    let Act { visit, input, sent } = act;
    match leave(&visit.cx, &visit.shell.belongings, &input).await {
        Ok(()) => Ok(crate::pages::with_cookie(&visit, see("/"), "")),
        Err(error) => {
            let shown = page(&visit, Form::again(&sent, error, visit.t)?).await?;
            Ok(visit.page_again(visit.t.say("Leaving this place"), &shown).await?)
        }
    }
}

/// Everything of a person as one JSON file.
pub async fn everything(cx: &Cx, all: &[Belongings]) -> Result<Value> {
    let me = cx.me()?;
    let mut parts = serde_json::Map::new();
    for part in all {
        parts.insert(part.slice.to_owned(), (part.export)(cx.clone(), me).await?);
    }
    Ok(Value::Object(parts))
}

async fn take_along(visit: Visit) -> Answer {
    use axum::http::header;
    use axum::response::IntoResponse;
    let all = everything(&visit.cx, &visit.shell.belongings).await?;
    let text = serde_json::to_string_pretty(&all).map_err(|e| Error::broken(e.to_string()))?;
    let kind = [(header::CONTENT_TYPE, "application/json"), (header::CONTENT_DISPOSITION, "attachment; filename=\"tacit.json\"")];
    Ok((kind, text).into_response())
}
