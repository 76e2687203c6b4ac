//! Exact rates. A rate keeps its numerator and denominator, so that a page can open both; it is
//! rounded only when shown.

use crate::money::divide_half_even;
use std::cmp::Ordering;

/// 比率. `numerator / denominator`, exact. A denominator of 0 means "nothing to compare with":
/// it shows as "—" and never as 0 or 100 %.
///
/// ```
/// use ground::Ratio;
/// assert_eq!(Ratio::new(7, 8).percent_text(), "87.5%");
/// assert_eq!(Ratio::new(9999, 10000).percent_text(), "99.9%");
/// assert_eq!(Ratio::new(0, 0).percent_text(), "—");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, serde::Serialize, serde::Deserialize)]
pub struct Ratio {
    /// The part.
    pub numerator: i128,
    /// The whole; 0 when there is none.
    pub denominator: i128,
}

impl Ratio {
    /// `numerator / denominator`.
    pub fn new(numerator: i128, denominator: i128) -> Self {
        Ratio {
            numerator,
            denominator,
        }
    }

    /// False when the denominator is 0.
    pub fn is_defined(self) -> bool {
        self.denominator != 0
    }

    /// Hundredths of a percent, rounded half to even (GB/T 8170); `None` without a denominator
    /// or beyond the range of `i64`.
    pub fn basis_points(self) -> Option<i64> {
        self.scaled(10_000)
            .and_then(|value| i64::try_from(value).ok())
    }

    /// As a percent: "—" without a denominator, "100%" only if exact, else one decimal. What is
    /// below 100 % is never rounded up to 100.0 (domain rules 2.3).
    pub fn percent_text(self) -> String {
        if !self.is_defined() {
            return "—".to_owned();
        }
        if self.numerator == self.denominator {
            return "100%".to_owned();
        }
        let Some(mut tenths) = self.scaled(1_000) else {
            return "—".to_owned();
        };
        if tenths == 1_000 && self.compare(Ratio::new(1, 1)) == Some(Ordering::Less) {
            tenths = 999;
        }
        let sign = if tenths < 0 { "-" } else { "" };
        let size = tenths.unsigned_abs();
        format!("{sign}{}.{}%", size / 10, size % 10)
    }

    /// Compares exactly, without overflow; `None` when either side has no denominator.
    pub fn compare(self, other: Ratio) -> Option<Ordering> {
        if !self.is_defined() || !other.is_defined() {
            return None;
        }
        Some(compare_fractions(self.upright(), other.upright()))
    }

    /// `self − other` in hundredths of a percentage point; `None` when either is undefined.
    pub fn points_over(self, other: Ratio) -> Option<i64> {
        let (a, b) = (self.reduced(), other.reduced());
        if !a.is_defined() || !b.is_defined() {
            return None;
        }
        let left = a.numerator.checked_mul(b.denominator);
        let right = b.numerator.checked_mul(a.denominator);
        let whole = a.denominator.checked_mul(b.denominator);
        let exact = left
            .zip(right)
            .and_then(|(l, r)| l.checked_sub(r))
            .zip(whole);
        match exact.and_then(|(part, whole)| Ratio::new(part, whole).basis_points()) {
            Some(points) => Some(points),
            None => a.basis_points()?.checked_sub(b.basis_points()?),
        }
    }

    /// The same value in lowest terms with a denominator above 0.
    pub fn reduced(self) -> Ratio {
        if !self.is_defined() {
            return self;
        }
        let Ratio {
            numerator,
            denominator,
        } = self.upright();
        let common = common_divisor(numerator.unsigned_abs(), denominator.unsigned_abs());
        match i128::try_from(common) {
            Ok(common) if common > 1 => Ratio::new(numerator / common, denominator / common),
            _ => Ratio {
                numerator,
                denominator,
            },
        }
    }

    /// `factor × self`, rounded half to even; `None` when undefined or out of range.
    pub fn scaled(self, factor: i128) -> Option<i128> {
        if !self.is_defined() {
            return None;
        }
        let ratio = self.reduced();
        let top = ratio.numerator.checked_mul(factor)?;
        Some(divide_half_even(top, ratio.denominator))
    }

    fn upright(self) -> Ratio {
        if self.denominator < 0 {
            Ratio::new(
                self.numerator.saturating_neg(),
                self.denominator.saturating_neg(),
            )
        } else {
            self
        }
    }
}

fn common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Euclid's way of comparing: whole parts first, then the turned-over remainders. Needs no
/// product, so it cannot overflow. Denominators are above 0.
fn compare_fractions(mut a: Ratio, mut b: Ratio) -> Ordering {
    loop {
        let (whole_a, whole_b) = (
            a.numerator.div_euclid(a.denominator),
            b.numerator.div_euclid(b.denominator),
        );
        if whole_a != whole_b {
            return whole_a.cmp(&whole_b);
        }
        let (rest_a, rest_b) = (
            a.numerator.rem_euclid(a.denominator),
            b.numerator.rem_euclid(b.denominator),
        );
        match (rest_a, rest_b) {
            (0, 0) => return Ordering::Equal,
            (0, _) => return Ordering::Less,
            (_, 0) => return Ordering::Greater,
            _ => {}
        }
        let turned_a = Ratio::new(b.denominator, rest_b);
        b = Ratio::new(a.denominator, rest_a);
        a = turned_a;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(numerator: i128, denominator: i128, expect: &str) {
        assert_eq!(Ratio::new(numerator, denominator).percent_text(), expect);
    }

    #[test]
    fn a_rate_is_100_percent_only_if_exact() {
        check(15, 15, "100%");
        check(99_999, 100_000, "99.9%");
        check(9_995, 10_000, "99.9%");
        check(9_994, 10_000, "99.9%");
        check(9_904, 10_000, "99.0%");
        check(0, 3, "0.0%");
        check(2, 3, "66.7%");
        check(-53, 1_000, "-5.3%");
        check(53, -1_000, "-5.3%");
        check(3, 2, "150.0%");
    }

    #[test]
    fn a_rate_without_a_denominator_is_a_dash() {
        check(0, 0, "—");
        check(5, 0, "—");
        assert_eq!(Ratio::new(5, 0).basis_points(), None);
        assert_eq!(Ratio::new(5, 0).compare(Ratio::new(1, 2)), None);
        assert_eq!(Ratio::new(5, 0).points_over(Ratio::new(1, 2)), None);
    }

    #[test]
    fn basis_points_round_half_to_even() {
        assert_eq!(Ratio::new(1, 8).basis_points(), Some(1_250));
        assert_eq!(Ratio::new(12_345, 1_000_000).basis_points(), Some(123));
        assert_eq!(Ratio::new(5, 100_000).basis_points(), Some(0));
        assert_eq!(Ratio::new(15, 100_000).basis_points(), Some(2));
        assert_eq!(Ratio::new(-15, 100_000).basis_points(), Some(-2));
    }

    #[test]
    fn points_over_is_rounded_once_and_exactly() {
        // 1/3 − 1/6 = 16.6667 pp; rounding each side first would give 33.33 − 16.67 = 16.66.
        assert_eq!(Ratio::new(1, 3).points_over(Ratio::new(1, 6)), Some(1_667));
    }

    #[test]
    fn comparison_survives_the_largest_numbers() {
        let big = Ratio::new(i128::MAX - 1, i128::MAX);
        assert_eq!(big.compare(Ratio::new(1, 1)), Some(Ordering::Less));
        assert_eq!(
            big.compare(Ratio::new(i128::MAX - 2, i128::MAX - 1)),
            Some(Ordering::Greater)
        );
        assert_ne!(big.percent_text(), "100.0%");
    }

    proptest! {
        #[test]
        fn comparison_agrees_with_cross_multiplication(
            a in -1000_i128..1000, b in 1_i128..1000, c in -1000_i128..1000, d in 1_i128..1000,
            turn in any::<bool>(),
        ) {
            let left = if turn { Ratio::new(-a, -b) } else { Ratio::new(a, b) };
            prop_assert_eq!(left.compare(Ratio::new(c, d)), Some((a * d).cmp(&(c * b))));
        }

        #[test]
        fn below_the_whole_never_reads_as_the_whole(part in 0_i128..1_000_000) {
            let text = Ratio::new(part, 1_000_000).percent_text();
            prop_assert!(!text.starts_with("100"), "{}", text);
        }
    }
}
