//! What a part of a condition is in SQL: a literal, a value with its kind, a list kept as JSON, the rows of a table
//! field, or a record.

use std::sync::Arc;

use register::expr::Val;
use register::{Field, FieldKind};

use crate::schema::{RegisterTable, SubTable, quoted};

/// Digits after the point of a percent: hundredths of a percentage point.
const PERCENT_DIGITS: u8 = 2;

/// Kind of a value, as far as comparing it goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// 0, 1 or NULL.
    Bool,
    /// A whole number that stands for `number / 10^digits`.
    Number {
        digits: u8,
    },
    /// Fen.
    Money,
    /// ISO text.
    Date,
    /// UTC text of fixed width.
    Instant,
    /// The civil day of a UTC text.
    Day,
    Text,
    /// A record id of this register.
    Ref(String),
}

/// A value in SQL. It is NULL when the value is missing.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub sql: String,
    pub kind: Kind,
    /// What a number can be at least and at most: arithmetic is left to the evaluator unless its result surely fits
    /// 64 bits.
    pub range: (i128, i128),
}

/// A part of a condition.
#[derive(Clone, Debug)]
pub(super) enum Term {
    Literal(Val),
    Value(Piece),
    /// Texts or references kept as a JSON list; NULL when there are none. `Some` names the register.
    List {
        sql: String,
        register: Option<String>,
    },
    /// Rows of a table field of the record with this id.
    Rows {
        sub: SubTable,
        record: String,
    },
    /// A row of a table field, or a record that a macro runs through.
    Row {
        alias: String,
        fields: Vec<Field>,
    },
    Record {
        table: Arc<RegisterTable>,
        alias: String,
    },
}

pub(super) const WHOLE: (i128, i128) = (i64::MIN as i128, i64::MAX as i128);

impl Piece {
    pub fn new(sql: impl Into<String>, kind: Kind) -> Self {
        Self {
            sql: sql.into(),
            kind,
            range: WHOLE,
        }
    }

    /// `NULL` for the missing value, `IS NULL` and the like.
    pub fn is_missing(&self, yes: bool) -> String {
        let not = if yes { "" } else { "NOT " };
        format!("{} IS {not}NULL", self.sql)
    }
}

/// The term of a field whose column is `sql`; none when no single column holds it.
pub(super) fn column(field: &Field, sql: String) -> Option<Term> {
    use FieldKind as K;
    let kind = match &field.kind {
        K::Bool => Kind::Bool,
        K::Int => Kind::Number { digits: 0 },
        K::Decimal { digits } => Kind::Number { digits: *digits },
        K::Percent => Kind::Number {
            digits: PERCENT_DIGITS,
        },
        K::Money => Kind::Money,
        K::Date => Kind::Date,
        K::DateTime => Kind::Instant,
        K::Org | K::Ref { .. } => Kind::Ref(field.kind.target()?.to_owned()),
        K::Refs { to } => {
            let register = Some(to.clone());
            return Some(Term::List { sql, register });
        }
        K::TextList | K::Attachment | K::Codes { .. } => {
            let register = None;
            return Some(Term::List { sql, register });
        }
        K::Text | K::LongText | K::Period | K::Code { .. } => Kind::Text,
        K::Person | K::Phone | K::Uscc | K::IdCard | K::Signature => Kind::Text,
        K::GeoPoint | K::GeoLine | K::GeoArea => Kind::Text,
        K::Note | K::Table { .. } => return None,
    };
    let limit = |limit: Option<i64>, end: i128| limit.map_or(end, i128::from);
    let range = (limit(field.min, WHOLE.0), limit(field.max, WHOLE.1));
    Some(Term::Value(Piece { sql, kind, range }))
}

/// `alias."field"`.
pub(super) fn of(alias: &str, column: &str) -> String {
    format!("{alias}.{}", quoted(column))
}

/// An empty text or list is no value.
pub(super) fn is_none(val: &Val) -> bool {
    match val {
        Val::None => true,
        Val::Text(text) => text.is_empty(),
        Val::List(items) => items.is_empty(),
        _ => false,
    }
}
