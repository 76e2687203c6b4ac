//! Calendars of a district, compiled once and asked by id (`cn5`, `site6`, `site7`, or a site's own). Which days
//! are worked is said by `ground`; activities only name a calendar.

use std::collections::BTreeMap;

use ground::{Date, HolidayTable, Minute, RecordId, Timeline, WorkCalendar, minute_of};

use crate::activity::Activity;

/// Calendars by id. The first one is used for activities that name none or one that is not here.
#[derive(Clone, Debug)]
pub struct Calendars {
    calendars: Vec<WorkCalendar>,
    timelines: Vec<Timeline>,
    index: BTreeMap<String, usize>,
    by_record: BTreeMap<RecordId, String>,
}

impl Calendars {
    /// The three calendars every district has: 七天 (the fallback: building sites work every day), 六天, 工作日.
    pub fn standard(holidays: &HolidayTable) -> Calendars {
        Calendars::new(vec![
            WorkCalendar::seven_day(),
            WorkCalendar::six_day(holidays),
            WorkCalendar::official(holidays),
        ])
    }

    /// Compiles the given calendars; of two with one id the later wins. An empty list gives 七天 alone.
    pub fn new(calendars: Vec<WorkCalendar>) -> Calendars {
        let calendars = if calendars.is_empty() {
            vec![WorkCalendar::seven_day()]
        } else {
            calendars
        };
        let timelines = calendars.iter().map(WorkCalendar::timeline).collect();
        let index = calendars
            .iter()
            .enumerate()
            .map(|(i, c)| (c.id().to_owned(), i))
            .collect();
        Calendars {
            calendars,
            timelines,
            index,
            by_record: BTreeMap::new(),
        }
    }

    /// Adds or replaces a calendar, for example one with a site's own stops.
    pub fn with(mut self, calendar: WorkCalendar) -> Calendars {
        match self.index.get(calendar.id()) {
            Some(&at) => {
                self.timelines[at] = calendar.timeline();
                self.calendars[at] = calendar;
            }
            None => {
                self.index
                    .insert(calendar.id().to_owned(), self.calendars.len());
                self.timelines.push(calendar.timeline());
                self.calendars.push(calendar);
            }
        }
        self
    }

    /// Notes that a kept calendar's record has this code.
    pub(crate) fn know_record(&mut self, id: RecordId, code: &str) {
        self.by_record.insert(id, code.to_owned());
    }

    /// Code of a kept calendar.
    pub fn code_of(&self, id: RecordId) -> Option<&str> {
        self.by_record.get(&id).map(String::as_str)
    }

    /// Position of the calendar that an activity runs on: its own one, else the named one, else the first.
    pub fn of(&self, activity: &Activity) -> usize {
        let own = activity.work_calendar.and_then(|id| self.code_of(id));
        self.position(own.or(activity.calendar.as_deref()))
    }

    /// All calendars in order of position.
    pub fn all(&self) -> &[WorkCalendar] {
        &self.calendars
    }

    /// Position of a calendar; the first one for `None` and for ids that are not here.
    pub fn position(&self, id: Option<&str>) -> usize {
        id.and_then(|id| self.index.get(id)).copied().unwrap_or(0)
    }

    /// Whether there is a calendar of that id.
    pub fn knows(&self, id: &str) -> bool {
        self.index.contains_key(id)
    }

    /// The calendar at a position of [`Calendars::position`].
    pub fn calendar(&self, position: usize) -> &WorkCalendar {
        &self.calendars[position]
    }

    /// Its compiled form.
    pub fn timeline(&self, position: usize) -> &Timeline {
        &self.timelines[position]
    }

    /// All compiled calendars in order of position; cloning one is cheap.
    pub fn timelines(&self) -> &[Timeline] {
        &self.timelines
    }
}

/// Midnight at the start of a day.
pub(crate) fn start_of(day: Date) -> Minute {
    minute_of(day, 0, 0)
}

/// Midnight at the end of a day: the minute up to which a report of that day speaks.
pub(crate) fn end_of(day: Date) -> Minute {
    minute_of(day, 24, 0)
}

/// Calendar days from `a` to `b`, negative when `b` is earlier.
pub fn days_between(a: Date, b: Date) -> i64 {
    ground::timeline::day_number(b) - ground::timeline::day_number(a)
}

/// `3/10`, as dates are written on the wall chart.
pub(crate) fn short(day: Date) -> String {
    format!("{}/{}", day.month(), day.day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::fixtures::day;

    #[test]
    fn an_unknown_calendar_falls_back_to_seven_days() {
        let calendars = Calendars::standard(HolidayTable::shipped());
        assert_eq!(
            calendars.calendar(calendars.position(Some("月历"))).id(),
            "site7"
        );
        assert_eq!(
            calendars.calendar(calendars.position(Some("cn5"))).id(),
            "cn5"
        );
        assert!(!calendars.knows("月历"));
    }

    #[test]
    fn a_site_calendar_replaces_the_one_of_its_id() {
        let stop = ground::Layer::stop("扬尘管控", day("2023-03-01"), day("2023-03-05"));
        let own = WorkCalendar::seven_day().with_layer(stop);
        let calendars = Calendars::standard(HolidayTable::shipped()).with(own);
        let position = calendars.position(Some("site7"));
        assert!(!calendars.calendar(position).is_working(day("2023-03-03")));
    }

    #[test]
    fn days_between_may_be_negative() {
        assert_eq!(days_between(day("2023-08-20"), day("2023-09-06")), 17);
        assert_eq!(days_between(day("2023-09-06"), day("2023-08-20")), -17);
    }
}
