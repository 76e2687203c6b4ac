//! 计划页 The plan of one project as a sheet, what a change does to it, and what is kept beside it.

mod beside;
mod flow;
mod respread;
mod weekly;
pub use beside::*;
pub use flow::*;
pub use respread::*;
pub use weekly::*;

use super::LightView;
use ground::{Date, Finding};
use plan::Rag;
use std::collections::BTreeMap;

/// Everything the plan page shows.
#[derive(Clone, Debug)]
pub struct PlanSheet {
    /// Project.
    pub project_id: String,
    /// Its name.
    pub project_name: String,
    /// The day that counts as today.
    pub today: Date,
    /// 数据截至.
    pub data_date: Date,
    /// Whether this person may change the plan.
    pub editable: bool,
    /// Journal position it was read at.
    pub position: i64,
    /// 目标 with its word.
    pub target: Option<(Date, String)>,
    /// What stands above the sheet.
    pub summary: PlanSummary,
    /// Activities in the order shown.
    pub activities: Vec<PlanRow>,
    /// 搭接关系.
    pub links: Vec<PlanLink>,
    /// How many activities have how much float.
    pub bands: Vec<FloatBand>,
    /// Calendars that can be chosen.
    pub calendars: Vec<CalendarName>,
    /// Resources that can be needed.
    pub resources: Vec<ResourceName>,
    /// 基准, newest first.
    pub baselines: Vec<BaselineView>,
    /// The chosen baseline's bars.
    pub baseline: Option<Ghost>,
    /// The plan as it was at the last report.
    pub snapshot: Option<Ghost>,
    /// What is missing to the target.
    pub shortfall: Option<Shortfall>,
    /// The cheapest ways to win it back.
    pub compressions: Vec<CompressionView>,
    /// The newest change of the plan that can be taken back as a whole.
    pub can_undo: Option<ChangeBatch>,
    /// Odd things: loops, unknown predecessors.
    pub findings: Vec<Finding>,
}

/// What stands above the sheet.
#[derive(Clone, Debug)]
pub struct PlanSummary {
    /// 预计完成.
    pub forecast_finish: Option<Date>,
    /// Calendar days after the target.
    pub slip_days: Option<i64>,
    /// 晚 17 天.
    pub verdict: String,
    /// Least float, tenths of a working day.
    pub float_days: Option<i64>,
    /// 时差 −3 个工作日.
    pub float_text: String,
    /// 最迟开工.
    pub start_by: Option<Date>,
    /// The project's light.
    pub light: LightView,
    /// Activities and nodes, summaries left out.
    pub activities: usize,
    /// Of them finished.
    pub done: usize,
    /// Of them begun.
    pub running: usize,
    /// Of them not begun.
    pub not_started: usize,
    /// Percent of the whole by duration, hundredths.
    pub percent: i64,
    /// 关键线路 from its first to its last activity.
    pub critical_path: Vec<String>,
}

/// One line of the sheet.
#[derive(Clone, Debug)]
pub struct PlanRow {
    /// Record id, or the key of a row that a dry run adds.
    pub id: String,
    /// Version of the record; 0 of an added row.
    pub version: i64,
    /// 编号.
    pub code: String,
    /// 工作内容.
    pub name: String,
    /// Code and label of the kind.
    pub kind: (&'static str, &'static str),
    /// Id of the summary it belongs to.
    pub parent_id: Option<String>,
    /// Depth.
    pub level: usize,
    /// Id of the responsible organisation.
    pub unit_id: Option<String>,
    /// Its name.
    pub unit: String,
    /// 实施单位.
    pub performer: String,
    /// 责任人.
    pub responsible_person: String,
    /// Code of its calendar.
    pub calendar: String,
    /// Name of its calendar.
    pub calendar_label: String,
    /// 工期 as filled in.
    pub duration_days: Option<i64>,
    /// 60 天（七天）.
    pub duration_text: String,
    /// 紧前 as written.
    pub predecessors: String,
    /// Code of 排法.
    pub timing: &'static str,
    /// 限制条件, at most two.
    pub constraints: Vec<ConstraintView>,
    /// 目标时限.
    pub deadline: Option<Date>,
    /// 手动排.
    pub manual: bool,
    /// 三点估计.
    pub estimate: Option<portfolio::DurationEstimate>,
    /// 权重, hundredths.
    pub weight: Option<i64>,
    /// 预期完成.
    pub expected_finish: Option<Date>,
    /// Working days left, rounded up.
    pub remaining_days: Option<i64>,
    /// 资源需求.
    pub resources: Vec<NeedView>,
    /// Planned, actual and computed dates.
    pub dates: RowDates,
    /// done, running, not_started.
    pub state: &'static str,
    /// 推定.
    pub assumed: bool,
    /// Hundredths of a percent.
    pub percent: i64,
    /// Newest report.
    pub reported_on: Option<Date>,
    /// 总时差, tenths of a working day.
    pub total_float: Option<i64>,
    /// 自由时差, tenths of a working day.
    pub free_float: Option<i64>,
    /// 关键.
    pub critical: bool,
    /// 最长线路.
    pub on_longest_path: bool,
    /// Band of its float.
    pub band: &'static str,
    /// Calendar days of the forecast after the plan.
    pub slip_days: i64,
    /// Light.
    pub rag: Rag,
    /// What sets its date.
    pub driver: Option<DriverView>,
    /// What bounds its late finish: a successor or the target; none once finished.
    pub late_driver: Option<DriverView>,
    /// 为什么是这一天.
    pub why: String,
    /// Working days after the baseline: start, finish.
    pub variance: Option<(i64, i64)>,
    /// 上墙.
    pub on_wall: bool,
    /// 备注.
    pub remark: String,
    /// May be changed.
    pub editable: bool,
    /// 演示数据.
    pub demo: bool,
}

/// Dates of a row.
#[derive(Clone, Copy, Debug, Default)]
pub struct RowDates {
    /// 计划开始, 计划完成.
    pub planned: (Option<Date>, Option<Date>),
    /// 实际开始, 实际完成.
    pub actual: (Option<Date>, Option<Date>),
    /// 预计: where the row stands; the earliest dates, or later where work is planned late (尽晚).
    pub forecast: (Option<Date>, Option<Date>),
    /// 最早.
    pub early: (Option<Date>, Option<Date>),
    /// 最晚.
    pub late: (Option<Date>, Option<Date>),
}

/// A constraint in words.
#[derive(Clone, Debug)]
pub struct ConstraintView {
    /// Code.
    pub kind: &'static str,
    /// Its day.
    pub date: Date,
    /// 不早于 2023-02-01 开始.
    pub text: String,
}

/// What an activity needs each day.
#[derive(Clone, Debug)]
pub struct NeedView {
    /// Resource.
    pub resource_id: String,
    /// 代号.
    pub code: String,
    /// 名称.
    pub name: String,
    /// Units, hundredths.
    pub units: i64,
}

/// What sets a date, in short.
#[derive(Clone, Debug)]
pub struct DriverView {
    /// link, constraint, data_date …; from behind: link, deadline, constraint, target, project_finish, children.
    pub kind: &'static str,
    /// In words.
    pub text: String,
    /// The predecessor, for links; from behind the successor.
    pub activity_id: Option<String>,
}

/// One link.
#[derive(Clone, Debug)]
pub struct PlanLink {
    /// Predecessor.
    pub from_id: String,
    /// Successor.
    pub to_id: String,
    /// FS, SS, FF, SF.
    pub kind: &'static str,
    /// +5天, −10天, +2自然日.
    pub lag_text: String,
    /// Tenths of a day.
    pub lag_days: i64,
    /// It sets the successor's date.
    pub driving: bool,
    /// Tenths of a working day by which the predecessor may slip before this link moves the successor.
    pub slack_days: Option<i64>,
    /// 3FS+5天.
    pub text: String,
}

/// Activities whose float lies between two bounds.
#[derive(Clone, Debug)]
pub struct FloatBand {
    /// negative, critical, near, normal, ample, done.
    pub band: &'static str,
    /// In words.
    pub label: String,
    /// How many.
    pub count: usize,
    /// Tenths of a working day, from and to.
    pub range: (Option<i64>, Option<i64>),
}

/// A calendar to choose.
#[derive(Clone, Debug)]
pub struct CalendarName {
    /// 代号.
    pub code: String,
    /// 名称.
    pub name: String,
    /// Minutes of its usual day.
    pub minutes_per_day: i64,
}

/// A resource to choose.
#[derive(Clone, Debug)]
pub struct ResourceName {
    /// Record id.
    pub id: String,
    /// 代号.
    pub code: String,
    /// 名称.
    pub name: String,
    /// 单位.
    pub unit: String,
    /// Of this project alone.
    pub own: bool,
}

/// A baseline in a list.
#[derive(Clone, Debug)]
pub struct BaselineView {
    /// Record id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Day it was taken.
    pub taken_on: Date,
    /// By whom.
    pub taken_by: String,
    /// Why.
    pub reason: String,
    /// Activities in it.
    pub rows: usize,
}

/// Bars to draw behind the bars.
#[derive(Clone, Debug)]
pub struct Ghost {
    /// Baseline id, or the day of the snapshot.
    pub id: String,
    /// In words.
    pub label: String,
    /// Start and finish by activity id.
    pub bars: BTreeMap<String, (Date, Date)>,
}

/// What is missing to the target.
#[derive(Clone, Debug)]
pub struct Shortfall {
    /// Tenths of a working day.
    pub days: i64,
    /// 按目标 … 还差 17 个工作日.
    pub text: String,
    /// The chain that is short.
    pub chain: Vec<String>,
    /// The same in words.
    pub chain_text: String,
}

/// One way to win time back: an activity to shorten, or several side by side that win something only together.
#[derive(Clone, Debug)]
pub struct CompressionView {
    /// What is shortened; more than one entry stands for work side by side.
    pub parts: Vec<CompressionPart>,
    /// Tenths of a working day won at the end.
    pub gain_days: i64,
    /// In words.
    pub text: String,
}

/// An activity to shorten.
#[derive(Clone, Debug)]
pub struct CompressionPart {
    /// Activity.
    pub activity_id: String,
    /// 编号.
    pub code: String,
    /// 工作内容.
    pub name: String,
    /// Tenths of a working day to take out of it.
    pub days: i64,
    /// The change that makes it, by field of the activity register.
    pub values: serde_json::Map<String, serde_json::Value>,
}

/// A kept change of a plan.
#[derive(Clone, Debug)]
pub struct ChangeBatch {
    /// Batch.
    pub batch_id: String,
    /// Instant.
    pub at: String,
    /// Who.
    pub actor_name: String,
    /// Why.
    pub reason: String,
    /// 改 1 项、增 1 项.
    pub text: String,
    /// Rows touched.
    pub rows: u64,
    /// When it was taken back.
    pub undone_at: Option<String>,
}

/// What a change of a plan does.
#[derive(Clone, Debug, Default)]
pub struct PlanDiff {
    /// Nothing was written.
    pub dry_run: bool,
    /// Batch of the write.
    pub batch_id: Option<String>,
    /// The plan before.
    pub before: Option<PlanState>,
    /// The plan after; none when it cannot be taken.
    pub after: Option<PlanState>,
    /// Calendar days the finish moves; positive = later.
    pub finish_change_days: Option<i64>,
    /// The same in words.
    pub finish_text: String,
    /// Activities whose dates or floats moved.
    pub moved: Vec<MovedRow>,
    /// Fields that were changed.
    pub changed: Vec<ChangedRow>,
    /// New rows: key, id, code, name.
    pub added: Vec<NamedRow>,
    /// Rows taken out.
    pub removed: Vec<NamedRow>,
    /// What is wrong or odd.
    pub findings: Vec<Finding>,
    /// The sheet as it stands then.
    pub sheet: Option<Box<PlanSheet>>,
}

/// A plan in one line.
#[derive(Clone, Debug)]
pub struct PlanState {
    /// 预计完成.
    pub forecast_finish: Option<Date>,
    /// 晚 17 天.
    pub verdict: String,
    /// Least float, tenths of a working day.
    pub float_days: Option<i64>,
    /// Light.
    pub rag: Rag,
    /// Doubts.
    pub findings: usize,
}

/// Where an activity stood.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowState {
    /// First day.
    pub start: Date,
    /// Last day.
    pub finish: Date,
    /// 时差, tenths of a working day.
    pub float_days: i64,
    /// 关键.
    pub critical: bool,
}

/// An activity that moved.
#[derive(Clone, Debug)]
pub struct MovedRow {
    /// Which.
    pub row: NamedRow,
    /// Before; none for an added one.
    pub before: Option<RowState>,
    /// After; none for a removed one.
    pub after: Option<RowState>,
    /// Calendar days the finish moved.
    pub days: Option<i64>,
}

/// An activity whose fields changed.
#[derive(Clone, Debug)]
pub struct ChangedRow {
    /// Which.
    pub row: NamedRow,
    /// Fields with texts before and after.
    pub fields: Vec<super::record::FieldChange>,
}

/// An activity by name.
#[derive(Clone, Debug)]
pub struct NamedRow {
    /// Key inside the request, for added rows.
    pub key: String,
    /// Id.
    pub activity_id: String,
    /// 编号.
    pub code: String,
    /// 工作内容.
    pub name: String,
}
