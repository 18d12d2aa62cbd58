//! Questions as lists of weighted words, all in a few flat arrays.

use crate::words::{each_word, pair};
use std::collections::HashMap;

/// So many different words and pairs of one question are kept, those of the title first.
const KEPT_AT_MOST: usize = 96;
/// A word of the title counts as much as so many in the text.
const TITLE: u8 = 3;
/// What a word that no other question has weighs of its weight: names and numbers of one case say little about what is asked.
const IN_ONE_ALONE: f32 = 0.5;
/// Titles have to be so alike, where both questions have one …
const TITLES_ALIKE: f32 = 0.2;
/// … unless all else is nearly the same.
const NEARLY_THE_SAME: f32 = 0.8;

/// Words with how often they stand there, question after question.
#[derive(Debug, Clone, Default)]
struct Counted {
    ends: Vec<usize>,
    words: Vec<u32>,
    counts: Vec<u8>,
}

impl Counted {
    fn push(&mut self, bag: HashMap<u32, u8>) {
        let mut words: Vec<(u32, u8)> = bag.into_iter().collect();
        words.sort_unstable();
        self.words.extend(words.iter().map(|(word, _)| word));
        self.counts.extend(words.iter().map(|(_, count)| count));
        self.ends.push(self.words.len());
    }
}

/// Questions before anything is known about how rare their words are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bags {
    whole: Counted,
    titles: Counted,
}

impl Bags {
    /// Takes a question in, if it has so many different words; answers whether it has.
    pub(crate) fn add(&mut self, title: &str, text: &str, words_at_least: usize) -> bool {
        let mut whole = HashMap::new();
        let mut before = None;
        let (mut titles, mut singles) = (HashMap::new(), 0);
        each_word(title, |word| {
            singles += usize::from(count(&mut whole, word, TITLE));
            count(&mut titles, word, 1);
            if let Some(before) = before.replace(word) {
                count(&mut whole, pair(before, word), 1);
            }
        });
        each_word(text, |word| {
            singles += usize::from(count(&mut whole, word, 1))
        });
        if singles < words_at_least {
            return false;
        }
        self.whole.push(whole);
        self.titles.push(titles);
        true
    }
}

/// Counts a word; whether it is new.
fn count(bag: &mut HashMap<u32, u8>, word: u32, times: u8) -> bool {
    let is_full = bag.len() >= KEPT_AT_MOST;
    match bag.get_mut(&word) {
        Some(count) => *count = count.saturating_add(times),
        None if is_full => return false,
        None => return bag.insert(word, times).is_none(),
    }
    false
}

/// Questions as vectors of length 1: term frequency (dampened) times inverse document frequency (Spärck Jones 1972; Salton and Buckley 1988).
#[derive(Debug, Clone, Default)]
pub(crate) struct Vectors {
    whole: Rows,
    titles: Rows,
    /// In how many questions each term is.
    pub(crate) spread: Vec<u32>,
}

/// Terms, numbered from 0 and ascending within a question, with their weights.
#[derive(Debug, Clone, Default)]
struct Rows {
    ends: Vec<usize>,
    terms: Vec<u32>,
    weights: Vec<f32>,
}

impl Vectors {
    pub(crate) fn of(bags: Bags) -> Self {
        let mut numbers: HashMap<u32, u32> = HashMap::new();
        let mut spread: Vec<u32> = Vec::new();
        for word in &bags.whole.words {
            let number = *numbers.entry(*word).or_insert(spread.len() as u32);
            match spread.get_mut(number as usize) {
                Some(questions) => *questions += 1,
                None => spread.push(1),
            }
        }
        let questions = bags.whole.ends.len() as f32;
        let rarity = |term: u32| match spread.get(term as usize) {
            Some(1) | None => (1.0 + questions).ln() * IN_ONE_ALONE,
            Some(spread) => (1.0 + questions / *spread as f32).ln(),
        };
        let whole = Rows::of(bags.whole, &numbers, rarity);
        let titles = Rows::of(bags.titles, &numbers, rarity);
        Self {
            whole,
            titles,
            spread,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.whole.ends.len()
    }

    /// The terms of a question with their weights.
    pub(crate) fn row(&self, question: u32) -> impl Iterator<Item = (u32, f32)> + Clone {
        self.whole.row(question)
    }

    /// The cosine of two questions: 0 where they share no word, 1 where they are the same. 0, too, where their titles speak of different
    /// things: a template filled in twice, or somebody who asks about other parts of the same work, is not the same question.
    pub(crate) fn likeness(&self, a: u32, b: u32) -> f32 {
        let likeness = self.whole.cosine(a, b);
        let have_titles =
            self.titles.row(a).next().is_some() && self.titles.row(b).next().is_some();
        if have_titles && likeness < NEARLY_THE_SAME && self.titles.cosine(a, b) < TITLES_ALIKE {
            0.0
        } else {
            likeness
        }
    }
}

impl Rows {
    fn of(counted: Counted, numbers: &HashMap<u32, u32>, rarity: impl Fn(u32) -> f32) -> Self {
        let mut rows = Self {
            ends: counted.ends,
            ..Self::default()
        };
        let mut words = counted.words.iter().zip(&counted.counts);
        let mut from = 0;
        for end in &rows.ends {
            let weigh = |(word, count): (&u32, &u8)| {
                let term = numbers.get(word).copied().unwrap_or(0);
                (term, (1.0 + f32::from(*count).ln()) * rarity(term))
            };
            let mut row: Vec<(u32, f32)> = words.by_ref().take(end - from).map(weigh).collect();
            row.sort_unstable_by_key(|(term, _)| *term);
            let length = row
                .iter()
                .map(|(_, weight)| weight * weight)
                .sum::<f32>()
                .sqrt()
                .max(f32::MIN_POSITIVE);
            rows.terms.extend(row.iter().map(|(term, _)| term));
            rows.weights
                .extend(row.iter().map(|(_, weight)| weight / length));
            from = *end;
        }
        rows
    }

    fn row(&self, question: u32) -> impl Iterator<Item = (u32, f32)> + Clone {
        let bound = |place: Option<u32>| {
            place
                .and_then(|place| self.ends.get(place as usize))
                .copied()
                .unwrap_or(0)
        };
        let range = bound(question.checked_sub(1))..bound(Some(question));
        let (terms, weights) = (self.terms.get(range.clone()), self.weights.get(range));
        terms
            .unwrap_or_default()
            .iter()
            .copied()
            .zip(weights.unwrap_or_default().iter().copied())
    }

    fn cosine(&self, a: u32, b: u32) -> f32 {
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
