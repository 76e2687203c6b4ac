//! 计划 The plan of one project: the sheet with everything the engine says about it, changes tried out and made, and
//! what is kept beside it (baselines, calendars). Nothing computed is stored.

mod baseline;
mod brought;
mod calendar;
mod chance;
mod change;
mod commitment;
mod diff;
mod edit;
mod export;
mod file;
mod flowline;
mod level;
mod live;
mod load;
mod measure;
mod options;
mod respread;
mod scenario;
mod sheet;
mod works;
mod write;

pub use baseline::{BaselineFrom, baseline, baselines, drop_baseline, take_baseline};
pub use calendar::{
    CalendarInput, ExceptionInput, Kept, calendar, calendars, keep as keep_calendar,
};
pub use chance::{ChanceQuery, chance};
pub use change::{Change, ChangeRequest, change, changes, undo};
pub use commitment::{
    JudgeRequest, Judged, NewPromise, PromiseRequest, commitments, judge, promise,
};
pub use export::{PlanFormat, export, export_notes, export_tried};
pub(crate) use file::PlanFiles;
pub use file::{ImportChoice, commit_file, look_at_file};
pub use flowline::{FlowQuery, flowline, flowline_svg};
pub use level::{LevelQuery, level};
pub(crate) use live::LivePlans;
pub use load::load;
pub use measure::{curve, health};
pub use options::{OptionsInput, keep_options, options};
pub use respread::respread;
pub use scenario::{
    ScenarioInput, change_scenario, compare_scenarios, drop_scenario, keep_scenario, scenario,
    scenarios,
};
pub use sheet::{SheetQuery, sheet};
pub use works::{FromTemplate, from_template, templates};

use crate::App;
use crate::account::Actor;
use crate::district::{self, DistrictState};
use crate::error::AppError;
use crate::permit::Access;
use crate::records;
use ground::{Date, Finding, OrgPath, ProjectId, RecordId};
use portfolio::{Activity, PlanRules, ProgressReport, Project, ProjectInput, Scheduled, Target};
use register::law::Ability;
use register::{Definition, Fields, Record};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The register of activities.
pub(crate) const ACTIVITY: &str = "activity";

/// A project's plan, opened by somebody who may see it.
#[derive(Clone)]
pub(crate) struct PlanBook {
    pub state: Arc<DistrictState>,
    pub project: Project,
    pub definition: Arc<Definition>,
    pub editable: bool,
    pub day: Option<Date>,
    /// 排程选项; others while they are tried out.
    pub rules: PlanRules,
    /// What a plan file brings along, while it is tried out.
    brought: Arc<brought::Brought>,
}

impl PlanBook {
    /// Opens the plan of a project on a day.
    ///
    /// # Errors
    /// `NotFound` out of sight, `Forbidden` without the right to read plans.
    pub fn open(app: &App, actor: &Actor, id: &str, day: Option<Date>) -> Result<Self, AppError> {
        let record = records::get(app, actor, "project", id, day)?;
        let definition = app.definition(ACTIVITY)?;
        let access = Access::new(app, actor, &definition)?;
        access.need(Ability::Read)?;
        // The whole district's state: an activity may belong to another unit than its project, and its plan is one.
        let state = district::state(app, day)?;
        let missing = || AppError::NotFound("这个项目".to_owned());
        let project = state
            .project(ProjectId(record.record.id))
            .ok_or_else(missing)?
            .clone();
        let now = day.is_none_or(|day| day >= app.today());
        let writes = access.may(Ability::Update) && actor.need_write_at(&project.org).is_ok();
        Ok(Self {
            editable: now && writes,
            rules: state.rules_of(project.id),
            state,
            project,
            definition,
            day,
            brought: Arc::default(),
        })
    }

    /// Opens the plan for a change.
    ///
    /// # Errors
    /// As [`PlanBook::open`], and `Forbidden` for those who may only read.
    pub fn open_to_write(app: &App, actor: &Actor, id: &str) -> Result<Self, AppError> {
        let book = Self::open(app, actor, id, None)?;
        Access::new(app, actor, &book.definition)?.need(Ability::Update)?;
        actor.need_write_at(&book.project.org)?;
        Ok(book)
    }

    /// The same plan with another target than the project's own.
    pub fn aimed_at(&self, target: Option<Date>) -> Self {
        let mut book = self.clone();
        if let Some(date) = target {
            let own = self.project.target.as_ref();
            let kind = own.map_or_else(|| "完成".to_owned(), |own| own.kind.clone());
            book.project.target = Some(Target { kind, date });
        }
        book
    }

    /// What a field is called on the page; places that are no field, and what stands behind one, stay as they are.
    pub fn label(&self, place: &str) -> String {
        label(&self.definition, place)
    }

    /// Activities of the plan as they stand.
    pub fn activities(&self) -> &[Activity] {
        let own = self.state.activities.get(&self.project.id);
        own.map_or(&[], Vec::as_slice)
    }

    /// Their records by id.
    pub fn records(&self) -> BTreeMap<RecordId, Record> {
        let record = |activity: &Activity| {
            let stored = self.state.records.get(&activity.id.0)?;
            Some((activity.id.0, stored.record.clone()))
        };
        self.activities().iter().filter_map(record).collect()
    }

    /// Reports about the project.
    pub fn reports(&self) -> &[ProgressReport] {
        let own = self.state.reports.get(&self.project.id);
        own.map_or(&[], Vec::as_slice)
    }

    /// Schedules these activities as the plan of the project. Matters are left to the pages that list them.
    pub fn scheduled<'a>(&'a self, app: &App, activities: &'a [Activity]) -> Scheduled<'a> {
        let input = self.input(activities);
        let state = &self.state;
        let today = state.today;
        let mut done = portfolio::scheduled(&input, app.light_rule(), &state.calendars, today);
        done.standing.findings = told(state, &self.definition, &done.standing.findings);
        done
    }

    /// The same from the kept schedule of this plan, for states of it that differ little: somebody is trying one
    /// change after another.
    pub fn followed<'a>(&'a self, app: &App, activities: &'a [Activity]) -> Scheduled<'a> {
        self.followed_by(app, activities, self.rules)
    }

    /// The same by other rules than the book's.
    pub fn followed_by<'a>(
        &'a self,
        app: &App,
        activities: &'a [Activity],
        rules: PlanRules,
    ) -> Scheduled<'a> {
        let input = ProjectInput {
            rules,
            ..self.input(activities)
        };
        let (state, project) = (&self.state, self.project.id);
        let kept = |network: &plan::Network, options: &plan::Options| {
            app.live_plans().schedule(project, network, options)
        };
        portfolio::scheduled_by(
            &input,
            app.light_rule(),
            &state.calendars,
            state.today,
            kept,
        )
    }

    fn input<'a>(&'a self, activities: &'a [Activity]) -> ProjectInput<'a> {
        ProjectInput {
            project: &self.project,
            activities,
            reports: self.reports(),
            matters: &[],
            names: &self.state.names,
            rules: self.rules,
        }
    }
}

/// A record as it would stand, for the readers of stored ones; nothing has been written yet.
pub(crate) fn unwritten(id: RecordId, org: &OrgPath, fields: Fields) -> Record {
    Record {
        id,
        version: 0,
        org: org.clone(),
        number: None,
        fields,
        withdrawn: false,
    }
}

/// What a field is called on the page, see [`PlanBook::label`].
fn label(definition: &Definition, place: &str) -> String {
    let end = place.find(['!', '.', ' ', '[', '#']).unwrap_or(place.len());
    let (field, rest) = place.split_at(end);
    let Some(field) = definition.field(field) else {
        return place.to_owned();
    };
    let cell = rest
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("]."));
    let cell = cell.and_then(|(row, column)| {
        let column = field.columns().iter().find(|one| one.id == column)?;
        Some(format!("第{row}行{}", column.label.zh))
    });
    format!("{}{}", field.label.zh, cell.as_deref().unwrap_or(rest))
}

/// Findings of a plan with its rows told by code and name, for pages beside the plan's own.
pub(crate) fn told(
    state: &DistrictState,
    definition: &Definition,
    findings: &[Finding],
) -> Vec<Finding> {
    let record = |id: RecordId| Some(&state.records.get(&id)?.record);
    let one = |finding: &Finding| edit::named(finding.clone(), record, definition);
    findings.iter().map(one).collect()
}

/// Minutes in tenths of a day, cut towards less float.
pub(crate) fn tenths(minutes: i64, per_day: i64) -> i64 {
    let per_day = i128::from(per_day.max(1));
    let tenths = (i128::from(minutes) * 10).div_euclid(per_day);
    i64::try_from(tenths).unwrap_or(i64::MAX)
}

/// 17, −2.5: tenths of a day as people write them.
pub(crate) fn days_text(tenths: i64) -> String {
    let sign = if tenths < 0 { "−" } else { "" };
    let (whole, rest) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    match rest {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{rest}"),
    }
}

/// 3月5日, with the year where it is not this one.
pub(crate) fn day_text(day: Date, today: Date) -> String {
    match day.year() == today.year() {
        true => format!("{}月{}日", day.month(), day.day()),
        false => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_told_in_tenths_of_a_day_and_never_too_large() {
        assert_eq!(tenths(480, 480), 10);
        assert_eq!(tenths(479, 480), 9);
        assert_eq!(tenths(-1, 480), -1);
        assert_eq!(days_text(-25), "−2.5");
        assert_eq!(days_text(170), "17");
        assert_eq!(days_text(-1), "−0.1");
    }
}
