//! 时限 The days on which usual terms end, for the buttons of a form: 3 天, 7 天, 月底. One rule with the clocks of the
//! workflow, so that a button never promises another day than the clock keeps.

use crate::account::Actor;
use crate::error::AppError;
use crate::{App, home};
use ground::{Date, Finding, WorkCalendar};
use register::law::{Span, SpanUnit};

/// Word for the end of this month.
pub const MONTH_END: &str = "month_end";

/// A term with the day it ends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpanDay {
    /// As asked: `7cd`, `5wd`, `month_end`.
    pub span: String,
    /// 7 天.
    pub text: String,
    /// The day.
    pub on: Date,
    /// 3月17日 星期五.
    pub on_text: String,
}

/// When the terms end that begin today.
///
/// # Errors
/// `Invalid` for a term that cannot be read.
pub fn ends(app: &App, actor: &Actor, spans: &[&str]) -> Result<Vec<SpanDay>, AppError> {
    actor.need_role(app)?;
    let calendar = WorkCalendar::official(&app.holidays());
    let today = app.today();
    spans
        .iter()
        .map(|span| end(span, today, &calendar))
        .collect()
}

fn end(span: &str, today: Date, calendar: &WorkCalendar) -> Result<SpanDay, AppError> {
    let (text, on) = if span == MONTH_END {
        // Behind the month's last day there is another month: a rest day moves it forward, not back.
        let last = calendar.previous_working(today.last_of_month());
        ("月底".to_owned(), last.max(today))
    } else {
        let read = Span::parse(span).map_err(|problem| {
            let remedy = "例如 3cd、5wd、month_end。";
            AppError::invalid(Finding::error("span.unreadable", span, problem, remedy))
        })?;
        let on = calendar.roll_deadline(read.counted_from(today, calendar));
        // People say 3 天 where rules say 3 日.
        let text = match read.unit {
            SpanUnit::Day => format!("{} 天", read.count),
            _ => read.label(),
        };
        (text, on)
    };
    Ok(SpanDay {
        span: span.to_owned(),
        text,
        on,
        on_text: format!("{}月{}日 {}", on.month(), on.day(), home::weekday(on)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::HolidayTable;

    fn check(span: &str, today: (i16, i8, i8), expect: &str) {
        let today = Date::new(today.0, today.1, today.2).expect("a day");
        let calendar = WorkCalendar::official(&HolidayTable::default());
        let day = end(span, today, &calendar).expect("readable");
        assert_eq!(format!("{} {}", day.text, day.on), expect);
    }

    #[test]
    fn a_term_in_days_that_ends_on_a_rest_day_runs_to_the_next_working_day() {
        check("3cd", (2023, 3, 10), "3 天 2023-03-13");
        check("7cd", (2023, 3, 10), "7 天 2023-03-17");
        check("1cd", (2023, 3, 10), "1 天 2023-03-13");
        check("5wd", (2023, 3, 10), "5 个工作日 2023-03-17");
    }

    #[test]
    fn the_end_of_the_month_is_its_last_working_day() {
        check(MONTH_END, (2023, 3, 10), "月底 2023-03-31");
        check(MONTH_END, (2023, 4, 10), "月底 2023-04-28");
        check(MONTH_END, (2023, 4, 30), "月底 2023-04-30");
    }

    #[test]
    fn a_term_that_cannot_be_read_is_told() {
        let calendar = WorkCalendar::official(&HolidayTable::default());
        let today = Date::new(2023, 3, 10).expect("a day");
        assert!(end("三天", today, &calendar).is_err());
    }
}
