//! Archives of other places on the command line: trying one, bringing one in, taking a community out.

pub mod bringing;
mod progress;
mod served;
pub mod trying;

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use archive::{Read, Stage, read_into};
use exports::{Format, Source, detect};

use progress::{Of, Progress};

/// An archive in its stage.
struct Archive {
    name: String,
    format: Format,
    stage: Stage,
    source: Source,
    bytes: u64,
    began: Instant,
}

/// Reads an archive, whatever it is, and shows how far that is to who waits at a terminal.
/// Files that lie within its records are kept aside where they are wanted.
fn read(path: &Path, agreed: &[String], with_files: bool) -> Result<Archive> {
    let began = Instant::now();
    let source = Source::open(path)?;
    let Some(format) = detect(&source) else {
        let names = Format::ALL.map(Format::name).join(", ");
        bail!("{} is nothing that Tacit can read. It reads: {names}", path.display());
    };
    let progress = Progress::new(Of::Reading, source.bytes());
    let heard = progress.clone();
    let mut stage = Stage::new(agreed.iter().cloned().collect(), Box::new(move |bytes| heard.at(bytes)))?;
    if with_files {
        stage = stage.with_files();
    }
    let read = read_into(&mut stage, &source, format);
    progress.done("Read. Looking at what lies in it …");
    read.with_context(|| format!("{} was not read", path.display()))?;
    Ok(Archive { name: source.name().to_owned(), bytes: source.bytes(), format, stage, source, began })
}

impl Archive {
    fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    fn counted(&self) -> Read {
        Read::of(&self.stage, self.seconds(), self.bytes)
    }
}

fn is_watched() -> bool {
    std::io::stderr().is_terminal()
}

/// A reader that closes the pipe has read enough.
fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.trim_end().as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush());
    Ok(())
}
