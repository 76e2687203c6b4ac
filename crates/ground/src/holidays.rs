//! The yearly holiday notices of the State Council Office as data: which days are off, which
//! weekend days are worked in exchange (调休). 2023–2026 are shipped; later years are imported.

use crate::{Date, Finding};
use std::collections::BTreeMap;
use std::sync::OnceLock;

const SHIPPED: &str = include_str!("../data/holidays.csv");

/// What a notice says about one day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SpecialDay {
    /// True for a day off, false for a weekend day worked in exchange.
    pub off: bool,
    /// 春节, 国庆节 …
    pub name: String,
    /// The notice, e.g. 国办发明电〔2022〕16号, and where the date was read.
    pub source: String,
}

/// Holidays and make-up days by date.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HolidayTable {
    days: BTreeMap<Date, SpecialDay>,
}

impl HolidayTable {
    /// The table shipped with the program: 2023–2026.
    pub fn shipped() -> &'static HolidayTable {
        static TABLE: OnceLock<HolidayTable> = OnceLock::new();
        TABLE.get_or_init(|| HolidayTable::from_csv(SHIPPED).0)
    }

    /// Reads lines of `date,kind,name,source` under a header line; `kind` is `holiday` (放假) or
    /// `makeup_workday` (调休上班); further columns are passed over. Bad lines become findings
    /// with the line number as place; the others are kept.
    pub fn from_csv(text: &str) -> (HolidayTable, Vec<Finding>) {
        let mut table = HolidayTable::default();
        let mut findings = Vec::new();
        let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
        for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            let cells = csv_cells(line);
            if index == 0 && !cells[0].starts_with(|c: char| c.is_ascii_digit()) {
                continue;
            }
            let place = format!("第{}行", index + 1);
            match read_line(&cells) {
                Ok((date, day)) => table.add(date, day, &place, &mut findings),
                Err((problem, remedy)) => {
                    findings.push(Finding::error("holidays.line", place, problem, remedy));
                }
            }
        }
        (table, findings)
    }

    fn add(&mut self, date: Date, day: SpecialDay, place: &str, findings: &mut Vec<Finding>) {
        if let Some(known) = self.days.insert(date, day.clone())
            && known.off != day.off
        {
            findings.push(Finding::warning(
                "holidays.twice",
                place,
                format!(
                    "{date} 前面写的是{},这里写的是{}",
                    off_word(known.off),
                    off_word(day.off)
                ),
                "已按后一行处理,请核对放假通知。",
            ));
        }
    }

    /// Both tables together; where both speak of a day, `newer` wins.
    pub fn merged(&self, newer: &HolidayTable) -> HolidayTable {
        let mut days = self.days.clone();
        days.extend(newer.days.iter().map(|(date, day)| (*date, day.clone())));
        HolidayTable { days }
    }

    /// True when the notice of that year is in the table. Told by 1 October: every notice has it,
    /// while a notice may also name days of its neighbours (30 December, say).
    pub fn published(&self, year: i16) -> bool {
        let national_day = Date::new(year, 10, 1).ok();
        national_day
            .and_then(|date| self.days.get(&date))
            .is_some_and(|day| day.off)
    }

    /// What the notices say about a day; `None` for an ordinary one.
    pub fn get(&self, date: Date) -> Option<&SpecialDay> {
        self.days.get(&date)
    }

    /// All special days in order.
    pub fn iter(&self) -> impl Iterator<Item = (Date, &SpecialDay)> {
        self.days.iter().map(|(date, day)| (*date, day))
    }

    /// The published years in order.
    pub fn years(&self) -> Vec<i16> {
        let mut years: Vec<i16> = self.days.keys().map(|date| date.year()).collect();
        years.dedup();
        years.retain(|year| self.published(*year));
        years
    }
}

fn off_word(off: bool) -> &'static str {
    if off { "放假" } else { "调休上班" }
}

fn read_line(cells: &[String]) -> Result<(Date, SpecialDay), (String, String)> {
    let cell = |index: usize| cells.get(index).map_or("", |cell| cell.trim());
    let date: Date = cell(0).parse().map_err(|_| {
        (
            format!("日期“{}”读不出来", cell(0)),
            "请写成 2027-01-01。".to_owned(),
        )
    })?;
    let off = match cell(1) {
        "holiday" | "放假" | "休" => true,
        "makeup_workday" | "调休上班" | "补班" | "班" => false,
        other => {
            return Err((
                format!("类型“{other}”不认识"),
                "请写 holiday(放假)或 makeup_workday(调休上班)。".to_owned(),
            ));
        }
    };
    Ok((
        date,
        SpecialDay {
            off,
            name: cell(2).to_owned(),
            source: cell(3).to_owned(),
        },
    ))
}

/// Cells of one CSV line; quoted cells may hold commas and doubled quotes. At least one cell.
pub(crate) fn csv_cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.trim_end_matches('\r').chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                push(&mut cells, '"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => push(&mut cells, other),
        }
    }
    cells
}

fn push(cells: &mut [String], c: char) {
    if let Some(cell) = cells.last_mut() {
        cell.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_shipped_table_has_four_years_and_no_finding() {
        let (table, findings) = HolidayTable::from_csv(SHIPPED);
        assert_eq!(findings, []);
        assert_eq!(table.years(), [2023, 2024, 2025, 2026]);
        let count = |year, off| {
            table
                .iter()
                .filter(|(date, day)| date.year() == year && day.off == off)
                .count()
        };
        assert_eq!(
            [2023, 2024, 2025, 2026].map(|year| count(year, true)),
            [28, 28, 28, 33]
        );
        assert_eq!(
            [2023, 2024, 2025, 2026].map(|year| count(year, false)),
            [7, 8, 5, 6]
        );
        assert!(
            table
                .iter()
                .all(|(_, day)| day.source.starts_with("国办发明电"))
        );
    }

    #[test]
    fn a_year_counts_as_published_by_its_own_notice_only() {
        let shipped = HolidayTable::shipped();
        assert!(!shipped.published(2022) && !shipped.published(2027));
        let (next, findings) = HolidayTable::from_csv(
            "日期,类型,名称,依据\r\n2027-01-01,放假,元旦,通知\r\n2027-10-01,holiday,国庆节,\"通知,附表\"\r\n2026-12-31,holiday,元旦,通知\r\n",
        );
        assert_eq!(findings, []);
        let both = shipped.merged(&next);
        assert_eq!(both.years(), [2023, 2024, 2025, 2026, 2027]);
        assert_eq!(
            both.get(date(2027, 10, 1)).map(|day| day.source.as_str()),
            Some("通知,附表")
        );
    }

    #[test]
    fn bad_lines_are_named_and_good_ones_kept() {
        let (table, findings) = HolidayTable::from_csv(
            "date,kind,name,source\n2027-02-30,holiday,春节,x\n2027-02-06,放假,春节,x\n2027-02-07,也许,春节,x\n\n2027-02-06,补班,春节,x\n",
        );
        assert_eq!(table.iter().count(), 1);
        let places: Vec<_> = findings
            .iter()
            .map(|finding| finding.place.as_str())
            .collect();
        assert_eq!(places, ["第2行", "第4行", "第6行"]);
        assert!(findings[0].problem.contains("2027-02-30"));
        assert!(
            findings[2]
                .problem
                .contains("前面写的是放假,这里写的是调休上班")
        );
    }
}
