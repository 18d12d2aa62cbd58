//! Takes out of sound and film what a phone writes into it of places, people and machines: in the file itself, without moving
//! anything, so that a film of 100 MB is not copied.
//!
//! MP4 and QuickTime: boxes `udta`, `meta` and `uuid`, on top, in `moov` and in its tracks, become `free` and their content
//! zeros; tracks that are neither picture nor sound nor text (where some phones write the way that was walked) lose their
//! samples' table and so their sense. MP3: ID3 tags. WAV: the lists of facts. Not taken out: when a film was made (the times in
//! its heads), tags in WebM and Ogg (browsers write none of places there), and whatever is in other files.

use std::io::{self, Read, Seek, SeekFrom, Write};

use crate::sniff::Format;

/// Whether there is a track of pictures in an MP4.
pub fn strip<F: Read + Write + Seek>(file: &mut F, format: Format) -> io::Result<bool> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut moving = false;
    match format {
        Format::Mp4 => boxes(file, 0, end, Inside::Top, &mut moving)?,
        Format::Mp3 => id3(file, end)?,
        Format::Wav => chunks(file, end)?,
        _ => {}
    }
    Ok(moving)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Top,
    Movie,
    Track,
    Media,
}

/// Never more boxes than this on one level: a file of empty boxes is no film.
const BOXES: usize = 10_000;

fn boxes<F: Read + Write + Seek>(file: &mut F, from: u64, end: u64, inside: Inside, moving: &mut bool) -> io::Result<()> {
    let mut at = from;
    for _ in 0..BOXES {
        if end.saturating_sub(at) < 8 {
            break;
        }
        let Some((kind, head, size)) = head(file, at, end)? else { break };
        let (content, after) = (at + head, at + size);
        match (inside, &kind) {
            (_, b"udta" | b"meta" | b"uuid") => blank(file, at, content, after, b"free")?,
            (Inside::Top, b"moov") => boxes(file, content, after, Inside::Movie, moving)?,
            (Inside::Movie, b"trak") => match handler(file, content, after)? {
                Some(handler) if [b"vide", b"soun", b"text", b"sbtl", b"subt", b"tmcd", b"clcp"].contains(&&handler) => {
                    *moving |= &handler == b"vide";
                    boxes(file, content, after, Inside::Track, moving)?;
                }
                _ => blank(file, at, content, after, b"free")?,
            },
            (Inside::Track, b"mdia") => boxes(file, content, after, Inside::Media, moving)?,
            _ => {}
        }
        at = after;
    }
    Ok(())
}

/// Kind, length of the head, length of the whole; None where no box is.
fn head<F: Read + Seek>(file: &mut F, at: u64, end: u64) -> io::Result<Option<([u8; 4], u64, u64)>> {
    let mut bytes = [0u8; 16];
    file.seek(SeekFrom::Start(at))?;
    let length = usize::try_from((end - at).min(16)).unwrap_or(8);
    file.read_exact(bytes.get_mut(..length).unwrap_or_default())?;
    let [a, b, c, d, k0, k1, k2, k3, long @ ..] = bytes;
    let (head, size) = match u32::from_be_bytes([a, b, c, d]) {
        0 => (8, end - at),
        1 => (16, u64::from_be_bytes(long)),
        n => (8, n.into()),
    };
    Ok((size >= head && size <= end - at).then_some(([k0, k1, k2, k3], head, size)))
}

/// What a track is: the handler's type, twelve bytes into `mdia/hdlr`.
fn handler<F: Read + Seek>(file: &mut F, from: u64, end: u64) -> io::Result<Option<[u8; 4]>> {
    let Some((content, after)) = find(file, from, end, b"mdia")? else { return Ok(None) };
    let Some((content, after)) = find(file, content, after, b"hdlr")? else { return Ok(None) };
    if after - content < 12 {
        return Ok(None);
    }
    let mut kind = [0u8; 4];
    file.seek(SeekFrom::Start(content + 8))?;
    file.read_exact(&mut kind)?;
    Ok(Some(kind))
}

fn find<F: Read + Seek>(file: &mut F, from: u64, end: u64, wanted: &[u8; 4]) -> io::Result<Option<(u64, u64)>> {
    let mut at = from;
    for _ in 0..BOXES {
        if end.saturating_sub(at) < 8 {
            break;
        }
        let Some((kind, length, size)) = head(file, at, end)? else { break };
        if &kind == wanted {
            return Ok(Some((at + length, at + size)));
        }
        at += size;
    }
    Ok(None)
}

/// Gives a box another kind and zeros for its content.
fn blank<F: Write + Seek>(file: &mut F, at: u64, content: u64, after: u64, kind: &[u8; 4]) -> io::Result<()> {
    file.seek(SeekFrom::Start(at + 4))?;
    file.write_all(kind)?;
    zeros(file, content, after)
}

fn zeros<F: Write + Seek>(file: &mut F, from: u64, to: u64) -> io::Result<()> {
    file.seek(SeekFrom::Start(from))?;
    io::copy(&mut io::repeat(0).take(to.saturating_sub(from)), file).map(drop)
}

/// ID3v2 before the sound, with its length in seven bits a byte, becomes padding; ID3v1 are the last 128 bytes.
fn id3<F: Read + Write + Seek>(file: &mut F, end: u64) -> io::Result<()> {
    let mut first = [0u8; 10];
    if end >= 10 {
        file.seek(SeekFrom::Start(0))?;
        file.read_exact(&mut first)?;
        if let [b'I', b'D', b'3', _, _, _, a, b, c, d] = first {
            let length = [a, b, c, d].iter().fold(0u64, |n, byte| (n << 7) | u64::from(byte & 0x7f));
            zeros(file, 10, (10 + length).min(end))?;
        }
    }
    if end >= 128 {
        let mut tag = [0u8; 3];
        file.seek(SeekFrom::Start(end - 128))?;
        file.read_exact(&mut tag)?;
        if &tag == b"TAG" {
            zeros(file, end - 128, end)?;
        }
    }
    Ok(())
}

/// Of a WAV's chunks the sound and its form stay.
fn chunks<F: Read + Write + Seek>(file: &mut F, end: u64) -> io::Result<()> {
    let mut at = 12;
    for _ in 0..BOXES {
        if end.saturating_sub(at) < 8 {
            break;
        }
        let mut bytes = [0u8; 8];
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut bytes)?;
        let [k0, k1, k2, k3, a, b, c, d] = bytes;
        let after = at + 8 + u64::from(u32::from_le_bytes([a, b, c, d]));
        if ![b"fmt ", b"data", b"fact"].contains(&&[k0, k1, k2, k3]) {
            file.seek(SeekFrom::Start(at))?;
            file.write_all(b"JUNK")?;
            zeros(file, at + 8, after.min(end))?;
        }
        at = after + after % 2;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        [&(content.len() as u32 + 8).to_be_bytes()[..], kind, content].concat()
    }

    fn track(handler: &[u8; 4], more: &[u8]) -> Vec<u8> {
        let hdlr = boxed(b"hdlr", &[&[0u8; 8][..], handler, &[0u8; 12]].concat());
        boxed(b"trak", &[boxed(b"mdia", &hdlr), more.to_vec()].concat())
    }

    fn has(bytes: &[u8], word: &[u8]) -> bool {
        bytes.windows(word.len()).any(|part| part == word)
    }

    #[test]
    fn a_film_loses_where_it_was_made_and_keeps_its_length_and_its_pictures() {
        let place = boxed(b"udta", b"+52.5200+013.4050/");
        let film = [
            boxed(b"ftyp", b"qt  "),
            boxed(b"uuid", b"0123456789abcdef secret of a camera"),
            boxed(b"mdat", b"pictures +52.5200 stay as they are"),
            boxed(b"moov", &[boxed(b"mvhd", b"times"), track(b"vide", &place), track(b"meta", b"the way walked"), boxed(b"meta", b"com.apple.quicktime.location")].concat()),
        ]
        .concat();
        let mut file = Cursor::new(film.clone());
        assert!(strip(&mut file, Format::Mp4).unwrap());
        let after = file.into_inner();
        assert_eq!(after.len(), film.len());
        for gone in [&b"+013.4050"[..], b"secret", b"quicktime.location", b"udta", b"uuid", b"way walked"] {
            assert!(!has(&after, gone), "{}", String::from_utf8_lossy(gone));
        }
        for stays in [&b"pictures +52.5200"[..], b"times", b"vide", b"mdat"] {
            assert!(has(&after, stays), "{}", String::from_utf8_lossy(stays));
        }
    }

    #[test]
    fn sound_loses_its_tags() {
        let mp3 = [&b"ID3\x04\0\0\0\0\0\x0a"[..], b"TPE1 Ada L", b"\xff\xfb\x90\0 sound", &[b' '; 110], b"TAG Ada Lovelace", &[0; 112]].concat();
        let mut file = Cursor::new(mp3.clone());
        assert!(!strip(&mut file, Format::Mp3).unwrap());
        let after = file.into_inner();
        assert!(!has(&after, b"Ada") && has(&after, b"sound") && after.len() == mp3.len());
        let wav = [&b"RIFF\0\0\0\0WAVEfmt \x02\0\0\0ab"[..], b"LIST\x08\0\0\0IARTAda ", b"data\x04\0\0\0tune"].concat();
        let mut file = Cursor::new(wav);
        strip(&mut file, Format::Wav).unwrap();
        let after = file.into_inner();
        assert!(!has(&after, b"Ada") && has(&after, b"tune") && has(&after, b"JUNK"));
    }

    proptest::proptest! {
        /// Lying lengths end the walk and never leave the file.
        #[test]
        fn any_bytes_keep_their_length(tail in proptest::collection::vec(proptest::num::u8::ANY, 0..300), long in proptest::bool::ANY) {
            let moov = [&[0, 0, 0, if long { 1 } else { 0 }][..], b"moov", &tail].concat();
            for format in [Format::Mp4, Format::Mp3, Format::Wav] {
                let mut file = Cursor::new(moov.clone());
                strip(&mut file, format).unwrap();
                proptest::prop_assert_eq!(file.into_inner().len(), moov.len());
            }
        }
    }
}
