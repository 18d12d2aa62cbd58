//! Which format a handbook has, and the one door to all of its pages.

use std::path::Path;

use crate::files::ending;
use crate::git::{self, Repository};
use crate::skips::skip;
use crate::{Files, Problem, Reason, Shelf, Take, confluence, folder, notion};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    Confluence,
    /// Confluence's other export, which is not read; opening it says which one to choose.
    ConfluenceXml,
    Notion,
    Git,
    Markdown,
}

impl Format {
    /// As a person calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Confluence => "Confluence space (HTML export)",
            Format::ConfluenceXml => "Confluence space (XML export)",
            Format::Notion => "Notion export",
            Format::Git => "Markdown pages with their git history",
            Format::Markdown => "folder of Markdown pages",
        }
    }
}

/// The format of what lies there; none where it holds no pages. Reads names and the beginnings of a few files.
pub fn detect(path: &Path) -> Option<Format> {
    if git::recognise(path) {
        return Some(Format::Git);
    }
    let whole = std::path::absolute(path).ok()?;
    let name = whole.file_name()?.to_string_lossy();
    let may_be = path.is_dir() || folder::is_page(&name) || ending(&name) == "zip";
    if !may_be {
        return None;
    }
    format_of(&Shelf::open(path).ok()?)
}

pub(crate) fn format_of(files: &dyn Files) -> Option<Format> {
    if confluence::is_xml(files) {
        Some(Format::ConfluenceXml)
    } else if confluence::recognise(files) {
        Some(Format::Confluence)
    } else if notion::recognise(files) {
        Some(Format::Notion)
    } else if folder::recognise(files) {
        Some(Format::Markdown)
    } else {
        None
    }
}

/// Pages where they lie.
pub struct Handbook {
    format: Format,
    place: Place,
    /// Why its history is not read, where there is one.
    without_history: Option<String>,
}

enum Place {
    Shelf(Shelf),
    Git(Box<Repository>),
}

impl Handbook {
    pub fn open(path: &Path) -> Result<Handbook, Problem> {
        let mut without_history = None;
        if git::recognise(path) {
            match Repository::open(path) {
                Ok(repository) => {
                    return Ok(Handbook {
                        format: Format::Git,
                        place: Place::Git(Box::new(repository)),
                        without_history: None,
                    });
                }
                // A folder has its pages all the same; a bundle or a bare repository is nothing but its history.
                Err(Problem::Git(why)) if path.join(".git").exists() => without_history = Some(why),
                Err(problem) => return Err(problem),
            }
        }
        let mut handbook = Handbook::of(Shelf::open(path)?)?;
        handbook.without_history = without_history;
        Ok(handbook)
    }

    /// Pages that lie somewhere else than in a folder of this machine.
    pub fn of(shelf: Shelf) -> Result<Handbook, Problem> {
        let format = format_of(&shelf).ok_or_else(|| Problem::Unknown(shelf.name().to_owned()))?;
        if format == Format::ConfluenceXml {
            return Err(Problem::ConfluenceXml);
        }
        Ok(Handbook {
            format,
            place: Place::Shelf(shelf),
            without_history: None,
        })
    }

    pub fn format(&self) -> Format {
        self.format
    }

    /// Why its history is not read, where there is one.
    pub fn without_history(&self) -> Option<&str> {
        self.without_history.as_deref()
    }

    /// Tells all pages.
    pub fn read(&self, take: &mut dyn Take) -> Result<(), Problem> {
        let shelf = match &self.place {
            Place::Git(repository) => return repository.read(take),
            Place::Shelf(shelf) => shelf,
        };
        for (part, why) in &shelf.broken {
            skip(take, Reason::Broken, part, why)?;
        }
        match self.format {
            Format::Confluence => confluence::read(shelf, take),
            Format::Notion => notion::read(shelf, take),
            Format::Markdown | Format::Git => folder::read(shelf, take),
            Format::ConfluenceXml => Err(Problem::ConfluenceXml),
        }
    }

    /// The bytes of a page's file, at most `most`.
    pub fn bytes(&self, file: &crate::File, most: u64) -> Result<Vec<u8>, Problem> {
        let files: &dyn Files = match &self.place {
            Place::Shelf(shelf) => shelf,
            Place::Git(repository) => repository.as_ref(),
        };
        Ok(files.whole(&file.inside, most)?)
    }
}
