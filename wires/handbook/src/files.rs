//! Files by name, wherever they lie: a folder, a zip, zips within a zip, the last commit of a repository.

use exports::Problem;

/// What a page may be. A longer one is no page that a person wrote.
pub(crate) const LARGEST_PAGE: u64 = 1 << 20;

/// Names are relative, with `/`, sorted.
pub trait Files {
    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_>;
    fn has(&self, name: &str) -> bool;
    fn size(&self, name: &str) -> u64;
    /// The whole file, which may have at most `most` bytes.
    fn whole(&self, name: &str, most: u64) -> Result<Vec<u8>, Problem>;
    /// Its first `most` bytes; nothing where it cannot be read.
    fn head(&self, name: &str, most: u64) -> Vec<u8>;
}

/// The last part of a path.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The folder that a path lies in, without `/` at its end; empty at the top.
pub(crate) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A file's name without its ending.
pub(crate) fn stem(path: &str) -> &str {
    let name = file_name(path);
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

/// In small letters, without the dot.
pub(crate) fn ending(path: &str) -> String {
    let name = file_name(path);
    name.rsplit_once('.')
        .map_or_else(String::new, |(_, ending)| ending.to_ascii_lowercase())
}

/// Whether a folder on the way is hidden, or holds what programs fetched or made.
pub(crate) fn is_aside(path: &str) -> bool {
    folder_of(path).split('/').any(is_aside_folder)
}

pub(crate) fn is_aside_folder(name: &str) -> bool {
    (name.starts_with('.') && name.len() > 1)
        || matches!(
            name,
            "node_modules" | "bower_components" | "__pycache__" | "__MACOSX"
        )
}
