//! The folder that something is taken out into: JSON Lines, texts, files by their hash, and a manifest of all of it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use exports::tacit::{self, Manifest};
use futures_util::StreamExt;
use kernel::{Cx, Error, Result, Timestamp};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The folder that is being written.
pub(crate) struct Out {
    folder: PathBuf,
    open: BTreeMap<String, BufWriter<File>>,
    sums: BTreeMap<String, Sha256>,
}

fn trouble(folder: &Path, e: &io::Error) -> Error {
    let say = kernel::Say::new("{folder} cannot be written: {why}.");
    Error::Refused(say.with("folder", folder.display().to_string()).with("why", e.to_string()))
}

/// What became of a file's bytes.
pub(crate) enum Written {
    Now,
    Before,
    NotHere,
}

impl Out {
    pub(crate) fn begin(folder: &Path, read_me: &[u8]) -> Result<Out> {
        let fail = |e| trouble(folder, &e);
        fs::create_dir_all(folder).map_err(fail)?;
        if fs::read_dir(folder).map_err(fail)?.next().is_some() {
            let say = kernel::Say::new("{folder} is not empty. Please name a new folder.");
            return Err(Error::Refused(say.with("folder", folder.display().to_string())));
        }
        let (open, sums) = Default::default();
        let mut out = Out { folder: folder.to_owned(), open, sums };
        out.put("README.md", read_me)?;
        Ok(out)
    }

    pub(crate) fn folder(&self, name: &str) -> Result<()> {
        fs::create_dir_all(self.folder.join(name)).map_err(|e| trouble(&self.folder, &e))
    }

    pub(crate) fn put(&mut self, file: &str, bytes: &[u8]) -> Result<()> {
        self.sums.entry(file.to_owned()).or_default().update(bytes);
        let path = self.folder.join(file);
        let write = || {
            let mut to = fs::OpenOptions::new().create(true).append(true).open(&path)?;
            to.write_all(bytes)
        };
        write().map_err(|e| trouble(&self.folder, &e))
    }

    pub(crate) fn line(&mut self, file: &str, line: &impl Serialize) -> Result<()> {
        let mut text = serde_json::to_vec(line).map_err(|e| Error::broken(e.to_string()))?;
        text.push(b'\n');
        self.sums.entry(file.to_owned()).or_default().update(&text);
        if !self.open.contains_key(file) {
            let made = File::create(self.folder.join(file)).map_err(|e| trouble(&self.folder, &e))?;
            self.open.insert(file.to_owned(), BufWriter::with_capacity(1 << 16, made));
        }
        match self.open.get_mut(file) {
            Some(to) => to.write_all(&text).map_err(|e| trouble(&self.folder, &e)),
            None => Ok(()),
        }
    }

    /// A file's bytes as they are; once, however often it stands somewhere.
    pub(crate) async fn file(&mut self, file: &str, (hash, length): (&str, u64), cx: &Cx) -> Result<Written> {
        if self.sums.contains_key(file) {
            return Ok(Written::Before);
        }
        let Some(stream) = cx.house.blobs.read(hash, 0, length).await? else { return Ok(Written::NotHere) };
        fs::create_dir_all(self.folder.join(tacit::FILES)).map_err(|e| trouble(&self.folder, &e))?;
        let mut stream = std::pin::pin!(stream);
        while let Some(piece) = stream.next().await {
            self.put(file, &piece.map_err(|e| trouble(&self.folder, &e))?)?;
        }
        Ok(Written::Now)
    }

    pub(crate) fn end(&mut self, (format, of): (&str, &str), now: Timestamp) -> Result<()> {
        let fail = |e: io::Error| trouble(&self.folder, &e);
        for writer in self.open.values_mut() {
            writer.flush().and_then(|()| writer.get_ref().sync_all()).map_err(fail)?;
        }
        let sums = std::mem::take(&mut self.sums);
        let manifest = Manifest {
            format: format.to_owned(),
            version: tacit::VERSION,
            made_at: now.rfc3339(),
            of: of.to_owned(),
            files: sums.into_iter().map(|(file, sum)| (file, kernel::random::hex(&sum.finalize()))).collect(),
        };
        let text = serde_json::to_string_pretty(&manifest).map_err(|e| Error::broken(e.to_string()))?;
        fs::write(self.folder.join(tacit::MANIFEST), text + "\n").map_err(fail)
    }
}
