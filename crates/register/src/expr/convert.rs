//! Conversions between kinds of value and the parts of moments that CEL names.

use std::sync::Arc;

use ground::timeline::{date_of_day, day_number};
use rust_decimal::Decimal;

use super::eval::{EvalError, Result, decimal};
use super::lex;
use super::moment::{instant_of, start_of, utc_text};
use super::number;
use super::view::View;

const DAY: i64 = 86_400;

fn no(name: &str, value: &View) -> EvalError {
    EvalError::Clash(format!("{name}(…) 不能用在{}上", value.kind()))
}

fn range(name: &str) -> EvalError {
    EvalError::Range(format!("{name}(…) 的结果超出范围"))
}

fn unreadable(name: &str, text: &str) -> EvalError {
    EvalError::Clash(format!("{name}(…) 读不出“{text}”"))
}

/// One argument: `int(x)`, `text(x)` …
pub(super) fn convert<'v>(name: &str, value: &View<'v>) -> Result<View<'v>> {
    match name {
        "dyn" => Ok(value.clone()),
        "text" | "string" => text_of(value)
            .map(View::text)
            .ok_or_else(|| no(name, value)),
        "int" => int(name, value).map(View::Int),
        "uint" => uint(name, value).map(View::Uint),
        "decimal" => to_decimal(name, value).map(View::Decimal),
        "double" => double(name, value).map(View::Double),
        "bool" => boolean(name, value).map(View::Bool),
        "bytes" => match value {
            View::Text(text) => Ok(View::Bytes(Arc::from(text.as_bytes()))),
            View::Bytes(_) => Ok(value.clone()),
            _ => Err(no(name, value)),
        },
        "timestamp" => timestamp(name, value).map(View::Instant),
        "duration" => match value {
            View::Text(text) => duration(text)
                .map(View::Duration)
                .ok_or_else(|| unreadable(name, text)),
            View::Duration(_) => Ok(value.clone()),
            _ => Err(no(name, value)),
        },
        _ => part(name, value, 0),
    }
}

/// Two arguments: `t.getHours('+08:00')`.
pub(super) fn of_zone<'v>(name: &str, value: &View<'v>, zone: &View<'v>) -> Result<View<'v>> {
    if !name.starts_with("get") {
        return Err(EvalError::UnknownFunction(name.to_owned()));
    }
    let View::Text(text) = zone else {
        return Err(no(name, zone));
    };
    let ahead = offset(text).ok_or_else(|| unreadable(name, text))?;
    part(name, value, ahead)
}

/// Seconds that a zone is ahead of UTC: `UTC`, `+08:00`, `Asia/Shanghai`. Other names need tables that the program
/// does not carry.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "UTC" | "Z" | "GMT") {
        return Some(0);
    }
    if zone == "Asia/Shanghai" {
        return Some(8 * 3600);
    }
    let (sign, rest) = match zone.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, zone.strip_prefix('+').unwrap_or(zone)),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let part = |text: &str| text.parse::<u8>().ok().filter(|_| text.len() == 2);
    Some(sign * (i64::from(part(hours)?) * 3600 + i64::from(part(minutes)?) * 60))
}

fn part<'v>(name: &str, value: &View<'v>, ahead: i64) -> Result<View<'v>> {
    if let View::Duration(seconds) = value {
        let part = match name {
            "getHours" => seconds / 3600,
            "getMinutes" => seconds / 60,
            "getSeconds" => *seconds,
            "getMilliseconds" => 0,
            _ => return Err(EvalError::UnknownFunction(name.to_owned())),
        };
        return Ok(View::Int(part));
    }
    let at = match value {
        View::Instant(at) => at.saturating_add(ahead),
        View::Date(date) => day_number(*date) * DAY,
        other if name.starts_with("get") => return Err(no(name, other)),
        _ => return Err(EvalError::UnknownFunction(name.to_owned())),
    };
    let (date, second) = (date_of_day(at.div_euclid(DAY)), at.rem_euclid(DAY));
    Ok(View::Int(match name {
        "getFullYear" => date.year().into(),
        "getMonth" => i64::from(date.month()) - 1,
        "getDate" => date.day().into(),
        "getDayOfMonth" => i64::from(date.day()) - 1,
        "getDayOfWeek" => date.weekday().to_sunday_zero_offset().into(),
        "getDayOfYear" => i64::from(date.day_of_year()) - 1,
        "getHours" => second / 3600,
        "getMinutes" => second / 60 % 60,
        "getSeconds" => second % 60,
        "getMilliseconds" => 0,
        _ => return Err(EvalError::UnknownFunction(name.to_owned())),
    }))
}

/// A value as text; none for lists, rows and bytes that are no text.
pub(super) fn text_of(value: &View) -> Option<String> {
    Some(match value {
        View::Text(text) => text.to_string(),
        View::Bool(yes) => yes.to_string(),
        View::Int(n) => n.to_string(),
        View::Uint(n) => n.to_string(),
        View::Decimal(d) => d.normalize().to_string(),
        View::Double(d) => d.to_string(),
        View::Money(fen) => Decimal::new(fen.0, 2).normalize().to_string(),
        View::Date(date) => date.to_string(),
        View::Instant(at) => utc_text(*at),
        View::Duration(seconds) => format!("{seconds}s"),
        View::Ref(_, id) => id.to_string(),
        View::Record(known) => known.record.id.to_string(),
        View::Bytes(bytes) => String::from_utf8(bytes.to_vec()).ok()?,
        _ => return None,
    })
}

fn int(name: &str, value: &View) -> Result<i64> {
    match value {
        View::Int(n) => Ok(*n),
        View::Uint(n) => i64::try_from(*n).map_err(|_| range(name)),
        // Towards zero, as CEL has it.
        View::Decimal(d) => number::whole(d.trunc()).ok_or_else(|| range(name)),
        View::Double(d) if d.abs() < 9_223_372_036_854_775_807.0 => Ok(d.trunc() as i64),
        View::Double(_) => Err(range(name)),
        View::Instant(at) => Ok(*at),
        View::Text(text) => text.trim().parse().map_err(|_| unreadable(name, text)),
        _ => Err(no(name, value)),
    }
}

fn uint(name: &str, value: &View) -> Result<u64> {
    match value {
        View::Uint(n) => Ok(*n),
        View::Text(text) => text.trim().parse().map_err(|_| unreadable(name, text)),
        View::Double(d) if *d >= 0.0 && *d < 18_446_744_073_709_551_615.0 => Ok(d.trunc() as u64),
        View::Double(_) => Err(range(name)),
        View::Decimal(d) => u64::try_from(d.trunc().normalize().mantissa())
            .ok()
            .filter(|_| !d.is_sign_negative())
            .ok_or_else(|| range(name)),
        _ => u64::try_from(int(name, value)?).map_err(|_| range(name)),
    }
}

fn to_decimal(name: &str, value: &View) -> Result<Decimal> {
    match value {
        View::Text(text) => lex::decimal(text.trim()).ok_or_else(|| unreadable(name, text)),
        View::Double(d) => lex::decimal(&d.to_string()).ok_or_else(|| range(name)),
        View::Duration(seconds) => Ok(Decimal::from(*seconds)),
        _ => decimal(value).ok_or_else(|| no(name, value)),
    }
}

fn double(name: &str, value: &View) -> Result<f64> {
    match value {
        View::Double(d) => Ok(*d),
        View::Text(text) => match text.as_ref() {
            "NaN" => Ok(f64::NAN),
            "Infinity" => Ok(f64::INFINITY),
            "-Infinity" => Ok(f64::NEG_INFINITY),
            text => text.parse().map_err(|_| unreadable(name, text)),
        },
        _ => decimal(value)
            .map(number::double_of)
            .ok_or_else(|| no(name, value)),
    }
}

fn boolean(name: &str, value: &View) -> Result<bool> {
    match value {
        View::Bool(yes) => Ok(*yes),
        View::Text(text) => match text.as_ref() {
            "true" | "True" | "TRUE" | "t" | "1" => Ok(true),
            "false" | "False" | "FALSE" | "f" | "0" => Ok(false),
            text => Err(unreadable(name, text)),
        },
        _ => Err(no(name, value)),
    }
}

fn timestamp(name: &str, value: &View) -> Result<i64> {
    let at = match value {
        View::Instant(at) => *at,
        View::Int(at) => *at,
        View::Date(date) => start_of(*date),
        View::Text(text) => instant(text).ok_or_else(|| unreadable(name, text))?,
        _ => return Err(no(name, value)),
    };
    // Years 1 to 9999, as CEL has it.
    if (-62_135_596_800..=253_402_300_799).contains(&at) {
        Ok(at)
    } else {
        Err(range(name))
    }
}

/// RFC 3339 with seconds; fractions of a second are not kept anywhere in this system.
fn instant(text: &str) -> Option<i64> {
    if text.ends_with('Z') {
        return instant_of(text);
    }
    let at = text.len().checked_sub(6)?;
    let (local, zone) = (text.get(..at)?, text.get(at..)?);
    Some(instant_of(&format!("{local}Z"))? - offset(zone)?)
}

/// `1h30m`, `-2s`: whole seconds.
fn duration(text: &str) -> Option<i64> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut sum = Decimal::ZERO;
    while !rest.is_empty() {
        let end = rest.find(|c: char| c != '.' && !c.is_ascii_digit())?;
        let figure = lex::decimal(&rest[..end])?;
        let tail = &rest[end..];
        let unit = ["ms", "us", "ns", "h", "m", "s"]
            .into_iter()
            .find(|unit| tail.starts_with(unit))?;
        let seconds = match unit {
            "h" => Decimal::from(3600),
            "m" => Decimal::from(60),
            "s" => Decimal::ONE,
            "ms" => Decimal::new(1, 3),
            "us" => Decimal::new(1, 6),
            _ => Decimal::new(1, 9),
        };
        sum = number::add(sum, number::mul(figure, seconds)?)?;
        rest = &tail[unit.len()..];
    }
    // ±10,000 years, as CEL has it.
    let seconds = number::whole(sum).filter(|s| *s <= 315_576_000_000)?;
    Some(sign * seconds)
}
