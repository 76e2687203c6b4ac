//! 挂图 The wall chart page's parts.

use super::{Item, LightCount, LightView, Line};
use ground::{Date, Finding};
use plan::Rag;
use std::collections::BTreeMap;

/// What to show on the chart and how.
#[derive(Clone, Debug, Default)]
pub struct WallQuery {
    /// Round number; the newest when absent.
    pub round: Option<i64>,
    /// year, quarter, month, week.
    pub zoom: Zoom,
    /// compact, standard, loose.
    pub density: Density,
    /// Only projects of this organisation (path prefix of lead, responsible or sub-district).
    pub unit: Option<String>,
    /// Only projects of this light.
    pub rag: Option<Rag>,
    /// Only projects whose name or unit contains this.
    pub text: Option<String>,
    /// Projects whose activities are shown one a line.
    pub open: Vec<String>,
    /// Another day to lay beside.
    pub compare: Option<Date>,
    /// Pixels the whole chart should take at the year's zoom.
    pub width: Option<f64>,
}

/// Detail of the time axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zoom {
    /// Quarters, months, dekads on one screen.
    #[default]
    Year,
    /// Months, dekads, weeks.
    Quarter,
    /// Months, weeks, days.
    Month,
    /// Weeks, days with weekday names.
    Week,
}

/// Height of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Density {
    /// 25 pixels.
    Compact,
    /// 29 pixels.
    #[default]
    Standard,
    /// 36 pixels.
    Loose,
}

/// The chart as drawn, in six panes, and everything the page says beside it.
#[derive(Clone, Debug)]
pub struct WallPage {
    /// 中原区第七期“三个一批”重点项目挂图.
    pub title: String,
    /// Parts of the subtitle.
    pub facts: Vec<Line>,
    /// Round shown.
    pub round_no: Option<i64>,
    /// Projects by light, with the rule in words.
    pub lights: Vec<LightCount>,
    /// The drawing.
    pub drawing: Drawing,
    /// One entry a project row.
    pub rows: Vec<WallRow>,
    /// Activities by id.
    pub activities: BTreeMap<String, WallActivity>,
    /// Units to filter by: path and name.
    pub units: Vec<(String, String)>,
    /// 以日保周，以月保季.
    pub cascade: Vec<CascadeRow>,
    /// What a node of the cascade is.
    pub cascade_note: String,
    /// 现场交办.
    pub orders: Vec<Item>,
    /// Number of orders not yet closed.
    pub orders_open: usize,
    /// 本旬到期节点.
    pub due: Vec<Item>,
    /// 3月上旬 · 剩 3 件.
    pub due_note: String,
    /// What is fact and what is demo.
    pub data_note: String,
    /// The chart of another day.
    pub compare: Option<Box<Comparison>>,
    /// What is odd in the plans shown.
    pub findings: Vec<Finding>,
}

/// Another day's chart with its lights.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The other day.
    pub as_of: Date,
    /// Its drawing, on the same time axis.
    pub drawing: Drawing,
    /// Its lights.
    pub lights: Vec<LightCount>,
}

/// Six SVG panes with the scale that turns pixels into days.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// Panes as SVG text.
    pub panes: report::svg::Panes,
    /// First day of the axis.
    pub first: Date,
    /// Last day of the axis.
    pub last: Date,
    /// Pixels a day.
    pub px_per_day: f64,
    /// Widths of the left, plot and right panes.
    pub width: [f64; 3],
    /// Heights of head and body.
    pub height: [f64; 2],
}

/// One project's row.
#[derive(Clone, Debug)]
pub struct WallRow {
    /// Project id.
    pub project_id: String,
    /// Project name.
    pub name: String,
    /// Top of the row in the body.
    pub y: f64,
    /// Height of the row.
    pub height: f64,
    /// Light with reasons.
    pub light: LightView,
    /// 卡在, 影响, 追回, 交办.
    pub why: Vec<Line>,
    /// 交付 8/20.
    pub target_text: String,
    /// 晚 17 天.
    pub verdict: String,
    /// Version of the project record.
    pub version: i64,
}

/// One activity as the plan engine sees it.
#[derive(Clone, Debug)]
pub struct WallActivity {
    /// Project it belongs to.
    pub project_id: String,
    /// Name.
    pub name: String,
    /// Dates as planned.
    pub planned_start: Option<Date>,
    /// Dates as planned.
    pub planned_finish: Option<Date>,
    /// Earliest possible start.
    pub early_start: Option<Date>,
    /// Earliest possible finish: the forecast.
    pub early_finish: Option<Date>,
    /// 倒排 latest start.
    pub late_start: Option<Date>,
    /// 倒排 latest finish.
    pub late_finish: Option<Date>,
    /// 时差 in working days of its own calendar; negative when the target cannot be met.
    pub float_text: String,
    /// On the critical path.
    pub critical: bool,
    /// 62%.
    pub percent_text: String,
    /// Why this date.
    pub why_date: String,
    /// Version, for `If-Match`.
    pub version: i64,
    /// Whether its plan can be dragged.
    pub editable: bool,
}

/// One period of the cascade.
#[derive(Clone, Debug)]
pub struct CascadeRow {
    /// 今日, 本周, 本旬, 本月, 一季度.
    pub label: String,
    /// Nodes done.
    pub done: i64,
    /// Nodes that should be done in the whole period.
    pub should: i64,
    /// Share of nodes due by today, in thousandths of the period's nodes.
    pub pace_permille: i64,
    /// Light.
    pub rag: Rag,
    /// 差 1 项, 序时内.
    pub text: String,
}
