//! A folder of Markdown: a handbook, decision records, RFCs, a radar, notes of what was learned.

use std::collections::{BTreeMap, BTreeSet};

use exports::{Reason, text_of};

use crate::files::{LARGEST_PAGE, ending, file_name, folder_of, is_aside, stem};
use crate::markdown::Reading;
use crate::skips::skip;
use crate::{Fact, Files, Freshness, Kind, Page, Problem, Take, facts, front, links};

/// A page that stands for its folder.
const INDEXES: [&str; 3] = ["readme", "index", "_index"];

pub(crate) fn is_page(path: &str) -> bool {
    matches!(ending(path).as_str(), "md" | "markdown" | "mdx") && !is_aside(path)
}

/// Papers that every repository has, and that tell of no practice.
fn is_paper(path: &str) -> bool {
    let name = stem(path);
    let small = name.to_ascii_lowercase().replace('-', "_");
    let papers = [
        "license",
        "licence",
        "copying",
        "code_of_conduct",
        "unlicense",
    ];
    // `LICENSE-MIT` is a paper; `copying-a-file` is a page.
    let is_loud = name == name.to_ascii_uppercase();
    papers.iter().any(|paper| {
        let rest = small.strip_prefix(paper);
        rest.is_some_and(|rest| rest.is_empty() || (is_loud && rest.starts_with('_')))
    })
}

/// At least one page, and no other kind of archive, which the caller has looked for before.
pub(crate) fn recognise(files: &dyn Files) -> bool {
    files.names().any(|name| is_page(name) && !is_paper(name))
}

pub(crate) fn read(files: &dyn Files, take: &mut dyn Take) -> Result<(), Problem> {
    let folder = Folder::of(files);
    let of = folder.pages.len();
    for (done, path) in folder.pages.iter().enumerate() {
        if let Some(page) = folder.page(path, take)? {
            take.take(crate::Item::Page(Box::new(page)))?;
        }
        take.at_page(done + 1, of);
    }
    folder.tell_papers(take)
}

/// The names of all pages, by which links and parents are found.
pub(crate) struct Folder<'f> {
    files: &'f dyn Files,
    pub(crate) pages: BTreeSet<String>,
    /// Pages without their endings, since links of a site leave them out.
    bare: BTreeMap<String, String>,
    papers: Vec<String>,
}

impl<'f> Folder<'f> {
    pub(crate) fn of(files: &'f dyn Files) -> Folder<'f> {
        let (papers, pages): (Vec<String>, Vec<String>) = files
            .names()
            .filter(|name| is_page(name))
            .map(str::to_owned)
            .partition(|name| is_paper(name));
        let bare = pages.iter().map(|path| (bare(path), path.clone()));
        Folder {
            files,
            bare: bare.collect(),
            pages: pages.into_iter().collect(),
            papers,
        }
    }

    pub(crate) fn tell_papers(&self, take: &mut dyn Take) -> Result<(), Problem> {
        for paper in &self.papers {
            let detail = "a licence or a code of conduct is no practice of a community";
            skip(take, Reason::NoPlace, paper, detail)?;
        }
        Ok(())
    }

    fn page(&self, path: &str, take: &mut dyn Take) -> Result<Option<Page>, Problem> {
        if self.files.size(path) > LARGEST_PAGE {
            let detail = "it is larger than a page may be (1 MiB)";
            skip(take, Reason::TooLarge, path, detail)?;
            return Ok(None);
        }
        match self.files.whole(path, LARGEST_PAGE) {
            Ok(bytes) => self.page_of(path, &bytes, take),
            Err(problem) => {
                skip(take, Reason::Broken, path, &problem.to_string())?;
                Ok(None)
            }
        }
    }

    pub(crate) fn page_of(
        &self,
        path: &str,
        bytes: &[u8],
        take: &mut dyn Take,
    ) -> Result<Option<Page>, Problem> {
        let text = plain_lines(bytes);
        let (front, words) = front::split(&text);
        if words.trim().is_empty() && front.facts.is_empty() {
            skip(take, Reason::Empty, path, "it has no words")?;
            return Ok(None);
        }
        Ok(Some(self.understood(path, words, front.facts)))
    }

    fn understood(&self, path: &str, words: &str, facts: Vec<Fact>) -> Page {
        let reading = Reading::of(words);
        let mut page = Page {
            id: path.to_owned(),
            path: path.to_owned(),
            words: words.to_owned(),
            facts,
            parent: self.parent(path),
            ..Page::default()
        };
        for (name, value) in &reading.head {
            facts::add(&mut page, name, value);
        }
        if let Some(status) = &reading.status {
            facts::add(&mut page, "status", status);
        }
        facts::settle(&mut page);
        page.title = title(&page, &reading);
        page.kind = Kind::guess(&page);
        page.freshness = Freshness::of(&page);
        page.link = link(&page);
        let found = |path: &str| self.found(path).map(str::to_owned);
        links::connect(&mut page, &reading.links, self.files, &found);
        page
    }

    /// A page by its path, by its path without an ending, or by the folder that it stands for.
    fn found(&self, path: &str) -> Option<&str> {
        if let Some(page) = self.pages.get(path) {
            return Some(page);
        }
        let html = path.strip_suffix(".html").unwrap_or(path);
        self.bare
            .get(path)
            .or_else(|| self.bare.get(html))
            .map(String::as_str)
            .or_else(|| self.index_of(path))
    }

    fn index_of(&self, folder: &str) -> Option<&str> {
        let start = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        INDEXES.iter().find_map(|index| {
            [
                index.to_uppercase(),
                (*index).to_owned(),
                "Readme".to_owned(),
            ]
            .iter()
            .find_map(|name| {
                let page = self.bare.get(&format!("{start}{name}"))?;
                Some(page.as_str())
            })
        })
    }

    /// The nearest page above that stands for a folder.
    fn parent(&self, path: &str) -> Option<String> {
        let mut folder = folder_of(path);
        loop {
            if let Some(index) = self.index_of(folder).filter(|index| *index != path) {
                return Some(index.to_owned());
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder_of(folder);
        }
    }
}

/// `a/b.html.md` is `a/b` for who links to it.
fn bare(path: &str) -> String {
    let cut = path.rsplit_once('.').map_or(path, |(bare, _)| bare);
    cut.strip_suffix(".html").unwrap_or(cut).to_owned()
}

/// Text with the line ends of this house.
pub(crate) fn plain_lines(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = text_of(bytes);
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text.into_owned()
    }
}

/// An RFC's first heading is "Summary", so its name stands in its list of facts or in its file's name.
fn title(page: &Page, reading: &Reading) -> String {
    let stated = page.fact("title").or_else(|| page.fact("feature_name"));
    let heading = reading
        .heading
        .as_deref()
        .filter(|heading| reading.head.is_empty() || !heading.eq_ignore_ascii_case("summary"));
    match stated
        .filter(|title| !title.eq_ignore_ascii_case("n/a"))
        .or(heading)
    {
        Some(title) => title.split_whitespace().collect::<Vec<_>>().join(" "),
        None => named_after(&page.path),
    }
}

/// `0002-rfc-process.md` is "0002 rfc process"; a page that stands for its folder has the folder's name.
fn named_after(path: &str) -> String {
    let name = bare(file_name(path));
    let is_index = INDEXES.contains(&name.to_ascii_lowercase().as_str());
    let folder = file_name(folder_of(path));
    let name = if is_index && !folder.is_empty() {
        folder
    } else {
        name.as_str()
    };
    let words = name.replace(['-', '_'], " ");
    let words = words.trim();
    if words.is_empty() {
        path.to_owned()
    } else {
        words.to_owned()
    }
}

fn link(page: &Page) -> Option<String> {
    ["canonical_url", "url", "permalink", "source_url", "rfc_pr"]
        .iter()
        .filter_map(|name| page.fact(name))
        .find(|link| link.starts_with("https://") || link.starts_with("http://"))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests;
