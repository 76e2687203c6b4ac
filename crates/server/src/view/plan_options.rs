//! 排程选项 as JSON: the codes are those of the register `plan_option`.

use crate::view::plan::PlanDiff;
use app::page::project_plan as page;
use app::project_plan::OptionsInput;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// By which rules a plan is calculated.
#[derive(Serialize, ToSchema)]
pub struct PlanOptions {
    /// Version of the record; 0 where the habits of the house hold.
    pub version: i64,
    /// retained_logic, progress_override, actual_dates.
    pub out_of_sequence: String,
    /// finish, start, smaller.
    pub float_rule: String,
    /// longest_path, threshold.
    pub critical_rule: String,
    /// Days of total float up to which work is critical, where that is the rule.
    pub critical_days: i64,
    pub open_ends_critical: bool,
    /// predecessor, successor, project.
    pub lag_calendar: String,
    pub editable: bool,
}

impl From<&page::PlanOptionsView> for PlanOptions {
    fn from(view: &page::PlanOptionsView) -> Self {
        Self {
            version: view.version,
            out_of_sequence: view.out_of_sequence.to_owned(),
            float_rule: view.float_rule.to_owned(),
            critical_rule: view.critical_rule.to_owned(),
            critical_days: view.critical_days,
            open_ends_critical: view.open_ends_critical,
            lag_calendar: view.lag_calendar.to_owned(),
            editable: view.editable,
        }
    }
}

/// Other rules, kept or tried out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanOptionsInput {
    pub out_of_sequence: String,
    pub float_rule: String,
    pub critical_rule: String,
    pub critical_days: Option<i64>,
    pub open_ends_critical: bool,
    pub lag_calendar: String,
    /// Version the person saw; 0 where there were none.
    pub version: i64,
    #[serde(default)]
    pub reason: String,
    #[serde(default)]
    pub dry_run: bool,
}

impl From<PlanOptionsInput> for OptionsInput {
    fn from(asked: PlanOptionsInput) -> Self {
        Self {
            out_of_sequence: asked.out_of_sequence,
            float_rule: asked.float_rule,
            critical_rule: asked.critical_rule,
            critical_days: asked.critical_days,
            open_ends_critical: asked.open_ends_critical,
            lag_calendar: asked.lag_calendar,
            version: asked.version,
            reason: asked.reason,
            dry_run: asked.dry_run,
        }
    }
}

/// Options kept or tried out, with what they move.
#[derive(Serialize, ToSchema)]
pub struct PlanOptionsKept {
    pub options: PlanOptions,
    pub critical_before: usize,
    pub critical_after: usize,
    pub diff: PlanDiff,
}

impl From<&page::PlanOptionsKept> for PlanOptionsKept {
    fn from(kept: &page::PlanOptionsKept) -> Self {
        Self {
            options: PlanOptions::from(&kept.options),
            critical_before: kept.critical.0,
            critical_after: kept.critical.1,
            diff: PlanDiff::from(&kept.diff),
        }
    }
}
