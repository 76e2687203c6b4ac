//! 周承诺 (Last Planner): what was promised for a week and kept, why not, and what stands in the way
//! of the weeks ahead.
//!
//! The figures diagnose a plan. Nothing here groups by person or unit, and nothing ranks: a score
//! of promises kept only teaches people to promise less.

use std::collections::{BTreeMap, BTreeSet};

use ground::{Date, Period, PeriodKind, Ratio, date_of_finish, date_of_start, minute_of};
use serde::{Deserialize, Serialize};

use crate::network::{ActivityKind, Network, Progress, Schedule};

/// 未兑现原因.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissReason {
    /// 征地拆迁.
    Land,
    /// 审批手续.
    Approval,
    /// 资金.
    Money,
    /// 水电气接入.
    Utilities,
    /// 图纸设计.
    Design,
    /// 材料设备.
    Material,
    /// 劳力机械.
    Labour,
    /// 前置工作未完.
    Predecessor,
    /// 天气和环保管控.
    Weather,
    /// 安全质量整改.
    Safety,
    /// 工程变更.
    Change,
    /// 其他.
    Other,
}

impl MissReason {
    /// All, in the order in which a form offers them.
    pub const ALL: [MissReason; 12] = [
        MissReason::Land,
        MissReason::Approval,
        MissReason::Money,
        MissReason::Utilities,
        MissReason::Design,
        MissReason::Material,
        MissReason::Labour,
        MissReason::Predecessor,
        MissReason::Weather,
        MissReason::Safety,
        MissReason::Change,
        MissReason::Other,
    ];

    /// The word records keep: land, approval …
    pub fn code(self) -> &'static str {
        match self {
            MissReason::Land => "land",
            MissReason::Approval => "approval",
            MissReason::Money => "money",
            MissReason::Utilities => "utilities",
            MissReason::Design => "design",
            MissReason::Material => "material",
            MissReason::Labour => "labour",
            MissReason::Predecessor => "predecessor",
            MissReason::Weather => "weather",
            MissReason::Safety => "safety",
            MissReason::Change => "change",
            MissReason::Other => "other",
        }
    }

    /// The reason of that word.
    ///
    /// ```
    /// use plan::MissReason;
    /// assert_eq!(MissReason::of("land"), Some(MissReason::Land));
    /// assert_eq!(MissReason::of("landing"), None);
    /// ```
    pub fn of(code: &str) -> Option<MissReason> {
        MissReason::ALL.into_iter().find(|one| one.code() == code)
    }

    /// 征地拆迁, 审批手续 …
    pub fn label(self) -> &'static str {
        match self {
            MissReason::Land => "征地拆迁",
            MissReason::Approval => "审批手续",
            MissReason::Money => "资金",
            MissReason::Utilities => "水电气接入",
            MissReason::Design => "图纸设计",
            MissReason::Material => "材料设备",
            MissReason::Labour => "劳力机械",
            MissReason::Predecessor => "前置工作未完",
            MissReason::Weather => "天气和环保管控",
            MissReason::Safety => "安全质量整改",
            MissReason::Change => "工程变更",
            MissReason::Other => "其他",
        }
    }
}

/// What became of a promise. There is no partial credit: 90 % done is missed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// 未到期, not judged yet.
    Open,
    /// 兑现.
    Kept,
    /// 未兑现, with its reason once one is given.
    Missed(Option<MissReason>),
}

/// 周承诺. One activity promised for one week.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Commitment {
    /// 工作编号.
    pub activity: String,
    /// The week for which it was promised.
    pub week: Period,
    /// What became of it.
    pub outcome: Outcome,
}

/// 一周的兑现率.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WeekKept {
    /// The week.
    pub week: Period,
    /// 承诺项数 that have been judged.
    pub made: usize,
    /// 兑现项数.
    pub kept: usize,
    /// 还没有评定的.
    pub open: usize,
    /// PPC = kept ÷ made; undefined in a week without judged promises.
    pub percent: Ratio,
}

/// PPC of every week that has promises, in order of time.
pub fn weeks_kept(commitments: &[Commitment]) -> Vec<WeekKept> {
    let mut weeks: BTreeMap<Date, (Period, [usize; 3])> = BTreeMap::new();
    for commitment in commitments {
        let entry = weeks
            .entry(commitment.week.first())
            .or_insert((commitment.week, [0; 3]));
        let place = match commitment.outcome {
            Outcome::Kept => 0,
            Outcome::Missed(_) => 1,
            Outcome::Open => 2,
        };
        entry.1[place] += 1;
    }
    let week = |(week, [kept, missed, open]): (Period, [usize; 3])| WeekKept {
        week,
        made: kept + missed,
        kept,
        open,
        percent: Ratio::new(kept as i128, (kept + missed) as i128),
    };
    weeks.into_values().map(week).collect()
}

/// One bar of the Pareto picture of reasons.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReasonShare {
    /// The reason; `None` = 未填原因.
    pub reason: Option<MissReason>,
    /// Misses for it.
    pub count: usize,
    /// Share of all misses.
    pub share: Ratio,
    /// Share of this and all larger reasons together.
    pub cumulative: Ratio,
}

/// 原因排列 (Pareto) of all misses, most frequent first, ties in the order of the form.
pub fn miss_reasons(commitments: &[Commitment]) -> Vec<ReasonShare> {
    let mut counts: BTreeMap<Option<MissReason>, usize> = BTreeMap::new();
    for commitment in commitments {
        if let Outcome::Missed(reason) = commitment.outcome {
            *counts.entry(reason).or_insert(0) += 1;
        }
    }
    let total: usize = counts.values().sum();
    let mut bars: Vec<_> = counts.into_iter().collect();
    bars.sort_by_key(|&(reason, count)| (std::cmp::Reverse(count), reason.is_none(), reason));
    let mut sum = 0;
    let bar = |(reason, count): (Option<MissReason>, usize)| {
        sum += count;
        ReasonShare {
            reason,
            count,
            share: Ratio::new(count as i128, total as i128),
            cumulative: Ratio::new(sum as i128, total as i128),
        }
    };
    bars.into_iter().map(bar).collect()
}

/// 可承诺: what the plan lets one activity be promised for in a week.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Promisable {
    /// Index into `Network::activities`.
    pub activity: usize,
    /// First day of its work in the week.
    pub first: Date,
    /// Last day of its work in the week.
    pub last: Date,
    /// 到周末做到, hundredths of a percent, cut to whole percents: a promise rounded up is one nobody made.
    pub percent: i64,
    /// 不能再晚: by its latest start, work must be under way in this week or before.
    pub urgent: bool,
}

/// What should run in `week` by the plan as it goes now: unfinished work whose remaining time meets the week, in the
/// order in which it starts. `done` is what is reported of each activity, hundredths of a percent.
pub fn promisable(
    network: &Network,
    answer: &Schedule,
    done: &[i64],
    week: Period,
) -> Vec<Promisable> {
    let (from, to) = (minute_of(week.first(), 0, 0), minute_of(week.last(), 24, 0));
    let mut found = Vec::new();
    for (i, activity) in network.activities.iter().enumerate() {
        let (start, finish) = (answer.remaining_start[i], answer.early_finish[i]);
        let spans = matches!(
            activity.kind,
            ActivityKind::LevelOfEffort | ActivityKind::Summary
        );
        let finished = matches!(activity.progress, Progress::Finished { .. });
        if spans || finished || start >= to || finish < from {
            continue;
        }
        let calendar = &network.calendars[activity.calendar];
        let all = calendar.between(start, finish);
        let worked = calendar.between(start, finish.min(to));
        // Work that only touches the week with its night is not work of the week.
        if all > 0 && calendar.between(start.max(from), finish.min(to)) == 0 {
            continue;
        }
        let had = done.get(i).copied().unwrap_or(0).clamp(0, 10_000);
        let percent = match finish <= to || all <= 0 {
            true => 10_000,
            false => {
                let more = i128::from(10_000 - had) * i128::from(worked) / i128::from(all);
                let percent = had + i64::try_from(more).unwrap_or(0);
                (percent - percent % 100).max(had)
            }
        };
        found.push(Promisable {
            activity: i,
            first: date_of_start(start.max(from)).max(week.first()),
            last: date_of_finish(finish.min(to)).clamp(week.first(), week.last()),
            percent,
            urgent: date_of_start(answer.late_start[i]) <= week.last(),
        });
    }
    found.sort_by_key(|one| (answer.remaining_start[one.activity], one.activity));
    found
}

/// 前瞻计划 as it was drawn up once: which activities it saw in which week.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LookaheadRecord {
    /// The week in which it was drawn up.
    pub made_in: Period,
    /// Activity code and the week in which it was to be worked on.
    pub seen: Vec<(String, Period)>,
}

/// How well the weeks ahead were foreseen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Foresight {
    /// The week that is judged.
    pub week: Period,
    /// How many weeks before it the lookahead was drawn up.
    pub weeks_before: i64,
    /// TA 预见率: of the promises of the week, those that the lookahead had seen in it.
    pub anticipated: Ratio,
    /// TMR 就绪率: of what the lookahead had seen in the week, what was free of obstacles in time to be
    /// promised for it. Whether it was then done is PPC's question.
    pub made_ready: Ratio,
}

/// TA and TMR of `week` by a lookahead drawn up earlier.
pub fn foresight(record: &LookaheadRecord, commitments: &[Commitment], week: Period) -> Foresight {
    let seen: BTreeSet<&str> = record
        .seen
        .iter()
        .filter(|(_, planned)| *planned == week)
        .map(|(code, _)| code.as_str())
        .collect();
    let promised: BTreeSet<&str> = commitments
        .iter()
        .filter(|commitment| commitment.week == week)
        .map(|commitment| commitment.activity.as_str())
        .collect();
    let foreseen = promised.intersection(&seen).count() as i128;
    let day = ground::timeline::day_number;
    Foresight {
        week,
        weeks_before: (day(week.first()) - day(record.made_in.first())).div_euclid(7),
        anticipated: Ratio::new(foreseen, promised.len() as i128),
        made_ready: Ratio::new(foreseen, seen.len() as i128),
    }
}

/// 制约条件: what must be out of the way before an activity can start.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Obstacle {
    /// 工作编号.
    pub activity: String,
    /// What kind.
    pub reason: MissReason,
    /// In words: 电力迁改方案未批.
    pub text: String,
    /// 承诺解除.
    pub promised: Option<Date>,
    /// 已解除.
    pub cleared: Option<Date>,
}

/// One activity of a lookahead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LookaheadTask {
    /// Index into `Network::activities`.
    pub activity: usize,
    /// 最早开始 of what is left.
    pub start: Date,
    /// 最晚开始: after this day the target moves.
    pub latest: Date,
    /// Indexes of the obstacles not cleared, earliest promise first, those without one last.
    pub open: Vec<usize>,
    /// 就绪: no open obstacle.
    pub ready: bool,
    /// 告急: an obstacle is promised later than the latest start, or has no promise and the latest start lies in the same week or before.
    pub urgent: bool,
}

/// One week of a lookahead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LookaheadWeek {
    /// The week.
    pub week: Period,
    /// What starts, or goes on after a halt, in it.
    pub tasks: Vec<LookaheadTask>,
}

/// 六周前瞻: unfinished activities by the week of their earliest start, for `weeks` weeks from that
/// of `as_of`, with the obstacles still in their way. What should have started already stands in
/// the first week.
pub fn lookahead(
    network: &Network,
    answer: &Schedule,
    obstacles: &[Obstacle],
    as_of: Date,
    weeks: usize,
) -> Vec<LookaheadWeek> {
    let first = PeriodKind::Week.containing(as_of);
    let periods = std::iter::successors(Some(first), |week| Some(week.next())).take(weeks);
    let mut plan: Vec<LookaheadWeek> = periods
        .map(|week| LookaheadWeek {
            week,
            tasks: Vec::new(),
        })
        .collect();
    for (i, activity) in network.activities.iter().enumerate() {
        let finished = matches!(activity.progress, Progress::Finished { .. });
        if finished || activity.kind != ActivityKind::Task {
            continue;
        }
        let start = date_of_start(answer.remaining_start[i]);
        let week = PeriodKind::Week.containing(start.max(as_of));
        if let Some(place) = plan.iter_mut().find(|place| place.week == week) {
            let latest = date_of_start(answer.late_start[i]);
            place
                .tasks
                .push(task(i, &activity.code, start, latest, obstacles));
        }
    }
    for week in &mut plan {
        week.tasks.sort_by_key(|task| (task.start, task.activity));
    }
    plan
}

fn task(
    activity: usize,
    code: &str,
    start: Date,
    latest: Date,
    obstacles: &[Obstacle],
) -> LookaheadTask {
    let mut open: Vec<usize> = (0..obstacles.len())
        .filter(|&i| obstacles[i].activity == code && obstacles[i].cleared.is_none())
        .collect();
    open.sort_by_key(|&i| (obstacles[i].promised.is_none(), obstacles[i].promised, i));
    let this_week = PeriodKind::Week.containing(start);
    let late = |&i: &usize| match obstacles[i].promised {
        Some(promised) => promised > latest,
        None => latest <= this_week.last(),
    };
    LookaheadTask {
        activity,
        start,
        latest,
        ready: open.is_empty(),
        urgent: open.iter().any(late),
        open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Activity, Link, Options, schedule};
    use ground::{HolidayTable, WorkCalendar, minute_of};

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn week(number: i8) -> Period {
        Period::Week {
            year: 2023,
            week: number,
        }
    }

    fn promise(activity: &str, number: i8, outcome: Outcome) -> Commitment {
        Commitment {
            activity: activity.to_owned(),
            week: week(number),
            outcome,
        }
    }

    fn promises() -> Vec<Commitment> {
        let missed = |reason| Outcome::Missed(Some(reason));
        vec![
            promise("1", 10, Outcome::Kept),
            promise("2", 10, missed(MissReason::Money)),
            promise("3", 10, Outcome::Kept),
            promise("2", 11, missed(MissReason::Money)),
            promise("4", 11, missed(MissReason::Land)),
            promise("5", 11, Outcome::Missed(None)),
            promise("6", 12, Outcome::Open),
        ]
    }

    #[test]
    fn promises_are_kept_or_not_and_open_ones_do_not_count() {
        let weeks = weeks_kept(&promises());
        let shape: Vec<_> = weeks.iter().map(|w| (w.made, w.kept, w.open)).collect();
        assert_eq!(shape, [(3, 2, 0), (3, 0, 0), (0, 0, 1)]);
        assert_eq!(weeks[0].percent.percent_text(), "66.7%");
        assert!(!weeks[2].percent.is_defined());
    }

    #[test]
    fn the_commonest_reason_comes_first_and_the_missing_one_last_of_its_size() {
        let bars = miss_reasons(&promises());
        let shape: Vec<_> = bars.iter().map(|bar| (bar.reason, bar.count)).collect();
        assert_eq!(
            shape,
            [
                (Some(MissReason::Money), 2),
                (Some(MissReason::Land), 1),
                (None, 1)
            ]
        );
        assert_eq!(bars[1].cumulative.percent_text(), "75.0%");
        assert_eq!(bars[2].cumulative.percent_text(), "100%");
    }

    #[test]
    fn foresight_compares_promises_with_what_was_seen() {
        let record = LookaheadRecord {
            made_in: week(7),
            seen: [("1", 10), ("2", 10), ("9", 10), ("8", 10), ("3", 11)]
                .map(|(code, number)| (code.to_owned(), week(number)))
                .to_vec(),
        };
        let answer = foresight(&record, &promises(), week(10));
        assert_eq!(answer.weeks_before, 3);
        // 1 and 2 of the promises 1, 2, 3 were seen; of the four seen two were ready.
        assert_eq!(answer.anticipated, Ratio::new(2, 3));
        assert_eq!(answer.made_ready, Ratio::new(2, 4));
    }

    #[test]
    fn an_obstacle_promised_after_the_latest_start_is_urgent() {
        let calendar = WorkCalendar::official(HolidayTable::shipped());
        let task = |code: &str, days: i64| Activity::task(code, "", 0, days * 480);
        let network = Network {
            calendars: vec![calendar.timeline()],
            activities: vec![
                task("1", 5),
                task("2", 3),
                task("3", 1),
                task("4", 60),
                task("5", 1),
            ],
            links: vec![
                Link::finish_start(0, 1),
                Link::finish_start(3, 4),
                Link::finish_start(1, 2),
            ],
        };
        let options = Options::from_start(minute_of(day("2023-03-06"), 0, 0));
        let options = Options {
            target: Some(minute_of(day("2023-03-17"), 17, 0)),
            ..options
        };
        let answer = schedule(&network, &options).expect("no loop");
        let obstacle = |activity: &str, promised: Option<&str>| Obstacle {
            activity: activity.to_owned(),
            reason: MissReason::Utilities,
            text: "电力迁改".to_owned(),
            promised: promised.map(day),
            cleared: None,
        };
        let mut log = vec![
            obstacle("2", None),
            obstacle("2", Some("2023-03-15")),
            obstacle("3", Some("2023-03-16")),
        ];
        log.push(Obstacle {
            cleared: Some(day("2023-03-01")),
            ..obstacle("1", None)
        });
        let plan = lookahead(&network, &answer, &log, day("2023-03-06"), 2);
        let codes = |week: usize| -> Vec<(usize, bool, bool)> {
            plan[week]
                .tasks
                .iter()
                .map(|t| (t.activity, t.ready, t.urgent))
                .collect()
        };
        assert_eq!(codes(0), [(0, true, false), (3, true, false)]);
        // 2 may start on the 14th at the latest: the promise of the 15th is too late.
        assert_eq!(codes(1), [(1, false, true), (2, false, false)]);
        assert_eq!(plan[1].tasks[0].open, [1, 0]);
    }

    #[test]
    fn a_week_is_offered_what_runs_in_it_with_the_percent_to_reach() {
        let calendar = WorkCalendar::official(HolidayTable::shipped());
        let task = |code: &str, days: i64| Activity::task(code, "", 0, days * 480);
        let network = Network {
            calendars: vec![calendar.timeline()],
            activities: vec![task("1", 3), task("2", 8), task("3", 40), task("4", 1)],
            links: vec![Link::finish_start(0, 1), Link::finish_start(1, 3)],
        };
        let options = Options::from_start(minute_of(day("2023-03-06"), 0, 0));
        let answer = schedule(&network, &options).expect("no loop");
        let of = |number: i8| -> Vec<(usize, String, String, i64)> {
            let all = promisable(&network, &answer, &[0, 0, 2_000, 0], week(number));
            let one = |p: &Promisable| {
                let days = (p.first.to_string(), p.last.to_string());
                (p.activity, days.0, days.1, p.percent)
            };
            all.iter().map(one).collect()
        };
        let row = |i: usize, first: &str, last: &str, percent| {
            (i, first.to_owned(), last.to_owned(), percent)
        };
        // 2 takes eight days from Thursday the 9th: two of them in week 10, five in week 11, the last on Monday.
        // 3 has 80 % left for forty days: ten points a week.
        assert_eq!(
            of(10),
            [
                row(0, "2023-03-06", "2023-03-08", 10_000),
                row(2, "2023-03-06", "2023-03-12", 3_000),
                row(1, "2023-03-09", "2023-03-12", 2_500),
            ]
        );
        assert_eq!(
            of(11),
            [
                row(2, "2023-03-13", "2023-03-19", 4_000),
                row(1, "2023-03-13", "2023-03-19", 8_700),
            ]
        );
        assert_eq!(of(12)[1], row(1, "2023-03-20", "2023-03-20", 10_000));
        assert_eq!(of(12)[2], row(3, "2023-03-21", "2023-03-21", 10_000));
        assert_eq!(of(9), []);
    }
}
