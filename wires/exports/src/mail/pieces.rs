//! An mbox cut into its messages as it streams by (RFC 4155, and what programs really write).
//!
//! A message begins with a line `From somebody somewhen`. Both ways to quote such lines inside of a message are undone: one `>` is
//! taken from each `>From ` (mboxo) and from each `>>From ` (mboxrd).

use std::io::{self, BufRead};

use super::moments;
use crate::lines;

/// What is kept of one message: its words come first, and the rest is files that nobody reads here.
const MOST: usize = 4 << 20;
/// The same, where its files are wanted: one of 25 MB as mail carries it, and some words.
const MOST_WITH_FILES: usize = 40 << 20;
/// The headers of one message.
const MOST_HEADERS: usize = 256 << 10;
/// Lines that may begin a part of a message.
const MOST_PARTS: usize = 10_000;

/// One message as it stands in the file.
#[derive(Default)]
pub struct Piece {
    /// Where it begins, in bytes of the unpacked file.
    pub offset: u64,
    /// When it arrived, as its `From ` line says, in seconds.
    pub arrived: Option<i64>,
    pub bytes: Vec<u8>,
    /// Its headers are longer than the bounds.
    pub too_large: bool,
    /// It is longer than the bounds, and what is here is its beginning.
    pub cut: bool,
}

pub struct Pieces<'a> {
    stream: &'a mut dyn BufRead,
    /// Bytes of the file behind us.
    at: u64,
    begun: Option<Beginning>,
    /// The file is one message, in which nothing begins or is quoted as a beginning.
    single: bool,
    most: usize,
}

/// How the next message begins.
struct Beginning {
    offset: u64,
    arrived: Option<i64>,
    /// Its first line, where that was needed to know.
    first: Vec<u8>,
}

/// What is known while one message is gathered.
struct Gathering {
    piece: Piece,
    most: usize,
    in_headers: bool,
    after_blank: bool,
    parts: usize,
    full: bool,
    unquoted: bool,
    /// A line that is a beginning only if a header follows it: where it lies in the bytes, and in the file.
    doubtful: Option<(usize, u64)>,
}

impl<'a> Pieces<'a> {
    pub fn of(stream: &'a mut dyn BufRead) -> Pieces<'a> {
        Pieces {
            stream,
            at: 0,
            begun: None,
            single: false,
            most: MOST,
        }
    }

    /// Also what comes behind the words.
    pub fn with_files(self, wanted: bool) -> Pieces<'a> {
        let most = if wanted { MOST_WITH_FILES } else { MOST };
        Pieces { most, ..self }
    }

    /// A file that is one message.
    pub fn of_one(stream: &'a mut dyn BufRead) -> Pieces<'a> {
        Pieces {
            single: true,
            ..Pieces::of(stream)
        }
    }

    /// The next message, in the room of the last one; false when there is none.
    pub fn next(&mut self, room: &mut Piece) -> io::Result<bool> {
        let mut bytes = std::mem::take(&mut room.bytes);
        bytes.clear();
        let mut begun = self.begun.is_some();
        let mut now = Gathering::begin(bytes, self.at, self.begun.take(), self.most);
        loop {
            let (start, offset) = (now.piece.bytes.len(), self.at);
            if self.line(&mut now)? == 0 {
                break;
            }
            if self.single {
                now.keep(start);
                continue;
            }
            now.unquote(start);
            let Some(beginning) = now.look(start, offset) else {
                continue;
            };
            if begun || !now.is_blank() {
                self.begun = Some(beginning);
                *room = now.piece;
                return Ok(true);
            }
            begun = true;
            now = Gathering::begin(Vec::new(), self.at, Some(beginning), self.most);
        }
        let found = begun || !now.is_blank();
        *room = now.piece;
        Ok(found)
    }

    /// Bytes of the file that were read.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Adds the next line to what is gathered, as far as there is room, and says how long it was.
    fn line(&mut self, now: &mut Gathering) -> io::Result<usize> {
        let bytes = &mut now.piece.bytes;
        // Of a message that is full, the heads of lines are still looked at: one may begin the next message.
        let most = if now.full { 1024 } else { self.most };
        let length = lines::next(self.stream, bytes, most)?;
        if self.at == 0 && bytes.starts_with(b"\xEF\xBB\xBF") {
            bytes.drain(..3);
        }
        self.at += length as u64;
        Ok(length)
    }
}

impl Gathering {
    fn begin(mut bytes: Vec<u8>, at: u64, beginning: Option<Beginning>, most: usize) -> Gathering {
        let (mut offset, mut arrived) = (at, None);
        if let Some(beginning) = beginning {
            offset = beginning.offset;
            arrived = beginning.arrived;
            bytes.extend_from_slice(&beginning.first);
        }
        Gathering {
            piece: Piece {
                offset,
                arrived,
                bytes,
                too_large: false,
                cut: false,
            },
            most,
            in_headers: true,
            after_blank: true,
            parts: 0,
            full: false,
            unquoted: false,
            doubtful: None,
        }
    }

    fn is_blank(&self) -> bool {
        self.piece.bytes.iter().all(u8::is_ascii_whitespace)
    }

    /// Looks at the line that was added last: it is one more of this message, or the next one begins.
    fn look(&mut self, start: usize, offset: u64) -> Option<Beginning> {
        let line = self.piece.bytes.get(start..).unwrap_or(&[]);
        if let Some((from, offset)) = self.doubtful.take()
            && is_header(line)
        {
            let first = line.to_vec();
            let arrived = self.piece.bytes.get(from..start).and_then(arrived);
            self.piece.bytes.truncate(from);
            return Some(Beginning {
                offset,
                arrived,
                first,
            });
        }
        if line.starts_with(b"From ") && !self.unquoted {
            match shape(line, self.after_blank) {
                Shape::Beginning => {
                    let arrived = arrived(line);
                    self.piece.bytes.truncate(start);
                    return Some(Beginning {
                        offset,
                        arrived,
                        first: Vec::new(),
                    });
                }
                Shape::Doubtful if !self.full => self.doubtful = Some((start, offset)),
                _ => {}
            }
        }
        self.keep(start);
        None
    }

    /// Takes the mark off a line that was quoted since it looks like a beginning. It still is none.
    fn unquote(&mut self, start: usize) {
        let line = self.piece.bytes.get(start..).unwrap_or(&[]);
        self.unquoted = line.first() == Some(&b'>') && is_quoted_beginning(line);
        if self.unquoted {
            self.piece.bytes.remove(start);
        }
    }

    /// Keeps the line that was added last, as far as the bounds allow.
    fn keep(&mut self, start: usize) {
        let line = self.piece.bytes.get(start..).unwrap_or(&[]);
        let blank = line.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
        self.parts += usize::from(line.starts_with(b"--"));
        self.after_blank = blank;
        self.in_headers &= !blank;
        let length = self.piece.bytes.len();
        if self.in_headers && length > MOST_HEADERS {
            self.piece.too_large = true;
            self.full = true;
        }
        // What made it full is the last that is kept.
        let full = self.full || length > self.most || self.parts > MOST_PARTS;
        if std::mem::replace(&mut self.full, full) {
            self.piece.bytes.truncate(start);
            self.piece.cut = true;
        }
    }
}

/// The beginning of a message, as far as it is kept where files are not wanted.
pub fn without_files(bytes: &[u8]) -> &[u8] {
    let rest = bytes.get(MOST..).unwrap_or_default();
    let end = memchr::memchr(b'\n', rest).map_or(bytes.len(), |end| MOST + end + 1);
    bytes.get(..end).unwrap_or(bytes)
}

fn is_quoted_beginning(line: &[u8]) -> bool {
    let quotes = line.iter().take_while(|byte| **byte == b'>').count();
    line.get(quotes..)
        .is_some_and(|rest| rest.starts_with(b"From "))
}

enum Shape {
    Beginning,
    Doubtful,
    Words,
}

/// A moment in the line makes it a beginning after an empty line, else only together with a header below it; so does a line
/// without one after an empty line.
fn shape(line: &[u8], after_blank: bool) -> Shape {
    match (after_blank, arrived(line).is_some()) {
        (true, true) => Shape::Beginning,
        (true, false) | (false, true) => Shape::Doubtful,
        (false, false) => Shape::Words,
    }
}

/// `From somebody Sat Jan  3 01:05:34 1996`, in any order and with or without a zone.
fn arrived(line: &[u8]) -> Option<i64> {
    let line = line.get(5..line.len().min(400))?;
    moments::loosely(&String::from_utf8_lossy(line))
}

const HEADERS: [&str; 16] = [
    "from",
    "date",
    "to",
    "cc",
    "subject",
    "message-id",
    "received",
    "return-path",
    "delivered-to",
    "mime-version",
    "content-type",
    "in-reply-to",
    "references",
    "sender",
    "status",
    "reply-to",
];

fn is_header(line: &[u8]) -> bool {
    let Some(end) = line.iter().take(80).position(|byte| *byte == b':') else {
        return false;
    };
    let name = line.get(..end).unwrap_or(&[]);
    name.starts_with(b"X-")
        || HEADERS
            .iter()
            .any(|header| header.as_bytes().eq_ignore_ascii_case(name))
}

/// Whether a file that begins so holds messages; one that is called an mbox may begin with a header.
pub fn begins_message(head: &[u8], called: bool) -> bool {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let start = head
        .iter()
        .position(|byte| !byte.is_ascii_whitespace())
        .unwrap_or(0);
    let mut lines = head
        .get(start..)
        .unwrap_or(&[])
        .split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or(&[]);
    if first.starts_with(b"From ") {
        return arrived(first).is_some() || lines.next().is_some_and(is_header);
    }
    called && is_header(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_message_begins_alike_whether_its_files_are_wanted_or_not() {
        let line = "a line of a file that came with it\n";
        let long = format!(
            "From a@x Mon Jan  2 10:00:00 2012\nFrom: a@x\n\n{}",
            line.repeat(5 * (1 << 20) / line.len())
        );
        let read = |with_files: bool| {
            let mut bytes = long.as_bytes();
            let mut piece = Piece::default();
            let mut pieces = Pieces::of(&mut bytes).with_files(with_files);
            assert!(pieces.next(&mut piece).unwrap());
            piece
        };
        let (without, with) = (read(false), read(true));
        assert!(without.cut && !with.cut);
        assert!(
            without.bytes == without_files(&with.bytes) && with.bytes.len() > without.bytes.len()
        );
    }
}
