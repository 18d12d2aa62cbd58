//! How far something is, for who waits at a terminal for more than a second.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(1);
const EVERY: Duration = Duration::from_millis(200);

/// What is done, and in what it is counted.
#[derive(Clone, Copy)]
pub enum Of {
    Reading,
    BringingIn,
    TakingOut,
}

#[derive(Clone)]
pub struct Progress(Option<Arc<Mutex<State>>>);

struct State {
    of: Of,
    total: u64,
    began: Instant,
    /// When the line was last written; none yet.
    shown: Option<Instant>,
}

impl Progress {
    pub fn new(of: Of, total: u64) -> Progress {
        let state = State { of, total, began: Instant::now(), shown: None };
        Progress(super::is_watched().then(|| Arc::new(Mutex::new(state))))
    }

    /// So much of it is done.
    pub fn at(&self, done: u64) {
        let Some(mut state) = self.0.as_ref().and_then(|state| state.lock().ok()) else { return };
        let now = Instant::now();
        let passed = now.duration_since(state.began);
        if passed < PATIENCE || state.shown.is_some_and(|shown| now.duration_since(shown) < EVERY) {
            return;
        }
        state.shown = Some(now);
        eprint!("\r\u{1b}[2K{}", line(state.of, done, state.total, passed));
        let _ = std::io::stderr().flush();
    }

    /// It is done; what comes now may take a moment, too.
    pub fn done(&self, now: &str) {
        let Some(state) = self.0.as_ref().and_then(|state| state.lock().ok()) else { return };
        if state.shown.is_some() {
            eprintln!("\r\u{1b}[2K{now}");
        }
    }
}

fn line(of: Of, done: u64, total: u64, passed: Duration) -> String {
    let rate = done as f64 / passed.as_secs_f64().max(0.001);
    let left = total.saturating_sub(done) as f64 / rate.max(1.0);
    let left = match left {
        l if l < 1.0 => "a moment left".to_owned(),
        l if l < 90.0 => format!("about {l:.0} seconds left"),
        l => format!("about {:.0} minutes left", l / 60.0),
    };
    let percent = done.saturating_mul(100).checked_div(total).unwrap_or(100).min(100);
    match of {
        Of::Reading => format!("Reading: {percent} %, {:.1} MB a second, {left}", rate / 1e6),
        Of::BringingIn => format!("Bringing in: {percent} %, {rate:.0} a second, {left}"),
        // How many there are is known when they are written.
        Of::TakingOut => format!("Taking out: {done}, {rate:.0} a second"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_and_time_left_are_told() {
        let two = Duration::from_secs(2);
        assert_eq!(line(Of::Reading, 10_000_000, 40_000_000, two), "Reading: 25 %, 5.0 MB a second, about 6 seconds left");
        assert_eq!(line(Of::Reading, 10_000_000, 4_000_000_000, two), "Reading: 0 %, 5.0 MB a second, about 13 minutes left");
        assert_eq!(line(Of::Reading, 0, 0, two), "Reading: 100 %, 0.0 MB a second, a moment left");
        assert_eq!(line(Of::BringingIn, 5_000, 20_000, two), "Bringing in: 25 %, 2500 a second, about 6 seconds left");
        assert_eq!(line(Of::TakingOut, 5_000, 0, two), "Taking out: 5000, 2500 a second");
    }
}
