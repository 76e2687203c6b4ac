//! The record on the desk: where it is, who sits before it, and how a step is written into its log.

use std::cell::OnceCell;

use ground::{Finding, RecordId};

use super::act::{Act, Changes, LateReason};
use super::clock::{Running, due_value, running_in, state};
use super::log::{Log, rows, text};
use super::moment::instant_of;
use crate::expr::{Scope, User, value_of};
use crate::law::{Flow, State};
use crate::record::{Fields, Value};

pub(super) struct Desk<'a> {
    pub scope: &'a Scope<'a>,
    pub flow: &'a Flow,
    pub log: Log,
    pub now: i64,
    seen: OnceCell<Fields>,
    running: OnceCell<Option<Running>>,
}

/// A step about to be written.
pub(super) struct Step<'a> {
    pub transition: &'a str,
    pub to: &'a str,
    pub holder: Option<RecordId>,
    pub reason: Option<&'a str>,
    pub late: Option<&'a LateReason>,
    pub acting_for: Option<&'a str>,
}

impl<'a> Desk<'a> {
    /// None when the register has no workflow.
    pub fn open(scope: &'a Scope<'a>) -> Option<Desk<'a>> {
        let flow = scope.definition.flow.as_ref()?;
        Some(Desk {
            scope,
            flow,
            log: Log::read(flow, scope),
            now: instant_of(scope.moment.now).unwrap_or(0),
            seen: OnceCell::new(),
            running: OnceCell::new(),
        })
    }

    /// The stored fields as rules see them, see [`live`].
    pub fn seen(&self) -> &Fields {
        self.seen
            .get_or_init(|| live(self.scope, self.scope.fields))
    }

    /// The clock of the stored record.
    pub fn running(&self) -> Option<&Running> {
        let running = || running_in(self.flow, self.scope, &self.log);
        self.running.get_or_init(running).as_ref()
    }

    /// The stored record's deadline has passed.
    pub fn is_overdue(&self) -> bool {
        self.running()
            .is_some_and(|r| !r.paused && self.now > r.due.at)
    }

    pub fn here(&self) -> &str {
        &self.log.here().state
    }

    pub fn state(&self) -> Option<&'a State> {
        state(self.flow, self.here())
    }

    pub fn label_of(&self, id: &str) -> String {
        state(self.flow, id).map_or_else(|| id.to_owned(), |s| s.label.zh.clone())
    }

    pub fn holder(&self) -> Option<RecordId> {
        self.scope.fields.get("holder").and_then(Value::as_ref_id)
    }

    pub fn user_id(&self) -> &str {
        self.scope.user.map_or("", |user| user.id.as_str())
    }

    /// Whether a login is this person, or the one acted for.
    pub fn is_me(&self, login: &str, acting_for: Option<&str>) -> bool {
        !login.is_empty() && (login == self.user_id() || Some(login) == acting_for)
    }

    /// A step of the built-in kind: the state stays.
    pub fn stay<'s>(&'s self, transition: &'s str, act: &'s Act) -> Step<'s> {
        Step {
            transition,
            to: self.here(),
            holder: self.holder(),
            reason: act.said(),
            late: None,
            acting_for: act.acting_for.as_deref(),
        }
    }

    /// Writes a step into the fields as they are to be, and gives what differs from the stored ones.
    pub fn commit(&self, mut fields: Fields, step: &Step) -> Changes {
        let mut log = rows(&fields, "steps").to_vec();
        log.push(self.row(step));
        fields.insert("state".into(), Value::Text(step.to.to_owned()));
        put(&mut fields, "holder", step.holder.map(Value::Ref));
        if step.to != self.here() || log.len() == 1 {
            fields.insert("state_at".into(), self.now_value());
        }
        fields.insert("steps".into(), Value::Rows(log.clone()));
        let due = due_value(
            self.flow,
            &Scope {
                fields: &live(self.scope, &fields),
                ..*self.scope
            },
        );
        if let Some(last) = log.last_mut() {
            put(last, "due", due.clone());
        }
        fields.insert("steps".into(), Value::Rows(log));
        put(&mut fields, "clock_due", due);
        self.changes(&fields)
    }

    pub fn now_value(&self) -> Value {
        Value::DateTime(self.scope.moment.now.to_owned())
    }

    fn row(&self, step: &Step) -> Fields {
        let nobody = User {
            name: "系统".into(),
            ..User::default()
        };
        let user = self.scope.user.unwrap_or(&nobody);
        let begins =
            rows(self.scope.fields, "steps").is_empty() && step.transition == super::act::BEGIN;
        let from = if begins { "" } else { self.here() };
        let mut row = Fields::from([("at".to_owned(), self.now_value())]);
        let texts = [
            ("by", user.id.as_str()),
            ("by_name", user.name.as_str()),
            ("transition", step.transition),
            ("from", from),
            ("to", step.to),
            ("reason", step.reason.unwrap_or("")),
            ("late_code", step.late.map_or("", |late| late.code.as_str())),
            ("late_next", step.late.map_or("", |late| late.next.as_str())),
            ("acting_for", step.acting_for.unwrap_or("")),
        ];
        put_texts(&mut row, &texts);
        put(&mut row, "by_unit", user.org.map(Value::Ref));
        put(&mut row, "holder", step.holder.map(Value::Ref));
        row
    }

    /// What differs between fields as they are to be and the stored ones.
    pub fn changes(&self, fields: &Fields) -> Changes {
        let old = self.scope.fields;
        let set = fields
            .iter()
            .filter(|(id, value)| old.get(*id) != Some(value));
        let mut changes: Changes = set.map(|(id, v)| (id.clone(), Some(v.clone()))).collect();
        let gone = old.keys().filter(|id| !fields.contains_key(*id));
        changes.extend(gone.map(|id| (id.clone(), None)));
        changes
    }

    /// Login of who did the last step.
    pub fn last_step(&self) -> Option<&'a Fields> {
        rows(self.scope.fields, "steps").last()
    }
}

/// Texts of a row; empty ones are left out, as everywhere in records.
pub(super) fn put_texts(row: &mut Fields, texts: &[(&str, &str)]) {
    let filled = texts.iter().filter(|(_, text)| !text.is_empty());
    row.extend(filled.map(|(id, text)| ((*id).to_owned(), Value::Text((*text).to_owned()))));
}

pub(super) fn put(fields: &mut Fields, id: &str, value: Option<Value>) {
    match value {
        Some(value) => fields.insert(id.to_owned(), value),
        None => fields.remove(id),
    };
}

/// The fields without the stored results of computed ones, so that rules see them computed from the new values. A
/// result that somebody has overruled stays.
pub(super) fn live(scope: &Scope, fields: &Fields) -> Fields {
    let mut fields = fields.clone();
    for field in &scope.definition.fields {
        let Some(compute) = &field.compute else {
            continue;
        };
        let overruled = !field.override_by.is_empty()
            && scope
                .fields
                .get(&field.id)
                .is_some_and(|stored| value_of(compute, scope, field) != Ok(Some(stored.clone())));
        if !overruled {
            fields.remove(&field.id);
        }
    }
    fields
}

/// A remark on an act; its place is the button or the field.
pub(super) fn refuse(
    code: &str,
    place: &str,
    problem: impl Into<String>,
    remedy: impl Into<String>,
) -> Finding {
    Finding::error(code, place, stopped(problem.into()), stopped(remedy.into()))
}

/// A sentence with its stop: problem and remedy are read one after the other.
fn stopped(mut sentence: String) -> String {
    if !sentence.is_empty() && !sentence.ends_with(['。', '？', '！']) {
        sentence.push('。');
    }
    sentence
}

/// Name of who wrote a row, as shown.
pub(super) fn name_of(row: &Fields) -> &str {
    let name = text(row, "by_name");
    if name.is_empty() {
        text(row, "by")
    } else {
        name
    }
}
