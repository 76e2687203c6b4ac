//! What stands beside a plan: its baselines and resources, the bars of a baseline and of the last report.

use super::{BaselineDays, days_of};
use crate::App;
use crate::clock::end_of_day;
use crate::error::AppError;
use crate::page::project_plan::{BaselineView, Ghost};
use crate::project_plan::{ACTIVITY, PlanBook};
use ground::{Date, RecordId};
use portfolio::{Activity, PlanBaseline, PlanResource, Scheduled};
use register::{Record, Value};
use store::{Filter, Query, StoreError};

/// Up to so many activities their past is read one by one; beyond that all at once is cheaper.
const ONE_BY_ONE: usize = 400;

/// Baselines and resources of a project.
#[derive(Default)]
pub(crate) struct Beside {
    /// Newest first.
    pub baselines: Vec<PlanBaseline>,
    /// With whether they are the project's own.
    pub resources: Vec<(PlanResource, bool)>,
    chosen: Option<usize>,
    days: BaselineDays,
}

impl Beside {
    /// Reads them as of the book's day.
    pub fn read(app: &App, book: &PlanBook, baseline: Option<&str>) -> Result<Self, AppError> {
        let own = Query::default().filter(Filter::eq("project", Value::Ref(book.project.id.0)));
        let kept = records(app, book, "plan_baseline", &own)?;
        let (mut baselines, _) = PlanBaseline::from_records(&kept);
        baselines.sort_by_key(|one| std::cmp::Reverse((one.taken_on, one.id)));
        let resources = resources(app, book)?;
        let chosen = match baseline {
            Some("none") => None,
            Some(id) if !id.is_empty() => {
                let place = baselines.iter().position(|one| one.id.to_string() == id);
                Some(place.ok_or_else(|| AppError::NotFound("这份基准".to_owned()))?)
            }
            _ => (!baselines.is_empty()).then_some(0),
        };
        let days = chosen.map(|at| days_of(&baselines[at]));
        Ok(Self {
            baselines,
            resources,
            chosen,
            days: days.unwrap_or_default(),
        })
    }

    /// The baseline compared with.
    pub fn chosen(&self) -> Option<&PlanBaseline> {
        self.chosen.map(|at| &self.baselines[at])
    }

    /// Its days by activity.
    pub fn chosen_rows(&self) -> &BaselineDays {
        &self.days
    }
}

/// What a plan may use, with whether it is the project's own: own resources first, then those of the whole district,
/// by their codes.
///
/// # Errors
/// The store cannot be read.
pub(crate) fn resources(app: &App, book: &PlanBook) -> Result<Vec<(PlanResource, bool)>, AppError> {
    let own = Filter::eq("project", Value::Ref(book.project.id.0));
    let mut all = Vec::new();
    for which in [own, Filter::missing("project")] {
        let query = Query::default().filter(which);
        let known = records(app, book, "plan_resource", &query)?;
        all.extend(PlanResource::from_records(&known).0);
    }
    all.extend(book.brought.resources(book));
    all.retain(|one: &PlanResource| one.project.is_none_or(|id| id == book.project.id));
    let owned = all.into_iter().map(|one| (one.project.is_some(), one));
    let mut all: Vec<(PlanResource, bool)> = owned.map(|(own, one)| (one, own)).collect();
    all.sort_by(|a, b| (!a.1, &a.0.code).cmp(&(!b.1, &b.0.code)));
    Ok(all)
}

/// Records as known on the book's day, withdrawn ones left out.
pub(crate) fn records(
    app: &App,
    book: &PlanBook,
    register: &str,
    query: &Query,
) -> Result<Vec<Record>, AppError> {
    let past = book.day.filter(|day| *day < app.today()).map(end_of_day);
    let found = app.read(|reader| match &past {
        Some(instant) => reader.all_as_of(register, query, instant),
        None => reader.all(register, query),
    })?;
    Ok(found.into_iter().map(|stored| stored.record).collect())
}

/// A baseline in a list.
pub(crate) fn baseline_view(baseline: &PlanBaseline) -> BaselineView {
    BaselineView {
        id: baseline.id.to_string(),
        name: baseline.name.clone(),
        taken_on: baseline.taken_on,
        taken_by: baseline.taken_by.clone(),
        reason: baseline.reason.clone(),
        rows: baseline.rows.len(),
    }
}

/// The bars of a baseline.
pub(super) fn ghost(baseline: &PlanBaseline) -> Ghost {
    let rows = baseline.by_activity().into_iter();
    Ghost {
        id: baseline.id.to_string(),
        label: format!("{}（{}）", baseline.name, baseline.taken_on),
        bars: rows
            .map(|(id, row)| (id.to_string(), (row.start, row.finish)))
            .collect(),
    }
}

/// The plan as it stood at the report before the newest one, by what the journal knew then.
pub(super) fn snapshot(
    app: &App,
    book: &PlanBook,
    scheduled: &Scheduled<'_>,
) -> Result<Option<Ghost>, AppError> {
    let Some(day) = snapshot_day(book, scheduled) else {
        return Ok(None);
    };
    let ids: Vec<RecordId> = book.activities().iter().map(|one| one.id.0).collect();
    let instant = end_of_day(day);
    let own = Query::default().filter(Filter::eq("project", Value::Ref(book.project.id.0)));
    let found = app.read(|reader| {
        if ids.len() > ONE_BY_ONE {
            return reader.all_as_of(ACTIVITY, &own, &instant);
        }
        let mut found = Vec::with_capacity(ids.len());
        for id in &ids {
            match reader.get_as_of(ACTIVITY, *id, &instant) {
                Ok(stored) => found.push(stored),
                Err(StoreError::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    })?;
    let records: Vec<Record> = found.into_iter().map(|stored| stored.record).collect();
    let (activities, _) = Activity::from_records(&records);
    if activities.is_empty() {
        return Ok(None);
    }
    let input = portfolio::ProjectInput {
        project: &book.project,
        activities: &activities,
        reports: book.reports(),
        matters: &[],
        names: &book.state.names,
        rules: book.rules,
    };
    let then = portfolio::scheduled(&input, app.light_rule(), &book.state.calendars, day);
    let bars = then.standing.activities.iter();
    Ok(Some(Ghost {
        id: day.to_string(),
        label: format!("上次填报 {}月{}日", day.month(), day.day()),
        bars: bars
            .map(|bar| {
                let id = bar.activity.to_string();
                (id, (bar.forecast_start, bar.forecast_finish))
            })
            .collect(),
    }))
}

/// The day of the report before the newest one; with a single report, the day before it.
fn snapshot_day(book: &PlanBook, scheduled: &Scheduled<'_>) -> Option<Date> {
    let newest = scheduled.standing.last_report?;
    let reports = book.reports().iter().map(|report| report.reported_on);
    let before = reports.filter(|day| *day < newest).max();
    before.or_else(|| newest.yesterday().ok())
}
