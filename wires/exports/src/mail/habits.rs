//! What a list puts onto every message: its tag before the subject, its footer under the words.
//!
//! Learnt from the first messages of a file before they are read in earnest, so that it costs one bounded look.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::letter::{Letter, List};
use super::moments::plausible;
use super::threads::{bracketed, shown_subject};

/// How many messages are looked at.
pub const LOOKED_AT: usize = 200;
/// How far from the end of a message a footer may begin, in lines that are not empty.
const TAIL: usize = 14;
/// A line is the list's when this many messages of this many people end with it, and this share of all.
const MESSAGES: usize = 5;
const PEOPLE: usize = 3;
/// A tag is the list's when this many messages have it, and most of them.
const TAGGED: usize = 3;
const SHARE: f64 = 0.3;

#[derive(Default)]
pub struct Habits {
    pub tag: Option<String>,
    /// The list that most messages say they went to, for those that say nothing.
    pub list: Option<List>,
    /// The mailbox of one person rather than the archive of a list.
    pub personal: bool,
    /// The first moment that can be true, in seconds, for messages before it that have none.
    pub moment: Option<i64>,
    footer: HashSet<u64>,
}

/// What is counted while looking.
#[derive(Default)]
pub struct Look {
    messages: usize,
    moment: Option<i64>,
    personal: usize,
    tags: HashMap<String, usize>,
    lists: HashMap<String, (List, usize)>,
    lines: HashMap<u64, (usize, HashSet<u64>)>,
}

impl Look {
    pub fn at(&mut self, letter: &Letter) {
        self.messages += 1;
        let moments = [letter.said, letter.arrived];
        let mut true_ones = moments.into_iter().flatten().filter(|at| plausible(*at));
        self.moment = self.moment.or_else(|| true_ones.next());
        self.personal += usize::from(letter.personal);
        let (subject, _) = shown_subject(&letter.subject, None);
        if let Some((tag, _)) = bracketed(subject) {
            *self.tags.entry(tag.to_lowercase()).or_default() += 1;
        }
        if let Some(list) = &letter.list {
            self.lists
                .entry(list.id.clone())
                .or_insert_with(|| (list.clone(), 0))
                .1 += 1;
        }
        if letter.is_html {
            return;
        }
        let author = hash(&letter.author.id());
        let mut seen = HashSet::new();
        for line in tail(&letter.text) {
            let line = hash(line);
            if seen.insert(line) {
                let (messages, people) = self.lines.entry(line).or_default();
                *messages += 1;
                people.insert(author);
            }
        }
    }

    pub fn habits(self) -> Habits {
        let most = |count: usize| count * 2 > self.messages;
        let tag = self
            .tags
            .into_iter()
            .filter(|(_, count)| *count >= TAGGED && most(*count))
            .max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)))
            .map(|(tag, _)| tag);
        let list = self
            .lists
            .into_values()
            .filter(|(_, count)| most(*count))
            .max_by(|a, b| a.1.cmp(&b.1))
            .map(|(list, _)| list);
        let enough = (self.messages as f64 * SHARE).ceil() as usize;
        Habits {
            tag,
            list,
            personal: most(self.personal),
            moment: self.moment,
            footer: self
                .lines
                .into_iter()
                .filter(|(_, (messages, people))| {
                    *messages >= MESSAGES.max(enough) && people.len() >= PEOPLE
                })
                .map(|(line, _)| line)
                .collect(),
        }
    }
}

impl Habits {
    pub fn is_of_footer(&self, line: &str) -> bool {
        !self.footer.is_empty() && self.footer.contains(&hash(line.trim()))
    }
}

/// The last lines that a message's own author or list wrote, under at least one other.
fn tail(text: &str) -> impl Iterator<Item = &str> {
    let first = text
        .lines()
        .map(str::trim)
        .find(|line| is_own(line))
        .unwrap_or("");
    text.lines()
        .rev()
        .map(str::trim)
        .filter(|line| is_own(line))
        .take(TAIL)
        .filter(move |line| *line != first)
}

fn is_own(line: &str) -> bool {
    !line.is_empty() && !line.starts_with('>')
}

fn hash(what: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}
