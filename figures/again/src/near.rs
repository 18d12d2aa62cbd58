//! Pairs of questions that may be alike, found without looking at all pairs.

use crate::vectors::Vectors;
use crate::words::mixed;

/// By so many of its most telling words a question is found.
const TELLING: usize = 20;
/// In the list of a word, a question looks at so many of those after it. Words that are in more lists bring together only what was asked close by; groups
/// far apart find each other in the next round, when fewer are left.
const LOOKED_AT: usize = 120;
/// A candidate is weighed in full when its telling words make up so much of what is asked for.
const WORTH_WEIGHING: f32 = 0.5;
/// So many likenesses of one question are kept, the highest.
const KEPT_AT_MOST: usize = 48;
/// Bands of min-wise hashes, and hashes in each (Broder 1997; Indyk and Motwani 1998): finds what is nearly the same though all of its words are common.
const BANDS: usize = 6;
const IN_BAND: u64 = 2;
/// Of what fell into the same bucket, a question looks at so many.
const OF_BUCKET: usize = 8;

/// Two questions, a < b by place, and their cosine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Near {
    pub a: u32,
    pub b: u32,
    pub likeness: f32,
}

/// All pairs found among some questions (places in ascending order) that are at least so alike, by (a, b).
pub(crate) fn pairs(vectors: &Vectors, questions: &[u32], at_least: f32) -> Vec<Near> {
    let mut near = by_telling_words(vectors, questions, at_least);
    near.extend(by_bands(vectors, questions, at_least));
    near.sort_unstable_by_key(|pair| (pair.a, pair.b));
    near.dedup_by_key(|pair| (pair.a, pair.b));
    near
}

/// The questions in which a word is telling, with its weight there: all lists behind each other.
struct Lists {
    starts: Vec<usize>,
    questions: Vec<u32>,
    weights: Vec<f32>,
}

impl Lists {
    fn of(telling: &[Vec<(u32, f32)>], terms: usize) -> Self {
        let mut starts = vec![0_usize; terms + 1];
        for (term, _) in telling.iter().flatten() {
            if let Some(size) = starts.get_mut(*term as usize + 1) {
                *size += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let (mut questions, mut weights, mut next) = (vec![0; sum], vec![0.0; sum], starts.clone());
        for (question, words) in (0..).zip(telling) {
            for (term, weight) in words {
                let Some(place) = next.get_mut(*term as usize) else {
                    continue;
                };
                if let (Some(slot), Some(of)) = (questions.get_mut(*place), weights.get_mut(*place))
                {
                    (*slot, *of) = (question, *weight);
                }
                *place += 1;
            }
        }
        Self {
            starts,
            questions,
            weights,
        }
    }

    /// Those that come after a question in the list of a word.
    fn after(&self, term: u32, question: u32) -> impl Iterator<Item = (u32, f32)> {
        let bound = |place: usize| self.starts.get(place).copied().unwrap_or(0);
        let range = bound(term as usize)..bound(term as usize + 1);
        let (all, weights) = (
            self.questions.get(range.clone()).unwrap_or_default(),
            self.weights.get(range).unwrap_or_default(),
        );
        let from = all.partition_point(|other| *other <= question);
        all.iter()
            .copied()
            .zip(weights.iter().copied())
            .skip(from)
            .take(LOOKED_AT)
    }
}

fn by_telling_words(vectors: &Vectors, questions: &[u32], at_least: f32) -> Vec<Near> {
    let telling: Vec<Vec<(u32, f32)>> = questions
        .iter()
        .map(|question| most_telling(vectors, *question))
        .collect();
    let lists = Lists::of(&telling, vectors.spread.len());
    let mut shared = vec![0.0_f32; questions.len()];
    let (mut touched, mut near) = (Vec::new(), Vec::new());
    for (place, words) in (0..).zip(&telling) {
        for (term, weight) in words {
            for (other, of_other) in lists.after(*term, place) {
                let Some(sum) = shared.get_mut(other as usize) else {
                    continue;
                };
                if *sum == 0.0 {
                    touched.push(other);
                }
                *sum += weight * of_other;
            }
        }
        touched.sort_unstable();
        let mut found: Vec<Near> = Vec::new();
        for other in touched.drain(..) {
            let sum = shared.get_mut(other as usize).map_or(0.0, std::mem::take);
            if sum >= at_least * WORTH_WEIGHING {
                found.extend(weighed(vectors, questions, place, other, at_least));
            }
        }
        found.sort_by(|one, two| two.likeness.total_cmp(&one.likeness));
        near.extend(found.into_iter().take(KEPT_AT_MOST));
    }
    near
}

/// The heaviest words of a question that are in another one, too.
fn most_telling(vectors: &Vectors, question: u32) -> Vec<(u32, f32)> {
    let is_shared = |term: u32| {
        vectors
            .spread
            .get(term as usize)
            .is_some_and(|spread| *spread > 1)
    };
    let mut words: Vec<(u32, f32)> = vectors
        .row(question)
        .filter(|(term, _)| is_shared(*term))
        .collect();
    words.sort_unstable_by(|one, two| two.1.total_cmp(&one.1).then(one.0.cmp(&two.0)));
    words.truncate(TELLING);
    words.shrink_to_fit();
    words
}

fn by_bands(vectors: &Vectors, questions: &[u32], at_least: f32) -> Vec<Near> {
    let mut near = Vec::new();
    for band in 0..BANDS as u64 {
        let mut buckets: Vec<(u64, u32)> = (0..)
            .zip(questions)
            .map(|(place, question)| (bucket(vectors, *question, band), place))
            .collect();
        buckets.sort_unstable();
        for same in buckets.chunk_by(|one, next| one.0 == next.0) {
            for (n, (_, place)) in same.iter().enumerate() {
                for (_, other) in same.iter().skip(n + 1).take(OF_BUCKET) {
                    near.extend(weighed(vectors, questions, *place, *other, at_least));
                }
            }
        }
    }
    near
}

fn bucket(vectors: &Vectors, question: u32, band: u64) -> u64 {
    let least = |hash: u64| {
        vectors
            .row(question)
            .map(|(term, _)| mixed(u64::from(term) ^ (hash << 40)))
            .min()
            .unwrap_or(0)
    };
    (0..IN_BAND).fold(0, |bucket, row| {
        mixed(bucket ^ least(band * IN_BAND + row + 1))
    })
}

fn weighed(
    vectors: &Vectors,
    questions: &[u32],
    place: u32,
    other: u32,
    at_least: f32,
) -> Option<Near> {
    let (a, b) = (
        *questions.get(place as usize)?,
        *questions.get(other as usize)?,
    );
    let likeness = vectors.likeness(a, b);
    (likeness >= at_least).then_some(Near { a, b, likeness })
}
