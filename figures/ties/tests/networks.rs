//! Small networks with a known answer, where `TACIT_DATA` names the folder that holds them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use ties::{Belonging, Network};

fn networks() -> Option<PathBuf> {
    let folder =
        std::env::var_os("TACIT_DATA").map(|data| PathBuf::from(data).join("graphs/networks"));
    if folder.is_none() {
        eprintln!("not run: TACIT_DATA is not set");
    }
    folder
}

/// The rows of a file without its head, cut at commas.
fn rows(folder: &Path, file: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    text.lines()
        .skip(1)
        .map(|line| line.trim().split(',').map(str::to_owned).collect())
        .collect()
}

/// Pairs with a value, people numbered from 0.
fn pairs(folder: &Path, file: &str, column: usize) -> HashMap<(u32, u32), f64> {
    let person = |cell: &str| cell.parse::<u32>().unwrap() - 1;
    let rows = rows(folder, file);
    let values = rows.iter().filter_map(|row| {
        Some((
            (person(&row[0]), person(&row[1])),
            row.get(column)?.parse().ok()?,
        ))
    });
    values
        .filter(|((from, to), value): &((u32, u32), f64)| from != to && !value.is_nan())
        .collect()
}

/// Spearman's rank correlation, ties sharing their mean rank.
fn spearman(pairs: &[(f64, f64)]) -> f64 {
    let ranks = |values: Vec<f64>| -> Vec<f64> {
        let rank = |value: &f64| {
            let below = values.iter().filter(|other| *other < value).count() as f64;
            let alike = values.iter().filter(|other| *other == value).count() as f64;
            below + (alike + 1.0) / 2.0
        };
        values.iter().map(rank).collect()
    };
    let (a, b) = (
        ranks(pairs.iter().map(|pair| pair.0).collect()),
        ranks(pairs.iter().map(|pair| pair.1).collect()),
    );
    let mean = (pairs.len() as f64 + 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| {
        a.iter()
            .zip(b)
            .map(|(a, b)| (a - mean) * (b - mean))
            .sum::<f64>()
    };
    product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt()
}

#[test]
fn who_wrote_each_other_more_said_that_they_were_closer() {
    let Some(folder) = networks() else { return };
    let messages = pairs(&folder, "eies_messages.edges.csv", 2);
    let closeness = pairs(&folder, "eies_relations.edges.csv", 3);
    let sent = |from, to| messages.get(&(from, to)).copied().unwrap_or(0.0);
    let people = || {
        (0..32)
            .flat_map(|from| (0..32).map(move |to| (from, to)))
            .filter(|(from, to)| from != to)
    };
    let against = |strength: &dyn Fn(u32, u32) -> f64| {
        let pairs = people().map(|pair| {
            (
                strength(pair.0, pair.1),
                closeness.get(&pair).copied().unwrap_or(0.0),
            )
        });
        spearman(&pairs.collect::<Vec<_>>())
    };
    let both = Network::of_strengths(
        32,
        messages
            .iter()
            .map(|((from, to), count)| (*from, *to, *count)),
    );
    let (one_way, together) = (against(&sent), against(&|a, b| both.strength(a, b)));
    let mutual =
        against(&|a, b| f64::midpoint(sent(a, b), sent(b, a)) + sent(a, b).min(sent(b, a)));
    println!("Spearman: {one_way:.3} sent, {together:.3} both summed, {mutual:.3} by S");
    assert!((one_way - 0.45).abs() < 0.01, "{one_way}");
    assert!((together - 0.48).abs() < 0.01, "{together}");
    assert!(mutual > 0.45, "{mutual}");
}

#[test]
fn who_worked_together_more_ranked_each_other_higher() {
    let Some(folder) = networks() else { return };
    let [seen, ranked] =
        ["bkoffb.edges.csv", "bkoffc.edges.csv"].map(|file| pairs(&folder, file, 2));
    let network = Network::of_strengths(40, seen.iter().map(|((a, b), count)| (*a, *b, *count)));
    let pairs: Vec<_> = ranked
        .iter()
        .map(|((a, b), rank)| (network.strength(*a, *b), *rank))
        .collect();
    println!("Spearman: {:.3}", spearman(&pairs));
    assert!((spearman(&pairs) + 0.41).abs() < 0.02);
}

#[test]
fn ties_across_the_split_of_the_karate_club_had_less_in_common() {
    let Some(folder) = networks() else { return };
    let club = rows(&folder, "karate.club-split.csv");
    let names: Vec<&String> = club.iter().map(|row| &row[1]).collect();
    let sides: Vec<u32> = names
        .iter()
        .map(|name| u32::from(**name != *names[0]))
        .collect();
    let ties = rows(&folder, "karate_weight.edges.csv");
    let person = |cell: &str| cell.parse::<u32>().unwrap() - 1;
    let network = Network::of_strengths(
        34,
        ties.iter()
            .map(|row| (person(&row[0]), person(&row[1]), 1.0)),
    );
    assert_eq!(network.bonds().len(), 78);
    assert_eq!(
        network
            .bonds()
            .iter()
            .map(|bond| bond.strength)
            .sum::<f64>(),
        231.0
    );

    let belonging = Belonging::of_each(&sides);
    let mean = |apart: bool| {
        let bonds = network
            .bonds()
            .iter()
            .filter(|bond| belonging.are_apart(bond.a, bond.b) == apart);
        let overlaps: Vec<f64> = bonds.map(|bond| network.overlap(bond.a, bond.b)).collect();
        overlaps.iter().sum::<f64>() / overlaps.len() as f64
    };
    let strength = |apart: bool| {
        let bonds = network
            .bonds()
            .iter()
            .filter(|bond| belonging.are_apart(bond.a, bond.b) == apart);
        let strengths: Vec<f64> = bonds.map(|bond| bond.strength).collect();
        strengths.iter().sum::<f64>() / strengths.len() as f64
    };
    println!(
        "mean overlap {:.3} within, {:.3} across; strength {:.2} within, {:.2} across",
        mean(false),
        mean(true),
        strength(false),
        strength(true)
    );
    assert!(mean(true) < mean(false) * 0.7);
    assert!(!network.bridges(&belonging).is_empty());

    let clusters = network.clusters();
    let of_same_cluster = |a: usize, b: usize| clusters[a] == clusters[b];
    let pairs = || {
        (0..34)
            .flat_map(|a| (0..a).map(move |b| (a, b)))
            .filter(|(a, b)| of_same_cluster(*a, *b))
    };
    let right = pairs().filter(|(a, b)| sides[*a] == sides[*b]).count();
    println!(
        "{right} of {} pairs in the same cluster went the same way",
        pairs().count()
    );
    assert!(right * 100 > pairs().count() * 90);
    let shape = ties::shape::Shape::of(&network, 1);
    println!(
        "drawn: {:?}",
        shape.map(|shape| (shape.dots.len(), shape.lines.len(), shape.beside))
    );
}
