//! The figures of a season by their names, and the things behind each.

use cycles::{Cycles, Figure, Season};
use kernel::{CommunityId, Cx, Result, Timestamp, Val, clock, vals};
use shell::words;

use crate::facts;

kernel::choice! {
    /// One figure of a season.
    pub enum Name {
        Answered = "answered", Thanks = "thanks", Practices = "practices", Ties = "ties", People = "people", Adopted = "adopted",
        FirstUse = "first-use", Kept = "kept", Outcomes = "outcomes", Attested = "attested", Reframed = "reframed",
    }
}

kernel::choice! {
    pub enum Cycle { Immediate = "immediate", Potential = "potential", Applied = "applied", Realised = "realised", Reframed = "reframed" }
}

/// As long as a community has not declared its own.
pub const SEASON: i64 = 90 * clock::DAY;

/// The ninety days before a moment, looked at now.
pub fn season(until: Timestamp, now: Timestamp) -> Season {
    Season { from: until.minus(SEASON).0, to: until.0, as_of: now.0 }
}

pub async fn of(cx: &Cx, community: CommunityId, season: Season) -> Result<Cycles> {
    Ok(Cycles::of(&facts::of_season(cx, community, season).await?, season))
}

impl Name {
    pub fn cycle(self) -> Cycle {
        match self {
            Self::Answered | Self::Thanks => Cycle::Immediate,
            Self::Practices | Self::Ties => Cycle::Potential,
            Self::People | Self::Adopted | Self::FirstUse | Self::Kept => Cycle::Applied,
            Self::Outcomes | Self::Attested => Cycle::Realised,
            Self::Reframed => Cycle::Reframed,
        }
    }

    pub fn figure(self, all: &Cycles) -> &Figure {
        match self {
            Self::Answered => &all.immediate.answered,
            Self::Thanks => &all.immediate.thanks,
            Self::Practices => &all.potential.practices,
            Self::Ties => &all.potential.ties,
            Self::People => &all.applied.people,
            Self::Adopted => &all.applied.adopted,
            Self::FirstUse => &all.applied.first_use,
            Self::Kept => &all.applied.kept,
            Self::Outcomes => &all.realised.outcomes,
            Self::Attested => &all.realised.attested,
            Self::Reframed => &all.reframed,
        }
    }

    /// What stands beside the number.
    pub fn label(self) -> &'static str {
        match self {
            Self::Answered => "of what was asked has an answer by somebody else",
            Self::Thanks => "thanks for each who said something",
            Self::Practices => "practices begun",
            Self::Ties => "pairs who dealt with each other for the first time",
            Self::People => "people told a change in how they work",
            Self::Adopted => "of the practices found a use within ninety days",
            Self::FirstUse => "days until a practice was first used (median)",
            Self::Kept => "of the changes are kept after ninety days",
            Self::Outcomes => "changes of which it is told what came of them",
            Self::Attested => "of these, somebody else has seen",
            Self::Reframed => "times the purpose was said anew because of a story",
        }
    }

    fn is_share(self) -> bool {
        matches!(self, Self::Answered | Self::Adopted | Self::Kept | Self::Attested)
    }

    /// As people read it: a share in percent, else a number; a dash where there is nothing to say.
    pub fn said(self, figure: &Figure) -> String {
        match figure.value {
            None => "–".into(),
            Some(value) if self.is_share() => format!("{:.0} %", value * 100.0),
            Some(value) => format!("{value:.1}").trim_end_matches(".0").to_owned(),
        }
    }
}

impl Cycle {
    pub fn title(self) -> &'static str {
        match self {
            Self::Immediate => "We took part",
            Self::Potential => "Something to use",
            Self::Applied => "Somebody works differently",
            Self::Realised => "It made a difference",
            Self::Reframed => "We now want something else",
        }
    }

    pub fn figures(self) -> impl Iterator<Item = Name> {
        Name::ALL.iter().copied().filter(move |name| name.cycle() == self)
    }
}

/// Something behind a figure: what it says, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    pub id: i64,
    pub title: String,
    pub path: String,
}

/// The things of a figure, as far as the viewer sees them; in the order of their ids, a thousand at most.
pub async fn behind(cx: &Cx, name: Name, slug: &str, ids: &[i64]) -> Result<Vec<Behind>> {
    let said = "select c.id, c.title, c.words, c.root from contribution c where in_ids(c.id, ?1) and visible_to(c.root, ?2) and unblocked_by(c.author, ?2) order by c.id limit 1000";
    let thanks = "select t.id, t.words, c.words, c.root from thanks t join contribution c on c.id = t.contribution
        where in_ids(t.id, ?1) and visible_to(c.root, ?2) and unblocked_by(t.person, ?2) order by t.id limit 1000";
    let practices = "select p.id, p.title, '', p.id from practice p where in_ids(p.id, ?1) and visible_to(p.id, ?2) order by p.id limit 1000";
    let changes = "select h.id, h.now_does, '', h.id from change h where in_ids(h.id, ?1) and visible_to(h.id, ?2) and unblocked_by(h.person, ?2) order by h.id limit 1000";
    let (sql, place) = match name {
        // A tie is between two people: how many there are is all that is told.
        Name::Ties => return Ok(Vec::new()),
        Name::Reframed => {
            let one = |id: &i64| Behind { id: *id, title: id.to_string(), path: format!("/c/{slug}/charter") };
            return Ok(ids.iter().map(one).collect());
        }
        Name::Answered => (said, "/conversations/"),
        Name::Thanks => (thanks, "/conversations/"),
        Name::Practices | Name::Adopted | Name::FirstUse => (practices, "/stories/practices/"),
        Name::People | Name::Kept | Name::Outcomes | Name::Attested => (changes, "/stories/changes/"),
    };
    let one = |mut r: kernel::Row| {
        let (id, title, text, at): (i64, String, String, i64) = (r.take()?, r.take()?, r.take()?, r.take()?);
        let title = words::plain(if title.is_empty() { &text } else { &title }, 120);
        Ok(Behind { id, title, path: format!("{place}{at}") })
    };
    cx.db().query(sql, vals![Val::list(ids), cx.viewer]).await?.into_iter().map(one).collect()
}
