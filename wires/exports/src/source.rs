//! Where an archive lies: one file, a folder, or a zip of a folder. Read only, nothing is unpacked to the disk.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// The most that one file inside of a zip may unpack to, and how many files a source may have.
const MOST_BYTES: u64 = 8 << 30;
const MOST_FILES: usize = 2_000_000;
/// A file that unpacks to more than this many times its packed size is a bomb.
const MOST_RATIO: u64 = 1_000;

/// Why a source could not be read, as a sentence for who asked.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error("{0} cannot be read: {1}")]
    Unreadable(String, io::Error),
    #[error("{0} is no zip that can be read: {1}")]
    Zip(String, String),
    #[error("{0} holds more than {MOST_FILES} files")]
    TooMany(String),
    #[error("{0} unpacks to far more than it holds; it was left alone")]
    Bomb(String),
    #[error("there is no {0} in it")]
    Missing(String),
    /// The one who took what was read wanted no more.
    #[error("stopped")]
    Stopped,
}

impl From<crate::Stop> for Problem {
    fn from(_: crate::Stop) -> Problem {
        Problem::Stopped
    }
}

/// Names are relative, with `/`, sorted; a single file has its own name.
pub struct Source {
    name: String,
    files: BTreeMap<String, Entry>,
    place: Place,
}

struct Entry {
    bytes: u64,
    /// Within a zip.
    number: usize,
}

enum Place {
    File(PathBuf),
    Folder(PathBuf),
    Zip(RefCell<zip::ZipArchive<BufReader<File>>>),
    Memory(Vec<Vec<u8>>),
}

impl Source {
    pub fn open(path: &Path) -> Result<Source, Problem> {
        Source::open_without(path, &|_| false)
    }

    /// Folders whose name is `left_out` are not looked into, where the source is a folder of this machine.
    pub fn open_without(
        path: &Path,
        left_out: &dyn Fn(&str) -> bool,
    ) -> Result<Source, Problem> {
        let name = path.file_name().map_or_else(
            || path.display().to_string(),
            |n| n.to_string_lossy().into_owned(),
        );
        let unreadable = |e| Problem::Unreadable(path.display().to_string(), e);
        let facts = std::fs::metadata(path).map_err(unreadable)?;
        let mut files = BTreeMap::new();
        if facts.is_dir() {
            walk(path, path, left_out, &mut files)?;
            return Ok(Source {
                name,
                files,
                place: Place::Folder(path.to_owned()),
            });
        }
        let mut start = [0; 4];
        let mut file = File::open(path).map_err(unreadable)?;
        let zip = file.read(&mut start).map_err(unreadable)? == 4 && start == *b"PK\x03\x04";
        if !zip {
            files.insert(
                name.clone(),
                Entry {
                    bytes: facts.len(),
                    number: 0,
                },
            );
            return Ok(Source {
                name,
                files,
                place: Place::File(path.to_owned()),
            });
        }
        let broken =
            |e: zip::result::ZipError| Problem::Zip(path.display().to_string(), e.to_string());
        let mut archive =
            zip::ZipArchive::new(BufReader::new(File::open(path).map_err(unreadable)?))
                .map_err(broken)?;
        if archive.len() > MOST_FILES {
            return Err(Problem::TooMany(name));
        }
        for n in 0..archive.len() {
            let Ok(entry) = archive.by_index_raw(n) else {
                continue;
            };
            // A name is a key and never a path of this machine; one that climbs out is still nobody's business.
            if entry.is_file()
                && entry
                    .enclosed_name()
                    .is_some_and(|path| path.components().count() > 0)
            {
                let Ok(name) = entry.name() else { continue };
                files.insert(
                    name.into_owned(),
                    Entry {
                        bytes: entry.size(),
                        number: n,
                    },
                );
            }
        }
        Ok(Source {
            name,
            files,
            place: Place::Zip(RefCell::new(archive)),
        })
    }

    /// A folder that is nowhere but here, for tests and fuzzing.
    pub fn memory(name: &str, contents: Vec<(String, Vec<u8>)>) -> Source {
        let mut files = BTreeMap::new();
        let mut kept = Vec::new();
        for (number, (file, bytes)) in contents.into_iter().enumerate() {
            let size = bytes.len() as u64;
            kept.push(bytes);
            files.insert(
                file,
                Entry {
                    bytes: size,
                    number,
                },
            );
        }
        Source {
            name: name.to_owned(),
            files,
            place: Place::Memory(kept),
        }
    }

    /// What the file or folder is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    pub fn has(&self, file: &str) -> bool {
        self.files.contains_key(file)
    }

    /// How many bytes all of it is, unpacked, as the source itself says.
    pub fn bytes(&self) -> u64 {
        self.files.values().map(|entry| entry.bytes).sum()
    }

    pub fn size(&self, file: &str) -> u64 {
        self.files.get(file).map_or(0, |entry| entry.bytes)
    }

    /// Calls `with` with the file's bytes, as a stream. From a zip, one file at a time.
    pub fn read<T>(
        &self,
        file: &str,
        with: impl FnOnce(&mut dyn BufRead) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let Some(entry) = self.files.get(file) else {
            return Err(Problem::Missing(file.to_owned()));
        };
        let unreadable = |e| Problem::Unreadable(file.to_owned(), e);
        match &self.place {
            Place::File(path) => with(&mut BufReader::with_capacity(
                1 << 16,
                File::open(path).map_err(unreadable)?,
            )),
            Place::Folder(folder) => with(&mut BufReader::with_capacity(
                1 << 16,
                File::open(folder.join(file)).map_err(unreadable)?,
            )),
            Place::Memory(kept) => {
                let mut bytes = kept.get(entry.number).map_or(&[][..], Vec::as_slice);
                with(&mut bytes)
            }
            Place::Zip(archive) => {
                let mut archive = archive.try_borrow_mut().map_err(|_| {
                    Problem::Zip(file.to_owned(), "it is being read already".into())
                })?;
                let entry = archive
                    .by_index(entry.number)
                    .map_err(|e| Problem::Zip(file.to_owned(), e.to_string()))?;
                let most = entry
                    .compressed_size()
                    .saturating_mul(MOST_RATIO)
                    .saturating_add(1 << 20)
                    .min(MOST_BYTES);
                if entry.size() > most {
                    return Err(Problem::Bomb(file.to_owned()));
                }
                // What the entry says of its size may be a lie, so the stream ends there, too.
                with(&mut BufReader::with_capacity(1 << 16, entry.take(most)))
            }
        }
    }

    /// A small file whole: at most `most` bytes.
    pub fn whole(&self, file: &str, most: u64) -> Result<Vec<u8>, Problem> {
        self.read(file, |stream| {
            let mut bytes = Vec::new();
            stream
                .take(most + 1)
                .read_to_end(&mut bytes)
                .map_err(|e| Problem::Unreadable(file.to_owned(), e))?;
            if bytes.len() as u64 > most {
                Err(Problem::Bomb(file.to_owned()))
            } else {
                Ok(bytes)
            }
        })
    }
}

/// Links are not followed, so that a folder cannot lead out of itself or in a circle.
fn walk(
    root: &Path,
    folder: &Path,
    left_out: &dyn Fn(&str) -> bool,
    files: &mut BTreeMap<String, Entry>,
) -> Result<(), Problem> {
    let unreadable = |e| Problem::Unreadable(folder.display().to_string(), e);
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let kind = entry.file_type().map_err(unreadable)?;
        let path = entry.path();
        if kind.is_dir() {
            if !left_out(&entry.file_name().to_string_lossy()) {
                walk(root, &path, left_out, files)?;
            }
        } else if kind.is_file() {
            let Ok(inside) = path.strip_prefix(root) else {
                continue;
            };
            let bytes = entry.metadata().map_err(unreadable)?.len();
            files.insert(
                inside.to_string_lossy().replace('\\', "/"),
                Entry { bytes, number: 0 },
            );
            if files.len() > MOST_FILES {
                return Err(Problem::TooMany(root.display().to_string()));
            }
        }
    }
    Ok(())
}
