//! The rules of a definition over a record in its scope: what is shown and required, what may be picked, the checks of
//! fields and of the whole record. An unknown result (a value is missing) never refuses.

use ground::{Finding, RecordId, Severity};

use super::{check_one, missing, outside, unknown_fields};
use crate::definition::{Choice, Field, FieldKind};
use crate::expr::{Expr, Scope, Tree, Val, eval, fails, fit, holds};
use crate::law::{CheckRule, CheckSeverity};
use crate::record::{Fields, Value};
use crate::settle::in_row;

/// Everything that the definition asks of a record: types and limits as [`validate`](crate::validate), and besides
/// visibility, conditional requirements, checks, choice filters and levels of organisations. What is not shown is not
/// asked for.
pub fn validate_in(scope: &Scope) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_fields(
        scope,
        &scope.definition.fields,
        scope.fields,
        "",
        &mut findings,
    );
    findings.extend(
        scope
            .definition
            .checks
            .iter()
            .filter_map(|c| broken(c, scope)),
    );
    findings
}

/// Whether a field is shown.
pub fn is_visible(field: &Field, scope: &Scope) -> bool {
    field.visible.as_ref().is_none_or(|rule| holds(rule, scope))
}

/// Whether a field must have a value now.
pub fn is_required(field: &Field, scope: &Scope) -> bool {
    let now = field.required_when.as_ref();
    is_visible(field, scope) && (field.required || now.is_some_and(|rule| holds(rule, scope)))
}

/// Whether an option may be picked now.
pub fn is_option(field: &Field, choice: &Choice, scope: &Scope) -> bool {
    let Some(pick) = &field.pick else {
        return true;
    };
    with_name(scope, "option", option(pick, choice), |s| holds(pick, s))
}

/// Whether a record may be picked now: by the field's rule, and by the level of an organisation.
pub fn is_candidate(field: &Field, id: RecordId, scope: &Scope) -> bool {
    let Some(register) = field.kind.target() else {
        return true;
    };
    let picked = field.pick.as_ref().is_none_or(|pick| {
        let candidate = Val::Ref {
            register: register.into(),
            id,
        };
        with_name(scope, "ref", candidate, |s| holds(pick, s))
    });
    picked && wrong_level(field, id, scope).is_none()
}

/// An option as `option`: its code, or a map where the rule asks for more of it (`option.region`).
fn option(pick: &Expr, choice: &Choice) -> Val {
    let text = |text: &str| Val::Text(text.into());
    let selects = pick.paths().iter().any(|p| p[0] == "option" && p.len() > 1);
    if !selects {
        return text(&choice.code);
    }
    let own = [("code", &choice.code), ("label", &choice.label.zh)];
    let own = own.map(|(name, value)| (name.to_owned(), text(value)));
    let further = choice.attributes.iter();
    let further = further.map(|(name, value)| (name.clone(), text(value)));
    Val::Map(own.into_iter().chain(further).collect())
}

/// Runs a rule with one more name in sight.
fn with_name<T>(scope: &Scope, name: &str, val: Val, run: impl FnOnce(&Scope) -> T) -> T {
    let mut names = scope.names.to_vec();
    names.push((name, val));
    run(&Scope {
        names: &names,
        ..*scope
    })
}

fn check_fields(
    scope: &Scope,
    known: &[Field],
    fields: &Fields,
    path: &str,
    findings: &mut Vec<Finding>,
) {
    for field in known {
        let place = format!("{path}{}", field.id);
        match fields.get(&field.id).filter(|v| !v.is_empty()) {
            Some(value) => {
                if check_one(field, value, &place, findings) {
                    rules(scope, field, value, &place, findings);
                }
            }
            None if is_required(field, scope) => findings.push(missing(field, place)),
            None => findings.extend(too_few(scope, field, &place)),
        }
    }
    unknown_fields(known, fields, path, findings);
}

/// No rows, files or options where some are asked for.
fn too_few(scope: &Scope, field: &Field, place: &str) -> Option<Finding> {
    let counted = matches!(
        field.kind,
        FieldKind::Table { .. } | FieldKind::Attachment | FieldKind::TextList
    ) || matches!(field.kind, FieldKind::Codes { .. } | FieldKind::Refs { .. });
    let asked = counted && field.min.is_some_and(|min| min > 0);
    (asked && is_visible(field, scope))
        .then(|| outside(field, 0, place))
        .flatten()
}

/// Rules on a value that is of its type.
fn rules(scope: &Scope, field: &Field, value: &Value, place: &str, findings: &mut Vec<Finding>) {
    if let Some((rule, message)) = &field.check
        && fails(rule, scope)
    {
        findings.push(Finding::error(
            "value.check",
            place,
            sentence(&fill(&message.zh, rule, scope)),
            format!("请核对“{}”。", field.label.zh),
        ));
    }
    findings.extend(not_picked(scope, field, value, place));
    for id in organisations(field, value) {
        findings.extend(wrong_level(field, id, scope).map(|kind| {
            Finding::error(
                "value.wrong_level",
                place,
                format!("“{}”要选{}，现在选的不是。", field.label.zh, kind),
                format!("请从名录里选一个{kind}。"),
            )
        }));
    }
    for (index, row) in value.as_rows().iter().enumerate() {
        let columns = field.columns();
        let path = format!("{place}[{}].", index + 1);
        in_row(scope, columns, row, |scope| {
            check_fields(scope, columns, row, &path, findings);
        });
    }
}

fn not_picked(scope: &Scope, field: &Field, value: &Value, place: &str) -> Vec<Finding> {
    let Some(pick) = &field.pick else {
        return Vec::new();
    };
    let refused = |name: &'static str, candidate: Val| {
        with_name(scope, name, candidate, |s| fails(pick, s)).then(|| {
            Finding::error(
                "value.not_offered",
                place,
                format!("“{}”选的这一项现在不能选。", field.label.zh),
                "请从给出的选项里重新选择。",
            )
        })
    };
    let found = match (&field.kind, value) {
        (FieldKind::Code { .. }, Value::Text(code)) => field
            .choice(code)
            .and_then(|choice| refused("option", option(pick, choice))),
        (FieldKind::Codes { .. }, Value::TextList(codes)) => codes
            .iter()
            .filter_map(|code| field.choice(code))
            .find_map(|choice| refused("option", option(pick, choice))),
        (kind, Value::Ref(id)) => refused("ref", reference(kind, *id)),
        (kind, Value::Refs(ids)) => ids
            .iter()
            .find_map(|id| refused("ref", reference(kind, *id))),
        _ => None,
    };
    found.into_iter().collect()
}

fn reference(kind: &FieldKind, id: RecordId) -> Val {
    Val::Ref {
        register: kind.target().unwrap_or_default().into(),
        id,
    }
}

fn organisations(field: &Field, value: &Value) -> Vec<RecordId> {
    match (&field.kind, value) {
        (FieldKind::Org, Value::Ref(id)) => vec![*id],
        _ => Vec::new(),
    }
}

/// The level asked for, in words, when the organisation is known and of another one.
fn wrong_level(field: &Field, id: RecordId, scope: &Scope) -> Option<&'static str> {
    let (kinds, word): (&[&str], _) = match field.level.as_deref()? {
        "district" => (&["district"], "区县"),
        "street" => (&["subdistrict"], "街道"),
        "department" => (&["department"], "委办局"),
        // The directory has no kind of its own for communities: they stand below a subdistrict.
        _ => return None,
    };
    let known = scope.world.record("organisation", id)?;
    let kind = known.record.text("kind")?;
    (!kinds.contains(&kind)).then_some(word)
}

/// A broken check of the whole record.
fn broken(check: &CheckRule, scope: &Scope) -> Option<Finding> {
    let applies = check.when.as_ref().is_none_or(|when| holds(when, scope));
    if !applies || !fails(&check.rule, scope) {
        return None;
    }
    let problem = sentence(&fill(&check.message.zh, &check.rule, scope));
    let place = place_of(&check.rule, scope);
    let code = format!("check.{}", check.id);
    let weight = weight(check.severity, scope);
    Some(match weight {
        Severity::Error => Finding::error(&code, place, problem, "请改正后再提交。"),
        _ => Finding::warning(&code, place, problem, "可以保存，请核对。"),
    })
}

/// A check at submitting only warns while the record is in its first state.
fn weight(severity: CheckSeverity, scope: &Scope) -> Severity {
    let states = scope.definition.states();
    let first = states.iter().find(|s| s.initial);
    let state = scope.fields.get("state").and_then(Value::as_text);
    let drafting = first.is_some_and(|first| state.is_none_or(|s| s == first.id));
    match severity {
        CheckSeverity::Warn => Severity::Warning,
        CheckSeverity::ErrorOnSubmit if drafting => Severity::Warning,
        _ => Severity::Error,
    }
}

/// The first field that a rule looks at: where the form shows the finding.
fn place_of(rule: &Expr, scope: &Scope) -> String {
    let paths = rule.paths();
    let fields = paths
        .iter()
        .filter(|p| scope.definition.field(&p[0]).is_some_and(|f| !f.system));
    fields.map(|p| p[0].clone()).next().unwrap_or_default()
}

fn sentence(text: &str) -> String {
    match text.ends_with(['。', '！', '？', '!', '?']) {
        true => text.to_owned(),
        false => format!("{text}。"),
    }
}

/// A message with its holes filled: `{cost}` a field as shown, `{sum}` the value of the rule's call of that name, any
/// other text an expression. What has no value is `—`.
fn fill(message: &str, rule: &Expr, scope: &Scope) -> String {
    let mut text = String::new();
    let mut rest = message;
    while let Some((before, (hole, after))) = rest
        .split_once('{')
        .and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        text.push_str(before);
        let shown = hole_text(hole.trim(), rule, scope);
        text.push_str(shown.as_deref().unwrap_or("—"));
        rest = after;
    }
    text + rest
}

fn hole_text(hole: &str, rule: &Expr, scope: &Scope) -> Option<String> {
    if let Some(field) = scope.definition.field(hole) {
        let value = scope.fields.get(hole).cloned();
        let value = value.or_else(|| {
            let compute = field.compute.as_ref()?;
            fit(field, &eval(compute, scope).ok()?).ok().flatten()
        });
        return value.map(|v| v.show(field));
    }
    let called = call_named(rule.tree(), hole).map(|tree| Expr::from_tree(tree.clone()));
    let expr = called.or_else(|| Expr::parse(hole).ok())?;
    shown(&eval(&expr, scope).ok()?, rule, scope)
}

/// The first call of a function in a rule, as method or as function.
fn call_named<'t>(tree: &'t Tree, wanted: &str) -> Option<&'t Tree> {
    match tree {
        Tree::Call { name, .. } | Tree::Method { name, .. } if name == wanted => Some(tree),
        Tree::Binary { left, right, .. } => {
            call_named(left, wanted).or_else(|| call_named(right, wanted))
        }
        Tree::Unary { of, .. } => call_named(of, wanted),
        Tree::Conditional { test, yes, no } => call_named(test, wanted)
            .or_else(|| call_named(yes, wanted))
            .or_else(|| call_named(no, wanted)),
        Tree::Call { args, .. } => args.iter().find_map(|a| call_named(a, wanted)),
        Tree::Method { of, args, .. } => {
            call_named(of, wanted).or_else(|| args.iter().find_map(|a| call_named(a, wanted)))
        }
        _ => None,
    }
}

/// A value in words; money in the unit of the rule's first money field, so that two figures compare at a glance.
fn shown(val: &Val, rule: &Expr, scope: &Scope) -> Option<String> {
    Some(match val {
        Val::None => return None,
        Val::Money(_) => {
            let paths = rule.paths();
            let fields = paths.iter().filter_map(|p| scope.definition.field(&p[0]));
            let money = fields.into_iter().find(|f| f.kind == FieldKind::Money);
            let plain = Field::new("sum", "合计", FieldKind::Money);
            let field = money.unwrap_or(&plain);
            fit(field, val).ok().flatten()?.show(field)
        }
        Val::Int(n) => n.to_string(),
        Val::Uint(n) => n.to_string(),
        Val::Decimal(n) => n.normalize().to_string(),
        Val::Text(text) => text.to_string(),
        Val::Date(date) => date.to_string(),
        Val::Bool(yes) => if *yes { "是" } else { "否" }.to_owned(),
        Val::List(items) => {
            let texts: Vec<String> = items.iter().filter_map(|v| shown(v, rule, scope)).collect();
            texts.join("、")
        }
        _ => return None,
    })
}
