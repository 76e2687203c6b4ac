//! From a project's activities and reports to a `plan::Network` that can be scheduled on a day.
//!
//! Rules of this room: activities without any predecessor text are a chain in the order of their codes. A report
//! speaks of the end of its day, and the data date of a project is the day of its newest report: until the next
//! report is due nobody is called late for not having spoken. When a reporting period has passed in silence, the
//! data date slides on day by day, and with it everything unfinished (P6: nothing unfinished lies before it).

use std::collections::BTreeMap;

use ground::{ActivityId, Date, Finding, Minute, Timeline};
use plan::{
    ActivityKind, Constraint, ConstraintKind, LagFactors, Link, PredecessorRow, Progress, Status,
    Timing,
};

use crate::activity::{Activity, FULL, ProgressReport, newest_reports};
use crate::calendars::{Calendars, days_between, end_of, start_of};
use crate::outline::{self, Outline};

/// A network with what was assumed on the way to it. Position = place in `activities`.
pub struct BuiltNetwork<'a> {
    /// Activities in plan order: a summary before what belongs to it.
    pub activities: Vec<&'a Activity>,
    /// Whose part each one is, and how deep it lies.
    pub outline: Outline,
    /// What is handed to the scheduler.
    pub network: plan::Network,
    /// The newest report of each activity.
    pub reports: Vec<Option<&'a ProgressReport>>,
    /// Facts up to the day, from activity and reports together.
    pub status: Vec<Status>,
    /// 推定: running on plan without a report of its own yet.
    pub assumed: Vec<bool>,
    /// Newest report of the project, about whatever activity.
    pub last_report: Option<Date>,
    /// 数据截至: the day whose end is the data date.
    pub data_date: Date,
    /// Doubts about predecessors, durations and reports.
    pub findings: Vec<Finding>,
}

/// Builds the network of one project on `today`. `report_days` is the length of a reporting period.
pub fn build<'a>(
    activities: &'a [Activity],
    reports: &'a [ProgressReport],
    calendars: &Calendars,
    today: Date,
    report_days: i64,
) -> BuiltNetwork<'a> {
    let (ordered, outline, odd) = outline::ordered(activities);
    let newest = newest_reports(reports, today);
    let last_report = reports
        .iter()
        .map(|r| r.reported_on)
        .filter(|d| *d <= today)
        .max();
    let mut built = BuiltNetwork {
        reports: ordered.iter().map(|a| newest.get(&a.id).copied()).collect(),
        status: Vec::with_capacity(ordered.len()),
        assumed: vec![false; ordered.len()],
        data_date: data_date(last_report, activities, today, report_days),
        last_report,
        network: plan::Network {
            calendars: calendars.timelines().to_vec(),
            activities: Vec::new(),
            links: Vec::new(),
        },
        findings: odd,
        activities: ordered,
        outline,
    };
    for i in 0..built.activities.len() {
        add_activity(&mut built, i, calendars, today);
    }
    let links = links(&built.activities, &built.network, &mut built.findings);
    built.network.links = links;
    hold_first_activities(&mut built);
    let pace = Pace {
        data_date: built.data_date,
        report_days,
    };
    carry_forward(&mut built, calendars, &pace);
    built
}

/// The day of the newest report, moved on by the days of silence beyond one reporting period. A plan nobody has
/// reported on yet speaks for itself up to the day before it begins.
fn data_date(
    last_report: Option<Date>,
    activities: &[Activity],
    today: Date,
    report_days: i64,
) -> Date {
    let begins = || {
        activities
            .iter()
            .filter_map(|a| a.planned_start)
            .min()?
            .yesterday()
            .ok()
    };
    let Some(word) = last_report.or_else(begins) else {
        return today;
    };
    let silence = days_between(word, today);
    if silence <= 0 {
        return today;
    }
    later(word, (silence - report_days.max(0)).max(0))
}

fn later(day: Date, days: i64) -> Date {
    ground::timeline::date_of_day(ground::timeline::day_number(day) + days)
}

fn add_activity(built: &mut BuiltNetwork<'_>, i: usize, calendars: &Calendars, today: Date) {
    let activity = built.activities[i];
    let told = &mut built.findings;
    let calendar = calendars.of(activity);
    told.extend(unknown_calendar(activity, calendars));
    let timeline = calendars.timeline(calendar);
    let spans = spans(activity.kind);
    let duration = duration(activity, timeline).unwrap_or_else(|| {
        if spans {
            return 0;
        }
        let problem = "没有工期,也没有完整的计划起止日期,按 1 天计算。";
        told.push(Finding::warning(
            "plan_no_duration",
            place(activity),
            problem,
            "请补填工期。",
        ));
        timeline.minutes_per_day()
    });
    let status = match spans {
        true => Status::default(),
        false => status(activity, built.reports[i], today),
    };
    // The name stands for the place: places are long to write and findings are few.
    let (progress, doubts) = plan::progress_of(&status, duration, timeline, today, &activity.name);
    told.extend(doubts.into_iter().map(|f| Finding {
        place: place(activity),
        ..f
    }));
    let node = plan::Activity::task(code(activity, i), &activity.name, calendar, duration);
    built.status.push(status);
    built.network.activities.push(plan::Activity {
        kind: activity.kind,
        progress,
        constraints: constraints(activity, timeline),
        deadline: activity.deadline.map(|day| finish_on(timeline, day)),
        timing: activity.timing,
        parent: built.outline.parents[i],
        fixed: fixed(activity, timeline),
        expected_finish: activity.expected_finish.map(|day| finish_on(timeline, day)),
        ..node
    });
}

/// Activities whose span comes from others: nobody works on them and nobody reports about them.
pub fn spans(kind: ActivityKind) -> bool {
    matches!(kind, ActivityKind::Summary | ActivityKind::LevelOfEffort)
}

fn unknown_calendar(activity: &Activity, calendars: &Calendars) -> Option<Finding> {
    let known = match activity.work_calendar {
        Some(id) => calendars.code_of(id).is_some(),
        None => activity
            .calendar
            .as_deref()
            .is_none_or(|id| calendars.knows(id)),
    };
    if known {
        return None;
    }
    let named = match (activity.work_calendar, activity.calendar.as_deref()) {
        (Some(_), _) => "专用日历".to_owned(),
        (None, name) => format!("日历“{}”", name.unwrap_or_default()),
    };
    let used = calendars.calendar(calendars.of(activity)).name();
    let problem = format!("{named}没有登记,按{used}计算。");
    let finding = Finding::warning("plan_calendar", place(activity), problem, "请改选日历。");
    Some(finding)
}

/// 08:00 of the day where it is worked, else its midnight.
pub(crate) fn start_on(timeline: &Timeline, day: Date) -> Minute {
    let midnight = start_of(day);
    Some(timeline.next_start(midnight))
        .filter(|start| *start < end_of(day))
        .unwrap_or(midnight)
}

/// 17:00 of the day where it is worked, else the midnight at its end.
pub(crate) fn finish_on(timeline: &Timeline, day: Date) -> Minute {
    let midnight = end_of(day);
    Some(timeline.previous_finish(midnight))
        .filter(|finish| *finish > start_of(day))
        .unwrap_or(midnight)
}

fn constraints(activity: &Activity, timeline: &Timeline) -> Vec<Constraint> {
    let bound = |(kind, day): &(ConstraintKind, Date)| {
        let at = match kind.words().1 {
            "完成" => finish_on(timeline, *day),
            _ => start_on(timeline, *day),
        };
        Constraint { kind: *kind, at }
    };
    activity.constraints.iter().map(bound).collect()
}

/// A manual activity needs both days; with one of them it is planned like the others.
fn fixed(activity: &Activity, timeline: &Timeline) -> Option<(Minute, Minute)> {
    let stands = activity.manual && !spans(activity.kind);
    let (start, finish) = (activity.planned_start?, activity.planned_finish?);
    stands.then(|| (start_on(timeline, start), finish_on(timeline, finish)))
}

/// As written; a plan without codes gets positions that no predecessor cell can mean.
fn code(activity: &Activity, i: usize) -> String {
    match activity.code.trim() {
        "" => format!("#{}", i + 1),
        code => code.to_owned(),
    }
}

pub(crate) fn place(activity: &Activity) -> String {
    format!("倒排计划 编号{}", activity.id)
}

/// Working minutes: the stated days, else the planned span.
fn duration(activity: &Activity, timeline: &Timeline) -> Option<i64> {
    if activity.milestone {
        return Some(0);
    }
    if let Some(days) = activity.duration_days {
        return Some(days.saturating_mul(timeline.minutes_per_day()));
    }
    let (start, finish) = (activity.planned_start?, activity.planned_finish?);
    Some(timeline.between(start_of(start), end_of(finish)))
}

/// Facts up to the day. A report of 100 % is a finish on its day; a report with progress is a start, on the
/// planned day or, when that lies after it, on the day of the report.
fn status(activity: &Activity, report: Option<&ProgressReport>, today: Date) -> Status {
    let known = |day: Option<Date>| day.filter(|d| *d <= today);
    let percent = report.and_then(|r| r.percent);
    let complete = report.filter(|r| r.is_complete()).map(|r| r.reported_on);
    let begun = report.filter(|r| r.percent.unwrap_or(0) > 0).map(|r| {
        activity
            .planned_start
            .map_or(r.reported_on, |planned| planned.min(r.reported_on))
    });
    let actual_finish = known(activity.actual_finish).or(complete);
    Status {
        actual_start: known(activity.actual_start).or(begun).or(actual_finish),
        actual_finish,
        // The finish is the stronger word: an older 95 % must not contradict it.
        percent: if actual_finish.is_some() {
            Some(FULL)
        } else {
            percent
        },
        remaining_days: match report {
            Some(report) => report.remaining_days,
            None => activity.remaining_days,
        },
    }
}

fn links<'r>(
    activities: &[&'r Activity],
    network: &'r plan::Network,
    findings: &mut Vec<Finding>,
) -> Vec<Link> {
    if activities.iter().all(|a| a.predecessors.is_none()) {
        let work = (0..activities.len()).filter(|i| !spans(activities[*i].kind));
        let work: Vec<usize> = work.collect();
        let pairs = work.windows(2);
        return pairs
            .map(|pair| Link::finish_start(pair[0], pair[1]))
            .collect();
    }
    let row = |(activity, node): (&&'r Activity, &'r plan::Activity)| PredecessorRow {
        code: &node.code,
        predecessors: activity.predecessors.as_deref().unwrap_or(""),
        duration: node.duration,
        place: &activity.name,
    };
    let rows: Vec<PredecessorRow<'_>> = activities
        .iter()
        .zip(&network.activities)
        .map(row)
        .collect();
    let (links, told) = plan::link_rows(&rows, &LagFactors::default());
    findings.extend(told.into_iter().map(|f| Finding {
        place: format!("倒排计划“{}”", f.place),
        ..f
    }));
    links
}

/// An activity that waits for nothing starts on its planned day at the earliest. One that is to be as late as possible
/// takes its day from those that wait for it.
fn hold_first_activities(built: &mut BuiltNetwork<'_>) {
    let mut waits = vec![false; built.activities.len()];
    for link in &built.network.links {
        waits[link.to] = true;
    }
    // What a summary waits for, all of its parts wait for; a summary stands before its parts.
    for i in 0..waits.len() {
        waits[i] |= built.outline.parents[i].is_some_and(|parent| waits[parent]);
    }
    for (i, activity) in built.activities.iter().enumerate() {
        let early = activity.timing == Timing::AsSoonAsPossible;
        let free = early && !waits[i] && !spans(activity.kind);
        if let (true, Some(day)) = (free, activity.planned_start) {
            let hold = Constraint {
                kind: ConstraintKind::StartNoEarlier,
                at: start_of(day),
            };
            built.network.activities[i].constraints.push(hold);
        }
    }
}

struct Pace {
    data_date: Date,
    report_days: i64,
}

impl Pace {
    /// The last day on which a word of `day` is still taken to hold.
    fn good_until(&self, day: Date) -> Date {
        later(
            day,
            days_between(day, self.data_date)
                .min(self.report_days)
                .max(0),
        )
    }
}

/// Takes off the work that is presumed done since the last word about each activity.
fn carry_forward(built: &mut BuiltNetwork<'_>, calendars: &Calendars, pace: &Pace) {
    let ready = ready(built);
    for (i, ready) in ready.into_iter().enumerate() {
        let node = &built.network.activities[i];
        if spans(node.kind) {
            continue;
        }
        let timeline = calendars.timeline(node.calendar);
        let progress = match node.progress {
            Progress::Started {
                actual_start,
                remaining,
            } => {
                let said = built.reports[i]
                    .map(|r| end_of(r.reported_on))
                    .unwrap_or(actual_start);
                let until = pace.good_until(ground::date_of_finish(said));
                let remaining = less(timeline, remaining, said, end_of(until));
                Progress::Started {
                    actual_start,
                    remaining,
                }
            }
            Progress::NotStarted if ready => {
                match presumed(built.activities[i], built.reports[i], node, timeline, pace) {
                    Some(progress) => {
                        built.assumed[i] = true;
                        progress
                    }
                    None => continue,
                }
            }
            _ => continue,
        };
        built.network.activities[i].progress = progress;
    }
}

/// Whose predecessors are all finished.
fn ready(built: &BuiltNetwork<'_>) -> Vec<bool> {
    let done = finished(built);
    let mut ready = vec![true; built.activities.len()];
    for link in &built.network.links {
        if !done[link.from] {
            ready[link.to] = false;
        }
    }
    for i in 0..ready.len() {
        ready[i] &= built.outline.parents[i].is_none_or(|parent| ready[parent]);
    }
    ready
}

/// What is finished; a summary when all of its parts are, and never without parts.
fn finished(built: &BuiltNetwork<'_>) -> Vec<bool> {
    let nodes = &built.network.activities;
    let is_finished = |node: &plan::Activity| matches!(node.progress, Progress::Finished { .. });
    let mut done: Vec<bool> = nodes.iter().map(is_finished).collect();
    let mut open_parts = vec![None; nodes.len()];
    for i in (0..nodes.len()).rev() {
        if nodes[i].kind == ActivityKind::Summary {
            done[i] = open_parts[i] == Some(false);
        }
        if let Some(parent) = built.outline.parents[i] {
            let open = open_parts[parent].get_or_insert(false);
            *open |= !done[i] && nodes[i].kind != ActivityKind::LevelOfEffort;
        }
    }
    done
}

/// An activity that should have begun by the data date and of which nobody has spoken: on plan, for one reporting
/// period after its planned start. A report that it has not begun is such a word from its day on: presuming progress
/// against it would let the same activity, reported at 1 %, be forecast later than at 0 %. A milestone is an event and
/// no work that goes on in silence: nobody presumes that it happened.
fn presumed(
    activity: &Activity,
    report: Option<&ProgressReport>,
    node: &plan::Activity,
    timeline: &Timeline,
    pace: &Pace,
) -> Option<Progress> {
    if activity.milestone || node.duration == 0 {
        return None;
    }
    let planned = activity
        .planned_start
        .filter(|day| *day <= pace.data_date)?;
    if report.is_some_and(|r| r.reported_on >= planned) {
        return None;
    }
    let word = report.map_or(planned, |r| r.reported_on);
    let start = timeline.next_start(start_of(planned));
    let until = end_of(pace.good_until(word));
    let remaining = less(timeline, node.duration, start, until);
    Some(Progress::Started {
        actual_start: start,
        remaining,
    })
}

/// Remaining work less the working time from `from` to `until`; what is not reported finished keeps one day.
fn less(timeline: &Timeline, remaining: i64, from: Minute, until: Minute) -> i64 {
    let passed = timeline.between(from, until).max(0);
    (remaining - passed).max(remaining.min(timeline.minutes_per_day()))
}

/// Percent of each activity on the day, hundredths of a percent, by activity id.
pub fn percents(
    activities: &[Activity],
    reports: &[ProgressReport],
    today: Date,
) -> BTreeMap<ActivityId, i64> {
    let newest = newest_reports(reports, today);
    let percent = |a: &Activity| {
        status(a, newest.get(&a.id).copied(), today)
            .percent
            .unwrap_or(0)
    };
    activities.iter().map(|a| (a.id, percent(a))).collect()
}
