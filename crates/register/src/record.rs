//! A record and its values. A missing value is an absent key, never a zero.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use ground::{Amount, Date, OrgPath, RecordId};

use crate::definition::{Definition, Field, FieldKind};

/// Values of a record or of a table row by field id.
pub type Fields = BTreeMap<String, Value>;

/// One value. Which variant a field holds follows from its kind, see [`Value::fits`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// Text, code, person, phone, credit code, citizen number, period code, point, line, area, signature.
    Text(String),
    /// Whole number.
    Int(i64),
    /// `scaled / 10^digits`.
    Decimal {
        /// Number without its point.
        scaled: i64,
        /// Digits after the point.
        digits: u8,
    },
    /// Money in fen with its bound.
    Money(Amount),
    /// Hundredths of a percent: 28.2 % is 2820.
    Percent(i64),
    /// Yes or no.
    Bool(bool),
    /// Civil date.
    Date(Date),
    /// UTC, fixed width `2023-03-10T00:30:00Z`.
    DateTime(String),
    /// A record, also an organisation.
    Ref(RecordId),
    /// Several records.
    Refs(Vec<RecordId>),
    /// Several texts, codes or file content ids.
    TextList(Vec<String>),
    /// Rows of a table field.
    Rows(Vec<Fields>),
}

/// A stored row of a register.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// Id within the district.
    pub id: RecordId,
    /// Grows by one with every write; clients send it back with `If-Match`.
    pub version: i64,
    /// The organisation whose record it is.
    pub org: OrgPath,
    /// Number given by the register's pattern.
    pub number: Option<String>,
    /// Values.
    pub fields: Fields,
    /// Taken out of use; kept for history.
    pub withdrawn: bool,
}

impl Record {
    /// The text of the definition's name field.
    pub fn name(&self, definition: &Definition) -> Option<&str> {
        self.text(definition.name_field.as_deref()?)
    }

    /// A text, code, person, phone or period value.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field)?.as_text()
    }

    /// A whole number.
    pub fn int(&self, field: &str) -> Option<i64> {
        self.fields.get(field)?.as_int()
    }

    /// Money with its bound.
    pub fn money(&self, field: &str) -> Option<Amount> {
        self.fields.get(field)?.as_money()
    }

    /// Hundredths of a percent.
    pub fn percent(&self, field: &str) -> Option<i64> {
        self.fields.get(field)?.as_percent()
    }

    /// Yes or no.
    pub fn bool(&self, field: &str) -> Option<bool> {
        self.fields.get(field)?.as_bool()
    }

    /// A civil date.
    pub fn date(&self, field: &str) -> Option<Date> {
        self.fields.get(field)?.as_date()
    }

    /// The record or organisation pointed at.
    pub fn reference(&self, field: &str) -> Option<RecordId> {
        self.fields.get(field)?.as_ref_id()
    }

    /// Texts of a list; empty when absent.
    pub fn texts(&self, field: &str) -> &[String] {
        self.fields.get(field).map_or(&[], Value::as_texts)
    }

    /// Rows of a table; empty when absent.
    pub fn rows(&self, field: &str) -> &[Fields] {
        self.fields.get(field).map_or(&[], Value::as_rows)
    }
}

impl Value {
    /// The text of a text-like value.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) | Value::DateTime(text) => Some(text),
            _ => None,
        }
    }

    /// The number of a whole-number value.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(n) => Some(*n),
            _ => None,
        }
    }

    /// `(scaled, digits)` of a decimal.
    pub fn as_decimal(&self) -> Option<(i64, u8)> {
        match self {
            Value::Decimal { scaled, digits } => Some((*scaled, *digits)),
            _ => None,
        }
    }

    /// Money with its bound.
    pub fn as_money(&self) -> Option<Amount> {
        match self {
            Value::Money(amount) => Some(*amount),
            _ => None,
        }
    }

    /// Hundredths of a percent.
    pub fn as_percent(&self) -> Option<i64> {
        match self {
            Value::Percent(p) => Some(*p),
            _ => None,
        }
    }

    /// Yes or no.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// Civil date.
    pub fn as_date(&self) -> Option<Date> {
        match self {
            Value::Date(date) => Some(*date),
            _ => None,
        }
    }

    /// The one record pointed at.
    pub fn as_ref_id(&self) -> Option<RecordId> {
        match self {
            Value::Ref(id) => Some(*id),
            _ => None,
        }
    }

    /// Texts of a list; empty for other values.
    pub fn as_texts(&self) -> &[String] {
        match self {
            Value::TextList(texts) => texts,
            _ => &[],
        }
    }

    /// Rows of a table; empty for other values.
    pub fn as_rows(&self) -> &[Fields] {
        match self {
            Value::Rows(rows) => rows,
            _ => &[],
        }
    }

    /// Whether a field of this kind holds this variant.
    pub fn fits(&self, field: &Field) -> bool {
        use FieldKind as K;
        match (&field.kind, self) {
            (K::Text | K::LongText | K::Period | K::Code { .. }, Value::Text(_)) => true,
            (K::Person | K::Phone | K::Uscc | K::IdCard | K::Signature, Value::Text(_)) => true,
            (K::GeoPoint | K::GeoLine | K::GeoArea, Value::Text(_)) => true,
            (K::Int, Value::Int(_)) | (K::Money, Value::Money(_)) => true,
            (K::Decimal { digits: want }, Value::Decimal { digits, .. }) => want == digits,
            (K::Percent, Value::Percent(_)) | (K::Bool, Value::Bool(_)) => true,
            (K::Date, Value::Date(_)) | (K::DateTime, Value::DateTime(_)) => true,
            (K::Org | K::Ref { .. }, Value::Ref(_)) | (K::Refs { .. }, Value::Refs(_)) => true,
            (K::TextList | K::Attachment | K::Codes { .. }, Value::TextList(_)) => true,
            (K::Table { .. }, Value::Rows(_)) => true,
            _ => false,
        }
    }

    /// An empty text, list or table, which is the same as no value.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Text(text) | Value::DateTime(text) => text.trim().is_empty(),
            Value::Refs(ids) => ids.is_empty(),
            Value::TextList(texts) => texts.is_empty(),
            Value::Rows(rows) => rows.is_empty(),
            _ => false,
        }
    }
}

/// Order of two values of one field in a list; a missing value stands last.
pub fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => order(a, b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

fn order(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) | (Value::DateTime(a), Value::DateTime(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) | (Value::Percent(a), Value::Percent(b)) => a.cmp(b),
        (Value::Decimal { .. }, Value::Decimal { .. }) => decimal_key(a).cmp(&decimal_key(b)),
        (Value::Money(a), Value::Money(b)) => a.fen.cmp(&b.fen),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Ref(a), Value::Ref(b)) => a.cmp(b),
        (Value::Refs(a), Value::Refs(b)) => a.cmp(b),
        (Value::TextList(a), Value::TextList(b)) => a.cmp(b),
        (Value::Rows(a), Value::Rows(b)) => a.len().cmp(&b.len()),
        // Two variants in one column only happen across definition versions: keep them apart.
        _ => rank(a).cmp(&rank(b)),
    }
}

/// Decimals of different digits on one scale of nine digits.
fn decimal_key(value: &Value) -> i128 {
    match value {
        Value::Decimal { scaled, digits } => {
            i128::from(*scaled) * 10i128.pow(9u32.saturating_sub(u32::from(*digits)))
        }
        _ => 0,
    }
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Bool(_) => 0,
        Value::Int(_) => 1,
        Value::Decimal { .. } => 2,
        Value::Percent(_) => 3,
        Value::Money(_) => 4,
        Value::Date(_) => 5,
        Value::DateTime(_) => 6,
        Value::Text(_) => 7,
        Value::TextList(_) => 8,
        Value::Ref(_) => 9,
        Value::Refs(_) => 10,
        Value::Rows(_) => 11,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_values_stand_last() {
        let one = Value::Int(1);
        assert_eq!(compare(Some(&one), None), Ordering::Less);
        assert_eq!(compare(None, Some(&one)), Ordering::Greater);
        assert_eq!(compare(None, None), Ordering::Equal);
    }

    #[test]
    fn decimals_of_different_digits_compare_by_size() {
        let small = Value::Decimal {
            scaled: 15,
            digits: 1,
        };
        let large = Value::Decimal {
            scaled: 151,
            digits: 2,
        };
        assert_eq!(compare(Some(&small), Some(&large)), Ordering::Less);
    }
}
