//! Calendars of Project files: base and derived ones, exceptions of both generations (day type 0, and `Exceptions` with
//! names and repetitions), work weeks that hold for a while.

use ground::timeline::{date_of_day, day_number};
use ground::{Date, Minute, Shift};

use super::recurring::Pattern;
use crate::schedule_file::calendar::{CalendarException, CalendarKind, NamedCalendar};
use crate::schedule_file::fields::Fields;
use crate::schedule_file::xml::{Element, names};

names!(
    CalendarNames: uid = "UID", name = "Name", is_base = "IsBaseCalendar", base = "BaseCalendarUID",
    week_days = "WeekDays", week_day = "WeekDay", day_type = "DayType", day_working = "DayWorking",
    period = "TimePeriod", from_date = "FromDate", to_date = "ToDate", times = "WorkingTimes", time = "WorkingTime",
    from_time = "FromTime", to_time = "ToTime", exceptions = "Exceptions", exception = "Exception",
    kind = "Type", every = "Period", occurrences = "Occurrences", by_occurrences = "EnteredByOccurrences",
    days_of_week = "DaysOfWeek", month = "Month", month_day = "MonthDay", month_item = "MonthItem",
    month_position = "MonthPosition", work_weeks = "WorkWeeks", work_week = "WorkWeek",
);

/// Reads calendar elements.
pub(super) struct CalendarReader {
    n: CalendarNames,
    /// Days unfolded so far over all calendars; see [`UNFOLDED`].
    unfolded: usize,
}

/// Days that all exceptions of a file together may unfold to: 300 calendars of a century. More was made to exhaust us.
const UNFOLDED: usize = 10_000_000;
const DAY: i64 = 1440;
/// Sunday to Saturday; 0 is an exception.
const DAY_TYPES: [(&str, usize); 8] = [
    ("0", 0),
    ("1", 1),
    ("2", 2),
    ("3", 3),
    ("4", 4),
    ("5", 5),
    ("6", 6),
    ("7", 7),
];

impl CalendarReader {
    pub(super) fn of(names: &mut crate::schedule_file::xml::Names) -> Self {
        CalendarReader {
            n: CalendarNames::of(names),
            unfolded: 0,
        }
    }

    /// The calendar, its key and the key of its base.
    pub(super) fn read(&mut self, fields: &mut Fields) -> (NamedCalendar, String) {
        let (n, element) = (&self.n, fields.element());
        let base = element.value(n.base);
        let mut calendar = NamedCalendar {
            id: element.value(n.uid).to_owned(),
            name: element.value(n.name).to_owned(),
            kind: if element.flag(n.is_base) {
                CalendarKind::Base
            } else {
                CalendarKind::Resource
            },
            ..NamedCalendar::default()
        };
        let (week_days, work_weeks, exceptions) = (n.week_days, n.work_weeks, n.exceptions);
        if let Some(days) = element.child(week_days) {
            self.week(&mut calendar, &mut fields.inside(days));
        }
        if let Some(weeks) = element.child(work_weeks) {
            weeks
                .all(self.n.work_week)
                .for_each(|week| self.work_week(&mut calendar, &mut fields.inside(week)));
        }
        if let Some(exceptions) = element.child(exceptions) {
            let all = exceptions.all(self.n.exception);
            all.for_each(|exception| self.exception(&mut calendar, &mut fields.inside(exception)));
        }
        (calendar, base.to_owned())
    }

    fn week(&mut self, calendar: &mut NamedCalendar, days: &mut Fields) {
        for day in days.element().all(self.n.week_day) {
            let mut day = days.inside(day);
            match day.word(self.n.day_type, &DAY_TYPES, "这一天没有采用") {
                Some(number @ 1..=7) => {
                    // Sunday is 1 there and last with us.
                    calendar.week[(number + 5) % 7] = Some(self.shifts(&mut day));
                }
                Some(0) => {
                    let shifts = self.shifts(&mut day);
                    if let Some((first, last)) = self.range(&mut day) {
                        self.unfold(calendar, (first..=last).map(date_of_day), "", &shifts);
                    }
                }
                _ => {}
            }
        }
    }

    fn exception(&mut self, calendar: &mut NamedCalendar, element: &mut Fields) {
        let Some((first, last)) = self.range(element) else {
            return;
        };
        let n = &self.n;
        let by_count = element.flag(n.by_occurrences);
        let mut number = |name| element.integer(name).unwrap_or(0);
        let pattern = Pattern {
            kind: number(n.kind),
            first,
            last: if by_count {
                first.saturating_add(40_000)
            } else {
                last
            },
            period: number(n.every),
            days_of_week: number(n.days_of_week),
            month: number(n.month),
            month_day: number(n.month_day),
            month_item: number(n.month_item),
            month_position: number(n.month_position),
            occurrences: if by_count { number(n.occurrences) } else { 0 },
        };
        let (name, shifts) = (element.value(n.name).to_owned(), self.shifts(element));
        self.unfold(calendar, pattern.days().into_iter(), &name, &shifts);
    }

    /// A week pattern that holds from one date to another: its days, as far as it names them.
    fn work_week(&mut self, calendar: &mut NamedCalendar, element: &mut Fields) {
        let Some((first, last)) = self.range(element) else {
            return;
        };
        let mut week: [Option<Vec<Shift>>; 7] = Default::default();
        let days = element.element().child(self.n.week_days);
        for day in days.into_iter().flat_map(|days| days.all(self.n.week_day)) {
            let mut day = element.inside(day);
            if let Some(number @ 1..=7) = day.word(self.n.day_type, &DAY_TYPES, "这一天没有采用")
            {
                week[(number + 5) % 7] = Some(self.shifts(&mut day));
            }
        }
        let name = element.value(self.n.name).to_owned();
        for (weekday, shifts) in week.into_iter().enumerate() {
            let Some(shifts) = shifts else { continue };
            // 1970-01-01 was a Thursday.
            let days =
                (first..=last).filter(move |day| (day + 3).rem_euclid(7) as usize == weekday);
            self.unfold(calendar, days.map(date_of_day), &name, &shifts);
        }
    }

    fn unfold(
        &mut self,
        calendar: &mut NamedCalendar,
        days: impl Iterator<Item = Date>,
        name: &str,
        shifts: &[Shift],
    ) {
        for date in days.take(UNFOLDED.saturating_sub(self.unfolded)) {
            self.unfolded += 1;
            let exception = CalendarException {
                name: name.to_owned(),
                shifts: shifts.to_vec(),
            };
            calendar.exceptions.insert(date, exception);
        }
    }

    /// First and last day of a `TimePeriod`, inside the century of the calculation.
    fn range(&self, element: &mut Fields) -> Option<(i64, i64)> {
        let n = &self.n;
        let period = element.element().child(n.period)?;
        let mut period = element.inside(period);
        let first = period.date(n.from_date)?.div_euclid(DAY);
        let last = period
            .date(n.to_date)
            .map_or(first, |to: Minute| to.div_euclid(DAY));
        let first_known = day_number(Date::constant(1984, 1, 1));
        let last_known = day_number(Date::constant(2084, 12, 31));
        let (first, last) = (first.max(first_known), last.min(last_known));
        (first <= last).then_some((first, last))
    }

    fn shifts(&self, fields: &mut Fields) -> Vec<Shift> {
        let n = &self.n;
        if !fields.flag(n.day_working) {
            return Vec::new();
        }
        let times = fields.element().child(n.times);
        let times = times.into_iter().flat_map(|times| times.all(n.time));
        let mut shifts: Vec<Shift> = times
            .filter_map(|time| {
                let shift = shift(time, n);
                if shift.is_none() && !time.value(n.from_time).is_empty() {
                    fields.warn(n.time, || {
                        let (from, to) = (time.value(n.from_time), time.value(n.to_time));
                        format!("“{from}—{to}”不是一段工作时间，没有采用")
                    });
                }
                shift
            })
            .collect();
        shifts.sort_unstable();
        if shifts.is_empty() {
            return ground::timeline::OFFICE_DAY.to_vec();
        }
        shifts
    }
}

fn shift(time: Element, n: &CalendarNames) -> Option<Shift> {
    let from = clock(time.value(n.from_time))?;
    let to = match clock(time.value(n.to_time))? {
        0 => DAY as u16,
        to => to,
    };
    (from < to).then_some(Shift { from, to })
}

/// `08:00:00`, or a whole date and time, in minutes of the day.
fn clock(text: &str) -> Option<u16> {
    let text = text.rsplit('T').next()?;
    let mut parts = text.split(':');
    let (hour, minute) = (
        parts.next()?.parse::<u16>().ok()?,
        parts.next()?.parse::<u16>().ok()?,
    );
    (hour < 24 && minute < 60 || hour == 24 && minute == 0).then_some(hour * 60 + minute)
}
