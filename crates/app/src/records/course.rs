//! 办理过程 The way of one record as people tell it: who by name and not by login, to whom it was handed over, and how an
//! extension was decided.

use crate::directory::NamesOf;
use crate::page::record::RecordView;
use register::flow;
use register::{Fields, Value};
use std::collections::BTreeMap;

/// Logins and what they stand for.
type People = BTreeMap<String, String>;

/// Puts names in place of logins and completes the steps.
pub(super) fn tell(view: &mut RecordView, people: &People, names: &NamesOf) {
    let Some(course) = &mut view.course else {
        return;
    };
    let name = |login: &mut String| {
        if let Some(name) = people.get(login.as_str()) {
            login.clone_from(name);
        }
    };
    for extension in &mut course.extensions {
        name(&mut extension.asked_by);
        name(&mut extension.decided_by);
    }
    for signature in &mut course.signatures {
        name(&mut signature.name);
        name(&mut signature.asked_by);
    }
    let rows = |table: &str| {
        view.record
            .fields
            .get(table)
            .map_or(&[][..], Value::as_rows)
    };
    let (steps, extensions) = (rows("steps"), rows("extensions"));
    for (step, row) in course.steps.iter_mut().zip(steps) {
        name(&mut step.actor_name);
        let more = match text(row, "transition") {
            flow::HAND_OVER => receiver(row, names),
            flow::DECIDE_EXTENSION => decision(row, extensions),
            _ => None,
        };
        if let Some(more) = more {
            step.label = format!("{}：{more}", step.label);
        }
    }
}

fn text<'f>(row: &'f Fields, column: &str) -> &'f str {
    row.get(column).and_then(Value::as_text).unwrap_or_default()
}

/// 转给谁.
fn receiver(row: &Fields, names: &NamesOf) -> Option<String> {
    let unit = row.get("holder").and_then(Value::as_ref_id)?;
    names.get("organisation", unit)
}

/// 同意 or 不同意: the decision that was written in the same moment.
fn decision(row: &Fields, extensions: &[Fields]) -> Option<String> {
    let same = |one: &&Fields| text(one, "decided_at") == text(row, "at");
    let agree = extensions.iter().find(same)?.get("agree")?.as_bool()?;
    Some(if agree { "同意" } else { "不同意" }.to_owned())
}
