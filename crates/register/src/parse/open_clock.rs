//! A deadline is somebody else's to set: it is told when the holder of a record could move the day that their own clock
//! runs to or from.

use std::collections::BTreeSet;

use super::toml_view::View;
use crate::definition::{Definition, Field};
use crate::expr::Expr;
use crate::law::{ClockLimit, ClockStart, Flow, State};

/// Holder of a record, as transitions name them.
const HOLDER: &str = "holder";

/// Warns for each state in which the holder may edit what a clock stands on.
pub(super) fn warn(view: &View, definition: &Definition) {
    let Some(flow) = &definition.flow else { return };
    let clocks = clock_fields(definition, flow);
    let rows = view.tables("state");
    for state in flow.states.iter().filter(|state| is_held(flow, state)) {
        let open: Vec<&str> = clocks
            .iter()
            .filter(|field| is_open(state, field))
            .map(|field| field.label.zh.as_str())
            .collect();
        let row = rows
            .iter()
            .find(|row| row.text("id").is_some_and(|at| at.value == state.id));
        let (Some(row), false) = (row, open.is_empty()) else {
            continue;
        };
        let fields = open.join("、");
        row.source.warning(
            "open_clock",
            row.place("editable"),
            format!("在“{}”，承办单位可以改“{fields}”，时限就由办的人自己定了。", state.label.zh),
            format!("请给这个状态写 editable，列出承办单位要填的字段，不含“{fields}”；改时限用 [extension] 或一个动作。"),
        );
    }
}

/// The ball is with the holder, and somebody else sent it there.
fn is_held(flow: &Flow, state: &State) -> bool {
    let mut out = flow
        .transitions
        .iter()
        .filter(|one| one.from.contains(&state.id));
    !state.initial && out.any(|one| one.roles.iter().any(|role| role == HOLDER))
}

/// Whether people may type the field in this state.
fn is_open(state: &State, field: &Field) -> bool {
    let listed = state.editable.as_ref();
    listed.is_none_or(|fields| fields.contains(&field.id))
}

/// Fields on which a clock or the extension stands and that people type.
fn clock_fields<'d>(definition: &'d Definition, flow: &Flow) -> Vec<&'d Field> {
    let mut seen = BTreeSet::new();
    for clock in flow.states.iter().filter_map(|state| state.clock.as_ref()) {
        match &clock.limit {
            ClockLimit::Until(expr) => names(definition, expr, &mut seen),
            ClockLimit::After { from, .. } => start(definition, from, &mut seen),
            ClockLimit::AfterExpr { span, from } => {
                names(definition, span, &mut seen);
                start(definition, from, &mut seen);
            }
        }
    }
    let extended = flow.extension.iter().filter_map(|rule| rule.field.clone());
    seen.extend(extended);
    let typed = |field: &&Field| {
        let closed = field
            .read_only
            .as_ref()
            .is_some_and(|rule| rule.text() == "true");
        let made = field.system || field.compute.is_some() || field.set_once;
        seen.contains(&field.id) && !closed && !made
    };
    definition.fields.iter().filter(typed).collect()
}

fn start(definition: &Definition, from: &ClockStart, seen: &mut BTreeSet<String>) {
    if let ClockStart::Field(expr) = from {
        names(definition, expr, seen);
    }
}

/// Fields that an expression names, and those that computed ones among them follow from.
fn names(definition: &Definition, expr: &Expr, seen: &mut BTreeSet<String>) {
    for id in expr
        .paths()
        .into_iter()
        .filter_map(|path| path.first().cloned())
    {
        let Some(field) = definition.field(&id).filter(|_| seen.insert(id)) else {
            continue;
        };
        if let Some(compute) = &field.compute {
            names(definition, compute, seen);
        }
    }
}
