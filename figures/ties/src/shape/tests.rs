//! Nobody can be singled out, and the same network is drawn the same way.

use super::*;
use proptest::prelude::*;

/// A number that looks like chance, for test networks.
fn mixed(n: u64) -> u64 {
    let n = (n ^ 0x5DEE_CE66).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (n ^ (n >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 17
}

/// Groups with many ties within and a few between.
fn grouped(people: u32, groups: u32, ties_each: u64) -> Network {
    let size = people / groups;
    let tie = move |person: u32, n: u64| {
        let other = mixed(u64::from(person) * 101 + n) as u32;
        let within = person / size * size + other % size;
        (
            person,
            if n == 0 { other % people } else { within },
            1.0 + (other % 7) as f64,
        )
    };
    Network::of_strengths(
        people,
        (0..people).flat_map(|person| (0..ties_each).map(move |n| tie(person, n))),
    )
}

fn lines_of(shape: &Shape) -> Vec<usize> {
    let mut counts = vec![0; shape.dots.len()];
    for line in &shape.lines {
        counts[line.a as usize] += 1;
        counts[line.b as usize] += 1;
    }
    counts
}

fn nobody_stands_out(shape: &Shape) {
    let counts = lines_of(shape);
    for count in &counts {
        assert!(*count >= 2, "somebody hangs by a line");
        let alike = counts.iter().filter(|other| are_alike(**other, *count));
        assert!(alike.count() >= ALIKE, "few have {count} lines");
    }
    assert!(shape.dots.len() >= PEOPLE_AT_LEAST && shape.dots.len() <= DOTS_AT_MOST);
    assert!(shape.people.is_multiple_of(5) && shape.beside.is_multiple_of(5));
}

fn reached_from_first(shape: &Shape) -> usize {
    let mut reached = std::collections::BTreeSet::from([0]);
    for _ in &shape.dots {
        for line in &shape.lines {
            if reached.contains(&line.a) || reached.contains(&line.b) {
                reached.extend([line.a, line.b]);
            }
        }
    }
    reached.len()
}

#[test]
fn a_community_of_sixty_is_drawn_and_keeps_most_of_its_lines() {
    let network = grouped(60, 4, 6);
    let shape = Shape::of(&network, 1).unwrap();
    nobody_stands_out(&shape);
    assert!(!shape.of_clusters);
    let ties = network.bonds().len();
    assert!(
        shape.lines.len() * 10 > ties * 7,
        "{} of {ties}",
        shape.lines.len()
    );
    assert!(
        shape.dots.iter().all(|dot| (0.0..=1.0).contains(&dot.x)
            && (0.0..=1.0).contains(&dot.y)
            && dot.size == 0)
    );
}

#[test]
fn the_same_seed_gives_the_same_drawing() {
    let network = grouped(60, 3, 5);
    assert_eq!(Shape::of(&network, 7), Shape::of(&network, 7));
    assert_ne!(Shape::of(&network, 7), Shape::of(&network, 8));
}

#[test]
fn fewer_than_twenty_people_are_not_drawn() {
    assert_eq!(Shape::of(&grouped(18, 1, 5), 1), None);
    assert_eq!(Shape::of(&Network::default(), 1), None);
}

#[test]
fn a_star_is_not_drawn_since_its_centre_would_be_known() {
    assert_eq!(
        Shape::of(
            &Network::of_strengths(60, (1..60).map(|leaf| (0, leaf, 1.0))),
            1
        ),
        None
    );
}

#[test]
fn who_answers_everybody_is_not_the_dot_with_most_lines() {
    let ring = grouped(60, 4, 6);
    let pairs = ring
        .bonds()
        .iter()
        .map(|bond| (bond.a, bond.b, bond.strength));
    let network = Network::of_strengths(61, pairs.chain((0..60).map(|person| (60, person, 3.0))));
    nobody_stands_out(&Shape::of(&network, 1).unwrap());
}

#[test]
fn a_single_bridge_between_two_groups_is_not_drawn() {
    let group = |from: u32| {
        grouped(30, 1, 6)
            .bonds()
            .iter()
            .map(move |bond| (bond.a + from, bond.b + from, 1.0))
            .collect::<Vec<_>>()
    };
    let network = Network::of_strengths(
        60,
        group(0).into_iter().chain(group(30)).chain([(0, 30, 50.0)]),
    );
    let shape = Shape::of(&network, 1).unwrap();
    assert!(
        reached_from_first(&shape) < shape.dots.len(),
        "the groups are still joined"
    );
    nobody_stands_out(&shape);
}

#[test]
fn one_person_in_two_groups_is_not_drawn_between_them() {
    let group = |from: u32| {
        let ties = grouped(30, 1, 6);
        let bonds = ties.bonds().iter();
        bonds
            .map(move |bond| (bond.a + from, bond.b + from, 1.0))
            .collect::<Vec<_>>()
    };
    let joiner = (0..60).step_by(4).map(|other| (60, other, 1.0));
    let ties = group(0).into_iter().chain(group(30)).chain(joiner);
    let shape = Shape::of(&Network::of_strengths(61, ties), 1).unwrap();
    assert!(reached_from_first(&shape) < shape.dots.len());
    nobody_stands_out(&shape);
}

#[test]
fn beyond_four_hundred_people_a_dot_is_a_cluster_of_five_or_more() {
    let network = grouped(6000, 100, 6);
    let shape = Shape::of(&network, 1).unwrap();
    assert!(shape.of_clusters);
    assert!(
        shape.dots.len() <= DOTS_AT_MOST && shape.dots.len() >= 20,
        "{}",
        shape.dots.len()
    );
    assert!(shape.people as usize >= shape.dots.len() * ALIKE);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn nobody_stands_out_in_any_network(ties in prop::collection::vec((0_u32..70, 0_u32..70, 0.1..9.0), 60..400)) {
        if let Some(shape) = Shape::of(&Network::of_strengths(70, ties), 3) {
            nobody_stands_out(&shape);
        }
    }
}
