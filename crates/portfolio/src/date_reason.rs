//! 为什么是这一天 as a page of a project tells it. The engine explains its own dates; here is added what it cannot know:
//! which work is only presumed to have begun, and that the dates of a summary are those of its parts.

use ground::Date;
use plan::{ActivityKind, Schedule};

use crate::standing::{Bar, BarState, Scheduled};

/// In front of the reason of work that nobody has reported about.
const PRESUMED: &str = "还没有填报，按计划推定已开工。";

/// The sentences that say what the dates of activity `i` hang on; none when the plan could not be calculated.
///
/// The dates of a summary are those of its row, so that the sentence and the row never disagree.
pub fn why_date(scheduled: &Scheduled<'_>, i: usize) -> Option<String> {
    let schedule = scheduled.schedule.as_ref()?;
    let network = &scheduled.built.network;
    let told = || plan::why(network, schedule, i);
    let Some(bar) = scheduled.standing.activities.get(i) else {
        return Some(told());
    };
    Some(match (bar.kind, bar.assumed) {
        (ActivityKind::Summary, _) => of_summary(scheduled, schedule, bar, i),
        (_, true) => format!("{PRESUMED}{}", told()),
        (_, false) => told(),
    })
}

fn of_summary(scheduled: &Scheduled<'_>, schedule: &Schedule, bar: &Bar, i: usize) -> String {
    let (start, finish): (Date, Date) = (bar.forecast_start, bar.forecast_finish);
    let dates = match (bar.state, bar.assumed) {
        (BarState::Done, _) => format!("{start} 开始、{finish} 完成，已全部完成"),
        (BarState::Running, _) => format!("{start} 已开始，最早 {finish} 完成"),
        (BarState::NotStarted, true) => {
            format!("还没有填报，按计划推定 {start} 已开始，最早 {finish} 完成")
        }
        (BarState::NotStarted, false) if schedule.stands_late(i) => {
            format!("下级有尽晚安排的工作，排在 {start} 开始、{finish} 完成")
        }
        (BarState::NotStarted, false) => format!("最早 {start} 开始、{finish} 完成"),
    };
    let late = match schedule.total_float[i] {
        ..0 if bar.state != BarState::Done => plan::why_late(&scheduled.built.network, schedule, i),
        _ => String::new(),
    };
    format!("「{}」由下级工作汇总：{dates}。{late}", bar.name)
}
