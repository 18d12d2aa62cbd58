//! Forums of Discourse: topics as its API gives them (`/t/<id>.json`, one to a file, in an array or one to a line), pages of posts
//! (`/posts.json`), single posts, archives with `topic_id`, `title`, `url` and `posts` to a line, and topics rendered to files.
//! <https://docs.discourse.org>
//!
//! A post's id is its topic's and its number there, by which answers and quotes name it.

mod documents;
mod forum;
mod rendered;
mod topic;

use crate::records::{self, Found, Held};
use crate::skips::{skip, spare};
use crate::{Problem, Reason, Source, Take};
use documents::{Document, Post};
use forum::Forum;

/// How much of a file is looked at to know what it is, and of how many files.
const LOOKED_AT: usize = 64 << 10;
const LOOKED_INTO: usize = 50;

pub fn recognise(source: &Source) -> bool {
    let told = |file: &str| {
        let head = head(source, file);
        let has = |words: &str| memchr::memmem::find(&head, words.as_bytes()).is_some();
        has("\"post_stream\"")
            || has("\"latest_posts\"")
            || (has("\"topic_id\"") && (has("\"posts\"") || has("\"post_number\"")))
    };
    let pages = source.files().filter(|file| file.ends_with(".md"));
    files(source).take(LOOKED_INTO).any(told)
        || pages
            .take(LOOKED_INTO)
            .any(|file| rendered::is_rendered(&head(source, file)))
}

pub fn read(source: &Source, take: &mut dyn Take) -> Result<(), Problem> {
    let mut forum = Forum::new(source.name(), take);
    for file in files(source).filter(|file| is_list(source, file)) {
        each_document(source, file, 0, &mut forum, &mut |forum, document, _, _| {
            forum.learn(&document);
            Ok(())
        })?;
    }
    let mut done = 0;
    for file in source.files() {
        if file.ends_with(".md") && rendered::is_rendered(&head(source, file)) {
            rendered::read(source, file, &mut forum)?;
        } else if is_json(source, file) {
            each_document(
                source,
                file,
                done,
                &mut forum,
                &mut |forum, document, bytes, at| {
                    // A post alone has its topic's number and its own.
                    let alone = !document.post_number.is_empty() && !document.topic_id.is_empty();
                    match serde_json::from_slice::<Post>(bytes).ok().filter(|_| alone) {
                        Some(post) => Ok(forum.loose_post(&post, file, at)?),
                        None => Ok(forum.tell(&document, file, at)?),
                    }
                },
            )?;
        } else {
            skip(
                forum.take,
                Reason::NoPlace,
                file,
                None,
                "It is no file of topics or posts.",
            )?;
        }
        done += source.size(file);
        forum.take.at_byte(done);
    }
    Ok(())
}

fn files(source: &Source) -> impl Iterator<Item = &str> {
    source.files().filter(|file| is_json(source, file))
}

fn is_json(source: &Source, file: &str) -> bool {
    let known = [".json", ".jsonl", ".ndjson"]
        .iter()
        .any(|end| file.ends_with(end));
    let alone = source.files().take(2).count() == 1;
    (known || alone) && !file.starts_with("__MACOSX")
}

/// Lists of topics and categories name what posts only number.
fn is_list(source: &Source, file: &str) -> bool {
    source.size(file) <= 8 << 20 && {
        let head = head(source, file);
        ["\"topic_list\"", "\"category_list\"", "\"categories\""]
            .iter()
            .any(|words| memchr::memmem::find(&head, words.as_bytes()).is_some())
    }
}

fn head(source: &Source, file: &str) -> Vec<u8> {
    let read = source.read(file, |stream| {
        let mut head = Vec::new();
        let _ = std::io::Read::read_to_end(
            &mut std::io::Read::take(stream, LOOKED_AT as u64),
            &mut head,
        );
        Ok(head)
    });
    read.unwrap_or_default()
}

type With<'w, 't> =
    &'w mut dyn FnMut(&mut Forum<'t>, Document<'_>, &[u8], u64) -> Result<(), Problem>;

fn each_document<'t>(
    source: &Source,
    file: &str,
    done: u64,
    forum: &mut Forum<'t>,
    with: With<'_, 't>,
) -> Result<(), Problem> {
    let read = source.read(file, |stream| {
        records::each(
            stream,
            file,
            Held::Plain,
            records::MOST,
            |found| match found {
                Found::Record(record) => {
                    forum.take.at_byte(done + record.offset);
                    match serde_json::from_slice(record.bytes) {
                        Ok(document) => with(forum, document, record.bytes, record.offset),
                        Err(_) => Ok(skip(
                            forum.take,
                            Reason::Broken,
                            file,
                            Some(record.offset),
                            "It is no JSON of a topic or a post.",
                        )?),
                    }
                }
                Found::TooLarge(at) => Ok(skip(
                    forum.take,
                    Reason::TooLarge,
                    file,
                    Some(at),
                    "The topic is larger than 32 MiB.",
                )?),
                Found::CutOff(at) => Ok(skip(
                    forum.take,
                    Reason::Broken,
                    file,
                    Some(at),
                    "The file ends within a topic.",
                )?),
            },
        )
    });
    spare(read, file, forum.take)
}

#[cfg(test)]
mod tests;
