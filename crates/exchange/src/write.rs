//! Records to a workbook that people can work in: title, unit row, head of one or two rows, typed cells, print
//! set-up for A3. What is written here reads back through `read`. Texts are never formulas.

use ground::{Amount, Bound, Date, MoneyUnit, RecordId};
use register::{Definition, Field, FieldKind, Fields, Record, Value, decimal_text};
use rust_xlsxwriter::{
    ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use crate::limits;

/// Why no workbook was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// More rows than one sheet takes in again; narrow the filter.
    #[error("{rows} rows are more than {limit}")]
    TooManyRows {
        /// Rows asked for.
        rows: usize,
        /// [`limits::ROWS`].
        limit: usize,
    },
    /// The writer refused; a broken invariant of ours.
    #[error("the workbook could not be written")]
    Xlsx(#[from] XlsxError),
}

/// What the workbook says besides the records.
pub struct WriteOptions<'a> {
    /// Title row; the register's title when empty.
    pub title: &'a str,
    /// Unit of all money columns.
    pub unit: MoneyUnit,
    /// 截至, in the unit row.
    pub as_of: Option<Date>,
    /// Field ids in order, `number` for the record's number; when empty, the number and the printed fields that hold
    /// anything (without records: the list columns), without what the engine keeps for itself.
    pub columns: &'a [String],
    /// Names of organisations and referenced records: register and id.
    pub name_of: &'a dyn Fn(&str, RecordId) -> Option<String>,
}

/// A column of the sheet.
struct Out<'a> {
    field: &'a Field,
    /// The table field it belongs to.
    table: Option<&'a Field>,
    /// Upper label, when the head has two rows here.
    group: Option<String>,
}

struct Formats {
    title: Format,
    unit: Format,
    head: Format,
    text: Format,
    /// For texts that begin like formulas: the mark keeps them texts when the cell is edited.
    quoted: Format,
    number: Format,
    percent: Format,
    date: Format,
}

/// 编号. Id of the column of record numbers, in registers that give them.
const NUMBER: &str = "number";
/// System fields that only the engine reads: versions, logins and instants of the workflow.
const OF_THE_ENGINE: [&str; 4] = ["flow_version", "created_by", "opened_from", "state_at"];
/// A3 in the numbering of the format.
const PAPER_A3: u8 = 8;
/// Longest text of a cell; the format ends at 32,767.
const TEXT_MAX: usize = 32_000;
/// Rows above the head: title and unit.
const PREAMBLE: u32 = 2;

/// Writes the records as .xlsx.
///
/// # Errors
/// [`WriteError::TooManyRows`] beyond [`limits::ROWS`] sheet rows.
pub fn write_workbook(
    definition: &Definition,
    records: &[Record],
    options: &WriteOptions,
) -> Result<Vec<u8>, WriteError> {
    let number = Field::new(NUMBER, "编号", FieldKind::Text);
    let columns = columns(definition, &number, records, options);
    let rows: usize = records.iter().map(|r| height(&columns, &r.fields)).sum();
    if rows > limits::ROWS {
        return Err(WriteError::TooManyRows {
            rows,
            limit: limits::ROWS,
        });
    }
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(sheet_name(&definition.title.zh))?;
    let formats = formats();
    let head_rows = if columns.iter().any(|c| c.group.is_some()) {
        2
    } else {
        1
    };
    write_preamble(sheet, definition, &columns, options, &formats)?;
    write_head(sheet, &columns, head_rows, options.unit, &formats)?;
    let mut row = PREAMBLE + head_rows;
    for (at, record) in records.iter().enumerate() {
        let height = height(&columns, &record.fields) as u32;
        write_record(
            sheet,
            &columns,
            record,
            (row, height, at),
            options,
            &formats,
        )?;
        row += height;
    }
    set_up(sheet, &columns, head_rows, row, records)?;
    let marked: Vec<(String, String)> = columns.iter().map(marked).collect();
    crate::mark::write(&mut workbook, definition, &marked)?;
    Ok(workbook.save_to_buffer()?)
}

/// Label and field of a column.
fn marked(column: &Out) -> (String, String) {
    let id = &column.field.id;
    let field = column
        .table
        .map_or(id.clone(), |table| format!("{}.{id}", table.id));
    (column.field.label.zh.clone(), field)
}

fn columns<'a>(
    definition: &'a Definition,
    number: &'a Field,
    records: &[Record],
    options: &WriteOptions,
) -> Vec<Out<'a>> {
    let listed = match options.columns {
        [] => usual_columns(definition, records),
        chosen => chosen.to_vec(),
    };
    let numbered = definition.number.is_some();
    let fields = listed
        .iter()
        .filter_map(|id| match definition.field(id) {
            None if numbered && id == NUMBER => Some(number),
            field => field,
        })
        .filter(|f| !f.kind.is_file() && f.kind != FieldKind::Note);
    let mut columns: Vec<Out> = Vec::new();
    for field in fields {
        if field.columns().is_empty() {
            columns.push(Out {
                field,
                table: None,
                group: None,
            });
        }
        let inner = field.columns().iter();
        columns.extend(inner.map(|c| Out {
            field: c,
            table: Some(field),
            group: Some(field.label.zh.clone()),
        }));
    }
    group_money(&mut columns, options.unit);
    columns
}

/// Columns of a workbook for which nobody chose any.
fn usual_columns(definition: &Definition, records: &[Record]) -> Vec<String> {
    let used = |f: &&Field| {
        let kept = f.system && OF_THE_ENGINE.contains(&f.id.as_str());
        let holds = || records.iter().any(|r| r.fields.contains_key(&f.id));
        f.print && !kept && !f.kind.is_file() && holds()
    };
    let mut listed: Vec<String> = match records.is_empty() {
        true => definition
            .list_columns()
            .into_iter()
            .map(String::from)
            .collect(),
        false => definition
            .form_fields()
            .filter(used)
            .map(|f| f.id.clone())
            .collect(),
    };
    if definition.number.is_some() && !listed.iter().any(|id| id == NUMBER) {
        listed.insert(0, NUMBER.to_owned());
    }
    listed
}

/// Money columns side by side stand under one head that tells the unit.
fn group_money(columns: &mut [Out], unit: MoneyUnit) {
    let is_money = |c: &Out| c.field.kind == FieldKind::Money && c.table.is_none();
    let mut at = 0;
    while at < columns.len() {
        let run = columns[at..].iter().take_while(|c| is_money(c)).count();
        if run >= 2 {
            for column in &mut columns[at..at + run] {
                column.group = Some(format!("投资({})", unit.label()));
            }
        }
        at += run.max(1);
    }
}

fn formats() -> Formats {
    let body = || {
        Format::new()
            .set_border(FormatBorder::Thin)
            .set_align(FormatAlign::VerticalCenter)
            .set_text_wrap()
    };
    Formats {
        title: Format::new()
            .set_bold()
            .set_font_size(18)
            .set_align(FormatAlign::Center)
            .set_align(FormatAlign::VerticalCenter),
        unit: Format::new().set_align(FormatAlign::Right),
        head: body().set_bold().set_align(FormatAlign::Center),
        text: body(),
        quoted: body().set_quote_prefix(),
        number: body().set_num_format("#,##0.######"),
        percent: body().set_num_format("0.00%"),
        date: body()
            .set_num_format("yyyy-mm-dd")
            .set_align(FormatAlign::Center),
    }
}

/// Names of tabs may not hold `[]:*?/\` and end at 31 characters.
pub(crate) fn sheet_name(title: &str) -> String {
    let name: String = title
        .chars()
        .filter(|c| !"[]:*?/\\'".contains(*c))
        .take(31)
        .collect();
    if name.trim().is_empty() {
        "台账".to_string()
    } else {
        name
    }
}

fn last_column(columns: &[Out]) -> u16 {
    // The serial number stands left of the fields.
    u16::try_from(columns.len()).unwrap_or(limits::COLUMNS)
}

fn write_preamble(
    sheet: &mut Worksheet,
    definition: &Definition,
    columns: &[Out],
    options: &WriteOptions,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let title = if options.title.is_empty() {
        &definition.title.zh
    } else {
        options.title
    };
    let last = last_column(columns);
    let mut facts = Vec::new();
    if columns.iter().any(|c| c.field.kind == FieldKind::Money) {
        facts.push(format!("单位:{}", options.unit.label()));
    }
    facts.extend(
        options
            .as_of
            .map(|day| format!("截至:{}年{}月{}日", day.year(), day.month(), day.day())),
    );
    merge(sheet, (0, 0), (0, last), title, &formats.title)?;
    merge(sheet, (1, 0), (1, last), &facts.join("    "), &formats.unit)?;
    sheet.set_row_height(0, 32)?;
    Ok(())
}

/// One cell or a merged range, whichever it is.
fn merge(
    sheet: &mut Worksheet,
    from: (u32, u16),
    to: (u32, u16),
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    if from == to {
        sheet.write_string_with_format(from.0, from.1, text, format)?;
    } else {
        sheet.merge_range(from.0, from.1, to.0, to.1, text, format)?;
    }
    Ok(())
}

fn write_head(
    sheet: &mut Worksheet,
    columns: &[Out],
    rows: u32,
    unit: MoneyUnit,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let (top, bottom) = (PREAMBLE, PREAMBLE + rows - 1);
    merge(sheet, (top, 0), (bottom, 0), "序号", &formats.head)?;
    let mut at = 0;
    while at < columns.len() {
        let left = at as u16 + 1;
        let Some(group) = &columns[at].group else {
            merge(
                sheet,
                (top, left),
                (bottom, left),
                &head_label(&columns[at], unit),
                &formats.head,
            )?;
            at += 1;
            continue;
        };
        let run = columns[at..]
            .iter()
            .take_while(|c| c.group.as_ref() == Some(group))
            .count();
        merge(
            sheet,
            (top, left),
            (top, left + run as u16 - 1),
            group,
            &formats.head,
        )?;
        for (offset, column) in columns[at..at + run].iter().enumerate() {
            let label = column.field.label.zh.as_str();
            sheet.write_string_with_format(bottom, left + offset as u16, label, &formats.head)?;
        }
        at += run;
    }
    Ok(())
}

fn head_label(column: &Out, unit: MoneyUnit) -> String {
    match column.field.kind {
        FieldKind::Money => format!("{}({})", column.field.label.zh, unit.label()),
        _ => column.field.label.zh.clone(),
    }
}

/// Sheet rows of a record: as many as its longest table.
fn height(columns: &[Out], fields: &Fields) -> usize {
    let tables = columns
        .iter()
        .filter_map(|c| c.table)
        .filter_map(|t| fields.get(&t.id));
    tables.map(|v| v.as_rows().len()).max().unwrap_or(1).max(1)
}

fn write_record(
    sheet: &mut Worksheet,
    columns: &[Out],
    record: &Record,
    (row, height, at): (u32, u32, usize),
    options: &WriteOptions,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let fields = &record.fields;
    if height > 1 {
        sheet.merge_range(row, 0, row + height - 1, 0, "", &formats.text)?;
    }
    sheet.write_number_with_format(row, 0, (at + 1) as f64, &formats.text)?;
    for (offset, column) in columns.iter().enumerate() {
        let index = offset as u16 + 1;
        match column.table {
            Some(table) => {
                let rows = fields.get(&table.id).map_or(&[][..], Value::as_rows);
                for inner in 0..height {
                    let value = rows
                        .get(inner as usize)
                        .and_then(|r| r.get(&column.field.id));
                    write_value(
                        sheet,
                        (row + inner, index),
                        column.field,
                        value,
                        options,
                        formats,
                    )?;
                }
            }
            None => {
                if height > 1 {
                    sheet.merge_range(row, index, row + height - 1, index, "", &formats.text)?;
                }
                let place = (row, index);
                match (fields.get(&column.field.id), &record.number) {
                    (None, Some(number)) if column.field.id == NUMBER => {
                        write_text(sheet, place, number, formats)?;
                    }
                    (value, _) => {
                        write_value(sheet, place, column.field, value, options, formats)?;
                    }
                }
            }
        }
    }
    Ok(())
}

fn write_value(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    field: &Field,
    value: Option<&Value>,
    options: &WriteOptions,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let number = |sheet: &mut Worksheet, text: &str, format: &Format| -> Result<(), XlsxError> {
        // Beyond 15 digits a spreadsheet's number is no longer exact: such figures stay texts.
        let digits = text.chars().filter(char::is_ascii_digit).count();
        match text.parse::<f64>() {
            Ok(number) if digits <= 15 => sheet
                .write_number_with_format(row, column, number, format)
                .map(|_| ()),
            _ => sheet
                .write_string_with_format(row, column, text, &formats.text)
                .map(|_| ()),
        }
    };
    match value {
        None => sheet.write_blank(row, column, &formats.text).map(|_| ()),
        Some(Value::Int(n)) => number(sheet, &n.to_string(), &formats.number),
        Some(Value::Decimal { scaled, digits }) => {
            number(sheet, &decimal_text(*scaled, *digits), &formats.number)
        }
        Some(Value::Percent(hundredths)) => {
            number(sheet, &decimal_text(*hundredths, 4), &formats.percent)
        }
        Some(Value::Money(amount)) if amount.bound == Bound::Exact => {
            number(sheet, &amount.fen.show(options.unit), &formats.number)
        }
        Some(Value::Money(amount)) => write_text(
            sheet,
            (row, column),
            &bounded(*amount, options.unit),
            formats,
        ),
        Some(Value::Date(day)) => {
            let stored = u16::try_from(day.year())
                .ok()
                .and_then(|y| ExcelDateTime::from_ymd(y, day.month() as u8, day.day() as u8).ok());
            match stored {
                Some(stored) => sheet
                    .write_datetime_with_format(row, column, &stored, &formats.date)
                    .map(|_| ()),
                None => write_text(sheet, (row, column), &day.to_string(), formats),
            }
        }
        Some(value) => {
            let text = value.show_with(field, options.name_of);
            write_text(sheet, (row, column), &text, formats)
        }
    }
}

/// Always a string cell. `=`, `+`, `-`, `@` at the start would become a formula once somebody edits the cell or
/// saves the sheet as text; the quote mark prevents it (OWASP, CSV injection).
fn write_text(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let text: String = text
        .chars()
        .filter(|c| *c >= ' ' || *c == '\n')
        .take(TEXT_MAX)
        .collect();
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let format = if risky {
        &formats.quoted
    } else {
        &formats.text
    };
    sheet
        .write_string_with_format(row, column, text, format)
        .map(|_| ())
}

/// `约62.4`, `5000余`, `近100`: as it is read again.
fn bounded(amount: Amount, unit: MoneyUnit) -> String {
    let figure = amount.fen.show(unit);
    match amount.bound {
        Bound::Exact => figure,
        Bound::About => format!("约{figure}"),
        Bound::AtLeast => format!("{figure}余"),
        Bound::AtMost => format!("近{figure}"),
    }
}

fn set_up(
    sheet: &mut Worksheet,
    columns: &[Out],
    head_rows: u32,
    end: u32,
    records: &[Record],
) -> Result<(), XlsxError> {
    let head = PREAMBLE + head_rows - 1;
    sheet.set_column_width(0, 6)?;
    for (offset, column) in columns.iter().enumerate() {
        sheet.set_column_width(offset as u16 + 1, width(column, records))?;
    }
    sheet.set_freeze_panes(head + 1, if columns.is_empty() { 1 } else { 2 })?;
    sheet.autofilter(
        head,
        0,
        end.saturating_sub(1).max(head),
        last_column(columns),
    )?;
    sheet.set_landscape();
    sheet.set_paper_size(PAPER_A3);
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, head)?;
    sheet.set_footer("&C第 &P 页,共 &N 页");
    Ok(())
}

/// Characters a column needs: by kind, texts by their longest of the first rows, within 10 and 40.
fn width(column: &Out, records: &[Record]) -> f64 {
    let label = column.field.label.zh.chars().count() * 2 + 2;
    let content = match column.field.kind {
        FieldKind::Date => 12,
        FieldKind::Money | FieldKind::Int | FieldKind::Percent | FieldKind::Decimal { .. } => 12,
        FieldKind::LongText => 36,
        FieldKind::Text | FieldKind::TextList => {
            let texts = records
                .iter()
                .take(200)
                .filter_map(|r| r.fields.get(&column.field.id)?.as_text());
            texts.map(|t| t.chars().count() * 2).max().unwrap_or(12)
        }
        _ => 16,
    };
    content.max(label).clamp(10, 40) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tab_names_hold_no_forbidden_signs() {
        assert_eq!(sheet_name("项目/库[1]"), "项目库1");
        assert_eq!(sheet_name("???"), "台账");
        assert_eq!(sheet_name(&"长".repeat(60)).chars().count(), 31);
    }
}
