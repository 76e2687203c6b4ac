//! The workbench of these tests: workbooks from text grids, definitions of the shipped registers, known names.

use exchange::{
    Mapping, ReadContext, Reading, Table, guess_mapping, open_workbook, read_records, read_table,
};
use ground::{Date, Finding, RecordId};
use register::{Definition, Hints, Known};
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};

/// `#1.5` is a number, `=SUM(A1)` a formula without stored result, `d45102` a date cell, `%0.282` a percent cell,
/// anything else text; empty is nothing.
pub fn write_cells(sheet: &mut Worksheet, (top, left): (u32, u16), rows: &[&[&str]]) {
    for (r, row) in rows.iter().enumerate() {
        for (c, cell) in row.iter().enumerate() {
            let at = (top + r as u32, left + c as u16);
            let number = |text: &str| text.parse::<f64>().expect("a number");
            let written = match cell.chars().next() {
                None => continue,
                Some('#') => sheet.write_number(at.0, at.1, number(&cell[1..])),
                Some('%') => {
                    let format = Format::new().set_num_format("0.0%");
                    sheet.write_number_with_format(at.0, at.1, number(&cell[1..]), &format)
                }
                Some('d') if cell[1..].parse::<f64>().is_ok() => {
                    let format = Format::new().set_num_format("yyyy-mm-dd");
                    sheet.write_number_with_format(at.0, at.1, number(&cell[1..]), &format)
                }
                Some('=') => sheet.write_formula(at.0, at.1, Formula::new(*cell).set_result("")),
                Some(_) => sheet.write_string(at.0, at.1, *cell),
            };
            written.expect("cell is written");
        }
    }
}

/// Merges `A1:C1` with the text its first cell has in the grid.
pub fn merge(sheet: &mut Worksheet, (top, left): (u32, u16), rows: &[&[&str]], ranges: &[&str]) {
    for range in ranges {
        let (from, to) = range.split_once(':').expect("a range");
        let (r1, c1) = exchange::parse_a1(from).expect("a cell");
        let (r2, c2) = exchange::parse_a1(to).expect("a cell");
        let text = rows
            .get(r1 as usize)
            .and_then(|r| r.get(c1 as usize))
            .copied()
            .unwrap_or("");
        let typed = text.starts_with(['#', '=', '%']);
        let shown = if typed { "" } else { text };
        sheet
            .merge_range(
                top + r1,
                left + c1,
                top + r2,
                left + c2,
                shown,
                &Format::new(),
            )
            .expect("merge");
        if typed {
            write_cells(sheet, (top + r1, left + c1), &[&[text]]);
        }
    }
}

/// A workbook of one sheet.
pub fn book(name: &str, rows: &[&[&str]], merges: &[&str]) -> Vec<u8> {
    book_at(name, (0, 0), rows, merges)
}

/// The same, moved down and right.
pub fn book_at(name: &str, at: (u32, u16), rows: &[&[&str]], merges: &[&str]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name(name).expect("a name");
    write_cells(sheet, at, rows);
    merge(sheet, at, rows, merges);
    workbook.save_to_buffer().expect("saved")
}

pub fn definition(name: &str) -> Definition {
    let toml = match name {
        "project" => include_str!("../../../../registers/project/definition.toml"),
        "activity" => include_str!("../../../../registers/activity/definition.toml"),
        "progress_report" => include_str!("../../../../registers/progress_report/definition.toml"),
        "observation" => include_str!("../../../../registers/observation/definition.toml"),
        other => panic!("no register {other} here"),
    };
    let (definition, findings) = register::parse("definition.toml", toml);
    assert!(findings.is_empty(), "{findings:?}");
    definition.expect("the shipped definition is good")
}

/// An invented district: two 街道, two departments, two projects.
pub fn hints() -> Hints {
    let org = |id, name: &str| Known::named(RecordId(id), name);
    let orgs = vec![
        org(1, "东风街道").alias("东风街道办事处"),
        org(2, "南湖街道"),
        org(3, "区发改委"),
        org(4, "区工信局"),
        org(5, "示范区").alias("全区"),
    ];
    let projects = vec![
        org(11, "东风第二中学新校区项目"),
        org(12, "云谷新材料产业园").alias("云谷项目"),
    ];
    Hints::new(Date::constant(2023, 3, 10))
        .with_orgs(orgs)
        .with_refs("project", projects)
}

pub fn table(bytes: &[u8]) -> Table {
    let workbook = open_workbook(bytes, "测试.xlsx").expect("opens");
    read_table(workbook.visible_sheets().next().expect("a sheet"))
}

pub fn read(bytes: &[u8], register: &str) -> Reading {
    read_with(bytes, register, None)
}

pub fn read_with(bytes: &[u8], register: &str, remembered: Option<&Mapping>) -> Reading {
    let definition = definition(register);
    let table = table(bytes);
    let mapping = guess_mapping(&table, &definition, remembered);
    read_records(&table, &mapping, &definition, &ReadContext::new(&hints()))
}

/// `code place` of every finding, in order.
pub fn codes(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|f| format!("{} {}", f.code, f.place))
        .collect()
}

pub fn json(register: &str, reading: &Reading, at: usize) -> serde_json::Value {
    let definition = definition(register);
    serde_json::Value::Object(register::to_json(&definition, &reading.records[at].fields))
}
