//! Dates and periods as people write them: 2023.6.25, 2023年8月25日, 2023年10月底, 45000,
//! 2023年上半年, 3月6日—3月10日.

use ground::{Date, Period, PeriodKind};
use jiff::ToSpan;

use super::{Cell, ReadCell, plain};
use crate::record::Value;

/// A date as read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DateReading {
    /// The day.
    pub date: Date,
    /// Written as a day, or made one by rule (月底 is its last day, a missing year is this year's).
    pub exact: bool,
    /// More likely wrong than not without a look: `2023.1` may be October.
    pub doubt: Option<String>,
}

/// Why a text is no date, in words for a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DateError {
    /// What is wrong, half a sentence.
    pub problem: String,
    /// What to write.
    pub remedy: String,
}

/// First and last year that a register's date may have.
const YEARS: std::ops::RangeInclusive<i16> = 1949..=2099;

/// Serial numbers of a spreadsheet for 1950-01-01 and 2099-12-31.
const SERIALS: std::ops::RangeInclusive<i64> = 18_264..=73_050;

impl Cell<'_> {
    pub(super) fn date(&self) -> ReadCell {
        match read_date(self.text, self.hints.today()) {
            Ok(reading) => self.dated(reading),
            Err(error) => {
                ReadCell::refused(self.error("cell.bad_date", &error.problem, error.remedy))
            }
        }
    }

    fn dated(&self, reading: DateReading) -> ReadCell {
        let value = Value::Date(reading.date);
        if let Some(doubt) = reading.doubt {
            return ReadCell::noted(
                value,
                self.warning("cell.date_doubt", &doubt, "请写全年月日。"),
            );
        }
        if reading.exact {
            return ReadCell::value(value);
        }
        let what = format!("按 {} 记", reading.date);
        ReadCell::noted(
            value,
            self.info("cell.date_rounded", &what, "如有准确日期，请改写。"),
        )
    }

    /// Beijing time in, UTC out.
    pub(super) fn date_time(&self) -> ReadCell {
        match read_moment(self.text) {
            Some(moment) => ReadCell::value(Value::DateTime(moment)),
            None => ReadCell::refused(self.error(
                "cell.bad_datetime",
                "看不懂这个时间",
                "请写成 2023-03-10 08:30。",
            )),
        }
    }

    pub(super) fn period(&self) -> ReadCell {
        match read_period(self.text, self.hints.today()) {
            Ok(period) => ReadCell::value(Value::Text(period.code())),
            Err(error) => {
                ReadCell::refused(self.error("cell.bad_period", &error.problem, error.remedy))
            }
        }
    }
}

/// Reads a civil date. `today` gives the year where none is written.
///
/// # Errors
/// No date, a day that does not exist, or a year outside 1949 to 2099.
pub fn read_date(text: &str, today: Date) -> Result<DateReading, DateError> {
    let text = compact(text);
    if let Some(serial) = serial(&text) {
        return Ok(exact(serial));
    }
    let (core, trimmed) = without_words(without_time(&text));
    let mut reading = parse_date(core, today).ok_or_else(unreadable)??;
    if !YEARS.contains(&reading.date.year()) {
        return Err(DateError {
            problem: format!("年份 {} 不合理", reading.date.year()),
            remedy: "请核对年份。".into(),
        });
    }
    reading.exact &= !trimmed;
    Ok(reading)
}

fn unreadable() -> DateError {
    DateError {
        problem: "看不懂这个日期".into(),
        remedy: "请写成 2023-06-25、2023年6月25日 或 2023年6月底。".into(),
    }
}

fn compact(text: &str) -> String {
    let text = plain(text);
    // A blank parts date and time; all others are typing habits (2023 年 6 月).
    match text.rsplit_once(' ') {
        Some((date, time)) if time.contains(':') => format!("{}T{time}", date.replace(' ', "")),
        _ => text.replace(' ', ""),
    }
}

fn exact(date: Date) -> DateReading {
    DateReading {
        date,
        exact: true,
        doubt: None,
    }
}

fn by_rule(date: Date) -> DateReading {
    DateReading {
        date,
        exact: false,
        doubt: None,
    }
}

/// Days since 1899-12-30, with or without a time of day behind the point.
fn serial(text: &str) -> Option<Date> {
    let whole = text.split('.').next()?;
    if whole.len() != 5 || !text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let days: i64 = whole.parse().ok()?;
    if !SERIALS.contains(&days) {
        return None;
    }
    Date::constant(1899, 12, 30).checked_add(days.days()).ok()
}

fn without_time(text: &str) -> &str {
    match text.split_once(['T', 't']) {
        Some((date, time)) if time.contains(':') => date,
        _ => text,
    }
}

/// Words around a date that do not change the day; whether any was there.
fn without_words(text: &str) -> (&str, bool) {
    let mut core = text;
    for word in [
        "预计", "计划", "力争", "确保", "拟", "截至", "截止", "约", "于", "至",
    ] {
        core = core.strip_prefix(word).unwrap_or(core);
    }
    for word in ["之前", "以前", "前", "左右", "止"] {
        core = core.strip_suffix(word).unwrap_or(core);
    }
    (core, core.len() < text.len())
}

/// The outer `Option` says whether the text looks like a date, the inner result whether it is one.
type Parsed = Option<Result<DateReading, DateError>>;

fn parse_date(text: &str, today: Date) -> Parsed {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return digits_only(text);
    }
    let (year, rest, separator) = year_part(text, today)?;
    let written = rest.len() < text.len();
    match separator {
        Some(mark) => separated(year, rest, mark, written),
        None => chinese(year, rest, written),
    }
}

/// 20230625, 202306, 2023.
fn digits_only(text: &str) -> Parsed {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i16>().ok();
    match text.len() {
        8 => Some(day(number(0..4)?, number(4..6)?, number(6..8)?).map(exact)),
        6 => Some(month_end(number(0..4)?, number(4..6)?).map(by_rule)),
        4 => Some(day(number(0..4)?, 12, 31).map(by_rule)),
        _ => None,
    }
}

/// Year, what follows it, and the separator if it is not 年. A text without a year has today's.
fn year_part(text: &str, today: Date) -> Option<(i16, &str, Option<char>)> {
    let relative = [
        ("今年", 0),
        ("本年", 0),
        ("明年", 1),
        ("去年", -1),
        ("年", 0),
    ];
    for (word, offset) in relative {
        if let Some(rest) = text.strip_prefix(word) {
            return Some((today.year() + offset, rest, None));
        }
    }
    let (number, length, rest) = leading_number(text)?;
    if let Some(rest) = rest.strip_prefix('年') {
        let year = if length == 2 { 2000 + number } else { number };
        return Some((year, rest, None));
    }
    let mark = rest.chars().next().filter(|c| "-/.".contains(*c));
    match mark {
        Some(mark) if length == 4 => Some((number, &rest[1..], Some(mark))),
        // 6/25 and 6.25 have no year; 23.6.25 has a short one.
        Some(mark) if rest[1..].contains(mark) => Some((2000 + number, &rest[1..], Some(mark))),
        Some(mark) => Some((today.year(), text, Some(mark))),
        None => Some((today.year(), text, None)),
    }
}

/// A run of digits, Arabic or Chinese: value, characters used, rest.
fn leading_number(text: &str) -> Option<(i16, usize, &str)> {
    let chinese = |c: char| "〇零一二三四五六七八九十".contains(c);
    let arabic = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text.find(|c: char| {
        if arabic {
            !c.is_ascii_digit()
        } else {
            !chinese(c)
        }
    });
    let (run, rest) = text.split_at(end.unwrap_or(text.len()));
    let value = ground::numeral::read_numeral(run)?.value;
    Some((i16::try_from(value).ok()?, run.chars().count(), rest))
}

/// 6-25, 6, after the year and its separator; or 6/25 when the text had no year.
fn separated(year: i16, rest: &str, mark: char, year_written: bool) -> Parsed {
    let parts: Vec<&str> = rest.split(mark).collect();
    let number = |part: &str| {
        part.trim_end_matches(['日', '号', '月'])
            .parse::<i16>()
            .ok()
    };
    match parts[..] {
        [month, d] if rest.len() < 6 => {
            let found = day(year, number(month)?, number(d)?);
            Some(found.map(|date| {
                if year_written {
                    exact(date)
                } else {
                    by_rule(date)
                }
            }))
        }
        [_] if !year_written => None,
        // In a number cell 2023.10 has become 2023.1.
        ["1"] if mark == '.' => Some(month_end(year, 1).map(|date| DateReading {
            date,
            exact: false,
            doubt: Some(format!(
                "可能是{year}年1月，也可能是10月（表格会去掉末尾的 0），按1月底记"
            )),
        })),
        [month] => Some(month_end(year, number(month)?).map(by_rule)),
        _ => None,
    }
}

/// What follows 年: 8月25日, 10月底, 上半年, 一季度, nothing.
fn chinese(year: i16, rest: &str, year_written: bool) -> Parsed {
    let whole = match rest {
        "" | "底" | "末" | "年底" | "年末" | "内" | "年内" if year_written => {
            Some((12, 31))
        }
        "底" | "末" | "年底" | "年末" | "年内" => Some((12, 31)),
        "初" | "年初" => Some((1, 1)),
        "中" | "年中" | "上半年" => Some((6, 30)),
        "下半年" | "全年" => Some((12, 31)),
        _ => None,
    };
    if let Some((month, d)) = whole {
        return Some(day(year, month, d).map(by_rule));
    }
    let (number, _, after) = leading_number(rest.strip_prefix('第').unwrap_or(rest))?;
    if let Some(tail) = after.strip_prefix("季度") {
        let fits = (1..=4).contains(&number) && matches!(tail, "" | "末" | "底" | "内");
        return fits.then(|| month_end(year, number * 3).map(by_rule));
    }
    in_month(year, number, after.strip_prefix('月')?, year_written)
}

fn in_month(year: i16, month: i16, tail: &str, year_written: bool) -> Parsed {
    let tail = tail.strip_prefix('份').unwrap_or(tail);
    match tail {
        "" | "底" | "末" | "下旬" | "内" => return Some(month_end(year, month).map(by_rule)),
        "初" => return Some(day(year, month, 1).map(by_rule)),
        "上旬" => return Some(day(year, month, 10).map(by_rule)),
        "中" | "中旬" => return Some(day(year, month, 20).map(by_rule)),
        _ => {}
    }
    let (number, _, after) = leading_number(tail)?;
    if !matches!(after, "" | "日" | "号") {
        return None;
    }
    let found = day(year, month, number);
    Some(found.map(|date| {
        if year_written {
            exact(date)
        } else {
            by_rule(date)
        }
    }))
}

fn day(year: i16, month: i16, day: i16) -> Result<Date, DateError> {
    let parts = (i8::try_from(month).ok(), i8::try_from(day).ok());
    let date = match parts {
        (Some(m), Some(d)) => Date::new(year, m, d).ok(),
        _ => None,
    };
    date.ok_or_else(|| DateError {
        problem: format!("没有 {year}年{month}月{day}日 这一天"),
        remedy: "请核对月份和日期。".into(),
    })
}

fn month_end(year: i16, month: i16) -> Result<Date, DateError> {
    day(year, month, 1)
        .map(Date::last_of_month)
        .map_err(|_| DateError {
            problem: format!("没有{month}月"),
            remedy: "请核对月份。".into(),
        })
}

/// `2023-03-10 08:30` of Beijing as `2023-03-10T00:30:00Z`. China has had one zone and no summer
/// time since 1992, so the offset is fixed. A text that already ends in Z stays.
fn read_moment(text: &str) -> Option<String> {
    let text = compact(text).replace(['年', '月', '/'], "-");
    let text = text
        .replace('日', "T")
        .replace('时', ":")
        .replace('分', "")
        .replace("TT", "T");
    let utc = text.ends_with('Z');
    let (date, time) = text.trim_end_matches('Z').split_once('T')?;
    let date = parse_date(date, Date::constant(2000, 1, 1))?
        .ok()
        .filter(|d| d.exact)?
        .date;
    let parts: Vec<i8> = time
        .split(':')
        .map(|p| p.parse().ok())
        .collect::<Option<_>>()?;
    let (hour, minute, second) = match parts[..] {
        [h, m] => (h, m, 0),
        [h, m, s] => (h, m, s),
        _ => return None,
    };
    let local = jiff::civil::Time::new(hour, minute, second, 0)
        .ok()?
        .on_date(date);
    let moment = if utc {
        local
    } else {
        local.checked_sub(8.hours()).ok()?
    };
    Some(moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

trait OnDate {
    fn on_date(self, date: Date) -> jiff::civil::DateTime;
}

impl OnDate for jiff::civil::Time {
    fn on_date(self, date: Date) -> jiff::civil::DateTime {
        date.to_datetime(self)
    }
}

/// Reads a period: 2025年1—2月份, 一季度, 2023年3月6日—3月10日, 2023W10. `today` gives the year
/// where none is written.
///
/// # Errors
/// No period that this system knows.
pub fn read_period(text: &str, today: Date) -> Result<Period, DateError> {
    let text = compact(text);
    if let Ok(period) = text.parse::<Period>() {
        return Ok(period);
    }
    let text = text.trim_end_matches("累计").trim_end_matches('份');
    parse_period(text, today).ok_or_else(|| DateError {
        problem: "看不懂这个时段".into(),
        remedy: "请写成 2025年3月、2025年1—2月、2025年一季度 或 2025年上半年。".into(),
    })
}

fn parse_period(text: &str, today: Date) -> Option<Period> {
    let dashed = text.contains('-').then(|| range(text, today)).flatten();
    if dashed.is_some() {
        return dashed;
    }
    let (year, rest, mark) = year_part(text, today)?;
    if !YEARS.contains(&year) {
        return None;
    }
    if mark.is_some() {
        let reading = parse_date(text, today)?.ok()?;
        let kind = if reading.exact {
            PeriodKind::Day
        } else {
            PeriodKind::Month
        };
        return Some(kind.containing(reading.date));
    }
    match rest {
        "" | "全年" if rest.len() < text.len() => return Some(Period::Year(year)),
        "上半年" => return Some(Period::Half { year, half: 1 }),
        "下半年" => return Some(Period::Half { year, half: 2 }),
        _ => {}
    }
    let (number, _, after) = leading_number(rest.strip_prefix('第').unwrap_or(rest))?;
    let number = i8::try_from(number).ok()?;
    part_of_year(year, number, after)
}

fn part_of_year(year: i16, number: i8, after: &str) -> Option<Period> {
    let month_ok = (1..=12).contains(&number);
    match after {
        "季度" if (1..=4).contains(&number) => Some(Period::Quarter {
            year,
            quarter: number,
        }),
        "周" if (1..=53).contains(&number) => format!("{year}W{number:02}").parse().ok(),
        "月" if month_ok => Some(Period::Month {
            year,
            month: number,
        }),
        "月上旬" if month_ok => Some(Period::Dekad {
            year,
            month: number,
            dekad: 1,
        }),
        "月中旬" if month_ok => Some(Period::Dekad {
            year,
            month: number,
            dekad: 2,
        }),
        "月下旬" if month_ok => Some(Period::Dekad {
            year,
            month: number,
            dekad: 3,
        }),
        _ => {
            let tail = after.strip_prefix('月')?;
            let (d, _, end) = leading_number(tail)?;
            let date = day(year, number.into(), d).ok()?;
            matches!(end, "" | "日" | "号").then_some(Period::Day(date))
        }
    }
}

/// 1-2月, or two days that make a week, a month or another whole period.
fn range(text: &str, today: Date) -> Option<Period> {
    let (left, right) = text.split_once('-')?;
    let (year, rest, mark) = year_part(left, today)?;
    if mark.is_some() {
        return None;
    }
    if let Some(months) = right.strip_suffix('月') {
        let first = i8::try_from(leading_number(rest)?.0).ok()?;
        let last = i8::try_from(leading_number(months)?.0).ok()?;
        return months_of(year, first, last);
    }
    let first = parse_date(left, today)?.ok()?.date;
    let right = if right.contains('月') {
        right.to_owned()
    } else {
        format!("{}月{right}", first.month())
    };
    let last = parse_date(&right, first)?.ok()?.date;
    spanning(first, last)
}

fn months_of(year: i16, first: i8, last: i8) -> Option<Period> {
    let ordered = 1 <= first && first <= last && last <= 12;
    if !ordered {
        return None;
    }
    Some(if first == last {
        Period::Month { year, month: first }
    } else {
        Period::Months { year, first, last }
    })
}

/// The smallest period that holds both days and is filled by them: a reporting week runs from its
/// Monday to Friday, Saturday or Sunday; other periods from their first to their last day.
fn spanning(first: Date, last: Date) -> Option<Period> {
    let week = PeriodKind::Week.containing(first);
    if week.first() == first && week.contains(last) {
        return Some(week);
    }
    let kinds = [
        PeriodKind::Dekad,
        PeriodKind::Month,
        PeriodKind::Quarter,
        PeriodKind::Half,
        PeriodKind::Year,
    ];
    let mut periods = kinds.into_iter().map(|kind| kind.containing(first));
    periods.find(|p| p.first() == first && p.last() == last)
}
