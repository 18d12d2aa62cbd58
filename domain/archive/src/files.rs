//! Files that stood with what was said: one at a time out of the archive, each looked at as if it were brought just now.

use std::collections::BTreeMap;

use attachment::remembering::{self, Gathered, Kept};
use attachment::rules::{MOST, WITH_ONE};
use exports::{Contribution, File, Problem, Reason, Skipped, Source, tacit};
use kernel::{Cx, Error, Result};

use crate::bring::{Brought, broken};
use crate::stage::Stage;

/// So many of those that stay behind are told one by one; all are counted.
const TOLD: usize = 500;

pub(crate) struct Files<'a> {
    cx: &'a Cx,
    source: &'a Source,
    stage: &'a Stage,
    /// The SHA-256 of each file, where the archive says it: Tacit's own does.
    sums: Option<BTreeMap<String, String>>,
}

/// What became of the files of one thing that was said.
#[derive(Default)]
pub(crate) struct Come<'a> {
    pub kept: Vec<Kept>,
    pub left: Vec<&'a File>,
}

/// Why a file stays behind.
type Why = (Reason, String);

impl<'a> Files<'a> {
    pub(crate) fn of(cx: &'a Cx, source: &'a Source, stage: &'a Stage, own: bool) -> Result<Files<'a>> {
        let sums = if own && source.has(tacit::MANIFEST) {
            let mut all = tacit::manifest(source).map_err(broken)?.files;
            all.retain(|file, _| file.starts_with(tacit::FILES));
            Some(all)
        } else {
            None
        };
        Ok(Files { cx, source, stage, sums })
    }

    pub(crate) async fn with<'s>(&self, said: &'s Contribution, brought: &mut Brought) -> Result<Come<'s>> {
        let mut come = Come::default();
        for file in &said.files {
            let Some(inside) = &file.inside else {
                come.left.push(file);
                continue;
            };
            match self.bring(file, inside, come.kept.len()).await? {
                Ok(kept) => {
                    come.kept.push(kept);
                    brought.files += 1;
                }
                Err((reason, detail)) => {
                    come.left.push(file);
                    brought.files_left += 1;
                    if brought.left.len() < TOLD {
                        brought.left.push(Skipped { reason, file: if self.source.has(inside) { inside.clone() } else { file.name.clone() }, offset: None, detail });
                    }
                }
            }
        }
        Ok(come)
    }

    async fn bring(&self, file: &File, inside: &str, before: usize) -> Result<Result<Kept, Why>> {
        if before >= WITH_ONE {
            return Ok(Err((Reason::TooLarge, format!("At most {WITH_ONE} files stand with one thing that was said."))));
        }
        let gathered = match self.gather(inside)? {
            Ok(gathered) => gathered,
            Err(why) => return Ok(Err(why)),
        };
        if self.sums.as_ref().is_some_and(|sums| sums.get(inside) != Some(&gathered.hash)) {
            remembering::let_go(self.cx, gathered).await;
            return Ok(Err((Reason::Broken, "Its bytes are not those that the manifest names.".to_owned())));
        }
        match remembering::keep(self.cx, gathered, &file.name, &file.alt).await {
            Ok(kept) => Ok(Ok(kept)),
            Err(Error::Invalid(problems)) => {
                let detail = problems.iter().map(|p| p.say.to_string()).collect::<Vec<_>>().join(" ");
                Ok(Err((Reason::NoPlace, detail)))
            }
            Err(error) => Err(error),
        }
    }

    /// Copies it out of the archive. What the archive cannot give stays behind; what the disk here cannot take ends the import.
    fn gather(&self, inside: &str) -> Result<Result<Gathered, Why>> {
        if let Some(bytes) = self.stage.file(inside).map_err(broken)? {
            let gathered = remembering::gather(self.cx, &mut bytes.as_slice()).map_err(kernel::blobs::trouble)?;
            return Ok(gathered.ok_or_else(|| (Reason::TooLarge, too_large())));
        }
        if self.source.size(inside) > MOST {
            return Ok(Err((Reason::TooLarge, too_large())));
        }
        let copied = self.source.read(inside, |stream| {
            let mut watched = Watched { stream, failed: None };
            let copied = remembering::gather(self.cx, &mut watched);
            Ok(match (copied, watched.failed) {
                (Err(error), Some(failed)) if error.kind() == failed => Err(Problem::Unreadable(inside.to_owned(), error)),
                (other, _) => Ok(other),
            })
        });
        match copied {
            Ok(Ok(Ok(Some(gathered)))) => Ok(Ok(gathered)),
            Ok(Ok(Ok(None))) => Ok(Err((Reason::TooLarge, too_large()))),
            Ok(Ok(Err(here))) => Err(kernel::blobs::trouble(here)),
            Err(Problem::Missing(_)) => Ok(Err((Reason::Broken, "Its bytes are not in the archive.".to_owned()))),
            Ok(Err(problem)) | Err(problem) => Ok(Err((Reason::Broken, format!("Its bytes cannot be read: {problem}.")))),
        }
    }
}

fn too_large() -> String {
    format!("It has more than {} MB.", MOST >> 20)
}

/// Tells a fault of the archive from one of the disk here.
struct Watched<'s> {
    stream: &'s mut dyn std::io::BufRead,
    failed: Option<std::io::ErrorKind>,
}

impl std::io::Read for Watched<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let read = self.stream.read(to);
        self.failed = read.as_ref().err().map(std::io::Error::kind).filter(|kind| *kind != std::io::ErrorKind::Interrupted);
        read
    }
}
