//! 排程选项 PlanOption: by which rules the plan of a project is calculated. A plan without one follows the habits of
//! the house, [`PlanRules::default`].

use ground::{Finding, ProjectId, RecordId};
use plan::{CriticalRule, FloatRule, LagCalendar, Network, Options, OutOfSequence};
use register::Record;

use crate::reading::{Reader, read_all};

/// Minutes of a day in which thresholds are written, as lags are.
const DAY: i64 = 480;

/// Codes of the register and what they mean to the engine.
pub const OUT_OF_SEQUENCE: [(&str, OutOfSequence); 3] = [
    ("retained_logic", OutOfSequence::RetainedLogic),
    ("progress_override", OutOfSequence::ProgressOverride),
    ("actual_dates", OutOfSequence::ActualDates),
];
/// The same for 总时差算法.
pub const FLOAT_RULES: [(&str, FloatRule); 3] = [
    ("finish", FloatRule::Finish),
    ("start", FloatRule::Start),
    ("smaller", FloatRule::Smaller),
];
/// The same for 间隔按哪本日历.
pub const LAG_CALENDARS: [(&str, LagCalendar); 3] = [
    ("predecessor", LagCalendar::Predecessor),
    ("successor", LagCalendar::Successor),
    // The usual calendar is the first one, see `Calendars::position`.
    ("project", LagCalendar::Of(0)),
];
/// 关键的判据 by total float.
pub const THRESHOLD: &str = "threshold";
/// 关键的判据 by the longest path.
pub const LONGEST_PATH: &str = "longest_path";

/// By which rules a plan is calculated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PlanRules {
    /// 逆序进展.
    pub out_of_sequence: OutOfSequence,
    /// 总时差算法.
    pub float: FloatRule,
    /// 关键: total float of so many days or less; none = the longest path.
    pub critical_days: Option<i64>,
    /// 没有后续的算关键.
    pub open_ends_critical: bool,
    /// 间隔按哪本日历; lags in calendar time (自然日) run on calendar time whatever is chosen.
    pub lag_calendar: LagCalendar,
}

impl Default for PlanRules {
    /// 保留逻辑, late finish − early finish, the longest path, the calendar of the predecessor.
    fn default() -> Self {
        Self {
            out_of_sequence: OutOfSequence::RetainedLogic,
            float: FloatRule::Finish,
            critical_days: None,
            open_ends_critical: false,
            lag_calendar: LagCalendar::Predecessor,
        }
    }
}

impl PlanRules {
    /// The options with these rules among them.
    pub(crate) fn options(&self, options: Options) -> Options {
        Options {
            out_of_sequence: self.out_of_sequence,
            float: self.float,
            critical: match self.critical_days {
                Some(days) => CriticalRule::Threshold(days.saturating_mul(DAY)),
                None => CriticalRule::LongestPath,
            },
            open_ends_critical: self.open_ends_critical,
            ..options
        }
    }

    /// Lags of working time run on the chosen calendar.
    pub(crate) fn lay_on(&self, network: &mut Network) {
        for link in &mut network.links {
            if link.lag_calendar == LagCalendar::Predecessor {
                link.lag_calendar = self.lag_calendar;
            }
        }
    }
}

/// 排程选项.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanOption {
    /// Record id.
    pub id: RecordId,
    /// Version of the record.
    pub version: i64,
    /// Project.
    pub project: ProjectId,
    /// What it says; fields that are not filled in follow the habits of the house.
    pub rules: PlanRules,
}

impl PlanOption {
    /// Reads a record of the register.
    pub fn from_record(record: &Record) -> (Option<PlanOption>, Vec<Finding>) {
        let mut reader = Reader::new(record, "排程选项");
        let option = read(&mut reader, record);
        reader.finish(option)
    }

    /// Reads many records; withdrawn ones are left out.
    pub fn from_records(records: &[Record]) -> (Vec<PlanOption>, Vec<Finding>) {
        read_all(records, PlanOption::from_record)
    }
}

fn read(reader: &mut Reader<'_>, record: &Record) -> Option<PlanOption> {
    let project = reader.reference("project");
    let project = reader.need("project", "项目", project)?;
    let usual = PlanRules::default();
    let days = reader.int("critical_days").filter(|days| *days >= 0);
    let by_float = reader.text("critical_rule").as_deref() == Some(THRESHOLD);
    let rules = PlanRules {
        out_of_sequence: one_of(reader, "out_of_sequence", &OUT_OF_SEQUENCE)
            .unwrap_or(usual.out_of_sequence),
        float: one_of(reader, "float_rule", &FLOAT_RULES).unwrap_or(usual.float),
        critical_days: by_float.then(|| days.unwrap_or(0)),
        open_ends_critical: reader
            .bool("open_ends_critical")
            .unwrap_or(usual.open_ends_critical),
        lag_calendar: one_of(reader, "lag_calendar", &LAG_CALENDARS).unwrap_or(usual.lag_calendar),
    };
    Some(PlanOption {
        id: record.id,
        version: record.version,
        project: ProjectId(project),
        rules,
    })
}

fn one_of<T: Copy>(reader: &mut Reader<'_>, field: &str, words: &[(&str, T)]) -> Option<T> {
    let code = reader.text(field)?;
    let found = words.iter().find(|(word, _)| *word == code);
    found.map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::fixtures::{record, text};
    use register::Value;

    fn rules(fields: &[(&str, Value)]) -> PlanRules {
        let mut all = vec![("project", Value::Ref(RecordId(1)))];
        all.extend(fields.iter().map(|(id, value)| (*id, value.clone())));
        let (option, findings) = PlanOption::from_record(&record(9, &all));
        assert!(findings.is_empty(), "{findings:?}");
        option.expect("an option").rules
    }

    #[test]
    fn what_is_not_filled_in_follows_the_habits_of_the_house() {
        assert_eq!(rules(&[]), PlanRules::default());
    }

    #[test]
    fn a_threshold_of_days_is_one_of_working_minutes() {
        let told = rules(&[
            ("critical_rule", text("threshold")),
            ("critical_days", Value::Int(3)),
            ("float_rule", text("smaller")),
        ]);
        let options = told.options(Options::from_start(0));
        assert_eq!(options.critical, CriticalRule::Threshold(3 * 480));
        assert_eq!(options.float, FloatRule::Smaller);
    }

    #[test]
    fn days_without_the_rule_say_nothing() {
        let told = rules(&[("critical_days", Value::Int(3))]);
        assert_eq!(told.critical_days, None);
    }
}
