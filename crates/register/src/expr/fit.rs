//! From a value of an expression into a field: exactly, or with a finding that says why not.

use ground::{Amount, Fen, Finding};
use rust_decimal::Decimal;

use super::arithmetic::fen_of;
use super::eval::eval;
use super::moment::{civil_day, start_of, utc_text};
use super::number;
use super::scope::Scope;
use super::tree::{Expr, Val};
use crate::definition::{Field, FieldKind};
use crate::record::{Fields, Value};

/// The value that an expression gives a field. Figures must fit: a decimal with more digits than the field has is
/// refused unless the rule says `round(…)`, 元 become whole fen.
///
/// # Errors
/// A finding with the field as its place.
pub fn value_of(expr: &Expr, scope: &Scope, field: &Field) -> Result<Option<Value>, Finding> {
    let val = eval(expr, scope).map_err(|error| {
        Finding::error(
            "expr.no_value",
            field.id.clone(),
            format!("“{}”算不出来：{error}。", field.label.zh),
            format!("请检查相关字段，或请管理员检查规则“{}”。", expr.text()),
        )
    })?;
    fit(field, &val).map_err(|want| {
        Finding::error(
            "expr.does_not_fit",
            field.id.clone(),
            format!(
                "“{}”的计算结果“{}”放不进去，应为{want}。",
                field.label.zh,
                super::print::print(&super::tree::Tree::Literal(val.clone()))
            ),
            "请检查相关字段；小数位太多时请在规则里写 round(…, 位数)。",
        )
    })
}

/// A value as the field stores it; the error says what the field takes.
///
/// # Errors
/// What the field takes.
pub fn fit(field: &Field, val: &Val) -> Result<Option<Value>, String> {
    if matches!(val, Val::None) {
        return Ok(None);
    }
    let value = fitted(field, val).ok_or_else(|| wanted(&field.kind))?;
    Ok(Some(value).filter(|v| !v.is_empty()))
}

fn fitted(field: &Field, val: &Val) -> Option<Value> {
    use FieldKind as K;
    match (&field.kind, val) {
        (K::Int, val) => whole(val).map(Value::Int),
        (K::Decimal { digits }, val) => {
            let scaled = scaled(val, *digits)?;
            Some(Value::Decimal {
                scaled,
                digits: *digits,
            })
        }
        (K::Percent, val) => scaled(val, 2).map(Value::Percent),
        (K::Money, val) => money(val).map(|fen| Value::Money(Amount::exact(fen))),
        (K::Bool, Val::Bool(yes)) => Some(Value::Bool(*yes)),
        (K::Date, Val::Date(date)) => Some(Value::Date(*date)),
        (K::Date, Val::Instant(at)) => Some(Value::Date(civil_day(*at))),
        (K::DateTime, Val::Instant(at)) => Some(Value::DateTime(utc_text(*at))),
        (K::DateTime, Val::Date(date)) => Some(Value::DateTime(utc_text(start_of(*date)))),
        (K::Org | K::Ref { .. }, Val::Ref { register, id }) => {
            (field.kind.target() == Some(register)).then_some(Value::Ref(*id))
        }
        (K::Refs { to }, Val::List(items)) => refs(items, to),
        (K::Refs { to }, Val::Ref { .. }) => refs(std::slice::from_ref(val), to),
        (K::TextList | K::Attachment | K::Codes { .. }, Val::List(items)) => texts(items),
        (K::TextList | K::Codes { .. }, Val::Text(text)) => {
            Some(Value::TextList(vec![text.to_string()]))
        }
        (K::Table { columns }, Val::List(rows)) => table(columns, rows),
        (kind, Val::Text(text)) if is_text(kind) => Some(Value::Text(text.to_string())),
        // A number or a date put into a text is written as people write it.
        (K::Text | K::LongText | K::Person, Val::Int(_) | Val::Decimal(_) | Val::Date(_)) => {
            let text = super::convert::text_of(&super::view::View::of_val(val))?;
            Some(Value::Text(text))
        }
        _ => None,
    }
}

fn is_text(kind: &FieldKind) -> bool {
    use FieldKind as K;
    matches!(
        kind,
        K::Text
            | K::LongText
            | K::Period
            | K::Code { .. }
            | K::Person
            | K::Phone
            | K::Uscc
            | K::IdCard
            | K::Signature
            | K::GeoPoint
            | K::GeoLine
            | K::GeoArea
    )
}

fn whole(val: &Val) -> Option<i64> {
    match val {
        Val::Int(n) => Some(*n),
        Val::Uint(n) => i64::try_from(*n).ok(),
        Val::Decimal(d) => number::whole(*d),
        _ => None,
    }
}

fn scaled(val: &Val, digits: u8) -> Option<i64> {
    let number = match val {
        Val::Int(n) => Decimal::from(*n),
        Val::Uint(n) => Decimal::from(*n),
        Val::Decimal(d) => *d,
        _ => return None,
    };
    let power = Decimal::from(10i64.checked_pow(digits.into())?);
    number::mul(number, power).and_then(number::whole)
}

fn money(val: &Val) -> Option<Fen> {
    match val {
        Val::Money(fen) => Some(*fen),
        Val::Int(n) => fen_of(Decimal::from(*n)),
        Val::Decimal(d) => fen_of(*d),
        _ => None,
    }
}

fn refs(items: &[Val], to: &str) -> Option<Value> {
    let id = |item: &Val| match item {
        Val::Ref { register, id } if **register == *to => Some(*id),
        _ => None,
    };
    items.iter().map(id).collect::<Option<_>>().map(Value::Refs)
}

fn texts(items: &[Val]) -> Option<Value> {
    let text = |item: &Val| match item {
        Val::Text(text) => Some(text.to_string()),
        _ => None,
    };
    let texts = items.iter().map(text).collect::<Option<_>>();
    texts.map(Value::TextList)
}

fn table(columns: &[Field], rows: &[Val]) -> Option<Value> {
    let rows = rows.iter().map(|row| match row {
        Val::Map(cells) => self::row(columns, cells),
        _ => None,
    });
    rows.collect::<Option<_>>().map(Value::Rows)
}

fn row(columns: &[Field], cells: &std::collections::BTreeMap<String, Val>) -> Option<Fields> {
    let mut row = Fields::new();
    for (id, val) in cells {
        let column = columns.iter().find(|c| c.id == *id)?;
        row.extend(fit(column, val).ok()?.map(|value| (id.clone(), value)));
    }
    Some(row)
}

fn wanted(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Int => "整数".into(),
        FieldKind::Decimal { digits } => format!("不超过 {digits} 位小数的数"),
        FieldKind::Percent => "不超过 2 位小数的百分数".into(),
        FieldKind::Money => "到分为止的金额".into(),
        FieldKind::Bool => "是或否".into(),
        FieldKind::Date => "日期".into(),
        FieldKind::DateTime => "时间".into(),
        FieldKind::Org => "单位".into(),
        FieldKind::Ref { to } => format!("台账 {to} 的一条记录"),
        FieldKind::Refs { to } => format!("台账 {to} 的记录"),
        FieldKind::TextList | FieldKind::Attachment | FieldKind::Codes { .. } => "文字列表".into(),
        FieldKind::Table { .. } => "若干行".into(),
        _ => "文字".into(),
    }
}
