//! Moments beside days: the evaluator compares a moment's civil day in China (UTC+8, no summer time since 1991). Here
//! the day becomes the two moments that it lies between, so that the column is compared as it is stored.

use ground::Date;
use register::expr::BinaryOp;

use super::Compiler;

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
