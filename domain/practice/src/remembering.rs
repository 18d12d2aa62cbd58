//! Practices that were written elsewhere before, with their history. Only the program itself imports.

use conversation::For;
use kernel::{Actor, Batch, CommunityId, Cx, Error, Event, Result, Timestamp, Viewer, VoiceId, vals};
use shell::words;

use crate::acts::INSERT;
use crate::{PracticeId, State, rules, sources};

/// A wording as it once was.
#[derive(Clone, Debug)]
pub struct RememberedRevision<'a> {
    pub voice: VoiceId,
    pub title: &'a str,
    pub words: &'a str,
    pub reason: &'a str,
    pub at: Timestamp,
}

/// Where the original can be read.
#[derive(Clone, Debug)]
pub struct RememberedSource<'a> {
    pub link: &'a str,
    pub title: &'a str,
}

/// A page of somewhere else, as a practice here.
#[derive(Clone, Debug)]
pub struct Remembered<'a> {
    pub community: CommunityId,
    pub kind: &'a str,
    pub use_when: &'a str,
    pub audience: For,
    /// The place that it came from, as it is shown.
    pub origin: &'a str,
    pub verified_at: Option<Timestamp>,
    pub review_months: i64,
    /// The exact day, where the source says one.
    pub due_at: Option<Timestamp>,
    pub retired: Option<&'a str>,
    /// Oldest first; at least one.
    pub revisions: Vec<RememberedRevision<'a>>,
    pub sources: Vec<RememberedSource<'a>>,
}

pub fn remember(batch: &mut Batch, cx: &Cx, it: &Remembered<'_>) -> Result<PracticeId> {
    if cx.viewer != Viewer::System {
        return Err(Error::NotFound);
    }
    let (Some(first), Some(last)) = (it.revisions.first(), it.revisions.last()) else {
        return Err(Error::broken("a practice without words"));
    };
    let id: PracticeId = cx.make_id();
    let html = sources::linked(words::render(last.words, &[]).as_str());
    let verified = it.verified_at.unwrap_or(last.at);
    let due = it.due_at.unwrap_or_else(|| rules::due(verified, it.review_months));
    let (state, why) = it.retired.map_or((State::Proposed, ""), |why| (State::Retired, why));
    batch.run(
        INSERT,
        vals![id, it.community, it.kind, last.title, it.use_when, last.words, html, words::VERSION, it.audience, state, why, first.voice, true,
            it.revisions.len() as i64, first.at, last.at, verified, None::<i64>, it.review_months, due, None::<i64>, None::<i64>, it.origin, ""],
    );
    for (i, r) in it.revisions.iter().enumerate() {
        batch.run(
            "insert into practice_revision (practice, version, title, use_when, words, reason, author, voice, at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            vals![id, i as i64 + 1, r.title, it.use_when, r.words, r.reason, r.voice, true, r.at],
        );
    }
    for (i, s) in it.sources.iter().take(sources::MOST as usize).enumerate() {
        batch.run(
            "insert into practice_source (practice, n, kind, thing, root, link, title, author, dated, words, person, at) values (?1, ?2, 'page', null, null, ?3, ?4, '', '', '', ?5, ?6)",
            vals![id, i as i64 + 1, s.link, s.title, first.voice, first.at],
        );
    }
    batch.event(Event::new(cx, Actor::Voice(first.voice), "practice_begun", "practice", id).within(Some(it.community)).imported(first.at));
    Ok(id)
}
