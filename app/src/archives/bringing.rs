//! `tacit import` and `tacit export`: bringing an existing community in, and taking one out. Both also while the server runs.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, bail};
use archive::{Brought, How};
use exports::Format;
use kernel::{Cx, Viewer};

use super::progress::{Of, Progress};
use super::{Archive, read};
use crate::config::Config;
use crate::house::open;

#[derive(Clone, Debug, clap::Args)]
pub struct Import {
    /// A file or folder: an export of Slack, Zulip, Discourse, Stack Exchange or Tacit, mail (mbox, Maildir), logs of IRC; or pages,
    /// which become practices: Markdown (with its git history), a git bundle, Notion, Confluence (HTML)
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
#[command(group(clap::ArgGroup::new("what").required(true).args(["community", "person"])))]
pub struct Export {
    /// The community's address
    #[arg(long, value_name = "ADDRESS")]
    pub community: Option<String>,
    /// What is one person's, for them: their words, drafts, memberships, files
    #[arg(long, value_name = "HANDLE")]
    pub person: Option<String>,
    /// A new folder
    pub to: PathBuf,
}

pub async fn import(config: &Config, asked: &Import) -> Result<()> {
    // Whatever holds conversations is read as such: a folder of theirs may be one of Markdown as well. What git keeps for itself holds none.
    let is_kept_by_git = asked.from.join(".git").is_dir();
    let talks = || exports::Source::open(&asked.from).ok().and_then(|source| exports::detect(&source)).is_some();
    if (is_kept_by_git || !talks()) && handbook::detect(&asked.from).is_some() {
        return super::pages::import(config, asked).await;
    }
    let archive = read(&asked.from, &asked.agreed, !asked.dry_run)?;
    let (format, stage) = (archive.format, &archive.stage);
    let origin = (format != Format::Tacit).then(|| asked.origin.clone().unwrap_or_else(|| origin_of(&asked.from)));
    let how = How { origin, into: asked.into.clone() };
    if asked.json && asked.dry_run {
        println!("{:#}", counted(&archive));
    } else if !asked.json {
        print!("{}", found(&archive));
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
    let progress = Progress::new(Of::BringingIn, stage.counts.kept);
    let brought = archive::bring(&cx, stage, &archive.source, &how, &mut |done| progress.at(done)).await;
    progress.done("Brought in.");
    opened.close().await;
    let brought = brought?;
    if asked.json {
        let there = serde_json::json!({"contributions": brought.contributions, "there_before": brought.there, "voices": brought.voices,
            "communities": brought.communities, "endings": brought.endings, "thanks": brought.thanks, "files": brought.files, "files_left": brought.files_left,
            "first_left": first_left(&brought).map(|s| serde_json::json!({"file": s.file, "detail": s.detail})).collect::<Vec<_>>(), "paths": brought.paths});
        println!("{:#}", serde_json::json!({"read": counted(&archive), "brought": there}));
        return Ok(());
    }
    println!("Brought in: {} contributions by {} voices, {} communities.", brought.contributions, brought.voices, brought.communities);
    print!("{}", of_files(&brought));
    if brought.practices + brought.changes > 0 {
        println!("And {} practices, {} changes.", brought.practices, brought.changes);
    }
    if brought.there > 0 {
        println!("{} were here already, from a run before.", brought.there);
    }
    for path in brought.paths.iter().take(20) {
        println!("  {}{path}", config.url.value);
    }
    if asked.into.is_none() {
        println!("Nobody is a member yet. Join there, and say to the others that it is here.");
    }
    Ok(())
}

/// Of files that stay behind so many are shown; all are counted.
const SHOWN: usize = 10;

fn first_left(brought: &Brought) -> impl Iterator<Item = &exports::Skipped> {
    brought.left.iter().take(SHOWN)
}

/// What became of the files that lie in the archive.
fn of_files(brought: &Brought) -> String {
    let mut text = String::new();
    if brought.files > 0 {
        text.push_str(&format!("{} files came along.\n", brought.files));
    }
    if brought.files_left > 0 {
        text.push_str(&format!("{} files stay a name under the words:\n", brought.files_left));
        first_left(brought).for_each(|left| text.push_str(&format!("  {}: {}\n", left.file, left.detail)));
    }
    text
}

/// The file's own name without its ending: "slack-export.zip" is "slack-export".
pub(super) fn origin_of(path: &Path) -> String {
    path.file_stem().map_or_else(|| "an archive".to_owned(), |name| name.to_string_lossy().into_owned())
}

pub(super) fn agrees(question: &str) -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!("nobody is here to be asked: say --yes, or --dry-run to look only");
    }
    print!("{question}");
    std::io::stdout().flush()?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

/// With the names that `tacit try --json` has for it.
fn counted(archive: &Archive) -> serde_json::Value {
    serde_json::json!({"format": archive.format.name(), "read": archive.counted()})
}

/// What was found, with every record accounted for.
fn found(archive: &Archive) -> String {
    let c = archive.counted();
    let mut text =
        format!("{}: {} records read\n  {:>9} to be brought in, by {} voices in {} places\n", archive.format.name(), c.read, c.kept, c.voices, c.communities);
    for skip in &c.skipped {
        text.push_str(&format!("  {:>9} {}\n", skip.count, skip.why));
    }
    for (place, n) in &c.left_out {
        text.push_str(&format!("            {place}: {n}. Did those in it agree? --agreed \"{place}\"\n"));
    }
    for skipped in c.first_skipped.iter().filter(|s| matches!(s.reason, "broken" | "too_large")).take(5) {
        let at = skipped.offset.map(|n| format!(" at byte {n}")).unwrap_or_default();
        text.push_str(&format!("  {}{at}: {}\n", skipped.file, skipped.detail));
    }
    text
}

pub async fn export(config: &Config, asked: &Export) -> Result<()> {
    let opened = open(config, "export").await?;
    let cx = Cx::new(opened.house.clone(), Viewer::System);
    let begun = Instant::now();
    let done = match (&asked.community, &asked.person) {
        (Some(community), _) => community_of(&cx, config, community, &asked.to).await,
        (_, Some(handle)) => person_of(&cx, handle, &asked.to).await,
        _ => bail!("say --community ADDRESS or --person HANDLE"),
    };
    opened.close().await;
    let (what, missing) = done?;
    let seconds = begun.elapsed().as_secs_f64();
    println!("Taken out into {}: {what}, in {seconds:.1} s. README.md there says what is in it.", asked.to.display());
    if missing > 0 {
        println!("Of {missing} files the bytes are not here any more: they are named, and that is all.");
    }
    Ok(())
}

/// What was taken out, and of how many files the bytes are missing.
async fn community_of(cx: &Cx, config: &Config, address: &str, to: &Path) -> Result<(String, u64)> {
    let host = config.url.value.split("://").nth(1).unwrap_or("tacit").to_owned();
    let progress = Progress::new(Of::TakingOut, 0);
    let taken = archive::take_out(cx, address, &host, to, &mut |done| progress.at(done)).await;
    progress.done("Taken out.");
    match taken {
        Err(kernel::Error::NotFound) => bail!("there is no community at /c/{address}"),
        taken => {
            let taken = taken?;
            let what = format!(
                "{} contributions, {} voices, {} practices, {} changes, {} files",
                taken.contributions, taken.voices, taken.practices, taken.changes, taken.files
            );
            Ok((what, taken.missing))
        }
    }
}

async fn person_of(cx: &Cx, handle: &str, to: &Path) -> Result<(String, u64)> {
    let belongings: Vec<_> = crate::slices().into_iter().filter_map(|slice| slice.belongings).collect();
    match archive::take_along(cx, &belongings, handle, to).await {
        Err(kernel::Error::NotFound) => bail!("nobody here is called {handle}"),
        taken => {
            let taken = taken?;
            Ok((format!("{} things that were said, {} files", taken.words, taken.files), taken.missing))
        }
    }
}
