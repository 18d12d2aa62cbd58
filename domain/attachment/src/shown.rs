//! Attachments as those see them who read what they stand with: kept beside the words, so that a page asks nothing more.

use askama::Template;
use kernel::{Result, Row};
use serde::{Deserialize, Serialize};
use shell::{Html, T};

use crate::{AttachmentId, Kind};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    pub id: AttachmentId,
    pub kind: Kind,
    pub name: String,
    pub content_type: String,
    pub bytes: i64,
    pub width: i64,
    pub height: i64,
    /// What a picture shows, in its author's words.
    pub alt: String,
    /// Its author says that there is nothing to say of it, or that they cannot.
    pub without_alt: bool,
}

impl Attached {
    /// Reads its columns from the beginning of a row, in the order of the fields, and leaves the rest.
    pub(crate) fn begin(r: &mut Row) -> Result<Self> {
        Ok(Self {
            id: r.take()?,
            kind: r.take()?,
            name: r.take()?,
            content_type: r.take()?,
            bytes: r.take()?,
            width: r.take()?,
            height: r.take()?,
            alt: r.take()?,
            without_alt: r.take()?,
        })
    }

    pub fn path(&self) -> String {
        format!("/attachments/{}/full", self.id)
    }

    pub fn small_path(&self) -> String {
        format!("/attachments/{}/small", self.id)
    }

    pub fn size(&self) -> String {
        size(self.bytes.unsigned_abs())
    }

    /// Its author has not said yet what it shows.
    pub fn asks_for_alt(&self) -> bool {
        self.kind == Kind::Image && self.alt.is_empty() && !self.without_alt
    }

    /// The small one is as wide as this.
    fn small_width(&self) -> i64 {
        let long = self.width.max(self.height).max(1);
        if long <= 480 { self.width } else { self.width * 480 / long }
    }

    /// Without a description, at least that there is a picture.
    fn described(&self, t: &T) -> String {
        if self.alt.is_empty() { t.say("A picture that is not described").to_owned() } else { self.alt.clone() }
    }
}

/// As it is kept beside the words; empty where nothing is attached.
pub fn kept(attached: &[Attached]) -> Result<String> {
    if attached.is_empty() {
        return Ok(String::new());
    }
    serde_json::to_string(attached).map_err(|e| kernel::Error::broken(format!("attachments: {e}")))
}

pub fn read(kept: &str) -> Vec<Attached> {
    if kept.is_empty() { Vec::new() } else { serde_json::from_str(kept).unwrap_or_default() }
}

/// 1.4 MB, as people say it.
pub fn size(bytes: u64) -> String {
    match bytes {
        n if n < 1_000 => format!("{n} B"),
        n if n < 1_000_000 => format!("{} kB", n / 1_000),
        n if n < 1_000_000_000 => format!("{:.1} MB", n as f64 / 1e6),
        n => format!("{:.1} GB", n as f64 / 1e9),
    }
}

#[derive(Template)]
#[template(path = "attached.html")]
struct Shown<'a> {
    t: T,
    attached: &'a [Attached],
    /// In a stream: small, and nothing is fetched before somebody asks for it.
    small: bool,
}

/// What stands with something that was said.
pub fn html(t: T, attached: &[Attached], small: bool) -> Result<Html> {
    if attached.is_empty() { Ok(Html::default()) } else { Html::of(&Shown { t, attached, small }) }
}

#[derive(Template)]
#[template(path = "attach.html")]
struct Tools {
    t: T,
    js: &'static str,
}

/// Once on a page whose forms have a place for attachments (`data-attach`): what the script needs there.
pub fn tools(t: T) -> Result<Html> {
    Html::of(&Tools { t, js: shell::asset::ATTACH_JS })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_as_people_say_them() {
        assert_eq!(["0 B", "999 B", "1 kB", "1.4 MB", "1.1 GB"], [0, 999, 1_500, 1_400_000, 1_073_741_824].map(size).each_ref().map(String::as_str));
    }
}
