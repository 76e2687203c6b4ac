//! 带走计划 A project's plan as a file of P6 or Microsoft Project: dates, links, calendars, progress, and the planned dates
//! as baseline 0. What the format cannot say is left out there, never here.

use super::PlanBook;
use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::permit::Access;
use exchange::schedule_file::{
    BaselineDates, DayFactors, Detail, Format, NamedCalendar, ProjectHead, ScheduleFile,
    StoredDates, write_mspdi, write_xer,
};
use ground::{Date, Finding, Minute, Timeline, minute_of};
use plan::Schedule;
use portfolio::{Activity, Scheduled};
use register::law::Ability;

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
/// As [`PlanBook::open`]; `Forbidden` without the right to take plans away; `Invalid` for a plan without activities or
/// with a loop.
pub fn export(
    app: &App,
    actor: &Actor,
    project: &str,
    day: Option<Date>,
    format: PlanFormat,
) -> Result<(String, Vec<u8>), AppError> {
    let book = PlanBook::open(app, actor, project, day)?;
    Access::new(app, actor, &book.definition)?.need(Ability::Export)?;
    let scheduled = book.scheduled(app, book.activities());
    let schedule = ready(&scheduled)?;
    let file = file(&book, &scheduled, schedule);
    let (bytes, _) = match format {
        PlanFormat::ProjectXml => write_mspdi(&file, schedule),
        PlanFormat::Xer => write_xer(&file, schedule),
    };
    Ok((format!("{}.{}", book.project.name, format.ending()), bytes))
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

fn file(book: &PlanBook, scheduled: &Scheduled<'_>, schedule: &Schedule) -> ScheduleFile {
    let (built, calendars) = (&scheduled.built, &book.state.calendars);
    let rows = || built.activities.iter().copied().enumerate();
    ScheduleFile {
        format: Format::Mspdi,
        projects: vec![head(book, scheduled, schedule)],
        network: built.network.clone(),
        options: scheduled.options,
        ids: rows().map(|(_, activity)| activity.code.clone()).collect(),
        details: rows().map(|(i, one)| detail(scheduled, i, one)).collect(),
        wbs: Vec::new(),
        calendars: calendars
            .all()
            .iter()
            .map(|calendar| NamedCalendar::of(calendar, calendar.id()))
            .collect(),
        baselines: rows().map(|(i, one)| baseline(scheduled, i, one)).collect(),
        stored: vec![StoredDates::default(); built.activities.len()],
        resources: Vec::new(),
        assignments: Vec::new(),
    }
}

fn head(book: &PlanBook, scheduled: &Scheduled<'_>, schedule: &Schedule) -> ProjectHead {
    ProjectHead {
        id: "1".to_owned(),
        code: book.project.id.0.to_string(),
        name: book.project.name.clone(),
        data_date: scheduled.options.data_date,
        start: Some(scheduled.options.start),
        must_finish: scheduled.options.target,
        finish: Some(schedule.finish),
        calendar: 0,
        from_finish: false,
        factors: DayFactors::default(),
    }
}

fn detail(scheduled: &Scheduled<'_>, i: usize, activity: &Activity) -> Detail {
    let node = &scheduled.built.network.activities[i];
    let (planned_start, planned_finish) = planned(scheduled, i, activity);
    let told = scheduled.standing.activities.iter();
    let percent = told
        .filter(|one| one.activity == activity.id)
        .map(|one| one.percent)
        .next();
    Detail {
        key: (i + 1).to_string(),
        wbs_code: activity.code.clone(),
        own_calendar: Some(node.calendar),
        planned_duration: node.duration,
        planned_start,
        planned_finish,
        percent: percent.unwrap_or(0) as f64 / 100.0,
        ..Detail::default()
    }
}

/// The planned dates as the minutes at which work begins and ends.
fn planned(
    scheduled: &Scheduled<'_>,
    i: usize,
    activity: &Activity,
) -> (Option<Minute>, Option<Minute>) {
    let network = &scheduled.built.network;
    let timeline: &Timeline = &network.calendars[network.activities[i].calendar];
    let start = |day: Date| timeline.next_start(minute_of(day, 0, 0));
    let finish = |day: Date| timeline.previous_finish(minute_of(day, 24, 0));
    (
        activity.planned_start.map(start),
        activity.planned_finish.map(finish),
    )
}

fn baseline(scheduled: &Scheduled<'_>, i: usize, activity: &Activity) -> Vec<BaselineDates> {
    let (start, finish) = planned(scheduled, i, activity);
    let kept = start.is_some() || finish.is_some();
    let duration = Some(scheduled.built.network.activities[i].duration);
    let one = BaselineDates {
        number: 0,
        start,
        finish,
        duration,
    };
    kept.then_some(one).into_iter().collect()
}
