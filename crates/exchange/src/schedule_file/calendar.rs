//! Calendars of schedule files: week pattern, exceptions, base calendar; compiled for the calculation.

use ground::timeline::OFFICE_DAY;
use ground::{Date, Shift, Timeline};
use std::collections::BTreeMap;

/// 日历 of a schedule file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NamedCalendar {
    /// Key inside the file.
    pub id: String,
    /// Name.
    pub name: String,
    /// The calendar it is derived from: index into the same list.
    pub base: Option<usize>,
    /// Shifts of the weekdays, Monday first; none where the base calendar decides.
    pub week: [Option<Vec<Shift>>; 7],
    /// Own exceptions, each a single day; those of the base calendar apply where none stands here.
    pub exceptions: BTreeMap<Date, CalendarException>,
    /// Working minutes in a "day" of a duration, where the calendar says so.
    pub minutes_per_day: Option<i64>,
    /// True for the calendar of one resource.
    pub of_resource: bool,
}

/// 例外日: what is worked on one day instead of the week's pattern.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CalendarException {
    /// 春节停工; empty where the file has no name.
    pub name: String,
    /// Worked spans; an empty list closes the day.
    pub shifts: Vec<Shift>,
}

/// Bases of bases: deeper than this is a loop.
const DEPTH: usize = 16;

impl NamedCalendar {
    /// Monday to Friday, 08:00–12:00 and 13:00–17:00: what both programs give a new project.
    pub fn standard() -> Self {
        let day = |worked: bool| Some(if worked { OFFICE_DAY.to_vec() } else { Vec::new() });
        NamedCalendar {
            name: "标准".to_owned(),
            week: [true, true, true, true, true, false, false].map(day),
            ..NamedCalendar::default()
        }
    }
}

/// The calendar and its bases, the nearest first.
fn line(calendars: &[NamedCalendar], index: usize) -> Vec<&NamedCalendar> {
    let mut line = Vec::new();
    let mut next = Some(index);
    while let Some(calendar) = next.and_then(|index| calendars.get(index)) {
        if line.len() == DEPTH {
            break;
        }
        line.push(calendar);
        next = calendar.base;
    }
    line
}

/// Compiles one calendar with what it takes from its bases.
pub(crate) fn compile(calendars: &[NamedCalendar], index: usize) -> Timeline {
    let line = line(calendars, index);
    let week: [Vec<Shift>; 7] = std::array::from_fn(|day| {
        let own = line.iter().find_map(|calendar| calendar.week[day].clone());
        own.unwrap_or_default()
    });
    let mut exceptions = BTreeMap::new();
    for calendar in line.iter().rev() {
        for (date, exception) in &calendar.exceptions {
            exceptions.insert(*date, exception.shifts.clone());
        }
    }
    let timeline = Timeline::from_week(&week, &exceptions);
    match line.iter().find_map(|calendar| calendar.minutes_per_day) {
        Some(minutes) => timeline.with_minutes_per_day(minutes),
        None => timeline,
    }
}

/// Compiles the calendars that are used and puts them first; gives the new place of each old index.
pub(crate) fn compile_used(
    calendars: &mut Vec<NamedCalendar>,
    used: &[bool],
) -> (Vec<Timeline>, Vec<usize>) {
    let mut order: Vec<usize> = (0..calendars.len()).collect();
    order.sort_by_key(|&index| !used.get(index).copied().unwrap_or(false));
    let mut place = vec![0; order.len()];
    for (new, &old) in order.iter().enumerate() {
        place[old] = new;
    }
    let mut sorted: Vec<NamedCalendar> =
        order.iter().map(|&old| calendars[old].clone()).collect();
    for calendar in &mut sorted {
        calendar.base = calendar.base.map(|base| place[base]);
    }
    *calendars = sorted;
    let count = used.iter().filter(|used| **used).count();
    let compiled = (0..count).map(|index| compile(calendars, index)).collect();
    (compiled, place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::minute_of;

    fn date(year: i16, month: i8, day: i8) -> Date {
        Date::constant(year, month, day)
    }

    fn derived() -> Vec<NamedCalendar> {
        let mut base = NamedCalendar::standard();
        let closed = CalendarException::default();
        base.exceptions.insert(date(2023, 5, 1), closed.clone());
        base.exceptions.insert(date(2023, 5, 2), closed);
        let mut site = NamedCalendar {
            base: Some(0),
            ..NamedCalendar::default()
        };
        site.week[5] = Some(OFFICE_DAY.to_vec());
        let worked = CalendarException {
            shifts: vec![Shift { from: 480, to: 720 }],
            ..CalendarException::default()
        };
        site.exceptions.insert(date(2023, 5, 2), worked);
        vec![base, site]
    }

    #[test]
    fn a_derived_calendar_takes_week_and_exceptions_from_its_base() {
        let timeline = compile(&derived(), 1);
        let minutes = |day| timeline.minutes_on(day);
        assert_eq!(minutes(date(2023, 5, 1)), 0);
        assert_eq!(minutes(date(2023, 5, 2)), 240);
        assert_eq!(minutes(date(2023, 5, 6)), 480);
        assert_eq!(minutes(date(2023, 5, 7)), 0);
        let friday = minute_of(date(2023, 5, 5), 17, 0);
        assert_eq!(timeline.advance(friday, 60), friday + 16 * 60);
    }

    #[test]
    fn used_calendars_come_first_and_bases_follow() {
        let mut calendars = derived();
        let (compiled, place) = compile_used(&mut calendars, &[false, true]);
        assert_eq!((compiled.len(), place), (1, vec![1, 0]));
        assert_eq!(calendars[0].base, Some(1));
        assert_eq!(compiled[0].minutes_on(date(2023, 5, 1)), 0);
    }

    #[test]
    fn a_calendar_that_is_its_own_base_compiles() {
        let mut calendars = derived();
        calendars[0].base = Some(1);
        assert_eq!(compile(&calendars, 1).minutes_on(date(2023, 5, 3)), 480);
    }
}
