//! Where messages can be read: no list of an export says it, but messages link to one another.

use std::collections::HashMap;
use std::fmt::Write;

use crate::Source;

/// Files that are looked into, and how much of each.
const LOOKED_INTO: usize = 40;
const LOOKED_AT: u64 = 256 << 10;

/// `https://chat.example.org`, as most links between messages have it; empty where there are none.
pub(super) fn host<'f>(source: &Source, files: impl Iterator<Item = &'f str>) -> String {
    let mut counted: HashMap<String, usize> = HashMap::new();
    for file in files.take(LOOKED_INTO) {
        let read = source.read(file, |stream| {
            let mut head = Vec::new();
            let _ =
                std::io::Read::read_to_end(&mut std::io::Read::take(stream, LOOKED_AT), &mut head);
            Ok(head)
        });
        let head = read.unwrap_or_default();
        for at in memchr::memmem::find_iter(&head, b"/#narrow/") {
            let before = head.get(at.saturating_sub(100)..at).unwrap_or_default();
            let start = memchr::memmem::rfind(before, b"https://")
                .map(|from| before.get(from..).unwrap_or_default());
            let host = start.and_then(|host| std::str::from_utf8(host).ok());
            let plain = |host: &&str| {
                host.bytes()
                    .skip(8)
                    .all(|b| b.is_ascii_alphanumeric() || b".-:".contains(&b))
                    && host.len() > 8
            };
            if let Some(host) = host.filter(plain) {
                *counted.entry(host.to_owned()).or_default() += 1;
            }
        }
    }
    let most = counted
        .into_iter()
        .max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
    most.map_or(String::new(), |(host, _)| host)
}

/// `https://chat.example.org/#narrow/stream/5-general/topic/how.20so/near/123`.
pub(super) fn link(
    host: &str,
    channel: i64,
    name: &str,
    topic: &str,
    message: i64,
) -> Option<String> {
    let name = encoded(&name.replace(' ', "-"));
    (!host.is_empty()).then(|| {
        format!(
            "{host}/#narrow/stream/{channel}-{name}/topic/{}/near/{message}",
            encoded(topic)
        )
    })
}

/// Zulip's own: percent-encoding with a full stop for the percent sign.
fn encoded(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, ".{byte:02X}");
        }
    }
    out
}
