//! Facts in the words that several sources share: where a decision stands, which ring a technology is in.

use crate::Fact;
use crate::model::Page;

/// A name in small letters; `Last reviewed on`, `last-reviewed-on` and `lastReviewedOn` are one.
pub(crate) fn named(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut before_small = false;
    for c in name.trim().chars().take(80) {
        if c.is_alphanumeric() || c == '.' {
            if c.is_uppercase() && before_small {
                out.push('_');
            }
            out.extend(c.to_lowercase());
            before_small = c.is_lowercase();
        } else {
            if !out.ends_with('_') && !out.is_empty() {
                out.push('_');
            }
            before_small = false;
        }
    }
    out.truncate(out.trim_end_matches(['_', '.']).len());
    out
}

/// Adds a fact, where the page does not say so already.
pub(crate) fn add(page: &mut Page, name: &str, value: &str) {
    let value = value.trim();
    if !value.is_empty() && page.fact(name).is_none() {
        page.facts.push(Fact {
            name: name.to_owned(),
            value: value.to_owned(),
        });
    }
}

/// The words for where a decision stands, in the order in which one of them decides: "Accepted, superseded by 12" is superseded.
/// Nygard's records of decisions (<https://cognitect.com/blog/2011/11/15/documenting-architecture-decisions>) and MADR.
const STANDINGS: [(&str, &str); 12] = [
    ("supersed", "superseded"),
    ("supercede", "superseded"),
    ("replaced", "superseded"),
    ("deprecat", "deprecated"),
    ("reject", "rejected"),
    ("declined", "rejected"),
    ("withdrawn", "withdrawn"),
    ("accept", "accepted"),
    ("approved", "accepted"),
    ("decided", "accepted"),
    ("propos", "proposed"),
    ("draft", "proposed"),
];
const RINGS: [&str; 4] = ["adopt", "trial", "assess", "hold"];

/// Where it stands, and which ring it is in, each as one word of a closed set, beside what the page itself wrote.
pub(crate) fn settle(page: &mut Page) {
    if let Some(standing) = page.fact("status").and_then(standing) {
        add(page, "standing", standing);
    }
    let ring = page.fact("ring").or_else(|| page.fact("status"));
    if let Some(ring) = ring.and_then(ring_of) {
        add(page, "radar_ring", ring);
    }
}

fn standing(status: &str) -> Option<&'static str> {
    let status = status.to_lowercase();
    let found = STANDINGS.iter().find(|(sign, _)| status.contains(sign))?;
    Some(found.1)
}

fn ring_of(ring: &str) -> Option<&'static str> {
    let ring = ring.trim().to_lowercase();
    RINGS.into_iter().find(|known| *known == ring)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_facts_are_alike_however_they_are_written() {
        for name in [
            "Last reviewed on",
            "last-reviewed-on",
            "lastReviewedOn",
            " last_reviewed_on: ",
        ] {
            assert_eq!(named(name), "last_reviewed_on");
        }
        assert_eq!(named("RFC PR #"), "rfc_pr");
        assert_eq!(named("???"), "");
    }

    #[test]
    fn a_standing_is_one_word_of_a_closed_set() {
        assert_eq!(standing("Accepted"), Some("accepted"));
        assert_eq!(
            standing("Accepted, superseded by [12](0012-x.md)"),
            Some("superseded")
        );
        assert_eq!(standing("Not sure"), None);
        assert_eq!(ring_of("Adopt"), Some("adopt"));
    }
}
