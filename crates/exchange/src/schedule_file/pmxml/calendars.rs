//! `Calendar`: the standard work week, holidays and exceptions. P6 writes the last worked minute as the end of a span:
//! 15:59 is 16:00.

use ground::Shift;
use ground::timeline::date_of_day;

use super::Reader;
use crate::schedule_file::calendar::{CalendarException, CalendarKind, NamedCalendar};
use crate::schedule_file::fields::Fields;
use crate::schedule_file::xml::{Element, Record, Scanner, names};

names!(
    CalendarNames: id = "ObjectId", name = "Name", base = "BaseCalendarObjectId", hours = "HoursPerDay",
    kind = "Type", week = "StandardWorkWeek", day = "StandardWorkHours", day_name = "DayOfWeek", time = "WorkTime",
    start = "Start", finish = "Finish", exceptions = "HolidayOrExceptions", exception = "HolidayOrException",
    date = "Date",
);

const DAYS: [(&str, usize); 7] = [
    ("Monday", 0),
    ("Tuesday", 1),
    ("Wednesday", 2),
    ("Thursday", 3),
    ("Friday", 4),
    ("Saturday", 5),
    ("Sunday", 6),
];

impl Reader<'_> {
    pub(super) fn calendar(&mut self, record: &Record, scanner: &Scanner) {
        let (n, root) = (&self.n.calendar, record.root());
        let name = root.value(n.name);
        let fields = &mut Fields::of(record, scanner, ("日历", name), self.remarks);
        let minutes = fields.hours(n.hours);
        let mut calendar = NamedCalendar {
            id: root.value(n.id).to_owned(),
            name: root.value(n.name).to_owned(),
            minutes_per_day: minutes.filter(|minutes| (1..=1440).contains(minutes)),
            kind: match root.value(n.kind) {
                "Resource" => CalendarKind::Resource,
                _ => CalendarKind::Base,
            },
            ..NamedCalendar::default()
        };
        let week = root.child(n.week);
        for day in week.into_iter().flat_map(|week| week.all(n.day)) {
            let mut day = fields.inside(day);
            if let Some(place) = day.word(n.day_name, &DAYS, "这一天没有采用") {
                calendar.week[place] = Some(shifts(&mut day, n));
            }
        }
        let exceptions = root.child(n.exceptions);
        for day in exceptions.into_iter().flat_map(|all| all.all(n.exception)) {
            let mut day = fields.inside(day);
            if let Some(minute) = day.date(n.date) {
                let exception = CalendarException {
                    name: String::new(),
                    shifts: shifts(&mut day, n),
                };
                calendar
                    .exceptions
                    .insert(date_of_day(minute.div_euclid(1440)), exception);
            }
        }
        if calendar.week.iter().all(Option::is_none) && root.value(n.base).is_empty() {
            self.remarks.warning(
                "pmxml.calendar",
                || format!("日历“{}”", calendar.name),
                || "没有工作周，按周一至周五八小时处理".to_owned(),
                "请在 P6 中打开这个日历核对工作时间，保存后重新导出",
            );
            calendar.week = NamedCalendar::standard().week;
        }
        let base = root.value(self.n.calendar.base).to_owned();
        self.calendars
            .insert(calendar.id.clone(), self.file.calendars.len());
        self.file.calendars.push(calendar);
        self.bases.push(base);
    }
}

fn shifts(day: &mut Fields, n: &CalendarNames) -> Vec<Shift> {
    let mut shifts = Vec::new();
    for time in day.element().all(n.time) {
        let (from, to) = (time.value(n.start), time.value(n.finish));
        match shift(time, n) {
            Some(shift) => shifts.push(shift),
            // A day without work holds one empty span.
            None if from.is_empty() && to.is_empty() => {}
            None => day.warn(n.time, || {
                format!("“{from}—{to}”不是一段工作时间，没有采用")
            }),
        }
    }
    shifts.sort_unstable();
    shifts
}

fn shift(time: Element, n: &CalendarNames) -> Option<Shift> {
    let from = clock(time.value(n.start))?;
    let to = match clock(time.value(n.finish))? {
        0 => 1440,
        // Some programs write the end itself instead of the last minute.
        last if last % 10 == 9 => last + 1,
        last => last,
    };
    (from < to).then_some(Shift { from, to })
}

fn clock(text: &str) -> Option<u16> {
    let mut parts = text.split(':');
    let (hour, minute) = (
        parts.next()?.parse::<u16>().ok()?,
        parts.next()?.parse::<u16>().ok()?,
    );
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}
