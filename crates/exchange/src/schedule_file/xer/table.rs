//! The tables of an XER file: `%T` names one, `%F` its fields, `%R` its rows, `%E` ends the file. Cells stay bytes of
//! the file until somebody asks for text, a date or a number.

use encoding_rs::Encoding;
use ground::Minute;

use crate::schedule_file::remarks::Remarks;
use crate::schedule_file::text;

/// One table; a name that comes twice gives two (some programs write one per project).
pub(super) struct Table<'a> {
    pub(super) name: &'a str,
    fields: Vec<&'a str>,
    /// Everything from the first `%R` on.
    body: &'a [u8],
    /// Line of the file at which the body starts, counted from 1.
    line: usize,
    encoding: &'static Encoding,
}

/// One row under the eyes of [`Table::each`].
pub(super) struct Row<'a, 'r> {
    table: &'r Table<'a>,
    cells: &'r [&'a [u8]],
    line: usize,
}

/// Index of a field in the rows; a field the table lacks gives empty cells.
#[derive(Clone, Copy)]
pub(super) struct Column(usize);

/// Finds the tables. A line that does not start with `%` and a letter belongs to the record before it: names may hold
/// line breaks.
pub(super) fn tables<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> Vec<Table<'a>> {
    let mut tables: Vec<Table<'a>> = Vec::new();
    let mut fields_known = false;
    for (line, record) in records(bytes, 1) {
        match record.get(..2) {
            Some(b"%T") => {
                let name = std::str::from_utf8(record[2..].trim_ascii()).unwrap_or_default();
                tables.push(Table {
                    name,
                    fields: Vec::new(),
                    body: &[],
                    line,
                    encoding,
                });
                fields_known = false;
            }
            Some(b"%F") if !fields_known => {
                fields_known = true;
                if let Some(table) = tables.last_mut() {
                    table.fields = fields(record);
                }
            }
            Some(b"%R") => {
                if let Some(table) = tables.last_mut() {
                    table.extend(bytes, record, line);
                }
            }
            Some(b"%E") => break,
            _ => {}
        }
    }
    tables
}

fn fields(record: &[u8]) -> Vec<&str> {
    let names = record[2..].split(|byte| *byte == b'\t').skip(1);
    names
        .map(|name| std::str::from_utf8(name.trim_ascii()).unwrap_or_default())
        .collect()
}

/// True where a new record starts.
fn starts_record(line: &[u8]) -> bool {
    line.first() == Some(&b'%')
        && matches!(line.get(1), Some(b'T' | b'F' | b'R' | b'E'))
        && matches!(line.get(2), None | Some(b'\t' | b'\r' | b'\n' | b' '))
}

/// Records with the line each starts at; the line end is not part of them.
fn records(bytes: &[u8], first_line: usize) -> impl Iterator<Item = (usize, &[u8])> {
    let (mut rest, mut line) = (bytes, first_line);
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let start_line = line;
        let mut end = 0;
        loop {
            match rest[end..].iter().position(|byte| *byte == b'\n') {
                None => end = rest.len(),
                Some(length) => {
                    end += length + 1;
                    line += 1;
                }
            }
            if end == rest.len() || starts_record(&rest[end..]) {
                break;
            }
        }
        let (record, after) = rest.split_at(end);
        rest = after;
        Some((start_line, record.trim_ascii_end_lines()))
    })
}

/// Cuts line ends, but not tabs: empty cells at the end of a row count.
trait TrimLines {
    fn trim_ascii_end_lines(&self) -> &Self;
}

impl TrimLines for [u8] {
    fn trim_ascii_end_lines(&self) -> &[u8] {
        let mut text = self;
        while let [head @ .., b'\n' | b'\r'] = text {
            text = head;
        }
        text
    }
}

impl<'a> Table<'a> {
    /// Lets the body reach to the end of this record.
    fn extend(&mut self, file: &'a [u8], record: &'a [u8], line: usize) {
        let offset = |part: &[u8]| part.as_ptr() as usize - file.as_ptr() as usize;
        let end = offset(record) + record.len();
        let start = if self.body.is_empty() {
            self.line = line;
            offset(record)
        } else {
            offset(self.body)
        };
        self.body = &file[start..end];
    }

    /// The place of a field.
    pub(super) fn column(&self, name: &str) -> Column {
        let place = self.fields.iter().position(|field| *field == name);
        Column(place.unwrap_or(usize::MAX))
    }

    /// True when the table has all of them.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.fields.contains(name))
    }

    /// Where the table stands, for findings about all of it.
    pub(super) fn place(&self) -> String {
        format!("{}表", self.name)
    }

    /// Calls `look` with every row.
    pub(super) fn each(&self, mut look: impl FnMut(&Row<'a, '_>)) {
        let mut cells = Vec::with_capacity(self.fields.len());
        for (line, record) in records(self.body, self.line) {
            if !record.starts_with(b"%R") {
                continue;
            }
            cells.clear();
            cells.extend(record.split(|byte| *byte == b'\t').skip(1));
            look(&Row {
                table: self,
                cells: &cells,
                line,
            });
        }
    }
}

impl<'a> Row<'a, '_> {
    /// The bytes of a cell without blanks around them; empty where the row is too short.
    pub(super) fn raw(&self, column: Column) -> &'a [u8] {
        self.cells
            .get(column.0)
            .map_or(b"", |cell| cell.trim_ascii())
    }

    /// The cell as text.
    pub(super) fn text(&self, column: Column) -> String {
        let (text, _) = self
            .table
            .encoding
            .decode_without_bom_handling(self.raw(column));
        text.into_owned()
    }

    /// True for `Y`.
    pub(super) fn flag(&self, column: Column) -> bool {
        matches!(self.raw(column), b"Y" | b"y")
    }

    /// The cell as a date; what is none is told and left out.
    pub(super) fn date(&self, column: Column, remarks: &mut Remarks) -> Option<Minute> {
        self.parsed(column, text::minute, "日期（年-月-日 时:分）", remarks)
    }

    /// The cell, hours, as minutes; what is none is told and left out.
    pub(super) fn minutes(&self, column: Column, remarks: &mut Remarks) -> Option<i64> {
        self.parsed(column, text::hours, "小时数", remarks)
    }

    /// The cell as a number; what is none is told and left out.
    pub(super) fn number(&self, column: Column, remarks: &mut Remarks) -> Option<f64> {
        self.parsed(column, text::number, "数", remarks)
    }

    fn parsed<T>(
        &self,
        column: Column,
        parse: impl Fn(&[u8]) -> Option<T>,
        what: &str,
        remarks: &mut Remarks,
    ) -> Option<T> {
        let raw = self.raw(column);
        if raw.is_empty() {
            return None;
        }
        let value = parse(raw);
        if value.is_none() {
            let field = self.table.fields.get(column.0).copied().unwrap_or_default();
            remarks.warning(
                "xer.cell",
                || format!("{}，{field}", self.place()),
                || format!("“{}”不是{what}，按未填处理", self.text(column)),
                "请在 P6 中核对这一栏后重新导出",
            );
        }
        value
    }

    /// `TASK表第2290行`.
    pub(super) fn place(&self) -> String {
        format!("{}表第{}行", self.table.name, self.line)
    }

    /// True when cells stand beyond the last field: a tab inside a name moved them.
    pub(super) fn too_long(&self) -> bool {
        let beyond = self
            .cells
            .get(self.table.fields.len()..)
            .unwrap_or_default();
        beyond.iter().any(|cell| !cell.trim_ascii().is_empty())
    }

    /// True when the row ends before the field does: a line that was cut off.
    pub(super) fn ends_before(&self, column: Column) -> bool {
        column.0 != usize::MAX && self.cells.len() <= column.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::UTF_8;

    #[test]
    fn line_breaks_inside_a_name_belong_to_the_row() {
        let file = b"ERMHDR\t8\r\n%T\tTASK\r\n%F\ttask_id\ttask_name\tx\r\n%R\t1\tA\r\nB\t7\r\n%R\t2\t50% done\t\r\n%T\tNONE\r\n%E\r\n%R\t9\r\n";
        let tables = tables(file, UTF_8);
        let names: Vec<_> = tables.iter().map(|table| table.name).collect();
        assert_eq!(names, ["TASK", "NONE"]);
        let (id, name, x) = (
            tables[0].column("task_id"),
            tables[0].column("task_name"),
            tables[0].column("x"),
        );
        let mut seen = Vec::new();
        tables[0].each(|row| {
            seen.push((row.text(id), row.text(name), row.text(x), row.place()));
        });
        let row = |a: &str, b: &str, c: &str, d: &str| (a.into(), b.into(), c.into(), d.into());
        assert_eq!(
            seen,
            [
                row("1", "A\r\nB", "7", "TASK表第4行"),
                row("2", "50% done", "", "TASK表第6行"),
            ]
        );
    }

    #[test]
    fn a_row_that_was_cut_off_is_known_by_its_missing_cells() {
        let file = b"%T\tTASK\n%F\ta\tb\tc\n%R\t1\t2";
        let tables = tables(file, UTF_8);
        let (b, c, d) = (
            tables[0].column("b"),
            tables[0].column("c"),
            tables[0].column("d"),
        );
        tables[0].each(|row| {
            assert!(row.ends_before(c) && !row.ends_before(b) && !row.ends_before(d));
            assert_eq!(row.raw(d), b"");
        });
    }
}
