//! Rate limits: by account and by address, so that neither many addresses nor many accounts get around them. What they
//! refuse is counted for the operator by class and shortened network, for a day, and never by person.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Mutex;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::{StateInformationMiddleware, StateSnapshot};
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use kernel::clock::MINUTE;
use kernel::figures::Count;
use kernel::{Error, Result, Timestamp};

use crate::slice::Rate;

/// How often a class of routes may be called: so many a minute, and so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Often {
    pub minute: u32,
    pub burst: u32,
}

/// The limits of all classes, as the operator may set them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Classes(pub [Often; Rate::ALL.len()]);

impl Default for Classes {
    fn default() -> Self {
        let often = |minute, burst| Often { minute, burst };
        Self([often(3_000, 600), often(90, 60), often(10, 10), often(120, 60), often(100, 100)])
    }
}

impl Classes {
    pub fn of(&self, rate: Rate) -> Often {
        let [read, write, sign_in, live, account] = self.0;
        match rate {
            Rate::Read => read,
            Rate::Write => write,
            Rate::SignIn => sign_in,
            Rate::Live => live,
            Rate::Account => account,
        }
    }

    pub fn set(&mut self, rate: Rate, often: Often) {
        if let Some(place) = self.0.get_mut(rate as usize) {
            *place = often;
        }
    }
}

pub struct Limits {
    pub classes: Classes,
    /// None when the operator switched limits off, for measuring.
    rates: Option<[Limiter; Rate::ALL.len()]>,
    refused: [Count; Rate::ALL.len()],
    seen: Mutex<Refusals>,
}

type Limiter = RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>;

fn limiter(often: Often) -> Limiter {
    let [n, burst] = [often.minute, often.burst].map(|n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN));
    RateLimiter::keyed(Quota::per_minute(n).allow_burst(burst)).with_middleware()
}

/// What is left to a caller of a class, for the headers of draft-ietf-httpapi-ratelimit-headers.
#[derive(Clone, Copy, Debug)]
pub struct Left {
    rate: Rate,
    often: Often,
    left: u32,
}

impl Left {
    /// The policy is the burst and the seconds in which it is whole again; then what is left, and the seconds until it is.
    pub(crate) fn write(self, headers: &mut HeaderMap) {
        let seconds = |calls: u32| (u64::from(calls) * 60).div_ceil(u64::from(self.often.minute.max(1))).max(1);
        let (name, q) = (self.rate.word(), self.often.burst);
        let policy = format!("\"{name}\";q={q};w={}", seconds(q));
        let limit = format!("\"{name}\";r={};t={}", self.left, seconds(q.saturating_sub(self.left)));
        for (header, text) in [("ratelimit-policy", policy), ("ratelimit", limit)] {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(HeaderName::from_static(header), value);
            }
        }
    }
}

impl Limits {
    pub fn new(on: bool, classes: Classes) -> Self {
        let rates = on.then(|| classes.0.map(limiter));
        Self { classes, rates, refused: Default::default(), seen: Mutex::default() }
    }

    pub fn is_on(&self) -> bool {
        self.rates.is_some()
    }

    /// Counts a call against each key; the slowest of them decides.
    pub fn check(&self, rate: Rate, keys: &[&str]) -> Result<Option<Left>> {
        let Some(limiter) = self.rates.as_ref().and_then(|r| r.get(rate as usize)) else { return Ok(None) };
        let often = self.classes.of(rate);
        let mut least = often.burst;
        for key in keys {
            let known: std::result::Result<StateSnapshot, _> = limiter.check_key(&(*key).to_owned());
            match known {
                Ok(state) => least = least.min(state.remaining_burst_capacity()),
                Err(not_until) => {
                    if let Some(count) = self.refused.get(rate as usize) {
                        count.up();
                    }
                    let wait = not_until.wait_time_from(DefaultClock::default().now());
                    return Err(Error::TooMany(wait.as_secs() + 1));
                }
            }
        }
        Ok(Some(Left { rate, often, left: least }))
    }

    /// As [`Limits::check`], and a refusal is kept for the operator with where it came from.
    pub fn check_from(&self, rate: Rate, keys: &[&str], network: &str, now: Timestamp) -> Result<Option<Left>> {
        let checked = self.check(rate, keys);
        if checked.is_err()
            && let Ok(mut seen) = self.seen.lock()
        {
            seen.note(rate, network, now);
        }
        checked
    }

    /// What is left of a class after a refusal: nothing.
    pub(crate) fn nothing_left(&self, rate: Rate) -> Left {
        Left { rate, often: self.classes.of(rate), left: 0 }
    }

    /// How often each class refused since the start.
    pub fn refused(&self, rate: Rate) -> u64 {
        self.refused.get(rate as usize).map_or(0, Count::value)
    }

    /// What was refused lately, the most of it first.
    pub fn lately(&self, now: Timestamp) -> Vec<Refused> {
        self.seen.lock().map(|seen| seen.lately(now)).unwrap_or_default()
    }

    /// Forgets who has not called for a while, so that memory stays bounded.
    pub fn forget(&self) {
        for limiter in self.rates.iter().flatten() {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

/// Refusals of one class from one network, for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub rate: Rate,
    pub network: String,
    pub hour: u64,
    pub day: u64,
}

/// Ten minutes are one row for each class and network; a day of them, and never more than fits.
#[derive(Default)]
struct Refusals(BTreeMap<(i64, Rate, String), u64>);

const STEP: i64 = 10 * MINUTE;
const ROWS: usize = 5_000;
const OTHERS: &str = "elsewhere";

impl Refusals {
    fn note(&mut self, rate: Rate, network: &str, now: Timestamp) {
        let step = now.0.div_euclid(STEP);
        while self.0.first_key_value().is_some_and(|((first, ..), _)| *first <= step - 144) {
            self.0.pop_first();
        }
        let key = (step, rate, shortened(network));
        let key = if self.0.len() >= ROWS && !self.0.contains_key(&key) { (step, rate, OTHERS.to_owned()) } else { key };
        *self.0.entry(key).or_default() += 1;
    }

    fn lately(&self, now: Timestamp) -> Vec<Refused> {
        let step = now.0.div_euclid(STEP);
        let mut found: BTreeMap<(Rate, &str), (u64, u64)> = BTreeMap::new();
        for ((at, rate, network), n) in self.0.iter().filter(|((at, ..), _)| *at > step - 144) {
            let (hour, day) = found.entry((*rate, network)).or_default();
            *day += n;
            *hour += if *at > step - 6 { *n } else { 0 };
        }
        let row = |((rate, network), (hour, day)): ((Rate, &str), (u64, u64))| Refused { rate, network: network.to_owned(), hour, day };
        let mut rows: Vec<Refused> = found.into_iter().map(row).collect();
        rows.sort_by_key(|row| std::cmp::Reverse((row.hour, row.day)));
        rows
    }
}

/// Enough to see where a flood comes from, too little to see who somebody is: an IPv4 /24, an IPv6 /48.
pub fn shortened(network: &str) -> String {
    if let Ok(IpAddr::V4(v4)) = network.parse() {
        let [a, b, c, _] = v4.octets();
        return format!("{a}.{b}.{c}.0/24");
    }
    let mut parts = network.split(':');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(a), Some(b), Some(c)) => format!("{a}:{b}:{c}::/48"),
        _ => OTHERS.to_owned(),
    }
}

/// Whom an address stands for: an IPv4 address, or an IPv6 /64, which is what one household or host has.
pub fn network_of(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// The client behind a trusted proxy: the last entry of `X-Forwarded-For`, which that proxy itself appended.
pub fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp(1_795_521_600_000_000);

    #[test]
    fn neither_an_address_nor_an_account_gets_around_the_limit_alone() {
        let limits = Limits::new(true, Classes::default());
        for n in 0..10 {
            limits.check(Rate::SignIn, &["ada", &format!("10.0.0.{n}")]).unwrap();
        }
        assert!(matches!(limits.check(Rate::SignIn, &["ada", "10.9.9.9"]), Err(Error::TooMany(_))));
        assert!(limits.check(Rate::SignIn, &["bo", "10.9.9.8"]).is_ok());
    }

    #[test]
    fn the_operator_sets_a_class_and_a_caller_sees_what_is_left() {
        let mut classes = Classes::default();
        classes.set(Rate::Write, Often { minute: 6, burst: 3 });
        let limits = Limits::new(true, classes);
        let mut headers = HeaderMap::new();
        limits.check(Rate::Write, &["ada"]).unwrap().unwrap().write(&mut headers);
        assert_eq!(headers["ratelimit-policy"], "\"write\";q=3;w=30");
        assert_eq!(headers["ratelimit"], "\"write\";r=2;t=10");
        limits.check(Rate::Write, &["ada"]).unwrap();
        limits.check(Rate::Write, &["ada"]).unwrap();
        assert!(limits.check(Rate::Write, &["ada"]).is_err());
        assert_eq!((limits.refused(Rate::Write), limits.refused(Rate::Read)), (1, 0));
    }

    #[test]
    fn refusals_are_seen_by_class_and_network_for_a_day_and_never_by_person() {
        let mut seen = Refusals::default();
        for _ in 0..3 {
            seen.note(Rate::SignIn, "203.0.113.77", NOON);
        }
        seen.note(Rate::SignIn, "203.0.113.9", NOON.plus(3 * kernel::clock::HOUR));
        seen.note(Rate::Read, "2001:db8:1:2::/64", NOON.plus(3 * kernel::clock::HOUR));
        let later = NOON.plus(3 * kernel::clock::HOUR + MINUTE);
        let rows = seen.lately(later);
        let sign_in = rows.iter().find(|r| r.rate == Rate::SignIn).unwrap();
        assert_eq!((sign_in.network.as_str(), sign_in.hour, sign_in.day), ("203.0.113.0/24", 1, 4));
        assert!(rows.iter().any(|r| r.network == "2001:db8:1::/48" && r.hour == 1));
        assert!(seen.lately(later.plus(kernel::clock::DAY)).is_empty());
    }

    #[test]
    fn a_flood_from_everywhere_takes_no_more_memory_than_there_is_for_it() {
        let mut seen = Refusals::default();
        for n in 0..20_000u32 {
            seen.note(Rate::Read, &format!("{}.{}.{}.1", n % 200, n / 200 % 200, n / 40_000), NOON);
        }
        assert!(seen.0.len() <= ROWS + Rate::ALL.len());
        assert_eq!(seen.lately(NOON).iter().map(|r| r.day).sum::<u64>(), 20_000);
    }
}
