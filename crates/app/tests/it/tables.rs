//! A register as a table: conditions as expressions, values that follow the day, groups, points, kept views, several
//! records at once, pasted rows, a form while somebody types. The register is brought into force here.

use crate::world::{World, codes, day, findings, local, on_both, person, values};
use app::bulk::{self, BulkAct};
use app::imports::{self, Paste};
use app::records::{self, ListQuery};
use app::saved_views::{self, SavedView};
use app::{App, AppError, definition_editing, draft};
use serde_json::json;

const LAMPS: &str = r#"
[register]
id = "street_lamp"
version = "1.0.0"
title = { "zh-CN" = "路灯台账" }
name_field = "name"
list = ["name", "kind", "checked_on", "age"]
[number]
pattern = "LD{yyyy}{seq:3}"
scope = ["yyyy"]
[choices]
kind = [ { code = "led", "zh-CN" = "LED 灯" }, { code = "sodium", "zh-CN" = "钠灯" }, { code = "other", "zh-CN" = "其他" } ]
[[field]]
id = "name"
type = "text"
required = true
label = { "zh-CN" = "名称" }
[[field]]
id = "kind"
type = "code"
list = "kind"
default = "'led'"
label = { "zh-CN" = "类型" }
[[field]]
id = "checked_on"
type = "date"
label = { "zh-CN" = "检查日期" }
[[field]]
id = "cost"
type = "money"
show = "万元"
label = { "zh-CN" = "造价" }
[[field]]
id = "maintenance"
type = "money"
show = "元"
compute = "cost * 0.1"
label = { "zh-CN" = "年维护费" }
[[field]]
id = "age"
type = "int"
compute = "checked_on == none ? none : workdays(checked_on, today())"
label = { "zh-CN" = "距检查工作日" }
[[field]]
id = "why"
type = "text"
visible = "kind == 'other'"
required = "kind == 'other'"
label = { "zh-CN" = "说明" }
[[field]]
id = "point"
type = "geo_point"
label = { "zh-CN" = "位置" }
[[field]]
id = "subdistrict"
type = "org"
label = { "zh-CN" = "属地" }
[[view]]
id = "old"
title = { "zh-CN" = "久未检查" }
kind = "list"
filter = "age > 5"
columns = ["name", "age"]
sort = ["-age"]
"#;

fn query(pairs: &[(&str, &str)]) -> ListQuery {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    ListQuery::from_pairs(&pairs.iter().map(pair).collect::<Vec<_>>()).expect("a query")
}

fn make(app: &App, json: serde_json::Value) -> (String, i64) {
    let me = local(app);
    let made = records::create(app, &me, "street_lamp", &values(json), "登记", None).expect("made");
    (made.record.id.to_string(), made.record.version)
}

/// Four lamps: checked eight, two and no working days before the day of the tests, one never.
fn lamps() -> (World, App) {
    let world = World::sqlite();
    let app = world.open();
    definition_editing::apply(&app, &local(&app), LAMPS, "新台账").expect("in force");
    make(
        &app,
        json!({"name": "甲灯", "checked_on": "2023-02-28", "cost": "30000.00", "point": "113.600000,34.750000"}),
    );
    make(
        &app,
        json!({"name": "乙灯", "checked_on": "2023-03-08", "cost": "10000.00"}),
    );
    make(
        &app,
        json!({"name": "丙灯", "checked_on": "2023-03-10", "kind": "sodium", "point": "113.610000,34.760000"}),
    );
    make(
        &app,
        json!({"name": "丁灯", "kind": "other", "why": "太阳能"}),
    );
    (world, app)
}

fn names(app: &App, pairs: &[(&str, &str)]) -> Vec<String> {
    let page = records::list(app, &local(app), "street_lamp", &query(pairs), None).expect("a list");
    page.items
        .iter()
        .map(|item| item.shown["name"].clone())
        .collect()
}

#[test]
fn a_register_comes_into_force_while_people_work_and_stands_after_a_restart() {
    let (world, app) = lamps();
    assert_eq!(names(&app, &[]).len(), 4);
    let page = definition_editing::see(&app, &local(&app), "street_lamp").expect("its text");
    assert_eq!((page.toml.as_str(), page.versions.len()), (LAMPS, 1));
    drop(app);
    let app = world.open();
    assert_eq!(names(&app, &[("filter", "kind:eq:sodium")]), ["丙灯"]);
}

#[test]
fn a_definition_is_refused_without_a_newer_version_or_with_a_core_field_gone() {
    let (_world, app) = lamps();
    let me = local(&app);
    assert!(
        codes(definition_editing::apply(&app, &me, LAMPS, "再来"))
            .contains(&"migrate.version_not_raised".to_owned())
    );
    for register in ["matter", "safety_hazard", "street_lamp"] {
        let page = definition_editing::see(&app, &me, register).expect("its text");
        let checked = definition_editing::check(&app, &me, &page.toml).expect("checked");
        assert_eq!(checked.findings, [], "{register} stands as it was read");
    }
    let clerk = person("410102.s013", "clerk");
    assert!(matches!(
        definition_editing::check(&app, &clerk, LAMPS),
        Err(AppError::Forbidden(_))
    ));
    let broken = definition_editing::check(&app, &me, "[register]\nid = 3").expect("checked");
    assert!(broken.definition.is_none() && !broken.findings.is_empty());
}

#[test]
fn values_that_follow_the_day_are_shown_filtered_and_sorted_but_never_stored() {
    let (_world, app) = lamps();
    let me = local(&app);
    let page =
        records::list(&app, &me, "street_lamp", &query(&[("sort", "-age")]), None).expect("a list");
    let ages: Vec<(String, Option<i64>)> = page
        .items
        .iter()
        .map(|item| {
            (
                item.shown["name"].clone(),
                item.values.get("age").and_then(serde_json::Value::as_i64),
            )
        })
        .collect();
    let told = |name: &str, age| (name.to_owned(), age);
    assert_eq!(
        ages,
        [
            told("甲灯", Some(8)),
            told("乙灯", Some(2)),
            told("丙灯", Some(0)),
            told("丁灯", None)
        ]
    );
    assert_eq!(
        names(&app, &[("filter", "age:ge:2"), ("sort", "age")]),
        ["乙灯", "甲灯"]
    );
    assert_eq!(names(&app, &[("filter", "age:missing:")]), ["丁灯"]);
    assert_eq!(names(&app, &[("view", "old")]), ["甲灯"]);
    let before = records::list(
        &app,
        &me,
        "street_lamp",
        &query(&[("view", "old")]),
        Some(day("2023-03-09")),
    );
    assert!(
        before.expect("a list").items.is_empty(),
        "nothing was known on the ninth"
    );
    let first = records::list(
        &app,
        &me,
        "street_lamp",
        &query(&[("sort", "-age"), ("limit", "3")]),
        None,
    )
    .expect("a page");
    assert_eq!((first.items.len(), first.total), (3, Some(4)));
    let next = first.next.expect("a cursor");
    assert_eq!(
        names(&app, &[("sort", "-age"), ("limit", "3"), ("after", &next)]),
        ["丁灯"]
    );
}

#[test]
fn a_condition_may_be_an_expression_and_a_bad_one_names_its_fault() {
    let (_world, app) = lamps();
    let found = names(
        &app,
        &[
            ("filter", "expr:kind == 'led' && checked_on < today()"),
            ("sort", "name"),
        ],
    );
    assert_eq!(found.len(), 2);
    assert!(found.contains(&"甲灯".to_owned()) && found.contains(&"乙灯".to_owned()));
    assert_eq!(names(&app, &[("filter", "expr:age + 1 == 3")]), ["乙灯"]);
    let me = local(&app);
    for bad in [
        "expr:agee > 1",
        "expr:age >",
        "expr:cost",
        "expr:nothing(1)",
    ] {
        let refused = records::list(&app, &me, "street_lamp", &query(&[("filter", bad)]), None);
        assert!(
            findings(refused)
                .iter()
                .all(|finding| !finding.remedy.is_empty() || !finding.problem.is_empty()),
            "{bad}"
        );
    }
    let clerk = person("410102.s013", "clerk");
    let elsewhere = query(&[(
        "filter",
        "expr:exists(organisation, organisation.name == name)",
    )]);
    assert_eq!(
        codes(records::list(&app, &clerk, "street_lamp", &elsewhere, None)),
        ["list.condition"]
    );
}

#[test]
fn sums_follow_the_condition_whoever_decides_it() {
    let (_world, app) = lamps();
    let sum = |pairs: &[(&str, &str)]| {
        let page =
            records::list(&app, &local(&app), "street_lamp", &query(pairs), None).expect("a list");
        (page.total, page.sums.get("cost").cloned())
    };
    assert_eq!(
        sum(&[("sums", "cost")]),
        (Some(4), Some("40000.00".to_owned()))
    );
    assert_eq!(
        sum(&[("sums", "cost"), ("filter", "age:gt:5")]),
        (Some(1), Some("30000.00".to_owned()))
    );
}

#[test]
fn groups_stand_in_the_order_of_the_options_and_show_empty_columns() {
    let (_world, app) = lamps();
    let lines = records::groups(
        &app,
        &local(&app),
        "street_lamp",
        &["kind".to_owned()],
        &query(&[("sums", "cost"), ("filter", "kind:ne:other")]),
        None,
    )
    .expect("groups");
    let told: Vec<(String, usize)> = lines
        .iter()
        .map(|line| (line.keys[0].1.clone(), line.count))
        .collect();
    assert_eq!(
        told,
        [
            ("LED 灯".to_owned(), 2),
            ("钠灯".to_owned(), 1),
            ("其他".to_owned(), 0)
        ]
    );
    assert_eq!(lines[0].sums["cost"], "40000.00");
    let two = ["kind".to_owned(), "age".to_owned()];
    let cells =
        records::groups(&app, &local(&app), "street_lamp", &two, &query(&[]), None).expect("cells");
    assert_eq!(cells.iter().map(|cell| cell.count).sum::<usize>(), 4);
    assert!(
        codes(records::groups(
            &app,
            &local(&app),
            "street_lamp",
            &[],
            &query(&[]),
            None
        ))
        .contains(&"groups.by".to_owned())
    );
}

#[test]
fn points_leave_out_what_has_no_position() {
    let (_world, app) = lamps();
    let found = records::points(
        &app,
        &local(&app),
        "street_lamp",
        ("point", Some("kind")),
        &query(&[]),
        None,
    )
    .expect("points");
    let told: Vec<(&str, &str, &str)> = found
        .points
        .iter()
        .map(|p| (p.title.as_str(), p.longitude.as_str(), p.label.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("甲灯", "113.600000", "LED 灯"),
            ("丙灯", "113.610000", "钠灯")
        ]
    );
    assert_eq!(found.left_out, 2);
    assert_eq!(
        codes(records::points(
            &app,
            &local(&app),
            "street_lamp",
            ("name", None),
            &query(&[]),
            None
        )),
        ["points.field"]
    );
}

#[test]
fn kept_views_belong_to_one_person_and_one_register() {
    let (_world, app) = lamps();
    let (me, other) = (local(&app), person("410102.s013", "clerk"));
    let view = SavedView {
        name: "钠灯".to_owned(),
        query: "filter=kind:eq:sodium".to_owned(),
        columns: vec!["name".to_owned()],
        density: "compact".to_owned(),
    };
    saved_views::keep(&app, &me, "street_lamp", vec![view.clone()]).expect("kept");
    assert_eq!(
        saved_views::list(&app, &me, "street_lamp").expect("mine"),
        std::slice::from_ref(&view)
    );
    assert!(
        saved_views::list(&app, &me, "matter")
            .expect("none")
            .is_empty()
    );
    assert!(
        saved_views::list(&app, &other, "street_lamp")
            .expect("none")
            .is_empty()
    );
    let twice = vec![view.clone(), view];
    assert_eq!(
        codes(saved_views::keep(&app, &me, "street_lamp", twice)),
        ["saved_view.invalid"]
    );
}

#[test]
fn bulk_does_what_it_can_and_tells_what_it_cannot() {
    let (_world, app) = lamps();
    let me = local(&app);
    let page = records::list(&app, &me, "street_lamp", &query(&[]), None).expect("a list");
    let mut items: Vec<(String, i64)> = page
        .items
        .iter()
        .map(|item| (item.record.id.to_string(), item.record.version))
        .collect();
    items[1].1 = 7;
    let act = BulkAct::Update {
        values: values(json!({"checked_on": "2023-03-09"})),
        reason: "集中检查".to_owned(),
    };
    let results = bulk::run(&app, &me, "street_lamp", &items, &act).expect("results");
    let done: Vec<bool> = results.iter().map(|one| one.ok).collect();
    assert_eq!(done, [true, false, true, true]);
    assert_eq!(results[1].findings[0].code, "record.stale");
    assert_eq!(names(&app, &[("filter", "age:eq:1")]).len(), 3);
    assert_eq!(
        codes(bulk::run(&app, &me, "street_lamp", &[], &act)),
        ["bulk.items"]
    );
    let withdraw = BulkAct::Withdraw {
        reason: String::new(),
    };
    let refused = bulk::run(&app, &me, "street_lamp", &items[..1], &withdraw).expect("results");
    assert_eq!(refused[0].findings[0].code, "record.reason");
}

fn pasted(columns: &[Option<&str>], rows: &[&[&str]], keys: Option<&[&str]>) -> Paste {
    let texts = |row: &&[&str]| row.iter().map(|cell| (*cell).to_owned()).collect();
    Paste {
        columns: columns.iter().map(|one| one.map(str::to_owned)).collect(),
        rows: rows.iter().map(texts).collect(),
        match_on: keys.map(|keys| keys.iter().map(|key| (*key).to_owned()).collect()),
    }
}

#[test]
fn pasted_rows_are_looked_at_taken_in_and_taken_back() {
    let (_world, app) = lamps();
    let me = local(&app);
    let rows: [&[&str]; 2] = [
        &["甲灯", "钠灯", "3.5", "x"],
        &["戊灯", "LED 灯", "1,2", ""],
    ];
    let columns = [Some("name"), Some("kind"), Some("cost"), None];
    let paste = pasted(
        &columns,
        &[rows[0], &["戊灯", "LED 灯", "1.2", ""]],
        Some(&["name"]),
    );
    let preview = imports::paste(&app, &me, "street_lamp", &paste).expect("a preview");
    let acts: Vec<String> = preview
        .records
        .iter()
        .map(|one| format!("{:?}", one.act))
        .collect();
    assert_eq!(acts, ["Update", "Create"], "{:?}", preview.findings);
    assert_eq!(names(&app, &[]).len(), 4);
    let (result, _) = imports::commit(&app, &me, &preview.token, &[], "粘贴").expect("taken in");
    assert_eq!((result.created, result.updated), (1, 1));
    assert_eq!(names(&app, &[("filter", "cost:eq:35000.00")]), ["甲灯"]);
    imports::undo(&app, &me, &result.batch_id, "贴错了").expect("taken back");
    assert_eq!(names(&app, &[("filter", "cost:eq:30000.00")]), ["甲灯"]);
    assert_eq!(names(&app, &[]).len(), 4);
}

#[test]
fn one_pasted_column_or_one_row_is_still_a_table() {
    let (_world, app) = lamps();
    let me = local(&app);
    let one = pasted(&[Some("name")], &[&["己灯"]], None);
    let preview = imports::paste(&app, &me, "street_lamp", &one).expect("a preview");
    assert_eq!(preview.records.len(), 1, "{:?}", preview.findings);
    for (columns, rows) in [
        (vec![Some("name"), Some("name")], vec![vec!["甲", "乙"]]),
        (vec![Some("nothing")], vec![vec!["甲"]]),
        (vec![Some("name")], vec![vec!["甲", "乙"]]),
        (vec![Some("name")], vec![]),
    ] {
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        let bad = pasted(&columns, &rows, None);
        assert_eq!(
            codes(imports::paste(&app, &me, "street_lamp", &bad))[0],
            "paste.invalid"
        );
    }
}

#[test]
fn a_form_tells_defaults_computed_values_and_what_hangs_on_values() {
    let (_world, app) = lamps();
    let me = local(&app);
    let page = draft::draft(
        &app,
        &me,
        "street_lamp",
        None,
        &values(json!({"cost": "20000.00", "checked_on": "2023-03-09"})),
    )
    .expect("a form");
    assert_eq!(page.values["kind"], "led");
    assert_eq!(page.values["maintenance"], "2000.00");
    assert_eq!(page.values["age"], 1);
    assert_eq!((page.visible["why"], page.required["why"]), (false, false));
    assert!(page.read_only["age"]);
    assert!(
        page.findings.iter().any(|finding| finding.place == "name"),
        "{:?}",
        page.findings
    );
    let other = draft::draft(
        &app,
        &me,
        "street_lamp",
        None,
        &values(json!({"name": "庚灯", "kind": "other"})),
    )
    .expect("a form");
    assert_eq!((other.visible["why"], other.required["why"]), (true, true));
    let emptied = draft::draft(
        &app,
        &me,
        "street_lamp",
        None,
        &values(json!({"kind": null})),
    )
    .expect("a form");
    assert!(
        !emptied.values.contains_key("kind"),
        "what was emptied stays empty"
    );
    let position = app.position().expect("a position");
    let wrong = draft::draft(
        &app,
        &me,
        "street_lamp",
        None,
        &values(json!({"cost": true, "nothing": 1})),
    )
    .expect("a form");
    assert!(wrong.findings.len() >= 2, "{:?}", wrong.findings);
    assert_eq!(app.position().expect("a position"), position);
}

fn later(version: &str, changes: &[(&str, &str)]) -> String {
    let text = LAMPS.replace("version = \"1.0.0\"", &format!("version = \"{version}\""));
    changes.iter().fold(text, |text, (before, after)| {
        assert!(text.contains(before), "{before}");
        text.replace(before, after)
    })
}

#[test]
fn a_new_version_carries_all_records_over_or_changes_nothing() {
    let (_world, app) = lamps();
    let me = local(&app);
    let renamed = later(
        "2.0.0",
        &[
            ("id = \"cost\"", "id = \"price\"\nrenamed_from = \"cost\""),
            ("cost * 0.1", "price * 0.1"),
        ],
    );
    let checked = definition_editing::check(&app, &me, &renamed).expect("checked");
    let plan = checked.plan.expect("a plan");
    assert_eq!(
        (plan.converted, plan.failed.len()),
        (4, 0),
        "{:?}",
        checked.findings
    );
    assert!(
        plan.changes
            .iter()
            .any(|change| change.kind == "mapped" && change.count == 2),
        "{:?}",
        plan.changes
    );
    assert_eq!(
        names(&app, &[("filter", "cost:gt:0.00")]).len(),
        2,
        "a check changes nothing"
    );
    definition_editing::apply(&app, &me, &renamed, "改名").expect("in force");
    assert_eq!(names(&app, &[("filter", "price:eq:30000.00")]), ["甲灯"]);
    let dropped = renamed.replace("2.0.0", "3.0.0").replace("[[field]]\nid = \"checked_on\"\ntype = \"date\"\nlabel = { \"zh-CN\" = \"检查日期\" }\n", "").replace("compute = \"checked_on == none ? none : workdays(checked_on, today())\"\n", "").replace("\"checked_on\", ", "");
    let refused = definition_editing::apply(&app, &me, &dropped, "去掉检查日期");
    assert!(!findings(refused).is_empty());
    assert_eq!(
        app.definition("street_lamp").expect("in force").version,
        "2.0.0"
    );
    assert_eq!(names(&app, &[("filter", "age:eq:8")]), ["甲灯"]);
}

#[test]
fn a_process_that_was_idle_enters_words_by_the_definitions_of_the_others() {
    on_both(|world| {
        let (one, other) = (world.open(), world.open());
        let text = "[register]\nid = \"lamp\"\nversion = \"1.0.0\"\ntitle = { \"zh-CN\" = \"路灯\" }\nname_field = \"name\"\n[[field]]\nid = \"name\"\ntype = \"text\"\nlabel = { \"zh-CN\" = \"名称\" }\n";
        app::definition_editing::apply(&one, &local(&one), text, "新建").expect("applied");
        other.enter_search().expect("entered");
        assert!(other.definition("lamp").is_ok());
    });
}

#[test]
fn a_definition_applied_by_one_process_is_in_force_in_the_others() {
    on_both(|world| {
        let (one, other) = (world.open(), world.open());
        let text = "[register]\nid = \"lamp\"\nversion = \"1.9.0\"\ntitle = { \"zh-CN\" = \"路灯\" }\nname_field = \"name\"\n[[field]]\nid = \"name\"\ntype = \"text\"\nlabel = { \"zh-CN\" = \"名称\" }\n";
        app::definition_editing::apply(&one, &local(&one), text, "新建").expect("applied");
        assert!(other.definition("lamp").is_err());
        other.take_over_definitions().expect("taken over");
        let given = values(json!({"name": "一号灯"}));
        let made = records::create(&other, &local(&other), "lamp", &given, "", None).expect("made");
        let renamed = text
            .replace("1.9.0", "1.10.0")
            .replace("id = \"name\"", "id = \"title\"\nrenamed_from = \"name\"")
            .replace("name_field = \"name\"", "name_field = \"title\"");
        app::definition_editing::apply(&one, &local(&one), &renamed, "改名").expect("applied");
        other.take_over_definitions().expect("taken over");
        let id = made.record.id.to_string();
        let seen = records::get(&other, &local(&other), "lamp", &id, None).expect("seen");
        assert_eq!(seen.shown["title"], "一号灯");
        let changed = values(json!({"title": "二号灯"}));
        let version = seen.record.version;
        records::update(&other, &local(&other), "lamp", &id, version, &changed, "")
            .expect("changed");
        let again = app::definition_editing::apply(&other, &local(&other), text, "倒退");
        assert!(
            codes(again).contains(&"migrate.version_not_raised".to_owned()),
            "1.9.0 is older than 1.10.0"
        );
    });
}
