//! Front matter: YAML between lines of `---` (Jekyll's convention), TOML between lines of `+++` (Hugo's), as facts in their order.

use saphyr_parser::{Event, Parser};
use toml::de::{DeTable, DeValue};

use crate::Fact;
use crate::facts::named;

/// More than this is no front matter.
const MOST_BYTES: usize = 64 << 10;
/// The fact that keeps what could not be read as what it says it is.
const AS_WRITTEN: &str = "front_matter_as_written";
const MOST_FACTS: usize = 500;
const LONGEST_VALUE: usize = 4 << 10;
/// Lists and tables within one another.
const DEEPEST: usize = 8;

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Front {
    pub facts: Vec<Fact>,
}

/// A page's front matter, and the words below it.
pub(crate) fn split(page: &str) -> (Front, &str) {
    let page = page.strip_prefix('\u{FEFF}').unwrap_or(page);
    for (fence, is_toml) in [("---", false), ("+++", true)] {
        if let Some((front, words)) = fenced(page, fence) {
            return (read(front, is_toml), words);
        }
    }
    (Front::default(), page)
}

fn fenced<'p>(page: &'p str, fence: &str) -> Option<(&'p str, &'p str)> {
    let (first, rest) = page.split_once('\n')?;
    if first.trim_end() != fence {
        return None;
    }
    let begin = page.len() - rest.len();
    let mut at = begin;
    for line in rest.split_inclusive('\n') {
        if at - begin > MOST_BYTES {
            return None;
        }
        let ends = line.trim_end();
        if ends == fence || (fence == "---" && ends == "...") {
            let front = page.get(begin..at)?;
            // A rule at the top of a page, and another further down: what is between is words.
            let is_front = front.trim().is_empty() || front.contains([':', '=']);
            let words = page.get(at + line.len()..)?;
            return is_front.then(|| (front, words.trim_start_matches(['\n', '\r'])));
        }
        at += line.len();
    }
    None
}

fn read(front: &str, is_toml: bool) -> Front {
    let read = if is_toml { toml(front) } else { yaml(front) };
    let facts = read.unwrap_or_else(|| {
        let mut facts = line_by_line(front);
        // What those lines do not say is not lost.
        put(&mut facts, &[AS_WRITTEN.to_owned()], front);
        facts
    });
    Front { facts }
}

fn put(facts: &mut Vec<Fact>, path: &[String], value: &str) {
    let value = value.trim();
    if value.is_empty() || facts.len() >= MOST_FACTS {
        return;
    }
    let mut end = value.len().min(LONGEST_VALUE);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    let name = named(&path.join("."));
    if !name.is_empty() {
        facts.push(Fact {
            name,
            value: value.get(..end).unwrap_or_default().to_owned(),
        });
    }
}

/// Where the parser stands: in a list, or in a table with the name that waits for its value.
enum Within {
    List,
    Table(Option<()>),
}

/// Events only: an alias is not followed, so a small text cannot grow into a large one.
fn yaml(front: &str) -> Option<Vec<Fact>> {
    let mut facts = Vec::new();
    let mut open: Vec<Within> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    for event in Parser::new_from_str(front) {
        let (event, _) = event.ok()?;
        match event {
            Event::Scalar(text, ..) => match open.last_mut() {
                Some(Within::Table(waits @ None)) => {
                    *waits = Some(());
                    path.push(text.into_owned());
                }
                Some(Within::Table(waits)) => {
                    *waits = None;
                    if !is_nothing(&text) {
                        put(&mut facts, &path, &text);
                    }
                    path.pop();
                }
                Some(Within::List) => put(&mut facts, &path, &text),
                // Not a table: this is words between two rules.
                None => return None,
            },
            Event::Alias(_) => value_ends(&mut open, &mut path),
            Event::MappingStart(..) => begin(&mut open, &mut path, Within::Table(None))?,
            Event::SequenceStart(..) => begin(&mut open, &mut path, Within::List)?,
            Event::MappingEnd | Event::SequenceEnd => {
                open.pop();
                value_ends(&mut open, &mut path);
            }
            _ => {}
        }
    }
    Some(facts)
}

fn is_nothing(text: &str) -> bool {
    matches!(text, "~" | "null" | "Null" | "NULL")
}

fn begin(open: &mut Vec<Within>, path: &mut Vec<String>, within: Within) -> Option<()> {
    if open.len() >= DEEPEST {
        return None;
    }
    // A name that is itself a list or a table is nobody's name.
    if let Some(Within::Table(waits @ None)) = open.last_mut() {
        *waits = Some(());
        path.push(String::new());
    }
    open.push(within);
    Some(())
}

fn value_ends(open: &mut [Within], path: &mut Vec<String>) {
    if let Some(Within::Table(waits)) = open.last_mut() {
        if waits.take().is_some() {
            path.pop();
        } else {
            *waits = Some(());
            path.push(String::new());
        }
    }
}

fn toml(front: &str) -> Option<Vec<Fact>> {
    let table = DeTable::parse(front).ok()?;
    let mut facts = Vec::new();
    toml_table(table.get_ref(), &mut Vec::new(), &mut facts);
    Some(facts)
}

fn toml_table(table: &DeTable<'_>, path: &mut Vec<String>, facts: &mut Vec<Fact>) {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    for (name, value) in entries {
        path.push(name.get_ref().to_string());
        toml_value(value.get_ref(), path, facts);
        path.pop();
    }
}

fn toml_value(value: &DeValue<'_>, path: &mut Vec<String>, facts: &mut Vec<Fact>) {
    match value {
        DeValue::String(text) => put(facts, path, text),
        DeValue::Integer(number) => put(facts, path, number.as_str()),
        DeValue::Float(number) => put(facts, path, number.as_str()),
        DeValue::Boolean(yes) => put(facts, path, if *yes { "true" } else { "false" }),
        DeValue::Datetime(when) => put(facts, path, &when.to_string()),
        DeValue::Array(items) if path.len() < DEEPEST => {
            for item in items.iter() {
                toml_value(item.get_ref(), path, facts);
            }
        }
        DeValue::Table(table) if path.len() < DEEPEST => toml_table(table, path, facts),
        DeValue::Array(_) | DeValue::Table(_) => {}
    }
}

/// `title: Deploying: the short way` is no YAML, and everybody knows what it means.
fn line_by_line(front: &str) -> Vec<Fact> {
    let mut facts = Vec::new();
    for line in front.lines() {
        let Some((name, value)) = line.split_once(':').or_else(|| line.split_once('=')) else {
            continue;
        };
        let is_name = !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' '))
            && !name.starts_with(' ');
        if is_name {
            let value = value.trim().trim_matches(['"', '\'']);
            put(&mut facts, &[name.to_owned()], value);
        }
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(page: &str) -> Vec<String> {
        let (front, _) = split(page);
        front
            .facts
            .iter()
            .map(|fact| format!("{}={}", fact.name, fact.value))
            .collect()
    }

    #[test]
    fn yaml_is_read_in_its_order_with_lists_and_tables() {
        let page = "\u{FEFF}---\r\ntitle: \"Deploy: how\"\r\nTags: [a, b]\r\nowner:\r\n  team: web\r\n  names:\r\n    - Ada\r\n    - Bo\r\nempty:\r\nnone: null\r\nlast: 2019-08-16\r\n---\r\n\r\nWords\r\n";
        assert_eq!(
            facts(page),
            [
                "title=Deploy: how",
                "tags=a",
                "tags=b",
                "owner.team=web",
                "owner.names=Ada",
                "owner.names=Bo",
                "last=2019-08-16"
            ]
        );
        assert_eq!(split(page).1, "Words\r\n");
    }

    #[test]
    fn toml_is_read_in_its_order() {
        let page = "+++\ntitle = 'A'\ndate = 2020-01-02\ntags = [\"x\", 1]\n[extra]\nring = \"hold\"\n+++\nWords";
        assert_eq!(
            facts(page),
            [
                "title=A",
                "date=2020-01-02",
                "tags=x",
                "tags=1",
                "extra.ring=hold"
            ]
        );
    }

    #[test]
    fn broken_front_matter_gives_what_can_be_read_line_by_line() {
        let (front, words) = split("---\ntitle: Deploy: now\nowner: *nobody\n\t- x\n---\nWords");
        assert!(
            front
                .facts
                .iter()
                .any(|f| f.name == AS_WRITTEN && f.value.contains("- x"))
        );
        assert_eq!(
            front.facts.first().map(|f| f.value.as_str()),
            Some("Deploy: now")
        );
        assert_eq!(words, "Words");
    }

    #[test]
    fn a_rule_at_the_top_is_no_front_matter() {
        let page = "---\n\nWords between rules\n\n---\n\nMore";
        assert_eq!(split(page), (Front::default(), page));
        assert_eq!(split("---\nnever: closed\n").1, "---\nnever: closed\n");
    }

    #[test]
    fn aliases_do_not_grow() {
        let bomb = "---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b]\n---\n";
        assert_eq!(facts(bomb).len(), 9);
    }
}
