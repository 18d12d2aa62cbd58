//! Telling a change, saying what came of it, sharing it, attesting somebody else's.

use community::store as communities;
use kernel::{Actor, Batch, Cx, Error, Event, Line, Problems, Result, Words, decide, vals};
use membership::store as members;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::because::{self, Because, Kept};
use crate::store::{self, Change};
use crate::{ChangeId, For, State, rules};

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Telling {
    /// What you used to do.
    #[serde(default)]
    pub was: Words<0, 2000>,
    /// What you do now.
    pub now: Words<1, 2000>,
    /// Because of what, in your words.
    #[serde(default)]
    pub why: Words<0, 2000>,
    /// What you name as its causes: numbers or addresses of something here, or pages outside with their title.
    #[serde(default)]
    pub because: Because,
    /// One cause more, as a form picks it.
    #[serde(default)]
    pub source: Line<0, 19>,
    /// Which part of the community's purpose it served.
    #[serde(default)]
    pub served: Line<0, 300>,
    /// Of one that is there: the version that you changed.
    #[serde(default)]
    pub version: Line<0, 19>,
}

struct Told {
    was: String,
    now: String,
    why: String,
    served: String,
    because: Because,
}

impl Telling {
    pub fn at_home(mut self, address: &str) -> Self {
        self.because = self.because.at_home(address);
        self
    }

    fn checked(&self) -> Result<Told> {
        let mut problems = Problems::default();
        let mut because = self.because.clone();
        because.0.retain(|w| !matches!(w, because::Written::Line(line) if line.trim().is_empty()));
        if !self.source.0.trim().is_empty() {
            because.0.insert(0, because::Written::Line(self.source.check("source", &mut problems)));
        }
        let told = Told {
            was: self.was.check("was", &mut problems),
            now: self.now.check("now", &mut problems),
            why: self.why.check("why", &mut problems),
            served: self.served.check("served", &mut problems),
            because,
        };
        problems.done()?;
        Ok(told)
    }
}

/// Tells a change. It is for its person alone until they share it.
pub async fn tell(cx: &Cx, input: &Telling) -> Result<ChangeId> {
    let me = cx.me()?;
    let told = input.checked()?;
    if let Some(done) = cx.done_before().await? {
        return Ok(done);
    }
    decide(|| async {
        let causes = because::find(cx, &told.because, &[]).await?;
        let id: ChangeId = cx.make_id();
        let mut batch = Batch::new();
        batch.run(
            "insert into change (id, person, was, now_does, why, state, state_at, outcome, measure, served, audience, version, at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, '', '', ?8, 'me', 1, ?7)",
            vals![id, me, &told.was, &told.now, &told.why, State::Trying, cx.now(), &told.served],
        );
        because::put(&mut batch, cx, id, &causes, &[])?;
        let mut event = Event::new(cx, Actor::Person(me), "change_told", "change", id);
        event.audience = For::Me.word().into();
        batch.event(event);
        cx.write(batch, id).await
    })
    .await
}

/// One's own change; somebody else's is refused where it is seen, and not there where it is not.
async fn own(cx: &Cx, id: ChangeId) -> Result<Change> {
    cx.me()?;
    let change = store::one(cx, id).await?.ok_or(Error::NotFound)?;
    rules::may_change(change.mine)?;
    Ok(change)
}

/// What happens to a change is told within the community that it is shared with.
fn told_of(cx: &Cx, change: &Change, verb: &'static str) -> Result<Event> {
    let community = change.place.as_ref().filter(|_| change.is_shared()).map(|p| p.id);
    let mut event = Event::new(cx, Actor::Person(cx.me()?), verb, "change", change.id).within(community);
    event.audience = change.audience.word().into();
    Ok(event)
}

/// Tells who said what is named as a cause, where they said it.
fn thank(batch: &mut Batch, cx: &Cx, id: ChangeId, audience: For, causes: &[Kept]) -> Result<()> {
    let me = cx.me()?;
    for (root, person, community) in because::thanked(causes, me) {
        let mut event = Event::new(cx, Actor::Person(me), "named_as_cause", "change", id).within(community).in_conversation(root).toward([person]);
        event.audience = audience.word().into();
        batch.event(event);
    }
    Ok(())
}

/// Who attested it attested other words, or among other people: their word does not follow the change.
fn unattested(batch: &mut Batch, id: ChangeId) {
    batch.run("delete from attestation where change = ?1", vals![id]);
}

/// What is shared is changed by who still takes part there; to unshare it or to take it back, nobody has to.
async fn still_takes_part(cx: &Cx, batch: &mut Batch, change: &store::Change) -> Result<()> {
    let Some(place) = change.place.as_ref().filter(|_| change.is_shared()) else { return Ok(()) };
    membership::rules::may_contribute(place.stage, &members::standing(cx, place.id).await?)?;
    batch.holds(kernel::audience::HOLDS, vals![cx.me()?, kernel::Audience::Members(place.id)]);
    Ok(())
}

/// Changes its words and causes. Whoever is named newly hears of it, where it is shared.
pub async fn edit(cx: &Cx, id: ChangeId, input: &Telling) -> Result<()> {
    let told = input.checked()?;
    decide(|| async {
        let change = own(cx, id).await?;
        let wanted = input.version.0.trim();
        if !wanted.is_empty() && wanted != change.version.to_string() {
            return Err(rules::Refusal::AlreadyChanged.into());
        }
        let before = store::kept(cx, id).await?;
        let causes = because::find(cx, &told.because, &before).await?;
        let mut batch = Batch::new();
        still_takes_part(cx, &mut batch, &change).await?;
        batch.exactly(
            1,
            "update change set was = ?3, now_does = ?4, why = ?5, served = ?6, version = version + 1, edited_at = ?7
             where id = ?1 and version = ?2",
            vals![id, change.version, &told.was, &told.now, &told.why, &told.served, cx.now()],
        );
        because::put(&mut batch, cx, id, &causes, &before)?;
        if (&change.was, &change.now, &change.why) != (&told.was, &told.now, &told.why) {
            unattested(&mut batch, id);
        }
        batch.event(told_of(cx, &change, "change_edited")?);
        if change.is_shared() {
            let new: Vec<Kept> = causes.into_iter().filter(|c| !before.iter().any(|b| b.thing == c.thing)).collect();
            thank(&mut batch, cx, id, change.audience, &new)?;
        }
        cx.write(batch, id).await.map(drop)
    })
    .await
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Turning {
    pub state: State,
}

/// Kept, dropped, or tried again.
pub async fn turn(cx: &Cx, id: ChangeId, to: State) -> Result<()> {
    decide(|| async {
        let change = own(cx, id).await?;
        if change.state == to {
            return Ok(());
        }
        let mut batch = Batch::new();
        still_takes_part(cx, &mut batch, &change).await?;
        batch.exactly(
            1,
            "update change set state = ?3, state_at = ?4, version = version + 1 where id = ?1 and version = ?2",
            vals![id, change.version, to, cx.now()],
        );
        batch.run("insert into change_turn (change, state, at) values (?1, ?2, ?3) on conflict do nothing", vals![id, to, cx.now()]);
        batch.event(told_of(cx, &change, "change_turned")?);
        cx.write(batch, id).await.map(drop)
    })
    .await
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// What came of it, in your words; left empty, nothing is said of it any more.
    #[serde(default)]
    pub outcome: Words<0, 2000>,
    /// A measure, if you have one and want to say it: "3 nights of 30".
    #[serde(default)]
    pub measure: Line<0, 200>,
}

/// Says what came of it. The first saying keeps its time.
pub async fn say_outcome(cx: &Cx, id: ChangeId, input: &Outcome) -> Result<()> {
    let mut problems = Problems::default();
    let (outcome, measure) = (input.outcome.check("outcome", &mut problems), input.measure.check("measure", &mut problems));
    problems.done()?;
    rules::may_measure(&outcome, &measure)?;
    decide(|| async {
        let change = own(cx, id).await?;
        let at = if outcome.is_empty() { None } else { change.outcome_at.or(Some(cx.now())) };
        let mut batch = Batch::new();
        still_takes_part(cx, &mut batch, &change).await?;
        batch.exactly(
            1,
            "update change set outcome = ?3, measure = ?4, outcome_at = ?5, version = version + 1 where id = ?1 and version = ?2",
            vals![id, change.version, &outcome, &measure, at],
        );
        if !change.outcome.is_empty() && change.outcome != outcome {
            unattested(&mut batch, id);
        }
        batch.event(told_of(cx, &change, "outcome_said")?);
        cx.write(batch, id).await.map(drop)
    })
    .await
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sharing {
    /// The slug of a community that you take part in.
    pub community: Line<1, 48>,
    /// community or open.
    pub audience: For,
}

/// Shares one's change, and thanks whoever it names.
pub async fn share(cx: &Cx, id: ChangeId, input: &Sharing) -> Result<()> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let slug = input.community.check("community", &mut problems);
    problems.done()?;
    decide(|| async {
        let change = own(cx, id).await?;
        let c = communities::inside(cx, &slug).await?;
        rules::may_share(input.audience, c.stage, c.openness, &members::standing(cx, c.id).await?)?;
        if change.audience == input.audience && change.place.as_ref().is_some_and(|p| p.id == c.id) {
            return Ok(());
        }
        let causes = store::kept(cx, id).await?;
        let mut batch = Batch::new();
        batch.holds(kernel::audience::HOLDS, vals![me, kernel::Audience::Members(c.id)]);
        batch.lacks(members::SUSPENDED, vals![c.id, me]);
        batch.holds("select 1 from community where id = ?1 and openness = ?2 and stage <> 'ended'", vals![c.id, c.openness]);
        batch.exactly(
            1,
            "update change set community = ?3, audience = ?4, shared_at = ?5, version = version + 1 where id = ?1 and version = ?2",
            vals![id, change.version, c.id, input.audience, cx.now()],
        );
        // To more people, or to others, than those among whom it was attested.
        unattested(&mut batch, id);
        let mut event = Event::new(cx, Actor::Person(me), "change_shared", "change", id).within(Some(c.id));
        event.audience = input.audience.word().into();
        batch.event(event);
        thank(&mut batch, cx, id, input.audience, &causes)?;
        cx.write(batch, id).await.map(drop)
    })
    .await
}

/// Only for oneself again. Whoever was thanked finds it no longer.
pub async fn unshare(cx: &Cx, id: ChangeId) -> Result<()> {
    decide(|| async {
        let change = own(cx, id).await?;
        if !change.is_shared() {
            return Ok(());
        }
        let mut batch = Batch::new();
        batch.exactly(
            1,
            "update change set audience = 'me', shared_at = null, version = version + 1 where id = ?1 and version = ?2",
            vals![id, change.version],
        );
        batch.event(told_of(cx, &change, "change_unshared")?);
        cx.write(batch, id).await.map(drop)
    })
    .await
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attesting {
    /// What you saw of it.
    pub words: Words<1, 1000>,
}

/// Says that one saw somebody else's change. Said again, it stands in the new words.
pub async fn attest(cx: &Cx, id: ChangeId, input: &Attesting) -> Result<()> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let said = input.words.check("words", &mut problems);
    problems.done()?;
    decide(|| async {
        let change = store::one(cx, id).await?.ok_or(Error::NotFound)?;
        let place = change.place.as_ref().map(|p| p.id);
        let standing = match place {
            Some(place) => members::standing(cx, place).await?,
            None => Default::default(),
        };
        rules::may_attest(change.mine, &standing)?;
        let mut batch = Batch::new();
        batch.holds(kernel::audience::SEES, vals![id, me]);
        batch.holds(kernel::silence::UNBLOCKED, vals![change.person, me]);
        if let Some(place) = place {
            batch.lacks(members::SUSPENDED, vals![place, me]);
        }
        batch.exactly(
            1,
            "insert into attestation (change, person, words, at) select h.id, cast(?2 as bigint), cast(?3 as text), cast(?4 as bigint)
             from change h where h.id = ?1 and h.person <> ?2
             on conflict (change, person) do update set words = excluded.words, at = excluded.at",
            vals![id, me, &said, cx.now()],
        );
        batch.event(told_of(cx, &change, "change_attested")?.toward([change.person]));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

/// Takes back what one attested.
pub async fn withdraw_attestation(cx: &Cx, id: ChangeId) -> Result<()> {
    let me = cx.me()?;
    let change = store::one(cx, id).await?;
    let mut batch = Batch::new();
    batch.exactly(1, "delete from attestation where change = ?1 and person = ?2", vals![id, me]);
    let event = match &change {
        Some(change) => told_of(cx, change, "attestation_withdrawn")?,
        // Their own words, wherever they stand.
        None => Event::new(cx, Actor::Person(me), "attestation_withdrawn", "change", id),
    };
    batch.event(event);
    match cx.write(batch, id).await {
        Err(Error::Conflict) => change.map(drop).ok_or(Error::NotFound), // there was none
        other => other.map(drop),
    }
}

/// Takes a change back: it is gone, with its causes and what others attested.
pub async fn take_back(cx: &Cx, id: ChangeId) -> Result<()> {
    decide(|| async {
        let change = own(cx, id).await?;
        let mut batch = Batch::new();
        batch.run("delete from attestation where change = ?1", vals![id]);
        batch.run("delete from change_source where change = ?1", vals![id]);
        batch.run("delete from change_turn where change = ?1", vals![id]);
        batch.exactly(1, "delete from change where id = ?1 and person = ?2", vals![id, cx.me()?]);
        batch.event(told_of(cx, &change, "change_taken_back")?);
        cx.write(batch, id).await.map(drop)
    })
    .await
}

/// "Later" is an answer: it is not asked again. Like what somebody reads, the journal is not told.
pub async fn put_question_aside(cx: &Cx, id: ChangeId) -> Result<()> {
    own(cx, id).await?;
    let mut batch = Batch::new();
    batch.run("update change set asked_at = ?3 where id = ?1 and person = ?2", vals![id, cx.me()?, cx.now()]);
    cx.house.db.write(batch).await
}
