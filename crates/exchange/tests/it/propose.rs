//! A definition drafted from a ledger that people already keep.

use exchange::{ColumnKind, Proposal, open_workbook, propose};
use ground::MoneyUnit;
use rust_xlsxwriter::{DataValidation, Format, Workbook};

/// A ledger of hazards with a title, a head of two rows, drop-downs and typed dates.
fn hazards() -> Vec<u8> {
    let mut book = Workbook::new();
    let lists = book.add_worksheet().set_name("选项").expect("name");
    for (row, word) in ["消防", "燃气", "防汛"].iter().enumerate() {
        lists
            .write(u32::try_from(row).expect("row"), 0, *word)
            .expect("cell");
    }
    let sheet = book.add_worksheet().set_name("隐患").expect("name");
    let plain = Format::new();
    sheet
        .merge_range(0, 0, 0, 8, "东风区2025年安全隐患排查整改台账(3月)", &plain)
        .expect("title");
    let heads = [
        "序号",
        "隐患描述",
        "领域",
        "等级",
        "属地街道",
        "联系电话",
        "发现日期",
    ];
    for (column, head) in heads.iter().enumerate() {
        let column = u16::try_from(column).expect("column");
        sheet
            .merge_range(1, column, 2, column, head, &plain)
            .expect("head");
    }
    sheet.merge_range(1, 7, 1, 8, "整改", &plain).expect("head");
    sheet.write(2, 7, "资金(万元)").expect("head");
    sheet.write(2, 8, "完成率").expect("head");
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let percent = Format::new().set_num_format("0%");
    for row in 0..10_u32 {
        let at = row + 3;
        sheet.write(at, 0, row + 1).expect("cell");
        sheet
            .write(at, 1, format!("第{row}处消防通道被占用"))
            .expect("cell");
        sheet
            .write(at, 2, ["消防", "燃气"][row as usize % 2])
            .expect("cell");
        sheet
            .write(at, 3, ["一般", "重大"][row as usize % 2])
            .expect("cell");
        sheet.write(at, 4, "东风街道").expect("cell");
        sheet.write(at, 5, "13800138000").expect("cell");
        sheet
            .write_with_format(at, 6, 45_700 + row, &date)
            .expect("cell");
        sheet.write(at, 7, 3.5).expect("cell");
        sheet.write_with_format(at, 8, 0.5, &percent).expect("cell");
    }
    let level = DataValidation::new()
        .allow_list_strings(&["一般", "重大"])
        .expect("list");
    sheet
        .add_data_validation(3, 3, 200, 3, &level)
        .expect("validation");
    let domain = DataValidation::new().allow_list_formula("选项!$A$1:$A$3".into());
    sheet
        .add_data_validation(3, 2, 200, 2, &domain)
        .expect("validation");
    book.save_to_buffer().expect("saved")
}

fn proposal() -> Proposal {
    let workbook = open_workbook(&hazards(), "隐患.xlsx").expect("opens");
    let sheet = workbook.sheets.iter().find(|s| s.name == "隐患");
    propose(&workbook, sheet.expect("sheet"), "hazard").expect("a table")
}

fn kind_of(proposal: &Proposal, field: &str) -> ColumnKind {
    let found = proposal.columns.iter().find(|c| c.field == field);
    found
        .unwrap_or_else(|| panic!("no {field} in {:#?}", proposal.columns))
        .kind
        .clone()
}

#[test]
fn years_and_months_are_no_part_of_a_registers_title() {
    assert_eq!(proposal().title, "安全隐患排查整改台账");
}

#[test]
fn a_drop_down_becomes_the_code_list_even_when_it_stands_on_another_sheet() {
    let made = proposal();
    let options = |words: &[&str]| ColumnKind::Code(words.iter().map(|w| (*w).into()).collect());
    assert_eq!(kind_of(&made, "level"), options(&["一般", "重大"]));
    assert_eq!(kind_of(&made, "domain"), options(&["消防", "燃气", "防汛"]));
}

#[test]
fn types_are_read_from_head_format_and_content() {
    let made = proposal();
    assert_eq!(kind_of(&made, "hazard_text"), ColumnKind::LongText);
    assert_eq!(kind_of(&made, "subdistrict"), ColumnKind::Org);
    assert_eq!(kind_of(&made, "phone"), ColumnKind::Phone);
    assert_eq!(kind_of(&made, "found_on"), ColumnKind::Date);
    assert_eq!(
        kind_of(&made, "funds"),
        ColumnKind::Money(MoneyUnit::WanYuan)
    );
    assert_eq!(kind_of(&made, "completion_rate"), ColumnKind::Percent);
    assert!(made.columns.iter().all(|c| c.head != "序号"));
}

#[test]
fn the_draft_parses_and_reads_its_own_workbook() {
    let made = proposal();
    let (definition, findings) = register::parse("hazard/definition.toml", &made.toml);
    let definition = definition.unwrap_or_else(|| panic!("{findings:#?}\n{}", made.toml));
    let workbook = open_workbook(&hazards(), "隐患.xlsx").expect("opens");
    let sheet = workbook
        .sheets
        .iter()
        .find(|s| s.name == "隐患")
        .expect("sheet");
    let table = exchange::read_table(sheet);
    let mapping = exchange::guess_mapping(&table, &definition, None);
    let unmapped: Vec<&str> = mapping
        .columns
        .iter()
        .filter(|c| c.field.is_none())
        .map(|c| c.path.as_str())
        .collect();
    assert_eq!(unmapped, ["序号"]);
}

#[test]
fn a_drop_down_by_a_defined_name_gives_its_options() {
    let mut book = Workbook::new();
    book.define_name("领域表", "=选项!$A$1:$A$3").expect("name");
    let lists = book.add_worksheet().set_name("选项").expect("name");
    for (row, word) in (0..).zip(["消防", "燃气", "防汛"]) {
        lists.write(row, 0, word).expect("cell");
    }
    let sheet = book.add_worksheet().set_name("隐患").expect("name");
    let heads = ["序号", "隐患描述", "领域", "联系电话"];
    for (column, head) in (0..).zip(heads) {
        sheet.write(0, column, head).expect("head");
    }
    for row in 1..8_u32 {
        sheet.write(row, 0, row).expect("cell");
        sheet
            .write(row, 1, format!("第{row}处通道被占"))
            .expect("cell");
        sheet.write(row, 2, "消防").expect("cell");
        sheet.write(row, 3, "13800138000").expect("cell");
    }
    let domain = DataValidation::new().allow_list_formula("领域表".into());
    sheet
        .add_data_validation(1, 2, 200, 2, &domain)
        .expect("validation");
    let bytes = book.save_to_buffer().expect("saved");
    let workbook = open_workbook(&bytes, "隐患.xlsx").expect("opens");
    let made = propose(&workbook, &workbook.sheets[1], "hazard").expect("a table");
    let column = made.columns.iter().find(|c| c.head == "领域");
    let expected = ["消防", "燃气", "防汛"].map(str::to_owned).to_vec();
    assert_eq!(
        column.map(|c| c.kind.clone()),
        Some(ColumnKind::Code(expected))
    );
}

#[test]
fn a_title_loses_its_district_and_its_rounds() {
    let title = |text: &str| {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let plain = Format::new();
        sheet.merge_range(0, 0, 0, 3, text, &plain).expect("title");
        for (column, head) in (0..).zip(["序号", "项目名称", "责任单位", "联系电话"])
        {
            sheet.write(1, column, head).expect("head");
        }
        for row in 2..6_u32 {
            sheet.write(row, 0, row - 1).expect("cell");
            sheet.write(row, 1, format!("产业园{row}")).expect("cell");
            sheet.write(row, 2, "发改委").expect("cell");
            sheet.write(row, 3, "13800138000").expect("cell");
        }
        let bytes = book.save_to_buffer().expect("saved");
        let workbook = open_workbook(&bytes, "x.xlsx").expect("opens");
        let made = propose(&workbook, &workbook.sheets[0], "x").expect("a table");
        made.title
    };
    assert_eq!(
        title("中原区第七期“三个一批”项目台账"),
        "“三个一批”项目台账"
    );
    assert_eq!(title("郑州市中原区2023年3月重点项目台账"), "重点项目台账");
    assert_eq!(title("社区消防通道排查台账"), "社区消防通道排查台账");
    assert_eq!(title("国企改革三年行动台账"), "国企改革三年行动台账");
}

#[test]
fn a_sheet_without_a_head_is_told() {
    let mut book = Workbook::new();
    book.add_worksheet().write(0, 0, "一句话").expect("cell");
    let bytes = book.save_to_buffer().expect("saved");
    let workbook = open_workbook(&bytes, "x.xlsx").expect("opens");
    let findings = propose(&workbook, &workbook.sheets[0], "x").expect_err("no table");
    assert_eq!(findings[0].code, "table.no_header");
}

/// A sheet of indicators: a head of three rows under a unit row, the same leaves under each indicator.
fn indicators() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("1-2月").expect("name");
    let plain = Format::new();
    let title = "2025年1—2月份主要经济指标完成情况";
    sheet.merge_range(0, 0, 0, 6, title, &plain).expect("title");
    sheet
        .merge_range(1, 0, 1, 6, "单位:万元、%", &plain)
        .expect("unit");
    sheet.merge_range(2, 0, 4, 0, "单位", &plain).expect("head");
    for (at, name) in [(1, "规模以上工业增加值"), (4, "固定资产投资")] {
        sheet
            .merge_range(2, at, 2, at + 2, name, &plain)
            .expect("head");
        sheet
            .merge_range(3, at, 3, at + 1, "1—2月累计", &plain)
            .expect("head");
        sheet
            .merge_range(3, at + 2, 4, at + 2, "排名", &plain)
            .expect("head");
        sheet.write(4, at, "绝对值").expect("head");
        sheet.write(4, at + 1, "同比增长").expect("head");
    }
    for (row, name) in ["林山寨街道", "建设路街道", "棉纺路街道"]
        .iter()
        .enumerate()
    {
        let row = 5 + u32::try_from(row).expect("row");
        sheet.write(row, 0, *name).expect("cell");
        for at in [1, 4] {
            sheet.write(row, at, 43_645 + row).expect("cell");
            sheet
                .write(row, at + 1, 1.5 + f64::from(row))
                .expect("cell");
        }
    }
    book.save_to_buffer().expect("saved")
}

#[test]
fn a_leaf_under_several_heads_is_told_by_its_whole_head() {
    let workbook = open_workbook(&indicators(), "指标.xlsx").expect("opens");
    let made = propose(&workbook, &workbook.sheets[0], "figures").expect("a table");
    assert_eq!(made.title, "主要经济指标完成情况");
    let (definition, findings) = register::parse("figures/definition.toml", &made.toml);
    let definition = definition.unwrap_or_else(|| panic!("{findings:#?}\n{}", made.toml));
    let labels: Vec<&str> = definition
        .fields
        .iter()
        .map(|f| f.label.zh.as_str())
        .collect();
    assert_eq!(
        labels[1..4],
        [
            "规模以上工业增加值·1—2月累计·绝对值",
            "规模以上工业增加值·1—2月累计·同比增长",
            "规模以上工业增加值·排名"
        ]
    );
    let mut different = labels.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), labels.len(), "{labels:?}");
    assert_eq!(
        kind_of(&made, "industry_value_added_value"),
        ColumnKind::Money(MoneyUnit::WanYuan)
    );
    assert_eq!(
        kind_of(&made, "fixed_investment_growth"),
        ColumnKind::Percent
    );
    assert!(!made.toml.contains("name_field = \"rank"), "{}", made.toml);
}
