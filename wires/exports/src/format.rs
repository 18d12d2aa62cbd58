//! Which format a source has, and its reader: all that this crate reads, by name.

use crate::{Problem, Source, Take, discourse, irc, mail, slack, stackexchange, tacit, zulip};

/// What Tacit reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    Tacit,
    Slack,
    Zulip,
    StackExchange,
    Discourse,
    Maildir,
    Mbox,
    Letters,
    Irc,
}

impl Format {
    /// The surest signs come first: a log of IRC is plain text, and much is.
    pub const ALL: [Format; 9] = [
        Format::Tacit,
        Format::Slack,
        Format::Zulip,
        Format::StackExchange,
        Format::Discourse,
        Format::Maildir,
        Format::Mbox,
        Format::Letters,
        Format::Irc,
    ];

    /// As a person calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Tacit => "Tacit export",
            Format::Slack => "Slack export",
            Format::Zulip => "Zulip export or public archive",
            Format::StackExchange => "Stack Exchange dump",
            Format::Discourse => "Discourse topics",
            Format::Maildir => "Maildir",
            Format::Mbox => "mbox",
            Format::Letters => "mail in single files (.eml)",
            Format::Irc => "log of IRC",
        }
    }

    /// Tells all that is in a source of this format.
    pub fn read(self, source: &Source, take: &mut dyn Take) -> Result<(), Problem> {
        match self {
            Format::Tacit => tacit::read(source, take),
            Format::Slack => slack::read(source, take),
            Format::Zulip => zulip::read(source, take),
            Format::StackExchange => stackexchange::read(source, take),
            Format::Discourse => discourse::read(source, take),
            Format::Maildir => mail::read_maildir(source, take),
            Format::Mbox => mail::read_mbox(source, take),
            Format::Letters => mail::read_letters(source, take),
            Format::Irc => irc::read(source, take),
        }
    }

    fn is_of(self, source: &Source) -> bool {
        match self {
            Format::Tacit => tacit::recognise(source),
            Format::Slack => slack::recognise(source),
            Format::Zulip => zulip::recognise(source),
            Format::StackExchange => stackexchange::recognise(source),
            Format::Discourse => discourse::recognise(source),
            Format::Maildir => mail::recognise_maildir(source),
            Format::Mbox => mail::recognise_mbox(source),
            Format::Letters => mail::recognise_letters(source),
            Format::Irc => irc::recognise(source) && !is_of_documents(source),
        }
    }
}

/// Documents hold hours and names, too, and may look like a log here and there; no program writes its log as one.
fn is_of_documents(source: &Source) -> bool {
    let is_document = |file: &&str| {
        let end = file.rsplit('.').next().unwrap_or_default();
        ["md", "markdown", "html", "htm", "json", "xml"].contains(&end.to_ascii_lowercase().as_str())
    };
    source.files().filter(is_document).count() * 2 > source.files().count()
}

/// The format of a source; none where nothing in it looks like what Tacit reads.
pub fn detect(source: &Source) -> Option<Format> {
    Format::ALL
        .into_iter()
        .find(|format| format.is_of(source))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(file: &str, text: &str) -> Source {
        Source::memory("try", vec![(file.to_owned(), text.as_bytes().to_vec())])
    }

    #[test]
    fn a_format_is_known_by_what_lies_in_it() {
        let mbox = "From ada@example.org Mon Jan  2 10:00:00 2012\nFrom: Ada <ada@example.org>\nSubject: Hello\n\nGood morning.\n";
        assert_eq!(detect(&source("list.mbox", mbox)), Some(Format::Mbox));
        let letter = "From: Ada <ada@example.org>\nSubject: Hello\n\nGood morning.\n";
        assert_eq!(detect(&source("a/1.eml", letter)), Some(Format::Letters));
        let log = "=== ada [n=ada@example.org] has joined #nursing\n[10:00] <ada> good morning, all of you\n[10:01] <bo> good morning ada\n[10:02] <ada> how was the night?\n";
        assert_eq!(detect(&source("2012-01-02.txt", log)), Some(Format::Irc));
    }

    #[test]
    fn what_is_none_of_them_is_not_taken_for_one() {
        assert_eq!(detect(&source("letter.txt", "Dear all,\nthis is a text.\n")), None);
        assert_eq!(detect(&source("picture.png", "\u{89}PNG\r\n")), None);
        assert_eq!(detect(&source("talk.md", "[10:00] <ada> good morning\n[10:01] <bo> good morning\n")), None);
        assert_eq!(detect(&Source::memory("empty", Vec::new())), None);
    }
}
