//! 补欠 What a plan owes at each level from day to year, and how each late work would make its debt good.

use crate::project_plan::Change;
use ground::{Date, Finding, Period};
use plan::Rag;

/// 以日保周、以周保旬、以旬保月、以月保季 of one project.
#[derive(Clone, Debug)]
pub struct PlanRespread {
    /// The day whose end is meant.
    pub as_of: Date,
    /// 按权重 or 按工期.
    pub basis: &'static str,
    /// The most a day may take, percent of the normal day.
    pub factor_percent: i64,
    /// In words.
    pub text: String,
    /// From the day to the year.
    pub rungs: Vec<RungView>,
    /// Late works with a proposal, those that owe most first.
    pub rows: Vec<RespreadRow>,
    /// Late works that must wait for others: code, name, what they wait for.
    pub waiting: Vec<WaitingRow>,
    /// Odd things.
    pub findings: Vec<Finding>,
}

/// One level. Quantities are hundredths of a percent of the whole plan.
#[derive(Clone, Debug)]
pub struct RungView {
    /// The period.
    pub period: Period,
    /// 本周.
    pub label: String,
    /// 本期计划.
    pub planned: i64,
    /// 上期转入.
    pub carried: i64,
    /// 应完成.
    pub should: i64,
    /// 已完成.
    pub done: i64,
    /// 欠账.
    pub shortfall: i64,
    /// 本期还需.
    pub needed: i64,
    /// 本期还能.
    pub possible: i64,
    /// Days with work left.
    pub days_left: i32,
    /// 追赶系数 in hundredths of a percent; none when nothing is planned on the days left.
    pub factor: Option<i64>,
    /// 保得住.
    pub kept: bool,
    /// Light.
    pub rag: Rag,
    /// In words.
    pub text: String,
}

/// One late work.
#[derive(Clone, Debug)]
pub struct RespreadRow {
    /// Activity.
    pub activity_id: String,
    /// 编号.
    pub code: String,
    /// 工作内容.
    pub name: String,
    /// 应完成, hundredths of a percent of the work itself.
    pub should: i64,
    /// 已完成.
    pub done: i64,
    /// 欠账.
    pub owed: i64,
    /// week, dekad, month, quarter; none when the quarter cannot take it.
    pub kept_in: Option<&'static str>,
    /// 本旬内补上.
    pub kept_text: String,
    /// 追赶系数 in hundredths of a percent.
    pub factor: Option<i64>,
    /// The day on which the work is over then.
    pub finish: Option<Date>,
    /// The day planned.
    pub planned_finish: Option<Date>,
    /// The day on which it is over at the usual pace.
    pub forecast_finish: Date,
    /// Quantities of the days ahead, before and after, hundredths of a percent of the work.
    pub days: Vec<RespreadDay>,
    /// Whether there is enough of what it needs; none when it names no resource.
    pub enough: Option<bool>,
    /// The same in words.
    pub enough_text: String,
    /// The change that takes it on; none when the plan already gives no later finish.
    pub change: Option<Change>,
}

/// One day of a proposal.
#[derive(Clone, Copy, Debug)]
pub struct RespreadDay {
    /// Day.
    pub date: Date,
    /// Planned.
    pub before: i64,
    /// Proposed.
    pub after: i64,
}

/// A late work that cannot begin yet.
#[derive(Clone, Debug)]
pub struct WaitingRow {
    /// Activity.
    pub activity_id: String,
    /// 编号.
    pub code: String,
    /// 工作内容.
    pub name: String,
    /// 欠账, hundredths of a percent of the work.
    pub owed: i64,
    /// In words.
    pub text: String,
}
