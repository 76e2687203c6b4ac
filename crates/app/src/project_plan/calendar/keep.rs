//! 改日历 A calendar made or changed: looked at with what it does to every project that runs on it, then written.

use super::{CALENDAR, home, kept_of, seen_project, show};
use crate::App;
use crate::account::Actor;
use crate::district::{self, DistrictState};
use crate::error::AppError;
use crate::flow::{self, Desk};
use crate::page::project_plan::{CalendarEffect, CalendarPage};
use crate::permit::Access;
use crate::project_plan::unwritten;
use crate::records::{self, need_reason};
use ground::{Date, Finding, RecordId, Severity};
use portfolio::{Calendars, KeptCalendar, ProjectInput, days_between};
use register::law::Ability;
use register::{Definition, Fields, Value};
use std::sync::Arc;
use store::{Filter, Query};

/// Hours of a day as pairs of clock times.
pub type Hours = Vec<(String, String)>;

/// A calendar as it is sent.
#[derive(Clone, Debug, Default)]
pub struct CalendarInput {
    /// 名称.
    pub name: String,
    /// Code of the calendar it stands on.
    pub base: Option<String>,
    /// Project that alone uses it.
    pub project: Option<String>,
    /// 随法定节假日; as the base when absent.
    pub follow_holidays: Option<bool>,
    /// Hours by weekday (1 = Monday); the base's week when absent.
    pub week: Option<Vec<(i64, Hours)>>,
    /// 停工与加班.
    pub exceptions: Vec<ExceptionInput>,
    /// Version the person saw; 0 for a new one.
    pub version: i64,
    /// Why.
    pub reason: String,
    /// Only say what it would do.
    pub dry_run: bool,
    /// Year to show.
    pub year: Option<i16>,
}

/// One exception as it is sent.
#[derive(Clone, Debug)]
pub struct ExceptionInput {
    /// 事由.
    pub name: String,
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
    /// Worked, or not.
    pub working: bool,
    /// Hours of these days.
    pub hours: Option<Hours>,
}

/// What keeping a calendar does.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The calendar as it stands then.
    pub calendar: CalendarPage,
    /// Projects whose forecast moves.
    pub projects: Vec<CalendarEffect>,
    /// Nothing was written.
    pub dry_run: bool,
}

/// Makes or changes a calendar, or says what that would do.
///
/// # Errors
/// `NotFound` out of reach, `Forbidden` for those who only read, `Stale` when it was changed since, `Invalid` for hours
/// that cannot be read, bases that are not there, and by the register's rules.
pub fn keep(app: &App, actor: &Actor, code: &str, input: &CalendarInput) -> Result<Kept, AppError> {
    let definition = app.definition(CALENDAR)?;
    let state = district::state(app, None)?;
    let known = kept_of(&state, code);
    need_right(app, actor, &state, (code, known), input)?;
    check_code(code)?;
    let version = known.map_or(0, |kept| state.version(kept.id));
    if version != input.version {
        return Err(AppError::Stale { current: version });
    }
    let year = show::checked(input.year.unwrap_or_else(|| state.today.year()))?;
    let fields = fields(&state, actor, code, input)?;
    let id = known.map_or(RecordId(-1), |kept| kept.id);
    let (kept, calendars) = tried(app, &state, id, &fields, &definition)?;
    let projects = effects(app, actor, &state, &calendars);
    if !input.dry_run {
        need_reason(&input.reason)?;
        write(app, actor, definition, (id, version), fields, &input.reason)?;
        let calendar = super::calendar(app, actor, code, Some(year))?;
        return Ok(Kept {
            calendar,
            projects,
            dry_run: false,
        });
    }
    let face = show::Face {
        editable: true,
        version,
        built_in: app.calendars().knows(code),
    };
    let calendar = calendars.calendar(calendars.position(Some(code)));
    Ok(Kept {
        calendar: show::page(calendar, Some(&kept), year, face, &[]),
        projects,
        dry_run: true,
    })
}

fn need_right(
    app: &App,
    actor: &Actor,
    state: &DistrictState,
    (code, known): (&str, Option<&KeptCalendar>),
    input: &CalendarInput,
) -> Result<(), AppError> {
    let definition = app.definition(CALENDAR)?;
    let access = Access::new(app, actor, &definition)?;
    let standard = app.calendars().knows(code);
    if known.is_some() || standard {
        let home = home(app, state, code, known);
        let seen = known.is_none_or(|kept| kept.project.is_none()) || actor.may_see(&home);
        if !seen {
            return Err(AppError::NotFound(format!("日历“{code}”")));
        }
        access.need(Ability::Update)?;
        if !actor.may_see(&home) {
            let problem = "这本日历由上级单位保管，您只能使用，不能修改";
            return Err(AppError::Forbidden(problem.to_owned()));
        }
        actor.need_write_at(&home)?;
    } else {
        access.need(Ability::Create)?;
        actor.need_write()?;
    }
    if let Some(project) = input.project.as_deref() {
        let id = seen_project(state, actor, project)?;
        if let Some(project) = state.project(id) {
            actor.need_write_at(&project.org)?;
        }
    }
    Ok(())
}

fn check_code(code: &str) -> Result<(), AppError> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
    if !code.is_empty() && code.len() <= 40 && code.chars().all(fits) {
        return Ok(());
    }
    let problem = format!("日历代号“{code}”不合要求。");
    let remedy = "请用小写字母、数字、下划线，最多 40 个。";
    let finding = Finding::error("calendar.code", "code", problem, remedy);
    Err(AppError::invalid(finding))
}

fn hours_text(hours: &Hours) -> String {
    let parts = hours.iter().map(|(from, to)| format!("{from}-{to}"));
    parts.collect::<Vec<_>>().join(",")
}

fn fields(
    state: &DistrictState,
    actor: &Actor,
    code: &str,
    input: &CalendarInput,
) -> Result<Fields, AppError> {
    let text = |text: &str| Value::Text(text.trim().to_owned());
    let mut fields = Fields::from([("code".to_owned(), text(code))]);
    let mut put = |id: &str, value: Option<Value>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            fields.insert(id.to_owned(), value);
        }
    };
    put("name", Some(text(&input.name)));
    put("base", input.base.as_deref().map(text));
    if let Some(project) = input.project.as_deref() {
        let id = seen_project(state, actor, project)?;
        put("project", Some(Value::Ref(id.0)));
    }
    put("follow_holidays", input.follow_holidays.map(Value::Bool));
    let week = input.week.iter().flatten().map(|(day, hours)| {
        let mut row = Fields::from([("day".to_owned(), Value::Int(*day))]);
        let hours = hours_text(hours);
        if !hours.is_empty() {
            row.insert("hours".to_owned(), Value::Text(hours));
        }
        row
    });
    put("week", Some(Value::Rows(week.collect())));
    let exceptions = input.exceptions.iter().map(|one| {
        let mut row = Fields::from([
            ("name".to_owned(), text(&one.name)),
            ("first".to_owned(), Value::Date(one.first)),
            ("last".to_owned(), Value::Date(one.last)),
            ("working".to_owned(), Value::Bool(one.working)),
        ]);
        let hours = one.hours.as_ref().map(hours_text);
        if let Some(hours) = hours.filter(|hours| !hours.is_empty()) {
            row.insert("hours".to_owned(), Value::Text(hours));
        }
        row
    });
    put("exceptions", Some(Value::Rows(exceptions.collect())));
    Ok(fields)
}

/// The calendars of the district with this one among them.
fn tried(
    app: &App,
    state: &DistrictState,
    id: RecordId,
    fields: &Fields,
    definition: &Definition,
) -> Result<(KeptCalendar, Calendars), AppError> {
    let record = unwritten(id, app.root(), fields.clone());
    let mut findings = register::validate(definition, fields);
    let (kept, told) = KeptCalendar::from_record(&record);
    findings.extend(told);
    let others = state.kept_calendars.iter().filter(|one| one.id != id);
    let mut all: Vec<KeptCalendar> = others.cloned().collect();
    all.extend(kept.clone());
    let (calendars, told) = portfolio::calendars_with(&app.calendars(), &app.holidays(), &all);
    findings.extend(
        told.into_iter()
            .filter(|one| !state.calendar_findings.contains(one)),
    );
    findings.retain(|finding| finding.severity == Severity::Error);
    match kept.filter(|_| findings.is_empty()) {
        Some(kept) => Ok((kept, calendars)),
        None => Err(AppError::Invalid(findings)),
    }
}

/// Projects in sight whose forecast moves with the calendars.
fn effects(
    app: &App,
    actor: &Actor,
    state: &DistrictState,
    calendars: &Calendars,
) -> Vec<CalendarEffect> {
    let mut effects = Vec::new();
    for project in &state.projects {
        let activities = state.activities.get(&project.id).map(Vec::as_slice);
        let Some(activities) = activities.filter(|_| actor.may_see(&project.org)) else {
            continue;
        };
        let input = ProjectInput {
            project,
            activities,
            reports: state.reports.get(&project.id).map_or(&[], Vec::as_slice),
            matters: &[],
            names: &state.names,
            rules: state.rules_of(project.id),
        };
        let then = portfolio::standing(&input, app.light_rule(), calendars, state.today);
        let before = state.standings.get(&project.id);
        let before = before.and_then(|standing| standing.forecast_finish);
        let Some((before, after)) = before.zip(then.forecast_finish) else {
            continue;
        };
        if before != after {
            effects.push(CalendarEffect {
                project_id: project.id.to_string(),
                name: project.name.clone(),
                before,
                after,
                days: days_between(before, after),
            });
        }
    }
    effects
}

fn write(
    app: &App,
    actor: &Actor,
    definition: Arc<Definition>,
    (id, version): (RecordId, i64),
    fields: Fields,
    reason: &str,
) -> Result<(), AppError> {
    let desk = Desk::of(app, actor, reason, Some(CALENDAR))?;
    app.write(move |writer| {
        if id.0 > 0 {
            let named: Vec<String> = [
                "name",
                "base",
                "project",
                "follow_holidays",
                "week",
                "exceptions",
            ]
            .map(str::to_owned)
            .to_vec();
            let target = (id, version);
            return records::change_row(writer, &desk, &definition, target, &named, fields);
        }
        let code = fields
            .get("code")
            .cloned()
            .unwrap_or(Value::Text(String::new()));
        let same = Query::default().filter(Filter::eq("code", code));
        let taken = writer.reader().all(CALENDAR, &same)?;
        if let Some(taken) = taken.iter().find(|stored| !stored.record.withdrawn) {
            return Err(AppError::Stale {
                current: taken.record.version,
            });
        }
        flow::make(writer, &desk, &definition, fields, None)?;
        Ok(())
    })
}
