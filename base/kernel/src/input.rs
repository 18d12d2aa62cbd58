//! Text as it arrives: bounds are part of its type, and every field's problem is told at once.

use crate::error::{Problems, Say};

/// One line of MIN to MAX characters. MIN 0 makes it optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line<const MIN: usize, const MAX: usize>(pub String);

/// Several lines of MIN to MAX characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words<const MIN: usize, const MAX: usize>(pub String);

impl<const MIN: usize, const MAX: usize> Line<MIN, MAX> {
    /// The cleaned text; what is wrong with it goes to `problems`.
    pub fn check(&self, field: &'static str, problems: &mut Problems) -> String {
        let text = self.0.trim();
        if text.chars().any(|c| c.is_control() || turns_text(c) || matches!(c, '\u{2028}' | '\u{2029}')) {
            problems.add(field, "Please use a single line without control characters.");
        }
        bounds::<MIN, MAX>(text, field, problems)
    }
}

impl<const MIN: usize, const MAX: usize> Words<MIN, MAX> {
    /// The cleaned text (line ends as `\n`); what is wrong with it goes to `problems`.
    pub fn check(&self, field: &'static str, problems: &mut Problems) -> String {
        let text: String = self.0.replace("\r\n", "\n").replace('\r', "\n").chars().filter(|c| !turns_text(*c)).collect();
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            problems.add(field, "This text holds control characters that cannot be kept.");
        }
        bounds::<MIN, MAX>(text.trim(), field, problems)
    }
}

fn bounds<const MIN: usize, const MAX: usize>(text: &str, field: &'static str, problems: &mut Problems) -> String {
    let n = text.chars().count();
    if MIN > 0 && !text.chars().any(is_visible) {
        problems.add(field, "Please write something here.");
    } else if n < MIN {
        problems.add(field, Say::new("Please write at least {min} characters.").with("min", MIN));
    } else if n > MAX {
        let say = Say::new("This has {n} characters; {max} fit here.").with("n", n).with("max", MAX);
        problems.add(field, say);
    }
    text.to_owned()
}

/// Embeddings, overrides and isolates turn a text into another one on the page. The plain marks of right-to-left
/// writing stay: names need them.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// Something to see or to press: a name of blanks would be a link without text.
fn is_visible(c: char) -> bool {
    let blank = matches!(c, '\u{00AD}' | '\u{115F}' | '\u{1160}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}');
    !c.is_whitespace() && !c.is_control() && !blank
}

macro_rules! bounded {
    ($name:ident, $what:literal) => {
        impl<'de, const MIN: usize, const MAX: usize> serde::Deserialize<'de> for $name<MIN, MAX> {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                Ok(Self(Option::<String>::deserialize(d)?.unwrap_or_default()))
            }
        }
        impl<const MIN: usize, const MAX: usize> schemars::JsonSchema for $name<MIN, MAX> {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                format!("{}_{}_{}", $what, MIN, MAX).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let kind = if MIN == 0 { serde_json::json!(["string", "null"]) } else { serde_json::json!("string") };
                schemars::json_schema!({"type": kind, "minLength": MIN, "maxLength": MAX})
            }
        }
        impl<const MIN: usize, const MAX: usize> From<&str> for $name<MIN, MAX> {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
        impl<const MIN: usize, const MAX: usize> std::fmt::Display for $name<MIN, MAX> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
bounded!(Line, "Line");
bounded!(Words, "Words");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_too_short_or_hidden_is_said() {
        let mut problems = Problems::default();
        Line::<1, 5>::from("123456").check("a", &mut problems);
        Line::<1, 5>::from("  ").check("b", &mut problems);
        Line::<1, 9>::from("a\u{202e}b").check("c", &mut problems);
        Words::<1, 9>::from("a\0b").check("d", &mut problems);
        Line::<1, 9>::from("\u{200b}\u{3164}\u{2800}").check("e", &mut problems);
        Line::<1, 9>::from("\u{200f}נועה").check("fine", &mut problems);
        let crate::Error::Invalid(list) = problems.done().unwrap_err() else { panic!() };
        assert_eq!(list.iter().map(|p| p.field).collect::<Vec<_>>(), ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn line_ends_become_one_kind() {
        let mut problems = Problems::default();
        assert_eq!(Words::<1, 9>::from("a\r\nb\rc").check("w", &mut problems), "a\nb\nc");
        problems.done().unwrap();
    }
}
