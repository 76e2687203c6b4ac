//! Values that follow from others: texts made tidy, defaults of a new record, snapshots of what a reference points at,
//! computed fields. Pure: the same scope gives the same values.

use std::collections::BTreeSet;

use crate::definition::{Definition, Field, FieldKind, Normalise};
use crate::expr::{Scope, Val, val_of, value_of};
use crate::record::{Fields, Value};

/// Values of the fields that have a default and no value. A default may build on one above it.
pub fn defaults(scope: &Scope) -> Fields {
    let mut all = scope.fields.clone();
    let mut made = Fields::new();
    for field in scope.definition.stored_fields() {
        let Some(default) = &field.default else {
            continue;
        };
        if all.get(&field.id).is_some_and(|v| !v.is_empty()) {
            continue;
        }
        let found = value_of(default, &over(scope, &all), field);
        if let Some(value) = found.ok().flatten() {
            all.insert(field.id.clone(), value.clone());
            made.insert(field.id.clone(), value);
        }
    }
    made
}

/// 快照. Values copied from what a reference points at, for the references that were chosen anew. A reference that was
/// taken away takes its snapshot with it.
pub fn copied(scope: &Scope) -> crate::flow::Changes {
    let mut changes = crate::flow::Changes::new();
    for field in scope
        .definition
        .fields
        .iter()
        .filter(|f| !f.copy.is_empty())
    {
        let chosen = scope.fields.get(&field.id).and_then(Value::as_ref_id);
        let before = scope.record.and_then(|r| r.reference(&field.id));
        if chosen == before {
            continue;
        }
        let known = field
            .kind
            .target()
            .zip(chosen)
            .and_then(|(register, id)| scope.world.record(register, id));
        if chosen.is_some() && known.is_none() {
            continue;
        }
        for (own, there) in &field.copy {
            let Some(target) = scope.definition.field(own) else {
                continue;
            };
            let value = known.as_ref().and_then(|known| {
                let source = known.definition.field(there)?;
                snapshot(target, source, known.record.fields.get(there)?)
            });
            changes.insert(own.clone(), value);
        }
    }
    changes
}

/// A value as the snapshot's field holds it: itself, or its words.
fn snapshot(target: &Field, source: &Field, value: &Value) -> Option<Value> {
    if value.fits(target) {
        return Some(value.clone());
    }
    let text = matches!(target.kind, FieldKind::Text | FieldKind::LongText);
    text.then(|| Value::Text(value.show(source)))
}

/// All computed fields, those that follow the day too. One that was overruled keeps its value: its field says who may,
/// and what is stored differs from what the rule gave. A rule that gives nothing leaves its field out.
pub fn compute_fields(scope: &Scope) -> Fields {
    let computed: Vec<&Field> = scope
        .definition
        .fields
        .iter()
        .filter(|f| f.compute.is_some() && !is_overruled(f, scope))
        .collect();
    let ids: BTreeSet<&str> = computed.iter().map(|f| f.id.as_str()).collect();
    // Rules see no computed value of before: evaluation works missing ones out, in the order in which they are needed.
    let mut all = scope.fields.clone();
    all.retain(|id, _| !ids.contains(id.as_str()));
    let mut made = Fields::new();
    for field in computed {
        let Some(rule) = &field.compute else { continue };
        let value = value_of(rule, &over(scope, &all), field);
        made.extend(value.ok().flatten().map(|v| (field.id.clone(), v)));
    }
    made
}

/// Whether a computed value was overruled by hand: before this write it stood apart from its rule, or this write puts it
/// apart.
fn is_overruled(field: &Field, scope: &Scope) -> bool {
    let (Some(rule), false) = (&field.compute, field.override_by.is_empty()) else {
        return false;
    };
    let (Some(now), Some(record)) = (scope.fields.get(&field.id), scope.record) else {
        return false;
    };
    let mut before = record.fields.clone();
    before.remove(&field.id);
    let ruled = value_of(rule, &over(scope, &before), field);
    ruled.is_ok_and(|ruled| ruled.as_ref() != Some(now))
}

/// The values as they are stored: tidy, completed, computed. What somebody emptied in an existing record stays empty.
pub fn settled(scope: &Scope) -> Fields {
    let mut fields = scope.fields.clone();
    normalise(scope.definition, &mut fields);
    if scope.record.is_none() {
        fields.extend(defaults(&over(scope, &fields)));
    }
    for (id, value) in copied(&over(scope, &fields)) {
        match value {
            Some(value) => fields.insert(id, value),
            None => fields.remove(&id),
        };
    }
    compute_rows(scope, &mut fields);
    let made = compute_fields(&over(scope, &fields));
    for field in scope
        .definition
        .fields
        .iter()
        .filter(|f| f.compute.is_some())
    {
        let overruled = is_overruled(field, &over(scope, &fields));
        match made.get(&field.id) {
            _ if overruled => {}
            Some(value) if !field.live => {
                fields.insert(field.id.clone(), value.clone());
            }
            _ => {
                fields.remove(&field.id);
            }
        }
    }
    fields
}

/// Computed cells of tables, row by row: the rule sees its row as `row`, with the computed cells left of it, and the
/// record around it. A rule that gives nothing leaves its cell out.
pub fn compute_rows(scope: &Scope, fields: &mut Fields) {
    let tables = scope.definition.fields.iter();
    let computed = |field: &&Field| field.columns().iter().any(|c| c.compute.is_some());
    let tables: Vec<&Field> = tables.filter(computed).collect();
    if tables.is_empty() {
        return;
    }
    // Computed values of before are worked out anew where a row asks for them.
    let mut base = fields.clone();
    base.retain(|id, _| {
        let field = scope.definition.field(id);
        field.is_none_or(|f| f.compute.is_none() || !f.override_by.is_empty())
    });
    for table in tables {
        let Some(Value::Rows(rows)) = fields.get_mut(&table.id) else {
            continue;
        };
        for row in rows {
            compute_row(&over(scope, &base), table.columns(), row);
        }
    }
}

fn compute_row(scope: &Scope, columns: &[Field], row: &mut Fields) {
    for column in columns {
        let Some(rule) = &column.compute else {
            continue;
        };
        row.remove(&column.id);
        let value = in_row(scope, columns, row, |scope| value_of(rule, scope, column));
        let value = value.ok().flatten();
        row.extend(value.map(|value| (column.id.clone(), value)));
    }
}

/// Asks something with `row` standing for a row of a table; cells that do not fit their column are not there.
pub(crate) fn in_row<T>(
    scope: &Scope,
    columns: &[Field],
    row: &Fields,
    ask: impl FnOnce(&Scope) -> T,
) -> T {
    let cell = |column: &Field| {
        let value = row.get(&column.id).filter(|value| value.fits(column))?;
        Some((column.id.clone(), val_of(column, value)))
    };
    let cells = Val::Map(columns.iter().filter_map(cell).collect());
    let mut names = scope.names.to_vec();
    names.push(("row", cells));
    ask(&Scope {
        names: &names,
        ..*scope
    })
}

/// The values as they are shown: with the computed ones that follow the day or other records.
pub fn shown_fields(scope: &Scope) -> Fields {
    let mut fields = scope.fields.clone();
    for field in scope.definition.fields.iter().filter(|f| f.live) {
        let value = field
            .compute
            .as_ref()
            .and_then(|rule| value_of(rule, scope, field).ok().flatten());
        fields.extend(value.map(|v| (field.id.clone(), v)));
    }
    fields
}

fn over<'s>(scope: &Scope<'s>, fields: &'s Fields) -> Scope<'s> {
    Scope { fields, ..*scope }
}

/// Makes texts tidy as their fields say.
pub fn normalise(definition: &Definition, fields: &mut Fields) {
    for field in &definition.fields {
        match fields.get_mut(&field.id) {
            Some(Value::Text(text)) if !field.normalise.is_empty() => {
                *text = tidy(text, &field.normalise);
            }
            Some(Value::Rows(rows)) => tidy_rows(field, rows),
            _ => {}
        }
    }
}

fn tidy_rows(field: &Field, rows: &mut [Fields]) {
    for row in rows {
        for column in field.columns().iter().filter(|c| !c.normalise.is_empty()) {
            if let Some(Value::Text(text)) = row.get_mut(&column.id) {
                *text = tidy(text, &column.normalise);
            }
        }
    }
}

fn tidy(text: &str, ways: &[Normalise]) -> String {
    ways.iter().fold(text.to_owned(), |text, way| match way {
        Normalise::Trim => text.trim().to_owned(),
        Normalise::Halfwidth => text.chars().map(ground::numeral::narrow_char).collect(),
        Normalise::Upper => text.to_uppercase(),
    })
}

#[cfg(test)]
mod tests;
