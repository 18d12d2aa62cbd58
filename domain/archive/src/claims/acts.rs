//! One function for each verb: asking, offering, a steward's word, the person's answer, letting go, taking back.

use kernel::{Actor, Audience, Batch, CommunityId, Cx, Error, Event, Line, PersonId, Problems, Result, VoiceId, Words, clock, decide, vals};
use membership::waits;
use schemars::JsonSchema;
use serde::Deserialize;

use super::rules::{self, Looker, Refusal};
use super::store::{self, Claim, Voice};
use super::{ClaimId, State};

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asking {
    /// To the stewards of the communities where the voice spoke: how they know that it is you.
    pub words: Words<3, 500>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Offering {
    pub handle: Line<1, 64>,
}

kernel::choice! {
    pub enum Word { Vouch = "vouch", Decline = "decline" }
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Giving {
    /// Nothing is said by default: it needs a moment's thought.
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub word: Option<Word>,
    /// Why, for the person; needed where it is declined.
    #[serde(default)]
    pub reason: Words<0, 500>,
}

kernel::choice! {
    pub enum Answer { Accept = "accept", Decline = "decline" }
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answering {
    pub answer: Answer,
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TakingBack {
    /// Why, for the person.
    pub reason: Words<3, 500>,
}

/// Who was declined, or declined, is left alone for so long.
const LATELY: i64 = 30 * clock::DAY;

/// What waits for a steward, for the person's answer, and what tells them of one.
const ASKED: &str = "claim";
const OFFERED: &str = "claim_offered";
const ANSWERED: &str = "claim_answered";

async fn seen(cx: &Cx, id: VoiceId) -> Result<Voice> {
    store::voice(cx, id).await?.ok_or(Error::NotFound)
}

/// Writes the row, and the places whose stewards have a word on it.
fn begin(batch: &mut Batch, cx: &Cx, claim: ClaimId, voice: VoiceId, person: PersonId, (steward, words): (Option<PersonId>, &str), places: &[CommunityId]) {
    let state = if steward.is_some() { State::Offered } else { State::Asked };
    batch.holds("select 1 from voice where id = ?1 and person is null", vals![voice]);
    batch.lacks("select 1 from claim where voice = ?1 and person = ?2 and state in ('asked', 'offered')", vals![voice, person]);
    batch.run(
        "insert into claim (id, voice, person, state, offered, words, steward, reason, at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, '', ?8)",
        vals![claim, voice, person, state, steward.is_some(), words, steward.map_or(0, |p| p.0), cx.now()],
    );
    for place in places {
        batch.run("insert into claim_place (claim, community) values (?1, ?2) on conflict do nothing", vals![claim, *place]);
    }
}

/// "These words are mine": waits for a steward of a community where the voice spoke, or for the operator where there is none.
pub async fn ask(cx: &Cx, voice: VoiceId, input: &Asking) -> Result<ClaimId> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let words = input.words.check("words", &mut problems);
    problems.done()?;
    if let Some(done) = cx.done_before().await? {
        return Ok(done);
    }
    decide(|| async {
        let v = seen(cx, voice).await?;
        rules::may_ask(v.person.is_some(), store::before(cx, voice, me, cx.now().minus(LATELY)).await?)?;
        let places = store::places(cx, voice).await?;
        let asked = store::with_stewards(cx, &places, me).await?;
        let id: ClaimId = cx.make_id();
        let mut batch = Batch::new();
        begin(&mut batch, cx, id, voice, me, (None, &words), &places);
        for place in &asked {
            waits::wait(&mut batch, ASKED, id, waits::For::Stewards(*place), Some(*place), [Some(me), None], cx.now());
        }
        if asked.is_empty() {
            waits::wait(&mut batch, ASKED, id, waits::For::Operator, None, [Some(me), None], cx.now());
        }
        batch.event(Event::new(cx, Actor::Person(me), "asked", "claim", id));
        cx.write(batch, id).await
    })
    .await
}

/// A steward offers a voice to somebody. The same answer whoever is meant: whether they are there, can be reached, were
/// asked before or said no.
pub async fn offer(cx: &Cx, voice: VoiceId, input: &Offering) -> Result<()> {
    let me = cx.me()?;
    let handle = person::acts::handle_as_typed(&input.handle.0);
    if cx.done_before::<ClaimId>().await?.is_some() {
        return Ok(());
    }
    decide(|| async {
        let v = seen(cx, voice).await?;
        let person = person::store::by_handle(cx, &handle).await?.map(|p| p.id);
        rules::may_offer(v.steward, v.person.is_some(), person == Some(me))?;
        let Some(person) = person else { return Ok(()) };
        let before = store::before(cx, voice, person, cx.now().minus(LATELY)).await?;
        let places = store::places(cx, voice).await?;
        if before.open || before.said_no || !is_member_of_one(cx, person, &places).await? {
            return Ok(());
        }
        let id: ClaimId = cx.make_id();
        let mut batch = Batch::new();
        still_steward_of_voice(&mut batch, me, voice);
        batch.holds(kernel::silence::UNBLOCKED, vals![person, me]);
        begin(&mut batch, cx, id, voice, person, (Some(me), ""), &places);
        waits::wait(&mut batch, OFFERED, id, waits::For::Person(person), None, [None, None], cx.now());
        batch.event(Event::new(cx, Actor::Person(me), "offered", "claim", id).toward([person]));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

async fn is_member_of_one(cx: &Cx, person: PersonId, places: &[CommunityId]) -> Result<bool> {
    let ids: Vec<i64> = places.iter().map(|p| p.0).collect();
    let sql = "select 1 from grants where person = ?1 and in_ids(audience, ?2) limit 1";
    Ok(cx.db().one(sql, vals![person, kernel::Val::list(&ids)]).await?.is_some())
}

fn still_steward_of_voice(batch: &mut Batch, me: PersonId, voice: VoiceId) {
    batch.holds(
        "select 1 from contribution c join grants g on g.audience = -c.community and g.person = ?1 where c.author = ?2 and c.voice limit 1",
        vals![me, voice],
    );
}

fn still_looks(batch: &mut Batch, me: PersonId, claim: ClaimId, looker: Looker) {
    if looker.steward {
        batch.holds("select 1 from claim_place l join grants g on g.audience = -l.community where l.claim = ?1 and g.person = ?2 limit 1", vals![claim, me]);
    } else {
        batch.holds("select 1 from person where id = ?1 and operator and left_at is null", vals![me]);
    }
}

/// From one state into the next, guarded; nothing of it waits any more.
fn step(batch: &mut Batch, cx: &Cx, c: &Claim, into: State) {
    batch.exactly(
        1,
        "update claim set state = ?2, decided_at = ?4 where id = ?1 and state = ?3",
        vals![c.id, into, c.state, cx.now()],
    );
    for what in [ASKED, OFFERED, ANSWERED] {
        waits::no_longer(batch, what, c.id);
    }
}

fn word(batch: &mut Batch, c: &Claim, steward: PersonId, reason: &str) {
    batch.run("update claim set steward = ?2, reason = ?3 where id = ?1", vals![c.id, steward, reason]);
}

/// The voice is the person's. Others who said the same of it are told that it was not theirs.
async fn settle(batch: &mut Batch, cx: &Cx, c: &Claim) -> Result<()> {
    batch.exactly(1, "update voice set person = ?2 where id = ?1 and person is null", vals![c.voice, c.person]);
    batch.holds("select 1 from person where id = ?1 and left_at is null", vals![c.person]);
    for (rival, person) in store::rivals(cx, c).await? {
        batch.exactly(
            1,
            "update claim set state = 'declined', decided_at = ?2 where id = ?1 and state in ('asked', 'offered')",
            vals![rival, cx.now()],
        );
        waits::no_longer(batch, ASKED, rival);
        waits::no_longer(batch, OFFERED, rival);
        waits::wait(batch, ANSWERED, rival, waits::For::Person(person), None, [None, None], cx.now());
    }
    Ok(())
}

fn told(cx: &Cx, me: PersonId, verb: &'static str, c: &Claim) -> Event {
    Event::new(cx, Actor::Person(me), verb, "claim", c.id).toward((c.person != me).then_some(c.person))
}

/// A steward's word on what somebody said of themselves.
pub async fn give_word(cx: &Cx, id: ClaimId, input: &Giving) -> Result<()> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let reason = input.reason.check("reason", &mut problems);
    if input.word.is_none() {
        problems.add("word", "Please say whether it was them.");
    }
    if input.word == Some(Word::Decline) && reason.chars().count() < 3 {
        problems.add("reason", "Please say why, in a few words: the person reads it.");
    }
    problems.done()?;
    if cx.done_before::<ClaimId>().await?.is_some() {
        return Ok(());
    }
    decide(|| async {
        let c = store::claim(cx, id).await?.ok_or(Error::NotFound)?;
        rules::may_give_word(c.state, c.looker)?;
        let (into, verb) = match input.word {
            Some(Word::Vouch) => (State::Claimed, "vouched"),
            _ => (State::Declined, "declined"),
        };
        let mut batch = Batch::new();
        still_looks(&mut batch, me, id, c.looker);
        step(&mut batch, cx, &c, into);
        word(&mut batch, &c, me, &reason);
        if into == State::Claimed {
            settle(&mut batch, cx, &c).await?;
        }
        waits::wait(&mut batch, ANSWERED, id, waits::For::Person(c.person), None, [None, None], cx.now());
        batch.event(told(cx, me, verb, &c));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

/// The person's own answer to what a steward offered.
pub async fn answer(cx: &Cx, id: ClaimId, input: &Answering) -> Result<()> {
    let me = cx.me()?;
    if cx.done_before::<ClaimId>().await?.is_some() {
        return Ok(());
    }
    decide(|| async {
        let c = store::claim(cx, id).await?.ok_or(Error::NotFound)?;
        rules::may_answer(c.state, c.looker.mine)?;
        let mut batch = Batch::new();
        let verb = match input.answer {
            Answer::Accept => {
                // The word that was given must still be one.
                if !c.looker.voucher_stands {
                    return Err(Refusal::NotOpen.into());
                }
                step(&mut batch, cx, &c, State::Claimed);
                settle(&mut batch, cx, &c).await?;
                "accepted"
            }
            Answer::Decline => {
                step(&mut batch, cx, &c, State::Declined);
                "declined"
            }
        };
        batch.event(told(cx, me, verb, &c));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

fn free(batch: &mut Batch, c: &Claim) {
    if c.state == State::Claimed {
        batch.exactly(1, "update voice set person = null where id = ?1 and person = ?2", vals![c.voice, c.person]);
    }
}

/// The person's own end of it: the question is withdrawn, or the voice is a voice again.
pub async fn let_go(cx: &Cx, id: ClaimId) -> Result<()> {
    let me = cx.me()?;
    decide(|| async {
        let c = store::claim(cx, id).await?.ok_or(Error::NotFound)?;
        rules::may_let_go(c.state, c.looker.mine)?;
        let mut batch = Batch::new();
        step(&mut batch, cx, &c, State::LetGo);
        free(&mut batch, &c);
        batch.event(told(cx, me, "let_go", &c));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

/// Who gave their word takes it back. Words that were withdrawn under the claim stand again: they were not theirs to take.
pub async fn take_back(cx: &Cx, id: ClaimId, input: &TakingBack) -> Result<()> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let reason = input.reason.check("reason", &mut problems);
    problems.done()?;
    if cx.done_before::<ClaimId>().await?.is_some() {
        return Ok(());
    }
    decide(|| async {
        let c = store::claim(cx, id).await?.ok_or(Error::NotFound)?;
        rules::may_take_back(c.state, c.looker)?;
        let mut batch = Batch::new();
        still_looks(&mut batch, me, id, c.looker);
        step(&mut batch, cx, &c, State::TakenBack);
        word(&mut batch, &c, me, &reason);
        free(&mut batch, &c);
        if let (State::Claimed, Some(since)) = (c.state, c.decided_at) {
            batch.run("update contribution set withdrawn_at = null where author = ?1 and voice and withdrawn_at >= ?2", vals![c.voice, since]);
        }
        waits::wait(&mut batch, ANSWERED, id, waits::For::Person(c.person), None, [None, None], cx.now());
        batch.event(told(cx, me, "took_back", &c));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

/// The person has read the answer.
pub async fn has_read(cx: &Cx, id: ClaimId) -> Result<()> {
    let me = cx.me()?;
    let mut batch = Batch::new();
    batch.run("delete from waits where what = ?1 and thing = ?2 and audience = ?3", vals![ANSWERED, id, Audience::Person(me)]);
    cx.house.db.write(batch).await
}
