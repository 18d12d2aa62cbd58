//! What is said by voices that are remembered from an archive: no account, no membership, its own time and link kept.

use attachment::remembering::Kept;
use kernel::{Actor, Batch, CommunityId, Cx, Error, Event, Id, Result, Timestamp, Viewer, VoiceId, vals};
use shell::words;

use crate::acts::INSERT;
use crate::{ContributionId, Ending, For, Kind, ThanksId, TrailId};

/// One thing that was said elsewhere.
#[derive(Clone, Debug)]
pub struct Remembered<'a> {
    pub community: CommunityId,
    pub voice: VoiceId,
    /// What it answers: the conversation, the thing itself, and how deep that stands.
    pub answers: Option<(ContributionId, ContributionId, i64)>,
    pub kind: Option<Kind>,
    /// It wanted an answer, as its archive says.
    pub asks: bool,
    pub audience: For,
    pub title: &'a str,
    pub words: &'a str,
    /// The passage that it answers.
    pub quote: &'a str,
    /// It was taken back: its place stays empty.
    pub gone: bool,
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
            html.as_str(), words::VERSION, it.audience, it.asks, it.quote, it.work, trail,
            trail_title.unwrap_or_default(), Option::<ContributionId>::None, it.link, 1, it.at, Option::<Timestamp>::None],
    );
    if it.gone {
        batch.run("update contribution set withdrawn_at = at where id = ?1", vals![id]);
    }
    let verb = if parent.is_some() { "replied" } else { "contributed" };
    let mut event = Event::new(cx, Actor::Voice(it.voice), verb, "contribution", id)
        .within(Some(it.community))
        .in_conversation(root)
        .imported(it.at);
    event.asks = it.asks;
    event.audience = it.audience.word().into();
    batch.event(event);
    Ok((id, depth))
}

/// What an archive says of a thing beyond its words.
#[derive(Default)]
pub struct RememberedBeside<'a> {
    /// When its words were last changed there. What they were before is not in archives.
    pub edited_at: Option<Timestamp>,
    pub files: &'a [Kept],
}

pub fn remember_beside(batch: &mut Batch, cx: &Cx, id: ContributionId, voice: VoiceId, it: &RememberedBeside<'_>) -> Result<()> {
    if cx.viewer != Viewer::System {
        return Err(Error::NotFound);
    }
    if it.edited_at.is_some() {
        batch.run("update contribution set edited_at = ?2 where id = ?1", vals![id, it.edited_at]);
    }
    if !it.files.is_empty() {
        let attached = attachment::remembering::stand(batch, cx, it.files, voice, id.into())?;
        batch.run("update contribution set attached = ?2 where id = ?1", vals![id, attachment::shown::kept(&attached)?]);
    }
    Ok(())
}

/// How a conversation ended there, and the replies that this points at.
pub struct RememberedEnding<'a> {
    pub conversation: ContributionId,
    pub how: Ending,
    /// May be empty: many archives only point.
    pub words: &'a str,
    pub replies: &'a [ContributionId],
    /// None where the archive does not say; then it is as old as the question.
    pub at: Option<Timestamp>,
}

pub fn remember_ending(batch: &mut Batch, cx: &Cx, it: &RememberedEnding<'_>) -> Result<()> {
    if cx.viewer != Viewer::System {
        return Err(Error::NotFound);
    }
    let html = if it.words.is_empty() { String::new() } else { words::render(it.words, &[]).into_string() };
    batch.run(
        "insert into ending (conversation, how, words, html, render_version, version, at)
         select c.id, ?2, ?3, ?4, ?5, 1, coalesce(cast(?6 as bigint), c.at) from contribution c where c.id = ?1 on conflict (conversation) do nothing",
        vals![it.conversation, it.how, it.words, html, words::VERSION, it.at],
    );
    for reply in it.replies {
        batch.run("insert into ending_reply (conversation, reply) values (?1, ?2) on conflict do nothing", vals![it.conversation, *reply]);
    }
    Ok(())
}

/// Words of thanks from one voice to another.
pub fn remember_thanks(batch: &mut Batch, cx: &Cx, contribution: ContributionId, voice: VoiceId, text: &str, at: Timestamp) -> Result<ThanksId> {
    if cx.viewer != Viewer::System {
        return Err(Error::NotFound);
    }
    let id: ThanksId = cx.make_id();
    batch.run(
        "insert into thanks (id, contribution, conversation, person, words, at)
         select cast(?1 as bigint), c.id, c.root, cast(?3 as bigint), cast(?4 as text), cast(?5 as bigint) from contribution c where c.id = ?2",
        vals![id, contribution, voice, text, at],
    );
    Ok(id)
}

/// A kind of a community's own, or a built-in one with its own word there.
pub struct RememberedKind<'a> {
    pub community: CommunityId,
    pub slug: &'a str,
    pub word: &'a str,
    pub plural: &'a str,
    pub prompt: &'a str,
    pub language: &'a str,
    pub asks: bool,
    pub ending: &'a str,
    pub place: i64,
    pub away: bool,
}

/// One that is there already stays as it is. What is no word for a kind is left out.
pub fn remember_kind(batch: &mut Batch, cx: &Cx, it: &RememberedKind<'_>) -> Result<()> {
    if cx.viewer != Viewer::System {
        return Err(Error::NotFound);
    }
    let Ok(kind) = it.slug.parse::<Kind>() else { return Ok(()) };
    let ending: Option<Ending> = it.ending.parse().ok();
    let id: Id = cx.make_id();
    batch.run(
        "insert into kind (id, community, slug, word, plural, prompt, language, asks, ending, place, version, at, away_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1, ?11, ?12) on conflict do nothing",
        vals![id, it.community, kind, it.word, it.plural, it.prompt, it.language, it.asks, ending.map_or("", Ending::word), it.place.clamp(0, 99),
            cx.now(), it.away.then(|| cx.now())],
    );
    Ok(())
}
