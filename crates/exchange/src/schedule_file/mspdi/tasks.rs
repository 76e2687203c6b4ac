//! `Task`: durations with their formats, progress, constraints, outline, baselines, stored dates, links.

use plan::{
    Activity, ActivityKind, Constraint, ConstraintKind, LagCalendar, LagUnit, LinkKind, Progress,
    Timing,
};

use super::{Reader, TaskCalendar};
use crate::schedule_file::fields::Fields;
use crate::schedule_file::lag_shown::unit_of;
use crate::schedule_file::xml::{Element, NameId, Record, Scanner, names};
use crate::schedule_file::{BaselineDates, Detail, StoredDates};

names!(
    TaskNames: uid = "UID", name = "Name", is_null = "IsNull", active = "Active", level = "OutlineLevel",
    summary = "Summary", milestone = "Milestone", manual = "Manual", external = "ExternalTask", wbs = "WBS",
    start = "Start", finish = "Finish", manual_start = "ManualStart", manual_finish = "ManualFinish",
    duration = "Duration", format = "DurationFormat", remaining = "RemainingDuration", actual_start = "ActualStart",
    actual_finish = "ActualFinish", percent = "PercentComplete", constraint = "ConstraintType",
    constraint_date = "ConstraintDate", deadline = "Deadline", calendar = "CalendarUID",
    ignores_resources = "IgnoreResourceCalendar", early_start = "EarlyStart", early_finish = "EarlyFinish",
    late_start = "LateStart", late_finish = "LateFinish", total = "TotalSlack", free = "FreeSlack",
    critical = "Critical", notes = "Notes", baseline = "Baseline", number = "Number", link = "PredecessorLink",
    predecessor = "PredecessorUID", kind = "Type", lag = "LinkLag", lag_format = "LagFormat",
    delay = "LevelingDelay", priority = "Priority", physical = "PhysicalPercentComplete", cost = "Cost",
);

/// A link whose predecessor may still come.
pub(super) struct PendingLink {
    pub(super) from: i64,
    pub(super) to: usize,
    pub(super) kind: LinkKind,
    pub(super) lag: Lag,
    /// In which unit the lag is shown.
    pub(super) format: i64,
    pub(super) at: usize,
}

/// A lag as written.
#[derive(Clone, Copy)]
pub(super) enum Lag {
    /// Minutes of working time of the successor, or of the clock.
    Minutes(i64, LagCalendar),
    /// Of the predecessor's duration.
    Percent(f64, LagCalendar),
}

impl Reader<'_> {
    pub(super) fn read_task(&mut self, record: &Record, scanner: &Scanner) {
        let root = record.root();
        let n = &self.task_names;
        if root.flag(n.is_null) {
            return;
        }
        let name = root.value(n.name);
        let mut fields = Fields::of(record, scanner, ("任务", name), self.remarks);
        let (uid, level) = (fields.integer(n.uid), fields.integer(n.level).unwrap_or(1));
        let place = || {
            format!(
                "第{}行的任务“{}”",
                scanner.line(record.at),
                root.value(n.name)
            )
        };
        let Some(uid) = uid.filter(|uid| !self.tasks.contains_key(uid)) else {
            return self.remarks.error(
                "mspdi.task",
                place,
                || "任务没有 UID，或与前面的任务重复，没有读入".to_owned(),
                "请在 Project 中重新“另存为”XML 格式",
            );
        };
        if uid == 0 {
            return self.read_project_summary(root);
        }
        if root.value(n.active) == "0" {
            return self.remarks.info(
                "mspdi.inactive",
                place,
                || "任务是非活动的，不参加计算".to_owned(),
                "",
            );
        }
        if root.value(n.duration).is_empty() && !root.flag(n.summary) {
            self.remarks.warning(
                "mspdi.duration",
                place,
                || "任务没有工期，按 0 处理".to_owned(),
                "请在 Project 中补填工期",
            );
        }
        self.push_task(record, uid, level, scanner);
    }

    /// Task 0 stands for the whole project.
    fn read_project_summary(&mut self, root: Element) {
        let name = root.value(self.task_names.name);
        let known = !self.head.title.is_empty() || !self.head.project.name.is_empty();
        if !known {
            name.clone_into(&mut self.head.project.name);
        }
    }

    fn push_task(&mut self, record: &Record, uid: i64, level: i64, scanner: &Scanner) {
        let (n, root) = (&self.task_names, record.root());
        let index = self.file.ids.len();
        let name = root.value(n.name);
        let fields = &mut Fields::of(record, scanner, ("任务", name), self.remarks);
        let (duration, remaining) = (minutes(fields, n.duration), minutes(fields, n.remaining));
        let duration = duration.unwrap_or(0);
        let mut activity = Activity::task(uid.to_string(), name, 0, duration);
        activity.kind = kind(root, n, duration);
        activity.progress = progress(fields, n, remaining.unwrap_or(duration));
        activity.deadline = fields.date(n.deadline);
        activity.delay = delay(fields, n);
        if root.flag(n.manual) || root.flag(n.external) {
            activity.fixed = fixed(fields, n).filter(|_| activity.kind != ActivityKind::Summary);
        }
        constrain(&mut activity, fields, n, self.head.honor_constraints);
        let detail = Detail {
            key: uid.to_string(),
            wbs_code: root.value(n.wbs).to_owned(),
            planned_duration: duration,
            percent: fields.number(n.percent).unwrap_or(0.0),
            physical: fields.number(n.physical).unwrap_or(0.0),
            priority: fields.integer(n.priority).map(|one| one.clamp(0, 1000)),
            notes: root.value(n.notes).to_owned(),
            ignores_resources: root.flag(n.ignores_resources),
            ..Detail::default()
        };
        self.task_calendars.push(TaskCalendar {
            key: root.value(n.calendar).to_owned(),
            elapsed: unit_of(fields.integer(n.format).unwrap_or(7))
                .is_some_and(LagUnit::is_elapsed),
            at: record.at,
        });
        let cost = fields.number(n.cost).is_some_and(|cost| cost != 0.0);
        self.file.baselines.push(baselines(fields, n));
        self.file.stored.push(stored(fields, n));
        links(fields, n, index, record.at, &mut self.links);
        self.remarks
            .cost(cost && activity.kind != ActivityKind::Summary);
        activity.parent = self.hang(level, index);
        self.tasks.insert(uid, index);
        self.file.ids.push(uid.to_string());
        self.file.details.push(detail);
        self.file.network.activities.push(activity);
    }

    /// The summary above this outline level.
    fn hang(&mut self, level: i64, index: usize) -> Option<usize> {
        while self
            .outline
            .last()
            .is_some_and(|(above, _)| *above >= level)
        {
            self.outline.pop();
        }
        let parent = self.outline.last().map(|(_, index)| *index);
        self.outline.push((level, index));
        let summary =
            |parent: &usize| self.file.network.activities[*parent].kind == ActivityKind::Summary;
        parent.filter(summary)
    }
}

fn kind(root: Element, n: &TaskNames, duration: i64) -> ActivityKind {
    if root.flag(n.summary) {
        ActivityKind::Summary
    } else if duration == 0 && root.flag(n.milestone) {
        // Project knows one milestone only; it stays where its predecessor ends.
        ActivityKind::FinishMilestone
    } else {
        ActivityKind::Task
    }
}

/// A duration; one below zero is told and none.
fn minutes(fields: &mut Fields, name: NameId) -> Option<i64> {
    let minutes = fields.duration(name);
    fields.not_negative(name, minutes)
}

fn progress(fields: &mut Fields, n: &TaskNames, remaining: i64) -> Progress {
    let (start, finish) = (fields.date(n.actual_start), fields.date(n.actual_finish));
    if start
        .zip(finish)
        .is_some_and(|(start, finish)| finish < start)
    {
        fields.warn(n.actual_finish, || {
            "实际完成早于实际开始，实际开始按实际完成处理".to_owned()
        });
    }
    Progress::of(start, finish, remaining)
}

/// Levelling delay, tenths of minutes of the clock whatever its format says: "2 days" is 48 hours in all 24 delayed tasks
/// of the public files.
fn delay(fields: &mut Fields, n: &TaskNames) -> i64 {
    let tenths = fields.number(n.delay).unwrap_or(0.0);
    (tenths / 10.0).round().clamp(0.0, 1e7) as i64
}

/// Where a manual task stands; one that has no dates yet is calculated like others.
fn fixed(fields: &mut Fields, n: &TaskNames) -> Option<(i64, i64)> {
    let mut date = |first, second| fields.date(first).or_else(|| fields.date(second));
    let start = date(n.start, n.manual_start)?;
    let finish = date(n.finish, n.manual_finish)?;
    Some((start, finish.max(start)))
}

/// Types in the order of the file format: none, as late as possible, and those with a date.
fn constrain(activity: &mut Activity, fields: &mut Fields, n: &TaskNames, honored: bool) {
    let hard = |must, on| if honored { must } else { on };
    let kinds = [
        ("0", None),
        ("1", None),
        (
            "2",
            Some(hard(ConstraintKind::MustStart, ConstraintKind::StartOn)),
        ),
        (
            "3",
            Some(hard(ConstraintKind::MustFinish, ConstraintKind::FinishOn)),
        ),
        ("4", Some(ConstraintKind::StartNoEarlier)),
        ("5", Some(ConstraintKind::StartNoLater)),
        ("6", Some(ConstraintKind::FinishNoEarlier)),
        ("7", Some(ConstraintKind::FinishNoLater)),
    ];
    let kind = fields.word(n.constraint, &kinds, "没有采用这个限制");
    if fields.value(n.constraint) == "1" {
        activity.timing = Timing::LateInTotalFloat;
    }
    let at = fields.date(n.constraint_date);
    match (kind.flatten(), at) {
        (Some(kind), Some(at)) => activity.constraints.push(Constraint { kind, at }),
        (Some(_), None) => fields.warn(n.constraint, || {
            "限制条件没有可用的日期，没有采用".to_owned()
        }),
        (None, _) => {}
    }
}

fn baselines(fields: &mut Fields, n: &TaskNames) -> Vec<BaselineDates> {
    let mut baselines = Vec::new();
    for element in fields.element().all(n.baseline) {
        let mut fields = fields.inside(element);
        let number = fields.integer(n.number).unwrap_or(0);
        let Some(number) = u8::try_from(number).ok().filter(|number| *number <= 10) else {
            fields.warn(n.number, || format!("没有第 {number} 号基准，没有读入"));
            continue;
        };
        baselines.push(BaselineDates {
            number,
            start: fields.date(n.start),
            finish: fields.date(n.finish),
            duration: fields.duration(n.duration),
        });
    }
    baselines.sort_by_key(|baseline| baseline.number);
    baselines.dedup_by_key(|baseline| baseline.number);
    baselines
}

/// Slacks stand in tenths of a minute.
fn stored(fields: &mut Fields, n: &TaskNames) -> StoredDates {
    let tenths = |tenths: f64| (tenths / 10.0).round() as i64;
    StoredDates {
        early_start: fields.date(n.early_start),
        early_finish: fields.date(n.early_finish),
        late_start: fields.date(n.late_start),
        late_finish: fields.date(n.late_finish),
        start: fields.date(n.start),
        finish: fields.date(n.finish),
        total_float: fields.number(n.total).map(tenths),
        free_float: fields.number(n.free).map(tenths),
        critical: fields
            .element()
            .child(n.critical)
            .map(|_| fields.flag(n.critical)),
        longest_path: None,
    }
}

const LINK_KINDS: [(&str, LinkKind); 4] = [
    ("0", LinkKind::FF),
    ("1", LinkKind::FS),
    ("2", LinkKind::SF),
    ("3", LinkKind::SS),
];

fn links(fields: &mut Fields, n: &TaskNames, to: usize, at: usize, links: &mut Vec<PendingLink>) {
    for element in fields.element().all(n.link) {
        let fields = &mut fields.inside(element);
        let Some(from) = fields.integer(n.predecessor) else {
            fields.warn(n.link, || "没有前置任务，这条链接没有采用".to_owned());
            continue;
        };
        let kind = fields.word(n.kind, &LINK_KINDS, "按完成—开始（FS）处理");
        let format = fields.integer(n.lag_format).unwrap_or(7);
        let lag = lag(fields.number(n.lag).unwrap_or(0.0), format);
        links.push(PendingLink {
            from,
            to,
            kind: kind.unwrap_or(LinkKind::FS),
            lag,
            format,
            at,
        });
    }
}

fn lag(value: f64, format: i64) -> Lag {
    // Project counts a lag on the successor's calendar.
    let unit = unit_of(format);
    let calendar = match unit.is_some_and(LagUnit::is_elapsed) {
        true => LagCalendar::Elapsed,
        false => LagCalendar::Successor,
    };
    match unit.is_some_and(LagUnit::is_percent) {
        true => Lag::Percent(value, calendar),
        false => Lag::Minutes((value / 10.0).round() as i64, calendar),
    }
}
