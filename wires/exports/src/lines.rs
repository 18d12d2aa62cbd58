//! Lines of a stream, each with a bound, and the text that bytes mean.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use mail_parser::decoders::charsets::map::charset_decoder;

use crate::{Problem, Source};

/// How often its packed size a packed file may unpack to.
const MOST_RATIO: u64 = 1_000;

/// Adds the next line with its end to `bytes`, of a longer one the first `most` bytes, and says how long it was; 0 at the end.
pub fn next(stream: &mut dyn BufRead, bytes: &mut Vec<u8>, most: usize) -> io::Result<usize> {
    let (mut length, mut kept) = (0, 0);
    loop {
        let here = match stream.fill_buf() {
            Ok(here) => here,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        if here.is_empty() {
            return Ok(length);
        }
        let end = memchr::memchr(b'\n', here);
        let taken = end.map_or(here.len(), |end| end + 1);
        let wanted = taken.min(most - kept);
        bytes.extend_from_slice(here.get(..wanted).unwrap_or(here));
        kept += wanted;
        length += taken;
        stream.consume(taken);
        if end.is_some() {
            return Ok(length);
        }
    }
}

/// UTF-8, or what everybody meant who sent other bytes without a word about it: windows-1252.
pub fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => charset_decoder(b"windows-1252").map_or_else(
            || String::from_utf8_lossy(bytes),
            |decode| Cow::Owned(decode(bytes)),
        ),
    }
}

/// The stream of a file, unpacked where it is packed with gzip.
pub fn unpacked<T>(
    source: &Source,
    file: &str,
    with: impl FnOnce(&mut dyn BufRead) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let most = source
        .size(file)
        .saturating_mul(MOST_RATIO)
        .saturating_add(1 << 20);
    source.read(file, |stream| {
        let packed = stream
            .fill_buf()
            .map_err(|e| Problem::Unreadable(file.to_owned(), e))?
            .starts_with(b"\x1f\x8b");
        if !packed {
            return with(stream);
        }
        with(&mut BufReader::with_capacity(
            1 << 16,
            MultiGzDecoder::new(stream).take(most),
        ))
    })
}
