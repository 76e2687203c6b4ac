//! Dates and periods inside running text: `2023年3月6日—3月10日`, `2025年1—2月份`, `2023年一季度`. Dates alone in
//! a cell are read by `register`; here they stand among words.

use ground::{Date, Period, PeriodKind};

use crate::words::narrow;

/// A span of days found in a text, with the period it makes, if it makes one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Span {
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
    /// 周, 旬, 月 and so on; none for a span that is no period of the calendar.
    pub period: Option<Period>,
    /// Written as two days, not as the name of a period.
    pub days_written: bool,
}

/// Walks over characters; every `take_*` moves on only when it fits.
#[derive(Clone)]
struct Cursor<'a> {
    chars: &'a [char],
    at: usize,
}

impl Cursor<'_> {
    fn number(&mut self, digits: std::ops::RangeInclusive<usize>) -> Option<i16> {
        let found = self.chars[self.at..]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .count();
        if !digits.contains(&found) {
            return None;
        }
        let number = self.chars[self.at..self.at + found]
            .iter()
            .collect::<String>()
            .parse()
            .ok()?;
        self.at += found;
        Some(number)
    }

    fn take(&mut self, word: &str) -> bool {
        let fits = word
            .chars()
            .enumerate()
            .all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        if fits {
            self.at += word.chars().count();
        }
        fits
    }

    fn take_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|w| self.take(w))
    }

    fn dash(&mut self) -> bool {
        let start = self.at;
        while self
            .chars
            .get(self.at)
            .is_some_and(|c| matches!(c, '—' | '-' | '–' | '―' | '~' | '～' | '至' | '到' | '－'))
        {
            self.at += 1;
        }
        self.at > start
    }
}

fn chars_of(text: &str) -> Vec<char> {
    text.chars()
        .filter(|c| !crate::words::is_space(*c))
        .map(narrow)
        .collect()
}

/// The first period told in the text; dates behind 截至 and 目标 are no periods.
pub(crate) fn period_in(text: &str) -> Option<Span> {
    let chars = chars_of(text);
    let mut starts = (0..chars.len())
        .filter(|&at| chars[at].is_ascii_digit() && (at == 0 || !chars[at - 1].is_ascii_digit()));
    starts.find_map(|at| {
        let found = span_at(Cursor { chars: &chars, at });
        // Two days are a period whatever stands before them; a month behind 截至 is not.
        found.filter(|span| !is_point_in_time(&chars[..at]) || span.days_written)
    })
}

fn is_point_in_time(before: &[char]) -> bool {
    let tail: String = before[before.len().saturating_sub(5)..].iter().collect();
    [
        "截至",
        "截止",
        "截止到",
        "截至:",
        "截止:",
        "目标",
        "目标:",
        "日期:",
        "时间:",
    ]
    .iter()
    .any(|w| tail.ends_with(w))
}

fn span_at(mut cursor: Cursor) -> Option<Span> {
    let year = cursor.number(4..=4).filter(|y| (1980..=2100).contains(y))?;
    if !cursor.take("年") {
        return day_range(cursor, year, &['.', '-', '/']);
    }
    cursor.take("第");
    if let Some(period) = named_part(&mut cursor.clone(), year) {
        return whole(period);
    }
    months(cursor.clone(), year).or_else(|| day_range(cursor, year, &['月']))
}

/// 一季度, 上半年, 第10周, 年度.
fn named_part(cursor: &mut Cursor, year: i16) -> Option<Period> {
    for (word, period) in [
        ("上半年", Period::Half { year, half: 1 }),
        ("下半年", Period::Half { year, half: 2 }),
        ("度", Period::Year(year)),
        ("全年", Period::Year(year)),
    ] {
        if cursor.take(word) {
            return Some(period);
        }
    }
    let quarter = ["一二三四", "1234"].iter().find_map(|set| {
        let at = set
            .chars()
            .position(|c| cursor.chars.get(cursor.at) == Some(&c))?;
        let mut ahead = Cursor {
            at: cursor.at + 1,
            ..cursor.clone()
        };
        ahead.take_any(&["季度"]).then_some(at as i8 + 1)
    });
    if let Some(quarter) = quarter {
        return Some(Period::Quarter { year, quarter });
    }
    let week = cursor.number(1..=2)?;
    let week = i8::try_from(week).ok().filter(|w| (1..=53).contains(w))?;
    cursor.take("周").then_some(Period::Week { year, week })
}

/// 1—2月, 1月—3月, 3月, 3月上旬; `None` when a day follows.
fn months(mut cursor: Cursor, year: i16) -> Option<Span> {
    let first = month(&mut cursor)?;
    let mut ahead = cursor.clone();
    let monthly = ahead.take("月");
    if monthly {
        for (dekad, word) in [(1, "上旬"), (2, "中旬"), (3, "下旬")] {
            if ahead.take(word) {
                return whole(Period::Dekad {
                    year,
                    month: first,
                    dekad,
                });
            }
        }
    }
    let mut range = ahead.clone();
    if range.dash() {
        let mut with_year = range.clone();
        if with_year.number(4..=4) == Some(year) && with_year.take("年") {
            range = with_year;
        }
        let last = month(&mut range);
        let ends = range.take("月") && !range.chars.get(range.at).is_some_and(char::is_ascii_digit);
        if let Some(last) = last.filter(|last| ends && *last >= first) {
            let same = first == last;
            return whole(if same {
                Period::Month { year, month: first }
            } else {
                Period::Months { year, first, last }
            });
        }
        return None;
    }
    let bare = !ahead
        .chars
        .get(ahead.at)
        .is_some_and(|c| c.is_ascii_digit() || matches!(c, '底' | '末' | '初'));
    (monthly && bare)
        .then(|| whole(Period::Month { year, month: first }))
        .flatten()
}

fn month(cursor: &mut Cursor) -> Option<i8> {
    cursor
        .number(1..=2)
        .and_then(|m| i8::try_from(m).ok())
        .filter(|m| (1..=12).contains(m))
}

/// `2023年3月6日—3月10日`, `2023.3.6-3.10`, `3月6日—10日`: two days with a dash.
fn day_range(mut cursor: Cursor, year: i16, marks: &[char]) -> Option<Span> {
    let mark = *cursor.chars.get(cursor.at)?;
    if mark != '月' && marks.contains(&mark) {
        cursor.at += 1;
    }
    let first = month_day(&mut cursor, year, marks)?;
    if !cursor.dash() {
        return None;
    }
    let mut full = cursor.clone();
    let other_year = full
        .number(4..=4)
        .filter(|_| full.take("年") || full.take(".") || full.take("-") || full.take("/"));
    let last = match other_year {
        Some(year) => month_day(&mut full, year, marks),
        None => month_day(&mut cursor.clone(), year, marks).or_else(|| {
            let day = i8::try_from(cursor.number(1..=2)?).ok()?;
            Date::new(year, first.month(), day).ok()
        }),
    }?;
    (first <= last).then(|| Span {
        first,
        last,
        period: period_of(first, last),
        days_written: true,
    })
}

fn month_day(cursor: &mut Cursor, year: i16, marks: &[char]) -> Option<Date> {
    let month = month(cursor)?;
    let mark = *cursor.chars.get(cursor.at)?;
    if !marks.contains(&mark) {
        return None;
    }
    cursor.at += 1;
    let day = i8::try_from(cursor.number(1..=2)?).ok()?;
    cursor.take("日");
    Date::new(year, month, day).ok()
}

fn whole(period: Period) -> Option<Span> {
    Some(Span {
        first: period.first(),
        last: period.last(),
        period: Some(period),
        days_written: false,
    })
}

/// The period of two days: a whole one, or the week that a report from Monday to Friday means.
pub(crate) fn period_of(first: Date, last: Date) -> Option<Period> {
    for kind in [
        PeriodKind::Dekad,
        PeriodKind::Month,
        PeriodKind::Quarter,
        PeriodKind::Half,
        PeriodKind::Year,
    ] {
        let period = kind.containing(first);
        if period.first() == first && period.last() == last {
            return Some(period);
        }
    }
    let week = PeriodKind::Week.containing(first);
    (week.contains(last) && first != last).then_some(week)
}

/// A single day in the text behind one of `keys`: 截至2023年1月28日. The words behind the day come too.
pub(crate) fn day_after(text: &str, keys: &[&str]) -> Option<(Date, String)> {
    let chars = chars_of(text);
    (0..chars.len()).find_map(|at| {
        let mut cursor = Cursor { chars: &chars, at };
        if !cursor.take_any(keys) {
            return None;
        }
        while cursor.take_any(&["日期", "时间", "到", ":", "为", "于", "确保"]) {}
        let date = day_at(&mut cursor)?;
        cursor.take_any(&["之前", "前", "底前"]);
        let rest: String = cursor.chars[cursor.at..]
            .iter()
            .take_while(|c| !matches!(c, ')' | ',' | '。' | ';'))
            .collect();
        Some((date, rest))
    })
}

/// The day that opens a text, whatever stands behind it.
pub(crate) fn day_in(text: &str) -> Option<Date> {
    let chars = chars_of(text);
    (0..chars.len()).find_map(|at| day_at(&mut Cursor { chars: &chars, at }))
}

/// `2023年8月20日`, `2023.8.20`, `2023-08-20`, `2023年10月底` (the last day of the month).
fn day_at(cursor: &mut Cursor) -> Option<Date> {
    let year = cursor.number(4..=4).filter(|y| (1980..=2100).contains(y))?;
    if !cursor.take_any(&["年", ".", "-", "/"]) {
        return None;
    }
    let month = month(cursor)?;
    if !cursor.take_any(&["月", ".", "-", "/"]) {
        return None;
    }
    if cursor.take_any(&["底", "末"]) {
        return Some(Period::Month { year, month }.last());
    }
    let day = i8::try_from(cursor.number(1..=2)?).ok()?;
    cursor.take("日");
    Date::new(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, code: &str) {
        let found = period_in(text).and_then(|s| s.period).map(Period::code);
        assert_eq!(found.as_deref().unwrap_or("none"), code, "{text}");
    }

    #[test]
    fn periods_in_titles_are_read() {
        check("莲湖街道重点项目进展周报(2023年3月6日—3月10日)", "2023W10");
        check("2025年1—2月份主要经济指标完成情况", "2025M01-02");
        check("2025年1月-3月完成情况", "2025M01-03");
        check("2025年3月份完成情况", "2025M03");
        check("2025 年 一 季度", "2025Q1");
        check("2025年上半年", "2025H1");
        check("2024年度项目", "2024");
        check("2025年3月上旬", "2025M03T1");
        check("周报(2023.3.6-3.10)", "2023W10");
        check("2023年第10周进展", "2023W10");
        check("2023年3月6日至10日", "2023W10");
        check("时间:2023年3月6日至3月10日", "2023W10");
    }

    #[test]
    fn points_in_time_are_no_periods() {
        check("截至:2023年1月28日", "none");
        check("目标:2023年8月20日交付", "none");
        check("截至2025年3月", "none");
        check("2023年10月底前完成", "none");
        check("中原区2023年老旧小区改造项目", "none");
    }

    #[test]
    fn days_are_found_behind_their_key() {
        let (day, rest) =
            day_after("倒排工期表(目标:2023年8月20日交付)", &["目标"]).expect("there");
        assert_eq!(
            (day.to_string().as_str(), rest.as_str()),
            ("2023-08-20", "交付")
        );
        let (day, _) =
            day_after("单位:亿元    截至:2023年1月28日", &["截至", "截止"]).expect("there");
        assert_eq!(day.to_string(), "2023-01-28");
        assert_eq!(
            day_after("目标:2023年10月底前竣工", &["目标"]).map(|(d, r)| (d.to_string(), r)),
            Some(("2023-10-31".into(), "竣工".into()))
        );
        assert_eq!(day_after("截至目前", &["截至"]), None);
    }
}
