//! The kinds of a community: the built-in ones as it says them, and its own. Added, changed and put away by who cares
//! for the whole; what was said keeps its kind.

pub mod api;
mod kind;
pub mod pages;
#[cfg(test)]
mod tests;

use community::store::{self as communities, Community};
use kernel::{Actor, Batch, CommunityId, Cx, Error, Event, Line, PersonId, Problems, Result, Row, Say, decide, vals};
use membership::hats;
use membership::rules::{Care, Standing};
use membership::store as members;
use schemars::JsonSchema;
use serde::Deserialize;
use shell::T;

use crate::KindId;
use crate::rules::Refusal;
pub use kind::{Ending, Kind, Slug};

/// Own kinds that a community offers at once; with the eight built-in ones that makes 24.
const MOST: usize = 16;
/// Those that it ever had. A bound, never met by who changes kinds by thought.
const EVER: usize = 200;

/// A kind as a community says it.
#[derive(Clone, Debug)]
pub struct KindHere {
    pub kind: Kind,
    /// Empty for a built-in kind with its usual word.
    pub word: String,
    pub plural: String,
    pub prompt: String,
    /// The language of those three, where it is not the reader's: "pt".
    pub language: String,
    pub asks: bool,
    pub ending: Option<Ending>,
    /// Where it stands among the own ones.
    pub place: i64,
    pub version: i64,
    /// Not offered any more.
    pub away: bool,
}

impl KindHere {
    fn usual(kind: Kind) -> Self {
        let nothing = String::new;
        let (asks, ending) = (kind.asks(), kind.ending());
        Self { kind, word: nothing(), plural: nothing(), prompt: nothing(), language: nothing(), asks, ending, place: 0, version: 0, away: false }
    }

    fn from_row(mut r: Row) -> Result<Self> {
        let kind: Kind = r.take()?;
        let (word, plural, prompt, language) = (r.take()?, r.take()?, r.take()?, r.take()?);
        let (asks, ending): (bool, String) = (r.take()?, r.take()?);
        let (asks, ending) = if kind.is_own() { (asks, ending.parse().ok()) } else { (kind.asks(), kind.ending()) };
        let (place, version, away) = (r.take()?, r.take()?, r.take::<Option<i64>>()?.is_some());
        Ok(Self { kind, word, plural, prompt, language, asks, ending, place, version, away })
    }

    /// Whether its word reads so as a slug: somebody at a terminal says "Sorge", and means what is called that here.
    fn is_called(&self, kind: Kind) -> bool {
        [&self.word, &self.plural].iter().any(|word| !word.is_empty() && community::rules::slug_of(word) == kind.word())
    }

    pub fn word(&self, t: &T) -> &str {
        if self.word.is_empty() { t.say(self.kind.usual_word()) } else { &self.word }
    }

    /// For a list of them; the word itself where nothing else is given.
    pub fn plural(&self, t: &T) -> &str {
        if self.plural.is_empty() { self.word(t) } else { &self.plural }
    }

    pub fn prompt(&self, t: &T) -> &str {
        if self.prompt.is_empty() { t.say(self.kind.usual_prompt()) } else { &self.prompt }
    }
}

/// All kinds of a community: the built-in ones in their order, then its own; also those put away.
pub async fn of_community(cx: &Cx, community: CommunityId) -> Result<Vec<KindHere>> {
    let sql = "select n.slug, n.word, n.plural, n.prompt, n.language, n.asks, n.ending, n.place, n.version, n.away_at from kind n
        where n.community = ?1 and visible_to(n.community, ?2) order by n.place, n.id limit 208";
    let rows = cx.db().query(sql, vals![community, cx.viewer]).await?;
    Ok(together(rows.into_iter().map(KindHere::from_row).collect::<Result<_>>()?))
}

fn together(rows: Vec<KindHere>) -> Vec<KindHere> {
    let (own, renamed): (Vec<_>, Vec<_>) = rows.into_iter().partition(|k| k.kind.is_own());
    let built_in = |kind: Kind| renamed.iter().find(|k| k.kind == kind).cloned().unwrap_or_else(|| KindHere::usual(kind));
    Kind::BUILT_IN.into_iter().map(built_in).chain(own).collect()
}

/// What the communities of the viewer say in their own way, by the community's slug: for a box that stands before all
/// of them. Only what differs from the usual.
pub async fn of_mine(cx: &Cx) -> Result<Vec<(String, KindHere)>> {
    let sql = "select k.slug, n.slug, n.word, n.plural, n.prompt, n.language, n.asks, n.ending, n.place, n.version, n.away_at
        from grants g join kind n on n.community = g.audience join community k on k.id = n.community
        where g.person = ?1 order by k.name, k.id, n.place, n.id limit 500";
    let rows = cx.db().query(sql, vals![cx.me()?]).await?;
    rows.into_iter().map(|mut r| Ok((r.take()?, KindHere::from_row(r)?))).collect()
}

/// The kind that somebody picked, as the community says it. What it does not offer is a problem of the field, unless
/// the contribution has that kind already.
pub async fn picked(cx: &Cx, place: Option<CommunityId>, kind: Option<Kind>, now: Option<Kind>, problems: &mut Problems) -> Result<Option<KindHere>> {
    let Some(kind) = kind else { return Ok(None) };
    let Some(community) = place else {
        if kind.is_own() {
            problems.add("kind", "A kind of a community's own is said in that community. Please choose the community, or another kind.");
        }
        return Ok(Some(KindHere::usual(kind)));
    };
    let all = of_community(cx, community).await?;
    let here = all.iter().find(|k| k.kind == kind).or_else(|| all.iter().find(|k| k.is_called(kind))).cloned();
    match &here {
        None => problems.add("kind", Say::new("This community has no kind {kind}. Please choose one that it has.").with("kind", kind)),
        Some(k) if k.away && now != Some(kind) => {
            problems.add("kind", "This community has put this kind away. Please choose another.");
        }
        Some(_) => {}
    }
    Ok(here)
}

/// For `#[serde(deserialize_with)]`: a kind as it is kept or as people say it ("Near miss"); a form's empty field is none.
pub fn as_said<'de, D: serde::Deserializer<'de>>(d: D) -> std::result::Result<Option<Kind>, D::Error> {
    let said = <Option<String> as Deserialize>::deserialize(d)?.unwrap_or_default();
    let slug = || Slug::of(&community::rules::slug_of(&said)).map(Kind::Own);
    match said.trim() {
        "" => Ok(None),
        word => word.to_lowercase().parse().ok().or_else(slug).map(Some).ok_or_else(|| serde::de::Error::custom("no word for a kind")),
    }
}

/// The same where leaving it out keeps what is there.
pub fn as_said_if_at_all<'de, D: serde::Deserializer<'de>>(d: D) -> std::result::Result<Option<Option<Kind>>, D::Error> {
    as_said(d).map(Some)
}

/// Guards a batch: the own kind that is picked is still there, and still offered unless the contribution has it already.
pub(crate) fn still_picked(batch: &mut Batch, place: Option<CommunityId>, picked: Option<&KindHere>) {
    if let (Some(community), Some(k)) = (place, picked.filter(|k| k.kind.is_own())) {
        batch.holds(
            "select 1 from kind where community = ?1 and slug = ?2 and (away_at is null or ?3)",
            vals![community, k.kind, k.away],
        );
    }
}

/// What is offered, to pick from: with "none yet" first. A contribution keeps what it has.
pub fn choices(t: T, kinds: &[KindHere], now: Option<Kind>) -> Vec<(String, String, String)> {
    let none = (String::new(), t.say("no kind yet").to_owned(), String::new());
    let offered = kinds.iter().filter(|k| !k.away || Some(k.kind) == now);
    let choice = |k: &KindHere| (k.kind.to_string(), k.word(&t).to_owned(), k.prompt(&t).to_owned());
    std::iter::once(none).chain(offered.map(choice)).collect()
}

/// The built-in ones in their usual words: where no community is.
pub fn usual_choices(t: T) -> Vec<(String, String, String)> {
    choices(t, &together(Vec::new()), None)
}

kernel::choice! {
    /// Whether an answer is wanted.
    pub enum Asks { Yes = "yes", No = "no" }
}

/// How a community says a kind: a new one of its own, or one that it has.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Saying {
    /// What it is called. For a built-in kind, empty means its usual word.
    #[serde(default)]
    pub word: Line<0, 40>,
    /// For several of them; left out, the word itself.
    #[serde(default)]
    pub plural: Line<0, 40>,
    /// What one is asked for.
    #[serde(default)]
    pub prompt: Line<0, 300>,
    /// The language of the word, like "pt"; left out where it is the one people read the page in.
    #[serde(default)]
    pub language: Line<0, 12>,
    /// Only for own kinds: whether an answer is wanted. It holds for what is said from now on.
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub asks: Option<Asks>,
    /// Only for own kinds: how it may end.
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub ending: Option<Ending>,
    /// Only for own kinds: where it stands among them, from 1 on.
    #[serde(default)]
    pub place: Line<0, 2>,
    /// The version that was read; the change is refused when another came between.
    #[serde(default)]
    pub version: Line<0, 19>,
}

struct Checked {
    word: String,
    plural: String,
    prompt: String,
    language: String,
    place: i64,
}

impl Saying {
    fn check(&self, own: bool) -> Result<Checked> {
        let mut problems = Problems::default();
        let word = if own { Line::<1, 40>(self.word.0.clone()).check("word", &mut problems) } else { self.word.check("word", &mut problems) };
        let word = word.split_whitespace().collect::<Vec<_>>().join(" ");
        let (plural, prompt) = (self.plural.check("plural", &mut problems), self.prompt.check("prompt", &mut problems));
        let language = self.language.check("language", &mut problems);
        if !language.is_empty() && !is_language(&language) {
            problems.add("language", "A language is written like de, pt or zh-Hant.");
        }
        let place = self.place.check("place", &mut problems);
        let number = if place.is_empty() { Some(50) } else { place.parse().ok().filter(|n| (1..=99).contains(n)) };
        if number.is_none() {
            problems.add("place", "The place is a number from 1 to 99.");
        }
        if !own && (self.asks.is_some() || self.ending.is_some()) {
            problems.add("ending", "A built-in kind keeps whether it asks and how it ends. Add one of your own for another way.");
        }
        problems.done()?;
        Ok(Checked { word, plural, prompt, language, place: number.unwrap_or(50) })
    }
}

/// The shape of a language tag.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().is_some_and(|p| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_lowercase()));
    first && parts.all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Two kinds with one word could not be told apart.
fn is_said(kinds: &[KindHere], word: &str, but: Option<Kind>) -> bool {
    let small = word.to_lowercase();
    if small == "no kind yet" {
        return true; // the choice of none
    }
    let says = |k: &KindHere| if k.word.is_empty() { k.kind.usual_word() == small } else { k.word.to_lowercase() == small };
    !small.is_empty() && kinds.iter().filter(|k| Some(k.kind) != but).any(says)
}

const SAID_TWICE: &str = "Another kind here is called that already.";

/// Adds a kind of the community's own.
pub async fn add(cx: &Cx, slug: &str, input: &Saying) -> Result<Kind> {
    let me = cx.me()?;
    let new = input.check(true)?;
    if let Some(done) = cx.done_before::<KindId>().await? {
        let row = cx.db().one("select slug from kind where id = ?1", vals![done]).await?;
        return row.ok_or(Error::NotFound)?.take();
    }
    decide(|| async {
        let c = as_keeper(cx, slug).await?;
        let kinds = of_community(cx, c.id).await?;
        let own = || kinds.iter().filter(|k| k.kind.is_own());
        if is_said(&kinds, &new.word, None) {
            return Err(Error::invalid("word", SAID_TWICE));
        }
        if own().filter(|k| !k.away).count() >= MOST || own().count() >= EVER {
            return Err(Refusal::ManyKinds.into());
        }
        let taken = |slug: &Slug| own().any(|k| k.kind == Kind::Own(*slug));
        let kind = Kind::Own(Slug::for_word(&new.word, taken).ok_or(Refusal::ManyKinds)?);
        let id: KindId = cx.make_id();
        let mut batch = Batch::new();
        still_keeper(&mut batch, me, c.id);
        batch.lacks("select 1 from kind where community = ?1 and away_at is null and slug not in (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            group by community having count(*) >= ?2", few(c.id));
        batch.exactly(
            1,
            "insert into kind (id, community, slug, word, plural, prompt, language, asks, ending, place, version, at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1, ?11) on conflict (community, slug) do nothing",
            vals![id, c.id, kind, &new.word, &new.plural, &new.prompt, &new.language, input.asks == Some(Asks::Yes),
                input.ending.map_or("", Ending::word), new.place, cx.now()],
        );
        batch.event(told(cx, me, "kind_added", id, c.id));
        cx.write(batch, id).await?;
        Ok(kind)
    })
    .await
}

/// How many own ones are offered, in one guard.
fn few(community: CommunityId) -> Vec<kernel::Val> {
    let mut params = vals![community, MOST as i64];
    params.extend(Kind::BUILT_IN.map(kernel::Val::from));
    params
}

/// Changes how a kind is said here; a built-in one only in its words.
pub async fn change(cx: &Cx, slug: &str, kind: Kind, input: &Saying) -> Result<()> {
    let me = cx.me()?;
    let new = input.check(kind.is_own())?;
    if cx.done_before::<KindId>().await?.is_some() {
        return Ok(());
    }
    decide(|| async {
        let (c, kinds, now) = known(cx, slug, kind).await?;
        if !input.version.0.is_empty() && input.version.0 != now.version.to_string() {
            return Err(Refusal::KindChanged.into());
        }
        if is_said(&kinds, &new.word, Some(kind)) {
            return Err(Error::invalid("word", SAID_TWICE));
        }
        let mut batch = Batch::new();
        still_keeper(&mut batch, me, c.id);
        let id = row_of(&mut batch, cx, c.id, &now).await?;
        batch.exactly(
            1,
            "update kind set word = ?3, plural = ?4, prompt = ?5, language = ?6, asks = ?7, ending = ?8, place = ?9, version = version + 1
             where community = ?1 and slug = ?2 and version = ?10",
            vals![c.id, kind, &new.word, &new.plural, &new.prompt, &new.language, input.asks == Some(Asks::Yes),
                input.ending.map_or("", Ending::word), if kind.is_own() { new.place } else { 0 }, now.version],
        );
        batch.event(told(cx, me, "kind_changed", id, c.id));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

/// Does not offer it any more. What was said keeps it.
pub async fn put_away(cx: &Cx, slug: &str, kind: Kind) -> Result<()> {
    if kind == Kind::Narration {
        return Err(Refusal::NarrationStays.into());
    }
    set_away(cx, slug, kind, true).await
}

pub async fn offer_again(cx: &Cx, slug: &str, kind: Kind) -> Result<()> {
    set_away(cx, slug, kind, false).await
}

async fn set_away(cx: &Cx, slug: &str, kind: Kind, away: bool) -> Result<()> {
    let me = cx.me()?;
    decide(|| async {
        let (c, kinds, now) = known(cx, slug, kind).await?;
        if now.away == away {
            return Ok(()); // said twice
        }
        if !away && kind.is_own() && kinds.iter().filter(|k| k.kind.is_own() && !k.away).count() >= MOST {
            return Err(Refusal::ManyKinds.into());
        }
        let mut batch = Batch::new();
        still_keeper(&mut batch, me, c.id);
        let id = row_of(&mut batch, cx, c.id, &now).await?;
        batch.exactly(
            1,
            "update kind set away_at = ?3, version = version + 1 where community = ?1 and slug = ?2 and version = ?4",
            vals![c.id, kind, away.then(|| cx.now()), now.version],
        );
        batch.event(told(cx, me, if away { "kind_put_away" } else { "kind_offered_again" }, id, c.id));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

/// Removes an own kind that nothing was ever said with.
pub async fn remove(cx: &Cx, slug: &str, kind: Kind) -> Result<()> {
    let me = cx.me()?;
    decide(|| async {
        let (c, _, now) = known(cx, slug, kind).await?;
        let used = "select 1 from contribution where community = ?1 and kind = ?2 and parent is null limit 1";
        if !kind.is_own() || cx.db().one(used, vals![c.id, kind]).await?.is_some() {
            return Err(Refusal::KindUsed.into());
        }
        let mut batch = Batch::new();
        still_keeper(&mut batch, me, c.id);
        let id = row_of(&mut batch, cx, c.id, &now).await?;
        batch.lacks("select 1 from contribution where community = ?1 and kind = ?2 and parent is null", vals![c.id, kind]);
        batch.exactly(1, "delete from kind where community = ?1 and slug = ?2", vals![c.id, kind]);
        batch.event(told(cx, me, "kind_removed", id, c.id));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

/// Loads the community for who tends what it works by.
async fn as_keeper(cx: &Cx, slug: &str) -> Result<Community> {
    let c = communities::inside(cx, slug).await?;
    may_keep(&members::standing(cx, c.id).await?)?;
    Ok(c)
}

pub(crate) fn may_keep(standing: &Standing) -> Result<()> {
    Ok(membership::rules::may_care(Care::Tend, standing)?)
}

fn still_keeper(batch: &mut Batch, me: PersonId, community: CommunityId) {
    hats::still_cares(batch, Care::Tend, me, community);
}

async fn known(cx: &Cx, slug: &str, kind: Kind) -> Result<(Community, Vec<KindHere>, KindHere)> {
    let c = as_keeper(cx, slug).await?;
    let kinds = of_community(cx, c.id).await?;
    let now = kinds.iter().find(|k| k.kind == kind).cloned().ok_or(Error::NotFound)?;
    Ok((c, kinds, now))
}

/// The row of a kind; a built-in one gets its row when it is first touched.
async fn row_of(batch: &mut Batch, cx: &Cx, community: CommunityId, now: &KindHere) -> Result<KindId> {
    if now.version > 0 {
        let row = cx.db().one("select id from kind where community = ?1 and slug = ?2", vals![community, now.kind]).await?;
        return row.ok_or(Error::Conflict)?.take();
    }
    let id: KindId = cx.make_id();
    batch.exactly(
        1,
        "insert into kind (id, community, slug, word, plural, prompt, language, asks, ending, place, version, at)
         values (?1, ?2, ?3, '', '', '', '', false, '', 0, 0, ?4) on conflict (community, slug) do nothing",
        vals![id, community, now.kind, cx.now()],
    );
    Ok(id)
}

fn told(cx: &Cx, me: PersonId, verb: &'static str, id: KindId, community: CommunityId) -> Event {
    Event::new(cx, Actor::Person(me), verb, "kind", id).within(Some(community))
}
