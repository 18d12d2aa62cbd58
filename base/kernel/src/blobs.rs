//! Files by their hash: gathered aside piece by piece, flushed, then named; read as streams; what no row names is collected.
//!
//! A file is only named when all of it is on the disk, and a row names it only after that. So a crash leaves at most a file
//! without a row, which the collector takes away when it has lain untouched for a while.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};
use tokio::sync::OwnedMutexGuard;

use crate::clock::Timestamp;
use crate::error::{Error, Result, Say};
use crate::id::Id;

/// Files on the local disk, in two levels of folders under one.
#[derive(Clone, Debug)]
pub struct Blobs {
    folder: PathBuf,
    /// Bytes that the files of one person may take.
    pub each: u64,
    slots: Slots,
    made: Arc<AtomicU64>,
}

type Slots = Arc<Mutex<HashMap<i64, Arc<tokio::sync::Mutex<u64>>>>>;

/// A file that has its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// SHA-256 of its bytes.
    pub hash: String,
    pub bytes: u64,
}

/// How far a file has been gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gathered {
    Now(u64),
    /// The piece does not begin where the file ends: here it does.
    Elsewhere(u64),
}

/// One person's files take at most this much, if the operator says nothing else.
pub const EACH: u64 = 1024 * 1024 * 1024;
const PIECE: usize = 64 * 1024;
const INCOMING: &str = "incoming";

impl Blobs {
    pub fn at(folder: impl Into<PathBuf>, each: u64) -> Self {
        Self { folder: folder.into(), each, slots: Slots::default(), made: Arc::default() }
    }

    /// Where a file is gathered until it is whole.
    pub fn incoming(&self, id: Id) -> PathBuf {
        self.folder.join(INCOMING).join(id.to_string())
    }

    fn place(&self, hash: &str) -> PathBuf {
        let part = |range: std::ops::Range<usize>| hash.get(range).unwrap_or("__");
        self.folder.join(part(0..2)).join(part(2..4)).join(hash)
    }

    /// How much of a file is here.
    pub async fn gathered(&self, id: Id) -> u64 {
        tokio::fs::metadata(self.incoming(id)).await.map_or(0, |m| m.len())
    }

    /// Nobody else gathers or names this file meanwhile.
    pub async fn hold(&self, id: Id) -> Result<OwnedMutexGuard<u64>> {
        let slot = {
            let mut slots = self.slots.lock().map_err(|e| Error::broken(e.to_string()))?;
            slots.retain(|_, slot| Arc::strong_count(slot) > 1);
            slots.entry(id.0).or_default().clone()
        };
        Ok(slot.lock_owned().await)
    }

    /// Adds a piece that begins at `offset`, up to `most` bytes of the whole. A later piece ends an earlier one whose
    /// connection hangs, so that who lost the line need not wait for it.
    pub async fn gather<E>(&self, id: Id, offset: u64, most: u64, mut piece: impl Stream<Item = Result<Bytes, E>> + Unpin) -> Result<Gathered> {
        let path = self.incoming(id);
        let mut turn = self.hold(id).await?;
        let mut end = self.gathered(id).await;
        if end != offset {
            return Ok(Gathered::Elsewhere(end));
        }
        *turn += 1;
        let mine = *turn;
        tokio::fs::create_dir_all(self.folder.join(INCOMING)).await.map_err(trouble)?;
        let mut file = tokio::fs::OpenOptions::new().append(true).create(true).open(&path).await.map_err(trouble)?;
        // Its slot lives as long as this piece, so that turns are counted on.
        let slot = OwnedMutexGuard::mutex(&turn).clone();
        drop(turn);
        let mut whole = true;
        while let Some(bytes) = piece.next().await {
            let Ok(bytes) = bytes else {
                whole = false;
                break;
            };
            let turn = slot.lock().await;
            if *turn != mine {
                return Err(Error::Conflict);
            }
            if end + bytes.len() as u64 > most {
                return Err(Error::TooLarge);
            }
            file.write_all(&bytes).await.map_err(trouble)?;
            file.flush().await.map_err(trouble)?;
            end += bytes.len() as u64;
        }
        file.sync_data().await.map_err(trouble)?;
        if whole { Ok(Gathered::Now(end)) } else { Err(Error::invalid("body", "The request could not be read to its end. Please send it again.")) }
    }

    pub async fn let_go(&self, id: Id) {
        let _ = tokio::fs::remove_file(self.incoming(id)).await;
    }

    /// Flushes a gathered file and names it by its hash. What is here already is the same bytes, and is young again.
    pub async fn keep(&self, from: PathBuf, now: Timestamp) -> Result<Kept> {
        let this = self.clone();
        blocking(move || this.name(&from, now)).await
    }

    pub async fn keep_bytes(&self, bytes: Vec<u8>, now: Timestamp) -> Result<Kept> {
        let this = self.clone();
        blocking(move || {
            let n = this.made.fetch_add(1, Ordering::Relaxed);
            let aside = this.folder.join(INCOMING);
            std::fs::create_dir_all(&aside)?;
            let from = aside.join(format!("made-{}-{n}", std::process::id()));
            let kept = std::fs::write(&from, bytes).and_then(|()| this.name(&from, now));
            if kept.is_err() {
                let _ = std::fs::remove_file(&from);
            }
            kept
        })
        .await
    }

    fn name(&self, from: &Path, now: Timestamp) -> io::Result<Kept> {
        let mut file = std::fs::OpenOptions::new().read(true).write(true).open(from)?;
        let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0u64, vec![0u8; PIECE]);
        loop {
            let n = file.read(&mut buffer)?;
            if n == 0 {
                break;
            }
            hash.update(buffer.get(..n).unwrap_or_default());
            bytes += n as u64;
        }
        file.set_modified(moment(now))?;
        file.flush()?;
        file.sync_all()?;
        let hash = crate::random::hex(&hash.finalize());
        let to = self.place(&hash);
        if let Some(shelf) = to.parent() {
            std::fs::create_dir_all(shelf)?;
            std::fs::rename(from, &to)?;
            for folder in [Some(shelf), shelf.parent(), Some(self.folder.as_path())].into_iter().flatten() {
                std::fs::File::open(folder)?.sync_all()?;
            }
        }
        Ok(Kept { hash, bytes })
    }

    /// Some of a file's bytes, as a stream; None when it is not here.
    pub async fn read(&self, hash: &str, from: u64, length: u64) -> Result<Option<impl Stream<Item = io::Result<Bytes>> + Send + 'static>> {
        let mut file = match tokio::fs::File::open(self.place(hash)).await {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(trouble(e)),
        };
        file.seek(io::SeekFrom::Start(from)).await.map_err(trouble)?;
        Ok(Some(futures_util::stream::unfold((file, length), |(mut file, left)| async move {
            let mut buffer = vec![0u8; usize::try_from(left).unwrap_or(PIECE).min(PIECE)];
            if buffer.is_empty() {
                return None;
            }
            match file.read(&mut buffer).await {
                Ok(0) => Some((Err(io::ErrorKind::UnexpectedEof.into()), (file, 0))),
                Ok(n) => {
                    buffer.truncate(n);
                    Some((Ok(buffer.into()), (file, left - n as u64)))
                }
                Err(error) => Some((Err(error), (file, 0))),
            }
        })))
    }

    /// The first two letters of hashes, one folder each: a collector looks at one at a time.
    pub const SHELVES: i64 = 256;

    /// Hashes on one shelf that nobody has named since a moment. Ask which of them have a row, and `collect` the others.
    pub async fn untouched(&self, shelf: i64, before: Timestamp) -> Result<Vec<String>> {
        let folder = self.folder.join(format!("{:02x}", shelf.rem_euclid(Self::SHELVES)));
        blocking(move || {
            let mut found = Vec::new();
            for below in entries(&folder)? {
                for file in entries(&below)? {
                    if is_older(&file, before)? && found.len() < 10_000 {
                        found.extend(file.file_name().map(|name| name.to_string_lossy().into_owned()));
                    }
                }
            }
            Ok(found)
        })
        .await
    }

    /// Takes files away that no row names. One that was named again since it was looked at is put back: its row is being
    /// written just now.
    pub async fn collect(&self, hashes: Vec<String>, before: Timestamp) -> Result<usize> {
        let this = self.clone();
        blocking(move || {
            let mut gone = 0;
            for hash in hashes {
                let (place, aside) = (this.place(&hash), this.folder.join(INCOMING).join(format!("orphan-{hash}")));
                std::fs::create_dir_all(this.folder.join(INCOMING))?;
                if std::fs::rename(&place, &aside).is_err() {
                    continue;
                }
                if is_older(&aside, before)? {
                    std::fs::remove_file(&aside)?;
                    gone += 1;
                } else {
                    std::fs::rename(&aside, &place)?;
                }
            }
            Ok(gone)
        })
        .await
    }

    /// Takes away what was begun and not gone on with.
    pub async fn collect_incoming(&self, before: Timestamp) -> Result<()> {
        let folder = self.folder.join(INCOMING);
        blocking(move || {
            for file in entries(&folder)? {
                if is_older(&file, before)? {
                    std::fs::remove_file(&file)?;
                }
            }
            Ok(())
        })
        .await
    }
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match std::fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|e| e.path())).collect(),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(Vec::new()),
        Err(e) => Err(e),
    }
}

/// What went meanwhile is not older.
fn is_older(file: &Path, before: Timestamp) -> io::Result<bool> {
    match std::fs::metadata(file) {
        Ok(about) => Ok(about.is_file() && about.modified()? < moment(before)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(e),
    }
}

fn moment(at: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(u64::try_from(at.0).unwrap_or(0))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::broken(format!("files: {e}")))?.map_err(trouble)
}

/// A disk that is full is nobody's fault here, and passes.
pub fn trouble(error: io::Error) -> Error {
    use io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    match error.kind() {
        StorageFull | QuotaExceeded | ReadOnlyFilesystem => {
            tracing::error!(%error, "the disk cannot take files");
            Error::Unavailable(Say::new("There is no room for files here right now. Nothing else is lost: your words are kept, and the file can be sent again later."))
        }
        _ => Error::broken(format!("files: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blobs() -> Blobs {
        let name = crate::random::hex(&crate::Random::System.bytes::<8>().unwrap());
        Blobs::at(std::env::temp_dir().join(format!("tacit-blobs-{name}")), EACH)
    }

    fn piece(text: &'static str) -> impl Stream<Item = Result<Bytes, ()>> + Unpin {
        futures_util::stream::iter([Ok(Bytes::from_static(text.as_bytes()))])
    }

    const NOW: Timestamp = Timestamp(1_795_521_600_000_000);

    #[tokio::test]
    async fn a_file_is_gathered_in_pieces_that_fit_and_read_by_its_hash() {
        let it = blobs();
        let id = Id(7);
        assert_eq!(it.gather(id, 0, 10, piece("hello ")).await, Ok(Gathered::Now(6)));
        assert_eq!(it.gather(id, 3, 10, piece("lo")).await, Ok(Gathered::Elsewhere(6)), "a wrong place answers the right one");
        assert_eq!(it.gather(id, 6, 10, piece("you there")).await, Err(Error::TooLarge));
        assert_eq!(it.gather(id, 6, 10, piece("you")).await, Ok(Gathered::Now(9)));
        let kept = it.keep(it.incoming(id), NOW).await.unwrap();
        assert_eq!(kept, Kept { hash: crate::hash_secret("hello you"), bytes: 9 });
        let read = it.read(&kept.hash, 6, 3).await.unwrap().unwrap();
        let parts: Vec<_> = read.map(|part| part.unwrap()).collect().await;
        assert_eq!(parts.concat(), b"you");
        assert!(it.read(&crate::hash_secret("other"), 0, 1).await.unwrap().is_none());
        std::fs::remove_dir_all(it.folder).unwrap();
    }

    #[tokio::test]
    async fn a_later_piece_ends_one_whose_line_hangs() {
        let it = blobs();
        let (hanging, rest) = tokio::sync::mpsc::channel::<Result<Bytes, ()>>(1);
        let rest = Box::pin(futures_util::stream::unfold(rest, |mut rest| async { rest.recv().await.map(|b| (b, rest)) }));
        let first = tokio::spawn({
            let it = it.clone();
            async move { it.gather(Id(1), 0, 10, rest).await }
        });
        hanging.send(Ok("ab".into())).await.unwrap();
        while it.gathered(Id(1)).await < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(it.gather(Id(1), 2, 10, piece("cd")).await, Ok(Gathered::Now(4)));
        hanging.send(Ok("xx".into())).await.unwrap();
        assert_eq!(first.await.unwrap(), Err(Error::Conflict));
        assert_eq!(it.gathered(Id(1)).await, 4);
        std::fs::remove_dir_all(it.folder).unwrap();
    }

    #[tokio::test]
    async fn what_is_named_again_while_it_is_collected_stays() {
        let it = blobs();
        let shelf = |hash: &str| i64::from_str_radix(&hash[..2], 16).unwrap();
        let kept = it.keep_bytes(b"once".to_vec(), NOW).await.unwrap();
        let hour = NOW.plus(crate::clock::HOUR);
        assert_eq!(it.untouched(shelf(&kept.hash), NOW).await.unwrap(), Vec::<String>::new(), "young");
        let old = it.untouched(shelf(&kept.hash), hour).await.unwrap();
        assert_eq!(old, std::slice::from_ref(&kept.hash));
        it.keep_bytes(b"once".to_vec(), hour.plus(1)).await.unwrap();
        assert_eq!(it.collect(old.clone(), hour).await, Ok(0), "named again meanwhile");
        assert!(it.read(&kept.hash, 0, 4).await.unwrap().is_some());
        assert_eq!(it.collect(old, hour.plus(crate::clock::HOUR)).await, Ok(1));
        assert!(it.read(&kept.hash, 0, 4).await.unwrap().is_none());
        std::fs::remove_dir_all(it.folder).unwrap();
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_full_disk_is_said_and_passes() {
        let it = blobs();
        std::fs::create_dir_all(it.folder.join(INCOMING)).unwrap();
        std::os::unix::fs::symlink("/dev/full", it.incoming(Id(1))).unwrap();
        let full = it.gather(Id(1), 0, 10, piece("hello")).await;
        assert!(matches!(full, Err(Error::Unavailable(_))), "{full:?}");
        it.let_go(Id(1)).await;
        assert_eq!(it.gather(Id(1), 0, 10, piece("hello")).await, Ok(Gathered::Now(5)));
        std::fs::remove_dir_all(it.folder).unwrap();
    }
}
