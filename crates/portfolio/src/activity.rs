//! 工序 Activity of a project's plan and 进度填报 ProgressReport about it. Both are read from records; what they
//! mean for dates is `network`.

use std::collections::BTreeMap;

use ground::{ActivityId, Date, Finding, ProjectId, RecordId};
use plan::{ActivityKind, ConstraintKind, Timing};
use register::{Record, Value};

use crate::reading::{Reader, hundredths, read_all};

/// 工序. One line of a 倒排工期 plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Activity {
    /// Record id.
    pub id: ActivityId,
    /// Project.
    pub project: ProjectId,
    /// 编号, as predecessors name it; empty when the plan has none.
    pub code: String,
    /// 工作内容.
    pub name: String,
    /// 责任单位 of this activity, as written or as an organisation's id.
    pub unit: Option<RecordId>,
    /// Calendar id.
    pub calendar: Option<String>,
    /// 工期 in working days of the calendar.
    pub duration_days: Option<i64>,
    /// 紧前工作 as written.
    pub predecessors: Option<String>,
    /// 计划开始.
    pub planned_start: Option<Date>,
    /// 计划完成.
    pub planned_finish: Option<Date>,
    /// 实际开始.
    pub actual_start: Option<Date>,
    /// 实际完成.
    pub actual_finish: Option<Date>,
    /// Shown as a bar on the wall chart.
    pub on_wall: bool,
    /// 节点: no duration.
    pub milestone: bool,
    /// 工作类型; milestones are told by it or by a duration of 0 days.
    pub kind: ActivityKind,
    /// 上级工作: the summary it belongs to.
    pub parent: Option<ActivityId>,
    /// 显示次序 among its siblings, before the order of codes.
    pub position: Option<i64>,
    /// 专用日历: record of a calendar of the district or the project; goes before `calendar`.
    pub work_calendar: Option<RecordId>,
    /// 排法.
    pub timing: Timing,
    /// 限制条件 with their days, at most two.
    pub constraints: Vec<(ConstraintKind, Date)>,
    /// 目标时限: bounds the late finish, never moves an early date.
    pub deadline: Option<Date>,
    /// 手动排: stays on its planned dates.
    pub manual: bool,
    /// 预期完成.
    pub expected_finish: Option<Date>,
    /// 剩余工期 in working days, where no report says more.
    pub remaining_days: Option<i64>,
    /// 三点估计.
    pub estimate: Option<DurationEstimate>,
    /// 权重 in hundredths.
    pub weight: Option<i64>,
    /// 资源需求: plan resource and units in hundredths.
    pub resources: Vec<(RecordId, i64)>,
}

/// 三点估计 of a duration, working days of the activity's calendar, in rising order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DurationEstimate {
    /// 最短.
    pub optimistic: i64,
    /// 最可能.
    pub likely: i64,
    /// 最长.
    pub pessimistic: i64,
}

impl Activity {
    /// Reads a record of the activity register.
    pub fn from_record(record: &Record) -> (Option<Activity>, Vec<Finding>) {
        let mut reader = Reader::new(record, "倒排计划");
        let activity = read_activity(&mut reader, record.id);
        reader.finish(activity)
    }

    /// Reads many records; withdrawn ones are left out.
    pub fn from_records(records: &[Record]) -> (Vec<Activity>, Vec<Finding>) {
        read_all(records, Activity::from_record)
    }
}

fn read_activity(reader: &mut Reader<'_>, id: RecordId) -> Option<Activity> {
    let project = reader.reference("project");
    let project = reader.need("project", "项目", project);
    let name = reader.text("name");
    let name = reader.need("name", "工作内容", name);
    let (project, name) = (project?, name?);
    let (planned_start, planned_finish) = read_span(reader, &name);
    let duration_days = read_duration(reader);
    let kind = read_kind(reader, duration_days);
    let estimate = read_estimate(reader, duration_days, &name);
    let constraints = read_constraints(reader, &name);
    Some(Activity {
        id: ActivityId(id),
        project: ProjectId(project),
        code: reader.text("code").unwrap_or_default(),
        name,
        unit: reader.reference("unit"),
        calendar: reader.text("calendar"),
        duration_days,
        predecessors: reader.text("predecessors").filter(|t| !t.trim().is_empty()),
        planned_start,
        planned_finish,
        actual_start: reader.date("actual_start"),
        actual_finish: reader.date("actual_finish"),
        on_wall: reader.bool("on_wall").unwrap_or(false),
        milestone: matches!(
            kind,
            ActivityKind::StartMilestone | ActivityKind::FinishMilestone
        ),
        kind,
        parent: reader.reference("parent").map(ActivityId),
        position: reader.int("position"),
        work_calendar: reader.reference("work_calendar"),
        timing: read_timing(reader),
        constraints,
        deadline: reader.date("deadline"),
        manual: reader.bool("manual").unwrap_or(false),
        expected_finish: reader.date("expected_finish"),
        remaining_days: reader.int("remaining_days").filter(|days| *days >= 0),
        estimate,
        weight: reader.hundredths("weight").filter(|weight| *weight >= 0),
        resources: reader.rows("resources", |row| {
            let resource = row.get("resource").and_then(Value::as_ref_id)?;
            Some((resource, hundredths(row.get("units"))?))
        }),
    })
}

/// Zero days of work are an event: the day on which it has come true, not the morning after.
fn read_kind(reader: &mut Reader<'_>, duration_days: Option<i64>) -> ActivityKind {
    let stated = reader.text("kind");
    if let Some(kind) = stated.as_deref().and_then(kind_of) {
        return kind;
    }
    match reader.bool("milestone").unwrap_or(duration_days == Some(0)) {
        true => ActivityKind::FinishMilestone,
        false => ActivityKind::Task,
    }
}

/// The kind of a code of the register.
fn kind_of(code: &str) -> Option<ActivityKind> {
    KINDS
        .iter()
        .find(|(word, _)| *word == code)
        .map(|(_, kind)| *kind)
}

/// Codes of `kind` in the register.
pub const KINDS: [(&str, ActivityKind); 5] = [
    ("task", ActivityKind::Task),
    ("start_milestone", ActivityKind::StartMilestone),
    ("finish_milestone", ActivityKind::FinishMilestone),
    ("level_of_effort", ActivityKind::LevelOfEffort),
    ("summary", ActivityKind::Summary),
];

/// Codes of `timing` in the register.
pub const TIMINGS: [(&str, Timing); 3] = [
    ("asap", Timing::AsSoonAsPossible),
    ("alap_free", Timing::LateInFreeFloat),
    ("alap_total", Timing::LateInTotalFloat),
];

/// Codes of constraints in the register. MSP's "must" are hard like P6's mandatory ones; the register does not tell
/// them apart.
pub const CONSTRAINTS: [(&str, ConstraintKind); 8] = [
    ("start_no_earlier", ConstraintKind::StartNoEarlier),
    ("start_no_later", ConstraintKind::StartNoLater),
    ("finish_no_earlier", ConstraintKind::FinishNoEarlier),
    ("finish_no_later", ConstraintKind::FinishNoLater),
    ("start_on", ConstraintKind::StartOn),
    ("finish_on", ConstraintKind::FinishOn),
    ("mandatory_start", ConstraintKind::MandatoryStart),
    ("mandatory_finish", ConstraintKind::MandatoryFinish),
];

fn read_timing(reader: &mut Reader<'_>) -> Timing {
    let stated = reader.text("timing");
    let found = TIMINGS
        .iter()
        .find(|(word, _)| stated.as_deref() == Some(word));
    found.map_or_else(Timing::default, |(_, timing)| *timing)
}

/// A constraint needs its day, and a day its constraint.
fn read_constraints(reader: &mut Reader<'_>, name: &str) -> Vec<(ConstraintKind, Date)> {
    let mut constraints = Vec::new();
    for (kind, day) in [
        ("constraint_kind", "constraint_date"),
        ("constraint_2_kind", "constraint_2_date"),
    ] {
        let stated = reader.text(kind);
        let of = CONSTRAINTS
            .iter()
            .find(|(word, _)| stated.as_deref() == Some(word));
        match (of, reader.date(day)) {
            (Some((_, kind)), Some(day)) => constraints.push((*kind, day)),
            (None, None) => {}
            _ => {
                let problem = format!("“{name}”的限制条件和限制日期只填了一个，不采用。");
                reader.note("plan_constraint", kind, problem, "请两项都填，或都不填。");
            }
        }
    }
    constraints
}

/// Three points need the shortest and the longest duration; the likely one is the duration unless told.
fn read_estimate(
    reader: &mut Reader<'_>,
    duration_days: Option<i64>,
    name: &str,
) -> Option<DurationEstimate> {
    let optimistic = reader.int("optimistic_days");
    let pessimistic = reader.int("pessimistic_days");
    let stated = reader.int("likely_days");
    let (optimistic, pessimistic) = (optimistic?, pessimistic?);
    // A duration that was changed since the estimate was made must not turn the estimate into a mistake.
    let usual = duration_days.unwrap_or_else(|| (optimistic + pessimistic) / 2);
    let within = usual.max(optimistic).min(pessimistic.max(optimistic));
    let likely = stated.unwrap_or(within);
    if optimistic <= likely && likely <= pessimistic {
        return Some(DurationEstimate {
            optimistic,
            likely,
            pessimistic,
        });
    }
    let problem = format!(
        "“{name}”的三点估计 {optimistic}、{likely}、{pessimistic} 天不是从小到大，不采用。"
    );
    let remedy = "请按最短、最可能、最长的次序填。";
    reader.note("plan_estimate", "optimistic_days", problem, remedy);
    None
}

fn read_span(reader: &mut Reader<'_>, name: &str) -> (Option<Date>, Option<Date>) {
    let (start, finish) = (reader.date("planned_start"), reader.date("planned_finish"));
    if let (Some(a), Some(b)) = (start, finish)
        && b < a
    {
        let problem = format!("“{name}”的计划完成 {b} 早于计划开始 {a},计划完成不采用。");
        reader.note(
            "plan_span",
            "planned_finish",
            problem,
            "请改正其中一个日期。",
        );
        return (start, None);
    }
    (start, finish)
}

fn read_duration(reader: &mut Reader<'_>) -> Option<i64> {
    let days = reader.int("duration_days")?;
    if (0..=36_500).contains(&days) {
        return Some(days);
    }
    let problem = format!("工期 {days} 天不合理,不采用。");
    reader.note(
        "plan_duration",
        "duration_days",
        problem,
        "请填 0 到 36500 之间的天数。",
    );
    None
}

/// 进度填报. What was said about a project, or about one activity of it, on a day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProgressReport {
    /// Record id; of two reports of one day the greater id is the newer.
    pub id: RecordId,
    /// Project.
    pub project: ProjectId,
    /// Activity; none when the report speaks of the whole project.
    pub activity: Option<ActivityId>,
    /// 填报日. The report speaks of the end of this day.
    pub reported_on: Date,
    /// 完成率, hundredths of a percent, 0..=10000.
    pub percent: Option<i64>,
    /// 还需天数, working days of the activity's calendar after the day of the report.
    pub remaining_days: Option<i64>,
    /// 形象进度.
    pub text: Option<String>,
}

impl ProgressReport {
    /// Reads a record of the progress register.
    pub fn from_record(record: &Record) -> (Option<ProgressReport>, Vec<Finding>) {
        let mut reader = Reader::new(record, "进度填报");
        let report = read_report(&mut reader, record.id);
        reader.finish(report)
    }

    /// Reads many records; withdrawn ones are left out.
    pub fn from_records(records: &[Record]) -> (Vec<ProgressReport>, Vec<Finding>) {
        read_all(records, ProgressReport::from_record)
    }

    /// 100 %.
    pub fn is_complete(&self) -> bool {
        self.percent == Some(FULL)
    }
}

/// 100 % in hundredths of a percent.
pub(crate) const FULL: i64 = 10_000;

fn read_report(reader: &mut Reader<'_>, id: RecordId) -> Option<ProgressReport> {
    let project = reader.reference("project");
    let project = reader.need("project", "项目", project);
    let day = reader.date("reported_on");
    let day = reader.need("reported_on", "填报日", day);
    let (project, reported_on) = (project?, day?);
    Some(ProgressReport {
        id,
        project: ProjectId(project),
        activity: reader.reference("activity").map(ActivityId),
        reported_on,
        percent: read_percent(reader),
        remaining_days: reader.int("remaining_days").filter(|d| *d >= 0),
        text: reader.text("progress_text"),
    })
}

fn read_percent(reader: &mut Reader<'_>) -> Option<i64> {
    let percent = reader.percent("percent")?;
    if (0..=FULL).contains(&percent) {
        return Some(percent);
    }
    let problem = format!("完成率 {}% 不在 0 到 100 之间,不采用。", percent / 100);
    reader.note(
        "percent_range",
        "percent",
        problem,
        "请填 0 到 100 之间的数。",
    );
    None
}

/// The newest report of each activity up to a day. Reports without percent and remaining days say nothing about
/// dates and are passed over.
pub fn newest_reports(
    reports: &[ProgressReport],
    today: Date,
) -> BTreeMap<ActivityId, &ProgressReport> {
    let mut newest: BTreeMap<ActivityId, &ProgressReport> = BTreeMap::new();
    let telling = |r: &&ProgressReport| r.percent.is_some() || r.remaining_days.is_some();
    for report in reports
        .iter()
        .filter(|r| r.reported_on <= today)
        .filter(telling)
    {
        let Some(activity) = report.activity else {
            continue;
        };
        let known = newest.entry(activity).or_insert(report);
        if (known.reported_on, known.id) < (report.reported_on, report.id) {
            *known = report;
        }
    }
    newest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::fixtures::{day, record, text};
    use register::Value;

    fn report(id: i64, on: &str, percent: i64) -> Record {
        record(
            id,
            &[
                ("project", Value::Ref(RecordId(1))),
                ("activity", Value::Ref(RecordId(2))),
                ("reported_on", Value::Date(day(on))),
                ("percent", Value::Percent(percent)),
            ],
        )
    }

    #[test]
    fn the_newest_report_up_to_the_day_counts() {
        let records = [
            report(12, "2023-03-10", 6200),
            report(10, "2023-02-24", 5400),
            report(11, "2023-03-03", 5800),
        ];
        let (reports, findings) = ProgressReport::from_records(&records);
        assert_eq!(findings, vec![]);
        let on = |d: &str| newest_reports(&reports, day(d))[&ActivityId(RecordId(2))].percent;
        assert_eq!(on("2023-03-10"), Some(6200));
        assert_eq!(on("2023-03-09"), Some(5800));
        assert!(newest_reports(&reports, day("2023-02-01")).is_empty());
    }

    #[test]
    fn a_percent_above_one_hundred_is_told_and_not_used() {
        let (read, findings) = ProgressReport::from_record(&report(1, "2023-03-10", 12_000));
        assert_eq!(read.expect("kept").percent, None);
        assert_eq!(findings[0].code, "percent_range");
    }

    #[test]
    fn a_plan_that_ends_before_it_begins_keeps_its_start_only() {
        let fields = [
            ("project", Value::Ref(RecordId(1))),
            ("name", text("桩基工程")),
            ("planned_start", Value::Date(day("2023-03-01"))),
            ("planned_finish", Value::Date(day("2023-02-01"))),
        ];
        let (activity, findings) = Activity::from_record(&record(5, &fields));
        let activity = activity.expect("kept");
        assert_eq!(activity.planned_start, Some(day("2023-03-01")));
        assert_eq!(activity.planned_finish, None);
        assert_eq!(findings[0].code, "plan_span");
    }
}
