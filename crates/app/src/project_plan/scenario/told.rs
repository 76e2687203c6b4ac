//! A kept trial worked out on the plan as it is: where it leads now, and how the plan moved beneath it.

use super::sift::Sifted;
use super::{PlanScenario, ScenarioLine, ScenarioState};
use crate::App;
use crate::error::AppError;
use crate::page::plan_scenario::{Adopted, ScenarioThen};
use crate::page::project_plan::PlanDiff;
use crate::project_plan::change::Trial;
use crate::project_plan::edit::Draft;
use crate::project_plan::{Change, PlanBook, day_text, diff};
use ground::{Date, Finding};
use portfolio::{Activity, Scheduled, days_between};

/// Changes tried out on the plan of today.
pub(super) struct Worked<'a> {
    app: &'a App,
    book: &'a PlanBook,
    pub draft: Draft<'a>,
    pub activities: Vec<Activity>,
    read: Vec<Finding>,
}

impl<'a> Worked<'a> {
    pub fn of(app: &'a App, book: &'a PlanBook, changes: &[Change]) -> Result<Self, AppError> {
        let mut draft = Draft::new(app, book);
        draft.apply(changes)?;
        let (activities, read) = draft.activities();
        Ok(Self {
            app,
            book,
            draft,
            activities,
            read,
        })
    }

    /// The plan before and after.
    pub fn trial(&self) -> Trial<'_> {
        Trial::of(self.app, self.book, &self.activities, self.read.clone())
    }

    /// The difference, for a trial with nothing wrong.
    pub fn diff(&self) -> PlanDiff {
        PlanDiff {
            dry_run: true,
            ..self.trial().diff(&self.draft, &[])
        }
    }
}

/// A plan in one line.
pub(super) fn state(scheduled: &Scheduled<'_>) -> ScenarioState {
    ScenarioState {
        state: diff::state(scheduled),
        slip_days: scheduled.standing.slip_days,
    }
}

/// A scenario by what is stored of it.
pub(super) fn stored(scenario: &PlanScenario, adopted: Option<Adopted>) -> ScenarioLine {
    ScenarioLine {
        id: scenario.id.to_string(),
        version: scenario.version,
        name: scenario.name.clone(),
        remark: scenario.remark.clone(),
        kept_on: scenario.kept_on,
        kept_by: scenario.kept_by.clone(),
        changes: scenario.changes.len(),
        then: ScenarioThen {
            finish: scenario.finish,
            slip_days: scenario.slip_days,
            plan_finish: scenario.plan_finish,
        },
        now: None,
        drift_text: String::new(),
        lost: 0,
        findings: Vec::new(),
        adopted,
    }
}

/// What the plan of today makes of a scenario, put into its line.
pub(super) fn tell(line: &mut ScenarioLine, sifted: &Sifted, worked: &Worked<'_>) {
    let trial = worked.trial();
    line.lost = sifted.lost;
    line.findings.clone_from(&sifted.findings);
    let wrong = trial.wrong(&worked.draft);
    if !wrong.is_empty() {
        line.findings.extend(wrong);
        return;
    }
    let now = state(&trial.after);
    line.drift_text = drift(line.then, &now, &trial.before);
    line.now = Some(now);
}

/// 存时推算 8月20日，现在推算 8月29日，晚 9 天；这期间原计划的完工由 9月6日 变为 9月15日。
fn drift(then: ScenarioThen, now: &ScenarioState, plan: &Scheduled<'_>) -> String {
    let today = plan.standing.today;
    let pair = |then: Option<Date>, now: Option<Date>| then.zip(now).filter(|(a, b)| a != b);
    let Some((old, new)) = pair(then.finish, now.state.forecast_finish) else {
        return String::new();
    };
    let days = days_between(old, new);
    let later = if days > 0 { "晚" } else { "早" };
    let own = format!(
        "存时推算 {}，现在推算 {}，{later} {} 天",
        day_text(old, today),
        day_text(new, today),
        days.abs()
    );
    match pair(then.plan_finish, plan.standing.forecast_finish) {
        Some((old, new)) => format!(
            "{own}；这期间原计划的完工由 {} 变为 {}。",
            day_text(old, today),
            day_text(new, today)
        ),
        None => format!("{own}。"),
    }
}
