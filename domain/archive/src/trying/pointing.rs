//! Who points to what: addresses and Message-IDs in words, known again by the names of what was said.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use memchr::memmem;

/// Of one contribution so many addresses are looked at.
const MOST_OF_ONE: usize = 200;
const LONGEST: usize = 500;

/// By hashes: neither addresses nor words are kept.
#[derive(Default)]
pub(super) struct Pointing {
    /// (name, n) of what was said.
    called: Vec<(u64, u32)>,
    /// (name, n) of what is said in words.
    said: Vec<(u64, u32)>,
    /// Where the archive was: an address of anywhere else points to nothing in it.
    hosts: HashSet<String>,
}

impl Pointing {
    /// Some addresses of the archive, before it is read from its beginning.
    pub fn is_at(&mut self, address: &str) {
        if let Some(host) = host(address)
            && !self.hosts.contains(&host)
        {
            self.hosts.insert(host);
        }
    }

    pub fn is_called(&mut self, n: u32, name: &str) {
        if !name.is_empty() {
            self.is_at(name);
            self.called.extend(canonical(name).map(|name| (hash(&name), n)));
        }
    }

    pub fn says(&mut self, n: u32, words: &str) {
        let first = self.said.len();
        for name in names_in(words) {
            if host(name).is_none_or(|host| self.hosts.contains(&host)) {
                self.said.extend(canonical(name).map(|name| (hash(&name), n)));
            }
        }
        if let Some(own) = self.said.get_mut(first..) {
            own.sort_unstable();
        }
        self.said.dedup();
    }

    /// (who points, to what), each pair once.
    pub fn pointers(mut self) -> Vec<(u32, u32)> {
        self.called.sort_unstable();
        self.called.dedup_by_key(|called| called.0);
        let mut pointers: Vec<(u32, u32)> = self
            .said
            .iter()
            .filter_map(|(name, from)| {
                let at = self.called.binary_search_by_key(name, |called| called.0).ok()?;
                self.called.get(at).map(|(_, to)| (*from, *to))
            })
            .collect();
        pointers.sort_unstable();
        pointers.dedup();
        pointers
    }
}

/// Of an address of the web alone.
fn host(name: &str) -> Option<String> {
    let (_, address) = name.split_once("://")?;
    Some(address.trim_start_matches("www.").split(['/', '?', '#']).next()?.to_lowercase())
}

fn hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

/// Addresses of the web, and Message-IDs in angle brackets. Nothing is looked for farther than a name is long.
fn names_in(words: &str) -> Vec<&str> {
    let bytes = words.as_bytes();
    let mut found = Vec::new();
    let ends = |b: &u8| b.is_ascii_whitespace() || b.is_ascii_control() || b"<>\"'`()[]{}|^".contains(b);
    for at in memmem::find_iter(bytes, b"://").take(MOST_OF_ONE) {
        let start = [5, 4].into_iter().filter_map(|long| at.checked_sub(long)).find(|start| matches!(words.get(*start..at), Some("https" | "http")));
        let after = bytes.get(at..).unwrap_or_default().iter().take(LONGEST);
        let end = at + after.clone().position(ends).unwrap_or(after.len());
        found.extend(start.and_then(|start| words.get(start..end)));
    }
    for at in memchr::memchr_iter(b'@', bytes).take(MOST_OF_ONE) {
        let before = bytes.get(at.saturating_sub(LONGEST)..at).unwrap_or_default();
        let after = bytes.get(at..).unwrap_or_default().iter().take(LONGEST);
        let start = before.iter().rposition(|b| *b == b'<' || b.is_ascii_whitespace()).filter(|start| before.get(*start) == Some(&b'<'));
        let end = after.clone().position(|b| *b == b'>' || b.is_ascii_whitespace()).filter(|end| bytes.get(at + end) == Some(&b'>'));
        if let (Some(start), Some(end)) = (start, end) {
            found.extend(words.get(at - before.len() + start + 1..at + end));
        }
    }
    found
}

/// One name for the many ways in which a place writes its own addresses: with a slug and without, as a question or its number.
fn canonical(name: &str) -> Option<String> {
    let name: String = name.chars().filter(|c| *c != '\\').take(LONGEST).collect();
    let name = name.trim_end_matches(|c| ".,;:!?*_~".contains(c));
    let Some((_, address)) = name.split_once("://") else {
        return name.contains('@').then(|| name.trim_matches(|c| c == '<' || c == '>').to_lowercase());
    };
    let address = address.trim_start_matches("www.");
    let (before, fragment) = address.split_once('#').unwrap_or((address, ""));
    let (path, query) = before.split_once('?').unwrap_or((before, ""));
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let host = parts.next()?.to_lowercase();
    let parts: Vec<&str> = parts.collect();
    if let Some((_, message)) = fragment.split_once("/near/") {
        return Some(format!("{host} near {}", message.trim_end_matches('/')));
    }
    Some(match parts.as_slice() {
        // Stack Exchange
        ["questions" | "q", _, .., answer] if is_number(answer) && parts.len() > 3 => format!("{host} a {answer}"),
        ["questions" | "q", question, ..] if is_number(question) && is_number(fragment) => format!("{host} a {fragment}"),
        ["questions" | "q", question, ..] if is_number(question) => format!("{host} q {question}"),
        ["a", answer, ..] if is_number(answer) => format!("{host} a {answer}"),
        // Discourse
        ["t", _, topic, number, ..] if is_number(topic) && is_number(number) => format!("{host} t {topic} {number}"),
        ["t", topic, number] if is_number(topic) && is_number(number) => format!("{host} t {topic} {number}"),
        ["t", _, topic] | ["t", topic] if is_number(topic) => format!("{host} t {topic} 1"),
        // Slack
        ["archives", channel, message, ..] if message.starts_with('p') => format!("{host} archives {channel} {message}"),
        [] => return None,
        _ if query.is_empty() => format!("{host}/{}", parts.join("/")),
        _ => format!("{host}/{}?{query}", parts.join("/")),
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_many_addresses_of_one_thing_are_one() {
        let same = |all: &[&str]| {
            let names: Vec<_> = all.iter().map(|name| canonical(name).unwrap()).collect();
            assert!(names.windows(2).all(|two| two[0] == two[1]), "{names:?}");
        };
        same(&["https://qc.example.org/questions/12/why-so?noredirect=1", "http://www.qc.example.org/q/12/4411", "https://qc.example.org/q/12."]);
        same(&["https://qc.example.org/a/7", "https://qc.example.org/questions/12/why/7#7", "https://qc.example.org/questions/12/why#7"]);
        same(&["https://talk.example.org/t/some-slug/99", "https://talk.example.org/t/99/1", "https://talk.example.org/t/99?u=ada", "https://talk.example.org/t/some-slug/99/1"]);
        same(&["https://a.slack.com/archives/C1/p1500000000000001?thread_ts=1", "https://a.slack.com/archives/C1/p1500000000000001"]);
        same(&["https://z.example.org/#narrow/stream/1-x/topic/y/near/55", "https://z.example.org/#narrow/channel/1-x/topic/z/near/55/"]);
        same(&["<A1@example.org>", "a1@example.org"]);
        assert_ne!(canonical("https://talk.example.org/t/s/99/2"), canonical("https://talk.example.org/t/s/99"));
        assert_eq!(canonical("https://example.org/"), None);
    }

    #[test]
    fn names_are_found_in_words() {
        let words = "See [this](https://example.org/a\\_b) and <https://example.org/c>, https://example.org/d. Or <x.1@example.org>, not me@example.org, gopher://x.";
        let found: Vec<String> = names_in(words).into_iter().filter_map(canonical).collect();
        assert_eq!(found, ["example.org/a_b", "example.org/c", "example.org/d", "x.1@example.org"]);
    }

    #[test]
    fn who_names_it_points_to_it_once() {
        let mut pointing = Pointing::default();
        pointing.is_at("https://www.example.org/about");
        pointing.is_called(1, "https://example.org/q/5");
        pointing.says(2, "as in https://example.org/questions/5/title and https://example.org/q/5");
        pointing.says(3, "https://elsewhere.example.org/q/5");
        assert_eq!(pointing.pointers(), [(2, 1)]);
    }
}
