//! One value in its two stored forms: the columns of a register table, and the JSON of a journal
//! entry. Both are exact; a journal entry written by an older definition reads under a newer one.

use std::collections::BTreeMap;

use ground::{Amount, Bound, Date, Fen, RecordId};
use register::{Field, FieldKind, Fields, Value};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value as Json};

use crate::engine::{Cell, Row};
use crate::error::StoreError;
use crate::schema::{PastField, RegisterTable};

/// Digits after the point of a stored percent.
const PERCENT_DIGITS: u8 = 2;

/// Kind of a stored column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ColumnType {
    Int,
    Text,
}

/// Column type of a field; `None` for a table field, which has a table of its own.
pub(crate) fn column_type(field: &Field) -> Option<ColumnType> {
    use FieldKind as K;
    match field.kind {
        K::Int | K::Decimal { .. } | K::Money | K::Percent | K::Bool | K::Org | K::Ref { .. } => {
            Some(ColumnType::Int)
        }
        K::Table { .. } => None,
        _ => Some(ColumnType::Text),
    }
}

/// Column of a money field's bound (约, 余, 近).
pub(crate) fn bound_column(field: &str) -> String {
    format!("{field}_bound")
}

/// Checks that a value may be stored in a field.
pub(crate) fn check(field: &Field, value: &Value) -> Result<(), StoreError> {
    let refuse = |problem: &str| {
        Err(StoreError::Invalid {
            field: field.id.clone(),
            problem: problem.to_owned(),
        })
    };
    if !value.fits(field) {
        return refuse("值的类型与字段类型不符");
    }
    match value {
        Value::Text(text) | Value::DateTime(text) if text.contains('\0') => {
            refuse("文字里有不可见的空字符,请重新输入")
        }
        Value::TextList(texts) if texts.iter().any(|t| t.contains('\0')) => {
            refuse("文字里有不可见的空字符,请重新输入")
        }
        Value::Rows(rows) => rows
            .iter()
            .try_for_each(|row| check_all(field.columns(), row)),
        _ => Ok(()),
    }
}

/// Checks all values against the fields they are for.
pub(crate) fn check_all(fields: &[Field], values: &Fields) -> Result<(), StoreError> {
    for (id, value) in values {
        match fields.iter().find(|f| f.id == *id && !f.import_only) {
            Some(field) => check(field, value)?,
            None => return Err(StoreError::Unknown { name: id.clone() }),
        }
    }
    Ok(())
}

/// The value that is compared, sorted and summed; for money its fen.
pub(crate) fn key_cell(value: &Value) -> Cell {
    match value {
        Value::Text(text) | Value::DateTime(text) => Cell::Text(text.clone()),
        Value::Int(n) | Value::Percent(n) | Value::Decimal { scaled: n, .. } => Cell::Int(*n),
        Value::Money(amount) => Cell::Int(amount.fen.0),
        Value::Bool(yes) => Cell::Int(i64::from(*yes)),
        Value::Date(date) => Cell::Text(date.to_string()),
        Value::Ref(id) => Cell::Int(id.0),
        Value::Refs(ids) => Cell::Text(list_text(ids.iter().map(RecordId::to_string))),
        Value::TextList(texts) => Cell::Text(list_text(texts.iter().cloned())),
        Value::Rows(_) => Cell::Null,
    }
}

fn list_text(items: impl Iterator<Item = String>) -> String {
    Json::Array(items.map(Json::String).collect()).to_string()
}

/// Appends the field's cells (two for money, none for a table).
pub(crate) fn push_cells(field: &Field, value: Option<&Value>, cells: &mut Vec<Cell>) {
    if matches!(field.kind, FieldKind::Table { .. }) {
        return;
    }
    cells.push(value.map_or(Cell::Null, key_cell));
    if field.kind == FieldKind::Money {
        cells.push(match value {
            Some(Value::Money(amount)) => Cell::Text(amount.bound.code().to_owned()),
            _ => Cell::Null,
        });
    }
}

/// Reads the field's cells from a row, moving `at` past them.
pub(crate) fn read_cells(
    field: &Field,
    row: &mut Row,
    at: &mut usize,
) -> Result<Option<Value>, StoreError> {
    let cell = row.take(*at);
    *at += 1;
    let bound = if field.kind == FieldKind::Money {
        *at += 1;
        row.opt_text(*at - 1)?
    } else {
        None
    };
    match cell {
        Cell::Text(text) if is_plain(field) => Ok(Some(Value::Text(text))),
        cell => value_of(field, &cell, bound.as_deref()),
    }
}

/// Whether the column's text is the value.
fn is_plain(field: &Field) -> bool {
    use FieldKind as K;
    let shaped = matches!(
        field.kind,
        K::Date | K::DateTime | K::Refs { .. } | K::TextList | K::Attachment | K::Codes { .. }
    );
    !shaped && column_type(field) == Some(ColumnType::Text)
}

/// The value behind a cell.
pub(crate) fn value_of(
    field: &Field,
    cell: &Cell,
    bound: Option<&str>,
) -> Result<Option<Value>, StoreError> {
    let found = match cell {
        Cell::Null => return Ok(None),
        Cell::Int(number) => int_value(field, *number, bound),
        Cell::Text(text) => text_value(field, text),
        Cell::Real(_) => None,
    };
    found.map(Some).ok_or_else(|| StoreError::Corrupt {
        place: field.label.zh.clone(),
        detail: format!("field {} cannot hold {cell:?}", field.id),
    })
}

fn int_value(field: &Field, number: i64, bound: Option<&str>) -> Option<Value> {
    use FieldKind as K;
    Some(match &field.kind {
        K::Int => Value::Int(number),
        K::Decimal { digits } => Value::Decimal {
            scaled: number,
            digits: *digits,
        },
        K::Money => {
            let bound = bound.map_or(Some(Bound::Exact), Bound::from_code)?;
            Value::Money(Amount {
                fen: Fen(number),
                bound,
            })
        }
        K::Percent => Value::Percent(number),
        K::Bool => Value::Bool(number != 0),
        K::Org | K::Ref { .. } => Value::Ref(RecordId::new(number)?),
        _ => return None,
    })
}

fn text_value(field: &Field, text: &str) -> Option<Value> {
    use FieldKind as K;
    Some(match &field.kind {
        K::Date => Value::Date(text.parse::<Date>().ok()?),
        K::DateTime => Value::DateTime(text.to_owned()),
        K::Refs { .. } => {
            let ids: Vec<String> = serde_json::from_str(text).ok()?;
            Value::Refs(
                ids.iter()
                    .map(|id| id.parse().ok())
                    .collect::<Option<_>>()?,
            )
        }
        K::TextList | K::Attachment | K::Codes { .. } => {
            Value::TextList(serde_json::from_str(text).ok()?)
        }
        _ if is_plain(field) => Value::Text(text.to_owned()),
        _ => return None,
    })
}

/// Values as the JSON of a journal entry: money in 元 with two decimals, decimals and percents as
/// decimal text, ids as text.
pub(crate) struct Written<'a>(pub &'a Fields);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut map = out.serialize_map(None)?;
        for (id, value) in self.0 {
            map.serialize_entry(id, &WrittenValue(value))?;
            if let Value::Money(Amount { bound, .. }) = value
                && *bound != Bound::Exact
            {
                map.serialize_entry(&bound_column(id), bound.code())?;
            }
        }
        map.end()
    }
}

struct WrittenValue<'a>(&'a Value);

impl Serialize for WrittenValue<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Text(text) | Value::DateTime(text) => out.serialize_str(text),
            Value::Int(n) => out.serialize_i64(*n),
            Value::Decimal { scaled, digits } => out.serialize_str(&point(*scaled, *digits)),
            Value::Percent(p) => out.serialize_str(&point(*p, PERCENT_DIGITS)),
            Value::Money(amount) => out.serialize_str(&amount.fen.yuan()),
            Value::Bool(yes) => out.serialize_bool(*yes),
            Value::Date(date) => out.collect_str(date),
            Value::Ref(id) => out.collect_str(id),
            Value::Refs(ids) => out.collect_seq(ids.iter().map(RecordId::to_string)),
            Value::TextList(texts) => out.collect_seq(texts),
            Value::Rows(rows) => out.collect_seq(rows.iter().map(Written)),
        }
    }
}

/// Reads the values of the journal entry at `seq` under the definition in force. What an earlier definition called
/// otherwise comes under its name of today; what was given up, or was of another type, under its own name. Keys that no
/// definition knows are passed over.
pub(crate) fn from_json(
    table: &RegisterTable,
    map: &Map<String, Json>,
    seq: i64,
) -> Result<Fields, StoreError> {
    let then = fields_of_then(&table.past, seq);
    let mut found = Fields::new();
    let present = table.definition.fields.iter();
    for field in present.filter(|f| !f.import_only && !then.contains_key(f.id.as_str())) {
        if let Some(value) = field_json(field, map)? {
            found.insert(field.id.clone(), value);
        }
    }
    for (id, past) in then {
        let Some(value) = field_json(&past.field, map)? else {
            continue;
        };
        let id = match &past.now {
            Some(now) => now.clone(),
            None if table.stores(id) => format!("{id}_archived"),
            None => id.to_owned(),
        };
        found.insert(id, value);
    }
    Ok(found)
}

/// What names meant at `seq` that mean something else, or nothing, today.
fn fields_of_then(past: &[PastField], seq: i64) -> BTreeMap<&str, &PastField> {
    let mut then: BTreeMap<&str, &PastField> = BTreeMap::new();
    for one in past.iter().filter(|p| p.until >= seq) {
        let known = then.entry(&one.field.id).or_insert(one);
        if one.until < known.until {
            *known = one;
        }
    }
    then
}

fn fields_json(fields: &[Field], map: &Map<String, Json>) -> Result<Fields, StoreError> {
    let mut found = Fields::new();
    for field in fields {
        // A column of a table that was called otherwise.
        let before = field.renamed_from.as_ref().filter(|before| {
            !map.contains_key(&field.id) && fields.iter().all(|f| f.id != **before)
        });
        let read = Field {
            id: before.unwrap_or(&field.id).clone(),
            ..field.clone()
        };
        if let Some(value) = field_json(&read, map)? {
            found.insert(field.id.clone(), value);
        }
    }
    Ok(found)
}

fn field_json(field: &Field, map: &Map<String, Json>) -> Result<Option<Value>, StoreError> {
    let Some(json) = map.get(&field.id).filter(|json| !json.is_null()) else {
        return Ok(None);
    };
    let bound = map.get(&bound_column(&field.id)).and_then(Json::as_str);
    let value = match &field.kind {
        FieldKind::Table { columns } => rows_json(columns, json)?,
        _ => json_value(field, json, bound),
    };
    let value = value.ok_or_else(|| StoreError::Corrupt {
        place: field.label.zh.clone(),
        detail: format!("journal holds {json} for field {}", field.id),
    })?;
    Ok(Some(value))
}

fn rows_json(columns: &[Field], json: &Json) -> Result<Option<Value>, StoreError> {
    let Some(rows) = json.as_array() else {
        return Ok(None);
    };
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        match row.as_object() {
            Some(map) => found.push(fields_json(columns, map)?),
            None => return Ok(None),
        }
    }
    Ok(Some(Value::Rows(found)))
}

fn json_value(field: &Field, json: &Json, bound: Option<&str>) -> Option<Value> {
    use FieldKind as K;
    match &field.kind {
        K::Int => json.as_i64().map(Value::Int),
        K::Bool => json.as_bool().map(Value::Bool),
        K::Decimal { digits } => Some(Value::Decimal {
            scaled: unpoint(json.as_str()?, *digits)?,
            digits: *digits,
        }),
        K::Percent => unpoint(json.as_str()?, PERCENT_DIGITS).map(Value::Percent),
        K::Money => {
            let bound = bound.map_or(Some(Bound::Exact), Bound::from_code)?;
            Some(Value::Money(Amount {
                fen: Fen(unpoint(json.as_str()?, 2)?),
                bound,
            }))
        }
        K::Org | K::Ref { .. } => Some(Value::Ref(json.as_str()?.parse().ok()?)),
        K::Refs { .. } | K::TextList | K::Attachment | K::Codes { .. } => {
            text_value(field, &json.to_string())
        }
        _ => text_value(field, json.as_str()?),
    }
}

/// `(-5, 2)` -> `-0.05`.
fn point(scaled: i64, digits: u8) -> String {
    let digits = usize::from(digits);
    let sign = if scaled < 0 { "-" } else { "" };
    let text = format!("{:0>width$}", scaled.unsigned_abs(), width = digits + 1);
    let (whole, rest) = text.split_at(text.len() - digits);
    if digits == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{rest}")
    }
}

/// The reverse of [`point`]; other digits are taken when nothing is lost.
fn unpoint(text: &str, digits: u8) -> Option<i64> {
    let (sign, plain) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, rest) = plain.split_once('.').unwrap_or((plain, ""));
    let rest = if rest.len() > usize::from(digits) {
        rest.trim_end_matches('0')
    } else {
        rest
    };
    let missing = usize::from(digits).checked_sub(rest.len())?;
    let all = format!("{whole}{rest}{}", "0".repeat(missing));
    let plain = !whole.is_empty() && all.bytes().all(|b| b.is_ascii_digit());
    let number: i128 = if plain {
        all.parse().ok()?
    } else {
        return None;
    };
    i64::try_from(sign * number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_negative_decimals_keep_their_zeros() {
        assert_eq!(point(-5, 2), "-0.05");
        assert_eq!(point(7, 0), "7");
        assert_eq!(unpoint("-0.05", 2), Some(-5));
        assert_eq!(unpoint("1.50", 1), Some(15));
        assert_eq!(unpoint("1.55", 1), None);
        assert_eq!(unpoint("", 1), None);
    }

    proptest! {
        #[test]
        fn decimals_read_back_as_written(scaled in any::<i64>(), digits in 0u8..10) {
            prop_assert_eq!(unpoint(&point(scaled, digits), digits), Some(scaled));
        }
    }
}
