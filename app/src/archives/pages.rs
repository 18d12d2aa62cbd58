//! `tacit import` of pages: a handbook, decision records, a wiki. They become practices.

use anyhow::{Result, bail};
use archive::How;
use handbook::{Handbook, Item, Stop, Take};
use kernel::{Cx, Viewer};

use super::bringing::{Import, agrees, origin_of};
use super::progress::{Of, Progress};
use crate::config::Config;
use crate::house::open;

/// What was counted before anything is brought in.
#[derive(Default)]
struct Counted {
    pages: u64,
    revisions: u64,
    gone: u64,
    due: u64,
    skipped: Vec<exports::Skipped>,
    today: jiff::civil::Date,
    progress: Option<Progress>,
}

impl Take for Counted {
    fn take(&mut self, item: Item) -> Result<(), Stop> {
        match item {
            Item::Skipped(skipped) => self.skipped.push(skipped),
            Item::Page(page) if page.gone => self.gone += 1,
            Item::Page(page) => {
                self.pages += 1;
                self.revisions += page.revisions.len() as u64;
                self.due += u64::from(page.freshness.and_then(|f| f.due).is_some_and(|due| due < self.today));
            }
        }
        Ok(())
    }

    fn at_page(&mut self, done: usize, _: usize) {
        if let Some(progress) = &self.progress {
            progress.at(done as u64);
        }
    }
}

impl Counted {
    fn said(&self, format: &str) -> String {
        let mut text = format!("{format}: {} pages to be brought in, with {} revisions\n", self.pages, self.revisions);
        if self.due > 0 {
            text += &format!("  {:>9} of them should have been looked at again by now\n", self.due);
        }
        if self.gone > 0 {
            text += &format!("  {:>9} were taken away there, and stay away\n", self.gone);
        }
        if !self.skipped.is_empty() {
            text += &format!("  {:>9} times something was left out:\n", self.skipped.len());
        }
        for skipped in self.skipped.iter().take(8) {
            text += &format!("            {}: {}\n", skipped.file, skipped.detail);
        }
        text
    }

    fn json(&self, format: &str) -> serde_json::Value {
        let skipped: Vec<_> = self.skipped.iter().take(100).map(|s| serde_json::json!({"file": s.file, "detail": s.detail})).collect();
        serde_json::json!({"format": format, "pages": self.pages, "revisions": self.revisions, "gone": self.gone, "due": self.due,
            "skipped": self.skipped.len(), "first_skipped": skipped})
    }
}

pub async fn import(config: &Config, asked: &Import) -> Result<()> {
    let book = Handbook::open(&asked.from)?;
    let format = book.format().name();
    let utc = jiff::tz::TimeZone::UTC;
    let mut counted = Counted { today: utc.to_datetime(kernel::Clock::System.now().jiff()).date(), ..Counted::default() };
    let progress = Progress::new(Of::BringingIn, 0);
    counted.progress = Some(progress.clone());
    book.read(&mut counted)?;
    progress.done("Read.");
    if asked.json && asked.dry_run {
        println!("{:#}", counted.json(format));
    } else if !asked.json {
        print!("{}", counted.said(format));
    }
    if asked.dry_run {
        return Ok(());
    }
    if counted.pages == 0 {
        bail!("there is no page in {}", asked.from.display());
    }
    if !asked.yes && !agrees("Bring them in as practices? Nobody is written to, and nobody becomes a member by it. [y/N] ")? {
        println!("Nothing was brought in.");
        return Ok(());
    }
    let how = How { origin: Some(asked.origin.clone().unwrap_or_else(|| origin_of(&asked.from))), into: asked.into.clone() };
    let opened = open(config, "import").await?;
    let cx = Cx::new(opened.house.clone(), Viewer::System);
    let progress = Progress::new(Of::BringingIn, counted.pages + counted.gone);
    let brought = archive::bring_pages(&cx, book, &how, &mut |done, _| progress.at(done as u64)).await;
    progress.done("Brought in.");
    opened.close().await;
    let brought = brought?;
    if asked.json {
        let there = serde_json::json!({"practices": brought.practices, "revisions": brought.revisions, "voices": brought.voices,
            "there_before": brought.there, "gone": brought.gone, "cut": brought.cut, "path": brought.path});
        println!("{:#}", serde_json::json!({"read": counted.json(format), "brought": there}));
        return Ok(());
    }
    println!("Brought in: {} practices with {} revisions by {} voices.", brought.practices, brought.revisions, brought.voices);
    if brought.there > 0 {
        println!("{} were here already, from a run before.", brought.there);
    }
    if brought.cut > 0 {
        println!("Of {} pages the oldest revisions stayed behind: the newest 500 of a page are kept, and no more than 8 MB of their words.", brought.cut);
    }
    println!("  {}{}", config.url.value, brought.path);
    Ok(())
}
