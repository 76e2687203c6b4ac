//! Units in comparison.

use std::sync::Arc;

use ground::{Date, HolidayTable, RecordId, WorkCalendar};
use proptest::prelude::*;

use super::super::moment::{civil_day, end_of};
use super::super::testing::{Case, person, record};
use super::super::{
    Act, EXTEND, LateReason, LeagueDays, LeagueRule, Rate, UnitLine, league, why_late,
};
use super::walk;
use crate::definition::Definition;
use crate::expr::Known;
use crate::record::{Fields, Value};

const MATTER: &str = r#"
[register]
id = "matter"
version = "1.0.0"
title = { "zh-CN" = "交办事项" }
[[field]]
id = "lead"
type = "org"
label = { "zh-CN" = "牵头" }
[[field]]
id = "due_on"
type = "date"
label = { "zh-CN" = "时限" }
[[field]]
id = "asked_on"
type = "date"
label = { "zh-CN" = "交办" }
[[field]]
id = "closed_on"
type = "date"
label = { "zh-CN" = "销号" }
[[state]]
id = "draft"
initial = true
label = { "zh-CN" = "拟交办" }
[[state]]
id = "open"
label = { "zh-CN" = "已交办" }
clock = { after = "1wd" }
editable = []
[[state]]
id = "working"
label = { "zh-CN" = "整改中" }
clock = { until = "due_on", pause_in = ["waiting"] }
editable = []
[[state]]
id = "waiting"
label = { "zh-CN" = "暂缓" }
[[state]]
id = "verify"
label = { "zh-CN" = "待核验" }
clock = { after = "3wd" }
[[state]]
id = "closed"
done = true
label = { "zh-CN" = "已销号" }
[[state]]
id = "recheck"
done = true
label = { "zh-CN" = "回头看" }
[[transition]]
id = "assign"
from = ["draft"]
to = "open"
roles = ["supervisor"]
ask = ["lead", "due_on"]
set = { holder = "lead" }
[[transition]]
id = "claim"
from = ["open"]
to = "working"
roles = ["holder"]
[[transition]]
id = "wait"
from = ["working"]
to = "waiting"
roles = ["supervisor"]
[[transition]]
id = "go_on"
from = ["waiting"]
to = "working"
roles = ["supervisor"]
[[transition]]
id = "apply"
from = ["working"]
to = "verify"
roles = ["holder"]
[[transition]]
id = "close"
from = ["verify"]
to = "closed"
roles = ["supervisor"]
[[transition]]
id = "send_back"
from = ["verify"]
to = "working"
roles = ["supervisor"]
negative = true
[[transition]]
id = "look_back"
from = ["closed"]
to = "recheck"
roles = ["supervisor"]
[[transition]]
id = "hold"
from = ["recheck"]
to = "closed"
roles = ["supervisor"]
[[transition]]
id = "rebound"
from = ["recheck"]
to = "working"
roles = ["supervisor"]
negative = true
[extension]
field = "due_on"
in = ["working"]
roles = ["supervisor"]
times = 1
"#;

fn parsed() -> Definition {
    let (definition, findings) = crate::parse("matter/definition.toml", MATTER);
    let shown: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(shown, [""; 0]);
    definition.expect("no findings")
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// A matter given on Wednesday 2023-03-01, due on the 10th, and what was done: `08 claim`.
fn matter(lead: i64, acts: &[(&str, &str)]) -> Fields {
    let office = person("office", 1, "supervisor");
    let unit = person("unit", lead, "clerk");
    let mut case = Case::new(parsed(), "2023-03-01T02:00:00Z");
    case.begin(&office);
    let assign = Act::new("assign").with("lead", Value::Ref(RecordId(lead)));
    case.act(
        &office,
        assign.with("due_on", Value::Date(day("2023-03-10"))),
    );
    for (on, id) in acts {
        case.at(&format!("2023-03-{on}T02:00:00Z"));
        let by = if ["claim", "apply", EXTEND].contains(id) {
            &unit
        } else {
            &office
        };
        let late = case
            .offered(by)
            .into_iter()
            .any(|o| o.id == *id && o.needs_late);
        let mut act = Act::new(id).because("原因");
        act.late = late.then(|| LateReason {
            code: if *id == "claim" { "superior" } else { "funds" }.into(),
            next: "补办".into(),
        });
        case.act(by, act);
    }
    case.fields
}

fn known(definition: &Arc<Definition>, id: i64, fields: Fields) -> Known {
    Known {
        definition: definition.clone(),
        record: Arc::new(record(id, "410102", fields)),
    }
}

fn district() -> Vec<Known> {
    let definition = Arc::new(parsed());
    let matters = [
        matter(
            11,
            &[
                ("02", "claim"),
                ("06", "apply"),
                ("08", "close"),
                ("20", "look_back"),
                ("21", "hold"),
            ],
        ),
        matter(
            11,
            &[
                ("03", "claim"),
                ("06", "wait"),
                ("08", "go_on"),
                ("10", "apply"),
                ("13", "send_back"),
                ("15", "apply"),
                ("16", "close"),
            ],
        ),
        matter(
            11,
            &[
                ("02", "claim"),
                ("06", "apply"),
                ("07", "close"),
                ("20", "look_back"),
                ("22", "rebound"),
            ],
        ),
        matter(12, &[]),
        matter(12, &[("02", "claim")]),
    ];
    let numbered = matters.into_iter().enumerate();
    numbered
        .map(|(n, fields)| known(&definition, n as i64 + 1, fields))
        .collect()
}

fn lines(records: &[Known], from: Option<&str>, to: &str) -> Vec<UnitLine> {
    let rule = LeagueRule {
        unit: Some("lead".into()),
        asked: Some("asked_on".into()),
        closed: Some("closed_on".into()),
        ..LeagueRule::of(&parsed())
    };
    let days = LeagueDays {
        from: from.map(day),
        to: day(to),
        settled: day(to),
    };
    league(
        records,
        &rule,
        days,
        &WorkCalendar::official(HolidayTable::shipped()),
    )
}

fn rate(part: i64, whole: i64) -> Rate {
    Rate { part, whole }
}

#[test]
fn units_are_compared_by_what_became_of_their_matters() {
    assert_eq!(LeagueRule::of(&parsed()).due.as_deref(), Some("due_on"));
    let found = lines(&district(), None, "2023-03-31");
    let first = UnitLine {
        unit: Some(RecordId(11)),
        given: 3,
        // In time; closed on the 16th after the 10th; closed in time but come up again.
        on_time: rate(1, 3),
        closed: rate(2, 3),
        claimed: rate(2, 3),
        rebound: rate(1, 2),
        sent_back: rate(1, 4),
        // 1 to 8 March: 5; 1 to 16 March: 11 less 2 in waiting.
        working_days: rate(14, 2),
        overdue: vec![RecordId(3)],
    };
    let second = UnitLine {
        unit: Some(RecordId(12)),
        given: 2,
        on_time: rate(0, 2),
        closed: rate(0, 2),
        claimed: rate(1, 2),
        overdue: vec![RecordId(4), RecordId(5)],
        ..UnitLine::default()
    };
    assert_eq!(found, [first, second]);
    assert_eq!(found[0].on_time.ratio().percent_text(), "33.3%");
    assert_eq!(found[1].rebound.ratio().basis_points(), None);
}

#[test]
fn a_league_of_a_past_day_sees_that_day_only() {
    let found = lines(&district(), None, "2023-03-08");
    let of = |line: &UnitLine| (line.unit, line.on_time, line.closed, line.overdue.len());
    assert_eq!(
        found.iter().map(of).collect::<Vec<_>>(),
        [
            (Some(RecordId(11)), rate(0, 0), rate(2, 3), 0),
            (Some(RecordId(12)), rate(0, 0), rate(0, 2), 0),
        ]
    );
    assert_eq!(lines(&district(), None, "2023-02-28"), []);
}

#[test]
fn time_granted_later_does_not_change_the_league_of_an_earlier_day() {
    let definition = Arc::new(parsed());
    let mut case = Case::new(parsed(), "2023-03-01T02:00:00Z");
    let (office, unit) = (
        person("office", 1, "supervisor"),
        person("unit", 11, "clerk"),
    );
    case.begin(&office);
    let assign = Act::new("assign").with("lead", Value::Ref(RecordId(11)));
    case.act(
        &office,
        assign.with("due_on", Value::Date(day("2023-03-10"))),
    );
    case.act(&unit, Act::new("claim"));
    case.at("2023-03-10T02:00:00Z");
    let ask = Act::new(EXTEND).with("to_due", Value::Date(day("2023-03-24")));
    case.act(&unit, ask.because("缺料"));
    case.at("2023-03-14T02:00:00Z");
    let agree = Act::new(super::super::DECIDE_EXTENSION).with("agree", Value::Bool(true));
    case.act(&office, agree);
    let records = [known(&definition, 1, case.fields)];
    let overdue = |to: &str| lines(&records, None, to)[0].overdue.len();
    assert_eq!(
        [
            overdue("2023-03-13"),
            overdue("2023-03-14"),
            overdue("2023-03-25")
        ],
        [1, 0, 1]
    );
}

#[test]
fn what_was_closed_before_the_first_day_is_not_counted_again() {
    let found = lines(&district(), Some("2023-03-15"), "2023-03-31");
    let line = &found[0];
    assert_eq!(
        (line.given, line.closed, line.on_time),
        (2, rate(1, 2), rate(0, 0))
    );
    assert_eq!((line.sent_back, line.rebound), (rate(0, 1), rate(1, 2)));
}

#[test]
fn records_from_before_the_workflow_count_by_their_days() {
    let definition = Arc::new(parsed());
    let old = |state: &str, closed: Option<&str>| {
        let mut fields = Fields::from([
            ("state".to_owned(), Value::Text(state.into())),
            ("lead".to_owned(), Value::Ref(RecordId(11))),
            ("asked_on".to_owned(), Value::Date(day("2023-03-01"))),
            ("due_on".to_owned(), Value::Date(day("2023-03-10"))),
        ]);
        fields.extend(closed.map(|on| ("closed_on".to_owned(), Value::Date(day(on)))));
        fields
    };
    let records = [
        known(&definition, 1, old("closed", Some("2023-03-10"))),
        known(&definition, 2, old("closed", Some("2023-03-13"))),
        known(&definition, 3, old("working", None)),
    ];
    let found = lines(&records, None, "2023-03-31");
    assert_eq!(
        (found[0].on_time, found[0].closed),
        (rate(1, 3), rate(2, 3))
    );
    assert_eq!(
        (found[0].working_days, found[0].overdue.as_slice()),
        (rate(15, 2), &[RecordId(3)][..])
    );
}

#[test]
fn reasons_of_lateness_are_counted_most_frequent_first() {
    let days = LeagueDays {
        from: None,
        to: day("2023-03-31"),
        settled: day("2023-03-31"),
    };
    let found = why_late(&district(), days);
    let told: Vec<_> = found
        .iter()
        .map(|w| (w.label.as_str(), w.count, w.records.clone()))
        .collect();
    assert_eq!(
        told,
        [
            ("资金", 1, vec![RecordId(2)]),
            ("上级原因", 1, vec![RecordId(2)]),
        ]
    );
    let before = LeagueDays {
        from: None,
        to: day("2023-03-14"),
        settled: day("2023-03-14"),
    };
    assert_eq!(why_late(&district(), before).len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]
    #[test]
    fn the_league_of_a_past_day_is_the_one_that_was_printed_then(
        turns in proptest::collection::vec(
            (0usize..1000, 0usize..1000, 0usize..1000, 0i64..200_000),
            60,
        ),
        upto in 0usize..60,
    ) {
        let calendar = WorkCalendar::official(HolidayTable::shipped());
        let definition = Arc::new(walk::definition());
        let mut case = Case::new(walk::definition(), "2023-01-05T02:00:00Z");
        case.begin(&person("grid", 111, "grid_worker"));
        for dice in &turns[..upto] {
            walk::turn(&mut case, *dice);
        }
        let to = civil_day(case.now);
        let days = LeagueDays { from: None, to, settled: to };
        let then = [known(&definition, 1, case.fields.clone())];
        case.now = end_of(to) + 1;
        for dice in &turns[upto..] {
            walk::turn(&mut case, *dice);
        }
        let later = [known(&definition, 1, case.fields.clone())];
        let rule = LeagueRule::default();
        prop_assert_eq!(league(&then, &rule, days, &calendar), league(&later, &rule, days, &calendar));
    }
}
