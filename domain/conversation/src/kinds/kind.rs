//! What kind of thing was said: one of the eight built-in ones, or one that its community added. And how it may end.

use kernel::db::FromVal;
use kernel::{Error, Result, Val};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// None chosen is an empty column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Narration,
    Question,
    Problem,
    Challenge,
    Experience,
    Insight,
    Idea,
    Story,
    /// A community's own.
    Own(Slug),
}

/// How an own kind is kept and addressed: 2 to 24 small letters, digits and single hyphens, from a letter on. Never a
/// built-in word, so that the two cannot be taken for each other. Copied freely, like the built-in ones.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slug {
    bytes: [u8; Slug::MOST],
    length: u8,
}

kernel::choice! {
    /// How a conversation may end, in its author's words. Never "solved".
    pub enum Ending {
        /// Who asked says what helped, and why.
        Helped = "helped",
        /// The answers that are cases of the same are gathered.
        Cases = "cases",
        /// What came of it.
        Came = "came",
    }
}

/// Words that mean something else beside a kind, or that may become built-in ones.
const RESERVED: [&str; 10] = ["all", "asks", "none", "new", "own", "reply", "practice", "change", "contribution", "conversation"];

impl Kind {
    pub const BUILT_IN: [Self; 8] =
        [Self::Narration, Self::Question, Self::Problem, Self::Challenge, Self::Experience, Self::Insight, Self::Idea, Self::Story];

    /// As it is kept: the built-in word, or the slug of an own one.
    pub fn word(&self) -> &str {
        match self {
            Self::Own(slug) => slug.as_str(),
            built_in => built_in.usual_word(),
        }
    }

    /// What a built-in kind is called where a community has no other word for it.
    pub fn usual_word(self) -> &'static str {
        match self {
            Self::Narration => "narration",
            Self::Question => "question",
            Self::Problem => "problem",
            Self::Challenge => "challenge",
            Self::Experience => "experience",
            Self::Insight => "insight",
            Self::Idea => "idea",
            Self::Story => "story",
            Self::Own(_) => "",
        }
    }

    /// What one is asked for.
    pub fn usual_prompt(self) -> &'static str {
        match self {
            Self::Narration => "What are you working on? What did you notice?",
            Self::Question => "What would you like to know, and what for?",
            Self::Problem => "What stands in the way, and what have you tried?",
            Self::Challenge => "What could several of us try, and until when?",
            Self::Experience => "What happened to you, and who has met something like it?",
            Self::Insight => "What did you learn that others could use?",
            Self::Idea => "What could we do differently?",
            Self::Story => "What happened, what did you do, what came of it?",
            Self::Own(_) => "",
        }
    }

    pub fn is_own(self) -> bool {
        matches!(self, Self::Own(_))
    }

    /// Whether a built-in kind wants an answer. Of an own one its community says so (see [`super::KindHere`]).
    pub fn asks(self) -> bool {
        matches!(self, Self::Question | Self::Problem | Self::Challenge)
    }

    /// How a built-in kind may end.
    pub fn ending(self) -> Option<Ending> {
        match self {
            Self::Question | Self::Problem | Self::Challenge => Some(Ending::Helped),
            Self::Experience => Some(Ending::Cases),
            Self::Idea => Some(Ending::Came),
            Self::Narration | Self::Insight | Self::Story | Self::Own(_) => None,
        }
    }
}

impl Slug {
    const MOST: usize = 24;

    /// None where the text is no slug, a built-in word or a reserved one.
    pub fn of(text: &str) -> Option<Self> {
        let parts = text.split('-').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        let begins = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        let taken = RESERVED.contains(&text) || Kind::BUILT_IN.iter().any(|k| k.usual_word() == text);
        if !parts || !begins || taken || !(2..=Self::MOST).contains(&text.len()) {
            return None;
        }
        let mut bytes = [0; Self::MOST];
        bytes.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
        Some(Self { bytes, length: u8::try_from(text.len()).ok()? })
    }

    /// A slug for a word in any language: from its letters, with a number where that one is taken or is no slug.
    pub fn for_word(word: &str, is_taken: impl Fn(&Self) -> bool) -> Option<Self> {
        let letters = community::rules::slug_of(word);
        let short = |text: &str, most: usize| text.chars().take(most).collect::<String>().trim_end_matches('-').to_owned();
        let numbered = |text: &str| (2..100).map(|n| format!("{}-{n}", short(text, Self::MOST - 3))).collect::<Vec<_>>();
        let tries = std::iter::once(short(&letters, Self::MOST)).chain(numbered(&letters)).chain(numbered("kind"));
        tries.filter_map(|text| Self::of(&text)).find(|slug| !is_taken(slug))
    }

    pub fn as_str(&self) -> &str {
        self.bytes.get(..usize::from(self.length)).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default()
    }
}

impl std::fmt::Debug for Slug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl std::str::FromStr for Kind {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        let built_in = Self::BUILT_IN.into_iter().find(|k| k.usual_word() == word);
        built_in.or_else(|| Slug::of(word).map(Self::Own)).ok_or(())
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl From<Kind> for Val {
    fn from(kind: Kind) -> Self {
        Val::Text(kind.word().to_owned())
    }
}

impl FromVal for Kind {
    fn from_val(val: Val) -> Result<Self> {
        let word = String::from_val(val)?;
        word.parse().map_err(|()| Error::broken(format!("no kind called {word}")))
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let word = <std::borrow::Cow<'de, str> as Deserialize>::deserialize(d)?;
        word.parse().map_err(|()| serde::de::Error::custom("not a kind: a built-in word or the slug of a community's own"))
    }
}

impl JsonSchema for Kind {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Kind".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "narration, question, problem, challenge, experience, insight, idea, story, or the slug of a kind that the community added",
            "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
            "minLength": 2,
            "maxLength": 24
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_own_kind_cannot_be_taken_for_a_built_in_one() {
        for kind in Kind::BUILT_IN {
            assert_eq!(kind.word().parse(), Ok(kind));
            assert_eq!(Slug::of(kind.word()), None);
            assert!(Kind::Own(Slug::for_word(kind.word(), |_| false).unwrap()).is_own());
        }
        for text in ["", "a", "-a", "a-", "a--b", "A", "7up", "near miss", "näh", "asks", "practice", "abcdefghijklmnopqrstuvwxy"] {
            assert_eq!(Slug::of(text), None, "{text:?}");
        }
        assert_eq!("near-miss".parse::<Kind>().map(|k| k.to_string()), Ok("near-miss".into()));
    }

    #[test]
    fn a_word_in_any_language_has_a_slug() {
        let slug = |word: &str| Slug::for_word(word, |taken| taken.as_str() == "sorge").unwrap().as_str().to_owned();
        assert_eq!(slug("Beinahe-Fehler"), "beinahe-fehler");
        assert_eq!(slug("Sorge"), "sorge-2");
        assert_eq!(slug("سؤال"), "kind-2");
        assert_eq!(slug("what we nearly got wrong last night"), "what-we-nearly-got-wrong");
    }

    proptest! {
        #[test]
        fn every_word_has_a_slug_that_is_kept_and_read_again(word in "\\PC{0,60}") {
            let slug = Slug::for_word(&word, |_| false).unwrap();
            let kind = Kind::Own(slug);
            prop_assert_eq!(Slug::of(slug.as_str()), Some(slug));
            prop_assert_eq!(kind.to_string().parse(), Ok(kind));
            prop_assert_eq!(Kind::from_val(kind.into()), Ok(kind));
        }

        #[test]
        fn no_text_is_both_a_built_in_word_and_a_slug(text in "[a-z0-9-]{0,30}") {
            let built_in = Kind::BUILT_IN.iter().any(|k| k.usual_word() == text);
            prop_assert!(!(built_in && Slug::of(&text).is_some()));
            if let Some(slug) = Slug::of(&text) {
                prop_assert_eq!(slug.as_str(), text.as_str());
            }
        }
    }
}
