//! The neutral model: pages, what is known of them, their revisions, files and links.
//!
//! An id is the source's own, the same each time it is read: that is what makes a second import add only what is new.

use exports::{Skipped, Stop};

use crate::Freshness;

/// What a page is for, as far as its place, its name or itself say so; else it is a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Kind {
    #[default]
    Practice,
    Pattern,
    Template,
    Tool,
    Glossary,
    Guide,
}

/// A page of a handbook.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// The path, or what the source itself names it by.
    pub id: String,
    /// Where it lies within the source.
    pub path: String,
    /// Never empty.
    pub title: String,
    pub kind: Kind,
    /// Markdown, as it stands now; links within the source are as they were written there.
    pub words: String,
    /// In the order in which they stand there; a name may come several times.
    pub facts: Vec<Fact>,
    /// When somebody last said that it holds, and for how long.
    pub freshness: Option<Freshness>,
    /// Oldest first. Empty where the source keeps no history and names nobody.
    pub revisions: Vec<Revision>,
    pub files: Vec<File>,
    /// Which links in its words lead to which page.
    pub links: Vec<Link>,
    /// Where it can be read on the web.
    pub link: Option<String>,
    /// The id of the page that it stands under, which may come later.
    pub parent: Option<String>,
    /// Taken away there; its history is left.
    pub gone: bool,
}

impl Page {
    /// The first fact of that name.
    pub fn fact(&self, name: &str) -> Option<&str> {
        let fact = self.facts.iter().find(|fact| fact.name == name)?;
        Some(&fact.value)
    }
}

/// What a page says of itself beside its words. Names are in small letters, with `_` for what is no letter or digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub name: String,
    pub value: String,
}

/// A page's words at one time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Revision {
    /// A commit; empty where the source has no name for it.
    pub id: String,
    /// Microseconds since 1970, UTC.
    pub at: i64,
    pub voice: Option<Voice>,
    /// Why, in its author's words; may be empty.
    pub reason: String,
    pub words: String,
}

/// Who wrote. Nobody here has an account in Tacit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    /// Never empty.
    pub name: String,
    /// Proves a claim later, and is shown to nobody.
    pub address: Option<String>,
}

/// A picture or file that belongs to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub name: String,
    /// Where its bytes are: for [`crate::Handbook::bytes`].
    pub inside: String,
    /// The link as the page writes it; empty where no words of the page name it.
    pub written: String,
    /// What it shows, for who does not see it.
    pub alt: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its target as Markdown understands it, with escapes undone.
    pub written: String,
    /// The id of the page, which may have been skipped.
    pub page: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    Page(Box<Page>),
    Skipped(Skipped),
}

/// Takes what a reader finds: each id once.
pub trait Take {
    fn take(&mut self, item: Item) -> Result<(), Stop>;
    /// So many of so many pages are behind the reader.
    fn at_page(&mut self, _done: usize, _of: usize) {}
}

impl Take for Vec<Item> {
    fn take(&mut self, item: Item) -> Result<(), Stop> {
        self.push(item);
        Ok(())
    }
}

/// Why a handbook could not be read, as a sentence for who asked.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error(transparent)]
    Source(#[from] exports::Problem),
    #[error("no pages were found in {0}")]
    Unknown(String),
    #[error(
        "this is Confluence's XML export, which keeps pages as a database does. In Confluence, choose the space's export as HTML, and bring that"
    )]
    ConfluenceXml,
    #[error("the history was not read: {0}")]
    Git(String),
    /// Who took what was read wanted no more.
    #[error("stopped")]
    Stopped,
}

impl From<Stop> for Problem {
    fn from(_: Stop) -> Problem {
        Problem::Stopped
    }
}
