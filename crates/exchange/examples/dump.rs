//! Prints the cells of a workbook as `exchange` sees them: `cargo run -p exchange --example dump FILE`.

use std::path::Path;

fn main() {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: dump FILE");
        std::process::exit(2);
    };
    let bytes = std::fs::read(&path).expect("file is readable");
    let name = Path::new(&path)
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    match exchange::open_workbook(&bytes, &name) {
        Err(finding) => println!("{}: {}。{}", finding.code, finding.problem, finding.remedy),
        Ok(book) => {
            for sheet in &book.sheets {
                println!(
                    "== {} visible={} merges={}",
                    sheet.name,
                    sheet.visible,
                    sheet.merges.len()
                );
                for row in sheet.rows() {
                    let cells: Vec<String> = sheet
                        .columns_in(row)
                        .map(|c| format!("{}={:?}", exchange::a1(row, c), sheet.value(row, c)))
                        .collect();
                    println!(
                        "{}{}",
                        if sheet.row_hidden(row) {
                            "(hidden) "
                        } else {
                            ""
                        },
                        cells.join(" ")
                    );
                }
            }
            for sheet in book.visible_sheets() {
                let table = exchange::read_table(sheet);
                println!(
                    "-- {:?} {} {:#?}",
                    table.header_rows, table.fingerprint, table.facts
                );
                for c in &table.columns {
                    println!("   {} {:?} {}", c.path_text(), c.unit, c.percent);
                }
                for r in &table.rows {
                    println!(
                        "   {} {:?} {:?}",
                        r.index + 1,
                        r.kind,
                        table.group(r).map(|g| (&g.name, g.count))
                    );
                }
                for f in &table.findings {
                    println!("{:?} {} {} {}", f.severity, f.code, f.place, f.problem);
                }
            }
            for f in &book.findings {
                println!("{:?} {} {}", f.severity, f.code, f.problem);
            }
        }
    }
}
