//! Calendars of schedule files: week pattern, exceptions, base calendar; compiled for the calculation.

use ground::timeline::{OFFICE_DAY, date_of_day, day_number};
use ground::{Date, DayKind, Shift, Timeline, WorkCalendar};
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
    /// Whose it is.
    pub kind: CalendarKind,
}

/// Whose a calendar is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum CalendarKind {
    /// 基准日历, for whoever names it.
    #[default]
    Base,
    /// 资源日历: of one resource.
    Resource,
    /// Not in the file: every minute of every day, for durations in elapsed time.
    Elapsed,
    /// Not in the file: when the resources of a task work, and its own calendar too.
    Joined,
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
        let day = |worked: bool| {
            Some(if worked {
                OFFICE_DAY.to_vec()
            } else {
                Vec::new()
            })
        };
        NamedCalendar {
            name: "标准".to_owned(),
            week: [true, true, true, true, true, false, false].map(day),
            ..NamedCalendar::default()
        }
    }
}

impl NamedCalendar {
    /// One of our calendars under a code of the file: its week, and each day of the calculation's century on which it
    /// differs (节假日, 调休, 停工).
    pub fn of(calendar: &WorkCalendar, code: &str) -> Self {
        let (first, last) = (Date::constant(1984, 1, 1), Date::constant(2084, 12, 31));
        let week = calendar.week();
        let differs = |date: &Date| {
            calendar.hours_on(*date) != week[date.weekday().to_monday_zero_offset() as usize]
        };
        let days = (day_number(first)..=day_number(last)).map(date_of_day);
        let exception = |date: Date| {
            let name = match calendar.kind(date) {
                DayKind::Holiday(name) | DayKind::MakeUp(name) | DayKind::Exception(name) => name,
                DayKind::Working | DayKind::Rest => String::new(),
            };
            let shifts = calendar.hours_on(date);
            (date, CalendarException { name, shifts })
        };
        NamedCalendar {
            id: code.to_owned(),
            name: calendar.name().to_owned(),
            week: week.clone().map(Some),
            exceptions: days.filter(differs).map(exception).collect(),
            minutes_per_day: Some(calendar.timeline().minutes_per_day()),
            ..NamedCalendar::default()
        }
    }

    /// Every minute of every day.
    pub(crate) fn elapsed() -> Self {
        let day = || Some(vec![Shift { from: 0, to: 1440 }]);
        NamedCalendar {
            name: "自然时间".to_owned(),
            week: std::array::from_fn(|_| day()),
            kind: CalendarKind::Elapsed,
            ..NamedCalendar::default()
        }
    }

    /// True when it says nothing that its base does not say.
    fn plain(&self) -> bool {
        self.exceptions.is_empty() && self.week.iter().all(Option::is_none)
    }
}

/// The calendar that decides: itself, or the base of one that adds nothing.
pub(crate) fn deciding(calendars: &[NamedCalendar], index: usize) -> usize {
    let mut at = index;
    for _ in 0..DEPTH {
        match calendars[at].base {
            Some(base) if calendars[at].plain() => at = base,
            _ => break,
        }
    }
    at
}

/// Work is done when one of `any` works and, where given, `own` works too.
pub(crate) fn joined(
    calendars: &[NamedCalendar],
    any: &[usize],
    own: Option<usize>,
) -> NamedCalendar {
    let shifts = |day: &dyn Fn(usize) -> Vec<Shift>| {
        let union = united(any.iter().flat_map(|&index| day(index)).collect());
        match own {
            Some(own) => crossed(&union, &united(day(own))),
            None => union,
        }
    };
    let names: Vec<&str> = any
        .iter()
        .map(|&index| calendars[index].name.as_str())
        .collect();
    let mut calendar = NamedCalendar {
        name: names.join("、"),
        kind: CalendarKind::Joined,
        ..NamedCalendar::default()
    };
    for weekday in 0..7 {
        calendar.week[weekday] = Some(shifts(&|index| week_shifts(calendars, index, weekday)));
    }
    let all = any.iter().copied().chain(own);
    let dates: std::collections::BTreeSet<Date> = all
        .flat_map(|index| line(calendars, index))
        .flat_map(|calendar| calendar.exceptions.keys().copied())
        .collect();
    for date in dates {
        let exception = CalendarException {
            name: String::new(),
            shifts: shifts(&|index| shifts_on(calendars, index, date)),
        };
        calendar.exceptions.insert(date, exception);
    }
    calendar
}

fn week_shifts(calendars: &[NamedCalendar], index: usize, weekday: usize) -> Vec<Shift> {
    let line = line(calendars, index);
    let own = line
        .iter()
        .find_map(|calendar| calendar.week[weekday].clone());
    own.unwrap_or_default()
}

fn shifts_on(calendars: &[NamedCalendar], index: usize, date: Date) -> Vec<Shift> {
    let line = line(calendars, index);
    let exception = line
        .iter()
        .find_map(|calendar| calendar.exceptions.get(&date));
    match exception {
        Some(exception) => exception.shifts.clone(),
        None => week_shifts(
            calendars,
            index,
            date.weekday().to_monday_zero_offset() as usize,
        ),
    }
}

/// The calendar with everything it takes from its bases, as one without a base.
pub(crate) fn flattened(calendars: &[NamedCalendar], index: usize) -> NamedCalendar {
    let mut flat = calendars[index].clone();
    flat.base = None;
    for weekday in 0..7 {
        flat.week[weekday] = Some(week_shifts(calendars, index, weekday));
    }
    for calendar in line(calendars, index) {
        for (date, exception) in &calendar.exceptions {
            flat.exceptions
                .entry(*date)
                .or_insert_with(|| exception.clone());
        }
    }
    flat
}

/// Spans in order, those that touch made one.
fn united(mut shifts: Vec<Shift>) -> Vec<Shift> {
    shifts.sort_unstable();
    let mut all: Vec<Shift> = Vec::with_capacity(shifts.len());
    for shift in shifts {
        match all.last_mut() {
            Some(last) if shift.from <= last.to => last.to = last.to.max(shift.to),
            _ => all.push(shift),
        }
    }
    all
}

fn crossed(left: &[Shift], right: &[Shift]) -> Vec<Shift> {
    let pairs = left.iter().flat_map(|a| right.iter().map(move |b| (a, b)));
    pairs
        .map(|(a, b)| Shift {
            from: a.from.max(b.from),
            to: a.to.min(b.to),
        })
        .filter(|shift| shift.from < shift.to)
        .collect()
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
    let mut sorted: Vec<NamedCalendar> = order.iter().map(|&old| calendars[old].clone()).collect();
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
    fn resources_on_two_shifts_work_whenever_one_of_them_does() {
        let mut calendars = derived();
        let night = Some(vec![
            Shift { from: 0, to: 180 },
            Shift {
                from: 1380,
                to: 1440,
            },
        ]);
        calendars.push(NamedCalendar {
            week: std::array::from_fn(|_| night.clone()),
            ..NamedCalendar::default()
        });
        let both = joined(&calendars, &[0, 2], None);
        let spans = |shifts: &[Shift]| -> Vec<(u16, u16)> {
            shifts.iter().map(|shift| (shift.from, shift.to)).collect()
        };
        let monday = both.week[0].as_deref().unwrap_or_default();
        assert_eq!(
            spans(monday),
            [(0, 180), (480, 720), (780, 1020), (1380, 1440)]
        );
        assert_eq!(
            spans(&both.exceptions[&date(2023, 5, 1)].shifts),
            [(0, 180), (1380, 1440)]
        );
        let inside = joined(&calendars, &[0, 2], Some(0));
        assert_eq!(inside.week[0], Some(OFFICE_DAY.to_vec()));
        assert_eq!(deciding(&calendars, 1), 1);
        calendars[1] = NamedCalendar {
            base: Some(0),
            ..NamedCalendar::default()
        };
        assert_eq!(deciding(&calendars, 1), 0);
    }

    #[test]
    fn a_calendar_that_is_its_own_base_compiles() {
        let mut calendars = derived();
        calendars[0].base = Some(1);
        assert_eq!(compile(&calendars, 1).minutes_on(date(2023, 5, 3)), 480);
    }
}
