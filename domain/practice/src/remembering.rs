//! Practices that were written elsewhere before, with their history. Only the program itself imports.

use conversation::For;
use kernel::{Actor, Batch, CommunityId, Cx, Error, Event, Result, Timestamp, Viewer, VoiceId, vals};
use shell::words;

use crate::acts::INSERT;
use crate::{How, PracticeId, State, rules, sources};

/// A wording as it once was.
#[derive(Clone, Debug)]
pub struct RememberedRevision<'a> {
    pub voice: VoiceId,
    pub title: &'a str,
    pub use_when: &'a str,
    pub words: &'a str,
    pub reason: &'a str,
    pub at: Timestamp,
}

/// Something said, another practice, or a page outside.
#[derive(Clone, Debug, Default)]
pub struct RememberedSource<'a> {
    pub n: i64,
    /// A contribution with the root of its conversation.
    pub said: Option<(i64, i64)>,
    pub practice: Option<PracticeId>,
    pub link: &'a str,
    pub title: &'a str,
    pub author: &'a str,
    pub dated: &'a str,
    pub words: &'a str,
}

#[derive(Clone, Debug)]
pub struct RememberedAdoption<'a> {
    pub voice: VoiceId,
    pub how: How,
    pub why: &'a str,
    pub setting: &'a str,
    pub at: Timestamp,
}

/// A page of somewhere else, as a practice here.
#[derive(Clone, Debug)]
pub struct Remembered<'a> {
    /// Made by the caller: other pages link to it before it is there.
    pub id: PracticeId,
    pub community: CommunityId,
    pub kind: &'a str,
    pub audience: For,
    pub state: State,
    pub state_why: &'a str,
    /// The place that it came from, as it is shown.
    pub origin: &'a str,
    pub verified_at: Option<Timestamp>,
    pub review_months: i64,
    /// The exact day, where the source says one.
    pub due_at: Option<Timestamp>,
    /// Oldest first; at least one.
    pub revisions: Vec<RememberedRevision<'a>>,
    pub sources: Vec<RememberedSource<'a>>,
    pub adoptions: Vec<RememberedAdoption<'a>>,
}

pub fn remember(batch: &mut Batch, cx: &Cx, it: &Remembered<'_>) -> Result<()> {
    if cx.viewer != Viewer::System {
        return Err(Error::NotFound);
    }
    let (Some(first), Some(last)) = (it.revisions.first(), it.revisions.last()) else {
        return Err(Error::broken("a practice without words"));
    };
    let html = sources::linked(words::render(last.words, &[]).as_str());
    let verified = it.verified_at.unwrap_or(last.at);
    let due = it.due_at.unwrap_or_else(|| rules::due(verified, it.review_months));
    batch.run(
        INSERT,
        vals![it.id, it.community, it.kind, last.title, last.use_when, last.words, html, words::VERSION, it.audience, it.state, it.state_why, first.voice,
            true, it.revisions.len() as i64, first.at, last.at, verified, None::<i64>, it.review_months, due, None::<i64>, None::<i64>, it.origin, ""],
    );
    for (i, r) in it.revisions.iter().enumerate() {
        batch.run(
            "insert into practice_revision (practice, version, title, use_when, words, reason, author, voice, at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            vals![it.id, i as i64 + 1, r.title, r.use_when, r.words, r.reason, r.voice, true, r.at],
        );
    }
    for s in it.sources.iter().take(sources::MOST as usize) {
        let (kind, thing, root) = match (s.said, s.practice) {
            (Some((thing, root)), _) => ("contribution", Some(thing), Some(root)),
            (None, Some(practice)) => ("practice", Some(practice.0), None),
            (None, None) => ("page", None, None),
        };
        batch.run(sources::INSERT, vals![it.id, s.n, kind, thing, root, s.link, s.title, s.author, s.dated, s.words, first.voice, first.at]);
    }
    for a in &it.adoptions {
        batch.run(
            "insert into adoption (practice, person, how, why, setting, asked_at, at) values (?1, ?2, ?3, ?4, ?5, 1, ?6) on conflict (practice, person) do nothing",
            vals![it.id, a.voice, a.how, a.why, a.setting, a.at],
        );
    }
    batch.event(Event::new(cx, Actor::Voice(first.voice), "practice_begun", "practice", it.id).within(Some(it.community)).imported(first.at));
    Ok(())
}
