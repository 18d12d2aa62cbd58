//! One thing that was said, as its reader sees it: the row, and the partial that shows it in a stream.

use askama::Template;
use attachment::Attached;
use community::{Openness, Stage};
use kernel::{CommunityId, PersonId, Result, Row, Timestamp};
use shell::{Html, T, Visit, words};

use crate::care::Why;
use crate::holding::Held;
use crate::{ContributionId, Ending, Fades, For, Kind, TrailId};

#[derive(Clone, Debug)]
pub struct Said {
    pub id: ContributionId,
    pub root: ContributionId,
    pub parent: Option<ContributionId>,
    pub depth: i64,
    pub place: Option<Place>,
    pub author: Author,
    pub kind: Option<Kind>,
    /// The community's own word for the kind, and the language of that word; empty where it is the usual one.
    pub called: (String, String),
    /// How it may end: the built-in kind says it, or the community of its own one.
    pub ending: Option<Ending>,
    pub title: String,
    pub words: String,
    pub html: Html,
    pub audience: For,
    pub asks: bool,
    pub quote: String,
    pub work: String,
    pub trail: Option<(TrailId, String)>,
    pub grew_from: Option<ContributionId>,
    pub link: String,
    pub version: i64,
    pub at: Timestamp,
    pub edited_at: Option<Timestamp>,
    /// Taken back by its author, or faded: an empty place.
    pub withdrawn: bool,
    pub fades_at: Option<Timestamp>,
    /// Past its time. What it was is told to nobody, also before it is taken out of the database.
    pub faded: bool,
    pub care: Care,
    /// What stands with the words.
    pub attached: Vec<Attached>,
    /// Answers in it that were not withdrawn, 1,001 for more than a thousand; for openings in streams.
    pub replies: i64,
}

/// What stewards did about it, and what its viewer is spared.
#[derive(Clone, Debug, Default)]
pub struct Care {
    pub hidden: Option<Why>,
    /// The conversation takes no more answers.
    pub closed: Option<Why>,
    pub moved: Option<Why>,
    /// It waits for a steward, and others do not see it yet.
    pub held: Option<Held>,
    /// The viewer blocked its author.
    pub blocked: bool,
    /// The viewer wrote it or is a steward here, and reads it in any case.
    pub keeper: bool,
}

impl Care {
    /// Its words are not for this viewer.
    pub fn covered(&self) -> bool {
        self.blocked || (self.hidden.is_some() && !self.keeper)
    }
}

/// The community that something stands in.
#[derive(Clone, Debug)]
pub struct Place {
    pub id: CommunityId,
    pub slug: String,
    pub name: String,
    pub openness: Openness,
    pub stage: Stage,
}

/// A person, or a voice that is remembered from an archive.
#[derive(Clone, Debug)]
pub struct Author {
    pub id: i64,
    pub name: String,
    /// None for voices, and for persons who have left.
    pub handle: Option<String>,
    /// Where a voice spoke.
    pub origin: Option<String>,
    /// Whose words a voice's are, if they claimed them: under their name, and with no right over them but to withdraw them.
    pub claimed: Option<PersonId>,
}

impl Author {
    pub fn is(&self, person: Option<PersonId>) -> bool {
        self.origin.is_none() && person.is_some_and(|p| p.0 == self.id)
    }

    /// The viewer said it as a voice that they claimed.
    pub fn was(&self, person: Option<PersonId>) -> bool {
        self.claimed.is_some() && self.claimed == person
    }

    /// Whom it concerns when something is wrong with it: who said it, or claimed the voice that did.
    pub fn concerned(&self) -> Option<PersonId> {
        self.person().or(self.claimed)
    }

    pub fn person(&self) -> Option<PersonId> {
        self.origin.is_none().then_some(PersonId(self.id))
    }
}

impl Said {
    pub(crate) fn from_row(mut row: Row, now: Timestamp) -> Result<Self> {
        Self::begin(&mut row, now)
    }

    /// Reads its columns from the beginning of a row, and leaves the rest.
    pub(crate) fn begin(r: &mut Row, now: Timestamp) -> Result<Self> {
        let (id, root, parent, depth) = (r.take()?, r.take()?, r.take()?, r.take()?);
        let community: Option<CommunityId> = r.take()?;
        let (slug, name): (Option<String>, Option<String>) = (r.take()?, r.take()?);
        let (openness, stage): (Option<Openness>, Option<Stage>) = (r.take()?, r.take()?);
        let place = match (community, slug, name, openness, stage) {
            (Some(id), Some(slug), Some(name), Some(openness), Some(stage)) => Some(Place { id, slug, name, openness, stage }),
            _ => None,
        };
        let author = Author {
            id: r.take()?,
            name: r.take::<Option<String>>()?.unwrap_or_default(),
            handle: r.take::<Option<String>>()?.filter(|h| !h.starts_with("former-")),
            origin: r.take()?,
            claimed: r.take()?,
        };
        let kind: Option<Kind> = r.take::<String>()?.parse().ok();
        let called = (r.take()?, r.take()?);
        let own_ending: String = r.take()?;
        let ending = kind.and_then(|k| if k.is_own() { own_ending.parse().ok() } else { k.ending() });
        let (title, words, html) = (r.take()?, r.take()?, Html::trusted(r.take()?));
        let (audience, asks, quote, work) = (r.take()?, r.take()?, r.take()?, r.take()?);
        let (trail, trail_title): (Option<TrailId>, String) = (r.take()?, r.take()?);
        let mut said = Self {
            id,
            root,
            parent,
            depth,
            place,
            author,
            kind,
            called,
            ending,
            title,
            words,
            html,
            audience,
            asks,
            quote,
            work,
            trail: trail.map(|id| (id, trail_title)),
            grew_from: r.take()?,
            link: r.take()?,
            version: r.take()?,
            at: r.take()?,
            edited_at: r.take()?,
            withdrawn: r.take::<Option<i64>>()?.is_some(),
            fades_at: r.take()?,
            faded: false,
            care: Care {
                hidden: Why::of(&r.take::<String>()?),
                closed: r.take::<Option<String>>()?.and_then(|why| Why::of(&why)),
                moved: Why::of(&r.take::<String>()?),
                held: Held::of(&r.take::<String>()?),
                blocked: r.take()?,
                keeper: r.take()?,
            },
            attached: Vec::new(),
            replies: 0,
        };
        // A quote fades with what it quotes.
        if r.take::<Option<Timestamp>>()?.is_some_and(|at| at <= now) {
            said.quote = String::new();
        }
        said.attached = attachment::shown::read(&r.take::<String>()?);
        said.replies = r.take()?;
        if said.fades_at.is_some_and(|at| at <= now) {
            said.fade();
        }
        if said.care.covered() {
            said.cover();
        }
        Ok(said)
    }

    fn fade(&mut self) {
        (self.faded, self.withdrawn) = (true, true);
        (self.words, self.title, self.quote, self.work) = Default::default();
        (self.html, self.kind, self.asks, self.edited_at) = Default::default();
        (self.author.name, self.author.handle, self.attached) = Default::default();
    }

    /// How long after it was said it fades, in a conversation that does.
    pub fn fades(&self) -> Option<Fades> {
        self.fades_at.and_then(|at| Fades::of(at.0 - self.at.0))
    }

    /// Words that are not for this viewer leave nothing of themselves; of who is blocked, not even the name.
    fn cover(&mut self) {
        (self.title, self.words, self.quote, self.work, self.link) = Default::default();
        (self.html, self.trail, self.attached) = (Html::default(), None, Vec::new());
        if self.care.blocked {
            (self.author.name, self.author.handle) = (String::new(), None);
        }
    }

    /// The quiet line that stands where there are no words for this viewer.
    pub fn quiet(&self) -> Option<&'static str> {
        match () {
            () if self.care.blocked => Some("Words of somebody you blocked"),
            () if self.faded => Some("This has faded"),
            () if self.withdrawn => Some("Withdrawn by its author"),
            () if self.care.covered() => Some("Hidden by a steward"),
            () => None,
        }
    }

    pub fn path(&self) -> String {
        if self.root == self.id { format!("/conversations/{}", self.id) } else { format!("/conversations/{}#r{}", self.root, self.id) }
    }

    /// Its title, or its first words.
    pub fn heading(&self) -> String {
        if self.title.is_empty() { words::plain(&self.words, 90) } else { self.title.clone() }
    }

    /// Long words are cut in a stream, to be read on in their conversation.
    fn excerpt(&self) -> Option<String> {
        (self.words.chars().count() > 900).then(|| words::plain(&self.words, 420))
    }

    /// As the community says it.
    pub fn kind_word(&self, t: &T) -> &str {
        match (&self.kind, self.called.0.as_str()) {
            (None, _) => "",
            (Some(kind), "") if kind.is_own() => kind.word(),
            (Some(kind), "") => t.say(kind.usual_word()),
            (Some(_), word) => word,
        }
    }

    /// Nothing where it is open: that is the usual.
    pub fn audience_word(&self, t: &T) -> &'static str {
        match self.audience {
            For::Me => t.say("only you"),
            For::Named => t.say("for named people"),
            For::Community => t.say("for the community"),
            For::Open => "",
        }
    }

    /// The host of the work it points at.
    pub fn work_name(&self) -> &str {
        let rest = self.work.split_once("://").map_or(self.work.as_str(), |(_, rest)| rest);
        rest.split('/').next().unwrap_or(rest)
    }

    pub fn work_is_link(&self) -> bool {
        self.work.starts_with("https://") || self.work.starts_with("http://")
    }
}

#[derive(Template)]
#[template(path = "said.html")]
struct SaidItem<'a> {
    t: T,
    s: &'a Said,
    when: Html,
    excerpt: Option<String>,
    heading: Option<String>,
    /// The community is not said again on its own pages.
    with_place: bool,
    attachments: Html,
}

/// One item of a stream, the same on every page.
pub fn item(visit: &Visit, s: &Said, with_place: bool) -> Result<Html> {
    Html::of(&SaidItem {
        t: visit.t,
        s,
        when: visit.time(s.at),
        excerpt: s.excerpt(),
        heading: (!s.title.is_empty()).then(|| s.title.clone()),
        with_place,
        attachments: attachment::shown::html(visit.t, &s.attached, true)?,
    })
}
