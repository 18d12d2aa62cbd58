//! The shape of the ties in an archive, drawn so that nobody can be singled out, and how much of it joins its parts.

use std::collections::HashMap;

use pulse::DAY;
use rusqlite::params;
use serde::Serialize;
use ties::shape::{PEOPLE_AT_LEAST, Shape, Thickness};
use ties::{Act, Belonging, Kind, Network, Settings};

use super::facts::days;
use super::people::About;
use super::{Look, Told};
use crate::stage::Failed;

/// Without names, and in no order that says anything.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Drawing {
    /// Drawn, and tied but not drawn; both rounded down to 5.
    pub people: u32,
    pub beside: u32,
    /// A dot is a cluster of people and not one person.
    pub of_clusters: bool,
    pub dots: Vec<Dot>,
    pub lines: Vec<Line>,
    /// After so many days an act counts half: long enough that none of the whole time is forgotten.
    pub half_life_days: f64,
    /// In percent of the ties, rounded to 5: strong, the others are weak.
    pub strong: u32,
    pub parted: Parted,
    /// Into how many parts of five people or more.
    pub parts: usize,
    /// In percent of all strength, rounded to 5: between parts.
    pub crossing: u32,
    /// In percent of the ties, rounded to 5: join parts, and hardly anybody else does where they are.
    pub bridges: u32,
    /// How many ties that are, rounded.
    pub bridge_ties: About,
}

/// What the parts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Parted {
    /// Where each speaks most.
    Communities,
    /// Who is tied to each other more than to others.
    Clusters,
}

/// From 0, left and above, to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Dot {
    pub x: f32,
    pub y: f32,
    /// 0 for people; of clusters, in which third of the sizes.
    pub size: u8,
    pub part: u16,
}

/// Between two dots by their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    pub a: u32,
    pub b: u32,
    /// 0 thin, 1 middle, 2 thick.
    pub strength: u8,
    pub crosses: bool,
}

/// The same drawing each time.
const SEED: u64 = 7;
/// A part that fewer people call theirs is none.
const PART_AT_LEAST: usize = 5;
const TOO_FEW: &str = "Nothing is drawn: there are ties between fewer than 20 people, and nobody may be singled out.";
const NOTHING_LEFT: &str = "Nothing is drawn: in what is left once nobody can be singled out, there is no shape.";

impl Look<'_> {
    pub(super) fn drawing(&self) -> Result<Told<Drawing>, Failed> {
        let settings = Settings { half_life_days: self.half_life(), ..Settings::default() };
        let network = Network::of(self.facts.people, &self.acts()?, self.as_of, &settings);
        let tied: Vec<u32> = (0..network.people()).filter(|person| network.degree(*person) > 0).collect();
        if tied.len() < PEOPLE_AT_LEAST {
            return Ok(Told::not(TOO_FEW));
        }
        let Some(shape) = Shape::of(&network, SEED) else { return Ok(Told::not(NOTHING_LEFT)) };
        let (homes, sizes) = self.homes(&tied);
        let parted = if sizes > 1 { Parted::Communities } else { Parted::Clusters };
        let (belonging, parts) = match parted {
            Parted::Communities => (Belonging::of_each(&homes), sizes),
            Parted::Clusters => clusters(&network, &tied),
        };
        let (strong, weak) = network.strong_and_weak();
        let bridges = network.bridges(&belonging).len();
        let fives = |share: f64| (share * 20.0).round() as u32 * 5;
        Ok(Told::Is(Drawing {
            people: shape.people,
            beside: shape.beside,
            of_clusters: shape.of_clusters,
            dots: shape.dots.iter().map(|dot| Dot { x: dot.x, y: dot.y, size: dot.size, part: dot.cluster }).collect(),
            lines: shape.lines.iter().map(line).collect(),
            half_life_days: settings.half_life_days.round(),
            strong: fives(super::saying::share(strong, strong + weak)),
            parted,
            parts,
            crossing: fives(network.crossing(&belonging).unwrap_or(0.0)),
            bridges: fives(super::saying::share(bridges, strong + weak)),
            bridge_ties: pulse::privacy::rounded(u32::try_from(bridges).unwrap_or(u32::MAX)).into(),
        }))
    }

    /// One reply at the archive's beginning counts 1/8 at its end, which is a weak tie still.
    fn half_life(&self) -> f64 {
        let span = self.facts.span;
        Settings::default().half_life_days.max(days(span.from, span.to) as f64 / 2.0)
    }

    /// Replies, mentions, thanks, and that somebody's answer helped.
    fn acts(&self) -> Result<Vec<Act>, Failed> {
        let facts = &self.facts.facts;
        let mut acts = Vec::with_capacity(facts.len());
        for (place, fact) in (0..).zip(facts) {
            if let Some(toward) = self.talk.answers_whom(place) {
                acts.push(Act { kind: Kind::Reply, from: fact.who, toward, at: fact.at, addressed: 1 });
            }
        }
        for toward in &self.facts.toward {
            let Some(fact) = facts.get(toward.place as usize) else { continue };
            // Who is answered is addressed by the reply already.
            if self.talk.answers_whom(toward.place) != Some(toward.who) {
                acts.push(Act { kind: Kind::Mention, from: fact.who, toward: toward.who, at: fact.at, addressed: toward.addressed });
            }
        }
        self.thanks(&mut acts)?;
        self.helped(&mut acts)?;
        Ok(acts)
    }

    fn thanks(&self, acts: &mut Vec<Act>) -> Result<(), Failed> {
        let sql = "select t.voice, s.n, coalesce(t.at, s.at) from thanks t join said s on s.id = t.said where t.voice is not null";
        let mut thanks = self.stage.db().prepare(sql)?;
        let mut rows = thanks.query(params![])?;
        while let Some(row) = rows.next()? {
            let from = self.facts.who_is(&row.get::<_, String>(0)?);
            let toward = self.facts.place(row.get(1)?).and_then(|place| self.talk.fact(place));
            if let (Some(from), Some(toward)) = (from, toward) {
                acts.push(Act { kind: Kind::Thanks, from, toward: toward.who, at: row.get(2)?, addressed: 1 });
            }
        }
        Ok(())
    }

    fn helped(&self, acts: &mut Vec<Act>) -> Result<(), Failed> {
        let sql = "select q.n, a.n from helped h join said q on q.id = h.question join said a on a.id = h.answer";
        let mut helped = self.stage.db().prepare(sql)?;
        let mut rows = helped.query(params![])?;
        while let Some(row) = rows.next()? {
            let fact = |n: u32| self.facts.place(n).and_then(|place| self.talk.fact(place));
            if let (Some(question), Some(answer)) = (fact(row.get(0)?), fact(row.get(1)?)) {
                acts.push(Act { kind: Kind::Helped, from: question.who, toward: answer.who, at: answer.at.max(question.at), addressed: 1 });
            }
        }
        Ok(())
    }

    /// Where each person speaks most, and how many such places there are with five people or more who have ties.
    fn homes(&self, tied: &[u32]) -> (Vec<u32>, usize) {
        let mut said: Vec<(u32, u32)> = self.facts.facts.iter().zip(&self.facts.communities).map(|(fact, community)| (fact.who, *community)).collect();
        said.sort_unstable();
        let mut homes = vec![0; self.facts.people as usize];
        for of_person in said.chunk_by(|one, next| one.0 == next.0) {
            let most = of_person.chunk_by(|one, next| one == next).max_by_key(|of_place| of_place.len());
            if let Some((who, community)) = most.and_then(<[_]>::first)
                && let Some(home) = homes.get_mut(*who as usize)
            {
                *home = *community;
            }
        }
        let mut sizes = HashMap::<u32, usize>::new();
        for home in tied.iter().filter_map(|person| homes.get(*person as usize)) {
            *sizes.entry(*home).or_default() += 1;
        }
        let parts = sizes.values().filter(|size| **size >= PART_AT_LEAST).count();
        (homes, parts)
    }
}

fn clusters(network: &Network, tied: &[u32]) -> (Belonging, usize) {
    let clusters = network.clusters();
    let mut sizes = HashMap::<u32, usize>::new();
    for cluster in tied.iter().filter_map(|person| clusters.get(*person as usize)) {
        *sizes.entry(*cluster).or_default() += 1;
    }
    let parts = sizes.values().filter(|size| **size >= PART_AT_LEAST).count();
    (Belonging::of_each(&clusters), parts)
}

fn line(line: &ties::shape::Line) -> Line {
    let strength = match line.strength {
        Thickness::Thin => 0,
        Thickness::Middle => 1,
        Thickness::Thick => 2,
    };
    Line { a: line.a, b: line.b, strength, crosses: line.crosses }
}

const _: () = assert!(DAY == ties::DAY);
