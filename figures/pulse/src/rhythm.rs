//! When a community speaks: how much in each week, on which days and at what hours.

use crate::fact::{DAY, HOUR, WEEK, beginning_of, week_of};

/// How much was said when.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rhythm {
    /// (week, contributions), oldest first; silent weeks are absent, so that a date of a broken clock costs nothing.
    pub weeks: Vec<(i64, u32)>,
    /// Contributions by weekday from Monday, and by hour.
    pub hours: [[u32; 24]; 7],
}

impl Rhythm {
    /// From moments in microseconds since 1970, UTC, in any order. `east` says by how many microseconds the clocks of the community are ahead of UTC at a
    /// moment: days and hours are as they live them. Weeks stay those of UTC, as everywhere.
    pub fn of(moments: impl IntoIterator<Item = i64>, east: impl Fn(i64) -> i64) -> Self {
        let mut rhythm = Self::default();
        let mut weeks = Vec::new();
        for at in moments {
            weeks.push(week_of(at));
            let into_week = at
                .saturating_add(east(at))
                .saturating_sub(beginning_of(0))
                .rem_euclid(WEEK);
            let (day, hour) = (
                (into_week / DAY) as usize,
                (into_week % DAY / HOUR) as usize,
            );
            if let Some(count) = rhythm
                .hours
                .get_mut(day)
                .and_then(|hours| hours.get_mut(hour))
            {
                *count += 1;
            }
        }
        weeks.sort_unstable();
        let same = weeks.chunk_by(|one, next| one == next);
        rhythm.weeks = same
            .filter_map(|same| Some((*same.first()?, u32::try_from(same.len()).ok()?)))
            .collect();
        rhythm
    }

    /// Contributions by weekday, from Monday.
    pub fn weekdays(&self) -> [u32; 7] {
        self.hours.map(|hours| hours.iter().sum())
    }

    /// Contributions by hour of the day.
    pub fn hours_of_day(&self) -> [u32; 24] {
        let mut sums = [0; 24];
        for day in &self.hours {
            for (sum, count) in sums.iter_mut().zip(day) {
                *sum += count;
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_hours_are_those_of_the_community() {
        let monday = beginning_of(2_500);
        let utc = Rhythm::of([monday + 23 * HOUR, monday + 8 * DAY], |_| 0);
        assert_eq!(utc.weekdays(), [1, 1, 0, 0, 0, 0, 0]);
        assert_eq!((utc.hours[0][23], utc.hours[1][0]), (1, 1));
        let east = Rhythm::of([monday + 23 * HOUR], |_| 2 * HOUR);
        assert_eq!(east.hours[1][1], 1);
        let west = Rhythm::of([monday], |_| -HOUR);
        assert_eq!((west.hours[6][23], west.hours_of_day()[23]), (1, 1));
    }

    #[test]
    fn silent_weeks_cost_nothing() {
        let rhythm = Rhythm::of([i64::MIN, 0, 1, i64::MAX], |_| 0);
        assert_eq!(rhythm.weeks.len(), 3);
        assert_eq!(rhythm.weekdays().iter().sum::<u32>(), 4);
    }
}
