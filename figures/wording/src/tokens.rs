//! Text as numbers: the same words have the same number.

use std::collections::HashMap;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// Gives numbers to stretches of text.
#[derive(Debug, Default)]
pub(crate) struct Numbers<'a> {
    known: HashMap<&'a str, u32>,
}

impl<'a> Numbers<'a> {
    pub(crate) fn of(&mut self, text: &'a str) -> u32 {
        let next = self.known.len() as u32;
        *self.known.entry(text).or_insert(next)
    }
}

/// A stretch of a text, with its number.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) range: Range<usize>,
    pub(crate) number: u32,
    /// How many letters and digits; none for marks and blank space.
    pub(crate) letters: u32,
    pub(crate) sort: Sort,
}

/// What a token is to those that read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Word,
    /// Ends a sentence.
    Stop,
    Mark,
    Space,
    /// Ends a line.
    Break,
}

impl Sort {
    fn of(word: &str) -> Self {
        match word {
            _ if word.chars().any(char::is_alphanumeric) => Self::Word,
            _ if word.contains(['\n', '\r']) => Self::Break,
            _ if word.chars().all(char::is_whitespace) => Self::Space,
            "." | "!" | "?" | "…" | "。" | "！" | "？" => Self::Stop,
            _ => Self::Mark,
        }
    }
}

/// Words, marks and blank space between them (Unicode Standard Annex 29). Where words are not parted by space (Chinese, Thai), a word is a character.
pub(crate) fn words<'a>(
    text: &'a str,
    range: Range<usize>,
    numbers: &mut Numbers<'a>,
) -> Vec<Token> {
    let mut at = range.start;
    let part = text.get(range).unwrap_or_default();
    part.split_word_bounds()
        .map(|word| {
            let start = at;
            at += word.len();
            Token {
                range: start..at,
                number: numbers.of(word),
                letters: word.chars().filter(|char| char.is_alphanumeric()).count() as u32,
                sort: Sort::of(word),
            }
        })
        .collect()
}

pub(crate) fn numbers_of(tokens: &[Token]) -> Vec<u32> {
    tokens.iter().map(|token| token.number).collect()
}

/// The bytes that tokens cover; of none, the place where they would stand.
pub(crate) fn bytes_of(tokens: &[Token], range: Range<usize>, first: usize) -> Range<usize> {
    let at = |place: usize| match place.checked_sub(1).and_then(|last| tokens.get(last)) {
        Some(token) => token.range.end,
        None => first,
    };
    at(range.start)..at(range.end)
}
