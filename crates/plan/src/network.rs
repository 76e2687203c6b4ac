//! 计划网络: what is to be scheduled (activities, links, calendars), the options, and the answer.
//!
//! Times are `ground::Minute`; durations, lags and floats are working minutes of the calendar named with each.
//! Codes, predecessor texts and dates in days are the business of `notation` and of the callers.

use ground::{Finding, Minute, Timeline};

use crate::backward::Late;
use crate::crew::Crew;
use crate::forward::Early;
use crate::graph::{Graph, Packed, Role};

/// 计划网络. Activities and links point to each other by index.
#[derive(Clone)]
pub struct Network {
    /// Compiled calendars; `Activity::calendar` is an index into this list.
    pub calendars: Vec<Timeline>,
    /// 工作项.
    pub activities: Vec<Activity>,
    /// 搭接关系.
    pub links: Vec<Link>,
}

/// Calendars by their number only: a century of days helps nobody in a message.
impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Network")
            .field("calendars", &self.calendars.len())
            .field("activities", &self.activities)
            .field("links", &self.links)
            .finish()
    }
}

/// 工作项. One task, milestone, hammock or summary.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Activity {
    /// 编号, as people write it in predecessor columns.
    pub code: String,
    /// 名称.
    pub name: String,
    /// Index into `Network::calendars`.
    pub calendar: usize,
    /// Task, milestone, hammock or summary.
    pub kind: ActivityKind,
    /// 工期, working minutes of the own calendar; milestones count as 0 whatever stands here, the span of a hammock or
    /// of a summary comes from others.
    pub duration: i64,
    /// 进展.
    pub progress: Progress,
    /// 限制条件; usually none, at most a first and a second one (P6 `cstr_type`, `cstr_type2`).
    pub constraints: Vec<Constraint>,
    /// 目标时限. Bounds the late finish only and never moves an early date (MS Project "deadline").
    pub deadline: Option<Minute>,
    /// 排法: as soon as possible, or late inside one of its floats.
    pub timing: Timing,
    /// 所属汇总工作: index of the summary this activity belongs to.
    pub parent: Option<usize>,
    /// Number of the own project in a network of several; 0 when there is one.
    pub project: u32,
    /// 手动排程: start and finish as somebody put them. The activity stands there whatever its links ask, and still
    /// drives its successors (MS Project "manually scheduled").
    pub fixed: Option<(Minute, Minute)>,
    /// 预计完成. The remaining work stretches or shrinks to end here (P6 "expected finish").
    pub expected_finish: Option<Minute>,
    /// 调配推迟. Minutes of the clock by which resource levelling puts the start off (Microsoft Project "levelling
    /// delay"); counted from where links, constraints and the project start would have it.
    pub delay: i64,
    /// 中断. Working minutes inside the activity in which nobody works on it, beside `duration` (Microsoft Project "split
    /// task"); they move with it.
    pub pause: i64,
    /// 时差日历. Total float is counted on this calendar of the network instead of `calendar`: Microsoft Project counts
    /// slack on the task's own calendar even where the work follows the calendars of its resources.
    pub float_calendar: Option<usize>,
    /// 分头作业: what each resource does where they work at different times; usually none.
    pub crews: Vec<Crew>,
}

impl Activity {
    /// A task that has not started and has no constraint.
    pub fn task(
        code: impl Into<String>,
        name: impl Into<String>,
        calendar: usize,
        duration: i64,
    ) -> Self {
        Activity {
            code: code.into(),
            name: name.into(),
            calendar,
            kind: ActivityKind::Task,
            duration,
            progress: Progress::NotStarted,
            constraints: Vec::new(),
            deadline: None,
            timing: Timing::AsSoonAsPossible,
            parent: None,
            project: 0,
            fixed: None,
            expected_finish: None,
            delay: 0,
            pause: 0,
            float_calendar: None,
            crews: Vec::new(),
        }
    }

    /// A milestone that has not been reached and has no constraint.
    pub fn milestone(
        code: impl Into<String>,
        name: impl Into<String>,
        calendar: usize,
        kind: ActivityKind,
    ) -> Self {
        Activity {
            kind,
            ..Activity::task(code, name, calendar, 0)
        }
    }

    /// 剩余工期. Working minutes still to be done.
    pub fn remaining(&self) -> i64 {
        match (self.kind, self.progress) {
            (ActivityKind::Task, Progress::NotStarted) => self.duration,
            (ActivityKind::Task, Progress::Started { remaining, .. }) => remaining,
            _ => 0,
        }
    }
}

/// Task, milestone at the start or at the end of a work period, or a span that follows from others.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ActivityKind {
    /// 任务.
    #[default]
    Task,
    /// 开始节点. Sits where work begins: 08:00.
    StartMilestone,
    /// 完成节点. Sits where its predecessor ends: 17:00 on Friday stays 17:00 on Friday. What ends in
    /// a pause of the milestone's own calendar is reached when its next work period starts.
    FinishMilestone,
    /// 伴随工作 (hammock, P6 "level of effort"): spans its links, drives nobody and is never critical.
    LevelOfEffort,
    /// 汇总工作: its dates roll up from the activities that name it as `parent`; its links and constraints hold for them.
    Summary,
}

/// 排法. Where between its early and late dates an activity stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Timing {
    /// 尽早.
    #[default]
    AsSoonAsPossible,
    /// 尽晚而不推后续: as late as the free float allows; no successor moves (P6 "as late as possible").
    LateInFreeFloat,
    /// 倒排: on the late dates; successors planned as soon as possible follow (MS Project "as late as possible").
    LateInTotalFloat,
}

/// 进展 at the data date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// 未开始.
    NotStarted,
    /// 进行中; `remaining` is working minutes of the activity's calendar.
    Started {
        /// 实际开始.
        actual_start: Minute,
        /// 剩余工期.
        remaining: i64,
    },
    /// 已完成.
    Finished {
        /// 实际开始.
        actual_start: Minute,
        /// 实际完成.
        actual_finish: Minute,
    },
}

impl Progress {
    /// What dates of a file say: who tells a finish has finished, whatever the start; a start that is missing or lies
    /// behind the finish is the finish.
    ///
    /// ```
    /// use plan::Progress;
    /// let finished = |actual_start| Progress::Finished { actual_start, actual_finish: 960 };
    /// assert_eq!(Progress::of(Some(480), Some(960), 60), finished(480));
    /// assert_eq!(Progress::of(None, Some(960), 60), finished(960));
    /// assert_eq!(Progress::of(Some(1_440), Some(960), 60), finished(960));
    /// assert_eq!(Progress::of(None, None, 60), Progress::NotStarted);
    /// ```
    pub fn of(start: Option<Minute>, finish: Option<Minute>, remaining: i64) -> Self {
        match (start, finish) {
            (start, Some(actual_finish)) => Progress::Finished {
                actual_start: start.unwrap_or(actual_finish).min(actual_finish),
                actual_finish,
            },
            (Some(actual_start), None) => Progress::Started {
                actual_start,
                remaining,
            },
            (None, None) => Progress::NotStarted,
        }
    }
}

/// 限制条件.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Constraint {
    /// Which date is bounded, and from which side.
    pub kind: ConstraintKind,
    /// The bound.
    pub at: Minute,
}

/// The dated constraints. "On" bounds both passes but never breaks a link (P6 start on, finish on); "mandatory" and
/// "must" fix the dates whatever the links ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConstraintKind {
    /// 不早于…开始.
    StartNoEarlier,
    /// 不晚于…开始.
    StartNoLater,
    /// 不早于…完成.
    FinishNoEarlier,
    /// 不晚于…完成.
    FinishNoLater,
    /// 在…开始.
    StartOn,
    /// 在…完成.
    FinishOn,
    /// 必须在…开始 (P6 "mandatory start"): early and late start stand there, links or not, and pass that on both ways.
    MandatoryStart,
    /// 必须在…完成 (P6 "mandatory finish").
    MandatoryFinish,
    /// 必须在…开始 (MS Project "must start on" while constraint dates are honoured): as mandatory; its own slack is
    /// still measured against its successors.
    MustStart,
    /// 必须在…完成 (MS Project "must finish on").
    MustFinish,
}

impl ConstraintKind {
    /// Chinese words with a place for the date: `不早于`, `开始`.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            ConstraintKind::StartNoEarlier => ("不早于", "开始"),
            ConstraintKind::StartNoLater => ("不晚于", "开始"),
            ConstraintKind::FinishNoEarlier => ("不早于", "完成"),
            ConstraintKind::FinishNoLater => ("不晚于", "完成"),
            ConstraintKind::StartOn => ("定于", "开始"),
            ConstraintKind::FinishOn => ("定于", "完成"),
            ConstraintKind::MandatoryStart | ConstraintKind::MustStart => ("必须在", "开始"),
            ConstraintKind::MandatoryFinish | ConstraintKind::MustFinish => ("必须在", "完成"),
        }
    }
}

/// 搭接关系. The successor waits for the predecessor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    /// Predecessor, index into `Network::activities`.
    pub from: usize,
    /// Successor, index into `Network::activities`.
    pub to: usize,
    /// Which ends are tied.
    pub kind: LinkKind,
    /// 间隔, minutes on `lag_calendar`; negative = overlap.
    pub lag: i64,
    /// Whose working time counts the lag.
    pub lag_calendar: LagCalendar,
}

impl Link {
    /// 完成—开始 without lag: the usual link.
    pub fn finish_start(from: usize, to: usize) -> Self {
        Link {
            from,
            to,
            kind: LinkKind::FS,
            lag: 0,
            lag_calendar: LagCalendar::Predecessor,
        }
    }
}

/// Which end of the predecessor drives which end of the successor.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum LinkKind {
    /// 完成—开始.
    FS,
    /// 开始—开始.
    SS,
    /// 完成—完成.
    FF,
    /// 开始—完成.
    SF,
}

impl LinkKind {
    /// `FS`, `SS`, `FF`, `SF`.
    pub fn code(self) -> &'static str {
        match self {
            LinkKind::FS => "FS",
            LinkKind::SS => "SS",
            LinkKind::FF => "FF",
            LinkKind::SF => "SF",
        }
    }

    /// `完成—开始` and so on.
    pub fn label(self) -> &'static str {
        match self {
            LinkKind::FS => "完成—开始",
            LinkKind::SS => "开始—开始",
            LinkKind::FF => "完成—完成",
            LinkKind::SF => "开始—完成",
        }
    }

    /// True when the predecessor's start counts (SS, SF).
    pub fn leaves_start(self) -> bool {
        matches!(self, LinkKind::SS | LinkKind::SF)
    }

    /// True when the successor's start is bounded (FS, SS).
    pub fn enters_start(self) -> bool {
        matches!(self, LinkKind::FS | LinkKind::SS)
    }
}

/// Working time in which a lag passes. P6 default: predecessor; MS Project: successor.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum LagCalendar {
    /// 前置工作的日历.
    #[default]
    Predecessor,
    /// 后续工作的日历.
    Successor,
    /// 自然时间 (24 h, every day).
    Elapsed,
    /// A calendar of the network by its index: the project's default calendar, for one.
    Of(usize),
}

/// 逆序进展. What holds when work began before its predecessors allow.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OutOfSequence {
    /// 保留逻辑: the remaining work still waits for the predecessors.
    #[default]
    RetainedLogic,
    /// 进展优先: started work no longer waits for unfinished predecessors.
    ProgressOverride,
    /// 实际日期: links of started work are counted from actual dates, and from the actual start of the successor backwards.
    ActualDates,
}

/// 总时差的算法. Which ends total float is measured between.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum FloatRule {
    /// Late finish − early finish (P6 default).
    #[default]
    Finish,
    /// Late start − early start.
    Start,
    /// The smaller of the two (MS Project, P6 "smallest").
    Smaller,
}

/// 关键的判据.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CriticalRule {
    /// Total float in working minutes at or below this.
    Threshold(i64),
    /// On the longest path.
    LongestPath,
}

/// Whose conventions hold where programs differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Dialect {
    /// 本系统: P6 rules without the two habits that show delays nobody has: a pause between two calendars takes no
    /// float, and what is finished neither waits nor makes others wait.
    #[default]
    Guatu,
    /// Oracle Primavera P6, to the minute.
    P6,
    /// Microsoft Project: tasks of no duration stay at the end of a period, unfinished work may lie before the status
    /// date, remaining work keeps the place its start gave it.
    MicrosoftProject,
}

/// What the scheduler is told beside the network.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// 数据日期. Nothing unfinished lies before it.
    pub data_date: Option<Minute>,
    /// 项目开始. Nothing without actual dates lies before it.
    pub start: Minute,
    /// 目标完成. The backward pass starts here; without it at the computed finish.
    pub target: Option<Minute>,
    /// 关键的判据: a threshold of total float, or the longest path.
    pub critical: CriticalRule,
    /// 逆序进展.
    pub out_of_sequence: OutOfSequence,
    /// 总时差的算法.
    pub float: FloatRule,
    /// Unfinished activities without successor count as critical: their late finish is their early finish.
    pub open_ends_critical: bool,
    /// Floats run to the finish of the own project instead of the latest finish of all.
    pub float_to_own_project: bool,
    /// The lag of a start-to-start link runs from the actual start instead of the early start (after the data date).
    pub start_lag_from_actual: bool,
    /// Whose conventions hold where programs differ.
    pub dialect: Dialect,
}

impl Options {
    /// Start at `start`, no data date, no target, critical = total float of 0 or less.
    pub fn from_start(start: Minute) -> Self {
        Options {
            data_date: None,
            start,
            target: None,
            critical: CriticalRule::Threshold(0),
            out_of_sequence: OutOfSequence::RetainedLogic,
            float: FloatRule::Finish,
            open_ends_critical: false,
            float_to_own_project: false,
            start_lag_from_actual: true,
            dialect: Dialect::Guatu,
        }
    }

    /// The later of project start and data date.
    pub(crate) fn frame(&self) -> Minute {
        self.data_date
            .map_or(self.start, |date| date.max(self.start))
    }
}

/// 计算结果. One entry per activity in every list.
///
/// Finished activities keep their actual dates on both sides, have float 0, and are never critical.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Schedule {
    /// 最早开始; the actual start once there is one.
    pub early_start: Vec<Minute>,
    /// 最早完成; the actual finish once there is one.
    pub early_finish: Vec<Minute>,
    /// 排定开始: where the activity stands. The early start, or later where it is planned late in its total float or
    /// behind such work; the actual start once there is one.
    pub planned_start: Vec<Minute>,
    /// 排定完成.
    pub planned_finish: Vec<Minute>,
    /// What sets the planned date; empty where nothing is planned late in its total float, see [`Schedule::placed_by`].
    pub(crate) planned_driver: Vec<Driver>,
    /// Where the remaining work starts: the early start, or for a started activity the restart after the data date.
    pub remaining_start: Vec<Minute>,
    /// 最晚开始 of the remaining work.
    pub late_start: Vec<Minute>,
    /// 最晚完成.
    pub late_finish: Vec<Minute>,
    /// 总时差: late finish − early finish in working minutes of the own calendar; negative = shortfall.
    pub total_float: Vec<i64>,
    /// 自由时差: what may be lost without moving a successor or the project finish.
    pub free_float: Vec<i64>,
    /// 关键 by `Options::critical`.
    pub critical: Vec<bool>,
    /// What sets the early date.
    pub driver: Vec<Driver>,
    /// What sets the late date.
    pub late_driver: Vec<Driver>,
    /// 最长线路: on a driving chain to the latest finish, whatever the floats say.
    pub longest_path: Vec<bool>,
    /// The later of project start and data date: the instant before which nothing is planned.
    pub frame: Minute,
    /// 计算完成: latest early finish.
    pub finish: Minute,
}

/// The one thing that sets a date. On a tie a link goes before a constraint, a constraint before the frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Driver {
    /// 项目开始日期.
    #[default]
    ProjectStart,
    /// 数据日期.
    DataDate,
    /// 实际日期.
    Actual,
    /// Index into `Network::links`.
    Link(usize),
    /// 限制条件 of the activity.
    Constraint(ConstraintKind),
    /// 目标时限 of the activity.
    Deadline,
    /// 手动排定 (`Activity::fixed`).
    Fixed,
    /// 预计完成 of the activity.
    ExpectedFinish,
    /// 调配推迟: resource levelling put the start off (`Activity::delay`).
    Delay,
    /// 尽晚安排: the end of a float (`Activity::timing`).
    Late,
    /// 汇总: members of a summary, links of a hammock.
    Rollup,
    /// 项目目标完成日期.
    Target,
    /// The computed finish of the project.
    ProjectFinish,
}

/// 排程. Early and late dates, floats, critical and longest path of a network.
///
/// Links are kept whatever the progress (retained logic): the remaining work of a started activity still waits for its
/// predecessors. An impossible target is negative float, never an error.
///
/// # Errors
/// Findings for what cannot be calculated: `plan.loop` (every activity of each loop, in order), `plan.index` (a calendar
/// or an activity that is not there) and `plan.duration` (negative duration).
///
/// ```
/// use ground::{HolidayTable, WorkCalendar, date_of_finish, minute_of};
/// use plan::{Activity, Link, Network, Options, schedule};
///
/// let calendar = WorkCalendar::official(HolidayTable::shipped());
/// let network = Network {
///     calendars: vec![calendar.timeline()],
///     activities: vec![
///         Activity::task("1", "桩基", 0, 5 * 480),
///         Activity::task("2", "主体", 0, 3 * 480),
///     ],
///     links: vec![Link::finish_start(0, 1)],
/// };
/// let monday = minute_of("2023-03-06".parse().unwrap(), 0, 0);
/// let answer = schedule(&network, &Options::from_start(monday)).unwrap();
/// assert_eq!(date_of_finish(answer.finish).to_string(), "2023-03-15");
/// assert_eq!(answer.total_float, [0, 0]);
/// ```
pub fn schedule(network: &Network, options: &Options) -> Result<Schedule, Vec<Finding>> {
    let packed = Packed::build(network, options)?;
    let graph = Graph::new(network, &packed, options);
    let mut early = crate::forward::pass(graph, options);
    let mut late = crate::backward::pass(graph, options, &mut early);
    crate::span::fill(graph, options, &mut early, &mut late);
    Ok(answer(graph, options, early, late))
}

/// The dates by activity, with what follows from both passes together.
pub(crate) fn answer(
    graph: Graph,
    options: &Options,
    mut early: Early,
    mut late: Late,
) -> Schedule {
    let longest_path = crate::path::longest(graph, &early);
    let critical = match options.critical {
        CriticalRule::Threshold(limit) => graph.unfinished(|i| late[i].total_float <= limit),
        CriticalRule::LongestPath => longest_path.clone(),
    };
    let planned = graph.data.late_in_total.then(|| {
        let mut planned = crate::forward::pass_with_late(graph, options, &late, &early);
        // What hangs on such work spans where it stands; its late dates stay as they are.
        crate::span::fill(graph, options, &mut planned, &mut late.clone());
        planned
    });
    if graph.data.any_done {
        settle_finished(graph, &mut early, &mut late);
    }
    let mut schedule = columns(graph, &early, &late);
    graph.data.by_block(|block| {
        let flags = |list: &mut Vec<bool>, from: &[bool]| put(list, block, |i| from[i]);
        flags(&mut schedule.critical, &critical);
        flags(&mut schedule.longest_path, &longest_path);
    });
    schedule.frame = options.frame();
    if let Some(planned) = planned {
        schedule.planned_start = graph.data.by_activity(planned.lines(), |line| line.start);
        schedule.planned_finish = graph.data.by_activity(planned.lines(), |line| line.finish);
        schedule.planned_driver = graph.data.by_activity(planned.lines(), |line| line.driver);
    } else {
        schedule.planned_start = schedule.early_start.clone();
        schedule.planned_finish = schedule.early_finish.clone();
    }
    schedule
}

/// The lines by position as columns by activity.
fn columns(graph: Graph, early: &Early, late: &Late) -> Schedule {
    let mut schedule = Schedule::with_room(graph.len());
    schedule.finish = early.project_finish;
    graph.data.by_block(|block| {
        put(&mut schedule.early_start, block, |i| early[i].start);
        put(&mut schedule.early_finish, block, |i| early[i].finish);
        put(&mut schedule.remaining_start, block, |i| early[i].restart);
        put(&mut schedule.driver, block, |i| early[i].driver);
        put(&mut schedule.late_start, block, |i| late[i].start);
        put(&mut schedule.late_finish, block, |i| late[i].finish);
        put(&mut schedule.total_float, block, |i| late[i].total_float);
        put(&mut schedule.free_float, block, |i| late[i].free_float);
        put(&mut schedule.late_driver, block, |i| late[i].driver);
    });
    schedule
}

#[inline(always)]
fn put<T>(column: &mut Vec<T>, block: &[u32], value: impl Fn(usize) -> T) {
    column.extend(block.iter().map(|&i| value(i as usize)));
}

impl Schedule {
    /// What sets the planned date of activity `i`: the driver of its early date unless something is planned late.
    pub fn placed_by(&self, i: usize) -> Driver {
        let planned = self.planned_driver.get(i);
        planned.copied().unwrap_or(self.driver[i])
    }

    /// 排定在最早日期之后: activity `i` is planned late in its total float, or stands behind such work.
    pub fn stands_late(&self, i: usize) -> bool {
        let early = (self.early_start[i], self.early_finish[i]);
        (self.planned_start[i], self.planned_finish[i]) != early
    }

    fn with_room(count: usize) -> Schedule {
        fn room<T>(count: usize) -> Vec<T> {
            Vec::with_capacity(count)
        }
        Schedule {
            early_start: room(count),
            early_finish: room(count),
            planned_start: Vec::new(),
            planned_finish: Vec::new(),
            planned_driver: Vec::new(),
            remaining_start: room(count),
            late_start: room(count),
            late_finish: room(count),
            total_float: room(count),
            free_float: room(count),
            critical: room(count),
            driver: room(count),
            late_driver: room(count),
            longest_path: room(count),
            frame: 0,
            finish: 0,
        }
    }
}

/// Whatever logic ran through them: finished activities show their actual dates on both sides and no float.
fn settle_finished(graph: Graph, early: &mut Early, late: &mut Late) {
    for i in (0..graph.len()).filter(|&i| graph.role(i) == Role::Done) {
        early[i].restart = early[i].finish;
        late[i].start = early[i].start;
        late[i].finish = early[i].finish;
        late[i].total_float = 0;
        late[i].free_float = 0;
        late[i].driver = Driver::Actual;
    }
}
