//! A workspace of Slack as Slack hands it out: a zip or folder with `channels.json`, `users.json` and a file for each day of each
//! channel. Old and new dialects: <https://slack.com/help/articles/220556107>.
//!
//! An id is the channel's id and the message's `ts`. Of the reactions, those that say thanks become thanks (`emoji::says_thanks`); a reaction
//! is no record of its own, so the others leave no trace.

mod blocks;
mod message;
mod said;
mod words;
mod workspace;

use crate::records::{self, Found, Held};
use crate::skips::spare;
use crate::{Problem, Reason, Source, Take};
use message::Reader;
use workspace::Workspace;

const LISTS: [&str; 6] = [
    "channels.json",
    "groups.json",
    "dms.json",
    "mpims.json",
    "users.json",
    "org_users.json",
];
/// A message with all that hangs on it.
const MOST: usize = 4 << 20;

pub fn recognise(source: &Source) -> bool {
    root(source).is_some_and(|root| source.files().any(|file| day(file, root).is_some()))
}

pub fn read(source: &Source, take: &mut dyn Take) -> Result<(), Problem> {
    let Some(root) = root(source) else {
        return Err(Problem::Missing("channels.json".into()));
    };
    let workspace = Workspace::read(source, root, take)?;
    let mut reader = Reader::new(workspace, take);
    reader.tell_places()?;
    let mut done = 0;
    for file in source.files() {
        match day(file, root) {
            Some(folder) => day_file(source, file, folder, &mut reader)?,
            None if is_ours(file, root) => {}
            None => reader.skip(
                Reason::NoPlace,
                file,
                None,
                "It is no file of a day in a channel.",
            )?,
        }
        done += source.size(file);
        reader.take.at_byte(done);
    }
    Ok(())
}

/// The folder that all of it lies in, with its `/`.
fn root(source: &Source) -> Option<&str> {
    source
        .files()
        .filter(|file| !file.starts_with("__MACOSX"))
        .filter_map(|file| LISTS.iter().find_map(|list| file.strip_suffix(list)))
        .filter(|root| root.is_empty() || root.ends_with('/'))
        .min_by_key(|root| root.len())
}

/// The channel's folder of `general/2016-01-15.json`.
fn day<'f>(file: &'f str, root: &str) -> Option<&'f str> {
    let (folder, name) = file.strip_prefix(root)?.rsplit_once('/')?;
    let date = name.strip_suffix(".json")?;
    let shape = date.len() == 10
        && date.bytes().enumerate().all(|(n, b)| {
            if n == 4 || n == 7 {
                b == b'-'
            } else {
                b.is_ascii_digit()
            }
        });
    (shape && !folder.contains('/')).then_some(folder)
}

/// Lists that are read before, and what stood with messages.
fn is_ours(file: &str, root: &str) -> bool {
    let inside = file.strip_prefix(root).unwrap_or(file);
    LISTS.contains(&inside)
        || inside.starts_with("__uploads/")
        || inside.split('/').any(|part| part == "attachments")
}

fn day_file(
    source: &Source,
    file: &str,
    folder: &str,
    reader: &mut Reader<'_>,
) -> Result<(), Problem> {
    reader.enter(folder)?;
    let read = source.read(file, |stream| {
        records::each(stream, file, Held::Plain, MOST, |found| match found {
            Found::Record(record) => Ok(reader.record(source, file, &record)?),
            Found::TooLarge(at) => Ok(reader.skip(
                Reason::TooLarge,
                file,
                Some(at),
                "The message is larger than 4 MiB.",
            )?),
            Found::CutOff(at) => Ok(reader.skip(
                Reason::Broken,
                file,
                Some(at),
                "The file ends within a message.",
            )?),
        })
    });
    spare(read, file, reader.take)
}

#[cfg(test)]
mod tests;
