//! Spans of rules (`5wd`, `45cd`, `4wh`) and the deadlines they make. Which span holds when is left to `clock`.

use ground::{Date, WorkCalendar};

use super::moment::{DAY_SECONDS, civil_day, end_of, shift_days, start_of};
use crate::law::{Span, SpanUnit};

/// Office time of a district office, seconds of the local day: 9:00–12:00 and 13:30–17:30. [P] The usual summer and
/// winter hours of offices in 郑州; no national rule fixes them, so `wh` deadlines are a promise, not a legal term.
pub const OFFICE_HOURS: [(i64, i64); 2] =
    [(9 * 3600, 12 * 3600), (13 * 3600 + 1800, 17 * 3600 + 1800)];

/// Longest count a rule may write: ten years of working days are 2 500.
const COUNT_MAX: i32 = 99_999;

/// 期限. When a span ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Due {
    /// Last moment in time, seconds since 1970 UTC.
    pub at: i64,
    /// Its civil day at UTC+8.
    pub on: Date,
    /// True when the whole day counts (a date-only deadline), false for a deadline to the minute.
    pub whole_day: bool,
}

impl Due {
    /// A date-only deadline: in time until that day ends.
    pub fn day(on: Date) -> Due {
        Due {
            at: end_of(on),
            on,
            whole_day: true,
        }
    }

    /// A deadline to the second.
    pub fn moment(at: i64) -> Due {
        Due {
            at,
            on: civil_day(at),
            whole_day: false,
        }
    }
}

/// A deadline given as a day, moved by pauses in the units of its clock. A day given stays as given, also on a rest day;
/// once moved it is computed and ends on a working day.
pub(super) fn moved_by(
    on: Date,
    unit: SpanUnit,
    pauses: &[(i64, i64)],
    calendar: &WorkCalendar,
) -> Due {
    let unit = if unit.is_short() { SpanUnit::Day } else { unit };
    let none = Span { count: 0, unit };
    let (mut due, mut stood) = (Due::day(on), 0);
    for (from, until) in pauses.iter().filter(|(from, until)| from < until) {
        if *from <= due.at {
            stood += none.stood(*from, *until, calendar);
            due = none.due_with(start_of(on), stood, calendar);
        }
    }
    due
}

impl SpanUnit {
    /// Word in a definition.
    pub fn word(self) -> &'static str {
        match self {
            SpanUnit::Minute => "min",
            SpanUnit::Hour => "h",
            SpanUnit::WorkHour => "wh",
            SpanUnit::Day => "cd",
            SpanUnit::Workday => "wd",
            SpanUnit::Week => "w",
            SpanUnit::Month => "m",
            SpanUnit::Year => "y",
        }
    }

    /// 个工作日, 天, 个月 … as printed behind a number.
    pub fn label(self) -> &'static str {
        match self {
            SpanUnit::Minute => "分钟",
            SpanUnit::Hour => "小时",
            SpanUnit::WorkHour => "个工作小时",
            SpanUnit::Day => "日",
            SpanUnit::Workday => "个工作日",
            SpanUnit::Week => "周",
            SpanUnit::Month => "个月",
            SpanUnit::Year => "年",
        }
    }

    /// True for minutes and hours, whose deadline is a moment of the day.
    pub fn is_short(self) -> bool {
        matches!(self, SpanUnit::Minute | SpanUnit::Hour | SpanUnit::WorkHour)
    }
}

impl Span {
    /// Reads `5wd`, `-1wd`, `+3wd`, `30min`, `2h`, `4wh`, `45cd`, `45d`, `2w`, `1m`, `1y`.
    ///
    /// # Errors
    /// What is wrong and how to write it, one Chinese sentence.
    ///
    /// ```
    /// use register::law::{Span, SpanUnit};
    /// assert_eq!(Span::parse("5wd"), Ok(Span { count: 5, unit: SpanUnit::Workday }));
    /// assert!(Span::parse("5 天").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Span, String> {
        let text = text.trim();
        let digits = text.trim_start_matches(['+', '-']);
        let split = digits
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(digits.len());
        let (number, word) = digits.split_at(split);
        let sign = &text[..text.len() - digits.len()];
        let count = number.parse::<i32>().ok().filter(|n| *n <= COUNT_MAX);
        match (sign, count, unit_of(word)) {
            ("" | "+", Some(count), Some(unit)) => Ok(Span { count, unit }),
            ("-", Some(count), Some(unit)) => Ok(Span {
                count: -count,
                unit,
            }),
            _ => Err(format!(
                "时长“{text}”读不出来，请写成 5wd（工作日）、45cd（自然日）、1m（月）、2h、4wh（工作小时）、30min 这样的形式"
            )),
        }
    }

    /// As a definition writes it.
    pub fn text(self) -> String {
        format!("{}{}", self.count, self.unit.word())
    }

    /// As people say it: 5 个工作日.
    pub fn label(self) -> String {
        format!("{} {}", self.count.abs(), self.unit.label())
    }

    /// The deadline of a span that starts at this moment and stood still in `pauses` (ended, in order of time). The day
    /// of the event is not counted (民法典 201); an end on a rest day runs to the next working day (民法典 203). Working
    /// days and office hours grow by those of the pause, calendar units by calendar days, clock units by seconds. A
    /// pause that begins after the deadline changes nothing: lateness is not washed away by standing still.
    pub fn due(self, start: i64, pauses: &[(i64, i64)], calendar: &WorkCalendar) -> Due {
        let mut stood = 0;
        let mut due = self.due_with(start, stood, calendar);
        for (from, until) in pauses {
            let from = (*from).max(start);
            if from <= due.at && from < *until {
                stood += self.stood(from, *until, calendar);
                due = self.due_with(start, stood, calendar);
            }
        }
        due
    }

    /// Length of a pause in the units of this span's clock.
    fn stood(self, from: i64, until: i64, calendar: &WorkCalendar) -> i64 {
        let (first, last) = (civil_day(from), civil_day(until));
        match self.unit {
            SpanUnit::Minute | SpanUnit::Hour => until - from,
            SpanUnit::WorkHour => office_seconds(from, until, calendar),
            SpanUnit::Workday => i64::from(calendar.workdays_between(first, last)),
            _ => (start_of(last) - start_of(first)) / DAY_SECONDS,
        }
    }

    fn due_with(self, start: i64, stood: i64, calendar: &WorkCalendar) -> Due {
        let count = i64::from(self.count);
        match self.unit {
            SpanUnit::Minute => Due::moment(start + count * 60 + stood),
            SpanUnit::Hour => Due::moment(start + count * 3600 + stood),
            SpanUnit::WorkHour => {
                Due::moment(add_office_seconds(start, count * 3600 + stood, calendar))
            }
            SpanUnit::Workday => {
                let days = i32::try_from(count + stood).unwrap_or(COUNT_MAX);
                let on = calendar.add_workdays(civil_day(start), days);
                Due::day(calendar.roll_deadline(on))
            }
            _ => {
                let on = shift_days(self.moved(civil_day(start)), stood);
                Due::day(calendar.roll_deadline(on))
            }
        }
    }

    /// The day this long after (or before) a day, in calendar units and without moving off rest days; working days move
    /// by working days, hours not at all. For reminders, windows and steps of escalation.
    pub fn counted_from(self, day: Date, calendar: &WorkCalendar) -> Date {
        match self.unit {
            SpanUnit::Workday => calendar.add_workdays(day, self.count),
            _ => self.moved(day),
        }
    }

    fn moved(self, day: Date) -> Date {
        match self.unit {
            SpanUnit::Day => shift_days(day, i64::from(self.count)),
            SpanUnit::Week => shift_days(day, i64::from(self.count) * 7),
            SpanUnit::Month => shift_months(day, i64::from(self.count)),
            SpanUnit::Year => shift_months(day, i64::from(self.count) * 12),
            _ => day,
        }
    }
}

fn unit_of(word: &str) -> Option<SpanUnit> {
    Some(match word {
        "min" => SpanUnit::Minute,
        "h" => SpanUnit::Hour,
        "wh" => SpanUnit::WorkHour,
        "d" | "cd" => SpanUnit::Day,
        "wd" => SpanUnit::Workday,
        "w" => SpanUnit::Week,
        "m" => SpanUnit::Month,
        "y" => SpanUnit::Year,
        _ => return None,
    })
}

/// The same day of another month, or its last day where it has fewer (民法典 202). Saturates at the ends of the calendar.
fn shift_months(day: Date, months: i64) -> Date {
    let index = i64::from(day.year()) * 12 + i64::from(day.month()) - 1 + months;
    let (year, month) = (index.div_euclid(12), index.rem_euclid(12) + 1);
    match Date::new(year.clamp(1, 9998) as i16, month as i8, 1) {
        Ok(first) => {
            let last = first.last_of_month();
            Date::new(first.year(), first.month(), day.day().min(last.day())).unwrap_or(last)
        }
        Err(_) => day,
    }
}

/// Seconds of office time between two moments; 0 when the second is not later.
pub fn office_seconds(from: i64, until: i64, calendar: &WorkCalendar) -> i64 {
    let mut day = civil_day(from);
    let mut sum = 0;
    while start_of(day) < until {
        if calendar.is_working(day) {
            for (open, close) in OFFICE_HOURS {
                let (open, close) = (start_of(day) + open, start_of(day) + close);
                sum += (close.min(until) - open.max(from)).max(0);
            }
        }
        let next = shift_days(day, 1);
        if next == day {
            break;
        }
        day = next;
    }
    sum
}

/// The moment at which so many seconds of office time have passed. None at all: the start itself, or the next opening
/// when the office is closed then, since a promise cannot fall into the night.
fn add_office_seconds(start: i64, seconds: i64, calendar: &WorkCalendar) -> i64 {
    if seconds < 0 {
        return take_office_seconds(start, -seconds, calendar);
    }
    let mut left = seconds;
    let mut day = civil_day(start);
    // A working day has seven office hours; no calendar has more than twelve days off in a row.
    for _ in 0..=(seconds / 25_200 + 2) * 13 {
        if calendar.is_working(day) {
            for (open, close) in OFFICE_HOURS {
                let from = (start_of(day) + open).max(start);
                let room = start_of(day) + close - from;
                if room >= left && room > 0 {
                    return from + left;
                }
                left -= room.max(0);
            }
        }
        day = shift_days(day, 1);
    }
    end_of(day)
}

fn take_office_seconds(start: i64, seconds: i64, calendar: &WorkCalendar) -> i64 {
    let mut left = seconds;
    let mut day = civil_day(start);
    for _ in 0..=(seconds / 25_200 + 2) * 13 {
        if calendar.is_working(day) {
            for (open, close) in OFFICE_HOURS.into_iter().rev() {
                let until = (start_of(day) + close).min(start);
                let room = until - start_of(day) - open;
                if room >= left && room > 0 {
                    return until - left;
                }
                left -= room.max(0);
            }
        }
        day = shift_days(day, -1);
    }
    start_of(day)
}

#[cfg(test)]
#[path = "span_tests.rs"]
mod tests;
