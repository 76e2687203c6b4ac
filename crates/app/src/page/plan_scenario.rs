//! 推演方案 What the pages of kept trials show: each copy on the plan as it is now, and copies side by side.

use super::project_plan::{PlanDiff, PlanState};
use crate::project_plan::Change;
use ground::{Date, Finding};

/// Copies of a plan.
#[derive(Clone, Debug)]
pub struct ScenarioList {
    /// The plan as it is.
    pub plan: ScenarioState,
    /// Whether this person may keep and withdraw copies.
    pub editable: bool,
    /// The newest first.
    pub scenarios: Vec<ScenarioLine>,
}

/// A plan in one line, against its target.
#[derive(Clone, Debug)]
pub struct ScenarioState {
    /// Finish, verdict, float and light.
    pub state: PlanState,
    /// Days later than the target; negative = early.
    pub slip_days: Option<i64>,
}

/// A copy in a list.
#[derive(Clone, Debug)]
pub struct ScenarioLine {
    /// Record id.
    pub id: String,
    /// Version of the record.
    pub version: i64,
    /// Name.
    pub name: String,
    /// Remark.
    pub remark: String,
    /// Day it was kept.
    pub kept_on: Date,
    /// By whom.
    pub kept_by: String,
    /// Changes in it.
    pub changes: usize,
    /// What was told when it was kept.
    pub then: ScenarioThen,
    /// On the plan as it is; none when it cannot be worked out, and when it was adopted.
    pub now: Option<ScenarioState>,
    /// How the plan moved beneath it, in words; empty when it did not.
    pub drift_text: String,
    /// Changes that name what is gone.
    pub lost: usize,
    /// What no longer fits, by activity.
    pub findings: Vec<Finding>,
    /// 已采用.
    pub adopted: Option<Adopted>,
}

/// What was computed when a copy was kept.
#[derive(Clone, Copy, Debug)]
pub struct ScenarioThen {
    /// 完工.
    pub finish: Option<Date>,
    /// Days later than the target.
    pub slip_days: Option<i64>,
    /// 完工 of the plan itself.
    pub plan_finish: Option<Date>,
}

/// That a copy was put into force.
#[derive(Clone, Debug)]
pub struct Adopted {
    /// On which day.
    pub on: Date,
    /// By which batch of the journal.
    pub batch_id: String,
    /// The batch was taken back since.
    pub undone: bool,
}

/// One step of a copy: its words and what it changes.
#[derive(Clone, Debug)]
pub struct ScenarioStep {
    /// What it does.
    pub text: String,
    /// Its changes.
    pub changes: Vec<Change>,
}

/// A copy with its steps and what they do.
#[derive(Clone, Debug)]
pub struct ScenarioPage {
    /// The copy.
    pub scenario: ScenarioLine,
    /// Steps that still apply, versions as they are now.
    pub steps: Vec<ScenarioStep>,
    /// The difference to the plan as it is; none for an adopted copy.
    pub diff: Option<PlanDiff>,
}

/// The plan and copies of it side by side.
#[derive(Clone, Debug)]
pub struct ScenarioComparison {
    /// The plan first.
    pub columns: Vec<ScenarioColumn>,
    /// Milestones that lie on another day in one of the columns.
    pub milestones: Vec<MilestoneDates>,
    /// The target.
    pub target: Option<Date>,
}

/// One column of a comparison.
#[derive(Clone, Debug)]
pub struct ScenarioColumn {
    /// The copy; none for the plan itself.
    pub scenario: Option<ScenarioLine>,
    /// Where it leads.
    pub state: Option<ScenarioState>,
    /// Activities changed, added or taken out.
    pub changed: usize,
    /// Activities with other dates.
    pub moved: usize,
    /// Durations longer by so many tenths of a working day in all; negative = shorter.
    pub duration_change: i64,
}

/// The days of a milestone in each column.
#[derive(Clone, Debug)]
pub struct MilestoneDates {
    /// Id, or key in a copy that adds it.
    pub activity_id: String,
    /// 编号.
    pub code: String,
    /// 工作内容.
    pub name: String,
    /// Its day by column; none where it is not there.
    pub dates: Vec<Option<Date>>,
}
