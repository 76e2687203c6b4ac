//! A calendar with the days of a year on which it differs from its plain week.

use crate::error::AppError;
use crate::page::project_plan::{CalendarDay, CalendarException, CalendarPage};
use ground::{Date, DayKind, Finding, Shift, WorkCalendar};
use portfolio::KeptCalendar;
use portfolio::work_calendar::differing_days;

/// What is known of a calendar besides its days.
pub(super) struct Face {
    pub editable: bool,
    pub version: i64,
    pub built_in: bool,
}

/// A year the product can speak of.
pub(super) fn checked(year: i16) -> Result<i16, AppError> {
    if (2000..=2080).contains(&year) {
        return Ok(year);
    }
    let problem = format!("{year} 年超出范围。");
    let finding = Finding::error("calendar.year", "year", problem, "请选 2000 到 2080 年。");
    Err(AppError::invalid(finding))
}

pub(super) fn page(
    calendar: &WorkCalendar,
    kept: Option<&KeptCalendar>,
    year: i16,
    face: Face,
    findings: &[Finding],
) -> CalendarPage {
    let mut told: Vec<Finding> = findings
        .iter()
        .filter(|finding| finding.place.contains(calendar.name()))
        .cloned()
        .collect();
    if !calendar.published(year) {
        let problem = format!("{year} 年的节假日安排还没有公布，只按周末计算。");
        let remedy = "国务院办公厅公布以后放进数据目录的 holidays.csv。";
        told.push(Finding::info(
            "calendar.unpublished",
            calendar.name(),
            problem,
            remedy,
        ));
    }
    let exceptions = kept.map(|kept| kept.exceptions.as_slice());
    let days = differing_days(calendar, year);
    let (first, last) = (Date::new(year, 1, 1), Date::new(year, 12, 31));
    let whole = first.ok().zip(last.ok());
    CalendarPage {
        code: calendar.id().to_owned(),
        name: calendar.name().to_owned(),
        base: kept.and_then(|kept| kept.base.clone()),
        built_in: face.built_in,
        editable: face.editable,
        version: face.version,
        project_id: kept.and_then(|kept| kept.project).map(|id| id.to_string()),
        follow_holidays: calendar.by_notice(),
        own_week: kept.is_some_and(|kept| kept.week.is_some()),
        minutes_per_day: calendar.timeline().minutes_per_day(),
        week: (1..)
            .zip(calendar.week().iter().map(|day| hours(day)))
            .collect(),
        exceptions: exceptions
            .unwrap_or_default()
            .iter()
            .map(|layer| CalendarException {
                name: layer.name.clone(),
                first: layer.first,
                last: layer.last,
                working: layer.working,
                hours: layer.hours.as_deref().map(hours),
            })
            .collect(),
        year,
        days: days
            .into_iter()
            .map(|day| day_line(calendar, day))
            .collect(),
        workdays_in_year: whole.map_or(0, |(a, b)| calendar.workdays_within(a, b)),
        findings: told,
    }
}

/// Hours as pairs of clock times.
fn hours(shifts: &[Shift]) -> Vec<(String, String)> {
    let clock = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let pair = |shift: &Shift| (clock(shift.from), clock(shift.to));
    shifts.iter().map(pair).collect()
}

fn day_line(calendar: &WorkCalendar, day: Date) -> CalendarDay {
    let layered = calendar
        .layers()
        .iter()
        .rev()
        .find(|layer| layer.first <= day && day <= layer.last);
    let (kind, label) = match calendar.kind(day) {
        DayKind::Holiday(name) => ("holiday", name),
        DayKind::Exception(name) => ("stop", name),
        DayKind::MakeUp(name) if layered.is_some_and(|layer| layer.name == name) => ("extra", name),
        DayKind::MakeUp(name) => ("make_up", format!("{name}调休")),
        DayKind::Working | DayKind::Rest => (
            "extra",
            layered.map_or_else(String::new, |layer| layer.name.clone()),
        ),
    };
    let minutes = calendar.minutes_on(day);
    CalendarDay {
        date: day,
        working: minutes > 0,
        minutes,
        kind,
        label,
    }
}
