//! 并排比 The plan and up to four kept trials side by side: where each leads, how much it touches, and the milestones
//! that lie on another day.

use super::told::{self, Worked};
use super::{PlanScenario, Sifted, adopted, find, in_force, open};
use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::page::plan_scenario::{
    MilestoneDates, ScenarioColumn, ScenarioComparison, ScenarioLine,
};
use crate::page::project_plan::{MovedRow, PlanDiff};
use crate::project_plan::{PlanBook, tenths};
use ground::{Date, Finding, RecordId};
use plan::ActivityKind;
use portfolio::{Bar, Scheduled};
use std::collections::BTreeMap;

/// Copies beside the plan: more columns fit no screen and no sheet of paper.
const COLUMNS: usize = 4;

/// Days of milestones by id; those that a copy adds go by its key.
type Milestones = BTreeMap<String, (String, String, Date)>;

/// The plan and these copies on a day.
///
/// # Errors
/// As [`PlanBook::open`]; `NotFound` for a copy that is none of this plan; `Invalid` for more than four.
pub fn compare_scenarios(
    app: &App,
    actor: &Actor,
    project: &str,
    ids: &[String],
    day: Option<Date>,
) -> Result<ScenarioComparison, AppError> {
    let book = PlanBook::open(app, actor, project, day)?;
    check_columns(ids.len())?;
    let known = open(app, &book)?;
    let plan = book.followed(app, book.activities());
    let mut all = vec![Some(milestones(&plan, &|id| id.to_string()))];
    let mut columns = vec![ScenarioColumn {
        scenario: None,
        state: Some(told::state(&plan)),
        changed: 0,
        moved: 0,
        duration_change: 0,
    }];
    for id in ids {
        let scenario = find(known.clone(), id)?;
        let (column, days) = column(app, &book, &scenario)?;
        columns.push(column);
        all.push(days);
    }
    Ok(ScenarioComparison {
        columns,
        milestones: moved_milestones(&all),
        target: plan.standing.target.as_ref().map(|target| target.date),
    })
}

fn check_columns(count: usize) -> Result<(), AppError> {
    if count <= COLUMNS {
        return Ok(());
    }
    Err(AppError::invalid(Finding::error(
        "plan.scenario_columns",
        "推演方案",
        format!("选了 {count} 个方案。"),
        format!("请最多选 {COLUMNS} 个方案和现在的计划比。"),
    )))
}

fn column(
    app: &App,
    book: &PlanBook,
    scenario: &PlanScenario,
) -> Result<(ScenarioColumn, Option<Milestones>), AppError> {
    let mut line = told::stored(scenario, adopted(app, book, scenario)?);
    if in_force(&line) {
        return Ok((untold(line), None));
    }
    let sifted = Sifted::of(app, book, scenario)?;
    let worked = Worked::of(app, book, &sifted.changes())?;
    told::tell(&mut line, &sifted, &worked);
    if line.now.is_none() {
        return Ok((untold(line), None));
    }
    let (trial, diff) = (worked.trial(), worked.diff());
    let keys: BTreeMap<RecordId, &String> = worked
        .draft
        .added
        .iter()
        .map(|(key, id)| (*id, key))
        .collect();
    let name = |id: RecordId| match keys.get(&id) {
        Some(key) => format!("{}:{key}", scenario.id),
        None => id.to_string(),
    };
    let column = ScenarioColumn {
        state: line.now.clone(),
        scenario: Some(line),
        changed: diff.changed.len() + diff.added.len() + diff.removed.len(),
        moved: redated(&diff),
        duration_change: duration_change(&trial.before, &trial.after),
    };
    Ok((column, Some(milestones(&trial.after, &name))))
}

/// A copy that is in force or cannot be worked out has no figures.
fn untold(line: ScenarioLine) -> ScenarioColumn {
    ScenarioColumn {
        scenario: Some(line),
        state: None,
        changed: 0,
        moved: 0,
        duration_change: 0,
    }
}

/// Activities of both plans whose days differ; a float alone moves nobody.
fn redated(diff: &PlanDiff) -> usize {
    let differs = |moved: &&MovedRow| match (&moved.before, &moved.after) {
        (Some(before), Some(after)) => (before.start, before.finish) != (after.start, after.finish),
        _ => false,
    };
    diff.moved.iter().filter(differs).count()
}

/// Tenths of working days by which the durations of tasks in both plans differ in all.
fn duration_change(before: &Scheduled<'_>, after: &Scheduled<'_>) -> i64 {
    let (old, new) = (durations(before), durations(after));
    let both = new.iter().filter_map(|(id, now)| Some(now - old.get(id)?));
    both.sum()
}

fn durations(scheduled: &Scheduled<'_>) -> BTreeMap<RecordId, i64> {
    let built = &scheduled.built;
    let rows = built.activities.iter().zip(&built.network.activities);
    let tasks = rows.filter(|(_, node)| node.kind == ActivityKind::Task);
    tasks
        .map(|(activity, node)| {
            let per_day = built.network.calendars[node.calendar].minutes_per_day();
            (activity.id.0, tenths(node.duration, per_day))
        })
        .collect()
}

fn milestones(scheduled: &Scheduled<'_>, name: &dyn Fn(RecordId) -> String) -> Milestones {
    let bars = scheduled.standing.activities.iter();
    bars.filter(|bar| is_milestone(bar))
        .map(|bar| {
            let row = (bar.code.clone(), bar.name.clone(), bar.forecast_finish);
            (name(bar.activity.0), row)
        })
        .collect()
}

fn is_milestone(bar: &Bar) -> bool {
    let node = matches!(
        bar.kind,
        ActivityKind::StartMilestone | ActivityKind::FinishMilestone
    );
    node || bar.milestone
}

/// Milestones whose day in one of the columns is not that of the plan, by their day in the plan. Columns without
/// figures say nothing about any of them.
fn moved_milestones(all: &[Option<Milestones>]) -> Vec<MilestoneDates> {
    let mut known: BTreeMap<&String, &(String, String, Date)> = BTreeMap::new();
    // The words of the plan itself stand last, so that they win.
    for (id, row) in all.iter().rev().flatten().flatten() {
        known.insert(id, row);
    }
    let day = |column: &Option<Milestones>, id: &String| Some(column.as_ref()?.get(id)?.2);
    let rows = known
        .into_iter()
        .map(|(id, (code, name, _))| MilestoneDates {
            activity_id: id.clone(),
            code: code.clone(),
            name: name.clone(),
            dates: all.iter().map(|column| day(column, id)).collect(),
        });
    let differs = |row: &MilestoneDates| {
        let columns = row.dates.iter().zip(all);
        let mut told = columns.filter(|(_, column)| column.is_some());
        told.any(|(day, _)| *day != row.dates[0])
    };
    let mut rows: Vec<MilestoneDates> = rows.filter(differs).collect();
    rows.sort_by_key(|row| (row.dates.iter().flatten().min().copied(), row.code.clone()));
    rows
}
