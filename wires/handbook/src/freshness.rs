//! When somebody last said that a page holds, for how long, and the exact day on which it is due again.

use jiff::Span;
use jiff::civil::Date;

use crate::days;
use crate::model::Page;

/// Names under which tools keep the day it was looked at, the time it holds, and the day by which to look again. The first are
/// those of the UK government's technical documentation (<https://tdt-documentation.london.cloudapps.digital>).
const VERIFIED: [&str; 6] = [
    "last_reviewed_on",
    "last_reviewed",
    "reviewed_on",
    "last_verified",
    "last_review",
    "reviewed",
];
const LASTS: [&str; 5] = [
    "review_in",
    "review_every",
    "review_interval",
    "review_period",
    "review_frequency",
];
const DUE: [&str; 5] = [
    "review_by",
    "next_review",
    "review_on",
    "review_date",
    "next_review_on",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    pub verified_on: Option<Date>,
    pub lasts: Option<Lasts>,
    /// The last day on which it is fresh: stated, or by the calendar from the two above.
    pub due: Option<Date>,
}

/// Calendar months, and days beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lasts {
    pub months: i32,
    pub days: i32,
}

impl Freshness {
    pub(crate) fn of(page: &Page) -> Option<Freshness> {
        let fact = |names: &[&str]| names.iter().find_map(|name| page.fact(name));
        let verified_on = fact(&VERIFIED).and_then(days::day);
        let lasts = fact(&LASTS).and_then(Lasts::read);
        let stated = fact(&DUE).and_then(days::day);
        let due = stated.or_else(|| lasts?.from(verified_on?));
        let known = verified_on.is_some() || due.is_some();
        known.then_some(Freshness {
            verified_on,
            lasts,
            due,
        })
    }

    /// Not on the day itself, from the next one on.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.due.is_some_and(|due| due < today)
    }
}

impl Lasts {
    /// A month after the 31st of January is the last of February.
    pub fn from(self, day: Date) -> Option<Date> {
        let months = Span::new().try_months(self.months).ok()?;
        let days = Span::new().try_days(self.days).ok()?;
        day.checked_add(months).ok()?.checked_add(days).ok()
    }

    /// `6 months`, `a year`, `81 days`, `two weeks`, `quarterly`, `P6M`.
    pub(crate) fn read(text: &str) -> Option<Lasts> {
        let text = text.trim().to_ascii_lowercase();
        let often = match text.as_str() {
            "weekly" => Some((0, 7)),
            "monthly" => Some((1, 0)),
            "quarterly" => Some((3, 0)),
            "yearly" | "annually" | "annual" => Some((12, 0)),
            _ => None,
        };
        if let Some((months, days)) = often {
            return Some(Lasts { months, days });
        }
        let spaced = text
            .strip_prefix('p')
            .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let (number, unit) = split(spaced.unwrap_or(&text))?;
        let unit = unit.trim_end_matches('s');
        let (months, days) = match unit {
            "d" | "day" => (0, 1),
            "w" | "week" | "wk" => (0, 7),
            "fortnight" => (0, 14),
            "m" | "month" | "mo" => (1, 0),
            "quarter" => (3, 0),
            "y" | "year" | "yr" => (12, 0),
            _ => return None,
        };
        let lasts = Lasts {
            months: number.checked_mul(months)?,
            days: number.checked_mul(days)?,
        };
        // A hundred years is a slip of the pen.
        ((1..=1200).contains(&lasts.months) || (1..=36_525).contains(&lasts.days)).then_some(lasts)
    }
}

fn split(text: &str) -> Option<(i32, &str)> {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        let (number, unit) = text.split_at(digits);
        let unit = unit.trim_start_matches([' ', '.', '-', '_']);
        return Some((number.parse().ok()?, unit.split_whitespace().next()?));
    }
    let (word, unit) = text.split_once(' ')?;
    let number = match word {
        "a" | "an" | "every" => 1,
        _ => i32::try_from(WORDS.iter().position(|w| *w == word)?).ok()?,
    };
    Some((number, unit.split_whitespace().next()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fact;
    use jiff::civil::date;

    fn due(verified: &str, lasts: &str) -> Option<Date> {
        let fact = |name: &str, value: &str| Fact {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let page = Page {
            facts: vec![fact("last_reviewed_on", verified), fact("review_in", lasts)],
            ..Page::default()
        };
        Freshness::of(&page)?.due
    }

    #[test]
    fn a_page_is_due_by_the_calendar() {
        assert_eq!(due("2019-08-31", "6 months"), Some(date(2020, 2, 29)));
        assert_eq!(due("2018-08-31", "6 months"), Some(date(2019, 2, 28)));
        assert_eq!(due("2019-08-16", "1 year"), Some(date(2020, 8, 16)));
        assert_eq!(due("2019-08-16", "6 month"), Some(date(2020, 2, 16)));
        assert_eq!(due("2019-12-31", "2 weeks"), Some(date(2020, 1, 14)));
        assert_eq!(due("2019-08-16", "81 days"), Some(date(2019, 11, 5)));
        assert_eq!(due("16 August 2019", "P1Y"), Some(date(2020, 8, 16)));
        assert_eq!(due("2019-08-16", "quarterly"), Some(date(2019, 11, 16)));
    }

    #[test]
    fn what_says_no_time_is_never_due() {
        for lasts in ["", "soon", "0 days", "9999999999 years", "99999 years", "6"] {
            assert_eq!(due("2019-08-16", lasts), None, "{lasts}");
        }
        assert_eq!(due("whenever", "6 months"), None);
    }

    #[test]
    fn it_is_overdue_from_the_day_after() {
        let fresh = Freshness {
            verified_on: None,
            lasts: None,
            due: Some(date(2020, 2, 29)),
        };
        assert!(!fresh.is_overdue(date(2020, 2, 29)));
        assert!(fresh.is_overdue(date(2020, 3, 1)));
    }
}
