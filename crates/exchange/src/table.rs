//! A table found in a sheet: what is told above it, its head as a tree of labels, its rows by kind, and the
//! fingerprint of its head. Whose fields the columns are is left to `mapping`.

use ground::Finding;

use crate::facts;
pub use crate::facts::{Fact, Facts, Target};
pub use crate::header::Column;
use crate::header::{self, Header};
pub use crate::moments::Span;
use crate::rows::{self, Keys};
pub use crate::rows::{Group, Row, RowKind};
use crate::sheet::Sheet;
use crate::words::label;

/// 表. Columns, rows and facts; cells are read through it.
#[derive(Clone, Debug)]
pub struct Table {
    /// What the rows above (and notes below) say.
    pub facts: Facts,
    /// First and last row of the head, from 0; equal for a head of one row. `None` when no head was found.
    pub header_rows: Option<(u32, u32)>,
    /// Columns with a label, from the left.
    pub columns: Vec<Column>,
    /// Rows under the head that hold something.
    pub rows: Vec<Row>,
    /// Group rows.
    pub groups: Vec<Group>,
    /// Hash of the labels, whatever the data, the place and the order of the columns.
    pub fingerprint: String,
    /// Remarks: no head, hidden rows, content without a label, another table below.
    pub findings: Vec<Finding>,
    pub(crate) sheet: Sheet,
    pub(crate) keys: Keys,
}

/// Finds the table of a sheet. A sheet without one gives a table without columns and a finding of severity
/// error (`table.no_header`, `table.no_rows`).
#[must_use]
pub fn read_table(sheet: &Sheet) -> Table {
    read_table_at(sheet, None)
}

/// The same for a sheet whose head is known to begin in a row, counted from 1 as people do. Where that row holds no
/// head it is looked for.
#[must_use]
pub fn read_table_at(sheet: &Sheet, head: Option<u32>) -> Table {
    let known = head.and_then(|row| header::at(sheet, row.checked_sub(1)?));
    let Some(header) = known.or_else(|| header::find(sheet)) else {
        return without_header(sheet);
    };
    let mut facts = read_preamble(sheet, header.top);
    let title = facts.title.as_ref().map(|t| t.value.clone());
    let body = rows::classify(sheet, &header, title.as_deref());
    for row in body
        .rows
        .iter()
        .filter(|r| matches!(r.kind, RowKind::Note | RowKind::Signature))
    {
        read_texts(sheet, row.index, &mut facts);
    }
    if facts.round.is_none() {
        facts.round = facts::round_in(&sheet.name).map(|value| Fact {
            value,
            place: sheet.name.clone(),
        });
    }
    let mut findings = Vec::new();
    tell_leftovers(sheet, &header, &body, &mut findings);
    let Header {
        top,
        bottom,
        columns,
    } = header.clone();
    Table {
        facts,
        header_rows: Some((top, bottom)),
        fingerprint: fingerprint(&columns),
        columns,
        rows: body.rows,
        groups: body.groups,
        findings,
        sheet: sheet.clone(),
        keys: rows::keys(&header),
    }
}

impl Table {
    /// Name of the sheet.
    #[must_use]
    pub fn sheet_name(&self) -> &str {
        &self.sheet.name
    }

    /// `第七期!F12` of a cell.
    #[must_use]
    pub fn place(&self, row: u32, column: u16) -> String {
        self.sheet.place(row, column)
    }

    /// The text of a cell in the body; a cell inside a vertical merge has the text of the merge.
    #[must_use]
    pub fn text(&self, row: u32, column: u16) -> String {
        let (row, column) = self.source(row, column);
        self.sheet.text(row, column)
    }

    /// The cell that gives a body cell its value.
    pub(crate) fn source(&self, row: u32, column: u16) -> (u32, u16) {
        let below_head = |top: u32| self.header_rows.is_some_and(|(_, bottom)| top > bottom);
        match self.sheet.merge_at(row, column) {
            Some(area) if area.left == column && below_head(area.top) => (area.top, column),
            _ => (row, column),
        }
    }

    /// The group a row stands in.
    #[must_use]
    pub fn group(&self, row: &Row) -> Option<&Group> {
        row.group.and_then(|g| self.groups.get(g as usize))
    }

    /// How many rows there are of a kind.
    #[must_use]
    pub fn count(&self, kind: RowKind) -> usize {
        self.rows.iter().filter(|r| r.kind == kind).count()
    }
}

fn without_header(sheet: &Sheet) -> Table {
    let mut facts = Facts::default();
    for row in sheet.rows().take(20) {
        read_texts(sheet, row, &mut facts);
    }
    let finding = Finding::error(
        "table.no_header",
        sheet.name.clone(),
        format!("工作表“{}”里没有找到表头", sheet.name),
        "请确认表头行写有“序号、项目名称、责任单位”一类的列名,并与数据在同一张工作表",
    );
    Table {
        facts,
        header_rows: None,
        columns: Vec::new(),
        rows: Vec::new(),
        groups: Vec::new(),
        fingerprint: fingerprint(&[]),
        findings: vec![finding],
        sheet: sheet.clone(),
        keys: Keys::default(),
    }
}

/// Reads the rows above the head. The title is the widest text there, the first of equals.
fn read_preamble(sheet: &Sheet, top: u32) -> Facts {
    let mut facts = Facts::default();
    let mut best: Option<(u32, String, String)> = None;
    for row in sheet.rows().take_while(|r| *r < top) {
        read_texts(sheet, row, &mut facts);
        for (column, text) in sheet.row_texts(row) {
            let score = title_score(sheet, row, column, &text);
            if score > 0 && best.as_ref().is_none_or(|(s, ..)| score > *s) {
                best = Some((score, text, sheet.place(row, column)));
            }
        }
    }
    if let Some((_, text, place)) = best {
        facts.read_title(&text, &place);
    }
    facts
}

fn title_score(sheet: &Sheet, row: u32, column: u16, text: &str) -> u32 {
    let text = label(text);
    let length = text.chars().count();
    let is_fact = text
        .split('(')
        .next()
        .is_some_and(|head| head.contains(':'));
    if !(3..=80).contains(&length)
        || is_fact
        || text.starts_with("附件")
        || text.starts_with("附表")
    {
        return 0;
    }
    let wide = sheet
        .merge_at(row, column)
        .map_or(0, |a| u32::from(a.right - a.left));
    let named = [
        "表", "台账", "清单", "一览", "周报", "月报", "日报", "名单", "计划", "情况", "统计",
    ]
    .iter()
    .any(|w| text.contains(w));
    1 + wide.min(20) + if named { 30 } else { 0 }
}

fn read_texts(sheet: &Sheet, row: u32, facts: &mut Facts) {
    for (column, text) in sheet.row_texts(row) {
        facts.read(&text, &sheet.place(row, column));
    }
}

/// Says what the table does not take in or takes in from hidden places.
fn tell_leftovers(sheet: &Sheet, header: &Header, body: &rows::Body, findings: &mut Vec<Finding>) {
    let hidden: Vec<u32> = body
        .rows
        .iter()
        .filter(|r| r.kind == RowKind::Data && sheet.row_hidden(r.index))
        .map(|r| r.index)
        .collect();
    if let Some(first) = hidden.first() {
        findings.push(Finding::info(
            "table.hidden_rows",
            format!("{}!{}行", sheet.name, first + 1),
            format!("有{}行数据是隐藏的(多半因筛选),也一并读取", hidden.len()),
            "若这些行不该导入,请在表里删去",
        ));
    }
    for column in header.columns.iter().filter(|c| c.hidden) {
        findings.push(Finding::info(
            "table.hidden_column",
            sheet.place(header.bottom, column.index),
            format!("“{}”列是隐藏的,也一并读取", column.path_text()),
            "若此列不该导入,请在列对应里选“不导入”",
        ));
    }
    tell_unlabelled(sheet, header, body, findings);
    if let Some(row) = body.other_table {
        findings.push(Finding::warning(
            "table.another_below",
            format!("{}!{}行", sheet.name, row + 1),
            format!("第{}行起像是另一张表,没有读取", row + 1),
            "请把它移到单独的工作表再导入",
        ));
    }
    if !body.rows.iter().any(|r| r.kind == RowKind::Data) {
        findings.push(Finding::error(
            "table.no_rows",
            sheet.name.clone(),
            "表头下面没有数据行",
            "请确认选对了工作表,数据应在表头下面",
        ));
    }
}

fn tell_unlabelled(sheet: &Sheet, header: &Header, body: &rows::Body, findings: &mut Vec<Finding>) {
    let mut told: Vec<u16> = Vec::new();
    for row in body
        .rows
        .iter()
        .filter(|r| matches!(r.kind, RowKind::Data | RowKind::Continuation))
    {
        for column in sheet.columns_in(row.index) {
            if header
                .columns
                .binary_search_by_key(&column, |c| c.index)
                .is_ok()
                || told.contains(&column)
            {
                continue;
            }
            // The right part of a merged cell belongs to its first column.
            if sheet
                .merge_at(row.index, column)
                .is_some_and(|a| a.left < column)
            {
                continue;
            }
            told.push(column);
            findings.push(Finding::warning(
                "table.column_without_label",
                sheet.place(row.index, column),
                "这一列有内容却没有表头,没有读取",
                "请给这一列加上表头,或删去表外的内容",
            ));
        }
    }
}

/// FNV-1a over the sorted paths: equal heads have equal fingerprints wherever they stand.
fn fingerprint(columns: &[Column]) -> String {
    let mut paths: Vec<String> = columns.iter().map(Column::path_text).collect();
    paths.sort();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in paths.join("\n").bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}
