//! A page of the Markdown export: its title, the lines of its properties, its words; and when it was written, where it says so.

use super::Said;
use crate::facts::named;
use crate::markdown::Reading;
use crate::{Fact, Page, Revision, Voice, days};

const MOST_PROPERTIES: usize = 100;
const LONGEST_NAME: usize = 60;

/// `# Title`, an empty line, `Status: Done` and so on, an empty line, and the words.
pub(super) fn read(text: &str) -> Said {
    let text = text.trim_start_matches('\n');
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if !first.starts_with("# ") {
        return Said {
            words: asides(text),
            ..Said::default()
        };
    }
    let (facts, rest) = properties(rest.trim_start_matches('\n'));
    let below = asides(rest.trim_start_matches('\n'));
    let words = if below.is_empty() {
        first.to_owned()
    } else {
        format!("{}\n\n{below}", first.trim_end())
    };
    Said {
        title: Reading::of(first).heading.unwrap_or_default(),
        words,
        facts,
    }
}

/// The first paragraph, where each of its lines reads `Name: value`; and what stands below.
fn properties(text: &str) -> (Vec<Fact>, &str) {
    let end = text.find("\n\n").unwrap_or(text.len());
    let (paragraph, rest) = text.split_at(end);
    let mut facts = Vec::new();
    for line in paragraph.lines() {
        let Some(fact) = property(line).filter(|_| facts.len() < MOST_PROPERTIES) else {
            return (Vec::new(), text);
        };
        facts.extend(fact);
    }
    (facts, rest)
}

/// None where the line is none; nothing in it where the property is empty. Several values stand in a row with commas.
fn property(line: &str) -> Option<Option<Fact>> {
    let (name, value) = line.split_once(':')?;
    let is_name = (1..=LONGEST_NAME).contains(&name.chars().count())
        && name.starts_with(|c: char| c.is_alphanumeric())
        && !name.contains(['[', ']', '`', '*', '<', '>', '|', '.'])
        && name.split_whitespace().count() <= 6
        && (value.is_empty() || value.starts_with(' '));
    if !is_name {
        return None;
    }
    let (name, value) = (named(name), value.trim());
    let fact = Fact {
        name,
        value: value.to_owned(),
    };
    Some(Some(fact).filter(|fact| !fact.name.is_empty() && !fact.value.is_empty()))
}

/// A callout is `<aside>` in Markdown that is otherwise without HTML: here it is a quote.
fn asides(text: &str) -> String {
    if !text.contains("<aside>") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 64);
    let (mut within, mut in_code) = (false, false);
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        in_code ^= bare.starts_with("```");
        match bare {
            "<aside>" if !in_code => within = true,
            "</aside>" if !in_code => within = false,
            _ => {
                if within {
                    out.push_str(if bare.is_empty() { ">" } else { "> " });
                }
                out.push_str(line);
            }
        }
    }
    out
}

const WRITTEN: [&str; 8] = [
    "last_edited_time",
    "last_edited",
    "last_modified",
    "edited",
    "updated",
    "created_time",
    "created",
    "created_at",
];
const WRITERS: [&str; 4] = ["last_edited_by", "edited_by", "created_by", "author"];

/// Notion keeps no history in what it hands out; some pages say when they were written last, and by whom.
pub(super) fn revision(page: &Page, words: &str) -> Option<Revision> {
    let at = WRITTEN
        .iter()
        .find_map(|name| days::moment(page.fact(name)?))?;
    let name = WRITERS.iter().find_map(|name| page.fact(name));
    Some(Revision {
        at,
        voice: name.map(|name| Voice {
            name: name.to_owned(),
            address: None,
        }),
        words: words.to_owned(),
        ..Revision::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_the_lines_below_the_title() {
        let said = read(
            "# Deploy **it**\n\nStatus: Done\nTags: a, b\nEmpty:\nOwner: Ada Obi\n\nWords: many.\n",
        );
        assert_eq!(said.title, "Deploy it");
        let facts: Vec<_> = said
            .facts
            .iter()
            .map(|f| format!("{}={}", f.name, f.value))
            .collect();
        assert_eq!(facts, ["status=Done", "tags=a, b", "owner=Ada Obi"]);
        assert_eq!(said.words, "# Deploy **it**\n\nWords: many.\n");
    }

    #[test]
    fn a_sentence_with_a_colon_is_no_property() {
        let text = "# A\n\nNote: this holds.\nAnd this is a sentence without.\n\nMore";
        assert_eq!(read(text).words, text);
        assert_eq!(read("# A\n\n[x](y): z\n").facts, []);
        assert_eq!(read("# A").words, "# A");
        assert_eq!(read("").words, "");
    }

    #[test]
    fn a_callout_is_a_quote() {
        let text = "# A\n\n<aside>\n💡 Mind the gap\n\n- one\n</aside>\n\n```\n<aside>\n```\n";
        assert_eq!(
            read(text).words,
            "# A\n\n> 💡 Mind the gap\n>\n> - one\n\n```\n<aside>\n```\n"
        );
    }
}
