//! Advertising that nobody answered, kept out by a rule that anybody can check by hand.
//!
//! A message is held back when a filter on its way marked it, or when all of this is true: it answers nothing, its sender has not
//! been heard in this archive, and it has at least three points (below) with goods that are only ever advertised among them. What is held back
//! is let in as soon as somebody answers it or its sender is heard again in a conversation; otherwise it is skipped as spam.
//! Few messages are held at once; of more, the oldest is skipped.

use std::collections::{HashSet, VecDeque};

use super::letter::Letter;

/// How many messages are held back at once.
const HELD: usize = 200;

/// What nobody writes on a list but to sell it, lower-cased: two points in the subject, one in the words.
const GOODS: [&str; 29] = [
    "viagra",
    "cialis",
    "levitra",
    "online casino",
    "casino bonus",
    "weight loss",
    "lose weight",
    "replica watch",
    "rolex",
    "cheap meds",
    "online pharmacy",
    "no prescription",
    "without prescription",
    "lottery",
    "you have won",
    "you won",
    "next of kin",
    "million us dollars",
    "million united states dollars",
    "beloved in christ",
    "work from home",
    "earn money",
    "make money",
    "get rich",
    "seo services",
    "first page of google",
    "loan offer",
    "mortgage rates",
    "penis",
];
/// How it is said, which others say as well: one point.
const MANNERS: [&str; 14] = [
    "million dollars",
    "business proposal",
    "dear friend",
    "inheritance",
    "extra income",
    "financial freedom",
    "risk free",
    "money back guarantee",
    "100% free",
    "act now",
    "limited time offer",
    "order now",
    "lowest price",
    "click here",
];

/// Whether a message has at least three points, with goods among them.
fn looks_like_advertising(letter: &Letter) -> bool {
    let subject = letter.subject.to_lowercase();
    let end = letter.text.floor_char_boundary(20_000);
    let words = letter.text.get(..end).unwrap_or("").to_lowercase();
    let goods: usize = GOODS
        .iter()
        .map(|phrase| {
            2 * usize::from(subject.contains(phrase)) + usize::from(words.contains(phrase))
        })
        .sum();
    if goods == 0 {
        return false;
    }
    let manners = MANNERS
        .iter()
        .filter(|phrase| subject.contains(**phrase) || words.contains(**phrase))
        .count();
    let letters = letter.subject.chars().filter(|c| c.is_alphabetic()).count();
    let large = letter.subject.chars().filter(|c| c.is_uppercase()).count();
    let signs = [
        letters >= 12 && large * 10 >= letters * 7,
        letter.subject.contains("!!") || letter.subject.contains("$$"),
        letter.is_html && (words.contains("http://") || words.contains("https://")),
        words.contains("to be removed") || words.contains("opt-out") || words.contains("opt out"),
    ];
    goods + manners + signs.iter().filter(|sign| **sign).count() >= 3
}

/// What is held back, until it is answered or its sender is heard again.
pub struct Held<T> {
    heard: HashSet<u64>,
    waiting: VecDeque<(u64, u64, T)>,
}

impl<T> Default for Held<T> {
    fn default() -> Held<T> {
        Held {
            heard: HashSet::new(),
            waiting: VecDeque::new(),
        }
    }
}

impl<T> Held<T> {
    /// Whether a message is to be held back.
    pub fn wants(&self, letter: &Letter, voice: u64, is_answer: bool) -> bool {
        letter.marked_as_spam && !is_answer
            || (!is_answer && !self.heard.contains(&voice) && looks_like_advertising(letter))
    }

    /// Holds one back, and gives the one that has waited longest when there are too many.
    pub fn hold(&mut self, id: u64, voice: u64, what: T) -> Option<T> {
        self.waiting.push_back((id, voice, what));
        if self.waiting.len() <= HELD {
            return None;
        }
        self.waiting.pop_front().map(|(_, _, what)| what)
    }

    /// Somebody said something that is no advertising, in answer to `answered`: what that lets in.
    pub fn heard(&mut self, voice: u64, answered: Option<u64>) -> Vec<T> {
        self.heard.insert(voice);
        if self.waiting.is_empty() {
            return Vec::new();
        }
        let (free, still): (VecDeque<_>, VecDeque<_>) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|(id, by, _)| Some(*id) == answered || (*by == voice && answered.is_some()));
        self.waiting = still;
        free.into_iter().map(|(_, _, what)| what).collect()
    }

    pub fn rest(&mut self) -> impl Iterator<Item = T> + '_ {
        self.waiting.drain(..).map(|(_, _, what)| what)
    }
}
