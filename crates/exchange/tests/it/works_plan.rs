//! 倒排工期表: predecessors, calendars, target in the title.

use serde_json::json;

use crate::bench_book::{book, codes, json as values, read};

const HEAD: &[&str] = &[
    "编号",
    "工作内容",
    "工期(天)",
    "紧前工作",
    "责任单位",
    "日历",
];
const TITLE: &[&str] = &["东风第二中学新校区项目倒排工期表(目标:2023年8月20日交付)"];

#[test]
fn a_plan_gives_activities_of_the_project_in_its_title() {
    let rows: &[&[&str]] = &[
        TITLE,
        HEAD,
        &["1", "桩基工程", "#40", "", "施工单位", "七天"],
        &["2", "主体施工", "#60", "1SS+10", "区发改委", "工作日"],
    ];
    let reading = read(&book("倒排计划", rows, &["A1:F1"]), "activity");
    assert_eq!(reading.records.len(), 2);
    assert_eq!(
        values("activity", &reading, 1),
        json!({
            "project": "11", "code": "2", "name": "主体施工", "duration_days": 60, "predecessors": "1SS+10", "unit": "3",
            "calendar": "cn5", "target_date": "2023-08-20", "target_kind": "交付",
        })
    );
    assert_eq!(codes(&reading.findings), ["cell.name_kept 倒排计划!E3"]);
}

#[test]
fn unknown_predecessors_and_loops_are_told_at_their_cell() {
    let rows: &[&[&str]] = &[
        TITLE,
        HEAD,
        &["1", "桩基工程", "#40", "3", "", "七天"],
        &["2", "主体施工", "#60", "1", "", "七天"],
        &["3", "装饰装修", "#45", "2,9", "", "七天"],
    ];
    let reading = read(&book("计划", rows, &["A1:F1"]), "activity");
    let found = codes(&reading.findings);
    assert!(
        found.contains(&"plan.predecessor_missing 计划!D5".to_string()),
        "{found:?}"
    );
    let ring = reading
        .findings
        .iter()
        .find(|f| f.code == "plan.loop")
        .expect("the loop is told");
    for name in ["桩基工程", "主体施工", "装饰装修"] {
        assert!(ring.problem.contains(name), "{}", ring.problem);
    }
    assert_eq!(reading.records.len(), 3);
}
