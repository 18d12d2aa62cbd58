//! Zulip: an organisation's own export (`realm.json` with `messages-000001.json` and so on,
//! <https://zulip.com/help/export-your-organization>), and public archives (a folder for each channel, a file for each topic,
//! <https://github.com/zulip/zulip-archive>).
//!
//! A topic is a conversation: its first message opens it, another answers that one, or the message that it quotes at its head. A topic
//! that was marked resolved (`✔ `) is the same topic.

mod address;
mod archive;
mod export;
mod organisation;
mod raw;
mod said;
mod shapes;

use crate::{Problem, Source, Take};

/// How many files are looked into to know a public archive.
const LOOKED_INTO: usize = 30;

pub fn recognise(source: &Source) -> bool {
    export::root(source).is_some() || is_archive(source)
}

pub fn read(source: &Source, take: &mut dyn Take) -> Result<(), Problem> {
    match export::root(source) {
        Some(root) => export::read(source, root, take),
        None => archive::read(source, take),
    }
}

fn is_archive(source: &Source) -> bool {
    source
        .files()
        .filter(|file| archive::topic_file(file).is_some())
        .take(LOOKED_INTO)
        .any(|file| {
            let read = source.read(file, |stream| {
                let mut head = Vec::new();
                let _ = std::io::Read::read_to_end(
                    &mut std::io::Read::take(stream, 64 << 10),
                    &mut head,
                );
                Ok(memchr::memmem::find(&head, b"\"sender_full_name\"").is_some())
            });
            read.unwrap_or(false)
        })
}

/// The topic's name and whether it was marked resolved.
fn unresolved(topic: &str) -> (&str, bool) {
    let bare = topic.trim_start_matches(['✔', ' ']);
    if bare.is_empty() || !topic.starts_with('✔') {
        (topic, false)
    } else {
        (bare, true)
    }
}

#[cfg(test)]
mod tests;
