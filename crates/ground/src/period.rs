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
                Period::Week {
                    year: week.year(),
                    week: week.week(),
                }
            }
            PeriodKind::Dekad => Period::Dekad {
                year,
                month,
                dekad: ((day - 1) / 10).min(2) + 1,
            },
            PeriodKind::Months if month <= 2 => Period::Months {
                year,
                first: 1,
                last: 2,
            },
            PeriodKind::Month | PeriodKind::Months => Period::Month { year, month },
            PeriodKind::Quarter => Period::Quarter {
                year,
                quarter: (month - 1) / 3 + 1,
            },
            PeriodKind::Half => Period::Half {
                year,
                half: (month - 1) / 6 + 1,
            },
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
                Period::Week {
                    year: earlier,
                    week: week.min(weeks_in(earlier)),
                }
            }
            Period::Dekad { year, month, dekad } => Period::Dekad {
                year: year.saturating_sub(1),
                month,
                dekad,
            },
            Period::Month { year, month } => Period::Month {
                year: year.saturating_sub(1),
                month,
            },
            Period::Months { year, first, last } => Period::Months {
                year: year.saturating_sub(1),
                first,
                last,
            },
            Period::Quarter { year, quarter } => Period::Quarter {
                year: year.saturating_sub(1),
                quarter,
            },
            Period::Half { year, half } => Period::Half {
                year: year.saturating_sub(1),
                half,
            },
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
#[error(
    "“{0}”不是周期代码;应写成 2025、2025H1、2025Q1、2025M03、2025M01-02、2025M03T1、2025W12、2025-03-15 或 2025YTD0315"
)]
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
    (last > month).then_some(Period::Months {
        year,
        first: month,
        last,
    })
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
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[track_caller]
    fn check(code: &str, label: &str, first: Date, last: Date) {
        let period: Period = code.parse().expect(code);
        assert_eq!(period.label(), label);
        assert_eq!((period.first(), period.last()), (first, last), "{code}");
        assert_eq!(period.code(), code);
    }

    #[test]
    fn every_kind_has_its_code_its_label_and_its_days() {
        check(
            "2023-03-10",
            "2023年3月10日",
            date(2023, 3, 10),
            date(2023, 3, 10),
        );
        check(
            "2023W10",
            "2023年第10周",
            date(2023, 3, 6),
            date(2023, 3, 12),
        );
        check(
            "2023M03T1",
            "2023年3月上旬",
            date(2023, 3, 1),
            date(2023, 3, 10),
        );
        check(
            "2023M03T2",
            "2023年3月中旬",
            date(2023, 3, 11),
            date(2023, 3, 20),
        );
        check(
            "2023M03T3",
            "2023年3月下旬",
            date(2023, 3, 21),
            date(2023, 3, 31),
        );
        check("2025M03", "2025年3月", date(2025, 3, 1), date(2025, 3, 31));
        check(
            "2025M01-02",
            "2025年1—2月",
            date(2025, 1, 1),
            date(2025, 2, 28),
        );
        check(
            "2025Q1",
            "2025年一季度",
            date(2025, 1, 1),
            date(2025, 3, 31),
        );
        check(
            "2025H1",
            "2025年上半年",
            date(2025, 1, 1),
            date(2025, 6, 30),
        );
        check(
            "2025H2",
            "2025年下半年",
            date(2025, 7, 1),
            date(2025, 12, 31),
        );
        check("2025", "2025年", date(2025, 1, 1), date(2025, 12, 31));
        check(
            "2025YTD0315",
            "2025年1月1日—3月15日",
            date(2025, 1, 1),
            date(2025, 3, 15),
        );
    }

    #[test]
    fn dekad_three_of_february_has_eight_days() {
        let days = |code: &str| code.parse::<Period>().expect(code).days();
        assert_eq!(days("2023M02T3"), 8);
        assert_eq!(days("2024M02T3"), 9);
        assert_eq!(days("2023M04T3"), 10);
        assert_eq!(days("2023M03T3"), 11);
        assert_eq!(days("2024"), 366);
    }

    #[test]
    fn weeks_cross_months_and_years() {
        check(
            "2022W52",
            "2022年第52周",
            date(2022, 12, 26),
            date(2023, 1, 1),
        );
        check(
            "2020W53",
            "2020年第53周",
            date(2020, 12, 28),
            date(2021, 1, 3),
        );
        assert_eq!(
            PeriodKind::Week.containing(date(2023, 1, 1)).code(),
            "2022W52"
        );
        assert_eq!(
            PeriodKind::Week.containing(date(2023, 3, 31)).code(),
            "2023W13"
        );
        assert!("2023W53".parse::<Period>().is_err());
    }

    #[test]
    fn the_chain_leads_from_the_day_to_the_year() {
        let mut period = Period::Day(date(2023, 3, 10));
        let mut codes = vec![period.code()];
        while let Some(parent) = period.parent() {
            codes.push(parent.code());
            period = parent;
        }
        assert_eq!(
            codes,
            [
                "2023-03-10",
                "2023W10",
                "2023M03T1",
                "2023M03",
                "2023Q1",
                "2023H1",
                "2023"
            ]
        );
        let kinds: Vec<_> = PeriodKind::CHAIN
            .windows(2)
            .map(|pair| pair[0].parent() == Some(pair[1]))
            .collect();
        assert_eq!(kinds, [true; 6]);
    }

    #[test]
    fn a_week_belongs_where_its_thursday_lies() {
        let parent = |code: &str| {
            code.parse::<Period>()
                .expect(code)
                .parent()
                .map(Period::code)
        };
        assert_eq!(parent("2023W05").as_deref(), Some("2023M02T1"));
        assert_eq!(parent("2023W13").as_deref(), Some("2023M03T3"));
    }

    #[test]
    fn merged_months_belong_to_the_smallest_whole_that_holds_them() {
        let parent = |code: &str| {
            code.parse::<Period>()
                .expect(code)
                .parent()
                .map(Period::code)
        };
        assert_eq!(parent("2025M01-02").as_deref(), Some("2025Q1"));
        assert_eq!(parent("2025M01-05").as_deref(), Some("2025H1"));
        assert_eq!(parent("2025M03-09").as_deref(), Some("2025"));
        let merged: Period = "2025M01-02".parse().expect("merged");
        assert_eq!(merged.next().code(), "2025M03");
        assert_eq!(merged.previous().code(), "2024M12");
        assert_eq!(PeriodKind::Months.containing(date(2025, 2, 3)), merged);
        assert_eq!(
            PeriodKind::Months.containing(date(2025, 4, 3)).code(),
            "2025M04"
        );
    }

    #[test]
    fn the_same_period_a_year_before_always_exists() {
        let before = |code: &str| code.parse::<Period>().expect(code).year_before().code();
        assert_eq!(before("2024-02-29"), "2023-02-28");
        assert_eq!(before("2020W53"), "2019W52");
        assert_eq!(before("2025M01-02"), "2024M01-02");
        assert_eq!(before("2024YTD0229"), "2023YTD0228");
    }

    #[test]
    fn what_is_no_code_is_refused_with_examples() {
        for text in [
            "",
            "25",
            "2025M13",
            "2025M00",
            "2025M3",
            "2025Q5",
            "2025H0",
            "2025-02-30",
            "2025W00",
            "2025M02-02",
            "2025M03T4",
            "2025YTD0230",
            "2025YTD031",
            "2025-3-1",
            "二〇二五",
            "2025年",
            "2025M03-01",
            "0000",
            "2025YTD03155",
            "2025Q1 ",
        ] {
            let error = text.parse::<Period>().expect_err(text);
            assert!(error.to_string().contains("2025Q1"));
        }
    }

    #[test]
    fn parts_out_of_range_do_not_panic() {
        for number in [i8::MIN, -1, 0, 99, i8::MAX] {
            for period in [
                Period::Week {
                    year: 2023,
                    week: number,
                },
                Period::Dekad {
                    year: 2023,
                    month: number,
                    dekad: number,
                },
                Period::Months {
                    year: 2023,
                    first: number,
                    last: number,
                },
                Period::Quarter {
                    year: i16::MIN,
                    quarter: number,
                },
                Period::Half {
                    year: i16::MAX,
                    half: number,
                },
            ] {
                assert!(period.first() <= period.last() && !period.label().is_empty());
                let _ = (
                    period.next(),
                    period.previous(),
                    period.parent(),
                    period.year_before(),
                );
            }
        }
        let _ = Period::Day(Date::MAX).next();
        let _ = Period::YearToDate(Date::MIN).previous();
    }

    fn any_date() -> impl Strategy<Value = Date> {
        (day_number(date(1950, 1, 1))..day_number(date(2150, 1, 1))).prop_map(date_of_day)
    }

    fn any_kind() -> impl Strategy<Value = PeriodKind> {
        prop::sample::select(vec![
            PeriodKind::Day,
            PeriodKind::Week,
            PeriodKind::Dekad,
            PeriodKind::Month,
            PeriodKind::Months,
            PeriodKind::Quarter,
            PeriodKind::Half,
            PeriodKind::Year,
            PeriodKind::YearToDate,
        ])
    }

    proptest! {
        #[test]
        fn codes_read_back(kind in any_kind(), day in any_date()) {
            let period = kind.containing(day);
            prop_assert_eq!(period.code().parse::<Period>(), Ok(period));
            let json = serde_json::to_string(&period).expect("a string");
            prop_assert_eq!(serde_json::from_str::<Period>(&json).expect("own output"), period);
        }

        #[test]
        fn periods_of_a_kind_tile_the_calendar(kind in any_kind(), day in any_date()) {
            let period = kind.containing(day);
            prop_assert!(period.contains(day));
            prop_assert_eq!(i64::from(period.days()), day_number(period.last()) - day_number(period.first()) + 1);
            if kind != PeriodKind::YearToDate {
                let (next, previous) = (period.next(), period.previous());
                prop_assert_eq!(day_number(next.first()), day_number(period.last()) + 1);
                prop_assert_eq!(day_number(previous.last()) + 1, day_number(period.first()));
            }
            if !matches!(kind, PeriodKind::Months) {
                prop_assert_eq!(period.next().previous(), period);
            }
        }

        #[test]
        fn all_but_days_and_weeks_lie_within_their_parent(kind in any_kind(), day in any_date()) {
            let period = kind.containing(day);
            if let Some(parent) = period.parent() && !matches!(kind, PeriodKind::Week) {
                prop_assert!(period.is_within(parent), "{} in {}", period, parent);
            }
        }

        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,12}") {
            let _ = text.parse::<Period>();
        }
    }
}
