//! `tacit doctor`: looks at what goes wrong on a Friday, and says what it is, why it matters, and what to do.

mod facts;
mod outside;
mod rules;

use anyhow::Result;
use serde::Serialize;

use crate::config::Config;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub about: &'static str,
    pub good: bool,
    pub what: String,
    /// Why it matters, and what to do; empty where all is well.
    pub why: &'static str,
    #[serde(rename = "do")]
    pub todo: String,
}

impl Finding {
    fn good(about: &'static str, what: impl Into<String>) -> Self {
        Self { about, good: true, what: what.into(), why: "", todo: String::new() }
    }

    fn look(about: &'static str, what: impl Into<String>, why: &'static str, todo: impl Into<String>) -> Self {
        Self { about, good: false, what: what.into(), why, todo: todo.into() }
    }
}

pub async fn examine(config: &Config) -> Result<Vec<Finding>> {
    let facts = facts::gather(config).await?;
    Ok(rules::judge(&facts))
}

/// As people read it.
pub fn shown(findings: &[Finding]) -> String {
    let mut text = String::new();
    for f in findings {
        text += &format!("{}  {}: {}\n", if f.good { "good" } else { "LOOK" }, f.about, f.what);
        if !f.good {
            text += &format!("      Why: {}\n      Do:  {}\n", f.why, f.todo);
        }
    }
    text
}

/// `tacit backup` says that it was done.
pub fn note_backup(data: &std::path::Path) -> Result<()> {
    Ok(std::fs::write(facts::note_of_backup(data), format!("{}\n", kernel::Clock::System.now().rfc3339()))?)
}
