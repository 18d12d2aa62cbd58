//! Times as people read them: absolute in the reader's zone, exact in the markup; the browser makes them relative.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{Say, Timestamp};

use crate::frame::Html;
use crate::translation::T;

pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

pub fn is_zone(name: &str) -> bool {
    !name.is_empty() && TimeZone::get(name).is_ok()
}

/// `<time>` with day and minute in the reader's zone.
pub fn time(at: Timestamp, zone: &TimeZone, t: T) -> Html {
    let local = zone.to_datetime(at.jiff());
    let (hour, minute) = (local.hour(), local.minute());
    Html::trusted(format!("<time datetime=\"{}\" data-relative>{}, {hour:02}:{minute:02}</time>", at.rfc3339(), date(local.date(), t)))
}

/// The day alone.
pub fn day(at: Timestamp, zone: &TimeZone, t: T) -> String {
    date(zone.to_datetime(at.jiff()).date(), t)
}

fn date(date: Date, t: T) -> String {
    let say = Say::new("{day} {month} {year}").with("day", date.day()).with("month", month(date.month(), t));
    t.sentence(&say.with("year", date.year()))
}

/// Hour and minute where somebody is.
pub fn clock(at: Timestamp, zone_name: &str) -> String {
    at.jiff().to_zoned_datetime(zone(zone_name)).strftime("%H:%M").to_string()
}

fn month(n: i8, t: T) -> &'static str {
    t.say(match n {
        1 => "January",
        2 => "February",
        3 => "March",
        4 => "April",
        5 => "May",
        6 => "June",
        7 => "July",
        8 => "August",
        9 => "September",
        10 => "October",
        11 => "November",
        _ => "December",
    })
}
