//! Every sentence that a person reads passes through here. The English text is the message id, so that code and
//! templates can be read; a language is a file of `"English" = "its own"`, and what it lacks shows in English.

use std::collections::HashMap;
use std::sync::LazyLock;

use kernel::Say;

use crate::slice::Slice;

/// A language with all that rendering needs. Copied freely.
#[derive(Clone, Copy)]
pub struct T(&'static Language);

pub struct Language {
    pub code: &'static str,
    /// Its own name for itself.
    pub name: &'static str,
    sentences: HashMap<String, String>,
}

static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| own(&[]));

/// The shell's own sentences with those that slices bring. Made once for each running program and kept as long as it.
pub(crate) fn together(slices: &[Slice]) -> &'static [Language] {
    own(slices).leak()
}

fn own(slices: &[Slice]) -> Vec<Language> {
    let read = |text: &str| -> HashMap<String, String> { toml::from_str(text).unwrap_or_default() };
    let mut all = vec![
        Language { code: "en", name: "English", sentences: HashMap::new() },
        Language { code: "de", name: "Deutsch", sentences: read(include_str!("../lang/de.toml")) },
    ];
    for (code, text) in slices.iter().flat_map(|s| &s.languages) {
        if let Some(language) = all.iter_mut().find(|l| l.code == *code) {
            language.sentences.extend(read(text));
        }
    }
    all
}

pub fn languages() -> &'static [Language] {
    &LANGUAGES
}

impl T {
    pub fn english() -> Self {
        Self::of_code(languages(), "en")
    }

    /// The language of this code, else English.
    pub fn of_code(languages: &'static [Language], code: &str) -> Self {
        static ENGLISH: LazyLock<Language> =
            LazyLock::new(|| Language { code: "en", name: "English", sentences: HashMap::new() });
        Self(languages.iter().find(|l| l.code == code).unwrap_or(&ENGLISH))
    }

    /// The best of `Accept-Language`.
    pub fn of_header(languages: &'static [Language], header: &str) -> Self {
        let mut wanted: Vec<(&str, f32)> = header
            .split(',')
            .take(16)
            .map(|part| {
                let (tag, q) = part.split_once(";q=").unwrap_or((part, "1"));
                (tag.trim().split('-').next().unwrap_or_default(), q.trim().parse().unwrap_or(0.0))
            })
            .collect();
        wanted.sort_by(|a, b| b.1.total_cmp(&a.1));
        let known = wanted.iter().find(|(code, _)| languages.iter().any(|l| l.code == *code));
        Self::of_code(languages, known.map_or("en", |(code, _)| code))
    }

    pub fn code(self) -> &'static str {
        self.0.code
    }

    pub fn say(self, text: &'static str) -> &'static str {
        self.0.sentences.get(text).map_or(text, String::as_str)
    }

    /// A sentence with one argument.
    pub fn with(self, text: &'static str, name: &'static str, value: impl ToString) -> String {
        self.sentence(&Say::new(text).with(name, value))
    }

    /// A sentence with its arguments.
    pub fn sentence(self, say: &Say) -> String {
        say.fill(self.say(say.text))
    }

    /// `one` or `many` by `n`, which stands for `{n}`.
    pub fn count(self, one: &'static str, many: &'static str, n: i64) -> String {
        self.with(if n == 1 { one } else { many }, "n", n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_known_language_is_taken() {
        assert_eq!(T::of_header(languages(), "fr, de;q=0.7, en;q=0.3").code(), "de");
        assert_eq!(T::of_header(languages(), "en-GB,en;q=0.9").code(), "en");
        assert_eq!(T::of_header(languages(), "\u{0}garbage;;q=,").code(), "en");
    }

    #[test]
    fn every_language_file_is_read() {
        for language in languages().iter().filter(|l| l.code != "en") {
            let text = std::fs::read_to_string(format!("lang/{}.toml", language.code)).unwrap();
            let read: Result<HashMap<String, String>, _> = toml::from_str(&text);
            assert!(read.is_ok(), "{}: {read:?}", language.code);
        }
    }
}
