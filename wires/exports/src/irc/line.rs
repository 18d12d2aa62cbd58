//! One line of a log, whichever program wrote it (irssi, WeeChat, ZNC, supybot, HexChat, mIRC, Pidgin, irclogs.ubuntu.com).

use crate::dated::{Day, iso_day, month_of};

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind<'l> {
    Said {
        speaker: &'l str,
        words: &'l str,
    },
    /// `* ada waves`
    Did {
        speaker: &'l str,
        words: &'l str,
    },
    /// Joins, modes, topics, notices of the program.
    System,
    /// The day of the lines below it.
    Day(Day),
    Blank,
    Unknown,
}

/// When, as far as the line itself says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct When {
    pub day: Option<Day>,
    /// Seconds of the day.
    pub time: Option<i64>,
    /// Seconds east of Greenwich.
    pub zone: i64,
}

pub fn read(line: &str) -> (When, Kind<'_>) {
    let line = line.trim_end();
    if line.trim().is_empty() {
        return (When::default(), Kind::Blank);
    }
    if let Some(day) = header(line) {
        return (When::default(), Kind::Day(day));
    }
    let (when, rest) = moment(line);
    (when, kind(rest, when.time.is_some()))
}

/// `--- Log opened Mon Jan 01 00:00:01 2018`, `--- Day changed Tue Jan 02 2018`, `**** BEGIN LOGGING AT …`, `Session Start: …`.
fn header(line: &str) -> Option<Day> {
    const HEADS: [&str; 7] = [
        "--- Log opened",
        "--- Day changed",
        "**** BEGIN LOGGING AT",
        "Session Start:",
        "Session Time:",
        "-!- Day changed",
        "--- Date changed",
    ];
    let head = HEADS.iter().find(|head| line.starts_with(**head))?;
    let rest = line.get(head.len()..)?;
    written_day(rest)
}

/// A day in words: `Mon Jan 01 2018`, `01 Jan 2018`, `2018-01-01`.
pub fn written_day(text: &str) -> Option<Day> {
    let (mut year, mut month, mut day) = (None, None, None);
    for word in text.split(|c: char| c.is_whitespace() || c == ',' || c == '[' || c == ']') {
        if let Some(found) = iso_day(word) {
            return Some(found);
        }
        if let Some(found) = month_of(word) {
            month = month.or(Some(found));
        } else if let Ok(number) = word.trim_end_matches('.').parse::<u16>() {
            match number {
                1..=31 if day.is_none() => day = u8::try_from(number).ok(),
                1985..=2100 => year = Some(number),
                _ => {}
            }
        }
    }
    Day::of(year?, month?, day?)
}

/// Takes the moment off the head of a line.
fn moment(line: &str) -> (When, &str) {
    let mut when = When::default();
    let (inside, after) = match line.strip_prefix(['[', '(']) {
        Some(rest) => match rest.find([']', ')']) {
            Some(end) if end <= 32 => (
                rest.get(..end).unwrap_or(""),
                rest.get(end + 1..).unwrap_or(""),
            ),
            _ => return (when, line),
        },
        None => ("", line),
    };
    if !inside.is_empty() {
        when = whole(inside);
        return match when.time {
            Some(_) => (when, after),
            None => (when, line),
        };
    }
    // Without brackets: a day, a month and a day, or a time, each a word.
    let mut rest = line.trim_start();
    for _ in 0..4 {
        let (word, after) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
        let part = whole(word);
        if part.time.is_some() {
            when.time = part.time;
            when.zone = part.zone;
            when.day = part.day.or(when.day);
            return (when, after);
        }
        if let Some(day) = part.day {
            when.day = Some(day);
        } else if !(month_of(word).is_some()
            || (word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit())))
        {
            break;
        }
        rest = after.trim_start();
    }
    (When::default(), line)
}

/// `12:34`, `12:34:56`, `12:34.56`, `2018-01-01 12:34:56`, `2018-01-01T12:34:56+0000`, `01:23 PM`.
fn whole(text: &str) -> When {
    let mut when = When::default();
    let text = text.trim();
    let (mut clock, mut later) = (text, false);
    if let Some(day) = text.get(..10).and_then(iso_day) {
        when.day = Some(day);
        clock = text
            .get(10..)
            .unwrap_or("")
            .trim_start_matches(['T', ' ', '_']);
    }
    let lower = clock.to_ascii_lowercase();
    if let Some(head) = lower
        .strip_suffix("pm")
        .or_else(|| lower.strip_suffix("am"))
    {
        later = lower.ends_with("pm");
        clock = clock.get(..head.trim_end().len()).unwrap_or(clock);
    }
    let has_half = lower.ends_with('m');
    let (digits, zone) = match clock.find(['+', 'Z']).or_else(|| clock.rfind('-')) {
        Some(at) => clock.split_at(at),
        None => (clock, ""),
    };
    let mut parts = digits.split([':', '.']);
    let hour: Option<i64> = parts
        .next()
        .filter(|h| (1..=2).contains(&h.len()))
        .and_then(|h| h.parse().ok());
    let minute: Option<i64> = parts
        .next()
        .filter(|m| m.len() == 2)
        .and_then(|m| m.parse().ok());
    let second = match parts.next() {
        Some(second) => second.parse::<i64>().ok(),
        None => Some(0),
    };
    if let (Some(hour), Some(minute), Some(second)) = (hour, minute, second)
        && digits.contains(':')
        && hour < 24
        && minute < 60
        && second < 61
    {
        let hour = if has_half {
            hour % 12 + 12 * i64::from(later)
        } else {
            hour
        };
        when.time = Some(hour * 3600 + minute * 60 + second);
        when.zone = seconds_east(zone);
    }
    when
}

fn seconds_east(zone: &str) -> i64 {
    let sign = match zone.as_bytes().first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return 0,
    };
    let digits: String = zone.chars().filter(char::is_ascii_digit).take(4).collect();
    match digits.parse::<i64>() {
        Ok(number) if digits.len() == 4 && number <= 1400 => {
            sign * (number / 100 * 3600 + number % 100 * 60)
        }
        _ => 0,
    }
}

fn kind(rest: &str, timed: bool) -> Kind<'_> {
    let tabbed = rest.trim_start_matches(' ');
    let rest = rest.trim_start();
    if let Some(said) = rest.strip_prefix('<') {
        // WeeChat's "<--" is somebody who leaves.
        if said.starts_with("--") {
            return Kind::System;
        }
        return match said.split_once('>') {
            // What stands in brackets may have spaces; some programs allow it.
            Some((speaker, words))
                if speaker.contains(' ')
                    && (3..=32).contains(&speaker.trim().len())
                    && !speaker.contains([':', '<']) =>
            {
                match (speaker.trim().trim_start_matches(RANKS), words.trim()) {
                    (_, "") => Kind::Blank,
                    (speaker, words) => Kind::Said { speaker, words },
                }
            }
            Some((speaker, words)) => said_by(speaker, words),
            None => Kind::Unknown,
        };
    }
    if [
        "***", "===", "---", "-!-", "-->", "<--", "--", "!!!", "—", "→", "←",
    ]
    .iter()
    .any(|mark| rest.starts_with(mark))
    {
        return Kind::System;
    }
    if let Some(done) = rest.strip_prefix('*') {
        let done = done.trim_start_matches([' ', '\t', '*']);
        let (speaker, words) = done.split_once([' ', '\t']).unwrap_or((done, ""));
        return match (name(speaker), is_happening(words)) {
            (Some(_), true) | (None, _) => Kind::System,
            (Some(speaker), false) if !words.trim().is_empty() => Kind::Did {
                speaker,
                words: words.trim(),
            },
            _ => Kind::Blank,
        };
    }
    // `-ada- a notice`
    if rest.starts_with('-')
        && rest.get(1..).is_some_and(|rest| {
            rest.split(' ')
                .next()
                .is_some_and(|word| word.ends_with('-'))
        })
    {
        return Kind::System;
    }
    if !timed {
        return Kind::Unknown;
    }
    if let Some((speaker, words)) = tabbed.split_once('\t') {
        // WeeChat: the name stands before a tab.
        return match speaker.trim() {
            "" | "=!=" => Kind::System,
            speaker => said_by(speaker, words),
        };
    }
    // Pidgin: `ada: words`.
    match rest.split_once(": ") {
        Some((speaker, words)) => said_by(speaker, words),
        None => Kind::Unknown,
    }
}

const RANKS: [char; 6] = ['@', '+', '%', '&', '~', '!'];

fn said_by<'l>(speaker: &'l str, words: &'l str) -> Kind<'l> {
    match (name(speaker), words.trim()) {
        (None, _) => Kind::Unknown,
        (Some(_), "") => Kind::Blank,
        (Some(speaker), words) => Kind::Said { speaker, words },
    }
}

/// A nickname without the marks of its bearer's rank.
fn name(speaker: &str) -> Option<&str> {
    let name = speaker.trim().trim_start_matches(RANKS);
    let sane = !name.is_empty() && name.len() <= 64 && !name.contains([' ', '\t', ':', '<', '>']);
    sane.then_some(name)
}

/// What follows a name where the program speaks of somebody.
fn is_happening(words: &str) -> bool {
    const HAPPENS: [&str; 17] = [
        "has joined",
        "has quit",
        "has left",
        "is now known as",
        "sets mode",
        "set mode",
        "was kicked",
        "has been kicked",
        "changes topic",
        "changed the topic",
        "has changed the topic",
        "has set the topic",
        "sets the topic",
        "gives channel operator",
        "removes channel operator",
        "gives voice",
        "[~",
    ];
    HAPPENS
        .iter()
        .any(|happens| words.trim_start().starts_with(happens))
        || (words.starts_with('(')
            && ["has joined", "has quit", "has left"]
                .iter()
                .any(|happens| words.contains(happens)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said<'l>(speaker: &'l str, words: &'l str) -> Kind<'l> {
        Kind::Said { speaker, words }
    }

    #[test]
    fn lines_of_every_program_are_read() {
        for line in [
            "[12:34] <ada> hi: there",
            "[12:34:56] <ada> hi: there",
            "12:34 <@ada> hi: there",
            "12:34 < ada> hi: there",
            "2018-01-01T12:34:56  <ada> hi: there",
            "2018-01-01T12:34:56+0000  <ada> hi: there",
            "2018-01-01 12:34:56\tada\thi: there",
            "2018-01-01 12:34:56\t@ada\thi: there",
            "[2018-01-01 12:34:56] <+ada> hi: there",
            "Jan 01 12:34:56 <ada>\thi: there",
            "(12:34:56 PM) ada: hi: there",
            "[12:34.56] <ada> hi: there",
            "<ada> hi: there",
            "[12:34] <ada> hi: there  ",
        ] {
            assert_eq!(read(line).1, said("ada", "hi: there"), "{line}");
        }
    }

    #[test]
    fn names_in_brackets_may_have_spaces() {
        assert_eq!(
            read("[10:07] <bur[n] er> nope").1,
            said("bur[n] er", "nope")
        );
        assert_eq!(read("12:34 < ada> hi").1, said("ada", "hi"));
    }

    #[test]
    fn what_a_program_says_is_not_what_somebody_said() {
        for line in [
            "=== topyli [~x@y]  has left #ubuntu []",
            "2012-10-17T09:16:50+0000  *** MikeMcClurg has quit IRC",
            "12:34 -!- ada [x@y] has joined #c",
            "[12:34:56] *** Joins: ada (x@y)",
            "2018-01-01 12:34:56\t-->\tada (x@y) has joined #c",
            "2018-01-01 12:34:56\t--\tMode #c [+o ada] by ChanServ",
            "Jan 01 12:34:56 *\tada has joined",
            "12:34 -ChanServ- welcome",
        ] {
            assert_eq!(read(line).1, Kind::System, "{line}");
        }
    }

    #[test]
    fn deeds_are_somebodys() {
        for line in [
            "[10:00]  * ada waves",
            "2018-01-01 12:34:56\t *\tada waves",
            "12:34 * ada waves",
            "2012-10-17T09:16:35+0000  * ada waves",
        ] {
            assert_eq!(
                read(line).1,
                Kind::Did {
                    speaker: "ada",
                    words: "waves"
                },
                "{line}"
            );
        }
    }

    #[test]
    fn the_moment_is_as_much_as_the_line_says() {
        let day = Day::of(2018, 1, 1);
        let noon = Some(12 * 3600 + 34 * 60);
        assert_eq!(
            read("[12:34] <a> b").0,
            When {
                day: None,
                time: noon,
                zone: 0
            }
        );
        assert_eq!(
            read("2018-01-01T12:34:00-0130  <a> b").0,
            When {
                day,
                time: noon,
                zone: -5400
            }
        );
        assert_eq!(read("(1:04:05 PM) a: b").0.time, Some(13 * 3600 + 245));
        assert_eq!(
            read("--- Day changed Mon Jan 01 2018").1,
            Kind::Day(Day {
                year: 2018,
                month: 1,
                day: 1
            })
        );
        assert_eq!(Day::of(2018, 1, 1).map(Day::number), Some(17_532));
        assert_eq!(Day::of(1970, 1, 1), None);
    }

    #[test]
    fn other_text_is_nobodys_words() {
        for line in [
            "1002 1003 -",
            "name,age",
            "Dear all,",
            "2012-10-17T09:19:43+0000  Tv_ http://x/y#z",
            "https://example.org: a page",
        ] {
            assert_eq!(read(line).1, Kind::Unknown, "{line}");
        }
    }
}
