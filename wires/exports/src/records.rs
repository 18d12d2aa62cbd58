//! Records out of JSON that is too large to be held: the elements of one array, of the arrays under some keys, or one value
//! after another (JSON Lines). Each comes alone, as bytes with its place, so that a broken one costs no other.

use std::io::BufRead;

use memchr::memchr3;

use crate::Problem;

/// The most that one record may be.
pub(crate) const MOST: usize = 32 << 20;

pub(crate) enum Found<'b> {
    Record(Record<'b>),
    /// What stands here is larger than the bound, or the file ends in the midst of it.
    TooLarge(u64),
    CutOff(u64),
}

pub(crate) struct Record<'b> {
    /// The key of its array; empty where there is none.
    pub key: &'b str,
    pub bytes: &'b [u8],
    pub offset: u64,
}

/// How a file holds its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// An array of them, one object, or one after another.
    Plain,
    /// An object whose arrays hold them; another value in it is a record under its key.
    UnderKeys,
}

/// Calls `with` for each record; what it refuses ends the reading.
pub(crate) fn each(
    stream: &mut dyn BufRead,
    file: &str,
    held: Held,
    most: usize,
    mut with: impl FnMut(Found<'_>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut scan = Scan {
        stream,
        file,
        at: 0,
        kept: Vec::new(),
        most,
    };
    scan.skip_mark()?;
    match scan.next()? {
        Some(b'[') => {
            scan.bump()?;
            scan.elements("", &mut with)
        }
        Some(b'{') if held == Held::UnderKeys => {
            scan.bump()?;
            scan.members(&mut with)
        }
        Some(_) => scan.values(&mut with),
        None => Ok(()),
    }
}

struct Scan<'s> {
    stream: &'s mut dyn BufRead,
    file: &'s str,
    at: u64,
    kept: Vec<u8>,
    most: usize,
}

#[derive(PartialEq, Eq)]
enum End {
    Whole,
    TooLarge,
    CutOff,
}

type With<'w> = &'w mut dyn FnMut(Found<'_>) -> Result<(), Problem>;

impl Scan<'_> {
    fn peek(&mut self) -> Result<Option<u8>, Problem> {
        loop {
            return match self.stream.fill_buf() {
                Ok(bytes) => Ok(bytes.first().copied()),
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(e) => Err(Problem::Unreadable(self.file.to_owned(), e)),
            };
        }
    }

    fn bump(&mut self) -> Result<(), Problem> {
        if self.peek()?.is_some() {
            self.stream.consume(1);
            self.at += 1;
        }
        Ok(())
    }

    /// The byte order mark that some programs begin with.
    fn skip_mark(&mut self) -> Result<(), Problem> {
        for byte in [0xEF, 0xBB, 0xBF] {
            if self.peek()? == Some(byte) {
                self.bump()?;
            }
        }
        Ok(())
    }

    /// The next byte that is no white space and no comma.
    fn next(&mut self) -> Result<Option<u8>, Problem> {
        loop {
            match self.peek()? {
                Some(b' ' | b'\t' | b'\n' | b'\r' | b',' | 0) => self.bump()?,
                other => return Ok(other),
            }
        }
    }

    fn values(&mut self, with: With<'_>) -> Result<(), Problem> {
        // Lines end what is broken in them, once the first shows that a record is a line.
        let mut lines = self.file.ends_with("l") || self.file.ends_with(".ndjson");
        let mut first = true;
        while let Some(byte) = self.next()? {
            // What closes nothing is passed over, or nothing would ever be read.
            if matches!(byte, b'}' | b']' | b':') {
                self.bump()?;
                continue;
            }
            let offset = self.at;
            let end = if lines { self.line()? } else { self.value()? };
            self.mend(&end);
            if first && end == End::Whole && !self.kept.contains(&b'\n') {
                lines = true;
            }
            first = false;
            self.tell("", offset, &end, with)?;
        }
        Ok(())
    }

    fn elements(&mut self, key: &str, with: With<'_>) -> Result<(), Problem> {
        loop {
            match self.next()? {
                None => return with(Found::CutOff(self.at)),
                Some(b']') => return self.bump(),
                Some(b'}' | b':') => self.bump()?,
                Some(_) => {
                    let offset = self.at;
                    let end = self.value()?;
                    self.mend(&end);
                    self.tell(key, offset, &end, with)?;
                }
            }
        }
    }

    fn members(&mut self, with: With<'_>) -> Result<(), Problem> {
        loop {
            match self.next()? {
                None => return with(Found::CutOff(self.at)),
                Some(b'}') => return self.bump(),
                Some(b'"') => {
                    self.value()?;
                    let key: String = serde_json::from_slice(&self.kept).unwrap_or_default();
                    while matches!(self.next()?, Some(b':')) {
                        self.bump()?;
                    }
                    if self.peek()? == Some(b'[') {
                        self.bump()?;
                        self.elements(&key, with)?;
                    } else if self.peek()?.is_some() {
                        let offset = self.at;
                        let end = self.value()?;
                        self.mend(&end);
                        self.tell(&key, offset, &end, with)?;
                    }
                }
                Some(_) => self.bump()?,
            }
        }
    }

    /// Bytes that are no UTF-8 become the sign for that; the rest of the record is good.
    fn mend(&mut self, end: &End) {
        if *end == End::Whole && std::str::from_utf8(&self.kept).is_err() {
            self.kept = String::from_utf8_lossy(&self.kept)
                .into_owned()
                .into_bytes();
        }
    }

    fn tell(&self, key: &str, offset: u64, end: &End, with: With<'_>) -> Result<(), Problem> {
        with(match end {
            End::Whole => Found::Record(Record {
                key,
                bytes: &self.kept,
                offset,
            }),
            End::TooLarge => Found::TooLarge(offset),
            End::CutOff => Found::CutOff(offset),
        })
    }

    fn line(&mut self) -> Result<End, Problem> {
        self.kept.clear();
        let mut end = End::Whole;
        loop {
            let bytes = match self.stream.fill_buf() {
                Ok(bytes) => bytes,
                Err(e) => return Err(Problem::Unreadable(self.file.to_owned(), e)),
            };
            let found = memchr::memchr(b'\n', bytes);
            let used = found.map_or(bytes.len(), |at| at + 1);
            if self.kept.len() + used > self.most {
                end = End::TooLarge;
            } else {
                self.kept
                    .extend_from_slice(bytes.get(..used).unwrap_or_default());
            }
            self.stream.consume(used);
            self.at += used as u64;
            if found.is_some() || used == 0 {
                return Ok(end);
            }
        }
    }

    /// One value into `kept`: by its brackets and quotes alone, its meaning is for who reads it.
    fn value(&mut self) -> Result<End, Problem> {
        self.kept.clear();
        let mut end = End::Whole;
        let mut state = State::default();
        loop {
            let bytes = match self.stream.fill_buf() {
                Ok(bytes) => bytes,
                Err(e) => return Err(Problem::Unreadable(self.file.to_owned(), e)),
            };
            if bytes.is_empty() {
                let bare = state.depth == 0 && !state.quoted && !self.kept.is_empty();
                return Ok(if bare { end } else { End::CutOff });
            }
            let (used, done) = state.advance(bytes);
            if self.kept.len() + used > self.most {
                end = End::TooLarge;
            } else if end == End::Whole {
                self.kept
                    .extend_from_slice(bytes.get(..used).unwrap_or_default());
            }
            self.stream.consume(used);
            self.at += used as u64;
            if done {
                return Ok(end);
            }
        }
    }
}

#[derive(Default)]
struct State {
    depth: usize,
    quoted: bool,
    escaped: bool,
    /// A number or a word, which ends before what follows.
    bare: bool,
}

impl State {
    /// How many bytes belong to the value, and whether it ends there.
    fn advance(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            if self.escaped {
                self.escaped = false;
                at += 1;
                continue;
            }
            if self.quoted {
                let Some(found) = memchr3(b'"', b'\\', b'\n', bytes.get(at..).unwrap_or_default())
                else {
                    return (bytes.len(), false);
                };
                at += found;
                match bytes.get(at) {
                    Some(b'\\') => self.escaped = true,
                    Some(b'\n') => {
                        self.quoted = !quote_is_missing(bytes.get(at + 1..).unwrap_or_default())
                    }
                    _ => self.quoted = false,
                }
                at += 1;
                if !self.quoted && self.depth == 0 {
                    return (at, true);
                }
                continue;
            }
            match byte {
                b'"' => self.quoted = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth == 0 => return (at, true),
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (at + 1, true);
                    }
                }
                b',' | b' ' | b'\n' | b'\r' | b'\t' if self.depth == 0 && self.bare => {
                    return (at, true);
                }
                _ => self.bare |= self.depth == 0,
            }
            at += 1;
        }
        (bytes.len(), false)
    }
}

/// No string of JSON holds a line's end. Where the next line goes on like JSON, the quote before it was forgotten.
fn quote_is_missing(next_line: &[u8]) -> bool {
    let next_line = next_line.trim_ascii_start();
    match next_line.first() {
        Some(b'}' | b']' | b',') => true,
        Some(b'"') => !matches!(
            next_line.get(1),
            None | Some(b',' | b'}' | b']' | b':' | b'\r' | b'\n')
        ),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str, held: Held) -> Vec<String> {
        let mut found = Vec::new();
        each(
            &mut std::io::BufReader::with_capacity(8, json.as_bytes()),
            "x.json",
            held,
            60,
            |f| {
                found.push(match f {
                    Found::Record(r) => format!(
                        "{}{}@{}",
                        r.key,
                        String::from_utf8_lossy(r.bytes).trim(),
                        r.offset
                    ),
                    Found::TooLarge(at) => format!("large@{at}"),
                    Found::CutOff(at) => format!("cut@{at}"),
                });
                Ok(())
            },
        )
        .unwrap();
        found
    }

    #[test]
    fn an_array_gives_its_elements_and_their_places() {
        assert_eq!(
            read("\u{FEFF}[{\"a\":\"]}\\\"\"}, 1,\n[2],\"x\"]", Held::Plain),
            ["{\"a\":\"]}\\\"\"}@4", "1@18", "[2]@21", "\"x\"@25"]
        );
    }

    #[test]
    fn lines_give_one_record_each_even_when_one_is_broken() {
        assert_eq!(
            read("{\"a\":1}\n{\"b\":\n{\"c\":3}\n", Held::Plain),
            ["{\"a\":1}@0", "{\"b\":@8", "{\"c\":3}@14"]
        );
        assert_eq!(read("{\n\"a\":1}", Held::Plain), ["{\n\"a\":1}@0"]);
    }

    #[test]
    fn keys_give_what_their_arrays_hold() {
        assert_eq!(
            read(
                "{\"a\": [1,2], \"b\": {\"c\":[3]}, \"d\": []}",
                Held::UnderKeys
            ),
            ["a1@7", "a2@9", "b{\"c\":[3]}@18"]
        );
    }

    #[test]
    fn what_is_cut_off_or_too_large_is_told() {
        assert_eq!(
            read("[{\"a\":1},{\"b\":", Held::Plain),
            ["{\"a\":1}@1", "cut@9", "cut@14"]
        );
        assert_eq!(
            read(&format!("[\"{}\",2]", "x".repeat(80)), Held::Plain),
            ["large@1", "2@84"]
        );
    }

    #[test]
    fn what_closes_nothing_is_passed_over() {
        assert_eq!(read("{}]} : 1 }", Held::Plain), ["{}@0", "1 }@7"]);
        assert_eq!(read("[1]] 2", Held::Plain), ["1@1"]);
        assert_eq!(read("{\"a\":} ]", Held::UnderKeys), ["a@5"]);
    }

    #[test]
    fn a_missing_quote_costs_its_own_record_only() {
        assert_eq!(
            read("[{\"a\":\"x\n},{\"b\":1}]", Held::Plain),
            ["{\"a\":\"x\n}@1", "{\"b\":1}@11"]
        );
    }
}
