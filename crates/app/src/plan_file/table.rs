//! The plan as a table: for the terminal with columns that line up under Chinese text, and as CSV for spreadsheets.

use super::PlanFile;
use ground::{Minute, iso_minutes};

const HEADS: [&str; 11] = [
    "编号",
    "名称",
    "最早开始",
    "最早完成",
    "最晚开始",
    "最晚完成",
    "总时差(天)",
    "自由时差(天)",
    "关键",
    "依据",
    "工期(天)",
];

impl PlanFile {
    /// One line per activity, and a line that sums up. Empty before the calculation.
    pub fn table(&self) -> String {
        let rows: Vec<[String; 11]> = self.cells();
        if rows.is_empty() {
            return String::new();
        }
        let mut widths = HEADS.map(width);
        for row in &rows {
            for (wide, cell) in widths.iter_mut().zip(row) {
                *wide = (*wide).max(width(cell)).min(40);
            }
        }
        let mut text = String::new();
        line(&mut text, &HEADS.map(str::to_owned), &widths);
        for row in &rows {
            line(&mut text, row, &widths);
        }
        text + &self.summary()
    }

    /// Comma-separated values in UTF-8 with a mark, so that spreadsheets read it as such.
    pub(super) fn csv(&self) -> Vec<u8> {
        let mut text = String::from("\u{feff}");
        let heads = HEADS.map(str::to_owned);
        for row in std::iter::once(&heads).chain(&self.cells()) {
            let cells: Vec<String> = row.iter().map(|cell| quoted(cell)).collect();
            text += &cells.join(",");
            text += "\r\n";
        }
        text.into_bytes()
    }

    fn cells(&self) -> Vec<[String; 11]> {
        let rows = self.rows().enumerate();
        rows.map(|(index, row)| {
            let activity = &self.file.network.activities[index];
            let day = self.file.network.calendars[activity.calendar].minutes_per_day();
            let clock = |date: &str| date.replace('T', " ");
            [
                row.id.to_owned(),
                activity.name.clone(),
                clock(&row.early_start),
                clock(&row.early_finish),
                clock(&row.late_start),
                clock(&row.late_finish),
                days(row.total_float_min, day),
                days(row.free_float_min, day),
                if row.critical { "是" } else { "" }.to_owned(),
                row.driver.to_owned(),
                days(activity.duration, day),
            ]
        })
        .collect()
    }

    fn summary(&self) -> String {
        let Some(schedule) = &self.schedule else {
            return String::new();
        };
        let critical = schedule
            .critical
            .iter()
            .filter(|critical| **critical)
            .count();
        let finish = clock(schedule.finish);
        let mut text = format!(
            "\n共 {} 项工作、{} 条搭接；计算完成 {finish}；关键 {critical} 项。",
            self.file.ids.len(),
            self.file.network.links.len(),
        );
        let short = schedule
            .total_float
            .iter()
            .filter(|float| **float < 0)
            .count();
        if let Some(target) = self.file.options.target {
            text += &format!("目标 {}。", clock(target));
        }
        if short > 0 {
            let worst = schedule.total_float.iter().min().copied().unwrap_or(0);
            text += &format!(
                "{short} 项赶不上目标，最多差 {} 小时工作时间。",
                hours(-worst)
            );
        }
        text + "\n"
    }
}

fn clock(minute: Minute) -> String {
    iso_minutes(minute).replace('T', " ")
}

fn hours(minutes: i64) -> f64 {
    (minutes as f64 / 6.0).round() / 10.0
}

/// Working minutes as days with one decimal, without a needless zero.
fn days(minutes: i64, day: i64) -> String {
    let tenths = (minutes as f64 * 10.0 / day.max(1) as f64).round() / 10.0;
    format!("{tenths}")
}

/// Columns on a terminal: hanzi take two.
fn width(text: &str) -> usize {
    text.chars()
        .map(|c| if c as u32 >= 0x1100 { 2 } else { 1 })
        .sum()
}

fn line(text: &mut String, cells: &[String; 11], widths: &[usize; 11]) {
    for (cell, wide) in cells.iter().zip(widths) {
        text.push_str(cell);
        let gap = wide.saturating_sub(width(cell)) + 2;
        text.extend(std::iter::repeat_n(' ', gap));
    }
    let kept = text.trim_end_matches(' ').len();
    text.truncate(kept);
    text.push('\n');
}

/// By RFC 4180; text that a spreadsheet would run as a formula gets a mark in front.
fn quoted(cell: &str) -> String {
    let number = cell.parse::<f64>().is_ok();
    let formula = !number && cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if formula {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if cell.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell
}
