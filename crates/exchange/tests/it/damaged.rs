//! Files that are no workbooks, or no longer: one clear finding each, never a panic.

use std::io::{Cursor, Write};

use exchange::open_workbook;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::bench_book::book;

#[track_caller]
fn check(bytes: &[u8], name: &str, code: &str, said: &str) {
    let finding = open_workbook(bytes, name).expect_err("must be refused");
    assert_eq!(finding.code, code, "{finding:?}");
    assert!(finding.problem.contains(said), "{finding:?}");
    assert_eq!(finding.place, name);
    assert!(!finding.remedy.is_empty());
}

fn good() -> Vec<u8> {
    book("台账", &[&["序号", "项目名称"], &["#1", "甲项目"]], &[])
}

fn zip_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in parts {
        writer.start_file(*name, options).expect("entry");
        writer.write_all(bytes).expect("bytes");
    }
    writer.finish().expect("zip").into_inner()
}

#[test]
fn other_kinds_of_files_are_named() {
    check(b"", "空.xlsx", "workbook.empty", "0 字节");
    check(
        b"%PDF-1.7 ...",
        "台账.xlsx",
        "workbook.not_a_workbook",
        "PDF",
    );
    check(
        b"<html><body><table><tr><td>1</td></tr></table></body></html>",
        "导出.xls",
        "workbook.not_a_workbook",
        "网页",
    );
    let xml = br#"<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>"#;
    check(xml, "导出.xls", "workbook.not_a_workbook", "XML 表格");
    check(
        "一段说明文字,不是表。".as_bytes(),
        "台账.xlsx",
        "workbook.not_a_workbook",
        "文本",
    );
    check(
        b"\x89PNG\r\n\x1a\n",
        "台账.et",
        "workbook.not_a_workbook",
        "图片",
    );
    check(
        b"\x00\x01\x02\x03\x04",
        "台账.xls",
        "workbook.not_a_workbook",
        "无法识别",
    );
    check(
        &zip_of(&[("a.txt", b"x")]),
        "台账.zip",
        "workbook.not_a_workbook",
        "压缩包",
    );
}

#[test]
fn other_office_files_are_named() {
    let rels = br#"<Relationships><Relationship Id="r" Type="x/officeDocument" Target="word/document.xml"/></Relationships>"#;
    check(
        &zip_of(&[("_rels/.rels", rels)]),
        "通知.docx",
        "workbook.not_a_workbook",
        "Word",
    );
    check(
        &zip_of(&[(
            "mimetype",
            b"application/vnd.oasis.opendocument.spreadsheet",
        )]),
        "台账.ods",
        "workbook.not_a_workbook",
        "OpenDocument",
    );
}

#[test]
fn a_truncated_download_is_broken_at_every_length() {
    let whole = good();
    for cut in [30, 100, whole.len() / 2, whole.len() - 30] {
        check(&whole[..cut], "台账.xlsx", "workbook.broken", "损坏");
    }
}

#[test]
fn missing_parts_and_cut_parts_are_broken() {
    let rels = br#"<Relationships><Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    check(
        &zip_of(&[("_rels/.rels", rels)]),
        "台账.xlsx",
        "workbook.broken",
        "xl/workbook.xml",
    );
    let workbook =
        br#"<workbook><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>"#;
    let sheets = br#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    let parts: &[(&str, &[u8])] = &[
        ("_rels/.rels", rels),
        ("xl/workbook.xml", workbook),
        ("xl/_rels/workbook.xml.rels", sheets),
    ];
    check(
        &zip_of(parts),
        "台账.xlsx",
        "workbook.broken",
        "worksheets/sheet1.xml",
    );
    let cut: &[u8] = br#"<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></rowX"#;
    let with_cut = [parts, &[("xl/worksheets/sheet1.xml", cut)]].concat();
    check(
        &zip_of(&with_cut),
        "台账.xlsx",
        "workbook.broken",
        "sheet1.xml",
    );
    let bad_text: &[u8] = br#"<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>9</v></c></row></sheetData></worksheet>"#;
    let with_bad_text = [parts, &[("xl/worksheets/sheet1.xml", bad_text)]].concat();
    check(
        &zip_of(&with_bad_text),
        "台账.xlsx",
        "workbook.broken",
        "不存在的文字",
    );
}

#[test]
fn a_password_is_told_as_such() {
    let mut ole = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    ole.resize(1536, 0);
    ole.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    check(&ole, "台账.xlsx", "workbook.encrypted", "密码");
}

#[test]
fn damaged_old_workbooks_and_other_old_documents_are_refused() {
    let mut ole = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    ole.resize(2048, 0xFF);
    let with = |name: &str| {
        [
            ole.clone(),
            name.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ]
        .concat()
    };
    check(&with("Workbook"), "台账.xls", "workbook.broken", "旧版");
    check(
        &with("WordDocument"),
        "通知.doc",
        "workbook.not_a_workbook",
        "Word",
    );
}

#[test]
fn a_bomb_is_refused_by_what_it_declares() {
    let zeros = vec![b' '; 64 << 20];
    check(
        &zip_of(&[("xl/workbook.xml", &zeros)]),
        "台账.xlsx",
        "workbook.bomb",
        "64 MB",
    );
}

#[test]
fn a_bomb_that_lies_about_its_size_is_refused_by_what_comes_out() {
    let rels = br#"<Relationships><Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let head: &[u8] = b"<workbook>";
    let mut bomb = head.to_vec();
    bomb.resize(64 << 20, b' ');
    let mut bytes = zip_of(&[("_rels/.rels", rels), ("xl/workbook.xml", &bomb)]);
    // The sizes in the central directory and the local header become small; the stream stays as large.
    let size = (bomb.len() as u32).to_le_bytes();
    let places: Vec<usize> = bytes
        .windows(4)
        .enumerate()
        .filter(|(_, w)| *w == size)
        .map(|(at, _)| at)
        .collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + 4].copy_from_slice(&1000u32.to_le_bytes());
    }
    let finding = open_workbook(&bytes, "台账.xlsx").expect_err("must be refused");
    assert!(
        ["workbook.bomb", "workbook.broken"].contains(&finding.code.as_str()),
        "{finding:?}"
    );
}

#[test]
fn content_far_to_the_right_is_too_large_and_names_its_cell() {
    let mut row = vec![""; 600];
    row[0] = "序号";
    row[599] = "边角";
    let finding = open_workbook(&book("台账", &[&row], &[]), "台账.xlsx").expect_err("refused");
    assert_eq!(finding.code, "workbook.too_large");
    assert!(finding.problem.contains("台账!WB1"), "{}", finding.problem);
}

#[test]
fn a_workbook_of_hidden_sheets_only_has_no_sheet() {
    let rels = br#"<Relationships><Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let workbook = br#"<workbook><sheets><sheet name="a" sheetId="1" state="veryHidden" r:id="r1"/></sheets></workbook>"#;
    let sheets = br#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    let sheet: &[u8] = br#"<worksheet><sheetData/></worksheet>"#;
    let parts: &[(&str, &[u8])] = &[
        ("_rels/.rels", rels),
        ("xl/workbook.xml", workbook),
        ("xl/_rels/workbook.xml.rels", sheets),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    check(&zip_of(parts), "台账.xlsx", "workbook.no_sheet", "可见");
}

#[test]
fn macros_are_told_and_not_run() {
    let rels = br#"<Relationships><Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let workbook =
        br#"<workbook><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>"#;
    let sheets = br#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    let sheet: &[u8] = br#"<worksheet><sheetData><row><c t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>"#;
    let parts: &[(&str, &[u8])] = &[
        ("_rels/.rels", rels),
        ("xl/workbook.xml", workbook),
        ("xl/_rels/workbook.xml.rels", sheets),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/vbaProject.bin", b"x"),
    ];
    let opened = open_workbook(&zip_of(parts), "台账.xlsm").expect("opens");
    assert_eq!(opened.findings[0].code, "workbook.macros");
    assert_eq!(opened.sheets[0].text(0, 0), "x");
}

#[test]
fn a_formula_without_stored_result_is_kept_as_formula() {
    let rels = br#"<Relationships><Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let workbook =
        br#"<workbook><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>"#;
    let sheets = br#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    let sheet: &[u8] = br#"<worksheet><sheetData><row r="4"><c r="B4"><f>SUM(B1:B3)</f><v></v></c><c r="C4"><f>A1&amp;"x"</f></c>
        <c r="D4"><f>1+1</f><v>2</v></c></row></sheetData></worksheet>"#;
    let parts: &[(&str, &[u8])] = &[
        ("_rels/.rels", rels),
        ("xl/workbook.xml", workbook),
        ("xl/_rels/workbook.xml.rels", sheets),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    let opened = open_workbook(&zip_of(parts), "台账.xlsx").expect("opens");
    use exchange::CellValue::{Number, Uncomputed};
    let sheet = &opened.sheets[0];
    assert_eq!(sheet.value(3, 1), Some(Uncomputed("SUM(B1:B3)")));
    assert_eq!(sheet.value(3, 2), Some(Uncomputed("A1&\"x\"")));
    assert_eq!(sheet.value(3, 3), Some(Number(2.0)));
}
