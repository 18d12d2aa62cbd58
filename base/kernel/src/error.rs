//! What an act may answer, sorted by what the caller can do about it, and sentences that can be translated.

/// A sentence for a person: the English pattern is its message id; `{name}` stands for an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Say {
    pub text: &'static str,
    pub args: Vec<(&'static str, String)>,
}

impl Say {
    pub fn new(text: &'static str) -> Self {
        Self { text, args: Vec::new() }
    }

    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// The sentence after `pattern`, which is `text` or its translation.
    pub fn fill(&self, pattern: &str) -> String {
        let mut line = String::with_capacity(pattern.len() + 16);
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('{') {
            line.push_str(before);
            let named = after.split_once('}').and_then(|(name, after)| {
                let (_, value) = self.args.iter().find(|(n, _)| *n == name)?;
                Some((value, after))
            });
            match named {
                Some((value, after)) => {
                    line.push_str(value);
                    rest = after;
                }
                None => {
                    line.push('{');
                    rest = after;
                }
            }
        }
        line.push_str(rest);
        line
    }
}

impl From<&'static str> for Say {
    fn from(text: &'static str) -> Self {
        Self::new(text)
    }
}

impl std::fmt::Display for Say {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.fill(self.text))
    }
}

/// What is wrong with one field of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub field: &'static str,
    pub say: Say,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// It is not there, or this viewer may not know that it is.
    #[error("not found")]
    NotFound,
    /// A rule says no.
    #[error("{0}")]
    Refused(Say),
    /// Fields to mend.
    #[error("{} fields need mending", .0.len())]
    Invalid(Vec<Problem>),
    /// More than can be taken at once.
    #[error("too large")]
    TooLarge,
    /// The world changed meanwhile; look again.
    #[error("changed meanwhile")]
    Conflict,
    /// Too often; again after so many seconds.
    #[error("too many requests, again in {0} s")]
    TooMany(u64),
    /// It cannot be done right now (disk full, database away); nothing was changed.
    #[error("{0}")]
    Unavailable(Say),
    /// Our fault. The text is for the log and never for a person.
    #[error("{0}")]
    Broken(String),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn broken(what: impl Into<String>) -> Self {
        Self::Broken(what.into())
    }

    pub fn refused(say: impl Into<Say>) -> Self {
        Self::Refused(say.into())
    }

    pub fn invalid(field: &'static str, say: impl Into<Say>) -> Self {
        Self::Invalid(vec![Problem { field, say: say.into() }])
    }
}

/// Collects what is wrong with an input, so that all of it is said at once.
#[derive(Default)]
pub struct Problems(Vec<Problem>);

impl Problems {
    pub fn add(&mut self, field: &'static str, say: impl Into<Say>) {
        self.0.push(Problem { field, say: say.into() });
    }

    pub fn done(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self.0)) }
    }
}
