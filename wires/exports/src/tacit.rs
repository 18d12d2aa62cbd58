//! Tacit's own export: a folder of JSON Lines that also reads without Tacit. docs/archive-format.md is its description.
//!
//! Every id is `ORIGIN ID`: where a thing was first said, and what it was called there. So a thing keeps its name however often
//! it is taken out and brought in.

use serde::{Deserialize, Serialize};
use serde::de::DeserializeOwned;

use crate::{Access, Contribution, File, Item, Own, Problem, Reason, Record, Skipped, Source, Take, Voice, lines, times};

pub const FORMAT: &str = "tacit-archive";
pub const VERSION: u32 = 1;
pub const MANIFEST: &str = "manifest.json";
/// Where the bytes of attachments are.
pub const FILES: &str = "files/";
/// Files that are handed on line by line, since they mean something to Tacit alone.
pub const RECORDS: [&str; 7] = ["kinds", "thanks", "endings", "memberships", "practices", "practice_revisions", "changes"];
/// The longest line that is read.
const MOST: usize = 8 << 20;
/// A manifest has a line for each conversation and file.
const MOST_MANIFEST: u64 = 256 << 20;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: String,
    pub version: u32,
    pub made_at: String,
    /// What it is of: "community quantum-computing".
    pub of: String,
    /// Each file with the SHA-256 of its bytes.
    pub files: std::collections::BTreeMap<String, String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Community {
    pub id: String,
    pub name: String,
    pub slug: String,
    pub domain: String,
    pub purpose: String,
    pub practice: String,
    /// open, knock or closed.
    pub openness: String,
    /// forming, growing, steady, resting or ended.
    pub stage: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Speaker {
    pub id: String,
    pub name: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Said {
    pub id: String,
    pub community: String,
    pub voice: String,
    pub answers: Option<String>,
    pub title: String,
    /// Markdown (CommonMark with tables, strikethrough and task lists).
    pub words: String,
    /// RFC 3339, UTC, to the microsecond.
    pub at: String,
    pub edited_at: Option<String>,
    pub link: String,
    /// A Message-ID, without its angle brackets, where it came by mail.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub known_as: String,
    pub asks: bool,
    #[serde(flatten)]
    pub own: Own,
    pub files: Vec<Attached>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attached {
    pub name: String,
    /// Where its bytes are: `files/SHA-256`.
    pub inside: String,
    pub alt: String,
}

pub fn recognise(source: &Source) -> bool {
    source.has(MANIFEST) && manifest(source).is_ok_and(|m| m.format == FORMAT)
}

pub fn manifest(source: &Source) -> Result<Manifest, Problem> {
    let bytes = source.whole(MANIFEST, MOST_MANIFEST)?;
    serde_json::from_slice(&bytes).map_err(|e| Problem::Unreadable(MANIFEST.to_owned(), std::io::Error::other(e)))
}

pub fn read(source: &Source, take: &mut dyn Take) -> Result<(), Problem> {
    let found = manifest(source)?;
    if found.version > VERSION {
        let newer = std::io::Error::other(format!("it is of version {}, and this program knows {VERSION}", found.version));
        return Err(Problem::Unreadable(MANIFEST.to_owned(), newer));
    }
    let mut done = 0;
    each(source, "communities.jsonl", take, &mut done, |c: Community| Some(community(&c)))?;
    each(source, "voices.jsonl", take, &mut done, |v: Speaker| {
        Some(Item::Voice(Voice { id: v.id, name: v.name, address: None, machine: false }))
    })?;
    each(source, "contributions.jsonl", take, &mut done, said)?;
    for file in RECORDS {
        each(source, &format!("{file}.jsonl"), take, &mut done, |record: serde_json::Value| {
            Some(Item::Own(Record { file, line: record.to_string() }))
        })?;
    }
    Ok(())
}

fn community(c: &Community) -> Item {
    Item::Community(crate::Community {
        id: c.id.clone(),
        name: c.name.clone(),
        about: serde_json::to_string(c).unwrap_or_default(),
        access: if c.openness == "closed" { Access::Private } else { Access::Open },
        ended: c.stage == "ended",
    })
}

fn said(s: Said) -> Option<Item> {
    let file = |f: Attached| File { name: f.name, inside: Some(f.inside), link: None, alt: f.alt };
    Some(Item::Contribution(Box::new(Contribution {
        at: times::iso(&s.at)?,
        edited_at: s.edited_at.as_deref().and_then(times::iso),
        id: s.id,
        community: s.community,
        voice: s.voice,
        answers: s.answers,
        title: s.title,
        words: s.words,
        link: (!s.link.is_empty()).then_some(s.link),
        known_as: (!s.known_as.is_empty()).then_some(s.known_as),
        asks: s.asks,
        files: s.files.into_iter().map(file).collect(),
        own: Some(Box::new(s.own)),
        ..Contribution::default()
    })))
}

/// Tells every line of a file; one that is not what it should be is skipped with its place.
fn each<T: DeserializeOwned>(source: &Source, file: &str, take: &mut dyn Take, done: &mut u64, tell: impl Fn(T) -> Option<Item>) -> Result<(), Problem> {
    if !source.has(file) {
        return Ok(());
    }
    source.read(file, |stream| {
        let (mut line, mut offset) = (Vec::new(), 0);
        loop {
            line.clear();
            let length = lines::next(stream, &mut line, MOST).map_err(|e| Problem::Unreadable(file.to_owned(), e))?;
            if length == 0 {
                return Ok(());
            }
            let skipped = |reason, detail: &str| {
                Item::Skipped(Skipped { reason, file: file.to_owned(), offset: Some(offset), detail: detail.to_owned() })
            };
            let item = if length > MOST {
                skipped(Reason::TooLarge, "The line is longer than any that Tacit writes.")
            } else {
                let found = serde_json::from_slice::<T>(&line).ok().and_then(&tell);
                found.unwrap_or_else(|| skipped(Reason::Broken, "The line is not as Tacit writes it."))
            };
            take.take(item)?;
            offset += length as u64;
            *done += length as u64;
            take.at_byte(*done);
        }
    })
}
