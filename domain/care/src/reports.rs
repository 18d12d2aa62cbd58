//! Reports: somebody who sees a thing says that something is wrong with it. They go to stewards whom they are not about, or
//! to the operator, and the reporter reads the answer. Who is reported never learns by whom.

use conversation::said::Said;
use conversation::{ContributionId, store as contributions};
use kernel::{Actor, Batch, CommunityId, Cx, Error, Event, Id, Line, PersonId, Problems, Result, Words, clock, decide, vals};
use membership::waits;
use schemars::JsonSchema;
use serde::Deserialize;
use shell::words;

use crate::rules::{self, Refusal};
use crate::{ReportId, acts, store};

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reporting {
    /// What is wrong, in words.
    pub words: Words<3, 1000>,
    /// Left empty by people: the field is not shown to them.
    #[serde(default)]
    #[schemars(skip)]
    pub website: Line<0, 200>,
}

kernel::choice! {
    pub enum Outcome { Acted = "acted", Nothing = "nothing" }
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answering {
    pub outcome: Outcome,
    /// A word to who reported.
    #[serde(default)]
    pub words: Words<0, 1000>,
}

/// A form is not read and filled in faster than this.
const AT_LEAST: i64 = 2 * clock::SECOND;

/// Whether a form of a stranger was filled in by a program: a field that people do not see, or no time to read it. The
/// form's number tells when it was made.
fn is_a_program(cx: &Cx, input: &Reporting) -> bool {
    if cx.viewer.person().is_some() {
        return false;
    }
    let made = cx.once.as_ref().and_then(|once| once.key.parse::<i64>().ok()).map(|id| Id(id).made_at());
    !input.website.0.is_empty() || made.is_none_or(|at| cx.now().0 - at.0 < AT_LEAST)
}

/// Reports something that was said. Also strangers do, where anyone reads it.
pub async fn report(cx: &Cx, id: ContributionId, input: &Reporting) -> Result<()> {
    let mut problems = Problems::default();
    let text = input.words.check("words", &mut problems);
    problems.done()?;
    let said = contributions::one(cx, id).await?.filter(|s| s.quiet().is_none()).ok_or(Error::NotFound)?;
    if is_a_program(cx, input) {
        return Err(Error::refused("That was very quick. Please read it once more and send it again."));
    }
    let community = said.place.as_ref().map(|p| p.id).filter(|_| !acts::is_private(&said));
    let handed = handed(&said);
    put(cx, said.id.into(), said.author.concerned(), community, &text, &handed).await
}

/// Reports a person whose page one sees: to the operator.
pub async fn report_person(cx: &Cx, handle: &str, input: &Reporting) -> Result<()> {
    let mut problems = Problems::default();
    let text = input.words.check("words", &mut problems);
    problems.done()?;
    cx.me()?;
    let person = person::store::by_handle(cx, &person::acts::handle_as_typed(handle)).await?.ok_or(Error::NotFound)?;
    put(cx, person.id.into(), Some(person.id), None, &text, "").await
}

/// The words as they stand now, so that they can be judged also when they are changed or withdrawn meanwhile.
fn handed(said: &Said) -> String {
    let text = words::plain(&format!("{}\n\n{}", said.title, said.words), 2000);
    text.trim().to_owned()
}

async fn put(cx: &Cx, thing: Id, about: Option<PersonId>, community: Option<CommunityId>, text: &str, handed: &str) -> Result<()> {
    if cx.done_before::<ReportId>().await?.is_some() {
        return Ok(());
    }
    let me = cx.viewer.person();
    decide(|| async {
        let reported = match me {
            Some(me) => store::reported(cx, thing, me).await?,
            None => false,
        };
        rules::may_report(me.is_some() && me == about, reported)?;
        let others = match community {
            Some(c) => store::other_stewards(cx, c, &[about]).await?,
            None => 0,
        };
        let id: ReportId = cx.make_id();
        let mut batch = Batch::new();
        batch.lacks("select 1 from report where thing = ?1 and reporter = ?2 and reporter <> 0 and answer = ''", vals![thing, me.map_or(0, |p| p.0)]);
        batch.run(
            "insert into report (id, community, thing, about, reporter, words, handed, at, answer, answer_words)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, '', '')",
            vals![id, community, thing, about.map_or(0, |p| p.0), me.map_or(0, |p| p.0), text, handed, cx.now()],
        );
        let of = community.filter(|_| others > 0).map_or(waits::For::Operator, waits::For::Stewards);
        waits::wait(&mut batch, "report", id, of, community, [about, None], cx.now());
        // A stranger's act has nobody as its actor.
        let actor = Actor::Person(me.unwrap_or(PersonId(0)));
        batch.event(Event::new(cx, actor, "reported", "report", id).within(community));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

/// Answers a report.
pub async fn answer(cx: &Cx, id: ReportId, input: &Answering) -> Result<()> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let text = input.words.check("words", &mut problems);
    problems.done()?;
    if cx.done_before::<ReportId>().await?.is_some() {
        return Ok(());
    }
    decide(|| async {
        let r = store::report_seen(cx, id).await?.ok_or(Error::NotFound)?;
        rules::may_look(r.looker)?;
        if !r.answer.is_empty() {
            return Err(Refusal::AnsweredAlready.into());
        }
        let mut batch = Batch::new();
        store::still_looks(&mut batch, me, r.community.unwrap_or(CommunityId(0)), r.looker);
        batch.exactly(
            1,
            "update report set answer = ?2, answer_words = ?3, answered_by = ?4, answered_at = ?5 where id = ?1 and answer = ''",
            vals![id, input.outcome, &text, me, cx.now()],
        );
        waits::no_longer(&mut batch, "report", id);
        if let Some(reporter) = store::reporter(cx, id).await?.filter(|p| *p != me) {
            waits::wait(&mut batch, "answer", id, waits::For::Person(reporter), r.community, [None, None], cx.now());
        }
        batch.event(Event::new(cx, Actor::Person(me), "answered", "report", id).within(r.community));
        cx.write(batch, id).await.map(drop)
    })
    .await
}
