//! XLSForms: what is carried over, and what is refused with sheet and row.

use exchange::{QuestionKind, XlsForm, open_workbook, read_xlsform};
use ground::Finding;
use rust_xlsxwriter::Workbook;

fn form(survey: &[&[&str]], choices: &[&[&str]]) -> Result<XlsForm, Vec<Finding>> {
    let mut book = Workbook::new();
    for (name, rows) in [("survey", survey), ("choices", choices)] {
        let sheet = book.add_worksheet().set_name(name).expect("name");
        for (row, cells) in (0_u32..).zip(rows) {
            for (column, cell) in (0_u16..).zip(*cells) {
                sheet.write(row, column, *cell).expect("cell");
            }
        }
    }
    let bytes = book.save_to_buffer().expect("saved");
    let workbook = open_workbook(&bytes, "form.xlsx").expect("opens");
    read_xlsform(&workbook, "visit")
}

const HEAD: &[&str] = &[
    "type",
    "name",
    "label::English",
    "label::中文",
    "relevant",
    "constraint",
    "required",
    "choice_filter",
];
const LISTS: &[&[&str]] = &[
    &["list_name", "name", "label", "region"],
    &["yes_no", "1", "是", ""],
    &["yes_no", "0", "否", ""],
    &["town", "a-1", "甲镇", "east"],
    &["town", "b", "乙镇", "west"],
    &["area", "east", "东片", ""],
    &["area", "west", "西片", ""],
];

fn refused(survey: &[&[&str]]) -> (String, String) {
    let findings = form(survey, LISTS).expect_err("refused");
    (findings[0].place.clone(), findings[0].problem.clone())
}

#[test]
fn a_form_becomes_a_definition_that_parses() {
    let made = form(
        &[
            HEAD,
            &["start", "start", "", "", "", "", "", ""],
            &[
                "begin group",
                "g",
                "House",
                "住户",
                "${Area} != ''",
                "",
                "",
                "",
            ],
            &["select_one area", "Area", "Area", "片区", "", "", "yes", ""],
            &[
                "select_one town",
                "Town",
                "Town",
                "镇",
                "",
                "",
                "",
                "region=${Area}",
            ],
            &[
                "integer",
                "age",
                "Age",
                "年龄",
                "",
                ". >= 0 and . < 130",
                "",
                "",
            ],
            &["end group", "", "", "", "", "", "", ""],
            &["begin repeat", "members", "Members", "成员", "", "", "", ""],
            &["text", "member-name", "Name", "姓名", "", "", "", ""],
            &["end repeat", "", "", "", "", "", "", ""],
            &[
                "select_multiple yes_no or_other",
                "many",
                "Many",
                "多选",
                "",
                "",
                "",
                "",
            ],
        ],
        LISTS,
    )
    .expect("a form");
    let (definition, findings) = register::parse("visit/definition.toml", &made.toml);
    let definition = definition.unwrap_or_else(|| panic!("{findings:#?}\n{}", made.toml));
    let ids: Vec<&str> = definition
        .fields
        .iter()
        .filter(|f| !f.system)
        .map(|f| f.id.as_str())
        .collect();
    assert_eq!(
        ids,
        ["area", "town", "age", "members", "many", "many_other"]
    );
    assert_eq!(
        definition.field("town").map(|f| f.label.zh.as_str()),
        Some("镇")
    );
    let text = |field: &str, of: fn(&register::Field) -> Option<&register::expr::Expr>| {
        definition
            .field(field)
            .and_then(of)
            .map(|e| e.text().to_owned())
    };
    assert_eq!(
        text("town", |f| f.pick.as_ref()).as_deref(),
        Some("option.region == area")
    );
    assert_eq!(
        text("age", |f| f.check.as_ref().map(|c| &c.0)).as_deref(),
        Some("(age >= 0) && (age < 130)")
    );
    assert_eq!(
        text("many_other", |f| f.visible.as_ref()).as_deref(),
        Some("'other' in many")
    );
    assert_eq!(made.translated, (4, 4));
}

#[test]
fn what_a_form_lacks_is_told_with_sheet_and_row() {
    assert_eq!(
        refused(&[HEAD, &["integer", "", "x", "", "", "", "", ""]]),
        (
            "survey!第2行".into(),
            "这一题（或这一组）没有 name。".into()
        )
    );
    assert_eq!(
        refused(&[
            HEAD,
            &["text", "a", "", "", "", "", "", ""],
            &["colour", "b", "", "", "", "", "", ""]
        ]),
        ("survey!第3行".into(), "不认识题型“colour”。".into())
    );
    assert_eq!(
        refused(&[HEAD, &["select_one nothing", "a", "", "", "", "", "", ""]]),
        (
            "survey!第2行".into(),
            "没有名为“nothing”的选项列表。".into()
        )
    );
    assert_eq!(
        refused(&[
            HEAD,
            &["begin group", "g", "", "", "", "", "", ""],
            &["text", "a", "", "", "", "", "", ""]
        ]),
        ("survey!第2行".into(), "这里开始的 group 没有结束。".into())
    );
    assert_eq!(
        refused(&[HEAD, &["end repeat", "", "", "", "", "", "", ""]]),
        (
            "survey!第2行".into(),
            "这里结束了没有开始的 repeat。".into()
        )
    );
    assert_eq!(
        refused(&[
            &["type", "name", "relevant", "relevance"],
            &["text", "a", "", ""]
        ]),
        (
            "survey!第1行".into(),
            "“relevant”和“relevance”是同一列的两种写法（或写了两遍）。".into()
        )
    );
}

#[test]
fn an_expression_without_counterpart_stays_as_a_comment_and_is_told() {
    let made = form(
        &[
            HEAD,
            &[
                "text",
                "a",
                "A",
                "",
                "pulldata('x', 'y', 'z', 'w') = 1",
                "",
                "",
                "",
            ],
        ],
        LISTS,
    )
    .expect("a form");
    assert_eq!(made.translated, (0, 1));
    assert!(
        made.toml
            .contains("# relevant pulldata('x', 'y', 'z', 'w') = 1")
    );
    assert_eq!(
        made.findings[0].problem,
        "relevant“pulldata('x', 'y', 'z', 'w') = 1”没有转过来：函数“pulldata”在这里没有对应：它取表单之外的文件，请建成一个台账再引用。"
    );
    assert!(matches!(made.form.questions[0].kind, QuestionKind::Text));
}

#[test]
fn a_form_that_adds_an_answer_other_offers_it_in_the_list() {
    let made = form(
        &[
            HEAD,
            &["select_one yes_no or_other", "q", "Q", "", "", "", "", ""],
        ],
        LISTS,
    )
    .expect("a form");
    let (definition, findings) = register::parse("visit/definition.toml", &made.toml);
    let definition = definition.unwrap_or_else(|| panic!("{findings:#?}\n{}", made.toml));
    let codes = definition
        .field("q")
        .map(|f| f.choices.iter().map(|c| c.code.clone()).collect());
    assert_eq!(
        codes,
        Some(vec!["1".to_owned(), "0".into(), "other".into()])
    );
}
