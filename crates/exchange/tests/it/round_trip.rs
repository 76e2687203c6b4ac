//! What is written reads back equal, and no text ever becomes a formula.

use std::io::Read;

use exchange::{
    ReadContext, WriteOptions, dry_run, guess_mapping, open_workbook, read_records, read_table,
    write_workbook,
};
use ground::{Amount, Bound, Date, Fen, MoneyUnit, OrgPath, RecordId};
use register::{Fields, Record, Value};

use crate::bench_book::{definition, hints};

fn record(id: i64, fields: &[(&str, Value)]) -> Record {
    Record {
        id: RecordId(id),
        version: 1,
        org: OrgPath::new("410999").expect("a path"),
        number: None,
        fields: fields
            .iter()
            .map(|(k, v)| ((*k).to_string(), v.clone()))
            .collect(),
        withdrawn: false,
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn money(fen: i64, bound: Bound) -> Value {
    Value::Money(Amount {
        fen: Fen(fen),
        bound,
    })
}

fn name_of(register: &str, id: RecordId) -> Option<String> {
    hints().name_of(register, id).map(String::from)
}

fn written(register: &str, records: &[Record], unit: MoneyUnit) -> Vec<u8> {
    let options = WriteOptions {
        title: "",
        unit,
        as_of: Some(Date::constant(2023, 3, 10)),
        columns: &[],
        name_of: &name_of,
    };
    write_workbook(&definition(register), records, &options).expect("written")
}

fn read_back(register: &str, bytes: &[u8]) -> Vec<Fields> {
    let definition = definition(register);
    let book = open_workbook(bytes, "导出.xlsx").expect("opens");
    let table = read_table(&book.sheets[0]);
    let mapping = guess_mapping(&table, &definition, None);
    let reading = read_records(&table, &mapping, &definition, &ReadContext::new(&hints()));
    let errors: Vec<_> = reading
        .findings
        .iter()
        .filter(|f| f.severity == ground::Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    reading.records.into_iter().map(|r| r.fields).collect()
}

#[test]
fn projects_read_back_as_they_were_written() {
    let records = [
        record(
            1,
            &[
                ("name", text("甲研发中心项目")),
                ("responsible_unit", Value::Ref(RecordId(4))),
                ("investment_total", money(12_000_000_000, Bound::Exact)),
                ("investment_actual", money(123_456_789, Bound::Exact)),
                ("start_planned", Value::Date(Date::constant(2023, 6, 25))),
                ("stage", text("signed")),
            ],
        ),
        record(
            2,
            &[
                ("name", text("乙生产线项目")),
                ("investment_total", money(500_000_000_000, Bound::AtLeast)),
                ("bundle", Value::Bool(true)),
                (
                    "aliases",
                    Value::TextList(vec!["乙线".into(), "二号线".into()]),
                ),
                ("remark", text("=1+1\n第二行")),
            ],
        ),
    ];
    for unit in [MoneyUnit::YiYuan, MoneyUnit::WanYuan, MoneyUnit::Yuan] {
        let mut back = read_back("project", &written("project", &records, unit));
        for fields in &mut back {
            fields.remove("as_of");
        }
        let sent: Vec<Fields> = records.iter().map(|r| r.fields.clone()).collect();
        assert_eq!(back, sent, "{unit:?}");
    }
}

#[test]
fn tables_inside_records_read_back_row_by_row() {
    let problem = |p: &str, u: &str| {
        Fields::from([
            ("problem".to_string(), text(p)),
            ("support_unit".to_string(), text(u)),
        ])
    };
    let records = [
        record(
            1,
            &[
                ("project", Value::Ref(RecordId(11))),
                ("reported_on", Value::Date(Date::constant(2023, 3, 10))),
                ("year_plan_share", Value::Percent(2820)),
                (
                    "problems",
                    Value::Rows(vec![
                        problem("用电未接入", "区工信局"),
                        problem("许可未批", "区发改委"),
                    ]),
                ),
            ],
        ),
        record(
            2,
            &[
                ("project", Value::Ref(RecordId(12))),
                ("reported_on", Value::Date(Date::constant(2023, 3, 10))),
                ("progress_text", text("基础完成")),
            ],
        ),
    ];
    let back = read_back(
        "progress_report",
        &written("progress_report", &records, MoneyUnit::WanYuan),
    );
    assert_eq!(
        back,
        records.iter().map(|r| r.fields.clone()).collect::<Vec<_>>()
    );
}

#[test]
fn texts_that_look_like_formulas_stay_texts() {
    let records = [record(
        1,
        &[
            ("name", text("=HYPERLINK(\"http://x\",\"y\")")),
            ("remark", text("@SUM(1)")),
            ("content", text("+86")),
        ],
    )];
    let bytes = written("project", &records, MoneyUnit::YiYuan);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).expect("zip");
    let part = |archive: &mut zip::ZipArchive<_>, name: &str| {
        let mut xml = String::new();
        archive
            .by_name(name)
            .expect("part")
            .read_to_string(&mut xml)
            .expect("text");
        xml
    };
    assert!(!part(&mut archive, "xl/worksheets/sheet1.xml").contains("<f>"));
    assert!(part(&mut archive, "xl/styles.xml").contains("quotePrefix=\"1\""));
    assert_eq!(
        read_back("project", &bytes)[0]["name"],
        text("=HYPERLINK(\"http://x\",\"y\")")
    );
}

#[test]
fn the_sheet_is_set_up_for_a_wide_printer() {
    let bytes = written(
        "project",
        &[record(1, &[("name", text("甲项目"))])],
        MoneyUnit::YiYuan,
    );
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).expect("zip");
    let mut xml = String::new();
    archive
        .by_name("xl/worksheets/sheet1.xml")
        .expect("part")
        .read_to_string(&mut xml)
        .expect("text");
    for expected in [
        "orientation=\"landscape\"",
        "paperSize=\"8\"",
        "fitToHeight=\"0\"",
        "<autoFilter",
        "state=\"frozen\"",
    ] {
        assert!(xml.contains(expected), "{expected}");
    }
    let mut names = String::new();
    archive
        .by_name("xl/workbook.xml")
        .expect("part")
        .read_to_string(&mut names)
        .expect("text");
    assert!(names.contains("Print_Titles"));
}

#[test]
fn an_empty_template_has_a_head_and_no_records() {
    let bytes = written("project", &[], MoneyUnit::YiYuan);
    let hints = hints();
    let run = dry_run(
        &bytes,
        "模板.xlsx",
        &definition("project"),
        &ReadContext::new(&hints),
    );
    assert!(run.records.is_empty());
    assert!(
        run.findings.iter().any(|f| f.code == "table.no_rows"),
        "{:?}",
        run.findings
    );
}

#[test]
fn a_dry_run_serialises_to_three_lists_whatever_the_file_is() {
    let hints = hints();
    let run = dry_run(
        b"",
        "空.xlsx",
        &definition("project"),
        &ReadContext::new(&hints),
    );
    let json = serde_json::to_value(&run).expect("plain data");
    assert_eq!(json["records"], serde_json::json!([]));
    assert_eq!(json["checks"], serde_json::json!([]));
    assert_eq!(json["findings"][0]["code"], "workbook.empty");
    assert_eq!(json["findings"][0]["severity"], "error");
    let keys: Vec<&String> = json["findings"][0]
        .as_object()
        .expect("object")
        .keys()
        .collect();
    assert_eq!(keys.len(), 5, "{keys:?}");
}
