//! What holds for every workbook: no panic, no dependence on where the table stands or how its columns are ordered.

use exchange::{Draft, guess_mapping, open_workbook, read_table};
use proptest::prelude::*;

use crate::bench_book::{book, book_at, definition, read};

/// Cells of the kinds that ledgers hold, and nonsense.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just(String::new()),
        2 => (0i32..5000).prop_map(|n| format!("#{n}")),
        1 => Just("小计".to_string()),
        1 => Just("=SUM(A1:C3)".to_string()),
        1 => Just("—".to_string()),
        2 => prop::sample::select(vec!["序号", "项目名称", "总投资(万元)", "责任单位", "开工", "备注", "合计(3个)", "签约一批(2个)", "注:说明",
            "2023.6.25", "2023年10月底", "5000余", "约16", "120万", "第七期", "(一)", "一", "单位:亿元", "填报人:", "东风街道"]).prop_map(String::from),
        1 => "[ -~一-龥()%:、。]{0,12}".prop_map(|s| s.trim_start_matches(['#', '=', '%', 'd']).to_string()),
    ]
}

fn grid() -> impl Strategy<Value = Vec<Vec<String>>> {
    prop::collection::vec(prop::collection::vec(cell(), 1..7), 1..14)
}

/// Areas that do not overlap: each in its own row.
fn merges() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec((0u16..5, 1u16..5), 0..8).prop_map(|spans| {
        let areas = spans.into_iter().enumerate().map(|(row, (left, width))| {
            format!(
                "{}:{}",
                exchange::a1(row as u32, left),
                exchange::a1(row as u32, left + width)
            )
        });
        areas.collect()
    })
}

fn borrowed(grid: &[Vec<String>]) -> Vec<Vec<&str>> {
    grid.iter()
        .map(|row| row.iter().map(String::as_str).collect())
        .collect()
}

fn build(grid: &[Vec<String>], merges: &[String]) -> Vec<u8> {
    let rows = borrowed(grid);
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let merges: Vec<&str> = merges.iter().map(String::as_str).collect();
    book("表", &rows, &merges)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn random_grids_never_panic(grid in grid(), merges in merges()) {
        let bytes = build(&grid, &merges);
        for register in ["project", "progress_report", "activity", "observation"] {
            let reading = read(&bytes, register);
            prop_assert!(reading.findings.iter().all(|f| !f.problem.is_empty()));
        }
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), head in 0usize..4) {
        let heads: [&[u8]; 4] = [b"", b"PK\x03\x04", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"\xEF\xBB\xBF"];
        let all = [heads[head], &bytes].concat();
        if let Ok(book) = open_workbook(&all, "乱.csv") {
            for sheet in &book.sheets {
                let table = read_table(sheet);
                let _ = guess_mapping(&table, &definition("project"), None);
            }
        }
    }

    #[test]
    fn flipped_bytes_of_a_good_workbook_never_panic(at in 0usize..6000, value in any::<u8>()) {
        let mut bytes = ledger(&[0, 1, 2, 3, 4], (0, 0));
        let at = at % bytes.len();
        bytes[at] = value;
        let _ = open_workbook(&bytes, "坏.xlsx").map(|b| b.sheets.iter().map(|s| read_table(s).rows.len()).sum::<usize>());
    }

    #[test]
    fn a_moved_table_gives_equal_drafts(rows in 0u32..9, columns in 0u16..6) {
        let home = read(&ledger(&[0, 1, 2, 3, 4], (0, 0)), "project");
        let moved = read(&ledger(&[0, 1, 2, 3, 4], (rows, columns)), "project");
        prop_assert_eq!(values(&home.records), values(&moved.records));
        prop_assert_eq!(home.checks.len(), moved.checks.len());
        for (a, b) in home.records.iter().zip(&moved.records) {
            prop_assert_eq!(b.row, a.row + rows);
        }
    }

    #[test]
    fn permuted_columns_give_equal_values(order in Just(vec![0usize, 1, 2, 3, 4]).prop_shuffle()) {
        let home = read(&ledger(&[0, 1, 2, 3, 4], (0, 0)), "project");
        let permuted = read(&ledger(&order, (0, 0)), "project");
        prop_assert_eq!(values(&home.records), values(&permuted.records));
        let prints = |order: &[usize]| {
            let book = open_workbook(&ledger(order, (0, 0)), "表.xlsx").expect("opens");
            read_table(&book.sheets[0]).fingerprint
        };
        prop_assert_eq!(prints(&[0, 1, 2, 3, 4]), prints(&order));
    }
}

fn values(records: &[Draft]) -> Vec<register::Fields> {
    records.iter().map(|r| r.fields.clone()).collect()
}

/// A ledger with a serial column and five others in any order, at any place.
fn ledger(order: &[usize], at: (u32, u16)) -> Vec<u8> {
    const COLUMNS: [[&str; 4]; 5] = [
        ["项目名称", "甲研发中心项目", "乙生产线项目", "丙学校项目"],
        ["责任单位", "区工信局", "区发改委", "区工信局"],
        ["总投资", "#1.2", "#0.8", "#3.5"],
        ["计划开工时间", "2023.6.25", "2023-01-28", "2023年10月底"],
        ["备注", "", "", "缓建"],
    ];
    let line = |row: usize, serial: &'static str| -> Vec<&'static str> {
        std::iter::once(serial)
            .chain(order.iter().map(|c| COLUMNS[*c][row]))
            .collect()
    };
    let lines = [
        vec!["某区第五期项目台账"],
        vec!["单位:亿元    截至:2023年1月28日"],
        line(0, "序号"),
        vec!["签约一批(2个)"],
        line(1, "#1"),
        line(2, "#2"),
        vec!["开工一批(1个)"],
        line(3, "#3"),
    ];
    let rows: Vec<&[&str]> = lines.iter().map(Vec::as_slice).collect();
    book_at("表", at, &rows, &["A1:F1", "A2:F2", "A4:F4", "A7:F7"])
}
