//! Brings what lies in a stage into the place: communities without members, voices without accounts, words with their
//! own times and links. Batch by batch, each with the note of what it brought, so that a second run goes on from there.

use std::collections::{HashMap, HashSet};

use community::{Openness, Stage as Life};
use conversation::{ContributionId, Ending, For, Kind, Remembered, RememberedBeside, RememberedEnding, remember, remember_beside};
use exports::{Access, Community, Skipped, Source, tacit};
use kernel::{Batch, CommunityId, Cx, Error, Id, Result, Row, Timestamp, Val, Viewer, VoiceId, vals};

use crate::files::{Come, Files};
use crate::stage::{Placed, Stage};

/// How much is written at once: long enough that a commit costs little, short enough that others get their turn.
const AT_ONCE: usize = 400;
/// And so many files: they take long, and what is on the disk without a row for an hour is cleared away.
const FILES_AT_ONCE: usize = 20;

pub struct How {
    /// Where it was said, as its pages say it: "slack.example.org". Together with the archive's ids it makes a thing itself.
    /// None for Tacit's own export, whose ids say it each for itself.
    pub origin: Option<String>,
    /// All of it into one community that is there already.
    pub into: Option<String>,
}

impl How {
    /// Where something is from, and what it is called there.
    pub(crate) fn key<'a>(&'a self, id: &'a str) -> (&'a str, &'a str) {
        match &self.origin {
            Some(origin) => (origin, id),
            None => id.split_once(' ').unwrap_or(("", id)),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    pub communities: u64,
    pub voices: u64,
    pub contributions: u64,
    /// They were here from a run before.
    pub there: u64,
    pub endings: u64,
    pub thanks: u64,
    pub past_memberships: u64,
    pub practices: u64,
    pub changes: u64,
    pub files: u64,
    /// Files that stay a name among the words, and the first of them, each with its reason.
    pub files_left: u64,
    pub left: Vec<Skipped>,
    /// Addresses of the communities it went into.
    pub paths: Vec<String>,
}

/// Brings all of it, with the files that lie in the source; `told` hears how much is done.
pub async fn bring(cx: &Cx, stage: &Stage, source: &Source, how: &How, told: &mut dyn FnMut(u64)) -> Result<Brought> {
    if cx.viewer != Viewer::System {
        return Err(Error::NotFound);
    }
    let mut brought = Brought::default();
    let places = places(cx, stage, how, &mut brought).await?;
    let mut voices = Voices { cx, stage, how, known: HashMap::new() };
    let (mut after, mut done) = ((-1, -1, -1), 0);
    let private = private(stage)?;
    let files = Files::of(cx, source, stage, how.origin.is_none())?;
    // Of the conversation at hand: where each thing of the archive stands here, and how deep.
    let mut here: (i64, HashMap<i64, (ContributionId, i64)>) = (-1, HashMap::new());
    loop {
        let page = stage.page(after, AT_ONCE).map_err(broken)?;
        let Some((last, depth)) = page.last() else { break };
        after = (last.root, *depth, last.n);
        let known = known(cx, how, "said", page.iter().map(|(p, _)| p.said.id.as_str())).await?;
        voices.meet(page.iter().map(|(p, _)| p.said.voice.as_str())).await?;
        let (mut batch, mut waiting) = (Batch::new(), 0);
        for (placed, depth) in &page {
            if here.0 != placed.root {
                here = (placed.root, HashMap::new());
            }
            if let Some(id) = known.get(&placed.said.id) {
                here.1.insert(placed.n, (ContributionId(*id), (*depth).min(12)));
                brought.there += 1;
                continue;
            }
            let voice = voices.of(&mut batch, &placed.said.voice, &mut brought)?;
            let Some(community) = places.get(&placed.said.community) else { continue };
            let inside = private.contains(&placed.said.community) || placed.said.own.as_ref().is_some_and(|own| own.inside);
            let audience = if inside { For::Community } else { For::Open };
            let come = files.with(&placed.said, &mut brought).await?;
            let made = say(&mut batch, cx, placed, (*community, audience), voice, &here.1, &come)?;
            here.1.insert(placed.n, made);
            note(&mut batch, how.key(&placed.said.id), "said", made.0.into());
            if let Some(name) = &placed.said.known_as {
                note(&mut batch, ("", name.trim_matches(['<', '>'])), "known as", made.0.into());
            }
            brought.contributions += 1;
            waiting += come.kept.len();
            if waiting >= FILES_AT_ONCE {
                cx.db().write(std::mem::take(&mut batch)).await?;
                waiting = 0;
            }
        }
        cx.db().write(batch).await?;
        done += page.len() as u64;
        told(done);
    }
    endings(cx, stage, how, &mut brought).await?;
    if how.origin.is_none() {
        crate::records::bring(cx, stage, how, &places, &mut voices, &mut brought).await?;
    }
    Ok(brought)
}

/// What was said in private reaches no more than the members of the community that it goes into, however open that is.
fn private(stage: &Stage) -> Result<HashSet<String>> {
    let all = stage.communities().map_err(broken)?;
    Ok(all.into_iter().filter(|(c, _)| c.access != Access::Open).map(|(c, _)| c.id).collect())
}

pub(crate) fn broken(e: impl std::fmt::Display) -> Error {
    Error::broken(e.to_string())
}

/// What of some of an archive's ids is here already.
pub(crate) async fn known<'a>(cx: &Cx, how: &How, kind: &str, ids: impl Iterator<Item = &'a str>) -> Result<HashMap<String, i64>> {
    let ids: Vec<&str> = ids.collect();
    let sources: Vec<&str> = ids.iter().map(|id| how.key(id).1).collect();
    let sql = "select origin, source, thing from brought where in_texts(source, ?2) and kind = ?1";
    let row = |mut r: Row| Ok(((r.take::<String>()?, r.take::<String>()?), r.take::<i64>()?));
    let rows = cx.db().query(sql, vals![kind, Val::list(&sources)]).await?;
    let there = rows.into_iter().map(row).collect::<Result<HashMap<_, _>>>()?;
    let found = |id: &&str| {
        let (origin, source) = how.key(id);
        Some(((*id).to_owned(), *there.get(&(origin.to_owned(), source.to_owned()))?))
    };
    Ok(ids.iter().filter_map(found).collect())
}

pub(crate) fn note(batch: &mut Batch, (origin, source): (&str, &str), kind: &str, thing: Id) {
    let sql = "insert into brought (origin, kind, source, thing) values (?1, ?2, ?3, ?4) on conflict do nothing";
    batch.run(sql, vals![origin, kind, source, thing]);
}

/// Where each place of the archive goes: into the one that was named, into that of a run before, or into a new one.
async fn places(cx: &Cx, stage: &Stage, how: &How, brought: &mut Brought) -> Result<HashMap<String, CommunityId>> {
    let all = stage.communities().map_err(broken)?;
    let mut places = HashMap::new();
    if let Some(slug) = &how.into {
        let into = community::store::by_slug(cx, slug).await?.ok_or(Error::NotFound)?;
        brought.paths.push(into.path());
        places.extend(all.into_iter().map(|(c, _)| (c.id, into.id)));
        return Ok(places);
    }
    let known = known(cx, how, "community", all.iter().map(|(c, _)| c.id.as_str())).await?;
    for (c, _) in all {
        let id = match known.get(&c.id) {
            Some(id) => CommunityId(*id),
            None => new_place(cx, how, &c).await?,
        };
        brought.communities += u64::from(!known.contains_key(&c.id));
        brought.paths.extend(community::store::by_id(cx, id).await?.map(|c| c.path()));
        places.insert(c.id, id);
    }
    Ok(places)
}

/// A community that nobody is a member of yet. What was private there has no open door here, so it needs one that exists.
pub(crate) async fn new_place(cx: &Cx, how: &How, c: &Community) -> Result<CommunityId> {
    if c.access != Access::Open {
        let say = kernel::Say::new("{name} was private. Say into which community it goes: --into ADDRESS.");
        return Err(Error::Refused(say.with("name", &c.name)));
    }
    let (origin, _) = how.key(&c.id);
    let mut batch = Batch::new();
    // The archive itself speaks here: a community needs somebody who told of it.
    let voice: VoiceId = cx.make_id();
    person::acts::remember_anew(&mut batch, cx, voice, origin, origin);
    let own = how.origin.is_none().then(|| serde_json::from_str::<tacit::Community>(&c.about).ok()).flatten();
    let about = match &own {
        Some(own) => community::acts::Brought {
            name: &own.name,
            slug: &own.slug,
            domain: &own.domain,
            purpose: &own.purpose,
            practice: &own.practice,
            openness: own.openness.parse().unwrap_or(Openness::Open),
            stage: own.stage.parse().unwrap_or(Life::Resting),
            origin,
        },
        None => community::acts::Brought {
            name: &c.name,
            slug: "",
            domain: &c.about,
            purpose: "",
            practice: "",
            openness: Openness::Open,
            stage: if c.ended { Life::Ended } else { Life::Resting },
            origin,
        },
    };
    let id = community::acts::bring(&mut batch, cx, voice, &about).await?;
    note(&mut batch, how.key(&c.id), "community", id.into());
    cx.db().write(batch).await?;
    Ok(id)
}

pub(crate) struct Voices<'a> {
    cx: &'a Cx,
    stage: &'a Stage,
    how: &'a How,
    known: HashMap<String, VoiceId>,
}

impl Voices<'_> {
    /// Looks up at once which of some are known here.
    pub(crate) async fn meet(&mut self, sources: impl Iterator<Item = &str>) -> Result<()> {
        let new: HashSet<&str> = sources.filter(|source| !self.known.contains_key(*source)).collect();
        if !new.is_empty() {
            let there = known(self.cx, self.how, "voice", new.into_iter()).await?;
            self.known.extend(there.into_iter().map(|(source, id)| (source, VoiceId(id))));
        }
        Ok(())
    }

    /// One that was met, or is new.
    pub(crate) fn of(&mut self, batch: &mut Batch, source: &str, brought: &mut Brought) -> Result<VoiceId> {
        if let Some(id) = self.known.get(source) {
            return Ok(*id);
        }
        let voice = self.stage.voice_of(source).map_err(broken)?;
        let id: VoiceId = self.cx.make_id();
        person::acts::remember_anew(batch, self.cx, id, self.how.key(source).0, &voice.name);
        if let Some(address) = &voice.address {
            let sql = "insert into voice_address (voice, address) values (?1, ?2) on conflict do nothing";
            batch.run(sql, vals![id, address.to_lowercase()]);
        }
        note(batch, self.how.key(source), "voice", Id(id.0));
        brought.voices += 1;
        self.known.insert(source.to_owned(), id);
        Ok(id)
    }
}

fn say(
    batch: &mut Batch,
    cx: &Cx,
    placed: &Placed,
    (community, audience): (CommunityId, For),
    voice: VoiceId,
    here: &HashMap<i64, (ContributionId, i64)>,
    come: &Come<'_>,
) -> Result<(ContributionId, i64)> {
    let said = &placed.said;
    let root = here.get(&placed.root).map(|(id, _)| *id);
    let answers = placed.parent.and_then(|n| here.get(&n)).zip(root).map(|((id, depth), root)| (root, *id, *depth));
    let own = said.own.as_deref();
    let words = with_names(&said.words, &come.left);
    let asks = said.asks && answers.is_none();
    let it = Remembered {
        community,
        voice,
        answers,
        kind: own.map_or(asks.then_some(Kind::Question), |own| own.kind.parse().ok()),
        asks,
        audience,
        title: if answers.is_none() { &said.title } else { "" },
        words: &words,
        quote: own.map_or("", |own| &own.quote),
        gone: own.is_some_and(|own| own.gone),
        work: own.map_or("", |own| &own.work),
        link: said.link.as_deref().unwrap_or_default(),
        trail: None,
        at: Timestamp(said.at),
    };
    let made = remember(batch, cx, &it)?;
    let beside = RememberedBeside { edited_at: said.edited_at.map(Timestamp), files: &come.kept };
    remember_beside(batch, cx, made.0, voice, &beside)?;
    Ok(made)
}

/// Files that do not come along stand under the words, as links where they have an address.
fn with_names(words: &str, left: &[&exports::File]) -> String {
    let mut words = words.to_owned();
    for file in left {
        if let Some(link) = &file.link {
            let name = if file.alt.is_empty() { &file.name } else { &file.alt };
            let name: String = name.chars().filter(|c| !matches!(c, '[' | ']' | '\\' | '\n')).collect();
            words.push_str(&format!("\n\n[{name}](<{}>)", link.replace(['<', '>', '\n'], "")));
        } else {
            words.push_str(&format!("\n\n`{}`", file.name.replace('`', "'")));
        }
    }
    words
}

/// That an answer helped, as who asked said there.
async fn endings(cx: &Cx, stage: &Stage, how: &How, brought: &mut Brought) -> Result<()> {
    let helped = stage.helped().map_err(broken)?;
    for some in helped.chunks(AT_ONCE) {
        let ids = some.iter().flat_map(|(question, answer)| [question.as_str(), answer.as_str()]);
        let here = known(cx, how, "said", ids).await?;
        let mut batch = Batch::new();
        for (question, answer) in some {
            let (Some(question), Some(answer)) = (here.get(question), here.get(answer)) else { continue };
            let replies = [ContributionId(*answer)];
            let it = RememberedEnding { conversation: ContributionId(*question), how: Ending::Helped, words: "", replies: &replies, at: None };
            conversation::remember_ending(&mut batch, cx, &it)?;
            brought.endings += 1;
        }
        cx.db().write(batch).await?;
    }
    Ok(())
}
