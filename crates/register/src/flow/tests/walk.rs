//! Any sequence of acts: the log, the state, the holder, the deadline and the signatures stay in step with each other.

use std::collections::BTreeSet;

use ground::RecordId;
use proptest::prelude::*;

use super::super::log::text;
use super::super::moment::{civil_day, instant_of, shift_days};
use super::super::testing::{Case, hazard, person, way};
use super::super::{
    ADD_SIGNER, Act, BEGIN, DECIDE_EXTENSION, EXTEND, HAND_OVER, LateReason, NOT_SIGNED, Offered,
    RECALL, automatic, clock, retimed,
};
use crate::definition::Definition;
use crate::expr::User;
use crate::law::Quorum;
use crate::record::{Fields, Value};

const SIGNERS: [&str; 3] = ["inspector", "admin", "leader"];

/// The hazard register with two of three signatures before closing, and a pause that ends by itself.
pub(super) fn definition() -> Definition {
    let mut definition = hazard();
    if let Some(flow) = &mut definition.flow {
        for transition in &mut flow.transitions {
            if transition.id == "close" {
                let signed = way("close", "", "closed", "");
                let signed = signed.signed(Quorum::Count(2), &SIGNERS.join(" "));
                transition.approve = signed.approve;
            }
        }
        let mut lapse = way("lapse", "suspended", "assigned", "");
        lapse.auto = Some(super::super::testing::span("1wd"));
        flow.transitions.push(lapse);
    }
    definition
}

pub(super) fn people() -> Vec<User> {
    vec![
        person("grid", 111, "grid_worker"),
        person("street", 11, "clerk inspector"),
        person("other", 12, "clerk"),
        person("admin", 20, "admin"),
        person("inspector", 20, "inspector"),
        person("leader", 20, "leader admin"),
        person("office", 1, "supervisor"),
    ]
}

/// Numbers that decide everything in one turn.
pub(super) type Dice = (usize, usize, usize, i64);

fn act_of(case: &Case, offered: &Offered, dice: Dice) -> Act {
    let (_, _, roll, _) = dice;
    let mut act = Act::new(&offered.id).because("原因");
    act.target = match offered.targets.len() {
        0 => None,
        n => Some(offered.targets[roll % n].0.clone()),
    };
    let holder = Value::Ref(RecordId([11, 12, 111][roll % 3]));
    for id in &offered.ask {
        let value = match id.as_str() {
            "duty_org" | "holder" => holder.clone(),
            "signer" => Value::Text(people()[roll % people().len()].id.clone()),
            "agree" => Value::Bool(!roll.is_multiple_of(3)),
            "to_due" => {
                let due = instant_of(case.due()).map_or(civil_day(case.now), civil_day);
                Value::Date(shift_days(due, 1 + (roll % 12) as i64))
            }
            other => panic!("nobody can fill {other}"),
        };
        act.given.insert(id.clone(), value);
    }
    let begun = offered
        .signing
        .as_ref()
        .is_some_and(|s| !s.signed.is_empty());
    if begun && offered.id == "close" && !roll.is_multiple_of(4) {
        act.given.insert("agree".into(), Value::Bool(false));
    }
    act
}

/// Refusals that depend on the value chosen, not on what was offered.
fn by_value(act: &Act, code: &str) -> bool {
    match act.id.as_str() {
        HAND_OVER => code == "flow.asked",
        ADD_SIGNER => code == "flow.signed_before",
        EXTEND => code == "flow.extension",
        _ => false,
    }
}

pub(super) fn turn(case: &mut Case, dice: Dice) {
    let (who, what, roll, seconds) = dice;
    // Mostly hours, now and then days.
    case.now += if seconds % 7 == 0 {
        seconds
    } else {
        seconds / 40
    };
    if let Some(id) = case.with(None, automatic) {
        case.try_act(None, &Act::new(&id))
            .expect("what is ripe happens");
        return;
    }
    let people = people();
    let user = &people[who % people.len()];
    if roll.is_multiple_of(5) {
        let photos = Value::TextList(vec!["f".into()]);
        case.fields.insert("photos".into(), photos);
    }
    let offered = case.offered(user);
    unoffered_is_refused(case, user, &offered, what);
    let seldom = ["note", "cancel"];
    let likely: Vec<&Offered> = offered
        .iter()
        .filter(|o| roll.is_multiple_of(20) || !seldom.contains(&o.id.as_str()))
        .collect();
    let Some(chosen) = likely.get(what % likely.len().max(1)) else {
        return;
    };
    let mut act = act_of(case, chosen, dice);
    if chosen.needs_late && act.given.get("agree") != Some(&Value::Bool(false)) {
        act.late = Some(LateReason {
            code: "weather".into(),
            next: "明天办".into(),
        });
    }
    let before = case.fields.clone();
    match case.try_act(Some(user), &act) {
        Ok(_) => assert_eq!(chosen.refused, None, "{} was refused when offered", act.id),
        Err(findings) => {
            let told = chosen.refused.is_some() || findings.iter().all(|f| by_value(&act, &f.code));
            assert!(told, "{} by {} was offered: {findings:?}", act.id, user.id);
            assert_eq!(case.fields, before);
        }
    }
}

fn unoffered_is_refused(case: &mut Case, user: &User, offered: &[Offered], what: usize) {
    let all = [
        "report",
        "assign",
        "suspend",
        "resume",
        "fix",
        "close",
        "lapse",
        RECALL,
        EXTEND,
        DECIDE_EXTENSION,
    ];
    let id = all[what % all.len()];
    if offered.iter().any(|o| o.id == id) {
        return;
    }
    let mut act = Act::new(id).because("原因");
    act.late = Some(LateReason {
        code: "other".into(),
        next: "改正".into(),
    });
    assert!(
        case.try_act(Some(user), &act).is_err(),
        "{id} by {}",
        user.id
    );
}

fn invariants(case: &Case) {
    let flow = case.definition.flow.as_ref().expect("a workflow");
    assert!(flow.states.iter().any(|s| s.id == case.state()));
    replays(case);
    assert_eq!(case.with(None, retimed), super::super::Changes::new());
    let stand = case.with(None, clock);
    if let Some(stand) = stand.filter(|stand| !stand.paused) {
        assert_eq!(stand.due_at, case.due());
        // A reopened hazard keeps its old date until somebody gives it a new one.
        assert!(stand.due_at >= stand.started_at || case.state() == "assigned");
    }
    signatures(case);
    for row in case.rows("extensions") {
        assert_ne!(text(row, "asked_by"), text(row, "decided_by"));
    }
}

/// Each step begins where the one before ended; the last one is where the record is, and who holds it.
fn replays(case: &Case) {
    let (mut state, mut at, mut fixer) = ("", "", "");
    for (index, step) in case.rows("steps").iter().enumerate() {
        assert_eq!(text(step, "from"), state, "step {index}");
        assert_eq!(text(step, "transition") == BEGIN, index == 0);
        assert!(text(step, "at") >= at);
        (state, at) = (text(step, "to"), text(step, "at"));
        match text(step, "transition") {
            "fix" => fixer = text(step, "by"),
            "close" => assert_ne!(text(step, "by"), fixer, "four eyes"),
            _ => {}
        }
    }
    assert_eq!(state, case.state());
    let last = case.rows("steps").last().expect("a first step");
    assert_eq!(last.get("holder"), case.fields.get("holder"));
    assert_eq!(last.get("due"), case.fields.get("clock_due"));
}

/// Nobody signs twice in a round; a round closes with exactly two of three, and with all who were asked besides.
fn signatures(case: &Case) {
    let steps = case.rows("steps");
    let closing: BTreeSet<usize> = (0..steps.len())
        .filter(|n| text(&steps[*n], "transition") == "close")
        .collect();
    let mut rounds: Vec<(i64, Vec<&Fields>)> = Vec::new();
    for row in case.rows("signatures") {
        let step = row["step"].as_int().expect("a step");
        match rounds.last_mut() {
            Some((last, rows)) if *last == step => rows.push(row),
            _ => rounds.push((step, vec![row])),
        }
    }
    for (step, rows) in rounds {
        let people: BTreeSet<&str> = rows.iter().map(|row| text(row, "by")).collect();
        assert_eq!(people.len(), rows.len(), "somebody signed twice");
        let agreed = |role: fn(&str) -> bool| {
            let of_role = rows.iter().filter(|row| role(text(row, "role")));
            of_role
                .filter(|row| row.get("agree") == Some(&Value::Bool(true)))
                .count()
        };
        let quorum = agreed(|role| SIGNERS.contains(&role));
        let added = rows
            .iter()
            .filter(|row| text(row, "role") == "added")
            .count();
        let complete = quorum == 2 && agreed(|role| role == "added") == added;
        let moved = steps
            .iter()
            .enumerate()
            .skip(step as usize + 1)
            .find(|(_, row)| {
                text(row, "from") != text(row, "to") || text(row, "transition") == NOT_SIGNED
            });
        let closed = moved.is_some_and(|(n, _)| closing.contains(&n));
        assert!(quorum <= 2);
        assert_eq!(closed, complete, "{rows:?}");
    }
}

proptest! {
    // 50 walks of 200 turns: ten thousand acts.
    #![proptest_config(ProptestConfig::with_cases(50))]
    #[test]
    fn any_walk_keeps_log_state_holder_deadline_and_signatures_in_step(
        turns in proptest::collection::vec(
            (0usize..1000, 0usize..1000, 0usize..1000, 0i64..200_000),
            200,
        ),
    ) {
        let mut case = Case::new(definition(), "2023-01-05T02:00:00Z");
        case.begin(&person("grid", 111, "grid_worker"));
        for dice in turns {
            turn(&mut case, dice);
            invariants(&case);
        }
    }
}

/// A walk that never closes anything proves nothing: the same dice must reach every way.
#[test]
fn the_walks_reach_every_transition_and_every_built_in_act() {
    let mut seen = BTreeSet::new();
    let mut dice = 20_230_308u64;
    let mut roll = move |below: u64| {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % below
    };
    for _ in 0..50 {
        let mut case = Case::new(definition(), "2023-01-05T02:00:00Z");
        case.begin(&person("grid", 111, "grid_worker"));
        for _ in 0..200 {
            let (who, what, third) = (
                roll(1000) as usize,
                roll(1000) as usize,
                roll(1000) as usize,
            );
            turn(&mut case, (who, what, third, roll(200_000) as i64));
        }
        seen.extend(
            case.rows("steps")
                .iter()
                .map(|row| text(row, "transition").to_owned()),
        );
        let added = case
            .rows("signatures")
            .iter()
            .any(|row| text(row, "role") == "added");
        seen.extend(added.then(|| ADD_SIGNER.to_owned()));
    }
    let flow = definition().flow.expect("a workflow");
    let own = flow.transitions.iter().map(|t| t.id.as_str());
    let built_in = [
        RECALL,
        HAND_OVER,
        EXTEND,
        DECIDE_EXTENSION,
        ADD_SIGNER,
        NOT_SIGNED,
    ];
    let missed: Vec<&str> = own
        .chain(built_in)
        .filter(|id| !seen.contains(*id))
        .collect();
    assert_eq!(missed, Vec::<&str>::new());
}
