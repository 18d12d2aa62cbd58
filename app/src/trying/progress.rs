//! How far reading is, for who waits at a terminal for more than a second.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(1);
const EVERY: Duration = Duration::from_millis(200);

#[derive(Clone)]
pub struct Progress(Option<Arc<Mutex<State>>>);

struct State {
    total: u64,
    began: Instant,
    /// When the line was last written; none yet.
    shown: Option<Instant>,
}

impl Progress {
    pub fn new(total: u64) -> Progress {
        let state = State { total, began: Instant::now(), shown: None };
        Progress(super::is_watched().then(|| Arc::new(Mutex::new(state))))
    }

    pub fn at_byte(&self, bytes: u64) {
        let Some(mut state) = self.0.as_ref().and_then(|state| state.lock().ok()) else { return };
        let now = Instant::now();
        let passed = now.duration_since(state.began);
        if passed < PATIENCE || state.shown.is_some_and(|shown| now.duration_since(shown) < EVERY) {
            return;
        }
        state.shown = Some(now);
        eprint!("\r\u{1b}[2K{}", line(bytes, state.total, passed));
        let _ = std::io::stderr().flush();
    }

    /// What comes now takes a moment, too.
    pub fn done(&self) {
        let Some(state) = self.0.as_ref().and_then(|state| state.lock().ok()) else { return };
        if state.shown.is_some() {
            eprintln!("\r\u{1b}[2KRead. Looking at what lies in it …");
        }
    }
}

fn line(bytes: u64, total: u64, passed: Duration) -> String {
    let rate = bytes as f64 / passed.as_secs_f64().max(0.001);
    let left = total.saturating_sub(bytes) as f64 / rate.max(1.0);
    let left = match left {
        l if l < 1.0 => "a moment left".to_owned(),
        l if l < 90.0 => format!("about {l:.0} seconds left"),
        l => format!("about {:.0} minutes left", l / 60.0),
    };
    let percent = bytes.saturating_mul(100).checked_div(total).unwrap_or(100).min(100);
    format!("Reading: {percent} %, {:.1} MB a second, {left}", rate / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_and_time_left_are_told() {
        let two = Duration::from_secs(2);
        assert_eq!(line(10_000_000, 40_000_000, two), "Reading: 25 %, 5.0 MB a second, about 6 seconds left");
        assert_eq!(line(10_000_000, 4_000_000_000, two), "Reading: 0 %, 5.0 MB a second, about 13 minutes left");
        assert_eq!(line(0, 0, two), "Reading: 100 %, 0.0 MB a second, a moment left");
    }
}
