//! Exact arithmetic: whole numbers that never wrap, decimals that never round in silence, order across the kinds of
//! number. Binary doubles exist only because CEL has them.

use std::cmp::Ordering;

use rust_decimal::Decimal;

/// Greatest mantissa of a decimal, 2^96 - 1.
const MANTISSA_MAX: i128 = (1 << 96) - 1;
/// Most digits after the point.
const SCALE_MAX: i32 = 28;

/// `mantissa / 10^scale` exactly, zeros at the end cut where that makes it fit.
pub(super) fn decimal_of(mut mantissa: i128, mut scale: i32) -> Option<Decimal> {
    if mantissa == 0 {
        return Some(Decimal::ZERO);
    }
    while scale > 0 && (scale > SCALE_MAX || mantissa.abs() > MANTISSA_MAX) {
        if mantissa % 10 != 0 {
            return None;
        }
        mantissa /= 10;
        scale -= 1;
    }
    while scale < 0 {
        mantissa = mantissa.checked_mul(10)?;
        scale += 1;
    }
    (mantissa.abs() <= MANTISSA_MAX).then(|| Decimal::from_i128_with_scale(mantissa, scale as u32))
}

/// Both mantissas on the greater scale.
fn aligned(a: Decimal, b: Decimal) -> Option<(i128, i128, i32)> {
    let scale = a.scale().max(b.scale());
    let raise = |d: Decimal| {
        let power = 10i128.checked_pow(scale - d.scale())?;
        d.mantissa().checked_mul(power)
    };
    Some((raise(a)?, raise(b)?, scale as i32))
}

/// `a + b` exactly.
pub(super) fn add(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let (x, y, scale) = aligned(a, b)?;
    decimal_of(x.checked_add(y)?, scale)
}

/// `a * b` exactly.
pub(super) fn mul(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let product = a.mantissa().checked_mul(b.mantissa())?;
    decimal_of(product, (a.scale() + b.scale()) as i32).map(|d| d.normalize())
}

/// `a / b` with 28 significant digits: a quotient need not end. None for a division by zero.
pub(super) fn div(a: Decimal, b: Decimal) -> Option<Decimal> {
    a.checked_div(b).map(|quotient| quotient.normalize())
}

/// Half up (四舍五入), away from zero.
pub(super) fn round(d: Decimal, digits: u32) -> Decimal {
    d.round_dp_with_strategy(digits, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
}

/// A decimal without a fraction as a whole number.
pub(super) fn whole(d: Decimal) -> Option<i64> {
    let d = d.normalize();
    if d.scale() != 0 {
        return None;
    }
    i64::try_from(d.mantissa()).ok()
}

/// Order of a double and a whole number, without rounding the number.
pub(super) fn order_double(d: f64, n: i128) -> Option<Ordering> {
    if d.is_nan() {
        return None;
    }
    if d.abs() >= 1e30 {
        return Some(if d > 0.0 {
            Ordering::Greater
        } else {
            Ordering::Less
        });
    }
    let floor = d.floor();
    let order = (floor as i128).cmp(&n);
    Some(match order {
        Ordering::Equal if d > floor => Ordering::Greater,
        order => order,
    })
}

/// A decimal as the nearest double, for comparing with one.
pub(super) fn double_of(d: Decimal) -> f64 {
    d.to_string().parse().unwrap_or(f64::NAN)
}

/// The exact sum of numbers; money in 元. None when there are none or one is no number.
pub fn sum_exactly(numbers: &[super::tree::Val]) -> Option<Decimal> {
    let figure = |val| super::eval::decimal(&super::view::View::of_val(val));
    let mut numbers = numbers.iter();
    let first = figure(numbers.next()?)?;
    numbers.try_fold(first, |sum, val| add(sum, figure(val)?))
}
