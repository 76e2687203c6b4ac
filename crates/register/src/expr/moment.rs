//! Moments and civil days. A moment's civil day is that of China, UTC+8 all year (GB/T 7408; no summer time since 1991).

use ground::Date;
use ground::timeline::{date_of_day, day_number};

const DAY: i64 = 86_400;
/// Seconds that China is ahead of UTC.
const AHEAD: i64 = 8 * 3_600;

/// The civil day in China.
pub fn civil_day(instant: i64) -> Date {
    date_of_day((instant.saturating_add(AHEAD)).div_euclid(DAY))
}

/// The first second of a civil day in China.
pub fn start_of(date: Date) -> i64 {
    day_number(date) * DAY - AHEAD
}

/// The last second of a civil day in China: `15:59:59Z`. A deadline given as a date runs out then.
pub fn end_of(date: Date) -> i64 {
    start_of(date) + DAY - 1
}

/// Seconds since 1970 of `2023-03-10T00:30:00Z`.
pub fn instant_of(utc: &str) -> Option<i64> {
    let (date, time) = utc.strip_suffix('Z')?.split_once('T')?;
    let date: Date = date.parse().ok()?;
    let mut parts = time.split(':').map(|part| match part.as_bytes() {
        [a, b] if a.is_ascii_digit() && b.is_ascii_digit() => {
            Some(i64::from(a - b'0') * 10 + i64::from(b - b'0'))
        }
        _ => None,
    });
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(day_number(date) * DAY + hour * 3600 + minute * 60 + second)
}

/// `2023-03-10T00:30:00Z`.
pub fn utc_text(instant: i64) -> String {
    let second = instant.rem_euclid(DAY);
    let date = date_of_day(instant.div_euclid(DAY));
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!("{date}T{hour:02}:{minute:02}:{:02}Z", second % 60)
}
