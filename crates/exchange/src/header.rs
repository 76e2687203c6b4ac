//! The head of a table: where it starts, how many rows it has (1 to 5), and the path of labels over each column.
//! Works with merged heads and with heads whose merges were lost on the way.

use ground::MoneyUnit;

use crate::sheet::Sheet;
use crate::words::{self, label};

/// 表头列. One column of the table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// Column of the sheet, from 0.
    pub index: u16,
    /// Labels from the top, spaces removed, units as written: `["投资", "总投资(亿元)"]`.
    pub path: Vec<String>,
    /// Money unit told by the head itself.
    pub unit: Option<MoneyUnit>,
    /// The head says %.
    pub percent: bool,
    /// The column is hidden in the workbook.
    pub hidden: bool,
}

impl Column {
    /// `投资/总投资`.
    #[must_use]
    pub fn path_text(&self) -> String {
        self.path.join("/")
    }

    /// The lowest label.
    #[must_use]
    pub fn leaf(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }
}

/// Rows of the head and its columns.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Header {
    pub(crate) top: u32,
    pub(crate) bottom: u32,
    pub(crate) columns: Vec<Column>,
}

/// Rows looked at from the top of the sheet. Longest preamble seen in such files: a page of instructions.
const SEARCH_ROWS: usize = 80;
/// Deepest head read.
const DEPTH: u32 = 5;

/// Words that heads of ledgers are made of.
const HEAD_WORDS: [&str; 46] = [
    "序号", "编号", "项目", "名称", "单位", "备注", "投资", "时间", "日期", "责任", "属地", "街道",
    "内容", "进度", "进展", "问题", "计划", "完成", "指标", "企业", "地址", "联系", "电话", "负责",
    "类型", "类别", "面积", "状态", "工期", "任务", "措施", "领导", "金额", "数量", "同比", "增长",
    "累计", "排名", "目标", "期限", "年度", "工作", "性质", "行业", "资金", "代码",
];

/// One cell of a row that may be a head: anchor columns of its span and its label.
struct HeadCell {
    left: u16,
    right: u16,
    bottom: u32,
    text: String,
}

/// Finds the head, or `None` when no row looks like one.
pub(crate) fn find(sheet: &Sheet) -> Option<Header> {
    let rows: Vec<u32> = sheet.rows().take(SEARCH_ROWS).collect();
    let width = rows
        .iter()
        .map(|&r| cover(&head_cells(sheet, r)))
        .max()
        .unwrap_or(0);
    let top = rows
        .iter()
        .copied()
        .find(|&row| starts_head(sheet, row, width))?;
    at(sheet, top)
}

/// The head that begins in a row.
pub(crate) fn at(sheet: &Sheet, top: u32) -> Option<Header> {
    let bottom = last_row(sheet, top);
    let columns = columns(sheet, top, bottom);
    (!columns.is_empty()).then_some(Header {
        top,
        bottom,
        columns,
    })
}

/// Whether the row reads as the first row of a head.
pub(crate) fn starts_head(sheet: &Sheet, row: u32, width: usize) -> bool {
    let cells = head_cells(sheet, row);
    if cells.len() < 2 || !cells.iter().all(|c| is_label(&c.text)) {
        return false;
    }
    let known = known_words(&cells);
    let covered = cover(&cells) * 2 >= width;
    // Two known words are a head even in a sparse row; three labels over half the width are one in any words.
    known >= 2 && (covered || cells.len() >= 3 || below_completes(sheet, row, width))
        || (cells.len() >= 3 || width <= 3) && covered && !looks_like_data_below_title(sheet, row)
}

/// A sparse first row (only the groups are written) whose next row fills the rest of the head.
fn below_completes(sheet: &Sheet, row: u32, width: usize) -> bool {
    let below = head_cells(sheet, row + 1);
    below.iter().all(|c| is_label(&c.text))
        && (cover(&below) + cover(&head_cells(sheet, row))) * 2 >= width
        && known_words(&below) >= 2
}

/// A row of words none of which is a head word, under which nothing differs, is data of a table without head.
fn looks_like_data_below_title(sheet: &Sheet, row: u32) -> bool {
    let cells = head_cells(sheet, row);
    known_words(&cells) == 0 && cells.iter().any(|c| c.text.chars().count() > 12)
}

fn known_words(cells: &[HeadCell]) -> usize {
    cells.iter().filter(|c| is_head_word(&c.text)).count()
}

pub(crate) fn is_head_word(text: &str) -> bool {
    text.chars().count() <= 18 && HEAD_WORDS.iter().any(|w| text.contains(w))
}

fn cover(cells: &[HeadCell]) -> usize {
    cells.iter().map(|c| (c.right - c.left) as usize + 1).sum()
}

/// The filled cells of a row with their spans.
fn head_cells(sheet: &Sheet, row: u32) -> Vec<HeadCell> {
    let cells = sheet.row_texts(row).map(|(column, text)| {
        let area = sheet.merge_at(row, column);
        HeadCell {
            left: column,
            right: area.map_or(column, |a| a.right),
            bottom: area.map_or(row, |a| a.bottom),
            text: label(&text),
        }
    });
    cells.collect()
}

/// A label: words, not too long, no sentence, no `key:value`, no number but a year.
fn is_label(text: &str) -> bool {
    let short = (1..=40).contains(&text.chars().count());
    let colon = text
        .find(':')
        .is_some_and(|at| at + 1 < text.len() || text.chars().count() <= 8);
    let number = words::is_numeric(text) && !words::is_year(text);
    short && !colon && !number && !text.contains(['。', ';']) && !is_date(text)
}

fn is_date(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c.is_ascii_digit())
        && crate::moments::day_in(text).is_some()
}

/// Goes down while rows still read as head.
fn last_row(sheet: &Sheet, top: u32) -> u32 {
    let mut bottom = merged_bottom(sheet, top, top);
    while bottom + 1 < top + DEPTH && continues_head(sheet, top, bottom) {
        bottom = merged_bottom(sheet, bottom + 1, top);
    }
    bottom
}

fn merged_bottom(sheet: &Sheet, row: u32, top: u32) -> u32 {
    let lowest = head_cells(sheet, row)
        .iter()
        .map(|c| c.bottom)
        .max()
        .unwrap_or(row);
    lowest.max(row).min(top + DEPTH - 1)
}

/// Whether the row under `bottom` belongs to the head: its labels stand under wide groups or fill gaps above.
fn continues_head(sheet: &Sheet, top: u32, bottom: u32) -> bool {
    let next = bottom + 1;
    let cells = head_cells(sheet, next);
    if cells.is_empty() || !cells.iter().all(|c| is_label(&c.text)) {
        return false;
    }
    if cells.iter().all(|c| is_unit_only(&c.text)) {
        return true;
    }
    let above = |column: u16| {
        (top..=bottom)
            .rev()
            .find_map(|row| spread_label(sheet, row, column))
    };
    let in_group = |c: &HeadCell| above(c.left).is_some_and(|(left, right, _)| right > left);
    let in_gap = |c: &HeadCell| above(c.left).is_none();
    let opens_gap = |c: &HeadCell| {
        above(c.left).is_some() && (c.left + 1..=c.left + 1).all(|n| above(n).is_none())
    };
    let grouped = cells.iter().filter(|c| in_group(c)).count();
    if cells.len() < 2 {
        return false;
    }
    let merged_style = grouped >= 2 && cells.iter().all(|c| in_group(c) || in_gap(c));
    let lost_merges = cells.iter().any(in_gap)
        && cells
            .iter()
            .all(|c| in_gap(c) || opens_gap(c) || in_group(c))
        && first_column_free(sheet, top, next);
    merged_style || lost_merges
}

/// Under the first label of the head nothing is written yet: data rows would start there.
fn first_column_free(sheet: &Sheet, top: u32, row: u32) -> bool {
    let first = head_cells(sheet, top).first().map(|c| c.left);
    first.is_some_and(|column| !sheet.is_filled(row, column))
}

fn is_unit_only(text: &str) -> bool {
    let bare = text.trim_matches(['(', ')']);
    !bare.is_empty() && words::unit_words(bare).all(words::is_measure)
}

/// The label that covers a cell of a head row: its own, or that of its merged area.
fn spread_label(sheet: &Sheet, row: u32, column: u16) -> Option<(u16, u16, String)> {
    let (anchor_row, anchor_column) = sheet.anchor(row, column);
    let text = label(&sheet.text(anchor_row, anchor_column));
    let right = sheet.merge_at(row, column).map_or(column, |a| a.right);
    (!text.is_empty()).then_some((anchor_column, right, text))
}

fn columns(sheet: &Sheet, top: u32, bottom: u32) -> Vec<Column> {
    let cells: Vec<HeadCell> = (top..=bottom)
        .flat_map(|row| head_cells(sheet, row))
        .collect();
    let (Some(left), Some(right)) = (
        cells.iter().map(|c| c.left).min(),
        cells.iter().map(|c| c.right).max(),
    ) else {
        return Vec::new();
    };
    (left..=right)
        .filter_map(|index| column(sheet, top, bottom, index))
        .collect()
}

fn column(sheet: &Sheet, top: u32, bottom: u32, index: u16) -> Option<Column> {
    let mut path: Vec<String> = Vec::new();
    for row in top..=bottom {
        let text = spread_label(sheet, row, index)
            .map(|(_, _, text)| text)
            .or_else(|| inherited(sheet, row, bottom, index));
        if let Some(text) = text.filter(|t| path.last() != Some(t)) {
            path.push(text);
        }
    }
    if path.is_empty() {
        return None;
    }
    let (mut unit, mut percent) = (None, false);
    for text in path.iter().rev() {
        let parts = words::parts(text);
        unit = unit.or(parts.money);
        percent |= parts.percent && unit.is_none();
    }
    // A row of bare units under the labels is the unit of the column, not its name.
    if path.len() > 1 && path.last().is_some_and(|t| is_unit_only(t)) {
        path.pop();
    }
    Some(Column {
        index,
        path,
        unit,
        percent,
        hidden: sheet.hidden_columns.contains(&index),
    })
}

/// Lost merges: a group label stands over its first column only, and the gaps right of it are its own.
fn inherited(sheet: &Sheet, row: u32, bottom: u32, index: u16) -> Option<String> {
    let has_child =
        |column: u16| (row + 1..=bottom).any(|r| spread_label(sheet, r, column).is_some());
    if row == bottom || !has_child(index) || sheet.merge_at(row, index).is_some() {
        return None;
    }
    let (left, _, text) = (0..index)
        .rev()
        .find_map(|column| spread_label(sheet, row, column))?;
    let merged = sheet.merge_at(row, left).is_some();
    let contiguous = (left..index).all(has_child);
    (!merged && contiguous).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv;
    use std::sync::Arc;

    fn sheet(text: &str) -> Sheet {
        let (mut drafts, texts) = csv::read(text, ',', "表").expect("small");
        Sheet::build(drafts.remove(0), Arc::new(texts))
    }

    #[track_caller]
    fn check(text: &str, rows: (u32, u32), paths: &[&str]) {
        let header = find(&sheet(text)).expect("a head");
        let found: Vec<String> = header.columns.iter().map(Column::path_text).collect();
        assert_eq!((header.top, header.bottom), rows);
        assert_eq!(found, paths);
    }

    #[test]
    fn titles_and_unit_rows_are_passed_over() {
        check(
            "某区项目台账\n填报单位:区发改委,单位:亿元\n序号,项目名称,总投资\n1,甲,2.5",
            (2, 2),
            &["序号", "项目名称", "总投资"],
        );
    }

    #[test]
    fn a_head_that_lost_its_merges_still_has_groups() {
        check(
            "序号,项目名称,投资,,计划时间,,备注\n,,总投资,年度计划,开工,竣工,\n1,甲,2,1,2023-01-01,2023-05-01,",
            (0, 1),
            &[
                "序号",
                "项目名称",
                "投资/总投资",
                "投资/年度计划",
                "计划时间/开工",
                "计划时间/竣工",
                "备注",
            ],
        );
    }

    #[test]
    fn a_row_of_units_belongs_to_the_head() {
        let header = find(&sheet(
            "序号,企业名称,产值,增速\n,,(万元),(%)\n1,甲公司,100,5",
        ))
        .expect("a head");
        assert_eq!(header.bottom, 1);
        assert_eq!(header.columns[2].unit, Some(MoneyUnit::WanYuan));
        assert!(header.columns[3].percent);
        assert_eq!(header.columns[2].path_text(), "产值");
    }

    #[test]
    fn year_columns_are_labels() {
        check(
            "指标名称,2023,2024\n产值,100,120",
            (0, 0),
            &["指标名称", "2023", "2024"],
        );
    }

    #[test]
    fn prose_and_bare_numbers_have_no_head() {
        assert_eq!(find(&sheet("这是一段说明文字。\n又一段说明文字。")), None);
        assert_eq!(find(&sheet("1,2,3\n4,5,6")), None);
    }
}
