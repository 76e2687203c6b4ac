//! 计划体检: the fourteen checks of a schedule that the US Defense Contract Management Agency made
//! common (DCMA-14), each with its limit, its count and the activities to look at.
//!
//! The checks speak of how a plan is built and kept (missing links, hidden deadlines, work that
//! should be over), so that a plan which only looks good shows. They judge plans, not people.

use ground::{Minute, Ratio, date_of_finish};
use serde::{Deserialize, Serialize};

use crate::health_words::{POINTS, Words};
use crate::network::{
    Activity, ActivityKind, Constraint, ConstraintKind, LinkKind, Network, Options, Progress,
    Schedule, schedule,
};

/// Limits of the checks; the defaults are those of the published assessment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HealthRule {
    /// 前后关系缺失, percent of unfinished activities. 5.
    pub open_ends_percent_max: i64,
    /// 提前量, percent of links. 0.
    pub leads_percent_max: i64,
    /// 间隔, percent of links. 5.
    pub lags_percent_max: i64,
    /// 完成—开始关系, percent of links at least. 90.
    pub finish_start_percent_min: i64,
    /// 硬限制, percent of unfinished activities. 5.
    pub hard_constraints_percent_max: i64,
    /// 时差过大: working days above which a float counts as high. 44, two months.
    pub high_float_days: i64,
    /// Percent of unfinished activities with high float. 5.
    pub high_float_percent_max: i64,
    /// 负时差, percent of unfinished activities. 0.
    pub negative_float_percent_max: i64,
    /// 工期过长: working days above which a duration counts as long. 44.
    pub long_duration_days: i64,
    /// Percent of unfinished activities of long duration. 5.
    pub long_duration_percent_max: i64,
    /// 日期失真, percent of all activities. 0.
    pub invalid_dates_percent_max: i64,
    /// 没有资源, percent of unfinished activities of a day or more. 0.
    pub without_resource_percent_max: i64,
    /// 逾期, percent of the activities due by the data date. 5.
    pub missed_percent_max: i64,
    /// 关键线路测试: working days put on an activity of the longest path. 600.
    pub probe_days: i64,
    /// 关键线路长度指数, hundredths at least. 95.
    pub path_length_index_min: i64,
    /// 基准执行指数, hundredths at least. 95.
    pub execution_index_min: i64,
}

impl Default for HealthRule {
    fn default() -> Self {
        HealthRule {
            open_ends_percent_max: 5,
            leads_percent_max: 0,
            lags_percent_max: 5,
            finish_start_percent_min: 90,
            hard_constraints_percent_max: 5,
            high_float_days: 44,
            high_float_percent_max: 5,
            negative_float_percent_max: 0,
            long_duration_days: 44,
            long_duration_percent_max: 5,
            invalid_dates_percent_max: 0,
            without_resource_percent_max: 0,
            missed_percent_max: 5,
            probe_days: 600,
            path_length_index_min: 95,
            execution_index_min: 95,
        }
    }
}

/// What is examined.
#[derive(Clone, Copy)]
pub struct Patient<'a> {
    /// The plan.
    pub network: &'a Network,
    /// How it was calculated; data date and target are read here.
    pub options: &'a Options,
    /// Its dates.
    pub answer: &'a Schedule,
    /// 基准 start and finish by activity; empty when there is none.
    pub baseline: &'a [Option<(Minute, Minute)>],
    /// Whether each activity has a resource or a cost; empty when the plan knows no resources.
    pub resourced: &'a [bool],
}

/// 结论 of one check.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// 合格.
    Pass,
    /// 不合格.
    Fail,
    /// 不适用: the plan has not what the check needs.
    NotApplicable,
}

impl Verdict {
    /// `pass`, `fail`, `not_applicable`.
    pub fn code(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::NotApplicable => "not_applicable",
        }
    }

    /// 合格, 不合格, 不适用.
    pub fn label(self) -> &'static str {
        match self {
            Verdict::Pass => "合格",
            Verdict::Fail => "不合格",
            Verdict::NotApplicable => "不适用",
        }
    }
}

/// 一项检查.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HealthPoint {
    /// 1..=14 in the published order.
    pub number: u8,
    /// Stable id: `logic`, `leads` …
    pub id: &'static str,
    /// 名称.
    pub label: &'static str,
    /// What was measured: found ÷ looked at, or an index.
    pub value: Ratio,
    /// The value in words: `3.2%（2/62）`, `0.93`, `—`.
    pub value_text: String,
    /// The limit in words: `≤5%`, `≥0.95`.
    pub limit_text: String,
    /// Whether it holds.
    pub verdict: Verdict,
    /// Activities to look at, in network order; for links the waiting activity.
    pub activities: Vec<usize>,
    /// Links to look at, indexes into `Network::links`.
    pub links: Vec<usize>,
    /// Why the check matters.
    pub meaning: &'static str,
    /// What to do, with the first names; why not, when it does not apply.
    pub remedy: String,
}

/// 计划体检表.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Health {
    /// The fourteen checks in order.
    pub points: Vec<HealthPoint>,
}

impl Health {
    /// Checks with this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.points
            .iter()
            .filter(|point| point.verdict == verdict)
            .count()
    }

    /// `14 项中 11 项合格、2 项不合格、1 项不适用`.
    pub fn words(&self) -> String {
        let part = |verdict: Verdict| match self.count(verdict) {
            0 => String::new(),
            count => format!("、{count} 项{}", verdict.label()),
        };
        format!(
            "{} 项中 {} 项合格{}{}",
            self.points.len(),
            self.count(Verdict::Pass),
            part(Verdict::Fail),
            part(Verdict::NotApplicable)
        )
    }
}

/// 体检. All fourteen checks by `rule`. The plan is calculated once more for the critical path test.
///
/// Hammocks and summaries are not looked at; milestones are where links and floats are judged.
pub fn health(patient: Patient, rule: &HealthRule) -> Health {
    let exam = Exam { patient, rule };
    let points = vec![
        exam.logic(),
        exam.lagged(1, |lag| lag < 0, rule.leads_percent_max),
        exam.lagged(2, |lag| lag > 0, rule.lags_percent_max),
        exam.finish_start(),
        exam.hard_constraints(),
        exam.high_float(),
        exam.negative_float(),
        exam.long_duration(),
        exam.invalid_dates(),
        exam.resources(),
        exam.missed(),
        exam.critical_path(),
        exam.path_length(),
        exam.execution(),
    ];
    Health { points }
}

/// What one check found.
struct Found {
    value: Ratio,
    activities: Vec<usize>,
    links: Vec<usize>,
}

struct Exam<'a> {
    patient: Patient<'a>,
    rule: &'a HealthRule,
}

fn is_finished(activity: &Activity) -> bool {
    matches!(activity.progress, Progress::Finished { .. })
}

fn is_milestone(activity: &Activity) -> bool {
    matches!(
        activity.kind,
        ActivityKind::StartMilestone | ActivityKind::FinishMilestone
    )
}

/// Constraints that hold work back from both sides or cut through links, and those that hide a
/// deadline in the network. "No earlier" is soft.
fn is_hard(constraint: &Constraint) -> bool {
    !matches!(
        constraint.kind,
        ConstraintKind::StartNoEarlier | ConstraintKind::FinishNoEarlier
    )
}

impl Exam<'_> {
    fn activity(&self, i: usize) -> &Activity {
        &self.patient.network.activities[i]
    }

    /// Unfinished tasks and milestones.
    fn open(&self) -> Vec<usize> {
        let all = 0..self.patient.network.activities.len();
        let open = |&i: &usize| {
            let activity = self.activity(i);
            let real = activity.kind == ActivityKind::Task || is_milestone(activity);
            real && !is_finished(activity)
        };
        all.filter(open).collect()
    }

    fn open_tasks(&self) -> Vec<usize> {
        let mut tasks = self.open();
        tasks.retain(|&i| !is_milestone(self.activity(i)));
        tasks
    }

    /// Working minutes as more than `days` days of the activity's calendar.
    fn beyond(&self, i: usize, minutes: i64, days: i64) -> bool {
        let timeline = &self.patient.network.calendars[self.activity(i).calendar];
        minutes > days.saturating_mul(timeline.minutes_per_day())
    }

    fn share(&self, all: usize, bad: Vec<usize>) -> Found {
        Found {
            value: Ratio::new(bad.len() as i128, all as i128),
            activities: bad,
            links: Vec::new(),
        }
    }

    /// A check "at most so many percent"; nothing to look at is nothing wrong.
    fn at_most(&self, point: usize, found: Found, percent: i64) -> HealthPoint {
        let limit = Ratio::new(i128::from(percent), 100);
        let above = found.value.compare(limit) == Some(std::cmp::Ordering::Greater);
        let verdict = if above { Verdict::Fail } else { Verdict::Pass };
        self.point(point, found, format!("≤{percent}%"), verdict)
    }

    fn point(&self, point: usize, found: Found, limit: String, verdict: Verdict) -> HealthPoint {
        let words = Words {
            network: self.patient.network,
            point: &POINTS[point],
        };
        HealthPoint {
            number: point as u8 + 1,
            id: POINTS[point].id,
            label: POINTS[point].label,
            value_text: words.value(found.value),
            limit_text: limit,
            verdict,
            meaning: POINTS[point].meaning,
            remedy: words.remedy(verdict, &found.activities),
            value: found.value,
            activities: found.activities,
            links: found.links,
        }
    }

    fn not_applicable(&self, point: usize, limit: String, why: &str) -> HealthPoint {
        let found = Found {
            value: Ratio::new(0, 0),
            activities: Vec::new(),
            links: Vec::new(),
        };
        let mut told = self.point(point, found, limit, Verdict::NotApplicable);
        told.remedy = why.to_owned();
        told
    }

    /// Check 1: A start that nothing binds or a finish that binds nothing. One start and one finish of
    /// the whole are excused: the earliest open start, the latest open finish.
    fn logic(&self) -> HealthPoint {
        let open = self.open();
        let count = self.patient.network.activities.len();
        let (mut bound, mut binds) = (vec![false; count], vec![false; count]);
        for link in &self.patient.network.links {
            bound[link.to] |= matches!(link.kind, LinkKind::FS | LinkKind::SS)
                || self.activity(link.to).kind != ActivityKind::Task;
            binds[link.from] |= matches!(link.kind, LinkKind::FS | LinkKind::FF)
                || self.activity(link.from).kind != ActivityKind::Task;
        }
        let answer = self.patient.answer;
        // What has begun needs no predecessor any more.
        let not_begun = |i: usize| self.activity(i).progress == Progress::NotStarted;
        let heads = open.iter().copied().filter(|&i| !bound[i] && not_begun(i));
        let tails = open.iter().copied().filter(|&i| !binds[i]);
        let head = heads.clone().min_by_key(|&i| (answer.early_start[i], i));
        let tail = tails.clone().max_by_key(|&i| (answer.early_finish[i], i));
        let mut bad: Vec<usize> = heads
            .filter(|&i| Some(i) != head)
            .chain(tails.filter(|&i| Some(i) != tail))
            .collect();
        bad.sort_unstable();
        bad.dedup();
        self.at_most(
            0,
            self.share(open.len(), bad),
            self.rule.open_ends_percent_max,
        )
    }

    /// Links between two unfinished activities of which at least one is still to begin its part.
    fn live_links(&self) -> Vec<usize> {
        let links = self.patient.network.links.iter().enumerate();
        links
            .filter(|(_, link)| !is_finished(self.activity(link.to)))
            .map(|(index, _)| index)
            .collect()
    }

    fn found_links(&self, all: usize, links: Vec<usize>) -> Found {
        let network = self.patient.network;
        let mut activities: Vec<usize> =
            links.iter().map(|&index| network.links[index].to).collect();
        activities.sort_unstable();
        activities.dedup();
        Found {
            value: Ratio::new(links.len() as i128, all as i128),
            activities,
            links,
        }
    }

    /// Checks 2 and 3: leads and lags.
    fn lagged(&self, point: usize, wanted: impl Fn(i64) -> bool, percent: i64) -> HealthPoint {
        let all = self.live_links();
        let count = all.len();
        let links = self.patient.network.links.as_slice();
        let bad = all.into_iter().filter(|&index| wanted(links[index].lag));
        let bad = bad.collect();
        self.at_most(point, self.found_links(count, bad), percent)
    }

    /// Check 4: The share of FS links; the others are listed.
    fn finish_start(&self) -> HealthPoint {
        let all = self.live_links();
        let links = self.patient.network.links.as_slice();
        let other = all
            .iter()
            .copied()
            .filter(|&index| links[index].kind != LinkKind::FS);
        let mut found = self.found_links(all.len(), other.collect());
        let plain = all.len() - found.links.len();
        found.value = Ratio::new(plain as i128, all.len() as i128);
        let percent = self.rule.finish_start_percent_min;
        let limit = Ratio::new(i128::from(percent), 100);
        let below = found.value.compare(limit) == Some(std::cmp::Ordering::Less);
        let verdict = if below { Verdict::Fail } else { Verdict::Pass };
        self.point(3, found, format!("≥{percent}%"), verdict)
    }

    /// Check 5.
    fn hard_constraints(&self) -> HealthPoint {
        let open = self.open();
        let hard = |&i: &usize| self.activity(i).constraints.iter().any(is_hard);
        let bad = open.iter().copied().filter(hard).collect();
        let found = self.share(open.len(), bad);
        self.at_most(4, found, self.rule.hard_constraints_percent_max)
    }

    /// Check 6.
    fn high_float(&self) -> HealthPoint {
        let open = self.open();
        let float = &self.patient.answer.total_float;
        let high = |&i: &usize| self.beyond(i, float[i], self.rule.high_float_days);
        let bad = open.iter().copied().filter(high).collect();
        let found = self.share(open.len(), bad);
        self.at_most(5, found, self.rule.high_float_percent_max)
    }

    /// Check 7.
    fn negative_float(&self) -> HealthPoint {
        let open = self.open();
        let negative = |&i: &usize| self.patient.answer.total_float[i] < 0;
        let bad = open.iter().copied().filter(negative).collect();
        let found = self.share(open.len(), bad);
        self.at_most(6, found, self.rule.negative_float_percent_max)
    }

    /// Check 8.
    fn long_duration(&self) -> HealthPoint {
        let open = self.open_tasks();
        let days = self.rule.long_duration_days;
        let long = |&i: &usize| self.beyond(i, self.activity(i).duration, days);
        let bad = open.iter().copied().filter(long).collect();
        let found = self.share(open.len(), bad);
        self.at_most(7, found, self.rule.long_duration_percent_max)
    }

    /// Check 9: Work still to be done that lies before the data date, or an actual date after it.
    fn invalid_dates(&self) -> HealthPoint {
        let limit = self.rule.invalid_dates_percent_max;
        let Some(now) = self.patient.options.data_date else {
            let why = "计划没有数据日期，无法判断日期是否失真。";
            return self.not_applicable(8, format!("≤{limit}%"), why);
        };
        let answer = self.patient.answer;
        let bad = |&i: &usize| match self.activity(i).progress {
            Progress::NotStarted => answer.early_start[i] < now,
            Progress::Started { actual_start, .. } => {
                actual_start > now || answer.early_finish[i] < now
            }
            Progress::Finished {
                actual_start,
                actual_finish,
            } => actual_start > now || actual_finish > now,
        };
        let network = self.patient.network;
        let all: Vec<usize> = (0..network.activities.len())
            .filter(|&i| {
                self.activity(i).kind == ActivityKind::Task || is_milestone(self.activity(i))
            })
            .collect();
        let bad = all.iter().copied().filter(bad).collect();
        self.at_most(8, self.share(all.len(), bad), limit)
    }

    /// Check 10.
    fn resources(&self) -> HealthPoint {
        let limit = self.rule.without_resource_percent_max;
        let resourced = self.patient.resourced;
        if !resourced.iter().any(|&has| has) {
            let why = "计划里还没有配置资源或费用。";
            return self.not_applicable(9, format!("≤{limit}%"), why);
        }
        let whole_day = |&i: &usize| self.activity(i).duration > 0 && !self.beyond_less(i);
        let all: Vec<usize> = self.open_tasks().into_iter().filter(whole_day).collect();
        let has = |i: usize| resourced.get(i).copied().unwrap_or(false);
        let bad = all.iter().copied().filter(|&i| !has(i)).collect();
        self.at_most(9, self.share(all.len(), bad), limit)
    }

    /// Shorter than one day of its calendar.
    fn beyond_less(&self, i: usize) -> bool {
        let activity = self.activity(i);
        activity.duration < self.patient.network.calendars[activity.calendar].minutes_per_day()
    }

    /// Activities whose baseline finish lies at or before the data date; `None` without baseline
    /// or data date.
    fn due(&self) -> Option<Vec<usize>> {
        let now = self.patient.options.data_date?;
        let baseline = self.patient.baseline;
        baseline.iter().any(Option::is_some).then_some(())?;
        let planned = |i: usize| baseline.get(i).copied().flatten();
        let all = 0..self.patient.network.activities.len();
        let due = |&i: &usize| {
            self.activity(i).kind == ActivityKind::Task
                && planned(i).is_some_and(|(_, finish)| finish <= now)
        };
        Some(all.filter(due).collect())
    }

    /// Check 11: Of what the baseline has finished by now, the part not finished, or finished later.
    fn missed(&self) -> HealthPoint {
        let limit = self.rule.missed_percent_max;
        let Some(due) = self.due() else {
            let why = "没有基准计划或数据日期，无法对照。";
            return self.not_applicable(10, format!("≤{limit}%"), why);
        };
        let late = |&i: &usize| {
            let planned = self.patient.baseline.get(i).copied().flatten();
            match self.activity(i).progress {
                Progress::Finished { actual_finish, .. } => planned.is_some_and(|(_, finish)| {
                    date_of_finish(actual_finish) > date_of_finish(finish)
                }),
                _ => true,
            }
        };
        let bad = due.iter().copied().filter(late).collect();
        self.at_most(10, self.share(due.len(), bad), limit)
    }

    /// Check 12: a long delay put on the next activity of the longest path must move the last
    /// activity of that path too, and the path may not begin with a date nobody may move. Where
    /// later work keeps seasons of its own (汛期, 冬期: seven months of a year together), a wait
    /// that was in the plan already takes up a part of the delay, and a new one adds to it: half
    /// of the delay must come through, and more than all of it is no fault.
    fn critical_path(&self) -> HealthPoint {
        let Patient {
            network, answer, ..
        } = self.patient;
        let days = self.rule.probe_days;
        let limit = format!("完工顺延{days}天");
        let probe = self
            .open_tasks()
            .into_iter()
            .filter(|&i| answer.longest_path[i]);
        let Some(i) = probe.min_by_key(|&i| (answer.remaining_start[i], i)) else {
            return self.not_applicable(11, limit, "最长线路上没有未完成的工作。");
        };
        let timeline = &network.calendars[self.activity(i).calendar];
        let delay = days.saturating_mul(timeline.minutes_per_day());
        let moved = self.with_delay(i, delay);
        let ends = (0..network.activities.len()).filter(|&i| answer.longest_path[i]);
        let end = ends
            .max_by_key(|&i| (answer.early_finish[i], i))
            .unwrap_or(i);
        let before = answer.early_finish[end];
        let shift = moved.map_or(0, |moved| timeline.between(before, moved.early_finish[end]));
        let value = Ratio::new(i128::from(shift), i128::from(delay));
        let holds = !self.cuts(i) && shift >= delay / 2;
        let found = Found {
            value,
            activities: if holds { Vec::new() } else { vec![i] },
            links: Vec::new(),
        };
        let verdict = if holds { Verdict::Pass } else { Verdict::Fail };
        self.point(11, found, limit, verdict)
    }

    /// A path that begins with a date nobody may move is cut off from everything before it.
    fn cuts(&self, i: usize) -> bool {
        let activity = self.activity(i);
        let nailed = |constraint: &Constraint| {
            matches!(
                constraint.kind,
                ConstraintKind::MandatoryStart
                    | ConstraintKind::MandatoryFinish
                    | ConstraintKind::MustStart
                    | ConstraintKind::MustFinish
            )
        };
        activity.fixed.is_some() || activity.constraints.iter().any(nailed)
    }

    fn with_delay(&self, i: usize, delay: i64) -> Option<Schedule> {
        let mut network = self.patient.network.clone();
        let activity = &mut network.activities[i];
        activity.duration = activity.duration.saturating_add(delay);
        if let Progress::Started { remaining, .. } = &mut activity.progress {
            *remaining = remaining.saturating_add(delay);
        }
        schedule(&network, self.patient.options).ok()
    }

    /// Check 13: (length of the critical path + float to the target) ÷ length.
    fn path_length(&self) -> HealthPoint {
        let least = self.rule.path_length_index_min;
        let limit = format!("≥{}.{:02}", least / 100, least % 100);
        let answer = self.patient.answer;
        let open = self.open();
        let last = open
            .iter()
            .copied()
            .max_by_key(|&i| (answer.early_finish[i], i));
        let (Some(target), Some(last)) = (self.patient.options.target, last) else {
            let why = "计划没有目标日期，或已全部完成。";
            return self.not_applicable(12, limit, why);
        };
        let timeline = &self.patient.network.calendars[self.activity(last).calendar];
        let length = timeline.between(answer.frame, answer.finish);
        let float = timeline.between(answer.finish, target);
        let value = Ratio::new(i128::from(length + float), i128::from(length));
        if length <= 0 {
            return self.not_applicable(12, limit, "计划已没有剩余工期。");
        }
        self.index(12, value, limit, least, vec![last])
    }

    /// Check 14: Activities finished ÷ activities the baseline has finished by now.
    fn execution(&self) -> HealthPoint {
        let least = self.rule.execution_index_min;
        let limit = format!("≥{}.{:02}", least / 100, least % 100);
        let due = self.due().unwrap_or_default();
        if due.is_empty() {
            let why = "没有基准计划，或基准里还没有到期的工作。";
            return self.not_applicable(13, limit, why);
        }
        let all = self.patient.network.activities.iter();
        let done = all
            .filter(|a| a.kind == ActivityKind::Task && is_finished(a))
            .count();
        let late = due
            .iter()
            .copied()
            .filter(|&i| !is_finished(self.activity(i)));
        let value = Ratio::new(done as i128, due.len() as i128);
        self.index(13, value, limit, least, late.collect())
    }

    fn index(
        &self,
        point: usize,
        value: Ratio,
        limit: String,
        least: i64,
        activities: Vec<usize>,
    ) -> HealthPoint {
        let wanted = Ratio::new(i128::from(least), 100);
        let below = value.compare(wanted) == Some(std::cmp::Ordering::Less);
        let found = Found {
            value,
            activities: if below { activities } else { Vec::new() },
            links: Vec::new(),
        };
        let verdict = if below { Verdict::Fail } else { Verdict::Pass };
        self.point(point, found, limit, verdict)
    }
}
