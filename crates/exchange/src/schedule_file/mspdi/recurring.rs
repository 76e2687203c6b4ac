//! Recurring exceptions of Project calendars: the single days that "yearly on 1 May" or "every second Friday" mean.

use ground::Date;
use ground::timeline::{date_of_day, day_number};

/// Days one exception may mean; a daily one over the whole century of the calculation stays below.
const DAYS: usize = 40_000;

/// How an exception repeats, as Project writes it.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Pattern {
    /// 1 daily, 2 yearly by day, 3 yearly by position, 4 monthly by day, 5 monthly by position, 6 weekly, 7 by day count.
    pub(super) kind: i64,
    /// First and last day, as day numbers.
    pub(super) first: i64,
    pub(super) last: i64,
    /// Days, weeks or months from one to the next.
    pub(super) period: i64,
    /// Bits, Sunday = 1.
    pub(super) days_of_week: i64,
    /// 0 = January.
    pub(super) month: i64,
    pub(super) month_day: i64,
    /// 0 any day, 1 weekday, 2 weekend day, 3 Sunday … 9 Saturday.
    pub(super) month_item: i64,
    /// 0 first … 3 fourth, 4 last.
    pub(super) month_position: i64,
    /// Ends after so many; 0 = at the last day.
    pub(super) occurrences: i64,
}

impl Pattern {
    /// The days it means.
    pub(super) fn days(&self) -> Vec<Date> {
        let days = match self.kind {
            2..=5 => self.by_month(),
            6 => self.weekly(),
            _ => self.daily(),
        };
        let most = usize::try_from(self.occurrences)
            .ok()
            .filter(|most| *most > 0);
        days.into_iter()
            .take(most.unwrap_or(DAYS))
            .map(date_of_day)
            .collect()
    }

    fn daily(&self) -> Vec<i64> {
        let step = self.period.max(1) as usize;
        (self.first..=self.last).step_by(step).take(DAYS).collect()
    }

    fn weekly(&self) -> Vec<i64> {
        let period = self.period.max(1);
        // Weeks count from the Sunday at or before the first day. 1970-01-01 was a Thursday.
        let weekday = |day: i64| (day + 4).rem_euclid(7);
        let origin = self.first - weekday(self.first);
        let days = self.first..=self.last.min(self.first.saturating_add(DAYS as i64));
        days.filter(|day| {
            (day - origin).div_euclid(7) % period == 0
                && self.days_of_week >> weekday(*day) & 1 == 1
        })
        .collect()
    }

    fn by_month(&self) -> Vec<i64> {
        let yearly = matches!(self.kind, 2 | 3);
        let first = date_of_day(self.first);
        let step = if yearly {
            12
        } else {
            self.period.clamp(1, 1200)
        };
        let month = i64::from(first.month()) - 1;
        let mut at = i64::from(first.year()) * 12
            + if yearly {
                self.month.clamp(0, 11)
            } else {
                month
            };
        let mut days = Vec::new();
        // A century has 1,200 months.
        for _ in 0..2_400 {
            let day = self.day_of_month(at.div_euclid(12), at.rem_euclid(12));
            match day {
                Some(day) if day > self.last => break,
                Some(day) if day >= self.first => days.push(day),
                _ => {}
            }
            at += step;
        }
        days
    }

    fn day_of_month(&self, year: i64, month: i64) -> Option<i64> {
        let first = Date::new(year as i16, month as i8 + 1, 1).ok()?;
        let length = i64::from(first.days_in_month());
        let first = day_number(first);
        if matches!(self.kind, 2 | 4) {
            return (1..=length)
                .contains(&self.month_day)
                .then(|| first + self.month_day - 1);
        }
        let fits: Vec<i64> = (first..first + length)
            .filter(|day| self.fits(*day))
            .collect();
        match self.month_position {
            4 => fits.last().copied(),
            position => fits.get(usize::try_from(position).ok()?).copied(),
        }
    }

    fn fits(&self, day: i64) -> bool {
        let weekday = (day + 4).rem_euclid(7);
        match self.month_item {
            0 => true,
            1 => (1..=5).contains(&weekday),
            2 => weekday == 0 || weekday == 6,
            item => weekday == item - 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(kind: i64) -> Pattern {
        Pattern {
            kind,
            first: day_number(Date::constant(2023, 1, 1)),
            last: day_number(Date::constant(2025, 6, 30)),
            period: 1,
            ..Pattern::default()
        }
    }

    fn told(pattern: Pattern) -> Vec<String> {
        pattern
            .days()
            .iter()
            .take(3)
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn yearly_monthly_and_weekly_exceptions_unfold_to_days() {
        let yearly = Pattern {
            month: 4,
            month_day: 1,
            ..pattern(2)
        };
        assert_eq!(told(yearly), ["2023-05-01", "2024-05-01", "2025-05-01"]);
        let last_monday_of_may = Pattern {
            month: 4,
            month_item: 4,
            month_position: 4,
            ..pattern(3)
        };
        assert_eq!(
            told(last_monday_of_may),
            ["2023-05-29", "2024-05-27", "2025-05-26"]
        );
        let thirty_first = Pattern {
            month_day: 31,
            ..pattern(4)
        };
        assert_eq!(
            told(thirty_first),
            ["2023-01-31", "2023-03-31", "2023-05-31"]
        );
        let second_friday = Pattern {
            month_item: 8,
            month_position: 1,
            period: 2,
            ..pattern(5)
        };
        assert_eq!(
            told(second_friday),
            ["2023-01-13", "2023-03-10", "2023-05-12"]
        );
        let fridays = Pattern {
            days_of_week: 32,
            period: 2,
            ..pattern(6)
        };
        assert_eq!(told(fridays), ["2023-01-06", "2023-01-20", "2023-02-03"]);
        let three = Pattern {
            occurrences: 3,
            period: 10,
            ..pattern(1)
        };
        assert_eq!(three.days().len(), 3);
    }
}
