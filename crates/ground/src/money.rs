//! Money as exact integer fen, and its reading and printing in 元, 万元 and 亿元. Nothing here is
//! ever a float. Numbers without money (counts, percents) are read by [`parse_number`].

use crate::numeral::{Numeral, narrow, read_numeral};
use rust_decimal::Decimal;
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
        let size = whole.parse::<i128>().ok()?.checked_mul(100)?.checked_add(cents)?;
        i64::try_from(if negative { -size } else { size }).ok().map(Fen)
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
        let fraction = if kept == 0 { String::new() } else { format!("{:0kept$}", size % scale) };
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
        Fen::from_yuan(&text).ok_or_else(|| D::Error::custom(format!("“{text}”不是两位小数以内的元")))
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
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
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
        Amount { fen, bound: Bound::Exact }
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

/// Why a text is not an amount or a number. [`AmountError::Empty`] means missing: callers leave
/// the value out, they never put a zero there.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AmountError {
    /// Nothing, or a sign for nothing: 无, —, /.
    #[error("没有填数")]
    Empty,
    /// A number with no unit beside it or above it.
    #[error("“{0}”没有写单位,表头也没有单位")]
    NoUnit(String),
    /// Not a number at all.
    #[error("“{0}”不是可以识别的数")]
    NotANumber(String),
    /// A range of two numbers.
    #[error("“{0}”是一个范围,不是一个数")]
    Range(String),
    /// Money of another country.
    #[error("“{0}”不是人民币金额")]
    Foreign(String),
    /// Finer than one fen.
    #[error("“{0}”细到 1 分以下")]
    TooPrecise(String),
    /// Beyond what can be stored: about 92,000 万亿元.
    #[error("“{0}”大得不合理")]
    TooLarge(String),
}

impl AmountError {
    /// Stable code for a finding: `money.no_unit`.
    pub fn code(&self) -> &'static str {
        match self {
            AmountError::Empty => "money.empty",
            AmountError::NoUnit(_) => "money.no_unit",
            AmountError::NotANumber(_) => "money.not_a_number",
            AmountError::Range(_) => "money.range",
            AmountError::Foreign(_) => "money.foreign",
            AmountError::TooPrecise(_) => "money.too_precise",
            AmountError::TooLarge(_) => "money.too_large",
        }
    }

    /// What the user should do, in plain Chinese.
    pub fn remedy(&self) -> String {
        match self {
            AmountError::Empty => "如果确有数值,请填写;没有就空着。".to_owned(),
            AmountError::NoUnit(text) => {
                format!("请写成“{text}万元”或“{text}亿元”,或在表头注明单位。")
            }
            AmountError::NotANumber(_) => "请只填一个数,例如 1.2亿、120万元、7,320;说明写到备注。".to_owned(),
            AmountError::Range(_) => "请填其中一个数,另一个写到备注。".to_owned(),
            AmountError::Foreign(_) => "请按约定汇率折成人民币再填,原币金额写到备注。".to_owned(),
            AmountError::TooPrecise(_) => "请四舍五入到分;如果来自公式,请检查单位。".to_owned(),
            AmountError::TooLarge(_) => "请检查单位是否多乘了一万。".to_owned(),
        }
    }
}

/// Reads an amount as people write it: `5000余`, `约2千万`, `1.2亿`, `7,320`, `120万`, `二千万元`,
/// `两个亿`, full width. A unit inside the text beats `header_unit`: `120万` under a header of
/// 万元 is 120 万元.
///
/// ```
/// use ground::{Bound, Fen, MoneyUnit, parse_amount};
/// let amount = parse_amount("5000余", Some(MoneyUnit::WanYuan)).unwrap();
/// assert_eq!((amount.fen.yuan().as_str(), amount.bound), ("50000000.00", Bound::AtLeast));
/// assert!(parse_amount("62.4", None).is_err());
/// ```
pub fn parse_amount(text: &str, header_unit: Option<MoneyUnit>) -> Result<Amount, AmountError> {
    let shown = text.trim().to_owned();
    let plain = tidy(text)?;
    if is_foreign(&plain) {
        return Err(AmountError::Foreign(shown));
    }
    let Stated { negative, bound, body } = take_modifiers(&plain);
    let (body, in_yuan) = strip_yuan(&body);
    let Some(number) = read_numeral(body) else {
        return Err(if is_range(body) { AmountError::Range(shown) } else { AmountError::NotANumber(shown) });
    };
    let unit = if in_yuan || number.has_scale { Some(MoneyUnit::Yuan) } else { header_unit };
    let Some(unit) = unit else {
        return Err(AmountError::NoUnit(shown));
    };
    let fen = to_fen(number, unit, &shown)?;
    Ok(Amount { fen: Fen(if negative { -fen } else { fen }), bound })
}

/// Reads a count, a rate or a growth: `16`, `约16`, `28.2%` (28.2), `百分之三` (3), `5‰` (0.5),
/// `下降4.2%` (−4.2), `1.2万` (12000). Counting words behind the number are passed over.
///
/// ```
/// use ground::{Bound, parse_number};
/// let (value, bound) = parse_number("约16%").unwrap();
/// assert_eq!((value.to_string().as_str(), bound), ("16", Bound::About));
/// ```
pub fn parse_number(text: &str) -> Result<(Decimal, Bound), AmountError> {
    let shown = text.trim().to_owned();
    let plain = tidy(text)?;
    let (fallen, plain) = take_direction(&plain);
    let Stated { negative, bound, body } = take_modifiers(plain);
    let (body, per_mille) = strip_counting_word(&body);
    let Some(number) = read_numeral(body) else {
        return Err(if is_range(body) { AmountError::Range(shown) } else { AmountError::NotANumber(shown) });
    };
    let mut value = number.value;
    if per_mille {
        value = value.checked_div(Decimal::TEN).ok_or(AmountError::TooLarge(shown))?;
    }
    if negative != fallen {
        value = -value;
    }
    Ok((value.normalize(), bound))
}

/// Signs people put where there is nothing to put.
const NOTHING: [&str; 14] = [
    "", "-", "--", "—", "——", "–", "/", "\\", "无", "暂无", "N/A", "n/a", "空", "…",
];

/// Narrow, without blanks and thousands separators; `Empty` for the signs of nothing.
fn tidy(text: &str) -> Result<String, AmountError> {
    let plain = narrow(text);
    if NOTHING.contains(&plain.as_str()) {
        return Err(AmountError::Empty);
    }
    Ok(drop_separators(&plain))
}

/// Drops commas that stand between groups of three digits; any other comma stays and is an error.
fn drop_separators(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let digit = |index: usize| chars.get(index).is_some_and(char::is_ascii_digit);
    let separates = |index: usize| {
        index > 0
            && digit(index - 1)
            && digit(index + 1)
            && digit(index + 2)
            && digit(index + 3)
            && !digit(index + 4)
    };
    let keep = |&(index, c): &(usize, &char)| *c != ',' || !separates(index);
    chars.iter().enumerate().filter(keep).map(|(_, c)| c).collect()
}

fn is_foreign(text: &str) -> bool {
    ["美元", "美金", "港元", "港币", "欧元", "日元", "英镑", "韩元", "卢布", "$", "€", "£", "USD"]
        .iter()
        .any(|word| text.contains(word))
}

struct Stated {
    negative: bool,
    bound: Bound,
    body: String,
}

/// Words before a number, longest first so that 不超过 is not read as 超过.
const BEFORE: [(&str, Bound); 23] = [
    ("不低于", Bound::AtLeast),
    ("不少于", Bound::AtLeast),
    ("不小于", Bound::AtLeast),
    ("不超过", Bound::AtMost),
    ("不高于", Bound::AtMost),
    ("不多于", Bound::AtMost),
    ("不大于", Bound::AtMost),
    ("不到", Bound::AtMost),
    ("不足", Bound::AtMost),
    ("至少", Bound::AtLeast),
    ("最少", Bound::AtLeast),
    ("至多", Bound::AtMost),
    ("最多", Bound::AtMost),
    ("超过", Bound::AtLeast),
    ("将近", Bound::AtMost),
    ("接近", Bound::AtMost),
    ("大约", Bound::About),
    ("大概", Bound::About),
    ("约", Bound::About),
    ("超", Bound::AtLeast),
    ("逾", Bound::AtLeast),
    ("近", Bound::AtMost),
    (">", Bound::AtLeast),
];

/// Words after a number and its unit.
const AFTER: [(&str, Bound); 8] = [
    ("左右", Bound::About),
    ("上下", Bound::About),
    ("以上", Bound::AtLeast),
    ("以内", Bound::AtMost),
    ("以下", Bound::AtMost),
    ("之内", Bound::AtMost),
    ("余", Bound::AtLeast),
    ("多", Bound::AtLeast),
];

/// Takes sign and modifiers off; the first modifier found says the bound.
fn take_modifiers(text: &str) -> Stated {
    let mut rest = text.trim_start_matches("人民币").trim_start_matches(['¥', '￥']);
    let mut bound = None;
    while let Some((word, found)) = BEFORE.iter().find(|(word, _)| rest.starts_with(word)) {
        rest = &rest[word.len()..];
        bound = bound.or(Some(*found));
    }
    while let Some((word, found)) = AFTER.iter().find(|(word, _)| rest.ends_with(word)) {
        rest = &rest[..rest.len() - word.len()];
        bound = bound.or(Some(*found));
    }
    let (negative, rest) = take_sign(rest);
    let mut body = rest.to_owned();
    // 5000余万元, 78万余元: the modifier stands inside, right behind a digit or a scale word.
    if let Some(at) = inner_modifier(&body) {
        body.remove(at);
        bound = bound.or(Some(Bound::AtLeast));
    }
    if let Some(at) = body.find('个').filter(|&at| body[at..].starts_with("个亿") || body[at..].starts_with("个万")) {
        body.remove(at);
    }
    Stated { negative, bound: bound.unwrap_or_default(), body }
}

fn inner_modifier(body: &str) -> Option<usize> {
    let at = body.find(['余', '多'])?;
    let before = body[..at].chars().next_back()?;
    let after = body[at..].chars().nth(1)?;
    let scale = |c: char| "十百千万亿".contains(c);
    let fits = before.is_ascii_digit() || scale(before);
    let goes_on = !after.is_ascii_digit() && after != '余' && after != '多';
    (fits && goes_on).then_some(at)
}

/// `-3.5`, `负3.5` and the bookkeepers' `(3.5)`.
fn take_sign(text: &str) -> (bool, &str) {
    if let Some(rest) = text.strip_prefix('-').or_else(|| text.strip_prefix('负')) {
        return (true, rest);
    }
    let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    match inner {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => (true, rest),
        _ => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Takes 元 off the end; brackets around a unit (`1.2(亿元)`) have no meaning of their own.
fn strip_yuan(body: &str) -> (&str, bool) {
    let body = body.trim_end_matches("人民币").trim_end_matches("整");
    match body.strip_suffix('元').or_else(|| body.strip_suffix('圆')).or_else(|| body.strip_suffix("块钱")) {
        Some(rest) => (rest, true),
        None => (body, false),
    }
}

fn is_range(body: &str) -> bool {
    let parts: Vec<&str> = body.split(['-', '—', '–', '~', '～', '至', '到']).collect();
    let number = |part: &&str| {
        let part = strip_yuan(part).0;
        read_numeral(part).is_some() || read_numeral(part.trim_end_matches('%')).is_some()
    };
    parts.len() == 2 && parts.iter().all(|part| number(&part))
}

fn to_fen(number: Numeral, unit: MoneyUnit, shown: &str) -> Result<i64, AmountError> {
    let too_large = || AmountError::TooLarge(shown.to_owned());
    let fen = number.value.checked_mul(Decimal::from(unit.fen())).ok_or_else(too_large)?;
    if !fen.fract().is_zero() {
        return Err(AmountError::TooPrecise(shown.to_owned()));
    }
    fen.trunc().try_into().map_err(|_| too_large())
}

fn take_direction(text: &str) -> (bool, &str) {
    for word in ["同比下降", "下降", "减少", "降低", "下滑"] {
        if let Some(rest) = text.strip_prefix(word) {
            return (true, rest);
        }
    }
    for word in ["同比增长", "增长", "上升", "提高", "增加"] {
        if let Some(rest) = text.strip_prefix(word) {
            return (false, rest);
        }
    }
    (false, text)
}

/// Counting words that may follow a number, longest first.
const COUNTING: [&str; 34] = [
    "个百分点", "百分点", "平方公里", "平方米", "立方米", "公里", "人次", "万件", "工作日", "个月", "日历天", "米", "个",
    "家", "所", "项", "人", "户", "天", "件", "台", "套", "亩", "座", "条", "名", "处", "次", "份", "栋", "吨", "辆", "年",
    "周",
];

/// Takes %, ‰, 百分之 and counting words off; true when the number is per mille.
fn strip_counting_word(body: &str) -> (&str, bool) {
    if let Some(rest) = body.strip_prefix("百分之") {
        return (rest, false);
    }
    if let Some(rest) = body.strip_prefix("千分之").or_else(|| body.strip_suffix('‰')) {
        return (rest, true);
    }
    if let Some(rest) = body.strip_suffix('%') {
        return (rest, false);
    }
    match COUNTING.iter().find_map(|word| body.strip_suffix(word)) {
        Some(rest) if !rest.is_empty() => {
            let rest = rest.trim_end_matches(['余', '多']);
            (rest, false)
        }
        _ => (body, false),
    }
}
