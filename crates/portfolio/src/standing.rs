//! 一个项目今天的状况: forecast dates of every activity and of the target, slip, light with causes, catch-up and
//! the four lines of the popover. Computed each time from records, calendars and a date; nothing is stored.

use std::collections::BTreeMap;

use ground::{ActivityId, Date, Finding, Minute, ProjectId, date_of_finish, date_of_start};
use plan::{
    ActivityKind, Light, LightFacts, LightRule, Options, Progress, Rag, Schedule, TaskFacts,
};
use serde::Serialize;

use crate::activity::{Activity, FULL, ProgressReport};
use crate::calendars::{Calendars, days_between, end_of, start_of};
use crate::catch_up::{self, CatchUp, CatchUpRule, Longest};
use crate::contradictions;
use crate::date_reason;
use crate::matter::Matter;
use crate::network::{self, BuiltNetwork};
use crate::plan_option::PlanRules;
use crate::project::{Project, Target};
use crate::reading::Names;
use crate::why;

/// Everything known about one project. Lists may be in any order and must hold this project's entries only.
#[derive(Clone, Copy)]
pub struct ProjectInput<'a> {
    /// Project.
    pub project: &'a Project,
    /// Its plan.
    pub activities: &'a [Activity],
    /// Its progress reports of all days; those after `today` are passed over.
    pub reports: &'a [ProgressReport],
    /// Its matters, open or not.
    pub matters: &'a [Matter],
    /// Names of organisations.
    pub names: &'a Names,
    /// 排程选项 of its plan.
    pub rules: PlanRules,
}

/// 晚 n 天, 准时, 早 n 天: calendar days of the forecast against the target.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 早.
    Early(i64),
    /// 准时.
    OnTime,
    /// 晚.
    Late(i64),
}

impl Verdict {
    /// Positive days are late.
    ///
    /// ```
    /// use portfolio::Verdict;
    /// assert_eq!(Verdict::from_slip(17).text(), "晚 17 天");
    /// assert_eq!(Verdict::from_slip(-3).text(), "早 3 天");
    /// ```
    pub fn from_slip(days: i64) -> Verdict {
        match days {
            0 => Verdict::OnTime,
            late if late > 0 => Verdict::Late(late),
            early => Verdict::Early(-early),
        }
    }

    /// As written at the right of the wall chart.
    pub fn text(self) -> String {
        match self {
            Verdict::Early(days) => format!("早 {days} 天"),
            Verdict::OnTime => "准时".to_owned(),
            Verdict::Late(days) => format!("晚 {days} 天"),
        }
    }
}

/// What a bar shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BarState {
    /// 已完成.
    Done,
    /// 进行中.
    Running,
    /// 未开始.
    NotStarted,
}

/// One activity with its dates; a bar of the wall chart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bar {
    /// Activity.
    pub activity: ActivityId,
    /// 编号.
    pub code: String,
    /// 工作内容.
    pub name: String,
    /// State.
    pub state: BarState,
    /// Reported, hundredths of a percent.
    pub percent: i64,
    /// 计划开始.
    pub planned_start: Option<Date>,
    /// 计划完成.
    pub planned_finish: Option<Date>,
    /// 实际开始.
    pub actual_start: Option<Date>,
    /// 实际完成.
    pub actual_finish: Option<Date>,
    /// Actual start, else the forecast one: the earliest, or where work planned late (尽晚) puts it.
    pub forecast_start: Date,
    /// Actual finish, else the forecast one.
    pub forecast_finish: Date,
    /// 最晚开始 of the backward plan (倒排).
    pub late_start: Date,
    /// 最晚完成 of the backward plan (倒排).
    pub late_finish: Date,
    /// 时差 in working days of the own calendar, rounded down; negative = shortfall.
    pub float_workdays: i64,
    /// Forecast against planned finish in calendar days; 0 without a plan.
    pub slip_days: i64,
    /// 关键: unfinished and critical by the rule of the plan, usually on the longest path.
    pub critical: bool,
    /// 最长线路: unfinished and on it, whatever the rule calls critical.
    pub on_longest_path: bool,
    /// The activity's own light.
    pub rag: Rag,
    /// 节点.
    pub milestone: bool,
    /// Belongs into the wall row.
    pub on_wall: bool,
    /// 推定: taken as running on plan, nobody has reported about it yet; a summary when its parts only run so.
    pub assumed: bool,
    /// Newest report about it.
    pub reported_on: Option<Date>,
    /// 工作类型; the dates of summaries and hammocks come from others, and nobody reports about them.
    pub kind: ActivityKind,
    /// The summary it belongs to.
    pub parent: Option<ActivityId>,
    /// Depth under summaries; 0 = outermost.
    pub level: usize,
}

impl Bar {
    /// Work or a node of its own, not a span that follows from others.
    pub fn is_work(&self) -> bool {
        !network::spans(self.kind)
    }
}

/// 状况.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Project.
    pub project: ProjectId,
    /// Its name.
    pub name: String,
    /// The day.
    pub today: Date,
    /// Light with its causes, worst first.
    pub light: Light,
    /// Target.
    pub target: Option<Target>,
    /// 预计: day on which the target is reached; none without a plan or with a loop in it.
    pub forecast_finish: Option<Date>,
    /// Day on which the last activity was finished, when all are.
    pub actual_finish: Option<Date>,
    /// Calendar days of forecast (or finish) after the target; negative = early.
    pub slip_days: Option<i64>,
    /// The same in words.
    pub verdict: Option<Verdict>,
    /// Least float of unfinished work against the target, working days; negative = 还差 n 个工作日.
    pub float_workdays: Option<i64>,
    /// 最迟开工: day by which remaining work must have begun or gone on, to meet the target.
    pub start_by: Option<Date>,
    /// What catching up takes; none when not late.
    pub catch_up: Option<CatchUp>,
    /// Bars of the wall row: activities flagged for it, else the longest path.
    pub bars: Vec<Bar>,
    /// All activities in plan order.
    pub activities: Vec<Bar>,
    /// 卡在, 影响, 追回, 交办.
    pub why: Vec<(String, String)>,
    /// 数据截至: forecasts start from the end of this day, see [`crate::network`].
    pub data_date: Date,
    /// Newest report of the project.
    pub last_report: Option<Date>,
    /// Doubts about the plan and the reports.
    pub findings: Vec<Finding>,
}

/// A project's plan as it was scheduled: standing, network and schedule of one calculation.
pub struct Scheduled<'a> {
    /// What pages of many projects need.
    pub standing: Standing,
    /// Network and what was assumed on the way to it.
    pub built: BuiltNetwork<'a>,
    /// With what it was scheduled.
    pub options: Options,
    /// The dates; none when there is a loop, which `standing.findings` names.
    pub schedule: Option<Schedule>,
}

/// Computes the standing of one project on a day, with the proposed catch-up parameters.
pub fn standing(
    input: &ProjectInput<'_>,
    rule: &LightRule,
    calendars: &Calendars,
    today: Date,
) -> Standing {
    standing_with(input, rule, &CatchUpRule::default(), calendars, today)
}

/// The same with the district's own catch-up parameters.
pub fn standing_with(
    input: &ProjectInput<'_>,
    rule: &LightRule,
    catch_up_rule: &CatchUpRule,
    calendars: &Calendars,
    today: Date,
) -> Standing {
    let rules = (rule, catch_up_rule);
    scheduled_with(input, rules, calendars, today, plan::schedule).standing
}

/// The standing with the network and the schedule behind it, for pages of one plan.
pub fn scheduled<'a>(
    input: &ProjectInput<'a>,
    rule: &LightRule,
    calendars: &Calendars,
    today: Date,
) -> Scheduled<'a> {
    scheduled_by(input, rule, calendars, today, plan::schedule)
}

/// The same by a scheduler of the caller's own, who may know the answer for a network that is nearly this one.
pub fn scheduled_by<'a>(
    input: &ProjectInput<'a>,
    rule: &LightRule,
    calendars: &Calendars,
    today: Date,
    scheduler: impl FnOnce(&plan::Network, &Options) -> Result<Schedule, Vec<Finding>>,
) -> Scheduled<'a> {
    let catch_up = CatchUpRule::default();
    scheduled_with(input, (rule, &catch_up), calendars, today, scheduler)
}

fn scheduled_with<'a>(
    input: &ProjectInput<'a>,
    (rule, catch_up_rule): (&LightRule, &CatchUpRule),
    calendars: &Calendars,
    today: Date,
    scheduler: impl FnOnce(&plan::Network, &Options) -> Result<Schedule, Vec<Finding>>,
) -> Scheduled<'a> {
    let mut built = network::build(
        input.activities,
        input.reports,
        calendars,
        today,
        rule.report_days,
    );
    input.rules.lay_on(&mut built.network);
    let mut standing = blank(input.project, today, &built);
    let options = input.rules.options(options(&built, input.project));
    let schedule = match scheduler(&built.network, &options) {
        Ok(schedule) => Some(schedule),
        Err(findings) => {
            standing.findings.extend(findings);
            None
        }
    };
    if let Some(schedule) = schedule.as_ref().filter(|_| !built.activities.is_empty()) {
        fill(&mut standing, &built, schedule, rule, calendars);
    }
    judge(&mut standing, rule, input.project);
    let stuck_on = stuck_on(&standing.activities).cloned();
    standing.catch_up = catch_up_of(&standing, &built, catch_up_rule, calendars);
    let mut open: Vec<&Matter> = input.matters.iter().filter(|m| is_open(m, today)).collect();
    open.sort_by_key(|m| (m.due_on.is_none(), m.due_on, m.id));
    standing.why = why::lines(&standing, stuck_on.as_ref(), &open, input.names);
    let mut scheduled = Scheduled {
        standing,
        built,
        options,
        schedule,
    };
    let told = contradictions::findings(&scheduled);
    scheduled.standing.findings.extend(told);
    scheduled
}

/// 为什么是这一天: for each activity the sentence that says what its forecast start hangs on and, for a negative float,
/// what bounds it from behind. Apart from [`standing`], because a whole district asks for dates but only a page for
/// their reasons.
pub fn why_dates(
    input: &ProjectInput<'_>,
    rule: &LightRule,
    calendars: &Calendars,
    today: Date,
) -> BTreeMap<ActivityId, String> {
    let scheduled = scheduled(input, rule, calendars, today);
    let all = scheduled.built.activities.iter().enumerate();
    all.filter_map(|(i, activity)| Some((activity.id, date_reason::why_date(&scheduled, i)?)))
        .collect()
}

fn is_open(matter: &Matter, today: Date) -> bool {
    !matter.state.is_closed() && matter.asked_on.is_none_or(|day| day <= today)
}

fn blank(project: &Project, today: Date, built: &BuiltNetwork<'_>) -> Standing {
    Standing {
        project: project.id,
        name: project.name.clone(),
        today,
        light: Light {
            rag: Rag::Grey,
            causes: Vec::new(),
        },
        target: project.target.clone(),
        forecast_finish: None,
        actual_finish: None,
        slip_days: None,
        verdict: None,
        float_workdays: None,
        start_by: None,
        catch_up: None,
        bars: Vec::new(),
        activities: Vec::new(),
        why: Vec::new(),
        data_date: built.data_date,
        last_report: built.last_report,
        findings: built.findings.clone(),
    }
}

fn options(built: &BuiltNetwork<'_>, project: &Project) -> Options {
    let planned = built.activities.iter().map(|a| a.planned_start);
    let first = planned.clone().flatten().min();
    // Where some work has no planned day, the days of the rest do not say when the project begins.
    let whole = planned.clone().all(|day| day.is_some());
    let first = first.map(|day| if whole { day } else { day.min(built.data_date) });
    Options {
        data_date: Some(end_of(built.data_date)),
        target: project.target.as_ref().map(|t| end_of(t.date)),
        ..Options::from_start(start_of(first.unwrap_or(built.data_date)))
    }
}

fn fill(
    standing: &mut Standing,
    built: &BuiltNetwork<'_>,
    schedule: &Schedule,
    rule: &LightRule,
    calendars: &Calendars,
) {
    let today = standing.today;
    standing.activities = (0..built.activities.len())
        .map(|i| bar(built, schedule, i, rule, calendars, today))
        .collect();
    roll_up(&mut standing.activities, built);
    let wall = |bar: &&Bar| bar.on_wall;
    standing.bars = standing.activities.iter().filter(wall).cloned().collect();
    if standing.bars.is_empty() {
        let path = standing.activities.iter().zip(&schedule.longest_path);
        standing.bars = path
            .filter(|(bar, on_path)| **on_path && bar.is_work())
            .map(|(bar, _)| bar.clone())
            .collect();
    }
    let open = standing
        .activities
        .iter()
        .filter(|b| b.state != BarState::Done && b.is_work());
    standing.float_workdays = standing
        .target
        .as_ref()
        .and_then(|_| open.clone().map(|b| b.float_workdays).min());
    standing.start_by = standing
        .target
        .as_ref()
        .and_then(|_| open.clone().map(|b| b.late_start).min());
    let finish = date_of_finish(goal(built, schedule, standing.target.as_ref()));
    if open.count() == 0 {
        standing.actual_finish = Some(finish);
    }
    standing.forecast_finish = Some(finish);
}

/// The minute at which the target is reached: the milestone that bears its word, else the end of the plan.
fn goal(built: &BuiltNetwork<'_>, schedule: &Schedule, target: Option<&Target>) -> Minute {
    let named = target.and_then(|target| {
        built
            .activities
            .iter()
            .position(|a| a.milestone && a.name.contains(&target.kind))
    });
    // Work planned late may stand behind the earliest finish of all.
    let late = (0..schedule.planned_finish.len()).filter(|&i| schedule.stands_late(i));
    let last = late.map(|i| schedule.planned_finish[i]).max();
    let finish = last.map_or(schedule.finish, |last| last.max(schedule.finish));
    named.map_or(finish, |i| schedule.planned_finish[i])
}

fn bar(
    built: &BuiltNetwork<'_>,
    schedule: &Schedule,
    i: usize,
    rule: &LightRule,
    calendars: &Calendars,
    today: Date,
) -> Bar {
    let (activity, node, status) = (
        built.activities[i],
        &built.network.activities[i],
        &built.status[i],
    );
    let state = state(node, built.assumed[i]);
    let mpd = calendars.timeline(node.calendar).minutes_per_day().max(1);
    let forecast_finish = date_of_finish(schedule.planned_finish[i]);
    let slip = activity
        .planned_finish
        .map_or(0, |plan| days_between(plan, forecast_finish));
    let mut bar = Bar {
        activity: activity.id,
        code: node.code.clone(),
        name: activity.name.clone(),
        state,
        percent: status.percent.unwrap_or(0),
        planned_start: activity.planned_start,
        planned_finish: activity.planned_finish,
        actual_start: status.actual_start,
        actual_finish: status.actual_finish,
        forecast_start: date_of_start(schedule.planned_start[i]),
        forecast_finish,
        late_start: date_of_start(schedule.late_start[i]),
        late_finish: date_of_finish(schedule.late_finish[i]),
        float_workdays: schedule.total_float[i].div_euclid(mpd),
        slip_days: slip,
        critical: state != BarState::Done && schedule.critical[i],
        on_longest_path: state != BarState::Done && schedule.longest_path[i],
        rag: Rag::Grey,
        milestone: activity.milestone,
        on_wall: activity.on_wall,
        assumed: built.assumed[i],
        reported_on: built.reports[i].map(|r| r.reported_on),
        kind: activity.kind,
        parent: built.outline.parents[i].map(|parent| built.activities[parent].id),
        level: built.outline.levels[i],
    };
    let facts = task_facts(&bar, node.duration / mpd, today);
    bar.rag = plan::task_rag(rule, &facts, calendars.calendar(node.calendar));
    bar
}

/// A summary is done when its parts are, runs when one of them has begun, and its percent weighs them by their
/// durations. Its planned dates are its own where given, else those of its parts.
fn roll_up(bars: &mut [Bar], built: &BuiltNetwork<'_>) {
    for i in (0..bars.len()).rev() {
        if bars[i].kind != ActivityKind::Summary {
            continue;
        }
        let parts: Vec<usize> = (i + 1..bars.len())
            .take_while(|k| built.outline.levels[*k] > built.outline.levels[i])
            .filter(|k| bars[*k].is_work())
            .collect();
        let own = |k: &usize| (&bars[*k], built.network.activities[*k].duration.max(1));
        let weighed = || parts.iter().map(own);
        let weight: i128 = weighed().map(|(_, d)| i128::from(d)).sum();
        let done: i128 = weighed()
            .map(|(bar, d)| {
                let finished = bar.state == BarState::Done;
                i128::from(if finished { FULL } else { bar.percent }) * i128::from(d)
            })
            .sum();
        let each = || parts.iter().map(|k| &bars[*k]);
        let all_done = !parts.is_empty() && each().all(|b| b.state == BarState::Done);
        let begun = each().any(|b| b.state != BarState::NotStarted);
        let assumed = !begun && each().any(|b| b.assumed);
        let first = each().filter_map(|b| b.planned_start).min();
        let last = each().filter_map(|b| b.planned_finish).max();
        let started = each().filter_map(|b| b.actual_start).min();
        let finished = each().filter_map(|b| b.actual_finish).max();
        let rag = each().map(|b| b.rag).reduce(Rag::worse);
        let span = each()
            .map(|b| {
                (
                    (b.forecast_start, b.forecast_finish),
                    (b.late_start, b.late_finish),
                )
            })
            .reduce(|a, b| {
                let hull = |a: (Date, Date), b: (Date, Date)| (a.0.min(b.0), a.1.max(b.1));
                (hull(a.0, b.0), hull(a.1, b.1))
            });
        let float = each().map(|b| b.float_workdays).min();
        let bar = &mut bars[i];
        bar.state = match (all_done, begun) {
            (true, _) => BarState::Done,
            (false, true) => BarState::Running,
            (false, false) => BarState::NotStarted,
        };
        bar.assumed = assumed;
        bar.percent = i64::try_from(done.checked_div(weight).unwrap_or(0)).unwrap_or(0);
        bar.planned_start = bar.planned_start.or(first);
        bar.planned_finish = bar.planned_finish.or(last);
        if let Some((forecast, late)) = span {
            (bar.forecast_start, bar.forecast_finish) = forecast;
            (bar.late_start, bar.late_finish) = late;
        }
        bar.float_workdays = float.unwrap_or(bar.float_workdays);
        bar.actual_start = started;
        bar.actual_finish = finished.filter(|_| all_done);
        bar.slip_days = bar
            .planned_finish
            .map_or(0, |plan| days_between(plan, bar.forecast_finish));
        (bar.critical, bar.on_longest_path) = (false, false);
        bar.rag = rag.unwrap_or(Rag::Grey);
    }
}

fn state(node: &plan::Activity, assumed: bool) -> BarState {
    match node.progress {
        Progress::Finished { .. } => BarState::Done,
        Progress::Started { .. } if !assumed => BarState::Running,
        _ => BarState::NotStarted,
    }
}

fn task_facts(bar: &Bar, duration_workdays: i64, today: Date) -> TaskFacts {
    TaskFacts {
        today,
        planned_start: bar.planned_start,
        planned_finish: bar.planned_finish,
        forecast: Some(bar.forecast_finish),
        actual_start: bar.actual_start,
        actual_finish: bar.actual_finish,
        duration_workdays,
        milestone: bar.milestone,
        last_report: bar.reported_on,
        reported_alone: false,
    }
}

/// The light: slip against the target, and silence. The money light waits for a monthly money plan; a year plan
/// alone does not say what is due today.
fn judge(standing: &mut Standing, rule: &LightRule, project: &Project) {
    let bars = &standing.activities;
    // Reports are due since the project's own start where the plan begins later. Without any plan nothing is under way
    // that could be reported on.
    let of_project = project.dates.started_on.or(project.dates.start_planned);
    let of_project = of_project.filter(|_| !bars.is_empty());
    let planned = bars.iter().filter_map(|b| b.planned_start);
    let facts = LightFacts {
        planned_start: planned.chain(of_project).min(),
        actual_start: bars.iter().filter_map(|b| b.actual_start).min(),
        target: standing.target.as_ref().map(|t| t.date),
        forecast: standing.forecast_finish,
        actual_finish: standing.actual_finish,
        last_report: standing.last_report,
        ..LightFacts::on(standing.today)
    };
    // Without a plan there is no forecast: a target that has passed is still a target missed.
    standing.slip_days = facts.slip_days();
    standing.verdict = standing.slip_days.map(Verdict::from_slip);
    standing.light = plan::project_light(rule, &facts);
}

/// The driving late activity: the first unfinished one on the longest path that slips, else the first unfinished
/// one on it.
fn stuck_on(bars: &[Bar]) -> Option<&Bar> {
    let open = || bars.iter().filter(|b| b.on_longest_path);
    let first = |late: bool| {
        open()
            .filter(|b| !late || b.slip_days > 0)
            .min_by_key(|b| (b.forecast_start, b.forecast_finish))
    };
    first(true).or_else(|| first(false))
}

/// Catching up is asked of the longest piece of work left on the path.
fn catch_up_of(
    standing: &Standing,
    built: &BuiltNetwork<'_>,
    rule: &CatchUpRule,
    calendars: &Calendars,
) -> Option<CatchUp> {
    let target = standing.target.as_ref()?.date;
    let forecast = standing
        .forecast_finish
        .filter(|_| standing.actual_finish.is_none())?;
    let path = standing
        .activities
        .iter()
        .zip(&built.network.activities)
        .filter(|(b, _)| b.on_longest_path);
    let longest = path
        .map(|(bar, node)| Longest {
            name: &bar.name,
            remaining_days: node.remaining()
                / calendars.timeline(node.calendar).minutes_per_day().max(1),
            finish: bar.forecast_finish,
            calendar: calendars.calendar(node.calendar),
        })
        .max_by_key(|l| l.remaining_days);
    catch_up::catch_up(rule, standing.today, target, forecast, longest)
}
