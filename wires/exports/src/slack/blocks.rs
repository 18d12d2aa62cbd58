//! Messages without a text of their own: what their blocks (or, of programs, attachments) say, as mrkdwn.
//! <https://api.slack.com/reference/block-kit/blocks>

use serde::Deserialize;

use crate::json::{Flag, List, Maybe, Text};

/// Blocks within one another.
const DEEPEST: usize = 6;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Carried<'b> {
    #[serde(borrow)]
    blocks: List<Maybe<Block<'b>>>,
    #[serde(borrow)]
    attachments: List<Maybe<Attachment<'b>>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Block<'b> {
    #[serde(borrow, rename = "type")]
    kind: Text<'b>,
    #[serde(borrow)]
    text: Wording<'b>,
    #[serde(borrow)]
    elements: List<Maybe<Block<'b>>>,
    #[serde(borrow)]
    fields: List<Wording<'b>>,
    #[serde(borrow)]
    style: Style<'b>,
    #[serde(borrow)]
    url: Text<'b>,
    #[serde(borrow)]
    user_id: Text<'b>,
    #[serde(borrow)]
    channel_id: Text<'b>,
    #[serde(borrow)]
    usergroup_id: Text<'b>,
    #[serde(borrow)]
    name: Text<'b>,
    #[serde(borrow)]
    range: Text<'b>,
    #[serde(borrow)]
    alt_text: Text<'b>,
    #[serde(borrow)]
    image_url: Text<'b>,
}

/// A text, or an object with one; the second is mrkdwn already, the first is plain.
#[derive(Default)]
struct Wording<'b> {
    words: std::borrow::Cow<'b, str>,
    marked: bool,
}

impl<'de: 'b, 'b> Deserialize<'de> for Wording<'b> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct Object<'b> {
            #[serde(borrow, rename = "type")]
            kind: Text<'b>,
            #[serde(borrow)]
            text: Text<'b>,
        }
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either<'b> {
            #[serde(borrow)]
            Object(Object<'b>),
            #[serde(borrow)]
            Text(Text<'b>),
        }
        Ok(match Either::deserialize(deserializer)? {
            Either::Text(text) => Wording {
                words: text.0,
                marked: false,
            },
            Either::Object(object) => Wording {
                marked: &*object.kind == "mrkdwn",
                words: object.text.0,
            },
        })
    }
}

/// `"ordered"` of a list, or which marks a piece has.
#[derive(Default)]
struct Style<'b> {
    word: Text<'b>,
    marks: Marks,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Marks {
    bold: Flag,
    italic: Flag,
    strike: Flag,
    code: Flag,
}

impl<'de: 'b, 'b> Deserialize<'de> for Style<'b> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either<'b> {
            Marks(Marks),
            #[serde(borrow)]
            Word(Text<'b>),
        }
        Ok(match Either::deserialize(deserializer)? {
            Either::Word(word) => Style {
                word,
                marks: Marks::default(),
            },
            Either::Marks(marks) => Style {
                word: Text::default(),
                marks,
            },
        })
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Attachment<'b> {
    #[serde(borrow)]
    pretext: Text<'b>,
    #[serde(borrow)]
    author_name: Text<'b>,
    #[serde(borrow)]
    title: Text<'b>,
    #[serde(borrow)]
    title_link: Text<'b>,
    #[serde(borrow)]
    text: Text<'b>,
    #[serde(borrow)]
    fallback: Text<'b>,
    #[serde(borrow)]
    fields: List<Maybe<Field<'b>>>,
    #[serde(borrow)]
    blocks: List<Maybe<Block<'b>>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Field<'b> {
    #[serde(borrow)]
    title: Text<'b>,
    #[serde(borrow)]
    value: Text<'b>,
}

/// What a message without text says; empty where it says nothing.
pub(super) fn said(record: &[u8]) -> String {
    let Ok(carried) = serde_json::from_slice::<Carried>(record) else {
        return String::new();
    };
    let mut out = String::new();
    for block in &carried.blocks.0 {
        write(&block.0, &mut out, DEEPEST);
        end_line(&mut out);
    }
    if out.trim().is_empty() {
        out.clear();
        for attachment in &carried.attachments.0 {
            attached(&attachment.0, &mut out);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn write(block: &Block<'_>, out: &mut String, deep: usize) {
    if deep == 0 {
        return;
    }
    let id = |sign: &str, id: &str| format!("<{sign}{id}>");
    match &*block.kind {
        "user" => out.push_str(&id("@", &block.user_id)),
        "channel" => out.push_str(&id("#", &block.channel_id)),
        "usergroup" => out.push_str(&id("!subteam^", &block.usergroup_id)),
        "broadcast" => out.push_str(&id("!", &block.range)),
        "emoji" => out.push_str(&format!(":{}:", &*block.name)),
        "link" => out.push_str(&linked(&block.url, &block.text.words)),
        "image" if !block.alt_text.is_empty() => {
            out.push_str(&linked(&block.image_url, &block.alt_text))
        }
        "rich_text_preformatted" => {
            out.push_str("```\n");
            children(block, out, deep, "");
            out.push_str("\n```\n");
        }
        "rich_text_quote" => children(block, out, deep, "&gt; "),
        "rich_text_list" => children(
            block,
            out,
            deep,
            if &*block.style.word == "ordered" {
                "1) "
            } else {
                "• "
            },
        ),
        "text" => piece(block, out),
        _ => {
            wording(&block.text, out);
            for field in &block.fields.0 {
                wording(field, out);
                end_line(out);
            }
            children(block, out, deep, "");
            if block.kind.starts_with("rich_text_section") && out.ends_with(' ') {
                out.truncate(out.trim_end_matches(' ').len());
            }
        }
    }
}

fn children(block: &Block<'_>, out: &mut String, deep: usize, mark: &str) {
    let lines = !mark.is_empty();
    if lines {
        end_line(out);
    }
    let quote = mark.starts_with('&');
    for (n, element) in block.elements.0.iter().enumerate() {
        if lines && (!quote || n == 0) {
            let numbered = mark.starts_with('1');
            out.push_str(&if numbered {
                format!("{}) ", n + 1)
            } else {
                mark.to_owned()
            });
        }
        write(&element.0, out, deep - 1);
        let own_line = element.0.kind.starts_with("rich_text_") || (lines && !quote);
        if own_line {
            end_line(out);
        }
    }
    if lines {
        end_line(out);
    }
}

fn piece(block: &Block<'_>, out: &mut String) {
    let words = &block.text.words;
    let core = words.trim();
    let marks = &block.style.marks;
    let wraps: Vec<&str> = [
        (marks.bold, "*"),
        (marks.italic, "_"),
        (marks.strike, "~"),
        (marks.code, "`"),
    ]
    .into_iter()
    .filter_map(|(on, mark)| on.0.then_some(mark))
    .collect();
    if core.is_empty() || wraps.is_empty() {
        return out.push_str(&escaped(words));
    }
    let (lead, tail) = (
        words.len() - words.trim_start().len(),
        words.trim_end().len(),
    );
    out.push_str(words.get(..lead).unwrap_or_default());
    wraps.iter().for_each(|mark| out.push_str(mark));
    out.push_str(&escaped(core));
    wraps.iter().rev().for_each(|mark| out.push_str(mark));
    out.push_str(words.get(tail..).unwrap_or_default());
}

fn wording(wording: &Wording<'_>, out: &mut String) {
    if wording.marked {
        out.push_str(&wording.words);
    } else {
        out.push_str(&escaped(&wording.words));
    }
}

fn attached(attachment: &Attachment<'_>, out: &mut String) {
    let before = out.len();
    let title = if attachment.title_link.is_empty() {
        attachment.title.0.to_string()
    } else {
        linked(&attachment.title_link, &attachment.title)
    };
    for part in [
        &*attachment.pretext,
        &attachment.author_name,
        &title,
        &attachment.text,
    ] {
        out.push_str(part);
        end_line(out);
    }
    for field in &attachment.fields.0 {
        out.push_str(&format!(
            "*{}* {}",
            field.0.title.trim(),
            field.0.value.trim()
        ));
        end_line(out);
    }
    for block in &attachment.blocks.0 {
        write(&block.0, out, DEEPEST);
        end_line(out);
    }
    if out.len() == before {
        out.push_str(&attachment.fallback);
        end_line(out);
    }
}

fn linked(url: &str, words: &str) -> String {
    match (url.trim(), words.trim()) {
        ("", words) => escaped(words),
        (url, "") => format!("<{}>", escaped(url)),
        (url, words) => format!("<{}|{}>", escaped(url), escaped(words)),
    }
}

fn escaped(plain: &str) -> String {
    plain
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn end_line(out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}
