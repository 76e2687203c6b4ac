//! What follows a change elsewhere: values that rest on other records, workbooks that were written by an older
//! definition, workbooks in a form the definition knows.

use crate::world::{World, codes, local, on_both, values};
use app::page::import::ImportAct;
use app::records::{self, ListQuery};
use app::{App, definition_editing, imports};
use serde_json::{Value as Json, json};

const CLINIC: &str = r#"
[register]
id = "clinic"
version = "1.0.0"
title = { "zh-CN" = "诊所" }
name_field = "name"
[[field]]
id = "name"
type = "text"
required = true
label = { "zh-CN" = "名称" }
[[field]]
id = "licence_until"
type = "date"
label = { "zh-CN" = "许可证有效期至" }
"#;

const DEVICE: &str = r#"
[register]
id = "scanner"
version = "1.0.0"
title = { "zh-CN" = "设备" }
name_field = "serial"
list = ["serial", "shown", "licence_until"]
[[field]]
id = "serial"
type = "text"
label = { "zh-CN" = "编号" }
[[field]]
id = "shown"
type = "text"
compute = "clinic.name + '的设备'"
label = { "zh-CN" = "设备名称" }
[[field]]
id = "clinic"
type = "ref"
to = "clinic"
label = { "zh-CN" = "诊所" }
[[field]]
id = "licence_until"
type = "date"
compute = "clinic.licence_until"
label = { "zh-CN" = "许可证有效期至" }
[[field]]
id = "expires_in"
type = "int"
compute = "year(licence_until)"
label = { "zh-CN" = "到期年份" }
[[metric]]
id = "by_year"
title = { "zh-CN" = "设备数" }
unit = "台"
time = "stock"
filter = "expires_in == 2025"
agg = "count()"
"#;

/// 检查: points at a device, which points at a clinic.
const CHECK: &str = r#"
[register]
id = "scanner_check"
version = "1.0.0"
title = { "zh-CN" = "设备检查" }
[[field]]
id = "scanner"
type = "ref"
to = "scanner"
label = { "zh-CN" = "设备" }
[[field]]
id = "about"
type = "text"
compute = "scanner.shown + '（' + scanner.clinic.name + '）'"
label = { "zh-CN" = "对象" }
"#;

fn apply(app: &App, toml: &str) {
    definition_editing::apply(app, &local(app), toml, "新建").expect("applied");
}

fn make(app: &App, register: &str, given: Json) -> (String, i64) {
    let made = records::create(app, &local(app), register, &values(given), "", None);
    let made = made.unwrap_or_else(|error| panic!("{register}: {error:?}"));
    (made.record.id.to_string(), made.record.version)
}

fn asked(pairs: &[(&str, &str)]) -> ListQuery {
    let pairs: Vec<(String, String)> = pairs
        .iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect();
    ListQuery::from_pairs(&pairs).expect("a query")
}

fn titles(app: &App, register: &str, pairs: &[(&str, &str)]) -> Vec<String> {
    let page = records::list(app, &local(app), register, &asked(pairs), None).expect("a list");
    page.items
        .iter()
        .map(|one| one.shown["shown"].clone())
        .collect()
}

fn cells(bytes: &[u8]) -> String {
    let book = exchange::open_workbook(bytes, "设备.xlsx").expect("read");
    let sheet = &book.sheets[0];
    sheet
        .rows()
        .flat_map(|row| (0..8).map(move |column| sheet.text(row, column)))
        .collect::<Vec<_>>()
        .join("|")
}

#[test]
fn values_that_rest_on_another_record_follow_it_everywhere_at_once() {
    on_both(|world| {
        let app = world.open();
        for toml in [CLINIC, DEVICE, CHECK] {
            apply(&app, toml);
        }
        let (clinic, version) = make(
            &app,
            "clinic",
            json!({"name": "东风诊所", "licence_until": "2023-06-30"}),
        );
        let (device, _) = make(&app, "scanner", json!({"serial": "S1", "clinic": clinic}));
        let (check, _) = make(&app, "scanner_check", json!({"scanner": device}));
        let change = values(json!({"name": "东风门诊部", "licence_until": "2025-06-30"}));
        let after = records::update(
            &app,
            &local(&app),
            "clinic",
            &clinic,
            version,
            &change,
            "换证",
        )
        .expect("changed");
        let page = records::get(&app, &local(&app), "scanner", &device, None).expect("the page");
        assert_eq!(
            (
                page.shown["licence_until"].as_str(),
                page.shown["expires_in"].as_str()
            ),
            ("2025-06-30", "2025")
        );
        assert_eq!(titles(&app, "scanner", &[]), ["东风门诊部的设备"]);
        assert_eq!(
            titles(
                &app,
                "scanner",
                &[("filter", "licence_until:eq:2025-06-30")]
            )
            .len(),
            1
        );
        assert_eq!(
            titles(
                &app,
                "scanner",
                &[("filter", "licence_until:lt:2024-01-01")]
            )
            .len(),
            0
        );
        assert_eq!(
            titles(&app, "scanner", &[("filter", "expr:expires_in == 2025")]).len(),
            1
        );
        let file =
            records::export(&app, &local(&app), "scanner", &asked(&[]), None).expect("a file");
        assert!(
            cells(&file).contains("2025-06-30") && cells(&file).contains("东风门诊部的设备"),
            "{}",
            cells(&file)
        );
        let figure = app::metrics::metrics(&app, &local(&app), "scanner", Some("2023Q1"), None)
            .expect("figures");
        assert_eq!(figure[0].value.as_deref(), Some("1"));
        let second =
            records::get(&app, &local(&app), "scanner_check", &check, None).expect("the page");
        assert_eq!(second.shown["about"], "东风门诊部的设备（东风门诊部）");
        records::withdraw(
            &app,
            &local(&app),
            "clinic",
            &clinic,
            after.record.version,
            "注销",
        )
        .expect("withdrawn");
        let page = records::get(&app, &local(&app), "scanner", &device, None).expect("the page");
        assert!(
            !page.shown.contains_key("licence_until"),
            "{:?}",
            page.shown
        );
        assert!(app::backup::verify(&app).expect("verify").whole);
    });
}

const LEDGER: &str = r#"
[register]
id = "ledger"
version = "1.0.0"
title = { "zh-CN" = "沿街商户台账" }
name_field = "name"
[choices]
kind = [ { code = "food", "zh-CN" = "餐饮" }, { code = "snack", "zh-CN" = "小吃" } ]
[[field]]
id = "name"
type = "text"
required = true
label = { "zh-CN" = "商户名称" }
[[field]]
id = "kind"
type = "code"
list = "kind"
label = { "zh-CN" = "类别" }
[[field]]
id = "boss"
type = "text"
label = { "zh-CN" = "负责人" }
[import]
match = ["name"]
"#;

/// Two years later: the boss is called by another id and label, 小吃 has become 餐饮.
fn newer() -> String {
    LEDGER
        .replace("1.0.0", "2.0.0")
        .replace(", { code = \"snack\", \"zh-CN\" = \"小吃\" }", "")
        .replace("id = \"boss\"", "id = \"manager\"\nrenamed_from = \"boss\"")
        .replace("负责人", "经营者姓名")
        + "[[migrate]]\nfrom = \"1\"\nto = \"2\"\nset = { kind = \"old.kind == 'snack' ? 'food' : old.kind\" }\n"
}

#[test]
fn a_workbook_of_an_older_version_comes_in_by_the_way_its_records_went() {
    on_both(|world| {
        let app = world.open();
        apply(&app, LEDGER);
        make(
            &app,
            "ledger",
            json!({"name": "老李烩面", "kind": "food", "boss": "李某"}),
        );
        make(
            &app,
            "ledger",
            json!({"name": "王记胡辣汤", "kind": "snack", "boss": "王某"}),
        );
        let old = records::export(&app, &local(&app), "ledger", &asked(&[]), None).expect("a file");
        let book = exchange::open_workbook(&old, "商户.xlsx").expect("read");
        let mark = exchange::export_mark(&book).expect("a mark");
        assert_eq!(
            (mark.register.as_str(), mark.version.as_str()),
            ("ledger", "1.0.0")
        );
        let fields: Vec<&str> = mark
            .fields
            .iter()
            .map(|(_, field)| field.as_str())
            .collect();
        assert_eq!(fields, ["name", "kind", "boss"]);
        assert!(
            book.findings.is_empty(),
            "the hidden sheet is no news: {:?}",
            book.findings
        );
        apply(&app, &newer());
        let preview =
            imports::preview(&app, &local(&app), "商户.xlsx", old, None).expect("a preview");
        assert_eq!(
            preview.register, "ledger",
            "by the mark, without being asked"
        );
        let told = preview
            .findings
            .iter()
            .find(|one| one.code == "import.older_version");
        let told = told.unwrap_or_else(|| panic!("{:?}", preview.findings));
        assert!(
            told.problem.contains("1.0.0 版导出") && told.problem.contains("现为 manager"),
            "{}",
            told.problem
        );
        let column = preview
            .columns
            .iter()
            .find(|one| one.field.as_deref() == Some("manager"));
        assert!(column.is_some(), "{:?}", preview.columns);
        let acts: Vec<ImportAct> = preview.records.iter().map(|one| one.act).collect();
        assert_eq!(
            acts,
            [ImportAct::Same, ImportAct::Same],
            "{:?}",
            preview.findings
        );
        assert_eq!(
            preview.records[1].shown["kind"], "餐饮",
            "the merged option too"
        );
    });
}

/// A workbook: rows of texts.
fn book(sheet: &str, rows: &[&[&str]]) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let page = workbook.add_worksheet();
    page.set_name(sheet).expect("a name");
    for (row, cells) in (0u32..).zip(rows) {
        for (column, text) in (0u16..).zip(*cells) {
            page.write_string(row, column, *text).expect("written");
        }
    }
    workbook.save_to_buffer().expect("a workbook")
}

fn with_template(on_match: &str, unknown: &str) -> String {
    let body = LEDGER.split("[import]").next().expect("a body");
    format!(
        "{body}[[import]]\nid = \"patrol\"\nsheet = \"商户清单\"\nheader_row = 3\nmatch = \"name\"\non_match = \"{on_match}\"\nunknown_column = \"{unknown}\"\ncolumns = {{ \"店名\" = \"name\", \"业态\" = \"kind\", \"老板\" = \"boss\" }}\nvalues = {{ kind = {{ \"吃的\" = \"food\" }} }}\n"
    )
}

fn form(extra: &str) -> Vec<u8> {
    book(
        "商户清单",
        &[
            &["第一季度巡查", "", ""],
            &["街道", "社区", "网格"],
            &["店名", "业态", "老板", extra],
            &["老李烩面", "吃的", "李某某", "x"],
            &["新张烧饼", "吃的", "张某", "y"],
        ],
    )
}

fn preview(
    world: &World,
    on_match: &str,
    unknown: &str,
    extra: &str,
) -> app::page::import::ImportPreview {
    let app = world.open();
    apply(&app, &with_template(on_match, unknown));
    make(
        &app,
        "ledger",
        json!({"name": "老李烩面", "kind": "food", "boss": "李某"}),
    );
    imports::preview(&app, &local(&app), "巡查.xlsx", form(extra), Some("ledger"))
        .expect("a preview")
}

fn acts(preview: &app::page::import::ImportPreview) -> Vec<ImportAct> {
    preview.records.iter().map(|one| one.act).collect()
}

#[test]
fn a_workbook_in_a_known_form_is_read_as_its_template_says() {
    let read = |on_match: &str, unknown: &str, extra: &str| {
        preview(&World::sqlite(), on_match, unknown, extra)
    };
    let updated = read("update", "ask", "");
    assert_eq!(
        acts(&updated),
        [ImportAct::Update, ImportAct::Create],
        "{:?}",
        updated.findings
    );
    assert_eq!(
        updated.records[1].shown["kind"], "餐饮",
        "row three is the head, 吃的 is a value"
    );
    let skipped = read("skip", "ask", "");
    assert_eq!(acts(&skipped), [ImportAct::Same, ImportAct::Create]);
    assert!(
        skipped
            .findings
            .iter()
            .any(|one| one.code == "import.skipped")
    );
    let refused = read("refuse", "ask", "");
    assert_eq!(acts(&refused), [ImportAct::Refused, ImportAct::Create]);
    let strange = read("update", "reject", "门头照");
    assert_eq!(acts(&strange), [ImportAct::Refused, ImportAct::Refused]);
    let told = strange
        .findings
        .iter()
        .find(|one| one.code == "import.unknown_column")
        .expect("told");
    assert!(
        told.problem.contains("门头照") && told.place.ends_with("D3"),
        "{told:?}"
    );
    let ignored = read("update", "ignore", "门头照");
    assert_eq!(acts(&ignored), [ImportAct::Update, ImportAct::Create]);
    assert!(
        ignored
            .findings
            .iter()
            .all(|one| !one.problem.contains("门头照")),
        "{:?}",
        ignored.findings
    );
}

#[test]
fn what_a_definition_asks_for_in_vain_is_refused_when_it_is_brought_in() {
    let app = World::sqlite().open();
    let report = format!(
        "{LEDGER}[[report]]\nid = \"weekly\"\ntitle = {{ \"zh-CN\" = \"周报\" }}\ntemplate = \"weekly.docx\"\nperiod = \"W\"\n"
    );
    assert_eq!(
        codes(definition_editing::apply(&app, &local(&app), &report, "试")),
        ["report.template_missing"]
    );
    let permit = format!(
        "{LEDGER}[[permit]]\nrole = \"clerk\"\nscope = \"all\"\ncan = [\"read\"]\nfilter = \"int(name) > 3\"\n"
    );
    let found = codes(definition_editing::apply(&app, &local(&app), &permit, "试"));
    assert_eq!(found, ["definition.permit_filter"]);
}

#[test]
fn a_version_that_was_a_mistake_is_taken_back_with_its_values() {
    on_both(|world| {
        let app = world.open();
        apply(&app, LEDGER);
        let first = json!({"name": "老李烩面", "kind": "food", "boss": "李某"});
        let second = json!({"name": "王记胡辣汤", "kind": "snack", "boss": "王某"});
        make(&app, "ledger", first);
        make(&app, "ledger", second);
        apply(&app, &newer());
        let me = local(&app);
        let tried =
            app::definition_editing::revert(&app, &me, "ledger", "", true).expect("a trial");
        let plan = tried.plan.expect("a plan");
        assert_eq!(
            plan.changes[0].text,
            "退回 1.0.0 版的字段和流程，记为 2.0.1 版"
        );
        assert_eq!((plan.changes[0].count, plan.failed.len()), (2, 0));
        assert_eq!(app.definition("ledger").expect("ledger").version, "2.0.0");
        app::definition_editing::revert(&app, &me, "ledger", "改错了", false).expect("back");
        let now = app.definition("ledger").expect("ledger");
        assert_eq!(now.version, "2.0.1");
        assert!(now.field("boss").is_some() && now.field("manager").is_none());
        let page = records::list(&app, &me, "ledger", &asked(&[]), None).expect("a list");
        let told = |name: &str| {
            let one = page
                .items
                .iter()
                .find(|one| one.record.text("name") == Some(name));
            let one = &one.expect("the record").record;
            (
                one.text("kind").map(str::to_owned),
                one.text("boss").map(str::to_owned),
            )
        };
        let text = |word: &str| Some(word.to_owned());
        assert_eq!(told("老李烩面"), (text("food"), text("李某")));
        assert_eq!(
            told("王记胡辣汤"),
            (text("snack"), text("王某")),
            "what was merged comes back"
        );
        assert!(app::backup::verify(&app).expect("verify").whole);
    });
}
