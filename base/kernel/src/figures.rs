//! Figures of the program itself, for a monitor: counts and times by relaxed atomics, so that counting costs next to nothing.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Upper bounds of the buckets of [`Times`], in microseconds.
pub const BOUNDS: [u64; 13] =
    [500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000];

#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    pub fn up(&self) {
        self.add(1);
    }

    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Relaxed);
    }

    pub fn value(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// How many there are right now: one more while what [`Now::one`] gives is held.
#[derive(Debug, Default)]
pub struct Now(AtomicI64);

pub struct Held<'a>(&'a Now);

impl Now {
    pub fn one(&self) -> Held<'_> {
        self.0.fetch_add(1, Relaxed);
        Held(self)
    }

    pub fn set(&self, n: i64) {
        self.0.store(n, Relaxed);
    }

    pub fn value(&self) -> i64 {
        self.0.load(Relaxed)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Relaxed);
    }
}

/// How long things took: how many in each bucket, and all of it together.
#[derive(Debug, Default)]
pub struct Times {
    buckets: [AtomicU64; BOUNDS.len()],
    longer: AtomicU64,
    micros: AtomicU64,
}

impl Times {
    pub fn took(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let at = BOUNDS.partition_point(|bound| *bound < micros);
        self.buckets.get(at).unwrap_or(&self.longer).fetch_add(1, Relaxed);
        self.micros.fetch_add(micros, Relaxed);
    }

    /// How many took at most each bound, how many there were, and seconds altogether.
    pub fn so_far(&self) -> ([u64; BOUNDS.len()], u64, f64) {
        let mut sum = 0;
        let upto = self.buckets.each_ref().map(|n| {
            sum += n.load(Relaxed);
            sum
        });
        (upto, sum + self.longer.load(Relaxed), self.micros.load(Relaxed) as f64 / 1e6)
    }
}

/// What the data layer counts.
#[derive(Debug, Default)]
pub struct Figures {
    pub queries: Count,
    /// Batches that were asked to be committed; and those that are waiting for their answer right now.
    pub batches: Count,
    pub waiting: Now,
    /// From asking for a commit to its answer.
    pub answered: Times,
    /// Commits of SQLite's writer, each with what was queued: the batches in them, and the time of each.
    pub groups: Count,
    pub grouped: Count,
    pub commits: Times,
    /// A guard failed and the act looks again; nothing could be written or read just now; our own fault.
    pub conflicts: Count,
    pub unavailable: Count,
    pub broken: Count,
    /// The position up to which this node has told its live pages.
    pub told: Now,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_fall_into_the_bucket_that_holds_them() {
        let times = Times::default();
        for micros in [0, 500, 501, 9_000_000, 99_000_000] {
            times.took(Duration::from_micros(micros));
        }
        let (upto, all, seconds) = times.so_far();
        assert_eq!((upto[0], upto[1], upto[11], upto[12], all), (2, 3, 3, 4, 5));
        assert!((seconds - 108.001_001).abs() < 1e-9);
    }

    #[test]
    fn what_is_let_go_is_not_there_any_more() {
        let now = Now::default();
        let held = now.one();
        assert_eq!(now.value(), 1);
        drop(held);
        assert_eq!(now.value(), 0);
    }
}
