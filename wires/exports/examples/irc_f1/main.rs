//! How well answers are recovered: `irc_f1 FOLDER` with annotated logs of irc-disentanglement (Kummerfeld et al., ACL 2019),
//! beside two rules that need no thought.
//!
//! Measured as there: links from line 1000 on, a line that begins something being linked to itself, lines of the system too.

// Run by hand, on files that are known.
#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use exports::irc::{Line, recover};

mod annotated;

const FIRST: usize = 1000;

fn main() {
    let folder = PathBuf::from(
        std::env::args_os()
            .nth(1)
            .expect("a folder of annotated logs"),
    );
    let logs = annotated::read(&folder);
    type Rule = fn(&annotated::Log) -> Vec<Option<usize>>;
    let rules: [(&str, Rule); 3] = [
        ("previous line", previous),
        ("addressee", addressee),
        ("tacit", recovered),
    ];
    println!("rule\tprecision\trecall\tF1\tF1 without beginnings");
    for (name, rule) in rules {
        let (mut all, mut answers) = (Count::default(), Count::default());
        for log in &logs {
            let found = links(log, rule(log));
            all.add(&found, &log.links);
            answers.add(&without_beginnings(&found), &without_beginnings(&log.links));
        }
        println!(
            "{name}\t{:.4}\t{:.4}\t{:.4}\t{:.4}",
            all.right / all.found,
            all.right / all.there,
            all.f1(),
            answers.f1()
        );
    }
}

#[derive(Default)]
struct Count {
    right: f64,
    found: f64,
    there: f64,
}

impl Count {
    fn add(&mut self, found: &BTreeSet<(usize, usize)>, there: &BTreeSet<(usize, usize)>) {
        self.right += found.intersection(there).count() as f64;
        self.found += found.len() as f64;
        self.there += there.len() as f64;
    }

    fn f1(&self) -> f64 {
        2.0 * self.right / (self.found + self.there)
    }
}

fn without_beginnings(links: &BTreeSet<(usize, usize)>) -> BTreeSet<(usize, usize)> {
    links.iter().filter(|(a, b)| a != b).copied().collect()
}

fn links(log: &annotated::Log, answers: Vec<Option<usize>>) -> BTreeSet<(usize, usize)> {
    let own = log.system.iter().map(|line| (*line, *line));
    log.said
        .iter()
        .zip(answers)
        .map(|(said, answers)| {
            (
                answers.map_or(said.line, |place| log.said[place].line),
                said.line,
            )
        })
        .chain(own)
        .filter(|(_, later)| *later >= FIRST)
        .collect()
}

fn previous(log: &annotated::Log) -> Vec<Option<usize>> {
    (0..log.said.len())
        .map(|place| place.checked_sub(1))
        .collect()
}

/// The last line of whom it addresses, else the speaker's own within 30 lines.
fn addressee(log: &annotated::Log) -> Vec<Option<usize>> {
    let mut last: HashMap<String, usize> = HashMap::new();
    let mut answers = Vec::new();
    for (place, said) in log.said.iter().enumerate() {
        let speaker = said.speaker.to_lowercase();
        let head = said
            .words
            .split_whitespace()
            .next()
            .unwrap_or("")
            .to_lowercase();
        let named = last.get(head.trim_end_matches([':', ','])).copied();
        let own = last
            .get(&speaker)
            .copied()
            .filter(|own| said.line - log.said[*own].line <= 30);
        answers.push(named.or(own));
        last.insert(speaker, place);
    }
    answers
}

fn recovered(log: &annotated::Log) -> Vec<Option<usize>> {
    recover(log.said.iter().map(|said| Line {
        at: said.at,
        speaker: &said.speaker,
        words: &said.words,
    }))
}
