//! 工作日历 The calendars of plans as a person edits them: week, exceptions, the year as it comes out, and what a
//! change does to the projects that run on it.

mod keep;
mod show;

pub use keep::{CalendarInput, ExceptionInput, Kept, keep};

use crate::App;
use crate::account::Actor;
use crate::district::{self, DistrictState};
use crate::error::AppError;
use crate::page::project_plan::{CalendarLine, CalendarPage};
use crate::permit::Access;
use crate::records::parse_id;
use ground::{OrgPath, ProjectId};
use portfolio::KeptCalendar;
use register::law::Ability;
use std::collections::BTreeMap;

/// The register of calendars.
pub(super) const CALENDAR: &str = "work_calendar";

/// Calendars that this person may see: the standard ones, the district's, those of projects in sight. With a project,
/// only those that its plan may use.
pub fn calendars(
    app: &App,
    actor: &Actor,
    project: Option<&str>,
) -> Result<Vec<CalendarLine>, AppError> {
    actor.need_read()?;
    let state = district::state(app, None)?;
    let project = project
        .map(|id| seen_project(&state, actor, id))
        .transpose()?;
    let mut used: BTreeMap<String, usize> = BTreeMap::new();
    for activity in state.activities.values().flatten() {
        let calendar = state.calendars.calendar(state.calendars.of(activity));
        *used.entry(calendar.id().to_owned()).or_default() += 1;
    }
    let mut lines = Vec::new();
    for calendar in state.calendars.all() {
        let kept = kept_of(&state, calendar.id());
        let fits = match kept.and_then(|kept| kept.project) {
            None => true,
            Some(own) => match project {
                Some(asked) => own == asked,
                None => sees(&state, actor, own),
            },
        };
        if !fits {
            continue;
        }
        lines.push(CalendarLine {
            code: calendar.id().to_owned(),
            name: calendar.name().to_owned(),
            base: kept.and_then(|kept| kept.base.clone()),
            built_in: app.calendars().knows(calendar.id()),
            editable: editable(app, actor, &state, calendar.id(), kept),
            version: kept.map_or(0, |kept| state.version(kept.id)),
            project_id: kept.and_then(|kept| kept.project).map(|id| id.to_string()),
            minutes_per_day: calendar.timeline().minutes_per_day(),
            used_by: used.get(calendar.id()).copied().unwrap_or(0),
        });
    }
    Ok(lines)
}

/// One calendar with its year.
pub fn calendar(
    app: &App,
    actor: &Actor,
    code: &str,
    year: Option<i16>,
) -> Result<CalendarPage, AppError> {
    actor.need_read()?;
    let state = district::state(app, None)?;
    let missing = || AppError::NotFound(format!("日历“{code}”"));
    if !state.calendars.knows(code) {
        return Err(missing());
    }
    let kept = kept_of(&state, code);
    let own = kept.and_then(|kept| kept.project);
    if own.is_some_and(|project| !sees(&state, actor, project)) {
        return Err(missing());
    }
    let year = show::checked(year.unwrap_or_else(|| state.today.year()))?;
    let calendar = state
        .calendars
        .calendar(state.calendars.position(Some(code)));
    let editable = editable(app, actor, &state, code, kept);
    let version = kept.map_or(0, |kept| state.version(kept.id));
    let built_in = app.calendars().knows(code);
    let face = show::Face {
        editable,
        version,
        built_in,
    };
    Ok(show::page(
        calendar,
        kept,
        year,
        face,
        &state.calendar_findings,
    ))
}

fn kept_of<'a>(state: &'a DistrictState, code: &str) -> Option<&'a KeptCalendar> {
    state.kept_calendars.iter().find(|kept| kept.code == code)
}

fn sees(state: &DistrictState, actor: &Actor, project: ProjectId) -> bool {
    let project = state.project(project);
    project.is_some_and(|project| actor.may_see(&project.org))
}

fn seen_project(state: &DistrictState, actor: &Actor, id: &str) -> Result<ProjectId, AppError> {
    let id = ProjectId(parse_id(id)?);
    match sees(state, actor, id) {
        true => Ok(id),
        false => Err(AppError::NotFound("这个项目".to_owned())),
    }
}

/// Where a calendar belongs: to its project, to the whole district when it changes a standard one, else to the
/// organisation that keeps it.
fn home(app: &App, state: &DistrictState, code: &str, kept: Option<&KeptCalendar>) -> OrgPath {
    let of_project = kept.and_then(|kept| kept.project);
    if let Some(project) = of_project.and_then(|id| state.project(id)) {
        return project.org.clone();
    }
    if app.calendars().knows(code) {
        return app.root().clone();
    }
    let stored = kept.and_then(|kept| state.records.get(&kept.id));
    stored.map_or_else(|| app.root().clone(), |stored| stored.record.org.clone())
}

fn editable(
    app: &App,
    actor: &Actor,
    state: &DistrictState,
    code: &str,
    kept: Option<&KeptCalendar>,
) -> bool {
    let Ok(definition) = app.definition(CALENDAR) else {
        return false;
    };
    let may = Access::new(app, actor, &definition).is_ok_and(|access| access.may(Ability::Update));
    may && actor.need_write_at(&home(app, state, code, kept)).is_ok()
}
