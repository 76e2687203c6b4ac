//! Bytes of schedule files as text, dates and numbers; which format a file has.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use ground::{Date, Minute, minute_of};
use std::borrow::Cow;

use super::Format;

/// What the first bytes say; otherwise what the file seems to be, in Chinese.
pub(crate) fn recognise(bytes: &[u8]) -> Result<Format, &'static str> {
    let text = head(bytes);
    let text = text.trim_start();
    if text.is_empty() {
        return Err("空文件");
    }
    if text.starts_with("ERMHDR") || text.starts_with("%T") {
        return Ok(Format::Xer);
    }
    if text.starts_with('<') {
        return recognise_xml(text);
    }
    if is_plan_text(text) {
        return Ok(Format::Toml);
    }
    let kinds: [(&[u8], &str); 4] = [
        (b"\xD0\xCF\x11\xE0", "Project 的 .mpp 或旧版 Office 文件"),
        (b"PK\x03\x04", "压缩包或电子表格"),
        (b"%PDF", "PDF 文件"),
        (b"MPX", "旧版 MPX 文件"),
    ];
    let kind = kinds.iter().find(|(mark, _)| bytes.starts_with(mark));
    Err(kind.map_or("其他文件", |(_, kind)| kind))
}

/// The first line that says something sets a key or opens a table, as TOML does.
fn is_plan_text(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    let first = lines
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .unwrap_or_default();
    let key = first.split('=').next().unwrap_or_default().trim();
    let named = first.contains('=') && !key.is_empty();
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    named && key.chars().all(word) || first.starts_with("[[") && first.ends_with("]]")
}

fn recognise_xml(text: &str) -> Result<Format, &'static str> {
    let root = text.match_indices('<').find_map(|(at, _)| {
        let name = text[at + 1..].split(|c: char| !c.is_alphanumeric()).next();
        name.filter(|name| !name.is_empty())
            .map(|name| (name, &text[at..]))
    });
    // A prefix of the root element (`ns:Project`) ends the name above; its namespace tells the rest.
    match root {
        Some(("APIBusinessObjects", _)) => Ok(Format::Pmxml),
        Some((_, rest)) if rest.contains("APIBusinessObjects") => Ok(Format::Pmxml),
        Some(("Project", _)) => Ok(Format::Mspdi),
        Some((_, rest)) if rest.contains("schemas.microsoft.com/project") => Ok(Format::Mspdi),
        _ => Err("其他 XML 文件"),
    }
}

/// The first kilobytes as text, in whatever of the usual encodings.
fn head(bytes: &[u8]) -> Cow<'_, str> {
    let part = &bytes[..bytes.len().min(4096)];
    let encoding = match Encoding::for_bom(part) {
        Some((encoding, _)) => encoding,
        None if wide(part) => UTF_16LE,
        None => UTF_8,
    };
    encoding.decode(part).0
}

/// UTF-16 without a mark: every second byte of the first ones is zero.
fn wide(bytes: &[u8]) -> bool {
    bytes.len() >= 8
        && bytes[..8]
            .chunks(2)
            .all(|pair| pair[0] != 0 && pair[1] == 0)
}

/// The encoding of a text file without a declaration of its own: by its mark, else UTF-8 when it is valid, else GB 18030
/// when what is not ASCII reads as Chinese, else windows-1252 (what P6 writes on western computers).
pub(crate) fn encoding_of(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if wide(bytes) {
        return UTF_16LE;
    }
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    if reads_as_chinese(bytes) {
        GB18030
    } else {
        WINDOWS_1252
    }
}

/// True when most characters beyond ASCII are hanzi and punctuation of GB 2312. A western letter stands alone between
/// ASCII letters (`Bétonnage`), hanzi come in pairs of high bytes.
fn reads_as_chinese(bytes: &[u8]) -> bool {
    let (mut pairs, mut strays) = (0usize, 0usize);
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte < 0x80 {
            continue;
        }
        let lead = (0xA1..=0xF7).contains(&byte);
        match rest.peek() {
            Some(0xA1..=0xFE) if lead => {
                rest.next();
                pairs += 1;
            }
            _ => strays += 1,
        }
    }
    pairs > 4 * strays
}

/// The whole as UTF-8 bytes, unless the encoding keeps ASCII bytes apart (then cells are decoded one by one).
pub(crate) fn widened<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> Cow<'a, [u8]> {
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return Cow::Owned(encoding.decode(bytes).0.into_owned().into_bytes());
    }
    Cow::Borrowed(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes))
}

/// `2018-11-29 16:00`, `2018-11-29T16:00:00`, `2018-11-29`; seconds and a zone are passed over.
pub(crate) fn minute(text: &[u8]) -> Option<Minute> {
    let text = text.trim_ascii();
    let number = |from: usize, to: usize| -> Option<i64> {
        text.get(from..to)?.iter().try_fold(0, |sum, byte| {
            byte.is_ascii_digit()
                .then(|| sum * 10 + i64::from(byte - b'0'))
        })
    };
    if text.get(4) != Some(&b'-') || text.get(7) != Some(&b'-') {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let date = Date::new(year as i16, month as i8, day as i8).ok()?;
    if text.len() == 10 {
        return Some(minute_of(date, 0, 0));
    }
    if !matches!(text[10], b' ' | b'T') || text.get(13) != Some(&b':') {
        return None;
    }
    let (hour, minute) = (number(11, 13)?, number(14, 16)?);
    (hour < 24 && minute < 60).then(|| minute_of(date, hour as i8, minute as i8))
}

/// A decimal number; a comma is taken for the point (P6 writes the figures of the computer's region).
pub(crate) fn number(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text.trim_ascii()).ok()?;
    let value: f64 = match text.parse() {
        Ok(value) => value,
        Err(_) if text.contains(',') => text.replace(',', ".").parse().ok()?,
        Err(_) => return None,
    };
    (value.is_finite() && value.abs() < 1e12).then_some(value)
}

/// Hours as whole minutes.
pub(crate) fn hours(text: &[u8]) -> Option<i64> {
    number(text).map(|hours| (hours * 60.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i16, month: i8, day: i8) -> Date {
        Date::constant(year, month, day)
    }

    #[test]
    fn dates_of_both_programs_are_the_same_minutes() {
        let afternoon = minute_of(date(2018, 11, 29), 16, 0);
        for text in [
            "2018-11-29 16:00",
            "2018-11-29T16:00:00",
            " 2018-11-29T16:00:00Z ",
        ] {
            assert_eq!(minute(text.as_bytes()), Some(afternoon), "{text}");
        }
        assert_eq!(minute(b"2018-11-29"), Some(afternoon - 16 * 60));
        for text in [
            "",
            "2018-13-29 16:00",
            "2018-11-29 25:00",
            "29.11.2018",
            "2018-11-29x16:00",
        ] {
            assert_eq!(minute(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn hours_with_point_or_comma_are_minutes() {
        assert_eq!(hours(b"7.5"), Some(450));
        assert_eq!(hours(b"7,5"), Some(450));
        assert_eq!(hours(b"-0.0166667"), Some(-1));
        assert_eq!(hours(b"inf"), None);
        assert_eq!(hours(b"acht"), None);
    }

    #[test]
    fn western_letters_are_not_taken_for_hanzi() {
        let western = WINDOWS_1252.encode("%R\tBétonnage façade £ 3\t").0;
        assert_eq!(encoding_of(&western), WINDOWS_1252);
        let chinese = GB18030.encode("%R\t主体结构（一标段）\t").0;
        assert_eq!(encoding_of(&chinese), GB18030);
        assert_eq!(encoding_of("主体".as_bytes()), UTF_8);
    }

    #[test]
    fn a_format_is_told_by_the_first_bytes() {
        assert_eq!(recognise(b"ERMHDR\t8.2"), Ok(Format::Xer));
        let project = b"<?xml version=\"1.0\"?><!-- x --><Project xmlns=\"http://schemas.microsoft.com/project\">";
        assert_eq!(recognise(project), Ok(Format::Mspdi));
        assert_eq!(recognise(b"<APIBusinessObjects>"), Ok(Format::Pmxml));
        assert_eq!(recognise(b"<html>"), Err("其他 XML 文件"));
        assert_eq!(recognise(b""), Err("空文件"));
    }
}
