//! 随附 What a plan file brings beside its activities: calendars, resources, baselines and options, as records that are made in
//! the same batch as the rows, so that one undo takes all of it back.
//!
//! Until they are written they stand in a trial under ids far below zero, which nothing stored ever has.

use super::options::{BroughtOptions, OPTION};
use super::{PlanBook, unwritten};
use crate::App;
use crate::district::DistrictState;
use crate::error::AppError;
use crate::flow::{self, Desk};
use ground::{Date, RecordId};
use portfolio::{KeptCalendar, PlanResource, PlanRules, ProgressReport};
use register::{Definition, Fields, Record, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Writer;

/// Ids of things brought begin below this; those of added rows count down from −1.
const BELOW: i64 = -1_000_000_000;

/// Calendars and resources to be made, baselines of the rows, options of the plan.
#[derive(Clone, Debug, Default)]
pub(super) struct Brought {
    /// Fields of each calendar.
    pub calendars: Vec<Fields>,
    /// Fields of each resource.
    pub resources: Vec<Fields>,
    /// Baselines.
    pub baselines: Vec<BroughtBaseline>,
    /// Fields of each progress report; the activity is a stored one or an added row's id in the draft.
    pub reports: Vec<Fields>,
    /// 排程选项 of the file, where they were asked for and are others than the plan's own.
    pub options: Option<BroughtOptions>,
}

/// A baseline of the file.
#[derive(Clone, Debug)]
pub(super) struct BroughtBaseline {
    /// 基准名称.
    pub name: String,
    /// Row (id or key of an added one), code, name, first and last day.
    pub rows: Vec<(String, String, String, (Date, Date))>,
}

impl Brought {
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// How many records it makes.
    pub fn count(&self) -> usize {
        let beside = self.calendars.len() + self.resources.len() + self.baselines.len();
        beside + self.reports.len() + usize::from(self.options.is_some())
    }

    /// Lets the plan go by these rules from the same batch on.
    pub fn take_rules(
        &mut self,
        app: &App,
        book: &PlanBook,
        rules: PlanRules,
    ) -> Result<(), AppError> {
        let options = BroughtOptions::of(book, rules);
        let changes = options.changes(app, book)?;
        self.options = Some(options).filter(|_| !changes.is_empty());
        Ok(())
    }

    /// The id a calendar has until it is made.
    pub fn calendar_id(at: usize) -> RecordId {
        RecordId(BELOW - at as i64)
    }

    /// What a row calls a resource that is still to be made.
    pub fn resource_key(at: usize) -> String {
        format!("new-r{at}")
    }

    /// The id of a resource: a stored one's, or that of one still to be made.
    pub fn resource_id(&self, text: &str) -> Option<RecordId> {
        match text.strip_prefix("new-r") {
            None => text.parse().ok().map(RecordId),
            Some(at) => {
                let at: usize = at.parse().ok().filter(|at| *at < self.resources.len())?;
                Some(RecordId(2 * BELOW - at as i64))
            }
        }
    }

    /// The plan with these calendars and reports known, for a trial.
    pub fn lay_under(&self, app: &App, book: &mut PlanBook) {
        if let Some(options) = &self.options {
            book.rules = options.rules;
        }
        if self.calendars.is_empty() && self.reports.is_empty() {
            return;
        }
        let mut state = DistrictState::clone(&book.state);
        let calendars = records(book, &self.calendars, BELOW);
        state
            .kept_calendars
            .extend(KeptCalendar::from_records(&calendars).0);
        let laid =
            portfolio::calendars_with(&app.calendars(), &app.holidays(), &state.kept_calendars);
        state.calendars = Arc::new(laid.0);
        let reports = ProgressReport::from_records(&records(book, &self.reports, 3 * BELOW)).0;
        state
            .reports
            .entry(book.project.id)
            .or_default()
            .extend(reports);
        book.state = Arc::new(state);
    }

    /// Resources still to be made, as a trial sees them.
    pub fn resources(&self, book: &PlanBook) -> Vec<PlanResource> {
        PlanResource::from_records(&records(book, &self.resources, 2 * BELOW)).0
    }
}

/// Records as they would stand, with ids that count down from `first`.
fn records(book: &PlanBook, all: &[Fields], first: i64) -> Vec<Record> {
    let record = |(at, fields): (usize, &Fields)| {
        let id = RecordId(first - at as i64);
        unwritten(id, &book.project.org, fields.clone())
    };
    all.iter().enumerate().map(record).collect()
}

/// Records of one batch that are made before its rows, with their definitions.
pub(super) struct Making {
    brought: Brought,
    calendar: Arc<Definition>,
    resource: Arc<Definition>,
    baseline: Arc<Definition>,
    report: Arc<Definition>,
    option: Arc<Definition>,
}

impl Making {
    pub fn of(app: &App, brought: &Brought) -> Result<Self, AppError> {
        Ok(Self {
            brought: brought.clone(),
            calendar: app.definition("work_calendar")?,
            resource: app.definition("plan_resource")?,
            baseline: app.definition("plan_baseline")?,
            report: app.definition("progress_report")?,
            option: app.definition(OPTION)?,
        })
    }

    pub fn count(&self) -> usize {
        self.brought.count()
    }

    /// Whether the plan goes by other rules from then on.
    pub fn changes_options(&self) -> bool {
        self.brought.options.is_some()
    }

    /// Makes calendars and resources, keeps options; gives the ids that stand for those of the trial.
    pub fn first(
        &self,
        writer: &mut Writer<'_>,
        desk: &Desk,
    ) -> Result<BTreeMap<RecordId, RecordId>, AppError> {
        if let Some(options) = &self.brought.options {
            options.write(writer, desk, &self.option)?;
        }
        let mut ids = BTreeMap::new();
        for (at, fields) in self.brought.calendars.iter().enumerate() {
            let made = flow::make(writer, desk, &self.calendar, fields.clone(), None)?;
            ids.insert(Brought::calendar_id(at), made.id);
        }
        for (at, fields) in self.brought.resources.iter().enumerate() {
            let made = flow::make(writer, desk, &self.resource, fields.clone(), None)?;
            ids.insert(RecordId(2 * BELOW - at as i64), made.id);
        }
        Ok(ids)
    }

    /// Makes reports, and baselines whose rows name activities by `found`; `ids` are those the added rows have got.
    pub fn last(
        &self,
        writer: &mut Writer<'_>,
        desk: &Desk,
        (project, today): (RecordId, Date),
        ids: &BTreeMap<RecordId, RecordId>,
        found: impl Fn(&str) -> Option<RecordId>,
    ) -> Result<(), AppError> {
        for fields in &self.brought.reports {
            let own = fields.clone().into_iter();
            let fields = own.map(|(name, value)| (name, real(value, ids))).collect();
            flow::make(writer, desk, &self.report, fields, None)?;
        }
        for baseline in &self.brought.baselines {
            let text = |text: &str| Value::Text(text.to_owned());
            let row =
                |(key, code, name, (start, finish)): &(String, String, String, (Date, Date))| {
                    Some(Fields::from([
                        ("activity".to_owned(), Value::Ref(found(key)?)),
                        ("code".to_owned(), text(code)),
                        ("name".to_owned(), text(name)),
                        ("start".to_owned(), Value::Date(*start)),
                        ("finish".to_owned(), Value::Date(*finish)),
                    ]))
                };
            let fields = Fields::from([
                ("project".to_owned(), Value::Ref(project)),
                ("name".to_owned(), text(&baseline.name)),
                ("taken_on".to_owned(), Value::Date(today)),
                ("taken_by".to_owned(), text(&desk.actor.name)),
                ("reason".to_owned(), text("随计划文件带来")),
                (
                    "rows".to_owned(),
                    Value::Rows(baseline.rows.iter().filter_map(row).collect()),
                ),
            ]);
            flow::make(writer, desk, &self.baseline, fields, None)?;
        }
        Ok(())
    }
}

/// A value with ids of the trial replaced by those of the records made for them, in rows of tables too.
pub(super) fn real(value: Value, ids: &BTreeMap<RecordId, RecordId>) -> Value {
    match value {
        Value::Ref(id) => Value::Ref(ids.get(&id).copied().unwrap_or(id)),
        Value::Rows(rows) => {
            let row = |row: Fields| -> Fields {
                row.into_iter()
                    .map(|(name, value)| (name, real(value, ids)))
                    .collect()
            };
            Value::Rows(rows.into_iter().map(row).collect())
        }
        other => other,
    }
}
