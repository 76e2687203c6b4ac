//! Dates and durations of one place of the text; what cannot be read is told there and left out.

use ground::{Minute, Timeline};

use super::shape::When;
use crate::schedule_file::remarks::Remarks;

/// Longest work, days.
const DAYS_MAX: f64 = 100_000.0;

/// Reads the dates of one place.
pub(super) struct Dates<'a> {
    pub place: &'a str,
    pub timeline: &'a Timeline,
    pub remarks: &'a mut Remarks,
}

impl Dates<'_> {
    /// The moment itself; a bare date is its first minute.
    pub fn moment(&mut self, when: Option<&When>, key: &str) -> Option<Minute> {
        let when = when?;
        let minute = when.minute();
        if minute.is_none() {
            let problem = format!("“{key}”的“{when}”不是日期，没有采用");
            self.tell(
                "toml.date",
                &problem,
                "请写成 2023-03-10 或 2023-03-10 08:00",
            );
        }
        minute
    }

    /// The working moment from which on something may start.
    pub fn start(&mut self, when: Option<&When>, key: &str) -> Option<Minute> {
        let at = self.moment(when, key)?;
        Some(self.timeline.next_start(at))
    }

    /// The moment by which something must be over: a bare date means the end of its working day.
    pub fn finish(&mut self, when: Option<&When>, key: &str) -> Option<Minute> {
        let at = self.moment(when, key)?;
        Some(match at.rem_euclid(1440) {
            0 => self.timeline.previous_finish(at + 1440),
            _ => at,
        })
    }

    /// Working minutes of so many days.
    pub fn work(&mut self, days: f64, label: &str) -> i64 {
        if !(0.0..=DAYS_MAX).contains(&days) {
            let problem = format!("{label} {days} 天超出范围，按 0 处理");
            self.tell("toml.duration", &problem, "请填 0 到 100000 之间的天数");
            return 0;
        }
        (days * self.timeline.minutes_per_day() as f64).round() as i64
    }

    /// What is left out because of the fault.
    pub fn tell(&mut self, code: &'static str, problem: &str, remedy: &str) {
        let (place, problem) = (self.place.to_owned(), problem.to_owned());
        self.remarks.error(code, || place, || problem, remedy);
    }

    /// What is taken over in another way than it stands there.
    pub fn warn(&mut self, code: &'static str, problem: &str, remedy: &str) {
        let (place, problem) = (self.place.to_owned(), problem.to_owned());
        self.remarks.warning(code, || place, || problem, remedy);
    }
}
