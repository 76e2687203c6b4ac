//! Stored numbers as people read them: exact decimals, percents, dates; and what a number format code means.

use std::time::Duration;

use ground::Date;

use crate::sheet::Kind;

/// Writes a stored number with at most 15 significant digits, as the office suites show it: 0.1+0.2 is `0.3`.
pub(crate) fn decimal(number: f64) -> String {
    let (digits, exponent, negative) = significant(number);
    place_point(&digits, exponent, negative)
}

/// 0.282 -> `28.2%`; the point is moved, nothing is multiplied.
pub(crate) fn percent(number: f64) -> String {
    let (digits, exponent, negative) = significant(number);
    place_point(&digits, exponent + 2, negative) + "%"
}

/// Digits without trailing zeros, the place of the point (1 means behind the first digit), the sign.
fn significant(number: f64) -> (String, i32, bool) {
    if number == 0.0 || !number.is_finite() {
        return ("0".into(), 1, false);
    }
    let written = format!("{:.14e}", number.abs());
    let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0').to_string();
    (
        digits,
        exponent.parse::<i32>().unwrap_or(0) + 1,
        number < 0.0,
    )
}

fn place_point(digits: &str, point: i32, negative: bool) -> String {
    let sign = if negative { "-" } else { "" };
    // Beyond 30 places the number is no figure of a ledger; keep the text short.
    if !(-30..=30).contains(&point) {
        return format!("{sign}{digits}e{}", point - 1);
    }
    if point <= 0 {
        return format!(
            "{sign}0.{}{digits}",
            "0".repeat(point.unsigned_abs() as usize)
        );
    }
    let point = point as usize;
    if digits.len() <= point {
        return format!("{sign}{digits}{}", "0".repeat(point - digits.len()));
    }
    format!("{sign}{}.{}", &digits[..point], &digits[point..])
}

/// A serial day number of the 1900 system; 60 is the day that never was (1900-02-29).
pub(crate) fn serial_date(serial: f64) -> Option<Date> {
    if !(1.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let days = serial.floor() as u64;
    let base = if days < 60 {
        Date::new(1899, 12, 31)
    } else {
        Date::new(1899, 12, 30)
    };
    base.ok()?
        .checked_add(Duration::from_secs(days * 86_400))
        .ok()
}

/// `2023-06-25`, with ` 08:30` when the cell holds a time of day too; the bare number if it is no day.
pub(crate) fn date(serial: f64) -> String {
    match serial_date(serial) {
        None if (0.0..1.0).contains(&serial) => time(serial),
        None => decimal(serial),
        Some(day) if minutes(serial) == 0 => day.to_string(),
        Some(day) => format!("{day} {}", time(serial)),
    }
}

/// `2023年10月`, for cells that show no day: the day behind it was never meant.
pub(crate) fn month(serial: f64) -> String {
    serial_date(serial).map_or_else(
        || decimal(serial),
        |d| format!("{}年{}月", d.year(), d.month()),
    )
}

/// `08:30`, the part of the day.
pub(crate) fn time(serial: f64) -> String {
    let minutes = minutes(serial);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn minutes(serial: f64) -> i64 {
    let part = if serial.is_finite() {
        serial - serial.floor()
    } else {
        0.0
    };
    ((part * 1440.0).round() as i64).min(1439)
}

/// What a built-in number format is (ECMA-376 18.8.30, zh-CN rows included).
pub(crate) fn builtin_kind(id: u32) -> Kind {
    match id {
        9 | 10 => Kind::Percent,
        17 | 27 | 36 | 50 | 52 | 57 => Kind::Month,
        14..=16 | 22 | 28..=31 | 51 | 53 | 54 | 58 => Kind::Date,
        18..=21 | 32..=35 | 45..=47 | 55 | 56 => Kind::Time,
        _ => Kind::Number,
    }
}

/// What a number format code makes of a number.
pub(crate) fn format_kind(code: &str) -> Kind {
    let (letters, quoted) = split_code(code);
    if letters.contains('%') {
        return Kind::Percent;
    }
    if letters.eq_ignore_ascii_case("general") || letters.contains('@') {
        return Kind::Number;
    }
    let has = |c: char| letters.contains(c);
    let scientific = letters.contains("e+") || letters.contains("e-");
    let year = has('y') || (has('e') && !scientific);
    let clock = has('h') || has('s');
    match (year, has('m'), has('d'), clock) {
        (true, true, false, false) => Kind::Month,
        (true, ..) | (_, _, true, _) | (_, true, _, false) => Kind::Date,
        (.., true) => Kind::Time,
        _ => money_kind(&letters, &quoted),
    }
}

/// A literal `亿元` behind the digits is the unit of the cell; a trailing comma scales and makes it unsure.
fn money_kind(letters: &str, quoted: &str) -> Kind {
    if letters.ends_with(',') {
        Kind::Number
    } else if quoted.contains("亿元") {
        Kind::YiYuan
    } else if quoted.contains("万元") {
        Kind::WanYuan
    } else {
        Kind::Number
    }
}

/// The first section of a code: its letters in lower case without literals and brackets, and its literals.
fn split_code(code: &str) -> (String, String) {
    let (mut letters, mut quoted) = (String::new(), String::new());
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            ';' => break,
            '"' => quoted.extend(chars.by_ref().take_while(|&q| q != '"')),
            '\\' | '_' | '*' => quoted.extend(chars.next()),
            '[' => {
                let inside: String = chars.by_ref().take_while(|&q| q != ']').collect();
                if matches!(
                    inside.to_ascii_lowercase().as_str(),
                    "h" | "hh" | "m" | "mm" | "s" | "ss"
                ) {
                    letters.push_str("hs");
                }
            }
            c if c.is_ascii() => letters.push(c.to_ascii_lowercase()),
            c => quoted.push(c),
        }
    }
    (letters, quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_numbers_are_written_as_typed() {
        for (number, text) in [
            (9.6, "9.6"),
            (141.0 / 5.0, "28.2"),
            (0.1 + 0.2, "0.3"),
            (-0.05, "-0.05"),
            (700391.0, "700391"),
            (1e21, "1000000000000000000000"),
            (0.000012, "0.000012"),
            (0.0, "0"),
            (123456789012345.0, "123456789012345"),
        ] {
            assert_eq!(decimal(number), text);
        }
    }

    #[test]
    fn percents_move_the_point() {
        assert_eq!(percent(0.282), "28.2%");
        assert_eq!(percent(0.07), "7%");
        assert_eq!(percent(-0.005), "-0.5%");
        assert_eq!(percent(1.0), "100%");
    }

    #[test]
    fn serial_days_are_days() {
        assert_eq!(date(45102.0), "2023-06-25");
        assert_eq!(date(45_102.354_166_666_7), "2023-06-25 08:30");
        assert_eq!(date(1.0), "1900-01-01");
        assert_eq!(date(61.0), "1900-03-01");
        assert_eq!(month(45200.0), "2023年10月");
        assert_eq!(date(-3.0), "-3");
    }

    #[test]
    fn format_codes_tell_dates_percents_and_units() {
        for (code, kind) in [
            ("General", Kind::Number),
            ("0.00%", Kind::Percent),
            ("yyyy-mm-dd", Kind::Date),
            ("yyyy\"年\"m\"月\"", Kind::Month),
            ("[$-804]yyyy\"年\"m\"月\"d\"日\";@", Kind::Date),
            ("h:mm", Kind::Time),
            ("#,##0.00", Kind::Number),
            ("0.0\"亿元\"", Kind::YiYuan),
            ("0.00E+00", Kind::Number),
            ("[Red]0.0", Kind::Number),
            ("m\"月\"d\"日\"", Kind::Date),
            ("0.0,\"万元\"", Kind::Number),
            ("@", Kind::Number),
            ("[h]:mm", Kind::Time),
        ] {
            assert_eq!(format_kind(code), kind, "{code}");
        }
    }
}
