//! Files that came with a message: what they are called, and what is in them.

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, Message, MessagePart, MimeHeaders, PartType};

use crate::File;

#[derive(Debug, Default)]
pub struct Content {
    pub bytes: Vec<u8>,
    /// Nothing closes it: of a message that was cut, it is a beginning.
    pub is_last: bool,
}

/// As it was sent; what is text is not put into another charset.
pub fn content(message: &Message<'_>, part: &MessagePart<'_>) -> Content {
    let raw = &message.raw_message;
    let is_last = part.offset_end as usize >= raw.len();
    let as_sent = raw
        .get(part.offset_body as usize..part.offset_end as usize)
        .filter(|_| matches!(part.body, PartType::Text(_) | PartType::Html(_)));
    let decoded = as_sent.and_then(|bytes| match part.encoding {
        Encoding::None => Some(bytes.to_vec()),
        Encoding::QuotedPrintable => quoted_printable_decode(bytes),
        Encoding::Base64 => base64_decode(bytes),
    });
    Content {
        bytes: decoded.unwrap_or_else(|| part.contents().to_vec()),
        is_last,
    }
}

pub fn file(part: &MessagePart<'_>) -> Option<File> {
    let kind = part.content_type();
    let (main, sub) = kind.map_or(("", ""), |kind| {
        (kind.ctype(), kind.subtype().unwrap_or(""))
    });
    if sub.contains("signature")
        || sub == "pgp-encrypted"
        || main == "message"
        || sub == "calendar-reply"
    {
        return None;
    }
    let name = part.attachment_name().map(str::trim).unwrap_or("");
    let name = name.rsplit(['/', '\\']).next().unwrap_or("");
    if name.is_empty() {
        // An unnamed piece of text is another shape of the words.
        let shown = matches!(main, "image" | "audio" | "video" | "application") && !sub.is_empty();
        return shown.then(|| File {
            name: format!("{main}.{}", sub.trim_start_matches("x-")),
            ..File::default()
        });
    }
    Some(File {
        name: name.chars().filter(|c| !c.is_control()).take(200).collect(),
        ..File::default()
    })
}
