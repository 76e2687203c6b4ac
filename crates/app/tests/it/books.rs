//! Workbooks as officials write them: a batch ledger, a backward plan, a weekly report.

use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};

/// `#1.5` is a number, `=SUM(A1)` a formula without stored result, anything else text; empty is nothing.
fn write(sheet: &mut Worksheet, row: u32, column: u16, cell: &str) {
    let written = match cell.chars().next() {
        None => return,
        Some('#') => sheet.write_number(row, column, cell[1..].parse::<f64>().expect("a number")),
        Some('=') => sheet.write_formula(row, column, Formula::new(cell).set_result("")),
        Some(_) => sheet.write_string(row, column, cell),
    };
    written.expect("a cell");
}

/// A workbook of one sheet; merges are row, first column, last row, last column.
fn book(name: &str, rows: &[&[&str]], merges: &[(u32, u16, u32, u16)]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name(name).expect("a name");
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            write(sheet, row, column, cell);
        }
    }
    for (top, left, bottom, right) in merges {
        let text = rows[*top as usize]
            .get(usize::from(*left))
            .copied()
            .unwrap_or_default();
        sheet
            .merge_range(*top, *left, *bottom, *right, text, &Format::new())
            .expect("a merge");
    }
    workbook.save_to_buffer().expect("a workbook")
}

const LEDGER_MERGES: [(u32, u16, u32, u16); 10] = [
    (0, 0, 0, 8),
    (1, 0, 1, 4),
    (1, 5, 1, 8),
    (2, 0, 3, 0),
    (2, 1, 3, 1),
    (2, 2, 3, 2),
    (2, 3, 3, 3),
    (2, 4, 2, 5),
    (2, 6, 2, 7),
    (2, 8, 3, 8),
];

/// 第七期 ledger: three projects in two batches, sums right, units in 亿元.
pub fn ledger() -> Vec<u8> {
    ledger_with("#1.2")
}

/// The same with another amount for the first project.
pub fn ledger_with(first_amount: &str) -> Vec<u8> {
    let rows: &[&[&str]] = &[
        &["中原区第七期“三个一批”项目台账"],
        &[
            "填报单位:区发改委",
            "",
            "",
            "",
            "",
            "单位:亿元    截至:2023年1月31日",
        ],
        &[
            "序号",
            "项目名称",
            "责任单位",
            "属地",
            "投资",
            "",
            "计划时间",
            "",
            "备注",
        ],
        &["", "", "", "", "总投资", "累计完成", "开工", "竣工(投产)"],
        &["签约一批(2个)"],
        &[
            "#1",
            "甲研发中心项目",
            "区工信局",
            "东风街道",
            first_amount,
            "#0",
            "2023.6.25",
        ],
        &[
            "#2",
            "乙生产线项目",
            "区工信局",
            "南湖街道",
            "#0.8",
            "#0.1",
            "2023.6.30",
        ],
        &["小计", "", "", "", "=SUM(E6:E7)", "=SUM(F6:F7)"],
        &["开工一批(1个)"],
        &[
            "#3",
            "丙学校项目",
            "区发改委",
            "东风街道",
            "#3.5",
            "#0.2",
            "2023-01-28",
            "2023年10月底",
        ],
        &["小计", "", "", "", "=SUM(E10:E10)", "=SUM(F10:F10)"],
        &["合计(3个)", "", "", "", "=SUM(E8,E11)", "=SUM(F8,F11)"],
        &["注:竣工一列签约项目不填。"],
    ];
    book("第七期", rows, &LEDGER_MERGES)
}

/// 倒排工期表 of the school, with a target that cannot be met.
pub fn plan() -> Vec<u8> {
    let rows: &[&[&str]] = &[
        &["丙学校项目倒排工期表(目标:2023年7月31日交付)"],
        &[
            "编号",
            "工作内容",
            "工期(天)",
            "紧前工作",
            "责任单位",
            "日历",
        ],
        &["1", "桩基工程", "#40", "", "区发改委", "七天"],
        &["2", "地下结构", "#60", "1SS+10", "区发改委", "七天"],
        &["3", "主体施工", "#120", "2FS-10", "区发改委", "七天"],
        &["4", "竣工验收", "#20", "3", "区工信局", "工作日"],
    ];
    book("倒排计划", rows, &[(0, 0, 0, 5)])
}

/// 周报 of a street: one project with a share in words and two problems.
pub fn weekly() -> Vec<u8> {
    let rows: &[&[&str]] = &[
        &["东风街道重点项目进展周报(2023年3月6日—3月10日)"],
        &["填报人:        联系电话:        金额单位:万元"],
        &[
            "序号",
            "项 目",
            "本周完成\n投资",
            "年累计完成投资",
            "占年计划\n(%)",
            "形象进度",
            "存在问题",
            "需协调单位",
            "下周计划",
        ],
        &[
            "#1",
            "丙学校",
            "320",
            "7,320",
            "28.2%",
            "桩基完成62%",
            "临时用电未接入",
            "区工信局",
            "桩基完成80%",
        ],
        &["", "", "", "", "", "", "夜间施工许可未批", "区发改委"],
        &["合计", "", "#320", "#7320"],
    ];
    let merges = [
        (0, 0, 0, 8),
        (1, 0, 1, 8),
        (3, 0, 4, 0),
        (3, 1, 4, 1),
        (3, 2, 4, 2),
        (3, 3, 4, 3),
        (3, 4, 4, 4),
        (3, 5, 4, 5),
        (3, 8, 4, 8),
    ];
    book("周报", rows, &merges)
}

/// A ledger whose head no synonym knows.
pub fn odd_head() -> Vec<u8> {
    let rows: &[&[&str]] = &[
        &["示范项目表"],
        &["项目名称", "钱款(亿元)", "归口"],
        &["丁仓储项目", "#2.5", "区工信局"],
        &["戊冷链项目", "#1.5", "区工信局"],
    ];
    book("项目", rows, &[(0, 0, 0, 2)])
}
