//! Workflow: `[[state]]`, `[[transition]]`, `[[escalate]]`, `[extension]`.

use std::collections::{BTreeMap, BTreeSet};

use super::language::{APPROVE, CLOCK, ESCALATE, EXTENSION, LAMP, OPENS, STATE, STEP, TRANSITION};
use super::toml_view::{At, Name, Names, View};
use super::{known_field, unknown};
use crate::definition::{Choice, Definition, FieldKind, Text};
use crate::expr::Expr;
use crate::law::{
    Approve, Clock, ClockLimit, ClockStart, Escalation, EscalationStep, ExtensionRule, Flow, Opens,
    Quorum, State, Transition, TransitionTo,
};

/// States as the options of the field `state`. Read before the fields, which may point at them.
pub(super) fn state_choices(view: &View) -> Option<Vec<Choice>> {
    let rows = view.tables("state");
    let choices = rows.iter().filter_map(|row| {
        let label = row.words("label").unwrap_or_default();
        Some(Choice {
            code: row.text("id")?.value,
            label,
            synonyms: row.texts("synonyms").into_iter().map(|t| t.value).collect(),
            attributes: BTreeMap::new(),
        })
    });
    (!rows.is_empty()).then(|| choices.collect())
}

/// The workflow; none when there are no states.
pub(super) fn flow(view: &View, definition: &Definition) -> Option<Flow> {
    let rows = view.tables("state");
    if rows.is_empty() {
        without_states(view);
        return None;
    }
    let mut seen = BTreeSet::new();
    let states: Vec<At<String>> = rows.iter().filter_map(|row| row.text("id")).collect();
    let reader = Reader {
        definition,
        states: states.iter().map(|at| at.value.as_str()).collect(),
    };
    let states: Vec<State> = rows
        .iter()
        .filter_map(|row| reader.state(row, &mut seen))
        .collect();
    first_state(view, &rows, &states);
    let mut seen = BTreeSet::new();
    let transitions: Vec<Transition> = view
        .tables("transition")
        .iter()
        .filter_map(|row| reader.transition(row, &mut seen, &states))
        .collect();
    reachable(&rows, &states, &transitions);
    let escalations = view.tables("escalate");
    Some(Flow {
        escalations: escalations.iter().map(|r| reader.escalation(r)).collect(),
        extension: view.table("extension").map(|t| reader.extension(&t)),
        states,
        transitions,
    })
}

/// Blocks that mean nothing without states.
fn without_states(view: &View) {
    for key in ["transition", "escalate", "extension"] {
        if view.get(key).is_some() {
            let offset = view.first(key);
            view.source.error(
                "no_states",
                offset,
                format!("写了 {key}，但没有状态。"),
                "请先用 [[state]] 写出各个状态，其中一个写 initial = true。",
            );
        }
    }
}

fn first_state(view: &View, rows: &[View], states: &[State]) {
    let initial: Vec<&State> = states.iter().filter(|s| s.initial).collect();
    if initial.is_empty() {
        view.source.error(
            "no_initial",
            rows[0].offset(),
            "没有一个状态是起点。",
            "请给新记录所在的状态写 initial = true。",
        );
    }
    if let Some(second) = initial.get(1)
        && let Some(row) = rows
            .iter()
            .find(|r| r.text("id").is_some_and(|at| at.value == second.id))
    {
        view.source.error(
            "two_initial",
            row.place("initial"),
            format!("“{}”也写成了起点。", second.label.zh),
            "只能有一个 initial = true，请去掉多余的。",
        );
    }
}

/// A state that no way leads to is a slip.
fn reachable(rows: &[View], states: &[State], transitions: &[Transition]) {
    let reached = |id: &str| {
        transitions
            .iter()
            .any(|t| t.to == TransitionTo::State(id.to_owned()))
    };
    for state in states.iter().filter(|s| !s.initial && !reached(&s.id)) {
        let row = rows
            .iter()
            .find(|r| r.text("id").is_some_and(|at| at.value == state.id));
        let Some(row) = row else { continue };
        row.source.warning(
            "unreached_state",
            row.place("id"),
            format!("没有动作通向状态“{}”。", state.label.zh),
            "请补一个 to 指向它的 [[transition]]，或删去这个状态。",
        );
    }
}

struct Reader<'a> {
    definition: &'a Definition,
    states: Vec<&'a str>,
}

impl Reader<'_> {
    fn state(&self, row: &View, seen: &mut BTreeSet<String>) -> Option<State> {
        row.allow(&STATE);
        let id = row.id("状态", "\"draft\"", seen);
        let label = row.needed_words("label");
        let is_final = row.flag("final").unwrap_or(false);
        let editable = row.get("editable").is_some().then(|| {
            let fields = row.texts("editable").into_iter();
            fields
                .filter(|at| known_field(row.source, self.definition, at).is_some())
                .map(|at| at.value)
                .collect()
        });
        Some(State {
            initial: row.flag("initial").unwrap_or(false),
            is_final,
            done: row.flag("done").unwrap_or(is_final),
            clock: row.table("clock").and_then(|t| self.clock(&t)),
            editable,
            hand_over: row.flag("hand_over").unwrap_or(false),
            recall: row.flag("recall").unwrap_or(false),
            synonyms: row.texts("synonyms").into_iter().map(|t| t.value).collect(),
            id: id?,
            label: label?,
        })
    }

    fn clock(&self, table: &View) -> Option<Clock> {
        table.allow(&CLOCK);
        let ways = ["after", "after_expr", "until"];
        let written = ways.iter().filter(|w| table.get(w).is_some()).count();
        if written != 1 {
            table.source.error(
                "bad_clock",
                table.offset(),
                "时限要写且只写一种。",
                "请写 after = \"5wd\"（时长）、after_expr（算出的时长）或 until = \"due_on\"（到某日）之一。",
            );
            return None;
        }
        let limit = if let Some(until) = table.expr("until", &Names::none()) {
            ClockLimit::Until(until)
        } else if let Some(span) = table.expr("after_expr", &Names::none()) {
            let from = start(table);
            ClockLimit::AfterExpr { span, from }
        } else {
            let span = table.span("after")?;
            let from = start(table);
            ClockLimit::After { span, from }
        };
        let pause_in = self.known_states((table, table.texts("pause_in")));
        Some(Clock {
            limit,
            pause_in: pause_in.into_iter().collect(),
        })
    }

    fn known_states(&self, (view, texts): (&View, Vec<At<String>>)) -> Vec<String> {
        let known = texts.into_iter().filter(|at| self.knows_state(view, at));
        known.map(|at| at.value).collect()
    }

    fn knows_state(&self, view: &View, at: &At<String>) -> bool {
        let known = self.states.contains(&at.value.as_str());
        if !known {
            unknown(
                view.source,
                at,
                "状态",
                "[[state]]",
                self.states.iter().copied(),
            );
        }
        known
    }

    fn transition(
        &self,
        row: &View,
        seen: &mut BTreeSet<String>,
        states: &[State],
    ) -> Option<Transition> {
        row.allow(&TRANSITION);
        let id = row.id("动作", "\"submit\"", seen);
        let from = self.known_states((row, row.text_or_texts("from")));
        let to = self.target(row);
        let auto = row.span("auto");
        let roles = roles(row, auto.is_none());
        let label = row.words("label");
        let to = to?;
        Some(Transition {
            label: label.unwrap_or_else(|| usual_label(&to, states)),
            id: id?,
            from,
            to,
            roles,
            guard: row.condition("guard", &Names::none()),
            guard_message: row.words("guard_message"),
            ask: self.asked(row, "ask"),
            offer: self.asked(row, "offer"),
            set: self.set(row),
            approve: row.table("approve").and_then(|t| approve(&t)),
            opens: row
                .one_or_many("opens")
                .iter()
                .filter_map(|t| opens(t, self.definition))
                .collect(),
            auto,
            negative: row.flag("negative").unwrap_or(false),
        })
    }

    fn target(&self, row: &View) -> Option<TransitionTo> {
        let at = row.needed("to", "\"closed\"")?;
        match at.value.as_str() {
            "visited" => Some(TransitionTo::Visited),
            "same" => Some(TransitionTo::Same),
            _ => self
                .knows_state(row, &at)
                .then_some(TransitionTo::State(at.value)),
        }
    }

    /// Fields to be filled at a transition; `reason` is no field.
    fn asked(&self, row: &View, key: &str) -> Vec<String> {
        let texts = row.texts(key).into_iter();
        let known = texts.filter(|at| {
            if at.value == "reason" || at.value == "holder" {
                return true;
            }
            let field = known_field(row.source, self.definition, at);
            if field.is_some_and(|f| f.system) {
                system_field(row, at);
            }
            field.is_some()
        });
        known.map(|at| at.value).collect()
    }

    fn set(&self, row: &View) -> BTreeMap<String, Expr> {
        let values = row.exprs("set", &Names::none()).into_iter();
        let known = values.filter(|(at, _)| {
            let field = known_field(row.source, self.definition, at);
            if field.is_some_and(|f| f.system && f.id != "holder") {
                system_field(row, at);
            }
            field.is_some()
        });
        known.map(|(at, expr)| (at.value, expr)).collect()
    }

    fn escalation(&self, row: &View) -> Escalation {
        row.allow(&ESCALATE);
        let steps = row.tables("steps");
        if steps.is_empty() {
            row.missing(
                "steps",
                "[ { at = \"+0wd\", light = \"red\", notify = [\"holder\"] } ]",
            );
        }
        Escalation {
            states: self.known_states((row, row.texts("in"))),
            steps: steps.iter().filter_map(|s| self.step(s)).collect(),
        }
    }

    fn step(&self, row: &View) -> Option<EscalationStep> {
        row.allow(&STEP);
        let _ = row.needed("at", "\"+1wd\"");
        Some(EscalationStep {
            light: row.choose("light", LAMP),
            notify: row.texts("notify").into_iter().map(|t| t.value).collect(),
            open: open(row, self.definition),
            at: row.span("at")?,
        })
    }

    fn extension(&self, table: &View) -> ExtensionRule {
        table.allow(&EXTENSION);
        let field = table.text("field").filter(|at| {
            let field = known_field(table.source, self.definition, at);
            if field.is_some_and(|f| !matches!(f.kind, FieldKind::Date | FieldKind::DateTime)) {
                table.source.error(
                    "wrong_field",
                    at.offset,
                    format!("“{}”不是日期，不能顺延。", at.value),
                    "请指向一个 date 或 datetime 字段，或去掉 field，顺延状态自己的时限。",
                );
            }
            field.is_some()
        });
        ExtensionRule {
            field: field.map(|at| at.value),
            states: self.known_states((table, table.texts("in"))),
            roles: roles(table, true),
            times: table.count("times", 1, 9).unwrap_or(1) as u8,
            span_max: table.span("max"),
            when_late: table.flag("when_late").unwrap_or(false),
        }
    }
}

fn start(table: &View) -> ClockStart {
    match table.text("from") {
        None => ClockStart::Entered,
        Some(at) if at.value == "entered" => ClockStart::Entered,
        Some(at) if at.value == "first_entered" => ClockStart::FirstEntered,
        Some(at) => table
            .source
            .expr(&at, &Names::none())
            .map_or(ClockStart::Entered, ClockStart::Field),
    }
}

fn roles(row: &View, needed: bool) -> Vec<String> {
    let roles: Vec<String> = row.texts("roles").into_iter().map(|t| t.value).collect();
    if roles.is_empty() && needed {
        row.missing("roles", "[\"holder\"]");
    }
    roles
}

/// The button's text when none is written.
fn usual_label(to: &TransitionTo, states: &[State]) -> Text {
    match to {
        TransitionTo::State(id) => {
            let label = states.iter().find(|s| s.id == *id).map(|s| &s.label.zh);
            Text::zh(format!("转为“{}”", label.unwrap_or(id)))
        }
        TransitionTo::Visited => Text::zh("退回"),
        TransitionTo::Same => Text::zh("登记"),
    }
}

fn system_field(row: &View, at: &At<String>) {
    row.source.error(
        "system_field",
        at.offset,
        format!("“{}”由系统填写，不能在这里写。", at.value),
        "请去掉它；承办单位可以用 set = { holder = \"…\" } 指定。",
    );
}

fn approve(table: &View) -> Option<Approve> {
    table.allow(&APPROVE);
    let ways = ["all_of", "any_of", "n_of"];
    let written: Vec<&str> = ways
        .into_iter()
        .filter(|way| table.get(way).is_some())
        .collect();
    let [way] = written[..] else {
        table.source.error(
            "bad_approve",
            table.offset(),
            "会签要写且只写一种。",
            "请写 all_of（都签）、any_of（一人签）或 n_of 加 n（几人签）之一，例如 all_of = [\"inspector\", \"hazard_admin\"]。",
        );
        return None;
    };
    let roles: Vec<String> = table.texts(way).into_iter().map(|t| t.value).collect();
    if roles.is_empty() {
        table.source.error(
            "bad_approve",
            table.place(way),
            format!("{way} 没有写角色。"),
            "请写会签的角色，例如 [\"inspector\"]。",
        );
    }
    let quorum = match way {
        "all_of" => Quorum::All,
        "any_of" => Quorum::Any,
        _ => {
            if table.get("n").is_none() {
                table.missing("n", "2");
            }
            Quorum::Count(table.count("n", 1, roles.len().max(1))? as u8)
        }
    };
    Some(Approve {
        when: table.condition("when", &Names::none()),
        quorum,
        roles,
        add_signer: table.flag("add_signer").unwrap_or(false),
    })
}

/// `open = "supervision"` or `open = { register = "…", set = … }`.
pub(super) fn open(row: &View, definition: &Definition) -> Option<Opens> {
    row.get("open")?;
    if row.is_text("open") {
        let at = row.text("open")?;
        super::check_id(row.source, &at);
        return Some(Opens {
            register: at.value,
            set: BTreeMap::new(),
            each: None,
            when: None,
        });
    }
    opens(&row.table("open")?, definition)
}

fn opens(table: &View, definition: &Definition) -> Option<Opens> {
    table.allow(&OPENS);
    let register = table.needed("register", "\"matter\"");
    if let Some(at) = &register {
        super::check_id(table.source, at);
    }
    let each = table.text("each").filter(|at| {
        let field = known_field(table.source, definition, at);
        if field.is_some_and(|f| f.columns().is_empty()) {
            table.source.error(
                "wrong_field",
                at.offset,
                format!("each 指向的“{}”不是表格。", at.value),
                "请指向一个 table 字段，按它的每一行各开一条。",
            );
        }
        field.is_some()
    });
    let row = match &each {
        Some(at) => Names::none().with("row", Name::Row(at.value.clone())),
        None => Names::none(),
    };
    // The values are of fields of the other register, which this file does not know.
    let set = table.exprs_anywhere("set", &row).into_iter();
    Some(Opens {
        set: set.map(|(at, expr)| (at.value, expr)).collect(),
        each: each.as_ref().map(|at| at.value.clone()),
        when: table.condition("when", &row),
        register: register?.value,
    })
}
