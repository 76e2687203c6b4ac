//! A workbook becomes records and is taken back, in a district that had nothing.

use crate::books;
use crate::world::{World, codes, count, findings, id_of, local, on_both, values};
use app::imports::{self, Choice};
use app::page::import::{ImportAct, ImportPreview, ImportResult};
use app::page::wall::WallQuery;
use app::{App, AppError, Verdict, records, wall};
use serde_json::json;

/// Looks and takes in, as the page does.
pub fn take(
    app: &App,
    name: &str,
    bytes: Vec<u8>,
    register: &str,
) -> (ImportPreview, ImportResult) {
    let preview =
        imports::preview(app, &local(app), name, bytes, Some(register)).expect("a preview");
    let (result, into) =
        imports::commit(app, &local(app), &preview.token, &[], "测试导入").expect("taken in");
    assert_eq!(into, register);
    (preview, result)
}

fn acts(preview: &ImportPreview) -> Vec<ImportAct> {
    preview.records.iter().map(|record| record.act).collect()
}

#[test]
fn a_look_writes_nothing_and_names_everything() {
    on_both(|world| {
        let app = world.open();
        let before = app.position().expect("position");
        let preview = imports::preview(&app, &local(&app), "第七期.xlsx", books::ledger(), None)
            .expect("a preview");
        assert_eq!(app.position().expect("position"), before);
        assert_eq!(
            (preview.register.as_str(), preview.sheet.as_str()),
            ("project", "第七期")
        );
        assert_eq!(acts(&preview), [ImportAct::Create; 3]);
        assert_eq!(preview.records[0].place, "第七期!A6");
        assert_eq!(preview.records[0].shown["investment_total"], "1.2亿元");
        assert_eq!(preview.records[0].shown["responsible_unit"], "区工信局");
        let new: Vec<&str> = preview
            .findings
            .iter()
            .filter(|one| one.code == "import.new_organisation")
            .map(|one| one.problem.as_str())
            .collect();
        for unit in ["区发改委", "区工信局", "东风街道", "南湖街道"] {
            assert!(
                new.iter().any(|problem| problem.contains(unit)),
                "{unit} in {new:?}"
            );
        }
        assert_eq!(
            preview
                .checks
                .iter()
                .filter(|check| check.verdict == Verdict::Fails)
                .count(),
            0,
            "{:?}",
            preview.checks
        );
        assert!(
            preview
                .checks
                .iter()
                .any(|check| check.verdict == Verdict::Holds)
        );
        let facts: Vec<(&str, &str)> = preview
            .facts
            .iter()
            .map(|line| (line.label.as_str(), line.text.as_str()))
            .collect();
        assert!(
            facts.contains(&("期次", "第7期")) && facts.contains(&("截至", "2023-01-31")),
            "{facts:?}"
        );
    });
}

#[test]
fn a_ledger_makes_units_projects_round_and_members_and_the_chart_shows_them() {
    on_both(|world| {
        let app = world.open();
        let (_, result) = take(&app, "第七期.xlsx", books::ledger(), "project");
        assert_eq!(
            (
                result.created,
                result.updated,
                result.unchanged,
                result.skipped
            ),
            (3, 0, 0, 0)
        );
        let counts = ["project", "round", "round_membership", "organisation"]
            .map(|register| count(&app, register));
        assert_eq!(counts, [3, 1, 3, 5]);
        let school = id_of(&app, "project", "丙学校项目");
        let view = records::get(&app, &local(&app), "project", &school, None).expect("the school");
        assert_eq!(view.values["investment_total"], json!("350000000.00"));
        assert_eq!(view.shown["subdistrict"], "东风街道");
        assert_eq!(view.values["target_date"], json!("2023-10-31"));
        assert!(
            view.record.org.as_str().starts_with("410102."),
            "{}",
            view.record.org
        );
        let page = wall::wall_chart(
            &app,
            &local(&app),
            &WallQuery {
                round: Some(7),
                ..WallQuery::default()
            },
            None,
        )
        .expect("a chart");
        assert_eq!(page.title, "中原区第七期“三个一批”重点项目挂图");
        let names: Vec<&str> = page.rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["甲研发中心项目", "乙生产线项目", "丙学校项目"]);
        let facts: Vec<&str> = page.facts.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(
            facts,
            ["3 个项目", "5.5 亿元", "2 个 2 亿", "1 个 3.5 亿", "0 个"]
        );
        let home = app::home::home(&app, &local(&app), None).expect("home");
        assert!(
            !home.empty && home.data_note.is_empty(),
            "nothing here is invented"
        );
    });
}

#[test]
fn every_entry_of_an_import_names_its_cell() {
    let world = World::sqlite();
    let app = world.open();
    take(&app, "第七期.xlsx", books::ledger(), "project");
    let school = id_of(&app, "project", "丙学校项目");
    let history = records::history(&app, &local(&app), "project", &school).expect("a history");
    assert_eq!(history.len(), 1);
    assert_eq!(
        (history[0].source.as_str(), history[0].reason.as_str()),
        ("第七期.xlsx 第七期!A10", "测试导入")
    );
}

#[test]
fn the_same_file_again_changes_no_record() {
    on_both(|world| {
        let app = world.open();
        take(&app, "第七期.xlsx", books::ledger(), "project");
        let (preview, result) = take(&app, "第七期.xlsx", books::ledger(), "project");
        assert_eq!(
            acts(&preview),
            [ImportAct::Same; 3],
            "{:?}",
            preview
                .records
                .iter()
                .map(|one| &one.changes)
                .collect::<Vec<_>>()
        );
        assert_eq!(
            (result.created, result.updated, result.unchanged),
            (0, 0, 3)
        );
        let counts = ["project", "round", "round_membership", "organisation"]
            .map(|register| count(&app, register));
        assert_eq!(counts, [3, 1, 3, 5]);
        let school = id_of(&app, "project", "丙学校项目");
        assert_eq!(
            records::history(&app, &local(&app), "project", &school)
                .expect("a history")
                .len(),
            1
        );
    });
}

#[test]
fn a_corrected_file_changes_what_differs_and_shows_it_before() {
    let world = World::sqlite();
    let app = world.open();
    take(&app, "第七期.xlsx", books::ledger(), "project");
    let (preview, result) = take(
        &app,
        "第七期更正.xlsx",
        books::ledger_with("#1.3"),
        "project",
    );
    assert_eq!(
        acts(&preview),
        [ImportAct::Update, ImportAct::Same, ImportAct::Same]
    );
    let changes: Vec<(&str, &str, &str)> = preview.records[0]
        .changes
        .iter()
        .map(|one| (one.field.as_str(), one.before.as_str(), one.after.as_str()))
        .collect();
    assert_eq!(changes, [("investment_total", "1.2亿元", "1.3亿元")]);
    assert_eq!(
        (result.created, result.updated, result.unchanged),
        (0, 1, 2)
    );
}

#[test]
fn an_import_taken_back_leaves_an_empty_list_and_a_longer_journal() {
    on_both(|world| {
        let app = world.open();
        let before = ["project", "round", "round_membership", "organisation"]
            .map(|register| count(&app, register));
        let (_, result) = take(&app, "第七期.xlsx", books::ledger(), "project");
        let taken = app.position().expect("position");
        assert_eq!(
            codes(imports::undo(&app, &local(&app), &result.batch_id, " ")),
            ["record.reason"]
        );
        let reversed =
            imports::undo(&app, &local(&app), &result.batch_id, "文件选错了").expect("undone");
        assert_eq!(reversed, 3 + 1 + 3 + 4);
        assert!(app.position().expect("position") > taken);
        assert_eq!(
            ["project", "round", "round_membership", "organisation"]
                .map(|register| count(&app, register)),
            before
        );
        assert!(
            app::home::home(&app, &local(&app), None)
                .expect("home")
                .empty
        );
        let lines = imports::list(&app, &local(&app)).expect("imports");
        assert_eq!(lines.len(), 1);
        assert_eq!(
            (lines[0].created, lines[0].file_name.as_str()),
            (3, "第七期.xlsx")
        );
        assert!(lines[0].undone_at.is_some());
        assert_eq!(
            codes(imports::undo(
                &app,
                &local(&app),
                &result.batch_id,
                "再来一次"
            )),
            ["import.undone"]
        );
        let verified = app::backup::verify(&app).expect("verify");
        assert!(verified.whole, "{}", verified.sentence);
        // What was taken back can be taken in again.
        let (preview, again) = take(&app, "第七期.xlsx", books::ledger(), "project");
        assert_eq!(
            (acts(&preview), again.created),
            (vec![ImportAct::Create; 3], 3)
        );
        assert_eq!(
            ["project", "round", "round_membership", "organisation"]
                .map(|register| count(&app, register)),
            [3, 1, 3, 5]
        );
    });
}

#[test]
fn an_update_taken_back_brings_the_former_value() {
    let world = World::sqlite();
    let app = world.open();
    take(&app, "第七期.xlsx", books::ledger(), "project");
    let (_, result) = take(
        &app,
        "第七期更正.xlsx",
        books::ledger_with("#1.3"),
        "project",
    );
    let first = id_of(&app, "project", "甲研发中心项目");
    let amount = || {
        records::get(&app, &local(&app), "project", &first, None)
            .expect("the project")
            .shown["investment_total"]
            .clone()
    };
    assert_eq!(amount(), "1.3亿元");
    imports::undo(&app, &local(&app), &result.batch_id, "更正有误").expect("undone");
    assert_eq!(amount(), "1.2亿元");
}

#[test]
fn an_import_whose_record_changed_since_stays_and_names_the_record() {
    on_both(|world| {
        let app = world.open();
        let (_, result) = take(&app, "第七期.xlsx", books::ledger(), "project");
        let school = id_of(&app, "project", "丙学校项目");
        let version = records::get(&app, &local(&app), "project", &school, None)
            .expect("the school")
            .record
            .version;
        records::update(
            &app,
            &local(&app),
            "project",
            &school,
            version,
            &values(json!({"remark": "已核实"})),
            "核实",
        )
        .expect("changed");
        let position = app.position().expect("position");
        let refused = imports::undo(&app, &local(&app), &result.batch_id, "文件选错了");
        assert!(matches!(refused, Err(AppError::Conflict(_))));
        let findings = findings(refused);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].code, "import.changed_since");
        assert!(
            findings[0].place.contains(&school) || findings[0].place.contains("丙学校项目"),
            "{}",
            findings[0].place
        );
        assert_eq!(app.position().expect("position"), position);
        assert_eq!(count(&app, "project"), 3);
    });
}

#[test]
fn a_column_chosen_by_hand_is_remembered_for_the_next_file() {
    on_both(|world| {
        let app = world.open();
        let preview = imports::preview(
            &app,
            &local(&app),
            "示范.xlsx",
            books::odd_head(),
            Some("project"),
        )
        .expect("a preview");
        let column = preview
            .columns
            .iter()
            .find(|column| column.path.iter().any(|word| word.starts_with("归口")))
            .expect("the column");
        let choice = Choice {
            columns: [(column.index, Some("lead_unit".to_owned()))].into(),
            ..Choice::default()
        };
        let chosen = imports::remap(&app, &local(&app), &preview.token, choice).expect("chosen");
        assert_eq!(chosen.records[0].shown["lead_unit"], "区工信局");
        imports::commit(&app, &local(&app), &chosen.token, &[], "").expect("taken in");
        let next = imports::preview(
            &app,
            &local(&app),
            "示范二.xlsx",
            books::odd_head(),
            Some("project"),
        )
        .expect("a preview");
        let column = &next.columns[column.index];
        assert_eq!(
            (column.field.as_deref(), column.remembered),
            (Some("lead_unit"), true)
        );
    });
}

#[test]
fn a_row_left_out_is_not_written() {
    let world = World::sqlite();
    let app = world.open();
    let preview = imports::preview(
        &app,
        &local(&app),
        "第七期.xlsx",
        books::ledger(),
        Some("project"),
    )
    .expect("a preview");
    let (result, _) = imports::commit(
        &app,
        &local(&app),
        &preview.token,
        &["第七期!A7".to_owned()],
        "",
    )
    .expect("taken in");
    assert_eq!((result.created, result.skipped), (2, 1));
    assert_eq!(
        (count(&app, "project"), count(&app, "round_membership")),
        (2, 2)
    );
}

#[test]
fn a_token_works_once_and_for_its_owner_only() {
    let world = World::sqlite();
    let app = world.open();
    let preview = imports::preview(
        &app,
        &local(&app),
        "第七期.xlsx",
        books::ledger(),
        Some("project"),
    )
    .expect("a preview");
    let other = crate::world::person("410102", "supervisor");
    assert!(matches!(
        imports::commit(&app, &other, &preview.token, &[], ""),
        Err(AppError::NotFound(_) | AppError::OutOfSight(_))
    ));
    imports::commit(&app, &local(&app), &preview.token, &[], "").expect("taken in");
    assert!(matches!(
        imports::commit(&app, &local(&app), &preview.token, &[], ""),
        Err(AppError::NotFound(_) | AppError::OutOfSight(_))
    ));
}

#[test]
fn what_is_no_workbook_is_refused_with_one_finding_and_no_trace() {
    let world = World::sqlite();
    let app = world.open();
    let before = app.position().expect("position");
    for bytes in [
        b"hello, this is no workbook".to_vec(),
        Vec::new(),
        books::ledger()[..200].to_vec(),
    ] {
        let refused = findings(imports::preview(
            &app,
            &local(&app),
            "坏.xlsx",
            bytes,
            Some("project"),
        ));
        assert_eq!(refused.len(), 1, "{refused:?}");
        assert!(!refused[0].problem.is_empty() && !refused[0].remedy.is_empty());
    }
    assert_eq!(app.position().expect("position"), before);
}
