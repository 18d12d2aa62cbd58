//! What may be drawn of a network so that nobody in it can be singled out.

use super::{ALIKE, DOTS_AT_MOST, Sketch};
use crate::clusters::{add, at, set};
use crate::network::Network;
use std::collections::{BTreeMap, BTreeSet};

/// So many people on either side hold the lines between two clusters at least: six in all, more than are alike.
const HOLDERS: usize = 3;

/// Lines of each dot: to whom, and how strong.
type Lines = Vec<BTreeMap<u32, f64>>;

/// People as dots.
pub(super) fn people(network: &Network) -> Sketch {
    let all = network.clusters();
    let several: Vec<u32> = (0..network.people())
        .filter(|person| network.degree(*person) > 1)
        .collect();
    let clusters: Vec<u32> = several.iter().map(|person| at(&all, *person)).collect();
    let mut lines = lines_among(network, &several);
    while folded(&mut lines)
        | without_lone_bridges(&mut lines, &clusters)
        | without_lone_joiners(&mut lines)
        | without_little_groups(&mut lines)
        | one_less_conspicuous(&mut lines)
    {}
    sketch(&lines, &clusters)
}

/// The lines between some people (in ascending order), who are numbered by their places among them.
fn lines_among(network: &Network, people: &[u32]) -> Lines {
    let row = |person: &u32| {
        let ties = network
            .neighbours(*person)
            .iter()
            .zip(network.strengths(*person));
        ties.filter_map(|(other, strength)| {
            Some((
                u32::try_from(people.binary_search(other).ok()?).ok()?,
                *strength,
            ))
        })
        .collect()
    };
    people.iter().map(row).collect()
}

/// Takes out whoever has one line; says whether there was anybody.
fn folded(lines: &mut Lines) -> bool {
    let mut hanging: Vec<u32> = (0..)
        .zip(lines.iter())
        .filter(|(_, of_dot)| of_dot.len() == 1)
        .map(|(dot, _)| dot)
        .collect();
    let any = !hanging.is_empty();
    while let Some(dot) = hanging.pop() {
        let Some(other) = lines
            .get(dot as usize)
            .and_then(|of_dot| of_dot.keys().next().copied())
        else {
            continue;
        };
        cut(lines, dot, other);
        if lines
            .get(other as usize)
            .is_some_and(|of_other| of_other.len() == 1)
        {
            hanging.push(other);
        }
    }
    any
}

/// Of the lines between two clusters nobody keeps more than a third, so that there are none or three people on either side hold them.
fn without_lone_bridges(lines: &mut Lines, clusters: &[u32]) -> bool {
    let mut between = BTreeMap::<(u32, u32), Vec<(u32, u32, f64)>>::new();
    for (a, b, strength) in each(lines) {
        let (from, to) = (at(clusters, a), at(clusters, b));
        if from != to {
            between
                .entry((from.min(to), from.max(to)))
                .or_default()
                .push((a, b, strength));
        }
    }
    let mut any = false;
    for mut of_pair in between.into_values() {
        of_pair.sort_by(|one, two| two.2.total_cmp(&one.2));
        for (a, b, _) in not_shared(of_pair) {
            cut(lines, a, b);
            any = true;
        }
    }
    any
}

/// What has to go of some lines, strongest first, so that nobody holds more than a third of those that stay.
fn not_shared(mut lines: Vec<(u32, u32, f64)>) -> Vec<(u32, u32, f64)> {
    let mut gone = Vec::new();
    loop {
        let most = lines.len() / HOLDERS;
        let mut held = BTreeMap::<u32, usize>::new();
        let before = gone.len();
        lines.retain(|line| {
            let is_free = [line.0, line.1]
                .iter()
                .all(|end| held.get(end).copied().unwrap_or(0) < most);
            if is_free {
                *held.entry(line.0).or_default() += 1;
                *held.entry(line.1).or_default() += 1;
            } else {
                gone.push(*line);
            }
            is_free
        });
        if gone.len() == before {
            return gone;
        }
    }
}

/// Whoever alone joins groups that would come apart without them keeps their lines into the largest of these.
fn without_lone_joiners(lines: &mut Lines) -> bool {
    let mut any = false;
    for dot in (0..).take(lines.len()) {
        for group in groups_apart_without(lines, dot) {
            any = true;
            for other in group {
                cut(lines, dot, other);
            }
        }
    }
    any
}

/// Those whom a dot has lines to, by the groups they fall into without it; the largest group is left out.
fn groups_apart_without(lines: &Lines, dot: u32) -> Vec<Vec<u32>> {
    let others: Vec<u32> = to(lines, dot).collect();
    let mut seen = vec![false; lines.len()];
    set(&mut seen, dot, true);
    let mut groups: Vec<(usize, Vec<u32>)> = Vec::new();
    for other in &others {
        let group = reached(lines, *other, &mut seen);
        if group.len() == lines.len() - 1 {
            return Vec::new();
        }
        if !group.is_empty() {
            let near = group.iter().filter(|one| others.binary_search(one).is_ok());
            groups.push((group.len(), near.copied().collect()));
        }
    }
    groups.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
    groups.into_iter().skip(1).map(|(_, near)| near).collect()
}

/// All that lines lead to from a dot, without what was seen before.
fn reached(lines: &Lines, from: u32, seen: &mut [bool]) -> Vec<u32> {
    let (mut group, mut next) = (Vec::new(), vec![from]);
    while let Some(dot) = next.pop() {
        if !at(seen, dot) {
            set(seen, dot, true);
            group.push(dot);
            next.extend(to(lines, dot));
        }
    }
    group
}

/// Takes out what is joined to nothing and smaller than five.
fn without_little_groups(lines: &mut Lines) -> bool {
    let mut seen = vec![false; lines.len()];
    let mut little = Vec::new();
    for dot in (0..).take(lines.len()) {
        let group = reached(lines, dot, &mut seen);
        if (2..ALIKE).contains(&group.len()) {
            little.extend(group);
        }
    }
    for dot in &little {
        let others: Vec<u32> = to(lines, *dot).collect();
        for other in others {
            cut(lines, *dot, other);
        }
    }
    !little.is_empty()
}

/// Of the dots with a number of lines that too few share, the highest such number first, takes out a line until there are none. It takes the
/// weakest of the lines to dots that are too few alike themselves; if there is no such, the weakest.
fn one_less_conspicuous(lines: &mut Lines) -> bool {
    let mut counts: Vec<usize> = vec![0; lines.iter().map(BTreeMap::len).max().unwrap_or(0) + 1];
    for of_dot in lines.iter() {
        add(&mut counts, of_dot.len() as u32, 1);
    }
    let mut any = false;
    while let Some(conspicuous) = (1..counts.len()).rev().find(|of| stands_out(&counts, *of)) {
        let Some((dot, other)) = line_to_leave_out(lines, &counts, conspicuous) else {
            break;
        };
        for end in [dot, other] {
            let of_end = lines.get(end as usize).map_or(0, BTreeMap::len) as u32;
            let fewer = at(&counts, of_end).saturating_sub(1);
            set(&mut counts, of_end, fewer);
            add(&mut counts, of_end.saturating_sub(1), 1);
        }
        cut(lines, dot, other);
        any = true;
    }
    any
}

/// Some dots have so many lines, and fewer than five as many, to within a quarter.
fn stands_out(counts: &[usize], of: usize) -> bool {
    let alike = counts
        .iter()
        .enumerate()
        .filter(|(other, _)| super::are_alike(*other, of));
    counts.get(of).is_some_and(|count| *count > 0)
        && alike.map(|(_, count)| count).sum::<usize>() < ALIKE
}

fn line_to_leave_out(lines: &Lines, counts: &[usize], of: usize) -> Option<(u32, u32)> {
    let dot = lines.iter().position(|of_dot| of_dot.len() == of)?;
    let of_others: Vec<bool> = (0..counts.len())
        .map(|size| size > 0 && stands_out(counts, size))
        .collect();
    let fits = |other: u32| {
        lines
            .get(other as usize)
            .is_some_and(|of_other| at(&of_others, of_other.len() as u32))
    };
    let weakest = lines
        .get(dot)?
        .iter()
        .min_by(|one, two| fits(*two.0).cmp(&fits(*one.0)).then(one.1.total_cmp(two.1)))?;
    Some((dot as u32, *weakest.0))
}

fn cut(lines: &mut Lines, a: u32, b: u32) {
    for (from, to) in [(a, b), (b, a)] {
        if let Some(of_dot) = lines.get_mut(from as usize) {
            of_dot.remove(&to);
        }
    }
}

/// To whom a dot has lines, by number.
fn to(lines: &Lines, dot: u32) -> impl Iterator<Item = u32> {
    lines
        .get(dot as usize)
        .into_iter()
        .flat_map(BTreeMap::keys)
        .copied()
}

fn each(lines: &Lines) -> impl Iterator<Item = (u32, u32, f64)> {
    (0..)
        .zip(lines)
        .flat_map(|(a, of_a)| of_a.range(a..).map(move |(b, strength)| (a, *b, *strength)))
}

/// Those who have lines left, numbered anew.
fn sketch(lines: &Lines, clusters: &[u32]) -> Sketch {
    let mut numbers = vec![0_u32; lines.len()];
    let mut sketch = Sketch::default();
    for (person, of_person) in (0..).zip(lines) {
        if !of_person.is_empty() {
            set(&mut numbers, person, sketch.people.len() as u32);
            sketch.people.push(1);
            sketch.clusters.push(at(clusters, person));
        }
    }
    sketch.lines = each(lines)
        .map(|(a, b, strength)| (at(&numbers, a), at(&numbers, b), strength))
        .collect();
    sketch
}

/// Clusters as dots: the finest level with few enough of them; the largest where even the coarsest has too many.
pub(super) fn clusters(network: &Network) -> Sketch {
    let levels = network.clusters_by_level();
    let drawn = |level: &Vec<u32>| {
        sizes(network, level)
            .iter()
            .filter(|size| **size >= ALIKE)
            .count()
    };
    let Some(level) = levels
        .iter()
        .find(|level| drawn(level) <= DOTS_AT_MOST)
        .or(levels.last())
    else {
        return Sketch::default();
    };
    let sizes = sizes(network, level);
    let mut largest: Vec<u32> = (0..)
        .take(sizes.len())
        .filter(|cluster| at(&sizes, *cluster) >= ALIKE)
        .collect();
    largest.sort_by_key(|cluster| std::cmp::Reverse(at(&sizes, *cluster)));
    largest.truncate(DOTS_AT_MOST);
    let mut numbers = vec![u32::MAX; sizes.len()];
    for (number, cluster) in (0..).zip(&largest) {
        set(&mut numbers, *cluster, number);
    }
    let coarsest = levels.last().unwrap_or(level);
    let mut of_dots = vec![0; largest.len()];
    for (fine, coarse) in level.iter().zip(coarsest) {
        set(&mut of_dots, at(&numbers, *fine), *coarse);
    }
    let lines = between_clusters(network, level, &numbers);
    Sketch {
        people: largest.iter().map(|cluster| at(&sizes, *cluster)).collect(),
        clusters: of_dots,
        lines,
    }
}

/// How many people with ties are in each cluster.
fn sizes(network: &Network, clusters: &[u32]) -> Vec<usize> {
    let mut sizes = vec![0; clusters.iter().max().map_or(0, |last| *last as usize + 1)];
    for (person, cluster) in (0..).zip(clusters) {
        add(
            &mut sizes,
            *cluster,
            usize::from(network.degree(person) > 0),
        );
    }
    sizes
}

fn between_clusters(network: &Network, clusters: &[u32], numbers: &[u32]) -> Vec<(u32, u32, f64)> {
    let mut between = BTreeMap::<(u32, u32), (f64, BTreeSet<u32>)>::new();
    for (person, cluster) in (0..).zip(clusters) {
        for (other, strength) in network
            .neighbours(person)
            .iter()
            .zip(network.strengths(person))
        {
            let (a, b) = (at(numbers, *cluster), at(numbers, at(clusters, *other)));
            if a < b && b != u32::MAX {
                let (sum, holders) = between.entry((a, b)).or_default();
                *sum += strength;
                holders.extend([person, *other]);
            }
        }
    }
    between
        .into_iter()
        .filter(|(_, (_, holders))| holders.len() >= ALIKE)
        .map(|((a, b), (sum, _))| (a, b, sum))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_one_person_holds_between_two_clusters_goes_and_what_many_hold_stays() {
        let held_by_one = (10..30).map(|other| (0, other, 1.0)).collect();
        assert_eq!(not_shared(held_by_one).len(), 20);
        let held_by_each = (0..8).map(|dot| (dot, dot + 10, 1.0)).collect();
        assert!(not_shared(held_by_each).is_empty());
    }

    proptest! {
        #[test]
        fn nobody_keeps_more_than_a_third(lines in prop::collection::btree_set((0_u32..12, 20_u32..32), 0..60)) {
            let lines: Vec<_> = lines.into_iter().map(|(a, b)| (a, b, f64::from(a * b % 7))).collect();
            let gone = not_shared(lines.clone());
            let stay: Vec<_> = lines.iter().filter(|line| !gone.contains(line)).collect();
            for end in 0..32 {
                let held = stay.iter().filter(|line| line.0 == end || line.1 == end).count();
                prop_assert!(held * HOLDERS <= stay.len());
            }
        }
    }
}
