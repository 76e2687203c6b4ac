//! Kinds of value as far as they are known before a record is there.

use super::tree::{BinaryOp, Val};
use crate::definition::{Choice, Definition, Field, FieldKind};

/// A kind of value.
#[derive(Clone, Debug)]
pub(super) enum Kind<'d> {
    /// Not known.
    Any,
    None,
    Bool,
    /// Whole number or decimal.
    Number,
    Money,
    Text,
    /// One of these options.
    Code(&'d [Choice]),
    Bytes,
    Date,
    Instant,
    Duration,
    /// A record, with its definition where known.
    Record(Option<&'d Definition>),
    Row(&'d [Field]),
    List(Box<Kind<'d>>),
    User,
    Period,
    /// What `obligation(…)` gives.
    Duty,
}

impl<'d> Kind<'d> {
    pub(super) fn of_field(
        field: &'d Field,
        register: &dyn Fn(&str) -> Option<&'d Definition>,
    ) -> Kind<'d> {
        match &field.kind {
            FieldKind::Int | FieldKind::Decimal { .. } | FieldKind::Percent => Kind::Number,
            FieldKind::Money => Kind::Money,
            FieldKind::Bool => Kind::Bool,
            FieldKind::Date => Kind::Date,
            FieldKind::DateTime => Kind::Instant,
            FieldKind::Period => Kind::Period,
            FieldKind::Code { .. } => Kind::Code(&field.choices),
            FieldKind::Org => Kind::Record(register("organisation")),
            FieldKind::Ref { to } => Kind::Record(register(to)),
            FieldKind::Refs { to } => Kind::List(Box::new(Kind::Record(register(to)))),
            FieldKind::TextList | FieldKind::Attachment => Kind::List(Box::new(Kind::Text)),
            FieldKind::Table { columns } => Kind::List(Box::new(Kind::Row(columns))),
            FieldKind::Codes { .. } => Kind::List(Box::new(Kind::Code(&field.choices))),
            _ => Kind::Text,
        }
    }

    pub(super) fn of_val(val: &Val) -> Kind<'d> {
        match val {
            Val::None => Kind::None,
            Val::Bool(_) => Kind::Bool,
            Val::Int(_) | Val::Uint(_) | Val::Decimal(_) | Val::Double(_) => Kind::Number,
            Val::Money(_) => Kind::Money,
            Val::Text(_) => Kind::Text,
            Val::Bytes(_) => Kind::Bytes,
            Val::Date(_) => Kind::Date,
            Val::Instant(_) => Kind::Instant,
            Val::Duration(_) => Kind::Duration,
            Val::Ref { .. } => Kind::Record(None),
            Val::List(_) => Kind::List(Box::new(Kind::Any)),
            Val::Map(_) => Kind::Any,
        }
    }

    /// In Chinese.
    pub(super) fn label(&self) -> &'static str {
        match self {
            Kind::Any => "值",
            Kind::None => "空值",
            Kind::Bool => "是否",
            Kind::Number => "数",
            Kind::Money => "金额",
            Kind::Text => "文字",
            Kind::Code(_) => "选项",
            Kind::Bytes => "字节",
            Kind::Date => "日期",
            Kind::Instant => "时间",
            Kind::Duration => "时长",
            Kind::Record(_) => "记录",
            Kind::Row(_) => "表格的一行",
            Kind::List(_) => "列表",
            Kind::User => "用户",
            Kind::Period => "时段",
            Kind::Duty => "周期义务",
        }
    }

    pub(super) fn is_day(&self) -> bool {
        matches!(self, Kind::Date | Kind::Instant)
    }

    /// Is or is not, rather than more or less.
    pub(super) fn is_discrete(&self) -> bool {
        self.is_text() || matches!(self, Kind::Record(_) | Kind::Bool)
    }

    fn is_text(&self) -> bool {
        matches!(self, Kind::Text | Kind::Code(_) | Kind::Period)
    }

    fn is_figure(&self) -> bool {
        matches!(self, Kind::Number | Kind::Money)
    }

    /// Whether values of these kinds can be compared.
    pub(super) fn meets(&self, other: &Kind) -> bool {
        match (self, other) {
            (Kind::Any | Kind::None, _) | (_, Kind::Any | Kind::None) => true,
            (Kind::Record(Some(a)), Kind::Record(Some(b))) => a.id == b.id,
            (Kind::List(a), Kind::List(b)) => a.meets(b),
            (a, b) if a.is_text() && b.is_text() => true,
            (a, b) if a.is_figure() && b.is_figure() => true,
            (a, b) if a.is_day() && b.is_day() => true,
            (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
        }
    }

    /// The kind of either.
    pub(super) fn joined(self, other: Kind<'d>) -> Kind<'d> {
        match (self, other) {
            (Kind::None, kind) | (kind, Kind::None) => kind,
            (Kind::Code(_), Kind::Text) | (Kind::Text, Kind::Code(_)) => Kind::Text,
            (Kind::Number, Kind::Money) | (Kind::Money, Kind::Number) => Kind::Money,
            (a, b) if std::mem::discriminant(&a) == std::mem::discriminant(&b) => a,
            _ => Kind::Any,
        }
    }
}

/// The kind of a sum or product; none when it is certain that there is none.
pub(super) fn arithmetic<'d>(op: BinaryOp, a: &Kind<'d>, b: &Kind<'d>) -> Option<Kind<'d>> {
    use BinaryOp as O;
    use Kind as K;
    Some(match (op, a, b) {
        (_, K::None, _) | (_, _, K::None) => K::None,
        (_, K::Any, _) | (_, _, K::Any) => K::Any,
        (_, K::Number, K::Number) => K::Number,
        (O::Div, K::Money, K::Money) => K::Number,
        (O::Add | O::Sub, a, b) if a.is_figure() && b.is_figure() => K::Money,
        (O::Mul, K::Money, K::Number) | (O::Mul, K::Number, K::Money) => K::Money,
        (O::Div, K::Money, K::Number) => K::Money,
        (O::Add, a, b) if a.is_text() && b.is_text() => K::Text,
        (O::Add, K::List(a), K::List(b)) => {
            K::List(Box::new(a.as_ref().clone().joined(b.as_ref().clone())))
        }
        (O::Add | O::Sub, K::Date, K::Duration) | (O::Add, K::Duration, K::Date) => K::Date,
        (O::Add | O::Sub, K::Instant, K::Duration) | (O::Add, K::Duration, K::Instant) => {
            K::Instant
        }
        (O::Sub, K::Date, K::Date) | (O::Sub, K::Instant, K::Instant) => K::Duration,
        (O::Add | O::Sub, K::Duration, K::Duration) => K::Duration,
        (O::Mul, K::Duration, K::Number) => K::Duration,
        (O::Add, K::Bytes, K::Bytes) => K::Bytes,
        _ => return None,
    })
}

type Takes = fn(&Kind) -> bool;

fn open(kind: &Kind) -> bool {
    matches!(kind, Kind::Any | Kind::None)
}

/// What the argument at a place may be; none when all may.
pub(super) fn argument(function: &str, at: usize) -> Option<Takes> {
    let day: Takes = |k| open(k) || k.is_day();
    let number: Takes = |k| open(k) || matches!(k, Kind::Number);
    let figure: Takes = |k| open(k) || k.is_figure();
    let text: Takes = |k| open(k) || k.is_text();
    let list: Takes = |k| open(k) || matches!(k, Kind::List(_));
    Some(match (function, at) {
        ("add_workdays" | "add_days" | "add_months", 1) | ("round", 1) => number,
        ("add_workdays" | "add_days" | "add_months", _) => day,
        (
            "workdays" | "year" | "month" | "day" | "weekday" | "is_workday" | "before_holiday",
            _,
        ) => day,
        ("date", _) => |k| open(k) || k.is_day() || k.is_text(),
        ("days", _) => |k| open(k) || matches!(k, Kind::Number | Kind::Duration),
        ("abs" | "round" | "floor" | "ceil" | "yuan" | "wan" | "percent", _) => figure,
        ("sum" | "avg" | "count", _) => list,
        ("size", _) => |k| open(k) || k.is_text() || matches!(k, Kind::List(_) | Kind::Bytes),
        ("startsWith" | "endsWith" | "matches" | "lower" | "upper", _) => text,
        ("contains", 0) => |k| open(k) || k.is_text() || matches!(k, Kind::List(_)),
        ("actor" | "left" | "entered" | "obligation", _) => text,
        _ => return None,
    })
}

/// The kind of a function's value.
pub(super) fn result<'d>(function: &str, args: &[Kind<'d>]) -> Kind<'d> {
    match function {
        "today" | "date" | "add_days" | "add_workdays" | "add_months" | "before_holiday" => {
            Kind::Date
        }
        "now" | "timestamp" | "left" | "entered" => Kind::Instant,
        "days" => match args {
            [Kind::Duration] => Kind::Number,
            [Kind::Number] => Kind::Duration,
            _ => Kind::Any,
        },
        "duration" => Kind::Duration,
        "workdays" | "year" | "month" | "day" | "weekday" | "size" | "count" | "int" | "uint"
        | "decimal" | "double" | "percent" => Kind::Number,
        "is_workday" | "contains" | "startsWith" | "endsWith" | "matches" | "bool" => Kind::Bool,
        "lower" | "upper" | "text" | "string" | "actor" => Kind::Text,
        "obligation" => Kind::Duty,
        "yuan" | "wan" => match args {
            [Kind::Money] => Kind::Number,
            [Kind::Number] => Kind::Money,
            _ => Kind::Any,
        },
        "coalesce" => joined(args),
        "max" | "min" | "max_or_none" | "min_or_none" => match args {
            [Kind::List(item)] => item.as_ref().clone(),
            _ => joined(args),
        },
        "sum" | "avg" => match args {
            [Kind::List(item)] => item.as_ref().clone(),
            _ => Kind::Any,
        },
        "abs" | "round" | "floor" | "ceil" => args.first().cloned().unwrap_or(Kind::Any),
        _ => Kind::Any,
    }
}

fn joined<'d>(args: &[Kind<'d>]) -> Kind<'d> {
    args.iter()
        .cloned()
        .reduce(Kind::joined)
        .unwrap_or(Kind::Any)
}
