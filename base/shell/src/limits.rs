//! Rate limits: by account and by address, so that neither many addresses nor many accounts get around them.

use std::num::NonZeroU32;

use axum::http::HeaderMap;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use kernel::{Error, Result};

use crate::slice::Rate;

pub struct Limits {
    /// None when the operator switched limits off, for measuring.
    rates: Option<Rates>,
}

type Limiter = DefaultKeyedRateLimiter<String>;

struct Rates {
    read: Limiter,
    write: Limiter,
    sign_in: Limiter,
    live: Limiter,
    account: Limiter,
}

fn per_minute(n: u32, burst: u32) -> Limiter {
    let [n, burst] = [n, burst].map(|n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN));
    RateLimiter::keyed(Quota::per_minute(n).allow_burst(burst))
}

impl Limits {
    pub fn new(on: bool) -> Self {
        let rates = || Rates {
            read: per_minute(3_000, 600),
            write: per_minute(90, 60),
            sign_in: per_minute(10, 10),
            live: per_minute(120, 60),
            account: per_minute(100, 100),
        };
        Self { rates: on.then(rates) }
    }

    /// Counts a call against each key; the slowest of them decides.
    pub fn check(&self, rate: Rate, keys: &[&str]) -> Result<()> {
        let Some(rates) = &self.rates else { return Ok(()) };
        let limiter = match rate {
            Rate::Read => &rates.read,
            Rate::Write => &rates.write,
            Rate::SignIn => &rates.sign_in,
            Rate::Live => &rates.live,
            Rate::Account => &rates.account,
        };
        for key in keys {
            if let Err(not_until) = limiter.check_key(&(*key).to_owned()) {
                use governor::clock::{Clock, DefaultClock};
                let wait = not_until.wait_time_from(DefaultClock::default().now());
                return Err(Error::TooMany(wait.as_secs() + 1));
            }
        }
        Ok(())
    }

    /// Forgets who has not called for a while, so that memory stays bounded.
    pub fn forget(&self) {
        if let Some(r) = &self.rates {
            for limiter in [&r.read, &r.write, &r.sign_in, &r.live, &r.account] {
                limiter.retain_recent();
                limiter.shrink_to_fit();
            }
        }
    }
}

/// Whom an address stands for: an IPv4 address, or an IPv6 /64, which is what one household or host has.
pub fn network_of(ip: std::net::IpAddr) -> String {
    match ip.to_canonical() {
        std::net::IpAddr::V4(v4) => v4.to_string(),
        std::net::IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// The client behind a trusted proxy: the last entry of `X-Forwarded-For`, which that proxy itself appended.
pub fn forwarded(headers: &HeaderMap) -> Option<std::net::IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_an_address_nor_an_account_gets_around_the_limit_alone() {
        let limits = Limits::new(true);
        for n in 0..10 {
            limits.check(Rate::SignIn, &["ada", &format!("10.0.0.{n}")]).unwrap();
        }
        assert!(matches!(limits.check(Rate::SignIn, &["ada", "10.9.9.9"]), Err(Error::TooMany(_))));
        assert!(limits.check(Rate::SignIn, &["bo", "10.9.9.8"]).is_ok());
    }
}
