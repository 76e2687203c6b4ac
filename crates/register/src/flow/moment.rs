//! Moments and civil days as expressions see them, and the steps between days that deadlines need.

use ground::Date;
use ground::timeline::{date_of_day, day_number};

pub(crate) use crate::expr::moment::{civil_day, end_of, instant_of, start_of, utc_text};

/// Seconds of a civil day.
pub(crate) const DAY_SECONDS: i64 = 86_400;

/// A day so many days later; saturates at the ends of the calendar.
pub(crate) fn shift_days(day: Date, days: i64) -> Date {
    date_of_day(day_number(day).saturating_add(days))
}
