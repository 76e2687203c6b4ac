//! Exact figures: counts, sums and quotients that are rounded only when shown.

use std::collections::BTreeSet;

use ground::{MoneyUnit, Ratio, RecordId};
use rust_decimal::Decimal;

use super::Observation;
use super::group::Key;
use crate::expr::{EvalError, Expr, Scope, Val, eval, print_val, sum_exactly};
use crate::law::{AggregateKind, Metric, MetricBody};

/// An exact figure: a quotient of whole numbers. Money is in 元; a rate in percent is the plain quotient, 0.875.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Figure {
    /// The value; money in 元.
    pub ratio: Ratio,
    /// Whether it is an amount of money.
    pub money: bool,
}

impl Figure {
    /// A count.
    pub fn count(n: usize) -> Figure {
        Figure {
            ratio: Ratio::new(n as i128, 1),
            money: false,
        }
    }

    fn of(sum: Decimal, money: bool) -> Figure {
        let sum = sum.normalize();
        Figure {
            ratio: Ratio::new(sum.mantissa(), 10i128.pow(sum.scale())),
            money,
        }
    }

    /// The exact decimal; none when the quotient does not end within 28 digits.
    pub fn exact(&self) -> Option<Decimal> {
        let (top, bottom) = (self.numerator(), self.denominator());
        let quotient = top.checked_div(bottom)?;
        (quotient.checked_mul(bottom)? == top).then(|| quotient.normalize())
    }

    /// Nearest decimal with so many digits (GB/T 8170: half to even).
    pub fn rounded(&self, digits: u32) -> Option<Decimal> {
        let power = 10i128.checked_pow(digits)?;
        let scaled = self.ratio.scaled(power)?;
        Decimal::try_from_i128_with_scale(scaled, digits).ok()
    }

    fn numerator(&self) -> Decimal {
        Decimal::try_from_i128_with_scale(self.ratio.reduced().numerator, 0).unwrap_or_default()
    }

    fn denominator(&self) -> Decimal {
        let bottom = self.ratio.reduced().denominator;
        Decimal::try_from_i128_with_scale(bottom, 0).unwrap_or(Decimal::ONE)
    }

    /// As printed under a metric: a rate with its digits and never rounded up to 100, money in the metric's unit, a
    /// count and a sum whole.
    ///
    /// `metric.unit` 万元 shows money in 万元; `%` is printed behind a rate, other units are left to the page.
    pub fn text(&self, metric: &Metric) -> String {
        let digits = u32::from(metric.digits);
        match &metric.body {
            MetricBody::Rate { percent: true, .. } => percent_text(self.ratio, digits),
            _ => {
                let figure = self.in_unit(&metric.unit);
                let quotient = match &metric.body {
                    MetricBody::Rate { .. } => true,
                    MetricBody::Plain(plain) => matches!(plain.agg, AggregateKind::Avg(_)),
                };
                let shown = match figure.exact() {
                    Some(exact) if !quotient => Some(exact),
                    _ => figure.rounded(digits),
                };
                shown.map_or_else(|| "—".to_owned(), |d| d.to_string())
            }
        }
    }

    fn in_unit(&self, unit: &str) -> Figure {
        let unit = MoneyUnit::from_label(unit).filter(|_| self.money);
        let yuan = unit.map_or(1, |unit| i128::from(unit.fen()) / 100);
        match self.ratio.denominator.checked_mul(yuan) {
            Some(bottom) => Figure {
                ratio: Ratio::new(self.ratio.numerator, bottom),
                ..*self
            },
            None => *self,
        }
    }
}

/// `87.5%`; what lies below 100 is never rounded up to it.
fn percent_text(ratio: Ratio, digits: u32) -> String {
    if !ratio.is_defined() {
        return "—".to_owned();
    }
    if ratio.numerator == ratio.denominator {
        return "100%".to_owned();
    }
    let Some(power) = 10i128.checked_pow(digits) else {
        return "—".to_owned();
    };
    let Some(mut scaled) = ratio.scaled(100 * power) else {
        return "—".to_owned();
    };
    let below = ratio.compare(Ratio::new(1, 1)) == Some(std::cmp::Ordering::Less);
    if scaled == 100 * power && below {
        scaled -= 1;
    }
    match Decimal::try_from_i128_with_scale(scaled, digits) {
        Ok(percent) => format!("{percent}%"),
        Err(_) => "—".to_owned(),
    }
}

/// What one record gives to a figure.
#[derive(Clone, Debug)]
pub(super) enum Taken {
    /// Itself.
    Record,
    /// A value, told apart by its text.
    Value(String),
    /// A number.
    Number(Val),
    /// Nothing: it has no value.
    Missing,
}

/// What a record gives.
pub(super) fn taken(kind: &AggregateKind, scope: &Scope) -> Result<Taken, EvalError> {
    let number = |expr: &Expr| match eval(expr, scope)? {
        Val::None => Ok(Taken::Missing),
        val @ (Val::Int(_) | Val::Uint(_) | Val::Decimal(_) | Val::Money(_)) => {
            Ok(Taken::Number(val))
        }
        _ => Err(EvalError::Clash(format!("“{}”不是数", expr.text()))),
    };
    match kind {
        AggregateKind::Count => Ok(Taken::Record),
        AggregateKind::CountDistinct(expr) => Ok(match eval(expr, scope)? {
            Val::None => Taken::Missing,
            val => Taken::Value(print_val(&val)),
        }),
        AggregateKind::Sum(expr)
        | AggregateKind::Avg(expr)
        | AggregateKind::Min(expr)
        | AggregateKind::Max(expr) => number(expr),
    }
}

/// What a group has gathered.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    records: Vec<RecordId>,
    different: BTreeSet<String>,
    numbers: Vec<Val>,
}

impl Tally {
    pub(super) fn take(&mut self, id: RecordId, taken: &Taken) {
        match taken {
            Taken::Record => {}
            Taken::Missing => return,
            Taken::Value(text) => {
                self.different.insert(text.clone());
            }
            Taken::Number(val) => self.numbers.push(val.clone()),
        }
        self.records.push(id);
    }

    /// Value, and the two sides of a mean.
    fn figures(&self, kind: &AggregateKind) -> (Option<Figure>, Option<(Figure, Figure)>) {
        let money = self.numbers.iter().any(|n| matches!(n, Val::Money(_)));
        let sum = || match self.numbers[..] {
            // Nothing adds up to 0; a mean of nothing has no value.
            [] => Some(Figure::count(0)),
            ref numbers => Some(Figure::of(sum_exactly(numbers)?, money)),
        };
        let value = match kind {
            AggregateKind::Count => Some(Figure::count(self.records.len())),
            AggregateKind::CountDistinct(_) => Some(Figure::count(self.different.len())),
            AggregateKind::Sum(_) => sum(),
            AggregateKind::Avg(_) => return self.mean(sum()),
            AggregateKind::Min(_) => self.extreme(money, Decimal::min),
            AggregateKind::Max(_) => self.extreme(money, Decimal::max),
        };
        (value, None)
    }

    fn mean(&self, sum: Option<Figure>) -> (Option<Figure>, Option<(Figure, Figure)>) {
        let count = Figure::count(self.numbers.len());
        let Some(sum) = sum else {
            return (None, None);
        };
        (divided(&sum, &count), Some((sum, count)))
    }

    fn extreme(&self, money: bool, better: fn(Decimal, Decimal) -> Decimal) -> Option<Figure> {
        let numbers = self.numbers.iter();
        let numbers = numbers.filter_map(|n| sum_exactly(std::slice::from_ref(n)));
        numbers.reduce(better).map(|best| Figure::of(best, money))
    }

    pub(super) fn observed(self, by: Vec<Key>, kind: &AggregateKind) -> Observation {
        let (value, sides) = self.figures(kind);
        Observation {
            by,
            value,
            numerator: sides.map(|(above, _)| above),
            denominator: sides.map(|(_, below)| below),
            records: self.records,
            of: Vec::new(),
        }
    }
}

/// Nothing over nothing has no value, and anything over nothing neither.
fn divided(above: &Figure, below: &Figure) -> Option<Figure> {
    let (a, b) = (above.ratio.reduced(), below.ratio.reduced());
    if b.numerator == 0 {
        return None;
    }
    let ratio = Ratio::new(
        a.numerator.checked_mul(b.denominator)?,
        a.denominator.checked_mul(b.numerator)?,
    );
    Some(Figure {
        ratio: ratio.reduced(),
        money: above.money && !below.money,
    })
}

/// A rate of two sides.
pub(super) fn rate(
    by: Vec<Key>,
    above: (Tally, &AggregateKind),
    below: (Tally, &AggregateKind),
) -> Observation {
    let numerator = above.0.figures(above.1).0;
    let denominator = below.0.figures(below.1).0;
    let value = match (&numerator, &denominator) {
        (Some(above), Some(below)) => divided(above, below),
        _ => None,
    };
    Observation {
        by,
        value,
        numerator,
        denominator,
        records: above.0.records,
        of: below.0.records,
    }
}
