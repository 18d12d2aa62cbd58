//! What two people did to one text at once, put together.
//!
//! Three-way merging as in diff3 (Khanna, Kunal and Pierce 2007, "A formal investigation of Diff3"): by blocks, within what both touched by lines, within
//! that by words. At each step touching counts as overlapping, so that two changes side by side are looked at more closely and not just set in a row.

use std::ops::Range;

use crate::LONGEST;
use crate::align::{Hunk, hunks};
use crate::blocks::blocks;
use crate::tokens::{Numbers, Sort, words};

/// Both must keep so much of the lines that both changed, or words are not put together.
const KEPT: f64 = 0.5;

/// Three wordings as one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    /// What both said; where they clash, ours.
    pub words: String,
    pub clashes: Vec<Clash>,
}

/// Whole lines of which the two say different things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// Where ours stands in the merged words, in bytes.
    pub at: Range<usize>,
    pub base: String,
    pub ours: String,
    pub theirs: String,
}

/// What ours and theirs made of base, as one wording. The same change on both sides counts once; different words of one paragraph are put together, of
/// code only different lines. Nothing is lost: whatever one of them put in is in the words or in a clash.
pub fn merge(base: &str, ours: &str, theirs: &str) -> Merged {
    let mut merged = Merged::default();
    let longest = base.len().max(ours.len()).max(theirs.len());
    let finest = if longest > LONGEST {
        Step::Whole
    } else {
        Step::Words
    };
    merged.put(
        Three { base, ours, theirs },
        Step::Blocks.min(finest),
        finest,
    );
    merged
}

/// How finely three texts are looked at, from coarse to fine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Whole,
    Blocks,
    Lines,
    Words,
}

#[derive(Debug, Clone, Copy)]
struct Three<'a> {
    base: &'a str,
    ours: &'a str,
    theirs: &'a str,
}

impl<'a> Three<'a> {
    /// What is no question.
    fn settled(&self) -> Option<&'a str> {
        match self {
            _ if self.ours == self.theirs || self.base == self.theirs => Some(self.ours),
            _ if self.base == self.ours => Some(self.theirs),
            _ => None,
        }
    }

    fn each(&self) -> [&'a str; 3] {
        [self.base, self.ours, self.theirs]
    }
}

impl Merged {
    /// Takes what is settled, and looks at the rest step by step.
    fn put(&mut self, three: Three<'_>, step: Step, finest: Step) {
        if let Some(words) = three.settled() {
            self.words.push_str(words);
            return;
        }
        match step {
            Step::Blocks | Step::Lines if step <= finest => self.parts(three, step, finest),
            Step::Words if step <= finest => match by_words(three) {
                Some(words) => self.words.push_str(&words),
                None => self.clash(three),
            },
            _ => self.clash(three),
        }
    }

    fn parts(&mut self, three: Three<'_>, step: Step, finest: Step) {
        let mut numbers = Numbers::default();
        let pieces = three.each().map(|text| pieces(text, step, &mut numbers));
        for part in parts(&pieces) {
            let code = pieces.iter().zip(&part).any(|(side, range)| {
                let mut within = side.get(range.clone()).unwrap_or_default().iter();
                within.any(|piece| piece.code)
            });
            let finest = if code {
                finest.min(Step::Lines)
            } else {
                finest
            };
            let next = if step == Step::Blocks {
                Step::Lines
            } else {
                Step::Words
            };
            self.put(texts(three, &pieces, part), next, finest);
        }
    }

    fn clash(&mut self, three: Three<'_>) {
        let from = self.words.len();
        self.words.push_str(three.ours);
        let [base, ours, theirs] = three.each().map(str::to_owned);
        let at = from..self.words.len();
        self.clashes.push(Clash {
            at,
            base,
            ours,
            theirs,
        });
    }
}

/// None where the two said different things of the same words, or changed so much that putting words together would make what nobody wrote.
fn by_words(three: Three<'_>) -> Option<String> {
    let mut numbers = Numbers::default();
    let pieces = three
        .each()
        .map(|text| pieces(text, Step::Words, &mut numbers));
    let [base, ours, theirs] = &pieces;
    if kept(base, ours) < KEPT || kept(base, theirs) < KEPT {
        return None;
    }
    let each = parts(&pieces).into_iter();
    each.map(|part| texts(three, &pieces, part).settled())
        .collect()
}

/// Of the letters of one side, the share that the other has, too.
fn kept(base: &[Piece], side: &[Piece]) -> f64 {
    let letters = |pieces: &[Piece]| pieces.iter().map(|piece| piece.letters).sum::<u32>();
    let out: u32 = hunks(&numbers(base), &numbers(side))
        .into_iter()
        .map(|hunk| letters(base.get(hunk.before).unwrap_or_default()))
        .sum();
    match letters(base) {
        0 => 0.0,
        all => f64::from(all - out) / f64::from(all),
    }
}

/// A block, a line or a word.
#[derive(Debug)]
struct Piece {
    range: Range<usize>,
    number: u32,
    code: bool,
    letters: u32,
    /// Enough to part two changes.
    parts: bool,
}

fn pieces<'a>(text: &'a str, step: Step, numbers: &mut Numbers<'a>) -> Vec<Piece> {
    let mut piece = |range: Range<usize>, code| Piece {
        number: numbers.of(text.get(range.clone()).unwrap_or_default()),
        range,
        code,
        letters: 0,
        parts: true,
    };
    match step {
        Step::Whole => vec![piece(0..text.len(), false)],
        Step::Blocks => {
            let spans = blocks(text).into_iter();
            spans.map(|span| piece(span.whole, span.code)).collect()
        }
        Step::Lines => {
            let mut at = 0;
            let lines = text.split_inclusive('\n');
            lines
                .map(|line| {
                    at += line.len();
                    piece(at - line.len()..at, false)
                })
                .collect()
        }
        Step::Words => {
            let tokens = words(text, 0..text.len(), numbers).into_iter();
            tokens
                .map(|token| Piece {
                    number: token.number,
                    range: token.range,
                    code: false,
                    letters: token.letters,
                    parts: matches!(token.sort, Sort::Word | Sort::Stop | Sort::Break),
                })
                .collect()
        }
    }
}

fn numbers(pieces: &[Piece]) -> Vec<u32> {
    pieces.iter().map(|piece| piece.number).collect()
}

/// Where base, ours and theirs stand for one another: by turns what nobody touched, and what one or both did.
fn parts(pieces: &[Vec<Piece>; 3]) -> Vec<[Range<usize>; 3]> {
    let [base, ours, theirs] = pieces;
    let numbers = [base, ours, theirs].map(|side| numbers(side));
    let [base_numbers, ours_numbers, theirs_numbers] = &numbers;
    let ours = hunks(base_numbers, ours_numbers)
        .into_iter()
        .map(|hunk| (hunk, 0));
    let theirs = hunks(base_numbers, theirs_numbers)
        .into_iter()
        .map(|hunk| (hunk, 1));
    let mut touched: Vec<(Hunk, usize)> = ours.chain(theirs).collect();
    touched.sort_by_key(|(hunk, _)| (hunk.before.start, hunk.before.end));
    let mut groups: Vec<Group> = Vec::new();
    for (hunk, side) in touched {
        match groups.last_mut() {
            Some(group) if group.touches(&hunk, base) => group.add(&hunk, side),
            _ => {
                let mut group = Group {
                    base: hunk.before.clone(),
                    grown: [0, 0],
                };
                group.add(&hunk, side);
                groups.push(group);
            }
        }
    }
    laid_out(&groups, base.len())
}

/// Changes that touch one another.
struct Group {
    base: Range<usize>,
    /// By how many pieces ours and theirs are longer than base here.
    grown: [isize; 2],
}

impl Group {
    fn touches(&self, hunk: &Hunk, base: &[Piece]) -> bool {
        let between = base
            .get(self.base.end..hunk.before.start)
            .unwrap_or_default();
        !between.iter().any(|piece| piece.parts)
    }

    fn add(&mut self, hunk: &Hunk, side: usize) {
        self.base.end = self.base.end.max(hunk.before.end);
        if let Some(grown) = self.grown.get_mut(side) {
            *grown += hunk.after.len() as isize - hunk.before.len() as isize;
        }
    }
}

fn laid_out(groups: &[Group], length: usize) -> Vec<[Range<usize>; 3]> {
    let mut parts = Vec::with_capacity(2 * groups.len() + 1);
    let (mut from, mut shift) = (0, [0, 0]);
    let moved = |range: &Range<usize>, start: isize, end: isize| {
        range.start.saturating_add_signed(start)..range.end.saturating_add_signed(end)
    };
    for group in groups {
        let untouched = from..group.base.start;
        let [ours, theirs] = shift.map(|by| moved(&untouched, by, by));
        parts.push([untouched, ours, theirs]);
        let [ours, theirs] = shift;
        let grown = [ours + group.grown[0], theirs + group.grown[1]];
        parts.push([
            group.base.clone(),
            moved(&group.base, ours, grown[0]),
            moved(&group.base, theirs, grown[1]),
        ]);
        (from, shift) = (group.base.end, grown);
    }
    let [ours, theirs] = shift.map(|by| moved(&(from..length), by, by));
    parts.push([from..length, ours, theirs]);
    parts
}

fn texts<'a>(
    three: Three<'a>,
    pieces: &[Vec<Piece>; 3],
    [base, ours, theirs]: [Range<usize>; 3],
) -> Three<'a> {
    let [of_base, of_ours, of_theirs] = pieces;
    Three {
        base: text(three.base, of_base, base),
        ours: text(three.ours, of_ours, ours),
        theirs: text(three.theirs, of_theirs, theirs),
    }
}

fn text<'a>(whole: &'a str, pieces: &[Piece], range: Range<usize>) -> &'a str {
    let start = |at: usize| {
        pieces
            .get(at)
            .map_or(whole.len(), |piece| piece.range.start)
    };
    whole
        .get(start(range.start)..start(range.end))
        .unwrap_or_default()
}
