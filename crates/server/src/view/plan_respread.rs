//! JSON of 补欠.

use super::plan_change::PlanChange;
use super::{FindingView, RagView, day, each, hundredths};
use app::page::project_plan as page;
use serde::Serialize;
use utoipa::ToSchema;

/// Basis points as a factor, 1.2 of 12000.
fn factor(points: Option<i64>) -> Option<f64> {
    points.map(|points| points as f64 / 10_000.0)
}

/// What a plan owes at each level, and how it would be made good. Quantities of levels are percent of the whole plan,
/// those of works percent of the work itself.
#[derive(Serialize, ToSchema)]
pub struct PlanRespread {
    pub as_of: String,
    pub basis: String,
    pub factor_percent: i64,
    pub text: String,
    pub rungs: Vec<PlanRung>,
    pub rows: Vec<PlanRespreadRow>,
    pub waiting: Vec<PlanWaitingRow>,
    pub findings: Vec<FindingView>,
}

/// One level.
#[derive(Serialize, ToSchema)]
pub struct PlanRung {
    pub label: String,
    pub first: String,
    pub last: String,
    pub planned: f64,
    pub carried: f64,
    pub should: f64,
    pub done: f64,
    pub shortfall: f64,
    pub needed: f64,
    pub possible: f64,
    pub days_left: i32,
    pub factor: Option<f64>,
    pub kept: bool,
    pub rag: RagView,
    pub text: String,
}

/// One late work.
#[derive(Serialize, ToSchema)]
pub struct PlanRespreadRow {
    pub activity_id: String,
    pub code: String,
    pub name: String,
    pub should: f64,
    pub done: f64,
    pub owed: f64,
    /// week, dekad, month, quarter; null when the quarter cannot take it.
    pub kept_in: Option<String>,
    pub kept_text: String,
    pub factor: Option<f64>,
    pub finish: Option<String>,
    pub planned_finish: Option<String>,
    pub forecast_finish: String,
    pub days: Vec<PlanRespreadDay>,
    pub enough: Option<bool>,
    pub enough_text: String,
    pub change: Option<PlanChange>,
}

/// One day of a proposal.
#[derive(Serialize, ToSchema)]
pub struct PlanRespreadDay {
    pub date: String,
    pub before: f64,
    pub after: f64,
}

/// A late work that cannot begin yet.
#[derive(Serialize, ToSchema)]
pub struct PlanWaitingRow {
    pub activity_id: String,
    pub code: String,
    pub name: String,
    pub owed: f64,
    pub text: String,
}

impl From<&page::PlanRespread> for PlanRespread {
    fn from(one: &page::PlanRespread) -> Self {
        Self {
            as_of: one.as_of.to_string(),
            basis: one.basis.to_owned(),
            factor_percent: one.factor_percent,
            text: one.text.clone(),
            rungs: each(&one.rungs),
            rows: each(&one.rows),
            waiting: each(&one.waiting),
            findings: each(&one.findings),
        }
    }
}

impl From<&page::RungView> for PlanRung {
    fn from(one: &page::RungView) -> Self {
        Self {
            label: one.label.clone(),
            first: one.period.first().to_string(),
            last: one.period.last().to_string(),
            planned: hundredths(one.planned),
            carried: hundredths(one.carried),
            should: hundredths(one.should),
            done: hundredths(one.done),
            shortfall: hundredths(one.shortfall),
            needed: hundredths(one.needed),
            possible: hundredths(one.possible),
            days_left: one.days_left,
            factor: factor(one.factor),
            kept: one.kept,
            rag: one.rag.into(),
            text: one.text.clone(),
        }
    }
}

impl From<&page::RespreadRow> for PlanRespreadRow {
    fn from(one: &page::RespreadRow) -> Self {
        Self {
            activity_id: one.activity_id.clone(),
            code: one.code.clone(),
            name: one.name.clone(),
            should: hundredths(one.should),
            done: hundredths(one.done),
            owed: hundredths(one.owed),
            kept_in: one.kept_in.map(str::to_owned),
            kept_text: one.kept_text.clone(),
            factor: factor(one.factor),
            finish: day(one.finish),
            planned_finish: day(one.planned_finish),
            forecast_finish: one.forecast_finish.to_string(),
            days: each(&one.days),
            enough: one.enough,
            enough_text: one.enough_text.clone(),
            change: one.change.as_ref().and_then(PlanChange::held),
        }
    }
}

impl From<&page::RespreadDay> for PlanRespreadDay {
    fn from(one: &page::RespreadDay) -> Self {
        Self {
            date: one.date.to_string(),
            before: hundredths(one.before),
            after: hundredths(one.after),
        }
    }
}

impl From<&page::WaitingRow> for PlanWaitingRow {
    fn from(one: &page::WaitingRow) -> Self {
        Self {
            activity_id: one.activity_id.clone(),
            code: one.code.clone(),
            name: one.name.clone(),
            owed: hundredths(one.owed),
            text: one.text.clone(),
        }
    }
}
