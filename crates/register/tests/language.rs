//! The two complete definitions of the language: everything in them is read, and read as meant.

use register::law::{
    Ability, CheckSeverity, ClockLimit, ClockStart, MetricBody, PermitScope, Quorum, Span,
    SpanUnit, TransitionTo, ViewKind,
};
use register::{Definition, DuplicateAction, FieldKind, Mask, Nearness, OnWithdraw, parse};

fn read(name: &str) -> Definition {
    let text = match name {
        "safety_hazard" => include_str!("data/safety_hazard.toml"),
        _ => include_str!("data/radiation_device.toml"),
    };
    let (definition, findings) = parse(&format!("{name}.toml"), text);
    let shown: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(shown, [""; 0], "{name}");
    definition.expect("no findings")
}

fn days(count: i32) -> Span {
    Span {
        count,
        unit: SpanUnit::Workday,
    }
}

#[test]
fn the_hazard_register_is_read_whole() {
    let hazard = read("safety_hazard");
    assert_eq!(
        (hazard.calendar.as_str(), hazard.sensitivity.as_str()),
        ("cn5", "internal")
    );
    assert_eq!(hazard.owner.as_deref(), Some("应急管理局"));
    assert_eq!(hazard.number_at.as_deref(), Some("report"));
    let field = |id: &str| hazard.field(id).expect(id);
    let own = hazard.fields.iter().filter(|f| !f.system).count();
    assert_eq!(own, 21, "20 written and one snapshot");
    assert!(field("found_at").required && field("found_at").check.is_some());
    assert_eq!(field("enterprise").copy["uscc"], "uscc");
    assert_eq!(field("name").kind, FieldKind::Text);
    assert_eq!(field("place_org").level.as_deref(), Some("street"));
    assert_eq!(field("reporter_phone").mask, Some(Mask::Middle4));
    assert!(field("assigned_at").set_once);
    assert_eq!(field("due_on").override_by, ["hazard_admin"]);
    assert_eq!(field("photos_before").accept, ["image/*"]);
    assert_eq!(hazard.checks[0].severity, CheckSeverity::Warn);
    assert!(!hazard.depends_on_moment("due_on") && hazard.depends_on_moment("late_days"));
    assert!(hazard.stored_fields().all(|f| f.id != "late_days"));
    assert!(hazard.form_fields().any(|f| f.id == "late_days"));
}

#[test]
fn its_workflow_is_read_whole() {
    let hazard = read("safety_hazard");
    let flow = hazard.flow.as_ref().expect("a workflow");
    assert_eq!((flow.states.len(), flow.transitions.len()), (7, 9));
    let clock = |id: &str| hazard.state(id).expect(id).clock.clone().expect("a clock");
    assert_eq!(
        clock("reported").limit,
        ClockLimit::After {
            span: days(1),
            from: ClockStart::Entered
        }
    );
    assert!(matches!(&clock("assigned").limit, ClockLimit::Until(e) if e.text() == "due_on"));
    assert!(clock("assigned").pause_in.contains("suspended"));
    assert!(hazard.state("void").expect("a state").done);
    let close = hazard.transition("close").expect("a transition");
    let approve = close.approve.as_ref().expect("signatures");
    assert_eq!(approve.quorum, Quorum::All);
    assert_eq!(approve.roles, ["inspector", "hazard_admin"]);
    assert_eq!(close.to, TransitionTo::State("closed".into()));
    let resume = hazard.transition("resume").expect("a transition");
    assert_eq!(resume.label.zh, "转为“整改中”");
    let steps = &flow.escalations[0].steps;
    assert_eq!(steps[0].at, days(-1));
    assert_eq!(
        steps[2].open.as_ref().expect("opens").register,
        "supervision"
    );
}

#[test]
fn its_duplicates_figures_views_and_rights_are_read_whole() {
    let hazard = read("safety_hazard");
    let near: Vec<Nearness> = hazard.duplicates[0].near.iter().map(|n| n.by).collect();
    assert_eq!(
        near,
        [
            Nearness::Metres(50),
            Nearness::Similarity(85),
            Nearness::Days(7)
        ]
    );
    let rate = &hazard.metrics[1];
    assert!(matches!(rate.body, MetricBody::Rate { percent: true, .. }));
    assert_eq!(rate.digits, 1);
    assert_eq!(
        hazard.views[0].sort,
        [("due_on".into(), false), ("level".into(), true)]
    );
    assert_eq!(hazard.views[1].title.zh, "地图");
    assert!(matches!(&hazard.views[1].kind, ViewKind::Map { colour: Some(c), .. } if c == "light"));
    let template = &hazard.import.templates[0];
    assert_eq!(template.match_on, ["number"]);
    assert!(hazard.import.match_on.is_empty());
    assert!(hazard.field("text").expect("text").synonyms.is_empty());
    assert_eq!(
        hazard.field("found_at").expect("found_at").synonyms,
        ["发现日期"]
    );
    let level = hazard.field("level").expect("level");
    assert_eq!(level.choice("major").expect("major").synonyms, ["重大"]);
    assert_eq!(hazard.permits[0].scope, PermitScope::Own);
    assert_eq!(hazard.permits[1].hide, ["reporter_phone"]);
    assert!(hazard.permits[2].can.contains(&Ability::Unmask));
    assert_eq!(hazard.reports[0].metrics.len(), 2);
}

#[test]
fn the_device_register_is_read_whole() {
    let device = read("radiation_device");
    let kind = device.field("tests.kind").expect("a column");
    assert_eq!(
        kind.kind,
        FieldKind::Code {
            list: "tests.kind".into()
        }
    );
    assert_eq!(kind.choices[1].code, "状态检测");
    let operators = device.field("operators").expect("operators");
    assert!(matches!(&operators.kind, FieldKind::Refs { to } if to == "radiation_worker"));
    assert!(operators.pick.is_some());
    let institution = device.field("institution").expect("institution");
    assert_eq!(institution.on_withdraw, OnWithdraw::Restrict);
    assert_eq!(
        device
            .field("maker")
            .expect("maker")
            .renamed_from
            .as_deref(),
        Some("manufacturer")
    );
    assert!(
        device.depends_on_moment("licence_until"),
        "the institution's date may change"
    );
    assert!(!device.depends_on_moment("class"));
    let duty = &device.obligations[0];
    assert_eq!(duty.remind.len(), 2);
    assert_eq!(duty.open.as_ref().expect("opens").register, "supervision");
    let campaign = &device.campaigns[0];
    assert_eq!(
        (campaign.id.as_str(), campaign.start.to_string().as_str()),
        ("build_2025", "2025-05-12")
    );
    assert_eq!(device.duplicates[0].action, DuplicateAction::Block);
    assert_eq!(device.metrics[0].by, ["institution.street", "kind"]);
    assert_eq!(
        device.permits[0].scope,
        PermitScope::Ref("institution".into())
    );
    let migration = &device.migrations[0];
    assert_eq!(migration.state_map["registered"], "in_use");
    assert!(migration.set.contains_key("kind"));
}

#[test]
fn a_workflow_brings_its_fields_with_it() {
    let hazard = read("safety_hazard");
    let system: Vec<&str> = hazard
        .fields
        .iter()
        .filter(|f| f.system)
        .map(|f| f.id.as_str())
        .collect();
    assert_eq!(
        system,
        [
            "state",
            "state_at",
            "holder",
            "clock_due",
            "flow_version",
            "opened_from",
            "created_by",
            "steps",
            "signatures",
            "extensions"
        ]
    );
    let state = hazard.field("state").expect("state");
    assert_eq!(state.choices.len(), 7);
    assert_eq!(state.choice("fixed").expect("an option").label.zh, "待复查");
}

#[test]
fn registers_that_do_not_exist_are_told_in_the_set() {
    let findings = register::check_set(&[read("safety_hazard"), read("radiation_device")]);
    let unknown: Vec<&str> = findings.iter().map(|f| f.place.as_str()).collect();
    for place in [
        "safety_hazard.enterprise",
        "safety_hazard.place_org",
        "radiation_device.institution",
    ] {
        assert!(unknown.contains(&place), "{place}: {unknown:?}");
    }
}

const INSTITUTION: &str = r#"
[register]
id = "radiation_institution"
version = "1.0.0"
title = { "zh-CN" = "放射诊疗机构" }
[[field]]
id = "name"
type = "text"
label = { "zh-CN" = "名称" }
[[field]]
id = "licence_till"
type = "date"
label = { "zh-CN" = "许可证有效期至" }
"#;

#[test]
fn a_name_in_another_register_is_checked_in_the_set() {
    let institution = parse("institution.toml", INSTITUTION).0.expect("good");
    let findings = register::check_set(&[read("radiation_device"), institution]);
    let told: Vec<String> = findings
        .iter()
        .filter(|f| f.code == "definition.bad_expr" && f.place.ends_with("licence_until"))
        .map(|f| format!("{}{}", f.problem, f.remedy))
        .collect();
    assert_eq!(
        told,
        [
            "“institution.licence_until”：“放射诊疗机构”没有“licence_until”这个字段。是不是想写“licence_till”？"
        ]
    );
}
