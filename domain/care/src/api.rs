//! Stewards' acts, appeals, reports and first words over JSON, by the same acts.

use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use community::store as communities;
use conversation::ContributionId;
use kernel::{Cursor, Error, Silence, Timestamp};
use membership::SuspensionId;
use membership::suspension::Suspending;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shell::api::{Doc, List, created};
use shell::slice::FORM;
use shell::{Act as Sent, After, Answer, Needs, Path, Rate, Route, Visit, Who};

use crate::appeals::{self, Appealing, Judging};
use crate::desk::{FirstWords, Looks};
use crate::pages::{self, Acting};
use crate::reports::{self, Answering, Reporting};
use crate::{ActId, ReportId, What, acts, store};

pub fn routes() -> Vec<Route> {
    let own = Needs::new(Who::ApiOwn, Rate::Read, 0);
    let write = Needs::new(Who::ApiWrite, Rate::Write, FORM);
    vec![
        Route::get("/api/v1/communities/{slug}/care", own, register)
            .doc(Doc::new("What stewards did, for members, the newest first").gives::<List<Act>>().pages()),
        Route::put("/api/v1/communities/{slug}/care/first-words", write, first_words)
            .doc(Doc::new("Whether first words are read before others see them, as a steward").takes::<FirstWords>()),
        Route::post("/api/v1/communities/{slug}/suspensions", write, suspend)
            .doc(Doc::new("Suspend for conduct, with a rule, a reason and a term").takes::<Suspending>()),
        Route::delete("/api/v1/suspensions/{id}", write, lift).doc(Doc::new("Lift a suspension")),
        Route::post("/api/v1/contributions/{id}/steward-acts", write, act_on)
            .doc(Doc::new("Hide, show again, close, open again, move or decline words, as a steward").takes::<Acting>().created::<Act>()),
        Route::put("/api/v1/contributions/{id}/admission", write, let_through)
            .doc(Doc::new("Let words through that wait, as a steward or welcomer")),
        Route::post("/api/v1/contributions/{id}/reports", write, report)
            .doc(Doc::new("Report something that was said").takes::<Reporting>()),
        Route::put("/api/v1/contributions/{id}/silence", write, silence)
            .doc(Doc::new("Mute or block who said something, for oneself").takes::<Silencing>()),
        Route::post("/api/v1/people/{handle}/reports", write, report_person)
            .doc(Doc::new("Report a person, to the operator").takes::<Reporting>()),
        Route::get("/api/v1/steward-acts/{id}", own, one).doc(Doc::new("A steward's act").gives::<Act>()),
        Route::post("/api/v1/steward-acts/{id}/appeal", write, appeal)
            .doc(Doc::new("Appeal against a steward's act that concerns oneself").takes::<Appealing>()),
        Route::post("/api/v1/steward-acts/{id}/ruling", write, judge)
            .doc(Doc::new("Decide an appeal, as another steward, or as the operator where there is none").takes::<Judging>()),
        Route::get("/api/v1/reports/{id}", own, one_report)
            .doc(Doc::new("A report, for who made it and who answers it").gives::<Report>()),
        Route::post("/api/v1/reports/{id}/answer", write, answer).doc(Doc::new("Answer a report").takes::<Answering>()),
    ]
}

#[derive(Serialize, JsonSchema)]
struct Act {
    id: ActId,
    community: String,
    what: What,
    /// The contribution; null for suspensions.
    contribution: Option<ContributionId>,
    by: String,
    /// Whom it concerns: empty for all but them, stewards, and who decides an appeal.
    person: String,
    rule: String,
    reason: String,
    at: Timestamp,
    undone_at: Option<Timestamp>,
    /// Empty, open, upheld or overturned.
    appeal: String,
    appeal_words: String,
    ruling_by: String,
    ruling_words: String,
}

impl From<store::Act> for Act {
    fn from(a: store::Act) -> Self {
        Self {
            contribution: a.is_of_words().then_some(ContributionId(a.thing.0)),
            id: a.id,
            community: a.slug,
            what: a.what,
            by: a.by,
            person: a.name,
            rule: a.rule,
            reason: a.reason,
            at: a.at,
            undone_at: a.undone_at,
            appeal: a.appeal,
            appeal_words: a.appeal_words,
            ruling_by: a.judge,
            ruling_words: a.judge_words,
        }
    }
}

#[derive(Serialize, JsonSchema)]
struct Report {
    id: ReportId,
    community: String,
    words: String,
    /// What the reporter handed over, for who answers.
    handed: String,
    at: Timestamp,
    /// Empty, acted or nothing.
    answer: String,
    answer_words: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Silencing {
    kind: Silence,
}

const DONE: Answer<StatusCode> = Ok(StatusCode::NO_CONTENT);

async fn register(visit: Visit, Path(slug): Path<String>, After(after): After) -> Answer<Json<List<Act>>> {
    let c = communities::inside(&visit.cx, &slug).await?;
    if !c.member {
        return Err(Error::NotFound.into());
    }
    let page = store::acts_in(&visit.cx, c.id, after.unwrap_or(Cursor::NEWEST), 50).await?;
    Ok(Json(page.map(Act::from).into()))
}

async fn first_words(Path(slug): Path<String>, act: Sent<FirstWords>) -> Answer<StatusCode> {
    acts::look_at_first_words(&act.visit.cx, &slug, act.input.look == Looks::Yes).await?;
    DONE
}

async fn suspend(Path(slug): Path<String>, act: Sent<Suspending>) -> Answer<StatusCode> {
    acts::suspend(&act.visit.cx, &slug, &act.input).await?;
    DONE
}

async fn lift(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    acts::lift(&visit.cx, id.parse::<SuspensionId>()?).await?;
    DONE
}

async fn act_on(Path(id): Path<String>, act: Sent<Acting>) -> Answer<Response> {
    let made = pages::do_it(&act.visit.cx, id.parse()?, &act.input).await?;
    let a = store::act(&act.visit.cx, made).await?.ok_or(Error::NotFound)?;
    Ok(created(Act::from(a)))
}

async fn let_through(visit: Visit, Path(id): Path<String>) -> Answer<StatusCode> {
    acts::let_through(&visit.cx, id.parse()?).await?;
    DONE
}

async fn report(Path(id): Path<String>, act: Sent<Reporting>) -> Answer<StatusCode> {
    reports::report(&act.visit.cx, id.parse()?, &act.input).await?;
    DONE
}

async fn silence(Path(id): Path<String>, act: Sent<Silencing>) -> Answer<StatusCode> {
    pages::silence_author(&act.visit.cx, id.parse()?, act.input.kind).await?;
    DONE
}

async fn report_person(Path(handle): Path<String>, act: Sent<Reporting>) -> Answer<StatusCode> {
    reports::report_person(&act.visit.cx, &handle, &act.input).await?;
    DONE
}

async fn one(visit: Visit, Path(id): Path<String>) -> Answer<Json<Act>> {
    Ok(Json(store::act(&visit.cx, id.parse()?).await?.ok_or(Error::NotFound)?.into()))
}

async fn appeal(Path(id): Path<String>, act: Sent<Appealing>) -> Answer<StatusCode> {
    appeals::appeal(&act.visit.cx, id.parse()?, &act.input).await?;
    DONE
}

async fn judge(Path(id): Path<String>, act: Sent<Judging>) -> Answer<StatusCode> {
    appeals::judge(&act.visit.cx, id.parse()?, &act.input).await?;
    DONE
}

async fn one_report(visit: Visit, Path(id): Path<String>) -> Answer<Json<Report>> {
    let r = store::report_seen(&visit.cx, id.parse()?).await?.ok_or(Error::NotFound)?;
    Ok(Json(Report {
        handed: if r.mine { String::new() } else { r.handed },
        id: r.id,
        community: r.slug,
        words: r.words,
        at: r.at,
        answer: r.answer,
        answer_words: r.answer_words,
    }))
}

async fn answer(Path(id): Path<String>, act: Sent<Answering>) -> Answer<StatusCode> {
    reports::answer(&act.visit.cx, id.parse()?, &act.input).await?;
    DONE
}
