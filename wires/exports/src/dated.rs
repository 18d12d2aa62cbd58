//! Dates in the names of files, by which archives come in order and lists get their names.

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

impl Day {
    pub fn of(year: u16, month: u8, day: u8) -> Option<Day> {
        let sane =
            (1985..=2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
        sane.then_some(Day { year, month, day })
    }

    /// Days since 1970 (Howard Hinnant, "chrono-compatible low-level date algorithms").
    pub fn number(self) -> i64 {
        let (month, day) = (i64::from(self.month), i64::from(self.day));
        let year = i64::from(self.year) - i64::from(month <= 2);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }
}

/// `2018-01-01`, `2018/01/01`, `20180101`.
pub fn iso_day(word: &str) -> Option<Day> {
    let bytes = word.as_bytes();
    let digits = |from: usize, to: usize| {
        word.get(from..to)
            .filter(|d| d.bytes().all(|b| b.is_ascii_digit()))
    };
    match bytes.len() {
        10.. if matches!(bytes.get(4), Some(b'-' | b'/' | b'.' | b'_'))
            && bytes.get(4) == bytes.get(7) =>
        {
            Day::of(
                digits(0, 4)?.parse().ok()?,
                digits(5, 7)?.parse().ok()?,
                digits(8, 10)?.parse().ok()?,
            )
        }
        8 => Day::of(
            digits(0, 4)?.parse().ok()?,
            digits(4, 6)?.parse().ok()?,
            digits(6, 8)?.parse().ok()?,
        ),
        _ => None,
    }
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// A month by its English name, whole or its first three letters.
pub fn month_of(word: &str) -> Option<u8> {
    let word = word.trim_end_matches('.').as_bytes();
    if !(3..=9).contains(&word.len()) {
        return None;
    }
    let head = word.get(..3)?;
    let found = MONTHS
        .iter()
        .position(|month| month.as_bytes().eq_ignore_ascii_case(head))?;
    // "Marc" and "Junior" are names of people.
    let whole = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "sept",
        "october",
        "november",
        "december",
    ];
    (word.len() == 3
        || whole
            .iter()
            .any(|name| name.as_bytes().eq_ignore_ascii_case(word)))
    .then(|| u8::try_from(found + 1).ok())?
}

/// What remains of a file's name without dates and endings; empty where that is nothing.
pub fn without_date(name: &str) -> String {
    let lower = name.to_lowercase();
    let end = [
        ".mbox.gz",
        ".txt.gz",
        ".log.gz",
        ".mbox",
        ".mbx",
        ".txt",
        ".log",
        ".weechatlog",
        ".gz",
        ".zip",
    ]
    .iter()
    .find(|end| lower.ends_with(**end))
    .map_or(0, |end| end.len());
    let stem = name.get(..name.len().saturating_sub(end)).unwrap_or(name);
    let parts: Vec<&str> = stem
        .split(['_', '-', '.', ' '])
        .filter(|part| !part.is_empty())
        .collect();
    let dated = |part: &&str| {
        part.bytes().all(|b| b.is_ascii_digit()) && matches!(part.len(), 2 | 4 | 6 | 8)
            || month_of(part).is_some()
    };
    if !parts.iter().any(dated) {
        return stem.to_owned();
    }
    parts
        .into_iter()
        .filter(|part| !dated(part))
        .collect::<Vec<_>>()
        .join("-")
}

/// Year and month in a file's name, so that archives by month are read in order.
pub fn moment_of(file: &str) -> (u16, u8) {
    let name = file.rsplit('/').next().unwrap_or(file);
    let mut year = 0;
    let mut month = 0;
    for part in name.split(|c: char| !c.is_alphanumeric()) {
        match (part.len(), part.parse::<u32>()) {
            (4, Ok(number @ 1970..=2100)) if year == 0 => year = number as u16,
            (6, Ok(number @ 197_001..=210_012)) if year == 0 => {
                year = (number / 100) as u16;
                month = (number % 100) as u8;
            }
            (2, Ok(number @ 1..=12)) if year != 0 && month == 0 => month = number as u8,
            _ => month = month_of(part).unwrap_or(month),
        }
    }
    (year, if year == 0 { 0 } else { month })
}

/// The day in a path: `#c.2018-01-01.log`, `2018/01/01/c.txt`, `c_20180101.log`.
pub fn day_of(path: &str) -> Option<Day> {
    let starts = path.char_indices().filter(|(at, c)| {
        c.is_ascii_digit()
            && !path
                .get(..*at)
                .is_some_and(|head| head.ends_with(|c: char| c.is_ascii_digit()))
    });
    let days = starts.filter_map(|(at, _)| {
        let rest = path.get(at..)?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        iso_day(rest.get(..if digits == 8 { 8 } else { 10 })?)
    });
    days.fold(None, |_, day| Some(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_by_month_come_in_the_order_of_months() {
        assert!(moment_of("2015-April.txt") < moment_of("2015-August.txt.gz"));
        assert!(moment_of("x_2014_december.mbox") < moment_of("x_2015_november.mbox"));
        assert!(moment_of("200412.mbox") < moment_of("200501.mbox"));
        assert_eq!(moment_of("list.mbox"), (0, 0));
    }

    #[test]
    fn the_day_of_a_log_is_found_in_its_path() {
        for path in [
            "#c.2018-01-02.log",
            "2018/01/02/#c.txt",
            "c_20180102.log",
            "freenode.#c.2018_01_02.log.gz",
        ] {
            assert_eq!(day_of(path), Day::of(2018, 1, 2), "{path}");
        }
        assert_eq!(day_of("#c.log"), None);
    }
}
