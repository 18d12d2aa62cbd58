//! All ties of a set of people at one moment, in flat arrays (compressed rows), computed from their acts in one pass.

use crate::act::{Act, Settings};
use crate::side::{Side, Standing, Tie};

/// A tie between two people, at the moment of its [`Network`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bond {
    /// The smaller number of the two.
    pub a: u32,
    pub b: u32,
    /// *S* (FORMULAS.md, "Ties").
    pub strength: f64,
    pub standing: Standing,
    pub fading: bool,
    /// The first act between them, in microseconds since 1970: when the tie began.
    pub since: i64,
}

/// Who is tied to whom, and how strongly. Dormant ties are in [`Network::bonds`] and nowhere else.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Network {
    /// Where the row of each person begins; one more at the end.
    starts: Vec<usize>,
    neighbours: Vec<u32>,
    strengths: Vec<f64>,
    bonds: Vec<Bond>,
}

/// One act as the sorting sees it: by pair, then by side, then by time.
#[derive(Clone, Copy)]
struct Step {
    pair: u64,
    back: bool,
    at: i64,
    adds: f64,
}

impl Network {
    /// The ties of the people `0..people` at a moment. Acts after it, acts toward oneself and acts of somebody beyond `people` are left
    /// out. The order of the acts does not matter; memory is 32 bytes an act beside what is given back.
    pub fn of(people: u32, acts: &[Act], at: i64, settings: &Settings) -> Self {
        let mut steps: Vec<Step> = acts
            .iter()
            .filter(|act| act.at <= at)
            .filter_map(|act| step(people, act))
            .collect();
        steps.sort_unstable_by_key(|step| (step.pair, step.back, step.at));
        let bonds = steps
            .chunk_by(|one, next| one.pair == next.pair)
            .map(|of_pair| bond(of_pair, at, settings))
            .collect();
        Self::from_bonds(people, bonds)
    }

    /// A network of strengths that are known already: those within what a viewer may see, or of another source. A pair that is given
    /// more than once has the sum. What has no strength above 0 ties nobody.
    pub fn of_strengths(people: u32, strengths: impl IntoIterator<Item = (u32, u32, f64)>) -> Self {
        let mut pairs: Vec<(u32, u32, f64)> = strengths
            .into_iter()
            .filter(|(a, b, strength)| {
                a != b && *a < people && *b < people && *strength > 0.0 && strength.is_finite()
            })
            .map(|(a, b, strength)| (a.min(b), a.max(b), strength))
            .collect();
        pairs.sort_by_key(|(a, b, _)| (*a, *b));
        let bonds = pairs
            .chunk_by(|one, next| (one.0, one.1) == (next.0, next.1))
            .filter_map(summed)
            .collect();
        Self::from_bonds(people, bonds)
    }

    fn from_bonds(people: u32, bonds: Vec<Bond>) -> Self {
        let mut sizes = vec![0_usize; people as usize];
        let live = || {
            bonds
                .iter()
                .filter(|bond| bond.standing != Standing::Dormant)
        };
        for end in live().flat_map(|bond| [bond.a, bond.b]) {
            if let Some(size) = sizes.get_mut(end as usize) {
                *size += 1;
            }
        }
        let mut starts = Vec::with_capacity(sizes.len() + 1);
        starts.push(0);
        starts.extend(sizes.iter().scan(0, |sum, size| {
            *sum += size;
            Some(*sum)
        }));
        let places = starts.last().copied().unwrap_or(0);
        let (mut neighbours, mut strengths) = (vec![0; places], vec![0.0; places]);
        let mut next = starts.clone();
        // Bonds are sorted by (a, b). All that reach a person from below come before those that go up from them, so that rows are sorted, too.
        let mut put = |row: u32, other: u32, strength: f64| {
            let Some(place) = next.get_mut(row as usize) else {
                return;
            };
            if let (Some(neighbour), Some(weight)) =
                (neighbours.get_mut(*place), strengths.get_mut(*place))
            {
                (*neighbour, *weight) = (other, strength);
            }
            *place += 1;
        };
        for bond in live() {
            put(bond.b, bond.a, bond.strength);
        }
        for bond in live() {
            put(bond.a, bond.b, bond.strength);
        }
        Self {
            starts,
            neighbours,
            strengths,
            bonds,
        }
    }

    /// How many people the network is about, with and without ties.
    pub fn people(&self) -> u32 {
        u32::try_from(self.starts.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// Every tie, dormant ones too, by (a, b).
    pub fn bonds(&self) -> &[Bond] {
        &self.bonds
    }

    /// With whom somebody has a tie, by number.
    pub fn neighbours(&self, person: u32) -> &[u32] {
        self.row(person)
            .and_then(|row| self.neighbours.get(row))
            .unwrap_or_default()
    }

    /// The strengths of those ties, in the same order.
    pub fn strengths(&self, person: u32) -> &[f64] {
        self.row(person)
            .and_then(|row| self.strengths.get(row))
            .unwrap_or_default()
    }

    fn row(&self, person: u32) -> Option<std::ops::Range<usize>> {
        let person = person as usize;
        Some(*self.starts.get(person)?..*self.starts.get(person.checked_add(1)?)?)
    }

    /// With how many people somebody has a tie that is not dormant.
    pub fn degree(&self, person: u32) -> usize {
        self.neighbours(person).len()
    }

    /// The sum of somebody's ties.
    pub fn reach(&self, person: u32) -> f64 {
        self.strengths(person).iter().sum()
    }

    /// *S* of two people; 0 where they have no tie.
    pub fn strength(&self, a: u32, b: u32) -> f64 {
        let place = self.neighbours(a).binary_search(&b).ok();
        place
            .and_then(|place| self.strengths(a).get(place))
            .copied()
            .unwrap_or(0.0)
    }

    /// How many ties are strong, and how many weak: only their proportion is published.
    pub fn strong_and_weak(&self) -> (usize, usize) {
        let count = |standing| {
            self.bonds
                .iter()
                .filter(|bond| bond.standing == standing)
                .count()
        };
        (count(Standing::Strong), count(Standing::Weak))
    }

    /// How many ties began from one moment on, until before another.
    pub fn begun_between(&self, from: i64, until: i64) -> usize {
        self.bonds
            .iter()
            .filter(|bond| (from..until).contains(&bond.since))
            .count()
    }
}

fn step(people: u32, act: &Act) -> Option<Step> {
    let (low, high) = (act.from.min(act.toward), act.from.max(act.toward));
    (low != high && high < people).then(|| Step {
        pair: u64::from(low) << 32 | u64::from(high),
        back: act.from == high,
        at: act.at,
        adds: act.adds(),
    })
}

fn bond(steps: &[Step], at: i64, settings: &Settings) -> Bond {
    let mut tie = Tie::default();
    for step in steps {
        let side: &mut Side = if step.back {
            &mut tie.back
        } else {
            &mut tie.there
        };
        side.add_in_order(step.at, step.adds, settings);
    }
    let pair = steps.first().map_or(0, |step| step.pair);
    Bond {
        a: (pair >> 32) as u32,
        b: pair as u32,
        strength: tie.strength(at, settings),
        standing: tie.standing(at, settings),
        fading: tie.is_fading(at, settings),
        since: steps.iter().map(|step| step.at).min().unwrap_or(at),
    }
}

fn summed(pairs: &[(u32, u32, f64)]) -> Option<Bond> {
    let (a, b, _) = *pairs.first()?;
    let strength = pairs.iter().map(|(_, _, strength)| strength).sum();
    Some(Bond {
        a,
        b,
        strength,
        standing: Standing::Weak,
        fading: false,
        since: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::{DAY, Kind};
    use proptest::prelude::*;
    use std::collections::HashMap;

    const NOW: i64 = 20_000 * DAY;

    fn some_acts() -> impl Strategy<Value = Vec<Act>> {
        let kinds = prop::sample::select(vec![
            Kind::Reply,
            Kind::Mention,
            Kind::Visit,
            Kind::Gathering,
        ]);
        let act = (kinds, 0_u32..8, 0_u32..8, -5 * DAY..300 * DAY, 1_u32..4).prop_map(
            |(kind, from, toward, ago, addressed)| Act {
                kind,
                from,
                toward,
                at: NOW - ago,
                addressed,
            },
        );
        prop::collection::vec(act, 0..200)
    }

    proptest! {
        #[test]
        fn all_at_once_gives_what_act_by_act_gives(acts in some_acts()) {
            let settings = Settings::default();
            let network = Network::of(8, &acts, NOW, &settings);
            let mut in_order: Vec<_> = acts.into_iter().filter(|act| act.at <= NOW && act.from != act.toward).collect();
            in_order.sort_by_key(|act| act.at);
            let mut ties = HashMap::<(u32, u32), Tie>::new();
            for act in &in_order {
                let tie = ties.entry((act.from.min(act.toward), act.from.max(act.toward))).or_default();
                let side = if act.from < act.toward { &mut tie.there } else { &mut tie.back };
                prop_assert_eq!(side.add(act, &settings), Ok(()));
            }
            prop_assert_eq!(network.bonds().len(), ties.len());
            for bond in network.bonds() {
                let tie = ties.get(&(bond.a, bond.b)).unwrap();
                prop_assert!((bond.strength - tie.strength(NOW, &settings)).abs() < 1e-9);
                prop_assert_eq!(bond.standing, tie.standing(NOW, &settings));
                prop_assert_eq!(bond.fading, tie.is_fading(NOW, &settings));
                let seen = if bond.standing == Standing::Dormant { 0.0 } else { bond.strength };
                prop_assert_eq!(network.strength(bond.a, bond.b), seen);
                prop_assert_eq!(network.strength(bond.b, bond.a), seen);
            }
        }

        #[test]
        fn rows_are_sorted_and_the_same_from_both_ends(acts in some_acts()) {
            let network = Network::of(8, &acts, NOW, &Settings::default());
            for person in 0..8 {
                prop_assert!(network.neighbours(person).is_sorted_by(|a, b| a < b));
                for other in network.neighbours(person) {
                    prop_assert!(network.neighbours(*other).contains(&person));
                }
            }
        }
    }

    #[test]
    fn who_is_beyond_the_people_ties_nobody() {
        let act = |from, toward| Act {
            kind: Kind::Reply,
            from,
            toward,
            at: NOW,
            addressed: 1,
        };
        let network = Network::of(
            2,
            &[act(0, 1), act(1, 1), act(0, u32::MAX), act(7, 0)],
            NOW,
            &Settings::default(),
        );
        assert_eq!(network.bonds().len(), 1);
        assert_eq!(
            (network.degree(0), network.degree(1), network.degree(9)),
            (1, 1, 0)
        );
        assert_eq!(Network::default().people(), 0);
    }

    #[test]
    fn strengths_given_twice_are_added() {
        let network = Network::of_strengths(
            3,
            [
                (0, 1, 1.0),
                (1, 0, 2.0),
                (1, 2, f64::NAN),
                (2, 2, 1.0),
                (0, 2, 0.0),
            ],
        );
        assert_eq!(network.strength(1, 0), 3.0);
        assert_eq!(network.bonds().len(), 1);
        assert_eq!(network.reach(0), 3.0);
    }

    #[test]
    fn only_what_began_in_between_is_new() {
        let reply = |at| Act {
            kind: Kind::Reply,
            from: 0,
            toward: 1,
            at,
            addressed: 1,
        };
        let network = Network::of(
            2,
            &[reply(NOW - DAY), reply(NOW - 9 * DAY)],
            NOW,
            &Settings::default(),
        );
        assert_eq!(network.begun_between(NOW - 7 * DAY, NOW), 0);
        assert_eq!(network.begun_between(NOW - 10 * DAY, NOW), 1);
    }
}
