//! Transitions: who may, whether the guard holds, what must be given, what follows.

use ground::{Finding, RecordId};

use super::act::{Act, LATE_REASONS, LateReason, Offered, Outcome};
use super::desk::{Desk, Step, live, put, refuse};
use super::log::text;
use super::open::openings;
use super::raise::{is_ripe, starts_from};
use super::role;
use super::signing::{Part, Round, round};
use crate::definition::{Field, FieldKind};
use crate::expr::{Expr, Scope, Sight, User, explain, holds, value_of};
use crate::law::{Transition, TransitionTo};
use crate::record::{Fields, Value};

/// Does a transition.
pub(super) fn perform(
    desk: &Desk,
    transition: &Transition,
    act: &Act,
) -> Result<Outcome, Vec<Finding>> {
    let label = &transition.label.zh;
    if !starts_from(transition, desk.flow, desk.here()) {
        return Err(vec![not_from_here(desk, label)]);
    }
    let fields = with_given(desk, transition, act)?;
    let seen = live(desk.scope, &fields);
    let scope = Scope {
        fields: &seen,
        ..*desk.scope
    };
    let signing = round(desk, transition, &scope);
    let part = part(desk, transition, signing.as_ref(), act).map_err(|finding| vec![finding])?;
    if let (Some(round), Some(part)) = (&signing, &part)
        && act.given.get("agree") == Some(&Value::Bool(false))
    {
        // Refusing needs no evidence, but it is a judgement too: not of one's own work.
        let own = guard_finding(desk, transition, &scope, act.acting_for.as_deref());
        return match own
            .filter(|_| four_eyes(desk, transition, act.acting_for.as_deref()).is_some())
        {
            Some(finding) => Err(vec![finding]),
            None => round.refusal(desk, part, act),
        };
    }
    let mut findings = unmet(desk, transition, act, &scope);
    let effective = signing
        .as_ref()
        .zip(part.as_ref())
        .is_none_or(|(round, part)| round.completes(part));
    let to = target(desk, transition, act);
    if let Err(finding) = &to {
        findings.push(finding.clone());
    }
    let late = late_reason(
        desk,
        act,
        effective && to.as_deref().is_ok_and(|to| to != desk.here()),
    );
    if let Err(missing) = &late {
        findings.extend(missing.iter().cloned());
    }
    let (Ok(to), Ok(late), true) = (to, late, findings.is_empty()) else {
        return Err(findings);
    };
    let mut fields = fields;
    if let Some((round, part)) = signing.as_ref().zip(part.as_ref()) {
        fields.insert("signatures".into(), round.sign(desk, part, act, true));
    }
    if !effective {
        return Ok(Outcome {
            changes: desk.changes(&fields),
            ..Outcome::default()
        });
    }
    take_effect(desk, transition, act, fields, &to, late)
}

/// What the user is: nothing particular where one act is enough, else the part in the round of signatures.
fn part(
    desk: &Desk,
    transition: &Transition,
    signing: Option<&Round>,
    act: &Act,
) -> Result<Option<Part>, Finding> {
    if desk.scope.user.is_none() {
        return if is_ripe(transition, desk.flow, desk.scope) {
            Ok(None)
        } else {
            Err(wrong_role(desk, transition))
        };
    }
    match signing {
        Some(round) => round.part(desk, act.acting_for.as_deref()).map(Some),
        None if role::any_fits(&transition.roles, desk.scope) => Ok(None),
        None => Err(wrong_role(desk, transition)),
    }
}

/// The fields with what was given. Only what the transition asks for or offers may come with it; those who sign after
/// others give nothing, or the others would have signed something else.
fn with_given(desk: &Desk, transition: &Transition, act: &Act) -> Result<Fields, Vec<Finding>> {
    let mut fields = desk.scope.fields.clone();
    let begun = round(desk, transition, desk.scope).is_some_and(|round| round.begun());
    let mut findings = Vec::new();
    let signs = transition.approve.is_some();
    for (id, value) in act
        .given
        .iter()
        .filter(|(id, _)| !(signs && *id == "agree"))
    {
        let welcome = !begun
            && transition
                .ask
                .iter()
                .chain(&transition.offer)
                .any(|f| f == id);
        match field_for(desk, id).filter(|_| welcome) {
            None => findings.push(refuse(
                "flow.not_asked",
                id,
                format!("办理“{}”时不能填写“{id}”", transition.label.zh),
                "请去掉这一项，或先在记录里修改再办理",
            )),
            Some(field) if !value.is_empty() && !value.fits(&field) => findings.push(refuse(
                "value.wrong_type",
                id,
                format!("“{}”的值类型不对", field.label.zh),
                format!("这一项是 {} 类型，请重新填写", field.kind.keyword()),
            )),
            Some(_) => put(
                &mut fields,
                id,
                Some(value.clone()).filter(|v| !v.is_empty()),
            ),
        }
    }
    if findings.is_empty() {
        Ok(fields)
    } else {
        Err(findings)
    }
}

/// A field that an act may write; of the system's own only the holder.
fn field_for(desk: &Desk, id: &str) -> Option<Field> {
    if id == "holder" {
        return Some(Field::new("holder", "当前承办", FieldKind::Org));
    }
    desk.scope
        .definition
        .field(id)
        .filter(|f| !f.system)
        .cloned()
}

/// What stands in the way: the guard, missing values, a missing reason.
fn unmet(desk: &Desk, transition: &Transition, act: &Act, scope: &Scope) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        guard_finding(desk, transition, scope, act.acting_for.as_deref())
            .into_iter()
            .collect();
    for id in transition.ask.iter().filter(|id| *id != "reason") {
        if scope.fields.get(id).is_none_or(Value::is_empty) {
            let label = field_for(desk, id).map_or_else(|| id.clone(), |f| f.label.zh);
            findings.push(refuse(
                "flow.asked",
                id,
                format!("“{label}”没有填"),
                format!("办理“{}”需要填写“{label}”", transition.label.zh),
            ));
        }
    }
    if asks_reason(transition) && act.said().is_none() && desk.scope.user.is_some() {
        findings.push(no_reason(&transition.label.zh));
    }
    findings
}

fn asks_reason(transition: &Transition) -> bool {
    transition.ask.iter().any(|id| id == "reason")
}

/// The guard with the eyes of the person, and of the person acted for: who did the work cannot let a delegate close it.
fn guard_finding(
    desk: &Desk,
    transition: &Transition,
    scope: &Scope,
    acting_for: Option<&str>,
) -> Option<Finding> {
    let guard = transition.guard.as_ref()?;
    let other = acting_for.zip(scope.user).map(|(login, user)| User {
        id: login.to_owned(),
        ..user.clone()
    });
    let as_other = other.as_ref().map(|user| Scope {
        user: Some(user),
        ..*scope
    });
    let passes = holds(guard, scope) && as_other.is_none_or(|scope| holds(guard, &scope));
    (!passes).then(|| refused_guard(desk, transition, guard, acting_for))
}

fn refused_guard(
    desk: &Desk,
    transition: &Transition,
    guard: &Expr,
    acting_for: Option<&str>,
) -> Finding {
    let label = &transition.label.zh;
    if let Some(message) = &transition.guard_message {
        return refuse(
            "flow.guard",
            label,
            message.zh.clone(),
            "请先补齐条件再办理",
        );
    }
    match four_eyes(desk, transition, acting_for) {
        Some(done) => refuse(
            "flow.four_eyes",
            label,
            format!("“{}”和“{label}”不能由同一人办理", done.label.zh),
            "请换一位有权限的同事办理",
        ),
        None => refuse(
            "flow.guard",
            label,
            format!(
                "“{label}”的条件还不满足：{}",
                explain(guard, &Sight::of(desk.scope.definition))
            ),
            "请先补齐条件再办理",
        ),
    }
}

/// The transition that the guard keeps apart from this one and that this person did.
fn four_eyes<'a>(
    desk: &Desk<'a>,
    transition: &Transition,
    acting_for: Option<&str>,
) -> Option<&'a Transition> {
    let guard = transition.guard.as_ref()?.text();
    let apart = |t: &&Transition| {
        guard.contains(&format!("actor('{}')", t.id)) && desk.did(&t.id, acting_for)
    };
    let mut all = desk.flow.transitions.iter();
    all.find(apart).filter(|_| guard.contains("user.id"))
}

impl Desk<'_> {
    /// Whether the scope's user, or the person acted for, was the last to do a transition.
    fn did(&self, transition: &str, acting_for: Option<&str>) -> bool {
        let steps = super::log::rows(self.scope.fields, "steps");
        let last = steps
            .iter()
            .rev()
            .find(|row| text(row, "transition") == transition);
        let me = |row, column| self.is_me(text(row, column), acting_for);
        last.is_some_and(|row| me(row, "by") || me(row, "acting_for"))
    }
}

fn target(desk: &Desk, transition: &Transition, act: &Act) -> Result<String, Finding> {
    match &transition.to {
        TransitionTo::State(id) => Ok(id.clone()),
        TransitionTo::Same => Ok(desk.here().to_owned()),
        TransitionTo::Visited => {
            let visited = desk.log.visited();
            let chosen = act.target.as_deref().filter(|id| visited.contains(id));
            chosen.map(str::to_owned).ok_or_else(|| {
                let labels: Vec<String> = visited.iter().map(|id| desk.label_of(id)).collect();
                refuse(
                    "flow.target",
                    &transition.label.zh,
                    "没有选到哪一步，或那一步没有经过",
                    format!("可选：{}", labels.join("、")),
                )
            })
        }
    }
}

/// Leaving a state after its deadline asks why and what comes next; the tick, which has no reasons, is let through.
fn late_reason<'a>(
    desk: &Desk,
    act: &'a Act,
    leaves: bool,
) -> Result<Option<&'a LateReason>, Vec<Finding>> {
    if !leaves || desk.scope.user.is_none() || !desk.is_overdue() {
        return Ok(None);
    }
    let Some(late) = &act.late else {
        return Err(vec![refuse(
            "flow.late_reason",
            "late",
            "已超过办理时限，没有填逾期原因",
            "请选择原因，并写明下一步措施",
        )]);
    };
    let mut findings = Vec::new();
    if LATE_REASONS.iter().all(|(code, _)| *code != late.code) {
        let words: Vec<&str> = LATE_REASONS.iter().map(|(_, label)| *label).collect();
        findings.push(refuse(
            "flow.late_code",
            "late.code",
            format!("没有“{}”这种逾期原因", late.code),
            format!("请从{}中选择", words.join("、")),
        ));
    }
    if late.next.trim().is_empty() {
        findings.push(refuse(
            "flow.late_next",
            "late.next",
            "没有写下一步措施",
            "请写明下一步做什么、什么时候做完",
        ));
    }
    if findings.is_empty() {
        Ok(Some(late))
    } else {
        Err(findings)
    }
}

fn take_effect(
    desk: &Desk,
    transition: &Transition,
    act: &Act,
    mut fields: Fields,
    to: &str,
    late: Option<&LateReason>,
) -> Result<Outcome, Vec<Finding>> {
    let seen = live(desk.scope, &fields);
    let scope = Scope {
        fields: &seen,
        ..*desk.scope
    };
    let set = values_set(desk, transition, &scope)?;
    for (id, value) in set {
        put(&mut fields, id, value);
    }
    let step = Step {
        transition: &transition.id,
        to,
        holder: holder_after(desk, transition, &fields, to),
        reason: act.said(),
        late,
        acting_for: act.acting_for.as_deref(),
    };
    let changes = desk.commit(fields.clone(), &step);
    let seen = live(desk.scope, &fields);
    let after = Scope {
        fields: &seen,
        ..*desk.scope
    };
    let number = desk.scope.record.and_then(|r| r.number.as_ref());
    Ok(Outcome {
        changes,
        opens: transition
            .opens
            .iter()
            .flat_map(|o| openings(o, &after))
            .collect(),
        give_number: number.is_none()
            && desk.scope.definition.number_at.as_ref() == Some(&transition.id),
        effective: true,
    })
}

/// Values that the transition sets, all seen from before any of them. A field that takes its value once keeps it.
fn values_set<'t>(
    desk: &Desk,
    transition: &'t Transition,
    scope: &Scope,
) -> Result<Vec<(&'t str, Option<Value>)>, Vec<Finding>> {
    let (mut set, mut findings) = (Vec::new(), Vec::new());
    for (id, expr) in &transition.set {
        let Some(field) = field_for(desk, id) else {
            continue;
        };
        if field.set_once && scope.fields.contains_key(id) {
            continue;
        }
        match value_of(expr, scope, &field) {
            Ok(None) if id == "holder" && !matches!(expr.text().trim(), "none" | "null") => {
                findings.push(refuse(
                    "flow.no_holder",
                    "holder",
                    format!("“{}”之后没有承办单位", transition.label.zh),
                    "请先填写责任单位",
                ));
            }
            Ok(value) => set.push((id.as_str(), value)),
            Err(finding) => findings.push(finding),
        }
    }
    if findings.is_empty() {
        Ok(set)
    } else {
        Err(findings)
    }
}

/// The holder as set or given; sent back to a visited state, who held it there; else unchanged.
fn holder_after(
    desk: &Desk,
    transition: &Transition,
    fields: &Fields,
    to: &str,
) -> Option<RecordId> {
    let now = fields.get("holder").and_then(Value::as_ref_id);
    let named = transition.set.contains_key("holder") || now != desk.holder();
    if named || transition.to != TransitionTo::Visited {
        return now;
    }
    desk.log.earlier(to).map_or(now, |stay| stay.holder)
}

/// The transition as a button for the scope's user; none when the person has no part in it.
pub(super) fn offered(desk: &Desk, transition: &Transition) -> Option<Offered> {
    if !starts_from(transition, desk.flow, desk.here()) {
        return None;
    }
    let scope = Scope {
        fields: desk.seen(),
        ..*desk.scope
    };
    let signing = round(desk, transition, &scope);
    let refused = match part(desk, transition, signing.as_ref(), &Act::default()) {
        Ok(_) => None,
        Err(finding) if finding.code == "flow.signed_before" => Some(finding),
        Err(_) => return None,
    };
    let visited = match transition.to {
        TransitionTo::Visited => desk.log.visited(),
        _ => Vec::new(),
    };
    let begun = signing.as_ref().is_some_and(Round::begun);
    let asked = |ids: &[String]| -> Vec<String> {
        let fields = ids.iter().filter(|id| *id != "reason" && !begun);
        fields.cloned().collect()
    };
    let leaves = !matches!(&transition.to, TransitionTo::Same);
    Some(Offered {
        id: transition.id.clone(),
        label: transition.label.zh.clone(),
        ask: asked(&transition.ask),
        offer: asked(&transition.offer),
        needs_reason: asks_reason(transition),
        needs_late: leaves && desk.is_overdue(),
        targets: visited
            .iter()
            .map(|id| ((*id).to_owned(), desk.label_of(id)))
            .collect(),
        negative: transition.negative,
        signing: signing.as_ref().map(Round::standing),
        refused: refused
            .or_else(|| decided_guard(desk, transition, &scope))
            .or_else(|| nowhere(transition, &visited)),
    })
}

/// The guard's refusal, unless what the act itself asks for or offers may still turn it.
fn decided_guard(desk: &Desk, transition: &Transition, scope: &Scope) -> Option<Finding> {
    let guard = transition.guard.as_ref()?;
    let given = |path: &Vec<String>| {
        let first = path.first();
        transition
            .ask
            .iter()
            .chain(&transition.offer)
            .any(|id| Some(id) == first)
    };
    let open = guard.paths().iter().any(given);
    guard_finding(desk, transition, scope, None)
        .filter(|finding| finding.code == "flow.four_eyes" || !open)
}

fn nowhere(transition: &Transition, visited: &[&str]) -> Option<Finding> {
    (transition.to == TransitionTo::Visited && visited.is_empty()).then(|| {
        refuse(
            "flow.target",
            &transition.label.zh,
            "还没有经过别的步骤，没有可退回的地方",
            "请选择其他办理方式",
        )
    })
}

fn not_from_here(desk: &Desk, label: &str) -> Finding {
    refuse(
        "flow.not_now",
        label,
        format!("现在是“{}”，不能办理“{label}”", desk.label_of(desk.here())),
        "页面可能已过时，请刷新后再看能办理什么",
    )
}

pub(super) fn wrong_role(desk: &Desk, transition: &Transition) -> Finding {
    let label = &transition.label.zh;
    let roles: Vec<&str> = transition
        .roles
        .iter()
        .map(|one| role::role_label(desk.scope.definition, one))
        .collect();
    let remedy = if roles.is_empty() {
        "这一步到时自动办理。".to_owned()
    } else {
        format!("由{}办理。", roles.join("、"))
    };
    refuse("flow.role", label, format!("您不能办理“{label}”。"), remedy)
}

pub(super) fn no_reason(label: &str) -> Finding {
    refuse(
        "flow.reason",
        "reason",
        format!("办理“{label}”没有写原因"),
        "请用一两句话写明原因",
    )
}
