//! The 13710 template, read from its text and gone through: 当日部署, 3日反馈, 7日办结, 1个月难题, 到期清零. A practice
//! first known from 山西 and spread elsewhere [R?]; days are taken as working days, the month as a calendar month.

use ground::RecordId;

use super::super::testing::{Case, person};
use super::super::{Act, LateReason, Stage};
use crate::law::Lamp;
use crate::record::Value;

fn case() -> Case {
    let text = include_str!("matter_13710.toml");
    let (definition, findings) = crate::parse("matter_13710/definition.toml", text);
    let shown: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(shown, [""; 0]);
    Case::new(definition.expect("no findings"), "2023-03-10T01:00:00Z")
}

fn text(words: &str) -> Value {
    Value::Text(words.into())
}

/// Asked on Friday 2023-03-10, deployed the same day, reported on the Wednesday after.
fn working(hard: bool) -> Case {
    let (office, lead) = (
        person("office", 1, "supervisor"),
        person("lead", 11, "clerk"),
    );
    let mut case = case();
    case.begin(&office);
    assert_eq!(case.due(), "", "what is not yet asked has no clock");
    case.act(
        &office,
        Act::new("ask").with("lead", Value::Ref(RecordId(11))),
    );
    assert_eq!(case.due(), "2023-03-10T15:59:59Z", "当日部署");
    case.act(&lead, Act::new("deploy"));
    assert_eq!(case.due(), "2023-03-15T15:59:59Z", "3日反馈");
    case.at("2023-03-15T09:00:00Z");
    let report = Act::new("report").with("feedback", text("已进场"));
    case.act(&lead, report.with("hard", Value::Bool(hard)));
    case
}

#[test]
fn an_ordinary_matter_is_done_in_seven_days_from_the_asking() {
    let case = working(false);
    assert_eq!(case.due(), "2023-03-21T15:59:59Z");
}

#[test]
fn a_hard_matter_has_a_month() {
    let case = working(true);
    assert_eq!(case.due(), "2023-04-10T15:59:59Z");
}

#[test]
fn what_is_late_stays_in_sight_until_it_is_cleared_with_a_reason() {
    let office = person("office", 1, "supervisor");
    let mut case = working(false);
    case.at("2023-03-22T01:00:00Z");
    let stand = case.clock().expect("a clock");
    let late = Stage::Overdue {
        workdays: 1,
        level: 1,
    };
    assert_eq!((stand.stage, stand.light), (late, Lamp::Red));
    let finish = || Act::new("finish").with("result", text("已清零"));
    assert_eq!(case.refused(&office, finish()), ["flow.late_reason"]);
    case.act(
        &office,
        Act {
            late: Some(LateReason {
                code: "weather".into(),
                next: "已补办".into(),
            }),
            ..finish()
        },
    );
    assert_eq!((case.state(), case.clock()), ("done", None));
}

#[test]
fn the_values_written_are_valid_for_the_definition() {
    let case = working(true);
    let codes: Vec<String> = crate::validate(&case.definition, &case.fields)
        .into_iter()
        .map(|finding| finding.code)
        .collect();
    assert_eq!(
        codes,
        ["value.required"],
        "only the title, which nobody has typed"
    );
}

/// 安全隐患 as the language's specification writes it, with a rule for more time.
fn hazard() -> Case {
    let toml = include_str!("../../../tests/data/safety_hazard.toml");
    let (definition, findings) = crate::parse("safety_hazard/definition.toml", toml);
    assert_eq!(findings, []);
    let mut definition = definition.expect("no findings");
    if let Some(flow) = &mut definition.flow {
        flow.extension = Some(crate::law::ExtensionRule {
            field: None,
            states: Vec::new(),
            roles: vec!["hazard_admin".into()],
            times: 1,
            span_max: None,
            when_late: false,
        });
    }
    let mut case = Case::new(definition, "2023-03-08T02:00:00Z");
    let photo = Value::TextList(vec!["0".repeat(64)]);
    let row = [("what", text("清理通道")), ("done", Value::Bool(true))];
    let row = row.map(|(id, value)| (id.to_owned(), value));
    case.fields = [
        ("found_at", Value::DateTime("2023-03-08T01:00:00Z".into())),
        ("place_org", Value::Ref(RecordId(11))),
        ("domain", text("fire")),
        ("level", text("major")),
        ("text", text("疏散通道堵塞")),
        ("plan", text("五落实方案")),
        ("photos_before", photo.clone()),
        ("photos_after", photo),
        ("measures", Value::Rows(vec![row.into()])),
    ]
    .map(|(id, value)| (id.to_owned(), value))
    .into();
    case
}

#[test]
fn the_hazard_register_runs_from_report_to_close_with_valid_values_at_each_step() {
    let grid = person("grid", 111, "grid_worker");
    let admin = person("admin", 20, "hazard_admin");
    let street = person("street", 11, "clerk");
    let inspector = person("inspector", 20, "inspector");
    let mut case = hazard();
    case.begin(&grid);
    assert!(case.act(&grid, Act::new("report")).give_number);
    let assign = Act::new("assign").with("duty_org", Value::Ref(RecordId(11)));
    assert_eq!(case.refused(&admin, assign.clone()), ["flow.asked"]);
    case.act(&admin, assign.with("duty_person", text("李某")));
    assert_eq!(
        case.due(),
        "2023-04-20T15:59:59Z",
        "30 working days, computed from what the step set"
    );
    let day = Value::Date("2023-04-28".parse().expect("a day"));
    let ask = Act::new(super::super::EXTEND)
        .with("to_due", day)
        .because("设备未到");
    case.act(&street, ask);
    let agree = Act::new(super::super::DECIDE_EXTENSION).with("agree", Value::Bool(true));
    case.act(&admin, agree);
    assert_eq!(case.due(), "2023-04-28T15:59:59Z");
    case.act(&street, Act::new("fix"));
    assert!(!case.act(&inspector, Act::new("close")).effective);
    let pending = crate::validate(&case.definition, &case.fields);
    assert_eq!(pending, []);
    case.act(&admin, Act::new("close"));
    assert_eq!(case.state(), "closed");
    assert_eq!(crate::validate(&case.definition, &case.fields), []);
}
