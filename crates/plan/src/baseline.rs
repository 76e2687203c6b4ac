//! 倒排计划 and 基准: the latest dates that still meet a target, and frozen dates to compare with.

use std::collections::BTreeMap;

use ground::{Finding, Minute};

use crate::network::{Driver, Network, Options, Progress, Schedule, schedule};

/// 倒排计划. The latest dates at which every activity still meets the target.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BackwardPlan {
    /// 最晚开始 of each activity (of its remaining work once it has started).
    pub start: Vec<Minute>,
    /// 最晚完成 of each activity.
    pub finish: Vec<Minute>,
    /// What sets each late date.
    pub driver: Vec<Driver>,
    /// 最迟开工: the first late start of unfinished work; `target` when nothing is left to do.
    pub start_by: Minute,
}

/// Plans backwards from `target`; the possible dates are not asked.
///
/// # Errors
/// As [`schedule`].
pub fn backward_plan(network: &Network, target: Minute) -> Result<BackwardPlan, Vec<Finding>> {
    let options = Options {
        target: Some(target),
        ..Options::from_start(0)
    };
    let answer = schedule(network, &options)?;
    let open = network.activities.iter().zip(&answer.late_start);
    let start_by = open
        .filter(|(activity, _)| !matches!(activity.progress, Progress::Finished { .. }))
        .map(|(_, &start)| start)
        .min();
    Ok(BackwardPlan {
        start_by: start_by.unwrap_or(target),
        start: answer.late_start,
        finish: answer.late_finish,
        driver: answer.late_driver,
    })
}

/// 基准计划. Frozen dates by activity code, so that a changed plan can still be compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Baseline {
    /// 名称: 第一版, 2023年二季度调整.
    pub name: String,
    /// Code -> (start, finish).
    pub dates: BTreeMap<String, (Minute, Minute)>,
}

/// How far an activity has moved from its baseline.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Variance {
    /// Index into `Network::activities`.
    pub activity: usize,
    /// Working minutes of the own calendar by which the start is later; negative = earlier.
    pub start_slip: i64,
    /// The same for the finish.
    pub finish_slip: i64,
}

impl Baseline {
    /// Freezes the early dates: the plan as it may go.
    pub fn of_early(name: impl Into<String>, network: &Network, answer: &Schedule) -> Self {
        Self::of(name, network, &answer.early_start, &answer.early_finish)
    }

    /// Freezes the late dates: the plan as it must go (倒排).
    pub fn of_late(name: impl Into<String>, network: &Network, plan: &BackwardPlan) -> Self {
        Self::of(name, network, &plan.start, &plan.finish)
    }

    fn of(name: impl Into<String>, network: &Network, start: &[Minute], finish: &[Minute]) -> Self {
        let dates = start.iter().copied().zip(finish.iter().copied());
        let codes = network
            .activities
            .iter()
            .map(|activity| activity.code.clone());
        Baseline {
            name: name.into(),
            dates: codes.zip(dates).collect(),
        }
    }

    /// Moves of every activity that the baseline knows, in network order. Activities added since
    /// are left out.
    pub fn compare(&self, network: &Network, answer: &Schedule) -> Vec<Variance> {
        let known = network.activities.iter().enumerate();
        known
            .filter_map(|(i, activity)| {
                let &(start, finish) = self.dates.get(&activity.code)?;
                let timeline = &network.calendars[activity.calendar];
                Some(Variance {
                    activity: i,
                    start_slip: timeline.between(start, answer.early_start[i]),
                    finish_slip: timeline.between(finish, answer.early_finish[i]),
                })
            })
            .collect()
    }
}
