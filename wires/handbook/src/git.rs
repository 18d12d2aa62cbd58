//! The history of a folder of Markdown: a work tree, a bare repository, or a bundle, read by the program `git`.
//!
//! A repository can hold hooks, filters and settings that make git run programs. So nothing is ever asked of it in its place: git
//! copies its objects into a fresh folder, with settings of ours alone, and answers from there.

mod history;
mod objects;
mod program;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

use exports::Problem as Unread;

use crate::files::{LARGEST_PAGE, ending};
use crate::folder::{Folder, is_page, plain_lines};
use crate::skips::skip;
use crate::{Files, Item, Page, Problem, Reason, Revision, Take, front};
use history::{Change, Commit, History};
use objects::Objects;
use program::Copy;

/// The words of one page's history together, which are held at once.
const MOST_HISTORY: usize = 64 << 20;

/// Whether git would know a history there; cheap.
pub(crate) fn recognise(path: &Path) -> bool {
    if path.is_dir() {
        let is_bare = || {
            ["objects", "refs"]
                .iter()
                .all(|part| path.join(part).is_dir())
                && path.join("HEAD").is_file()
        };
        // A file or link of that name would lead to a repository elsewhere.
        let own = path.join(".git").symlink_metadata();
        return own.is_ok_and(|git| git.is_dir()) || is_bare();
    }
    is_bundle(path)
}

/// A bundle begins with its version (gitformat-bundle(5)).
pub(crate) fn is_bundle(path: &Path) -> bool {
    let mut start = [0; 15];
    let read = std::fs::File::open(path)
        .and_then(|mut file| std::io::Read::read_exact(&mut file, &mut start));
    read.is_ok() && matches!(&start, b"# v2 git bundle" | b"# v3 git bundle")
}

/// The last commit of a repository, as files.
pub(crate) struct Repository {
    copy: Copy,
    /// The object and size of each file.
    files: BTreeMap<String, (String, u64)>,
    objects: RefCell<Objects>,
}

impl Repository {
    pub(crate) fn open(path: &Path) -> Result<Repository, Problem> {
        let copy = Copy::of(path)?;
        let files = copy.files()?;
        let objects = RefCell::new(Objects::open(&copy)?);
        Ok(Repository {
            copy,
            files,
            objects,
        })
    }

    pub(crate) fn read(&self, take: &mut dyn Take) -> Result<(), Problem> {
        let folder = Folder::of(self);
        let mut history = History::read(&self.copy, &folder.pages)?;
        let of = folder.pages.len() + history.gone.len();
        for (done, path) in folder.pages.iter().enumerate() {
            let changes = history.changes.remove(path).unwrap_or_default();
            self.page(&folder, path, &history, changes, take)?;
            take.at_page(done + 1, of);
        }
        let gone = std::mem::take(&mut history.gone);
        for (done, path) in gone.iter().enumerate() {
            let changes = history.changes.remove(path).unwrap_or_default();
            self.gone(path, &history, changes, take)?;
            take.at_page(folder.pages.len() + done + 1, of);
        }
        for (path, dropped) in &history.dropped {
            let detail = format!(
                "its {dropped} oldest revisions are beyond the bound; the newer ones were read"
            );
            skip(take, Reason::TooLarge, path, &detail)?;
        }
        folder.tell_papers(take)
    }

    fn page(
        &self,
        folder: &Folder<'_>,
        path: &str,
        history: &History,
        changes: Vec<Change>,
        take: &mut dyn Take,
    ) -> Result<(), Problem> {
        if self.size(path) > LARGEST_PAGE {
            let detail = "it is larger than a page may be (1 MiB)";
            return Ok(skip(take, Reason::TooLarge, path, detail)?);
        }
        let bytes = self.whole(path, LARGEST_PAGE)?;
        let Some(mut page) = folder.page_of(path, &bytes, take)? else {
            return Ok(());
        };
        page.revisions = self.revisions(path, history, changes, take)?;
        Ok(take.take(Item::Page(Box::new(page)))?)
    }

    /// A page that was taken away, with the words that it had last.
    fn gone(
        &self,
        path: &str,
        history: &History,
        changes: Vec<Change>,
        take: &mut dyn Take,
    ) -> Result<(), Problem> {
        let revisions = self.revisions(path, history, changes, take)?;
        let Some(last) = revisions.last() else {
            return Ok(());
        };
        let alone = Folder::of(&Nothing);
        let words = last.words.clone();
        let Some(page) = alone.page_of(path, words.as_bytes(), take)? else {
            return Ok(());
        };
        let page = Page {
            gone: true,
            revisions,
            parent: None,
            ..page
        };
        Ok(take.take(Item::Page(Box::new(page)))?)
    }

    /// From the newest to the oldest while the bounds hold, then turned around.
    fn revisions(
        &self,
        path: &str,
        history: &History,
        changes: Vec<Change>,
        take: &mut dyn Take,
    ) -> Result<Vec<Revision>, Problem> {
        let mut revisions = Vec::with_capacity(changes.len());
        let mut bytes = 0;
        for change in changes {
            let Some(commit) = history.commits.get(change.commit) else {
                continue;
            };
            let read = self
                .objects
                .borrow_mut()
                .read(&change.object, LARGEST_PAGE)?;
            let Some(read) = read else {
                let detail = format!(
                    "its words at {} are larger than a page may be (1 MiB)",
                    short(&commit.id)
                );
                skip(take, Reason::TooLarge, path, &detail)?;
                continue;
            };
            bytes += read.len();
            if bytes > MOST_HISTORY {
                let detail = format!(
                    "its revisions together are larger than the bound (64 MiB); the {} newest were read",
                    revisions.len()
                );
                skip(take, Reason::TooLarge, path, &detail)?;
                break;
            }
            revisions.push(revision(commit, &read));
        }
        revisions.reverse();
        Ok(revisions)
    }
}

fn revision(commit: &Commit, bytes: &[u8]) -> Revision {
    let text = plain_lines(bytes);
    Revision {
        id: commit.id.clone(),
        at: commit.at,
        voice: commit.voice.clone(),
        reason: commit.reason.clone(),
        words: front::split(&text).1.to_owned(),
    }
}

fn short(id: &str) -> &str {
    id.get(..10).unwrap_or(id)
}

impl Files for Repository {
    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(self.files.keys().map(String::as_str))
    }

    fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    fn size(&self, name: &str) -> u64 {
        self.files.get(name).map_or(0, |(_, size)| *size)
    }

    fn whole(&self, name: &str, most: u64) -> Result<Vec<u8>, Unread> {
        let (object, _) = self
            .files
            .get(name)
            .ok_or_else(|| Unread::Missing(name.to_owned()))?;
        let unreadable = |why: Problem| {
            Unread::Unreadable(name.to_owned(), std::io::Error::other(why.to_string()))
        };
        let mut objects = self
            .objects
            .try_borrow_mut()
            .map_err(|_| Unread::Missing(name.to_owned()))?;
        let read = objects.read(object, most).map_err(unreadable)?;
        read.ok_or_else(|| Unread::Bomb(name.to_owned()))
    }

    fn head(&self, name: &str, most: u64) -> Vec<u8> {
        let mut bytes = self.whole(name, LARGEST_PAGE).unwrap_or_default();
        bytes.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        bytes
    }
}

/// No files at all: what is gone leads nowhere.
struct Nothing;

impl Files for Nothing {
    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(std::iter::empty())
    }

    fn has(&self, _: &str) -> bool {
        false
    }

    fn size(&self, _: &str) -> u64 {
        0
    }

    fn whole(&self, name: &str, _: u64) -> Result<Vec<u8>, Unread> {
        Err(Unread::Missing(name.to_owned()))
    }

    fn head(&self, _: &str, _: u64) -> Vec<u8> {
        Vec::new()
    }
}

/// Whether a path of the repository is read as a page.
fn is_read(path: &str) -> bool {
    !ending(path).is_empty() && is_page(path)
}

#[cfg(test)]
mod tests;
