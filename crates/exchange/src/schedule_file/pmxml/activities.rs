//! `Activity` and `Relationship`: progress, constraints, stored dates, links, baselines.

use plan::{
    Activity, ActivityKind, Constraint, ConstraintKind, LagCalendar, Link, LinkKind, Progress,
    Timing,
};
use rustc_hash::FxHashMap;

use super::Reader;
use crate::schedule_file::xml::{Element, Record, Scanner, names};
use crate::schedule_file::{BaselineDates, Detail, StoredDates, text};

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
);

/// Keys of an activity, looked up when all is read.
pub(super) struct PendingActivity {
    calendar: String,
    wbs: String,
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
        let minutes = |name| text::hours(root.value(name).as_bytes()).map(|minutes| minutes.max(0));
        let planned = minutes(n.planned_duration).unwrap_or(0);
        let remaining = minutes(n.remaining).unwrap_or(planned);
        let progress = progress(root, n, remaining);
        let duration = match progress {
            Progress::NotStarted => remaining,
            _ => planned,
        };
        let head = self.heads.len().saturating_sub(1);
        let expected = self.heads.last().is_none_or(|head| head.expected);
        let mut activity = Activity::task(code, root.value(n.name), 0, duration);
        activity.kind = kind(root.value(n.kind));
        activity.progress = progress;
        activity.project = head as u32;
        activity.expected_finish = root.date(n.expected).filter(|_| expected);
        constrain(&mut activity, root, n);
        self.file.details.push(Detail {
            key: key.to_owned(),
            planned_duration: planned,
            planned_start: root.date(n.planned_start),
            planned_finish: root.date(n.planned_finish),
            percent: root.number(n.percent).unwrap_or(0.0) * 100.0,
            ignores_resources: true,
            ..Detail::default()
        });
        self.file.stored.push(stored(root, n));
        self.file.baselines.push(Vec::new());
        self.activities.insert(key.to_owned(), self.file.ids.len());
        self.file.ids.push(code.to_owned());
        self.pending.push(PendingActivity {
            calendar: root.value(n.calendar).to_owned(),
            wbs: root.value(n.wbs).to_owned(),
        });
        self.file.network.activities.push(activity);
    }

    pub(super) fn relationship(&mut self, record: &Record) {
        let (root, n) = (record.root(), &self.n.activity);
        self.links.push(PendingLink {
            from: root.value(n.from).to_owned(),
            to: root.value(n.to).to_owned(),
            kind: match root.value(n.kind) {
                "Start to Start" => LinkKind::SS,
                "Finish to Finish" => LinkKind::FF,
                "Start to Finish" => LinkKind::SF,
                _ => LinkKind::FS,
            },
            lag: text::hours(root.value(n.lag).as_bytes()).unwrap_or(0),
            head: self.heads.len().saturating_sub(1),
            at: record.at,
        });
    }

    pub(super) fn baseline_activity(&mut self, root: Element) {
        let n = &self.n.activity;
        let date = |first, second| root.date(first).or_else(|| root.date(second));
        self.baseline_dates.push(PendingBaseline {
            baseline: self.baselines.len().saturating_sub(1),
            code: root.value(n.code).to_owned(),
            dates: BaselineDates {
                number: 0,
                start: date(n.start, n.planned_start),
                finish: date(n.finish, n.planned_finish),
                duration: text::hours(root.value(n.planned_duration).as_bytes()),
            },
        });
    }

    pub(super) fn join_activities(&mut self) {
        for (index, pending) in self.pending.iter().enumerate() {
            let activity = &mut self.file.network.activities[index];
            let project = self.heads.get(activity.project as usize);
            let default = project.map_or(0, |head| head.project.calendar);
            let own = self.calendars.get(&pending.calendar).copied();
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

fn kind(value: &str) -> ActivityKind {
    match value {
        "Start Milestone" => ActivityKind::StartMilestone,
        "Finish Milestone" => ActivityKind::FinishMilestone,
        "Level of Effort" => ActivityKind::LevelOfEffort,
        "WBS Summary" => ActivityKind::Summary,
        _ => ActivityKind::Task,
    }
}

fn progress(root: Element, n: &ActivityNames, remaining: i64) -> Progress {
    let (start, finish) = (root.date(n.actual_start), root.date(n.actual_finish));
    match (root.value(n.status), start, finish) {
        ("Completed", Some(start), Some(finish)) => Progress::Finished {
            actual_start: start.min(finish),
            actual_finish: finish,
        },
        // A milestone has only one of the two.
        ("Completed", Some(date), None) | ("Completed", None, Some(date)) => Progress::Finished {
            actual_start: date,
            actual_finish: date,
        },
        ("In Progress", Some(actual_start), _) => Progress::Started {
            actual_start,
            remaining,
        },
        _ => Progress::NotStarted,
    }
}

fn constrain(activity: &mut Activity, root: Element, n: &ActivityNames) {
    for (name, date) in [(n.first, n.first_date), (n.second, n.second_date)] {
        let kind = match root.value(name) {
            "As Late As Possible" => {
                activity.timing = Timing::LateInFreeFloat;
                continue;
            }
            "Start On" => ConstraintKind::StartOn,
            "Start On or Before" => ConstraintKind::StartNoLater,
            "Start On or After" => ConstraintKind::StartNoEarlier,
            "Finish On" => ConstraintKind::FinishOn,
            "Finish On or Before" => ConstraintKind::FinishNoLater,
            "Finish On or After" => ConstraintKind::FinishNoEarlier,
            "Mandatory Start" => ConstraintKind::MandatoryStart,
            "Mandatory Finish" => ConstraintKind::MandatoryFinish,
            _ => continue,
        };
        if let Some(at) = root.date(date) {
            activity.constraints.push(Constraint { kind, at });
        }
    }
    if activity.progress != Progress::NotStarted {
        return;
    }
    for (name, kind) in [
        (n.external_start, ConstraintKind::StartNoEarlier),
        (n.external_finish, ConstraintKind::FinishNoLater),
    ] {
        if let Some(at) = root.date(name) {
            activity.constraints.push(Constraint { kind, at });
        }
    }
}

fn stored(root: Element, n: &ActivityNames) -> StoredDates {
    let minutes = |name| text::hours(root.value(name).as_bytes());
    let flag = |name| {
        root.child(name)
            .filter(|e| !e.text().is_empty())
            .map(|_| root.flag(name))
    };
    StoredDates {
        early_start: root.date(n.early_start),
        early_finish: root.date(n.early_finish),
        late_start: root.date(n.late_start),
        late_finish: root.date(n.late_finish),
        start: root.date(n.start),
        finish: root.date(n.finish),
        total_float: minutes(n.total),
        free_float: minutes(n.free),
        critical: flag(n.critical),
        longest_path: flag(n.longest),
    }
}
