//! Exact numbers in SQL. A decimal column holds its digits without the point, so a literal is brought to the column's
//! scale, and what lies between two steps of that scale is compared with the step below it.

use register::expr::{BinaryOp, Val};

use super::Compiler;
use super::term::{Kind, Piece, WHOLE};
use crate::engine::Cell;

/// Digits after the point beyond which arithmetic is left to the evaluator.
const DIGITS_MAX: u8 = 12;

/// Digits after the point of an amount in yuan: beside a plain number, money is that many yuan.
const FEN_DIGITS: u8 = 2;

/// A literal as `mantissa / 10^digits`.
fn literal(val: &Val) -> Option<(i128, u32)> {
    match val {
        Val::Int(n) => Some((i128::from(*n), 0)),
        Val::Uint(n) => Some((i128::from(*n), 0)),
        Val::Decimal(d) => Some((d.mantissa(), d.scale())),
        Val::Money(fen) => Some((i128::from(fen.0), u32::from(FEN_DIGITS))),
        _ => None,
    }
}

/// Digits after the point of a numeric kind.
fn digits(kind: &Kind) -> Option<u8> {
    match kind {
        Kind::Number { digits } => Some(*digits),
        Kind::Money => Some(FEN_DIGITS),
        _ => None,
    }
}

pub(super) fn is_numeric(kind: &Kind) -> bool {
    digits(kind).is_some()
}

/// Whether both are numbers, which may be compared.
pub(super) fn are_numbers(a: &Kind, b: &Kind) -> bool {
    is_numeric(a) && is_numeric(b)
}

/// The step of the piece's scale at or below the literal, and whether it is the literal itself.
fn step_of(piece: &Piece, val: &Val) -> Option<(i128, bool)> {
    let (mantissa, scale) = literal(val)?;
    let digits = u32::from(digits(&piece.kind)?);
    if digits >= scale {
        let times = 10i128.checked_pow(digits - scale)?;
        return Some((mantissa.checked_mul(times)?, true));
    }
    let parts = 10i128.checked_pow(scale - digits)?;
    Some((mantissa.div_euclid(parts), mantissa.rem_euclid(parts) == 0))
}

/// The cell that equals the literal; `Some(None)` when no stored number can.
pub(super) fn cell_of(piece: &Piece, val: &Val) -> Option<Option<Cell>> {
    let (step, exact) = step_of(piece, val)?;
    let cell = i64::try_from(step).ok().filter(|_| exact);
    Some(cell.map(Cell::Int))
}

/// `piece op literal` in the scale of the piece: the sign and the cell, or what it is for every number.
pub(super) enum Bound {
    Sign(BinaryOp, i64),
    All,
    Never,
}

pub(super) fn bound(piece: &Piece, op: BinaryOp, val: &Val) -> Option<Bound> {
    use BinaryOp as B;
    let (step, exact) = step_of(piece, val)?;
    let below = matches!(op, B::Lt | B::Le);
    let Ok(step) = i64::try_from(step) else {
        let reached = below == (step > 0);
        return Some(if reached { Bound::All } else { Bound::Never });
    };
    let op = match op {
        // Nothing lies between the step and the literal.
        B::Lt if !exact => B::Le,
        B::Ge if !exact => B::Gt,
        other => other,
    };
    Some(Bound::Sign(op, step))
}

/// Both sides of a comparison of two numbers, `left sign right` being exact on them. Numbers of different scales are
/// compared by quotient and remainder, which cannot overflow.
pub(super) fn sides(left: &Piece, right: &Piece) -> Option<(String, String)> {
    let (l, r) = (digits(&left.kind)?, digits(&right.kind)?);
    let split = |coarse: &Piece, fine: &Piece, by: u8| {
        let parts = 10i64.checked_pow(u32::from(by))?;
        let pair = format!("({0} / {parts}, {0} % {parts})", fine.sql);
        Some((format!("({}, 0)", coarse.sql), pair))
    };
    match l.cmp(&r) {
        std::cmp::Ordering::Equal => Some((left.sql.clone(), right.sql.clone())),
        std::cmp::Ordering::Less => split(left, right, r - l),
        std::cmp::Ordering::Greater => split(right, left, l - r).map(|(a, b)| (b, a)),
    }
}

/// `left = right` for numbers of different scales, false when just one is missing, true when both are.
pub(super) fn equal_scaled(left: &Piece, right: &Piece) -> Option<String> {
    let (coarse, fine) = if digits(&left.kind)? < digits(&right.kind)? {
        (left, right)
    } else {
        (right, left)
    };
    let by = digits(&fine.kind)? - digits(&coarse.kind)?;
    let parts = 10i64.checked_pow(u32::from(by))?;
    Some(format!(
        "({} IS NOT DISTINCT FROM {1} / {parts} AND COALESCE({1} % {parts}, 0) = 0)",
        coarse.sql, fine.sql
    ))
}

pub(super) fn same_scale(left: &Piece, right: &Piece) -> bool {
    digits(&left.kind) == digits(&right.kind)
}

impl Compiler<'_> {
    /// A literal number as a piece.
    pub(super) fn number(&mut self, val: &Val) -> Option<Piece> {
        let kind = match val {
            Val::Money(_) => Kind::Money,
            Val::Decimal(d) => Kind::Number {
                digits: u8::try_from(d.scale()).ok()?,
            },
            Val::Int(_) | Val::Uint(_) => Kind::Number { digits: 0 },
            _ => return None,
        };
        let (mantissa, _) = literal(val)?;
        let number = i64::try_from(mantissa).ok()?;
        let sql = self.whole(number);
        Some(Piece {
            sql,
            kind,
            range: (mantissa, mantissa),
        })
    }

    /// `left op right`; none unless every value that the columns can hold gives an exact result of 64 bits.
    pub(super) fn arithmetic(&mut self, op: BinaryOp, left: Piece, right: Piece) -> Option<Piece> {
        match op {
            BinaryOp::Add | BinaryOp::Sub => {
                let most = digits(&left.kind)?.max(digits(&right.kind)?);
                let money = left.kind == Kind::Money || right.kind == Kind::Money;
                if money && most > FEN_DIGITS {
                    return None;
                }
                let kind = if money {
                    Kind::Money
                } else {
                    Kind::Number { digits: most }
                };
                let (left, right) = (raised(left, most)?, raised(right, most)?);
                let (sign, range) = if op == BinaryOp::Add {
                    let range = (left.range.0 + right.range.0, left.range.1 + right.range.1);
                    ("+", range)
                } else {
                    let range = (left.range.0 - right.range.1, left.range.1 - right.range.0);
                    ("-", range)
                };
                let sql = format!("({} {sign} {})", left.sql, right.sql);
                fitting(Piece { sql, kind, range })
            }
            BinaryOp::Mul => product(left, right),
            _ => None,
        }
    }

    /// `-of`.
    pub(super) fn negated(&mut self, of: Piece) -> Option<Piece> {
        digits(&of.kind)?;
        fitting(Piece {
            sql: format!("(0 - {})", of.sql),
            range: (-of.range.1, -of.range.0),
            kind: of.kind,
        })
    }
}

fn product(left: Piece, right: Piece) -> Option<Piece> {
    let kind = match (&left.kind, &right.kind) {
        (Kind::Number { digits: l }, Kind::Number { digits: r }) => Kind::Number { digits: l + r },
        // Money times a broken number would have to be rounded.
        (Kind::Money, Kind::Number { digits: 0 }) | (Kind::Number { digits: 0 }, Kind::Money) => {
            Kind::Money
        }
        _ => return None,
    };
    let (a, b) = (left.range, right.range);
    let ends = [a.0 * b.0, a.0 * b.1, a.1 * b.0, a.1 * b.1];
    let range = (*ends.iter().min()?, *ends.iter().max()?);
    fitting(Piece {
        sql: format!("({} * {})", left.sql, right.sql),
        kind,
        range,
    })
}

/// The number with more digits after its point.
fn raised(piece: Piece, most: u8) -> Option<Piece> {
    let now = digits(&piece.kind)?;
    if now == most {
        return Some(piece);
    }
    let times = 10i128.pow(u32::from(most - now));
    fitting(Piece {
        sql: format!("({} * {times})", piece.sql),
        kind: Kind::Number { digits: most },
        range: (
            piece.range.0.checked_mul(times)?,
            piece.range.1.checked_mul(times)?,
        ),
    })
}

fn fitting(piece: Piece) -> Option<Piece> {
    let fits = piece.range.0 >= WHOLE.0 && piece.range.1 <= WHOLE.1;
    (fits && digits(&piece.kind)? <= DIGITS_MAX).then_some(piece)
}
