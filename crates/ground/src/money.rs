//! Money as exact integer fen and its printing in 元, 万元 and 亿元; nothing here is ever a float.
//! What people write as amounts is read by `amount`.

pub use crate::amount::{AmountError, parse_amount, parse_number};
use crate::numeral::narrow;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// 分. An amount of money in fen (0.01 元). In JSON it is a decimal string of 元.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Fen(pub i64);

impl Fen {
    /// `None` on overflow.
    pub fn checked_add(self, other: Fen) -> Option<Fen> {
        self.0.checked_add(other.0).map(Fen)
    }

    /// `None` on overflow.
    pub fn checked_sub(self, other: Fen) -> Option<Fen> {
        self.0.checked_sub(other.0).map(Fen)
    }

    /// The exact sum; `None` on overflow. No amounts sum to 0.
    pub fn try_sum(amounts: impl IntoIterator<Item = Fen>) -> Option<Fen> {
        let total: i128 = amounts.into_iter().map(|fen| i128::from(fen.0)).sum();
        i64::try_from(total).ok().map(Fen)
    }

    /// 元 with two decimals, no separators: `120000000.00`.
    pub fn yuan(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let size = self.0.unsigned_abs();
        format!("{sign}{}.{:02}", size / 100, size % 100)
    }

    /// Reads a plain decimal of 元 exactly: at most two decimals, half-width digits, an optional
    /// leading `-`. `None` for anything else.
    pub fn from_yuan(text: &str) -> Option<Fen> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !plain(whole) || !plain(fraction) || fraction.len() > 2 {
            return None;
        }
        let cents: i128 = format!("{fraction:0<2}").parse().ok()?;
        let size = whole
            .parse::<i128>()
            .ok()?
            .checked_mul(100)?
            .checked_add(cents)?;
        i64::try_from(if negative { -size } else { size })
            .ok()
            .map(Fen)
    }

    /// Shortest exact writing in `unit`, without the unit: `62.4`.
    pub fn show(self, unit: MoneyUnit) -> String {
        let (per, digits) = (unit.fen().unsigned_abs(), unit.exponent());
        let size = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        let fraction = format!("{:0digits$}", size % per);
        match fraction.trim_end_matches('0') {
            "" => format!("{sign}{}", size / per),
            rest => format!("{sign}{}.{rest}", size / per),
        }
    }

    /// Rounded half to even (GB/T 8170) to `digits` decimals in `unit`, with thousands
    /// separators: `7,320.00`.
    pub fn show_digits(self, unit: MoneyUnit, digits: u8) -> String {
        let exponent = unit.exponent();
        let digits = usize::from(digits);
        let kept = digits.min(exponent);
        let step = 10_i128.pow((exponent - kept) as u32);
        let rounded = divide_half_even(i128::from(self.0), step);
        let size = rounded.unsigned_abs();
        let scale = 10_u128.pow(kept as u32);
        let sign = if rounded < 0 { "-" } else { "" };
        let whole = group_thousands(&(size / scale).to_string());
        if digits == 0 {
            return format!("{sign}{whole}");
        }
        let fraction = if kept == 0 {
            String::new()
        } else {
            format!("{:0kept$}", size % scale)
        };
        format!("{sign}{whole}.{fraction:0<digits$}")
    }
}

impl Serialize for Fen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.yuan())
    }
}

impl<'de> Deserialize<'de> for Fen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Fen::from_yuan(&text)
            .ok_or_else(|| D::Error::custom(format!("“{text}”不是两位小数以内的元")))
    }
}

/// `top / bottom` rounded half to even, as GB/T 8170-2008 3.2 rounds. `bottom` must not be 0.
pub fn divide_half_even(top: i128, bottom: i128) -> i128 {
    let quotient = top.div_euclid(bottom);
    let rest = top.rem_euclid(bottom).unsigned_abs();
    let size = bottom.unsigned_abs();
    let up = match rest.cmp(&(size - rest)) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => quotient % 2 != 0,
    };
    // Below a negative divisor the Euclidean quotient lies above the value.
    if !up {
        quotient
    } else if bottom > 0 {
        quotient + 1
    } else {
        quotient - 1
    }
}

fn group_thousands(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The three units money is written in. They exist only at reading and printing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoneyUnit {
    /// 元.
    Yuan,
    /// 万元.
    WanYuan,
    /// 亿元.
    YiYuan,
}

impl MoneyUnit {
    /// 元 / 万元 / 亿元.
    pub fn label(self) -> &'static str {
        match self {
            MoneyUnit::Yuan => "元",
            MoneyUnit::WanYuan => "万元",
            MoneyUnit::YiYuan => "亿元",
        }
    }

    /// Reads 元, 万元 (万), 亿元 (亿), also with brackets, blanks and 人民币 around them.
    pub fn from_label(label: &str) -> Option<MoneyUnit> {
        let text = narrow(label);
        let text = text.trim_matches(['(', ')', '[', ']', '【', '】']);
        let text = text.trim_start_matches("人民币").trim_end_matches("人民币");
        match text {
            "元" | "圆" => Some(MoneyUnit::Yuan),
            "万元" | "万" | "萬元" => Some(MoneyUnit::WanYuan),
            "亿元" | "亿" | "億元" => Some(MoneyUnit::YiYuan),
            _ => None,
        }
    }

    /// Fen in one unit: 100, 1,000,000, 10,000,000,000.
    pub fn fen(self) -> i64 {
        match self {
            MoneyUnit::Yuan => 100,
            MoneyUnit::WanYuan => 1_000_000,
            MoneyUnit::YiYuan => 10_000_000_000,
        }
    }

    /// Decimals that reach down to one fen: 2, 6, 10.
    fn exponent(self) -> usize {
        match self {
            MoneyUnit::Yuan => 2,
            MoneyUnit::WanYuan => 6,
            MoneyUnit::YiYuan => 10,
        }
    }
}

/// How firmly a number was stated.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// As written.
    #[default]
    Exact,
    /// 约, 左右, 上下.
    About,
    /// 余, 多, 超, 以上, 不低于.
    AtLeast,
    /// 近, 不到, 以内, 不超过.
    AtMost,
}

impl Bound {
    /// `exact | about | at_least | at_most`.
    pub fn code(self) -> &'static str {
        match self {
            Bound::Exact => "exact",
            Bound::About => "about",
            Bound::AtLeast => "at_least",
            Bound::AtMost => "at_most",
        }
    }

    /// The bound of a [`Bound::code`].
    pub fn from_code(code: &str) -> Option<Bound> {
        [Bound::Exact, Bound::About, Bound::AtLeast, Bound::AtMost]
            .into_iter()
            .find(|bound| bound.code() == code)
    }

    /// "" / 约 / 余 / 近. 余 stands after its number, the others before it.
    pub fn label(self) -> &'static str {
        match self {
            Bound::Exact => "",
            Bound::About => "约",
            Bound::AtLeast => "余",
            Bound::AtMost => "近",
        }
    }
}

/// An amount as stated: the value and how firmly it was stated.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Amount {
    /// The value.
    pub fen: Fen,
    /// How firmly.
    pub bound: Bound,
}

impl Amount {
    /// An amount without any modifier.
    pub fn exact(fen: Fen) -> Amount {
        Amount {
            fen,
            bound: Bound::Exact,
        }
    }

    /// With unit and modifier: `约62.4亿元`, `5000余万元`, `近3亿元`.
    pub fn show(self, unit: MoneyUnit) -> String {
        let number = self.fen.show(unit);
        match self.bound {
            Bound::AtLeast => format!("{number}余{}", unit.label()),
            bound => format!("{}{number}{}", bound.label(), unit.label()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_print_short_or_with_fixed_digits() {
        let fen = Fen::from_yuan("6240000000.00").expect("plain");
        assert_eq!(fen.show(MoneyUnit::YiYuan), "62.4");
        assert_eq!(fen.show(MoneyUnit::WanYuan), "624000");
        assert_eq!(fen.show_digits(MoneyUnit::YiYuan, 2), "62.40");
        assert_eq!(
            Fen(7_320_000_000).show_digits(MoneyUnit::WanYuan, 2),
            "7,320.00"
        );
        assert_eq!(Fen(-50).show_digits(MoneyUnit::Yuan, 0), "0");
        assert_eq!(Fen(-150).show_digits(MoneyUnit::Yuan, 0), "-2");
        assert_eq!(Fen(250).show_digits(MoneyUnit::Yuan, 0), "2");
        assert_eq!(Fen(-5).yuan(), "-0.05");
        assert_eq!(Fen(150).show_digits(MoneyUnit::Yuan, 4), "1.5000");
        assert_eq!(
            Fen(i64::MIN).show(MoneyUnit::YiYuan),
            "-922337203.6854775808"
        );
        let stated = Amount {
            fen: Fen(5_000_000_000),
            bound: Bound::AtLeast,
        };
        assert_eq!(stated.show(MoneyUnit::WanYuan), "5000余万元");
    }

    #[test]
    fn yuan_strings_are_read_strictly() {
        assert_eq!(Fen::from_yuan("12"), Some(Fen(1_200)));
        assert_eq!(Fen::from_yuan("-0.5"), Some(Fen(-50)));
        for text in [
            "",
            "-",
            "1.",
            ".5",
            "1.234",
            "1,000",
            "+1",
            "１",
            "1e3",
            "92233720368547758.08",
        ] {
            assert_eq!(Fen::from_yuan(text), None, "{text}");
        }
    }

    #[test]
    fn sums_are_exact_or_none() {
        assert_eq!(Fen::try_sum([Fen(1), Fen(-3)]), Some(Fen(-2)));
        assert_eq!(Fen::try_sum([]), Some(Fen(0)));
        assert_eq!(Fen::try_sum([Fen(i64::MAX), Fen(1)]), None);
        assert_eq!(
            Fen::try_sum([Fen(i64::MAX), Fen(1), Fen(-1)]),
            Some(Fen(i64::MAX))
        );
    }

    #[test]
    fn unit_labels_are_read_with_what_stands_around_them() {
        assert_eq!(MoneyUnit::from_label("（万元）"), Some(MoneyUnit::WanYuan));
        assert_eq!(MoneyUnit::from_label(" 亿 元 "), Some(MoneyUnit::YiYuan));
        assert_eq!(MoneyUnit::from_label("人民币元"), Some(MoneyUnit::Yuan));
        assert_eq!(MoneyUnit::from_label("万人"), None);
    }

    proptest! {
        #[test]
        fn the_sum_of_parts_is_the_whole(parts in prop::collection::vec(-1_000_000_000_000_i64..1_000_000_000_000, 0..50)) {
            let sum = parts.iter().sum::<i64>();
            prop_assert_eq!(Fen::try_sum(parts.iter().map(|p| Fen(*p))), Some(Fen(sum)));
        }

        #[test]
        fn half_even_is_never_further_than_half(top in -1_000_000_i128..1_000_000, bottom in 1_i128..1000) {
            let rounded = divide_half_even(top, bottom);
            prop_assert!((rounded * bottom - top).abs() * 2 <= bottom);
            prop_assert_eq!(divide_half_even(-top, -bottom), rounded);
            prop_assert_eq!(divide_half_even(-top, bottom), -rounded);
        }
    }
}
