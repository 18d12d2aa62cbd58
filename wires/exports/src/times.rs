//! Moments as archives write them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// ISO 8601, of UTC where it names no zone; microseconds since 1970.
pub(crate) fn iso(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches("UTC").trim_end();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment.as_microsecond());
    }
    let local: DateTime = text.parse().ok()?;
    let moment = TimeZone::UTC.to_timestamp(local).ok()?;
    Some(moment.as_microsecond())
}

/// Seconds since 1970, whole or with a fraction.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    let micros = match text.parse::<i64>() {
        Ok(whole) => whole.checked_mul(1_000_000)?,
        Err(_) => (text.parse::<f64>().ok().filter(|s| s.is_finite())? * 1e6) as i64,
    };
    Timestamp::from_microsecond(micros).ok().map(|_| micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_they_are_written() {
        assert_eq!(iso("2018-03-12T18:17:42.123"), Some(1_520_878_662_123_000));
        assert_eq!(iso("2018-03-12T18:17:42Z"), iso("2018-03-12 18:17:42 UTC"));
        assert_eq!((iso("yesterday"), iso("")), (None, None));
        assert_eq!(
            (seconds("1520878662"), seconds("1520878662.5")),
            (Some(1_520_878_662_000_000), Some(1_520_878_662_500_000))
        );
        assert_eq!((seconds("99999999999999999"), seconds("x")), (None, None));
    }
}
