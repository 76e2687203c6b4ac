//! Measures reading a generated ledger: `large write FILE [ROWS]`, then `large read FILE REGISTER`. 20 columns, half
//! text, half numbers and dates; prints seconds of each step and the peak memory (Linux).

use std::time::Instant;

use exchange::{ReadContext, guess_mapping, open_workbook, read_each, read_table, validate_draft};
use register::Hints;
use rust_xlsxwriter::Workbook;

const HEAD: [&str; 20] = [
    "序号",
    "项目名称",
    "主要建设内容",
    "业主单位",
    "施工单位",
    "建设地址",
    "包联领导",
    "首席服务员",
    "备注",
    "佐证材料",
    "总投资",
    "年度计划",
    "累计完成",
    "到位资金",
    "计划开工",
    "计划竣工",
    "承诺年产值",
    "承诺年税收",
    "带动就业",
    "签约日期",
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["write", file, rest @ ..] => write(
            file,
            rest.first().and_then(|n| n.parse().ok()).unwrap_or(100_000),
        ),
        ["read", file, register] => read(file, register),
        _ => eprintln!("usage: large write FILE [ROWS] | large read FILE REGISTER"),
    }
}

fn write(file: &str, rows: u32) {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "某区重点项目台账").expect("title");
    sheet
        .write_string(1, 0, "单位:万元    截至:2023年1月28日")
        .expect("unit");
    for (column, label) in HEAD.iter().enumerate() {
        sheet.write_string(2, column as u16, *label).expect("head");
    }
    for row in 0..rows {
        for column in 0..20u16 {
            let at = (row + 3, column);
            let number = f64::from((row * 7 + u32::from(column) * 13) % 90_000) / 10.0;
            let written = match column {
                0 => sheet.write_number(at.0, at.1, f64::from(row + 1)),
                1 => sheet.write_string(at.0, at.1, format!("第{row}号产业园建设项目")),
                2..=9 => sheet.write_string(
                    at.0,
                    at.1,
                    format!("{}{}", HEAD[column as usize], row % 977),
                ),
                14 | 15 | 19 => sheet.write_string(
                    at.0,
                    at.1,
                    format!("2023-{:02}-{:02}", row % 12 + 1, row % 28 + 1),
                ),
                18 => sheet.write_number(at.0, at.1, f64::from(row % 500)),
                _ => sheet.write_number(at.0, at.1, number),
            };
            written.expect("cell");
        }
    }
    workbook.save(file).expect("saved");
}

fn read(file: &str, register: &str) {
    let text = std::fs::read_to_string(format!("{register}/definition.toml")).expect("definition");
    let definition = register::parse("definition.toml", &text)
        .0
        .expect("a good definition");
    let hints = Hints::new(ground::Date::constant(2023, 3, 10));
    let start = Instant::now();
    let mut last = 0.0;
    let mut step = |name: &str| {
        let now = start.elapsed().as_secs_f64();
        println!("{name}: {:.2} s, peak {} MB", now - last, peak());
        last = now;
    };
    let bytes = std::fs::read(file).expect("file");
    let workbook = open_workbook(&bytes, "large.xlsx").expect("opens");
    drop(bytes);
    step("open");
    let table = read_table(&workbook.sheets[0]);
    step("table");
    let mapping = guess_mapping(&table, &definition, None);
    step("mapping");
    let (mut records, mut invalid) = (0usize, 0usize);
    let (findings, checks) = read_each(
        &table,
        &mapping,
        &definition,
        &ReadContext::new(&hints),
        &mut |draft| {
            records += 1;
            invalid += validate_draft(&definition, &draft, &[]).len();
        },
    );
    step("read and validate");
    println!(
        "{records} records, {invalid} invalid, {} findings, {} checks",
        findings.len(),
        checks.len()
    );
}

/// Peak resident memory in MB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|l| l.starts_with("VmHWM"))
        .unwrap_or_default();
    line.split_whitespace()
        .nth(1)
        .and_then(|kb| kb.parse::<u64>().ok())
        .unwrap_or(0)
        >> 10
}
