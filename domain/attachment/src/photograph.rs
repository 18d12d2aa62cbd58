//! Whether a JPEG is as another that was written here: the same heads but for its size, then points, and nothing in between
//! or behind. ITU-T T.81, annex B, says what heads are.

const FRAME: u8 = 0xc0;
const SCAN: u8 = 0xda;
const END: [u8; 2] = [0xff, 0xd9];

pub fn is_as(photograph: &[u8], sample: &[u8], (width, height): (u32, u32)) -> bool {
    let (Some((heads, points)), Some((ours, _))) = (heads(photograph), heads(sample)) else { return false };
    let is_alike = |(one, other): (&Head<'_>, &Head<'_>)| one.mark == other.mark && one.says() == other.says();
    let size = heads.iter().find_map(Head::size);
    heads.len() == ours.len() && heads.iter().zip(&ours).all(is_alike) && size == Some((width, height)) && is_points_to_the_end(points)
}

struct Head<'a> {
    mark: u8,
    content: &'a [u8],
}

impl Head<'_> {
    /// What it says beside the size of the picture: a frame has its depth before that, and its parts behind.
    fn says(&self) -> (Option<&[u8]>, Option<&[u8]>) {
        if self.mark == FRAME { (self.content.get(..1), self.content.get(5..)) } else { (Some(self.content), None) }
    }

    fn size(&self) -> Option<(u32, u32)> {
        match self.content.get(1..5) {
            Some([h, l, w, v]) if self.mark == FRAME => Some((u16::from_be_bytes([*w, *v]).into(), u16::from_be_bytes([*h, *l]).into())),
            _ => None,
        }
    }
}

/// All heads, and what comes behind the last of them.
fn heads(bytes: &[u8]) -> Option<(Vec<Head<'_>>, &[u8])> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    let mut heads = Vec::new();
    while heads.len() < 32 {
        let [0xff, mark, high, low, ..] = rest else { return None };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (mark, content) = (*mark, rest.get(4..2 + length)?);
        rest = rest.get(2 + length..)?;
        heads.push(Head { mark, content });
        if mark == SCAN {
            return Some((heads, rest));
        }
    }
    None
}

/// Within points, 0xff is followed by 0: every other mark would begin something else.
fn is_points_to_the_end(rest: &[u8]) -> bool {
    let Some(points) = rest.strip_suffix(&END) else { return false };
    points.last() != Some(&0xff) && points.windows(2).all(|pair| !matches!(pair, [0xff, mark] if *mark != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn photograph(width: u16, height: u16, parts: &[u8], behind: &[u8]) -> Vec<u8> {
        let mut bytes = b"\xff\xd8\xff\xe0\0\x06JFIF\xff\xc0\0\x0a\x08".to_vec();
        bytes.extend(height.to_be_bytes());
        bytes.extend(width.to_be_bytes());
        bytes.extend([1, 2, 3]);
        bytes.extend(parts);
        bytes.extend(b"\xff\xda\0\x02");
        bytes.extend(behind);
        bytes
    }

    #[test]
    fn one_that_was_written_here_is_known_at_any_size() {
        let (sample, size) = (photograph(1, 1, b"", b"\xff\xd9"), (300, 200));
        let is = |bytes: &[u8]| is_as(bytes, &sample, size);
        assert!(is(&photograph(300, 200, b"", b"points\xff\0\xff\xd9")));
        assert!(!is(&photograph(300, 201, b"", b"points\xff\xd9")), "it was opened as another size");
        assert!(!is(&photograph(300, 200, b"\xff\xe1\0\x06Exif", b"points\xff\xd9")), "it tells more");
        assert!(!is(&photograph(300, 200, b"", b"points\xff\xd9<script>")), "something is behind it");
        assert!(!is(&photograph(300, 200, b"", b"po\xff\xfe\0\x04ah\xff\xd9")), "something is in between");
        for broken in [&b""[..], b"\xff\xd8", b"\xff\xd8\xff\xe0\xff", b"\xff\xd8\xff\xe0\0\0", b"\xff\xd8\xff\xe0\0\x01\xff"] {
            assert!(!is(broken), "{broken:?}");
        }
    }
}
