//! Which block became which, among blocks that all changed.

use crate::blocks::Span;
use crate::tokens::{Numbers, Sort, Token, words};

/// At least so much of two blocks has to be the same for one to be the other, changed.
pub(crate) const ALIKE: f64 = 0.4;

/// Words looked at for pairs of blocks in one text; past that, blocks are taken out and put in whole.
pub(crate) const WORK: usize = 1 << 25;

/// A block in words. Any blank space within it counts as the same, or a paragraph wrapped anew would be another.
#[derive(Debug)]
pub(crate) struct Worded {
    pub(crate) tokens: Vec<Token>,
    /// Number and letters of its words, in order of number.
    sorted: Vec<(u32, u32)>,
    letters: u32,
}

impl Worded {
    pub(crate) fn of<'a>(text: &'a str, span: &Span, numbers: &mut Numbers<'a>) -> Self {
        let mut tokens = words(text, span.whole.clone(), numbers);
        let space = numbers.of(" ");
        for token in &mut tokens {
            let within = token.range.end <= span.content.end;
            if within && matches!(token.sort, Sort::Space | Sort::Break) {
                token.number = space;
            }
        }
        let worded = tokens.iter().filter(|token| token.letters > 0);
        let mut sorted: Vec<(u32, u32)> =
            worded.map(|token| (token.number, token.letters)).collect();
        sorted.sort_unstable();
        Self {
            letters: sorted.iter().map(|word| word.1).sum(),
            tokens,
            sorted,
        }
    }

    fn likeness(&self, other: &Self) -> f64 {
        let (mut ours, mut theirs) = (
            self.sorted.iter().peekable(),
            other.sorted.iter().peekable(),
        );
        let mut shared = 0;
        while let (Some(one), Some(two)) = (ours.peek(), theirs.peek()) {
            match one.cmp(two) {
                std::cmp::Ordering::Less => drop(ours.next()),
                std::cmp::Ordering::Greater => drop(theirs.next()),
                std::cmp::Ordering::Equal => {
                    shared += one.1;
                    ours.next();
                    theirs.next();
                }
            }
        }
        likeness(shared, self.letters, other.letters)
    }
}

/// Letters in common over the geometric mean of both (Ochiai): what only grew or only shrank stays like itself for longer than by the larger side.
pub(crate) fn likeness(shared: u32, one: u32, other: u32) -> f64 {
    if one == 0 || other == 0 {
        return 0.0;
    }
    f64::from(shared) / (f64::from(one) * f64::from(other)).sqrt()
}

/// Places of blocks that became one another, in order on both sides, such that the most is kept.
pub(crate) fn pairs(before: &[Worded], after: &[Worded], work: &mut usize) -> Vec<(usize, usize)> {
    let size = |side: &[Worded]| {
        side.iter()
            .map(|block| block.tokens.len() + 1)
            .sum::<usize>()
    };
    let all = after.len().saturating_mul(size(before)) + before.len().saturating_mul(size(after));
    if all <= *work / 4 {
        *work -= all;
        return best(before, after);
    }
    let by_place = size(before) + size(after);
    if before.len() != after.len() || by_place > *work {
        return Vec::new();
    }
    *work -= by_place;
    let pairs = before.iter().zip(after).enumerate();
    pairs
        .filter(|(_, (one, other))| one.likeness(other) >= ALIKE)
        .map(|(at, _)| (at, at))
        .collect()
}

/// The monotone pairing of the greatest sum of likenesses, by dynamic programming.
fn best(before: &[Worded], after: &[Worded]) -> Vec<(usize, usize)> {
    let mut sums = vec![0.0; after.len() + 1];
    let mut choices: Vec<Vec<Choice>> = Vec::with_capacity(before.len());
    for one in before {
        let mut row = vec![0.0];
        let mut chosen = Vec::with_capacity(after.len());
        for (at, other) in after.iter().enumerate() {
            let sum = |all: &[f64], at: usize| all.get(at).copied().unwrap_or(0.0);
            let likeness = one.likeness(other);
            let (out, put_in) = (sum(&sums, at + 1), sum(&row, at));
            let pair = if likeness >= ALIKE {
                sum(&sums, at) + likeness
            } else {
                0.0
            };
            let (choice, sum) = match pair {
                _ if pair > out && pair > put_in => (Choice::Pair, pair),
                _ if out >= put_in => (Choice::Out, out),
                _ => (Choice::In, put_in),
            };
            chosen.push(choice);
            row.push(sum);
        }
        choices.push(chosen);
        sums = row;
    }
    back(&choices, before.len(), after.len())
}

#[derive(Debug, Clone, Copy)]
enum Choice {
    Pair,
    Out,
    In,
}

fn back(choices: &[Vec<Choice>], mut one: usize, mut other: usize) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    while let (Some(left), Some(right)) = (one.checked_sub(1), other.checked_sub(1)) {
        match choices.get(left).and_then(|row| row.get(right)) {
            Some(Choice::Pair) => {
                pairs.push((left, right));
                (one, other) = (left, right);
            }
            Some(Choice::Out) => one = left,
            _ => other = right,
        }
    }
    pairs.reverse();
    pairs
}
