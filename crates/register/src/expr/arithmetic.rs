//! `+ - * / %` over numbers, money, dates, spans, texts and lists. A missing side makes the result missing.

use ground::timeline::{date_of_day, day_number};
use ground::{Date, Fen};
use rust_decimal::Decimal;

use super::eval::{EvalError, Result, Run, clash, decimal};
use super::number;
use super::tree::BinaryOp;
use super::view::View;

const DAY: i64 = 86_400;

fn range() -> EvalError {
    EvalError::Range("结果超出范围".to_owned())
}

pub(super) fn arithmetic<'v>(
    run: &Run<'v>,
    op: BinaryOp,
    a: &View<'v>,
    b: &View<'v>,
) -> Result<View<'v>> {
    match (a, b) {
        (View::None, _) | (_, View::None) => Ok(View::None),
        (View::Int(a), View::Int(b)) => integers(op, *a, *b).map(View::Int),
        (View::Uint(a), View::Uint(b)) => naturals(op, *a, *b).map(View::Uint),
        (View::Double(_), _) | (_, View::Double(_)) => doubles(op, a, b),
        (View::Money(_), _) | (_, View::Money(_)) => money(op, a, b),
        _ => match (decimal(a), decimal(b)) {
            (Some(x), Some(y)) => decimals(op, x, y).map(View::Decimal),
            _ => others(run, op, a, b),
        },
    }
}

fn integers(op: BinaryOp, a: i64, b: i64) -> Result<i64> {
    let zero = b == 0 && matches!(op, BinaryOp::Div | BinaryOp::Rem);
    if zero {
        return Err(EvalError::Zero);
    }
    match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Sub => a.checked_sub(b),
        BinaryOp::Mul => a.checked_mul(b),
        BinaryOp::Div => a.checked_div(b),
        _ => a.checked_rem(b),
    }
    .ok_or_else(range)
}

fn naturals(op: BinaryOp, a: u64, b: u64) -> Result<u64> {
    match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Sub => a.checked_sub(b),
        BinaryOp::Mul => a.checked_mul(b),
        BinaryOp::Div => return a.checked_div(b).ok_or(EvalError::Zero),
        _ => return a.checked_rem(b).ok_or(EvalError::Zero),
    }
    .ok_or_else(range)
}

fn decimals(op: BinaryOp, a: Decimal, b: Decimal) -> Result<Decimal> {
    match op {
        BinaryOp::Add => number::add(a, b),
        BinaryOp::Sub => number::add(a, -b),
        BinaryOp::Mul => number::mul(a, b),
        _ if b.is_zero() => return Err(EvalError::Zero),
        BinaryOp::Div => number::div(a, b),
        _ => a.checked_rem(b),
    }
    .ok_or_else(range)
}

fn doubles<'v>(op: BinaryOp, a: &View<'v>, b: &View<'v>) -> Result<View<'v>> {
    let double = |v: &View| match v {
        View::Double(d) => Some(*d),
        View::Decimal(d) => Some(number::double_of(*d)),
        _ => None,
    };
    let (Some(x), Some(y)) = (double(a), double(b)) else {
        return Err(clash(op.sign(), a, b));
    };
    Ok(View::Double(match op {
        BinaryOp::Add => x + y,
        BinaryOp::Sub => x - y,
        BinaryOp::Mul => x * y,
        BinaryOp::Div => x / y,
        _ => return Err(clash(op.sign(), a, b)),
    }))
}

/// Money with money or with a plain number, which stands for 元 in sums. A product with a decimal and a quotient are
/// exact 元; whole fen come back by `round(x, 2)`.
fn money<'v>(op: BinaryOp, a: &View<'v>, b: &View<'v>) -> Result<View<'v>> {
    let no = || clash(op.sign(), a, b);
    match (op, a, b) {
        (BinaryOp::Mul, View::Money(fen), View::Int(n))
        | (BinaryOp::Mul, View::Int(n), View::Money(fen)) => {
            let product = fen.0.checked_mul(*n).ok_or_else(range)?;
            Ok(View::Money(Fen(product)))
        }
        (BinaryOp::Mul, View::Money(_), View::Money(_)) => Err(no()),
        (BinaryOp::Div, other, View::Money(_)) if !matches!(other, View::Money(_)) => Err(no()),
        (BinaryOp::Rem, ..) => Err(no()),
        _ => {
            let (x, y) = (decimal(a).ok_or_else(no)?, decimal(b).ok_or_else(no)?);
            let result = decimals(op, x, y)?;
            match op {
                BinaryOp::Add | BinaryOp::Sub => {
                    Ok(fen_of(result).map_or(View::Decimal(result), View::Money))
                }
                _ => Ok(View::Decimal(result)),
            }
        }
    }
}

/// 元 as fen, when they are whole.
pub(super) fn fen_of(yuan: Decimal) -> Option<Fen> {
    let hundred = number::mul(yuan, Decimal::ONE_HUNDRED)?;
    number::whole(hundred).map(Fen)
}

fn others<'v>(run: &Run<'v>, op: BinaryOp, a: &View<'v>, b: &View<'v>) -> Result<View<'v>> {
    match (op, a, b) {
        (BinaryOp::Add, View::Text(a), View::Text(b)) => {
            run.spend((a.len() + b.len()) / 8)?;
            Ok(View::text(format!("{}{}", &**a, &**b)))
        }
        (BinaryOp::Add, View::Bytes(a), View::Bytes(b)) => {
            run.spend((a.len() + b.len()) / 8)?;
            Ok(View::Bytes([&a[..], &b[..]].concat().into()))
        }
        (BinaryOp::Add, a, b) if a.is_list() && b.is_list() => {
            run.spend(a.len().unwrap_or(0) + b.len().unwrap_or(0))?;
            Ok(View::list(a.items().chain(b.items()).collect()))
        }
        _ => moments(op, a, b),
    }
}

fn moments<'v>(op: BinaryOp, a: &View<'v>, b: &View<'v>) -> Result<View<'v>> {
    let no = || clash(op.sign(), a, b);
    Ok(match (op, a, b) {
        (BinaryOp::Add, View::Date(day), View::Duration(d))
        | (BinaryOp::Add, View::Duration(d), View::Date(day)) => {
            View::Date(shifted(*day, *d).ok_or_else(no)?)
        }
        (BinaryOp::Sub, View::Date(day), View::Duration(d)) => {
            View::Date(shifted(*day, -d).ok_or_else(no)?)
        }
        (BinaryOp::Add, View::Instant(at), View::Duration(d))
        | (BinaryOp::Add, View::Duration(d), View::Instant(at)) => instant(at.checked_add(*d))?,
        (BinaryOp::Sub, View::Instant(at), View::Duration(d)) => instant(at.checked_sub(*d))?,
        (BinaryOp::Sub, View::Date(a), View::Date(b)) => {
            View::Duration((day_number(*a) - day_number(*b)) * DAY)
        }
        (BinaryOp::Sub, View::Instant(a), View::Instant(b)) => {
            View::Duration(a.checked_sub(*b).ok_or_else(range)?)
        }
        (BinaryOp::Add, View::Duration(a), View::Duration(b)) => span(a.checked_add(*b))?,
        (BinaryOp::Sub, View::Duration(a), View::Duration(b)) => span(a.checked_sub(*b))?,
        (BinaryOp::Mul, View::Duration(d), View::Int(n)) => span(d.checked_mul(*n))?,
        _ => return Err(no()),
    })
}

/// Years 1 to 9999, as CEL has it.
fn instant<'v>(at: Option<i64>) -> Result<View<'v>> {
    let good = at.filter(|at| (-62_135_596_800..=253_402_300_799).contains(at));
    good.map(View::Instant).ok_or_else(range)
}

/// 10,000 years at most, as CEL has it.
fn span<'v>(seconds: Option<i64>) -> Result<View<'v>> {
    let good = seconds.filter(|s| s.abs() <= 315_576_000_000);
    good.map(View::Duration).ok_or_else(range)
}

/// A date some whole days on; none for parts of a day or beyond the years that dates have.
pub(super) fn shifted(day: Date, seconds: i64) -> Option<Date> {
    if seconds % DAY != 0 {
        return None;
    }
    let number = day_number(day).checked_add(seconds / DAY)?;
    let date = date_of_day(number);
    (day_number(date) == number).then_some(date)
}
