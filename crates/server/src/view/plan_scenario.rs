//! 推演方案 as JSON: kept trials in a list, one with its steps, several side by side.

use super::plan::{PlanDiff, PlanState};
use super::plan_change::PlanChange;
use super::{FindingView, day, each};
use app::page::plan_scenario as page;
use app::project_plan::{Change, ScenarioInput};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Kept trials of a plan, the newest first.
#[derive(Serialize, ToSchema)]
pub struct PlanScenarioList {
    /// The plan as it is.
    pub plan: PlanScenarioState,
    /// Whether this person may keep and withdraw copies.
    pub editable: bool,
    pub scenarios: Vec<PlanScenario>,
}

impl From<&page::ScenarioList> for PlanScenarioList {
    fn from(list: &page::ScenarioList) -> Self {
        Self {
            plan: PlanScenarioState::from(&list.plan),
            editable: list.editable,
            scenarios: each(&list.scenarios),
        }
    }
}

/// A plan in one line, against its target.
#[derive(Serialize, ToSchema)]
pub struct PlanScenarioState {
    #[serde(flatten)]
    pub state: PlanState,
    /// Days later than the target; negative is early.
    pub slip_days: Option<i64>,
}

impl From<&page::ScenarioState> for PlanScenarioState {
    fn from(state: &page::ScenarioState) -> Self {
        Self {
            state: PlanState::from(&state.state),
            slip_days: state.slip_days,
        }
    }
}

/// A kept trial, worked out on the plan as it is.
#[derive(Serialize, ToSchema)]
pub struct PlanScenario {
    pub id: String,
    pub version: i64,
    pub name: String,
    pub remark: String,
    pub kept_on: String,
    pub kept_by: String,
    /// Changes in it.
    pub changes: usize,
    /// What was told when it was kept.
    pub then: PlanScenarioThen,
    /// None when it cannot be worked out, and when it is in force.
    pub now: Option<PlanScenarioState>,
    /// How the plan moved beneath it; empty when it did not.
    pub drift_text: String,
    /// Changes that name what is gone; opening leaves them out.
    pub lost: usize,
    pub findings: Vec<FindingView>,
    pub adopted: Option<PlanScenarioAdopted>,
}

impl From<&page::ScenarioLine> for PlanScenario {
    fn from(line: &page::ScenarioLine) -> Self {
        Self {
            id: line.id.clone(),
            version: line.version,
            name: line.name.clone(),
            remark: line.remark.clone(),
            kept_on: line.kept_on.to_string(),
            kept_by: line.kept_by.clone(),
            changes: line.changes,
            then: PlanScenarioThen {
                finish: day(line.then.finish),
                slip_days: line.then.slip_days,
                plan_finish: day(line.then.plan_finish),
            },
            now: line.now.as_ref().map(PlanScenarioState::from),
            drift_text: line.drift_text.clone(),
            lost: line.lost,
            findings: each(&line.findings),
            adopted: line.adopted.as_ref().map(PlanScenarioAdopted::from),
        }
    }
}

/// What was computed when a trial was kept.
#[derive(Serialize, ToSchema)]
pub struct PlanScenarioThen {
    pub finish: Option<String>,
    pub slip_days: Option<i64>,
    pub plan_finish: Option<String>,
}

/// 已采用.
#[derive(Serialize, ToSchema)]
pub struct PlanScenarioAdopted {
    pub on: String,
    pub batch_id: String,
    /// The batch was taken back since.
    pub undone: bool,
}

impl From<&page::Adopted> for PlanScenarioAdopted {
    fn from(adopted: &page::Adopted) -> Self {
        Self {
            on: adopted.on.to_string(),
            batch_id: adopted.batch_id.clone(),
            undone: adopted.undone,
        }
    }
}

/// One step: its words and what it changes.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanScenarioStep {
    #[serde(default)]
    pub text: String,
    pub changes: Vec<PlanChange>,
}

impl From<&page::ScenarioStep> for PlanScenarioStep {
    fn from(step: &page::ScenarioStep) -> Self {
        Self {
            text: step.text.clone(),
            changes: step.changes.iter().map(PlanChange::from).collect(),
        }
    }
}

/// A kept trial with its steps that still apply and what they do.
#[derive(Serialize, ToSchema)]
pub struct PlanScenarioPage {
    pub scenario: PlanScenario,
    pub steps: Vec<PlanScenarioStep>,
    /// The difference to the plan as it is; none where it cannot be worked out or is in force.
    pub diff: Option<PlanDiff>,
}

impl From<&page::ScenarioPage> for PlanScenarioPage {
    fn from(page: &page::ScenarioPage) -> Self {
        Self {
            scenario: PlanScenario::from(&page.scenario),
            steps: each(&page.steps),
            diff: page.diff.as_ref().map(PlanDiff::from),
        }
    }
}

/// A trial to keep, or what it is to be changed to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanScenarioInput {
    pub name: String,
    #[serde(default)]
    pub remark: String,
    /// Its steps; a kept one keeps its own when they are absent.
    pub steps: Option<Vec<PlanScenarioStep>>,
    /// Version the person saw; not asked of a new one.
    #[serde(default)]
    pub version: i64,
}

impl TryFrom<PlanScenarioInput> for ScenarioInput {
    type Error = String;

    fn try_from(asked: PlanScenarioInput) -> Result<Self, String> {
        let step = |step: PlanScenarioStep| {
            let changes = step.changes.into_iter().map(Change::try_from);
            Ok::<_, String>(page::ScenarioStep {
                text: step.text,
                changes: changes.collect::<Result<_, _>>()?,
            })
        };
        let steps = asked.steps.map(|steps| steps.into_iter().map(step));
        Ok(Self {
            name: asked.name,
            remark: asked.remark,
            steps: steps.map(Iterator::collect::<Result<_, _>>).transpose()?,
            version: asked.version,
        })
    }
}

/// The plan and kept trials side by side.
#[derive(Serialize, ToSchema)]
pub struct PlanScenarioComparison {
    /// The plan first.
    pub columns: Vec<PlanScenarioColumn>,
    /// Milestones that lie on another day in one of the columns.
    pub milestones: Vec<PlanMilestoneDates>,
    pub target: Option<String>,
}

impl From<&page::ScenarioComparison> for PlanScenarioComparison {
    fn from(comparison: &page::ScenarioComparison) -> Self {
        Self {
            columns: each(&comparison.columns),
            milestones: each(&comparison.milestones),
            target: day(comparison.target),
        }
    }
}

/// One column of a comparison.
#[derive(Serialize, ToSchema)]
pub struct PlanScenarioColumn {
    /// None for the plan itself.
    pub scenario: Option<PlanScenario>,
    pub state: Option<PlanScenarioState>,
    /// Activities changed, added or taken out.
    pub changed: usize,
    /// Activities with other dates.
    pub moved: usize,
    /// Working days by which all durations together are longer; negative is shorter.
    pub duration_change_days: f64,
}

impl From<&page::ScenarioColumn> for PlanScenarioColumn {
    fn from(column: &page::ScenarioColumn) -> Self {
        Self {
            scenario: column.scenario.as_ref().map(PlanScenario::from),
            state: column.state.as_ref().map(PlanScenarioState::from),
            changed: column.changed,
            moved: column.moved,
            duration_change_days: column.duration_change as f64 / 10.0,
        }
    }
}

/// The days of a milestone by column.
#[derive(Serialize, ToSchema)]
pub struct PlanMilestoneDates {
    pub activity_id: String,
    pub code: String,
    pub name: String,
    pub dates: Vec<Option<String>>,
}

impl From<&page::MilestoneDates> for PlanMilestoneDates {
    fn from(row: &page::MilestoneDates) -> Self {
        Self {
            activity_id: row.activity_id.clone(),
            code: row.code.clone(),
            name: row.name.clone(),
            dates: row.dates.iter().map(|date| day(*date)).collect(),
        }
    }
}
