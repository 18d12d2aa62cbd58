//! How much was said when, where, and on which days and at what hours.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use pulse::{Answers, DAY, Of, Rhythm};
use serde::Serialize;

use super::Look;
use super::facts::days;
use super::people::About;
use super::saying::date;
use crate::stage::Failed;

#[derive(Clone, Debug, Serialize)]
pub struct Volume {
    pub contributions: u64,
    pub conversations: u64,
    /// Who said something, programs left out.
    pub people: u64,
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub bars: Bars,
    pub periods_every: Every,
    /// Years, quarters or months, each with how soon somebody was answered.
    pub periods: Vec<Period>,
    /// Where most was said.
    pub places: Vec<Spot>,
    /// Contributions by weekday from Monday, and by hour of UTC.
    pub hours: [[u32; 24]; 7],
    /// Said at a time that cannot be right, and left out.
    pub odd_times: u64,
    /// Said by programs, and left out.
    pub machines: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

#[derive(Clone, Debug, Serialize)]
pub struct Bars {
    pub every: Every,
    pub bars: Vec<Bar>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Bar {
    pub from: Date,
    pub contributions: u32,
}

#[derive(Clone, Debug, Serialize)]
pub struct Period {
    pub name: String,
    pub contributions: u32,
    pub people: About,
    /// None where most were not answered, or nothing was asked.
    pub median_hours: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spot {
    pub name: String,
    pub contributions: u64,
}

const PLACES_SHOWN: usize = 8;

impl Every {
    /// So that a picture has a hundred bars or so.
    fn of(days: i64) -> Every {
        match days {
            ..=62 => Every::Day,
            63..=730 => Every::Week,
            731..=4_400 => Every::Month,
            4_401..=14_000 => Every::Quarter,
            _ => Every::Year,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Every::Day => "day",
            Every::Week => "week",
            Every::Month => "month",
            Every::Quarter => "quarter",
            Every::Year => "year",
        }
    }

    fn beginning(self, day: Date) -> Date {
        let back = |days: i8| day.saturating_sub(i64::from(days).days());
        match self {
            Every::Day => day,
            Every::Week => back(day.weekday().to_monday_zero_offset()),
            Every::Month => day.first_of_month(),
            Every::Quarter => Date::new(day.year(), (day.month() - 1) / 3 * 3 + 1, 1).unwrap_or(day),
            Every::Year => day.first_of_year(),
        }
    }

    fn step(self) -> Span {
        match self {
            Every::Day => 1.day(),
            Every::Week => 1.week(),
            Every::Month => 1.month(),
            Every::Quarter => 3.months(),
            Every::Year => 1.year(),
        }
    }

    /// The beginnings of all that a stretch of time touches, and of the one after.
    fn beginnings(self, from: i64, to: i64) -> Vec<Date> {
        let mut next = self.beginning(date(from));
        let mut beginnings = vec![next];
        while next <= date(to) {
            let after = next.saturating_add(self.step());
            if after <= next {
                break;
            }
            beginnings.push(after);
            next = after;
        }
        beginnings
    }

    fn name(self, beginning: Date) -> String {
        match self {
            Every::Year => beginning.strftime("%Y").to_string(),
            Every::Quarter => format!("{} Q{}", beginning.year(), (beginning.month() - 1) / 3 + 1),
            Every::Month => beginning.strftime("%b %Y").to_string(),
            Every::Week | Every::Day => super::saying::day(beginning),
        }
    }
}

fn micros(day: Date) -> i64 {
    let since = day - Date::constant(1970, 1, 1);
    i64::from(since.get_days()) * DAY
}

impl Look<'_> {
    pub(super) fn volume(&self) -> Result<Volume, Failed> {
        let facts = &self.facts.facts;
        let span = self.facts.span;
        let is_empty = facts.is_empty();
        Ok(Volume {
            contributions: facts.len() as u64,
            conversations: facts.iter().filter(|fact| fact.answers == Answers::Nothing).count() as u64,
            people: facts.iter().map(|fact| fact.who).collect::<HashSet<_>>().len() as u64,
            from: (!is_empty).then(|| date(span.from)),
            to: (!is_empty).then(|| date(span.to)),
            bars: if is_empty { Bars { every: Every::Day, bars: Vec::new() } } else { self.bars() },
            periods_every: self.periods_every(),
            periods: if is_empty { Vec::new() } else { self.periods() },
            places: self.spots()?,
            hours: Rhythm::of(facts.iter().map(|fact| fact.at), |_| 0).hours,
            odd_times: span.odd,
            machines: self.facts.machines,
        })
    }

    fn bars(&self) -> Bars {
        let span = self.facts.span;
        let every = Every::of(days(span.from, span.to));
        let beginnings = every.beginnings(span.from, span.to);
        let starts: Vec<i64> = beginnings.iter().map(|day| micros(*day)).collect();
        let mut counts = vec![0_u32; beginnings.len()];
        for fact in &self.facts.facts {
            let at = starts.partition_point(|start| *start <= fact.at).saturating_sub(1);
            if let Some(count) = counts.get_mut(at) {
                *count += 1;
            }
        }
        let bars = beginnings.into_iter().zip(counts).map(|(from, contributions)| Bar { from, contributions });
        let mut bars: Vec<Bar> = bars.collect();
        // The last is the beginning of what comes after.
        bars.pop();
        Bars { every, bars }
    }

    fn periods_every(&self) -> Every {
        match days(self.facts.span.from, self.facts.span.to) {
            ..=250 => Every::Month,
            251..=800 => Every::Quarter,
            _ => Every::Year,
        }
    }

    fn periods(&self) -> Vec<Period> {
        let (span, every) = (self.facts.span, self.periods_every());
        let beginnings = every.beginnings(span.from, span.to);
        let period = |two: &[Date]| {
            let (from, to) = (*two.first()?, *two.last()?);
            let time = micros(from)..micros(to);
            let (mut people, mut contributions) = (HashSet::new(), 0);
            for (_, fact) in self.talk.within(&time) {
                people.insert(fact.who);
                contributions += 1;
            }
            let people = About::from(pulse::privacy::rounded(u32::try_from(people.len()).unwrap_or(u32::MAX)));
            let median = || self.talk.first_response(&time, Of::Asked, self.as_of).median();
            let median_hours = if self.facts.without_answers { None } else { median() };
            Some(Period { name: every.name(from), contributions, people, median_hours })
        };
        beginnings.windows(2).filter_map(period).collect()
    }

    fn spots(&self) -> Result<Vec<Spot>, Failed> {
        let mut counts = HashMap::<u32, u64>::new();
        for community in &self.facts.communities {
            *counts.entry(*community).or_default() += 1;
        }
        let mut spots = Vec::new();
        let named: HashMap<String, String> = self.stage.communities()?.into_iter().map(|(c, _)| (c.id, c.name)).collect();
        for (id, community) in &self.facts.named {
            if let Some(count) = counts.get(community) {
                spots.push(Spot { name: named.get(id).unwrap_or(id).clone(), contributions: *count });
            }
        }
        spots.sort_by(|a, b| b.contributions.cmp(&a.contributions).then(a.name.cmp(&b.name)));
        spots.truncate(PLACES_SHOWN);
        Ok(spots)
    }
}

impl Volume {
    /// What is shown as the darkest hour of the week: more than 19 of 20 hours in which something was said, so that one day on which
    /// everybody spoke does not pale all others.
    pub(super) fn busy_hour(&self) -> u32 {
        let mut counts: Vec<u32> = self.hours.iter().flatten().copied().filter(|count| *count > 0).collect();
        counts.sort_unstable();
        counts.get(counts.len() * 19 / 20).copied().unwrap_or(1)
    }
}

impl Bars {
    pub fn most(&self) -> Option<Bar> {
        // The earliest of the highest.
        self.bars.iter().rev().copied().max_by_key(|bar| bar.contributions)
    }
}
