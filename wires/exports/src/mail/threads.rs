//! What a message answers: by its references, else by its subject, never in a circle.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

/// How many subjects are remembered, and for how long after the last message under one.
const SUBJECTS: usize = 10_000;
const SECONDS: i64 = 45 * 86_400;
/// No thread of people is deeper; one that is, is a trick.
const DEEPEST: usize = 10_000;

#[derive(Default)]
pub struct Threads {
    /// Each message that was read, and what it answers (0: nothing), as hashes of their ids.
    parents: HashMap<u64, u64>,
    /// Messages that were named and have not come. Only such a one can close a circle when it comes.
    awaited: HashSet<u64>,
    subjects: HashMap<u64, Subject>,
    order: VecDeque<u64>,
}

struct Subject {
    first: String,
    last_at: i64,
}

impl Threads {
    /// Whether a message with this id was read before. Says so once for each id.
    pub fn is_new(&mut self, id: &str) -> bool {
        let id = hash(id);
        !self.parents.contains_key(&id)
    }

    pub fn has(&self, id: &str) -> bool {
        self.parents.contains_key(&hash(id))
    }

    /// Takes a message in and says what it answers. `at` is in seconds.
    pub fn place(
        &mut self,
        id: &str,
        references: &[String],
        subject: &str,
        list: &str,
        at: i64,
    ) -> Option<String> {
        let own = hash(id);
        // The nearest of its forebears that is here; where none is, the one it names, which may still come.
        let named = references
            .iter()
            .rev()
            .find(|reference| self.has(reference))
            .or(references.last());
        let known = named.is_some_and(|named| self.has(named));
        let (bare, is_reply) = bare_subject(subject);
        let by_subject = if known || !(is_reply || named.is_some()) {
            None
        } else {
            self.under(&bare, list, at)
        };
        let answered = if known {
            named.cloned()
        } else {
            by_subject.or_else(|| named.cloned())
        };
        let answered = answered.filter(|answered| !self.closes_circle(own, hash(answered)));
        self.remember(&bare, list, id, at, answered.is_some());
        self.awaited.remove(&own);
        let parent = answered.as_deref().map_or(0, hash);
        if parent != 0 && !self.parents.contains_key(&parent) {
            self.awaited.insert(parent);
        }
        self.parents.insert(own, parent);
        answered
    }

    fn closes_circle(&self, own: u64, answered: u64) -> bool {
        if answered == own {
            return true;
        }
        if !self.awaited.contains(&own) {
            return false;
        }
        let mut at = answered;
        for _ in 0..DEEPEST {
            match self.parents.get(&at) {
                Some(next) if *next == own => return true,
                Some(next) if *next != 0 => at = *next,
                _ => return false,
            }
        }
        true
    }

    /// The first message under a subject, while people still write under it.
    fn under(&self, bare: &str, list: &str, at: i64) -> Option<String> {
        if bare.is_empty() {
            return None;
        }
        let subject = self.subjects.get(&hash(&(bare, list)))?;
        let near = at.saturating_sub(subject.last_at).abs() <= SECONDS;
        near.then(|| subject.first.clone())
    }

    fn remember(&mut self, bare: &str, list: &str, id: &str, at: i64, is_answer: bool) {
        if bare.is_empty() {
            return;
        }
        let key = hash(&(bare, list));
        if let Some(subject) = self.subjects.get_mut(&key) {
            // A new beginning under an old subject is what later answers mean.
            if !is_answer {
                subject.first = id.to_owned();
            }
            subject.last_at = at;
            return;
        }
        self.subjects.insert(
            key,
            Subject {
                first: id.to_owned(),
                last_at: at,
            },
        );
        self.order.push_back(key);
        if self.order.len() > SUBJECTS
            && let Some(oldest) = self.order.pop_front()
        {
            self.subjects.remove(&oldest);
        }
    }
}

fn hash(what: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish().max(1)
}

/// "Re", and what other languages' programs say for it, lower-cased.
const REPLIES: [&str; 22] = [
    "re", "aw", "antw", "antwort", "sv", "vs", "vá", "odp", "res", "rif", "r", "rép", "ref", "ynt",
    "atb", "ats", "bls", "回复", "回覆", "答复", "답장", "отв",
];
const FORWARDS: [&str; 14] = [
    "fwd",
    "fw",
    "wg",
    "tr",
    "rv",
    "i",
    "enc",
    "vb",
    "vl",
    "doorst",
    "转发",
    "轉寄",
    "fs",
    "пересл",
];

/// The subject as people would say it: without "Re:", "AW:", "Fwd:" and the list's own `[tag]`.
pub fn shown_subject<'s>(subject: &'s str, tag: Option<&str>) -> (&'s str, bool) {
    let mut rest = subject.trim();
    let mut is_reply = false;
    for _ in 0..20 {
        if let Some((inside, after)) = bracketed(rest)
            && tag.is_some_and(|tag| inside.eq_ignore_ascii_case(tag))
        {
            rest = after;
        } else if let Some(after) = after_word(rest, &REPLIES) {
            rest = after;
            is_reply = true;
        } else if let Some(after) = after_word(rest, &FORWARDS) {
            rest = after;
        } else {
            break;
        }
    }
    (rest, is_reply)
}

/// Whether a message passes another on.
pub fn is_forward(subject: &str) -> bool {
    let mut rest = subject.trim();
    while let Some((_, after)) = bracketed(rest) {
        rest = after;
    }
    after_word(rest, &FORWARDS).is_some()
}

/// The subject as it is compared: also without any tag, case, space or "(was: …)".
fn bare_subject(subject: &str) -> (String, bool) {
    let (mut rest, mut is_reply) = shown_subject(subject, None);
    for _ in 0..20 {
        let Some((_, after)) = bracketed(rest).filter(|(_, after)| !after.is_empty()) else {
            break;
        };
        let (next, reply) = shown_subject(after, None);
        rest = next;
        is_reply |= reply;
    }
    let lower = rest.to_lowercase();
    let head = lower.split("(was:").next().unwrap_or("");
    let head = head.split("(fwd)").next().unwrap_or("");
    let mut bare = String::with_capacity(head.len());
    for word in head.split_whitespace() {
        if !bare.is_empty() {
            bare.push(' ');
        }
        bare.push_str(word);
    }
    (bare, is_reply)
}

/// `[tag] rest`.
pub fn bracketed(subject: &str) -> Option<(&str, &str)> {
    let (inside, after) = subject.strip_prefix('[')?.split_once(']')?;
    (inside.len() <= 60).then(|| (inside.trim(), after.trim_start()))
}

/// What stands after `Re:`, `Re[2]:`, `RE :`, `AW：`.
fn after_word<'s>(subject: &'s str, words: &[&str]) -> Option<&'s str> {
    let colon = subject
        .char_indices()
        .take(16)
        .find(|(_, c)| matches!(c, ':' | '：'))?;
    let (head, tail) = subject.split_at(colon.0);
    let head = head.trim_end();
    let word = head
        .split(['[', '(', '^', ' '])
        .next()
        .unwrap_or(head)
        .to_lowercase();
    let rest = head.get(word.len()..).unwrap_or("");
    let counted = rest
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '[' | ']' | '(' | ')' | '^' | ' '));
    (counted && words.contains(&word.as_str()))
        .then(|| tail.trim_start_matches([':', '：']).trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refs(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn subjects_lose_what_programs_put_before_them() {
        for said in [
            "Re: Glue",
            "RE : Glue",
            "Re[2]: Glue",
            "AW: WG: Glue",
            "Re: [list] Re: Glue",
            "[list] Re:  glue ",
            "回复：Glue",
            "Re: Glue (was: Tape)",
        ] {
            assert_eq!(bare_subject(said), ("glue".into(), true), "{said}");
        }
        assert_eq!(bare_subject("[list] Glue"), ("glue".into(), false));
        assert_eq!(
            bare_subject("Restore: how?"),
            ("restore: how?".into(), false)
        );
        assert_eq!(
            shown_subject("[List] Re: [ANN] Glue", Some("list")),
            ("[ANN] Glue", true)
        );
    }

    #[test]
    fn a_reply_answers_the_nearest_forebear_that_is_here() {
        let mut threads = Threads::default();
        assert_eq!(threads.place("a", &[], "Glue", "l", 0), None);
        assert_eq!(
            threads.place("c", &refs(&["a", "gone"]), "Re: Glue", "l", 9),
            Some("a".into())
        );
        assert_eq!(
            threads.place("e", &refs(&["later"]), "Re: Wood", "l", 9),
            Some("later".into())
        );
    }

    #[test]
    fn without_references_the_subject_tells_within_sane_time() {
        let mut threads = Threads::default();
        threads.place("a", &[], "[l] Glue", "l", 0);
        assert_eq!(
            threads.place("b", &[], "Re: Glue", "l", 86_400),
            Some("a".into())
        );
        assert_eq!(threads.place("c", &[], "Glue", "l", 90_000), None);
        assert_eq!(
            threads.place("d", &[], "AW: [l] Glue", "l", 99_000),
            Some("c".into())
        );
        assert_eq!(threads.place("x", &[], "Re: Glue", "other", 99_000), None);
        assert_eq!(
            threads.place("y", &[], "Re: Glue", "l", 99_000 + SECONDS + 1),
            None
        );
    }

    #[test]
    fn threads_never_close_a_circle() {
        let mut threads = Threads::default();
        assert_eq!(
            threads.place("a", &refs(&["b"]), "", "l", 0),
            Some("b".into())
        );
        assert_eq!(
            threads.place("b", &refs(&["c"]), "", "l", 0),
            Some("c".into())
        );
        assert_eq!(threads.place("c", &refs(&["a"]), "", "l", 0), None);
        assert_eq!(threads.place("d", &refs(&["d"]), "", "l", 0), None);
    }
}
