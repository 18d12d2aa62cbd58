//! Brings pages of elsewhere in as practices: each with its history, its voices, its day to look at it again, and its links led here.

use std::collections::HashMap;

use community::Openness;
use conversation::For;
use exports::Access;
use handbook::{Handbook, Item, Kind, Page, Revision, Stop, Take, Voice};
use kernel::{Batch, CommunityId, Cx, Error, Id, Result, Timestamp, Viewer, VoiceId, clock, vals};
use practice::{PracticeId, Remembered, RememberedRevision, RememberedSource, State};

use crate::bring::{How, known, new_place, note};

/// So many revisions of a page are kept, and so much of their words: the newest.
const REVISIONS: usize = 500;
const WORDS: usize = 8 << 20;
/// How many pages may wait between the reader and the place.
const AHEAD: usize = 16;

#[derive(Debug, Default)]
pub struct BroughtPages {
    pub practices: u64,
    pub revisions: u64,
    pub voices: u64,
    /// They were here from a run before.
    pub there: u64,
    /// Taken away where they come from, so that nothing stands here.
    pub gone: u64,
    /// Of so many pages the oldest revisions stayed behind.
    pub cut: u64,
    pub path: String,
}

/// Brings all pages of a handbook into one community; `told` hears how many of how many are done.
pub async fn bring_pages(cx: &Cx, book: Handbook, how: &How, told: &mut dyn FnMut(usize, usize)) -> Result<BroughtPages> {
    if cx.viewer != Viewer::System {
        return Err(Error::NotFound);
    }
    let mut brought = BroughtPages::default();
    let (community, audience) = place(cx, how, &mut brought).await?;
    let (hand, mut come) = tokio::sync::mpsc::channel(AHEAD);
    let reading = tokio::task::spawn_blocking(move || book.read(&mut Over(hand)));
    let mut bringing = Bringing { cx, how, community, audience, voices: HashMap::new(), pages: HashMap::new() };
    while let Some(met) = come.recv().await {
        match met {
            Met::At(done, of) => told(done, of),
            // Who asked was told of it before anything was brought in.
            Met::Item(Item::Skipped(_)) => {}
            Met::Item(Item::Page(page)) => bringing.page(&page, &mut brought).await?,
        }
    }
    let read = reading.await.map_err(|e| Error::broken(e.to_string()))?;
    read.map_err(|problem| Error::Refused(kernel::Say::new("The pages could not be read to their end: {why}").with("why", problem)))?;
    Ok(brought)
}

enum Met {
    Item(Item),
    At(usize, usize),
}

/// Hands over what the reader finds; it waits where the place is slower.
struct Over(tokio::sync::mpsc::Sender<Met>);

impl Take for Over {
    fn take(&mut self, item: Item) -> Result<(), Stop> {
        self.0.blocking_send(Met::Item(item)).map_err(|_| Stop)
    }

    fn at_page(&mut self, done: usize, of: usize) {
        let _ = self.0.blocking_send(Met::At(done, of));
    }
}

/// Where they go, and for whom they are there.
async fn place(cx: &Cx, how: &How, brought: &mut BroughtPages) -> Result<(CommunityId, For)> {
    let id = match &how.into {
        Some(slug) => community::store::by_slug(cx, slug).await?.ok_or(Error::NotFound)?.id,
        None => {
            let name = how.origin.clone().unwrap_or_default();
            match known(cx, how, "community", std::iter::once("pages")).await?.get("pages") {
                Some(id) => CommunityId(*id),
                None => new_place(cx, how, &exports::Community { id: "pages".into(), name, about: String::new(), access: Access::Open, ended: false }).await?,
            }
        }
    };
    let c = community::store::by_id(cx, id).await?.ok_or(Error::NotFound)?;
    brought.path = c.path() + "/practices";
    Ok((id, if c.openness == Openness::Closed { For::Community } else { For::Open }))
}

struct Bringing<'a> {
    cx: &'a Cx,
    how: &'a How,
    community: CommunityId,
    audience: For,
    voices: HashMap<String, VoiceId>,
    /// Where each page stands here or will stand.
    pages: HashMap<String, PracticeId>,
}

impl Bringing<'_> {
    async fn page(&mut self, page: &Page, brought: &mut BroughtPages) -> Result<()> {
        if page.gone {
            brought.gone += 1;
            return Ok(());
        }
        let ids: Vec<&str> = std::iter::once(page.id.as_str()).chain(page.links.iter().map(|link| link.page.as_str())).collect();
        let there = known(self.cx, self.how, "page", ids.iter().copied()).await?;
        self.pages.extend(there.iter().map(|(id, thing)| (id.clone(), PracticeId(*thing))));
        if there.contains_key(&page.id) {
            brought.there += 1;
            return Ok(());
        }
        for id in ids {
            self.pages.entry(id.to_owned()).or_insert_with(|| self.cx.make_id());
        }
        let links = self.links(page);
        let mut batch = Batch::new();
        let kept = newest(&page.revisions);
        brought.cut += u64::from(kept.len() < page.revisions.len());
        let mut revisions = Vec::new();
        for revision in kept {
            let voice = self.voice(&mut batch, revision.voice.as_ref(), brought).await?;
            revisions.push((voice, led_here(&links, &revision.words), clean(&revision.reason).chars().take(500).collect::<String>(), Timestamp(revision.at.min(self.cx.now().0))));
        }
        let verified = page.freshness.and_then(|f| f.verified_on).map(midnight);
        if revisions.is_empty() {
            let at = verified.or_else(|| said_on(page)).unwrap_or_else(|| self.cx.now());
            let voice = self.voice(&mut batch, None, brought).await?;
            revisions.push((voice, led_here(&links, &page.words), String::new(), at));
        } else if page.revisions.last().is_some_and(|last| last.words != page.words) {
            // What stands there now was never said to be a revision: a work tree with changes, for one.
            let voice = self.voice(&mut batch, None, brought).await?;
            let at = revisions.last().map_or(self.cx.now(), |(.., at)| *at);
            revisions.push((voice, led_here(&links, &page.words), String::new(), at));
        }
        let due = page.freshness.and_then(|f| f.due).map(|day| midnight(day).plus(clock::DAY));
        let months = page.freshness.and_then(|f| f.lasts).map_or(0, |lasts| i64::from(lasts.months).max(i64::from(lasts.days > 0)));
        let title: String = clean(&page.title).split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect();
        let use_when = ["summary", "description", "when_to_use"].iter().find_map(|name| page.fact(name)).unwrap_or_default();
        let use_when: String = clean(use_when).chars().take(400).collect();
        let over = retired(page);
        let it = Remembered {
            id: self.pages.get(&page.id).copied().ok_or_else(|| Error::broken("a page without a number"))?,
            community: self.community,
            kind: kind(page.kind),
            audience: self.audience,
            state: if over.is_some() { State::Retired } else { State::Proposed },
            state_why: over.unwrap_or_default(),
            origin: self.how.origin.as_deref().unwrap_or_default(),
            verified_at: verified,
            review_months: months,
            due_at: Some(due.unwrap_or(Timestamp(i64::MAX))),
            revisions: revisions
                .iter()
                .map(|(voice, words, reason, at)| RememberedRevision { voice: *voice, title: &title, use_when: &use_when, words, reason, at: *at })
                .collect(),
            sources: page.link.iter().map(|link| RememberedSource { n: 1, link, title: &title, ..Default::default() }).collect(),
            adoptions: Vec::new(),
        };
        brought.revisions += it.revisions.len() as u64;
        practice::remember(&mut batch, self.cx, &it)?;
        note(&mut batch, self.how.key(&page.id), "page", it.id.into());
        self.cx.db().write(batch).await?;
        brought.practices += 1;
        Ok(())
    }

    /// Where the links of a page lead here, as they are written there.
    fn links<'p>(&self, page: &'p Page) -> HashMap<&'p str, PracticeId> {
        page.links.iter().filter_map(|link| Some((link.written.as_str(), *self.pages.get(&link.page)?))).collect()
    }

    /// Who wrote, or the book itself where nobody is named.
    async fn voice(&mut self, batch: &mut Batch, voice: Option<&Voice>, brought: &mut BroughtPages) -> Result<VoiceId> {
        let origin = self.how.origin.as_deref().unwrap_or_default();
        let (name, address) = voice.map_or((origin, None), |v| (v.name.as_str(), v.address.as_deref()));
        let key = address.map_or_else(|| name.to_owned(), str::to_lowercase);
        if let Some(id) = self.voices.get(&key) {
            return Ok(*id);
        }
        let there = known(self.cx, self.how, "voice", std::iter::once(key.as_str())).await?;
        let id = match there.get(&key) {
            Some(id) => VoiceId(*id),
            None => {
                let id: VoiceId = self.cx.make_id();
                person::acts::remember_anew(batch, self.cx, id, origin, name);
                if let Some(address) = address {
                    batch.run("insert into voice_address (voice, address) values (?1, ?2) on conflict do nothing", vals![id, address.to_lowercase()]);
                }
                note(batch, self.how.key(&key), "voice", Id(id.0));
                brought.voices += 1;
                id
            }
        };
        self.voices.insert(key, id);
        Ok(id)
    }
}

/// Links to pages of the same book lead to the practices that they become.
fn led_here(links: &HashMap<&str, PracticeId>, words: &str) -> String {
    let words = clean(words);
    let mut out = String::with_capacity(words.len());
    let mut rest = words.as_str();
    while let Some((before, after)) = rest.split_once("](") {
        out.push_str(before);
        out.push_str("](");
        let end = after.find([')', ' ', '\n']).unwrap_or(after.len());
        let (target, behind) = after.split_at(end);
        match links.get(target) {
            Some(id) => out.push_str(&format!("/practices/{id}")),
            None => out.push_str(target),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn newest(all: &[Revision]) -> &[Revision] {
    let mut bytes = 0;
    let fits = |r: &&Revision| {
        bytes += r.words.len();
        bytes <= WORDS
    };
    let n = all.iter().rev().take(REVISIONS).take_while(fits).count().max(1).min(all.len());
    all.get(all.len() - n..).unwrap_or_default()
}

/// What the forms would not take, and one of the engines cannot keep.
fn clean(words: &str) -> String {
    words.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

fn midnight(day: jiff::civil::Date) -> Timestamp {
    let at = jiff::tz::TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0));
    at.map_or(Timestamp(0), |at| Timestamp(at.as_microsecond()))
}

/// The day that a page itself names, where nobody kept its history.
fn said_on(page: &Page) -> Option<Timestamp> {
    let day = ["start_date", "date", "created"].iter().find_map(|name| page.fact(name))?;
    day.get(..10)?.parse().ok().map(midnight)
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Practice => "practice",
        Kind::Pattern => "pattern",
        Kind::Template => "template",
        Kind::Tool => "tool",
        Kind::Glossary => "glossary",
        Kind::Guide => "guide",
    }
}

/// What a page says of itself: that it is not to be followed any more.
fn retired(page: &Page) -> Option<&str> {
    let over = ["deprecated", "superseded", "rejected", "retired", "obsolete", "withdrawn", "hold"];
    ["standing", "status", "ring"].iter().filter_map(|name| page.fact(name)).find(|said| over.iter().any(|word| said.to_lowercase().starts_with(word)))
}
