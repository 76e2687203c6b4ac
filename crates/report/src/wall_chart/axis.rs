//! 时间轴. Which periods stand over the plot at each zoom, and what they are called.
//!
//! 年: quarters over months, ticks for 旬. 季: months over 旬, ticks for weeks. 月: months over weeks,
//! ticks for days. 周: weeks over days.

use std::collections::BTreeMap;

use ground::{Date, PeriodKind};

use super::layout::Zoom;
use super::model::short_date;

/// 开门红、双过半、季季红、全年红: what each quarter is fought for.
const SLOGANS: [&str; 4] = ["开门红", "双过半", "季季红", "全年红"];
const QUARTERS: [&str; 4] = ["一季度", "二季度", "三季度", "四季度"];
const DEKADS: [&str; 3] = ["上旬", "中旬", "下旬"];
const WEEKDAYS: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];

/// One period over the plot, cut to the range shown.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Cell {
    pub first: Date,
    pub last: Date,
    pub label: String,
    /// A shorter name where the cell is cut by the range; may be the same.
    pub short: String,
    /// Second, weaker word; may be empty.
    pub note: String,
    /// Holds today.
    pub current: bool,
}

/// The two levels of the header and the ticks under them.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Axis {
    pub top: Vec<Cell>,
    pub second: Vec<Cell>,
    /// Days at whose left edge a tick stands.
    pub ticks: Vec<Date>,
}

/// What the axis is made for.
pub(super) struct AxisInput<'a> {
    pub zoom: Zoom,
    pub first: Date,
    pub last: Date,
    pub today: Date,
    pub days_off: &'a BTreeMap<Date, String>,
}

pub(super) fn axis(input: &AxisInput<'_>) -> Axis {
    let (top, second, tick) = match input.zoom {
        Zoom::Year => (
            PeriodKind::Quarter,
            PeriodKind::Month,
            Some(PeriodKind::Dekad),
        ),
        Zoom::Quarter => (PeriodKind::Month, PeriodKind::Dekad, Some(PeriodKind::Week)),
        Zoom::Month => (PeriodKind::Month, PeriodKind::Week, Some(PeriodKind::Day)),
        Zoom::Week => (PeriodKind::Week, PeriodKind::Day, None),
    };
    let ticks = tick.map_or_else(Vec::new, |kind| {
        let starts = spans(kind, input.first, input.last)
            .into_iter()
            .map(|span| span.0);
        let seconds: Vec<Date> = spans(second, input.first, input.last)
            .iter()
            .map(|s| s.0)
            .collect();
        starts
            .filter(|day| seconds.binary_search(day).is_err())
            .collect()
    });
    Axis {
        top: cells(top, input),
        second: cells(second, input),
        ticks,
    }
}

/// Periods of one kind from the one that holds `first` to the one that holds `last`, cut to both.
fn spans(kind: PeriodKind, first: Date, last: Date) -> Vec<(Date, Date)> {
    let mut found = Vec::new();
    let mut day = first;
    loop {
        let end = kind.containing(day).last().min(last);
        found.push((day, end));
        match end.tomorrow() {
            Ok(next) if next <= last => day = next,
            _ => return found,
        }
    }
}

fn cells(kind: PeriodKind, input: &AxisInput<'_>) -> Vec<Cell> {
    let spans = spans(kind, input.first, input.last);
    let cell = |(first, last): (Date, Date)| {
        let (label, note) = name(kind, first, last, input);
        let years = label.rfind('年').map_or(0, |place| place + '年'.len_utf8());
        let short = label[years..].to_owned();
        Cell {
            first,
            last,
            label,
            short,
            note,
            current: (first..=last).contains(&input.today),
        }
    };
    spans.into_iter().map(cell).collect()
}

fn name(kind: PeriodKind, first: Date, last: Date, input: &AxisInput<'_>) -> (String, String) {
    let years = input.first.year() != input.last.year();
    let year = if years {
        format!("{}年", first.year())
    } else {
        String::new()
    };
    let quarter = usize::from((first.month().unsigned_abs() - 1) / 3);
    match kind {
        PeriodKind::Quarter => (
            format!("{year}{}", QUARTERS[quarter]),
            SLOGANS[quarter].to_owned(),
        ),
        PeriodKind::Month if input.zoom == Zoom::Year => {
            (format!("{}月", first.month()), String::new())
        }
        PeriodKind::Month => (
            format!("{}年{}月", first.year(), first.month()),
            String::new(),
        ),
        PeriodKind::Dekad => {
            let dekad = usize::from((first.day().unsigned_abs() - 1) / 10).min(2);
            (DEKADS[dekad].to_owned(), String::new())
        }
        PeriodKind::Week => {
            let days = format!(
                "{}—{}",
                short_date(first, input.today.year()),
                short_date(last, input.today.year())
            );
            (format!("第{}周", first.iso_week_date().week()), days)
        }
        _ => {
            let weekday = usize::from(first.weekday().to_monday_zero_offset().unsigned_abs());
            let word = input
                .days_off
                .get(&first)
                .filter(|holiday| !holiday.is_empty());
            (
                first.day().to_string(),
                word.cloned()
                    .unwrap_or_else(|| WEEKDAYS[weekday].to_owned()),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(zoom: Zoom, first: Date, last: Date, top: &str, second: &str, ticks: usize) {
        let days_off = BTreeMap::from([(Date::constant(2023, 5, 1), "劳动节".to_owned())]);
        let today = Date::constant(2023, 3, 10);
        let axis = axis(&AxisInput {
            zoom,
            first,
            last,
            today,
            days_off: &days_off,
        });
        let words = |cells: &[Cell]| {
            cells
                .iter()
                .map(|cell| format!("{}{}", cell.label, cell.note))
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(words(&axis.top), top);
        assert_eq!(words(&axis.second), second);
        assert_eq!(axis.ticks.len(), ticks);
    }

    #[test]
    fn a_year_shows_quarters_with_their_aims_over_months() {
        check(
            Zoom::Year,
            Date::constant(2023, 1, 1),
            Date::constant(2023, 12, 31),
            "一季度开门红 二季度双过半 三季度季季红 四季度全年红",
            "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
            24,
        );
    }

    #[test]
    fn a_quarter_shows_months_over_dekads() {
        check(
            Zoom::Quarter,
            Date::constant(2023, 2, 11),
            Date::constant(2023, 3, 31),
            "2023年2月 2023年3月",
            "中旬 下旬 上旬 中旬 下旬",
            7,
        );
    }

    #[test]
    fn a_month_shows_weeks_over_days() {
        check(
            Zoom::Month,
            Date::constant(2023, 3, 6),
            Date::constant(2023, 3, 19),
            "2023年3月",
            "第10周3/6—3/12 第11周3/13—3/19",
            12,
        );
    }

    #[test]
    fn a_week_names_weekdays_and_holidays() {
        check(
            Zoom::Week,
            Date::constant(2023, 5, 1),
            Date::constant(2023, 5, 3),
            "第18周5/1—5/3",
            "1劳动节 2二 3三",
            0,
        );
    }
}
