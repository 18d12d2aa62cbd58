//! Notion's export of a workspace or a page: Markdown & CSV or HTML, in a folder, a zip, or zips within a zip.
//!
//! A page's file carries its id at its end (`Deploying 1f2e…32 digits.md`), its folder carries the pages below it, and a database
//! is a CSV with a file for each row in its folder. Folders had ids until 2023 and mostly have none since.

mod database;
mod names;
mod page;
mod web_page;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use exports::{Reason, text_of};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::files::{LARGEST_PAGE, ending, file_name, folder_of, is_aside};
use crate::folder::plain_lines;
use crate::markdown::Reading;
use crate::skips::skip;
use crate::web::LARGEST_HTML;
use crate::{Fact, Files, Freshness, Item, Kind, Page, Problem, Take, facts, links};
use names::{bare, id_in};

/// How many files are looked at to know an export.
const LOOKED_AT: usize = 2_000;
/// What would end a link between brackets.
const IN_LINK: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'(')
    .add(b')')
    .add(b'<')
    .add(b'>')
    .add(b'%')
    .add(b'#')
    .add(b'?')
    .add(b'|')
    .add(b'\\')
    .add(b'[')
    .add(b']');
const LARGEST_TABLE: u64 = 16 << 20;

/// A page with an id in its name, or a page of HTML as Notion writes it.
pub(crate) fn recognise(files: &dyn Files) -> bool {
    let named = |name: &str| is_read(name) && id_in(name).is_some();
    files.names().take(LOOKED_AT).any(named)
        || files
            .names()
            .filter(|name| ending(name) == "html")
            .take(5)
            .any(|name| {
                let head = files.head(name, 64 << 10);
                let text = String::from_utf8_lossy(&head);
                text.contains("<article id=\"") && text.contains("class=\"page-title\"")
            })
}

fn is_read(name: &str) -> bool {
    matches!(ending(name).as_str(), "md" | "html" | "csv") && !is_aside(name)
}

pub(crate) fn read(files: &dyn Files, take: &mut dyn Take) -> Result<(), Problem> {
    let workspace = Workspace::of(files, take)?;
    let of = workspace.ids.len();
    for (done, path) in workspace.ids.keys().enumerate() {
        if let Some(page) = workspace.page(path, take)? {
            take.take(Item::Page(Box::new(page)))?;
        }
        take.at_page(done + 1, of);
    }
    Ok(())
}

/// The names of all pages, by which ids, parents and links are found.
struct Workspace<'f> {
    files: &'f dyn Files,
    /// The id of the page in each file.
    ids: BTreeMap<String, String>,
    known: BTreeSet<String>,
    /// The file of the page that a folder belongs to, by the folder's path: with and without its id.
    folders: HashMap<String, String>,
    /// For each table its other files: the same table as one of its views shows it, or the page that shows it.
    tables: HashMap<String, Vec<String>>,
}

impl<'f> Workspace<'f> {
    fn of(files: &'f dyn Files, take: &mut dyn Take) -> Result<Workspace<'f>, Problem> {
        let mut workspace = Workspace {
            files,
            ids: BTreeMap::new(),
            known: BTreeSet::new(),
            folders: HashMap::new(),
            tables: HashMap::new(),
        };
        let names: Vec<&str> = files.names().filter(|name| is_read(name)).collect();
        let (tables, pages): (Vec<&str>, Vec<&str>) =
            names.into_iter().partition(|name| ending(name) == "csv");
        for path in pages {
            if file_name(path) == "index.html" && id_in(path).is_none() {
                skip(
                    take,
                    Reason::System,
                    path,
                    "it lists the pages, and is none",
                )?;
            } else {
                workspace.put(path, take)?;
            }
        }
        // The whole table comes before what one of its views shows.
        let (whole, views): (Vec<&str>, Vec<&str>) = tables
            .into_iter()
            .partition(|name| name.to_ascii_lowercase().ends_with("_all.csv"));
        for path in whole.into_iter().chain(views) {
            let id = id_in(path).unwrap_or_else(|| path.to_owned());
            if workspace.known.contains(&id) {
                workspace
                    .tables
                    .entry(id)
                    .or_default()
                    .push(path.to_owned());
            } else {
                workspace.tables.entry(id).or_default();
                workspace.put(path, take)?;
            }
        }
        Ok(workspace)
    }

    fn put(&mut self, path: &str, take: &mut dyn Take) -> Result<(), Problem> {
        let id = id_in(path).unwrap_or_else(|| path.to_owned());
        if !self.known.insert(id.clone()) {
            let detail = "another file has the page of this id";
            return Ok(skip(take, Reason::Twice, path, detail)?);
        }
        let folder = names::with_id(path);
        self.folders
            .entry(folder)
            .or_insert_with(|| path.to_owned());
        self.folders
            .entry(bare(path))
            .or_insert_with(|| path.to_owned());
        self.ids.insert(path.to_owned(), id);
        Ok(())
    }

    fn page(&self, path: &str, take: &mut dyn Take) -> Result<Option<Page>, Problem> {
        let ending = ending(path);
        let most = match ending.as_str() {
            "csv" => LARGEST_TABLE,
            "html" => LARGEST_HTML,
            _ => LARGEST_PAGE,
        };
        let bytes = match self.files.whole(path, most) {
            Ok(bytes) => bytes,
            Err(exports::Problem::Bomb(_)) => {
                skip(
                    take,
                    Reason::TooLarge,
                    path,
                    "it is larger than a page may be",
                )?;
                return Ok(None);
            }
            Err(problem) => {
                skip(take, Reason::Broken, path, &problem.to_string())?;
                return Ok(None);
            }
        };
        let said = match ending.as_str() {
            "csv" => self.table(path, &bytes),
            "html" => web_page::read(&text_of(&bytes)),
            _ => Some(page::read(&plain_lines(&bytes))),
        };
        let Some(said) = said else {
            skip(
                take,
                Reason::Broken,
                path,
                "it is no page as Notion writes them",
            )?;
            return Ok(None);
        };
        if said.words.trim().is_empty() && said.facts.is_empty() {
            skip(take, Reason::Empty, path, "it has no words")?;
            return Ok(None);
        }
        Ok(Some(self.understood(path, said)))
    }

    fn table(&self, path: &str, bytes: &[u8]) -> Option<Said> {
        let title = names::title(path);
        let rows = |name: &str| self.row(path, name);
        let words = database::read(&plain_lines(bytes), &title, &rows)?;
        Some(Said {
            title,
            words,
            ..Said::default()
        })
    }

    /// The file of a row, as a link from its table.
    fn row(&self, table: &str, name: &str) -> Option<String> {
        let below = |folder: String| self.folders.get(&format!("{folder}/{name}"));
        let file = below(bare(table)).or_else(|| below(names::with_id(table)))?;
        let folder = folder_of(table);
        let link = file.strip_prefix(folder)?.trim_start_matches('/');
        Some(utf8_percent_encode(link, IN_LINK).to_string())
    }

    fn understood(&self, path: &str, said: Said) -> Page {
        let id = self
            .ids
            .get(path)
            .cloned()
            .unwrap_or_else(|| path.to_owned());
        let mut page = Page {
            parent: self.parent(path, &id),
            id,
            path: path.to_owned(),
            title: said.title.split_whitespace().collect::<Vec<_>>().join(" "),
            facts: said.facts,
            ..Page::default()
        };
        if page.title.is_empty() {
            page.title = names::title(path);
        }
        page.revisions = page::revision(&page, &said.words).into_iter().collect();
        page.link = page
            .fact("url")
            .filter(|url| url.starts_with("https://"))
            .map(str::to_owned);
        facts::settle(&mut page);
        let reading = Reading::of(&said.words);
        page.words = said.words;
        let found = |path: &str| self.found(path);
        links::connect(&mut page, &reading.links, self.files, &found);
        self.connect_web(&mut page, &reading);
        self.put_tables(&mut page);
        page.kind = Kind::guess(&page);
        page.freshness = Freshness::of(&page);
        page
    }

    /// By the file, or by the id at its end, wherever the file lies.
    fn found(&self, path: &str) -> Option<String> {
        let by_path = self.ids.get(path).cloned();
        by_path.or_else(|| id_in(path).filter(|id| self.known.contains(id)))
    }

    /// `https://www.notion.so/Deploying-1f2e…` leads to a page that may be here.
    fn connect_web(&self, page: &mut Page, reading: &Reading) {
        for reference in &reading.links {
            let link = reference.written.as_str();
            let place = link.strip_prefix("https://").unwrap_or_default();
            let host = place.split('/').next().unwrap_or_default();
            let is_notion = ["notion.so", "notion.site", "notion.com"]
                .iter()
                .any(|end| host.ends_with(end));
            let path = link.split(['?', '#']).next().unwrap_or_default();
            let id = names::id_at_end(path).filter(|id| is_notion && self.known.contains(id));
            let is_new = page.links.iter().all(|known| known.written != link);
            if let Some(id) = id.filter(|_| is_new) {
                page.links.push(crate::Link {
                    written: link.to_owned(),
                    page: id,
                });
            }
        }
    }

    /// The files of a database belong to its page.
    fn put_tables(&self, page: &mut Page) {
        let own = (ending(&page.path) == "csv").then(|| page.path.clone());
        let others = self.tables.get(&page.id).cloned().unwrap_or_default();
        for inside in own.into_iter().chain(others) {
            page.files.push(crate::File {
                name: format!("{}.csv", page.title.replace('/', "-")),
                inside,
                written: String::new(),
                alt: String::new(),
            });
        }
    }

    fn parent(&self, path: &str, own: &str) -> Option<String> {
        let mut folder = folder_of(path);
        while !folder.is_empty() {
            let above = self.folders.get(folder).and_then(|path| self.ids.get(path));
            if let Some(id) = above.filter(|id| *id != own) {
                return Some(id.clone());
            }
            folder = folder_of(folder);
        }
        None
    }
}

/// What a file says before it is known what surrounds it.
#[derive(Default)]
struct Said {
    title: String,
    words: String,
    facts: Vec<Fact>,
}

#[cfg(test)]
mod tests;
