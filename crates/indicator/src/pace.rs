//! How much of a period is gone, and how far an indicator stands from it.

use ground::money::divide_half_even;
use ground::timeline::day_number;
use ground::{Date, Period, Ratio, WorkCalendar};
use serde::{Deserialize, Serialize};

/// By what the elapsed share is counted. A page always says which.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaceBasis {
    /// 按日历天. Days to the date, itself included, over days of the period.
    #[default]
    CalendarDays,
    /// 按月份. Finished months over months of the period.
    Months,
    /// 按工作日. Working days of the calendar, make-up days included.
    WorkingDays,
}

impl PaceBasis {
    /// 按日历天, 按月份, 按工作日.
    pub fn label(self) -> &'static str {
        match self {
            PaceBasis::CalendarDays => "按日历天",
            PaceBasis::Months => "按月份",
            PaceBasis::WorkingDays => "按工作日",
        }
    }

    /// 天, 个月, 个工作日.
    pub fn unit(self) -> &'static str {
        match self {
            PaceBasis::CalendarDays => "天",
            PaceBasis::Months => "个月",
            PaceBasis::WorkingDays => "个工作日",
        }
    }
}

/// 序时进度. The elapsed share of a period, and by what it was counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pace {
    /// By what it is counted.
    pub basis: PaceBasis,
    /// Units gone.
    pub elapsed: i64,
    /// Units of the whole period.
    pub whole: i64,
    /// False when working days were counted in a year whose holidays are not published yet.
    pub published: bool,
}

impl Pace {
    /// `elapsed / whole`; undefined for a period without a unit of its basis.
    pub fn share(self) -> Ratio {
        Ratio::new(i128::from(self.elapsed), i128::from(self.whole))
    }

    /// Units still to come.
    pub fn left(self) -> i64 {
        self.whole - self.elapsed
    }

    /// `序时进度 50.0%(按工作日,125/250)`, with 日历未公布 where that is so.
    pub fn text(self) -> String {
        let note = if self.published {
            ""
        } else {
            ",放假安排未公布"
        };
        format!(
            "序时进度 {}({},{}/{}{note})",
            self.share().percent_text(),
            self.basis.label(),
            self.elapsed,
            self.whole
        )
    }
}

/// 序时进度 of `period` at the end of `as_of`: nothing before the period, all of it after.
///
/// ```
/// use ground::{Date, HolidayTable, Period, WorkCalendar};
/// use indicator::{PaceBasis, pace};
/// let calendar = WorkCalendar::official(HolidayTable::shipped());
/// let half = pace(Period::Year(2023), Date::constant(2023, 6, 30), PaceBasis::CalendarDays, &calendar);
/// assert_eq!((half.elapsed, half.whole), (181, 365));
/// ```
pub fn pace(period: Period, as_of: Date, basis: PaceBasis, calendar: &WorkCalendar) -> Pace {
    let (first, last) = (period.first(), period.last());
    let (whole, gone) = match basis {
        PaceBasis::CalendarDays => (days(first, last), days(first, as_of.min(last))),
        PaceBasis::Months => (months(first, last), finished_months(first, as_of.min(last))),
        PaceBasis::WorkingDays => {
            let count = |to| i64::from(calendar.workdays_within(first, to));
            (count(last), count(as_of.min(last)))
        }
    };
    let published = basis != PaceBasis::WorkingDays
        || (first.year()..=last.year()).all(|year| calendar.published(year));
    Pace {
        basis,
        elapsed: if as_of < first { 0 } else { gone },
        whole,
        published,
    }
}

fn days(first: Date, last: Date) -> i64 {
    (day_number(last) - day_number(first) + 1).max(0)
}

fn month_number(date: Date) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month())
}

fn months(first: Date, last: Date) -> i64 {
    month_number(last) - month_number(first) + 1
}

/// A month counts once its last day is over.
fn finished_months(first: Date, as_of: Date) -> i64 {
    let begun = month_number(as_of) - month_number(first);
    begun + i64::from(as_of.day() == as_of.days_in_month())
}

/// 欠进度额 `target × share − actual` in the unit of the values, rounded half to even; negative
/// when ahead. `None` without a share or beyond `i64`.
pub fn pace_shortfall(actual: i64, target: i64, share: Ratio) -> Option<i64> {
    let share = share.reduced();
    if !share.is_defined() {
        return None;
    }
    let due = i128::from(target).checked_mul(share.numerator)?;
    let due = divide_half_even(due, share.denominator);
    i64::try_from(due.checked_sub(i128::from(actual))?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::HolidayTable;
    use proptest::prelude::*;

    fn calendar() -> WorkCalendar {
        WorkCalendar::official(HolidayTable::shipped())
    }

    #[track_caller]
    fn check(period: &str, as_of: &str, basis: PaceBasis, expect: (i64, i64)) {
        let period = period.parse().expect("a period");
        let found = pace(period, as_of.parse().expect("a date"), basis, &calendar());
        assert_eq!((found.elapsed, found.whole), expect);
    }

    #[test]
    fn days_count_the_date_itself() {
        check("2023", "2023-06-30", PaceBasis::CalendarDays, (181, 365));
        check("2024", "2024-06-30", PaceBasis::CalendarDays, (182, 366));
        check("2023Q1", "2023-01-01", PaceBasis::CalendarDays, (1, 90));
        check("2023Q1", "2022-12-31", PaceBasis::CalendarDays, (0, 90));
        check("2023Q1", "2023-05-01", PaceBasis::CalendarDays, (90, 90));
    }

    #[test]
    fn months_count_when_their_last_day_is_over() {
        check("2023", "2023-06-30", PaceBasis::Months, (6, 12));
        check("2023", "2023-06-29", PaceBasis::Months, (5, 12));
        check("2023", "2022-06-30", PaceBasis::Months, (0, 12));
        check("2023H2", "2023-08-31", PaceBasis::Months, (2, 6));
        check("2023", "2024-03-01", PaceBasis::Months, (12, 12));
    }

    #[test]
    fn working_days_know_make_up_days() {
        check("2023", "2023-12-31", PaceBasis::WorkingDays, (249, 249));
        // 29 January is a worked Sunday: the 28th and the 29th follow the festival.
        check("2023M01", "2023-01-29", PaceBasis::WorkingDays, (16, 18));
    }

    #[test]
    fn the_text_says_by_what_it_is_counted() {
        let half = |year, basis| {
            pace(
                Period::Year(year),
                Date::constant(year, 6, 30),
                basis,
                &calendar(),
            )
            .text()
        };
        assert_eq!(half(2023, PaceBasis::Months), "序时进度 50.0%(按月份,6/12)");
        assert!(half(2027, PaceBasis::WorkingDays).ends_with(",放假安排未公布)"));
        assert!(half(2027, PaceBasis::CalendarDays).ends_with("(按日历天,181/365)"));
    }

    #[test]
    fn the_shortfall_is_what_is_missing_to_the_pace() {
        assert_eq!(pace_shortfall(40, 100, Ratio::new(1, 2)), Some(10));
        assert_eq!(pace_shortfall(60, 100, Ratio::new(1, 2)), Some(-10));
        assert_eq!(pace_shortfall(0, 100, Ratio::new(1, 0)), None);
        assert_eq!(pace_shortfall(i64::MIN, i64::MAX, Ratio::new(1, 1)), None);
    }

    proptest! {
        #[test]
        fn the_share_grows_from_nothing_to_all(day in 0_i64..800, which in 0_usize..3) {
            let basis = [PaceBasis::CalendarDays, PaceBasis::Months, PaceBasis::WorkingDays][which];
            let date = ground::timeline::date_of_day(day_number(Date::constant(2022, 10, 1)) + day);
            let (now, next) = (date, date.tomorrow().expect("in range"));
            let year = Period::Year(2023);
            let (a, b) = (pace(year, now, basis, &calendar()), pace(year, next, basis, &calendar()));
            prop_assert!(0 <= a.elapsed && a.elapsed <= b.elapsed && b.elapsed <= b.whole);
            prop_assert_eq!(a.left() + a.elapsed, a.whole);
        }
    }
}
