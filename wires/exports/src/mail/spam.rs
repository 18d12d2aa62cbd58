//! Advertising that nobody answered, kept out by a rule that anybody can check by hand.
//!
//! A message is held back when a filter on its way marked it, or when all of this is true: it answers nothing, its sender has not
//! been heard in this archive, and it has at least three points (below) of which one is a phrase of advertising. What is held back
//! is let in as soon as somebody answers it or its sender is heard again in a conversation; otherwise it is skipped as spam.
//! Few messages are held at once; of more, the oldest is skipped.

use std::collections::{HashSet, VecDeque};

use super::letter::Letter;

/// How many messages are held back at once.
const HELD: usize = 200;

/// Phrases that advertising is made of, lower-cased. Each that is found is two points in the subject, one in the words.
const PHRASES: [&str; 44] = [
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
    "million dollars",
    "business proposal",
    "dear friend",
    "beloved in christ",
    "inheritance",
    "work from home",
    "earn money",
    "make money",
    "extra income",
    "financial freedom",
    "get rich",
    "risk free",
    "money back guarantee",
    "100% free",
    "act now",
    "limited time offer",
    "order now",
    "lowest price",
    "special offer",
    "click here",
    "seo services",
    "first page of google",
    "loan offer",
    "mortgage rates",
    "penis",
];

/// Points of a message; three with a phrase among them look like advertising.
fn points(letter: &Letter) -> (usize, usize) {
    let subject = letter.subject.to_lowercase();
    let end = letter.text.len().min(20_000);
    let head = (0..=end)
        .rev()
        .find(|end| letter.text.is_char_boundary(*end))
        .unwrap_or(0);
    let words = letter.text.get(..head).unwrap_or("").to_lowercase();
    let phrases = PHRASES
        .iter()
        .map(|phrase| {
            2 * usize::from(subject.contains(phrase)) + usize::from(words.contains(phrase))
        })
        .sum();
    let letters = letter.subject.chars().filter(|c| c.is_alphabetic()).count();
    let large = letter.subject.chars().filter(|c| c.is_uppercase()).count();
    let shouts = letters >= 12 && large * 10 >= letters * 7;
    let calls = letter.subject.contains("!!") || letter.subject.contains("$$");
    let invites = words.contains("http://") || words.contains("https://");
    let leaves =
        words.contains("to be removed") || words.contains("opt-out") || words.contains("opt out");
    (
        phrases,
        phrases
            + [shouts, calls, invites && letter.is_html, leaves]
                .iter()
                .filter(|sign| **sign)
                .count(),
    )
}

pub fn looks_like_advertising(letter: &Letter) -> bool {
    let (phrases, points) = points(letter);
    phrases > 0 && points >= 3
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
