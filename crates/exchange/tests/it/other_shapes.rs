//! Weekly reports, cross tables and the small habits: repeated heads, signatures, hidden rows, lost merges.

use std::collections::BTreeMap;

use exchange::{
    ReadContext, RowKind, Verdict, guess_mapping, open_workbook, read_records, read_table,
};
use ground::{Fen, RecordId};
use rust_xlsxwriter::Workbook;
use serde_json::json;

use crate::bench_book::{book, codes, definition, hints, json as values, read, table, write_cells};

const WEEKLY: &[&[&str]] = &[
    &["东风街道重点项目进展周报(2023年3月6日—3月10日)"],
    &["填报人:        联系电话:        金额单位:万元"],
    &[
        "序号",
        "项 目",
        "本周完成\n投资",
        "年累计完成投资",
        "占年计划\n(%)",
        "形象进度",
        "存在问题",
        "需协调单位",
        "下周计划",
    ],
    &[
        "#1",
        "东风第二中学新校区",
        "320",
        "7,320",
        "28.2%",
        "桩基完成62%",
        "临时用电未接入",
        "区工信局",
        "桩基完成80%",
    ],
    &["", "", "", "", "", "", "夜间施工许可未批", "区发改委"],
    &[
        "#2",
        "云谷项目",
        "120万",
        "5000余",
        "约16",
        "基础完成",
        "无",
    ],
    &["合  计"],
];
const WEEKLY_MERGES: &[&str] = &[
    "A1:I1", "A2:I2", "A4:A5", "B4:B5", "C4:C5", "D4:D5", "E4:E5", "F4:F5", "A7:B7",
];

#[test]
fn a_project_over_two_problem_rows_is_one_report_with_two_problems() {
    let reading = read(&book("周报", WEEKLY, WEEKLY_MERGES), "progress_report");
    assert_eq!(reading.records.len(), 2);
    assert_eq!(
        values("progress_report", &reading, 0),
        json!({
            "project": "11", "organisation": "1", "period": "2023W10", "reported_on": "2023-03-10",
            "investment_period": "3200000.00", "investment_year_to_date": "73200000.00", "year_plan_share": "28.2",
            "progress_text": "桩基完成62%", "next_plan": "桩基完成80%",
            "problems": [
                {"problem": "临时用电未接入", "support_unit": "区工信局"},
                {"problem": "夜间施工许可未批", "support_unit": "区发改委"},
            ],
        })
    );
}

#[test]
fn amounts_as_people_type_them_are_read_and_told() {
    let reading = read(&book("周报", WEEKLY, WEEKLY_MERGES), "progress_report");
    let second = values("progress_report", &reading, 1);
    assert_eq!(second["investment_period"], "1200000.00");
    assert_eq!(second["investment_year_to_date"], "50000000.00");
    assert_eq!(second["investment_year_to_date_bound"], "at_least");
    assert_eq!(second.get("problems"), None);
    let found = codes(&reading.findings);
    for expected in [
        "cell.text_number 周报!D4",
        "cell.name_near 周报!B4",
        "cell.alias 周报!B6",
        "cell.own_unit 周报!C6",
        "cell.bound 周报!D6",
        "cell.bound_lost 周报!E6",
    ] {
        assert!(
            found.contains(&expected.to_string()),
            "{expected} in {found:?}"
        );
    }
}

#[test]
fn a_stated_share_is_checked_against_the_known_year_plan() {
    let definition = definition("progress_report");
    let table = table(&book("周报", WEEKLY, WEEKLY_MERGES));
    let mapping = guess_mapping(&table, &definition, None);
    let hints = hints();
    let verdict = |plan: i64| {
        let plans = BTreeMap::from([(RecordId(11), Fen(plan))]);
        let context = ReadContext {
            year_plans: Some(&plans),
            ..ReadContext::new(&hints)
        };
        let reading = read_records(&table, &mapping, &definition, &context);
        reading
            .checks
            .iter()
            .map(|c| (c.verdict, c.right.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        verdict(2_600_000_000_000 / 100),
        [(Verdict::Holds, "28.2%".to_string())]
    );
    assert_eq!(
        verdict(30_000_000_000),
        [(Verdict::Fails, "24.4%".to_string())]
    );
}

#[test]
fn a_cross_table_gives_one_observation_a_cell() {
    let rows: &[&[&str]] = &[
        &["2025年1—2月份主要经济指标完成情况"],
        &["单位:万元、%"],
        &["单位", "规模以上工业增加值", "", "", "固定资产投资", "", ""],
        &["", "1—2月累计", "", "排名", "1—2月累计", "", "排名"],
        &["", "绝对值", "同比增长", "", "绝对值", "同比增长", ""],
        &["东风街道", "#100", "#13", "", "#52", "#-7.5"],
        &["南湖街道", "—", "—", "", "#48", "#0.1"],
        &["全  区", "#100", "", "", "#101"],
    ];
    let merges = &[
        "A1:G1", "A2:G2", "A3:A5", "B3:D3", "E3:G3", "B4:C4", "D4:D5", "E4:F4", "G4:G5",
    ];
    let reading = read(&book("1-2月", rows, merges), "observation");
    let places: Vec<&str> = reading.records.iter().map(|r| r.place.as_str()).collect();
    assert_eq!(places, ["1-2月!B6", "1-2月!E6", "1-2月!E7"]);
    assert_eq!(
        values("observation", &reading, 1),
        json!({
            "indicator": "固定资产投资", "organisation": "1", "period": "2025M01-02", "basis": "ytd", "value": "52.0000",
            "growth": "-7.5", "unit": "万元",
        })
    );
    let verdicts: Vec<Verdict> = reading.checks.iter().map(|c| c.verdict).collect();
    assert_eq!(verdicts, [Verdict::Holds, Verdict::Fails]);
    let found = codes(&reading.findings);
    assert_eq!(
        found
            .iter()
            .filter(|c| c.starts_with("cell.not_applicable"))
            .count(),
        2
    );
    assert_eq!(
        found
            .iter()
            .filter(|c| c.starts_with("column.computed"))
            .count(),
        2
    );
}

#[test]
fn groups_numbered_in_chinese_may_carry_their_sums() {
    let rows: &[&[&str]] = &[
        &["序号", "项目名称", "总投资(亿元)", "属地"],
        &["一", "签约一批(2个)", "#2"],
        &["#1", "甲项目一号", "#1.2", "东风街道"],
        &["#2", "乙项目二号", "#0.8", "南湖街道"],
        &["二", "开工一批(1个)", "#3"],
        &["#3", "丙项目三号", "#3.5", "东风街道"],
        &["合计", "", "#5.5"],
    ];
    let reading = read(&book("表", rows, &[]), "project");
    assert_eq!(reading.records.len(), 3);
    assert_eq!(values("project", &reading, 2)["batch"], "started");
    let failed: Vec<&str> = reading
        .checks
        .iter()
        .filter(|c| c.verdict == Verdict::Fails)
        .map(|c| c.statement.as_str())
        .collect();
    assert_eq!(
        failed.len(),
        2,
        "the group's sum and the sum of groups: {failed:?}"
    );
}

#[test]
fn repeated_heads_signatures_and_prefilled_rows_are_no_records() {
    let rows: &[&[&str]] = &[
        &["某区项目一览表"],
        &["序号", "项目名称", "总投资(亿元)"],
        &["#1", "#2", "#3"],
        &["#1", "甲项目一号", "#1.2"],
        &[],
        &["某区项目一览表"],
        &["序号", "项目名称", "总投资(亿元)"],
        &["#2", "乙项目二号", "#0.8"],
        &["#3"],
        &["#4"],
        &["填报人:某某", "", "审核人:某某"],
    ];
    let bytes = book("表", rows, &["A1:C1", "A6:C6"]);
    use RowKind::{ColumnNumbers, Data, RepeatedHeader, Signature, Title};
    let kinds: Vec<RowKind> = table(&bytes).rows.iter().map(|r| r.kind).collect();
    assert_eq!(
        kinds[..5],
        [ColumnNumbers, Data, Title, RepeatedHeader, Data]
    );
    assert_eq!(kinds.last(), Some(&Signature));
    let reading = read(&bytes, "project");
    assert_eq!(
        reading.records.iter().map(|r| r.row).collect::<Vec<_>>(),
        [4, 8]
    );
    assert!(
        codes(&reading.findings).contains(&"row.empty 表!A9".to_string()),
        "{:?}",
        codes(&reading.findings)
    );
}

#[test]
fn hidden_rows_are_read_and_hidden_sheets_are_not() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("台账").expect("name");
    write_cells(
        sheet,
        (0, 0),
        &[
            &["序号", "项目名称", "总投资(亿元)"],
            &["#1", "甲项目一号", "#1"],
            &["#2", "乙项目二号", "#2"],
        ],
    );
    sheet.set_row_hidden(2).expect("hidden");
    let other = workbook.add_worksheet().set_name("字典").expect("name");
    write_cells(other, (0, 0), &[&["甲", "乙"]]);
    other.set_hidden(true);
    let bytes = workbook.save_to_buffer().expect("saved");
    let opened = open_workbook(&bytes, "台账.xlsx").expect("opens");
    assert_eq!(codes(&opened.findings), ["workbook.hidden_sheet 台账.xlsx"]);
    assert_eq!(opened.visible_sheets().count(), 1);
    let reading = read(&bytes, "project");
    assert_eq!(reading.records.len(), 2);
    assert!(codes(&reading.findings).contains(&"table.hidden_rows 台账!3行".to_string()));
}

#[test]
fn a_percent_cell_is_its_shown_percent() {
    let rows: &[&[&str]] = &[
        &["序号", "项目", "年累计完成投资(万元)", "占年计划"],
        &["#1", "云谷项目", "#5000", "%0.167"],
    ];
    let reading = read(&book("表", rows, &[]), "progress_report");
    assert_eq!(
        values("progress_report", &reading, 0)["year_plan_share"],
        "16.7"
    );
}

#[test]
fn one_number_merged_over_two_records_is_not_counted_twice() {
    let rows: &[&[&str]] = &[
        &["序号", "项目名称", "总投资(亿元)", "责任单位"],
        &["#1", "甲项目一号", "#3", "区工信局"],
        &["#2", "乙项目二号", "", ""],
    ];
    let reading = read(&book("表", rows, &["C2:C3", "D2:D3"]), "project");
    assert_eq!(
        values("project", &reading, 0)["investment_total"],
        "300000000.00"
    );
    assert_eq!(values("project", &reading, 1).get("investment_total"), None);
    assert_eq!(
        values("project", &reading, 1)["responsible_unit"],
        "4",
        "words are shared by the merge"
    );
    assert!(codes(&reading.findings).contains(&"cell.merged_number 表!C3".to_string()));
}

#[test]
fn another_table_below_is_told_and_not_read() {
    let rows: &[&[&str]] = &[
        &["序号", "项目名称", "总投资(亿元)"],
        &["#1", "甲项目一号", "#3"],
        &["合计", "", "#3"],
        &[],
        &["序号", "企业名称", "联系人", "联系电话"],
        &["#1", "某公司", "某某", "0371-67770000"],
    ];
    let reading = read(&book("表", rows, &[]), "project");
    assert_eq!(reading.records.len(), 1);
    assert!(codes(&reading.findings).contains(&"table.another_below 表!5行".to_string()));
}

#[test]
fn a_text_table_in_gb18030_reads_like_a_workbook() {
    let text = "示范区项目台账\r\n单位:亿元\r\n序号,项目名称,总投资,计划开工\r\n1,甲项目一号,\"1,2\",2023.6.25\r\n2,乙项目二号,0.8,2023-07-01\r\n";
    let bytes = encoding_rs::GB18030.encode(text).0.into_owned();
    let workbook = open_workbook(&bytes, "台账.csv").expect("opens");
    assert_eq!(codes(&workbook.findings), ["workbook.encoding 台账.csv"]);
    let table = read_table(&workbook.sheets[0]);
    let definition = definition("project");
    let mapping = guess_mapping(&table, &definition, None);
    let reading = read_records(&table, &mapping, &definition, &ReadContext::new(&hints()));
    assert_eq!(reading.records.len(), 2);
    assert_eq!(
        values("project", &reading, 1)["investment_total"],
        "80000000.00"
    );
    assert_eq!(reading.records[1].place, "台账!A5");
}

#[test]
fn groups_of_one_level_are_one_field() {
    let rows: &[&[&str]] = &[
        &["序号", "项目名称", "总投资(亿元)"],
        &["一", "产业类(1个)"],
        &["#1", "甲项目一号", "#1.2"],
        &["二", "民生类(1个)"],
        &["#2", "乙项目二号", "#0.8"],
    ];
    let reading = read(&book("表", rows, &[]), "project");
    assert_eq!(values("project", &reading, 0)["category"], "industry");
    assert_eq!(values("project", &reading, 1)["category"], "livelihood");
}

#[test]
fn a_growth_column_without_period_belongs_to_the_value_beside_it() {
    let rows: &[&[&str]] = &[
        &["2025年3月份各街道主要指标"],
        &["街道", "一般公共预算收入", "", "规上工业增加值", ""],
        &["", "1-3月(万元)", "增速(%)", "1-3月(万元)", "增速(%)"],
        &["东风街道", "#1000", "#5.5", "#2000", "#3.2"],
    ];
    let reading = read(
        &book("表", rows, &["A2:A3", "B2:C2", "D2:E2"]),
        "observation",
    );
    assert_eq!(reading.records.len(), 2);
    let second = values("observation", &reading, 1);
    assert_eq!(
        (&second["period"], &second["growth"]),
        (&json!("2025M01-03"), &json!("3.2"))
    );
    assert_eq!(
        (&second["indicator"], &second["unit"]),
        (&json!("规上工业增加值"), &json!("万元"))
    );
}

#[test]
fn numbered_problems_in_one_cell_go_with_their_units_line_by_line() {
    let rows: &[&[&str]] = &[
        &["周报"],
        &["报送单位:东风街道   时间:2023年3月6日至3月10日  单位:万元"],
        &["序号", "项目名称", "本周完成投资", "存在的问题", "责任单位"],
        &[
            "#1",
            "云谷项目",
            "#320",
            "1.临时用电未接入\n2.夜间施工许可未批",
            "1.区住建局\n2.区城管局",
        ],
    ];
    let reading = read(&book("周报", rows, &["A1:E1", "A2:E2"]), "progress_report");
    let first = values("progress_report", &reading, 0);
    assert_eq!(
        (&first["period"], &first["organisation"]),
        (&json!("2023W10"), &json!("1"))
    );
    assert_eq!(
        first["problems"],
        json!([
            {"problem": "临时用电未接入", "support_unit": "区住建局"},
            {"problem": "夜间施工许可未批", "support_unit": "区城管局"},
        ])
    );
}
