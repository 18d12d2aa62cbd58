//! Forms: what was typed comes back with the sentence beside its field; nothing is typed twice.

use askama::Template;
use kernel::{Error, Problem, Result};

use crate::frame::Html;
use crate::translation::T;

/// The state of a form: values as sent or as they stand, and what is wrong with them.
#[derive(Clone, Debug, Default)]
pub struct Form {
    values: Vec<(String, String)>,
    problems: Vec<(&'static str, String)>,
    /// What is wrong with the whole.
    pub refusal: Option<String>,
    /// Makes sending twice one act.
    pub once: String,
}

#[derive(Template)]
#[template(path = "field.html")]
struct Field<'a> {
    kind: &'a str,
    name: &'a str,
    label: &'a str,
    hint: &'a str,
    value: &'a str,
    problem: Option<&'a str>,
    max: usize,
    required: bool,
    autocomplete: &'a str,
    rows: u32,
    choices: &'a [(String, String, String)],
}

impl Form {
    pub fn of(values: &[(&str, &str)]) -> Self {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { values, ..Self::default() }
    }

    /// After an act that did not go through: the same values with its problems. Errors that no form can show come back.
    pub fn again(sent: &[(String, String)], error: Error, t: T) -> Result<Self> {
        let values = sent.iter().filter(|(name, _)| !name.contains("password")).cloned().collect();
        let mut form = Self { values, ..Self::default() };
        match error {
            Error::Invalid(problems) => {
                form.problems = problems.into_iter().map(|Problem { field, say }| (field, t.sentence(&say))).collect();
                // What belongs to no field of this form is said on top of it.
                if let Some((_, say)) = form.problems.iter().find(|(field, _)| !form.has(field)) {
                    form.refusal = Some(say.clone());
                }
            }
            Error::Refused(say) => form.refusal = Some(t.sentence(&say)),
            Error::Conflict => {
                form.refusal = Some(t.say("Somebody else changed this meanwhile. Nothing of yours is lost; please look and send it again.").to_owned());
            }
            Error::Unavailable(say) => form.refusal = Some(t.sentence(&say)),
            other => return Err(other),
        }
        Ok(form)
    }

    pub fn with_once(mut self, once: String) -> Self {
        self.once = once;
        self
    }

    pub fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// Whether the form came back with this field, be it empty.
    pub fn has(&self, name: &str) -> bool {
        self.values.iter().any(|(n, _)| n == name)
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.values.retain(|(n, _)| n != name);
        self.values.push((name.to_owned(), value.to_owned()));
    }

    pub fn problem(&self, name: &str) -> Option<&str> {
        self.problems.iter().find(|(n, _)| *n == name).map(|(_, say)| say.as_str())
    }

    pub fn is_faulty(&self) -> bool {
        self.refusal.is_some() || !self.problems.is_empty()
    }

    /// The sentence on top of the form, and the hidden number that makes it once.
    pub fn head(&self, t: &T) -> Html {
        let mut out = String::new();
        if let Some(refusal) = &self.refusal {
            out += &format!("<p class=\"notice problem\" role=\"alert\">{}</p>", crate::frame::escape(refusal));
        } else if !self.problems.is_empty() {
            let say = t.say("Nothing is lost. Please mend what is marked and send it again.");
            out += &format!("<p class=\"notice problem\" role=\"alert\">{}</p>", crate::frame::escape(say));
        }
        if !self.once.is_empty() {
            out += &format!("<input type=\"hidden\" name=\"once\" value=\"{}\">", crate::frame::escape(&self.once));
        }
        Html::trusted(out)
    }

    pub fn line(&self, name: &str, label: &str, hint: &str, max: usize) -> Html {
        self.field("text", name, label, hint, max, false, "off", 0, &[])
    }

    pub fn needed(&self, name: &str, label: &str, hint: &str, max: usize) -> Html {
        self.field("text", name, label, hint, max, true, "off", 0, &[])
    }

    pub fn known(&self, name: &str, label: &str, hint: &str, max: usize, autocomplete: &str) -> Html {
        let kind = if autocomplete == "email" { "email" } else { "text" };
        self.field(kind, name, label, hint, max, autocomplete == "username", autocomplete, 0, &[])
    }

    pub fn password(&self, name: &str, label: &str, hint: &str, autocomplete: &str) -> Html {
        self.field("password", name, label, hint, 200, true, autocomplete, 0, &[])
    }

    pub fn words(&self, name: &str, label: &str, hint: &str, max: usize, rows: u32) -> Html {
        self.field("words", name, label, hint, max, false, "off", rows, &[])
    }

    /// Radio cards: value, what it is called, a sentence on what it means.
    pub fn choice(&self, name: &str, label: &str, hint: &str, choices: &[(String, String, String)]) -> Html {
        self.field("choice", name, label, hint, 0, false, "off", 0, choices)
    }

    /// A list to pick from: value and what it is called.
    pub fn pick(&self, name: &str, label: &str, hint: &str, choices: &[(String, String, String)]) -> Html {
        self.field("pick", name, label, hint, 0, false, "off", 0, choices)
    }

    #[allow(clippy::too_many_arguments)] // one private door behind the named ones above
    fn field(
        &self,
        kind: &str,
        name: &str,
        label: &str,
        hint: &str,
        max: usize,
        required: bool,
        autocomplete: &str,
        rows: u32,
        choices: &[(String, String, String)],
    ) -> Html {
        let (value, problem) = (self.value(name), self.problem(name));
        let field = Field { kind, name, label, hint, value, problem, max, required, autocomplete, rows, choices };
        Html::of(&field).unwrap_or_default()
    }
}
