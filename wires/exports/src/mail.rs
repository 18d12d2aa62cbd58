//! Archives of mailing lists and mailboxes: mbox (also pipermail's and Groups.io's), Maildir, folders of `.eml` files.

mod attached;
mod author;
mod escape;
mod habits;
mod letter;
mod marks;
mod moments;
mod own;
mod pieces;
mod place;
mod plain;
mod reader;
mod spam;
mod threads;
mod words;

use std::io::Read;

use crate::lines::unpacked;
use crate::{Problem, Reason, Skipped, Source, Take};
pub(crate) use escape::{escape, escape_line};

use habits::{Habits, LOOKED_AT, Look};
use letter::Opener;
use pieces::{Piece, Pieces};
use place::Place;
use reader::{Found, Reader};

/// How many files are looked at to know what a source is.
const LOOKED_INTO: usize = 50;

/// Whether a source is, or has, files that hold messages one after another.
pub fn recognise_mbox(source: &Source) -> bool {
    source
        .files()
        .take(LOOKED_INTO)
        .any(|file| begins_as_mbox(source, file))
}

pub fn recognise_maildir(source: &Source) -> bool {
    source
        .files()
        .take(2_000)
        .any(|file| place::of_maildir(file).is_some())
}

pub fn recognise_letters(source: &Source) -> bool {
    source.files().take(2_000).any(is_letter)
}

/// Reads each mbox of a source, the oldest first where their names have a date.
pub fn read_mbox(source: &Source, take: &mut dyn Take) -> Result<(), Problem> {
    let mut files: Vec<&str> = source.files().collect();
    files.sort_by_cached_key(|file| (crate::dated::moment_of(file), (*file).to_owned()));
    let mut reader = Reader::new(take);
    for file in files {
        if begins_as_mbox(source, file) {
            read_one(source, file, &mut reader)?;
        }
    }
    reader.end()
}

/// Reads the messages of a Maildir and of the folders in it; what is only being delivered (`tmp`) is no message yet.
pub fn read_maildir(source: &Source, take: &mut dyn Take) -> Result<(), Problem> {
    let mut files: Vec<(&str, &str, &str)> = source
        .files()
        .filter_map(|file| place::of_maildir(file).map(|(folder, name)| (folder, name, file)))
        .collect();
    files.sort_unstable();
    let mut reader = Reader::new(take);
    for folder in files.chunk_by(|a, b| a.0 == b.0) {
        let name = folder.first().map_or("", |(folder, ..)| folder);
        let names: Vec<&str> = folder.iter().map(|(.., file)| *file).collect();
        read_singly(
            source,
            &names,
            &Place::of_folder(&place::folder_name(name), source.name()),
            &mut reader,
        )?;
    }
    reader.end()
}

/// Reads a folder of `.eml` files, one message each.
pub fn read_letters(source: &Source, take: &mut dyn Take) -> Result<(), Problem> {
    let mut files: Vec<(&str, &str)> = source
        .files()
        .filter(|file| is_letter(file))
        .map(|file| (file.rsplit_once('/').map_or("", |(folder, _)| folder), file))
        .collect();
    files.sort_unstable();
    let mut reader = Reader::new(take);
    for folder in files.chunk_by(|a, b| a.0 == b.0) {
        let name = folder.first().map_or("", |(folder, _)| folder);
        let names: Vec<&str> = folder.iter().map(|(_, file)| *file).collect();
        read_singly(
            source,
            &names,
            &Place::of_folder(name, source.name()),
            &mut reader,
        )?;
    }
    reader.end()
}

fn is_letter(file: &str) -> bool {
    file.get(file.len().saturating_sub(4)..)
        .is_some_and(|end| end.eq_ignore_ascii_case(".eml"))
}

/// The first line decides: it is one that begins a message, or a file that is called an mbox begins with a header.
fn begins_as_mbox(source: &Source, file: &str) -> bool {
    if is_letter(file) || place::of_maildir(file).is_some() || source.size(file) == 0 {
        return false;
    }
    let lower = file.to_lowercase();
    let called = [".mbox", ".mbx", ".mbox.gz", "/mbox"]
        .iter()
        .any(|end| lower.ends_with(end))
        || lower == "mbox";
    unpacked(source, file, |stream| {
        let mut head = Vec::new();
        stream
            .take(2_000)
            .read_to_end(&mut head)
            .map_err(|e| Problem::Unreadable(file.to_owned(), e))?;
        Ok(pieces::begins_message(&head, called))
    })
    .unwrap_or(false)
}

fn read_one(source: &Source, file: &str, reader: &mut Reader<'_>) -> Result<(), Problem> {
    let (habits, place) = look(source, file, &reader.opener)?;
    let packed = file.to_lowercase().ends_with(".gz");
    let before = reader.bytes;
    let outcome = unpacked(source, file, |stream| {
        let mut pieces = Pieces::of(stream).with_files(reader.opener.with_files);
        let mut piece = Piece::default();
        loop {
            match pieces.next(&mut piece) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(e) => {
                    // What a damaged packing gave until here was read.
                    return reader
                        .skip(Skipped {
                            reason: Reason::Broken,
                            file: file.to_owned(),
                            offset: Some(pieces.at()),
                            detail: format!("The file cannot be read any further: {e}."),
                        })
                        .map_err(Problem::from);
                }
            }
            reader.piece(&piece, file, &habits, &place)?;
            if !packed {
                reader.reached(before + pieces.at());
            }
        }
    });
    reader.reached(before + source.size(file));
    outcome
}

/// What the first messages of a file have in common.
fn look(source: &Source, file: &str, opener: &Opener) -> Result<(Habits, Place), Problem> {
    let mut look = Look::default();
    unpacked(source, file, |stream| {
        let mut pieces = Pieces::of(stream);
        let mut piece = Piece::default();
        for _ in 0..LOOKED_AT {
            // An unreadable file says so when it is read in earnest.
            if !pieces.next(&mut piece).unwrap_or(false) {
                break;
            }
            if let Some(letter) = opener.open(&piece.bytes).filter(|_| !piece.too_large) {
                look.at(&letter);
            }
        }
        Ok(())
    })?;
    let habits = look.habits();
    let place = Place::of_mbox(file, source.name(), &habits);
    Ok((habits, place))
}

fn read_singly(
    source: &Source,
    files: &[&str],
    place: &Place,
    reader: &mut Reader<'_>,
) -> Result<(), Problem> {
    let mut look = Look::default();
    let mut piece = Piece::default();
    for file in files.iter().take(LOOKED_AT) {
        if open(source, file, &mut piece, false).is_ok()
            && let Some(letter) = reader
                .opener
                .open(&piece.bytes)
                .filter(|_| !piece.too_large)
        {
            look.at(&letter);
        }
    }
    let habits = look.habits();
    for file in files {
        let found = Found {
            file,
            offset: None,
            arrived: place::seconds_of(file),
            cut: false,
        };
        let opened = open(source, file, &mut piece, reader.opener.with_files);
        let found = Found {
            cut: piece.cut,
            ..found
        };
        match opened {
            Ok(()) if piece.too_large => reader.skip(found.too_large())?,
            Ok(()) => reader.letter(&piece.bytes, found, &habits, place)?,
            Err(e) => {
                let detail = format!("The file cannot be read: {e}.");
                reader.skip(found.skipped(Reason::Broken, &detail))?;
            }
        }
        reader.reached(reader.bytes + source.size(file));
    }
    Ok(())
}

/// A file that is one message, as far as the bounds allow.
fn open(source: &Source, file: &str, room: &mut Piece, with_files: bool) -> Result<(), Problem> {
    unpacked(source, file, |stream| {
        Pieces::of_one(stream)
            .with_files(with_files)
            .next(room)
            .map_err(|e| Problem::Unreadable(file.to_owned(), e))?;
        Ok(())
    })
}

#[cfg(test)]
mod tests;
