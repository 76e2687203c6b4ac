//! Moments beside days: the evaluator compares a moment's civil day in China (UTC+8, no summer time since 1991). Here
//! the day becomes the two moments that it lies between, so that the column is compared as it is stored.

use ground::Date;
use register::expr::{BinaryOp, Tree, Val};

use super::Compiler;
use super::term::{Kind, Term};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Hours that China is ahead of UTC.
const AHEAD: i8 = 8;

/// The civil day of a moment in seconds since 1970.
pub(super) fn civil(seconds: i64) -> Option<Date> {
    let moment = jiff::Timestamp::from_second(seconds).ok()?;
    Some(jiff::tz::offset(AHEAD).to_datetime(moment).date())
}

/// The first moment of a civil day, UTC.
fn start(date: Date) -> Option<String> {
    let before = date.yesterday().ok()?;
    let hour = 24 - AHEAD;
    (date.year() > 0).then(|| format!("{before}T{hour}:00:00Z"))
}

fn end(date: Date) -> Option<String> {
    start(date.tomorrow().ok()?)
}

/// `moment == date`, which is always true or false.
pub(super) fn is_on(
    compiler: &mut Compiler<'_>,
    sql: &str,
    date: Date,
    yes: bool,
) -> Option<String> {
    let (from, to) = (compiler.words(&start(date)?)?, compiler.words(&end(date)?)?);
    Some(if yes {
        format!("({sql} >= {from} AND {sql} < {to})")
    } else {
        format!("({sql} IS NULL OR {sql} < {from} OR {sql} >= {to})")
    })
}

/// `moment op date`.
pub(super) fn compared(
    compiler: &mut Compiler<'_>,
    sql: &str,
    op: BinaryOp,
    date: Date,
) -> Option<String> {
    let (sign, edge) = match op {
        BinaryOp::Lt => ("<", start(date)?),
        BinaryOp::Le => ("<", end(date)?),
        BinaryOp::Gt => (">=", end(date)?),
        BinaryOp::Ge => (">=", start(date)?),
        _ => return None,
    };
    let edge = compiler.words(&edge)?;
    Some(format!("{sql} {sign} {edge}"))
}

/// How far a day or moment is moved before it is compared.
#[derive(Clone, Copy)]
enum Shift {
    Seconds(i64),
    Days(i64),
    Months(i64),
}

/// `x + days(30)`, `add_months(x, 12)` and their kin: what is moved, and how far.
fn moved(tree: &Tree) -> Option<(&Tree, Shift)> {
    let span = |tree: &Tree| match tree {
        Tree::Literal(Val::Duration(seconds)) => Some(*seconds),
        _ => None,
    };
    if let Tree::Binary { op, left, right } = tree {
        return match op {
            BinaryOp::Add => span(right)
                .map(|s| (&**left, Shift::Seconds(s)))
                .or_else(|| Some((&**right, Shift::Seconds(span(left)?)))),
            BinaryOp::Sub => Some((&**left, Shift::Seconds(span(right)?.checked_neg()?))),
            _ => None,
        };
    }
    let (name, args) = super::text::called(tree)?;
    let [of, Tree::Literal(Val::Int(count))] = &args[..] else {
        return None;
    };
    match name {
        "add_days" => Some((of, Shift::Days(*count))),
        "add_months" => Some((of, Shift::Months(*count))),
        _ => None,
    }
}

impl Shift {
    fn of(self, date: Date) -> Option<Date> {
        let span = match self {
            Shift::Days(n) => jiff::Span::new().try_days(n).ok()?,
            Shift::Months(n) => jiff::Span::new().try_months(n).ok()?,
            Shift::Seconds(_) => return None,
        };
        date.checked_add(span).ok()
    }

    /// The last day that is moved to `date` or before. Moving by months keeps the order of days, though the last days
    /// of a month may fall together.
    fn edge(self, date: Date) -> Option<Date> {
        let back = match self {
            Shift::Days(n) => return Shift::Days(n.checked_neg()?).of(date),
            Shift::Months(n) => Shift::Months(n.checked_neg()?),
            Shift::Seconds(_) => return None,
        };
        let mut day = Shift::Days(4).of(back.of(date)?)?;
        while self.of(day)? > date {
            day = day.yesterday().ok()?;
        }
        Some(day)
    }
}

impl Compiler<'_> {
    /// A day or moment that is moved, beside a literal: the literal is moved back instead.
    pub(super) fn order_shifted(
        &mut self,
        op: BinaryOp,
        tree: &Tree,
        other: &Tree,
    ) -> Option<String> {
        let (of, shift) = moved(tree)?;
        let Tree::Literal(literal @ (Val::Date(_) | Val::Instant(_))) = other else {
            return None;
        };
        let of = self.term(of)?;
        let Term::Value(piece) = &of else { return None };
        let shift = match (&piece.kind, shift, literal) {
            (Kind::Instant, Shift::Seconds(seconds), Val::Instant(at)) => {
                let back = Val::Instant(at.checked_sub(seconds)?);
                return self.order_literal(op, of, &back);
            }
            (Kind::Instant | Kind::Date | Kind::Day, Shift::Seconds(seconds), _) => {
                if seconds % DAY != 0 {
                    return None;
                }
                Shift::Days(seconds / DAY)
            }
            (Kind::Instant | Kind::Date | Kind::Day, shift, _) => shift,
            _ => return None,
        };
        let date = match literal {
            Val::Date(date) => *date,
            Val::Instant(at) => civil(*at)?,
            _ => return None,
        };
        let (op, edge) = match op {
            BinaryOp::Lt => (BinaryOp::Le, shift.edge(date.yesterday().ok()?)?),
            BinaryOp::Le => (BinaryOp::Le, shift.edge(date)?),
            BinaryOp::Gt => (BinaryOp::Gt, shift.edge(date)?),
            BinaryOp::Ge => (BinaryOp::Gt, shift.edge(date.yesterday().ok()?)?),
            _ => return None,
        };
        self.order_literal(op, of, &Val::Date(edge))
    }
}
