//! What is said by voices that are remembered from an archive: no account, no membership, its own time and link kept.

use kernel::{Actor, Batch, CommunityId, Cx, Error, Event, Result, Timestamp, Viewer, VoiceId, vals};
use shell::words;

use crate::acts::INSERT;
use crate::{ContributionId, For, Kind, TrailId};

/// One thing that was said elsewhere.
#[derive(Clone, Debug)]
pub struct Remembered<'a> {
    pub community: CommunityId,
    pub voice: VoiceId,
    /// What it answers: the conversation, the thing itself, and how deep that stands.
    pub answers: Option<(ContributionId, ContributionId, i64)>,
    /// An own kind of the community asks nothing here: nobody is there to be answered.
    pub kind: Option<Kind>,
    pub title: &'a str,
    pub words: &'a str,
    pub work: &'a str,
    pub link: &'a str,
    pub trail: Option<(TrailId, String)>,
    pub at: Timestamp,
}

/// Adds the statements and the event of one remembered thing to a batch. Only the program itself imports.
pub fn remember(batch: &mut Batch, cx: &Cx, it: &Remembered<'_>) -> Result<(ContributionId, i64)> {
    if cx.viewer != Viewer::System {
        return Err(Error::NotFound);
    }
    let id: ContributionId = cx.make_id();
    let (root, parent, depth) = match it.answers {
        Some((root, parent, depth)) => (root, Some(parent), (depth + 1).min(12)),
        None => (id, None, 0),
    };
    let html = words::render(it.words, &[]);
    let (trail, trail_title) = it.trail.clone().unzip();
    batch.run(
        INSERT,
        vals![id, root, parent, depth, it.community, it.voice, true, it.kind.as_ref().map_or("", Kind::word), it.title, it.words,
            html.as_str(), words::VERSION, For::Open, it.kind.is_some_and(Kind::asks), "", it.work, trail,
            trail_title.unwrap_or_default(), Option::<ContributionId>::None, it.link, 1, it.at, Option::<Timestamp>::None],
    );
    let verb = if parent.is_some() { "replied" } else { "contributed" };
    let mut event = Event::new(cx, Actor::Voice(it.voice), verb, "contribution", id)
        .within(Some(it.community))
        .in_conversation(root)
        .imported(it.at);
    event.asks = it.kind.is_some_and(Kind::asks);
    event.audience = For::Open.word().into();
    batch.event(event);
    Ok((id, depth))
}

/// That an answer helped, as who asked said where it was asked. Without words: there were none.
pub fn remember_helped(batch: &mut Batch, cx: &Cx, question: ContributionId, answer: ContributionId) -> Result<()> {
    if cx.viewer != Viewer::System {
        return Err(Error::NotFound);
    }
    batch.run(
        "insert into ending (conversation, how, words, html, render_version, version, at)
         select c.id, ?2, '', '', ?3, 1, c.at from contribution c where c.id = ?1 on conflict (conversation) do nothing",
        vals![question, crate::Ending::Helped, words::VERSION],
    );
    batch.run("insert into ending_reply (conversation, reply) values (?1, ?2) on conflict do nothing", vals![question, answer]);
    Ok(())
}
