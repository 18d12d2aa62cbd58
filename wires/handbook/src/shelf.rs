//! A folder, a zip, or zips within a zip, as one: Notion hands out large workspaces in parts.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::Path;

use exports::{Problem, Source};
use tempfile::{NamedTempFile, TempPath};

use crate::Files;
use crate::files::{ending, is_aside_folder};

/// A part may be as large as this, and there may be so many of them.
const LARGEST_PART: u64 = 4 << 30;
const MOST_PARTS: usize = 64;

pub struct Shelf {
    name: String,
    parts: Vec<Source>,
    /// In which part each file lies. A name that two parts have is the first one's.
    names: BTreeMap<String, usize>,
    /// Parts of a zip, put aside while they are read.
    _aside: Vec<TempPath>,
    /// Parts that could not be opened, with why.
    pub broken: Vec<(String, String)>,
}

impl Shelf {
    /// Hidden folders and what programs fetched are not looked into.
    pub fn open(path: &Path) -> Result<Shelf, Problem> {
        let source = Source::open_without(path, &is_aside_folder)?;
        let mut shelf = Shelf::of(source);
        shelf.unfold();
        Ok(shelf)
    }

    pub fn of(source: Source) -> Shelf {
        let mut shelf = Shelf {
            name: source.name().to_owned(),
            parts: Vec::new(),
            names: BTreeMap::new(),
            _aside: Vec::new(),
            broken: Vec::new(),
        };
        shelf.put(source);
        shelf
    }

    /// A folder that is nowhere but here, for tests and fuzzing.
    pub fn memory(name: &str, contents: Vec<(String, Vec<u8>)>) -> Shelf {
        Shelf::of(Source::memory(name, contents))
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    fn put(&mut self, source: Source) {
        let part = self.parts.len();
        for name in source.files() {
            self.names.entry(name.to_owned()).or_insert(part);
        }
        self.parts.push(source);
    }

    /// Opens the zips that lie at the top, where nothing but zips lies there.
    fn unfold(&mut self) {
        let zips: Vec<String> = self.names.keys().cloned().collect();
        let all = zips.iter().all(|name| {
            ending(name) == "zip" || name.starts_with("__MACOSX/") || name.ends_with(".DS_Store")
        });
        if !all {
            return;
        }
        for name in zips.iter().filter(|name| ending(name) == "zip") {
            if self._aside.len() >= MOST_PARTS {
                self.broken
                    .push((name.clone(), format!("more than {MOST_PARTS} parts")));
                continue;
            }
            match self.part(name) {
                Ok((source, aside)) => {
                    self.names.remove(name);
                    self._aside.push(aside);
                    self.put(source);
                }
                Err(why) => self.broken.push((name.clone(), why.to_string())),
            }
        }
    }

    fn part(&self, name: &str) -> Result<(Source, TempPath), Problem> {
        let outer = self
            .parts
            .first()
            .ok_or_else(|| Problem::Missing(name.to_owned()))?;
        let unreadable = |e: io::Error| Problem::Unreadable(name.to_owned(), e);
        let mut aside = NamedTempFile::with_suffix(".zip").map_err(unreadable)?;
        outer.read(name, |stream| {
            let written =
                io::copy(&mut stream.take(LARGEST_PART + 1), &mut aside).map_err(unreadable)?;
            if written > LARGEST_PART {
                return Err(Problem::Bomb(name.to_owned()));
            }
            aside.flush().map_err(unreadable)
        })?;
        let path = aside.into_temp_path();
        Ok((Source::open(&path)?, path))
    }
}

impl Files for Shelf {
    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(self.names.keys().map(String::as_str))
    }

    fn has(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    fn size(&self, name: &str) -> u64 {
        let part = self.names.get(name).and_then(|part| self.parts.get(*part));
        part.map_or(0, |part| part.size(name))
    }

    fn whole(&self, name: &str, most: u64) -> Result<Vec<u8>, Problem> {
        let part = self.names.get(name).and_then(|part| self.parts.get(*part));
        part.ok_or_else(|| Problem::Missing(name.to_owned()))?
            .whole(name, most)
    }

    fn head(&self, name: &str, most: u64) -> Vec<u8> {
        let part = self.names.get(name).and_then(|part| self.parts.get(*part));
        let read = part.map(|part| {
            part.read(name, |stream| {
                let mut bytes = Vec::new();
                let _ = stream.take(most).read_to_end(&mut bytes);
                Ok(bytes)
            })
        });
        read.and_then(Result::ok).unwrap_or_default()
    }
}
