//! A plain list as a workbook to print and to hand round: title, a line of facts, heads, rows of ready texts. Not meant
//! to be read back; `write` makes those. Texts are never formulas.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook};

use crate::limits;
use crate::write::WriteError;

/// A3 and A4 in the numbering of the format.
const PAPER_A4: u8 = 9;
/// Longest text of a cell; the format ends at 32,767.
const TEXT_MAX: usize = 32_000;

/// A list to write.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// Tab name and title row.
    pub title: String,
    /// Right under the title: 截至, 填报单位.
    pub note: String,
    /// Head and width in characters of each column.
    pub columns: Vec<(String, f64)>,
    /// Cells of each row; a whole number is written as one.
    pub rows: Vec<Vec<String>>,
}

/// Writes a list as .xlsx.
///
/// # Errors
/// [`WriteError::TooManyRows`] beyond [`limits::ROWS`] rows.
pub fn write_list(list: &List) -> Result<Vec<u8>, WriteError> {
    if list.rows.len() > limits::ROWS {
        return Err(WriteError::TooManyRows {
            rows: list.rows.len(),
            limit: limits::ROWS,
        });
    }
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(crate::write::sheet_name(&list.title))?;
    let body = || {
        Format::new()
            .set_border(FormatBorder::Thin)
            .set_align(FormatAlign::VerticalCenter)
            .set_text_wrap()
    };
    let head = body().set_bold().set_align(FormatAlign::Center);
    let title = Format::new()
        .set_bold()
        .set_font_size(18)
        .set_align(FormatAlign::Center);
    let note = Format::new().set_align(FormatAlign::Right);
    // The serial number stands left of the columns.
    let last = u16::try_from(list.columns.len()).unwrap_or(limits::COLUMNS);
    if last > 0 {
        sheet.merge_range(0, 0, 0, last, &list.title, &title)?;
        sheet.merge_range(1, 0, 1, last, &list.note, &note)?;
    }
    sheet.set_row_height(0, 32)?;
    sheet.write_string_with_format(2, 0, "序号", &head)?;
    sheet.set_column_width(0, 6)?;
    for (at, (label, width)) in (1u16..).zip(&list.columns) {
        sheet.write_string_with_format(2, at, label, &head)?;
        sheet.set_column_width(at, *width)?;
    }
    let (text, quoted) = (body(), body().set_quote_prefix());
    for (at, row) in (0u32..).zip(&list.rows) {
        sheet.write_number_with_format(at + 3, 0, f64::from(at + 1), &text)?;
        for (column, cell) in (1u16..).zip(row) {
            match cell.parse::<i32>() {
                Ok(number) if number.to_string() == *cell => {
                    sheet.write_number_with_format(at + 3, column, f64::from(number), &text)?
                }
                // `=`, `+`, `-`, `@` at the start would become a formula once somebody edits the cell (OWASP, CSV injection).
                _ if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) => {
                    sheet.write_string_with_format(at + 3, column, clean(cell), &quoted)?
                }
                _ => sheet.write_string_with_format(at + 3, column, clean(cell), &text)?,
            };
        }
    }
    sheet.set_freeze_panes(3, 2)?;
    sheet.set_landscape();
    sheet.set_paper_size(PAPER_A4);
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 2)?;
    sheet.set_footer("&C第 &P 页,共 &N 页");
    Ok(workbook.save_to_buffer()?)
}

fn clean(text: &str) -> String {
    let kept = text.chars().filter(|c| *c >= ' ' || *c == '\n');
    kept.take(TEXT_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CellValue, open_workbook};

    #[test]
    fn a_list_holds_its_rows_and_no_formula() {
        let list = List {
            title: "问题清单".to_owned(),
            note: "截至2023年3月10日".to_owned(),
            columns: vec![("编号".to_owned(), 14.0), ("事项".to_owned(), 40.0)],
            rows: vec![
                vec!["JB20230001".to_owned(), "道路断头".to_owned()],
                vec!["7".to_owned(), "=1+1".to_owned()],
            ],
        };
        let bytes = write_list(&list).expect("written");
        let book = open_workbook(&bytes, "问题清单.xlsx").expect("read");
        let sheet = &book.sheets[0];
        assert_eq!(sheet.value(3, 2), Some(CellValue::Text("道路断头")));
        assert_eq!(sheet.value(4, 2), Some(CellValue::Text("=1+1")));
    }
}
