//! Periods: day, week, dekad, month, merged months, quarter, half year, year, year to date; their
//! codes, Chinese labels, neighbours and parents. Which days of a period are worked is the
//! business of `calendar`.

use crate::Date;
use crate::timeline::{date_of_day, day_number};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::fmt;
use std::str::FromStr;

/// 周期. A span of whole days. Numbers are 1-based; a value out of its range (month 13) is read
/// as the nearest one in range, nothing panics.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Period {
    /// 日.
    Day(Date),
    /// 周. ISO 8601 week, Monday to Sunday; it may cross months and years.
    Week {
        /// Year of the week's Thursday.
        year: i16,
        /// 1..=53.
        week: i8,
    },
    /// 旬. Days 1–10, 11–20, 21–end.
    Dekad {
        /// Year.
        year: i16,
        /// 1..=12.
        month: i8,
        /// 1..=3.
        dekad: i8,
    },
    /// 月.
    Month {
        /// Year.
        year: i16,
        /// 1..=12.
        month: i8,
    },
    /// 合并月份. Months published as one, as 1—2月 is.
    Months {
        /// Year.
        year: i16,
        /// First month.
        first: i8,
        /// Last month, after the first.
        last: i8,
    },
    /// 季度.
    Quarter {
        /// Year.
        year: i16,
        /// 1..=4.
        quarter: i8,
    },
    /// 半年.
    Half {
        /// Year.
        year: i16,
        /// 1 or 2.
        half: i8,
    },
    /// 年.
    Year(i16),
    /// 年初至今. 1 January to this date.
    YearToDate(Date),
}

/// The kinds of [`Period`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodKind {
    /// 日.
    Day,
    /// 周.
    Week,
    /// 旬.
    Dekad,
    /// 月.
    Month,
    /// 合并月份.
    Months,
    /// 季.
    Quarter,
    /// 半年.
    Half,
    /// 年.
    Year,
    /// 年初至今.
    YearToDate,
}

impl PeriodKind {
    /// The chain of 以日保周、以周保旬、以旬保月、以月保季, in order.
    pub const CHAIN: [PeriodKind; 7] = [
        PeriodKind::Day,
        PeriodKind::Week,
        PeriodKind::Dekad,
        PeriodKind::Month,
        PeriodKind::Quarter,
        PeriodKind::Half,
        PeriodKind::Year,
    ];

    /// The period of this kind that holds `date`. `Months` gives 1—2月 in January and February
    /// and the single month after that, as monthly statistics are published.
    pub fn containing(self, date: Date) -> Period {
        let (year, month, day) = (date.year(), date.month(), date.day());
        match self {
            PeriodKind::Day => Period::Day(date),
            PeriodKind::Week => {
                let week = date.iso_week_date();
                Period::Week { year: week.year(), week: week.week() }
            }
            PeriodKind::Dekad => Period::Dekad { year, month, dekad: ((day - 1) / 10).min(2) + 1 },
            PeriodKind::Months if month <= 2 => Period::Months { year, first: 1, last: 2 },
            PeriodKind::Month | PeriodKind::Months => Period::Month { year, month },
            PeriodKind::Quarter => Period::Quarter { year, quarter: (month - 1) / 3 + 1 },
            PeriodKind::Half => Period::Half { year, half: (month - 1) / 6 + 1 },
            PeriodKind::Year => Period::Year(year),
            PeriodKind::YearToDate => Period::YearToDate(date),
        }
    }

    /// One step up the chain 日→周→旬→月→季→半年→年; `None` above the year.
    pub fn parent(self) -> Option<PeriodKind> {
        match self {
            PeriodKind::Day => Some(PeriodKind::Week),
            PeriodKind::Week => Some(PeriodKind::Dekad),
            PeriodKind::Dekad => Some(PeriodKind::Month),
            PeriodKind::Month | PeriodKind::Months => Some(PeriodKind::Quarter),
            PeriodKind::Quarter => Some(PeriodKind::Half),
            PeriodKind::Half | PeriodKind::YearToDate => Some(PeriodKind::Year),
            PeriodKind::Year => None,
        }
    }

    /// 日, 周, 旬, 月, 合并月份, 季, 半年, 年, 年初至今.
    pub fn label(self) -> &'static str {
        match self {
            PeriodKind::Day => "日",
            PeriodKind::Week => "周",
            PeriodKind::Dekad => "旬",
            PeriodKind::Month => "月",
            PeriodKind::Months => "合并月份",
            PeriodKind::Quarter => "季",
            PeriodKind::Half => "半年",
            PeriodKind::Year => "年",
            PeriodKind::YearToDate => "年初至今",
        }
    }
}

impl Period {
    /// Its kind.
    pub fn kind(self) -> PeriodKind {
        match self {
            Period::Day(_) => PeriodKind::Day,
            Period::Week { .. } => PeriodKind::Week,
            Period::Dekad { .. } => PeriodKind::Dekad,
            Period::Month { .. } => PeriodKind::Month,
            Period::Months { .. } => PeriodKind::Months,
            Period::Quarter { .. } => PeriodKind::Quarter,
            Period::Half { .. } => PeriodKind::Half,
            Period::Year(_) => PeriodKind::Year,
            Period::YearToDate(_) => PeriodKind::YearToDate,
        }
    }

    /// First day.
    pub fn first(self) -> Date {
        match self {
            Period::Day(date) => date,
            Period::Week { year, week } => monday(year, week),
            Period::Dekad { year, month, dekad } => {
                day_of(year, month, (dekad.clamp(1, 3) - 1) * 10 + 1)
            }
            Period::Month { year, month } => day_of(year, month, 1),
            Period::Months { year, first, .. } => day_of(year, first, 1),
            Period::Quarter { year, quarter } => day_of(year, quarter.clamp(1, 4) * 3 - 2, 1),
            Period::Half { year, half } => day_of(year, half.clamp(1, 2) * 6 - 5, 1),
            Period::Year(year) => day_of(year, 1, 1),
            Period::YearToDate(date) => day_of(date.year(), 1, 1),
        }
    }

    /// Last day.
    pub fn last(self) -> Date {
        match self {
            Period::Day(date) | Period::YearToDate(date) => date,
            Period::Week { .. } => date_of_day(day_number(self.first()) + 6),
            Period::Dekad { year, month, dekad } if dekad < 3 => {
                day_of(year, month, dekad.max(1) * 10)
            }
            Period::Dekad { year, month, .. } | Period::Month { year, month } => {
                end_of(year, month)
            }
            Period::Months { year, first, last } => end_of(year, last.max(first)),
            Period::Quarter { year, quarter } => end_of(year, quarter.clamp(1, 4) * 3),
            Period::Half { year, half } => end_of(year, half.clamp(1, 2) * 6),
            Period::Year(year) => end_of(year, 12),
        }
    }

    /// Number of days, both ends counted.
    pub fn days(self) -> i32 {
        (day_number(self.last()) - day_number(self.first()) + 1) as i32
    }

    /// True for each day from first to last.
    pub fn contains(self, date: Date) -> bool {
        self.first() <= date && date <= self.last()
    }

    /// True when every day of `self` is a day of `whole`.
    pub fn is_within(self, whole: Period) -> bool {
        whole.first() <= self.first() && self.last() <= whole.last()
    }

    /// The period one step up the chain. A week belongs where its Thursday lies (the rule by
    /// which ISO 8601 gives weeks to years); merged months that cross quarters go to the half
    /// year, or to the year. `None` for a year.
    pub fn parent(self) -> Option<Period> {
        let kind = self.kind().parent()?;
        match self {
            Period::Week { .. } => Some(kind.containing(date_of_day(day_number(self.first()) + 3))),
            Period::Months { .. } => [PeriodKind::Quarter, PeriodKind::Half, PeriodKind::Year]
                .into_iter()
                .map(|kind| kind.containing(self.first()))
                .find(|whole| self.is_within(*whole)),
            _ => Some(kind.containing(self.first())),
        }
    }

    /// The period after this one. After merged months comes the single month that follows; a
    /// year to date grows by a day.
    pub fn next(self) -> Period {
        let after = date_of_day(day_number(self.last()) + 1);
        match self {
            Period::Months { .. } => PeriodKind::Month.containing(after),
            _ => self.kind().containing(after),
        }
    }

    /// The period before this one; before merged months the single month that precedes.
    pub fn previous(self) -> Period {
        match self {
            Period::YearToDate(date) => Period::YearToDate(date_of_day(day_number(date) - 1)),
            _ => {
                let before = date_of_day(day_number(self.first()) - 1);
                match self {
                    Period::Months { .. } => PeriodKind::Month.containing(before),
                    _ => self.kind().containing(before),
                }
            }
        }
    }

    /// The same period one year earlier (上年同期). Week 53 becomes 52 and 29 February becomes
    /// the 28th where the earlier year has none.
    pub fn year_before(self) -> Period {
        match self {
            Period::Day(date) => Period::Day(year_earlier(date)),
            Period::YearToDate(date) => Period::YearToDate(year_earlier(date)),
            Period::Week { year, week } => {
                let earlier = year.saturating_sub(1);
                Period::Week { year: earlier, week: week.min(weeks_in(earlier)) }
            }
            Period::Dekad { year, month, dekad } => {
                Period::Dekad { year: year.saturating_sub(1), month, dekad }
            }
            Period::Month { year, month } => Period::Month { year: year.saturating_sub(1), month },
            Period::Months { year, first, last } => {
                Period::Months { year: year.saturating_sub(1), first, last }
            }
            Period::Quarter { year, quarter } => {
                Period::Quarter { year: year.saturating_sub(1), quarter }
            }
            Period::Half { year, half } => Period::Half { year: year.saturating_sub(1), half },
            Period::Year(year) => Period::Year(year.saturating_sub(1)),
        }
    }

    /// Stable code, also the form in JSON and in databases: `2025-03-15`, `2025W12`, `2025M03T1`,
    /// `2025M03`, `2025M01-02`, `2025Q1`, `2025H1`, `2025`, `2025YTD0315`.
    pub fn code(self) -> String {
        match self {
            Period::Day(date) => date.to_string(),
            Period::Week { year, week } => format!("{year:04}W{week:02}"),
            Period::Dekad { year, month, dekad } => format!("{year:04}M{month:02}T{dekad}"),
            Period::Month { year, month } => format!("{year:04}M{month:02}"),
            Period::Months { year, first, last } => format!("{year:04}M{first:02}-{last:02}"),
            Period::Quarter { year, quarter } => format!("{year:04}Q{quarter}"),
            Period::Half { year, half } => format!("{year:04}H{half}"),
            Period::Year(year) => format!("{year:04}"),
            Period::YearToDate(date) => {
                format!("{:04}YTD{:02}{:02}", date.year(), date.month(), date.day())
            }
        }
    }

    /// Chinese label with its year: 2023年3月上旬, 2025年一季度, 2025年1—2月, 2023年第10周.
    pub fn label(self) -> String {
        let year = match self {
            Period::Day(date) | Period::YearToDate(date) => date.year(),
            Period::Week { year, .. }
            | Period::Dekad { year, .. }
            | Period::Month { year, .. }
            | Period::Months { year, .. }
            | Period::Quarter { year, .. }
            | Period::Half { year, .. } => year,
            Period::Year(year) => return format!("{year}年"),
        };
        format!("{year}年{}", self.short_label())
    }

    /// Chinese label without its year: 3月上旬, 一季度, 1—2月, 上半年; a year says 全年.
    pub fn short_label(self) -> String {
        match self {
            Period::Day(date) => format!("{}月{}日", date.month(), date.day()),
            Period::Week { week, .. } => format!("第{week}周"),
            Period::Dekad { month, dekad, .. } => {
                format!("{month}月{}旬", pick(["上", "中", "下"], dekad))
            }
            Period::Month { month, .. } => format!("{month}月"),
            Period::Months { first, last, .. } => format!("{first}—{last}月"),
            Period::Quarter { quarter, .. } => {
                format!("{}季度", pick(["一", "二", "三", "四"], quarter))
            }
            Period::Half { half, .. } => pick(["上半年", "下半年"], half).to_owned(),
            Period::Year(_) => "全年".to_owned(),
            Period::YearToDate(date) => format!("1月1日—{}月{}日", date.month(), date.day()),
        }
    }
}

fn pick<const N: usize>(words: [&'static str; N], number: i8) -> &'static str {
    words[(number.clamp(1, N as i8) - 1) as usize]
}

/// Out-of-range parts become the nearest in range, so that no caller can make it panic.
fn day_of(year: i16, month: i8, day: i8) -> Date {
    let year = year.clamp(-9999, 9999);
    let month = month.clamp(1, 12);
    let last = Date::new(year, month, 1).map_or(28, Date::days_in_month);
    Date::new(year, month, day.clamp(1, last)).unwrap_or(Date::ZERO)
}

fn end_of(year: i16, month: i8) -> Date {
    day_of(year, month, 31)
}

/// 4 January always lies in week 1 (ISO 8601).
fn monday(year: i16, week: i8) -> Date {
    let fourth = day_of(year, 1, 4);
    let since_monday = i64::from(fourth.weekday().to_monday_zero_offset());
    let weeks = i64::from(week.clamp(1, weeks_in(year)) - 1);
    date_of_day(day_number(fourth) - since_monday + weeks * 7)
}

/// 28 December always lies in the last week of its year.
fn weeks_in(year: i16) -> i8 {
    day_of(year, 12, 28).iso_week_date().week()
}

fn year_earlier(date: Date) -> Date {
    day_of(date.year().saturating_sub(1), date.month(), date.day())
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code())
    }
}

/// A text that is no period code.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("“{0}”不是周期代码;应写成 2025、2025H1、2025Q1、2025M03、2025M01-02、2025M03T1、2025W12、2025-03-15 或 2025YTD0315")]
pub struct PeriodError(pub String);

impl FromStr for Period {
    type Err = PeriodError;
    fn from_str(text: &str) -> Result<Self, PeriodError> {
        read_code(text).ok_or_else(|| PeriodError(text.to_owned()))
    }
}

fn read_code(text: &str) -> Option<Period> {
    let year: i16 = number(text.get(..4)?)?;
    let rest = &text[4..];
    if rest.is_empty() {
        return (year >= 1).then_some(Period::Year(year));
    }
    if let Some(day) = rest.strip_prefix("YTD") {
        let date = Date::new(year, number(day.get(..2)?)?, number(day.get(2..)?)?).ok()?;
        return (day.len() == 4).then_some(Period::YearToDate(date));
    }
    let (letter, rest) = (rest.get(..1)?, rest.get(1..)?);
    match letter {
        "W" => within(rest, 2, weeks_in(year)).map(|week| Period::Week { year, week }),
        "Q" => within(rest, 1, 4).map(|quarter| Period::Quarter { year, quarter }),
        "H" => within(rest, 1, 2).map(|half| Period::Half { year, half }),
        "M" => read_months(year, rest),
        "-" => read_day(year, rest),
        _ => None,
    }
}

fn read_months(year: i16, rest: &str) -> Option<Period> {
    let month = within(rest.get(..2)?, 2, 12)?;
    let tail = &rest[2..];
    if tail.is_empty() {
        return Some(Period::Month { year, month });
    }
    if let Some(dekad) = tail.strip_prefix('T') {
        return within(dekad, 1, 3).map(|dekad| Period::Dekad { year, month, dekad });
    }
    let last = within(tail.strip_prefix('-')?, 2, 12)?;
    (last > month).then_some(Period::Months { year, first: month, last })
}

fn read_day(year: i16, rest: &str) -> Option<Period> {
    let (month, day) = rest.split_once('-')?;
    let (month, day) = (within(month, 2, 12)?, within(day, 2, 31)?);
    Date::new(year, month, day).ok().map(Period::Day)
}

fn within(text: &str, digits: usize, most: i8) -> Option<i8> {
    let value: i8 = number(text)?;
    (text.len() == digits && (1..=most).contains(&value)).then_some(value)
}

fn number<T: FromStr>(text: &str) -> Option<T> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.code())
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
