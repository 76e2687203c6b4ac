//! The step log of a record: what was done, and the stays in states that follow from it.

use ground::RecordId;

use super::act::{BEGIN, NOT_SIGNED, RECALL};
use super::moment::instant_of;
use crate::expr::Scope;
use crate::law::{Flow, State};
use crate::record::{Fields, Value};

/// A stay in a state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Stay {
    pub state: String,
    pub from: i64,
    pub until: Option<i64>,
    /// Index of the step that entered it.
    pub step: usize,
    /// Holder at its end so far.
    pub holder: Option<RecordId>,
}

/// The stays of a record, oldest first; the last one is where it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Log {
    pub stays: Vec<Stay>,
    /// Index of the step since which signatures count: whatever moved the record, or ended a round in refusal.
    pub round: usize,
}

pub(super) fn text<'a>(row: &'a Fields, column: &str) -> &'a str {
    row.get(column).and_then(Value::as_text).unwrap_or("")
}

pub(super) fn rows<'a>(fields: &'a Fields, table: &str) -> &'a [Fields] {
    fields.get(table).map_or(&[], Value::as_rows)
}

/// The state in which new records begin.
pub(super) fn initial(flow: &Flow) -> Option<&State> {
    let marked = flow.states.iter().find(|s| s.initial);
    marked.or(flow.states.first())
}

/// The state a record is in; a record from before the workflow is in the initial one.
pub(super) fn state_id<'a>(flow: &'a Flow, fields: &'a Fields) -> &'a str {
    let stored = fields.get("state").and_then(Value::as_text);
    stored.unwrap_or_else(|| initial(flow).map_or("", |s| s.id.as_str()))
}

/// Index of the step since which signatures count.
pub(super) fn round_of(fields: &Fields) -> usize {
    let mut steps = rows(fields, "steps").iter().enumerate();
    let opens = |step: &Fields| {
        let transition = text(step, "transition");
        text(step, "from") != text(step, "to") || [BEGIN, NOT_SIGNED].contains(&transition)
    };
    let found = steps.rfind(|(_, step)| opens(step));
    found.map_or(0, |(index, _)| index)
}

impl Log {
    /// Reads the steps. What was taken back is as if it had not been: the stay before it goes on.
    pub fn read(flow: &Flow, scope: &Scope) -> Log {
        let mut stays: Vec<Stay> = Vec::new();
        let mut round = 0;
        for (index, step) in rows(scope.fields, "steps").iter().enumerate() {
            let (from, to) = (text(step, "from"), text(step, "to"));
            let transition = text(step, "transition");
            let at = instant_of(text(step, "at")).unwrap_or(0);
            let holder = step.get("holder").and_then(Value::as_ref_id);
            let moved = from != to || transition == BEGIN;
            if moved && transition == RECALL && stays.len() > 1 {
                stays.pop();
                if let Some(stay) = stays.last_mut() {
                    stay.until = None;
                }
            } else if moved {
                if let Some(stay) = stays.last_mut() {
                    stay.until = Some(at);
                }
                stays.push(Stay {
                    state: to.to_owned(),
                    from: at,
                    until: None,
                    step: index,
                    holder,
                });
            }
            if let Some(stay) = stays.last_mut() {
                stay.holder = holder;
            }
            if moved || transition == NOT_SIGNED {
                round = index;
            }
        }
        Log::settle(stays, round, flow, scope)
    }

    /// A record without steps, or brought over from other states, still is where its `state` says.
    fn settle(mut stays: Vec<Stay>, round: usize, flow: &Flow, scope: &Scope) -> Log {
        let state = state_id(flow, scope.fields).to_owned();
        let holder = scope.fields.get("holder").and_then(Value::as_ref_id);
        match stays.last_mut() {
            Some(stay) => stay.state = state,
            None => {
                let at = scope.fields.get("state_at").and_then(Value::as_text);
                let at = at.unwrap_or(scope.moment.now);
                stays.push(Stay {
                    state,
                    from: instant_of(at).unwrap_or(0),
                    until: None,
                    step: 0,
                    holder,
                });
            }
        }
        Log { stays, round }
    }

    /// Where the record is.
    pub fn here(&self) -> &Stay {
        // `read` leaves at least one stay.
        &self.stays[self.stays.len() - 1]
    }

    /// The latest earlier stay in a state.
    pub fn earlier(&self, state: &str) -> Option<&Stay> {
        let earlier = &self.stays[..self.stays.len() - 1];
        earlier.iter().rev().find(|stay| stay.state == state)
    }

    /// States it has been in before, each once, in order of the first visit; not the one it is in.
    pub fn visited(&self) -> Vec<&str> {
        let mut seen: Vec<&str> = Vec::new();
        for stay in &self.stays {
            if stay.state != self.here().state && !seen.contains(&stay.state.as_str()) {
                seen.push(&stay.state);
            }
        }
        seen
    }
}
