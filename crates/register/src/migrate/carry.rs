//! One record along a plan, and back.

use std::collections::BTreeMap;

use ground::Finding;

use super::{Converted, How, MigrationPlan, Move};
use crate::definition::{Definition, Field, FieldKind};
use crate::expr::{Expr, Moment, Scope, Val, eval, fit, val_of};
use crate::record::{Fields, Record, Value};

pub(super) fn convert(
    plan: &MigrationPlan,
    record: &Record,
    moment: Moment,
) -> Result<Converted, Vec<Finding>> {
    let old = old_values(&plan.old, record);
    let names = [("old", old)];
    let scope = Scope {
        record: Some(record),
        names: &names,
        ..Scope::new(&plan.new, &record.fields, moment)
    };
    let mut findings = Vec::new();
    let mut fields = Fields::new();
    for step in &plan.moves {
        let Some(target) = step.to.as_deref().and_then(|id| plan.new.field(id)) else {
            continue;
        };
        match moved(step, target, record.fields.get(&step.from), &scope) {
            Ok(Some(value)) => {
                fields.insert(target.id.clone(), value);
            }
            Ok(None) => {}
            Err(finding) => findings.push(finding),
        }
    }
    if plan.written && plan.new.flow.is_some() && record.fields.contains_key("flow_version") {
        fields.insert("flow_version".into(), Value::Text(plan.new.version.clone()));
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let kept = kept(plan, &record.fields, &fields);
    Ok(Converted { fields, kept })
}

/// `old`: every field of the old definition, missing ones as none.
fn old_values(definition: &Definition, record: &Record) -> Val {
    let values = definition.stored_fields().map(|field| {
        let value = record.fields.get(&field.id);
        let val = value.map_or(Val::None, |v| val_of(field, v));
        (field.id.clone(), val)
    });
    let number = record
        .number
        .as_deref()
        .map_or(Val::None, |n| Val::Text(n.into()));
    let values = values.chain([("number".to_owned(), number)]);
    Val::Map(values.collect())
}

fn moved(
    step: &Move,
    target: &Field,
    value: Option<&Value>,
    scope: &Scope,
) -> Result<Option<Value>, Finding> {
    if let How::Rule(rule) = &step.how {
        return by_rule(rule, target, scope);
    }
    let Some(value) = value else {
        return Ok(None);
    };
    let value = match &step.how {
        How::Columns(columns) => Value::Rows(rows(columns, target, value.as_rows(), scope)?),
        How::Options(map) => widened(&renamed(value, map), target),
        _ => widened(value, target),
    };
    checked(target, value).map(Some)
}

fn by_rule(rule: &Expr, target: &Field, scope: &Scope) -> Result<Option<Value>, Finding> {
    let failed = |problem: String| {
        let remedy = format!("请检查 [[migrate]] 的规则“{}”。", rule.text());
        Finding::error("migrate.rule_failed", target.id.clone(), problem, remedy)
    };
    let val = eval(rule, scope)
        .map_err(|error| failed(format!("“{}”算不出来：{error}。", target.label.zh)))?;
    let value = fit(target, &val).map_err(|want| {
        failed(format!(
            "“{}”的换算结果放不进去，应为{want}。",
            target.label.zh
        ))
    })?;
    value.map(|v| checked(target, v)).transpose()
}

/// A value that the new field takes: of its type, and one of its options.
fn checked(target: &Field, value: Value) -> Result<Value, Finding> {
    let known = match (&target.kind, &value) {
        (FieldKind::Code { .. }, Value::Text(code)) => target.choice(code).is_some(),
        (FieldKind::Codes { .. }, Value::TextList(codes)) => {
            codes.iter().all(|code| target.choice(code).is_some())
        }
        _ => true,
    };
    if known && value.fits(target) {
        return Ok(value);
    }
    let problem = format!(
        "“{}”的旧值“{}”新版里放不下。",
        target.label.zh,
        value.show(target)
    );
    let remedy = "请在 [[migrate]] 的 set 或 option_map 里写明怎样换算。";
    Err(Finding::error(
        "migrate.does_not_fit",
        target.id.clone(),
        problem,
        remedy,
    ))
}

fn rows(
    columns: &[Move],
    target: &Field,
    rows: &[Fields],
    scope: &Scope,
) -> Result<Vec<Fields>, Finding> {
    let carried = rows.iter().map(|row| {
        let mut new = Fields::new();
        for step in columns {
            let Some(to) = step.to.as_deref() else {
                continue;
            };
            let Some(column) = target.columns().iter().find(|c| c.id == to) else {
                continue;
            };
            if let Some(value) = moved(step, column, row.get(&step.from), scope)? {
                new.insert(to.to_owned(), value);
            }
        }
        Ok(new)
    });
    carried.collect()
}

fn renamed(value: &Value, map: &BTreeMap<String, String>) -> Value {
    let to = |code: &String| map.get(code).unwrap_or(code).clone();
    match value {
        Value::Text(code) => Value::Text(to(code)),
        Value::TextList(codes) => {
            let mut merged: Vec<String> = Vec::new();
            for code in codes.iter().map(to) {
                if !merged.contains(&code) {
                    merged.push(code);
                }
            }
            Value::TextList(merged)
        }
        other => other.clone(),
    }
}

/// A value in a type that has room for it; others stay as they are.
fn widened(value: &Value, target: &Field) -> Value {
    let wider = match (value, &target.kind) {
        (Value::Int(n), FieldKind::Decimal { digits }) => scaled(*n, 0, *digits),
        (Value::Decimal { scaled: n, digits }, FieldKind::Decimal { digits: to }) => {
            scaled(*n, *digits, *to)
        }
        (Value::Text(code), FieldKind::Codes { .. }) => Some(Value::TextList(vec![code.clone()])),
        (Value::Ref(id), FieldKind::Refs { .. }) => Some(Value::Refs(vec![*id])),
        _ => None,
    };
    wider.unwrap_or_else(|| value.clone())
}

fn scaled(n: i64, from: u8, to: u8) -> Option<Value> {
    let factor = 10i64.checked_pow(u32::from(to.checked_sub(from)?))?;
    Some(Value::Decimal {
        scaled: n.checked_mul(factor)?,
        digits: to,
    })
}

/// Old values that the way back would not find again.
fn kept(plan: &MigrationPlan, old: &Fields, new: &Fields) -> Fields {
    let again = plain_back(plan, new);
    let lost = old
        .iter()
        .filter(|(id, value)| again.get(*id) != Some(value));
    lost.map(|(id, value)| (id.clone(), value.clone()))
        .collect()
}

pub(super) fn reverse(plan: &MigrationPlan, fields: &Fields, kept: &Fields) -> Fields {
    let mut back = plain_back(plan, fields);
    back.extend(kept.iter().map(|(id, value)| (id.clone(), value.clone())));
    // Values that only the rules of the new version gave have no place in the old one.
    back.retain(|id, _| plan.old.field(id).is_some() || kept.contains_key(id));
    back
}

/// What the new values alone say about the old ones.
fn plain_back(plan: &MigrationPlan, new: &Fields) -> Fields {
    let mut back = Fields::new();
    for step in plan.moves.iter().filter(|s| !s.from.is_empty()) {
        let value = step.to.as_deref().and_then(|to| new.get(to));
        let (Some(value), Some(target)) = (value, plan.old.field(&step.from)) else {
            continue;
        };
        back.extend(moved_back(step, target, value).map(|v| (step.from.clone(), v)));
    }
    back
}

fn moved_back(step: &Move, target: &Field, value: &Value) -> Option<Value> {
    let value = match &step.how {
        How::Rule(_) => narrowed(value, target)?,
        How::Options(map) => {
            let turned = map.iter().map(|(from, to)| (to.clone(), from.clone()));
            let stays = |code: &str| target.choice(code).is_some() && !map.contains_key(code);
            let turned: BTreeMap<String, String> = turned.filter(|(to, _)| !stays(to)).collect();
            renamed(&narrowed(value, target)?, &turned)
        }
        How::Columns(columns) => {
            let rows = value.as_rows().iter().map(|row| {
                let cells = columns.iter().filter_map(|step| {
                    let column = target.columns().iter().find(|c| c.id == step.from)?;
                    let value = row.get(step.to.as_deref()?)?;
                    Some((step.from.clone(), moved_back(step, column, value)?))
                });
                cells.collect()
            });
            Value::Rows(rows.collect())
        }
        How::Plain => narrowed(value, target)?,
    };
    value.fits(target).then_some(value)
}

/// A value in the narrower type, when it has room.
fn narrowed(value: &Value, target: &Field) -> Option<Value> {
    match (value, &target.kind) {
        (Value::Decimal { scaled, digits }, FieldKind::Int) => {
            let factor = 10i64.checked_pow(u32::from(*digits))?;
            (scaled % factor == 0).then(|| Value::Int(scaled / factor))
        }
        (Value::Decimal { scaled, digits }, FieldKind::Decimal { digits: to }) if to < digits => {
            let factor = 10i64.checked_pow(u32::from(digits - to))?;
            (scaled % factor == 0).then(|| Value::Decimal {
                scaled: scaled / factor,
                digits: *to,
            })
        }
        (Value::TextList(codes), FieldKind::Code { .. }) => match &codes[..] {
            [one] => Some(Value::Text(one.clone())),
            _ => None,
        },
        (Value::Refs(ids), FieldKind::Ref { .. } | FieldKind::Org) => match &ids[..] {
            [one] => Some(Value::Ref(*one)),
            _ => None,
        },
        _ => Some(value.clone()),
    }
}
