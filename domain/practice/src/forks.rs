//! A practice in another community: it keeps where it comes from, the two can be compared, and a change can be offered back.

use community::store as communities;
use conversation::{ContributionId, For};
use kernel::{Actor, Audience, Batch, Cx, Error, Event, Line, Problems, Result, Words, audience, decide, vals};
use membership::{rules as standing, store as members};
use schemars::JsonSchema;
use serde::Deserialize;
use shell::request::see;
use shell::{Act, Answer, Needs, Path, Route};

use crate::acts::{Draft, INSERT};
use crate::rules::{self, Refusal};
use crate::{PracticeId, State, kinds, pages, proposals, store};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/practices/{id}/forks", Needs::acting(), fork_page),
        Route::post("/practices/{id}/offer", Needs::acting(), offer_back_page),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Forking {
    /// The slug of the community that it should stand in.
    pub community: Line<1, 48>,
}

/// Lets a practice stand in another community, too. Its words and sources come along; states and adoptions do not.
pub async fn fork(cx: &Cx, id: PracticeId, input: &Forking) -> Result<PracticeId> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let slug = input.community.check("community", &mut problems);
    problems.done()?;
    if let Some(done) = cx.done_before().await? {
        return Ok(done);
    }
    decide(|| async {
        let from = store::one(cx, id).await?.ok_or(Error::NotFound)?;
        if !from.reaches_all() {
            return Err(Refusal::StaysInItsCommunity.into());
        }
        let c = communities::inside(cx, &slug).await?;
        let s = members::standing(cx, c.id).await?;
        if !s.member {
            return Err(Refusal::PracticeElsewhere.into());
        }
        standing::may_contribute(c.stage, &s)?;
        if c.id == from.community {
            return Err(Error::invalid("community", "It stands there already. Choose another community."));
        }
        let kind = kinds::picked(cx, c.id, &from.kind).await.unwrap_or_else(|_| "practice".into());
        let fork: PracticeId = cx.make_id();
        let audience = conversation::rules::usual(Some(c.openness));
        let mut batch = Batch::new();
        batch.holds(audience::HOLDS, vals![me, Audience::Members(c.id)]);
        batch.holds("select 1 from practice where id = ?1 and audience = 'open' and version = ?2 and withdrawn_at is null", vals![id, from.version]);
        batch.run(
            INSERT,
            vals![fork, c.id, kind, &from.title, &from.use_when, &from.words, from.html.as_str(), shell::words::VERSION, audience, State::Proposed, "", me,
                false, 1, cx.now(), cx.now(), cx.now(), me, from.review_months, rules::due(cx.now(), from.review_months), id, from.version, "", ""],
        );
        // Whoever wrote the original is an author here as well: their own word is no evidence for the fork.
        batch.run(
            "insert into practice_revision (practice, version, title, use_when, words, reason, author, voice, at)
             select cast(?2 as bigint), 1, r.title, r.use_when, r.words, '', r.author, r.voice, cast(?4 as bigint) from practice_revision r where r.practice = ?1 and r.version = ?3",
            vals![id, fork, from.version, cx.now()],
        );
        batch.run(
            "insert into practice_source (practice, n, kind, thing, root, link, title, author, dated, words, person, at)
             select cast(?2 as bigint), s.n, s.kind, s.thing, s.root, s.link, s.title, s.author, s.dated, s.words, cast(?3 as bigint), cast(?4 as bigint)
             from practice_source s where s.practice = ?1 and s.n <= 40",
            vals![id, fork, me, cx.now()],
        );
        let authors = store::authors(cx, id).await?;
        let event = Event::new(cx, Actor::Person(me), "practice_forked", "practice", fork).within(Some(c.id));
        batch.event(event.toward(authors.into_iter().filter(|a| *a != me)));
        cx.write(batch, fork).await
    })
    .await
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Offering {
    /// What is better now, and why it would be better there, too.
    pub reason: Words<1, 4000>,
}

/// Offers what became of a fork back to where it began, as a proposal. Answers its conversation.
pub async fn offer_back(cx: &Cx, id: PracticeId, input: &Offering) -> Result<ContributionId> {
    let mut problems = Problems::default();
    let reason = input.reason.check("reason", &mut problems);
    problems.done()?;
    if let Some(done) = cx.done_before().await? {
        return Ok(done);
    }
    decide(|| async {
        let mine = store::one(cx, id).await?.ok_or(Error::NotFound)?;
        let (original, base) = mine.forked_from.ok_or(Refusal::NoFork)?;
        if mine.audience != For::Open || !mine.reaches_all() {
            return Err(Refusal::StaysInItsCommunity.into());
        }
        let original = store::one(cx, original).await?.ok_or(Error::NotFound)?;
        let name = mine.title.replace(['[', ']', '\\'], "");
        proposals::offer(cx, &original, &Draft::of(&mine), base, &format!("{reason}\n\n[{name}]({})", mine.path())).await
    })
    .await
}

async fn fork_page(Path(id): Path<String>, act: Act<Forking>) -> Answer {
    let id: PracticeId = id.parse()?;
    match fork(&act.visit.cx, id, &act.input).await {
        Ok(fork) => Ok(see(format!("/practices/{fork}"))),
        error => pages::after(&act, id, error, "").await,
    }
}

async fn offer_back_page(Path(id): Path<String>, act: Act<Offering>) -> Answer {
    let id: PracticeId = id.parse()?;
    match offer_back(&act.visit.cx, id, &act.input).await {
        Ok(conversation) => Ok(see(format!("/conversations/{conversation}"))),
        error => pages::after(&act, id, error, "").await,
    }
}
