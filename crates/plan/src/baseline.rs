//! 倒排计划 and 基准: the latest dates that still meet a target, and frozen plans to compare with.
//! What differs between two of them is told by `comparison`.

use std::collections::BTreeMap;

use ground::{Finding, Minute, Timeline};

use crate::network::{Driver, LinkKind, Network, Options, Progress, Schedule, schedule};

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

/// 基准计划. A plan frozen by activity code, so that a changed plan can still be compared.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Baseline {
    /// 名称: 第一版, 2023年二季度调整.
    pub name: String,
    /// 理由: why it was set.
    pub reason: String,
    /// Activities by code.
    pub rows: BTreeMap<String, FrozenActivity>,
    /// Links; empty when only dates are known, and then links are not compared.
    pub links: BTreeMap<FrozenLink, Vec<FrozenLag>>,
}

/// One activity as it was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrozenActivity {
    /// 名称.
    pub name: String,
    /// 开始.
    pub start: Minute,
    /// 完成.
    pub finish: Minute,
    /// 工期 in working minutes; `None` where only dates are known (P6 and MS Project files).
    pub duration: Option<i64>,
}

/// From whom to whom, by code.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct FrozenLink {
    /// 前置工作.
    pub from: String,
    /// 后续工作.
    pub to: String,
}

/// How one link between the two was; a pair may have several (SS and FF make a ladder).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct FrozenLag {
    /// Which ends.
    pub kind: LinkKind,
    /// 间隔, minutes of its calendar.
    pub lag: i64,
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
    /// Freezes the early dates: the plan as it may go, or as it stands now.
    pub fn of_early(name: impl Into<String>, network: &Network, answer: &Schedule) -> Self {
        Self::of(name, network, &answer.early_start, &answer.early_finish)
    }

    /// Freezes the late dates: the plan as it must go (倒排).
    pub fn of_late(name: impl Into<String>, network: &Network, plan: &BackwardPlan) -> Self {
        Self::of(name, network, &plan.start, &plan.finish)
    }

    /// Freezes the dates given, one pair for each activity.
    pub fn of(
        name: impl Into<String>,
        network: &Network,
        start: &[Minute],
        finish: &[Minute],
    ) -> Self {
        let dates = start.iter().copied().zip(finish.iter().copied());
        let rows = network
            .activities
            .iter()
            .zip(dates)
            .map(|(activity, (start, finish))| {
                let row = FrozenActivity {
                    name: activity.name.clone(),
                    start,
                    finish,
                    duration: Some(activity.duration),
                };
                (activity.code.clone(), row)
            });
        let code = |i: usize| network.activities[i].code.clone();
        let mut links: BTreeMap<FrozenLink, Vec<FrozenLag>> = BTreeMap::new();
        for link in &network.links {
            let ends = FrozenLink {
                from: code(link.from),
                to: code(link.to),
            };
            let lags = links.entry(ends).or_default();
            lags.push(FrozenLag {
                kind: link.kind,
                lag: link.lag,
            });
            lags.sort_unstable();
        }
        Baseline {
            name: name.into(),
            reason: String::new(),
            rows: rows.collect(),
            links,
        }
    }

    /// Latest finish; `None` of an empty plan.
    pub fn finish(&self) -> Option<Minute> {
        self.rows.values().map(|row| row.finish).max()
    }

    /// 完工对目标的时差: working minutes of `timeline` from the latest finish to `target`; negative
    /// = too late by so much.
    pub fn target_float(&self, target: Minute, timeline: &Timeline) -> Option<i64> {
        Some(timeline.between(self.finish()?, target))
    }

    /// Moves of every activity that the baseline knows, in network order. Activities added since
    /// are left out.
    pub fn compare(&self, network: &Network, answer: &Schedule) -> Vec<Variance> {
        let known = network.activities.iter().enumerate();
        known
            .filter_map(|(i, activity)| {
                let row = self.rows.get(&activity.code)?;
                let timeline = &network.calendars[activity.calendar];
                Some(Variance {
                    activity: i,
                    start_slip: timeline.between(row.start, answer.early_start[i]),
                    finish_slip: timeline.between(row.finish, answer.early_finish[i]),
                })
            })
            .collect()
    }
}

/// 基准库: eleven numbered baselines (基准, 基准1 … 基准10, as in P6 and MS Project) and any number
/// of named ones.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BaselineSet {
    /// 0 is "the" baseline.
    pub numbered: [Option<Baseline>; 11],
    /// By name.
    pub named: BTreeMap<String, Baseline>,
}

impl BaselineSet {
    /// Finds by label: `基准`, `基准0`, `基准7`, or a name. A name goes before a number.
    pub fn get(&self, label: &str) -> Option<&Baseline> {
        if let Some(named) = self.named.get(label) {
            return Some(named);
        }
        let number = label.strip_prefix("基准")?;
        let number: usize = if number.is_empty() {
            0
        } else {
            number.parse().ok()?
        };
        self.numbered.get(number)?.as_ref()
    }

    /// All baselines with their labels, numbered ones first.
    pub fn all(&self) -> Vec<(String, &Baseline)> {
        let label = |number: usize| match number {
            0 => "基准".to_owned(),
            _ => format!("基准{number}"),
        };
        let numbered = self.numbered.iter().enumerate();
        let numbered = numbered.filter_map(|(i, plan)| plan.as_ref().map(|plan| (label(i), plan)));
        let named = self.named.iter().map(|(name, plan)| (name.clone(), plan));
        numbered.chain(named).collect()
    }
}
