//! `Task`: durations with their formats, progress, constraints, outline, baselines, stored dates, links.

use plan::{
    Activity, ActivityKind, Constraint, ConstraintKind, LagCalendar, LinkKind, Progress, Timing,
};

use super::{Reader, TaskCalendar};
use crate::schedule_file::xml::{Element, Record, Scanner, iso_duration, names};
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
    delay = "LevelingDelay",
);

/// A link whose predecessor may still come.
pub(super) struct PendingLink {
    pub(super) from: i64,
    pub(super) to: usize,
    pub(super) kind: LinkKind,
    pub(super) lag: Lag,
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

/// Even numbers from 4 to 12 are minutes, hours, days, weeks and months of the clock; 32 more marks them as estimated.
fn elapsed(format: i64) -> bool {
    matches!(
        format,
        4 | 6 | 8 | 10 | 12 | 20 | 36 | 38 | 40 | 42 | 44 | 52
    )
}

/// 19 and 20, estimated 51 and 52: percent, and percent of the clock.
fn percent(format: i64) -> bool {
    matches!(format, 19 | 20 | 51 | 52)
}

impl Reader<'_> {
    pub(super) fn read_task(&mut self, record: &Record, scanner: &Scanner) {
        let root = record.root();
        let n = &self.task_names;
        if root.flag(n.is_null) {
            return;
        }
        let (uid, level) = (root.integer(n.uid), root.integer(n.level).unwrap_or(1));
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
        self.push_task(root, uid, level, record.at);
    }

    /// Task 0 stands for the whole project.
    fn read_project_summary(&mut self, root: Element) {
        let name = root.value(self.task_names.name);
        let known = !self.head.title.is_empty() || !self.head.project.name.is_empty();
        if !known {
            name.clone_into(&mut self.head.project.name);
        }
    }

    fn push_task(&mut self, root: Element, uid: i64, level: i64, at: usize) {
        let n = &self.task_names;
        let index = self.file.ids.len();
        let minutes = |name| iso_duration(root.value(name)).map(|minutes| minutes.max(0));
        let duration = minutes(n.duration).unwrap_or(0);
        let mut activity = Activity::task(uid.to_string(), root.value(n.name), 0, duration);
        activity.kind = kind(root, n, duration);
        activity.progress = progress(root, n, minutes(n.remaining).unwrap_or(duration));
        activity.deadline = root.date(n.deadline);
        activity.delay = delay(root, n);
        if root.flag(n.manual) || root.flag(n.external) {
            activity.fixed = fixed(root, n).filter(|_| activity.kind != ActivityKind::Summary);
        }
        constrain(&mut activity, root, n, self.head.honor_constraints);
        let detail = Detail {
            key: uid.to_string(),
            wbs_code: root.value(n.wbs).to_owned(),
            planned_duration: duration,
            planned_start: None,
            planned_finish: None,
            percent: root.number(n.percent).unwrap_or(0.0),
            notes: root.value(n.notes).to_owned(),
            wbs: None,
            own_calendar: None,
            ignores_resources: root.flag(n.ignores_resources),
        };
        self.task_calendars.push(TaskCalendar {
            key: root.value(n.calendar).to_owned(),
            elapsed: elapsed(root.integer(n.format).unwrap_or(7)),
        });
        self.file.baselines.push(baselines(root, n));
        self.file.stored.push(stored(root, n));
        self.links.extend(links(root, n, index, at));
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

fn progress(root: Element, n: &TaskNames, remaining: i64) -> Progress {
    let (start, finish) = (root.date(n.actual_start), root.date(n.actual_finish));
    Progress::of(start, finish, remaining)
}

/// Levelling delay, tenths of minutes of the clock whatever its format says: "2 days" is 48 hours in all 24 delayed tasks
/// of the public files.
fn delay(root: Element, n: &TaskNames) -> i64 {
    let tenths = root.number(n.delay).unwrap_or(0.0);
    (tenths / 10.0).round().clamp(0.0, 1e7) as i64
}

/// Where a manual task stands; one that has no dates yet is calculated like others.
fn fixed(root: Element, n: &TaskNames) -> Option<(i64, i64)> {
    let date = |first, second| root.date(first).or_else(|| root.date(second));
    let start = date(n.start, n.manual_start)?;
    let finish = date(n.finish, n.manual_finish)?;
    Some((start, finish.max(start)))
}

/// Types 2 to 7 in the order of the file format; 0 is none, 1 as late as possible.
fn constrain(activity: &mut Activity, root: Element, n: &TaskNames, honored: bool) {
    let kind = match root.integer(n.constraint) {
        Some(1) => {
            activity.timing = Timing::LateInTotalFloat;
            return;
        }
        Some(2) if honored => ConstraintKind::MustStart,
        Some(3) if honored => ConstraintKind::MustFinish,
        Some(2) => ConstraintKind::StartOn,
        Some(3) => ConstraintKind::FinishOn,
        Some(4) => ConstraintKind::StartNoEarlier,
        Some(5) => ConstraintKind::StartNoLater,
        Some(6) => ConstraintKind::FinishNoEarlier,
        Some(7) => ConstraintKind::FinishNoLater,
        _ => return,
    };
    if let Some(at) = root.date(n.constraint_date) {
        activity.constraints.push(Constraint { kind, at });
    }
}

fn baselines(root: Element, n: &TaskNames) -> Vec<BaselineDates> {
    let mut baselines: Vec<BaselineDates> = root
        .all(n.baseline)
        .filter_map(|element| {
            let number = element.integer(n.number).unwrap_or(0);
            Some(BaselineDates {
                number: u8::try_from(number).ok().filter(|number| *number <= 10)?,
                start: element.date(n.start),
                finish: element.date(n.finish),
                duration: iso_duration(element.value(n.duration)),
            })
        })
        .collect();
    baselines.sort_by_key(|baseline| baseline.number);
    baselines.dedup_by_key(|baseline| baseline.number);
    baselines
}

/// Slacks stand in tenths of a minute.
fn stored(root: Element, n: &TaskNames) -> StoredDates {
    let slack = |name| {
        root.number(name)
            .map(|tenths| (tenths / 10.0).round() as i64)
    };
    StoredDates {
        early_start: root.date(n.early_start),
        early_finish: root.date(n.early_finish),
        late_start: root.date(n.late_start),
        late_finish: root.date(n.late_finish),
        start: root.date(n.start),
        finish: root.date(n.finish),
        total_float: slack(n.total),
        free_float: slack(n.free),
        critical: root.child(n.critical).map(|_| root.flag(n.critical)),
        longest_path: None,
    }
}

fn links<'r>(
    root: Element<'r>,
    n: &'r TaskNames,
    to: usize,
    at: usize,
) -> impl Iterator<Item = PendingLink> + 'r {
    root.all(n.link).filter_map(move |element| {
        let format = element.integer(n.lag_format).unwrap_or(7);
        let value = element.number(n.lag).unwrap_or(0.0);
        // Project counts a lag on the successor's calendar.
        let calendar = match elapsed(format) {
            true => LagCalendar::Elapsed,
            false => LagCalendar::Successor,
        };
        let lag = match percent(format) {
            true => Lag::Percent(value, calendar),
            false => Lag::Minutes((value / 10.0).round() as i64, calendar),
        };
        Some(PendingLink {
            from: element.integer(n.predecessor)?,
            to,
            kind: match element.integer(n.kind) {
                Some(0) => LinkKind::FF,
                Some(2) => LinkKind::SF,
                Some(3) => LinkKind::SS,
                _ => LinkKind::FS,
            },
            lag,
            at,
        })
    })
}
