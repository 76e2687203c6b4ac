//! 填报周期. Forms that units fill every day, week, dekad, month, quarter, half or whole year: when the window opens,
//! when it is due and locked, who has sent, what is carried over from last time, and the words to remind with.
//!
//! Units are told apart, persons never: there is no list of who in a unit was slow.

mod board;
mod words;

use ground::{Date, Finding, Period, PeriodKind, RecordId, WorkCalendar};

pub use board::{Counts, Filing, UnitStand, UnitStatus, board, counts, units};
pub use words::{REPORT_HOUR, reminder_text};

use crate::definition::Definition;
use crate::expr::moment::start_of;
use crate::law::{Cycle, Span, SpanUnit};
use crate::record::{Fields, Record, Value};

/// The days of one filling.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// Period that is reported on.
    pub period: Period,
    /// First day on which it can be filled.
    pub open_on: Date,
    /// Last day in time; never a rest day.
    pub due_on: Date,
    /// Last day on which it can still be sent; none = stays open.
    pub lock_on: Option<Date>,
}

/// The window of a period. A due day on a rest day moves to the next working day (民法典 203); so does a lock day.
pub fn window(cycle: &Cycle, period: Period, calendar: &WorkCalendar) -> Window {
    let due_on = due_day(cycle.due, period.last(), calendar);
    Window {
        period,
        open_on: cycle.open.counted_from(period.first(), calendar),
        due_on,
        lock_on: cycle
            .lock
            .map(|lock| due_day(lock, due_on, calendar).max(due_on)),
    }
}

fn due_day(span: Span, from: Date, calendar: &WorkCalendar) -> Date {
    if span.unit == SpanUnit::Workday || span.count < 0 {
        return calendar.next_working(span.counted_from(from, calendar));
    }
    span.due(start_of(from), &[], calendar).on
}

/// The period that is being filled on a day: the latest whose window has opened. For most forms that is the period just
/// over until the next one opens.
pub fn current(cycle: &Cycle, today: Date, calendar: &WorkCalendar) -> Period {
    let mut period = cycle.period.containing(today).next();
    // An opening span may reach a few periods back or ahead; it is at most some weeks.
    for _ in 0..60 {
        if window(cycle, period, calendar).open_on <= today {
            break;
        }
        period = period.previous();
    }
    period
}

/// Why a unit cannot fill a period now: not open yet, or locked and not unlocked for it.
pub fn closed(
    definition: &Definition,
    window: Window,
    today: Date,
    unlocked: bool,
) -> Option<Finding> {
    let label = format!("{}{}", window.period.label(), definition.title.zh);
    if today < window.open_on {
        return Some(Finding::error(
            "cycle.not_open",
            window.period.code(),
            format!("{label}还没有开放填报"),
            format!("{} 起可以填报", window.open_on),
        ));
    }
    let lock = window.lock_on.filter(|lock| today > *lock && !unlocked)?;
    Some(Finding::error(
        "cycle.locked",
        window.period.code(),
        format!("{label}已于 {lock} 锁定"),
        "需要补报或改数时，请写明原因申请解锁",
    ))
}

/// What a unit's new report starts with: unit, period, and the fields that the cycle carries over from the unit's latest
/// earlier report. Other figures are typed anew, or an old number would pass for a new one.
pub fn prefill(
    definition: &Definition,
    cycle: &Cycle,
    unit: RecordId,
    period: Period,
    filed: &[&Record],
) -> Fields {
    let earlier = filed
        .iter()
        .filter(|record| !record.withdrawn && record.reference(&cycle.unit_field) == Some(unit));
    let last = earlier
        .filter_map(|record| Some((period_of(record, cycle)?, record)))
        .filter(|(filed, _)| filed.last() < period.first())
        .max_by_key(|(filed, _)| filed.last());
    let mut fields = Fields::from([
        (cycle.unit_field.clone(), Value::Ref(unit)),
        (cycle.period_field.clone(), Value::Text(period.code())),
    ]);
    let Some((_, last)) = last else {
        return fields;
    };
    for id in &cycle.prefill {
        let typed = definition
            .field(id)
            .is_some_and(|f| !f.system && f.compute.is_none());
        let value = last
            .fields
            .get(id)
            .filter(|_| typed && !fields.contains_key(id));
        if let Some(value) = value {
            fields.insert(id.clone(), value.clone());
        }
    }
    fields
}

/// Period of a report.
pub(crate) fn period_of(record: &Record, cycle: &Cycle) -> Option<Period> {
    record.text(&cycle.period_field)?.parse().ok()
}

/// Fillings of a form that fall due within some days, for the ledger of burdens.
pub(crate) fn due_within(cycle: &Cycle, first: Date, last: Date, calendar: &WorkCalendar) -> usize {
    let mut period = current(cycle, last, calendar).next();
    let mut times = 0;
    // A year has 366 days; a due day lies at most some periods after the one it reports on.
    for _ in 0..400 {
        let due = window(cycle, period, calendar).due_on;
        times += usize::from(first <= due && due <= last);
        if period.last() < first && due < first && cycle.period != PeriodKind::Day {
            break;
        }
        if period.last() < first.saturating_sub(jiff::Span::new().days(40)) {
            break;
        }
        period = period.previous();
    }
    times
}

#[cfg(test)]
mod tests;
