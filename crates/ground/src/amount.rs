//! Amounts, counts and rates as people write them in cells and sentences: modifiers, Chinese
//! numerals, units in the text or in the header, signs for nothing.

use crate::money::{Amount, Bound, Fen, MoneyUnit};
use crate::numeral::{Numeral, narrow, read_numeral};
use rust_decimal::Decimal;

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
            AmountError::NotANumber(_) => {
                "请只填一个数,例如 1.2亿、120万元、7,320;说明写到备注。".to_owned()
            }
            AmountError::Range(_) => "请填其中一个数,另一个写到备注。".to_owned(),
            AmountError::Foreign(_) => "请按约定汇率折成人民币再填,原币金额写到备注。".to_owned(),
            AmountError::TooPrecise(_) => "请四舍五入到分;如果来自公式,请检查单位。".to_owned(),
            AmountError::TooLarge(_) => "请检查单位是否多乘了一万。".to_owned(),
        }
    }
}

/// Reads an amount as people write it: `5000余`, `约2千万`, `1.2亿`, `7,320`, `120万`, `二千万元`,
/// `两个亿`, full width. A unit inside the text beats `header_unit`: `120万` under a header of
/// 万元 is 120 万元. Binary residue of a spreadsheet (0.30000000000000004) must be rounded off by
/// the caller, who knows it came from a formula; here it is [`AmountError::TooPrecise`].
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
    let Stated {
        negative,
        bound,
        body,
    } = take_modifiers(&open_unit_brackets(&plain));
    let (body, in_yuan) = strip_yuan(&body);
    let Some(number) = read_numeral(body) else {
        return Err(if is_range(body) {
            AmountError::Range(shown)
        } else {
            AmountError::NotANumber(shown)
        });
    };
    let unit = if in_yuan || number.has_scale {
        Some(MoneyUnit::Yuan)
    } else {
        header_unit
    };
    let Some(unit) = unit else {
        return Err(AmountError::NoUnit(shown));
    };
    let fen = to_fen(number, unit, &shown)?;
    Ok(Amount {
        fen: Fen(if negative { -fen } else { fen }),
        bound,
    })
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
    let Stated {
        negative,
        bound,
        body,
    } = take_modifiers(plain);
    let (body, per_mille) = strip_counting_word(&body);
    let Some(number) = read_numeral(body) else {
        return Err(if is_range(body) {
            AmountError::Range(shown)
        } else {
            AmountError::NotANumber(shown)
        });
    };
    let mut value = number.value;
    if per_mille {
        value = value
            .checked_div(Decimal::TEN)
            .ok_or(AmountError::TooLarge(shown))?;
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
    chars
        .iter()
        .enumerate()
        .filter(keep)
        .map(|(_, c)| c)
        .collect()
}

fn is_foreign(text: &str) -> bool {
    [
        "美元", "美金", "港元", "港币", "欧元", "日元", "英镑", "韩元", "卢布", "$", "€", "£",
        "USD",
    ]
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
    let mut rest = text
        .trim_start_matches("人民币")
        .trim_start_matches(['¥', '￥']);
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
    if let Some(at) = body
        .find('个')
        .filter(|&at| body[at..].starts_with("个亿") || body[at..].starts_with("个万"))
    {
        body.remove(at);
    }
    Stated {
        negative,
        bound: bound.unwrap_or_default(),
        body,
    }
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
    let inner = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    match inner {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => (true, rest),
        _ => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Brackets around a unit have no meaning of their own: `1.2(亿元)` is `1.2亿元`.
fn open_unit_brackets(text: &str) -> String {
    match text.split_once('(') {
        Some((number, unit)) if MoneyUnit::from_label(unit).is_some() => {
            format!("{number}{}", unit.trim_end_matches(')'))
        }
        _ => text.to_owned(),
    }
}

/// Takes 元 off the end.
fn strip_yuan(body: &str) -> (&str, bool) {
    let body = body.trim_end_matches("人民币").trim_end_matches("整");
    match body
        .strip_suffix('元')
        .or_else(|| body.strip_suffix('圆'))
        .or_else(|| body.strip_suffix("块钱"))
    {
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
    parts.len() == 2 && parts.iter().all(number)
}

fn to_fen(number: Numeral, unit: MoneyUnit, shown: &str) -> Result<i64, AmountError> {
    let too_large = || AmountError::TooLarge(shown.to_owned());
    let fen = number
        .value
        .checked_mul(Decimal::from(unit.fen()))
        .ok_or_else(too_large)?;
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
    "个百分点",
    "百分点",
    "平方公里",
    "平方米",
    "立方米",
    "公里",
    "人次",
    "万件",
    "工作日",
    "个月",
    "日历天",
    "米",
    "个",
    "家",
    "所",
    "项",
    "人",
    "户",
    "天",
    "件",
    "台",
    "套",
    "亩",
    "座",
    "条",
    "名",
    "处",
    "次",
    "份",
    "栋",
    "吨",
    "辆",
    "年",
    "周",
];

/// Takes %, ‰, 百分之 and counting words off; true when the number is per mille.
fn strip_counting_word(body: &str) -> (&str, bool) {
    if let Some(rest) = body.strip_prefix("百分之") {
        return (rest, false);
    }
    if let Some(rest) = body
        .strip_prefix("千分之")
        .or_else(|| body.strip_suffix('‰'))
    {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Fen;
    use proptest::prelude::*;
    const WAN: Option<MoneyUnit> = Some(MoneyUnit::WanYuan);
    const YI: Option<MoneyUnit> = Some(MoneyUnit::YiYuan);

    #[track_caller]
    fn check(text: &str, header: Option<MoneyUnit>, yuan: &str, bound: Bound) {
        let amount = parse_amount(text, header).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(
            (amount.fen.yuan().as_str(), amount.bound),
            (yuan, bound),
            "{text}"
        );
    }

    #[test]
    fn a_plain_number_takes_the_unit_of_its_header() {
        check("62.4", YI, "6240000000.00", Bound::Exact);
        check("7,320", WAN, "73200000.00", Bound::Exact);
        check("７，３２０", WAN, "73200000.00", Bound::Exact);
        check("43200", WAN, "432000000.00", Bound::Exact);
        check("850.5", WAN, "8505000.00", Bound::Exact);
        check("0", WAN, "0.00", Bound::Exact);
        check("5千", WAN, "50000000.00", Bound::Exact);
        check(
            "1,234,567.89",
            Some(MoneyUnit::Yuan),
            "1234567.89",
            Bound::Exact,
        );
    }

    #[test]
    fn a_unit_inside_the_text_beats_the_header() {
        check("120万", WAN, "1200000.00", Bound::Exact);
        check("120万元", YI, "1200000.00", Bound::Exact);
        check("1.2亿", WAN, "120000000.00", Bound::Exact);
        check("5000元", WAN, "5000.00", Bound::Exact);
        check("1.2 亿 元", None, "120000000.00", Bound::Exact);
        check("1.2（亿元）", None, "120000000.00", Bound::Exact);
        check("９９７４.７万元", None, "99747000.00", Bound::Exact);
    }

    #[test]
    fn chinese_numerals_are_amounts() {
        check("二千万", None, "20000000.00", Bound::Exact);
        check("二千万元", WAN, "20000000.00", Bound::Exact);
        check("两个亿", None, "200000000.00", Bound::Exact);
        check("一亿二千万", None, "120000000.00", Bound::Exact);
        check("壹佰万元整", None, "1000000.00", Bound::Exact);
        check("人民币三万元", None, "30000.00", Bound::Exact);
        check("￥3,000元", None, "3000.00", Bound::Exact);
    }

    #[test]
    fn modifiers_become_bounds_wherever_they_stand() {
        check("5000余", WAN, "50000000.00", Bound::AtLeast);
        check("78万余元", None, "780000.00", Bound::AtLeast);
        check("5000余万元", None, "50000000.00", Bound::AtLeast);
        check("3亿多", None, "300000000.00", Bound::AtLeast);
        check("超5亿元", None, "500000000.00", Bound::AtLeast);
        check("不低于3亿元", None, "300000000.00", Bound::AtLeast);
        check("3亿元以上", None, "300000000.00", Bound::AtLeast);
        check("逾1.5亿元", None, "150000000.00", Bound::AtLeast);
        check("约2千万", None, "20000000.00", Bound::About);
        check("2千万左右", None, "20000000.00", Bound::About);
        check("近3亿", None, "300000000.00", Bound::AtMost);
        check("不到100万", None, "1000000.00", Bound::AtMost);
        check("100万元以内", None, "1000000.00", Bound::AtMost);
        check("不超过100万元", None, "1000000.00", Bound::AtMost);
    }

    #[test]
    fn negative_amounts_keep_their_sign() {
        check("-3.5", WAN, "-35000.00", Bound::Exact);
        check("－3.5", WAN, "-35000.00", Bound::Exact);
        check("(3.5)", WAN, "-35000.00", Bound::Exact);
        check("负2万元", None, "-20000.00", Bound::Exact);
    }

    #[test]
    fn signs_of_nothing_are_missing_and_not_zero() {
        for text in ["", "  ", "—", "——", "-", "/", "无", "暂无", "　"] {
            assert_eq!(parse_amount(text, WAN), Err(AmountError::Empty), "{text:?}");
            assert_eq!(parse_number(text), Err(AmountError::Empty), "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_an_amount_is_told_apart() {
        let code = |text, unit| parse_amount(text, unit).map_err(|error| error.code());
        assert_eq!(code("62.4", None), Err("money.no_unit"));
        assert_eq!(code("5千", None), Err("money.no_unit"));
        assert_eq!(code("待定", WAN), Err("money.not_a_number"));
        assert_eq!(code("28.2%", WAN), Err("money.not_a_number"));
        assert_eq!(code("数千万元", WAN), Err("money.not_a_number"));
        assert_eq!(code("7,32", WAN), Err("money.not_a_number"));
        assert_eq!(code("3-5亿元", WAN), Err("money.range"));
        assert_eq!(code("3亿至5亿元", WAN), Err("money.range"));
        assert_eq!(code("500万美元", WAN), Err("money.foreign"));
        assert_eq!(
            code("1.234", Some(MoneyUnit::Yuan)),
            Err("money.too_precise")
        );
        assert_eq!(code("0.00000001", WAN), Err("money.too_precise"));
        assert_eq!(code("99999999999", YI), Err("money.too_large"));
        assert_eq!(code(&"9".repeat(40), YI), Err("money.not_a_number"));
    }

    #[test]
    fn every_error_tells_what_to_do() {
        for text in [
            "",
            "62.4",
            "待定",
            "3-5亿",
            "5美元",
            "0.001元",
            "9999999999999亿",
        ] {
            let error = parse_amount(text, None).expect_err(text);
            assert!(
                error.remedy().ends_with('。'),
                "{error}: {}",
                error.remedy()
            );
        }
    }

    #[test]
    fn counts_and_percents_are_plain_numbers() {
        let read = |text: &str| {
            let (value, bound) =
                parse_number(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            (value.to_string(), bound)
        };
        for (text, value, bound) in [
            ("28.2%", "28.2", Bound::Exact),
            ("２８.２％", "28.2", Bound::Exact),
            ("约16", "16", Bound::About),
            ("约16%", "16", Bound::About),
            ("1.2万", "12000", Bound::Exact),
            ("14355人次", "14355", Bound::Exact),
            ("百分之三十", "30", Bound::Exact),
            ("5‰", "0.5", Bound::Exact),
            ("下降4.2%", "-4.2", Bound::Exact),
            ("增长13%", "13", Bound::Exact),
            ("-3.5", "-3.5", Bound::Exact),
            ("300余人", "300", Bound::AtLeast),
            ("15个", "15", Bound::Exact),
            ("二十余件", "20", Bound::AtLeast),
            ("1.9个百分点", "1.9", Bound::Exact),
            ("16.00", "16", Bound::Exact),
        ] {
            assert_eq!(read(text), (value.to_owned(), bound), "{text}");
        }
        assert!(matches!(parse_number("3-5"), Err(AmountError::Range(_))));
        assert!(matches!(
            parse_number("基础完成"),
            Err(AmountError::NotANumber(_))
        ));
    }

    fn unit() -> impl Strategy<Value = MoneyUnit> {
        prop_oneof![
            Just(MoneyUnit::Yuan),
            Just(MoneyUnit::WanYuan),
            Just(MoneyUnit::YiYuan)
        ]
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(fen in any::<i64>().prop_filter("has a size", |f| *f != i64::MIN), unit in unit()) {
            let fen = Fen(fen);
            let exact = Amount::exact(fen);
            prop_assert_eq!(parse_amount(&fen.show(unit), Some(unit)), Ok(exact));
            prop_assert_eq!(parse_amount(&exact.show(unit), None), Ok(exact));
            prop_assert_eq!(Fen::from_yuan(&fen.yuan()), Some(fen));
            prop_assert_eq!(parse_amount(&fen.show_digits(unit, 10), Some(unit)), Ok(exact));
        }

        #[test]
        fn bounds_read_back(fen in 1_i64..1_000_000_000_000, unit in unit(), which in 0_usize..4) {
            let bound = [Bound::Exact, Bound::About, Bound::AtLeast, Bound::AtMost][which];
            let amount = Amount { fen: Fen(fen), bound };
            prop_assert_eq!(parse_amount(&amount.show(unit), None), Ok(amount));
            prop_assert_eq!(Bound::from_code(bound.code()), Some(bound));
        }

        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,12}") {
            let _ = parse_amount(&text, WAN);
            let _ = parse_number(&text);
        }

        #[test]
        fn texts_of_number_words_are_read_without_panic(text in "[0-9.,约近余多一二十百千万亿元点个%(-]{0,10}") {
            let _ = parse_amount(&text, WAN);
            let _ = parse_number(&text);
        }
    }
}
