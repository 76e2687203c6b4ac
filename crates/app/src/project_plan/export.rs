//! 带走计划 A project's plan as a file of P6 or Microsoft Project: dates, links, calendars, progress, and the planned dates
//! as baseline 0. What the format cannot say is left out there, never here.

mod elsewhere;

use super::sheet::Beside;
use super::{ACTIVITY, PlanBook, scenario};
use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::permit::Access;
use crate::records;
use exchange::schedule_file::{
    Assignment, BaselineDates, DayFactors, Detail, Format, LagShown, NamedCalendar, ProjectHead,
    Resource, ResourceKind, ScheduleFile, StoredDates, write_mspdi, write_xer,
};
use ground::{
    ActivityId, Date, Finding, Minute, Timeline, date_of_finish, date_of_start, minute_of,
};
use plan::{
    LagCalendar, LagFactors, LagUnit, Link, Network, Options, PredecessorRef, Progress, Schedule,
    parse_predecessors,
};
use portfolio::network::BuiltNetwork;
use portfolio::{Activity, BaselineRow, PlanBaseline, PlanResource, Scheduled};
use register::law::Ability;
use std::collections::BTreeMap;

/// Baselines of a Project file beside the first one.
const BASELINES: usize = 10;

/// What a plan is written as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PlanFormat {
    /// Microsoft Project XML.
    ProjectXml,
    /// Primavera P6 XER.
    Xer,
}

impl PlanFormat {
    /// xml, xer.
    pub fn ending(self) -> &'static str {
        match self {
            PlanFormat::ProjectXml => "xml",
            PlanFormat::Xer => "xer",
        }
    }
}

/// The plan of a project as it stands on a day: file name and bytes.
///
/// # Errors
/// As [`export_tried`].
pub fn export(
    app: &App,
    actor: &Actor,
    project: &str,
    day: Option<Date>,
    format: PlanFormat,
) -> Result<(String, Vec<u8>), AppError> {
    export_tried(app, actor, project, (day, None), format)
}

/// The same as a 推演方案 would make it.
///
/// # Errors
/// As [`PlanBook::open`]; `Forbidden` without the right to take plans away; `Invalid` for a plan without activities or
/// with a loop; `NotFound` for a scenario that is none of this plan.
pub fn export_tried(
    app: &App,
    actor: &Actor,
    project: &str,
    (day, scenario): (Option<Date>, Option<&str>),
    format: PlanFormat,
) -> Result<(String, Vec<u8>), AppError> {
    let taken = taken(app, actor, project, (day, scenario), format)?;
    records::note_export(app, actor, ACTIVITY, taken.count)?;
    Ok((taken.name, taken.bytes))
}

/// What the file cannot say, and what the program that opens it would calculate otherwise; nothing is taken away.
///
/// # Errors
/// As [`export_tried`].
pub fn export_notes(
    app: &App,
    actor: &Actor,
    project: &str,
    of: (Option<Date>, Option<&str>),
    format: PlanFormat,
) -> Result<Vec<Finding>, AppError> {
    Ok(taken(app, actor, project, of, format)?.findings)
}

/// A plan as a file.
struct Taken {
    name: String,
    bytes: Vec<u8>,
    /// Activities in it.
    count: usize,
    findings: Vec<Finding>,
}

fn taken(
    app: &App,
    actor: &Actor,
    project: &str,
    (day, scenario): (Option<Date>, Option<&str>),
    format: PlanFormat,
) -> Result<Taken, AppError> {
    let book = PlanBook::open(app, actor, project, day)?;
    Access::new(app, actor, &book.definition)?.need(Ability::Export)?;
    let tried = match scenario {
        Some(id) => Some(scenario::as_plan(app, &book, id)?),
        None => None,
    };
    let activities = tried.as_ref().map_or(book.activities(), |(_, then)| then);
    let scheduled = book.scheduled(app, activities);
    let schedule = ready(&scheduled)?;
    let beside = Beside::read(app, &book, Some("none"))?;
    let file = file((&book, &beside), &scheduled, schedule);
    let (bytes, mut findings) = match format {
        PlanFormat::ProjectXml => write_mspdi(&file, schedule),
        PlanFormat::Xer => write_xer(&file, schedule),
    };
    findings.extend(elsewhere::told(&file, schedule, format, &bytes));
    let named = tried.as_ref();
    let of = named.map_or_else(String::new, |(name, _)| format!("（{name}）"));
    Ok(Taken {
        name: format!("{}{of}.{}", book.project.name, format.ending()),
        bytes,
        count: scheduled.built.activities.len(),
        findings,
    })
}

fn ready<'a>(scheduled: &'a Scheduled<'_>) -> Result<&'a Schedule, AppError> {
    if scheduled.built.activities.is_empty() {
        let remedy = "请先在计划表里插入工作，或从模板起一份计划。";
        let finding = Finding::error(
            "plan.empty",
            "计划",
            "计划里还没有工作，没有可导出的。",
            remedy,
        );
        return Err(AppError::invalid(finding));
    }
    let loops = || AppError::Invalid(scheduled.standing.findings.clone());
    scheduled.schedule.as_ref().ok_or_else(loops)
}

fn file(
    (book, beside): (&PlanBook, &Beside),
    scheduled: &Scheduled<'_>,
    schedule: &Schedule,
) -> ScheduleFile {
    let (built, calendars) = (&scheduled.built, &book.state.calendars);
    let rows = || built.activities.iter().copied().enumerate();
    let used = used_calendars(&built.network);
    let mut details: Vec<Detail> = rows().map(|(i, one)| detail(scheduled, i, one)).collect();
    for detail in &mut details {
        detail.own_calendar = detail.own_calendar.map(|one| place(&used, one));
    }
    ScheduleFile {
        format: Format::Mspdi,
        projects: vec![head(book, scheduled, schedule)],
        network: with_calendars(&built.network, &used),
        options: Options {
            target: target(scheduled),
            ..scheduled.options
        },
        ids: rows().map(|(_, activity)| activity.code.clone()).collect(),
        details,
        wbs: Vec::new(),
        calendars: used
            .iter()
            .map(|one| &calendars.all()[*one])
            .map(|calendar| NamedCalendar::of(calendar, calendar.id()))
            .collect(),
        baselines: all_baselines(scheduled, &beside.baselines),
        stored: vec![StoredDates::default(); built.activities.len()],
        resources: needed(scheduled, beside)
            .into_iter()
            .map(|one| resource(book, one))
            .collect(),
        assignments: assignments(scheduled, beside),
        lags_shown: lags_shown(built),
        own: true,
    }
}

/// In which unit each lag is written in the plan.
fn lags_shown(built: &BuiltNetwork<'_>) -> Vec<LagShown> {
    let nodes = &built.network.activities;
    let cells = built
        .activities
        .iter()
        .map(|one| one.predecessors.as_deref());
    let cells: Vec<Vec<PredecessorRef>> = cells
        .map(|cell| parse_predecessors(cell.unwrap_or_default(), "").0)
        .collect();
    let shown = |link: &Link| {
        let from = &nodes[link.from];
        let written = cells[link.to].iter().find(|one| {
            let lag = LagFactors::default().minutes(one.lag, one.unit, from.duration);
            let same_code = one.code.eq_ignore_ascii_case(from.code.trim());
            same_code && one.kind == link.kind && lag.0 == link.lag
        });
        match written {
            Some(one) => LagShown::of(one.lag, one.unit),
            None if link.lag_calendar == LagCalendar::Elapsed => {
                LagShown::of(link.lag, LagUnit::ElapsedDay)
            }
            None => LagShown::of(link.lag, LagUnit::Day),
        }
    };
    built.network.links.iter().map(shown).collect()
}

/// Calendars that go along: the usual one and those that work or lags of this plan go by. Others may be of projects out
/// of sight.
fn used_calendars(network: &Network) -> Vec<usize> {
    let own = network.activities.iter().map(|one| one.calendar);
    let lags = network
        .links
        .iter()
        .filter_map(|link| match link.lag_calendar {
            LagCalendar::Of(calendar) => Some(calendar),
            _ => None,
        });
    let mut used: Vec<usize> = own.chain(lags).chain([0]).collect();
    used.sort_unstable();
    used.dedup();
    used
}

fn place(used: &[usize], calendar: usize) -> usize {
    used.binary_search(&calendar)
        .expect("every calendar in use is kept")
}

/// The network with these of its calendars.
fn with_calendars(network: &Network, used: &[usize]) -> Network {
    let mut own = network.clone();
    own.calendars = used
        .iter()
        .map(|one| network.calendars[*one].clone())
        .collect();
    for activity in &mut own.activities {
        activity.calendar = place(used, activity.calendar);
    }
    for link in &mut own.links {
        if let LagCalendar::Of(calendar) = &mut link.lag_calendar {
            *calendar = place(used, *calendar);
        }
    }
    own
}

/// Resources that the plan needs, in the order in which they are listed.
fn needed<'a>(scheduled: &Scheduled<'_>, beside: &'a Beside) -> Vec<&'a PlanResource> {
    let activities = &scheduled.built.activities;
    let needs = |id| {
        activities
            .iter()
            .any(|one| one.resources.iter().any(|(own, _)| *own == id))
    };
    let all = beside.resources.iter().map(|(resource, _)| resource);
    all.filter(|resource| needs(resource.id)).collect()
}

fn resource(book: &PlanBook, resource: &PlanResource) -> Resource {
    let kind = match resource.unit.as_str() {
        "人" | "班" | "队" | "名" => ResourceKind::Labour,
        _ => ResourceKind::Equipment,
    };
    Resource {
        id: resource.id.to_string(),
        code: resource.code.clone(),
        name: resource.name.clone(),
        kind,
        calendar: None,
        max_units: Some(resource.capacity_on(book.state.today) as f64 / 100.0),
    }
}

fn assignments(scheduled: &Scheduled<'_>, beside: &Beside) -> Vec<Assignment> {
    let known = needed(scheduled, beside);
    let built = &scheduled.built;
    let mut all = Vec::new();
    for (i, activity) in built.activities.iter().enumerate() {
        let node = &built.network.activities[i];
        let left = match node.progress {
            Progress::NotStarted => node.duration,
            Progress::Started { remaining, .. } => remaining,
            Progress::Finished { .. } => 0,
        };
        for (id, units) in &activity.resources {
            let Some(resource) = known.iter().position(|one| one.id == *id) else {
                continue;
            };
            all.push(Assignment {
                activity: i,
                resource,
                units: *units as f64 / 100.0,
                work: node.duration.saturating_mul(*units) / 100,
                remaining_work: left.saturating_mul(*units) / 100,
                overtime: 0,
            });
        }
    }
    all
}

fn head(book: &PlanBook, scheduled: &Scheduled<'_>, schedule: &Schedule) -> ProjectHead {
    ProjectHead {
        id: "1".to_owned(),
        code: code(book),
        name: book.project.name.clone(),
        data_date: scheduled.options.data_date,
        start: Some(scheduled.options.start),
        must_finish: target(scheduled),
        finish: Some(schedule.finish),
        calendar: 0,
        from_finish: false,
        factors: DayFactors::default(),
    }
}

/// 项目编号; P6 calls a project by it in at most 40 letters, and the name stands in where there is none.
fn code(book: &PlanBook) -> String {
    let stored = book.state.records.get(&book.project.id.0);
    let number = stored.and_then(|one| one.record.number.clone());
    number.unwrap_or_else(|| book.project.name.chars().take(40).collect())
}

/// The end of the last working time before the target: other programs would show its midnight as the day after.
fn target(scheduled: &Scheduled<'_>) -> Option<Minute> {
    let target = scheduled.options.target?;
    let calendars = scheduled.built.network.calendars.iter();
    calendars.map(|line| line.previous_finish(target)).max()
}

fn detail(scheduled: &Scheduled<'_>, i: usize, activity: &Activity) -> Detail {
    let node = &scheduled.built.network.activities[i];
    let (planned_start, planned_finish) = planned(scheduled, i, activity);
    let told = scheduled.standing.activities.get(i);
    let percent = told.map(|one| one.percent);
    Detail {
        key: (i + 1).to_string(),
        wbs_code: activity.code.clone(),
        own_calendar: Some(node.calendar),
        planned_duration: node.duration,
        planned_start,
        planned_finish,
        percent: percent.unwrap_or(0) as f64 / 100.0,
        ignores_resources: true,
        ..Detail::default()
    }
}

/// The planned dates as the minutes at which work begins and ends.
fn planned(
    scheduled: &Scheduled<'_>,
    i: usize,
    activity: &Activity,
) -> (Option<Minute>, Option<Minute>) {
    moments(
        scheduled,
        i,
        (activity.planned_start, activity.planned_finish),
    )
}

/// A first and a last day as the minutes at which the activity's calendar begins and ends work.
fn moments(
    scheduled: &Scheduled<'_>,
    i: usize,
    (first, last): (Option<Date>, Option<Date>),
) -> (Option<Minute>, Option<Minute>) {
    let network = &scheduled.built.network;
    let timeline: &Timeline = &network.calendars[network.activities[i].calendar];
    // A day off keeps its date: the file says the usual hours of that day, not the next day worked.
    let start = |day: Date| {
        let at = timeline.next_start(minute_of(day, 0, 0));
        if date_of_start(at) == day {
            at
        } else {
            minute_of(day, 8, 0)
        }
    };
    let finish = |day: Date| {
        let at = timeline.previous_finish(minute_of(day, 24, 0));
        if date_of_finish(at) == day {
            at
        } else {
            minute_of(day, 17, 0)
        }
    };
    (first.map(start), last.map(finish))
}

/// Rows of a baseline by activity.
type BaselineRows<'b> = BTreeMap<ActivityId, &'b BaselineRow>;

/// The first row of each activity.
fn rows_of(baseline: &PlanBaseline) -> BaselineRows<'_> {
    let rows = baseline.rows.iter().rev();
    rows.filter_map(|row| Some((row.activity?, row))).collect()
}

/// Of each activity its planned dates and the ten newest baselines.
fn all_baselines(scheduled: &Scheduled<'_>, kept: &[PlanBaseline]) -> Vec<Vec<BaselineDates>> {
    let kept: Vec<BaselineRows<'_>> = kept.iter().take(BASELINES).map(rows_of).collect();
    let rows = scheduled.built.activities.iter().enumerate();
    rows.map(|(i, one)| baselines(scheduled, &kept, i, one))
        .collect()
}

/// Planned dates as baseline 0, then the newest baselines.
fn baselines(
    scheduled: &Scheduled<'_>,
    kept: &[BaselineRows<'_>],
    i: usize,
    activity: &Activity,
) -> Vec<BaselineDates> {
    let (start, finish) = planned(scheduled, i, activity);
    let stated = start.is_some() || finish.is_some();
    let duration = Some(scheduled.built.network.activities[i].duration);
    let one = BaselineDates {
        number: 0,
        start,
        finish,
        duration,
    };
    let first = stated.then_some(one);
    let own = (1..).zip(kept).filter_map(|(number, kept)| {
        let row = kept.get(&activity.id)?;
        let (start, finish) = moments(scheduled, i, (Some(row.start), Some(row.finish)));
        Some(BaselineDates {
            number,
            start,
            finish,
            duration,
        })
    });
    first.into_iter().chain(own).collect()
}
