//! How figures and days are said, on paper and on a page alike.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::people::About;

pub(super) fn date(at: i64) -> Date {
    TimeZone::UTC.to_datetime(Timestamp::from_microsecond(at).unwrap_or(Timestamp::UNIX_EPOCH)).date()
}

/// 12 Mar 2018, in one piece.
pub(super) fn day(date: Date) -> String {
    date.strftime("%-d\u{a0}%b\u{a0}%Y").to_string()
}

/// 29,154
pub(super) fn number(count: impl TryInto<u64>) -> String {
    let digits = count.try_into().unwrap_or(0).to_string();
    let mut out = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// One or many by a count, which is said with it: "1 person", "2,354 people".
pub(super) fn counted(count: impl TryInto<u64>, one: &str, many: &str) -> String {
    let count = count.try_into().unwrap_or(0);
    format!("{}\u{a0}{}", number(count), if count == 1 { one } else { many })
}

/// A share from 0 to 1. What is not quite none and not quite all does not look like it.
pub(super) fn percent(share: f64) -> String {
    match share {
        s if s <= 0.0 => "0\u{a0}%".into(),
        s if s < 0.01 => "under 1\u{a0}%".into(),
        s if s > 0.99 && s < 1.0 => "over 99\u{a0}%".into(),
        s => format!("{:.0}\u{a0}%", s * 100.0),
    }
}

pub(super) fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// As somebody would say how long they waited.
pub(super) fn hours(hours: f64) -> String {
    let round = |value: f64, one: &str, many: &str| if (value.round() - 1.0).abs() < 0.5 { format!("1\u{a0}{one}") } else { format!("{:.0}\u{a0}{many}", value) };
    match hours {
        h if h < 1.0 / 60.0 => "less than a minute".into(),
        h if h < 0.99 => round(h * 60.0, "minute", "minutes"),
        h if h < 10.0 && (h - h.round()).abs() >= 0.1 => format!("{h:.1}\u{a0}hours"),
        h if h < 47.5 => round(h, "hour", "hours"),
        h if h < 24.0 * 60.0 => round(h / 24.0, "day", "days"),
        h if h < 24.0 * 700.0 => round(h / 24.0 / 30.4, "month", "months"),
        h => format!("{:.1}\u{a0}years", h / 24.0 / 365.25),
    }
}

pub(super) fn seconds(seconds: f64) -> String {
    match seconds {
        s if s < 0.95 => "less than a second".into(),
        s if s < 9.95 => format!("{s:.1} seconds"),
        s => format!("{s:.0} seconds"),
    }
}

pub(super) fn bytes(bytes: u64) -> String {
    match bytes {
        b if b < 1_000 => counted(b, "byte", "bytes"),
        b if b < 1_000_000 => format!("{:.0} kB", b as f64 / 1e3),
        b if b < 1_000_000_000 => format!("{:.1} MB", b as f64 / 1e6),
        b => format!("{:.2} GB", b as f64 / 1e9),
    }
}

/// A share of people, in percent.
pub(super) fn about(about: About) -> String {
    match about {
        About::About(0) => "under 3\u{a0}%".into(),
        About::About(100) => "over 97\u{a0}%".into(),
        About::About(percent) => format!("about {percent}\u{a0}%"),
        About::Few => "few or none".into(),
        About::KeptBack => "not told, since it would give away the few".into(),
        About::NearlyAll => "nearly all".into(),
    }
}

/// A count of people.
pub(super) fn some(about: About) -> String {
    match about {
        About::About(count) => format!("about {}", number(count)),
        _ => "fewer than 5".into(),
    }
}

/// One line of what somebody wrote in Markdown, without its marks.
pub(super) fn line(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with("```"));
    let mut plain = lines.map(|line| without_marks(line.trim_start_matches(['#', '>', '*', '-', '+', ' ', '`'])));
    let first = plain.find(|line| line.chars().any(char::is_alphanumeric)).unwrap_or_default();
    first.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn without_marks(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(['[', '!', '\\', '*', '`']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let link = from.strip_prefix('[').and_then(|from| from.split_once("](")).and_then(|(name, after)| Some((name, after.split_once(')')?.1)));
        if let Some((name, after)) = link {
            out.push_str(&name.replace(['*', '`', '\\'], ""));
            rest = after;
            continue;
        }
        let (mark, after) = from.split_at(1);
        if mark == "[" || (mark == "!" && !after.starts_with('[')) {
            out.push_str(mark);
        }
        rest = after;
    }
    out + rest
}

/// How many columns a character takes in a terminal.
fn width(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

pub(super) fn columns(text: &str) -> usize {
    text.chars().map(width).sum()
}

/// So much of a line as fits, with a sign where it goes on.
pub(super) fn cut(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut taken = 1;
    for c in text.chars() {
        taken += width(c);
        if taken > most {
            break;
        }
        out.push(c);
    }
    format!("{}…", out.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_said_as_people_say_them() {
        let said: [String; 9] = [0.01, 0.5, 0.999, 1.0, 2.43, 30.0, 48.0, 24.0 * 90.0, 24.0 * 800.0].map(|h| hours(h).replace('\u{a0}', " "));
        assert_eq!(said, ["less than a minute", "30 minutes", "1 hour", "1 hour", "2.4 hours", "30 hours", "2 days", "3 months", "2.2 years"]);
        assert_eq!([0.0, 0.004, 0.5, 0.999, 1.0].map(percent), ["0\u{a0}%", "under 1\u{a0}%", "50\u{a0}%", "over 99\u{a0}%", "100\u{a0}%"]);
        assert_eq!([7_u64, 1_000, 29_154, 1_234_567].map(number), ["7", "1,000", "29,154", "1,234,567"]);
    }

    #[test]
    fn a_line_of_markdown_is_read_without_its_marks() {
        assert_eq!(line("\n> ## See [the **red** pen](https://example.org/a(b)) and `it`"), "See the red pen) and it");
        assert_eq!(line("![](x.png)\n\nHello \\_there\\_"), "Hello _there_");
        assert_eq!(line("a [b] c! *d*"), "a [b] c! d");
        assert_eq!(line("```\ncode\n```"), "code");
        assert_eq!(cut("a long line of words", 10), "a long li…");
        assert_eq!(columns(&cut("日本語日本語", 7)), 7);
    }
}
