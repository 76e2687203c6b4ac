//! Values while an expression runs: they look into the record instead of copying it. What leaves the room is a [`Val`].

use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use ground::{Date, Fen, RecordId};
use rust_decimal::Decimal;

use super::moment::instant_of;
use super::scope::{Known, User};
use super::tree::Val;
use crate::definition::{Definition, Field};
use crate::record::{Fields, Value};

/// A text, lent or shared.
#[derive(Clone, Debug)]
pub(super) enum Words<'v> {
    Lent(&'v str),
    Shared(Arc<str>),
}

impl Deref for Words<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        match self {
            Words::Lent(text) => text,
            Words::Shared(text) => text,
        }
    }
}

impl Words<'_> {
    pub(super) fn share(&self) -> Arc<str> {
        match self {
            Words::Lent(text) => Arc::from(*text),
            Words::Shared(text) => text.clone(),
        }
    }
}

impl From<String> for Words<'_> {
    fn from(text: String) -> Self {
        Words::Shared(Arc::from(text))
    }
}

/// A value in the course of evaluation.
#[derive(Clone, Debug)]
pub(super) enum View<'v> {
    None,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Decimal(Decimal),
    Double(f64),
    Money(Fen),
    Text(Words<'v>),
    Bytes(Arc<[u8]>),
    Date(Date),
    Instant(i64),
    Duration(i64),
    Ref(Words<'v>, RecordId),
    /// A record at hand: the candidate of `exists(register, …)`.
    Record(&'v Known),
    /// A row of a table field with its columns.
    Row(&'v Fields, &'v [Field]),
    Rows(&'v [Fields], &'v [Field]),
    Texts(&'v [String]),
    Refs(&'v [RecordId], &'v str),
    Vals(&'v [Val]),
    Dict(&'v BTreeMap<String, Val>),
    User(&'v User),
    List(Rc<Vec<View<'v>>>),
    Map(Rc<Vec<(View<'v>, View<'v>)>>),
}

impl<'v> View<'v> {
    pub(super) fn text(text: impl Into<String>) -> View<'v> {
        View::Text(Words::from(text.into()))
    }

    pub(super) fn list(items: Vec<View<'v>>) -> View<'v> {
        View::List(Rc::new(items))
    }

    /// Looks at a value of a register. `field` gives the type; a value without one is shown by its own shape.
    pub(super) fn of_value(value: &'v Value, field: Option<&'v Field>) -> View<'v> {
        if value.is_empty() {
            return View::None;
        }
        let target = || field.and_then(|f| f.kind.target()).unwrap_or_default();
        match value {
            Value::Text(text) => View::Text(Words::Lent(text)),
            Value::Int(n) => View::Int(*n),
            Value::Decimal { scaled, digits } => {
                View::Decimal(Decimal::new(*scaled, u32::from(*digits)))
            }
            Value::Money(amount) => View::Money(amount.fen),
            Value::Percent(hundredths) => View::Decimal(Decimal::new(*hundredths, 2)),
            Value::Bool(yes) => View::Bool(*yes),
            Value::Date(date) => View::Date(*date),
            Value::DateTime(utc) => instant_of(utc).map_or(View::None, View::Instant),
            Value::Ref(id) => View::Ref(Words::Lent(target()), *id),
            Value::Refs(ids) => View::Refs(ids, target()),
            Value::TextList(texts) => View::Texts(texts),
            Value::Rows(rows) => View::Rows(rows, field.map_or(&[], Field::columns)),
        }
    }

    pub(super) fn of_val(val: &'v Val) -> View<'v> {
        match val {
            Val::Text(text) => View::Text(Words::Lent(text)),
            Val::Ref { register, id } => View::Ref(Words::Lent(register), *id),
            Val::List(items) => View::Vals(items),
            Val::Map(map) => View::Dict(map),
            plain => View::plain(plain),
        }
    }

    /// A value that is kept, not lent.
    pub(super) fn own(val: Val) -> View<'v> {
        match val {
            Val::Text(text) => View::Text(Words::Shared(text)),
            Val::Ref { register, id } => View::Ref(Words::Shared(register), id),
            Val::List(items) => View::list(items.into_iter().map(View::own).collect()),
            Val::Map(map) => {
                let pair = |(key, val): (String, Val)| (View::text(key), View::own(val));
                View::Map(Rc::new(map.into_iter().map(pair).collect()))
            }
            plain => View::plain(&plain),
        }
    }

    fn plain(val: &Val) -> View<'v> {
        match val {
            Val::Bool(yes) => View::Bool(*yes),
            Val::Int(n) => View::Int(*n),
            Val::Uint(n) => View::Uint(*n),
            Val::Decimal(d) => View::Decimal(*d),
            Val::Double(d) => View::Double(*d),
            Val::Money(fen) => View::Money(*fen),
            Val::Bytes(bytes) => View::Bytes(bytes.clone()),
            Val::Date(date) => View::Date(*date),
            Val::Instant(at) => View::Instant(*at),
            Val::Duration(seconds) => View::Duration(*seconds),
            Val::None | Val::Text(_) | Val::Ref { .. } | Val::List(_) | Val::Map(_) => View::None,
        }
    }

    /// What leaves the room.
    pub(super) fn to_val(&self) -> Val {
        match self {
            View::None | View::User(_) => Val::None,
            View::Bool(yes) => Val::Bool(*yes),
            View::Int(n) => Val::Int(*n),
            View::Uint(n) => Val::Uint(*n),
            View::Decimal(d) => Val::Decimal(*d),
            View::Double(d) => Val::Double(*d),
            View::Money(fen) => Val::Money(*fen),
            View::Text(text) => Val::Text(text.share()),
            View::Bytes(bytes) => Val::Bytes(bytes.clone()),
            View::Date(date) => Val::Date(*date),
            View::Instant(at) => Val::Instant(*at),
            View::Duration(seconds) => Val::Duration(*seconds),
            View::Ref(register, id) => Val::Ref {
                register: register.share(),
                id: *id,
            },
            View::Record(known) => Val::Ref {
                register: Arc::from(known.definition.id.as_str()),
                id: known.record.id,
            },
            View::Row(row, columns) => row_val(row, columns),
            View::Vals(items) => Val::List(items.to_vec()),
            View::Dict(map) => Val::Map((*map).clone()),
            View::Map(pairs) => {
                let pair = |(key, value): &(View, View)| (key.key_text(), value.to_val());
                Val::Map(pairs.iter().map(pair).collect())
            }
            View::Rows(..) | View::Texts(_) | View::Refs(..) | View::List(_) => {
                Val::List(self.items().map(|item| item.to_val()).collect())
            }
        }
    }

    /// Keys of a map are text outside.
    fn key_text(&self) -> String {
        match self.to_val() {
            Val::Text(text) => text.to_string(),
            Val::Bool(yes) => yes.to_string(),
            Val::Int(n) => n.to_string(),
            Val::Uint(n) => n.to_string(),
            _ => String::new(),
        }
    }

    /// Elements of a list, keys of a map, nothing for a missing value; none for what is no list.
    pub(super) fn len(&self) -> Option<usize> {
        Some(match self {
            View::None => 0,
            View::Rows(rows, _) => rows.len(),
            View::Texts(texts) => texts.len(),
            View::Refs(ids, _) => ids.len(),
            View::Vals(items) => items.len(),
            View::List(items) => items.len(),
            View::Dict(map) => map.len(),
            View::Map(pairs) => pairs.len(),
            View::Row(row, _) => row.len(),
            _ => return None,
        })
    }

    /// One element of a list, one key of a map.
    pub(super) fn item(&self, at: usize) -> Option<View<'v>> {
        match self {
            View::Rows(rows, columns) => Some(View::Row(rows.get(at)?, columns)),
            View::Texts(texts) => Some(View::Text(Words::Lent(texts.get(at)?))),
            View::Refs(ids, register) => Some(View::Ref(Words::Lent(register), *ids.get(at)?)),
            View::Vals(items) => items.get(at).map(View::of_val),
            View::List(items) => items.get(at).cloned(),
            View::Dict(map) => map.keys().nth(at).map(|key| View::Text(Words::Lent(key))),
            View::Map(pairs) => pairs.get(at).map(|(key, _)| key.clone()),
            View::Row(row, _) => row.keys().nth(at).map(|key| View::Text(Words::Lent(key))),
            _ => None,
        }
    }

    /// All elements.
    pub(super) fn items(&self) -> impl Iterator<Item = View<'v>> + '_ {
        (0..self.len().unwrap_or(0)).map_while(|at| self.item(at))
    }

    /// No value: missing, an empty text, an empty list.
    pub(super) fn is_none(&self) -> bool {
        match self {
            View::None => true,
            View::Text(text) => text.is_empty(),
            View::Rows(..) | View::Texts(_) | View::Refs(..) | View::Vals(_) | View::List(_) => {
                self.len() == Some(0)
            }
            _ => false,
        }
    }

    pub(super) fn is_list(&self) -> bool {
        matches!(
            self,
            View::Rows(..) | View::Texts(_) | View::Refs(..) | View::Vals(_) | View::List(_)
        )
    }

    /// What it is, in Chinese, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            View::None => "空值",
            View::Bool(_) => "是否",
            View::Int(_) | View::Uint(_) => "整数",
            View::Decimal(_) | View::Double(_) => "小数",
            View::Money(_) => "金额",
            View::Text(_) => "文字",
            View::Bytes(_) => "字节",
            View::Date(_) => "日期",
            View::Instant(_) => "时间",
            View::Duration(_) => "时长",
            View::Ref(..) | View::Record(_) => "记录",
            View::User(_) => "用户",
            View::Row(..) | View::Dict(_) | View::Map(_) => "一行数据",
            _ => "列表",
        }
    }
}

/// The field of a definition; several hundred fields are walked in less time than a hash takes to be built.
pub(super) fn field_of<'v>(definition: &'v Definition, name: &str) -> Option<&'v Field> {
    definition.fields.iter().find(|f| f.id == name)
}

fn row_val(row: &Fields, columns: &[Field]) -> Val {
    let column = |id: &str| columns.iter().find(|c| c.id == id);
    let pair = |(id, value): (&String, &Value)| {
        let val = View::of_value(value, column(id)).to_val();
        (id.clone(), val)
    };
    Val::Map(row.iter().map(pair).collect())
}

/// A value of a register as a value of an expression. A percent is its figure as shown (28.2 % is 28.2), a moment is
/// seconds, an empty text or list is none.
pub fn val_of(field: &Field, value: &Value) -> Val {
    View::of_value(value, Some(field)).to_val()
}
