//! Clocks, escalation, records opened elsewhere, and what happens by itself.

use std::collections::BTreeMap;

use ground::RecordId;

use super::super::testing::{
    Case, after, clock_of, definition, expr, hazard, person, span, state, step, way,
};
use super::super::{Act, Stage, automatic, raised};
use crate::definition::{Field, FieldKind};
use crate::expr::Val;
use crate::law::{
    Approve, ClockLimit, ClockStart, Escalation, Flow, Lamp, Opens, Quorum, State, Transition,
};
use crate::record::{Fields, Value};

fn flow(states: Vec<State>, transitions: Vec<Transition>) -> Flow {
    Flow {
        states,
        transitions,
        ..Flow::default()
    }
}

/// Anyone does anything; three days each.
fn simple(clock: Option<crate::law::Clock>) -> Flow {
    flow(
        vec![
            state("work", clock),
            state("check", None),
            state("wait", None),
            state("done", None),
        ],
        vec![
            way("send", "work", "check", "anyone"),
            way("back", "check wait", "work", "anyone"),
            way("stop", "work", "wait", "anyone"),
        ],
    )
}

fn due_after(clock: Option<crate::law::Clock>, acts: &[(&str, &str)]) -> String {
    let worker = person("street", 11, "clerk");
    let mut case = Case::new(
        definition(&[("kind", FieldKind::Text)], simple(clock)),
        "2023-03-06T02:00:00Z",
    );
    case.fields.insert("kind".into(), Value::Text("急".into()));
    case.begin(&worker);
    for (now, id) in acts {
        case.at(now);
        case.act(&worker, Act::new(id));
    }
    case.due().to_owned()
}

const BACK_AGAIN: [(&str, &str); 2] = [
    ("2023-03-07T02:00:00Z", "send"),
    ("2023-03-09T02:00:00Z", "back"),
];

#[test]
fn a_clock_from_each_entry_begins_anew_and_one_from_the_first_entry_does_not() {
    let anew = after("5wd");
    let first = clock_of(
        ClockLimit::After {
            span: span("5wd"),
            from: ClockStart::FirstEntered,
        },
        &[],
    );
    assert_eq!(due_after(anew, &BACK_AGAIN), "2023-03-16T15:59:59Z");
    assert_eq!(due_after(first, &BACK_AGAIN), "2023-03-13T15:59:59Z");
}

#[test]
fn pauses_only_part_the_stays_of_one_clock() {
    let clock = clock_of(
        ClockLimit::After {
            span: span("5wd"),
            from: ClockStart::Entered,
        },
        &["wait"],
    );
    let once = [
        ("2023-03-07T02:00:00Z", "stop"),
        ("2023-03-09T02:00:00Z", "back"),
    ];
    assert_eq!(due_after(clock.clone(), &once), "2023-03-15T15:59:59Z");
    let twice = [
        once[0],
        once[1],
        ("2023-03-10T02:00:00Z", "stop"),
        ("2023-03-13T02:00:00Z", "back"),
    ];
    assert_eq!(due_after(clock.clone(), &twice), "2023-03-16T15:59:59Z");
    assert_eq!(
        due_after(clock, &BACK_AGAIN),
        "2023-03-16T15:59:59Z",
        "a check is no pause"
    );
}

#[test]
fn an_expression_chooses_the_span() {
    let clock = |text: &str| {
        clock_of(
            ClockLimit::AfterExpr {
                span: expr(text),
                from: ClockStart::Entered,
            },
            &[],
        )
    };
    assert_eq!(
        due_after(clock("kind == '急' ? '2h' : '5wd'"), &[]),
        "2023-03-06T04:00:00Z"
    );
    assert_eq!(
        due_after(clock("kind == '缓' ? '2h' : '5wd'"), &[]),
        "2023-03-13T15:59:59Z"
    );
    assert_eq!(due_after(clock("kind"), &[]), "", "no span, no deadline");
}

#[test]
fn a_standing_clock_is_shown_but_not_due() {
    let worker = person("street", 11, "clerk");
    let clock = clock_of(
        ClockLimit::After {
            span: span("5wd"),
            from: ClockStart::Entered,
        },
        &["wait"],
    );
    let mut case = Case::new(definition(&[], simple(clock)), "2023-03-06T02:00:00Z");
    case.begin(&worker);
    case.at("2023-03-07T02:00:00Z");
    case.act(&worker, Act::new("stop"));
    case.at("2023-04-20T02:00:00Z");
    let stand = case.clock().expect("a clock");
    assert_eq!(
        (stand.paused, stand.stage, stand.light),
        (true, Stage::Quiet, Lamp::Green)
    );
    assert_eq!(case.due(), "");
    assert_eq!(case.with(None, raised), []);
}

#[test]
fn short_clocks_are_late_to_the_minute() {
    let worker = person("street", 11, "clerk");
    let mut definition = definition(&[], simple(after("2h")));
    if let Some(flow) = &mut definition.flow {
        flow.escalations.push(Escalation {
            states: Vec::new(),
            steps: vec![
                step("-30min", Some(Lamp::Yellow), "holder"),
                step("+0wd", Some(Lamp::Red), "office"),
            ],
        });
    }
    let mut case = Case::new(definition, "2023-03-06T02:00:00Z");
    case.begin(&worker);
    let mut seen = Vec::new();
    for now in [
        "02:59:00", "03:00:00", "03:30:00", "03:36:00", "04:00:00", "04:00:01",
    ] {
        case.at(&format!("2023-03-06T{now}Z"));
        let stand = case.clock().expect("a clock");
        seen.push((
            stand.share_used,
            stand.stage,
            stand.light,
            case.with(None, raised).len(),
        ));
    }
    let late = Stage::Overdue {
        workdays: 0,
        level: 1,
    };
    assert_eq!(
        seen,
        [
            (49, Stage::Quiet, Lamp::Green, 0),
            (50, Stage::Half, Lamp::Green, 0),
            (75, Stage::Half, Lamp::Yellow, 1),
            (80, Stage::MostlyUsed, Lamp::Yellow, 1),
            (100, Stage::MostlyUsed, Lamp::Yellow, 1),
            (100, late, Lamp::Red, 2),
        ]
    );
}

#[test]
fn escalation_climbs_day_by_day_and_its_keys_stay() {
    let (grid, admin) = (person("grid", 111, ""), person("admin", 20, "admin"));
    let mut case = Case::new(hazard(), "2023-03-08T02:00:00Z");
    case.begin(&grid);
    case.act(&grid, Act::new("report"));
    case.act(
        &admin,
        Act::new("assign").with("duty_org", Value::Ref(RecordId(11))),
    );
    let mut told = Vec::new();
    for day in ["13", "14", "15", "16", "20"] {
        case.at(&format!("2023-03-{day}T02:00:00Z"));
        let raised = case.with(None, raised);
        let keys: Vec<String> = raised.iter().map(|r| r.key.clone()).collect();
        told.push((day, keys.len(), raised.iter().filter_map(|r| r.light).max()));
        if day == "20" {
            assert_eq!(keys[0], "assigned/0.0/2023-03-15");
            assert_eq!(raised[3].notify, ["org.parent:leader"]);
        }
    }
    assert_eq!(
        told,
        [
            ("13", 0, None),
            ("14", 1, None),
            ("15", 2, Some(Lamp::Yellow)),
            ("16", 3, Some(Lamp::Red)),
            ("20", 4, Some(Lamp::Red)),
        ]
    );
}

#[test]
fn silence_is_consent_after_the_span_when_the_guard_holds() {
    let worker = person("street", 11, "clerk");
    let mut accept = way("accept", "work", "check", "").guarded("title != none");
    accept.auto = Some(span("5wd"));
    let mut flow = simple(after("5wd"));
    flow.transitions.push(accept);
    let mut case = Case::new(definition(&[], flow), "2023-03-06T02:00:00Z");
    case.begin(&worker);
    case.at("2023-03-13T15:59:59Z");
    assert_eq!(case.with(None, automatic), None);
    case.at("2023-03-13T16:00:00Z");
    assert_eq!(case.with(None, automatic), None, "the guard does not hold");
    case.fields.insert("title".into(), Value::Text("件".into()));
    assert_eq!(case.with(None, automatic).as_deref(), Some("accept"));
    assert!(
        case.refused(&worker, Act::new("accept"))
            .contains(&"flow.role".to_owned())
    );
    assert!(case.try_act(None, &Act::new("send")).is_err());
    case.try_act(None, &Act::new("accept")).expect("it is ripe");
    assert_eq!(case.state(), "check");
    let last = case.rows("steps").last().expect("a step");
    assert_eq!(last["by_name"], Value::Text("系统".into()));
    assert!(!last.contains_key("by"));
}

#[test]
fn a_transition_opens_a_record_for_each_row_that_asks_for_it() {
    let worker = person("street", 11, "clerk");
    let rows = FieldKind::Table {
        columns: vec![
            Field::new("what", "事项", FieldKind::Text),
            Field::new("lead", "牵头", FieldKind::Org),
        ],
    };
    let mut minutes = simple(None);
    minutes.transitions[0].opens = vec![Opens {
        register: "matter".into(),
        set: BTreeMap::from([
            ("title".to_owned(), expr("row.what")),
            ("lead".to_owned(), expr("row.lead")),
            ("due".to_owned(), expr("add_workdays(today(), 5)")),
            ("source".to_owned(), expr("title")),
        ]),
        each: Some("decisions".into()),
        when: Some(expr("row.what != none")),
    }];
    let definition = definition(&[("decisions", rows)], minutes);
    let mut case = Case::new(definition, "2023-03-06T02:00:00Z");
    case.begin(&worker);
    let decision = |what: Option<&str>, lead| {
        let mut row = Fields::from([("lead".to_owned(), Value::Ref(RecordId(lead)))]);
        row.extend(what.map(|what| ("what".to_owned(), Value::Text(what.into()))));
        row
    };
    let table = vec![
        decision(Some("修路"), 11),
        decision(None, 12),
        decision(Some("补灯"), 12),
    ];
    case.fields.insert("decisions".into(), Value::Rows(table));
    let opens = case.act(&worker, Act::new("send")).opens;
    let titles: Vec<&Val> = opens.iter().map(|o| &o.values["title"]).collect();
    assert_eq!(
        titles,
        [&Val::Text("修路".into()), &Val::Text("补灯".into())]
    );
    assert_eq!(
        opens[1].values["lead"],
        Val::Ref {
            register: "organisation".into(),
            id: RecordId(12)
        }
    );
    assert_eq!(
        opens[0].values["due"],
        Val::Date("2023-03-13".parse().expect("a day"))
    );
    assert!(
        !opens[0].values.contains_key("source"),
        "what is missing is left out"
    );
    assert!(case.buttons(&worker).iter().all(|id| id != "recall"));
}

fn signed_flow(quorum: Quorum) -> Flow {
    let mut flow = simple(None);
    flow.transitions[0].approve = Some(Approve {
        when: None,
        quorum,
        roles: ["a", "b", "c"].map(str::to_owned).to_vec(),
        add_signer: false,
    });
    flow
}

/// Signers one after the other, `-` for a refusal; whether each act took effect, and what became of the record.
fn sign(quorum: Quorum, acts: &[&str]) -> (Vec<bool>, String, String) {
    let mut case = Case::new(definition(&[], signed_flow(quorum)), "2023-03-06T02:00:00Z");
    case.begin(&person("x", 11, ""));
    let mut effects = Vec::new();
    for act in acts {
        let name = act.trim_start_matches('-');
        let mut sign = Act::new("send").because("意见");
        if act.starts_with('-') {
            sign = sign.with("agree", Value::Bool(false));
        }
        effects.push(case.act(&person(name, 11, name), sign).effective);
    }
    let last = case
        .rows("steps")
        .last()
        .map(|row| super::super::log::text(row, "transition").to_owned());
    (effects, case.state().to_owned(), last.unwrap_or_default())
}

#[test]
fn any_one_all_or_two_of_three_signatures_make_it() {
    let check = |quorum, acts: &[&str], effects: &[bool], state: &str, last: &str| {
        let found = sign(quorum, acts);
        assert_eq!(
            found,
            (effects.to_vec(), state.to_owned(), last.to_owned()),
            "{acts:?}"
        );
    };
    check(Quorum::Any, &["a"], &[true], "check", "send");
    check(
        Quorum::All,
        &["x", "a", "b", "c"],
        &[false, false, false, true],
        "check",
        "send",
    );
    check(
        Quorum::All,
        &["a", "-b"],
        &[false, false],
        "work",
        "not_signed",
    );
    check(
        Quorum::Count(2),
        &["x", "a", "c"],
        &[false, false, true],
        "check",
        "send",
    );
    check(
        Quorum::Count(2),
        &["x", "-a", "b", "c"],
        &[false, false, false, true],
        "check",
        "send",
    );
    check(
        Quorum::Count(2),
        &["x", "-a", "-b"],
        &[false, false, false],
        "work",
        "not_signed",
    );
    check(
        Quorum::Any,
        &["x", "-a", "-b", "c"],
        &[false, false, false, true],
        "check",
        "send",
    );
    check(
        Quorum::Any,
        &["x", "-a", "-b", "-c"],
        &[false; 4],
        "work",
        "not_signed",
    );
}

#[test]
fn nobody_signs_beyond_the_quorum_while_one_asked_besides_is_awaited() {
    let mut flow = signed_flow(Quorum::Count(2));
    if let Some(approve) = &mut flow.transitions[0].approve {
        approve.add_signer = true;
    }
    let mut case = Case::new(definition(&[], flow), "2023-03-06T02:00:00Z");
    case.begin(&person("x", 11, ""));
    let by = |name: &str| person(name, 11, name);
    case.act(&by("a"), Act::new("send"));
    let ask = Act::new(super::super::ADD_SIGNER).with("signer", Value::Text("guest".into()));
    case.act(&by("a"), ask);
    assert!(!case.act(&by("b"), Act::new("send")).effective);
    assert_eq!(
        case.refused(&by("c"), Act::new("send")),
        ["flow.not_signer"]
    );
    assert!(case.act(&by("guest"), Act::new("send")).effective);
}
