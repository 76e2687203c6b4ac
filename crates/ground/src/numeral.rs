//! Numbers as people write them: `1.2亿`, `2千万`, `二千万`, `一亿二千万`, `两个亿`, `三千五`.
//! Exact decimals; what the number counts is the caller's business.

use rust_decimal::Decimal;

/// A number with what its writing tells about scale.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Numeral {
    /// The value, scale words multiplied out: `1.2亿` is 120000000.
    pub value: Decimal,
    /// True when 万 or 亿 was written: then the number carries its own scale.
    pub has_scale: bool,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Token {
    Arabic(Decimal),
    Digit(u32),
    Unit(u64),
    Scale(u64),
}

/// Reads the whole text as one number; `None` when anything else is in it. Expects half width
/// (see [`narrow`]), no spaces, no sign.
pub fn read_numeral(text: &str) -> Option<Numeral> {
    let (whole, decimals) = match text.split_once('点') {
        Some((whole, rest)) => (whole, Some(rest)),
        None => (text, None),
    };
    if let Some(rest) = decimals {
        return read_spoken_decimal(whole, rest);
    }
    let tokens = tokens(text)?;
    let has_scale = tokens.iter().any(|token| matches!(token, Token::Scale(_)));
    if tokens.iter().all(|token| matches!(token, Token::Digit(_))) {
        return positional(&tokens).map(|value| Numeral { value, has_scale });
    }
    value_of(&tokens).map(|value| Numeral { value, has_scale })
}

/// `一点五亿`: digits after 点 are read one by one, a scale may follow.
fn read_spoken_decimal(whole: &str, rest: &str) -> Option<Numeral> {
    let whole = value_of(&tokens(whole)?)?;
    let digits: Vec<u32> = rest.chars().map_while(digit_of).collect();
    if digits.is_empty() || digits.len() > 10 {
        return None;
    }
    let scale_text: String = rest.chars().skip(digits.len()).collect();
    let mut value = whole;
    let mut place = Decimal::ONE;
    for digit in digits {
        place = place.checked_div(Decimal::TEN)?;
        value = value.checked_add(place.checked_mul(Decimal::from(digit))?)?;
    }
    let mut has_scale = false;
    for token in tokens_or_none(&scale_text)? {
        let (Token::Unit(factor) | Token::Scale(factor)) = token else {
            return None;
        };
        has_scale |= matches!(token, Token::Scale(_));
        value = value.checked_mul(Decimal::from(factor))?;
    }
    Some(Numeral { value, has_scale })
}

fn tokens_or_none(text: &str) -> Option<Vec<Token>> {
    if text.is_empty() {
        Some(Vec::new())
    } else {
        tokens(text)
    }
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_digit() || first == '.' {
            let end = rest
                .find(|c: char| !c.is_ascii_digit() && c != '.')
                .unwrap_or(rest.len());
            found.push(Token::Arabic(arabic(&rest[..end])?));
            rest = &rest[end..];
            continue;
        }
        let token = match first {
            '十' | '拾' => Token::Unit(10),
            '廿' => {
                found.push(Token::Digit(2));
                Token::Unit(10)
            }
            '百' | '佰' => Token::Unit(100),
            '千' | '仟' => Token::Unit(1_000),
            '万' | '萬' => Token::Scale(10_000),
            '亿' | '億' => Token::Scale(100_000_000),
            other => Token::Digit(digit_of(other)?),
        };
        found.push(token);
        rest = &rest[first.len_utf8()..];
    }
    if found.is_empty() { None } else { Some(found) }
}

/// Digits with at most one point inside them; `5.` and `.5` are not numbers people write.
fn arabic(text: &str) -> Option<Decimal> {
    let ok = text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(|c: char| c.is_ascii_digit());
    if ok { text.parse().ok() } else { None }
}

fn digit_of(c: char) -> Option<u32> {
    Some(match c {
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// `二〇二三` is 2023.
fn positional(tokens: &[Token]) -> Option<Decimal> {
    tokens
        .iter()
        .try_fold(Decimal::ZERO, |value, token| match token {
            Token::Digit(digit) => value
                .checked_mul(Decimal::TEN)?
                .checked_add(Decimal::from(*digit)),
            _ => None,
        })
}

struct Reading {
    total: Decimal,
    section: Decimal,
    current: Option<Decimal>,
    last_factor: u64,
    last_unit: u64,
    last_scale: u64,
    after_zero: bool,
}

/// The usual reading of Chinese numbers: units inside a section, sections by 万 and 亿.
fn value_of(tokens: &[Token]) -> Option<Decimal> {
    let mut reading = Reading {
        total: Decimal::ZERO,
        section: Decimal::ZERO,
        current: None,
        last_factor: 1,
        last_unit: u64::MAX,
        last_scale: u64::MAX,
        after_zero: false,
    };
    for (index, &token) in tokens.iter().enumerate() {
        let last = index + 1 == tokens.len();
        match token {
            Token::Arabic(number) => reading.arabic(number, last)?,
            Token::Digit(0) => reading.after_zero = true,
            Token::Digit(digit) => reading.digit(digit, last)?,
            Token::Unit(unit) => reading.unit(unit)?,
            Token::Scale(scale) => reading.scale(scale)?,
        }
    }
    let rest = reading
        .section
        .checked_add(reading.current.unwrap_or_default())?;
    reading.total.checked_add(rest)
}

impl Reading {
    fn arabic(&mut self, number: Decimal, last: bool) -> Option<()> {
        // `1亿2000` may mean 2000 or 2000万: not guessed.
        if self.current.is_some() || (last && self.last_factor > 1) {
            return None;
        }
        self.current = Some(number);
        Some(())
    }

    fn digit(&mut self, digit: u32, last: bool) -> Option<()> {
        if self.current.is_some() {
            return None;
        }
        // 三千五 is 3500, 三千零五 is 3005.
        let spoken_short = last && !self.after_zero && self.last_factor >= 100;
        let place = if spoken_short {
            self.last_factor / 10
        } else {
            1
        };
        self.current = Some(Decimal::from(u64::from(digit) * place));
        self.after_zero = false;
        Some(())
    }

    fn unit(&mut self, unit: u64) -> Option<()> {
        if unit >= self.last_unit {
            return None;
        }
        // 十五 begins without a digit; 百 and 千 never do.
        let count = match self.current.take() {
            Some(count) => count,
            None if unit == 10 && self.last_unit == u64::MAX => Decimal::ONE,
            None => return None,
        };
        self.section = self
            .section
            .checked_add(count.checked_mul(Decimal::from(unit))?)?;
        (self.last_unit, self.last_factor, self.after_zero) = (unit, unit, false);
        Some(())
    }

    fn scale(&mut self, scale: u64) -> Option<()> {
        let counted = self.current.is_some() || self.last_unit != u64::MAX;
        let stacked = self.last_scale < scale;
        if !counted && !stacked || self.last_scale == scale {
            return None;
        }
        let section = self
            .section
            .checked_add(self.current.take().unwrap_or_default())?;
        let factor = Decimal::from(scale);
        self.total = if stacked {
            self.total.checked_add(section)?.checked_mul(factor)?
        } else {
            self.total.checked_add(section.checked_mul(factor)?)?
        };
        self.section = Decimal::ZERO;
        (self.last_scale, self.last_factor) = (scale, scale);
        (self.last_unit, self.after_zero) = (u64::MAX, false);
        Some(())
    }
}

/// Half width for full-width letters, digits and signs; all kinds of blanks dropped.
pub fn narrow(text: &str) -> String {
    text.chars()
        .filter(|c| !is_blank(*c))
        .map(narrow_char)
        .collect()
}

/// The half-width form of a character; other characters stay.
pub fn narrow_char(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '−' | '﹣' => '-',
        _ => c,
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{2060}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let read = read_numeral(text).map(|numeral| numeral.value.normalize().to_string());
        assert_eq!(read.as_deref(), Some(expect), "{text}");
    }

    #[test]
    fn mixed_and_spoken_numbers_are_read_exactly() {
        for (text, expect) in [
            ("0", "0"),
            ("62.4", "62.4"),
            ("1.2亿", "120000000"),
            ("2千万", "20000000"),
            ("二千万", "20000000"),
            ("一亿二千万", "120000000"),
            ("1亿2000万", "120000000"),
            ("两亿", "200000000"),
            ("两亿三", "230000000"),
            ("三千五", "3500"),
            ("三千零五", "3005"),
            ("一万二", "12000"),
            ("一万零二", "10002"),
            ("十五", "15"),
            ("二十", "20"),
            ("廿八", "28"),
            ("一百一十", "110"),
            ("二〇二三", "2023"),
            ("一点五亿", "150000000"),
            ("零点八", "0.8"),
            ("壹佰贰拾万", "1200000"),
            ("1.2万亿", "1200000000000"),
            ("三万五千", "35000"),
            ("十二万", "120000"),
            ("五", "5"),
            ("一百零五", "105"),
        ] {
            check(text, expect);
        }
    }

    #[test]
    fn what_is_no_number_is_not_guessed() {
        for text in [
            "",
            "万",
            "亿",
            "千万",
            "十百",
            "1亿2000",
            "5.",
            ".5",
            "1.2.3",
            "一二千",
            "三万万",
            "12三",
            "abc",
            "3-5",
            "五点",
            "点五",
            "-3",
            "几千万",
        ] {
            assert_eq!(read_numeral(text), None, "{text}");
        }
    }

    #[test]
    fn a_scale_word_is_noticed() {
        assert!(read_numeral("120万").is_some_and(|numeral| numeral.has_scale));
        assert!(read_numeral("一点五亿").is_some_and(|numeral| numeral.has_scale));
        assert!(read_numeral("5千").is_some_and(|numeral| !numeral.has_scale));
    }

    #[test]
    fn endless_digits_are_refused_not_wrapped() {
        assert_eq!(read_numeral(&"9".repeat(60)), None);
        assert_eq!(read_numeral(&"九".repeat(60)), None);
        assert_eq!(read_numeral(&format!("{}亿", "9".repeat(28))), None);
    }
}
