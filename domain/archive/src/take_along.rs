//! Takes along what is one person's, for them: what their settings page hands out, and their files, into a folder.

use std::collections::HashMap;
use std::path::Path;

use exports::tacit;
use kernel::{Cx, Error, Result, Viewer};
use serde_json::{Map, Value};
use shell::Belongings;

use crate::folder::{Out, Written};

/// No community's archive: nothing brings it in anywhere.
const FORMAT: &str = "tacit-person";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenAlong {
    pub words: u64,
    pub files: u64,
    /// Files whose bytes are not here any more.
    pub missing: u64,
}

/// Writes into `folder`, which must not be there or be empty. `all` is what every slice keeps of a person.
pub async fn take_along(cx: &Cx, all: &[Belongings], handle: &str, folder: &Path) -> Result<TakenAlong> {
    if cx.viewer != Viewer::System {
        return Err(Error::NotFound);
    }
    let handle = handle.trim_start_matches('@');
    let me = cx.as_person(person::acts::find(&cx.house, handle).await?);
    let everything = person::everything(&me, all).await?;
    let mut out = Out::begin(folder, include_bytes!("taken_along.md"))?;
    for (slice, part) in everything.as_object().into_iter().flatten() {
        lists(&mut out, slice, part)?;
    }
    let mut taken = TakenAlong::default();
    let files: Vec<&Value> = at(&everything, "/attachment").iter().chain(at(&everything, "/archive/remembered_files")).collect();
    words(&mut out, &everything, &files, &mut taken)?;
    for file in files {
        let (hash, length) = (text(file, "sha256"), file.get("bytes").and_then(Value::as_u64).unwrap_or_default());
        match out.file(&format!("{}{hash}", tacit::FILES), (hash, length), cx).await? {
            Written::Now => taken.files += 1,
            Written::Before => {}
            Written::NotHere => taken.missing += 1,
        }
    }
    out.end((FORMAT, &format!("person {handle}")), cx.now())?;
    Ok(taken)
}

/// Each list in a file of its own, line by line; the rest of what a slice says in one.
fn lists(out: &mut Out, slice: &str, part: &Value) -> Result<()> {
    let Value::Object(fields) = part else {
        return part.as_array().into_iter().flatten().try_for_each(|line| out.line(&format!("{slice}.jsonl"), line));
    };
    let mut rest = Map::new();
    for (name, value) in fields {
        match value {
            Value::Array(lines) => lines.iter().try_for_each(|line| out.line(&format!("{slice}.{name}.jsonl"), line))?,
            other => drop(rest.insert(name.clone(), other.clone())),
        }
    }
    if rest.is_empty() {
        return Ok(());
    }
    out.put(&format!("{slice}.json"), format!("{:#}\n", Value::Object(rest)).as_bytes())
}

/// What they said, to be read: also what they said before, elsewhere, and claimed.
fn words(out: &mut Out, everything: &Value, files: &[&Value], taken: &mut TakenAlong) -> Result<()> {
    let mut with: HashMap<&str, Vec<&Value>> = HashMap::new();
    for file in files {
        with.entry(text(file, "contribution")).or_default().push(file);
    }
    let mut said: Vec<&Value> = at(everything, "/conversation/said").iter().chain(at(everything, "/archive/remembered_words")).collect();
    said.sort_by_key(|said| (text(said, "at"), text(said, "id").len(), text(said, "id")));
    let name = everything.pointer("/person/name").and_then(Value::as_str).unwrap_or_default();
    out.put("words.md", format!("# What {name} said\n").as_bytes())?;
    for said in said {
        out.put("words.md", entry(said, with.get(text(said, "id")).map_or(&[][..], Vec::as_slice)).as_bytes())?;
        taken.words += 1;
    }
    Ok(())
}

fn entry(said: &Value, files: &[&Value]) -> String {
    let mut entry = format!("\n---\n\n**{}**", text(said, "at"));
    for about in ["community", "kind"].map(|field| text(said, field)).into_iter().filter(|about| !about.is_empty()) {
        entry.push_str(&format!(", {about}"));
    }
    entry.push_str(&format!(" (`{}`)\n\n", text(said, "id")));
    if !text(said, "title").is_empty() {
        entry.push_str(&format!("## {}\n\n", text(said, "title")));
    }
    if !text(said, "quote").is_empty() {
        entry.push_str(&format!("> {}\n\n", text(said, "quote").replace('\n', "\n> ")));
    }
    entry.push_str(text(said, "words"));
    entry.push('\n');
    for file in files {
        entry.push_str(&format!("\n[{}]({}{})\n", text(file, "name").replace(['[', ']'], ""), tacit::FILES, text(file, "sha256")));
    }
    entry
}

fn at<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}
