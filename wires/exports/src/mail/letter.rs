//! One message taken apart: who, when, what it answers, its words as they were sent.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{
    DateTime, Encoding, Header, HeaderName, HeaderValue, Message, MessageParser, MessagePart,
    MimeHeaders, PartType,
};

use super::attached::{self, Content};
use super::author::{Author, decoded};
use super::moments;
use crate::File;
use crate::lines::text_of;

/// How many of the messages before it a message may name.
const MOST_REFERENCES: usize = 200;
const MOST_FILES: usize = 200;

#[derive(Debug, Default)]
pub struct Letter {
    /// Its Message-ID, without the angle brackets; may be missing.
    pub id: Option<String>,
    /// What it answers, and what that answered, oldest first.
    pub references: Vec<String>,
    pub author: Author,
    pub subject: String,
    /// Seconds: as it says itself, and as the last machine that carried it says.
    pub said: Option<i64>,
    pub arrived: Option<i64>,
    pub text: String,
    pub is_html: bool,
    /// Lines that end with a space go on (RFC 3676); then also, whether that space belongs to the line.
    pub flowed: Option<bool>,
    pub files: Vec<File>,
    /// Of each of them, where they are wanted.
    pub contents: Vec<Content>,
    pub list: Option<List>,
    /// Where the list is archived, and where this message is.
    pub archive: Option<String>,
    pub link: Option<String>,
    /// A program wrote it to say that it was not read, or could not be delivered.
    pub automatic: bool,
    /// A program wrote it.
    pub by_machine: bool,
    /// A filter marked it as advertising.
    pub marked_as_spam: bool,
    /// It lay in the mailbox of one person.
    pub personal: bool,
}

/// The list that a message went to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    pub id: String,
    pub name: String,
}

/// Takes messages apart. Made once, since it holds a table.
pub struct Opener {
    parser: MessageParser,
    pub with_files: bool,
}

impl Opener {
    /// What also takes files out is slower.
    pub fn new(with_files: bool) -> Opener {
        Opener {
            with_files,
            parser: MessageParser::new()
                .with_mime_headers()
                .header_address("From")
                .header_address("Reply-To")
                .header_address("X-Original-From")
                .header_id("Message-ID")
                .header_id("References")
                .header_id("In-Reply-To")
                .header_text("Subject")
                .header_date("Date")
                .default_header_raw(),
        }
    }

    pub fn open(&self, bytes: &[u8]) -> Option<Letter> {
        // A message that trips the parser's own assertions is a broken one, and no reason to lose the others.
        let parsed = catch_unwind(AssertUnwindSafe(|| self.parser.parse(bytes)));
        let message = parsed.ok()??;
        let root = message.parts.first()?;
        if root.headers.is_empty() {
            return None;
        }
        let mut letter = Letter::default();
        let mut said = Heads::default();
        for header in &root.headers {
            letter.take(header, bytes, &mut said);
        }
        letter.settle(said);
        letter.body(&message, self.with_files);
        Some(letter)
    }
}

/// Headers that mean something only together.
#[derive(Default)]
struct Heads<'a> {
    from: Option<Author>,
    reply_to: Option<Author>,
    original: Option<Author>,
    answered: Vec<String>,
    post: Option<&'a str>,
    list: Option<&'a str>,
    other_list: Option<&'a str>,
}

impl Letter {
    fn take<'a>(&mut self, header: &'a Header<'_>, bytes: &[u8], heads: &mut Heads<'a>) {
        let value = header.value();
        match &header.name {
            HeaderName::From => {
                heads.from = heads.from.take().or_else(|| Author::of(header, bytes))
            }
            HeaderName::MessageId => self.id = ids(value).pop().or(self.id.take()),
            HeaderName::Subject => self.subject = subject(header, bytes),
            HeaderName::Date => {
                self.said = value
                    .as_datetime()
                    .and_then(moments::strictly)
                    .or_else(|| written(header, bytes).and_then(|text| moments::loosely(&text)));
            }
            HeaderName::References => self.references = ids(value),
            HeaderName::InReplyTo => heads.answered = ids(value),
            // The first one was put on last.
            HeaderName::Received if self.arrived.is_none() => self.arrived = received(value),
            HeaderName::ReplyTo => heads.reply_to = Author::of(header, bytes),
            HeaderName::ListId => heads.list = value.as_text(),
            HeaderName::ListPost => heads.post = value.as_text(),
            HeaderName::ListArchive => self.archive = value.as_text().and_then(address_of_page),
            HeaderName::ArchivedAt => self.link = value.as_text().and_then(address_of_page),
            HeaderName::AutoSubmitted => {
                self.take_sign("Auto-Submitted", value.as_text().unwrap_or("").trim());
            }
            HeaderName::Other(name) => {
                let is = |other: &str| name.eq_ignore_ascii_case(other);
                if is("X-Original-From") {
                    heads.original = Author::of(header, bytes);
                } else if is("Mailing-List") || is("X-Mailing-List") || is("X-BeenThere") {
                    heads.other_list = value.as_text();
                } else if is("X-Archived-At") {
                    self.link = value.as_text().and_then(address_of_page);
                } else {
                    self.take_sign(name, value.as_text().unwrap_or("").trim());
                }
            }
            _ => {}
        }
    }

    /// What says that no person wrote this to the list.
    fn take_sign(&mut self, name: &str, value: &str) {
        let is = |header: &str| name.eq_ignore_ascii_case(header);
        let begins = |with: &str| {
            value
                .get(..with.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(with))
        };
        if is("Auto-Submitted") {
            self.automatic |= begins("auto-replied");
            self.by_machine |= begins("auto-generated");
        } else if is("X-Autoreply") || is("X-Autorespond") || is("X-Autogenerated") {
            self.automatic |= !begins("no");
        } else if is("Precedence") {
            self.automatic |= begins("auto_reply") || begins("auto-reply");
        } else if is("X-Spam-Flag") || is("X-Spam-Status") {
            self.marked_as_spam |= begins("yes");
        } else if is("X-Gmail-Labels") || is("X-Mozilla-Status") || is("X-GM-THRID") {
            self.personal = true;
        }
    }

    fn settle(&mut self, heads: Heads<'_>) {
        let list_address = heads
            .post
            .or(heads.other_list)
            .map(|text| bare_address(text).to_lowercase());
        self.list = heads.list.and_then(List::of_header).or_else(|| {
            let address = list_address
                .clone()
                .filter(|address| address.contains('@'))?;
            Some(List {
                name: address.split('@').next().unwrap_or(&address).to_owned(),
                id: address.replace('@', "."),
            })
        });
        self.author = heads
            .from
            .unwrap_or_default()
            .behind_list(list_address.as_deref(), heads.original.or(heads.reply_to));
        self.by_machine |= self.author.is_machine();
        // More than one id here is mostly an address of the one who is answered.
        if let Some(id) = heads.answered.into_iter().next()
            && !self.references.contains(&id)
        {
            self.references.push(id);
        }
        if let Some(id) = &self.id {
            self.references.retain(|other| other != id);
        }
        let extra = self.references.len().saturating_sub(MOST_REFERENCES);
        self.references.drain(..extra);
        self.automatic |= self.author.is_postmaster() || is_automatic_subject(&self.subject);
    }

    fn body(&mut self, message: &Message<'_>, with_files: bool) {
        let parts = || message.text_body.iter().filter_map(|id| message.part(*id));
        for part in parts() {
            let PartType::Text(text) = &part.body else {
                continue;
            };
            if self.text.is_empty() {
                self.flowed = flowed(part);
            } else {
                self.text.push_str("\n\n");
            }
            self.text.push_str(&repaired(message, part, text));
        }
        if self.text.trim().is_empty() {
            let html = parts()
                .chain(message.html_body.iter().filter_map(|id| message.part(*id)))
                .find_map(|part| match &part.body {
                    PartType::Html(html) => Some(repaired(message, part, html)),
                    _ => None,
                });
            if let Some(html) = html {
                self.text = html.into_owned();
                self.is_html = true;
                self.flowed = None;
            }
        }
        let report = message
            .content_type()
            .is_some_and(|kind| kind.subtype() == Some("report"));
        self.automatic |= report && self.author.address.is_none();
        for part in message.attachments().take(MOST_FILES) {
            let Some(file) = attached::file(part) else {
                continue;
            };
            self.files.push(file);
            if with_files {
                self.contents.push(attached::content(message, part));
            }
        }
    }
}

impl List {
    /// `Name of the list <list.example.org>` (RFC 2919).
    fn of_header(text: &str) -> Option<List> {
        let text = text.trim();
        let (name, id) = match text.rsplit_once('<') {
            Some((name, id)) => (name.trim(), id.trim_end_matches('>').trim()),
            None => ("", text),
        };
        if id.is_empty() || id.len() > 200 {
            return None;
        }
        let id = id.to_lowercase();
        let label = id.split('.').next().unwrap_or(&id).to_owned();
        let name = decoded(name.trim_matches('"'));
        // Ids that are only numbers say nothing; neither does a name that is the list's manager.
        let name = if name.trim().is_empty() { label } else { name };
        Some(List {
            name: name.split_whitespace().collect::<Vec<_>>().join(" "),
            id,
        })
    }
}

/// The date at the end of a line that a machine on the way put on.
fn received(value: &HeaderValue<'_>) -> Option<i64> {
    let (_, date) = value.as_text()?.rsplit_once(';')?;
    let date = DateTime::parse_rfc822(&format!("{}\n", date.trim()))?;
    moments::strictly(&date)
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    let clean = |id: &str| {
        let id: String = id.split_whitespace().collect();
        (!id.is_empty() && id.len() <= 500).then_some(id)
    };
    match value {
        HeaderValue::Text(id) => clean(id).into_iter().collect(),
        HeaderValue::TextList(ids) => ids.iter().filter_map(|id| clean(id)).collect(),
        _ => Vec::new(),
    }
}

/// The bytes of a header as text, whatever they are.
pub(super) fn written<'x>(header: &Header<'_>, bytes: &'x [u8]) -> Option<Cow<'x, str>> {
    let bytes = bytes.get(header.offset_start() as usize..header.offset_end() as usize)?;
    Some(text_of(bytes))
}

fn subject(header: &Header<'_>, bytes: &[u8]) -> String {
    let parsed = header.value().as_text().unwrap_or("");
    let text = if parsed.contains('\u{FFFD}') {
        written(header, bytes)
            .filter(|text| !text.contains("=?"))
            .unwrap_or(Cow::Borrowed(parsed))
    } else {
        Cow::Borrowed(parsed)
    };
    let mut clean = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !clean.is_empty() {
            clean.push(' ');
        }
        clean.extend(word.chars().filter(|c| !c.is_control()));
        if clean.len() > 2000 {
            break;
        }
    }
    clean
}

/// Text that was decoded with losses, decoded again where its bytes can be had.
fn repaired<'t>(message: &Message<'_>, part: &MessagePart<'_>, text: &'t str) -> Cow<'t, str> {
    if !text.contains('\u{FFFD}') {
        return Cow::Borrowed(text);
    }
    let bytes = message
        .raw_message
        .get(part.offset_body as usize..part.offset_end as usize)
        .unwrap_or(&[]);
    match part.encoding {
        Encoding::None if std::str::from_utf8(bytes).is_err() => {
            Cow::Owned(text_of(bytes).into_owned())
        }
        Encoding::QuotedPrintable => match quoted_printable_decode(bytes) {
            Some(bytes) if std::str::from_utf8(&bytes).is_err() => {
                Cow::Owned(text_of(&bytes).into_owned())
            }
            _ => Cow::Borrowed(text),
        },
        _ => Cow::Borrowed(text),
    }
}

fn flowed(part: &MessagePart<'_>) -> Option<bool> {
    let kind = part.content_type()?;
    let is = |name: &str, value: &str| {
        kind.attribute(name)
            .is_some_and(|said| said.eq_ignore_ascii_case(value))
    };
    is("format", "flowed").then(|| is("delsp", "yes"))
}

/// `<https://…>`, alone or the first of several.
fn address_of_page(text: &str) -> Option<String> {
    let start = text.find("http://").or_else(|| text.find("https://"))?;
    let rest = text.get(start..)?;
    let end = rest.find(['>', ' ', ',', '\n', '\t']).unwrap_or(rest.len());
    rest.get(..end)
        .filter(|url| url.len() <= 1000)
        .map(str::to_owned)
}

/// What stands in `<mailto:list@example.org>`, `list list@example.org; contact …`.
fn bare_address(text: &str) -> &str {
    text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ';' | ','))
        .map(|word| word.trim_start_matches("mailto:"))
        .find(|word| word.contains('@'))
        .map_or("", |word| word.split('?').next().unwrap_or(word))
}

/// Subjects of programs that answer for somebody.
fn is_automatic_subject(subject: &str) -> bool {
    const BEGIN: [&str; 16] = [
        "automatic reply:",
        "auto-reply:",
        "autoreply:",
        "auto reply:",
        "auto response:",
        "out of office",
        "out of the office",
        "abwesenheitsnotiz",
        "automatische antwort",
        "réponse automatique",
        "respuesta automática",
        "undelivered mail returned",
        "undeliverable:",
        "delivery status notification",
        "returned mail:",
        "mail delivery failed",
    ];
    let head: String = subject
        .chars()
        .take(40)
        .flat_map(char::to_lowercase)
        .collect();
    BEGIN.iter().any(|begin| head.starts_with(begin))
        || subject.starts_with("DON'T DELETE THIS MESSAGE")
}
