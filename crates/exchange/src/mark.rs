//! 导出标记. A hidden sheet in every workbook we write: register, version of its definition, field of each column. A
//! workbook that comes back is read by it, also after fields were renamed.

use register::Definition;
use rust_xlsxwriter::{Workbook as Written, XlsxError};

use crate::table::Table;
use crate::words::label;
use crate::workbook::Workbook;

/// Name of the sheet.
pub(crate) const SHEET: &str = "_guatu";
/// Words in the first column.
const REGISTER: &str = "register";
const VERSION: &str = "version";
const FIELD: &str = "field";

/// What a workbook of ours says of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportMark {
    /// Register id.
    pub register: String,
    /// Version of the definition it was written by.
    pub version: String,
    /// Label and field (`table.column` for a column of a table) of each column, from the left.
    pub fields: Vec<(String, String)>,
}

/// Writes the hidden sheet.
pub(crate) fn write(
    workbook: &mut Written,
    definition: &Definition,
    fields: &[(String, String)],
) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet();
    sheet.set_name(SHEET)?;
    sheet.set_hidden(true);
    let head = [(REGISTER, &definition.id), (VERSION, &definition.version)];
    for (row, (word, text)) in (0u32..).zip(head) {
        sheet.write_string(row, 0, word)?;
        sheet.write_string(row, 1, text)?;
    }
    for (row, (label, field)) in (2u32..).zip(fields) {
        sheet.write_string(row, 0, FIELD)?;
        sheet.write_string(row, 1, field)?;
        sheet.write_string(row, 2, label)?;
    }
    Ok(())
}

/// What a workbook says of itself; none when it is not one of ours.
#[must_use]
pub fn export_mark(workbook: &Workbook) -> Option<ExportMark> {
    let sheet = workbook.sheets.iter().find(|sheet| sheet.name == SHEET)?;
    let mut mark = ExportMark {
        register: String::new(),
        version: String::new(),
        fields: Vec::new(),
    };
    for row in sheet.rows() {
        let text = |column| sheet.text(row, column);
        match text(0).as_str() {
            REGISTER => mark.register = text(1),
            VERSION => mark.version = text(1),
            FIELD => mark.fields.push((text(2), text(1))),
            _ => {}
        }
    }
    (!mark.register.is_empty() && !mark.version.is_empty()).then_some(mark)
}

impl ExportMark {
    /// The field of each column of a table, by its label; columns that people added have none.
    #[must_use]
    pub fn fields_of(&self, table: &Table) -> Vec<Option<&str>> {
        let mut left: Vec<(String, &str)> = self
            .fields
            .iter()
            .map(|(head, field)| (label(head), field.as_str()))
            .collect();
        let of = |column: &crate::Column| {
            let leaf = label(column.leaf());
            let at = left.iter().position(|(head, _)| *head == leaf)?;
            Some(left.remove(at).1)
        };
        table.columns.iter().map(of).collect()
    }
}
