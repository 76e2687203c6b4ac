//! 驾驶舱 The home page: each part computed from the district's state of the day.

mod economy;
mod parts;

use crate::App;
use crate::account::Actor;
use crate::district::{self, DistrictState};
use crate::error::AppError;
use crate::page::home::{Home, Loop};
use crate::permit::Access;
use crate::task;
use crate::world::Setting;

use ground::{Date, PeriodKind};
pub(crate) use parts::{light_counts, matter_item, period_name, project_link};
use register::law::Ability;
use std::sync::Arc;

/// The home page on a day (`None` = today).
pub fn home(app: &App, actor: &Actor, day: Option<Date>) -> Result<Home, AppError> {
    actor.need_role(app)?;
    // Nothing in the own part is no empty district: a department has no projects where streets have them.
    let none_at_all = district::state(app, day)?.projects.is_empty();
    let state = seen(app, actor, district::state_for(app, actor, day)?)?;
    Ok(Home {
        title: format!("{}重点项目总览", app.district_name()),
        today: state.today,
        weekday: weekday(state.today).to_owned(),
        subtitle: subtitle(state.today),
        round: parts::round_head(&state),
        pipeline: parts::pipeline(&state),
        stated_rates: parts::stated_rates(&state),
        watch: parts::watch(&state),
        tiles: parts::tiles(&state),
        economy: economy::economy(&state),
        tour: parts::tour(&state),
        matters: loop_of(app, actor, &state, day)?,
        programmes: parts::programmes(&state),
        data_note: data_note(&state),
        empty: actor.may_read() && none_at_all,
        projects: actor.may_read() && (none_at_all || !state.projects.is_empty()),
    })
}

/// The district without what this person's roles do not read: whoever works in one programme sees no projects here,
/// and the matters only where their permits show them.
fn seen(
    app: &App,
    actor: &Actor,
    state: Arc<DistrictState>,
) -> Result<Arc<DistrictState>, AppError> {
    if actor.may_read() {
        return Ok(state);
    }
    let mut rest = (*state).clone();
    rest.projects.clear();
    rest.rounds.clear();
    rest.memberships.clear();
    rest.activities.clear();
    rest.reports.clear();
    rest.standings.clear();
    rest.records.clear();
    rest.plain.clear();
    let matters = Access::new(app, actor, &app.definition("matter")?)?;
    if !matters.reads_all() {
        rest.matters.clear();
    }
    Ok(Arc::new(rest))
}

/// 交办闭环. Late ones are counted by the rule of the ledger and of the tasks.
fn loop_of(
    app: &App,
    actor: &Actor,
    state: &DistrictState,
    day: Option<Date>,
) -> Result<Loop, AppError> {
    let matters = parts::matters(state);
    let access = Access::new(app, actor, &app.definition("matter")?)?;
    if day.is_some() || !access.may(Ability::Read) {
        return Ok(matters);
    }
    let late = task::late_count(app, &access, &Setting::new(app, None))?;
    Ok(Loop {
        overdue: late.unwrap_or(matters.overdue),
        ..matters
    })
}

/// 星期五.
pub fn weekday(day: Date) -> &'static str {
    const NAMES: [&str; 7] = [
        "星期一",
        "星期二",
        "星期三",
        "星期四",
        "星期五",
        "星期六",
        "星期日",
    ];
    let index = day.weekday().to_monday_zero_offset();
    NAMES[usize::try_from(index).unwrap_or_default() % 7]
}

/// Name of a quarter's goal: 开门红, 双过半 …, as the field calls them.
pub fn quarter_goal(quarter: i8) -> &'static str {
    match quarter {
        1 => "开门红",
        2 => "双过半",
        3 => "季季红",
        _ => "全年红",
    }
}

fn subtitle(today: Date) -> String {
    let quarter = PeriodKind::Quarter.containing(today);
    let day = portfolio::calendars::days_between(quarter.first(), today) + 1;
    let left = portfolio::calendars::days_between(today, quarter.last());
    let number = (today.month() - 1) / 3 + 1;
    let name = ["一", "二", "三", "四"][usize::try_from(number - 1).unwrap_or_default() % 4];
    format!(
        "{name}季度第 {day} 天，还剩 {left} 天，冲刺“{}”",
        quarter_goal(number)
    )
}

/// Says what is fact and what is invented, and which years have no published calendar yet.
pub fn data_note(state: &DistrictState) -> String {
    let parts = [demo_note(state), calendar_note(state)];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("；")
}

/// Years the plans reach into whose holidays are not published: only weekends are known there.
fn calendar_note(state: &DistrictState) -> String {
    let bars = state
        .standings
        .values()
        .flat_map(|standing| &standing.activities);
    let reached: std::collections::BTreeSet<i16> = bars
        .flat_map(|bar| bar.forecast_start.year()..=bar.forecast_finish.year())
        .collect();
    let open: Vec<String> = reached
        .into_iter()
        .filter(|year| !state.holidays.published(*year))
        .map(|year| year.to_string())
        .collect();
    if open.is_empty() {
        String::new()
    } else {
        format!("{} 年放假安排未公布，只按周末推算", open.join("、"))
    }
}

fn demo_note(state: &DistrictState) -> String {
    let invented = state.records.values().any(|stored| {
        stored
            .record
            .text("source")
            .is_some_and(|source| source.contains(crate::sample::DEMO))
    });
    if invented {
        "项目名称与投资额取自公开报道，节点、灯色与其余数据为演示数据".to_owned()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_tenth_of_march_is_day_69_with_21_left() {
        assert_eq!(
            subtitle(date(2023, 3, 10)),
            "一季度第 69 天，还剩 21 天，冲刺“开门红”"
        );
        assert_eq!(weekday(date(2023, 3, 10)), "星期五");
    }

    #[test]
    fn the_last_day_of_a_quarter_has_none_left() {
        assert_eq!(
            subtitle(date(2023, 6, 30)),
            "二季度第 91 天，还剩 0 天，冲刺“双过半”"
        );
    }
}
