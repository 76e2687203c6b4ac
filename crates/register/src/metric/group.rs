//! Groups: by a field, by a path through references (`institution.street`), by all of them together.

use std::collections::BTreeMap;

use ground::{Amount, RecordId};

use super::figure::{Taken, Tally};
use crate::expr::moment::utc_text;
use crate::expr::{Expr, Scope, Val, eval, print_val};
use crate::record::Value;

/// A value of a group.
#[derive(Clone, Debug)]
pub struct Key {
    /// Field or path.
    pub path: String,
    /// Its value; none for the records without one.
    pub value: Val,
    /// Order: values by their text, what has no value last.
    order: (bool, String),
}

impl Key {
    /// The group of a value.
    pub fn new(path: impl Into<String>, value: Val) -> Key {
        let order = (value == Val::None, print_val(&value));
        Key {
            path: path.into(),
            value,
            order,
        }
    }

    /// As a value of a register, for a page that shows it by the field at the path.
    pub fn stored(&self) -> Option<Value> {
        Some(match &self.value {
            Val::Text(text) => Value::Text(text.to_string()),
            Val::Int(n) => Value::Int(*n),
            Val::Bool(yes) => Value::Bool(*yes),
            Val::Date(date) => Value::Date(*date),
            Val::Instant(at) => Value::DateTime(utc_text(*at)),
            Val::Ref { id, .. } => Value::Ref(*id),
            Val::Money(fen) => Value::Money(Amount::exact(*fen)),
            Val::Decimal(d) => Value::Decimal {
                scaled: i64::try_from(d.mantissa()).ok()?,
                digits: u8::try_from(d.scale()).ok()?,
            },
            _ => return None,
        })
    }

    fn rank(&self) -> (&str, &(bool, String)) {
        (&self.path, &self.order)
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.rank() == other.rank()
    }
}

impl Eq for Key {}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Key) -> std::cmp::Ordering {
        self.rank().cmp(&other.rank())
    }
}

/// What each group has gathered; the whole has no keys.
pub(super) type Grouped = BTreeMap<Vec<Key>, Tally>;

/// How records are put into groups.
pub(super) struct Cut {
    paths: Vec<(String, Option<Expr>)>,
}

impl Cut {
    pub(super) fn new(by: &[String]) -> Cut {
        let path = |path: &String| (path.clone(), Expr::parse(path).ok());
        Cut {
            paths: by.iter().map(path).collect(),
        }
    }

    /// Puts what a record gives into the whole and into its groups.
    pub(super) fn place(&self, grouped: &mut Grouped, scope: &Scope, id: RecordId, taken: &Taken) {
        let mut put = |by: Vec<Key>| grouped.entry(by).or_default().take(id, taken);
        put(Vec::new());
        let keys: Vec<Vec<Key>> = self.paths.iter().map(|path| keys_of(path, scope)).collect();
        for of_path in &keys {
            of_path.iter().for_each(|key| put(vec![key.clone()]));
        }
        if keys.len() > 1 {
            crossed(&keys).into_iter().for_each(put);
        }
    }
}

/// The groups of a record by a path, as a figure makes them.
pub fn keys_at(path: &str, scope: &Scope) -> Vec<Key> {
    keys_of(&(path.to_owned(), Expr::parse(path).ok()), scope)
}

/// The values of a record in one field: one, or each of several.
fn keys_of((path, expr): &(String, Option<Expr>), scope: &Scope) -> Vec<Key> {
    let value = expr.as_ref().and_then(|expr| eval(expr, scope).ok());
    match value.unwrap_or(Val::None) {
        Val::List(items) if !items.is_empty() => {
            let mut keys: Vec<Key> = items.into_iter().map(|v| Key::new(path, v)).collect();
            keys.sort();
            keys.dedup();
            keys
        }
        Val::List(_) => vec![Key::new(path, Val::None)],
        value => vec![Key::new(path, value)],
    }
}

/// Every way to take one key of each field.
fn crossed(keys: &[Vec<Key>]) -> Vec<Vec<Key>> {
    keys.iter().fold(vec![Vec::new()], |cells, of_path| {
        let with = |cell: &Vec<Key>, key: &Key| [&cell[..], std::slice::from_ref(key)].concat();
        let cells = cells.iter();
        cells
            .flat_map(|cell| of_path.iter().map(move |key| with(cell, key)))
            .collect()
    })
}
