//! Where a record stands, in words: state, holder, clock, what can be done, what was done.

use crate::directory::NamesOf;
use crate::flow::ACT;
use crate::page::record::{
    ActionView, CourseView, DueView, ExtensionView, FlowView, SignatureView, SigningView, StepView,
};
use crate::page::{CauseView, LightView};
use crate::world::Setting;
use ground::Date;
use plan::Rag;
use register::expr::Scope;
use register::flow::{self, ClockStand, LATE_REASONS, Offered, Stage};
use register::law::{Flow, Lamp};
use register::{Definition, Field, Fields, Value};

/// State, holder and clock; none without a workflow.
pub(crate) fn standing(scope: &Scope, names: &NamesOf, setting: &Setting) -> Option<FlowView> {
    let flow = scope.definition.flow.as_ref()?;
    let state = scope.fields.get("state").and_then(Value::as_text)?;
    let known = flow.states.iter().find(|one| one.id == state);
    let holder = scope.fields.get("holder").and_then(Value::as_ref_id);
    let name = |id| names.get("organisation", id).unwrap_or_default();
    Some(FlowView {
        state: state.to_owned(),
        label: label_of(flow, state),
        is_final: known.is_some_and(|one| one.is_final),
        done: known.is_some_and(|one| one.done || one.is_final),
        holder: holder.map(|id| (id, name(id))),
        due: flow::clock(scope).map(|clock| {
            let done = known.is_some_and(|one| one.done || one.is_final);
            due(&clock, scope, setting, done)
        }),
    })
}

/// Label of a state; its code when the workflow has no such state any more.
pub(crate) fn label_of(flow: &Flow, state: &str) -> String {
    let known = flow.states.iter().find(|one| one.id == state);
    known.map_or_else(|| state.to_owned(), |one| one.label.zh.clone())
}

/// Button text of a transition or a built-in act.
pub(crate) fn act_label(definition: &Definition, act: &str) -> String {
    let flow = definition.flow.as_ref();
    let own = flow.and_then(|flow| flow.transitions.iter().find(|one| one.id == act));
    if let Some(own) = own {
        return own.label.zh.clone();
    }
    let built_in = match act {
        flow::BEGIN => "建档",
        flow::RECALL => "撤回",
        flow::HAND_OVER => "转办",
        flow::ADD_SIGNER => "加签",
        flow::EXTEND => "申请延期",
        flow::DECIDE_EXTENSION => "审批延期",
        flow::NOT_SIGNED => "会签未通过",
        other => other,
    };
    built_in.to_owned()
}

/// A journal action in words.
pub(crate) fn action_label(definition: &Definition, action: &str) -> String {
    if let Some(act) = action.strip_prefix(ACT) {
        return act_label(definition, act);
    }
    let known = match action {
        "create" => "新建",
        "update" => "修改",
        "assign" => "划转",
        "withdraw" => "撤销",
        "restore" => "恢复",
        "undo" => "撤销导入",
        "import" => "导入",
        "migrate" => "按新定义转换",
        other => other,
    };
    known.to_owned()
}

/// The light of a lamp.
pub(crate) fn rag(lamp: Lamp) -> Rag {
    match lamp {
        Lamp::Green => Rag::Green,
        Lamp::Yellow => Rag::Yellow,
        Lamp::Red => Rag::Red,
    }
}

fn due(clock: &ClockStand, scope: &Scope, setting: &Setting, done: bool) -> DueView {
    let stage = match clock.stage {
        _ if clock.paused => "paused",
        Stage::Quiet => "quiet",
        Stage::Half => "half",
        Stage::MostlyUsed => "mostly_used",
        Stage::LastDay => "last_day",
        Stage::Overdue { .. } => "overdue",
    };
    DueView {
        at: clock.due_at.clone(),
        text: match (clock.stage, done) {
            (Stage::Overdue { workdays, .. }, true) if !clock.paused => {
                format!(
                    "应办日已过{}个工作日（{}）",
                    workdays.max(0),
                    written(clock.due_on, setting.today)
                )
            }
            _ => due_text(clock, scope, setting),
        },
        stage: stage.to_owned(),
        light: rag(clock.light),
    }
}

fn due_text(clock: &ClockStand, scope: &Scope, setting: &Setting) -> String {
    let day = written(clock.due_on, setting.today);
    if clock.paused {
        return "时限暂停计算".to_owned();
    }
    if let Stage::Overdue { workdays, .. } = clock.stage {
        return match workdays {
            ..=0 => format!("已超期（{day}）"),
            days => format!("超期{days}个工作日（{day}）"),
        };
    }
    if clock.due_on == setting.today {
        return match clock.whole_day {
            true => "今天到期".to_owned(),
            false => format!("今天{}到期", crate::clock::china_time(&clock.due_at)),
        };
    }
    let calendar = scope.moment.calendar;
    let left = calendar.workdays_between(setting.today, clock.due_on);
    format!("还剩{left}个工作日（{day}）")
}

/// 3月15日; with the year when it is another than today's.
pub(crate) fn written(day: Date, today: Date) -> String {
    if day.year() == today.year() {
        format!("{}月{}日", day.month(), day.day())
    } else {
        format!("{}年{}月{}日", day.year(), day.month(), day.day())
    }
}

/// Light of a record with a running clock.
pub(crate) fn light(view: &FlowView) -> Option<LightView> {
    if view.done {
        return Some(LightView {
            rag: Rag::Done,
            label: view.label.clone(),
            causes: Vec::new(),
        });
    }
    let due = view.due.as_ref()?;
    Some(LightView {
        rag: due.light,
        label: due.light.label().to_owned(),
        causes: vec![CauseView {
            kind: "clock".to_owned(),
            rag: due.light,
            text: format!("{}：{}", view.label, due.text),
        }],
    })
}

/// What the scope's person can do.
pub(crate) fn actions(scope: &Scope) -> Vec<ActionView> {
    let all = flow::offered(scope);
    all.into_iter().map(|one| action(scope, one)).collect()
}

fn action(scope: &Scope, offered: Offered) -> ActionView {
    let fields = |ids: &[String]| {
        ids.iter()
            .filter_map(|id| asked(scope.definition, id))
            .collect()
    };
    let late = LATE_REASONS
        .iter()
        .map(|(code, label)| ((*code).to_owned(), (*label).to_owned()));
    ActionView {
        ask: fields(&offered.ask),
        offer: fields(&offered.offer),
        needs_reason: offered.needs_reason,
        late_reasons: late.filter(|_| offered.needs_late).collect(),
        targets: offered.targets,
        negative: offered.negative,
        signing: offered.signing.map(|signing| SigningView {
            have: signing.have,
            need: signing.need,
            roles: signing.roles,
            signed: signing
                .signed
                .into_iter()
                .filter_map(|one| Some((one.name, one.agree?, one.at)))
                .collect(),
        }),
        refused: offered
            .refused
            .map(|finding| format!("{}{}", finding.problem, finding.remedy)),
        id: offered.id,
        label: offered.label,
    }
}

/// A field of the register, or one that a built-in act asks for.
fn asked(definition: &Definition, id: &str) -> Option<Field> {
    if id == "reason" {
        return None;
    }
    if let Some(field) = definition.field(id) {
        return Some(field.clone());
    }
    super::asked_besides()
        .into_iter()
        .find(|field| field.id == id)
}

/// The whole course of a record.
pub(crate) fn course(scope: &Scope, names: &NamesOf, setting: &Setting) -> CourseView {
    let rows = |table: &str| scope.fields.get(table).map_or(&[][..], Value::as_rows);
    let definition = scope.definition;
    CourseView {
        actions: actions(scope),
        steps: steps(definition, scope.fields, names, setting),
        signatures: rows("signatures")
            .iter()
            .map(|row| signature(definition, row, scope.fields))
            .collect(),
        extensions: rows("extensions")
            .iter()
            .map(|row| extension(row, scope.fields))
            .collect(),
    }
}

fn text(row: &Fields, column: &str) -> String {
    row.get(column)
        .and_then(Value::as_text)
        .unwrap_or_default()
        .to_owned()
}

/// The steps, each with whom it gave the record to and what was decided in it.
fn steps(
    definition: &Definition,
    fields: &Fields,
    names: &NamesOf,
    setting: &Setting,
) -> Vec<StepView> {
    let table = |id: &str| fields.get(id).map_or(&[][..], Value::as_rows);
    let mut decisions = table("extensions")
        .iter()
        .filter(|row| row.contains_key("decided_at"));
    let mut before: Option<&Fields> = None;
    let mut told = Vec::new();
    for row in table("steps") {
        let mut view = step(definition, row, names, setting);
        if text(row, "transition") == flow::DECIDE_EXTENSION {
            let decided = decisions.next().map(decision);
            view.label.push_str(&decided.unwrap_or_default());
        }
        if let Some(unit) = given_to(before, row).and_then(|id| names.get("organisation", id)) {
            view.label = format!("{}（承办：{unit}）", view.label);
        }
        told.push(view);
        before = Some(row);
    }
    told
}

/// The unit that holds the record from this step on, where it held it not before.
fn given_to(before: Option<&Fields>, row: &Fields) -> Option<ground::RecordId> {
    let holder = |row: &Fields| row.get("holder").and_then(Value::as_ref_id);
    holder(row).filter(|now| before.is_some_and(|before| holder(before) != Some(*now)))
}

/// ：同意，延至 2025-03-21
fn decision(row: &Fields) -> String {
    let to = row.get("to_due").and_then(Value::as_date);
    match (row.get("agree").and_then(Value::as_bool), to) {
        (Some(true), Some(day)) => format!("：同意，延至 {day}"),
        (Some(true), None) => "：同意".to_owned(),
        _ => "：不同意".to_owned(),
    }
}

/// The name of a login, as the record's own steps tell it; else the login.
fn name_of(login: &str, fields: &Fields) -> String {
    let steps = fields.get("steps").map_or(&[][..], Value::as_rows);
    let own = steps.iter().rev().find(|row| text(row, "by") == login);
    let name = own
        .map(|row| text(row, "by_name"))
        .filter(|name| !name.is_empty());
    name.unwrap_or_else(|| login.to_owned())
}

fn step(definition: &Definition, row: &Fields, names: &NamesOf, setting: &Setting) -> StepView {
    let state = |column: &str| match (&definition.flow, text(row, column)) {
        (Some(flow), code) if !code.is_empty() => label_of(flow, &code),
        (_, code) => code,
    };
    let unit = row.get("by_unit").and_then(Value::as_ref_id);
    let due = row.get("due").and_then(Value::as_text);
    let day = due.and_then(crate::clock::day_of);
    StepView {
        at: text(row, "at"),
        actor_name: text(row, "by_name"),
        unit: unit
            .and_then(|id| names.get("organisation", id))
            .unwrap_or_default(),
        label: act_label(definition, &text(row, "transition")),
        from: state("from"),
        to: state("to"),
        reason: text(row, "reason"),
        due_text: day.map_or_else(String::new, |day| {
            format!("{}前", written(day, setting.today))
        }),
        late: late_text(row),
    }
}

fn late_text(row: &Fields) -> String {
    let code = text(row, "late_code");
    let label = LATE_REASONS.iter().find(|(known, _)| *known == code);
    let next = text(row, "late_next");
    match label {
        Some((_, label)) => format!("超期原因：{label}；下一步：{next}"),
        None => String::new(),
    }
}

fn signature(definition: &Definition, row: &Fields, fields: &Fields) -> SignatureView {
    SignatureView {
        label: act_label(definition, &text(row, "transition")),
        role: text(row, "role"),
        name: match text(row, "by_name") {
            name if name.is_empty() => name_of(&text(row, "by"), fields),
            name => name,
        },
        at: text(row, "at"),
        agree: row.get("agree").and_then(Value::as_bool),
        reason: text(row, "reason"),
        asked_by: name_of(&text(row, "asked_by"), fields),
    }
}

fn extension(row: &Fields, fields: &Fields) -> ExtensionView {
    let day = |column: &str| {
        let day = row.get(column).and_then(Value::as_date);
        day.map(|day| day.to_string()).unwrap_or_default()
    };
    ExtensionView {
        asked_at: text(row, "asked_at"),
        asked_by: name_of(&text(row, "asked_by"), fields),
        from_due: day("from_due"),
        to_due: day("to_due"),
        reason: text(row, "reason"),
        decided_at: text(row, "decided_at"),
        decided_by: name_of(&text(row, "decided_by"), fields),
        agree: row.get("agree").and_then(Value::as_bool),
        remark: text(row, "remark"),
    }
}
