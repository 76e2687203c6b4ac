//! 改计划 A dragged bar: new planned dates of one activity, with the reason, and what moved with it.

use crate::App;
use crate::account::Actor;
use crate::district::{self, DistrictState};
use crate::error::AppError;
use crate::page::LightView;
use crate::page::wall::WallActivity;
use crate::records::{need_reason, parse_id};
use crate::{light, wall};
use ground::{ActivityId, Date, Finding, ProjectId};
use portfolio::Activity;
use register::Value;
use store::Changes;

/// What a change of plan did.
#[derive(Clone, Debug)]
pub struct Rescheduled {
    /// The activity as it stands now.
    pub activity: WallActivity,
    /// Light of its project now.
    pub light: LightView,
    /// Verdict of its project now.
    pub verdict: String,
    /// Activities of the project whose forecast finish moved.
    pub moved: Vec<Moved>,
}

/// An activity whose forecast moved.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Id.
    pub activity_id: String,
    /// Name.
    pub name: String,
    /// Forecast finish before.
    pub from: Date,
    /// Forecast finish now.
    pub to: Date,
}

/// Sets the planned dates of an activity. The duration follows the dates on the activity's own calendar.
pub fn reschedule(
    app: &App,
    actor: &Actor,
    id: &str,
    version: i64,
    dates: (Date, Date),
    reason: &str,
) -> Result<Rescheduled, AppError> {
    actor.need_write()?;
    need_reason(reason)?;
    let record_id = parse_id(id)?;
    let before = district::state_for(app, actor, None)?;
    let activity = before
        .activity(ActivityId(record_id))
        .ok_or_else(|| AppError::NotFound("这项工作".to_owned()))?;
    let project = activity.project;
    let org = before
        .project(project)
        .map(|project| project.org.clone())
        .ok_or_else(|| AppError::NotFound("这个项目".to_owned()))?;
    actor.need_write_at(&org)?;
    let changes = changes(&before, activity, dates)?;
    let meta = app.meta(actor, reason);
    app.write(move |writer| Ok(writer.update("activity", record_id, version, changes, &meta)?))?;
    let after = district::state_for(app, actor, None)?;
    answer(app, &before, &after, project, ActivityId(record_id))
}

fn changes(
    state: &DistrictState,
    activity: &Activity,
    (start, finish): (Date, Date),
) -> Result<Changes, AppError> {
    let refuse = |problem: String, remedy: &str| {
        AppError::invalid(Finding::error(
            "plan.dates",
            activity.name.clone(),
            problem,
            remedy,
        ))
    };
    if finish < start {
        return Err(refuse(
            format!("完成日期 {finish} 早于开始日期 {start}。"),
            "请把完成日期改到开始日期当天或之后。",
        ));
    }
    let calendar = state.calendars.calendar(state.calendars.of(activity));
    let days = i64::from(calendar.workdays_within(start, finish));
    if days == 0 && !activity.milestone {
        return Err(refuse(
            format!(
                "{start} 至 {finish} 之间没有工作日（{}）。",
                calendar.name()
            ),
            "请至少包含一个工作日，或改用七天日历。",
        ));
    }
    let date = |day: Date| Some(Value::Date(day));
    let mut changes = Changes::from([
        ("planned_start".to_owned(), date(start)),
        ("planned_finish".to_owned(), date(finish)),
    ]);
    if !activity.milestone {
        changes.insert("duration_days".to_owned(), Some(Value::Int(days)));
    }
    Ok(changes)
}

fn answer(
    app: &App,
    before: &DistrictState,
    after: &DistrictState,
    project: ProjectId,
    id: ActivityId,
) -> Result<Rescheduled, AppError> {
    let missing = || AppError::NotFound("这个项目".to_owned());
    let standing = after.standings.get(&project).ok_or_else(missing)?;
    let old = before.standings.get(&project).ok_or_else(missing)?;
    let bar = standing
        .activities
        .iter()
        .find(|bar| bar.activity == id)
        .ok_or_else(missing)?;
    let moved = standing.activities.iter().filter_map(|bar| {
        let was = old
            .activities
            .iter()
            .find(|old| old.activity == bar.activity)?;
        let moved = was.forecast_finish != bar.forecast_finish;
        moved.then(|| Moved {
            activity_id: bar.activity.to_string(),
            name: bar.name.clone(),
            from: was.forecast_finish,
            to: bar.forecast_finish,
        })
    });
    Ok(Rescheduled {
        activity: wall::activity(
            after,
            &project.to_string(),
            bar,
            after.why_dates(project, app.light_rule()).get(&id),
            true,
        ),
        light: light::view(&standing.light),
        verdict: standing
            .verdict
            .map(portfolio::Verdict::text)
            .unwrap_or_default(),
        moved: moved.collect(),
    })
}
