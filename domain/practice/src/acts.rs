//! Writing a practice: beginning it, revising it, taking it back.

use community::store as communities;
use conversation::For;
use kernel::{Actor, Audience, Batch, Cx, Error, Event, Line, PersonId, Problems, Result, Say, Timestamp, Words, audience, decide, vals};
use membership::hats;
use membership::rules::{self as standing, Care};
use membership::store as members;
use person::store as persons;
use schemars::JsonSchema;
use serde::Deserialize;
use shell::words;

use crate::rules::{self, Hand, Refusal};
use crate::sources::{self, Cited};
use crate::store::{self, Practice};
use crate::{PracticeId, State, kinds};

/// Markdown of a practice. A citation is written `[^1]`: the number of a source.
pub type Text = Words<1, 100_000>;
pub type Title = Line<1, 160>;

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPractice {
    pub title: Title,
    /// When to use it, in a sentence or two; shown in lists.
    #[serde(default)]
    pub use_when: Words<0, 400>,
    /// Markdown: how, why, known limits. `[^1]` cites the first source.
    pub words: Text,
    /// practice, pattern, template, tool, glossary, guide, or one that the community added; practice if left out.
    #[serde(default)]
    pub kind: Line<0, 24>,
    /// community or open; left out, it is as open as the community.
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub audience: Option<For>,
    /// After how many months it should be asked whether it is still true: 1 to 120, 0 for never, 12 if left out.
    #[serde(default)]
    pub review_months: Line<0, 3>,
    /// What it grew from: ids of contributions, each with the number of a passage if one is meant, "123.0". They become its first sources.
    #[serde(default)]
    pub cited: Cited,
}

/// Begins a practice in a community.
pub async fn begin(cx: &Cx, slug: &str, input: &NewPractice) -> Result<PracticeId> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let draft = Draft::check(&input.title, &input.use_when, &input.words, &mut problems);
    let months = months(&input.review_months, 12, &mut problems);
    if matches!(input.audience, Some(For::Me | For::Named)) {
        problems.add("audience", "A practice is for its community, or open.");
    }
    let kind = input.kind.check("kind", &mut problems);
    problems.done()?;
    if let Some(done) = cx.done_before().await? {
        return Ok(done);
    }
    decide(|| async {
        let c = communities::inside(cx, slug).await?;
        standing::may_contribute(c.stage, &members::standing(cx, c.id).await?)?;
        let kind = kinds::picked(cx, c.id, &kind).await?;
        let audience = input.audience.unwrap_or_else(|| conversation::rules::usual(Some(c.openness)));
        rules::may_be_for(audience, c.openness)?;
        // As it may be read one day, and not only today.
        let open = audience == For::Open;
        let found = sources::passages(cx, &input.cited, c.id, open).await?;
        let id: PracticeId = cx.make_id();
        let mut batch = Batch::new();
        batch.holds(audience::HOLDS, vals![me, Audience::Members(c.id)]);
        batch.holds("select 1 from community where id = ?1 and openness = ?2 and stage = ?3", vals![c.id, c.openness, c.stage]);
        let html = draft.rendered(cx).await?;
        batch.run(
            INSERT,
            vals![id, c.id, kind, &draft.title, &draft.use_when, &draft.words, html, words::VERSION, audience, State::Proposed, "", me, false,
                1, cx.now(), cx.now(), cx.now(), me, months, rules::due(cx.now(), months), None::<i64>, None::<i64>, "", ""],
        );
        keep_revision(&mut batch, id, 1, &draft, "", me, cx.now());
        sources::put(&mut batch, cx, id, (c.id, open), &found)?;
        batch.event(told(cx, me, "practice_begun", id, &c.id).toward([]));
        sources::tell(&mut batch, cx, me, id, &found);
        cx.write(batch, id).await
    })
    .await
}

pub(crate) const INSERT: &str = "insert into practice (id, community, kind, title, use_when, words, html, render_version, audience, state, state_why, author, voice,
        version, at, edited_at, verified_at, verified_by, review_months, due_at, forked_from, forked_version, origin, attached)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)";

pub(crate) fn told(cx: &Cx, me: PersonId, verb: &'static str, id: PracticeId, community: &kernel::CommunityId) -> Event {
    Event::new(cx, Actor::Person(me), verb, "practice", id).within(Some(*community))
}

pub(crate) fn months(given: &Line<0, 3>, usual: i64, problems: &mut Problems) -> i64 {
    let text = given.check("review_months", problems);
    let months = if text.is_empty() { Some(usual) } else { text.parse().ok().filter(|m| (0..=120).contains(m)) };
    months.unwrap_or_else(|| {
        problems.add("review_months", "A number of months from 1 to 120, or 0 for never.");
        usual
    })
}

/// A wording of a practice, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Draft {
    pub title: String,
    pub use_when: String,
    pub words: String,
}

impl Draft {
    pub fn check(title: &Title, use_when: &Words<0, 400>, words: &Text, problems: &mut Problems) -> Self {
        Self { title: title.check("title", problems), use_when: use_when.check("use_when", problems), words: words.check("words", problems) }
    }

    pub fn of(p: &Practice) -> Self {
        Self { title: p.title.clone(), use_when: p.use_when.clone(), words: p.words.clone() }
    }

    /// As it is shown: with the people it mentions as links, and citations as links to the sources.
    pub async fn rendered(&self, cx: &Cx) -> Result<String> {
        let mentioned = persons::by_handles(cx, &words::mentions(&self.words)).await?;
        let known: Vec<String> = mentioned.into_iter().map(|p| p.handle).collect();
        Ok(sources::linked(words::render(&self.words, &known).as_str()))
    }

    /// Two wordings that began from the same one become one, or say where they cannot.
    pub fn joined(base: &Self, mine: &Self, theirs: &Self) -> (Self, Vec<Clash>) {
        let mut clashes = Vec::new();
        let mut line = |field: &'static str, base: &str, mine: &str, theirs: &str| {
            if mine != base && theirs != base && mine != theirs {
                clashes.push(Clash { field, mine: mine.to_owned(), theirs: theirs.to_owned() });
            }
            if mine == base { theirs.to_owned() } else { mine.to_owned() }
        };
        let title = line("title", &base.title, &mine.title, &theirs.title);
        let use_when = line("use_when", &base.use_when, &mine.use_when, &theirs.use_when);
        let merged = wording::merge(&base.words, &mine.words, &theirs.words);
        clashes.extend(merged.clashes.into_iter().map(|c| Clash { field: "words", mine: c.ours, theirs: c.theirs }));
        (Self { title, use_when, words: merged.words }, clashes)
    }
}

/// A passage that two people changed in different ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    pub field: &'static str,
    pub mine: String,
    pub theirs: String,
}

fn keep_revision(batch: &mut Batch, id: PracticeId, version: i64, draft: &Draft, reason: &str, author: PersonId, at: Timestamp) {
    batch.run(
        "insert into practice_revision (practice, version, title, use_when, words, reason, author, voice, at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        vals![id, version, &draft.title, &draft.use_when, &draft.words, reason, author, false, at],
    );
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Revising {
    pub title: Title,
    #[serde(default)]
    pub use_when: Words<0, 400>,
    pub words: Text,
    /// Why it changes: what happened, what was learned. Kept with the revision.
    pub reason: Words<1, 500>,
    /// The version that was in hand while this was written.
    pub base: Line<1, 9>,
}

/// What became of a revision.
#[derive(Clone, Debug)]
pub enum Revised {
    /// It stands, as this version; with what others wrote meanwhile, if they did.
    Stands { version: i64, merged: bool },
    /// Others changed the same passages: the joined wording holds the caller's, and what theirs says is beside it.
    Clashes { now: i64, title: String, use_when: String, words: String, clashes: Vec<Clash> },
}

/// A new revision by an author or a gardener. What others wrote meanwhile stays, if the two can stand together.
pub async fn revise(cx: &Cx, id: PracticeId, input: &Revising) -> Result<Revised> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let mine = Draft::check(&input.title, &input.use_when, &input.words, &mut problems);
    let reason = input.reason.check("reason", &mut problems);
    let base: i64 = input.base.check("base", &mut problems).parse().unwrap_or(0);
    problems.done()?;
    if cx.done_before::<PracticeId>().await?.is_some() {
        return Ok(Revised::Stands { version: store::one(cx, id).await?.ok_or(Error::NotFound)?.version, merged: false });
    }
    decide(|| async {
        let now = store::one(cx, id).await?.ok_or(Error::NotFound)?;
        let hand = hand(cx, &now).await?;
        rules::may_revise(hand, now.state)?;
        let before = store::revision(cx, id, base).await?.ok_or_else(|| {
            Error::invalid("base", Say::new("This practice has no version {n}.").with("n", base))
        })?;
        let merged = base != now.version;
        let theirs = Draft::of(&now);
        let (joined, clashes) = if merged { Draft::joined(&before.draft(), &mine, &theirs) } else { (mine.clone(), Vec::new()) };
        if !clashes.is_empty() {
            let Draft { title, use_when, words } = joined;
            return Ok(Revised::Clashes { now: now.version, title, use_when, words, clashes });
        }
        if joined == theirs {
            return Err(Refusal::NothingNew.into());
        }
        let batch = revision(cx, &now, &joined, &reason, (me, hand)).await?;
        cx.write(batch, id).await?;
        Ok(Revised::Stands { version: now.version + 1, merged })
    })
    .await
}

/// The statements of a new revision, by whoever wrote it.
pub(crate) async fn revision(cx: &Cx, now: &Practice, draft: &Draft, reason: &str, (author, hand): (PersonId, Hand)) -> Result<Batch> {
    let mut batch = Batch::new();
    still_revises(&mut batch, cx, now, hand)?;
    batch.exactly(
        1,
        "update practice set title = ?3, use_when = ?4, words = ?5, html = ?6, render_version = ?7, version = version + 1, edited_at = ?8
         where id = ?1 and version = ?2 and withdrawn_at is null",
        vals![now.id, now.version, &draft.title, &draft.use_when, &draft.words, draft.rendered(cx).await?, words::VERSION, cx.now()],
    );
    keep_revision(&mut batch, now.id, now.version + 1, draft, reason, author, cx.now());
    let adopters = store::adopters(cx, now.id).await?;
    let me = cx.me()?;
    batch.event(told(cx, me, "practice_revised", now.id, &now.community).toward(adopters.into_iter().filter(|p| *p != me)));
    Ok(batch)
}

/// Guards: who acts still takes part where the practice stands.
pub(crate) fn still_there(batch: &mut Batch, cx: &Cx, p: &Practice) -> Result<()> {
    batch.holds(audience::HOLDS, vals![cx.me()?, Audience::Members(p.community)]);
    batch.holds(
        "select 1 from practice p join community k on k.id = p.community where p.id = ?1 and p.state = ?2 and k.stage = ?3 and p.withdrawn_at is null",
        vals![p.id, p.state, p.stage],
    );
    Ok(())
}

/// The same, and that they may still revise it: as an author, or by a hat.
pub(crate) fn still_revises(batch: &mut Batch, cx: &Cx, p: &Practice, hand: Hand) -> Result<()> {
    still_there(batch, cx, p)?;
    if !hand.author {
        hats::still_cares(batch, Care::Tend, cx.me()?, p.community);
    }
    Ok(())
}

/// How the viewer stands to it. Who does not take part there has no hand in it, though they wrote it.
pub(crate) async fn hand(cx: &Cx, p: &Practice) -> Result<Hand> {
    let me = cx.me()?;
    let s = members::standing(cx, p.community).await?;
    standing::may_contribute(p.stage, &s)?;
    Ok(Hand::of(store::authors(cx, p.id).await?.contains(&me), &s))
}

/// Takes back one's own, while nobody else has a part in it.
pub async fn take_back(cx: &Cx, id: PracticeId) -> Result<Practice> {
    let me = cx.me()?;
    decide(|| async {
        let now = store::one(cx, id).await?.ok_or(Error::NotFound)?;
        let authors = store::authors(cx, id).await?;
        if !authors.contains(&me) {
            return Err(Refusal::NotYours.into());
        }
        let others = store::adoptions(cx, id, 2).await?.iter().any(|a| a.person != me);
        rules::may_take_back(authors.len() == 1 && !now.author.voice, others)?;
        let mut batch = Batch::new();
        batch.lacks("select 1 from adoption where practice = ?1 and person <> ?2", vals![id, me]);
        batch.exactly(1, "update practice set withdrawn_at = ?2 where id = ?1 and withdrawn_at is null and version = ?3", vals![id, cx.now(), now.version]);
        batch.event(told(cx, me, "practice_taken_back", id, &now.community));
        cx.write(batch, id).await?;
        Ok(now)
    })
    .await
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reaching {
    /// community or open
    pub audience: For,
}

/// Opens a practice, or keeps it for its community. It opens only where everything that it cites is open, or its author's own.
pub async fn reach(cx: &Cx, id: PracticeId, input: &Reaching) -> Result<PracticeId> {
    let me = cx.me()?;
    if matches!(input.audience, For::Me | For::Named) {
        return Err(Error::invalid("audience", "A practice is for its community, or open."));
    }
    decide(|| async {
        let p = store::one(cx, id).await?.ok_or(Error::NotFound)?;
        let hand = hand(cx, &p).await?;
        rules::may_open(hand)?;
        rules::may_be_for(input.audience, p.openness)?;
        let mut batch = Batch::new();
        still_revises(&mut batch, cx, &p, hand)?;
        if input.audience == For::Open {
            if cx.db().one(sources::CITES_MORE_PRIVATE, vals![id]).await?.is_some() {
                return Err(Refusal::Further.into());
            }
            batch.lacks(sources::CITES_MORE_PRIVATE, vals![id]);
        }
        batch.run("update practice set audience = ?2 where id = ?1", vals![id, input.audience]);
        batch.event(told(cx, me, "practice_audience_changed", id, &p.community));
        cx.write(batch, id).await
    })
    .await
}
