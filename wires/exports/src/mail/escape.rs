//! Plain lines escaped so that Markdown takes nothing in them for its own, and not more than that.

/// Escapes what means something only at the head of a line, and the rest.
pub fn escape_line(line: &str, words: &mut String) {
    let hashes = line.bytes().take_while(|b| *b == b'#').count();
    let heading = (1..=6).contains(&hashes)
        && line
            .get(hashes..)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let definition = line.starts_with('[') && line.contains("]:");
    if heading || definition || line.starts_with('>') {
        words.push('\\');
        let mut rest = line.chars();
        words.extend(rest.next());
        escape(rest.as_str(), words);
        return;
    }
    if let Some(rest) = line.strip_prefix("* ") {
        words.push_str("* ");
        escape(rest, words);
        return;
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 3
        && let Some(rest) = line.get(digits..)
        && rest.starts_with(['.', ')'])
    {
        words.push_str(line.get(..digits).unwrap_or(""));
        words.push('\\');
        words.push_str(rest.get(..1).unwrap_or(""));
        escape(rest.get(1..).unwrap_or(""), words);
        return;
    }
    escape(line, words);
}

/// Escapes what Markdown would take for its own within a line.
pub fn escape(line: &str, words: &mut String) {
    let bytes = line.as_bytes();
    let mut from = 0;
    let mut at = 0;
    // Where a pair of marks that its author meant closes.
    let mut closes = usize::MAX;
    while let Some(next) = bytes
        .get(at..)
        .and_then(|rest| rest.iter().position(|byte| is_special(*byte)))
    {
        at += next;
        let Some(byte) = bytes.get(at) else {
            break;
        };
        let before = at
            .checked_sub(1)
            .and_then(|at| bytes.get(at))
            .copied()
            .unwrap_or(b' ');
        let after = bytes.get(at + 1).copied().unwrap_or(b' ');
        let escapes = match byte {
            b':' => {
                at += if after == b'/' {
                    link_length(bytes, at)
                } else {
                    1
                };
                continue;
            }
            b'*' | b'_' if at == closes => false,
            b'*' | b'_' if before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric() => {
                *byte == b'*'
            }
            b'*' | b'_' => match closing(bytes, at) {
                Some(end) if closes == usize::MAX || at > closes => {
                    closes = end;
                    false
                }
                _ => !(before == b' ' && after == b' '),
            },
            b'`' if at == closes => false,
            b'`' => match code_end(bytes, at) {
                Some(end) => {
                    at = end + 1;
                    continue;
                }
                None => true,
            },
            b'<' => {
                (after.is_ascii_alphabetic() || matches!(after, b'/' | b'!' | b'?'))
                    && !is_autolink(bytes, at)
            }
            b'&' => is_entity(bytes, at),
            b'~' => before == b'~' || after == b'~',
            b'\\' => after.is_ascii_punctuation(),
            b']' => {
                after == b'('
                    && !line
                        .get(at..)
                        .is_some_and(|rest| rest.starts_with("](http"))
            }
            0..=8 | 11..=31 | 127 => {
                words.push_str(line.get(from..at).unwrap_or(""));
                from = at + 1;
                false
            }
            _ => false,
        };
        if escapes {
            words.push_str(line.get(from..at).unwrap_or(""));
            words.push('\\');
            from = at;
        }
        at += 1;
    }
    words.push_str(line.get(from..).unwrap_or(""));
}

fn is_special(byte: u8) -> bool {
    matches!(byte, b':' | b'*' | b'_' | b'`' | b'<' | b'&' | b'~' | b'\\' | b']' | 0..=8 | 11..=31 | 127)
}

/// The rest of an address of a page, in which nothing is escaped.
fn link_length(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..).map_or(1, |rest| {
        rest.iter()
            .position(|b| b.is_ascii_whitespace() || matches!(b, b'<' | b'>' | b'"' | b'`' | b'\\'))
            .unwrap_or(rest.len())
    })
}

/// Where `*word*` or `_word_` ends, when it is that.
fn closing(bytes: &[u8], at: usize) -> Option<usize> {
    let mark = bytes.get(at)?;
    let before = at
        .checked_sub(1)
        .and_then(|at| bytes.get(at))
        .copied()
        .unwrap_or(b' ');
    let after = bytes.get(at + 1)?;
    if before.is_ascii_alphanumeric()
        || before == *mark
        || !(after.is_ascii_alphanumeric() || *after >= 128)
    {
        return None;
    }
    let rest = bytes.get(at + 1..(at + 82).min(bytes.len()))?;
    let end = rest.iter().position(|b| b == mark)?;
    let last = rest.get(end.checked_sub(1)?)?;
    let next = rest.get(end + 1).copied().unwrap_or(b' ');
    (!last.is_ascii_whitespace() && !next.is_ascii_alphanumeric() && next != *mark)
        .then_some(at + 1 + end)
}

/// Where `` `code` `` ends, when it is that, and not TeX's ``quotes''.
fn code_end(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at + 1..(at + 122).min(bytes.len()))?;
    let end = rest.iter().position(|b| *b == b'`')?;
    let inside = rest.get(..end)?;
    let next = rest.get(end + 1).copied().unwrap_or(b' ');
    (!inside.is_empty() && !inside.contains(&b'\'') && next != b'`').then_some(at + 1 + end)
}

fn is_autolink(bytes: &[u8], at: usize) -> bool {
    let Some(rest) = bytes.get(at + 1..(at + 502).min(bytes.len())) else {
        return false;
    };
    let Some(inside) = rest
        .iter()
        .position(|b| *b == b'>')
        .and_then(|end| rest.get(..end))
    else {
        return false;
    };
    let solid = !inside.iter().any(u8::is_ascii_whitespace);
    let scheme: &[&[u8]] = &[b"http://", b"https://", b"mailto:", b"ftp://"];
    solid && (inside.contains(&b'@') || scheme.iter().any(|scheme| inside.starts_with(scheme)))
}

fn is_entity(bytes: &[u8], at: usize) -> bool {
    let Some(rest) = bytes.get(at + 1..(at + 34).min(bytes.len())) else {
        return false;
    };
    let end = rest
        .iter()
        .position(|b| !b.is_ascii_alphanumeric() && *b != b'#');
    end.is_some_and(|end| end > 0 && rest.get(end) == Some(&b';'))
}
