//! 撤回 and 转办: acts that every workflow knows.

use super::act::{Act, HAND_OVER, Offered, Outcome, RECALL};
use super::clock::step_of;
use super::desk::{Desk, Step, name_of, put, refuse};
use super::log::{rows, text};
use super::role;
use crate::law::Transition;
use crate::record::Value;
use ground::Finding;

/// 撤回 offered to who sent the record here, while nobody has acted after.
pub(super) fn offered_recall(desk: &Desk) -> Option<Offered> {
    recallable(desk, None).ok()?;
    Some(plain(RECALL, "撤回", &[]))
}

/// 转办 offered to the holder where the state allows it.
pub(super) fn offered_hand_over(desk: &Desk) -> Option<Offered> {
    let allowed = desk.state()?.hand_over && role::fits("holder", desk.scope);
    allowed.then(|| Offered {
        needs_reason: true,
        ..plain(HAND_OVER, "转办", &["holder"])
    })
}

pub(super) fn plain(id: &str, label: &str, ask: &[&str]) -> Offered {
    Offered {
        id: id.to_owned(),
        label: label.to_owned(),
        ask: ask.iter().map(|id| (*id).to_owned()).collect(),
        offer: Vec::new(),
        needs_reason: false,
        needs_late: false,
        targets: Vec::new(),
        negative: false,
        signing: None,
        refused: None,
    }
}

/// Why a step cannot be taken back: problem and remedy.
type Kept = (String, &'static str);

/// The transition that the user did last and that nobody has answered yet. What cannot be undone here stays: a
/// transition that opened other records.
fn recallable<'a>(desk: &Desk<'a>, acting_for: Option<&str>) -> Result<&'a Transition, Kept> {
    let Some(state) = desk.state().filter(|state| state.recall) else {
        let here = desk.label_of(desk.here());
        return Err((format!("“{here}”不能撤回"), "请用其他办理按钮"));
    };
    let last = desk.last_step();
    let last =
        last.filter(|row| text(row, "from") != text(row, "to") && text(row, "to") == state.id);
    let all = desk.flow.transitions.iter();
    let sent = last.and_then(|row| {
        let mut all = all;
        let done = all.find(|one| one.id == text(row, "transition"))?;
        Some((row, done))
    });
    let Some((row, transition)) = sent.filter(|_| !answered(desk)) else {
        let problem = "送出以后已有人办理，不能再撤回".to_owned();
        return Err((problem, "请联系现在的承办单位退回"));
    };
    if !desk.is_me(text(row, "by"), acting_for) {
        let problem = format!("这一步是{}送出的，只有本人能撤回", name_of(row));
        return Err((problem, "请联系送出的人，或请承办单位退回"));
    }
    if !transition.opens.is_empty() {
        let problem = format!("“{}”已经另开了记录，不能撤回", transition.label.zh);
        return Err((problem, "请在另开的记录里办理"));
    }
    Ok(transition)
}

/// Somebody has signed or asked for time since the record came here.
fn answered(desk: &Desk) -> bool {
    let since = |table: &str| {
        let rows = rows(desk.scope.fields, table).iter();
        rows.into_iter()
            .any(|row| row.contains_key("step") && step_of(row) == desk.log.round)
    };
    since("signatures") || since("extensions")
}

/// Takes the record back to where it was sent from: state, holder and clock as before, values that the step set are
/// again what they were. What people gave with the step stays, to be sent once more.
pub(super) fn recall(desk: &Desk, act: &Act) -> Result<Outcome, Vec<Finding>> {
    let transition = recallable(desk, act.acting_for.as_deref())
        .map_err(|(problem, remedy)| vec![refuse("flow.not_now", "撤回", problem, remedy)])?;
    let mut fields = desk.scope.fields.clone();
    for (id, expr) in transition.set.iter().filter(|(id, _)| *id != "holder") {
        let of_itself = expr.paths().iter().any(|path| path.first() == Some(id));
        match &act.earlier {
            Some(earlier) => put(&mut fields, id, earlier.get(id).cloned()),
            None if of_itself => {}
            None => put(&mut fields, id, None),
        }
    }
    let back = text_of_last(desk, "from");
    let before = desk.log.stays.iter().rev().nth(1);
    let step = Step {
        to: &back,
        holder: before.map_or(desk.holder(), |stay| stay.holder),
        ..desk.stay(RECALL, act)
    };
    Ok(Outcome {
        changes: desk.commit(fields, &step),
        effective: true,
        ..Outcome::default()
    })
}

fn text_of_last(desk: &Desk, column: &str) -> String {
    desk.last_step()
        .map_or("", |row| text(row, column))
        .to_owned()
}

/// Passes the record on to another organisation; the clock runs on.
pub(super) fn hand_over(desk: &Desk, act: &Act) -> Result<Outcome, Vec<Finding>> {
    if offered_hand_over(desk).is_none() {
        return Err(vec![refuse(
            "flow.role",
            "转办",
            "您不能转办：这一步不允许转办，或您的单位不是承办单位",
            "由承办单位办理",
        )]);
    }
    let to = act.given.get("holder").and_then(Value::as_ref_id);
    let mut findings = Vec::new();
    if to.is_none() || to == desk.holder() {
        findings.push(refuse(
            "flow.asked",
            "holder",
            "没有选择接办单位，或选的就是现在的承办单位",
            "请选另一个单位",
        ));
    }
    if act.said().is_none() {
        findings.push(super::transition::no_reason("转办"));
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let step = Step {
        holder: to,
        ..desk.stay(HAND_OVER, act)
    };
    Ok(Outcome {
        changes: desk.commit(desk.scope.fields.clone(), &step),
        effective: true,
        ..Outcome::default()
    })
}
