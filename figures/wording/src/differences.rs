//! What was taken out and put in between two wordings, block by block and word by word.

use std::ops::Range;

use crate::LONGEST;
use crate::align::{Hunk, hunks};
use crate::blocks::{Span, blocks};
use crate::pairs::{self, ALIKE, Worded, likeness, pairs};
use crate::tidy::tidied;
use crate::tokens::{Numbers, bytes_of, numbers_of};

/// A paragraph, heading, item, row or line of code, with the blank lines after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block<'a> {
    Same {
        words: &'a str,
    },
    Changed {
        parts: Vec<Part<'a>>,
    },
    /// So many same blocks are not shown ([`folded`]).
    Folded {
        blocks: usize,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    Same(&'a str),
    Out(&'a str),
    In(&'a str),
}

impl Part<'_> {
    /// Whether it is blank space alone, of which a reader is best told nothing.
    pub fn is_blank(&self) -> bool {
        let (Self::Same(words) | Self::Out(words) | Self::In(words)) = self;
        words.trim().is_empty()
    }
}

/// Every block of both wordings in order. What is same or out is `before`, what is same or in is `after`, to the byte. Where only blank space changed,
/// a part holds blank space alone.
///
/// A block of which more than 60 % changed is taken out and put in whole, and so is a text longer than [`LONGEST`]. What was moved is taken out here and
/// put in there.
pub fn differences<'a>(before: &'a str, after: &'a str) -> Vec<Block<'a>> {
    let shown = Comparing::of(before, after).blocks();
    shown
        .iter()
        .map(|stretches| shown_as(stretches, before, after))
        .collect()
}

/// The same with long stretches of same blocks folded: one block stays on either side of what changed.
pub fn folded(blocks: Vec<Block<'_>>) -> Vec<Block<'_>> {
    let is_same = |at: usize| matches!(blocks.get(at), Some(Block::Same { .. }) | None);
    let hidden: Vec<bool> = (0..blocks.len())
        .map(|at| is_same(at) && is_same(at.wrapping_sub(1)) && is_same(at + 1))
        .collect();
    let mut kept = Vec::new();
    let mut blocks = blocks.into_iter();
    for run in hidden.chunk_by(|one, next| one == next) {
        let taken = blocks.by_ref().take(run.len());
        // One line that says that one block is hidden is no shorter than the block.
        if run.len() > 1 && run.first() == Some(&true) {
            kept.push(Block::Folded {
                blocks: taken.count(),
            });
        } else {
            kept.extend(taken);
        }
    }
    kept
}

/// Of the words of the longer wording, the share (0 to 1) that stands in both, in the same order. 1 where neither has a word.
pub fn similarity(before: &str, after: &str) -> f64 {
    let (mut kept, mut out, mut put_in) = (0, 0, 0);
    for block in differences(before, after) {
        match block {
            Block::Same { words } => kept += count(words),
            Block::Changed { parts } => {
                for part in parts {
                    match part {
                        Part::Same(words) => kept += count(words),
                        Part::Out(words) => out += count(words),
                        Part::In(words) => put_in += count(words),
                    }
                }
            }
            Block::Folded { .. } => {}
        }
    }
    match kept + out.max(put_in) {
        0 => 1.0,
        longer => kept as f64 / longer as f64,
    }
}

fn count(words: &str) -> usize {
    unicode_segmentation::UnicodeSegmentation::unicode_words(words).count()
}

/// Bytes of both wordings: the same, or some in place of others.
#[derive(Debug, Clone)]
struct Stretch {
    before: Range<usize>,
    after: Range<usize>,
    same: bool,
}

fn changed(before: Range<usize>, after: Range<usize>) -> Stretch {
    Stretch {
        before,
        after,
        same: false,
    }
}

struct Comparing<'a> {
    before: &'a str,
    after: &'a str,
    numbers: Numbers<'a>,
    /// Each block as its stretches.
    blocks: Vec<Vec<Stretch>>,
    /// Where the next block begins on either side.
    at: (usize, usize),
    work: usize,
}

impl<'a> Comparing<'a> {
    fn of(before: &'a str, after: &'a str) -> Self {
        let mut comparing = Self {
            before,
            after,
            numbers: Numbers::default(),
            blocks: Vec::new(),
            at: (0, 0),
            work: pairs::WORK,
        };
        if before.len().max(after.len()) > LONGEST && before != after {
            comparing.whole(before.len(), 0);
            comparing.whole(before.len(), after.len());
        } else {
            comparing.all();
        }
        comparing
    }

    fn all(&mut self) {
        let (one, other) = (blocks(self.before), blocks(self.after));
        let numbered = {
            let mut numbers = Numbers::default();
            let mut of = |text: &'a str, spans: &[Span]| -> Vec<u32> {
                let contents = spans.iter().map(|span| text.get(span.content.clone()));
                contents
                    .map(|words| numbers.of(words.unwrap_or_default()))
                    .collect()
            };
            (of(self.before, &one), of(self.after, &other))
        };
        let mut from = (0, 0);
        for hunk in hunks(&numbered.0, &numbered.1) {
            self.same(
                part(&one, from.0..hunk.before.start),
                part(&other, from.1..hunk.after.start),
            );
            self.hunk(
                part(&one, hunk.before.clone()),
                part(&other, hunk.after.clone()),
            );
            from = (hunk.before.end, hunk.after.end);
        }
        self.same(
            part(&one, from.0..one.len()),
            part(&other, from.1..other.len()),
        );
    }

    /// Blocks of the same words; the blank lines after them may differ.
    fn same(&mut self, before: &[Span], after: &[Span]) {
        for (one, other) in before.iter().zip(after) {
            let gaps = (
                one.content.end..one.whole.end,
                other.content.end..other.whole.end,
            );
            let shared = common(
                self.before.get(gaps.0.clone()),
                self.after.get(gaps.1.clone()),
            );
            let to = (one.content.end + shared, other.content.end + shared);
            if self.at != to {
                let (before, after) = (self.at.0..to.0, self.at.1..to.1);
                self.blocks.push(vec![Stretch {
                    before,
                    after,
                    same: true,
                }]);
                self.at = to;
            }
            self.whole(one.whole.end, other.whole.end);
        }
    }

    /// Up to there, everything is another.
    fn whole(&mut self, before: usize, after: usize) {
        if self.at != (before, after) {
            self.blocks
                .push(vec![changed(self.at.0..before, self.at.1..after)]);
            self.at = (before, after);
        }
    }

    fn hunk(&mut self, before: &[Span], after: &[Span]) {
        let one = worded(self.before, before, &mut self.numbers);
        let other = worded(self.after, after, &mut self.numbers);
        let mut from = (0, 0);
        for (left, right) in pairs(&one, &other, &mut self.work) {
            self.each_whole(part(before, from.0..left), part(after, from.1..right));
            let texts = (one.get(left), other.get(right));
            let spans = (before.get(left), after.get(right));
            if let ((Some(one), Some(other)), (Some(span), Some(to))) = (texts, spans) {
                self.words(one, other, (span.whole.end, to.whole.end));
            }
            from = (left + 1, right + 1);
        }
        self.each_whole(
            part(before, from.0..before.len()),
            part(after, from.1..after.len()),
        );
    }

    /// Blocks that became none, then those that came from none.
    fn each_whole(&mut self, before: &[Span], after: &[Span]) {
        for span in before {
            self.whole(span.whole.end, self.at.1);
        }
        for span in after {
            self.whole(self.at.0, span.whole.end);
        }
    }

    fn words(&mut self, one: &Worded, other: &Worded, to: (usize, usize)) {
        let numbers = (numbers_of(&one.tokens), numbers_of(&other.tokens));
        let hunks = tidied(hunks(&numbers.0, &numbers.1), &one.tokens, &other.tokens);
        if is_like(&hunks, one, other) {
            let hunks = self.with_blanks(hunks, one, other);
            self.blocks.push(self.stretches(&hunks, one, other));
            self.at = to;
        } else {
            self.whole(to.0, self.at.1);
            self.whole(to.0, to.1);
        }
    }

    /// Also where blank space that counted as the same is another.
    fn with_blanks(&self, hunks: Vec<Hunk>, one: &Worded, other: &Worded) -> Vec<Hunk> {
        let (mut all, mut from) = (Vec::with_capacity(hunks.len()), (0, 0));
        let end = Hunk {
            before: one.tokens.len()..one.tokens.len(),
            after: other.tokens.len()..other.tokens.len(),
        };
        for hunk in hunks.into_iter().chain([end]) {
            for (left, right) in (from.0..hunk.before.start).zip(from.1..hunk.after.start) {
                let texts = (one.tokens.get(left), other.tokens.get(right));
                let texts = (
                    texts
                        .0
                        .and_then(|token| self.before.get(token.range.clone())),
                    texts
                        .1
                        .and_then(|token| self.after.get(token.range.clone())),
                );
                if texts.0 != texts.1 {
                    all.push(Hunk {
                        before: left..left + 1,
                        after: right..right + 1,
                    });
                }
            }
            from = (hunk.before.end, hunk.after.end);
            all.push(hunk);
        }
        all
    }

    /// What hunks of words and the words between them are in bytes.
    fn stretches(&self, hunks: &[Hunk], one: &Worded, other: &Worded) -> Vec<Stretch> {
        let mut stretches: Vec<Stretch> = Vec::new();
        let (mut left, mut right) = self.at;
        for hunk in hunks {
            let before = bytes_of(&one.tokens, hunk.before.clone(), self.at.0);
            let after = bytes_of(&other.tokens, hunk.after.clone(), self.at.1);
            if left < before.start {
                stretches.push(Stretch {
                    before: left..before.start,
                    after: right..after.start,
                    same: true,
                });
            }
            (left, right) = (before.end, after.end);
            if !before.is_empty() || !after.is_empty() {
                append(&mut stretches, changed(before, after));
            }
        }
        stretches
    }

    /// Blocks in which only blank lines changed join a changed one beside them.
    fn blocks(self) -> Vec<Vec<Stretch>> {
        let mut joined: Vec<Vec<Stretch>> = Vec::with_capacity(self.blocks.len());
        let (before, after) = (self.before, self.after);
        let is_blank = |block: &[Stretch]| {
            block.iter().all(|stretch| {
                !stretch.same && blank(before, &stretch.before) && blank(after, &stretch.after)
            })
        };
        for block in self.blocks {
            let is_changed = block.iter().any(|stretch| !stretch.same);
            match joined.last_mut() {
                Some(last)
                    if is_changed
                        && (is_blank(last)
                            || is_blank(&block) && last.iter().any(|stretch| !stretch.same)) =>
                {
                    block.into_iter().for_each(|stretch| append(last, stretch));
                }
                _ => joined.push(block),
            }
        }
        joined
    }
}

fn append(block: &mut Vec<Stretch>, stretch: Stretch) {
    match block.last_mut() {
        Some(last) if last.same == stretch.same => {
            last.before.end = stretch.before.end;
            last.after.end = stretch.after.end;
        }
        _ => block.push(stretch),
    }
}

fn blank(text: &str, range: &Range<usize>) -> bool {
    text.get(range.clone())
        .unwrap_or_default()
        .trim()
        .is_empty()
}

fn worded<'a>(text: &'a str, spans: &[Span], numbers: &mut Numbers<'a>) -> Vec<Worded> {
    let each = spans.iter();
    each.map(|span| Worded::of(text, span, numbers)).collect()
}

fn is_like(hunks: &[Hunk], one: &Worded, other: &Worded) -> bool {
    let letters =
        |tokens: &[crate::tokens::Token]| tokens.iter().map(|token| token.letters).sum::<u32>();
    let (before, after) = (letters(&one.tokens), letters(&other.tokens));
    let out: u32 = hunks
        .iter()
        .map(|hunk| letters(one.tokens.get(hunk.before.clone()).unwrap_or_default()))
        .sum();
    likeness(before - out, before, after) >= ALIKE
}

fn part(spans: &[Span], range: Range<usize>) -> &[Span] {
    spans.get(range).unwrap_or_default()
}

fn common(one: Option<&str>, other: Option<&str>) -> usize {
    let (one, other) = (one.unwrap_or_default(), other.unwrap_or_default());
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
    same.map(|(char, _)| char.len_utf8()).sum()
}

fn shown_as<'a>(stretches: &[Stretch], before: &'a str, after: &'a str) -> Block<'a> {
    let out = |stretch: &Stretch| before.get(stretch.before.clone()).unwrap_or_default();
    let put_in = |stretch: &Stretch| after.get(stretch.after.clone()).unwrap_or_default();
    if let [only] = stretches
        && only.same
    {
        return Block::Same {
            words: put_in(only),
        };
    }
    let mut parts = Vec::new();
    for stretch in stretches {
        if stretch.same {
            parts.push(Part::Same(put_in(stretch)));
            continue;
        }
        if !stretch.before.is_empty() {
            parts.push(Part::Out(out(stretch)));
        }
        if !stretch.after.is_empty() {
            parts.push(Part::In(put_in(stretch)));
        }
    }
    Block::Changed { parts }
}
