//! `Activity` and `Relationship`: progress, constraints, stored dates, links, baselines.

use plan::{
    Activity, ActivityKind, Constraint, ConstraintKind, LagCalendar, Link, LinkKind, Progress,
    Timing,
};
use rustc_hash::FxHashMap;

use super::Reader;
use crate::schedule_file::fields::Fields;
use crate::schedule_file::xml::{NameId, Record, Scanner, names};
use crate::schedule_file::{BaselineDates, Detail, StoredDates};

names!(
    ActivityNames: key = "ObjectId", code = "Id", name = "Name", kind = "Type", status = "Status",
    calendar = "CalendarObjectId", wbs = "WBSObjectId", planned_duration = "PlannedDuration",
    remaining = "RemainingDuration", actual_start = "ActualStartDate",
    actual_finish = "ActualFinishDate", expected = "ExpectedFinishDate", first = "PrimaryConstraintType",
    first_date = "PrimaryConstraintDate", second = "SecondaryConstraintType", second_date = "SecondaryConstraintDate",
    external_start = "ExternalEarlyStartDate", external_finish = "ExternalLateFinishDate",
    early_start = "RemainingEarlyStartDate", early_finish = "RemainingEarlyFinishDate",
    late_start = "RemainingLateStartDate", late_finish = "RemainingLateFinishDate", start = "StartDate",
    finish = "FinishDate", total = "TotalFloat", free = "FreeFloat", longest = "IsLongestPath",
    critical = "IsCritical", planned_start = "PlannedStartDate", planned_finish = "PlannedFinishDate",
    percent = "PercentComplete", from = "PredecessorActivityObjectId", to = "SuccessorActivityObjectId", lag = "Lag",
    physical = "PhysicalPercentComplete", priority = "LevelingPriority",
);

/// Keys of an activity, looked up when all is read.
pub(super) struct PendingActivity {
    calendar: String,
    wbs: String,
    at: usize,
}

/// Keys of a link.
pub(super) struct PendingLink {
    from: String,
    to: String,
    kind: LinkKind,
    lag: i64,
    head: usize,
    at: usize,
}

/// Dates of one activity of a baseline project.
pub(super) struct PendingBaseline {
    baseline: usize,
    code: String,
    dates: BaselineDates,
}

impl Reader<'_> {
    pub(super) fn activity(&mut self, record: &Record, scanner: &Scanner) {
        let (root, n) = (record.root(), &self.n.activity);
        let (key, code) = (root.value(n.key), root.value(n.code));
        if key.is_empty() || self.activities.contains_key(key) {
            return self.remarks.error(
                "pmxml.activity",
                || format!("第{}行的作业“{code}”", scanner.line(record.at)),
                || "作业没有 ObjectId，或与前面的重复，没有读入".to_owned(),
                "请在 P6 中重新导出",
            );
        }
        let fields = &mut Fields::of(record, scanner, ("作业", code), self.remarks);
        let planned = minutes(fields, n.planned_duration);
        let remaining = minutes(fields, n.remaining).or(planned);
        let kind = fields.word(n.kind, &KINDS, "按普通作业处理");
        let kind = kind.unwrap_or(ActivityKind::Task);
        if remaining.is_none() && kind == ActivityKind::Task {
            fields.warn(n.planned_duration, || "作业没有工期，按 0 处理".to_owned());
        }
        let (planned, remaining) = (planned.unwrap_or(0), remaining.unwrap_or(0));
        let progress = progress(fields, n, remaining);
        let duration = match progress {
            Progress::NotStarted => remaining,
            _ => planned,
        };
        let head = self.heads.len().saturating_sub(1);
        let expected = self.heads.last().is_none_or(|head| head.expected);
        let mut activity = Activity::task(code, root.value(n.name), 0, duration);
        activity.kind = kind;
        activity.progress = progress;
        activity.project = head as u32;
        activity.expected_finish = fields.date(n.expected).filter(|_| expected);
        constrain(&mut activity, fields, n);
        self.file.details.push(Detail {
            key: key.to_owned(),
            planned_duration: planned,
            planned_start: fields.date(n.planned_start),
            planned_finish: fields.date(n.planned_finish),
            percent: fields.number(n.percent).unwrap_or(0.0) * 100.0,
            physical: fields.number(n.physical).unwrap_or(0.0) * 100.0,
            priority: fields.word(n.priority, &PRIORITIES, "按普通处理"),
            ignores_resources: true,
            ..Detail::default()
        });
        self.file.stored.push(stored(fields, n));
        self.file.baselines.push(Vec::new());
        self.activities.insert(key.to_owned(), self.file.ids.len());
        self.file.ids.push(code.to_owned());
        self.pending.push(PendingActivity {
            calendar: root.value(n.calendar).to_owned(),
            wbs: root.value(n.wbs).to_owned(),
            at: record.at,
        });
        self.file.network.activities.push(activity);
    }

    pub(super) fn relationship(&mut self, record: &Record, scanner: &Scanner) {
        let n = &self.n.activity;
        let mut fields = Fields::of(record, scanner, ("逻辑关系", ""), self.remarks);
        let kind = fields.word(n.kind, &LINK_KINDS, "按完成—开始（FS）处理");
        let lag = fields.hours(n.lag).unwrap_or(0);
        self.links.push(PendingLink {
            from: fields.value(n.from).to_owned(),
            to: fields.value(n.to).to_owned(),
            kind: kind.unwrap_or(LinkKind::FS),
            lag,
            head: self.heads.len().saturating_sub(1),
            at: record.at,
        });
    }

    pub(super) fn baseline_activity(&mut self, record: &Record, scanner: &Scanner) {
        let n = &self.n.activity;
        let code = record.root().value(n.code);
        let mut fields = Fields::of(record, scanner, ("基准作业", code), self.remarks);
        let duration = fields.hours(n.planned_duration);
        let mut date = |first, second| fields.date(first).or_else(|| fields.date(second));
        let dates = BaselineDates {
            number: 0,
            start: date(n.start, n.planned_start),
            finish: date(n.finish, n.planned_finish),
            duration,
        };
        self.baseline_dates.push(PendingBaseline {
            baseline: self.baselines.len().saturating_sub(1),
            code: code.to_owned(),
            dates,
        });
    }

    pub(super) fn join_activities(&mut self, scanner: &Scanner) {
        for (index, pending) in self.pending.iter().enumerate() {
            let activity = &mut self.file.network.activities[index];
            let project = self.heads.get(activity.project as usize);
            let default = project.map_or(0, |head| head.project.calendar);
            let own = self.calendars.get(&pending.calendar).copied();
            if own.is_none() && !pending.calendar.is_empty() {
                self.remarks.warning(
                    "pmxml.unknown_calendar",
                    || {
                        let line = scanner.line(pending.at);
                        format!("第{line}行的作业“{}”，CalendarObjectId", activity.code)
                    },
                    || format!("日历 {} 不在文件里，改用项目日历", pending.calendar),
                    "请在 P6 中给作业指定日历后重新导出",
                );
            }
            activity.calendar = own.unwrap_or(default);
            self.file.details[index].own_calendar = Some(activity.calendar);
            self.file.details[index].wbs = self.nodes.get(&pending.wbs).copied();
        }
        self.file.join_summaries();
    }

    pub(super) fn join_links(&mut self, scanner: &Scanner) {
        for link in std::mem::take(&mut self.links) {
            let ends = (
                self.activities.get(&link.from),
                self.activities.get(&link.to),
            );
            let (Some(&from), Some(&to)) = ends else {
                self.remarks.info(
                    "pmxml.link",
                    || format!("第{}行的逻辑关系", scanner.line(link.at)),
                    || {
                        format!(
                            "作业 {} 或 {} 不在文件里，这条关系没有采用",
                            link.from, link.to
                        )
                    },
                    "需要时请在 P6 中把相关项目一并导出",
                );
                continue;
            };
            if from == to {
                self.remarks.error(
                    "pmxml.own_link",
                    || format!("第{}行的逻辑关系", scanner.line(link.at)),
                    || {
                        let code = &self.file.network.activities[to].code;
                        format!("作业 {code} 的紧前作业就是它自己，这条关系没有采用")
                    },
                    "请在 P6 中改正这条关系",
                );
                continue;
            }
            let head = &self.heads[link.head];
            self.file.network.links.push(Link {
                from,
                to,
                kind: link.kind,
                lag: link.lag,
                lag_calendar: head.lag.unwrap_or(LagCalendar::Of(head.project.calendar)),
            });
        }
    }

    /// Baselines count per project, in the order of the file.
    pub(super) fn join_baselines(&mut self) {
        let projects: FxHashMap<&str, usize> = (0..)
            .zip(&self.heads)
            .map(|(i, head)| (head.project.id.as_str(), i))
            .collect();
        let mut numbers = Vec::new();
        let mut counts: FxHashMap<usize, u8> = FxHashMap::default();
        for baseline in &self.baselines {
            let project = projects
                .get(baseline.original.as_str())
                .copied()
                .unwrap_or(0);
            let number = counts.entry(project).or_insert(0);
            numbers.push((project, *number));
            *number = (*number + 1).min(10);
        }
        let mut by_code: FxHashMap<(usize, &str), usize> = FxHashMap::default();
        for (index, activity) in self.file.network.activities.iter().enumerate() {
            by_code.insert((activity.project as usize, activity.code.as_str()), index);
        }
        for pending in &self.baseline_dates {
            let (project, number) = numbers[pending.baseline];
            if let Some(&index) = by_code.get(&(project, pending.code.as_str())) {
                self.file.baselines[index].push(BaselineDates {
                    number,
                    ..pending.dates
                });
            }
        }
    }
}

const KINDS: [(&str, ActivityKind); 6] = [
    ("Task Dependent", ActivityKind::Task),
    ("Resource Dependent", ActivityKind::Task),
    ("Start Milestone", ActivityKind::StartMilestone),
    ("Finish Milestone", ActivityKind::FinishMilestone),
    ("Level of Effort", ActivityKind::LevelOfEffort),
    ("WBS Summary", ActivityKind::Summary),
];

/// Priorities of P6, and what they are in Project.
const PRIORITIES: [(&str, i64); 5] = [
    ("Top", 800),
    ("High", 600),
    ("Normal", 500),
    ("Low", 400),
    ("Lowest", 200),
];

const LINK_KINDS: [(&str, LinkKind); 4] = [
    ("Finish to Start", LinkKind::FS),
    ("Start to Start", LinkKind::SS),
    ("Finish to Finish", LinkKind::FF),
    ("Start to Finish", LinkKind::SF),
];

/// A status as P6 XML names it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    Open,
    Started,
    Completed,
}

const STATUSES: [(&str, Status); 3] = [
    ("Not Started", Status::Open),
    ("In Progress", Status::Started),
    ("Completed", Status::Completed),
];

/// None: as late as possible.
const CONSTRAINTS: [(&str, Option<ConstraintKind>); 9] = [
    ("As Late As Possible", None),
    ("Start On", Some(ConstraintKind::StartOn)),
    ("Start On or Before", Some(ConstraintKind::StartNoLater)),
    ("Start On or After", Some(ConstraintKind::StartNoEarlier)),
    ("Finish On", Some(ConstraintKind::FinishOn)),
    ("Finish On or Before", Some(ConstraintKind::FinishNoLater)),
    ("Finish On or After", Some(ConstraintKind::FinishNoEarlier)),
    ("Mandatory Start", Some(ConstraintKind::MandatoryStart)),
    ("Mandatory Finish", Some(ConstraintKind::MandatoryFinish)),
];

/// Hours of work; less than none is told and none.
fn minutes(fields: &mut Fields, name: NameId) -> Option<i64> {
    let minutes = fields.hours(name);
    fields.not_negative(name, minutes)
}

fn progress(fields: &mut Fields, n: &ActivityNames, remaining: i64) -> Progress {
    let (start, finish) = (fields.date(n.actual_start), fields.date(n.actual_finish));
    let status = fields.word(n.status, &STATUSES, "按未开始处理");
    let status = status.unwrap_or(Status::Open);
    match (status, start, finish) {
        (Status::Completed, Some(start), Some(finish)) => {
            if finish < start {
                fields.warn(n.actual_finish, || {
                    "实际完成早于实际开始，实际开始按实际完成处理".to_owned()
                });
            }
            Progress::of(Some(start), Some(finish), 0)
        }
        // A milestone has only one of the two.
        (Status::Completed, Some(date), None) | (Status::Completed, None, Some(date)) => {
            Progress::of(Some(date), Some(date), 0)
        }
        (Status::Started, Some(start), _) => Progress::of(Some(start), None, remaining),
        (Status::Open, _, _) => Progress::NotStarted,
        (Status::Started, None, _) | (Status::Completed, None, None) => {
            fields.warn(n.status, || {
                "作业已开始或已完成，却没有实际日期，按未开始处理".to_owned()
            });
            Progress::NotStarted
        }
    }
}

fn constrain(activity: &mut Activity, fields: &mut Fields, n: &ActivityNames) {
    for (name, date) in [(n.first, n.first_date), (n.second, n.second_date)] {
        let at = fields.date(date);
        match (fields.word(name, &CONSTRAINTS, "没有采用这个限制"), at) {
            (Some(None), _) => activity.timing = Timing::LateInFreeFloat,
            (Some(Some(kind)), Some(at)) => activity.constraints.push(Constraint { kind, at }),
            (Some(Some(_)), None) => {
                fields.warn(name, || "限制条件没有可用的日期，没有采用".to_owned())
            }
            (None, _) => {}
        }
    }
    if activity.progress != Progress::NotStarted {
        return;
    }
    for (name, kind) in [
        (n.external_start, ConstraintKind::StartNoEarlier),
        (n.external_finish, ConstraintKind::FinishNoLater),
    ] {
        if let Some(at) = fields.date(name) {
            activity.constraints.push(Constraint { kind, at });
        }
    }
}

fn stored(fields: &mut Fields, n: &ActivityNames) -> StoredDates {
    StoredDates {
        early_start: fields.date(n.early_start),
        early_finish: fields.date(n.early_finish),
        late_start: fields.date(n.late_start),
        late_finish: fields.date(n.late_finish),
        start: fields.date(n.start),
        finish: fields.date(n.finish),
        total_float: fields.hours(n.total),
        free_float: fields.hours(n.free),
        critical: said(fields, n.critical),
        longest_path: said(fields, n.longest),
    }
}

/// Yes, no, or nothing said.
fn said(fields: &Fields, name: NameId) -> Option<bool> {
    (!fields.value(name).is_empty()).then(|| fields.flag(name))
}
