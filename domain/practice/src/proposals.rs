//! Proposals: anyone who may speak offers another wording; the conversation about it is a conversation like any other.

use askama::Template;
use axum::response::Response;
use conversation::acts::{self as conversations, Lineage, NewContribution};
use conversation::{ContributionId, For};
use kernel::{Actor, Cx, Error, Event, Id, Line, PersonId, Problems, Result, Row, Timestamp, Words, decide, vals};
use schemars::JsonSchema;
use serde::Deserialize;
use shell::request::see;
use shell::{Act, Answer, Form, Future, Html, Needs, Path, Route, T, Visit};

use crate::acts::{Clash, Draft, Text, Title, hand, revision, still_revises, told};
use crate::pages::{self, Shown};
use crate::rules::{self, Refusal};
use crate::store::{self, Practice};
use crate::PracticeId;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/practices/{id}/proposals/new", Needs::reading_own(), new),
        Route::post("/practices/{id}/proposals", Needs::writing(), propose_page),
        Route::post("/proposals/{id}/answer", Needs::acting(), answer_page),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Proposing {
    pub title: Title,
    #[serde(default)]
    pub use_when: Words<0, 400>,
    pub words: Text,
    /// Why: it opens the conversation about the proposal. Markdown.
    pub reason: Words<1, 4000>,
    /// The version that was in hand while this was written.
    pub base: Line<1, 9>,
}

/// Offers another wording. Answers the conversation that it opens.
pub async fn propose(cx: &Cx, id: PracticeId, input: &Proposing) -> Result<ContributionId> {
    let mut problems = Problems::default();
    let draft = Draft::check(&input.title, &input.use_when, &input.words, &mut problems);
    input.reason.check("reason", &mut problems);
    let base: i64 = input.base.check("base", &mut problems).parse().unwrap_or(0);
    problems.done()?;
    if let Some(done) = cx.done_before().await? {
        return Ok(done);
    }
    decide(|| async {
        let p = store::one(cx, id).await?.ok_or(Error::NotFound)?;
        offer(cx, &p, &draft, base, &input.reason.0).await
    })
    .await
}

/// The proposal itself, from a form or from a fork.
pub(crate) async fn offer(cx: &Cx, p: &Practice, draft: &Draft, base: i64, reason: &str) -> Result<ContributionId> {
    let me = cx.me()?;
    rules::may_propose(p.state)?;
    let before = store::revision(cx, p.id, base).await?.ok_or_else(|| Error::invalid("base", "This version of the practice is not known."))?;
    if before.draft() == *draft || Draft::of(p) == *draft {
        return Err(Refusal::NothingNew.into());
    }
    let audience = if p.reaches_all() { For::Open } else { For::Community };
    // As long as a title may be: the name of the practice is cut, not refused.
    let title: String = format!("Proposal: {}", p.title).chars().take(160).collect();
    let new = NewContribution { words: reason.into(), title: title.as_str().into(), audience: Some(audience), ..NewContribution::default() };
    let (conversation, mut batch) = conversations::contribution(cx, Some(&p.slug), &new, &Lineage::default()).await?;
    batch.run(
        "insert into proposal (conversation, practice, base, title, use_when, words, author, answer, at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'open', ?8)",
        vals![conversation, p.id, base, &draft.title, &draft.use_when, &draft.words, me, cx.now()],
    );
    batch.holds("select 1 from practice where id = ?1 and state <> 'retired' and withdrawn_at is null", vals![p.id]);
    let authors = store::authors(cx, p.id).await?;
    let event = Event::new(cx, Actor::Person(me), "proposed", "practice", p.id).within(Some(p.community)).in_conversation(conversation);
    batch.event(event.toward(authors.into_iter().filter(|a| *a != me)));
    cx.write(batch, conversation).await
}

#[derive(Clone, Debug)]
pub struct Proposal {
    pub conversation: ContributionId,
    pub practice: PracticeId,
    pub base: i64,
    pub(crate) draft: Draft,
    pub author: PersonId,
    pub name: String,
    /// open, accepted, declined
    pub answer: String,
    pub answered_by: String,
    pub at: Timestamp,
}

macro_rules! proposal {
    ($words:literal, $rest:literal) => {
        concat!(
            "select o.conversation, o.practice, o.base, o.title, o.use_when, ",
            $words,
            ", o.author, case when unblocked_by(o.author, ?2) then a.name else '' end,
                o.answer, coalesce(b.name, ''), o.at
             from proposal o join contribution c on c.id = o.conversation and c.withdrawn_at is null and c.hidden = '' and c.held = ''
             join practice p on p.id = o.practice and p.withdrawn_at is null
             join person a on a.id = o.author left join person b on b.id = o.answered_by
             where visible_to(o.conversation, ?2) and visible_to(o.practice, ?2) ",
            $rest
        )
    };
}

fn proposal(mut r: Row) -> Result<Proposal> {
    let (conversation, practice, base) = (r.take()?, r.take()?, r.take()?);
    let draft = Draft { title: r.take()?, use_when: r.take()?, words: r.take()? };
    Ok(Proposal { conversation, practice, base, draft, author: r.take()?, name: r.take()?, answer: r.take()?, answered_by: r.take()?, at: r.take()? })
}

pub async fn one(cx: &Cx, conversation: ContributionId) -> Result<Option<Proposal>> {
    cx.db().one(proposal!("o.words", "and o.conversation = ?1"), vals![conversation, cx.viewer]).await?.map(proposal).transpose()
}

/// Those that wait for an answer, without their words.
pub async fn open(cx: &Cx, id: PracticeId) -> Result<Vec<Proposal>> {
    let sql = proposal!("''", "and o.practice = ?1 and o.answer = 'open' order by o.at, o.conversation limit 20");
    cx.db().query(sql, vals![id, cx.viewer]).await?.into_iter().map(proposal).collect()
}

kernel::choice! {
    pub enum Verdict { Accept = "accepted", Decline = "declined" }
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answering {
    pub verdict: Verdict,
}

/// Takes a proposal into the practice, in its author's name, or lets it be. What to say about it is said in its conversation.
pub async fn answer(cx: &Cx, conversation: ContributionId, input: &Answering) -> Result<PracticeId> {
    let me = cx.me()?;
    decide(|| async {
        let it = one(cx, conversation).await?.ok_or(Error::NotFound)?;
        let now = store::one(cx, it.practice).await?.ok_or(Error::NotFound)?;
        let hand = hand(cx, &now).await?;
        rules::may_revise(hand, now.state)?;
        if it.answer != "open" {
            return Err(Refusal::NotOpenAnyMore.into());
        }
        let mut batch = match input.verdict {
            Verdict::Accept => {
                let (joined, clashes) = joined(cx, &it, &now).await?;
                if !clashes.is_empty() {
                    return Err(Refusal::Clashes.into());
                }
                if joined == Draft::of(&now) {
                    return Err(Refusal::NothingNew.into());
                }
                let said = conversation::store::one(cx, conversation).await?.ok_or(Error::NotFound)?;
                let reason: String = shell::words::plain(&said.words, 480);
                revision(cx, &now, &joined, &reason, (it.author, hand)).await?
            }
            Verdict::Decline => {
                let mut batch = kernel::Batch::new();
                still_revises(&mut batch, cx, &now, hand)?;
                batch
            }
        };
        batch.exactly(
            1,
            "update proposal set answer = ?2, answered_by = ?3, answered_at = ?4 where conversation = ?1 and answer = 'open'",
            vals![conversation, input.verdict, me, cx.now()],
        );
        let verb = if input.verdict == Verdict::Accept { "proposal_accepted" } else { "proposal_declined" };
        batch.event(told(cx, me, verb, now.id, &now.community).in_conversation(conversation).toward(Some(it.author).filter(|a| *a != me)));
        cx.write(batch, now.id).await
    })
    .await
}

/// The proposal as it would stand in the practice today.
async fn joined(cx: &Cx, it: &Proposal, now: &Practice) -> Result<(Draft, Vec<Clash>)> {
    Ok(Draft::joined(&base(cx, it).await?, &it.draft, &Draft::of(now)))
}

/// The wording that was in hand when it was proposed.
async fn base(cx: &Cx, it: &Proposal) -> Result<Draft> {
    Ok(store::revision(cx, it.practice, it.base).await?.ok_or(Error::NotFound)?.draft())
}

#[derive(Template)]
#[template(path = "proposal.html")]
struct Panel {
    t: T,
    it: Proposal,
    practice: Practice,
    differences: Html,
    clashes: bool,
    may_answer: bool,
}

/// On its conversation: what would change, and the answer.
pub(crate) fn on_conversation(visit: Visit, root: Id) -> Future<Html> {
    Box::pin(async move {
        let Some(it) = one(&visit.cx, ContributionId(root.0)).await? else { return Ok(Html::default()) };
        let Some(practice) = store::one(&visit.cx, it.practice).await? else { return Ok(Html::default()) };
        let base = base(&visit.cx, &it).await?;
        let clashes = it.answer == "open" && !Draft::joined(&base, &it.draft, &Draft::of(&practice)).1.is_empty();
        let may_answer = it.answer == "open" && visit.guest.is_some() && match hand(&visit.cx, &practice).await {
            Ok(hand) => rules::may_revise(hand, practice.state).is_ok(),
            Err(_) => false,
        };
        let differences = pages::differences(visit.t, &base, &it.draft)?;
        Html::of(&Panel { t: visit.t, it, practice, differences, clashes, may_answer })
    })
}

async fn propose_form(visit: &Visit, id: PracticeId, form: Form) -> Result<Response> {
    let p = store::one(&visit.cx, id).await?.ok_or(Error::NotFound)?;
    membership::rules::may_contribute(p.stage, &membership::store::standing(&visit.cx, p.community).await?)?;
    pages::writing(visit, Shown::proposing(visit.t, &p), form, &[]).await
}

async fn new(visit: Visit, Path(id): Path<String>) -> Answer {
    let id: PracticeId = id.parse()?;
    let p = store::one(&visit.cx, id).await?.ok_or(Error::NotFound)?;
    Ok(propose_form(&visit, id, pages::filled(&p)).await?)
}

async fn propose_page(Path(id): Path<String>, act: Act<Proposing>) -> Answer {
    let Act { visit, input, sent } = act;
    let id: PracticeId = id.parse()?;
    match propose(&visit.cx, id, &input).await {
        Ok(conversation) => Ok(see(format!("/conversations/{conversation}"))),
        Err(error) => Ok(propose_form(&visit, id, Form::again(&sent, error, visit.t)?).await?),
    }
}

async fn answer_page(Path(id): Path<String>, act: Act<Answering>) -> Answer {
    let conversation: ContributionId = id.parse()?;
    let practice = answer(&act.visit.cx, conversation, &act.input).await?;
    Ok(match act.input.verdict {
        Verdict::Accept => see(format!("/practices/{practice}")),
        Verdict::Decline => see(format!("/conversations/{conversation}")),
    })
}
