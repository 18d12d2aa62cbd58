//! `tacit import` and `tacit export`: bringing an existing community in, and taking one out. Both also while the server runs.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use archive::{How, Stage};
use exports::{Format, Source, detect};
use kernel::{Cx, Viewer};

use crate::config::Config;
use crate::house::open;

#[derive(Clone, Debug, clap::Args)]
pub struct Import {
    /// A file or folder: an export of Slack, Zulip, Discourse, Stack Exchange or Tacit, mail (mbox, Maildir), logs of IRC
    pub from: PathBuf,
    /// Where it was said, as pages say it; the name of the file where this is left out
    #[arg(long)]
    pub origin: Option<String>,
    /// Into this community, by its address; else each place of the archive becomes one
    #[arg(long, value_name = "ADDRESS")]
    pub into: Option<String>,
    /// A private channel whose people have agreed; once for each
    #[arg(long, value_name = "PLACE")]
    pub agreed: Vec<String>,
    /// Only say what would be brought in
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Print what was counted as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Clone, Debug, clap::Args)]
pub struct Export {
    /// The community's address
    #[arg(long, value_name = "ADDRESS")]
    pub community: String,
    /// A new folder
    pub to: PathBuf,
}

/// A line that is written over, where somebody looks.
struct Progress {
    what: &'static str,
    all: u64,
    begun: Instant,
    shown: Instant,
}

impl Progress {
    fn of(what: &'static str, all: u64) -> Progress {
        Progress { what, all, begun: Instant::now(), shown: Instant::now() }
    }

    fn at(&mut self, done: u64) {
        if self.shown.elapsed() < Duration::from_millis(200) || !std::io::stderr().is_terminal() {
            return;
        }
        self.shown = Instant::now();
        let seconds = self.begun.elapsed().as_secs_f64();
        let rate = done as f64 / seconds.max(0.001);
        let left = if rate > 0.0 && self.all > done { (self.all - done) as f64 / rate } else { 0.0 };
        let share = 100 * done.min(self.all) / self.all.max(1);
        eprint!("\r{} {share} %, {rate:.0} a second, {left:.0} s left   ", self.what);
    }

    fn end(&self) {
        if std::io::stderr().is_terminal() {
            eprint!("\r{:60}\r", "");
        }
    }
}

/// Reads the archive into a stage, with what was read counted.
fn stage(asked: &Import, source: &Source, format: Format) -> Result<Stage> {
    let mut progress = Progress::of("read", source.bytes());
    let agreed: BTreeSet<String> = asked.agreed.iter().cloned().collect();
    let mut stage = Stage::new(agreed, Box::new(move |bytes| progress.at(bytes)))?;
    archive::read_into(&mut stage, source, format).with_context(|| format!("{} was not read", asked.from.display()))?;
    Ok(stage)
}

pub async fn import(config: &Config, asked: &Import) -> Result<()> {
    let source = Source::open(&asked.from)?;
    let Some(format) = detect(&source) else {
        let names: Vec<&str> = Format::ALL.iter().map(|f| f.name()).collect();
        bail!("{} is nothing that Tacit reads. It reads: {}", asked.from.display(), names.join(", "));
    };
    let stage = stage(asked, &source, format)?;
    let origin = (format != Format::Tacit).then(|| asked.origin.clone().unwrap_or_else(|| origin_of(&asked.from)));
    let how = How { origin, into: asked.into.clone() };
    if asked.json && asked.dry_run {
        println!("{:#}", counted(&stage, format));
    } else if !asked.json {
        print!("{}", found(&stage, format));
    }
    if asked.dry_run {
        return Ok(());
    }
    if !asked.yes && !agrees("Bring it in? Nobody is written to, and nobody becomes a member by it. [y/N] ")? {
        println!("Nothing was brought in.");
        return Ok(());
    }
    let opened = open(config, "import").await?;
    let cx = Cx::new(opened.house.clone(), Viewer::System);
    let mut progress = Progress::of("brought in", stage.counts.kept);
    let brought = archive::bring(&cx, &stage, &how, &mut |done| progress.at(done)).await;
    progress.end();
    opened.close().await;
    let brought = brought?;
    if asked.json {
        let there = serde_json::json!({"contributions": brought.contributions, "there_before": brought.there, "voices": brought.voices,
            "communities": brought.communities, "endings": brought.endings, "thanks": brought.thanks, "paths": brought.paths});
        println!("{:#}", serde_json::json!({"read": counted(&stage, format), "brought": there}));
        return Ok(());
    }
    println!("Brought in: {} contributions by {} voices, {} communities.", brought.contributions, brought.voices, brought.communities);
    if brought.there > 0 {
        println!("{} were here already, from a run before.", brought.there);
    }
    for path in brought.paths.iter().take(20) {
        println!("  {}{path}", config.url.value);
    }
    println!("Nobody is a member yet. Join there, and say to the others that it is here.");
    Ok(())
}

/// The file's own name without its ending: "slack-export.zip" is "slack-export".
fn origin_of(path: &Path) -> String {
    path.file_stem().map_or_else(|| "an archive".to_owned(), |name| name.to_string_lossy().into_owned())
}

fn agrees(question: &str) -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!("nobody is here to be asked: say --yes, or --dry-run to look only");
    }
    print!("{question}");
    std::io::stdout().flush()?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

fn counted(stage: &Stage, format: Format) -> serde_json::Value {
    let c = &stage.counts;
    let skipped: serde_json::Map<String, serde_json::Value> =
        c.skipped.iter().map(|(reason, n)| (format!("{reason:?}").to_lowercase(), (*n).into())).collect();
    serde_json::json!({"format": format.name(), "read": c.read, "kept": c.kept, "skipped": skipped, "communities": c.communities,
        "voices": c.voices, "files": c.files, "thanks": c.thanks, "helped": c.helped, "left_out": stage.left_out})
}

/// What was found, with every record accounted for.
fn found(stage: &Stage, format: Format) -> String {
    let c = &stage.counts;
    let mut text = format!("{}: {} records read\n  {:>9} to be brought in, by {} voices in {} places\n", format.name(), c.read, c.kept, c.voices, c.communities);
    for (reason, n) in &c.skipped {
        text.push_str(&format!("  {n:>9} {}\n", why(*reason)));
    }
    for (place, n) in &stage.left_out {
        text.push_str(&format!("            {place}: {n}. Did those in it agree? --agreed \"{place}\"\n"));
    }
    for skipped in stage.skipped.iter().filter(|s| matches!(s.reason, exports::Reason::Broken | exports::Reason::TooLarge)).take(5) {
        let at = skipped.offset.map(|n| format!(" at byte {n}")).unwrap_or_default();
        text.push_str(&format!("  {}{at}: {}\n", skipped.file, skipped.detail));
    }
    text
}

fn why(reason: exports::Reason) -> &'static str {
    use exports::Reason;
    match reason {
        Reason::System => "said by the program itself: joins, topics, closings",
        Reason::Joined => "lines that go on with the one before, and stand within it",
        Reason::Empty => "without words",
        Reason::Twice => "read twice",
        Reason::Deleted => "taken away where they were said",
        Reason::Private => "private, and left out",
        Reason::Spam => "look like advertising that nobody answered",
        Reason::Broken => "could not be read",
        Reason::TooLarge => "larger than the bounds allow",
        Reason::NoPlace => "of kinds that Tacit has no place for",
    }
}

pub async fn export(config: &Config, asked: &Export) -> Result<()> {
    let opened = open(config, "export").await?;
    let cx = Cx::new(opened.house.clone(), Viewer::System);
    let host = config.url.value.split("://").nth(1).unwrap_or("tacit").to_owned();
    let begun = Instant::now();
    let mut told = |done: u64| {
        if std::io::stderr().is_terminal() {
            eprint!("\r{done} contributions written");
        }
    };
    let taken = archive::take_out(&cx, &asked.community, &host, &asked.to, &mut told).await;
    opened.close().await;
    let taken = match taken {
        Err(kernel::Error::NotFound) => bail!("there is no community at /c/{}", asked.community),
        other => other?,
    };
    println!(
        "\rTaken out into {}: {} contributions, {} voices, {} files, in {:.1} s. README.md there says what is in it.",
        asked.to.display(), taken.contributions, taken.voices, taken.files, begun.elapsed().as_secs_f64()
    );
    Ok(())
}
