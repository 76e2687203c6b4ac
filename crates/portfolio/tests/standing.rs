//! Laws of the standing that hold for every plan, and the plans that have none.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ground::{Date, HolidayTable, OrgPath, RecordId, timeline};
use plan::{LightRule, Rag};
use portfolio::*;
use proptest::prelude::*;
use register::{Record, Value};

fn day(text: &str) -> Date {
    text.parse().expect("date")
}

fn record(id: i64, fields: &[(&str, Value)]) -> Record {
    Record {
        id: RecordId(id),
        version: 1,
        org: OrgPath::new("410102").expect("path"),
        number: None,
        fields: fields
            .iter()
            .map(|(k, v)| ((*k).to_owned(), v.clone()))
            .collect(),
        withdrawn: false,
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn project(target: &str) -> Project {
    let fields = [
        ("name", text("郑州外国语中学莲湖校区项目")),
        ("target_kind", text("交付")),
        ("target_date", Value::Date(day(target))),
    ];
    Project::from_record(&record(1, &fields))
        .0
        .expect("project")
}

/// Code, days, predecessors, calendar.
type Line<'a> = (&'a str, i64, &'a str, &'a str);

fn activities(lines: &[Line<'_>]) -> Vec<Activity> {
    let read = |(i, (code, days, before, calendar)): (usize, &Line<'_>)| {
        let mut fields = vec![
            ("project", Value::Ref(RecordId(1))),
            ("code", text(code)),
            ("name", text(&format!("工序{code}"))),
            ("duration_days", Value::Int(*days)),
            ("calendar", text(calendar)),
        ];
        if !before.is_empty() {
            fields.push(("predecessors", text(before)));
        }
        if i == 0 {
            fields.push(("planned_start", Value::Date(day("2023-02-01"))));
        }
        Activity::from_record(&record(100 + i as i64, &fields))
            .0
            .expect("activity")
    };
    lines.iter().enumerate().map(read).collect()
}

fn report(id: i64, activity: i64, on: &str, percent: i64) -> ProgressReport {
    let fields = [
        ("project", Value::Ref(RecordId(1))),
        ("activity", Value::Ref(RecordId(100 + activity))),
        ("reported_on", Value::Date(day(on))),
        ("percent", Value::Percent(percent * 100)),
    ];
    ProgressReport::from_record(&record(id, &fields))
        .0
        .expect("report")
}

/// Compiled once: a century of days is more work than any plan of these tests.
static CALENDARS: LazyLock<Calendars> =
    LazyLock::new(|| Calendars::standard(HolidayTable::shipped()));

fn standing_of(
    project: &Project,
    activities: &[Activity],
    reports: &[ProgressReport],
    today: &str,
) -> Standing {
    let input = ProjectInput {
        project,
        activities,
        reports,
        matters: &[],
        names: &Names::default(),
        rules: PlanRules::default(),
    };
    standing(&input, &LightRule::default(), &CALENDARS, day(today))
}

/// The plan of the school as its works department wrote it: overlaps, two calendars, a milestone of no days.
const SCHOOL: [Line<'static>; 10] = [
    ("1", 40, "", "site7"),
    ("2", 60, "1", "site7"),
    ("3", 25, "1SS+10", "cn5"),
    ("4", 45, "2FS-10", "site7"),
    ("5", 30, "2", "site7"),
    ("6", 50, "1SS", "cn5"),
    ("7", 15, "4,6", "cn5"),
    ("8", 10, "4,5", "cn5"),
    ("9", 8, "7,8,3", "cn5"),
    ("10", 0, "9", "cn5"),
];

#[test]
fn a_works_plan_with_overlaps_runs_forward_and_backward() {
    let standing = standing_of(
        &project("2023-08-20"),
        &activities(&SCHOOL),
        &[],
        "2023-01-31",
    );
    assert_eq!(standing.findings, vec![]);
    let by_code: BTreeMap<&str, &Bar> = standing
        .activities
        .iter()
        .map(|b| (b.code.as_str(), b))
        .collect();
    assert_eq!(by_code["2"].forecast_start, day("2023-03-13"));
    assert_eq!(by_code["2"].forecast_finish, day("2023-05-11"));
    assert_eq!(by_code["4"].forecast_start, day("2023-05-02"));
    assert_eq!(by_code["3"].forecast_start, day("2023-02-13"));
    assert!(by_code["1"].critical && by_code["4"].critical && by_code["7"].critical);
    assert!(!by_code["3"].critical && by_code["3"].float_workdays > 0);
    // Backwards from 20 August, a Sunday: the last office day before it.
    assert_eq!(by_code["9"].late_finish, day("2023-08-18"));
    let start_by = standing.start_by.expect("a target");
    assert!(start_by > day("2023-02-01"), "{start_by}");
    assert_eq!(standing.light.rag, Rag::Grey);
}

#[test]
fn an_impossible_target_is_told_as_missing_working_days() {
    let standing = standing_of(
        &project("2023-06-01"),
        &activities(&SCHOOL),
        &[],
        "2023-02-01",
    );
    assert!(standing.float_workdays.expect("a target") < 0);
    assert!(matches!(standing.verdict, Some(Verdict::Late(_))));
    assert!(standing.catch_up.is_some());
}

#[test]
fn without_predecessor_texts_activities_follow_each_other_by_code() {
    let plan = activities(&[
        ("1", 5, "", "site7"),
        ("10", 5, "", "site7"),
        ("2", 5, "", "site7"),
    ]);
    let standing = standing_of(&project("2023-03-01"), &plan, &[], "2023-02-01");
    let codes: Vec<&str> = standing
        .activities
        .iter()
        .map(|b| b.code.as_str())
        .collect();
    assert_eq!(codes, ["1", "2", "10"]);
    assert_eq!(standing.forecast_finish, Some(day("2023-02-15")));
    assert_eq!(
        standing.bars.len(),
        3,
        "the longest path is shown when nothing is flagged"
    );
}

#[test]
fn a_loop_is_told_by_name_and_gives_no_forecast() {
    let plan = activities(&[("1", 5, "2", "site7"), ("2", 5, "1", "site7")]);
    let standing = standing_of(&project("2023-03-01"), &plan, &[], "2023-02-01");
    assert_eq!(standing.forecast_finish, None);
    assert_eq!(standing.light.rag, Rag::Grey);
    let told = standing
        .findings
        .iter()
        .find(|f| f.code == "plan.loop")
        .expect("a finding");
    assert!(told.problem.contains("工序1") && told.problem.contains("工序2"));
}

#[test]
fn a_project_without_a_plan_is_grey_until_its_target_has_passed() {
    let before = standing_of(&project("2023-03-01"), &[], &[], "2023-02-01");
    assert_eq!((before.light.rag, before.verdict), (Rag::Grey, None));
    assert_eq!(before.why[0].1, "没有倒排计划,看不出卡点");
    let after = standing_of(&project("2023-03-01"), &[], &[], "2023-03-20");
    assert_eq!(
        (after.light.rag, after.verdict),
        (Rag::Red, Some(Verdict::Late(19)))
    );
}

#[test]
fn a_finished_project_keeps_its_verdict_and_asks_for_nothing() {
    let plan = activities(&[("1", 5, "", "site7"), ("2", 5, "", "site7")]);
    let reports = [
        report(1, 0, "2023-02-05", 100),
        report(2, 1, "2023-02-12", 100),
    ];
    let standing = standing_of(&project("2023-02-10"), &plan, &reports, "2023-03-20");
    assert_eq!(standing.actual_finish, Some(day("2023-02-12")));
    assert_eq!(standing.light.rag, Rag::Done);
    assert_eq!(standing.verdict, Some(Verdict::Late(2)));
    assert_eq!(standing.why[2].1, "不需要追赶");
}

#[test]
fn reports_of_later_days_are_not_known_yet() {
    let plan = activities(&[("1", 20, "", "site7")]);
    let reports = [
        report(1, 0, "2023-02-05", 10),
        report(2, 0, "2023-02-12", 90),
    ];
    let standing = standing_of(&project("2023-02-20"), &plan, &reports, "2023-02-08");
    assert_eq!(standing.activities[0].percent, 1_000);
    assert_eq!(standing.last_report, Some(day("2023-02-05")));
}

#[test]
fn one_percent_reported_is_not_forecast_later_than_none() {
    let plan = activities(&[
        ("1", 5, "", "site7"),
        ("2", 1, "", "site7"),
        ("3", 1, "", "site7"),
    ]);
    let forecast = |percent| {
        let reports = [
            report(1, 0, "2023-02-20", percent),
            report(2, 1, "2023-02-20", 0),
            report(3, 2, "2023-02-20", 0),
        ];
        let standing = standing_of(&project("2023-06-30"), &plan, &reports, "2023-02-20");
        standing.forecast_finish.expect("a plan")
    };
    // Not begun on 20 February: five days from the 21st, then a day each for the others.
    assert_eq!(forecast(0), day("2023-02-27"));
    assert!(forecast(1) <= forecast(0));
}

/// A summary 准备 over a milestone and two days of work, all planned from 1 February; nobody has reported.
fn silent(kind: &str) -> Vec<Activity> {
    let summary = [
        ("project", Value::Ref(RecordId(1))),
        ("code", text("0")),
        ("name", text("准备")),
        ("kind", text("summary")),
    ];
    let part = |id: i64, code: &str, kind: &str, days: i64| {
        let fields = [
            ("project", Value::Ref(RecordId(1))),
            ("code", text(code)),
            ("name", text(&format!("工序{code}"))),
            ("kind", text(kind)),
            ("parent", Value::Ref(RecordId(100))),
            ("duration_days", Value::Int(days)),
            ("calendar", text("site7")),
            ("planned_start", Value::Date(day("2023-02-01"))),
        ];
        Activity::from_record(&record(100 + id, &fields))
            .0
            .expect("activity")
    };
    let head = Activity::from_record(&record(100, &summary)).0;
    vec![
        head.expect("activity"),
        part(1, "1", kind, if kind == "task" { 20 } else { 0 }),
        part(2, "2", "task", 2),
    ]
}

fn told(activities: &[Activity], rules: PlanRules) -> (Vec<Bar>, Vec<String>) {
    let project = project("2023-06-30");
    let input = ProjectInput {
        project: &project,
        activities,
        reports: &[report(1, 7, "2023-02-19", 10)],
        matters: &[],
        names: &Names::default(),
        rules,
    };
    let today = day("2023-02-20");
    let scheduled = scheduled(&input, &LightRule::default(), &CALENDARS, today);
    let why = (0..activities.len()).filter_map(|i| why_date(&scheduled, i));
    let why = why.collect();
    (scheduled.standing.activities, why)
}

#[test]
fn a_milestone_that_nobody_has_reported_is_never_presumed_to_have_happened() {
    let (bars, why) = told(&silent("start_milestone"), PlanRules::default());
    assert!(!bars[1].assumed);
    // The data date is the 19th: nothing that has not happened lies before the 20th.
    assert_eq!(bars[1].forecast_start, day("2023-02-20"));
    assert!(!why[1].contains("已于"), "{}", why[1]);
}

#[test]
fn work_presumed_begun_says_so_and_its_summary_says_the_dates_of_its_row() {
    let (bars, why) = told(&silent("task"), PlanRules::default());
    assert!(bars[1].assumed && bars[0].assumed);
    assert!(
        why[1].starts_with("还没有填报，按计划推定已开工。"),
        "{}",
        why[1]
    );
    assert_eq!(bars[0].forecast_start, day("2023-02-01"));
    let finish = bars[0].forecast_finish;
    assert_eq!(
        why[0],
        format!(
            "「准备」由下级工作汇总：还没有填报，按计划推定 2023-02-01 已开始，最早 {finish} 完成。"
        )
    );
}

#[test]
fn what_is_critical_follows_the_rule_of_the_plan_and_what_is_stuck_does_not() {
    let plan = activities(&SCHOOL);
    let usual = told(&plan, PlanRules::default()).0;
    let by_float = PlanRules {
        critical_days: Some(0),
        ..PlanRules::default()
    };
    let critical = |bars: &[Bar]| bars.iter().filter(|bar| bar.critical).count();
    // The target lies before the finish: by float nearly all is critical, the longest path is one chain.
    let strict = told(&plan, by_float).0;
    assert!(critical(&usual) > 0);
    assert_ne!(critical(&usual), critical(&strict));
    let path = |bars: &[Bar]| {
        bars.iter()
            .map(|bar| bar.on_longest_path)
            .collect::<Vec<_>>()
    };
    assert_eq!(path(&usual), path(&strict));
}

#[test]
fn work_that_is_to_be_late_is_not_held_on_its_planned_day() {
    let mut rows = activities(&[
        ("1", 40, "", "site7"),
        ("2", 5, "", "site7"),
        ("3", 10, "1,2", "site7"),
    ]);
    rows[1].planned_start = Some(day("2023-06-01"));
    let third = |rows: &[Activity]| {
        let standing = standing_of(&project("2023-08-20"), rows, &[], "2023-01-31");
        standing.activities[2].forecast_start
    };
    assert_eq!(third(&rows), day("2023-06-06"), "planned days hold");
    rows[1].timing = plan::Timing::LateInFreeFloat;
    assert_eq!(third(&rows), day("2023-03-13"), "the first work decides");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Chains of one to six activities on mixed calendars; the first ones are reported on.
    #[test]
    fn more_progress_never_moves_a_forecast_later(
        days in prop::collection::vec((1i64..60, any::<bool>()), 1..6),
        reported in prop::collection::vec(0i64..100, 1..6),
        more in 0i64..=100,
        which in 0usize..6,
        offset in 0i64..40,
    ) {
        let codes: Vec<String> = (1..=days.len()).map(|n| n.to_string()).collect();
        let lines: Vec<Line<'_>> = days
            .iter()
            .zip(&codes)
            .map(|((d, office), code)| (code.as_str(), *d, "", if *office { "cn5" } else { "site7" }))
            .collect();
        let plan = activities(&lines);
        let count = reported.len().min(plan.len());
        let reports = |extra: Option<usize>| -> Vec<ProgressReport> {
            (0..count)
                .map(|i| {
                    let percent = reported[i];
                    let percent = if extra == Some(i) { (percent + more).min(100) } else { percent };
                    report(i as i64 + 1, i as i64, "2023-02-20", percent)
                })
                .collect()
        };
        let today = timeline::date_of_day(timeline::day_number(day("2023-02-20")) + offset).to_string();
        let target = project("2023-06-30");
        let before = standing_of(&target, &plan, &reports(None), &today);
        let after = standing_of(&target, &plan, &reports(Some(which % count)), &today);
        prop_assert!(after.forecast_finish <= before.forecast_finish);
        prop_assert!(after.slip_days <= before.slip_days);
        for (a, b) in after.activities.iter().zip(&before.activities) {
            prop_assert!(a.forecast_finish <= b.forecast_finish, "{} {}", a.code, b.forecast_finish);
        }
    }

    /// A longer activity never pulls the finish earlier, and the slip is always forecast less target.
    #[test]
    fn a_delay_never_pulls_the_finish_earlier(
        days in prop::collection::vec(1i64..60, 1..6),
        longer in 1i64..30,
        which in 0usize..6,
    ) {
        let codes: Vec<String> = (1..=days.len()).map(|n| n.to_string()).collect();
        let plan = |extra: Option<usize>| {
            let lines: Vec<Line<'_>> = days
                .iter()
                .enumerate()
                .map(|(i, d)| {
                    let d = if extra == Some(i) { d + longer } else { *d };
                    (codes[i].as_str(), d, "", "cn5")
                })
                .collect();
            activities(&lines)
        };
        let target = project("2023-06-30");
        let before = standing_of(&target, &plan(None), &[], "2023-02-01");
        let after = standing_of(&target, &plan(Some(which % days.len())), &[], "2023-02-01");
        prop_assert!(after.forecast_finish >= before.forecast_finish);
        let forecast = after.forecast_finish.expect("a plan");
        let slip = calendars::days_between(day("2023-06-30"), forecast);
        prop_assert_eq!(after.slip_days, Some(slip));
    }
}
