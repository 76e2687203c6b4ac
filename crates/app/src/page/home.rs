//! 驾驶舱 The home page's parts.

use super::{Item, LightCount, LightView};
use crate::figure::Figure;
use ground::Date;
use plan::Rag;

/// The home page of a district on one day.
#[derive(Clone, Debug)]
pub struct Home {
    /// 中原区重点项目总览.
    pub title: String,
    /// The day the page speaks of.
    pub today: Date,
    /// 星期五.
    pub weekday: String,
    /// 一季度第 69 天，还剩 21 天.
    pub subtitle: String,
    /// The newest round, if any project exists.
    pub round: Option<RoundHead>,
    /// Rounds × batches, newest first.
    pub pipeline: Vec<PipelineRow>,
    /// Rates that earlier reports stated.
    pub stated_rates: Option<StatedRates>,
    /// 今天盯这几件.
    pub watch: Vec<Item>,
    /// 街道一张图.
    pub tiles: Tiles,
    /// 经济运行, if observations exist.
    pub economy: Option<Economy>,
    /// 调研观摩, if a tour is known.
    pub tour: Option<Tour>,
    /// 交办闭环.
    pub matters: Loop,
    /// 专项台账, if returns exist.
    pub programmes: Option<Programmes>,
    /// What is fact and what is demo.
    pub data_note: String,
    /// No project yet: the page shows how to begin.
    pub empty: bool,
    /// This person has projects in sight; who has none gets their tasks and registers in place of them.
    pub projects: bool,
}

/// The newest round in figures.
#[derive(Clone, Debug)]
pub struct RoundHead {
    /// 第N期.
    pub no: i64,
    /// 第七期.
    pub label: String,
    /// Sum of amounts as announced.
    pub total: Figure,
    /// Number of distinct projects.
    pub project_count: Figure,
    /// Projects by light.
    pub lights: Vec<LightCount>,
}

/// One round's three batches.
#[derive(Clone, Debug)]
pub struct PipelineRow {
    /// Round number.
    pub round_no: i64,
    /// Round label.
    pub label: String,
    /// Projects of the round.
    pub project_count: usize,
    /// The three batches in order.
    pub batches: Vec<PipelineCell>,
}

/// One batch of one round.
#[derive(Clone, Debug)]
pub struct PipelineCell {
    /// Batch code: signed, started, commissioned.
    pub batch: String,
    /// 签约一批.
    pub label: String,
    /// What comes next: 转开工.
    pub next_label: String,
    /// Sum of amounts as announced.
    pub amount: Figure,
    /// Number of projects.
    pub count: usize,
    /// Bar length relative to the longest bar, in thousandths.
    pub bar_permille: i64,
    /// 在推进, 已全部开工, 预计达效 100%.
    pub note: String,
}

/// Rates that a report stated, kept apart from computed ones.
#[derive(Clone, Debug)]
pub struct StatedRates {
    /// 前五期滚动转化.
    pub title: String,
    /// Rate name and figure.
    pub rates: Vec<(String, Figure)>,
    /// Sentence under them.
    pub note: String,
}

/// The schematic map of sub-districts.
#[derive(Clone, Debug)]
pub struct Tiles {
    /// 14 个街道，示意位置.
    pub note: String,
    /// One tile a sub-district.
    pub cells: Vec<Tile>,
    /// Tiles by light.
    pub lights: Vec<LightCount>,
}

/// One sub-district on the schematic map.
#[derive(Clone, Debug)]
pub struct Tile {
    /// Path in the organisation tree.
    pub organisation_path: String,
    /// Short name without 街道.
    pub name: String,
    /// Row, from 1; `None` when the district has not placed it.
    pub row: i64,
    /// Column, from 1.
    pub column: i64,
    /// Projects in it.
    pub project_count: usize,
    /// Worst light of its projects.
    pub rag: Rag,
}

/// 经济运行 Indicators against the pace of the quarter.
#[derive(Clone, Debug)]
pub struct Economy {
    /// 一季度经济运行.
    pub title: String,
    /// 占季度目标.
    pub note: String,
    /// 序时进度 as a figure.
    pub pace: Figure,
    /// 序时进度 in thousandths.
    pub pace_permille: i64,
    /// One row an indicator.
    pub rows: Vec<EconomyRow>,
}

/// One indicator's bar.
#[derive(Clone, Debug)]
pub struct EconomyRow {
    /// Indicator name.
    pub indicator: String,
    /// Done share of the target in thousandths.
    pub actual_permille: i64,
    /// 预计 share of the target in thousandths.
    pub forecast_permille: Option<i64>,
    /// 78.2.
    pub actual_text: String,
    /// 101%.
    pub forecast_text: String,
    /// Light with its reason.
    pub light: LightView,
    /// 口径 of the row.
    pub basis: String,
}

/// 观摩 The day's (or the last) tour.
#[derive(Clone, Debug)]
pub struct Tour {
    /// 调研观摩.
    pub title: String,
    /// 3月10日，6 个点位.
    pub note: String,
    /// Stops in order.
    pub stops: Vec<Stop>,
}

/// One stop.
#[derive(Clone, Debug)]
pub struct Stop {
    /// Order, from 1.
    pub order: i64,
    /// Name.
    pub name: String,
    /// Visited already.
    pub done: bool,
    /// 交办 1 件, 无问题, 下午.
    pub note: String,
}

/// 交办闭环 The funnel of matters and the ones to watch.
#[derive(Clone, Debug)]
pub struct Loop {
    /// 一季度累计 86 件.
    pub note: String,
    /// Stages with counts; the flag asks for attention.
    pub stages: Vec<(String, usize, bool)>,
    /// Open ones, nearest due first.
    pub items: Vec<Item>,
    /// Open and overdue ones, for the badge on the rail.
    pub overdue: usize,
}

/// 专项台账 Returns of the week.
#[derive(Clone, Debug)]
pub struct Programmes {
    /// 本周填报.
    pub note: String,
    /// How many programmes there are.
    pub total: usize,
    /// Rows shown.
    pub rows: Vec<ProgrammeRow>,
}

/// One programme's returns.
#[derive(Clone, Debug)]
pub struct ProgrammeRow {
    /// Name.
    pub name: String,
    /// Received share in thousandths.
    pub permille: i64,
    /// 92%.
    pub text: String,
    /// Light by share.
    pub rag: Rag,
}
