//! A plan as a test writes it: days, codes and dates instead of minutes and indexes.
#![allow(dead_code, reason = "every test file uses its own part")]

use std::sync::OnceLock;

use ground::{
    Date, HolidayTable, Minute, Timeline, WorkCalendar, date_of_finish, date_of_start, minute_of,
};
use plan::{
    Activity, ActivityKind, Constraint, ConstraintKind, LagCalendar, Link, Network, Options,
    Progress, Schedule, parse_predecessors, schedule,
};

pub const DAY: i64 = 480;
/// Monday to Friday with holidays and make-up days.
pub const OFFICE: usize = 0;
/// Monday to Saturday.
pub const SIX: usize = 1;
/// Every day.
pub const SEVEN: usize = 2;

pub fn timelines() -> Vec<Timeline> {
    static ALL: OnceLock<Vec<Timeline>> = OnceLock::new();
    ALL.get_or_init(|| {
        let table = HolidayTable::shipped();
        vec![
            WorkCalendar::official(table).timeline(),
            WorkCalendar::six_day(table).timeline(),
            WorkCalendar::seven_day().timeline(),
        ]
    })
    .clone()
}

pub fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

/// Start of a working day: 08:00.
pub fn morning(text: &str) -> Minute {
    minute_of(date(text), 8, 0)
}

/// End of a working day: 17:00.
pub fn evening(text: &str) -> Minute {
    minute_of(date(text), 17, 0)
}

pub struct Sheet {
    pub network: Network,
    pub options: Options,
}

/// A plan that starts on `start`; rows are `(code, days, predecessors)`.
pub fn sheet(start: &str, rows: &[(&str, i64, &str)]) -> Sheet {
    let mut network = Network {
        calendars: timelines(),
        activities: Vec::new(),
        links: Vec::new(),
    };
    for (code, days, _) in rows {
        network
            .activities
            .push(Activity::task(*code, *code, OFFICE, days * DAY));
    }
    let options = Options::from_start(minute_of(date(start), 0, 0));
    let mut sheet = Sheet { network, options };
    for (code, _, predecessors) in rows {
        sheet.link(code, predecessors);
    }
    sheet
}

impl Sheet {
    pub fn at(&self, code: &str) -> usize {
        let found = self
            .network
            .activities
            .iter()
            .position(|activity| activity.code == code);
        found.expect("a code of the sheet")
    }

    pub fn activity(&mut self, code: &str) -> &mut Activity {
        let i = self.at(code);
        &mut self.network.activities[i]
    }

    /// Adds links from a predecessor text; lags are working days of the predecessor.
    pub fn link(&mut self, code: &str, predecessors: &str) {
        let (refs, findings) = parse_predecessors(predecessors, code);
        assert!(findings.is_empty(), "{findings:?}");
        for reference in refs {
            let factors = plan::LagFactors::default();
            let (lag, lag_calendar) = factors.minutes(reference.lag, reference.unit, 0);
            let from = self.at(&reference.code);
            let to = self.at(code);
            self.network.links.push(Link {
                from,
                to,
                kind: reference.kind,
                lag,
                lag_calendar,
            });
        }
    }

    pub fn lag_calendar(mut self, calendar: LagCalendar) -> Self {
        for link in &mut self.network.links {
            link.lag_calendar = calendar;
        }
        self
    }

    pub fn calendar(mut self, code: &str, calendar: usize) -> Self {
        self.activity(code).calendar = calendar;
        self
    }

    pub fn kind(mut self, code: &str, kind: ActivityKind) -> Self {
        self.activity(code).kind = kind;
        self
    }

    pub fn constraint(mut self, code: &str, kind: ConstraintKind, at: Minute) -> Self {
        self.activity(code)
            .constraints
            .push(Constraint { kind, at });
        self
    }

    pub fn deadline(mut self, code: &str, at: Minute) -> Self {
        self.activity(code).deadline = Some(at);
        self
    }

    pub fn progress(mut self, code: &str, progress: Progress) -> Self {
        self.activity(code).progress = progress;
        self
    }

    pub fn data_date(mut self, at: Minute) -> Self {
        self.options.data_date = Some(at);
        self
    }

    pub fn target(mut self, at: Minute) -> Self {
        self.options.target = Some(at);
        self
    }

    pub fn run(self) -> Plan {
        let answer = schedule(&self.network, &self.options).expect("a network without loops");
        Plan {
            sheet: self,
            answer,
        }
    }
}

pub struct Plan {
    pub sheet: Sheet,
    pub answer: Schedule,
}

impl Plan {
    /// `2023-03-06..2023-03-10`: first and last day by the early dates.
    pub fn early(&self, code: &str) -> String {
        let i = self.sheet.at(code);
        days(self.answer.early_start[i], self.answer.early_finish[i])
    }

    /// The same by the late dates.
    pub fn late(&self, code: &str) -> String {
        let i = self.sheet.at(code);
        days(self.answer.late_start[i], self.answer.late_finish[i])
    }

    pub fn early_minutes(&self, code: &str) -> (Minute, Minute) {
        let i = self.sheet.at(code);
        (self.answer.early_start[i], self.answer.early_finish[i])
    }

    pub fn late_minutes(&self, code: &str) -> (Minute, Minute) {
        let i = self.sheet.at(code);
        (self.answer.late_start[i], self.answer.late_finish[i])
    }

    /// Total and free float in working minutes.
    pub fn floats(&self, code: &str) -> (i64, i64) {
        let i = self.sheet.at(code);
        (self.answer.total_float[i], self.answer.free_float[i])
    }

    pub fn why(&self, code: &str) -> String {
        plan::why(&self.sheet.network, &self.answer, self.sheet.at(code))
    }

    /// Codes for which `flags` is set.
    pub fn flagged(&self, flags: &[bool]) -> String {
        let all = self.sheet.network.activities.iter().zip(flags);
        all.filter(|(_, flag)| **flag)
            .map(|(a, _)| a.code.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    pub fn codes(&self, chain: &[usize]) -> String {
        let codes: Vec<&str> = chain
            .iter()
            .map(|&i| self.sheet.network.activities[i].code.as_str())
            .collect();
        codes.join(" ")
    }
}

fn days(start: Minute, finish: Minute) -> String {
    format!("{}..{}", date_of_start(start), date_of_finish(finish))
}
