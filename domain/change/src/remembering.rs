//! Changes that were told in another place. Only the program itself imports.

use kernel::{Actor, Batch, CommunityId, Cx, Error, Event, Result, Timestamp, Viewer, VoiceId, vals};

use crate::{Cause, ChangeId, For, State};

/// What it named as its cause, as far as it is here.
#[derive(Clone, Debug)]
pub struct RememberedCause<'a> {
    pub kind: Cause,
    pub thing: Option<i64>,
    pub root: Option<i64>,
    pub link: &'a str,
    pub title: &'a str,
    pub words: &'a str,
}

#[derive(Clone, Debug)]
pub struct Remembered<'a> {
    pub community: CommunityId,
    pub voice: VoiceId,
    /// community or open: what was for oneself is nobody's to take along.
    pub audience: For,
    pub was: &'a str,
    pub now: &'a str,
    pub why: &'a str,
    pub served: &'a str,
    pub outcome: &'a str,
    pub measure: &'a str,
    pub outcome_at: Option<Timestamp>,
    pub at: Timestamp,
    pub shared_at: Timestamp,
    pub edited_at: Option<Timestamp>,
    /// In order.
    pub turns: Vec<(State, Timestamp)>,
    pub causes: Vec<RememberedCause<'a>>,
    pub attested: Vec<(VoiceId, &'a str, Timestamp)>,
}

pub fn remember(batch: &mut Batch, cx: &Cx, it: &Remembered<'_>) -> Result<ChangeId> {
    if cx.viewer != Viewer::System || it.audience == For::Me {
        return Err(Error::NotFound);
    }
    let id: ChangeId = cx.make_id();
    let (state, state_at) = it.turns.last().copied().unwrap_or((State::Trying, it.at));
    batch.run(
        "insert into change (id, person, was, now_does, why, state, state_at, outcome, measure, outcome_at, served, community, audience, shared_at, asked_at, version, at, edited_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, 1, ?16, ?17)",
        vals![id, it.voice, it.was, it.now, it.why, state, state_at, it.outcome, it.measure, it.outcome_at, it.served, it.community, it.audience,
            it.shared_at, it.at, it.at, it.edited_at],
    );
    for (state, at) in &it.turns {
        batch.run("insert into change_turn (change, state, at) values (?1, ?2, ?3) on conflict do nothing", vals![id, *state, *at]);
    }
    for (n, cause) in it.causes.iter().take(10).enumerate() {
        batch.run(
            "insert into change_source (change, n, kind, thing, root, link, title, words) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            vals![id, n as i64 + 1, cause.kind, cause.thing, cause.root, cause.link, cause.title, cause.words],
        );
    }
    for (voice, words, at) in &it.attested {
        batch.run("insert into attestation (change, person, words, at) values (?1, ?2, ?3, ?4) on conflict do nothing", vals![id, *voice, *words, *at]);
    }
    let event = Event::new(cx, Actor::Voice(it.voice), "change_shared", "change", id).within(Some(it.community));
    batch.event(event.imported(it.shared_at));
    Ok(id)
}
