//! When a message was sent: dates as headers say them, as `From ` lines say them, and which of them can be true.

use mail_parser::DateTime;

use crate::dated::month_of;

/// Mail as it is today is younger than RFC 822 (August 1982); clocks that say 2038 or later are broken ones.
const FIRST: i64 = 397_000_000;
const LAST: i64 = 2_145_916_800;
/// A letter is not sent more than a day after it arrived.
const SLACK: i64 = 86_400;

/// The moment of a message in microseconds: its own word, unless that cannot be, then when it arrived, then its neighbour's.
pub fn settle(said: Option<i64>, arrived: Option<i64>, neighbour: i64) -> i64 {
    let arrived = arrived.filter(|at| plausible(*at));
    let said = said
        .filter(|at| plausible(*at))
        .filter(|at| arrived.is_none_or(|arrived| *at <= arrived + SLACK));
    said.or(arrived).map_or(neighbour, |at| at * 1_000_000)
}

pub fn plausible(at: i64) -> bool {
    (FIRST..LAST).contains(&at)
}

/// A date as RFC 5322 writes it, in seconds.
pub fn strictly(date: &DateTime) -> Option<i64> {
    date.is_valid().then(|| date.to_timestamp())
}

/// A moment in some text: a day, a month by name, a year and a time of day, in any order, with or without a zone.
pub fn loosely(text: &str) -> Option<i64> {
    let (mut day, mut month, mut year, mut time, mut zone) = (None, None, None, None, 0);
    let words = text
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty());
    for word in words {
        if let Some(number) = month_of(word).filter(|_| month.is_none()) {
            month = Some(number);
        } else if let Some(found) = time_of(word).filter(|_| time.is_none()) {
            time = Some(found);
        } else if let Some(found) = zone_of(word).filter(|_| time.is_some()) {
            zone = found;
        } else if let Ok(number) = word.parse::<u16>() {
            match (word.len(), number) {
                (1..=2, 1..=31) if day.is_none() => day = u8::try_from(number).ok(),
                (4, 1900..=9999) if year.is_none() => year = Some(number),
                _ => {}
            }
        }
    }
    let (hour, minute, second) = time?;
    let date = DateTime {
        year: year?,
        month: month?,
        day: day?,
        hour,
        minute,
        second,
        tz_before_gmt: false,
        tz_hour: 0,
        tz_minute: 0,
    };
    strictly(&date).map(|at| at - zone)
}

fn time_of(word: &str) -> Option<(u8, u8, u8)> {
    let mut parts = word.splitn(3, ':');
    let hour = parts.next()?.parse().ok().filter(|hour| *hour < 24)?;
    let minute = parts.next()?.parse().ok().filter(|minute| *minute < 60)?;
    let second = match parts.next() {
        Some(second) => second.parse().ok().filter(|second| *second < 61)?,
        None => 0,
    };
    Some((hour, minute, second.min(59)))
}

/// `+0200`, in seconds.
fn zone_of(word: &str) -> Option<i64> {
    let sign = match word.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = word.get(1..).filter(|digits| digits.len() == 4)?;
    let number: i64 = digits.parse().ok().filter(|n| (0..=1500).contains(n))?;
    Some(sign * (number / 100 * 3600 + number % 100 * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_from_every_shape_of_from_line() {
        let at = |text| loosely(text);
        assert_eq!(at("a@b Sat Jan  3 01:05:34 1996"), Some(820_631_134));
        assert_eq!(at("- Mon Jan 15  15:30:00  2018"), Some(1_516_030_200));
        assert_eq!(
            at("1@xxx Mon Jan 15 15:30:00 +0200 2018"),
            Some(1_516_023_000)
        );
        assert_eq!(
            at("a at b  Mon, 15 Jan 2018 15:30:00 -0100"),
            Some(1_516_033_800)
        );
        assert_eq!(
            at("my point of view, Marc was right at 12:30 in 2015 on 3"),
            None
        );
    }

    #[test]
    fn a_date_that_cannot_be_gives_way_to_when_the_message_arrived() {
        let (sent, arrived) = (1_100_000_000, 1_100_000_050);
        assert_eq!(settle(Some(sent), Some(arrived), 7), sent * 1_000_000);
        for broken in [0, 86_400, 2_200_000_000, arrived + 400_000] {
            assert_eq!(settle(Some(broken), Some(arrived), 7), arrived * 1_000_000);
        }
        assert_eq!(settle(None, None, 7), 7);
        assert_eq!(settle(Some(sent), None, 7), sent * 1_000_000);
    }
}
