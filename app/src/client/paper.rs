//! How words stand in a terminal: without what could command it, in 80 columns, with dates as people say them.

use kernel::Timestamp;
use kernel::clock::{DAY, HOUR, MINUTE};
use serde_json::Value;

/// What others wrote must not command the terminal: no escapes, no control characters, nothing that turns the line around.
pub fn clean(text: &str) -> String {
    let keep = |c: char| match c {
        '\n' => Some('\n'),
        '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
        c if c.is_control() || is_turning(c) => None,
        c => Some(c),
    };
    text.chars().filter_map(keep).collect()
}

fn is_turning(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// JSON for programs, in which a terminal that shows it finds nothing to obey either.
pub fn json(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if (c.is_control() && c != '\n') || is_turning(c) {
            out += &format!("\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// Colours, where somebody looks.
#[derive(Clone, Copy, Debug)]
pub struct Style(bool);

impl Style {
    pub fn of_terminal() -> Self {
        Self(super::colours())
    }

    #[cfg(test)]
    pub fn plain() -> Self {
        Self(false)
    }

    pub fn bold(self, text: &str) -> String {
        if self.0 && !text.is_empty() { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    pub fn soft(self, text: &str) -> String {
        if self.0 && !text.is_empty() { format!("\u{1b}[2m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

pub fn since(at: Timestamp, now: Timestamp) -> String {
    let ago = now.0 - at.0;
    match ago {
        ..MINUTE if ago > -MINUTE => "just now".into(),
        MINUTE..HOUR => format!("{} min ago", ago / MINUTE),
        HOUR..DAY => format!("{} h ago", ago / HOUR),
        DAY..172_800_000_000 => "yesterday".into(),
        172_800_000_000..604_800_000_000 => format!("{} days ago", ago / DAY),
        _ => at.jiff().to_zoned_datetime(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d").to_string(),
    }
}

pub fn first_line(text: &str, most: usize) -> String {
    let line = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default().trim();
    if line.chars().count() > most { line.chars().take(most).chain(['…']).collect() } else { line.to_owned() }
}

/// How many columns a character takes: none, one, or two for East Asian letters and pictures.
pub fn columns(text: &str) -> usize {
    let of = |c: char| match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    };
    text.chars().map(of).sum()
}

/// Markdown as it was written: lines are wrapped, code and tables stay as they are.
pub fn words(text: &str, indent: &str, width: usize) -> String {
    let mut out = String::new();
    let mut code = false;
    for line in text.trim_end().lines() {
        let fence = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        code ^= fence;
        if code || fence || line.starts_with("    ") || line.trim_start().starts_with('|') {
            out += &format!("{indent}{line}\n");
        } else {
            out += &wrapped(line, indent, width);
        }
    }
    out
}

/// One paragraph; what follows a list's mark stands under its words.
pub fn wrapped(line: &str, indent: &str, width: usize) -> String {
    let mark = line.len() - line.trim_start_matches([' ', '-', '*', '>', '+']).len();
    let hanging = " ".repeat(mark.min(8));
    let mut out = String::new();
    let mut row = format!("{indent}{}", line.get(..mark).unwrap_or_default());
    let mut empty = true;
    for word in line.get(mark..).unwrap_or_default().split_whitespace() {
        if !empty && columns(&row) + 1 + columns(word) > width {
            out += &format!("{}\n", row.trim_end());
            row = format!("{indent}{hanging}");
            empty = true;
        }
        if !empty {
            row.push(' ');
        }
        row += word;
        empty = false;
    }
    out + row.trim_end() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_fit_into_their_columns_and_code_stays_as_it_is() {
        let text = format!("- {}\n\n```\n{}\n```", "word ".repeat(40), "x".repeat(100));
        let shown = words(&text, "  ", 80);
        let prose: Vec<&str> = shown.lines().filter(|l| l.contains("word")).collect();
        assert!(prose.len() > 2 && prose.iter().all(|l| l.len() <= 80), "{shown}");
        assert!(prose[0].starts_with("  - word") && prose[1].starts_with("    word"), "{shown}");
        assert!(shown.contains(&format!("  {}", "x".repeat(100))));
        assert_eq!(columns("日本 e\u{301}"), 6);
    }

    #[test]
    fn dates_are_said_as_people_say_them() {
        let now = Timestamp(1_795_521_600_000_000);
        let of = |ago| since(now.minus(ago), now);
        assert_eq!([of(0), of(5 * MINUTE), of(3 * HOUR), of(DAY), of(3 * DAY)], ["just now", "5 min ago", "3 h ago", "yesterday", "3 days ago"]);
        assert!(of(30 * DAY).starts_with("2026-10-2"));
    }

    #[test]
    fn json_commands_no_terminal_and_stays_the_same() {
        let value = serde_json::json!({"w": "a\u{9b}31m\u{202e}b\u{1b}[2J"});
        let text = json(&value);
        assert!(!text.chars().any(|c| c.is_control() && c != '\n') && !text.contains('\u{202e}'));
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
