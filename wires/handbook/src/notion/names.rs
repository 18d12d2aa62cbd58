//! Names of files: a title that may be cut short, a space, and 32 hexadecimal digits.

use crate::files::{file_name, folder_of, stem};

const LENGTH: usize = 32;

/// The id that a file's name ends in.
pub(super) fn id_in(path: &str) -> Option<String> {
    let stem = without_all(stem(path));
    let (before, id) = split(stem)?;
    // A hash of something else stands alone or behind another sign.
    (before.is_empty() || before.ends_with([' ', '-', '_'])).then(|| id.to_owned())
}

/// The id that an address ends in, with or without its dashes.
pub(super) fn id_at_end(address: &str) -> Option<String> {
    let last = address.rsplit('/').next()?;
    if let Some((_, id)) = split(last) {
        return Some(id.to_owned());
    }
    let joined = last.replace('-', "");
    split(&joined).map(|(_, id)| id.to_owned())
}

fn split(name: &str) -> Option<(&str, &str)> {
    let at = name.len().checked_sub(LENGTH)?;
    let (before, id) = (name.get(..at)?, name.get(at..)?);
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    id.bytes().all(is_hex).then_some((before, id))
}

/// `Tasks 1f2e…_all.csv` holds the whole table of `Tasks 1f2e….csv`.
fn without_all(stem: &str) -> &str {
    stem.strip_suffix("_all").unwrap_or(stem)
}

/// The folder of what stands below the page in a file, as exports up to 2023 name it.
pub(super) fn with_id(path: &str) -> String {
    within(folder_of(path), without_all(stem(path)))
}

/// The same as exports name it since.
pub(super) fn bare(path: &str) -> String {
    within(folder_of(path), &title(path))
}

fn within(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

/// The name without the id; the id where there is nothing else.
pub(super) fn title(path: &str) -> String {
    let stem = without_all(stem(path));
    let title = split(stem).map_or(stem, |(before, _)| before.trim_end_matches([' ', '-', '_']));
    if title.is_empty() {
        file_name(path).to_owned()
    } else {
        title.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_what_a_name_ends_in() {
        let id = "0123456789abcdef0123456789abcdef";
        assert_eq!(
            id_in(&format!("a/Deploying it {id}.md")).as_deref(),
            Some(id)
        );
        assert_eq!(id_in(&format!("Tasks {id}_all.csv")).as_deref(), Some(id));
        assert_eq!(id_in(&format!("{id}.html")).as_deref(), Some(id));
        assert_eq!(id_in("Deploying it.md"), None);
        assert_eq!(id_in("ümlaut 0123.md"), None);
        assert_eq!(id_in("x0123456789abcdef0123456789abcdef.md"), None);
        assert_eq!(title(&format!("a/Deploying it {id}.md")), "Deploying it");
        assert_eq!(title(&format!("a/{id}.md")), format!("{id}.md"));
        assert_eq!(
            id_at_end("https://x/01234567-89ab-cdef-0123-456789abcdef").as_deref(),
            Some(id)
        );
        assert_eq!(
            id_at_end(&format!("https://x/Deploying-{id}")).as_deref(),
            Some(id)
        );
    }
}
