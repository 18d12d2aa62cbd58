//! `tacit serve --demo`: an empty place filled with a living sample. Remembered voices say what they said in public
//! elsewhere (see demo/README.md); invented people found, join and answer by their own acts, through the same code.

mod practising;

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use community::acts::NewCommunity;
use conversation::acts::{Lineage, NewContribution, NewReply};
use conversation::endings::NewEnding;
use conversation::kinds::{Asks, Saying};
use conversation::said::Said;
use conversation::{ContributionId, Ending, Kind, Remembered, Thanking, TrailId};
use kernel::{Batch, Clock, CommunityId, Cx, House, IdMaker, Line, PersonId, Timestamp, Viewer, VoiceId, Words, clock, vals};
use membership::acts::Joining;
use membership::hats::handover::{HandingOver, Telling};
use membership::hats::naming::Naming;
use membership::hats::{self, Offering};
use narration::acts::Narrating;
use person::acts::{NewAccount, Profile};
use serde::Deserialize;

/// Everybody in the sample has this password; it is printed, and only a demonstration has it.
pub const PASSWORD: &str = "say what you do";
/// The first of the sample's people.
pub const FIRST: &str = "ngozi";

const SETS: [&str; 3] = [
    include_str!("../../../demo/quantum.json"),
    include_str!("../../../demo/dataviz.json"),
    include_str!("../../../demo/til.json"),
];
const FOLK: &str = include_str!("../../../demo/folk.json");

#[derive(Deserialize)]
struct Set {
    /// Where its voices spoke, as the page says it.
    origin: String,
    community: About,
    voices: Vec<Voice>,
    conversations: Vec<Talk>,
}

#[derive(Deserialize)]
struct About {
    slug: String,
    name: String,
    domain: String,
    purpose: String,
    practice: String,
    openness: String,
    stage: String,
}

#[derive(Deserialize)]
struct Voice {
    key: String,
    name: String,
}

#[derive(Deserialize)]
struct Talk {
    kind: Option<String>,
    author: String,
    at: String,
    title: Option<String>,
    words: String,
    work: Option<String>,
    trail: Option<String>,
    link: Option<String>,
    replies: Vec<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    author: String,
    at: String,
    words: String,
    replies: Vec<Answer>,
}

#[derive(Deserialize)]
struct Folk {
    people: Vec<Someone>,
    own_community: About,
    own_kinds: Vec<OwnKind>,
    lines: Vec<Spoken>,
    practices: Vec<practising::Written>,
    changes: Vec<practising::Told>,
}

#[derive(Deserialize)]
struct OwnKind {
    word: String,
    plural: String,
    prompt: String,
    asks: Option<Asks>,
    ending: Option<Ending>,
}

#[derive(Deserialize)]
struct Someone {
    handle: String,
    name: String,
    practice: String,
    organisation: String,
    zone: String,
}

#[derive(Clone, Deserialize)]
struct Spoken {
    person: String,
    hours_ago: f64,
    community: String,
    kind: Option<String>,
    title: Option<String>,
    words: String,
    trail: Option<String>,
    replies: Vec<Reply>,
    thanks: Vec<Thanked>,
    me_too: Vec<String>,
    ending: Option<Ended>,
}

/// What its author says of how it ended, and whose replies it points at.
#[derive(Clone, Deserialize)]
struct Ended {
    hours_ago: f64,
    words: String,
    points_at: Vec<String>,
}

#[derive(Clone, Deserialize)]
struct Reply {
    person: String,
    hours_ago: f64,
    words: String,
    quote: Option<String>,
    replies: Vec<Reply>,
}

#[derive(Clone, Deserialize)]
struct Thanked {
    person: String,
    words: String,
}

pub async fn is_demo(house: &House) -> Result<bool> {
    Ok(house.db.one("select 1 from setting where name = 'demo'", vals![]).await?.is_some())
}

/// Fills an empty instance. Its own clock stands in the past and moves up to now, so that acts have their times.
pub async fn fill(house: &Arc<House>) -> Result<()> {
    let now = house.clock.now();
    let past = Clock::fixed(now.minus(10 * clock::DAY));
    let stage = Arc::new(House {
        db: house.db.clone(),
        clock: past.clone(),
        ids: IdMaker::new(past.clone(), NODE),
        random: house.random.clone(),
        blobs: house.blobs.clone(),
    });
    let folk: Folk = serde_json::from_str(FOLK).context("demo/folk.json")?;
    let mut sample = Sample { cx: Cx::new(stage, Viewer::System), clock: past, now, people: HashMap::new(), trails: HashMap::new() };
    sample.settle(&folk).await?;
    for set in SETS {
        let set: Set = serde_json::from_str(set).context("a sample set of demo/")?;
        sample.remember(&set).await?;
    }
    sample.speak(&folk.lines).await?;
    sample.practise(&folk.practices, &folk.changes).await?;
    let mut batch = Batch::new();
    batch.run("insert into setting (name, value) values ('demo', 'yes')", vals![]);
    house.db.write(batch).await?;
    Ok(())
}

/// A node number beyond those that are leased: nothing else makes ids with it.
const NODE: i64 = 1023;

struct Sample {
    cx: Cx,
    clock: Clock,
    now: Timestamp,
    people: HashMap<String, PersonId>,
    trails: HashMap<String, TrailId>,
}

impl Sample {
    fn by(&self, handle: &str) -> Result<Cx> {
        let person = self.people.get(handle).with_context(|| format!("nobody called {handle} in the sample"))?;
        Ok(self.cx.as_person(*person))
    }

    /// Moves the sample's clock forward to so many hours before now.
    fn until(&self, hours_ago: f64) -> Result<()> {
        let at = self.now.minus((hours_ago * clock::HOUR as f64) as i64);
        let step = at.0 - self.clock.now().0;
        Ok(self.clock.advance(step.max(clock::SECOND))?)
    }

    /// People arrive, found their communities, and join each other's.
    async fn settle(&mut self, folk: &Folk) -> Result<()> {
        let mut names = Vec::new();
        for someone in &folk.people {
            let account = NewAccount {
                handle: Line(someone.handle.clone()),
                name: Line(someone.name.clone()),
                password: PASSWORD.into(),
                invitation: Line::default(),
                zone: Line(someone.zone.clone()),
            };
            let person = person::acts::add(&self.cx, &account, names.is_empty()).await?;
            self.people.insert(someone.handle.clone(), person);
            let profile = Profile {
                name: Line(someone.name.clone()),
                practice: Words(someone.practice.clone()),
                organisation: Line(someone.organisation.clone()),
                mail: Line::default(),
                zone: Line(someone.zone.clone()),
                language: Line::default(),
                theme: None,
                shown: None,
            };
            person::acts::revise_profile(&self.by(&someone.handle)?, &profile).await?;
            names.push(someone.handle.clone());
        }
        let sets = SETS.iter().map(|text| serde_json::from_str::<Set>(text).map(|s| s.community)).collect::<Result<Vec<_>, _>>()?;
        let all: Vec<&About> = sets.iter().chain([&folk.own_community]).collect();
        for (i, about) in all.iter().enumerate() {
            let founder = names.get(i % names.len()).context("nobody in the sample")?;
            self.found(about, founder).await?;
            if about.slug == folk.own_community.slug {
                self.add_kinds(about, founder, &folk.own_kinds).await?;
            }
            for (j, other) in names.iter().enumerate().filter(|(_, other)| *other != founder) {
                // Everybody is in their own community of practice; in the others some are, some only read.
                let joins = about.slug == folk.own_community.slug || (i + j) % 3 != 2;
                if joins {
                    let joining = Joining { shown: Some(membership::Shown::Everyone), ..Joining::default() };
                    membership::acts::join(&self.by(other)?, &about.slug, &joining).await?;
                }
            }
        }
        let (own, founder) = (&folk.own_community.slug, names.get(SETS.len() % names.len()).context("nobody in the sample")?);
        self.wear_hats(own, founder, &names).await
    }

    /// In their own community one welcomes, one is about to follow the steward, and one is asked whether they are a connector.
    async fn wear_hats(&self, slug: &str, steward: &str, names: &[String]) -> Result<()> {
        let others: Vec<&String> = names.iter().filter(|n| *n != steward).collect();
        let [asked, welcomer, next, ..] = others.as_slice() else { return Ok(()) };
        let offering = Offering { handle: Line((*welcomer).clone()), hat: "welcomer".into(), ..Offering::default() };
        hats::offer(&self.by(steward)?, slug, &offering).await?;
        self.say_yes(welcomer).await?;
        let c = community::store::by_slug(&self.cx, slug).await?.context("the sample's community")?;
        let worn = hats::store::worn(&self.cx, c.id).await?.into_iter().find(|w| w.hat == membership::STEWARD).context("a steward")?;
        let handing = HandingOver { handle: Line((*next).clone()), ..HandingOver::default() };
        hats::handover::offer(&self.by(steward)?, worn.id, &handing).await?;
        self.say_yes(next).await?;
        let words = "People speak most when somebody tells what went badly. Ask a question every Monday, and answer first words within a day.";
        hats::handover::tell(&self.by(steward)?, worn.id, &Telling { words: words.into() }).await?;
        let note = "You always know who has met this before.";
        let naming = Naming { handle: Line((*asked).clone()), hat: "connector".into(), note: note.into(), ..Naming::default() };
        hats::naming::name(&self.by(welcomer)?, slug, &naming).await?;
        Ok(())
    }

    /// Accepts the hat that waits.
    async fn say_yes(&self, handle: &str) -> Result<()> {
        let cx = self.by(handle)?;
        for waits in membership::store::waiting(&cx).await? {
            if let membership::store::Waiting::Hat { id, .. } = waits {
                hats::accept(&cx, id).await?;
            }
        }
        Ok(())
    }

    async fn found(&self, about: &About, founder: &str) -> Result<()> {
        let new = NewCommunity {
            name: Line(about.name.clone()),
            slug: Line(about.slug.clone()),
            domain: Words(about.domain.clone()),
            purpose: Words(about.purpose.clone()),
            practice: Words(about.practice.clone()),
            openness: about.openness.parse().ok(),
            stage: about.stage.parse().ok(),
        };
        self.clock.advance(clock::MINUTE)?;
        membership::acts::found(&self.by(founder)?, &new).await?;
        Ok(())
    }

    async fn add_kinds(&self, about: &About, founder: &str, kinds: &[OwnKind]) -> Result<()> {
        for kind in kinds {
            let saying = Saying {
                word: Line(kind.word.clone()),
                plural: Line(kind.plural.clone()),
                prompt: Line(kind.prompt.clone()),
                asks: kind.asks,
                ending: kind.ending,
                ..Saying::default()
            };
            self.clock.advance(clock::MINUTE)?;
            conversation::kinds::add(&self.by(founder)?, &about.slug, &saying).await?;
        }
        Ok(())
    }

    /// Voices say what they said, with their own distances in time, ending a few hours ago.
    async fn remember(&mut self, set: &Set) -> Result<()> {
        let c = community::store::by_slug(&self.cx, &set.community.slug).await?.context("the sample's community")?;
        let mut voices = HashMap::new();
        for voice in &set.voices {
            let id = person::acts::remember_voice(&self.cx, &set.origin, &voice.name, "").await?;
            voices.insert(voice.key.as_str(), id);
        }
        let newest = set.conversations.iter().map(newest_of).max().unwrap_or(0);
        let moved = Moved { voices, by: self.now.0 - 5 * clock::HOUR - newest, community: c.id };
        for talk in &set.conversations {
            let mut batch = Batch::new();
            let trail = match &talk.trail {
                None => None,
                Some(title) => Some((self.trail(&mut batch, title, c.id)?, title.clone())),
            };
            let kind: Option<Kind> = talk.kind.as_deref().and_then(|k| k.parse().ok());
            let it = Remembered {
                community: c.id,
                voice: moved.voice(&talk.author)?,
                answers: None,
                kind,
                asks: kind.is_some_and(Kind::asks),
                audience: conversation::For::Open,
                title: talk.title.as_deref().unwrap_or_default(),
                words: &talk.words,
                quote: "",
                gone: false,
                work: talk.work.as_deref().unwrap_or_default(),
                link: talk.link.as_deref().unwrap_or_default(),
                trail,
                at: moved.at(&talk.at)?,
            };
            let (root, _) = conversation::remember(&mut batch, &self.cx, &it)?;
            moved.answers(&mut batch, &self.cx, &talk.replies, root, (root, 0))?;
            self.cx.db().write(batch).await?;
        }
        Ok(())
    }

    fn trail(&mut self, batch: &mut Batch, title: &str, community: CommunityId) -> Result<TrailId> {
        if let Some(known) = self.trails.get(title) {
            return Ok(*known);
        }
        let id = narration::remember_trail(batch, &self.cx, title, community)?;
        self.trails.insert(title.to_owned(), id);
        Ok(id)
    }

    /// Each says their lines in the order of time.
    async fn speak(&mut self, lines: &[Spoken]) -> Result<()> {
        let mut turns: Vec<Turn> = lines.iter().map(|l| Turn { hours_ago: l.hours_ago, what: What::Line(l.clone()) }).collect();
        turns.sort_by(|a, b| a.hours_ago.total_cmp(&b.hours_ago));
        while let Some(turn) = turns.pop() {
            self.until(turn.hours_ago)?;
            let later = match turn.what {
                What::Line(line) => self.say(&line).await?,
                What::Reply(to, reply) => self.answer(to, &reply).await?,
                What::Ending(of, person, ended) => self.end(of, &person, &ended).await?,
            };
            turns.extend(later);
            turns.sort_by(|a, b| a.hours_ago.total_cmp(&b.hours_ago));
        }
        Ok(())
    }

    async fn say(&mut self, line: &Spoken) -> Result<Vec<Turn>> {
        let cx = self.by(&line.person)?;
        let kind: Option<Kind> = line.kind.as_deref().and_then(|k| k.parse().ok());
        let joined = membership::acts::join(&cx, &line.community, &Joining::default()).await?;
        let id = match &line.trail {
            Some(title) => self.narrate_on(&cx, line, kind, title).await?,
            None => {
                let new = NewContribution {
                    words: Words(line.words.clone()),
                    title: Line(line.title.clone().unwrap_or_default()),
                    kind,
                    ..NewContribution::default()
                };
                conversation::acts::contribute(&cx, Some(&joined.slug), &new, &Lineage::default()).await?
            }
        };
        for thanked in &line.thanks {
            let words = Thanking { words: Line(thanked.words.clone()) };
            conversation::thank(&self.by(&thanked.person)?, id, &words).await?;
        }
        for person in &line.me_too {
            conversation::me_too(&self.by(person)?, id).await?;
        }
        let ending = line.ending.iter().map(|e| Turn { hours_ago: e.hours_ago, what: What::Ending(id, line.person.clone(), e.clone()) });
        let replies = line.replies.iter().map(|r| Turn { hours_ago: r.hours_ago, what: What::Reply(id, r.clone()) });
        Ok(replies.chain(ending).collect())
    }

    /// Says how it ended, and points at the first answers of those who are named.
    async fn end(&self, of: ContributionId, person: &str, ended: &Ended) -> Result<Vec<Turn>> {
        let cx = self.by(person)?;
        let replies = conversation::store::replies(&cx, of, kernel::Cursor::OLDEST, 100).await?.items;
        let named = |s: &Said| s.parent == Some(of) && s.author.handle.as_ref().is_some_and(|h| ended.points_at.contains(h));
        let new = NewEnding { words: Words(ended.words.clone()), replies: replies.iter().filter(|s| named(s)).map(|s| s.id).collect() };
        conversation::endings::say(&cx, of, &new).await?;
        Ok(Vec::new())
    }

    async fn narrate_on(&mut self, cx: &Cx, line: &Spoken, kind: Option<Kind>, title: &str) -> Result<ContributionId> {
        let known = self.trails.get(title).copied();
        let narrating = Narrating {
            words: Words(line.words.clone()),
            community: Line(line.community.clone()),
            kind,
            trail: Line(known.map_or_else(|| "new".to_owned(), |t| t.to_string())),
            trail_title: Line(if known.is_some() { String::new() } else { title.to_owned() }),
            ..Narrating::default()
        };
        let id = narration::acts::narrate(cx, &narrating).await?;
        if known.is_none() {
            let said = conversation::store::one(cx, id).await?.context("what was just said")?;
            if let Some((trail, _)) = said.trail {
                self.trails.insert(title.to_owned(), trail);
            }
        }
        Ok(id)
    }

    async fn answer(&self, to: ContributionId, reply: &Reply) -> Result<Vec<Turn>> {
        let new = NewReply {
            words: Words(reply.words.clone()),
            quote: Words(reply.quote.clone().unwrap_or_default()),
            ..NewReply::default()
        };
        let id = conversation::acts::reply(&self.by(&reply.person)?, to, &new).await?;
        Ok(reply.replies.iter().map(|r| Turn { hours_ago: r.hours_ago, what: What::Reply(id, r.clone()) }).collect())
    }
}

struct Turn {
    hours_ago: f64,
    what: What,
}

enum What {
    Line(Spoken),
    Reply(ContributionId, Reply),
    Ending(ContributionId, String, Ended),
}

fn newest_of(talk: &Talk) -> i64 {
    fn answers(list: &[Answer]) -> i64 {
        list.iter().map(|a| time(&a.at).max(answers(&a.replies))).max().unwrap_or(0)
    }
    time(&talk.at).max(answers(&talk.replies))
}

fn time(text: &str) -> i64 {
    Timestamp::parse(text).map_or(0, |t| t.0)
}

/// A set's voices, and how far its times are moved.
struct Moved<'a> {
    voices: HashMap<&'a str, VoiceId>,
    by: i64,
    community: CommunityId,
}

impl Moved<'_> {
    fn voice(&self, key: &str) -> Result<VoiceId> {
        self.voices.get(key).copied().with_context(|| format!("no voice {key} in a sample set"))
    }

    fn at(&self, text: &str) -> Result<Timestamp> {
        Ok(Timestamp::parse(text).with_context(|| format!("no time: {text}"))?.plus(self.by))
    }

    fn answers(&self, batch: &mut Batch, cx: &Cx, list: &[Answer], root: ContributionId, to: (ContributionId, i64)) -> Result<()> {
        for answer in list {
            let it = Remembered {
                community: self.community,
                voice: self.voice(&answer.author)?,
                answers: Some((root, to.0, to.1)),
                kind: None,
                asks: false,
                audience: conversation::For::Open,
                title: "",
                words: &answer.words,
                quote: "",
                gone: false,
                work: "",
                link: "",
                trail: None,
                at: self.at(&answer.at)?,
            };
            let made = conversation::remember(batch, cx, &it)?;
            self.answers(batch, cx, &answer.replies, root, made)?;
        }
        Ok(())
    }
}
