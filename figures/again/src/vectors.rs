//! Questions as lists of weighted words, all in a few flat arrays.

use crate::words::{each_word, pair};
use std::collections::HashMap;

/// So many different words and pairs of one question are kept, those of the title first.
const KEPT_AT_MOST: usize = 96;
/// A word of the title counts as much as so many in the text.
const TITLE: u8 = 3;

/// What a word that no other question has weighs of its weight: names and numbers of one case say little about what is asked.
const IN_ONE_ALONE: f32 = 0.5;

/// Questions before anything is known about how rare their words are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bags {
    starts: Vec<usize>,
    words: Vec<u32>,
    counts: Vec<u8>,
}

impl Bags {
    /// Takes a question in, if it has so many different words; answers whether it has.
    pub(crate) fn add(&mut self, title: &str, text: &str, words_at_least: usize) -> bool {
        let mut bag = Bag::default();
        bag.add_all(title, TITLE, true);
        bag.add_all(text, 1, false);
        if bag.singles < words_at_least {
            return false;
        }
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        let mut words: Vec<(u32, u8)> = bag.counts.into_iter().collect();
        words.sort_unstable();
        for (word, count) in words {
            self.words.push(word);
            self.counts.push(count);
        }
        self.starts.push(self.words.len());
        true
    }
}

#[derive(Default)]
struct Bag {
    counts: HashMap<u32, u8>,
    singles: usize,
}

impl Bag {
    fn add_all(&mut self, text: &str, times: u8, with_pairs: bool) {
        let mut before = None;
        each_word(text, |word| {
            self.singles += usize::from(self.add(word, times));
            if let (true, Some(before)) = (with_pairs, before) {
                self.add(pair(before, word), 1);
            }
            before = Some(word);
        });
    }

    /// Whether it is new.
    fn add(&mut self, word: u32, times: u8) -> bool {
        let is_full = self.counts.len() >= KEPT_AT_MOST;
        match self.counts.get_mut(&word) {
            Some(count) => *count = count.saturating_add(times),
            None if is_full => return false,
            None => {
                self.counts.insert(word, times);
                return true;
            }
        }
        false
    }
}

/// Questions as vectors of length 1: term frequency (dampened) times inverse document frequency (Spärck Jones 1972; Salton and Buckley 1988).
#[derive(Debug, Clone, Default)]
pub(crate) struct Vectors {
    starts: Vec<usize>,
    /// Terms are numbered from 0, ascending within a question.
    terms: Vec<u32>,
    weights: Vec<f32>,
    /// In how many questions each term is.
    pub(crate) spread: Vec<u32>,
}

impl Vectors {
    pub(crate) fn of(bags: Bags) -> Self {
        let mut numbers: HashMap<u32, u32> = HashMap::new();
        let mut spread: Vec<u32> = Vec::new();
        let mut terms: Vec<u32> = Vec::with_capacity(bags.words.len());
        for word in &bags.words {
            let next = spread.len() as u32;
            let number = *numbers.entry(*word).or_insert(next);
            if number == next {
                spread.push(0);
            }
            if let Some(count) = spread.get_mut(number as usize) {
                *count += 1;
            }
            terms.push(number);
        }
        let questions = bags.starts.len().saturating_sub(1) as f32;
        let rarity = |term: u32| {
            let in_questions = spread.get(term as usize).map_or(1.0, |count| *count as f32);
            let alone = if in_questions > 1.0 {
                1.0
            } else {
                IN_ONE_ALONE
            };
            (1.0 + questions / in_questions).ln() * alone
        };
        let weigh = |(term, count): (&u32, &u8)| (1.0 + f32::from(*count).ln()) * rarity(*term);
        let weights = terms.iter().zip(&bags.counts).map(weigh).collect();
        let mut vectors = Self {
            starts: bags.starts,
            terms,
            weights,
            spread,
        };
        vectors.normalise();
        vectors
    }

    fn normalise(&mut self) {
        let bounds: Vec<(usize, usize)> = self
            .starts
            .iter()
            .copied()
            .zip(self.starts.iter().skip(1).copied())
            .collect();
        for (from, until) in bounds {
            let (Some(terms), Some(weights)) = (
                self.terms.get_mut(from..until),
                self.weights.get_mut(from..until),
            ) else {
                continue;
            };
            let length = weights
                .iter()
                .map(|weight| weight * weight)
                .sum::<f32>()
                .sqrt()
                .max(f32::MIN_POSITIVE);
            let mut sorted: Vec<(u32, f32)> = terms
                .iter()
                .copied()
                .zip(weights.iter().map(|weight| weight / length))
                .collect();
            sorted.sort_unstable_by_key(|(term, _)| *term);
            for ((term, weight), (sorted_term, sorted_weight)) in
                terms.iter_mut().zip(weights).zip(sorted)
            {
                (*term, *weight) = (sorted_term, sorted_weight);
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The terms of a question with their weights.
    pub(crate) fn row(&self, question: u32) -> impl Iterator<Item = (u32, f32)> + Clone {
        let bound = |place: usize| self.starts.get(place).copied().unwrap_or(0);
        let range = bound(question as usize)..bound(question as usize + 1);
        let terms = self.terms.get(range.clone()).unwrap_or_default();
        terms
            .iter()
            .copied()
            .zip(self.weights.get(range).unwrap_or_default().iter().copied())
    }

    /// The cosine of two questions: 0 where they share no word, 1 where they are the same.
    pub(crate) fn likeness(&self, a: u32, b: u32) -> f32 {
        let (mut of_a, mut of_b) = (self.row(a).peekable(), self.row(b).peekable());
        let mut sum = 0.0;
        while let (Some((term_a, weight_a)), Some((term_b, weight_b))) =
            (of_a.peek().copied(), of_b.peek().copied())
        {
            if term_a == term_b {
                sum += weight_a * weight_b;
            }
            if term_a <= term_b {
                of_a.next();
            }
            if term_b <= term_a {
                of_b.next();
            }
        }
        sum
    }
}
