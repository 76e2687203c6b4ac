//! What stands beside the sheet of a plan: baselines, calendars, curves, health, chance, templates, files, loads.

use super::{BaselineView, PlanDiff};
use crate::page::record::FieldChange;
use ground::{Date, Finding};
use plan::Rag;

/// A baseline beside the plan of today.
#[derive(Clone, Debug)]
pub struct BaselinePage {
    /// The baseline.
    pub baseline: BaselineView,
    /// Its rows, then those that are new since.
    pub rows: Vec<BaselineRowView>,
    /// Its last day.
    pub finish: Option<Date>,
    /// The forecast now.
    pub now_finish: Option<Date>,
    /// In words.
    pub text: String,
}

/// One activity then and now.
#[derive(Clone, Debug)]
pub struct BaselineRowView {
    /// Activity; empty when it never had a record.
    pub activity_id: String,
    /// 编号.
    pub code: String,
    /// 工作内容.
    pub name: String,
    /// First and last day then; none for a new one.
    pub then: Option<(Date, Date)>,
    /// First and last day now; none for one that is gone.
    pub now: Option<(Date, Date)>,
    /// Working days later: start, finish.
    pub days: Option<(i64, i64)>,
    /// same, later, earlier, added, gone.
    pub status: &'static str,
}

/// A calendar in a list.
#[derive(Clone, Debug)]
pub struct CalendarLine {
    /// 代号.
    pub code: String,
    /// 名称.
    pub name: String,
    /// The calendar it stands on.
    pub base: Option<String>,
    /// One of the standard ones.
    pub built_in: bool,
    /// This person may change it.
    pub editable: bool,
    /// Version of its record; 0 without one.
    pub version: i64,
    /// Project that alone uses it.
    pub project_id: Option<String>,
    /// Minutes of its usual day.
    pub minutes_per_day: i64,
    /// Activities that run on it.
    pub used_by: usize,
}

/// A calendar with a year.
#[derive(Clone, Debug)]
pub struct CalendarPage {
    /// 代号.
    pub code: String,
    /// 名称.
    pub name: String,
    /// The calendar it stands on.
    pub base: Option<String>,
    /// One of the standard ones.
    pub built_in: bool,
    /// This person may change it.
    pub editable: bool,
    /// Version of its record; 0 without one.
    pub version: i64,
    /// Project that alone uses it.
    pub project_id: Option<String>,
    /// Official holidays count.
    pub follow_holidays: bool,
    /// Its week is its own, not the base's.
    pub own_week: bool,
    /// Minutes of its usual day.
    pub minutes_per_day: i64,
    /// Hours by weekday, 1 = Monday.
    pub week: Vec<(u8, Vec<(String, String)>)>,
    /// Its own exceptions.
    pub exceptions: Vec<CalendarException>,
    /// The year shown.
    pub year: i16,
    /// Days that differ from the plain week.
    pub days: Vec<CalendarDay>,
    /// Working days of the year.
    pub workdays_in_year: i32,
    /// What is odd.
    pub findings: Vec<Finding>,
}

/// An exception.
#[derive(Clone, Debug)]
pub struct CalendarException {
    /// 事由.
    pub name: String,
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
    /// Worked, or not.
    pub working: bool,
    /// Hours of these days.
    pub hours: Option<Vec<(String, String)>>,
}

/// A day that differs.
#[derive(Clone, Debug)]
pub struct CalendarDay {
    /// Day.
    pub date: Date,
    /// Worked.
    pub working: bool,
    /// Minutes worked.
    pub minutes: i64,
    /// holiday, make_up, stop, extra.
    pub kind: &'static str,
    /// In words.
    pub label: String,
}

/// A project that moves with a calendar.
#[derive(Clone, Debug)]
pub struct CalendarEffect {
    /// Project.
    pub project_id: String,
    /// Its name.
    pub name: String,
    /// Forecast before.
    pub before: Date,
    /// Forecast after.
    pub after: Date,
    /// Calendar days later.
    pub days: i64,
}

/// 香蕉曲线 with what stands beside it. Percents are hundredths of a percent, indices basis points.
#[derive(Clone, Debug)]
pub struct PlanCurve {
    /// 数据截至.
    pub as_of: Date,
    /// day, week, dekad, month.
    pub step: String,
    /// By what the plan is weighed.
    pub basis: String,
    /// Target.
    pub target: Option<Date>,
    /// One point for each period.
    pub points: Vec<CurvePointView>,
    /// Today.
    pub now: Option<CurveNow>,
    /// Catching up; none when nothing is left or there is no target.
    pub catch_up: Option<CatchUpView>,
    /// Doubts.
    pub findings: Vec<Finding>,
}

/// One point of the curves.
#[derive(Clone, Debug)]
pub struct CurvePointView {
    /// Last day of the period.
    pub date: Date,
    /// 3/17.
    pub label: String,
    /// 最早.
    pub early: i64,
    /// 最晚.
    pub late: i64,
    /// 计划.
    pub planned: i64,
    /// 完成, up to now.
    pub earned: Option<i64>,
    /// 预测, from now on.
    pub forecast: Option<i64>,
}

/// Planned against earned today.
#[derive(Clone, Debug)]
pub struct CurveNow {
    /// PV.
    pub planned: i64,
    /// EV.
    pub earned: i64,
    /// EV − PV.
    pub variance: i64,
    /// SPI.
    pub spi: Option<i64>,
    /// The day at which the plan had today's value.
    pub earned_schedule_on: Option<Date>,
    /// SPI(t).
    pub spi_time: Option<i64>,
    /// In words.
    pub text: String,
}

/// 追赶.
#[derive(Clone, Debug)]
pub struct CatchUpView {
    /// 追赶系数, basis points.
    pub factor: Option<i64>,
    /// Its band.
    pub rag: Rag,
    /// In words.
    pub text: String,
}

/// 计划体检.
#[derive(Clone, Debug)]
pub struct PlanHealth {
    /// 数据截至.
    pub as_of: Date,
    /// 14 项中 11 项合格.
    pub verdict: String,
    /// Passed, failed, not applicable.
    pub counts: [usize; 3],
    /// The checks in their published order.
    pub checks: Vec<HealthCheck>,
    /// What kept it from being examined.
    pub findings: Vec<Finding>,
}

/// One check.
#[derive(Clone, Debug)]
pub struct HealthCheck {
    /// 1 to 14.
    pub no: u8,
    /// Stable id.
    pub id: &'static str,
    /// 名称.
    pub label: &'static str,
    /// Measured.
    pub value_text: String,
    /// Limit.
    pub limit_text: String,
    /// pass, fail, not_applicable.
    pub verdict: &'static str,
    /// Activities and nodes of the plan.
    pub of: usize,
    /// Activities to look at.
    pub activity_ids: Vec<String>,
    /// Why it matters.
    pub meaning: &'static str,
    /// What to do.
    pub remedy: String,
}

/// A template of works.
#[derive(Clone, Debug)]
pub struct TemplateView {
    /// Id.
    pub id: String,
    /// 名称.
    pub name: String,
    /// 类别.
    pub category: String,
    /// One sentence.
    pub summary: String,
    /// Where its durations come from.
    pub sources: Vec<String>,
    /// What to know before use.
    pub notes: Vec<String>,
    /// How many works have their days from what: 法定时限, 规范要求, 经验值.
    pub basis: Vec<(&'static str, usize)>,
    /// Activities with the usual answers.
    pub activities: usize,
    /// Summaries above them.
    pub summaries: usize,
    /// What is asked.
    pub parameters: Vec<ParameterView>,
}

/// One parameter of a template.
#[derive(Clone, Debug)]
pub struct ParameterView {
    /// Id.
    pub id: String,
    /// 名称.
    pub label: String,
    /// Unit.
    pub unit: String,
    /// int, decimal, choice, yes_no.
    pub kind: &'static str,
    /// Usual answer.
    pub default: String,
    /// Least; empty where there is none.
    pub min: String,
    /// Greatest.
    pub max: String,
    /// Code and label of the answers of a choice.
    pub choices: Vec<(String, String)>,
    /// Help.
    pub hint: String,
}

/// The chance of meeting a day. Shares are hundredths of a percent.
#[derive(Clone, Debug)]
pub struct PlanChance {
    /// Draws.
    pub runs: usize,
    /// Their start.
    pub seed: u64,
    /// The day to meet.
    pub target: Option<Date>,
    /// Chance of meeting it.
    pub chance: Option<i64>,
    /// What the plan says.
    pub plan_finish: Option<Date>,
    /// As likely earlier as later.
    pub p50: Option<Date>,
    /// Four of five draws are over.
    pub p80: Option<Date>,
    /// Activities with three points.
    pub estimated: usize,
    /// All activities.
    pub activities: usize,
    /// In words.
    pub text: String,
    /// Chance by day.
    pub curve: Vec<ChancePoint>,
    /// How often activities are critical.
    pub criticality: Vec<ChanceShare>,
    /// Doubts.
    pub findings: Vec<Finding>,
}

/// Chance by a day.
#[derive(Clone, Debug)]
pub struct ChancePoint {
    /// Day.
    pub date: Date,
    /// Chance of being over by its end.
    pub chance: i64,
}

/// How often an activity is critical.
#[derive(Clone, Debug)]
pub struct ChanceShare {
    /// Activity.
    pub activity_id: String,
    /// 编号.
    pub code: String,
    /// 工作内容.
    pub name: String,
    /// Share of the draws.
    pub share: i64,
}

/// What a plan file holds and would do.
#[derive(Clone, Debug)]
pub struct PlanFilePreview {
    /// Names the upload when it is taken in.
    pub token: String,
    /// As sent.
    pub file_name: String,
    /// xer, mspdi, pmxml.
    pub format: &'static str,
    /// In words.
    pub format_label: &'static str,
    /// Projects of the file.
    pub projects: Vec<FileProject>,
    /// The one looked at.
    pub project: Option<String>,
    /// How many rows of which sort.
    pub counts: FileCounts,
    /// Calendars of the file, each with ours that stands in for it.
    pub calendars: Vec<(String, String, bool)>,
    /// How many resources are made with it.
    pub resources: usize,
    /// How many baselines are.
    pub baselines: usize,
    /// 排程选项 in which the file differs from the plan; before: the plan's, after: the file's.
    pub options: Vec<FieldChange>,
    /// Whether the reader may take those of the file over.
    pub may_take_options: bool,
    /// The first rows.
    pub rows: Vec<FileRow>,
    /// What taking it in would do.
    pub diff: PlanDiff,
    /// What could not be read or carried over.
    pub findings: Vec<Finding>,
}

/// A project of a plan file.
#[derive(Clone, Debug)]
pub struct FileProject {
    /// Key inside the file.
    pub id: String,
    /// 代号.
    pub code: String,
    /// 名称.
    pub name: String,
    /// Activities.
    pub activities: usize,
    /// Links.
    pub links: usize,
    /// First day.
    pub start: Option<Date>,
    /// Last day.
    pub finish: Option<Date>,
    /// 数据日期.
    pub data_date: Option<Date>,
}

/// Rows of a plan file by what becomes of them.
#[derive(Clone, Copy, Debug)]
pub struct FileCounts {
    /// New ones.
    pub add: usize,
    /// Known ones.
    pub update: usize,
    /// Known ones that say the same.
    pub same: usize,
    /// Rows of the plan that the file lacks.
    pub missing: usize,
}

/// A row of a plan file.
#[derive(Clone, Debug)]
pub struct FileRow {
    /// 编号.
    pub code: String,
    /// 工作内容.
    pub name: String,
    /// Kind.
    pub kind: String,
    /// 工期.
    pub duration_days: Option<i64>,
    /// 紧前工作.
    pub predecessors: String,
    /// 计划开始.
    pub start: Option<Date>,
    /// 计划完成.
    pub finish: Option<Date>,
    /// add or update.
    pub action: &'static str,
}

/// The load of a plan's resources.
#[derive(Clone, Debug)]
pub struct PlanLoad {
    /// One entry per resource that something needs.
    pub resources: Vec<ResourceLoad>,
    /// Doubts.
    pub findings: Vec<Finding>,
}

/// A resource by day. Units are hundredths.
#[derive(Clone, Debug)]
pub struct ResourceLoad {
    /// Record id.
    pub id: String,
    /// 代号.
    pub code: String,
    /// 名称.
    pub name: String,
    /// 单位.
    pub unit: String,
    /// Days on which more is needed than there is.
    pub over_days: usize,
    /// The most needed on a day.
    pub peak: i64,
    /// That day.
    pub peak_on: Option<Date>,
    /// Days with need or capacity.
    pub days: Vec<LoadDay>,
}

/// A resource on a day.
#[derive(Clone, Debug)]
pub struct LoadDay {
    /// Day.
    pub date: Date,
    /// 可用量.
    pub capacity: i64,
    /// 需用量.
    pub load: i64,
}

/// A levelled plan.
#[derive(Clone, Debug)]
pub struct PlanLevelled {
    /// Finish by links alone.
    pub before_finish: Date,
    /// Finish with the resources there are.
    pub after_finish: Date,
    /// 下限: no order of the work finishes earlier.
    pub bound_finish: Date,
    /// Calendar days of the finish found after the bound; 0 = nothing better exists.
    pub gap_days: i64,
    /// Smaller is better, the first first: minutes behind deadlines, the finish, minutes of waiting.
    pub score: [i64; 3],
    /// In words.
    pub text: String,
    /// Days of overload before.
    pub over_days_before: usize,
    /// Days of overload left.
    pub over_days_after: usize,
    /// Load on the levelled dates.
    pub resources: Vec<ResourceLoad>,
    /// Changes that give these dates.
    pub changes: Vec<crate::project_plan::Change>,
    /// What they move.
    pub moved: Vec<super::MovedRow>,
    /// Who waits for what.
    pub waits: Vec<String>,
    /// Needs that can never be met.
    pub findings: Vec<Finding>,
}

/// 排程选项 of a plan; codes of the register.
#[derive(Clone, Debug)]
pub struct PlanOptionsView {
    /// Version of the record; 0 where the habits of the house hold.
    pub version: i64,
    /// 逆序进展.
    pub out_of_sequence: &'static str,
    /// 总时差算法.
    pub float_rule: &'static str,
    /// 关键的判据.
    pub critical_rule: &'static str,
    /// Days of total float up to which work is critical, where that is the rule.
    pub critical_days: i64,
    /// 没有后续的算关键.
    pub open_ends_critical: bool,
    /// 间隔按哪本日历.
    pub lag_calendar: &'static str,
    /// May be changed.
    pub editable: bool,
}

/// Options kept or tried out, with what they move.
#[derive(Clone, Debug)]
pub struct PlanOptionsKept {
    /// The options as they stand then.
    pub options: PlanOptionsView,
    /// Critical activities before and after.
    pub critical: (usize, usize),
    /// What moves.
    pub diff: PlanDiff,
}
