//! What can be seen of a line and of one that it may answer: who, how long ago, to whom, which words.

use super::recovery::{Line, Speaker};

/// Relations between two lines' speakers, crossed with how far back and how long ago.
const RELATIONS: usize = 12;
const STEPS: usize = 12;
const GAPS: usize = 9;
const FAR: usize = 0;
const LONG: usize = FAR + RELATIONS * STEPS;
const LATEST: usize = LONG + RELATIONS * GAPS;
const PLAIN: usize = LATEST + RELATIONS;
const PLAINS: usize = 40;
const NONE: usize = PLAIN + PLAINS;
const NONES: usize = 24;
/// How many signs there are.
pub const COUNT: usize = NONE + NONES;

/// A line that was heard.
#[derive(Debug, Clone)]
pub struct Heard {
    pub place: usize,
    pub(super) name: String,
    pub(super) speaker: u32,
    at: Option<i64>,
    /// Who is addressed at its head, and who is named elsewhere in it.
    pub(super) toward: Option<u32>,
    named: Option<u32>,
    words: Vec<(u32, f32)>,
    shape: Shape,
    /// What was known of its speaker before it.
    own_last: Option<usize>,
    pub(super) partner_before: Option<u32>,
    thread_before: u32,
    /// What its choice made of it.
    pub(super) thread: u32,
    pub(super) partner: Option<u32>,
    pub(super) answers: u32,
    pub(super) answered_by_others: bool,
}

/// What a line looks like, without who and when.
#[derive(Debug, Clone, Copy, Default)]
struct Shape {
    asks: bool,
    greets: bool,
    thanks: bool,
    /// Yes, no, ok.
    nods: bool,
    /// A command to a program (`!paste`), or the program's own line.
    commands: bool,
    program: bool,
    /// Begins in the middle: and, but, or, "...", a small letter after a comma.
    goes_on: bool,
    points: bool,
    short: bool,
    long: bool,
}

impl Heard {
    pub(super) fn new(
        place: usize,
        line: Line<'_>,
        speaker: u32,
        toward: Option<u32>,
        named: Option<u32>,
        words: Vec<(u32, f32)>,
        before: Option<Speaker>,
    ) -> Heard {
        let name = line.speaker.to_lowercase();
        Heard {
            shape: Shape::of(line.words, &name, toward.is_some()),
            place,
            name,
            speaker,
            at: line.at,
            toward,
            named,
            words,
            own_last: before.map(|speaker| speaker.last),
            partner_before: before.and_then(|speaker| speaker.partner),
            thread_before: before.map_or(0, |speaker| speaker.thread),
            thread: 0,
            partner: None,
            answers: 0,
            answered_by_others: false,
        }
    }
}

impl Shape {
    fn of(words: &str, name: &str, addressed: bool) -> Shape {
        let rest = if addressed {
            words
                .split_once(char::is_whitespace)
                .map_or("", |(_, rest)| rest)
        } else {
            words
        };
        let lower = rest.trim().to_lowercase();
        let first = lower
            .split(|c: char| !c.is_alphanumeric() && c != '\'')
            .find(|word| !word.is_empty())
            .unwrap_or("");
        let count = lower.split_whitespace().count();
        let any = |list: &[&str]| list.contains(&first);
        Shape {
            asks: lower.contains('?')
                || any(&[
                    "how", "what", "why", "where", "who", "which", "when", "is", "are", "does",
                    "do", "can", "could", "anyone", "anybody", "has", "did", "will", "would",
                    "should", "whats", "what's", "any", "somebody", "someone",
                ]),
            greets: any(&[
                "hi",
                "hello",
                "hey",
                "hiya",
                "heya",
                "greetings",
                "morning",
                "good",
                "howdy",
                "yo",
            ]) && count <= 8,
            thanks: lower.contains("thank") || lower.contains("thx") || any(&["ty", "cheers"]),
            nods: any(&[
                "yes", "no", "ok", "okay", "yeah", "yep", "nope", "ah", "oh", "sure", "right",
                "hmm", "lol", "cool", "yup", "aha", "ahh", "k", "hm", "nah", "well", "ya", "great",
                "true", "haha", "heh",
            ]),
            commands: lower.starts_with('!'),
            program: is_program(name),
            goes_on: any(&[
                "and", "but", "or", "so", "because", "cause", "then", "also", "which", "with",
            ]) || lower.starts_with("...")
                || lower.starts_with('^'),
            points: lower.contains("http:") || lower.contains("https:") || lower.contains("www."),
            short: count <= 3,
            long: count >= 15,
        }
    }
}

/// Whether a name is one that programs go by.
pub fn is_program(name: &str) -> bool {
    let name = name.trim_end_matches(['_', '`', '-']).to_lowercase();
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    (stem.len() > 3 && stem.ends_with("bot"))
        || matches!(
            stem,
            "ubotu"
                | "ubottu"
                | "ubotwo"
                | "lubotu"
                | "chanserv"
                | "nickserv"
                | "dpkg"
                | "supybot"
                | "limnoria"
        )
}

/// A name as it is compared: without what is put around it.
pub(super) fn bare_name(word: &str) -> String {
    word.trim_start_matches(['@', '<', '('])
        .trim_end_matches([':', ',', ';', '.', '!', '?', '>', ')'])
        .to_lowercase()
}

/// One letter more, less or other; two changed places; or the name cut short.
pub(super) fn nearly(name: &str, written: &str) -> bool {
    if written.len() >= 3 && name.starts_with(written) {
        return true;
    }
    if written.len() < 4 || name.len().abs_diff(written.len()) > 1 {
        return false;
    }
    let (a, b) = (name.as_bytes(), written.as_bytes());
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let tail = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    let longest = a.len().max(b.len());
    head + tail + 1 >= longest
        || (a.len() == b.len()
            && head + tail + 2 >= longest
            && a.get(head) == b.get(head + 1)
            && a.get(head + 1) == b.get(head))
}

/// The words of a line that may mean something, hashed (FNV-1a).
pub(super) fn words_of(words: &str) -> impl Iterator<Item = u32> {
    words
        .split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_' && c != '.')
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| word.len() >= 3)
        .take(60)
        .map(|word| {
            word.chars()
                .flat_map(char::to_lowercase)
                .fold(0x811c_9dc5_u32, |hash, c| {
                    (hash ^ c as u32).wrapping_mul(0x0100_0193)
                })
        })
}

/// The signs that a line answers nothing.
pub fn of_none(now: &Heard, last: Option<&Heard>, tell: &mut impl FnMut(usize, f32)) {
    let mut is = |sign: usize, so: bool| {
        if so {
            tell(NONE + sign, 1.0);
        }
    };
    let shape = now.shape;
    is(0, true);
    is(1, now.own_last.is_none());
    is(2, shape.asks);
    is(3, shape.greets);
    is(4, now.toward.is_some());
    is(
        5,
        shape.asks && now.toward.is_none() && now.own_last.is_none(),
    );
    is(6, shape.thanks);
    is(7, shape.nods);
    is(8, shape.program);
    is(9, shape.goes_on);
    is(10, shape.short);
    is(11, shape.long);
    is(12, shape.commands);
    is(13, now.named.is_some());
    let since = now.own_last.map_or(usize::MAX, |last| now.place - last);
    is(14, since <= 3);
    is(15, since > 3 && since <= 20);
    is(16, since > 20 && since <= 100);
    is(17, shape.asks && shape.long && now.toward.is_none());
    is(18, shape.greets && now.toward.is_none());
    is(19, last.is_none());
    let quiet = last.and_then(|last| gap(now, last)).unwrap_or(0);
    is(20, quiet >= 2 * 60);
    is(21, quiet >= 10 * 60);
    is(22, shape.asks && now.partner_before.is_none());
    is(23, now.partner_before.is_none());
}

fn gap(now: &Heard, then: &Heard) -> Option<i64> {
    Some(now.at?.saturating_sub(then.at?).max(0))
}

/// Looks at the candidates from the latest backwards, and so knows which is the latest of its sort.
#[derive(Default)]
pub struct Look {
    steps: usize,
    seen: [bool; RELATIONS],
    /// Somebody else has spoken between; somebody has addressed who speaks now.
    others: bool,
    threads: Vec<u32>,
    speakers: Vec<u32>,
}

impl Look {
    pub fn signs_of(&mut self, now: &Heard, then: &Heard, tell: &mut impl FnMut(usize, f32)) {
        self.steps += 1;
        let relation = relation(now, then);
        let same = now.speaker == then.speaker;
        tell(FAR + relation * STEPS + step(self.steps), 1.0);
        tell(LONG + relation * GAPS + minutes(gap(now, then)), 1.0);
        let first_of_relation = self
            .seen
            .get_mut(relation)
            .is_some_and(|seen| !std::mem::replace(seen, true));
        if first_of_relation {
            tell(LATEST + relation, 1.0);
        }
        let first_of_thread = remember(&mut self.threads, then.thread);
        let first_of_speaker = remember(&mut self.speakers, then.speaker);
        let shared = overlap(&now.words, &then.words);
        tell(PLAIN, shared.min(20.0) / 10.0);
        if !same {
            tell(PLAIN + 1, shared.min(20.0) / 10.0);
        }
        let mut is = |sign: usize, so: bool| {
            if so {
                tell(PLAIN + sign, 1.0);
            }
        };
        let (a, b) = (now.shape, then.shape);
        is(2, shared > 4.0);
        is(3, first_of_thread);
        is(4, first_of_speaker);
        is(5, first_of_speaker && first_of_thread);
        is(6, then.thread == now.thread_before);
        is(7, then.thread == now.thread_before && first_of_thread);
        is(8, then.partner == Some(now.speaker) && !same);
        is(9, now.partner_before == Some(then.speaker));
        is(10, b.asks && !a.asks && !same);
        is(11, b.asks && !same && !then.answered_by_others);
        is(12, a.asks && same);
        is(13, a.asks && b.asks && !same);
        is(14, a.nods && b.asks && !same);
        is(15, a.thanks && !same && (then.toward == Some(now.speaker)));
        is(16, a.thanks && same);
        is(17, a.program && b.commands);
        is(18, a.program && !b.commands);
        is(19, b.program && !same);
        is(20, b.program && then.toward == Some(now.speaker));
        is(21, a.goes_on && same);
        is(22, a.goes_on && !same);
        is(23, a.greets && b.greets && !same);
        is(24, then.answers == 0);
        is(25, then.answers == 0 && !same);
        is(26, then.answers > 0 && same);
        is(27, then.answers >= 2);
        is(28, now.named == Some(then.speaker));
        is(29, then.named == Some(now.speaker));
        is(30, same && self.steps == 1);
        is(31, same && !self.others);
        is(
            32,
            same && now.toward.is_some() && then.toward == now.toward,
        );
        is(
            33,
            same && now.toward.is_some() && then.toward != now.toward,
        );
        is(34, same && now.toward.is_none() && then.toward.is_some());
        is(
            35,
            !same && now.toward.is_some() && then.toward == now.toward,
        );
        is(36, b.points && !same && (a.nods || a.thanks));
        is(37, b.short && !same);
        is(38, b.long && !same);
        is(39, a.short && !same);
        self.others |= !same;
    }
}

/// Who the two are to each other, the strongest that holds.
fn relation(now: &Heard, then: &Heard) -> usize {
    let same = now.speaker == then.speaker;
    let to_then = now.toward == Some(then.speaker);
    let to_now = then.toward == Some(now.speaker);
    match (same, now.toward.is_some()) {
        (true, false) => usize::from(then.toward.is_some()),
        (true, true) if then.toward == now.toward => 2,
        (true, true) => 3,
        _ if to_then && to_now => 4,
        _ if to_then && then.toward.is_none() => 5,
        _ if to_then => 6,
        (false, true) => 7,
        _ if to_now => 8,
        _ if now.partner_before == Some(then.speaker) => 9,
        _ if then.toward.is_some() => 10,
        _ => 11,
    }
}

fn step(steps: usize) -> usize {
    match steps {
        0..=5 => steps.saturating_sub(1),
        6..=8 => 5,
        9..=12 => 6,
        13..=18 => 7,
        19..=28 => 8,
        29..=45 => 9,
        46..=70 => 10,
        _ => 11,
    }
}

fn minutes(gap: Option<i64>) -> usize {
    match gap.map(|seconds| seconds / 60) {
        None => 8,
        Some(0) => 0,
        Some(1) => 1,
        Some(2) => 2,
        Some(3..=4) => 3,
        Some(5..=8) => 4,
        Some(9..=15) => 5,
        Some(16..=40) => 6,
        Some(_) => 7,
    }
}

/// Whether it is seen for the first time.
fn remember(seen: &mut Vec<u32>, one: u32) -> bool {
    let first = !seen.contains(&one);
    if first {
        seen.push(one);
    }
    first
}

/// How much rarity two lines share.
fn overlap(a: &[(u32, f32)], b: &[(u32, f32)]) -> f32 {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let mut sum = 0.0;
    while let (Some((x, weight)), Some((y, _))) = (a.peek(), b.peek()) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => drop(a.next()),
            std::cmp::Ordering::Greater => drop(b.next()),
            std::cmp::Ordering::Equal => {
                sum += weight;
                a.next();
                b.next();
            }
        }
    }
    sum
}
