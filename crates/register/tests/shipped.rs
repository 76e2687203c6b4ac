//! The definitions shipped in `registers/` and the workbooks' words they must know.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use register::{
    Definition, FieldKind, Hints, Known, Value, check_set, parse, read_cell, read_constants,
    read_cross_header, read_group,
};

fn shipped() -> BTreeMap<String, Definition> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../registers");
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("registers/") {
        let path = entry.expect("entry").path();
        let name = path
            .file_name()
            .and_then(|n| n.to_str())
            .expect("a name")
            .to_owned();
        let Ok(toml) = std::fs::read_to_string(path.join("definition.toml")) else {
            continue;
        };
        let (definition, findings) = parse(&format!("registers/{name}/definition.toml"), &toml);
        assert_eq!(findings, [], "{name}");
        let definition = definition.expect("no findings");
        assert_eq!(definition.id, name, "folder and id agree");
        assert!(path.join("README.md").exists(), "{name} has a README");
        found.insert(name, definition);
    }
    found
}

fn today() -> ground::Date {
    ground::Date::constant(2023, 3, 10)
}

fn hints() -> Hints {
    let id = ground::RecordId;
    let orgs = vec![
        Known::named(id(1), "中原区").alias("全区"),
        Known::named(id(2), "莲湖街道").alias("莲湖街道办事处"),
        Known::named(id(3), "须水街道"),
    ];
    let projects = vec![Known::named(id(10), "郑州外国语中学莲湖校区项目")];
    Hints::new(today())
        .with_orgs(orgs)
        .with_refs("project", projects)
}

#[test]
fn every_shipped_definition_parses_without_findings() {
    let all = shipped();
    let names: Vec<&str> = all.keys().map(String::as_str).collect();
    let expected = [
        "activity",
        "complaint",
        "enterprise",
        "enterprise_request",
        "grid_event",
        "matter",
        "meeting",
        "observation",
        "organisation",
        "plan_baseline",
        "plan_commitment",
        "plan_option",
        "plan_resource",
        "plan_scenario",
        "programme_return",
        "progress_report",
        "project",
        "radiation_device",
        "radiation_dose",
        "radiation_finding",
        "radiation_institution",
        "radiation_worker",
        "recognition_check",
        "recognition_institution",
        "recognition_item",
        "recognition_report",
        "round",
        "round_membership",
        "safety_check",
        "safety_hazard",
        "safety_place",
        "service_case",
        "site_tour",
        "street_return",
        "tip_off",
        "unlock_request",
        "work_calendar",
    ];
    assert_eq!(names, expected);
    let all: Vec<Definition> = all.into_values().collect();
    assert_eq!(check_set(&all), []);
}

#[test]
fn no_two_columns_of_a_register_claim_one_header_word() {
    for definition in shipped().values() {
        let mut taken: BTreeMap<String, String> = BTreeMap::new();
        for (path, field) in definition.import_fields() {
            for word in field.header_words() {
                let before = taken.insert(word.to_owned(), path.clone());
                assert_eq!(before, None, "{}: \"{word}\" of {path}", definition.id);
            }
        }
    }
}

#[test]
fn the_sample_district_uses_fields_that_the_definitions_have() {
    let files = [
        ("organisations", "organisation"),
        ("projects", "project"),
        ("rounds", "round"),
        ("memberships", "round_membership"),
        ("activities", "activity"),
        ("plan_resources", "plan_resource"),
        ("work_calendars", "work_calendar"),
        ("plan_baselines", "plan_baseline"),
        ("plan_commitments", "plan_commitment"),
        ("progress", "progress_report"),
        ("enterprises", "enterprise"),
        ("matters", "matter"),
        ("observations", "observation"),
        ("programme_returns", "programme_return"),
        ("enterprise_requests", "enterprise_request"),
        ("service_cases", "service_case"),
        ("safety_places", "safety_place"),
        ("safety_checks", "safety_check"),
        ("safety_hazards", "safety_hazard"),
        ("grid_events", "grid_event"),
        ("recognition_items", "recognition_item"),
        ("recognition_institutions", "recognition_institution"),
        ("recognition_reports", "recognition_report"),
        ("recognition_checks", "recognition_check"),
        ("radiation_institutions", "radiation_institution"),
        ("radiation_workers", "radiation_worker"),
        ("radiation_doses", "radiation_dose"),
        ("radiation_devices", "radiation_device"),
        ("radiation_findings", "radiation_finding"),
        ("complaints", "complaint"),
        ("tip_offs", "tip_off"),
        ("meetings", "meeting"),
        ("street_returns", "street_return"),
        ("site_tours", "site_tour"),
    ];
    let own = BTreeSet::from(["key", "org", "source", "at"]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sample/410102");
    let all = shipped();
    for (file, register) in files {
        let text = std::fs::read_to_string(folder.join(format!("{file}.csv"))).expect(file);
        let head = text
            .lines()
            .next()
            .expect("a header")
            .trim_start_matches('\u{feff}');
        for column in head.split(',').filter(|c| !own.contains(c)) {
            assert!(
                all[register].field(column).is_some(),
                "{file}.csv: {column}"
            );
        }
    }
}

#[test]
fn the_round_ledger_gives_round_day_and_batches() {
    let project = &shipped()["project"];
    let title = [
        ("中原区第七期“三个一批”项目台账", "第七期!A1"),
        ("单位:亿元    截至:2023年1月28日", "第七期!G2"),
    ];
    let (fields, findings) = read_constants(project, &title, &hints());
    assert_eq!(findings, []);
    assert_eq!(fields["round_no"], Value::Int(7));
    assert_eq!(
        fields["as_of"],
        Value::Date(ground::Date::constant(2023, 1, 28))
    );
    let group = read_group(project, "签约一批(2个)", &hints()).expect("a group");
    assert_eq!(
        (group.field.as_str(), group.value, group.count),
        ("batch", Value::Text("signed".into()), Some(2))
    );
    let group = read_group(project, "二、投产一批（7个）", &hints()).expect("a group");
    assert_eq!(group.value, Value::Text("commissioned".into()));
    assert_eq!(read_group(project, "合计(15个)", &hints()), None);
}

#[test]
fn the_works_plan_gives_project_target_day_and_word() {
    let activity = &shipped()["activity"];
    let title = [(
        "郑州外国语中学莲湖校区项目倒排工期表(目标:2023年8月20日交付)",
        "倒排计划!A1",
    )];
    let (fields, findings) = read_constants(activity, &title, &hints());
    assert_eq!(findings, []);
    assert_eq!(fields["project"], Value::Ref(ground::RecordId(10)));
    assert_eq!(
        fields["target_date"],
        Value::Date(ground::Date::constant(2023, 8, 20))
    );
    assert_eq!(fields["target_kind"], Value::Text("交付".into()));
}

#[test]
fn a_works_plan_of_an_unknown_project_says_which() {
    let activity = &shipped()["activity"];
    let (fields, findings) =
        read_constants(activity, &[("无名大桥项目倒排工期表", "A1")], &hints());
    assert!(!fields.contains_key("project"));
    assert_eq!(findings.len(), 1);
    assert!(
        findings[0].problem.contains("无名大桥项目"),
        "{}",
        findings[0].problem
    );
}

#[test]
fn the_weekly_report_gives_week_day_and_street() {
    let report = &shipped()["progress_report"];
    let title = [("莲湖街道重点项目进展周报(2023年3月6日—3月10日)", "周报!A1")];
    let later = hints().on(ground::Date::constant(2024, 5, 1));
    let (fields, findings) = read_constants(report, &title, &later);
    assert_eq!(findings, []);
    assert_eq!(fields["period"], Value::Text("2023W10".into()));
    assert_eq!(
        fields["reported_on"],
        Value::Date(ground::Date::constant(2023, 3, 10))
    );
    assert_eq!(fields["organisation"], Value::Ref(ground::RecordId(2)));
}

#[test]
fn the_indicator_sheet_gives_period_basis_and_measures() {
    let observation = &shipped()["observation"];
    let texts = [
        ("2025年1—2月份主要经济指标完成情况(演示数据)", "1-2月!A1"),
        ("单位:万元、%", "1-2月!A2"),
    ];
    let (fields, findings) = read_constants(observation, &texts, &hints());
    assert_eq!(findings, []);
    assert_eq!(fields["period"], Value::Text("2025M01-02".into()));
    assert_eq!(fields["unit"], Value::Text("万元".into()));
    let then = hints().on(ground::Date::constant(2025, 2, 28));
    let header = |path: &[&str]| read_cross_header(observation, path, "1-2月!B5", &then);
    let value = header(&["规模以上工业增加值", "1—2月累计", "绝对值"]);
    assert_eq!(value.findings, []);
    assert_eq!(value.measure.as_deref(), Some("value"));
    assert_eq!(
        value.fields["indicator"],
        Value::Text("规模以上工业增加值".into())
    );
    assert_eq!(value.fields["period"], Value::Text("2025M01-02".into()));
    assert_eq!(value.fields["basis"], Value::Text("ytd".into()));
    let growth = header(&["规模以上工业增加值", "1—2月累计", "同比增长"]);
    assert_eq!(growth.measure.as_deref(), Some("growth"));
    assert!(header(&["规模以上工业增加值", "排名"]).ignored);
    let flat = header(&["固定资产投资"]);
    assert_eq!(flat.measure.as_deref(), Some("value"));
    assert_eq!(flat.fields["indicator"], Value::Text("固定资产投资".into()));
    let deep = header(&["固定资产投资", "1—2月累计", "户数"]);
    assert_eq!((deep.measure, deep.findings.len()), (None, 1));
}

#[test]
fn import_only_fields_are_not_stored() {
    let project = &shipped()["project"];
    assert!(
        project
            .stored_fields()
            .all(|f| f.id != "batch" && f.id != "round_no")
    );
    let schema = project.json_schema();
    assert!(schema["properties"].get("batch").is_none());
    assert_eq!(schema["properties"]["investment_total"]["x-unit"], "亿元");
    assert_eq!(schema["required"], serde_json::json!(["name"]));
}

#[test]
fn persons_are_text_and_nothing_else() {
    for definition in shipped().values() {
        let kinds = definition.fields.iter().map(|f| &f.kind);
        assert!(
            kinds
                .into_iter()
                .all(|k| !matches!(k, FieldKind::Ref { to } if to == "person"))
        );
    }
}

#[test]
fn import_only_values_are_taken_out_of_a_draft() {
    let project = &shipped()["project"];
    let text = |t: &str| Value::Text(t.into());
    let mut draft = [
        ("name", text("甲")),
        ("round_no", Value::Int(7)),
        ("batch", text("signed")),
    ]
    .map(|(id, value)| (id.to_owned(), value))
    .into_iter()
    .collect();
    let taken = project.take_import_only(&mut draft);
    assert_eq!(taken.keys().collect::<Vec<_>>(), ["batch", "round_no"]);
    assert_eq!(draft.keys().collect::<Vec<_>>(), ["name"]);
}

/// Rows of a sample file as column -> cell. The sample quotes cells in the usual way.
fn rows(file: &str) -> Vec<BTreeMap<String, String>> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../sample/410102/{file}.csv"));
    let text = std::fs::read_to_string(path).expect(file);
    let (mut table, mut line, mut cell, mut quoted) = (vec![], vec![], String::new(), false);
    let mut chars = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => line.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                line.push(std::mem::take(&mut cell));
                table.push(std::mem::take(&mut line));
            }
            '\r' if !quoted => {}
            c => cell.push(c),
        }
    }
    let head = table.remove(0);
    table
        .into_iter()
        .map(|row| head.iter().cloned().zip(row).collect())
        .collect()
}

fn directory() -> Vec<Known> {
    let names = rows("organisations").into_iter().enumerate();
    let known = names.map(|(n, row)| {
        let aliases = row["aliases"].split('；').filter(|a| !a.is_empty());
        let known = Known::named(ground::RecordId(n as i64 + 1), row["name"].clone());
        aliases.fold(known, |known, alias| known.alias(alias))
    });
    known.collect()
}

#[test]
fn every_cell_of_the_sample_district_is_read_without_a_warning() {
    let all = shipped();
    let hints = Hints::new(today()).with_orgs(directory());
    let files = [
        ("projects", "project"),
        ("rounds", "round"),
        ("memberships", "round_membership"),
        ("activities", "activity"),
        ("progress", "progress_report"),
        ("enterprises", "enterprise"),
        ("matters", "matter"),
        ("programme_returns", "programme_return"),
        ("enterprise_requests", "enterprise_request"),
        ("service_cases", "service_case"),
        ("safety_places", "safety_place"),
        ("safety_checks", "safety_check"),
        ("safety_hazards", "safety_hazard"),
        ("grid_events", "grid_event"),
        ("recognition_items", "recognition_item"),
        ("recognition_institutions", "recognition_institution"),
        ("recognition_reports", "recognition_report"),
        ("recognition_checks", "recognition_check"),
        ("radiation_institutions", "radiation_institution"),
        ("radiation_workers", "radiation_worker"),
        ("radiation_doses", "radiation_dose"),
        ("radiation_devices", "radiation_device"),
        ("radiation_findings", "radiation_finding"),
        ("complaints", "complaint"),
        ("tip_offs", "tip_off"),
        ("meetings", "meeting"),
        ("street_returns", "street_return"),
        ("site_tours", "site_tour"),
    ];
    let mut read = 0;
    for (file, register) in files {
        for row in rows(file) {
            for (column, text) in &row {
                let Some(field) = all[register].field(column) else {
                    continue;
                };
                // Keys of the sample and JSON cells are the app's to resolve.
                let skipped = matches!(
                    field.kind,
                    FieldKind::Ref { .. } | FieldKind::Refs { .. } | FieldKind::Table { .. }
                );
                if skipped {
                    continue;
                }
                let cell = read_cell(field, text, None, &format!("{file}:{column}"), &hints);
                let findings: Vec<_> = cell
                    .findings
                    .iter()
                    .filter(|f| f.severity > ground::Severity::Info)
                    .collect();
                assert!(findings.is_empty(), "{file} {column} {text}: {findings:?}");
                read += usize::from(cell.value.is_some());
            }
        }
    }
    assert!(read > 2_000, "{read} values");
}
