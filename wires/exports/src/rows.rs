//! Rows out of XML that is too large to be held (`<row Id="1" … />`): each alone, with its place, so that a broken one costs no other.

use std::borrow::Cow;
use std::io::BufRead;

use quick_xml::escape;
use quick_xml::events::BytesStart;

use crate::Problem;

/// The most that one row may be.
const MOST: usize = 8 << 20;

pub(crate) enum Found<'b> {
    Row(&'b Row<'b>, u64),
    TooLarge(u64),
    Broken(u64),
}

/// The attributes of one row.
pub(crate) struct Row<'b> {
    attributes: Vec<(&'b str, Cow<'b, str>)>,
}

impl<'b> Row<'b> {
    fn read(tag: &'b BytesStart<'b>) -> Option<Row<'b>> {
        let mut attributes = Vec::with_capacity(24);
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.ok()?;
            let key = tag
                .attributes_raw()
                .get(..0)
                .map(|_| attribute.key.into_inner())?;
            attributes.push((key, attribute.value));
        }
        Some(Row { attributes })
    }

    /// The value as it was before it was written down; empty where there is none.
    pub(crate) fn text(&self, name: &str) -> Cow<'_, str> {
        let found = self
            .attributes
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map_or(Cow::Borrowed(""), |(_, value)| unescaped(value))
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.text(name).trim().parse().ok()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        !self.text(name).trim().is_empty()
    }
}

/// Signs that no XML may hold stand in some dumps all the same; the rest of the text is good.
fn unescaped(value: &str) -> Cow<'_, str> {
    escape::unescape(value).unwrap_or_else(|_| {
        let known = [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&apos;", "'"),
            ("&#xA;", "\n"),
            ("&#xD;", ""),
            ("&#x9;", "\t"),
            ("&amp;", "&"),
        ];
        let text = known
            .iter()
            .fold(value.to_owned(), |text, (from, to)| text.replace(from, to));
        Cow::Owned(text)
    })
}

/// Calls `with` for each element called `row`; what it refuses ends the reading.
pub(crate) fn each(
    stream: &mut dyn BufRead,
    file: &str,
    mut with: impl FnMut(Found<'_>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut tags = Tags {
        stream,
        file,
        at: 0,
        kept: Vec::new(),
    };
    while let Some((offset, end)) = tags.next()? {
        match end {
            End::TooLarge => with(Found::TooLarge(offset))?,
            End::Broken if is_row(&tags.kept) => with(Found::Broken(offset))?,
            End::Broken => {}
            End::Whole if is_row(&tags.kept) => {
                let text = String::from_utf8_lossy(&tags.kept);
                let content = text.trim_end_matches('/').trim_end();
                let tag = BytesStart::from_content(content, 3);
                match Row::read(&tag) {
                    Some(row) => with(Found::Row(&row, offset))?,
                    None => with(Found::Broken(offset))?,
                }
            }
            End::Whole => {}
        }
    }
    Ok(())
}

fn is_row(tag: &[u8]) -> bool {
    tag.strip_prefix(b"row").is_some_and(|rest| {
        rest.first()
            .is_none_or(|b| b.is_ascii_whitespace() || *b == b'/')
    })
}

enum End {
    Whole,
    TooLarge,
    Broken,
}

struct Tags<'s> {
    stream: &'s mut dyn BufRead,
    file: &'s str,
    at: u64,
    kept: Vec<u8>,
}

impl Tags<'_> {
    /// What stands between the next `<` and its `>`, into `kept`.
    fn next(&mut self) -> Result<Option<(u64, End)>, Problem> {
        if !self.skip_to_tag()? {
            return Ok(None);
        }
        let offset = self.at - 1;
        self.kept.clear();
        let mut quote = None;
        let mut large = false;
        loop {
            let bytes = self
                .stream
                .fill_buf()
                .map_err(|e| Problem::Unreadable(self.file.to_owned(), e))?;
            if bytes.is_empty() {
                return Ok(Some((offset, End::Broken)));
            }
            let (used, done) = tag_end(bytes, &mut quote);
            if self.kept.len() + used > MOST {
                large = true;
            } else {
                self.kept
                    .extend_from_slice(bytes.get(..used).unwrap_or_default());
            }
            // The `>` is consumed; a `<` that cannot stand there begins the next tag.
            let consumed = used + usize::from(done == Some(b'>'));
            self.stream.consume(consumed);
            self.at += consumed as u64;
            match done {
                Some(_) if large => return Ok(Some((offset, End::TooLarge))),
                Some(b'>') => return Ok(Some((offset, End::Whole))),
                Some(_) => return Ok(Some((offset, End::Broken))),
                None => {}
            }
        }
    }

    fn skip_to_tag(&mut self) -> Result<bool, Problem> {
        loop {
            let bytes = self
                .stream
                .fill_buf()
                .map_err(|e| Problem::Unreadable(self.file.to_owned(), e))?;
            if bytes.is_empty() {
                return Ok(false);
            }
            let found = memchr::memchr(b'<', bytes);
            let used = found.map_or(bytes.len(), |at| at + 1);
            self.stream.consume(used);
            self.at += used as u64;
            if found.is_some() {
                return Ok(true);
            }
        }
    }
}

/// How many bytes belong to the tag, and what ends it: no `<` stands within one, not even in quotes.
fn tag_end(bytes: &[u8], quote: &mut Option<u8>) -> (usize, Option<u8>) {
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let found = match *quote {
            Some(mark) => memchr::memchr2(mark, b'<', rest),
            None => rest
                .iter()
                .position(|b| matches!(b, b'"' | b'\'' | b'<' | b'>')),
        };
        let Some(found) = found else {
            return (bytes.len(), None);
        };
        at += found;
        let byte = bytes.get(at).copied();
        match (byte, *quote) {
            (Some(b'<'), _) => return (at, Some(b'<')),
            (Some(b'>'), None) => return (at, Some(b'>')),
            (mark, None) => *quote = mark,
            (_, Some(_)) => *quote = None,
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(xml: &str) -> Vec<String> {
        let mut found = Vec::new();
        each(
            &mut std::io::BufReader::with_capacity(5, xml.as_bytes()),
            "x.xml",
            |f| {
                found.push(match f {
                    Found::Row(row, at) => format!("{}|{}@{at}", row.text("id"), row.text("Body")),
                    Found::TooLarge(at) => format!("large@{at}"),
                    Found::Broken(at) => format!("broken@{at}"),
                });
                Ok(())
            },
        )
        .unwrap();
        found
    }

    #[test]
    fn rows_come_with_their_places_and_their_texts_as_they_were() {
        let xml = "\u{FEFF}<?xml version=\"1.0\"?><posts><row Id=\"1\" Body=\"&lt;p&gt;a > b&#xA;&quot;\" /><other/><row Id='2'></row></posts>";
        assert_eq!(read(xml), ["1|<p>a > b\n\"@31", "2|@86"]);
    }

    #[test]
    fn a_broken_row_costs_no_other() {
        assert_eq!(
            read(
                "<p><row Id=\"1 /><row Id=\"2\"/><row Id=3/><row Id=\"4\" Body=\"&#x1; &amp; &bad;\"/><row Id=\"5"
            ),
            [
                "broken@3",
                "2|@16",
                "broken@29",
                "4|&#x1; & &bad;@40",
                "broken@78"
            ]
        );
    }
}
