//! Words of an expression: the lexical part of CEL. Numbers with a point or an exponent are exact decimals; texts know
//! all escapes of CEL, raw and triple quotes; bytes have a `b` before them.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::tree::{ExprError, Val};

/// A word with its place.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) word: Word,
}

/// Kinds of word.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Word {
    /// Number, text or bytes.
    Literal(Val),
    /// A whole number of 2^63: only good behind a minus.
    Least,
    /// Name.
    Name(String),
    /// Name in backquotes, only after a point.
    Quoted(String),
    /// Operator or bracket.
    Sign(&'static str),
    /// End of the text.
    End,
}

pub(super) fn error(offset: usize, problem: impl Into<String>, remedy: &str) -> ExprError {
    ExprError {
        offset,
        problem: problem.into(),
        remedy: remedy.to_owned(),
    }
}

/// Longer signs first.
const SIGNS: [&str; 27] = [
    "||", "&&", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", "(", ")",
    "[", "]", "{", "}", ".", ",", "=", "&", "|",
];

/// All words of a text.
pub(super) fn lex(text: &str) -> Result<Vec<Token>, ExprError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blank();
        let at = lexer.at;
        let word = lexer.word()?;
        let end = word == Word::End;
        tokens.push(Token { at, word });
        if end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn take_while(&mut self, good: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !good(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn skip_blank(&mut self) {
        loop {
            self.take_while(char::is_whitespace);
            if !self.rest().starts_with("//") {
                return;
            }
            self.take_while(|c| c != '\n');
        }
    }

    fn word(&mut self) -> Result<Word, ExprError> {
        let Some(first) = self.rest().chars().next() else {
            return Ok(Word::End);
        };
        if let Some(opening) = Opening::of(self.rest()) {
            return self.quoted(&opening);
        }
        if first.is_ascii_digit() || self.point_then_digit() {
            return self.number();
        }
        if first == '_' || first.is_alphabetic() {
            let name = self.take_while(|c| c == '_' || c.is_alphanumeric());
            return Ok(Word::Name(name.to_owned()));
        }
        if first == '`' {
            return self.back_quoted();
        }
        self.sign(first)
    }

    fn point_then_digit(&self) -> bool {
        let mut chars = self.rest().chars();
        chars.next() == Some('.') && chars.next().is_some_and(|c| c.is_ascii_digit())
    }

    fn back_quoted(&mut self) -> Result<Word, ExprError> {
        let at = self.at;
        self.at += 1;
        let name = self.take_while(|c| c != '`' && c != '\n');
        if !self.rest().starts_with('`') || name.is_empty() {
            return Err(error(at, "反引号没有配对。", "请在名称后面补上反引号。"));
        }
        self.at += 1;
        Ok(Word::Quoted(name.to_owned()))
    }

    fn sign(&mut self, first: char) -> Result<Word, ExprError> {
        let rest = self.rest();
        let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) else {
            let remedy = fullwidth_remedy(first);
            return Err(error(self.at, format!("看不懂“{first}”。"), &remedy));
        };
        let remedy = match sign {
            "=" => "比较是否相等请写 ==。",
            "&" => "“并且”请写 &&。",
            "|" => "“或者”请写 ||。",
            _ => {
                self.at += sign.len();
                return Ok(Word::Sign(sign));
            }
        };
        Err(error(self.at, format!("单独的“{sign}”没有意义。"), remedy))
    }

    fn number(&mut self) -> Result<Word, ExprError> {
        let at = self.at;
        let rest = self.rest();
        if rest.starts_with("0x") || rest.starts_with("0X") {
            self.at += 2;
            let digits = self.take_while(|c| c.is_ascii_hexdigit());
            return self.whole(at, digits, 16);
        }
        let whole = self.take_while(|c| c.is_ascii_digit());
        let mut exact = false;
        if self.point_then_digit() {
            self.at += 1;
            self.take_while(|c| c.is_ascii_digit());
            exact = true;
        }
        exact |= self.exponent();
        if exact {
            let text = &self.text[at..self.at];
            return decimal(text)
                .map(|d| Word::Literal(Val::Decimal(d)))
                .ok_or_else(|| {
                    error(
                        at,
                        format!("数“{text}”的位数太多。"),
                        "小数最多 28 位有效数字。",
                    )
                });
        }
        self.whole(at, whole, 10)
    }

    fn exponent(&mut self) -> bool {
        let rest = self.rest();
        let Some(tail) = rest.strip_prefix(['e', 'E']) else {
            return false;
        };
        let digits = tail.strip_prefix(['+', '-']).unwrap_or(tail);
        if !digits.starts_with(|c: char| c.is_ascii_digit()) {
            return false;
        }
        self.at += rest.len() - digits.len();
        self.take_while(|c| c.is_ascii_digit());
        true
    }

    fn whole(&mut self, at: usize, digits: &str, radix: u32) -> Result<Word, ExprError> {
        let too_large = || error(at, "整数太大。", "整数应在 -2^63 到 2^63-1 之间。");
        let number = u64::from_str_radix(digits, radix).map_err(|_| too_large())?;
        if self.rest().starts_with(['u', 'U']) {
            self.at += 1;
            return Ok(Word::Literal(Val::Uint(number)));
        }
        if number == 1 << 63 {
            return Ok(Word::Least);
        }
        let number = i64::try_from(number).map_err(|_| too_large())?;
        Ok(Word::Literal(Val::Int(number)))
    }

    fn quoted(&mut self, opening: &Opening) -> Result<Word, ExprError> {
        let at = self.at;
        self.at += opening.len;
        let mut text = Vec::new();
        loop {
            let rest = self.rest();
            if rest.starts_with(&opening.quote) {
                self.at += opening.quote.len();
                break;
            }
            let Some(c) = rest.chars().next() else {
                return Err(unclosed(at));
            };
            if opening.quote.len() == 1 && (c == '\n' || c == '\r') {
                return Err(unclosed(at));
            }
            if c == '\\' && !opening.raw {
                self.escape(opening.bytes, &mut text)?;
            } else {
                self.at += c.len_utf8();
                text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        if opening.bytes {
            return Ok(Word::Literal(Val::Bytes(text.into())));
        }
        let text = String::from_utf8(text).map_err(|_| unclosed(at))?;
        Ok(Word::Literal(Val::Text(Arc::from(text))))
    }

    fn escape(&mut self, bytes: bool, text: &mut Vec<u8>) -> Result<(), ExprError> {
        let at = self.at;
        let bad = || {
            let remedy = "反斜线本身请写 \\\\；也可以在引号前加 r。";
            error(at, "反斜线后面的写法不对。", remedy)
        };
        let kind = self.rest().chars().nth(1).ok_or_else(bad)?;
        self.at += 1 + kind.len_utf8();
        let plain = match kind {
            'a' => 7,
            'b' => 8,
            'f' => 12,
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'v' => 11,
            '\\' | '?' | '"' | '\'' | '`' => kind as u8,
            _ => 0,
        };
        if plain != 0 {
            text.push(plain);
            return Ok(());
        }
        let (length, radix) = match kind {
            'x' | 'X' => (2, 16),
            'u' if !bytes => (4, 16),
            'U' if !bytes => (8, 16),
            '0'..='3' => {
                self.at -= 1;
                (3, 8)
            }
            _ => return Err(bad()),
        };
        let code = self.code(length, radix).ok_or_else(bad)?;
        if bytes {
            text.push(u8::try_from(code).map_err(|_| bad())?);
            return Ok(());
        }
        let c = char::from_u32(code).ok_or_else(bad)?;
        text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(())
    }

    fn code(&mut self, length: usize, radix: u32) -> Option<u32> {
        let digits = self.rest().get(..length)?;
        if !digits.chars().all(|c| c.is_digit(radix)) {
            return None;
        }
        self.at += length;
        u32::from_str_radix(digits, radix).ok()
    }
}

fn unclosed(at: usize) -> ExprError {
    error(at, "文字的引号没有配对。", "请在文字后面补上同样的引号。")
}

/// What people type with a Chinese keyboard.
fn fullwidth_remedy(c: char) -> String {
    let meant = match c {
        '，' | '、' => ",",
        '（' => "(",
        '）' => ")",
        '“' | '”' | '‘' | '’' => "'",
        '＝' => "==",
        '＞' => ">",
        '＜' => "<",
        '！' => "!",
        '？' => "?",
        '：' => ":",
        '。' => ".",
        _ => return "请去掉它；文字要放在单引号里。".to_owned(),
    };
    format!("请改成英文的 {meant}。")
}

/// How a text begins: `'`, `r"`, `b'''` …
struct Opening {
    quote: String,
    len: usize,
    raw: bool,
    bytes: bool,
}

impl Opening {
    fn of(text: &str) -> Option<Opening> {
        let prefix = text.bytes().take(3).position(|b| b == b'\'' || b == b'"')?;
        let (mut raw, mut bytes) = (false, false);
        for c in text[..prefix].chars() {
            let flag = match c {
                'r' | 'R' => &mut raw,
                'b' | 'B' => &mut bytes,
                _ => return None,
            };
            if *flag {
                return None;
            }
            *flag = true;
        }
        let one = &text[prefix..=prefix];
        let three = one.repeat(3);
        let quote = if text[prefix..].starts_with(&three) {
            three
        } else {
            one.to_owned()
        };
        let len = prefix + quote.len();
        Some(Opening {
            quote,
            len,
            raw,
            bytes,
        })
    }
}

/// Decimal text with an optional exponent, exactly; none when it has too many digits.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let (digits, power) = match text.split_once(['e', 'E']) {
        Some((digits, power)) => (digits, power.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, digits.strip_prefix('+').unwrap_or(digits)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let significant = all.trim_end_matches('0');
    let cut = i32::try_from(all.len() - significant.len()).ok()?;
    let scale = i32::try_from(fraction.len()).ok()?.checked_sub(power)?;
    let scale = scale.checked_sub(cut)?;
    let significant = significant.trim_start_matches('0');
    let mantissa: i128 = match significant {
        "" => return Some(Decimal::ZERO),
        some => some.parse().ok()?,
    };
    super::number::decimal_of(sign * mantissa, scale)
}
