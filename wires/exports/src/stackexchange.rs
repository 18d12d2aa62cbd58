//! Dumps of Stack Exchange: `Posts.xml`, `Users.xml`, `Comments.xml`, `Votes.xml` and the lists beside them, one row to a record.
//! <https://meta.stackexchange.com/questions/2677>
//!
//! Of the people only those who said something are told of. An upvote is thanks without a voice; other votes, badges and tags have no
//! place.

mod numbers;
mod rows_of;
mod site;

use crate::rows;
use crate::skips::{skip, spare};
use crate::{Problem, Reason, Source, Take};
use site::Site;

pub fn recognise(source: &Source) -> bool {
    sites(source).into_iter().any(|folder| {
        let posts = source.files().find(|file| is(file, folder, "posts.xml"));
        posts.is_some_and(|posts| {
            let read = source.read(posts, |stream| {
                let mut head = Vec::new();
                let _ =
                    std::io::Read::read_to_end(&mut std::io::Read::take(stream, 4096), &mut head);
                Ok(memchr::memmem::find(&head, b"<row").is_some()
                    || memchr::memmem::find(&head, b"<posts").is_some())
            });
            read.unwrap_or(false)
        })
    })
}

pub fn read(source: &Source, take: &mut dyn Take) -> Result<(), Problem> {
    let folders = sites(source);
    if folders.is_empty() {
        return Err(Problem::Missing("Posts.xml".into()));
    }
    let mut progress = 0;
    for folder in &folders {
        let mut site = Site::new(source, folder, folders.len() > 1, &mut *take);
        site.look_ahead(source)?;
        for (list, with) in rows_of::LISTS {
            let Some(file) = source.files().find(|file| is(file, folder, list)) else {
                continue;
            };
            each_row(source, file, progress, &mut site, *with)?;
            progress += source.size(file);
            site.take.at_byte(progress);
        }
        for file in source
            .files()
            .filter(|file| in_folder(file, folder) && !rows_of::knows(file))
        {
            skip(
                site.take,
                Reason::NoPlace,
                file,
                None,
                "It is no list of a dump.",
            )?;
        }
    }
    Ok(())
}

/// Folders with posts, each with its `/`.
fn sites(source: &Source) -> Vec<&str> {
    let posts =
        |file: &&str| !file.starts_with("__MACOSX") && name(file).eq_ignore_ascii_case("posts.xml");
    source.files().filter(posts).map(folder).collect()
}

fn name(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}

fn folder(file: &str) -> &str {
    file.rfind('/')
        .and_then(|at| file.get(..=at))
        .unwrap_or_default()
}

fn in_folder(file: &str, within: &str) -> bool {
    folder(file) == within
}

fn is(file: &str, within: &str, list: &str) -> bool {
    in_folder(file, within) && name(file).eq_ignore_ascii_case(list)
}

fn each_row(
    source: &Source,
    file: &str,
    done: u64,
    site: &mut Site<'_>,
    with: rows_of::With,
) -> Result<(), Problem> {
    let mut count = 0u64;
    let read = source.read(file, |stream| {
        rows::each(stream, file, |found| {
            count += 1;
            match found {
                rows::Found::Row(row, at) => {
                    if count.is_multiple_of(1000) {
                        site.take.at_byte(done + at);
                    }
                    Ok(with(site, row, file, at)?)
                }
                rows::Found::TooLarge(at) => Ok(skip(
                    site.take,
                    Reason::TooLarge,
                    file,
                    Some(at),
                    "The row is larger than 8 MiB.",
                )?),
                rows::Found::Broken(at) => Ok(skip(
                    site.take,
                    Reason::Broken,
                    file,
                    Some(at),
                    "The row cannot be read as XML.",
                )?),
            }
        })
    });
    spare(read, file, site.take)
}

#[cfg(test)]
mod tests;
