//! The shape of ties for a drawing in which nobody can be singled out.
//!
//! What is drawn has no names, no numbers of people and no order that says anything. Beyond that:
//!
//! - Nothing is drawn about fewer than 20 people (FORMULAS.md, "Privacy of aggregates").
//! - Up to 400 people are dots. Whoever has fewer than two lines is not drawn, so that no isolate and nobody who hangs by one tie stands apart;
//!   they are only in [`Shape::beside`], rounded. Nor is a group of fewer than five that is joined to nothing.
//! - Whatever number of lines a dot has, at least five dots have as many to within a quarter (k-degree anonymity, softened: Liu and Terzi
//!   2008, "Towards identity anonymization on graphs"). It is reached by leaving out weak lines, never by inventing any: who knows that somebody
//!   answers everybody cannot find them as the dot with most lines.
//! - Of the lines between two clusters nobody holds more than a third, so that at least three people on either side do, or there are none; and
//!   nobody is drawn without whom groups would come apart: there is no only bridge.
//! - Strengths are thirds (thin, middle, thick), not figures.
//! - With more people, a dot is a cluster of at least five people in one of three sizes, joined where at least five people hold the ties.
//! - The layout knows only what is drawn, and places are rounded.
//!
//! What this does not prevent: who knows nearly all the ties of a small community already may recognise their pattern. The drawing is for people
//! who may read what it was drawn from.

mod hiding;
mod layout;

use crate::clusters::{add, at};
use crate::network::Network;

/// Fewer people than this are not drawn.
pub const PEOPLE_AT_LEAST: usize = 20;
/// More dots than this are not drawn.
pub const DOTS_AT_MOST: usize = 400;
/// Nobody is drawn who is not one of so many that look alike.
pub const ALIKE: usize = 5;

/// A drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    pub dots: Vec<Dot>,
    pub lines: Vec<Line>,
    /// A dot is a cluster of at least five people, and not one person.
    pub of_clusters: bool,
    /// People in the drawing, rounded down to 5.
    pub people: u32,
    /// People with ties who are not drawn, rounded down to 5: 0 is "few, or none".
    pub beside: u32,
}

/// A person, or a cluster of people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dot {
    /// From 0, left, to 1.
    pub x: f32,
    /// From 0, above, to 1.
    pub y: f32,
    /// 0 for people; of clusters, in which third of the sizes.
    pub size: u8,
    /// Dots with the same number hold together; 0 holds to nothing in particular.
    pub cluster: u16,
}

/// A tie between two dots, by their places in [`Shape::dots`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    pub a: u32,
    pub b: u32,
    pub strength: Thickness,
    /// It joins different clusters.
    pub crosses: bool,
}

/// In which third of the drawn strengths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Thickness {
    Thin,
    Middle,
    Thick,
}

/// What is drawn before it has a place: dots by number, with how many people they are, and what is between them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sketch {
    /// People in each dot.
    pub people: Vec<usize>,
    /// The cluster of each dot.
    pub clusters: Vec<u32>,
    /// (a, b, strength), a < b.
    pub lines: Vec<(u32, u32, f64)>,
}

impl Shape {
    /// The drawing of a network, the same each time for the same seed; none where it would be about too few people, or where nothing is left
    /// once nobody can be singled out.
    pub fn of(network: &Network, seed: u64) -> Option<Self> {
        let tied = (0..network.people())
            .filter(|person| network.degree(*person) > 0)
            .count();
        let several = (0..network.people())
            .filter(|person| network.degree(*person) > 1)
            .count();
        if tied < PEOPLE_AT_LEAST {
            return None;
        }
        let of_clusters = several > DOTS_AT_MOST;
        let sketch = if of_clusters {
            hiding::clusters(network)
        } else {
            hiding::people(network)
        };
        let people: usize = sketch.people.iter().sum();
        if people < PEOPLE_AT_LEAST || sketch.people.len() < 2 {
            return None;
        }
        let places = layout::places(&sketch, seed);
        let (dots, lines) = placed(&sketch, &places, of_clusters);
        Some(Self {
            dots,
            lines,
            of_clusters,
            people: rounded(people),
            beside: rounded(tied.saturating_sub(people)),
        })
    }
}

/// Two numbers of lines that cannot be told apart at a glance: the larger is at most a quarter more.
fn are_alike(a: usize, b: usize) -> bool {
    a > 0 && b > 0 && a.max(b) * 4 <= a.min(b) * 5
}

fn rounded(people: usize) -> u32 {
    u32::try_from(people / 5 * 5).unwrap_or(u32::MAX)
}

/// Dots in the order of their places, which says nothing about anybody, and lines between them.
fn placed(sketch: &Sketch, places: &[(f32, f32)], of_clusters: bool) -> (Vec<Dot>, Vec<Line>) {
    let mut order: Vec<u32> = (0..).take(places.len()).collect();
    let place = |dot: u32| at(places, dot);
    order.sort_by(|a, b| {
        place(*a)
            .0
            .total_cmp(&place(*b).0)
            .then(place(*a).1.total_cmp(&place(*b).1))
    });
    let mut new_number = vec![0_u32; order.len()];
    for (number, dot) in (0..).zip(&order) {
        add(&mut new_number, *dot, number);
    }
    let clusters = in_order_of_appearance(
        &order,
        &sketch.clusters,
        if of_clusters { 1 } else { ALIKE },
    );
    let sizes = Thirds::of(sketch.people.iter().map(|people| *people as f64));
    let dot = |dot: &u32| Dot {
        x: place(*dot).0,
        y: place(*dot).1,
        size: if of_clusters {
            sizes.third(at(&sketch.people, *dot) as f64) as u8
        } else {
            0
        },
        cluster: at(&clusters, *dot),
    };
    let strengths = Thirds::of(sketch.lines.iter().map(|(_, _, strength)| *strength));
    let line = |(a, b, strength): &(u32, u32, f64)| {
        let (first, second) = (at(&new_number, *a), at(&new_number, *b));
        let crosses = at(&sketch.clusters, *a) != at(&sketch.clusters, *b);
        Line {
            a: first.min(second),
            b: first.max(second),
            strength: strengths.third(*strength),
            crosses,
        }
    };
    let mut lines: Vec<Line> = sketch.lines.iter().map(line).collect();
    lines.sort_by_key(|line| (line.a, line.b));
    (order.iter().map(dot).collect(), lines)
}

/// Clusters numbered from 1 as they appear from left to right; 0 where fewer dots than `least` are in one.
fn in_order_of_appearance(order: &[u32], clusters: &[u32], least: usize) -> Vec<u16> {
    let mut sizes = std::collections::HashMap::<u32, usize>::new();
    for cluster in clusters {
        *sizes.entry(*cluster).or_default() += 1;
    }
    let mut numbers = std::collections::HashMap::<u32, u16>::new();
    for dot in order {
        let cluster = at(clusters, *dot);
        if sizes.get(&cluster).is_some_and(|size| *size >= least) {
            let next = u16::try_from(numbers.len() + 1).unwrap_or(u16::MAX);
            numbers.entry(cluster).or_insert(next);
        }
    }
    clusters
        .iter()
        .map(|cluster| numbers.get(cluster).copied().unwrap_or(0))
        .collect()
}

/// Where the lower, the middle and the upper third of some values part.
struct Thirds(f64, f64);

impl Thirds {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let part = |n: usize| {
            values
                .get(values.len() * n / 3)
                .copied()
                .unwrap_or(f64::MAX)
        };
        Self(part(1), part(2))
    }

    fn third(&self, value: f64) -> Thickness {
        if value > self.1 {
            Thickness::Thick
        } else if value > self.0 {
            Thickness::Middle
        } else {
            Thickness::Thin
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
