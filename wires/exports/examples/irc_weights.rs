//! Trains the weights of `src/irc/weights.rs`: `irc_weights FOLDER` with the folder of train files of irc-disentanglement
//! (Kummerfeld et al., ACL 2019, CC BY 4.0), which must not hold what the weights are measured on.
//!
//! Softmax over the candidates, one pass after another over the files, each line seeing what the lines before it chose. AdaGrad,
//! no chance anywhere; the weights are the mean over the last passes.

// Run by hand, on files that are known.
#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use exports::irc::signs::{COUNT, Look, of_none};
use exports::irc::{Line, Recovery};

#[path = "irc_f1/annotated.rs"]
mod annotated;

const PASSES: usize = 12;
const KEPT: usize = 6;

fn main() {
    let folder = PathBuf::from(
        std::env::args_os()
            .nth(1)
            .expect("the folder of train files"),
    );
    let weights = train(&folder);
    println!("pub const WEIGHTS: [f32; COUNT] = [");
    for row in weights.chunks(12) {
        let row: Vec<String> = row.iter().map(|w| format!("{w:.2}")).collect();
        println!("    {},", row.join(", "));
    }
    println!("];");
}

fn train(folder: &Path) -> [f32; COUNT] {
    let logs = annotated::read(folder);
    let mut weights = [0.0_f32; COUNT];
    let mut squares = [1e-2_f32; COUNT];
    let mut mean = [0.0_f32; COUNT];
    for pass in 0..PASSES {
        let mut loss = 0.0;
        for log in &logs {
            loss += learn(log, &mut weights, &mut squares, pass);
        }
        eprintln!("pass {pass}: loss {loss:.0}");
        if pass >= PASSES - KEPT {
            for (sum, weight) in mean.iter_mut().zip(&weights) {
                *sum += weight / KEPT as f32;
            }
        }
    }
    mean
}

fn learn(
    log: &annotated::Log,
    weights: &mut [f32; COUNT],
    squares: &mut [f32; COUNT],
    pass: usize,
) -> f32 {
    let mut gold: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (from, to) in &log.links {
        gold.entry(*to).or_default().push(*from);
    }
    let mut recovery = Recovery::default();
    let mut loss = 0.0;
    for said in &log.said {
        let heard = recovery.look_at(Line {
            at: said.at,
            speaker: &said.speaker,
            words: &said.words,
        });
        let chosen = recovery.choose(&heard, weights);
        let right: Vec<usize> = gold.get(&said.line).cloned().unwrap_or_default();
        if !right.is_empty() {
            let mut options: Vec<(Vec<(usize, f32)>, bool)> = Vec::new();
            let mut signs = Vec::new();
            of_none(&heard, recovery.candidates().next(), &mut |s, v| {
                signs.push((s, v))
            });
            options.push((signs, right.contains(&said.line)));
            let mut look = Look::default();
            for then in recovery.candidates() {
                let mut signs = Vec::new();
                look.signs_of(&heard, then, &mut |s, v| signs.push((s, v)));
                options.push((signs, right.contains(&log.said[then.place].line)));
            }
            if options.iter().any(|(_, right)| *right) {
                loss += step(&options, weights, squares, pass);
            }
        }
        recovery.keep(heard, chosen);
    }
    loss
}

fn step(
    options: &[(Vec<(usize, f32)>, bool)],
    weights: &mut [f32; COUNT],
    squares: &mut [f32; COUNT],
    pass: usize,
) -> f32 {
    let scores: Vec<f32> = options
        .iter()
        .map(|(signs, _)| signs.iter().map(|(s, v)| weights[*s] * v).sum())
        .collect();
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let odds: Vec<f32> = scores.iter().map(|s| (s - most).exp()).collect();
    let all: f32 = odds.iter().sum();
    let right: f32 = odds
        .iter()
        .zip(options)
        .filter(|(_, o)| o.1)
        .map(|(odd, _)| odd)
        .sum();
    let mut slope: BTreeMap<usize, f32> = BTreeMap::new();
    for ((signs, is_right), odd) in options.iter().zip(&odds) {
        let share = odd / all
            - if *is_right {
                odd / right.max(1e-20)
            } else {
                0.0
            };
        if share.abs() < 1e-4 {
            continue;
        }
        for (sign, value) in signs {
            *slope.entry(*sign).or_default() += share * value;
        }
    }
    let rate = if pass < 4 { 0.1 } else { 0.03 };
    for (sign, slope) in slope {
        let slope = slope + 1e-5 * weights[sign];
        squares[sign] += slope * slope;
        weights[sign] -= rate * slope / squares[sign].sqrt();
    }
    -(right / all).max(1e-20).ln()
}
