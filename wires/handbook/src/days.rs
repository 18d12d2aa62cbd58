//! Days and hours as people's tools write them: `2019-08-16`, `Aug 08, 2022`, `March 3, 2021 9:41 AM`, `3 March 2021`, `2021/03/03 21:41`.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// The first day that stands in a text.
pub(crate) fn day(text: &str) -> Option<Date> {
    let parts = parts(text);
    (0..parts.len()).find_map(|at| {
        let rest = parts.get(at..).unwrap_or_default();
        named_month(rest).or_else(|| in_digits(rest))
    })
}

/// Microseconds since 1970. No zone is written there; taken as UTC, it is at most a day wrong.
pub(crate) fn moment(text: &str) -> Option<i64> {
    if let Ok(exact) = text.trim().parse::<jiff::Timestamp>() {
        return Some(exact.as_microsecond());
    }
    let at = day(text)?.to_datetime(hour(text).unwrap_or(Time::midnight()));
    let moment = TimeZone::UTC.to_timestamp(at).ok()?;
    Some(moment.as_microsecond())
}

/// Words and numbers, without what stands between them.
fn parts(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .take(24)
        .collect()
}

fn named_month(parts: &[&str]) -> Option<Date> {
    let [a, b, c, ..] = parts else { return None };
    let (month, day) = match (month(a), month(b)) {
        (Some(month), _) => (month, number(b)?),
        (None, Some(month)) => (month, number(a)?),
        (None, None) => return None,
    };
    date(number(c)?, month, day)
}

/// The year stands first or last. With the year last, `13/02/2021` is clear, and `03.02.2021` is read as Europe writes it.
fn in_digits(parts: &[&str]) -> Option<Date> {
    let [a, b, c, ..] = parts else { return None };
    let third: String = c.chars().take_while(char::is_ascii_digit).collect();
    if a.len() == 4 {
        return date(number(a)?, number(b)?, number(&third)?);
    }
    if c.len() != 4 {
        return None;
    }
    let (a, b) = (number(a)?, number(b)?);
    let (day, month) = if b > 12 { (b, a) } else { (a, b) };
    date(number(c)?, month, day)
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    let plausible = (1000..=9999).contains(&year);
    let day = i8::try_from(day).ok().filter(|_| plausible)?;
    Date::new(year, i8::try_from(month).ok()?, day).ok()
}

/// `3`, `3rd`.
fn number(part: &str) -> Option<i16> {
    let bare = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|end| part.strip_suffix(end))
        .unwrap_or(part);
    bare.parse().ok()
}

fn month(part: &str) -> Option<i16> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = part.to_ascii_lowercase();
    let at = MONTHS
        .iter()
        .position(|name| word.len() >= 3 && name.starts_with(&word))?;
    i16::try_from(at + 1).ok()
}

/// `9:41 AM`, `21:41`, `21:41:07`.
fn hour(text: &str) -> Option<Time> {
    let at = text.find(':')?;
    let before = text.get(..at)?;
    let digits = |c: &char| c.is_ascii_digit();
    let hour: String = before.chars().rev().take_while(digits).take(2).collect();
    let hour: i8 = hour.chars().rev().collect::<String>().parse().ok()?;
    let after = text.get(at + 1..)?;
    let minute: i8 = after.get(..2)?.parse().ok()?;
    let rest = after.get(2..)?.trim_start_matches(|c: char| {
        c.is_ascii_digit() || c == ':' || c.is_whitespace() || c == '\u{202F}'
    });
    let half = rest.get(..2).map(str::to_ascii_lowercase);
    let hour = match (half.as_deref(), hour) {
        (Some("am"), 12) => 0,
        (Some("pm"), hour) if hour < 12 => hour + 12,
        _ => hour,
    };
    Time::new(hour, minute, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as on;

    #[test]
    fn days_are_read_as_tools_write_them() {
        for text in [
            "2021-03-03",
            "2021-03-03T21:41:00Z",
            "2021/3/3",
            "Mar 03, 2021",
            "March 3, 2021 9:41 AM",
            "@March 3, 2021",
            "3 March 2021",
            "Wednesday, 3rd Mar 2021",
            "03.03.2021",
            "last modified on Mar 03, 2021",
        ] {
            assert_eq!(day(text), Some(on(2021, 3, 3)), "{text}");
        }
        assert_eq!(day("12/25/2020"), Some(on(2020, 12, 25)));
        for text in [
            "",
            "soon",
            "2021",
            "99/99/2021",
            "Mar 99, 2021",
            "version 1.2.3",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn hours_are_read_with_their_halves() {
        let at =
            |hour: i64, minute: i64| Some((1_614_729_600 + hour * 3600 + minute * 60) * 1_000_000);
        assert_eq!(moment("March 3, 2021 9:41 AM"), at(9, 41));
        assert_eq!(moment("March 3, 2021 9:41\u{202F}PM"), at(21, 41));
        assert_eq!(moment("March 3, 2021 12:05 AM"), at(0, 5));
        assert_eq!(moment("2021/03/03 21:41"), at(21, 41));
        assert_eq!(moment("2021-03-03T21:41:00Z"), at(21, 41));
        assert_eq!(moment("Mar 03, 2021"), at(0, 0));
    }
}
