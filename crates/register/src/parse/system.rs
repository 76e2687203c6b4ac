//! Fields that the engine makes when there is a workflow. They are ordinary fields with ordinary values, so journal,
//! history, export and undo need no second way; only transitions write them.

use super::toml_view::View;
use crate::definition::{Choice, Definition, Field, FieldKind};

/// What a system field is called when the definition does not name it.
fn all(states: &[Choice]) -> Vec<Field> {
    let mut state = field("state", "状态", FieldKind::Code { list: STATE.into() });
    state.choices = states.to_vec();
    vec![
        state,
        field("state_at", "进入现状态时间", FieldKind::DateTime),
        field("holder", "当前承办", FieldKind::Org),
        field("clock_due", "现时限", FieldKind::DateTime),
        field("flow_version", "流程版本", FieldKind::Text),
        field("opened_from", "来自", FieldKind::Text),
        field("created_by", "登记人", FieldKind::Text),
        table("steps", "办理过程", steps()),
        table("signatures", "会签", signatures()),
        table("extensions", "延期", extensions()),
    ]
}

/// List of the states.
pub(super) const STATE: &str = "state";

fn steps() -> Vec<Field> {
    vec![
        field("at", "时间", FieldKind::DateTime),
        field("by", "经办账号", FieldKind::Text),
        field("by_name", "经办人", FieldKind::Text),
        field("by_unit", "经办单位", FieldKind::Org),
        field("transition", "动作", FieldKind::Text),
        field("from", "原状态", FieldKind::Text),
        field("to", "新状态", FieldKind::Text),
        field("reason", "理由", FieldKind::LongText),
        field("late_code", "逾期原因", FieldKind::Text),
        field("late_next", "下步措施", FieldKind::LongText),
        field("holder", "承办", FieldKind::Org),
        field("due", "时限", FieldKind::DateTime),
        field("acting_for", "受谁委托", FieldKind::Text),
    ]
}

fn signatures() -> Vec<Field> {
    vec![
        field("transition", "动作", FieldKind::Text),
        field("role", "角色", FieldKind::Text),
        field("by", "账号", FieldKind::Text),
        field("by_name", "签署人", FieldKind::Text),
        field("at", "时间", FieldKind::DateTime),
        field("agree", "同意", FieldKind::Bool),
        field("reason", "意见", FieldKind::LongText),
        field("asked_by", "加签人", FieldKind::Text),
        field("acting_for", "受谁委托", FieldKind::Text),
        field("step", "所在步骤", FieldKind::Int),
    ]
}

fn extensions() -> Vec<Field> {
    vec![
        field("asked_at", "申请时间", FieldKind::DateTime),
        field("asked_by", "申请人", FieldKind::Text),
        field("from_due", "原期限", FieldKind::Date),
        field("to_due", "新期限", FieldKind::Date),
        field("reason", "理由", FieldKind::LongText),
        field("decided_at", "审批时间", FieldKind::DateTime),
        field("decided_by", "审批人", FieldKind::Text),
        field("agree", "同意", FieldKind::Bool),
        field("remark", "审批意见", FieldKind::LongText),
        field("acting_for", "受谁委托", FieldKind::Text),
        field("state", "所在状态", FieldKind::Text),
        field("step", "所在步骤", FieldKind::Int),
    ]
}

fn field(id: &str, label: &str, kind: FieldKind) -> Field {
    Field {
        system: true,
        ..Field::new(id, label, kind)
    }
}

fn table(id: &str, label: &str, columns: Vec<Field>) -> Field {
    Field {
        print: false,
        ..field(id, label, FieldKind::Table { columns })
    }
}

/// Adds the system fields; one that the definition declares itself keeps its words, its place and `core`.
pub(super) fn add(view: &View, states: &[Choice], definition: &mut Definition) {
    for wanted in all(states) {
        match definition.fields.iter_mut().find(|f| f.id == wanted.id) {
            Some(own) => agree(view, own, wanted),
            None => definition.fields.push(wanted),
        }
    }
}

fn agree(view: &View, own: &mut Field, wanted: Field) {
    let same = own.kind == wanted.kind || (own.id == STATE && own.kind.keyword() == "code");
    if !same {
        let rows = view.tables("field");
        let row = rows
            .iter()
            .find(|r| r.text("id").is_some_and(|at| at.value == own.id));
        let offset = row.map_or(0, |r| r.place("type"));
        view.source.error(
            "system_field",
            offset,
            format!(
                "有流程的台账里，字段“{}”由系统填写，类型只能是 {}。",
                own.id,
                wanted.kind.keyword()
            ),
            "请改成这个类型，或给自己的字段换一个 id。",
        );
        return;
    }
    own.system = true;
    own.required = false;
    own.kind = wanted.kind;
    own.choices = wanted.choices;
}
