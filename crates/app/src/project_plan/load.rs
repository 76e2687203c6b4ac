//! 负荷 What a plan asks of its resources day by day, beside what there is.

use super::PlanBook;
use super::sheet::Beside;
use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::page::project_plan::{LoadDay, PlanLoad, ResourceLoad};
use ground::{Date, Finding, date_of_finish, date_of_start, timeline};
use plan::{Progress, Schedule};
use portfolio::{PlanResource, Scheduled};
use std::collections::BTreeMap;

/// Days of one activity looked at; a slip of the year must not fill the page.
const LONGEST: i64 = 20 * 366;

/// The load of each resource that something needs, by day: the remaining work of all unfinished activities.
pub fn load(
    app: &App,
    actor: &Actor,
    project: &str,
    day: Option<Date>,
) -> Result<PlanLoad, AppError> {
    let book = PlanBook::open(app, actor, project, day)?;
    let beside = Beside::read(app, &book, Some("none"))?;
    let scheduled = book.scheduled(app, book.activities());
    let needed = |id| {
        let all = scheduled.built.activities.iter();
        all.flat_map(|a| &a.resources).any(|(one, _)| *one == id)
    };
    let known: Vec<&PlanResource> = beside
        .resources
        .iter()
        .map(|(resource, _)| resource)
        .filter(|resource| needed(resource.id))
        .collect();
    let schedule = scheduled.schedule.as_ref();
    let resources = schedule.map(|schedule| {
        let one = |resource: &&PlanResource| loaded(&scheduled, schedule, resource);
        known.iter().map(one).collect()
    });
    let mut findings = Vec::new();
    if known.is_empty() {
        let problem = "没有一项工作写了资源需求，画不出负荷。";
        let remedy = "先在“计划资源”登记资源和可用量，再给工作填“资源需求”。";
        findings.push(Finding::info("plan.no_resources", "计划", problem, remedy));
    }
    Ok(PlanLoad {
        resources: resources.unwrap_or_default(),
        findings,
    })
}

fn loaded(scheduled: &Scheduled<'_>, schedule: &Schedule, resource: &PlanResource) -> ResourceLoad {
    let used = used(scheduled, schedule, resource).into_iter();
    let day = |(date, load): (Date, i64)| LoadDay {
        date,
        capacity: resource.capacity_on(date),
        load,
    };
    resource_load(resource, used.map(day).collect())
}

/// A resource with what is asked of it by day.
pub(super) fn resource_load(resource: &PlanResource, days: Vec<LoadDay>) -> ResourceLoad {
    let peak = days
        .iter()
        .filter(|day| day.load > 0)
        .max_by_key(|day| (day.load, std::cmp::Reverse(day.date)));
    ResourceLoad {
        id: resource.id.to_string(),
        code: resource.code.clone(),
        name: resource.name.clone(),
        unit: resource.unit.clone(),
        over_days: days.iter().filter(|day| day.load > day.capacity).count(),
        peak: peak.map_or(0, |day| day.load),
        peak_on: peak.map(|day| day.date),
        days,
    }
}

/// Units by worked day.
pub(super) fn used(
    scheduled: &Scheduled<'_>,
    schedule: &Schedule,
    resource: &PlanResource,
) -> BTreeMap<Date, i64> {
    let built = &scheduled.built;
    let mut used: BTreeMap<Date, i64> = BTreeMap::new();
    for (i, activity) in built.activities.iter().enumerate() {
        let node = &built.network.activities[i];
        let own = activity
            .resources
            .iter()
            .filter(|(id, _)| *id == resource.id);
        let units: i64 = own.map(|(_, units)| *units).sum();
        if units == 0 || matches!(node.progress, Progress::Finished { .. }) {
            continue;
        }
        let first = timeline::day_number(date_of_start(begins(schedule, node, i)));
        let last = timeline::day_number(date_of_finish(schedule.planned_finish[i]));
        let calendar = &built.network.calendars[node.calendar];
        for day in first..=last.min(first + LONGEST) {
            let day = timeline::date_of_day(day);
            if calendar.minutes_on(day) > 0 {
                *used.entry(day).or_default() += units;
            }
        }
    }
    used
}

/// Where what is left of activity `i` begins: where it is planned, for begun work the restart.
fn begins(schedule: &Schedule, node: &plan::Activity, i: usize) -> ground::Minute {
    match node.progress {
        Progress::NotStarted => schedule.planned_start[i],
        _ => schedule.remaining_start[i],
    }
}
