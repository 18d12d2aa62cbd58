//! The fixtures of FORMULAS.md for bridges, and their properties.

use super::*;
use proptest::prelude::*;

/// Two triangles that share person 0: a is 1 and 2, c is 3 and 4.
fn two_triangles() -> Network {
    alike(5, &[(0, 1), (0, 2), (1, 2), (0, 3), (0, 4), (3, 4)])
}

fn alike(people: u32, pairs: &[(u32, u32)]) -> Network {
    Network::of_strengths(people, pairs.iter().map(|(a, b)| (*a, *b, 1.0)))
}

fn near(a: Option<f64>, b: f64) {
    assert!(
        a.is_some_and(|a| (a - b).abs() < 0.0001),
        "{a:?} is not near {b}"
    );
}

#[test]
fn who_stands_between_two_triangles_is_less_constrained() {
    let network = two_triangles();
    near(network.constraint(0), 0.5625);
    for other in 1..5 {
        near(network.constraint(other), 0.9531);
    }
}

#[test]
fn overlap_is_full_within_a_triangle_and_a_third_toward_the_shared_corner() {
    let network = two_triangles();
    near(Some(network.overlap(0, 1)), 1.0 / 3.0);
    near(Some(network.overlap(1, 2)), 1.0);
    assert_eq!(alike(2, &[(0, 1)]).overlap(0, 1), 0.0);
}

#[test]
fn who_is_in_two_triangles_spans_both() {
    let belonging = Belonging::of(5, [(0, 7), (1, 7), (2, 7), (0, 9), (3, 9), (4, 9)]);
    near(two_triangles().span(0, &belonging), 0.5);
    near(
        alike(2, &[(0, 1)]).span(0, &Belonging::of_each(&[1, 2])),
        0.0,
    );
    assert_eq!(alike(2, &[(0, 1)]).span(0, &Belonging::of(2, [])), None);
}

#[test]
fn the_centre_of_a_star_is_free_and_all_of_a_clique_are_bound() {
    let star = alike(5, &[(0, 1), (0, 2), (0, 3), (0, 4)]);
    near(star.constraint(0), 0.25);
    near(star.constraint(1), 1.0);
    let clique: Vec<_> = (0..5)
        .flat_map(|a| (a + 1..5).map(move |b| (a, b)))
        .collect();
    for person in 0..5 {
        near(alike(5, &clique).constraint(person), 0.7656);
    }
    assert_eq!(alike(2, &[]).constraint(0), None);
}

#[test]
fn a_bridge_ends_in_different_communities_however_strong_it_is() {
    let mut strengths: Vec<_> = two_cliques();
    strengths.push((0, 5, 40.0));
    let network = Network::of_strengths(10, strengths);
    let belonging = Belonging::of(10, (0..10).map(|person| (person, person / 5)));
    assert_eq!(network.bridges(&belonging), [(0, 5)]);
    let in_both = Belonging::of(
        10,
        (0..10).map(|person| (person, person / 5)).chain([(0, 1)]),
    );
    assert!(network.bridges(&in_both).is_empty());
    assert!(!network.is_bridge(1, 6, &belonging), "they have no tie");
}

fn two_cliques() -> Vec<(u32, u32, f64)> {
    let clique =
        |from: u32| (from..from + 5).flat_map(move |a| (a + 1..from + 5).map(move |b| (a, b, 1.0)));
    clique(0).chain(clique(5)).collect()
}

#[test]
fn a_butterfly_has_ties_into_several_communities() {
    let mut strengths = two_cliques();
    strengths.extend([(10, 0, 1.0), (10, 1, 1.0), (10, 5, 1.0), (10, 6, 1.0)]);
    let network = Network::of_strengths(12, strengths);
    let belonging = Belonging::of(11, (0..10).map(|person| (person, person / 5)));
    assert_eq!(network.butterflies(&belonging, |_| false), [10]);
    assert_eq!(
        network.butterflies(&belonging, |person| person == 3),
        [3, 10]
    );
}

#[test]
fn crossing_is_the_share_of_weight_between_communities() {
    let network = Network::of_strengths(4, [(0, 1, 3.0), (1, 2, 1.0), (2, 3, 100.0)]);
    let belonging = Belonging::of(4, [(0, 1), (1, 1), (2, 2)]);
    near(network.crossing(&belonging), 0.25);
    assert_eq!(network.crossing(&Belonging::default()), None);
}

fn some_network() -> impl Strategy<Value = Network> {
    prop::collection::vec((0_u32..12, 0_u32..12, 0.1..20.0), 0..50)
        .prop_map(|ties| Network::of_strengths(12, ties))
}

/// The formula as it is written, over everybody.
fn by_definition(network: &Network, i: u32) -> f64 {
    let share = |a: u32, b: u32| network.strength(a, b) / network.reach(a).max(f64::MIN_POSITIVE);
    let through = |j: u32| {
        (0..12)
            .filter(|q| *q != i && *q != j)
            .map(|q| share(i, q) * share(q, j))
            .sum::<f64>()
    };
    network
        .neighbours(i)
        .iter()
        .map(|j| (share(i, *j) + through(*j)).powi(2))
        .sum()
}

proptest! {
    #[test]
    fn constraint_is_what_the_definition_says(network in some_network()) {
        for (person, constraint) in (0..).zip(network.constraints()) {
            prop_assert_eq!(constraint.is_some(), network.degree(person) > 0);
            prop_assert!((constraint.unwrap_or(0.0) - by_definition(&network, person)).abs() < 1e-9);
        }
    }

    #[test]
    fn overlap_and_span_stay_between_none_and_all(network in some_network()) {
        let belonging = Belonging::of(12, (0..12).flat_map(|person| [(person, person % 3), (person, person % 4)]));
        for bond in network.bonds() {
            let overlap = network.overlap(bond.a, bond.b);
            prop_assert!((0.0..=1.0).contains(&overlap));
            prop_assert_eq!(overlap, network.overlap(bond.b, bond.a));
        }
        for person in 0..12 {
            prop_assert!(network.span(person, &belonging).is_none_or(|span| (-1e-9..1.0).contains(&span)));
        }
    }
}
