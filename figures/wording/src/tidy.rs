//! Hunks of words made readable: changes that hardly anything parts are one change, and a change begins where a reader would begin it.
//!
//! After the semantic clean-up of Neil Fraser's diff-match-patch, by words instead of characters.

use std::ops::Range;

use crate::align::Hunk;
use crate::tokens::{Sort, Token};

/// A lone word of so many letters between two changes is no help to a reader.
const LONE_LETTERS: u32 = 4;

/// The same change in fewer, larger hunks.
pub(crate) fn tidied(hunks: Vec<Hunk>, before: &[Token], after: &[Token]) -> Vec<Hunk> {
    let placed = placed(hunks, before, after);
    let letters = Letters::of(before, after);
    let mut tidy: Vec<Hunk> = Vec::new();
    for mut hunk in placed {
        while let Some(last) = tidy.pop_if(|last| letters.are_one(last, &hunk)) {
            hunk = Hunk {
                before: last.before.start..hunk.before.end,
                after: last.after.start..hunk.after.end,
            };
        }
        tidy.push(hunk);
    }
    tidy
}

/// Letters and words up to each token, on either side.
struct Letters {
    before: Vec<(u32, u32)>,
    after: Vec<(u32, u32)>,
}

impl Letters {
    fn of(before: &[Token], after: &[Token]) -> Self {
        Self {
            before: sums(before),
            after: sums(after),
        }
    }

    /// Whether what stands between two hunks is too little to part them. A hunk of blank space alone joins nothing: it is not seen.
    fn are_one(&self, one: &Hunk, next: &Hunk) -> bool {
        let kept = between(&self.before, one.before.end, next.before.start);
        let sizes = (self.size(one), self.size(next));
        if sizes.0 == 0 || sizes.1 == 0 {
            return false;
        }
        let lone = kept.1 <= 1 && kept.0 <= LONE_LETTERS;
        lone || kept.0 <= sizes.0.min(sizes.1)
    }

    fn size(&self, hunk: &Hunk) -> u32 {
        let out = between(&self.before, hunk.before.start, hunk.before.end).0;
        let put_in = between(&self.after, hunk.after.start, hunk.after.end).0;
        out.max(put_in)
    }
}

fn sums(tokens: &[Token]) -> Vec<(u32, u32)> {
    let mut sum = (0, 0);
    let mut sums = vec![sum];
    sums.extend(tokens.iter().map(|token| {
        sum = (sum.0 + token.letters, sum.1 + u32::from(token.letters > 0));
        sum
    }));
    sums
}

fn between(sums: &[(u32, u32)], from: usize, to: usize) -> (u32, u32) {
    let at = |place: usize| sums.get(place).copied().unwrap_or_default();
    let (from, to) = (at(from), at(to));
    (to.0.saturating_sub(from.0), to.1.saturating_sub(from.1))
}

/// What is only put in or only taken out can often stand a little earlier or later ("a [b a] c" is "[a b] a c"): there where it begins a line, else a
/// sentence, else a word.
fn placed(hunks: Vec<Hunk>, before: &[Token], after: &[Token]) -> Vec<Hunk> {
    let mut placed: Vec<Hunk> = Vec::with_capacity(hunks.len());
    let mut hunks = hunks.into_iter().peekable();
    while let Some(hunk) = hunks.next() {
        let free = Free {
            left: match placed.last() {
                Some(last) => (hunk.before.start - last.before.end).saturating_sub(1),
                None => hunk.before.start,
            },
            right: match hunks.peek() {
                Some(next) => (next.before.start - hunk.before.end).saturating_sub(1),
                None => before.len() - hunk.before.end,
            },
        };
        placed.push(if hunk.before.is_empty() {
            moved(&hunk, free.best(after, hunk.after.clone()))
        } else if hunk.after.is_empty() {
            moved(&hunk, free.best(before, hunk.before.clone()))
        } else {
            hunk
        });
    }
    placed
}

/// How many tokens a hunk may be moved by.
struct Free {
    left: usize,
    right: usize,
}

impl Free {
    fn best(&self, tokens: &[Token], range: Range<usize>) -> isize {
        let number = |at: usize| tokens.get(at).map(|token| (token.number, token.sort));
        let left = (1..=self.left)
            .take_while(|by| number(range.start - by) == number(range.end - by))
            .count();
        let right = (0..self.right)
            .take_while(|by| number(range.start + by) == number(range.end + by))
            .count();
        let shifts = -(left as isize)..=right as isize;
        let score = |shift: isize| {
            let start = range.start.saturating_add_signed(shift);
            (beginning(tokens, start), -shift.abs())
        };
        shifts.max_by_key(|shift| score(*shift)).unwrap_or(0)
    }
}

/// How good a place is to begin at.
fn beginning(tokens: &[Token], at: usize) -> u8 {
    let sort = |back: usize| {
        at.checked_sub(back)
            .and_then(|at| tokens.get(at))
            .map(|token| token.sort)
    };
    match (sort(2), sort(1)) {
        (_, None | Some(Sort::Break)) => 4,
        (Some(Sort::Stop), Some(Sort::Space)) => 3,
        (_, Some(Sort::Space)) => 2,
        _ => 1,
    }
}

fn moved(hunk: &Hunk, shift: isize) -> Hunk {
    let by = |range: &Range<usize>| {
        range.start.saturating_add_signed(shift)..range.end.saturating_add_signed(shift)
    };
    Hunk {
        before: by(&hunk.before),
        after: by(&hunk.after),
    }
}
