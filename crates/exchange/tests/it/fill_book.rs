//! Templates of Excel: what moved rows take along, names of parts as other programs write them, and files made to fill
//! the memory.

use exchange::fill::{At, Loop, Piece, Source, Template};
use ground::{Finding, Severity};
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// So many records, each called 乙.
struct Records(usize);

impl Source for Records {
    fn count(&self, of: Loop, _: At) -> usize {
        match of {
            Loop::Groups => 1,
            Loop::Records => self.0,
        }
    }

    fn value(&self, _: &str, _: At) -> Piece {
        Piece {
            text: "乙".to_owned(),
            number: None,
        }
    }
}

const WORKBOOK: &str = "<workbook xmlns:r=\"r\"><sheets><sheet name=\"表\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
const RELATIONS: &str = "<Relationships><Relationship Id=\"rId1\" Type=\"http://x/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>";
const SHEET: &str = "xl/worksheets/sheet1.xml";

fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default())
            .expect("a part");
        zip.write_all(text.as_bytes()).expect("a part");
    }
    zip.finish().expect("a zip").into_inner()
}

/// A workbook of one sheet, whose rows and whatever comes behind them are these.
fn book(rows: &str, behind: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData>{behind}</worksheet>");
    let mut parts = vec![
        ("xl/workbook.xml", WORKBOOK),
        ("xl/_rels/workbook.xml.rels", RELATIONS),
        (SHEET, sheet.as_str()),
    ];
    parts.extend(more);
    zip(&parts)
}

fn open(bytes: &[u8]) -> Result<Template, Finding> {
    Template::open(bytes, "季报.xlsx")
}

fn refused(bytes: &[u8]) -> (String, String) {
    let finding = open(bytes).err().expect("a refusal");
    assert!(!finding.remedy.is_empty());
    (finding.code, finding.problem)
}

#[test]
fn empty_elements_count_as_much_as_others() {
    let behind = "<a/>".repeat(600_000);
    let (code, problem) = refused(&book("", &behind, &[]));
    assert_eq!(code, "report.template_large");
    assert!(problem.contains("内容过多"), "{problem}");
}

#[test]
fn all_parts_of_a_template_share_what_they_may_take() {
    let sheets: Vec<String> = (1..=3)
        .map(|n| format!("xl/worksheets/sheet{n}.xml"))
        .collect();
    let sheet = format!("<worksheet>{}</worksheet>", "<a/>".repeat(300_000));
    let listed: String = (1..=3)
        .map(|n| format!("<sheet name=\"表{n}\" sheetId=\"{n}\" r:id=\"rId{n}\"/>"))
        .collect();
    let workbook = format!("<workbook xmlns:r=\"r\"><sheets>{listed}</sheets></workbook>");
    let related: String = (1..=3)
        .map(|n| format!("<Relationship Id=\"rId{n}\" Type=\"http://x/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"))
        .collect();
    let relations = format!("<Relationships>{related}</Relationships>");
    let mut parts = vec![
        ("xl/workbook.xml", workbook.as_str()),
        ("xl/_rels/workbook.xml.rels", relations.as_str()),
    ];
    parts.extend(sheets.iter().map(|name| (name.as_str(), sheet.as_str())));
    assert_eq!(refused(&zip(&parts)).0, "report.template_large");
}

#[test]
fn a_template_that_unpacks_to_more_than_64_mb_is_not_unpacked() {
    let zeros = "0".repeat(8 << 20);
    let names: Vec<String> = (0..9).map(|n| format!("xl/media/{n}.bmp")).collect();
    let more: Vec<(&str, &str)> = names
        .iter()
        .map(|name| (name.as_str(), zeros.as_str()))
        .collect();
    let (code, problem) = refused(&book("", "", &more));
    assert_eq!(code, "report.template_broken");
    assert!(problem.contains("72 MB"), "{problem}");
}

#[test]
fn a_long_text_that_many_cells_share_is_refused_before_it_is_written_out() {
    let strings = format!(
        "<sst><si><t>{{{{期间}}}}{}</t></si></sst>",
        "长".repeat(40_000)
    );
    let cells = "<c t=\"s\"><v>0</v></c>".repeat(400);
    let rows = format!("<row r=\"1\">{cells}</row>");
    let bytes = book(&rows, "", &[("xl/sharedStrings.xml", &strings)]);
    let told = (
        "report.template_large".to_owned(),
        "模板里重复的文字过多。".to_owned(),
    );
    assert_eq!(refused(&bytes), told);
}

#[test]
fn a_long_formula_that_many_cells_share_is_refused_and_so_is_one_too_long() {
    let formula = |length: usize, rows: usize| {
        let text = "1".repeat(length);
        let first =
            format!("<row r=\"1\"><c r=\"A1\"><f t=\"shared\" si=\"0\">{text}</f></c></row>");
        let row =
            |n: usize| format!("<row r=\"{n}\"><c r=\"A{n}\"><f t=\"shared\" si=\"0\"/></c></row>");
        let others: String = (2..=rows).map(row).collect();
        book(&(first + &others), "", &[])
    };
    assert!(open(&formula(8_192, 3)).is_ok());
    assert_eq!(refused(&formula(8_000, 3_000)).1, "模板里重复的文字过多。");
    assert_eq!(refused(&formula(8_193, 1)).1, "A1 的公式超过 8192 个字符。");
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let mut text = String::new();
    let mut entry = zip.by_name(name).expect("the part");
    entry.read_to_string(&mut text).expect("text");
    text
}

/// The part of a filled book.
fn filled(bytes: &[u8], records: usize, name: &str) -> String {
    let template = open(bytes).unwrap_or_else(|finding| panic!("{finding:?}"));
    let filled = template.fill(&Records(records), &[]);
    part(
        &filled.unwrap_or_else(|finding| panic!("{finding:?}")),
        name,
    )
}

#[test]
fn a_text_that_cells_share_is_filled_in_each() {
    let strings = "<sst><si><t>共{{指标.数}}处</t></si></sst>";
    let rows =
        "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>0</v></c></row>";
    let sheet = filled(
        &book(rows, "", &[("xl/sharedStrings.xml", strings)]),
        1,
        SHEET,
    );
    assert_eq!(sheet.matches("<t>共乙处</t>").count(), 2, "{sheet}");
}

#[test]
fn a_page_for_each_of_many_records_is_refused_before_it_fills_the_memory() {
    let text = "长".repeat(400_000);
    let rows = format!(
        "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{{{{记录.名称}}}}</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>{text}</t></is></c></row>"
    );
    let template = open(&book(&rows, "", &[])).unwrap_or_else(|finding| panic!("{finding:?}"));
    assert!(template.fill(&Records(10), &[]).is_ok());
    let finding = template.fill(&Records(2_000), &[]).expect_err("a refusal");
    assert_eq!(finding.code, "report.too_long");
    assert!(finding.remedy.contains("一条记录一行"), "{finding}");
}

#[test]
fn parts_are_found_whatever_case_slashes_and_prefixes_a_program_writes() {
    let sheet = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{{期间}}</t></is></c></row></sheetData></worksheet>";
    let workbook = WORKBOOK.replace("r:id", "rel:id");
    for (target, name) in [
        ("worksheets/sheet1.xml", "xl\\worksheets\\sheet1.xml"),
        ("worksheets/sheet1.xml", "XL/Worksheets/Sheet1.xml"),
        ("../xl/worksheets/./sheet1.xml", SHEET),
        ("\\xl\\worksheets\\sheet1.xml", SHEET),
        ("/xl/worksheets/sheet1.xml", SHEET),
    ] {
        let relations = RELATIONS.replace("worksheets/sheet1.xml", target);
        let bytes = zip(&[
            ("xl/workbook.xml", workbook.as_str()),
            ("xl/_rels/workbook.xml.rels", relations.as_str()),
            (name, sheet),
        ]);
        let text = filled(&bytes, 1, name);
        assert!(text.contains("<t>乙</t>"), "{target} {name}: {text}");
    }
}

/// A row that is repeated, and one below it.
const ROWS: &str = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{{记录.名称}}</t></is></c></row><row r=\"2\"><c r=\"A2\"/></row>";

#[test]
fn conditions_and_rules_for_input_follow_their_rows() {
    let behind = "<conditionalFormatting sqref=\"A2\"><cfRule><formula>A2&gt;SUM(A1:A1)</formula></cfRule></conditionalFormatting>\
        <dataValidations><dataValidation sqref=\"A2\"><formula1>$A$2</formula1><formula2>A2</formula2></dataValidation></dataValidations>\
        <extLst><ext><x14:dataValidation><x14:formula1><xm:f>表!$A$2</xm:f></x14:formula1><xm:sqref>A1 A2</xm:sqref></x14:dataValidation></ext></extLst>";
    let sheet = filled(&book(ROWS, behind, &[]), 3, SHEET);
    for expect in [
        "<conditionalFormatting sqref=\"A4\"><cfRule><formula>A4&gt;SUM(A1:A3)</formula>",
        "<dataValidation sqref=\"A4\"><formula1>$A$4</formula1><formula2>A4</formula2>",
        "<xm:f>表!$A$4</xm:f></x14:formula1><xm:sqref>A1:A3 A4</xm:sqref>",
    ] {
        assert!(sheet.contains(expect), "{expect}: {sheet}");
    }
}

#[test]
fn a_formula_of_several_cells_goes_with_its_row() {
    let rows = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{{记录.名称}}</t></is></c><c r=\"B1\"><f t=\"array\" ref=\"B1:C1\">A1:B1*2</f></c></row>\
        <row r=\"2\"><c r=\"B2\"><f t=\"array\" ref=\"B2\">SUM(A1:A1*2)</f></c></row>";
    let sheet = filled(&book(rows, "", &[]), 2, SHEET);
    for expect in [
        "<f t=\"array\" ref=\"B1:C1\">A1:B1*2</f>",
        "<f t=\"array\" ref=\"B2:C2\">A2:B2*2</f>",
        "<f t=\"array\" ref=\"B3\">SUM(A1:A2*2)</f>",
    ] {
        assert!(sheet.contains(expect), "{expect}: {sheet}");
    }
}

#[test]
fn charts_and_tables_beside_rows_that_repeat_are_told() {
    let more = [
        ("xl/charts/chart1.xml", "<c/>"),
        ("xl/tables/table1.xml", "<t/>"),
    ];
    let told = |rows: &str| {
        let template = open(&book(rows, "", &more)).unwrap_or_else(|finding| panic!("{finding:?}"));
        template.survey().findings
    };
    assert_eq!(told("<row r=\"1\"/>"), []);
    let findings = told(ROWS);
    let codes: Vec<&str> = findings.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(codes, ["report.chart", "report.table"]);
    // A report can be made all the same.
    assert!(findings.iter().all(|one| one.severity == Severity::Warning));
    assert!(findings[1].remedy.contains("转换为区域"));
}

#[test]
fn the_wish_to_calculate_stands_where_the_schema_wants_it() {
    let behind = "</sheets><pivotCaches/><extLst/></workbook>";
    let workbook = WORKBOOK.replace("</sheets></workbook>", behind);
    let sheet = format!("<worksheet><sheetData>{ROWS}</sheetData></worksheet>");
    let bytes = zip(&[
        ("xl/workbook.xml", workbook.as_str()),
        ("xl/_rels/workbook.xml.rels", RELATIONS),
        (SHEET, sheet.as_str()),
    ]);
    let text = filled(&bytes, 1, "xl/workbook.xml");
    assert!(
        text.contains("</sheets><calcPr fullCalcOnLoad=\"1\"/><pivotCaches/><extLst/>"),
        "{text}"
    );
}
