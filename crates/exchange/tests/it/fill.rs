//! Templates of Word as Word leaves them: marks split over runs, rows, blocks, heads and boxes; and what is wrong with a
//! template, told with its place.

use exchange::fill::{At, Loop, Piece, Source, Template};
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Two streets; three hazards, two of them of the first street.
struct Facts {
    streets: Vec<&'static str>,
    hazards: Vec<(&'static str, usize)>,
}

impl Facts {
    fn all() -> Self {
        Facts {
            streets: vec!["莲湖街道", "须水街道"],
            hazards: vec![
                ("通道堵塞", 0),
                ("软管老化\n已停用", 0),
                ("灭火器<过期>", 1),
            ],
        }
    }

    fn of(&self, at: At) -> Vec<(&'static str, usize)> {
        let own = |(_, street): &&(&str, usize)| at.group.is_none_or(|group| group == *street);
        self.hazards.iter().filter(own).copied().collect()
    }
}

impl Source for Facts {
    fn count(&self, of: Loop, at: At) -> usize {
        match of {
            Loop::Groups => self.streets.len(),
            Loop::Records => self.of(at).len(),
        }
    }

    fn value(&self, word: &str, at: At) -> Piece {
        let record = at.record.and_then(|index| self.of(at).get(index).copied());
        let text = match word {
            "期间" => "2023年第9周".to_owned(),
            "指标.排查数" => "3".to_owned(),
            "分组.名称" => at.group.map_or("—", |group| self.streets[group]).to_owned(),
            "记录.序号" => at
                .record
                .map_or("—".to_owned(), |index| (index + 1).to_string()),
            "记录.隐患" => record.map_or("—", |(text, _)| text).to_owned(),
            _ => "—".to_owned(),
        };
        Piece { text, number: None }
    }
}

fn p(runs: &[&str]) -> String {
    let run = |text: &&str| {
        format!("<w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
    };
    format!(
        "<w:p w14:paraId=\"1\">{}</w:p>",
        runs.iter()
            .map(run)
            .collect::<Vec<_>>()
            .join("<w:proofErr/>")
    )
}

fn row(cells: &[&str]) -> String {
    let cell = |text: &&str| format!("<w:tc>{}</w:tc>", p(&[text]));
    format!(
        "<w:tr>{}</w:tr>",
        cells.iter().map(cell).collect::<String>()
    )
}

fn docx(body: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let head = "<w:document xmlns:w=\"w\" xmlns:w14=\"w14\"><w:body>";
    let document = format!("{head}{body}<w:sectPr/></w:body></w:document>");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let parts = [
        ("word/document.xml", document.as_str()),
        ("word/media/a.bin", "\u{1}\u{2}"),
    ];
    for (name, text) in parts.iter().chain(more) {
        zip.start_file(*name, SimpleFileOptions::default())
            .expect("a part");
        zip.write_all(text.as_bytes()).expect("a part");
    }
    zip.finish().expect("a zip").into_inner()
}

fn opened(body: &str) -> Template {
    Template::open(&docx(body, &[]), "周报.docx").unwrap_or_else(|finding| panic!("{finding:?}"))
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let mut text = String::new();
    zip.by_name(name)
        .expect("the part")
        .read_to_string(&mut text)
        .expect("text");
    text
}

/// The text of the filled body, a line for each paragraph; breaks inside one as `/`.
fn lines(template: &Template, facts: &Facts) -> Vec<String> {
    let bytes = template
        .fill(facts, &[])
        .unwrap_or_else(|finding| panic!("{finding:?}"));
    let xml = part(&bytes, "word/document.xml").replace("<w:br/>", "<w:t>/</w:t>");
    // Copies have lost their ids.
    let xml = xml.replace("<w:p>", "<w:p >");
    let line = |p: &str| {
        let texts = p
            .split("<w:t")
            .skip(1)
            .filter_map(|t| t.split_once('>')?.1.split("</w:t>").next());
        texts.collect::<String>()
    };
    xml.split("<w:p ").skip(1).map(line).collect()
}

#[test]
fn a_mark_that_word_split_over_runs_is_filled_in_the_format_of_its_first_run() {
    let template = opened(&p(&["本周查出{", "{指标", ".排查", "数}", "}处"]));
    assert_eq!(template.survey().words.len(), 1);
    assert_eq!(lines(&template, &Facts::all()), ["本周查出3处"]);
}

#[test]
fn a_row_is_repeated_for_each_record_and_ids_are_not_doubled() {
    let table = format!(
        "<w:tbl>{}{}</w:tbl>",
        row(&["序号", "隐患"]),
        row(&["{{记录.序号}}", "{{记录.隐患}}"])
    );
    let template = opened(&table);
    let expect = [
        "序号",
        "隐患",
        "1",
        "通道堵塞",
        "2",
        "软管老化/已停用",
        "3",
        "灭火器&lt;过期&gt;",
    ];
    assert_eq!(lines(&template, &Facts::all()), expect);
    let bytes = template.fill(&Facts::all(), &[]).expect("filled");
    let xml = part(&bytes, "word/document.xml");
    assert_eq!(
        xml.matches("w14:paraId").count(),
        4,
        "the head and the first copy keep theirs"
    );
}

#[test]
fn blocks_nest_records_in_groups_and_their_own_lines_go() {
    let body = [
        p(&["{{#分组}}"]),
        p(&["{{分组.名称}}"]),
        p(&["{{#记录}}{{记录.序号}}．{{记录.隐患}}{{/记录}}"]),
        p(&["{{/分组}}"]),
    ];
    let expect = [
        "莲湖街道",
        "1．通道堵塞",
        "2．软管老化/已停用",
        "须水街道",
        "1．灭火器&lt;过期&gt;",
    ];
    assert_eq!(lines(&opened(&body.concat()), &Facts::all()), expect);
}

#[test]
fn rows_between_two_marks_are_repeated_together() {
    let rows = [
        row(&["{{#记录}}", ""]),
        row(&["{{记录.序号}}", "甲"]),
        row(&["{{记录.隐患}}", "乙"]),
        row(&["{{/记录}}", ""]),
    ];
    let facts = Facts {
        streets: Vec::new(),
        hazards: vec![("一", 0), ("二", 0)],
    };
    let template = opened(&format!("<w:tbl>{}</w:tbl>", rows.concat()));
    assert_eq!(
        lines(&template, &facts),
        ["1", "甲", "一", "乙", "2", "甲", "二", "乙"]
    );
}

#[test]
fn nothing_to_list_is_said_once() {
    let facts = Facts {
        streets: Vec::new(),
        hazards: Vec::new(),
    };
    let table = format!(
        "<w:tbl>{}</w:tbl>",
        row(&["{{记录.序号}}", "{{记录.隐患}}"])
    );
    assert_eq!(lines(&opened(&table), &facts), ["（本期没有记录）", ""]);
    let block = [
        p(&["{{#记录}}"]),
        p(&["隐患：{{记录.隐患}}"]),
        p(&["{{/记录}}"]),
    ];
    assert_eq!(
        lines(&opened(&block.concat()), &facts),
        ["（本期没有记录）"]
    );
}

#[test]
fn heads_and_boxes_are_filled_and_other_parts_stay_byte_for_byte() {
    let boxed = "<w:p w14:paraId=\"2\"><w:r><w:txbxContent><w:p w14:paraId=\"3\"><w:r><w:t>{{期间}}</w:t></w:r></w:p></w:txbxContent></w:r></w:p>";
    let head = "<w:hdr xmlns:w=\"w\"><w:p><w:r><w:t>{{期间}}</w:t></w:r></w:p></w:hdr>";
    let bytes = docx(boxed, &[("word/header1.xml", head)]);
    let template =
        Template::open(&bytes, "周报.docx").unwrap_or_else(|finding| panic!("{finding:?}"));
    let places: Vec<String> = template
        .survey()
        .words
        .into_iter()
        .map(|one| one.place)
        .collect();
    assert_eq!(places, ["周报.docx 第2段", "周报.docx 页眉 第1段"]);
    let filled = template
        .fill(&Facts::all(), &["注：口径。".to_owned()])
        .expect("filled");
    assert!(part(&filled, "word/document.xml").contains("2023年第9周"));
    assert!(part(&filled, "word/document.xml").contains("注：口径。</w:t></w:r></w:p><w:sectPr/>"));
    assert!(part(&filled, "word/header1.xml").contains("2023年第9周"));
    assert_eq!(part(&filled, "word/media/a.bin"), "\u{1}\u{2}");
}

#[test]
fn parts_are_found_whatever_case_and_slashes_a_program_writes() {
    let head = "<w:hdr xmlns:w=\"w\"><w:p><w:r><w:t>{{期间}}</w:t></w:r></w:p></w:hdr>";
    for name in ["word\\header1.xml", "Word/Header1.xml"] {
        let template = Template::open(&docx("", &[(name, head)]), "周报.docx")
            .unwrap_or_else(|finding| panic!("{finding:?}"));
        let filled = template.fill(&Facts::all(), &[]).expect("filled");
        assert!(part(&filled, name).contains("2023年第9周"), "{name}");
    }
}

#[test]
fn faults_of_a_template_name_place_and_remedy() {
    let body = [
        p(&["{{记录.隐患}}"]),
        p(&["{{#项目}}"]),
        p(&["{{/记录}}"]),
        p(&["{{期间"]),
        format!("<w:tbl>{}</w:tbl>", row(&["甲", "{{#分组}}"])),
    ];
    let survey = opened(&body.concat()).survey();
    let told: Vec<(&str, &str)> = survey
        .findings
        .iter()
        .map(|one| (one.code.as_str(), one.place.as_str()))
        .collect();
    let expect = [
        ("report.outside", "周报.docx 第1段"),
        ("report.loop", "周报.docx 第2段"),
        ("report.loop", "周报.docx 第3段"),
        ("report.braces", "周报.docx 第4段"),
        ("report.loop", "周报.docx"),
    ];
    assert_eq!(told, expect);
    assert!(survey.findings[0].remedy.contains("{{#记录}}"));
}

#[test]
fn a_loop_inside_itself_is_told_with_its_place_and_runs_once() {
    let body = [
        p(&["{{#记录}}"]),
        p(&["{{记录.隐患}}"]),
        p(&["{{#记录}}"]),
        p(&["{{/记录}}"]),
    ];
    let template = opened(&body.concat());
    let survey = template.survey();
    assert_eq!(survey.findings.len(), 1, "{:?}", survey.findings);
    let finding = &survey.findings[0];
    assert_eq!(
        (finding.code.as_str(), finding.place.as_str()),
        ("report.loop", "周报.docx 第3段")
    );
    assert!(finding.problem.contains("不能再套一层") && finding.remedy.contains("{{#分组}}"));
    let lines = lines(&template, &Facts::all());
    assert_eq!(
        lines.iter().filter(|line| !line.is_empty()).count(),
        3,
        "{lines:?}"
    );
}

#[test]
fn thousands_of_loops_inside_each_other_or_unclosed_are_read_in_no_time() {
    let (open, close) = (p(&["{{#记录}}"]), p(&["{{/记录}}"]));
    let nested = open.repeat(20_000) + &close.repeat(20_000);
    assert!(!opened(&nested).survey().findings.is_empty());
    let unclosed = opened(&open.repeat(20_000));
    assert_eq!(unclosed.survey().findings.len(), 1);
    assert_eq!(lines(&unclosed, &Facts::all()).len(), 20_000);
}

#[test]
fn files_of_other_kinds_and_with_macros_are_no_templates() {
    let code = |bytes: &[u8]| {
        Template::open(bytes, "周报.docx")
            .err()
            .map(|finding| finding.code)
    };
    assert_eq!(code(b"not a zip").as_deref(), Some("report.template_kind"));
    let macros = docx("", &[("word/vbaProject.bin", "x")]);
    assert_eq!(code(&macros).as_deref(), Some("report.template_kind"));
    let torn = docx("<w:p>", &[]);
    assert_eq!(code(&torn).as_deref(), Some("report.template_broken"));
}
