//! What an expression asks of the record's own history and duties: `actor('fix')`, `left('in_use')`,
//! `entered('fixed')`, `obligation('yearly_test')`.

use std::rc::Rc;

use super::eval::{EvalError, Result, Run};
use super::moment::instant_of;
use super::scope::Moment;
use super::view::{View, Words};
use crate::law::{Lamp, Obligation};
use crate::record::{Fields, Value};

fn word<'w>(value: &'w View<'_>) -> Result<&'w str> {
    match value {
        View::Text(text) => Ok(text),
        other => Err(EvalError::Clash(format!(
            "这里应写名称，不是{}",
            other.kind()
        ))),
    }
}

fn steps<'v>(run: &Run<'v>) -> &'v [Fields] {
    run.scope.fields.get("steps").map_or(&[], Value::as_rows)
}

fn text<'v>(step: &'v Fields, column: &str) -> &'v str {
    step.get(column).and_then(Value::as_text).unwrap_or("")
}

/// Login of who did a transition last.
pub(super) fn actor<'v>(run: &Run<'v>, id: &View<'v>) -> Result<View<'v>> {
    let id = word(id)?;
    let last = steps(run)
        .iter()
        .rev()
        .find(|s| text(s, "transition") == id);
    let by = last
        .map(|step| text(step, "by"))
        .filter(|by| !by.is_empty());
    Ok(by.map_or(View::None, |by| View::Text(Words::Lent(by))))
}

/// When a state was last left or entered. A step that stays (催办, 进展) does neither.
pub(super) fn moved<'v>(run: &Run<'v>, left: bool, state: &View<'v>) -> Result<View<'v>> {
    let state = word(state)?;
    let column = if left { "from" } else { "to" };
    let moves =
        |step: &&Fields| text(step, column) == state && text(step, "from") != text(step, "to");
    let last = steps(run).iter().rev().find(moves);
    let at = last.and_then(|step| instant_of(text(step, "at")));
    Ok(at.map_or(View::None, View::Instant))
}

/// `.due` and `.light` of a recurring duty; none while it does not exist.
pub(super) fn obligation<'v>(run: &Run<'v>, id: &View<'v>) -> Result<View<'v>> {
    let id = word(id)?;
    let all = &run.scope.definition.obligations;
    let Some(duty) = all.iter().find(|o| o.id == id) else {
        return Err(EvalError::UnknownName(id.to_owned()));
    };
    let exists = match &duty.while_true {
        None => true,
        Some(condition) => matches!(run.eval(condition.tree(), None)?, View::Bool(true)),
    };
    if !exists {
        return Ok(View::None);
    }
    let due = run.eval(duty.due.tree(), None)?;
    let light = light(run, duty, &due)?;
    let key = |name: &'static str| View::Text(Words::Lent(name));
    let pairs = vec![(key("due"), due), (key("light"), light)];
    Ok(View::Map(Rc::new(pairs)))
}

/// The same lamp as in the list of duties; none while the due day is not known.
fn light<'v>(run: &Run<'v>, duty: &Obligation, due: &View<'v>) -> Result<View<'v>> {
    if due.is_none() {
        return Ok(View::None);
    }
    let due = super::call::day("obligation", due)?;
    let Moment {
        today, calendar, ..
    } = run.scope.moment;
    let word = match crate::duty::lamp(duty, due, today, calendar) {
        Lamp::Green => "green",
        Lamp::Yellow => "yellow",
        Lamp::Red => "red",
    };
    Ok(View::Text(Words::Lent(word)))
}
