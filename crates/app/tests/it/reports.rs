//! Reports: figures and records of a period in a template, as the asker may see them; templates that come along with a
//! definition of the district.

use crate::flow_world::{person, unit};
use crate::world::{World, codes, day, findings, local, on_both, values};
use app::reports::{self, TemplateFile};
use app::{Actor, App, definition_editing, records};
use rust_xlsxwriter::{Format, Formula, Workbook};
use serde_json::json;
use std::io::Read;

const WELLS: &str = r#"
[register]
id = "well"
version = "1.0.0"
title = { "zh-CN" = "窨井台账" }
name_field = "name"
[[field]]
id = "name"
type = "text"
required = true
label = { "zh-CN" = "名称" }
[[field]]
id = "street"
type = "org"
label = { "zh-CN" = "街道" }
[[field]]
id = "found_on"
type = "date"
label = { "zh-CN" = "发现日期" }
[[field]]
id = "fixed"
type = "bool"
label = { "zh-CN" = "修好" }
[[field]]
id = "cost"
type = "money"
show = "元"
label = { "zh-CN" = "费用" }
[[field]]
id = "phone"
type = "phone"
label = { "zh-CN" = "电话" }
[[field]]
id = "talk"
type = "text"
label = { "zh-CN" = "谈话" }
[[metric]]
id = "found"
title = { "zh-CN" = "发现数" }
unit = "处"
agg = "count()"
date = "found_on"
by = ["street"]
[[metric]]
id = "fixed_rate"
title = { "zh-CN" = "修复率" }
unit = "%"
numerator = { filter = "fixed == true", agg = "count()" }
denominator = { agg = "count()" }
date = "found_on"
by = ["street"]
[[view]]
id = "by_name"
kind = "list"
sort = ["-name"]
[[report]]
id = "monthly"
title = { "zh-CN" = "窨井月报" }
template = "wells.xlsx"
period = "M"
metrics = ["found", "fixed_rate"]
view = "by_name"
filter = "found_on >= period.start && found_on <= period.end"
[[permit]]
role = "supervisor"
scope = "all"
can = ["*"]
[[permit]]
role = "clerk"
scope = "subtree"
can = ["read", "export"]
hide = ["talk"]
mask = ["phone"]
[[permit]]
role = "viewer"
scope = "all"
can = ["read"]
"#;

/// A form with a group row, a sum under it, a record row and a line of words; `more` goes into a cell of its own.
fn form(more: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let text = Format::new();
    sheet
        .merge_range(0, 0, 0, 3, "{{单位}}{{报表}} {{期间}}", &text)
        .expect("a cell");
    for (column, head) in ["街道", "发现数", "修复率", "上期"].iter().enumerate() {
        sheet.write_string(1, column as u16, *head).expect("a cell");
    }
    let marks = [
        "{{分组.名称}}",
        "{{分组.发现数}}",
        "{{分组.修复率}}",
        "{{分组.发现数.上期}}",
    ];
    for (column, mark) in marks.iter().enumerate() {
        sheet.write_string(2, column as u16, *mark).expect("a cell");
    }
    sheet.write_string(3, 0, "合计").expect("a cell");
    sheet
        .write_formula(3, 1, Formula::new("SUM(B3:B3)"))
        .expect("a cell");
    sheet.write_string(3, 2, "{{指标.修复率}}").expect("a cell");
    sheet
        .merge_range(4, 0, 4, 3, "明细 {{记录数}} 处", &text)
        .expect("a cell");
    let marks = [
        "{{记录.序号}}",
        "{{记录.名称}}",
        "{{记录.费用}}",
        "{{记录.电话}}",
        "{{记录.谈话}}",
    ];
    for (column, mark) in marks.iter().enumerate() {
        sheet.write_string(5, column as u16, *mark).expect("a cell");
    }
    if !more.is_empty() {
        sheet.write_string(6, 1, more).expect("a cell");
    }
    book.save_to_buffer().expect("a workbook")
}

fn file(name: &str, bytes: Vec<u8>) -> TemplateFile {
    TemplateFile {
        name: name.to_owned(),
        bytes,
    }
}

/// The register in force with three wells of March and one of February.
fn wells(world: &World) -> App {
    let app = world.open_on(day("2023-04-10"));
    let lotus = unit(&app, "莲湖街道", "410102.s013");
    let water = unit(&app, "须水街道", "410102.s012");
    let me = local(&app);
    let files = [file("wells.xlsx", form(""))];
    definition_editing::apply_with(&app, &me, WELLS, "新台账", &files).expect("in force");
    let all = [
        json!({"name": "甲井", "street": lotus, "found_on": "2023-03-05", "fixed": true, "cost": "1200", "phone": "13812345678", "talk": "不外传"}),
        json!({"name": "乙井", "street": lotus, "found_on": "2023-03-20", "fixed": false}),
        json!({"name": "丙井", "street": water, "found_on": "2023-03-31", "fixed": true, "cost": "0"}),
        json!({"name": "丁井", "street": water, "found_on": "2023-02-28", "fixed": true}),
    ];
    // A record belongs to the street of whoever enters it.
    for (one, path) in
        all.into_iter()
            .zip(["410102.s013", "410102.s013", "410102.s012", "410102.s012"])
    {
        let street = person("jie", path, &["supervisor"]);
        records::create(&app, &street, "well", &values(one), "", None).expect("made");
    }
    app
}

/// What stands in each cell of the first sheet, by row.
fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
    let book = rust_calamine(bytes);
    book.into_iter()
        .map(|row| row.into_iter().collect())
        .collect()
}

/// The raw content of a part of a file.
fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a zip");
    let mut text = String::new();
    let mut entry = zip.by_name(name).expect("the part");
    entry.read_to_string(&mut text).expect("text");
    text
}

/// Cells of a sheet by row: texts as they are, numbers and formulas as the file has them.
fn rust_calamine(bytes: &[u8]) -> Vec<Vec<String>> {
    let sheet = part(bytes, "xl/worksheets/sheet1.xml");
    let strings = part(bytes, "xl/sharedStrings.xml");
    let shared: Vec<String> = strings
        .split("<si>")
        .skip(1)
        .map(|one| inner(one, "<t", "</t>"))
        .collect();
    let rows = sheet.split("<row ").skip(1);
    let cell = |cell: &str| {
        if cell.contains("<f>") {
            return format!("={}", inner(cell, "<f", "</f>"));
        }
        if cell.contains("<is>") {
            return inner(cell, "<t", "</t>");
        }
        let value = inner(cell, "<v", "</v>");
        match cell
            .split('>')
            .next()
            .is_some_and(|head| head.contains("t=\"s\""))
        {
            true => shared[value.parse::<usize>().expect("an index")].clone(),
            false => value,
        }
    };
    rows.map(|row| row.split("<c ").skip(1).map(cell).collect())
        .collect()
}

fn inner(text: &str, open: &str, close: &str) -> String {
    let Some((_, rest)) = text.split_once(open) else {
        return String::new();
    };
    let Some((_, rest)) = rest.split_once('>') else {
        return String::new();
    };
    rest.split(close).next().unwrap_or_default().to_owned()
}

/// Whether a file is a zip with a workbook in it.
fn exchange_opens(bytes: &[u8]) -> bool {
    part(bytes, "xl/workbook.xml").contains("<workbook")
}

fn monthly(app: &App, actor: &Actor, period: &str) -> Vec<u8> {
    reports::make(app, actor, "well", ("monthly", Some(period)), None)
        .expect("a report")
        .bytes
}

#[test]
fn a_form_is_filled_with_groups_sums_and_records_of_its_period() {
    on_both(|world| {
        let app = wells(world);
        let made =
            reports::make(&app, &local(&app), "well", ("monthly", None), None).expect("made");
        assert_eq!(made.name, "窨井月报（2023年3月）.xlsx");
        let rows = cells(&made.bytes);
        let row = |at: usize| rows[at].iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(rows[0][0], "中原区窨井月报 2023年3月");
        assert_eq!(row(2), ["莲湖街道", "2", "0.500", "—"]);
        assert_eq!(row(3), ["须水街道", "1", "1.00", "1"]);
        // The sum under the repeated row takes in all of it.
        assert_eq!(row(4), ["合计", "=SUM(B3:B4)", "0.667"]);
        assert_eq!(rows[5][0], "明细 3 处");
        // Money as a number in the field's unit, a missing one as a dash and a nought as a nought; by name, backwards.
        let details: Vec<Vec<&str>> = (6..9).map(row).collect();
        let mut names: Vec<&str> = details.iter().map(|row| row[1]).collect();
        assert_eq!(
            details.iter().map(|row| row[0]).collect::<Vec<_>>(),
            ["1", "2", "3"]
        );
        let of = |name: &str| {
            details
                .iter()
                .find(|row| row[1] == name)
                .expect("the well")
                .clone()
        };
        assert_eq!(of("甲井")[2..], ["1200", "13812345678", "不外传"]);
        assert_eq!(of("乙井")[2..], ["—", "—", "—"]);
        assert_eq!(of("丙井")[2], "0");
        names.sort_unstable();
        assert_eq!(names, ["丙井", "乙井", "甲井"]);
        let last = rows.last().expect("rows");
        assert!(last[0].starts_with("口径：发现数："), "{last:?}");
        assert_eq!(rows[rows.len() - 2][0], "数据截至：2023年4月10日。");
        let merged = part(&made.bytes, "xl/worksheets/sheet1.xml");
        assert!(
            merged.contains("<mergeCell ref=\"A6:D6\"/>")
                && merged.contains("<mergeCell ref=\"A1:D1\"/>"),
            "{merged}"
        );
    });
}

#[test]
fn a_report_shows_what_its_asker_may_see() {
    let app = wells(&World::sqlite());
    let clerk = person("lianhu", "410102.s013", &["clerk"]);
    let file = monthly(&app, &clerk, "2023M03");
    let rows = cells(&file);
    let text = format!("{rows:?}");
    assert!(
        text.contains("莲湖街道窨井月报") && !text.contains("须水街道") && !text.contains("丙井"),
        "{text}"
    );
    assert!(
        text.contains("138****5678") && !text.contains("13812345678"),
        "{text}"
    );
    assert!(
        !text.contains("不外传") && text.contains("制表人无权查看“谈话”，表中未列出。"),
        "{text}"
    );
    // Who may not take a list away may not take it away on paper.
    let viewer = person("kan", "410102", &["viewer"]);
    let refused = reports::make(&app, &viewer, "well", ("monthly", None), None);
    assert!(matches!(refused, Err(app::AppError::Forbidden(_))));
}

#[test]
fn a_month_without_records_says_so_and_prints_no_nought() {
    let app = wells(&World::sqlite());
    let rows = cells(&monthly(&app, &local(&app), "2023M01"));
    assert_eq!(rows[2][0], "（本期没有记录）");
    assert_eq!(rows[3], ["合计", "=SUM(B3:B3)", "—"]);
    assert_eq!(rows[5][0], "（本期没有记录）");
}

#[test]
fn the_period_is_closed_by_the_calendar_and_an_earlier_day_is_honoured() {
    let app = wells(&World::sqlite());
    let me = local(&app);
    let lines = reports::list(&app, &me, "well", None).expect("a list");
    assert_eq!(lines[0].period, "2023M03");
    let first: Vec<(&str, bool)> = lines[0]
        .periods
        .iter()
        .take(2)
        .map(|one| (one.code.as_str(), one.open))
        .collect();
    assert_eq!(first, [("2023M04", true), ("2023M03", false)]);
    assert!(!lines[0].missing);
    let running = cells(&monthly(&app, &me, "2023M04"));
    assert!(format!("{running:?}").contains("2023年4月尚未结束"));
    let ask = |period| reports::make(&app, &me, "well", ("monthly", Some(period)), None);
    assert_eq!(codes(ask("2023Q1")), ["report.period"]);
    assert_eq!(codes(ask("2023M05")), ["report.period"]);
    assert_eq!(codes(ask("三月")), ["period.unreadable"]);
    // On 1 April nothing of this had been entered.
    let before = reports::make(
        &app,
        &me,
        "well",
        ("monthly", None),
        Some(day("2023-04-01")),
    )
    .expect("made");
    assert_eq!(before.name, "窨井月报（2023年3月）.xlsx");
    assert!(format!("{:?}", cells(&before.bytes)).contains("数据截至：2023年4月1日。"));
    assert_eq!(cells(&before.bytes)[2][0], "（本期没有记录）");
}

#[test]
fn a_template_goes_along_with_its_definition_and_stays_with_the_next_version() {
    on_both(|world| {
        let app = wells(world);
        let me = local(&app);
        let renamed = WELLS
            .replace("1.0.0", "1.1.0")
            .replace("窨井月报", "窨井情况月报");
        definition_editing::apply(&app, &me, &renamed, "改名").expect("in force");
        let rows = cells(&monthly(&app, &me, "2023M03"));
        assert_eq!(rows[0][0], "中原区窨井情况月报 2023年3月");
        let page = definition_editing::see(&app, &me, "well").expect("a page");
        assert_eq!(page.templates.len(), 1);
        assert_eq!(page.templates[0].name, "wells.xlsx");
        assert!(page.templates[0].at.is_some() && page.templates[0].size.is_some());
        let kept = reports::template_file(&app, &me, "well", "wells.xlsx").expect("the file");
        assert!(exchange_opens(&kept));
        assert!(reports::template_file(&app, &me, "well", "other.xlsx").is_err());
    });
}

/// A docx with one more part in it, so that it is told from the one it was made from.
fn marked(docx: &[u8]) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(std::io::Cursor::new(docx)).expect("a zip");
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for at in 0..from.len() {
        let part = from.by_index(at).expect("a part");
        to.raw_copy_file(part).expect("copied");
    }
    to.start_file("docProps/own.txt", zip::write::SimpleFileOptions::default())
        .expect("a part");
    to.finish().expect("a zip").into_inner()
}

/// Puts an early version of the shipped hazards into a district's store, with a template of the district's own.
fn early_hazards(world: &World) -> Vec<u8> {
    let app = world.open();
    let shipped = app.definition("safety_hazard").expect("hazards");
    let own = reports::template_file(&app, &local(&app), "safety_hazard", "hazard_weekly.docx");
    let own = marked(&own.expect("the shipped one"));
    let text = definition_editing::see(&app, &local(&app), "safety_hazard").expect("a page");
    let line = |version: &str| format!("version = \"{version}\"");
    let text = text
        .toml
        .replacen(&line(&shipped.version), &line("0.0.1"), 1);
    drop(app);
    let url = match world.database() {
        Some(server) => store::DatabaseUrl::Postgres(server.to_owned()),
        None => store::DatabaseUrl::Folder(world.folder.path().join("data")),
    };
    let (definition, findings) = app::register::parse("definition.toml", &text);
    let definition = definition.unwrap_or_else(|| panic!("{findings:?}"));
    let meta = store::Meta::new("local", "2023-01-03T01:00:00Z", day("2023-01-03"));
    let bytes = own.clone();
    store::Store::open(&url)
        .expect("a store")
        .write::<_, store::StoreError>(&ground::District::new("410102").expect("six"), move |w| {
            w.note_definition(&definition, &text, &meta)?;
            w.keep_definition_file(&definition, "hazard_weekly.docx", &bytes, &meta)
        })
        .expect("noted");
    own
}

#[test]
fn a_template_of_the_district_stays_when_the_program_brings_a_newer_definition() {
    on_both(|world| {
        let own = early_hazards(world);
        let app = world.open();
        let me = local(&app);
        let shipped = app.definition("safety_hazard").expect("hazards");
        assert_ne!(shipped.version, "0.0.1", "the shipped one is in force");
        let there = || reports::template_file(&app, &me, "safety_hazard", "hazard_weekly.docx");
        assert!(there().expect("the file") == own, "the district's own");
        let page = definition_editing::see(&app, &me, "safety_hazard").expect("a page");
        let at = |name: &str| {
            let mut all = page.templates.iter();
            all.find(|line| line.name == name)
                .expect("listed")
                .at
                .clone()
        };
        assert_eq!(
            at("hazard_weekly.docx").as_deref(),
            Some("2023-01-03T01:00:00Z")
        );
        assert_eq!(at("hazard_quarterly.docx"), None, "nobody changed this one");
        // And it goes along when the district makes a version of its own of what the program brought.
        let line = |version: &str| format!("version = \"{version}\"");
        let next = page
            .toml
            .replacen(&line(&shipped.version), &line("99.0.0"), 1);
        definition_editing::apply(&app, &me, &next, "改版").expect("in force");
        assert!(
            there().expect("the file") == own,
            "still the district's own"
        );
    });
}

/// A form that counts records and lists none.
fn counting_form() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let marks = [
        (0, 0, "本期 {{记录数}} 处"),
        (1, 0, "{{分组.名称}}"),
        (1, 1, "{{分组.记录数}}"),
    ];
    for (row, column, mark) in marks {
        sheet.write_string(row, column, mark).expect("a cell");
    }
    book.save_to_buffer().expect("a workbook")
}

#[test]
fn records_are_counted_where_none_is_listed() {
    on_both(|world| {
        let app = wells(world);
        let next = WELLS.replace("1.0.0", "1.1.0");
        let files = [file("wells.xlsx", counting_form())];
        definition_editing::apply_with(&app, &local(&app), &next, "只要数", &files)
            .expect("in force");
        let rows = cells(&monthly(&app, &local(&app), "2023M03"));
        assert_eq!(rows[0], ["本期 3 处"]);
        assert_eq!(rows[1..3], [["莲湖街道", "2"], ["须水街道", "1"]]);
        // A count takes no record away: who may only read gets it, of what is in sight.
        let viewer = person("kan", "410102", &["viewer"]);
        assert_eq!(cells(&monthly(&app, &viewer, "2023M03"))[0], ["本期 3 处"]);
        let clerk = person("lianhu", "410102.s013", &["clerk"]);
        assert_eq!(cells(&monthly(&app, &clerk, "2023M03"))[0], ["本期 2 处"]);
        assert_eq!(cells(&monthly(&app, &viewer, "2023M01"))[0], ["本期 0 处"]);
    });
}

#[test]
fn a_word_nobody_knows_is_told_with_its_cell_and_nothing_comes_into_force() {
    let app = World::sqlite().open_on(day("2023-04-10"));
    let me = local(&app);
    let files = [file("wells.xlsx", form("{{指标.修复串}}与{{#记录}}"))];
    let refused = findings(definition_editing::apply_with(
        &app, &me, WELLS, "试", &files,
    ));
    let refused: Vec<_> = refused
        .into_iter()
        .filter(|one| one.code.starts_with("report."))
        .collect();
    let told: Vec<(&str, &str)> = refused
        .iter()
        .map(|one| (one.code.as_str(), one.place.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("report.loop", "wells.xlsx Sheet1"),
            ("report.word", "wells.xlsx Sheet1!B7")
        ]
    );
    assert_eq!(refused[1].remedy, "是不是想写“修复率”？");
    assert!(app.definition("well").is_err());
    let missing = definition_editing::apply_with(&app, &me, WELLS, "试", &[]);
    assert!(codes(missing).contains(&"report.template_missing".to_owned()));
}

#[test]
fn the_shipped_weekly_lists_the_hazards_of_its_week() {
    let (_world, app) = crate::world::sample();
    let me = local(&app);
    let lines = reports::list(&app, &me, "safety_hazard", None).expect("a list");
    let ids: Vec<&str> = lines.iter().map(|line| line.id.as_str()).collect();
    assert_eq!(ids, ["weekly", "quarterly"]);
    assert!(lines.iter().all(|line| !line.missing));
    for (register, report) in [("safety_hazard", "weekly"), ("safety_hazard", "quarterly")] {
        let made = reports::make(&app, &me, register, (report, None), None).expect("made");
        let text = part(&made.bytes, "word/document.xml");
        assert!(!text.contains("{{") && text.contains("中原区"), "{report}");
    }
    let made = reports::make(&app, &me, "radiation_device", ("summary", None), None).expect("made");
    let text = part(&made.bytes, "xl/worksheets/sheet1.xml");
    assert!(
        !text.contains("{{") && text.contains("2022年四季度"),
        "{text}"
    );
}
