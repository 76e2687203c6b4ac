//! 延期. Asking for more time, and deciding on it: another person decides than asked, the number and length are
//! limited, and what was asked before the record moved on lapses.

use ground::{Date, Finding};

use super::act::{Act, DECIDE_EXTENSION, EXTEND, Offered, Outcome};
use super::built_in::plain;
use super::clock::{Running, step_of};
use super::desk::{Desk, put, put_texts, refuse};
use super::log::{rows, text};
use super::moment::{civil_day, end_of, instant_of, utc_text};
use super::role;
use crate::definition::FieldKind;
use crate::expr::Scope;
use crate::law::{ExtensionRule, Span};
use crate::record::{Fields, Value};

/// The deadline that would move.
struct Term {
    due: Date,
    running: Option<Running>,
}

/// The deadline of the rule's field, else of the running clock.
fn term(desk: &Desk, rule: &ExtensionRule) -> Option<Term> {
    let running = desk.running().filter(|running| !running.paused).cloned();
    let of_field = || day_of(desk.scope.fields.get(rule.field.as_deref()?)?);
    let due = running.as_ref().map(|r| r.due.on).or_else(of_field)?;
    Some(Term { due, running })
}

/// The day of a date or of a moment.
pub(super) fn day_of(value: &Value) -> Option<Date> {
    match value {
        Value::DateTime(at) => instant_of(at).map(civil_day),
        value => value.as_date(),
    }
}

/// The rule, where it holds for the state the record is in.
fn rule<'a>(desk: &Desk<'a>) -> Option<&'a ExtensionRule> {
    let rule = desk.flow.extension.as_ref()?;
    let here = desk.state()?;
    let named = rule.states.contains(&here.id);
    (named || (rule.states.is_empty() && here.clock.is_some())).then_some(rule)
}

fn decided(row: &Fields) -> Option<bool> {
    row.get("agree").and_then(Value::as_bool)
}

/// The request that waits for a decision. One asked in an earlier stay has lapsed.
fn pending(desk: &Desk) -> Option<usize> {
    let table = rows(desk.scope.fields, "extensions");
    let index = table.len().checked_sub(1)?;
    let waits = decided(&table[index]).is_none() && step_of(&table[index]) == desk.log.here().step;
    waits.then_some(index)
}

/// 延期申请 that waits for a decision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AskedExtension {
    /// Index of the step in which the record came where it is, and of the request among all.
    pub key: (usize, usize),
    /// Login of who asked.
    pub by: String,
    /// The day asked for.
    pub to: Option<Date>,
    /// Why.
    pub reason: String,
    /// Roles that decide.
    pub roles: Vec<String>,
}

/// The request of a record that waits for a decision; none when there is none, or it has lapsed.
pub fn asked_extension(scope: &Scope) -> Option<AskedExtension> {
    let desk = Desk::open(scope)?;
    let rule = rule(&desk)?;
    let index = pending(&desk)?;
    let row = &rows(scope.fields, "extensions")[index];
    Some(AskedExtension {
        key: (desk.log.here().step, index),
        by: text(row, "asked_by").to_owned(),
        to: row.get("to_due").and_then(Value::as_date),
        reason: text(row, "reason").to_owned(),
        roles: rule.roles.clone(),
    })
}

fn granted(desk: &Desk, term: &Term) -> usize {
    let since = term.running.as_ref().map_or(0, |running| running.step);
    let table = rows(desk.scope.fields, "extensions").iter();
    table
        .filter(|row| decided(row) == Some(true) && step_of(row) >= since)
        .count()
}

/// Why no more time can be asked for now.
fn barred(desk: &Desk, rule: &ExtensionRule, term: &Term) -> Option<Finding> {
    let late = desk.now > term.running.as_ref().map_or(end_of(term.due), |r| r.due.at);
    let (problem, remedy) = if pending(desk).is_some() {
        ("已有一个延期申请在等审批".to_owned(), "请等审批结果")
    } else if granted(desk, term) >= usize::from(rule.times) {
        (
            format!("最多延期 {} 次，次数已用完", rule.times),
            "请按现时限办理，或联系交办单位",
        )
    } else if late && !rule.when_late {
        (
            "时限已过，不能再申请延期".to_owned(),
            "请在办理时填写逾期原因和下一步措施",
        )
    } else {
        return None;
    };
    Some(refuse("flow.extension", "申请延期", problem, remedy))
}

/// 申请延期 offered to the holder, 审批延期 to those who decide.
pub(super) fn offered(desk: &Desk) -> Vec<Offered> {
    let Some((rule, term)) = rule(desk).and_then(|rule| Some((rule, term(desk, rule)?))) else {
        return Vec::new();
    };
    let mut offered = Vec::new();
    if role::fits("holder", desk.scope) {
        offered.push(Offered {
            needs_reason: true,
            refused: barred(desk, rule, &term),
            ..plain(EXTEND, "申请延期", &["to_due"])
        });
    }
    if let Some(index) = pending(desk).filter(|_| role::any_fits(&rule.roles, desk.scope)) {
        offered.push(Offered {
            refused: own_request(desk, index, None),
            ..plain(DECIDE_EXTENSION, "审批延期", &["agree"])
        });
    }
    offered
}

fn own_request(desk: &Desk, index: usize, acting_for: Option<&str>) -> Option<Finding> {
    let row = &rows(desk.scope.fields, "extensions")[index];
    let mine = desk.is_me(text(row, "asked_by"), acting_for)
        || desk.is_me(text(row, "acting_for"), acting_for);
    mine.then(|| {
        refuse(
            "flow.four_eyes",
            "审批延期",
            "申请延期和审批延期不能由同一人办理",
            "请换一位有权限的同事审批",
        )
    })
}

/// Asks for more time. A day that is a rest day means the next working day (民法典 203).
pub(super) fn extend(desk: &Desk, act: &Act) -> Result<Outcome, Vec<Finding>> {
    let known = rule(desk).and_then(|rule| Some((rule, term(desk, rule)?)));
    let Some((rule, term)) = known.filter(|_| role::fits("holder", desk.scope)) else {
        return Err(vec![refuse(
            "flow.role",
            "申请延期",
            "您不能申请延期：这一步没有可延的时限，或您的单位不是承办单位",
            "由承办单位在规定的步骤申请",
        )]);
    };
    let mut findings: Vec<Finding> = barred(desk, rule, &term).into_iter().collect();
    let asked = act.given.get("to_due").and_then(Value::as_date);
    let to = asked.map(|day| desk.scope.moment.calendar.next_working(day));
    findings.extend(bad_date(desk, rule, &term, to));
    if act.said().is_none() {
        findings.push(super::transition::no_reason("申请延期"));
    }
    let (Some(to), true) = (to, findings.is_empty()) else {
        return Err(findings);
    };
    let mut row = Fields::from([
        ("asked_at".to_owned(), desk.now_value()),
        ("from_due".to_owned(), Value::Date(term.due)),
        ("to_due".to_owned(), Value::Date(to)),
        (
            "step".to_owned(),
            Value::Int(i64::try_from(desk.log.here().step).unwrap_or(0)),
        ),
    ]);
    let texts = [
        ("asked_by", desk.user_id()),
        ("reason", act.said().unwrap_or("")),
        ("state", desk.here()),
        ("acting_for", act.acting_for.as_deref().unwrap_or("")),
    ];
    put_texts(&mut row, &texts);
    let mut table = rows(desk.scope.fields, "extensions").to_vec();
    table.push(row);
    Ok(written(desk, table, None, EXTEND, act))
}

fn bad_date(desk: &Desk, rule: &ExtensionRule, term: &Term, to: Option<Date>) -> Option<Finding> {
    let Some(to) = to else {
        return Some(refuse(
            "flow.asked",
            "to_due",
            "没有填延期到哪一天",
            "请填写日期，例如 2025-03-31",
        ));
    };
    if to <= term.due {
        let problem = format!("延到 {to} 不晚于现时限 {}", term.due);
        return Some(refuse(
            "flow.extension",
            "to_due",
            problem,
            "请填写更晚的日期",
        ));
    }
    let calendar = desk.scope.moment.calendar;
    let longest = |span: Span| calendar.next_working(span.counted_from(term.due, calendar));
    let (span, last) = rule.span_max.map(|span| (span, longest(span)))?;
    (to > last).then(|| {
        refuse(
            "flow.extension",
            "to_due",
            format!("一次最多延 {}，延到 {to} 太长", span.label()),
            format!("最晚可延到 {last}"),
        )
    })
}

/// Decides on the request that waits.
pub(super) fn decide(desk: &Desk, act: &Act) -> Result<Outcome, Vec<Finding>> {
    let rule = rule(desk).filter(|rule| role::any_fits(&rule.roles, desk.scope));
    let Some((rule, index)) = rule.zip(pending(desk)) else {
        return Err(vec![refuse(
            "flow.not_now",
            "审批延期",
            "没有等您审批的延期申请",
            "页面可能已过时，请刷新后再看",
        )]);
    };
    let mut findings: Vec<Finding> = own_request(desk, index, act.acting_for.as_deref())
        .into_iter()
        .collect();
    let agree = act.given.get("agree").and_then(Value::as_bool);
    match agree {
        None => findings.push(refuse(
            "flow.asked",
            "agree",
            "没有选择同意还是不同意",
            "请选择其中一项",
        )),
        Some(false) if act.said().is_none() => {
            findings.push(super::transition::no_reason("不同意延期"))
        }
        Some(_) => {}
    }
    let (Some(agree), true) = (agree, findings.is_empty()) else {
        return Err(findings);
    };
    let mut table = rows(desk.scope.fields, "extensions").to_vec();
    let row = &mut table[index];
    row.insert("decided_at".into(), desk.now_value());
    row.insert("agree".into(), Value::Bool(agree));
    put_texts(
        row,
        &[
            ("decided_by", desk.user_id()),
            ("remark", act.said().unwrap_or("")),
        ],
    );
    let to = table[index].get("to_due").and_then(Value::as_date);
    let field = rule.field.clone().zip(to).filter(|_| agree);
    Ok(written(desk, table, field, DECIDE_EXTENSION, act))
}

fn written(
    desk: &Desk,
    table: Vec<Fields>,
    field: Option<(String, Date)>,
    id: &str,
    act: &Act,
) -> Outcome {
    let mut fields = desk.scope.fields.clone();
    fields.insert("extensions".into(), Value::Rows(table));
    if let Some((id, to)) = field
        && let Some(field) = desk
            .scope
            .definition
            .field(&id)
            .filter(|f| f.compute.is_none())
    {
        let value = match field.kind {
            FieldKind::DateTime => Value::DateTime(utc_text(end_of(to))),
            _ => Value::Date(to),
        };
        put(&mut fields, &id, Some(value));
    }
    Outcome {
        changes: desk.commit(fields, &desk.stay(id, act)),
        effective: true,
        ..Outcome::default()
    }
}
