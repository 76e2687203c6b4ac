//! The parts of a translated expression, and the conversions of XPath 1.0 between their kinds written out: our language
//! converts nothing by itself. Where XPath has a result that ours cannot have (text that is no number becomes NaN), the
//! part is refused with its reason.

use super::xpath::{Kind, Meaning};

/// A translated part with what is known of it.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) text: String,
    pub(super) kind: Kind,
    /// The words of a text literal, the digits of a number.
    literal: Option<String>,
    /// Binds weaker than a comparison: needs brackets inside one.
    loose: bool,
}

/// A part, or what has no counterpart.
pub(super) type Parsed = Result<Part, String>;

impl Part {
    pub(super) fn tight(text: impl Into<String>, kind: Kind) -> Part {
        Part {
            text: text.into(),
            kind,
            literal: None,
            loose: false,
        }
    }

    pub(super) fn loose(text: impl Into<String>, kind: Kind) -> Part {
        Part {
            loose: true,
            ..Part::tight(text, kind)
        }
    }

    pub(super) fn named(meaning: &Meaning) -> Part {
        Part::tight(meaning.text.clone(), meaning.kind.clone())
    }

    pub(super) fn number(digits: String) -> Part {
        Part {
            literal: Some(digits.clone()),
            ..Part::tight(digits, Kind::Number)
        }
    }

    pub(super) fn words(words: String) -> Part {
        Part {
            text: quoted(&words),
            literal: Some(words),
            ..Part::tight("", Kind::Text)
        }
    }

    pub(super) fn inside(&self) -> String {
        if self.loose {
            format!("({})", self.text)
        } else {
            self.text.clone()
        }
    }

    /// The words of a text literal.
    pub(super) fn literal(&self) -> Option<&str> {
        let text = self.kind == Kind::Text;
        self.literal.as_deref().filter(|_| text)
    }

    fn digits(&self) -> Option<&str> {
        let number = self.kind == Kind::Number;
        self.literal.as_deref().filter(|_| number)
    }

    fn is_blank(&self) -> bool {
        self.literal() == Some("")
    }
}

/// A text literal of our language: single quotes, as the definitions write them.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        match c {
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

fn is_figure(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    all(whole) && all(part)
}

/// `boolean(x)`: a number that is not zero, a text that is not empty, an answer that is there.
pub(super) fn truth(part: Part) -> Parsed {
    Ok(match &part.kind {
        Kind::Bool => part,
        Kind::Number => match part.digits() {
            Some(digits) => {
                let zero = digits.chars().all(|c| matches!(c, '0' | '.'));
                Part::tight(if zero { "false" } else { "true" }, Kind::Bool)
            }
            // A missing number is NaN, which counts as false.
            None => {
                let x = part.inside();
                Part::loose(format!("coalesce({x}, 0) != 0"), Kind::Bool)
            }
        },
        Kind::Text if part.literal.is_some() => {
            let text = if part.is_blank() { "false" } else { "true" };
            Part::tight(text, Kind::Bool)
        }
        Kind::Many(_) | Kind::Rows => Part::loose(format!("size({}) > 0", part.text), Kind::Bool),
        Kind::Cells(_) => return Err(one_of_many(&part)),
        _ => Part::loose(format!("{} != none", part.inside()), Kind::Bool),
    })
}

fn one_of_many(part: &Part) -> String {
    format!("“{}”在子表里有多行，不是一个值", part.text)
}

/// `number(x)`.
pub(super) fn figure(part: Part) -> Parsed {
    match &part.kind {
        Kind::Number => Ok(part),
        Kind::Bool => Ok(Part::loose(
            format!("{} ? 1 : 0", part.inside()),
            Kind::Number,
        )),
        Kind::Code(codes) if codes.iter().all(|code| is_figure(code)) && !codes.is_empty() => {
            let text = format!("decimal({})", part.text);
            Ok(Part::tight(text, Kind::Number))
        }
        Kind::Code(_) => Err(format!("单选题“{}”的代码不都是数，不能当数用", part.text)),
        Kind::Text => match part.literal() {
            Some(words) if is_figure(words.trim()) => Ok(Part::number(words.trim().to_owned())),
            Some(words) => Err(format!("“{words}”不是数")),
            None => Err(format!(
                "文字“{}”不一定是数，请把题型改成整数或小数",
                part.text
            )),
        },
        Kind::Date => Ok(Part::tight(
            format!("days({} - date('1970-01-01'))", part.inside()),
            Kind::Number,
        )),
        Kind::Instant => Err("时间当数用时含一天的几分之几，这里只算整天".into()),
        Kind::Many(_) | Kind::Rows | Kind::Other => Err(format!("“{}”不是数", part.text)),
        Kind::Cells(_) => Err(one_of_many(&part)),
    }
}

/// `string(x)`.
pub(super) fn words(part: Part) -> Parsed {
    match &part.kind {
        Kind::Text | Kind::Code(_) => Ok(part),
        Kind::Number => Ok(Part::tight(format!("text({})", part.text), Kind::Text)),
        Kind::Date => Ok(Part::tight(format!("text({})", part.text), Kind::Text)),
        Kind::Bool => Ok(Part::loose(
            format!("{} ? 'true' : 'false'", part.inside()),
            Kind::Text,
        )),
        Kind::Many(_) => Err(format!("多选题“{}”不是一段文字", part.text)),
        Kind::Cells(_) => Err(one_of_many(&part)),
        Kind::Instant | Kind::Rows | Kind::Other => Err(format!("“{}”不是文字", part.text)),
    }
}

/// `a and b`, `a or b`.
pub(super) fn joined(op: &str, left: Part, right: Part) -> Parsed {
    let (left, right) = (truth(left)?, truth(right)?);
    let text = format!("{} {op} {}", left.inside(), right.inside());
    Ok(Part::loose(text, Kind::Bool))
}

/// `a = b`, `a < b` …: XPath 1.0 §3.4.
pub(super) fn compared(op: &str, left: Part, right: Part) -> Parsed {
    let equality = matches!(op, "==" | "!=");
    if equality && right.literal().is_some() {
        return beside_literal(op, left, right);
    }
    if equality && left.literal().is_some() {
        return beside_literal(op, right, left);
    }
    let (left, right) = match (&left.kind, &right.kind) {
        (Kind::Date | Kind::Instant, Kind::Date | Kind::Instant) => (left, right),
        (Kind::Date | Kind::Instant, Kind::Text) if right.literal.is_some() => {
            let right = day(&right)?;
            (left, right)
        }
        (Kind::Text, Kind::Date | Kind::Instant) if left.literal.is_some() => (day(&left)?, right),
        (Kind::Bool, Kind::Bool) if equality => (left, right),
        (Kind::Code(codes), Kind::Number) if equality && right.literal.is_some() => {
            let digits = right.text.clone();
            let code = code_of(codes, &digits, &left.text)?;
            (left, code)
        }
        (Kind::Number, Kind::Code(_)) if equality && left.literal.is_some() => {
            return compared(op, right, left);
        }
        (Kind::Text | Kind::Code(_), Kind::Text | Kind::Code(_)) if equality => (left, right),
        _ => (figure(left)?, figure(right)?),
    };
    let text = format!("{} {op} {}", left.inside(), right.inside());
    Ok(Part::loose(text, Kind::Bool))
}

/// The code that a number stands for.
fn code_of(codes: &[String], digits: &str, of: &str) -> Parsed {
    if codes.is_empty() || codes.iter().any(|code| code == digits) {
        return Ok(Part::words(digits.to_owned()));
    }
    Err(format!("“{of}”的选项里没有“{digits}”"))
}

/// Something beside words in quotes.
fn beside_literal(op: &str, left: Part, right: Part) -> Parsed {
    let literal = right.literal().unwrap_or("").to_owned();
    let beside = match &left.kind {
        _ if literal.is_empty() => match left.kind {
            Kind::Text | Kind::Code(_) => right,
            Kind::Cells(_) => return Err(one_of_many(&left)),
            _ => Part::tight("none", Kind::Text),
        },
        Kind::Text => right,
        Kind::Code(codes) => code_of(codes, &literal, &left.text)?,
        Kind::Many(codes) => {
            let code = code_of(codes, &literal, &left.text)?;
            Part::tight(format!("[{}]", code.text), left.kind.clone())
        }
        Kind::Number => figure(right)?,
        Kind::Date | Kind::Instant => day(&right)?,
        Kind::Bool if literal == "OK" => Part::tight("true", Kind::Bool),
        _ => return Err(format!("“{}”不能和“{literal}”比较", left.text)),
    };
    let text = format!("{} {op} {}", left.inside(), beside.inside());
    Ok(Part::loose(text, Kind::Bool))
}

/// A date in quotes.
pub(super) fn day(part: &Part) -> Parsed {
    let words = part.literal().unwrap_or("");
    match words.parse::<ground::Date>() {
        Ok(_) => Ok(Part::tight(format!("date('{words}')"), Kind::Date)),
        Err(_) => Err(format!("“{words}”不是日期")),
    }
}

/// `a + b`, `a - b`; a difference of dates counts days, a date and a number make a date.
pub(super) fn summed(op: &str, left: Part, right: Part) -> Parsed {
    match (&left.kind, &right.kind, op) {
        (Kind::Date, Kind::Date, "-") => {
            let text = format!("days({} - {})", left.inside(), right.inside());
            Ok(Part::tight(text, Kind::Number))
        }
        (Kind::Date, Kind::Number, _) => {
            let sign = if op == "-" { "-" } else { "" };
            let text = format!("add_days({}, {sign}{})", left.text, right.inside());
            Ok(Part::tight(text, Kind::Date))
        }
        _ => {
            let (left, right) = (figure(left)?, figure(right)?);
            // The left side of a sum may be a sum; a condition in it needs its brackets.
            let before = if left.text.contains('?') {
                left.inside()
            } else {
                left.text
            };
            let text = format!("{before} {op} {}", right.inside());
            Ok(Part::loose(text, Kind::Number))
        }
    }
}

/// `a * b`, `a div b`, `a mod b`. XPath divides exactly; ours keeps whole numbers whole.
pub(super) fn multiplied(op: &str, left: Part, right: Part) -> Parsed {
    let (left, right) = (figure(left)?, figure(right)?);
    let exact = op == "/" && !left.text.starts_with("decimal(");
    let before = match exact {
        true => format!("decimal({})", left.text),
        false => left.inside(),
    };
    let text = format!("{before} {op} {}", right.inside());
    Ok(Part::loose(text, Kind::Number))
}
