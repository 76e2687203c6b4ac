//! 项目台账: title, unit row, merged head, batches with subtotals, total, note.

use exchange::{RowKind, Verdict, guess_mapping};
use serde_json::json;

use crate::bench_book::{book, codes, definition, json as values, read, read_with, table};

const ROWS: &[&[&str]] = &[
    &["示范区第三期“三个一批”项目台账"],
    &[
        "填报单位:区发改委",
        "",
        "",
        "",
        "",
        "单位:亿元    截至:2023年1月31日",
    ],
    &[
        "序号",
        "项目名称",
        "责任单位",
        "属地",
        "投资",
        "",
        "计划时间",
        "",
        "备注",
    ],
    &["", "", "", "", "总投资", "累计完成", "开工", "竣工(投产)"],
    &["签约一批(2个)"],
    &[
        "#1",
        "甲研发中心项目",
        "区工信局",
        "东风街道",
        "#1.2",
        "#0",
        "2023.6.25",
    ],
    &[
        "#2",
        "乙生产线项目",
        "区工信局",
        "南湖街道",
        "#0.8",
        "#0.1",
        "d45102",
    ],
    &["小计", "", "", "", "=SUM(E6:E7)", "=SUM(F6:F7)"],
    &["开工一批(1个)"],
    &[
        "#3",
        "丙学校项目",
        "区发改委",
        "全区",
        "#3.5",
        "#0.2",
        "2023-01-28",
        "2023年10月底",
    ],
    &["小计", "", "", "", "=SUM(E10:E10)", "=SUM(F10:F10)"],
    &["合计(3个)", "", "", "", "#5.5"],
    &["注:竣工一列签约项目不填。"],
];
const MERGES: &[&str] = &[
    "A1:I1", "A2:E2", "F2:I2", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:F3", "G3:H3", "I3:I4",
    "A5:I5", "A8:D8", "A9:I9", "A11:D11", "A12:D12", "A13:I13",
];

#[test]
fn every_row_of_a_ledger_is_what_people_see() {
    let table = table(&book("第三期", ROWS, MERGES));
    assert_eq!(table.header_rows, Some((2, 3)));
    assert_eq!(table.columns[4].path_text(), "投资/总投资");
    assert_eq!(table.columns[7].path_text(), "计划时间/竣工(投产)");
    let kinds: Vec<RowKind> = table.rows.iter().map(|r| r.kind).collect();
    use RowKind::{Data, Group, Note, Subtotal, Total};
    assert_eq!(
        kinds,
        [
            Group, Data, Data, Subtotal, Group, Data, Subtotal, Total, Note
        ]
    );
    assert_eq!(table.facts.round.as_ref().map(|r| r.value), Some(3));
}

#[test]
fn a_ledger_gives_drafts_with_batch_round_places_and_exact_money() {
    let reading = read(&book("第三期", ROWS, MERGES), "project");
    let places: Vec<&str> = reading.records.iter().map(|r| r.place.as_str()).collect();
    assert_eq!(places, ["第三期!A6", "第三期!A7", "第三期!A10"]);
    assert_eq!(reading.records[0].group.as_deref(), Some("签约一批"));
    assert_eq!(
        reading.records[0].cell_place("investment_total"),
        "第三期!E6"
    );
    assert_eq!(
        values("project", &reading, 2),
        json!({
            "as_of": "2023-01-31", "batch": "started", "round_no": 3, "name": "丙学校项目", "responsible_unit": "3",
            "subdistrict": "5", "investment_total": "350000000.00", "investment_actual": "20000000.00",
            "start_planned": "2023-01-28", "completion_planned": "2023-10-31",
        })
    );
    assert_eq!(
        values("project", &reading, 1)["start_planned"],
        "2023-06-25"
    );
}

#[test]
fn sums_and_counts_of_a_ledger_are_checked_without_stored_results() {
    let reading = read(&book("第三期", ROWS, MERGES), "project");
    assert!(
        reading.checks.iter().all(|c| c.verdict == Verdict::Holds),
        "{:?}",
        reading.checks
    );
    let batches = reading
        .checks
        .iter()
        .find(|c| c.statement.contains("各分组之和"))
        .expect("a check of the batches");
    assert_eq!(
        (batches.left.as_str(), batches.right.as_str()),
        ("5.5", "2 + 3.5 = 5.5")
    );
    assert_eq!(
        reading
            .checks
            .iter()
            .filter(|c| c.statement.contains("标注的个数"))
            .count(),
        3
    );
}

#[test]
fn odd_cells_of_a_ledger_are_told_and_good_ones_are_not() {
    let reading = read(&book("第三期", ROWS, MERGES), "project");
    let found = codes(&reading.findings);
    assert_eq!(
        found,
        [
            "cell.date_writing 第三期!G6",
            "cell.alias 第三期!D10",
            "cell.date_rounded 第三期!H10"
        ]
        .map(String::from)
        .to_vec()
    );
}

#[test]
fn a_wrong_total_and_a_wrong_count_fail_with_their_cells() {
    let mut rows = ROWS.to_vec();
    rows[8] = &["开工一批(2个)"];
    rows[11] = &["合计(3个)", "", "", "", "#6.5"];
    let reading = read(&book("第三期", &rows, MERGES), "project");
    let failed: Vec<&str> = reading
        .checks
        .iter()
        .filter(|c| c.verdict == Verdict::Fails)
        .map(|c| c.statement.as_str())
        .collect();
    assert_eq!(failed.len(), 3, "{failed:?}");
    let places: Vec<String> = codes(&reading.findings)
        .into_iter()
        .filter(|c| c.starts_with("check.fails"))
        .collect();
    assert_eq!(
        places,
        [
            "check.fails 第三期!A9",
            "check.fails 第三期!E12",
            "check.fails 第三期!E12"
        ]
    );
}

#[test]
fn a_bad_cell_leaves_the_rest_of_its_row() {
    let mut rows = ROWS.to_vec();
    rows[5] = &[
        "#1",
        "甲研发中心项目",
        "区外事办",
        "东风街道",
        "一些",
        "#0",
        "待定",
    ];
    let reading = read(&book("第三期", &rows, MERGES), "project");
    assert_eq!(reading.records.len(), 3);
    let first = values("project", &reading, 0);
    assert_eq!(first["name"], "甲研发中心项目");
    assert_eq!(first.get("investment_total"), None);
    let errors = codes(
        &reading
            .findings
            .iter()
            .filter(|f| f.severity > ground::Severity::Info)
            .cloned()
            .collect::<Vec<_>>(),
    );
    for place in ["第三期!C6", "第三期!E6", "第三期!G6"] {
        assert!(
            errors.iter().any(|e| e.ends_with(place)),
            "{place} in {errors:?}"
        );
    }
    // The subtotal formula skips the text as an office suite does, but the row is no number: nothing is claimed.
    let subtotal = reading
        .checks
        .iter()
        .find(|c| c.statement.contains("第三期!E8"))
        .expect("a check");
    assert_eq!(subtotal.verdict, Verdict::NotCheckable);
}

#[test]
fn the_same_project_twice_is_told_with_both_places() {
    let mut rows = ROWS.to_vec();
    rows[6] = &[
        "#2",
        "甲研发中心 项目",
        "区工信局",
        "南湖街道",
        "#0.8",
        "#0.1",
        "d45102",
    ];
    let reading = read(&book("第三期", &rows, MERGES), "project");
    let twice = reading
        .findings
        .iter()
        .find(|f| f.code == "row.duplicate_name")
        .expect("told");
    assert_eq!(twice.place, "第三期!B7");
    assert!(twice.problem.contains("第三期!B6"));
}

#[test]
fn units_in_the_head_rule_over_the_unit_row() {
    let rows: &[&[&str]] = &[
        &["项目台账"],
        &["单位:亿元"],
        &["序号", "项目名称", "总投资", "年度计划(万元)"],
        &["#1", "甲项目一号", "#1.2", "#3000"],
    ];
    let reading = read(&book("表", rows, &["A1:D1", "A2:D2"]), "project");
    let first = values("project", &reading, 0);
    assert_eq!(
        (&first["investment_total"], &first["investment_year_plan"]),
        (&json!("120000000.00"), &json!("30000000.00"))
    );
}

#[test]
fn a_remembered_mapping_wins_and_a_chosen_field_is_kept() {
    let bytes = book("第三期", ROWS, MERGES);
    let (table, definition) = (table(&bytes), definition("project"));
    let mut mapping = guess_mapping(&table, &definition, None);
    assert!(mapping.choose("备注", 0, Some("evidence")));
    assert!(mapping.choose("投资/累计完成", 0, None));
    assert!(!mapping.choose("没有这一列", 0, None));
    let kept: exchange::Mapping =
        serde_json::from_str(&serde_json::to_string(&mapping).expect("json")).expect("json");
    let again = guess_mapping(&table, &definition, Some(&kept));
    let remark = again
        .columns
        .iter()
        .find(|c| c.path == "备注")
        .expect("column");
    assert_eq!(
        (remark.field.as_deref(), remark.remembered),
        (Some("evidence"), true)
    );
    let reading = read_with(&bytes, "project", Some(&kept));
    assert_eq!(
        values("project", &reading, 0).get("investment_actual"),
        None
    );
}

#[test]
fn two_columns_that_look_alike_are_a_conflict_told_once() {
    let rows: &[&[&str]] = &[
        &["序号", "项目名称", "总投资(万元)", "总投资(万元)"],
        &["#1", "甲项目一号", "#1", "#2"],
    ];
    let reading = read(&book("表", rows, &[]), "project");
    assert!(
        codes(&reading.findings).contains(&"mapping.conflict 表!D1".to_string()),
        "{:?}",
        reading.findings
    );
    assert_eq!(
        values("project", &reading, 0)["investment_total"],
        "10000.00"
    );
}
