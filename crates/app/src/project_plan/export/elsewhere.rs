//! 重算核对 What another program will make of a file: it is read back and calculated by that program's rules.

use super::PlanFormat;
use exchange::schedule_file::{ScheduleFile, read};
use ground::{Date, Finding, date_of_finish};
use plan::{ActivityKind, Progress, Schedule};
use std::collections::BTreeMap;

/// Differences named in the finding.
const NAMED: usize = 3;

/// Tells when the program that opens `bytes` and calculates the plan anew gets other dates than `schedule`.
pub(super) fn told(
    file: &ScheduleFile,
    schedule: &Schedule,
    format: PlanFormat,
    bytes: &[u8],
) -> Option<Finding> {
    let (again, _) = read(&format!("plan.{}", format.ending()), bytes);
    let there = plan::schedule(&again.network, &again.options).ok()?;
    let (here, mut then) = (finishes(file, schedule), finishes(&again, &there));
    let mut other = Vec::new();
    for (name, days) in here {
        let Some(moved) = then.remove(&name) else {
            continue;
        };
        let pairs = days.iter().zip(&moved).filter(|(day, then)| day != then);
        other.extend(pairs.map(|(day, then)| format!("“{name}”{day}→{then}")));
    }
    if other.is_empty() {
        return None;
    }
    let program = match format {
        PlanFormat::ProjectXml => "Project",
        PlanFormat::Xer => "P6",
    };
    let problem = format!(
        "{program} 打开后重新计算，有 {} 项没完的工作日期和这里不同：{}；完工 {}，这里是 {}",
        other.len(),
        other[..other.len().min(NAMED)].join("、"),
        date_of_finish(there.finish),
        date_of_finish(schedule.finish),
    );
    let remedy = remedy(file, format);
    Some(Finding::warning(
        "plan.calculated_elsewhere",
        program,
        problem,
        remedy,
    ))
}

/// Last days of what is not finished, by name; codes are numbered anew by some programs.
fn finishes(file: &ScheduleFile, schedule: &Schedule) -> BTreeMap<String, Vec<Date>> {
    let mut days: BTreeMap<String, Vec<Date>> = BTreeMap::new();
    for (i, activity) in file.network.activities.iter().enumerate() {
        let derived = matches!(
            activity.kind,
            ActivityKind::Summary | ActivityKind::LevelOfEffort
        );
        if !derived && !matches!(activity.progress, Progress::Finished { .. }) {
            let own = days.entry(activity.name.clone()).or_default();
            own.push(date_of_finish(schedule.early_finish[i]));
        }
    }
    days.values_mut().for_each(|days| days.sort());
    days
}

/// The usual reason, by its name where it is there.
fn remedy(file: &ScheduleFile, format: PlanFormat) -> String {
    let activities = &file.network.activities;
    let done = |i: usize| matches!(activities[i].progress, Progress::Finished { .. });
    let ahead = file
        .network
        .links
        .iter()
        .find(|link| done(link.to) && !done(link.from));
    match ahead.filter(|_| format == PlanFormat::Xer) {
        Some(link) => format!(
            "“{}”已经完成，它的紧前工作“{}”还没完：这里后面的工作不再等，P6 照样要等；请核对这条关系，或在 P6 里改用“进度跨越”",
            activities[link.to].name, activities[link.from].name
        ),
        None => "文件里的日期和这里一样；在那边重新计算以前，请先核对这几项".to_owned(),
    }
}
