//! What is known only when all fields are read: lists written in place, snapshots of references, computed fields that
//! follow the day, and whether every name in an expression means something.

use std::collections::{BTreeMap, BTreeSet};

use super::toml_view::{Name, Used, View, Wanted};
use super::{check_code_shape, choice};
use crate::definition::{Choice, Definition, Field, FieldKind, Text};
use crate::expr::{ExprError, Named, Sight, Tree, check_condition, check_expr, check_value};
use crate::suggest::nearest;

/// Options written in the field: texts, which are their own codes, or tables as in `[choices]`.
pub(super) fn inline_options(row: &View) -> Vec<Choice> {
    let tables = row.are_tables("values");
    let mut codes = BTreeSet::new();
    if tables {
        let rows = row.tables("values");
        return rows.iter().filter_map(|r| choice(r, &mut codes)).collect();
    }
    let texts = row.texts("values");
    if texts.is_empty() {
        row.source.error(
            "empty_list",
            row.place("values"),
            "values 里没有选项。",
            "请至少写一项，例如 values = [\"合格\", \"不合格\"]。",
        );
    }
    let options = texts.into_iter().filter_map(|at| {
        check_code_shape(row.source, &at);
        codes.insert(at.value.clone()).then(|| Choice {
            code: at.value.clone(),
            label: Text::zh(at.value),
            synonyms: Vec::new(),
            attributes: BTreeMap::new(),
        })
    });
    options.collect()
}

/// Lists written in fields, under the field's path.
pub(super) fn inline_lists(choices: &mut BTreeMap<String, Vec<Choice>>, fields: &[Field]) {
    let columns = fields.iter().flat_map(|f| f.columns());
    for field in fields.iter().chain(columns) {
        if let Some(list) = field.kind.list() {
            choices
                .entry(list.to_owned())
                .or_insert_with(|| field.choices.clone());
        }
    }
}

/// `copy` may name fields that are nothing but the snapshot: they are made here, as texts that nobody types.
pub(super) fn snapshots(view: &View, fields: &mut Vec<Field>) {
    for row in view.tables("field") {
        let Some(id) = row.text("id") else { continue };
        for (own, there) in row.text_map("copy") {
            super::check_id(view.source, &own);
            super::check_id_shape(view.source, &there);
            if fields.iter().any(|f| f.id == own.value) || !super::is_id(&own.value) {
                continue;
            }
            let Some(at) = fields.iter().position(|f| f.id == id.value) else {
                continue;
            };
            if let Some(meant) = nearest(&own.value, fields.iter().map(|f| f.id.as_str())) {
                view.source.error(
                    "unknown_field",
                    own.offset,
                    format!("没有字段“{}”。", own.value),
                    format!("是不是想写“{meant}”？要单独抄存，请先用 [[field]] 定义它。"),
                );
                continue;
            }
            let label = format!("{}（{}）", fields[at].label.zh, there.value);
            let mut field = Field::new(own.value, label, FieldKind::Text);
            field.read_only = crate::expr::Expr::parse("true").ok();
            fields.insert(at + 1, field);
        }
    }
}

/// Marks computed fields that follow the day or other records, and refuses circles.
pub(super) fn live_fields(view: &View, definition: &mut Definition) {
    let circles = circles(definition);
    for row in view.tables("field") {
        let Some(id) = row.text("id") else { continue };
        if let Some(way) = circles.get(&id.value) {
            view.source.error(
                "compute_circle",
                row.place("compute"),
                format!("“{}”的计算绕回了自己：{way}。", id.value),
                "请改写其中一个 compute，不要互相引用。",
            );
        }
    }
    if circles.is_empty() {
        definition.mark_live();
    }
}

/// Computed fields that need themselves, with the way round.
fn circles(definition: &Definition) -> BTreeMap<String, String> {
    let needs: BTreeMap<&str, Vec<String>> = definition
        .fields
        .iter()
        .filter_map(|f| {
            let paths = f.compute.as_ref()?.paths();
            Some((
                f.id.as_str(),
                paths.into_iter().map(|p| p[0].clone()).collect(),
            ))
        })
        .collect();
    let mut circles = BTreeMap::new();
    for id in needs.keys() {
        if let Some(way) = way_round(id, id, &needs, &mut BTreeSet::new()) {
            circles.insert((*id).to_owned(), format!("{id} → {way}"));
        }
    }
    circles
}

/// From a field to itself through what it needs.
fn way_round(
    from: &str,
    goal: &str,
    needs: &BTreeMap<&str, Vec<String>>,
    seen: &mut BTreeSet<String>,
) -> Option<String> {
    needs.get(from)?.iter().find_map(|next| {
        if next == goal {
            return Some(goal.to_owned());
        }
        if !seen.insert(next.clone()) {
            return None;
        }
        way_round(next, goal, needs, seen).map(|rest| format!("{next} → {rest}"))
    })
}

/// Tells every name, function, option and kind of value in an expression that is certainly wrong.
pub(super) fn expressions(view: &View, definition: &Definition) {
    for used in view.source.used().iter().filter(|u| !u.names.elsewhere) {
        for ExprError {
            offset,
            problem,
            remedy,
        } in problems(used, definition)
        {
            view.source
                .error("bad_expr", used.offset + offset, problem, remedy);
        }
    }
}

fn problems(used: &Used, definition: &Definition) -> Vec<ExprError> {
    let extra: Vec<(&str, Named)> = used
        .names
        .known
        .iter()
        .map(|(word, name)| (*word, named(name, definition)))
        .collect();
    let sight = Sight {
        definition,
        extra: &extra,
        registers: None,
    };
    let field = match &used.names.wanted {
        Wanted::Value(path) => definition.field(path),
        _ => None,
    };
    if let Some(problem) = field.and_then(|field| unquoted(used, field, definition)) {
        return vec![problem];
    }
    match (&used.names.wanted, field) {
        (Wanted::Condition, _) => check_condition(&used.expr, &sight),
        (Wanted::Value(_), Some(field)) => check_value(&used.expr, &sight, field),
        _ => check_expr(&used.expr, &sight),
    }
}

/// A text without its own quotes reads as the name of a field.
fn unquoted(used: &Used, field: &Field, definition: &Definition) -> Option<ExprError> {
    let Tree::Name(word) = used.expr.tree() else {
        return None;
    };
    let text =
        field.choice(word).is_some() || matches!(field.kind, FieldKind::Text | FieldKind::LongText);
    let given = used.names.known.iter().any(|(name, _)| name == word);
    let known = given || definition.field(word).is_some();
    // Words of the engine (`number`, `org`) are no slip.
    let own = ["number", "org", "id", "none", "null"].contains(&word.as_str());
    (text && !known && !own).then(|| ExprError {
        offset: 0,
        problem: format!("“{word}”没有加单引号，被当成了字段。"),
        remedy: format!("文字要再加一层单引号：“'{word}'”。"),
    })
}

fn named<'d>(name: &'d Name, definition: &'d Definition) -> Named<'d> {
    match name {
        Name::Any => Named::Any,
        Name::Record(register) => Named::Record(register),
        Name::Row(table) => Named::Row(definition.field(table).map_or(&[], Field::columns)),
        Name::Period => Named::Period,
        Name::Date => Named::Date,
    }
}
