//! 文件的排程选项 By which rules the program of a plan file calculates, as a plan of ours can have them, and which lags
//! mean something else as long as the plan goes by its own.

use super::carry::{Carrier, Worked};
use super::rows::examples;
use crate::project_plan::PlanBook;
use exchange::schedule_file::{Format, ScheduleFile};
use ground::Finding;
use plan::{CriticalRule, LagCalendar, Link};
use portfolio::PlanRules;
use std::collections::{HashMap, HashSet};

/// Minutes of a day in which thresholds are written, as lags are.
const DAY: i64 = 480;
/// Days of float up to which work may be critical, by the register.
const CRITICAL: i64 = 44;

/// Rules of a file.
#[derive(Default)]
pub(super) struct FileRules {
    /// As a plan can have them; none where the file states none.
    pub rules: Option<PlanRules>,
    /// What they or the plan's own rules change about the file.
    pub findings: Vec<Finding>,
}

/// The rules of one project of a file. A file written from a plan of ours speaks of that plan and not of its program.
pub(super) fn of(
    book: &PlanBook,
    file: &ScheduleFile,
    own: &[usize],
    carrier: &Carrier<'_>,
) -> FileRules {
    let states = match file.format {
        Format::Xer | Format::Pmxml => true,
        Format::Mspdi => !file.own,
        Format::Toml => false,
    };
    if !states {
        return FileRules::default();
    }
    let lags = Lags::of(book, file, own, carrier);
    let (critical_days, rounded) = critical_days(file.options.critical);
    let rules = PlanRules {
        out_of_sequence: file.options.out_of_sequence,
        float: file.options.float,
        critical_days,
        open_ends_critical: file.options.open_ends_critical,
        lag_calendar: lags.rule(),
    };
    let findings = rounded.into_iter().chain(lags.told(&rules));
    FileRules {
        rules: Some(rules),
        findings: findings.collect(),
    }
}

/// Whole days, a started one counted, as many as the register takes.
fn critical_days(rule: CriticalRule) -> (Option<i64>, Option<Finding>) {
    let CriticalRule::Threshold(minutes) = rule else {
        return (None, None);
    };
    let days = (minutes.max(0) + DAY - 1) / DAY;
    let days = days.min(CRITICAL);
    let rounded = (days * DAY != minutes).then(|| {
        let hours = minutes as f64 / 60.0;
        let problem =
            format!("文件里总时差不超过 {hours} 小时的算关键，排程选项按天写，记为 {days} 天。");
        let remedy = "关键的工作会有出入；可以在“排程选项”里另改。";
        Finding::info("plan.option_rounded", "排程选项", problem, remedy)
    });
    (Some(days), rounded)
}

/// Lags in working time of one project of a file.
struct Lags<'a> {
    book: &'a PlanBook,
    file: &'a ScheduleFile,
    links: Vec<&'a Link>,
    /// What the calendars that the lags could pass on work on each day.
    worked: HashMap<usize, Vec<Worked>>,
    /// The same of our usual calendar.
    usual: Vec<Worked>,
}

impl<'a> Lags<'a> {
    fn of(
        book: &'a PlanBook,
        file: &'a ScheduleFile,
        own: &[usize],
        carrier: &Carrier<'_>,
    ) -> Self {
        let own: HashSet<usize> = own.iter().copied().collect();
        let lagged = |link: &&Link| {
            link.lag != 0 && link.lag_calendar != LagCalendar::Elapsed && own.contains(&link.to)
        };
        let network = &file.network;
        let links: Vec<&Link> = network.links.iter().filter(lagged).collect();
        let mut worked = HashMap::new();
        let pass = |link: &&Link| {
            let ends = [link.from, link.to].map(|at| network.activities[at].calendar);
            let named = match link.lag_calendar {
                LagCalendar::Of(calendar) => Some(calendar),
                _ => None,
            };
            ends.into_iter().chain(named)
        };
        for calendar in links.iter().flat_map(pass) {
            let days = || carrier.worked(&network.calendars[calendar]);
            worked.entry(calendar).or_insert_with(days);
        }
        let usual = book.state.calendars.timelines().first();
        Self {
            usual: usual.map(|usual| carrier.worked(usual)).unwrap_or_default(),
            book,
            file,
            links,
            worked,
        }
    }

    /// The calendar of the lags in the words of a plan; the plan's own rule where it has no word for it, or where no
    /// lag asks.
    fn rule(&self) -> LagCalendar {
        match self.links.first().map(|link| link.lag_calendar) {
            Some(LagCalendar::Of(calendar)) if self.is_usual(calendar) => LagCalendar::Of(0),
            Some(rule @ (LagCalendar::Predecessor | LagCalendar::Successor)) => rule,
            _ => self.book.rules.lag_calendar,
        }
    }

    /// Whether a calendar of the file works on the days of our usual one.
    fn is_usual(&self, calendar: usize) -> bool {
        self.worked[&calendar] == self.usual
    }

    /// Whether a lag would pass on other days by these rules.
    fn moves(&self, link: &Link, rules: &PlanRules) -> bool {
        let calendar = |activity: usize| self.file.network.activities[activity].calendar;
        let theirs = match link.lag_calendar {
            LagCalendar::Successor => calendar(link.to),
            LagCalendar::Of(calendar) => calendar,
            LagCalendar::Predecessor | LagCalendar::Elapsed => calendar(link.from),
        };
        let ours = match rules.lag_calendar {
            LagCalendar::Of(_) => return !self.is_usual(theirs),
            LagCalendar::Successor => calendar(link.to),
            LagCalendar::Predecessor | LagCalendar::Elapsed => calendar(link.from),
        };
        ours != theirs && self.worked[&ours] != self.worked[&theirs]
    }

    /// What the plan's own rules make of the lags, and whether those of the file help.
    fn told(&self, rules: &PlanRules) -> Option<Finding> {
        let moved = |rules: &PlanRules| -> Vec<&&Link> {
            let links = self.links.iter();
            links.filter(|link| self.moves(link, rules)).collect()
        };
        let (own, left) = (moved(&self.book.rules), moved(rules));
        let first = own.first().or(left.first())?;
        let code = |activity: usize| self.file.network.activities[activity].code.as_str();
        let pairs: Vec<String> = own
            .iter()
            .map(|link| format!("{}→{}", code(link.from), code(link.to)))
            .collect();
        let problem = format!(
            "文件里的间隔按{}的日历计算，这份计划按{}的日历计算；有 {} 处间隔两本日历不同，日期会有出入：{}。",
            whose(first.lag_calendar),
            whose(self.book.rules.lag_calendar),
            own.len(),
            examples(&pairs)
        );
        let remedy = match left.is_empty() {
            true => "请勾选“采用文件的排程选项”，或核对这些间隔。",
            false => "计划里没有这样的选项，请核对这些间隔。",
        };
        let finding = Finding::warning("plan.lag_calendar", "间隔", problem, remedy);
        (!own.is_empty()).then_some(finding)
    }
}

fn whose(rule: LagCalendar) -> &'static str {
    match rule {
        LagCalendar::Predecessor => "紧前工作",
        LagCalendar::Successor => "后续工作",
        LagCalendar::Of(_) => "项目",
        LagCalendar::Elapsed => "自然时间",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_of_hours_becomes_whole_days_and_is_told() {
        let of = |minutes| {
            let (days, told) = critical_days(CriticalRule::Threshold(minutes));
            (days, told.is_some())
        };
        assert_eq!(of(0), (Some(0), false));
        assert_eq!(of(3 * DAY), (Some(3), false));
        assert_eq!(of(16 * 60 + 30), (Some(3), true));
        assert_eq!(of(-60), (Some(0), true));
        assert_eq!(of(100 * DAY), (Some(44), true));
        assert_eq!(critical_days(CriticalRule::LongestPath).0, None);
    }
}
