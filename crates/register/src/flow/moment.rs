//! Moments as seconds and as text, and the civil days of the district: UTC+8, without summer time since 1991.

use ground::Date;
use ground::timeline::{date_of_day, day_number};

/// Seconds of a civil day.
pub(crate) const DAY_SECONDS: i64 = 86_400;

/// Seconds by which the district's civil time is ahead of UTC.
const AHEAD: i64 = 8 * 3_600;

/// Seconds since 1970 of `2023-03-10T00:30:00Z`.
pub(crate) fn instant_of(text: &str) -> Option<i64> {
    let moment = text.parse::<jiff::Timestamp>().ok()?;
    Some(moment.as_second())
}

/// `2023-03-10T00:30:00Z`. Text order is time order.
pub(crate) fn utc_text(at: i64) -> String {
    let second = at.rem_euclid(DAY_SECONDS);
    let day = date_of_day(at.div_euclid(DAY_SECONDS));
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!("{day}T{hour:02}:{minute:02}:{:02}Z", second % 60)
}

/// Civil day of a moment.
pub(crate) fn civil_day(at: i64) -> Date {
    date_of_day(at.saturating_add(AHEAD).div_euclid(DAY_SECONDS))
}

/// First moment of a civil day.
pub(crate) fn start_of(day: Date) -> i64 {
    day_number(day) * DAY_SECONDS - AHEAD
}

/// Last second of a civil day, 15:59:59Z: a date-only deadline is kept until then.
pub(crate) fn end_of(day: Date) -> i64 {
    start_of(day) + DAY_SECONDS - 1
}

/// A day so many days later; saturates at the ends of the calendar.
pub(crate) fn shift_days(day: Date, days: i64) -> Date {
    date_of_day(day_number(day).saturating_add(days))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_of_the_district_ends_at_15_59_59_utc() {
        assert_eq!(utc_text(end_of(date(2023, 3, 10))), "2023-03-10T15:59:59Z");
        let evening = instant_of("2023-03-10T16:00:00Z").expect("a moment");
        assert_eq!(civil_day(evening), date(2023, 3, 11));
        assert_eq!(start_of(date(2023, 3, 11)), evening);
    }

    #[test]
    fn a_moment_reads_back_as_written() {
        for text in ["1970-01-01T00:00:00Z", "2023-03-10T00:30:07Z"] {
            assert_eq!(instant_of(text).map(utc_text).as_deref(), Some(text));
        }
        assert_eq!(instant_of("2023-03-10"), None);
    }
}
