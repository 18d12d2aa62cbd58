//! `tacit try`: what lies in an archive, read into a throwaway store and shown. Nothing is brought in, nobody is written to.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use archive::trying::{Page, Report, STYLE, Tried, page, paper};
use clap::Args;
use kernel::Clock;
use shell::asset;

use super::{print, read, served};
use crate::client::paper::{Style, json};

pub const EXAMPLES: &str = "Examples:
  tacit try workspace-export.zip               a Slack export, as Slack hands it out
  tacit try ~/lists/nurses.mbox --serve        the same as a page, to look at or to print
  tacit try forum/ --out what-lies-in-it.html  the page as one file, to pass on
  tacit try forum/ --json | jq .unanswered.open

It reads Slack and Zulip exports, public archives of Zulip, topics of Discourse,
Stack Exchange dumps, mbox, Maildir, mail in single files, logs of IRC, and what
Tacit took out itself: a file, a folder, or a zip of one. What is read lies in a throwaway file that is
gone when the command ends. Private channels and direct messages are left out,
unless you state with --agreed that those in them agreed.";

#[derive(Args, Debug)]
pub struct Try {
    /// The archive: a file, a folder, or a zip of one
    #[arg(value_name = "FILE|FOLDER")]
    path: PathBuf,
    /// Print the report as JSON
    #[arg(long, conflicts_with_all = ["serve", "out"])]
    json: bool,
    /// Show it as a page, until Ctrl-C
    #[arg(long)]
    serve: bool,
    /// Where to show it; left out, this machine alone and a free port
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:0", hide_default_value = true, requires = "serve")]
    listen: SocketAddr,
    /// A private place whose people agreed that it is read, by its name; can be given several times
    #[arg(long, value_name = "PLACE")]
    agreed: Vec<String>,
    /// Write the page as one file, which can be printed and passed on
    #[arg(long, value_name = "FILE.html")]
    out: Option<PathBuf>,
}

pub fn run(it: &Try) -> Result<()> {
    if let Some(out) = it.out.as_deref().filter(|out| out.exists()) {
        bail!("{} is there already and was left as it is; give --out another name", out.display());
    }
    let report = report(it)?;
    let path = typed(&it.path);
    if it.json {
        return print(&json(&serde_json::to_value(&report)?));
    }
    if let Some(out) = &it.out {
        let styles = [asset::text(asset::APP_CSS), STYLE];
        let html = page(&report, &path, &Page::Alone { styles: &styles })?;
        std::fs::write(out, html).with_context(|| format!("{} could not be written", out.display()))?;
        print(&format!("The report is in {}", out.display()))?;
    }
    if it.serve {
        return served::serve(&report, &path, it.listen);
    }
    if it.out.is_none() { print(&styled(&paper(&report, &path), Style::of_terminal())) } else { Ok(()) }
}

fn report(it: &Try) -> Result<Report> {
    let archive = read(&it.path, &it.agreed, false)?;
    let seconds = archive.seconds();
    let tried =
        Tried { name: archive.name, format: archive.format.name(), bytes: archive.bytes, seconds, now: Clock::System.now().0 };
    Ok(Report::of(&archive.stage, &tried)?)
}

/// As it would be typed again.
fn typed(path: &Path) -> String {
    let path = path.display().to_string();
    if path.contains(|c: char| c.is_whitespace() || "'\"$&;()*?[]<>|`\\".contains(c)) {
        format!("'{}'", path.replace('\'', "'\\''"))
    } else {
        path
    }
}

/// What is not indented is a heading.
fn styled(paper: &str, style: Style) -> String {
    let line = |line: &str| if line.starts_with(' ') { line.to_owned() } else { style.bold(line) };
    paper.lines().map(line).collect::<Vec<_>>().join("\n")
}
