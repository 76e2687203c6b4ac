//! Calendars as Project XML. Project has base calendars and one calendar per resource derived from a base; calendars of
//! P6 become base calendars with everything they inherit written out.

use ground::timeline::day_number;
use ground::{Date, Shift};

use super::write::Xml;
use crate::schedule_file::calendar::{CalendarException, CalendarKind, NamedCalendar, flattened};
use crate::schedule_file::{Format, ScheduleFile};

/// Numbers of the calendars in the file to be written.
pub(super) struct CalendarKeys {
    /// Per calendar.
    keys: Vec<i64>,
    kinds: Vec<CalendarKind>,
    /// Per resource: the number of its calendar.
    resources: Vec<Option<i64>>,
    /// Whether resources hold calendars of their own already.
    own: bool,
}

impl CalendarKeys {
    pub(super) fn of(file: &ScheduleFile) -> Self {
        let own = file.format == Format::Mspdi;
        let known = |calendar: &NamedCalendar| calendar.id.parse::<i64>().ok().filter(|id| *id > 0);
        let highest = file.calendars.iter().filter_map(known).max().unwrap_or(0);
        let keys: Vec<i64> = (1..)
            .zip(&file.calendars)
            .map(|(number, calendar)| match known(calendar).filter(|_| own) {
                Some(id) => id,
                None if own => highest + number,
                None => number,
            })
            .collect();
        let mut next = keys.iter().copied().max().unwrap_or(0);
        let resources = file
            .resources
            .iter()
            .map(|resource| {
                let calendar = resource.calendar?;
                if own {
                    return Some(keys[calendar]);
                }
                next += 1;
                Some(next)
            })
            .collect();
        CalendarKeys {
            keys,
            kinds: file
                .calendars
                .iter()
                .map(|calendar| calendar.kind)
                .collect(),
            resources,
            own,
        }
    }

    /// The number by which a task or the project names a calendar; those made here are not in the file: -1.
    pub(super) fn base_of(&self, calendar: usize) -> i64 {
        match self.kinds.get(calendar) {
            Some(CalendarKind::Base | CalendarKind::Resource) => self.keys[calendar],
            _ => -1,
        }
    }

    pub(super) fn of_resource(&self, resource: usize) -> Option<i64> {
        self.resources[resource]
    }

    pub(super) fn is_elapsed(&self, calendar: usize) -> bool {
        self.kinds.get(calendar) == Some(&CalendarKind::Elapsed)
    }
}

pub(super) fn write_calendars(xml: &mut Xml, file: &ScheduleFile, keys: &CalendarKeys) {
    xml.open("Calendars");
    for (index, calendar) in file.calendars.iter().enumerate() {
        let made = matches!(calendar.kind, CalendarKind::Elapsed | CalendarKind::Joined);
        if made {
            continue;
        }
        let derived = keys.own && calendar.kind == CalendarKind::Resource;
        if derived {
            let base = calendar.base.map_or(-1, |base| keys.keys[base]);
            one(xml, keys.keys[index], calendar, Some(base));
        } else {
            one(
                xml,
                keys.keys[index],
                &flattened(&file.calendars, index),
                None,
            );
        }
    }
    if !keys.own {
        for (resource, key) in file.resources.iter().zip(&keys.resources) {
            if let (Some(calendar), Some(key)) = (resource.calendar, key) {
                let empty = NamedCalendar {
                    name: resource.name.clone(),
                    ..NamedCalendar::default()
                };
                one(xml, *key, &empty, Some(keys.keys[calendar]));
            }
        }
    }
    xml.close("Calendars");
}

/// `base`: number of the base of a resource's calendar; none for a base calendar.
fn one(xml: &mut Xml, key: i64, calendar: &NamedCalendar, base: Option<i64>) {
    xml.open("Calendar");
    xml.plain("UID", key);
    xml.text("Name", &calendar.name);
    xml.flag("IsBaseCalendar", base.is_none());
    xml.plain("BaseCalendarUID", base.unwrap_or(-1));
    xml.open("WeekDays");
    // Sunday is day 1 there and the last of ours.
    for day in 1..=7 {
        if let Some(shifts) = &calendar.week[(day + 5) % 7] {
            xml.open("WeekDay");
            xml.plain("DayType", day);
            xml.flag("DayWorking", !shifts.is_empty());
            working_times(xml, shifts);
            xml.close("WeekDay");
        }
    }
    xml.close("WeekDays");
    if !calendar.exceptions.is_empty() {
        xml.open("Exceptions");
        for (first, last, exception) in runs(calendar) {
            exception_of(xml, first, last, exception);
        }
        xml.close("Exceptions");
    }
    xml.close("Calendar");
}

/// Neighbouring days of the same name and hours as one exception.
fn runs(calendar: &NamedCalendar) -> Vec<(Date, Date, &CalendarException)> {
    let mut runs: Vec<(Date, Date, &CalendarException)> = Vec::new();
    for (&date, exception) in &calendar.exceptions {
        match runs.last_mut() {
            Some((_, last, same))
                if day_number(*last) + 1 == day_number(date) && **same == *exception =>
            {
                *last = date;
            }
            _ => runs.push((date, date, exception)),
        }
    }
    runs
}

fn exception_of(xml: &mut Xml, first: Date, last: Date, exception: &CalendarException) {
    xml.open("Exception");
    xml.flag("EnteredByOccurrences", false);
    xml.open("TimePeriod");
    xml.plain("FromDate", format_args!("{first}T00:00:00"));
    xml.plain("ToDate", format_args!("{last}T23:59:00"));
    xml.close("TimePeriod");
    xml.plain("Occurrences", day_number(last) - day_number(first) + 1);
    xml.text("Name", &exception.name);
    xml.plain("Type", 1);
    xml.flag("DayWorking", !exception.shifts.is_empty());
    working_times(xml, &exception.shifts);
    xml.close("Exception");
}

fn working_times(xml: &mut Xml, shifts: &[Shift]) {
    if shifts.is_empty() {
        return;
    }
    xml.open("WorkingTimes");
    for shift in shifts {
        xml.open("WorkingTime");
        xml.plain("FromTime", clock(shift.from));
        xml.plain("ToTime", clock(shift.to));
        xml.close("WorkingTime");
    }
    xml.close("WorkingTimes");
}

/// Midnight at the end of a day is written as its beginning.
fn clock(minute: u16) -> String {
    let minute = minute % 1440;
    format!("{:02}:{:02}:00", minute / 60, minute % 60)
}
