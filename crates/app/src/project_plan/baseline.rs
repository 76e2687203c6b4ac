//! 基准 Plans as they were once agreed: taken with a name and a reason, compared with the plan of today, taken out
//! when they were a mistake. A baseline is never changed.

use super::sheet::{Beside, baseline_view};
use super::{PlanBook, day_text};
use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::flow::{self, Desk};
use crate::page::project_plan::{BaselinePage, BaselineRowView, BaselineView};
use crate::permit::Access;
use crate::records::need_reason;
use ground::{ActivityId, Date, Finding};
use portfolio::{Bar, PlanBaseline, days_between};
use register::law::Ability;
use register::{Fields, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The register of baselines.
const BASELINE: &str = "plan_baseline";
/// Letters of a name.
const NAME: usize = 120;

/// Which dates a baseline keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum BaselineFrom {
    /// Planned days, the computed earliest ones where none are planned.
    #[default]
    Planned,
    /// 最早: the plan as it may go.
    Early,
    /// 最晚: the plan as it must go (倒排).
    Late,
}

/// Baselines of a project, newest first.
pub fn baselines(app: &App, actor: &Actor, project: &str) -> Result<Vec<BaselineView>, AppError> {
    let book = PlanBook::open(app, actor, project, None)?;
    let beside = Beside::read(app, &book, Some("none"))?;
    Ok(beside.baselines.iter().map(baseline_view).collect())
}

/// 定为基准. Keeps the plan of today under a name.
///
/// # Errors
/// `Invalid` without a name or a reason, for a name that is taken, for an empty plan and for one with a loop.
pub fn take_baseline(
    app: &App,
    actor: &Actor,
    project: &str,
    (name, reason): (&str, &str),
    from: BaselineFrom,
) -> Result<BaselineView, AppError> {
    let book = PlanBook::open_to_write(app, actor, project)?;
    let definition = app.definition(BASELINE)?;
    Access::new(app, actor, &definition)?.need(Ability::Create)?;
    need_reason(reason)?;
    let name = name.trim();
    let known = Beside::read(app, &book, Some("none"))?.baselines;
    check_name(name, &known)?;
    let rows = rows(app, &book, from)?;
    let text = |text: &str| Value::Text(text.to_owned());
    let fields = Fields::from([
        ("project".to_owned(), Value::Ref(book.project.id.0)),
        ("name".to_owned(), text(name)),
        ("taken_on".to_owned(), Value::Date(book.state.today)),
        ("taken_by".to_owned(), text(&actor.name)),
        ("reason".to_owned(), text(reason.trim())),
        ("rows".to_owned(), Value::Rows(rows)),
    ]);
    let desk = Desk::of(app, actor, reason, Some(BASELINE))?;
    let made = app.write(move |writer| flow::make(writer, &desk, &definition, fields, None))?;
    let (baseline, _) = PlanBaseline::from_record(&made);
    let missing = || AppError::NotFound("这份基准".to_owned());
    baseline.as_ref().map(baseline_view).ok_or_else(missing)
}

fn check_name(name: &str, known: &[PlanBaseline]) -> Result<(), AppError> {
    let problem = match name.chars().count() {
        0 => "基准没有名称。".to_owned(),
        long if long > NAME => format!("名称有 {long} 个字。"),
        _ if known.iter().any(|one| one.name == name) => format!("已有名为“{name}”的基准。"),
        _ => return Ok(()),
    };
    let remedy = "请写一个不重复的短名称，例如“二季度调整”。";
    let finding = Finding::error("plan.baseline_name", "基准名称", problem, remedy);
    Err(AppError::invalid(finding))
}

fn rows(app: &App, book: &PlanBook, from: BaselineFrom) -> Result<Vec<Fields>, AppError> {
    let scheduled = book.scheduled(app, book.activities());
    let bars = &scheduled.standing.activities;
    if bars.is_empty() {
        let problem = "这个计划没有能定下来的日期。";
        let remedy = "请先填工作，改正循环的前后关系。";
        let finding = Finding::error("plan.baseline_empty", "计划", problem, remedy);
        return Err(AppError::invalid(finding));
    }
    let row = |bar: &Bar| {
        let (start, finish) = days(bar, from);
        let text = |text: &str| Value::Text(text.to_owned());
        let mut row = Fields::from([
            ("activity".to_owned(), Value::Ref(bar.activity.0)),
            ("name".to_owned(), text(&bar.name)),
            ("start".to_owned(), Value::Date(start)),
            ("finish".to_owned(), Value::Date(finish.max(start))),
        ]);
        if !bar.code.is_empty() {
            row.insert("code".to_owned(), text(&bar.code));
        }
        row
    };
    Ok(bars.iter().map(row).collect())
}

fn days(bar: &Bar, from: BaselineFrom) -> (Date, Date) {
    let early = (bar.forecast_start, bar.forecast_finish);
    match from {
        BaselineFrom::Early => early,
        BaselineFrom::Late => (bar.late_start, bar.late_finish),
        BaselineFrom::Planned => (
            bar.planned_start.unwrap_or(early.0),
            bar.planned_finish.unwrap_or(early.1),
        ),
    }
}

/// A baseline beside the plan of a day.
pub fn baseline(
    app: &App,
    actor: &Actor,
    project: &str,
    id: &str,
    day: Option<Date>,
) -> Result<BaselinePage, AppError> {
    let book = PlanBook::open(app, actor, project, day)?;
    let beside = Beside::read(app, &book, Some(id))?;
    let missing = || AppError::NotFound("这份基准".to_owned());
    let baseline = beside.chosen().ok_or_else(missing)?;
    let scheduled = book.scheduled(app, book.activities());
    let bars: BTreeMap<ActivityId, &Bar> = scheduled
        .standing
        .activities
        .iter()
        .map(|bar| (bar.activity, bar))
        .collect();
    let mut rows: Vec<BaselineRowView> = Vec::with_capacity(baseline.rows.len());
    for row in &baseline.rows {
        let bar = row.activity.and_then(|id| bars.get(&id)).copied();
        let slips = bar.map(|bar| slips(&book, bar, (row.start, row.finish)));
        rows.push(BaselineRowView {
            activity_id: row.activity.map_or_else(String::new, |id| id.to_string()),
            code: row.code.clone(),
            name: row.name.clone(),
            then: Some((row.start, row.finish)),
            now: bar.map(|bar| (bar.forecast_start, bar.forecast_finish)),
            days: slips,
            status: match slips {
                None => "gone",
                Some((_, 1..)) => "later",
                Some((_, 0)) => "same",
                Some(_) => "earlier",
            },
        });
    }
    let known: BTreeSet<ActivityId> = baseline.rows.iter().filter_map(|r| r.activity).collect();
    let added = scheduled.standing.activities.iter();
    rows.extend(
        added
            .filter(|bar| !known.contains(&bar.activity))
            .map(added_row),
    );
    let finish = baseline.finish();
    let now_finish = scheduled.standing.forecast_finish;
    Ok(BaselinePage {
        text: told(&rows, finish.zip(now_finish), book.state.today),
        baseline: baseline_view(baseline),
        rows,
        finish,
        now_finish,
    })
}

/// Working days on the activity's own calendar by which its start and finish are later.
fn slips(book: &PlanBook, bar: &Bar, (start, finish): (Date, Date)) -> (i64, i64) {
    let calendars = &book.state.calendars;
    let own = book.activities().iter().find(|one| one.id == bar.activity);
    let calendar = calendars.calendar(own.map_or(0, |activity| calendars.of(activity)));
    let days = |then: Date, now: Date| i64::from(calendar.workdays_between(then, now));
    (
        days(start, bar.forecast_start),
        days(finish, bar.forecast_finish),
    )
}

fn added_row(bar: &Bar) -> BaselineRowView {
    BaselineRowView {
        activity_id: bar.activity.to_string(),
        code: bar.code.clone(),
        name: bar.name.clone(),
        then: None,
        now: Some((bar.forecast_start, bar.forecast_finish)),
        days: None,
        status: "added",
    }
}

/// 完工比基准晚 17 天；9 项中 5 项推后、1 项提前、1 项新增。
fn told(rows: &[BaselineRowView], finishes: Option<(Date, Date)>, today: Date) -> String {
    let end = finishes.map(|(then, now)| {
        let now_text = day_text(now, today);
        match days_between(then, now) {
            0 => format!("完工 {now_text}，和基准一样；"),
            late if late > 0 => format!("完工 {now_text}，比基准晚 {late} 天；"),
            early => format!("完工 {now_text}，比基准早 {} 天；", -early),
        }
    });
    let count = |status: &str| rows.iter().filter(|row| row.status == status).count();
    let words = [
        ("later", "推后"),
        ("earlier", "提前"),
        ("added", "新增"),
        ("gone", "取消"),
    ];
    let parts = words.iter().filter_map(|(status, word)| {
        let count = count(status);
        (count > 0).then(|| format!("{count} 项{word}"))
    });
    let parts = parts.collect::<Vec<_>>().join("、");
    let end = end.unwrap_or_default();
    match parts.is_empty() {
        true => format!("{end}{} 项都没有变化。", rows.len()),
        false => format!("{end}{} 项中 {parts}。", rows.len()),
    }
}

/// Takes a baseline out; it stays in the journal.
pub fn drop_baseline(
    app: &App,
    actor: &Actor,
    project: &str,
    id: &str,
    reason: &str,
) -> Result<(), AppError> {
    let book = PlanBook::open_to_write(app, actor, project)?;
    let definition = app.definition(BASELINE)?;
    Access::new(app, actor, &definition)?.need(Ability::Withdraw)?;
    need_reason(reason)?;
    let beside = Beside::read(app, &book, Some(id))?;
    let missing = || AppError::NotFound("这份基准".to_owned());
    let id = beside.chosen().ok_or_else(missing)?.id;
    let meta = app.meta(actor, reason);
    app.write(move |writer| {
        let version = writer.reader().get(BASELINE, id)?.record.version;
        writer.withdraw(BASELINE, id, version, &meta)?;
        Ok(())
    })
}
