//! The log, from the newest commit to the oldest: which commit changed which page, under all the names that the page had.
//!
//! Of a merge only its first parent is followed, so that each page has one line of revisions which ends in what stands today.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::BufRead;

use super::is_read;
use super::objects::token;
use super::program::{Copy, LONGEST, Running, unread};
use crate::{Problem, Voice};

const MOST_REVISIONS: usize = 2_000;
const MOST_COMMITS: usize = 2_000_000;
const MOST_GONE: usize = 50_000;
const LONGEST_REASON: usize = 8 << 10;
const LONGEST_FIELD: usize = 16 << 10;
/// Stands alone between zero bytes before each commit.
const MARK: &[u8] = b"\x1e";

pub(super) struct Commit {
    pub id: String,
    pub at: i64,
    pub voice: Option<Voice>,
    pub reason: String,
}

pub(super) struct Change {
    /// Its place in [`History::commits`].
    pub commit: usize,
    pub object: String,
}

/// Newest first.
#[derive(Default)]
pub(super) struct History {
    pub commits: Vec<Commit>,
    /// By the name that a page has today, or had last.
    pub changes: BTreeMap<String, Vec<Change>>,
    pub gone: BTreeSet<String>,
    /// How many of a page's oldest revisions are beyond the bound.
    pub dropped: BTreeMap<String, usize>,
}

/// What the log says of one file in one commit.
struct Entry {
    what: u8,
    is_file: bool,
    object: String,
    from: String,
    to: String,
}

impl History {
    pub(super) fn read(copy: &Copy, pages: &BTreeSet<String>) -> Result<History, Problem> {
        let format = "--format=%x00%x1e%x00%H%x00%at%x00%aN%x00%aE%x00%B%x00";
        let log = copy.answering(&[
            "log",
            "-z",
            "--raw",
            "--no-abbrev",
            "--first-parent",
            "--diff-merges=first-parent",
            "-M",
            "-l1000",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--no-show-signature",
            "--encoding=UTF-8",
            format,
            &copy.head,
        ]);
        let mut run = Running::start(log, LONGEST)?;
        let mut names: HashMap<String, String> = pages
            .iter()
            .map(|path| (path.clone(), path.clone()))
            .collect();
        let mut history = History::default();
        while let Some(field) = token(&mut run.out, LONGEST_FIELD).map_err(unread)? {
            if field == MARK {
                let commit = commit(&mut run.out)?;
                history.commits.push(commit);
                if history.commits.len() >= MOST_COMMITS {
                    break;
                }
            } else if let Some(entry) = entry(&field, &mut run.out)? {
                history.take(entry, &mut names);
            }
        }
        if history.commits.len() < MOST_COMMITS {
            run.finish()?;
        }
        Ok(history)
    }

    /// `names` leads from the name that a file had at this commit to the name of its page.
    fn take(&mut self, entry: Entry, names: &mut HashMap<String, String>) {
        if entry.what == b'D' {
            let known = names.contains_key(&entry.from);
            if !known && is_read(&entry.from) && self.gone.len() < MOST_GONE {
                self.gone.insert(entry.from.clone());
                names.insert(entry.from.clone(), entry.from);
            }
            return;
        }
        let Some(page) = names.get(&entry.to).cloned() else {
            return;
        };
        if entry.is_file {
            self.note(&page, entry.object);
        }
        if entry.what == b'R' {
            // Whatever lay under the old name later is another page.
            names.remove(&entry.to);
            names.insert(entry.from, page);
        }
    }

    fn note(&mut self, page: &str, object: String) {
        let commit = self.commits.len().saturating_sub(1);
        let changes = self.changes.entry(page.to_owned()).or_default();
        // The words did not change after this one: the newer commit only moved the page, or its rights.
        if changes.last().is_some_and(|newer| newer.object == object) {
            changes.pop();
        }
        if changes.len() < MOST_REVISIONS {
            changes.push(Change { commit, object });
        } else {
            *self.dropped.entry(page.to_owned()).or_default() += 1;
        }
    }
}

fn commit(stream: &mut dyn BufRead) -> Result<Commit, Problem> {
    let mut field = |most| {
        let read = token(stream, most).map_err(unread)?;
        let read = read.ok_or_else(|| Problem::Git("git stopped before its end".to_owned()))?;
        Ok::<String, Problem>(String::from_utf8_lossy(&read).into_owned())
    };
    let id = field(128)?;
    let seconds: i64 = field(64)?.trim().parse().unwrap_or(0);
    let (name, address) = (field(LONGEST_FIELD)?, field(LONGEST_FIELD)?);
    let reason = field(LONGEST_REASON)?;
    Ok(Commit {
        id,
        at: seconds.saturating_mul(1_000_000),
        voice: voice(&name, &address),
        reason: reason.trim().to_owned(),
    })
}

fn voice(name: &str, address: &str) -> Option<Voice> {
    let (name, address) = (name.trim(), address.trim());
    let shown = if name.is_empty() {
        address.split('@').next().unwrap_or_default()
    } else {
        name
    };
    (!shown.is_empty()).then(|| Voice {
        name: shown.chars().take(200).collect(),
        address: Some(address.to_owned()).filter(|address| address.contains('@')),
    })
}

/// `:100644 100644 1234 5678 M`, then the path, or two of them where it was moved (git-diff(1), "RAW OUTPUT FORMAT").
fn entry(field: &[u8], stream: &mut dyn BufRead) -> Result<Option<Entry>, Problem> {
    let text = String::from_utf8_lossy(field);
    let Some(facts) = text.trim_start_matches('\n').strip_prefix(':') else {
        return Ok(None);
    };
    let facts: Vec<&str> = facts.split(' ').collect();
    let [_, mode, _, object, what] = facts.as_slice() else {
        return Ok(None);
    };
    let what = what.bytes().next().unwrap_or(b'X');
    let mut path = || {
        let read = token(stream, LONGEST_FIELD).map_err(unread)?;
        Ok::<String, Problem>(String::from_utf8_lossy(&read.unwrap_or_default()).into_owned())
    };
    let from = path()?;
    let to = if matches!(what, b'R' | b'C') {
        path()?
    } else {
        from.clone()
    };
    Ok(Some(Entry {
        what,
        is_file: mode.starts_with("100"),
        object: (*object).to_owned(),
        from,
        to,
    }))
}
