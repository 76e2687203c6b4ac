//! One record, one act after the other.

use ground::RecordId;

use super::super::testing::{Case, hazard, person};
use super::super::{
    ADD_SIGNER, Act, DECIDE_EXTENSION, EXTEND, HAND_OVER, LateReason, RECALL, Stage,
};
use crate::expr::User;
use crate::record::Value;

struct People {
    grid: User,
    street: User,
    community: User,
    other: User,
    admin: User,
    inspector: User,
    second: User,
    office: User,
}

fn people() -> People {
    People {
        grid: person("grid", 111, "grid_worker"),
        street: person("street", 11, "clerk"),
        community: person("community", 111, "clerk"),
        other: person("other", 12, "clerk"),
        admin: person("admin", 20, "admin"),
        inspector: person("inspector", 20, "inspector"),
        second: person("second", 20, "inspector"),
        office: person("office", 1, "supervisor"),
    }
}

fn org(id: i64) -> Value {
    Value::Ref(RecordId(id))
}

/// Reported on Wednesday 2023-03-08 at 10:00 and given to 须水 at once.
fn assigned() -> (Case, People) {
    let people = people();
    let mut case = Case::new(hazard(), "2023-03-08T02:00:00Z");
    case.begin(&people.grid);
    case.act(&people.grid, Act::new("report"));
    case.act(&people.admin, Act::new("assign").with("duty_org", org(11)));
    (case, people)
}

fn fixed() -> (Case, People) {
    let (mut case, people) = assigned();
    case.fields
        .insert("photos".into(), Value::TextList(vec!["f1".into()]));
    case.act(&people.street, Act::new("fix"));
    (case, people)
}

#[test]
fn a_new_record_begins_in_the_initial_state_with_its_maker_as_holder() {
    let people = people();
    let mut case = Case::new(hazard(), "2023-03-08T02:00:00Z");
    case.begin(&people.grid);
    assert_eq!(
        (case.state(), case.holder(), case.due()),
        ("draft", 111, "")
    );
    assert_eq!(case.fields["created_by"], Value::Text("grid".into()));
    assert_eq!(case.fields["flow_version"], Value::Text("1.0.0".into()));
    assert_eq!(case.rows("steps").len(), 1);
    assert_eq!(case.buttons(&people.grid), ["report", "note"]);
    assert_eq!(case.buttons(&people.other), ["note"]);
}

#[test]
fn a_deadline_follows_each_state() {
    let (mut case, people) = assigned();
    assert_eq!((case.state(), case.holder()), ("assigned", 11));
    assert_eq!(case.due(), "2023-03-15T15:59:59Z");
    case.at("2023-03-10T02:00:00Z");
    case.fields
        .insert("photos".into(), Value::TextList(vec!["f1".into()]));
    case.act(&people.street, Act::new("fix"));
    assert_eq!(case.due(), "2023-03-15T15:59:59Z");
    case.act(&people.inspector, Act::new("close"));
    assert_eq!((case.state(), case.due()), ("closed", ""));
}

#[test]
fn the_holder_is_the_organisation_and_all_below_it() {
    let (case, people) = assigned();
    let may = |user: &User| case.buttons(user).contains(&"fix!".to_owned());
    assert!(may(&people.street));
    assert!(may(&people.community));
    assert!(!may(&people.other));
    assert!(
        !may(&people.office),
        "the office stands in for roles, never for the holder"
    );
    assert!(case.buttons(&people.office).contains(&"suspend".to_owned()));
}

#[test]
fn all_that_is_missing_is_told_at_once() {
    let (mut case, people) = assigned();
    let act = Act::new("suspend").with("level", Value::Text("major".into()));
    assert_eq!(case.refused(&people.admin, act), ["flow.not_asked"]);
    assert_eq!(
        case.refused(&people.admin, Act::new("suspend")),
        ["flow.reason"]
    );
    assert_eq!(
        case.refused(&people.street, Act::new("fix")),
        ["flow.guard"]
    );
    assert_eq!(
        case.refused(&people.street, Act::new("close")),
        ["flow.not_now"]
    );
    assert_eq!(
        case.refused(&people.street, Act::new("fly")),
        ["flow.unknown_act"]
    );
    assert_eq!(case.refused(&people.other, Act::new("fix")), ["flow.role"]);
    let wrong = Act::new("assign").with("duty_org", Value::Int(11));
    let mut reported = Case::new(hazard(), "2023-03-08T02:00:00Z");
    reported.begin(&people.grid);
    reported.act(&people.grid, Act::new("report"));
    assert_eq!(reported.refused(&people.admin, wrong), ["value.wrong_type"]);
    assert_eq!(
        reported.refused(&people.admin, Act::new("assign")),
        ["flow.asked"]
    );
}

#[test]
fn who_fixed_it_cannot_close_it_not_even_through_a_delegate() {
    let (mut case, mut people) = fixed();
    people.street.roles.push("inspector".into());
    assert!(case.buttons(&people.street).contains(&"close!".to_owned()));
    assert_eq!(
        case.refused(&people.street, Act::new("close")),
        ["flow.four_eyes"]
    );
    let for_street = Act {
        acting_for: Some("street".into()),
        ..Act::new("close")
    };
    assert_eq!(
        case.refused(&people.inspector, for_street),
        ["flow.four_eyes"]
    );
    let for_second = Act {
        acting_for: Some("second".into()),
        ..Act::new("close")
    };
    case.act(&people.inspector, for_second);
    assert_eq!(case.state(), "closed");
    let last = case.rows("steps").last().expect("a step");
    assert_eq!(last["acting_for"], Value::Text("second".into()));
}

#[test]
fn a_major_hazard_needs_two_signatures_of_two_persons() {
    let (mut case, mut people) = fixed();
    case.fields
        .insert("level".into(), Value::Text("major".into()));
    assert!(!case.act(&people.inspector, Act::new("close")).effective);
    assert_eq!(case.state(), "fixed");
    people.inspector.roles.push("admin".into());
    assert_eq!(
        case.refused(&people.inspector, Act::new("close")),
        ["flow.signed_before"]
    );
    assert_eq!(
        case.refused(&people.second, Act::new("close")),
        ["flow.not_signer"]
    );
    let signing = case.offered(&people.admin)[0]
        .signing
        .clone()
        .expect("a round");
    assert_eq!((signing.have, signing.need), (1, 2));
    assert!(case.act(&people.admin, Act::new("close")).effective);
    assert_eq!(case.state(), "closed");
}

#[test]
fn one_refusal_ends_a_round_that_needs_all() {
    let (mut case, people) = fixed();
    case.fields
        .insert("level".into(), Value::Text("major".into()));
    let refusal = || Act::new("close").with("agree", Value::Bool(false));
    assert_eq!(
        case.refused(&people.inspector, refusal()),
        ["flow.not_started", "flow.reason"]
    );
    case.act(&people.inspector, Act::new("close"));
    assert_eq!(case.refused(&people.admin, refusal()), ["flow.reason"]);
    case.act(&people.admin, refusal().because("照片看不清"));
    let last = case.rows("steps").last().expect("a step");
    assert_eq!(
        last["reason"],
        Value::Text("“close”会签未通过：照片看不清".into())
    );
    assert_eq!(case.state(), "fixed");
    // A new round begins: those who signed may sign again.
    assert!(!case.act(&people.inspector, Act::new("close")).effective);
    assert!(case.act(&people.admin, Act::new("close")).effective);
    assert_eq!(case.rows("signatures").len(), 4);
}

#[test]
fn a_signer_asked_besides_must_sign_too() {
    let (mut case, people) = fixed();
    case.fields
        .insert("level".into(), Value::Text("major".into()));
    let ask = |login: &str| Act::new(ADD_SIGNER).with("signer", Value::Text(login.into()));
    assert_eq!(
        case.refused(&people.inspector, ask("other")),
        ["flow.not_now"]
    );
    case.act(&people.inspector, Act::new("close"));
    assert_eq!(
        case.refused(&people.inspector, ask("inspector")),
        ["flow.signed_before"]
    );
    case.act(&people.inspector, ask("other"));
    assert_eq!(
        case.refused(&people.inspector, ask("other")),
        ["flow.signed_before"]
    );
    assert!(!case.act(&people.admin, Act::new("close")).effective);
    assert!(case.act(&people.other, Act::new("close")).effective);
    assert_eq!(case.state(), "closed");
    assert_eq!(case.rows("signatures").len(), 3);
}

#[test]
fn who_sent_it_may_take_it_back_until_somebody_acts() {
    let (mut case, people) = fixed();
    assert_eq!(case.buttons(&people.street), ["note", RECALL]);
    assert_eq!(
        case.refused(&people.community, Act::new(RECALL)),
        ["flow.not_now"]
    );
    case.at("2023-03-09T02:00:00Z");
    case.act(&people.street, Act::new(RECALL));
    assert_eq!((case.state(), case.holder()), ("assigned", 11));
    assert!(
        !case.fields.contains_key("fixed_on"),
        "what the step set is taken off"
    );
    assert_eq!(
        case.due(),
        "2023-03-15T15:59:59Z",
        "the clock runs on as if not sent"
    );
    case.act(&people.street, Act::new("fix"));
    case.act(&people.other, Act::new("note").because("催一下"));
    assert_eq!(
        case.refused(&people.street, Act::new(RECALL)),
        ["flow.not_now"]
    );
}

#[test]
fn the_holder_passes_it_on_and_the_clock_runs_on() {
    let (mut case, people) = assigned();
    let to = |id| Act::new(HAND_OVER).with("holder", org(id));
    assert_eq!(
        case.refused(&people.street, to(11)),
        ["flow.asked", "flow.reason"]
    );
    assert_eq!(
        case.refused(&people.admin, to(12).because("属莲湖")),
        ["flow.role"]
    );
    case.at("2023-03-09T02:00:00Z");
    case.act(&people.street, to(12).because("属莲湖辖区"));
    assert_eq!((case.holder(), case.due()), (12, "2023-03-15T15:59:59Z"));
    assert!(case.buttons(&people.other).contains(&"fix!".to_owned()));
}

#[test]
fn it_goes_back_to_any_state_it_has_been_in_and_to_who_held_it_there() {
    let (mut case, people) = fixed();
    let offered = case.offered(&people.admin);
    let back = offered
        .iter()
        .find(|o| o.id == "send_back")
        .expect("offered");
    let targets: Vec<&str> = back.targets.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(targets, ["draft", "reported", "assigned"]);
    let to = |id: &str| Act {
        target: Some(id.into()),
        ..Act::new("send_back").because("材料不全")
    };
    assert_eq!(
        case.refused(&people.admin, to("suspended")),
        ["flow.target"]
    );
    case.act(&people.admin, to("reported"));
    assert_eq!((case.state(), case.holder()), ("reported", 111));
}

#[test]
fn standing_still_moves_the_deadline_by_working_days() {
    let (mut case, people) = assigned();
    case.at("2023-03-13T02:00:00Z");
    case.act(&people.admin, Act::new("suspend").because("等设备"));
    assert_eq!(
        case.due(),
        "2023-03-27T15:59:59Z",
        "the pause has a clock of its own"
    );
    case.at("2023-03-16T02:00:00Z");
    case.act(&people.admin, Act::new("resume"));
    assert_eq!(case.due(), "2023-03-20T15:59:59Z");
}

#[test]
fn more_time_is_decided_by_another_person_and_within_limits() {
    let (mut case, people) = assigned();
    let mut street = people.street.clone();
    street.roles.push("admin".into());
    let ask = |day: &str| {
        let day = day.parse().expect("a day");
        Act::new(EXTEND)
            .with("to_due", Value::Date(day))
            .because("材料未到")
    };
    assert_eq!(
        case.refused(&people.street, ask("2023-03-15")),
        ["flow.extension"]
    );
    assert_eq!(
        case.refused(&people.street, ask("2023-04-30")),
        ["flow.extension"]
    );
    assert_eq!(
        case.refused(&people.admin, ask("2023-03-24")),
        ["flow.role"]
    );
    // Saturday: the next working day is meant.
    case.act(&street, ask("2023-03-25"));
    assert_eq!(case.due(), "2023-03-15T15:59:59Z");
    assert_eq!(case.refused(&street, ask("2023-03-28")), ["flow.extension"]);
    let agree = || Act::new(DECIDE_EXTENSION).with("agree", Value::Bool(true));
    assert_eq!(case.refused(&street, agree()), ["flow.four_eyes"]);
    case.act(&people.admin, agree());
    assert_eq!(case.due(), "2023-03-27T15:59:59Z");
    assert_eq!(
        case.fields["due_on"],
        Value::Date("2023-03-27".parse().expect("a day"))
    );
    // A pause after the grant moves the granted day.
    case.at("2023-03-23T02:00:00Z");
    case.act(&people.admin, Act::new("suspend").because("停工令"));
    case.at("2023-03-24T02:00:00Z");
    case.act(&people.admin, Act::new("resume"));
    assert_eq!(case.due(), "2023-03-28T15:59:59Z");
    case.act(&street, ask("2023-04-07"));
    let no = Act::new(DECIDE_EXTENSION).with("agree", Value::Bool(false));
    assert_eq!(case.refused(&people.admin, no.clone()), ["flow.reason"]);
    case.act(&people.admin, no.because("不能再拖"));
    assert_eq!(case.due(), "2023-03-28T15:59:59Z");
    case.act(&street, ask("2023-04-07"));
    case.act(&people.admin, agree());
    assert_eq!(case.due(), "2023-04-07T15:59:59Z");
    assert_eq!(case.refused(&street, ask("2023-04-10")), ["flow.extension"]);
    assert_eq!(case.rows("extensions").len(), 3);
}

#[test]
fn leaving_late_asks_why_and_what_comes_next() {
    let (mut case, people) = assigned();
    case.fields
        .insert("photos".into(), Value::TextList(vec!["f1".into()]));
    case.at("2023-03-16T02:00:00Z");
    assert_eq!(
        case.refused(&people.street, Act::new("fix")),
        ["flow.late_reason"]
    );
    let late = |code: &str, next: &str| Act {
        late: Some(LateReason {
            code: code.into(),
            next: next.into(),
        }),
        ..Act::new("fix")
    };
    assert_eq!(
        case.refused(&people.street, late("lazy", " ")),
        ["flow.late_code", "flow.late_next"]
    );
    assert_eq!(
        case.refused(&people.street, Act::new(EXTEND)),
        ["flow.extension", "flow.asked", "flow.reason"]
    );
    case.act(&people.street, late("funds", "下周二前补齐"));
    let last = case.rows("steps").last().expect("a step");
    assert_eq!(last["late_code"], Value::Text("funds".into()));
}

#[test]
fn the_stages_of_a_clock_follow_the_working_days() {
    let (mut case, _) = assigned();
    let mut stages = Vec::new();
    for day in ["08", "09", "10", "12", "13", "14", "15", "16", "20", "24"] {
        case.at(&format!("2023-03-{day}T02:00:00Z"));
        let stand = case.clock().expect("a clock");
        stages.push((day, stand.share_used, stand.stage, stand.light));
    }
    use crate::law::Lamp::{Green, Red, Yellow};
    let late = |workdays, level| Stage::Overdue { workdays, level };
    assert_eq!(
        stages,
        [
            ("08", 0, Stage::Quiet, Green),
            ("09", 20, Stage::Quiet, Green),
            ("10", 40, Stage::Quiet, Green),
            ("12", 40, Stage::Quiet, Green),
            ("13", 60, Stage::Half, Green),
            ("14", 80, Stage::LastDay, Green),
            ("15", 100, Stage::LastDay, Yellow),
            ("16", 120, late(1, 1), Red),
            ("20", 160, late(3, 2), Red),
            ("24", 240, late(7, 3), Red),
        ]
    );
}

#[test]
fn a_closed_record_that_comes_back_has_a_new_clock() {
    let (mut case, people) = fixed();
    case.act(&people.inspector, Act::new("close"));
    case.at("2023-04-10T02:00:00Z");
    case.act(
        &people.inspector,
        Act::new("reopen").because("回头看发现反弹"),
    );
    assert_eq!(case.state(), "assigned");
    assert_eq!(
        case.clock().expect("a clock").started_at,
        "2023-04-10T02:00:00Z"
    );
}

#[test]
fn a_request_for_time_lapses_when_the_record_moves_on() {
    let (mut case, people) = assigned();
    let ask = || {
        let day = "2023-03-24".parse().expect("a day");
        Act::new(EXTEND)
            .with("to_due", Value::Date(day))
            .because("材料未到")
    };
    case.act(&people.street, ask());
    case.act(&people.admin, Act::new("suspend").because("停工令"));
    case.act(&people.admin, Act::new("resume"));
    let agree = Act::new(DECIDE_EXTENSION).with("agree", Value::Bool(true));
    assert_eq!(case.refused(&people.admin, agree), ["flow.not_now"]);
    case.act(&people.street, ask());
}

#[test]
fn time_granted_for_one_clock_is_not_carried_into_the_next() {
    let mut definition = hazard();
    if let Some(flow) = &mut definition.flow {
        flow.states[2].clock = super::super::testing::after("5wd");
        if let Some(rule) = &mut flow.extension {
            rule.field = None;
        }
    }
    let (first, people) = assigned();
    let mut case = Case {
        definition,
        ..first
    };
    let day = "2023-03-24".parse().expect("a day");
    case.act(
        &people.street,
        Act::new(EXTEND)
            .with("to_due", Value::Date(day))
            .because("缺料"),
    );
    case.act(
        &people.admin,
        Act::new(DECIDE_EXTENSION).with("agree", Value::Bool(true)),
    );
    assert_eq!(case.due(), "2023-03-24T15:59:59Z");
    case.fields
        .insert("photos".into(), Value::TextList(vec!["f1".into()]));
    case.at("2023-03-09T02:00:00Z");
    case.act(&people.street, Act::new("fix"));
    case.act(&people.inspector, Act::new("reject").because("没改好"));
    assert_eq!(case.due(), "2023-03-16T15:59:59Z");
}

#[test]
fn a_field_that_takes_its_value_once_keeps_it() {
    let (mut case, people) = assigned();
    let field = case
        .definition
        .fields
        .iter_mut()
        .find(|f| f.id == "assigned_at");
    field.expect("a field").set_once = true;
    let back = Act {
        target: Some("reported".into()),
        ..Act::new("send_back").because("派错了")
    };
    case.act(&people.admin, back);
    case.at("2023-03-09T02:00:00Z");
    case.act(&people.admin, Act::new("assign").with("duty_org", org(12)));
    assert_eq!(
        case.fields["assigned_at"],
        Value::DateTime("2023-03-08T02:00:00Z".into())
    );
    assert_eq!(case.holder(), 12);
}

#[test]
fn a_signature_bars_taking_back() {
    let (mut case, people) = fixed();
    case.fields
        .insert("level".into(), Value::Text("major".into()));
    assert!(case.buttons(&people.street).contains(&RECALL.to_owned()));
    case.act(&people.inspector, Act::new("close"));
    assert_eq!(
        case.refused(&people.street, Act::new(RECALL)),
        ["flow.not_now"]
    );
}

#[test]
fn a_state_gone_back_to_has_not_been_left() {
    let (mut case, people) = fixed();
    case.act(&people.street, Act::new(RECALL));
    let log = case.with(None, |scope| {
        let flow = scope.definition.flow.as_ref().expect("a workflow");
        super::super::log::Log::read(flow, scope)
    });
    let states: Vec<&str> = log.stays.iter().map(|stay| stay.state.as_str()).collect();
    assert_eq!(states, ["draft", "reported", "assigned"]);
    assert_eq!(log.here().until, None);
}

#[test]
fn nobody_refuses_the_own_work_either() {
    let (mut case, mut people) = fixed();
    case.fields
        .insert("level".into(), Value::Text("major".into()));
    people.street.roles.push("admin".into());
    case.act(&people.inspector, Act::new("close"));
    let refusal = Act::new("close")
        .with("agree", Value::Bool(false))
        .because("不改了");
    assert_eq!(case.refused(&people.street, refusal), ["flow.four_eyes"]);
}
