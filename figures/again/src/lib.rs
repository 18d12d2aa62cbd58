//! What is asked again and again: groups of questions that ask the same. Pure: no database, no clock, no chance.
//!
//! Likeness is the cosine of weighted words (rare words weigh more, words of the title most), so that it works in any language without a list of words.
//! Questions that may be alike are found by their most telling words in an inverted index, and by bands of min-wise hashes; no question is compared
//! with all others. The same questions in the same order give the same groups.
//!
//! It sees words and not meaning: two questions that say the same in other words are not found, on purpose. What is shown should be right.

mod near;
mod stars;
mod vectors;
mod words;

use stars::Stars;
use vectors::{Bags, Vectors};

/// From so much likeness on, two questions are taken to ask the same.
///
/// Seen on a forum of 4,465 topics and on a question and answer site of 612: from 0.4 on, nearly every group is about one matter and most are one question;
/// at 0.35 the larger groups are merely of one field.
pub const ALIKE: f32 = 0.4;
/// The version of the formulas of this crate, shown beside every figure: it grows with each change that changes a figure.
pub const FORMULA_VERSION: u32 = 1;
/// A question of fewer different words says too little to be compared.
const WORDS_AT_LEAST: usize = 3;
/// Groups are brought together in so many rounds at most.
const ROUNDS: usize = 4;

/// Questions, taken in one by one; their words are not kept, only numbers for them: at most half a kilobyte a question, and another while groups are found.
#[derive(Debug, Clone, Default)]
pub struct Questions {
    ids: Vec<u32>,
    askers: Vec<u32>,
    bags: Bags,
}

/// Questions that ask the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The question that the others are most like comes first, the others in the order in which they were taken in.
    pub ids: Vec<u32>,
    /// By how many people: two at least.
    pub people: u32,
    /// How much the least like is like the first: from the threshold to 1.
    pub likeness: f32,
}

impl Questions {
    /// Takes a question in, by a number of the caller's for it and for who asked. Words are plain text or Markdown; a title may be empty.
    pub fn add(&mut self, id: u32, asker: u32, title: &str, words: &str) {
        if self.bags.add(title, words, WORDS_AT_LEAST) {
            self.ids.push(id);
            self.askers.push(asker);
        }
    }

    /// Groups of questions at least so alike ([`ALIKE`]), the largest first. Each question is in one group at most, and everyone in a group is like its first: no
    /// chain of small steps brings together what has nothing in common. What one person asks several times is not asked again: groups of one asker are left
    /// out.
    pub fn groups(self, at_least: f32) -> Vec<Group> {
        let vectors = Vectors::of(self.bags);
        let mut stars = Stars::of(vectors.len());
        for _ in 0..ROUNDS {
            let centres = stars.centres();
            let near = near::pairs(&vectors, &centres, at_least);
            if !stars.join(&near, &vectors, at_least) {
                break;
            }
        }
        stars.groups(&vectors, &self.ids, &self.askers)
    }
}

#[cfg(test)]
mod tests;
