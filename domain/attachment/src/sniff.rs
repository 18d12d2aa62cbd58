//! What a file is, by its first bytes. What it is called and what it claims to be count for nothing.

use crate::Kind;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Jpeg,
    Png,
    Webp,
    /// A picture that may tell where it was taken, and that is not opened here: HEIC, AVIF, TIFF, raw ones.
    OtherPicture,
    Webm,
    Ogg,
    Mp4,
    Mp3,
    Wav,
    /// Anything else is handed on as it came, to be saved and never to be shown.
    Other,
}

pub fn format(head: &[u8]) -> Format {
    let at = |from: usize, bytes: &[u8]| head.get(from..from + bytes.len()) == Some(bytes);
    match () {
        () if at(0, b"\xff\xd8\xff") => Format::Jpeg,
        () if at(0, b"\x89PNG\r\n\x1a\n") => Format::Png,
        () if at(0, b"RIFF") && at(8, b"WEBP") => Format::Webp,
        () if at(0, b"RIFF") && at(8, b"WAVE") => Format::Wav,
        () if at(0, b"II*\0") || at(0, b"MM\0*") || at(0, b"\xff\x0a") || at(4, b"JXL ") => Format::OtherPicture,
        () if at(4, b"ftyp") => match head.get(8..12).unwrap_or_default() {
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" | b"avif" | b"avis" | b"crx " => Format::OtherPicture,
            _ => Format::Mp4,
        },
        () if at(4, b"moov") || at(4, b"mdat") || at(4, b"wide") => Format::Mp4,
        () if at(0, b"\x1a\x45\xdf\xa3") => Format::Webm,
        () if at(0, b"OggS") => Format::Ogg,
        () if at(0, b"ID3") || is_mp3_frame(head) => Format::Mp3,
        () => Format::Other,
    }
}

/// The first eleven bits are set, then MPEG 1 or 2, layer III, a rate that exists.
fn is_mp3_frame(head: &[u8]) -> bool {
    match head {
        [0xff, second, third, ..] => second & 0xe6 == 0xe2 && second & 0x18 != 0x08 && third & 0xf0 != 0xf0 && third & 0x0c != 0x0c,
        _ => false,
    }
}

/// Its kind, and the content type that it is served with. `moving`: whether an MP4 has a track of pictures (strip.rs).
pub fn kind(format: Format, head: &[u8], moving: bool) -> (Kind, &'static str) {
    let has = |word: &[u8]| head.windows(word.len()).any(|part| part == word);
    match format {
        Format::Jpeg | Format::Png | Format::Webp | Format::OtherPicture => (Kind::Image, ""),
        Format::Webm if has(b"V_VP") || has(b"V_AV1") || has(b"V_MPEG") => (Kind::Film, "video/webm"),
        Format::Webm => (Kind::Voice, "audio/webm"),
        Format::Ogg if has(b"theora") => (Kind::Film, "video/ogg"),
        Format::Ogg => (Kind::Voice, "audio/ogg"),
        Format::Mp4 if moving => (Kind::Film, "video/mp4"),
        Format::Mp4 => (Kind::Voice, "audio/mp4"),
        Format::Mp3 => (Kind::Voice, "audio/mpeg"),
        Format::Wav => (Kind::Voice, "audio/wav"),
        Format::Other => (Kind::File, "application/octet-stream"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        assert_eq!(format(b"\xff\xd8\xff\xe1rest"), Format::Jpeg);
        assert_eq!(format(b"RIFF\0\0\0\0WEBPVP8 "), Format::Webp);
        assert_eq!(format(b"RIFF\0\0\0\0WAVEfmt "), Format::Wav);
        assert_eq!(format(b"\0\0\0\x18ftypheic"), Format::OtherPicture);
        assert_eq!(format(b"\0\0\0\x18ftypqt  "), Format::Mp4);
        assert_eq!(format(b"\xff\xfb\x90\x00"), Format::Mp3);
        for other in [&b""[..], b"G", b"GIF89a", b"%PDF-1.7", b"<svg xmlns=", b"<!doctype html><script>", b"PK\x03\x04", b"\xff\xff\xff\xff"] {
            assert_eq!(format(other), Format::Other, "{other:?}");
        }
    }

    #[test]
    fn sound_alone_is_a_voice_note() {
        assert_eq!(kind(Format::Webm, b"\x1a\x45\xdf\xa3 A_OPUS", false), (Kind::Voice, "audio/webm"));
        assert_eq!(kind(Format::Webm, b"\x1a\x45\xdf\xa3 V_VP9 A_OPUS", false), (Kind::Film, "video/webm"));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_have_a_format(head in proptest::collection::vec(proptest::num::u8::ANY, 0..64)) {
            kind(format(&head), &head, false);
        }
    }
}
