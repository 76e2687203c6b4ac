//! One worksheet in memory: sparse, compact (16 bytes a cell), read-only. It knows cells, merged areas and
//! hidden rows; what the cells mean is left to `table`.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::number_text;

/// A rectangle of cells, both corners included, rows and columns from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Area {
    /// First row.
    pub top: u32,
    /// First column.
    pub left: u16,
    /// Last row.
    pub bottom: u32,
    /// Last column.
    pub right: u16,
}

impl Area {
    /// Whether the cell lies inside.
    #[must_use]
    pub fn contains(&self, row: u32, column: u16) -> bool {
        (self.top..=self.bottom).contains(&row) && (self.left..=self.right).contains(&column)
    }
}

/// 下拉列表. Cells that offer a list of values.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Dropdown {
    /// Cells it belongs to.
    pub areas: Vec<Area>,
    /// As written: `"一般,重大"` with quotes, or an address `选项!$A$1:$A$9`, or a defined name.
    pub source: String,
}

/// What kind of thing a stored number is, by its number format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Kind {
    Text,
    Number,
    Percent,
    /// A number whose format shows `万元` behind it.
    WanYuan,
    /// A number whose format shows `亿元` behind it.
    YiYuan,
    Date,
    /// A date whose format shows year and month only.
    Month,
    Time,
    Bool,
    Error,
    /// A formula whose file holds no computed value; the payload is the text of the formula.
    Uncomputed,
}

/// What a cell holds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum CellValue<'a> {
    /// Text as typed.
    Text(&'a str),
    /// A stored number; read it through [`Sheet::text`], which gives its exact decimal writing.
    Number(f64),
    /// A number shown with a percent sign: 0.282 is 28.2%.
    Percent(f64),
    /// A day (and time of day) as a serial number of the 1900 system.
    Date(f64),
    /// A truth value.
    Bool(bool),
    /// An error value such as `#REF!`.
    Error(&'a str),
    /// A formula whose result the file does not hold.
    Uncomputed(&'a str),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    pub(crate) bits: u64,
    pub(crate) column: u16,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct RowSpan {
    pub(crate) index: u32,
    pub(crate) start: u32,
    pub(crate) len: u16,
    pub(crate) hidden: bool,
}

/// All texts of a workbook, one behind the other.
#[derive(Default, Debug)]
pub(crate) struct Texts {
    buffer: String,
    ends: Vec<u32>,
}

impl Texts {
    /// Adds a text and gives its number.
    pub(crate) fn push(&mut self, text: &str) -> u64 {
        self.buffer.push_str(text);
        // The readers stop at `limits::INFLATED_BYTES` (512 MB), far below 4 GB.
        self.ends
            .push(u32::try_from(self.buffer.len()).unwrap_or(u32::MAX));
        self.ends.len() as u64 - 1
    }

    pub(crate) fn get(&self, number: u64) -> &str {
        let number = number as usize;
        let Some(&end) = self.ends.get(number) else {
            return "";
        };
        let start = if number == 0 {
            0
        } else {
            self.ends[number - 1]
        };
        self.buffer.get(start as usize..end as usize).unwrap_or("")
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }
}

/// 工作表. Cells by row, merged areas, hidden rows and columns.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The name on the tab.
    pub name: String,
    /// False for hidden and very hidden sheets.
    pub visible: bool,
    /// Merged areas, clipped to the used part of the sheet.
    pub merges: Vec<Area>,
    /// Hidden columns, from 0, in order.
    pub hidden_columns: Vec<u16>,
    /// Drop-down lists (数据有效性); only .xlsx tells them.
    pub dropdowns: Vec<Dropdown>,
    /// Whether number formats are known. Old .xls files are read without them: a 28.2% cell comes as 0.282.
    pub formats_known: bool,
    /// Whether the file tells numbers from texts; text tables (.csv) do not.
    pub typed: bool,
    grid: Arc<Grid>,
}

/// The heavy part of a sheet, shared by its clones.
#[derive(Debug)]
struct Grid {
    rows: Vec<RowSpan>,
    cells: Vec<Cell>,
    texts: Arc<Texts>,
    merges_by_row: FxHashMap<u32, Vec<u32>>,
}

/// Rows that the index of merged areas may hold; beyond it an area is taken as its first row only.
const MERGE_ROWS_MAX: usize = 2_000_000;

impl Sheet {
    pub(crate) fn build(draft: SheetDraft, texts: Arc<Texts>) -> Sheet {
        let SheetDraft {
            name,
            visible,
            merges,
            hidden_columns,
            dropdowns,
            formats_known,
            typed,
            mut rows,
            mut cells,
        } = draft;
        sort_rows(&mut rows, &mut cells);
        let last_row = rows.last().map_or(0, |r| r.index);
        let last_column = cells.iter().map(|c| c.column).max().unwrap_or(0);
        let merges: Vec<Area> = merges
            .into_iter()
            .filter_map(|a| clip(a, last_row, last_column))
            .collect();
        let merges_by_row = index_merges(&merges);
        rows.shrink_to_fit();
        cells.shrink_to_fit();
        let grid = Arc::new(Grid {
            rows,
            cells,
            texts,
            merges_by_row,
        });
        Sheet {
            name,
            visible,
            merges,
            hidden_columns,
            dropdowns,
            formats_known,
            typed,
            grid,
        }
    }

    /// Rows that hold at least one value, in order.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = u32> + '_ {
        self.grid.rows.iter().filter(|r| r.len > 0).map(|r| r.index)
    }

    /// Number of cells that hold a value.
    #[must_use]
    pub fn cell_count(&self) -> usize {
        self.grid.cells.len()
    }

    /// Whether the row is hidden (by hand or by a filter).
    #[must_use]
    pub fn row_hidden(&self, row: u32) -> bool {
        self.span(row).is_some_and(|r| r.hidden)
    }

    /// The columns of a row that hold a value, in order.
    pub fn columns_in(&self, row: u32) -> impl DoubleEndedIterator<Item = u16> + '_ {
        self.row_cells(row).iter().map(|c| c.column)
    }

    /// What the cell itself holds; merged areas hold their value in the first cell.
    #[must_use]
    pub fn value(&self, row: u32, column: u16) -> Option<CellValue<'_>> {
        let cell = self.cell(row, column)?;
        Some(match cell.kind {
            Kind::Text => CellValue::Text(self.grid.texts.get(cell.bits)),
            Kind::Number | Kind::WanYuan | Kind::YiYuan => {
                CellValue::Number(f64::from_bits(cell.bits))
            }
            Kind::Percent => CellValue::Percent(f64::from_bits(cell.bits)),
            Kind::Date | Kind::Month | Kind::Time => CellValue::Date(f64::from_bits(cell.bits)),
            Kind::Bool => CellValue::Bool(cell.bits != 0),
            Kind::Error => CellValue::Error(self.grid.texts.get(cell.bits)),
            Kind::Uncomputed => CellValue::Uncomputed(self.grid.texts.get(cell.bits)),
        })
    }

    /// The cell as a reader sees it: numbers in their exact decimal writing (15 digits, as the office suites
    /// do), percents with the sign, dates as `2023-06-25`. Empty for an empty cell and for a formula without value.
    #[must_use]
    pub fn text(&self, row: u32, column: u16) -> String {
        let Some(cell) = self.cell(row, column) else {
            return String::new();
        };
        self.cell_text(cell)
    }

    fn cell_text(&self, cell: &Cell) -> String {
        let number = f64::from_bits(cell.bits);
        match cell.kind {
            Kind::Text | Kind::Error => self.grid.texts.get(cell.bits).to_string(),
            Kind::Number => number_text::decimal(number),
            Kind::Percent => number_text::percent(number),
            Kind::WanYuan => number_text::decimal(number) + "万元",
            Kind::YiYuan => number_text::decimal(number) + "亿元",
            Kind::Date => number_text::date(number),
            Kind::Month => number_text::month(number),
            Kind::Time => number_text::time(number),
            Kind::Bool => if cell.bits != 0 { "是" } else { "否" }.to_string(),
            Kind::Uncomputed => String::new(),
        }
    }

    /// The merged area that covers the cell.
    #[must_use]
    pub fn merge_at(&self, row: u32, column: u16) -> Option<Area> {
        if self.merges.is_empty() {
            return None;
        }
        let candidates = self.grid.merges_by_row.get(&row)?;
        candidates
            .iter()
            .map(|&i| self.merges[i as usize])
            .find(|a| a.contains(row, column))
    }

    /// The first cell of the merged area that covers this cell, or the cell itself.
    #[must_use]
    pub fn anchor(&self, row: u32, column: u16) -> (u32, u16) {
        self.merge_at(row, column)
            .map_or((row, column), |a| (a.top, a.left))
    }

    /// `第七期!F12`: how people name the cell.
    #[must_use]
    pub fn place(&self, row: u32, column: u16) -> String {
        format!("{}!{}", self.name, a1(row, column))
    }

    /// The text of every cell of a row that shows something, with its column.
    pub(crate) fn row_texts(&self, row: u32) -> impl Iterator<Item = (u16, String)> + '_ {
        let cells = self
            .row_cells(row)
            .iter()
            .filter(|c| c.kind != Kind::Uncomputed);
        cells.map(|c| (c.column, self.cell_text(c)))
    }

    /// Whether the cell itself holds something (a formula without value too).
    #[must_use]
    pub fn is_filled(&self, row: u32, column: u16) -> bool {
        self.cell(row, column).is_some()
    }

    pub(crate) fn row_cells(&self, row: u32) -> &[Cell] {
        self.span(row).map_or(&[], |r| {
            &self.grid.cells[r.start as usize..r.start as usize + r.len as usize]
        })
    }

    fn span(&self, row: u32) -> Option<&RowSpan> {
        // Rows are in order and unique: without gaps the row stands exactly here, with gaps further left.
        let rows = &self.grid.rows;
        let guess = row.checked_sub(rows.first()?.index)? as usize;
        if let Some(found) = rows.get(guess).filter(|r| r.index == row) {
            return Some(found);
        }
        let left = &rows[..rows.len().min(guess)];
        let at = left.binary_search_by_key(&row, |r| r.index).ok()?;
        left.get(at)
    }

    fn cell(&self, row: u32, column: u16) -> Option<&Cell> {
        let cells = self.row_cells(row);
        let at = cells.binary_search_by_key(&column, |c| c.column).ok()?;
        cells.get(at)
    }
}

/// What a reader of a file format hands over.
#[derive(Default, Debug)]
pub(crate) struct SheetDraft {
    pub(crate) name: String,
    pub(crate) visible: bool,
    pub(crate) merges: Vec<Area>,
    pub(crate) hidden_columns: Vec<u16>,
    pub(crate) dropdowns: Vec<Dropdown>,
    pub(crate) formats_known: bool,
    pub(crate) typed: bool,
    pub(crate) rows: Vec<RowSpan>,
    pub(crate) cells: Vec<Cell>,
}

impl SheetDraft {
    /// Opens a row; cells pushed from now on belong to it.
    pub(crate) fn start_row(&mut self, index: u32, hidden: bool) {
        self.rows.push(RowSpan {
            index,
            start: self.cells.len() as u32,
            len: 0,
            hidden,
        });
    }

    pub(crate) fn push(&mut self, column: u16, kind: Kind, bits: u64) {
        self.cells.push(Cell { bits, column, kind });
        if let Some(row) = self.rows.last_mut() {
            row.len = row.len.saturating_add(1);
        }
    }
}

/// Files written by hand-made tools may hold rows or cells out of order, or the same row twice.
fn sort_rows(rows: &mut Vec<RowSpan>, cells: &mut Vec<Cell>) {
    let rows_in_order = rows.windows(2).all(|w| w[0].index < w[1].index);
    let cells_in_order = rows.iter().all(|r| {
        let span = &cells[r.start as usize..r.start as usize + r.len as usize];
        span.windows(2).all(|w| w[0].column < w[1].column)
    });
    if rows_in_order && cells_in_order {
        return;
    }
    let mut all: Vec<(u32, bool, Cell)> = Vec::with_capacity(cells.len());
    for r in rows.iter() {
        let span = &cells[r.start as usize..r.start as usize + r.len as usize];
        all.extend(span.iter().map(|c| (r.index, r.hidden, *c)));
    }
    all.sort_by_key(|(row, _, c)| (*row, c.column));
    // Of two values for one cell the later one stands, as in the office suites.
    all.reverse();
    all.dedup_by_key(|(row, _, c)| (*row, c.column));
    all.reverse();
    let mut draft = SheetDraft::default();
    for (row, hidden, cell) in all {
        if draft.rows.last().is_none_or(|r| r.index != row) {
            draft.start_row(row, hidden);
        }
        draft.push(cell.column, cell.kind, cell.bits);
    }
    *rows = draft.rows;
    *cells = draft.cells;
}

fn clip(area: Area, last_row: u32, last_column: u16) -> Option<Area> {
    let single = area.top == area.bottom && area.left == area.right;
    let outside = area.top > last_row
        || area.left > last_column
        || area.top > area.bottom
        || area.left > area.right;
    if single || outside {
        return None;
    }
    // A vertical merge below the last value still tells that the rows belong together: keep it, but not for ever.
    Some(Area {
        bottom: area.bottom.min(last_row),
        ..area
    })
}

fn index_merges(merges: &[Area]) -> FxHashMap<u32, Vec<u32>> {
    let mut index: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    let mut held = 0usize;
    for (i, area) in merges.iter().enumerate() {
        let rows = (area.bottom - area.top) as usize + 1;
        let last = if held + rows > MERGE_ROWS_MAX {
            area.top
        } else {
            area.bottom
        };
        for row in area.top..=last {
            index.entry(row).or_default().push(i as u32);
            held += 1;
        }
    }
    index
}

/// Column letters and row number: (11, 5) is `F12`.
#[must_use]
pub fn a1(row: u32, column: u16) -> String {
    format!("{}{}", column_letters(column), row + 1)
}

/// `A`, `Z`, `AA`: letters of a column counted from 0.
#[must_use]
pub fn column_letters(column: u16) -> String {
    let mut letters = Vec::new();
    let mut rest = u32::from(column) + 1;
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    letters.reverse();
    String::from_utf8(letters).unwrap_or_default()
}

/// Reads `F12` or `$F$12`; `None` if it is no cell name or beyond the sheet.
#[must_use]
pub fn parse_a1(name: &str) -> Option<(u32, u16)> {
    let mut column = 0u32;
    let mut row = 0u32;
    let mut digits = false;
    for c in name.bytes() {
        match c {
            b'$' => {}
            b'A'..=b'Z' | b'a'..=b'z' if !digits => {
                column = column
                    .checked_mul(26)?
                    .checked_add(u32::from(c.to_ascii_uppercase() - b'A') + 1)?;
            }
            b'0'..=b'9' => {
                digits = true;
                row = row.checked_mul(10)?.checked_add(u32::from(c - b'0'))?;
            }
            _ => return None,
        }
    }
    let inside = (1..=16_384).contains(&column) && (1..=1_048_576).contains(&row);
    inside.then(|| (row - 1, (column - 1) as u16))
}

/// Reads `A1:C3` or `A1`.
pub(crate) fn parse_area(text: &str) -> Option<Area> {
    let (first, second) = text.split_once(':').unwrap_or((text, text));
    let (top, left) = parse_a1(first)?;
    let (bottom, right) = parse_a1(second)?;
    Some(Area {
        top: top.min(bottom),
        left: left.min(right),
        bottom: top.max(bottom),
        right: left.max(right),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_name_is_read_back() {
        for (row, column, name) in [
            (0, 0, "A1"),
            (11, 5, "F12"),
            (0, 25, "Z1"),
            (9, 26, "AA10"),
            (0, 701, "ZZ1"),
        ] {
            assert_eq!(a1(row, column), name);
            assert_eq!(parse_a1(name), Some((row, column)));
        }
        assert_eq!(parse_a1("A0"), None);
        assert_eq!(parse_a1("1A"), None);
        assert_eq!(parse_a1("AAAAAAAAAAA1"), None);
    }

    #[test]
    fn rows_out_of_order_are_put_in_order_and_the_later_value_stands() {
        let mut draft = SheetDraft::default();
        draft.start_row(3, false);
        draft.push(1, Kind::Number, 2f64.to_bits());
        draft.push(0, Kind::Number, 1f64.to_bits());
        draft.start_row(1, false);
        draft.push(0, Kind::Number, 9f64.to_bits());
        draft.start_row(3, false);
        draft.push(0, Kind::Number, 7f64.to_bits());
        let sheet = Sheet::build(draft, Arc::default());
        assert_eq!(sheet.rows().collect::<Vec<_>>(), [1, 3]);
        assert_eq!(sheet.text(3, 0), "7");
        assert_eq!(sheet.text(3, 1), "2");
        assert_eq!(sheet.text(1, 0), "9");
    }

    #[test]
    fn a_cell_takes_sixteen_bytes() {
        assert_eq!(size_of::<Cell>(), 16);
    }
}
